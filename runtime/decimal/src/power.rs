//! Powers. Those with integral exponents are products of rounded powers, others go through logarithm and exponential, with
//! the digits that libmpdec gives the intermediate results: so the last digits are the same.

use crate::coefficient::{Coefficient, DIGITS_MAX, TooLarge, power_of_ten};
use crate::environment::{Environment, PRECISION_MAX, Rounding, Status};
use crate::number::{Number, check_nan};
use crate::series::Constants;
use dashu_int::UBig;
use dashu_int::ops::BitTest;
use std::cmp::Ordering;

/// Digits that the exponent of a number has at most, as libmpdec counts them.
const EXPONENT_DIGITS: i64 = 19;

/// An exponent beyond all bounds.
const BEYOND: i64 = 2 * PRECISION_MAX;

impl Environment {
    pub fn power(&self, a: &Number, b: &Number, constants: &Constants, status: &mut Status) -> Number {
        check_nan!([a, b], self, status);
        let integral = b.is_integer();
        let negative = integral && a.negative && b.is_odd();
        if a.is_zero() {
            return match (b.is_zero(), b.negative) {
                (true, _) => Number::invalid(Status::INVALID_OPERATION, status),
                (false, true) => Number::infinity(negative),
                (false, false) => Number::small(negative, 0, 0),
            };
        }
        if a.negative && !integral {
            return Number::invalid(Status::INVALID_OPERATION, status);
        }
        if b.is_infinite() {
            let order = a.magnitude_order(&Number::one());
            return match (order, b.negative) {
                (Ordering::Equal, _) => {
                    // One to an infinite power is one, not exactly.
                    *status |= Status::INEXACT | Status::ROUNDED;
                    self.padded_one(negative, self.precision - 1, status)
                }
                (Ordering::Less, false) | (Ordering::Greater, true) => Number::small(negative, 0, 0),
                _ => Number::infinity(negative),
            };
        }
        if a.is_infinite() {
            return match (b.is_zero(), b.negative) {
                (true, _) => Number::small(negative, 1, 0),
                (false, true) => Number::small(negative, 0, 0),
                (false, false) => Number::infinity(negative),
            };
        }
        if b.is_zero() {
            return Number::small(negative, 1, 0);
        }
        if a.magnitude_order(&Number::one()) == Ordering::Equal {
            return self.power_of_one(a, b, negative, integral, status);
        }
        if let Some(bound) = self.beyond(a, b, negative) {
            return self.finish(bound, status);
        }
        if integral {
            return self.integral_power(a, b, negative, status);
        }
        let result = self.real_power(a, b, constants, status);
        self.finish(result, status)
    }

    /// One with zeros behind the point.
    fn padded_one(&self, negative: bool, zeros: i64, status: &mut Status) -> Number {
        match power_of_ten(zeros) {
            Ok(one) => Number::finite(negative, one.into(), -zeros),
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    /// The power of a number that equals one: its digits tell how many zeros it has.
    fn power_of_one(&self, a: &Number, b: &Number, negative: bool, integral: bool, status: &mut Status) -> Number {
        let mut zeros = self.precision - 1;
        if !integral {
            *status |= Status::INEXACT | Status::ROUNDED;
        } else if b.negative {
            return Number::small(negative, 1, 0);
        } else {
            let all = b.as_i64().and_then(|times| times.checked_mul(-a.exponent));
            match all {
                Some(all) if all <= zeros => zeros = all.max(0),
                _ if a.exponent >= 0 => zeros = 0,
                _ => *status |= Status::ROUNDED,
            }
        }
        self.padded_one(negative, zeros, status)
    }

    fn integral_power(&self, a: &Number, b: &Number, negative: bool, status: &mut Status) -> Number {
        let mut work = Environment {
            precision: self.precision.saturating_add(b.coefficient.digits() + b.exponent + 2),
            rounding: Rounding::HalfEven,
            clamp: false,
            ..*self
        };
        let base = if b.negative {
            work.precision += 1;
            let base = work.divide(&Number::one(), a, status);
            if status.has(Status(Status::ERRORS.0 & !Status::DIVISION_BY_ZERO.0)) {
                return Number::nan();
            }
            base
        } else {
            a.clone()
        };
        let mut result = match integer_magnitude(b) {
            Ok(exponent) => match u64::try_from(&exponent) {
                Ok(exponent) => work.power_by_squaring(&base, exponent, status),
                Err(_) => work.power_from_below(base, &exponent, status),
            },
            Err(TooLarge) => return Number::no_memory(status),
        };
        result.negative = negative;
        if result.is_infinite() {
            result = Number::small(negative, 1, BEYOND);
        }
        self.finish(result, status)
    }

    /// A power with an exponent of more than one word, from its lowest bit on.
    fn power_from_below(&self, mut base: Number, exponent: &UBig, status: &mut Status) -> Number {
        let mut result = Number::one();
        let mut conditions = Status::NONE;
        for bit in 0..exponent.bit_len() {
            if exponent.bit(bit) {
                result = self.multiply(&result, &base, &mut conditions);
                *status |= conditions;
                if !result.is_finite() || result.is_zero() && conditions.has(Status::CLAMPED) {
                    break;
                }
            }
            base = self.multiply(&base, &base, &mut conditions);
        }
        result
    }

    fn power_by_squaring(&self, base: &Number, exponent: u64, status: &mut Status) -> Number {
        let mut result = base.clone();
        let mut conditions = Status::NONE;
        for bit in (0..63 - exponent.leading_zeros()).rev() {
            result = self.multiply(&result, &result, &mut conditions);
            if exponent >> bit & 1 == 1 {
                result = self.multiply(&result, base, &mut conditions);
            }
            if !result.is_finite() || result.is_zero() && conditions.has(Status::CLAMPED) {
                break;
            }
        }
        *status |= conditions;
        result
    }

    /// A power with any exponent, with more digits than asked for.
    fn real_power(&self, a: &Number, b: &Number, constants: &Constants, status: &mut Status) -> Number {
        let work = Environment {
            precision: a.coefficient.digits().max(self.precision) + 4 + EXPONENT_DIGITS,
            rounding: Rounding::HalfEven,
            exponent_max: PRECISION_MAX,
            exponent_min: -PRECISION_MAX,
            clamp: false,
        };
        if work.precision > DIGITS_MAX / 8 {
            return Number::no_memory(status);
        }
        let mut conditions = Status::NONE;
        let logarithm = work.logarithm(&a.clone().with_sign(false), constants, &mut conditions);
        let product = work.multiply(&logarithm, b, &mut conditions);
        let result = work.exponential(&product, constants, &mut conditions);
        *status |= Status(conditions.0 & Status::ERRORS.0) | Status::INEXACT | Status::ROUNDED;
        if result.is_infinite() {
            return Number::small(false, 1, BEYOND);
        }
        if result.is_zero() {
            return Number::small(false, 1, -3 * PRECISION_MAX);
        }
        if result.is_finite() && result.magnitude_order(&Number::one()) == Ordering::Equal {
            return self.padded_one(false, self.precision - 1, status);
        }
        result
    }

    /// The power of integers, modulo a third one.
    pub fn power_modulo(&self, a: &Number, b: &Number, modulus: &Number, status: &mut Status) -> Number {
        check_nan!([a, b, modulus], self, status);
        let integers = a.is_integer() && b.is_integer() && modulus.is_integer();
        let fits = modulus.coefficient.digits() + modulus.exponent <= self.precision;
        if !integers || b.negative && !b.is_zero() || modulus.is_zero() || a.is_zero() && b.is_zero() || !fits {
            return Number::invalid(Status::INVALID_OPERATION, status);
        }
        let negative = a.negative && b.is_odd();
        match modular_power(a, b, modulus) {
            // The result is exact, and stays so in the narrowest context.
            Ok(result) => Number::finite(negative, result, 0),
            Err(TooLarge) => Number::no_memory(status),
        }
    }
}

/// How many digits an exponent has.
fn exponent_digits(exponent: i64) -> i64 {
    crate::limbs::digits(u128::from(exponent.unsigned_abs()))
}

impl Environment {
    /// A power that is certainly too large or too small for the environment, before it is rounded; none if that is not
    /// certain. The bounds are those of libmpdec, because they decide about rounding.
    fn beyond(&self, a: &Number, b: &Number, negative: bool) -> Option<Number> {
        let order = a.adjusted();
        // The logarithm of the logarithm of the base is at least this.
        let least = match order {
            1.. => exponent_digits(order) - 1,
            ..=-2 => exponent_digits(order + 1) - 1,
            _ => {
                // Close to one, the logarithm is about the difference.
                let few = Environment { precision: 5, rounding: Rounding::Down, ..Environment::LARGEST };
                let mut status = Status::NONE;
                let difference = few.subtract(&a.clone().with_sign(false), &Number::one(), &mut status);
                difference.adjusted() - if order == 0 { 2 } else { 1 }
            }
        };
        let sum = least + b.adjusted();
        if (order < 0) == b.negative {
            (exponent_digits(self.exponent_max) < sum).then(|| Number::small(negative, 1, BEYOND))
        } else {
            (exponent_digits(self.tiny()) < sum).then(|| Number::small(negative, 1, self.tiny() - 1))
        }
    }
}

fn integer_magnitude(a: &Number) -> Result<UBig, TooLarge> {
    Ok(match a.exponent {
        0.. => a.coefficient.scaled_up(a.exponent)?,
        _ => a.coefficient.scaled_down(-a.exponent).0,
    }
    .to_big())
}

fn modular_power(a: &Number, b: &Number, modulus: &Number) -> Result<Coefficient, TooLarge> {
    let modulus = integer_magnitude(modulus)?;
    let raise = |base: UBig, exponent: &UBig| {
        let mut result = UBig::ONE % &modulus;
        let mut base = base % &modulus;
        for bit in 0..exponent.bit_len() {
            if exponent.bit(bit) {
                result = result * &base % &modulus;
            }
            base = base.sqr() % &modulus;
        }
        result
    };
    // A large exponent of ten is a power of its own.
    let base = match a.exponent {
        1.. => a.coefficient.to_big() * raise(UBig::from(10u8), &UBig::from(a.exponent as u64)),
        _ => integer_magnitude(a)?,
    };
    if b.exponent > 100_000 {
        return Err(TooLarge);
    }
    Ok(raise(base, &integer_magnitude(b)?).into())
}
