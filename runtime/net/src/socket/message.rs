//! Messages: bytes in several buffers, with ancillary data (descriptors, credentials, …) and an address.

use super::Socket;
use super::calls::Direction;
use super::transfer::{counted, room};
use crate::address::{self, Address};
use crate::numbers::{HEADER, padded};
use crate::{arguments, errors};
use sidewinder_os::system::calls as plain_calls;
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::objects::buffer::{Buffer, Request};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::RUNTIME_WARNING;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{convert, warnings};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

/// Bytes that ancillary data can have.
const ANCILLARY_MAX: usize = i32::MAX as usize;

/// Addresses and lengths of memory.
struct Parts(Vec<libc::iovec>);

// SAFETY: (system 1) the memory is lent for as long as the call takes.
unsafe impl Send for Parts {}
// SAFETY: (system 1) as above.
unsafe impl Sync for Parts {}

impl Parts {
    /// The memory of buffers, which must outlive this.
    fn of(buffers: &[Buffer]) -> Parts {
        let part = |buffer: &Buffer| libc::iovec { iov_base: buffer.pointer().cast(), iov_len: buffer.len() };
        Parts(buffers.iter().map(part).collect())
    }
}

/// Ancillary data in the system's form: items after each other, each with its length, level and type before it. The memory
/// is as aligned as their headers need.
struct Ancillary {
    words: Vec<u64>,
    length: usize,
}

impl Ancillary {
    /// Room for so many bytes.
    fn room(cx: &mut Context, length: usize) -> Result<Ancillary> {
        // Memory is taken as bytes, so that too much is told before words of it are cleared.
        drop(room(cx, length)?);
        Ok(Ancillary { words: vec![0; length.div_ceil(8)], length })
    }

    /// The bytes from a place on.
    fn bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_ne_bytes()).take(self.length).collect()
    }

    fn push(&mut self, level: i32, kind: i32, data: &[u8]) {
        let mut item = Vec::with_capacity(padded(data.len()));
        item.extend_from_slice(&(HEADER + data.len()).to_ne_bytes());
        item.extend_from_slice(&level.to_ne_bytes());
        item.extend_from_slice(&kind.to_ne_bytes());
        item.extend_from_slice(data);
        item.resize(padded(data.len()), 0);
        self.words.extend(item.chunks_exact(8).map(|chunk| {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            u64::from_ne_bytes(word)
        }));
        self.length = self.words.len() * 8;
    }
}

/// An item of ancillary data.
struct Item {
    level: i32,
    kind: i32,
    data: Vec<u8>,
}

/// The items that came, and whether something about them was wrong.
fn read_items(bytes: &[u8]) -> (Vec<Item>, bool) {
    fn number<const N: usize>(bytes: &[u8], place: usize) -> [u8; N] {
        let mut number = [0; N];
        number.copy_from_slice(&bytes[place..place + N]);
        number
    }
    let mut items = Vec::new();
    let mut place = 0;
    while place + HEADER <= bytes.len() {
        let length = usize::from_ne_bytes(number(bytes, place));
        if length < HEADER {
            return (items, true);
        }
        let space = bytes.len() - place;
        let data = bytes[place + HEADER..place + length.min(space)].to_vec();
        let level = i32::from_ne_bytes(number(bytes, place + 8));
        let kind = i32::from_ne_bytes(number(bytes, place + 12));
        items.push(Item { level, kind, data });
        if length > space {
            return (items, true);
        }
        place += length.next_multiple_of(8);
    }
    (items, false)
}

/// Closes the descriptors that came, where nobody will hear of them.
fn close_descriptors(items: &[Item]) {
    for item in items.iter().filter(|item| (item.level, item.kind) == (libc::SOL_SOCKET, libc::SCM_RIGHTS)) {
        for chunk in item.data.chunks_exact(4) {
            plain_calls::close(i32::from_ne_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]));
        }
    }
}

/// What one call has received.
struct Received {
    count: usize,
    ancillary: Ancillary,
    flags: i32,
    sender: Address,
}

/// Receives into the memory of the parts.
fn receive_parts(
    cx: &mut Context,
    socket: &Socket,
    parts: &mut Parts,
    ancillary_length: i64,
    flags: i32,
) -> Result<Received> {
    address::check_length(cx, socket.address_kind())?;
    let length = match usize::try_from(ancillary_length) {
        Ok(length) if length <= ANCILLARY_MAX => length,
        _ => return Err(cx.value_error("invalid ancillary data buffer length")),
    };
    let mut ancillary = Ancillary::room(cx, length)?;
    let mut sender = Address::default();
    let (place, from) = (&mut ancillary, &mut sender);
    let (count, length, flags) = socket.call(cx, Direction::Read, move |fd| {
        // SAFETY: (system 1) a structure of numbers and of pointers that may be null.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        *from = Address::default();
        let room = from.len() as libc::socklen_t;
        let (target, _) = from.as_targets();
        message.msg_name = target.cast();
        message.msg_namelen = room;
        message.msg_iov = parts.0.as_mut_ptr();
        message.msg_iovlen = parts.0.len();
        if place.length > 0 {
            message.msg_control = place.words.as_mut_ptr().cast();
        }
        message.msg_controllen = place.length;
        // SAFETY: (system 1) the parts lend their memory, the rest has the lengths said.
        let count = counted(unsafe { libc::recvmsg(fd, &mut message, flags) })?;
        from.set_len(message.msg_namelen);
        Ok((count, message.msg_controllen as usize, message.msg_flags))
    })?;
    ancillary.length = length.min(ancillary.length);
    Ok(Received { count, ancillary, flags, sender })
}

/// The tuple of what came, of which `first` makes the first item.
fn received_object(cx: &mut Context, socket: &Socket, received: Received, first: Owned) -> Result<Owned> {
    let (items, is_wrong) = read_items(&received.ancillary.bytes());
    let outcome = describe(cx, socket, &received, &items, is_wrong, first);
    if outcome.is_err() {
        close_descriptors(&items);
    }
    outcome
}

fn describe(
    cx: &mut Context,
    socket: &Socket,
    received: &Received,
    items: &[Item],
    is_wrong: bool,
    first: Owned,
) -> Result<Owned> {
    let mut list = Vec::with_capacity(items.len());
    for item in items {
        list.push((item.level, item.kind, item.data.as_slice()).into_object(cx));
    }
    if is_wrong {
        let message = "received malformed or improperly-truncated ancillary data";
        warnings::warn(cx, &RUNTIME_WARNING.object, message, 1)?;
    }
    let sender = socket.address_object(cx, &received.sender)?;
    Ok((first, list, received.flags, sender).into_object(cx))
}

/// `recvmsg(length, ancillary length=0, flags=0)`
pub fn receive(cx: &mut Context, socket: &Socket, arguments: Arguments<'_>) -> Result<Owned> {
    let values = arguments::positional(cx, "recvmsg", arguments, 1, 3)?;
    let length = arguments::size(cx, values[0])?;
    let ancillary_length = values.get(1).map_or(Ok(0), |value| arguments::size(cx, *value))?;
    let flags = arguments::number_or(cx, values.get(2), 0)?;
    let Ok(length) = usize::try_from(length) else {
        return Err(cx.value_error("negative buffer size in recvmsg()"));
    };
    let mut bytes = room(cx, length)?;
    let mut parts = Parts(vec![libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: length }]);
    let received = receive_parts(cx, socket, &mut parts, ancillary_length, flags)?;
    // SAFETY: (system 1) so much of the reserved memory was written.
    unsafe { bytes.set_len(received.count.min(length)) };
    let bytes = BytesObject::new(cx, &bytes);
    received_object(cx, socket, received, bytes)
}

/// `recvmsg_into(buffers, ancillary length=0, flags=0)`
pub fn receive_into(cx: &mut Context, socket: &Socket, arguments: Arguments<'_>) -> Result<Owned> {
    let values = arguments::positional(cx, "recvmsg_into", arguments, 1, 3)?;
    let ancillary_length = values.get(1).map_or(Ok(0), |value| arguments::size(cx, *value))?;
    let flags = arguments::number_or(cx, values.get(2), 0)?;
    let mut buffers = Vec::new();
    for item in arguments::items(cx, values[0], "recvmsg_into() argument 1 must be an iterable")? {
        match Buffer::get(cx, item.value(), Request::WRITABLE) {
            Ok(buffer) => buffers.push(buffer),
            Err(_) => {
                drop(cx.take_pending());
                let message = "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers";
                return Err(cx.type_error(message));
            }
        }
    }
    if buffers.len() > i32::MAX as usize {
        return Err(errors::plain(cx, "recvmsg_into() argument 1 is too long"));
    }
    let mut parts = Parts::of(&buffers);
    let received = receive_parts(cx, socket, &mut parts, ancillary_length, flags)?;
    let count = received.count.into_object(cx);
    received_object(cx, socket, received, count)
}

/// Level, type and bytes of an item that is sent.
fn ancillary_item(cx: &mut Context, item: Value) -> Result<(i32, i32, Buffer)> {
    const FUNCTION: &str = "[sendmsg() ancillary data items]() argument must be";
    let Some(tuple) = item.cast::<TupleObject>() else {
        let found = arguments::found_name(item);
        return Err(cx.type_error(format!("{FUNCTION} 3-item tuple, not {found}")));
    };
    let &[level, kind, data] = tuple.as_slice() else {
        let length = tuple.len();
        return Err(cx.type_error(format!("{FUNCTION} tuple of length 3, not {length}")));
    };
    let (level, kind) = (convert::c_int(cx, level)?, convert::c_int(cx, kind)?);
    Ok((level, kind, Buffer::read(cx, data)?))
}

/// Sends the memory of the parts.
fn send_parts(
    cx: &mut Context,
    socket: &Socket,
    mut parts: Parts,
    mut ancillary: Ancillary,
    flags: i32,
    mut receiver: Option<Address>,
) -> Result<i64> {
    let sent = socket.call(cx, Direction::Write, move |fd| {
        let whole = &mut parts;
        // SAFETY: (system 1) a structure of numbers and of pointers that may be null.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        if let Some(receiver) = &mut receiver {
            message.msg_namelen = receiver.len() as libc::socklen_t;
            message.msg_name = receiver.as_targets().0.cast();
        }
        message.msg_iov = whole.0.as_mut_ptr();
        message.msg_iovlen = whole.0.len();
        if ancillary.length > 0 {
            message.msg_control = ancillary.words.as_mut_ptr().cast();
            message.msg_controllen = ancillary.length;
        }
        // SAFETY: (system 1) the parts lend their memory, the rest has the lengths said.
        counted(unsafe { libc::sendmsg(fd, &message, flags) })
    })?;
    Ok(sent as i64)
}

/// `sendmsg(buffers, ancillary=(), flags=0, address=None)`
pub fn send(cx: &mut Context, socket: &Socket, arguments: Arguments<'_>) -> Result<i64> {
    let values = arguments::positional(cx, "sendmsg", arguments, 1, 4)?;
    let flags = arguments::number_or(cx, values.get(2), 0)?;
    let receiver = match values.get(3) {
        Some(receiver) if *receiver != singleton::none() => Some(socket.address(cx, *receiver, "sendmsg")?),
        _ => None,
    };
    let buffers = arguments::buffers(cx, values[0], "sendmsg() argument 1 must be an iterable")?;
    if buffers.len() > i32::MAX as usize {
        return Err(errors::plain(cx, "sendmsg() argument 1 is too long"));
    }
    let items = match values.get(1) {
        Some(items) => arguments::items(cx, *items, "sendmsg() argument 2 must be an iterable")?,
        None => Vec::new(),
    };
    let mut parsed = Vec::with_capacity(items.len());
    for item in &items {
        parsed.push(ancillary_item(cx, item.value())?);
    }
    let mut ancillary = Ancillary { words: Vec::new(), length: 0 };
    for (level, kind, data) in &parsed {
        if data.len() > ANCILLARY_MAX - padded(1) {
            return Err(errors::plain(cx, "ancillary data item too large"));
        }
        if ancillary.length + padded(data.len()) > ANCILLARY_MAX {
            return Err(errors::plain(cx, "too much ancillary data"));
        }
        ancillary.push(*level, *kind, data.as_slice());
    }
    send_parts(cx, socket, Parts::of(&buffers), ancillary, flags, receiver)
}

/// What `sendmsg_afalg` is called with.
pub struct AlgorithmCall {
    pub msg: Value,
    pub op: Option<Value>,
    pub iv: Option<Value>,
    pub assoclen: Option<Value>,
    pub flags: i32,
}

/// Items of ancillary data for algorithms of the kernel.
const SOL_ALG: i32 = 279;
const ALG_SET_IV: i32 = 2;
const ALG_SET_OP: i32 = 3;
const ALG_SET_AEAD_ASSOCLEN: i32 = 4;

/// `sendmsg_afalg([data], *, op, iv, assoclen, flags)`
pub fn send_to_algorithm(cx: &mut Context, socket: &Socket, asked: AlgorithmCall) -> Result<i64> {
    if socket.family.get() != address::family::ALG {
        return Err(errors::plain(cx, "algset is only supported for AF_ALG"));
    }
    let op = match asked.op {
        Some(op) => convert::c_int(cx, op)?,
        None => -1,
    };
    if op < 0 {
        return Err(cx.type_error("Invalid or missing argument 'op'"));
    }
    let length = match asked.assoclen {
        Some(length) => {
            let length = convert::c_int(cx, length)?;
            if length < 0 {
                return Err(cx.type_error("assoclen must be positive"));
            }
            Some(length)
        }
        None => None,
    };
    let mut ancillary = Ancillary { words: Vec::new(), length: 0 };
    ancillary.push(SOL_ALG, ALG_SET_OP, &op.to_ne_bytes());
    if let Some(iv) = asked.iv {
        let iv = Buffer::read(cx, iv)?;
        let mut data = (iv.len() as u32).to_ne_bytes().to_vec();
        data.extend_from_slice(iv.as_slice());
        ancillary.push(SOL_ALG, ALG_SET_IV, &data);
    }
    if let Some(length) = length {
        ancillary.push(SOL_ALG, ALG_SET_AEAD_ASSOCLEN, &length.to_ne_bytes());
    }
    let buffers = match asked.msg {
        none if none == singleton::none() => Vec::new(),
        message => arguments::buffers(cx, message, "sendmsg() argument 1 must be an iterable")?,
    };
    send_parts(cx, socket, Parts::of(&buffers), ancillary, asked.flags, None)
}
