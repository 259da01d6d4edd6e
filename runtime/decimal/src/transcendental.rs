//! Exponential and logarithms, rounded to the nearest number: computed with more digits than asked for, until those decide.

use crate::coefficient::{Coefficient, DIGITS_MAX, TooLarge, power_of_ten};
use crate::environment::{Environment, PRECISION_MAX, Rounding, Status};
use crate::number::{Number, check_nan};
use crate::series::{self, Constants};
use dashu_int::UBig;
use dashu_int::ops::BitTest;

/// Digits beyond which no function of this file is computed.
const PRECISION_MOST: i64 = DIGITS_MAX / 8;

/// Bits for so many decimal digits.
fn bits_for(digits: i64) -> usize {
    (digits as f64 * std::f64::consts::LOG2_10) as usize + 2
}

impl Environment {
    fn nearest(&self) -> Environment {
        Environment { rounding: Rounding::HalfEven, ..*self }
    }

    /// The number that `compute` gives with any number of digits, rounded. It gives a coefficient of about that many digits
    /// with an exponent, both with an error of a few units, of a number that no decimal number equals.
    fn decide(
        &self,
        negative: bool,
        status: &mut Status,
        compute: impl Fn(i64) -> Result<(UBig, i64), TooLarge>,
    ) -> Number {
        if self.precision > PRECISION_MOST {
            return Number::no_memory(status);
        }
        let environment = self.nearest();
        let mut more = 12;
        loop {
            let Ok((value, exponent)) = compute(self.precision + more) else { return Number::no_memory(status) };
            // The result lies strictly between these two, of which neither can be meant exactly.
            let error = UBig::from(40u8);
            let below = if value > error { &value - &error } else { UBig::ZERO };
            let bounds = [below, value + error];
            let [low, high] = bounds.map(|bound| {
                let mut conditions = Status::NONE;
                let sticky = Coefficient::from(bound * 10u8 + 1u8);
                let number = environment.finish(Number::finite(negative, sticky, exponent - 1), &mut conditions);
                (number, conditions)
            });
            if low == high {
                *status |= low.1;
                return low.0;
            }
            if more > PRECISION_MOST {
                return Number::no_memory(status);
            }
            more = more * 2 + self.precision / 8;
        }
    }

    pub fn exponential(&self, a: &Number, constants: &Constants, status: &mut Status) -> Number {
        check_nan!([a], self, status);
        if a.is_infinite() {
            return if a.negative { Number::small(false, 0, 0) } else { a.clone() };
        }
        if a.is_zero() {
            return Number::one();
        }
        if a.adjusted() > 19 {
            // Beyond the range of all exponents.
            let exponent = if a.negative { -3 * PRECISION_MAX } else { 3 * PRECISION_MAX };
            return self.nearest().finish(Number::small(false, 1, exponent), status);
        }
        if a.adjusted() < -(self.precision + 2) {
            // One and next to nothing, or one less next to nothing.
            let digits = self.precision + 2;
            let Ok(one) = power_of_ten(digits) else { return Number::no_memory(status) };
            let near = if a.negative { one - 1u8 } else { one + 1u8 };
            return self.nearest().finish(Number::finite(false, near.into(), -digits), status);
        }
        self.decide(false, status, |digits| {
            // The argument without whole multiples of the logarithm of ten.
            let bits = bits_for(digits + 4);
            let wide = bits + 72;
            let argument = fixed(a, wide)?;
            let unit = constants.logarithm_of_ten(wide + 72);
            let shifted = argument << 72usize;
            let tens = &shifted / &unit;
            let rest = shifted - &tens * &unit;
            let tens = i64::try_from(&tens).unwrap_or(i64::MAX / 4);
            let (rest, tens) = match a.negative {
                false => (rest, tens),
                true if rest.is_zero() => (rest, -tens),
                true => (unit - rest, -tens - 1),
            };
            let power = series::exponential(&(rest >> 144usize), bits);
            let scaled: UBig = (power * power_of_ten(digits - 1)?) >> bits;
            Ok((scaled, tens - (digits - 1)))
        })
    }

    /// The natural logarithm.
    pub fn logarithm(&self, a: &Number, constants: &Constants, status: &mut Status) -> Number {
        if let Some(special) = self.logarithm_special(a, status) {
            return special;
        }
        let Some(cancelled) = distance_from_one(a) else { return Number::small(false, 0, 0) };
        let negative = a.adjusted() < 0;
        self.decide(negative, status, |digits| {
            let (value, bits) = absolute_logarithm(a, digits + 4, cancelled, constants)?;
            in_digits(value, bits, digits)
        })
    }

    /// The logarithm to the base ten.
    pub fn logarithm_ten(&self, a: &Number, constants: &Constants, status: &mut Status) -> Number {
        if let Some(special) = self.logarithm_special(a, status) {
            return special;
        }
        let adjusted = a.adjusted();
        if a.coefficient.trailing_zeros() == a.coefficient.digits() - 1 && a.coefficient_is_power() {
            return self.nearest().finish(Number::from_i64(adjusted), status);
        }
        let Some(cancelled) = distance_from_one(a) else { return Number::small(false, 0, 0) };
        self.decide(adjusted < 0, status, |digits| {
            let (value, bits) = absolute_logarithm(a, digits + 4, cancelled, constants)?;
            let unit = constants.logarithm_of_ten(bits);
            in_digits((value << bits) / unit, bits, digits)
        })
    }

    /// Logarithms of what is not a positive finite number.
    fn logarithm_special(&self, a: &Number, status: &mut Status) -> Option<Number> {
        if a.is_nan() {
            return Number::nan_of(&[a], self, status);
        }
        if a.is_zero() {
            return Some(Number::infinity(true));
        }
        if a.negative {
            return Some(Number::invalid(Status::INVALID_OPERATION, status));
        }
        a.is_infinite().then(|| Number::infinity(false))
    }
}

impl Number {
    /// Whether the coefficient is a power of ten, given that all its digits but the first are zeros.
    fn coefficient_is_power(&self) -> bool {
        self.coefficient.scaled_down(self.coefficient.digits() - 1).0 == Coefficient::ONE
    }
}

/// The absolute value of a number with so many bits after the point, rounded down.
fn fixed(a: &Number, bits: usize) -> Result<UBig, TooLarge> {
    if a.exponent >= 0 {
        return Ok(a.coefficient.scaled_up(a.exponent)?.to_big() << bits);
    }
    // Digits that are too far behind the point are dropped first.
    let digits = (bits as f64 * std::f64::consts::LOG10_2) as i64 + 4;
    let excess = (-a.exponent - digits).max(0);
    let (kept, _) = a.coefficient.scaled_down(excess);
    let divisor = power_of_ten(-a.exponent - excess)?;
    Ok((kept.to_big() << bits) / divisor)
}

/// How many digits after the point a positive number shares with one; none if it is one.
fn distance_from_one(a: &Number) -> Option<i64> {
    if !matches!(a.adjusted(), 0 | -1) || a.exponent > 0 {
        return Some(0);
    }
    let Ok(one) = power_of_ten(-a.exponent) else { return Some(0) };
    let one = Coefficient::from(one);
    let difference = match a.coefficient.compare(&one) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Greater => a.coefficient.subtract(&one),
        std::cmp::Ordering::Less => one.subtract(&a.coefficient),
    };
    Some((-a.exponent - difference.digits() + 1).max(0))
}

/// The absolute value of the natural logarithm, good to so many significant digits, and its bits after the point.
fn absolute_logarithm(
    a: &Number,
    digits: i64,
    cancelled: i64,
    constants: &Constants,
) -> Result<(UBig, usize), TooLarge> {
    let bits = bits_for(digits + cancelled) + 8;
    let adjusted = a.adjusted();
    let leading = Number::finite(false, a.coefficient.clone(), 1 - a.coefficient.digits());
    let part = series::logarithm(&fixed(&leading, bits)?, bits);
    let tens: UBig = (constants.logarithm_of_ten(bits + 64) * UBig::from(adjusted.unsigned_abs())) >> 64usize;
    let value = match adjusted >= 0 {
        true => tens + part,
        false if tens > part => tens - part,
        false => UBig::ZERO,
    };
    Ok((value, bits))
}

/// A fixed-point number in about so many significant digits, and the exponent of the last.
fn in_digits(value: UBig, bits: usize, digits: i64) -> Result<(UBig, i64), TooLarge> {
    let magnitude = value.bit_len() as i64 - bits as i64;
    let leading = (magnitude as f64 * std::f64::consts::LOG10_2).floor() as i64;
    let places = digits - 1 - leading;
    let scaled =
        if places >= 0 { (value * power_of_ten(places)?) >> bits } else { (value >> bits) / power_of_ten(-places)? };
    Ok((scaled, -places))
}
