//! `types.SimpleNamespace`: an object with nothing but attributes.

use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::heap::{Header, Immortal};
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::dict;
use sidewinder_runtime::objects::instance::{self, AttributeBlock};
use sidewinder_runtime::objects::slots::{CompareOp, Slots};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType, flags};
use sidewinder_runtime::objects::{singleton, str::StrBuilder};
use sidewinder_runtime::operations::dunder::type_slots;
use sidewinder_runtime::operations::{attribute, call, compare, convert, iterate, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;
use std::mem::offset_of;

#[repr(C)]
pub struct SimpleNamespace {
    pub header: Header,
    pub block: AttributeBlock,
}

pub static SIMPLE_NAMESPACE: StaticType = Immortal::new({
    let mut kind = TypeObject::builtin(
        "types.SimpleNamespace",
        size_of::<SimpleNamespace>(),
        Slots {
            repr: Some(repr),
            compare: Some(compare_namespaces),
            hash: None,
            new: Some(|cx, kind, _| {
                let header = instance::allocate(cx, kind, 0);
                Ok(Owned::from_raw(Value::from_pointer(header)))
            }),
            init: Some(init),
            traverse: Some(instance::traverse),
            release: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::COLLECTED | flags::HAS_BLOCK | flags::HAS_DICT)
    .with_methods(METHODS)
    .with_getset(GETSET)
    .with_doc("A simple attribute-based namespace.");
    kind.block_offset = Cell::new(offset_of!(SimpleNamespace, block) as u32);
    kind
});

sidewinder_runtime::object_type!(SimpleNamespace, SIMPLE_NAMESPACE);

static METHODS: &[Native] = &[
    Native::new("__reduce__", 0, 0, reduce, "Return state information for pickling"),
    Native::with_keywords(
        "__replace__",
        replace,
        "Return a copy of the namespace object with new values for the specified attributes.",
    ),
];

static GETSET: &[GetSet] = &[GetSet { name: "__dict__", get: attribute::own_dict, set: None, doc: "" }];

/// A namespace with these attributes.
pub fn make(cx: &mut Context, attributes: &[(&str, Owned)]) -> Result<Owned> {
    crate::type_creation::ensure_ready(cx, &SIMPLE_NAMESPACE)?;
    let header = instance::allocate(cx, &SIMPLE_NAMESPACE, 0);
    let made = Owned::from_raw(Value::from_pointer(header));
    for (name, value) in attributes {
        attribute::set_text(cx, made.value(), name, value.value())?;
    }
    Ok(made)
}

/// `SimpleNamespace(mapping_or_pairs, **attributes)`
fn init(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    let positionals = arguments.positionals();
    if positionals.len() > 1 {
        let count = positionals.len();
        return Err(cx.type_error(format!("SimpleNamespace expected at most 1 argument, got {count}")));
    }
    if let Some(source) = positionals.first() {
        let target = call::call(cx, dict::DICT.value(), &[*source])?;
        let source = dict::of(target.value());
        for index in 0..source.entry_count() {
            let Some((key, item)) = source.entry(index) else { continue };
            if !str::is_str(key) {
                return Err(cx.type_error("keywords must be strings"));
            }
            let (key, item) = (str::intern_value(cx, key), Owned::new(item));
            instance::set_attribute_slot(cx, value, key.value(), item)?;
        }
    }
    for (name, item) in arguments.keywords() {
        let name = str::intern_value(cx, name);
        instance::set_attribute_slot(cx, value, name.value(), Owned::new(item))?;
    }
    Ok(())
}

/// `namespace(a=1)`; a subclass shows its own name.
fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let kind = value.type_of();
    let name = if std::ptr::eq(kind, &SIMPLE_NAMESPACE.object) { "namespace" } else { type_slots::plain_name(kind) };
    if cx.repr_active.contains(&value) {
        return Ok(StrObject::new(cx, &format!("{name}(...)")));
    }
    cx.repr_active.push(value);
    let result = repr_items(cx, value, name);
    cx.repr_active.retain(|active| *active != value);
    result
}

fn repr_items(cx: &mut Context, value: Value, name: &str) -> Result<Owned> {
    let own = instance::dict(cx, value)?;
    let mut text = StrBuilder::new();
    text.push_text(name);
    text.push_text("(");
    let mut first = true;
    for key in iterate::collect(cx, own.value())? {
        let Some(key_text) = str::cast(key.value()) else { continue };
        let item = subscript::get_item(cx, own.value(), key.value())?;
        let item = convert::repr(cx, item.value())?;
        text.push_text(if first { "" } else { ", " });
        text.push_str(key_text);
        text.push_text("=");
        if let Some(item) = str::cast(item.value()) {
            text.push_str(item);
        }
        first = false;
    }
    text.push_text(")");
    Ok(text.finish(cx))
}

fn compare_namespaces(cx: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    if a.cast::<SimpleNamespace>().is_none() || b.cast::<SimpleNamespace>().is_none() {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let (left, right) = (instance::dict(cx, a)?, instance::dict(cx, b)?);
    compare::compare(cx, op, left.value(), right.value())
}

fn reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let class = Owned::new(arguments[0].type_of().value());
    let empty = TupleObject::new(cx, &[]);
    let own = instance::dict(cx, arguments[0])?;
    Ok(TupleObject::from_owned(cx, vec![class, empty, own]))
}

fn replace(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = arguments.values[0];
    if arguments.positionals().len() > 1 {
        return Err(cx.type_error("__replace__() takes no positional arguments"));
    }
    let class = receiver.type_of();
    let made = call::call(cx, class.value(), &[])?;
    if !made.value().type_of().is_subtype(&SIMPLE_NAMESPACE.object) {
        let (class, actual) = (type_slots::full_name(cx, class)?, made.value().type_of().name());
        let message = format!("expect types.SimpleNamespace type, but {class}() returned '{actual}' object");
        return Err(cx.type_error(message));
    }
    let own = instance::dict(cx, receiver)?;
    let source = dict::of(own.value());
    for index in 0..source.entry_count() {
        if let Some((key, item)) = source.entry(index) {
            let (key, item) = (str::intern_value(cx, key), Owned::new(item));
            instance::set_attribute_slot(cx, made.value(), key.value(), item)?;
        }
    }
    for (name, item) in arguments.keywords() {
        let name = str::intern_value(cx, name);
        instance::set_attribute_slot(cx, made.value(), name.value(), Owned::new(item))?;
    }
    Ok(made)
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: the caller's promise.
    unsafe { instance::release(header, children) };
}
