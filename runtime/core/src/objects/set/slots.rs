//! The slots of `set` and `frozenset`, and their iterator.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::iterator::arguments::{positionals, refuse_keywords_of_new};
use crate::objects::iterator::{exhaust, iterator_slots};
use crate::objects::set::SetObject;
use crate::objects::set::operations::{self, cast, of};
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use crate::objects::str::StrBuilder;
use crate::objects::tuple::{guarded_repr, join_reprs};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, singleton};
use crate::value::Value;
use std::cell::Cell;

/// Whether a value is a set, a frozenset or an instance of a subclass.
#[inline]
pub fn is_set(value: Value) -> bool {
    if !value.is_pointer() || value.is_unbound() {
        return false;
    }
    let kind = value.heap_type();
    std::ptr::eq(kind, &SET.object)
        || std::ptr::eq(kind, &FROZENSET.object)
        || kind.is_subtype(&SET)
        || kind.is_subtype(&FROZENSET)
}

fn not_implemented() -> Result<Owned> {
    Ok(Owned::new(singleton::not_implemented()))
}

fn set_new(cx: &mut Context, kind: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
    Ok(SetObject::new_of(cx, kind))
}

fn set_init(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    if !arguments.names.is_empty() {
        return Err(cx.type_error("set() takes no keyword arguments"));
    }
    let values = positionals(cx, "set", arguments, 0, 1)?;
    of(value).clear(cx);
    match values.first() {
        Some(&iterable) => operations::update(cx, of(value), iterable),
        None => Ok(()),
    }
}

fn frozenset_new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let exact = std::ptr::eq(kind, &FROZENSET.object);
    refuse_keywords_of_new(cx, &FROZENSET, kind, arguments)?;
    let values = positionals(cx, "frozenset", arguments, 0, 1)?;
    if let Some(&iterable) = values.first()
        && exact
        && iterable.has_type(&FROZENSET)
    {
        return Ok(Owned::new(iterable));
    }
    let made = SetObject::new_of(cx, kind);
    if let Some(&iterable) = values.first() {
        operations::update(cx, of(made.value()), iterable)?;
    }
    Ok(made)
}

fn set_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let set = of(value);
    let name = value.heap_type().name();
    if set.is_empty() {
        return Ok(crate::objects::str::StrObject::new(cx, &format!("{name}()")));
    }
    let plain = value.has_type(&SET);
    guarded_repr(cx, value, &format!("{name}(...)"), |cx| {
        // The reprs may change the set.
        let mut elements = Vec::with_capacity(set.len());
        operations::for_each_entry(cx, set, |_, key, _| {
            elements.push(Owned::new(key));
            Ok(())
        })?;
        let mut result = StrBuilder::new();
        if !plain {
            result.push_text(name);
            result.push_text("(");
        }
        result.push_text("{");
        join_reprs(cx, &mut result, |index| elements.get(index).map(Owned::value))?;
        result.push_text(if plain { "}" } else { "})" });
        Ok(result)
    })
}

fn set_compare(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let (Some(a), Some(b)) = (cast(left), cast(right)) else {
        return not_implemented();
    };
    let truth = match op {
        CompareOp::Equal => sets_equal(cx, a, b)?,
        CompareOp::NotEqual => !sets_equal(cx, a, b)?,
        CompareOp::LessEqual => operations::is_subset(cx, a, b)?,
        CompareOp::GreaterEqual => operations::is_subset(cx, b, a)?,
        CompareOp::Less => a.len() < b.len() && operations::is_subset(cx, a, b)?,
        CompareOp::Greater => b.len() < a.len() && operations::is_subset(cx, b, a)?,
    };
    Ok(Owned::new(singleton::boolean(truth)))
}

fn sets_equal(cx: &mut Context, a: &SetObject, b: &SetObject) -> Result<bool> {
    let (x, y) = (a.cached_hash.get(), b.cached_hash.get());
    if a.len() != b.len() || x != -1 && y != -1 && x != y {
        return Ok(false);
    }
    operations::is_subset(cx, a, b)
}

fn frozenset_hash(_cx: &mut Context, value: Value) -> Result<i64> {
    Ok(of(value).elements_hash())
}

fn set_iter(cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(SetIterator::new(cx, value))
}

fn set_length(_cx: &mut Context, value: Value) -> Result<usize> {
    Ok(of(value).len())
}

fn set_contains(cx: &mut Context, value: Value, element: Value) -> Result<bool> {
    let hash = operations::lookup_hash(cx, element)?;
    of(value).contains_with_hash(cx, element, hash)
}

/// A binary operator: both operands must be sets.
fn between(
    cx: &mut Context,
    left: Value,
    right: Value,
    operation: fn(&mut Context, Value, Value) -> Result<Owned>,
) -> Result<Owned> {
    if is_set(left) && is_set(right) { operation(cx, left, right) } else { not_implemented() }
}

fn set_subtract(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    between(cx, left, right, operations::difference)
}

fn set_and(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    between(cx, left, right, operations::intersection)
}

fn set_or(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    between(cx, left, right, operations::union)
}

fn set_xor(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    between(cx, left, right, operations::symmetric_difference)
}

/// An in-place operator: the other operand must be a set.
fn in_place(
    cx: &mut Context,
    left: Value,
    right: Value,
    operation: impl FnOnce(&mut Context) -> Result<()>,
) -> Result<Owned> {
    if !is_set(right) {
        return not_implemented();
    }
    operation(cx)?;
    Ok(Owned::new(left))
}

fn set_inplace_subtract(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    in_place(cx, left, right, |cx| operations::difference_update(cx, of(left), right))
}

fn set_inplace_and(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    in_place(cx, left, right, |cx| operations::intersection_update(cx, left, right))
}

fn set_inplace_or(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    in_place(cx, left, right, |cx| operations::update(cx, of(left), right))
}

fn set_inplace_xor(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    in_place(cx, left, right, |cx| operations::symmetric_difference_update(cx, of(left), right))
}

unsafe fn set_traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    let set = of(Value::from_pointer(header));
    let mut position = 0;
    while let Some((entry, next)) = set.next_entry(position) {
        visit(entry.key);
        position = next;
    }
}

unsafe fn set_release(header: *mut Header, children: &mut Children<'_>) {
    of(Value::from_pointer(header)).release_into(children);
}

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Subtract as usize] = Some(set_subtract);
    table[BinaryOp::And as usize] = Some(set_and);
    table[BinaryOp::Or as usize] = Some(set_or);
    table[BinaryOp::Xor as usize] = Some(set_xor);
    table
};

const INPLACE: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Subtract as usize] = Some(set_inplace_subtract);
    table[BinaryOp::And as usize] = Some(set_inplace_and);
    table[BinaryOp::Or as usize] = Some(set_inplace_or);
    table[BinaryOp::Xor as usize] = Some(set_inplace_xor);
    table
};

/// What both types share.
const COMMON: Slots = Slots {
    repr: Some(set_repr),
    compare: Some(set_compare),
    iter: Some(set_iter),
    length: Some(set_length),
    contains: Some(set_contains),
    binary: BINARY,
    traverse: Some(set_traverse),
    release: Some(set_release),
    clear: Some(set_release),
    ..Slots::EMPTY
};

pub static SET: StaticType = Immortal::new(
    TypeObject::builtin(
        "set",
        size_of::<SetObject>(),
        Slots { inplace: INPLACE, new: Some(set_new), init: Some(set_init), ..COMMON },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::COLLECTED | flags::HAS_WEAK)
    .with_doc("Build an unordered collection of unique elements."),
);

pub static FROZENSET: StaticType = Immortal::new(
    TypeObject::builtin(
        "frozenset",
        size_of::<SetObject>(),
        Slots { hash: Some(frozenset_hash), new: Some(frozenset_new), ..COMMON },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::COLLECTED | flags::HAS_WEAK)
    .with_doc("Build an immutable unordered collection of unique elements."),
);

crate::object_type!(SetObject, SET);

/// Walks a set's table.
#[repr(C)]
pub struct SetIterator {
    pub header: Header,
    /// Unbound once exhausted.
    pub set: Cell<Value>,
    pub position: Cell<usize>,
    /// Elements that the set must still have; `usize::MAX` after it had another number.
    expected: Cell<usize>,
    /// Elements still to come, for `__length_hint__`.
    pub remaining: Cell<usize>,
}

impl SetIterator {
    pub fn new(cx: &mut Context, set: Value) -> Owned {
        let header = cx.heap.allocate(&raw const SET_ITERATOR.object, size_of::<SetIterator>(), true);
        let iterator = header as *mut SetIterator;
        let length = of(set).len();
        // SAFETY: (heap 3) fresh memory of the iterator's size.
        unsafe {
            (&raw mut (*iterator).set).write(Cell::new(Owned::new(set).into_raw()));
            (&raw mut (*iterator).position).write(Cell::new(0));
            (&raw mut (*iterator).expected).write(Cell::new(length));
            (&raw mut (*iterator).remaining).write(Cell::new(length));
        }
        Owned::from_raw(Value::from_pointer(iterator))
    }

    /// Another iterator at the same place.
    pub fn duplicate(&self, cx: &mut Context) -> Option<Owned> {
        let set = self.set.get();
        if set.is_unbound() {
            return None;
        }
        let copy = SetIterator::new(cx, set);
        // SAFETY: (heap 2) just made.
        let made: &SetIterator = unsafe { copy.value().cast_unchecked() };
        made.position.set(self.position.get());
        made.expected.set(self.expected.get());
        made.remaining.set(self.remaining.get());
        Some(copy)
    }

    /// Elements still to come, if the set has not changed.
    pub fn length_hint(&self) -> usize {
        let set = self.set.get();
        if !set.is_unbound() && of(set).len() == self.expected.get() { self.remaining.get() } else { 0 }
    }
}

fn set_next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &SetIterator = unsafe { value.cast_unchecked() };
    let source = iterator.set.get();
    if source.is_unbound() {
        return Ok(None);
    }
    let set = of(source);
    if set.len() != iterator.expected.get() {
        // Once wrong, the iterator stays wrong.
        iterator.expected.set(usize::MAX);
        return Err(cx.raise(&exception::RUNTIME_ERROR, "Set changed size during iteration"));
    }
    match set.next_entry(iterator.position.get()) {
        Some((entry, next)) => {
            iterator.position.set(next);
            iterator.remaining.set(iterator.remaining.get().saturating_sub(1));
            Ok(Some(Owned::new(entry.key)))
        }
        None => {
            exhaust(&iterator.set);
            Ok(None)
        }
    }
}

pub static SET_ITERATOR: StaticType = Immortal::new(
    TypeObject::builtin("set_iterator", size_of::<SetIterator>(), iterator_slots(set_next))
        .with_base(&OBJECT.object)
        .with_flags(flags::COLLECTED),
);

crate::object_type!(SetIterator, SET_ITERATOR);
