//! What is written in Python and needed here, and calls of it.

use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{exception, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, import};
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, TypeObject, Value};
use std::cell::RefCell;

/// Functions and classes of the package `asyncio` and of modules that it uses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Known {
    GetEventLoopPolicy,
    FutureRepr,
    InvalidStateError,
    CancelledError,
    TaskRepr,
    TaskGetStack,
    TaskPrintStack,
    IsCoroutine,
    ExtractStack,
    CopyContext,
}

use Known::*;

/// Where they are; in the order of `Known`.
const PLACES: &[(Known, &str, &str)] = &[
    (GetEventLoopPolicy, "asyncio.events", "_get_event_loop_policy"),
    (FutureRepr, "asyncio.base_futures", "_future_repr"),
    (InvalidStateError, "asyncio.exceptions", "InvalidStateError"),
    (CancelledError, "asyncio.exceptions", "CancelledError"),
    (TaskRepr, "asyncio.base_tasks", "_task_repr"),
    (TaskGetStack, "asyncio.base_tasks", "_task_get_stack"),
    (TaskPrintStack, "asyncio.base_tasks", "_task_print_stack"),
    (IsCoroutine, "asyncio.coroutines", "iscoroutine"),
    (ExtractStack, "traceback", "extract_stack"),
    (CopyContext, "_contextvars", "copy_context"),
];

/// What was found at the import of the module.
#[derive(Default)]
struct Found(RefCell<Vec<Owned>>);

/// Looks everything up, once.
pub fn find_all(cx: &mut Context) -> Result<()> {
    let mut found = Vec::with_capacity(PLACES.len());
    for (_, module, name) in PLACES {
        let module = import::module(cx, module)?;
        found.push(attribute::get_text(cx, module.value(), name)?);
    }
    *cx.state::<Found>().0.borrow_mut() = found;
    Ok(())
}

/// One of them.
pub fn known(cx: &mut Context, wanted: Known) -> Result<Owned> {
    let found = cx.state::<Found>().0.borrow().get(wanted as usize).cloned();
    debug_assert!(PLACES[wanted as usize].0 == wanted);
    found.ok_or_else(|| cx.raise(&exception::RUNTIME_ERROR, "the module _asyncio is not initialized"))
}

/// Calls one of them.
pub fn call_known(cx: &mut Context, wanted: Known, arguments: &[Value]) -> Result<Owned> {
    let function = known(cx, wanted)?;
    call::call(cx, function.value(), arguments)
}

/// Raises an exception of one of the classes.
#[cold]
pub fn raise(cx: &mut Context, class: Known, message: &str) -> Raised {
    let text = StrObject::new(cx, message);
    match call_known(cx, class, &[text.value()]) {
        Ok(made) => exception::raise(cx, made),
        Err(raised) => raised,
    }
}

/// The text of a value's representation.
pub fn shown(cx: &mut Context, value: Value) -> Result<String> {
    convert::repr_text(cx, value)
}

/// Whether the pending exception is of one of the classes.
pub fn pending_is(cx: &mut Context, class: Known) -> bool {
    if cx.pending.is_unbound() {
        return false;
    }
    let pending = cx.take_pending();
    let class = known(cx, class);
    let matches = match &class {
        Ok(class) => {
            class.value().cast::<TypeObject>().is_some_and(|class| pending.value().type_of().is_subtype(class))
        }
        Err(_) => {
            drop(cx.take_pending());
            false
        }
    };
    cx.raise_value(pending);
    matches
}

/// Calls a method whose last argument has a name.
pub fn call_named(
    cx: &mut Context,
    object: Value,
    method: &str,
    arguments: &[Value],
    name: &str,
    named: Value,
) -> Result<Owned> {
    let name = str::intern(cx, name);
    let mut values = arguments.to_vec();
    values.push(named);
    call::call_method_with(cx, object, method, Arguments { values: &values, names: &[name.value()] })
}

/// The truth of what a method without arguments gives.
pub fn ask(cx: &mut Context, object: Value, method: &str) -> Result<bool> {
    let answer = call::call_method(cx, object, method, &[])?;
    convert::truth(cx, answer.value())
}

pub fn none() -> Owned {
    Owned::new(singleton::none())
}

/// A copy of the current context of `contextvars`.
pub fn copy_context(cx: &mut Context) -> Result<Owned> {
    call_known(cx, CopyContext, &[])
}
