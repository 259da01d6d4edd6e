//! Division of integers: floor quotients and remainders with Python's signs, and correctly rounded true quotients.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::exception::ZERO_DIVISION_ERROR;
use crate::objects::int::{
    Integer, as_i64, as_i128, big, from_i64, from_i128, from_limbs, kernel, not_implemented, with_limbs,
};
use crate::objects::tuple::TupleObject;
use crate::objects::{float, int};
use crate::value::Value;
use std::cmp::Ordering;

/// What a floor division is to compute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Quotient,
    Remainder,
}

/// `a // b` of integers.
pub fn floor_divide(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    if let (Some(x), Some(y)) = (as_i64(a), as_i64(b)) {
        if y == 0 {
            return Err(cx.raise(&ZERO_DIVISION_ERROR, "division by zero"));
        }
        return Ok(floor_i64(cx, x, y, Wanted::Quotient));
    }
    floor_slow(cx, a, b, Wanted::Quotient)
}

/// `a % b` of integers.
pub fn remainder(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    if let (Some(x), Some(y)) = (as_i64(a), as_i64(b)) {
        if y == 0 {
            return Err(cx.raise(&ZERO_DIVISION_ERROR, "division by zero"));
        }
        return Ok(floor_i64(cx, x, y, Wanted::Remainder));
    }
    floor_slow(cx, a, b, Wanted::Remainder)
}

/// `divmod(a, b)` of integers: a tuple.
pub fn divmod(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let (Some(x), Some(y)) = (Integer::of(a), Integer::of(b)) else { return not_implemented() };
    if y.is_zero() {
        return Err(cx.raise(&ZERO_DIVISION_ERROR, "division by zero"));
    }
    let (quotient, remainder) = if let (Some(x), Some(y)) = (as_i64(a), as_i64(b)) {
        (floor_i64(cx, x, y, Wanted::Quotient), floor_i64(cx, x, y, Wanted::Remainder))
    } else if let (Some(x), Some(y)) = (as_i128(a), as_i128(b)) {
        (floor_i128(cx, x, y, Wanted::Quotient), floor_i128(cx, x, y, Wanted::Remainder))
    } else {
        let (magnitude, rest) = big::divide(x.magnitude(), y.magnitude());
        let differ = x.negative != y.negative;
        let words = magnitude.as_words();
        let quotient = with_limbs(cx, words.len() + 1, |cx, out| {
            out[..words.len()].copy_from_slice(words);
            out[words.len()] = 0;
            finish(cx, out, rest.as_words(), &y, differ, Wanted::Quotient)
        });
        (quotient, finish(cx, &mut [], rest.as_words(), &y, differ, Wanted::Remainder))
    };
    Ok(TupleObject::pair(cx, quotient, remainder))
}

#[inline]
fn floor_i64(cx: &mut Context, a: i64, b: i64, wanted: Wanted) -> Owned {
    if b == -1 {
        return match wanted {
            Wanted::Quotient => from_i128(cx, -(a as i128)),
            Wanted::Remainder => from_i64(cx, 0),
        };
    }
    let (quotient, remainder) = (a / b, a % b);
    // Truncation differs from the floor when there is a remainder of the other sign.
    let adjust = remainder != 0 && (remainder < 0) != (b < 0);
    match wanted {
        Wanted::Quotient => from_i64(cx, quotient - adjust as i64),
        Wanted::Remainder => from_i64(cx, if adjust { remainder + b } else { remainder }),
    }
}

/// The same of numbers of up to two limbs.
fn floor_i128(cx: &mut Context, a: i128, b: i128, wanted: Wanted) -> Owned {
    let (magnitude, divisor) = (a.unsigned_abs(), b.unsigned_abs());
    let (quotient, rest) = match u64::try_from(divisor) {
        Ok(divisor) => {
            let mut quotient = [0; 2];
            let limbs = [magnitude as u64, (magnitude >> 64) as u64];
            let rest = kernel::divide_small(&mut quotient, &limbs, divisor);
            (u128::from(quotient[1]) << 64 | u128::from(quotient[0]), u128::from(rest))
        }
        Err(_) => {
            let quotient = magnitude / divisor;
            (quotient, magnitude - quotient * divisor)
        }
    };
    let differ = (a < 0) != (b < 0);
    let adjust = differ && rest != 0;
    // Magnitudes are below 2^127: their quotient, one more, and what is left fit.
    match wanted {
        Wanted::Quotient => {
            let quotient = quotient as i128 + i128::from(adjust);
            from_i128(cx, if differ { -quotient } else { quotient })
        }
        Wanted::Remainder => {
            let rest = if adjust { (divisor - rest) as i128 } else { rest as i128 };
            from_i128(cx, if b < 0 { -rest } else { rest })
        }
    }
}

#[cold]
fn floor_slow(cx: &mut Context, a: Value, b: Value, wanted: Wanted) -> Result<Owned> {
    if let (Some(x), Some(y @ (..=-1 | 1..))) = (as_i128(a), as_i128(b)) {
        return Ok(floor_i128(cx, x, y, wanted));
    }
    let (Some(x), Some(y)) = (Integer::of(a), Integer::of(b)) else { return not_implemented() };
    if y.is_zero() {
        return Err(cx.raise(&ZERO_DIVISION_ERROR, "division by zero"));
    }
    let differ = x.negative != y.negative;
    if kernel::compare(x.magnitude(), y.magnitude()) == Ordering::Less {
        let adjust = differ && !x.is_zero();
        return Ok(match wanted {
            Wanted::Quotient => from_i64(cx, -(adjust as i64)),
            Wanted::Remainder if adjust => int::arithmetic::add_signed(cx, &x, &y, y.negative),
            Wanted::Remainder => int::exact(cx, a),
        });
    }
    if let &[divisor] = y.magnitude() {
        let length = x.magnitude().len();
        return Ok(with_limbs(cx, length + 1, |cx, out| {
            out[length] = 0;
            let rest = kernel::divide_small(&mut out[..length], x.magnitude(), divisor);
            finish(cx, out, &[rest], &y, differ, wanted)
        }));
    }
    let (quotient, rest) = big::divide(x.magnitude(), y.magnitude());
    let quotient = quotient.as_words();
    Ok(with_limbs(cx, quotient.len() + 1, |cx, out| {
        out[..quotient.len()].copy_from_slice(quotient);
        out[quotient.len()] = 0;
        finish(cx, out, rest.as_words(), &y, differ, wanted)
    }))
}

/// Turns the quotient (with a spare limb) and remainder of magnitudes into those of signed numbers.
fn finish(
    cx: &mut Context,
    quotient: &mut [u64],
    rest: &[u64],
    divisor: &Integer<'_>,
    differ: bool,
    wanted: Wanted,
) -> Owned {
    let rest = kernel::trim(rest);
    let adjust = differ && !rest.is_empty();
    match wanted {
        Wanted::Quotient => {
            if adjust {
                kernel::multiply_add_small(quotient, 1, 1);
            }
            from_limbs(cx, differ, quotient)
        }
        Wanted::Remainder if adjust => {
            let rest = Integer::from_magnitude(!divisor.negative, rest);
            int::arithmetic::add_signed(cx, &rest, divisor, divisor.negative)
        }
        Wanted::Remainder => from_limbs(cx, divisor.negative, rest),
    }
}

/// `a / b` of integers: the float nearest to the quotient.
pub fn true_divide(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    /// Integers up to here are floats exactly, so that dividing the floats rounds once.
    const EXACT_MAX: u64 = 1 << 53;
    if let (Some(x), Some(y)) = (as_i64(a), as_i64(b))
        && x.unsigned_abs() <= EXACT_MAX
        && y.unsigned_abs() <= EXACT_MAX
        && y != 0
    {
        return Ok(float::from_f64(cx, x as f64 / y as f64));
    }
    let (Some(x), Some(y)) = (Integer::of(a), Integer::of(b)) else { return not_implemented() };
    if y.is_zero() {
        return Err(cx.raise(&ZERO_DIVISION_ERROR, "division by zero"));
    }
    let quotient = divide_to_f64(x.magnitude(), y.magnitude());
    if quotient.is_infinite() {
        return Err(cx.overflow_error("integer division result too large for a float"));
    }
    Ok(float::from_f64(cx, if x.negative != y.negative { -quotient } else { quotient }))
}

/// The quotient of two trimmed magnitudes, the divisor not empty, rounded to nearest (half to even); infinite on
/// overflow.
pub fn divide_to_f64(a: &[u64], b: &[u64]) -> f64 {
    if a.is_empty() {
        return 0.0;
    }
    // Scale the dividend so that the quotient has 65 or 66 bits: more than a float keeps, with the rest folded into
    // the lowest bit.
    let shift = kernel::bit_length(b) as i64 - kernel::bit_length(a) as i64 + 65;
    if shift < -1100 {
        return f64::INFINITY;
    }
    if shift > 1300 {
        return 0.0;
    }
    let (quotient, rest) = if shift >= 0 {
        let mut scaled = vec![0; a.len() + shift as usize / 64 + 1];
        kernel::shift_left(&mut scaled, a, shift as u64);
        big::divide(kernel::trim(&scaled), b)
    } else {
        let mut scaled = vec![0; b.len() + (-shift) as usize / 64 + 1];
        kernel::shift_left(&mut scaled, b, (-shift) as u64);
        big::divide(a, kernel::trim(&scaled))
    };
    let (mantissa, exponent) = kernel::leading(quotient.as_words());
    kernel::round_to_f64(mantissa | !rest.is_zero() as u64, exponent - shift)
}

#[cfg(test)]
mod tests {
    use super::divide_to_f64;

    #[test]
    fn true_quotients_round_once() {
        assert_eq!(divide_to_f64(&[1], &[3]), 1.0 / 3.0);
        assert_eq!(divide_to_f64(&[0, 1], &[0, 0, 1]), 2f64.powi(-64));
        assert_eq!(divide_to_f64(&[u64::MAX], &[1]), 18446744073709551616.0);
        assert_eq!(divide_to_f64(&[9007199254740993], &[1]), 9007199254740992.0);
        assert_eq!(divide_to_f64(&[0, 3], &[0, 9007199254740992]), 3.0 / 9007199254740992.0);
        assert!(divide_to_f64(&[1; 20], &[1]).is_infinite());
        assert_eq!(divide_to_f64(&[1], &[1; 20]), 0.0);
    }
}
