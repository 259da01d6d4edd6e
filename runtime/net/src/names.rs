//! Names of hosts, services and protocols, and what they stand for.

mod databases;

use crate::address::{self, Address, Failure, Info, Lookup, address_of_host, family, look_up};
use crate::arguments::{self, host_name};
use crate::errors;
use databases::Host;
use sidewinder_macros::native_functions;
use sidewinder_os::{path, system};
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::ffi::CString;
use std::io;

/// Bytes that a name of a host, or of a service, has at most (`NI_MAXHOST`).
const NAME_MAX: usize = 1025;

/// The text up to the first null byte.
fn until_null(bytes: &[u8]) -> CString {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    CString::new(&bytes[..end]).unwrap_or_default()
}

/// The host that `getaddrinfo` is asked for; none for `None`.
fn asked_host(cx: &mut Context, host: Value) -> Result<Option<CString>> {
    if host == singleton::none() {
        return Ok(None);
    }
    if str::is_str(host) {
        return arguments::encode_host(cx, host).map(|name| Some(until_null(&name)));
    }
    match host.cast::<BytesObject>() {
        Some(bytes) => Ok(Some(until_null(bytes.as_slice()))),
        None => Err(cx.type_error("getaddrinfo() argument 1 must be string or None")),
    }
}

/// The service that `getaddrinfo` is asked for: a name, or a number as text.
fn asked_service(cx: &mut Context, port: Value) -> Result<Option<CString>> {
    if port == singleton::none() {
        return Ok(None);
    }
    if int::is_int_like(port) {
        let text = convert::str(cx, port)?;
        return Ok(str::text(text.value()).map(|text| until_null(text.as_bytes())));
    }
    if let Some(text) = str::cast(port) {
        if str::codec::to_utf8(text).is_none() {
            str::codec::encode(cx, port, "utf-8", "strict")?;
        }
        return Ok(Some(until_null(text.as_text().as_bytes())));
    }
    match port.cast::<BytesObject>() {
        Some(bytes) => Ok(Some(until_null(bytes.as_slice()))),
        None => Err(errors::plain(cx, "Int or String expected")),
    }
}

/// What a search has found, as `getaddrinfo` gives it.
fn info_object(cx: &mut Context, info: &Info) -> Result<Owned> {
    let address = address::to_object(cx, &info.address, -1)?;
    let canonical = info.canonical.as_deref().unwrap_or_default();
    let canonical = path::decode(cx, canonical)?;
    Ok((info.family, info.kind, info.protocol, canonical, address).into_object(cx))
}

/// The names that belong to an address (`getnameinfo`), without the GIL.
fn names_of(cx: &mut Context, address: &Address, flags: i32) -> std::result::Result<(Vec<u8>, Vec<u8>), Failure> {
    cx.detached(|_| {
        let (mut host, mut service) = ([0u8; NAME_MAX], [0u8; NAME_MAX]);
        // SAFETY: (system 1) the address and the buffers have the lengths said.
        let status = unsafe {
            libc::getnameinfo(
                address.as_pointer(),
                address.len() as libc::socklen_t,
                host.as_mut_ptr().cast(),
                host.len() as libc::socklen_t,
                service.as_mut_ptr().cast(),
                service.len() as libc::socklen_t,
                flags,
            )
        };
        if status != 0 {
            return Err(Failure { status, error: io::Error::last_os_error() });
        }
        Ok((until_null(&host).into_bytes(), until_null(&service).into_bytes()))
    })
}

/// Name, other names and addresses of a host.
fn host_object(cx: &mut Context, found: std::result::Result<Host, i32>, wanted: i32) -> Result<Owned> {
    let host = found.map_err(|number| errors::host_error(cx, number))?;
    if host.family != wanted {
        return Err(system::raise(cx, &io::Error::from_raw_os_error(libc::EAFNOSUPPORT)));
    }
    let name = path::decode(cx, &host.name)?;
    let mut aliases = Vec::new();
    for alias in &host.aliases {
        aliases.push(path::decode(cx, alias)?);
    }
    let addresses = host.addresses.iter().map(|address| StrObject::new(cx, address)).collect();
    let addresses = ListObject::new(cx, addresses);
    Ok((name, aliases, addresses).into_object(cx))
}

/// A protocol's name that may be left away.
fn protocol_name(cx: &mut Context, value: Option<&Value>, function: &str) -> Result<Option<CString>> {
    match value {
        Some(value) => arguments::text(cx, *value, function, " 2").map(Some),
        None => Ok(None),
    }
}

#[native_functions]
pub mod rows {
    use super::*;

    /// The addresses of a host and a service: a list of tuples (family, type, protocol, canonical name, address).
    #[function]
    fn getaddrinfo(
        cx: &mut Context,
        #[named] host: Value,
        port: Value,
        #[default(0, _)] family: i32,
        #[default(0)] r#type: i32,
        #[default(0)] proto: i32,
        #[default(0)] flags: i32,
    ) -> Result<Owned> {
        let host = asked_host(cx, host)?;
        let service = asked_service(cx, port)?;
        let lookup = Lookup { family, kind: r#type, protocol: proto, flags };
        let found = look_up(cx, host.as_deref(), service.as_deref(), lookup).map_err(|failure| failure.raise(cx))?;
        let mut list = Vec::with_capacity(found.len());
        for info in &found {
            list.push(info_object(cx, info)?);
        }
        Ok(list.into_object(cx))
    }

    /// Host and service of an address: getnameinfo(address, flags) -> (host, service)
    #[function]
    fn getnameinfo(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let values = arguments::positional(cx, "getnameinfo", arguments, 2, 2)?;
        let flags = convert::c_int(cx, values[1])?;
        let Some(asked) = values[0].cast::<TupleObject>() else {
            return Err(cx.type_error("getnameinfo() argument 1 must be a tuple"));
        };
        let (host, port, rest) = match asked.as_slice() {
            &[host, port, ref rest @ ..] if rest.len() <= 2 => (host, port, rest),
            _ => return Err(cx.type_error("getnameinfo(): illegal sockaddr argument")),
        };
        let host = arguments::text(cx, host, "getnameinfo", " 1")?;
        let port = convert::c_int(cx, port)?;
        let flow = rest.first().map_or(Ok(0), |value| arguments::bits(cx, *value))?;
        let scope = rest.get(1).map_or(Ok(0), |value| arguments::bits(cx, *value))?;
        if flow > 0xfffff {
            return Err(cx.overflow_error("getnameinfo(): flowinfo must be 0-1048575."));
        }
        let service = CString::new(port.to_string()).unwrap_or_default();
        let lookup = Lookup { kind: libc::SOCK_DGRAM, flags: libc::AI_NUMERICHOST, ..Lookup::default() };
        let found = look_up(cx, Some(&host), Some(&service), lookup).map_err(|failure| failure.raise(cx))?;
        let [only] = &found[..] else {
            return Err(errors::plain(cx, "sockaddr resolved to multiple addresses"));
        };
        let mut address = only.address;
        match only.family {
            family::INET if asked.len() != 2 => return Err(errors::plain(cx, "IPv4 sockaddr must be 2 tuple")),
            family::INET6 => {
                address.put(4, flow.to_be_bytes());
                address.put_word(24, scope);
            }
            _ => {}
        }
        let (host, service) = names_of(cx, &address, flags).map_err(|failure| failure.raise(cx))?;
        let (host, service) = (path::decode(cx, &host)?, path::decode(cx, &service)?);
        Ok(TupleObject::pair(cx, host, service))
    }

    /// The address of a host of version 4, as text: gethostbyname(host) -> address
    #[function]
    fn gethostbyname(cx: &mut Context, arguments: Arguments<'_>) -> Result<String> {
        let name = asked_name(cx, "gethostbyname", arguments)?;
        let target = address_of_host(cx, &name, family::INET)?;
        Ok(address::host_text(target.address()))
    }

    /// Name, other names and addresses of a host: gethostbyname_ex(host) -> (name, aliases, addresses)
    #[function]
    fn gethostbyname_ex(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let name = asked_name(cx, "gethostbyname_ex", arguments)?;
        // What is no host at all is told in the resolver's words.
        address_of_host(cx, &name, family::INET)?;
        let name = until_null(&name);
        let found = cx.detached(|_| databases::host_by_name(&name));
        host_object(cx, found, family::INET)
    }

    /// Name, other names and addresses of a host: gethostbyaddr(host) -> (name, aliases, addresses)
    #[function]
    fn gethostbyaddr(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let name = asked_name(cx, "gethostbyaddr", arguments)?;
        let target = address_of_host(cx, &name, libc::AF_UNSPEC)?;
        let wanted = target.address().family();
        let found = cx.detached(|_| databases::host_by_address(target.host_bytes(), wanted));
        host_object(cx, found, wanted)
    }

    /// The port of a service: getservbyname(service[, protocol]) -> port
    #[function]
    fn getservbyname(cx: &mut Context, arguments: Arguments<'_>) -> Result<i64> {
        let values = arguments::positional(cx, "getservbyname", arguments, 1, 2)?;
        let name = arguments::text(cx, values[0], "getservbyname", " 1")?;
        let protocol = protocol_name(cx, values.get(1), "getservbyname")?;
        let found = cx.detached(|_| databases::service_by_name(&name, protocol.as_deref()));
        found.map(i64::from).ok_or_else(|| errors::plain(cx, "service/proto not found"))
    }

    /// The service at a port: getservbyport(port[, protocol]) -> service
    #[function]
    fn getservbyport(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let values = arguments::positional(cx, "getservbyport", arguments, 1, 2)?;
        let port = convert::c_int(cx, values[0])?;
        let protocol = protocol_name(cx, values.get(1), "getservbyport")?;
        let Ok(port) = u16::try_from(port) else {
            return Err(cx.overflow_error("getservbyport: port must be 0-65535."));
        };
        match cx.detached(|_| databases::service_by_port(port, protocol.as_deref())) {
            Some(name) => path::decode(cx, &name),
            None => Err(errors::plain(cx, "port/proto not found")),
        }
    }

    /// The number of a protocol: getprotobyname(name) -> number
    #[function]
    fn getprotobyname(cx: &mut Context, arguments: Arguments<'_>) -> Result<i32> {
        let values = arguments::positional(cx, "getprotobyname", arguments, 1, 1)?;
        let name = arguments::text(cx, values[0], "getprotobyname", " 1")?;
        let found = cx.detached(|_| databases::protocol_by_name(&name));
        found.ok_or_else(|| errors::plain(cx, "protocol not found"))
    }

    /// The name of this machine.
    #[function]
    fn gethostname(cx: &mut Context) -> Result<Owned> {
        let outcome = cx.detached(|_| {
            let mut name = [0u8; 1024];
            // SAFETY: (system 1) the buffer is one byte longer than said.
            let status = unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) };
            system::check(status).map(|_| until_null(&name))
        });
        let name = outcome.map_err(|error| system::raise(cx, &error))?;
        path::decode(cx, name.as_bytes())
    }

    /// Gives this machine another name: sethostname(name)
    #[function]
    fn sethostname(cx: &mut Context, arguments: Arguments<'_>) -> Result<io::Result<()>> {
        let values = arguments::positional(cx, "sethostname", arguments, 1, 1)?;
        let name = match values[0].cast::<BytesObject>() {
            Some(bytes) => bytes.as_slice().to_vec(),
            None => path::FileName::of(cx, values[0])?.0.into_bytes(),
        };
        // SAFETY: (system 1) the name has the length said.
        Ok(system::done(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) }))
    }
}

/// The only argument of a function that takes the name of a host.
fn asked_name(cx: &mut Context, function: &str, arguments: Arguments<'_>) -> Result<Vec<u8>> {
    let value = arguments::positional(cx, function, arguments, 1, 1)?[0];
    match host_name(cx, value) {
        Err(_) if !is_name(value) => {
            drop(cx.take_pending());
            let found = arguments::found_name(value);
            Err(cx.type_error(format!("{function}() argument 1 must be str, bytes or bytearray, not {found}")))
        }
        outcome => outcome,
    }
}

fn is_name(value: Value) -> bool {
    str::is_str(value) || sidewinder_runtime::objects::bytes::like(value).is_some()
}
