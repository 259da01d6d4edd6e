//! Text to bytes.

use super::escape::{escaped, named_escape, numbered_escape};
use super::{Codec, Failure, Handler, Order, registry};
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::bytes::BytesObject;
use crate::objects::exception::UNICODE_ENCODE_ERROR;
use crate::objects::str::{StrObject, cast};
use crate::value::Value;
use std::io::Write;

/// An encoding under way.
struct Encoder<'a> {
    string: &'a StrObject,
    codec: Codec,
    handler: Handler,
    errors: &'a str,
    output: Vec<u8>,
}

/// Encodes a `str`.
pub fn encode_string(cx: &mut Context, value: Value, codec: Codec, errors: &str) -> Result<Owned> {
    let Some(string) = cast(value) else { return Err(cx.type_error("a str is required")) };
    let narrow = matches!(codec, Codec::Utf8 | Codec::Ascii) && string.is_ascii();
    if narrow || codec == Codec::Latin1 && string.kind.get() == 1 {
        return Ok(BytesObject::new(cx, string.as_bytes()));
    }
    let handler = Handler::from_name(errors);
    let mut encoder = Encoder { string, codec, handler, errors, output: Vec::with_capacity(string.len() + 16) };
    match codec {
        Codec::Ascii => encoder.narrow(cx, 0x80, "ordinal not in range(128)")?,
        Codec::Latin1 => encoder.narrow(cx, 0x100, "ordinal not in range(256)")?,
        Codec::Utf8 => encoder.utf8(cx)?,
        Codec::Utf8Marked => {
            encoder.output.extend_from_slice(b"\xEF\xBB\xBF");
            encoder.utf8(cx)?;
        }
        Codec::Utf16(order) => encoder.wide(cx, order, 2)?,
        Codec::Utf32(order) => encoder.wide(cx, order, 4)?,
        Codec::UnicodeEscape => encoder.output = escaped(string, false),
        Codec::RawUnicodeEscape => encoder.output = escaped(string, true),
    }
    Ok(BytesObject::new(cx, &encoder.output))
}

impl Encoder<'_> {
    /// Treats the code points from `start` to `end`, which cannot be encoded, and returns where to go on.
    #[cold]
    fn fail(&mut self, cx: &mut Context, start: usize, end: usize, reason: &str) -> Result<usize> {
        let mut first = start;
        match self.handler {
            Handler::Ignore => return Ok(end),
            Handler::Replace => {
                (start..end).for_each(|_| self.unit(b'?' as u32));
                return Ok(end);
            }
            Handler::BackslashReplace | Handler::CharacterReference | Handler::NameReplace => {
                for position in start..end {
                    let text = self.replacement(self.string.code_point(position));
                    text.bytes().for_each(|byte| self.unit(byte as u32));
                }
                return Ok(end);
            }
            Handler::SurrogateEscape if self.unit_bytes() == 1 => {
                while first < end && (0xDC80..0xDD00).contains(&self.string.code_point(first)) {
                    self.output.push((self.string.code_point(first) - 0xDC00) as u8);
                    first += 1;
                }
                if first == end {
                    return Ok(end);
                }
            }
            Handler::SurrogatePass => {
                let passes = !matches!(self.codec, Codec::Ascii | Codec::Latin1)
                    && (start..end).all(|position| (0xD800..0xE000).contains(&self.string.code_point(position)));
                if passes {
                    (start..end).for_each(|position| self.surrogate(self.string.code_point(position)));
                    return Ok(end);
                }
            }
            Handler::Registered => return self.ask(cx, start, end, reason),
            _ => {}
        }
        let source = Value::from_pointer(self.string);
        let failure = Failure { source, encoding: self.codec.name(), start: first, end, reason };
        Err(failure.raise(cx, &UNICODE_ENCODE_ERROR))
    }

    /// Asks a registered handler what to write instead of the code points from `start` to `end`.
    fn ask(&mut self, cx: &mut Context, start: usize, end: usize, reason: &str) -> Result<usize> {
        let handler = registry::error_handler(cx, self.errors)?;
        let source = Value::from_pointer(self.string);
        let failure = Failure { source, encoding: self.codec.name(), start, end, reason };
        let error = failure.exception(cx, &UNICODE_ENCODE_ERROR)?;
        let answer = registry::ask(cx, &handler, &error, "encoding", self.string.len())?;
        if let Some(bytes) = answer.replacement.value().cast::<BytesObject>() {
            if !bytes.len().is_multiple_of(self.unit_bytes()) {
                return Err(failure.raise(cx, &UNICODE_ENCODE_ERROR));
            }
            self.output.extend_from_slice(bytes.as_slice());
            return Ok(answer.position);
        }
        let Some(text) = cast(answer.replacement.value()) else {
            return Err(cx.type_error("encoding error handler must return (str/bytes, int) tuple"));
        };
        let limit = match self.codec {
            Codec::Latin1 => 0x100,
            // CPython's other encoders take a replacement for bytes.
            _ => 0x80,
        };
        if !text.code_points().all(|point| point < limit) {
            return Err(failure.raise(cx, &UNICODE_ENCODE_ERROR));
        }
        for point in text.code_points() {
            self.unit(point);
        }
        Ok(answer.position)
    }

    /// What stands for a code point under a replacing handler.
    fn replacement(&self, point: u32) -> String {
        match self.handler {
            Handler::CharacterReference => format!("&#{point};"),
            Handler::NameReplace => named_escape(point),
            _ => numbered_escape(point),
        }
    }

    fn unit_bytes(&self) -> usize {
        match self.codec {
            Codec::Utf16(_) => 2,
            Codec::Utf32(_) => 4,
            _ => 1,
        }
    }

    /// Writes one unit: an ASCII character, or half of a pair.
    fn unit(&mut self, number: u32) {
        let result = match self.codec {
            Codec::Utf16(Order::Big) => self.output.write_all(&(number as u16).to_be_bytes()),
            Codec::Utf16(_) => self.output.write_all(&(number as u16).to_le_bytes()),
            Codec::Utf32(Order::Big) => self.output.write_all(&number.to_be_bytes()),
            Codec::Utf32(_) => self.output.write_all(&number.to_le_bytes()),
            _ => self.output.write_all(&[number as u8]),
        };
        debug_assert!(result.is_ok(), "writing to memory");
    }

    /// Writes a surrogate as if it were a character.
    fn surrogate(&mut self, point: u32) {
        if self.unit_bytes() > 1 {
            return self.unit(point);
        }
        let tail = |shift: u32| 0x80 | (point >> shift & 63) as u8;
        self.output.extend_from_slice(&[0xE0 | (point >> 12) as u8, tail(6), tail(0)]);
    }

    /// ASCII and Latin-1: code points below `limit` are bytes.
    fn narrow(&mut self, cx: &mut Context, limit: u32, reason: &str) -> Result<()> {
        let length = self.string.len();
        let mut position = 0;
        while position < length {
            let point = self.string.code_point(position);
            if point < limit {
                self.output.push(point as u8);
                position += 1;
                continue;
            }
            let mut end = position + 1;
            while end < length && self.string.code_point(end) >= limit {
                end += 1;
            }
            position = self.fail(cx, position, end, reason)?;
        }
        Ok(())
    }

    fn utf8(&mut self, cx: &mut Context) -> Result<()> {
        let length = self.string.len();
        let mut position = 0;
        while position < length {
            match self.string.units().from(position).encode_utf8(&mut self.output) {
                Some(encoded) => position += encoded,
                None => return Ok(()),
            }
            let mut end = position + 1;
            while end < length && char::from_u32(self.string.code_point(end)).is_none() {
                end += 1;
            }
            position = self.fail(cx, position, end, "surrogates not allowed")?;
        }
        Ok(())
    }

    fn wide(&mut self, cx: &mut Context, order: Order, unit_bytes: usize) -> Result<()> {
        if order == Order::Marked {
            self.unit(0xFEFF);
        }
        let length = self.string.len();
        let mut position = 0;
        while position < length {
            let point = self.string.code_point(position);
            position = match point {
                0xD800..0xE000 => self.fail(cx, position, position + 1, "surrogates not allowed")?,
                0x1_0000.. if unit_bytes == 2 => {
                    self.unit(0xD800 + ((point - 0x1_0000) >> 10));
                    self.unit(0xDC00 + (point & 0x3FF));
                    position + 1
                }
                _ => {
                    self.unit(point);
                    position + 1
                }
            };
        }
        Ok(())
    }
}
