//! Native functions that handlers know from inside: small enough to be done in place, and in traces as operations.

use super::branch::quick;
use super::call::finish_native;
use super::iterate::none;
use super::text::Conversion;
use super::{fetch, following, is_consumed_by_next};
use crate::helpers::{self, Helper1};
use crate::semantics::{Attempt, Pc, Semantics};
use sidewinder_bytecode::{HEADER_WORDS, Op};
use sidewinder_ir::op::Alias;
use sidewinder_runtime::Value;
use sidewinder_runtime::native::Intrinsic;
use sidewinder_runtime::objects::dict::{self, DICT};
use sidewinder_runtime::objects::list::LIST;
use sidewinder_runtime::objects::range::RANGE;
use sidewinder_runtime::objects::set::{FROZENSET, SET};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::{STR, StrObject};
use sidewinder_runtime::objects::tuple::{TUPLE, TupleObject};
use sidewinder_runtime::objects::type_object::{TYPE, TypeObject, flags};
use sidewinder_runtime::operations::dunder::class_check::{asks_types_alone, has_plain_class};
use std::mem::offset_of;

const HEADER: u16 = HEADER_WORDS as u16;
/// Classes in a tuple up to which `isinstance` is answered here.
const CLASSES_MAX: usize = 8;

/// Calls the native function behind `intrinsic`, whose identity was tested, with the `count` arguments of the call
/// block at `block`. Declines when the general way must be taken.
#[inline(always)]
pub fn call<S: Semantics>(
    s: &mut S,
    pc: Pc,
    destination: u16,
    block: u16,
    count: u16,
    intrinsic: Intrinsic,
) -> Attempt {
    let first = block + HEADER;
    let result = match (intrinsic, count) {
        (Intrinsic::ListAppend, 2) => list_append(s, first),
        (Intrinsic::ListPop, 1) => list_pop(s, first),
        (Intrinsic::Length, 1) => match length(s, first) {
            None => return super::call::length_method(s, pc, destination, block),
            length => length,
        },
        (Intrinsic::Absolute, 1) => absolute(s, first),
        (Intrinsic::SquareRoot, 1) => square_root(s, first),
        (Intrinsic::Minimum, 2) => extreme(s, first, CompareOp::Less),
        (Intrinsic::Maximum, 2) => extreme(s, first, CompareOp::Greater),
        (Intrinsic::IsInstance, 2) => is_instance(s, first),
        (Intrinsic::Character, 1) => super::text::character(s, first),
        (Intrinsic::CodePoint, 1) => super::text::code_point(s, first),
        (Intrinsic::DictGet, 2 | 3) => {
            let (dict, key) = (s.register(first), s.register(first + 1));
            if !super::item::is_plain_lookup(s, dict, key) {
                return None;
            }
            let default = if count == 3 { s.register(first + 2) } else { s.constant(singleton::none()) };
            s.publish(pc);
            let found = s.call3(&helpers::DICT_GET, dict, key, default);
            return Some(finish_native(s, pc, destination, block, count, found));
        }
        _ => None,
    };
    result.map(|result| finish_native(s, pc, destination, block, count, Some(result)))
}

/// Calls a builtin type that handlers know from inside. Declines when the general way must be taken.
#[inline(always)]
pub fn call_type<S: Semantics>(
    s: &mut S,
    pc: Pc,
    destination: u16,
    block: u16,
    count: u16,
    class: &'static TypeObject,
) -> Attempt {
    let first = block + HEADER;
    if count == 1
        && let Some(conversion) = Conversion::of(class)
    {
        let callable = s.register(block);
        if !s.is_object(callable, class.value()) {
            return None;
        }
        return super::text::convert(s, pc, destination, block, first, conversion);
    }
    if let Some(helper) = of_list(class)
        && count == 1
    {
        let list = s.register(first);
        let callable = s.register(block);
        if !s.peek(list).has_type(&LIST) || !s.has_type(list, &LIST) || !s.is_object(callable, class.value()) {
            return None;
        }
        s.publish(pc);
        let made = s.call1(helper, list);
        return Some(finish_native(s, pc, destination, block, count, made));
    }
    if std::ptr::eq(class, &raw const TYPE.object) && count == 1 {
        let (callable, object) = (s.register(block), s.register(first));
        let kind = s.peek(object).type_of();
        if !s.is_object(callable, class.value()) || !is_of_type(s, object, kind) {
            return None;
        }
        let kind = s.constant(kind.value());
        let kind = s.dup(kind);
        return Some(finish_native(s, pc, destination, block, count, Some(kind)));
    }
    if !std::ptr::eq(class, &raw const RANGE.object) || !matches!(count, 1 | 2) {
        return None;
    }
    let callable = s.register(block);
    if !s.is_object(callable, class.value()) {
        return None;
    }
    let stop = s.register(first + count - 1);
    let start = if count == 2 { s.register(first) } else { s.constant(Value::from_small_int(0)) };
    let (Some(first_number), Some(end)) = (s.as_int(start), s.as_int(stop)) else { return None };
    // A range that the next instruction walks is never made.
    let next = fetch(following(pc));
    if next.op == Op::GetIter
        && is_consumed_by_next(s, destination, next.b)
        && let Some(made) = s.counting_iterator(first_number, end)
    {
        return Some(finish_native(s, following(pc), next.a, block, count, Some(made)));
    }
    let made = s.call2(&helpers::MAKE_RANGE, start, stop);
    Some(finish_native(s, pc, destination, block, count, made))
}

/// Whether a value has the type that it has now; numbers in a word have no object to ask.
fn is_of_type<S: Semantics>(s: &mut S, value: S::Value, kind: &'static TypeObject) -> bool {
    let known = s.peek(value);
    if known.is_pointer() {
        s.has_type(value, kind)
    } else if known.is_int() {
        s.as_int(value).is_some()
    } else {
        s.as_float(value).is_some()
    }
}

/// What makes an instance of a builtin type of a list.
fn of_list(class: &'static TypeObject) -> Option<&'static Helper1> {
    let is = |kind: &'static TypeObject| std::ptr::eq(class, kind);
    if is(&TUPLE.object) {
        Some(&helpers::MAKE_TUPLE)
    } else if is(&SET.object) {
        Some(&helpers::MAKE_SET)
    } else if is(&FROZENSET.object) {
        Some(&helpers::MAKE_FROZENSET)
    } else {
        None
    }
}

fn boolean<S: Semantics>(s: &mut S, truth: bool) -> S::Owned {
    let value = s.constant(singleton::boolean(truth));
    s.dup(value)
}

fn list_append<S: Semantics>(s: &mut S, first: u16) -> Option<S::Owned> {
    let list = s.register(first);
    if !s.has_type(list, &LIST) {
        return None;
    }
    let value = s.move_out(first + 1);
    s.list_append(list, value);
    Some(none(s))
}

fn list_pop<S: Semantics>(s: &mut S, first: u16) -> Option<S::Owned> {
    let list = s.register(first);
    if !s.has_type(list, &LIST) {
        return None;
    }
    let (length, zero) = (s.list_length(list), s.raw_constant(0));
    if s.raw_equal(length, zero) {
        return None;
    }
    Some(s.list_pop(list))
}

pub fn length<S: Semantics>(s: &mut S, first: u16) -> Option<S::Owned> {
    let object = s.register(first);
    let length = if s.has_type(object, &LIST) {
        s.list_length(object)
    } else if s.has_type(object, &TUPLE) {
        s.tuple_length(object)
    } else if s.has_type(object, &STR) {
        s.load_raw(object, offset_of!(StrObject, length), Alias::Immutable)
    } else if s.has_type(object, &DICT) {
        s.load_raw(object, dict::LENGTH_OFFSET, Alias::Dict)
    } else {
        return None;
    };
    let length = s.raw_to_int(length);
    Some(s.box_int(length))
}

fn absolute<S: Semantics>(s: &mut S, first: u16) -> Option<S::Owned> {
    let value = s.register(first);
    if let Some(value) = s.as_int(value) {
        let zero = s.int_constant(0);
        let result = if s.int_compare(CompareOp::Less, value, zero) { s.int_subtract(zero, value)? } else { value };
        return Some(s.box_int(result));
    }
    let value = s.as_float(value)?;
    let result = s.float_absolute(value);
    Some(s.box_float(result))
}

fn square_root<S: Semantics>(s: &mut S, first: u16) -> Option<S::Owned> {
    let value = s.register(first);
    let value = s.as_float(value)?;
    let zero = s.float_constant(0.0);
    if !s.float_compare(CompareOp::GreaterEqual, value, zero) {
        return None;
    }
    let result = s.float_square_root(value);
    Some(s.box_float(result))
}

/// `min(a, b)` or `max(a, b)` of numbers: b only if it is strictly more extreme. That of integers is a number in a
/// trace, as equal integers cannot be told apart; that of floats is decided by a guard.
fn extreme<S: Semantics>(s: &mut S, first: u16, op: CompareOp) -> Option<S::Owned> {
    let (a, b) = (s.register(first), s.register(first + 1));
    if let Some(x) = s.as_int(a)
        && let Some(y) = s.as_int(b)
    {
        let result = if op == CompareOp::Less { s.int_minimum(x, y) } else { s.int_maximum(x, y) };
        return Some(s.box_int(result));
    }
    let second = quick(s, op, b, a)?;
    Some(s.move_out(if second { first + 1 } else { first }))
}

/// `isinstance(object, class)` for a class, or a tuple of classes, whose metaclasses leave the question to the types.
fn is_instance<S: Semantics>(s: &mut S, first: u16) -> Option<S::Owned> {
    let (object, class) = (s.register(first), s.register(first + 1));
    let known = s.peek(class);
    // Borrowed from the register, where the call keeps it.
    let classes = match known.cast_exact::<TupleObject>() {
        Some(tuple) => tuple.as_slice(),
        None => &[known],
    };
    if classes.len() > CLASSES_MAX || !classes.iter().all(|class| asks_types_alone(s.context(), *class)) {
        return None;
    }
    if !s.is_object(class, known) {
        return None;
    }
    let mut metas = classes.iter().map(|class| class.heap_type()).filter(|meta| meta.has_flag(flags::HEAP));
    if !metas.all(|meta| s.type_version_is(meta, meta.version.get())) {
        return None;
    }
    // SAFETY: (heap 2) each was found to be a type.
    let is_one = |kind: &TypeObject| classes.iter().any(|class| kind.is_subtype(unsafe { class.cast_unchecked() }));
    if s.as_int(object).is_some() {
        return Some(boolean(s, is_one(&sidewinder_runtime::objects::int::INT.object)));
    }
    if s.as_float(object).is_some() {
        return Some(boolean(s, is_one(&sidewinder_runtime::objects::float::FLOAT.object)));
    }
    let kind = s.peek(object).heap_type();
    let answer = is_one(kind);
    if !answer && kind.has_flag(flags::HEAP) && !has_plain_class(s.context(), kind) {
        return None;
    }
    if !s.has_type(object, kind) || !s.type_version_is(kind, kind.version.get()) {
        return None;
    }
    Some(boolean(s, answer))
}
