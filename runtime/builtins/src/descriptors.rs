//! Attributes and methods of the descriptor types: property, staticmethod, classmethod, super, bound methods, native
//! functions, slot wrappers and the descriptors of computed attributes.

use crate::code_methods::read_only as read_member;
use crate::signatures;
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::method::{
    self, BUILTIN_FUNCTION, CLASS_METHOD, CLASS_METHOD_DESCRIPTOR, GETSET_DESCRIPTOR, GetSetObject, MEMBER_DESCRIPTOR,
    METHOD, METHOD_DESCRIPTOR, METHOD_WRAPPER, MemberObject, MethodObject, MethodWrapper, NativeFunctionObject,
    PROPERTY, PropertyObject, STATIC_METHOD, SUPER, StaticMethodObject, SuperObject, WRAPPER_DESCRIPTOR,
    WrapperDescriptor,
};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::StaticType;
use sidewinder_runtime::objects::{dict, exception, singleton};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;

/// Methods and computed attributes of the types in this file.
pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] = &[
    (&PROPERTY, PROPERTY_METHODS, PROPERTY_GETSET),
    (&STATIC_METHOD, &[], WRAPPER_GETSET),
    (&CLASS_METHOD, &[], WRAPPER_GETSET),
    (&SUPER, &[], SUPER_GETSET),
    (&METHOD, METHOD_METHODS, METHOD_GETSET),
    (&BUILTIN_FUNCTION, FUNCTION_METHODS, FUNCTION_GETSET),
    (&METHOD_DESCRIPTOR, DESCRIPTOR_METHODS, METHOD_DESCRIPTOR_GETSET),
    (&CLASS_METHOD_DESCRIPTOR, &[], METHOD_DESCRIPTOR_GETSET),
    (&GETSET_DESCRIPTOR, DESCRIPTOR_METHODS, GETSET_GETSET),
    (&MEMBER_DESCRIPTOR, DESCRIPTOR_METHODS, MEMBER_GETSET),
    (&WRAPPER_DESCRIPTOR, DESCRIPTOR_METHODS, SLOT_WRAPPER_GETSET),
    (&METHOD_WRAPPER, METHOD_WRAPPER_METHODS, METHOD_WRAPPER_GETSET),
];

type Get = fn(&mut Context, Value) -> Result<Owned>;

const fn read_only(name: &'static str, get: Get) -> GetSet {
    GetSet { name, get, set: None, doc: "" }
}

fn none() -> Owned {
    Owned::new(singleton::none())
}

/// The content of a field, `None` for an absent one.
fn shown(value: Value) -> Owned {
    Owned::new(if value.is_unbound() { singleton::none() } else { value })
}

fn as_text(cx: &mut Context, text: &str) -> Result<Owned> {
    Ok(StrObject::new(cx, text))
}

/// What divides the signature from the documentation in a row, as in CPython's tables.
const SIGNATURE_END: &str = "\n--\n\n";

/// The signature in front of the documentation of the function `name`, if there is one.
pub fn signature_of(cx: &mut Context, name: &str, doc: &str) -> Result<Owned> {
    let signature = doc.split_once(SIGNATURE_END).and_then(|(signature, _)| signature.strip_prefix(name));
    signature.map_or(Ok(none()), |signature| as_text(cx, signature))
}

/// Documentation as `__doc__` shows it: without the text signature in front.
pub fn doc_of(cx: &mut Context, doc: &str) -> Result<Owned> {
    let doc = doc.split_once(SIGNATURE_END).map_or(doc, |(_, doc)| doc);
    if doc.is_empty() { Ok(none()) } else { as_text(cx, doc) }
}

// Properties.

static PROPERTY_METHODS: &[Native] = &[
    Native::new(
        "getter",
        1,
        1,
        |cx, arguments| replace(cx, arguments, 0),
        "Descriptor to obtain a copy of the property with a different getter.",
    ),
    Native::new(
        "setter",
        1,
        1,
        |cx, arguments| replace(cx, arguments, 1),
        "Descriptor to obtain a copy of the property with a different setter.",
    ),
    Native::new(
        "deleter",
        1,
        1,
        |cx, arguments| replace(cx, arguments, 2),
        "Descriptor to obtain a copy of the property with a different deleter.",
    ),
    Native::new(
        "__set_name__",
        0,
        Native::MANY,
        set_name,
        "__set_name__($self, owner, name, /)\n--\n\nMethod to set name of a property.",
    ),
];

static PROPERTY_GETSET: &[GetSet] = &[
    read_member("fget", |_, value| Ok(shown(property(value).getter.get()))),
    read_member("fset", |_, value| Ok(shown(property(value).setter.get()))),
    read_member("fdel", |_, value| Ok(shown(property(value).deleter.get()))),
    GetSet {
        name: "__doc__",
        get: |_, value| Ok(shown(property(value).doc.get())),
        set: Some(set_property_doc),
        doc: "",
    },
    GetSet { name: "__name__", get: property_name, set: Some(set_property_name), doc: "" },
    read_only("__isabstractmethod__", property_is_abstract),
];

fn property(value: Value) -> &'static PropertyObject {
    method::descriptor::property_of(value)
}

/// A copy of the property with one of its three functions replaced (CPython's `property_copy`).
fn replace(cx: &mut Context, arguments: &[Value], place: usize) -> Result<Owned> {
    let own = property(arguments[0]);
    let mut values = [own.getter.get(), own.setter.get(), own.deleter.get(), own.doc.get()];
    values[place] = arguments[1];
    let keeps_doc = !own.doc_from_getter.get();
    if !keeps_doc && values[0] != singleton::none() {
        values[3] = singleton::none();
    }
    let values = values.map(shown);
    let name = shown(own.name.get());
    let class = arguments[0].type_of().value();
    let made = call::call(cx, class, &values.each_ref().map(Owned::value))?;
    if let Some(copy) = made.value().cast::<PropertyObject>()
        && name.value() != singleton::none()
    {
        drop(Owned::from_raw_option(copy.name.replace(name.into_raw())));
    }
    Ok(made)
}

fn set_name(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    if arguments.len() != 3 {
        let given = arguments.len() - 1;
        return Err(cx.type_error(format!("__set_name__() takes 2 positional arguments but {given} were given")));
    }
    let name = Owned::new(arguments[2]);
    drop(Owned::from_raw_option(property(arguments[0]).name.replace(name.into_raw())));
    Ok(none())
}

fn set_cell(cell: &Cell<Value>, new: Value) {
    let raw = if new.is_unbound() { Value::UNBOUND } else { Owned::new(new).into_raw() };
    drop(Owned::from_raw_option(cell.replace(raw)));
}

fn set_property_doc(_cx: &mut Context, value: Value, new: Value) -> Result<()> {
    set_cell(&property(value).doc, new);
    Ok(())
}

fn property_name(cx: &mut Context, value: Value) -> Result<Owned> {
    match property(value).known_name(cx)? {
        Some(name) => Ok(name),
        None => {
            let name = cx.interpreter().names.name;
            let message = "'property' object has no attribute '__name__'";
            Err(exception::raise_attribute_error(cx, value, name, message))
        }
    }
}

fn set_property_name(_cx: &mut Context, value: Value, new: Value) -> Result<()> {
    set_cell(&property(value).name, new);
    Ok(())
}

fn is_abstract(cx: &mut Context, value: Value) -> Result<bool> {
    if value.is_unbound() {
        return Ok(false);
    }
    match attribute::get_text_optional(cx, value, "__isabstractmethod__")? {
        Some(flag) => convert::truth(cx, flag.value()),
        None => Ok(false),
    }
}

fn property_is_abstract(cx: &mut Context, value: Value) -> Result<Owned> {
    let own = property(value);
    for function in [own.getter.get(), own.setter.get(), own.deleter.get()] {
        if is_abstract(cx, function)? {
            return Ok(Owned::new(singleton::true_()));
        }
    }
    Ok(Owned::new(singleton::false_()))
}

// Static and class methods.

static WRAPPER_GETSET: &[GetSet] = &[
    read_member("__func__", |_, value| Ok(shown(callable_of(value)))),
    read_member("__wrapped__", |_, value| Ok(shown(callable_of(value)))),
    read_only("__isabstractmethod__", |cx, value| {
        let truth = is_abstract(cx, callable_of(value))?;
        Ok(Owned::new(singleton::boolean(truth)))
    }),
    GetSet {
        name: "__annotations__",
        get: |cx, value| wrapped_attribute(cx, value, "__annotations__"),
        set: Some(|cx, value, new| set_wrapped_attribute(cx, value, "__annotations__", new)),
        doc: "",
    },
    GetSet {
        name: "__annotate__",
        get: |cx, value| wrapped_attribute(cx, value, "__annotate__"),
        set: Some(|cx, value, new| set_wrapped_attribute(cx, value, "__annotate__", new)),
        doc: "",
    },
    GetSet { name: "__dict__", get: attribute::own_dict, set: None, doc: "" },
];

/// An attribute that the wrapper keeps in its own dict once it was asked for, or set.
fn wrapped_attribute(cx: &mut Context, value: Value, name: &str) -> Result<Owned> {
    let own = attribute::own_dict(cx, value)?;
    if let Some(found) = dict::of(own.value()).get_text(cx, name) {
        return Ok(Owned::new(found));
    }
    let found = attribute::get_text(cx, callable_of(value), name)?;
    dict::of(own.value()).set_text(cx, name, found.value());
    Ok(found)
}

fn set_wrapped_attribute(cx: &mut Context, value: Value, name: &str, new: Value) -> Result<()> {
    let own = attribute::own_dict(cx, value)?;
    if !new.is_unbound() {
        dict::of(own.value()).set_text(cx, name, new);
        return Ok(());
    }
    let name = str::intern(cx, name);
    match dict::of(own.value()).remove(cx, name.value())? {
        Some(old) => {
            drop(old);
            Ok(())
        }
        None => Err(attribute::missing(cx, value, name.value())),
    }
}

fn callable_of(value: Value) -> Value {
    // SAFETY: (heap 2) static and class methods have the same layout.
    unsafe { value.cast_unchecked::<StaticMethodObject>() }.callable.get()
}

// super

static SUPER_GETSET: &[GetSet] = &[
    read_member("__thisclass__", |_, value| Ok(shown(super_of(value).class.get()))),
    read_member("__self__", |_, value| Ok(shown(super_of(value).object.get()))),
    read_member("__self_class__", |_, value| Ok(shown(super_of(value).object_type.get()))),
];

fn super_of(value: Value) -> &'static SuperObject {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}

// Bound methods.

/// Descriptors, and the methods that they give, are pickled as what finds them: `getattr(owner, name)`.
static DESCRIPTOR_METHODS: &[Native] =
    &[Native::new("__reduce__", 0, 0, |cx, arguments| reduce_found(cx, arguments[0], "__objclass__"), "")];

static METHOD_WRAPPER_METHODS: &[Native] =
    &[Native::new("__reduce__", 0, 0, |cx, arguments| reduce_found(cx, arguments[0], "__self__"), "")];

fn reduce_found(cx: &mut Context, object: Value, owner: &str) -> Result<Owned> {
    let owner = attribute::get_text(cx, object, owner)?;
    let name = attribute::get_text(cx, object, "__name__")?;
    let getattr = cx.builtins().get_text(cx, "getattr").map_or_else(none, Owned::new);
    let arguments = TupleObject::pair(cx, owner, name);
    Ok(TupleObject::pair(cx, getattr, arguments))
}

static METHOD_METHODS: &[Native] = &[Native::new("__reduce__", 0, 0, reduce_method, "")];

static METHOD_GETSET: &[GetSet] = &[
    read_member("__func__", |_, value| Ok(Owned::new(bound(value).function))),
    read_member("__self__", |_, value| Ok(Owned::new(bound(value).receiver))),
    read_only("__doc__", |cx, value| {
        let name = cx.interpreter().names.doc;
        Ok(attribute::get_optional(cx, bound(value).function, name)?.unwrap_or_else(none))
    }),
];

fn bound(value: Value) -> &'static MethodObject {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}

/// Pickles as `getattr(receiver, name)`.
fn reduce_method(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let own = bound(arguments[0]);
    let name = attribute::get_text(cx, own.function, "__name__")?;
    let getattr = cx.builtins().get_text(cx, "getattr").map_or_else(none, Owned::new);
    let inner = TupleObject::new(cx, &[own.receiver, name.value()]);
    Ok(TupleObject::from_owned(cx, vec![getattr, inner]))
}

// Native functions.

static FUNCTION_METHODS: &[Native] = &[Native::new("__reduce__", 0, 0, reduce_function, "")];

const NATIVE_SIGNATURE: GetSet = read_only("__text_signature__", |cx, value| {
    let own = native(value);
    let name = own.definition.name;
    let known = match (own.receiver(), own.static_owner()) {
        (None, Some(class)) => signatures::of_method(class, name),
        (Some(receiver), _) if receiver.cast::<ModuleObject>().is_none() => {
            let class = receiver.cast::<TypeObject>();
            let known = class.and_then(|class| signatures::of_method(class, name));
            known.or_else(|| signatures::of_method(receiver.type_of(), name))
        }
        _ => {
            let module = shown(own.module);
            match str::text(module.value()).unwrap_or_default().as_ref() {
                "builtins" => signatures::find(name),
                module => signatures::find(&format!("{module}.{name}")),
            }
        }
    };
    match known {
        Some(signature) => as_text(cx, signature),
        None => signature_of(cx, name, own.definition.doc),
    }
});

static FUNCTION_GETSET: &[GetSet] = &[
    read_only("__name__", |cx, value| as_text(cx, native(value).definition.name)),
    read_only("__qualname__", |cx, value| as_text(cx, &native(value).qualified_name())),
    read_only("__module__", |_, value| {
        let own = native(value);
        Ok(if own.static_owner().is_some() { none() } else { shown(own.module) })
    }),
    read_only("__self__", function_self),
    read_only("__doc__", |cx, value| doc_of(cx, native(value).definition.doc)),
    NATIVE_SIGNATURE,
];

static METHOD_DESCRIPTOR_GETSET: &[GetSet] = &[
    read_only("__name__", |cx, value| as_text(cx, native(value).definition.name)),
    read_only("__qualname__", |cx, value| as_text(cx, &native(value).qualified_name())),
    read_only("__objclass__", |_, value| Ok(shown(native(value).bound))),
    read_only("__doc__", |cx, value| doc_of(cx, native(value).definition.doc)),
    NATIVE_SIGNATURE,
];

fn native(value: Value) -> &'static NativeFunctionObject {
    // SAFETY: (heap 2) the descriptor has checked the type; the three native types have one layout.
    unsafe { value.cast_unchecked() }
}

/// The receiver; a module's function has the module.
fn function_self(cx: &mut Context, value: Value) -> Result<Owned> {
    let own = native(value);
    if own.static_owner().is_some() {
        return Ok(none());
    }
    if own.receiver().is_none() && !own.module.is_unbound() {
        let modules = Owned::new(cx.interpreter().modules.value());
        return Ok(dict::of(modules.value()).get(cx, own.module)?.map_or_else(none, Owned::new));
    }
    Ok(Owned::new(own.self_value()))
}

fn reduce_function(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let own = native(arguments[0]);
    let receiver = own.receiver().or_else(|| own.static_owner().map(TypeObject::value));
    let Some(receiver) = receiver else { return as_text(cx, own.definition.name) };
    let name = StrObject::new(cx, own.definition.name);
    let getattr = cx.builtins().get_text(cx, "getattr").map_or_else(none, Owned::new);
    let inner = TupleObject::new(cx, &[receiver, name.value()]);
    Ok(TupleObject::from_owned(cx, vec![getattr, inner]))
}

// Descriptors of computed attributes and of slots.

static GETSET_GETSET: &[GetSet] = &[
    read_only("__name__", |cx, value| as_text(cx, getset(value).definition.name)),
    read_only("__qualname__", |cx, value| qualified(cx, getset(value).owner, getset(value).definition.name)),
    read_only("__objclass__", |_, value| Ok(Owned::new(getset(value).owner))),
    read_only("__doc__", |cx, value| doc_of(cx, getset(value).definition.doc)),
];

static MEMBER_GETSET: &[GetSet] = &[
    read_only("__name__", |_, value| Ok(Owned::new(member(value).name))),
    read_only("__qualname__", |cx, value| qualified(cx, member(value).owner, &member(value).name_text())),
    read_only("__objclass__", |_, value| Ok(Owned::new(member(value).owner))),
    read_only("__doc__", |cx, value| match member(value).definition {
        Some(definition) => doc_of(cx, definition.doc),
        None => Ok(none()),
    }),
];

fn getset(value: Value) -> &'static GetSetObject {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}

fn member(value: Value) -> &'static MemberObject {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}

fn qualified(cx: &mut Context, owner: Value, name: &str) -> Result<Owned> {
    let owner = owner.cast::<TypeObject>().map_or("?", TypeObject::name);
    as_text(cx, &format!("{owner}.{name}"))
}

// Slot wrappers.

static SLOT_WRAPPER_GETSET: &[GetSet] = &[
    read_only("__name__", |cx, value| as_text(cx, slot_wrapper(value).row.name)),
    read_only("__qualname__", |cx, value| {
        qualified(cx, slot_wrapper(value).owner.value(), slot_wrapper(value).row.name)
    }),
    read_only("__objclass__", |_, value| Ok(Owned::new(slot_wrapper(value).owner.value()))),
    read_only("__doc__", |cx, value| wrapper_doc(cx, slot_wrapper(value).row.name)),
    read_only("__text_signature__", |cx, value| wrapper_signature(cx, slot_wrapper(value).row.name)),
];

static METHOD_WRAPPER_GETSET: &[GetSet] = &[
    read_only("__name__", |cx, value| as_text(cx, method_wrapper(value).row.name)),
    read_only("__qualname__", |cx, value| {
        qualified(cx, method_wrapper(value).owner.value(), method_wrapper(value).row.name)
    }),
    read_only("__objclass__", |_, value| Ok(Owned::new(method_wrapper(value).owner.value()))),
    read_only("__self__", |_, value| Ok(Owned::new(method_wrapper(value).receiver))),
    read_only("__doc__", |cx, value| wrapper_doc(cx, method_wrapper(value).row.name)),
    read_only("__text_signature__", |cx, value| wrapper_signature(cx, method_wrapper(value).row.name)),
];

/// What slot wrappers take behind the receiver (a star stands for anything), and what they do.
const WRAPPERS: &[(&str, &str, &str)] = &[
    ("__abs__", "", "abs(self)"),
    ("__add__", "value", "self + value"),
    ("__aiter__", "", "aiter(self)"),
    ("__and__", "value", "self & value"),
    ("__anext__", "", "What is to be awaited for the next item."),
    ("__await__", "", "The iterator that await runs."),
    ("__bool__", "", "Whether self is true."),
    ("__buffer__", "flags", "A memoryview of the memory of self."),
    ("__call__", "*", "self called as a function."),
    ("__contains__", "key", "key in self"),
    ("__del__", "", "Called before self is destroyed."),
    ("__delattr__", "name", "delattr(self, name)"),
    ("__delete__", "instance", "Deletes the attribute of an instance."),
    ("__delitem__", "key", "del self[key]"),
    ("__divmod__", "value", "divmod(self, value)"),
    ("__eq__", "value", "self == value"),
    ("__float__", "", "float(self)"),
    ("__floordiv__", "value", "self // value"),
    ("__ge__", "value", "self >= value"),
    ("__get__", "instance, owner=None", "The attribute of an instance of owner."),
    ("__getattribute__", "name", "getattr(self, name)"),
    ("__getitem__", "key", "self[key]"),
    ("__gt__", "value", "self > value"),
    ("__hash__", "", "hash(self)"),
    ("__iadd__", "value", "self += value"),
    ("__iand__", "value", "self &= value"),
    ("__ifloordiv__", "value", "self //= value"),
    ("__ilshift__", "value", "self <<= value"),
    ("__imatmul__", "value", "self @= value"),
    ("__imod__", "value", "self %= value"),
    ("__imul__", "value", "self *= value"),
    ("__index__", "", "The integer that self is where an index is wanted."),
    ("__init__", "*", "Initializes self; help(type(self)) has the signature that counts."),
    ("__int__", "", "int(self)"),
    ("__invert__", "", "~self"),
    ("__ior__", "value", "self |= value"),
    ("__ipow__", "value", "self **= value"),
    ("__irshift__", "value", "self >>= value"),
    ("__isub__", "value", "self -= value"),
    ("__iter__", "", "iter(self)"),
    ("__itruediv__", "value", "self /= value"),
    ("__ixor__", "value", "self ^= value"),
    ("__le__", "value", "self <= value"),
    ("__len__", "", "len(self)"),
    ("__lshift__", "value", "self << value"),
    ("__lt__", "value", "self < value"),
    ("__matmul__", "value", "self @ value"),
    ("__mod__", "value", "self % value"),
    ("__mul__", "value", "self * value"),
    ("__ne__", "value", "self != value"),
    ("__neg__", "", "-self"),
    ("__next__", "", "next(self)"),
    ("__or__", "value", "self | value"),
    ("__pos__", "", "+self"),
    ("__pow__", "value, mod=None", "pow(self, value, mod)"),
    ("__radd__", "value", "value + self"),
    ("__rand__", "value", "value & self"),
    ("__rdivmod__", "value", "divmod(value, self)"),
    ("__release_buffer__", "buffer", "Gives back a memoryview that __buffer__ made."),
    ("__repr__", "", "repr(self)"),
    ("__rfloordiv__", "value", "value // self"),
    ("__rlshift__", "value", "value << self"),
    ("__rmatmul__", "value", "value @ self"),
    ("__rmod__", "value", "value % self"),
    ("__rmul__", "value", "value * self"),
    ("__ror__", "value", "value | self"),
    ("__rpow__", "value, mod=None", "pow(value, self, mod)"),
    ("__rrshift__", "value", "value >> self"),
    ("__rshift__", "value", "self >> value"),
    ("__rsub__", "value", "value - self"),
    ("__rtruediv__", "value", "value / self"),
    ("__rxor__", "value", "value ^ self"),
    ("__set__", "instance, value", "Sets the attribute of an instance."),
    ("__setattr__", "name, value", "setattr(self, name, value)"),
    ("__setitem__", "key, value", "self[key] = value"),
    ("__str__", "", "str(self)"),
    ("__sub__", "value", "self - value"),
    ("__truediv__", "value", "self / value"),
    ("__xor__", "value", "self ^ value"),
];

fn wrapper_doc(cx: &mut Context, name: &str) -> Result<Owned> {
    match WRAPPERS.iter().find(|row| row.0 == name) {
        Some((_, _, doc)) => as_text(cx, doc),
        None => Ok(none()),
    }
}

fn wrapper_signature(cx: &mut Context, name: &str) -> Result<Owned> {
    match WRAPPERS.iter().find(|row| row.0 == name) {
        Some((_, "", _)) => as_text(cx, "($self, /)"),
        Some((_, "*", _)) => as_text(cx, "($self, /, *args, **kwargs)"),
        Some((_, parameters, _)) => as_text(cx, &format!("($self, {parameters}, /)")),
        None => Ok(none()),
    }
}

fn slot_wrapper(value: Value) -> &'static WrapperDescriptor {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}

fn method_wrapper(value: Value) -> &'static MethodWrapper {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}
