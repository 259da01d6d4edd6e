//! `for a, b in enumerate(…)` and `for a, b in zip(…)`: the pair that the next instruction would take apart is never
//! made.

use super::iterate::exhausted;
use super::{fetch, following, is_consumed_by_next};
use crate::frame::Continuation;
use crate::semantics::{Attempt, Pc, Semantics};
use sidewinder_bytecode::{Instruction, Op};
use sidewinder_ir::op::Alias;
use sidewinder_runtime::objects::generator::GENERATOR;
use sidewinder_runtime::objects::iterator::functional::{ENUMERATE, Enumerate, ZIP, Zip};
use sidewinder_runtime::objects::iterator::{LIST_ITERATOR, ListIterator, SequenceIterator};
use sidewinder_runtime::objects::range::{RANGE_ITERATOR, RangeIterator};
use sidewinder_runtime::objects::tuple::TUPLE;
use std::mem::offset_of;

/// Counts above this are left to the general way.
const COUNT_MAX: i64 = 1 << 60;

/// A range's or list's iterator whose state was read and tested.
pub enum Ready<S: Semantics> {
    Number {
        iterator: S::Value,
        remaining: S::Raw,
    },
    Item {
        iterator: S::Value,
        list: S::Value,
        index: S::Raw,
    },
    /// A list iterator has come to its end, a range is empty.
    ListEnd {
        iterator: S::Value,
    },
    RangeEnd,
}

/// Reads the state of an iterator, without changing it. `None` for iterators of other kinds.
#[inline(always)]
pub fn ready<S: Semantics>(s: &mut S, iterator: S::Value) -> Option<Ready<S>> {
    if s.has_type(iterator, &RANGE_ITERATOR) {
        let remaining = s.load_raw(iterator, offset_of!(RangeIterator, remaining), Alias::Iterator);
        let zero = s.raw_constant(0);
        if s.raw_equal(remaining, zero) {
            return Some(Ready::RangeEnd);
        }
        return Some(Ready::Number { iterator, remaining });
    }
    if s.has_type(iterator, &LIST_ITERATOR) {
        let list = s.load_field(iterator, offset_of!(ListIterator, list), Alias::Iterator);
        if s.is_unbound(list) {
            return Some(Ready::RangeEnd);
        }
        let index = s.load_raw(iterator, offset_of!(ListIterator, index), Alias::Iterator);
        let length = s.list_length(list);
        if s.raw_below(index, length) {
            return Some(Ready::Item { iterator, list, index });
        }
        return Some(Ready::ListEnd { iterator });
    }
    None
}

/// Moves an iterator that walks by index on from there.
#[inline(always)]
pub fn step_index<S: Semantics>(s: &mut S, iterator: S::Value, index: S::Raw) {
    let one = s.raw_constant(1);
    let next = s.raw_add(index, one);
    s.store_raw(iterator, offset_of!(SequenceIterator, index), next, Alias::Iterator);
}

impl<S: Semantics> Ready<S> {
    /// Steps the iterator: its item, or `None` at its end.
    #[inline(always)]
    pub fn advance(self, s: &mut S) -> Option<S::Owned> {
        match self {
            Ready::Item { iterator, list, index } => {
                let item = s.list_item(list, index);
                let item = s.dup(item);
                step_index(s, iterator, index);
                Some(item)
            }
            Ready::Number { iterator, remaining } => {
                let current = s.load_raw(iterator, offset_of!(RangeIterator, current), Alias::Iterator);
                let step = s.load_raw(iterator, offset_of!(RangeIterator, step), Alias::Immutable);
                let next = s.raw_add(current, step);
                s.store_raw(iterator, offset_of!(RangeIterator, current), next, Alias::Iterator);
                let minus_one = s.raw_constant(-1);
                let remaining = s.raw_add(remaining, minus_one);
                s.store_raw(iterator, offset_of!(RangeIterator, remaining), remaining, Alias::Iterator);
                let item = s.raw_to_int(current);
                Some(s.box_int(item))
            }
            Ready::ListEnd { iterator } => {
                // An iterator that others refer to stays exhausted when the list grows.
                let never = s.raw_constant(i64::MAX);
                s.store_raw(iterator, offset_of!(ListIterator, index), never, Alias::Iterator);
                None
            }
            Ready::RangeEnd => None,
        }
    }
}

/// `for_iter` together with the `UnpackSequence` that follows, where that is the item's only use.
#[inline(always)]
pub fn for_pair<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Attempt {
    let unpack = fetch(following(pc));
    if unpack.op != Op::UnpackSequence || unpack.c != 2 || !is_consumed_by_next(s, i.a, unpack.b) {
        return None;
    }
    let iterator = s.register(i.b);
    if s.has_type(iterator, &ENUMERATE) {
        return enumerate(s, pc, i, unpack, iterator);
    }
    if s.has_type(iterator, &ZIP) {
        return zip(s, pc, i, unpack, iterator);
    }
    None
}

#[inline(always)]
fn enumerate<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, unpack: Instruction, iterator: S::Value) -> Attempt {
    let long_index = s.load_field(iterator, offset_of!(Enumerate, long_index), Alias::Iterator);
    if !s.is_unbound(long_index) {
        return None;
    }
    let count = s.load_raw(iterator, offset_of!(Enumerate, index), Alias::Iterator);
    let limit = s.raw_constant(COUNT_MAX);
    if !s.raw_below(count, limit) {
        return None;
    }
    let inner = s.load_field(iterator, offset_of!(Enumerate, iterator), Alias::Immutable);
    let Some(ready) = ready(s, inner) else {
        return enumerate_generator(s, pc, unpack, inner);
    };
    match ready.advance(s) {
        Some(item) => {
            let one = s.raw_constant(1);
            let next = s.raw_add(count, one);
            s.store_raw(iterator, offset_of!(Enumerate, index), next, Alias::Iterator);
            let count = s.raw_to_int(count);
            let count = s.box_int(count);
            Some(unpacked(s, pc, unpack, count, item))
        }
        None => Some(exhausted(s, pc, i)),
    }
}

/// Resumes the generator that `enumerate` walks. Declines when its next item must be asked for in the general way.
#[inline(never)]
fn enumerate_generator<S: Semantics>(s: &mut S, pc: Pc, unpack: Instruction, inner: S::Value) -> Attempt {
    if !s.has_type(inner, &GENERATOR) || !s.may_resume(inner) {
        return None;
    }
    let generator = s.dup(inner);
    let none = super::iterate::none(s);
    Some(s.resume(pc, generator, none, Continuation::IterateCount, unpack.a))
}

/// The `Yield` of a generator that was resumed through `enumerate`; the loop goes on after the `UnpackSequence` at
/// `unpack`.
#[inline(never)]
pub fn yield_counted<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, unpack: Pc) -> Pc {
    // SAFETY: (frames 3) the `ForIter` that has resumed it comes before.
    let iterator = fetch(unsafe { unpack.sub(1) }).b;
    let iterator = s.outer_register(iterator);
    let count = s.load_raw(iterator, offset_of!(Enumerate, index), Alias::Iterator);
    s.before_suspend(pc);
    let value = s.take(i.b);
    let one = s.raw_constant(1);
    let next = s.raw_add(count, one);
    s.store_raw(iterator, offset_of!(Enumerate, index), next, Alias::Iterator);
    s.suspend(pc);
    let count = s.raw_to_int(count);
    let count = s.box_int(count);
    let targets = fetch(unpack).a;
    s.set_late(targets, count);
    s.set_late(targets + 1, value);
    following(unpack)
}

#[inline(always)]
fn zip<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, unpack: Instruction, iterator: S::Value) -> Attempt {
    let strict = s.load_raw(iterator, offset_of!(Zip, strict), Alias::Iterator);
    let zero = s.raw_constant(0);
    if !s.raw_equal(strict, zero) {
        return None;
    }
    let iterators = s.load_field(iterator, offset_of!(Zip, iterators), Alias::Immutable);
    if !s.has_type(iterators, &TUPLE) {
        return None;
    }
    let (length, two) = (s.tuple_length(iterators), s.raw_constant(2));
    if !s.raw_equal(length, two) {
        return None;
    }
    let (first, second) = (s.raw_constant(0), s.raw_constant(1));
    let (first, second) = (s.tuple_item(iterators, first), s.tuple_item(iterators, second));
    // Twice the same iterator: the second item depends on the first step.
    if s.same(first, second) {
        return None;
    }
    let (Some(first), Some(second)) = (ready(s, first), ready(s, second)) else { return None };
    let Some(a) = first.advance(s) else { return Some(exhausted(s, pc, i)) };
    Some(match second.advance(s) {
        Some(b) => unpacked(s, pc, unpack, a, b),
        None => {
            s.drop(a);
            exhausted(s, pc, i)
        }
    })
}

#[inline(always)]
fn unpacked<S: Semantics>(s: &mut S, pc: Pc, unpack: Instruction, a: S::Owned, b: S::Owned) -> Pc {
    s.publish(following(pc));
    s.set(unpack.a, a);
    s.set_late(unpack.a + 1, b);
    following(following(pc))
}
