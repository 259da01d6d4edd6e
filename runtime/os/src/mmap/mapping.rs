//! Memory that the system has mapped.

use crate::system::{check, done};
use std::cell::Cell;
use std::io;

/// A mapping, or none. It is only touched by the thread that holds the GIL.
pub struct Mapping {
    /// Null where there is none.
    address: Cell<*mut u8>,
    length: Cell<usize>,
}

impl Mapping {
    pub fn new(length: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> io::Result<Mapping> {
        // SAFETY: (system 1) the system chooses a place that nobody uses.
        let address = unsafe { libc::mmap(std::ptr::null_mut(), length, protection, flags, fd, offset) };
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Mapping { address: Cell::new(address.cast()), length: Cell::new(length) })
    }

    pub fn is_closed(&self) -> bool {
        self.address.get().is_null()
    }

    pub fn address(&self) -> *mut u8 {
        self.address.get()
    }

    pub fn len(&self) -> usize {
        self.length.get()
    }

    /// Gives the memory back. Nobody may have borrowed it.
    pub fn close(&self) {
        let address = self.address.replace(std::ptr::null_mut());
        let length = self.length.replace(0);
        if !address.is_null() {
            // SAFETY: (system 1) the mapping of `new`, which nobody uses any more.
            unsafe { libc::munmap(address.cast(), length) };
        }
    }

    /// Another length, perhaps at another place. Nobody may have borrowed the memory.
    pub fn resize(&self, length: usize) -> io::Result<()> {
        // SAFETY: (system 1) the mapping of `new`.
        let address = unsafe { libc::mremap(self.address().cast(), self.len(), length, libc::MREMAP_MAYMOVE) };
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        self.address.set(address.cast());
        self.length.set(length);
        Ok(())
    }

    /// A copy of bytes, which must be within the mapping.
    pub fn copy_out(&self, from: usize, count: usize) -> Vec<u8> {
        assert!(from <= self.len() && count <= self.len() - from);
        let mut bytes = Vec::with_capacity(count);
        // SAFETY: (system 1) within the mapping, which others may change, but not take away.
        unsafe {
            std::ptr::copy_nonoverlapping(self.address().add(from), bytes.as_mut_ptr(), count);
            bytes.set_len(count);
        }
        bytes
    }

    /// Overwrites bytes, which must be within the mapping.
    pub fn copy_in(&self, to: usize, bytes: &[u8]) {
        assert!(to <= self.len() && bytes.len() <= self.len() - to);
        // SAFETY: (system 1) within the mapping, which callers have checked to be writable.
        unsafe { std::ptr::copy(bytes.as_ptr(), self.address().add(to), bytes.len()) };
    }

    /// Writes a part, from the start of a page, to the file.
    pub fn flush(&self, from: usize, count: usize) -> io::Result<()> {
        assert!(from <= self.len() && count <= self.len() - from);
        // SAFETY: (system 1) within the mapping.
        check(unsafe { libc::msync(self.address().add(from).cast(), count, libc::MS_SYNC) }).map(drop)
    }

    /// Says how a part will be used.
    pub fn advise(&self, advice: i32, from: usize, count: usize) -> io::Result<()> {
        assert!(from <= self.len() && count <= self.len() - from);
        // SAFETY: (system 1) within the mapping; advice changes no contents that anybody has borrowed, but as files do.
        done(unsafe { libc::madvise(self.address().add(from).cast(), count, advice) })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.close();
    }
}
