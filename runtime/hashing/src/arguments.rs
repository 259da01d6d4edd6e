//! What the modules' functions take: the data to be hashed, lengths, results.

use sidewinder_runtime::native::Given;
use sidewinder_runtime::objects::buffer::{self, Buffer};
use sidewinder_runtime::objects::bytes::hexadecimal;
use sidewinder_runtime::objects::exception::{BUFFER_ERROR, MEMORY_ERROR};
use sidewinder_runtime::objects::str;
use sidewinder_runtime::{Context, Result, Value};

/// From so many bytes on, the GIL is released while they are hashed.
pub const LARGE_BYTES: usize = 2048;

/// The bytes of what shall be hashed.
pub fn data(cx: &mut Context, value: Value) -> Result<Buffer> {
    if str::is_str(value) {
        return Err(cx.type_error("Strings must be encoded before hashing"));
    }
    if !buffer::is_exporter(value) {
        return Err(cx.type_error("object supporting the buffer API required"));
    }
    let buffer = Buffer::read(cx, value)?;
    if buffer.dimensions().is_some_and(|dimensions| dimensions.shape.len() > 1) {
        return Err(cx.raise(&BUFFER_ERROR, "Buffer must be single dimension"));
    }
    Ok(buffer)
}

/// The first data, which may have either of two names.
pub fn first_data(cx: &mut Context, data: Given<Value>, string: Given<Value>) -> Result<Option<Value>> {
    if data.0.is_some() && string.0.is_some() {
        return Err(cx.type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for \
             removal in a future version.",
        ));
    }
    Ok(data.0.or(string.0))
}

/// So many bytes; a `MemoryError` if there is no room for them.
pub fn zeros(cx: &mut Context, length: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(length).is_err() {
        return Err(cx.raise(&MEMORY_ERROR, ""));
    }
    bytes.resize(length, 0);
    Ok(bytes)
}

/// Bytes in hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    String::from_utf8(hexadecimal::encode(bytes, None, 0)).unwrap_or_default()
}
