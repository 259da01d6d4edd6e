//! What dates and times share in turning themselves into text: `strftime`, `__format__`, `ctime`.

use crate::arguments;
use crate::calendar::{self, Clock, Day};
use crate::iso::{self, push_padded};
use crate::zone;
use sidewinder_runtime::native::{Given, IntoObject};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::str::{self, StrBuilder, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{attribute, call, convert, import, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// What the module `time` does not know of the object that is formatted.
pub struct Extra {
    pub microsecond: u32,
    pub zone: Option<Owned>,
    /// What the time zone is asked about.
    pub argument: Owned,
}

/// `time.strftime` after the codes that only dates and times have were replaced.
pub fn strftime(cx: &mut Context, format: &StrObject, tuple: Value, extra: &Extra) -> Result<Owned> {
    let points: Vec<u32> = format.code_points().collect();
    let mut result = StrBuilder::with_capacity(points.len());
    let mut at = 0;
    while let Some(&point) = points.get(at) {
        at += 1;
        let next = points.get(at).copied().and_then(char::from_u32);
        if point != u32::from(b'%') || at >= points.len() {
            result.push(point);
            continue;
        }
        at += 1;
        match next {
            Some('f') => push_number(&mut result, extra.microsecond, 6),
            Some('z') => push_offset(cx, &mut result, extra, "")?,
            Some(':') if points.get(at) == Some(&u32::from(b'z')) => {
                at += 1;
                push_offset(cx, &mut result, extra, ":")?;
            }
            Some('Z') => push_name(cx, &mut result, extra)?,
            Some(code @ ('Y' | 'G' | 'F' | 'C')) => push_year(cx, &mut result, code, tuple)?,
            _ => {
                result.push(point);
                result.push(points[at - 1]);
            }
        }
    }
    let format = result.finish(cx);
    call_strftime(cx, format.value(), tuple)
}

fn call_strftime(cx: &mut Context, format: Value, tuple: Value) -> Result<Owned> {
    let time = import::module(cx, "time")?;
    let function = attribute::get_text(cx, time.value(), "strftime")?;
    call::call(cx, function.value(), &[format, tuple])
}

fn push_number(result: &mut StrBuilder, number: u32, width: usize) {
    let mut text = String::new();
    push_padded(&mut text, number, width);
    result.push_text(&text);
}

fn push_offset(cx: &mut Context, result: &mut StrBuilder, extra: &Extra, separator: &str) -> Result<()> {
    if let Some(offset) = zone::offset(cx, extra.zone.as_ref(), extra.argument.value())? {
        let mut text = String::new();
        iso::push_offset(&mut text, offset, separator);
        result.push_text(&text);
    }
    Ok(())
}

/// The name of the time zone, in which percent signs have no meaning.
fn push_name(cx: &mut Context, result: &mut StrBuilder, extra: &Extra) -> Result<()> {
    let Some(mut name) = zone::ask_name(cx, extra.zone.as_ref(), extra.argument.value())? else { return Ok(()) };
    if str::cast(name.value()).is_some_and(|name| !name.is_exact()) {
        // A class of its own may have a method of its own.
        let (one, two) = (StrObject::new(cx, "%"), StrObject::new(cx, "%%"));
        name = call::call_method(cx, name.value(), "replace", &[one.value(), two.value()])?;
        return match str::cast(name.value()) {
            Some(name) => {
                result.push_str(name);
                Ok(())
            }
            None => Err(cx.type_error("tzname.replace() did not return a string")),
        };
    }
    for point in str::cast(name.value()).into_iter().flat_map(StrObject::code_points) {
        result.push(point);
        if point == u32::from(b'%') {
            result.push(point);
        }
    }
    Ok(())
}

/// A part of a tuple of times.
fn part(cx: &mut Context, tuple: Value, index: i64) -> Result<i64> {
    let part = subscript::get_item(cx, tuple, Value::from_small_int(index))?;
    convert::index_i64(cx, part.value())
}

/// A code with the year, which the system would write without leading zeros.
fn push_year(cx: &mut Context, result: &mut StrBuilder, code: char, tuple: Value) -> Result<()> {
    let mut year = part(cx, tuple, 0)?;
    if year >= 1000 {
        result.push_text(&format!("%{code}"));
        return Ok(());
    }
    if code == 'G' {
        let format = StrObject::new(cx, "%G");
        let text = call_strftime(cx, format.value(), tuple)?;
        let text = str::text(text.value()).unwrap_or_default();
        year = text.trim().parse().unwrap_or(0);
    }
    match code {
        'C' => result.push_text(&format!("{:02}", year / 100)),
        'F' => {
            let (month, day) = (part(cx, tuple, 1)?, part(cx, tuple, 2)?);
            result.push_text(&format!("{year:04}-{month:02}-{day:02}"));
        }
        _ => result.push_text(&format!("{year:04}")),
    }
    Ok(())
}

/// `__format__`: the text of the object, or what its `strftime` makes of the format.
pub fn format(cx: &mut Context, this: Value, format: &StrObject) -> Result<Owned> {
    if format.is_empty() {
        return convert::str(cx, this);
    }
    call::call_method(cx, this, "strftime", &[Value::from_pointer(format)])
}

/// `Wed Jan  1 02:03:04 2020`
pub fn ctime(day: Day, clock: Clock) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = calendar::ordinal(i32::from(day.year), i32::from(day.month), i32::from(day.day));
    let weekday = DAYS[calendar::weekday(number) as usize];
    let month = MONTHS[(usize::from(day.month).clamp(1, 12)) - 1];
    let mut text = format!("{weekday} {month} {:2} ", day.day);
    iso::push_clock(&mut text, clock, iso::Precision::Seconds);
    text.push(' ');
    push_padded(&mut text, u32::from(day.year), 4);
    text
}

/// A `time.struct_time`.
pub fn struct_time(cx: &mut Context, day: Day, clock: Clock, daylight: i64) -> Result<Owned> {
    let (year, month) = (i32::from(day.year), i32::from(day.month));
    let number = calendar::ordinal(year, month, i32::from(day.day));
    let in_year = calendar::days_before_month(year, month) + i64::from(day.day);
    let parts = [
        i64::from(day.year),
        i64::from(day.month),
        i64::from(day.day),
        i64::from(clock.hour),
        i64::from(clock.minute),
        i64::from(clock.second),
        calendar::weekday(number),
        in_year,
        daylight,
    ];
    let items = parts.iter().map(|part| int::from_i64(cx, *part)).collect();
    let tuple = TupleObject::from_owned(cx, items);
    let time = import::module(cx, "time")?;
    call::call_method(cx, time.value(), "struct_time", &[tuple.value()])
}

/// What the module `_strptime` makes of a text, by one of its functions.
pub fn strptime(cx: &mut Context, function: &str, class: Value, text: Value, format: Value) -> Result<Owned> {
    let module = import::module(cx, "_strptime")?;
    call::call_method(cx, module.value(), function, &[class, text, format])
}

/// The error for a text that is in none of the formats of ISO 8601.
#[cold]
pub fn invalid_text(cx: &mut Context, text: Value) -> sidewinder_runtime::Raised {
    match convert::repr(cx, text) {
        Ok(shown) => {
            let shown = str::cast(shown.value());
            let mut message = StrBuilder::new();
            message.push_text("Invalid isoformat string: ");
            shown.into_iter().for_each(|shown| message.push_str(shown));
            let message = message.finish(cx);
            sidewinder_runtime::objects::exception::raise_with(
                cx,
                &sidewinder_runtime::objects::exception::VALUE_ERROR,
                message.value(),
            )
        }
        Err(raised) => raised,
    }
}

/// The code points of a text, if that is what an argument is.
pub fn text_points(cx: &mut Context, value: Value) -> Result<Vec<u32>> {
    match str::cast(value) {
        Some(text) => Ok(text.code_points().collect()),
        None => Err(cx.type_error("fromisoformat: argument must be str")),
    }
}

/// How much of the time an argument wants to see.
pub fn precision(cx: &mut Context, place: usize, name: Given<Value>) -> Result<iso::Precision> {
    let Some(value) = name.0 else { return Ok(iso::Precision::Automatic) };
    let name = arguments::text(cx, "isoformat", place, value)?;
    if name.has_surrogates() {
        str::codec::encode(cx, value, "utf-8", "strict")?;
    }
    let name = name.as_text();
    iso::Precision::named(&name).ok_or_else(|| cx.value_error("Unknown timespec value"))
}

/// Text as an object.
pub fn object(cx: &mut Context, text: String) -> Owned {
    text.into_object(cx)
}
