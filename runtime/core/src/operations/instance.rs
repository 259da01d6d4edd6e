//! `isinstance` and `issubclass` (CPython's `object_isinstance`, `object_recursive_isinstance`).

use crate::context::{Context, Result};
use crate::objects::exception::RECURSION_ERROR;
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{TYPE, TypeObject};
use crate::operations::dunder::class_check;
use crate::operations::{call, convert};
use crate::value::Value;

/// `isinstance(object, class)`; `class` may be a tuple of classes.
pub fn is_instance(cx: &mut Context, object: Value, class: Value) -> Result<bool> {
    if std::ptr::eq(object.type_of(), class.0 as *const TypeObject) {
        return Ok(true);
    }
    check(cx, object, class, false, 0)
}

/// `issubclass(derived, class)`; `class` may be a tuple of classes.
pub fn is_subclass(cx: &mut Context, derived: Value, class: Value) -> Result<bool> {
    check(cx, derived, class, true, 0)
}

/// How deep tuples of classes may nest, about as deep as on CPython's smaller stack.
const DEPTH_MAX: u32 = 100_000;

fn check(cx: &mut Context, object: Value, class: Value, subclass: bool, depth: u32) -> Result<bool> {
    if let Some(classes) = class.cast_exact::<TupleObject>() {
        let doing = if subclass { " in __subclasscheck__" } else { " in __instancecheck__" };
        if depth > DEPTH_MAX {
            return Err(cx.raise(&RECURSION_ERROR, format!("maximum recursion depth exceeded{doing}")));
        }
        cx.check_native_stack(doing)?;
        for index in 0..classes.as_slice().len() {
            if check(cx, object, classes.as_slice()[index], subclass, depth + 1)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if class.has_type(&TYPE) {
        return plain(cx, object, class, subclass);
    }
    let names = &cx.interpreter().names;
    let name = if subclass { names.subclasscheck } else { names.instancecheck };
    if class.is_pointer()
        && let Some(method) = call::lookup_special(cx, class, name)?
    {
        let result = call::call(cx, method.value(), &[object])?;
        return convert::truth(cx, result.value());
    }
    plain(cx, object, class, subclass)
}

/// The check without the class's own `__instancecheck__` or `__subclasscheck__`.
fn plain(cx: &mut Context, object: Value, class: Value, subclass: bool) -> Result<bool> {
    if subclass { class_check::is_subclass(cx, object, class) } else { class_check::is_instance(cx, object, class) }
}
