//! Copies of whole databases.

use super::{Database, Failure, Outcome};
use libsqlite3_sys as sys;
use std::ffi::CStr;
use std::ptr::NonNull;
use std::sync::Arc;

/// A copy on its way from one database to another.
pub struct Backup {
    raw: Option<NonNull<sys::sqlite3_backup>>,
    target: Arc<Database>,
    _source: Arc<Database>,
}

// SAFETY: (sqlite 1) as for a database; whoever goes on with the copy has it exclusively.
unsafe impl Send for Backup {}

impl Backup {
    /// Starts to copy the database of that name.
    pub fn start(target: &Arc<Database>, source: &Arc<Database>, name: &CStr) -> Outcome<Backup> {
        // SAFETY: (sqlite 1) both handles are open, the names end with nul bytes.
        let raw = unsafe { sys::sqlite3_backup_init(target.raw(), c"main".as_ptr(), source.raw(), name.as_ptr()) };
        match NonNull::new(raw) {
            Some(raw) => Ok(Backup { raw: Some(raw), target: target.clone(), _source: source.clone() }),
            None => Err(target.failure()),
        }
    }

    fn handle(&self) -> *mut sys::sqlite3_backup {
        self.raw.map_or(std::ptr::null_mut(), NonNull::as_ptr)
    }

    /// Copies so many pages, all that are left for a negative number. Gives the library's code.
    pub fn step(&mut self, pages: i32) -> i32 {
        // SAFETY: (sqlite 1) the copy has not been ended, and is used by nobody else.
        unsafe { sys::sqlite3_backup_step(self.handle(), pages) }
    }

    /// Pages that are still to be copied, and all pages, as of the last step.
    pub fn progress(&self) -> (i32, i32) {
        // SAFETY: (sqlite 1) as above.
        unsafe { (sys::sqlite3_backup_remaining(self.handle()), sys::sqlite3_backup_pagecount(self.handle())) }
    }

    /// Ends the copy: what has gone wrong on the way.
    pub fn finish(mut self) -> Outcome<()> {
        let code = self.end();
        if code == sys::SQLITE_OK {
            return Ok(());
        }
        let failure = self.target.failure();
        Err(if failure.code == sys::SQLITE_OK { Failure::of_code(code) } else { failure })
    }

    fn end(&mut self) -> i32 {
        match self.raw.take() {
            // SAFETY: (sqlite 1) as above; the handle is gone from now on.
            Some(raw) => unsafe { sys::sqlite3_backup_finish(raw.as_ptr()) },
            None => sys::SQLITE_OK,
        }
    }
}

impl Drop for Backup {
    fn drop(&mut self) {
        self.end();
    }
}
