//! The state of a recording.
//!
//! The recorder executes every instruction through `Interp` and mirrors the value stack in `slots`: which IR
//! instruction is the value of which word, counted from the entry frame's first register. A guard that fails must find
//! the state at the start of its instruction, so writes since then are kept in an undo log; after an effect a guard
//! may only follow at the end of a branching instruction, where both outcomes share one state, or differ in the operand.

use crate::assumptions::Assumptions;
use crate::engine::Engine;
use crate::inner_loops::InnerLoop;
use sidewinder_bytecode::Op as Opcode;
use sidewinder_ir::op::Alias;
use sidewinder_ir::snapshot::{RELEASED_SLOT, RESULT_SLOT};
use sidewinder_ir::{DECISIVE, FrameState, Instruction, Op, Ref, SlotValue, Snapshot, SnapshotId, Trace, TraceEnd};
use sidewinder_runtime::{Context, Value};
use sidewinder_semantics::Pc;
use sidewinder_semantics::frame;
use std::collections::{HashMap, HashSet};

/// Words below the entry frame's base that a trace may name: its header, and the frames it returns to.
pub const SLOT_BIAS: i32 = 1024;

/// A value while recording: what it is now, and what computes it in the trace.
#[derive(Clone, Copy)]
pub struct Recorded {
    pub value: Value,
    pub ir: Ref,
}

/// Why a recording stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// It reached its own start (or its tree's root).
    Closed,
    /// It leaves to the interpreter before an instruction that traces do not contain.
    Exit,
    /// It is thrown away, for the named reason.
    Abort(&'static str),
}

/// A guard to be emitted at the start of the next instruction.
struct Deferred {
    condition: Ref,
    expected: bool,
    /// The successors of the branching instruction: where the interpreter goes on is the one not taken.
    successors: [Pc; 2],
}

/// A recording in progress.
pub struct Recorder<'a> {
    pub cx: &'a mut Context,
    pub engine: &'a mut Engine,
    pub instructions: Vec<Instruction>,
    pub arguments: Vec<Ref>,
    pub snapshots: Vec<Snapshot>,
    /// IR of each stack word from `-SLOT_BIAS`; `Ref::NONE` where the trace has not touched it.
    slots: Vec<Ref>,
    /// First index of `slots` that was touched.
    lowest: usize,
    undo: Vec<(usize, Ref)>,
    pub entry_base: *mut Value,
    /// The instruction at which the loop closes.
    pub start: Pc,
    pub is_bridge: bool,
    /// It starts at an exit of a tree that has grown large, and goes wherever a bridge would go.
    pub is_side: bool,
    /// The tree is one of a function: it starts at the function's entry, and ends where that returns.
    pub is_function: bool,
    /// The function has returned: its result comes next.
    pub returned: bool,
    pub pc: Pc,
    base_at_start: *mut Value,
    /// Number of operations recorded before the running instruction.
    length_at_start: usize,
    recursion_at_entry: i64,
    /// How often threads had handed over the GIL when the recording began.
    hand_overs: u64,
    recursion_at_start: i64,
    snapshot_here: Option<SnapshotId>,
    effect_done: bool,
    dropped: bool,
    pub ran_python: bool,
    /// Slots that hold what the trace took over from memory: when they end, memory must be told.
    taken_over: Vec<bool>,
    parent_slots: Vec<i32>,
    deferred: Vec<Deferred>,
    constants: HashMap<(u8, u64), Ref>,
    pub assumptions: Assumptions,
    /// Functions whose globals were tested.
    pub known_globals: HashSet<Ref>,
    /// Values that a guard has found to be numbers, which are not counted.
    pub numbers: HashSet<Ref>,
    pub stop: Option<Stop>,
    pub end: Option<TraceEnd>,
    /// Instructions at the end of the trace: what the handler emits after it has stopped does not count.
    length: usize,
    steps: usize,
    retried: bool,
    /// The loops other than the recorded one that it has come to.
    pub inner_loops: HashMap<u64, InnerLoop>,
    stack_words: u32,
    /// Addresses of the code objects of inlined frames, outermost first.
    pub inlined: Vec<u64>,
}

/// A function's trace that leaves to the interpreter is worth its entry from so many instructions on.
const FUNCTION_STEPS_MIN: usize = 3;
/// Instructions of a loop before one that no trace has operations for, from which on they are worth a trace of their own.
const LOOP_STEPS_MIN: usize = 12;

impl<'a> Recorder<'a> {
    pub fn new(cx: &'a mut Context, engine: &'a mut Engine, start: Pc) -> Recorder<'a> {
        let (entry_base, recursion) = (cx.base, cx.recursion_left);
        let hand_overs = cx.interpreter().hand_overs;
        let mut assumptions = Assumptions::default();
        assumptions.add_code(frame::current_code(cx));
        Recorder {
            cx,
            engine,
            instructions: Vec::new(),
            arguments: Vec::new(),
            snapshots: Vec::new(),
            slots: vec![Ref::NONE; SLOT_BIAS as usize],
            lowest: SLOT_BIAS as usize,
            undo: Vec::new(),
            entry_base,
            start,
            is_bridge: false,
            is_side: false,
            is_function: false,
            returned: false,
            pc: start,
            base_at_start: entry_base,
            length_at_start: 0,
            recursion_at_entry: recursion,
            hand_overs,
            recursion_at_start: recursion,
            snapshot_here: None,
            effect_done: false,
            dropped: false,
            ran_python: false,
            taken_over: Vec::new(),
            parent_slots: Vec::new(),
            deferred: Vec::new(),
            constants: HashMap::new(),
            assumptions,
            known_globals: HashSet::new(),
            numbers: HashSet::new(),
            stop: None,
            end: None,
            length: 0,
            steps: 0,
            retried: false,
            inner_loops: HashMap::new(),
            stack_words: 0,
            inlined: Vec::new(),
        }
    }

    /// Makes this the recording of a side trace: `slots` are those its parent's exit wrote.
    pub fn become_bridge(&mut self, entry_base: *mut Value, recursion_at_entry: i64, slots: &[i32]) {
        self.is_bridge = true;
        self.entry_base = entry_base;
        self.recursion_at_entry = recursion_at_entry;
        for &slot in slots.iter().filter(|slot| **slot >= RELEASED_SLOT) {
            // The exit has released it.
            let value = self.push(Op::LoadSlot, [Ref::NONE; 3], slot as i64 as u64, Alias::Other);
            self.push(Op::Drop, [value, Ref::NONE, Ref::NONE], 0, Alias::Other);
            self.dropped = true;
        }
        for &slot in slots.iter().filter(|slot| **slot < RELEASED_SLOT) {
            let value = self.push(Op::LoadSlot, [Ref::NONE; 3], slot as i64 as u64, Alias::Other);
            *self.slot_mut(slot) = value;
            self.take_over(slot);
        }
        self.parent_slots = slots.to_vec();
    }

    pub fn abort(&mut self, reason: &'static str) {
        if self.stop.is_none() {
            self.stop = Some(Stop::Abort(reason));
        }
    }

    /// Ends the trace before the instruction that is being executed, if nothing of it was recorded yet.
    pub fn exit_here(&mut self, reason: &'static str) {
        if self.stop.is_some() {
            return;
        }
        if self.effect_done || !self.may_leave() {
            return self.abort(reason);
        }
        *self.engine.counters.left.entry(reason).or_default() += 1;
        let snapshot = self.snapshot();
        self.end = Some(TraceEnd::Exit(snapshot));
        self.length = self.instructions.len();
        self.stop = Some(Stop::Exit);
    }

    /// The instruction that is being executed raised: the trace ends before it, and leaves the exception to the interpreter.
    pub fn exit_raised(&mut self) {
        if self.stop.is_some() {
            return;
        }
        if !self.may_leave() {
            return self.abort("exception");
        }
        *self.engine.counters.left.entry("exception").or_default() += 1;
        let snapshot = self.snapshot();
        self.length = self.length_at_start;
        // Slots that the instruction has read first are in memory.
        let length = self.length;
        self.snapshots[snapshot.0 as usize].slots.retain(|slot| (slot.value.0 as usize) < length);
        self.end = Some(TraceEnd::Exit(snapshot));
        self.stop = Some(Stop::Exit);
    }

    /// Whether a trace is worth having that is left at its end.
    fn may_leave(&self) -> bool {
        let least = match () {
            _ if self.is_bridge => 0,
            _ if self.is_side => 1,
            _ if self.is_function => FUNCTION_STEPS_MIN,
            _ => LOOP_STEPS_MIN,
        };
        self.is_bridge || self.steps > least
    }

    /// The start of an instruction. True when the recording stops before it.
    pub fn begin(&mut self, pc: Pc) -> bool {
        if self.stop.is_some() {
            return true;
        }
        if self.cx.interpreter().hand_overs != self.hand_overs {
            self.abort(crate::engine::GIL_HANDED_OVER);
            return true;
        }
        if self.cx.is_traced() {
            self.abort("something watches the thread");
            return true;
        }
        self.pc = pc;
        self.length_at_start = self.instructions.len();
        self.base_at_start = self.cx.base;
        self.recursion_at_start = self.cx.recursion_left;
        self.undo.clear();
        self.snapshot_here = None;
        self.effect_done = false;
        self.steps += 1;
        for guard in std::mem::take(&mut self.deferred) {
            let other = match guard.successors {
                [first, second] if first == pc => second,
                [first, second] if second == pc => first,
                _ => {
                    self.abort("guard after effect in a jump");
                    return true;
                }
            };
            let snapshot = self.take_snapshot(other);
            self.emit_guard(guard.condition, guard.expected, snapshot);
        }
        if std::mem::take(&mut self.dropped) {
            let snapshot = self.snapshot();
            self.push_guard(Op::GuardNoFinalizers, [Ref::NONE; 3], snapshot);
        }
        if std::mem::take(&mut self.ran_python) {
            let snapshot = self.snapshot();
            self.push_guard(Op::GuardNotInvalidated, [Ref::NONE; 3], snapshot);
        }
        let retried = std::mem::take(&mut self.retried);
        if pc == self.start && self.cx.base == self.entry_base && self.steps > 1 && !retried {
            if self.is_function {
                self.abort("a loop at the function's entry");
                return true;
            }
            let snapshot = self.snapshot();
            self.end = Some(if self.is_bridge { TraceEnd::Root(snapshot) } else { TraceEnd::Loop(snapshot) });
            self.stop = Some(Stop::Closed);
            self.length = self.instructions.len();
            return true;
        }
        if self.steps > 1 && !retried && self.engine.has_tree(pc) && !self.unrolls(pc) {
            // The engine goes on in that tree.
            self.exit_here("reaches another trace");
            return true;
        }
        if self.instructions.len() > self.engine.trace_cut
            && (self.is_bridge || self.is_side || self.is_function)
            && !retried
        {
            self.exit_here("cut");
            return true;
        }
        if self.instructions.len() > self.engine.trace_ops_max {
            self.abort("trace too long");
            return true;
        }
        if self.steps == 1 && !self.is_bridge {
            let snapshot = self.snapshot();
            self.push_guard(Op::GuardNoInterrupt, [Ref::NONE; 3], snapshot);
        }
        false
    }

    /// Ends the trace with the function's result.
    pub fn end_with_result(&mut self, result: Ref) {
        let frame = FrameState { base: 0, instruction: 0, depth: 0 };
        let id = SnapshotId(self.snapshots.len() as u32);
        self.snapshots.push(Snapshot { frame, slots: vec![SlotValue { slot: RESULT_SLOT, value: result }] });
        self.end = Some(TraceEnd::Exit(id));
        self.length = self.instructions.len();
        self.stop = Some(Stop::Closed);
    }

    /// The instruction starts over: nothing has happened yet.
    pub fn retry(&mut self) {
        self.retried = true;
    }

    // Slots.

    /// The slot number of a register of the running frame.
    pub fn slot_of(&self, register: i32) -> i32 {
        // SAFETY: both point into the value stack.
        let offset = unsafe { self.cx.base.offset_from(self.entry_base) };
        offset as i32 + register
    }

    fn slot_mut(&mut self, slot: i32) -> &mut Ref {
        let index = (slot + SLOT_BIAS).max(0) as usize;
        if slot < -SLOT_BIAS {
            self.abort("frames too far below");
        }
        if index >= self.slots.len() {
            self.slots.resize(index + 1, Ref::NONE);
        }
        self.lowest = self.lowest.min(index);
        self.stack_words = self.stack_words.max((slot + 1).max(0) as u32);
        &mut self.slots[index]
    }

    /// The IR of a slot's value.
    pub fn read_slot(&mut self, slot: i32) -> Ref {
        let current = *self.slot_mut(slot);
        if current != Ref::NONE {
            return current;
        }
        let value = self.push(Op::LoadSlot, [Ref::NONE; 3], slot as i64 as u64, Alias::Other);
        *self.slot_mut(slot) = value;
        self.take_over(slot);
        value
    }

    pub fn take_over(&mut self, slot: i32) {
        let index = (slot + SLOT_BIAS).max(0) as usize;
        if index >= self.taken_over.len() {
            self.taken_over.resize(index + 1, false);
        }
        self.taken_over[index] = true;
    }

    /// The slots from `first` up that the trace has touched.
    pub fn slots_from(&self, first: i32) -> std::ops::Range<i32> {
        first..self.slots.len() as i32 - SLOT_BIAS
    }

    /// Whether the trace has taken over the word that memory has for a slot.
    pub fn is_taken_over(&self, slot: i32) -> bool {
        self.taken_over.get((slot + SLOT_BIAS).max(0) as usize).copied().unwrap_or(false)
    }

    /// The IR of a slot's value if the trace knows it.
    pub fn known_slot(&mut self, slot: i32) -> Option<Ref> {
        let current = *self.slot_mut(slot);
        (current != Ref::NONE).then_some(current)
    }

    /// Makes a slot hold nothing.
    pub fn end_slot(&mut self, slot: i32) {
        let value = if self.is_taken_over(slot) { self.constant(Op::ConstValue, 0) } else { Ref::NONE };
        self.write_slot(slot, value);
    }

    /// Memory has taken a slot over: the trace knows nothing of it.
    pub fn forget_slot(&mut self, slot: i32) {
        self.write_slot(slot, Ref::NONE);
        if let Some(taken) = self.taken_over.get_mut((slot + SLOT_BIAS).max(0) as usize) {
            *taken = false;
        }
    }

    /// The value that a helper has left in a slot becomes the trace's.
    pub fn reload_slot(&mut self, slot: i32) -> Ref {
        let value = self.push(Op::ReloadSlot, [Ref::NONE; 3], slot as i64 as u64, Alias::Other);
        // The word does not stay in memory, where it would be taken for somebody's.
        let unbound = self.constant(Op::ConstValue, 0);
        self.spill(Op::StoreSlot, slot, unbound);
        self.write_slot(slot, value);
        value
    }

    pub fn spill(&mut self, op: Op, slot: i32, value: Ref) {
        self.push(op, [value, Ref::NONE, Ref::NONE], slot as i64 as u64, Alias::Other);
    }

    /// Ends every slot from `first` up: a frame was left.
    pub fn end_slots_from(&mut self, first: i32) {
        for index in ((first + SLOT_BIAS).max(0) as usize).max(self.lowest)..self.slots.len() {
            if self.slots[index] != Ref::NONE {
                self.end_slot(index as i32 - SLOT_BIAS);
            }
        }
    }

    /// Changes what a slot holds.
    pub fn write_slot(&mut self, slot: i32, value: Ref) {
        let old = std::mem::replace(self.slot_mut(slot), value);
        self.undo.push(((slot + SLOT_BIAS) as usize, old));
    }

    // Snapshots and guards.

    /// The snapshot of the state at the start of the running instruction.
    pub fn snapshot(&mut self) -> SnapshotId {
        if let Some(snapshot) = self.snapshot_here {
            return snapshot;
        }
        let now = self.slots.clone();
        for &(index, old) in self.undo.iter().rev() {
            // A slot that was only read since keeps its load: memory and load agree.
            if old != Ref::NONE {
                self.slots[index] = old;
            } else if !self.is_initial_load(now[index], index) {
                self.slots[index] = Ref::NONE;
            }
        }
        let snapshot = self.build_snapshot(self.pc, self.base_at_start, self.recursion_at_start);
        self.slots = now;
        self.snapshot_here = Some(snapshot);
        snapshot
    }

    /// Whether a slot's word in memory is still the frame's: the trace has neither changed it nor got it from the exit at
    /// which it starts.
    pub fn is_in_memory(&self, slot: i32) -> bool {
        let index = (slot + SLOT_BIAS).max(0) as usize;
        let is_initial = self.slots.get(index).is_some_and(|&value| self.is_initial_load(value, index));
        is_initial && !self.parent_slots.contains(&slot)
    }

    /// Frames entered since the trace's start minus frames left.
    pub fn depth(&self) -> i64 {
        self.recursion_at_entry - self.cx.recursion_left
    }

    fn is_initial_load(&self, value: Ref, index: usize) -> bool {
        value != Ref::NONE && {
            let instruction = &self.instructions[value.0 as usize];
            instruction.op == Op::LoadSlot && instruction.immediate as i64 == index as i64 - SLOT_BIAS as i64
        }
    }

    /// A snapshot of the state as it is now, going on at `pc`.
    pub fn take_snapshot(&mut self, pc: Pc) -> SnapshotId {
        self.build_snapshot(pc, self.cx.base, self.cx.recursion_left)
    }

    fn build_snapshot(&mut self, pc: Pc, base: *mut Value, recursion: i64) -> SnapshotId {
        let mut slots = Vec::new();
        for index in self.lowest..self.slots.len() {
            let value = self.slots[index];
            let slot = index as i32 - SLOT_BIAS;
            if value == Ref::NONE || self.is_initial_load(value, index) && !self.parent_slots.contains(&slot) {
                continue;
            }
            slots.push(SlotValue { slot: index as i32 - SLOT_BIAS, value });
        }
        // SAFETY: both point into the value stack.
        let base = unsafe { base.offset_from(self.entry_base) } as i32;
        let frame = FrameState { base, instruction: pc as u64, depth: (self.recursion_at_entry - recursion) as i32 };
        let id = SnapshotId(self.snapshots.len() as u32);
        self.snapshots.push(Snapshot { frame, slots });
        id
    }

    /// Like `take_snapshot`, for an exit that also releases a value.
    pub fn take_snapshot_releasing(&mut self, pc: Pc, released: Ref) -> SnapshotId {
        let snapshot = self.take_snapshot(pc);
        self.snapshots[snapshot.0 as usize].slots.push(SlotValue { slot: RELEASED_SLOT, value: released });
        snapshot
    }

    /// Guards that a condition has the truth it has now.
    pub fn guard(&mut self, condition: Ref, expected: bool) {
        if self.stop.is_some() {
            return;
        }
        if self.effect_done
            && let Some(wanted) = self.keeps_where()
        {
            let snapshot = self.snapshot_of_other(expected == wanted);
            self.emit_guard(condition, expected, snapshot);
            return;
        }
        if self.effect_done {
            match self.successors() {
                Some(successors) => self.deferred.push(Deferred { condition, expected, successors }),
                None => self.abort("guard after effect"),
            }
            return;
        }
        let snapshot = self.snapshot();
        self.emit_guard(condition, expected, snapshot);
    }

    /// For a branch that keeps its operand at one successor and clears it at the other: the truth where it is kept.
    fn keeps_where(&self) -> Option<bool> {
        match sidewinder_semantics::handlers::fetch(self.pc).op {
            Opcode::JumpIfTrueKeep => Some(true),
            Opcode::JumpIfFalseKeep => Some(false),
            _ => None,
        }
    }

    /// The state at the successor of such a branch that is not taken, before the operand is cleared here, if it is.
    fn snapshot_of_other(&mut self, kept: bool) -> SnapshotId {
        let instruction = sidewinder_semantics::handlers::fetch(self.pc);
        let slot = self.slot_of(instruction.a as i32);
        if !kept {
            return self.take_snapshot(sidewinder_semantics::handlers::jump(self.pc, instruction.wide_value()));
        }
        let operand = self.read_slot(slot);
        let unbound = Recorder::constant(self, Op::ConstValue, 0);
        self.write_slot(slot, unbound);
        let following = sidewinder_semantics::handlers::following(self.pc);
        let snapshot = self.take_snapshot_releasing(following, operand);
        self.write_slot(slot, operand);
        snapshot
    }

    fn emit_guard(&mut self, condition: Ref, expected: bool, snapshot: SnapshotId) {
        let op = if expected { Op::GuardTrue } else { Op::GuardFalse };
        self.push_guard(op, [condition, Ref::NONE, Ref::NONE], snapshot);
    }

    pub fn push_guard(&mut self, op: Op, operands: [Ref; 3], snapshot: SnapshotId) {
        let starts_over = self.snapshot_here == Some(snapshot) && !self.effect_done;
        let immediate = if starts_over { 0 } else { DECISIVE };
        self.instructions.push(Instruction { op, alias: Alias::Other, operands, immediate, snapshot });
    }

    /// Both successors of the running instruction if it branches.
    fn successors(&self) -> Option<[Pc; 2]> {
        // SAFETY: `pc` points into the running frame's code.
        let instruction = unsafe { *self.pc };
        let offset = instruction.jump_offset()?;
        let following = sidewinder_semantics::handlers::following(self.pc);
        Some([following, sidewinder_semantics::handlers::jump(self.pc, offset)])
    }

    /// Marks that the running instruction has changed something, so that it can no longer be executed again.
    pub fn effect(&mut self) {
        self.effect_done = true;
    }

    pub fn has_effect(&self) -> bool {
        self.effect_done
    }

    pub fn note_drop(&mut self) {
        self.effect_done = true;
        self.dropped = true;
    }

    // Instructions.

    pub fn push(&mut self, op: Op, operands: [Ref; 3], immediate: u64, alias: Alias) -> Ref {
        let value = Ref(self.instructions.len() as u32);
        self.instructions.push(Instruction { op, alias, operands, immediate, snapshot: SnapshotId::NONE });
        value
    }

    pub fn constant(&mut self, op: Op, word: u64) -> Ref {
        if let Some(&known) = self.constants.get(&(op as u8, word)) {
            return known;
        }
        let value = self.push(op, [Ref::NONE; 3], word, Alias::Other);
        self.constants.insert((op as u8, word), value);
        value
    }

    /// The finished trace.
    pub fn into_trace(mut self) -> Option<(Trace, Assumptions)> {
        let end = self.end?;
        self.instructions.truncate(self.length);
        let trace = Trace {
            instructions: self.instructions,
            arguments: self.arguments,
            snapshots: self.snapshots,
            end,
            start: self.start as u64,
            stack_words: self.stack_words,
        };
        Some((trace, self.assumptions))
    }
}
