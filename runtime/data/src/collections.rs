//! The module `_collections`: double-ended queues, dicts with defaults, and what `namedtuple` and `Counter` need.
//! `OrderedDict` is the library's own, written in Python.

mod default_dict;
mod deque;
mod tuple_getter;

use default_dict::DefaultDict;
use deque::{Deque, DequeIterator, DequeReverseIterator};
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::dict::{DICT, DictObject};
use sidewinder_runtime::objects::slots::BinaryOp;
use sidewinder_runtime::operations::{arithmetic, attribute, call, iterate, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value};
use tuple_getter::TupleGetter;

/// Container types with special needs.
#[native_module("_collections", types(Deque, DequeIterator, DequeReverseIterator, DefaultDict, TupleGetter))]
mod rows {
    use super::*;

    /// Adds the number of times that each item occurs to its value in the mapping.
    #[function]
    fn _count_elements(cx: &mut Context, mapping: Value, iterable: Value) -> Result<()> {
        let iterator = iterate::get_iter(cx, iterable)?;
        if let Some(counts) = plain_counts(cx, mapping)? {
            return count_in_dict(cx, counts, iterator);
        }
        let get = attribute::get_text(cx, mapping, "get")?;
        while let Some(item) = iterate::next(cx, iterator.value())? {
            let old = call::call(cx, get.value(), &[item.value(), Value::from_small_int(0)])?;
            let new = arithmetic::binary(cx, BinaryOp::Add, old.value(), Value::from_small_int(1))?;
            subscript::set_item(cx, mapping, item.value(), new.value())?;
        }
        Ok(())
    }
}

/// The mapping as a dict, if its class reads and writes items as `dict` does.
fn plain_counts(cx: &mut Context, mapping: Value) -> Result<Option<&'static DictObject>> {
    let Some(found) = mapping.cast::<DictObject>() else { return Ok(None) };
    for name in ["get", "__setitem__"] {
        let own = attribute::get_text(cx, mapping.type_of().value(), name)?;
        let plain = attribute::get_text(cx, DICT.value(), name)?;
        if own.value() != plain.value() {
            return Ok(None);
        }
    }
    Ok(Some(found))
}

fn count_in_dict(cx: &mut Context, counts: &DictObject, iterator: Owned) -> Result<()> {
    while let Some(item) = iterate::next(cx, iterator.value())? {
        let hash = sidewinder_runtime::operations::convert::hash(cx, item.value())?;
        let old = counts.get_with_hash(cx, item.value(), hash)?.map(Owned::new);
        let old = old.as_ref().map_or(Value::from_small_int(0), Owned::value);
        let new = arithmetic::binary(cx, BinaryOp::Add, old, Value::from_small_int(1))?;
        counts.set_with_hash(cx, item.value(), hash, new.value())?;
    }
    Ok(())
}
