//! A uniform view of integers of any representation, and the bridge to `dashu-int` for what is large: long products,
//! long division, radix conversion, roots and greatest common divisors.

use crate::context::Context;
use crate::heap::Owned;
use crate::objects::int::{as_object, from_limbs, kernel};
use crate::value::Value;
use dashu_int::UBig;
use dashu_int::ops::{DivRem, Gcd, SquareRoot};
use std::cmp::Ordering;

/// An integer as sign and magnitude, wherever its limbs are.
#[derive(Clone, Copy)]
pub struct Integer<'a> {
    pub negative: bool,
    /// The magnitude when `limbs` is absent.
    small: u64,
    limbs: Option<&'a [u64]>,
}

impl<'a> Integer<'a> {
    /// The view of an `int`, `bool` or instance of a subclass. It borrows the object: keep the value alive.
    #[inline]
    pub fn of(value: Value) -> Option<Integer<'a>> {
        if value.is_int() {
            return Some(Integer::from_i64(value.int()));
        }
        let object = as_object(value)?;
        Some(Integer { negative: object.is_negative(), small: 0, limbs: Some(object.magnitude()) })
    }

    #[inline]
    pub fn from_i64(value: i64) -> Integer<'static> {
        Integer { negative: value < 0, small: value.unsigned_abs(), limbs: None }
    }

    /// A view of trimmed limbs.
    pub fn from_magnitude(negative: bool, limbs: &'a [u64]) -> Integer<'a> {
        Integer { negative, small: 0, limbs: Some(limbs) }
    }

    /// The trimmed limbs.
    #[inline]
    pub fn magnitude(&self) -> &[u64] {
        match self.limbs {
            Some(limbs) => limbs,
            None if self.small == 0 => &[],
            None => std::slice::from_ref(&self.small),
        }
    }

    pub fn is_zero(&self) -> bool {
        self.magnitude().is_empty()
    }

    pub fn is_odd(&self) -> bool {
        self.magnitude().first().is_some_and(|limb| limb & 1 == 1)
    }

    pub fn bit_length(&self) -> u64 {
        kernel::bit_length(self.magnitude())
    }

    /// The nearest float, infinite beyond the range of floats.
    pub fn to_f64(&self) -> f64 {
        if self.is_zero() {
            return 0.0;
        }
        let (mantissa, exponent) = kernel::leading(self.magnitude());
        let float = kernel::round_to_f64(mantissa, exponent);
        if self.negative { -float } else { float }
    }

    /// The order of two integers.
    pub fn compare(&self, other: &Integer<'_>) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => kernel::compare(self.magnitude(), other.magnitude()),
            (true, true) => kernel::compare(other.magnitude(), self.magnitude()),
        }
    }

    /// The magnitude as a number of the large-integer library.
    pub fn to_ubig(&self) -> UBig {
        UBig::from_words(self.magnitude())
    }
}

/// An `int` from a magnitude of the large-integer library.
pub fn from_ubig(cx: &mut Context, negative: bool, magnitude: &UBig) -> Owned {
    from_limbs(cx, negative, magnitude.as_words())
}

/// The largest integer whose square is not larger.
pub fn square_root(cx: &mut Context, value: &Integer<'_>) -> Owned {
    from_ubig(cx, false, &value.to_ubig().sqrt())
}

/// The greatest common divisor of two magnitudes.
pub fn gcd(cx: &mut Context, a: &Integer<'_>, b: &Integer<'_>) -> Owned {
    if let ([], rest) | (rest, []) = (a.magnitude(), b.magnitude()) {
        return from_limbs(cx, false, rest);
    }
    if let (&[x], &[y]) = (a.magnitude(), b.magnitude()) {
        return crate::objects::int::from_u64(cx, gcd_u64(x, y));
    }
    from_ubig(cx, false, &a.to_ubig().gcd(&b.to_ubig()))
}

/// The greatest common divisor of two positive numbers, by halving and subtracting.
pub fn gcd_u64(mut a: u64, mut b: u64) -> u64 {
    debug_assert!(a != 0 && b != 0);
    let shift = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        (a, b) = (a.min(b), a.abs_diff(b));
    }
    a << shift
}

/// The multiple of 10^zeros nearest to `value`, of two equally near ones the even multiple.
pub fn round_to_tens(cx: &mut Context, value: &Integer<'_>, zeros: u64) -> Owned {
    // 10^zeros has more than 3 * zeros bits: far above the number it rounds to zero.
    if zeros.saturating_mul(3) > value.bit_length() + 2 {
        return Owned::from_raw(Value::from_small_int(0));
    }
    let unit = UBig::from(10u8).pow(zeros as usize);
    let (mut quotient, rest) = value.to_ubig().div_rem(&unit);
    let odd = quotient.as_words().first().is_some_and(|word| word & 1 == 1);
    let up = match (rest << 1usize).cmp(&unit) {
        Ordering::Less => false,
        Ordering::Equal => odd,
        Ordering::Greater => true,
    };
    if up {
        quotient += UBig::ONE;
    }
    from_ubig(cx, value.negative, &(quotient * unit))
}

/// Quotient and remainder of magnitudes; the divisor is not empty.
pub fn divide(a: &[u64], b: &[u64]) -> (UBig, UBig) {
    UBig::from_words(a).div_rem(UBig::from_words(b))
}

/// Bits up to which a product is computed word by word.
const SMALL_PRODUCT_BITS: u64 = 64 * 40;

/// The product of the whole numbers from `first` to `last`, by halves, so that the factors of large products are
/// about equally long; of small ones word by word, each of as many factors as fit.
pub fn product_of_range(first: u64, last: u64) -> UBig {
    if first > last {
        return UBig::ONE;
    }
    let bits = (u64::BITS - last.leading_zeros()) as u64;
    if (last - first + 1).saturating_mul(bits) <= SMALL_PRODUCT_BITS {
        let (mut product, mut word) = (UBig::ONE, first);
        // Not from `first + 1`, which the largest word has not.
        for factor in (first..=last).skip(1) {
            match word.checked_mul(factor) {
                Some(larger) => word = larger,
                None => product *= std::mem::replace(&mut word, factor),
            }
        }
        return product * word;
    }
    let middle = first + (last - first) / 2;
    product_of_range(first, middle) * product_of_range(middle + 1, last)
}

/// `n * (n - 1) * … ` with `count` factors, for `n` of any size.
fn falling_product(n: &UBig, count: u64) -> UBig {
    if count == 0 {
        return UBig::ONE;
    }
    if let Ok(small) = u64::try_from(n) {
        return product_of_range(small - count + 1, small);
    }
    if count == 1 {
        return n.clone();
    }
    let half = count / 2;
    falling_product(n, half) * falling_product(&(n - half), count - half)
}

/// The number of ordered choices of `count` out of `n` (not less than `count`) things.
pub fn permutations(cx: &mut Context, n: &Integer<'_>, count: u64) -> Owned {
    from_ubig(cx, false, &falling_product(&n.to_ubig(), count))
}

/// The number of choices of `count` out of `n` (not less than `count`) things.
pub fn combinations(cx: &mut Context, n: &Integer<'_>, count: u64) -> Owned {
    from_ubig(cx, false, &(falling_product(&n.to_ubig(), count) / product_of_range(1, count)))
}

/// The factorial.
pub fn factorial(cx: &mut Context, n: u64) -> Owned {
    from_ubig(cx, false, &product_of_range(1, n))
}

/// The least common multiple of two magnitudes.
pub fn lcm(cx: &mut Context, a: &Integer<'_>, b: &Integer<'_>) -> Owned {
    if a.is_zero() || b.is_zero() {
        return Owned::from_raw(Value::from_small_int(0));
    }
    let (x, y) = (a.to_ubig(), b.to_ubig());
    let divisor = (&x).gcd(&y);
    from_ubig(cx, false, &(x / divisor * y))
}

/// `mantissa * 2^exponent` with the mantissa, of 53 bits, from 0.5 up to 1, for a positive integer of any size.
pub fn split_exponent(value: &Integer<'_>) -> (f64, i64) {
    let (mantissa, exponent) = kernel::leading(value.magnitude());
    let rounded = mantissa as f64 * kernel::power_of_two(-64);
    if rounded == 1.0 { (0.5, exponent + 65) } else { (rounded, exponent + 64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greatest_common_divisors_divide() {
        assert_eq!(gcd_u64(48, 36), 12);
        assert_eq!(gcd_u64(u64::MAX, 5), 5);
        assert_eq!(gcd_u64(1 << 63, 1 << 40), 1 << 40);
        assert_eq!(gcd_u64(17, 19), 1);
    }

    #[test]
    fn views_order_by_sign_and_magnitude() {
        let numbers = [i64::MIN, -5, -1, 0, 1, 7, i64::MAX];
        for a in numbers {
            for b in numbers {
                assert_eq!(Integer::from_i64(a).compare(&Integer::from_i64(b)), a.cmp(&b));
            }
            assert_eq!(Integer::from_i64(a).to_f64(), a as f64);
        }
    }

    #[test]
    fn ranges_multiply_to_factorials() {
        assert_eq!(product_of_range(1, 20), UBig::from(2432902008176640000u64));
        assert_eq!(product_of_range(5, 4), UBig::ONE);
        assert_eq!(product_of_range(u64::MAX, u64::MAX), UBig::from(u64::MAX));
        assert_eq!(product_of_range(1, 30) / product_of_range(1, 28), UBig::from(870u64));
    }
}
