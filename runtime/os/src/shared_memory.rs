//! The module `_posixshmem`: memory that processes share by a name.

use crate::system::{check, done, raise_named};
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::{Context, Raised, Result, Value};
use std::ffi::CString;
use std::io;

fn name_of(cx: &mut Context, path: &StrObject) -> Result<CString> {
    let bytes = crate::path::encode(cx, Value::from_pointer(path))?;
    CString::new(bytes).map_err(|_| cx.value_error("embedded null character"))
}

#[cold]
fn failed(cx: &mut Context, error: &io::Error, path: &StrObject) -> Raised {
    raise_named(cx, error, Value::from_pointer(path))
}

/// Memory that processes share by a name. Programs use `multiprocessing.shared_memory`.
#[native_module("_posixshmem")]
mod rows {
    use super::*;

    /// Opens shared memory, or makes it; a descriptor.
    #[function]
    fn shm_open(cx: &mut Context, #[named] path: &StrObject, flags: i32, #[default(511)] mode: i32) -> Result<i32> {
        let name = name_of(cx, path)?;
        let outcome = cx.interruptible(|_| {
            // SAFETY: (system 1) a text and numbers.
            check(unsafe { libc::shm_open(name.as_ptr(), flags, mode as libc::mode_t) })
        });
        outcome?.map_err(|error| failed(cx, &error, path))
    }

    /// Removes the name of shared memory, which lives until nobody uses it any more.
    #[function]
    fn shm_unlink(cx: &mut Context, #[named] path: &StrObject) -> Result<()> {
        let name = name_of(cx, path)?;
        // SAFETY: (system 1) a text.
        let outcome = cx.interruptible(|_| done(unsafe { libc::shm_unlink(name.as_ptr()) }));
        outcome?.map_err(|error| failed(cx, &error, path))
    }
}
