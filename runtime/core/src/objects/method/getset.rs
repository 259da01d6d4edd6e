//! Descriptors of computed attributes (`getset_descriptor`) and of `__slots__` (`member_descriptor`).

use crate::context::{Context, Raised, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::GetSet;
use crate::native::object::readonly_member;
use crate::objects::slots::Slots;
use crate::objects::str::{self, StrObject};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, instance};
use crate::operations::dunder::type_slots;
use crate::value::Value;

/// A computed attribute of a type.
#[repr(C)]
pub struct GetSetObject {
    pub header: Header,
    pub definition: &'static GetSet,
    /// The type that owns the attribute. Counted.
    pub owner: Value,
}

/// A name in `__slots__`, or an attribute of a builtin type that is a member of a C structure in CPython.
#[repr(C)]
pub struct MemberObject {
    pub header: Header,
    /// The interned name under which instances store the value.
    pub name: Value,
    pub owner: Value,
    /// Of a builtin type.
    pub definition: Option<&'static GetSet>,
}

pub static GETSET_DESCRIPTOR: StaticType = Immortal::new(
    TypeObject::builtin(
        "getset_descriptor",
        size_of::<GetSetObject>(),
        Slots {
            repr: Some(getset_repr),
            descriptor_get: Some(getset_get),
            descriptor_set: Some(getset_set),
            traverse: Some(getset_traverse),
            release: Some(getset_release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

pub static MEMBER_DESCRIPTOR: StaticType = Immortal::new(
    TypeObject::builtin(
        "member_descriptor",
        size_of::<MemberObject>(),
        Slots {
            repr: Some(member_repr),
            descriptor_get: Some(member_get),
            descriptor_set: Some(member_set),
            traverse: Some(member_traverse),
            release: Some(member_release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

crate::object_type!(GetSetObject, GETSET_DESCRIPTOR);
crate::object_type!(MemberObject, MEMBER_DESCRIPTOR);

/// The descriptor of a row in a type's table of computed attributes.
pub fn new_getset(cx: &mut Context, definition: &'static GetSet, owner: &TypeObject) -> Owned {
    type Setter = fn(&mut Context, Value, Value) -> Result<()>;
    if definition.set.is_some_and(|set| std::ptr::fn_addr_eq(set, readonly_member as Setter)) {
        let name = str::intern(cx, definition.name);
        return member(cx, name.value(), owner, Some(definition));
    }
    let bytes = size_of::<GetSetObject>();
    let object = cx.heap.allocate(&GETSET_DESCRIPTOR.object, bytes, true) as *mut GetSetObject;
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe {
        (&raw mut (*object).definition).write(definition);
        (&raw mut (*object).owner).write(Owned::new(owner.value()).into_raw());
    }
    Owned::from_raw(Value::from_pointer(object))
}

/// The descriptor of a name in `__slots__`.
pub fn new_member(cx: &mut Context, name: Value, owner: &TypeObject) -> Owned {
    member(cx, name, owner, None)
}

fn member(cx: &mut Context, name: Value, owner: &TypeObject, definition: Option<&'static GetSet>) -> Owned {
    let bytes = size_of::<MemberObject>();
    let object = cx.heap.allocate(&MEMBER_DESCRIPTOR.object, bytes, true) as *mut MemberObject;
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe {
        (&raw mut (*object).name).write(Owned::new(name).into_raw());
        (&raw mut (*object).owner).write(Owned::new(owner.value()).into_raw());
        (&raw mut (*object).definition).write(definition);
    }
    Owned::from_raw(Value::from_pointer(object))
}

fn getset_of(value: Value) -> &'static GetSetObject {
    // SAFETY: (heap 2) the slots of this type are called with its objects.
    unsafe { value.cast_unchecked() }
}

fn member_of(value: Value) -> &'static MemberObject {
    // SAFETY: (heap 2) the slots of this type are called with its objects.
    unsafe { value.cast_unchecked() }
}

fn owner_of(owner: Value) -> &'static TypeObject {
    // SAFETY: (heap 2) owners are types.
    unsafe { owner.cast_unchecked() }
}

impl MemberObject {
    /// The slot's name as text.
    pub fn name_text(&self) -> String {
        str::text(self.name).unwrap_or_default().into_owned()
    }
}

#[cold]
fn wrong_receiver(cx: &mut Context, name: &str, owner: Value, instance: Value) -> Raised {
    let (owner, actual) = (owner_of(owner).name(), instance.type_of().name());
    cx.type_error(format!("descriptor '{name}' for '{owner}' objects doesn't apply to a '{actual}' object"))
}

fn getset_get(cx: &mut Context, value: Value, instance: Value, _owner: &TypeObject) -> Result<Owned> {
    if instance.is_unbound() {
        return Ok(Owned::new(value));
    }
    let descriptor = getset_of(value);
    if !instance.type_of().is_subtype(owner_of(descriptor.owner)) {
        return Err(wrong_receiver(cx, descriptor.definition.name, descriptor.owner, instance));
    }
    (descriptor.definition.get)(cx, instance)
}

fn getset_set(cx: &mut Context, value: Value, instance: Value, new: Value) -> Result<()> {
    let descriptor = getset_of(value);
    let name = descriptor.definition.name;
    if !instance.type_of().is_subtype(owner_of(descriptor.owner)) {
        return Err(wrong_receiver(cx, name, descriptor.owner, instance));
    }
    match descriptor.definition.set {
        Some(set) => set(cx, instance, new),
        None => {
            let owner = owner_of(descriptor.owner).name();
            let message = format!("attribute '{name}' of '{owner}' objects is not writable");
            Err(cx.raise(&exception::ATTRIBUTE_ERROR, message))
        }
    }
}

fn getset_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let descriptor = getset_of(value);
    let (name, owner) = (descriptor.definition.name, owner_of(descriptor.owner).name());
    Ok(StrObject::new(cx, &format!("<attribute '{name}' of '{owner}' objects>")))
}

fn member_get(cx: &mut Context, value: Value, instance: Value, _owner: &TypeObject) -> Result<Owned> {
    if instance.is_unbound() {
        return Ok(Owned::new(value));
    }
    let member = member_of(value);
    if !instance.type_of().is_subtype(owner_of(member.owner)) {
        return Err(wrong_receiver(cx, &member.name_text(), member.owner, instance));
    }
    if let Some(definition) = member.definition {
        return (definition.get)(cx, instance);
    }
    match instance::get_attribute_slot(cx, instance, member.name) {
        Some(found) => Ok(Owned::new(found)),
        None => Err(missing(cx, member, instance)),
    }
}

#[cold]
fn missing(cx: &mut Context, member: &MemberObject, instance: Value) -> Raised {
    let kind = match type_slots::display_name(cx, instance.type_of()) {
        Ok(name) => name,
        Err(raised) => return raised,
    };
    let kind = kind.strip_prefix("__main__.").unwrap_or(&kind);
    let message = format!("'{kind}' object has no attribute '{}'", member.name_text());
    exception::raise_attribute_error(cx, instance, member.name, &message)
}

fn member_set(cx: &mut Context, value: Value, instance: Value, new: Value) -> Result<()> {
    let member = member_of(value);
    if !instance.type_of().is_subtype(owner_of(member.owner)) {
        return Err(wrong_receiver(cx, &member.name_text(), member.owner, instance));
    }
    if member.definition.is_some() {
        return readonly_member(cx, instance, new);
    }
    if new.is_unbound() {
        if !instance::delete_attribute_slot(cx, instance, member.name)? {
            let name = member.name_text();
            return Err(cx.raise(&exception::ATTRIBUTE_ERROR, name));
        }
        return Ok(());
    }
    instance::set_attribute_slot(cx, instance, member.name, Owned::new(new))
}

fn member_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let member = member_of(value);
    let (name, owner) = (member.name_text(), owner_of(member.owner).name());
    Ok(StrObject::new(cx, &format!("<member '{name}' of '{owner}' objects>")))
}

unsafe fn getset_traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    visit(unsafe { &*(header as *const GetSetObject) }.owner);
}

unsafe fn getset_release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    children.push(unsafe { &*(header as *const GetSetObject) }.owner);
}

unsafe fn member_traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    let member = unsafe { &*(header as *const MemberObject) };
    visit(member.owner);
    visit(member.name);
}

unsafe fn member_release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    let member = unsafe { &*(header as *const MemberObject) };
    children.push(member.name);
    children.push(member.owner);
}
