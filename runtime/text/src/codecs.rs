//! The module `_codecs`: encodings, their registry, and error handlers.

mod charmap;
mod escape;
mod handlers;
mod utf7;

use sidewinder_macros::{native_functions, native_module};
use sidewinder_runtime::native::argument::BytesLike;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::codec::{self, Codec, Decoded, Order, registry};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::borrow::Cow;

/// What decoders give: the text, and how many bytes were read.
type Read = Result<(Owned, usize)>;
/// What encoders give: the bytes, and how many characters were written.
type Written = Result<(Owned, usize)>;
/// The name of an error handler; nothing is `strict`.
type Errors<'a> = Option<Cow<'a, str>>;

fn name(errors: &Errors<'_>) -> String {
    errors.as_deref().unwrap_or("strict").to_string()
}

/// Decodes by a built-in codec.
fn decode(cx: &mut Context, data: &[u8], codec: Codec, errors: &Errors<'_>, last: bool) -> Result<Decoded> {
    let source = BytesObject::new(cx, data);
    codec::decode_some(cx, data, source.value(), codec, &name(errors), last)
}

fn read(cx: &mut Context, data: &[u8], codec: Codec, errors: &Errors<'_>, last: bool) -> Read {
    decode(cx, data, codec, errors, last).map(|decoded| (decoded.text, decoded.consumed))
}

/// Encodes by a built-in codec.
fn write(cx: &mut Context, text: &StrObject, codec: Codec, errors: &Errors<'_>) -> Written {
    let encoded = codec::encode_string(cx, Value::from_pointer(text), codec, &name(errors))?;
    Ok((encoded, text.len()))
}

/// The order that -1, 0 and 1 stand for.
fn order(number: i32) -> Order {
    match number {
        0 => Order::Marked,
        ..0 => Order::Little,
        _ => Order::Big,
    }
}

fn order_number(given: i32, found: Option<Order>) -> i32 {
    match found {
        Some(Order::Little) => -1,
        Some(Order::Big) => 1,
        _ => given,
    }
}

/// Data that may also be given as text, which stands for its UTF-8.
struct TextOrBytes(Vec<u8>);

impl<'a> sidewinder_runtime::native::FromArgument<'a> for TextOrBytes {
    fn from_argument(
        cx: &mut Context,
        value: &'a Value,
        place: &'static sidewinder_runtime::native::Place,
    ) -> Result<TextOrBytes> {
        if str::is_str(*value) {
            return String::from_argument(cx, value, place).map(|text| TextOrBytes(text.into_bytes()));
        }
        BytesLike::from_argument(cx, value, place).map(|data| TextOrBytes(data.0))
    }
}

/// The built-in encodings.
#[native_functions]
pub mod encodings {
    use super::*;

    /// Decodes UTF-8.
    #[function]
    fn utf_8_decode(
        cx: &mut Context,
        data: BytesLike,
        #[default(None)] errors: Errors<'_>,
        #[default(false)] r#final: bool,
    ) -> Read {
        read(cx, &data.0, Codec::Utf8, &errors, r#final)
    }

    /// Encodes UTF-8.
    #[function]
    fn utf_8_encode(cx: &mut Context, str: &StrObject, #[default(None)] errors: Errors<'_>) -> Written {
        write(cx, str, Codec::Utf8, &errors)
    }

    /// Decodes UTF-16, low bytes first.
    #[function]
    fn utf_16_le_decode(
        cx: &mut Context,
        data: BytesLike,
        #[default(None)] errors: Errors<'_>,
        #[default(false)] r#final: bool,
    ) -> Read {
        read(cx, &data.0, Codec::Utf16(Order::Little), &errors, r#final)
    }

    /// Encodes UTF-16, low bytes first.
    #[function]
    fn utf_16_le_encode(cx: &mut Context, str: &StrObject, #[default(None)] errors: Errors<'_>) -> Written {
        write(cx, str, Codec::Utf16(Order::Little), &errors)
    }

    /// Decodes UTF-32, low bytes first.
    #[function]
    fn utf_32_le_decode(
        cx: &mut Context,
        data: BytesLike,
        #[default(None)] errors: Errors<'_>,
        #[default(false)] r#final: bool,
    ) -> Read {
        read(cx, &data.0, Codec::Utf32(Order::Little), &errors, r#final)
    }

    /// Encodes UTF-32, low bytes first.
    #[function]
    fn utf_32_le_encode(cx: &mut Context, str: &StrObject, #[default(None)] errors: Errors<'_>) -> Written {
        write(cx, str, Codec::Utf32(Order::Little), &errors)
    }

    /// Decodes UTF-16, high bytes first.
    #[function]
    fn utf_16_be_decode(
        cx: &mut Context,
        data: BytesLike,
        #[default(None)] errors: Errors<'_>,
        #[default(false)] r#final: bool,
    ) -> Read {
        read(cx, &data.0, Codec::Utf16(Order::Big), &errors, r#final)
    }

    /// Encodes UTF-16, high bytes first.
    #[function]
    fn utf_16_be_encode(cx: &mut Context, str: &StrObject, #[default(None)] errors: Errors<'_>) -> Written {
        write(cx, str, Codec::Utf16(Order::Big), &errors)
    }

    /// Decodes UTF-32, high bytes first.
    #[function]
    fn utf_32_be_decode(
        cx: &mut Context,
        data: BytesLike,
        #[default(None)] errors: Errors<'_>,
        #[default(false)] r#final: bool,
    ) -> Read {
        read(cx, &data.0, Codec::Utf32(Order::Big), &errors, r#final)
    }

    /// Encodes UTF-32, high bytes first.
    #[function]
    fn utf_32_be_encode(cx: &mut Context, str: &StrObject, #[default(None)] errors: Errors<'_>) -> Written {
        write(cx, str, Codec::Utf32(Order::Big), &errors)
    }

    /// Decodes UTF-16 in the order that its mark tells.
    #[function]
    fn utf_16_decode(
        cx: &mut Context,
        data: BytesLike,
        #[default(None)] errors: Errors<'_>,
        #[default(false)] r#final: bool,
    ) -> Read {
        read(cx, &data.0, Codec::Utf16(Order::Marked), &errors, r#final)
    }

    /// Decodes UTF-16 in the order that is given, or that its mark tells, and gives the order, too.
    #[function]
    fn utf_16_ex_decode(
        cx: &mut Context,
        data: BytesLike,
        #[default(None)] errors: Errors<'_>,
        #[default(0)] byteorder: i32,
        #[default(false)] r#final: bool,
    ) -> Result<(Owned, usize, i32)> {
        let decoded = decode(cx, &data.0, Codec::Utf16(order(byteorder)), &errors, r#final)?;
        Ok((decoded.text, decoded.consumed, order_number(byteorder, decoded.order)))
    }

    /// Encodes UTF-16, with a mark in front where no order is given.
    #[function]
    fn utf_16_encode(
        cx: &mut Context,
        str: &StrObject,
        #[default(None)] errors: Errors<'_>,
        #[default(0)] byteorder: i32,
    ) -> Written {
        write(cx, str, Codec::Utf16(order(byteorder)), &errors)
    }

    /// Decodes UTF-32 in the order that its mark tells.
    #[function]
    fn utf_32_decode(
        cx: &mut Context,
        data: BytesLike,
        #[default(None)] errors: Errors<'_>,
        #[default(false)] r#final: bool,
    ) -> Read {
        read(cx, &data.0, Codec::Utf32(Order::Marked), &errors, r#final)
    }

    /// Decodes UTF-32 in the order that is given, or that its mark tells, and gives the order, too.
    #[function]
    fn utf_32_ex_decode(
        cx: &mut Context,
        data: BytesLike,
        #[default(None)] errors: Errors<'_>,
        #[default(0)] byteorder: i32,
        #[default(false)] r#final: bool,
    ) -> Result<(Owned, usize, i32)> {
        let decoded = decode(cx, &data.0, Codec::Utf32(order(byteorder)), &errors, r#final)?;
        Ok((decoded.text, decoded.consumed, order_number(byteorder, decoded.order)))
    }

    /// Encodes UTF-32, with a mark in front where no order is given.
    #[function]
    fn utf_32_encode(
        cx: &mut Context,
        str: &StrObject,
        #[default(None)] errors: Errors<'_>,
        #[default(0)] byteorder: i32,
    ) -> Written {
        write(cx, str, Codec::Utf32(order(byteorder)), &errors)
    }

    /// Decodes Latin-1.
    #[function]
    fn latin_1_decode(cx: &mut Context, data: BytesLike, #[default(None)] errors: Errors<'_>) -> Read {
        read(cx, &data.0, Codec::Latin1, &errors, true)
    }

    /// Encodes Latin-1.
    #[function]
    fn latin_1_encode(cx: &mut Context, str: &StrObject, #[default(None)] errors: Errors<'_>) -> Written {
        write(cx, str, Codec::Latin1, &errors)
    }

    /// Decodes ASCII.
    #[function]
    fn ascii_decode(cx: &mut Context, data: BytesLike, #[default(None)] errors: Errors<'_>) -> Read {
        read(cx, &data.0, Codec::Ascii, &errors, true)
    }

    /// Encodes ASCII.
    #[function]
    fn ascii_encode(cx: &mut Context, str: &StrObject, #[default(None)] errors: Errors<'_>) -> Written {
        write(cx, str, Codec::Ascii, &errors)
    }

    /// Decodes escapes as in string literals.
    #[function]
    fn unicode_escape_decode(
        cx: &mut Context,
        data: TextOrBytes,
        #[default(None)] errors: Errors<'_>,
        #[default(true)] r#final: bool,
    ) -> Read {
        read(cx, &data.0, Codec::UnicodeEscape, &errors, r#final)
    }

    /// Encodes escapes as in string literals.
    #[function]
    fn unicode_escape_encode(cx: &mut Context, str: &StrObject, #[default(None)] errors: Errors<'_>) -> Written {
        write(cx, str, Codec::UnicodeEscape, &errors)
    }

    /// Decodes the escapes of code points alone.
    #[function]
    fn raw_unicode_escape_decode(
        cx: &mut Context,
        data: TextOrBytes,
        #[default(None)] errors: Errors<'_>,
        #[default(true)] r#final: bool,
    ) -> Read {
        read(cx, &data.0, Codec::RawUnicodeEscape, &errors, r#final)
    }

    /// Encodes the escapes of code points alone.
    #[function]
    fn raw_unicode_escape_encode(cx: &mut Context, str: &StrObject, #[default(None)] errors: Errors<'_>) -> Written {
        write(cx, str, Codec::RawUnicodeEscape, &errors)
    }

    /// The bytes of a buffer, or the UTF-8 of a text.
    #[function]
    fn readbuffer_encode(data: TextOrBytes, #[default(None)] errors: Errors<'_>) -> (Bytes, usize) {
        let (_, length) = (errors, data.0.len());
        (Bytes(data.0), length)
    }

    /// Decodes UTF-7.
    #[function]
    fn utf_7_decode(
        cx: &mut Context,
        data: BytesLike,
        #[default(None)] errors: Errors<'_>,
        #[default(false)] r#final: bool,
    ) -> Read {
        utf7::decode(cx, &data.0, &name(&errors), r#final)
    }

    /// Encodes UTF-7.
    #[function]
    fn utf_7_encode(str: &StrObject, #[default(None)] errors: Errors<'_>) -> (Bytes, usize) {
        let _ = errors;
        (Bytes(utf7::encode(str)), str.len())
    }
}

/// Encodings and their registry.
#[native_module("_codecs", include(encodings, charmap::rows, escape::rows))]
mod rows {
    use super::*;

    /// Adds a function that finds codecs by their names.
    #[function]
    fn register(cx: &mut Context, search_function: Owned) -> Result<()> {
        if search_function.value().type_of().slots().call.is_none() {
            return Err(cx.type_error("argument must be callable"));
        }
        registry::register(cx, search_function);
        Ok(())
    }

    /// Takes a search function away, and forgets all codecs that were found.
    #[function]
    fn unregister(cx: &mut Context, search_function: Value) {
        registry::unregister(cx, search_function);
    }

    /// The codec of that name.
    #[function]
    fn lookup(cx: &mut Context, encoding: Cow<'_, str>) -> Result<Owned> {
        registry::lookup(cx, &encoding)
    }

    /// Encodes an object by the codec of that name.
    #[function]
    fn encode(
        cx: &mut Context,
        #[named] obj: Value,
        #[default(Cow::Borrowed("utf-8"), "'utf-8'")] encoding: Cow<'_, str>,
        #[default(Cow::Borrowed("strict"), "'strict'")] errors: Cow<'_, str>,
    ) -> Result<Owned> {
        let codec = registry::lookup(cx, &encoding)?;
        registry::run(cx, &codec, &encoding, 0, obj, Some(&errors))
    }

    /// Decodes an object by the codec of that name.
    #[function]
    fn decode(
        cx: &mut Context,
        #[named] obj: Value,
        #[default(Cow::Borrowed("utf-8"), "'utf-8'")] encoding: Cow<'_, str>,
        #[default(Cow::Borrowed("strict"), "'strict'")] errors: Cow<'_, str>,
    ) -> Result<Owned> {
        let codec = registry::lookup(cx, &encoding)?;
        registry::run(cx, &codec, &encoding, 1, obj, Some(&errors))
    }

    /// Adds an error handler: a function of an exception that gives a replacement and where to go on.
    #[function]
    fn register_error(cx: &mut Context, errors: Cow<'_, str>, handler: Owned) -> Result<()> {
        if handler.value().type_of().slots().call.is_none() {
            return Err(cx.type_error("handler must be callable"));
        }
        registry::register_error(cx, &errors, handler);
        Ok(())
    }

    /// Takes an error handler away; whether there was one.
    #[function]
    fn _unregister_error(cx: &mut Context, errors: Cow<'_, str>) -> Result<bool> {
        if handlers::NAMES.contains(&&*errors) {
            return Err(cx.value_error(format!("cannot un-register built-in error handler '{errors}'")));
        }
        Ok(registry::unregister_error(cx, &errors))
    }

    /// The error handler of that name.
    #[function]
    fn lookup_error(cx: &mut Context, name: Cow<'_, str>) -> Result<Owned> {
        registry::error_handler(cx, &name)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        handlers::install(cx, module);
        Ok(())
    }
}
