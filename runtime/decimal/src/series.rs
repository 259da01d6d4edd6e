//! Exponentials and logarithms of fixed-point numbers: integers that stand for themselves divided by a power of two.

use dashu_int::UBig;
use dashu_int::ops::BitTest;
use std::cell::RefCell;

/// What is computed once: the natural logarithm of ten with some number of bits.
#[derive(Default)]
pub struct Constants(RefCell<Option<(usize, UBig)>>);

/// Bits that intermediate results have beyond those asked for.
const GUARD: usize = 24;

impl Constants {
    /// The natural logarithm of ten, to `bits` after the point; at most one unit too small.
    pub fn logarithm_of_ten(&self, bits: usize) -> UBig {
        if let Some((known, value)) = &*self.0.borrow()
            && *known >= bits
        {
            return value >> (known - bits);
        }
        // Some more, so that small increases find it there.
        let known = bits + bits / 4 + 64;
        let wide = known + GUARD;
        let sum =
            inverse_tangent(31, wide) * 46u8 + inverse_tangent(49, wide) * 34u8 + inverse_tangent(161, wide) * 20u8;
        let value: UBig = sum >> GUARD;
        let result = &value >> (known - bits);
        *self.0.borrow_mut() = Some((known, value));
        result
    }
}

/// The hyperbolic arc tangent of one divided by `divisor`, by binary splitting of its series.
fn inverse_tangent(divisor: u32, bits: usize) -> UBig {
    let terms = (bits as f64 / (2.0 * f64::from(divisor).log2())) as u64 + 2;
    let square = u64::from(divisor) * u64::from(divisor);
    let (top, odd, power) = split(0, terms, square);
    ((top * divisor) << bits) / (odd * power)
}

/// The sum of the terms from `first` to before `last` as a numerator over two factors.
fn split(first: u64, last: u64, square: u64) -> (UBig, UBig, UBig) {
    if last - first == 1 {
        return (UBig::ONE, UBig::from(2 * first + 1), UBig::from(square));
    }
    let middle = first + (last - first) / 2;
    let (top_left, odd_left, power_left) = split(first, middle, square);
    let (top_right, odd_right, power_right) = split(middle, last, square);
    let top = &odd_right * &power_right * top_left + &odd_left * top_right;
    (top, odd_left * odd_right, power_left * power_right)
}

/// `e` to the power of a number below eight: both with `bits` after the point. At most four units wrong.
pub fn exponential(argument: &UBig, bits: usize) -> UBig {
    // The argument is halved so often that the series gets short, and the result squared as often.
    let halvings = ((bits as f64).sqrt() * 0.7) as usize + 3;
    let wide = bits + 2 * halvings + GUARD;
    let reduced: UBig = argument << (wide - bits) >> halvings;
    let one = UBig::ONE << wide;
    let mut sum = &one + &reduced;
    let mut term = reduced.clone();
    let mut count = 1u64;
    loop {
        count += 1;
        term = ((&term * &reduced) >> wide) / count;
        if term.is_zero() {
            break;
        }
        sum += &term;
    }
    for _ in 0..halvings {
        sum = sum.sqr() >> wide;
    }
    sum >> (wide - bits)
}

/// The natural logarithm of a number from one to ten: both with `bits` after the point. At most eight units wrong.
pub fn logarithm(argument: &UBig, bits: usize) -> UBig {
    // The number as a float, then steps that triple the number of good bits.
    let length = argument.bit_len();
    let shift = length.saturating_sub(60);
    let leading: UBig = argument >> shift;
    let leading = u64::try_from(&leading).unwrap_or(1) as f64;
    let guess = leading.ln() + (shift as f64 - bits as f64) * std::f64::consts::LN_2;
    let mut known = 44usize;
    let mut steps = Vec::new();
    let mut wanted = bits + GUARD;
    while wanted > known {
        steps.push(wanted);
        wanted = wanted / 3 + 6;
    }
    let mut scale = 60usize;
    let mut value = UBig::from((guess.max(0.0) * (scale as f64).exp2()) as u64);
    while let Some(next) = steps.pop() {
        value = if next >= scale { value << (next - scale) } else { value >> (scale - next) };
        scale = next;
        let at = if scale >= bits { argument << (scale - bits) } else { argument >> (bits - scale) };
        let power = exponential(&value, scale);
        let below = &at + &power;
        // Twice the difference over the sum is what is missing, up to the third power of it.
        if at >= power {
            value += ((at - power) << (scale + 1)) / below;
        } else {
            let excess = ((power - at) << (scale + 1)) / below;
            value = if excess > value { UBig::ZERO } else { value - excess };
        }
        known = scale;
    }
    debug_assert!(known >= bits);
    value >> (scale - bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_of_ten_is_known() {
        let constants = Constants::default();
        let ten = UBig::from(10u8).pow(30);
        let digits = (constants.logarithm_of_ten(120) * &ten) >> 120usize;
        assert_eq!(digits.to_string(), "2302585092994045684017991454684");
    }

    #[test]
    fn logarithms_and_exponentials_undo_each_other() {
        for bits in [100usize, 200, 1000, 5000] {
            for number in [1u8, 2, 3, 5, 7, 9] {
                let argument = UBig::from(number) << bits;
                let back = exponential(&logarithm(&argument, bits), bits);
                let difference = if back > argument { &back - &argument } else { &argument - &back };
                assert!(difference < UBig::from(200u8), "{bits} {number} {difference}");
            }
        }
    }
}
