//! Pattern matching (PEP 634).

use super::{clear, fetch, finish, register, take};
use crate::semantics::{ColdHandler, Pc};
use sidewinder_runtime::objects::exception::KEY_ERROR;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{TypeObject, flags};
use sidewinder_runtime::objects::{int, singleton, str};
use sidewinder_runtime::operations::{attribute, call, compare, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value};

fn boolean(value: bool) -> Owned {
    Owned::new(singleton::boolean(value))
}

/// A kind of collections that patterns tell from others.
pub struct Collection {
    /// The flag of types that say so, and those of builtin types that are.
    declared: u32,
    builtin: u32,
    pub handler: ColdHandler,
}

pub static SEQUENCE: Collection =
    Collection { declared: flags::SEQUENCE, builtin: flags::LIST | flags::TUPLE, handler: sequence };
pub static MAPPING: Collection = Collection { declared: flags::MAPPING, builtin: flags::DICT, handler: mapping };

impl Collection {
    /// Whether a value's type counts as a collection of this kind.
    pub fn contains(&self, value: Value) -> bool {
        let class = value.type_of();
        match class.flags.get() & (flags::SEQUENCE | flags::MAPPING) {
            0 => class.has_flag(self.builtin),
            found => found & self.declared != 0,
        }
    }
}

pub fn sequence(cx: &mut Context, pc: Pc) -> Pc {
    let is = SEQUENCE.contains(register(cx, fetch(pc).b));
    finish(cx, pc, Ok(boolean(is)))
}

pub fn mapping(cx: &mut Context, pc: Pc) -> Pc {
    let is = MAPPING.contains(register(cx, fetch(pc).b));
    finish(cx, pc, Ok(boolean(is)))
}

pub fn length(cx: &mut Context, pc: Pc) -> Pc {
    let value = register(cx, fetch(pc).b);
    let result = subscript::length(cx, value).map(|length| int::from_usize(cx, length));
    finish(cx, pc, result)
}

pub fn keys(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let keys = take(cx, i.c);
    let subject = register(cx, i.b);
    let result = values_of_keys(cx, subject, keys.value());
    super::release(cx, keys);
    finish(cx, pc, result)
}

fn values_of_keys(cx: &mut Context, subject: Value, keys: Value) -> Result<Owned> {
    let keys = keys.cast::<TupleObject>().map_or(&[][..], |tuple| tuple.as_slice());
    let mut values = Vec::new();
    for (position, key) in keys.iter().enumerate() {
        for earlier in &keys[..position] {
            if compare::equals(cx, *earlier, *key)? {
                let text = sidewinder_runtime::operations::convert::repr(cx, *key)?;
                let text = str::text(text.value()).unwrap_or_default().into_owned();
                return Err(cx.value_error(format!("mapping pattern checks duplicate key ({text})")));
            }
        }
        let method = attribute::get_text(cx, subject, "get")?;
        let marker = sidewinder_runtime::objects::list::ListObject::new(cx, Vec::new());
        let value = call::call(cx, method.value(), &[*key, marker.value()])?;
        if value.value() == marker.value() {
            return Ok(Owned::new(singleton::none()));
        }
        values.push(value);
    }
    cx.swallow(&KEY_ERROR);
    Ok(TupleObject::from_owned(cx, values))
}

pub fn class(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let (subject, kind, names) = (register(cx, i.b), register(cx, i.b + 1), register(cx, i.b + 2));
    let result = class_attributes(cx, subject, kind, names, i.c as usize);
    for offset in (0..3).rev() {
        clear(cx, i.b + offset);
    }
    finish(cx, pc, result)
}

fn class_attributes(cx: &mut Context, subject: Value, kind: Value, names: Value, positional: usize) -> Result<Owned> {
    let none = Owned::new(singleton::none());
    let Some(class) = kind.cast::<TypeObject>() else {
        return Err(cx.type_error("called match pattern must be a class"));
    };
    if !sidewinder_runtime::operations::instance::is_instance(cx, subject, kind)? {
        return Ok(none);
    }
    let mut values = Vec::new();
    let mut seen = Vec::new();
    if positional > 0 {
        let name = str::intern(cx, "__match_args__");
        match attribute::get_optional(cx, kind, name.value())? {
            None => {
                let own = flags::INT | flags::STR | flags::TUPLE | flags::LIST | flags::DICT;
                let matches_self = class.mro().iter().any(|entry| entry.has_flag(own)) || is_self_matching(class);
                let allowed = matches_self as usize;
                if positional > allowed {
                    return Err(too_many(cx, class, allowed, positional));
                }
                values.push(Owned::new(subject));
            }
            Some(list) => {
                let Some(list) = list.value().cast_exact::<TupleObject>() else {
                    let (class, kind) = (class.name(), list.value().type_of().name());
                    return Err(cx.type_error(format!("{class}.__match_args__ must be a tuple (got {kind})")));
                };
                if positional > list.as_slice().len() {
                    return Err(too_many(cx, class, list.as_slice().len(), positional));
                }
                for position in 0..positional {
                    let name = list.as_slice()[position];
                    if !name.has_type(&str::STR) {
                        let kind = name.type_of().name();
                        let message = format!("__match_args__ elements must be strings (got {kind})");
                        return Err(cx.type_error(message));
                    }
                    match attribute_once(cx, subject, class, name, &mut seen)? {
                        Some(value) => values.push(value),
                        None => return Ok(none),
                    }
                }
            }
        }
    }
    for name in names.cast::<TupleObject>().map_or(&[][..], |tuple| tuple.as_slice()) {
        match attribute_once(cx, subject, class, *name, &mut seen)? {
            Some(value) => values.push(value),
            None => return Ok(none),
        }
    }
    Ok(TupleObject::from_owned(cx, values))
}

/// An attribute that a class pattern tests, if the subject has it; no name may come twice.
fn attribute_once(
    cx: &mut Context,
    subject: Value,
    class: &TypeObject,
    name: Value,
    seen: &mut Vec<String>,
) -> Result<Option<Owned>> {
    let text = str::text(name).unwrap_or_default().into_owned();
    if seen.contains(&text) {
        let class = class.name();
        return Err(cx.type_error(format!("{class}() got multiple sub-patterns for attribute '{text}'")));
    }
    seen.push(text);
    attribute::get_optional(cx, subject, name)
}

/// Builtin types whose single positional pattern matches the subject itself.
fn is_self_matching(class: &TypeObject) -> bool {
    let names = ["float", "bytes", "bytearray", "set", "frozenset", "bool"];
    class.mro().iter().any(|entry| !entry.has_flag(flags::HEAP) && names.contains(&entry.name()))
}

fn too_many(cx: &mut Context, class: &TypeObject, allowed: usize, given: usize) -> sidewinder_runtime::Raised {
    let plural = if allowed == 1 { "" } else { "s" };
    let class = class.name();
    cx.type_error(format!("{class}() accepts {allowed} positional sub-pattern{plural} ({given} given)"))
}
