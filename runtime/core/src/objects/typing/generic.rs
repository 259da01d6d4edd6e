//! `Generic`, `P.args` and `P.kwargs`, and `NoDefault`.

use super::alias::unpacked_parameters;
use super::{call_typing, field, of};
use crate::context::{Context, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::native::{Arguments, GetSet, Native};
use crate::objects::exception;
use crate::objects::instance::PLAIN_BYTES;
use crate::objects::iterator::arguments::Signature;
use crate::objects::iterator::{release_fields, traverse_fields};
use crate::objects::singleton::{self, SingletonObject};
use crate::objects::slots::{CompareOp, Slots};
use crate::objects::str::{self, StrObject};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::{attribute, call, compare, convert};
use crate::value::Value;
use std::cell::Cell;

/// The base of generic classes.
pub static GENERIC: StaticType = Immortal::new(
    TypeObject::builtin("typing.Generic", PLAIN_BYTES, Slots::EMPTY)
        .with_base(&OBJECT.object)
        .with_flags(flags::BASE)
        .with_methods(GENERIC_METHODS)
        .with_doc("The base of classes with type parameters, which subscription replaces."),
);

static GENERIC_METHODS: &[Native] = &[
    Native::with_keywords("__class_getitem__", |cx, it| delegate(cx, "_generic_class_getitem", it), "").class_method(),
    Native::with_keywords("__init_subclass__", |cx, it| delegate(cx, "_generic_init_subclass", it), "").class_method(),
];

/// Leaves a class method to a function of `typing`.
fn delegate(cx: &mut Context, function: &str, arguments: Arguments<'_>) -> Result<Owned> {
    let typing = crate::operations::import::module(cx, "typing")?;
    let function = attribute::get_text(cx, typing.value(), function)?;
    call::call_with(cx, function.value(), arguments)
}

/// `Generic[*parameters]`, the base that type parameters give a class.
pub fn base_of(cx: &mut Context, parameters: Value) -> Result<Owned> {
    let parameters = unpacked_parameters(cx, parameters)?;
    call_typing(cx, "_GenericAlias", &[GENERIC.value(), parameters.value()])
}

/// `P.args` or `P.kwargs` of a `ParamSpec`.
#[repr(C)]
pub struct SpecificationPart {
    pub header: Header,
    origin: Cell<Value>,
}

const fn part_type(name: &'static str, slots: Slots) -> TypeObject {
    TypeObject::builtin(name, size_of::<SpecificationPart>(), slots)
        .with_base(&OBJECT.object)
        .with_flags(flags::COLLECTED | flags::HAS_WEAK)
        .with_methods(PART_METHODS)
        .with_getset(PART_GETSET)
}

const PART_SLOTS: Slots = Slots {
    repr: Some(part_repr),
    compare: Some(part_compare),
    hash: Some(|cx, value| Err(convert::unhashable(cx, value))),
    traverse: Some(traverse_fields::<1>),
    release: Some(release_fields::<1>),
    ..Slots::EMPTY
};

pub static SPECIFICATION_ARGUMENTS: StaticType = Immortal::new(
    part_type("typing.ParamSpecArgs", Slots { new: Some(|cx, _, it| new_part(cx, it, false)), ..PART_SLOTS })
        .with_doc("The positional parameters that a ParamSpec stands for: `*args: P.args`."),
);

pub static SPECIFICATION_KEYWORDS: StaticType = Immortal::new(
    part_type("typing.ParamSpecKwargs", Slots { new: Some(|cx, _, it| new_part(cx, it, true)), ..PART_SLOTS })
        .with_doc("The keyword parameters that a ParamSpec stands for: `**kwargs: P.kwargs`."),
);

static PART_METHODS: &[Native] = &[Native::new("__mro_entries__", 1, 1, refuse_subclass, "")];

static PART_GETSET: &[GetSet] = &[GetSet {
    name: "__origin__",
    get: |_, value| Ok(Owned::new(origin(value))),
    set: Some(|cx, _, _| Err(cx.raise(&exception::ATTRIBUTE_ERROR, "readonly attribute"))),
    doc: "",
}];

fn origin(value: Value) -> Value {
    // SAFETY: (slots 1) a slot is called with an object of its type; both types have this layout.
    unsafe { value.cast_unchecked::<SpecificationPart>() }.origin.get()
}

/// The part of a `ParamSpec` that stands for keyword parameters, or for positional ones.
pub fn of_specification(cx: &mut Context, specification: Value, keywords: bool) -> Owned {
    let kind = if keywords { &SPECIFICATION_KEYWORDS } else { &SPECIFICATION_ARGUMENTS };
    let bytes = size_of::<SpecificationPart>();
    let made = cx.heap.allocate(&raw const kind.object, bytes, true) as *mut SpecificationPart;
    // SAFETY: (heap 3) fresh memory of the object's size.
    unsafe { (&raw mut (*made).origin).write(Cell::new(Owned::new(specification).into_raw())) };
    Owned::from_raw(Value::from_pointer(made))
}

fn new_part(cx: &mut Context, arguments: Arguments<'_>, keywords: bool) -> Result<Owned> {
    const SIGNATURE: Signature<1> = Signature {
        function: "paramspecargs",
        names: ["origin"],
        positional_only: 0,
        positional: 1,
        required: 1,
        rest: false,
        open: false,
    };
    let function = if keywords { "paramspeckwargs" } else { "paramspecargs" };
    let [origin] = Signature { function, ..SIGNATURE }.bind(cx, arguments)?;
    Ok(of_specification(cx, origin.unwrap_or(singleton::none()), keywords))
}

fn part_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let own = origin(value);
    let shown = match own.has_type(&super::parameter::PARAMETER_SPECIFICATION) {
        true => Owned::new(of(own).get(field::NAME).unwrap_or(singleton::none())),
        false => convert::repr(cx, own)?,
    };
    let shown = str::text(shown.value()).unwrap_or_default();
    let part = if value.has_type(&SPECIFICATION_KEYWORDS) { "kwargs" } else { "args" };
    Ok(StrObject::new(cx, &format!("{shown}.{part}")))
}

fn part_compare(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let comparable = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
    if !comparable || !std::ptr::eq(left.type_of(), right.type_of()) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    compare::compare(cx, op, origin(left), origin(right))
}

fn refuse_subclass(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let name = arguments[0].type_of().name();
    let name = name.rsplit('.').next().unwrap_or(name);
    Err(cx.type_error(format!("Cannot subclass an instance of {name}")))
}

/// The type of `NoDefault`.
pub static NO_DEFAULT_TYPE: StaticType = Immortal::new(
    TypeObject::builtin(
        "NoDefaultType",
        size_of::<SingletonObject>(),
        Slots {
            repr: Some(|cx, _| Ok(StrObject::new(cx, "typing.NoDefault"))),
            new: Some(|cx, _, arguments| match arguments.values {
                [] => Ok(Owned::new(no_default())),
                _ => Err(cx.type_error("NoDefaultType takes no arguments")),
            }),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_methods(&[Native::new("__reduce__", 0, 0, |cx, _| Ok(StrObject::new(cx, "NoDefault")), "")])
    .with_doc("The type of the NoDefault singleton."),
);

static NO_DEFAULT: Immortal<SingletonObject> = Immortal::new(SingletonObject::new(&NO_DEFAULT_TYPE.object));

/// `typing.NoDefault`, the default of a type parameter without one.
pub fn no_default() -> Value {
    Value::from_pointer(&raw const NO_DEFAULT.object)
}
