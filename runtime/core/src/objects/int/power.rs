//! Powers of integers, plain and modular.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::int::{
    Integer, LIMBS_MAX, as_i64, as_u64, big, from_i64, from_limbs, is_int_like, kernel, not_implemented, too_large,
    with_limbs,
};
use crate::value::Value;
use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;

/// `a ** b` of integers; a float when the exponent is negative.
pub fn power(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let (Some(base), Some(exponent)) = (Integer::of(a), Integer::of(b)) else { return not_implemented() };
    if exponent.negative {
        return crate::objects::float::power(cx, a, b);
    }
    if let (Some(base), Some(exponent)) = (as_i64(a), as_u64(b))
        && let Some(result) = power_i64(base, exponent)
    {
        return Ok(from_i64(cx, result));
    }
    let negative = base.negative && exponent.is_odd();
    let bits = base.bit_length();
    if bits <= 1 {
        // Here the base is zero, one or minus one, and the exponent too large for `power_i64`.
        return Ok(from_limbs(cx, negative, base.magnitude()));
    }
    // The result has more than (bits - 1) * exponent bits.
    let exponent = match as_u64(b) {
        Some(exponent) if (bits - 1).saturating_mul(exponent) / 64 < LIMBS_MAX as u64 => exponent,
        _ => return Err(too_large(cx)),
    };
    if kernel::trailing_zeros(base.magnitude()) == bits - 1 {
        let shift = (bits - 1) * exponent;
        return Ok(with_limbs(cx, shift as usize / 64 + 2, |cx, out| {
            kernel::shift_left(out, &[1], shift);
            from_limbs(cx, negative, out)
        }));
    }
    let magnitude = base.to_ubig().pow(exponent as usize);
    Ok(big::from_ubig(cx, negative, &magnitude))
}

/// The power by repeated squaring, unless it overflows.
fn power_i64(base: i64, exponent: u64) -> Option<i64> {
    let (mut result, mut square, mut rest) = (1i64, base, exponent);
    loop {
        if rest & 1 == 1 {
            result = result.checked_mul(square)?;
        }
        rest >>= 1;
        if rest == 0 {
            return Some(result);
        }
        square = square.checked_mul(square)?;
    }
}

/// `pow(a, b, modulus)` of integers, with inverses for negative exponents; `NotImplemented` for other operands.
pub fn power_modular(cx: &mut Context, a: Value, b: Value, modulus: Value) -> Result<Owned> {
    if !(is_int_like(a) && is_int_like(b) && is_int_like(modulus)) {
        return not_implemented();
    }
    let (Some(x), Some(exponent), Some(divisor)) = (Integer::of(a), Integer::of(b), Integer::of(modulus)) else {
        return not_implemented();
    };
    if divisor.is_zero() {
        return Err(cx.value_error("pow() 3rd argument cannot be 0"));
    }
    let residue = match *divisor.magnitude() {
        [small] => power_modulo_limb(&x, &exponent, small),
        _ => power_modulo_large(&x, &exponent, &divisor),
    };
    let Some(residue) = residue else {
        return Err(cx.value_error("base is not invertible for the given modulus"));
    };
    if !divisor.negative || residue.is_zero() {
        return Ok(big::from_ubig(cx, false, &residue));
    }
    // The result has the modulus's sign.
    Ok(big::from_ubig(cx, true, &(divisor.to_ubig() - residue)))
}

/// The residue of a power modulo one limb; `None` if an inverse is wanted that does not exist.
fn power_modulo_limb(base: &Integer<'_>, exponent: &Integer<'_>, modulus: u64) -> Option<UBig> {
    let multiply = |x: u64, y: u64| match x.checked_mul(y) {
        Some(product) => product % modulus,
        None => (u128::from(x) * u128::from(y) % u128::from(modulus)) as u64,
    };
    let mut quotient = vec![0; base.magnitude().len()];
    let mut square = kernel::divide_small(&mut quotient, base.magnitude(), modulus);
    if base.negative && square != 0 {
        square = modulus - square;
    }
    if exponent.negative {
        square = inverse_modulo_limb(square, modulus)?;
    }
    let mut result = 1 % modulus;
    let limbs = exponent.magnitude();
    for (index, limb) in limbs.iter().enumerate() {
        // Above the last one bit there is nothing to do.
        let bits = if index + 1 == limbs.len() { u64::BITS - limb.leading_zeros() } else { u64::BITS };
        for bit in 0..bits {
            if limb >> bit & 1 == 1 {
                result = multiply(result, square);
            }
            square = multiply(square, square);
        }
    }
    Some(UBig::from(result))
}

/// The number whose product with `value` leaves the remainder one, by Euclid's extended algorithm.
fn inverse_modulo_limb(value: u64, modulus: u64) -> Option<u64> {
    let (mut old, mut new) = (value as i128, modulus as i128);
    let (mut old_factor, mut new_factor) = (1i128, 0i128);
    while new != 0 {
        let quotient = old / new;
        (old, new) = (new, old - quotient * new);
        (old_factor, new_factor) = (new_factor, old_factor - quotient * new_factor);
    }
    (old == 1).then(|| old_factor.rem_euclid(modulus as i128) as u64)
}

/// The residue of a power modulo the modulus's magnitude of several limbs; `None` if an inverse is wanted that does
/// not exist.
fn power_modulo_large(base: &Integer<'_>, exponent: &Integer<'_>, modulus: &Integer<'_>) -> Option<UBig> {
    let modulus = modulus.to_ubig();
    // The ring's own reduction does not take every number that is larger than the modulus.
    let reduced = base.to_ubig() % &modulus;
    let ring = ConstDivisor::new(modulus);
    let mut element = ring.reduce(reduced);
    if base.negative {
        element = -element;
    }
    if exponent.negative {
        element = element.inv()?;
    }
    Some(element.pow(&exponent.to_ubig()).residue())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_powers_stop_at_the_overflow() {
        assert_eq!(power_i64(3, 4), Some(81));
        assert_eq!(power_i64(-2, 63), Some(i64::MIN));
        assert_eq!(power_i64(2, 63), None);
        assert_eq!(power_i64(0, 0), Some(1));
        assert_eq!(power_i64(-1, u64::MAX), Some(-1));
    }

    #[test]
    fn modular_powers_agree() {
        let view = |number: i64| Integer::from_i64(number);
        for base in -20i64..20 {
            for exponent in 0..12 {
                for modulus in 1..15u64 {
                    let expected = (base as i128).pow(exponent).rem_euclid(modulus as i128) as u64;
                    let residue = power_modulo_limb(&view(base), &view(exponent as i64), modulus);
                    assert_eq!(residue, Some(UBig::from(expected)));
                }
            }
        }
        assert_eq!(power_modulo_limb(&view(3), &view(-1), 7), Some(UBig::from(5u8)));
        assert_eq!(power_modulo_limb(&view(2), &view(-1), 4), None);
        assert_eq!(power_modulo_limb(&view(5), &view(-3), 1), Some(UBig::ZERO));
        // Fermat: 2^(p - 1) is 1 modulo the prime p = 2^127 - 1.
        let prime = Integer::from_magnitude(false, &[u64::MAX, u64::MAX >> 1]);
        let exponent = Integer::from_magnitude(false, &[u64::MAX - 1, u64::MAX >> 1]);
        assert_eq!(power_modulo_large(&view(2), &exponent, &prime), Some(UBig::ONE));
        assert_eq!(power_modulo_large(&view(-2), &exponent, &prime), Some(UBig::ONE));
    }
}
