//! Iteration over `bytes` and `bytearray`: the items are small integers.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::objects::bytes::like;
use crate::objects::slots::Slots;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::value::Value;
use std::cell::Cell;

/// An iterator over the bytes of `source`, which it owns until it is exhausted.
#[repr(C)]
pub struct BytesIterator {
    pub header: Header,
    pub source: Cell<Value>,
    pub index: Cell<usize>,
}

const SLOTS: Slots = Slots {
    iter: Some(|_, value| Ok(Owned::new(value))),
    next: Some(next),
    traverse: Some(traverse),
    release: Some(release),
    ..Slots::EMPTY
};

pub static BYTES_ITERATOR: StaticType = Immortal::new(
    TypeObject::builtin("bytes_iterator", size_of::<BytesIterator>(), SLOTS)
        .with_base(&OBJECT.object)
        .with_flags(flags::COLLECTED),
);

pub static BYTEARRAY_ITERATOR: StaticType = Immortal::new(
    TypeObject::builtin("bytearray_iterator", size_of::<BytesIterator>(), SLOTS)
        .with_base(&OBJECT.object)
        .with_flags(flags::COLLECTED),
);

crate::object_type!(BytesIterator, BYTES_ITERATOR);

/// An iterator of type `kind` over the bytes-like `source`.
pub fn new(cx: &mut Context, kind: &'static TypeObject, source: Value) -> Owned {
    let header = cx.heap.allocate(kind, size_of::<BytesIterator>(), true);
    let iterator = header as *mut BytesIterator;
    // SAFETY: (heap 3) fresh memory of that size.
    unsafe {
        (&raw mut (*iterator).source).write(Cell::new(Owned::new(source).into_raw()));
        (&raw mut (*iterator).index).write(Cell::new(0));
    }
    Owned::from_raw(Value::from_pointer(iterator))
}

fn next(_cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type; both types have this layout.
    let iterator: &BytesIterator = unsafe { value.cast_unchecked() };
    let source = iterator.source.get();
    if source.is_unbound() {
        return Ok(None);
    }
    let index = iterator.index.get();
    if let Some(byte) = like(source).and_then(|bytes| bytes.get(index)) {
        iterator.index.set(index + 1);
        return Ok(Some(Owned::new(Value::from_small_int(*byte as i64))));
    }
    iterator.source.set(Value::UNBOUND);
    drop(Owned::from_raw(source));
    Ok(None)
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (slots 1) as above.
    let source = unsafe { (*(header as *const BytesIterator)).source.get() };
    if !source.is_unbound() {
        visit(source);
    }
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (slots 1) as above.
    children.push(unsafe { (*(header as *const BytesIterator)).source.replace(Value::UNBOUND) });
}
