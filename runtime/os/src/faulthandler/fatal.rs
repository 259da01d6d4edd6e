//! Signals that end the process: what Python was doing then.

use super::native_stack;
use super::report::{self, Look, Output};
use crate::system::{Zeroed, done};
use sidewinder_runtime::threads::outside::Outside;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicUsize, Ordering};

/// Bytes of the stack that handlers run on, since the thread's own may be used up.
const HANDLER_STACK_BYTES: usize = 64 << 10;

/// A signal that is a fault of the program.
struct Fault {
    number: i32,
    name: &'static str,
    /// The handler that was there before, with its flags.
    previous: AtomicUsize,
    previous_flags: AtomicI32,
    enabled: AtomicBool,
}

impl Fault {
    const fn new(number: i32, name: &'static str) -> Fault {
        Fault {
            number,
            name,
            previous: AtomicUsize::new(libc::SIG_DFL),
            previous_flags: AtomicI32::new(0),
            enabled: AtomicBool::new(false),
        }
    }

    fn restore(&self) {
        if self.enabled.swap(false, Ordering::Relaxed) {
            let (previous, flags) = (&self.previous, &self.previous_flags);
            let _ = install(self.number, previous.load(Ordering::Relaxed), flags.load(Ordering::Relaxed));
        }
    }
}

static FAULTS: [Fault; 5] = [
    Fault::new(libc::SIGBUS, "Bus error"),
    Fault::new(libc::SIGILL, "Illegal instruction"),
    Fault::new(libc::SIGFPE, "Floating-point exception"),
    Fault::new(libc::SIGABRT, "Aborted"),
    Fault::new(libc::SIGSEGV, "Segmentation fault"),
];

/// What the handler needs to know: signals belong to the process.
static ENABLED: AtomicBool = AtomicBool::new(false);
static FILE: AtomicI32 = AtomicI32::new(-1);
static ALL_THREADS: AtomicBool = AtomicBool::new(false);
static INTERPRETER: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());
static HAS_STACK: AtomicBool = AtomicBool::new(false);

/// Whether a signal is one of those that are always faults.
pub fn is_fault(number: i32) -> bool {
    FAULTS.iter().any(|fault| fault.number == number)
}

/// Changes what a signal does; the handler and the flags that were there before.
pub fn install(number: i32, handler: usize, flags: i32) -> io::Result<(usize, i32)> {
    let mut before = libc::sigaction::zeroed();
    let mut request = libc::sigaction::zeroed();
    request.sa_sigaction = handler;
    request.sa_flags = flags;
    // SAFETY: (system 1) whole structures; handlers are functions of this crate, or what was there before.
    done(unsafe { libc::sigaction(number, &request, &mut before) })?;
    Ok((before.sa_sigaction, before.sa_flags))
}

/// Has faults reported to a file.
pub fn enable(interpreter: Outside, file: i32, all_threads: bool) -> io::Result<()> {
    INTERPRETER.store(interpreter.address(), Ordering::Relaxed);
    FILE.store(file, Ordering::Relaxed);
    ALL_THREADS.store(all_threads, Ordering::Relaxed);
    if ENABLED.swap(true, Ordering::Release) {
        return Ok(());
    }
    native_stack::prepare();
    give_stack();
    let handler = on_fault as extern "C" fn(i32) as usize;
    for fault in &FAULTS {
        let (previous, flags) = install(fault.number, handler, libc::SA_NODEFER | libc::SA_ONSTACK)?;
        fault.previous.store(previous, Ordering::Relaxed);
        fault.previous_flags.store(flags, Ordering::Relaxed);
        fault.enabled.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// Puts the handlers back; whether faults were reported.
pub fn disable() -> bool {
    let before = ENABLED.swap(false, Ordering::Relaxed);
    FAULTS.iter().for_each(Fault::restore);
    before
}

/// Stops reporting faults if an interpreter that ends would be looked at.
pub fn forget(interpreter: Outside) {
    if INTERPRETER.load(Ordering::Relaxed) == interpreter.address() {
        disable();
    }
}

pub fn is_enabled() -> bool {
    ENABLED.load(Ordering::Relaxed)
}

/// Gives handlers on the calling thread a stack of their own, which stays for the life of the process.
fn give_stack() {
    if HAS_STACK.swap(true, Ordering::Relaxed) {
        return;
    }
    let memory = Box::leak(vec![0u8; HANDLER_STACK_BYTES].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: memory.len() };
    // SAFETY: (system 1) memory of that length, which is never given back.
    unsafe { libc::sigaltstack(&stack, std::ptr::null_mut()) };
}

extern "C" fn on_fault(number: i32) {
    let Some(fault) = FAULTS.iter().find(|fault| fault.number == number) else { return };
    if !ENABLED.load(Ordering::Acquire) {
        return;
    }
    fault.restore();
    let mut output = Output::new(FILE.load(Ordering::Relaxed));
    output.text("Fatal Python error: ");
    output.text(fault.name);
    output.text("\n\n");
    // SAFETY: (threads 2) the address was put there by `enable`.
    let interpreter = unsafe { Outside::from_address(INTERPRETER.load(Ordering::Relaxed)) };
    report::peek(&mut output, interpreter, ALL_THREADS.load(Ordering::Relaxed), Look::Dying);
    output.text("\n");
    // What is known so far is told even if looking at the native stack fails.
    output.flush();
    native_stack::write(&mut output);
    drop(output);
    // SAFETY: (system 1) a number; the handler from before takes it at once.
    unsafe { libc::raise(number) };
}

/// Reports an error that ends the process, and ends it.
pub fn die(interpreter: Outside, function: &str, message: &str) -> ! {
    let mut output = Output::new(libc::STDERR_FILENO);
    for text in ["Fatal Python error: ", function, ": ", message, "\nPython runtime state: initialized\n\n"] {
        output.text(text);
    }
    report::peek(&mut output, interpreter, true, Look::Dying);
    drop(output);
    std::process::abort()
}
