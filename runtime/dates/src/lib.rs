//! The native module `_datetime`: dates, times, differences between them, and time zones.
//!
//! Each type has a file; `calendar.rs`, `clock.rs` and `iso.rs` know no objects of Python but for errors.
//!
//! Not here: the interface for extensions in C, `datetime_CAPI`.

mod answer;
mod arguments;
mod calendar;
mod clock;
mod date;
mod datetime;
mod delta;
mod format;
mod iso;
mod time;
mod zone;
mod zone_info;

use calendar::{Clock, Day, YEAR_MAX, YEAR_MIN};
use date::{DATE, Date, ISO_CALENDAR_DATE, set_limits};
use datetime::{DATE_TIME, DateTime};
use delta::{DAYS_MAX, Delta, TIME_DELTA, TimeDelta};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::NativeModule;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::{Context, Owned, Result};
use time::{TIME, Time};
use zone::{TIME_ZONE, TimeZone, TzInfo};

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&MODULE, &zone_info::MODULE];

/// Dates and times, with and without time zones.
#[native_module("_datetime", types(TimeDelta, Date, TzInfo, DateTime, Time, TimeZone))]
mod rows {
    use super::*;

    #[constant]
    const MINYEAR: i64 = YEAR_MIN as i64;

    #[constant]
    const MAXYEAR: i64 = YEAR_MAX as i64;

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        ISO_CALENDAR_DATE.object.ensure_ready(cx)?;
        let utc = zone::utc(cx)?;
        module.namespace().set_text(cx, "UTC", utc.value());
        // A module that is imported anew finds the types as they are: code may remember what they had.
        match TIME_DELTA.object.namespace(cx).get_text(cx, "min") {
            Some(_) => Ok(()),
            None => set_constants(cx, utc),
        }
    }
}

/// Gives the types their attributes.
fn set_constants(cx: &mut Context, utc: Owned) -> Result<()> {
    let microsecond = Delta { days: 0, seconds: 0, microseconds: 1 }.object(cx)?;
    let day = Delta { days: 1, seconds: 0, microseconds: 0 }.object(cx)?;
    let shortest = Delta { days: -DAYS_MAX, seconds: 0, microseconds: 0 }.object(cx)?;
    let longest = Delta { days: DAYS_MAX, seconds: 86399, microseconds: 999_999 }.object(cx)?;
    set_limits(cx, &TIME_DELTA, [shortest, longest, microsecond.clone()]);
    let (first, last) =
        (Day { year: YEAR_MIN as u16, month: 1, day: 1 }, Day { year: YEAR_MAX as u16, month: 12, day: 31 });
    let limits = [date::new(cx, first)?, date::new(cx, last)?, day];
    set_limits(cx, &DATE, limits);
    let (midnight, end) = (Clock::default(), Clock { hour: 23, minute: 59, second: 59, microsecond: 999_999, fold: 0 });
    let limits = [time::new(cx, midnight, None)?, time::new(cx, end, None)?, microsecond.clone()];
    set_limits(cx, &TIME, limits);
    let limits = [datetime::new(cx, first, midnight, None)?, datetime::new(cx, last, end, None)?, microsecond];
    set_limits(cx, &DATE_TIME, limits);
    let namespace = TIME_ZONE.object.namespace(cx);
    namespace.set_text(cx, "utc", utc.value());
    for (name, seconds) in [("min", -86340), ("max", 86340)] {
        let zone = zone::of_offset(cx, (seconds, 0))?;
        namespace.set_text(cx, name, zone.value());
    }
    TIME_ZONE.object.modified(cx);
    Ok(())
}
