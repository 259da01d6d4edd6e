//! The one-word value: an integer, a float or a pointer, told apart by the low bits (design §2).
//!
//! - `..00`: pointer to a heap object; mortal ones at addresses ≡ 0 (mod 16), immortal ones ≡ 8.
//! - `..01`: 62-bit signed integer.
//! - `..1.`: float, self-tagged: the bits minus 2^60, rotated left by four. Magnitudes of about 2^±(256..768) do not fit
//!   and are boxed.
//!
//! The zero word is no value: it marks an unbound register or an absent slot.

use crate::heap::Header;
use crate::objects::type_object::TypeObject;

/// A word that is or refers to a Python object. `Copy` and without `Drop`: it says nothing about ownership.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Value(pub u64, OneThread);

/// Keeps a type from being sent to another thread, or into a closure that runs without the GIL.
type OneThread = std::marker::PhantomData<*const ()>;

/// Subtracted from a float's bits before the rotation.
pub const FLOAT_BIAS: u64 = 1 << 60;
/// The left rotation of a tagged float.
pub const FLOAT_ROTATION: u32 = 4;
/// Set in `value & COUNTED_MASK` unless the value is a mortal object, which alone carries a count.
pub const COUNTED_MASK: u64 = 0xB;
/// Bits of the tag of an integer.
pub const INT_SHIFT: u32 = 2;
/// Largest integer that needs no box.
pub const INT_MAX: i64 = (1 << 61) - 1;
/// Smallest integer that needs no box.
pub const INT_MIN: i64 = -(1 << 61);

impl Value {
    /// No value: unbound, absent, or "an error is pending".
    pub const UNBOUND: Value = Value::from_word(0);

    /// The value whose representation is `word`.
    #[inline(always)]
    pub const fn from_word(word: u64) -> Value {
        Value(word, std::marker::PhantomData)
    }

    #[inline(always)]
    pub fn is_unbound(self) -> bool {
        self.0 == 0
    }

    #[inline(always)]
    pub fn is_int(self) -> bool {
        self.0 & 3 == 1
    }

    /// Whether this is an unboxed float.
    #[inline(always)]
    pub fn is_float(self) -> bool {
        self.0 & 2 != 0
    }

    #[inline(always)]
    pub fn is_pointer(self) -> bool {
        self.0 & 3 == 0
    }

    /// Whether this is a mortal heap object, the only kind with a count. False of unbound.
    #[inline(always)]
    pub fn is_counted(self) -> bool {
        // One test for `self.0 & COUNTED_MASK == 0 && self.0 != 0`: subtracting 16 leaves the tag alone and makes the
        // top bit of zero a one, which no address has. The rotation brings it down to the others.
        self.0.wrapping_sub(16).rotate_left(1) & (COUNTED_MASK << 1 | 1) == 0
    }

    /// Like `is_counted`, for a value that is not unbound.
    #[inline(always)]
    pub fn is_counted_bound(self) -> bool {
        debug_assert!(!self.is_unbound());
        self.0 & COUNTED_MASK == 0
    }

    /// The integer of a value that `is_int`.
    #[inline(always)]
    pub fn int(self) -> i64 {
        self.0 as i64 >> INT_SHIFT
    }

    /// The float of a value that `is_float`.
    #[inline(always)]
    pub fn float(self) -> f64 {
        f64::from_bits(self.0.rotate_right(FLOAT_ROTATION).wrapping_add(FLOAT_BIAS))
    }

    /// A small integer without a check of its range.
    #[inline(always)]
    pub const fn from_small_int(value: i64) -> Value {
        Value::from_word((value << INT_SHIFT) as u64 | 1)
    }

    /// The integer as an unboxed value, if it fits.
    #[inline(always)]
    pub fn try_from_int(value: i64) -> Option<Value> {
        value.checked_mul(4).map(|shifted| Value::from_word(shifted as u64 | 1))
    }

    /// The float as an unboxed value, if it fits.
    #[inline(always)]
    pub fn try_from_float(value: f64) -> Option<Value> {
        let word = value.to_bits().wrapping_sub(FLOAT_BIAS).rotate_left(FLOAT_ROTATION);
        (word & 2 != 0).then_some(Value::from_word(word))
    }

    /// The object that this pointer value refers to.
    #[inline(always)]
    pub fn header(self) -> *mut Header {
        debug_assert!(self.is_pointer() && self.0 != 0);
        self.0 as *mut Header
    }

    /// A pointer value.
    #[inline(always)]
    pub fn from_pointer<T>(pointer: *const T) -> Value {
        Value::from_word(pointer as u64)
    }

    /// The type pointer of a pointer value.
    #[inline(always)]
    pub fn heap_type(self) -> &'static TypeObject {
        // SAFETY: (heap 1) a pointer value refers to a live object, whose type outlives it.
        unsafe { &*(*self.header()).type_pointer }
    }

    /// Whether this is a heap object whose exact type is `expected`.
    #[inline(always)]
    pub fn has_type(self, expected: &'static TypeObject) -> bool {
        self.is_pointer() && self.0 != 0 && std::ptr::eq(self.heap_type(), expected)
    }

    /// The type of any value, integers and floats included.
    #[inline]
    pub fn type_of(self) -> &'static TypeObject {
        if self.is_int() {
            &crate::objects::int::INT
        } else if self.is_float() {
            &crate::objects::float::FLOAT
        } else {
            self.heap_type()
        }
    }

    /// The body of an object whose exact type is that of `T`, or of a subtype.
    #[inline]
    pub fn cast<'a, T: crate::objects::Object>(self) -> Option<&'a T> {
        if !self.is_pointer() || self.0 == 0 {
            return None;
        }
        let actual = self.heap_type();
        if std::ptr::eq(actual, T::type_object()) || actual.is_subtype(T::type_object()) {
            // SAFETY: (heap 2) an object of type T or of a subtype starts with a T.
            Some(unsafe { &*(self.0 as *const T) })
        } else {
            None
        }
    }

    /// The body of an object whose exact type is that of `T`.
    #[inline(always)]
    pub fn cast_exact<'a, T: crate::objects::Object>(self) -> Option<&'a T> {
        if self.has_type(T::type_object()) {
            // SAFETY: (heap 2) an object of type T starts with a T.
            Some(unsafe { &*(self.0 as *const T) })
        } else {
            None
        }
    }

    /// The body of an object that the caller knows to be a `T`.
    ///
    /// # Safety
    /// The value must refer to a live object whose layout starts with `T`.
    #[inline(always)]
    pub unsafe fn cast_unchecked<'a, T>(self) -> &'a T {
        debug_assert!(self.is_pointer() && self.0 != 0);
        // SAFETY: the caller's promise.
        unsafe { &*(self.0 as *const T) }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 == 0 {
            write!(f, "unbound")
        } else if self.is_int() {
            write!(f, "{}", self.int())
        } else if self.is_float() {
            write!(f, "{:?}", self.float())
        } else {
            write!(f, "<{}>", self.heap_type().name())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_round_trip_or_are_of_rare_magnitude() {
        let mut state = 88172645463325252u64;
        for _ in 0..200_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let float = f64::from_bits(state);
            match Value::try_from_float(float) {
                Some(value) => assert_eq!(value.float().to_bits(), state),
                None => {
                    let magnitude = float.abs().log2().abs();
                    assert!((255.0..=770.0).contains(&magnitude), "{float:e}");
                }
            }
        }
        for float in [0.0, -0.0, 1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324, f64::MAX] {
            assert!(Value::try_from_float(float).is_some(), "{float}");
        }
    }

    #[test]
    fn integers_of_62_bits_fit() {
        for value in [0, 1, -1, INT_MAX, INT_MIN] {
            assert_eq!(Value::try_from_int(value).unwrap().int(), value);
        }
        assert!(Value::try_from_int(INT_MAX + 1).is_none());
        assert!(Value::try_from_int(INT_MIN - 1).is_none());
    }
}
