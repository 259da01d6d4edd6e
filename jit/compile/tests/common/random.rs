//! Random traces, recorded by executing them: each instruction is run as it is added, and guards take the outcome that
//! was seen. References are counted as the interpreter does: slots and memory own theirs.

use super::*;
use sidewinder_ir::eval::Step;
use sidewinder_ir::op::Effect;
use sidewinder_ir::snapshot::SlotValue;
use sidewinder_ir::{FrameState, Instruction, Op, Ref, Snapshot, SnapshotId, Trace};

pub struct Random {
    state: u64,
    /// Prefer objects and memory to numbers.
    objects: bool,
    /// Make objects.
    makes: bool,
}

impl Random {
    pub fn new(seed: u64) -> Random {
        let mut random = Random {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            objects: seed.is_multiple_of(2),
            makes: seed.is_multiple_of(3),
        };
        for _ in 0..3 {
            random.word();
        }
        random
    }

    pub fn word(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.word() >> 11) as usize % limit
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    pub fn small_word(&mut self) -> u64 {
        if self.objects && self.below(5) < 4 {
            return object(self.below(OBJECTS) as u64);
        }
        match self.below(12) {
            0 => int(sidewinder_ir::tagging::INT_MAX - 3),
            1 => int(sidewinder_ir::tagging::INT_MIN + 3),
            2..6 => int(self.below(9) as i64 - 4),
            6..9 => float(self.below(9) as f64 * 0.5 - 2.0),
            9 => TRUE,
            10 => FALSE,
            _ => object(self.below(OBJECTS) as u64),
        }
    }
}

/// The slot that counts the loop's iterations, up to `LIMIT`.
pub const COUNTER_SLOT: i32 = 7;
pub const SLOTS: usize = 7;
pub const OBJECTS: usize = 4;
const LIMIT: i64 = 12;

/// A world with random slots and objects.
pub fn random_world(random: &mut Random) -> World {
    let mut slots: BTreeMap<i32, u64> = (0..SLOTS as i32).map(|slot| (slot, random.small_word())).collect();
    slots.insert(COUNTER_SLOT, int(0));
    let objects: Vec<[u64; 16]> = (0..OBJECTS)
        .map(|_| {
            let mut words = [0; 16];
            words.fill_with(|| random.small_word());
            if random.objects {
                // Few references, so that objects die.
                words[5..].fill_with(|| int(random.below(9) as i64));
            }
            words[0] = 0;
            let types = [CLASS_TYPE, CLASS_TYPE, OTHER_CLASS_TYPE, LIST_TYPE];
            words[1] = if random.objects { CLASS_TYPE } else { random.pick(&types) };
            words
        })
        .collect();
    let mut world = World { slots, objects, fresh: Vec::new() };
    recount(&mut world);
    world
}

/// Gives objects their exact counts, so that they die in the middle of traces.
pub fn recount(world: &mut World) {
    let fields = world.objects.iter().flat_map(|words| words[2..].to_vec());
    let references: Vec<u64> = world.slots.values().copied().chain(fields).collect();
    for (number, words) in world.objects.iter_mut().enumerate() {
        words[0] = references.iter().filter(|&&word| word == object(number as u64)).count() as u64;
    }
}

pub struct Recorder<'a> {
    pub random: &'a mut Random,
    machine: Machine<'static>,
    trace: Trace,
    words: Vec<u64>,
    /// Slots changed so far.
    changed: BTreeMap<i32, Ref>,
    loaded: BTreeMap<i32, Ref>,
    next_address: u64,
}

impl<'a> Recorder<'a> {
    pub fn new(random: &'a mut Random, world: &World) -> Recorder<'a> {
        let helper = |id: HelperId, arguments: &[u64], memory: &mut HashMap<u64, u64>| meaning(id.0, arguments, memory);
        let mut machine = Machine::new(layout().singletons(), Box::new(helper));
        machine.slots = world.slots.clone();
        machine.memory = reference_memory(world);
        machine.plain_objects = fresh_object(0)..fresh_object(FRESH_FIRST);
        let trace = Trace {
            instructions: Vec::new(),
            arguments: Vec::new(),
            snapshots: Vec::new(),
            end: TraceEnd::Exit(SnapshotId::NONE),
            start: 0x100,
            stack_words: 16,
        };
        let next_address = 0x1000 + random.word() % 1000 * 16;
        Recorder {
            random,
            machine,
            trace,
            words: Vec::new(),
            changed: BTreeMap::new(),
            loaded: BTreeMap::new(),
            next_address,
        }
    }

    fn push(&mut self, op: Op, operands: &[Ref], immediate: u64, alias: Alias) -> Ref {
        let mut array = [Ref::NONE; 3];
        array[..operands.len()].copy_from_slice(operands);
        let instruction = Instruction { op, alias, operands: array, immediate, snapshot: SnapshotId::NONE };
        let words: Vec<u64> = operands.iter().map(|operand| self.words[operand.0 as usize]).collect();
        let word = match self.machine.execute(&instruction, &words) {
            Step::Result(word) => word,
            Step::Leave => unreachable!(),
        };
        self.words.push(word);
        self.trace.instructions.push(instruction);
        Ref(self.words.len() as u32 - 1)
    }

    fn op(&mut self, op: Op, operands: &[Ref]) -> Ref {
        self.push(op, operands, 0, Alias::Other)
    }

    fn call(&mut self, op: Op, helper: u64, arguments: &[Ref]) -> Ref {
        let start = self.trace.arguments.len() as u32;
        self.trace.arguments.extend_from_slice(arguments);
        let operands = [Ref(start), Ref(arguments.len() as u32), Ref::NONE];
        let instruction =
            Instruction { op, alias: Alias::Other, operands, immediate: helper, snapshot: SnapshotId::NONE };
        let words: Vec<u64> = arguments.iter().map(|argument| self.words[argument.0 as usize]).collect();
        let Step::Result(word) = self.machine.execute(&instruction, &words) else { unreachable!() };
        self.words.push(word);
        self.trace.instructions.push(instruction);
        Ref(self.words.len() as u32 - 1)
    }

    fn snapshot(&mut self) -> SnapshotId {
        let slots = self.changed.iter().map(|(&slot, &value)| SlotValue { slot, value }).collect();
        self.next_address += 16;
        let frame = FrameState { base: 0, instruction: self.next_address, depth: 0 };
        self.trace.snapshots.push(Snapshot { frame, slots });
        SnapshotId(self.trace.snapshots.len() as u32 - 1)
    }

    /// Adds a guard of the outcome that was seen; gives it.
    fn guard(&mut self, condition: Ref) -> bool {
        let truth = self.words[condition.0 as usize] != 0;
        let snapshot = self.snapshot();
        let op = if truth { Op::GuardTrue } else { Op::GuardFalse };
        let operands = [condition, Ref::NONE, Ref::NONE];
        self.trace.instructions.push(Instruction { op, alias: Alias::Other, operands, immediate: 0, snapshot });
        self.words.push(0);
        truth
    }

    fn slot(&mut self, slot: i32) -> Ref {
        if let Some(&value) = self.changed.get(&slot).or(self.loaded.get(&slot)) {
            return value;
        }
        let value = self.push(Op::LoadSlot, &[], slot as u64, Alias::Other);
        self.loaded.insert(slot, value);
        value
    }

    fn constant_int(&mut self, value: i64) -> Ref {
        self.push(Op::ConstInt, &[], value as u64, Alias::Other)
    }

    /// The integer of a random slot, if it holds one.
    fn int(&mut self) -> Option<Ref> {
        let slot = self.random.below(SLOTS) as i32;
        let value = self.slot(slot);
        let test = self.op(Op::IsInt, &[value]);
        self.guard(test).then(|| self.op(Op::UnboxInt, &[value]))
    }

    fn float(&mut self) -> Option<Ref> {
        let slot = self.random.below(SLOTS) as i32;
        let value = self.slot(slot);
        let test = self.op(Op::IsFloat, &[value]);
        self.guard(test).then(|| self.op(Op::UnboxFloat, &[value]))
    }

    /// The address of a random slot's object.
    fn object(&mut self) -> Option<(Ref, Ref)> {
        let slot = self.random.below(SLOTS) as i32;
        let value = self.slot(slot);
        let types = [CLASS_TYPE, OTHER_CLASS_TYPE, LIST_TYPE];
        let is_fresh = self.random.makes && fresh_number(self.words[value.0 as usize]).is_some();
        let expected = if is_fresh {
            FRESH_TYPE
        } else if self.random.objects {
            CLASS_TYPE
        } else {
            self.random.pick(&types)
        };
        let expected = self.push(Op::ConstRaw, &[], expected, Alias::Other);
        let test = self.push(Op::HasType, &[value, expected], 0, Alias::ObjectType);
        self.guard(test).then(|| (value, self.op(Op::Address, &[value])))
    }

    /// Puts a value into a slot; `owned` if its reference is ours to give.
    fn set(&mut self, value: Ref, owned: bool) {
        let slot = self.random.below(SLOTS) as i32;
        let old = self.slot(slot);
        if !owned {
            self.op(Op::Dup, &[value]);
        }
        self.changed.insert(slot, value);
        self.op(Op::Drop, &[old]);
        if self.random.below(4) == 0 {
            self.finalizers();
        }
    }

    fn finalizers(&mut self) {
        let snapshot = self.snapshot();
        let operands = [Ref::NONE; 3];
        let op = Op::GuardNoFinalizers;
        self.trace.instructions.push(Instruction { op, alias: Alias::Other, operands, immediate: 0, snapshot });
        self.words.push(0);
    }

    fn set_int(&mut self, value: Ref) {
        let value = self.op(Op::BoxInt, &[value]);
        self.set(value, true);
    }

    fn set_float(&mut self, value: Ref) {
        let value = self.op(Op::BoxFloat, &[value]);
        self.set(value, true);
    }

    /// Before a value moves into memory or to a helper: a double must fit a word.
    fn settle(&mut self, value: Ref) {
        let instruction = self.trace.instructions[value.0 as usize];
        if instruction.op == Op::BoxFloat {
            let test = self.op(Op::FloatFits, &[instruction.operands[0]]);
            self.guard(test);
        }
    }

    fn set_bool(&mut self, value: Ref) {
        let value = self.op(Op::BoxBool, &[value]);
        self.set(value, true);
    }

    /// Makes an object, fills some of its fields from slots, and puts it into a slot.
    fn make(&mut self) {
        let arguments = [FRESH_TYPE, 128, 0].map(|word| self.push(Op::ConstRaw, &[], word, Alias::Other));
        let object = self.call(Op::CallValue, 5, &arguments);
        let address = self.op(Op::Address, &[object]);
        for field in 2..2 + self.random.below(4) as u64 {
            let slot = self.random.below(SLOTS) as i32;
            let value = self.slot(slot);
            self.settle(value);
            self.op(Op::Dup, &[value]);
            self.push(Op::StoreValue, &[address, value], field * 8, Alias::Attribute);
        }
        self.set(object, true);
    }

    /// One random step, like a bytecode instruction.
    fn step(&mut self) -> Option<()> {
        if self.random.makes && self.random.below(4) == 0 {
            self.make();
            return Some(());
        }
        let kind = if self.random.objects { 6 + self.random.below(10) } else { self.random.below(16) };
        match kind {
            0..4 => {
                let a = self.int()?;
                let b = if self.random.below(3) == 0 {
                    let constant = self.random.below(9) as i64 - 2;
                    self.constant_int(constant)
                } else {
                    self.int()?
                };
                self.int_arithmetic(a, b)?;
            }
            4..6 => {
                let (a, b) = (self.float()?, self.float()?);
                let op = self.random.pick(&[Op::FloatAdd, Op::FloatSubtract, Op::FloatMultiply, Op::FloatDivide]);
                if op == Op::FloatDivide {
                    let zero = self.push(Op::ConstFloat, &[], 0, Alias::Other);
                    let test = self.op(Op::FloatEqual, &[b, zero]);
                    if self.guard(test) {
                        return None;
                    }
                }
                let result = self.op(op, &[a, b]);
                self.set_float(result);
            }
            6 => {
                let (a, b) = (self.int()?, self.int()?);
                let op = self.random.pick(&[Op::IntLess, Op::IntLessEqual, Op::IntEqual]);
                let test = self.op(op, &[a, b]);
                if self.random.below(2) == 0 {
                    self.guard(test);
                } else {
                    self.set_bool(test);
                }
            }
            7 => {
                let (a, b) = (self.float()?, self.float()?);
                let op = self.random.pick(&[Op::FloatLess, Op::FloatLessEqual, Op::FloatEqual]);
                let test = self.op(op, &[a, b]);
                self.set_bool(test);
            }
            8..11 => {
                let (_, address) = self.object()?;
                let field = 2 + self.random.below(if self.random.objects { 3 } else { 12 }) as u64;
                let value = self.push(Op::LoadValue, &[address], field * 8, Alias::Attribute);
                self.set(value, false);
            }
            11 | 12 => {
                let (_, address) = self.object()?;
                let field = 2 + self.random.below(if self.random.objects { 3 } else { 12 }) as u64;
                let slot = self.random.below(SLOTS) as i32;
                let value = self.slot(slot);
                self.settle(value);
                self.op(Op::Dup, &[value]);
                let old = self.push(Op::LoadValue, &[address], field * 8, Alias::Attribute);
                self.push(Op::StoreValue, &[address, value], field * 8, Alias::Attribute);
                self.op(Op::Drop, &[old]);
                self.finalizers();
            }
            13 => {
                let slot = self.random.below(SLOTS) as i32;
                let value = self.slot(slot);
                self.set(value, false);
            }
            14 => match self.random.below(3) {
                0 => {
                    let slot = self.random.below(SLOTS) as i32;
                    let value = self.slot(slot);
                    self.settle(value);
                    let result = self.call(Op::CallValue, 1, &[value]);
                    self.set(result, true);
                    self.finalizers();
                }
                1 => {
                    let a = self.int()?;
                    self.call(Op::CallNone, 4, &[a]);
                }
                _ => {
                    let (a, b) = (self.float()?, self.float()?);
                    let result = self.call(Op::CallFloat, 3, &[a, b]);
                    self.set_float(result);
                }
            },
            _ => {
                let (a, b) = (self.random.below(SLOTS) as i32, self.random.below(SLOTS) as i32);
                let (a, b) = (self.slot(a), self.slot(b));
                let test = self.op(Op::SameValue, &[a, b]);
                self.guard(test);
            }
        }
        Some(())
    }

    fn int_arithmetic(&mut self, a: Ref, b: Ref) -> Option<()> {
        let checked = [
            (Op::IntAdd, Op::IntAddOverflows),
            (Op::IntSubtract, Op::IntSubtractOverflows),
            (Op::IntMultiply, Op::IntMultiplyOverflows),
        ];
        match self.random.below(8) {
            0..4 => {
                let (op, overflows) = self.random.pick(&checked);
                let test = self.op(overflows, &[a, b]);
                if !self.guard(test) {
                    let result = self.op(op, &[a, b]);
                    self.set_int(result);
                }
            }
            4 | 5 => {
                for forbidden in [0, -1] {
                    let constant = self.constant_int(forbidden);
                    let test = self.op(Op::IntEqual, &[b, constant]);
                    if self.guard(test) {
                        return None;
                    }
                }
                let op = self.random.pick(&[Op::IntFloorDivide, Op::IntRemainder]);
                let result = self.op(op, &[a, b]);
                self.set_int(result);
            }
            6 => {
                let op = self.random.pick(&[Op::IntAnd, Op::IntOr, Op::IntXor, Op::IntMinimum, Op::IntMaximum]);
                let result = self.op(op, &[a, b]);
                self.set_int(result);
            }
            _ => {
                let count = self.random.below(5) as i64;
                let count = self.constant_int(count);
                if self.random.below(2) == 0 {
                    let result = self.op(Op::IntShiftRight, &[a, count]);
                    self.set_int(result);
                } else {
                    let test = self.op(Op::IntShiftLeftOverflows, &[a, count]);
                    if !self.guard(test) {
                        let result = self.op(Op::IntShiftLeft, &[a, count]);
                        self.set_int(result);
                    }
                }
            }
        }
        Some(())
    }

    /// Counts the iteration; false when the loop is over.
    fn count(&mut self) -> bool {
        let counter = self.slot(COUNTER_SLOT);
        let test = self.op(Op::IsInt, &[counter]);
        assert!(self.guard(test));
        let counter = self.op(Op::UnboxInt, &[counter]);
        let limit = self.constant_int(LIMIT);
        let test = self.op(Op::IntLess, &[counter, limit]);
        if !self.guard(test) {
            return false;
        }
        let one = self.constant_int(1);
        let next = self.op(Op::IntAdd, &[counter, one]);
        let next = self.op(Op::BoxInt, &[next]);
        self.changed.insert(COUNTER_SLOT, next);
        true
    }

    fn steps(&mut self, count: usize) {
        for _ in 0..count {
            self.step();
        }
    }

    /// A loop of about so many steps.
    pub fn root(mut self, steps: usize) -> Trace {
        self.count();
        self.steps(steps);
        let end = self.snapshot();
        self.trace.end = TraceEnd::Loop(end);
        self.trace
    }

    /// A side trace, which mostly goes back to the root.
    pub fn bridge(mut self, steps: usize) -> Trace {
        let goes_on = self.count();
        self.steps(steps);
        let end = self.snapshot();
        let back = goes_on && self.random.below(5) != 0;
        self.trace.end = if back { TraceEnd::Root(end) } else { TraceEnd::Exit(end) };
        self.trace
    }

    #[allow(unused)]
    fn is_call(op: Op) -> bool {
        op.effect() == Effect::Call
    }
}
