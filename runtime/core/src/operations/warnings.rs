//! Warnings from native code.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::dict;
use crate::objects::exception::{DEPRECATION_WARNING, IMPORT_ERROR};
use crate::objects::str::StrObject;
use crate::objects::type_object::TypeObject;
use crate::operations::{attribute, call};
use crate::value::Value;

/// Issues a warning through the module `_warnings`. A `stack_level` of 1 stands for the Python frame that runs. Fails
/// when a filter makes an exception of it.
pub fn warn(cx: &mut Context, category: &'static TypeObject, message: &str, stack_level: i64) -> Result<()> {
    let module = match super::import::module(cx, "_warnings") {
        Ok(module) => module,
        Err(_) if cx.swallow(&IMPORT_ERROR) => return without_module(cx, category, message),
        Err(raised) => return Err(raised),
    };
    let message = StrObject::new(cx, message);
    let arguments = [message.value(), category.value(), Value::from_small_int(stack_level)];
    call::call_method(cx, module.value(), "warn", &arguments).map(drop)
}

/// Warns that a special method gave an object of a class derived from what it should give. `what` is like "`__int__`
/// returned non-int".
#[cold]
pub fn warn_of_subclass(cx: &mut Context, what: &str, result: Value, base: &str) -> Result<()> {
    let name = result.type_of().name();
    let message = format!(
        "{what} (type {name}).  The ability to return an instance of a strict subclass of {base} is deprecated, and may \
         be removed in a future version of Python."
    );
    warn(cx, &DEPRECATION_WARNING, &message, 1)
}

/// What can be done as long as there is no such module: print what its default filters let pass.
fn without_module(cx: &mut Context, category: &'static TypeObject, message: &str) -> Result<()> {
    if category.is_subtype(&DEPRECATION_WARNING) {
        return Ok(());
    }
    let modules = Owned::new(cx.interpreter().modules.value());
    let Some(system) = dict::of(modules.value()).get_text(cx, "sys").map(Owned::new) else { return Ok(()) };
    let Some(stream) = attribute::get_text_optional(cx, system.value(), "stderr")? else { return Ok(()) };
    let line = StrObject::new(cx, &format!("{}: {message}\n", category.name()));
    call::call_method(cx, stream.value(), "write", &[line.value()]).map(drop)
}

/// A function of the Python module `warnings`; `None` if there is no such module or function.
pub fn function(cx: &mut Context, name: &str) -> Result<Option<Owned>> {
    match super::import::module(cx, "warnings") {
        Ok(module) => attribute::get_text_optional(cx, module.value(), name),
        Err(_) if cx.swallow(&IMPORT_ERROR) => Ok(None),
        Err(raised) => Err(raised),
    }
}
