//! The text of one value under one conversion.

use super::{Spec, unsupported};
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::buffer::Buffer;
use crate::objects::bytes::{self, BytesObject};
use crate::objects::int::text::{decimal, decimal_i64, push_digits};
use crate::objects::str::units::Units;
use crate::objects::str::{StrBuilder, cast, check_bytes};
use crate::objects::{float, int};
use crate::operations::dunder::type_slots;
use crate::operations::{call, convert};
use crate::value::Value;

/// Appends a value to text.
pub(super) fn push_to_text(cx: &mut Context, output: &mut StrBuilder, spec: &Spec, value: Value) -> Result<()> {
    match u8::try_from(spec.letter) {
        Ok(b's' | b'r' | b'a') => {
            let text = match spec.letter as u8 {
                b's' => convert::str(cx, value)?,
                b'r' => convert::repr(cx, value)?,
                _ => convert::ascii(cx, value)?,
            };
            push_string(cx, output, spec, text)
        }
        Ok(b'c') => {
            let point = character(cx, value)?;
            push_padded(cx, output, spec, Units::Four(&[point]))
        }
        _ => push_number(cx, output, spec, value, false),
    }
}

/// Appends a value to bytes.
pub(super) fn push_to_bytes(cx: &mut Context, output: &mut StrBuilder, spec: &Spec, value: Value) -> Result<()> {
    match u8::try_from(spec.letter) {
        Ok(b's' | b'b') => {
            let data = bytes_of(cx, value)?;
            let data = bytes::like(data.value()).unwrap_or_default();
            let kept = spec.precision.unwrap_or(usize::MAX).min(data.len());
            push_padded(cx, output, spec, Units::One(&data[..kept]))
        }
        Ok(b'r' | b'a') => {
            let text = convert::ascii(cx, value)?;
            push_string(cx, output, spec, text)
        }
        Ok(b'c') => {
            let byte = single_byte(cx, value)?;
            push_padded(cx, output, spec, Units::One(&[byte]))
        }
        _ => push_number(cx, output, spec, value, true),
    }
}

fn push_string(cx: &mut Context, output: &mut StrBuilder, spec: &Spec, text: Owned) -> Result<()> {
    let Some(string) = cast(text.value()) else { return Ok(()) };
    let kept = spec.precision.unwrap_or(usize::MAX).min(string.len());
    push_padded(cx, output, spec, string.units().slice(0, kept))
}

/// Appends text filled with spaces up to the width.
fn push_padded(cx: &mut Context, output: &mut StrBuilder, spec: &Spec, text: Units<'_>) -> Result<()> {
    let padding = spec.width.saturating_sub(text.len());
    check_bytes(cx, padding)?;
    if !spec.left {
        output.push_repeated(b' ' as u32, padding);
    }
    output.push_units(text);
    if spec.left {
        output.push_repeated(b' ' as u32, padding);
    }
    Ok(())
}

/// The code point of `%c`.
fn character(cx: &mut Context, value: Value) -> Result<u32> {
    if let Some(string) = cast(value) {
        if string.len() == 1 {
            return Ok(string.code_point(0));
        }
        let length = string.len();
        return Err(
            cx.type_error(format!("%c requires an int or a unicode character, not a string of length {length}"))
        );
    }
    let Some(number) = index_of(cx, value)? else {
        let found = type_slots::full_name(cx, value.type_of())?;
        return Err(cx.type_error(format!("%c requires an int or a unicode character, not {found}")));
    };
    match int::as_i64(number.value()) {
        Some(point @ 0..0x11_0000) => Ok(point as u32),
        _ => Err(cx.overflow_error("%c arg not in range(0x110000)")),
    }
}

/// The byte of `%c`.
fn single_byte(cx: &mut Context, value: Value) -> Result<u8> {
    let found = value.type_of().name();
    if let Some(data) = bytes::like(value) {
        return match data {
            [byte] => Ok(*byte),
            _ => {
                let length = data.len();
                Err(cx.type_error(format!(
                    "%c requires an integer in range(256) or a single byte, not a {found} object of length {length}"
                )))
            }
        };
    }
    let Some(number) = index_of(cx, value)? else {
        let found = type_slots::full_name(cx, value.type_of())?;
        return Err(cx.type_error(format!("%c requires an integer in range(256) or a single byte, not {found}")));
    };
    match int::as_i64(number.value()) {
        Some(byte @ 0..256) => Ok(byte as u8),
        _ => Err(cx.overflow_error("%c arg not in range(256)")),
    }
}

/// The value as an index; `None` if its type has none.
fn index_of(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    if !int::is_int_like(value) && value.type_of().slots().index.is_none() {
        return Ok(None);
    }
    convert::index(cx, value).map(Some)
}

/// The bytes of `%s` in a bytes format: bytes-like objects, or what `__bytes__` returns.
fn bytes_of(cx: &mut Context, value: Value) -> Result<Owned> {
    if bytes::like(value).is_some() {
        return Ok(Owned::new(value));
    }
    if let Some(content) = Buffer::copy_optional(cx, value)? {
        return Ok(BytesObject::new(cx, &content));
    }
    let found = value.type_of().name();
    let name = cx.interpreter().names.bytes;
    let method = match call::lookup_special(cx, value, name) {
        Ok(method) => method,
        Err(_) => {
            // CPython's error, too, replaces what the descriptor raised.
            drop(cx.take_pending());
            None
        }
    };
    let Some(method) = method else {
        return Err(cx.type_error(format!(
            "%b requires a bytes-like object, or an object that implements __bytes__, not '{found}'"
        )));
    };
    let result = call::call(cx, method.value(), &[])?;
    if result.value().cast::<BytesObject>().is_none() {
        let returned = result.value().type_of().name();
        return Err(cx.type_error(format!("__bytes__ returned non-bytes (type {returned})")));
    }
    Ok(result)
}

fn push_number(cx: &mut Context, output: &mut StrBuilder, spec: &Spec, value: Value, bytes: bool) -> Result<()> {
    match u8::try_from(spec.letter) {
        Ok(b'd' | b'i' | b'u') => {
            if value.is_int() && spec.width == 0 && spec.precision.is_none() && !spec.plus && !spec.blank {
                output.push_text(decimal_i64(value.int(), &mut [0; 20]));
                return Ok(());
            }
            let text = decimal_text(cx, spec, value)?;
            push_signed(cx, output, spec, &text, "")
        }
        Ok(b'o') => push_radix(cx, output, spec, value, 8, "0o"),
        Ok(b'x') => push_radix(cx, output, spec, value, 16, "0x"),
        Ok(b'X') => push_radix(cx, output, spec, value, 16, "0X"),
        Ok(b'e' | b'E' | b'f' | b'F' | b'g' | b'G') => {
            let number = real(cx, value, bytes)?;
            let text = float_text(number, spec.letter as u8, spec.precision.unwrap_or(6), spec.alternate);
            push_signed(cx, output, spec, &text, "")
        }
        _ => Err(unsupported(cx, spec, bytes)),
    }
}

/// The value as a float.
fn real(cx: &mut Context, value: Value, bytes: bool) -> Result<f64> {
    let result = float::from_value(cx, value);
    if bytes && result.is_err() && cx.swallow(&crate::objects::exception::TYPE_ERROR) {
        let found = value.type_of().name();
        return Err(cx.type_error(format!("float argument required, not {found}")));
    }
    result
}

/// The integer behind a value for `%d`: what `int(value)` says, for numbers only.
fn whole(cx: &mut Context, spec: &Spec, value: Value) -> Result<Owned> {
    if int::is_int_like(value) {
        return Ok(Owned::new(value));
    }
    let slots = value.type_of().slots();
    let found = value.type_of().name();
    let letter = spec.letter as u8 as char;
    let result = match slots.int.or(slots.index) {
        Some(function) => function(cx, value),
        None => Err(cx.type_error("")),
    };
    match result {
        Ok(number) if int::is_int_like(number.value()) => Ok(number),
        Err(raised) if !cx.swallow(&crate::objects::exception::TYPE_ERROR) => Err(raised),
        _ => Err(cx.type_error(format!("%{letter} format: a real number is required, not {found}"))),
    }
}

/// Digits of `%d`, with sign and at least as many digits as the precision.
fn decimal_text(cx: &mut Context, spec: &Spec, value: Value) -> Result<String> {
    let number = whole(cx, spec, value)?;
    let Some(integer) = int::Integer::of(number.value()) else { return Ok(String::new()) };
    let text = decimal(cx, &integer)?;
    with_precision(cx, text, spec)
}

/// Fills the digits behind the sign with zeros up to the precision.
fn with_precision(cx: &mut Context, text: String, spec: &Spec) -> Result<String> {
    let sign = text.starts_with('-') as usize;
    let missing = spec.precision.unwrap_or(0).saturating_sub(text.len() - sign);
    if missing == 0 {
        return Ok(text);
    }
    check_bytes(cx, missing)?;
    Ok(format!("{}{}{}", &text[..sign], "0".repeat(missing), &text[sign..]))
}

fn push_radix(
    cx: &mut Context,
    output: &mut StrBuilder,
    spec: &Spec,
    value: Value,
    radix: u32,
    prefix: &str,
) -> Result<()> {
    let Some(number) = index_of(cx, value)? else {
        let (letter, found) = (spec.letter as u8 as char, value.type_of().name());
        return Err(cx.type_error(format!("%{letter} format: an integer is required, not {found}")));
    };
    let Some(integer) = int::Integer::of(number.value()) else { return Ok(()) };
    let mut text = if integer.negative { String::from("-") } else { String::new() };
    push_digits(&mut text, integer.magnitude(), radix, spec.letter == b'X' as u32);
    let text = with_precision(cx, text, spec)?;
    push_signed(cx, output, spec, &text, if spec.alternate { prefix } else { "" })
}

/// Appends number text: sign, prefix, filling. Zeros go between prefix and digits, spaces outside.
fn push_signed(cx: &mut Context, output: &mut StrBuilder, spec: &Spec, text: &str, prefix: &str) -> Result<()> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None if spec.plus => ("+", text),
        None if spec.blank => (" ", text),
        None => ("", text),
    };
    let padding = spec.width.saturating_sub(sign.len() + prefix.len() + digits.len());
    check_bytes(cx, padding)?;
    if !spec.left && !spec.zero {
        output.push_repeated(b' ' as u32, padding);
    }
    output.push_text(sign);
    output.push_text(prefix);
    if !spec.left && spec.zero {
        output.push_repeated(b'0' as u32, padding);
    }
    output.push_text(digits);
    if spec.left {
        output.push_repeated(b' ' as u32, padding);
    }
    Ok(())
}

/// A float under `e`, `f` or `g` (capital letters give capitals), as C's printf writes it.
pub(super) fn float_text(value: f64, letter: u8, precision: usize, alternate: bool) -> String {
    let lower = letter.to_ascii_lowercase();
    let mut text = String::new();
    if let Some(special) = float::text::special(value) {
        text.push_str(special);
    } else {
        if value.is_sign_negative() {
            text.push('-');
        }
        match lower {
            b'f' => {
                text.push_str(&float::text::fixed(value, precision));
                if alternate && precision == 0 {
                    text.push('.');
                }
            }
            b'e' => {
                let mut digits = float::text::significant(value, precision + 1);
                normalize_zero(&mut digits, value);
                push_exponential(&mut text, &digits, alternate);
            }
            _ => push_general(&mut text, value, precision.max(1), alternate),
        }
    }
    if letter.is_ascii_uppercase() { text.to_ascii_uppercase() } else { text }
}

/// Zero has the exponent zero.
fn normalize_zero(digits: &mut float::text::Decimal, value: f64) {
    if value == 0.0 {
        digits.point = 1;
    }
}

fn push_exponential(text: &mut String, digits: &float::text::Decimal, alternate: bool) {
    let (first, rest) = digits.digits.split_at(1);
    text.push_str(first);
    if alternate || !rest.is_empty() {
        text.push('.');
    }
    text.push_str(rest);
    float::text::push_exponent(text, digits.point - 1, 'e');
}

/// `%g`: fixed or exponential by the exponent; trailing zeros go unless `alternate`.
fn push_general(text: &mut String, value: f64, precision: usize, alternate: bool) {
    let mut digits = float::text::significant(value, precision);
    normalize_zero(&mut digits, value);
    let exponent = digits.point - 1;
    if !alternate {
        let kept = digits.digits.trim_end_matches('0').len().max(1);
        digits.digits.truncate(kept);
    }
    if exponent < -4 || exponent >= precision as i32 {
        return push_exponential(text, &digits, alternate);
    }
    float::text::push_fixed(text, &digits, false);
    if alternate && digits.point >= digits.digits.len() as i32 {
        text.push('.');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_by_printf() {
        let cases = [
            (1.5, b'f', 6, false, "1.500000"),
            (2.5, b'f', 0, false, "2"),
            (1.5, b'f', 0, true, "2."),
            (0.0, b'e', 3, false, "0.000e+00"),
            (12345.678, b'e', 3, false, "1.235e+04"),
            (123.0, b'e', 0, true, "1.e+02"),
            (123.0, b'g', 0, false, "1e+02"),
            (1.0, b'g', 6, true, "1.00000"),
            (1e6, b'g', 6, false, "1e+06"),
            (1e5, b'g', 6, false, "100000"),
            (1e5, b'g', 6, true, "100000."),
            (1e-5, b'G', 6, false, "1E-05"),
            (0.0001, b'g', 6, false, "0.0001"),
            (0.0, b'g', 6, false, "0"),
            (0.0, b'g', 3, true, "0.00"),
            (-0.0, b'f', 1, false, "-0.0"),
            (f64::NAN, b'F', 1, false, "NAN"),
            (f64::NEG_INFINITY, b'e', 1, false, "-inf"),
        ];
        for (value, letter, precision, alternate, expected) in cases {
            assert_eq!(float_text(value, letter, precision, alternate), expected);
        }
    }
}
