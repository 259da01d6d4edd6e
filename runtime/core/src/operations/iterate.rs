//! Iteration.

use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::objects::iterator::functional::REVERSED;
use crate::objects::iterator::sequence::SEQUENCE_ITERATOR;
use crate::objects::list::ListObject;
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::flags;
use crate::objects::{exception, int, singleton};
use crate::operations::call;
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
    // Builtin types with items but no length are no sequences, nor those that say so: their items have keys.
    let kind = value.type_of();
    let counts = slots.length.is_some() && !kind.has_flag(crate::objects::type_object::flags::MAPPING);
    let sequence = slots.get_item.is_some()
        && (counts || kind.has_flag(crate::objects::type_object::flags::HEAP))
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
        Err(raised) => stopped(cx, raised),
        result => result,
    }
}

/// What an iterator that raised has come to: its end if it raised `StopIteration`.
#[cold]
#[inline(never)]
fn stopped(cx: &mut Context, raised: Raised) -> Result<Option<Owned>> {
    if cx.swallow(&exception::STOP_ITERATION) { Ok(None) } else { Err(raised) }
}

/// The next item of an iterator. When it is exhausted: `None`, or a `StopIteration` that Python code has raised.
#[inline]
pub fn next_or_stop(cx: &mut Context, iterator: Value) -> Result<Option<Owned>> {
    cx.check_native_stack("")?;
    match iterator.type_of().slots().next {
        Some(function) => function(cx, iterator),
        None => Err(not_an_iterator(cx, iterator)),
    }
}

#[cold]
#[inline(never)]
fn not_an_iterator(cx: &mut Context, value: Value) -> Raised {
    let name = value.type_of().name();
    cx.type_error(format!("'{name}' object is not an iterator"))
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

/// All items, as CPython's `PySequence_Fast` takes them: the iterator is asked how many it will give.
pub fn collect(cx: &mut Context, iterable: Value) -> Result<Vec<Owned>> {
    collect_by(cx, iterable, |cx, iterator| length_hint(cx, iterator).map(drop))
}

/// All items, as `tuple` takes them: nobody is asked how many there will be.
pub fn collect_unasked(cx: &mut Context, iterable: Value) -> Result<Vec<Owned>> {
    collect_by(cx, iterable, |_, _| Ok(()))
}

fn collect_by(
    cx: &mut Context,
    iterable: Value,
    ask: impl FnOnce(&mut Context, Value) -> Result<()>,
) -> Result<Vec<Owned>> {
    let known = iterable.cast_exact::<ListObject>().map(ListObject::as_slice);
    if let Some(values) = known.or_else(|| iterable.cast_exact::<TupleObject>().map(TupleObject::as_slice)) {
        return Ok(values.iter().map(|value| Owned::new(*value)).collect());
    }
    let iterator = get_iter(cx, iterable)?;
    ask(cx, iterator.value())?;
    let mut items = Vec::new();
    while let Some(item) = next(cx, iterator.value())? {
        items.push(item);
    }
    Ok(items)
}

/// How many items a value says that it will give, if it does. Errors: what `__len__` and `__length_hint__` raise but
/// for `TypeError`, and results that are no lengths. Builtin types are not asked: no Python code would see it.
pub fn length_hint(cx: &mut Context, value: Value) -> Result<Option<usize>> {
    let kind = value.type_of();
    if !kind.has_flag(flags::HEAP) && !value.has_type(&SEQUENCE_ITERATOR) && !value.has_type(&REVERSED) {
        return Ok(None);
    }
    if let Some(length) = kind.slots().length {
        match length(cx, value) {
            Err(_) if cx.swallow(&exception::TYPE_ERROR) => {}
            result => return result.map(Some),
        }
    }
    let name = cx.interpreter().names.length_hint;
    let Some(method) = call::lookup_special(cx, value, name)? else { return Ok(None) };
    let hint = match call::call(cx, method.value(), &[]) {
        Ok(hint) => hint,
        Err(_) if cx.swallow(&exception::TYPE_ERROR) => return Ok(None),
        Err(raised) => return Err(raised),
    };
    if hint.value() == singleton::not_implemented() {
        return Ok(None);
    }
    if !int::is_int_like(hint.value()) {
        let name = hint.value().type_of().name();
        return Err(cx.type_error(format!("__length_hint__ must be an integer, not {name}")));
    }
    match int::as_i64(hint.value()) {
        Some(hint @ 0..) => Ok(Some(hint as usize)),
        Some(_) => Err(cx.value_error("__length_hint__() should return >= 0")),
        None => Err(cx.overflow_error("Python int too large to convert to C ssize_t")),
    }
}
