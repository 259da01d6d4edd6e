//! `select.epoll`.

use super::poll::milliseconds;
use crate::clock;
use crate::path::Fd;
use crate::system::{calls, check, done, plainly};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{FromArgument, NativeObject, Place};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{exception, int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Raised, Result, TypeObject, Value};
use std::cell::Cell;
use std::io;

/// Waits for many files: epoll(sizehint=-1, flags=0).
#[native_type("select.epoll")]
#[derive(Traverse)]
pub struct Epoll {
    fd: Cell<i32>,
}

impl Drop for Epoll {
    fn drop(&mut self) {
        self.shut();
    }
}

impl Epoll {
    /// Closes it, if it is open.
    fn shut(&self) {
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            calls::close(fd);
        }
    }

    fn open(&self, cx: &mut Context) -> Result<i32> {
        let fd = self.fd.get();
        if fd < 0 { Err(closed(cx)) } else { Ok(fd) }
    }

    fn change(&self, cx: &mut Context, operation: i32, fd: Fd, events: u32) -> Result<()> {
        let own = self.open(cx)?;
        let mut event = libc::epoll_event { events, u64: fd.0 as u64 };
        // SAFETY: (system 1) the structure is whole.
        let outcome = done(unsafe { libc::epoll_ctl(own, operation, fd.0, &mut event) });
        plainly(cx, Ok(outcome))
    }
}

#[cold]
fn closed(cx: &mut Context) -> Raised {
    cx.value_error("I/O operation on closed epoll object")
}

/// What to wait for.
struct Events(u32);

impl FromArgument<'_> for Events {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Events> {
        let number = convert::index(cx, *value)?;
        Ok(Events(int::as_i64(number.value()).unwrap_or_default() as u32))
    }
}

const USUAL: Events = Events((libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32);

/// Events that are taken at a time if nobody says how many.
const EVENTS_MAX: i32 = libc::FD_SETSIZE as i32 - 1;

#[methods]
impl Epoll {
    #[new(name = "epoll")]
    fn new(
        cx: &mut Context,
        #[named]
        #[default(-1)]
        sizehint: i32,
        #[default(0)] flags: i32,
    ) -> Result<Epoll> {
        if sizehint == 0 || sizehint < -1 {
            return Err(cx.value_error("negative sizehint"));
        }
        if flags != 0 && flags != libc::EPOLL_CLOEXEC {
            return Err(cx.raise(&exception::OS_ERROR, "invalid flags"));
        }
        // SAFETY: (system 1) a number.
        let outcome = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) });
        plainly(cx, Ok(outcome)).map(|fd| Epoll { fd: Cell::new(fd) })
    }

    /// An object over a descriptor that exists.
    #[class_method]
    fn fromfd(class: &'static TypeObject, cx: &mut Context, fd: i32) -> Result<Owned> {
        NativeObject::allocate(cx, class, Epoll { fd: Cell::new(fd) })
    }

    /// Closes it; further calls raise ValueError.
    fn close(&self) {
        self.shut();
    }

    /// Whether it is closed.
    #[get]
    fn closed(&self) -> bool {
        self.fd.get() < 0
    }

    /// Its descriptor.
    fn fileno(&self, cx: &mut Context) -> Result<i32> {
        self.open(cx)
    }

    /// Adds a file.
    fn register(
        &self,
        cx: &mut Context,
        #[named] fd: Fd,
        #[default(USUAL, "EPOLLIN | EPOLLPRI | EPOLLOUT")] eventmask: Events,
    ) -> Result<()> {
        self.change(cx, libc::EPOLL_CTL_ADD, fd, eventmask.0)
    }

    /// Changes what a file is waited for.
    fn modify(&self, cx: &mut Context, #[named] fd: Fd, eventmask: Events) -> Result<()> {
        self.change(cx, libc::EPOLL_CTL_MOD, fd, eventmask.0)
    }

    /// Takes a file out.
    fn unregister(&self, cx: &mut Context, #[named] fd: Fd) -> Result<()> {
        self.change(cx, libc::EPOLL_CTL_DEL, fd, 0)
    }

    /// Waits until files are ready, at most so many seconds; pairs of file and what it is ready for, at most so many.
    fn poll(
        &self,
        cx: &mut Context,
        #[named]
        #[default(singleton::none(), "None")]
        timeout: Value,
        #[default(-1)] maxevents: i32,
    ) -> Result<Owned> {
        let own = self.open(cx)?;
        let mut deadline = None;
        if timeout != singleton::none() {
            let length = clock::seconds_or(cx, timeout, "timeout must be an integer or None")?;
            if length / 1_000_000 > i32::MAX as i64 {
                return Err(cx.overflow_error("timeout is too large"));
            }
            deadline = (length >= 0).then(|| clock::monotonic().saturating_add(length));
        }
        let most = if maxevents == -1 { EVENTS_MAX } else { maxevents };
        if most < 1 {
            return Err(cx.value_error(format!("maxevents must be greater than 0, got {maxevents}")));
        }
        let outcome = cx.interruptible(|_| {
            let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; (most as usize).min(1 << 16)];
            let time = clock::left(deadline).map_or(-1, milliseconds);
            // SAFETY: (system 1) the array has the length said.
            let count = check(unsafe { libc::epoll_wait(own, events.as_mut_ptr(), events.len() as i32, time) })?;
            events.truncate(count as usize);
            io::Result::Ok(events)
        });
        let found = plainly(cx, outcome)?;
        let mut ready = Vec::with_capacity(found.len());
        for event in found {
            let (fd, events) = (event.u64 as i32 as i64, event.events as i64);
            let (fd, events) = (int::from_i64(cx, fd), int::from_i64(cx, events));
            ready.push(TupleObject::pair(cx, fd, events));
        }
        Ok(ListObject::new(cx, ready))
    }

    #[method(name = "__enter__")]
    fn enter(this: &NativeObject<Epoll>, cx: &mut Context) -> Result<Owned> {
        this.open(cx)?;
        Ok(this.to_owned_value())
    }

    #[method(name = "__exit__")]
    fn exit(
        &self,
        #[default(singleton::none(), "None")] exc_type: Value,
        #[default(singleton::none(), "None")] exc_value: Value,
        #[default(singleton::none(), "None")] exc_tb: Value,
    ) {
        let _ = (exc_type, exc_value, exc_tb);
        self.shut();
    }
}
