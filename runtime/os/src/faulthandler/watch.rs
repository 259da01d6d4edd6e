//! A thread that tells where the program is when a time has passed. It is none of Python's.

use super::report::{self, Look, Output};
use sidewinder_runtime::threads::{self, outside::Outside};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// How long it waits for the GIL. Whoever runs Python gives it away well before; who does not by then hangs in native code,
/// and frames stay as they are.
const GIL_WAIT: Duration = Duration::from_millis(250);

/// What it is to do.
pub struct Plan {
    pub interpreter: Outside,
    pub timeout: Duration,
    pub repeat: bool,
    pub file: i32,
    pub exit: bool,
}

/// The thread, as others see it.
pub struct Watch {
    cancelled: Arc<(Mutex<bool>, Condvar)>,
    thread: JoinHandle<()>,
    /// The process that has it: after `fork` there is none.
    process: i32,
}

impl Watch {
    pub fn start(plan: Plan) -> std::io::Result<Watch> {
        let cancelled = Arc::new((Mutex::new(false), Condvar::new()));
        let shared = cancelled.clone();
        let thread = threads::without_signals(|| {
            Builder::new().name("faulthandler".to_string()).spawn(move || run(&plan, &shared))
        })?;
        Ok(Watch { cancelled, thread, process: process() })
    }

    /// Stops the thread and waits for its end, without the GIL: it may be waiting for that.
    pub fn stop(self) {
        if self.process != process() {
            std::mem::forget(self);
            return;
        }
        *self.cancelled.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.cancelled.1.notify_all();
        let _ = self.thread.join();
    }
}

fn process() -> i32 {
    // SAFETY: (system 1) a plain query.
    unsafe { libc::getpid() }
}

fn run(plan: &Plan, (cancelled, changed): &(Mutex<bool>, Condvar)) {
    loop {
        let guard = cancelled.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(guard, plan.timeout, |cancelled| !*cancelled);
        let (guard, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *guard {
            return;
        }
        drop(guard);
        let mut output = Output::new(plan.file);
        head(&mut output, plan.timeout);
        let told = plan.interpreter.look(GIL_WAIT, |cx| report::write_all(cx, &mut output, std::ptr::null()));
        if told.is_none() {
            report::peek(&mut output, plan.interpreter, true, Look::Stuck);
        }
        drop(output);
        if plan.exit {
            // SAFETY: (system 1) ends the process at once, as the program has asked.
            unsafe { libc::_exit(1) };
        }
        if !plan.repeat {
            return;
        }
    }
}

/// `Timeout (h:mm:ss.uuuuuu)!`
fn head(output: &mut Output, timeout: Duration) {
    let seconds = timeout.as_secs();
    output.text("Timeout (");
    output.decimal(seconds / 3600);
    for part in [seconds / 60 % 60, seconds % 60] {
        output.text(if part < 10 { ":0" } else { ":" });
        output.decimal(part);
    }
    let microseconds = timeout.subsec_micros();
    if microseconds != 0 {
        output.text(".");
        let mut place = 100_000;
        while place > 0 {
            output.decimal((microseconds / place % 10) as u64);
            place /= 10;
        }
    }
    output.text(")!\n");
}
