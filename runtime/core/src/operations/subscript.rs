//! Subscription, length and membership.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::singleton;
use crate::objects::type_object::{TYPE, flags};
use crate::operations::{call, compare, iterate};
use crate::value::Value;

/// `container[key]`
pub fn get_item(cx: &mut Context, container: Value, key: Value) -> Result<Owned> {
    cx.check_native_stack("")?;
    if let Some(function) = container.type_of().slots().get_item {
        return function(cx, container, key);
    }
    if container == TYPE.value() {
        return Ok((cx.interpreter().hooks.generic_alias)(cx, container, key));
    }
    if container.type_of().has_flag(flags::TYPE) {
        let name = cx.interpreter().names.class_getitem;
        let method = crate::operations::attribute::get_optional(cx, container, name)?;
        if let Some(method) = method.filter(|method| method.value() != singleton::none()) {
            return call::call(cx, method.value(), &[key]);
        }
        let kind: &crate::TypeObject = container.cast().expect("a type");
        return Err(cx.type_error(format!("type '{}' is not subscriptable", kind.name())));
    }
    let name = container.type_of().name();
    Err(cx.type_error(format!("'{name}' object is not subscriptable")))
}

/// `container[key] = value`
pub fn set_item(cx: &mut Context, container: Value, key: Value, value: Value) -> Result<()> {
    if let Some(function) = container.type_of().slots().set_item {
        return function(cx, container, key, value);
    }
    let name = container.type_of().name();
    Err(cx.type_error(format!("'{name}' object does not support item assignment")))
}

/// `del container[key]`
pub fn delete_item(cx: &mut Context, container: Value, key: Value) -> Result<()> {
    if let Some(function) = container.type_of().slots().set_item {
        return function(cx, container, key, Value::UNBOUND);
    }
    // Sequences say it in another way, as they do in CPython.
    let kind = container.type_of();
    let sequence = kind.has_flag(flags::HEAP) || kind.slots().length.is_some();
    let negation = if sequence && key.type_of().slots().index.is_some() { "doesn't" } else { "does not" };
    let name = kind.name();
    Err(cx.type_error(format!("'{name}' object {negation} support item deletion")))
}

/// `item in container`
pub fn contains(cx: &mut Context, container: Value, item: Value) -> Result<bool> {
    cx.check_native_stack("")?;
    let slots = container.type_of().slots();
    if let Some(function) = slots.contains {
        return function(cx, container, item);
    }
    let iterator = match iterate::get_iter(cx, container) {
        Err(_) if cx.swallow(&crate::objects::exception::TYPE_ERROR) => {
            let name = container.type_of().name();
            return Err(cx.type_error(format!("argument of type '{name}' is not a container or iterable")));
        }
        outcome => outcome?,
    };
    while let Some(candidate) = iterate::next(cx, iterator.value())? {
        if compare::equals(cx, candidate.value(), item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `len(value)`
pub fn length(cx: &mut Context, value: Value) -> Result<usize> {
    cx.check_native_stack("")?;
    if let Some(function) = value.type_of().slots().length {
        return function(cx, value);
    }
    let name = value.type_of().name();
    Err(cx.type_error(format!("object of type '{name}' has no len()")))
}
