//! Attribute access: of instances (`generic_*`), of types (`type_*`), and through whatever slot a type has.
//!
//! The order is the language's: data descriptor of the type, instance attribute, other descriptor or plain attribute
//! of the type. Names are interned `str`s throughout.

use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::objects::dict::{self, DictObject};
use crate::objects::function::FunctionObject;
use crate::objects::method::{
    self, ClassMethodObject, GETSET_DESCRIPTOR, MemberObject, PropertyObject, StaticMethodObject, super_object,
};
use crate::objects::module::ModuleObject;
use crate::objects::slots::Slots;
use crate::objects::str;
use crate::objects::type_object::{TYPE, TypeObject, flags};
use crate::objects::{exception, instance};
use crate::operations::dunder;
use crate::value::Value;
use std::cell::Cell;

/// `object.name`
#[inline]
pub fn get(cx: &mut Context, object: Value, name: Value) -> Result<Owned> {
    cx.check_native_stack("")?;
    match object.type_of().slots().get_attribute {
        Some(function) => function(cx, object, name),
        None => generic_get(cx, object, name),
    }
}

/// `object.name`, by text.
pub fn get_text(cx: &mut Context, object: Value, name: &str) -> Result<Owned> {
    let name = str::intern(cx, name);
    get(cx, object, name.value())
}

/// The attribute, or `None` instead of an `AttributeError`, which is not even made where that can be avoided.
pub fn get_optional(cx: &mut Context, object: Value, name: Value) -> Result<Option<Owned>> {
    cx.check_native_stack("")?;
    let slot = object.type_of().slots().get_attribute;
    let result = if slot_is(slot, generic_get) {
        generic_get_optional(cx, object, name)
    } else if slot_is(slot, type_get) {
        type_get_optional(cx, object, name)
    } else {
        get(cx, object, name).map(Some)
    };
    match result {
        Ok(found) => Ok(found),
        Err(_) if cx.swallow(&exception::ATTRIBUTE_ERROR) => Ok(None),
        Err(raised) => Err(raised),
    }
}

/// Like `get_optional`, by text.
pub fn get_text_optional(cx: &mut Context, object: Value, name: &str) -> Result<Option<Owned>> {
    let name = str::intern(cx, name);
    get_optional(cx, object, name.value())
}

/// `object.name` for a call: what to call, and whether the object goes before its arguments, which spares binding it.
pub fn get_method(cx: &mut Context, object: Value, name: Value) -> Result<(Owned, bool)> {
    let kind = object.type_of();
    if slot_is(kind.slots().get_attribute, generic_get)
        && let Some(entry) = kind.lookup(cx, name)
        && is_method_like(entry)
    {
        let entry = Owned::new(entry);
        let own = if may_have_own(object, kind) { own_attribute(cx, object, kind, name)? } else { None };
        return Ok(match own {
            Some(own) => (Owned::new(own), false),
            None => (entry, true),
        });
    }
    get(cx, object, name).map(|found| (found, false))
}

/// The type of `get_attribute` slots.
pub type GetAttribute = fn(&mut Context, Value, Value) -> Result<Owned>;

fn slot_is(slot: Option<GetAttribute>, function: GetAttribute) -> bool {
    slot.is_some_and(|slot| std::ptr::fn_addr_eq(slot, function))
}

/// `object.name = value`
#[inline]
pub fn set(cx: &mut Context, object: Value, name: Value, value: Value) -> Result<()> {
    match object.type_of().slots().set_attribute {
        Some(function) => function(cx, object, name, value),
        None => generic_set(cx, object, name, value),
    }
}

/// `object.name = value`, by text.
pub fn set_text(cx: &mut Context, object: Value, name: &str, value: Value) -> Result<()> {
    let name = str::intern(cx, name);
    set(cx, object, name.value(), value)
}

/// `del object.name`
pub fn delete(cx: &mut Context, object: Value, name: Value) -> Result<()> {
    set(cx, object, name, Value::UNBOUND)
}

/// Interns the name in `getattr(object, name)` and the like; an error if it is not a string.
pub fn name_argument(cx: &mut Context, name: Value) -> Result<Owned> {
    if str::is_str(name) {
        return Ok(str::intern_value(cx, name));
    }
    let actual = name.type_of().name();
    Err(cx.type_error(format!("attribute name must be string, not '{actual}'")))
}

/// `object.__getattribute__`
pub fn generic_get(cx: &mut Context, object: Value, name: Value) -> Result<Owned> {
    match generic_get_optional(cx, object, name)? {
        Some(found) => Ok(found),
        None => Err(missing(cx, object, name)),
    }
}

/// The slots of a value's type.
fn slots_of(value: Value) -> &'static Slots {
    value.type_of().slots()
}

/// `object.__getattribute__` without the error for absence; `AttributeError`s that descriptors raise come through.
pub fn generic_get_optional(cx: &mut Context, object: Value, name: Value) -> Result<Option<Owned>> {
    let kind = object.type_of();
    let Some(entry) = kind.lookup(cx, name) else {
        return Ok(own_attribute(cx, object, kind, name)?.map(Owned::new));
    };
    let slots = slots_of(entry);
    let bind = slots.descriptor_get;
    if let Some(bind) = bind
        && slots.descriptor_set.is_some()
    {
        let entry = Owned::new(entry);
        return found(cx, |cx| bind(cx, entry.value(), object, kind));
    }
    if may_have_own(object, kind) {
        let entry = Owned::new(entry);
        if let Some(own) = own_attribute(cx, object, kind, name)? {
            return Ok(Some(Owned::new(own)));
        }
        return match bind {
            Some(bind) => found(cx, |cx| bind(cx, entry.value(), object, kind)),
            None => Ok(Some(entry)),
        };
    }
    let entry = Owned::new(entry);
    match bind {
        Some(bind) => found(cx, |cx| bind(cx, entry.value(), object, kind)),
        None => Ok(Some(entry)),
    }
}

/// The result of a descriptor.
#[inline]
fn found(cx: &mut Context, run: impl FnOnce(&mut Context) -> Result<Owned>) -> Result<Option<Owned>> {
    run(cx).map(Some)
}

fn may_have_own(object: Value, kind: &TypeObject) -> bool {
    kind.has_flag(flags::HAS_BLOCK) || dict_cell(object).is_some()
}

/// Where objects of builtin types that are not laid out with an attribute block keep their `__dict__`.
pub fn dict_cell(object: Value) -> Option<&'static Cell<Value>> {
    if !object.is_pointer() {
        return None;
    }
    if let Some(function) = object.cast_exact::<FunctionObject>() {
        return Some(&function.dict);
    }
    if let Some(method) = object.cast_exact::<StaticMethodObject>() {
        return Some(&method.dict);
    }
    if let Some(method) = object.cast_exact::<ClassMethodObject>() {
        return Some(&method.dict);
    }
    object.cast::<ModuleObject>().map(|module| &module.dict)
}

/// Whether the object's attributes lie in its block; modules with `__slots__` have a block for these alone.
fn lie_in_block(object: Value, kind: &TypeObject) -> bool {
    kind.has_flag(flags::HAS_BLOCK) && (kind.has_flag(flags::PLAIN) || object.cast::<ModuleObject>().is_none())
}

/// The attribute that the object itself has, borrowed.
fn own_attribute(cx: &mut Context, object: Value, kind: &TypeObject, name: Value) -> Result<Option<Value>> {
    if lie_in_block(object, kind) {
        // The slots of `__slots__` are not attributes by themselves: their descriptors find them.
        if !kind.has_flag(flags::HAS_DICT) {
            return Ok(None);
        }
        return Ok(instance::get_attribute_slot(cx, object, name));
    }
    match dict_cell(object) {
        Some(cell) if !cell.get().is_unbound() => Ok(dict::of(cell.get()).get_interned(name)),
        _ => Ok(None),
    }
}

/// The error of reading an attribute that is not there.
#[cold]
pub fn missing(cx: &mut Context, object: Value, name: Value) -> Raised {
    let text = str::text(name).unwrap_or_default().into_owned();
    let message = match object.cast::<TypeObject>() {
        Some(class) => format!("type object '{}' has no attribute '{text}'", class.name()),
        None => format!("'{}' object has no attribute '{text}'", object.type_of().name()),
    };
    exception::raise_attribute_error(cx, object, name, &message)
}

/// `object.__setattr__`; an unbound value deletes (`object.__delattr__`).
pub fn generic_set(cx: &mut Context, object: Value, name: Value, value: Value) -> Result<()> {
    let kind = object.type_of();
    let entry = kind.lookup(cx, name);
    if let Some(entry) = entry
        && let Some(set) = slots_of(entry).descriptor_set
    {
        let entry = Owned::new(entry);
        return set(cx, entry.value(), object, value);
    }
    if kind.has_flag(flags::HAS_DICT) && lie_in_block(object, kind) {
        if !value.is_unbound() {
            return instance::set_attribute_slot(cx, object, name, Owned::new(value));
        }
        if instance::delete_attribute_slot(cx, object, name)? {
            return Ok(());
        }
        return Err(missing(cx, object, name));
    }
    if let Some(cell) = dict_cell(object) {
        return set_in_cell(cx, object, cell, name, value);
    }
    let text = str::text(name).unwrap_or_default().into_owned();
    let kind = kind.name();
    let message = match entry {
        Some(_) => format!("'{kind}' object attribute '{text}' is read-only"),
        None => format!("'{kind}' object has no attribute '{text}' and no __dict__ for setting new attributes"),
    };
    Err(exception::raise_attribute_error(cx, object, name, &message))
}

fn set_in_cell(cx: &mut Context, object: Value, cell: &Cell<Value>, name: Value, value: Value) -> Result<()> {
    if value.is_unbound() {
        if !cell.get().is_unbound() && dict::of(cell.get()).remove(cx, name)?.is_some() {
            return Ok(());
        }
        return Err(missing(cx, object, name));
    }
    if cell.get().is_unbound() {
        cell.set(DictObject::new(cx).into_raw());
    }
    dict::of(cell.get()).set(cx, name, value)
}

/// The `__dict__` of an object, made if it does not exist yet; an `AttributeError` if the object cannot have one.
pub fn own_dict(cx: &mut Context, object: Value) -> Result<Owned> {
    let kind = object.type_of();
    if lie_in_block(object, kind) && kind.has_flag(flags::HAS_DICT) {
        return instance::dict(cx, object);
    }
    if object.cast::<TypeObject>().is_some() {
        // A metaclass may have the descriptor of another class before that of `type`.
        let name = cx.interpreter().names.dict;
        if let Some(own) = TYPE.lookup(cx, name)
            && let Some(bind) = slots_of(own).descriptor_get
        {
            return bind(cx, own, object, kind);
        }
    }
    match dict_cell(object) {
        Some(cell) => {
            if cell.get().is_unbound() {
                cell.set(DictObject::new(cx).into_raw());
            }
            Ok(Owned::new(cell.get()))
        }
        None => {
            let name = cx.interpreter().names.dict;
            Err(missing(cx, object, name))
        }
    }
}

/// Replaces (or, for an unbound value, empties) the `__dict__` of an object.
pub fn set_own_dict(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let new = if new.is_unbound() { DictObject::new(cx) } else { Owned::new(new) };
    if !new.value().type_of().has_flag(flags::DICT) {
        let actual = new.value().type_of().name();
        return Err(cx.type_error(format!("__dict__ must be set to a dictionary, not a '{actual}'")));
    }
    if let Some(class) = value.cast::<TypeObject>() {
        let message = format!("attribute '__dict__' of '{}' objects is not writable", class.value().type_of().name());
        return Err(cx.raise(&exception::ATTRIBUTE_ERROR, message));
    }
    if value.cast::<ModuleObject>().is_some() {
        return Err(cx.raise(&exception::ATTRIBUTE_ERROR, "readonly attribute"));
    }
    if let Some(cell) = dict_cell(value) {
        drop(Owned::from_raw_option(cell.replace(new.into_raw())));
        return Ok(());
    }
    instance::dict(cx, value)?;
    if let Some(block) = instance::find_block(cx, value) {
        let old = block.overflow.replace(new.into_raw().0 as *mut Value);
        drop(Owned::from_raw(Value::from_pointer(old)));
    }
    Ok(())
}

/// The same for objects of builtin types, whose `__dict__` can be replaced, but not deleted.
pub fn replace_own_dict(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(cx.type_error("cannot delete __dict__"));
    }
    set_own_dict(cx, value, new)
}

/// `type.__getattribute__`
pub fn type_get(cx: &mut Context, object: Value, name: Value) -> Result<Owned> {
    match type_get_optional(cx, object, name)? {
        Some(found) => Ok(found),
        None => Err(missing(cx, object, name)),
    }
}

/// `type.__getattribute__` without the error.
pub fn type_get_optional(cx: &mut Context, object: Value, name: Value) -> Result<Option<Owned>> {
    let Some(kind) = object.cast::<TypeObject>() else { return generic_get_optional(cx, object, name) };
    let metatype = object.type_of();
    let meta_entry = metatype.lookup(cx, name).map(Owned::new);
    let meta_bind = meta_entry.as_ref().and_then(|entry| slots_of(entry.value()).descriptor_get);
    if let (Some(entry), Some(bind)) = (&meta_entry, meta_bind)
        && slots_of(entry.value()).descriptor_set.is_some()
    {
        return found(cx, |cx| bind(cx, entry.value(), object, metatype));
    }
    if let Some(entry) = kind.lookup(cx, name) {
        let entry = Owned::new(entry);
        return match slots_of(entry.value()).descriptor_get {
            Some(bind) => found(cx, |cx| bind(cx, entry.value(), Value::UNBOUND, kind)),
            None => Ok(Some(entry)),
        };
    }
    match (meta_entry, meta_bind) {
        (Some(entry), Some(bind)) => found(cx, |cx| bind(cx, entry.value(), object, metatype)),
        (entry, _) => Ok(entry),
    }
}

/// `type.__setattr__`; an unbound value deletes.
pub fn type_set(cx: &mut Context, object: Value, name: Value, value: Value) -> Result<()> {
    let Some(kind) = object.cast::<TypeObject>() else { return generic_set(cx, object, name, value) };
    if !kind.has_flag(flags::HEAP) {
        let text = str::text(name).unwrap_or_default().into_owned();
        let kind = kind.name();
        return Err(cx.type_error(format!("cannot set '{text}' attribute of immutable type '{kind}'")));
    }
    let metatype = object.type_of();
    if let Some(entry) = metatype.lookup(cx, name)
        && let Some(set) = slots_of(entry).descriptor_set
    {
        let entry = Owned::new(entry);
        return set(cx, entry.value(), object, value);
    }
    let name = str::intern_value(cx, name);
    match dunder::change_attribute(cx, kind, name.value(), value)? {
        true => Ok(()),
        false => Err(missing(cx, object, name.value())),
    }
}

/// Whether a type's slot is `object.__getattribute__`.
pub fn is_generic(slot: GetAttribute) -> bool {
    std::ptr::fn_addr_eq(slot, generic_get as GetAttribute)
}

/// Whether a type's slot is `type.__getattribute__`.
pub fn is_of_type(slot: GetAttribute) -> bool {
    std::ptr::fn_addr_eq(slot, type_get as GetAttribute)
}

/// Whether a type's slot is `object.__setattr__`.
pub fn is_generic_set(slot: fn(&mut Context, Value, Value, Value) -> Result<()>) -> bool {
    std::ptr::fn_addr_eq(slot, generic_set as fn(&mut Context, Value, Value, Value) -> Result<()>)
}

/// Whether a type's slot is `type.__setattr__`.
pub fn is_set_of_type(slot: fn(&mut Context, Value, Value, Value) -> Result<()>) -> bool {
    std::ptr::fn_addr_eq(slot, type_set as fn(&mut Context, Value, Value, Value) -> Result<()>)
}

/// The getter of a property that is a Python function, which a read of the attribute calls with the instance.
pub fn python_getter(_cx: &Context, descriptor: Value) -> Option<Value> {
    let getter = descriptor.cast_exact::<PropertyObject>()?.getter.get();
    getter.cast_exact::<FunctionObject>().map(|_| getter)
}

/// Whether a descriptor computes an attribute in Rust.
pub fn is_native_getter(descriptor: Value) -> bool {
    descriptor.has_type(&GETSET_DESCRIPTOR)
        || descriptor.cast_exact::<MemberObject>().is_some_and(|member| member.definition.is_some())
}

/// What a data descriptor of an object's type gets of it.
pub fn get_by_descriptor(cx: &mut Context, descriptor: Value, object: Value) -> Result<Owned> {
    match descriptor.type_of().slots().descriptor_get {
        Some(get) => get(cx, descriptor, object, object.type_of()),
        None => Ok(Owned::new(descriptor)),
    }
}

/// The name under which instances store the value of a `__slots__` member.
pub fn member_slot_name(descriptor: Value) -> Option<Value> {
    descriptor.cast_exact::<MemberObject>().filter(|member| member.definition.is_none()).map(|member| member.name)
}

/// `super(class, receiver).name`. With `method`, the second result is the receiver if it is to be passed first to the
/// function that is the first.
pub fn super_lookup(
    cx: &mut Context,
    class: Value,
    receiver: Value,
    name: Value,
    method: bool,
) -> Result<(Owned, Option<Owned>)> {
    if !method {
        return Ok((super_object::lookup(cx, class, receiver, name)?, None));
    }
    let (found, takes_receiver) = super_object::lookup_method(cx, class, receiver, name)?;
    Ok((found, takes_receiver.then(|| Owned::new(receiver))))
}

/// Whether binding the value to a receiver only prepends the receiver to the arguments.
pub fn is_method_like(entry: Value) -> bool {
    entry.cast_exact::<FunctionObject>().is_some()
        || entry.has_type(&method::METHOD_DESCRIPTOR)
        || entry.has_type(&method::WRAPPER_DESCRIPTOR)
}
