//! `datetime` and the time zone of the place: timestamps, and conversions between time zones.

use super::{Object, SECONDS_PER_DAY, add, make, new, offset};
use crate::calendar::{Clock, Day};
use crate::clock::{self, EPOCH, Parts};
use crate::delta::Delta;
use crate::{date, zone};
use sidewinder_runtime::objects::float;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Context, Owned, Result};

/// An object for a timestamp, whose parts are those of UTC or local.
pub fn of_timestamp(
    cx: &mut Context,
    class: &'static TypeObject,
    seconds: i64,
    microsecond: u32,
    utc: bool,
    zone: Option<Owned>,
) -> Result<Owned> {
    let Parts { year, month, day, hour, minute, second, .. } = clock::parts(cx, seconds, utc)?;
    let mut fold = 0;
    if !utc {
        let shown = clock::count(cx, year, month, day, i64::from(hour * 3600 + minute * 60 + second))?;
        fold = i32::from(clock::is_folded(cx, seconds, shown)?);
    }
    make(cx, class, (year, month, day), [hour, minute, second, microsecond as i32, fold], zone)
}

/// The same in a time zone, or local without one.
pub fn in_zone(
    cx: &mut Context,
    class: &'static TypeObject,
    seconds: i64,
    microsecond: u32,
    zone: Option<Owned>,
) -> Result<Owned> {
    let Some(zone) = zone else { return of_timestamp(cx, class, seconds, microsecond, false, None) };
    let made = of_timestamp(cx, class, seconds, microsecond, true, Some(zone.clone()))?;
    call::call_method(cx, zone.value(), "fromutc", &[made.value()])
}

/// Seconds that clocks show, counted from the calendar's day 0.
fn shown(object: &Object) -> i64 {
    date::ordinal(object.base.day.get()) * SECONDS_PER_DAY + object.clock.get().seconds()
}

/// `timestamp`
pub fn timestamp(cx: &mut Context, object: &Object) -> Result<Owned> {
    let clock = object.clock.get();
    if object.zone().is_none() {
        let point = clock::of_local(cx, shown(object), clock.fold != 0)? - EPOCH;
        return Ok(float::from_f64(cx, point as f64 + f64::from(clock.microsecond) / 1e6));
    }
    since_epoch(cx, object)?.total_seconds(cx)
}

/// The difference to the start of 1970 in UTC.
fn since_epoch(cx: &mut Context, object: &Object) -> Result<Delta> {
    let Some(offset) = offset(cx, object)? else {
        return Err(cx.type_error("can't subtract offset-naive and offset-aware datetimes"));
    };
    let whole = Delta::new(cx, 0, shown(object) - EPOCH, i64::from(object.clock.get().microsecond))?;
    whole.subtract(cx, offset)
}

/// The time zone of the place at a point in time.
fn local_zone(cx: &mut Context, seconds: i64) -> Result<Owned> {
    let parts = clock::parts(cx, seconds, false)?;
    let offset = Delta::new(cx, 0, parts.offset, 0)?;
    let name = StrObject::new(cx, &parts.zone);
    zone::TimeZone::checked(cx, offset, Some(name))
}

/// The time zone of the place at what local clocks show.
fn local_zone_of(cx: &mut Context, object: &Object) -> Result<Owned> {
    let fold = object.clock.get().fold != 0;
    let mut point = clock::of_local(cx, shown(object), fold)?;
    let other = clock::of_local(cx, shown(object), !fold)?;
    // In a gap, the other one is meant.
    if other != point && (other > point) == fold {
        point = other;
    }
    local_zone(cx, point - EPOCH)
}

/// `astimezone`
pub fn to_zone(cx: &mut Context, object: &Object, target: Option<Owned>) -> Result<Owned> {
    let mut own = match object.zone() {
        Some(zone) => zone,
        None => local_zone_of(cx, object)?,
    };
    // In its own time zone it is what it is.
    if target.as_ref().map(Owned::value) == Some(own.value()) {
        return Ok(object.to_owned_value());
    }
    let mut own_offset = zone::offset(cx, Some(&own), object.value())?;
    if own_offset.is_none() {
        own = local_zone_of(cx, object)?;
        if target.as_ref().map(Owned::value) == Some(own.value()) {
            return Ok(object.to_owned_value());
        }
        own_offset = zone::offset(cx, Some(&own), object.value())?;
    }
    let shifted = add(cx, object, own_offset.unwrap_or_default(), -1)?;
    let Some(shifted) = shifted.value().cast::<Object>() else {
        let kind = shifted.value().type_of().name();
        return Err(cx.type_error(format!("the class of a datetime made an object of type {kind}")));
    };
    let target = match target {
        Some(target) => target,
        None => {
            let point = shown(shifted) - EPOCH;
            local_zone(cx, point)?
        }
    };
    let utc = if shifted.zone().is_some() {
        shifted.zone.set(Some(target.clone()));
        shifted.to_owned_value()
    } else {
        let (day, clock): (Day, Clock) = (shifted.base.day.get(), shifted.clock.get());
        new(cx, day, clock, Some(target.clone()))?
    };
    call::call_method(cx, target.value(), "fromutc", &[utc.value()])
}
