//! Addresses of sockets: the system's bytes, and the objects that stand for them.
//!
//! The fields of an address lie at fixed places in its bytes, which are written here in numbers: none of Linux's
//! structures has other ones.

mod families;
mod internet;

use crate::errors;
use sidewinder_os::path;
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{singleton, str};
use sidewinder_runtime::{Context, Owned, Result, Value};

pub use internet::{Failure, Info, Lookup, address_of_host, host_text, look_up, v6_text};

/// Bytes of the largest address (`sockaddr_storage`).
pub const ADDRESS_MAX: usize = 128;
/// Bytes of the path in an address of a local socket.
const PATH_MAX: usize = 108;

/// Families that the C library of the build may not name.
pub mod family {
    pub const ALG: i32 = 38;
    pub const CAN: i32 = 29;
    pub const INET: i32 = libc::AF_INET;
    pub const INET6: i32 = libc::AF_INET6;
    pub const NETLINK: i32 = 16;
    pub const PACKET: i32 = 17;
    pub const QIPCRTR: i32 = 42;
    pub const TIPC: i32 = 30;
    pub const UNIX: i32 = libc::AF_UNIX;
    pub const VSOCK: i32 = 40;
}

/// An address as the system has it.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub struct Address {
    bytes: [u8; ADDRESS_MAX],
    /// How many bytes count.
    length: u32,
}

impl Default for Address {
    /// Room for an address of any family.
    fn default() -> Address {
        Address { bytes: [0; ADDRESS_MAX], length: ADDRESS_MAX as u32 }
    }
}

impl Address {
    /// An address of a family whose structure has that many bytes, the rest of which are zeros.
    pub fn of_family(family: i32, length: usize) -> Address {
        let mut made = Address { bytes: [0; ADDRESS_MAX], length: length as u32 };
        made.put(0, (family as u16).to_ne_bytes());
        made
    }

    /// A copy of what the system gives.
    pub fn from_bytes(bytes: &[u8]) -> Address {
        let mut made = Address::default();
        let length = bytes.len().min(ADDRESS_MAX);
        made.bytes[..length].copy_from_slice(&bytes[..length]);
        made.length = length as u32;
        made
    }

    pub fn family(&self) -> i32 {
        u16::from_ne_bytes(self.get(0)) as i32
    }

    pub fn put<const N: usize>(&mut self, place: usize, bytes: [u8; N]) {
        self.bytes[place..place + N].copy_from_slice(&bytes);
    }

    pub fn get<const N: usize>(&self, place: usize) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.bytes[place..place + N]);
        bytes
    }

    /// A number in the machine's order.
    pub fn word(&self, place: usize) -> u32 {
        u32::from_ne_bytes(self.get(place))
    }

    pub fn put_word(&mut self, place: usize, word: u32) {
        self.put(place, word.to_ne_bytes());
    }

    /// A number in the network's order.
    pub fn port(&self) -> u16 {
        u16::from_be_bytes(self.get(2))
    }

    pub fn put_slice(&mut self, place: usize, bytes: &[u8]) {
        self.bytes[place..place + bytes.len()].copy_from_slice(bytes);
    }

    /// A text that ends with a null byte or with its field.
    pub fn text(&self, place: usize, most: usize) -> &[u8] {
        let field = &self.bytes[place..place + most];
        &field[..field.iter().position(|byte| *byte == 0).unwrap_or(most)]
    }

    /// The bytes that count.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len()]
    }

    pub fn len(&self) -> usize {
        (self.length as usize).min(ADDRESS_MAX)
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Where the system reads the address.
    pub fn as_pointer(&self) -> *const libc::sockaddr {
        self.bytes.as_ptr().cast()
    }

    /// Where the system writes an address, and where its length, which says how much room there is.
    pub fn as_targets(&mut self) -> (*mut libc::sockaddr, *mut libc::socklen_t) {
        (self.bytes.as_mut_ptr().cast(), &raw mut self.length)
    }

    pub fn set_len(&mut self, length: u32) {
        self.length = length;
    }
}

/// A socket as far as its addresses depend on it.
#[derive(Clone, Copy)]
pub struct Kind {
    pub family: i32,
    pub protocol: i32,
}

/// An error for a family whose addresses nobody knows.
pub fn check_length(cx: &mut Context, kind: Kind) -> Result<()> {
    use family::*;
    match kind.family {
        ALG | CAN | INET | INET6 | NETLINK | PACKET | QIPCRTR | TIPC | UNIX | VSOCK => Ok(()),
        _ => Err(errors::plain(cx, "getsockaddrlen: bad family")),
    }
}

/// The address that an object stands for, for a function of that name.
pub fn from_object(cx: &mut Context, kind: Kind, value: Value, function: &str) -> Result<Address> {
    match kind.family {
        family::UNIX => local(cx, value),
        family::INET => internet::from_pair(cx, value, function),
        family::INET6 => internet::from_tuple(cx, value, function),
        _ => families::from_object(cx, kind, value, function),
    }
}

/// The address of a local socket: a path, or a name without one that starts with a null byte.
fn local(cx: &mut Context, value: Value) -> Result<Address> {
    let name = if str::is_str(value) { path::encode(cx, value)? } else { Buffer::read(cx, value)?.as_slice().to_vec() };
    let is_abstract = name.first().is_none_or(|byte| *byte == 0);
    // A path ends with a null byte.
    let needed = name.len() + !is_abstract as usize;
    if needed > PATH_MAX {
        return Err(errors::plain(cx, "AF_UNIX path too long"));
    }
    let mut made = Address::of_family(family::UNIX, 2 + needed);
    made.put_slice(2, &name);
    Ok(made)
}

/// The object that stands for an address; `None` where the system gave none.
pub fn to_object(cx: &mut Context, address: &Address, protocol: i32) -> Result<Owned> {
    if address.is_empty() {
        return Ok(Owned::new(singleton::none()));
    }
    match address.family() {
        family::UNIX => {
            let name = address.as_bytes().get(2..).unwrap_or_default();
            if name.first() == Some(&0) {
                return Ok(BytesObject::new(cx, name));
            }
            let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
            path::decode(cx, &name[..end])
        }
        family::INET => {
            let host = host_text(address).into_object(cx);
            let port = (address.port() as i64).into_object(cx);
            Ok(TupleObject::pair(cx, host, port))
        }
        family::INET6 => {
            let flow = u32::from_be_bytes(address.get(4));
            Ok((host_text(address), address.port() as i64, flow, address.word(24)).into_object(cx))
        }
        _ => families::to_object(cx, address, protocol),
    }
}
