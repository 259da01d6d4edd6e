//! Snapshots: what the interpreter's frames hold at an exit.
//!
//! Slots are words of the thread's value stack, counted from the first register of the frame in which the trace was
//! entered. Frame headers are slots like any other (see the interpreter's frame layout), so an inlined frame needs no
//! structure of its own here but where the running one starts and where it goes on.

use crate::trace::Ref;

/// Index of a snapshot in its trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct SnapshotId(pub u32);

/// Slots from here on, in optimized code, are no words of the stack: fields of objects that the exit makes.
pub const OBJECT_SLOT: i32 = 1 << 29;

/// Slots from here on are no words of the stack: the exit releases their values, which the trace owned and the
/// interpreter has no use for.
pub const RELEASED_SLOT: i32 = 1 << 30;

/// The slot of a function's result, in the snapshot of its return.
pub const RESULT_SLOT: i32 = RELEASED_SLOT + (1 << 20);

/// A slot that the exit writes. Slots that are not listed keep what memory has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SlotValue {
    /// Words from the entry frame's first register.
    pub slot: i32,
    /// A `Value`, `Int` or `Float` instruction; the exit boxes the latter two. The slot owns a reference (if counted).
    pub value: Ref,
}

/// Where the interpreter goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FrameState {
    /// First register of the running frame, in words from that of the entry frame.
    pub base: i32,
    /// Address of the bytecode instruction to execute next (or that raised). Zero when the function that the trace is of
    /// has returned, with its result in `RESULT_SLOT`.
    pub instruction: u64,
    /// Frames entered since the trace's start minus frames left: how far the recursion counter moves.
    pub depth: i32,
}

/// The interpreter's state at an exit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    pub frame: FrameState,
    /// Sorted by slot.
    pub slots: Vec<SlotValue>,
}
