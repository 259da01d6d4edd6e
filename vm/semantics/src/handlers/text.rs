//! Strings: formatting, conversions, characters, without running Python.

use super::{done, done_or_raise};
use crate::helpers::{self, Helper1};
use crate::semantics::{Attempt, Pc, Semantics};
use sidewinder_bytecode::Instruction;
use sidewinder_ir::op::Alias;
use sidewinder_runtime::TypeObject;
use sidewinder_runtime::objects::float::FLOAT;
use sidewinder_runtime::objects::int::INT;
use sidewinder_runtime::objects::iterator::sequence::StrIterator;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::{STR, StrObject};
use std::mem::offset_of;

/// Whether a value is a number that is no object, and so of exact type `int` or `float`.
#[inline(always)]
fn is_number<S: Semantics>(s: &mut S, value: S::Value) -> bool {
    s.as_int(value).is_some() || s.as_float(value).is_some()
}

/// Whether a value looks like a string or a number. This is no test: where it says no, what is done must be right for
/// every value, so that traces need not tell other types apart.
#[inline(always)]
pub fn looks_plain<S: Semantics>(s: &S, value: S::Value) -> bool {
    let known = s.peek(value);
    known.is_int() || known.is_float() || known.has_type(&STR)
}

/// `a = format(conversion(b), "")`: a string stays itself, a number has one text under every conversion.
#[inline(never)]
pub fn format_simple<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    /// No conversion, or `!s`.
    const PLAIN_MAX: u16 = 1;
    let value = s.operand(i.b);
    if !looks_plain(s, value) {
        return s.cold(pc, crate::cold::build::format_simple);
    }
    if s.has_type(value, &STR) {
        if i.c <= PLAIN_MAX {
            let value = s.take(i.b);
            return done(s, pc, i.a, value);
        }
    } else if is_number(s, value) {
        let text = s.call1(&helpers::TEXT_OF_NUMBER, value);
        s.release(i.b);
        return done_or_raise(s, pc, i.a, text);
    }
    s.cold(pc, crate::cold::build::format_simple)
}

/// `a = format(b, c)`
#[inline(never)]
pub fn format_with_spec<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let (value, spec) = (s.operand(i.b), s.operand(i.c));
    if looks_plain(s, value) && s.has_type(spec, &STR) && (s.has_type(value, &STR) || is_number(s, value)) {
        let text = s.call2(&helpers::FORMAT_PLAIN, value, spec);
        s.release(i.c);
        s.release(i.b);
        return done_or_raise(s, pc, i.a, text);
    }
    s.cold(pc, crate::cold::build::format_with_spec)
}

/// The next character of a string, whose iterator's type was tested; `None` at its end.
#[inline(always)]
pub fn next_character<S: Semantics>(s: &mut S, iterator: S::Value) -> Option<S::Owned> {
    let string = s.load_field(iterator, offset_of!(StrIterator, string), Alias::Iterator);
    if s.is_unbound(string) {
        return None;
    }
    let index = s.load_raw(iterator, offset_of!(StrIterator, index), Alias::Iterator);
    let length = s.load_raw(string, offset_of!(StrObject, length), Alias::Immutable);
    if !s.raw_below(index, length) {
        return None;
    }
    let position = s.raw_to_int(index);
    let position = s.box_int(position);
    let view = s.view(&position);
    let item = s.call2(&helpers::CHARACTER_AT, string, view);
    s.drop(position);
    let one = s.raw_constant(1);
    let next = s.raw_add(index, one);
    s.store_raw(iterator, offset_of!(StrIterator, index), next, Alias::Iterator);
    item
}

/// `chr(x)` of a small integer in range.
#[inline(always)]
pub fn character<S: Semantics>(s: &mut S, first: u16) -> Option<S::Owned> {
    let value = s.register(first);
    let point = s.as_int(value)?;
    let (zero, end) = (s.int_constant(0), s.int_constant(0x11_0000));
    if !s.int_compare(CompareOp::GreaterEqual, point, zero) || !s.int_compare(CompareOp::Less, point, end) {
        return None;
    }
    s.call1(&helpers::CHARACTER, value)
}

/// `ord(c)` of a string of one character.
#[inline(always)]
pub fn code_point<S: Semantics>(s: &mut S, first: u16) -> Option<S::Owned> {
    let value = s.register(first);
    if !s.has_type(value, &STR) {
        return None;
    }
    let length = s.load_raw(value, offset_of!(StrObject, length), Alias::Immutable);
    let one = s.raw_constant(1);
    if !s.raw_equal(length, one) {
        return None;
    }
    s.call1(&helpers::CODE_POINT, value)
}

/// A type that strings and numbers are converted by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    Int,
    Float,
    Str,
}

impl Conversion {
    pub fn of(class: &'static TypeObject) -> Option<Conversion> {
        let known = [(&INT, Conversion::Int), (&FLOAT, Conversion::Float), (&STR, Conversion::Str)];
        known.into_iter().find(|(kind, _)| std::ptr::eq(class, &raw const kind.object)).map(|(_, found)| found)
    }

    fn helper(self) -> &'static Helper1 {
        match self {
            Conversion::Int => &helpers::INT_OF_PLAIN,
            Conversion::Float => &helpers::FLOAT_OF_PLAIN,
            Conversion::Str => &helpers::TEXT_OF_NUMBER,
        }
    }
}

/// `int(x)`, `float(x)` or `str(x)` of a string or number. Declines when it is neither.
#[inline(always)]
pub fn convert<S: Semantics>(
    s: &mut S,
    pc: Pc,
    destination: u16,
    block: u16,
    first: u16,
    conversion: Conversion,
) -> Attempt {
    let value = s.register(first);
    if !looks_plain(s, value) {
        return None;
    }
    let found = if s.has_type(value, &STR) {
        Conversion::Str
    } else if s.as_int(value).is_some() {
        Conversion::Int
    } else if s.as_float(value).is_some() {
        Conversion::Float
    } else {
        return None;
    };
    let result = if found == conversion { Some(s.move_out(first)) } else { s.call1(conversion.helper(), value) };
    Some(super::call::finish_native(s, pc, destination, block, 1, result))
}
