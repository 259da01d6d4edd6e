//! Handlers that traces do not follow, as concrete functions over the context.

pub mod attribute;
pub mod bind;
pub mod build;
pub mod call;
pub mod exception;
pub mod frame;
pub mod function;
pub mod generator;
pub mod import;
pub mod interrupt;
pub mod matching;
pub mod name;
pub mod unpack;

use crate::semantics::{ColdHandler, Pc};
use sidewinder_bytecode::{Instruction, Op};
use sidewinder_runtime::heap::owned::increment;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The handler of an opcode that has no generic one.
pub fn handler(op: Op) -> ColdHandler {
    match op {
        Op::MakeCell => name::make_cell,
        Op::DeleteCell => name::delete_cell,
        Op::DeleteFree => name::delete_free,
        Op::LoadClassFree => name::load_class_free,
        Op::LoadClosure => name::load_closure,
        Op::DeleteGlobal => name::delete_global,
        Op::LoadName => name::load_name,
        Op::StoreName => name::store_name,
        Op::DeleteName => name::delete_name,
        Op::DeleteAttr => attribute::delete,
        Op::LoadSuperAttr => attribute::load_super,
        Op::LoadSuperMethod => attribute::load_super_method,
        Op::UnpackExtended => unpack::extended,
        Op::SetAdd => build::set_add,
        Op::MapAdd => build::map_add,
        Op::ListExtend => build::list_extend,
        Op::SetUpdate => build::set_update,
        Op::DictUpdate => build::dict_update,
        Op::DictMerge => build::dict_merge,
        Op::ListToTuple => build::list_to_tuple,
        Op::Convert => build::convert,
        Op::BuildInterpolation => build::interpolation,
        Op::BuildTemplate => build::template,
        Op::GetYieldFromIter => generator::yield_from_iterator,
        Op::GetAwaitable => generator::get_awaitable,
        Op::GetAsyncIter => generator::get_async_iterator,
        Op::GetAsyncNext => generator::get_async_next,
        Op::MakeFunction => function::make,
        Op::SetFunctionPart => function::set_part,
        Op::SetupAnnotations => name::setup_annotations,
        Op::DisplayValue => function::display_value,
        Op::MakeTyping => function::make_typing,
        Op::SetTypeDefault => function::set_type_default,
        Op::LoadBuildClass => function::load_build_class,
        Op::LoadExceptionType => exception::load_type,
        Op::Raise => exception::raise,
        Op::Reraise => exception::reraise,
        Op::PushHandled => exception::push_handled,
        Op::PopHandled => exception::pop_handled,
        Op::MatchException => exception::matches,
        Op::MatchGroup => exception::match_group,
        Op::PrepareReraise => exception::prepare_reraise,
        Op::LoadSpecial => exception::load_special,
        Op::ExceptionTriple => exception::triple,
        Op::ImportName => import::name,
        Op::ImportFrom => import::from,
        Op::ImportStar => import::star,
        Op::MatchSequence => matching::sequence,
        Op::MatchMapping => matching::mapping,
        Op::MatchKeys => matching::keys,
        Op::MatchClass => matching::class,
        Op::GetLength => matching::length,
        _ => unsupported,
    }
}

/// Opcodes whose library support does not exist yet.
fn unsupported(cx: &mut Context, pc: Pc) -> Pc {
    let name = fetch(pc).op.name();
    cx.raise(&sidewinder_runtime::objects::exception::NOT_IMPLEMENTED_ERROR, format!("the instruction {name}"));
    raise(cx, pc)
}

pub(crate) fn fetch(pc: Pc) -> Instruction {
    crate::handlers::fetch(pc)
}

pub(crate) fn next(pc: Pc) -> Pc {
    crate::handlers::following(pc)
}

pub(crate) fn raise(cx: &mut Context, pc: Pc) -> Pc {
    crate::unwind::raise(cx, pc)
}

/// The value of a register, borrowed.
pub(crate) fn register(cx: &Context, register: u16) -> Value {
    // SAFETY: (frames 3) verified bytecode names registers of its frame.
    unsafe { *cx.base.add(register as usize) }
}

/// The value of a `Src` field, borrowed.
pub(crate) fn operand(cx: &Context, field: u16) -> Value {
    let index = (field & 0x7fff) as usize;
    let from = if (field as i16) < 0 { cx.constants } else { cx.base as *const Value };
    // SAFETY: (frames 3) as above.
    unsafe { *from.add(index) }
}

/// The value of a `Src` field, owned: moved out of a temporary.
pub(crate) fn take(cx: &mut Context, field: u16) -> Owned {
    let value = operand(cx, field);
    if field as i16 as i64 >= cx.temporary_floor {
        // SAFETY: (frames 3) as above.
        unsafe { *cx.base.add(field as usize) = Value::UNBOUND };
    } else {
        increment(value);
    }
    Owned::from_raw(value)
}

/// Takes the value out of a register, if it is bound.
pub(crate) fn move_out(cx: &mut Context, register: u16) -> Option<Owned> {
    // SAFETY: (frames 3) as above.
    let value = unsafe { std::mem::replace(&mut *cx.base.add(register as usize), Value::UNBOUND) };
    Owned::from_raw_option(value)
}

/// Stores into a register and releases the old value.
pub(crate) fn set(cx: &mut Context, register: u16, value: Owned) {
    // SAFETY: (frames 3) as above.
    let old = unsafe { std::mem::replace(&mut *cx.base.add(register as usize), value.into_raw()) };
    cx.release(old);
}

/// Stores an owned value into a register and releases the old value.
pub fn set_register(cx: &mut Context, register: u16, value: Value) {
    set(cx, register, Owned::from_raw(value));
}

/// Makes a register unbound and releases its value.
pub(crate) fn clear(cx: &mut Context, register: u16) {
    // SAFETY: (frames 3) as above.
    let old = unsafe { std::mem::replace(&mut *cx.base.add(register as usize), Value::UNBOUND) };
    cx.release(old);
}

/// Gives up an owned value at a safe point.
pub(crate) fn release(cx: &mut Context, value: Owned) {
    cx.release(value.into_raw());
}

/// Stores a result into register `a` of the instruction and goes on, or unwinds.
pub(crate) fn finish(cx: &mut Context, pc: Pc, result: Result<Owned>) -> Pc {
    match result {
        Ok(value) => {
            set(cx, fetch(pc).a, value);
            if cx.finalizers_pending.get() != 0 {
                cx.run_pending_finalizers();
            }
            next(pc)
        }
        Err(_) => raise(cx, pc),
    }
}

/// Goes on after something done for its effect, or unwinds.
pub(crate) fn finish_effect(cx: &mut Context, pc: Pc, result: Result<()>) -> Pc {
    match result {
        Ok(()) => {
            if cx.finalizers_pending.get() != 0 {
                cx.run_pending_finalizers();
            }
            next(pc)
        }
        Err(_) => raise(cx, pc),
    }
}
