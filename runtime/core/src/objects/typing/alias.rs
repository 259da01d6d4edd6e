//! `TypeAliasType`: what a `type` statement binds.

use super::evaluator::{evaluate, shown};
use super::parameter::{PARAMETER_SPECIFICATION, TYPE_VARIABLE, TYPE_VARIABLE_TUPLE};
use super::{TypingObject, allocate, calling_module, field, of, release, traverse, unpack};
use crate::context::{Context, Result};
use crate::heap::{Immortal, Owned};
use crate::native::{Arguments, GetSet, Native};
use crate::objects::iterator::arguments::Signature;
use crate::objects::list::ListObject;
use crate::objects::slots::Slots;
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, singleton, str};
use crate::operations::{convert, iterate};
use crate::value::Value;

/// Subscription and `|` make objects of types above this crate, which adds them.
pub static TYPE_ALIAS: StaticType = Immortal::new(
    TypeObject::builtin(
        "typing.TypeAliasType",
        size_of::<TypingObject>(),
        Slots {
            repr: Some(|cx, value| name(cx, &[value])),
            iter: Some(unpacked),
            new: Some(new),
            traverse: Some(traverse),
            release: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED)
    .with_methods(METHODS)
    .with_getset(GETSET)
    .with_doc("A type alias, as `type Vector = list[float]` makes it. Its value is evaluated on demand."),
);

static METHODS: &[Native] = &[Native::new("__reduce__", 0, 0, name, "")];

static GETSET: &[GetSet] = &[
    GetSet { name: "__name__", get: |cx, value| name(cx, &[value]), set: Some(refuse), doc: "" },
    GetSet { name: "__value__", get: value_of, set: None, doc: "" },
    GetSet { name: "__type_params__", get: |cx, value| Ok(type_parameters(cx, value)), set: None, doc: "" },
    GetSet { name: "__parameters__", get: parameters, set: None, doc: "" },
    GetSet { name: "__module__", get: module, set: None, doc: "" },
    GetSet {
        name: "evaluate_value",
        get: |cx, value| Ok(shown(cx, of(value), field::VALUE, field::EVALUATE_VALUE)),
        set: None,
        doc: "",
    },
];

fn refuse(cx: &mut Context, _value: Value, _new: Value) -> Result<()> {
    Err(cx.raise(&exception::ATTRIBUTE_ERROR, "readonly attribute"))
}

/// An alias as a `type` statement makes it; `parameters` is a tuple or None.
pub fn declare(cx: &mut Context, name: Value, parameters: Value, evaluator: Owned) -> Owned {
    let made = allocate(cx, &TYPE_ALIAS, name);
    let value = Owned::from_raw(Value::from_pointer(made));
    if parameters != singleton::none() {
        made.set(field::PARAMETERS, Owned::new(parameters));
    }
    made.set(field::EVALUATE_VALUE, evaluator);
    value
}

fn name(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(Owned::new(of(arguments[0]).get(field::NAME).unwrap_or(singleton::none())))
}

fn value_of(cx: &mut Context, value: Value) -> Result<Owned> {
    let known = evaluate(cx, of(value), field::VALUE, field::EVALUATE_VALUE)?;
    Ok(known.unwrap_or_else(|| Owned::new(singleton::none())))
}

/// The declared type parameters: a tuple.
pub fn type_parameters(cx: &mut Context, value: Value) -> Owned {
    match of(value).get(field::PARAMETERS) {
        Some(parameters) => Owned::new(parameters),
        None => TupleObject::new(cx, &[]),
    }
}

/// Whether the alias may be subscripted.
pub fn is_generic(value: Value) -> bool {
    of(value).get(field::PARAMETERS).is_some()
}

/// The type parameters with every TypeVarTuple unpacked.
pub fn unpacked_parameters(cx: &mut Context, parameters: Value) -> Result<Owned> {
    let mut items = iterate::collect(cx, parameters)?;
    for item in &mut items {
        if item.value().has_type(&TYPE_VARIABLE_TUPLE) {
            *item = unpack(cx, item.value())?;
        }
    }
    Ok(TupleObject::from_owned(cx, items))
}

fn parameters(cx: &mut Context, value: Value) -> Result<Owned> {
    let own = type_parameters(cx, value);
    unpacked_parameters(cx, own.value())
}

/// The module in which it was made: that of the evaluator, or what was remembered.
fn module(cx: &mut Context, value: Value) -> Result<Owned> {
    let own = of(value);
    if let Some(evaluator) = own.get(field::EVALUATE_VALUE) {
        return crate::operations::attribute::get_text(cx, evaluator, "__module__");
    }
    Ok(Owned::new(own.get(field::MODULE).unwrap_or(singleton::none())))
}

/// An iterator over `Unpack[self]` alone: what `*Alias` means.
fn unpacked(cx: &mut Context, value: Value) -> Result<Owned> {
    let unpacked = unpack(cx, value)?;
    let list = ListObject::new(cx, vec![unpacked]);
    iterate::get_iter(cx, list.value())
}

/// `TypeAliasType(name, value, *, type_params=())`
fn new(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<3> = Signature {
        function: "typealias",
        names: ["name", "value", "type_params"],
        positional_only: 0,
        positional: 2,
        required: 2,
        rest: false,
        open: false,
    };
    let [name, value, parameters] = SIGNATURE.bind(cx, arguments)?;
    let name = name.unwrap_or(singleton::none());
    if !str::is_str(name) {
        let found = if name == singleton::none() { "None" } else { name.type_of().name() };
        return Err(cx.type_error(format!("typealias() argument 'name' must be str, not {found}")));
    }
    if let Some(parameters) = parameters {
        let Some(tuple) = parameters.cast::<TupleObject>() else {
            return Err(cx.type_error("type_params must be a tuple"));
        };
        check_parameters(cx, tuple.as_slice())?;
    }
    let made = allocate(cx, &TYPE_ALIAS, name);
    let result = Owned::from_raw(Value::from_pointer(made));
    made.set(field::VALUE, Owned::new(value.unwrap_or(singleton::none())));
    let filled = parameters.filter(|it| it.cast::<TupleObject>().is_some_and(|tuple| !tuple.as_slice().is_empty()));
    if let Some(parameters) = filled {
        made.set(field::PARAMETERS, Owned::new(parameters));
    }
    if let Some(module) = calling_module(cx) {
        made.set(field::MODULE, module);
    }
    Ok(result)
}

/// Every item must be a type parameter, and those with a default come last.
fn check_parameters(cx: &mut Context, parameters: &[Value]) -> Result<()> {
    let mut seen_default = false;
    for &parameter in parameters {
        let known = [&TYPE_VARIABLE, &PARAMETER_SPECIFICATION, &TYPE_VARIABLE_TUPLE];
        if !known.into_iter().any(|kind| parameter.has_type(kind)) {
            let shown = convert::repr(cx, parameter)?;
            let shown = str::text(shown.value()).unwrap_or_default();
            return Err(cx.type_error(format!("Expected a type param, got {shown}")));
        }
        let own = of(parameter);
        let given = own.get(field::DEFAULT).is_some_and(|default| default != super::generic::no_default());
        let has_default = given || own.get(field::EVALUATE_DEFAULT).is_some();
        if seen_default && !has_default {
            let shown = convert::repr(cx, parameter)?;
            let shown = str::text(shown.value()).unwrap_or_default();
            let message = format!("non-default type parameter '{shown}' follows default type parameter");
            return Err(cx.type_error(message));
        }
        seen_default |= has_default;
    }
    Ok(())
}
