//! Floats as decimal text, in CPython's format: shortest digits, digits to a precision, and back.

/// Decimal digits of a finite float without its sign: the number is `0.DIGITS * 10^point`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// ASCII digits; never empty.
    pub digits: String,
    /// Position of the decimal point relative to the first digit.
    pub point: i32,
}

/// Most digits after the point that a float can need. More are zeros.
const FRACTION_DIGITS_MAX: usize = 1100;

/// The shortest digits that read back as the same (finite) float.
pub fn shortest(value: f64) -> Decimal {
    if value == 0.0 {
        return Decimal { digits: "0".into(), point: 1 };
    }
    let mut buffer = zmij::Buffer::new();
    split(buffer.format_finite(value.abs()))
}

/// Takes text like `12.5e-7` apart.
fn split(text: &str) -> Decimal {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = String::with_capacity(mantissa.len());
    digits.push_str(whole);
    digits.push_str(fraction);
    let leading = digits.bytes().take_while(|digit| *digit == b'0').count();
    let point = whole.len() as i32 - leading as i32 + exponent.parse::<i32>().unwrap_or(0);
    let digits = digits.trim_matches('0');
    Decimal { digits: digits.into(), point }
}

/// `repr(value)`.
pub fn repr(value: f64) -> String {
    with_repr(value, str::to_owned)
}

/// Calls `receive` with `repr(value)`, without a buffer on the heap for usual magnitudes.
#[inline]
pub fn with_repr<R>(value: f64, receive: impl FnOnce(&str) -> R) -> R {
    if let Some(text) = special(value) {
        return receive(text);
    }
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value);
    // The library goes over to exponents at the same magnitude above, but later below.
    if (value == 0.0 || value.abs() >= 1e-4) && !text.contains('e') {
        return receive(text);
    }
    let mut laid_out = String::with_capacity(24);
    if value.is_sign_negative() {
        laid_out.push('-');
    }
    push_repr(&mut laid_out, &shortest(value), true);
    receive(&laid_out)
}

/// The text of what has no digits.
pub fn special(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("nan")
    } else if value.is_infinite() {
        Some(if value > 0.0 { "inf" } else { "-inf" })
    } else {
        None
    }
}

/// Digits as `repr` lays them out: with an exponent from 1e16 on and below 1e-4. With `point_zero`, whole numbers end
/// in `.0`.
pub fn push_repr(text: &mut String, decimal: &Decimal, point_zero: bool) {
    if (-3..=16).contains(&decimal.point) {
        push_fixed(text, decimal, point_zero);
    } else {
        push_exponential(text, decimal, 'e');
    }
}

/// Digits around a decimal point, without exponent.
pub fn push_fixed(text: &mut String, decimal: &Decimal, point_zero: bool) {
    let length = decimal.digits.len() as i32;
    if decimal.point <= 0 {
        text.push_str("0.");
        push_zeros(text, -decimal.point as usize);
        text.push_str(&decimal.digits);
    } else if decimal.point >= length {
        text.push_str(&decimal.digits);
        push_zeros(text, (decimal.point - length) as usize);
        if point_zero {
            text.push_str(".0");
        }
    } else {
        let (whole, fraction) = decimal.digits.split_at(decimal.point as usize);
        text.push_str(whole);
        text.push('.');
        text.push_str(fraction);
    }
}

/// Digits with the point after the first, and an exponent of at least two digits.
pub fn push_exponential(text: &mut String, decimal: &Decimal, letter: char) {
    let (first, rest) = decimal.digits.split_at(1);
    text.push_str(first);
    if !rest.is_empty() {
        text.push('.');
        text.push_str(rest);
    }
    push_exponent(text, decimal.point - 1, letter);
}

/// `e+05`.
pub fn push_exponent(text: &mut String, exponent: i32, letter: char) {
    text.push(letter);
    text.push(if exponent < 0 { '-' } else { '+' });
    text.push_str(&format!("{:02}", exponent.unsigned_abs()));
}

pub fn push_zeros(text: &mut String, count: usize) {
    text.extend(std::iter::repeat_n('0', count));
}

/// The magnitude of a finite float with exactly `precision` digits after the point, rounded half to even.
pub fn fixed(value: f64, precision: usize) -> String {
    let mut buffer = [0; FIXED_BYTES];
    if let Some(text) = fixed_short(value, precision, &mut buffer) {
        return text.into();
    }
    let mut text = format!("{:.*}", precision.min(FRACTION_DIGITS_MAX), value.abs());
    push_zeros(&mut text, precision.saturating_sub(FRACTION_DIGITS_MAX));
    text
}

/// Bytes that any text of `fixed_short` fits in: a digit, the point and nineteen digits, or one digit more.
pub const FIXED_BYTES: usize = 24;

/// The same as `fixed` in a buffer, where the number without its point fits in a word.
pub fn fixed_short(value: f64, precision: usize, buffer: &mut [u8; FIXED_BYTES]) -> Option<&str> {
    Some(point_within(scaled(value.abs(), precision)?, precision, buffer))
}

/// A finite magnitude times 10^precision, rounded half to even, where that fits: exact, as the float's digits and the
/// power of ten are integers of 53 and 64 bits.
fn scaled(magnitude: f64, precision: usize) -> Option<u64> {
    const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;
    let bits = magnitude.to_bits();
    let exponent = (bits >> MANTISSA_BITS) as i32;
    // Subnormal numbers and zero lack the implied bit, and are below any half.
    let mantissa = bits & ((1 << MANTISSA_BITS) - 1) | ((exponent > 0) as u64) << MANTISSA_BITS;
    let product = mantissa as u128 * 10u64.checked_pow(u32::try_from(precision).ok()?)? as u128;
    let shift = (f64::MAX_EXP - 1 + MANTISSA_BITS as i32) - exponent;
    let rounded = match shift {
        0 => product,
        1..=120 => {
            let (kept, cut, half) = (product >> shift, product & ((1 << shift) - 1), 1 << (shift - 1));
            kept + (cut > half || cut == half && kept & 1 == 1) as u128
        }
        // The product has 117 bits.
        121.. => 0,
        _ => return None,
    };
    u64::try_from(rounded).ok()
}

/// The digits of a number with the point before the last `precision` of them, at the end of the buffer.
fn point_within(number: u64, precision: usize, buffer: &mut [u8; FIXED_BYTES]) -> &str {
    let (mut rest, mut start) = (number, buffer.len());
    for _ in 0..precision {
        start -= 1;
        buffer[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    if precision > 0 {
        start -= 1;
        buffer[start] = b'.';
    }
    // At least one digit stands before the point.
    loop {
        start -= 1;
        buffer[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    // SAFETY: only digits, a point and a sign were written there.
    unsafe { std::str::from_utf8_unchecked(&buffer[start..]) }
}

/// The magnitude of a finite float with `count` (at least one) significant digits, rounded half to even.
pub fn significant(value: f64, count: usize) -> Decimal {
    let kept = count.min(FRACTION_DIGITS_MAX);
    let text = format!("{:.*e}", kept - 1, value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    push_zeros(&mut digits, count - kept);
    Decimal { digits, point: exponent.parse::<i32>().unwrap_or(0) + 1 }
}

/// The finite float nearest to `value` among those with `places` decimals (negative: tens, hundreds, …), ties of the
/// exact value going to the even digit; infinite when rounding overflows.
pub fn round(value: f64, places: i64) -> f64 {
    /// Places beyond which no float has digits.
    const PLACES_MAX: i64 = 323;
    /// Places at which every float rounds to zero.
    const PLACES_MIN: i64 = -308;
    if places > PLACES_MAX || value == 0.0 {
        return value;
    }
    if places < PLACES_MIN {
        return 0.0 * value;
    }
    let text = if places >= 0 { fixed(value, places as usize) } else { round_tens(value.abs(), -places as usize) };
    text.parse::<f64>().unwrap_or(f64::NAN).copysign(value)
}

/// A magnitude rounded to a multiple of 10^zeros, as decimal text.
fn round_tens(magnitude: f64, zeros: usize) -> String {
    let text = format!("{:.*}", FRACTION_DIGITS_MAX, magnitude);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let padded = format!("{whole:0>width$}", width = zeros + 1);
    let (kept, cut) = padded.split_at(padded.len() - zeros);
    let last_odd = kept.bytes().last().is_some_and(|digit| digit & 1 == 1);
    let rest_zero = |text: &str| text.bytes().all(|digit| digit == b'0');
    let up = match cut.bytes().next() {
        Some(b'5') if rest_zero(&cut[1..]) && rest_zero(fraction) => last_odd,
        Some(digit) => digit >= b'5',
        None => false,
    };
    let mut digits: Vec<u8> = kept.bytes().collect();
    if up {
        let nines = digits.iter().rev().take_while(|digit| **digit == b'9').count();
        let place = digits.len() - nines;
        digits[place..].fill(b'0');
        match place.checked_sub(1) {
            Some(place) => digits[place] += 1,
            None => digits.insert(0, b'1'),
        }
    }
    let mut rounded: String = digits.into_iter().map(char::from).collect();
    push_zeros(&mut rounded, zeros);
    rounded
}

/// A float from ASCII text with surrounding space, underscores between digits, `inf` and `nan`; `None` if malformed.
pub fn parse(text: &str) -> Option<f64> {
    let trimmed = crate::objects::int::parse::trim_space(text.as_bytes());
    let trimmed = std::str::from_utf8(trimmed).ok()?;
    if !trimmed.contains('_') {
        return trimmed.parse().ok();
    }
    let bytes = trimmed.as_bytes();
    let digit_at = |index: Option<usize>| index.and_then(|index| bytes.get(index)).is_some_and(u8::is_ascii_digit);
    for (index, byte) in bytes.iter().enumerate() {
        if *byte == b'_' && !(digit_at(index.checked_sub(1)) && digit_at(Some(index + 1))) {
            return None;
        }
    }
    trimmed.replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reprs_are_those_of_cpython() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (9999999999999998.0, "9999999999999998.0"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e100, "1e+100"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (-2.5, "-2.5"),
            (100.0, "100.0"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(repr(value), text);
        }
    }

    #[test]
    fn rounding_is_half_even_of_the_exact_value() {
        for (value, places, rounded) in [
            (2.5, 0, 2.0),
            (3.5, 0, 4.0),
            (0.125, 2, 0.12),
            (0.375, 2, 0.38),
            (2.675, 2, 2.67),
            (1234.0, -2, 1200.0),
            (1250.0, -2, 1200.0),
            (1350.0, -2, 1400.0),
            (1250.5, -2, 1300.0),
            (99.0, -2, 100.0),
            (50.0, -2, 0.0),
            (51.0, -2, 100.0),
            (999.5, -1, 1000.0),
            (5e22, -23, 0.0),
            (1e300, -300, 1e300),
            (1e300, 400, 1e300),
            (12.0, -400, 0.0),
        ] {
            assert_eq!(round(value, places), rounded, "{value} {places}");
            assert_eq!(round(-value, places), -rounded, "{value} {places}");
        }
        assert!(round(1.7976931348623157e308, -308).is_infinite());
        assert!(round(-0.3, 0).is_sign_negative());
    }

    #[test]
    fn significant_digits() {
        assert_eq!(significant(0.0, 3), Decimal { digits: "000".into(), point: 1 });
        assert_eq!(significant(123456.0, 2), Decimal { digits: "12".into(), point: 6 });
        assert_eq!(significant(0.00099951, 3), Decimal { digits: "100".into(), point: -2 });
        assert_eq!(fixed(0.5, 0), "0");
        assert_eq!(fixed(1.5, 0), "2");
    }

    #[test]
    fn fixed_digits_by_integers_are_those_of_the_formatter() {
        let mut state = 88172645463325252u64;
        let mut scaled_ones = 0;
        for round in 0..40_000u64 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let value = match round % 4 {
                0 => f64::from_bits(state & !(1 << 63)),
                1 => (state % 4_000_000) as f64 / 16.0,
                2 => (state >> 11) as f64 / (1u64 << (state % 64)) as f64,
                _ => f64::from_bits(state >> 12),
            };
            let precision = (state >> 32) as usize % 22;
            if value.is_finite() {
                scaled_ones += scaled(value, precision).is_some() as u32;
                assert_eq!(fixed(value, precision), format!("{value:.precision$}"));
            }
        }
        assert!(scaled_ones > 10_000);
    }

    #[test]
    fn text_parses_as_in_cpython() {
        assert_eq!(parse(" 1_0.0_1e1_0 "), Some(100100000000.0));
        assert_eq!(parse("-.5"), Some(-0.5));
        assert_eq!(parse("5."), Some(5.0));
        assert_eq!(parse("1e400"), Some(f64::INFINITY));
        assert_eq!(parse("-Infinity"), Some(f64::NEG_INFINITY));
        assert!(parse("+nan").is_some_and(f64::is_nan));
        for text in ["", ".", "1__0", "_1", "1_", "1_.0", "1e_5", "in_f", "e5", "0x10", "1 2", "--1", "1\0", "infin"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
