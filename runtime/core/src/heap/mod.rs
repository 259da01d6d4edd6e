//! The heap: object headers, allocation, ownership, teardown and the cycle collector.

pub mod allocate;
pub mod collect;
pub mod owned;
pub mod teardown;

use crate::objects::type_object::TypeObject;
use std::cell::UnsafeCell;

pub use allocate::Heap;
pub use owned::Owned;

/// The start of every object: the count at offset 0 and the type at offset 8, as in CPython's stable ABI.
#[derive(Debug)]
#[repr(C)]
pub struct Header {
    /// References to this object. Not atomic: the GIL guards it. Meaningless for immortal objects.
    pub count: u64,
    pub type_pointer: *const TypeObject,
    /// Counts change under shared references, which the compiler must not take for unchanging memory.
    shared: UnsafeCell<()>,
}

impl Header {
    /// The header of a new object, with one reference to it.
    #[inline(always)]
    pub const fn new(type_pointer: *const TypeObject) -> Header {
        Header { count: 1, type_pointer, shared: UnsafeCell::new(()) }
    }

    /// A header for a static, immortal object.
    pub const fn immortal(type_pointer: *const TypeObject) -> Header {
        Header { count: 1 << 30, type_pointer, shared: UnsafeCell::new(()) }
    }
}

/// Places a static object at an address ≡ 8 (mod 16), which is what makes it immortal.
#[repr(C, align(16))]
pub struct Immortal<T> {
    padding: u64,
    pub object: T,
}

impl<T> Immortal<T> {
    pub const fn new(object: T) -> Immortal<T> {
        Immortal { padding: 0, object }
    }
}

// SAFETY: (threads 1) objects are only touched by the thread that holds the GIL.
unsafe impl<T> Sync for Immortal<T> {}

impl<T> std::ops::Deref for Immortal<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        &self.object
    }
}
