//! Replays a recorded trace through the forward pass.

use super::forward::Forward;
use crate::tree::ExitId;
use sidewinder_ir::op::{Alias, Effect};
use sidewinder_ir::snapshot::RELEASED_SLOT;
use sidewinder_ir::{Op, Ref, SnapshotId, TraceEnd};

/// How a replayed trace ended.
pub enum End {
    /// Goes back to the root's start; `state.slots` says with what.
    Back,
    /// Leaves at this exit.
    Leave(crate::region::ExitIndex),
}

impl Forward<'_> {
    /// Replays the open segment's trace from the current state. At its end `state.slots` holds the slots of the end's
    /// snapshot.
    pub fn replay(&mut self) -> End {
        let trace = self.environment.tree.trace(self.trace);
        self.start_slots = self.state.slots.clone();
        let mut map: Vec<Ref> = Vec::with_capacity(trace.instructions.len());
        for (index, recorded) in trace.instructions.iter().enumerate() {
            let op = recorded.op;
            let operand = |position: usize| map[recorded.operands[position].0 as usize];
            let value =
                match op.effect() {
                    Effect::Guard => {
                        let snapshot = &trace.snapshots[recorded.snapshot.0 as usize];
                        self.guard(recorded, index as u32, snapshot, &map);
                        Ref::NONE
                    }
                    Effect::Call => {
                        let arguments =
                            trace.call_arguments(recorded).iter().map(|argument| map[argument.0 as usize]).collect();
                        self.call(recorded, arguments)
                    }
                    _ if op == Op::LoadSlot => {
                        let slot = recorded.immediate as i32;
                        if slot >= RELEASED_SLOT {
                            self.state.slots.remove(&slot);
                        }
                        self.slot_value(slot)
                    }
                    _ => {
                        if op == Op::SpillSlot {
                            // From here on memory has the slot's word.
                            self.state.slots.remove(&(recorded.immediate as i32));
                        }
                        let operands: [Ref; 3] = std::array::from_fn(|position| {
                            if position < op.operands().len() { operand(position) } else { Ref::NONE }
                        });
                        self.add(op, &operands[..op.operands().len()], recorded.immediate, recorded.alias)
                    }
                };
            map.push(value);
        }
        let snapshot = |id: SnapshotId| &trace.snapshots[id.0 as usize];
        match trace.end {
            TraceEnd::Loop(id) | TraceEnd::Root(id) if self.closes(trace.end, id) => {
                self.state.slots = self.merged_slots(snapshot(id), &map);
                End::Back
            }
            TraceEnd::Loop(id) | TraceEnd::Root(id) | TraceEnd::Exit(id) => {
                End::Leave(self.exit(ExitId::END, snapshot(id), &map))
            }
        }
    }

    /// Whether the end can be a jump to the root's start: the same frame runs, at the same depth. A side trace that
    /// loops to its own start leaves instead.
    fn closes(&self, end: TraceEnd, id: SnapshotId) -> bool {
        let frame = self.environment.tree.trace(self.trace).snapshots[id.0 as usize].frame;
        let own_start = matches!(end, TraceEnd::Loop(_));
        frame.base == 0 && frame.depth == 0 && (!own_start || self.trace == crate::tree::TraceIndex::ROOT)
    }

    /// The integer of a value that is known to be one.
    pub fn unbox_int(&mut self, value: Ref) -> Ref {
        self.add(Op::UnboxInt, &[value], 0, Alias::Other)
    }

    /// The double of a value that is known to be an unboxed one.
    pub fn unbox_float(&mut self, value: Ref) -> Ref {
        self.add(Op::UnboxFloat, &[value], 0, Alias::Other)
    }
}
