//! Numbers in the network's order, and addresses as text and as bytes.

use crate::address::family;
use crate::{arguments, errors};
use sidewinder_macros::native_functions;
use sidewinder_os::system;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Arguments, Context, Result, Value};
use std::io;
use std::net::Ipv4Addr;

// SAFETY: (system 1) the signatures are those of the C library.
unsafe extern "C" {
    fn inet_aton(text: *const libc::c_char, into: *mut [u8; 4]) -> libc::c_int;
    fn inet_pton(family: libc::c_int, text: *const libc::c_char, into: *mut [u8; 16]) -> libc::c_int;
}

fn short(cx: &mut Context, value: Value) -> Result<u16> {
    arguments::unsigned(cx, value, u16::MAX as u64, "uint16_t").map(|number| number as u16)
}

fn long(cx: &mut Context, value: Value) -> Result<u32> {
    arguments::unsigned(cx, value, u32::MAX as u64, "uint32_t").map(|number| number as u32)
}

/// Bytes of ancillary data that calls of the system can be given (`SOCKLEN_MAX`).
const ANCILLARY_MAX: i64 = i32::MAX as i64;
/// Bytes of the header of an item of ancillary data.
pub const HEADER: usize = 16;

/// Bytes that an item of ancillary data takes with what keeps the next one aligned.
pub fn padded(length: usize) -> usize {
    HEADER + length.next_multiple_of(8)
}

#[native_functions]
pub mod rows {
    use super::*;

    /// A 16-bit number from the network's order to the machine's.
    #[function]
    fn ntohs(cx: &mut Context, integer: Value) -> Result<i64> {
        short(cx, integer).map(|number| u16::from_be(number) as i64)
    }

    /// A 32-bit number from the network's order to the machine's.
    #[function]
    fn ntohl(cx: &mut Context, integer: Value) -> Result<i64> {
        long(cx, integer).map(|number| u32::from_be(number) as i64)
    }

    /// A 16-bit number from the machine's order to the network's.
    #[function]
    fn htons(cx: &mut Context, integer: Value) -> Result<i64> {
        short(cx, integer).map(|number| number.to_be() as i64)
    }

    /// A 32-bit number from the machine's order to the network's.
    #[function]
    fn htonl(cx: &mut Context, integer: Value) -> Result<i64> {
        long(cx, integer).map(|number| number.to_be() as i64)
    }

    /// The four bytes of an address in its usual notation, or in an older one.
    #[function]
    fn inet_aton(cx: &mut Context, ip_addr: Value) -> Result<Bytes> {
        let text = arguments::text(cx, ip_addr, "inet_aton", "")?;
        let mut bytes = [0; 4];
        // SAFETY: (system 1) the text ends with a null byte, the result has four bytes.
        if unsafe { super::inet_aton(text.as_ptr(), &mut bytes) } == 0 {
            return Err(errors::plain(cx, "illegal IP address string passed to inet_aton"));
        }
        Ok(Bytes(bytes.to_vec()))
    }

    /// The usual notation of an address of four bytes.
    #[function]
    fn inet_ntoa(cx: &mut Context, packed_ip: Buffer) -> Result<String> {
        match <[u8; 4]>::try_from(packed_ip.as_slice()) {
            Ok(bytes) => Ok(Ipv4Addr::from(bytes).to_string()),
            Err(_) => Err(errors::plain(cx, "packed IP wrong length for inet_ntoa")),
        }
    }

    /// The bytes of an address of a family: inet_pton(family, text) -> bytes
    #[function]
    fn inet_pton(cx: &mut Context, arguments: Arguments<'_>) -> Result<Bytes> {
        let values = arguments::positional(cx, "inet_pton", arguments, 2, 2)?;
        let kind = convert::c_int(cx, values[0])?;
        let text = arguments::text(cx, values[1], "inet_pton", " 2")?;
        let mut bytes = [0; 16];
        // SAFETY: (system 1) the text ends with a null byte, the result has room for the longest address.
        match unsafe { super::inet_pton(kind, text.as_ptr(), &mut bytes) } {
            -1 => Err(system::raise(cx, &io::Error::last_os_error())),
            0 => Err(errors::plain(cx, "illegal IP address string passed to inet_pton")),
            _ => Ok(Bytes(bytes[..if kind == family::INET { 4 } else { 16 }].to_vec())),
        }
    }

    /// The notation of an address of a family: inet_ntop(family, bytes) -> text
    #[function]
    fn inet_ntop(cx: &mut Context, arguments: Arguments<'_>) -> Result<String> {
        let values = arguments::positional(cx, "inet_ntop", arguments, 2, 2)?;
        let kind = convert::c_int(cx, values[0])?;
        let packed = Buffer::read(cx, values[1])?;
        match kind {
            family::INET => match <[u8; 4]>::try_from(packed.as_slice()) {
                Ok(bytes) => Ok(Ipv4Addr::from(bytes).to_string()),
                Err(_) => Err(cx.value_error("invalid length of packed IP address string")),
            },
            family::INET6 => match <[u8; 16]>::try_from(packed.as_slice()) {
                Ok(bytes) => Ok(crate::address::v6_text(bytes)),
                Err(_) => Err(cx.value_error("invalid length of packed IP address string")),
            },
            _ => Err(cx.value_error(format!("unknown address family {kind}"))),
        }
    }

    /// Bytes of an item of ancillary data, without what may follow it: CMSG_LEN(length)
    #[function(name = "CMSG_LEN")]
    fn cmsg_len(cx: &mut Context, arguments: Arguments<'_>) -> Result<i64> {
        let values = arguments::positional(cx, "CMSG_LEN", arguments, 1, 1)?;
        match arguments::size(cx, values[0])? {
            length @ 0.. if length <= ANCILLARY_MAX - HEADER as i64 => Ok(length + HEADER as i64),
            _ => Err(cx.overflow_error("CMSG_LEN() argument out of range")),
        }
    }

    /// Bytes of an item of ancillary data, with what keeps the next one aligned: CMSG_SPACE(length)
    #[function(name = "CMSG_SPACE")]
    fn cmsg_space(cx: &mut Context, arguments: Arguments<'_>) -> Result<i64> {
        let values = arguments::positional(cx, "CMSG_SPACE", arguments, 1, 1)?;
        match arguments::size(cx, values[0])? {
            length @ 0.. if length <= ANCILLARY_MAX - padded(1) as i64 => Ok(padded(length as usize) as i64),
            _ => Err(cx.overflow_error("CMSG_SPACE() argument out of range")),
        }
    }
}
