//! Standard streams that were closed before the process started. Rust's runtime opens a null device in their place
//! before `main`; Python is to see that they are not there.

use std::sync::atomic::{AtomicU8, Ordering};

/// One bit for each of the first three descriptors that was closed.
static CLOSED: AtomicU8 = AtomicU8::new(0);

extern "C" fn look() {
    for fd in 0..3 {
        // SAFETY: a call of the system without pointers.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
            CLOSED.fetch_or(1 << fd, Ordering::Relaxed);
        }
    }
}

// SAFETY: the loader calls the functions of this section before anything else; this one needs nothing of the runtime.
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

/// Closes again what was closed.
pub fn close_again() {
    let closed = CLOSED.load(Ordering::Relaxed);
    for fd in (0..3).filter(|fd| closed & 1 << fd != 0) {
        // SAFETY: the descriptor is the null device that the runtime opened; nobody else uses it.
        unsafe { libc::close(fd) };
    }
}
