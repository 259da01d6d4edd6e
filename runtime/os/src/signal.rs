//! The module `_signal`: what signals lead to, timers, masks and waiting for signals.

pub mod sets;

use crate::clock::{self, Round};
use crate::path::Uid;
use crate::system::{Zeroed, add_constants, check, done, numbered, plainly};
use sets::{SignalSet, set_object};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::{FromArgument, IntoObject, Place};
use sidewinder_runtime::objects::exception::{self, OS_ERROR, VALUE_ERROR};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::objects::{dict, float, int, singleton};
use sidewinder_runtime::operations::call;
use sidewinder_runtime::signals::{self, Handler, SIGNALS_MAX};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value, struct_sequence, threads};
use std::cell::RefCell;
use std::io;

struct_sequence! {
    /// What is known of a signal that was waited for.
    STRUCT_SIGINFO = "signal.struct_siginfo" shows 7 {
        0 "si_signo" "signal number",
        1 "si_code" "signal code",
        2 "si_errno" "errno associated with this signal",
        3 "si_pid" "sending process ID",
        4 "si_uid" "real user ID of sending process",
        5 "si_status" "exit value or signal",
        6 "si_band" "band event for SIGPOLL",
    }
}

static NUMBERS: &[(&str, i64)] = crate::constants! {
    SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGIOT SIGFPE SIGKILL SIGBUS SIGSEGV SIGSYS SIGPIPE SIGALRM SIGTERM SIGURG
    SIGSTOP SIGTSTP SIGCONT SIGCHLD SIGTTIN SIGTTOU SIGIO SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGUSR1 SIGUSR2
    SIGPOLL SIGPWR SIGSTKFLT SIG_BLOCK SIG_UNBLOCK SIG_SETMASK ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF
};

/// What stands for handlers that are none.
const DEFAULT: i64 = 0;
const IGNORE: i64 = 1;

/// What the module keeps for an interpreter.
#[derive(Default)]
struct Own {
    /// `default_int_handler`, which stands for `KeyboardInterrupt`.
    interrupt: RefCell<Option<Owned>>,
    /// `ItimerError`
    timer_error: RefCell<Option<Owned>>,
}

/// The number of a signal that exists.
struct Number(i32);

impl FromArgument<'_> for Number {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<Number> {
        let number = i32::from_argument(cx, value, place)?;
        if (1..SIGNALS_MAX).contains(&number) {
            Ok(Number(number))
        } else {
            Err(cx.value_error("signal number out of range"))
        }
    }
}

/// What `getsignal` shows of a handler.
fn shown(cx: &mut Context, handler: Handler) -> Owned {
    match handler {
        Handler::Default => int::from_i64(cx, DEFAULT),
        Handler::Ignore => int::from_i64(cx, IGNORE),
        Handler::Foreign => Owned::new(singleton::none()),
        Handler::Call(function) => function,
        Handler::Interrupt => {
            let own = cx.state::<Own>().interrupt.borrow().clone();
            own.unwrap_or_else(|| Owned::new(singleton::none()))
        }
    }
}

/// What a program asks for as a handler.
fn asked(cx: &mut Context, value: Value) -> Result<Handler> {
    if value.type_of().slots().call.is_some() {
        let interrupt = cx.state::<Own>().interrupt.borrow().clone();
        let same = interrupt.is_some_and(|own| own.value() == value);
        return Ok(if same { Handler::Interrupt } else { Handler::Call(Owned::new(value)) });
    }
    match int::is_int_like(value).then(|| int::as_i64(value)).flatten() {
        Some(DEFAULT) => Ok(Handler::Default),
        Some(IGNORE) => Ok(Handler::Ignore),
        _ => Err(cx.type_error("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")),
    }
}

#[cold]
fn main_thread_only(cx: &mut Context, what: &str) -> Raised {
    cx.value_error(format!("{what} only works in main thread of the main interpreter"))
}

/// Raises the module's own error.
#[cold]
fn timer_error(cx: &mut Context, error: &io::Error) -> Raised {
    let raised = crate::system::raise(cx, error);
    let class = cx.state::<Own>().timer_error.borrow().clone();
    let Some(class) = class else { return raised };
    let pending = cx.take_pending();
    let arguments = exception::of(pending.value()).arguments().as_slice().to_vec();
    match call::call(cx, class.value(), &arguments) {
        Ok(made) => cx.raise_value(made),
        Err(raised) => raised,
    }
}

fn timer_seconds(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 / 1_000_000.0
}

/// What a timer was set to: until it goes off, and then at which interval.
fn timer_pair(cx: &mut Context, timer: &libc::itimerval) -> Owned {
    let parts = [timer.it_value, timer.it_interval].map(|time| float::from_f64(cx, timer_seconds(time)));
    let [value, interval] = parts;
    TupleObject::pair(cx, value, interval)
}

fn signal_information(cx: &mut Context, found: &libc::siginfo_t) -> Result<Owned> {
    // SAFETY: (system 1) the structure is whole; for signals that do not have these, they are numbers without a meaning.
    let (process, user, status) = unsafe { (found.si_pid(), found.si_uid(), found.si_status()) };
    let items = vec![
        found.si_signo.into_object(cx),
        found.si_code.into_object(cx),
        found.si_errno.into_object(cx),
        process.into_object(cx),
        Uid(user).into_object(cx),
        status.into_object(cx),
        band_of(found).into_object(cx),
    ];
    STRUCT_SIGINFO.make(cx, items)
}

/// The event of a signal about a file; it lies where other signals have the process.
fn band_of(found: &libc::siginfo_t) -> i64 {
    // SAFETY: (system 1) the fields after the three numbers start at byte 16 and are within the structure.
    unsafe { (found as *const libc::siginfo_t as *const u8).add(16).cast::<i64>().read() }
}

/// What the system says of a signal.
struct Information(libc::siginfo_t);

// SAFETY: (system 1) of the pointers in it, none is followed.
unsafe impl Send for Information {}

/// Waits for one of these signals, at most until a reading of the clock.
fn wait_for(cx: &mut Context, set: &SignalSet, deadline: Option<i64>) -> Result<io::Result<Information>> {
    let set = &set.0;
    cx.interruptible(|_| {
        let mut found = libc::siginfo_t::zeroed();
        let time = clock::left(deadline).map(clock::timespec);
        let time = time.as_ref().map_or(std::ptr::null(), |time| &raw const *time);
        // SAFETY: (system 1) the structures are whole; the time is null or whole.
        check(unsafe { libc::sigtimedwait(set, &mut found, time) }).map(|_| Information(found))
    })
}

/// What signals lead to, timers, masks, and waiting for signals. Programs use the module `signal`.
#[native_module("_signal")]
mod rows {
    use super::*;

    /// Says what a signal leads to: SIG_DFL, SIG_IGN, or a function that is called with the number and the running frame.
    /// Returns what it led to before.
    #[function]
    fn signal(cx: &mut Context, signalnum: i32, handler: Value) -> Result<Owned> {
        if !cx.is_main() {
            return Err(main_thread_only(cx, "signal"));
        }
        if !(1..SIGNALS_MAX).contains(&signalnum) {
            return Err(cx.value_error("signal number out of range"));
        }
        let handler = asked(cx, handler)?;
        signals::check(cx)?;
        let before = signals::set_handler(cx, signalnum, handler);
        let before = plainly(cx, Ok(before))?;
        Ok(shown(cx, before))
    }

    /// What a signal leads to: SIG_DFL, SIG_IGN, a function, or None if others than Python have set it.
    #[function]
    fn getsignal(cx: &mut Context, signalnum: Number) -> Owned {
        let handler = signals::handler(cx, signalnum.0);
        shown(cx, handler)
    }

    /// What SIGINT leads to unless the program says otherwise: raises KeyboardInterrupt.
    #[function]
    fn default_int_handler(cx: &mut Context, signalnum: i32, frame: Value) -> Result<()> {
        let _ = (signalnum, frame);
        let made = exception::new(cx, &exception::KEYBOARD_INTERRUPT, &[])?;
        Err(cx.raise_value(made))
    }

    /// Sends SIGALRM after so many seconds; 0 takes that back. How many were left before.
    #[function]
    fn alarm(seconds: i32) -> u32 {
        // SAFETY: (system 1) a number.
        unsafe { libc::alarm(seconds as u32) }
    }

    /// Sets a timer, which sends a signal after `seconds` and then at an interval. What it was set to before.
    #[function]
    fn setitimer(
        cx: &mut Context,
        which: i32,
        seconds: Value,
        #[default(Value::from_small_int(0), "0.0")] interval: Value,
    ) -> Result<Owned> {
        let value = clock::timeval(clock::seconds(cx, seconds, Round::Ceiling)?);
        let interval = clock::timeval(clock::seconds(cx, interval, Round::Ceiling)?);
        let new = libc::itimerval { it_value: value, it_interval: interval };
        let mut before = libc::itimerval::zeroed();
        // SAFETY: (system 1) the structures are whole.
        match done(unsafe { libc::setitimer(which as _, &new, &mut before) }) {
            Ok(()) => Ok(timer_pair(cx, &before)),
            Err(error) => Err(timer_error(cx, &error)),
        }
    }

    /// What a timer is set to: the seconds that are left, and the interval.
    #[function]
    fn getitimer(cx: &mut Context, which: i32) -> Result<Owned> {
        let mut found = libc::itimerval::zeroed();
        // SAFETY: (system 1) the structure is whole.
        match done(unsafe { libc::getitimer(which as _, &mut found) }) {
            Ok(()) => Ok(timer_pair(cx, &found)),
            Err(error) => Err(timer_error(cx, &error)),
        }
    }

    /// Waits for a signal.
    #[function]
    fn pause(cx: &mut Context) -> Result<()> {
        cx.detached(|_| {
            // SAFETY: (system 1) it only waits.
            unsafe { libc::pause() };
        });
        signals::check(cx)
    }

    /// Says whether a signal ends calls of the system that wait, rather than that they go on.
    #[function]
    fn siginterrupt(cx: &mut Context, signalnum: Number, flag: i32) -> Result<()> {
        let mut action = libc::sigaction::zeroed();
        // SAFETY: (system 1) the structures are whole; the handler stays what it is.
        let status = unsafe {
            libc::sigaction(signalnum.0, std::ptr::null(), &mut action);
            match flag {
                0 => action.sa_flags |= libc::SA_RESTART,
                _ => action.sa_flags &= !libc::SA_RESTART,
            }
            libc::sigaction(signalnum.0, &action, std::ptr::null_mut())
        };
        plainly(cx, Ok(done(status)))
    }

    /// Makes each signal write its number as a byte to a file; -1 for none. What was set before.
    #[function]
    fn set_wakeup_fd(
        cx: &mut Context,
        fd: i32,
        #[keyword]
        #[default(true)]
        warn_on_full_buffer: bool,
    ) -> Result<i32> {
        if !cx.is_main() {
            return Err(cx.raise(&VALUE_ERROR, "set_wakeup_fd only works in main thread of the main interpreter"));
        }
        if fd != -1 {
            let mut found = libc::stat::zeroed();
            plainly(cx, Ok(done(crate::system::calls::fstat(fd, &mut found))))?;
            let flags = crate::system::calls::control(fd, libc::F_GETFL, 0);
            if plainly(cx, Ok(flags))? & libc::O_NONBLOCK == 0 {
                return Err(cx.value_error(format!("the fd {fd} must be in non-blocking mode")));
            }
        }
        Ok(signals::set_wakeup(fd, warn_on_full_buffer))
    }

    /// Sends a signal to this process.
    #[function]
    fn raise_signal(cx: &mut Context, signalnum: i32) -> Result<io::Result<()>> {
        signals::send(cx, signalnum)
    }

    /// Sends a signal to a thread.
    #[function]
    fn pthread_kill(cx: &mut Context, thread_id: u64, signalnum: i32) -> Result<io::Result<()>> {
        let outcome = match threads::is_alive(cx, thread_id) {
            // SAFETY: (system 1) a thread that runs.
            true => numbered(unsafe { libc::pthread_kill(thread_id as libc::pthread_t, signalnum) }),
            // The C library would follow the number as an address.
            false => numbered(libc::ESRCH),
        };
        signals::check(cx)?;
        Ok(outcome)
    }

    /// Blocks signals, lets them through, or says exactly which are blocked; those that were blocked before.
    #[function]
    fn pthread_sigmask(cx: &mut Context, how: i32, mask: SignalSet) -> Result<Owned> {
        let mut before = libc::sigset_t::zeroed();
        // SAFETY: (system 1) the structures are whole.
        let outcome = numbered(unsafe { libc::pthread_sigmask(how, &mask.0, &mut before) });
        plainly(cx, Ok(outcome))?;
        signals::check(cx)?;
        set_object(cx, &before)
    }

    /// The signals that have arrived and are blocked.
    #[function]
    fn sigpending(cx: &mut Context) -> Result<Owned> {
        let mut found = libc::sigset_t::zeroed();
        // SAFETY: (system 1) the structure is whole.
        plainly(cx, Ok(done(unsafe { libc::sigpending(&mut found) })))?;
        set_object(cx, &found)
    }

    /// Waits for one of these signals; its number.
    #[function]
    fn sigwait(cx: &mut Context, sigset: SignalSet) -> Result<io::Result<i32>> {
        let set = &sigset.0;
        Ok(cx.detached(|_| {
            let mut number = 0;
            // SAFETY: (system 1) the set is whole.
            numbered(unsafe { libc::sigwait(set, &mut number) }).map(|()| number)
        }))
    }

    /// Waits for one of these signals; what is known of it.
    #[function]
    fn sigwaitinfo(cx: &mut Context, sigset: SignalSet) -> Result<Owned> {
        let outcome = wait_for(cx, &sigset, None);
        let found = plainly(cx, outcome)?;
        signal_information(cx, &found.0)
    }

    /// Waits for one of these signals, at most so many seconds; what is known of it, or None if none came.
    #[function]
    fn sigtimedwait(cx: &mut Context, sigset: SignalSet, timeout: Value) -> Result<Option<Owned>> {
        let length = clock::seconds(cx, timeout, Round::Ceiling)?;
        if length < 0 {
            return Err(cx.value_error("timeout must be non-negative"));
        }
        let deadline = clock::monotonic().saturating_add(length);
        match wait_for(cx, &sigset, Some(deadline))? {
            Ok(found) => signal_information(cx, &found.0).map(Some),
            Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => Ok(None),
            Err(error) => Err(crate::system::raise(cx, &error)),
        }
    }

    /// The name of a signal in words; None if it has none.
    #[function]
    fn strsignal(cx: &mut Context, signalnum: Number) -> Result<Option<Owned>> {
        // SAFETY: (system 1) a number; the text is read before the next call.
        let text = unsafe {
            let text = libc::strsignal(signalnum.0);
            if text.is_null() { None } else { Some(std::ffi::CStr::from_ptr(text).to_bytes().to_vec()) }
        };
        match text.filter(|text| !text.starts_with(b"Unknown signal")) {
            Some(text) => crate::path::decode(cx, &text).map(Some),
            None => Ok(None),
        }
    }

    /// All signals that there are.
    #[function]
    fn valid_signals(cx: &mut Context) -> Result<Owned> {
        let mut all = libc::sigset_t::zeroed();
        // SAFETY: (system 1) the structure is whole.
        plainly(cx, Ok(done(unsafe { libc::sigfillset(&mut all) })))?;
        set_object(cx, &all)
    }

    /// Sends a signal to the process that a descriptor stands for.
    #[function]
    fn pidfd_send_signal(
        cx: &mut Context,
        pidfd: i32,
        signalnum: i32,
        #[default(singleton::none(), "None")] siginfo: Value,
        #[default(0)] flags: i32,
    ) -> Result<io::Result<()>> {
        if siginfo != singleton::none() {
            return Err(cx.type_error("siginfo must be None"));
        }
        let nothing = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: (system 1) numbers and null.
        let status = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd, signalnum, nothing, flags) };
        let outcome = done(status);
        signals::check(cx)?;
        Ok(outcome)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        add_constants(cx, module, NUMBERS);
        let more = [
            ("SIGCLD", libc::SIGCHLD as i64),
            ("SIGRTMIN", libc::SIGRTMIN() as i64),
            ("SIGRTMAX", libc::SIGRTMAX() as i64),
            ("NSIG", SIGNALS_MAX as i64),
            ("SIG_DFL", DEFAULT),
            ("SIG_IGN", IGNORE),
        ];
        add_constants(cx, module, &more);
        STRUCT_SIGINFO.add_to(cx, module)?;
        let own = cx.state::<Own>();
        let interrupt = module.namespace().get_text(cx, "default_int_handler").map(Owned::new);
        drop(own.interrupt.replace(interrupt));
        let class = timer_error_class(cx)?;
        module.namespace().set_text(cx, "ItimerError", class.value());
        drop(own.timer_error.replace(Some(class)));
        Ok(())
    }
}

fn timer_error_class(cx: &mut Context) -> Result<Owned> {
    let name = StrObject::new(cx, "ItimerError");
    let bases = TupleObject::new(cx, &[OS_ERROR.value()]);
    let namespace = dict::DictObject::new(cx);
    let module = StrObject::new(cx, "signal");
    dict::of(namespace.value()).set_text(cx, "__module__", module.value());
    call::call(cx, TYPE.value(), &[name.value(), bases.value(), namespace.value()])
}
