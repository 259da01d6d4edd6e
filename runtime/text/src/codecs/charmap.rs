//! Encodings by tables of characters: texts of 256 characters, or mappings.

use super::{Errors, Read, Written, name};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::argument::BytesLike;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, LOOKUP_ERROR, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR};
use sidewinder_runtime::objects::str::codec::{Codec, registry};
use sidewinder_runtime::objects::str::{self, StrBuilder, StrObject};
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::subscript;
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

const UNDEFINED: &str = "character maps to <undefined>";

/// Codecs by tables.
#[native_functions]
pub mod rows {
    use super::*;

    /// A mapping for encoding out of a text for decoding.
    #[function]
    fn charmap_build(cx: &mut Context, map: &StrObject) -> Result<Owned> {
        let made = DictObject::new(cx);
        for (byte, point) in map.code_points().enumerate().filter(|(_, point)| *point != 0xFFFE) {
            let key = Value::from_small_int(point as i64);
            dict::of(made.value()).set(cx, key, Value::from_small_int(byte as i64))?;
        }
        Ok(made)
    }

    /// Decodes by a text or a mapping; without one, Latin-1.
    #[function]
    fn charmap_decode(
        cx: &mut Context,
        data: BytesLike,
        #[default(None)] errors: Errors<'_>,
        #[default(None)] mapping: Option<Value>,
    ) -> Read {
        match mapping {
            None => super::super::read(cx, &data.0, Codec::Latin1, &errors, true),
            Some(mapping) => decode(cx, &data.0, &name(&errors), mapping),
        }
    }

    /// Encodes by a mapping; without one, Latin-1.
    #[function]
    fn charmap_encode(
        cx: &mut Context,
        str: &StrObject,
        #[default(None)] errors: Errors<'_>,
        #[default(None)] mapping: Option<Value>,
    ) -> Written {
        match mapping {
            None => super::super::write(cx, str, Codec::Latin1, &errors),
            Some(mapping) => encode(cx, str, &name(&errors), mapping),
        }
    }
}

/// The value of a number in a mapping; nothing for none.
fn look_up(cx: &mut Context, mapping: Value, number: i64) -> Result<Option<Owned>> {
    match subscript::get_item(cx, mapping, Value::from_small_int(number)) {
        Ok(found) => Ok((found.value() != singleton::none()).then_some(found)),
        Err(_) if cx.swallow(&LOOKUP_ERROR) => Ok(None),
        Err(raised) => Err(raised),
    }
}

/// An exception about a part of what is converted.
fn failure(cx: &mut Context, kind: &'static TypeObject, source: Value, start: usize, end: usize) -> Result<Owned> {
    let (encoding, reason) = (StrObject::new(cx, "charmap"), StrObject::new(cx, UNDEFINED));
    let (start, end) = (int::from_usize(cx, start), int::from_usize(cx, end));
    exception::new(cx, kind, &[encoding.value(), source, start.value(), end.value(), reason.value()])
}

fn decode(cx: &mut Context, data: &[u8], errors: &str, mapping: Value) -> Read {
    let source = BytesObject::new(cx, data);
    let mut builder = StrBuilder::with_capacity(data.len());
    let mut position = 0;
    while let Some(&byte) = data.get(position) {
        let found = match str::cast(mapping) {
            Some(table) => {
                let point = (byte as usize) < table.len();
                let point = point.then(|| table.code_point(byte as usize)).filter(|point| *point != 0xFFFE);
                if let Some(point) = point {
                    builder.push(point);
                }
                point.is_some()
            }
            None => decode_one(cx, mapping, byte, &mut builder)?,
        };
        if found {
            position += 1;
            continue;
        }
        position = match errors {
            "ignore" => position + 1,
            "replace" => {
                builder.push(0xFFFD);
                position + 1
            }
            _ => {
                let error = failure(cx, &UNICODE_DECODE_ERROR, source.value(), position, position + 1)?;
                if errors == "strict" {
                    return Err(exception::raise(cx, error));
                }
                let handler = registry::error_handler(cx, errors)?;
                let answer = registry::ask(cx, &handler, &error, "decoding", data.len())?;
                let Some(text) = str::cast(answer.replacement.value()) else {
                    return Err(cx.type_error("decoding error handler must return (str, int) tuple"));
                };
                builder.push_str(text);
                answer.position
            }
        };
    }
    Ok((builder.finish(cx), data.len()))
}

/// What a mapping has for a byte; whether that was something.
fn decode_one(cx: &mut Context, mapping: Value, byte: u8, builder: &mut StrBuilder) -> Result<bool> {
    let Some(found) = look_up(cx, mapping, byte as i64)? else { return Ok(false) };
    if let Some(text) = str::cast(found.value()) {
        if text.len() == 1 && text.code_point(0) == 0xFFFE {
            return Ok(false);
        }
        builder.push_str(text);
        return Ok(true);
    }
    if !int::is_int_like(found.value()) {
        return Err(cx.type_error("character mapping must return integer, None or str"));
    }
    match int::as_i64(found.value()) {
        Some(0xFFFE) => Ok(false),
        Some(point @ 0..=0x10_FFFF) => {
            builder.push(point as u32);
            Ok(true)
        }
        _ => Err(cx.type_error("character mapping must be in range(0x110000)")),
    }
}

/// What a mapping has for a character, written; whether that was something.
fn encode_one(cx: &mut Context, mapping: Value, point: u32, output: &mut Vec<u8>) -> Result<bool> {
    let Some(found) = look_up(cx, mapping, point as i64)? else { return Ok(false) };
    if let Some(bytes) = found.value().cast::<BytesObject>() {
        output.extend_from_slice(bytes.as_slice());
        return Ok(true);
    }
    if !int::is_int_like(found.value()) {
        let actual = found.value().type_of().name();
        return Err(cx.type_error(format!("character mapping must return integer, bytes or None, not {actual}")));
    }
    match int::as_i64(found.value()) {
        Some(byte @ 0..=255) => {
            output.push(byte as u8);
            Ok(true)
        }
        _ => Err(cx.type_error("character mapping must be in range(256)")),
    }
}

fn encode(cx: &mut Context, text: &StrObject, errors: &str, mapping: Value) -> Written {
    let source = Value::from_pointer(text);
    let mut output = Vec::with_capacity(text.len());
    let mut position = 0;
    while position < text.len() {
        if encode_one(cx, mapping, text.code_point(position), &mut output)? {
            position += 1;
            continue;
        }
        let start = position;
        let mut end = position + 1;
        while end < text.len() && !encode_one(cx, mapping, text.code_point(end), &mut Vec::new())? {
            end += 1;
        }
        let replacement: Vec<u32> = match errors {
            "ignore" => Vec::new(),
            "replace" => vec![b'?' as u32; end - start],
            "xmlcharrefreplace" => {
                let texts = (start..end).map(|index| format!("&#{};", text.code_point(index)));
                texts.collect::<String>().chars().map(|letter| letter as u32).collect()
            }
            _ => {
                let error = failure(cx, &UNICODE_ENCODE_ERROR, source, start, end)?;
                if errors == "strict" {
                    return Err(exception::raise(cx, error));
                }
                let handler = registry::error_handler(cx, errors)?;
                let answer = registry::ask(cx, &handler, &error, "encoding", text.len())?;
                end = answer.position;
                match (answer.replacement.value().cast::<BytesObject>(), str::cast(answer.replacement.value())) {
                    (Some(bytes), _) => {
                        output.extend_from_slice(bytes.as_slice());
                        Vec::new()
                    }
                    (None, Some(text)) => text.code_points().collect(),
                    _ => return Err(cx.type_error("encoding error handler must return (str/bytes, int) tuple")),
                }
            }
        };
        for point in replacement {
            if !encode_one(cx, mapping, point, &mut output)? {
                let error = failure(cx, &UNICODE_ENCODE_ERROR, source, start, end)?;
                return Err(exception::raise(cx, error));
            }
        }
        position = end;
    }
    Ok((BytesObject::new(cx, &output), text.len()))
}
