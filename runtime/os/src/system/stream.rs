//! Reading directories.

use std::ffi::{CStr, c_int};
use std::io;
use std::ptr::NonNull;

/// What a directory says of an entry.
#[derive(Clone, Copy)]
pub struct RawEntry {
    pub inode: u64,
    /// A `DT_*` number.
    pub kind: u8,
}

/// An open directory.
pub struct DirectoryStream(NonNull<libc::DIR>);

// SAFETY: (system 1) a stream may be used by any thread, one at a time.
unsafe impl Send for DirectoryStream {}

impl DirectoryStream {
    pub fn open(path: &CStr) -> io::Result<DirectoryStream> {
        // SAFETY: (system 1) the path is a text.
        NonNull::new(unsafe { libc::opendir(path.as_ptr()) }).map(DirectoryStream).ok_or_else(io::Error::last_os_error)
    }

    /// Takes over a descriptor, and starts at the beginning.
    pub fn of_fd(fd: c_int) -> io::Result<DirectoryStream> {
        // SAFETY: (system 1) a number.
        match NonNull::new(unsafe { libc::fdopendir(fd) }) {
            Some(stream) => {
                // SAFETY: (system 1) an open stream.
                unsafe { libc::rewinddir(stream.as_ptr()) };
                Ok(DirectoryStream(stream))
            }
            None => {
                let error = io::Error::last_os_error();
                super::calls::close(fd);
                Err(error)
            }
        }
    }

    /// The next entry with its name; `.` and `..` are left out.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> io::Result<Option<(RawEntry, Vec<u8>)>> {
        loop {
            // SAFETY: (system 1) an open stream; the entry is read before the next call.
            unsafe {
                *libc::__errno_location() = 0;
                let Some(entry) = libc::readdir(self.0.as_ptr()).as_ref() else {
                    let error = io::Error::last_os_error();
                    return if error.raw_os_error() == Some(0) { Ok(None) } else { Err(error) };
                };
                let name = CStr::from_ptr(entry.d_name.as_ptr()).to_bytes();
                if name != b"." && name != b".." {
                    let raw = RawEntry { inode: entry.d_ino as u64, kind: entry.d_type };
                    return Ok(Some((raw, name.to_vec())));
                }
            }
        }
    }
}

impl Drop for DirectoryStream {
    fn drop(&mut self) {
        // SAFETY: (system 1) an open stream, which nobody uses any more.
        unsafe { libc::closedir(self.0.as_ptr()) };
    }
}
