//! The generic handlers, by the family of the opcode. Each returns where to go on.

pub mod arithmetic;
pub mod attribute;
pub mod bind;
pub mod branch;
pub mod call;
pub mod consume;
pub mod global;
pub mod intrinsic;
pub mod item;
pub mod iterate;
pub mod matching;
pub mod pairs;
pub mod register;
pub mod slices;
pub mod text;

use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::Instruction;
use sidewinder_runtime::objects::type_object::flags;

/// The instruction after `pc`.
#[inline(always)]
pub fn following(pc: Pc) -> Pc {
    // SAFETY: (frames 3) verified code ends with an instruction that does not fall through.
    unsafe { pc.add(1) }
}

/// The target of a jump with this offset.
#[inline(always)]
pub fn jump(pc: Pc, offset: i32) -> Pc {
    // SAFETY: (frames 3) verified jumps stay inside the code.
    unsafe { pc.offset(1 + offset as isize) }
}

/// Whether what an instruction writes to `register` is used by the source `field` of the next one and by nothing else:
/// only a temporary is dead there. So both may be done at once, and what lies between never made.
#[inline(always)]
pub fn is_consumed_by_next<S: Semantics>(s: &mut S, register: u16, field: u16) -> bool {
    register == field && register >= s.local_count()
}

/// Tests the type of a value of a builtin type, so that what follows from the type is constant. False for others.
#[inline(always)]
pub fn has_builtin_type<S: Semantics>(s: &mut S, value: S::Value) -> bool {
    let known = s.peek(value);
    if known.is_int() {
        s.as_int(value).is_some()
    } else if known.is_float() {
        s.as_float(value).is_some()
    } else {
        !known.is_unbound() && !known.heap_type().has_flag(flags::HEAP) && s.has_type(value, known.heap_type())
    }
}

/// Stores a result and goes on.
#[inline(always)]
pub fn done<S: Semantics>(s: &mut S, pc: Pc, register: u16, value: S::Owned) -> Pc {
    s.set_then(register, value, following(pc))
}

/// Stores the result of something that may have raised, and goes on or unwinds.
#[inline(always)]
pub fn done_or_raise<S: Semantics>(s: &mut S, pc: Pc, register: u16, value: Option<S::Owned>) -> Pc {
    match value {
        Some(value) => done(s, pc, register, value),
        None => s.raise(pc),
    }
}

/// The instruction at `pc`.
#[inline(always)]
pub fn fetch(pc: Pc) -> Instruction {
    // SAFETY: (frames 3) `pc` points into verified code.
    unsafe { *pc }
}
