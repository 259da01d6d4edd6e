//! The module `_socket`.

use crate::socket::{self, Defaults, Socket, timeout_argument, timeout_object};
use crate::{arguments, constants, errors, interfaces, names, numbers, system};
use sidewinder_macros::native_module;
use sidewinder_os::system::calls as plain_calls;
use sidewinder_runtime::native::NativeType;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::io;

/// Sockets of the system, and the search for hosts and services.
#[native_module("_socket", include(numbers::rows, names::rows, interfaces::rows), types(Socket))]
mod rows {
    use super::*;

    /// Closes a descriptor that is a socket.
    #[function]
    fn close(cx: &mut Context, object: Value) -> Result<io::Result<()>> {
        let fd = arguments::descriptor(cx, object)?;
        Ok(match cx.detached(|_| system::check(plain_calls::close(fd))) {
            Err(error) if error.raw_os_error() != Some(libc::ECONNRESET) => Err(error),
            _ => Ok(()),
        })
    }

    /// Another descriptor for the same socket, which is not inherited.
    #[function]
    fn dup(cx: &mut Context, object: Value) -> Result<io::Result<i32>> {
        let fd = arguments::descriptor(cx, object)?;
        Ok(cx.detached(|_| plain_calls::control(fd, libc::F_DUPFD_CLOEXEC, 0)))
    }

    /// Two sockets that are connected with each other: socketpair([family[, type[, protocol]]])
    #[function]
    fn socketpair(cx: &mut Context, arguments: Arguments<'_>) -> Result<(Owned, Owned)> {
        let values = arguments::positional(cx, "socketpair", arguments, 0, 3)?;
        let family = arguments::number_or(cx, values.first(), libc::AF_UNIX)?;
        let kind = arguments::number_or(cx, values.get(1), libc::SOCK_STREAM)?;
        let protocol = arguments::number_or(cx, values.get(2), 0)?;
        socket::open_pair(cx, family, kind, protocol)
    }

    /// Seconds that operations of new sockets wait at most, or None.
    #[function]
    fn getdefaulttimeout(cx: &mut Context) -> Owned {
        let timeout = cx.state::<Defaults>().timeout.get();
        timeout_object(cx, timeout)
    }

    /// Sets the seconds that operations of new sockets wait at most; None for any time.
    #[function]
    fn setdefaulttimeout(cx: &mut Context, object: Value) -> Result<()> {
        let timeout = timeout_argument(cx, object)?;
        cx.state::<Defaults>().timeout.set(timeout);
        Ok(())
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        system::add_constants(cx, module, constants::NUMBERS);
        for (name, text) in constants::TEXTS {
            let text = StrObject::new(cx, text);
            module.namespace().set_text(cx, name, text.value());
        }
        module.namespace().set_text(cx, "has_ipv6", singleton::boolean(true));
        module.namespace().set_text(cx, "SocketType", Socket::type_object().value());
        errors::add_to(cx, module)
    }
}
