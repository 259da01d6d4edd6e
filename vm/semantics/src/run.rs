//! The dispatch loop: one instance for each implementation of the primitives.

use crate::cold;
use crate::handlers::{arithmetic, attribute, branch, call, fetch, global, item, iterate, jump, register};
use crate::helpers;
use crate::interp::Interp;
use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::Op;
use sidewinder_runtime::objects::code::LoopState;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::{Context, Value};
use std::cell::Cell;

/// Runs from `pc` until a boundary frame is left (null) or `begin` stops (the instruction it stopped before).
#[inline(always)]
pub fn run<S: Semantics>(s: &mut S, mut pc: Pc) -> Pc {
    use CompareOp::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
    while !pc.is_null() {
        if s.begin(pc) {
            return pc;
        }
        let i = fetch(pc);
        pc = match i.op {
            Op::Nop | Op::Extra => crate::handlers::following(pc),
            Op::Move => register::move_(s, pc, i),
            Op::LoadConst => {
                // SAFETY: (frames 3) verified code names constants that exist.
                let constant = unsafe { *s.context().constants.add(i.wide_value() as usize) };
                register::load_constant(s, pc, i, constant)
            }
            Op::Clear => register::clear(s, pc, i),
            Op::CheckBound => register::check_bound(s, pc, i),
            Op::LoadCell => register::load_cell(s, pc, i),
            Op::StoreCell => register::store_cell(s, pc, i),
            Op::LoadFree => register::load_free(s, pc, i),
            Op::StoreFree => register::store_free(s, pc, i),
            Op::LoadGlobal => global::load_global(s, pc, i),
            Op::StoreGlobal => global::store_global(s, pc, i),
            Op::LoadAttr => attribute::load_attribute(s, pc, i),
            Op::StoreAttr => attribute::store_attribute(s, pc, i),
            Op::LoadMethod => attribute::load_method(s, pc, i),
            Op::GetItem => item::get_item(s, pc, i),
            Op::GetSlice => item::get_slice(s, pc, i),
            Op::SetItem => item::set_item(s, pc, i),
            Op::DeleteItem => item::delete_item(s, pc, i),
            Op::Negative => arithmetic::negative(s, pc, i),
            Op::Positive => arithmetic::positive(s, pc, i),
            Op::Invert => arithmetic::invert(s, pc, i),
            Op::Not => arithmetic::not(s, pc, i),
            Op::Add => arithmetic::add(s, pc, i, false),
            Op::Subtract => arithmetic::subtract(s, pc, i, false),
            Op::Multiply => arithmetic::multiply(s, pc, i, false),
            Op::TrueDivide => arithmetic::true_divide(s, pc, i, false),
            Op::FloorDivide => arithmetic::floor_divide(s, pc, i, false),
            Op::Remainder => arithmetic::remainder(s, pc, i, false),
            Op::Power => arithmetic::power(s, pc, i, false),
            Op::MatrixMultiply => arithmetic::matrix_multiply(s, pc, i, false),
            Op::LeftShift => arithmetic::left_shift(s, pc, i, false),
            Op::RightShift => arithmetic::right_shift(s, pc, i, false),
            Op::And => arithmetic::and(s, pc, i, false),
            Op::Or => arithmetic::or(s, pc, i, false),
            Op::Xor => arithmetic::xor(s, pc, i, false),
            Op::InplaceAdd => arithmetic::add(s, pc, i, true),
            Op::InplaceSubtract => arithmetic::subtract(s, pc, i, true),
            Op::InplaceMultiply => arithmetic::multiply(s, pc, i, true),
            Op::InplaceTrueDivide => arithmetic::true_divide(s, pc, i, true),
            Op::InplaceFloorDivide => arithmetic::floor_divide(s, pc, i, true),
            Op::InplaceRemainder => arithmetic::remainder(s, pc, i, true),
            Op::InplacePower => arithmetic::power(s, pc, i, true),
            Op::InplaceMatrixMultiply => arithmetic::matrix_multiply(s, pc, i, true),
            Op::InplaceLeftShift => arithmetic::left_shift(s, pc, i, true),
            Op::InplaceRightShift => arithmetic::right_shift(s, pc, i, true),
            Op::InplaceAnd => arithmetic::and(s, pc, i, true),
            Op::InplaceOr => arithmetic::or(s, pc, i, true),
            Op::InplaceXor => arithmetic::xor(s, pc, i, true),
            Op::Less => branch::compare(s, pc, i, Less),
            Op::LessEqual => branch::compare(s, pc, i, LessEqual),
            Op::Equal => branch::compare(s, pc, i, Equal),
            Op::NotEqual => branch::compare(s, pc, i, NotEqual),
            Op::Greater => branch::compare(s, pc, i, Greater),
            Op::GreaterEqual => branch::compare(s, pc, i, GreaterEqual),
            Op::Is => branch::is(s, pc, i, true),
            Op::IsNot => branch::is(s, pc, i, false),
            Op::Contains => item::contains(s, pc, i, true),
            Op::NotContains => item::contains(s, pc, i, false),
            Op::Jump => jump(pc, i.wide_value()),
            Op::JumpBack => s.back_edge(pc, jump(pc, i.wide_value()), i.a),
            Op::JumpIfTrue => branch::truth_jump(s, pc, i, true),
            Op::JumpIfFalse => branch::truth_jump(s, pc, i, false),
            Op::JumpIfTrueKeep => branch::keep_jump(s, pc, i, true),
            Op::JumpIfFalseKeep => branch::keep_jump(s, pc, i, false),
            Op::JumpIfNone => branch::none_jump(s, pc, i, true),
            Op::JumpIfNotNone => branch::none_jump(s, pc, i, false),
            Op::JumpIfLess => branch::compare_jump(s, pc, i, Less, true),
            Op::JumpIfLessEqual => branch::compare_jump(s, pc, i, LessEqual, true),
            Op::JumpIfEqual => branch::compare_jump(s, pc, i, Equal, true),
            Op::JumpIfNotEqual => branch::compare_jump(s, pc, i, NotEqual, true),
            Op::JumpIfGreater => branch::compare_jump(s, pc, i, Greater, true),
            Op::JumpIfGreaterEqual => branch::compare_jump(s, pc, i, GreaterEqual, true),
            Op::JumpUnlessLess => branch::compare_jump(s, pc, i, Less, false),
            Op::JumpUnlessLessEqual => branch::compare_jump(s, pc, i, LessEqual, false),
            Op::JumpUnlessEqual => branch::compare_jump(s, pc, i, Equal, false),
            Op::JumpUnlessNotEqual => branch::compare_jump(s, pc, i, NotEqual, false),
            Op::JumpUnlessGreater => branch::compare_jump(s, pc, i, Greater, false),
            Op::JumpUnlessGreaterEqual => branch::compare_jump(s, pc, i, GreaterEqual, false),
            Op::JumpIfIs => branch::is_jump(s, pc, i, true),
            Op::JumpIfIsNot => branch::is_jump(s, pc, i, false),
            Op::GetIter => iterate::get_iter(s, pc, i),
            Op::ForIter => iterate::for_iter(s, pc, i),
            Op::Yield => iterate::yield_(s, pc, i),
            Op::Send => iterate::send(s, pc, i),
            Op::UnpackSequence => item::unpack_sequence(s, pc, i),
            Op::BuildTuple => item::build(s, pc, i, &helpers::BUILD_TUPLE, i.c),
            Op::BuildList => item::build(s, pc, i, &helpers::BUILD_LIST, i.c),
            Op::BuildSet => item::build(s, pc, i, &helpers::BUILD_SET, i.c),
            Op::BuildMap => item::build(s, pc, i, &helpers::BUILD_MAP, 2 * i.c),
            Op::BuildString => item::build(s, pc, i, &helpers::BUILD_STRING, i.c),
            Op::BuildSlice => item::build(s, pc, i, &helpers::BUILD_SLICE, 3),
            Op::ListAppend => item::list_append(s, pc, i),
            Op::Call => call::call(s, pc, i),
            Op::CallMethod => call::call_method(s, pc, i),
            Op::Return => call::return_(s, pc, i),
            op => s.cold(pc, cold::handler(op)),
        };
    }
    pc
}

/// The comparison of a fused compare-and-branch opcode, and the outcome on which it jumps.
pub fn compare_jump_operation(op: Op) -> (CompareOp, bool) {
    let first = Op::JumpIfLess as usize;
    let position = op as usize - first;
    (CompareOp::ALL[position % 6], position < 6)
}

/// The interpreter.
#[inline(never)]
pub fn interpret(cx: &mut Context, pc: Pc) {
    let end = run(Interp::of(cx), pc);
    debug_assert!(end.is_null());
}

/// What a loop's countdown reaching zero starts: records the loop or enters its trace. Gives the instruction to go on
/// at.
pub type HotLoop = fn(&mut Context, Pc, Pc, &LoopState) -> Pc;

thread_local! {
    static HOT_LOOP: Cell<HotLoop> = const { Cell::new(stay_cold) };
}

fn stay_cold(_cx: &mut Context, _pc: Pc, target: Pc, state: &LoopState) -> Pc {
    state.countdown.set(u32::MAX);
    target
}

/// Installs the JIT's entry on this thread.
pub fn set_hot_loop(entry: HotLoop) {
    HOT_LOOP.set(entry);
}

/// A loop is hot (or compiled).
#[inline(never)]
pub fn hot_loop(cx: &mut Context, pc: Pc, target: Pc, state: &LoopState) -> Pc {
    HOT_LOOP.get()(cx, pc, target, state)
}

/// The result of the outermost frame.
pub fn take_result(cx: &mut Context) -> Option<sidewinder_runtime::Owned> {
    sidewinder_runtime::Owned::from_raw_option(std::mem::replace(&mut cx.result, Value::UNBOUND))
}
