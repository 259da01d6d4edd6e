//! Ownership in runtime code: an `Owned` holds one count and gives it back when dropped.

use crate::context::Context;
use crate::value::Value;
use std::marker::PhantomData;
use std::num::NonZeroU64;

/// A value together with one count on it (if it is counted at all). Never unbound.
#[derive(Debug)]
#[repr(transparent)]
pub struct Owned(NonZeroU64, PhantomData<Value>);

impl Owned {
    /// Takes over a count that the caller holds.
    #[inline(always)]
    pub fn from_raw(value: Value) -> Owned {
        debug_assert!(!value.is_unbound());
        // SAFETY: values other than UNBOUND are not zero.
        Owned(unsafe { NonZeroU64::new_unchecked(value.0) }, PhantomData)
    }

    /// A new count on a value that the caller borrows.
    #[inline(always)]
    pub fn new(value: Value) -> Owned {
        increment_bound(value);
        Owned::from_raw(value)
    }

    /// Takes over a count, if there is a value.
    #[inline(always)]
    pub fn from_raw_option(value: Value) -> Option<Owned> {
        NonZeroU64::new(value.0).map(|word| Owned(word, PhantomData))
    }

    /// The value, borrowed.
    #[inline(always)]
    pub fn value(&self) -> Value {
        Value::from_word(self.0.get())
    }

    /// Gives the count to the caller.
    #[inline(always)]
    pub fn into_raw(self) -> Value {
        let value = self.value();
        std::mem::forget(self);
        value
    }
}

impl Clone for Owned {
    #[inline(always)]
    fn clone(&self) -> Owned {
        Owned::new(self.value())
    }
}

impl Drop for Owned {
    #[inline(always)]
    fn drop(&mut self) {
        let value = self.value();
        if value.is_counted_bound() {
            decrement(value);
        }
    }
}

/// The references to an object; none of one that is not counted.
pub fn count(value: Value) -> Option<u64> {
    // SAFETY: (heap 1) a counted value refers to a live object.
    value.is_counted().then(|| unsafe { (*value.header()).count })
}

/// Adds a count.
#[inline(always)]
pub fn increment(value: Value) {
    if value.is_counted() {
        // SAFETY: (heap 1) a counted value refers to a live object.
        unsafe { (*value.header()).count += 1 };
    }
}

/// Adds a count to a value that is not unbound.
#[inline(always)]
pub fn increment_bound(value: Value) {
    if value.is_counted_bound() {
        // SAFETY: (heap 1) a counted value refers to a live object.
        unsafe { (*value.header()).count += 1 };
    }
}

/// Takes a count away; at zero the object is torn down, but finalizers wait for the next safe point.
#[inline(always)]
pub fn decrement(value: Value) {
    if value.is_counted() {
        // SAFETY: (heap 1) a counted value refers to a live object.
        unsafe {
            let header = value.header();
            (*header).count -= 1;
            if (*header).count == 0 {
                Context::current().tear_down(value, false);
            }
        }
    }
}
