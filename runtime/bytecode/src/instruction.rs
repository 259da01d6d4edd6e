//! One instruction: eight bytes, an opcode and three 16-bit fields.

use crate::opcode::{Kind, Op};

/// Words between the callable of a call block and its first argument, the callable's own word included. The callee's
/// frame header lives in them, so that arguments are never copied.
pub const HEADER_WORDS: usize = 5;

/// Set in a `Src` field that names a constant.
pub const CONSTANT_BIT: u16 = 0x8000;

/// The most registers a frame, and the most constants a `Src` field, can name.
pub const OPERAND_MAX: u16 = 0x7fff;

/// An eight-byte instruction; see `opcode.rs` for what each field means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C, align(8))]
pub struct Instruction {
    pub op: Op,
    pub a: u16,
    pub b: u16,
    pub c: u16,
}

/// A decoded `Src` field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    Register(u16),
    Constant(u16),
}

impl Operand {
    /// The field's bits.
    pub fn encode(self) -> u16 {
        match self {
            Operand::Register(index) => index,
            Operand::Constant(index) => index | CONSTANT_BIT,
        }
    }

    /// Reads a field's bits.
    pub fn decode(field: u16) -> Operand {
        if field & CONSTANT_BIT != 0 { Operand::Constant(field & OPERAND_MAX) } else { Operand::Register(field) }
    }
}

impl Instruction {
    /// An instruction with three fields.
    pub fn new(op: Op, a: u16, b: u16, c: u16) -> Instruction {
        Instruction { op, a, b, c }
    }

    /// An instruction with one field and a 32-bit value in the other two.
    pub fn wide(op: Op, a: u16, value: i32) -> Instruction {
        Instruction { op, a, b: value as u32 as u16, c: (value as u32 >> 16) as u16 }
    }

    /// The 32-bit value of fields b and c.
    #[inline(always)]
    pub fn wide_value(self) -> i32 {
        (self.b as u32 | (self.c as u32) << 16) as i32
    }

    /// The jump offset, in instructions from the following one, if this instruction can jump.
    pub fn jump_offset(self) -> Option<i32> {
        let kinds = self.op.kinds();
        if self.op != Op::LoadConst && kinds[1] == Kind::Wide {
            Some(self.wide_value())
        } else if kinds[2] == Kind::Jump16 {
            Some(self.c as i16 as i32)
        } else {
            None
        }
    }
}

const _: () = assert!(size_of::<Instruction>() == 8);
