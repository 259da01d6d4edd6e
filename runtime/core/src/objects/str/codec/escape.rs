//! `unicode_escape` and `raw_unicode_escape`: text as it is written in source code.

use super::decode::Decoder;
use crate::context::{Context, Result};
use crate::objects::exception::DEPRECATION_WARNING;
use crate::objects::str::StrObject;
use crate::operations::warnings;
use sidewinder_unicode::{Database, names};

impl Decoder<'_> {
    /// Decodes all escapes of string literals.
    pub(super) fn unicode_escape(&mut self, cx: &mut Context) -> Result<()> {
        let mut position = 0;
        let mut unknown = None;
        while let Some(&byte) = self.bytes.get(position) {
            position = match byte {
                b'\\' => self.escape(cx, position, &mut unknown)?,
                _ => {
                    self.builder.push(byte as u32);
                    position + 1
                }
            };
        }
        if let Some(unknown) = unknown {
            let message = format!("{unknown} escape sequence. Such sequences will not work in the future. ");
            warnings::warn(cx, &DEPRECATION_WARNING, &message, 1)?;
        }
        Ok(())
    }

    /// Decodes the escape at `start` and returns where it ends. The first one that has no meaning becomes `unknown`.
    fn escape(&mut self, cx: &mut Context, start: usize, unknown: &mut Option<String>) -> Result<usize> {
        let Some(&letter) = self.bytes.get(start + 1) else {
            return self.cut_off(cx, start, "\\ at end of string");
        };
        let point = match letter {
            b'\n' => return Ok(start + 2),
            b'\\' | b'\'' | b'"' => letter as u32,
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => 10,
            b'r' => 13,
            b't' => 9,
            b'v' => 11,
            b'0'..=b'7' => return Ok(self.octal(start + 1, unknown)),
            b'x' => return self.hexadecimal(cx, start, 2, "truncated \\xXX escape"),
            b'u' => return self.hexadecimal(cx, start, 4, "truncated \\uXXXX escape"),
            b'U' => return self.hexadecimal(cx, start, 8, "truncated \\UXXXXXXXX escape"),
            b'N' => return self.named(cx, start),
            _ => {
                // An unknown escape stays as it is.
                unknown.get_or_insert_with(|| format!("\"\\{}\" is an invalid", letter as char));
                self.builder.push(b'\\' as u32);
                letter as u32
            }
        };
        self.builder.push(point);
        Ok(start + 2)
    }

    /// Up to three octal digits.
    fn octal(&mut self, start: usize, unknown: &mut Option<String>) -> usize {
        let digits = self.bytes[start..].iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7'));
        let (point, count) = digits.fold((0, 0), |(point, count), byte| (point * 8 + (byte - b'0') as u32, count + 1));
        if point > 0xFF {
            unknown.get_or_insert_with(|| format!("\"\\{point:o}\" is an invalid octal"));
        }
        self.builder.push(point);
        start + count
    }

    /// So many hexadecimal digits behind the two characters of the escape.
    fn hexadecimal(&mut self, cx: &mut Context, start: usize, count: usize, truncated: &str) -> Result<usize> {
        let mut point = 0u32;
        for position in start + 2..start + 2 + count {
            let digit = self.bytes.get(position).and_then(|byte| (*byte as char).to_digit(16));
            match digit {
                Some(digit) => point = point << 4 | digit,
                None if position == self.bytes.len() => return self.cut_off(cx, start, truncated),
                None => return self.fail(cx, start, position, truncated),
            }
        }
        let end = start + 2 + count;
        if point > 0x10_FFFF {
            let raw = self.encoding == "rawunicodeescape";
            let reason = if raw { "\\Uxxxxxxxx out of range" } else { "illegal Unicode character" };
            return self.fail(cx, start, end, reason);
        }
        self.builder.push(point);
        Ok(end)
    }

    /// `\N{name}`
    fn named(&mut self, cx: &mut Context, start: usize) -> Result<usize> {
        const MALFORMED: &str = "malformed \\N character escape";
        let rest = &self.bytes[start + 2..];
        match rest.first() {
            Some(b'{') => {}
            Some(_) => return self.fail(cx, start, start + 2, MALFORMED),
            None => return self.cut_off(cx, start, MALFORMED),
        }
        let Some(length) = rest[1..].iter().position(|byte| *byte == b'}') else {
            return self.cut_off(cx, start, MALFORMED);
        };
        if length == 0 {
            return self.fail(cx, start, start + 3, MALFORMED);
        }
        let end = start + 4 + length;
        match std::str::from_utf8(&rest[1..=length]).ok().and_then(names::character) {
            Some(character) => {
                self.builder.push(character as u32);
                Ok(end)
            }
            None => self.fail(cx, start, end, "unknown Unicode character name"),
        }
    }

    /// Decodes only `\u` and `\U` behind an odd number of backslashes.
    pub(super) fn raw_unicode_escape(&mut self, cx: &mut Context) -> Result<()> {
        let mut position = 0;
        while let Some(&byte) = self.bytes.get(position) {
            position = match (byte, self.bytes.get(position + 1)) {
                (b'\\', Some(b'u')) => self.hexadecimal(cx, position, 4, "truncated \\uXXXX escape")?,
                (b'\\', Some(b'U')) => self.hexadecimal(cx, position, 8, "truncated \\UXXXXXXXX escape")?,
                (b'\\', Some(&next)) => {
                    self.builder.push(byte as u32);
                    self.builder.push(next as u32);
                    position + 2
                }
                (b'\\', None) if self.is_partial() => self.cut_off(cx, position, "")?,
                _ => {
                    self.builder.push(byte as u32);
                    position + 1
                }
            };
        }
        Ok(())
    }
}

/// The text with escapes for what is not printable ASCII, or, if `raw`, for what is beyond Latin-1.
pub(super) fn escaped(string: &StrObject, raw: bool) -> Vec<u8> {
    let mut result = Vec::with_capacity(string.len());
    for point in string.code_points() {
        match (point, raw) {
            (0..0x100, true) | (0x20..0x5C, false) | (0x5D..0x7F, false) => result.push(point as u8),
            (0x5C, false) => result.extend_from_slice(b"\\\\"),
            (0x09, false) => result.extend_from_slice(b"\\t"),
            (0x0A, false) => result.extend_from_slice(b"\\n"),
            (0x0D, false) => result.extend_from_slice(b"\\r"),
            (0..0x100, false) => result.extend_from_slice(format!("\\x{point:02x}").as_bytes()),
            (0x100..0x1_0000, _) => result.extend_from_slice(format!("\\u{point:04x}").as_bytes()),
            _ => result.extend_from_slice(format!("\\U{point:08x}").as_bytes()),
        }
    }
    result
}

/// The escape of a code point by its number.
pub fn numbered_escape(point: u32) -> String {
    match point {
        0..0x100 => format!("\\x{point:02x}"),
        0x100..0x1_0000 => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    }
}

/// The escape of a code point by its name, if it has one.
pub fn named_escape(point: u32) -> String {
    match names::name(point, Database::Current) {
        Some(name) => format!("\\N{{{name}}}"),
        None => numbered_escape(point),
    }
}
