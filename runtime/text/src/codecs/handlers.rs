//! The standard error handlers as functions of an exception (Python/codecs.c).

use sidewinder_macros::native_functions;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::special::{UNICODE_ENCODING, UNICODE_END, UNICODE_OBJECT, UNICODE_START};
use sidewinder_runtime::objects::exception::{
    self, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, UNICODE_TRANSLATE_ERROR,
};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::codec::{self, Codec, registry};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{int, method};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// The names of the handlers here.
pub const NAMES: &[&str] = &[
    "strict",
    "ignore",
    "replace",
    "xmlcharrefreplace",
    "backslashreplace",
    "namereplace",
    "surrogatepass",
    "surrogateescape",
];

/// Registers the handlers.
pub fn install(cx: &mut Context, _module: &ModuleObject) {
    for (row, name) in rows::FUNCTIONS.iter().zip(NAMES) {
        let function = method::native::new_function(cx, row, Value::UNBOUND);
        registry::register_error(cx, name, function);
    }
}

/// What a handler gives: the replacement, and where to go on.
type Answer = Result<(Owned, i64)>;

/// A part of a text or of bytes that could not be converted.
struct Part {
    object: Owned,
    start: usize,
    end: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Encode,
    Decode,
    Translate,
}

impl Part {
    fn of(cx: &mut Context, error: Value) -> Result<Part> {
        let kind = error.type_of();
        let kind = if kind.is_subtype(&UNICODE_ENCODE_ERROR) {
            Kind::Encode
        } else if kind.is_subtype(&UNICODE_DECODE_ERROR) {
            Kind::Decode
        } else if kind.is_subtype(&UNICODE_TRANSLATE_ERROR) {
            Kind::Translate
        } else {
            return Err(unhandled(cx, error));
        };
        let own = exception::of(error);
        let object = own.field_or_none(UNICODE_OBJECT);
        let length = match (str::cast(object.value()), object.value().cast::<BytesObject>()) {
            (Some(text), _) => text.len(),
            (None, Some(bytes)) => bytes.len(),
            _ => return Err(unhandled(cx, error)),
        };
        let number = |field: usize| int::as_i64(own.field_or_none(field).value()).unwrap_or(0).max(0) as usize;
        let start = number(UNICODE_START).min(length.saturating_sub(1));
        let end = number(UNICODE_END).clamp(1, length.max(1)).min(length);
        Ok(Part { object, start, end: end.max(start), kind })
    }

    fn points(&self) -> Vec<u32> {
        match str::cast(self.object.value()) {
            Some(text) => (self.start..self.end).map(|index| text.code_point(index)).collect(),
            None => Vec::new(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        self.object
            .value()
            .cast::<BytesObject>()
            .map(|data| data.as_slice()[self.start..self.end].to_vec())
            .unwrap_or_default()
    }

    fn answer(&self, cx: &mut Context, text: &str) -> Answer {
        Ok((StrObject::new(cx, text), self.end as i64))
    }
}

#[cold]
fn unhandled(cx: &mut Context, error: Value) -> Raised {
    let actual = error.type_of().name();
    cx.type_error(format!("don't know how to handle {actual} in error callback"))
}

/// Raises the exception.
#[cold]
fn give_up(cx: &mut Context, error: Value) -> Raised {
    exception::raise(cx, Owned::new(error))
}

/// The handlers, in the order of their names.
#[native_functions]
pub mod rows {
    use super::*;

    /// Raises the exception.
    #[function]
    fn strict_errors(cx: &mut Context, exc: Value) -> Result<()> {
        if !exception::is_exception(exc) {
            return Err(cx.type_error("codec must pass exception instance"));
        }
        Err(give_up(cx, exc))
    }

    /// Leaves out what cannot be converted.
    #[function]
    fn ignore_errors(cx: &mut Context, exc: Value) -> Answer {
        let part = Part::of(cx, exc)?;
        part.answer(cx, "")
    }

    /// Puts a question mark, or the replacement character, in its place.
    #[function]
    fn replace_errors(cx: &mut Context, exc: Value) -> Answer {
        let part = Part::of(cx, exc)?;
        let text = match part.kind {
            Kind::Encode => "?".repeat(part.end - part.start),
            Kind::Decode => "\u{FFFD}".to_string(),
            Kind::Translate => "\u{FFFD}".repeat(part.end - part.start),
        };
        part.answer(cx, &text)
    }

    /// Puts references of XML in its place.
    #[function]
    fn xmlcharrefreplace_errors(cx: &mut Context, exc: Value) -> Answer {
        let part = Part::of(cx, exc)?;
        if part.kind != Kind::Encode {
            return Err(unhandled(cx, exc));
        }
        let text: String = part.points().iter().map(|point| format!("&#{point};")).collect();
        part.answer(cx, &text)
    }

    /// Puts escapes in its place.
    #[function]
    fn backslashreplace_errors(cx: &mut Context, exc: Value) -> Answer {
        let part = Part::of(cx, exc)?;
        let text: String = match part.kind {
            Kind::Decode => part.bytes().iter().map(|byte| format!("\\x{byte:02x}")).collect(),
            _ => part.points().iter().map(|point| codec::numbered_escape(*point)).collect(),
        };
        part.answer(cx, &text)
    }

    /// Puts the characters' names in its place.
    #[function]
    fn namereplace_errors(cx: &mut Context, exc: Value) -> Answer {
        let part = Part::of(cx, exc)?;
        if part.kind != Kind::Encode {
            return Err(unhandled(cx, exc));
        }
        let text: String = part.points().iter().map(|point| codec::named_escape(*point)).collect();
        part.answer(cx, &text)
    }

    /// Lets surrogates through.
    #[function]
    fn surrogatepass(cx: &mut Context, exc: Value) -> Result<(Owned, i64)> {
        let part = Part::of(cx, exc)?;
        let encoding = exception::of(exc).field_or_none(UNICODE_ENCODING);
        let encoding = str::text(encoding.value()).unwrap_or_default().into_owned();
        let Some(kind) = Codec::from_name(&encoding) else { return Err(give_up(cx, exc)) };
        if part.kind == Kind::Encode {
            let text = StrObject::from_code_points(cx, &part.points());
            if part.points().iter().any(|point| !(0xD800..0xE000).contains(point)) {
                return Err(give_up(cx, exc));
            }
            let encoded = codec::encode_string(cx, text.value(), kind, "surrogatepass")?;
            return Ok((encoded, part.end as i64));
        }
        let Some(data) = part.object.value().cast::<BytesObject>() else { return Err(give_up(cx, exc)) };
        let unit = match kind {
            Codec::Utf16(_) => 2,
            Codec::Utf32(_) => 4,
            _ => 3,
        };
        let taken = data.as_slice().get(part.start..part.start + unit).map(<[u8]>::to_vec);
        let Some(taken) = taken else { return Err(give_up(cx, exc)) };
        let source = BytesObject::new(cx, &taken);
        match codec::decode_bytes(cx, &taken, source.value(), kind, "surrogatepass") {
            Ok(text) => Ok((text, (part.start + unit) as i64)),
            Err(_) => {
                drop(cx.take_pending());
                Err(give_up(cx, exc))
            }
        }
    }

    /// Turns bytes into surrogates, and back.
    #[function]
    fn surrogateescape(cx: &mut Context, exc: Value) -> Result<(Owned, i64)> {
        let part = Part::of(cx, exc)?;
        if part.kind == Kind::Encode {
            let points = part.points();
            if points.iter().any(|point| !(0xDC80..0xDD00).contains(point)) {
                return Err(give_up(cx, exc));
            }
            let bytes: Vec<u8> = points.iter().map(|point| (point - 0xDC00) as u8).collect();
            return Ok((BytesObject::new(cx, &bytes), part.end as i64));
        }
        if part.kind == Kind::Translate {
            return Err(unhandled(cx, exc));
        }
        // CPython looks at four bytes at most.
        let bytes = part.bytes();
        let points: Vec<u32> =
            bytes.iter().take(4).take_while(|byte| **byte >= 0x80).map(|byte| 0xDC00 + *byte as u32).collect();
        if points.is_empty() {
            return Err(give_up(cx, exc));
        }
        let end = (part.start + points.len()) as i64;
        Ok((StrObject::from_code_points(cx, &points), end))
    }
}
