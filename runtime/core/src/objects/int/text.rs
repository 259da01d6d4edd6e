//! Integers as text: decimal with its limit on digits, and other radices.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::int::{Integer, kernel};
use crate::objects::str::StrObject;
use crate::value::Value;
use dashu_int::UBig;

/// Limit on decimal digits unless the program sets another.
pub const DIGITS_MAX_DEFAULT: usize = 4300;
/// Smallest limit that a program may set (other than none).
pub const DIGITS_MAX_SMALLEST: usize = 640;

/// The repr slot.
pub fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    if value.is_int() {
        let mut buffer = [0; 20];
        return Ok(StrObject::new(cx, decimal_i64(value.int(), &mut buffer)));
    }
    let text = decimal(cx, &Integer::of(value).unwrap_or(Integer::from_i64(0)))?;
    Ok(StrObject::new(cx, &text))
}

/// The two digits of each number below one hundred.
static DIGIT_PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// The decimal text of a machine integer, at the end of the buffer.
pub fn decimal_i64(value: i64, buffer: &mut [u8; 20]) -> &str {
    let mut rest = value.unsigned_abs();
    let mut start = buffer.len();
    while rest >= 10 {
        start -= 2;
        buffer[start..start + 2].copy_from_slice(&DIGIT_PAIRS[(rest % 100) as usize]);
        rest /= 100;
    }
    // What is left is a leading digit, or zero after an even number of digits.
    if rest != 0 || start == buffer.len() {
        start -= 1;
        buffer[start] = b'0' + rest as u8;
    }
    if value < 0 {
        start -= 1;
        buffer[start] = b'-';
    }
    // SAFETY: only digits, a point and a sign were written there.
    unsafe { std::str::from_utf8_unchecked(&buffer[start..]) }
}

/// The decimal text, however long.
pub fn decimal_unlimited(integer: &Integer<'_>) -> String {
    let mut text = if integer.negative { String::from("-") } else { String::new() };
    push_digits(&mut text, integer.magnitude(), 10, false);
    text
}

/// The decimal text; ValueError if it has more digits than the limit.
pub fn decimal(cx: &mut Context, integer: &Integer<'_>) -> Result<String> {
    let maximum = cx.interpreter().int_digits_max;
    // A number of n bits has at least (n - 1) * log10(2) digits: refuse huge ones before the work.
    let digits_least = integer.bit_length().saturating_sub(1) as f64 * std::f64::consts::LOG10_2;
    if maximum != 0 && digits_least > maximum as f64 + 1.0 {
        return Err(too_many_digits(cx));
    }
    let mut text = if integer.negative { String::from("-") } else { String::new() };
    let sign_bytes = text.len();
    push_digits(&mut text, integer.magnitude(), 10, false);
    if maximum != 0 && text.len() - sign_bytes > maximum {
        return Err(too_many_digits(cx));
    }
    Ok(text)
}

#[cold]
fn too_many_digits(cx: &mut Context) -> crate::context::Raised {
    let maximum = cx.interpreter().int_digits_max;
    cx.value_error(format!(
        "Exceeds the limit ({maximum} digits) for integer string conversion; use sys.set_int_max_str_digits() to \
         increase the limit"
    ))
}

/// Appends the digits of a trimmed magnitude in any radix up to 36, without prefix.
pub fn push_digits(text: &mut String, magnitude: &[u64], radix: u32, upper: bool) {
    match *magnitude {
        [] => text.push('0'),
        _ if radix.is_power_of_two() => push_power_of_two(text, magnitude, radix.trailing_zeros(), upper),
        [limb] if radix == 10 => text.push_str(&limb.to_string()),
        _ => {
            let number = UBig::from_words(magnitude);
            let digits = number.in_radix(radix as u8);
            text.push_str(&if upper { format!("{digits:#}") } else { digits.to_string() });
        }
    }
}

fn push_power_of_two(text: &mut String, magnitude: &[u64], digit_bits: u32, upper: bool) {
    let alphabet: &[u8; 36] =
        if upper { b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" } else { b"0123456789abcdefghijklmnopqrstuvwxyz" };
    let bits = kernel::bit_length(magnitude);
    for index in (0..bits.div_ceil(digit_bits as u64)).rev() {
        let position = index * digit_bits as u64;
        let (limb, offset) = ((position / 64) as usize, position % 64);
        let mut digit = magnitude[limb] >> offset;
        if offset + digit_bits as u64 > 64 && limb + 1 < magnitude.len() {
            digit |= magnitude[limb + 1] << (64 - offset);
        }
        text.push(alphabet[(digit & ((1 << digit_bits) - 1)) as usize] as char);
    }
}

/// Text like `-0x1f`: sign, prefix, digits. What `bin`, `oct` and `hex` return.
pub fn with_prefix(integer: &Integer<'_>, radix: u32) -> String {
    let mut text = if integer.negative { String::from("-") } else { String::new() };
    text.push_str(match radix {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        _ => "",
    });
    push_digits(&mut text, integer.magnitude(), radix, false);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_integers_print() {
        let mut buffer = [0; 20];
        for value in [0, 1, -1, 9, 10, 99, 100, -100, 101, 1000, 12345, 123456, i64::MAX, i64::MIN, i64::MIN + 1] {
            assert_eq!(decimal_i64(value, &mut buffer), value.to_string());
        }
    }

    #[test]
    fn radices_print() {
        let limbs = [0x0123_4567_89ab_cdef, 0xfedc];
        let number = 0xfedc_0123_4567_89ab_cdefu128;
        for radix in [2, 8, 10, 16] {
            let mut text = String::new();
            push_digits(&mut text, &limbs, radix, true);
            let expected = match radix {
                2 => format!("{number:b}"),
                8 => format!("{number:o}"),
                10 => format!("{number}"),
                _ => format!("{number:X}"),
            };
            assert_eq!(text, expected);
        }
        assert_eq!(with_prefix(&Integer::from_i64(-255), 16), "-0xff");
        assert_eq!(with_prefix(&Integer::from_i64(0), 2), "0b0");
    }
}
