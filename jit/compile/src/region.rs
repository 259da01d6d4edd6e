//! An optimized tree: straight segments of instructions with one numbering of values, joined by jumps and exits.
//!
//! **Invariants**: segment 0 loads the slots of the frame and dominates everything; a bridge is dominated by its
//! parent's guard, the loop by the first iteration. Constants belong to no segment and may be used anywhere.

use crate::tree::{ExitId, Pass, TraceIndex};
use sidewinder_ir::op::Effect;
use sidewinder_ir::text::{Symbols, instruction_text, snapshot_text};
use sidewinder_ir::{Instruction, Op, Ref, Snapshot, Type};
use std::fmt::Write;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct SegmentId(pub u32);

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct ExitIndex(pub u32);

/// What the optimizer knows at an instruction and code generation can use.
pub mod note {
    /// The operand is known to point to an object.
    pub const POINTER: u8 = 1;
    /// The operand is known to be a mortal object, which has a count.
    pub const COUNTED: u8 = 2;
    /// The operand is known to be bound.
    pub const BOUND: u8 = 4;
    /// The operand is known to own nothing, and to have no finalizer.
    pub const LEAF: u8 = 16;
    /// The instruction was found superfluous after it was placed.
    pub const DEAD: u8 = 8;
    /// The operand comes from a call of this trace and only the runtime can destroy it: this `Drop` is probably the last.
    pub const LAST: u8 = 32;
}

/// How a segment ends.
#[derive(Clone, PartialEq, Debug)]
pub enum SegmentEnd {
    /// Goes on at the start of a segment; one argument for each of its parameters.
    Jump(SegmentId, Vec<Ref>),
    Exit(ExitIndex),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Segment {
    pub trace: TraceIndex,
    pub pass: Pass,
    /// `LoadSlot` or phi instructions that get their values from the jumps to this segment.
    pub parameters: Vec<Ref>,
    /// What slots hold at the start of the first iteration and of the loop, where that differs from memory. Each slot
    /// owns a reference.
    pub slots: Vec<(i32, Ref)>,
    pub body: Vec<Ref>,
    pub end: SegmentEnd,
}

/// Leaves the function, or goes on in a bridge.
#[derive(Clone, PartialEq, Debug)]
pub struct Exit {
    pub id: ExitId,
    pub snapshot: Snapshot,
    /// Slots whose value needs one reference more than the trace owns.
    pub increments: Vec<i32>,
    pub bridge: Option<SegmentId>,
    /// It leads to the start of a tree: the state is left in memory.
    pub link: bool,
    /// The state is still that in which the tree was entered.
    pub stands_still: bool,
    /// Objects that exist only from here on. What they hold comes before them.
    pub objects: Vec<ExitObject>,
}

/// An object that an exit makes, because the trace has not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExitObject {
    /// Its type, and the bytes of its cell (see `HelperEffects::makes_instance`).
    pub class: u64,
    pub bytes: u64,
    /// Offsets of words, and the entries of the snapshot (`OBJECT_SLOT`) that hold them.
    pub words: Vec<(i32, i32)>,
    /// Offsets of fields that hold other objects of the exit, by position.
    pub parts: Vec<(i32, usize)>,
    /// Slots that hold it.
    pub slots: Vec<i32>,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Region {
    /// Guards name their `ExitIndex` in the snapshot field.
    pub instructions: Vec<Instruction>,
    /// Bits of `note`, one byte per instruction.
    pub notes: Vec<u8>,
    /// Pool of call arguments.
    pub arguments: Vec<Ref>,
    pub exits: Vec<Exit>,
    pub segments: Vec<Segment>,
}

impl Region {
    pub fn get(&self, value: Ref) -> &Instruction {
        &self.instructions[value.0 as usize]
    }

    pub fn type_of(&self, value: Ref) -> Type {
        self.get(value).op.result()
    }

    pub fn note(&self, value: Ref) -> u8 {
        self.notes[value.0 as usize]
    }

    pub fn call_arguments(&self, instruction: &Instruction) -> &[Ref] {
        let (start, length) = (instruction.operands[0].0 as usize, instruction.operands[1].0 as usize);
        &self.arguments[start..start + length]
    }

    /// The operands of an instruction, call arguments included.
    pub fn operands<'a>(&'a self, instruction: &'a Instruction) -> &'a [Ref] {
        if instruction.op.effect() == Effect::Call {
            self.call_arguments(instruction)
        } else {
            &instruction.operands[..instruction.op.operands().len()]
        }
    }

    pub fn segment(&self, id: SegmentId) -> &Segment {
        &self.segments[id.0 as usize]
    }

    pub fn exit(&self, index: ExitIndex) -> &Exit {
        &self.exits[index.0 as usize]
    }

    /// The exit of a guard.
    pub fn exit_of(&self, instruction: &Instruction) -> ExitIndex {
        ExitIndex(instruction.snapshot.0)
    }

    /// Instructions in all segments.
    pub fn size(&self) -> usize {
        self.segments.iter().map(|segment| segment.body.len()).sum()
    }

    /// The text of the region. Constants are named where they are used first.
    pub fn print(&self, symbols: &mut Symbols) -> String {
        let mut printer =
            Printer { region: self, symbols, named: vec![false; self.instructions.len()], out: String::new() };
        for index in 0..self.segments.len() {
            printer.segment(SegmentId(index as u32));
        }
        for index in 0..self.exits.len() {
            printer.exit(ExitIndex(index as u32));
        }
        printer.out
    }
}

pub fn is_constant(op: Op) -> bool {
    matches!(op, Op::ConstValue | Op::ConstInt | Op::ConstFloat | Op::ConstRaw | Op::ConstBool)
}

struct Printer<'a> {
    region: &'a Region,
    symbols: &'a mut Symbols,
    named: Vec<bool>,
    out: String,
}

impl Printer<'_> {
    fn constants(&mut self, operands: &[Ref]) {
        for &operand in operands {
            let instruction = self.region.get(operand);
            if is_constant(instruction.op) && !std::mem::replace(&mut self.named[operand.0 as usize], true) {
                let line = instruction_text(operand, instruction, &[], self.symbols);
                let _ = writeln!(self.out, "  {line}");
            }
        }
    }

    fn segment(&mut self, id: SegmentId) {
        let region = self.region;
        let segment = region.segment(id);
        if id.0 == 0 {
            self.out.push_str("entry:\n");
        } else {
            let pass = if segment.pass == Pass::Loop { " loop" } else { "" };
            let _ = writeln!(self.out, "b{}: trace {}{pass} ({})", id.0, segment.trace.0, names(&segment.parameters));
            for &parameter in &segment.parameters {
                let line = instruction_text(parameter, region.get(parameter), &[], self.symbols);
                let _ = writeln!(self.out, "  {line}");
            }
        }
        for &item in &segment.body {
            let instruction = region.get(item);
            let operands = region.operands(instruction);
            self.constants(operands);
            let arguments = if instruction.op.effect() == Effect::Call { operands } else { &[] };
            let line = instruction_text(item, instruction, arguments, self.symbols);
            let note = region.note(item);
            let pointer = if note & note::POINTER != 0 { "  # pointer" } else { "" };
            let counted = if note & note::COUNTED != 0 { "  # counted" } else { "" };
            let _ = writeln!(self.out, "  {line}{pointer}{counted}");
        }
        match &segment.end {
            SegmentEnd::Jump(target, arguments) => {
                self.constants(arguments);
                let _ = writeln!(self.out, "  jump b{} ({})", target.0, names(arguments));
            }
            SegmentEnd::Exit(exit) => {
                let _ = writeln!(self.out, "  exit s{}", exit.0);
            }
        }
    }

    fn exit(&mut self, index: ExitIndex) {
        let exit = self.region.exit(index);
        let values: Vec<Ref> = exit.snapshot.slots.iter().map(|entry| entry.value).collect();
        self.constants(&values);
        let text = snapshot_text(&exit.snapshot, self.symbols);
        let pass = if exit.id.pass == Pass::Loop { " loop" } else { "" };
        let guard = if exit.id.guard == ExitId::END { "end".to_string() } else { exit.id.guard.to_string() };
        let _ = write!(self.out, "s{}: trace {}{pass} guard {guard} {text}", index.0, exit.id.trace.0);
        if !exit.increments.is_empty() {
            let _ = write!(self.out, " increments {:?}", exit.increments);
        }
        for (position, object) in exit.objects.iter().enumerate() {
            let ExitObject { class, bytes, words, parts, slots } = object;
            let class = self.symbols.address(*class);
            let _ = write!(self.out, " object {position} {class} {bytes} {words:?} {parts:?} in {slots:?}");
        }
        match exit.bridge {
            Some(bridge) => {
                let _ = writeln!(self.out, " -> b{}", bridge.0);
            }
            None => self.out.push('\n'),
        }
    }
}

fn names(values: &[Ref]) -> String {
    let names: Vec<String> = values.iter().map(|value| format!("v{}", value.0)).collect();
    names.join(" ")
}
