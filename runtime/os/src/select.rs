//! The module `select`: waiting until one of several files can be read or written.

mod epoll;
mod poll;

pub use epoll::Epoll;
pub use poll::Poll;

use crate::clock;
use crate::path::Fd;
use crate::system::{add_constants, check, plainly};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::exception::OS_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::operations::iterate;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::io;

static NUMBERS: &[(&str, i64)] = crate::constants! {
    POLLIN POLLPRI POLLOUT POLLERR POLLHUP POLLNVAL POLLRDNORM POLLRDBAND POLLWRNORM POLLWRBAND POLLRDHUP EPOLLIN EPOLLOUT
    EPOLLPRI EPOLLERR EPOLLHUP EPOLLRDHUP EPOLLONESHOT EPOLLEXCLUSIVE EPOLLWAKEUP EPOLLRDNORM EPOLLRDBAND EPOLLWRNORM
    EPOLLWRBAND EPOLLMSG EPOLL_CLOEXEC PIPE_BUF
};

/// Numbers that the C library has in other types, or not at all.
static MORE: &[(&str, i64)] = &[("POLLMSG", 0x400), ("EPOLLET", 0x8000_0000)];

/// Files that `select` is asked about.
struct Asked {
    /// Descriptors with the objects that name them.
    files: Vec<(i32, Owned)>,
    set: libc::fd_set,
}

impl Asked {
    fn of(cx: &mut Context, value: Value) -> Result<Asked> {
        let slots = value.type_of().slots();
        if slots.iter.is_none() && slots.get_item.is_none() {
            return Err(cx.type_error("arguments 1-3 must be sequences"));
        }
        let mut files = Vec::new();
        for item in iterate::collect(cx, value)? {
            let fd = Fd::of(cx, item.value())?.0;
            if fd as usize >= libc::FD_SETSIZE {
                return Err(cx.value_error("filedescriptor out of range in select()"));
            }
            if files.len() > libc::FD_SETSIZE {
                return Err(cx.value_error("too many file descriptors in select()"));
            }
            files.push((fd, item));
        }
        Ok(Asked { set: set_of(&files), files })
    }

    /// The objects of the files that are ready.
    fn ready(&self, cx: &mut Context, found: &libc::fd_set) -> Owned {
        // SAFETY: (system 1) the descriptors are within the set.
        let ready = self.files.iter().filter(|(fd, _)| unsafe { libc::FD_ISSET(*fd, found) });
        let ready = ready.map(|(_, object)| object.clone()).collect();
        ListObject::new(cx, ready)
    }
}

fn set_of(files: &[(i32, Owned)]) -> libc::fd_set {
    // SAFETY: (system 1) the structure is made empty first, and the descriptors are within it.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::FD_ZERO(&mut set);
        files.iter().for_each(|(fd, _)| libc::FD_SET(*fd, &mut set));
        set
    }
}

/// Waiting until one of several files can be read or written.
#[native_module("select", types(Epoll, hidden Poll))]
mod rows {
    use super::*;

    /// Waits until a file in one of three lists is ready: to be read, to be written, or with something exceptional; at most
    /// so many seconds. The files that are ready, in three lists.
    #[function]
    fn select(
        cx: &mut Context,
        rlist: Value,
        wlist: Value,
        xlist: Value,
        #[default(singleton::none(), "None")] timeout: Value,
    ) -> Result<(Owned, Owned, Owned)> {
        let mut deadline = None;
        if timeout != singleton::none() {
            let length = clock::seconds_or(cx, timeout, "timeout must be a float or None")?;
            if length < 0 {
                return Err(cx.value_error("timeout must be non-negative"));
            }
            deadline = Some(clock::monotonic().saturating_add(length));
        }
        let lists = [Asked::of(cx, rlist)?, Asked::of(cx, wlist)?, Asked::of(cx, xlist)?];
        let count = lists.iter().flat_map(|list| &list.files).map(|(fd, _)| fd + 1).max().unwrap_or(0);
        let asked = [lists[0].set, lists[1].set, lists[2].set];
        let outcome = cx.interruptible(|_| {
            let [mut read, mut write, mut special] = asked;
            let mut time = clock::left(deadline).map(clock::timeval);
            let time = time.as_mut().map_or(std::ptr::null_mut(), |time| &raw mut *time);
            // SAFETY: (system 1) the sets are whole; the time is null or whole.
            let status = check(unsafe { libc::select(count, &mut read, &mut write, &mut special, time) })?;
            io::Result::Ok(if status == 0 { None } else { Some([read, write, special]) })
        });
        let found = match plainly(cx, outcome)? {
            Some(found) => found,
            None => [set_of(&[]); 3],
        };
        let [read, write, special] = &lists;
        Ok((read.ready(cx, &found[0]), write.ready(cx, &found[1]), special.ready(cx, &found[2])))
    }

    /// An object that files can be registered with, and that waits for them.
    #[function]
    fn poll(cx: &mut Context, #[rest] arguments: &[Value]) -> Result<Owned> {
        if !arguments.is_empty() {
            let count = arguments.len();
            return Err(cx.type_error(format!("select.poll() takes no arguments ({count} given)")));
        }
        NativeObject::new(cx, Poll::default())
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        add_constants(cx, module, NUMBERS);
        add_constants(cx, module, MORE);
        module.namespace().set_text(cx, "error", OS_ERROR.value());
        Ok(())
    }
}
