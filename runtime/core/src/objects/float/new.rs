//! `float(x)`.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::float::{FLOAT, allocate, as_f64, from_f64, operand, text};
use crate::objects::int::{self, new::text_of};
use crate::objects::iterator::arguments::refuse_keywords_of_new;
use crate::objects::str::StrObject;
use crate::objects::type_object::TypeObject;
use crate::operations::{convert, warnings};
use crate::value::Value;

/// The constructor slot, for `float` and its subclasses.
pub fn new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let exact = std::ptr::eq(kind, &FLOAT.object);
    refuse_keywords_of_new(cx, &FLOAT, kind, arguments)?;
    let float = match *arguments.positionals() {
        [] => 0.0,
        [value] => from_object(cx, value)?,
        ref many => {
            return Err(cx.type_error(format!("float expected at most 1 argument, got {}", many.len())));
        }
    };
    Ok(if exact { from_f64(cx, float) } else { allocate(cx, kind, float) })
}

/// The number that `float(value)` has.
pub fn from_object(cx: &mut Context, value: Value) -> Result<f64> {
    // An exact number or text needs no lookups.
    if value.is_float() {
        return Ok(value.float());
    }
    if int::is_exact(value) {
        return int::to_f64(cx, value);
    }
    if let Some(float) = value.cast_exact::<StrObject>().and_then(StrObject::as_ascii).and_then(text::parse) {
        return Ok(float);
    }
    // A class derived from `str` may say for itself what number it is.
    let has_own = value.type_of().slots().float.is_some();
    if !has_own && let Some(source) = text_of(value) {
        return match text::parse(&source) {
            Some(float) => Ok(float),
            None => {
                let repr = convert::repr(cx, value)?;
                let repr = crate::objects::str::text(repr.value()).unwrap_or_default();
                Err(cx.value_error(format!("could not convert string to float: {repr}")))
            }
        };
    }
    match from_number(cx, value)? {
        Some(float) => Ok(float),
        None => Err(cx.type_error(format!(
            "float() argument must be a string or a real number, not '{}'",
            value.type_of().name()
        ))),
    }
}

/// The number of an object with `__float__` or `__index__`; `None` for other objects.
pub fn from_number(cx: &mut Context, value: Value) -> Result<Option<f64>> {
    let kind = value.type_of();
    if let Some(convert) = kind.slots().float {
        let float = convert(cx, value)?;
        if !float.value().is_float() && as_f64(float.value()).is_some() && !float.value().has_type(&FLOAT) {
            let what = format!("{}.__float__ returned non-float", kind.name());
            warnings::warn_of_subclass(cx, &what, float.value(), "float")?;
        }
        return match as_f64(float.value()) {
            Some(float) => Ok(Some(float)),
            None => {
                let (owner, name) = (kind.name(), float.value().type_of().name());
                Err(cx.type_error(format!("{owner}.__float__ returned non-float (type {name})")))
            }
        };
    }
    if kind.slots().index.is_some() {
        let number = convert::index(cx, value)?;
        return int::to_f64(cx, number.value()).map(Some);
    }
    operand(cx, value)
}
