//! Transfers between open files, events and timers as files.

use super::descriptors::TRANSFER_MAX;
use crate::path::Fd;
use crate::system::{calls, check, numbered, plainly};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::{FromArgument, Index, Place};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::{Context, Result, Value};
use std::io;

/// A place in a file, or `None` for where the file is read or written next.
struct Offset(Option<i64>);

impl FromArgument<'_> for Offset {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<Offset> {
        if *value == singleton::none() {
            return Ok(Offset(None));
        }
        i64::from_argument(cx, value, place).map(|offset| Offset(Some(offset)))
    }
}

impl Offset {
    fn pointer(&mut self) -> *mut i64 {
        self.0.as_mut().map_or(std::ptr::null_mut(), |offset| &raw mut *offset)
    }
}

fn count_of(cx: &mut Context, count: Index) -> Result<usize> {
    usize::try_from(count.0).map_err(|_| cx.value_error("negative value for 'count' not allowed"))
}

#[native_functions]
pub mod rows {
    use super::*;

    /// Copies bytes from one file to another within the kernel; how many.
    #[function]
    fn copy_file_range(
        cx: &mut Context,
        #[named] src: i32,
        dst: i32,
        count: Index,
        #[default(Offset(None), "None")] mut offset_src: Offset,
        #[default(Offset(None), "None")] mut offset_dst: Offset,
    ) -> Result<io::Result<i64>> {
        let count = count_of(cx, count)?;
        cx.interruptible(|_| {
            // SAFETY: (system 1) the places are null or numbers that live as long as the call.
            check(unsafe { libc::copy_file_range(src, offset_src.pointer(), dst, offset_dst.pointer(), count, 0) })
                .map(|copied| copied as i64)
        })
    }

    /// Moves bytes between two files of which one is a pipe; how many.
    #[function]
    fn splice(
        cx: &mut Context,
        #[named] src: i32,
        dst: i32,
        count: Index,
        #[default(Offset(None), "None")] mut offset_src: Offset,
        #[default(Offset(None), "None")] mut offset_dst: Offset,
        #[default(0)] flags: u32,
    ) -> Result<io::Result<i64>> {
        let count = count_of(cx, count)?;
        cx.interruptible(|_| {
            // SAFETY: (system 1) the places are null or numbers that live as long as the call.
            check(unsafe { libc::splice(src, offset_src.pointer(), dst, offset_dst.pointer(), count, flags) })
                .map(|moved| moved as i64)
        })
    }

    /// Copies bytes from one file to another, from a place or (None) from where the file is read next; how many.
    #[function]
    fn sendfile(
        cx: &mut Context,
        #[named] out_fd: i32,
        in_fd: i32,
        mut offset: Offset,
        count: Index,
    ) -> Result<io::Result<i64>> {
        let count = usize::try_from(count.0).unwrap_or(usize::MAX).min(TRANSFER_MAX);
        cx.interruptible(|_| {
            // SAFETY: (system 1) the place is null or a number that lives as long as the call.
            check(unsafe { libc::sendfile(out_fd, in_fd, offset.pointer(), count) }).map(|sent| sent as i64)
        })
    }

    /// Says how a part of a file will be used.
    #[function]
    fn posix_fadvise(cx: &mut Context, fd: i32, offset: i64, length: i64, advice: i32) -> Result<io::Result<()>> {
        cx.interruptible(|_| numbered(calls::posix_fadvise(fd, offset, length, advice)))
    }

    /// Makes sure that there is room for a part of a file.
    #[function]
    fn posix_fallocate(cx: &mut Context, fd: i32, offset: i64, length: i64) -> Result<io::Result<()>> {
        cx.interruptible(|_| numbered(calls::posix_fallocate(fd, offset, length)))
    }

    /// A counter as a file.
    #[function]
    fn eventfd(#[named] initval: u32, #[default(libc::EFD_CLOEXEC, "EFD_CLOEXEC")] flags: i32) -> io::Result<i32> {
        check(calls::eventfd(initval, flags))
    }

    /// Takes the value of a counter.
    #[function]
    fn eventfd_read(cx: &mut Context, #[named] fd: Fd) -> Result<u64> {
        let mut word = [0; 8];
        let outcome = cx.detached(|_| calls::read(fd.0, &mut word));
        plainly(cx, Ok(outcome))?;
        Ok(u64::from_ne_bytes(word))
    }

    /// Adds to a counter.
    #[function]
    fn eventfd_write(cx: &mut Context, #[named] fd: Fd, value: u64) -> Result<()> {
        let outcome = cx.detached(|_| calls::write(fd.0, &value.to_ne_bytes()));
        plainly(cx, Ok(outcome)).map(drop)
    }
}
