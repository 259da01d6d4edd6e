//! The forward pass: rebuilds a trace instruction by instruction, so that each one meets what is known before it.
//!
//! Every instruction goes through `add`, which folds it, finds it computed already, or places it.

use super::facts::{Facts, kinds};
use super::hash::{Map, Set};
use super::memory::{MemoryKey, Place};
use super::state::{Expression, SlotState, State};
use super::{Environment, fold};
use crate::layout::INSTANCE_SHAPE_OFFSET;
use crate::region::{ExitIndex, Region, Segment, SegmentEnd, SegmentId, is_constant, note};
use crate::tree::{Pass, TraceIndex};
use sidewinder_ir::op::{Alias, Effect, Type};
use sidewinder_ir::{Helper, Instruction, Op, Ref, SnapshotId, Trace};
use std::collections::{BTreeMap, BTreeSet};

/// An exit at which a bridge starts, with what is known there.
#[derive(Clone)]
pub struct PendingBridge {
    pub exit: ExitIndex,
    pub trace: TraceIndex,
    pub state: State,
    /// Whether the loop's start dominates the exit.
    pub in_loop: bool,
}

/// A point in the growth of a region to which it can be taken back.
pub struct Mark {
    instructions: usize,
    arguments: usize,
    exits: usize,
    segments: usize,
    entry_body: usize,
    pending: usize,
}

#[derive(Clone)]
pub struct Forward<'a> {
    pub environment: &'a Environment<'a>,
    pub region: Region,
    pub state: State,
    constants: Map<(Op, u64), Ref>,
    entry_slots: Map<i32, Ref>,
    /// The segment being built.
    pub segment: SegmentId,
    pub body: Vec<Ref>,
    pub trace: TraceIndex,
    pub pass: Pass,
    pub in_loop: bool,
    /// What slots hold when the running trace starts, where that differs from memory.
    pub start_slots: BTreeMap<i32, SlotState>,
    pub pending: Vec<PendingBridge>,
    /// Places and objects whose imported entry was relied on.
    pub used_entries: Set<MemoryKey>,
    pub used_types: Set<Ref>,
    /// Boxes of slots' doubles that may not fit, with the slot.
    unsettled_boxes: Map<Ref, i32>,
    /// Slots of the running trace whose double is used as a value word, so that it must fit.
    pub unsettled: BTreeSet<i32>,
    /// Values just loaded, with the place that holds them, until memory or counts may have changed.
    recent_loads: Vec<(Ref, MemoryKey)>,
    /// Where in the body a guard tests that a value is bound. Whether it is a number can be tested there, too.
    pub unbound_guards: Map<Ref, usize>,
    /// For a `Dup`: the place that holds the value, too.
    pub anchors: Map<Ref, MemoryKey>,
}

impl<'a> Forward<'a> {
    pub fn new(environment: &'a Environment<'a>) -> Forward<'a> {
        let mut region = Region::default();
        region.segments.push(Segment {
            trace: TraceIndex::ROOT,
            pass: Pass::First,
            parameters: Vec::new(),
            slots: Vec::new(),
            body: Vec::new(),
            end: SegmentEnd::Jump(SegmentId(1), Vec::new()),
        });
        Forward {
            environment,
            region,
            state: State::default(),
            constants: Map::default(),
            entry_slots: Map::default(),
            segment: SegmentId(0),
            body: Vec::new(),
            trace: TraceIndex::ROOT,
            pass: Pass::First,
            in_loop: false,
            start_slots: BTreeMap::new(),
            pending: Vec::new(),
            used_entries: Set::default(),
            used_types: Set::default(),
            unsettled_boxes: Map::default(),
            unsettled: BTreeSet::new(),
            recent_loads: Vec::new(),
            unbound_guards: Map::default(),
            anchors: Map::default(),
        }
    }

    /// How much there is of what only grows.
    pub fn mark(&self) -> Mark {
        Mark {
            instructions: self.region.instructions.len(),
            arguments: self.region.arguments.len(),
            exits: self.region.exits.len(),
            segments: self.region.segments.len(),
            entry_body: self.region.segments[0].body.len(),
            pending: self.pending.len(),
        }
    }

    /// Takes back everything added since the mark. Reliance on imported entries stays noted, which is only careful.
    pub fn rewind(&mut self, mark: &Mark) {
        let known = |value: &Ref| (value.0 as usize) < mark.instructions;
        self.region.instructions.truncate(mark.instructions);
        self.region.notes.truncate(mark.instructions);
        self.region.arguments.truncate(mark.arguments);
        self.region.exits.truncate(mark.exits);
        self.region.segments.truncate(mark.segments);
        self.region.segments[0].body.truncate(mark.entry_body);
        self.pending.truncate(mark.pending);
        self.constants.retain(|_, value| known(value));
        self.entry_slots.retain(|_, value| known(value));
        self.anchors.retain(|item, _| known(item));
    }

    /// Opens a segment with these parameters.
    pub fn begin(&mut self, trace: TraceIndex, pass: Pass, parameters: Vec<Ref>) -> SegmentId {
        let id = SegmentId(self.region.segments.len() as u32);
        let end = SegmentEnd::Jump(id, Vec::new());
        let slots = Vec::new();
        self.region.segments.push(Segment { trace, pass, parameters, slots, body: Vec::new(), end });
        (self.segment, self.trace, self.pass) = (id, trace, pass);
        self.body = Vec::new();
        self.recent_loads.clear();
        self.unbound_guards.clear();
        self.unsettled_boxes.clear();
        self.unsettled.clear();
        id
    }

    /// Closes the open segment.
    pub fn finish(&mut self, end: SegmentEnd) {
        let segment = &mut self.region.segments[self.segment.0 as usize];
        segment.body = std::mem::take(&mut self.body);
        segment.end = end;
    }

    pub fn op(&self, value: Ref) -> Op {
        self.region.get(value).op
    }

    pub fn get(&self, value: Ref) -> &Instruction {
        self.region.get(value)
    }

    /// The immediate of a constant.
    pub fn constant_of(&self, value: Ref) -> Option<u64> {
        let instruction = self.region.get(value);
        is_constant(instruction.op).then_some(instruction.immediate)
    }

    pub fn constant(&mut self, op: Op, immediate: u64) -> Ref {
        if let Some(&existing) = self.constants.get(&(op, immediate)) {
            return existing;
        }
        let value = self.append(blank(op, immediate));
        self.constants.insert((op, immediate), value);
        value
    }

    pub fn const_bool(&mut self, truth: bool) -> Ref {
        self.constant(Op::ConstBool, truth as u64)
    }

    pub fn const_int(&mut self, value: i64) -> Ref {
        self.constant(Op::ConstInt, value as u64)
    }

    /// A constant for a result of this type.
    pub fn constant_of_type(&mut self, kind: Type, word: u64) -> Ref {
        let op = match kind {
            Type::Int => Op::ConstInt,
            Type::Float => Op::ConstFloat,
            Type::Raw => Op::ConstRaw,
            Type::Bool => Op::ConstBool,
            _ => Op::ConstValue,
        };
        self.constant(op, word)
    }

    /// Facts about a value.
    pub fn facts(&self, value: Ref) -> Facts {
        let instruction = self.region.get(value);
        match instruction.op {
            Op::ConstValue => Facts::of_word(instruction.immediate),
            Op::ConstInt => Facts::of_range(instruction.immediate as i64, instruction.immediate as i64),
            Op::ConstFloat => Facts { fits: sidewinder_ir::tagging::float_fits(instruction.immediate), ..Facts::NONE },
            _ => self.state.facts(value),
        }
    }

    fn append(&mut self, instruction: Instruction) -> Ref {
        let value = Ref(self.region.instructions.len() as u32);
        self.region.instructions.push(instruction);
        self.region.notes.push(0);
        value
    }

    /// An instruction that belongs to no body (a parameter).
    pub fn parameter(&mut self, op: Op, slot: i32, facts: Facts) -> Ref {
        let value = self.append(blank(op, slot as i64 as u64));
        self.state.facts.insert(value, facts);
        value
    }

    /// Places an instruction in the open segment.
    pub fn place(&mut self, instruction: Instruction, notes: u8) -> Ref {
        if matches!(instruction.op.effect(), Effect::Store | Effect::Call | Effect::Drop) {
            self.recent_loads.clear();
        }
        if !self.unsettled_boxes.is_empty() && instruction.op.effect() != Effect::Call {
            for position in 0..instruction.op.operands().len() {
                self.use_word(instruction.operands[position]);
            }
        }
        let value = self.append(instruction);
        self.region.notes[value.0 as usize] = notes;
        self.body.push(value);
        value
    }

    /// The value that a slot had when the root was entered.
    pub fn entry_slot(&mut self, slot: i32) -> Ref {
        if let Some(&value) = self.entry_slots.get(&slot) {
            return value;
        }
        let value = self.append(blank(Op::LoadSlot, slot as i64 as u64));
        self.region.segments[0].body.push(value);
        self.entry_slots.insert(slot, value);
        value
    }

    /// The value of a slot at the start of the running trace, as a `Value`.
    pub fn slot_value(&mut self, slot: i32) -> Ref {
        let Some(&SlotState { value, .. }) = self.start_slots.get(&slot) else { return self.entry_slot(slot) };
        let boxed = self.boxed(value);
        if self.op(boxed) == Op::BoxFloat {
            self.unsettled_boxes.insert(boxed, slot);
        }
        boxed
    }

    /// Notes that a value word is used: a slot's double must fit one.
    fn use_word(&mut self, value: Ref) {
        if let Some(&slot) = self.unsettled_boxes.get(&value)
            && !self.facts(self.get(value).operands[0]).fits
        {
            self.unsettled.insert(slot);
        }
    }

    /// The `Value` of a `Value`, `Int` or `Float`.
    pub fn boxed(&mut self, value: Ref) -> Ref {
        match self.region.type_of(value) {
            Type::Int => self.add(Op::BoxInt, &[value], 0, Alias::Other),
            Type::Float => self.add(Op::BoxFloat, &[value], 0, Alias::Other),
            _ => value,
        }
    }

    /// A boxed number without its box: what exits and loops carry.
    pub fn unboxed(&self, value: Ref) -> Ref {
        let instruction = self.region.get(value);
        if matches!(instruction.op, Op::BoxInt | Op::BoxFloat) { instruction.operands[0] } else { value }
    }

    /// A pure operation on one or two operands.
    pub fn pure(&mut self, op: Op, operands: &[Ref]) -> Ref {
        self.add(op, operands, 0, Alias::Other)
    }

    /// Adds an operation other than a guard or a call: folded, found or placed.
    pub fn add(&mut self, op: Op, operands: &[Ref], immediate: u64, alias: Alias) -> Ref {
        let mut array = [Ref::NONE; 3];
        for (position, &operand) in operands.iter().enumerate() {
            array[position] = self.state.resolve(operand);
        }
        let instruction = Instruction { op, alias, operands: array, immediate, snapshot: SnapshotId::NONE };
        match op.effect() {
            Effect::Pure if is_constant(op) => self.constant(op, immediate),
            Effect::Pure => self.add_pure(instruction),
            Effect::Load if op == Op::HasType => self.has_type(instruction),
            Effect::Load => self.load(instruction),
            Effect::Store => self.store(instruction),
            Effect::Dup | Effect::Drop => self.count(instruction),
            _ => self.place(instruction, 0),
        }
    }

    fn add_pure(&mut self, mut instruction: Instruction) -> Ref {
        fold::canonical(self, &mut instruction);
        let count = instruction.op.operands().len();
        if let Some(result) = fold::fold(self, instruction.op, &instruction.operands[..count]) {
            return self.state.resolve(result);
        }
        let key = Expression { op: instruction.op, operands: instruction.operands, immediate: instruction.immediate };
        if let Some(&existing) = self.state.expressions.get(&key) {
            return self.state.resolve(existing);
        }
        let facts = fold::result_facts(self, instruction.op, &instruction.operands[..count]);
        let value = self.place(instruction, 0);
        if facts != Facts::NONE {
            self.state.facts.insert(value, facts);
        }
        self.state.expressions.insert(key, value);
        value
    }

    fn key(&self, instruction: &Instruction) -> MemoryKey {
        let base = instruction.operands[0];
        let place = if matches!(instruction.op, Op::LoadElement | Op::StoreElement) {
            match self.constant_of(instruction.operands[1]) {
                Some(index) => Place::Field(base, (index as i64).wrapping_mul(8)),
                None => Place::Element(base, instruction.operands[1]),
            }
        } else {
            Place::Field(base, instruction.immediate as i64)
        };
        MemoryKey { alias: instruction.alias, place }
    }

    fn load(&mut self, instruction: Instruction) -> Ref {
        let key = self.key(&instruction);
        let load = if instruction.op == Op::LoadElement { Op::LoadValue } else { instruction.op };
        if let Some(entry) = self.state.memory.get(key, load) {
            if entry.imported {
                self.used_entries.insert(key);
            }
            let value = self.state.resolve(entry.value);
            self.recent_loads.push((value, key));
            return value;
        }
        let value = self.place(instruction, 0);
        self.recent_loads.push((value, key));
        if load == Op::LoadRaw32 {
            self.state.facts.insert(value, Facts::of_range(0, u32::MAX as i64));
        }
        self.state.memory.remember(key, value, load);
        value
    }

    fn store(&mut self, instruction: Instruction) -> Ref {
        let key = self.key(&instruction);
        let mut memory = std::mem::take(&mut self.state.memory);
        if key.alias == Alias::ObjectType {
            memory.kill_class(Alias::ObjectType);
        }
        memory.kill_store(key, |a, b| self.distinct(a, b));
        self.state.memory = memory;
        let value = match instruction.op {
            Op::StoreElement => instruction.operands[2],
            _ => instruction.operands[1],
        };
        match instruction.op {
            Op::StoreRaw => self.state.memory.remember(key, value, Op::LoadRaw),
            Op::StoreRaw32 => {
                if self.constant_of(value).is_some_and(|word| word <= u32::MAX as u64) {
                    self.state.memory.remember(key, value, Op::LoadRaw32);
                }
            }
            _ => self.state.memory.remember(key, value, Op::LoadValue),
        }
        self.place(instruction, 0)
    }

    /// Whether two bases cannot be the same address.
    fn distinct(&self, a: Ref, b: Ref) -> bool {
        let object = |base: Ref| {
            let instruction = self.region.get(base);
            (instruction.op == Op::Address).then(|| instruction.operands[0])
        };
        let (Some(a), Some(b)) = (object(a), object(b)) else { return false };
        if self.is_newer(a, b) || self.is_newer(b, a) {
            return true;
        }
        let type_of = |object: Ref| match self.facts(object).fixed_type {
            0 => self.state.memory.types.get(&object).map_or(0, |entry| entry.type_address),
            fixed => fixed,
        };
        let (type_a, type_b) = (type_of(a), type_of(b));
        type_a != 0 && type_b != 0 && type_a != type_b
    }

    /// Whether an object was made after a value was there, so that it cannot be that.
    fn is_newer(&self, object: Ref, value: Ref) -> bool {
        let instruction = self.region.get(object);
        let was_there = value < object || self.op(value) == Op::LoadSlot;
        instruction.op == Op::CallValue && was_there && self.helper(instruction).effects.makes_instance
    }

    fn has_type(&mut self, instruction: Instruction) -> Ref {
        let (value, expected) = (instruction.operands[0], instruction.operands[1]);
        let facts = self.facts(value);
        if !facts.may_be(kinds::POINTER) {
            return self.const_bool(false);
        }
        if let Some(expected) = self.constant_of(expected) {
            if facts.fixed_type != 0 {
                return self.const_bool(facts.fixed_type == expected);
            }
            if let Some(&entry) = self.state.memory.types.get(&value) {
                if entry.imported {
                    self.used_types.insert(value);
                }
                return self.const_bool(entry.type_address == expected);
            }
        }
        let notes = self.pointer_note(value);
        self.place(instruction, notes)
    }

    fn pointer_note(&self, value: Ref) -> u8 {
        let facts = self.facts(value);
        let mut notes = 0;
        if facts.is(kinds::POINTER) {
            notes |= note::POINTER;
        }
        if facts.is(kinds::MORTAL) {
            notes |= note::COUNTED;
        }
        if !facts.may_be(kinds::UNBOUND) {
            notes |= note::BOUND;
        }
        if self.environment.layout.leaf_types.contains(&facts.fixed_type) {
            notes |= note::LEAF;
        }
        notes
    }

    fn count(&mut self, instruction: Instruction) -> Ref {
        let value = instruction.operands[0];
        if !self.facts(value).may_be(kinds::MORTAL) {
            // Uncounted: nothing to do.
            return Ref::NONE;
        }
        let notes = self.pointer_note(value);
        let anchor = self.recent_loads.iter().rev().find(|(loaded, _)| *loaded == value).map(|(_, key)| *key);
        let buffered = self.environment.layout.buffered_types.contains(&self.facts(value).fixed_type);
        let last = if buffered && self.op(value) == Op::CallValue { note::LAST } else { 0 };
        let item = self.place(instruction, notes | last);
        if let (Op::Dup, Some(key)) = (instruction.op, anchor) {
            self.anchors.insert(item, key);
        }
        item
    }

    fn helper(&self, instruction: &Instruction) -> &'a Helper {
        &self.environment.helpers[Trace::helper(instruction).0 as usize]
    }

    /// Adds a call of a helper.
    pub fn call(&mut self, recorded: &Instruction, arguments: Vec<Ref>) -> Ref {
        let helper = self.helper(recorded);
        let effects = helper.effects;
        // An object that a pure helper returns is owned, so two calls cannot share one.
        let shared = effects.pure_function && helper.result != Type::Value;
        let arguments: Vec<Ref> = arguments.into_iter().map(|argument| self.state.resolve(argument)).collect();
        if shared {
            let key = (recorded.immediate, arguments.clone());
            if let Some(&existing) = self.state.calls.get(&key) {
                return existing;
            }
        }
        arguments.iter().for_each(|&argument| self.use_word(argument));
        let start = self.region.arguments.len();
        self.region.arguments.extend_from_slice(&arguments);
        let operands = [Ref(start as u32), Ref(arguments.len() as u32), Ref::NONE];
        let value = self.place(Instruction { operands, ..*recorded }, 0);
        if shared {
            self.state.calls.insert((recorded.immediate, arguments), value);
        }
        self.state.memory.kill_call(&effects);
        if effects.makes_instance {
            self.assume_new_instance(value, start);
        }
        if let Some(position) = (effects.instance_of as usize).checked_sub(1) {
            let class = self.region.arguments[start + position];
            self.assume_type(value, class);
        }
        value
    }

    /// The type and the first shape of an object that was just made from the arguments at `start`.
    fn assume_new_instance(&mut self, value: Ref, start: usize) {
        let [class, bytes, shape] = [0, 1, 2].map(|position| self.region.arguments[start + position]);
        self.assume_type(value, class);
        if self.constant_of(bytes).is_some_and(|bytes| bytes != 0) {
            let place = Place::Field(self.pure(Op::Address, &[value]), INSTANCE_SHAPE_OFFSET as i64);
            self.state.memory.remember(MemoryKey { alias: Alias::Shape, place }, shape, Op::LoadRaw32);
        }
    }
}

/// An instruction without operands.
fn blank(op: Op, immediate: u64) -> Instruction {
    Instruction { op, alias: Alias::Other, operands: [Ref::NONE; 3], immediate, snapshot: SnapshotId::NONE }
}
