//! File names as the system takes them.

use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::str::{codec, is_str};
use sidewinder_runtime::operations::{call, dunder};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::ffi::CString;

/// `os.fspath`: a `str`, a `bytes`, or what `__fspath__` gives.
pub fn fs_path(cx: &mut Context, path: Value) -> Result<Owned> {
    if is_plain(path) {
        return Ok(Owned::new(path));
    }
    let name = cx.interpreter().names.fspath;
    let kind = path.type_of().name();
    let Some(found) = dunder::call_optional(cx, path, name, &[])? else {
        return Err(cx.type_error(format!("expected str, bytes or os.PathLike object, not {kind}")));
    };
    if is_plain(found.value()) {
        return Ok(found);
    }
    let actual = found.value().type_of().name();
    Err(cx.type_error(format!("expected {kind}.__fspath__() to return str or bytes, not {actual}")))
}

fn is_plain(path: Value) -> bool {
    is_str(path) || path.cast::<BytesObject>().is_some()
}

/// The bytes of a path, as `open(2)` takes them.
pub fn encoded(cx: &mut Context, path: Value) -> Result<CString> {
    let path = fs_path(cx, path)?;
    let bytes = match path.value().cast::<BytesObject>() {
        Some(bytes) => bytes.as_slice().to_vec(),
        None => {
            let encoded = codec::encode(cx, path.value(), "utf-8", "surrogateescape")?;
            encoded.value().cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default()
        }
    };
    CString::new(bytes).map_err(|_| cx.value_error("embedded null byte"))
}

/// Calls `__fspath__` if there is one; other objects stay as they are (file descriptors).
pub fn file_argument(cx: &mut Context, file: Value) -> Result<Owned> {
    if is_plain(file) || file.is_int() {
        return Ok(Owned::new(file));
    }
    let name = cx.interpreter().names.fspath;
    match call::lookup_special(cx, file, name)? {
        Some(_) => fs_path(cx, file),
        None => Ok(Owned::new(file)),
    }
}
