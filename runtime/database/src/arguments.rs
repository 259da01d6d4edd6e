//! Arguments that are converted one by one, and warnings about how they were given.

use sidewinder_runtime::native::FromArgument;
use sidewinder_runtime::native::argument::Place;
use sidewinder_runtime::objects::exception::DEPRECATION_WARNING;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::str::{StrObject, codec};
use sidewinder_runtime::operations::warnings;
use sidewinder_runtime::{Arguments, Context, Result, Value};
use std::ffi::CString;

/// A text for the library: without null characters.
#[derive(Debug)]
pub struct Text(pub CString);

impl<'a> FromArgument<'a> for Text {
    fn from_argument(cx: &mut Context, value: &'a Value, place: &'static Place) -> Result<Text> {
        let text = <&StrObject>::from_argument(cx, value, place)?;
        let bytes = utf8(cx, text, *value)?;
        CString::new(bytes).map(Text).map_err(|_| cx.value_error("embedded null character"))
    }
}

/// A text in UTF-8. Errors: it has surrogates.
pub fn utf8(cx: &mut Context, text: &StrObject, value: Value) -> Result<Vec<u8>> {
    if let Some(bytes) = codec::to_utf8(text) {
        return Ok(bytes);
    }
    codec::encode(cx, value, "utf-8", "strict")?;
    Ok(text.as_text().into_owned().into_bytes())
}

/// A number for a column.
pub fn integer(cx: &mut Context, value: Value) -> Result<i64> {
    int::as_i64(value).ok_or_else(|| cx.overflow_error("Python int too large to convert to SQLite INTEGER"))
}

/// The number of a row.
pub struct RowNumber(pub i64);

impl FromArgument<'_> for RowNumber {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<RowNumber> {
        if !int::is_int_like(*value) {
            return Err(cx.type_error("expected 'int'"));
        }
        integer(cx, *value).map(RowNumber)
    }
}

/// Warns if any of the parameters `names`, which are the function's first, was given by name.
pub fn warn_of_names(cx: &mut Context, function: &str, names: &[&str], arguments: Arguments<'_>) -> Result<()> {
    let positional = arguments.positionals().len();
    if positional >= names.len() || !names.iter().any(|name| arguments.keyword(name).is_some()) {
        return Ok(());
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let (shown, plural) = match quoted.split_last() {
        Some((last, [])) => (last.clone(), ""),
        Some((last, others)) => (format!("{} and {last}", others.join(", ")), "s"),
        None => return Ok(()),
    };
    let message = format!(
        "Passing keyword argument{plural} {shown} to _sqlite3.Connection.{function}() is deprecated. \
         Parameter{plural} {shown} will become positional-only in Python 3.15."
    );
    warnings::warn(cx, &DEPRECATION_WARNING, &message, 1)
}

/// Warns if more than the name of a database was given by position.
pub fn warn_of_positions(cx: &mut Context, function: &str, count: usize) -> Result<()> {
    if !(2..=8).contains(&count) {
        return Ok(());
    }
    let message = format!(
        "Passing more than 1 positional argument to {function}() is deprecated. Parameters 'timeout', 'detect_types', \
         'isolation_level', 'check_same_thread', 'factory', 'cached_statements' and 'uri' will become keyword-only \
         parameters in Python 3.15."
    );
    warnings::warn(cx, &DEPRECATION_WARNING, &message, 1)
}
