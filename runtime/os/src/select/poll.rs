//! `select.poll`.

use crate::clock;
use crate::path::Fd;
use crate::system::{check, plainly};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{FromArgument, Place};
use sidewinder_runtime::objects::exception::{RUNTIME_ERROR, raise_os_error};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};
use std::io;

/// Files that are waited for, and what for.
#[native_type("select.poll")]
#[derive(Traverse, Default)]
pub struct Poll {
    #[plain]
    files: RefCell<Vec<(i32, u16)>>,
    /// Whether a thread is waiting.
    waiting: Cell<bool>,
}

/// What to wait for: bits that fit a C short.
struct Events(u16);

impl FromArgument<'_> for Events {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Events> {
        let number = convert::index(cx, *value)?;
        if int::is_negative(number.value()) {
            return Err(cx.value_error("Cannot convert negative int"));
        }
        match int::as_i64(number.value()).map(u16::try_from) {
            Some(Ok(events)) => Ok(Events(events)),
            _ => Err(cx.overflow_error("Python int too large for C unsigned short")),
        }
    }
}

const USUAL: Events = Events((libc::POLLIN | libc::POLLPRI | libc::POLLOUT) as u16);

#[methods]
impl Poll {
    /// Adds a file, or changes what it is waited for.
    fn register(&self, fd: Fd, #[default(USUAL, "POLLIN | POLLPRI | POLLOUT")] eventmask: Events) {
        let mut files = self.files.borrow_mut();
        match files.iter_mut().find(|(own, _)| *own == fd.0) {
            Some(file) => file.1 = eventmask.0,
            None => files.push((fd.0, eventmask.0)),
        }
    }

    /// Changes what a file is waited for.
    fn modify(&self, cx: &mut Context, fd: Fd, eventmask: Events) -> Result<()> {
        let found = self.files.borrow_mut().iter_mut().find(|(own, _)| *own == fd.0).map(|file| file.1 = eventmask.0);
        found.ok_or_else(|| raise_os_error(cx, libc::ENOENT, None))
    }

    /// Takes a file out.
    fn unregister(&self, cx: &mut Context, fd: Fd) -> Result<()> {
        let place = self.files.borrow().iter().position(|(own, _)| *own == fd.0);
        match place {
            Some(place) => {
                self.files.borrow_mut().remove(place);
                Ok(())
            }
            None => Err(cx.key_error(Value::from_small_int(fd.0 as i64))),
        }
    }

    /// Waits until a file is ready, at most so many milliseconds; pairs of file and what it is ready for.
    fn poll(&self, cx: &mut Context, #[default(singleton::none(), "None")] timeout: Value) -> Result<Owned> {
        let mut deadline = None;
        if timeout != singleton::none() {
            let length = clock::milliseconds_or(cx, timeout, "timeout must be an integer or None")?;
            if length / 1_000_000 > i32::MAX as i64 {
                return Err(cx.overflow_error("timeout is too large"));
            }
            deadline = (length >= 0).then(|| clock::monotonic().saturating_add(length));
        }
        if self.waiting.replace(true) {
            return Err(cx.raise(&RUNTIME_ERROR, "concurrent poll() invocation"));
        }
        let files = self.files.borrow().clone();
        let outcome = cx.interruptible(|_| {
            let mut asked: Vec<libc::pollfd> =
                files.iter().map(|(fd, events)| libc::pollfd { fd: *fd, events: *events as i16, revents: 0 }).collect();
            let time = clock::left(deadline).map_or(-1, milliseconds);
            // SAFETY: (system 1) the array has the length said.
            check(unsafe { libc::poll(asked.as_mut_ptr(), asked.len() as libc::nfds_t, time) })?;
            io::Result::Ok(asked)
        });
        self.waiting.set(false);
        let found = plainly(cx, outcome)?;
        let mut ready = Vec::new();
        for file in found.iter().filter(|file| file.revents != 0) {
            let (fd, events) = (int::from_i64(cx, file.fd as i64), int::from_i64(cx, file.revents as u16 as i64));
            ready.push(TupleObject::pair(cx, fd, events));
        }
        Ok(ListObject::new(cx, ready))
    }
}

/// Nanoseconds as whole milliseconds, rounded up: waits are never shorter.
pub fn milliseconds(nanoseconds: i64) -> i32 {
    (nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 != 0) as i64).min(i32::MAX as i64) as i32
}
