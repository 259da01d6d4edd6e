//! Points in time as the system counts them: seconds since 1970, in UTC or as local time.

use crate::calendar::{self, SECONDS_PER_DAY, YEAR_MAX, YEAR_MIN};
use sidewinder_runtime::objects::{exception, float, int};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Raised, Result, Value};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds from the start of the calendar's day 0 to 1970.
pub const EPOCH: i64 = 719163 * SECONDS_PER_DAY;

/// Clocks are put back by no more than this.
const FOLD_SECONDS_MAX: i64 = 24 * 3600;

/// A point in time in the parts of a calendar and a clock.
#[derive(Clone)]
pub struct Parts {
    pub year: i32,
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    /// Seconds east of Greenwich, and the name of the time zone.
    pub offset: i64,
    pub zone: String,
}

/// The parts of a point in time, in UTC or local.
pub fn parts(cx: &mut Context, seconds: i64, utc: bool) -> Result<Parts> {
    // SAFETY: (system 1) all zeros are such a structure; the calls get pointers to their argument and their result.
    let (found, filled) = unsafe {
        let mut filled: libc::tm = std::mem::zeroed();
        let found = if utc { libc::gmtime_r(&seconds, &mut filled) } else { libc::localtime_r(&seconds, &mut filled) };
        (!found.is_null(), filled)
    };
    if !found {
        let number = std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EOVERFLOW);
        return Err(exception::raise_os_error(cx, number, None));
    }
    let zone = if filled.tm_zone.is_null() {
        String::new()
    } else {
        // SAFETY: (system 1) the name is a string of the system that stays as it is.
        unsafe { std::ffi::CStr::from_ptr(filled.tm_zone) }.to_string_lossy().into_owned()
    };
    Ok(Parts {
        year: filled.tm_year.saturating_add(1900),
        month: filled.tm_mon + 1,
        day: filled.tm_mday,
        hour: filled.tm_hour,
        minute: filled.tm_min,
        // Leap seconds have no place in a datetime.
        second: filled.tm_sec.min(59),
        offset: filled.tm_gmtoff,
        zone,
    })
}

/// Seconds from the calendar's day 0 to a point whose parts are in UTC.
pub fn count(cx: &mut Context, year: i32, month: i32, day: i32, seconds: i64) -> Result<i64> {
    check_year(cx, year)?;
    Ok(calendar::ordinal(year, month, day) * SECONDS_PER_DAY + seconds)
}

/// An error for a year that is out of range.
pub fn check_year(cx: &mut Context, year: i32) -> Result<()> {
    if (YEAR_MIN..=YEAR_MAX).contains(&year) {
        return Ok(());
    }
    Err(cx.value_error(format!("year must be in {YEAR_MIN}..{YEAR_MAX}, not {year}")))
}

/// What local clocks show, counted as `count` does, at a point counted so.
fn local(cx: &mut Context, seconds: i64) -> Result<i64> {
    let Parts { year, month, day, hour, minute, second, .. } = parts(cx, seconds - EPOCH, false)?;
    count(cx, year, month, day, i64::from(hour * 3600 + minute * 60 + second))
}

/// Whether a local time that comes twice is the second one, at a point whose local time is counted.
pub fn is_folded(cx: &mut Context, point: i64, shown: i64) -> Result<bool> {
    let before = local(cx, EPOCH + point - FOLD_SECONDS_MAX)?;
    let transition = shown - before - FOLD_SECONDS_MAX;
    Ok(transition < 0 && local(cx, EPOCH + point + transition)? == shown)
}

/// The point at which local clocks show a counted time: of two, the one that the fold says; in a gap, one that lies as
/// far behind or before it.
pub fn of_local(cx: &mut Context, shown: i64, fold: bool) -> Result<i64> {
    let first = local(cx, shown)? - shown;
    let one = shown - first;
    let one_shown = local(cx, one)?;
    let second = if one_shown == shown {
        // One solution is found, perhaps not the wanted one.
        let other = if fold { one + FOLD_SECONDS_MAX } else { one - FOLD_SECONDS_MAX };
        let second = local(cx, other)? - other;
        if first == second {
            return Ok(one);
        }
        second
    } else {
        one_shown - one
    };
    let two = shown - second;
    if local(cx, two)? == shown {
        return Ok(two);
    }
    if one_shown == shown {
        return Ok(one);
    }
    Ok(if fold { one.min(two) } else { one.max(two) })
}

/// The current time: seconds since 1970, and microseconds.
pub fn now() -> (i64, u32) {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => (since.as_secs() as i64, since.subsec_micros()),
        Err(before) => {
            let microseconds = -(before.duration().as_micros() as i64);
            (microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000) as u32)
        }
    }
}

#[cold]
pub fn out_of_range(cx: &mut Context) -> Raised {
    cx.overflow_error("timestamp out of range for platform time_t")
}

fn checked_float(cx: &mut Context, seconds: f64) -> Result<i64> {
    const LIMIT: f64 = 9223372036854775808.0;
    if (-LIMIT..LIMIT).contains(&seconds) { Ok(seconds as i64) } else { Err(out_of_range(cx)) }
}

fn not_a_number(cx: &mut Context) -> Raised {
    cx.value_error("Invalid value NaN (not a number)")
}

/// A timestamp in whole seconds, rounded down.
pub fn whole_seconds(cx: &mut Context, timestamp: Value) -> Result<i64> {
    if let Some(number) = float::as_f64(timestamp).filter(|_| !int::is_int_like(timestamp)) {
        return if number.is_nan() { Err(not_a_number(cx)) } else { checked_float(cx, number.floor()) };
    }
    let number = convert::index(cx, timestamp)?;
    int::as_i64(number.value()).ok_or_else(|| out_of_range(cx))
}

/// A timestamp in seconds and microseconds, rounded to the nearest, or the even one of two.
pub fn seconds_and_microseconds(cx: &mut Context, timestamp: Value) -> Result<(i64, u32)> {
    let Some(number) = float::as_f64(timestamp).filter(|_| !int::is_int_like(timestamp)) else {
        if !int::is_int_like(timestamp) && !convert::is_index(Some(timestamp)) {
            let kind = timestamp.type_of().name();
            return Err(cx.type_error(format!("argument must be int or float, not {kind}")));
        }
        return Ok((whole_seconds(cx, timestamp)?, 0));
    };
    if number.is_nan() {
        return Err(not_a_number(cx));
    }
    if number.is_infinite() {
        return Err(out_of_range(cx));
    }
    let (mut whole, mut part) = (number.trunc(), (number.fract() * 1e6).round_ties_even());
    if part >= 1e6 {
        part -= 1e6;
        whole += 1.0;
    } else if part < 0.0 {
        part += 1e6;
        whole -= 1.0;
    }
    Ok((checked_float(cx, whole)?, part as u32))
}
