//! `bytes`: an immutable run of bytes, inline in the object.
//!
//! Not here: methods (in the builtins crate).

pub mod bytearray;
pub mod hexadecimal;
pub mod iterator;
pub mod new;
pub mod slots;

use crate::context::Context;
use crate::heap::{Header, Owned};
use crate::objects::instance;
use crate::objects::type_object::TypeObject;
use crate::value::Value;
use std::cell::Cell;

pub use bytearray::{BYTEARRAY, ByteArrayObject};
pub use iterator::{BYTEARRAY_ITERATOR, BYTES_ITERATOR, BytesIterator};
pub use slots::BYTES;

/// The fixed part of a `bytes`; the bytes follow, and a zero, so that C functions can read them as a string.
#[repr(C)]
pub struct BytesObject {
    pub header: Header,
    /// The hash, or 0 when it was not computed yet.
    pub hash: Cell<i64>,
    pub length: usize,
}

/// Where the bytes start.
pub const DATA_OFFSET: usize = size_of::<BytesObject>();
const _: () = assert!(DATA_OFFSET == 32);

crate::object_type!(BytesObject, BYTES);

impl BytesObject {
    /// A `bytes` with this content.
    #[inline]
    pub fn new(cx: &mut Context, bytes: &[u8]) -> Owned {
        BytesObject::with_length(cx, bytes.len(), |target| {
            // SAFETY: the target has room for the bytes; a new object does not overlap them.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), target, bytes.len()) };
        })
    }

    /// A `bytes` of `length`, which `fill` must fill completely.
    #[inline]
    pub fn with_length(cx: &mut Context, length: usize, fill: impl FnOnce(*mut u8)) -> Owned {
        let header = cx.heap.allocate(&BYTES.object, DATA_OFFSET + length + 1, false);
        // SAFETY: (heap 3) fresh memory of that size.
        unsafe { BytesObject::fill_fields(header, length, fill) }
    }

    /// An instance of `class`, a subclass of `bytes`, with this content.
    pub fn new_of_class(cx: &mut Context, class: &'static TypeObject, bytes: &[u8]) -> Owned {
        let header = instance::allocate(cx, class, DATA_OFFSET + bytes.len() + 1);
        // SAFETY: (heap 3) fresh memory of that size, which the copy fills.
        unsafe {
            BytesObject::fill_fields(header, bytes.len(), |target| {
                std::ptr::copy_nonoverlapping(bytes.as_ptr(), target, bytes.len());
            })
        }
    }

    /// # Safety
    /// `header` starts memory for a `bytes` of `length` and the zero behind it.
    unsafe fn fill_fields(header: *mut Header, length: usize, fill: impl FnOnce(*mut u8)) -> Owned {
        let object = header as *mut BytesObject;
        // SAFETY: the caller's promise.
        unsafe {
            (&raw mut (*object).hash).write(Cell::new(0));
            (&raw mut (*object).length).write(length);
            fill((object as *mut u8).add(DATA_OFFSET));
            (object as *mut u8).add(DATA_OFFSET + length).write(0);
        }
        Owned::from_raw(Value::from_pointer(object))
    }

    /// The content.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: (bytes 1) `length` bytes follow the fixed part.
        unsafe {
            let data = (self as *const BytesObject as *const u8).add(DATA_OFFSET);
            std::slice::from_raw_parts(data, self.length)
        }
    }

    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The hash, computed at most once; equal to that of the ASCII string with the same bytes.
    pub fn hash(&self, cx: &Context) -> i64 {
        if self.hash.get() == 0 {
            self.hash.set(crate::objects::str::hash::hash_bytes(cx.interpreter().hash_key, self.as_slice()));
        }
        self.hash.get()
    }
}

/// The bytes of a bytes-like object: `bytes`, `bytearray` and subclasses. A borrow of a `bytearray` must not live
/// across anything that may run Python code.
#[inline]
pub fn like<'a>(value: Value) -> Option<&'a [u8]> {
    if let Some(bytes) = value.cast::<BytesObject>() {
        return Some(bytes.as_slice());
    }
    value.cast::<ByteArrayObject>().map(ByteArrayObject::as_slice)
}

/// Whether two runs of bytes are equal. Looks at every byte of the second, whatever the first holds.
pub fn same_in_constant_time(left: &[u8], right: &[u8]) -> bool {
    let mut different = u8::from(left.len() != right.len());
    for (index, byte) in right.iter().enumerate() {
        let other = left.get(index).copied().unwrap_or(!*byte);
        different |= std::hint::black_box(byte ^ other);
    }
    different == 0
}
