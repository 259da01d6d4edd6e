//! The immortal singletons: `None`, `True`, `False`, `NotImplemented` and `Ellipsis`, with their types.

use crate::context::{Context, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::native::{Arguments, Native};
use crate::object_type;
use crate::objects::exception::DEPRECATION_WARNING;
use crate::objects::int::{INT, IntObject};
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, Slots};
use crate::objects::str::StrObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::warnings;
use crate::value::Value;
use std::cell::Cell;

/// A singleton without contents.
#[repr(C)]
pub struct SingletonObject {
    pub header: Header,
}

/// A `bool`: laid out as the `int` that it is, with room for the limb of one.
#[repr(C)]
pub struct BoolObject {
    number: IntObject,
    limb: u64,
}

object_type!(SingletonObject, NONE_TYPE);
object_type!(BoolObject, BOOL);

static NONE: Immortal<SingletonObject> = Immortal::new(SingletonObject::new(&NONE_TYPE.object));
static NOT_IMPLEMENTED: Immortal<SingletonObject> = Immortal::new(SingletonObject::new(&NOT_IMPLEMENTED_TYPE.object));
static ELLIPSIS: Immortal<SingletonObject> = Immortal::new(SingletonObject::new(&ELLIPSIS_TYPE.object));
static FALSE: Immortal<BoolObject> = Immortal::new(BoolObject::new(0));
static TRUE: Immortal<BoolObject> = Immortal::new(BoolObject::new(1));

impl SingletonObject {
    pub(crate) const fn new(kind: *const TypeObject) -> SingletonObject {
        SingletonObject { header: Header::immortal(kind) }
    }
}

impl BoolObject {
    const fn new(limb: u64) -> BoolObject {
        let header = Header::immortal(&raw const BOOL.object);
        BoolObject { number: IntObject { header, length: Cell::new(limb as i64), limbs: [] }, limb }
    }
}

/// `None`.
#[inline(always)]
pub fn none() -> Value {
    Value::from_pointer(&raw const NONE.object)
}

/// `True`.
#[inline(always)]
pub fn true_() -> Value {
    Value::from_pointer(&raw const TRUE.object)
}

/// `False`.
#[inline(always)]
pub fn false_() -> Value {
    Value::from_pointer(&raw const FALSE.object)
}

/// `True` or `False`.
#[inline(always)]
pub fn boolean(truth: bool) -> Value {
    if truth { true_() } else { false_() }
}

/// `NotImplemented`.
#[inline(always)]
pub fn not_implemented() -> Value {
    Value::from_pointer(&raw const NOT_IMPLEMENTED.object)
}

/// `...`.
#[inline(always)]
pub fn ellipsis() -> Value {
    Value::from_pointer(&raw const ELLIPSIS.object)
}

/// The truth of `True` and `False`; `None` for anything else.
#[inline(always)]
pub fn as_bool(value: Value) -> Option<bool> {
    if value == true_() {
        Some(true)
    } else if value == false_() {
        Some(false)
    } else {
        None
    }
}

pub static NONE_TYPE: StaticType = Immortal::new(
    TypeObject::builtin(
        "NoneType",
        size_of::<SingletonObject>(),
        Slots {
            repr: Some(|cx, _| Ok(StrObject::new(cx, "None"))),
            hash: Some(|_, _| Ok(NONE_HASH)),
            truth: Some(|_, _| Ok(false)),
            new: Some(|cx, kind, arguments| new_singleton(cx, kind, arguments, none())),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_doc("The type of the None singleton."),
);

/// What CPython returns: a constant, so that programs repeat.
const NONE_HASH: i64 = 0xfca86420;

pub static NOT_IMPLEMENTED_TYPE: StaticType = Immortal::new(
    TypeObject::builtin(
        "NotImplementedType",
        size_of::<SingletonObject>(),
        Slots {
            repr: Some(|cx, _| Ok(StrObject::new(cx, "NotImplemented"))),
            truth: Some(|cx, _| Err(cx.type_error("NotImplemented should not be used in a boolean context"))),
            new: Some(|cx, kind, arguments| new_singleton(cx, kind, arguments, not_implemented())),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_methods(&[Native::new("__reduce__", 0, 0, |cx, _| Ok(StrObject::new(cx, "NotImplemented")), "")])
    .with_doc("The type of the NotImplemented singleton."),
);

pub static ELLIPSIS_TYPE: StaticType = Immortal::new(
    TypeObject::builtin(
        "ellipsis",
        size_of::<SingletonObject>(),
        Slots {
            repr: Some(|cx, _| Ok(StrObject::new(cx, "Ellipsis"))),
            new: Some(|cx, kind, arguments| new_singleton(cx, kind, arguments, ellipsis())),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_methods(&[Native::new("__reduce__", 0, 0, |cx, _| Ok(StrObject::new(cx, "Ellipsis")), "")])
    .with_doc("The type of the Ellipsis singleton."),
);

/// `type(singleton)()`: the singleton itself.
fn new_singleton(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>, it: Value) -> Result<Owned> {
    if !arguments.values.is_empty() {
        // The type of `...` is called "ellipsis", but complains under its name in `types`.
        let name = if kind.name() == "ellipsis" { "EllipsisType" } else { kind.name() };
        return Err(cx.type_error(format!("{name} takes no arguments")));
    }
    Ok(Owned::new(it))
}

pub static BOOL: StaticType = Immortal::new(
    TypeObject::builtin(
        "bool",
        size_of::<BoolObject>(),
        Slots {
            repr: Some(|cx, value| Ok(StrObject::new(cx, if value == true_() { "True" } else { "False" }))),
            new: Some(bool_new),
            binary: BOOL_BINARY,
            invert: Some(bool_invert),
            ..Slots::EMPTY
        },
    )
    .with_base(&INT.object)
    .with_flags(flags::INT)
    .with_doc("bool(x=False): whether x is true. The only instances are True and False."),
);

const BOOL_BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::And as usize] = Some(bool_and);
    table[BinaryOp::Or as usize] = Some(bool_or);
    table[BinaryOp::Xor as usize] = Some(bool_xor);
    table
};

fn bool_invert(cx: &mut Context, value: Value) -> Result<Owned> {
    const MESSAGE: &str = "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns \
                           the bitwise inversion of the underlying int object and is usually not what you expect from \
                           negating a bool. Use the 'not' operator for boolean negation or ~int(x) if you really want \
                           the bitwise inversion of the underlying int.";
    warnings::warn(cx, &DEPRECATION_WARNING, MESSAGE, 1)?;
    crate::objects::int::bitwise::invert(cx, value)
}

fn bool_and(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    match (as_bool(a), as_bool(b)) {
        (Some(a), Some(b)) => Ok(Owned::new(boolean(a & b))),
        _ => crate::objects::int::and(cx, a, b),
    }
}

fn bool_or(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    match (as_bool(a), as_bool(b)) {
        (Some(a), Some(b)) => Ok(Owned::new(boolean(a | b))),
        _ => crate::objects::int::or(cx, a, b),
    }
}

fn bool_xor(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    match (as_bool(a), as_bool(b)) {
        (Some(a), Some(b)) => Ok(Owned::new(boolean(a ^ b))),
        _ => crate::objects::int::xor(cx, a, b),
    }
}

fn bool_new(cx: &mut Context, _: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    if !arguments.names.is_empty() {
        return Err(cx.type_error("bool() takes no keyword arguments"));
    }
    match *arguments.values {
        [] => Ok(Owned::new(false_())),
        [value] => Ok(Owned::new(boolean(crate::operations::convert::truth(cx, value)?))),
        _ => Err(cx.type_error(format!("bool expected at most 1 argument, got {}", arguments.values.len()))),
    }
}
