//! Addresses of other families: those of the kernel, of links, buses and virtual machines.

use super::internet::tuple;
use super::{Address, Kind, family};
use crate::{arguments, errors, interfaces};
use sidewinder_os::{path, system};
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Protocols of the bus.
const CAN_RAW: i32 = 1;
const CAN_BCM: i32 = 2;
const CAN_ISOTP: i32 = 6;
const CAN_J1939: i32 = 7;

/// What the first number of a TIPC address says of the others.
const TIPC_RANGE: u32 = 1;
const TIPC_NAME: u32 = 2;
const TIPC_ID: u32 = 3;
const TIPC_CLUSTER_SCOPE: u32 = 2;

pub fn from_object(cx: &mut Context, kind: Kind, value: Value, function: &str) -> Result<Address> {
    match kind.family {
        family::NETLINK => from_two(cx, value, function, kind.family, "AF_NETLINK", [4, 8], 12),
        family::QIPCRTR => from_two(cx, value, function, kind.family, "AF_QIPCRTR", [4, 8], 12),
        family::VSOCK => from_two(cx, value, function, kind.family, "AF_VSOCK", [8, 4], 16),
        family::PACKET => packet(cx, value, function),
        family::CAN => bus(cx, kind.protocol, value, function),
        family::TIPC => cluster(cx, value, function),
        family::ALG => algorithm(cx, value, function),
        _ => Err(errors::plain(cx, format!("{function}(): bad family"))),
    }
}

/// A pair of numbers, at these places of the address.
fn from_two(
    cx: &mut Context,
    value: Value,
    function: &str,
    family: i32,
    name: &str,
    places: [usize; 2],
    length: usize,
) -> Result<Address> {
    let items = tuple(cx, value, function, name)?;
    if items.len() != 2 {
        let given = items.len();
        return Err(cx.type_error(format!("getsockaddrarg() takes exactly 2 arguments ({given} given)")));
    }
    let mut made = Address::of_family(family, length);
    for (item, place) in items.iter().zip(places) {
        let number = arguments::bits(cx, *item)?;
        made.put_word(place, number);
    }
    Ok(made)
}

/// `(interface, protocol, packet type, hardware type, hardware address)`
fn packet(cx: &mut Context, value: Value, function: &str) -> Result<Address> {
    let items = tuple(cx, value, function, "AF_PACKET")?;
    let &[interface, protocol, ref rest @ ..] = items else {
        return Err(cx.type_error("AF_PACKET address must be a tuple of two to five elements"));
    };
    if rest.len() > 3 {
        return Err(cx.type_error("AF_PACKET address must be a tuple of two to five elements"));
    }
    let interface = arguments::text(cx, interface, "getsockaddrarg", " 1")?;
    let protocol = convert::c_int(cx, protocol)?;
    let packet_type = arguments::number_or(cx, rest.first(), 0)?;
    let hardware = arguments::number_or(cx, rest.get(1), 0)?;
    let own = match rest.get(2) {
        Some(own) => Buffer::read(cx, *own)?.as_slice().to_vec(),
        None => Vec::new(),
    };
    if own.len() > 8 {
        return Err(cx.value_error("Hardware address must be 8 bytes or less"));
    }
    let index = interfaces::index_of(&interface).map_err(|error| system::raise(cx, &error))?;
    let Ok(protocol) = u16::try_from(protocol) else {
        return Err(cx.overflow_error(format!("{function}(): proto must be 0-65535.")));
    };
    let mut made = Address::of_family(family::PACKET, 20);
    made.put(2, protocol.to_be_bytes());
    made.put_word(4, index);
    made.put(8, (hardware as u16).to_ne_bytes());
    made.put(10, [packet_type as u8, own.len() as u8]);
    made.put_slice(12, &own);
    Ok(made)
}

/// The number of an interface of the bus, of which an empty name means all.
fn bus_interface(cx: &mut Context, value: Value) -> Result<u32> {
    let name = path::FileName::of(cx, value)?.0;
    match name.as_bytes().len() {
        0 => Ok(0),
        1..libc::IFNAMSIZ => interfaces::index_of(&name).map_err(|error| system::raise(cx, &error)),
        _ => Err(errors::plain(cx, "AF_CAN interface name too long")),
    }
}

/// `(interface,)`, and what else the protocol needs.
fn bus(cx: &mut Context, protocol: i32, value: Value, function: &str) -> Result<Address> {
    if !matches!(protocol, CAN_RAW | CAN_BCM | CAN_ISOTP | CAN_J1939) {
        return Err(errors::plain(cx, format!("{function}(): unsupported CAN protocol")));
    }
    let items = tuple(cx, value, function, "AF_CAN")?;
    let mut made = Address::of_family(family::CAN, 24);
    match (protocol, items) {
        (CAN_RAW | CAN_BCM, &[interface]) => {
            let index = bus_interface(cx, interface)?;
            made.put_word(4, index);
        }
        (CAN_ISOTP, &[interface, receiver, sender]) => {
            let (receiver, sender) = (arguments::bits(cx, receiver)?, arguments::bits(cx, sender)?);
            let index = bus_interface(cx, interface)?;
            made.put_word(4, index);
            made.put_word(8, receiver);
            made.put_word(12, sender);
        }
        (CAN_J1939, &[interface, name, group, address]) => {
            let name = convert::index(cx, name)?;
            let name = int::as_u64(name.value()).unwrap_or(u64::MAX);
            let (group, address) = (arguments::bits(cx, group)?, arguments::bits(cx, address)?);
            let index = bus_interface(cx, interface)?;
            made.put_word(4, index);
            made.put(8, name.to_ne_bytes());
            made.put_word(16, group);
            made.put(20, [address as u8]);
        }
        (CAN_RAW | CAN_BCM, _) => return Err(cx.type_error("AF_CAN address must be a tuple (interface, )")),
        (CAN_ISOTP, _) => {
            return Err(cx.type_error("AF_CAN address must be a tuple (interface, rx_addr, tx_addr)"));
        }
        _ => return Err(cx.type_error("AF_CAN address must be a tuple (interface, name, pgn, addr)")),
    }
    Ok(made)
}

/// `(kind, first, second, third, scope)`
fn cluster(cx: &mut Context, value: Value, function: &str) -> Result<Address> {
    let items = tuple(cx, value, function, "AF_TIPC")?;
    if !(4..=5).contains(&items.len()) {
        return Err(cx.type_error("AF_TIPC address must be a tuple (addr_type, v1, v2, v3[, scope])"));
    }
    let mut numbers = [0, 0, 0, 0, TIPC_CLUSTER_SCOPE];
    for (number, item) in numbers.iter_mut().zip(items) {
        *number = arguments::bits(cx, *item)?;
    }
    let [kind, first, second, third, scope] = numbers;
    let words = match kind {
        TIPC_RANGE => [first, second, third],
        TIPC_NAME => [first, second, 0],
        TIPC_ID => [second, first, 0],
        _ => return Err(cx.type_error("Invalid address type")),
    };
    let mut made = Address::of_family(family::TIPC, 16);
    made.put(2, [kind as u8, scope as u8]);
    for (place, word) in [4, 8, 12].into_iter().zip(words) {
        made.put_word(place, word);
    }
    Ok(made)
}

/// `(type, name, feature, mask)`
fn algorithm(cx: &mut Context, value: Value, function: &str) -> Result<Address> {
    let items = tuple(cx, value, function, "AF_ALG")?;
    let &[kind, name, ref rest @ ..] = items else {
        return Err(cx.type_error("AF_ALG address must be a tuple (type, name[, feat[, mask]])"));
    };
    if rest.len() > 2 {
        return Err(cx.type_error("AF_ALG address must be a tuple (type, name[, feat[, mask]])"));
    }
    let kind = arguments::text(cx, kind, function, " 1")?;
    let name = arguments::text(cx, name, function, " 2")?;
    let mut made = Address::of_family(family::ALG, 88);
    for (place, item) in [16, 20].into_iter().zip(rest) {
        let number = arguments::bits(cx, *item)? as u16;
        made.put_word(place, number as u32);
    }
    if kind.as_bytes().len() >= 14 {
        return Err(cx.value_error("AF_ALG type too long."));
    }
    if name.as_bytes().len() >= 64 {
        return Err(cx.value_error("AF_ALG name too long."));
    }
    made.put_slice(2, kind.as_bytes());
    made.put_slice(24, name.as_bytes());
    Ok(made)
}

pub fn to_object(cx: &mut Context, address: &Address, protocol: i32) -> Result<Owned> {
    Ok(match address.family() {
        family::NETLINK | family::QIPCRTR => pair(cx, address.word(4), address.word(8)),
        family::VSOCK => pair(cx, address.word(8), address.word(4)),
        family::PACKET => {
            let interface = interfaces::name_of(address.word(4)).unwrap_or_default();
            let [packet_type, length] = address.get(10);
            let hardware = u16::from_ne_bytes(address.get(8));
            let own = &address.get::<8>(12)[..usize::from(length).min(8)];
            let own = BytesObject::new(cx, own);
            let interface = path::decode(cx, &interface)?;
            (interface, address.port() as i64, packet_type, hardware as i64, own).into_object(cx)
        }
        family::CAN => {
            let interface = interfaces::name_of(address.word(4)).unwrap_or_default();
            let interface = path::decode(cx, &interface)?;
            match protocol {
                CAN_ISOTP => (interface, address.word(8), address.word(12)).into_object(cx),
                CAN_J1939 => {
                    let [own] = address.get(20);
                    (interface, u64::from_ne_bytes(address.get(8)), address.word(16), own).into_object(cx)
                }
                _ => (interface, address.family()).into_object(cx),
            }
        }
        family::TIPC => {
            let [kind, scope] = address.get(2);
            let [first, second, third] = [4, 8, 12].map(|place| address.word(place));
            let numbers = match kind as u32 {
                TIPC_RANGE => (kind, first, second, third, scope as i8 as i32),
                TIPC_NAME => (kind, first, second, second, scope as i8 as i32),
                TIPC_ID => (kind, second, first, 0, scope as i8 as i32),
                _ => return Err(cx.value_error("Invalid address type")),
            };
            numbers.into_object(cx)
        }
        family::ALG => {
            let kind = StrObject::new(cx, &String::from_utf8_lossy(address.text(2, 14)));
            let name = StrObject::new(cx, &String::from_utf8_lossy(address.text(24, 64)));
            (kind, name, address.word(16) as u16 as i64, address.word(20) as u16 as i64).into_object(cx)
        }
        family => {
            let data = address.as_bytes().get(2..).unwrap_or_default();
            (family, data).into_object(cx)
        }
    })
}

fn pair(cx: &mut Context, first: u32, second: u32) -> Owned {
    let (first, second) = (first.into_object(cx), second.into_object(cx));
    TupleObject::pair(cx, first, second)
}
