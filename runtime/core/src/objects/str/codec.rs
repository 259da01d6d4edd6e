//! Text encodings that are built in: UTF-8, ASCII, Latin-1, UTF-16, UTF-32 and the escapes of string literals, with
//! the standard error handlers.
//!
//! Codecs and error handlers that a program registers are in `registry.rs`.

mod decode;
mod encode;
mod escape;
pub mod registry;

use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::objects::exception;
use crate::objects::str::StrObject;
use crate::objects::{bytes, int};
use crate::value::Value;

pub use decode::{Decoded, decode_bytes, decode_some};
pub use encode::encode_string;
pub use escape::{named_escape, numbered_escape};

/// Byte order of a wide encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Little,
    Big,
    /// Little when writing, with a mark in front; given by the mark when reading.
    Marked,
}

/// A built-in encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Marked,
    Ascii,
    Latin1,
    Utf16(Order),
    Utf32(Order),
    /// Escapes as in string literals.
    UnicodeEscape,
    /// Only the escapes `\u` and `\U`.
    RawUnicodeEscape,
}

impl Codec {
    /// The codec of that name, in any of the usual spellings.
    pub fn from_name(name: &str) -> Option<Codec> {
        let mut plain = String::with_capacity(name.len());
        for letter in name.chars() {
            plain.push(match letter {
                '-' | ' ' => '_',
                _ => letter.to_ascii_lowercase(),
            });
        }
        Some(match plain.as_str() {
            "utf_8" | "utf8" | "u8" | "utf" | "utf8_ucs2" | "utf8_ucs4" | "cp65001" => Codec::Utf8,
            "utf_8_sig" | "utf8_sig" => Codec::Utf8Marked,
            "ascii" | "us_ascii" | "646" | "ansi_x3.4_1968" | "ansi_x3_4_1968" | "us" | "iso646_us" => Codec::Ascii,
            "latin_1" | "latin1" | "latin" | "l1" | "iso_8859_1" | "iso8859_1" | "iso8859" | "8859" | "cp819" => {
                Codec::Latin1
            }
            "utf_16" | "utf16" | "u16" => Codec::Utf16(Order::Marked),
            "utf_16_le" | "utf_16le" | "utf16_le" | "unicodelittleunmarked" => Codec::Utf16(Order::Little),
            "utf_16_be" | "utf_16be" | "utf16_be" | "unicodebigunmarked" => Codec::Utf16(Order::Big),
            "utf_32" | "utf32" | "u32" => Codec::Utf32(Order::Marked),
            "utf_32_le" | "utf_32le" | "utf32_le" => Codec::Utf32(Order::Little),
            "utf_32_be" | "utf_32be" | "utf32_be" => Codec::Utf32(Order::Big),
            "unicode_escape" | "unicodeescape" => Codec::UnicodeEscape,
            "raw_unicode_escape" | "rawunicodeescape" => Codec::RawUnicodeEscape,
            _ => return None,
        })
    }

    /// The name in error messages.
    pub fn name(self) -> &'static str {
        match self {
            Codec::Utf8 | Codec::Utf8Marked => "utf-8",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
            Codec::Utf16(Order::Marked) => "utf-16",
            Codec::Utf16(Order::Little) => "utf-16-le",
            Codec::Utf16(Order::Big) => "utf-16-be",
            Codec::Utf32(Order::Marked) => "utf-32",
            Codec::Utf32(Order::Little) => "utf-32-le",
            Codec::Utf32(Order::Big) => "utf-32-be",
            Codec::UnicodeEscape => "unicodeescape",
            Codec::RawUnicodeEscape => "rawunicodeescape",
        }
    }
}

/// What to do about what cannot be encoded or decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handler {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    CharacterReference,
    NameReplace,
    SurrogateEscape,
    SurrogatePass,
    /// No standard handler has that name; a program may have registered one.
    Registered,
}

impl Handler {
    pub fn from_name(name: &str) -> Handler {
        match name {
            "strict" => Handler::Strict,
            "ignore" => Handler::Ignore,
            "replace" => Handler::Replace,
            "backslashreplace" => Handler::BackslashReplace,
            "xmlcharrefreplace" => Handler::CharacterReference,
            "namereplace" => Handler::NameReplace,
            "surrogateescape" => Handler::SurrogateEscape,
            "surrogatepass" => Handler::SurrogatePass,
            _ => Handler::Registered,
        }
    }
}

/// A failure to encode or decode, as the exception describes it.
pub(crate) struct Failure<'a> {
    /// The `str` or `bytes` being converted.
    pub source: Value,
    pub encoding: &'a str,
    pub start: usize,
    pub end: usize,
    pub reason: &'a str,
}

impl Failure<'_> {
    /// Raises `UnicodeEncodeError` or `UnicodeDecodeError`.
    #[cold]
    fn raise(&self, cx: &mut Context, kind: &'static crate::TypeObject) -> Raised {
        match self.exception(cx, kind) {
            Ok(error) => exception::raise(cx, error),
            Err(raised) => raised,
        }
    }

    /// The exception, not raised.
    fn exception(&self, cx: &mut Context, kind: &'static crate::TypeObject) -> Result<Owned> {
        let encoding = StrObject::new(cx, self.encoding);
        let start = int::from_usize(cx, self.start);
        let end = int::from_usize(cx, self.end);
        let reason = StrObject::new(cx, self.reason);
        // The exception keeps a copy of what a `bytearray` held.
        let source = match self.source.cast::<bytes::ByteArrayObject>() {
            Some(array) => bytes::BytesObject::new(cx, array.as_slice()),
            None => Owned::new(self.source),
        };
        let arguments = [encoding.value(), source.value(), start.value(), end.value(), reason.value()];
        exception::new(cx, kind, &arguments)
    }
}

#[cold]
fn unknown_handler(cx: &mut Context, name: &str) -> Raised {
    cx.raise(&exception::LOOKUP_ERROR, format!("unknown error handler name '{name}'"))
}

#[cold]
fn unknown_encoding(cx: &mut Context, name: &str) -> Raised {
    cx.raise(&exception::LOOKUP_ERROR, format!("unknown encoding: {name}"))
}

/// In the mode for developers, the names of an encoding and of an error handler are looked up even where nobody needs them.
fn check_names(cx: &mut Context, encoding: &str, errors: &str) -> Result<()> {
    if !cx.interpreter().options.settings.dev_mode {
        return Ok(());
    }
    if Codec::from_name(encoding).is_none() {
        registry::lookup(cx, encoding)?;
    }
    if Handler::from_name(errors) == Handler::Registered {
        registry::error_handler(cx, errors)?;
    }
    Ok(())
}

/// `source.decode(encoding, errors)` for a bytes-like `source`.
pub fn decode(cx: &mut Context, source: Value, encoding: &str, errors: &str) -> Result<Owned> {
    check_names(cx, encoding, errors)?;
    if bytes::like(source).is_some_and(<[u8]>::is_empty) {
        // No codec is asked.
        return Ok(Owned::new(cx.interpreter().interned.empty()));
    }
    let Some(codec) = Codec::from_name(encoding) else {
        return registry::decode_text(cx, source, encoding, errors);
    };
    if let Some(data) = bytes::like(source) {
        if Handler::from_name(errors) == Handler::Registered {
            // The handler is Python code, which may change the data.
            let data = data.to_vec();
            return decode_bytes(cx, &data, source, codec, errors);
        }
        // Nothing below runs Python code before it has read the data, so the borrow is short enough.
        return decode_bytes(cx, data, source, codec, errors);
    }
    let found = source.type_of().name();
    Err(cx.type_error(format!("a bytes-like object is required, not '{found}'")))
}

/// `string.encode(encoding, errors)`
pub fn encode(cx: &mut Context, string: Value, encoding: &str, errors: &str) -> Result<Owned> {
    check_names(cx, encoding, errors)?;
    match Codec::from_name(encoding) {
        Some(codec) => encode_string(cx, string, codec, errors),
        None => registry::encode_text(cx, string, encoding, errors),
    }
}

/// UTF-8 of a string without surrogates; `None` if there are any.
pub fn to_utf8(string: &StrObject) -> Option<Vec<u8>> {
    if let Some(text) = string.as_ascii() {
        return Some(text.as_bytes().to_vec());
    }
    let mut result = Vec::new();
    if string.units().encode_utf8(&mut result).is_some() {
        return None;
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_many_spellings() {
        assert_eq!(Codec::from_name("UTF-8"), Some(Codec::Utf8));
        assert_eq!(Codec::from_name("Latin-1"), Some(Codec::Latin1));
        assert_eq!(Codec::from_name("US-ASCII"), Some(Codec::Ascii));
        assert_eq!(Codec::from_name("utf-16-BE"), Some(Codec::Utf16(Order::Big)));
        assert_eq!(Codec::from_name("rot13"), None);
    }
}
