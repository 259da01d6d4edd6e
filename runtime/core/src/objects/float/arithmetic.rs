//! Float arithmetic and comparison, with integers as the other operand too.

use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::objects::exception::{self, OVERFLOW_ERROR, ZERO_DIVISION_ERROR};
use crate::objects::float::{as_f64, complex, from_f64, operand};
use crate::objects::int::{Integer, compare::order_float, not_implemented};
use crate::objects::singleton::boolean;
use crate::objects::slots::CompareOp;
use crate::objects::str::StrObject;
use crate::objects::tuple::TupleObject;
use crate::value::Value;
use std::cmp::Ordering;

/// Both operands as floats; `None` if one is no number of a builtin type.
#[inline(always)]
fn operands(cx: &mut Context, a: Value, b: Value) -> Result<Option<(f64, f64)>> {
    if let (Some(x), Some(y)) = (as_f64(a), as_f64(b)) {
        return Ok(Some((x, y)));
    }
    let Some(x) = operand(cx, a)? else { return Ok(None) };
    let Some(y) = operand(cx, b)? else { return Ok(None) };
    Ok(Some((x, y)))
}

/// `a + b` with a float.
pub fn add(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some((x, y)) = operands(cx, a, b)? else { return not_implemented() };
    Ok(from_f64(cx, x + y))
}

/// `a - b` with a float.
pub fn subtract(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some((x, y)) = operands(cx, a, b)? else { return not_implemented() };
    Ok(from_f64(cx, x - y))
}

/// `a * b` with a float.
pub fn multiply(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some((x, y)) = operands(cx, a, b)? else { return not_implemented() };
    Ok(from_f64(cx, x * y))
}

/// `a / b` with a float.
pub fn true_divide(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some((x, y)) = operands(cx, a, b)? else { return not_implemented() };
    if y == 0.0 {
        return Err(division_by_zero(cx));
    }
    Ok(from_f64(cx, x / y))
}

/// `a // b` with a float.
pub fn floor_divide(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some((x, y)) = operands(cx, a, b)? else { return not_implemented() };
    if y == 0.0 {
        return Err(division_by_zero(cx));
    }
    Ok(from_f64(cx, divmod_f64(x, y).0))
}

/// `a % b` with a float.
pub fn remainder(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some((x, y)) = operands(cx, a, b)? else { return not_implemented() };
    if y == 0.0 {
        return Err(division_by_zero(cx));
    }
    Ok(from_f64(cx, remainder_f64(x, y)))
}

/// `divmod(a, b)` with a float: a tuple.
pub fn divmod(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some((x, y)) = operands(cx, a, b)? else { return not_implemented() };
    if y == 0.0 {
        return Err(division_by_zero(cx));
    }
    let (quotient, remainder) = divmod_f64(x, y);
    let (quotient, remainder) = (from_f64(cx, quotient), from_f64(cx, remainder));
    Ok(TupleObject::pair(cx, quotient, remainder))
}

#[cold]
fn division_by_zero(cx: &mut Context) -> Raised {
    cx.raise(&ZERO_DIVISION_ERROR, "division by zero")
}

/// The remainder with the divisor's sign. The divisor is not zero.
#[inline]
pub fn remainder_f64(a: f64, b: f64) -> f64 {
    let remainder = a % b;
    if remainder == 0.0 {
        0f64.copysign(b)
    } else if (b < 0.0) != (remainder < 0.0) {
        remainder + b
    } else {
        remainder
    }
}

/// Floor quotient and remainder, as CPython's `float_divmod` computes them. The divisor is not zero.
#[inline]
pub fn divmod_f64(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    // a - remainder is very nearly a multiple of b, so the quotient is nearly whole: round it to the nearest.
    let mut quotient = (a - remainder) / b;
    if remainder == 0.0 {
        remainder = 0f64.copysign(b);
    } else if (b < 0.0) != (remainder < 0.0) {
        remainder += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0f64.copysign(a / b), remainder);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, remainder)
}

/// `a ** b` with floats (or integers taken as floats).
pub fn power(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some((base, exponent)) = operands(cx, a, b)? else { return not_implemented() };
    if base == 0.0 && exponent < 0.0 && exponent.is_finite() {
        return Err(cx.raise(&ZERO_DIVISION_ERROR, "zero to a negative power"));
    }
    if base < 0.0 && base.is_finite() && exponent.is_finite() && exponent != exponent.floor() {
        return complex::power_of_floats(cx, base, exponent);
    }
    let result = power_f64(base, exponent);
    if result.is_infinite() && base.is_finite() && exponent.is_finite() {
        return Err(out_of_range(cx));
    }
    Ok(from_f64(cx, result))
}

/// The power by the platform's `pow`, whose special cases are those of C99, as Python wants them.
#[inline]
pub fn power_f64(base: f64, exponent: f64) -> f64 {
    base.powf(exponent)
}

/// OverflowError with the error number and text of `ERANGE`.
#[cold]
pub fn out_of_range(cx: &mut Context) -> Raised {
    let text = StrObject::new(cx, "Numerical result out of range");
    let number = Value::from_small_int(libc::ERANGE as i64);
    exception::raise_arguments(cx, &OVERFLOW_ERROR, &[number, text.value()])
}

/// The comparison slot: floats with floats and, exactly, with integers.
pub fn compare(_: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    let ordering = match (as_f64(a), as_f64(b)) {
        (Some(x), Some(y)) => x.partial_cmp(&y),
        (Some(x), None) => match Integer::of(b) {
            Some(y) => order_float(x, &y),
            None => return not_implemented(),
        },
        (None, Some(y)) => match Integer::of(a) {
            Some(x) => order_float(y, &x).map(Ordering::reverse),
            None => return not_implemented(),
        },
        (None, None) => return not_implemented(),
    };
    let truth = match ordering {
        Some(ordering) => op.holds(ordering),
        None => op == CompareOp::NotEqual,
    };
    Ok(Owned::new(boolean(truth)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floor_division_has_python_signs() {
        assert_eq!(divmod_f64(7.0, 2.0), (3.0, 1.0));
        assert_eq!(divmod_f64(-7.0, 2.0), (-4.0, 1.0));
        assert_eq!(divmod_f64(7.0, -2.0), (-4.0, -1.0));
        assert_eq!(divmod_f64(-7.0, -2.0), (3.0, -1.0));
        assert_eq!(divmod_f64(1.0, 0.1), (9.0, 0.09999999999999995));
        assert!(divmod_f64(-0.0, 1.0).0.is_sign_negative());
        assert!(remainder_f64(4.0, -2.0).is_sign_negative());
        assert_eq!(divmod_f64(-1e-20, 1.0), (-1.0, 1.0));
        assert!(divmod_f64(1.0, f64::INFINITY) == (0.0, 1.0));
        assert!(divmod_f64(-1.0, f64::INFINITY) == (-1.0, f64::INFINITY));
    }
}
