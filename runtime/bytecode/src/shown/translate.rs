//! Our instructions in CPython's words, one after the other.

use super::opcodes::*;
use super::{NO_INSTRUCTION, Unit};
use crate::code::{CodeData, CodeFlags};
use crate::instruction::{Instruction, Operand};
use crate::opcode::Op;

/// Arguments of `BINARY_OP`, from `Op::Add` on in our order of operators.
const BINARY: [u32; 13] = [0, 10, 5, 11, 2, 6, 8, 4, 3, 9, 1, 7, 12];
/// What is added for those that work in place, and what stands for a subscription.
const INPLACE: u32 = 13;
const SUBSCRIPT: u32 = 26;
/// Arguments of `COMPARE_OP`, from `Op::Less` on in our order, and the bit that asks for a truth.
const COMPARE: [u32; 6] = [2, 42, 72, 103, 132, 172];
const COMPARE_TRUTH: u32 = 16;
/// What `Op::MakeTyping` makes: the intrinsic that does it, and its number.
const TYPING: [(u8, u32); 7] = [
    (CALL_INTRINSIC_1, 7),
    (CALL_INTRINSIC_2, 2),
    (CALL_INTRINSIC_2, 3),
    (CALL_INTRINSIC_1, 8),
    (CALL_INTRINSIC_1, 9),
    (CALL_INTRINSIC_1, 11),
    (CALL_INTRINSIC_1, 10),
];
/// Bits of `SET_FUNCTION_ATTRIBUTE` for defaults, keyword defaults, annotations and the closure.
const FUNCTION_PARTS: [u32; 4] = [1, 2, 16, 8];

/// The units of a code block. Jumps have targets in place of arguments.
pub(super) fn translate(code: &CodeData) -> Vec<Unit> {
    let resume = Unit { opcode: RESUME, argument: 0, target: None, owner: NO_INSTRUCTION, is_main: false };
    let mut translator = Translator { code, units: vec![resume], owner: 0 };
    for (index, instruction) in code.instructions.iter().enumerate() {
        translator.owner = index as u32;
        translator.instruction(index, *instruction);
    }
    translator.units
}

struct Translator<'a> {
    code: &'a CodeData,
    units: Vec<Unit>,
    owner: u32,
}

impl Translator<'_> {
    fn add(&mut self, opcode: u8, argument: impl Into<u32>) {
        let argument = argument.into();
        self.units.push(Unit { opcode, argument, target: None, owner: self.owner, is_main: false });
    }

    /// The unit that stands for the instruction.
    fn main(&mut self, opcode: u8, argument: impl Into<u32>) {
        self.add(opcode, argument);
        if let Some(unit) = self.units.last_mut() {
            unit.is_main = true;
        }
    }

    /// Whether a register is a variable of the program's: others are what CPython has on its stack.
    fn is_variable(&self, register: u16) -> bool {
        let name = self.code.local_names.get(register as usize);
        name.is_some_and(|name| !name.starts_with('.') || **name == *".0")
    }

    /// Puts what an operand names on the stack, unless it is there.
    fn load(&mut self, field: u16) {
        match Operand::decode(field) {
            Operand::Constant(index) => self.add(LOAD_CONST, index),
            Operand::Register(register) if self.is_variable(register) => self.add(LOAD_FAST, register),
            Operand::Register(_) => {}
        }
    }

    /// Stores a result, unless it stays on the stack.
    fn store(&mut self, register: u16) {
        if self.is_variable(register) {
            self.add(STORE_FAST, register);
        }
    }

    fn name_of(&self, site: u16) -> u32 {
        self.code.sites.get(site as usize).copied().unwrap_or_default().into()
    }

    /// The number of a free variable among all variables.
    fn free(&self, index: u16) -> u32 {
        (self.code.local_names.len() + index as usize) as u32
    }

    /// A name of a module is looked up in its namespace, unless it is declared global.
    fn global(&mut self, in_function: u8, elsewhere: u8, site: u16, declared: u16) {
        let name = self.name_of(site);
        let is_function = self.code.flags.has(CodeFlags::FUNCTION) || declared != 0;
        match is_function {
            true if in_function == LOAD_GLOBAL => self.main(LOAD_GLOBAL, name << 1),
            true => self.main(in_function, name),
            false => self.main(elsewhere, name),
        }
    }

    /// Reads one operand and writes the result.
    fn unary(&mut self, (destination, source): (u16, u16), opcode: u8, argument: u32) {
        self.load(source);
        self.main(opcode, argument);
        self.store(destination);
    }

    /// Reads two operands and writes the result.
    fn binary(&mut self, i: Instruction, opcode: u8, argument: u32) {
        self.load(i.b);
        self.load(i.c);
        self.main(opcode, argument);
        self.store(i.a);
    }

    /// Jumps, forward or back. CPython's conditional jumps only go forward: one that goes back is shown as a jump over
    /// another.
    fn jump(&mut self, index: usize, forward: u8, is_main: bool) {
        let Some(target) = self.code.jump_target(index) else { return self.main(NOP, 0u32) };
        let target = target.min(self.code.instructions.len());
        let goes_back = target <= index;
        let backward = if forward == SEND { JUMP_BACKWARD_NO_INTERRUPT } else { JUMP_BACKWARD };
        let inverse = match forward {
            POP_JUMP_IF_TRUE => Some(POP_JUMP_IF_FALSE),
            POP_JUMP_IF_FALSE => Some(POP_JUMP_IF_TRUE),
            POP_JUMP_IF_NONE => Some(POP_JUMP_IF_NOT_NONE),
            POP_JUMP_IF_NOT_NONE => Some(POP_JUMP_IF_NONE),
            _ => None,
        };
        let mut over = |opcode, target: usize, is_main| {
            let target = Some(target as u32);
            self.units.push(Unit { opcode, argument: 0, target, owner: self.owner, is_main });
        };
        match inverse {
            Some(inverse) if goes_back => {
                over(inverse, index + 1, is_main);
                over(backward, target, false);
            }
            _ => over(if goes_back { backward } else { forward }, target, is_main),
        }
    }

    fn compare_jump(&mut self, index: usize, i: Instruction, (opcode, argument): (u8, u32), jumps_if: bool) {
        self.load(i.a);
        self.load(i.b);
        self.main(opcode, argument);
        self.jump(index, if jumps_if { POP_JUMP_IF_TRUE } else { POP_JUMP_IF_FALSE }, false);
    }

    fn instruction(&mut self, index: usize, i: Instruction) {
        let number = i.op as u16;
        let place = |first: Op| (number - first as u16) as usize;
        match i.op {
            Op::Nop => self.main(NOP, 0u32),
            Op::Move => self.moved(i.a, i.b),
            Op::LoadConst => {
                self.main(LOAD_CONST, i.wide_value() as u32);
                self.store(i.a);
            }
            Op::Clear if self.is_variable(i.a) => self.main(DELETE_FAST, i.a),
            Op::Clear if i.a >= self.code.local_count => self.main(POP_TOP, 0u32),
            Op::Clear => self.main(NOP, 0u32),
            Op::CheckBound => {
                self.main(LOAD_FAST_CHECK, i.a);
                self.add(POP_TOP, 0u32);
            }
            Op::DeleteLocal => self.main(DELETE_FAST, i.a),
            Op::MakeCell => self.main(MAKE_CELL, i.a),
            Op::LoadCell => {
                self.main(LOAD_DEREF, i.b);
                self.store(i.a);
            }
            Op::StoreCell => {
                self.load(i.b);
                self.main(STORE_DEREF, i.a);
            }
            Op::DeleteCell => self.main(DELETE_DEREF, i.a),
            Op::LoadFree | Op::LoadClassFree => {
                let opcode = if i.op == Op::LoadFree { LOAD_DEREF } else { LOAD_FROM_DICT_OR_DEREF };
                self.main(opcode, self.free(i.b));
                self.store(i.a);
            }
            Op::StoreFree => {
                self.load(i.b);
                self.main(STORE_DEREF, self.free(i.a));
            }
            Op::DeleteFree => self.main(DELETE_DEREF, self.free(i.a)),
            Op::LoadClosure => {
                self.main(LOAD_FAST, if i.c == 0 { i.b.into() } else { self.free(i.b) });
                self.store(i.a);
            }
            Op::LoadGlobal => {
                self.global(LOAD_GLOBAL, LOAD_NAME, i.b, i.c);
                self.store(i.a);
            }
            Op::StoreGlobal => {
                self.load(i.b);
                self.global(STORE_GLOBAL, STORE_NAME, i.a, i.c);
            }
            Op::DeleteGlobal => self.global(DELETE_GLOBAL, DELETE_NAME, i.a, i.c),
            Op::LoadName => {
                self.main(LOAD_NAME, self.name_of(i.b));
                self.store(i.a);
            }
            Op::StoreName => {
                self.load(i.b);
                self.main(STORE_NAME, self.name_of(i.a));
            }
            Op::DeleteName => self.main(DELETE_NAME, self.name_of(i.a)),
            Op::LoadAttr => self.unary((i.a, i.b), LOAD_ATTR, self.name_of(i.c) << 1),
            Op::LoadMethod => self.unary((i.a, i.b), LOAD_ATTR, self.name_of(i.c) << 1 | 1),
            Op::StoreAttr => {
                self.load(i.b);
                self.load(i.a);
                self.main(STORE_ATTR, self.name_of(i.c));
            }
            Op::DeleteAttr => {
                self.load(i.a);
                self.main(DELETE_ATTR, self.name_of(i.c));
            }
            Op::LoadSuperAttr | Op::LoadSuperMethod => {
                let method = u32::from(i.op == Op::LoadSuperMethod);
                self.main(LOAD_SUPER_ATTR, self.name_of(i.c) << 2 | 2 | method);
                self.store(i.a);
            }
            Op::GetItem => self.binary(i, BINARY_OP, SUBSCRIPT),
            Op::SetItem => {
                self.load(i.c);
                self.load(i.a);
                self.load(i.b);
                self.main(STORE_SUBSCR, 0u32);
            }
            Op::DeleteItem => {
                self.load(i.a);
                self.load(i.b);
                self.main(DELETE_SUBSCR, 0u32);
            }
            Op::GetSlice => self.unary((i.a, i.b), BINARY_SLICE, 0),
            Op::Negative => self.unary((i.a, i.b), UNARY_NEGATIVE, 0),
            Op::Positive => self.unary((i.a, i.b), CALL_INTRINSIC_1, 5),
            Op::Invert => self.unary((i.a, i.b), UNARY_INVERT, 0),
            Op::Not => self.unary((i.a, i.b), UNARY_NOT, 0),
            _ if (Op::Add as u16..=Op::Xor as u16).contains(&number) => {
                self.binary(i, BINARY_OP, BINARY[place(Op::Add)]);
            }
            _ if (Op::InplaceAdd as u16..=Op::InplaceXor as u16).contains(&number) => {
                self.binary(i, BINARY_OP, BINARY[place(Op::InplaceAdd)] + INPLACE);
            }
            _ if (Op::Less as u16..=Op::GreaterEqual as u16).contains(&number) => {
                self.binary(i, COMPARE_OP, COMPARE[place(Op::Less)]);
            }
            Op::Is | Op::IsNot => self.binary(i, IS_OP, (i.op == Op::IsNot).into()),
            Op::Contains | Op::NotContains => self.binary(i, CONTAINS_OP, (i.op == Op::NotContains).into()),
            _ if (Op::JumpIfLess as u16..=Op::JumpUnlessGreaterEqual as u16).contains(&number) => {
                let row = place(Op::JumpIfLess);
                let comparison = COMPARE[row % COMPARE.len()] | COMPARE_TRUTH;
                self.compare_jump(index, i, (COMPARE_OP, comparison), row < COMPARE.len());
            }
            Op::JumpIfIs => self.compare_jump(index, i, (IS_OP, 0), true),
            Op::JumpIfIsNot => self.compare_jump(index, i, (IS_OP, 1), true),
            Op::JumpIfContains => self.compare_jump(index, i, (CONTAINS_OP, 0), true),
            Op::JumpUnlessContains => self.compare_jump(index, i, (CONTAINS_OP, 1), true),
            Op::Jump | Op::JumpBack => self.jump(index, JUMP_FORWARD, true),
            Op::JumpIfTrue | Op::JumpIfFalse => {
                self.load(i.a);
                self.main(TO_BOOL, 0u32);
                self.jump(index, if i.op == Op::JumpIfTrue { POP_JUMP_IF_TRUE } else { POP_JUMP_IF_FALSE }, false);
            }
            Op::JumpIfTrueKeep | Op::JumpIfFalseKeep => {
                self.load(i.a);
                self.add(COPY, 1u32);
                self.main(TO_BOOL, 0u32);
                let jump = if i.op == Op::JumpIfTrueKeep { POP_JUMP_IF_TRUE } else { POP_JUMP_IF_FALSE };
                self.jump(index, jump, false);
                self.add(POP_TOP, 0u32);
            }
            Op::JumpIfNone | Op::JumpIfNotNone => {
                self.load(i.a);
                self.jump(index, if i.op == Op::JumpIfNone { POP_JUMP_IF_NONE } else { POP_JUMP_IF_NOT_NONE }, true);
            }
            _ => self.other(index, i),
        }
    }

    /// A move is a load, a store, or both; between temporaries it is nothing.
    fn moved(&mut self, destination: u16, source: u16) {
        let before = self.units.len();
        self.load(source);
        self.store(destination);
        match self.units.get_mut(before) {
            Some(unit) => unit.is_main = true,
            None => self.main(NOP, 0u32),
        }
    }

    /// Iteration, displays, calls, exceptions, imports, patterns.
    fn other(&mut self, index: usize, i: Instruction) {
        match i.op {
            Op::GetIter => self.unary((i.a, i.b), GET_ITER, 0),
            Op::ForIter => {
                self.jump(index, FOR_ITER, true);
                self.store(i.a);
            }
            Op::UnpackSequence | Op::UnpackExtended => {
                self.load(i.b);
                self.main(if i.op == Op::UnpackSequence { UNPACK_SEQUENCE } else { UNPACK_EX }, i.c);
                for register in i.a..i.a.saturating_add(i.op.run_length(i.c) as u16) {
                    self.store(register);
                }
            }
            Op::BuildTuple => self.built(i, BUILD_TUPLE, i.c.into()),
            Op::BuildList => self.built(i, BUILD_LIST, i.c.into()),
            Op::BuildSet => self.built(i, BUILD_SET, i.c.into()),
            Op::BuildMap => self.built(i, BUILD_MAP, i.c.into()),
            Op::BuildString => self.built(i, BUILD_STRING, i.c.into()),
            Op::BuildInterpolation => self.built(i, BUILD_INTERPOLATION, u32::from(i.c) << 2 | 1),
            Op::BuildTemplate => self.built(i, BUILD_TEMPLATE, 0),
            Op::BuildSlice => self.built(i, BUILD_SLICE, 3),
            Op::ListAppend => self.added(i.b, LIST_APPEND),
            Op::SetAdd => self.added(i.b, SET_ADD),
            Op::MapAdd => {
                self.load(i.b);
                self.added(i.c, MAP_ADD);
            }
            Op::ListExtend => self.added(i.b, LIST_EXTEND),
            Op::SetUpdate => self.added(i.b, SET_UPDATE),
            Op::DictUpdate => self.added(i.b, DICT_UPDATE),
            Op::DictMerge => self.added(i.b, DICT_MERGE),
            Op::ListToTuple => self.unary((i.a, i.b), CALL_INTRINSIC_1, 6),
            Op::FormatSimple => {
                self.load(i.b);
                if i.c != 0 {
                    self.add(CONVERT_VALUE, i.c);
                }
                self.main(FORMAT_SIMPLE, 0u32);
                self.store(i.a);
            }
            Op::FormatWithSpec => self.binary(i, FORMAT_WITH_SPEC, 0),
            Op::Convert => self.unary((i.a, i.b), CONVERT_VALUE, i.c.into()),
            Op::Call | Op::CallMethod => self.built(i, CALL, i.c.into()),
            Op::CallKeywords => {
                if let Some(extra) = self.code.instructions.get(index + 1) {
                    self.add(LOAD_CONST, extra.a);
                }
                self.built(i, CALL_KW, i.c.into());
            }
            Op::CallExpanded => self.built(i, CALL_FUNCTION_EX, (i.c & 1).into()),
            // Its operands are those of the instruction before it.
            Op::Extra => {}
            Op::Return => {
                self.load(i.a);
                self.main(RETURN_VALUE, 0u32);
            }
            Op::Yield => {
                self.load(i.b);
                let waits = index > 0 && self.code.instructions[index - 1].op == Op::Send;
                self.main(YIELD_VALUE, u32::from(waits));
                self.add(RESUME, if waits { 3u32 } else { 1 });
                self.store(i.a);
            }
            Op::Send => self.jump(index, SEND, true),
            Op::GetYieldFromIter => self.unary((i.a, i.b), GET_YIELD_FROM_ITER, 0),
            Op::GetAwaitable => self.unary((i.a, i.b), GET_AWAITABLE, i.c.into()),
            Op::GetAsyncIter => self.unary((i.a, i.b), GET_AITER, 0),
            Op::GetAsyncNext => self.unary((i.a, i.b), GET_ANEXT, 0),
            Op::MakeFunction => {
                self.add(LOAD_CONST, i.b);
                self.main(MAKE_FUNCTION, 0u32);
                self.store(i.a);
            }
            Op::SetFunctionPart => {
                self.load(i.b);
                match FUNCTION_PARTS.get(i.c as usize) {
                    Some(&part) => self.main(SET_FUNCTION_ATTRIBUTE, part),
                    None => self.main(CALL_INTRINSIC_2, 4u32),
                }
            }
            Op::MakeTyping => {
                let (opcode, argument) = TYPING.get(i.c as usize).copied().unwrap_or((CALL_INTRINSIC_1, 0));
                self.built(i, opcode, argument);
            }
            Op::SetTypeDefault => {
                self.load(i.b);
                self.main(CALL_INTRINSIC_2, 5u32);
            }
            Op::SetupAnnotations => self.main(SETUP_ANNOTATIONS, 0u32),
            Op::DisplayValue | Op::ImportStar => {
                self.load(i.a);
                self.main(CALL_INTRINSIC_1, if i.op == Op::DisplayValue { 1u32 } else { 2 });
                self.add(POP_TOP, 0u32);
            }
            Op::LoadBuildClass => self.built(i, LOAD_BUILD_CLASS, 0),
            Op::LoadExceptionType => self.built(i, LOAD_COMMON_CONSTANT, i.b.into()),
            Op::Raise => {
                for operand in [i.a, i.b].into_iter().take(i.c as usize) {
                    self.load(operand);
                }
                self.main(RAISE_VARARGS, i.c);
            }
            Op::Reraise => self.main(RERAISE, 0u32),
            Op::PushHandled => self.main(PUSH_EXC_INFO, 0u32),
            Op::PopHandled => self.main(POP_EXCEPT, 0u32),
            Op::MatchException | Op::MatchGroup => {
                self.load(i.c);
                self.main(if i.op == Op::MatchException { CHECK_EXC_MATCH } else { CHECK_EG_MATCH }, 0u32);
                self.store(i.a);
            }
            Op::PrepareReraise => {
                self.load(i.c);
                self.built(i, CALL_INTRINSIC_2, 1);
            }
            Op::LoadSpecial => self.unary((i.a, i.b), LOAD_SPECIAL, i.c.into()),
            Op::ExceptionTriple => self.main(WITH_EXCEPT_START, 0u32),
            Op::ImportName => self.built(i, IMPORT_NAME, i.c.into()),
            Op::ImportFrom => self.built(i, IMPORT_FROM, i.c.into()),
            Op::MatchSequence => self.unary((i.a, i.b), MATCH_SEQUENCE, 0),
            Op::MatchMapping => self.unary((i.a, i.b), MATCH_MAPPING, 0),
            Op::MatchKeys => self.binary(i, MATCH_KEYS, 0),
            Op::MatchClass => self.built(i, MATCH_CLASS, i.c.into()),
            Op::GetLength => self.unary((i.a, i.b), GET_LEN, 0),
            _ => self.main(NOP, 0u32),
        }
    }

    /// Makes a result of what is on the stack.
    fn built(&mut self, i: Instruction, opcode: u8, argument: u32) {
        self.main(opcode, argument);
        self.store(i.a);
    }

    /// Adds an operand to the container on the stack.
    fn added(&mut self, source: u16, opcode: u8) {
        self.load(source);
        self.main(opcode, 1u32);
    }
}
