//! Methods of `float`.

use crate::format_number::FLOAT_FORMAT;
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::native::{Effects, GetSet};
use sidewinder_runtime::objects::float::{self, text as digits};
use sidewinder_runtime::objects::int::{self, kernel};
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::str::{self as text, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{singleton, type_object::TypeObject};
use sidewinder_runtime::operations::{call, convert};
use sidewinder_runtime::{Native, Owned, Value};

const SIMPLE: u32 = Effects::NO_PYTHON | Effects::READ_ONLY | Effects::PURE;

pub static METHODS: &[Native] = &[
    Native::new("as_integer_ratio", 0, 0, as_integer_ratio, "Two integers whose quotient is the float exactly."),
    Native::new("conjugate", 0, 0, exact, "The float itself.").effects(SIMPLE),
    Native::new("is_integer", 0, 0, is_integer, "Whether the float is a whole number.").effects(SIMPLE),
    Native::new("hex", 0, 0, hex, "The float as hexadecimal text."),
    Native::new("fromhex", 1, 1, from_hex, "The float of hexadecimal text.").class_method(),
    Native::new("from_number", 1, 1, from_number, "The float of a real number.").class_method(),
    Native::new("__round__", 0, 1, round, "Rounded half to even, to an integer or to a number of decimals."),
    Native::new("__trunc__", 0, 0, |cx, it| to_int(cx, it, f64::trunc), "The integer towards zero.").effects(SIMPLE),
    Native::new("__floor__", 0, 0, |cx, it| to_int(cx, it, f64::floor), "The integer below.").effects(SIMPLE),
    Native::new("__ceil__", 0, 0, |cx, it| to_int(cx, it, f64::ceil), "The integer above.").effects(SIMPLE),
    Native::new("__divmod__", 1, 1, |cx, it| float::divmod(cx, it[0], it[1]), "divmod(self, value)"),
    Native::new("__rdivmod__", 1, 1, |cx, it| float::divmod(cx, it[1], it[0]), "divmod(value, self)"),
    Native::new("__pow__", 1, 2, |cx, it| power(cx, it[0], it[1], it.get(2)), "pow(self, value)"),
    Native::new("__rpow__", 1, 2, |cx, it| power(cx, it[1], it[0], it.get(2)), "pow(value, self)"),
    Native::new("__getnewargs__", 0, 0, new_arguments, "Arguments for making a copy."),
    Native::new("__getformat__", 1, 1, get_format, "How the machine stores 'double' or 'float'.").class_method(),
    FLOAT_FORMAT,
];

pub static GETSET: &[GetSet] = &[
    GetSet { name: "real", get: |cx, value| Ok(float::exact(cx, value)), set: None, doc: "The float itself." },
    GetSet { name: "imag", get: |cx, _| Ok(float::from_f64(cx, 0.0)), set: None, doc: "Zero." },
];

/// The receiver's number. Methods are only called with floats.
fn float_of(value: Value) -> f64 {
    float::as_f64(value).unwrap_or(f64::NAN)
}

fn exact(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(float::exact(cx, arguments[0]))
}

fn is_integer(_: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = float_of(arguments[0]);
    Ok(Owned::new(singleton::boolean(value.is_finite() && value == value.trunc())))
}

fn new_arguments(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = float::exact(cx, arguments[0]);
    Ok(TupleObject::from_owned(cx, vec![value]))
}

/// The power; these rows stand for the slot's own wrappers, which take no modulus and so cannot refuse one.
fn power(cx: &mut Context, base: Value, exponent: Value, modulus: Option<&Value>) -> Result<Owned> {
    match modulus {
        Some(modulus) if *modulus != singleton::none() => {
            Err(cx.type_error("pow() 3rd argument not allowed unless all arguments are integers"))
        }
        _ => float::power(cx, base, exponent),
    }
}

fn to_int(cx: &mut Context, arguments: &[Value], whole: fn(f64) -> f64) -> Result<Owned> {
    float::to_int(cx, whole(float_of(arguments[0])))
}

fn as_integer_ratio(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = float_of(arguments[0]);
    if value.is_infinite() {
        return Err(cx.overflow_error("cannot convert Infinity to integer ratio"));
    }
    if value.is_nan() {
        return Err(cx.value_error("cannot convert NaN to integer ratio"));
    }
    let (mantissa, exponent) = mantissa_and_exponent(value);
    // Lowest terms: the mantissa's factors of two go into the exponent.
    let twos = if mantissa == 0 { 0 } else { mantissa.trailing_zeros() };
    let (mantissa, exponent) = (mantissa >> twos, if mantissa == 0 { 0 } else { exponent + twos as i64 });
    let numerator = shifted(cx, value.is_sign_negative(), mantissa, exponent.max(0) as u64);
    let denominator = shifted(cx, false, 1, (-exponent).max(0) as u64);
    Ok(TupleObject::from_owned(cx, vec![numerator, denominator]))
}

/// A finite float's magnitude as `mantissa * 2^exponent`.
fn mantissa_and_exponent(value: f64) -> (u64, i64) {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64;
    (bits & ((1 << 52) - 1) | ((exponent != 0) as u64) << 52, exponent.max(1) - 1075)
}

/// The `int` `mantissa << shift`, for shifts that floats need.
fn shifted(cx: &mut Context, negative: bool, mantissa: u64, shift: u64) -> Owned {
    let mut limbs = [0; 19];
    kernel::shift_left(&mut limbs[..shift as usize / 64 + 2], &[mantissa], shift);
    int::from_limbs(cx, negative, &limbs)
}

fn round(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = float_of(arguments[0]);
    let places = match arguments.get(1) {
        Some(places) if *places != singleton::none() => convert::index(cx, *places)?,
        _ => return float::to_int(cx, value.round_ties_even()),
    };
    if !value.is_finite() {
        return Ok(float::from_f64(cx, value));
    }
    let beyond = if int::is_negative(places.value()) { i64::MIN } else { i64::MAX };
    let rounded = digits::round(value, int::as_i64(places.value()).unwrap_or(beyond));
    if rounded.is_infinite() {
        return Err(cx.overflow_error("rounded value too large to represent"));
    }
    Ok(float::from_f64(cx, rounded))
}

fn hex(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = float_of(arguments[0]);
    if let Some(special) = digits::special(value) {
        return Ok(StrObject::new(cx, special));
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return Ok(StrObject::new(cx, &format!("{sign}0x0.0p+0")));
    }
    let (mantissa, exponent) = mantissa_and_exponent(value);
    let (whole, fraction) = (mantissa >> 52, mantissa & ((1 << 52) - 1));
    let exponent = exponent + 52;
    Ok(StrObject::new(cx, &format!("{sign}0x{whole}.{fraction:013x}p{exponent:+}")))
}

fn from_hex(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let Some(source) = text::text(arguments[1]) else {
        return Err(cx.type_error("bad argument type for built-in operation"));
    };
    let value = match parse_hex(&source) {
        Ok(value) => value,
        Err(HexError::Invalid) => return Err(cx.value_error("invalid hexadecimal floating-point string")),
        Err(HexError::TooLarge) => {
            return Err(cx.overflow_error("hexadecimal value too large to represent as a float"));
        }
    };
    of_class(cx, arguments[0], value)
}

fn from_number(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = float::from_value(cx, arguments[1])?;
    of_class(cx, arguments[0], value)
}

/// A float of the class whose class method runs: a subclass makes its own instance, by a call.
fn of_class(cx: &mut Context, class: Value, value: f64) -> Result<Owned> {
    let result = float::from_f64(cx, value);
    let is_float = class.cast::<TypeObject>().is_some_and(|class| std::ptr::eq(class, &float::FLOAT.object));
    if is_float { Ok(result) } else { call::call(cx, class, &[result.value()]) }
}

fn get_format(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let Some(name) = text::text(arguments[1]) else {
        return Err(bad_argument(cx, "__getformat__() argument", "str", arguments[1]));
    };
    if name != "double" && name != "float" {
        return Err(cx.value_error("__getformat__() argument 1 must be 'double' or 'float'"));
    }
    Ok(StrObject::new(cx, if cfg!(target_endian = "little") { "IEEE, little-endian" } else { "IEEE, big-endian" }))
}

/// Why text is no hexadecimal float.
#[derive(PartialEq, Eq, Debug)]
enum HexError {
    Invalid,
    TooLarge,
}

/// Parses `[sign][0x]digits[.digits][p exponent]`, `inf` and `nan`.
fn parse_hex(source: &str) -> std::result::Result<f64, HexError> {
    let trimmed = int::parse::trim_space(source.as_bytes());
    let (negative, body) = match trimmed {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, trimmed),
    };
    let signed = |value: f64| if negative { -value } else { value };
    let lower = body.to_ascii_lowercase();
    match &lower[..] {
        b"inf" | b"infinity" => return Ok(signed(f64::INFINITY)),
        b"nan" => return Ok(signed(f64::NAN)),
        _ => {}
    }
    let body = lower.strip_prefix(b"0x").unwrap_or(&lower);
    let (mantissa, exponent) = match body.iter().position(|byte| *byte == b'p') {
        Some(place) => (&body[..place], hex_exponent(&body[place + 1..])?),
        None => (body, 0),
    };
    let point = mantissa.iter().position(|byte| *byte == b'.').unwrap_or(mantissa.len());
    let (whole, fraction) = (&mantissa[..point], mantissa.get(point + 1..).unwrap_or(&[]));
    if whole.is_empty() && fraction.is_empty() {
        return Err(HexError::Invalid);
    }
    // The leading 64 bits, and whether any one bits follow.
    let (mut bits, mut sticky, mut shift) = (0u64, false, 0i64);
    for digit in whole.iter().chain(fraction) {
        let digit = (*digit as char).to_digit(16).ok_or(HexError::Invalid)? as u64;
        if bits >> 60 == 0 {
            bits = bits << 4 | digit;
        } else {
            sticky |= digit != 0;
            shift += 4;
        }
    }
    if bits == 0 {
        return Ok(signed(0.0));
    }
    let normalized = bits.leading_zeros();
    let scale = exponent.saturating_add(shift - fraction.len() as i64 * 4 - normalized as i64);
    let value = kernel::round_to_f64(bits << normalized | sticky as u64, scale.clamp(-1 << 20, 1 << 20));
    if value.is_infinite() { Err(HexError::TooLarge) } else { Ok(signed(value)) }
}

/// A decimal exponent with an optional sign; saturates.
fn hex_exponent(text: &[u8]) -> std::result::Result<i64, HexError> {
    /// Far beyond what any number of digits that fits memory can make up for.
    const EXPONENT_MAX: i64 = 1 << 60;
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(HexError::Invalid);
    }
    let value = digits
        .iter()
        .fold(0i64, |value, digit| value.saturating_mul(10).saturating_add((digit - b'0') as i64).min(EXPONENT_MAX));
    Ok(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_floats_parse() {
        for (text, value) in [
            ("0x1.8", 1.5),
            ("1.8p1", 3.0),
            ("0x.8p0", 0.5),
            ("0x1p-1080", 0.0),
            ("0x1.fffffffffffff7p1023", f64::MAX),
            (" 0x1 ", 1.0),
            ("-0x1.8P+3", -12.0),
            ("0p99999999999999999999", 0.0),
            ("0x1p-99999999999999999999", 0.0),
            ("0x0.0000000000000000000000000000001p100", 5.960464477539063e-08),
            ("0x1.00000000000008p0", 1.0),
            ("0x1.000000000000080000001p0", 1.0000000000000002),
            ("0x1.00000000000018p0", 1.0000000000000004),
            ("0x1p-1074", 5e-324),
            ("0x1p-1075", 0.0),
            ("0x1.8p-1075", 5e-324),
            ("ab.cdp-3", 21.47509765625),
            ("1.", 1.0),
            ("-Infinity", f64::NEG_INFINITY),
        ] {
            assert_eq!(parse_hex(text), Ok(value), "{text}");
        }
        for text in ["0x", "0x.p1", "", "0x1p", "x", "1_0", "nan1", "0x1 p1", "0x1\0", "\u{ff11}", "0x1.2.3", "0x1pp"] {
            assert_eq!(parse_hex(text), Err(HexError::Invalid), "{text}");
        }
        for text in ["0x1p2000", "0x1.fffffffffffff8p1023", "1p99999999999999999999"] {
            assert_eq!(parse_hex(text), Err(HexError::TooLarge), "{text}");
        }
    }
}
