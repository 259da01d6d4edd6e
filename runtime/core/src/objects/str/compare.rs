//! Equality and order of strings, by code points.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::singleton;
use crate::objects::slots::CompareOp;
use crate::objects::str::{StrObject, cast};
use crate::value::Value;

impl StrObject {
    /// Whether both strings have the same code points.
    #[inline]
    pub fn equals(&self, other: &StrObject) -> bool {
        if std::ptr::eq(self, other) {
            return true;
        }
        if self.length != other.length || self.kind != other.kind {
            return false;
        }
        let (left, right) = (self.hash.get(), other.hash.get());
        if left != right && left != 0 && right != 0 {
            return false;
        }
        self.as_bytes() == other.as_bytes()
    }
}

/// Whether two values, both strings, are equal; false if one is no string.
#[inline]
pub fn equal(left: Value, right: Value) -> bool {
    if left == right {
        return true;
    }
    match (cast(left), cast(right)) {
        (Some(left), Some(right)) => left.equals(right),
        _ => false,
    }
}

/// Whether `value` is a string with this text.
pub fn equals_text(value: Value, text: &str) -> bool {
    let Some(string) = cast(value) else { return false };
    if string.is_ascii() {
        return string.as_bytes() == text.as_bytes();
    }
    string.code_points().eq(text.chars().map(|point| point as u32))
}

/// The slot `compare`.
pub fn compare(_cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let (Some(left), Some(right)) = (cast(left), cast(right)) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    Ok(Owned::new(singleton::boolean(holds(left, right, op))))
}

/// The truth of a comparison of strings.
#[inline]
pub fn holds(left: &StrObject, right: &StrObject, op: CompareOp) -> bool {
    match op {
        CompareOp::Equal => left.equals(right),
        CompareOp::NotEqual => !left.equals(right),
        _ if std::ptr::eq(left, right) => op.holds(std::cmp::Ordering::Equal),
        // Most orders are decided by the first character.
        _ if left.kind.get() == 1
            && right.kind.get() == 1
            && !left.is_empty()
            && !right.is_empty()
            && left.code_point(0) != right.code_point(0) =>
        {
            op.holds(left.code_point(0).cmp(&right.code_point(0)))
        }
        _ => op.holds(left.units().compare(right.units())),
    }
}
