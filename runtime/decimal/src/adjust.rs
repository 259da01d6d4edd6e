//! Numbers brought to other exponents: quantising, integers, neighbours, shifts, and operations on digits as bits.

use crate::coefficient::{Coefficient, TooLarge};
use crate::environment::{EXPONENT_MIN, Environment, PRECISION_MAX, Rounding, Status, TINY_MIN};
use crate::number::{Kind, Number, check_nan};

/// The largest exponent that a number can be given.
const SCALE_MAX: i64 = PRECISION_MAX;

impl Environment {
    /// The number with this exponent, rounded, whatever its number of digits.
    pub fn rescaled(&self, a: &Number, exponent: i64, status: &mut Status) -> Result<Number, TooLarge> {
        if a.coefficient.is_zero() {
            return Ok(Number::small(a.negative, 0, exponent));
        }
        let shift = a.exponent - exponent;
        if shift >= 0 {
            return Ok(Number::finite(a.negative, a.coefficient.scaled_up(shift)?, exponent));
        }
        let (kept, rest) = a.coefficient.scaled_down(-shift);
        *status |= Status::ROUNDED;
        if !rest.is_zero() {
            *status |= Status::INEXACT;
        }
        let up = self.rounding.goes_up(rest, a.negative, &kept);
        let kept = if up { kept.add(&Coefficient::ONE) } else { kept };
        Ok(Number::finite(a.negative, kept, exponent))
    }

    /// The first number with the exponent of the second.
    pub fn quantize(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        check_nan!([a, b], self, status);
        if a.is_infinite() || b.is_infinite() {
            if a.is_infinite() && b.is_infinite() {
                return a.clone();
            }
            return Number::invalid(Status::INVALID_OPERATION, status);
        }
        if b.exponent > self.exponent_max || b.exponent < self.tiny() {
            return Number::invalid(Status::INVALID_OPERATION, status);
        }
        if !a.coefficient.is_zero() && a.adjusted() - b.exponent > self.precision {
            return Number::invalid(Status::INVALID_OPERATION, status);
        }
        let mut conditions = Status::NONE;
        let Ok(number) = self.rescaled(a, b.exponent, &mut conditions) else { return Number::no_memory(status) };
        if number.coefficient.digits() > self.precision || number.adjusted() > self.exponent_max {
            return Number::invalid(Status::INVALID_OPERATION, status);
        }
        *status |= conditions;
        self.finish(number, status)
    }

    /// The number rounded to one without a fraction. `exact` notes that something was lost.
    pub fn to_integral(&self, a: &Number, exact: bool, status: &mut Status) -> Number {
        check_nan!([a], self, status);
        if a.is_infinite() || a.exponent >= 0 {
            return a.clone();
        }
        let mut conditions = Status::NONE;
        match self.rescaled(a, 0, &mut conditions) {
            Ok(number) => {
                if exact && !a.coefficient.is_zero() {
                    *status |= conditions;
                }
                number
            }
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    /// The number without zeros at its end.
    pub fn normalize(&self, a: &Number, status: &mut Status) -> Number {
        check_nan!([a], self, status);
        if a.is_infinite() {
            return a.clone();
        }
        let number = self.finish(a.clone(), status);
        if !number.is_finite() {
            return number;
        }
        if number.coefficient.is_zero() {
            return Number::small(number.negative, 0, 0);
        }
        let highest = if self.clamp { self.top() } else { self.exponent_max };
        let (coefficient, zeros) = number.coefficient.without_zeros(highest - number.exponent);
        self.finish(Number::finite(number.negative, coefficient, number.exponent + zeros), status)
    }

    /// The smallest number that is larger, or the largest that is smaller.
    pub fn next(&self, a: &Number, larger: bool, status: &mut Status) -> Number {
        check_nan!([a], self, status);
        let Ok(nines) = Coefficient::nines(self.precision) else { return Number::no_memory(status) };
        if a.is_infinite() {
            // Going away from an infinity stays there.
            return match a.negative == larger {
                true => Number::finite(a.negative, nines, self.top()),
                false => a.clone(),
            };
        }
        let environment = Environment { rounding: if larger { Rounding::Ceiling } else { Rounding::Floor }, ..*self };
        let mut conditions = Status::NONE;
        let rounded = environment.finish(a.clone(), &mut conditions);
        if conditions.has(Status::INEXACT) || conditions.has(Status::NO_MEMORY) {
            *status |= Status(conditions.0 & Status::ERRORS.0);
            return rounded;
        }
        let step = Number::small(!larger, 1, TINY_MIN - 1);
        let mut conditions = Status::NONE;
        let next = environment.add(&rounded, &step, &mut conditions);
        *status |= Status(conditions.0 & Status::ERRORS.0);
        next
    }

    /// The neighbour of the first number in the direction of the second.
    pub fn next_toward(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        check_nan!([a, b], self, status);
        let order = a.numeric_order(b);
        let larger = match order {
            std::cmp::Ordering::Equal => return a.clone().with_sign(b.negative),
            order => order.is_lt(),
        };
        let next = self.next(a, larger, status);
        if next.is_infinite() {
            *status |= Status::OVERFLOW | Status::INEXACT | Status::ROUNDED;
        } else if !next.is_nan() && next.adjusted() < self.exponent_min {
            *status |= Status::UNDERFLOW | Status::SUBNORMAL | Status::INEXACT | Status::ROUNDED;
            if next.is_zero() {
                *status |= Status::CLAMPED;
            }
        }
        next
    }

    /// The number times ten to the power of the second, an integer.
    pub fn scale(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        check_nan!([a, b], self, status);
        let most = 2 * (self.exponent_max as i128 + self.precision as i128);
        let scale = match integer_operand(b, status) {
            Some(scale) if i128::from(scale).abs() <= most => scale,
            _ => return Number::invalid(Status::INVALID_OPERATION, status),
        };
        if a.is_infinite() {
            return a.clone();
        }
        let exponent = i128::from(a.exponent) + i128::from(scale);
        let exponent = exponent.clamp(i128::from(2 * EXPONENT_MIN - SCALE_MAX), i128::from(3 * SCALE_MAX)) as i64;
        self.finish(Number { exponent, ..a.clone() }, status)
    }

    /// The digits moved by so many places, inside a window of the precision's width.
    pub fn shift(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        check_nan!([a, b], self, status);
        let Some(places) = self.places(b, status) else {
            return Number::invalid(Status::INVALID_OPERATION, status);
        };
        if a.is_infinite() {
            return a.clone();
        }
        let window = a.coefficient.low_digits(self.precision);
        let moved = if places >= 0 {
            // Digits that leave the window are dropped first.
            window.low_digits(self.precision - places).scaled_up(places)
        } else {
            Ok(window.scaled_down(-places).0)
        };
        match moved {
            Ok(moved) => Number::finite(a.negative, moved, a.exponent),
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    /// The same; digits that leave the window come back at its other end.
    pub fn rotate(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        check_nan!([a, b], self, status);
        let Some(places) = self.places(b, status) else {
            return Number::invalid(Status::INVALID_OPERATION, status);
        };
        if a.is_infinite() {
            return a.clone();
        }
        let places = if places < 0 { places + self.precision } else { places };
        let window = a.coefficient.low_digits(self.precision);
        let left = window.low_digits(self.precision - places).scaled_up(places);
        let (right, _) = window.scaled_down(self.precision - places);
        match left {
            Ok(left) => Number::finite(a.negative, left.add(&right), a.exponent),
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    /// An operand that says by how many places digits move.
    fn places(&self, b: &Number, status: &mut Status) -> Option<i64> {
        integer_operand(b, status).filter(|places| places.abs() <= self.precision)
    }

    /// The exponent of the first digit, as a number.
    pub fn logb(&self, a: &Number, status: &mut Status) -> Number {
        check_nan!([a], self, status);
        if a.is_infinite() {
            return Number::infinity(false);
        }
        if a.is_zero() {
            *status |= Status::DIVISION_BY_ZERO;
            return Number::infinity(true);
        }
        self.finish(Number::from_i64(a.adjusted()), status)
    }

    /// Digits zero and one as bits, joined by an operation on them.
    pub fn logical(&self, a: &Number, b: &Number, join: impl Fn(u8, u8) -> u8, status: &mut Status) -> Number {
        let (Some(x), Some(y)) = (logical_digits(a), logical_digits(b)) else {
            return Number::invalid(Status::INVALID_OPERATION, status);
        };
        let length = x.len().max(y.len()).min(self.precision.min(i64::from(u32::MAX)) as usize);
        let digit = |digits: &[u8], place: usize| digits.len().checked_sub(place).map_or(b'0', |at| digits[at]);
        let joined: Vec<u8> = (1..=length)
            .rev()
            .map(|place| b'0' + (join(digit(&x, place) - b'0', digit(&y, place) - b'0') & 1))
            .collect();
        match Coefficient::from_text(&joined) {
            Ok(coefficient) => Number::finite(false, coefficient, 0),
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    /// Every digit, zero or one, replaced by the other, in as many digits as the precision has.
    pub fn logical_invert(&self, a: &Number, status: &mut Status) -> Number {
        let Some(digits) = logical_digits(a) else {
            return Number::invalid(Status::INVALID_OPERATION, status);
        };
        let Ok(precision) = usize::try_from(self.precision) else { return Number::no_memory(status) };
        if self.precision > crate::coefficient::DIGITS_MAX {
            return Number::no_memory(status);
        }
        let mut inverted = vec![b'1'; precision];
        for (place, digit) in inverted.iter_mut().rev().zip(digits.iter().rev()) {
            *place = b'1' - (digit - b'0');
        }
        match Coefficient::from_text(&inverted) {
            Ok(coefficient) => Number::finite(false, coefficient, 0),
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    /// What kind of number it is, in words.
    pub fn class(&self, a: &Number) -> &'static str {
        let pair = match a.kind {
            Kind::Quiet => return "NaN",
            Kind::Signaling => return "sNaN",
            Kind::Infinity => ["+Infinity", "-Infinity"],
            Kind::Finite if a.is_zero() => ["+Zero", "-Zero"],
            Kind::Finite if a.is_subnormal(self) => ["+Subnormal", "-Subnormal"],
            Kind::Finite => ["+Normal", "-Normal"],
        };
        pair[usize::from(a.negative)]
    }
}

/// An operand that has to be an integer with exponent nought.
fn integer_operand(b: &Number, _status: &mut Status) -> Option<i64> {
    if b.is_infinite() || b.exponent != 0 {
        return None;
    }
    b.as_i64()
}

/// The digits of a logical operand: not negative, an integer with exponent nought, of zeros and ones.
fn logical_digits(a: &Number) -> Option<Vec<u8>> {
    if !a.is_finite() || a.negative || a.exponent != 0 {
        return None;
    }
    let digits = a.coefficient.to_text().into_bytes();
    digits.iter().all(|digit| matches!(digit, b'0' | b'1')).then_some(digits)
}
