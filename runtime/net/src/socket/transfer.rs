//! Bytes that sockets send and receive.

use super::Socket;
use super::calls::{Direction, Outcome, call};
use crate::address::{self, Address};
use crate::{arguments, errors, system};
use sidewinder_os::clock;
use sidewinder_runtime::native::{Index, IntoObject};
use sidewinder_runtime::objects::buffer::{Buffer, Request};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{MEMORY_ERROR, raise_arguments};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value, signals};
use std::io;

/// How many bytes came or went, or the error.
pub fn counted(count: isize) -> io::Result<usize> {
    system::check(count).map(|count| count as usize)
}

/// Room for so many bytes, which nobody has written yet.
pub fn room(cx: &mut Context, length: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match bytes.try_reserve_exact(length) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(raise_arguments(cx, &MEMORY_ERROR.object, &[])),
    }
}

/// Receives into memory that is not written yet.
fn receive_room(fd: i32, bytes: &mut Vec<u8>, length: usize, flags: i32) -> io::Result<()> {
    let room = &mut bytes.spare_capacity_mut()[..length];
    // SAFETY: (system 1) the memory has the length said; so much of it is written as the system says.
    let count = counted(unsafe { libc::recv(fd, room.as_mut_ptr().cast(), length, flags) })?;
    // SAFETY: (system 1) as above.
    unsafe { bytes.set_len(count.min(length)) };
    Ok(())
}

/// Receives into memory, and who sent it. The address is empty where the system gives none.
fn receive_with_address(fd: i32, into: *mut u8, length: usize, flags: i32) -> io::Result<(usize, Address)> {
    let mut sender = Address::default();
    let (place, size) = sender.as_targets();
    // SAFETY: (system 1) the caller lends memory of the length said; so has the address.
    let count = counted(unsafe { libc::recvfrom(fd, into.cast(), length, flags, place, size) })?;
    Ok((count, sender))
}

/// `recv(length, flags=0)`
pub fn receive(cx: &mut Context, socket: &Socket, arguments: Arguments<'_>) -> Result<Owned> {
    let values = arguments::positional(cx, "recv", arguments, 1, 2)?;
    let length = arguments::size(cx, values[0])?;
    let flags = arguments::number_or(cx, values.get(1), 0)?;
    let Ok(length) = usize::try_from(length) else {
        return Err(cx.value_error("negative buffersize in recv"));
    };
    let mut bytes = room(cx, length)?;
    if length > 0 {
        let bytes = &mut bytes;
        socket.call(cx, Direction::Read, move |fd| receive_room(fd, bytes, length, flags))?;
    }
    Ok(BytesObject::new(cx, &bytes))
}

/// `recvfrom(length, flags=0)`
pub fn receive_from(cx: &mut Context, socket: &Socket, arguments: Arguments<'_>) -> Result<Owned> {
    let values = arguments::positional(cx, "recvfrom", arguments, 1, 2)?;
    let length = arguments::size(cx, values[0])?;
    let flags = arguments::number_or(cx, values.get(1), 0)?;
    let Ok(length) = usize::try_from(length) else {
        return Err(cx.value_error("negative buffersize in recvfrom"));
    };
    address::check_length(cx, socket.address_kind())?;
    let mut bytes = room(cx, length)?;
    let place = &mut bytes;
    let sender = socket.call(cx, Direction::Read, move |fd| {
        let (count, sender) = receive_with_address(fd, place.as_mut_ptr(), length, flags)?;
        // SAFETY: (system 1) so much of the reserved memory was written.
        unsafe { place.set_len(count.min(length)) };
        Ok(sender)
    })?;
    let bytes = BytesObject::new(cx, &bytes);
    let sender = socket.address_object(cx, &sender)?;
    Ok((bytes, sender).into_object(cx))
}

/// A buffer that is received into, and how many bytes of it.
fn target(cx: &mut Context, buffer: Value, length: Index, function: &str) -> Result<(Buffer, usize)> {
    let target = match Buffer::get(cx, buffer, Request::WRITABLE) {
        Ok(target) => target,
        Err(_) => {
            drop(cx.take_pending());
            let found = arguments::found_name(buffer);
            let message = format!("{function}() argument 1 must be read-write bytes-like object, not {found}");
            return Err(cx.type_error(message));
        }
    };
    let Ok(wanted) = usize::try_from(length.0) else {
        return Err(cx.value_error(format!("negative buffersize in {function}")));
    };
    Ok((target, wanted))
}

/// `recv_into(buffer, nbytes=0, flags=0)`
pub fn receive_into(cx: &mut Context, socket: &Socket, buffer: Value, nbytes: Index, flags: i32) -> Result<i64> {
    let (target, wanted) = target(cx, buffer, nbytes, "recv_into")?;
    if target.len() < wanted {
        return Err(cx.value_error("buffer too small for requested bytes"));
    }
    let length = if wanted == 0 { target.len() } else { wanted };
    if length == 0 {
        return Ok(0);
    }
    let place = &mut target.as_mut_slice()[..length];
    let count = socket.call(cx, Direction::Read, move |fd| {
        // SAFETY: (system 1) the buffer lends its memory.
        counted(unsafe { libc::recv(fd, place.as_mut_ptr().cast(), place.len(), flags) })
    })?;
    Ok(count as i64)
}

/// `recvfrom_into(buffer, nbytes=0, flags=0)`
pub fn receive_from_into(cx: &mut Context, socket: &Socket, buffer: Value, nbytes: Index, flags: i32) -> Result<Owned> {
    let (target, wanted) = target(cx, buffer, nbytes, "recvfrom_into")?;
    if wanted > target.len() {
        return Err(cx.value_error("nbytes is greater than the length of the buffer"));
    }
    address::check_length(cx, socket.address_kind())?;
    let length = if wanted == 0 { target.len() } else { wanted };
    let place = &mut target.as_mut_slice()[..length];
    let (count, sender) =
        socket.call(cx, Direction::Read, move |fd| receive_with_address(fd, place.as_mut_ptr(), place.len(), flags))?;
    let sender = socket.address_object(cx, &sender)?;
    Ok((count, sender).into_object(cx))
}

fn send_bytes(fd: i32, bytes: &[u8], flags: i32) -> io::Result<usize> {
    // SAFETY: (system 1) the bytes have the length said.
    counted(unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), flags) })
}

/// `send(data, flags=0)`
pub fn send(cx: &mut Context, socket: &Socket, arguments: Arguments<'_>) -> Result<i64> {
    let values = arguments::positional(cx, "send", arguments, 1, 2)?;
    let data = Buffer::read(cx, values[0])?;
    let flags = arguments::number_or(cx, values.get(1), 0)?;
    let bytes = data.as_slice();
    socket.call(cx, Direction::Write, move |fd| send_bytes(fd, bytes, flags)).map(|count| count as i64)
}

/// `sendall(data, flags=0)`: the timeout is one for all parts.
pub fn send_all(cx: &mut Context, socket: &Socket, arguments: Arguments<'_>) -> Result<()> {
    let values = arguments::positional(cx, "sendall", arguments, 1, 2)?;
    let data = Buffer::read(cx, values[0])?;
    let flags = arguments::number_or(cx, values.get(1), 0)?;
    let mut bytes = data.as_slice();
    let timeout = socket.timeout.get();
    let deadline = (timeout > 0).then(|| clock::monotonic().saturating_add(timeout));
    loop {
        let left = deadline.map_or(timeout, |deadline| deadline.saturating_sub(clock::monotonic()));
        if deadline.is_some() && left <= 0 {
            return Err(errors::timed_out(cx));
        }
        let sent = match call(cx, socket, Direction::Write, left, move |fd| send_bytes(fd, bytes, flags))? {
            Outcome::Done(count) => count,
            other => other.finish(cx)?,
        };
        bytes = &bytes[sent.min(bytes.len())..];
        signals::check(cx)?;
        if bytes.is_empty() {
            return Ok(());
        }
    }
}

/// `sendto(data, address)`, `sendto(data, flags, address)`
pub fn send_to(cx: &mut Context, socket: &Socket, arguments: Arguments<'_>) -> Result<i64> {
    let values = arguments::positional(cx, "sendto", arguments, 0, usize::MAX)?;
    let (data, flags, receiver) = match *values {
        [data, receiver] => (Buffer::read(cx, data)?, 0, receiver),
        [data, flags, receiver] => {
            let data = Buffer::read(cx, data)?;
            (data, convert::c_int(cx, flags)?, receiver)
        }
        _ => {
            let given = values.len();
            return Err(cx.type_error(format!("sendto() takes 2 or 3 arguments ({given} given)")));
        }
    };
    let receiver = socket.address(cx, receiver, "sendto")?;
    let bytes = data.as_slice();
    let sent = socket.call(cx, Direction::Write, move |fd| {
        let size = receiver.len() as libc::socklen_t;
        // SAFETY: (system 1) bytes and address have the lengths said.
        counted(unsafe { libc::sendto(fd, bytes.as_ptr().cast(), bytes.len(), flags, receiver.as_pointer(), size) })
    })?;
    Ok(sent as i64)
}
