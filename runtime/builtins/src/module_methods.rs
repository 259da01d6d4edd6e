//! Computed attributes of modules.

use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::{self, MODULE};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::type_object::{StaticType, flags};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The type of this file with its attributes.
pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] = &[(&MODULE, METHODS, GETSET)];

static METHODS: &[Native] = &[Native::new("__dir__", 0, 0, directory, "__dir__() -> list")];

static GETSET: &[GetSet] = &[
    GetSet { name: "__dict__", get: attribute::own_dict, set: Some(read_only), doc: "" },
    GetSet { name: "__annotations__", get: annotations, set: Some(set_annotations), doc: "" },
    GetSet { name: "__annotate__", get: annotate, set: Some(set_annotate), doc: "" },
];

/// The names in the namespace, or what the module's own `__dir__` answers.
fn directory(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let names = &cx.interpreter().names;
    let (name, dict) = (names.dir, names.dict);
    let dict = attribute::get(cx, arguments[0], dict)?;
    if !dict.value().type_of().has_flag(flags::DICT) {
        return Err(cx.type_error("<module>.__dict__ is not a dictionary"));
    }
    let namespace = dict::of(dict.value());
    if let Some(function) = namespace.get_interned(name).map(Owned::new) {
        return call::call(cx, function.value(), &[]);
    }
    let names = (0..namespace.entry_count()).filter_map(|position| namespace.entry(position));
    let names = names.map(|(name, _)| Owned::new(name)).collect();
    Ok(ListObject::new(cx, names))
}

fn read_only(cx: &mut Context, _value: Value, _new: Value) -> Result<()> {
    Err(cx.raise(&ATTRIBUTE_ERROR, "readonly attribute"))
}

/// The annotations, computed at the first request by the namespace's `__annotate__`.
fn annotations(cx: &mut Context, value: Value) -> Result<Owned> {
    const VALUE_FORMAT: i64 = 1;
    let namespace = module::of(value).namespace();
    let (annotations, annotate) = (cx.interpreter().names.annotations, cx.interpreter().names.annotate);
    if let Some(found) = namespace.get_interned(annotations) {
        return Ok(Owned::new(found));
    }
    let function = namespace.get_interned(annotate).filter(|function| *function != singleton::none());
    let made = match function.map(Owned::new) {
        Some(function) => call::call(cx, function.value(), &[Value::from_small_int(VALUE_FORMAT)])?,
        None => DictObject::new(cx),
    };
    if !made.value().type_of().has_flag(flags::DICT) {
        let actual = made.value().type_of().name();
        return Err(cx.type_error(format!("__annotate__ returned non-dict of type '{actual}'")));
    }
    // While the module's code runs, more annotations may come.
    if !is_initializing(cx, namespace)? {
        namespace.set(cx, annotations, made.value())?;
    }
    Ok(made)
}

/// Whether the module is being imported.
fn is_initializing(cx: &mut Context, namespace: &DictObject) -> Result<bool> {
    let Some(specification) = namespace.get_text(cx, "__spec__").map(Owned::new) else { return Ok(false) };
    match attribute::get_text_optional(cx, specification.value(), "_initializing")? {
        Some(answer) => convert::truth(cx, answer.value()),
        None => Ok(false),
    }
}

fn set_annotations(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let namespace = module::of(value).namespace();
    let name = cx.interpreter().names.annotations;
    if !new.is_unbound() {
        namespace.set(cx, name, new)?;
    } else if namespace.remove(cx, name)?.is_none() {
        return Err(cx.raise(&ATTRIBUTE_ERROR, "__annotations__"));
    }
    let function = cx.interpreter().names.annotate;
    namespace.remove(cx, function).map(|_| ())
}

/// The function that computes the annotations.
fn annotate(cx: &mut Context, value: Value) -> Result<Owned> {
    let namespace = module::of(value).namespace();
    let name = cx.interpreter().names.annotate;
    if let Some(found) = namespace.get_interned(name) {
        return Ok(Owned::new(found));
    }
    namespace.set(cx, name, singleton::none())?;
    Ok(Owned::new(singleton::none()))
}

fn set_annotate(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(cx.type_error("cannot delete __annotate__ attribute"));
    }
    if new != singleton::none() && new.type_of().slots().call.is_none() {
        return Err(cx.type_error("__annotate__ must be callable or None"));
    }
    let namespace = module::of(value).namespace();
    let (annotations, annotate) = (cx.interpreter().names.annotations, cx.interpreter().names.annotate);
    namespace.set(cx, annotate, new)?;
    if new != singleton::none() {
        namespace.remove(cx, annotations)?;
    }
    Ok(())
}
