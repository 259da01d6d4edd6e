//! A trace: a straight line of instructions with exits.

use crate::helper::HelperId;
use crate::op::{Alias, Op, Type};
use crate::snapshot::{Snapshot, SnapshotId};

/// An instruction of a trace, by index; its result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct Ref(pub u32);

impl Ref {
    /// No operand.
    pub const NONE: Ref = Ref(u32::MAX);
}

/// One instruction.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Instruction {
    pub op: Op,
    /// For loads and stores.
    pub alias: Alias,
    /// Operands; unused ones are `Ref::NONE`. Calls: `operands[0].0` and `operands[1].0` are start and length in the pool.
    pub operands: [Ref; 3],
    /// Constant, offset, slot or helper number; of a guard, 0 or `DECISIVE`.
    pub immediate: u64,
    /// For guards.
    pub snapshot: SnapshotId,
}

/// Immediate of a guard whose exit is right only when the condition fails: it goes on where that leads. At the exit of
/// any other guard the running instruction starts over, whatever the condition is.
pub const DECISIVE: u64 = 1;

impl SnapshotId {
    pub const NONE: SnapshotId = SnapshotId(u32::MAX);
}

/// How a trace ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TraceEnd {
    /// Back to its own start, with the slots of the snapshot: a loop.
    Loop(SnapshotId),
    /// To the start of the tree's root (a side trace that closes), with the slots of the snapshot.
    Root(SnapshotId),
    /// To the interpreter.
    Exit(SnapshotId),
}

/// A recorded trace.
#[derive(Clone, PartialEq, Debug)]
pub struct Trace {
    pub instructions: Vec<Instruction>,
    pub arguments: Vec<Ref>,
    pub snapshots: Vec<Snapshot>,
    pub end: TraceEnd,
    /// Bytecode address of its start (root traces).
    pub start: u64,
    /// Words above the entry frame's base that nested runs must keep free: the highest slot used plus one.
    pub stack_words: u32,
}

impl Trace {
    /// The type of an instruction's result.
    pub fn type_of(&self, value: Ref) -> Type {
        self.instructions[value.0 as usize].op.result()
    }

    pub fn get(&self, value: Ref) -> &Instruction {
        &self.instructions[value.0 as usize]
    }

    /// The arguments of a call instruction.
    pub fn call_arguments(&self, instruction: &Instruction) -> &[Ref] {
        let (start, length) = (instruction.operands[0].0 as usize, instruction.operands[1].0 as usize);
        &self.arguments[start..start + length]
    }

    /// The helper of a call instruction.
    pub fn helper(instruction: &Instruction) -> HelperId {
        HelperId(instruction.immediate as u16)
    }
}
