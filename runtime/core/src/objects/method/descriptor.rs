//! `staticmethod`, `classmethod` and `property`.

use crate::context::{Context, Raised, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::exception;
use crate::objects::function::FunctionObject;
use crate::objects::iterator::arguments::unexpected_keyword;
use crate::objects::slots::Slots;
use crate::objects::str::{self, StrObject};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{instance, singleton};
use crate::operations::dunder::type_slots;
use crate::operations::{attribute, call, convert};
use crate::value::Value;
use std::cell::Cell;

/// A static method. A class method has the same layout.
#[repr(C)]
pub struct StaticMethodObject {
    pub header: Header,
    /// What is called; owned. None before `__init__`, unbound once the collector has cleared it.
    pub callable: Cell<Value>,
    /// `__dict__`, made on demand.
    pub dict: Cell<Value>,
}

/// A class method.
#[repr(C)]
pub struct ClassMethodObject {
    pub header: Header,
    pub callable: Cell<Value>,
    pub dict: Cell<Value>,
}

const WRAPPER_FLAGS: u32 = flags::BASE | flags::COLLECTED;

pub static STATIC_METHOD: StaticType = Immortal::new(
    TypeObject::builtin(
        "staticmethod",
        size_of::<StaticMethodObject>(),
        Slots {
            repr: Some(static_repr),
            call: Some(static_call),
            descriptor_get: Some(static_get),
            init: Some(|cx, value, arguments| init_wrapper(cx, value, arguments, "staticmethod")),
            ..WRAPPER_SLOTS
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(WRAPPER_FLAGS),
);

pub static CLASS_METHOD: StaticType = Immortal::new(
    TypeObject::builtin(
        "classmethod",
        size_of::<ClassMethodObject>(),
        Slots {
            repr: Some(class_repr),
            descriptor_get: Some(class_get),
            init: Some(|cx, value, arguments| init_wrapper(cx, value, arguments, "classmethod")),
            ..WRAPPER_SLOTS
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(WRAPPER_FLAGS),
);

const WRAPPER_SLOTS: Slots = Slots {
    new: Some(|cx, kind, _| Ok(allocate_wrapper(cx, kind))),
    traverse: Some(wrapper_traverse),
    release: Some(wrapper_release),
    clear: Some(wrapper_release),
    ..Slots::EMPTY
};

crate::object_type!(StaticMethodObject, STATIC_METHOD);
crate::object_type!(ClassMethodObject, CLASS_METHOD);

fn allocate_wrapper(cx: &mut Context, kind: &'static TypeObject) -> Owned {
    let header = instance::allocate(cx, kind, 0);
    let wrapper = header as *mut StaticMethodObject;
    // SAFETY: (heap 3) fresh memory; both layouts are the same; the header is kept.
    unsafe {
        (&raw mut (*wrapper).callable).write(Cell::new(Owned::new(singleton::none()).into_raw()));
        (&raw mut (*wrapper).dict).write(Cell::new(Value::UNBOUND));
    }
    Owned::from_raw(Value::from_pointer(header))
}

fn wrapper_of(value: Value) -> &'static StaticMethodObject {
    // SAFETY: (heap 2) static and class methods have the same layout; callers have one of them.
    unsafe { value.cast_unchecked() }
}

/// A static method, without the attributes that the constructor copies from the callable.
pub fn new_static_method(cx: &mut Context, callable: Value) -> Owned {
    let made = allocate_wrapper(cx, &STATIC_METHOD);
    wrapper_of(made.value()).callable.set(Owned::new(callable).into_raw());
    made
}

/// A class method, as `type.__new__` makes it of `__init_subclass__`.
pub fn new_class_method(cx: &mut Context, callable: Value) -> Owned {
    let made = allocate_wrapper(cx, &CLASS_METHOD);
    wrapper_of(made.value()).callable.set(Owned::new(callable).into_raw());
    made
}

fn init_wrapper(cx: &mut Context, value: Value, arguments: Arguments<'_>, name: &str) -> Result<()> {
    if !arguments.names.is_empty() {
        return Err(cx.type_error(format!("{name}() takes no keyword arguments")));
    }
    let &[callable] = arguments.values else {
        return Err(cx.type_error(format!("{name} expected 1 argument, got {}", arguments.values.len())));
    };
    let old = wrapper_of(value).callable.replace(Owned::new(callable).into_raw());
    drop(Owned::from_raw_option(old));
    for attribute in ["__module__", "__name__", "__qualname__", "__doc__"] {
        let attribute = str::intern(cx, attribute);
        if let Some(found) = attribute::get_optional(cx, callable, attribute.value())? {
            attribute::generic_set(cx, value, attribute.value(), found.value())?;
        }
    }
    Ok(())
}

fn callable_of(cx: &mut Context, value: Value, name: &str) -> Result<Owned> {
    let callable = wrapper_of(value).callable.get();
    match callable.is_unbound() {
        false => Ok(Owned::new(callable)),
        true => Err(cx.raise(&exception::RUNTIME_ERROR, format!("uninitialized {name} object"))),
    }
}

fn static_get(cx: &mut Context, value: Value, _instance: Value, _owner: &TypeObject) -> Result<Owned> {
    callable_of(cx, value, "staticmethod")
}

fn static_call(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    let callable = callable_of(cx, value, "staticmethod")?;
    call::call_with(cx, callable.value(), arguments)
}

fn class_get(cx: &mut Context, value: Value, _instance: Value, owner: &TypeObject) -> Result<Owned> {
    let callable = callable_of(cx, value, "classmethod")?;
    Ok(super::new(cx, callable.value(), owner.value()))
}

fn wrapper_repr(cx: &mut Context, value: Value, name: &str) -> Result<Owned> {
    let callable = callable_of(cx, value, name)?;
    let text = convert::repr_text(cx, callable.value())?;
    Ok(StrObject::new(cx, &format!("<{name}({text})>")))
}

fn static_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    wrapper_repr(cx, value, "staticmethod")
}

fn class_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    wrapper_repr(cx, value, "classmethod")
}

unsafe fn wrapper_traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    let wrapper = wrapper_of(Value::from_pointer(header));
    for value in [wrapper.callable.get(), wrapper.dict.get()] {
        if !value.is_unbound() {
            visit(value);
        }
    }
}

unsafe fn wrapper_release(header: *mut Header, children: &mut Children<'_>) {
    let wrapper = wrapper_of(Value::from_pointer(header));
    children.push(wrapper.dict.replace(Value::UNBOUND));
    children.push(wrapper.callable.replace(Value::UNBOUND));
}

/// A property. All fields are owned; absent ones are unbound.
#[repr(C)]
pub struct PropertyObject {
    pub header: Header,
    pub getter: Cell<Value>,
    pub setter: Cell<Value>,
    pub deleter: Cell<Value>,
    pub doc: Cell<Value>,
    /// What `__set_name__` said.
    pub name: Cell<Value>,
    /// Whether the documentation is the getter's.
    pub doc_from_getter: Cell<bool>,
}

pub static PROPERTY: StaticType = Immortal::new(
    TypeObject::builtin(
        "property",
        size_of::<PropertyObject>(),
        Slots {
            new: Some(property_new),
            init: Some(property_init),
            descriptor_get: Some(property_get),
            descriptor_set: Some(property_set),
            traverse: Some(property_traverse),
            release: Some(property_release),
            clear: Some(property_release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::COLLECTED),
);

crate::object_type!(PropertyObject, PROPERTY);

impl PropertyObject {
    fn fields(&self) -> [&Cell<Value>; 5] {
        [&self.getter, &self.setter, &self.deleter, &self.doc, &self.name]
    }

    fn set(place: &Cell<Value>, value: Value) {
        let new = if value.is_unbound() || value == singleton::none() { Value::UNBOUND } else { value };
        crate::heap::owned::increment(new);
        drop(Owned::from_raw_option(place.replace(new)));
    }

    /// The name for messages: what `__set_name__` said, else the getter's.
    pub fn known_name(&self, cx: &mut Context) -> Result<Option<Owned>> {
        if !self.name.get().is_unbound() {
            return Ok(Some(Owned::new(self.name.get())));
        }
        let getter = self.getter.get();
        if getter.is_unbound() {
            return Ok(None);
        }
        attribute::get_text_optional(cx, getter, "__name__")
    }
}

/// The property of a value known to be one.
pub fn property_of(value: Value) -> &'static PropertyObject {
    // SAFETY: (heap 2) callers have checked the type.
    unsafe { value.cast_unchecked() }
}

fn property_new(cx: &mut Context, kind: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
    let header = instance::allocate(cx, kind, 0);
    let property = header as *mut PropertyObject;
    // SAFETY: (heap 3) fresh memory of a PropertyObject; the header is kept.
    unsafe {
        (&raw mut (*property).getter).write(Cell::new(Value::UNBOUND));
        (&raw mut (*property).setter).write(Cell::new(Value::UNBOUND));
        (&raw mut (*property).deleter).write(Cell::new(Value::UNBOUND));
        (&raw mut (*property).doc).write(Cell::new(Value::UNBOUND));
        (&raw mut (*property).name).write(Cell::new(Value::UNBOUND));
        (&raw mut (*property).doc_from_getter).write(Cell::new(false));
    }
    Ok(Owned::from_raw(Value::from_pointer(header)))
}

fn property_init(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    const NAMES: [&str; 4] = ["fget", "fset", "fdel", "doc"];
    let mut given = [Value::UNBOUND; 4];
    let positionals = arguments.positionals();
    if positionals.len() > 4 {
        let count = arguments.values.len();
        return Err(cx.type_error(format!("property() takes at most 4 arguments ({count} given)")));
    }
    given[..positionals.len()].copy_from_slice(positionals);
    for (key, argument) in arguments.keywords() {
        match NAMES.iter().position(|name| str::equals_text(key, name)) {
            Some(place) => given[place] = argument,
            None => return Err(unexpected_keyword(cx, "property", key, NAMES)),
        }
    }
    let property = property_of(value);
    if !property.getter.get().is_unbound() {
        // Caches call the getter by themselves.
        crate::objects::reshape::everything_changed(cx);
    }
    PropertyObject::set(&property.getter, given[0]);
    PropertyObject::set(&property.setter, given[1]);
    PropertyObject::set(&property.deleter, given[2]);
    property.doc_from_getter.set(false);
    let given_doc = (!given[3].is_unbound() && given[3] != singleton::none()).then(|| Owned::new(given[3]));
    let doc = match given_doc {
        Some(doc) => Some(doc),
        None if property.getter.get().is_unbound() => None,
        None => {
            let doc = getter_doc(cx, property)?;
            property.doc_from_getter.set(doc.is_some());
            doc
        }
    };
    if std::ptr::eq(value.type_of(), &PROPERTY.object) {
        PropertyObject::set(&property.doc, doc.as_ref().map_or(Value::UNBOUND, Owned::value));
        return Ok(());
    }
    set_subclass_doc(cx, value, doc.unwrap_or_else(|| Owned::new(singleton::none())).value())
}

fn getter_doc(cx: &mut Context, property: &PropertyObject) -> Result<Option<Owned>> {
    let name = cx.interpreter().names.doc;
    let getter = property.getter.get();
    let doc = match getter.cast_exact::<FunctionObject>() {
        Some(function) => Some(Owned::new(function.documentation())),
        None => attribute::get_optional(cx, getter, name)?,
    };
    Ok(doc.filter(|doc| doc.value() != singleton::none()))
}

/// Instances of subclasses show their documentation through their `__dict__`, where the class's does not hide it.
fn set_subclass_doc(cx: &mut Context, value: Value, doc: Value) -> Result<()> {
    let name = cx.interpreter().names.doc;
    match attribute::set(cx, value, name, doc) {
        // What the caller says is dropped where there is no place for it; what the getter says is not.
        Err(_) if !property_of(value).doc_from_getter.get() && cx.swallow(&exception::ATTRIBUTE_ERROR) => Ok(()),
        result => result,
    }
}

#[cold]
fn no_accessor(cx: &mut Context, property: &PropertyObject, instance: Value, accessor: &str) -> Raised {
    let name = match property.known_name(cx) {
        Ok(name) => name,
        Err(raised) => return raised,
    };
    let name = match name.map(|name| convert::repr(cx, name.value())) {
        Some(Ok(text)) => format!(" {}", str::text(text.value()).unwrap_or_default()),
        Some(Err(raised)) => return raised,
        None => String::new(),
    };
    let kind = type_slots::qualified_name(cx, instance.type_of());
    cx.raise(&exception::ATTRIBUTE_ERROR, format!("property{name} of '{kind}' object has no {accessor}"))
}

fn property_get(cx: &mut Context, value: Value, instance: Value, _owner: &TypeObject) -> Result<Owned> {
    if instance.is_unbound() {
        return Ok(Owned::new(value));
    }
    let property = property_of(value);
    let getter = property.getter.get();
    if getter.is_unbound() {
        return Err(no_accessor(cx, property, instance, "getter"));
    }
    let getter = Owned::new(getter);
    call::call(cx, getter.value(), &[instance])
}

fn property_set(cx: &mut Context, value: Value, instance: Value, new: Value) -> Result<()> {
    let property = property_of(value);
    let (accessor, name) =
        if new.is_unbound() { (property.deleter.get(), "deleter") } else { (property.setter.get(), "setter") };
    if accessor.is_unbound() {
        return Err(no_accessor(cx, property, instance, name));
    }
    let accessor = Owned::new(accessor);
    if new.is_unbound() {
        call::call(cx, accessor.value(), &[instance])?;
    } else {
        call::call(cx, accessor.value(), &[instance, new])?;
    }
    Ok(())
}

unsafe fn property_traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    for field in property_of(Value::from_pointer(header)).fields() {
        if !field.get().is_unbound() {
            visit(field.get());
        }
    }
}

unsafe fn property_release(header: *mut Header, children: &mut Children<'_>) {
    for field in property_of(Value::from_pointer(header)).fields().into_iter().rev() {
        children.push(field.replace(Value::UNBOUND));
    }
}
