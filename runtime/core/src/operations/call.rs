//! Calls from native code.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::{Arguments, Body, Native};
use crate::objects::method::{self, METHOD_DESCRIPTOR};
use crate::objects::str;
use crate::objects::type_object::flags;
use crate::operations::attribute;
use crate::value::Value;

/// `callable(*arguments)`
#[inline]
pub fn call(cx: &mut Context, callable: Value, arguments: &[Value]) -> Result<Owned> {
    call_with(cx, callable, Arguments::positional(arguments))
}

/// A call with keywords.
pub fn call_with(cx: &mut Context, callable: Value, arguments: Arguments<'_>) -> Result<Owned> {
    match callable.type_of().slots().call {
        Some(function) => {
            cx.check_native_stack("")?;
            function(cx, callable, arguments)
        }
        None => {
            let name = callable.type_of().name();
            Err(cx.type_error(format!("'{name}' object is not callable")))
        }
    }
}

/// `object.name(*arguments)`
pub fn call_method(cx: &mut Context, object: Value, name: &str, arguments: &[Value]) -> Result<Owned> {
    call_method_with(cx, object, name, Arguments::positional(arguments))
}

/// Values, the receiver included, up to which a call of a method needs no memory of its own.
const RECEIVED_MAX: usize = 6;

/// The same with keywords.
pub fn call_method_with(cx: &mut Context, object: Value, name: &str, arguments: Arguments<'_>) -> Result<Owned> {
    let name = str::intern(cx, name);
    let (method, takes_object) = attribute::get_method(cx, object, name.value())?;
    if !takes_object {
        return call_with(cx, method.value(), arguments);
    }
    let count = arguments.values.len() + 1;
    if count > RECEIVED_MAX {
        let values: Vec<Value> = std::iter::once(object).chain(arguments.values.iter().copied()).collect();
        return call_with(cx, method.value(), Arguments { values: &values, names: arguments.names });
    }
    let mut values = [object; RECEIVED_MAX];
    values[1..count].copy_from_slice(arguments.values);
    call_with(cx, method.value(), Arguments { values: &values[..count], names: arguments.names })
}

/// The special method `name` (interned) of the object, looked up on its type and bound; `None` if there is none.
/// Errors: what its descriptor raises.
pub fn lookup_special(cx: &mut Context, object: Value, name: Value) -> Result<Option<Owned>> {
    let kind = object.type_of();
    let Some(found) = kind.lookup(cx, name) else { return Ok(None) };
    let found = Owned::new(found);
    match found.value().type_of().slots().descriptor_get {
        Some(bind) => bind(cx, found.value(), object, kind).map(Some),
        None => Ok(Some(found)),
    }
}

/// Calls the special method `name` (interned) of the object, looked up on its type; `None` if there is none.
pub fn call_special(cx: &mut Context, object: Value, name: Value, argument: Value) -> Result<Option<Owned>> {
    let kind = object.type_of();
    // A native method needs not be bound.
    if let Some(found) = kind.lookup(cx, name)
        && found.has_type(&METHOD_DESCRIPTOR)
        && let Some(function) = method::native::cast(found)
        && function.owner().is_some_and(|owner| kind.is_subtype(owner))
    {
        let _kept = Owned::new(found);
        return method::native::invoke(cx, function, Arguments::positional(&[object, argument]), true).map(Some);
    }
    let Some(bound) = lookup_special(cx, object, name)? else { return Ok(None) };
    call(cx, bound.value(), &[argument]).map(Some)
}

/// Runs a native function's body after checking the number of arguments. `receiver` says whether the first argument
/// is `self`, which the row's bounds exclude.
#[inline]
pub fn call_native(cx: &mut Context, native: &Native, arguments: Arguments<'_>, receiver: bool) -> Result<Owned> {
    match native.body {
        Body::Positional(function) => {
            let given = arguments.values.len() - receiver as usize;
            if !arguments.names.is_empty() {
                return Err(no_keywords(cx, native));
            }
            if !native.takes(given) {
                return Err(wrong_count(cx, native, given));
            }
            function(cx, arguments.values)
        }
        Body::Keywords(function) => function(cx, arguments),
    }
}

#[cold]
fn no_keywords(cx: &mut Context, native: &Native) -> crate::context::Raised {
    cx.type_error(format!("{}() takes no keyword arguments", native.name))
}

/// The error for a wrong number of arguments, in the words of CPython's argument parsers.
#[cold]
pub fn wrong_count(cx: &mut Context, native: &Native, given: usize) -> crate::context::Raised {
    let (name, minimum, maximum) = (native.name, native.minimum as usize, native.maximum as usize);
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let message = if minimum == maximum && maximum == 0 {
        format!("{name}() takes no arguments ({given} given)")
    } else if minimum == maximum && maximum == 1 {
        format!("{name}() takes exactly one argument ({given} given)")
    } else if minimum == maximum {
        format!("{name} expected {minimum} argument{}, got {given}", plural(minimum))
    } else if matches!(name, "__pow__" | "__rpow__") {
        format!("expected {minimum} or {maximum} arguments, got {given}")
    } else if given < minimum {
        format!("{name} expected at least {minimum} argument{}, got {given}", plural(minimum))
    } else {
        format!("{name} expected at most {maximum} argument{}, got {given}", plural(maximum))
    };
    cx.type_error(message)
}

/// Whether calling the value never runs Python code by itself (a builtin function, not a class).
pub fn is_native(callable: Value) -> bool {
    callable.is_pointer() && !callable.type_of().has_flag(flags::HEAP)
}
