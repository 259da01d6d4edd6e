//! `bytes.__new__`, and what `bytes` and `bytearray` make of their argument.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::buffer::Buffer;
use crate::objects::bytes::{BYTES, BytesObject, like};
use crate::objects::iterator::arguments::bad_argument;
use crate::objects::iterator::arguments::unexpected_keyword;
use crate::objects::list::LIST;
use crate::objects::str::{check_bytes, codec, is_str, text};
use crate::objects::tuple::TUPLE;
use crate::objects::type_object::TypeObject;
use crate::objects::{exception, int};
use crate::operations::{call, convert, iterate};
use crate::value::Value;

const PARAMETERS: [&str; 3] = ["source", "encoding", "errors"];

/// The slot `new`: `bytes(source=b'', encoding, errors)`.
pub fn new(cx: &mut Context, class: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let [source, encoding, errors] = parameters(cx, arguments, "bytes")?;
    let exact = std::ptr::eq(class, &BYTES.object);
    if encoding.is_unbound() && errors.is_unbound() && !source.is_unbound() {
        let name = cx.interpreter().names.bytes;
        if !source.has_type(&BYTES)
            && let Some(method) = call::lookup_special(cx, source, name)?
        {
            let result = call::call(cx, method.value(), &[])?;
            let Some(bytes) = result.value().cast::<BytesObject>() else {
                let found = result.value().type_of().name();
                return Err(cx.type_error(format!("__bytes__ returned non-bytes (type {found})")));
            };
            return Ok(if exact { result } else { BytesObject::new_of_class(cx, class, bytes.as_slice()) });
        }
        if exact && source.has_type(&BYTES) {
            return Ok(Owned::new(source));
        }
    }
    let content = content(cx, source, encoding, errors, "bytes")?;
    Ok(if exact { BytesObject::new(cx, &content) } else { BytesObject::new_of_class(cx, class, &content) })
}

/// The three parameters; unbound where not given.
pub fn parameters(cx: &mut Context, arguments: Arguments<'_>, function: &str) -> Result<[Value; 3]> {
    let positionals = arguments.positionals();
    let mut result = [Value::UNBOUND; 3];
    if arguments.values.len() > 3 {
        let given = arguments.values.len();
        return Err(cx.type_error(format!("{function}() takes at most 3 arguments ({given} given)")));
    }
    result[..positionals.len()].copy_from_slice(positionals);
    for (name, value) in arguments.keywords() {
        let key = text(name).unwrap_or_default();
        match PARAMETERS.iter().position(|name| *name == key) {
            None => return Err(unexpected_keyword(cx, function, name, PARAMETERS)),
            Some(place) if !result[place].is_unbound() => {
                let position = place + 1;
                let message = format!("argument for {function}() given by name ('{key}') and position ({position})");
                return Err(cx.type_error(message));
            }
            Some(place) => result[place] = value,
        }
    }
    Ok(result)
}

fn option(cx: &mut Context, value: Value, function: &str, name: &str, default: &str) -> Result<String> {
    if value.is_unbound() {
        return Ok(default.to_string());
    }
    match text(value) {
        Some(string) => Ok(string.into_owned()),
        None => Err(bad_argument(cx, &format!("{function}() argument '{name}'"), "str", value)),
    }
}

/// The content that the arguments of `bytes` or `bytearray` ask for.
pub fn content(cx: &mut Context, source: Value, encoding: Value, errors: Value, function: &str) -> Result<Vec<u8>> {
    let encoding_text = option(cx, encoding, function, "encoding", "utf-8")?;
    let errors_text = option(cx, errors, function, "errors", "strict")?;
    if !encoding.is_unbound() || !errors.is_unbound() {
        if source.is_unbound() || !is_str(source) {
            let what = if encoding.is_unbound() { "errors" } else { "encoding" };
            return Err(cx.type_error(format!("{what} without a string argument")));
        }
        if encoding.is_unbound() {
            return Err(cx.type_error("string argument without an encoding"));
        }
        let encoded = codec::encode(cx, source, &encoding_text, &errors_text)?;
        return Ok(like(encoded.value()).unwrap_or_default().to_vec());
    }
    if source.is_unbound() {
        return Ok(Vec::new());
    }
    if is_str(source) {
        return Err(cx.type_error("string argument without an encoding"));
    }
    if let Some(count) = count_of(cx, source)? {
        check_bytes(cx, count)?;
        return Ok(vec![0; count]);
    }
    from_object(cx, source, function, function == "bytes")
}

/// The number of zero bytes that an integer argument asks for.
fn count_of(cx: &mut Context, source: Value) -> Result<Option<usize>> {
    if !int::is_int_like(source) && source.type_of().slots().index.is_none() {
        return Ok(None);
    }
    let number = match convert::index(cx, source) {
        Ok(number) => number,
        // An object may be an iterable of bytes although its `__index__` fails.
        Err(_) if cx.swallow(&exception::TYPE_ERROR) => return Ok(None),
        Err(raised) => return Err(raised),
    };
    match int::as_i64(number.value()) {
        Some(count @ 0..) => Ok(Some(count as usize)),
        Some(_) => Err(cx.value_error("negative count")),
        None => {
            let found = source.type_of().name();
            Err(cx.overflow_error(format!("cannot fit '{found}' into an index-sized integer")))
        }
    }
}

/// Whether the content comes from an iterator, item by item.
pub fn is_iterated(source: Value) -> bool {
    if source.is_unbound() || is_str(source) || int::is_int_like(source) {
        return false;
    }
    let slots = source.type_of().slots();
    slots.index.is_none()
        && slots.buffer.is_none()
        && slots.iter.is_some()
        && !source.has_type(&LIST)
        && !source.has_type(&TUPLE)
}

/// The bytes of a bytes-like object or of an iterable of integers, which may be asked how many there will be.
pub fn from_object(cx: &mut Context, source: Value, function: &str, asks: bool) -> Result<Vec<u8>> {
    if let Some(bytes) = Buffer::copy_optional(cx, source)? {
        return Ok(bytes);
    }
    let slots = source.type_of().slots();
    if is_str(source) || slots.iter.is_none() && slots.get_item.is_none() {
        let found = source.type_of().name();
        return Err(cx.type_error(format!("cannot convert '{found}' object to {function}")));
    }
    let range_message = if function == "bytes" { "bytes must be in range(0, 256)" } else { BYTE_RANGE };
    let mut result = Vec::new();
    let mut append = |cx: &mut Context, item: Owned| {
        let number = convert::index(cx, item.value())?;
        match int::as_i64(number.value()) {
            Some(byte @ 0..256) => result.push(byte as u8),
            _ => return Err(cx.value_error(range_message)),
        }
        Ok(())
    };
    if source.has_type(&LIST) || source.has_type(&TUPLE) {
        iterate::for_each(cx, source, append)?;
        return Ok(result);
    }
    let iterator = iterate::get_iter(cx, source)?;
    if asks && let Some(hint) = iterate::length_hint(cx, source)? {
        check_bytes(cx, hint)?;
    }
    while let Some(item) = iterate::next(cx, iterator.value())? {
        append(cx, item)?;
    }
    Ok(result)
}

/// The message of a `bytearray` item that is no byte.
pub const BYTE_RANGE: &str = "byte must be in range(0, 256)";
