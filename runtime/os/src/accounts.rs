//! The modules `pwd` and `grp`: users and groups that the system knows.

use crate::path::{Gid, Uid, decode};
use crate::system::raise;
use libc::{c_char, c_int, size_t};
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value, struct_sequence};
use std::ffi::{CStr, CString};
use std::io;

pub mod grp;
pub mod pwd;

/// A text of the system; nothing where it says none.
fn text_of(text: *const c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: (system 1) a text in a record that the system has just filled, or that stays until the next is asked for.
    unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()
}

/// Asks for a record, with more room until it fits. `ask` gets the room and says how many bytes it may use.
fn look_up<T>(
    mut ask: impl FnMut(*mut c_char, size_t) -> c_int,
    mut read: impl FnMut() -> Option<T>,
) -> io::Result<Option<T>> {
    let mut room: Vec<c_char> = vec![0; 1024];
    loop {
        match ask(room.as_mut_ptr(), room.len()) {
            0 => return Ok(read()),
            libc::ERANGE if room.len() < 1 << 24 => room = vec![0; room.len() * 4],
            libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM => return Ok(None),
            error => return Err(io::Error::from_raw_os_error(error)),
        }
    }
}

/// The `KeyError` for what is not there.
#[cold]
fn missing(cx: &mut Context, message: &str) -> Raised {
    let message = StrObject::new(cx, message);
    cx.key_error(message.value())
}

/// A record as programs get it.
trait Account: Sized + Send {
    fn make(&self, cx: &mut Context) -> Result<Owned>;
}

fn outcome<A: Account>(cx: &mut Context, found: io::Result<Option<A>>, message: &str) -> Result<Owned> {
    match found {
        Ok(Some(account)) => account.make(cx),
        Ok(None) => Err(missing(cx, message)),
        Err(error) => Err(raise(cx, &error)),
    }
}

/// The record of a name, for the function that is called so.
fn by_name<A: Account>(
    cx: &mut Context,
    function: &str,
    name: &StrObject,
    find: fn(Option<&CStr>, u32) -> io::Result<Option<A>>,
) -> Result<Owned> {
    let object = Value::from_pointer(name);
    let bytes = crate::path::encode(cx, object)?;
    let text = CString::new(bytes).map_err(|_| cx.value_error("embedded null byte"))?;
    let found = cx.detached(|_| find(Some(&text), 0));
    let shown = convert::repr_text(cx, object)?;
    outcome(cx, found, &format!("{function}(): name not found: {shown}"))
}
