//! `datetime` as text and tuples, and what becomes of parts that are replaced.

use super::{Object, make};
use crate::calendar::{self, Day, ORDINAL_MAX};
use crate::clock::check_year;
use crate::delta::Delta;
use crate::{date, format, iso, time, zone};
use sidewinder_runtime::native::Given;
use sidewinder_runtime::objects::str::StrBuilder;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// `isoformat`
pub fn text(cx: &mut Context, object: &Object, separator: u32, precision: iso::Precision) -> Result<Owned> {
    let mut text = String::with_capacity(32);
    iso::push_day(&mut text, object.base.day.get());
    let day_length = text.len();
    if separator < 0x80 {
        text.push(separator as u8 as char);
    }
    iso::push_clock(&mut text, object.clock.get(), precision);
    if let Some(offset) = super::offset(cx, object)? {
        iso::push_offset(&mut text, offset, ":");
    }
    if separator < 0x80 {
        return Ok(format::object(cx, text));
    }
    let mut whole = StrBuilder::with_capacity(text.len() + 1);
    whole.push_text(&text[..day_length]);
    whole.push(separator);
    whole.push_text(&text[day_length..]);
    Ok(whole.finish(cx))
}

/// The call of the constructor that makes the object.
pub fn repr(cx: &mut Context, object: &Object) -> Result<String> {
    let Day { year, month, day } = object.base.day.get();
    let clock = object.clock.get();
    let name = object.value().type_of().name();
    let mut text = format!("{name}({year}, {month}, {day}, {}, {}", clock.hour, clock.minute);
    if clock.microsecond != 0 {
        text.push_str(&format!(", {}, {}", clock.second, clock.microsecond));
    } else if clock.second != 0 {
        text.push_str(&format!(", {}", clock.second));
    }
    // The fold stands before the time zone here, and behind it in times.
    text.push_str(if clock.fold != 0 { ", fold=1" } else { "" });
    time::push_rest(cx, &mut text, object.zone(), 0)?;
    Ok(text)
}

/// `fromisoformat`
pub fn from_text(cx: &mut Context, class: &'static TypeObject, object: Value) -> Result<Owned> {
    let points = format::text_points(cx, object)?;
    let Some((mut day, read)) = read(&points) else { return Err(format::invalid_text(cx, object)) };
    let Some(mut clock) = read else { return make(cx, class, day, [0; 5], None) };
    let zone = match clock.offset {
        Some(offset) => Some(zone::of_offset(cx, offset)?),
        None => None,
    };
    if time::checked_end(cx, &mut clock)? {
        let (year, month, number) = day;
        if (1..=12).contains(&month) && number <= calendar::days_in_month(year, month) {
            day = calendar::of_ordinal(calendar::ordinal(year, month, number) + 1);
        }
    }
    make(cx, class, day, [clock.hour, clock.minute, clock.second, clock.microsecond, 0], zone)
}

type ReadDay = (i32, i32, i32);

/// A date and perhaps a time; none if the text is in none of the formats.
fn read(points: &[u32]) -> Option<(ReadDay, Option<iso::ReadTime>)> {
    if points.len() < 7 {
        return None;
    }
    let at = iso::separator(points)?;
    let day = iso::read_date(points.get(..at)?)?;
    match points.get(at + 1..) {
        Some(rest) => Some((day, Some(iso::read_time(rest)?))),
        None => Some((day, None)),
    }
}

/// `utctimetuple`
pub fn utc_tuple(cx: &mut Context, object: &Object) -> Result<Owned> {
    let (mut day, mut clock) = (object.base.day.get(), object.clock.get());
    if let Some(offset) = super::offset(cx, object)?.filter(|offset| !offset.is_zero()) {
        let (days, seconds, _) = Delta::normal(
            date::ordinal(day) - i64::from(offset.days),
            clock.seconds() - i64::from(offset.seconds),
            i64::from(clock.microsecond) - i64::from(offset.microseconds),
        );
        if !(1..=ORDINAL_MAX).contains(&days) {
            return Err(cx.overflow_error("date value out of range"));
        }
        let (year, month, number) = calendar::of_ordinal(days);
        check_year(cx, year)?;
        day = Day { year: year as u16, month: month as u8, day: number as u8 };
        clock.hour = (seconds / 3600) as u8;
        clock.minute = (seconds / 60 % 60) as u8;
        clock.second = (seconds % 60) as u8;
    }
    format::struct_time(cx, day, clock, 0)
}

/// `replace`: changes of the seven parts and the fold, and of the time zone.
pub fn replaced(cx: &mut Context, object: &Object, changes: [Given<Value>; 8], zone: Given<Value>) -> Result<Owned> {
    let Day { year, month, day } = object.base.day.get();
    let [hour, minute, second, microsecond, fold] = time::parts(object.clock.get());
    let mut parts = [i32::from(year), i32::from(month), i32::from(day), hour, minute, second, microsecond, fold];
    for (part, change) in parts.iter_mut().zip(changes) {
        if let Some(value) = change.0 {
            *part = convert::c_int(cx, value)?;
        }
    }
    let zone = time::changed_zone(cx, object.zone(), zone)?;
    let [year, month, day, hour, minute, second, microsecond, fold] = parts;
    time::check(cx, [0, 0, 0, 0, fold])?;
    make(cx, object.value().type_of(), (year, month, day), [hour, minute, second, microsecond, fold], zone)
}
