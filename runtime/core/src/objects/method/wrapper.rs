//! Slot wrappers: `int.__add__` (a descriptor that calls the owner's slot) and `(1).__add__` (the same, bound).

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::singleton;
use crate::objects::slots::{CompareOp, Slots};
use crate::objects::str::StrObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::dunder::Dunder;
use crate::value::Value;

/// A dunder method of a builtin type that stands for the type's slot. Owners are immortal, so nothing is counted.
#[repr(C)]
pub struct WrapperDescriptor {
    pub header: Header,
    pub row: &'static Dunder,
    pub owner: &'static TypeObject,
}

/// A slot wrapper bound to an instance.
#[repr(C)]
pub struct MethodWrapper {
    pub header: Header,
    pub row: &'static Dunder,
    pub owner: &'static TypeObject,
    pub receiver: Value,
}

pub static WRAPPER_DESCRIPTOR: StaticType = Immortal::new(
    TypeObject::builtin(
        "wrapper_descriptor",
        size_of::<WrapperDescriptor>(),
        Slots {
            repr: Some(descriptor_repr),
            call: Some(descriptor_call),
            descriptor_get: Some(descriptor_bind),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object),
);

pub static METHOD_WRAPPER: StaticType = Immortal::new(
    TypeObject::builtin(
        "method-wrapper",
        size_of::<MethodWrapper>(),
        Slots {
            repr: Some(bound_repr),
            hash: Some(bound_hash),
            compare: Some(bound_compare),
            call: Some(bound_call),
            traverse: Some(traverse),
            release: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

crate::object_type!(WrapperDescriptor, WRAPPER_DESCRIPTOR);
crate::object_type!(MethodWrapper, METHOD_WRAPPER);

/// The wrapper of the slot behind `row` in `owner`.
pub fn new(cx: &mut Context, row: &'static Dunder, owner: &'static TypeObject) -> Owned {
    let bytes = size_of::<WrapperDescriptor>();
    let wrapper = cx.heap.allocate(&WRAPPER_DESCRIPTOR.object, bytes, false) as *mut WrapperDescriptor;
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe {
        (&raw mut (*wrapper).row).write(row);
        (&raw mut (*wrapper).owner).write(owner);
    }
    Owned::from_raw(Value::from_pointer(wrapper))
}

fn bound_of(value: Value) -> &'static MethodWrapper {
    // SAFETY: (heap 2) the slots of this type are called with its objects.
    unsafe { value.cast_unchecked() }
}

fn wrapper_of(value: Value) -> &'static WrapperDescriptor {
    // SAFETY: (heap 2) the slots of this type are called with its objects.
    unsafe { value.cast_unchecked() }
}

fn invoke(
    cx: &mut Context,
    row: &'static Dunder,
    owner: &'static TypeObject,
    receiver: Value,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    if !arguments.names.is_empty() && !row.keywords {
        return Err(cx.type_error(format!("wrapper {}() takes no keyword arguments", row.name)));
    }
    let given = arguments.values.len();
    let (minimum, maximum) = (row.minimum as usize, row.maximum as usize);
    if !row.keywords && (given < minimum || given > maximum) {
        let name = row.name;
        let message = if minimum == maximum && minimum < 2 {
            let plural = if minimum == 1 { "" } else { "s" };
            format!("expected {minimum} argument{plural}, got {given}")
        } else if minimum == maximum {
            format!("{name} expected {minimum} arguments, got {given}")
        } else if (minimum, maximum) == (1, 2) && name.ends_with("pow__") {
            format!("expected 1 or 2 arguments, got {given}")
        } else if given < minimum {
            format!("{name} expected at least {minimum} argument{}, got {given}", if minimum == 1 { "" } else { "s" })
        } else {
            format!("{name} expected at most {maximum} argument{}, got {given}", if maximum == 1 { "" } else { "s" })
        };
        return Err(cx.type_error(message));
    }
    match row.wrapper {
        Some(wrapper) => wrapper(cx, row, owner, receiver, arguments),
        None => Err(cx.type_error(format!("{} has no wrapper", row.name))),
    }
}

fn descriptor_call(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    let WrapperDescriptor { row, owner, .. } = wrapper_of(value);
    let Some(receiver) = arguments.positionals().first().copied() else {
        let message = format!("descriptor '{}' of '{}' object needs an argument", row.name, owner.name());
        return Err(cx.type_error(message));
    };
    if !receiver.type_of().is_subtype(owner) {
        let (owner, actual) = (owner.name(), receiver.type_of().name());
        let name = row.name;
        return Err(cx.type_error(format!("descriptor '{name}' requires a '{owner}' object but received a '{actual}'")));
    }
    invoke(cx, row, owner, receiver, arguments.without_first())
}

fn descriptor_bind(cx: &mut Context, value: Value, instance: Value, _owner: &TypeObject) -> Result<Owned> {
    if instance.is_unbound() {
        return Ok(Owned::new(value));
    }
    let WrapperDescriptor { row, owner, .. } = wrapper_of(value);
    if !instance.type_of().is_subtype(owner) {
        let (name, owner, actual) = (row.name, owner.name(), instance.type_of().name());
        let message = format!("descriptor '{name}' for '{owner}' objects doesn't apply to a '{actual}' object");
        return Err(cx.type_error(message));
    }
    let bytes = size_of::<MethodWrapper>();
    let bound = cx.heap.allocate(&METHOD_WRAPPER.object, bytes, true) as *mut MethodWrapper;
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe {
        (&raw mut (*bound).row).write(row);
        (&raw mut (*bound).owner).write(owner);
        (&raw mut (*bound).receiver).write(Owned::new(instance).into_raw());
    }
    Ok(Owned::from_raw(Value::from_pointer(bound)))
}

fn bound_call(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    let bound = bound_of(value);
    let receiver = Owned::new(bound.receiver);
    invoke(cx, bound.row, bound.owner, receiver.value(), arguments)
}

fn descriptor_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let WrapperDescriptor { row, owner, .. } = wrapper_of(value);
    Ok(StrObject::new(cx, &format!("<slot wrapper '{}' of '{}' objects>", row.name, owner.name())))
}

fn bound_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let bound = bound_of(value);
    let (name, kind) = (bound.row.name, bound.receiver.type_of().name());
    Ok(StrObject::new(cx, &format!("<method-wrapper '{name}' of {kind} object at {:#x}>", bound.receiver.0)))
}

fn bound_hash(_cx: &mut Context, value: Value) -> Result<i64> {
    let bound = bound_of(value);
    let hash = super::address_hash(bound.receiver) ^ super::address_hash(Value::from_pointer(bound.row));
    Ok(if hash == -1 { -2 } else { hash })
}

fn bound_compare(_cx: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    let (Some(left), Some(right)) = (a.cast_exact::<MethodWrapper>(), b.cast_exact::<MethodWrapper>()) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    let same = std::ptr::eq(left.row, right.row) && left.receiver == right.receiver;
    Ok(Owned::new(match op {
        CompareOp::Equal => singleton::boolean(same),
        CompareOp::NotEqual => singleton::boolean(!same),
        _ => singleton::not_implemented(),
    }))
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    visit(unsafe { &*(header as *const MethodWrapper) }.receiver);
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    children.push(unsafe { &*(header as *const MethodWrapper) }.receiver);
}
