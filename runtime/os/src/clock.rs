//! Points and lengths of time as arguments, and the system's clocks.

use crate::system::{Zeroed, done};
use sidewinder_runtime::objects::{float, int};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Raised, Result, Value};
use std::io;

const SECOND: i64 = 1_000_000_000;

/// How a number that is no whole number of units becomes one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Round {
    Floor,
    /// For waits: never shorter than asked for.
    Ceiling,
}

impl Round {
    fn apply(self, number: f64) -> f64 {
        match self {
            Round::Floor => number.floor(),
            Round::Ceiling => number.ceil(),
        }
    }
}

#[cold]
fn out_of_range(cx: &mut Context) -> Raised {
    cx.overflow_error("timestamp out of range for C PyTime_t")
}

#[cold]
fn not_a_number(cx: &mut Context) -> Raised {
    cx.value_error("Invalid value NaN (not a number)")
}

/// A number of units as nanoseconds. `None` for what is no number.
fn scaled(cx: &mut Context, value: Value, unit: i64, round: Round) -> Result<Option<i64>> {
    if value.type_of().is_subtype(&float::FLOAT) {
        let Some(number) = float::as_f64(value) else { return Ok(None) };
        if number.is_nan() {
            return Err(not_a_number(cx));
        }
        let scaled = round.apply(number * unit as f64);
        if !(-9.223372036854775808e18..9.223372036854775808e18).contains(&scaled) {
            return Err(out_of_range(cx));
        }
        return Ok(Some(scaled as i64));
    }
    if !int::is_int_like(value) && value.type_of().slots().index.is_none() {
        return Ok(None);
    }
    let number = convert::index(cx, value)?;
    match int::as_i64(number.value()).and_then(|number| number.checked_mul(unit)) {
        Some(scaled) => Ok(Some(scaled)),
        None => Err(out_of_range(cx)),
    }
}

/// Seconds as nanoseconds.
pub fn seconds(cx: &mut Context, value: Value, round: Round) -> Result<i64> {
    match scaled(cx, value, SECOND, round)? {
        Some(nanoseconds) => Ok(nanoseconds),
        None => {
            let found = value.type_of().name();
            Err(cx.type_error(format!("'{found}' object cannot be interpreted as an integer or float")))
        }
    }
}

/// Seconds as nanoseconds, with a message of the caller's for what is no number.
pub fn seconds_or(cx: &mut Context, value: Value, message: &str) -> Result<i64> {
    scaled(cx, value, SECOND, Round::Ceiling)?.ok_or_else(|| cx.type_error(message))
}

/// Milliseconds as nanoseconds, with a message of the caller's for what is no number.
pub fn milliseconds_or(cx: &mut Context, value: Value, message: &str) -> Result<i64> {
    scaled(cx, value, SECOND / 1000, Round::Ceiling)?.ok_or_else(|| cx.type_error(message))
}

/// A number of seconds since the epoch, rounded down to whole ones.
pub fn whole_seconds(cx: &mut Context, value: Value) -> Result<i64> {
    let platform = "timestamp out of range for platform time_t";
    if value.type_of().is_subtype(&float::FLOAT) {
        let number = float::as_f64(value).unwrap_or(f64::NAN).floor();
        if number.is_nan() {
            return Err(not_a_number(cx));
        }
        if !(-9.223372036854775808e18..9.223372036854775808e18).contains(&number) {
            return Err(cx.overflow_error(platform));
        }
        return Ok(number as i64);
    }
    let number = convert::index(cx, value)?;
    int::as_i64(number.value()).ok_or_else(|| cx.overflow_error(platform))
}

/// Nanoseconds as the system takes them.
pub fn timespec(nanoseconds: i64) -> libc::timespec {
    libc::timespec { tv_sec: nanoseconds.div_euclid(SECOND), tv_nsec: nanoseconds.rem_euclid(SECOND) }
}

/// Nanoseconds as the system takes them, in microseconds, rounded up.
pub fn timeval(nanoseconds: i64) -> libc::timeval {
    let microseconds = nanoseconds.div_euclid(1000) + (nanoseconds.rem_euclid(1000) != 0) as i64;
    libc::timeval { tv_sec: microseconds.div_euclid(1_000_000), tv_usec: microseconds.rem_euclid(1_000_000) }
}

/// What the system gives, as nanoseconds.
pub fn nanoseconds(time: libc::timespec) -> i64 {
    time.tv_sec.saturating_mul(SECOND).saturating_add(time.tv_nsec)
}

/// A clock's reading.
pub fn read(clock: libc::clockid_t) -> io::Result<libc::timespec> {
    let mut time = libc::timespec::zeroed();
    // SAFETY: (system 1) the structure is filled.
    done(unsafe { libc::clock_gettime(clock, &mut time) }).map(|()| time)
}

/// How exact a clock is.
pub fn resolution(clock: libc::clockid_t) -> io::Result<libc::timespec> {
    let mut time = libc::timespec::zeroed();
    // SAFETY: (system 1) the structure is filled.
    done(unsafe { libc::clock_getres(clock, &mut time) }).map(|()| time)
}

/// Sets a clock.
pub fn set(clock: libc::clockid_t, time: libc::timespec) -> io::Result<()> {
    // SAFETY: (system 1) the structure is whole.
    done(unsafe { libc::clock_settime(clock, &time) })
}

/// Nanoseconds of the clock that never goes back.
pub fn monotonic() -> i64 {
    read(libc::CLOCK_MONOTONIC).map_or(0, nanoseconds)
}

/// Waits until the clock that never goes back has that reading.
pub fn wait_until(deadline: i64) -> io::Result<()> {
    let until = timespec(deadline);
    // SAFETY: (system 1) the structure is whole; what is left is not asked for.
    crate::system::numbered(unsafe {
        libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &until, std::ptr::null_mut())
    })
}

/// What is left of a wait, which ends at a reading of that clock; never less than nothing.
pub fn left(deadline: Option<i64>) -> Option<i64> {
    deadline.map(|deadline| deadline.saturating_sub(monotonic()).max(0))
}
