//! The dispatch loop: one instance for each implementation of the primitives.

use crate::cold;
use crate::handlers::{
    arithmetic, attribute, bind, branch, call, fetch, global, item, iterate, jump, matching, register, slices, text,
};
use crate::helpers;
use crate::interp::{Interp, Machine, Traced};
use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::Op;
use sidewinder_runtime::monitoring::Runner;
use sidewinder_runtime::objects::code::LoopState;
use sidewinder_runtime::objects::slots::CompareOp::{self, Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
use sidewinder_runtime::{Context, Value};

/// One row for each opcode with a generic handler. From the rows come the dispatch of any implementation of the
/// primitives, by one `match`, and the interpreter's table with a function for each opcode.
///
/// The interpreter calls through a table because a function that does one thing keeps its state in registers: in one
/// big function for all opcodes, the context's address and what many handlers share are spilled, and every dispatch
/// pays for it.
macro_rules! handlers {
    (|$s:ident, $pc:ident, $i:ident| $( $op:ident => $body:expr, )*) => {
        /// Executes one instruction.
        #[inline(always)]
        fn execute<S: Semantics>($s: &mut S, $pc: Pc) -> Pc {
            let $i = fetch($pc);
            match $i.op {
                $( Op::$op => $body, )*
                op => $s.cold($pc, cold::handler(op)),
            }
        }

        /// The functions by opcode of the interpreter, and of the traced instance.
        struct Table<const TRACED: bool>;

        impl<const TRACED: bool> Table<TRACED> {
            const ROWS: [Handler<TRACED>; OPCODE_COUNT] = {
                let mut table: [Handler<TRACED>; OPCODE_COUNT] = [interpret_cold::<TRACED>; OPCODE_COUNT];
                $(
                    table[Op::$op as usize] = {
                        #[allow(unused_variables, reason = "few rows need nothing but the place")]
                        fn handler<const TRACED: bool>($s: &mut Machine<TRACED>, $pc: Pc) -> Pc {
                            let $i = fetch($pc);
                            let next = $body;
                            dispatch($s, next)
                        }
                        handler::<TRACED>
                    };
                )*
                table
            };
        }
    };
}

type Handler<const TRACED: bool> = fn(&mut Machine<TRACED>, Pc) -> Pc;

static INTERPRETER: [Handler<false>; OPCODE_COUNT] = Table::<false>::ROWS;
static TRACED: [Handler<true>; OPCODE_COUNT] = Table::<true>::ROWS;

const OPCODE_COUNT: usize = sidewinder_bytecode::opcode::ALL.len();

/// An opcode without a generic handler.
fn interpret_cold<const TRACED: bool>(s: &mut Machine<TRACED>, pc: Pc) -> Pc {
    let next = s.cold(pc, cold::handler(fetch(pc).op));
    dispatch(s, next)
}

/// Goes on with the next instruction: by a tail call, where the compiler makes such. That each handler ends with a jump of
/// its own predicts better than one jump for all, and costs no return. The traced loop looks at what each instruction did.
#[inline(always)]
fn dispatch<const TRACED: bool>(s: &mut Machine<TRACED>, next: Pc) -> Pc {
    if TRACED || cfg!(debug_assertions) || next.is_null() {
        return next;
    }
    INTERPRETER[fetch(next).op as usize](Interp::of(&mut s.0), next)
}

handlers! { |s, pc, i|
    Nop => crate::handlers::following(pc),
    Extra => crate::handlers::following(pc),
    Move => register::move_(s, pc, i),
    LoadConst => {
        // SAFETY: (frames 3) verified code names constants that exist.
        let constant = unsafe { *s.context().constants.add(i.wide_value() as usize) };
        register::load_constant(s, pc, i, constant)
    },
    Clear => register::clear(s, pc, i),
    DeleteLocal => register::delete_local(s, pc, i),
    CheckBound => register::check_bound(s, pc, i),
    LoadCell => register::load_cell(s, pc, i),
    StoreCell => register::store_cell(s, pc, i),
    LoadFree => register::load_free(s, pc, i),
    StoreFree => register::store_free(s, pc, i),
    LoadGlobal => global::load_global(s, pc, i),
    StoreGlobal => global::store_global(s, pc, i),
    LoadAttr => attribute::load_attribute(s, pc, i),
    StoreAttr => attribute::store_attribute(s, pc, i),
    LoadMethod => attribute::load_method(s, pc, i),
    LoadSpecial => attribute::load_special(s, pc, i),
    PrepareSpecial => attribute::prepare_special(s, pc, i),
    LoadSuperMethod => attribute::load_super_method(s, pc, i),
    MatchSequence => matching::collection(s, pc, i, &cold::matching::SEQUENCE),
    MatchMapping => matching::collection(s, pc, i, &cold::matching::MAPPING),
    MatchClass => matching::class(s, pc, i),
    GetLength => matching::length(s, pc, i),
    GetItem => item::get_item(s, pc, i),
    GetSlice => item::get_slice(s, pc, i),
    SetItem => item::set_item(s, pc, i),
    DeleteItem => item::delete_item(s, pc, i),
    Negative => arithmetic::negative(s, pc, i),
    Positive => arithmetic::positive(s, pc, i),
    Invert => arithmetic::invert(s, pc, i),
    Not => arithmetic::not(s, pc, i),
    Add => arithmetic::add(s, pc, i, false),
    Subtract => arithmetic::subtract(s, pc, i, false),
    Multiply => arithmetic::multiply(s, pc, i, false),
    TrueDivide => arithmetic::true_divide(s, pc, i, false),
    FloorDivide => arithmetic::floor_divide(s, pc, i, false),
    Remainder => arithmetic::remainder(s, pc, i, false),
    Power => arithmetic::power(s, pc, i, false),
    MatrixMultiply => arithmetic::matrix_multiply(s, pc, i, false),
    LeftShift => arithmetic::left_shift(s, pc, i, false),
    RightShift => arithmetic::right_shift(s, pc, i, false),
    And => arithmetic::and(s, pc, i, false),
    Or => arithmetic::or(s, pc, i, false),
    Xor => arithmetic::xor(s, pc, i, false),
    InplaceAdd => arithmetic::add(s, pc, i, true),
    InplaceSubtract => arithmetic::subtract(s, pc, i, true),
    InplaceMultiply => arithmetic::multiply(s, pc, i, true),
    InplaceTrueDivide => arithmetic::true_divide(s, pc, i, true),
    InplaceFloorDivide => arithmetic::floor_divide(s, pc, i, true),
    InplaceRemainder => arithmetic::remainder(s, pc, i, true),
    InplacePower => arithmetic::power(s, pc, i, true),
    InplaceMatrixMultiply => arithmetic::matrix_multiply(s, pc, i, true),
    InplaceLeftShift => arithmetic::left_shift(s, pc, i, true),
    InplaceRightShift => arithmetic::right_shift(s, pc, i, true),
    InplaceAnd => arithmetic::and(s, pc, i, true),
    InplaceOr => arithmetic::or(s, pc, i, true),
    InplaceXor => arithmetic::xor(s, pc, i, true),
    Less => branch::compare(s, pc, i, Less),
    LessEqual => branch::compare(s, pc, i, LessEqual),
    Equal => branch::compare(s, pc, i, Equal),
    NotEqual => branch::compare(s, pc, i, NotEqual),
    Greater => branch::compare(s, pc, i, Greater),
    GreaterEqual => branch::compare(s, pc, i, GreaterEqual),
    Is => branch::is(s, pc, i, true),
    IsNot => branch::is(s, pc, i, false),
    Contains => item::contains(s, pc, i, true),
    NotContains => item::contains(s, pc, i, false),
    Jump => jump(pc, i.wide_value()),
    JumpBack => s.back_edge(pc, jump(pc, i.wide_value()), i.a),
    JumpIfTrue => branch::truth_jump(s, pc, i, true),
    JumpIfFalse => branch::truth_jump(s, pc, i, false),
    JumpIfTrueKeep => branch::keep_jump(s, pc, i, true),
    JumpIfFalseKeep => branch::keep_jump(s, pc, i, false),
    JumpIfNone => branch::none_jump(s, pc, i, true),
    JumpIfNotNone => branch::none_jump(s, pc, i, false),
    JumpIfLess => branch::compare_jump(s, pc, i, Less, true),
    JumpIfLessEqual => branch::compare_jump(s, pc, i, LessEqual, true),
    JumpIfEqual => branch::compare_jump(s, pc, i, Equal, true),
    JumpIfNotEqual => branch::compare_jump(s, pc, i, NotEqual, true),
    JumpIfGreater => branch::compare_jump(s, pc, i, Greater, true),
    JumpIfGreaterEqual => branch::compare_jump(s, pc, i, GreaterEqual, true),
    JumpUnlessLess => branch::compare_jump(s, pc, i, Less, false),
    JumpUnlessLessEqual => branch::compare_jump(s, pc, i, LessEqual, false),
    JumpUnlessEqual => branch::compare_jump(s, pc, i, Equal, false),
    JumpUnlessNotEqual => branch::compare_jump(s, pc, i, NotEqual, false),
    JumpUnlessGreater => branch::compare_jump(s, pc, i, Greater, false),
    JumpUnlessGreaterEqual => branch::compare_jump(s, pc, i, GreaterEqual, false),
    JumpIfIs => branch::is_jump(s, pc, i, true),
    JumpIfIsNot => branch::is_jump(s, pc, i, false),
    JumpIfContains => branch::contains_jump(s, pc, i, true),
    JumpUnlessContains => branch::contains_jump(s, pc, i, false),
    GetIter => iterate::get_iter(s, pc, i),
    ForIter => iterate::for_iter(s, pc, i),
    Yield => iterate::yield_(s, pc, i),
    Send => iterate::send(s, pc, i),
    UnpackSequence => item::unpack_sequence(s, pc, i),
    BuildTuple => item::build(s, pc, i, &helpers::BUILD_TUPLE, i.c),
    BuildList => item::build(s, pc, i, &helpers::BUILD_LIST, i.c),
    BuildSet => item::build(s, pc, i, &helpers::BUILD_SET, i.c),
    BuildMap => item::build(s, pc, i, &helpers::BUILD_MAP, 2 * i.c),
    BuildString => item::build(s, pc, i, &helpers::BUILD_STRING, i.c),
    BuildSlice => slices::build_slice(s, pc, i),
    FormatSimple => text::format_simple(s, pc, i),
    FormatWithSpec => text::format_with_spec(s, pc, i),
    ListAppend => item::list_append(s, pc, i),
    Call => call::call(s, pc, i),
    CallMethod => call::call_method(s, pc, i),
    CallKeywords => bind::call_keywords(s, pc, i),
    CallExpanded => bind::call_expanded(s, pc, i),
    Return => call::return_(s, pc, i),
}

/// Runs from `pc` until a boundary frame is left (null) or `begin` stops (the instruction it stopped before).
pub fn run<S: Semantics>(s: &mut S, mut pc: Pc) -> Pc {
    while !pc.is_null() && !s.begin(pc) {
        pc = execute(s, pc);
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
pub fn interpret(cx: &mut Context, mut pc: Pc) {
    if cx.tracing.runner != Runner::Plain || cx.is_traced() {
        return interpret_watched(cx, pc);
    }
    let s = Interp::of(cx);
    while !pc.is_null() {
        pc = INTERPRETER[fetch(pc).op as usize](s, pc);
    }
}

/// The same in a thread that something watches, or below another instance.
#[cold]
fn interpret_watched(cx: &mut Context, mut pc: Pc) {
    let runner = std::mem::take(&mut cx.tracing.runner);
    if cx.is_traced() {
        pc = crate::tracing::run(cx, pc);
    }
    let s = Interp::of(cx);
    while !pc.is_null() {
        pc = INTERPRETER[fetch(pc).op as usize](s, pc);
    }
    cx.tracing.runner = runner;
}

/// Executes one instruction as the traced instance.
pub fn step_traced(cx: &mut Context, pc: Pc) -> Pc {
    TRACED[fetch(pc).op as usize](Traced::of(cx), pc)
}

/// The hook `hot` without a JIT: never asks again.
pub fn stay_cold(_cx: &mut Context, _pc: Pc, target: Pc, state: &LoopState) -> Pc {
    state.countdown.set(u32::MAX);
    target
}

/// A loop's countdown is at zero: it is hot, or has machine code.
#[inline(never)]
pub fn hot_loop(cx: &mut Context, pc: Pc, target: Pc, state: &LoopState) -> Pc {
    if cx.is_traced() {
        return if cx.wants_tracing() { crate::tracing::change_over_at(cx, pc, target) } else { target };
    }
    let next = (cx.interpreter().hooks.hot)(cx, pc, target, state);
    if cx.wants_tracing() { crate::tracing::change_over(cx, next) } else { next }
}

/// The result of the outermost frame.
pub fn take_result(cx: &mut Context) -> Option<sidewinder_runtime::Owned> {
    sidewinder_runtime::Owned::from_raw_option(std::mem::replace(&mut cx.result, Value::UNBOUND))
}
