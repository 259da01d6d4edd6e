//! Exits: how the words that machine code leaves behind become the interpreter's frame again.

use crate::tree::ExitId;
use sidewinder_ir::snapshot::RELEASED_SLOT;
use sidewinder_ir::{FrameState, Type};

/// The most words an exit may write to the exit buffer.
pub const EXIT_WORDS_MAX: usize = 4096;

/// Set in the number that machine code returns when the state is in memory already, for the tree that starts there.
pub const LINK: u64 = 1 << 63;

/// The number that machine code returns when its function has returned; the result comes with it.
pub const RETURNED: u64 = 1 << 62;

/// Where the word of a slot comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// A word of the exit buffer: a tagged value, an integer (multiplied by four) or a double.
    Buffer(u32, Type),
    /// A word that is always the same.
    Constant(u64),
}

/// What one exit does. Its number is what the machine code returns.
#[derive(Clone, PartialEq, Debug)]
pub struct ExitRecord {
    pub id: ExitId,
    pub frame: FrameState,
    /// Slots to write, in order.
    pub slots: Vec<(i32, Source)>,
    /// Slots whose value gets one more reference after they were written (a slot may be listed more than once).
    pub increments: Vec<i32>,
}

/// What the frames of a trace hold while it makes a call that may run Python. The number that it publishes is the
/// record's position, counted from one. In place of the exit buffer it has its native frame, whose words come first in
/// that buffer.
#[derive(Clone, PartialEq, Debug)]
pub struct CallRecord {
    pub frame: FrameState,
    pub slots: Vec<(i32, Source)>,
}

/// Writes the slots of an exit to the value stack. `box_float` makes the value of a double; `increment` adds a
/// reference to a value if it is counted; `release` gives one up.
///
/// # Safety
/// `buffer` is what the exit's machine code filled; `base` is the base that it was entered with, and the slots around
/// it belong to the stack. What the slots held before is not given up: the trace owned it.
pub unsafe fn materialize(
    record: &ExitRecord,
    buffer: *const u64,
    base: *mut u64,
    mut box_float: impl FnMut(f64) -> u64,
    mut increment: impl FnMut(u64),
    mut release: impl FnMut(u64),
) {
    let mut released = [(0, 0); 2];
    let mut released_count = 0;
    for &(slot, source) in &record.slots {
        let word = match source {
            Source::Constant(word) => word,
            Source::Buffer(index, kind) => {
                // SAFETY: the exit wrote this word.
                let word = unsafe { *buffer.add(index as usize) };
                match kind {
                    Type::Int => word | 1,
                    Type::Float => box_float(f64::from_bits(word)),
                    _ => word,
                }
            }
        };
        if slot >= RELEASED_SLOT {
            released[released_count] = (slot, word);
            released_count += 1;
            continue;
        }
        // SAFETY: the slot is on the stack, as the caller promises.
        unsafe { *base.offset(slot as isize) = word };
    }
    for &slot in &record.increments {
        if let Some((_, word)) = released[..released_count].iter().find(|(released, _)| *released == slot) {
            increment(*word);
            continue;
        }
        // SAFETY: as above.
        increment(unsafe { *base.offset(slot as isize) });
    }
    released[..released_count].iter().for_each(|&(_, word)| release(word));
}
