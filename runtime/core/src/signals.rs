//! Signals: the system's handler only sets bits; the main thread of the process's first interpreter runs what the
//! program wants at its next safe point, as CPython does.

use crate::context::{Context, Result, interrupt};
use crate::gil::Detached;
use crate::heap::Owned;
use crate::objects::frame;
use crate::objects::{exception, singleton};
use crate::operations::{call, finalize};
use crate::value::Value;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, AtomicU64, Ordering};

/// One more than the largest number of a signal (`signal.NSIG`).
pub const SIGNALS_MAX: i32 = 65;

/// What the system's handler touches: the one state that belongs to the process, as signals do.
struct Arrived {
    /// Signals whose handlers have not run; bit n - 1 is signal n.
    pending: AtomicU64,
    /// The interrupt word of the thread that runs handlers.
    word: AtomicPtr<AtomicU32>,
    /// A file that gets a byte for each signal, or -1.
    wakeup: AtomicI32,
    /// The error of the last write to it that must be reported; -1 where a full pipe need not be.
    wakeup_error: AtomicI32,
    reports_full: AtomicU32,
    /// Signals at which somebody wants to look at the threads at the next safe point; bits as in `pending`.
    looks: AtomicU64,
}

static ARRIVED: Arrived = Arrived {
    pending: AtomicU64::new(0),
    word: AtomicPtr::new(std::ptr::null_mut()),
    wakeup: AtomicI32::new(-1),
    wakeup_error: AtomicI32::new(0),
    reports_full: AtomicU32::new(1),
    looks: AtomicU64::new(0),
};

/// What a signal leads to.
#[derive(Clone, Debug, Default)]
pub enum Handler {
    /// What the system does by default.
    Default,
    Ignore,
    /// Something that was installed by others than the program.
    #[default]
    Foreign,
    /// `KeyboardInterrupt`.
    Interrupt,
    /// A callable, called with the number and the running frame.
    Call(Owned),
}

/// The handlers by signal, as far as somebody has asked.
#[derive(Debug, Default)]
pub struct Handlers {
    rows: BTreeMap<i32, Handler>,
    /// What looks at the threads after a signal of which `look_soon` was told, with the signal's number.
    pub looker: Option<fn(&mut Context, i32)>,
}

extern "C" fn on_signal(number: i32) {
    ARRIVED.pending.fetch_or(1 << (number - 1), Ordering::Relaxed);
    // SAFETY: (jit 2) the main thread's context lives as long as the process.
    if let Some(word) = unsafe { ARRIVED.word.load(Ordering::Acquire).as_ref() } {
        word.fetch_or(interrupt::SIGNAL, Ordering::Release);
    }
    let file = ARRIVED.wakeup.load(Ordering::Relaxed);
    if file >= 0 {
        let byte = number as u8;
        // SAFETY: `write` may be called from a handler of signals; what it does to `errno` is undone.
        unsafe {
            let place = libc::__errno_location();
            let before = *place;
            if libc::write(file, (&raw const byte).cast(), 1) < 0 {
                let error = *place;
                if ARRIVED.reports_full.load(Ordering::Relaxed) != 0 || error != libc::EAGAIN {
                    ARRIVED.wakeup_error.store(error, Ordering::Relaxed);
                }
            }
            *place = before;
        }
    }
}

/// Has the interpreter's `Handlers::looker` called for a signal, at the next safe point of the thread that runs handlers and
/// before those. Called from a handler of the system on that thread; false on any other.
pub fn look_soon(number: i32) -> bool {
    // SAFETY: (jit 2) the main thread's context lives as long as the process.
    let Some(word) = (unsafe { ARRIVED.word.load(Ordering::Acquire).as_ref() }) else { return false };
    if Context::of_thread().is_none_or(|own| !std::ptr::eq(word, &own.interrupt)) {
        return false;
    }
    ARRIVED.looks.fetch_or(1 << (number - 1), Ordering::Relaxed);
    word.fetch_or(interrupt::SIGNAL, Ordering::Release);
    true
}

/// Makes the thread of `cx` the one that runs handlers.
pub(crate) fn serve_on(cx: &Context) {
    ARRIVED.word.store((&raw const cx.interrupt).cast_mut(), Ordering::Release);
}

/// After `fork`, in the child: signals that arrived before were the parent's.
pub(crate) fn forget_arrived() {
    ARRIVED.pending.store(0, Ordering::Relaxed);
}

/// Sets the process up as CPython does: SIGINT raises `KeyboardInterrupt`; SIGPIPE and SIGXFSZ are ignored, so that
/// writes fail with an error instead. Faults end the process: what Rust's start has installed for them would let a program
/// go on to which another has sent such a signal.
pub fn start(cx: &mut Context) {
    serve_on(cx);
    for number in [libc::SIGSEGV, libc::SIGBUS] {
        if matches!(found(number), Handler::Foreign) {
            let _ = set_handler(cx, number, Handler::Default);
        }
    }
    for number in [libc::SIGPIPE, libc::SIGXFSZ] {
        let _ = set_handler(cx, number, Handler::Ignore);
    }
    if matches!(found(libc::SIGINT), Handler::Default) {
        let _ = set_handler(cx, libc::SIGINT, Handler::Interrupt);
    }
}

/// What the system does with a signal now.
fn found(number: i32) -> Handler {
    // SAFETY: plain queries into a local.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(number, std::ptr::null(), &mut action) != 0 {
            return Handler::Foreign;
        }
        match action.sa_sigaction {
            libc::SIG_DFL => Handler::Default,
            libc::SIG_IGN => Handler::Ignore,
            _ => Handler::Foreign,
        }
    }
}

/// What a signal leads to.
pub fn handler(cx: &Context, number: i32) -> Handler {
    cx.interpreter().signals.rows.entry(number).or_insert_with(|| found(number)).clone()
}

/// Changes what a signal leads to; gives what it led to before. `Foreign` is nothing that can be asked for.
pub fn set_handler(cx: &mut Context, number: i32, new: Handler) -> io::Result<Handler> {
    let action = match new {
        Handler::Default => libc::SIG_DFL,
        Handler::Ignore => libc::SIG_IGN,
        Handler::Foreign => return Err(io::Error::from_raw_os_error(libc::EINVAL)),
        Handler::Interrupt | Handler::Call(_) => on_signal as extern "C" fn(i32) as usize,
    };
    let before = handler(cx, number);
    // SAFETY: the handler only touches atomics and calls `write`. Without SA_RESTART, calls that wait are interrupted.
    let status = unsafe {
        let mut request: libc::sigaction = std::mem::zeroed();
        request.sa_sigaction = action;
        request.sa_flags = libc::SA_ONSTACK;
        libc::sigaction(number, &request, std::ptr::null_mut())
    };
    if status != 0 {
        return Err(io::Error::last_os_error());
    }
    cx.interpreter().signals.rows.insert(number, new);
    Ok(before)
}

/// Makes each signal write a byte to a file (-1 for none); gives the one before. `reports_full`: a pipe without room is
/// reported, too.
pub fn set_wakeup(file: i32, reports_full: bool) -> i32 {
    ARRIVED.reports_full.store(reports_full as u32, Ordering::Relaxed);
    ARRIVED.wakeup.swap(file, Ordering::Relaxed)
}

/// Pretends that a signal arrived (`_thread.interrupt_main`), unless it is ignored or left to the system.
pub fn simulate(cx: &Context, number: i32) {
    if matches!(handler(cx, number), Handler::Interrupt | Handler::Call(_)) {
        on_signal(number);
    }
}

/// Sends a signal to the calling thread, and serves it if that is the one that does.
pub fn send(cx: &mut Context, number: i32) -> Result<io::Result<()>> {
    // SAFETY: sends a signal to the own thread.
    let status = unsafe { libc::raise(number) };
    check(cx)?;
    Ok(if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) })
}

/// Runs the handlers of the signals that arrived, on the thread that does that.
#[cold]
pub fn serve(cx: &mut Context) -> Result<()> {
    cx.interrupt.fetch_and(!interrupt::SIGNAL, Ordering::Acquire);
    report_wakeup_error(cx);
    let mut looks = ARRIVED.looks.swap(0, Ordering::Relaxed);
    while looks != 0 {
        if let Some(looker) = cx.interpreter().signals.looker {
            looker(cx, looks.trailing_zeros() as i32 + 1);
        }
        looks &= looks - 1;
    }
    loop {
        let pending = ARRIVED.pending.load(Ordering::Relaxed);
        if pending == 0 {
            return Ok(());
        }
        let number = pending.trailing_zeros() as i32 + 1;
        ARRIVED.pending.fetch_and(!(1 << (number - 1)), Ordering::Relaxed);
        if let Err(raised) = run_handler(cx, number) {
            if ARRIVED.pending.load(Ordering::Relaxed) != 0 {
                cx.request(interrupt::SIGNAL);
            }
            return Err(raised);
        }
    }
}

fn run_handler(cx: &mut Context, number: i32) -> Result<()> {
    match handler(cx, number) {
        Handler::Interrupt => {
            let made = exception::new(cx, &exception::KEYBOARD_INTERRUPT, &[])?;
            Err(cx.raise_value(made))
        }
        Handler::Call(callable) => {
            let mut running = None;
            frame::walk(cx, |frame| {
                running = Some(*frame);
                false
            });
            let frame = match running {
                Some(frame) => frame::of_live(cx, &frame),
                None => Owned::new(singleton::none()),
            };
            call::call(cx, callable.value(), &[Value::from_small_int(number as i64), frame.value()]).map(drop)
        }
        // It was changed since the signal arrived.
        Handler::Default | Handler::Ignore | Handler::Foreign => Ok(()),
    }
}

fn report_wakeup_error(cx: &mut Context) {
    let error = ARRIVED.wakeup_error.swap(0, Ordering::Relaxed);
    if error != 0 {
        let pending = std::mem::replace(&mut cx.pending, Value::UNBOUND);
        exception::raise_os_error(cx, error, None);
        finalize::report_unraisable(cx, "when trying to write to the signal wakeup fd", Value::UNBOUND);
        cx.pending = pending;
    }
}

/// Serves signals from inside a native function that waits.
pub fn check(cx: &mut Context) -> Result<()> {
    if cx.interrupt.load(Ordering::Relaxed) & interrupt::SIGNAL == 0 { Ok(()) } else { serve(cx) }
}

impl Context {
    /// Makes a call of the system that may wait, without the GIL. One that a signal has interrupted is made again, after
    /// the handlers have run and unless one has raised.
    pub fn interruptible<T: Send>(
        &mut self,
        mut work: impl FnMut(Detached) -> io::Result<T> + Send,
    ) -> Result<io::Result<T>> {
        loop {
            match self.detached(&mut work) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => check(self)?,
                outcome => return Ok(outcome),
            }
        }
    }
}
