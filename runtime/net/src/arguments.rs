//! Arguments of functions that tell what is wrong with them in the words of `PyArg_ParseTuple`.

use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::{ByteArrayObject, BytesObject};
use sidewinder_runtime::objects::iterator::arguments::refuse_keywords;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{exception, int};
use sidewinder_runtime::operations::{convert, iterate};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::ffi::CString;

/// The arguments, none of them named, if their number is within bounds.
pub fn positional<'a>(
    cx: &mut Context,
    function: &str,
    arguments: Arguments<'a>,
    minimum: usize,
    maximum: usize,
) -> Result<&'a [Value]> {
    refuse_keywords(cx, function, arguments)?;
    let given = arguments.values.len();
    if (minimum..=maximum).contains(&given) {
        return Ok(arguments.values);
    }
    let bound = if given < minimum { minimum } else { maximum };
    let limit = match () {
        () if minimum == maximum => "exactly",
        () if given < minimum => "at least",
        () => "at most",
    };
    let plural = if bound == 1 { "" } else { "s" };
    Err(cx.type_error(format!("{function}() takes {limit} {bound} argument{plural} ({given} given)")))
}

/// A C int that may be left away.
pub fn number_or(cx: &mut Context, value: Option<&Value>, default: i32) -> Result<i32> {
    value.map_or(Ok(default), |value| convert::c_int(cx, *value))
}

/// The low bits of an integer (`I`): what does not fit is cut.
pub fn bits(cx: &mut Context, value: Value) -> Result<u32> {
    let number = convert::index(cx, value)?;
    let wide = int::as_i64(number.value()).map(|number| number as u64).or_else(|| int::as_u64(number.value()));
    match wide.or_else(|| int::as_object(number.value()).map(lowest)) {
        Some(bits) => Ok(bits as u32),
        None => Ok(0),
    }
}

fn lowest(number: &int::IntObject) -> u64 {
    let low = number.magnitude().first().copied().unwrap_or(0);
    if number.is_negative() { low.wrapping_neg() } else { low }
}

/// A `Py_ssize_t` (`n`).
pub fn size(cx: &mut Context, value: Value) -> Result<i64> {
    let number = convert::index(cx, value)?;
    int::as_i64(number.value()).ok_or_else(|| cx.overflow_error("Python int too large to convert to C ssize_t"))
}

/// An unsigned number of so many bits.
pub fn unsigned(cx: &mut Context, value: Value, most: u64, name: &str) -> Result<u64> {
    let number = convert::index(cx, value)?;
    if int::is_negative(number.value()) {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    match int::as_u64(number.value()) {
        Some(number) if number <= most => Ok(number),
        _ => Err(cx.overflow_error(format!("Python int too large for C {name}"))),
    }
}

/// A text without null characters (`s`).
pub fn text(cx: &mut Context, value: Value, function: &str, which: &str) -> Result<CString> {
    let Some(text) = str::cast(value) else {
        let found = found_name(value);
        return Err(cx.type_error(format!("{function}() argument{which} must be str, not {found}")));
    };
    if str::codec::to_utf8(text).is_none() {
        str::codec::encode(cx, value, "utf-8", "strict")?;
    }
    let bytes = text.as_text().into_owned();
    CString::new(bytes).map_err(|_| cx.value_error("embedded null character"))
}

/// What messages call a value's type.
pub fn found_name(value: Value) -> &'static str {
    if value == sidewinder_runtime::objects::singleton::none() { "None" } else { value.type_of().name() }
}

/// The name of a host as the system takes it: ASCII, by the codec `idna` from text that is not.
pub fn host_name(cx: &mut Context, value: Value) -> Result<Vec<u8>> {
    let found = match value.cast::<ByteArrayObject>() {
        Some(array) => Some(array.as_slice().to_vec()),
        None => value.cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()),
    };
    let name = match (found, str::cast(value)) {
        (Some(bytes), _) => bytes,
        (None, Some(text)) => match text.as_ascii() {
            Some(ascii) => ascii.as_bytes().to_vec(),
            None => match encode_host(cx, value) {
                Ok(name) => name,
                Err(_) => {
                    drop(cx.take_pending());
                    return Err(cx.type_error("encoding of hostname failed"));
                }
            },
        },
        (None, None) => {
            let found = value.type_of().name();
            return Err(cx.type_error(format!("str, bytes or bytearray expected, not {found}")));
        }
    };
    if name.contains(&0) {
        return Err(cx.type_error("host name must not contain null character"));
    }
    Ok(name)
}

/// The text by the codec `idna`. What is ASCII with labels of allowed lengths stays as it is, which needs no codec.
pub fn encode_host(cx: &mut Context, value: Value) -> Result<Vec<u8>> {
    if let Some(ascii) = str::cast(value).and_then(StrObject::as_ascii) {
        let labels: Vec<&str> = ascii.split('.').collect();
        let is_plain =
            |(index, label): (usize, &&str)| label.len() < 64 && (!label.is_empty() || index + 1 == labels.len());
        if labels.iter().enumerate().all(is_plain) {
            return Ok(ascii.as_bytes().to_vec());
        }
    }
    let encoded = str::codec::registry::encode_text(cx, value, "idna", "strict")?;
    Ok(encoded.value().cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default())
}

/// The items of an iterable, or a `TypeError` with that message.
pub fn items(cx: &mut Context, value: Value, message: &str) -> Result<Vec<Owned>> {
    match iterate::collect(cx, value) {
        Err(_) if cx.swallow(&exception::TYPE_ERROR) => Err(cx.type_error(message)),
        outcome => outcome,
    }
}

/// The bytes of all items of an iterable, which stay where they are as long as this lives.
pub fn buffers(cx: &mut Context, value: Value, message: &str) -> Result<Vec<Buffer>> {
    let mut buffers = Vec::new();
    for item in items(cx, value, message)? {
        buffers.push(Buffer::read(cx, item.value())?);
    }
    Ok(buffers)
}

/// A descriptor.
pub fn descriptor(cx: &mut Context, value: Value) -> Result<i32> {
    let number = convert::c_long(cx, value)?;
    i32::try_from(number).map_err(|_| cx.overflow_error("Python int too large to convert to C int"))
}
