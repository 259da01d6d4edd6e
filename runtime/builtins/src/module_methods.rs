//! Computed attributes of modules.

use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::{self, MODULE};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::type_object::{StaticType, flags};
use sidewinder_runtime::operations::{attribute, call};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The type of this file with its attributes.
pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] = &[(&MODULE, METHODS, GETSET)];

static METHODS: &[Native] = &[Native::new("__dir__", 0, 0, directory, "__dir__() -> list")];

static GETSET: &[GetSet] = &[
    GetSet { name: "__dict__", get: attribute::own_dict, set: Some(read_only), doc: "" },
    GetSet { name: "__annotations__", get: annotations, set: Some(set_annotations), doc: "" },
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
        return Err(cx.type_error(format!("__annotate__() must return a dict, not {actual}")));
    }
    namespace.set(cx, annotations, made.value())?;
    Ok(made)
}

fn set_annotations(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let namespace = module::of(value).namespace();
    let name = cx.interpreter().names.annotations;
    if !new.is_unbound() {
        return namespace.set(cx, name, new);
    }
    match namespace.remove(cx, name)? {
        Some(_) => Ok(()),
        None => Err(cx.raise(&ATTRIBUTE_ERROR, "__annotations__")),
    }
}
