//! Instance and subclass tests as `type.__instancecheck__` and `type.__subclasscheck__` do them: by the linearisation,
//! by what an object's `__class__` claims, and by `__bases__` for objects that only look like classes.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, TYPE, TypeObject, flags};
use crate::operations::attribute;
use crate::value::Value;

/// Whether `value` is an instance of `target`, without `__instancecheck__`.
pub fn is_instance(cx: &mut Context, value: Value, target: Value) -> Result<bool> {
    let name = cx.interpreter().names.class_;
    let Some(class) = target.cast::<TypeObject>() else {
        check_class_like(cx, target, "isinstance() arg 2 must be a type, a tuple of types, or a union")?;
        return match attribute::get_optional(cx, value, name)? {
            Some(claimed) => is_subclass_by_bases(cx, claimed.value(), target),
            None => Ok(false),
        };
    };
    let kind = value.type_of();
    if kind.is_subtype(class) {
        return Ok(true);
    }
    // Only a class with its own `__class__` can claim to be another; the attribute of `object` tells the truth.
    if has_plain_class(cx, kind) {
        return Ok(false);
    }
    let claimed = attribute::get_optional(cx, value, name)?;
    let claimed = claimed.as_ref().and_then(|claimed| claimed.value().cast::<TypeObject>());
    Ok(claimed.is_some_and(|claimed| claimed.is_subtype(class)))
}

/// Whether `__class__` of the type's instances is their type.
pub fn has_plain_class(cx: &mut Context, kind: &TypeObject) -> bool {
    if kind.plain_class_version.get() == kind.version.get() {
        return true;
    }
    let name = cx.interpreter().names.class_;
    let plain =
        kind.slots().get_attribute.is_some_and(|slot| attribute::is_generic(slot) || attribute::is_of_type(slot))
            && kind.lookup(cx, name) == OBJECT.lookup(cx, name);
    if plain && kind.has_flag(flags::HEAP) {
        kind.plain_class_version.set(kind.version.get());
    }
    plain
}

/// Whether a value is a class whose metaclass leaves the question for its instances to `type.__instancecheck__`.
pub fn asks_types_alone(cx: &mut Context, value: Value) -> bool {
    if !value.is_pointer() {
        return false;
    }
    let meta = value.heap_type();
    if std::ptr::eq(meta, &raw const TYPE.object) {
        return true;
    }
    let name = cx.interpreter().names.instancecheck;
    meta.has_flag(flags::TYPE) && meta.lookup(cx, name) == TYPE.lookup(cx, name)
}

/// Whether `class` is a subclass of `target`, without `__subclasscheck__`.
pub fn is_subclass(cx: &mut Context, class: Value, target: Value) -> Result<bool> {
    if let (Some(class), Some(target)) = (class.cast::<TypeObject>(), target.cast::<TypeObject>()) {
        return Ok(class.is_subtype(target));
    }
    check_class_like(cx, class, "issubclass() arg 1 must be a class")?;
    check_class_like(cx, target, "issubclass() arg 2 must be a class, a tuple of classes, or a union")?;
    is_subclass_by_bases(cx, class, target)
}

/// Anything with a tuple `__bases__` counts as a class.
fn check_class_like(cx: &mut Context, value: Value, message: &str) -> Result<()> {
    match bases_of(cx, value)? {
        Some(_) => Ok(()),
        None => Err(cx.type_error(message)),
    }
}

fn bases_of(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    let name = cx.interpreter().names.bases;
    let bases = attribute::get_optional(cx, value, name)?;
    Ok(bases.filter(|bases| bases.value().cast::<TupleObject>().is_some()))
}

fn is_subclass_by_bases(cx: &mut Context, class: Value, target: Value) -> Result<bool> {
    if class == target {
        return Ok(true);
    }
    cx.check_native_stack(" in __issubclass__")?;
    let Some(bases) = bases_of(cx, class)? else { return Ok(false) };
    let Some(tuple) = bases.value().cast::<TupleObject>() else { return Ok(false) };
    for base in tuple.as_slice() {
        if is_subclass_by_bases(cx, *base, target)? {
            return Ok(true);
        }
    }
    Ok(false)
}
