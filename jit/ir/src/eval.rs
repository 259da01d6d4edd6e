//! The reference executor: what each operation means, once, for the constant folder and for tests of the optimizer and
//! of machine code.
//!
//! Words here: an `Int` is its 64-bit two's complement, unscaled; a `Float` its bits; a `Bool` 0 or 1.
//! Memory is a map from addresses of eight-byte words; helpers are mocked by a closure.

use crate::helper::HelperId;
use crate::op::{Effect, Op, Type};
use crate::snapshot::{FrameState, Snapshot, SnapshotId};
use crate::tagging;
use crate::trace::{Instruction, Ref, Trace, TraceEnd};
use std::collections::{BTreeMap, HashMap};

/// Words of the objects True and False.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Singletons {
    pub true_word: u64,
    pub false_word: u64,
}

/// The result of an operation that depends on its operands alone. None for other operations, and where the operation
/// promises nothing (division by zero, a box for a float that does not fit).
pub fn pure(op: Op, immediate: u64, operands: &[u64], singletons: Singletons) -> Option<u64> {
    let a = operands.first().copied().unwrap_or(0);
    let b = operands.get(1).copied().unwrap_or(0);
    let (int_a, int_b) = (a as i64, b as i64);
    let (float_a, float_b) = (f64::from_bits(a), f64::from_bits(b));
    let truth = |condition: bool| Some(condition as u64);
    let float = |value: f64| Some(value.to_bits());
    let wide = |value: i128| Some(wrap_62(value as i64) as u64);
    let overflows = |value: i128| Some((value != wrap_62(value as i64) as i128) as u64);
    match op {
        Op::ConstValue | Op::ConstInt | Op::ConstFloat | Op::ConstRaw | Op::ConstBool => Some(immediate),

        Op::IsInt => truth(a & 3 == 1),
        Op::IsFloat => truth(a & 2 != 0),
        Op::SameValue => truth(a == b),
        Op::IsUnbound => truth(a == 0),
        Op::UnboxInt => (a & 3 == 1).then(|| tagging::unbox_int(a) as u64),
        Op::BoxInt => Some(tagging::box_int(int_a)),
        Op::UnboxFloat => (a & 2 != 0).then(|| tagging::unbox_float(a)),
        Op::BoxFloat => tagging::float_fits(a).then(|| tagging::box_float(a)),
        Op::FloatFits => truth(tagging::float_fits(a)),
        Op::BoxBool => Some(if a != 0 { singletons.true_word } else { singletons.false_word }),
        Op::IsTrue => truth(a == singletons.true_word),

        Op::IntAdd => wide(int_a as i128 + int_b as i128),
        Op::IntSubtract => wide(int_a as i128 - int_b as i128),
        Op::IntMultiply => wide(int_a as i128 * int_b as i128),
        Op::IntAddOverflows => overflows(int_a as i128 + int_b as i128),
        Op::IntSubtractOverflows => overflows(int_a as i128 - int_b as i128),
        Op::IntMultiplyOverflows => overflows(int_a as i128 * int_b as i128),
        Op::IntFloorDivide => floor_divide(int_a, int_b).map(|(quotient, _)| quotient as u64),
        Op::IntRemainder => floor_divide(int_a, int_b).map(|(_, remainder)| remainder as u64),
        Op::IntAnd => Some(a & b),
        Op::IntOr => Some(a | b),
        Op::IntXor => Some(a ^ b),
        Op::IntShiftLeft if b < 62 => wide((int_a as i128) << b),
        Op::IntShiftLeftOverflows if b < 62 => overflows((int_a as i128) << b),
        Op::IntShiftRight if b < 64 => Some((int_a >> b) as u64),
        Op::IntMinimum => Some(int_a.min(int_b) as u64),
        Op::IntMaximum => Some(int_a.max(int_b) as u64),
        Op::IntLess => truth(int_a < int_b),
        Op::IntLessEqual => truth(int_a <= int_b),
        Op::IntEqual => truth(int_a == int_b),
        Op::IntToFloat => float(int_a as f64),
        Op::IntToRaw => Some(a),
        Op::RawToInt => tagging::int_fits(int_a).then_some(a),

        Op::FloatAdd => float(float_a + float_b),
        Op::FloatSubtract => float(float_a - float_b),
        Op::FloatMultiply => float(float_a * float_b),
        Op::FloatDivide => (float_b != 0.0).then(|| (float_a / float_b).to_bits()),
        Op::FloatNegate => float(-float_a),
        Op::FloatAbsolute => float(float_a.abs()),
        Op::FloatSquareRoot => float(float_a.sqrt()),
        Op::FloatLess => truth(float_a < float_b),
        Op::FloatLessEqual => truth(float_a <= float_b),
        Op::FloatEqual => truth(float_a == float_b),

        Op::RawAdd => Some(a.wrapping_add(b)),
        Op::RawSubtract => Some(a.wrapping_sub(b)),
        Op::RawEqual => truth(a == b),
        Op::RawBelow => truth(a < b),
        Op::RawLess => truth(int_a < int_b),
        Op::Address => Some(a),
        Op::BoolNot => Some(a ^ 1),
        _ => None,
    }
}

/// The low 62 bits as a signed integer.
fn wrap_62(value: i64) -> i64 {
    value << tagging::INT_SHIFT >> tagging::INT_SHIFT
}

/// Python's `divmod`.
fn floor_divide(a: i64, b: i64) -> Option<(i64, i64)> {
    if b == 0 {
        return None;
    }
    let (quotient, remainder) = (a.wrapping_div(b), a.wrapping_rem(b));
    if remainder != 0 && (remainder < 0) != (b < 0) {
        Some((quotient - 1, remainder + b))
    } else {
        Some((quotient, remainder))
    }
}

/// Stands in for a helper: its number, its arguments, memory; gives the result word.
pub type CallHelper<'a> = dyn FnMut(HelperId, &[u64], &mut HashMap<u64, u64>) -> u64 + 'a;

/// Stands in `Machine::calls` for an object whose count became zero.
pub const DROP_LAST: HelperId = HelperId(u16::MAX);

/// Everything outside the trace.
pub struct Machine<'a> {
    /// Words by address (a multiple of eight).
    pub memory: HashMap<u64, u64>,
    /// Words of the VM stack, by slot.
    pub slots: BTreeMap<i32, u64>,
    /// References added minus references taken away, by counted word, for objects that are not in memory.
    pub counts: BTreeMap<u64, i64>,
    /// Calls in order, for comparing two runs.
    pub calls: Vec<(HelperId, Vec<u64>)>,
    pub call: Box<CallHelper<'a>>,
    pub singletons: Singletons,
    /// Outcomes of `GuardNoInterrupt` still to come, last first; true means an interrupt waits.
    pub interrupts: Vec<bool>,
    pub finalizers_pending: bool,
    pub invalidated: bool,
    /// Whether a double did not fit a value word. Machine code may keep it unboxed where the interpreter would box it
    /// and take another way, so that the two leave at different exits.
    pub floats_boxed: bool,
    /// Addresses of objects without a finalizer, of sixteen words: when one dies, nobody is called, and what it holds is
    /// given up with it, the last field first.
    pub plain_objects: std::ops::Range<u64>,
}

/// What an instruction did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Result(u64),
    /// A guard failed.
    Leave,
}

/// Where and how a trace was left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exit {
    /// Index of the guard; None at the trace's end.
    pub guard: Option<u32>,
    pub frame: FrameState,
    pub end: Option<TraceEnd>,
}

impl<'a> Machine<'a> {
    pub fn new(singletons: Singletons, call: Box<CallHelper<'a>>) -> Machine<'a> {
        Machine {
            memory: HashMap::new(),
            slots: BTreeMap::new(),
            counts: BTreeMap::new(),
            calls: Vec::new(),
            call,
            singletons,
            interrupts: Vec::new(),
            finalizers_pending: false,
            invalidated: false,
            floats_boxed: false,
            plain_objects: 0..0,
        }
    }

    /// The word at an address that is a multiple of eight.
    pub fn load(&self, address: u64) -> u64 {
        *self.memory.get(&address).unwrap_or_else(|| panic!("nothing is stored at {address:#x}"))
    }

    /// Executes one instruction on operand words (for calls: the arguments).
    pub fn execute(&mut self, instruction: &Instruction, operands: &[u64]) -> Step {
        let op = instruction.op;
        let offset = instruction.immediate;
        let a = operands.first().copied().unwrap_or(0);
        let leave_if = |condition: bool| if condition { Step::Leave } else { Step::Result(0) };
        match op {
            Op::LoadSlot => Step::Result(self.slots.get(&(offset as i32)).copied().unwrap_or(0)),
            Op::HasType => {
                let pointer = a != 0 && a & 3 == 0;
                Step::Result((pointer && self.memory.get(&(a + 8)) == Some(&operands[1])) as u64)
            }
            Op::LoadValue | Op::LoadRaw | Op::LoadFloat => Step::Result(self.load(a.wrapping_add(offset))),
            Op::LoadRaw32 => {
                let address = a.wrapping_add(offset);
                Step::Result(self.load(address & !7) >> (8 * (address & 7)) & 0xffff_ffff)
            }
            Op::LoadElement => Step::Result(self.load(a.wrapping_add(operands[1].wrapping_mul(8)))),
            Op::StoreValue | Op::StoreRaw => {
                self.memory.insert(a.wrapping_add(offset), operands[1]);
                Step::Result(0)
            }
            Op::StoreRaw32 => {
                let address = a.wrapping_add(offset);
                let (word, shift) = (self.load(address & !7), 8 * (address & 7));
                let word = word & !(0xffff_ffff << shift) | (operands[1] & 0xffff_ffff) << shift;
                self.memory.insert(address & !7, word);
                Step::Result(0)
            }
            Op::StoreElement => {
                self.memory.insert(a.wrapping_add(operands[1].wrapping_mul(8)), operands[2]);
                Step::Result(0)
            }
            Op::ReloadSlot => Step::Result(self.slots.get(&(offset as i32)).copied().unwrap_or(0)),
            Op::SpillSlot | Op::StoreSlot => {
                self.slots.insert(offset as i32, a);
                Step::Result(0)
            }
            Op::GuardTrue => leave_if(a == 0),
            Op::GuardFalse => leave_if(a != 0),
            Op::GuardNoInterrupt => leave_if(self.interrupts.pop().unwrap_or(false)),
            Op::GuardNoFinalizers => leave_if(self.finalizers_pending),
            Op::GuardNoException => leave_if(a == 0),
            Op::GuardNoExceptionRaw => leave_if((a as i64) < 0),
            Op::GuardNotInvalidated => leave_if(self.invalidated),
            Op::BoxFloat => Step::Result(self.slot_word(a, Type::Float)),
            Op::Dup => self.count(a, 1),
            Op::Drop => self.count(a, -1),
            Op::CallValue | Op::CallRaw | Op::CallFloat | Op::CallNone => {
                let helper = Trace::helper(instruction);
                self.calls.push((helper, operands.to_vec()));
                Step::Result((self.call)(helper, operands, &mut self.memory))
            }
            _ => match pure(op, offset, operands, self.singletons) {
                Some(word) => Step::Result(word),
                None => panic!("{} of {operands:x?} is undefined", op.name()),
            },
        }
    }

    fn count(&mut self, word: u64, change: i64) -> Step {
        if tagging::is_counted(word) {
            match self.memory.get_mut(&word) {
                Some(count) => {
                    *count = count.wrapping_add(change as u64);
                    if *count == 0 && change < 0 {
                        self.die(word);
                    }
                }
                None => *self.counts.entry(word).or_insert(0) += change,
            }
        }
        Step::Result(0)
    }

    fn die(&mut self, object: u64) {
        if !self.plain_objects.contains(&object) {
            self.calls.push((DROP_LAST, vec![object]));
            self.finalizers_pending = true;
            return;
        }
        for field in (2..16).rev() {
            let held = self.load(object + field * 8);
            self.count(held, -1);
        }
    }

    /// The word that an exit writes for a value of a type.
    pub fn slot_word(&mut self, value: u64, kind: Type) -> u64 {
        match kind {
            Type::Int => tagging::box_int(value as i64),
            Type::Float if tagging::float_fits(value) => tagging::box_float(value),
            // A box on the heap: its identity does not matter, so its bits make the address.
            Type::Float => {
                self.floats_boxed = true;
                value & 0x0fff_ffff_ffff_fff0 | 0x6000_0000_0000_0000
            }
            _ => value,
        }
    }

    fn write_snapshot(&mut self, trace: &Trace, snapshot: &Snapshot, values: &[u64]) {
        for entry in &snapshot.slots {
            let word = self.slot_word(values[entry.value.0 as usize], trace.type_of(entry.value));
            self.slots.insert(entry.slot, word);
        }
    }
}

/// Runs the trace from `machine.slots`, at most `iterations_max` times around if it is a loop. The exit's snapshot is
/// written to `machine.slots`.
pub fn run(trace: &Trace, machine: &mut Machine, iterations_max: usize) -> Exit {
    let mut iterations = 0;
    loop {
        iterations += 1;
        if let Some((guard, snapshot)) = run_once(trace, machine) {
            return Exit { guard: Some(guard), frame: trace.snapshots[snapshot.0 as usize].frame, end: None };
        }
        match trace.end {
            TraceEnd::Loop(_) if iterations < iterations_max => {}
            TraceEnd::Loop(id) | TraceEnd::Root(id) | TraceEnd::Exit(id) => {
                let frame = trace.snapshots[id.0 as usize].frame;
                return Exit { guard: None, frame, end: Some(trace.end) };
            }
        }
    }
}

/// One pass; the failing guard, if any. Writes the snapshot of the guard or of the end.
fn run_once(trace: &Trace, machine: &mut Machine) -> Option<(u32, SnapshotId)> {
    let mut values: Vec<u64> = Vec::with_capacity(trace.instructions.len());
    let mut operands = Vec::new();
    for (index, instruction) in trace.instructions.iter().enumerate() {
        operands.clear();
        if instruction.op.effect() == Effect::Call {
            operands.extend(trace.call_arguments(instruction).iter().map(|argument| values[argument.0 as usize]));
        } else {
            let used = &instruction.operands[..instruction.op.operands().len()];
            operands.extend(used.iter().map(|operand: &Ref| values[operand.0 as usize]));
        }
        match machine.execute(instruction, &operands) {
            Step::Result(word) => values.push(word),
            Step::Leave => {
                machine.write_snapshot(trace, &trace.snapshots[instruction.snapshot.0 as usize], &values);
                return Some((index as u32, instruction.snapshot));
            }
        }
    }
    let (TraceEnd::Loop(end) | TraceEnd::Root(end) | TraceEnd::Exit(end)) = trace.end;
    machine.write_snapshot(trace, &trace.snapshots[end.0 as usize], &values);
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::parse;

    const SINGLETONS: Singletons = Singletons { true_word: 0x1008, false_word: 0x1028 };

    #[test]
    fn a_loop_runs_until_its_guard_fails() {
        let trace = parse(
            "v0 = LoadSlot 0\nv1 = IsInt v0\nGuardTrue v1 [s0]\nv3 = UnboxInt v0\nv4 = ConstInt 10\nv5 = IntLess v3 v4\n\
             GuardTrue v5 [s0]\nv7 = ConstInt 1\nv8 = IntAdd v3 v7\nv9 = BoxInt v8\n\
             s0: base 0 at 0x20 depth 0 {}\ns1: base 0 at 0x10 depth 0 {0: v9}\nend loop s1\n",
        )
        .unwrap();
        let mut machine = Machine::new(SINGLETONS, Box::new(|_, _, _| 0));
        machine.slots.insert(0, tagging::box_int(3));
        let exit = run(&trace, &mut machine, 100);
        assert_eq!((exit.guard, exit.frame.instruction), (Some(6), 0x20));
        assert_eq!(machine.slots[&0], tagging::box_int(10));
    }

    #[test]
    fn division_rounds_as_python_does() {
        let divide = |a: i64, b: i64| {
            let word = |op| pure(op, 0, &[a as u64, b as u64], SINGLETONS).map(|word| word as i64);
            (word(Op::IntFloorDivide), word(Op::IntRemainder))
        };
        assert_eq!(divide(7, 2), (Some(3), Some(1)));
        assert_eq!(divide(-7, 2), (Some(-4), Some(1)));
        assert_eq!(divide(7, -2), (Some(-4), Some(-1)));
        assert_eq!(divide(-7, -2), (Some(3), Some(-1)));
        assert_eq!(divide(-8, 2), (Some(-4), Some(0)));
        assert_eq!(divide(1, 0), (None, None));
    }

    #[test]
    fn overflow_is_of_62_bits() {
        let pure = |op, a: i64, b: i64| pure(op, 0, &[a as u64, b as u64], SINGLETONS).unwrap() as i64;
        assert_eq!(pure(Op::IntAddOverflows, tagging::INT_MAX, 1), 1);
        assert_eq!(pure(Op::IntAddOverflows, tagging::INT_MAX, 0), 0);
        assert_eq!(pure(Op::IntAdd, tagging::INT_MAX, 1), tagging::INT_MIN);
        assert_eq!(pure(Op::IntMultiplyOverflows, 1 << 31, 1 << 30), 1);
        assert_eq!(pure(Op::IntMultiplyOverflows, 1 << 30, 1 << 30), 0);
    }
}
