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
    if exponent == 2.0
        && let Some(square) = certain_square(base)
    {
        return square;
    }
    base.powf(exponent)
}

/// The square of a number if `pow` cannot but agree: a product is rounded correctly, `pow` only to 0.54 units in the last
/// place. So they are the same unless the exact square lies near the middle between two doubles.
#[inline]
fn certain_square(base: f64) -> Option<f64> {
    let square = base * base;
    if !(1e-280..1e280).contains(&square) {
        return None;
    }
    // What rounding lost, exactly (Dekker).
    let high = base * 134_217_729.0;
    let high = high - (high - base);
    let low = base - high;
    let lost = ((high * high - square) + 2.0 * high * low) + low * low;
    let spacing = square - f64::from_bits(square.to_bits() - 1);
    (lost.abs() <= spacing * 0.45).then_some(square)
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
    fn squares_are_those_of_pow() {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let (mut quick, mut different) = (0, 0);
        for _ in 0..300_000 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let fraction = state >> 12 | 0x3ff0_0000_0000_0000;
            let exponent = (state >> 3 & 255) as i32 - 128;
            let base = f64::from_bits(fraction) * 2f64.powi(exponent);
            let exact = std::hint::black_box(base).powf(std::hint::black_box(2.0));
            assert_eq!(power_f64(base, 2.0), exact, "{base:?}");
            quick += certain_square(base).is_some() as u32;
            different += (base * base != exact) as u32;
        }
        // Most take the quick way, and it is not what makes them equal.
        assert!(quick > 200_000 && different > 0, "{quick} {different}");
        assert_eq!(power_f64(-3.0, 2.0), 9.0);
        assert!(power_f64(f64::NAN, 2.0).is_nan());
    }

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
