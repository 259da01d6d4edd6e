//! Ctrl-C: the handler only sets bits; running code raises `KeyboardInterrupt` at its next safe point.

use sidewinder_runtime::Context;
use sidewinder_runtime::context::interrupt;
use sidewinder_runtime::signals::SIGNALS;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// The interrupt word of the main thread.
static WORD: AtomicPtr<AtomicU32> = AtomicPtr::new(std::ptr::null_mut());

extern "C" fn on_signal(number: i32) {
    SIGNALS.fetch_or(1 << number, Ordering::Relaxed);
    let word = WORD.load(Ordering::Relaxed);
    if !word.is_null() {
        // SAFETY: the main thread's context lives as long as the process.
        unsafe { (*word).fetch_or(interrupt::SIGNAL, Ordering::Relaxed) };
    }
}

/// Installs the handler of SIGINT for the main thread, and ignores SIGPIPE as CPython does.
pub fn install(cx: &mut Context) {
    WORD.store(&raw mut cx.interrupt, Ordering::Relaxed);
    // SAFETY: the handler only touches atomics.
    unsafe {
        let handler: extern "C" fn(i32) = on_signal;
        libc::signal(libc::SIGINT, handler as usize);
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
    }
}

/// Ends the process by SIGINT, so that the shell knows; as CPython does after an unhandled `KeyboardInterrupt`. Where
/// the signal is blocked, it answers with the exit status that a shell would show.
pub fn die_interrupted() -> i32 {
    // SAFETY: the default action of the signal ends the process.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        libc::raise(libc::SIGINT);
    }
    128 + libc::SIGINT
}
