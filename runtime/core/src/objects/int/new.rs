//! `int(x, base)`.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::bytes;
use crate::objects::int::{INT, Integer, allocate, as_i64, exact, is_exact, is_int_like, parse};
use crate::objects::iterator::arguments::unexpected_keyword;
use crate::objects::str::{StrObject, equals_text};
use crate::objects::type_object::TypeObject;
use crate::operations::{convert, warnings};
use crate::value::Value;

pub const DOC: &str = "int(x=0) -> integer\n\
int(x, base=10) -> integer\n\
\n\
The integer of a number (its fraction is cut off) or of text in the given\n\
base. Base 0 goes by the prefix, as in source code.";

/// The constructor slot, for `int` and its subclasses.
pub fn new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let (value, base) = unpack(cx, arguments)?;
    let number = match (value, base) {
        (None, None) => Owned::from_raw(Value::from_small_int(0)),
        (None, Some(_)) => return Err(cx.type_error("int() missing string argument")),
        (Some(value), None) => from_object(cx, value)?,
        (Some(value), Some(base)) => from_text(cx, value, base)?,
    };
    if std::ptr::eq(kind, &INT.object) {
        return Ok(number);
    }
    let integer = Integer::of(number.value()).unwrap_or(Integer::from_i64(0));
    Ok(allocate(cx, kind, integer.negative, integer.magnitude()))
}

/// The two arguments: the first positional only, the second also by its name.
fn unpack(cx: &mut Context, arguments: Arguments<'_>) -> Result<(Option<Value>, Option<Value>)> {
    let positional = arguments.positionals();
    if arguments.names.is_empty() && positional.len() > 2 {
        return Err(cx.type_error(format!("int expected at most 2 arguments, got {}", positional.len())));
    }
    if arguments.values.len() > 2 {
        return Err(cx.type_error(format!("int() takes at most 2 arguments ({} given)", arguments.values.len())));
    }
    let mut base = positional.get(1).copied();
    for (name, value) in arguments.keywords() {
        if !equals_text(name, "base") {
            return Err(unexpected_keyword(cx, "int", name, ["base"]));
        }
        base = Some(value);
    }
    Ok((positional.first().copied(), base))
}

/// `int(value)`.
pub fn from_object(cx: &mut Context, value: Value) -> Result<Owned> {
    if is_exact(value) {
        return Ok(exact(cx, value));
    }
    if let Some(text) = value.cast_exact::<StrObject>().and_then(StrObject::as_ascii) {
        return parse::parse_or_raise(cx, text, 10, value);
    }
    let slots = value.type_of().slots();
    if let Some(convert) = slots.int {
        let number = convert(cx, value)?;
        if !is_int_like(number.value()) {
            let name = number.value().type_of().name();
            return Err(cx.type_error(format!("__int__ returned non-int (type {name})")));
        }
        if !is_exact(number.value()) {
            warnings::warn_of_subclass(cx, "__int__ returned non-int", number.value(), "int")?;
        }
        return Ok(exact(cx, number.value()));
    }
    if slots.index.is_some() {
        let number = convert::index(cx, value)?;
        return Ok(exact(cx, number.value()));
    }
    match text_of(value) {
        Some(text) => parse_text(cx, &text, 10, value),
        None => Err(cx.type_error(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            value.type_of().name()
        ))),
    }
}

/// `int(text, base)`.
fn from_text(cx: &mut Context, value: Value, base: Value) -> Result<Owned> {
    let base = convert::index(cx, base)?;
    let base = match as_i64(base.value()) {
        Some(base @ (0 | 2..=36)) => base as u32,
        _ => return Err(cx.value_error("int() base must be >= 2 and <= 36, or 0")),
    };
    let is_text = crate::objects::str::is_str(value) || bytes::like(value).is_some();
    match text_of(value).filter(|_| is_text) {
        Some(text) => parse_text(cx, &text, base, value),
        None => Err(cx.type_error("int() can't convert non-string with explicit base")),
    }
}

fn parse_text(cx: &mut Context, text: &str, base: u32, value: Value) -> Result<Owned> {
    // Messages show the bytes of a bytearray, not the bytearray.
    let shown = match value.cast::<bytes::ByteArrayObject>() {
        Some(array) => bytes::BytesObject::new(cx, array.as_slice()),
        None => Owned::new(value),
    };
    parse::parse_or_raise(cx, text, base, shown.value())
}

/// Number text from a `str`, made ASCII, or from bytes. Bytes that are not ASCII become characters no number has.
pub fn text_of(value: Value) -> Option<String> {
    if let Some(text) = crate::objects::str::text(value) {
        return Some(parse::to_ascii(&text).into_owned());
    }
    let ascii = |byte: &u8| if byte.is_ascii() { *byte as char } else { '?' };
    if let Some(bytes) = bytes::like(value) {
        return Some(bytes.iter().map(ascii).collect());
    }
    let cx = crate::context::Context::current();
    match crate::objects::buffer::Buffer::copy_optional(cx, value) {
        Ok(bytes) => bytes.map(|bytes| bytes.iter().map(ascii).collect()),
        Err(_) => {
            drop(cx.take_pending());
            None
        }
    }
}
