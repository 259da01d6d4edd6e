//! `dict.keys()`, `dict.values()` and `dict.items()`: views, of which the first and the last behave like sets.

use crate::context::{Context, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::objects::dict;
use crate::objects::iterator::dict::{
    DICT_ITEM_ITERATOR, DICT_KEY_ITERATOR, DICT_REVERSE_ITEM_ITERATOR, DICT_REVERSE_KEY_ITERATOR,
    DICT_REVERSE_VALUE_ITERATOR, DICT_VALUE_ITERATOR, DictIterator,
};
use crate::objects::iterator::{release_fields, traverse_fields};
use crate::objects::set::{self, SET, SetObject, slots::is_set};
use crate::objects::singleton;
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use crate::objects::str::StrBuilder;
use crate::objects::tuple::{TupleObject, guarded_repr, push_repr};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::{compare, iterate, subscript};
use crate::value::Value;
use std::cell::Cell;

/// The layout of all three views.
#[repr(C)]
pub struct DictView {
    pub header: Header,
    pub dict: Cell<Value>,
}

impl DictView {
    /// A view of one of the three types below.
    pub fn new(cx: &mut Context, kind: &'static TypeObject, dict: Value) -> Owned {
        let header = cx.heap.allocate(kind, size_of::<DictView>(), true);
        let view = header as *mut DictView;
        // SAFETY: (heap 3) fresh memory of the view's size.
        unsafe { (&raw mut (*view).dict).write(Cell::new(Owned::new(dict).into_raw())) };
        Owned::from_raw(Value::from_pointer(view))
    }
}

/// The dict of a value known to be a view.
pub fn viewed(view: Value) -> Value {
    // SAFETY: (slots 1) callers have a view.
    unsafe { view.cast_unchecked::<DictView>() }.dict.get()
}

/// Whether the value is a view that behaves like a set.
fn is_set_view(value: Value) -> bool {
    value.has_type(&DICT_KEYS) || value.has_type(&DICT_ITEMS)
}

fn not_implemented() -> Result<Owned> {
    Ok(Owned::new(singleton::not_implemented()))
}

/// The iterator type of a view, forwards or backwards.
fn iterator_kind(view: Value, backwards: bool) -> &'static TypeObject {
    let kind = if view.has_type(&DICT_KEYS) {
        if backwards { &DICT_REVERSE_KEY_ITERATOR } else { &DICT_KEY_ITERATOR }
    } else if view.has_type(&DICT_VALUES) {
        if backwards { &DICT_REVERSE_VALUE_ITERATOR } else { &DICT_VALUE_ITERATOR }
    } else if backwards {
        &DICT_REVERSE_ITEM_ITERATOR
    } else {
        &DICT_ITEM_ITERATOR
    };
    &kind.object
}

fn view_iter(cx: &mut Context, view: Value) -> Result<Owned> {
    Ok(DictIterator::new(cx, iterator_kind(view, false), viewed(view)))
}

/// `reversed(view)`
pub fn reversed(cx: &mut Context, view: Value) -> Owned {
    DictIterator::new(cx, iterator_kind(view, true), viewed(view))
}

fn view_length(_cx: &mut Context, view: Value) -> Result<usize> {
    Ok(dict::of(viewed(view)).len())
}

fn view_repr(cx: &mut Context, view: Value) -> Result<Owned> {
    guarded_repr(cx, view, "...", |cx| {
        let items = iterate::collect(cx, view)?;
        let mut result = StrBuilder::new();
        result.push_text(view.heap_type().name());
        result.push_text("([");
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                result.push_text(", ");
            }
            push_repr(cx, &mut result, item.value())?;
        }
        result.push_text("])");
        Ok(result)
    })
}

fn keys_contains(cx: &mut Context, view: Value, key: Value) -> Result<bool> {
    Ok(dict::of(viewed(view)).get(cx, key)?.is_some())
}

fn items_contains(cx: &mut Context, view: Value, item: Value) -> Result<bool> {
    let Some(pair) = item.cast::<TupleObject>() else { return Ok(false) };
    let [key, value] = *pair.as_slice() else { return Ok(false) };
    match dict::of(viewed(view)).get(cx, key)? {
        Some(found) => {
            let found = Owned::new(found);
            compare::equals(cx, found.value(), value)
        }
        None => Ok(false),
    }
}

/// Whether every item of the first iterable is in the second container.
fn all_contained(cx: &mut Context, items: Value, container: Value) -> Result<bool> {
    let iterator = iterate::get_iter(cx, items)?;
    while let Some(item) = iterate::next(cx, iterator.value())? {
        if !subscript::contains(cx, container, item.value())? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn view_compare(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    if !is_set(right) && !is_set_view(right) {
        return not_implemented();
    }
    let ordering = subscript::length(cx, left)?.cmp(&subscript::length(cx, right)?);
    let truth = match op {
        CompareOp::Equal => ordering.is_eq() && all_contained(cx, left, right)?,
        CompareOp::NotEqual => !(ordering.is_eq() && all_contained(cx, left, right)?),
        CompareOp::Less => ordering.is_lt() && all_contained(cx, left, right)?,
        CompareOp::LessEqual => ordering.is_le() && all_contained(cx, left, right)?,
        CompareOp::Greater => ordering.is_gt() && all_contained(cx, right, left)?,
        CompareOp::GreaterEqual => ordering.is_ge() && all_contained(cx, right, left)?,
    };
    Ok(Owned::new(singleton::boolean(truth)))
}

/// A set of the items of an operand of a view's operator.
fn to_set(cx: &mut Context, operand: Value) -> Result<Owned> {
    let source = if operand.has_type(&DICT_KEYS) { viewed(operand) } else { operand };
    set::operations::from_iterable(cx, &SET, source)
}

fn set_of(value: &Owned) -> &SetObject {
    set::operations::of(value.value())
}

fn view_subtract(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let result = to_set(cx, left)?;
    set::operations::difference_update(cx, set_of(&result), right)?;
    Ok(result)
}

fn view_or(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let result = to_set(cx, left)?;
    set::operations::update(cx, set_of(&result), right)?;
    Ok(result)
}

fn view_xor(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let result = to_set(cx, left)?;
    set::operations::symmetric_difference_update(cx, set_of(&result), right)?;
    Ok(result)
}

fn view_and(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let (view, other) = if is_set_view(left) { (left, right) } else { (right, left) };
    let length = subscript::length(cx, view)?;
    if other.has_type(&SET) && length <= set::operations::of(other).len() {
        return set::operations::intersection(cx, other, view);
    }
    // Walk the smaller of two views.
    let (view, other) =
        if is_set_view(other) && subscript::length(cx, other)? > length { (other, view) } else { (view, other) };
    let result = SetObject::new(cx);
    iterate::for_each(cx, other, |cx, item| {
        if subscript::contains(cx, view, item.value())? {
            set_of(&result).add(cx, item.value())?;
        }
        Ok(())
    })?;
    Ok(result)
}

/// `view.isdisjoint(iterable)`
pub fn is_disjoint(cx: &mut Context, view: Value, other: Value) -> Result<bool> {
    let length = subscript::length(cx, view)?;
    if view == other {
        return Ok(length == 0);
    }
    let mut pair = (view, other);
    if (is_set(other) || is_set_view(other)) && subscript::length(cx, other)? > length {
        pair = (other, view);
    }
    let iterator = iterate::get_iter(cx, pair.1)?;
    while let Some(item) = iterate::next(cx, iterator.value())? {
        if subscript::contains(cx, pair.0, item.value())? {
            return Ok(false);
        }
    }
    Ok(true)
}

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Subtract as usize] = Some(view_subtract);
    table[BinaryOp::And as usize] = Some(view_and);
    table[BinaryOp::Or as usize] = Some(view_or);
    table[BinaryOp::Xor as usize] = Some(view_xor);
    table
};

const COMMON: Slots = Slots {
    repr: Some(view_repr),
    iter: Some(view_iter),
    length: Some(view_length),
    traverse: Some(traverse_fields::<1>),
    release: Some(release_fields::<1>),
    ..Slots::EMPTY
};

/// One row for each view type: static, Python name, slots besides the common ones.
macro_rules! dict_views {
    ($( $kind:ident = $name:literal, { $( $slot:ident: $value:expr, )* }; )*) => { $(
        pub static $kind: StaticType = Immortal::new(
            TypeObject::builtin($name, size_of::<DictView>(), Slots { $( $slot: $value, )* ..COMMON })
                .with_base(&OBJECT.object)
                .with_flags(flags::COLLECTED),
        );
    )* };
}

dict_views! {
    DICT_KEYS = "dict_keys", { contains: Some(keys_contains), compare: Some(view_compare), binary: BINARY, };
    DICT_VALUES = "dict_values", {};
    DICT_ITEMS = "dict_items", { contains: Some(items_contains), compare: Some(view_compare), binary: BINARY, };
}
