//! The digits of a number as an integer: of two words if it fits, of any length otherwise.

use crate::limbs::{self, POWERS, Rest};
use dashu_int::UBig;
use dashu_int::ops::{BitTest, DivRem};
use std::cmp::Ordering;

/// Digits that a number may have at most: more would take memory by the gigabyte.
pub const DIGITS_MAX: i64 = 1_200_000_000;

/// There is not enough memory for so many digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLarge;

/// An integer that is not negative. It is `Large` only if it does not fit into `Small`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Coefficient {
    Small(u128),
    Large(UBig),
}

use Coefficient::{Large, Small};

/// Ten to some power.
pub fn power_of_ten(exponent: i64) -> Result<UBig, TooLarge> {
    if exponent > DIGITS_MAX {
        return Err(TooLarge);
    }
    match POWERS.get(exponent as usize) {
        Some(power) => Ok(UBig::from(*power)),
        None => Ok(UBig::from(5u8).pow(exponent as usize) << exponent as usize),
    }
}

impl From<UBig> for Coefficient {
    fn from(value: UBig) -> Coefficient {
        match *value.as_words() {
            [] => Small(0),
            [low] => Small(u128::from(low)),
            [low, high] => Small(u128::from(low) | u128::from(high) << 64),
            _ => Large(value),
        }
    }
}

impl Coefficient {
    pub const ZERO: Coefficient = Small(0);
    pub const ONE: Coefficient = Small(1);

    /// A number of words, least significant first.
    pub fn from_words(words: &[u64]) -> Coefficient {
        match *words {
            [] => Small(0),
            [low] => Small(u128::from(low)),
            [low, high] => Small(u128::from(low) | u128::from(high) << 64),
            _ => Coefficient::from(UBig::from_words(words)),
        }
    }

    pub fn to_big(&self) -> UBig {
        match self {
            Small(value) => UBig::from(*value),
            Large(value) => value.clone(),
        }
    }

    pub fn is_zero(&self) -> bool {
        matches!(self, Small(0))
    }

    pub fn is_odd(&self) -> bool {
        match self {
            Small(value) => value & 1 == 1,
            Large(value) => value.bit(0),
        }
    }

    /// The number of digits; zero has one.
    #[inline]
    pub fn digits(&self) -> i64 {
        match self {
            Small(value) => limbs::digits(*value),
            Large(value) => digits_of_big(value),
        }
    }

    pub fn is_multiple_of_five(&self) -> bool {
        match self {
            // Two to the power of 64 is one more than a multiple of five.
            Small(value) => (*value as u64 % 5 + (*value >> 64) as u64 % 5).is_multiple_of(5),
            Large(value) => (value % 5u8) == 0,
        }
    }

    pub fn compare(&self, other: &Coefficient) -> Ordering {
        match (self, other) {
            (Small(a), Small(b)) => a.cmp(b),
            (Small(_), Large(_)) => Ordering::Less,
            (Large(_), Small(_)) => Ordering::Greater,
            (Large(a), Large(b)) => a.cmp(b),
        }
    }

    pub fn add(&self, other: &Coefficient) -> Coefficient {
        match (self, other) {
            (Small(a), Small(b)) => match a.checked_add(*b) {
                Some(sum) => Small(sum),
                None => Large(UBig::from(*a) + *b),
            },
            (Large(a), Small(b)) | (Small(b), Large(a)) => Large(a + *b),
            (Large(a), Large(b)) => Large(a + b),
        }
    }

    /// The difference from a number that is not larger.
    pub fn subtract(&self, other: &Coefficient) -> Coefficient {
        match (self, other) {
            (Small(a), Small(b)) => Small(a - b),
            (Large(a), Small(b)) => Coefficient::from(a - *b),
            (Large(a), Large(b)) => Coefficient::from(a - b),
            (Small(_), Large(_)) => Small(0),
        }
    }

    pub fn multiply(&self, other: &Coefficient) -> Result<Coefficient, TooLarge> {
        if let (Small(a), Small(b)) = (self, other) {
            if let Some(product) = a.checked_mul(*b) {
                return Ok(Small(product));
            }
            return Ok(Coefficient::from_words(&limbs::words_of(limbs::multiply_wide(*a, *b))));
        }
        if self.digits() + other.digits() > DIGITS_MAX {
            return Err(TooLarge);
        }
        Ok(Coefficient::from(match (self, other) {
            (Large(a), Large(b)) if std::ptr::eq(a, b) => a.sqr(),
            (Large(a), Large(b)) => a * b,
            (Large(a), Small(b)) | (Small(b), Large(a)) => a * *b,
            (Small(a), Small(b)) => UBig::from(*a) * *b,
        }))
    }

    /// Quotient and rest.
    pub fn divide(&self, divisor: &Coefficient) -> (Coefficient, Coefficient) {
        match (self, divisor) {
            (Small(a), Small(b)) => match (u64::try_from(*a), u64::try_from(*b)) {
                (Ok(a), Ok(b)) => (Small(u128::from(a / b)), Small(u128::from(a % b))),
                _ => (Small(a / b), Small(a % b)),
            },
            (Small(a), Large(_)) => (Small(0), Small(*a)),
            (Large(a), Small(b)) => {
                let (quotient, rest) = a.div_rem(&UBig::from(*b));
                (quotient.into(), rest.into())
            }
            (Large(a), Large(b)) => {
                let (quotient, rest) = a.div_rem(b);
                (quotient.into(), rest.into())
            }
        }
    }

    /// The number times ten to some power, which is not negative.
    #[inline]
    pub fn scaled_up(&self, exponent: i64) -> Result<Coefficient, TooLarge> {
        if let Small(value) = self {
            if *value == 0 || exponent == 0 {
                return Ok(Small(*value));
            }
            if let Some(product) = POWERS.get(exponent as usize).and_then(|power| value.checked_mul(*power)) {
                return Ok(Small(product));
            }
        }
        if exponent > DIGITS_MAX {
            return Err(TooLarge);
        }
        match exponent {
            0 => Ok(self.clone()),
            _ => {
                // The power of five alone is multiplied: the rest is a shift.
                let five = match exponent {
                    ..=27 => UBig::from(5u64.pow(exponent as u32)),
                    _ => UBig::from(5u8).pow(exponent as usize),
                };
                Ok(Coefficient::from((self.to_big() * five) << exponent as usize))
            }
        }
    }

    /// The number divided by ten to some power, which is not negative, and what that leaves.
    pub fn scaled_down(&self, exponent: i64) -> (Coefficient, Rest) {
        if exponent == 0 {
            return (self.clone(), Rest::Zero);
        }
        match self {
            Small(value) => match POWERS.get(exponent as usize) {
                Some(_) if *value <= u128::from(u64::MAX) && exponent < limbs::WORD_POWERS as i64 => {
                    let (value, power) = (*value as u64, POWERS[exponent as usize] as u64);
                    (Small(u128::from(value / power)), Rest::of(value % power, power / 2))
                }
                Some(_) => {
                    let mut words = [*value as u64, (*value >> 64) as u64];
                    let rest = limbs::divide_by_power(&mut words, exponent as usize);
                    (Coefficient::from_words(&words), rest)
                }
                None => (Small(0), Rest::Zero.with_more(*value != 0)),
            },
            Large(value) => {
                let digits = digits_of_big(value);
                if exponent > digits {
                    return (Small(0), Rest::BelowHalf);
                }
                if exponent <= 50 {
                    let mut words = value.as_words().to_vec();
                    let rest = limbs::divide_by_power(&mut words, exponent as usize);
                    return (Coefficient::from(UBig::from_words(&words)), rest);
                }
                let Ok(power) = power_of_ten(exponent) else { return (Small(0), Rest::BelowHalf) };
                let (quotient, rest) = value.div_rem(&power);
                let half: UBig = power >> 1usize;
                let zero = rest.is_zero();
                let class = match rest.cmp(&half) {
                    Ordering::Less if zero => Rest::Zero,
                    Ordering::Less => Rest::BelowHalf,
                    Ordering::Equal => Rest::Half,
                    Ordering::Greater => Rest::AboveHalf,
                };
                (quotient.into(), class)
            }
        }
    }

    /// The number modulo ten to some power.
    pub fn low_digits(&self, count: i64) -> Coefficient {
        match self {
            Small(value) => match POWERS.get(count as usize) {
                Some(power) => Small(value % power),
                None => Small(*value),
            },
            Large(value) => match power_of_ten(count) {
                Ok(power) => Coefficient::from(value % power),
                Err(TooLarge) => self.clone(),
            },
        }
    }

    /// The number without up to `most` zeros at its end, and how many those were. The number is not zero.
    pub fn without_zeros(&self, most: i64) -> (Coefficient, i64) {
        let (mut value, mut count) = match self {
            Small(value) => (*value, 0),
            Large(_) => {
                let zeros = self.trailing_zeros().min(most);
                let (value, _) = self.scaled_down(zeros);
                return (value, zeros);
            }
        };
        for (power, step) in [(POWERS[16], 16), (POWERS[8], 8), (POWERS[4], 4), (100, 2), (10, 1)] {
            while count + step <= most && value.trailing_zeros() as i64 >= step {
                let (quotient, rest) = match u64::try_from(value) {
                    Ok(word) => (u128::from(word / power as u64), u128::from(word % power as u64)),
                    Err(_) => (value / power, value % power),
                };
                if rest != 0 {
                    break;
                }
                value = quotient;
                count += step;
            }
        }
        (Small(value), count)
    }

    /// How many zeros the number, which is not zero, ends with.
    pub fn trailing_zeros(&self) -> i64 {
        let Large(value) = self else {
            return self.without_zeros(i64::MAX - 100).1;
        };
        // As many zeros as there are factors of two and of five.
        let most = value.trailing_zeros().unwrap_or(0);
        let (mut low, mut high) = (0, most + 1);
        // The largest exponent of which the power divides the number: first by doubling, then between bounds.
        let divides = |exponent: usize| (value % UBig::from(5u8).pow(exponent)).is_zero();
        let mut step = 1;
        while low + step < high {
            if divides(low + step) {
                low += step;
                step *= 2;
            } else {
                high = low + step;
            }
        }
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if divides(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low as i64
    }

    /// The digits as text.
    pub fn to_text(&self) -> String {
        match self {
            Small(value) => match u64::try_from(*value) {
                Ok(word) => word.to_string(),
                Err(_) => value.to_string(),
            },
            Large(value) => value.to_string(),
        }
    }

    /// The number that ASCII digits are.
    pub fn from_text(digits: &[u8]) -> Result<Coefficient, TooLarge> {
        let start = digits.iter().position(|digit| *digit != b'0').unwrap_or(digits.len());
        let digits = &digits[start..];
        if digits.len() < limbs::WORD_POWERS {
            let word = digits.iter().fold(0u64, |value, digit| value * 10 + u64::from(digit - b'0'));
            return Ok(Small(u128::from(word)));
        }
        if digits.len() < limbs::DOUBLE_POWERS {
            let (first, second) = digits.split_at(digits.len() - 19);
            let word = |part: &[u8]| part.iter().fold(0u64, |value, digit| value * 10 + u64::from(digit - b'0'));
            return Ok(Small(u128::from(word(first)) * POWERS[19] + u128::from(word(second))));
        }
        if digits.len() as i64 > DIGITS_MAX {
            return Err(TooLarge);
        }
        let text = std::str::from_utf8(digits).unwrap_or_default();
        Ok(Coefficient::from(UBig::from_str_radix(text, 10).unwrap_or(UBig::ZERO)))
    }

    /// All digits nine.
    pub fn nines(count: i64) -> Result<Coefficient, TooLarge> {
        match POWERS.get(count as usize) {
            Some(power) => Ok(Small(power - 1)),
            None => Ok(Coefficient::from(power_of_ten(count)? - 1u8)),
        }
    }
}

fn digits_of_big(value: &UBig) -> i64 {
    let bits = value.bit_len();
    let words = value.as_words();
    let shift = bits.saturating_sub(64);
    let top = match words {
        [.., low, high] => {
            let both = u128::from(*high) << 64 | u128::from(*low);
            (both >> (64 - high.leading_zeros())) as u64
        }
        [only] => *only,
        [] => return 1,
    };
    let logarithm = (top as f64).log10() + shift as f64 * std::f64::consts::LOG10_2;
    let near = logarithm.round();
    if (logarithm - near).abs() > 1e-5 {
        return logarithm.floor() as i64 + 1;
    }
    match power_of_ten(near as i64) {
        Ok(power) if *value >= power => near as i64 + 1,
        _ => near as i64,
    }
}
