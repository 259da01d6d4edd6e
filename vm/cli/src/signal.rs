//! Ctrl-C: the handler only sets bits; running code raises `KeyboardInterrupt` at its next safe point.

use sidewinder_runtime::Context;
use sidewinder_runtime::context::interrupt;
use sidewinder_semantics::cold::interrupt::SIGNALS;
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
