//! Calls of the system that wait as a socket's timeout says (`sock_call` in CPython's Modules/socketmodule.c).

use super::Socket;
use crate::{errors, system};
use sidewinder_os::clock;
use sidewinder_runtime::{Context, Result, signals};
use std::io;

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Read,
    Write,
}

/// What has become of a call.
pub enum Outcome<T> {
    Done(T),
    TimedOut,
    Failed(io::Error),
}

impl<T> Outcome<T> {
    /// The result, or the exception for what stood in its way.
    pub fn finish(self, cx: &mut Context) -> Result<T> {
        match self {
            Outcome::Done(result) => Ok(result),
            Outcome::TimedOut => Err(errors::timed_out(cx)),
            Outcome::Failed(error) => Err(system::raise(cx, &error)),
        }
    }
}

/// Makes a call, which gets the descriptor, once the socket is ready or at most after so many nanoseconds (never, if that
/// is negative). Signals are served in between.
pub fn call<T: Send>(
    cx: &mut Context,
    socket: &Socket,
    direction: Direction,
    timeout: i64,
    work: impl FnMut(i32) -> io::Result<T> + Send,
) -> Result<Outcome<T>> {
    run(cx, socket, direction, timeout, false, work)
}

/// As `call`, with the socket's timeout, for a connection that is being made: it waits in any case.
pub fn connecting<T: Send>(
    cx: &mut Context,
    socket: &Socket,
    work: impl FnMut(i32) -> io::Result<T> + Send,
) -> Result<Outcome<T>> {
    run(cx, socket, Direction::Write, socket.timeout.get(), true, work)
}

fn run<T: Send>(
    cx: &mut Context,
    socket: &Socket,
    direction: Direction,
    timeout: i64,
    connects: bool,
    mut work: impl FnMut(i32) -> io::Result<T> + Send,
) -> Result<Outcome<T>> {
    let deadline = (timeout > 0).then(|| clock::monotonic().saturating_add(timeout));
    loop {
        if deadline.is_some() || connects {
            let left = deadline.map(|deadline| deadline.saturating_sub(clock::monotonic()));
            if left.is_some_and(|left| left < 0) {
                return Ok(Outcome::TimedOut);
            }
            match wait(cx, socket.fd.get(), direction, left, connects) {
                Ok(true) => {}
                Ok(false) => return Ok(Outcome::TimedOut),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    signals::check(cx)?;
                    continue;
                }
                Err(error) => return Ok(Outcome::Failed(error)),
            }
        }
        let error = loop {
            let fd = socket.fd.get();
            match cx.detached(|_| work(fd)) {
                Ok(result) => return Ok(Outcome::Done(result)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => signals::check(cx)?,
                Err(error) => break error,
            }
        };
        // It was not ready after all.
        if socket.timeout.get() > 0 && error.kind() == io::ErrorKind::WouldBlock {
            continue;
        }
        return Ok(Outcome::Failed(error));
    }
}

/// Waits until a descriptor is ready, at most so many nanoseconds. Whether it is.
fn wait(cx: &mut Context, fd: i32, direction: Direction, left: Option<i64>, connects: bool) -> io::Result<bool> {
    // A socket that is closed gives its error at once.
    if fd < 0 {
        return Ok(true);
    }
    let mut events = if direction == Direction::Write { libc::POLLOUT } else { libc::POLLIN };
    if connects {
        events |= libc::POLLERR;
    }
    let time = left.map_or(-1, |left| (left / 1_000_000 + (left % 1_000_000 != 0) as i64).min(i32::MAX as i64) as i32);
    cx.detached(|_| {
        let mut asked = libc::pollfd { fd, events, revents: 0 };
        // SAFETY: (system 1) one structure, as said.
        system::check(unsafe { libc::poll(&mut asked, 1, time) }).map(|count| count > 0)
    })
}
