//! `str.__new__`.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::buffer::Buffer;
use crate::objects::bytes;
use crate::objects::iterator::arguments::unexpected_keyword;
use crate::objects::str::{STR, StrObject, cast, codec, is_str, text};
use crate::objects::type_object::TypeObject;
use crate::operations::convert;
use crate::value::Value;

const PARAMETERS: [&str; 3] = ["object", "encoding", "errors"];

/// The slot `new`: `str(object='', encoding, errors)`.
pub fn new(cx: &mut Context, class: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let [object, encoding, errors] = parameters(cx, arguments)?;
    let result = if object.is_unbound() {
        Owned::new(cx.interpreter().interned.empty())
    } else if encoding.is_unbound() && errors.is_unbound() {
        convert::str(cx, object)?
    } else {
        let encoding = option(cx, encoding, "encoding", "utf-8")?;
        let errors = option(cx, errors, "errors", "strict")?;
        decode(cx, object, &encoding, &errors)?
    };
    if std::ptr::eq(class, &STR.object) {
        return Ok(result);
    }
    match cast(result.value()) {
        Some(string) => Ok(StrObject::new_of_class(cx, class, string)),
        None => Ok(result),
    }
}

/// The three parameters; unbound where not given.
fn parameters(cx: &mut Context, arguments: Arguments<'_>) -> Result<[Value; 3]> {
    let positionals = arguments.positionals();
    let mut result = [Value::UNBOUND; 3];
    if arguments.values.len() > 3 {
        let given = arguments.values.len();
        return Err(cx.type_error(match positionals.len() == given {
            true => format!("str expected at most 3 arguments, got {given}"),
            false => format!("str() takes at most 3 arguments ({given} given)"),
        }));
    }
    result[..positionals.len()].copy_from_slice(positionals);
    for (name, value) in arguments.keywords() {
        let key = text(name).unwrap_or_default();
        match PARAMETERS.iter().position(|name| *name == key) {
            None => return Err(unexpected_keyword(cx, "str", name, PARAMETERS)),
            Some(place) if !result[place].is_unbound() => {
                let position = place + 1;
                let message = format!("argument for str() given by name ('{key}') and position ({position})");
                return Err(cx.type_error(message));
            }
            Some(place) => result[place] = value,
        }
    }
    Ok(result)
}

/// The text of an argument that must be a `str` without null characters.
fn option(cx: &mut Context, value: Value, name: &str, default: &str) -> Result<String> {
    if value.is_unbound() {
        return Ok(default.to_string());
    }
    let Some(string) = text(value) else {
        let found = value.type_of().name();
        return Err(cx.type_error(format!("str() argument '{name}' must be str, not {found}")));
    };
    if string.contains('\0') {
        return Err(cx.value_error("embedded null character"));
    }
    Ok(string.into_owned())
}

fn decode(cx: &mut Context, object: Value, encoding: &str, errors: &str) -> Result<Owned> {
    if is_str(object) {
        return Err(cx.type_error("decoding str is not supported"));
    }
    if bytes::like(object).is_none() {
        let Some(copy) = Buffer::copy_optional(cx, object)? else {
            let found = object.type_of().name();
            return Err(cx.type_error(format!("decoding to str: need a bytes-like object, {found} found")));
        };
        let copy = bytes::BytesObject::new(cx, &copy);
        return codec::decode(cx, copy.value(), encoding, errors);
    }
    codec::decode(cx, object, encoding, errors)
}
