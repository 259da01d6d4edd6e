//! Semaphores that processes share by a name (`sem_open`).

use super::{check, done};
use std::ffi::CStr;
use std::io;
use std::ptr::NonNull;

/// An open semaphore. It is closed when this is dropped.
pub struct Semaphore(NonNull<libc::sem_t>);

// SAFETY: (system 1) the functions on semaphores may be called by any thread, and by several at once.
unsafe impl Send for Semaphore {}
// SAFETY: (system 1) as above.
unsafe impl Sync for Semaphore {}

impl Drop for Semaphore {
    fn drop(&mut self) {
        // SAFETY: (system 1) the semaphore is open, and nobody else has it.
        unsafe { libc::sem_close(self.0.as_ptr()) };
    }
}

impl Semaphore {
    fn opened(pointer: *mut libc::sem_t) -> io::Result<Semaphore> {
        match NonNull::new(pointer) {
            Some(pointer) if pointer.as_ptr() != libc::SEM_FAILED => Ok(Semaphore(pointer)),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Makes a semaphore under a name that nobody uses.
    pub fn create(name: &CStr, value: u32) -> io::Result<Semaphore> {
        let flags = libc::O_CREAT | libc::O_EXCL;
        // SAFETY: (system 1) a text and numbers; mode and value are passed, as the flags want.
        Semaphore::opened(unsafe { libc::sem_open(name.as_ptr(), flags, 0o600 as libc::c_uint, value) })
    }

    /// Opens a semaphore that is there.
    pub fn open(name: &CStr) -> io::Result<Semaphore> {
        // SAFETY: (system 1) a text and a number.
        Semaphore::opened(unsafe { libc::sem_open(name.as_ptr(), 0) })
    }

    /// The number that stands for it in this process.
    pub fn handle(&self) -> usize {
        self.0.as_ptr() as usize
    }

    /// Takes one, or fails with `EAGAIN`.
    pub fn try_wait(&self) -> io::Result<()> {
        // SAFETY: (system 1) the semaphore is open.
        done(unsafe { libc::sem_trywait(self.0.as_ptr()) })
    }

    /// Takes one, and waits for it until a point of the system's time at most.
    pub fn wait(&self, until: Option<&libc::timespec>) -> io::Result<()> {
        // SAFETY: (system 1) the semaphore is open, the time is whole.
        done(unsafe {
            match until {
                Some(until) => libc::sem_timedwait(self.0.as_ptr(), until),
                None => libc::sem_wait(self.0.as_ptr()),
            }
        })
    }

    /// Gives one back.
    pub fn post(&self) -> io::Result<()> {
        // SAFETY: (system 1) the semaphore is open.
        done(unsafe { libc::sem_post(self.0.as_ptr()) })
    }

    /// How many can be taken now.
    pub fn value(&self) -> io::Result<i32> {
        let mut value = 0;
        // SAFETY: (system 1) the semaphore is open, the number a local.
        check(unsafe { libc::sem_getvalue(self.0.as_ptr(), &mut value) }).map(|_| value.max(0))
    }
}

/// Removes the name of a semaphore, which lives until nobody uses it any more.
pub fn unlink(name: &CStr) -> io::Result<()> {
    // SAFETY: (system 1) a text.
    done(unsafe { libc::sem_unlink(name.as_ptr()) })
}
