//! The type `socket`: the end of a connection, or a place where messages arrive.

pub mod calls;
mod message;
mod options;
mod transfer;

use crate::address::{self, Address, Kind};
use crate::{arguments, system};
use calls::{Direction, Outcome};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_os::clock::{self, Round};
use sidewinder_os::system::{calls as plain_calls, check};
use sidewinder_runtime::native::{Index, NativeObject};
use sidewinder_runtime::objects::exception::WARNING;
use sidewinder_runtime::objects::{float, singleton, str};
use sidewinder_runtime::operations::{convert, finalize};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;
use std::io;

/// The end of a connection, or a place where messages arrive: socket(family=AF_INET, type=SOCK_STREAM, proto=0,
/// fileno=None).
///
/// With a descriptor, what is not said is asked of the system. A socket that is made is not inherited by programs that
/// are started.
#[native_type("_socket.socket", base)]
#[derive(Traverse)]
pub struct Socket {
    /// The descriptor, or -1.
    fd: Cell<i32>,
    family: Cell<i32>,
    kind: Cell<i32>,
    protocol: Cell<i32>,
    /// Nanoseconds that operations wait at most; negative for any time.
    timeout: Cell<i64>,
}

/// What new sockets wait at most.
pub struct Defaults {
    pub timeout: Cell<i64>,
}

impl Default for Defaults {
    fn default() -> Defaults {
        Defaults { timeout: Cell::new(FOR_EVER) }
    }
}

/// The timeout of sockets that wait for any time.
const FOR_EVER: i64 = -1_000_000_000;
/// Connections that wait to be accepted if nobody says how many.
const BACKLOG: i32 = 128;

/// A descriptor that is closed unless somebody takes it.
struct Fresh(i32);

impl Fresh {
    fn take(self) -> i32 {
        let fd = self.0;
        std::mem::forget(self);
        fd
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        plain_calls::close(self.0);
    }
}

/// The nanoseconds of a timeout; negative for `None`, which means any time.
pub fn timeout_argument(cx: &mut Context, value: Value) -> Result<i64> {
    if value == singleton::none() {
        return Ok(FOR_EVER);
    }
    let nanoseconds = clock::seconds(cx, value, Round::Ceiling)?;
    if nanoseconds < 0 || float::as_f64(value).is_some_and(|seconds| value.is_float() && seconds < 0.0) {
        return Err(cx.value_error("Timeout value out of range"));
    }
    // A wait is a number of milliseconds for the system.
    if nanoseconds > i32::MAX as i64 * 1_000_000 {
        return Err(cx.overflow_error("timeout doesn't fit into C timeval"));
    }
    Ok(nanoseconds)
}

/// The seconds of a timeout, or `None`.
pub fn timeout_object(cx: &mut Context, nanoseconds: i64) -> Owned {
    match nanoseconds {
        0.. => float::from_f64(cx, nanoseconds as f64 / 1e9),
        _ => Owned::new(singleton::none()),
    }
}

/// Whether operations on a descriptor wait.
fn set_blocking(fd: i32, blocking: bool) -> io::Result<()> {
    let mut flag = !blocking as i32;
    // SAFETY: (system 1) the request reads a number.
    check(unsafe { libc::ioctl(fd, libc::FIONBIO, &raw mut flag) }).map(drop)
}

/// A socket of the system that is not inherited.
fn open(family: i32, kind: i32, protocol: i32) -> io::Result<Fresh> {
    // SAFETY: (system 1) numbers.
    check(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol) }).map(Fresh)
}

/// Two sockets that are connected with each other.
pub fn open_pair(cx: &mut Context, family: i32, kind: i32, protocol: i32) -> Result<(Owned, Owned)> {
    let outcome = cx.detached(|_| {
        let mut fds = [-1; 2];
        // SAFETY: (system 1) the array has two places.
        check(unsafe { libc::socketpair(family, kind | libc::SOCK_CLOEXEC, protocol, fds.as_mut_ptr()) })?;
        io::Result::Ok(fds.map(Fresh))
    });
    let [first, second] = outcome.map_err(|error| system::raise(cx, &error))?;
    let first = wrap(cx, first, family, kind, protocol)?;
    let second = wrap(cx, second, family, kind, protocol)?;
    Ok((first, second))
}

fn wrap(cx: &mut Context, fd: Fresh, family: i32, kind: i32, protocol: i32) -> Result<Owned> {
    let made = Socket::empty();
    made.start(cx, fd, family, kind, protocol)?;
    NativeObject::new(cx, made)
}

impl Socket {
    /// Nanoseconds that operations wait at most; negative for any time.
    pub fn patience(&self) -> i64 {
        self.timeout.get()
    }

    fn empty() -> Socket {
        Socket {
            fd: Cell::new(-1),
            family: Cell::new(0),
            kind: Cell::new(0),
            protocol: Cell::new(0),
            timeout: Cell::new(0),
        }
    }

    /// Takes a descriptor over.
    fn start(&self, cx: &mut Context, fd: Fresh, family: i32, kind: i32, protocol: i32) -> Result<()> {
        let mut timeout = 0;
        if kind & libc::SOCK_NONBLOCK == 0 {
            timeout = cx.state::<Defaults>().timeout.get();
            if timeout >= 0 {
                set_blocking(fd.0, false).map_err(|error| system::raise(cx, &error))?;
            }
        }
        self.family.set(family);
        self.kind.set(kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC));
        self.protocol.set(protocol);
        self.timeout.set(timeout);
        self.fd.set(fd.take());
        Ok(())
    }

    /// Takes over the descriptor that a program gives, which may say what it is.
    fn adopt(&self, cx: &mut Context, fd: i32, family: i32, kind: i32, protocol: i32) -> Result<()> {
        let (mut family, mut kind, mut protocol) = (family, kind, protocol);
        let mut name = Address::default();
        let (place, length) = name.as_targets();
        // SAFETY: (system 1) the address has the length said.
        match check(unsafe { libc::getsockname(fd, place, length) }) {
            Ok(_) if family == -1 => family = name.family(),
            Ok(_) => {}
            Err(error) => {
                let is_wrong = matches!(error.raw_os_error(), Some(libc::EBADF | libc::ENOTSOCK));
                if family == -1 || is_wrong {
                    return Err(system::raise(cx, &error));
                }
            }
        }
        if kind == -1 {
            kind = options::number(fd, libc::SOL_SOCKET, libc::SO_TYPE).map_err(|error| system::raise(cx, &error))?;
        }
        if protocol == -1 {
            protocol =
                options::number(fd, libc::SOL_SOCKET, libc::SO_PROTOCOL).map_err(|error| system::raise(cx, &error))?;
        }
        // As in CPython, a descriptor that cannot be used is closed.
        self.start(cx, Fresh(fd), family, kind, protocol)
    }

    fn address_kind(&self) -> Kind {
        Kind { family: self.family.get(), protocol: self.protocol.get() }
    }

    fn address(&self, cx: &mut Context, value: Value, function: &str) -> Result<Address> {
        address::from_object(cx, self.address_kind(), value, function)
    }

    fn address_object(&self, cx: &mut Context, address: &Address) -> Result<Owned> {
        address::to_object(cx, address, self.protocol.get())
    }

    /// Asks the system for an address of the socket.
    fn ask_address(
        &self,
        cx: &mut Context,
        ask: unsafe extern "C" fn(i32, *mut libc::sockaddr, *mut libc::socklen_t) -> i32,
    ) -> Result<Owned> {
        address::check_length(cx, self.address_kind())?;
        let fd = self.fd.get();
        let outcome = cx.detached(|_| {
            let mut name = Address::default();
            let (place, length) = name.as_targets();
            // SAFETY: (system 1) the address has the length said.
            check(unsafe { ask(fd, place, length) }).map(|_| name)
        });
        let name = outcome.map_err(|error| system::raise(cx, &error))?;
        self.address_object(cx, &name)
    }

    /// Connects; the error that stands in the way, if there is one, or that signals have raised one.
    fn reach(&self, cx: &mut Context, address: &Address) -> Result<Outcome<()>> {
        let fd = self.fd.get();
        let outcome = cx.detached(|_| {
            // SAFETY: (system 1) the address has the length said.
            check(unsafe { libc::connect(fd, address.as_pointer(), address.len() as libc::socklen_t) })
        });
        let Err(error) = outcome else { return Ok(Outcome::Done(())) };
        let waits = match error.raw_os_error() {
            // The connection goes on without us.
            Some(libc::EINTR) => {
                sidewinder_runtime::signals::check(cx)?;
                self.timeout.get() != 0
            }
            Some(libc::EINPROGRESS) => self.timeout.get() > 0,
            _ => false,
        };
        if !waits {
            return Ok(Outcome::Failed(error));
        }
        calls::connecting(cx, self, |fd| {
            let status = options::number(fd, libc::SOL_SOCKET, libc::SO_ERROR)?;
            match status {
                0 | libc::EISCONN => Ok(()),
                number => Err(io::Error::from_raw_os_error(number)),
            }
        })
    }

    /// Waits as the timeout says and then makes a call of the system; the exception is raised.
    fn call<T: Send>(
        &self,
        cx: &mut Context,
        direction: Direction,
        work: impl FnMut(i32) -> io::Result<T> + Send,
    ) -> Result<T> {
        calls::call(cx, self, direction, self.timeout.get(), work)?.finish(cx)
    }

    fn shown(&self) -> String {
        let (fd, family, kind, protocol) = (self.fd.get(), self.family.get(), self.kind.get(), self.protocol.get());
        format!("<socket object, fd={fd}, family={family}, type={kind}, proto={protocol}>")
    }
}

/// Warns about a socket that nobody has closed.
fn warn_unclosed(cx: &mut Context, this: Value) {
    let warned = match convert::repr(cx, this) {
        Ok(shown) => {
            let shown = str::text(shown.value()).unwrap_or_default().into_owned();
            sidewinder_os::warn_resource(cx, this, &format!("unclosed {shown}"))
        }
        Err(raised) => Err(raised),
    };
    if warned.is_err() {
        if cx.pending_is(&WARNING) {
            finalize::report_unraisable(cx, "while finalizing socket", this);
        } else {
            drop(cx.take_pending());
        }
    }
}

#[methods]
impl Socket {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
        let timeout = cx.state::<Defaults>().timeout.get();
        let made = Socket::empty();
        made.timeout.set(timeout);
        NativeObject::allocate(cx, class, made)
    }

    #[init(name = "socket")]
    fn init(
        &self,
        cx: &mut Context,
        #[named]
        #[default(-1)]
        family: i32,
        #[default(-1)] r#type: i32,
        #[default(-1)] proto: i32,
        #[default(singleton::none(), "None")] fileno: Value,
    ) -> Result<()> {
        if fileno != singleton::none() {
            let fd = arguments::descriptor(cx, fileno)?;
            if fd < 0 {
                return Err(cx.value_error("negative file descriptor"));
            }
            return self.adopt(cx, fd, family, r#type, proto);
        }
        let family = if family == -1 { libc::AF_INET } else { family };
        let kind = if r#type == -1 { libc::SOCK_STREAM } else { r#type };
        let protocol = if proto == -1 { 0 } else { proto };
        let fd = cx.detached(|_| open(family, kind, protocol)).map_err(|error| system::raise(cx, &error))?;
        self.start(cx, fd, family, kind, protocol)
    }

    #[slot(repr)]
    fn repr(&self) -> String {
        self.shown()
    }

    /// A socket that nobody has closed is reported and closed.
    #[slot(finalize)]
    fn finalize(&self, cx: &mut Context, this: Value) -> Result<()> {
        if self.fd.get() < 0 {
            return Ok(());
        }
        warn_unclosed(cx, this);
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            cx.detached(|_| plain_calls::close(fd));
        }
        Ok(())
    }

    /// The family of its addresses.
    #[get]
    fn family(&self) -> i32 {
        self.family.get()
    }

    /// What kind of socket it is.
    #[get]
    fn r#type(&self) -> i32 {
        self.kind.get()
    }

    /// Its protocol.
    #[get]
    fn proto(&self) -> i32 {
        self.protocol.get()
    }

    /// Seconds that operations wait at most, or None.
    #[get]
    fn timeout(&self, cx: &mut Context) -> Owned {
        timeout_object(cx, self.timeout.get())
    }

    /// Waits for a connection: its descriptor, and the address of the other end.
    fn _accept(&self, cx: &mut Context) -> Result<(i64, Owned)> {
        address::check_length(cx, self.address_kind())?;
        let (fd, name) = self.call(cx, Direction::Read, |fd| {
            let mut name = Address::default();
            let (place, length) = name.as_targets();
            // SAFETY: (system 1) the address has the length said.
            let fd = check(unsafe { libc::accept4(fd, place, length, libc::SOCK_CLOEXEC) })?;
            Ok((Fresh(fd), name))
        })?;
        let name = self.address_object(cx, &name)?;
        Ok((fd.take() as i64, name))
    }

    /// Gives the socket an address of this machine.
    fn bind(&self, cx: &mut Context, object: Value) -> Result<io::Result<()>> {
        let address = self.address(cx, object, "bind")?;
        let fd = self.fd.get();
        Ok(cx.detached(|_| {
            // SAFETY: (system 1) the address has the length said.
            check(unsafe { libc::bind(fd, address.as_pointer(), address.len() as libc::socklen_t) }).map(drop)
        }))
    }

    /// Closes the socket; a second time, nothing happens.
    fn close(&self, cx: &mut Context) -> Result<io::Result<()>> {
        let fd = self.fd.replace(-1);
        if fd < 0 {
            return Ok(Ok(()));
        }
        Ok(match cx.detached(|_| check(plain_calls::close(fd))) {
            Err(error) if error.raw_os_error() != Some(libc::ECONNRESET) => Err(error),
            _ => Ok(()),
        })
    }

    /// Connects the socket with an address.
    fn connect(&self, cx: &mut Context, object: Value) -> Result<()> {
        let address = self.address(cx, object, "connect")?;
        self.reach(cx, &address)?.finish(cx)
    }

    /// As connect, but gives the number of the error, or 0.
    fn connect_ex(&self, cx: &mut Context, object: Value) -> Result<i32> {
        let address = self.address(cx, object, "connect_ex")?;
        Ok(match self.reach(cx, &address)? {
            Outcome::Done(()) => 0,
            Outcome::TimedOut => libc::EWOULDBLOCK,
            Outcome::Failed(error) => error.raw_os_error().unwrap_or(libc::EIO),
        })
    }

    /// Gives the descriptor away: the socket is closed, the descriptor is not.
    fn detach(&self) -> i32 {
        self.fd.replace(-1)
    }

    /// The descriptor, or -1.
    fn fileno(&self) -> i32 {
        self.fd.get()
    }

    /// The address of the other end.
    fn getpeername(&self, cx: &mut Context) -> Result<Owned> {
        self.ask_address(cx, libc::getpeername)
    }

    /// The address of this end.
    fn getsockname(&self, cx: &mut Context) -> Result<Owned> {
        self.ask_address(cx, libc::getsockname)
    }

    /// Waits for connections, of which so many may wait: listen([backlog])
    fn listen(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<io::Result<()>> {
        let values = arguments::positional(cx, "listen", arguments, 0, 1)?;
        let backlog = arguments::number_or(cx, values.first(), BACKLOG)?.max(0);
        let fd = self.fd.get();
        // SAFETY: (system 1) numbers.
        Ok(cx.detached(|_| check(unsafe { libc::listen(fd, backlog) }).map(drop)))
    }

    /// Ends one direction of a connection, or both: SHUT_RD, SHUT_WR, SHUT_RDWR.
    fn shutdown(&self, cx: &mut Context, object: i32) -> Result<io::Result<()>> {
        let fd = self.fd.get();
        // SAFETY: (system 1) numbers.
        Ok(cx.detached(|_| check(unsafe { libc::shutdown(fd, object) }).map(drop)))
    }

    /// Whether operations wait, for any time.
    fn setblocking(&self, cx: &mut Context, object: bool) -> Result<io::Result<()>> {
        self.timeout.set(if object { FOR_EVER } else { 0 });
        let fd = self.fd.get();
        Ok(cx.detached(|_| set_blocking(fd, object)))
    }

    /// Whether operations wait.
    fn getblocking(&self) -> bool {
        self.timeout.get() != 0
    }

    /// Seconds that operations wait at most, None for any time.
    fn settimeout(&self, cx: &mut Context, object: Value) -> Result<io::Result<()>> {
        let timeout = timeout_argument(cx, object)?;
        self.timeout.set(timeout);
        let fd = self.fd.get();
        // The system waits for descriptors, not for operations.
        Ok(cx.detached(|_| set_blocking(fd, timeout < 0)))
    }

    /// Seconds that operations wait at most, or None.
    fn gettimeout(&self, cx: &mut Context) -> Owned {
        timeout_object(cx, self.timeout.get())
    }

    /// An option of the socket, a number or so many bytes: getsockopt(level, option[, length])
    fn getsockopt(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        options::get(cx, self, arguments)
    }

    /// Sets an option of the socket: setsockopt(level, option, number or bytes), setsockopt(level, option, None, length)
    fn setsockopt(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<io::Result<()>> {
        options::set(cx, self, arguments)
    }

    /// Receives at most so many bytes: recv(length[, flags])
    fn recv(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        transfer::receive(cx, self, arguments)
    }

    /// Receives bytes into a buffer; how many came.
    fn recv_into(
        &self,
        cx: &mut Context,
        #[named] buffer: Value,
        #[default(Index(0), _)] nbytes: Index,
        #[default(0)] flags: i32,
    ) -> Result<i64> {
        transfer::receive_into(cx, self, buffer, nbytes, flags)
    }

    /// Receives at most so many bytes, and who sent them: recvfrom(length[, flags])
    fn recvfrom(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        transfer::receive_from(cx, self, arguments)
    }

    /// Receives bytes into a buffer; how many came, and who sent them.
    fn recvfrom_into(
        &self,
        cx: &mut Context,
        #[named] buffer: Value,
        #[default(Index(0), _)] nbytes: Index,
        #[default(0)] flags: i32,
    ) -> Result<Owned> {
        transfer::receive_from_into(cx, self, buffer, nbytes, flags)
    }

    /// Receives bytes and what accompanies them: recvmsg(length[, ancillary length[, flags]])
    fn recvmsg(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        message::receive(cx, self, arguments)
    }

    /// Receives bytes into buffers, and what accompanies them: recvmsg_into(buffers[, ancillary length[, flags]])
    fn recvmsg_into(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        message::receive_into(cx, self, arguments)
    }

    /// Sends bytes; how many went: send(data[, flags])
    fn send(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<i64> {
        transfer::send(cx, self, arguments)
    }

    /// Sends all bytes: sendall(data[, flags])
    fn sendall(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        transfer::send_all(cx, self, arguments)
    }

    /// Sends bytes to an address; how many went: sendto(data[, flags], address)
    fn sendto(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<i64> {
        transfer::send_to(cx, self, arguments)
    }

    /// Sends the bytes of buffers and what accompanies them: sendmsg(buffers[, ancillary[, flags[, address]]])
    fn sendmsg(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<i64> {
        message::send(cx, self, arguments)
    }

    /// Sends bytes to an algorithm of the kernel: sendmsg_afalg([data], *, op[, iv[, assoclen[, flags]]])
    fn sendmsg_afalg(
        &self,
        cx: &mut Context,
        #[named]
        #[default(singleton::none(), _)]
        msg: Value,
        #[keyword]
        #[default(None)]
        op: Option<Value>,
        #[default(None)] iv: Option<Value>,
        #[default(None)] assoclen: Option<Value>,
        #[default(0)] flags: i32,
    ) -> Result<i64> {
        message::send_to_algorithm(cx, self, message::AlgorithmCall { msg, op, iv, assoclen, flags })
    }
}
