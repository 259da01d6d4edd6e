//! `mappingproxy`: a read-only view of a mapping, such as a class's namespace.

use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::heap::{Header, Immortal};
use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType, flags};
use sidewinder_runtime::objects::{instance, singleton};
use sidewinder_runtime::operations::{arithmetic, call, compare, convert, iterate, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

#[repr(C)]
pub struct MappingProxy {
    pub header: Header,
    /// The mapping, owned.
    mapping: Value,
}

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Or as usize] = Some(or);
    table
};

const INPLACE: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Or as usize] = Some(|cx, a, _| {
        let class = a.type_of().name();
        Err(cx.type_error(format!("'|=' is not supported by {class}; use '|' instead")))
    });
    table
};

pub static MAPPING_PROXY: StaticType = Immortal::new(
    TypeObject::builtin(
        "mappingproxy",
        size_of::<MappingProxy>(),
        Slots {
            repr: Some(repr),
            str: Some(|cx, value| convert::str(cx, mapping_of(value))),
            hash: Some(|cx, value| convert::hash(cx, mapping_of(value))),
            compare: Some(compare_proxies),
            iter: Some(|cx, value| iterate::get_iter(cx, mapping_of(value))),
            length: Some(|cx, value| subscript::length(cx, mapping_of(value))),
            get_item: Some(|cx, value, key| subscript::get_item(cx, mapping_of(value), key)),
            contains: Some(|cx, value, key| subscript::contains(cx, mapping_of(value), key)),
            binary: BINARY,
            inplace: INPLACE,
            new: Some(new_proxy),
            traverse: Some(traverse),
            release: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED | flags::MAPPING)
    .with_methods(METHODS)
    .with_doc("Read-only proxy of a mapping."),
);

sidewinder_runtime::object_type!(MappingProxy, MAPPING_PROXY);

static METHODS: &[Native] = &[
    Native::new("get", 1, 2, get, "Return the value for key if key is in the mapping, else default."),
    Native::new(
        "keys",
        0,
        0,
        |cx, arguments| forward(cx, arguments, "keys"),
        "a set-like object providing a view on D's keys",
    ),
    Native::new(
        "values",
        0,
        0,
        |cx, arguments| forward(cx, arguments, "values"),
        "an object providing a view on D's values",
    ),
    Native::new(
        "items",
        0,
        0,
        |cx, arguments| forward(cx, arguments, "items"),
        "a set-like object providing a view on D's items",
    ),
    Native::new("copy", 0, 0, |cx, arguments| forward(cx, arguments, "copy"), "a shallow copy of D"),
    Native::new("__reversed__", 0, 0, |cx, arguments| forward(cx, arguments, "__reversed__"), "reverse iterator"),
];

fn mapping_of(value: Value) -> Value {
    // SAFETY: (heap 2) the slots of this type are called with proxies.
    unsafe { value.cast_unchecked::<MappingProxy>() }.mapping
}

/// A view of `mapping`.
pub fn new(cx: &mut Context, mapping: Value) -> Owned {
    allocate(cx, &MAPPING_PROXY, mapping)
}

fn allocate(cx: &mut Context, kind: &'static TypeObject, mapping: Value) -> Owned {
    let header = instance::allocate(cx, kind, 0);
    // SAFETY: (heap 3) fresh memory of a MappingProxy; the header is kept.
    unsafe { (&raw mut (*(header as *mut MappingProxy)).mapping).write(Owned::new(mapping).into_raw()) };
    Owned::from_raw(Value::from_pointer(header))
}

fn new_proxy(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let given = arguments.positionals().first().copied().or_else(|| arguments.keyword("mapping"));
    let Some(mapping) = given else {
        return Err(cx.type_error("mappingproxy() missing required argument 'mapping' (pos 1)"));
    };
    if arguments.values.len() > 1 {
        let count = arguments.values.len();
        return Err(cx.type_error(format!("mappingproxy() takes at most 1 argument ({count} given)")));
    }
    let own = mapping.type_of();
    if own.slots().get_item.is_none() || own.has_flag(flags::LIST | flags::TUPLE) {
        let actual = own.name();
        return Err(cx.type_error(format!("mappingproxy() argument must be a mapping, not {actual}")));
    }
    Ok(allocate(cx, kind, mapping))
}

fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let text = convert::repr_text(cx, mapping_of(value))?;
    Ok(StrObject::new(cx, &format!("mappingproxy({text})")))
}

fn unwrapped(value: Value) -> Value {
    value.cast::<MappingProxy>().map_or(value, |proxy| proxy.mapping)
}

fn compare_proxies(cx: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    compare::compare(cx, op, unwrapped(a), unwrapped(b))
}

fn or(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    arithmetic::binary(cx, BinaryOp::Or, unwrapped(a), unwrapped(b))
}

fn get(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let default = arguments.get(2).copied().unwrap_or(singleton::none());
    call::call_method(cx, mapping_of(arguments[0]), "get", &[arguments[1], default])
}

fn forward(cx: &mut Context, arguments: &[Value], name: &str) -> Result<Owned> {
    call::call_method(cx, mapping_of(arguments[0]), name, &[])
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    visit(mapping_of(Value::from_pointer(header)));
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    children.push(mapping_of(Value::from_pointer(header)));
}
