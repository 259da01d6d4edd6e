//! Extended attributes of files.

use super::status::check_alone;
use crate::path::{Directory, FileName, HERE, PathOrFd, Target, decode};
use crate::system::{calls, check, done, raise_named, text};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::argument::BytesLike;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::{Context, Owned, Result};
use std::ffi::CStr;
use std::io;

/// The largest value of an attribute.
const SIZE_MAX: usize = 65536;

/// Reads what the system writes into a buffer, with a larger one if the first was too small.
fn with_buffer(mut call: impl FnMut(&mut [u8]) -> isize) -> io::Result<Vec<u8>> {
    for size in [256, SIZE_MAX] {
        let mut buffer = vec![0; size];
        match check(call(&mut buffer)) {
            Ok(count) => {
                buffer.truncate(count as usize);
                return Ok(buffer);
            }
            Err(error) if error.raw_os_error() == Some(libc::ERANGE) => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from_raw_os_error(libc::ERANGE))
}

fn read(target: &Target, name: &CStr, follow: bool) -> io::Result<Vec<u8>> {
    let name = name.as_ptr();
    with_buffer(|buffer| {
        let (room, length) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: (system 1) texts, and a buffer of the length said.
        unsafe {
            match target {
                Target::Fd(fd) => libc::fgetxattr(*fd, name, room, length),
                Target::Name(path) if follow => libc::getxattr(path.as_ptr(), name, room, length),
                Target::Name(path) => libc::lgetxattr(path.as_ptr(), name, room, length),
            }
        }
    })
}

fn write(target: &Target, name: &CStr, value: &[u8], flags: i32, follow: bool) -> io::Result<()> {
    let name = name.as_ptr();
    let (place, length) = (value.as_ptr().cast(), value.len());
    // SAFETY: (system 1) texts, and a buffer of the length said.
    done(unsafe {
        match target {
            Target::Fd(fd) => libc::fsetxattr(*fd, name, place, length, flags),
            Target::Name(path) if follow => libc::setxattr(path.as_ptr(), name, place, length, flags),
            Target::Name(path) => libc::lsetxattr(path.as_ptr(), name, place, length, flags),
        }
    })
}

fn list(target: &Target, follow: bool) -> io::Result<Vec<u8>> {
    with_buffer(|buffer| {
        let (room, length) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: (system 1) texts, and a buffer of the length said.
        unsafe {
            match target {
                Target::Fd(fd) => libc::flistxattr(*fd, room, length),
                Target::Name(path) if follow => libc::listxattr(path.as_ptr(), room, length),
                Target::Name(path) => libc::llistxattr(path.as_ptr(), room, length),
            }
        }
    })
}

#[native_functions]
pub mod rows {
    use super::*;

    /// The value of an extended attribute of a file, which a path or a descriptor names.
    #[function]
    fn getxattr(
        cx: &mut Context,
        #[named] path: PathOrFd,
        attribute: FileName,
        #[keyword]
        #[default(true)]
        follow_symlinks: bool,
    ) -> Result<Bytes> {
        check_alone(cx, "getxattr", &path, HERE, follow_symlinks)?;
        let target = &path.target;
        let outcome = cx.detached(|_| read(target, &attribute.0, follow_symlinks));
        outcome.map(Bytes).map_err(|error| raise_named(cx, &error, path.value()))
    }

    /// Sets an extended attribute of a file; XATTR_CREATE: it must be new, XATTR_REPLACE: it must exist.
    #[function]
    fn setxattr(
        cx: &mut Context,
        #[named] path: PathOrFd,
        attribute: FileName,
        value: BytesLike,
        #[default(0)] flags: i32,
        #[keyword]
        #[default(true)]
        follow_symlinks: bool,
    ) -> Result<()> {
        check_alone(cx, "setxattr", &path, HERE, follow_symlinks)?;
        let target = &path.target;
        let outcome = cx.detached(|_| write(target, &attribute.0, &value.0, flags, follow_symlinks));
        outcome.map_err(|error| raise_named(cx, &error, path.value()))
    }

    /// Removes an extended attribute of a file.
    #[function]
    fn removexattr(
        cx: &mut Context,
        #[named] path: PathOrFd,
        attribute: FileName,
        #[keyword]
        #[default(true)]
        follow_symlinks: bool,
    ) -> Result<()> {
        check_alone(cx, "removexattr", &path, HERE, follow_symlinks)?;
        let target = &path.target;
        let outcome = cx.detached(|_| {
            let name = text(&attribute.0);
            done(match target {
                Target::Fd(fd) => calls::fremovexattr(*fd, name),
                Target::Name(path) if follow_symlinks => calls::removexattr(text(path), name),
                Target::Name(path) => calls::lremovexattr(text(path), name),
            })
        });
        outcome.map_err(|error| raise_named(cx, &error, path.value()))
    }

    /// The names of a file's extended attributes.
    #[function]
    fn listxattr(
        cx: &mut Context,
        #[named]
        #[default(Directory::here(cx), "None")]
        path: Directory,
        #[keyword]
        #[default(true)]
        follow_symlinks: bool,
    ) -> Result<Owned> {
        check_alone(cx, "listxattr", &path.0, HERE, follow_symlinks)?;
        let target = &path.0.target;
        let outcome = cx.detached(|_| list(target, follow_symlinks));
        let names = outcome.map_err(|error| raise_named(cx, &error, path.0.value()))?;
        let names = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        let names = names.map(|name| decode(cx, name)).collect::<Result<Vec<Owned>>>()?;
        Ok(ListObject::new(cx, names))
    }
}
