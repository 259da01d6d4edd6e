//! Native functions that walk a generator: `list(g)`, `sum(g)`, `any(g)`, `"".join(g)`, …
//!
//! The generator runs as a frame of the same run, and its `Yield` hands the item over without suspending it, which
//! nobody can see as long as no Python code runs in between. What is gathered lies in the argument's register of the
//! call. At the end it is the call's result, or the call is executed again with it as its argument: a list in place of
//! the generator. An item whose consumption may run Python is left to the native function itself, together with the
//! rest of the generator (`cold::generator::hand_over`).

use super::branch::{quick, quick_truth};
use super::iterate::none;
use super::{fetch, following};
use crate::frame::Continuation;
use crate::helpers;
use crate::semantics::{Attempt, Pc, Semantics};
use sidewinder_bytecode::Instruction;
use sidewinder_runtime::TypeObject;
use sidewinder_runtime::native::Intrinsic;
use sidewinder_runtime::objects::generator::GENERATOR;
use sidewinder_runtime::objects::list::LIST;
use sidewinder_runtime::objects::set::{FROZENSET, SET};
use sidewinder_runtime::objects::singleton::{self, BOOL};
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::STR;
use sidewinder_runtime::objects::tuple::TUPLE;

/// How a native function that is called with nothing but an iterable consumes it, if it is known from inside.
pub fn of_function(intrinsic: Intrinsic) -> Option<Continuation> {
    match intrinsic {
        Intrinsic::Gathers => Some(Continuation::Gather),
        Intrinsic::Sum => Some(Continuation::Sum),
        Intrinsic::Minimum => Some(Continuation::Least),
        Intrinsic::Maximum => Some(Continuation::Greatest),
        Intrinsic::Any => Some(Continuation::Any),
        Intrinsic::All => Some(Continuation::All),
        _ => None,
    }
}

/// The same for a builtin type.
pub fn of_type(class: &'static TypeObject) -> Option<Continuation> {
    let is = |kind: &'static TypeObject| std::ptr::eq(class, kind);
    if is(&LIST.object) {
        Some(Continuation::List)
    } else if is(&TUPLE.object) {
        Some(Continuation::Gather)
    } else if is(&SET.object) || is(&FROZENSET.object) {
        Some(Continuation::GatherPlain)
    } else {
        None
    }
}

/// Starts to consume the iterable in register `argument`, the last of the call block at `block`. Declines when it is
/// no generator, or the general way must be taken.
#[inline(never)]
pub fn start<S: Semantics>(s: &mut S, pc: Pc, block: u16, argument: u16, continuation: Continuation) -> Attempt {
    let iterable = s.register(argument);
    // A call of a method that is bound to nothing has moved its callable, and cannot be executed again.
    let again = fetch(pc).b == block;
    if !s.peek(iterable).has_type(&GENERATOR) || !again || !s.has_type(iterable, &GENERATOR) {
        return None;
    }
    if !s.may_resume(iterable) {
        return None;
    }
    let generator = s.move_out(argument);
    match continuation {
        Continuation::List | Continuation::Gather | Continuation::GatherPlain => {
            if let Some(list) = s.build(&helpers::BUILD_LIST, argument, 0) {
                s.set_fresh(argument, list);
            }
        }
        Continuation::Sum => {
            let zero = s.int_constant(0);
            let zero = s.box_int(zero);
            s.set_fresh(argument, zero);
            let exact = s.float_constant(0.0);
            let exact = s.box_float(exact);
            s.set_fresh(correction(argument), exact);
        }
        _ => s.clear(argument),
    }
    let sent = none(s);
    Some(s.resume(pc, generator, sent, continuation, argument))
}

/// The `Yield` of a generator whose resumer consumes its items; what it gathers lies in the resumer's register `place`.
#[inline(never)]
pub fn item<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, continuation: Continuation, place: u16, next: Pc) -> Pc {
    let consumed = match continuation {
        Continuation::List | Continuation::Gather => append(s, i, place),
        Continuation::GatherPlain => {
            let item = s.operand(i.b);
            is_plain(s, item) && append(s, i, place)
        }
        Continuation::Sum => add(s, i, place),
        Continuation::Least => keep_better(s, i, place, CompareOp::Less),
        Continuation::Greatest => keep_better(s, i, place, CompareOp::Greater),
        _ => {
            let item = s.operand(i.b);
            match quick_truth(s, item) {
                Some(truth) if truth == (continuation == Continuation::Any) => return decide(s, pc, i, next, truth),
                Some(_) => {
                    s.release(i.b);
                    true
                }
                None => false,
            }
        }
    };
    if !consumed {
        return s.cold(pc, crate::cold::generator::hand_over);
    }
    let none = none(s);
    s.set_then(i.a, none, following(pc))
}

fn append<S: Semantics>(s: &mut S, i: Instruction, place: u16) -> bool {
    let list = s.outer_register(place);
    let value = s.take(i.b);
    s.list_append(list, value);
    true
}

/// Whether hashing the value and comparing it with others of its kind runs no Python and does not raise.
fn is_plain<S: Semantics>(s: &mut S, value: S::Value) -> bool {
    s.as_int(value).is_some() || s.as_float(value).is_some() || s.has_type(value, &STR) || s.has_type(value, &BOOL)
}

/// Where a sum of doubles keeps what rounding has taken from it: a word of the call block that only frames use.
pub fn correction(place: u16) -> u16 {
    place - 1
}

/// Adds a number to the sum, as `sum` does: integers are exact until the first double comes, and doubles are added with a
/// correction from the second one on (Neumaier's).
fn add<S: Semantics>(s: &mut S, i: Instruction, place: u16) -> bool {
    let (total, item) = (s.outer_register(place), s.operand(i.b));
    if let (Some(total), Some(item)) = (s.as_int(total), s.as_int(item)) {
        let Some(sum) = s.int_add(total, item) else { return false };
        s.release_simple(i.b);
        let sum = s.box_int(sum);
        s.set_outer(place, sum);
        return true;
    }
    let item = if let Some(item) = s.as_float(item) {
        item
    } else if let Some(item) = s.as_int(item) {
        s.int_to_float(item)
    } else {
        return false;
    };
    let Some(total) = s.as_float(total) else {
        let Some(total) = s.as_int(total) else { return false };
        let total = s.int_to_float(total);
        let sum = s.float_add(total, item);
        s.release_simple(i.b);
        let sum = s.box_float(sum);
        s.set_outer(place, sum);
        return true;
    };
    let lost = s.outer_register(correction(place));
    let Some(lost) = s.as_float(lost) else { return false };
    let sum = s.float_add(total, item);
    let (size, other) = (s.float_absolute(total), s.float_absolute(item));
    let (large, small) =
        if s.float_compare(CompareOp::GreaterEqual, size, other) { (total, item) } else { (item, total) };
    let rest = s.float_subtract(large, sum);
    let rest = s.float_add(rest, small);
    let lost = s.float_add(lost, rest);
    s.release_simple(i.b);
    let (sum, lost) = (s.box_float(sum), s.box_float(lost));
    s.set_outer(place, sum);
    s.set_outer(correction(place), lost);
    true
}

/// Keeps an item that is the first one, or better than the best of those before.
fn keep_better<S: Semantics>(s: &mut S, i: Instruction, place: u16, op: CompareOp) -> bool {
    let (best, item) = (s.outer_register(place), s.operand(i.b));
    let better = if s.is_unbound(best) {
        true
    } else {
        match quick(s, op, item, best) {
            Some(better) => better,
            None => return false,
        }
    };
    if better {
        let item = s.take(i.b);
        s.set_outer(place, item);
    } else {
        s.release(i.b);
    }
    true
}

/// An item decides the result: the generator is suspended there.
fn decide<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, next: Pc, result: bool) -> Pc {
    s.before_suspend(pc);
    s.release(i.b);
    s.suspend(pc);
    complete_with_truth(s, next, result)
}

/// Ends the call before `next` with a result; its argument has been consumed.
fn complete<S: Semantics>(s: &mut S, next: Pc, result: S::Owned) -> Pc {
    // SAFETY: (frames 3) the call comes before.
    let call = fetch(unsafe { next.sub(1) });
    s.clear(call.b);
    s.set_then(call.a, result, next)
}

fn complete_with_truth<S: Semantics>(s: &mut S, next: Pc, truth: bool) -> Pc {
    let result = s.constant(singleton::boolean(truth));
    let result = s.dup(result);
    complete(s, next, result)
}

/// The generator returns.
#[inline(never)]
pub fn end<S: Semantics>(s: &mut S, i: Instruction, continuation: Continuation, place: u16) -> Pc {
    let extreme = matches!(continuation, Continuation::Least | Continuation::Greatest);
    let empty = extreme && {
        let best = s.outer_register(place);
        s.is_unbound(best)
    };
    let corrected = if continuation == Continuation::Sum { corrected_sum(s, place) } else { None };
    let result = s.take(i.a);
    super::call::release_locals(s);
    let next = s.finish_generator();
    s.frame_left(next.wrapping_sub(1));
    s.drop(result);
    match continuation {
        Continuation::Sum => {
            s.clear(correction(place));
            let total = s.move_out(place);
            let Some(corrected) = corrected else { return complete(s, next, total) };
            s.drop(total);
            let total = s.box_float(corrected);
            complete(s, next, total)
        }
        Continuation::Any | Continuation::All => complete_with_truth(s, next, continuation == Continuation::All),
        Continuation::Gather | Continuation::GatherPlain => again(next),
        _ if empty => {
            if let Some(nothing) = s.build(&helpers::BUILD_TUPLE, place, 0) {
                s.set_fresh(place, nothing);
            }
            again(next)
        }
        _ => {
            let result = s.move_out(place);
            complete(s, next, result)
        }
    }
}

/// A sum of doubles with its correction, unless that is nothing or would make NaN of an infinity.
fn corrected_sum<S: Semantics>(s: &mut S, place: u16) -> Option<S::Float> {
    let (total, lost) = (s.outer_register(place), s.outer_register(correction(place)));
    let (total, lost) = (s.as_float(total)?, s.as_float(lost)?);
    let nothing = s.float_constant(0.0);
    let counts = s.float_compare(CompareOp::NotEqual, lost, nothing) && s.float_is_finite(lost);
    counts.then(|| s.float_add(total, lost))
}

/// The call before `next`, to be executed again.
fn again(next: Pc) -> Pc {
    // SAFETY: (frames 3) the call comes before.
    unsafe { next.sub(1) }
}
