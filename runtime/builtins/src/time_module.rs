//! The module `time`: clocks and `sleep`.

use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::{float, int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value, signals};

pub static FUNCTIONS: &[Native] = &[
    Native::new(
        "time",
        0,
        0,
        |cx, _| seconds(cx, libc::CLOCK_REALTIME),
        "Return the current time in seconds since the Epoch.",
    ),
    Native::new(
        "time_ns",
        0,
        0,
        |cx, _| nanoseconds(cx, libc::CLOCK_REALTIME),
        "Return the current time in nanoseconds since the Epoch.",
    ),
    Native::new(
        "perf_counter",
        0,
        0,
        |cx, _| seconds(cx, libc::CLOCK_MONOTONIC),
        "Performance counter for benchmarking.",
    ),
    Native::new(
        "perf_counter_ns",
        0,
        0,
        |cx, _| nanoseconds(cx, libc::CLOCK_MONOTONIC),
        "Performance counter for benchmarking as nanoseconds.",
    ),
    Native::new("monotonic", 0, 0, |cx, _| seconds(cx, libc::CLOCK_MONOTONIC), "Monotonic clock, cannot go backward."),
    Native::new(
        "monotonic_ns",
        0,
        0,
        |cx, _| nanoseconds(cx, libc::CLOCK_MONOTONIC),
        "Monotonic clock, cannot go backward, as nanoseconds.",
    ),
    Native::new(
        "process_time",
        0,
        0,
        |cx, _| seconds(cx, libc::CLOCK_PROCESS_CPUTIME_ID),
        "Process time for profiling: sum of the kernel and user-space CPU time.",
    ),
    Native::new(
        "process_time_ns",
        0,
        0,
        |cx, _| nanoseconds(cx, libc::CLOCK_PROCESS_CPUTIME_ID),
        "Process time for profiling as nanoseconds.",
    ),
    Native::new("thread_time", 0, 0, |cx, _| seconds(cx, libc::CLOCK_THREAD_CPUTIME_ID), "Thread time for profiling."),
    Native::new(
        "thread_time_ns",
        0,
        0,
        |cx, _| nanoseconds(cx, libc::CLOCK_THREAD_CPUTIME_ID),
        "Thread time for profiling as nanoseconds.",
    ),
    Native::new("sleep", 1, 1, sleep, "Delay execution for a given number of seconds."),
];

/// A clock's reading in nanoseconds.
fn read(clock: libc::clockid_t) -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a local.
    unsafe { libc::clock_gettime(clock, &mut time) };
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

fn seconds(cx: &mut Context, clock: libc::clockid_t) -> Result<Owned> {
    Ok(float::from_f64(cx, read(clock) as f64 * 1e-9))
}

fn nanoseconds(cx: &mut Context, clock: libc::clockid_t) -> Result<Owned> {
    Ok(int::from_i64(cx, read(clock)))
}

fn sleep(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let duration = match float::as_f64(arguments[0]) {
        Some(duration) => duration,
        None => convert::index_i64(cx, arguments[0])? as f64,
    };
    if duration.is_nan() {
        return Err(cx.value_error("Invalid value NaN (not a number)"));
    }
    if duration < 0.0 {
        return Err(cx.value_error("sleep length must be non-negative"));
    }
    if duration > 9_223_372_036.0 {
        return Err(cx.overflow_error("timestamp too large to convert to C PyTime_t"));
    }
    let end = read(libc::CLOCK_MONOTONIC) + (duration * 1e9) as i64;
    loop {
        let left = end - read(libc::CLOCK_MONOTONIC);
        if left <= 0 {
            return Ok(Owned::new(singleton::none()));
        }
        let time = libc::timespec { tv_sec: left / 1_000_000_000, tv_nsec: left % 1_000_000_000 };
        // SAFETY: the pointer is to a local. A signal ends the wait early.
        unsafe { libc::nanosleep(&time, std::ptr::null_mut()) };
        signals::check(cx)?;
    }
}
