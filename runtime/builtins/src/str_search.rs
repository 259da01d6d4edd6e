//! `str` methods that look for a text: find, index, count, startswith, replace and their relatives.

use crate::str_arguments::{Signature, integer, range, receiver, string, string_at};
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::str::units::Units;
use sidewinder_runtime::objects::str::{self as text, StrBuilder, StrObject, search};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::value::Value;

/// A search of `search`: the first or the last occurrence.
type Search = fn(Units<'_>, Units<'_>) -> Option<usize>;

/// The position that a search method found.
fn locate(cx: &mut Context, arguments: &[Value], method: &str, search: Search) -> Result<Option<usize>> {
    let haystack = receiver(cx, arguments, method)?;
    let needle = string_at(cx, arguments, 1, method)?;
    let Some((start, end)) = range(cx, &arguments[2..], haystack.len())? else { return Ok(None) };
    let units = haystack.units();
    let units = if (start, end) == (0, haystack.len()) { units } else { units.slice(start, end) };
    Ok(search(units, needle.units()).map(|found| found + start))
}

fn position_or_minus_one(position: Option<usize>) -> Result<Owned> {
    let number = position.map_or(-1, |position| position as i64);
    Ok(Owned::new(Value::from_small_int(number)))
}

fn position_or_error(cx: &mut Context, position: Option<usize>) -> Result<Owned> {
    match position {
        Some(position) => Ok(int::from_usize(cx, position)),
        None => Err(cx.value_error("substring not found")),
    }
}

pub fn find(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    position_or_minus_one(locate(cx, arguments, "find", search::find)?)
}

pub fn rfind(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    position_or_minus_one(locate(cx, arguments, "rfind", search::find_last)?)
}

pub fn index(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let position = locate(cx, arguments, "index", search::find)?;
    position_or_error(cx, position)
}

pub fn rindex(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let position = locate(cx, arguments, "rindex", search::find_last)?;
    position_or_error(cx, position)
}

pub fn count(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let haystack = receiver(cx, arguments, "count")?;
    let needle = string_at(cx, arguments, 1, "count")?;
    let count = match range(cx, &arguments[2..], haystack.len())? {
        Some((start, end)) => search::count(haystack.units().slice(start, end), needle.units(), usize::MAX),
        None => 0,
    };
    Ok(int::from_usize(cx, count))
}

pub fn startswith(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    matches_end(cx, arguments, "startswith", |text, part| text.starts_with(part))
}

pub fn endswith(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    matches_end(cx, arguments, "endswith", |text, part| text.ends_with(part))
}

fn matches_end(
    cx: &mut Context,
    arguments: &[Value],
    method: &str,
    matches: fn(Units<'_>, Units<'_>) -> bool,
) -> Result<Owned> {
    let subject = receiver(cx, arguments, method)?;
    let range = range(cx, &arguments[2..], subject.len())?;
    let holds =
        |part: &StrObject| range.is_some_and(|(start, end)| matches(subject.units().slice(start, end), part.units()));
    if let Some(part) = text::cast(arguments[1]) {
        return Ok(Owned::new(singleton::boolean(holds(part))));
    }
    let found = arguments[1].type_of().name();
    let Some(parts) = arguments[1].cast::<TupleObject>() else {
        return Err(cx.type_error(format!("{method} first arg must be str or a tuple of str, not {found}")));
    };
    for part in parts.as_slice() {
        let Some(part) = text::cast(*part) else {
            let found = part.type_of().name();
            return Err(cx.type_error(format!("tuple for {method} must only contain str, not {found}")));
        };
        if holds(part) {
            return Ok(Owned::new(singleton::true_()));
        }
    }
    Ok(Owned::new(singleton::false_()))
}

pub fn removeprefix(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let subject = receiver(cx, arguments, "removeprefix")?;
    let prefix = string(cx, arguments[1], "removeprefix() argument")?;
    let start = if subject.units().starts_with(prefix.units()) { prefix.len() } else { 0 };
    Ok(text::substring(cx, subject, start, subject.len()))
}

pub fn removesuffix(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let subject = receiver(cx, arguments, "removesuffix")?;
    let suffix = string(cx, arguments[1], "removesuffix() argument")?;
    let removed = if subject.units().ends_with(suffix.units()) { suffix.len() } else { 0 };
    Ok(text::substring(cx, subject, 0, subject.len() - removed))
}

const REPLACE: Signature<3> = Signature::new("replace", ["old", "new", "count"]).positional_only(2).required(2);

pub fn replace(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let subject = receiver(cx, arguments.values, "replace")?;
    let [old, new, count] = REPLACE.bind(cx, arguments)?;
    let old = string(cx, old, "replace() argument 1")?;
    let new = string(cx, new, "replace() argument 2")?;
    let limit = match integer(cx, count, -1)? {
        count if count < 0 => usize::MAX,
        count => count as usize,
    };
    replace_text(cx, subject, old, new, limit)
}

/// `subject` with the first `limit` occurrences of `old` replaced.
fn replace_text(
    cx: &mut Context,
    subject: &StrObject,
    old: &StrObject,
    new: &StrObject,
    limit: usize,
) -> Result<Owned> {
    let (units, pattern) = (subject.units(), old.units());
    if let (Units::One(bytes), Units::One([from]), Units::One([to])) = (units, pattern, new.units()) {
        return Ok(replace_byte(cx, subject, bytes, [*from, *to], limit));
    }
    let count = match limit {
        0 => 0,
        _ => search::count(units, pattern, limit),
    };
    if count == 0 {
        return Ok(subject.to_exact(cx));
    }
    let length = (subject.len() - count * old.len()).checked_add(new.len().saturating_mul(count));
    let Some(length) = length.filter(|length| *length < isize::MAX as usize) else {
        return Err(cx.overflow_error("replace string is too long"));
    };
    text::check_bytes(cx, length * new.units().kind().max(units.kind()) as usize)?;
    if let (Units::One(bytes), Units::One(replacement)) = (units, new.units()) {
        let mut result = Vec::with_capacity(length);
        let mut end = 0;
        each_match(units, pattern, count, |position| {
            result.extend_from_slice(&bytes[end..position]);
            result.extend_from_slice(replacement);
            end = position + old.len();
        });
        result.extend_from_slice(&bytes[end..]);
        return Ok(StrObject::from_latin1(cx, &result));
    }
    let mut result = StrBuilder::with_capacity(length);
    let mut end = 0;
    each_match(units, pattern, count, |position| {
        result.push_units(units.slice(end, position));
        result.push_units(new.units());
        end = position + old.len();
    });
    result.push_units(units.from(end));
    Ok(result.finish(cx))
}

/// Calls `visit` with the positions of the first `count` matches.
fn each_match(units: Units<'_>, pattern: Units<'_>, count: usize, mut visit: impl FnMut(usize)) {
    let mut left = count;
    search::for_each_match(units, pattern, |position| {
        visit(position);
        left -= 1;
        left > 0
    });
}

/// Replaces a single character below 0x100 by another.
fn replace_byte(cx: &mut Context, subject: &StrObject, bytes: &[u8], [from, to]: [u8; 2], limit: usize) -> Owned {
    let first = match limit {
        0 => None,
        _ => search::find_byte(bytes, from),
    };
    let Some(first) = first else { return subject.to_exact(cx) };
    let change = |copy: &mut [u8]| {
        for byte in copy[first..].iter_mut().filter(|byte| **byte == from).take(limit) {
            *byte = to;
        }
    };
    if subject.is_ascii() {
        return StrObject::from_latin1_changed(cx, bytes, to.is_ascii(), change);
    }
    let mut copy = bytes.to_vec();
    change(&mut copy);
    StrObject::from_latin1(cx, &copy)
}
