//! Iterators over dicts: keys, values or items, forwards or backwards.

use crate::context::{Context, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::objects::dict::{self, DictObject};
use crate::objects::exception;
use crate::objects::iterator::{exhaust, iterator_slots};
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::value::Value;
use std::cell::Cell;

/// The layout of all dict iterators.
#[repr(C)]
pub struct DictIterator {
    pub header: Header,
    /// Unbound once exhausted.
    pub dict: Cell<Value>,
    /// Forwards: the entry to look at next. Backwards: the number of entries still to be looked at.
    pub index: Cell<usize>,
    /// Entries that the dict must still have; `usize::MAX` after it had another number.
    pub expected: Cell<usize>,
    /// Entries still to come.
    pub remaining: Cell<usize>,
}

impl DictIterator {
    /// An iterator of one of the six types below.
    pub fn new(cx: &mut Context, kind: &'static TypeObject, dict: Value) -> Owned {
        let header = cx.heap.allocate(kind, size_of::<DictIterator>(), true);
        let iterator = header as *mut DictIterator;
        let walked = dict::of(dict);
        let backwards = [&DICT_REVERSE_KEY_ITERATOR, &DICT_REVERSE_VALUE_ITERATOR, &DICT_REVERSE_ITEM_ITERATOR]
            .iter()
            .any(|reverse| std::ptr::eq(&reverse.object, kind));
        let length = walked.len();
        // SAFETY: (heap 3) fresh memory of the iterator's size.
        unsafe {
            (&raw mut (*iterator).dict).write(Cell::new(Owned::new(dict).into_raw()));
            (&raw mut (*iterator).index).write(Cell::new(if backwards { walked.entry_count() } else { 0 }));
            (&raw mut (*iterator).expected).write(Cell::new(length));
            (&raw mut (*iterator).remaining).write(Cell::new(length));
        }
        Owned::from_raw(Value::from_pointer(iterator))
    }

    /// Another iterator at the same place.
    pub fn duplicate(&self, cx: &mut Context) -> Option<Owned> {
        let dict = self.dict.get();
        if dict.is_unbound() {
            return None;
        }
        let copy = DictIterator::new(cx, Value::from_pointer(self).heap_type(), dict);
        // SAFETY: (heap 2) just made.
        let made: &DictIterator = unsafe { copy.value().cast_unchecked() };
        made.index.set(self.index.get());
        made.expected.set(self.expected.get());
        made.remaining.set(self.remaining.get());
        Some(copy)
    }

    /// Entries still to come, if the dict has not changed.
    pub fn length_hint(&self) -> usize {
        let dict = self.dict.get();
        if !dict.is_unbound() && dict::of(dict).len() == self.expected.get() { self.remaining.get() } else { 0 }
    }
}

/// `iter(dict)`, the slot of `dict`.
pub fn iter(cx: &mut Context, dict: Value) -> Result<Owned> {
    Ok(DictIterator::new(cx, &DICT_KEY_ITERATOR, dict))
}

/// The next entry, borrowed from the dict.
#[inline]
fn advance(cx: &mut Context, value: Value, backwards: bool) -> Result<Option<(Value, Value)>> {
    // SAFETY: (slots 1) the slots below are called with an iterator of this layout.
    let iterator: &DictIterator = unsafe { value.cast_unchecked() };
    let source = iterator.dict.get();
    if source.is_unbound() {
        return Ok(None);
    }
    let dict = dict::of(source);
    if dict.len() != iterator.expected.get() {
        // Once wrong, the iterator stays wrong.
        iterator.expected.set(usize::MAX);
        return Err(cx.raise(&exception::RUNTIME_ERROR, "dictionary changed size during iteration"));
    }
    let found = if backwards { step_back(iterator, dict) } else { step(iterator, dict) };
    let Some(entry) = found else {
        exhaust(&iterator.dict);
        return Ok(None);
    };
    let Some(remaining) = iterator.remaining.get().checked_sub(1) else {
        exhaust(&iterator.dict);
        return Err(cx.raise(&exception::RUNTIME_ERROR, "dictionary keys changed during iteration"));
    };
    iterator.remaining.set(remaining);
    Ok(Some(entry))
}

#[inline(always)]
fn step(iterator: &DictIterator, dict: &DictObject) -> Option<(Value, Value)> {
    let mut index = iterator.index.get();
    let count = dict.entry_count();
    while index < count {
        let entry = dict.entry(index);
        index += 1;
        if entry.is_some() {
            iterator.index.set(index);
            return entry;
        }
    }
    None
}

fn step_back(iterator: &DictIterator, dict: &DictObject) -> Option<(Value, Value)> {
    let mut index = iterator.index.get();
    if index > dict.entry_count() {
        return None;
    }
    while index > 0 {
        index -= 1;
        if let Some(entry) = dict.entry(index) {
            iterator.index.set(index);
            return Some(entry);
        }
    }
    None
}

fn next_key<const BACKWARDS: bool>(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    Ok(advance(cx, value, BACKWARDS)?.map(|(key, _)| Owned::new(key)))
}

fn next_value<const BACKWARDS: bool>(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    Ok(advance(cx, value, BACKWARDS)?.map(|(_, value)| Owned::new(value)))
}

fn next_item<const BACKWARDS: bool>(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    match advance(cx, value, BACKWARDS)? {
        Some((key, value)) => Ok(Some(TupleObject::new(cx, &[key, value]))),
        None => Ok(None),
    }
}

/// One row for each iterator type: static, Python name, `next` slot.
macro_rules! dict_iterators {
    ($( $kind:ident = $name:literal, $next:expr; )*) => { $(
        pub static $kind: StaticType = Immortal::new(
            TypeObject::builtin($name, size_of::<DictIterator>(), iterator_slots($next))
                .with_base(&OBJECT.object)
                .with_flags(flags::COLLECTED),
        );
    )* };
}

dict_iterators! {
    DICT_KEY_ITERATOR = "dict_keyiterator", next_key::<false>;
    DICT_VALUE_ITERATOR = "dict_valueiterator", next_value::<false>;
    DICT_ITEM_ITERATOR = "dict_itemiterator", next_item::<false>;
    DICT_REVERSE_KEY_ITERATOR = "dict_reversekeyiterator", next_key::<true>;
    DICT_REVERSE_VALUE_ITERATOR = "dict_reversevalueiterator", next_value::<true>;
    DICT_REVERSE_ITEM_ITERATOR = "dict_reverseitemiterator", next_item::<true>;
}

/// The dict iterator that a value is, if its type is one of the six.
pub fn cast<'a>(value: Value) -> Option<&'a DictIterator> {
    let kinds = [
        &DICT_KEY_ITERATOR,
        &DICT_VALUE_ITERATOR,
        &DICT_ITEM_ITERATOR,
        &DICT_REVERSE_KEY_ITERATOR,
        &DICT_REVERSE_VALUE_ITERATOR,
        &DICT_REVERSE_ITEM_ITERATOR,
    ];
    // SAFETY: (heap 2) objects of these types have this layout.
    kinds.iter().any(|kind| value.has_type(kind)).then(|| unsafe { value.cast_unchecked() })
}
