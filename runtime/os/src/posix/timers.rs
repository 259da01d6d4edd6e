//! Timers as files.

use crate::clock::{self, Round};
use crate::path::Fd;
use crate::system::{Zeroed, calls, check, done, plainly};
use sidewinder_macros::native_functions;
use sidewinder_runtime::{Context, Result, Value};
use std::io;

fn set(fd: i32, flags: i32, initial: i64, interval: i64) -> io::Result<libc::itimerspec> {
    let new = libc::itimerspec { it_interval: clock::timespec(interval), it_value: clock::timespec(initial) };
    let mut before = libc::itimerspec::zeroed();
    done(calls::timerfd_settime(fd, flags, &new, Some(&mut before))).map(|()| before)
}

fn get(fd: i32) -> io::Result<libc::itimerspec> {
    let mut found = libc::itimerspec::zeroed();
    done(calls::timerfd_gettime(fd, &mut found)).map(|()| found)
}

/// Until the timer goes off, and its interval, in seconds.
fn seconds(timer: libc::itimerspec) -> (f64, f64) {
    let seconds = |time: libc::timespec| time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9;
    (seconds(timer.it_value), seconds(timer.it_interval))
}

/// Until the timer goes off, and its interval, in nanoseconds.
fn nanoseconds(timer: libc::itimerspec) -> (i64, i64) {
    (clock::nanoseconds(timer.it_value), clock::nanoseconds(timer.it_interval))
}

#[native_functions]
pub mod rows {
    use super::*;

    /// A timer of a clock (time.CLOCK_*) as a file; flags are TFD_*.
    #[function]
    fn timerfd_create(
        clockid: i32,
        #[keyword]
        #[default(0)]
        flags: i32,
    ) -> io::Result<i32> {
        check(calls::timerfd_create(clockid, flags | libc::TFD_CLOEXEC))
    }

    /// Sets a timer: until it goes off, and then at which interval, in seconds. What it was set to before.
    #[function]
    fn timerfd_settime(
        cx: &mut Context,
        fd: Fd,
        #[keyword]
        #[default(0)]
        flags: i32,
        #[default(Value::from_small_int(0), "0.0")] initial: Value,
        #[default(Value::from_small_int(0), "0.0")] interval: Value,
    ) -> Result<(f64, f64)> {
        let initial = clock::seconds(cx, initial, Round::Floor)?;
        let interval = clock::seconds(cx, interval, Round::Floor)?;
        plainly(cx, Ok(set(fd.0, flags, initial, interval))).map(seconds)
    }

    /// Sets a timer: until it goes off, and then at which interval, in nanoseconds. What it was set to before.
    #[function]
    fn timerfd_settime_ns(
        fd: Fd,
        #[keyword]
        #[default(0)]
        flags: i32,
        #[default(0)] initial: i64,
        #[default(0)] interval: i64,
    ) -> io::Result<(i64, i64)> {
        set(fd.0, flags, initial, interval).map(nanoseconds)
    }

    /// Until a timer goes off, and its interval, in seconds.
    #[function]
    fn timerfd_gettime(fd: Fd) -> io::Result<(f64, f64)> {
        get(fd.0).map(seconds)
    }

    /// Until a timer goes off, and its interval, in nanoseconds.
    #[function]
    fn timerfd_gettime_ns(fd: Fd) -> io::Result<(i64, i64)> {
        get(fd.0).map(nanoseconds)
    }

    /// Runs what waits for input in an interactive program; nothing does here.
    #[function]
    fn _inputhook(cx: &mut Context) -> Result<()> {
        let _ = cx;
        Ok(())
    }

    /// Whether something waits for input in an interactive program.
    #[function]
    fn _is_inputhook_installed() -> bool {
        false
    }
}
