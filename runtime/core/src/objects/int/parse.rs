//! Integers from text: `int(text, base)` and literals.

use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::objects::int::{from_i64, from_limbs, kernel};
use dashu_int::UBig;

/// Why text is no integer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParseError {
    Invalid,
    /// Has this many digits, more than the limit allows.
    TooManyDigits(usize),
}

/// A parsed number: sign and magnitude (not trimmed).
#[derive(PartialEq, Eq, Debug)]
pub struct Parsed {
    pub negative: bool,
    pub limbs: Vec<u64>,
}

/// Digits up to which a number is built limb by limb; the library's algorithm is better for more.
const SHORT_DIGITS: usize = 300;

/// An `int` from text such as a literal's, without surrounding space; base 0 goes by the prefix.
pub fn parse(cx: &mut Context, text: &str, base: u32) -> std::result::Result<Owned, ParseError> {
    // Most numbers are short and plain.
    if base == 10
        && let Some(value) = short_decimal(text)
    {
        return Ok(from_i64(cx, value));
    }
    let parsed = parse_magnitude(text.as_bytes(), base, cx.interpreter().int_digits_max)?;
    Ok(from_limbs(cx, parsed.negative, &parsed.limbs))
}

/// The value of up to 18 decimal digits; `None` for other text.
#[inline]
fn short_decimal(text: &str) -> Option<i64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    let mut value = 0;
    for byte in text.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + (byte - b'0') as i64;
    }
    Some(value)
}

/// An `int` from decimal digits with an optional minus sign, any number of them: a constant of compiled code. Other
/// text gives zero.
pub fn from_decimal(cx: &mut Context, digits: &str) -> Owned {
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits),
    };
    let magnitude = UBig::from_str_radix(digits, 10).unwrap_or(UBig::ZERO);
    from_limbs(cx, negative, magnitude.as_words())
}

/// The same as `parse` for the text of an object, whose repr the message of the ValueError shows.
pub fn parse_or_raise(cx: &mut Context, text: &str, base: u32, shown: crate::value::Value) -> Result<Owned> {
    match parse(cx, text, base) {
        Ok(integer) => Ok(integer),
        Err(ParseError::Invalid) => {
            let repr = crate::operations::convert::repr(cx, shown)?;
            let repr = crate::objects::str::text(repr.value()).unwrap_or_default();
            let repr: String = repr.chars().take(200).collect();
            Err(cx.value_error(format!("invalid literal for int() with base {base}: {repr}")))
        }
        Err(ParseError::TooManyDigits(digits)) => Err(too_many_digits(cx, digits)),
    }
}

#[cold]
fn too_many_digits(cx: &mut Context, digits: usize) -> Raised {
    let maximum = cx.interpreter().int_digits_max;
    cx.value_error(format!(
        "Exceeds the limit ({maximum} digits) for integer string conversion: value has {digits} digits; use \
         sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// Sign, prefix and digits with single underscores between them, surrounded by ASCII space. At most `maximum` digits of
/// a base that is no power of two; zero means any number.
pub fn parse_magnitude(text: &[u8], base: u32, maximum: usize) -> std::result::Result<Parsed, ParseError> {
    let mut text = trim_space(text);
    let negative = text.first() == Some(&b'-');
    if let [b'+' | b'-', rest @ ..] = text {
        text = rest;
    }
    let prefix_base = match text {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let mut radix = base;
    // A decimal literal that starts with zero must be zero.
    let mut zero_only = false;
    if base == 0 {
        radix = if prefix_base != 0 { prefix_base } else { 10 };
        zero_only = prefix_base == 0 && text.first() == Some(&b'0');
    }
    if prefix_base != 0 && prefix_base == radix {
        text = &text[2..];
        if let [b'_', rest @ ..] = text {
            text = rest;
        }
    }
    let digits = digit_values(text, radix)?;
    if !radix.is_power_of_two() && maximum != 0 && digits.len() > maximum {
        return Err(ParseError::TooManyDigits(digits.len()));
    }
    if zero_only && digits.iter().any(|digit| *digit != 0) {
        return Err(ParseError::Invalid);
    }
    let limbs = if radix.is_power_of_two() {
        pack_bits(&digits, radix.trailing_zeros())
    } else if digits.len() <= SHORT_DIGITS {
        accumulate(&digits, radix)
    } else {
        let ascii: String = digits.iter().map(|digit| char::from_digit(*digit as u32, 36).unwrap_or('0')).collect();
        UBig::from_str_radix(&ascii, radix).map_err(|_| ParseError::Invalid)?.as_words().to_vec()
    };
    Ok(Parsed { negative, limbs })
}

/// The text without surrounding ASCII space.
pub fn trim_space(mut text: &[u8]) -> &[u8] {
    while let [b' ' | 9..=13, rest @ ..] = text {
        text = rest;
    }
    while let [rest @ .., b' ' | 9..=13] = text {
        text = rest;
    }
    text
}

/// The values of digits, checked to be less than the radix; underscores may stand between two digits.
fn digit_values(text: &[u8], radix: u32) -> std::result::Result<Vec<u8>, ParseError> {
    let mut digits = Vec::with_capacity(text.len());
    let mut after_digit = false;
    for byte in text {
        if *byte == b'_' && after_digit {
            after_digit = false;
            continue;
        }
        match (*byte as char).to_digit(36) {
            Some(digit) if digit < radix => digits.push(digit as u8),
            _ => return Err(ParseError::Invalid),
        }
        after_digit = true;
    }
    if after_digit { Ok(digits) } else { Err(ParseError::Invalid) }
}

/// A number from digits of a power of two.
fn pack_bits(digits: &[u8], digit_bits: u32) -> Vec<u64> {
    let mut limbs = Vec::with_capacity(digits.len() * digit_bits as usize / 64 + 1);
    let (mut limb, mut filled) = (0u64, 0);
    for digit in digits.iter().rev() {
        limb |= (*digit as u64) << filled;
        filled += digit_bits;
        if filled >= 64 {
            limbs.push(limb);
            filled -= 64;
            limb = (*digit as u64) >> (digit_bits - filled);
        }
    }
    limbs.push(limb);
    limbs
}

/// A number from few digits, as many at a time as fit a limb.
fn accumulate(digits: &[u8], radix: u32) -> Vec<u64> {
    let (mut at_a_time, mut power) = (1, radix as u64);
    while let Some(next) = power.checked_mul(radix as u64) {
        power = next;
        at_a_time += 1;
    }
    let mut limbs = Vec::new();
    let first = digits.len() % at_a_time;
    let (head, rest) = digits.split_at(first);
    for chunk in std::iter::once(head).chain(rest.chunks(at_a_time)) {
        let value = chunk.iter().fold(0, |value, digit| value * radix as u64 + *digit as u64);
        let carry = kernel::multiply_add_small(&mut limbs, power, value);
        if carry != 0 {
            limbs.push(carry);
        }
    }
    limbs
}

/// Code points whose digit value is zero, in order; the nine that follow each are the other digits (Unicode 16).
static DECIMAL_ZEROS: [u32; 76] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136,
    0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0,
    0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8,
    0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

/// The value of a decimal digit of any script.
#[inline]
pub fn decimal_digit(code_point: u32) -> Option<u32> {
    if code_point < 0x80 {
        let digit = code_point.wrapping_sub('0' as u32);
        return (digit < 10).then_some(digit);
    }
    foreign_digit(code_point)
}

fn foreign_digit(code_point: u32) -> Option<u32> {
    let after = DECIMAL_ZEROS.partition_point(|zero| *zero <= code_point);
    let digit = code_point - DECIMAL_ZEROS[after.checked_sub(1)?];
    (digit < 10).then_some(digit)
}

/// Whether `str.isspace` holds for a code point.
pub fn is_space(code_point: u32) -> bool {
    matches!(code_point, 9..=13 | 0x1c..=0x20 | 0x85 | 0xa0 | 0x1680 | 0x2000..=0x200a | 0x2028 | 0x2029 | 0x202f
        | 0x205f | 0x3000)
}

/// Number text with digits and spaces of all scripts made ASCII; other code points become `?`, which no number has.
/// Text that is ASCII already stays as it is, separators such as U+001C included.
pub fn to_ascii(text: &str) -> std::borrow::Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let ascii = |code_point: char| match code_point as u32 {
        ascii @ 0..=127 if !is_space(ascii) => code_point,
        other if is_space(other) => ' ',
        other => decimal_digit(other).and_then(|digit| char::from_digit(digit, 10)).unwrap_or('?'),
    };
    text.chars().map(ascii).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str, base: u32) -> Option<i128> {
        let parsed = parse_magnitude(to_ascii(text).as_bytes(), base, 0).ok()?;
        let limb = |index| parsed.limbs.get(index).copied().unwrap_or(0) as i128;
        let magnitude = limb(1) << 64 | limb(0);
        Some(if parsed.negative { -magnitude } else { magnitude })
    }

    #[test]
    fn literals_of_all_bases() {
        assert_eq!(number(" -0x_fF ", 16), Some(-255));
        assert_eq!(number("0xff", 0), Some(255));
        assert_eq!(number("0b1_1", 0), Some(3));
        assert_eq!(number("0o17", 8), Some(15));
        assert_eq!(number("0b1", 16), Some(0xb1));
        assert_eq!(number("00", 0), Some(0));
        assert_eq!(number("zz", 36), Some(35 * 37));
        assert_eq!(number("170141183460469231731687303715884105727", 10), Some(i128::MAX));
        assert_eq!(number("7fffffffffffffffffffffffffffffff", 16), Some(i128::MAX));
        assert_eq!(number("1777777777777777777777777777777777777777777", 8), Some(i128::MAX));
        assert_eq!(number("\u{2003}\u{661}\u{ff12}", 10), Some(12));
    }

    #[test]
    fn malformed_text() {
        for text in ["", "_1", "1_", "1__0", "+-1", "- 1", "1 2", "x", "0x", "\u{1c}5", "0x_", "1\0"] {
            assert_eq!(number(text, 10), None, "{text:?}");
        }
        for text in ["012", "0_x1", "0x", "0b2"] {
            assert_eq!(number(text, 0), None, "{text:?}");
        }
        let long = "1".repeat(5000);
        assert_eq!(parse_magnitude(long.as_bytes(), 10, 4300), Err(ParseError::TooManyDigits(5000)));
        assert!(parse_magnitude(long.as_bytes(), 16, 4300).is_ok());
    }

    #[test]
    fn long_numbers_agree_with_the_library() {
        let text = "9876543210".repeat(29);
        let short = accumulate(&digit_values(text.as_bytes(), 10).unwrap(), 10);
        assert_eq!(kernel::trim(&short), UBig::from_str_radix(&text, 10).unwrap().as_words());
    }
}
