//! Trace trees: a root trace with the side traces that grew at its exits. A tree is compiled as one function.

use sidewinder_ir::{Effect, FrameState, Op, Trace};

/// Recorded operations of a loop up to which its first iteration is peeled off.
const PEELED_OPS_MAX: usize = 1000;

/// Index of a trace in its tree: 0 is the root, `n` is `bridges[n - 1]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct TraceIndex(pub u32);

impl TraceIndex {
    pub const ROOT: TraceIndex = TraceIndex(0);
}

/// Which copy of a trace an exit belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Pass {
    /// The trace as recorded; of a loop, the first iteration, which computes what stays the same.
    First,
    /// The loop's body proper, peeled off the first iteration.
    Loop,
}

/// Names an exit of a tree, the same in every compilation of it: bridges may be added, exits keep their names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct ExitId {
    pub trace: TraceIndex,
    pub pass: Pass,
    /// Index of the guard in the recorded trace, or `ExitId::END`.
    pub guard: u32,
}

impl ExitId {
    /// Stands for the guard where the trace ends by leaving, or cannot go back to its root's start after all.
    pub const END: u32 = u32::MAX;
    /// Stands for the guard at a bridge's start: a double in a slot does not fit an unboxed value.
    pub const START: u32 = u32::MAX - 1;
}

/// A side trace and the exit at which it starts.
#[derive(Clone, PartialEq, Debug)]
pub struct Bridge {
    pub parent_exit: ExitId,
    pub trace: Trace,
}

/// All that is compiled into one function. A bridge's parent comes before it.
#[derive(Clone, PartialEq, Debug)]
pub struct Tree {
    pub root: Trace,
    pub bridges: Vec<Bridge>,
    /// Address of a 32-bit word that becomes nonzero when one of the tree's assumptions is invalidated; 0 if the tree
    /// has none.
    pub invalidated: u64,
    /// Words of objects that the places they were loaded from keep alive while the tree is valid, unless Python runs:
    /// globals that are assumed constant.
    pub held: Vec<u64>,
    /// Addresses of instructions at which trees start: exits that go on there leave the state in memory for them.
    pub starts: Vec<u64>,
}

impl Tree {
    /// A tree without bridges.
    pub fn new(root: Trace) -> Tree {
        Tree { root, bridges: Vec::new(), invalidated: 0, held: Vec::new(), starts: Vec::new() }
    }

    /// Words above the entry frame's base that its traces use.
    pub fn stack_words(&self) -> usize {
        self.traces().map(|(_, trace)| trace.stack_words).max().unwrap_or(0) as usize
    }

    /// Recorded operations.
    pub fn size(&self) -> usize {
        self.traces().map(|(_, trace)| trace.instructions.len()).sum()
    }

    pub fn trace(&self, index: TraceIndex) -> &Trace {
        match index.0 {
            0 => &self.root,
            n => &self.bridges[n as usize - 1].trace,
        }
    }

    /// Every trace with its index, parents first.
    pub fn traces(&self) -> impl Iterator<Item = (TraceIndex, &Trace)> {
        let bridges = self.bridges.iter().map(|bridge| &bridge.trace);
        std::iter::once(&self.root).chain(bridges).enumerate().map(|(index, trace)| (TraceIndex(index as u32), trace))
    }

    /// Whether a side trace may start at an exit: not where the interpreter has something else to do first.
    pub fn may_have_bridge(&self, exit: ExitId) -> bool {
        let guard = self.trace(exit.trace).instructions.get(exit.guard as usize);
        guard.is_none_or(|guard| {
            !matches!(guard.op, Op::GuardNoInterrupt | Op::GuardNoFinalizers | Op::GuardNotInvalidated)
        })
    }

    /// Whether an exit leads to the start of a tree, with nothing for the interpreter to do before: a link, unless the
    /// state stands still. The end of a trace counts as one: where it leads a tree may come to start.
    pub fn leads_to_tree(&self, exit: ExitId, frame: &FrameState) -> bool {
        match self.trace(exit.trace).instructions.get(exit.guard as usize) {
            Some(guard) => {
                matches!(guard.op, Op::GuardTrue | Op::GuardFalse) && self.starts.contains(&frame.instruction)
            }
            None => exit.guard == ExitId::END,
        }
    }

    /// Whether the loop's first iteration is compiled apart from the others. A long body is not compiled twice: little
    /// of it stays the same from one iteration to the next.
    pub fn is_peeled(&self) -> bool {
        self.root.instructions.len() <= PEELED_OPS_MAX
    }

    /// Whether an exit belongs to an instruction that has made a call: what that changed behind the trace's back is tested
    /// at the start of the next one.
    pub fn follows_call(&self, exit: ExitId) -> bool {
        let Some(before) = self.trace(exit.trace).instructions.get(..exit.guard as usize) else { return false };
        let is_test = |op: Op| op.effect() == Effect::Guard && !matches!(op, Op::GuardTrue | Op::GuardFalse);
        let last = before.iter().rev().find(|instruction| is_test(instruction.op));
        last.is_some_and(|guard| matches!(guard.op, Op::GuardNoException | Op::GuardNoExceptionRaw))
    }

    /// Whether the state at an exit is still that in which the tree was entered.
    pub fn stands_still(&self, exit: ExitId) -> bool {
        let trace = self.trace(exit.trace);
        // An instruction that was executed again, with its cache filled, has a snapshot of its own.
        let at_start = match trace.instructions.get(exit.guard as usize) {
            Some(guard) => trace.snapshots.get(guard.snapshot.0 as usize) == trace.snapshots.first(),
            None => exit.guard == ExitId::START,
        };
        exit.pass == Pass::First
            && at_start
            && match exit.trace.0 {
                0 => true,
                bridge => self.stands_still(self.bridges[bridge as usize - 1].parent_exit),
            }
    }

    /// The bridge at an exit. None where the interpreter must get its turn, whatever was recorded there.
    pub fn bridge_at(&self, exit: ExitId) -> Option<TraceIndex> {
        if !self.may_have_bridge(exit) {
            return None;
        }
        let position = self.bridges.iter().position(|bridge| bridge.parent_exit == exit)?;
        Some(TraceIndex(position as u32 + 1))
    }
}
