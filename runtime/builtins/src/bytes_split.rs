//! Methods of `bytes` and `bytearray` that take them apart or fill them up: split, strip, partition, center, join and
//! their relatives.

use crate::bytes_arguments::{Receiver, bytes_like, fill, is_space};
use crate::bytes_search::matches;
use crate::str_arguments::{Signature, integer, items_to_join};
use crate::str_pad::{center_left, tab_size};
use crate::str_split::{kept, lines, words, words_reversed};
use memchr::memmem;
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::{BYTES, BytesObject, like};
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::check_bytes;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::value::Value;
use std::borrow::Cow;

const SPLIT: Signature<2> = Signature::new("split", ["sep", "maxsplit"]);
const RSPLIT: Signature<2> = Signature::new("rsplit", ["sep", "maxsplit"]);
const SPLITLINES: Signature<1> = Signature::new("splitlines", ["keepends"]);
const EXPANDTABS: Signature<1> = Signature::new("expandtabs", ["tabsize"]);

fn list(cx: &mut Context, receiver: Receiver, parts: Vec<(usize, usize)>) -> Owned {
    let items = parts.into_iter().map(|(start, end)| receiver.part(cx, start, end)).collect();
    ListObject::new(cx, items)
}

/// The separator (`None` for runs of spaces) and the most splits.
fn split_arguments<'a>(
    cx: &mut Context,
    signature: &Signature<2>,
    arguments: Arguments<'_>,
) -> Result<(Option<Cow<'a, [u8]>>, usize)> {
    let [separator, limit] = signature.bind(cx, arguments)?;
    let limit = match integer(cx, limit, -1)? {
        limit if limit < 0 => usize::MAX,
        limit => limit as usize,
    };
    if separator.is_unbound() || separator == singleton::none() {
        return Ok((None, limit));
    }
    let separator = bytes_like(cx, separator)?;
    if separator.is_empty() {
        return Err(cx.value_error("empty separator"));
    }
    Ok((Some(separator), limit))
}

pub fn split(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments.values, "split")?;
    let _held = receiver.hold(cx)?;
    let (separator, limit) = split_arguments(cx, &SPLIT, arguments)?;
    let content = receiver.content();
    let mut parts = Vec::new();
    match separator.as_deref() {
        None => words(content, limit, is_space, &mut parts),
        Some(separator) => {
            let mut start = 0;
            for position in matches(content, separator, limit) {
                parts.push((start, position));
                start = position + separator.len();
            }
            parts.push((start, content.len()));
        }
    }
    Ok(list(cx, receiver, parts))
}

pub fn rsplit(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments.values, "rsplit")?;
    let _held = receiver.hold(cx)?;
    let (separator, limit) = split_arguments(cx, &RSPLIT, arguments)?;
    let content = receiver.content();
    let mut parts = Vec::new();
    match separator.as_deref() {
        None => words_reversed(content, limit, is_space, &mut parts),
        Some(separator) => {
            let mut end = content.len();
            while parts.len() < limit
                && let Some(position) = memmem::rfind(&content[..end], separator)
            {
                parts.push((position + separator.len(), end));
                end = position;
            }
            parts.push((0, end));
        }
    }
    parts.reverse();
    Ok(list(cx, receiver, parts))
}

pub fn splitlines(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments.values, "splitlines")?;
    let [keep] = SPLITLINES.bind(cx, arguments)?;
    let keep = !keep.is_unbound() && convert::truth(cx, keep)?;
    let mut parts = Vec::new();
    lines(receiver.content(), keep, |point| matches!(point, 0x0A | 0x0D), &mut parts);
    Ok(list(cx, receiver, parts))
}

pub fn partition(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    partition_at(cx, arguments, "partition", memmem::find, false)
}

pub fn rpartition(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    partition_at(cx, arguments, "rpartition", memmem::rfind, true)
}

fn partition_at(
    cx: &mut Context,
    arguments: &[Value],
    method: &str,
    search: fn(&[u8], &[u8]) -> Option<usize>,
    whole_last: bool,
) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, method)?;
    let separator = bytes_like(cx, arguments[1])?;
    let separator = &*separator;
    if separator.is_empty() {
        return Err(cx.value_error("empty separator"));
    }
    let Some(position) = search(receiver.content(), separator) else {
        let (whole, first, second) = (receiver.same(cx), receiver.make(cx, b""), receiver.make(cx, b""));
        let items = if whole_last { vec![first, second, whole] } else { vec![whole, first, second] };
        return Ok(TupleObject::from_owned(cx, items));
    };
    let middle = match receiver.value.cast::<BytesObject>() {
        Some(_) => Owned::new(arguments[1]),
        None => receiver.make(cx, separator),
    };
    let before = receiver.part(cx, 0, position);
    let behind = receiver.part(cx, position + separator.len(), receiver.len());
    Ok(TupleObject::from_owned(cx, vec![before, middle, behind]))
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
    let receiver = Receiver::new(cx, arguments, method)?;
    let (start, end) = match arguments.get(1).filter(|value| **value != singleton::none()) {
        None => kept(receiver.content(), left, right, is_space),
        Some(value) => {
            let mut table = [false; 256];
            bytes_like(cx, *value)?.iter().for_each(|byte| table[*byte as usize] = true);
            kept(receiver.content(), left, right, |byte: u8| table[byte as usize])
        }
    };
    Ok(receiver.part(cx, start, end))
}

/// The content with so many fill bytes before and behind it.
fn padded(cx: &mut Context, receiver: Receiver, fill: u8, before: usize, behind: usize) -> Result<Owned> {
    if before + behind == 0 {
        return Ok(receiver.same(cx));
    }
    check_bytes(cx, receiver.len().saturating_add(before).saturating_add(behind))?;
    let mut result = vec![fill; before];
    result.extend_from_slice(receiver.content());
    result.resize(result.len() + behind, fill);
    Ok(receiver.make(cx, &result))
}

pub fn center(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, "center")?;
    let width = integer(cx, arguments[1], 0)?.max(0) as usize;
    let fill = fill(cx, arguments.get(2), "center")?;
    let missing = width.saturating_sub(receiver.len());
    let before = center_left(missing, width);
    padded(cx, receiver, fill, before, missing - before)
}

pub fn ljust(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, "ljust")?;
    let width = integer(cx, arguments[1], 0)?.max(0) as usize;
    let fill = fill(cx, arguments.get(2), "ljust")?;
    padded(cx, receiver, fill, 0, width.saturating_sub(receiver.len()))
}

pub fn rjust(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, "rjust")?;
    let width = integer(cx, arguments[1], 0)?.max(0) as usize;
    let fill = fill(cx, arguments.get(2), "rjust")?;
    padded(cx, receiver, fill, width.saturating_sub(receiver.len()), 0)
}

pub fn zfill(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, "zfill")?;
    let width = integer(cx, arguments[1], 0)?.max(0) as usize;
    let missing = width.saturating_sub(receiver.len());
    if missing == 0 {
        return Ok(receiver.same(cx));
    }
    check_bytes(cx, width)?;
    let content = receiver.content();
    let signed = matches!(content.first(), Some(b'+' | b'-')) as usize;
    let mut result = content[..signed].to_vec();
    result.resize(signed + missing, b'0');
    result.extend_from_slice(&content[signed..]);
    Ok(receiver.make(cx, &result))
}

pub fn expandtabs(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments.values, "expandtabs")?;
    let [size] = EXPANDTABS.bind(cx, arguments)?;
    let size = tab_size(cx, size)?;
    let mut result = Vec::with_capacity(receiver.len());
    let mut column = 0;
    for &byte in receiver.content() {
        if byte == b'\t' {
            let spaces = if size > 0 { size - column % size } else { 0 };
            check_bytes(cx, result.len().saturating_add(spaces))?;
            result.resize(result.len() + spaces, b' ');
            column += spaces;
        } else {
            result.push(byte);
            column = if matches!(byte, b'\n' | b'\r') { 0 } else { column + 1 };
        }
    }
    Ok(receiver.make(cx, &result))
}

/// `separator.join(iterable)`
pub fn join(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, "join")?;
    let _held = receiver.hold(cx)?;
    let mut items = items_to_join(cx, arguments[1])?;
    let count = items.len();
    for index in 0..count {
        // Other objects lend their memory once, for a copy; what they run may change the list.
        if like(items[index].value()).is_none()
            && let Some(bytes) = Buffer::copy_optional(cx, items[index].value())?
        {
            items[index] = BytesObject::new(cx, &bytes);
            if let Some(list) = arguments[1].cast_exact::<ListObject>() {
                if list.len() != count {
                    return Err(cx.raise(&RUNTIME_ERROR, "sequence changed size during iteration"));
                }
                for (place, item) in items.iter_mut().enumerate().skip(index + 1) {
                    *item = Owned::new(list.as_slice()[place]);
                }
            }
        }
    }
    let separator = receiver.content();
    let mut length = separator.len().saturating_mul(items.len().saturating_sub(1));
    for (index, item) in items.iter().enumerate() {
        match like(item.value()) {
            Some(bytes) => length = length.saturating_add(bytes.len()),
            None => {
                let found = item.value().type_of().name();
                return Err(
                    cx.type_error(format!("sequence item {index}: expected a bytes-like object, {found} found"))
                );
            }
        }
    }
    if let [only] = items.as_slice()
        && only.value().has_type(&BYTES)
        && receiver.value.cast::<BytesObject>().is_some()
    {
        return Ok(only.clone());
    }
    check_bytes(cx, length)?;
    let mut result = Vec::with_capacity(length);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            result.extend_from_slice(separator);
        }
        result.extend_from_slice(like(item.value()).unwrap_or_default());
    }
    Ok(receiver.make(cx, &result))
}
