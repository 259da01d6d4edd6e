//! Arithmetic on magnitudes: slices of `u64` limbs, least significant first. Plain data, no Python types.
//!
//! A *trimmed* magnitude has no zero limb at its end; zero is the empty slice. Kernels write into a buffer of the
//! caller, whose length each one states, and leave trimming to the caller.

use std::cmp::Ordering;

/// The magnitude without zero limbs at its end.
#[inline]
pub fn trim(limbs: &[u64]) -> &[u64] {
    let mut length = limbs.len();
    while length > 0 && limbs[length - 1] == 0 {
        length -= 1;
    }
    &limbs[..length]
}

/// The order of two trimmed magnitudes.
pub fn compare(a: &[u64], b: &[u64]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// Bits of a trimmed magnitude.
pub fn bit_length(limbs: &[u64]) -> u64 {
    match limbs.last() {
        Some(top) => limbs.len() as u64 * 64 - top.leading_zeros() as u64,
        None => 0,
    }
}

/// Zero bits below the lowest one bit; zero for zero.
pub fn trailing_zeros(limbs: &[u64]) -> u64 {
    match limbs.iter().position(|limb| *limb != 0) {
        Some(index) => index as u64 * 64 + limbs[index].trailing_zeros() as u64,
        None => 0,
    }
}

/// The sum of two limbs and a carry, and the carry out of it.
#[inline(always)]
fn add_carrying(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(u64::from(carry));
    (sum, first | second)
}

/// The difference of two limbs and a borrow, and the borrow out of it.
#[inline(always)]
fn subtract_borrowing(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(u64::from(borrow));
    (difference, first | second)
}

/// `long + short`; `out` has one limb more than `long`, which is not shorter than `short`.
pub fn add(out: &mut [u64], long: &[u64], short: &[u64]) {
    let mut carry = false;
    let (low, high) = long.split_at(short.len());
    for (out, (a, b)) in out.iter_mut().zip(low.iter().zip(short)) {
        (*out, carry) = add_carrying(*a, *b, carry);
    }
    for (out, a) in out[short.len()..].iter_mut().zip(high) {
        (*out, carry) = a.overflowing_add(u64::from(carry));
    }
    out[long.len()] = u64::from(carry);
}

/// `large - small`; `out` is as long as `large`, which is not less than `small`.
pub fn subtract(out: &mut [u64], large: &[u64], small: &[u64]) {
    let mut borrow = false;
    let (low, high) = large.split_at(small.len());
    for (out, (a, b)) in out.iter_mut().zip(low.iter().zip(small)) {
        (*out, borrow) = subtract_borrowing(*a, *b, borrow);
    }
    for (out, a) in out[small.len()..].iter_mut().zip(high) {
        (*out, borrow) = a.overflowing_sub(u64::from(borrow));
    }
    debug_assert!(!borrow);
}

/// `a * b` limb by limb; `out` has as many limbs as both together.
pub fn multiply(out: &mut [u64], a: &[u64], b: &[u64]) {
    // The inner loop is the one to be long.
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let Some((first, rest)) = a.split_first() else { return out.fill(0) };
    let mut carry = 0u64;
    for (place, limb) in out.iter_mut().zip(b) {
        let product = u128::from(*first) * u128::from(*limb) + u128::from(carry);
        *place = product as u64;
        carry = (product >> 64) as u64;
    }
    out[b.len()] = carry;
    for (offset, factor) in rest.iter().enumerate() {
        let mut carry = 0u64;
        for (place, limb) in out[offset + 1..].iter_mut().zip(b) {
            let sum = u128::from(*factor) * u128::from(*limb) + u128::from(*place) + u128::from(carry);
            *place = sum as u64;
            carry = (sum >> 64) as u64;
        }
        out[offset + 1 + b.len()] = carry;
    }
}

/// `limbs * factor + addend` in place; returns what does not fit.
pub fn multiply_add_small(limbs: &mut [u64], factor: u64, addend: u64) -> u64 {
    let mut carry = addend;
    for limb in limbs {
        let sum = *limb as u128 * factor as u128 + carry as u128;
        *limb = sum as u64;
        carry = (sum >> 64) as u64;
    }
    carry
}

/// Divides by one limb: the quotient goes to `out` (as long as `limbs`), the remainder is returned.
pub fn divide_small(out: &mut [u64], limbs: &[u64], divisor: u64) -> u64 {
    if limbs.len() < 2 {
        let [limb] = *limbs else { return 0 };
        out[0] = limb / divisor;
        return limb % divisor;
    }
    // Möller and Granlund, "Improved division by invariant integers": a reciprocal of the divisor, shifted until its top
    // bit is set, makes two products of each division.
    let shift = divisor.leading_zeros();
    let divisor = divisor << shift;
    let reciprocal = (((u128::from(!divisor)) << 64 | u128::from(u64::MAX)) / u128::from(divisor)) as u64;
    let top = limbs[limbs.len() - 1];
    let mut remainder = if shift == 0 { 0 } else { top >> (64 - shift) };
    for index in (0..limbs.len()).rev() {
        let below = if index > 0 && shift > 0 { limbs[index - 1] >> (64 - shift) } else { 0 };
        let limb = limbs[index] << shift | below;
        let product = u128::from(reciprocal) * u128::from(remainder) + (u128::from(remainder) << 64 | u128::from(limb));
        let (mut quotient, fraction) = (((product >> 64) as u64).wrapping_add(1), product as u64);
        let mut rest = limb.wrapping_sub(quotient.wrapping_mul(divisor));
        if rest > fraction {
            quotient = quotient.wrapping_sub(1);
            rest = rest.wrapping_add(divisor);
        }
        if rest >= divisor {
            quotient += 1;
            rest -= divisor;
        }
        out[index] = quotient;
        remainder = rest;
    }
    remainder >> shift
}

/// `limbs << bits`; `out` has `bits / 64 + 1` limbs more than `limbs`.
pub fn shift_left(out: &mut [u64], limbs: &[u64], bits: u64) {
    let (whole, part) = ((bits / 64) as usize, bits % 64);
    out[..whole].fill(0);
    let mut carry = 0;
    for (index, limb) in limbs.iter().enumerate() {
        out[whole + index] = limb << part | carry;
        carry = if part == 0 { 0 } else { limb >> (64 - part) };
    }
    out[whole + limbs.len()] = carry;
}

/// `limbs >> bits`, towards zero; `out` has `limbs.len() - bits / 64` limbs. Says whether one bits were lost.
pub fn shift_right(out: &mut [u64], limbs: &[u64], bits: u64) -> bool {
    let (whole, part) = ((bits / 64) as usize, bits % 64);
    let kept = &limbs[whole..];
    for (index, limb) in kept.iter().enumerate() {
        let above = kept.get(index + 1).copied().unwrap_or(0);
        out[index] = if part == 0 { *limb } else { limb >> part | above << (64 - part) };
    }
    let partly = kept.first().is_some_and(|limb| limb & ((1 << part) - 1) != 0);
    partly || limbs[..whole].iter().any(|limb| *limb != 0)
}

/// The limbs of a signed number in two's complement, without end.
struct TwosComplement<'a> {
    limbs: &'a [u64],
    negative: bool,
    carry: bool,
    index: usize,
}

impl<'a> TwosComplement<'a> {
    fn new(limbs: &'a [u64], negative: bool) -> TwosComplement<'a> {
        TwosComplement { limbs, negative, carry: true, index: 0 }
    }

    fn next(&mut self) -> u64 {
        let limb = self.limbs.get(self.index).copied().unwrap_or(0);
        self.index += 1;
        if !self.negative {
            return limb;
        }
        let (sum, carry) = (!limb).overflowing_add(self.carry as u64);
        self.carry = carry;
        sum
    }
}

/// A bitwise operation on signed numbers, each a magnitude and whether it is negative. `out` has one limb more than
/// the longer operand; returns whether the result is negative. The operation is symmetrical and has 0 for zeros.
pub fn bitwise(out: &mut [u64], a: (&[u64], bool), b: (&[u64], bool), op: impl Fn(u64, u64) -> u64) -> bool {
    if !a.1 && !b.1 {
        let (long, short) = if a.0.len() >= b.0.len() { (a.0, b.0) } else { (b.0, a.0) };
        for (limb, (x, y)) in out.iter_mut().zip(long.iter().zip(short)) {
            *limb = op(*x, *y);
        }
        for (limb, x) in out[short.len()..].iter_mut().zip(&long[short.len()..]) {
            *limb = op(*x, 0);
        }
        out[long.len()..].fill(0);
        return false;
    }
    let mut left = TwosComplement::new(a.0, a.1);
    let mut right = TwosComplement::new(b.0, b.1);
    let extension = |negative: bool| if negative { u64::MAX } else { 0 };
    let negative = op(extension(a.1), extension(b.1)) != 0;
    let mut carry = true;
    for limb in out {
        let result = op(left.next(), right.next());
        *limb = result;
        if negative {
            (*limb, carry) = (!result).overflowing_add(carry as u64);
        }
    }
    negative
}

/// The modulus of numeric hashes, a Mersenne prime.
pub const HASH_MODULUS: u64 = (1 << HASH_BITS) - 1;
pub const HASH_BITS: u32 = 61;

/// The magnitude modulo `HASH_MODULUS`.
pub fn hash(limbs: &[u64]) -> u64 {
    let mut hash = 0u64;
    for limb in limbs.iter().rev() {
        // 2^64 is 8 modulo 2^61 - 1, so this is hash * 2^64 + limb.
        let sum = hash as u128 * 8 + *limb as u128;
        let folded = (sum as u64 & HASH_MODULUS) + (sum >> HASH_BITS) as u64;
        hash = if folded >= HASH_MODULUS { folded - HASH_MODULUS } else { folded };
    }
    hash
}

/// `mantissa * 2^exponent` for a trimmed magnitude that is not zero: the mantissa has its top bit set, and its lowest
/// bit is set when ones were cut off below, so that rounding it to fewer bits rounds the whole number.
pub fn leading(limbs: &[u64]) -> (u64, i64) {
    let bits = bit_length(limbs);
    let top = limbs[limbs.len() - 1];
    let shift = top.leading_zeros();
    let exponent = bits as i64 - 64;
    let Some(below) = limbs.len().checked_sub(2).map(|index| limbs[index]) else {
        return (top << shift, exponent);
    };
    let mut mantissa = top;
    let mut rest = below;
    if shift != 0 {
        mantissa = top << shift | below >> (64 - shift);
        rest = below << shift;
    }
    let sticky = rest != 0 || limbs[..limbs.len() - 2].iter().any(|limb| *limb != 0);
    (mantissa | sticky as u64, exponent)
}

/// `mantissa * 2^exponent` correctly rounded, infinite on overflow. The mantissa has its top bit set; its lowest bit
/// may stand for any smaller rest.
pub fn round_to_f64(mantissa: u64, exponent: i64) -> f64 {
    debug_assert!(mantissa >> 63 == 1);
    if exponent > 1024 {
        return f64::INFINITY;
    }
    // A subnormal result has fewer bits: drop them before the conversion, keeping their sum in the lowest bit.
    let smallest = -1074;
    if exponent + 11 >= smallest {
        return scale(mantissa as f64, exponent);
    }
    let excess = smallest - exponent;
    if excess > 64 {
        return 0.0;
    }
    let (kept, half, rest) = match excess {
        64 => (0, mantissa >> 63 == 1, mantissa << 1 != 0),
        _ => (mantissa >> excess, mantissa >> (excess - 1) & 1 == 1, mantissa & ((1 << (excess - 1)) - 1) != 0),
    };
    let rounded = kept + (half && (rest || kept & 1 == 1)) as u64;
    f64::from_bits(rounded)
}

/// `value * 2^exponent` where the result is exact or overflows.
fn scale(value: f64, exponent: i64) -> f64 {
    let mut value = value;
    let mut exponent = exponent;
    while exponent > 1000 {
        value *= power_of_two(1000);
        exponent -= 1000;
    }
    while exponent < -1000 {
        value *= power_of_two(-1000);
        exponent += 1000;
    }
    value * power_of_two(exponent)
}

/// 2^exponent for a normal result.
pub fn power_of_two(exponent: i64) -> f64 {
    debug_assert!((-1022..=1023).contains(&exponent));
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// The magnitude of `value`, truncated: an integer mantissa and a shift to the left (never negative).
pub fn decompose(value: f64) -> (u64, u32) {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64;
    let mantissa = bits & ((1 << 52) - 1) | ((exponent != 0) as u64) << 52;
    let shift = exponent.max(1) - 1075;
    if shift >= 0 {
        (mantissa, shift as u32)
    } else if shift > -64 {
        (mantissa >> -shift, 0)
    } else {
        (0, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_by_a_limb_undoes_multiplication() {
        let mut state = 0x1234_5678_9ABC_DEF1u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for round in 0..2000 {
            let quotient = [next(), next() | 1, if round % 3 == 0 { u64::MAX } else { next() }];
            let divisor = (next() >> (round % 64)).max(1);
            let rest = next() % divisor;
            let mut limbs = [quotient[0], quotient[1], quotient[2], 0];
            limbs[3] = multiply_add_small(&mut limbs[..3], divisor, rest);
            let mut out = [0; 4];
            assert_eq!(divide_small(&mut out, &limbs, divisor), rest);
            assert_eq!(out, [quotient[0], quotient[1], quotient[2], 0]);
        }
        let mut out = [0; 2];
        assert_eq!((divide_small(&mut out, &[u64::MAX, u64::MAX], u64::MAX), out), (0, [1, 1]));
    }

    #[test]
    fn products_and_sums_of_unequal_lengths() {
        let (mut product, mut swapped) = ([9; 5], [9; 5]);
        multiply(&mut product, &[u64::MAX; 3], &[u64::MAX; 2]);
        multiply(&mut swapped, &[u64::MAX; 2], &[u64::MAX; 3]);
        assert_eq!(product, swapped);
        assert_eq!(product, [1, 0, u64::MAX, u64::MAX - 1, u64::MAX]);
        let mut sum = [9; 4];
        add(&mut sum, &[u64::MAX, u64::MAX, 0], &[1]);
        assert_eq!(sum, [0, 0, 1, 0]);
        let mut difference = [9; 3];
        subtract(&mut difference, &[0, 0, 1], &[1]);
        assert_eq!(difference, [u64::MAX, u64::MAX, 0]);
    }

    /// A small generator of numbers with long runs of equal bits, which find carries.
    struct Random(u64);

    impl Random {
        fn word(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0
        }

        fn signed(&mut self) -> i128 {
            let mut value = (self.word() as u128) << 64 | self.word() as u128;
            value >>= self.word() % 128;
            if self.word().is_multiple_of(3) {
                value |= (1 << (self.word() % 120)) - 1;
            }
            value as i128 >> 2
        }
    }

    fn split(value: i128) -> ([u64; 2], bool) {
        let magnitude = value.unsigned_abs();
        ([magnitude as u64, (magnitude >> 64) as u64], value < 0)
    }

    fn join(limbs: &[u64], negative: bool) -> i128 {
        let limbs = trim(limbs);
        assert!(limbs.len() <= 2);
        let limb = |index| limbs.get(index).copied().unwrap_or(0) as u128;
        let magnitude = (limb(1) << 64 | limb(0)) as i128;
        if negative { -magnitude } else { magnitude }
    }

    #[test]
    fn sums_and_differences_agree_with_i128() {
        let mut random = Random(42);
        for _ in 0..20_000 {
            let (a, b) = (random.signed().abs(), random.signed().abs());
            let (large, small) = (a.max(b), a.min(b));
            let ((x, _), (y, _)) = (split(large), split(small));
            let (x, y) = (trim(&x), trim(&y));
            assert_eq!(compare(x, y), large.cmp(&small));
            let mut out = [9; 3];
            add(&mut out[..x.len() + 1], x, y);
            assert_eq!(join(&out[..x.len() + 1], false), large + small);
            subtract(&mut out[..x.len()], x, y);
            assert_eq!(join(&out[..x.len()], false), large - small);
        }
    }

    #[test]
    fn products_and_quotients_invert_each_other() {
        let mut random = Random(7);
        for _ in 0..20_000 {
            let (a, b) = (random.signed().abs(), random.word() >> (random.word() % 64) | 1);
            let (x, _) = split(a);
            let x = trim(&x);
            let mut product = [0; 3];
            multiply(&mut product[..x.len() + 1], x, &[b]);
            let rest = random.word() % b;
            let carry = {
                let mut copy = [x.first().copied().unwrap_or(0), x.get(1).copied().unwrap_or(0), 0];
                assert_eq!(multiply_add_small(&mut copy, b, rest), 0);
                let mut quotient = [0; 3];
                let remainder = divide_small(&mut quotient, &copy, b);
                assert_eq!((join(&quotient, false), remainder), (a, rest));
                multiply_add_small(&mut copy, 1, 0)
            };
            assert_eq!(carry, 0);
            let mut quotient = [0; 3];
            assert_eq!(divide_small(&mut quotient, &product, b), 0);
            assert_eq!(join(&quotient, false), a);
        }
    }

    #[test]
    fn bitwise_operations_agree_with_i128() {
        let mut random = Random(11);
        for _ in 0..20_000 {
            let (a, b) = (random.signed(), random.signed());
            let ((x, x_negative), (y, y_negative)) = (split(a), split(b));
            let (x, y) = ((trim(&x), x_negative), (trim(&y), y_negative));
            let length = x.0.len().max(y.0.len()) + 1;
            let mut out = [0; 3];
            let negative = bitwise(&mut out[..length], x, y, |p, q| p & q);
            assert_eq!(join(&out[..length], negative), a & b);
            let negative = bitwise(&mut out[..length], x, y, |p, q| p | q);
            assert_eq!(join(&out[..length], negative), a | b);
            let negative = bitwise(&mut out[..length], x, y, |p, q| p ^ q);
            assert_eq!(join(&out[..length], negative), a ^ b);
        }
    }

    #[test]
    fn shifts_agree_with_i128() {
        let mut random = Random(13);
        for _ in 0..20_000 {
            let a = random.signed().abs();
            let (x, _) = split(a);
            let x = trim(&x);
            let room = a.leading_zeros() as u64 - 1;
            let bits = random.word() % (room + 1);
            let mut out = [5; 5];
            let length = x.len() + (bits / 64) as usize + 1;
            shift_left(&mut out[..length], x, bits);
            assert_eq!(join(&out[..length], false), a << bits);
            let bits = random.word() % (x.len() as u64 * 64 + 1);
            let length = x.len() - (bits / 64) as usize;
            let lost = shift_right(&mut out[..length], x, bits);
            let expected = if bits < 128 { a >> bits } else { 0 };
            assert_eq!(join(&out[..length], false), expected);
            assert_eq!(lost, bits > 0 && a.trailing_zeros() < bits as u32 && a != 0);
        }
    }

    #[test]
    fn hashes_are_residues() {
        let mut random = Random(17);
        for _ in 0..20_000 {
            let a = random.signed().abs();
            assert_eq!(hash(trim(&split(a).0)) as u128, a as u128 % HASH_MODULUS as u128);
        }
    }

    #[test]
    fn conversions_round_to_nearest_even() {
        let mut random = Random(19);
        for _ in 0..20_000 {
            let a = random.signed().abs();
            if a != 0 {
                let (mantissa, exponent) = leading(trim(&split(a).0));
                assert_eq!(round_to_f64(mantissa, exponent), a as f64);
                let (mantissa, shift) = decompose(a as f64);
                assert_eq!((mantissa as f64) * power_of_two(shift as i64), a as f64);
            }
            // Down among the subnormals, multiplying two normal floats rounds once as well.
            let mantissa = random.word() >> 11 << 11 | 1 << 63;
            let exponent = -1139 + (random.word() % 80) as i64 - 20;
            let expected = mantissa as f64 * power_of_two(-900) * power_of_two(exponent + 900);
            assert_eq!(round_to_f64(mantissa, exponent), expected, "{mantissa:x} {exponent}");
        }
        assert_eq!(round_to_f64(u64::MAX, 960), f64::INFINITY);
        assert_eq!(decompose(0.75), (0, 0));
        assert_eq!(decompose(1e300).0 as f64 * 2f64.powi(decompose(1e300).1 as i32), 1e300);
    }
}
