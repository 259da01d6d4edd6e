//! Methods of `bytes` and `bytearray` that look for bytes: find, count, startswith, replace and their relatives.

use crate::bytes_arguments::{Receiver, bytes_like, needle};
use crate::str_arguments::{fit_range, integer, start_and_end};
use memchr::{memchr_iter, memmem};
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::objects::buffer;
use sidewinder_runtime::objects::str::check_bytes;
use sidewinder_runtime::objects::str::search;
use sidewinder_runtime::objects::str::units::Units;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::value::Value;

type Search = fn(Units<'_>, Units<'_>) -> Option<usize>;

fn locate(cx: &mut Context, arguments: &[Value], method: &str, search: Search) -> Result<Option<usize>> {
    let receiver = Receiver::new(cx, arguments, method)?;
    let bounds = start_and_end(cx, &arguments[2..])?;
    let _held = receiver.hold(cx)?;
    let needle = needle(cx, arguments[1])?;
    let Some((start, end)) = fit_range(bounds, receiver.len()) else { return Ok(None) };
    let content = receiver.content().get(start..end).unwrap_or_default();
    Ok(search(Units::One(content), Units::One(&needle)).map(|found| found + start))
}

fn position_or_minus_one(position: Option<usize>) -> Result<Owned> {
    let number = position.map_or(-1, |position| position as i64);
    Ok(Owned::new(Value::from_small_int(number)))
}

fn position_or_error(cx: &mut Context, position: Option<usize>) -> Result<Owned> {
    match position {
        Some(position) => Ok(int::from_usize(cx, position)),
        None => Err(cx.value_error("subsection not found")),
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
    let receiver = Receiver::new(cx, arguments, "count")?;
    let bounds = start_and_end(cx, &arguments[2..])?;
    let _held = receiver.hold(cx)?;
    let needle = needle(cx, arguments[1])?;
    let count = match fit_range(bounds, receiver.len()) {
        Some((start, end)) => {
            let content = receiver.content().get(start..end).unwrap_or_default();
            search::count(Units::One(content), Units::One(&needle), usize::MAX)
        }
        None => 0,
    };
    Ok(int::from_usize(cx, count))
}

pub fn startswith(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    matches_end(cx, arguments, "startswith", |content, part| content.starts_with(part))
}

pub fn endswith(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    matches_end(cx, arguments, "endswith", |content, part| content.ends_with(part))
}

fn matches_end(
    cx: &mut Context,
    arguments: &[Value],
    method: &str,
    matches: fn(&[u8], &[u8]) -> bool,
) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, method)?;
    let bounds = start_and_end(cx, &arguments[2..])?;
    let _held = receiver.hold(cx)?;
    let range = fit_range(bounds, receiver.len());
    let holds = |part: &[u8]| {
        range.is_some_and(|(start, end)| receiver.content().get(start..end).is_some_and(|text| matches(text, part)))
    };
    let Some(parts) = arguments[1].cast::<TupleObject>() else {
        if buffer::is_exporter(arguments[1]) {
            let part = bytes_like(cx, arguments[1])?;
            return Ok(Owned::new(singleton::boolean(holds(&part))));
        }
        let found = arguments[1].type_of().name();
        return Err(cx.type_error(format!("{method} first arg must be bytes or a tuple of bytes, not {found}")));
    };
    for part in parts.as_slice() {
        if holds(&bytes_like(cx, *part)?) {
            return Ok(Owned::new(singleton::true_()));
        }
    }
    Ok(Owned::new(singleton::false_()))
}

pub fn removeprefix(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, "removeprefix")?;
    let prefix = bytes_like(cx, arguments[1])?;
    let start = if receiver.content().starts_with(&prefix) { prefix.len() } else { 0 };
    Ok(receiver.part(cx, start, receiver.len()))
}

pub fn removesuffix(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, "removesuffix")?;
    let suffix = bytes_like(cx, arguments[1])?;
    let removed = if receiver.content().ends_with(&suffix) { suffix.len() } else { 0 };
    Ok(receiver.part(cx, 0, receiver.len() - removed))
}

pub fn replace(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, "replace")?;
    bytes_like(cx, arguments[1])?;
    bytes_like(cx, arguments[2])?;
    let limit = match integer(cx, arguments.get(3).copied().unwrap_or(Value::UNBOUND), -1)? {
        limit if limit < 0 => usize::MAX,
        limit => limit as usize,
    };
    let content = receiver.content();
    let (old, new) = (bytes_like(cx, arguments[1])?, bytes_like(cx, arguments[2])?);
    let (old, new) = (&*old, &*new);
    let count = search::count(Units::One(content), Units::One(old), limit);
    if count == 0 {
        return Ok(receiver.same(cx));
    }
    let length = (content.len() - count * old.len()).checked_add(new.len().saturating_mul(count));
    let Some(length) = length.filter(|length| *length < isize::MAX as usize) else {
        return Err(cx.overflow_error("replace bytes is too long"));
    };
    check_bytes(cx, length)?;
    let mut result = Vec::with_capacity(length);
    let (mut end, mut left) = (0, count);
    search::for_each_match(Units::One(content), Units::One(old), |position| {
        result.extend_from_slice(&content[end..position]);
        result.extend_from_slice(new);
        end = position + old.len();
        left -= 1;
        left > 0
    });
    result.extend_from_slice(&content[end..]);
    Ok(receiver.make(cx, &result))
}

/// The positions of a separator, from the left, at most `limit`.
pub fn matches(content: &[u8], separator: &[u8], limit: usize) -> Vec<usize> {
    match separator {
        [byte] => memchr_iter(*byte, content).take(limit).collect(),
        _ => memmem::find_iter(content, separator).take(limit).collect(),
    }
}
