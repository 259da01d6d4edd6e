//! Displays, updates and formatting.

use super::{fetch, finish, finish_effect, next, register, set, take};
use crate::semantics::Pc;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{ATTRIBUTE_ERROR, TYPE_ERROR};
use sidewinder_runtime::objects::iterator::dict_operations;
use sidewinder_runtime::objects::list::{self, ListObject, slots::select};
use sidewinder_runtime::objects::set::{self, SetObject};
use sidewinder_runtime::objects::slice;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::template;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{attribute, convert, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// A set display.
pub fn set_display(cx: &mut Context, items: Vec<Owned>) -> Result<Owned> {
    let made = SetObject::new(cx);
    let target: &SetObject = unwrap_exact(made.value());
    for item in items {
        target.add(cx, item.value())?;
    }
    Ok(made)
}

fn unwrap_exact<T: sidewinder_runtime::Object>(value: Value) -> &'static T {
    value.cast::<T>().expect("an object that was just made")
}

/// A dict display of alternating keys and values.
pub fn map(cx: &mut Context, items: &[Owned]) -> Result<Owned> {
    let made = DictObject::new(cx);
    let target = dict::of(made.value());
    if !items.is_empty() {
        target.reserve(items.len() / 2);
    }
    for pair in items.chunks_exact(2) {
        target.set(cx, pair[0].value(), pair[1].value())?;
    }
    Ok(made)
}

/// The pieces of an f-string, joined.
pub fn string(cx: &mut Context, items: &[Value]) -> Result<Owned> {
    let empty = cx.interpreter().interned.empty();
    str::join(cx, empty, items)
}

/// Extends the list `list` by an iterable, with the message of a starred display.
pub fn extend_list(cx: &mut Context, list: Value, iterable: Value) -> Result<()> {
    let target: &ListObject = unwrap_exact(list);
    if !is_iterable(iterable) {
        let name = iterable.type_of().name();
        return Err(cx.type_error(format!("Value after * must be an iterable, not {name}")));
    }
    list::slots::extend(cx, target, iterable)
}

pub fn list_extend(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let iterable = take(cx, i.b);
    let list = register(cx, i.a);
    let result = extend_list(cx, list, iterable.value());
    super::release(cx, iterable);
    finish_effect(cx, pc, result)
}

pub fn set_add(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let item = take(cx, i.b);
    // The set of annotations that count has a name, to which a program may assign anything.
    let target = register(cx, i.a);
    let result = match target.cast::<SetObject>() {
        Some(set) => set.add(cx, item.value()).map(|_| ()),
        None => {
            let actual = target.type_of().name();
            Err(cx.type_error(format!("'{actual}' object is not a set")))
        }
    };
    super::release(cx, item);
    finish_effect(cx, pc, result)
}

pub fn set_update(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let iterable = take(cx, i.b);
    let target: &SetObject = unwrap_exact(register(cx, i.a));
    let result = set::operations::update(cx, target, iterable.value());
    super::release(cx, iterable);
    finish_effect(cx, pc, result)
}

pub fn map_add(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let value = take(cx, i.c);
    let key = take(cx, i.b);
    let result = dict::of(register(cx, i.a)).set(cx, key.value(), value.value());
    super::release(cx, value);
    super::release(cx, key);
    finish_effect(cx, pc, result)
}

pub fn list_to_tuple(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let list = take(cx, i.b);
    let tuple = TupleObject::new(cx, unwrap_exact::<ListObject>(list.value()).as_slice());
    super::release(cx, list);
    set(cx, i.a, tuple);
    next(pc)
}

pub fn dict_update(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let mapping = take(cx, i.b);
    let target = dict::of(register(cx, i.a));
    let mut result = dict_operations::update_from_mapping(cx, target, mapping.value());
    if result.is_err() && cx.swallow(&ATTRIBUTE_ERROR) {
        let name = mapping.value().type_of().name();
        result = Err(cx.type_error(format!("'{name}' object is not a mapping")));
    }
    super::release(cx, mapping);
    finish_effect(cx, pc, result)
}

/// A callable in messages: `module.name()`, without the module for builtins.
pub fn callable_text(cx: &mut Context, callable: Value) -> String {
    let (qualified, module) = (cx.interpreter().names.qualname, cx.interpreter().names.module);
    let mut part = |name: Value| match attribute::get_optional(cx, callable, name) {
        Ok(found) => found.and_then(|found| str::text(found.value()).map(|text| text.into_owned())),
        Err(_) => {
            drop(cx.take_pending());
            None
        }
    };
    match (part(qualified), part(module)) {
        (Some(name), Some(module)) if module != "builtins" => format!("{module}.{name}()"),
        (Some(name), _) => format!("{name}()"),
        (None, _) => match convert::str(cx, callable) {
            Ok(shown) => str::text(shown.value()).unwrap_or_default().into_owned(),
            Err(_) => {
                drop(cx.take_pending());
                callable.type_of().name().to_string()
            }
        },
    }
}

/// Whether `iter` accepts a value.
pub fn is_iterable(value: Value) -> bool {
    value.type_of().slots().iter.is_some() || value.type_of().slots().get_item.is_some()
}

pub fn dict_merge(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let mapping = take(cx, i.b);
    let target = dict::of(register(cx, i.a));
    let callable = register(cx, i.c);
    let result = merge_mapping(cx, target, mapping.value(), callable);
    super::release(cx, mapping);
    finish_effect(cx, pc, result)
}

/// Merges a mapping of keyword arguments into a dict, for the call of a callable, with the messages of one.
pub fn merge_mapping(cx: &mut Context, target: &DictObject, mapping: Value, callable: Value) -> Result<()> {
    let mut result = dict_operations::merge_keywords(cx, target, mapping, |cx, key| {
        let key = Owned::new(key);
        let key = match convert::str(cx, key.value()) {
            Ok(key) => str::text(key.value()).unwrap_or_default().into_owned(),
            Err(raised) => return raised,
        };
        let name = callable_text(cx, callable);
        cx.type_error(format!("{name} got multiple values for keyword argument '{key}'"))
    });
    if result.is_err() && cx.swallow(&ATTRIBUTE_ERROR) {
        let kind = mapping.type_of().name();
        let name = callable_text(cx, callable);
        result = Err(cx.raise(&TYPE_ERROR, format!("{name} argument after ** must be a mapping, not {kind}")));
    }
    result
}

fn converted(cx: &mut Context, value: Value, conversion: u16) -> Result<Owned> {
    match conversion {
        1 => convert::str(cx, value),
        2 => convert::repr(cx, value),
        3 => convert::ascii(cx, value),
        _ => Ok(Owned::new(value)),
    }
}

pub fn convert(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let value = take(cx, i.b);
    let result = converted(cx, value.value(), i.c);
    super::release(cx, value);
    finish(cx, pc, result)
}

pub fn format_simple(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let value = take(cx, i.b);
    let result = converted(cx, value.value(), i.c).and_then(|text| convert::format(cx, text.value(), Value::UNBOUND));
    super::release(cx, value);
    finish(cx, pc, result)
}

pub fn format_with_spec(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let spec = take(cx, i.c);
    let value = take(cx, i.b);
    let result = convert::format(cx, value.value(), spec.value());
    super::release(cx, spec);
    super::release(cx, value);
    finish(cx, pc, result)
}

/// `object[start:stop]`
pub fn slice_of(cx: &mut Context, object: Value, start: Value, stop: Value) -> Result<Owned> {
    let none = sidewinder_runtime::objects::singleton::none();
    if let Some(list) = object.cast_exact::<ListObject>() {
        let bounds = slice::unpack_bounds(cx, start, stop, none)?;
        return Ok(select(cx, list, bounds));
    }
    let slice = slice::SliceObject::new(cx, start, stop, none);
    subscript::get_item(cx, object, slice.value())
}

/// `a = interpolation of value b, text b+1, format b+2`
pub fn interpolation(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let [value, text, format] = [0, 1, 2].map(|offset| take(cx, i.b + offset));
    let conversion = template::conversion(cx, i.c);
    let made = template::new_field(cx, [value, text, conversion, format]);
    finish(cx, pc, Ok(made))
}

/// `a = template of texts b, interpolations b+1`
pub fn template(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let [strings, interpolations] = [0, 1].map(|offset| take(cx, i.b + offset));
    let made = template::new(cx, strings, interpolations);
    finish(cx, pc, Ok(made))
}
