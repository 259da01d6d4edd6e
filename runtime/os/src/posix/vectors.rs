//! Transfers from and into several buffers.

use super::descriptors::TRANSFER_MAX;
use crate::system::{check, plainly};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::argument::WritableBuffer;
use sidewinder_runtime::objects::buffer::{Buffer, Request};
use sidewinder_runtime::operations::iterate;
use sidewinder_runtime::{Context, Result, Value};

/// Buffers in a sequence, with the addresses that the system takes. The buffers stay where they are as long as this lives.
struct Vectors {
    _buffers: Vec<Buffer>,
    parts: Parts,
}

/// Addresses and lengths.
struct Parts(Vec<libc::iovec>);

// SAFETY: (system 1) the memory is lent for as long as the call takes.
unsafe impl Send for Parts {}
// SAFETY: (system 1) as above.
unsafe impl Sync for Parts {}

impl Vectors {
    fn of(cx: &mut Context, value: Value, function: &str, request: Request) -> Result<Vectors> {
        if value.type_of().slots().get_item.is_none() || value.type_of().slots().length.is_none() {
            return Err(cx.type_error(format!("{function}() arg 2 must be a sequence")));
        }
        let mut buffers = Vec::new();
        for item in iterate::collect(cx, value)? {
            buffers.push(Buffer::get(cx, item.value(), request)?);
        }
        let parts =
            buffers.iter().map(|buffer| libc::iovec { iov_base: buffer.pointer().cast(), iov_len: buffer.len() });
        let parts = Parts(parts.collect());
        Ok(Vectors { _buffers: buffers, parts })
    }
}

impl Parts {
    fn addresses(&self) -> *const libc::iovec {
        self.0.as_ptr()
    }

    fn count(&self) -> i32 {
        self.0.len().min(i32::MAX as usize) as i32
    }
}

#[native_functions]
pub mod rows {
    use super::*;

    /// Reads an open file into a buffer; how many bytes came.
    #[function]
    fn readinto(cx: &mut Context, fd: i32, buffer: WritableBuffer) -> Result<i64> {
        let part =
            Parts(vec![libc::iovec { iov_base: buffer.0.pointer().cast(), iov_len: buffer.0.len().min(TRANSFER_MAX) }]);
        let part = &part;
        // SAFETY: (system 1) the buffer lends its memory.
        let outcome = cx.interruptible(|_| check(unsafe { libc::readv(fd, part.addresses(), part.count()) }));
        plainly(cx, outcome).map(|count| count as i64)
    }

    /// Reads an open file into several buffers, one after the other; how many bytes came.
    #[function]
    fn readv(cx: &mut Context, fd: i32, buffers: Value) -> Result<i64> {
        let vectors = Vectors::of(cx, buffers, "readv", Request::WRITABLE)?;
        let parts = &vectors.parts;
        // SAFETY: (system 1) the buffers lend their memory.
        let outcome = cx.interruptible(|_| check(unsafe { libc::readv(fd, parts.addresses(), parts.count()) }));
        plainly(cx, outcome).map(|count| count as i64)
    }

    /// Writes several buffers to an open file, one after the other; how many bytes were written.
    #[function]
    fn writev(cx: &mut Context, fd: i32, buffers: Value) -> Result<i64> {
        let vectors = Vectors::of(cx, buffers, "writev", Request::SIMPLE)?;
        let parts = &vectors.parts;
        // SAFETY: (system 1) the buffers lend their memory.
        let outcome = cx.interruptible(|_| check(unsafe { libc::writev(fd, parts.addresses(), parts.count()) }));
        plainly(cx, outcome).map(|count| count as i64)
    }

    /// Reads from a place in an open file into several buffers; how many bytes came.
    #[function]
    fn preadv(cx: &mut Context, fd: i32, buffers: Value, offset: i64, #[default(0)] flags: i32) -> Result<i64> {
        let vectors = Vectors::of(cx, buffers, "preadv2", Request::WRITABLE)?;
        let parts = &vectors.parts;
        let outcome = cx.interruptible(|_| {
            // SAFETY: (system 1) the buffers lend their memory.
            check(unsafe { libc::preadv2(fd, parts.addresses(), parts.count(), offset, flags) })
        });
        plainly(cx, outcome).map(|count| count as i64)
    }

    /// Writes several buffers at a place in an open file; how many bytes were written.
    #[function]
    fn pwritev(cx: &mut Context, fd: i32, buffers: Value, offset: i64, #[default(0)] flags: i32) -> Result<i64> {
        let vectors = Vectors::of(cx, buffers, "pwritev2", Request::SIMPLE)?;
        let parts = &vectors.parts;
        let outcome = cx.interruptible(|_| {
            // SAFETY: (system 1) the buffers lend their memory.
            check(unsafe { libc::pwritev2(fd, parts.addresses(), parts.count(), offset, flags) })
        });
        plainly(cx, outcome).map(|count| count as i64)
    }
}
