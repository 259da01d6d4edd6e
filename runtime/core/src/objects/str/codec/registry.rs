//! Codecs and error handlers that a program registers (Python/codecs.c).

use super::{unknown_encoding, unknown_handler};
use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::objects::exception::{self, INDEX_ERROR, LOOKUP_ERROR};
use crate::objects::singleton;
use crate::objects::str::{self, StrObject};
use crate::objects::tuple::TupleObject;
use crate::operations::{attribute, call, convert, import};
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// What an interpreter's programs have registered.
#[derive(Default)]
pub struct Registry {
    searches: RefCell<Vec<Owned>>,
    /// Codecs by normalised name.
    found: RefCell<HashMap<String, Owned>>,
    handlers: RefCell<HashMap<String, Owned>>,
    /// The package `encodings`, whose search function is the first, was imported.
    started: Cell<bool>,
}

/// Adds a function that finds codecs by their names.
pub fn register(cx: &mut Context, search: Owned) {
    cx.state::<Registry>().searches.borrow_mut().push(search);
}

/// Takes a search function away, and all codecs that were found.
pub fn unregister(cx: &mut Context, search: Value) {
    let state = cx.state::<Registry>();
    let position = state.searches.borrow().iter().position(|known| known.value() == search);
    if let Some(position) = position {
        let gone = state.searches.borrow_mut().remove(position);
        let found = state.found.take();
        drop((gone, found));
    }
}

/// Adds an error handler.
pub fn register_error(cx: &mut Context, name: &str, handler: Owned) {
    let old = cx.state::<Registry>().handlers.borrow_mut().insert(name.to_string(), handler);
    drop(old);
}

/// Takes an error handler away; whether there was one.
pub fn unregister_error(cx: &mut Context, name: &str) -> bool {
    let gone = cx.state::<Registry>().handlers.borrow_mut().remove(name);
    gone.is_some()
}

/// The error handler of that name. Errors: `LookupError`.
pub fn error_handler(cx: &mut Context, name: &str) -> Result<Owned> {
    let found = cx.state::<Registry>().handlers.borrow().get(name).cloned();
    found.ok_or_else(|| unknown_handler(cx, name))
}

/// What an error handler wants.
pub struct Answer {
    pub replacement: Owned,
    /// Where to go on.
    pub position: usize,
}

/// Calls an error handler with an exception, for data of `length` items. `doing` is "encoding" or "decoding".
pub fn ask(cx: &mut Context, handler: &Owned, error: &Owned, doing: &str, length: usize) -> Result<Answer> {
    ask_for(cx, handler, error, doing, || length)
}

/// The same for data whose length is known once the handler has run: it may have replaced them in the exception.
pub fn ask_for(
    cx: &mut Context,
    handler: &Owned,
    error: &Owned,
    doing: &str,
    length: impl FnOnce() -> usize,
) -> Result<Answer> {
    let answer = call::call(cx, handler.value(), &[error.value()])?;
    let parts = answer.value().cast::<TupleObject>().map(TupleObject::as_slice);
    let Some(&[replacement, position]) = parts.filter(|parts| convert::is_index(parts.get(1).copied())) else {
        let text = if doing == "encoding" { "str/bytes" } else { "str" };
        return Err(cx.type_error(format!("{doing} error handler must return ({text}, int) tuple")));
    };
    let replacement = Owned::new(replacement);
    if doing == "decoding" {
        let data = exception::of(error.value()).field(exception::special::UNICODE_OBJECT);
        if data.is_none_or(|data| data.cast::<crate::objects::bytes::BytesObject>().is_none()) {
            return Err(cx.type_error("object attribute must be bytes"));
        }
    }
    let wanted = convert::index_i64(cx, position)?;
    let length = length();
    let position = if wanted < 0 { wanted + length as i64 } else { wanted };
    if position < 0 || position > length as i64 {
        return Err(cx.raise(&INDEX_ERROR, format!("position {wanted} from error handler out of bounds")));
    }
    Ok(Answer { replacement, position: position as usize })
}

/// The name under which codecs are looked for.
pub fn normalised(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut gap = false;
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || letter == '.' {
            if gap && !plain.is_empty() {
                plain.push('_');
            }
            gap = false;
            plain.push(letter.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    plain
}

/// The codec of that name: the tuple that a search function gave. Errors: `LookupError`.
pub fn lookup(cx: &mut Context, name: &str) -> Result<Owned> {
    let state = cx.state::<Registry>();
    if !state.started.replace(true)
        && let Err(raised) = import::module(cx, "encodings")
    {
        state.started.set(false);
        return Err(raised);
    }
    let plain = normalised(name);
    if let Some(found) = state.found.borrow().get(&plain) {
        return Ok(found.clone());
    }
    let argument = StrObject::new(cx, &plain);
    let mut index = 0;
    loop {
        let search = state.searches.borrow().get(index).cloned();
        let Some(search) = search else { return Err(unknown_encoding(cx, name)) };
        let found = call::call(cx, search.value(), &[argument.value()])?;
        if found.value() == singleton::none() {
            index += 1;
            continue;
        }
        if found.value().cast::<TupleObject>().is_none_or(|parts| parts.len() != 4) {
            return Err(cx.type_error("codec search functions must return 4-tuples"));
        }
        let old = state.found.borrow_mut().insert(plain, found.clone());
        drop(old);
        return Ok(found);
    }
}

/// Encodes (part 0) or decodes (part 1) an object by a codec that was looked up.
pub fn run(
    cx: &mut Context,
    codec: &Owned,
    name: &str,
    part: usize,
    object: Value,
    errors: Option<&str>,
) -> Result<Owned> {
    let parts = codec.value().cast::<TupleObject>().map(TupleObject::as_slice).unwrap_or_default();
    let Some(function) = parts.get(part).copied().map(Owned::new) else {
        return Err(cx.type_error("codec search functions must return 4-tuples"));
    };
    let errors = errors.map(|errors| StrObject::new(cx, errors));
    let mut arguments = vec![object];
    arguments.extend(errors.as_ref().map(Owned::value));
    let answer = match call::call(cx, function.value(), &arguments) {
        Ok(answer) => answer,
        Err(_) => return Err(with_note(cx, part, name)),
    };
    let result = answer.value().cast::<TupleObject>().map(TupleObject::as_slice);
    match result {
        Some(&[result, _]) => Ok(Owned::new(result)),
        _ => {
            let doing = if part == 0 { "encoder" } else { "decoder" };
            Err(cx.type_error(format!("{doing} must return a tuple (object, integer)")))
        }
    }
}

/// Adds to the pending exception which codec has raised it.
#[cold]
fn with_note(cx: &mut Context, part: usize, name: &str) -> Raised {
    let error = cx.take_pending();
    let doing = if part == 0 { "encoding" } else { "decoding" };
    let note = StrObject::new(cx, &format!("{doing} with '{name}' codec failed"));
    if exception::add_note(cx, error.value(), note.value()).is_err() {
        drop(cx.take_pending());
    }
    cx.raise_value(error)
}

/// A codec that makes text of bytes or bytes of text. `instead` is what to call for others.
fn text_codec(cx: &mut Context, encoding: &str, instead: &str) -> Result<Owned> {
    let codec = lookup(cx, encoding)?;
    let text = attribute::get_text_optional(cx, codec.value(), "_is_text_encoding")?;
    if let Some(text) = text
        && !convert::truth(cx, text.value())?
    {
        let message = format!("'{encoding}' is not a text encoding; use {instead} to handle arbitrary codecs");
        return Err(cx.raise(&LOOKUP_ERROR, message));
    }
    Ok(codec)
}

/// `str.encode` by a codec that is not built in.
pub fn encode_text(cx: &mut Context, string: Value, encoding: &str, errors: &str) -> Result<Owned> {
    let codec = text_codec(cx, encoding, "codecs.encode()")?;
    let result = run(cx, &codec, encoding, 0, string, Some(errors))?;
    if let Some(array) = result.value().cast::<crate::objects::bytes::ByteArrayObject>() {
        return Ok(crate::objects::bytes::BytesObject::new(cx, array.as_slice()));
    }
    if result.value().cast::<crate::objects::bytes::BytesObject>().is_some() {
        return Ok(result);
    }
    let actual = result.value().type_of().name();
    Err(cx.type_error(format!(
        "'{encoding}' encoder returned '{actual}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types"
    )))
}

/// `bytes.decode` by a codec that is not built in.
pub fn decode_text(cx: &mut Context, source: Value, encoding: &str, errors: &str) -> Result<Owned> {
    let codec = text_codec(cx, encoding, "codecs.decode()")?;
    let result = run(cx, &codec, encoding, 1, source, Some(errors))?;
    if str::is_str(result.value()) {
        return Ok(result);
    }
    let actual = result.value().type_of().name();
    Err(cx.type_error(format!(
        "'{encoding}' decoder returned '{actual}' instead of 'str'; use codecs.decode() to decode to arbitrary types"
    )))
}
