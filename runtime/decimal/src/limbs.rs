//! Powers of ten, and division of a few words by them without the slow division of the processor.

/// The most digits of a power of ten that fits into a word, plus one.
pub const WORD_POWERS: usize = 20;
/// The same for two words.
pub const DOUBLE_POWERS: usize = 39;
/// The same for four words.
pub const WIDE_POWERS: usize = 78;

/// A number of four words: high and low half.
pub type Wide = (u128, u128);

/// Ten to the power of the index.
pub static POWERS: [u128; DOUBLE_POWERS] = {
    let mut powers = [1; DOUBLE_POWERS];
    let mut index = 1;
    while index < DOUBLE_POWERS {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// Ten to the power of the index, in four words.
pub static POWERS_WIDE: [Wide; WIDE_POWERS] = {
    let mut powers = [(0, 1); WIDE_POWERS];
    let mut index = 1;
    while index < WIDE_POWERS {
        let (high, low) = powers[index - 1];
        // Ten times the low half, in parts of which none overflows.
        let (bottom, top) = (low as u64 as u128 * 10, (low >> 64) * 10);
        let middle = top + (bottom >> 64);
        powers[index] = (high * 10 + (middle >> 64), middle << 64 | bottom & u64::MAX as u128);
        index += 1;
    }
    powers
};

/// A divisor of one word: shifted so that its top bit is set, with its reciprocal (Möller and Granlund, 2011).
#[derive(Clone, Copy)]
pub struct Divisor {
    normal: u64,
    shift: u32,
    reciprocal: u64,
}

/// Divisors for the powers of ten of one word.
static DIVISORS: [Divisor; WORD_POWERS] = {
    let mut divisors = [Divisor::new(1); WORD_POWERS];
    let mut index = 0;
    while index < WORD_POWERS {
        divisors[index] = Divisor::new(POWERS[index] as u64);
        index += 1;
    }
    divisors
};

impl Divisor {
    /// For a number that is not zero.
    pub const fn new(divisor: u64) -> Divisor {
        let shift = divisor.leading_zeros();
        let normal = divisor << shift;
        Divisor { normal, shift, reciprocal: (u128::MAX / normal as u128) as u64 }
    }

    /// Two words, of which the high one is smaller than the shifted divisor, by that.
    #[inline(always)]
    fn divide_two(&self, high: u64, low: u64) -> (u64, u64) {
        let guess = self.reciprocal as u128 * high as u128 + ((high as u128) << 64 | low as u128);
        let mut quotient = ((guess >> 64) as u64).wrapping_add(1);
        let mut rest = low.wrapping_sub(quotient.wrapping_mul(self.normal));
        if rest > guess as u64 {
            quotient = quotient.wrapping_sub(1);
            rest = rest.wrapping_add(self.normal);
        }
        if rest >= self.normal {
            quotient = quotient.wrapping_add(1);
            rest -= self.normal;
        }
        (quotient, rest)
    }

    /// Divides words, least significant first, in place; gives the rest.
    #[inline(always)]
    pub fn divide(&self, words: &mut [u64]) -> u64 {
        let mut rest = 0;
        if self.shift == 0 {
            for word in words.iter_mut().rev() {
                (*word, rest) = self.divide_two(rest, *word);
            }
            return rest;
        }
        // The words are shifted on the way; what is shifted out of the top one is smaller than the divisor.
        let Some(top) = words.last() else { return 0 };
        rest = top >> (64 - self.shift);
        for index in (0..words.len()).rev() {
            let below = if index == 0 { 0 } else { words[index - 1] >> (64 - self.shift) };
            let word = words[index] << self.shift | below;
            (words[index], rest) = self.divide_two(rest, word);
        }
        rest >> self.shift
    }
}

/// What a division by a power of ten leaves, compared with half of that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rest {
    Zero,
    BelowHalf,
    Half,
    AboveHalf,
}

impl Rest {
    /// The class of `rest`, which was left by a divisor of twice `half`.
    pub fn of<T: PartialOrd + Default>(rest: T, half: T) -> Rest {
        if rest == T::default() {
            Rest::Zero
        } else if rest < half {
            Rest::BelowHalf
        } else if rest == half {
            Rest::Half
        } else {
            Rest::AboveHalf
        }
    }

    /// The class, when something is left below what this one was made of.
    pub fn with_more(self, more: bool) -> Rest {
        match self {
            Rest::Zero if more => Rest::BelowHalf,
            Rest::Half if more => Rest::AboveHalf,
            other => other,
        }
    }

    pub fn is_zero(self) -> bool {
        self == Rest::Zero
    }
}

/// Divides words by ten to the power of `exponent`, which is not zero, in place.
pub fn divide_by_power(words: &mut [u64], exponent: usize) -> Rest {
    let mut left = exponent;
    let mut more = false;
    while left >= WORD_POWERS {
        more |= DIVISORS[WORD_POWERS - 1].divide(words) != 0;
        left -= WORD_POWERS - 1;
    }
    let rest = DIVISORS[left].divide(words);
    Rest::of(rest, POWERS[left] as u64 / 2).with_more(more)
}

/// The number of decimal digits; zero has one.
#[inline]
pub fn digits(value: u128) -> i64 {
    // Setting the lowest bit leads past no power of ten, and zero has a digit.
    let value = value | 1;
    let bits = 128 - value.leading_zeros();
    // log10(2) is a little more than 1233 / 4096.
    let guess = ((bits * 1233) >> 12) as usize;
    guess as i64 + i64::from(guess < DOUBLE_POWERS && value >= POWERS[guess])
}

/// The number of decimal digits of four words, of which the high half is not zero.
pub fn digits_wide((high, low): Wide) -> i64 {
    let bits = 256 - high.leading_zeros() as usize;
    let guess = (bits * 1233) >> 12;
    guess as i64 + i64::from(guess < WIDE_POWERS && (high, low) >= POWERS_WIDE[guess])
}

/// The product in four words.
#[inline]
pub fn multiply_wide(a: u128, b: u128) -> Wide {
    let mask = u64::MAX as u128;
    let (a_high, a_low, b_high, b_low) = (a >> 64, a & mask, b >> 64, b & mask);
    let low = a_low * b_low;
    let middle = a_high * b_low + (low >> 64);
    let (cross, carry) = middle.overflowing_add(a_low * b_high);
    (a_high * b_high + (cross >> 64) + (u128::from(carry) << 64), cross << 64 | low & mask)
}

/// The words of a number of four, least significant first.
pub fn words_of((high, low): Wide) -> [u64; 4] {
    [low as u64, (low >> 64) as u64, high as u64, (high >> 64) as u64]
}

pub fn from_words(words: &[u64; 4]) -> Wide {
    let join = |low: u64, high: u64| low as u128 | (high as u128) << 64;
    (join(words[2], words[3]), join(words[0], words[1]))
}

/// Quotient and rest of four words by two, of which the quotient fits into two words.
pub fn divide_wide(numerator: Wide, divisor: u128) -> Option<(u128, u128)> {
    if numerator.0 >= divisor {
        return None;
    }
    if let Ok(small) = u64::try_from(divisor) {
        let mut words = words_of(numerator);
        let count = if numerator.0 == 0 { 2 } else { 4 };
        let rest = Divisor::new(small).divide(&mut words[..count]);
        return Some((from_words(&words).1, u128::from(rest)));
    }
    if numerator.0 == 0 {
        let quotient = numerator.1 / divisor;
        return Some((quotient, numerator.1 - quotient * divisor));
    }
    // Two steps of long division by a divisor of two words (Knuth's algorithm D).
    let shift = divisor.leading_zeros();
    let normal = divisor << shift;
    let (mut high, mut low) = numerator;
    if shift > 0 {
        high = high << shift | low >> (128 - shift);
        low <<= shift;
    }
    let top = Divisor::new((normal >> 64) as u64);
    let step = |high: u128, word: u64| -> (u64, u128) {
        let (upper, middle) = ((high >> 64) as u64, high as u64);
        let (mut quotient, mut rest) = if upper >= (normal >> 64) as u64 {
            (u64::MAX as u128, u128::from(middle) + (normal >> 64))
        } else {
            let (quotient, rest) = top.divide_two(upper, middle);
            (u128::from(quotient), u128::from(rest))
        };
        let below = normal & u64::MAX as u128;
        while rest <= u64::MAX as u128 && quotient * below > (rest << 64 | u128::from(word)) {
            quotient -= 1;
            rest += normal >> 64;
        }
        let whole = (high << 64 | u128::from(word)).wrapping_sub(normal.wrapping_mul(quotient));
        (quotient as u64, whole)
    };
    let (first, rest) = step(high, (low >> 64) as u64);
    let (second, rest) = step(rest, low as u64);
    Some((u128::from(first) << 64 | u128::from(second), rest >> shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_counted_at_every_power() {
        assert_eq!(digits(0), 1);
        assert_eq!(digits(u128::MAX), 39);
        for (index, power) in POWERS.iter().enumerate() {
            assert_eq!(digits(*power), index as i64 + 1);
            assert_eq!(digits((*power - 1).max(1)), (index as i64).max(1));
        }
    }

    #[test]
    fn products_are_divided_into_their_factors() {
        let mut state = 88172645463325252u128;
        let mut next = |bits: u32| {
            state =
                state.wrapping_mul(0x2360ED051FC65DA44385DF649FCCF645).wrapping_add(0x5851F42D4C957F2D14057B7EF767814F);
            (state ^ state >> 67) >> (128 - bits)
        };
        for round in 0..200_000 {
            let (a, b) = (next(1 + round % 128), next(1 + round / 3 % 128) | 1);
            let (high, low) = multiply_wide(a, b);
            assert_eq!(divide_wide((high, low), b), (high < b).then_some((a, 0)));
            let rest = next(128) % b;
            let (sum, carry) = low.overflowing_add(rest);
            let numerator = (high + u128::from(carry), sum);
            assert_eq!(divide_wide(numerator, b), (numerator.0 < b).then_some((a, rest)));
            let exponent = 1 + round as usize % 38;
            let mut words = words_of((0, a));
            let kind = divide_by_power(&mut words, exponent);
            assert_eq!(from_words(&words).1, a / POWERS[exponent]);
            assert_eq!(kind, Rest::of(a % POWERS[exponent], POWERS[exponent] / 2));
        }
    }
}
