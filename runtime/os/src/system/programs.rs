//! Starting programs, and ending this one.

use super::check;
use std::ffi::{CStr, CString, c_char, c_int};
use std::io;

/// Texts as C takes a list of them: an array of pointers that ends with null.
pub struct TextList {
    texts: Vec<CString>,
    pointers: Vec<*const c_char>,
}

// SAFETY: (system 1) the pointers are to the texts, which go along and never change.
unsafe impl Send for TextList {}
// SAFETY: (system 1) as above.
unsafe impl Sync for TextList {}

impl TextList {
    pub fn new(texts: Vec<CString>) -> TextList {
        // The bytes of a `CString` do not move with it.
        let pointers = texts.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect();
        TextList { texts, pointers }
    }

    /// The array, which lives as long as this list.
    pub fn as_ptr(&self) -> *const *const c_char {
        self.pointers.as_ptr()
    }

    pub fn texts(&self) -> &[CString] {
        &self.texts
    }
}

/// Replaces the program; comes back only with an error.
pub fn execv(path: &CStr, arguments: &TextList) -> io::Error {
    // SAFETY: (system 1) a text and a list of texts.
    unsafe { libc::execv(path.as_ptr(), arguments.as_ptr()) };
    io::Error::last_os_error()
}

/// Replaces the program, with another environment.
pub fn execve(path: &CStr, arguments: &TextList, environment: &TextList) -> io::Error {
    // SAFETY: (system 1) a text and lists of texts.
    unsafe { libc::execve(path.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    io::Error::last_os_error()
}

/// Replaces the program by an open file.
pub fn fexecve(fd: c_int, arguments: &TextList, environment: &TextList) -> io::Error {
    // SAFETY: (system 1) a number and lists of texts.
    unsafe { libc::fexecve(fd, arguments.as_ptr(), environment.as_ptr()) };
    io::Error::last_os_error()
}

/// Ends the process at once.
pub fn exit(status: c_int) -> ! {
    // SAFETY: (system 1) it does not come back.
    unsafe { libc::_exit(status) }
}

/// The groups of the process.
pub fn groups() -> io::Result<Vec<libc::gid_t>> {
    // SAFETY: (system 1) with length 0, nothing is written.
    let count = check(unsafe { libc::getgroups(0, std::ptr::null_mut()) })?;
    let mut groups = vec![0; count as usize];
    // SAFETY: (system 1) the buffer has the length said.
    let count = check(unsafe { libc::getgroups(count, groups.as_mut_ptr()) })?;
    groups.truncate(count as usize);
    Ok(groups)
}

/// Sets the groups of the process.
pub fn set_groups(groups: &[libc::gid_t]) -> io::Result<()> {
    // SAFETY: (system 1) the buffer has the length said.
    check(unsafe { libc::setgroups(groups.len(), groups.as_ptr()) }).map(drop)
}

/// The groups of a user.
pub fn groups_of(user: &CStr, group: libc::gid_t) -> io::Result<Vec<libc::gid_t>> {
    let mut groups: Vec<libc::gid_t> = vec![0; 32];
    loop {
        let mut count = groups.len() as c_int;
        // SAFETY: (system 1) a text, and a buffer of the length said.
        let status = unsafe { libc::getgrouplist(user.as_ptr(), group, groups.as_mut_ptr(), &mut count) };
        if status != -1 {
            groups.truncate(count as usize);
            return Ok(groups);
        }
        if groups.len() > 1 << 16 {
            return Err(io::Error::last_os_error());
        }
        groups = vec![0; (groups.len() * 2).max(count as usize)];
    }
}

/// Sets a variable of the environment.
pub fn set_variable(name: &CStr, value: &CStr) -> io::Result<()> {
    // SAFETY: (system 1) texts; the GIL is held, as by all who read or change the environment.
    check(unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) }).map(drop)
}

/// Removes a variable of the environment.
pub fn unset_variable(name: &CStr) -> io::Result<()> {
    // SAFETY: (system 1) a text; the GIL is held, as by all who read or change the environment.
    check(unsafe { libc::unsetenv(name.as_ptr()) }).map(drop)
}
