//! Functions about open files.

use crate::path::Fd;
use crate::system::{calls, check, done, plainly};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::Index;
use sidewinder_runtime::native::argument::BytesLike;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception;
use sidewinder_runtime::{Context, Owned, Raised, Result};
use std::io;

/// Most bytes that one call transfers, as in CPython.
pub const TRANSFER_MAX: usize = i32::MAX as usize & !0xfff;

#[cold]
pub fn invalid(cx: &mut Context) -> Raised {
    crate::system::raise(cx, &io::Error::from_raw_os_error(libc::EINVAL))
}

/// A buffer of the length that a caller asked for. Its pages are only touched where something is read into them.
pub fn buffer_of(cx: &mut Context, length: i64) -> Result<Vec<u8>> {
    let Ok(length) = usize::try_from(length) else { return Err(invalid(cx)) };
    let length = length.min(TRANSFER_MAX);
    check_memory(cx, length)?;
    Ok(vec![0; length])
}

/// A `MemoryError` if there is no room for so many bytes.
fn check_memory(cx: &mut Context, length: usize) -> Result<()> {
    let has_room = Vec::<u8>::new().try_reserve_exact(length).is_ok();
    if has_room { Ok(()) } else { Err(exception::raise_arguments(cx, &exception::MEMORY_ERROR, &[])) }
}

/// Whether programs that this one starts get the file.
fn inheritable(fd: i32) -> io::Result<bool> {
    calls::control(fd, libc::F_GETFD, 0).map(|flags| flags & libc::FD_CLOEXEC == 0)
}

fn set_inheritable_flag(fd: i32, inheritable: bool) -> io::Result<()> {
    let before = calls::control(fd, libc::F_GETFD, 0)?;
    let after = if inheritable { before & !libc::FD_CLOEXEC } else { before | libc::FD_CLOEXEC };
    if before == after { Ok(()) } else { done(calls::control(fd, libc::F_SETFD, after as i64)?) }
}

#[native_functions]
pub mod rows {
    use super::*;

    /// Closes an open file.
    #[function]
    fn close(cx: &mut Context, #[named] fd: i32) -> io::Result<()> {
        // After an interruption it is closed all the same.
        match cx.detached(|_| done(calls::close(fd))) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            outcome => outcome,
        }
    }

    /// Closes all open files from fd_low to before fd_high; errors are ignored.
    #[function]
    fn closerange(cx: &mut Context, fd_low: i32, fd_high: i32) {
        cx.detached(|_| {
            let last = (fd_high as i64 - 1).min(i32::MAX as i64);
            let first = fd_low.max(0) as i64;
            if first <= last {
                // SAFETY: (system 1) numbers alone.
                let status = unsafe { libc::syscall(libc::SYS_close_range, first as u32, last as u32, 0) };
                if status != 0 {
                    (first..=last).for_each(|fd| drop(done(calls::close(fd as i32))));
                }
            }
        });
    }

    /// Another descriptor for an open file, which child programs do not get.
    #[function]
    fn dup(fd: i32) -> io::Result<i32> {
        calls::control(fd, libc::F_DUPFD_CLOEXEC, 0)
    }

    /// Makes fd2 a descriptor for the file of fd; what it was before is closed.
    #[function]
    fn dup2(cx: &mut Context, #[named] fd: i32, fd2: i32, #[default(true)] inheritable: bool) -> Result<i32> {
        if fd < 0 || fd2 < 0 {
            return Err(crate::system::raise(cx, &io::Error::from_raw_os_error(libc::EBADF)));
        }
        let outcome = cx.detached(|_| {
            if inheritable || fd == fd2 {
                let made = check(calls::dup2(fd, fd2))?;
                if !inheritable {
                    set_inheritable_flag(made, false)?;
                }
                Ok(made)
            } else {
                check(calls::dup3(fd, fd2, libc::O_CLOEXEC))
            }
        });
        plainly(cx, Ok(outcome))
    }

    /// Writes what is buffered of an open file to its device.
    #[function]
    fn fsync(cx: &mut Context, #[named] fd: Fd) -> Result<io::Result<()>> {
        cx.interruptible(|_| done(calls::fsync(fd.0)))
    }

    /// Writes the contents of an open file to its device, but not all that is known of it.
    #[function]
    fn fdatasync(cx: &mut Context, #[named] fd: Fd) -> Result<io::Result<()>> {
        cx.interruptible(|_| done(calls::fdatasync(fd.0)))
    }

    /// Writes everything that is buffered to its devices.
    #[function]
    fn sync(cx: &mut Context) {
        cx.detached(|_| calls::sync());
    }

    /// Cuts or extends an open file to a length.
    #[function]
    fn ftruncate(cx: &mut Context, fd: i32, length: i64) -> Result<io::Result<()>> {
        cx.interruptible(|_| done(calls::ftruncate(fd, length)))
    }

    /// Whether a read or write of the file waits.
    #[function]
    fn get_blocking(fd: i32) -> io::Result<bool> {
        calls::control(fd, libc::F_GETFL, 0).map(|flags| flags & libc::O_NONBLOCK == 0)
    }

    /// Says whether a read or write of the file waits.
    #[function]
    fn set_blocking(fd: i32, blocking: bool) -> io::Result<()> {
        let before = calls::control(fd, libc::F_GETFL, 0)?;
        let after = if blocking { before & !libc::O_NONBLOCK } else { before | libc::O_NONBLOCK };
        if before == after { Ok(()) } else { done(calls::control(fd, libc::F_SETFL, after as i64)?) }
    }

    /// Whether programs that this one starts get the file.
    #[function]
    fn get_inheritable(fd: i32) -> io::Result<bool> {
        super::inheritable(fd)
    }

    /// Says whether programs that this one starts get the file.
    #[function]
    fn set_inheritable(fd: i32, inheritable: i32) -> io::Result<()> {
        set_inheritable_flag(fd, inheritable != 0)
    }

    /// Whether the file is a terminal.
    #[function]
    fn isatty(fd: i32) -> bool {
        calls::isatty(fd) != 0
    }

    /// Locks a part of an open file, unlocks it, or asks whether it is free: F_LOCK, F_TLOCK, F_ULOCK, F_TEST.
    #[function]
    fn lockf(cx: &mut Context, fd: i32, command: i32, length: i64) -> Result<io::Result<()>> {
        cx.interruptible(|_| done(calls::lockf(fd, command, length)))
    }

    /// Moves the place at which a file is read and written next; the new place from the start.
    #[function]
    fn lseek(cx: &mut Context, fd: i32, position: i64, whence: i32) -> io::Result<i64> {
        cx.detached(|_| check(calls::lseek(fd, position, whence)))
    }

    /// A pipe: the descriptors of its ends for reading and for writing, which child programs do not get.
    #[function]
    fn pipe() -> io::Result<(i32, i32)> {
        pipe2(libc::O_CLOEXEC)
    }

    /// A pipe with flags: the descriptors of its ends for reading and for writing.
    #[function]
    fn pipe2(flags: i32) -> io::Result<(i32, i32)> {
        let mut fds = [0; 2];
        done(calls::pipe2(&mut fds, flags)).map(|()| (fds[0], fds[1]))
    }

    /// Reads at most so many bytes of an open file.
    #[function]
    fn read(cx: &mut Context, fd: i32, length: Index) -> Result<Owned> {
        let mut buffer = buffer_of(cx, length.0)?;
        let outcome = cx.interruptible(|_| calls::read(fd, &mut buffer));
        let count = plainly(cx, outcome)?;
        Ok(BytesObject::new(cx, &buffer[..count]))
    }

    /// Reads at most so many bytes from a place in an open file, and leaves the place of the next read alone.
    #[function]
    fn pread(cx: &mut Context, fd: i32, length: i32, offset: i64) -> Result<Owned> {
        let mut buffer = buffer_of(cx, length as i64)?;
        let outcome = cx.interruptible(|_| calls::pread(fd, &mut buffer, offset));
        let count = plainly(cx, outcome)?;
        Ok(BytesObject::new(cx, &buffer[..count]))
    }

    /// Writes bytes to an open file; how many were written.
    #[function]
    fn write(cx: &mut Context, fd: i32, data: BytesLike) -> Result<io::Result<usize>> {
        let bytes = &data.0[..data.0.len().min(TRANSFER_MAX)];
        cx.interruptible(|_| calls::write(fd, bytes))
    }

    /// Writes bytes at a place in an open file, and leaves the place of the next write alone.
    #[function]
    fn pwrite(cx: &mut Context, fd: i32, buffer: BytesLike, offset: i64) -> Result<io::Result<usize>> {
        let bytes = &buffer.0[..buffer.0.len().min(TRANSFER_MAX)];
        cx.interruptible(|_| calls::pwrite(fd, bytes, offset))
    }

    /// Random bytes of the system, fit for cryptography.
    #[function]
    fn urandom(cx: &mut Context, size: Index) -> Result<Bytes> {
        if size.0 < 0 {
            return Err(cx.value_error("negative argument not allowed"));
        }
        let mut left = size.0 as usize;
        check_memory(cx, left)?;
        let mut bytes = Vec::with_capacity(left);
        while left > 0 {
            let mut part = vec![0; left.min(1 << 20)];
            let outcome = cx.interruptible(|_| calls::getrandom(&mut part, 0));
            let count = plainly(cx, outcome)?;
            bytes.extend_from_slice(&part[..count]);
            left -= count;
        }
        Ok(Bytes(bytes))
    }

    /// Random bytes of the system, at most so many; flags are GRND_RANDOM and GRND_NONBLOCK.
    #[function]
    fn getrandom(cx: &mut Context, #[named] size: Index, #[default(0)] flags: i32) -> Result<Bytes> {
        let Ok(length) = usize::try_from(size.0) else { return Err(invalid(cx)) };
        check_memory(cx, length)?;
        // The system gives at most this much at a time.
        let mut bytes = vec![0; length.min(1 << 25)];
        let outcome = cx.interruptible(|_| calls::getrandom(&mut bytes, flags as u32));
        let count = plainly(cx, outcome)?;
        bytes.truncate(count);
        Ok(Bytes(bytes))
    }
}
