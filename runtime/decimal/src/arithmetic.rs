//! Sums, products, quotients and remainders.

use crate::coefficient::{Coefficient, TooLarge, power_of_ten};
use crate::environment::{Environment, Rounding, Status};
use crate::limbs::{self, POWERS, Rest};
use crate::number::{Kind, Number, check_nan};
use dashu_int::UBig;
use std::cmp::Ordering;

/// Digits up to which a quotient or root is computed right away: with more, it is tried first whether it is exact with few.
pub const DIGITS_MANY: i64 = 10_000_000;

impl Environment {
    /// The operand as a result.
    pub fn plus(&self, a: &Number, status: &mut Status) -> Number {
        check_nan!([a], self, status);
        // A zero is positive, unless rounding goes down.
        let negative = if a.is_zero() { self.rounding == Rounding::Floor && a.negative } else { a.negative };
        self.finish(a.clone().with_sign(negative), status)
    }

    /// The opposite of the operand.
    pub fn minus(&self, a: &Number, status: &mut Status) -> Number {
        check_nan!([a], self, status);
        let negative = if a.is_zero() { self.rounding == Rounding::Floor && !a.negative } else { !a.negative };
        self.finish(a.clone().with_sign(negative), status)
    }

    pub fn absolute(&self, a: &Number, status: &mut Status) -> Number {
        check_nan!([a], self, status);
        self.finish(a.clone().with_sign(false), status)
    }

    #[inline]
    pub fn add(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        self.add_signed(a, b, b.negative, status)
    }

    #[inline]
    pub fn subtract(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        self.add_signed(a, b, !b.negative, status)
    }

    /// The sum with a second operand of another sign.
    #[inline]
    fn add_signed(&self, a: &Number, b: &Number, b_negative: bool, status: &mut Status) -> Number {
        if a.kind == Kind::Finite
            && b.kind == Kind::Finite
            && let (Coefficient::Small(x), Coefficient::Small(y)) = (&a.coefficient, &b.coefficient)
            && let Some((x, y, exponent)) = align_small(*x, *y, a.exponent, b.exponent)
        {
            let (negative, sum) = if a.negative == b_negative {
                match x.checked_add(y) {
                    Some(sum) => (a.negative, sum),
                    None => return self.add_slowly(a, b, b_negative, status),
                }
            } else {
                match x.cmp(&y) {
                    Ordering::Greater => (a.negative, x - y),
                    Ordering::Less => (b_negative, y - x),
                    Ordering::Equal => (self.rounding == Rounding::Floor, 0),
                }
            };
            return self.finish(Number::small(negative, sum, exponent), status);
        }
        self.add_slowly(a, b, b_negative, status)
    }

    fn add_slowly(&self, a: &Number, b: &Number, b_negative: bool, status: &mut Status) -> Number {
        check_nan!([a, b], self, status);
        match (a.is_infinite(), b.is_infinite()) {
            (true, true) if a.negative != b_negative => {
                return Number::invalid(Status::INVALID_OPERATION, status);
            }
            (true, _) => return Number::infinity(a.negative),
            (false, true) => return Number::infinity(b_negative),
            (false, false) => {}
        }
        match self.exact_sum(a, b, b_negative) {
            Ok(sum) => self.finish(sum, status),
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    /// The sum of finite numbers, exact as far as the precision needs it.
    fn exact_sum(&self, a: &Number, b: &Number, b_negative: bool) -> Result<Number, TooLarge> {
        let (large, small, large_negative, small_negative) =
            if a.exponent >= b.exponent { (a, b, a.negative, b_negative) } else { (b, a, b_negative, a.negative) };
        let mut shift = large.exponent - small.exponent;
        let mut other = small.coefficient.clone();
        let mut exponent = small.exponent;
        if !large.coefficient.is_zero() {
            // A small number far below the last digit that counts stands for itself by any number as far below.
            let lowest = (large.coefficient.digits() - 1 + large.exponent).saturating_sub(self.precision + 1);
            let lowest = lowest.min(large.exponent - 2);
            if small.coefficient.digits() + small.exponent - 1 < lowest - 1 {
                if !small.coefficient.is_zero() {
                    other = Coefficient::ONE;
                }
                // With a zero, the digits that the result is to have are those of the smaller exponent.
                exponent = if small.coefficient.is_zero() { small.exponent.max(lowest - 1) } else { lowest - 1 };
                shift = large.exponent - exponent;
            }
        } else if large.coefficient.is_zero() {
            shift = 0;
        }
        let scaled = large.coefficient.scaled_up(shift)?;
        let (negative, sum) = if large_negative == small_negative {
            (large_negative, scaled.add(&other))
        } else {
            match scaled.compare(&other) {
                Ordering::Greater => (large_negative, scaled.subtract(&other)),
                Ordering::Less => (small_negative, other.subtract(&scaled)),
                Ordering::Equal => (self.rounding == Rounding::Floor, Coefficient::ZERO),
            }
        };
        Ok(Number::finite(negative, sum, exponent))
    }

    #[inline]
    pub fn multiply(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        let negative = a.negative != b.negative;
        if a.kind == Kind::Finite
            && b.kind == Kind::Finite
            && let (Coefficient::Small(x), Coefficient::Small(y)) = (&a.coefficient, &b.coefficient)
        {
            let exponent = a.exponent + b.exponent;
            if let (Ok(x), Ok(y)) = (u64::try_from(*x), u64::try_from(*y)) {
                return self.finish(Number::small(negative, u128::from(x) * u128::from(y), exponent), status);
            }
            let wide = limbs::multiply_wide(*x, *y);
            if wide.0 == 0 {
                return self.finish(Number::small(negative, wide.1, exponent), status);
            }
            if let Some(number) = self.finish_wide(negative, wide, exponent, status) {
                return number;
            }
        }
        self.multiply_slowly(a, b, status)
    }

    /// A product of four words, if it is a normal number when it is rounded, of two words.
    fn finish_wide(&self, negative: bool, wide: limbs::Wide, exponent: i64, status: &mut Status) -> Option<Number> {
        let digits = limbs::digits_wide(wide);
        let cut = digits - self.precision;
        let adjusted = exponent + digits - 1;
        let fits = cut > 0 && self.precision < limbs::DOUBLE_POWERS as i64 - 1;
        // The rounded number may have one digit more.
        if !fits || adjusted < self.exponent_min || adjusted >= self.exponent_max || self.clamp {
            return None;
        }
        let mut words = limbs::words_of(wide);
        let rest = limbs::divide_by_power(&mut words, cut as usize);
        let mut value = limbs::from_words(&words).1;
        let mut exponent = exponent + cut;
        *status |= Status::ROUNDED;
        if rest != Rest::Zero {
            *status |= Status::INEXACT;
            if self.rounding.goes_up(rest, negative, &Coefficient::Small(value)) {
                value += 1;
                if value == POWERS[self.precision as usize] {
                    value /= 10;
                    exponent += 1;
                }
            }
        }
        Some(Number::small(negative, value, exponent))
    }

    fn multiply_slowly(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        check_nan!([a, b], self, status);
        match exact_product(a, b) {
            Ok(Some(product)) => self.finish(product, status),
            Ok(None) => Number::invalid(Status::INVALID_OPERATION, status),
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    /// The product of the first two plus the third, rounded once.
    pub fn multiply_add(&self, a: &Number, b: &Number, c: &Number, status: &mut Status) -> Number {
        if a.is_nan() || b.is_nan() {
            check_nan!([a, b, c], self, status);
        }
        match exact_product(a, b) {
            Ok(Some(product)) => self.add(&product, c, status),
            Ok(None) => Number::invalid(Status::INVALID_OPERATION, status),
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    pub fn divide(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        check_nan!([a, b], self, status);
        let negative = a.negative != b.negative;
        match (a.is_infinite(), b.is_infinite()) {
            (true, true) => return Number::invalid(Status::INVALID_OPERATION, status),
            (true, false) => return Number::infinity(negative),
            (false, true) => {
                *status |= Status::CLAMPED;
                return Number::small(negative, 0, self.tiny());
            }
            (false, false) => {}
        }
        if b.is_zero() {
            if a.is_zero() {
                return Number::invalid(Status::DIVISION_UNDEFINED, status);
            }
            *status |= Status::DIVISION_BY_ZERO;
            return Number::infinity(negative);
        }
        let ideal = a.exponent - b.exponent;
        if a.is_zero() {
            return self.finish(Number::small(negative, 0, ideal), status);
        }
        let shift = b.coefficient.digits() - a.coefficient.digits() + self.precision + 1;
        if shift > DIGITS_MANY {
            return match exact_quotient(&a.coefficient, &b.coefficient) {
                Some((quotient, down)) => {
                    self.finish(Number::finite(negative, quotient, ideal.saturating_sub(down)), status)
                }
                None if shift > crate::coefficient::DIGITS_MAX => Number::no_memory(status),
                None => self.divide_digits(a, b, shift, status),
            };
        }
        self.divide_digits(a, b, shift, status)
    }

    /// The quotient with that many digits more than the dividend has.
    fn divide_digits(&self, a: &Number, b: &Number, shift: i64, status: &mut Status) -> Number {
        let (negative, ideal) = (a.negative != b.negative, a.exponent - b.exponent);
        let exponent = ideal - shift;
        let found = match (&a.coefficient, &b.coefficient) {
            (Coefficient::Small(x), Coefficient::Small(y)) if (0..limbs::DOUBLE_POWERS as i64).contains(&shift) => {
                let wide = limbs::multiply_wide(*x, POWERS[shift as usize]);
                limbs::divide_wide(wide, *y)
                    .map(|(quotient, rest)| (Coefficient::Small(quotient), Coefficient::Small(rest)))
            }
            _ => None,
        };
        let found = match found {
            Some(found) => Ok(found),
            None if shift >= 0 => a.coefficient.scaled_up(shift).map(|above| above.divide(&b.coefficient)),
            None => b.coefficient.scaled_up(-shift).map(|below| a.coefficient.divide(&below)),
        };
        let Ok((mut quotient, rest)) = found else { return Number::no_memory(status) };
        let mut exponent = exponent;
        if !rest.is_zero() {
            // One more in the last digit, which will be cut off, says that there are others below.
            if quotient.is_multiple_of_five() {
                quotient = quotient.add(&Coefficient::ONE);
            }
        } else if exponent < ideal {
            let (shorter, zeros) = quotient.without_zeros(ideal - exponent);
            (quotient, exponent) = (shorter, exponent + zeros);
        }
        self.finish(Number::finite(negative, quotient, exponent), status)
    }

    /// The quotient without its fraction, and the rest.
    pub fn divide_modulo(&self, a: &Number, b: &Number, status: &mut Status) -> (Number, Number) {
        if let Some(nan) = Number::nan_of(&[a, b], self, status) {
            return (nan.clone(), nan);
        }
        let negative = a.negative != b.negative;
        if a.is_infinite() {
            let rest = Number::invalid(Status::INVALID_OPERATION, status);
            let quotient = if b.is_infinite() { Number::nan() } else { Number::infinity(negative) };
            return (quotient, rest);
        }
        if b.is_infinite() {
            // The rest is the dividend.
            let rest = self.finish(a.clone(), status);
            return (Number::small(negative, 0, 0), rest);
        }
        if b.is_zero() {
            if a.is_zero() {
                *status |= Status::DIVISION_UNDEFINED;
                return (Number::nan(), Number::nan());
            }
            *status |= Status::DIVISION_BY_ZERO | Status::INVALID_OPERATION;
            return (Number::infinity(negative), Number::nan());
        }
        match self.integer_parts(a, b) {
            Ok(Some((quotient, rest))) => (self.finish(quotient, status), self.finish(rest, status)),
            Ok(None) => {
                *status |= Status::DIVISION_IMPOSSIBLE;
                (Number::nan(), Number::nan())
            }
            Err(TooLarge) => {
                *status |= Status::NO_MEMORY;
                (Number::nan(), Number::nan())
            }
        }
    }

    /// Quotient and rest of finite numbers; none if the quotient has too many digits.
    fn integer_parts(&self, a: &Number, b: &Number) -> Result<Option<(Number, Number)>, TooLarge> {
        let negative = a.negative != b.negative;
        let ideal = a.exponent.min(b.exponent);
        if a.coefficient.is_zero() {
            return Ok(Some((Number::small(negative, 0, 0), Number::small(a.negative, 0, ideal))));
        }
        let difference = a.adjusted() - b.adjusted();
        if difference < 0 {
            // The dividend is smaller; the rest has the exponent of the division.
            let rest = if a.exponent > b.exponent {
                a.coefficient.scaled_up(a.exponent - b.exponent)?
            } else {
                a.coefficient.clone()
            };
            return Ok(Some((Number::small(negative, 0, 0), Number::finite(a.negative, rest, ideal))));
        }
        if difference > self.precision {
            return Ok(None);
        }
        let above = a.coefficient.scaled_up(a.exponent - ideal)?;
        let below = b.coefficient.scaled_up(b.exponent - ideal)?;
        let (quotient, rest) = above.divide(&below);
        if quotient.digits() > self.precision {
            return Ok(None);
        }
        Ok(Some((Number::finite(negative, quotient, 0), Number::finite(a.negative, rest, ideal))))
    }

    pub fn divide_integer(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        check_nan!([a, b], self, status);
        let negative = a.negative != b.negative;
        if a.is_infinite() {
            if b.is_infinite() {
                return Number::invalid(Status::INVALID_OPERATION, status);
            }
            return Number::infinity(negative);
        }
        if b.is_infinite() {
            return Number::small(negative, 0, 0);
        }
        if b.is_zero() {
            if a.is_zero() {
                return Number::invalid(Status::DIVISION_UNDEFINED, status);
            }
            *status |= Status::DIVISION_BY_ZERO;
            return Number::infinity(negative);
        }
        match self.integer_parts(a, b) {
            Ok(Some((quotient, _))) => self.finish(quotient, status),
            Ok(None) => Number::invalid(Status::DIVISION_IMPOSSIBLE, status),
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    pub fn remainder(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        self.rest(a, b, status, |a, b| Ok(self.integer_parts(a, b)?.map(|(_, rest)| rest)))
    }

    /// What is left when the nearest multiple is taken away.
    pub fn remainder_near(&self, a: &Number, b: &Number, status: &mut Status) -> Number {
        self.rest(a, b, status, |a, b| self.nearest_rest(a, b))
    }

    /// A remainder: that of finite numbers, of which the second is not zero, is `divide`'s.
    fn rest(
        &self,
        a: &Number,
        b: &Number,
        status: &mut Status,
        divide: impl FnOnce(&Number, &Number) -> Result<Option<Number>, TooLarge>,
    ) -> Number {
        check_nan!([a, b], self, status);
        if a.is_infinite() {
            return Number::invalid(Status::INVALID_OPERATION, status);
        }
        if b.is_infinite() {
            return self.finish(a.clone(), status);
        }
        if b.is_zero() {
            let reason = if a.is_zero() { Status::DIVISION_UNDEFINED } else { Status::INVALID_OPERATION };
            return Number::invalid(reason, status);
        }
        match divide(a, b) {
            Ok(Some(rest)) => self.finish(rest, status),
            Ok(None) => Number::invalid(Status::DIVISION_IMPOSSIBLE, status),
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    fn nearest_rest(&self, a: &Number, b: &Number) -> Result<Option<Number>, TooLarge> {
        let ideal = a.exponent.min(b.exponent);
        if a.adjusted() < b.adjusted() - 1 || a.coefficient.is_zero() {
            // Less than half of the divisor: nothing is taken away.
            let up = if a.coefficient.is_zero() { 0 } else { a.exponent - ideal };
            return Ok(Some(Number::finite(a.negative, a.coefficient.scaled_up(up)?, ideal)));
        }
        let Some((quotient, rest)) = self.integer_parts(a, b)? else { return Ok(None) };
        let divisor = b.coefficient.scaled_up(b.exponent - ideal)?;
        let twice = rest.coefficient.add(&rest.coefficient);
        let up = match twice.compare(&divisor) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => quotient.coefficient.is_odd(),
        };
        if !up {
            return Ok(Some(rest));
        }
        if quotient.coefficient.add(&Coefficient::ONE).digits() > self.precision {
            return Ok(None);
        }
        let other = divisor.subtract(&rest.coefficient);
        Ok(Some(Number::finite(!a.negative, other, ideal)))
    }
}

/// Small coefficients at one exponent, if both stay small.
#[inline]
fn align_small(x: u128, y: u128, x_exponent: i64, y_exponent: i64) -> Option<(u128, u128, i64)> {
    let scale = |value: u128, shift: i64| {
        let power = POWERS.get(shift as usize)?;
        if value >> 64 == 0 && power >> 64 == 0 {
            return Some(value * power);
        }
        value.checked_mul(*power)
    };
    match x_exponent.cmp(&y_exponent) {
        Ordering::Equal => Some((x, y, x_exponent)),
        Ordering::Greater => Some((scale(x, x_exponent - y_exponent)?, y, y_exponent)),
        Ordering::Less => Some((x, scale(y, y_exponent - x_exponent)?, x_exponent)),
    }
}

/// The product without rounding of what are numbers; none if there is none.
fn exact_product(a: &Number, b: &Number) -> Result<Option<Number>, TooLarge> {
    let negative = a.negative != b.negative;
    if a.is_infinite() || b.is_infinite() {
        return Ok((!a.is_zero() && !b.is_zero()).then(|| Number::infinity(negative)));
    }
    Ok(Some(Number::finite(negative, a.coefficient.multiply(&b.coefficient)?, a.exponent + b.exponent)))
}

/// The quotient times a power of ten, and the exponent of that, if the quotient has an end. The power is the smallest.
fn exact_quotient(a: &Coefficient, b: &Coefficient) -> Option<(Coefficient, i64)> {
    let mut divisor = b.to_big();
    let twos = divisor.trailing_zeros().unwrap_or(0);
    divisor >>= twos;
    let mut fives = 0;
    // What is left of the divisor without twos and fives divides the dividend, or the quotient has no end.
    let (mut step, five) = (1usize, UBig::from(5u8));
    let mut powers = vec![five.clone()];
    while let Some(last) = powers.last()
        && last.as_words().len() * 2 <= divisor.as_words().len() + 1
    {
        powers.push(last.sqr());
        step *= 2;
    }
    while let Some(power) = powers.pop() {
        while (&divisor % &power).is_zero() {
            divisor /= &power;
            fives += step;
        }
        step /= 2;
    }
    let (quotient, rest) = a.divide(&Coefficient::from(divisor));
    if !rest.is_zero() {
        return None;
    }
    let down = twos.max(fives);
    let factor = (five.pow(down - fives)) << (down - twos);
    let product = quotient.multiply(&Coefficient::from(factor)).ok()?;
    if product.is_zero() {
        return Some((product, 0));
    }
    // The dividend may have brought factors of its own.
    let (product, zeros) = product.without_zeros(down as i64);
    Some((product, down as i64 - zeros))
}

/// Ten to some power as a coefficient.
pub fn power_coefficient(exponent: i64) -> Result<Coefficient, TooLarge> {
    match POWERS.get(exponent as usize) {
        Some(power) => Ok(Coefficient::Small(*power)),
        None => power_of_ten(exponent).map(Coefficient::from),
    }
}
