//! Rich comparison (CPython's `PyObject_RichCompare`).

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::slots::CompareOp;
use crate::objects::str::{self, STR};
use crate::objects::{singleton, tuple};
use crate::operations::convert;
use crate::value::Value;

/// `a op b`
pub fn compare(cx: &mut Context, op: CompareOp, a: Value, b: Value) -> Result<Owned> {
    cx.check_native_stack(" in comparison")?;
    let (left_type, right_type) = (a.type_of(), b.type_of());
    let not_implemented = singleton::not_implemented();
    let mut tried_right = false;
    if !std::ptr::eq(left_type, right_type)
        && right_type.is_subtype(left_type)
        && let Some(function) = right_type.slots().compare
    {
        tried_right = true;
        let result = function(cx, b, a, op.swapped())?;
        if result.value() != not_implemented {
            return Ok(result);
        }
    }
    if let Some(function) = left_type.slots().compare {
        let result = function(cx, a, b, op)?;
        if result.value() != not_implemented {
            return Ok(result);
        }
    }
    if tried_right { undecided(cx, op, a, b) } else { compare_declined(cx, op, a, b) }
}

/// `a op b` after `a` answered `NotImplemented` and `b` was not asked yet.
pub fn compare_declined(cx: &mut Context, op: CompareOp, a: Value, b: Value) -> Result<Owned> {
    if let Some(function) = b.type_of().slots().compare {
        let result = function(cx, b, a, op.swapped())?;
        if result.value() != singleton::not_implemented() {
            return Ok(result);
        }
    }
    undecided(cx, op, a, b)
}

/// What `a op b` is when neither operand knows.
fn undecided(cx: &mut Context, op: CompareOp, a: Value, b: Value) -> Result<Owned> {
    match op {
        CompareOp::Equal => Ok(Owned::new(singleton::boolean(is_same(a, b)))),
        CompareOp::NotEqual => Ok(Owned::new(singleton::boolean(!is_same(a, b)))),
        _ => {
            let (left, right) = (a.type_of().name(), b.type_of().name());
            let symbol = op.symbol();
            Err(cx.type_error(format!("'{symbol}' not supported between instances of '{left}' and '{right}'")))
        }
    }
}

/// The truth of `a op b`.
#[inline]
pub fn truth(cx: &mut Context, op: CompareOp, a: Value, b: Value) -> Result<bool> {
    if a.is_int() && b.is_int() {
        return Ok(op.holds(a.int().cmp(&b.int())));
    }
    let result = compare(cx, op, a, b)?;
    convert::truth(cx, result.value())
}

/// Whether `a is b or a == b`, as containers compare.
#[inline]
pub fn equals(cx: &mut Context, a: Value, b: Value) -> Result<bool> {
    if let Some(known) = known_equal(a, b, NESTED_MAX) {
        return Ok(known);
    }
    truth(cx, CompareOp::Equal, a, b)
}

/// How deep `known_equal` looks into tuples of tuples.
pub const NESTED_MAX: u32 = 8;

/// The same where no Python code has to be asked and nothing can be raised: for identical values, small integers, texts,
/// None, and tuples of such things. `None`: that is not known here.
#[inline]
pub fn known_equal(a: Value, b: Value, nested: u32) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    if a.is_int() && b.is_int() {
        return Some(false);
    }
    if !a.is_pointer() || !b.is_pointer() {
        return None;
    }
    known_equal_objects(a, b, nested)
}

fn known_equal_objects(a: Value, b: Value, nested: u32) -> Option<bool> {
    if a.has_type(&STR) && b.has_type(&STR) {
        return Some(str::equal(a, b));
    }
    if let (Some(left), Some(right)) = (tuple::plain_items(a), tuple::plain_items(b)) {
        if left.len() != right.len() {
            return Some(false);
        }
        if nested == 0 {
            return None;
        }
        for (&left, &right) in left.iter().zip(right) {
            match known_equal(left, right, nested - 1) {
                Some(true) => {}
                other => return other,
            }
        }
        return Some(true);
    }
    boxed_same(a, b).then_some(true)
}

/// `a is b`: identity, with ints and floats compared by value whatever their representation.
#[inline]
pub fn is_same(a: Value, b: Value) -> bool {
    a == b || a.is_pointer() && b.is_pointer() && boxed_same(a, b)
}

#[cold]
fn boxed_same(a: Value, b: Value) -> bool {
    if let (Some(x), Some(y)) =
        (a.cast_exact::<crate::objects::float::FloatObject>(), b.cast_exact::<crate::objects::float::FloatObject>())
    {
        return x.value.to_bits() == y.value.to_bits();
    }
    false
}
