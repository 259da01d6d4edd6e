//! Terminals.

use crate::path::{c_bytes, decode};
use crate::system::{calls, check, done, plainly};
use libc::c_int;
use sidewinder_macros::native_functions;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::{Context, Owned, Result, struct_sequence};
use std::io;

struct_sequence! {
    /// The size of a terminal's window: a tuple (columns, lines).
    TERMINAL_SIZE = "os.terminal_size" shows 2 {
        0 "columns" "width of the terminal window in characters",
        1 "lines" "height of the terminal window in characters",
    }
}

/// The name of a terminal's device.
fn terminal_name(fd: c_int) -> io::Result<Vec<u8>> {
    let mut buffer = [0; 256];
    // SAFETY: (system 1) the buffer has the length said.
    crate::system::numbered(unsafe { libc::ttyname_r(fd, buffer.as_mut_ptr(), buffer.len()) })?;
    Ok(c_bytes(&buffer))
}

/// The name of the other end of a pseudo-terminal.
fn other_end(fd: c_int) -> io::Result<Vec<u8>> {
    let mut buffer = [0; 256];
    // SAFETY: (system 1) the buffer has the length said.
    crate::system::numbered(unsafe { libc::ptsname_r(fd, buffer.as_mut_ptr(), buffer.len()) })?;
    Ok(c_bytes(&buffer))
}

/// A pseudo-terminal: the descriptors of its ends, which child programs do not get.
pub fn open_pair() -> io::Result<(c_int, c_int)> {
    let (mut master, mut slave) = (-1, -1);
    let nothing = std::ptr::null_mut();
    // SAFETY: (system 1) two places for numbers; the rest may be null.
    done(unsafe { libc::openpty(&mut master, &mut slave, nothing, std::ptr::null(), std::ptr::null()) })?;
    for fd in [master, slave] {
        check(calls::control(fd, libc::F_SETFD, libc::FD_CLOEXEC as i64)?)?;
    }
    Ok((master, slave))
}

#[native_functions]
pub mod rows {
    use super::*;

    /// The size of the window of a terminal, that of standard output unless another one is given.
    #[function]
    fn get_terminal_size(cx: &mut Context, #[default(1, "<unrepresentable>")] fd: i32) -> Result<Owned> {
        let size = plainly(cx, Ok(calls::window_size(fd)))?;
        let items = [size.ws_col, size.ws_row].map(|count| int::from_i64(cx, count as i64)).into();
        TERMINAL_SIZE.make(cx, items)
    }

    /// The name of the terminal that an open file is.
    #[function]
    fn ttyname(cx: &mut Context, fd: i32) -> Result<Owned> {
        let name = plainly(cx, Ok(terminal_name(fd)))?;
        decode(cx, &name)
    }

    /// The name of the process's own terminal.
    #[function]
    fn ctermid(cx: &mut Context) -> Owned {
        StrObject::new(cx, "/dev/tty")
    }

    /// The encoding of a terminal; None if the file is no terminal.
    #[function]
    fn device_encoding(#[named] fd: i32) -> Option<&'static str> {
        (calls::isatty(fd) != 0).then_some("UTF-8")
    }

    /// The process group in the foreground of a terminal.
    #[function]
    fn tcgetpgrp(fd: i32) -> io::Result<i32> {
        check(calls::tcgetpgrp(fd))
    }

    /// Puts a process group in the foreground of a terminal.
    #[function]
    fn tcsetpgrp(fd: i32, pgid: i32) -> io::Result<()> {
        done(calls::tcsetpgrp(fd, pgid))
    }

    /// A pseudo-terminal: the descriptors of its two ends.
    #[function]
    fn openpty() -> io::Result<(i32, i32)> {
        open_pair()
    }

    /// The controlling end of a new pseudo-terminal.
    #[function]
    fn posix_openpt(oflag: i32) -> io::Result<i32> {
        let fd = check(calls::posix_openpt(oflag))?;
        calls::control(fd, libc::F_SETFD, libc::FD_CLOEXEC as i64)?;
        Ok(fd)
    }

    /// Lets the process use the other end of a pseudo-terminal.
    #[function]
    fn grantpt(fd: i32) -> io::Result<()> {
        done(calls::grantpt(fd))
    }

    /// Unlocks the other end of a pseudo-terminal.
    #[function]
    fn unlockpt(fd: i32) -> io::Result<()> {
        done(calls::unlockpt(fd))
    }

    /// The name of the other end of a pseudo-terminal.
    #[function]
    fn ptsname(cx: &mut Context, fd: i32) -> Result<Owned> {
        let name = plainly(cx, Ok(other_end(fd)))?;
        decode(cx, &name)
    }

    /// Makes a terminal the process's own, and its standard streams that terminal.
    #[function]
    fn login_tty(fd: i32) -> io::Result<()> {
        done(calls::login_tty(fd))
    }
}
