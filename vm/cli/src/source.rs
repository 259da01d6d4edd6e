//! Source files as text: encodings, and the errors of files that are none.

use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{self, LOOKUP_ERROR, SYNTAX_ERROR, UNICODE_DECODE_ERROR};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::{self, StrObject, codec};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Raised, Result, TypeObject, Value};
use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::PathBuf;

/// Where in a file something is wrong.
pub struct Place<'a> {
    pub file_name: &'a str,
    pub line: u32,
    /// From 1; 0 shows no caret.
    pub column: u32,
    pub end_line: u32,
    /// CPython says 0 and -1 for "unknown" in some places.
    pub end_column: i64,
    pub text: Option<&'a str>,
}

/// Raises a `SyntaxError` (or a subclass) with its details.
pub fn raise_syntax_error(cx: &mut Context, kind: &'static TypeObject, message: &str, place: Place<'_>) -> Raised {
    let number = |value: u32| Value::from_small_int(value as i64);
    let message = StrObject::new(cx, message);
    let file_name = match place.file_name {
        "" => Owned::new(singleton::none()),
        name => StrObject::new(cx, name),
    };
    let text = place.text.map(|text| StrObject::new(cx, text));
    let details = [
        file_name.value(),
        number(place.line),
        number(place.column),
        text.as_ref().map_or(singleton::none(), |text| text.value()),
        number(place.end_line),
        Value::from_small_int(place.end_column),
    ];
    let details = TupleObject::new(cx, &details);
    match exception::new(cx, kind, &[message.value(), details.value()]) {
        Ok(exception) => cx.raise_value(exception),
        Err(raised) => raised,
    }
}

/// A path from the root, as CPython makes that of a script: links stay.
pub fn absolute(name: &OsStr) -> PathBuf {
    match std::env::current_dir() {
        Ok(directory) => directory.join(name),
        Err(_) => PathBuf::from(name),
    }
}

/// The number of the line that starts after `before`, from 1, and that line without its end.
fn line_at<'a>(bytes: &'a [u8], before: &[u8]) -> (u32, &'a [u8]) {
    let number = before.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |position| position + 1);
    let rest = &bytes[start..];
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    (number, &rest[..end])
}

/// The bytes of a file as text, in the encoding that a mark or one of the first two lines says.
pub fn decode(cx: &mut Context, bytes: &[u8], file_name: &str) -> Result<String> {
    decode_from(cx, bytes, file_name, true)
}

/// The same of bytes that may be those of a file, or what a program passes to `compile`.
pub fn decode_from(cx: &mut Context, bytes: &[u8], file_name: &str, is_file: bool) -> Result<String> {
    let marked = bytes.starts_with(b"\xef\xbb\xbf");
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(position) = bytes.iter().position(|byte| *byte == 0) {
        let (line, text) = line_at(bytes, &bytes[..position]);
        let shown = text.iter().position(|byte| *byte == 0).map_or(text, |end| &text[..end]);
        let shown = String::from_utf8_lossy(shown);
        let place = Place { file_name, line, column: 0, end_line: line, end_column: 0, text: Some(&shown) };
        return Err(raise_syntax_error(cx, &SYNTAX_ERROR, "source code cannot contain null bytes", place));
    }
    if let Some((encoding, start)) = declared_encoding(bytes)
        && !is_utf8(&encoding)
    {
        let name = if is_latin(&encoding) { "iso-8859-1" } else { &encoding };
        if marked {
            let (line, text) = line_at(bytes, &bytes[..start]);
            let text = String::from_utf8_lossy(text);
            let end_column = text.len() as i64;
            let place = Place { file_name, line, column: 0, end_line: line, end_column, text: Some(&text) };
            let message = format!("encoding problem: {name} with BOM");
            return Err(raise_syntax_error(cx, &SYNTAX_ERROR, &message, place));
        }
        return decode_as(cx, bytes, name, file_name).map(|text| with_newlines(&text).into_owned());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(with_newlines(text).into_owned()),
        Err(error) => Err(undecodable(cx, bytes, error.valid_up_to(), file_name, is_file)),
    }
}

/// A source whose lines all end in `\n`, as CPython reads it.
pub fn with_newlines(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(text),
    }
}

/// Whether an encoding is UTF-8 by the name that the tokenizer knows; under its other names, a codec reads the source.
fn is_utf8(encoding: &str) -> bool {
    let name = encoding.to_ascii_lowercase().replace('_', "-");
    name == "utf-8" || name.starts_with("utf-8-")
}

/// Whether an encoding is the one that CPython's tokenizer calls `iso-8859-1`.
fn is_latin(encoding: &str) -> bool {
    let name = encoding.to_ascii_lowercase().replace('_', "-");
    ["latin-1", "iso-8859-1", "iso-latin-1"]
        .iter()
        .any(|known| name == *known || name.starts_with(&format!("{known}-")))
}

fn undecodable(cx: &mut Context, bytes: &[u8], position: usize, file_name: &str, is_file: bool) -> Raised {
    let before = &bytes[..position];
    let (mut line, text) = line_at(bytes, before);
    // CPython looks at two lines of a file for an encoding, and counts them once unless the first is a comment or empty.
    if is_file && line == 2 && !matches!(before.trim_ascii_start().first(), None | Some(b'#')) {
        line = 1;
    }
    let in_file = if is_file { format!(" in file {file_name}") } else { String::new() };
    let message = format!(
        "Non-UTF-8 code starting with '\\x{:02x}'{in_file} on line {line}, but no encoding declared; see https://peps.python.org/pep-0263/ for details",
        bytes[position]
    );
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |position| position + 1);
    let column = String::from_utf8_lossy(&before[start..]).chars().count() as u32 + 1;
    let text = String::from_utf8_lossy(text);
    let place = Place { file_name, line, column, end_line: line, end_column: column as i64, text: Some(&text) };
    raise_syntax_error(cx, &SYNTAX_ERROR, &message, place)
}

/// What a comment of the form `coding: name` in the first two lines says (PEP 263), and where its line starts.
fn declared_encoding(bytes: &[u8]) -> Option<(String, usize)> {
    let mut start = 0;
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let own_start = start;
        start += line.len() + 1;
        let text = line.trim_ascii_start();
        let Some(comment) = text.strip_prefix(b"#") else {
            if text.is_empty() {
                continue;
            }
            return None;
        };
        if let Some(name) = coding_in(comment) {
            return Some((name, own_start));
        }
    }
    None
}

fn coding_in(comment: &[u8]) -> Option<String> {
    const MARK: &[u8] = b"coding";
    let start = comment
        .windows(MARK.len() + 1)
        .position(|window| window.starts_with(MARK) && matches!(window[MARK.len()], b':' | b'='))?;
    let rest = comment[start + MARK.len() + 1..].trim_ascii_start();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let name: String = rest.iter().take_while(|byte| is_part(byte)).map(|byte| *byte as char).collect();
    (!name.is_empty()).then_some(name)
}

fn decode_as(cx: &mut Context, bytes: &[u8], encoding: &str, file_name: &str) -> Result<String> {
    let source = BytesObject::new(cx, bytes);
    match codec::decode(cx, source.value(), encoding, "strict") {
        Ok(text) => Ok(str::text(text.value()).unwrap_or_default().into_owned()),
        Err(raised) if !cx.pending_is(&LOOKUP_ERROR) && !cx.pending_is(&UNICODE_DECODE_ERROR) => Err(raised),
        Err(_) => {
            let error = cx.take_pending();
            let message = convert::str(cx, error.value())?;
            drop(error);
            let message = str::text(message.value()).unwrap_or_default().into_owned();
            let message =
                if message.starts_with("unknown encoding") { format!("unknown encoding: {encoding}") } else { message };
            let message = StrObject::new(cx, &message);
            let file_name = StrObject::new(cx, file_name);
            let (line, column) = (Value::from_small_int(0), Value::from_small_int(-1));
            let details = TupleObject::new(cx, &[file_name.value(), line, column, singleton::none()]);
            match exception::new(cx, &SYNTAX_ERROR, &[message.value(), details.value()]) {
                Ok(exception) => Err(cx.raise_value(exception)),
                Err(raised) => Err(raised),
            }
        }
    }
}
