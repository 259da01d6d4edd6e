//! Warnings that native functions give, and what else they ask of modules written elsewhere.

use sidewinder_runtime::objects::dict;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::{int, list};
use sidewinder_runtime::operations::{attribute, call, subscript};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

/// Warns by `warnings.warn`, if the program has that module: without it nobody could see warnings.
pub fn warn(cx: &mut Context, category: &'static TypeObject, message: &str, level: i64) -> Result<()> {
    give(cx, category, message, level, None)
}

/// Warns of something that was left open.
pub fn warn_resource(cx: &mut Context, source: Value, message: &str) -> Result<()> {
    give(cx, &sidewinder_runtime::objects::exception::RESOURCE_WARNING, message, 1, Some(source))
}

fn give(
    cx: &mut Context,
    category: &'static TypeObject,
    message: &str,
    level: i64,
    source: Option<Value>,
) -> Result<()> {
    let modules = dict::of(cx.interpreter().modules.value());
    let Some(warnings) = modules.get_text(cx, "warnings").map(Owned::new) else { return Ok(()) };
    let warn = attribute::get_text(cx, warnings.value(), "warn")?;
    let message = StrObject::new(cx, message);
    let mut arguments = vec![message.value(), category.value(), Value::from_small_int(level)];
    arguments.extend(source);
    call::call(cx, warn.value(), &arguments).map(drop)
}

/// `class[object]` of a class that is generic in name only.
pub fn generic_alias(cx: &mut Context, class: &'static TypeObject, object: Value) -> Result<Owned> {
    let example = subscript::get_item(cx, list::LIST.value(), int::INT.value())?;
    let alias = example.value().type_of().value();
    call::call(cx, alias, &[class.value(), object])
}
