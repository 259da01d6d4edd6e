//! Numbers as text, in both directions.

use crate::coefficient::{Coefficient, TooLarge};
use crate::environment::{Environment, Status};
use crate::number::{Kind, Number};
use sidewinder_runtime::objects::int::parse;
use sidewinder_runtime::objects::int::text::decimal_i64;
use sidewinder_runtime::objects::str::StrObject;

/// Exponents beyond this are as good as infinite.
const EXPONENT_BOUND: i64 = 4_000_000_000_000_000_000;

/// The ASCII text of a string, in which digits and spaces of other scripts are replaced; empty if it holds anything else.
pub fn ascii_of(text: &StrObject, strip: bool) -> Vec<u8> {
    let mut ascii = Vec::with_capacity(text.len());
    let units = text.as_ascii();
    if let Some(plain) = units {
        ascii.extend(plain.bytes().filter(|byte| !strip || *byte != b'_'));
    } else {
        for point in text.code_points() {
            match u8::try_from(point) {
                Ok(b'_') if strip => {}
                Ok(byte @ 1..=127) => ascii.push(byte),
                _ if parse::is_space(point) => ascii.push(b' '),
                _ => match parse::decimal_digit(point) {
                    Some(digit) => ascii.push(b'0' + digit as u8),
                    None => return Vec::new(),
                },
            }
        }
    }
    if strip {
        let is_space = |byte: &u8| matches!(byte, b' ' | 9..=13 | 28..=31);
        let start = ascii.iter().position(|byte| !is_space(byte)).unwrap_or(ascii.len());
        let end = ascii.iter().rposition(|byte| !is_space(byte)).map_or(start, |end| end + 1);
        ascii.truncate(end);
        ascii.drain(..start);
    }
    ascii
}

impl Environment {
    /// The number that a text is, rounded.
    pub fn parse(&self, text: &[u8], status: &mut Status) -> Number {
        match self.parse_exactly(text) {
            Ok(Some(number)) => self.finish(number, status),
            Ok(None) => Number::invalid(Status::CONVERSION_SYNTAX, status),
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    fn parse_exactly(&self, text: &[u8]) -> Result<Option<Number>, TooLarge> {
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        if !matches!(text.first(), Some(b'0'..=b'9' | b'.')) {
            return self.parse_special(negative, text);
        }
        let digit_count = |text: &[u8]| text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
        let whole = digit_count(text);
        let mut at = whole;
        let mut fraction: &[u8] = &[];
        if text.get(at) == Some(&b'.') {
            let count = digit_count(&text[at + 1..]);
            fraction = &text[at + 1..at + 1 + count];
            at += 1 + count;
        }
        if whole + fraction.len() == 0 {
            return Ok(None);
        }
        let mut exponent = 0;
        if let [b'e' | b'E', rest @ ..] = &text[at..] {
            let (down, digits) = match rest {
                [b'-', digits @ ..] => (true, digits),
                [b'+', digits @ ..] => (false, digits),
                _ => (false, rest),
            };
            if digits.is_empty() || digit_count(digits) != digits.len() {
                return Ok(None);
            }
            exponent = digits.iter().fold(0i64, |value, digit| {
                value.saturating_mul(10).saturating_add(i64::from(digit - b'0')).min(EXPONENT_BOUND)
            });
            if down {
                exponent = -exponent;
            }
        } else if at != text.len() {
            return Ok(None);
        }
        let coefficient = if fraction.is_empty() {
            Coefficient::from_text(&text[..whole])?
        } else {
            Coefficient::from_text(&[&text[..whole], fraction].concat())?
        };
        Ok(Some(Number::finite(negative, coefficient, exponent - fraction.len() as i64)))
    }

    fn parse_special(&self, negative: bool, text: &[u8]) -> Result<Option<Number>, TooLarge> {
        if text.eq_ignore_ascii_case(b"inf") || text.eq_ignore_ascii_case(b"infinity") {
            return Ok(Some(Number::infinity(negative)));
        }
        let (kind, payload) = match text {
            [b's' | b'S', rest @ ..] => (Kind::Signaling, rest),
            _ => (Kind::Quiet, text),
        };
        let Some((word, digits)) = payload.split_at_checked(3) else { return Ok(None) };
        if !word.eq_ignore_ascii_case(b"nan") || !digits.iter().all(u8::is_ascii_digit) {
            return Ok(None);
        }
        let coefficient = Coefficient::from_text(digits)?;
        if !coefficient.is_zero() && coefficient.digits() > self.precision - i64::from(self.clamp) {
            return Ok(None);
        }
        Ok(Some(Number { coefficient, exponent: 0, negative, kind }))
    }
}

impl Number {
    /// The text of what is no finite number, without its sign.
    pub fn special_text(&self) -> Option<String> {
        let word = match self.kind {
            Kind::Finite => return None,
            Kind::Infinity => return Some("Infinity".into()),
            Kind::Quiet => "NaN",
            Kind::Signaling => "sNaN",
        };
        Some(if self.coefficient.is_zero() { word.into() } else { word.to_string() + &self.coefficient.to_text() })
    }

    /// The number in scientific notation, or in one whose exponents are multiples of three.
    pub fn to_text(&self, engineering: bool, capitals: bool) -> String {
        let mut text = String::with_capacity(48);
        if self.negative {
            text.push('-');
        }
        if let Coefficient::Small(value) = self.coefficient
            && let Ok(value) = i64::try_from(value)
            && self.kind == Kind::Finite
        {
            let mut buffer = [0; 20];
            self.push_finite(&mut text, decimal_i64(value, &mut buffer), engineering, capitals);
            return text;
        }
        if let Some(special) = self.special_text() {
            text.push_str(&special);
            return text;
        }
        self.push_finite(&mut text, &self.coefficient.to_text(), engineering, capitals);
        text
    }

    /// The digits, with point and exponent where they belong.
    fn push_finite(&self, text: &mut String, digits: &str, engineering: bool, capitals: bool) {
        let left = self.exponent + digits.len() as i64;
        let point = if self.exponent <= 0 && left > -6 {
            left
        } else if !engineering {
            1
        } else if self.coefficient.is_zero() {
            (left + 1).rem_euclid(3) - 1
        } else {
            (left - 1).rem_euclid(3) + 1
        };
        push_with_point(text, digits, point);
        if left != point {
            text.push(if capitals { 'E' } else { 'e' });
            text.push_str(&format!("{:+}", left - point));
        }
    }

    /// The nearest float.
    pub fn to_f64(&self) -> f64 {
        let magnitude = match self.kind {
            Kind::Finite => {
                if let Coefficient::Small(value @ 0..=0x1F_FFFF_FFFF_FFFF) = self.coefficient
                    && (-22..=22).contains(&self.exponent)
                {
                    // Both are floats exactly, so there is one rounding.
                    let power = crate::limbs::POWERS[self.exponent.unsigned_abs() as usize] as f64;
                    if self.exponent < 0 { value as f64 / power } else { value as f64 * power }
                } else {
                    let exponent = self.exponent.clamp(-2_000_000_000, 2_000_000_000);
                    format!("{}e{exponent}", self.coefficient.to_text()).parse().unwrap_or(f64::NAN)
                }
            }
            Kind::Infinity => f64::INFINITY,
            _ => f64::NAN,
        };
        if self.negative { -magnitude } else { magnitude }
    }

    /// The number that a finite float is exactly, or an infinity or NaN.
    pub fn from_f64(value: f64) -> Result<Number, TooLarge> {
        let negative = value.is_sign_negative();
        if value.is_nan() {
            return Ok(Number::nan());
        }
        if value.is_infinite() {
            return Ok(Number::infinity(negative));
        }
        if value == 0.0 {
            return Ok(Number::small(negative, 0, 0));
        }
        let bits = value.abs().to_bits();
        let (high, mantissa) = ((bits >> 52) as i64, bits & ((1 << 52) - 1));
        let (mantissa, exponent) = if high == 0 { (mantissa, -1074) } else { (mantissa | 1 << 52, high - 1075) };
        let zeros = i64::from(mantissa.trailing_zeros());
        let (mantissa, exponent) = (mantissa >> zeros, exponent + zeros);
        if exponent >= 0 {
            let coefficient = Coefficient::from(dashu_int::UBig::from(mantissa) << exponent as usize);
            return Ok(Number::finite(negative, coefficient, 0));
        }
        let small = 5u128.checked_pow(-exponent as u32).and_then(|five| five.checked_mul(u128::from(mantissa)));
        let coefficient = match small {
            Some(small) => Coefficient::Small(small),
            None => Coefficient::from(dashu_int::UBig::from(5u8).pow(-exponent as usize) * mantissa),
        };
        Ok(Number::finite(negative, coefficient, exponent))
    }
}

/// Digits with a point after so many of them, which may be fewer or more than there are.
fn push_with_point(text: &mut String, digits: &str, point: i64) {
    let zeros = |count: i64| std::iter::repeat_n('0', count.max(0) as usize);
    let length = digits.len() as i64;
    if point <= 0 {
        text.push_str("0.");
        text.extend(zeros(-point));
        text.push_str(digits);
    } else if point >= length {
        text.push_str(digits);
        text.extend(zeros(point - length));
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        text.push_str(whole);
        text.push('.');
        text.push_str(fraction);
    }
}
