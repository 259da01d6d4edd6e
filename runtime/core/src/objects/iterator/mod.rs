//! Iterators of the builtin types, one file for each family.
//!
//! **Invariant** (iterators 1): an iterator's first field, at offset 16, is the owned object that it walks, or unbound
//! once it is exhausted. Later owned fields follow it directly.

pub mod arguments;
pub mod dict;
pub mod dict_operations;
pub mod dict_views;
pub mod functional;
pub mod remainder;
pub mod sequence;

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Owned};
use crate::objects::slots::Slots;
use crate::objects::type_object::StaticType;
use crate::value::Value;
use std::cell::Cell;

pub use sequence::{LIST_ITERATOR, STR_ITERATOR, TUPLE_ITERATOR};
pub use sequence::{ListIterator, SequenceIterator, StrIterator, TupleIterator};

/// The start of every iterator: the object it walks.
#[repr(C)]
pub struct SourceHead {
    pub header: Header,
    pub source: Cell<Value>,
}

/// Every type of this folder, for completion at start.
pub static TYPES: &[&StaticType] = &[
    &sequence::LIST_ITERATOR,
    &sequence::LIST_REVERSE_ITERATOR,
    &sequence::TUPLE_ITERATOR,
    &sequence::STR_ITERATOR,
    &sequence::STR_ASCII_ITERATOR,
    &sequence::SEQUENCE_ITERATOR,
    &sequence::CALLABLE_ITERATOR,
    &dict::DICT_KEY_ITERATOR,
    &dict::DICT_VALUE_ITERATOR,
    &dict::DICT_ITEM_ITERATOR,
    &dict::DICT_REVERSE_KEY_ITERATOR,
    &dict::DICT_REVERSE_VALUE_ITERATOR,
    &dict::DICT_REVERSE_ITEM_ITERATOR,
    &dict_views::DICT_KEYS,
    &dict_views::DICT_VALUES,
    &dict_views::DICT_ITEMS,
    &functional::ENUMERATE,
    &functional::ZIP,
    &functional::MAP,
    &functional::FILTER,
    &functional::REVERSED,
    &remainder::REMAINDER,
];

/// An iterator over anything with `__getitem__`.
pub fn sequence_iterator(cx: &mut Context, sequence: Value) -> Owned {
    SequenceIterator::new(cx, sequence)
}

/// `iter(iterator)`: the iterator itself.
pub fn iter_self(_cx: &mut Context, iterator: Value) -> Result<Owned> {
    Ok(Owned::new(iterator))
}

/// Slots of an iterator type whose objects own nothing but the object they walk.
pub const fn iterator_slots(next: fn(&mut Context, Value) -> Result<Option<Owned>>) -> Slots {
    Slots {
        iter: Some(iter_self),
        next: Some(next),
        traverse: Some(traverse_fields::<1>),
        release: Some(release_fields::<1>),
        ..Slots::EMPTY
    }
}

/// The owned fields of an iterator.
fn fields<const N: usize>(header: *mut Header) -> &'static [Cell<Value>; N] {
    // SAFETY: (iterators 1) the types that use these slots have N owned fields after the header.
    unsafe { &*((header as *const u8).add(size_of::<Header>()) as *const [Cell<Value>; N]) }
}

/// Visits `N` owned fields that follow the header.
///
/// # Safety
/// The object's layout starts with these fields; unbound ones are allowed.
pub unsafe fn traverse_fields<const N: usize>(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    for field in fields::<N>(header) {
        if !field.get().is_unbound() {
            visit(field.get());
        }
    }
}

/// Gives up `N` owned fields that follow the header.
///
/// # Safety
/// As for `traverse_fields`.
pub unsafe fn release_fields<const N: usize>(header: *mut Header, children: &mut Children<'_>) {
    for field in fields::<N>(header).iter().rev() {
        children.push(field.replace(Value::UNBOUND));
    }
}

/// Whether objects with these slots own one field.
pub fn has_one_field(slots: &Slots) -> bool {
    let one_field = release_fields::<1> as *const () as usize;
    slots.size.is_none() && slots.release.is_some_and(|release| release as usize == one_field)
}

/// Gives up the object that an exhausted iterator walked.
pub fn exhaust(source: &Cell<Value>) {
    drop(Owned::from_raw_option(source.replace(Value::UNBOUND)));
}
