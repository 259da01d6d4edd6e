//! Bytes to text.

use super::{Codec, Failure, Handler, Order, registry};
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::bytes::BytesObject;
use crate::objects::exception::special::UNICODE_OBJECT;
use crate::objects::exception::{self, UNICODE_DECODE_ERROR};
use crate::objects::str::repr::push_hexadecimal;
use crate::objects::str::{StrBuilder, StrObject, cast as str_cast};
use crate::value::Value;
use std::borrow::Cow;

/// A decoding under way.
pub(super) struct Decoder<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    source: Value,
    /// What an error handler has put in the place of the source.
    replaced: Option<Owned>,
    codec: Codec,
    pub(super) encoding: &'static str,
    handler: Handler,
    errors: &'a str,
    pub(super) builder: StrBuilder,
    /// More data will follow, so that what is cut off at the end is no error.
    partial: bool,
    /// Where the data was cut off.
    cut: Option<usize>,
}

/// What became of some data.
pub struct Decoded {
    pub text: Owned,
    /// Bytes that were decoded; the others are the start of something.
    pub consumed: usize,
    /// The order that a mark has told, for the marked codecs.
    pub order: Option<Order>,
}

/// Decodes `bytes`, which `source` holds (for the exception).
pub fn decode_bytes(cx: &mut Context, bytes: &[u8], source: Value, codec: Codec, errors: &str) -> Result<Owned> {
    decode_some(cx, bytes, source, codec, errors, true).map(|decoded| decoded.text)
}

/// Decodes `bytes`, after which more may follow unless they are `last`.
pub fn decode_some(
    cx: &mut Context,
    bytes: &[u8],
    source: Value,
    codec: Codec,
    errors: &str,
    last: bool,
) -> Result<Decoded> {
    let all = |text: Owned| Ok(Decoded { text, consumed: bytes.len(), order: None });
    let bytes = match codec {
        Codec::Utf8Marked => bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes),
        _ => bytes,
    };
    match codec {
        Codec::Latin1 => return all(StrObject::from_latin1(cx, bytes)),
        Codec::Ascii | Codec::Utf8 | Codec::Utf8Marked if bytes.is_ascii() => {
            return all(StrObject::from_latin1_known(cx, bytes, true));
        }
        Codec::Utf8 | Codec::Utf8Marked => {
            if let Ok(text) = std::str::from_utf8(bytes) {
                return all(StrObject::new(cx, text));
            }
        }
        _ => {}
    }
    let mut decoder = Decoder {
        bytes: Cow::Borrowed(bytes),
        source,
        replaced: None,
        codec,
        encoding: codec.name(),
        handler: Handler::from_name(errors),
        errors,
        builder: StrBuilder::with_capacity(bytes.len()),
        partial: !last,
        cut: None,
    };
    match codec {
        Codec::Ascii => decoder.ascii(cx)?,
        Codec::Utf16(order) => decoder.utf16(cx, order)?,
        Codec::Utf32(order) => decoder.utf32(cx, order)?,
        Codec::UnicodeEscape => decoder.unicode_escape(cx)?,
        Codec::RawUnicodeEscape => decoder.raw_unicode_escape(cx)?,
        _ => decoder.utf8(cx)?,
    }
    // A mark of which a part is there tells nothing yet.
    let marked = match codec {
        Codec::Utf16(Order::Marked) => bytes.len() >= 2,
        Codec::Utf32(Order::Marked) => bytes.len() >= 4,
        _ => false,
    };
    let order = match (&*decoder.bytes, decoder.encoding.ends_with("be")) {
        ([0xFF, 0xFE, ..], false) if marked => Some(Order::Little),
        ([0xFE, 0xFF, ..] | [0, 0, 0xFE, 0xFF, ..], true) if marked => Some(Order::Big),
        _ => None,
    };
    let consumed = decoder.cut.unwrap_or(decoder.bytes.len());
    Ok(Decoded { text: decoder.builder.finish(cx), consumed, order })
}

impl Decoder<'_> {
    pub(super) fn is_partial(&self) -> bool {
        self.partial
    }

    /// Treats data that ends in the middle of something: bad bytes, unless more may follow.
    #[cold]
    pub(super) fn cut_off(&mut self, cx: &mut Context, start: usize, reason: &str) -> Result<usize> {
        if self.partial {
            self.cut = Some(start);
            return Ok(self.bytes.len());
        }
        self.fail(cx, start, self.bytes.len(), reason)
    }

    /// Treats the bad bytes from `start` to `end` and returns where to go on.
    #[cold]
    pub(super) fn fail(&mut self, cx: &mut Context, start: usize, end: usize, reason: &str) -> Result<usize> {
        match self.handler {
            Handler::Ignore => return Ok(end),
            Handler::Replace => {
                self.builder.push(0xFFFD);
                return Ok(end);
            }
            Handler::BackslashReplace => {
                for &byte in &self.bytes[start..end] {
                    push_hexadecimal(&mut self.builder, byte as u32);
                }
                return Ok(end);
            }
            Handler::SurrogateEscape => {
                // CPython looks at four bytes at most, and stops at the first ASCII one.
                let bad = &self.bytes[start..end.min(start + 4)];
                let taken = bad.iter().take_while(|byte| **byte >= 0x80).count();
                if taken > 0 {
                    bad[..taken].iter().for_each(|byte| self.builder.push(0xDC00 + *byte as u32));
                    return Ok(start + taken);
                }
            }
            Handler::SurrogatePass => {
                if let Some((point, length)) = self.encoded_surrogate(start) {
                    self.builder.push(point);
                    return Ok(start + length);
                }
            }
            Handler::CharacterReference | Handler::NameReplace => {
                return Err(cx.type_error("don't know how to handle UnicodeDecodeError in error callback"));
            }
            Handler::Registered => {
                let handler = registry::error_handler(cx, self.errors)?;
                let failure = Failure { source: self.source, encoding: self.encoding, start, end, reason };
                let error = failure.exception(cx, &UNICODE_DECODE_ERROR)?;
                let exception = exception::of(error.value());
                let data = || exception.field(UNICODE_OBJECT).and_then(|data| data.cast::<BytesObject>());
                let length = || data().map_or(0, BytesObject::len);
                let answer = registry::ask_for(cx, &handler, &error, "decoding", length)?;
                if let Some(data) = data().filter(|data| *data.as_slice() != *self.bytes) {
                    self.bytes = Cow::Owned(data.as_slice().to_vec());
                    let replaced = exception.field(UNICODE_OBJECT).map(Owned::new);
                    self.source = replaced.as_ref().map_or(self.source, Owned::value);
                    self.replaced = replaced;
                }
                let Some(text) = str_cast(answer.replacement.value()) else {
                    return Err(cx.type_error("decoding error handler must return (str, int) tuple"));
                };
                self.builder.push_str(text);
                return Ok(answer.position);
            }
            Handler::Strict => {}
        }
        let failure = Failure { source: self.source, encoding: self.encoding, start, end, reason };
        Err(failure.raise(cx, &UNICODE_DECODE_ERROR))
    }

    /// The surrogate whose encoding starts at `start`, with its length in bytes.
    fn encoded_surrogate(&self, start: usize) -> Option<(u32, usize)> {
        let (point, length) = match (self.codec, &self.bytes[start..]) {
            (Codec::Utf8 | Codec::Utf8Marked, [first @ 0xE0..0xF0, second @ 0x80..0xC0, third @ 0x80..0xC0, ..]) => {
                ((*first as u32 & 15) << 12 | (*second as u32 & 63) << 6 | *third as u32 & 63, 3)
            }
            (Codec::Utf16(_), [first, second, ..]) => (self.wide(&[*first, *second]), 2),
            (Codec::Utf32(_), [first, second, third, fourth, ..]) => {
                (self.wide(&[*first, *second, *third, *fourth]), 4)
            }
            _ => return None,
        };
        (0xD800..0xE000).contains(&point).then_some((point, length))
    }

    /// A unit of a wide encoding in the order that was found.
    fn wide(&self, unit: &[u8]) -> u32 {
        let join = |number: u32, byte: &u8| number << 8 | *byte as u32;
        match self.encoding.ends_with("be") {
            true => unit.iter().fold(0, join),
            false => unit.iter().rev().fold(0, join),
        }
    }

    fn ascii(&mut self, cx: &mut Context) -> Result<()> {
        let mut position = 0;
        while let Some(byte) = self.bytes.get(position) {
            if *byte < 0x80 {
                self.builder.push(*byte as u32);
                position += 1;
            } else {
                position = self.fail(cx, position, position + 1, "ordinal not in range(128)")?;
            }
        }
        Ok(())
    }

    fn utf8(&mut self, cx: &mut Context) -> Result<()> {
        let mut position = 0;
        while position < self.bytes.len() {
            let rest = &self.bytes[position..];
            let error = match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.builder.push_text(text);
                    return Ok(());
                }
                Err(error) => error,
            };
            let valid = error.valid_up_to();
            if let Ok(text) = std::str::from_utf8(&rest[..valid]) {
                self.builder.push_text(text);
            }
            position += valid;
            // The start of a surrogate is one of something that a handler may let pass.
            let is_cut_surrogate = matches!(self.bytes[position..], [0xED, 0xA0..=0xBF]) && self.partial;
            position = match error.error_len().filter(|_| !is_cut_surrogate) {
                None => self.cut_off(cx, position, "unexpected end of data")?,
                Some(length) => {
                    let starts = matches!(self.bytes[position], 0xC2..=0xF4);
                    let reason = if starts { "invalid continuation byte" } else { "invalid start byte" };
                    self.fail(cx, position, position + length, reason)?
                }
            };
        }
        Ok(())
    }

    fn utf16(&mut self, cx: &mut Context, order: Order) -> Result<()> {
        let mut position = 0;
        let big = match (order, &*self.bytes) {
            (Order::Marked, [0xFF, 0xFE, ..]) => {
                position = 2;
                false
            }
            (Order::Marked, [0xFE, 0xFF, ..]) => {
                position = 2;
                true
            }
            _ => order == Order::Big,
        };
        self.encoding = if big { "utf-16-be" } else { "utf-16-le" };
        while position < self.bytes.len() {
            let Some(unit) = self.bytes.get(position..position + 2) else {
                position = self.cut_off(cx, position, "truncated data")?;
                continue;
            };
            let first = self.wide(unit);
            position = match (first, self.bytes.get(position + 2..position + 4)) {
                (0xD800..0xDC00, Some(next)) => {
                    let second = self.wide(next);
                    if (0xDC00..0xE000).contains(&second) {
                        self.builder.push(0x1_0000 + ((first & 0x3FF) << 10 | second & 0x3FF));
                        position + 4
                    } else {
                        self.fail(cx, position, position + 2, "illegal UTF-16 surrogate")?
                    }
                }
                (0xD800..0xDC00, None) => self.cut_off(cx, position, "unexpected end of data")?,
                (0xDC00..0xE000, _) => self.fail(cx, position, position + 2, "illegal encoding")?,
                _ => {
                    self.builder.push(first);
                    position + 2
                }
            };
        }
        Ok(())
    }

    fn utf32(&mut self, cx: &mut Context, order: Order) -> Result<()> {
        let mut position = 0;
        let big = match (order, &*self.bytes) {
            (Order::Marked, [0xFF, 0xFE, 0, 0, ..]) => {
                position = 4;
                false
            }
            (Order::Marked, [0, 0, 0xFE, 0xFF, ..]) => {
                position = 4;
                true
            }
            _ => order == Order::Big,
        };
        self.encoding = if big { "utf-32-be" } else { "utf-32-le" };
        while position < self.bytes.len() {
            let Some(unit) = self.bytes.get(position..position + 4) else {
                position = self.cut_off(cx, position, "truncated data")?;
                continue;
            };
            let point = self.wide(unit);
            position = match point {
                0xD800..0xE000 => {
                    let reason = "code point in surrogate code point range(0xd800, 0xe000)";
                    self.fail(cx, position, position + 4, reason)?
                }
                0x11_0000.. => self.fail(cx, position, position + 4, "code point not in range(0x110000)")?,
                _ => {
                    self.builder.push(point);
                    position + 4
                }
            };
        }
        Ok(())
    }
}
