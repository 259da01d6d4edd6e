//! Methods and attributes of `type`.

pub mod mapping_proxy;

use crate::descriptors::{doc_of, signature_of};
use crate::signatures;
use crate::type_creation::{class_name, mro};
use sidewinder_runtime::native::module::short_name;
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::method::GETSET_DESCRIPTOR;
use sidewinder_runtime::objects::reshape;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{OBJECT, flags};
use sidewinder_runtime::objects::typing::generic::GENERIC;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::dunder::{self, ABSTRACT, class_check, layout, type_slots};
use sidewinder_runtime::operations::{call, convert};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

pub static METHODS: &[Native] = &[
    Native::new(
        "mro",
        0,
        0,
        |cx, arguments| mro::default_mro(cx, class_of(arguments[0])),
        "Return a type's method resolution order.",
    ),
    Native::new("__subclasses__", 0, 0, subclasses, "Return a list of immediate subclasses."),
    Native::with_keywords(
        "__prepare__",
        |cx, _| Ok(DictObject::new(cx)),
        "Create the namespace for the class statement",
    )
    .class_method(),
    Native::new("__instancecheck__", 1, 1, instance_check, "Check if an object is an instance."),
    Native::new("__subclasscheck__", 1, 1, subclass_check, "Check if a class is a subclass."),
    Native::new("__dir__", 0, 0, dir, "Specialized __dir__ implementation for types."),
    Native::new("__sizeof__", 0, 0, size_of_type, "Return memory consumption of the type object."),
];

macro_rules! number {
    ($name:literal, $get:expr) => {
        GetSet {
            name: $name,
            get: |cx, value| {
                let number: fn(&TypeObject) -> i64 = $get;
                let number = number(class_of(value));
                Ok(int::from_i64(cx, number))
            },
            set: None,
            doc: "",
        }
    };
}

pub static GETSET: &[GetSet] = &[
    GetSet { name: "__name__", get: get_name, set: Some(set_name), doc: "" },
    GetSet { name: "__qualname__", get: get_qualified_name, set: Some(set_qualified_name), doc: "" },
    GetSet { name: "__module__", get: get_module, set: Some(set_module), doc: "" },
    GetSet { name: "__bases__", get: get_bases, set: Some(set_bases), doc: "" },
    GetSet { name: "__base__", get: get_base, set: None, doc: "" },
    GetSet { name: "__mro__", get: get_mro, set: None, doc: "" },
    GetSet { name: "__dict__", get: get_dict, set: None, doc: "" },
    GetSet { name: "__doc__", get: get_doc, set: Some(set_doc), doc: "" },
    GetSet { name: "__abstractmethods__", get: get_abstract, set: Some(set_abstract), doc: "" },
    GetSet { name: "__annotations__", get: get_annotations, set: Some(set_annotations), doc: "" },
    GetSet { name: "__annotate__", get: get_annotate, set: Some(set_annotate), doc: "" },
    GetSet { name: "__type_params__", get: get_type_parameters, set: Some(set_type_parameters), doc: "" },
    GetSet { name: "__text_signature__", get: get_text_signature, set: None, doc: "" },
    number!("__basicsize__", |class| class.basic_bytes.get() as i64),
    number!("__itemsize__", |class| class.slots().size.is_some() as i64 * !class.has_flag(flags::HEAP) as i64 * 8),
    number!("__flags__", public_flags),
    number!("__dictoffset__", |class| if class.has_flag(flags::HAS_DICT) { -1 } else { 0 }),
    number!("__weakrefoffset__", |class| if class.has_flag(flags::HAS_WEAK) { -32 } else { 0 }),
];

fn none() -> Owned {
    Owned::new(singleton::none())
}

/// The type of a value that the descriptors have checked.
fn class_of(value: Value) -> &'static TypeObject {
    value.cast::<TypeObject>().unwrap_or(&OBJECT)
}

/// The bits of CPython's `__flags__` that programs look at.
fn public_flags(class: &TypeObject) -> i64 {
    let rows = [
        (flags::HEAP, 1 << 9),
        (flags::BASE, 1 << 10),
        (flags::COLLECTED, 1 << 14),
        (ABSTRACT, 1 << 20),
        (flags::INT, 1 << 24),
        (flags::LIST, 1 << 25),
        (flags::TUPLE, 1 << 26),
        (flags::STR, 1 << 28),
        (flags::DICT, 1 << 29),
        (flags::EXCEPTION, 1 << 30),
        (flags::TYPE, 1 << 31),
        (flags::SEQUENCE, 1 << 5),
        (flags::MAPPING, 1 << 6),
    ];
    let immutable = if class.has_flag(flags::HEAP) { 0 } else { 1 << 8 };
    // `typing.Generic` is one of the types that are made at the start and yet may not change; `copyreg` looks for the
    // last base that is not such a type.
    let heap = if std::ptr::eq(class, &GENERIC.object) { 1 << 9 } else { 0 };
    rows.iter()
        .filter(|(own, _)| class.has_flag(*own))
        .fold(immutable | heap | 1 << 12, |bits, (_, public)| bits | public)
}

/// Checks that an attribute of a class may be set, and is not being deleted.
fn check_settable(cx: &mut Context, class: &TypeObject, name: &str, value: Value) -> Result<()> {
    let doing = if value.is_unbound() { "delete" } else { "set" };
    if !class.has_flag(flags::HEAP) || value.is_unbound() {
        let class = class.name();
        return Err(cx.type_error(format!("cannot {doing} '{name}' attribute of immutable type '{class}'")));
    }
    Ok(())
}

fn get_name(cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(str::intern(cx, type_slots::plain_name(class_of(value))))
}

fn expect_text(cx: &mut Context, class: &TypeObject, name: &str, value: Value) -> Result<()> {
    if str::is_str(value) {
        return Ok(());
    }
    let (class, actual) = (class.name(), value.type_of().name());
    Err(cx.type_error(format!("can only assign string to {class}.{name}, not '{actual}'")))
}

fn set_name(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let class = class_of(value);
    check_settable(cx, class, "__name__", new)?;
    expect_text(cx, class, "__name__", new)?;
    let name = class_name(cx, new)?;
    let old = std::mem::replace(&mut class.state(cx).name, name.into());
    class.refresh_from_state();
    drop(old);
    Ok(())
}

fn get_qualified_name(cx: &mut Context, value: Value) -> Result<Owned> {
    let class = class_of(value);
    if let Some(name) = &class.state(cx).qualified_name {
        return Ok(name.clone());
    }
    get_name(cx, value)
}

fn set_qualified_name(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let class = class_of(value);
    check_settable(cx, class, "__qualname__", new)?;
    expect_text(cx, class, "__qualname__", new)?;
    let old = class.state(cx).qualified_name.replace(Owned::new(new));
    drop(old);
    Ok(())
}

/// What a class's own namespace has under a name; `type` has the descriptors of these attributes there.
fn own_entry(cx: &mut Context, class: &TypeObject, name: Value) -> Option<Owned> {
    let found = class.namespace(cx).get_interned(name);
    // What is computed for instances says nothing of a builtin class.
    found.filter(|found| class.has_flag(flags::HEAP) || !found.has_type(&GETSET_DESCRIPTOR)).map(Owned::new)
}

fn get_module(cx: &mut Context, value: Value) -> Result<Owned> {
    let class = class_of(value);
    let name = cx.interpreter().names.module;
    match own_entry(cx, class, name) {
        Some(found) => Ok(found),
        None if class.has_flag(flags::HEAP) => Err(cx.raise(&exception::ATTRIBUTE_ERROR, "__module__")),
        None => {
            let module = type_slots::module_name(cx, class);
            Ok(str::intern(cx, module.as_deref().unwrap_or("builtins")))
        }
    }
}

fn set_module(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let class = class_of(value);
    check_settable(cx, class, "__module__", new)?;
    let first_line = str::intern(cx, "__firstlineno__");
    drop(class.namespace(cx).remove(cx, first_line.value())?);
    let name = cx.interpreter().names.module;
    store(cx, class, name, new)
}

/// Stores into a class's namespace as an attribute assignment does.
fn store(cx: &mut Context, class: &TypeObject, name: Value, new: Value) -> Result<()> {
    dunder::change_attribute(cx, class, name, new).map(|_| ())
}

fn get_bases(cx: &mut Context, value: Value) -> Result<Owned> {
    let values = base_values(cx, class_of(value));
    Ok(TupleObject::new(cx, &values))
}

/// The direct bases.
fn base_values(cx: &Context, class: &TypeObject) -> Vec<Value> {
    let bases = &class.state(cx).bases;
    if bases.is_empty() {
        return class.base.get().iter().map(|base| base.value()).collect();
    }
    bases.iter().map(Owned::value).collect()
}

fn get_base(_cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(class_of(value).base.get().map_or_else(none, |base| Owned::new(base.value())))
}

fn get_mro(cx: &mut Context, value: Value) -> Result<Owned> {
    let values: Vec<Value> = class_of(value).mro().iter().map(|entry| entry.value()).collect();
    Ok(TupleObject::new(cx, &values))
}

fn set_bases(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let class = class_of(value);
    check_settable(cx, class, "__bases__", new)?;
    let name = class.name();
    let Some(tuple) = new.cast::<TupleObject>() else {
        let actual = new.type_of().name();
        return Err(cx.type_error(format!("can only assign tuple to {name}.__bases__, not {actual}")));
    };
    if tuple.is_empty() {
        return Err(cx.type_error(format!("can only assign non-empty tuple to {name}.__bases__, not ()")));
    }
    for item in tuple.as_slice() {
        let Some(base) = item.cast::<TypeObject>() else {
            let actual = item.type_of().name();
            return Err(cx.type_error(format!("{name}.__bases__ must be tuple of classes, not '{actual}'")));
        };
        if base.is_subtype(class) {
            return Err(cx.type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let new_base = layout::best_base(cx, tuple.as_slice())?;
    let old_base = class.base.get().unwrap_or(&OBJECT);
    if !compatible_bases(old_base, new_base) {
        let (new, old) = (new_base.name(), old_base.name());
        return Err(cx.type_error(format!("__bases__ assignment: '{new}' object layout differs from '{old}'")));
    }
    replace_bases(cx, class, tuple.as_slice(), new_base)
}

/// Whether instances laid out over one base could have been laid out over the other.
fn compatible_bases(old: &'static TypeObject, new: &'static TypeObject) -> bool {
    std::ptr::eq(old, new)
        || layout::is_same_layout(old, new)
        || [(old, new), (new, old)].iter().any(|(object, other)| {
            std::ptr::eq(*object, &OBJECT.object)
                && std::ptr::eq(dunder::builtin_base(other), &OBJECT.object)
                && other.state(Context::current()).slot_names.is_none()
        })
}

fn replace_bases(
    cx: &mut Context,
    class: &'static TypeObject,
    bases: &[Value],
    base: &'static TypeObject,
) -> Result<()> {
    let old: Vec<Owned> = class.state(cx).bases.clone();
    let old_base = class.base.get();
    set_base_lists(cx, class, bases, Some(base));
    let result = recompute_mro(cx, class);
    // The class's own `mro()` may have set other bases meanwhile.
    let is_still_ours = {
        let now = &class.state(cx).bases;
        now.len() == bases.len() && now.iter().zip(bases).all(|(now, base)| now.value() == *base)
    };
    if result.is_err() && !is_still_ours {
        return result;
    }
    if result.is_err() {
        let values: Vec<Value> = old.iter().map(Owned::value).collect();
        let pending = cx.take_pending();
        set_base_lists(cx, class, &values, old_base);
        if recompute_mro(cx, class).is_err() {
            drop(cx.take_pending());
        }
        return Err(cx.raise_value(pending));
    }
    update_below(cx, class);
    reshape::everything_changed(cx);
    Ok(())
}

fn set_base_lists(cx: &mut Context, class: &'static TypeObject, bases: &[Value], base: Option<&'static TypeObject>) {
    let new: Vec<Owned> = bases.iter().map(|base| Owned::new(*base)).collect();
    let old = std::mem::replace(&mut class.state(cx).bases, new);
    for base in old.iter().filter_map(|base| base.value().cast::<TypeObject>()) {
        base.state(cx).subclasses.retain(|subclass| !std::ptr::eq(*subclass, class));
    }
    for base in bases.iter().filter_map(|base| base.cast::<TypeObject>()) {
        base.state(cx).subclasses.push(class);
    }
    class.base.set(base);
    drop(old);
}

/// Recomputes the linearisation of a class and of its subclasses.
fn recompute_mro(cx: &mut Context, class: &'static TypeObject) -> Result<()> {
    let bases = base_values(cx, class);
    let base_mro = class.base.get().map_or(&[][..], TypeObject::mro);
    let provisional = mro::boxed(class, base_mro);
    mro::install(cx, class, provisional);
    mro::compute(cx, class, class.value().type_of(), &bases)?;
    for subclass in class.state(cx).subclasses.clone() {
        // SAFETY: (types 2) a subclass removes itself from the list before it dies.
        recompute_mro(cx, unsafe { &*subclass })?;
    }
    Ok(())
}

fn update_below(cx: &mut Context, class: &'static TypeObject) {
    class.modified(cx);
    dunder::update_slots(cx, class);
    for subclass in class.state(cx).subclasses.clone() {
        // SAFETY: (types 2) as above.
        update_below(cx, unsafe { &*subclass });
    }
}

fn get_dict(cx: &mut Context, value: Value) -> Result<Owned> {
    let namespace = class_of(value).state(cx).namespace.value();
    Ok(mapping_proxy::new(cx, namespace))
}

fn get_doc(cx: &mut Context, value: Value) -> Result<Owned> {
    let class = class_of(value);
    if !class.has_flag(flags::HEAP) && !class.doc.is_empty() {
        return doc_of(cx, class.doc);
    }
    let name = cx.interpreter().names.doc;
    let Some(found) = class.namespace(cx).get_interned(name).map(Owned::new) else { return Ok(none()) };
    match found.value().type_of().slots().descriptor_get {
        Some(get) => get(cx, found.value(), Value::UNBOUND, class),
        None => Ok(found),
    }
}

/// The signature in front of a builtin type's documentation.
fn get_text_signature(cx: &mut Context, value: Value) -> Result<Owned> {
    let class = class_of(value);
    if class.has_flag(flags::HEAP) {
        return Ok(none());
    }
    match signatures::find(class.name()) {
        Some(signature) => Ok(str::StrObject::new(cx, signature)),
        None => signature_of(cx, short_name(class.name()), class.doc),
    }
}

fn set_doc(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let class = class_of(value);
    check_settable(cx, class, "__doc__", new)?;
    let name = cx.interpreter().names.doc;
    store(cx, class, name, new)
}

fn get_abstract(cx: &mut Context, value: Value) -> Result<Owned> {
    let class = class_of(value);
    let name = cx.interpreter().names.abstractmethods;
    own_entry(cx, class, name).ok_or_else(|| exception::raise_attribute_error(cx, value, name, "__abstractmethods__"))
}

/// `abc` stores the names of a class's abstract methods here; a class with any cannot be instantiated.
fn set_abstract(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let class = class_of(value);
    let name = cx.interpreter().names.abstractmethods;
    if !class.has_flag(flags::HEAP) {
        check_settable(cx, class, "__abstractmethods__", new)?;
    }
    let mut is_abstract = false;
    if new.is_unbound() {
        if class.namespace(cx).remove(cx, name)?.is_none() {
            return Err(exception::raise_attribute_error(cx, value, name, "__abstractmethods__"));
        }
        class.modified(cx);
    } else {
        is_abstract = convert::truth(cx, new)?;
        store(cx, class, name, new)?;
    }
    let others = class.flags.get() & !ABSTRACT;
    class.flags.set(if is_abstract { others | ABSTRACT } else { others });
    Ok(())
}

/// The annotations: stored ones, cached ones, or what `__annotate__` computes (PEP 649).
fn get_annotations(cx: &mut Context, value: Value) -> Result<Owned> {
    let class = class_of(value);
    let names = &cx.interpreter().names;
    let (own, cache) = (names.annotations, names.annotations_cache);
    if !class.has_flag(flags::HEAP) {
        let message = format!("type object '{}' has no attribute '__annotations__'", class.name());
        return Err(exception::raise_attribute_error(cx, value, own, &message));
    }
    for name in [own, cache] {
        if let Some(found) = class.namespace(cx).get_interned(name) {
            return Ok(Owned::new(found));
        }
    }
    let annotate = get_annotate(cx, value)?;
    let annotations = if annotate.value() == singleton::none() {
        DictObject::new(cx)
    } else {
        let format = int::from_i64(cx, 1);
        let made = call::call(cx, annotate.value(), &[format.value()])?;
        if !made.value().type_of().has_flag(flags::DICT) {
            let actual = made.value().type_of().name();
            return Err(cx.type_error(format!("__annotate__ returned non-dict of type '{actual}'")));
        }
        made
    };
    class.namespace(cx).set(cx, cache, annotations.value())?;
    class.modified(cx);
    Ok(annotations)
}

fn set_annotations(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let class = class_of(value);
    let names = &cx.interpreter().names;
    let (own, cache, annotate, function) =
        (names.annotations, names.annotations_cache, names.annotate, names.annotate_func);
    if !class.has_flag(flags::HEAP) {
        check_settable(cx, class, "__annotations__", new)?;
    }
    let cached = class.namespace(cx).remove(cx, cache)?.is_some();
    if new.is_unbound() {
        if class.namespace(cx).remove(cx, own)?.is_none() && !cached {
            return Err(exception::raise_attribute_error(cx, value, own, "__annotations__"));
        }
    } else if class.namespace(cx).get_interned(own).is_some() {
        class.namespace(cx).set(cx, own, new)?;
    } else {
        class.namespace(cx).set(cx, cache, new)?;
    }
    for name in [annotate, function] {
        class.namespace(cx).remove(cx, name)?;
    }
    class.modified(cx);
    Ok(())
}

fn get_annotate(cx: &mut Context, value: Value) -> Result<Owned> {
    let class = class_of(value);
    let names = &cx.interpreter().names;
    for name in [names.annotate, names.annotate_func] {
        let Some(found) = own_entry(cx, class, name) else { continue };
        return match found.value().type_of().slots().descriptor_get {
            Some(get) => get(cx, found.value(), Value::UNBOUND, class),
            None => Ok(found),
        };
    }
    if class.has_flag(flags::HEAP) {
        let function = names.annotate_func;
        class.namespace(cx).set(cx, function, singleton::none())?;
        return Ok(none());
    }
    let message = format!("type object '{}' has no attribute '__annotate__'", class.name());
    Err(exception::raise_attribute_error(cx, value, names.annotate, &message))
}

fn set_annotate(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let class = class_of(value);
    if new.is_unbound() {
        return Err(cx.type_error("cannot delete __annotate__ attribute"));
    }
    check_settable(cx, class, "__annotate__", new)?;
    if new != singleton::none() && new.type_of().slots().call.is_none() {
        return Err(cx.type_error("__annotate__ must be callable or None"));
    }
    let names = &cx.interpreter().names;
    let (function, cache) = (names.annotate_func, names.annotations_cache);
    if new != singleton::none() {
        class.namespace(cx).remove(cx, cache)?;
    }
    store(cx, class, function, new)
}

fn get_type_parameters(cx: &mut Context, value: Value) -> Result<Owned> {
    let name = cx.interpreter().names.type_params;
    match own_entry(cx, class_of(value), name) {
        Some(found) => Ok(found),
        None => Ok(TupleObject::new(cx, &[])),
    }
}

fn set_type_parameters(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let class = class_of(value);
    check_settable(cx, class, "__type_params__", new)?;
    let name = cx.interpreter().names.type_params;
    store(cx, class, name, new)
}

fn subclasses(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let list = &class_of(arguments[0]).state(cx).subclasses;
    // SAFETY: (types 2) a subclass removes itself from the list before it dies.
    let values: Vec<Value> = list.iter().map(|subclass| unsafe { &**subclass }.value()).collect();
    Ok(ListObject::from_values(cx, &values))
}

/// The names in the namespaces of the class and its bases, without those of the metaclass.
fn dir(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let names = DictObject::new(cx);
    for entry in class_of(arguments[0]).mro() {
        crate::object_methods::add_keys(cx, dict::of(names.value()), entry.namespace(cx))?;
    }
    crate::object_methods::keys_list(cx, dict::of(names.value()))
}

fn size_of_type(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    Ok(int::from_usize(cx, size_of::<TypeObject>()))
}

fn instance_check(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let truth = class_check::is_instance(cx, arguments[1], arguments[0])?;
    Ok(Owned::new(singleton::boolean(truth)))
}

fn subclass_check(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let truth = class_check::is_subclass(cx, arguments[1], arguments[0])?;
    Ok(Owned::new(singleton::boolean(truth)))
}
