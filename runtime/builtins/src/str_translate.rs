//! `str.translate` and `str.maketrans`.

use crate::str_arguments::{receiver, string};
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::str::{self as text, StrBuilder};
use sidewinder_runtime::objects::{exception, int, singleton};
use sidewinder_runtime::operations::subscript;
use sidewinder_runtime::value::Value;

/// What a table says about a character.
#[derive(Clone)]
enum Replacement {
    Keep,
    Delete,
    Point(u32),
    Text(Owned),
}

pub fn translate(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let subject = receiver(cx, arguments, "translate")?;
    let table = arguments[1];
    let mut builder = StrBuilder::with_capacity(subject.len());
    // CPython asks the table once for each ASCII character when the string is ASCII.
    let mut known: Vec<Option<Replacement>> = vec![None; if subject.is_ascii() { 128 } else { 0 }];
    let start = match subject.as_ascii() {
        Some(ascii) => translate_bytes(cx, table, ascii.as_bytes(), &mut known, &mut builder)?,
        None => 0,
    };
    for point in subject.code_points().skip(start) {
        let replacement = match known.get(point as usize) {
            Some(Some(replacement)) => replacement.clone(),
            slot => {
                let remembered = slot.is_some();
                let replacement = look_up(cx, table, point)?;
                if remembered {
                    known[point as usize] = Some(replacement.clone());
                }
                replacement
            }
        };
        match replacement {
            Replacement::Keep => builder.push(point),
            Replacement::Delete => {}
            Replacement::Point(point) => builder.push(point),
            Replacement::Text(replacement) => {
                if let Some(string) = text::cast(replacement.value()) {
                    builder.push_str(string);
                }
            }
        }
    }
    Ok(builder.finish(cx))
}

/// Translates ASCII characters as long as each becomes one of them, and gives the position after those.
fn translate_bytes(
    cx: &mut Context,
    table: Value,
    subject: &[u8],
    known: &mut [Option<Replacement>],
    builder: &mut StrBuilder,
) -> Result<usize> {
    /// What the table was not asked about yet.
    const UNKNOWN: u8 = 0xFF;
    let mut bytes = [UNKNOWN; 128];
    let mut output = Vec::with_capacity(subject.len());
    for byte in subject {
        let place = usize::from(*byte);
        let mut translated = bytes[place];
        if translated == UNKNOWN {
            let replacement = look_up(cx, table, u32::from(*byte))?;
            translated = match &replacement {
                Replacement::Keep => *byte,
                Replacement::Point(point @ 0..0x80) => *point as u8,
                _ => UNKNOWN,
            };
            known[place] = Some(replacement);
            if translated == UNKNOWN {
                break;
            }
            bytes[place] = translated;
        }
        output.push(translated);
    }
    let done = output.len();
    builder.push_text(std::str::from_utf8(&output).unwrap_or_default());
    Ok(done)
}

fn look_up(cx: &mut Context, table: Value, point: u32) -> Result<Replacement> {
    let key = Value::from_small_int(point as i64);
    let found = if let Some(dict) = table.cast_exact::<DictObject>() {
        match dict.get(cx, key)? {
            Some(value) => Owned::new(value),
            None => return Ok(Replacement::Keep),
        }
    } else {
        match subscript::get_item(cx, table, key) {
            Ok(value) => value,
            Err(_) if cx.swallow(&exception::LOOKUP_ERROR) => return Ok(Replacement::Keep),
            Err(raised) => return Err(raised),
        }
    };
    if found.value() == singleton::none() {
        return Ok(Replacement::Delete);
    }
    if text::is_str(found.value()) {
        return Ok(Replacement::Text(found));
    }
    if !int::is_int_like(found.value()) {
        return Err(cx.type_error("character mapping must return integer, None or str"));
    }
    match int::as_i64(found.value()) {
        Some(point @ 0..0x11_0000) => Ok(Replacement::Point(point as u32)),
        _ => Err(cx.value_error("character mapping must be in range(0x110000)")),
    }
}

/// `str.maketrans(table)` or `str.maketrans(from, to[, deleted])`
pub fn maketrans(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let result = DictObject::new(cx);
    let Some(dict) = result.value().cast_exact::<DictObject>() else { return Ok(result) };
    match arguments {
        [table] => from_table(cx, dict, *table)?,
        [from, to, rest @ ..] => from_texts(cx, dict, *from, *to, rest.first().copied())?,
        [] => return Err(cx.type_error("maketrans expected at least 1 argument, got 0")),
    }
    Ok(result)
}

fn from_table(cx: &mut Context, result: &DictObject, table: Value) -> Result<()> {
    let Some(table) = table.cast_exact::<DictObject>() else {
        return Err(cx.type_error("if you give only one argument to maketrans it must be a dict"));
    };
    let mut index = 0;
    while index < table.entry_count() {
        let Some((key, value)) = table.entry(index) else {
            index += 1;
            continue;
        };
        index += 1;
        let value = Owned::new(value);
        if let Some(character) = text::cast(key) {
            if character.len() != 1 {
                return Err(cx.value_error("string keys in translatetable must be of length 1"));
            }
            let point = Value::from_small_int(character.code_point(0) as i64);
            result.set(cx, point, value.value())?;
        } else if int::is_int_like(key) {
            let key = Owned::new(key);
            result.set(cx, key.value(), value.value())?;
        } else {
            // The missing space is CPython's.
            return Err(cx.type_error("keys in translate table mustbe strings or integers"));
        }
    }
    Ok(())
}

fn from_texts(cx: &mut Context, result: &DictObject, from: Value, to: Value, deleted: Option<Value>) -> Result<()> {
    let to = string(cx, to, "maketrans() argument 2")?;
    let deleted = match deleted {
        Some(value) => Some(string(cx, value, "maketrans() argument 3")?),
        None => None,
    };
    let Some(from) = text::cast(from) else {
        return Err(cx.type_error("first maketrans argument must be a string if there is a second argument"));
    };
    if from.len() != to.len() {
        return Err(cx.value_error("the first two maketrans arguments must have equal length"));
    }
    for (key, value) in from.code_points().zip(to.code_points()) {
        let (key, value) = (Value::from_small_int(key as i64), Value::from_small_int(value as i64));
        result.set(cx, key, value)?;
    }
    for key in deleted.iter().flat_map(|deleted| deleted.code_points()) {
        result.set(cx, Value::from_small_int(key as i64), singleton::none())?;
    }
    Ok(())
}
