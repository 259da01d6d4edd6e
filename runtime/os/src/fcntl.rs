//! The module `fcntl`: requests about open files, and locks.

use crate::path::Fd;
use crate::system::{Zeroed, add_constants, check, done, plainly};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::{FromArgument, Place};
use sidewinder_runtime::objects::buffer::{Buffer, Request};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::{buffer, int, str};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::io;

#[rustfmt::skip]
static NUMBERS: &[(&str, i64)] = &[
    ("DN_ACCESS", 1), ("DN_ATTRIB", 32), ("DN_CREATE", 4), ("DN_DELETE", 8), ("DN_MODIFY", 2),
    ("DN_MULTISHOT", 2147483648), ("DN_RENAME", 16), ("FASYNC", 8192), ("FD_CLOEXEC", 1),
    ("FICLONE", 1074041865), ("FICLONERANGE", 1075876877), ("F_ADD_SEALS", 1033), ("F_DUPFD", 0),
    ("F_DUPFD_CLOEXEC", 1030), ("F_DUPFD_QUERY", 1027), ("F_EXLCK", 4), ("F_GETFD", 1), ("F_GETFL", 3),
    ("F_GETLEASE", 1025), ("F_GETLK", 5), ("F_GETLK64", 5), ("F_GETOWN", 9), ("F_GETOWN_EX", 16),
    ("F_GETPIPE_SZ", 1032), ("F_GETSIG", 11), ("F_GET_FILE_RW_HINT", 1037), ("F_GET_RW_HINT", 1035),
    ("F_GET_SEALS", 1034), ("F_NOTIFY", 1026), ("F_OFD_GETLK", 36), ("F_OFD_SETLK", 37), ("F_OFD_SETLKW", 38),
    ("F_OWNER_PGRP", 2), ("F_OWNER_PID", 1), ("F_OWNER_TID", 0), ("F_RDLCK", 0), ("F_SEAL_FUTURE_WRITE", 16),
    ("F_SEAL_GROW", 4), ("F_SEAL_SEAL", 1), ("F_SEAL_SHRINK", 2), ("F_SEAL_WRITE", 8), ("F_SETFD", 2),
    ("F_SETFL", 4), ("F_SETLEASE", 1024), ("F_SETLK", 6), ("F_SETLK64", 6), ("F_SETLKW", 7), ("F_SETLKW64", 7),
    ("F_SETOWN", 8), ("F_SETOWN_EX", 15), ("F_SETPIPE_SZ", 1031), ("F_SETSIG", 10),
    ("F_SET_FILE_RW_HINT", 1038), ("F_SET_RW_HINT", 1036), ("F_SHLCK", 8), ("F_UNLCK", 2), ("F_WRLCK", 1),
    ("LOCK_EX", 2), ("LOCK_MAND", 32), ("LOCK_NB", 4), ("LOCK_READ", 64), ("LOCK_RW", 192), ("LOCK_SH", 1),
    ("LOCK_UN", 8), ("LOCK_WRITE", 128), ("RWH_WRITE_LIFE_EXTREME", 5), ("RWH_WRITE_LIFE_LONG", 4),
    ("RWH_WRITE_LIFE_MEDIUM", 3), ("RWH_WRITE_LIFE_NONE", 1), ("RWH_WRITE_LIFE_NOT_SET", 0),
    ("RWH_WRITE_LIFE_SHORT", 2),
];

/// Bytes of an argument that the system may read and change.
const ARGUMENT_BYTES: usize = 1024;

/// What a request is made with.
enum Argument {
    Number(i64),
    /// A copy of bytes; the system may change it.
    Copy(Vec<u8>),
    /// The object's own bytes are changed.
    Place(Buffer),
}

impl Argument {
    /// `mutate` says whether a writable buffer is changed in place.
    fn of(cx: &mut Context, value: Value, function: &str, mutate: bool) -> Result<Argument> {
        if value.type_of().slots().index.is_some() {
            let number = convert::index(cx, value)?;
            // As in C, what does not fit is cut.
            return Ok(Argument::Number(int::as_i64(number.value()).unwrap_or_default()));
        }
        if str::is_str(value) {
            let bytes = str::codec::encode(cx, value, "utf-8", "strict")?;
            let bytes = bytes.value().cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec());
            return Argument::copy(cx, bytes.unwrap_or_default(), function);
        }
        if !buffer::is_exporter(value) {
            let found = value.type_of().name();
            return Err(cx.type_error(format!(
                "{function}() argument 3 must be an integer, a bytes-like object, or a string, not {found}"
            )));
        }
        if mutate {
            match Buffer::get(cx, value, Request::WRITABLE) {
                Ok(place) => return Ok(Argument::Place(place)),
                Err(_) => drop(cx.take_pending()),
            }
        }
        let bytes = Buffer::read(cx, value)?.as_slice().to_vec();
        Argument::copy(cx, bytes, function)
    }

    fn copy(cx: &mut Context, bytes: Vec<u8>, function: &str) -> Result<Argument> {
        if bytes.len() > ARGUMENT_BYTES {
            return Err(cx.value_error(format!("{function} argument 3 is too long")));
        }
        Ok(Argument::Copy(bytes))
    }
}

/// The number of a request, whose bits alone count.
struct RequestCode(u64);

impl FromArgument<'_> for RequestCode {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<RequestCode> {
        if !int::is_int_like(*value) {
            return Err(place.wrong_type(cx, "int", *value));
        }
        let number = int::as_i64(*value).map(|number| number as u64).or_else(|| int::as_u64(*value));
        Ok(RequestCode(number.unwrap_or_default()))
    }
}

/// A copy of an argument with room for what the system writes.
fn with_room(bytes: &[u8]) -> [u8; ARGUMENT_BYTES + 8] {
    let mut room = [0; ARGUMENT_BYTES + 8];
    room[..bytes.len()].copy_from_slice(bytes);
    room
}

/// Requests about open files, and locks on parts of them.
#[native_module("fcntl")]
mod rows {
    use super::*;

    /// A request about an open file (F_*), with a number or with bytes that the system reads; a number, or the bytes after.
    #[function]
    fn fcntl(
        cx: &mut Context,
        fd: Fd,
        cmd: i32,
        #[default(Value::from_small_int(0), "0")] arg: Value,
    ) -> Result<Owned> {
        match Argument::of(cx, arg, "fcntl", false)? {
            Argument::Copy(bytes) => {
                let mut room = with_room(&bytes);
                // SAFETY: (system 1) there is more room than any of these requests writes.
                let outcome = cx.interruptible(|_| check(unsafe { libc::fcntl(fd.0, cmd, room.as_mut_ptr()) }));
                plainly(cx, outcome)?;
                Ok(BytesObject::new(cx, &room[..bytes.len()]))
            }
            Argument::Number(number) => {
                // SAFETY: (system 1) a number; that it is no address is the caller's word, as in CPython.
                let outcome = cx.interruptible(|_| check(unsafe { libc::fcntl(fd.0, cmd, number) }));
                let result = plainly(cx, outcome)?;
                Ok(int::from_i64(cx, result as i64))
            }
            Argument::Place(_) => unreachable!("only ioctl changes an object in place"),
        }
    }

    /// A request to the driver of an open file, with a number, with bytes that the system reads, or with a buffer that it
    /// changes; a number, or the bytes after.
    #[function]
    fn ioctl(
        cx: &mut Context,
        fd: Fd,
        request: RequestCode,
        #[default(Value::from_small_int(0), "0")] arg: Value,
        #[default(true)] mutate_flag: bool,
    ) -> Result<Owned> {
        let request = request.0 as libc::Ioctl;
        match Argument::of(cx, arg, "ioctl", mutate_flag)? {
            Argument::Number(number) => {
                // SAFETY: (system 1) a number; that it is no address is the caller's word, as in CPython.
                let outcome = cx.interruptible(|_| check(unsafe { libc::ioctl(fd.0, request, number) }));
                let result = plainly(cx, outcome)?;
                Ok(int::from_i64(cx, result as i64))
            }
            Argument::Copy(bytes) => {
                let mut room = with_room(&bytes);
                // SAFETY: (system 1) there is more room than usual requests write; what unusual ones need is the caller's word.
                let outcome = cx.interruptible(|_| check(unsafe { libc::ioctl(fd.0, request, room.as_mut_ptr()) }));
                plainly(cx, outcome)?;
                Ok(BytesObject::new(cx, &room[..bytes.len()]))
            }
            Argument::Place(place) => {
                let length = place.len();
                if length <= ARGUMENT_BYTES {
                    let mut room = with_room(place.as_slice());
                    // SAFETY: (system 1) as above.
                    let outcome = cx.interruptible(|_| check(unsafe { libc::ioctl(fd.0, request, room.as_mut_ptr()) }));
                    place.as_mut_slice().copy_from_slice(&room[..length]);
                    let result = plainly(cx, outcome)?;
                    return Ok(int::from_i64(cx, result as i64));
                }
                // SAFETY: (system 1) the object lends its memory, under the GIL; how much is written is the caller's word.
                let outcome = check(unsafe { libc::ioctl(fd.0, request, place.as_mut_slice().as_mut_ptr()) });
                let result = plainly(cx, Ok(outcome))?;
                Ok(int::from_i64(cx, result as i64))
            }
        }
    }

    /// Locks an open file as a whole, or unlocks it: LOCK_SH, LOCK_EX, LOCK_UN, with LOCK_NB without waiting.
    #[function]
    fn flock(cx: &mut Context, fd: Fd, operation: i32) -> Result<io::Result<()>> {
        // SAFETY: (system 1) numbers.
        cx.interruptible(|_| done(unsafe { libc::flock(fd.0, operation) }))
    }

    /// Locks a part of an open file, or unlocks it: LOCK_SH, LOCK_EX, LOCK_UN, with LOCK_NB without waiting.
    #[function]
    fn lockf(
        cx: &mut Context,
        fd: Fd,
        cmd: i32,
        #[default(0)] len: i64,
        #[default(0)] start: i64,
        #[default(0)] whence: i32,
    ) -> Result<io::Result<()>> {
        let mut lock = libc::flock::zeroed();
        lock.l_type = if cmd == libc::LOCK_UN {
            libc::F_UNLCK as i16
        } else if cmd & libc::LOCK_SH != 0 {
            libc::F_RDLCK as i16
        } else if cmd & libc::LOCK_EX != 0 {
            libc::F_WRLCK as i16
        } else {
            return Err(cx.value_error("unrecognized lockf argument"));
        };
        (lock.l_start, lock.l_len, lock.l_whence) = (start, len, whence as i16);
        let request = if cmd & libc::LOCK_NB != 0 { libc::F_SETLK } else { libc::F_SETLKW };
        // SAFETY: (system 1) the structure is whole.
        cx.interruptible(|_| done(unsafe { libc::fcntl(fd.0, request, &lock) }))
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        add_constants(cx, module, NUMBERS);
        Ok(())
    }
}
