//! Moves, constants, cells.

use super::{done, following};
use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::Instruction;
use sidewinder_ir::op::Alias;
use sidewinder_runtime::Value;
use sidewinder_runtime::objects::cell::CellObject;
use sidewinder_runtime::objects::function::FunctionObject;
use std::mem::offset_of;

#[inline(always)]
pub fn move_<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let value = s.take(i.b);
    done(s, pc, i.a, value)
}

#[inline(always)]
pub fn load_constant<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, constant: Value) -> Pc {
    let value = s.constant(constant);
    let value = s.dup(value);
    done(s, pc, i.a, value)
}

#[inline(always)]
pub fn clear<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    s.clear_then(i.a, following(pc))
}

#[inline(always)]
pub fn check_bound<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let value = s.register(i.a);
    if s.is_unbound(value) {
        return s.cold(pc, crate::cold::name::unbound_local);
    }
    following(pc)
}

#[inline(always)]
fn load_content<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, cell: S::Value) -> Pc {
    let content = s.load_field(cell, offset_of!(CellObject, content), Alias::Cell);
    if s.is_unbound(content) {
        return s.cold(pc, crate::cold::name::unbound_cell);
    }
    let content = s.dup(content);
    done(s, pc, i.a, content)
}

#[inline(always)]
pub fn load_cell<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let cell = s.register(i.b);
    load_content(s, pc, i, cell)
}

#[inline(always)]
pub fn store_cell<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let value = s.take(i.b);
    let cell = s.register(i.a);
    s.replace_field_then(cell, offset_of!(CellObject, content), value, Alias::Cell, following(pc))
}

#[inline(always)]
fn free_cell<S: Semantics>(s: &mut S, index: u16) -> S::Value {
    let function = s.function_value();
    let closure = s.load_field(function, offset_of!(FunctionObject, closure), Alias::Function);
    let index = s.raw_constant(index as i64);
    s.tuple_item(closure, index)
}

#[inline(always)]
pub fn load_free<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let cell = free_cell(s, i.b);
    load_content(s, pc, i, cell)
}

#[inline(always)]
pub fn store_free<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let value = s.take(i.b);
    let cell = free_cell(s, i.a);
    s.replace_field_then(cell, offset_of!(CellObject, content), value, Alias::Cell, following(pc))
}

/// `del` of a local variable.
#[inline(always)]
pub fn delete_local<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let value = s.register(i.a);
    if s.is_unbound(value) {
        return s.cold(pc, crate::cold::name::unbound_local);
    }
    s.publish(pc);
    s.clear_then(i.a, following(pc))
}
