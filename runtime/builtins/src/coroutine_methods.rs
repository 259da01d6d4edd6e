//! Methods and attributes of coroutines and asynchronous generators; what they share with generators is there.

use crate::frame_methods::of_generator;
use crate::generator_methods::{close, code, is_in, of, send, set_text, throw};
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::generator::asynchronous::{aclose, asend, athrow, next_item};
use sidewinder_runtime::objects::generator::{ASYNC_GENERATOR, COROUTINE, asynchronous, awaitable, hooks, state};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::iterator::arguments::Signature;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::type_object::StaticType;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] =
    &[(&COROUTINE, METHODS, GETSET), (&ASYNC_GENERATOR, ASYNC_METHODS, ASYNC_GETSET)];

static METHODS: &[Native] = &[
    Native::new("send", 1, 1, send, "send(arg) -> resume with 'arg' sent into coroutine."),
    Native::new("throw", 1, 3, throw, "throw(value) -> raise an exception in coroutine, where it waits."),
    Native::new("close", 0, 0, close, "close() -> raise GeneratorExit inside coroutine."),
    Native::new("__await__", 0, 0, |cx, arguments| Ok(awaitable::wrap(cx, arguments[0])), ""),
];

static ASYNC_METHODS: &[Native] = &[
    Native::new("__aiter__", 0, 0, |_, arguments| Ok(Owned::new(arguments[0])), "Return self."),
    Native::new("__anext__", 0, 0, |cx, arguments| next_item(cx, of(arguments[0])), "An awaitable of the next item."),
    Native::new("asend", 1, 1, |cx, arguments| asend(cx, of(arguments[0]), arguments[1]), ""),
    Native::new("athrow", 1, 3, |cx, arguments| athrow(cx, of(arguments[0]), &arguments[1..]), ""),
    Native::new("aclose", 0, 0, |cx, arguments| aclose(cx, of(arguments[0])), ""),
];

type Get = fn(&mut Context, Value) -> Result<Owned>;

const fn shown(name: &'static str, get: Get) -> GetSet {
    GetSet { name, get, set: None, doc: "" }
}

const NAME: GetSet = GetSet {
    name: "__name__",
    get: |_, value| Ok(Owned::new(of(value).name.get())),
    set: Some(|cx, value, new| set_text(cx, &of(value).name, new, "__name__")),
    doc: "name of the coroutine",
};

const QUALIFIED_NAME: GetSet = GetSet {
    name: "__qualname__",
    get: |_, value| Ok(Owned::new(of(value).qualified_name.get())),
    set: Some(|cx, value, new| set_text(cx, &of(value).qualified_name, new, "__qualname__")),
    doc: "qualified name of the coroutine",
};

static GETSET: &[GetSet] = &[
    NAME,
    QUALIFIED_NAME,
    shown("cr_await", delegate),
    shown("cr_running", |_, value| is_in(value, state::RUNNING)),
    shown("cr_suspended", |_, value| is_in(value, state::SUSPENDED)),
    shown("cr_code", code),
    shown("cr_frame", |cx, value| Ok(of_generator(cx, of(value)))),
    shown("cr_origin", |_, value| {
        let origin = of(value).extra.get();
        Ok(Owned::new(if origin.is_unbound() { singleton::none() } else { origin }))
    }),
];

static ASYNC_GETSET: &[GetSet] = &[
    NAME,
    QUALIFIED_NAME,
    shown("ag_await", delegate),
    shown("ag_running", |_, value| Ok(Owned::new(singleton::boolean(of(value).awaited.get() != 0)))),
    shown("ag_suspended", |_, value| is_in(value, state::SUSPENDED)),
    shown("ag_code", code),
    shown("ag_frame", |cx, value| Ok(of_generator(cx, of(value)))),
];

fn delegate(cx: &mut Context, value: Value) -> Result<Owned> {
    let Some(delegate) = of(value).delegate() else { return Ok(Owned::new(singleton::none())) };
    if delegate.has_type(&ASYNC_GENERATOR) {
        return Ok(asynchronous::step_under_way(cx, of(delegate)));
    }
    Ok(Owned::new(delegate))
}

// The rows of `sys`.

sidewinder_runtime::struct_sequence! {
    /// What `sys.get_asyncgen_hooks` gives.
    HOOKS = "asyncgen_hooks" shows 2 { 0 "firstiter", 1 "finalizer" }
}

/// `sys.set_asyncgen_hooks(firstiter=…, finalizer=…)`; `None` takes a hook away.
pub fn set_hooks(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const NAMES: [&str; 2] = ["firstiter", "finalizer"];
    const SIGNATURE: Signature<2> = Signature {
        function: "set_asyncgen_hooks",
        names: NAMES,
        positional_only: 0,
        positional: 2,
        required: 0,
        rest: false,
        open: false,
    };
    let given = SIGNATURE.bind(cx, arguments)?;
    for (hook, name) in given.into_iter().zip(NAMES).rev() {
        if let Some(hook) = hook
            && hook != singleton::none()
            && hook.type_of().slots().call.is_none()
        {
            let kind = hook.type_of().name();
            return Err(cx.type_error(format!("callable {name} expected, got {kind}")));
        }
    }
    for (index, hook) in [hooks::FIRST_USE, hooks::FINALIZER].into_iter().zip(given) {
        if let Some(hook) = hook {
            let hook = (hook != singleton::none()).then(|| Owned::new(hook));
            drop(std::mem::replace(&mut cx.async_generator_hooks[index], hook));
        }
    }
    Ok(Owned::new(singleton::none()))
}

/// `sys.get_asyncgen_hooks()`
pub fn get_hooks(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let hooks = cx.async_generator_hooks.clone().map(|hook| hook.unwrap_or_else(|| Owned::new(singleton::none())));
    HOOKS.make(cx, hooks.into())
}

/// `sys.set_coroutine_origin_tracking_depth(depth)`
pub fn set_origin_depth(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<1> = Signature {
        function: "set_coroutine_origin_tracking_depth",
        names: ["depth"],
        positional_only: 0,
        positional: 1,
        required: 1,
        rest: false,
        open: false,
    };
    let [depth] = SIGNATURE.bind(cx, arguments)?;
    let depth = convert::index_i64(cx, depth.unwrap_or(singleton::none()))?;
    if depth < 0 {
        return Err(cx.value_error("depth must be >= 0"));
    }
    cx.coroutine_origin_depth = depth as usize;
    Ok(Owned::new(singleton::none()))
}

/// `sys.get_coroutine_origin_tracking_depth()`
pub fn get_origin_depth(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    Ok(int::from_usize(cx, cx.coroutine_origin_depth))
}
