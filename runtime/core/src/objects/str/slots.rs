//! The type `str` and its slots.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::objects::iterator::sequence::iter_str;
use crate::objects::singleton;
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, Slots};
use crate::objects::str::search::find;
use crate::objects::str::{GRAIN, StrObject, cast, compare, concat, index, new, percent, repr};
use crate::objects::tuple::repeat_count;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::value::Value;

pub static STR: StaticType = Immortal::new(
    TypeObject::builtin(
        "str",
        size_of::<StrObject>(),
        Slots {
            repr: Some(repr::repr),
            str: Some(str),
            hash: Some(hash),
            compare: Some(compare::compare),
            iter: Some(iter_str),
            length: Some(|_, value| Ok(cast(value).map_or(0, StrObject::len))),
            get_item: Some(index::get_item),
            contains: Some(contains),
            binary: BINARY,
            truth: Some(|_, value| Ok(cast(value).is_some_and(|string| !string.is_empty()))),
            new: Some(new::new),
            release: Some(release),
            size: Some(size),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::STR),
);

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(add);
    table[BinaryOp::Multiply as usize] = Some(multiply);
    table[BinaryOp::Remainder as usize] = Some(remainder);
    table
};

fn str(cx: &mut Context, value: Value) -> Result<Owned> {
    match cast(value) {
        Some(string) => Ok(string.to_exact(cx)),
        None => Err(cx.type_error("descriptor '__str__' requires a 'str' object")),
    }
}

fn hash(cx: &mut Context, value: Value) -> Result<i64> {
    match cast(value) {
        Some(string) => Ok(string.hash(cx)),
        None => Err(cx.type_error("descriptor '__hash__' requires a 'str' object")),
    }
}

/// The slot `contains`, also `part in text` of any other caller.
pub fn contains(cx: &mut Context, value: Value, part: Value) -> Result<bool> {
    let Some(needle) = cast(part) else {
        let found = part.type_of().name();
        return Err(cx.type_error(format!("'in <string>' requires string as left operand, not {found}")));
    };
    Ok(cast(value).is_some_and(|string| find(string.units(), needle.units()).is_some()))
}

/// What the right operand's class says to `left op right`, for operators that CPython's `str` has only as a sequence:
/// those ask the right operand's numeric methods first.
fn ask_class_of_right(cx: &mut Context, left: Value, right: Value, op: BinaryOp) -> Result<Option<Owned>> {
    let class = right.type_of();
    if !class.has_flag(flags::HEAP) || class.has_flag(flags::STR) {
        return Ok(None);
    }
    let Some(function) = class.slots().binary[op as usize] else { return Ok(None) };
    let result = function(cx, left, right)?;
    Ok((result.value() != singleton::not_implemented()).then_some(result))
}

fn add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    if cast(left).is_none() {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    if cast(right).is_none()
        && let Some(result) = ask_class_of_right(cx, left, right, BinaryOp::Add)?
    {
        return Ok(result);
    }
    concat::concat(cx, left, right)
}

fn multiply(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let (string, count) = match cast(left) {
        Some(_) => (left, right),
        None => (right, left),
    };
    if string == left
        && let Some(result) = ask_class_of_right(cx, left, right, BinaryOp::Multiply)?
    {
        return Ok(result);
    }
    match repeat_count(cx, count)? {
        Some(count) => concat::repeat(cx, string, count),
        None => {
            let found = count.type_of().name();
            Err(cx.type_error(format!("can't multiply sequence by non-int of type '{found}'")))
        }
    }
}

fn remainder(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    if cast(left).is_none() {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    percent::format(cx, left, right)
}

/// Gives back a dead string of exact type `str`.
///
/// # Safety
/// The header is that of such a string, which nobody uses any more.
#[inline]
pub unsafe fn free(cx: &mut Context, header: *mut Header) {
    // SAFETY: (heap 2) the caller's promise.
    unsafe {
        let string = &*(header as *const StrObject);
        let bytes = string.grains.get() as usize * GRAIN;
        if string.interned.get() {
            cx.interpreter().interned.remove(string);
        }
        cx.heap.free(header, bytes, false);
    }
}

unsafe fn release(header: *mut Header, _children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot is called with a string.
    let string = unsafe { &*(header as *const StrObject) };
    if string.interned.get() {
        Context::current().interpreter().interned.remove(string);
    }
}

unsafe fn size(header: *mut Header) -> usize {
    // SAFETY: (heap 2) the slot is called with a string.
    unsafe { (*(header as *const StrObject)).grains.get() as usize * GRAIN }
}
