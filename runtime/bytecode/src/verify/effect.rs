//! What each instruction does to registers, for the verifier.

use crate::code::CodeData;
use crate::instruction::{HEADER_WORDS, Operand};
use crate::opcode::{Kind, Op};

/// The registers an instruction touches.
#[derive(Default)]
pub(super) struct Effect {
    /// Must hold a value.
    pub reads: Vec<u16>,
    /// Consumed when they are temporaries; also among `reads`.
    pub consumes: Vec<u16>,
    /// Must be dead temporaries.
    pub dead: Vec<u16>,
    /// All registers from here up must be dead.
    pub dead_above: Option<u16>,
    /// Left without a value, also when the instruction raises.
    pub unbinds: Vec<u16>,
    pub unbinds_on_jump: Vec<u16>,
    pub unbinds_on_fall: Vec<u16>,
    /// Given a value when control goes on at the next instruction.
    pub writes: Vec<u16>,
    pub may_raise: bool,
}

impl Effect {
    fn consume(&mut self, register: u16) {
        self.reads.push(register);
        self.consumes.push(register);
    }

    fn consume_source(&mut self, field: u16) {
        if let Operand::Register(register) = Operand::decode(field) {
            self.consume(register);
        }
    }

    fn consume_run(&mut self, first: u16, length: usize) {
        (first..first + length as u16).for_each(|register| self.consume(register));
    }

    /// The block of a call: callable, dead scratch words, arguments.
    fn call_block(&mut self, block: u16, arguments: u16) {
        let first = block + HEADER_WORDS as u16;
        self.consume(block);
        self.dead.extend(block + 1..first);
        self.consume_run(first, arguments as usize);
        self.dead_above = Some(first + arguments);
    }
}

/// The effect of the instruction at an index, whose fields are in range.
pub(super) fn effect(code: &CodeData, index: usize) -> Effect {
    let instruction = code.instructions[index];
    let (a, b, c) = (instruction.a, instruction.b, instruction.c);
    let first_argument = HEADER_WORDS as u16;
    let mut effect = Effect { may_raise: !never_raises(instruction.op), ..Effect::default() };
    match instruction.op {
        Op::Clear => {
            // The one consumption of a temporary nobody wants; a local may be unbound.
            if a >= code.local_count {
                effect.consume(a);
            }
            effect.unbinds.push(a);
        }
        Op::CheckBound => effect.writes.push(a),
        Op::DeleteLocal => effect.unbinds.push(a),
        Op::MakeCell => effect.writes.push(a),
        Op::DeleteCell => effect.reads.push(a),
        Op::PopHandled | Op::Reraise => {
            effect.reads.push(a);
            effect.unbinds.push(a);
        }
        Op::PushHandled => {
            effect.reads.push(b);
            effect.writes.push(a);
        }
        Op::ForIter => {
            effect.reads.push(b);
            effect.unbinds_on_jump.push(b);
            effect.writes.push(a);
        }
        Op::Send => {
            effect.reads.extend([a, b]);
            effect.unbinds_on_jump.push(b);
        }
        Op::JumpIfTrueKeep | Op::JumpIfFalseKeep => {
            effect.reads.push(a);
            effect.unbinds_on_fall.push(a);
        }
        Op::LoadMethod => {
            effect.consume_source(b);
            effect.dead.extend((a + 1..a + first_argument).filter(|&register| register != b));
            effect.writes.extend([a, a + first_argument]);
        }
        Op::PrepareSpecial => {
            effect.consume_run(b, 2);
            effect.unbinds.extend([b, b + 1]);
            effect.dead.extend((a + 1..a + first_argument).filter(|register| !(b..b + 2).contains(register)));
            effect.writes.extend([a, a + first_argument]);
        }
        Op::LoadSuperMethod => {
            effect.consume_run(b, 3);
            effect.writes.extend([a, a + first_argument]);
        }
        Op::Call => {
            effect.call_block(b, c);
            effect.writes.push(a);
        }
        Op::CallMethod => {
            effect.call_block(b, c + 1);
            effect.writes.push(a);
        }
        Op::CallKeywords => {
            let has_self = code.instructions[index + 1].b == 1;
            effect.call_block(b, c + has_self as u16);
            effect.writes.push(a);
        }
        Op::CallExpanded => {
            effect.call_block(b, Op::expanded_length(c));
            effect.writes.push(a);
        }
        Op::Raise => {
            if c >= 1 {
                effect.consume_source(a);
            }
            if c >= 2 {
                effect.consume_source(b);
            }
        }
        Op::DeleteAttr => effect.consume_source(a),
        Op::LoadClosure => {
            if c == 0 {
                effect.reads.push(b);
            }
            effect.writes.push(a);
        }
        _ => by_kinds(&mut effect, instruction),
    }
    effect
}

/// The effect of an instruction whose operand kinds say everything.
fn by_kinds(effect: &mut Effect, instruction: crate::Instruction) {
    let fields = [instruction.a, instruction.b, instruction.c];
    let length = instruction.op.run_length(instruction.c);
    for (position, kind) in instruction.op.kinds().into_iter().enumerate() {
        let field = fields[position];
        match kind {
            Kind::Dst => effect.writes.push(field),
            Kind::Src => effect.consume_source(field),
            Kind::Reg => effect.reads.push(field),
            Kind::Run => effect.consume_run(field, length),
            Kind::DstRun => effect.writes.extend(field..field + length as u16),
            _ => {}
        }
    }
}

/// Whether an instruction cannot raise, whatever its operands. Dropping a value runs finalizers, whose exceptions go
/// nowhere.
fn never_raises(op: Op) -> bool {
    matches!(
        op,
        Op::Nop
            | Op::Move
            | Op::PrepareSpecial
            | Op::LoadConst
            | Op::Clear
            | Op::MakeCell
            | Op::StoreCell
            | Op::StoreFree
            | Op::LoadClosure
            | Op::Jump
            | Op::PushHandled
            | Op::PopHandled
            | Op::JumpIfNone
            | Op::JumpIfNotNone
            | Op::JumpIfIs
            | Op::JumpIfIsNot
            | Op::Is
            | Op::IsNot
            | Op::Extra
            | Op::Return
    )
}
