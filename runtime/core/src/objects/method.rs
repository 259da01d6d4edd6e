//! Bound methods, and the descriptors behind attributes of types.
//!
//! `native.rs` has functions written in Rust, `getset.rs` computed attributes and `__slots__` members, `wrapper.rs` the
//! slot wrappers (`int.__add__`), `descriptor.rs` property, staticmethod and classmethod, `super_object.rs` super.

pub mod descriptor;
pub mod getset;
pub mod native;
pub mod super_object;
pub mod wrapper;

pub use descriptor::{CLASS_METHOD, ClassMethodObject, PROPERTY, PropertyObject, STATIC_METHOD, StaticMethodObject};
pub use getset::{GETSET_DESCRIPTOR, GetSetObject, MEMBER_DESCRIPTOR, MemberObject};
pub use native::{BUILTIN_FUNCTION, CLASS_METHOD_DESCRIPTOR, METHOD_DESCRIPTOR, NativeFunctionObject};
pub use super_object::{SUPER, SuperObject};
pub use wrapper::{METHOD_WRAPPER, MethodWrapper, WRAPPER_DESCRIPTOR, WrapperDescriptor};

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::singleton;
use crate::objects::slots::{CompareOp, Slots};
use crate::objects::str::{self, StrObject};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::{attribute, call, compare, convert};
use crate::value::Value;

/// A function bound to its first argument. Compiled code reads both fields by offset.
#[repr(C)]
pub struct MethodObject {
    pub header: Header,
    pub function: Value,
    pub receiver: Value,
}

const _: () = assert!(std::mem::offset_of!(MethodObject, function) == 16);
const _: () = assert!(std::mem::offset_of!(MethodObject, receiver) == 24);

pub static METHOD: StaticType = Immortal::new(
    TypeObject::builtin(
        "method",
        size_of::<MethodObject>(),
        Slots {
            repr: Some(method_repr),
            hash: Some(method_hash),
            compare: Some(method_compare),
            call: Some(method_call),
            get_attribute: Some(method_get_attribute),
            descriptor_get: Some(method_bind),
            new: Some(method_new),
            traverse: Some(traverse),
            release: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED | flags::HAS_WEAK)
    .with_doc("Create a bound instance method object."),
);

crate::object_type!(MethodObject, METHOD);

/// `function` bound to `receiver`.
#[inline]
pub fn new(cx: &mut Context, function: Value, receiver: Value) -> Owned {
    let method = cx.heap.allocate(&METHOD.object, size_of::<MethodObject>(), true) as *mut MethodObject;
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe {
        (&raw mut (*method).function).write(Owned::new(function).into_raw());
        (&raw mut (*method).receiver).write(Owned::new(receiver).into_raw());
    }
    Owned::from_raw(Value::from_pointer(method))
}

/// What `receiver.name` gives where `name` is a function on the type: in Rust or in Python.
#[inline]
pub fn bind(cx: &mut Context, function: Value, receiver: Value) -> Owned {
    match function.has_type(&METHOD_DESCRIPTOR).then(|| native::cast(function)).flatten() {
        Some(own) => native::new_bound(cx, own.definition, receiver),
        None => new(cx, function, receiver),
    }
}

fn of(value: Value) -> &'static MethodObject {
    // SAFETY: (heap 2) the slots of this type are called with methods.
    unsafe { value.cast_unchecked() }
}

/// Arguments that fit on the native stack when a receiver is put before them.
const PREPEND_MAX: usize = 8;

/// Runs `run` with `first` put before the positional arguments.
#[inline]
pub fn prepend<R>(first: Value, arguments: Arguments<'_>, run: impl FnOnce(Arguments<'_>) -> R) -> R {
    let count = arguments.values.len() + 1;
    let names = arguments.names;
    if count <= PREPEND_MAX {
        let mut buffer = [Value::UNBOUND; PREPEND_MAX];
        buffer[0] = first;
        buffer[1..count].copy_from_slice(arguments.values);
        return run(Arguments { values: &buffer[..count], names });
    }
    let mut buffer = Vec::with_capacity(count);
    buffer.push(first);
    buffer.extend_from_slice(arguments.values);
    run(Arguments { values: &buffer, names })
}

fn method_call(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    let method = of(value);
    let (function, receiver) = (Owned::new(method.function), Owned::new(method.receiver));
    prepend(receiver.value(), arguments, |arguments| call::call_with(cx, function.value(), arguments))
}

/// Attributes that the type `method` lacks are those of the function.
fn method_get_attribute(cx: &mut Context, value: Value, name: Value) -> Result<Owned> {
    if let Some(found) = METHOD.lookup(cx, name) {
        let found = Owned::new(found);
        return match found.value().type_of().slots().descriptor_get {
            Some(get) => get(cx, found.value(), value, &METHOD),
            None => Ok(found),
        };
    }
    attribute::get(cx, of(value).function, name)
}

fn method_bind(_cx: &mut Context, value: Value, _instance: Value, _owner: &TypeObject) -> Result<Owned> {
    Ok(Owned::new(value))
}

fn method_new(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    if !arguments.names.is_empty() {
        return Err(cx.type_error("method() takes no keyword arguments"));
    }
    let &[function, receiver] = arguments.values else {
        return Err(cx.type_error(format!("method expected 2 arguments, got {}", arguments.values.len())));
    };
    if function.type_of().slots().call.is_none() {
        return Err(cx.type_error("first argument must be callable"));
    }
    if receiver == singleton::none() {
        return Err(cx.type_error("instance must not be None"));
    }
    Ok(new(cx, function, receiver))
}

/// `<bound method A.f of <A object at …>>`
fn method_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let method = of(value);
    let name = match attribute::get_text_optional(cx, method.function, "__qualname__")? {
        Some(name) => Some(name),
        None => attribute::get_text_optional(cx, method.function, "__name__")?,
    };
    let name = name.and_then(|name| str::text(name.value()).map(|text| text.into_owned()));
    let receiver = convert::repr_text(cx, method.receiver)?;
    Ok(StrObject::new(cx, &format!("<bound method {} of {receiver}>", name.as_deref().unwrap_or("?"))))
}

fn method_compare(cx: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    let (Some(left), Some(right)) = (a.cast_exact::<MethodObject>(), b.cast_exact::<MethodObject>()) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    if !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let same = compare::equals(cx, left.function, right.function)? && left.receiver == right.receiver;
    Ok(Owned::new(singleton::boolean(same == (op == CompareOp::Equal))))
}

fn method_hash(cx: &mut Context, value: Value) -> Result<i64> {
    let method = of(value);
    let function = convert::hash(cx, method.function)?;
    let hash = address_hash(method.receiver) ^ function;
    Ok(if hash == -1 { -2 } else { hash })
}

/// The hash of an object that is equal to itself alone: its address without the bits that are always zero first.
pub fn address_hash(value: Value) -> i64 {
    let hash = value.0.rotate_right(4) as i64;
    if hash == -1 { -2 } else { hash }
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    let method = unsafe { &*(header as *const MethodObject) };
    visit(method.function);
    visit(method.receiver);
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    let method = unsafe { &*(header as *const MethodObject) };
    children.push(method.receiver);
    children.push(method.function);
}
