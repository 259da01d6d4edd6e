//! Unpacking assignments.

use super::{fetch, next, raise, set, take};
use crate::semantics::Pc;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::operations::iterate;
use sidewinder_runtime::{Context, Owned, Result, Value};

fn iterator(cx: &mut Context, source: Value) -> Result<Owned> {
    let slots = source.type_of().slots();
    if slots.iter.is_none() && slots.get_item.is_none() {
        let name = source.type_of().name();
        return Err(cx.type_error(format!("cannot unpack non-iterable {name} object")));
    }
    iterate::get_iter(cx, source)
}

/// The length of a list, tuple or dict, for the message.
fn known_length(cx: &mut Context, source: Value) -> Option<usize> {
    use sidewinder_runtime::objects::type_object::flags;
    let known = source.type_of().has_flag(flags::LIST | flags::TUPLE | flags::DICT);
    if known { sidewinder_runtime::operations::subscript::length(cx, source).ok() } else { None }
}

fn items(cx: &mut Context, source: Value, wanted: usize) -> Result<Vec<Owned>> {
    let iterator = iterator(cx, source)?;
    let mut items = Vec::with_capacity(wanted);
    while items.len() < wanted {
        match iterate::next(cx, iterator.value())? {
            Some(item) => items.push(item),
            None => {
                let got = items.len();
                return Err(cx.value_error(format!("not enough values to unpack (expected {wanted}, got {got})")));
            }
        }
    }
    if iterate::next(cx, iterator.value())?.is_some() {
        let message = match known_length(cx, source) {
            Some(length) => format!("too many values to unpack (expected {wanted}, got {length})"),
            None => format!("too many values to unpack (expected {wanted})"),
        };
        return Err(cx.value_error(message));
    }
    Ok(items)
}

/// Registers a.. = the c items of b.
pub fn sequence(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let source = take(cx, i.b);
    let result = items(cx, source.value(), i.c as usize);
    super::release(cx, source);
    store(cx, pc, i.a, result)
}

fn store(cx: &mut Context, pc: Pc, first: u16, result: Result<Vec<Owned>>) -> Pc {
    match result {
        Ok(items) => {
            for (position, item) in items.into_iter().enumerate() {
                set(cx, first + position as u16, item);
            }
            next(pc)
        }
        Err(_) => raise(cx, pc),
    }
}

/// Registers a.. = the first items of b, a list of the middle ones, the last items.
pub fn extended(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let source = take(cx, i.b);
    let result = starred(cx, source.value(), (i.c & 255) as usize, (i.c >> 8) as usize);
    super::release(cx, source);
    store(cx, pc, i.a, result)
}

fn starred(cx: &mut Context, source: Value, before: usize, after: usize) -> Result<Vec<Owned>> {
    let iterator = iterator(cx, source)?;
    let mut items = Vec::new();
    while let Some(item) = iterate::next(cx, iterator.value())? {
        items.push(item);
        if items.len() == before {
            // What is left goes into a list, which asks how much that is.
            iterate::length_hint(cx, iterator.value())?;
        }
    }
    if items.len() < before + after {
        let (got, wanted) = (items.len(), before + after);
        return Err(cx.value_error(format!("not enough values to unpack (expected at least {wanted}, got {got})")));
    }
    let last = items.split_off(items.len() - after);
    let middle = items.split_off(before);
    items.push(ListObject::new(cx, middle));
    items.extend(last);
    Ok(items)
}
