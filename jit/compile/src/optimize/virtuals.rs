//! Virtual objects: what a trace makes and gives up again is not made.
//!
//! The pass walks the region and keeps, instead of an object, the values that its fields would hold. Loads become those
//! values, stores and counts vanish, and exits make the object from a description (`ExitObject`). Where the object
//! escapes (into memory, into a call, around a loop, or to Python code that could look at the frame) it is made after
//! all, at that point and with what it holds then.
//!
//! **Invariants**: the number of references to a virtual object is known at every point of a path. A field owns its value,
//! and the object a reference to its class, as in memory; both are given up with the object, in the runtime's order. No
//! virtual object reaches itself.

use super::Environment;
use super::hash::Map;
use super::state;
use crate::layout::{INSTANCE_SHAPE_OFFSET, TYPE_OFFSET};
use crate::region::{ExitIndex, ExitObject, Region, SegmentEnd, SegmentId, is_constant, note};
use sidewinder_ir::op::{Alias, Effect};
use sidewinder_ir::snapshot::OBJECT_SLOT;
use sidewinder_ir::{Instruction, Op, Ref, SlotValue, SnapshotId};
use std::collections::BTreeMap;

/// A field of a virtual object: the store that would fill it, and with what.
#[derive(Clone, Copy)]
struct Field {
    store: Op,
    alias: Alias,
    value: Ref,
}

#[derive(Clone)]
struct Object {
    /// The call that would have made it.
    made: Instruction,
    class: u64,
    bytes: u64,
    /// By offset.
    fields: BTreeMap<i32, Field>,
    /// References to it, including those from other virtual objects.
    count: usize,
    /// Instructions that would compute its address.
    addresses: Vec<Ref>,
}

/// What is known at a point of a path.
#[derive(Clone, Default)]
struct State {
    objects: BTreeMap<Ref, Object>,
    /// What to use in place of loads from virtual objects, and of objects that were made after all.
    renamed: Map<Ref, Ref>,
}

impl State {
    fn resolve(&self, value: Ref) -> Ref {
        state::resolve(&self.renamed, value)
    }
}

pub fn run(region: &mut Region, environment: &Environment) {
    let makes = |instruction: &Instruction| {
        instruction.op == Op::CallValue && environment.helpers[instruction.immediate as usize].effects.makes_instance
    };
    if !region.instructions.iter().any(makes) {
        return;
    }
    let constants = region.instructions.iter().enumerate().filter(|(_, instruction)| is_constant(instruction.op));
    let constants = constants.map(|(index, it)| ((it.op, it.immediate), Ref(index as u32))).collect();
    let mut pass =
        Pass { region, environment, constants, state: State::default(), at_starts: Map::default(), body: Vec::new() };
    for index in 1..pass.region.segments.len() {
        pass.segment(SegmentId(index as u32));
    }
}

struct Pass<'a> {
    region: &'a mut Region,
    environment: &'a Environment<'a>,
    constants: Map<(Op, u64), Ref>,
    state: State,
    /// The states that segments start with: of bridges that at their exit, of the loop that after the first iteration.
    at_starts: Map<SegmentId, State>,
    body: Vec<Ref>,
}

impl Pass<'_> {
    fn segment(&mut self, id: SegmentId) {
        self.state = self.at_starts.remove(&id).unwrap_or_default();
        let segment = &mut self.region.segments[id.0 as usize];
        segment.slots.iter_mut().for_each(|(_, value)| *value = self.state.resolve(*value));
        let body = std::mem::take(&mut segment.body);
        let end = segment.end.clone();
        body.into_iter().for_each(|value| self.instruction(value));
        match end {
            SegmentEnd::Exit(exit) => self.end_exit(exit),
            SegmentEnd::Jump(target, arguments) => {
                self.make_all();
                let arguments = arguments.into_iter().map(|argument| self.state.resolve(argument)).collect();
                self.region.segments[id.0 as usize].end = SegmentEnd::Jump(target, arguments);
                if target > id {
                    self.at_starts.insert(target, self.state.clone());
                }
            }
        }
        self.region.segments[id.0 as usize].body = std::mem::take(&mut self.body);
    }

    fn instruction(&mut self, value: Ref) {
        let instruction = *self.region.get(value);
        let first = instruction.operands[0];
        match instruction.op {
            Op::Address => {
                let object = self.state.resolve(first);
                if let Some(object) = self.state.objects.get_mut(&object) {
                    object.addresses.push(value);
                    return;
                }
            }
            Op::LoadValue | Op::LoadRaw | Op::LoadRaw32 => {
                if let Some(object) = self.object_at(first)
                    && let Some(known) = self.read(object, &instruction)
                {
                    self.state.renamed.insert(value, known);
                    return;
                }
            }
            Op::StoreValue | Op::StoreRaw | Op::StoreRaw32 => {
                if let Some(object) = self.object_at(first)
                    && self.write(object, &instruction)
                {
                    return;
                }
            }
            Op::Dup => {
                let object = self.state.resolve(first);
                if let Some(object) = self.state.objects.get_mut(&object) {
                    object.count += 1;
                    return;
                }
            }
            Op::Drop => {
                let object = self.state.resolve(first);
                if self.state.objects.contains_key(&object) {
                    return self.give_up(object);
                }
            }
            Op::CallValue => {
                if let Some(object) = self.new_object(&instruction) {
                    let class = object.class;
                    self.state.objects.insert(value, object);
                    return self.count_class(Op::Dup, class);
                }
            }
            _ => {}
        }
        if instruction.op.effect() == Effect::Call
            && self.environment.helpers[instruction.immediate as usize].effects.runs_python
        {
            self.make_all();
        }
        self.keep(value);
        if instruction.op.effect() == Effect::Guard {
            self.exit(self.region.exit_of(&instruction));
        }
    }

    /// Places an instruction. Virtual objects among its operands are made first.
    fn keep(&mut self, value: Ref) {
        let instruction = *self.region.get(value);
        if instruction.op.effect() == Effect::Call {
            let (start, length) = (instruction.operands[0].0 as usize, instruction.operands[1].0 as usize);
            for position in start..start + length {
                self.region.arguments[position] = self.real(self.region.arguments[position]);
            }
        } else {
            for position in 0..instruction.op.operands().len() {
                self.region.instructions[value.0 as usize].operands[position] =
                    self.real(instruction.operands[position]);
            }
        }
        self.body.push(value);
    }

    /// A value to use where an object must exist.
    fn real(&mut self, value: Ref) -> Ref {
        let resolved = self.state.resolve(value);
        if self.state.objects.contains_key(&resolved) {
            self.make(resolved);
        } else if let Some(object) = self.object_at(resolved) {
            self.make(object);
        }
        self.state.resolve(value)
    }

    /// The virtual object that a value is the address of.
    fn object_at(&self, address: Ref) -> Option<Ref> {
        let instruction = self.region.get(self.state.resolve(address));
        let object = (instruction.op == Op::Address).then(|| self.state.resolve(instruction.operands[0]))?;
        self.state.objects.contains_key(&object).then_some(object)
    }

    /// The object that a call makes, if it can be virtual.
    fn new_object(&self, call: &Instruction) -> Option<Object> {
        let effects = &self.environment.helpers[call.immediate as usize].effects;
        let &[class, bytes, shape] = self.region.call_arguments(call) else { return None };
        let constant =
            |value: Ref| Some(self.region.get(value)).filter(|it| it.op == Op::ConstRaw).map(|it| it.immediate);
        let (class_word, bytes) = (constant(class)?, constant(bytes)?);
        constant(shape)?;
        if !effects.makes_instance || bytes == 0 {
            return None;
        }
        let mut fields = BTreeMap::new();
        if class_word & 15 == 0 {
            let shape = Field { store: Op::StoreRaw32, alias: Alias::Shape, value: shape };
            fields.insert(INSTANCE_SHAPE_OFFSET, shape);
        }
        Some(Object { made: *call, class: class_word, bytes, fields, count: 1, addresses: Vec::new() })
    }

    /// What a load finds. `None` if it reads a field otherwise than it was written.
    fn read(&mut self, object: Ref, load: &Instruction) -> Option<Ref> {
        let field = self.state.objects[&object].fields.get(&(load.immediate as i32)).copied();
        let (store, constant) = match load.op {
            Op::LoadValue => (Op::StoreValue, Op::ConstValue),
            Op::LoadRaw => (Op::StoreRaw, Op::ConstRaw),
            _ => (Op::StoreRaw32, Op::ConstRaw),
        };
        match field {
            Some(field) => (field.store == store).then(|| self.state.resolve(field.value)),
            // Fresh objects are empty.
            None => Some(self.constant(constant, 0)),
        }
    }

    /// Notes what a field holds from now on. False if the object must be real for that.
    fn write(&mut self, object: Ref, store: &Instruction) -> bool {
        let value = self.state.resolve(store.operands[1]);
        let offset = store.immediate as i32;
        if store.op == Op::StoreRaw32 && (offset != INSTANCE_SHAPE_OFFSET || !is_constant(self.region.get(value).op))
            || offset % 8 != 0
            || self.object_at(value).is_some()
            || self.reaches(value, object)
        {
            return false;
        }
        let field = Field { store: store.op, alias: store.alias, value };
        self.state.objects.get_mut(&object).expect("it is virtual").fields.insert(offset, field);
        true
    }

    /// Whether a virtual object is another one or holds it, directly or not.
    fn reaches(&self, from: Ref, to: Ref) -> bool {
        from == to
            || self.state.objects.get(&from).is_some_and(|object| {
                object.fields.values().any(|field| self.reaches(self.state.resolve(field.value), to))
            })
    }

    /// Gives up a reference to a virtual object, and with the last one what it owns.
    fn give_up(&mut self, object: Ref) {
        let count = &mut self.state.objects.get_mut(&object).expect("it is virtual").count;
        *count -= 1;
        if *count > 0 {
            return;
        }
        let Some(object) = self.state.objects.remove(&object) else { return };
        // Attributes go in order, items of tuples in reverse.
        let values = object.fields.values().filter(|field| field.store == Op::StoreValue).map(|field| field.value);
        let mut values: Vec<Ref> = values.collect();
        if object.class & 15 != 0 {
            values.reverse();
        }
        for value in values {
            let value = self.state.resolve(value);
            if self.state.objects.contains_key(&value) {
                self.give_up(value);
            } else if !self.is_uncounted(value) {
                self.count(Op::Drop, value, 0);
            }
        }
        self.count_class(Op::Drop, object.class);
    }

    fn is_uncounted(&self, value: Ref) -> bool {
        let instruction = self.region.get(value);
        match instruction.op {
            Op::ConstValue => !sidewinder_ir::tagging::is_counted(instruction.immediate),
            op => matches!(op, Op::BoxInt | Op::BoxFloat | Op::BoxBool),
        }
    }

    fn count(&mut self, op: Op, value: Ref, notes: u8) {
        let item = self.append(op, [value, Ref::NONE, Ref::NONE], 0, Alias::Other);
        self.region.notes[item.0 as usize] = notes;
        self.body.push(item);
    }

    /// An instance owns a reference to its class, unless that is immortal.
    fn count_class(&mut self, op: Op, class: u64) {
        if class & 15 == 0 {
            let class = self.constant(Op::ConstValue, class);
            self.count(op, class, note::POINTER | note::COUNTED | note::BOUND);
        }
    }

    /// Makes all virtual objects.
    fn make_all(&mut self) {
        while let Some((&object, _)) = self.state.objects.first_key_value() {
            self.make(object);
        }
    }

    /// Makes a virtual object with what it holds now.
    fn make(&mut self, virtual_object: Ref) {
        let Some(object) = self.state.objects.remove(&virtual_object) else { return };
        let mut fields = object.fields;
        let parts: Vec<(i32, Field)> = fields.iter().map(|(&offset, &field)| (offset, field)).collect();
        for (offset, field) in parts {
            let value = self.real(field.value);
            fields.insert(offset, Field { value, ..field });
        }
        let start = self.region.arguments.len() as u32;
        let arguments: Vec<Ref> = self.region.call_arguments(&object.made).to_vec();
        self.region.arguments.extend(arguments);
        if let Some(shape) = fields.get(&INSTANCE_SHAPE_OFFSET).filter(|field| field.store == Op::StoreRaw32) {
            self.region.arguments[start as usize + 2] = shape.value;
            fields.remove(&INSTANCE_SHAPE_OFFSET);
        }
        let operands = [Ref(start), Ref(3), Ref::NONE];
        let made = self.append(Op::CallValue, operands, object.made.immediate, object.made.alias);
        self.body.push(made);
        // The new instance has a reference of its own to the class.
        self.count_class(Op::Drop, object.class);
        let address = self.append(Op::Address, [made, Ref::NONE, Ref::NONE], 0, Alias::Other);
        self.body.push(address);
        for (offset, field) in fields {
            let item = self.append(field.store, [address, field.value, Ref::NONE], offset as u64, field.alias);
            self.body.push(item);
        }
        for _ in 1..object.count {
            self.count(Op::Dup, made, note::POINTER | note::COUNTED | note::BOUND);
        }
        self.state.renamed.insert(virtual_object, made);
        self.state.renamed.extend(object.addresses.into_iter().map(|old| (old, address)));
    }

    fn constant(&mut self, op: Op, word: u64) -> Ref {
        if let Some(&known) = self.constants.get(&(op, word)) {
            return known;
        }
        let made = self.append(op, [Ref::NONE; 3], word, Alias::Other);
        self.constants.insert((op, word), made);
        made
    }

    fn append(&mut self, op: Op, operands: [Ref; 3], immediate: u64, alias: Alias) -> Ref {
        let value = Ref(self.region.instructions.len() as u32);
        self.region.instructions.push(Instruction { op, alias, operands, immediate, snapshot: SnapshotId::NONE });
        self.region.notes.push(0);
        value
    }

    /// The exit at the end of a segment. What leads to another tree or returns finds real objects.
    fn end_exit(&mut self, index: ExitIndex) {
        let exit = self.region.exit(index);
        if exit.link || exit.snapshot.frame.instruction == 0 {
            self.make_all();
        }
        self.exit(index);
    }

    /// Describes at an exit the virtual objects that the frame holds there.
    fn exit(&mut self, index: ExitIndex) {
        if let Some(bridge) = self.region.exit(index).bridge {
            self.at_starts.insert(bridge, self.state.clone());
        }
        let mut slots = std::mem::take(&mut self.region.exits[index.0 as usize].snapshot.slots);
        let mut described = Described::default();
        let mut kept = Vec::with_capacity(slots.len());
        for entry in slots.drain(..) {
            let value = self.state.resolve(entry.value);
            if self.state.objects.contains_key(&value) {
                let position = self.describe(value, &mut described);
                described.objects[position].slots.push(entry.slot);
            } else {
                kept.push(SlotValue { slot: entry.slot, value });
            }
        }
        kept.extend(described.words);
        let exit = &mut self.region.exits[index.0 as usize];
        exit.link &= described.objects.is_empty();
        exit.objects = described.objects;
        exit.snapshot.slots = kept;
    }

    /// The position of an object among those that an exit makes; what it holds comes before it.
    fn describe(&self, value: Ref, described: &mut Described) -> usize {
        if let Some(&(_, position)) = described.known.iter().find(|(known, _)| *known == value) {
            return position;
        }
        let object = &self.state.objects[&value];
        let mut description = ExitObject { class: object.class, bytes: object.bytes, ..ExitObject::default() };
        if object.class & 15 == 0 {
            let class = self.constants[&(Op::ConstValue, object.class)];
            description.words.push((TYPE_OFFSET, described.word(class)));
        }
        for (&offset, field) in &object.fields {
            let value = self.state.resolve(field.value);
            if self.state.objects.contains_key(&value) {
                let part = self.describe(value, described);
                description.parts.push((offset, part));
                continue;
            }
            // Exits box numbers themselves.
            let instruction = self.region.get(value);
            let unboxed = matches!(instruction.op, Op::BoxInt | Op::BoxFloat);
            description.words.push((offset, described.word(if unboxed { instruction.operands[0] } else { value })));
        }
        described.objects.push(description);
        described.known.push((value, described.objects.len() - 1));
        described.objects.len() - 1
    }
}

/// The virtual objects of an exit.
#[derive(Default)]
struct Described {
    objects: Vec<ExitObject>,
    known: Vec<(Ref, usize)>,
    /// Words of their fields, as entries of the snapshot.
    words: Vec<SlotValue>,
}

impl Described {
    fn word(&mut self, value: Ref) -> i32 {
        let slot = OBJECT_SLOT + self.words.len() as i32;
        self.words.push(SlotValue { slot, value });
        slot
    }
}
