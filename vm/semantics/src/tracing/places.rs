//! What instructions are about, as events name it.

use crate::handlers::{fetch, following};
use crate::semantics::Pc;
use sidewinder_bytecode::{HEADER_WORDS, Op};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::method::MethodObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::{Context, Owned, Value};

/// Where an instruction that may jump went on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// It always jumps.
    Jump,
    /// It branches, and has not jumped.
    Left,
    Right,
}

/// The side on which an instruction went on in its frame; `None` if it does not jump.
pub fn side(op: Op, pc: Pc, next: Pc) -> Option<Side> {
    match op {
        Op::Jump | Op::JumpBack => Some(Side::Jump),
        _ if op.is_branch() => Some(if next == following(pc) { Side::Left } else { Side::Right }),
        _ => None,
    }
}

/// Whether a jump passes the handlers of the `try` that ends there. CPython has those elsewhere, and needs no jump.
pub fn passes_handlers(code: &CodeObject, index: usize) -> bool {
    let is_forward = code.data.instructions.get(index).is_some_and(|found| found.op == Op::Jump);
    is_forward && code.data.handlers.iter().any(|handler| handler.target as usize == index + 1)
}

/// What a call instruction calls.
pub struct Called {
    pub callable: Owned,
    /// The first argument, a method's object among them.
    pub argument: Option<Owned>,
}

/// What the call at `pc` is about to call.
pub fn called(cx: &Context, pc: Pc) -> Called {
    let i = fetch(pc);
    let first = i.b + HEADER_WORDS as u16;
    let register = |register: u16| crate::cold::register(cx, register);
    let callable = register(i.b);
    let argument = match i.op {
        Op::CallExpanded if i.c > 1 => Some(register(first)),
        Op::CallExpanded => {
            register(first).cast_exact::<TupleObject>().and_then(|items| items.as_slice().first().copied())
        }
        _ => {
            let prepared = i.op == Op::CallMethod || i.op == Op::CallKeywords && fetch(following(pc)).b != 0;
            let has_self = prepared && !register(first).is_unbound();
            let place = if prepared && !has_self { first + 1 } else { first };
            let positional = match i.op {
                Op::CallKeywords => i.c - names(cx, pc),
                _ => i.c,
            };
            (has_self || positional > 0).then(|| register(place))
        }
    };
    // CPython does not take methods apart that are called with collections of arguments.
    let method = callable.cast_exact::<MethodObject>().filter(|_| i.op != Op::CallExpanded);
    let (callable, argument) = match method {
        Some(method) => (method.function, Some(method.receiver)),
        None => (callable, argument),
    };
    let argument = argument.filter(|argument| !argument.is_unbound()).map(Owned::new);
    Called { callable: Owned::new(callable), argument }
}

/// How many arguments of the call with keywords at `pc` have names.
fn names(cx: &Context, pc: Pc) -> u16 {
    // SAFETY: (frames 3) the constant is a tuple of names.
    let names: Value = unsafe { *cx.constants.add(fetch(following(pc)).a as usize) };
    names.cast_exact::<TupleObject>().map_or(0, TupleObject::len) as u16
}
