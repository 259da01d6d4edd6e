//! Iteration: `for` loops over ranges, lists, tuples, generators, and anything else.

use super::pairs::{ready, step_index};
use super::{done, done_or_raise, following, jump};
use crate::frame::Continuation;
use crate::helpers;
use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::{Instruction, Op};
use sidewinder_ir::op::Alias;
use sidewinder_runtime::TypeObject;
use sidewinder_runtime::objects::generator::{ASYNC_GENERATOR, COROUTINE, GENERATOR};
use sidewinder_runtime::objects::iterator::sequence::{STR_ASCII_ITERATOR, STR_ITERATOR};
use sidewinder_runtime::objects::iterator::{LIST_ITERATOR, TUPLE_ITERATOR, TupleIterator};
use sidewinder_runtime::objects::list::LIST;
use sidewinder_runtime::objects::range::RANGE;
use sidewinder_runtime::objects::singleton;
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
    let walker: Option<&'static TypeObject> = if s.has_type(source, &LIST) {
        Some(&LIST_ITERATOR.object)
    } else if s.has_type(source, &TUPLE) {
        Some(&TUPLE_ITERATOR.object)
    } else {
        None
    };
    if let Some(kind) = walker {
        let sequence = s.take(i.b);
        let iterator = s.sequence_iterator(kind, sequence);
        return done(s, pc, i.a, iterator);
    }
    let plain = [&RANGE, &STR].into_iter().any(|kind| s.has_type(source, kind));
    let helper = if plain { &helpers::GET_PLAIN_ITER } else { &helpers::GET_ITER };
    s.publish(pc);
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
    if let Some(next) = super::pairs::for_pair(s, pc, i) {
        return next;
    }
    let iterator = s.register(i.b);
    if s.has_type(iterator, &TUPLE_ITERATOR) {
        return match advance_tuple(s, iterator) {
            Some(item) => done(s, pc, i.a, item),
            None => exhausted(s, pc, i),
        };
    }
    if s.has_type(iterator, &STR_ASCII_ITERATOR) || s.has_type(iterator, &STR_ITERATOR) {
        return match super::text::next_character(s, iterator) {
            Some(item) => done(s, pc, i.a, item),
            None => exhausted(s, pc, i),
        };
    }
    if s.has_type(iterator, &GENERATOR) {
        return resume(s, pc, i, iterator, Continuation::Iterate);
    }
    if let Some(next) = super::call::next_method(s, pc, i) {
        return next;
    }
    s.publish(pc);
    match s.next_item(iterator) {
        Some(Some(item)) => done(s, pc, i.a, item),
        Some(None) => exhausted(s, pc, i),
        None => s.raise(pc),
    }
}

/// Steps a tuple's iterator: its item, or `None` at its end.
#[inline(always)]
fn advance_tuple<S: Semantics>(s: &mut S, iterator: S::Value) -> Option<S::Owned> {
    let tuple = s.load_field(iterator, offset_of!(TupleIterator, tuple), Alias::Iterator);
    if s.is_unbound(tuple) {
        return None;
    }
    let index = s.load_raw(iterator, offset_of!(TupleIterator, index), Alias::Iterator);
    let length = s.tuple_length(tuple);
    if !s.raw_below(index, length) {
        return None;
    }
    let item = s.tuple_item(tuple, index);
    let item = s.dup(item);
    step_index(s, iterator, index);
    Some(item)
}

/// Ends the loop: `for_iter` jumps and gives up its iterator.
#[inline(always)]
pub fn exhausted<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    s.publish(pc);
    s.clear(i.b);
    jump(pc, i.c as i16 as i32)
}

/// Resumes the generator `iterator` for the `ForIter` or `Send` at `pc`.
#[inline(always)]
fn resume<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, iterator: S::Value, continuation: Continuation) -> Pc {
    if !s.may_resume(iterator) {
        return s.cold(pc, crate::cold::generator::resume);
    }
    let generator = s.dup(iterator);
    let sends = matches!(continuation, Continuation::Send | Continuation::SendAsync);
    let sent = if sends { s.move_out(i.a) } else { none(s) };
    s.resume(pc, generator, sent, continuation, i.a)
}

/// What a `for` loop sends to the generator that it walks.
#[inline(always)]
pub fn none<S: Semantics>(s: &mut S) -> S::Owned {
    let none = s.constant(singleton::none());
    s.dup(none)
}

/// Suspends a generator, giving b to whoever resumed it.
#[inline(always)]
pub fn yield_<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let (continuation, destination, next) = s.resumer(pc);
    match continuation {
        Continuation::Iterate | Continuation::Send => {
            s.before_suspend(pc);
            let value = s.take(i.b);
            s.suspend(pc);
            s.set_then(destination, value, next)
        }
        Continuation::SendAsync => {
            s.before_suspend(pc);
            let value = s.take(i.b);
            // SAFETY: (frames 3) code does not begin with a `Yield`.
            if super::fetch(unsafe { pc.sub(1) }).op == Op::Send {
                s.suspend(pc);
                return s.set_then(destination, value, next);
            }
            s.end_wait();
            s.suspend(pc);
            // SAFETY: (frames 3) it was resumed by the instruction before.
            let origin = unsafe { next.sub(1) };
            let i = super::fetch(origin);
            s.set(i.a, value);
            exhausted(s, origin, i)
        }
        Continuation::Observed => s.cold(pc, crate::cold::frame::before_suspending),
        Continuation::IterateCount => super::pairs::yield_counted(s, pc, i, next),
        _ if continuation.consumes() => super::consume::item(s, pc, i, continuation, destination, next),
        _ => {
            let value = s.take(i.b);
            s.suspend_run(pc, value)
        }
    }
}

/// The running generator returns a to a `for` loop or a `Send`, which goes on after it, or to what consumes it.
#[inline(always)]
pub fn end_generator<S: Semantics>(
    s: &mut S,
    pc: Pc,
    i: Instruction,
    continuation: Continuation,
    destination: u16,
) -> Pc {
    if continuation == Continuation::SendAsync {
        return s.cold(pc, crate::cold::generator::end_async);
    }
    if continuation.consumes() {
        return super::consume::end(s, i, continuation, destination);
    }
    let result = s.take(i.a);
    super::call::release_locals(s);
    let next = s.finish_generator();
    s.frame_left(next.wrapping_sub(1));
    // SAFETY: (frames 3) it was resumed by the instruction before.
    let origin = unsafe { next.sub(1) };
    let i = super::fetch(origin);
    match continuation {
        Continuation::Send => s.set(i.a, result),
        _ => s.drop(result),
    }
    exhausted(s, origin, i)
}

/// Sends a to the iterator b: to a generator, or, if it is None, to an iterator whose next item is at hand.
#[inline(never)]
pub fn send<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let iterator = s.register(i.b);
    if s.has_type(iterator, &GENERATOR) || s.has_type(iterator, &COROUTINE) {
        return resume(s, pc, i, iterator, Continuation::Send);
    }
    if s.has_type(iterator, &ASYNC_GENERATOR) {
        return resume(s, pc, i, iterator, Continuation::SendAsync);
    }
    let sent = s.register(i.a);
    if !s.is_object(sent, singleton::none()) {
        return s.cold(pc, crate::cold::generator::send);
    }
    let item = if let Some(ready) = ready(s, iterator) {
        ready.advance(s)
    } else if s.has_type(iterator, &TUPLE_ITERATOR) {
        advance_tuple(s, iterator)
    } else {
        return s.cold(pc, crate::cold::generator::send);
    };
    s.clear(i.a);
    match item {
        Some(item) => {
            s.set_late(i.a, item);
            following(pc)
        }
        None => {
            let none = none(s);
            s.set_late(i.a, none);
            exhausted(s, pc, i)
        }
    }
}
