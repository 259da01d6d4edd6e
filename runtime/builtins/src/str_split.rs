//! `str` methods that take a string apart: split, splitlines, partition, strip and their relatives.

use crate::str_arguments::{Signature, integer, receiver};
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::units::{Unit, Units};
use sidewinder_runtime::objects::str::{self as text, StrObject, search, unicode};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::value::Value;
use sidewinder_runtime::with_units;

const SPLIT: Signature<2> = Signature::new("split", ["sep", "maxsplit"]);
const RSPLIT: Signature<2> = Signature::new("rsplit", ["sep", "maxsplit"]);
const SPLITLINES: Signature<1> = Signature::new("splitlines", ["keepends"]);

/// Parts of a string as ranges.
type Parts = Vec<(usize, usize)>;

/// The list of the parts.
fn list(cx: &mut Context, string: &StrObject, parts: Parts) -> Owned {
    let items = parts.into_iter().map(|(start, end)| text::substring(cx, string, start, end)).collect();
    ListObject::new(cx, items)
}

/// The separator (`None` for runs of spaces) and the most splits.
fn split_arguments<'a>(
    cx: &mut Context,
    signature: &Signature<2>,
    arguments: Arguments<'_>,
) -> Result<(Option<&'a StrObject>, usize)> {
    let [separator, limit] = signature.bind(cx, arguments)?;
    let limit = match integer(cx, limit, -1)? {
        limit if limit < 0 => usize::MAX,
        limit => limit as usize,
    };
    if separator.is_unbound() || separator == singleton::none() {
        return Ok((None, limit));
    }
    let Some(separator) = text::cast(separator) else {
        let found = separator.type_of().name();
        return Err(cx.type_error(format!("must be str or None, not {found}")));
    };
    if separator.is_empty() {
        return Err(cx.value_error("empty separator"));
    }
    Ok((Some(separator), limit))
}

pub fn split(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let subject = receiver(cx, arguments.values, "split")?;
    let (separator, limit) = split_arguments(cx, &SPLIT, arguments)?;
    let mut parts = Parts::new();
    match separator {
        Some(separator) if subject.is_ascii() && limit > 0 => {
            return Ok(split_ascii(cx, subject, separator, limit));
        }
        None if subject.is_ascii() => words(subject.as_bytes(), limit, is_ascii_space, &mut parts),
        None => with_units!(subject.units(), units => words(units, limit, is_space, &mut parts)),
        Some(separator) => {
            let mut start = 0;
            if limit > 0 {
                search::for_each_match(subject.units(), separator.units(), |position| {
                    parts.push((start, position));
                    start = position + separator.len();
                    parts.len() < limit
                });
            }
            parts.push((start, subject.len()));
        }
    }
    Ok(list(cx, subject, parts))
}

/// The parts of an ASCII string between separators, made as they are found.
fn split_ascii(cx: &mut Context, subject: &StrObject, separator: &StrObject, limit: usize) -> Owned {
    let bytes = subject.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    search::for_each_match(subject.units(), separator.units(), |position| {
        parts.push(StrObject::from_latin1_known(cx, &bytes[start..position], true));
        start = position + separator.len();
        parts.len() < limit
    });
    parts.push(text::substring(cx, subject, start, bytes.len()));
    ListObject::new(cx, parts)
}

pub fn rsplit(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let subject = receiver(cx, arguments.values, "rsplit")?;
    let (separator, limit) = split_arguments(cx, &RSPLIT, arguments)?;
    let mut parts = Parts::new();
    match separator {
        None => with_units!(subject.units(), units => words_reversed(units, limit, is_space, &mut parts)),
        Some(separator) => {
            let mut end = subject.len();
            while parts.len() < limit
                && let Some(position) = search::find_last(subject.units().slice(0, end), separator.units())
            {
                parts.push((position + separator.len(), end));
                end = position;
            }
            parts.push((0, end));
        }
    }
    parts.reverse();
    Ok(list(cx, subject, parts))
}

fn is_ascii_space(byte: u8) -> bool {
    matches!(byte, 9..=13 | 28..=32)
}

fn is_space<U: Unit>(unit: U) -> bool {
    unicode::is_space(unit.into())
}

/// The words between runs of spaces; the rest of the string is the last word once `limit` were split off.
pub fn words<U: Unit>(units: &[U], limit: usize, is_space: impl Fn(U) -> bool, parts: &mut Parts) {
    let mut position = 0;
    loop {
        position += units[position..].iter().take_while(|unit| is_space(**unit)).count();
        if position == units.len() {
            return;
        }
        if parts.len() >= limit {
            return parts.push((position, units.len()));
        }
        let start = position;
        position += units[position..].iter().take_while(|unit| !is_space(**unit)).count();
        parts.push((start, position));
    }
}

/// Like `words` from the right, last word first.
pub fn words_reversed<U: Unit>(units: &[U], limit: usize, is_space: impl Fn(U) -> bool, parts: &mut Parts) {
    let mut end = units.len();
    loop {
        end -= units[..end].iter().rev().take_while(|unit| is_space(**unit)).count();
        if end == 0 {
            return;
        }
        if parts.len() >= limit {
            return parts.push((0, end));
        }
        let start = end - units[..end].iter().rev().take_while(|unit| !is_space(**unit)).count();
        parts.push((start, end));
        end = start;
    }
}

pub fn splitlines(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let subject = receiver(cx, arguments.values, "splitlines")?;
    let [keep] = SPLITLINES.bind(cx, arguments)?;
    let keep = !keep.is_unbound() && convert::truth(cx, keep)?;
    let mut parts = Parts::new();
    with_units!(subject.units(), units => lines(units, keep, unicode::is_line_break, &mut parts));
    Ok(list(cx, subject, parts))
}

/// The lines of a text; `\r\n` is one break.
pub fn lines<U: Unit>(units: &[U], keep: bool, is_break: impl Fn(u32) -> bool, parts: &mut Parts) {
    let mut start = 0;
    let mut position = 0;
    while position < units.len() {
        let point: u32 = units[position].into();
        if !is_break(point) {
            position += 1;
            continue;
        }
        let end = position;
        position += 1;
        if point == 0x0D && units.get(position).is_some_and(|next| (*next).into() == 0x0A) {
            position += 1;
        }
        parts.push((start, if keep { position } else { end }));
        start = position;
    }
    if start < units.len() {
        parts.push((start, units.len()));
    }
}

/// The separator of a partition.
fn partition_separator<'a>(cx: &mut Context, value: Value) -> Result<&'a StrObject> {
    let Some(separator) = text::cast(value) else {
        let found = value.type_of().name();
        return Err(cx.type_error(format!("must be str, not {found}")));
    };
    if separator.is_empty() {
        return Err(cx.value_error("empty separator"));
    }
    Ok(separator)
}

pub fn partition(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let subject = receiver(cx, arguments, "partition")?;
    let separator = partition_separator(cx, arguments[1])?;
    let empty = text::StrObject::new(cx, "");
    let items = match search::find(subject.units(), separator.units()) {
        Some(position) => around(cx, subject, position, separator, arguments[1]),
        None => vec![subject.to_exact(cx), empty.clone(), empty],
    };
    Ok(TupleObject::from_owned(cx, items))
}

pub fn rpartition(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let subject = receiver(cx, arguments, "rpartition")?;
    let separator = partition_separator(cx, arguments[1])?;
    let empty = text::StrObject::new(cx, "");
    let items = match search::find_last(subject.units(), separator.units()) {
        Some(position) => around(cx, subject, position, separator, arguments[1]),
        None => vec![empty.clone(), empty, subject.to_exact(cx)],
    };
    Ok(TupleObject::from_owned(cx, items))
}

/// What is before the separator, the separator, and what is behind.
fn around(cx: &mut Context, subject: &StrObject, position: usize, separator: &StrObject, given: Value) -> Vec<Owned> {
    vec![
        text::substring(cx, subject, 0, position),
        Owned::new(given),
        text::substring(cx, subject, position + separator.len(), subject.len()),
    ]
}

pub fn strip(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    strip_sides(cx, arguments, "strip", true, true)
}

pub fn lstrip(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    strip_sides(cx, arguments, "lstrip", true, false)
}

pub fn rstrip(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    strip_sides(cx, arguments, "rstrip", false, true)
}

fn strip_sides(cx: &mut Context, arguments: &[Value], method: &str, left: bool, right: bool) -> Result<Owned> {
    let subject = receiver(cx, arguments, method)?;
    let (start, end) = match arguments.get(1).filter(|value| **value != singleton::none()) {
        None if subject.is_ascii() => kept(subject.as_bytes(), left, right, is_ascii_space),
        None => with_units!(subject.units(), units => kept(units, left, right, is_space)),
        Some(value) => {
            let Some(characters) = text::cast(*value) else {
                return Err(cx.type_error(format!("{method} arg must be None or str")));
            };
            strip_set(subject.units(), characters.units(), left, right)
        }
    };
    Ok(text::substring(cx, subject, start, end))
}

/// The range that remains when the characters in `set` go from the sides.
fn strip_set(units: Units<'_>, set: Units<'_>, left: bool, right: bool) -> (usize, usize) {
    let mut table = [false; 256];
    for point in set.code_points().filter(|point| *point < 256) {
        table[point as usize] = true;
    }
    match units {
        Units::One(bytes) => kept(bytes, left, right, |byte| table[byte as usize]),
        _ => with_units!(units, slice => kept(slice, left, right, |unit| {
            let point: u32 = unit.into();
            if point < 256 { table[point as usize] } else { search::find_point(set, point).is_some() }
        })),
    }
}

/// The range that remains when what `goes` goes from the sides.
pub fn kept<U: Unit>(units: &[U], left: bool, right: bool, goes: impl Fn(U) -> bool) -> (usize, usize) {
    let start = if left { units.iter().take_while(|unit| goes(**unit)).count() } else { 0 };
    let trailing = if right { units[start..].iter().rev().take_while(|unit| goes(**unit)).count() } else { 0 };
    (start, units.len() - trailing)
}

/// `separator.join(iterable)`
pub fn join(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    receiver(cx, arguments, "join")?;
    let (separator, iterable) = (arguments[0], arguments[1]);
    // Joining runs no Python code, so the items of a list or tuple can be borrowed meanwhile.
    if let Some(list) = iterable.cast_exact::<ListObject>() {
        return text::join(cx, separator, list.as_slice());
    }
    if let Some(tuple) = iterable.cast_exact::<TupleObject>() {
        return text::join(cx, separator, tuple.as_slice());
    }
    let items = crate::str_arguments::items_to_join(cx, iterable)?;
    let values: Vec<Value> = items.iter().map(Owned::value).collect();
    text::join(cx, separator, &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_from_both_sides() {
        let text = b"  a bc  d ";
        let mut parts = Parts::new();
        words(text, usize::MAX, is_ascii_space, &mut parts);
        assert_eq!(parts, [(2, 3), (4, 6), (8, 9)]);
        parts.clear();
        words(text, 1, is_ascii_space, &mut parts);
        assert_eq!(parts, [(2, 3), (4, 10)]);
        parts.clear();
        words_reversed(text, 1, is_ascii_space, &mut parts);
        assert_eq!(parts, [(8, 9), (0, 6)]);
        parts.clear();
        words(b"   ", usize::MAX, is_ascii_space, &mut parts);
        assert!(parts.is_empty());
    }

    #[test]
    fn lines_end_in_many_ways() {
        let mut parts = Parts::new();
        lines(b"a\r\nb\rc\n\nd", true, unicode::is_line_break, &mut parts);
        assert_eq!(parts, [(0, 3), (3, 5), (5, 7), (7, 8), (8, 9)]);
        parts.clear();
        lines(b"a\r\nb\n", false, unicode::is_line_break, &mut parts);
        assert_eq!(parts, [(0, 1), (3, 4)]);
    }

    #[test]
    fn stripping() {
        assert_eq!(kept(b"  a ", true, true, is_ascii_space), (2, 3));
        assert_eq!(kept(b"    ", true, true, is_ascii_space), (4, 4));
        assert_eq!(strip_set(Units::Two(&[0x20AC, 97, 0x20AC]), Units::Two(&[0x20AC]), true, true), (1, 2));
    }
}
