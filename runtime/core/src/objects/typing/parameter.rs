//! `TypeVar`, `ParamSpec` and `TypeVarTuple`.

use super::evaluator::{evaluate, shown};
use super::generic::{no_default, of_specification};
use super::{
    TypingObject, allocate, call_typing, calling_module, field, of, release, traverse, unpack, variance, with_block,
};
use crate::context::{Context, Result};
use crate::heap::{Immortal, Owned};
use crate::native::{Arguments, GetSet, Native};
use crate::objects::instance;
use crate::objects::iterator::arguments::Signature;
use crate::objects::list::ListObject;
use crate::objects::slots::Slots;
use crate::objects::str::{self, StrObject};
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, singleton};
use crate::operations::{convert, iterate};
use crate::value::Value;

const SLOTS: Slots = Slots { repr: Some(repr), traverse: Some(traverse), release: Some(release), ..Slots::EMPTY };

const FLAGS: u32 = flags::COLLECTED | flags::HAS_BLOCK | flags::HAS_DICT | flags::HAS_WEAK;

const fn parameter_type(name: &'static str, slots: Slots) -> TypeObject {
    with_block(TypeObject::builtin(name, size_of::<TypingObject>(), slots)).with_base(&OBJECT.object).with_flags(FLAGS)
}

pub static TYPE_VARIABLE: StaticType = Immortal::new(
    parameter_type("typing.TypeVar", Slots { new: Some(new_variable), ..SLOTS })
        .with_methods(VARIABLE_METHODS)
        .with_getset(VARIABLE_GETSET)
        .with_doc("A type variable: stands for a type that is not known yet, as T in `def first[T](items: list[T])`."),
);

pub static PARAMETER_SPECIFICATION: StaticType = Immortal::new(
    parameter_type("typing.ParamSpec", Slots { new: Some(new_specification), ..SLOTS })
        .with_methods(SPECIFICATION_METHODS)
        .with_getset(SPECIFICATION_GETSET)
        .with_doc("A parameter specification: stands for the parameters of a callable, as P in `class Call[**P]`."),
);

pub static TYPE_VARIABLE_TUPLE: StaticType = Immortal::new(
    parameter_type("typing.TypeVarTuple", Slots { new: Some(new_tuple), iter: Some(unpacked), ..SLOTS })
        .with_methods(TUPLE_METHODS)
        .with_getset(TUPLE_GETSET)
        .with_doc("A type variable tuple: stands for any number of types, as Ts in `class Array[*Ts]`."),
);

static VARIABLE_METHODS: &[Native] = &[
    Native::new("__typing_subst__", 1, 1, |cx, it| call_typing(cx, "_typevar_subst", it), ""),
    Native::new("__typing_prepare_subst__", 2, 2, prepare_variable, ""),
    Native::new("__reduce__", 0, 0, name, ""),
    Native::new("__mro_entries__", 1, 1, refuse_subclass, ""),
    Native::new("has_default", 0, 0, has_default, ""),
];

static SPECIFICATION_METHODS: &[Native] = &[
    Native::new("__typing_subst__", 1, 1, |cx, it| call_typing(cx, "_paramspec_subst", it), ""),
    Native::new("__typing_prepare_subst__", 2, 2, |cx, it| call_typing(cx, "_paramspec_prepare_subst", it), ""),
    Native::new("__reduce__", 0, 0, name, ""),
    Native::new("__mro_entries__", 1, 1, refuse_subclass, ""),
    Native::new("has_default", 0, 0, has_default, ""),
];

static TUPLE_METHODS: &[Native] = &[
    Native::new("__typing_subst__", 1, 1, refuse_substitution, ""),
    Native::new("__typing_prepare_subst__", 2, 2, |cx, it| call_typing(cx, "_typevartuple_prepare_subst", it), ""),
    Native::new("__reduce__", 0, 0, name, ""),
    Native::new("__mro_entries__", 1, 1, refuse_subclass, ""),
    Native::new("has_default", 0, 0, has_default, ""),
];

type Get = fn(&mut Context, Value) -> Result<Owned>;

const fn shown_as(name: &'static str, get: Get) -> GetSet {
    GetSet { name, get, set: None, doc: "" }
}

/// What CPython shows as members, with their message.
const fn member(name: &'static str, get: Get) -> GetSet {
    GetSet { name, get, set: Some(refuse), doc: "" }
}

fn refuse(cx: &mut Context, _value: Value, _new: Value) -> Result<()> {
    Err(cx.raise(&exception::ATTRIBUTE_ERROR, "readonly attribute"))
}

const NAME: GetSet = member("__name__", |cx, value| name(cx, &[value]));
const COVARIANT: GetSet = member("__covariant__", |_, value| varies(value, variance::COVARIANT));
const CONTRAVARIANT: GetSet = member("__contravariant__", |_, value| varies(value, variance::CONTRAVARIANT));
const INFERRED: GetSet = member("__infer_variance__", |_, value| varies(value, variance::INFERRED));
const DEFAULT: GetSet = shown_as("__default__", |cx, value| {
    let default = evaluate(cx, of(value), field::DEFAULT, field::EVALUATE_DEFAULT)?;
    Ok(default.unwrap_or_else(|| Owned::new(no_default())))
});
const EVALUATE_DEFAULT: GetSet =
    shown_as("evaluate_default", |cx, value| Ok(shown(cx, of(value), field::DEFAULT, field::EVALUATE_DEFAULT)));

static VARIABLE_GETSET: &[GetSet] = &[
    NAME,
    COVARIANT,
    CONTRAVARIANT,
    INFERRED,
    shown_as("__bound__", bound),
    shown_as("__constraints__", |cx, value| {
        let known = evaluate(cx, of(value), field::CONSTRAINTS, field::EVALUATE_CONSTRAINTS)?;
        Ok(known.unwrap_or_else(|| TupleObject::new(cx, &[])))
    }),
    DEFAULT,
    shown_as("evaluate_bound", |cx, value| Ok(shown(cx, of(value), field::BOUND, field::EVALUATE_BOUND))),
    shown_as("evaluate_constraints", |cx, value| {
        Ok(shown(cx, of(value), field::CONSTRAINTS, field::EVALUATE_CONSTRAINTS))
    }),
    EVALUATE_DEFAULT,
];

static SPECIFICATION_GETSET: &[GetSet] = &[
    NAME,
    COVARIANT,
    CONTRAVARIANT,
    INFERRED,
    member("__bound__", bound),
    DEFAULT,
    EVALUATE_DEFAULT,
    shown_as("args", |cx, value| Ok(of_specification(cx, value, false))),
    shown_as("kwargs", |cx, value| Ok(of_specification(cx, value, true))),
];

static TUPLE_GETSET: &[GetSet] = &[NAME, DEFAULT, EVALUATE_DEFAULT];

/// What the compiler makes a type parameter from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Declared {
    Variable,
    /// With an evaluator of its bound.
    Bound,
    /// With an evaluator of its constraints.
    Constrained,
    Specification,
    Tuple,
}

/// A type parameter as `[T]`, `[T: bound]`, `[**P]` and `[*Ts]` declare it.
pub fn declare(cx: &mut Context, kind: Declared, name: Value, evaluator: Option<Owned>) -> Owned {
    let (class, place) = match kind {
        Declared::Variable | Declared::Bound => (&TYPE_VARIABLE, field::EVALUATE_BOUND),
        Declared::Constrained => (&TYPE_VARIABLE, field::EVALUATE_CONSTRAINTS),
        Declared::Specification => (&PARAMETER_SPECIFICATION, field::EVALUATE_BOUND),
        Declared::Tuple => (&TYPE_VARIABLE_TUPLE, field::EVALUATE_BOUND),
    };
    let made = allocate(cx, class, name);
    made.variance.set(variance::INFERRED);
    if let Some(evaluator) = evaluator {
        made.set(place, evaluator);
    }
    Owned::from_raw(Value::from_pointer(made))
}

/// Gives a type parameter the evaluator of its default.
pub fn set_default(parameter: Value, evaluator: Owned) {
    of(parameter).set(field::EVALUATE_DEFAULT, evaluator);
}

fn name(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(Owned::new(of(arguments[0]).get(field::NAME).unwrap_or(singleton::none())))
}

fn varies(value: Value, how: u32) -> Result<Owned> {
    Ok(Owned::new(singleton::boolean(of(value).variance.get() & how != 0)))
}

fn bound(cx: &mut Context, value: Value) -> Result<Owned> {
    let bound = evaluate(cx, of(value), field::BOUND, field::EVALUATE_BOUND)?;
    Ok(bound.unwrap_or_else(|| Owned::new(singleton::none())))
}

fn has_default(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let own = of(arguments[0]);
    let given = own.get(field::DEFAULT).is_some_and(|default| default != no_default());
    let truth = given || own.get(field::EVALUATE_DEFAULT).is_some();
    Ok(Owned::new(singleton::boolean(truth)))
}

fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let own = of(value);
    let name = str::text(own.get(field::NAME).unwrap_or(singleton::none())).unwrap_or_default();
    let sign = match own.variance.get() {
        _ if value.has_type(&TYPE_VARIABLE_TUPLE) => "",
        how if how & variance::INFERRED != 0 => "",
        how if how & variance::COVARIANT != 0 => "+",
        how if how & variance::CONTRAVARIANT != 0 => "-",
        _ => "~",
    };
    Ok(StrObject::new(cx, &format!("{sign}{name}")))
}

fn refuse_subclass(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let name = arguments[0].type_of().name();
    let name = name.rsplit('.').next().unwrap_or(name);
    Err(cx.type_error(format!("Cannot subclass an instance of {name}")))
}

fn refuse_substitution(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    Err(cx.type_error("Substitution of bare TypeVarTuple is not supported"))
}

/// Fills in the default when an alias is given too few arguments: `(alias, arguments)` to arguments.
fn prepare_variable(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let [own, alias, given] = *arguments else { return Err(cx.type_error("expected two arguments")) };
    let parameters = crate::operations::attribute::get_text(cx, alias, "__parameters__")?;
    let parameters = iterate::collect(cx, parameters.value())?;
    let given_items = iterate::collect(cx, given)?;
    let Some(index) = parameters.iter().position(|parameter| parameter.value() == own) else {
        return Err(cx.value_error("sequence.index(x): x not in sequence"));
    };
    if index < given_items.len() {
        return Ok(Owned::new(given));
    }
    if index == given_items.len() && has_default(cx, &[own])?.value() == singleton::true_() {
        let default = (DEFAULT.get)(cx, own)?;
        let mut items = given_items;
        items.push(default);
        return Ok(TupleObject::from_owned(cx, items));
    }
    let shown = convert::str(cx, alias)?;
    let shown = str::text(shown.value()).unwrap_or_default();
    let (given, expected) = (given_items.len(), index + 1);
    Err(cx.type_error(format!("Too few arguments for {shown}; actual {given}, expected at least {expected}")))
}

/// An iterator over `Unpack[self]` alone: what `*Ts` means.
fn unpacked(cx: &mut Context, value: Value) -> Result<Owned> {
    let unpacked = unpack(cx, value)?;
    let list = ListObject::new(cx, vec![unpacked]);
    iterate::get_iter(cx, list.value())
}

/// Remembers the module of the caller.
fn set_module(cx: &mut Context, made: Value) -> Result<()> {
    let module = calling_module(cx).unwrap_or_else(|| Owned::new(singleton::none()));
    let name = cx.interpreter().names.module;
    instance::set_attribute_slot(cx, made, name, module)
}

/// The name of a new type parameter; it must be text.
fn checked_name(cx: &mut Context, function: &str, name: Option<Value>) -> Result<Value> {
    let name = name.unwrap_or(singleton::none());
    if !str::is_str(name) {
        let found = if name == singleton::none() { "None" } else { name.type_of().name() };
        return Err(cx.type_error(format!("{function}() argument 'name' must be str, not {found}")));
    }
    Ok(name)
}

/// The bits of `covariant`, `contravariant` and `infer_variance`.
fn variance_bits(cx: &mut Context, given: [Option<Value>; 3]) -> Result<u32> {
    let mut bits = 0;
    let all = [variance::COVARIANT, variance::CONTRAVARIANT, variance::INFERRED];
    for (value, bit) in given.into_iter().zip(all) {
        if let Some(value) = value
            && convert::truth(cx, value)?
        {
            bits |= bit;
        }
    }
    if bits & variance::COVARIANT != 0 && bits & variance::CONTRAVARIANT != 0 {
        return Err(cx.value_error("Bivariant types are not supported."));
    }
    if bits & variance::INFERRED != 0 && bits != variance::INFERRED {
        return Err(cx.value_error("Variance cannot be specified with infer_variance."));
    }
    Ok(bits)
}

/// The bound that a call gives, checked by `typing`; `None` stands for none.
fn checked_bound(cx: &mut Context, bound: Option<Value>) -> Result<Option<Owned>> {
    let Some(bound) = bound.filter(|bound| *bound != singleton::none()) else { return Ok(None) };
    let message = StrObject::new(cx, "Bound must be a type.");
    call_typing(cx, "_type_check", &[bound, message.value()]).map(Some)
}

/// `TypeVar(name, *constraints, bound=None, default=NoDefault, covariant=False, …)`
fn new_variable(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<6> = Signature {
        function: "typevar",
        names: ["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
        positional_only: 0,
        positional: 1,
        required: 1,
        rest: true,
        open: false,
    };
    let constraints = arguments.positionals().get(1..).unwrap_or_default();
    let [name, bound, default, covariant, contravariant, inferred] = SIGNATURE.bind(cx, arguments)?;
    let name = checked_name(cx, "typevar", name)?;
    let bits = variance_bits(cx, [covariant, contravariant, inferred])?;
    let bound = checked_bound(cx, bound)?;
    if constraints.len() == 1 {
        return Err(cx.type_error("A single constraint is not allowed"));
    }
    if !constraints.is_empty() && bound.is_some() {
        return Err(cx.type_error("Constraints cannot be combined with bound=..."));
    }
    let made = allocate(cx, &TYPE_VARIABLE, name);
    let value = Owned::from_raw(Value::from_pointer(made));
    made.variance.set(bits);
    if let Some(bound) = bound {
        made.set(field::BOUND, bound);
    }
    if !constraints.is_empty() {
        made.set(field::CONSTRAINTS, TupleObject::new(cx, constraints));
    }
    made.set(field::DEFAULT, Owned::new(default.unwrap_or(no_default())));
    set_module(cx, value.value())?;
    Ok(value)
}

/// `ParamSpec(name, *, bound=None, default=NoDefault, covariant=False, …)`
fn new_specification(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<6> = Signature {
        function: "paramspec",
        names: ["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
        positional_only: 0,
        positional: 1,
        required: 1,
        rest: false,
        open: false,
    };
    let [name, bound, default, covariant, contravariant, inferred] = SIGNATURE.bind(cx, arguments)?;
    let name = checked_name(cx, "paramspec", name)?;
    let bits = variance_bits(cx, [covariant, contravariant, inferred])?;
    let bound = bound.filter(|bound| *bound != singleton::none()).map(Owned::new);
    let made = allocate(cx, &PARAMETER_SPECIFICATION, name);
    let value = Owned::from_raw(Value::from_pointer(made));
    made.variance.set(bits);
    if let Some(bound) = bound {
        made.set(field::BOUND, bound);
    }
    made.set(field::DEFAULT, Owned::new(default.unwrap_or(no_default())));
    set_module(cx, value.value())?;
    Ok(value)
}

/// `TypeVarTuple(name, *, default=NoDefault)`
fn new_tuple(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<2> = Signature {
        function: "typevartuple",
        names: ["name", "default"],
        positional_only: 0,
        positional: 1,
        required: 1,
        rest: false,
        open: false,
    };
    let [name, default] = SIGNATURE.bind(cx, arguments)?;
    let name = checked_name(cx, "typevartuple", name)?;
    let made = allocate(cx, &TYPE_VARIABLE_TUPLE, name);
    let value = Owned::from_raw(Value::from_pointer(made));
    made.set(field::DEFAULT, Owned::new(default.unwrap_or(no_default())));
    set_module(cx, value.value())?;
    Ok(value)
}
