//! Where the bytes of a connection come from and go to.

use crate::buffer::MemoryBIO;
use crate::engine::Records;
use crate::error;
use sidewinder_net::Socket;
use sidewinder_net::calls::{self, Direction, Outcome};
use sidewinder_os::system::{self, calls as plain};
use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::native::{NativeObject, Traverse};
use sidewinder_runtime::objects::exception::TIMEOUT_ERROR;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::weak::{self, WEAK_REFERENCE};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::io;

/// Bytes that a record has at most, with its header.
const RECORD_BYTES: usize = 5 + (1 << 14) + 256;

/// A socket, which the connection does not keep alive, or two buffers.
pub enum Transport {
    Socket(Owned),
    Buffers { incoming: Owned, outgoing: Owned },
}

impl Traverse for Transport {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        match self {
            Transport::Socket(reference) => reference.traverse(visit),
            Transport::Buffers { incoming, outgoing } => {
                incoming.traverse(visit);
                outgoing.traverse(visit);
            }
        }
    }

    fn release(&mut self, children: &mut Children<'_>) {
        match self {
            Transport::Socket(reference) => reference.release(children),
            Transport::Buffers { incoming, outgoing } => {
                outgoing.release(children);
                incoming.release(children);
            }
        }
    }
}

/// What has come.
pub enum Arrival {
    Bytes(Vec<u8>),
    /// Nothing will come any more.
    Ended,
    /// Nothing is there now, and the socket does not wait.
    Nothing,
    TimedOut,
}

/// How sending has ended.
pub enum Departure {
    Sent,
    /// The socket takes nothing more now, and does not wait.
    Full,
    TimedOut,
}

/// Raises the error for an operation that took too long.
#[cold]
pub fn timed_out(cx: &mut Context, message: &str) -> Raised {
    cx.raise(&TIMEOUT_ERROR, message)
}

impl Transport {
    pub fn socket(cx: &mut Context, socket: Value) -> Result<Transport> {
        if socket.cast::<NativeObject<Socket>>().is_none() {
            let name = socket.type_of().name();
            return Err(cx.type_error(format!("_wrap_socket() argument 'sock' must be _socket.socket, not {name}")));
        }
        weak::new(cx, &WEAK_REFERENCE, socket, singleton::none()).map(Transport::Socket)
    }

    /// The socket, as long as it is there.
    fn referent(cx: &mut Context, reference: &Owned) -> Result<Owned> {
        weak::of(reference.value()).referent().ok_or_else(|| {
            let message = "Underlying socket connection gone";
            error::raise(cx, error::Kind::Error, 0, None, message, None)
        })
    }

    /// Whether operations wait until they are done.
    pub fn waits(&self, _cx: &mut Context) -> bool {
        match self {
            Transport::Socket(reference) => {
                let referent = weak::of(reference.value()).referent();
                let socket = referent.as_ref().and_then(|socket| socket.value().cast::<NativeObject<Socket>>());
                socket.is_some_and(|socket| socket.patience() != 0)
            }
            Transport::Buffers { .. } => true,
        }
    }

    /// Receives what there is; from a socket the rest of a record, and no more.
    pub fn receive(&self, cx: &mut Context, records: &Records) -> Result<Arrival> {
        let reference = match self {
            Transport::Buffers { incoming, .. } => {
                let Some(buffer) = incoming.value().cast::<NativeObject<MemoryBIO>>() else {
                    return Ok(Arrival::Ended);
                };
                let bytes = buffer.take(usize::MAX);
                return Ok(match bytes.is_empty() {
                    false => Arrival::Bytes(bytes),
                    true if buffer.has_ended() => Arrival::Ended,
                    true => Arrival::Nothing,
                });
            }
            Transport::Socket(reference) => reference,
        };
        let held = Transport::referent(cx, reference)?;
        let Some(socket) = held.value().cast::<NativeObject<Socket>>() else { return Ok(Arrival::Ended) };
        let mut bytes = vec![0; RECORD_BYTES];
        let outcome = calls::call(cx, socket, Direction::Read, socket.patience(), |fd| {
            let count = plain::read(fd, &mut bytes[..records.missing().min(RECORD_BYTES)])?;
            let mut now = records.clone();
            now.pass(&bytes[..count]);
            // Behind a header the record itself has mostly come, too.
            let end = (count + now.missing()).min(RECORD_BYTES);
            match count > 0 && now.is_inside() {
                true => Ok(count + plain::read(fd, &mut bytes[count..end]).unwrap_or(0)),
                false => Ok(count),
            }
        })?;
        Ok(match outcome {
            Outcome::Done(0) => Arrival::Ended,
            Outcome::Done(count) => {
                bytes.truncate(count);
                Arrival::Bytes(bytes)
            }
            Outcome::TimedOut => Arrival::TimedOut,
            Outcome::Failed(failed) if failed.kind() == io::ErrorKind::WouldBlock => Arrival::Nothing,
            Outcome::Failed(failed) => return Err(system::raise(cx, &failed)),
        })
    }

    /// Puts bytes into the buffer for them, if there is one; else they are given back, to be sent.
    pub fn take_over(&self, bytes: Vec<u8>) -> Option<Vec<u8>> {
        let Transport::Buffers { outgoing, .. } = self else { return Some(bytes) };
        if let Some(buffer) = outgoing.value().cast::<NativeObject<MemoryBIO>>() {
            buffer.put_all(bytes);
        }
        None
    }

    /// Sends bytes: how many have gone, and how that has ended.
    pub fn send(&self, cx: &mut Context, bytes: &[u8]) -> Result<(usize, Departure)> {
        let reference = match self {
            Transport::Buffers { .. } => return Ok((bytes.len(), Departure::Sent)),
            Transport::Socket(reference) => reference,
        };
        let held = Transport::referent(cx, reference)?;
        let Some(socket) = held.value().cast::<NativeObject<Socket>>() else { return Ok((0, Departure::Full)) };
        let mut sent = 0;
        while sent < bytes.len() {
            let rest = &bytes[sent..];
            let outcome = calls::call(cx, socket, Direction::Write, socket.patience(), |fd| plain::write(fd, rest))?;
            match outcome {
                Outcome::Done(count) => sent += count,
                Outcome::TimedOut => return Ok((sent, Departure::TimedOut)),
                Outcome::Failed(failed) if failed.kind() == io::ErrorKind::WouldBlock => {
                    return Ok((sent, Departure::Full));
                }
                Outcome::Failed(failed) => return Err(system::raise(cx, &failed)),
            }
        }
        Ok((sent, Departure::Sent))
    }
}
