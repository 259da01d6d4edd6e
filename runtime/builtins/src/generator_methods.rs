//! Methods and attributes of generators.

use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::generator::{self, GENERATOR, GeneratorObject, awaitable, state};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::type_object::StaticType;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::Cell;

pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] = &[(&GENERATOR, METHODS, GETSET)];

static METHODS: &[Native] = &[
    Native::new("__next__", 0, 0, next, "Implement next(self)."),
    Native::new(
        "send",
        1,
        1,
        send,
        "send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration.",
    ),
    Native::new(
        "throw",
        1,
        3,
        throw,
        "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or raise\nStopIteration.",
    ),
    Native::new("close", 0, 0, close, "close() -> raise GeneratorExit inside generator."),
];

static GETSET: &[GetSet] = &[
    GetSet {
        name: "__name__",
        get: |_, value| Ok(Owned::new(of(value).name.get())),
        set: Some(|cx, value, new| set_text(cx, &of(value).name, new, "__name__")),
        doc: "name of the generator",
    },
    GetSet {
        name: "__qualname__",
        get: |_, value| Ok(Owned::new(of(value).qualified_name.get())),
        set: Some(|cx, value, new| set_text(cx, &of(value).qualified_name, new, "__qualname__")),
        doc: "qualified name of the generator",
    },
    GetSet {
        name: "gi_yieldfrom",
        get: |_, value| Ok(Owned::new(of(value).delegate().unwrap_or(singleton::none()))),
        set: None,
        doc: "object being iterated by yield from, or None",
    },
    GetSet { name: "gi_running", get: |_, value| is_in(value, state::RUNNING), set: None, doc: "" },
    GetSet { name: "gi_suspended", get: |_, value| is_in(value, state::SUSPENDED), set: None, doc: "" },
    GetSet { name: "gi_code", get: code, set: None, doc: "" },
    GetSet {
        name: "gi_frame",
        get: |cx, value| Ok(crate::frame_methods::of_generator(cx, of(value))),
        set: None,
        doc: "",
    },
];

pub(crate) fn of(value: Value) -> &'static GeneratorObject {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}

/// Replaces a name; only text will do.
pub fn set_text(cx: &mut Context, place: &Cell<Value>, new: Value, name: &str) -> Result<()> {
    if new.is_unbound() || !str::is_str(new) {
        return Err(cx.type_error(format!("{name} must be set to a string object")));
    }
    drop(Owned::from_raw_option(place.replace(Owned::new(new).into_raw())));
    Ok(())
}

pub(crate) fn is_in(value: Value, wanted: u32) -> Result<Owned> {
    Ok(Owned::new(singleton::boolean(of(value).stage() == wanted)))
}

pub(crate) fn code(_cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(Owned::new(of(value).code.get()))
}

fn next(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    generator::send(cx, of(arguments[0]), singleton::none())
}

pub(crate) fn send(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    generator::send(cx, of(arguments[0]), arguments[1])
}

pub(crate) fn throw(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    awaitable::throw_into(cx, of(arguments[0]), &arguments[1..])
}

pub(crate) fn close(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    generator::close(cx, of(arguments[0]))
}
