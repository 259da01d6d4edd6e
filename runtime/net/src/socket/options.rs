//! Options of sockets.

use super::Socket;
use crate::address::family;
use crate::{arguments, errors, system};
use sidewinder_os::system::check;
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{OVERFLOW_ERROR, TYPE_ERROR};
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::io;

/// Bytes of the longest option.
const OPTION_MAX: i32 = 1024;

/// An option that is a number.
pub fn number(fd: i32, level: i32, option: i32) -> io::Result<i32> {
    let mut value = 0i32;
    let mut length = size_of::<i32>() as libc::socklen_t;
    // SAFETY: (system 1) the number has the length said.
    check(unsafe { libc::getsockopt(fd, level, option, (&raw mut value).cast(), &mut length) })?;
    Ok(value)
}

/// An option that is a number of 64 bits, as those of virtual machines are.
fn wide_number(fd: i32, level: i32, option: i32) -> io::Result<u64> {
    let mut value = 0u64;
    let mut length = size_of::<u64>() as libc::socklen_t;
    // SAFETY: (system 1) the number has the length said.
    check(unsafe { libc::getsockopt(fd, level, option, (&raw mut value).cast(), &mut length) })?;
    Ok(value)
}

fn set_bytes(fd: i32, level: i32, option: i32, bytes: &[u8]) -> io::Result<()> {
    // SAFETY: (system 1) the bytes have the length said.
    let status = unsafe { libc::setsockopt(fd, level, option, bytes.as_ptr().cast(), bytes.len() as libc::socklen_t) };
    check(status).map(drop)
}

/// `getsockopt(level, option, length=0)`
pub fn get(cx: &mut Context, socket: &Socket, arguments: Arguments<'_>) -> Result<Owned> {
    let values = arguments::positional(cx, "getsockopt", arguments, 2, 3)?;
    let level = convert::c_int(cx, values[0])?;
    let option = convert::c_int(cx, values[1])?;
    let length = arguments::number_or(cx, values.get(2), 0)?;
    let fd = socket.fd.get();
    if length == 0 && socket.family.get() == family::VSOCK {
        let value = wide_number(fd, level, option).map_err(|error| system::raise(cx, &error))?;
        return Ok(value.into_object(cx));
    }
    if length == 0 {
        let value = number(fd, level, option).map_err(|error| system::raise(cx, &error))?;
        return Ok((value as i64).into_object(cx));
    }
    if !(1..=OPTION_MAX).contains(&length) {
        return Err(errors::plain(cx, "getsockopt buflen out of range"));
    }
    let mut bytes = [0u8; OPTION_MAX as usize];
    let mut length = length as libc::socklen_t;
    // SAFETY: (system 1) the buffer has at least the length said.
    let outcome = check(unsafe { libc::getsockopt(fd, level, option, bytes.as_mut_ptr().cast(), &mut length) });
    outcome.map_err(|error| system::raise(cx, &error))?;
    Ok(BytesObject::new(cx, &bytes[..(length as usize).min(bytes.len())]))
}

/// Whether an argument was no number of that kind; the exception is dropped.
fn is_no_number(cx: &mut Context) -> bool {
    cx.swallow(&TYPE_ERROR) || cx.swallow(&OVERFLOW_ERROR)
}

/// `setsockopt(level, option, number or bytes)`, `setsockopt(level, option, None, length)`
pub fn set(cx: &mut Context, socket: &Socket, arguments: Arguments<'_>) -> Result<io::Result<()>> {
    let values = arguments::positional(cx, "setsockopt", arguments, 0, usize::MAX)?;
    let fd = socket.fd.get();
    match *values {
        [level, option, nothing, length] if nothing == singleton::none() => {
            let (level, option) = (convert::c_int(cx, level)?, convert::c_int(cx, option)?);
            let length = arguments::bits(cx, length)?;
            // SAFETY: (system 1) without an address, the system takes the length alone.
            Ok(check(unsafe { libc::setsockopt(fd, level, option, std::ptr::null(), length) }).map(drop))
        }
        [level, option, value] => {
            let (level, option) = (convert::c_int(cx, level)?, convert::c_int(cx, option)?);
            if socket.family.get() == family::VSOCK && int::is_int_like(value) {
                let number = convert::index(cx, value)?;
                // As in C, what does not fit is cut.
                let number = int::as_i64(number.value()).map(|number| number as u64);
                let number = number.or_else(|| int::as_u64(value)).unwrap_or_default();
                return Ok(set_bytes(fd, level, option, &number.to_ne_bytes()));
            }
            match convert::c_int(cx, value) {
                Ok(number) => Ok(set_bytes(fd, level, option, &number.to_ne_bytes())),
                Err(_) if is_no_number(cx) => set_buffer(cx, fd, level, option, value),
                Err(raised) => Err(raised),
            }
        }
        _ => {
            let given = values.len();
            Err(cx.type_error(format!("setsockopt() takes exactly 3 arguments ({given} given)")))
        }
    }
}

fn set_buffer(cx: &mut Context, fd: i32, level: i32, option: i32, value: Value) -> Result<io::Result<()>> {
    let bytes = Buffer::read(cx, value)?;
    Ok(set_bytes(fd, level, option, bytes.as_slice()))
}
