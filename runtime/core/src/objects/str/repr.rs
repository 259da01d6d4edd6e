//! `repr` of strings and bytes: quotes, escapes.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::str::units::Units;
use crate::objects::str::{StrBuilder, StrObject, cast, unicode};
use crate::value::Value;
use crate::with_units;

/// The slot `repr`.
pub fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let Some(string) = cast(value) else { return Err(cx.type_error("descriptor '__repr__' requires a 'str' object")) };
    let units = string.units();
    let quote = quote_for(units);
    if let Units::One(bytes) = units
        && bytes.iter().all(|byte| is_plain(*byte, quote))
    {
        let result = StrObject::allocate(cx, 1, true, bytes.len() + 2);
        // SAFETY: (str 2) there is room for the text and two quotes.
        unsafe {
            let data = result.data_mut();
            *data = quote;
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), data.add(1), bytes.len());
            *data.add(bytes.len() + 1) = quote;
        }
        return Ok(Owned::from_raw(Value::from_pointer(result)));
    }
    let mut builder = StrBuilder::with_capacity(units.len() + 2);
    push_quoted(&mut builder, units, false);
    Ok(builder.finish(cx))
}

/// Whether a character stands for itself between these quotes.
#[inline]
fn is_plain(byte: u8, quote: u8) -> bool {
    (0x20..0x7F).contains(&byte) && byte != quote && byte != b'\\'
}

/// The quotes that `repr` uses: double ones if the text has single but no double ones.
fn quote_for(units: Units<'_>) -> u8 {
    let has = |mark: u8| crate::objects::str::search::find_point(units, mark as u32).is_some();
    if has(b'\'') && !has(b'"') { b'"' } else { b'\'' }
}

/// Appends the quoted text; with `ascii_only`, everything beyond ASCII is escaped (`ascii()`).
pub fn push_quoted(builder: &mut StrBuilder, units: Units<'_>, ascii_only: bool) {
    let quote = quote_for(units);
    builder.push(quote as u32);
    with_units!(units, slice => {
        for unit in slice {
            push_escaped(builder, (*unit).into(), quote, ascii_only);
        }
    });
    builder.push(quote as u32);
}

fn push_escaped(builder: &mut StrBuilder, point: u32, quote: u8, ascii_only: bool) {
    match point {
        0x5C => builder.push_text("\\\\"),
        _ if point == quote as u32 => {
            builder.push(b'\\' as u32);
            builder.push(point);
        }
        0x09 => builder.push_text("\\t"),
        0x0A => builder.push_text("\\n"),
        0x0D => builder.push_text("\\r"),
        0x20..0x7F => builder.push(point),
        _ if !ascii_only && point >= 0x80 && unicode::is_printable(point) => builder.push(point),
        _ => push_hexadecimal(builder, point),
    }
}

/// Appends `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
pub fn push_hexadecimal(builder: &mut StrBuilder, point: u32) {
    let (letter, digits) = match point {
        0..0x100 => ('x', 2),
        0x100..0x1_0000 => ('u', 4),
        _ => ('U', 8),
    };
    builder.push_text("\\");
    builder.push(letter as u32);
    for place in (0..digits).rev() {
        builder.push(b"0123456789abcdef"[(point >> (place * 4) & 15) as usize] as u32);
    }
}

/// The repr of bytes, `b'…'`.
pub fn bytes_text(bytes: &[u8]) -> String {
    quoted_bytes(bytes, quote_for(Units::One(bytes)), None)
}

/// The same in the `repr` of a `bytearray`, which escapes an apostrophe always.
pub fn bytearray_text(bytes: &[u8]) -> String {
    quoted_bytes(bytes, quote_for(Units::One(bytes)), Some(b'\''))
}

fn quoted_bytes(bytes: &[u8], quote: u8, escaped: Option<u8>) -> String {
    let mut result = String::with_capacity(bytes.len() + 3);
    result.push('b');
    result.push(quote as char);
    for &byte in bytes {
        match byte {
            b'\\' => result.push_str("\\\\"),
            b'\t' => result.push_str("\\t"),
            b'\n' => result.push_str("\\n"),
            b'\r' => result.push_str("\\r"),
            _ if byte == quote || Some(byte) == escaped => {
                result.push('\\');
                result.push(byte as char);
            }
            0x20..0x7F => result.push(byte as char),
            _ => {
                result.push_str("\\x");
                result.push(b"0123456789abcdef"[byte as usize >> 4] as char);
                result.push(b"0123456789abcdef"[byte as usize & 15] as char);
            }
        }
    }
    result.push(quote as char);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str, ascii_only: bool) -> String {
        let points: Vec<u32> = text.chars().map(|point| point as u32).collect();
        let mut builder = StrBuilder::new();
        push_quoted(&mut builder, Units::Four(&points), ascii_only);
        builder.units().code_points().map(|point| char::from_u32(point).unwrap()).collect()
    }

    #[test]
    fn escapes_and_quotes() {
        assert_eq!(quoted("a'b", false), "\"a'b\"");
        assert_eq!(quoted("a'\"b", false), "'a\\'\"b'");
        assert_eq!(quoted("\t\n\r\\\x00\x7f", false), "'\\t\\n\\r\\\\\\x00\\x7f'");
        assert_eq!(quoted("é\u{AD}\u{200B}€\u{1F600}\u{E0001}", false), "'é\\xad\\u200b€\u{1F600}\\U000e0001'");
        assert_eq!(quoted("é€\u{1F600}", true), "'\\xe9\\u20ac\\U0001f600'");
        assert_eq!(bytes_text(b"a'\x00\xff"), "b\"a'\\x00\\xff\"");
    }
}
