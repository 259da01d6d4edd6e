//! Comparisons and jumps.

use super::{done, done_or_raise, following, jump};
use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::Instruction;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::CompareOp;

/// The truth of a value; `None` when it raised.
#[inline(always)]
pub fn truth<S: Semantics>(s: &mut S, value: S::Value) -> Option<bool> {
    match quick_truth(s, value) {
        None => s.truth_slow(value),
        known => known,
    }
}

/// The truth of a value whose type decides it without running Python; `None` for others.
#[inline(always)]
pub fn quick_truth<S: Semantics>(s: &mut S, value: S::Value) -> Option<bool> {
    if s.has_type(value, &singleton::BOOL) {
        return Some(s.is_true(value));
    }
    if let Some(int) = s.as_int(value) {
        let zero = s.int_constant(0);
        return Some(s.int_compare(CompareOp::NotEqual, int, zero));
    }
    if s.is_object(value, singleton::none()) {
        return Some(false);
    }
    truth_of_sequence(s, value)
}

#[inline(never)]
fn truth_of_sequence<S: Semantics>(s: &mut S, value: S::Value) -> Option<bool> {
    if s.has_type(value, &sidewinder_runtime::objects::list::LIST) {
        let (length, zero) = (s.list_length(value), s.raw_constant(0));
        return Some(!s.raw_equal(length, zero));
    }
    if s.has_type(value, &sidewinder_runtime::objects::tuple::TUPLE) {
        let (length, zero) = (s.tuple_length(value), s.raw_constant(0));
        return Some(!s.raw_equal(length, zero));
    }
    None
}

/// `a op b` decided inline; `None` when the operands are not both numbers.
#[inline(always)]
pub fn quick<S: Semantics>(s: &mut S, op: CompareOp, a: S::Value, b: S::Value) -> Option<bool> {
    if let Some(x) = s.as_int(a) {
        if let Some(y) = s.as_int(b) {
            return Some(s.int_compare(op, x, y));
        }
        if let Some(y) = s.as_float(b)
            && let Some(x) = s.int_to_exact_float(x)
        {
            return Some(s.float_compare(op, x, y));
        }
        return None;
    }
    if let Some(x) = s.as_float(a) {
        if let Some(y) = s.as_float(b) {
            return Some(s.float_compare(op, x, y));
        }
        if let Some(y) = s.as_int(b)
            && let Some(y) = s.int_to_exact_float(y)
        {
            return Some(s.float_compare(op, x, y));
        }
    }
    None
}

/// `a = b op c`
#[inline(always)]
pub fn compare<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, op: CompareOp) -> Pc {
    let (a, b) = (s.operand(i.b), s.operand(i.c));
    if let Some(result) = quick(s, op, a, b) {
        s.release_simple(i.c);
        s.release_simple(i.b);
        let value = s.constant(singleton::boolean(result));
        let value = s.dup(value);
        return done(s, pc, i.a, value);
    }
    compare_slow(s, pc, i, op)
}

#[inline(never)]
fn compare_slow<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, op: CompareOp) -> Pc {
    if let Some(next) = super::call::compare_method(s, pc, i, op) {
        return next;
    }
    let (a, b) = (s.operand(i.b), s.operand(i.c));
    if let Some(result) = compare_text(s, op, a, b) {
        s.release(i.c);
        s.release(i.b);
        let value = s.constant(singleton::boolean(result));
        let value = s.dup(value);
        return done(s, pc, i.a, value);
    }
    s.publish(pc);
    let result = s.compare_slow(op, a, b);
    s.release(i.c);
    s.release(i.b);
    done_or_raise(s, pc, i.a, result)
}

/// Comparison of two strings, without running Python; `None` for other operands.
#[inline(always)]
fn compare_text<S: Semantics>(s: &mut S, op: CompareOp, a: S::Value, b: S::Value) -> Option<bool> {
    use sidewinder_runtime::objects::str::STR;
    if !s.has_type(a, &STR) || !s.has_type(b, &STR) {
        return None;
    }
    if !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return s.text_ordered(op, a, b);
    }
    let equal = s.text_equal(a, b);
    Some(equal == (op == CompareOp::Equal))
}

/// Jumps when `a op b` is `wanted`.
#[inline(always)]
pub fn compare_jump<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, op: CompareOp, wanted: bool) -> Pc {
    let (a, b) = (s.operand(i.a), s.operand(i.b));
    if let Some(result) = quick(s, op, a, b) {
        s.release_simple(i.b);
        s.release_simple(i.a);
        return if result == wanted { jump(pc, i.c as i16 as i32) } else { following(pc) };
    }
    compare_jump_slow(s, pc, i, op, wanted)
}

#[inline(never)]
fn compare_jump_slow<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, op: CompareOp, wanted: bool) -> Pc {
    if let Some(next) = super::call::compare_jump_method(s, pc, i, op) {
        return next;
    }
    let (a, b) = (s.operand(i.a), s.operand(i.b));
    s.publish(pc);
    let result = match compare_text(s, op, a, b) {
        Some(result) => Some(result),
        None => match s.compare_slow(op, a, b) {
            Some(value) => {
                // One test alone may follow the call: the one that decides the jump.
                let view = s.view(&value);
                let result = s.truth_slow(view);
                s.drop(value);
                result
            }
            None => None,
        },
    };
    s.release(i.b);
    s.release(i.a);
    match result {
        Some(result) if result == wanted => jump(pc, i.c as i16 as i32),
        Some(_) => following(pc),
        None => s.raise(pc),
    }
}

/// `a = b is c`, negated on demand.
#[inline(always)]
pub fn is<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, wanted: bool) -> Pc {
    let (a, b) = (s.operand(i.b), s.operand(i.c));
    let result = s.same(a, b) == wanted;
    s.publish(pc);
    s.release(i.c);
    s.release(i.b);
    let value = s.constant(singleton::boolean(result));
    let value = s.dup(value);
    done(s, pc, i.a, value)
}

/// Jumps when `(a is b) == wanted`.
#[inline(always)]
pub fn is_jump<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, wanted: bool) -> Pc {
    let (a, b) = (s.operand(i.a), s.operand(i.b));
    let result = s.same(a, b) == wanted;
    s.publish(pc);
    s.release(i.b);
    let next = if result { jump(pc, i.c as i16 as i32) } else { following(pc) };
    s.release_then(pc, i.a, next)
}

/// Jumps when `(a in b) == wanted`.
#[inline(never)]
pub fn contains_jump<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, wanted: bool) -> Pc {
    let (item, container) = (s.operand(i.a), s.operand(i.b));
    let plain = super::item::is_plain_lookup(s, container, item);
    let helper = if plain {
        &crate::helpers::DICT_CONTAINS
    } else if super::item::is_text_in_text(s, container, item) {
        &crate::helpers::TEXT_CONTAINS
    } else {
        &crate::helpers::CONTAINS
    };
    s.publish(pc);
    let result = s.call2(helper, container, item).map(|found| {
        let view = s.view(&found);
        let truth = s.is_true(view);
        s.drop(found);
        truth
    });
    s.release(i.b);
    s.release(i.a);
    match result {
        Some(truth) if truth == wanted => jump(pc, i.c as i16 as i32),
        Some(_) => following(pc),
        None => s.raise(pc),
    }
}

/// Jumps when `(a is None) == wanted`.
#[inline(always)]
pub fn none_jump<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, wanted: bool) -> Pc {
    let a = s.operand(i.a);
    let result = s.is_object(a, singleton::none()) == wanted;
    let next = if result { jump(pc, i.wide_value()) } else { following(pc) };
    s.release_then(pc, i.a, next)
}

/// Jumps when the truth of `a` is `wanted`.
#[inline(always)]
pub fn truth_jump<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, wanted: bool) -> Pc {
    let a = s.operand(i.a);
    let Some(result) = quick_truth(s, a) else { return truth_jump_slow(s, pc, i, wanted) };
    let next = if result == wanted { jump(pc, i.wide_value()) } else { following(pc) };
    s.release_then(pc, i.a, next)
}

#[inline(never)]
fn truth_jump_slow<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, wanted: bool) -> Pc {
    let a = s.operand(i.a);
    s.publish(pc);
    let Some(result) = s.truth_slow(a) else {
        s.release(i.a);
        return s.raise(pc);
    };
    let next = if result == wanted { jump(pc, i.wide_value()) } else { following(pc) };
    s.release_then(pc, i.a, next)
}

/// Jumps and keeps `a` when its truth is `wanted`; otherwise clears it.
#[inline(always)]
pub fn keep_jump<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, wanted: bool) -> Pc {
    let a = s.register(i.a);
    let Some(result) = quick_truth(s, a) else { return keep_jump_slow(s, pc, i, wanted) };
    if result == wanted {
        return jump(pc, i.wide_value());
    }
    s.clear_then(i.a, following(pc))
}

#[inline(never)]
fn keep_jump_slow<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, wanted: bool) -> Pc {
    let a = s.register(i.a);
    s.publish(pc);
    match s.truth_slow(a) {
        Some(result) if result == wanted => jump(pc, i.wide_value()),
        Some(_) => {
            s.clear(i.a);
            following(pc)
        }
        None => s.raise(pc),
    }
}
