//! Conversions: repr, str, hash, truth, index.

use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::objects::str::StrObject;
use crate::objects::type_object::flags;
use crate::objects::{int, singleton};
use crate::operations::{call, warnings};
use crate::value::Value;

/// `repr(value)`
pub fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    cx.check_native_stack(" while getting the repr of an object")?;
    let Some(function) = value.type_of().slots().repr else {
        let text = format!("<{} object at {:#x}>", value.type_of().name(), value.0);
        return Ok(StrObject::new(cx, &text));
    };
    let result = function(cx, value)?;
    checked_str(cx, result, "__repr__")
}

/// The text of `repr(value)`, as messages show it.
pub fn repr_text(cx: &mut Context, value: Value) -> Result<String> {
    let shown = repr(cx, value)?;
    Ok(crate::objects::str::text(shown.value()).unwrap_or_default().into_owned())
}

/// `str(value)`
pub fn str(cx: &mut Context, value: Value) -> Result<Owned> {
    if value.has_type(&crate::objects::str::STR) {
        return Ok(Owned::new(value));
    }
    cx.check_native_stack(" while getting the str of an object")?;
    let Some(function) = value.type_of().slots().str else { return repr(cx, value) };
    let result = function(cx, value)?;
    checked_str(cx, result, "__str__")
}

fn checked_str(cx: &mut Context, result: Owned, method: &str) -> Result<Owned> {
    if result.value().type_of().has_flag(flags::STR) {
        return Ok(result);
    }
    let name = result.value().type_of().name();
    Err(cx.type_error(format!("{method} returned non-string (type {name})")))
}

/// `ascii(value)`
pub fn ascii(cx: &mut Context, value: Value) -> Result<Owned> {
    let text = repr(cx, value)?;
    // SAFETY: (heap 2) `repr` returns a str.
    let object: &StrObject = unsafe { text.value().cast_unchecked() };
    if object.is_ascii() {
        return Ok(text);
    }
    let mut escaped = String::new();
    for point in object.code_points() {
        match point {
            0..=0x7f => escaped.push(point as u8 as char),
            0x80..=0xff => escaped.push_str(&format!("\\x{point:02x}")),
            0x100..=0xffff => escaped.push_str(&format!("\\u{point:04x}")),
            _ => escaped.push_str(&format!("\\U{point:08x}")),
        }
    }
    Ok(StrObject::new(cx, &escaped))
}

/// `hash(value)`
pub fn hash(cx: &mut Context, value: Value) -> Result<i64> {
    cx.check_native_stack(" while hashing an object")?;
    match value.type_of().slots().hash {
        Some(function) => function(cx, value),
        None => Err(unhashable(cx, value)),
    }
}

/// The `hash` slot of types whose objects have none; `__hash__` is `None` there.
pub fn unhashable_slot(cx: &mut Context, value: Value) -> Result<i64> {
    Err(unhashable(cx, value))
}

/// The error of hashing a value of an unhashable type.
#[cold]
pub fn unhashable(cx: &mut Context, value: Value) -> Raised {
    let name = value.type_of().name();
    cx.type_error(format!("unhashable type: '{name}'"))
}

/// `bool(value)`
#[inline]
pub fn truth(cx: &mut Context, value: Value) -> Result<bool> {
    if value.is_int() {
        return Ok(value.int() != 0);
    }
    if value == singleton::true_() {
        return Ok(true);
    }
    if value == singleton::false_() || value == singleton::none() {
        return Ok(false);
    }
    if value.is_float() {
        return Ok(value.float() != 0.0);
    }
    truth_slow(cx, value)
}

fn truth_slow(cx: &mut Context, value: Value) -> Result<bool> {
    cx.check_native_stack("")?;
    let slots = value.type_of().slots();
    if let Some(function) = slots.truth {
        return function(cx, value);
    }
    if let Some(function) = slots.length {
        return Ok(function(cx, value)? != 0);
    }
    Ok(true)
}

/// `operator.index(value)`: an int.
pub fn index(cx: &mut Context, value: Value) -> Result<Owned> {
    if int::is_int_like(value) {
        return Ok(Owned::new(value));
    }
    let Some(function) = value.type_of().slots().index else {
        let name = value.type_of().name();
        return Err(cx.type_error(format!("'{name}' object cannot be interpreted as an integer")));
    };
    let result = function(cx, value)?;
    if int::is_exact(result.value()) {
        return Ok(result);
    }
    if int::is_int_like(result.value()) {
        warnings::warn_of_subclass(cx, "__index__ returned non-int", result.value(), "int")?;
        return Ok(int::exact(cx, result.value()));
    }
    let name = result.value().type_of().name();
    Err(cx.type_error(format!("__index__ returned non-int (type {name})")))
}

/// Whether there is an object that can be an index.
pub fn is_index(value: Option<Value>) -> bool {
    value.is_some_and(|value| value.is_int() || value.type_of().slots().index.is_some())
}

/// An index as `i64`; `IndexError` when it does not fit.
pub fn index_i64(cx: &mut Context, value: Value) -> Result<i64> {
    if value.is_int() {
        return Ok(value.int());
    }
    let number = index(cx, value)?;
    match int::as_i64(number.value()) {
        Some(number) => Ok(number),
        None => {
            let name = value.type_of().name();
            Err(cx.index_error(format!("cannot fit '{name}' into an index-sized integer")))
        }
    }
}

/// An index as a C `long`; `OverflowError` when it does not fit (`PyLong_AsLong`).
pub fn c_long(cx: &mut Context, value: Value) -> Result<i64> {
    if value.is_int() {
        return Ok(value.int());
    }
    let number = index(cx, value)?;
    int::as_i64(number.value()).ok_or_else(|| cx.overflow_error("Python int too large to convert to C long"))
}

/// An index as a C `int`, in the words of `PyArg_Parse` for the format `i`.
pub fn c_int(cx: &mut Context, value: Value) -> Result<i32> {
    let number = c_long(cx, value)?;
    i32::try_from(number).map_err(|_| {
        cx.overflow_error(if number < 0 {
            "signed integer is less than minimum"
        } else {
            "signed integer is greater than maximum"
        })
    })
}

/// An index as `i64`, clamped to its range.
pub fn index_clamped(cx: &mut Context, value: Value) -> Result<i64> {
    if value.is_int() {
        return Ok(value.int());
    }
    let number = index(cx, value)?;
    Ok(int::as_i64(number.value())
        .unwrap_or_else(|| if int::is_negative(number.value()) { i64::MIN } else { i64::MAX }))
}

/// `format(value, spec)`
pub fn format(cx: &mut Context, value: Value, spec: Value) -> Result<Owned> {
    let empty = spec.is_unbound() || spec.cast::<StrObject>().is_some_and(|text| text.is_empty());
    if empty && (value.has_type(&crate::objects::str::STR) || value.is_int() || value.is_float()) {
        return str(cx, value);
    }
    let spec = if spec.is_unbound() { StrObject::new(cx, "") } else { Owned::new(spec) };
    let name = cx.interpreter().names.format;
    let Some(result) = call::call_special(cx, value, name, spec.value())? else {
        let kind = value.type_of().name();
        return Err(cx.type_error(format!("Type {kind} doesn't define __format__")));
    };
    if result.value().type_of().has_flag(flags::STR) {
        return Ok(result);
    }
    let name = result.value().type_of().name();
    Err(cx.type_error(format!("__format__ must return a str, not {name}")))
}
