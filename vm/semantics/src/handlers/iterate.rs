//! Iteration: `for` loops over ranges, lists, tuples, generators, and anything else.

use super::pairs::ready;
use super::{done, done_or_raise, jump};
use crate::frame::Continuation;
use crate::helpers;
use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::Instruction;
use sidewinder_ir::op::Alias;
use sidewinder_runtime::objects::generator::GENERATOR;
use sidewinder_runtime::objects::iterator::sequence::{STR_ASCII_ITERATOR, STR_ITERATOR};
use sidewinder_runtime::objects::iterator::{TUPLE_ITERATOR, TupleIterator};
use sidewinder_runtime::objects::list::LIST;
use sidewinder_runtime::objects::range::RANGE;
use sidewinder_runtime::objects::str::STR;
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
    let plain = [&LIST, &TUPLE, &RANGE, &STR].into_iter().any(|kind| s.has_type(source, kind));
    let helper = if plain { &helpers::GET_PLAIN_ITER } else { &helpers::GET_ITER };
    let result = s.call1(helper, source);
    s.release(i.b);
    done_or_raise(s, pc, i.a, result)
}

/// `a = next(b)`, or jumps when exhausted.
#[inline(always)]
pub fn for_iter<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let iterator = s.register(i.b);
    if let Some(ready) = ready(s, iterator) {
        return match ready.advance(s) {
            Some(item) => done(s, pc, i.a, item),
            None => exhausted(s, pc, i),
        };
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
    if s.has_type(iterator, &STR_ASCII_ITERATOR) || s.has_type(iterator, &STR_ITERATOR) {
        return match super::text::next_character(s, iterator) {
            Some(item) => done(s, pc, i.a, item),
            None => exhausted(s, pc, i),
        };
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

/// Ends the loop: `for_iter` jumps and gives up its iterator.
#[inline(always)]
pub fn exhausted<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
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
    s.cold(pc, crate::cold::generator::send)
}
