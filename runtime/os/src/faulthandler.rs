//! The module `faulthandler`: tells where a program is when it dies by a fault, when a time has passed, or at a signal.
//!
//! Frames are read in one of two ways. Whoever has the GIL, or gets it in a quarter of a second, walks them as
//! `sys._getframe` does, and finds those in running traces, too. Handlers of faults, and the thread that waits for a time
//! where somebody does not give up the GIL, take them as they are in memory (`threads::outside`).

mod fatal;
mod native_stack;
mod report;
mod user;
mod watch;

use crate::clock::{self, Round};
use crate::system::plainly;
use crate::warning::warn;
use report::Output;
use sidewinder_macros::native_module;
use sidewinder_runtime::native::{FromArgument, Place};
use sidewinder_runtime::objects::exception::{RUNTIME_ERROR, RUNTIME_WARNING};
use sidewinder_runtime::objects::{dict, int, singleton};
use sidewinder_runtime::operations::{attribute, call};
use sidewinder_runtime::signals::SIGNALS_MAX;
use sidewinder_runtime::threads::outside::Outside;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;
use watch::{Plan, Watch};

/// Native stack that `_stack_overflow` takes at most.
const OVERFLOW_BYTES_MAX: usize = 100 << 20;

/// What the module keeps for an interpreter: the files that it writes to must not be closed before.
#[derive(Default)]
struct Own {
    fault_file: RefCell<Option<Owned>>,
    watch_file: RefCell<Option<Owned>>,
    signal_files: RefCell<BTreeMap<i32, Owned>>,
    watch: RefCell<Option<Watch>>,
}

/// An open file, by its object or its descriptor; `sys.stderr` unless given.
fn file(cx: &mut Context, given: Option<Value>) -> Result<(i32, Owned)> {
    let given = match given {
        Some(given) => Owned::new(given),
        None => {
            let modules = dict::of(cx.interpreter().modules.value());
            let system = modules.get_text(cx, "sys").map(Owned::new);
            let stream = match system {
                Some(system) => attribute::get_text_optional(cx, system.value(), "stderr")?,
                None => None,
            };
            match stream {
                None => return Err(cx.raise(&RUNTIME_ERROR, "lost sys.stderr")),
                Some(stream) if stream.value() == singleton::none() => {
                    return Err(cx.raise(&RUNTIME_ERROR, "sys.stderr is None"));
                }
                Some(stream) => stream,
            }
        }
    };
    if int::is_int_like(given.value()) {
        if [singleton::true_(), singleton::false_()].contains(&given.value()) {
            warn(cx, &RUNTIME_WARNING, "bool is used as a file descriptor", 1)?;
        }
        let Some(Ok(number)) = int::as_i64(given.value()).map(i32::try_from) else {
            return Err(cx.overflow_error("Python int too large to convert to C int"));
        };
        if number < 0 {
            return Err(cx.value_error("file is not a valid file descriptor"));
        }
        return Ok((number, given));
    }
    let number = call::call_method(cx, given.value(), "fileno", &[])?;
    let number = int::is_int_like(number.value()).then(|| int::as_i64(number.value())).flatten();
    let Some(number) = number.and_then(|number| i32::try_from(number).ok()).filter(|number| *number >= 0) else {
        return Err(cx.raise(&RUNTIME_ERROR, "file.fileno() is not a valid file descriptor"));
    };
    if call::call_method(cx, given.value(), "flush", &[]).is_err() {
        drop(cx.take_pending());
    }
    Ok((number, given))
}

/// The number of a signal that can be registered.
struct Number(i32);

impl FromArgument<'_> for Number {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<Number> {
        let number = i32::from_argument(cx, value, place)?;
        if fatal::is_fault(number) {
            let message = format!("signal {number} cannot be registered, use enable() instead");
            return Err(cx.raise(&RUNTIME_ERROR, message));
        }
        match (1..SIGNALS_MAX).contains(&number) {
            true => Ok(Number(number)),
            false => Err(cx.value_error("signal number out of range")),
        }
    }
}

/// Stops the thread that waits for a time, if there is one.
fn stop_watch(cx: &mut Context) {
    let watch = cx.state::<Own>().watch.borrow_mut().take();
    if let Some(watch) = watch {
        cx.detached(|_| watch.stop());
    }
    let file = cx.state::<Own>().watch_file.borrow_mut().take();
    drop(file);
}

/// At the end of an interpreter: nothing looks at it any more.
pub fn forget(cx: &mut Context) {
    let own = Outside::of(cx);
    stop_watch(cx);
    fatal::forget(own);
    user::forget(own);
}

/// Faults made on purpose leave no image of the process behind.
fn without_image() {
    // SAFETY: (system 1) a whole structure.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        if libc::getrlimit(libc::RLIMIT_CORE, &mut limit) == 0 {
            limit.rlim_cur = 0;
            libc::setrlimit(libc::RLIMIT_CORE, &limit);
        }
    }
}

/// Sends a signal to the calling thread.
fn raise(number: i32) {
    // SAFETY: (system 1) a number.
    unsafe { libc::raise(number) };
}

/// Uses up the native stack; how much of it was used when it gave up.
#[inline(never)]
fn overflow(lowest: usize, depth: &mut usize) -> usize {
    let buffer = black_box([0u8; 4096]);
    let place = buffer.as_ptr() as usize;
    *depth += 1;
    let used = if place < lowest { place } else { overflow(lowest, depth) };
    // Whatever happens after the call keeps it from being a jump.
    used - black_box(buffer[0]) as usize
}

/// Tells where a program is when it dies by a fault, when a time has passed, or at a signal.
#[native_module("faulthandler")]
mod rows {
    use super::*;

    /// Has faults of the process (SIGSEGV, SIGFPE, SIGABRT, SIGBUS, SIGILL) reported before they end it.
    #[function]
    fn enable(
        cx: &mut Context,
        #[named]
        #[default(None, "sys.stderr")]
        file: Option<Value>,
        #[default(true)] all_threads: bool,
    ) -> Result<()> {
        let (number, object) = super::file(cx, file)?;
        let outcome = fatal::enable(Outside::of(cx), number, all_threads);
        drop(cx.state::<Own>().fault_file.replace(Some(object)));
        plainly(cx, Ok(outcome))
    }

    /// Has faults of the process no longer reported; whether they were.
    #[function]
    fn disable(cx: &mut Context) -> bool {
        let before = fatal::disable();
        drop(cx.state::<Own>().fault_file.take());
        before
    }

    /// Whether faults of the process are reported.
    #[function]
    fn is_enabled() -> bool {
        fatal::is_enabled()
    }

    /// Writes where the calling thread is, or all threads are, into a file.
    #[function]
    fn dump_traceback(
        cx: &mut Context,
        #[named]
        #[default(None, "sys.stderr")]
        file: Option<Value>,
        #[default(true)] all_threads: bool,
    ) -> Result<()> {
        let (number, _object) = super::file(cx, file)?;
        report::write(cx, number, all_threads);
        Ok(())
    }

    /// Writes where the calling thread is in native code into a file.
    #[function]
    fn dump_c_stack(
        cx: &mut Context,
        #[named]
        #[default(None, "sys.stderr")]
        file: Option<Value>,
    ) -> Result<()> {
        let (number, _object) = super::file(cx, file)?;
        native_stack::write(&mut Output::new(number));
        Ok(())
    }

    /// Writes where all threads are when so many seconds have passed; with `repeat` each time that they have. With `exit`
    /// the process then ends at once.
    #[function]
    fn dump_traceback_later(
        cx: &mut Context,
        #[named] timeout: Value,
        #[default(false)] repeat: bool,
        #[default(None, "sys.stderr")] file: Option<Value>,
        #[default(false)] exit: bool,
    ) -> Result<()> {
        // Timers of CPython count microseconds.
        let nanoseconds = clock::seconds(cx, timeout, Round::Ceiling)?;
        let microseconds = nanoseconds.div_euclid(1000) + (nanoseconds.rem_euclid(1000) != 0) as i64;
        if microseconds <= 0 {
            return Err(cx.value_error("timeout must be greater than 0"));
        }
        let (number, object) = super::file(cx, file)?;
        stop_watch(cx);
        let timeout = Duration::from_micros(microseconds as u64);
        let plan = Plan { interpreter: Outside::of(cx), timeout, repeat, file: number, exit };
        let Ok(watch) = Watch::start(plan) else {
            return Err(cx.raise(&RUNTIME_ERROR, "unable to start watchdog thread"));
        };
        drop(cx.state::<Own>().watch_file.replace(Some(object)));
        cx.state::<Own>().watch.replace(Some(watch));
        Ok(())
    }

    /// Takes back what was asked of dump_traceback_later.
    #[function]
    fn cancel_dump_traceback_later(cx: &mut Context) {
        stop_watch(cx);
    }

    /// Has a signal write where the calling thread is, or all threads are, into a file. With `chain` the signal then does
    /// what it did before, too.
    #[function]
    fn register(
        cx: &mut Context,
        #[named] signum: Number,
        #[default(None, "sys.stderr")] file: Option<Value>,
        #[default(true)] all_threads: bool,
        #[default(false)] chain: bool,
    ) -> Result<()> {
        let (number, object) = super::file(cx, file)?;
        let outcome = user::register(cx, signum.0, number, all_threads, chain);
        plainly(cx, Ok(outcome))?;
        let before = cx.state::<Own>().signal_files.borrow_mut().insert(signum.0, object);
        drop(before);
        Ok(())
    }

    /// Has a signal do again what it did before it was registered; whether it was.
    #[function]
    fn unregister(cx: &mut Context, signum: Number) -> bool {
        let before = user::unregister(signum.0);
        let file = cx.state::<Own>().signal_files.borrow_mut().remove(&signum.0);
        drop(file);
        before
    }

    /// Reads memory that is not there.
    #[function]
    fn _read_null() -> i64 {
        without_image();
        // SAFETY: there is none: the process is meant to die of it. The first page is never mapped.
        unsafe { std::ptr::read_volatile(black_box(8) as *const u8) as i64 }
    }

    /// Sends SIGSEGV to the calling thread, with the GIL or without.
    #[function]
    fn _sigsegv(cx: &mut Context, #[default(false)] release_gil: bool) {
        without_image();
        match release_gil {
            true => cx.detached(|_| raise(libc::SIGSEGV)),
            false => raise(libc::SIGSEGV),
        }
    }

    /// Sends SIGABRT to the process, which ends by it.
    #[function]
    fn _sigabrt() {
        without_image();
        std::process::abort()
    }

    /// Sends SIGFPE to the calling thread.
    #[function]
    fn _sigfpe() {
        without_image();
        raise(libc::SIGFPE);
    }

    /// Ends the process from a thread that is none of Python's.
    #[function]
    fn _fatal_error_c_thread(cx: &mut Context) {
        without_image();
        let interpreter = Outside::of(cx);
        let thread =
            std::thread::spawn(move || fatal::die(interpreter, "faulthandler_fatal_error_thread", "in new thread"));
        let _ = thread.join();
    }

    /// Uses up the native stack.
    #[function]
    fn _stack_overflow(cx: &mut Context) -> Result<()> {
        without_image();
        let here = 0u8;
        let here = &raw const here as usize;
        let mut depth = 0;
        let used = here - overflow(here.saturating_sub(OVERFLOW_BYTES_MAX), &mut depth);
        let message =
            format!("unable to raise a stack overflow (allocated {used} bytes on the stack, {depth} recursive calls)");
        Err(cx.raise(&RUNTIME_ERROR, message))
    }
}
