//! Iterators that walk a sequence by index, and the iterator that calls a function until it returns a sentinel.

use crate::context::{Context, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::objects::exception;
use crate::objects::int;
use crate::objects::iterator::{exhaust, iterator_slots, release_fields, traverse_fields};
use crate::objects::list::ListObject;
use crate::objects::slots::Slots;
use crate::objects::str::{self as text, StrObject};
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::{call, compare, subscript};
use crate::value::Value;
use std::cell::Cell;
use std::mem::offset_of;

/// One row for each iterator type: layout, name of its first field, static type, Python name, `next` slot.
macro_rules! index_iterators {
    ($( #[doc = $doc:literal] $layout:ident { $source:ident }, $kind:ident = $name:literal, $next:ident; )*) => { $(
        #[doc = $doc]
        #[repr(C)]
        pub struct $layout {
            pub header: Header,
            /// What is walked; unbound once exhausted.
            pub $source: Cell<Value>,
            /// Position of the next item.
            pub index: Cell<usize>,
        }

        impl $layout {
            #[inline]
            pub fn new(cx: &mut Context, source: Value) -> Owned {
                $layout::starting_at(cx, source, 0)
            }

            /// An iterator whose next item is at `index`.
            #[inline]
            pub fn starting_at(cx: &mut Context, source: Value, index: usize) -> Owned {
                walk(cx, &$kind.object, Owned::new(source), index)
            }
        }

        pub static $kind: StaticType = Immortal::new(
            TypeObject::builtin($name, size_of::<$layout>(), iterator_slots($next))
                .with_base(&OBJECT.object)
                .with_flags(flags::COLLECTED),
        );

        crate::object_type!($layout, $kind);
    )* };
}

index_iterators! {
    /// Walks a list. Compiled code reads the fields.
    ListIterator { list }, LIST_ITERATOR = "list_iterator", list_next;
    /// Walks a list backwards; the index is one more than that of the next item.
    ListReverseIterator { list }, LIST_REVERSE_ITERATOR = "list_reverseiterator", list_reverse_next;
    /// Walks a tuple. Compiled code reads the fields.
    TupleIterator { tuple }, TUPLE_ITERATOR = "tuple_iterator", tuple_next;
    /// Walks the code points of a string.
    StrIterator { string }, STR_ITERATOR = "str_iterator", str_next;
    /// Walks a string of ASCII alone: the same under another name.
    StrAsciiIterator { string }, STR_ASCII_ITERATOR = "str_ascii_iterator", str_next;
    /// Calls `__getitem__` with 0, 1, 2, … until IndexError or StopIteration.
    SequenceIterator { sequence }, SEQUENCE_ITERATOR = "iterator", sequence_next;
}

/// An iterator of one of these types over a sequence, which it takes over, with this index.
#[inline]
pub fn walk(cx: &mut Context, kind: &'static TypeObject, source: Owned, index: usize) -> Owned {
    debug_assert_eq!(kind.basic_bytes.get() as usize, size_of::<SequenceIterator>());
    let header = cx.heap.allocate(kind, size_of::<SequenceIterator>(), true);
    let iterator = header as *mut SequenceIterator;
    // SAFETY: (heap 3) fresh memory of the iterator's size; they all have these fields.
    unsafe {
        (&raw mut (*iterator).sequence).write(Cell::new(source.into_raw()));
        (&raw mut (*iterator).index).write(Cell::new(index));
    }
    Owned::from_raw(Value::from_pointer(iterator))
}

const _: () = assert!(offset_of!(ListIterator, list) == 16 && offset_of!(ListIterator, index) == 24);
const _: () = assert!(offset_of!(TupleIterator, tuple) == 16 && offset_of!(TupleIterator, index) == 24);

fn list_next(_cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &ListIterator = unsafe { value.cast_unchecked() };
    let source = iterator.list.get();
    if source.is_unbound() {
        return Ok(None);
    }
    let index = iterator.index.get();
    // SAFETY: (heap 2) a list iterator walks a list.
    match unsafe { source.cast_unchecked::<ListObject>() }.get(index) {
        Some(item) => {
            iterator.index.set(index + 1);
            Ok(Some(Owned::new(item)))
        }
        None => {
            exhaust(&iterator.list);
            Ok(None)
        }
    }
}

fn list_reverse_next(_cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &ListReverseIterator = unsafe { value.cast_unchecked() };
    let source = iterator.list.get();
    if source.is_unbound() {
        return Ok(None);
    }
    // SAFETY: (heap 2) a list iterator walks a list.
    let list: &ListObject = unsafe { source.cast_unchecked() };
    if let Some(index) = iterator.index.get().checked_sub(1)
        && let Some(item) = list.get(index)
    {
        iterator.index.set(index);
        return Ok(Some(Owned::new(item)));
    }
    exhaust(&iterator.list);
    Ok(None)
}

fn tuple_next(_cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &TupleIterator = unsafe { value.cast_unchecked() };
    let source = iterator.tuple.get();
    if source.is_unbound() {
        return Ok(None);
    }
    let index = iterator.index.get();
    // SAFETY: (heap 2) a tuple iterator walks a tuple.
    match unsafe { source.cast_unchecked::<TupleObject>() }.as_slice().get(index) {
        Some(item) => {
            iterator.index.set(index + 1);
            Ok(Some(Owned::new(*item)))
        }
        None => {
            exhaust(&iterator.tuple);
            Ok(None)
        }
    }
}

/// An iterator over the characters of a string.
pub fn iter_str(cx: &mut Context, source: Value) -> Result<Owned> {
    // SAFETY: (slots 1) a slot of `str` is called with a string.
    let ascii = unsafe { source.cast_unchecked::<StrObject>() }.is_ascii();
    Ok(if ascii { StrAsciiIterator::new(cx, source) } else { StrIterator::new(cx, source) })
}

fn str_next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &StrIterator = unsafe { value.cast_unchecked() };
    let source = iterator.string.get();
    if source.is_unbound() {
        return Ok(None);
    }
    let index = iterator.index.get();
    // SAFETY: (heap 2) a string iterator walks a string.
    let string: &StrObject = unsafe { source.cast_unchecked() };
    if index < string.len() {
        iterator.index.set(index + 1);
        return Ok(Some(text::character(cx, string.code_point(index))));
    }
    exhaust(&iterator.string);
    Ok(None)
}

fn sequence_next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &SequenceIterator = unsafe { value.cast_unchecked() };
    let source = iterator.sequence.get();
    if source.is_unbound() {
        return Ok(None);
    }
    let index = iterator.index.get();
    if index as i64 == i64::MAX {
        return Err(cx.overflow_error("iter index too large"));
    }
    let source = Owned::new(source);
    let key = int::from_usize(cx, index);
    match subscript::get_item(cx, source.value(), key.value()) {
        Ok(item) => {
            iterator.index.set(index + 1);
            Ok(Some(item))
        }
        Err(raised) => {
            if cx.swallow(&exception::INDEX_ERROR) || cx.swallow(&exception::STOP_ITERATION) {
                exhaust(&iterator.sequence);
                Ok(None)
            } else {
                Err(raised)
            }
        }
    }
}

/// `iter(callable, sentinel)`
#[repr(C)]
pub struct CallableIterator {
    pub header: Header,
    /// Unbound once exhausted, as is the sentinel.
    pub callable: Cell<Value>,
    pub sentinel: Cell<Value>,
}

impl CallableIterator {
    pub fn new(cx: &mut Context, callable: Value, sentinel: Value) -> Owned {
        let header = cx.heap.allocate(&raw const CALLABLE_ITERATOR.object, size_of::<CallableIterator>(), true);
        let iterator = header as *mut CallableIterator;
        // SAFETY: (heap 3) fresh memory of the iterator's size.
        unsafe {
            (&raw mut (*iterator).callable).write(Cell::new(Owned::new(callable).into_raw()));
            (&raw mut (*iterator).sentinel).write(Cell::new(Owned::new(sentinel).into_raw()));
        }
        Owned::from_raw(Value::from_pointer(iterator))
    }

    fn finish(&self) {
        exhaust(&self.callable);
        exhaust(&self.sentinel);
    }
}

fn callable_next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &CallableIterator = unsafe { value.cast_unchecked() };
    let callable = iterator.callable.get();
    if callable.is_unbound() {
        return Ok(None);
    }
    let callable = Owned::new(callable);
    let result = match call::call(cx, callable.value(), &[]) {
        Ok(result) => result,
        Err(raised) => {
            if cx.swallow(&exception::STOP_ITERATION) {
                iterator.finish();
                return Ok(None);
            }
            return Err(raised);
        }
    };
    // The call may have exhausted this very iterator.
    let Some(sentinel) = (!iterator.sentinel.get().is_unbound()).then(|| Owned::new(iterator.sentinel.get())) else {
        return Ok(None);
    };
    if compare::equals(cx, sentinel.value(), result.value())? {
        iterator.finish();
        return Ok(None);
    }
    Ok(Some(result))
}

pub static CALLABLE_ITERATOR: StaticType = Immortal::new(
    TypeObject::builtin(
        "callable_iterator",
        size_of::<CallableIterator>(),
        Slots {
            traverse: Some(traverse_fields::<2>),
            release: Some(release_fields::<2>),
            ..iterator_slots(callable_next)
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

crate::object_type!(CallableIterator, CALLABLE_ITERATOR);
