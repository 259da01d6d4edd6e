//! Conversions of objects: a codec's steps, and error handlers where they stop.

use crate::codec::{Codec, State, Step};
use sidewinder_runtime::native::argument::assigned;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::special::{UNICODE_END, UNICODE_REASON, UNICODE_START};
use sidewinder_runtime::objects::exception::{
    self, INDEX_ERROR, RUNTIME_ERROR, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR,
};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::str::codec::registry;
use sidewinder_runtime::objects::str::{self as strings, StrBuilder, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{call, convert};
use sidewinder_runtime::{Context, Owned, Raised, Result, TypeObject, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// What is done about what cannot be converted.
#[derive(Clone, Default)]
pub enum Errors {
    #[default]
    Strict,
    Ignore,
    Replace,
    /// A handler is asked, which is looked up when there is an error.
    Named(Rc<str>),
}

impl Errors {
    /// What a name stands for.
    pub fn named(name: &str) -> Errors {
        match name {
            "strict" => Errors::Strict,
            "ignore" => Errors::Ignore,
            "replace" => Errors::Replace,
            _ => Errors::Named(name.into()),
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Errors::Strict => "strict",
            Errors::Ignore => "ignore",
            Errors::Replace => "replace",
            Errors::Named(name) => name,
        }
    }

    /// What the attribute `errors` of an object shows.
    pub fn shown(place: &RefCell<Errors>, cx: &mut Context) -> Owned {
        StrObject::new(cx, place.borrow().name())
    }

    /// Sets the attribute `errors` of an object.
    pub fn assign(place: &RefCell<Errors>, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = assigned(cx, value, "cannot delete attribute")?;
        let Some(text) = strings::cast(value) else { return Err(cx.type_error("errors must be a string")) };
        let errors = Errors::from_text(cx, text)?;
        place.replace(errors);
        Ok(())
    }

    fn from_text(cx: &mut Context, text: &StrObject) -> Result<Errors> {
        if strings::codec::to_utf8(text).is_none() {
            strings::codec::encode(cx, Value::from_pointer(text), "utf-8", "strict")?;
        }
        Ok(Errors::named(&text.as_text()))
    }

    /// What the argument `errors` of a constructor says, which is number `number` of its arguments.
    pub fn from_argument(cx: &mut Context, value: Option<Value>, function: &'static str, number: u8) -> Result<Errors> {
        let Some(value) = value else { return Ok(Errors::Strict) };
        let Some(text) = strings::cast(value) else {
            return Err(bad_argument(cx, &format!("{function}() argument {number}"), "str", value));
        };
        let errors = Errors::from_text(cx, text)?;
        if errors.name().contains('\0') {
            return Err(cx.value_error("embedded null character"));
        }
        Ok(errors)
    }
}

/// An object's text: its own if it is a string.
pub fn text_of(cx: &mut Context, object: Value) -> Result<Owned> {
    if strings::is_str(object) {
        return Ok(Owned::new(object));
    }
    convert::str(cx, object)
}

/// The errors of one conversion share an exception, as in CPython.
struct Failures<'a> {
    codec: &'a Codec,
    kind: &'static TypeObject,
    source: Owned,
    exception: Option<Owned>,
}

/// What a handler wants: a replacement, and where to go on.
type Answer = (Owned, usize);

impl<'a> Failures<'a> {
    fn of_decoding(cx: &mut Context, codec: &'a Codec, data: &[u8]) -> Failures<'a> {
        Failures { codec, kind: &UNICODE_DECODE_ERROR, source: BytesObject::new(cx, data), exception: None }
    }

    /// Puts something in the place of bytes that cannot be decoded; where to go on.
    fn replace(
        &mut self,
        cx: &mut Context,
        errors: &Errors,
        part: std::ops::Range<usize>,
        reason: &'static str,
        length: usize,
        output: &mut StrBuilder,
    ) -> Result<usize> {
        match errors {
            Errors::Ignore => Ok(part.end),
            Errors::Replace => {
                output.push(0xFFFD);
                Ok(part.end)
            }
            Errors::Strict | Errors::Named(_) => {
                let (replacement, next) = self.ask(cx, errors, part, reason, length)?;
                if let Some(text) = strings::cast(replacement.value()) {
                    output.push_str(text);
                }
                Ok(next)
            }
        }
    }

    /// The exception about a part of the source.
    fn exception(&mut self, cx: &mut Context, start: usize, end: usize, reason: &'static str) -> Result<Owned> {
        let (first, last) = (int::from_usize(cx, start), int::from_usize(cx, end));
        let reason = StrObject::new(cx, reason);
        if let Some(known) = &self.exception {
            let fields = exception::of(known.value());
            fields.set_field(UNICODE_START, Some(first));
            fields.set_field(UNICODE_END, Some(last));
            fields.set_field(UNICODE_REASON, Some(reason));
            return Ok(known.clone());
        }
        let encoding = StrObject::new(cx, self.codec.name);
        let arguments = [encoding.value(), self.source.value(), first.value(), last.value(), reason.value()];
        let made = exception::new(cx, self.kind, &arguments)?;
        self.exception = Some(made.clone());
        Ok(made)
    }

    /// Asks a handler about a part of the source, which has `length` items.
    fn ask(
        &mut self,
        cx: &mut Context,
        errors: &Errors,
        part: std::ops::Range<usize>,
        reason: &'static str,
        length: usize,
    ) -> Result<Answer> {
        let error = self.exception(cx, part.start, part.end, reason)?;
        let Errors::Named(name) = errors else { return Err(exception::raise(cx, error)) };
        let handler = registry::error_handler(cx, name)?;
        let answer = call::call(cx, handler.value(), &[error.value()])?;
        let encodes = self.kind.is_subtype(&UNICODE_ENCODE_ERROR);
        let parts = answer.value().cast::<TupleObject>().map(TupleObject::as_slice);
        let fits =
            |replacement: Value| strings::is_str(replacement) || encodes && replacement.cast::<BytesObject>().is_some();
        let (replacement, position) = match parts {
            Some(&[replacement, position]) if fits(replacement) && int::is_int_like(position) => {
                (replacement, position)
            }
            _ => {
                let doing = if encodes { "encoding" } else { "decoding" };
                return Err(cx.type_error(format!("{doing} error handler must return (str, int) tuple")));
            }
        };
        let position = match int::as_i64(position) {
            Some(position) if position < 0 => position + length as i64,
            Some(position) => position,
            None => -1,
        };
        if position < 0 || position > length as i64 {
            let message = format!("position {position} from error handler out of bounds");
            return Err(cx.raise(&INDEX_ERROR, message));
        }
        Ok((Owned::new(replacement), position as usize))
    }
}

#[cold]
fn internal(cx: &mut Context) -> Raised {
    cx.raise(&RUNTIME_ERROR, "internal codec error")
}

const ILLEGAL: &str = "illegal multibyte sequence";
const INCOMPLETE: &str = "incomplete multibyte sequence";

/// What follows a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// More text, perhaps.
    More,
    /// Nothing in this text, but the state goes on.
    Text,
    /// Nothing: the encoded text is ended.
    End,
}

/// Encodes a text; the bytes, and how many characters were taken.
pub fn encode(
    cx: &mut Context,
    codec: &Codec,
    state: &mut State,
    source: Value,
    errors: &Errors,
    follows: Follows,
) -> Result<(Vec<u8>, usize)> {
    let text: Vec<u32> = strings::cast(source).map(|text| text.code_points().collect()).unwrap_or_default();
    let mut output = Vec::with_capacity(text.len() * 2);
    if text.is_empty() && follows != Follows::End {
        return Ok((output, 0));
    }
    let source = Owned::new(source);
    let mut failures = Failures { codec, kind: &UNICODE_ENCODE_ERROR, source, exception: None };
    let mut position = 0;
    while position < text.len() {
        let (length, reason) = match codec.encode(state, &text, &mut position, &mut output, follows != Follows::More) {
            Step::Done | Step::TooFew => break,
            Step::Illegal(length) => (length, ILLEGAL),
            Step::Internal => return Err(internal(cx)),
        };
        match errors {
            Errors::Ignore => position += length,
            Errors::Replace => {
                let (mut at, mark) = (0, [u32::from(b'?')]);
                if codec.encode(state, &mark, &mut at, &mut output, false) != Step::Done {
                    output.push(b'?');
                }
                position += length;
            }
            Errors::Strict | Errors::Named(_) => {
                let part = position..position + length;
                let (replacement, next) = failures.ask(cx, errors, part, reason, text.len())?;
                match replacement.value().cast::<BytesObject>() {
                    Some(bytes) => output.extend_from_slice(bytes.as_slice()),
                    None => {
                        let value = replacement.value();
                        let (bytes, _) = encode(cx, codec, state, value, &Errors::Strict, Follows::Text)?;
                        output.extend_from_slice(&bytes);
                    }
                }
                position = next;
            }
        }
    }
    if follows == Follows::End {
        codec.end(state, &mut output);
    }
    Ok((output, position))
}

/// Decodes data up to what may be the start of something; how many bytes were read. With `last` nothing follows them.
pub fn decode(
    cx: &mut Context,
    codec: &Codec,
    state: &mut State,
    data: &[u8],
    errors: &Errors,
    last: bool,
    output: &mut StrBuilder,
) -> Result<usize> {
    let mut failures = Failures::of_decoding(cx, codec, data);
    let mut position = 0;
    while position < data.len() {
        let (length, reason) = match codec.decode(state, data, &mut position, output) {
            Step::Done => break,
            Step::TooFew if !last => break,
            Step::TooFew => (data.len() - position, INCOMPLETE),
            Step::Illegal(length) => (length, ILLEGAL),
            Step::Internal => return Err(internal(cx)),
        };
        position = failures.replace(cx, errors, position..position + length, reason, data.len(), output)?;
    }
    Ok(position)
}

/// Asks about data that are left from `position` on when nothing follows them; how many bytes were read then.
pub fn finish(
    cx: &mut Context,
    codec: &Codec,
    data: &[u8],
    position: usize,
    errors: &Errors,
    output: &mut StrBuilder,
) -> Result<usize> {
    if position == data.len() {
        return Ok(position);
    }
    let mut failures = Failures::of_decoding(cx, codec, data);
    failures.replace(cx, errors, position..data.len(), INCOMPLETE, data.len(), output)
}

/// Raises that more bytes wait than fit.
#[cold]
pub fn too_many(cx: &mut Context, codec: &Codec, data: &[u8]) -> Raised {
    let mut failures = Failures::of_decoding(cx, codec, data);
    match failures.exception(cx, 0, data.len(), "pending buffer too large") {
        Ok(error) => exception::raise(cx, error),
        Err(raised) => raised,
    }
}
