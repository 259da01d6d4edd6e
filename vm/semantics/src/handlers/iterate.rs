//! Iteration: `for` loops over ranges, lists, tuples, generators, and anything else.

use super::{done, done_or_raise, following, jump};
use crate::frame::Continuation;
use crate::helpers;
use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::Instruction;
use sidewinder_ir::op::Alias;
use sidewinder_runtime::objects::generator::GENERATOR;
use sidewinder_runtime::objects::iterator::{LIST_ITERATOR, ListIterator, TUPLE_ITERATOR, TupleIterator};
use sidewinder_runtime::objects::list::LIST;
use sidewinder_runtime::objects::range::{RANGE, RANGE_ITERATOR, RangeIterator};
use sidewinder_runtime::objects::tuple::TUPLE;
use std::mem::offset_of;

/// `a = iter(b)`
#[inline(never)]
pub fn get_iter<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let source = s.operand(i.b);
    if s.has_type(source, &GENERATOR) {
        let source = s.take(i.b);
        return done(s, pc, i.a, source);
    }
    let plain = s.has_type(source, &LIST) || s.has_type(source, &TUPLE) || s.has_type(source, &RANGE);
    let helper = if plain { &helpers::GET_PLAIN_ITER } else { &helpers::GET_ITER };
    let result = s.call1(helper, source);
    s.release(i.b);
    done_or_raise(s, pc, i.a, result)
}

/// `a = next(b)`, or jumps when exhausted.
#[inline(always)]
pub fn for_iter<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let iterator = s.register(i.b);
    if s.has_type(iterator, &RANGE_ITERATOR) {
        let remaining = s.load_raw(iterator, offset_of!(RangeIterator, remaining), Alias::Iterator);
        let zero = s.raw_constant(0);
        if s.raw_equal(remaining, zero) {
            return exhausted(s, pc, i);
        }
        let current = s.load_raw(iterator, offset_of!(RangeIterator, current), Alias::Iterator);
        let step = s.load_raw(iterator, offset_of!(RangeIterator, step), Alias::Immutable);
        let next = s.raw_add(current, step);
        s.store_raw(iterator, offset_of!(RangeIterator, current), next, Alias::Iterator);
        let minus_one = s.raw_constant(-1);
        let remaining = s.raw_add(remaining, minus_one);
        s.store_raw(iterator, offset_of!(RangeIterator, remaining), remaining, Alias::Iterator);
        let item = s.raw_to_int(current);
        let item = s.box_int(item);
        return done(s, pc, i.a, item);
    }
    if s.has_type(iterator, &LIST_ITERATOR) {
        let list = s.load_field(iterator, offset_of!(ListIterator, list), Alias::Iterator);
        if s.is_unbound(list) {
            return exhausted(s, pc, i);
        }
        let index = s.load_raw(iterator, offset_of!(ListIterator, index), Alias::Iterator);
        let length = s.list_length(list);
        if s.raw_below(index, length) {
            let item = s.list_item(list, index);
            let item = s.dup(item);
            let one = s.raw_constant(1);
            let next = s.raw_add(index, one);
            s.store_raw(iterator, offset_of!(ListIterator, index), next, Alias::Iterator);
            return done(s, pc, i.a, item);
        }
        // An iterator that others refer to stays exhausted when the list grows.
        let never = s.raw_constant(i64::MAX);
        s.store_raw(iterator, offset_of!(ListIterator, index), never, Alias::Iterator);
        return exhausted(s, pc, i);
    }
    for_iter_rare(s, pc, i)
}

#[inline(never)]
fn for_iter_rare<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let next = super::pairs::for_pair(s, pc, i);
    if !next.is_null() {
        return next;
    }
    let iterator = s.register(i.b);
    if s.has_type(iterator, &TUPLE_ITERATOR) {
        let tuple = s.load_field(iterator, offset_of!(TupleIterator, tuple), Alias::Iterator);
        if s.is_unbound(tuple) {
            return exhausted(s, pc, i);
        }
        let index = s.load_raw(iterator, offset_of!(TupleIterator, index), Alias::Iterator);
        let length = s.tuple_length(tuple);
        if s.raw_below(index, length) {
            let item = s.tuple_item(tuple, index);
            let item = s.dup(item);
            let one = s.raw_constant(1);
            let next = s.raw_add(index, one);
            s.store_raw(iterator, offset_of!(TupleIterator, index), next, Alias::Iterator);
            return done(s, pc, i.a, item);
        }
        return exhausted(s, pc, i);
    }
    if s.has_type(iterator, &GENERATOR) {
        return s.resume(pc, i.b, Continuation::Iterate, i.a);
    }
    let next = super::call::next_method(s, pc, i);
    if !next.is_null() {
        return next;
    }
    match s.next_item(iterator) {
        Some(Some(item)) => done(s, pc, i.a, item),
        Some(None) => exhausted(s, pc, i),
        None => s.raise(pc),
    }
}

#[inline(always)]
fn exhausted<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    s.clear(i.b);
    jump(pc, i.c as i16 as i32)
}

/// Suspends a generator, giving b to whoever resumed it.
#[inline(always)]
pub fn yield_<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    s.before_suspend();
    let value = s.take(i.b);
    s.suspend(pc, value)
}

/// Whether `send` was reached with a generator: see `Op::Send`.
#[inline(never)]
pub fn send<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let iterator = s.register(i.b);
    if s.has_type(iterator, &GENERATOR) {
        return s.resume(pc, i.b, Continuation::Send, i.a);
    }
    let _ = following(pc);
    s.cold(pc, crate::cold::generator::send)
}
