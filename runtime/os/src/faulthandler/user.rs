//! Signals at which the program tells where it is, and goes on.

use super::fatal::install;
use super::report::{self, Look, Output};
use sidewinder_runtime::Context;
use sidewinder_runtime::signals::{self, SIGNALS_MAX};
use sidewinder_runtime::threads::{self, outside::Outside};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU64, AtomicUsize, Ordering};

/// What a signal is registered for; handlers read it.
struct Registered {
    enabled: AtomicBool,
    file: AtomicI32,
    all_threads: AtomicBool,
    chain: AtomicBool,
    interpreter: AtomicPtr<()>,
    previous: AtomicUsize,
    previous_flags: AtomicI32,
}

static SIGNALS: [Registered; SIGNALS_MAX as usize] = [const {
    Registered {
        enabled: AtomicBool::new(false),
        file: AtomicI32::new(-1),
        all_threads: AtomicBool::new(false),
        chain: AtomicBool::new(false),
        interpreter: AtomicPtr::new(std::ptr::null_mut()),
        previous: AtomicUsize::new(libc::SIG_DFL),
        previous_flags: AtomicI32::new(0),
    }
}; SIGNALS_MAX as usize];

/// The main thread of the process that has registered signals.
static MAIN_THREAD: AtomicU64 = AtomicU64::new(0);
static PROCESS: AtomicI32 = AtomicI32::new(0);

fn process() -> i32 {
    // SAFETY: (system 1) a plain query.
    unsafe { libc::getpid() }
}

fn handler() -> usize {
    on_signal as extern "C" fn(i32) as usize
}

/// With the handler from before to be called, the signal may arrive while its handler runs.
fn flags(chain: bool) -> i32 {
    libc::SA_ONSTACK | if chain { libc::SA_NODEFER } else { libc::SA_RESTART }
}

/// Has a signal tell where the program is.
pub fn register(cx: &mut Context, number: i32, file: i32, all_threads: bool, chain: bool) -> io::Result<()> {
    let own = &SIGNALS[number as usize];
    cx.interpreter().signals.looker = Some(tell);
    MAIN_THREAD.store(cx.family().main_thread(), Ordering::Relaxed);
    PROCESS.store(process(), Ordering::Relaxed);
    own.interpreter.store(Outside::of(cx).address(), Ordering::Relaxed);
    if !own.enabled.load(Ordering::Relaxed) {
        let (previous, previous_flags) = install(number, handler(), flags(chain))?;
        own.previous.store(previous, Ordering::Relaxed);
        own.previous_flags.store(previous_flags, Ordering::Relaxed);
    }
    own.file.store(file, Ordering::Relaxed);
    own.all_threads.store(all_threads, Ordering::Relaxed);
    own.chain.store(chain, Ordering::Relaxed);
    own.enabled.store(true, Ordering::Release);
    Ok(())
}

/// Puts back what a signal did before; whether it was registered.
pub fn unregister(number: i32) -> bool {
    let own = &SIGNALS[number as usize];
    if !own.enabled.swap(false, Ordering::Relaxed) {
        return false;
    }
    let _ = install(number, own.previous.load(Ordering::Relaxed), own.previous_flags.load(Ordering::Relaxed));
    true
}

/// Stops telling of an interpreter that ends.
pub fn forget(interpreter: Outside) {
    for (number, own) in SIGNALS.iter().enumerate() {
        if own.enabled.load(Ordering::Relaxed) && own.interpreter.load(Ordering::Relaxed) == interpreter.address() {
            unregister(number as i32);
        }
    }
}

/// At a safe point of the main thread, after a signal.
fn tell(cx: &mut Context, number: i32) {
    let own = &SIGNALS[number as usize];
    if own.enabled.load(Ordering::Relaxed) {
        report::write(cx, own.file.load(Ordering::Relaxed), own.all_threads.load(Ordering::Relaxed));
    }
}

/// The main thread tells where it is when it comes to its next safe point: frames of a trace that runs can be seen there
/// only. Other threads pass the signal on to it. If what the signal did before may end the process, it is told at once.
extern "C" fn on_signal(number: i32) {
    let Some(own) = SIGNALS.get(number as usize).filter(|own| own.enabled.load(Ordering::Acquire)) else { return };
    let error = errno();
    let (chain, previous) = (own.chain.load(Ordering::Relaxed), own.previous.load(Ordering::Relaxed));
    // SAFETY: (threads 2) the address was put there by `register`.
    let interpreter = unsafe { Outside::from_address(own.interpreter.load(Ordering::Relaxed)) };
    if !(chain && previous == libc::SIG_DFL) {
        let main = MAIN_THREAD.load(Ordering::Relaxed);
        if !signals::look_soon(number) && main != threads::identifier() {
            if PROCESS.load(Ordering::Relaxed) == process() {
                // SAFETY: (system 1) the main thread does not end before the process does.
                unsafe { libc::pthread_kill(main as libc::pthread_t, number) };
            }
            return set_errno(error);
        }
    } else {
        let mut output = Output::new(own.file.load(Ordering::Relaxed));
        report::peek(&mut output, interpreter, own.all_threads.load(Ordering::Relaxed), Look::Outside);
    }
    if chain {
        let _ = install(number, previous, own.previous_flags.load(Ordering::Relaxed));
        set_errno(error);
        // SAFETY: (system 1) a number; the handler from before takes it at once.
        unsafe { libc::raise(number) };
        let _ = install(number, handler(), flags(true));
    }
    set_errno(error);
}

fn errno() -> i32 {
    // SAFETY: (system 1) the thread's own word.
    unsafe { *libc::__errno_location() }
}

fn set_errno(error: i32) {
    // SAFETY: (system 1) as above.
    unsafe { *libc::__errno_location() = error };
}
