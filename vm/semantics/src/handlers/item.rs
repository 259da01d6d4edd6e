//! Subscription and display building.

use super::{done_or_raise, following, slices};
use crate::helpers::{self, RunHelper};
use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::Instruction;
use sidewinder_runtime::objects::dict::DICT;
use sidewinder_runtime::objects::list::LIST;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::STR;
use sidewinder_runtime::objects::tuple::TUPLE;

/// `a = b[c]`
#[inline(always)]
pub fn get_item<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let (container, key) = (s.operand(i.b), s.operand(i.c));
    if let Some(index) = s.as_int(key) {
        if s.has_type(container, &LIST) {
            let length = s.list_length(container);
            if let Some(index) = s.index(index, length) {
                let item = s.list_item(container, index);
                let item = s.dup(item);
                s.release_simple(i.c);
                return s.release_set_then(i.b, i.a, item, following(pc));
            }
        } else if s.has_type(container, &TUPLE) {
            let length = s.tuple_length(container);
            if let Some(index) = s.index(index, length) {
                let item = s.tuple_item(container, index);
                let item = s.dup(item);
                s.release_simple(i.c);
                return s.release_set_then(i.b, i.a, item, following(pc));
            }
        }
    }
    get_item_slow(s, pc, i)
}

#[inline(never)]
fn get_item_slow<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    if let Some(next) = super::call::item_method(s, pc, i) {
        return next;
    }
    let (container, key) = (s.operand(i.b), s.operand(i.c));
    let helper = if is_plain_lookup(s, container, key) {
        &helpers::DICT_GET_ITEM
    } else if s.has_type(container, &STR) && s.as_int(key).is_some() {
        &helpers::TEXT_GET_ITEM
    } else {
        &helpers::GET_ITEM
    };
    s.publish(pc);
    let result = s.call2(helper, container, key);
    s.release(i.b);
    s.release(i.c);
    done_or_raise(s, pc, i.a, result)
}

/// `a = b[c : c+1]`
#[inline(never)]
pub fn get_slice<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let (object, start, stop) = (s.operand(i.b), s.register(i.c), s.register(i.c + 1));
    s.publish(pc);
    if s.peek(object).has_type(&LIST)
        && s.has_type(object, &LIST)
        && slices::is_plain(s, start)
        && slices::is_plain(s, stop)
    {
        let step = s.constant(singleton::none());
        let result = s.call4(&helpers::LIST_GET_SLICE, object, [start, stop, step]);
        return end_slice(s, pc, i, result);
    }
    let text = s.peek(object).has_type(&STR)
        && s.has_type(object, &STR)
        && slices::is_plain(s, start)
        && slices::is_plain(s, stop);
    let helper = if text { &helpers::TEXT_GET_SLICE } else { &helpers::GET_SLICE };
    let result = s.call3(helper, object, start, stop);
    end_slice(s, pc, i, result)
}

#[inline(always)]
fn end_slice<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, result: Option<S::Owned>) -> Pc {
    s.clear(i.c);
    s.clear(i.c + 1);
    s.release(i.b);
    done_or_raise(s, pc, i.a, result)
}

/// Whether a dict is searched by a string or a small integer.
#[inline(always)]
pub fn is_plain_lookup<S: Semantics>(s: &mut S, container: S::Value, key: S::Value) -> bool {
    s.has_type(container, &DICT) && (s.as_int(key).is_some() || s.has_type(key, &STR))
}

/// `a[b] = c`
#[inline(always)]
pub fn set_item<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let (container, key) = (s.operand(i.a), s.operand(i.b));
    if let Some(index) = s.as_int(key)
        && s.has_type(container, &LIST)
    {
        let length = s.list_length(container);
        if let Some(index) = s.index(index, length) {
            let value = s.take(i.c);
            s.release_simple(i.b);
            return s.list_set_item_then(container, index, value, i.a, following(pc));
        }
    }
    set_item_slow(s, pc, i)
}

#[inline(never)]
fn set_item_slow<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let (container, key, value) = (s.operand(i.a), s.operand(i.b), s.operand(i.c));
    let helper = if is_plain_lookup(s, container, key) { &helpers::DICT_SET_ITEM } else { &helpers::SET_ITEM };
    s.publish(pc);
    let result = s.call3(helper, container, key, value);
    s.release(i.b);
    s.release(i.a);
    s.release(i.c);
    effect_or_raise(s, pc, result)
}

/// Goes on after something done for its effect, or unwinds.
#[inline(always)]
fn effect_or_raise<S: Semantics>(s: &mut S, pc: Pc, result: Option<S::Owned>) -> Pc {
    match result {
        Some(none) => {
            s.drop(none);
            following(pc)
        }
        None => s.raise(pc),
    }
}

/// `del a[b]`
#[inline(never)]
pub fn delete_item<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let (container, key) = (s.operand(i.a), s.operand(i.b));
    let helper = if is_plain_lookup(s, container, key) { &helpers::DICT_DELETE_ITEM } else { &helpers::DELETE_ITEM };
    s.publish(pc);
    let result = s.call2(helper, container, key);
    s.release(i.b);
    s.release(i.a);
    effect_or_raise(s, pc, result)
}

/// Whether a string is searched for a string.
#[inline(always)]
pub fn is_text_in_text<S: Semantics>(s: &mut S, container: S::Value, item: S::Value) -> bool {
    s.has_type(container, &STR) && s.has_type(item, &STR)
}

/// `a = b in c`, negated on demand.
#[inline(never)]
pub fn contains<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, wanted: bool) -> Pc {
    let (item, container) = (s.operand(i.b), s.operand(i.c));
    let helper = match (is_plain_lookup(s, container, item), wanted) {
        (true, true) => &helpers::DICT_CONTAINS,
        (true, false) => &helpers::DICT_NOT_CONTAINS,
        (false, true) if is_text_in_text(s, container, item) => &helpers::TEXT_CONTAINS,
        (false, true) => &helpers::CONTAINS,
        (false, false) => &helpers::NOT_CONTAINS,
    };
    s.publish(pc);
    let result = s.call2(helper, container, item);
    s.release(i.c);
    s.release(i.b);
    done_or_raise(s, pc, i.a, result)
}

/// A display of `c` values from the run `b`.
#[inline(always)]
pub fn build<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, helper: &'static RunHelper, count: u16) -> Pc {
    s.publish(pc);
    let result = s.build(helper, i.b, count);
    done_or_raise(s, pc, i.a, result)
}

/// Appends b to the list in register a.
#[inline(always)]
pub fn list_append<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let value = s.take(i.b);
    let list = s.register(i.a);
    s.list_append(list, value);
    following(pc)
}

/// Registers a.. = the c items of b.
#[inline(always)]
pub fn unpack_sequence<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let source = s.operand(i.b);
    if s.has_type(source, &TUPLE) {
        let (length, wanted) = (s.tuple_length(source), s.raw_constant(i.c as i64));
        if s.raw_equal(length, wanted) {
            for position in 0..i.c {
                let index = s.raw_constant(position as i64);
                let item = s.tuple_item(source, index);
                s.expect_number(item);
            }
            s.publish(pc);
            let source = s.take(i.b);
            let view = s.view(&source);
            for position in 0..i.c {
                let index = s.raw_constant(position as i64);
                let item = s.tuple_item(view, index);
                let item = s.dup(item);
                s.set(i.a + position, item);
            }
            s.drop(source);
            return following(pc);
        }
    } else if s.has_type(source, &LIST) {
        let (length, wanted) = (s.list_length(source), s.raw_constant(i.c as i64));
        if s.raw_equal(length, wanted) {
            for position in 0..i.c {
                let index = s.raw_constant(position as i64);
                let item = s.list_item(source, index);
                s.expect_number(item);
            }
            s.publish(pc);
            let source = s.take(i.b);
            let view = s.view(&source);
            for position in 0..i.c {
                let index = s.raw_constant(position as i64);
                let item = s.list_item(view, index);
                let item = s.dup(item);
                s.set_late(i.a + position, item);
            }
            s.drop(source);
            return following(pc);
        }
    }
    s.cold(pc, crate::cold::unpack::sequence)
}
