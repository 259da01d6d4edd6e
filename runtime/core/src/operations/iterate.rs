//! Iteration.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::exception;
use crate::objects::list::ListObject;
use crate::objects::tuple::TupleObject;
use crate::value::Value;

/// `iter(value)`
pub fn get_iter(cx: &mut Context, value: Value) -> Result<Owned> {
    cx.check_native_stack("")?;
    let slots = value.type_of().slots();
    if let Some(function) = slots.iter {
        let result = function(cx, value)?;
        if result.value().type_of().slots().next.is_none() {
            let name = result.value().type_of().name();
            return Err(cx.type_error(format!("iter() returned non-iterator of type '{name}'")));
        }
        return Ok(result);
    }
    let sequence = slots.get_item.is_some()
        && !value.type_of().has_flag(crate::objects::type_object::flags::DICT)
        && !value.type_of().has_flag(crate::objects::type_object::flags::TYPE);
    if sequence {
        return Ok(crate::objects::iterator::sequence_iterator(cx, value));
    }
    let name = value.type_of().name();
    Err(cx.type_error(format!("'{name}' object is not iterable")))
}

/// The next item of an iterator; `None` when it is exhausted.
#[inline]
pub fn next(cx: &mut Context, iterator: Value) -> Result<Option<Owned>> {
    match next_or_stop(cx, iterator) {
        Err(_) if cx.swallow(&exception::STOP_ITERATION) => Ok(None),
        result => result,
    }
}

/// The next item of an iterator. When it is exhausted: `None`, or a `StopIteration` that Python code has raised.
#[inline]
pub fn next_or_stop(cx: &mut Context, iterator: Value) -> Result<Option<Owned>> {
    cx.check_native_stack("")?;
    match iterator.type_of().slots().next {
        Some(function) => function(cx, iterator),
        None => {
            let name = iterator.type_of().name();
            Err(cx.type_error(format!("'{name}' object is not an iterator")))
        }
    }
}

/// Calls `visit` with every item.
pub fn for_each(
    cx: &mut Context,
    iterable: Value,
    mut visit: impl FnMut(&mut Context, Owned) -> Result<()>,
) -> Result<()> {
    if let Some(tuple) = iterable.cast_exact::<TupleObject>() {
        let keep = Owned::new(iterable);
        for position in 0..tuple.as_slice().len() {
            visit(cx, Owned::new(tuple.as_slice()[position]))?;
        }
        drop(keep);
        return Ok(());
    }
    if let Some(list) = iterable.cast_exact::<ListObject>() {
        let keep = Owned::new(iterable);
        let mut position = 0;
        while let Some(item) = list.get(position) {
            visit(cx, Owned::new(item))?;
            position += 1;
        }
        drop(keep);
        return Ok(());
    }
    let iterator = get_iter(cx, iterable)?;
    while let Some(item) = next(cx, iterator.value())? {
        visit(cx, item)?;
    }
    Ok(())
}

/// All items.
pub fn collect(cx: &mut Context, iterable: Value) -> Result<Vec<Owned>> {
    let known = iterable.cast_exact::<ListObject>().map(ListObject::as_slice);
    if let Some(values) = known.or_else(|| iterable.cast_exact::<TupleObject>().map(TupleObject::as_slice)) {
        return Ok(values.iter().map(|value| Owned::new(*value)).collect());
    }
    let mut items = Vec::new();
    for_each(cx, iterable, |_, item| {
        items.push(item);
        Ok(())
    })?;
    Ok(items)
}
