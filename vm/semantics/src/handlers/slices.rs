//! Slices of lists and strings that are taken or assigned at once: the slice object that the next instruction would take apart is
//! never made.

use super::{fetch, following, is_consumed_by_next, item};
use crate::helpers;
use crate::semantics::{Attempt, Pc, Semantics};
use sidewinder_bytecode::{Instruction, Op};
use sidewinder_runtime::objects::list::LIST;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::STR;

/// `a = slice(b, b+1, b+2)`, together with the subscription that follows if that is one of a list or string.
#[inline(never)]
pub fn build_slice<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let next = fetch(following(pc));
    let done = match next.op {
        Op::GetItem if is_consumed_by_next(s, i.a, next.c) => get_part(s, pc, i, next),
        Op::SetItem if is_consumed_by_next(s, i.a, next.b) => set_part(s, pc, i, next),
        _ => None,
    };
    done.unwrap_or_else(|| item::build(s, pc, i, &helpers::BUILD_SLICE, 3))
}

/// Whether a bound is None or a small integer, which is taken as it is.
#[inline(always)]
pub fn is_plain<S: Semantics>(s: &mut S, bound: S::Value) -> bool {
    s.as_int(bound).is_some() || s.is_object(bound, singleton::none())
}

#[inline(always)]
fn has_plain_bounds<S: Semantics>(s: &mut S, first: u16) -> bool {
    (first..first + 3).all(|register| {
        let bound = s.register(register);
        is_plain(s, bound)
    })
}

#[inline(always)]
fn release_bounds<S: Semantics>(s: &mut S, first: u16) {
    for register in (first..first + 3).rev() {
        s.release_simple(register);
    }
}

#[inline(always)]
fn get_part<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, next: Instruction) -> Attempt {
    let list = s.operand(next.b);
    let helper = if s.has_type(list, &LIST) {
        &helpers::LIST_GET_SLICE
    } else if s.has_type(list, &STR) {
        &helpers::TEXT_GET_STEPS
    } else {
        return None;
    };
    if !has_plain_bounds(s, i.b) {
        return None;
    }
    let bounds = [0, 1, 2].map(|position| s.register(i.b + position));
    s.publish(following(pc));
    let result = s.call4(helper, list, bounds);
    release_bounds(s, i.b);
    s.release(next.b);
    Some(match result {
        Some(part) => {
            s.set(next.a, part);
            following(following(pc))
        }
        None => s.raise(following(pc)),
    })
}

#[inline(always)]
fn set_part<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, next: Instruction) -> Attempt {
    let (list, value) = (s.operand(next.a), s.operand(next.c));
    if !s.has_type(list, &LIST) || !s.has_type(value, &LIST) || !has_plain_bounds(s, i.b) {
        return None;
    }
    let step = s.register(i.b + 2);
    if !s.is_object(step, singleton::none()) {
        return None;
    }
    let (start, stop) = (s.register(i.b), s.register(i.b + 1));
    s.publish(following(pc));
    let result = s.call4(&helpers::LIST_SET_SLICE, list, [start, stop, value]);
    release_bounds(s, i.b);
    s.release(next.c);
    s.release(next.a);
    Some(match result {
        Some(none) => {
            s.drop(none);
            following(following(pc))
        }
        None => s.raise(following(pc)),
    })
}
