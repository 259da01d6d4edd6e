//! What slot wrappers do: call the owner's slot with arguments from Python, and turn the result into an object.

use super::{Dunder, Slot};
use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::buffer::Request;
use crate::objects::module::MODULE;
use crate::objects::slots::{Slots, UnaryFunction};
use crate::objects::type_object::{TypeObject, flags};
use crate::objects::{exception, float, int, singleton, str};
use crate::operations::convert;
use crate::value::Value;

fn absent(cx: &mut Context, row: &Dunder) -> Raised {
    cx.type_error(format!("{} is not supported", row.name))
}

fn none() -> Owned {
    Owned::new(singleton::none())
}

fn boolean(truth: bool) -> Owned {
    Owned::new(singleton::boolean(truth))
}

fn unary_slot(slots: &Slots, slot: Slot) -> Option<UnaryFunction> {
    match slot {
        Slot::Repr => slots.repr,
        Slot::Str => slots.str,
        Slot::Iter => slots.iter,
        Slot::Negative => slots.negative,
        Slot::Positive => slots.positive,
        Slot::Invert => slots.invert,
        Slot::Absolute => slots.absolute,
        Slot::Int => slots.int,
        Slot::Float => slots.float,
        Slot::Index => slots.index,
        _ => None,
    }
}

pub(super) fn unary(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    _arguments: Arguments<'_>,
) -> Result<Owned> {
    match unary_slot(owner.slots(), row.slot) {
        Some(function) => function(cx, receiver),
        None => Err(absent(cx, row)),
    }
}

/// The third argument of a power, unless it is None.
fn modulus(arguments: Arguments<'_>) -> Option<Value> {
    arguments.values.get(1).copied().filter(|modulus| *modulus != singleton::none())
}

/// `__pow__` with a modulus, which only integers have.
fn power_modular(cx: &mut Context, base: Value, exponent: Value, modulus: Value) -> Result<Owned> {
    let operands = [base, exponent, modulus];
    if operands.iter().all(|operand| int::is_int_like(*operand)) {
        return int::power_modular(cx, base, exponent, modulus);
    }
    if float::as_f64(base).is_some() || float::as_f64(exponent).is_some() {
        return Err(cx.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    if base.cast::<float::complex::ComplexObject>().is_some() {
        return Err(cx.value_error("complex modulo"));
    }
    Ok(Owned::new(singleton::not_implemented()))
}

pub(super) fn binary(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    let Slot::Binary(op) = row.slot else { return Err(absent(cx, row)) };
    if let Some(modulus) = modulus(arguments) {
        return power_modular(cx, receiver, arguments.values[0], modulus);
    }
    match owner.slots().binary[op as usize] {
        Some(function) => function(cx, receiver, arguments.values[0]),
        None => Err(absent(cx, row)),
    }
}

pub(super) fn reflected(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    let Slot::Binary(op) = row.slot else { return Err(absent(cx, row)) };
    if let Some(modulus) = modulus(arguments) {
        return power_modular(cx, arguments.values[0], receiver, modulus);
    }
    match owner.slots().binary[op as usize] {
        Some(function) => function(cx, arguments.values[0], receiver),
        None => Err(absent(cx, row)),
    }
}

pub(super) fn inplace(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    let Slot::Inplace(op) = row.slot else { return Err(absent(cx, row)) };
    match owner.slots().inplace[op as usize] {
        Some(function) => function(cx, receiver, arguments.values[0]),
        None => Err(absent(cx, row)),
    }
}

pub(super) fn compare(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    match owner.slots().compare {
        Some(function) => function(cx, receiver, arguments.values[0], row.compare),
        None => Err(absent(cx, row)),
    }
}

pub(super) fn hash(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    _arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().hash else { return Err(absent(cx, row)) };
    let hash = function(cx, receiver)?;
    Ok(int::from_i64(cx, hash))
}

pub(super) fn call(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    match owner.slots().call {
        Some(function) => function(cx, receiver, arguments),
        None => Err(absent(cx, row)),
    }
}

/// The attribute's name, interned; an error if it is not a string.
fn attribute_name(cx: &mut Context, name: Value) -> Result<Owned> {
    if str::is_str(name) {
        return Ok(str::intern_value(cx, name));
    }
    let actual = name.type_of().name();
    Err(cx.type_error(format!("attribute name must be string, not '{actual}'")))
}

pub(super) fn get_attribute(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().get_attribute else { return Err(absent(cx, row)) };
    let name = attribute_name(cx, arguments.values[0])?;
    function(cx, receiver, name.value())
}

pub(super) fn set_attribute(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().set_attribute else { return Err(absent(cx, row)) };
    check_bypass(cx, row, owner, receiver)?;
    let name = attribute_name(cx, arguments.values[0])?;
    let value = arguments.values.get(1).copied().unwrap_or(Value::UNBOUND);
    function(cx, receiver, name.value(), value)?;
    Ok(none())
}

/// `object.__setattr__(int, …)` must not get round the slot of a more derived builtin type.
fn check_bypass(cx: &mut Context, row: &'static Dunder, owner: &'static TypeObject, receiver: Value) -> Result<()> {
    let kind = receiver.type_of();
    let builtin = kind.mro().iter().find(|entry| !entry.has_flag(flags::HEAP));
    let own = super::address(owner.slots(), Slot::SetAttribute);
    match builtin {
        // Modules store their attributes as objects do.
        Some(builtin) if builtin.is_subtype(&MODULE) => Ok(()),
        Some(builtin) if super::address(builtin.slots(), Slot::SetAttribute) != own => {
            let (name, actual) = (row.name, kind.name());
            Err(cx.type_error(format!("can't apply this {name} to {actual} object")))
        }
        _ => Ok(()),
    }
}

pub(super) fn next(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    _arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().next else { return Err(absent(cx, row)) };
    match function(cx, receiver)? {
        Some(item) => Ok(item),
        None => Err(exception::raise_arguments(cx, &exception::STOP_ITERATION, &[])),
    }
}

pub(super) fn length(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    _arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().length else { return Err(absent(cx, row)) };
    let length = function(cx, receiver)?;
    Ok(int::from_usize(cx, length))
}

pub(super) fn get_item(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    match owner.slots().get_item {
        Some(function) => function(cx, receiver, arguments.values[0]),
        None => Err(absent(cx, row)),
    }
}

pub(super) fn set_item(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().set_item else { return Err(absent(cx, row)) };
    let value = arguments.values.get(1).copied().unwrap_or(Value::UNBOUND);
    function(cx, receiver, arguments.values[0], value)?;
    Ok(none())
}

pub(super) fn contains(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().contains else { return Err(absent(cx, row)) };
    Ok(boolean(function(cx, receiver, arguments.values[0])?))
}

pub(super) fn truth(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    _arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().truth else { return Err(absent(cx, row)) };
    Ok(boolean(function(cx, receiver)?))
}

pub(super) fn descriptor_get(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().descriptor_get else { return Err(absent(cx, row)) };
    let given = |index: usize| arguments.values.get(index).copied().filter(|value| *value != singleton::none());
    let instance = given(0);
    let class = given(1).and_then(|value| value.cast::<TypeObject>());
    match (instance, class) {
        (None, None) => Err(cx.type_error("__get__(None, None) is invalid")),
        (None, Some(class)) => function(cx, receiver, Value::UNBOUND, class),
        (Some(instance), class) => function(cx, receiver, instance, class.unwrap_or(instance.type_of())),
    }
}

pub(super) fn descriptor_set(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().descriptor_set else { return Err(absent(cx, row)) };
    let value = arguments.values.get(1).copied().unwrap_or(Value::UNBOUND);
    function(cx, receiver, arguments.values[0], value)?;
    Ok(none())
}

pub(super) fn init(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().init else { return Err(absent(cx, row)) };
    function(cx, receiver, arguments)?;
    Ok(none())
}

/// `__buffer__(flags)`: a `memoryview`.
pub(super) fn buffer(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    let Some(function) = owner.slots().buffer else { return Err(absent(cx, row)) };
    let flags = convert::index(cx, arguments.values[0])?;
    let Some(flags) = int::as_i64(flags.value()).and_then(|flags| i32::try_from(flags).ok()) else {
        return Err(cx.overflow_error("buffer flags too large"));
    };
    let lent = function(cx, receiver, Request(flags))?;
    (cx.interpreter().hooks.memory_view)(cx, lent)
}

/// `__release_buffer__(view)`
pub(super) fn release_buffer(
    cx: &mut Context,
    _row: &'static Dunder,
    _owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    (cx.interpreter().hooks.release_view)(cx, receiver, arguments.values[0])?;
    Ok(none())
}

/// `__del__()`
pub(super) fn finalize(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    _arguments: Arguments<'_>,
) -> Result<Owned> {
    match owner.slots().finalize {
        Some(function) => function(cx, receiver).map(|()| none()),
        None => Err(absent(cx, row)),
    }
}
