//! Addresses of the internet, and the system's search for them by name.

use super::{Address, family};
use crate::{arguments, errors};
use sidewinder_runtime::objects::exception::OVERFLOW_ERROR;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Raised, Result, Value};
use std::ffi::{CStr, CString};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};

// SAFETY: (system 1) the signature is that of the C library.
unsafe extern "C" {
    fn inet_ntop(
        family: libc::c_int,
        address: *const libc::c_void,
        into: *mut libc::c_char,
        length: libc::socklen_t,
    ) -> *const libc::c_char;
}

/// One of the addresses that belong to a name.
pub struct Info {
    pub family: i32,
    pub kind: i32,
    pub protocol: i32,
    pub canonical: Option<Vec<u8>>,
    pub address: Address,
}

/// What is searched for, beside the names.
#[derive(Clone, Copy, Default)]
pub struct Lookup {
    pub family: i32,
    pub kind: i32,
    pub protocol: i32,
    pub flags: i32,
}

/// Why a search found nothing: the number, and the system's error if it is one.
pub struct Failure {
    pub status: i32,
    pub error: io::Error,
}

impl Failure {
    #[cold]
    pub fn raise(&self, cx: &mut Context) -> Raised {
        errors::address_error(cx, self.status, &self.error)
    }
}

/// Asks the system for the addresses of a host and a service (`getaddrinfo`), without the GIL.
pub fn look_up(
    cx: &mut Context,
    host: Option<&CStr>,
    service: Option<&CStr>,
    lookup: Lookup,
) -> std::result::Result<Vec<Info>, Failure> {
    cx.detached(|_| search(host, service, lookup))
}

fn search(host: Option<&CStr>, service: Option<&CStr>, lookup: Lookup) -> std::result::Result<Vec<Info>, Failure> {
    // SAFETY: (system 1) a structure of numbers and of pointers that may be null.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_family = lookup.family;
    hints.ai_socktype = lookup.kind;
    hints.ai_protocol = lookup.protocol;
    hints.ai_flags = lookup.flags;
    let text = |text: Option<&CStr>| text.map_or(std::ptr::null(), CStr::as_ptr);
    let mut first = std::ptr::null_mut();
    // SAFETY: (system 1) the texts are null or end with a null byte, the structures are whole.
    let status = unsafe { libc::getaddrinfo(text(host), text(service), &hints, &mut first) };
    if status != 0 {
        return Err(Failure { status, error: io::Error::last_os_error() });
    }
    let mut found = Vec::new();
    let mut at = first;
    // SAFETY: (system 1) the list that the function made, whose addresses have the lengths said.
    while let Some(entry) = unsafe { at.as_ref() } {
        // SAFETY: (system 1) as above.
        let address = unsafe { std::slice::from_raw_parts(entry.ai_addr.cast::<u8>(), entry.ai_addrlen as usize) };
        let canonical = (!entry.ai_canonname.is_null())
            // SAFETY: (system 1) as above; the text ends with a null byte.
            .then(|| unsafe { CStr::from_ptr(entry.ai_canonname) }.to_bytes().to_vec());
        found.push(Info {
            family: entry.ai_family,
            kind: entry.ai_socktype,
            protocol: entry.ai_protocol,
            canonical,
            address: Address::from_bytes(address),
        });
        at = entry.ai_next;
    }
    // SAFETY: (system 1) the list is given back once, and nothing of it was kept.
    unsafe { libc::freeaddrinfo(first) };
    Ok(found)
}

/// The address of a host as an internet address without a port.
pub struct Target(Address);

impl Target {
    fn v4(address: Ipv4Addr) -> Target {
        let mut made = Address::of_family(family::INET, 16);
        made.put(4, address.octets());
        Target(made)
    }

    fn v6(address: Ipv6Addr) -> Target {
        let mut made = Address::of_family(family::INET6, 28);
        made.put(8, address.octets());
        Target(made)
    }

    pub fn address(&self) -> &Address {
        &self.0
    }

    /// The bytes of the host alone.
    pub fn host_bytes(&self) -> &[u8] {
        let bytes = self.0.as_bytes();
        if self.0.family() == family::INET { &bytes[4..8] } else { &bytes[8..24] }
    }
}

/// The address of a host by its name or its number; empty stands for any, and there is one name for all.
pub fn address_of_host(cx: &mut Context, name: &[u8], wanted: i32) -> Result<Target> {
    if name.is_empty() {
        let lookup = Lookup { family: wanted, kind: libc::SOCK_DGRAM, flags: libc::AI_PASSIVE, ..Lookup::default() };
        let found = look_up(cx, None, Some(c"0"), lookup).map_err(|failure| failure.raise(cx))?;
        if found.first().is_some_and(|info| !matches!(info.family, family::INET | family::INET6)) {
            return Err(errors::plain(cx, "unsupported address family"));
        }
        return match &found[..] {
            [only] => Ok(Target(only.address)),
            _ => Err(errors::plain(cx, "wildcard resolved to multiple address")),
        };
    }
    if name == b"255.255.255.255" || name == b"<broadcast>" {
        if !matches!(wanted, family::INET | libc::AF_UNSPEC) {
            return Err(errors::plain(cx, "address family mismatched"));
        }
        return Ok(Target::v4(Ipv4Addr::BROADCAST));
    }
    if let Ok(text) = std::str::from_utf8(name) {
        if matches!(wanted, family::INET | libc::AF_UNSPEC)
            && let Ok(address) = text.parse()
        {
            return Ok(Target::v4(address));
        }
        if matches!(wanted, family::INET6 | libc::AF_UNSPEC)
            && let Ok(address) = text.parse()
        {
            return Ok(Target::v6(address));
        }
    }
    let Ok(host) = CString::new(name) else {
        return Err(cx.type_error("host name must not contain null character"));
    };
    let lookup = Lookup { family: wanted, ..Lookup::default() };
    let found = look_up(cx, Some(&host), None, lookup).map_err(|failure| failure.raise(cx))?;
    match found.first() {
        Some(info) if matches!(info.family, family::INET | family::INET6) => Ok(Target(info.address)),
        _ => Err(errors::plain(cx, "unknown address family")),
    }
}

/// The number of the host in an internet address, as text.
pub fn host_text(address: &Address) -> String {
    if address.family() == family::INET {
        Ipv4Addr::from(address.get::<4>(4)).to_string()
    } else {
        v6_text(address.get(8))
    }
}

/// An address of the sixth version as the C library writes it.
pub fn v6_text(bytes: [u8; 16]) -> String {
    let mut text = [0u8; 64];
    // SAFETY: (system 1) the address has sixteen bytes, the buffer the length said, which is enough.
    unsafe {
        inet_ntop(libc::AF_INET6, bytes.as_ptr().cast(), text.as_mut_ptr().cast(), text.len() as u32);
    }
    String::from_utf8_lossy(&text[..text.iter().position(|byte| *byte == 0).unwrap_or(0)]).into_owned()
}

/// A port, whose range is told for the function.
fn port(cx: &mut Context, value: Value, function: &str) -> Result<i32> {
    match convert::c_int(cx, value) {
        Err(_) if cx.swallow(&OVERFLOW_ERROR) => Err(bad_port(cx, function)),
        outcome => outcome,
    }
}

#[cold]
fn bad_port(cx: &mut Context, function: &str) -> Raised {
    cx.overflow_error(format!("{function}(): port must be 0-65535."))
}

fn check_port(cx: &mut Context, port: i32, function: &str) -> Result<[u8; 2]> {
    match u16::try_from(port) {
        Ok(port) => Ok(port.to_be_bytes()),
        Err(_) => Err(bad_port(cx, function)),
    }
}

/// The items of a tuple, or a `TypeError` that names the family.
pub fn tuple<'a>(cx: &mut Context, value: Value, function: &str, family: &str) -> Result<&'a [Value]> {
    match value.cast::<TupleObject>() {
        Some(tuple) => Ok(tuple.as_slice()),
        None => {
            let found = value.type_of().name();
            Err(cx.type_error(format!("{function}(): {family} address must be tuple, not {found}")))
        }
    }
}

/// `(host, port)`
pub fn from_pair(cx: &mut Context, value: Value, function: &str) -> Result<Address> {
    let &[host, number] = tuple(cx, value, function, "AF_INET")? else {
        return Err(cx.type_error("AF_INET address must be a pair (host, port)"));
    };
    let host = arguments::host_name(cx, host)?;
    let number = port(cx, number, function)?;
    let Target(mut made) = address_of_host(cx, &host, family::INET)?;
    made.put(2, check_port(cx, number, function)?);
    Ok(made)
}

/// `(host, port, flow information, scope)`
pub fn from_tuple(cx: &mut Context, value: Value, function: &str) -> Result<Address> {
    let (host, number, rest) = match tuple(cx, value, function, "AF_INET6")? {
        &[host, number, ref rest @ ..] if rest.len() <= 2 => (host, number, rest),
        _ => return Err(cx.type_error("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])")),
    };
    let host = arguments::host_name(cx, host)?;
    let number = port(cx, number, function)?;
    let flow = rest.first().map_or(Ok(0), |value| arguments::bits(cx, *value))?;
    let scope = rest.get(1).map_or(Ok(0), |value| arguments::bits(cx, *value))?;
    let Target(mut made) = address_of_host(cx, &host, family::INET6)?;
    made.put(2, check_port(cx, number, function)?);
    if flow > 0xfffff {
        return Err(cx.overflow_error(format!("{function}(): flowinfo must be 0-1048575.")));
    }
    made.put(4, flow.to_be_bytes());
    made.put_word(24, scope);
    Ok(made)
}
