//! Guards: removed when their outcome is known, else placed, after which their outcome is a fact.

use super::facts::{Facts, kinds};
use super::forward::{Forward, PendingBridge};
use super::memory::TypeEntry;
use super::state::{Expression, SlotState};
use crate::region::{Exit, ExitIndex};
use crate::tree::ExitId;
use sidewinder_ir::op::Alias;
use sidewinder_ir::snapshot::RELEASED_SLOT;
use sidewinder_ir::{DECISIVE, FrameState, Instruction, Op, Ref, Snapshot, SnapshotId, snapshot::SlotValue};

impl Forward<'_> {
    /// Adds the guard at `index` of the recorded trace, whose values are mapped by `map`.
    pub fn guard(&mut self, recorded: &Instruction, index: u32, snapshot: &Snapshot, map: &[Ref]) {
        let mut instruction = *recorded;
        match recorded.op {
            Op::GuardTrue | Op::GuardFalse => {
                let mut condition = self.state.resolve(map[recorded.operands[0].0 as usize]);
                let mut expected = recorded.op == Op::GuardTrue;
                while self.op(condition) == Op::BoolNot {
                    condition = self.state.resolve(self.get(condition).operands[0]);
                    expected = !expected;
                }
                if self.constant_of(condition) == Some(expected as u64) {
                    return;
                }
                instruction.op = if expected { Op::GuardTrue } else { Op::GuardFalse };
                instruction.operands[0] = condition;
                if !(expected && self.strengthen(condition)) {
                    self.place_guard(instruction, index, snapshot, map);
                    self.note_unbound_guard(&instruction);
                }
                // A guard that always fails teaches nothing: what follows is never reached.
                if self.constant_of(condition).is_none() {
                    self.assume(condition, expected);
                }
            }
            Op::GuardNoException => {
                let value = self.state.resolve(map[recorded.operands[0].0 as usize]);
                if !self.facts(value).may_be(kinds::UNBOUND) {
                    return;
                }
                instruction.operands[0] = value;
                self.place_guard(instruction, index, snapshot, map);
                self.state.learn(value, Facts::of_kinds(kinds::ANY & !kinds::UNBOUND));
            }
            Op::GuardNoExceptionRaw => {
                let value = self.state.resolve(map[recorded.operands[0].0 as usize]);
                if self.facts(value).minimum >= 0 {
                    return;
                }
                instruction.operands[0] = value;
                self.place_guard(instruction, index, snapshot, map);
                self.state.learn(value, Facts::of_range(0, i64::MAX));
            }
            _ => self.place_guard(instruction, index, snapshot, map),
        }
    }

    /// Remembers a guard that a value is bound, at whose exit its instruction starts over.
    fn note_unbound_guard(&mut self, guard: &Instruction) {
        let condition = self.get(guard.operands[0]);
        let leads_to = self.region.exit(ExitIndex(self.region.exits.len() as u32 - 1)).snapshot.frame.instruction;
        let tree = self.environment.tree;
        let at_start = leads_to == tree.root.start || tree.starts.contains(&leads_to);
        if guard.op == Op::GuardFalse && condition.op == Op::IsUnbound && guard.immediate != DECISIVE && !at_start {
            let value = condition.operands[0];
            self.unbound_guards.insert(value, self.body.len() - 1);
        }
    }

    /// Whether an earlier guard can test that a value is a number in place of the one that belongs here: it tests that the
    /// value is bound, which is less. Leaving there, the interpreter comes to this place itself. Classes are left alone:
    /// objects of several often come to one place, where each should get its side trace.
    fn strengthen(&mut self, condition: Ref) -> bool {
        let &Instruction { op, operands: [value, ..], .. } = self.get(condition);
        if !matches!(op, Op::IsInt | Op::IsFloat) {
            return false;
        }
        let Some(&guard) = self.unbound_guards.get(&value) else { return false };
        let Some(place) = self.body.iter().rposition(|&placed| placed == condition) else { return false };
        if place < guard {
            return false;
        }
        // The condition moves before the guard, and what lies between makes room.
        self.body[guard..=place].rotate_right(1);
        self.unbound_guards.remove(&value);
        let moved = self.unbound_guards.values_mut().filter(|position| (guard..place).contains(position));
        moved.for_each(|position| *position += 1);
        let guard = self.body[guard + 1];
        let guard = &mut self.region.instructions[guard.0 as usize];
        (guard.op, guard.operands[0]) = (Op::GuardTrue, condition);
        true
    }

    fn place_guard(&mut self, mut instruction: Instruction, index: u32, snapshot: &Snapshot, map: &[Ref]) {
        let exit = self.exit(index, snapshot, map);
        instruction.snapshot = SnapshotId(exit.0);
        self.place(instruction, 0);
    }

    /// Makes sure that a double fits a value word, leaving otherwise with the slots as they are now.
    pub fn settle(&mut self, double: Ref, guard: u32, frame: FrameState) {
        let fits = self.pure(Op::FloatFits, &[double]);
        if self.constant_of(fits) == Some(1) {
            return;
        }
        let exit = self.exit(guard, &Snapshot { frame, slots: Vec::new() }, &[]);
        self.place(
            Instruction {
                op: Op::GuardTrue,
                alias: Alias::Other,
                operands: [fits, Ref::NONE, Ref::NONE],
                immediate: 0,
                snapshot: SnapshotId(exit.0),
            },
            0,
        );
        if self.constant_of(fits).is_none() {
            self.assume(fits, true);
        }
    }

    /// Adds an exit with the state that the snapshot describes.
    pub fn exit(&mut self, guard: u32, snapshot: &Snapshot, map: &[Ref]) -> ExitIndex {
        let slots = self.merged_slots(snapshot, map);
        let id = ExitId { trace: self.trace, pass: self.pass, guard };
        let exit = ExitIndex(self.region.exits.len() as u32);
        let entries = slots.iter().map(|(&slot, state)| SlotValue { slot, value: state.value }).collect();
        let snapshot = Snapshot { frame: snapshot.frame, slots: entries };
        let stands_still = self.environment.tree.stands_still(id);
        let link = !stands_still
            && self.environment.tree.leads_to_tree(id, &snapshot.frame)
            && snapshot.slots.iter().all(|entry| entry.slot < RELEASED_SLOT);
        let (increments, objects) = (Vec::new(), Vec::new());
        self.region.exits.push(Exit { id, snapshot, increments, bridge: None, link, stands_still, objects });
        if let Some(trace) = self.environment.tree.bridge_at(id) {
            let mut state = self.state.clone();
            state.slots = slots;
            self.pending.push(PendingBridge { exit, trace, state, in_loop: self.in_loop });
        }
        exit
    }

    /// The slots that differ from memory: those the snapshot lists over those that differed when the segment began.
    pub fn merged_slots(&mut self, snapshot: &Snapshot, map: &[Ref]) -> std::collections::BTreeMap<i32, SlotState> {
        let running = snapshot.frame.base;
        let mut slots = self.state.slots.clone();
        // Words of frames that have returned since are dead.
        slots.retain(|&slot, state| state.frame_base <= running || slot < state.frame_base);
        for entry in &snapshot.slots {
            let value = self.state.resolve(map[entry.value.0 as usize]);
            let unchanged = self.op(value) == Op::LoadSlot
                && self.get(value).immediate as i32 == entry.slot
                && !self.environment.rewritten_slots.contains(&entry.slot);
            if unchanged {
                slots.remove(&entry.slot);
            } else {
                let value = self.unboxed(value);
                slots.insert(entry.slot, SlotState { value, frame_base: running });
            }
        }
        slots
    }

    /// Records that a truth value is known from here on, and what follows.
    pub fn assume(&mut self, condition: Ref, truth: bool) {
        let known = self.const_bool(truth);
        self.state.known.insert(condition, known);
        let boxed = Expression { op: Op::BoxBool, operands: [condition, Ref::NONE, Ref::NONE], immediate: 0 };
        if let Some(&boxed) = self.state.expressions.get(&boxed) {
            let layout = self.environment.layout;
            let word = self.constant(Op::ConstValue, if truth { layout.true_word } else { layout.false_word });
            self.state.known.insert(boxed, word);
        }
        let instruction = *self.get(condition);
        let op = instruction.op;
        let [a, b, _] = instruction.operands.map(|operand| self.state.resolve(operand));
        match op {
            Op::IsInt => self.assume_kind(a, kinds::INT, truth),
            Op::IsFloat => self.assume_kind(a, kinds::FLOAT, truth),
            Op::IsUnbound => self.assume_kind(a, kinds::UNBOUND, truth),
            Op::HasType if truth => self.assume_type(a, b),
            Op::FloatFits if truth => self.state.learn(a, Facts { fits: true, ..Facts::NONE }),
            Op::IntLess => self.assume_less(a, b, truth),
            Op::IntLessEqual => self.assume_less(b, a, !truth),
            Op::IntEqual | Op::SameValue | Op::RawEqual if truth => self.assume_same(a, b),
            Op::IsTrue => {
                let layout = self.environment.layout;
                let is_bool = layout.bool_type != 0 && self.facts(a).fixed_type == layout.bool_type;
                if truth || is_bool {
                    let word = self.constant(Op::ConstValue, if truth { layout.true_word } else { layout.false_word });
                    self.assume_same(a, word);
                }
            }
            _ => {}
        }
    }

    fn assume_kind(&mut self, value: Ref, tested: u8, truth: bool) {
        self.state.learn(value, Facts::of_kinds(if truth { tested } else { kinds::ANY & !tested }));
    }

    pub fn assume_type(&mut self, value: Ref, expected: Ref) {
        let Some(type_address) = self.constant_of(expected) else {
            return self.state.learn(value, Facts::of_kinds(kinds::POINTER));
        };
        let facts = Facts::of_type(type_address, self.environment.layout);
        self.state.learn(value, facts);
        if facts.fixed_type == 0 {
            self.state.memory.types.insert(value, TypeEntry { type_address, imported: false });
        }
    }

    /// Equal values become the same value: the constant, or the older one.
    fn assume_same(&mut self, a: Ref, b: Ref) {
        let (kept, replaced) =
            if self.constant_of(b).is_some() || (self.constant_of(a).is_none() && b < a) { (b, a) } else { (a, b) };
        if self.constant_of(replaced).is_none() && kept != replaced {
            let facts = self.facts(replaced);
            self.state.learn(kept, facts);
            self.state.known.insert(replaced, kept);
        }
    }

    /// Learns that a < b, or that it is not.
    fn assume_less(&mut self, a: Ref, b: Ref, truth: bool) {
        let (small, large) = if truth { (a, b) } else { (b, a) };
        let gap = truth as i64;
        let (small_facts, large_facts) = (self.facts(small), self.facts(large));
        self.state.learn(small, Facts::of_range(i64::MIN, large_facts.maximum.saturating_sub(gap)));
        self.state.learn(large, Facts::of_range(small_facts.minimum.saturating_add(gap), i64::MAX));
        let mut conclude = |op: Op, x: Ref, y: Ref, result: bool| {
            let word = self.const_bool(result);
            let operands = if op == Op::IntEqual { sorted(self, x, y) } else { [x, y, Ref::NONE] };
            let value = *self.state.expressions.entry(Expression { op, operands, immediate: 0 }).or_insert(word);
            let value = self.state.resolve(value);
            if self.constant_of(value).is_none() {
                self.state.known.insert(value, word);
            }
        };
        conclude(Op::IntLess, a, b, truth);
        conclude(Op::IntLessEqual, b, a, !truth);
        if truth {
            conclude(Op::IntLess, b, a, false);
            conclude(Op::IntLessEqual, a, b, true);
            conclude(Op::IntEqual, a, b, false);
        }
    }
}

/// The operands of a commutative operation in canonical order.
fn sorted(forward: &Forward, a: Ref, b: Ref) -> [Ref; 3] {
    let order = |value: Ref| (forward.constant_of(value).is_some(), value);
    if order(a) > order(b) { [b, a, Ref::NONE] } else { [a, b, Ref::NONE] }
}
