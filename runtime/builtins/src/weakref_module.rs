//! The module `_weakref`: references, proxies, and the counting of them. The containers of `weakref` are the library's.

use crate::type_creation::ensure_ready;
use sidewinder_runtime::heap::Immortal;
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use sidewinder_runtime::objects::weak::{self, WEAK_REFERENCE, WeakReference};
use sidewinder_runtime::objects::{dict, exception, int, module, singleton};
use sidewinder_runtime::operations::{arithmetic, attribute, call, compare, convert, iterate, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

pub static FUNCTIONS: &[Native] = &[
    Native::new("proxy", 1, 2, new_proxy, "Create a proxy object that weakly references 'object'."),
    Native::new("getweakrefcount", 1, 1, count_references, "Return the number of weak references to 'object'."),
    Native::new(
        "getweakrefs",
        1,
        1,
        list_references,
        "Return a list of all weak reference objects pointing to 'object'.",
    ),
    Native::new(
        "_remove_dead_weakref",
        2,
        2,
        remove_dead,
        "Atomically remove key from dict if it points to a dead weakref.",
    ),
];

/// Computed attributes of `weakref.ref`.
pub static REFERENCE_GETSET: &[GetSet] = &[GetSet { name: "__callback__", get: get_callback, set: None, doc: "" }];

/// Puts the types into the module.
pub fn fill(cx: &mut Context, module: Value) -> Result<()> {
    ensure_ready(cx, &PROXY)?;
    ensure_ready(cx, &CALLABLE_PROXY)?;
    let namespace = module::of(module).namespace();
    let rows: [(&str, &StaticType); 4] = [
        ("ref", &WEAK_REFERENCE),
        ("ReferenceType", &WEAK_REFERENCE),
        ("ProxyType", &PROXY),
        ("CallableProxyType", &CALLABLE_PROXY),
    ];
    for (name, kind) in rows {
        namespace.set_text(cx, name, kind.value());
    }
    Ok(())
}

fn none() -> Owned {
    Owned::new(singleton::none())
}

fn get_callback(_cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(weak::of(value).callback().map_or_else(none, Owned::new))
}

fn new_proxy(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let callable = arguments[0].type_of().slots().call.is_some();
    let kind = if callable { &CALLABLE_PROXY } else { &PROXY };
    weak::new(cx, &kind.object, arguments[0], arguments.get(1).copied().unwrap_or(Value::UNBOUND))
}

fn count_references(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let count = weak::references(cx, arguments[0]).len();
    Ok(int::from_usize(cx, count))
}

fn list_references(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let found = weak::references(cx, arguments[0]);
    Ok(ListObject::new(cx, found))
}

fn remove_dead(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    if !arguments[0].type_of().has_flag(flags::DICT) {
        return Err(bad_argument(cx, "_remove_dead_weakref() argument 1", "dict", arguments[0]));
    }
    let entries = dict::of(arguments[0]);
    let found = entries.get(cx, arguments[1])?.and_then(|value| value.cast::<WeakReference>());
    if found.is_some_and(|reference| reference.referent().is_none()) {
        drop(entries.remove(cx, arguments[1])?);
    }
    Ok(none())
}

// Proxies: every operation is that of the referent.

/// The referent of a proxy; an error if it is dead.
fn target(cx: &mut Context, value: Value) -> Result<Owned> {
    match weak::of(value).referent() {
        Some(referent) => Ok(referent),
        None => Err(cx.raise(&exception::REFERENCE_ERROR, "weakly-referenced object no longer exists")),
    }
}

/// The referent of a proxy, and any other value itself.
fn unwrapped(cx: &mut Context, value: Value) -> Result<Owned> {
    if value.has_type(&PROXY) || value.has_type(&CALLABLE_PROXY) { target(cx, value) } else { Ok(Owned::new(value)) }
}

macro_rules! binary_slots {
    ($( $op:ident ),*) => {
        const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
            let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
            $( table[BinaryOp::$op as usize] = Some(|cx, a, b| {
                let (a, b) = (unwrapped(cx, a)?, unwrapped(cx, b)?);
                arithmetic::binary(cx, BinaryOp::$op, a.value(), b.value())
            }); )*
            table
        };
        const INPLACE: [Option<BinaryFunction>; BINARY_COUNT] = {
            let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
            $( table[BinaryOp::$op as usize] = Some(|cx, a, b| {
                let (a, b) = (unwrapped(cx, a)?, unwrapped(cx, b)?);
                arithmetic::inplace(cx, BinaryOp::$op, a.value(), b.value())
            }); )*
            table
        };
    };
}

binary_slots!(
    Add,
    Subtract,
    Multiply,
    TrueDivide,
    FloorDivide,
    Remainder,
    Power,
    MatrixMultiply,
    LeftShift,
    RightShift,
    And,
    Or,
    Xor
);

/// Forwards a slot of one operand.
macro_rules! forward {
    ($function:path) => {
        Some(|cx, value| {
            let target = target(cx, value)?;
            $function(cx, target.value())
        })
    };
}

const PROXY_SLOTS: Slots = Slots {
    repr: Some(repr),
    str: forward!(convert::str),
    hash: Some(|cx, value| Err(convert::unhashable(cx, value))),
    get_attribute: Some(|cx, value, name| {
        let target = target(cx, value)?;
        attribute::get(cx, target.value(), name)
    }),
    set_attribute: Some(|cx, value, name, new| {
        let target = target(cx, value)?;
        attribute::set(cx, target.value(), name, new)
    }),
    compare: Some(compare_proxies),
    iter: forward!(iterate::get_iter),
    next: Some(|cx, value| {
        let target = target(cx, value)?;
        if target.value().type_of().slots().next.is_none() {
            let name = target.value().type_of().name();
            return Err(cx.type_error(format!("Weakref proxy referenced a non-iterator '{name}' object")));
        }
        iterate::next(cx, target.value())
    }),
    length: forward!(subscript::length),
    get_item: Some(|cx, value, key| {
        let (target, key) = (target(cx, value)?, unwrapped(cx, key)?);
        subscript::get_item(cx, target.value(), key.value())
    }),
    set_item: Some(|cx, value, key, new| {
        let target = target(cx, value)?;
        if new.is_unbound() {
            subscript::delete_item(cx, target.value(), key)
        } else {
            subscript::set_item(cx, target.value(), key, new)
        }
    }),
    contains: Some(|cx, value, item| {
        let target = target(cx, value)?;
        subscript::contains(cx, target.value(), item)
    }),
    binary: BINARY,
    inplace: INPLACE,
    negative: forward!(arithmetic::negative),
    positive: forward!(arithmetic::positive),
    invert: forward!(arithmetic::invert),
    absolute: forward!(arithmetic::absolute),
    index: forward!(convert::index),
    truth: forward!(convert::truth),
    ..weak::SHARED_SLOTS
};

pub static PROXY: StaticType = Immortal::new(
    TypeObject::builtin("weakref.ProxyType", size_of::<WeakReference>(), PROXY_SLOTS)
        .with_base(&OBJECT.object)
        .with_flags(flags::COLLECTED)
        .with_methods(PROXY_METHODS),
);

pub static CALLABLE_PROXY: StaticType = Immortal::new(
    TypeObject::builtin(
        "weakref.CallableProxyType",
        size_of::<WeakReference>(),
        Slots { call: Some(call_proxy), ..PROXY_SLOTS },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED)
    .with_methods(PROXY_METHODS),
);

static PROXY_METHODS: &[Native] = &[
    Native::new("__bytes__", 0, 0, |cx, arguments| forward_method(cx, arguments, "__bytes__"), ""),
    Native::new("__reversed__", 0, 0, |cx, arguments| forward_method(cx, arguments, "__reversed__"), ""),
];

fn forward_method(cx: &mut Context, arguments: &[Value], name: &str) -> Result<Owned> {
    let target = target(cx, arguments[0])?;
    call::call_method(cx, target.value(), name, &[])
}

fn call_proxy(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    let target = target(cx, value)?;
    call::call_with(cx, target.value(), arguments)
}

fn compare_proxies(cx: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    let (a, b) = (unwrapped(cx, a)?, unwrapped(cx, b)?);
    compare::compare(cx, op, a.value(), b.value())
}

/// `<weakproxy at 0x…; to 'A' at 0x…>`
fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let text = match weak::of(value).referent() {
        Some(referent) => {
            let kind = referent.value().type_of().name();
            format!("<weakproxy at {:#x}; to '{kind}' at {:#x}>", value.0, referent.value().0)
        }
        None => format!("<weakproxy at {:#x}; dead>", value.0),
    };
    Ok(StrObject::new(cx, &text))
}
