//! The module `_uuid`: identifiers made of the time and of what the machine is called in its network (RFC 9562, version 1).

use crate::system::{calls, raise};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::{Context, Result};
use std::cell::Cell;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

/// Steps of 100 nanoseconds from the first day of the Gregorian calendar to 1970.
const EPOCH: u64 = 0x01B2_1DD2_1381_4000;
/// What is known of an identifier: nothing but this process has seen to it that there is no other one like it.
const UNSYNCHRONIZED: i64 = -1;

/// What makes the identifiers of an interpreter differ.
#[derive(Clone, Copy)]
struct Clock {
    /// The process that it was made in: one that is forked must not go on with it.
    process: i32,
    node: [u8; 6],
    sequence: u16,
    /// The time of the last identifier.
    last: u64,
}

#[derive(Default)]
struct State(Cell<Option<Clock>>);

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    calls::getrandom(&mut bytes, 0).map(|_| bytes)
}

/// The address of the network card of the lowest number that has one, of one that is up if there is any.
fn hardware_address() -> Option<[u8; 6]> {
    let cards = std::fs::read_dir("/sys/class/net").ok()?;
    let found = cards.flatten().filter_map(|card| {
        let number = std::fs::read_to_string(card.path().join("ifindex")).ok()?.trim().parse::<u32>().ok()?;
        let flags = std::fs::read_to_string(card.path().join("flags")).ok()?;
        let flags = i32::from_str_radix(flags.trim().trim_start_matches("0x"), 16).ok()?;
        let is_down = flags & libc::IFF_UP == 0;
        let address = std::fs::read_to_string(card.path().join("address")).ok()?;
        let mut bytes = [0; 6];
        let mut parts = address.trim().split(':');
        for byte in &mut bytes {
            *byte = u8::from_str_radix(parts.next()?, 16).ok()?;
        }
        (parts.next().is_none() && bytes != [0; 6]).then_some((is_down, number, bytes))
    });
    found.min().map(|(_, _, address)| address)
}

/// A clock that starts at a place of its own.
fn new_clock() -> io::Result<Clock> {
    let node = match hardware_address() {
        Some(address) => address,
        None => {
            let mut node = random::<6>()?;
            // No network card has such an address.
            node[0] |= 1;
            node
        }
    };
    Ok(Clock { process: calls::getpid(), node, sequence: u16::from_be_bytes(random()?), last: 0 })
}

impl Clock {
    /// The next identifier: the time, the lowest part first, the sequence, the node.
    fn next(&mut self) -> [u8; 16] {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = EPOCH + (now.as_nanos() / 100) as u64;
        // As long as the system's clock stands still, this one goes on; when it was put back, another sequence starts.
        const BEHIND_MAX: u64 = 10_000;
        let time = match now {
            now if now > self.last => now,
            now if self.last - now < BEHIND_MAX => self.last + 1,
            now => {
                self.sequence = self.sequence.wrapping_add(1);
                now
            }
        };
        self.last = time;
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&(time as u32).to_be_bytes());
        bytes[4..6].copy_from_slice(&((time >> 32) as u16).to_be_bytes());
        bytes[6..8].copy_from_slice(&((time >> 48) as u16 & 0x0FFF | 0x1000).to_be_bytes());
        bytes[8..10].copy_from_slice(&(self.sequence & 0x3FFF | 0x8000).to_be_bytes());
        bytes[10..].copy_from_slice(&self.node);
        bytes
    }
}

/// Identifiers made of the time.
#[native_module("_uuid")]
mod rows {
    use super::*;

    #[constant(name = "has_uuid_generate_time_safe")]
    const HAS_TIME_SAFE: i64 = 1;

    #[constant(name = "has_stable_extractable_node")]
    const HAS_STABLE_NODE: i64 = 0;

    /// The bytes of a new identifier, and whether the system has seen to it that there is no other one (0), or not (-1).
    #[function]
    fn generate_time_safe(cx: &mut Context) -> Result<(Bytes, i64)> {
        let state = cx.state::<State>();
        let mut clock = match state.0.get() {
            Some(clock) if clock.process == calls::getpid() => clock,
            _ => new_clock().map_err(|error| raise(cx, &error))?,
        };
        let made = clock.next();
        state.0.set(Some(clock));
        Ok((Bytes(made.to_vec()), UNSYNCHRONIZED))
    }
}
