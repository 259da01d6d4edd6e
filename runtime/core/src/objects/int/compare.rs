//! Comparison of integers, with each other and exactly with floats.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::int::{Integer, as_i64, kernel, not_implemented};
use crate::objects::singleton::boolean;
use crate::objects::slots::CompareOp;
use crate::value::Value;
use std::cmp::Ordering;

/// The comparison slot: integers only; floats compare themselves with integers.
pub fn compare(_: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    match order(a, b) {
        Some(ordering) => Ok(Owned::new(boolean(op.holds(ordering)))),
        None => not_implemented(),
    }
}

/// The order of two integers; `None` if one is no integer.
pub fn order(a: Value, b: Value) -> Option<Ordering> {
    if let (Some(x), Some(y)) = (as_i64(a), as_i64(b)) {
        return Some(x.cmp(&y));
    }
    Some(Integer::of(a)?.compare(&Integer::of(b)?))
}

/// The order of a float and an integer, exactly; `None` for NaN.
pub fn order_float(float: f64, integer: &Integer<'_>) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    let magnitude = integer.magnitude();
    let sign = |negative: bool, zero: bool| {
        if zero {
            0
        } else if negative {
            -1
        } else {
            1
        }
    };
    let signs = sign(float < 0.0, float == 0.0).cmp(&sign(integer.negative, magnitude.is_empty()));
    if signs != Ordering::Equal || float == 0.0 {
        return Some(signs);
    }
    let ordering = order_magnitude(float.abs(), magnitude);
    Some(if integer.negative { ordering.reverse() } else { ordering })
}

/// The order of a positive float and a trimmed magnitude.
fn order_magnitude(float: f64, magnitude: &[u64]) -> Ordering {
    if float.is_infinite() {
        return Ordering::Greater;
    }
    let (mantissa, shift) = kernel::decompose(float);
    let mut limbs = [0; 17];
    kernel::shift_left(&mut limbs[..shift as usize / 64 + 2], &[mantissa], shift as u64);
    kernel::compare(kernel::trim(&limbs), magnitude).then(if float.fract() == 0.0 {
        Ordering::Equal
    } else {
        Ordering::Greater
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_and_integers_compare_exactly() {
        let order = |float: f64, integer: i64| order_float(float, &Integer::from_i64(integer)).unwrap();
        assert_eq!(order(0.5, 0), Ordering::Greater);
        assert_eq!(order(-0.5, 0), Ordering::Less);
        assert_eq!(order(-0.0, 0), Ordering::Equal);
        assert_eq!(order(2.0, 2), Ordering::Equal);
        assert_eq!(order(2.5, 2), Ordering::Greater);
        assert_eq!(order(-2.5, -2), Ordering::Less);
        assert_eq!(order(-2.5, -3), Ordering::Greater);
        assert_eq!(order(9007199254740992.0, 9007199254740993), Ordering::Less);
        assert_eq!(order(9223372036854775808.0, i64::MAX), Ordering::Greater);
        assert_eq!(order(f64::NEG_INFINITY, i64::MIN), Ordering::Less);
        assert!(order_float(f64::NAN, &Integer::from_i64(0)).is_none());
        let large = Integer::from_magnitude(false, &[0, 0, 1]);
        assert_eq!(order_float(2f64.powi(128), &large), Some(Ordering::Equal));
        assert_eq!(order_float(f64::MAX, &large), Some(Ordering::Greater));
    }
}
