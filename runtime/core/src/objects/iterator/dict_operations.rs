//! Operations on whole dicts: repr, updating from mappings and pairs, and the union operators.

use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::dict::{self, DictObject};
use crate::objects::exception;
use crate::objects::iterator::arguments::positionals;
use crate::objects::singleton;
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp};
use crate::objects::str::{StrBuilder, StrObject};
use crate::objects::tuple::TupleObject;
use crate::objects::tuple::{guarded_repr, push_repr};
use crate::objects::type_object::flags;
use crate::operations::{attribute, call, iterate, subscript};
use crate::value::Value;

fn is_dict(value: Value) -> bool {
    value.type_of().has_flag(flags::DICT)
}

/// `repr(dict)`, the slot of `dict`.
pub fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    guarded_repr(cx, value, "{...}", |cx| {
        let dict = dict::of(value);
        let mut result = StrBuilder::new();
        result.push_text("{");
        let mut position = 0;
        let mut first = true;
        while position < dict.entry_count() {
            if let Some((key, item)) = dict.entry(position) {
                // The repr of the key may delete the item.
                let item = Owned::new(item);
                if !std::mem::take(&mut first) {
                    result.push_text(", ");
                }
                push_repr(cx, &mut result, key)?;
                result.push_text(": ");
                push_repr(cx, &mut result, item.value())?;
            }
            position += 1;
        }
        result.push_text("}");
        Ok(result)
    })
}

/// `dict.__init__`, the slot of `dict`: what `update` does.
pub fn init(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    update_from_arguments(cx, value, "dict", arguments)
}

/// Updates a dict from an optional mapping or iterable of pairs, and from keywords.
pub fn update_from_arguments(cx: &mut Context, dict: Value, function: &str, arguments: Arguments<'_>) -> Result<()> {
    let values = positionals(cx, function, arguments, 0, 1)?;
    let target = dict::of(dict);
    if let Some(&source) = values.first() {
        update(cx, target, source)?;
    }
    for (name, value) in arguments.keywords() {
        target.set(cx, name, value)?;
    }
    Ok(())
}

/// `dict.update(source)`, for a mapping or an iterable of pairs.
pub fn update(cx: &mut Context, target: &DictObject, source: Value) -> Result<()> {
    if is_plain_mapping(source) {
        return merge(cx, target, dict::of(source));
    }
    let name = cx.interpreter().names.plain_keys;
    match attribute::get_optional(cx, source, name)? {
        Some(method) => merge_mapping(cx, target, source, method),
        None => merge_pairs(cx, target, source),
    }
}

/// Updates a dict from a mapping, as `{**mapping}` does; an `AttributeError` if it has no `keys`.
pub fn update_from_mapping(cx: &mut Context, target: &DictObject, source: Value) -> Result<()> {
    if is_plain_mapping(source) {
        return merge(cx, target, dict::of(source));
    }
    let name = cx.interpreter().names.plain_keys;
    let keys = attribute::get(cx, source, name)?;
    merge_mapping(cx, target, source, keys)
}

/// Updates a dict from a mapping, as `f(**mapping)` does: `twice` makes the error for a key that is there already.
pub fn merge_keywords(
    cx: &mut Context,
    target: &DictObject,
    source: Value,
    twice: impl Fn(&mut Context, Value) -> Raised,
) -> Result<()> {
    if is_plain_mapping(source) {
        return for_each_pair(cx, dict::of(source), |cx, key, hash, value| {
            match target.get_with_hash(cx, key, hash)? {
                Some(_) => Err(twice(cx, key)),
                None => target.set_with_hash(cx, key, hash, value),
            }
        });
    }
    let name = cx.interpreter().names.plain_keys;
    let keys = attribute::get(cx, source, name)?;
    let keys = call::call(cx, keys.value(), &[])?;
    iterate::for_each(cx, keys.value(), |cx, key| {
        if target.get(cx, key.value())?.is_some() {
            return Err(twice(cx, key.value()));
        }
        let value = subscript::get_item(cx, source, key.value())?;
        target.set(cx, key.value(), value.value())
    })
}

/// Whether the value is a dict whose class does not change what iterating it means.
fn is_plain_mapping(value: Value) -> bool {
    is_dict(value)
        && value.type_of().slots().iter.is_some_and(|slot| {
            std::ptr::fn_addr_eq(slot, crate::objects::iterator::dict::iter as crate::objects::slots::UnaryFunction)
        })
}

/// Copies all entries of another dict.
pub fn merge(cx: &mut Context, target: &DictObject, source: &DictObject) -> Result<()> {
    if std::ptr::eq(target, source) {
        return Ok(());
    }
    if source.is_empty() || target.take_copy(cx, source) {
        return Ok(());
    }
    for_each_pair(cx, source, |cx, key, hash, value| target.set_with_hash(cx, key, hash, value))
}

/// Calls `visit` with each key, its hash and its value; an error if that changes the number of entries.
fn for_each_pair(
    cx: &mut Context,
    source: &DictObject,
    mut visit: impl FnMut(&mut Context, Value, i64, Value) -> Result<()>,
) -> Result<()> {
    let keep = Owned::new(Value::from_pointer(source));
    let length = source.len();
    let mut position = 0;
    while position < source.entry_count() {
        if let Some((key, value)) = source.entry(position) {
            let (key, value) = (Owned::new(key), Owned::new(value));
            visit(cx, key.value(), source.entry_hash(position), value.value())?;
            if source.len() != length {
                return Err(cx.raise(&exception::RUNTIME_ERROR, "dict mutated during update"));
            }
        }
        position += 1;
    }
    drop(keep);
    Ok(())
}

/// Copies the items of a mapping that has a `keys` method.
fn merge_mapping(cx: &mut Context, target: &DictObject, source: Value, keys: Owned) -> Result<()> {
    let keys = call::call(cx, keys.value(), &[])?;
    iterate::for_each(cx, keys.value(), |cx, key| {
        let value = subscript::get_item(cx, source, key.value())?;
        target.set(cx, key.value(), value.value())
    })
}

/// Stores the pairs of an iterable.
pub fn merge_pairs(cx: &mut Context, target: &DictObject, source: Value) -> Result<()> {
    let iterator = iterate::get_iter(cx, source)?;
    let mut index = 0;
    while let Some(item) = iterate::next(cx, iterator.value())? {
        if let Some(&[key, value]) = item.value().cast_exact::<TupleObject>().map(TupleObject::as_slice) {
            target.set(cx, key, value)?;
            index += 1;
            continue;
        }
        let pair = match pair_items(cx, item.value()) {
            Ok(pair) => pair,
            Err(raised) => return Err(explain_pair(cx, index, raised)),
        };
        let [key, value] = pair.as_slice() else {
            let length = pair.len();
            return Err(cx.value_error(format!(
                "dictionary update sequence element #{index} has length {length}; 2 is required"
            )));
        };
        target.set(cx, key.value(), value.value())?;
        index += 1;
    }
    Ok(())
}

/// The items of what should be a pair.
fn pair_items(cx: &mut Context, item: Value) -> Result<Vec<Owned>> {
    let slots = item.type_of().slots();
    if slots.iter.is_none() && slots.get_item.is_none() {
        return Err(cx.type_error("object is not iterable"));
    }
    iterate::collect(cx, item)
}

/// Adds a note that says which element is no sequence.
#[cold]
fn explain_pair(cx: &mut Context, index: usize, raised: Raised) -> Raised {
    if !cx.pending_is(&exception::TYPE_ERROR) {
        return raised;
    }
    let error = cx.take_pending();
    let note = StrObject::new(cx, &format!("Cannot convert dictionary update sequence element #{index} to a sequence"));
    match call::call_method(cx, error.value(), "add_note", &[note.value()]) {
        Ok(_) => cx.raise_value(error),
        Err(raised) => raised,
    }
}

fn dict_or(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    if !is_dict(left) || !is_dict(right) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let result = dict::of(left).copy(cx);
    update(cx, dict::of(result.value()), right)?;
    Ok(result)
}

fn dict_inplace_or(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    update(cx, dict::of(left), right)?;
    Ok(Owned::new(left))
}

/// The binary operators of `dict`.
pub const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Or as usize] = Some(dict_or);
    table
};

/// The in-place operators of `dict`.
pub const INPLACE: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Or as usize] = Some(dict_inplace_or);
    table
};
