//! What `await` waits for: the iterator behind an awaitable, what `coroutine.__await__` gives, and `anext` with a
//! default.

use super::{ASYNC_GENERATOR, COROUTINE, GENERATOR, GeneratorObject, cast, close, send, state, throw, thrown};
use crate::context::{Context, Raised, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::native::Native;
use crate::objects::exception::DEPRECATION_WARNING;
use crate::objects::iterator::{iter_self, iterator_slots, release_fields, traverse_fields};
use crate::objects::slots::Slots;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, singleton};
use crate::operations::{call, dunder, iterate, warnings};
use crate::value::Value;
use sidewinder_bytecode::CodeFlags;
use std::cell::Cell;

/// Whether a value is a coroutine, or a generator that `types.coroutine` has made one.
fn is_coroutine(value: Value) -> bool {
    let marked = |generator: &GeneratorObject| generator.code().has_flag(CodeFlags::ITERABLE_COROUTINE);
    value.has_type(&COROUTINE) || value.cast_exact::<GeneratorObject>().is_some_and(marked)
}

/// The object to send to while awaiting a value: a coroutine itself, or what its `__await__` gives.
pub fn iterator_of(cx: &mut Context, value: Value) -> Result<Owned> {
    if is_coroutine(value) {
        return Ok(Owned::new(value));
    }
    let name = cx.interpreter().names.await_;
    let Some(iterator) = dunder::call_dunder(cx, value, name, &[])? else {
        let kind = value.type_of().name();
        return Err(cx.type_error(format!("'{kind}' object can't be awaited")));
    };
    if is_coroutine(iterator.value()) {
        return Err(cx.type_error("__await__() returned a coroutine"));
    }
    if iterator.value().type_of().slots().next.is_none() {
        let kind = iterator.value().type_of().name();
        return Err(cx.type_error(format!("__await__() returned non-iterator of type '{kind}'")));
    }
    Ok(iterator)
}

/// The same for an `await` expression, which refuses a coroutine that somebody else is waiting for.
pub fn begin(cx: &mut Context, value: Value) -> Result<Owned> {
    let iterator = iterator_of(cx, value)?;
    if iterator.value().has_type(&COROUTINE) && cast(iterator.value()).is_some_and(|it| it.delegate().is_some()) {
        return Err(cx.raise(&exception::RUNTIME_ERROR, "coroutine is being awaited already"));
    }
    Ok(iterator)
}

/// `value.__aiter__()` for `async for`.
pub fn async_iterator(cx: &mut Context, value: Value) -> Result<Owned> {
    if value.has_type(&ASYNC_GENERATOR) {
        return Ok(Owned::new(value));
    }
    let names = &cx.interpreter().names;
    let (aiter, anext) = (names.aiter, names.anext);
    let Some(iterator) = dunder::call_dunder(cx, value, aiter, &[])? else {
        let kind = value.type_of().name();
        return Err(cx.type_error(format!("'async for' requires an object with __aiter__ method, got {kind}")));
    };
    let kind = iterator.value().type_of();
    if kind.lookup(cx, anext).is_none() {
        let message = "'async for' received an object from __aiter__ that does not implement __anext__";
        return Err(cx.type_error(format!("{message}: {}", kind.name())));
    }
    Ok(iterator)
}

/// What an `async for` waits for until the next item of an asynchronous iterator is there.
pub fn async_next(cx: &mut Context, iterator: Value) -> Result<Owned> {
    if let Some(generator) = cast(iterator).filter(|_| iterator.has_type(&ASYNC_GENERATOR)) {
        return super::asynchronous::next_of_loop(cx, generator);
    }
    let anext = cx.interpreter().names.anext;
    let Some(awaitable) = dunder::call_dunder(cx, iterator, anext, &[])? else {
        let kind = iterator.type_of().name();
        return Err(cx.type_error(format!("'async for' requires an iterator with __anext__ method, got {kind}")));
    };
    iterator_of(cx, awaitable.value()).map_err(|_| {
        let cause = cx.take_pending();
        let kind = awaitable.value().type_of().name();
        let raised = cx.type_error(format!("'async for' received an invalid object from __anext__: {kind}"));
        exception::set_cause(cx, cause);
        raised
    })
}

// What `coroutine.__await__()` gives: an iterator over what the coroutine waits for.

/// An iterator around a coroutine.
#[repr(C)]
pub struct CoroutineWrapper {
    pub header: Header,
    coroutine: Cell<Value>,
}

pub static COROUTINE_WRAPPER: StaticType = Immortal::new(
    TypeObject::builtin(
        "coroutine_wrapper",
        size_of::<CoroutineWrapper>(),
        iterator_slots(|cx, value| step(cx, wrapped_coroutine(value))),
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED)
    .with_methods(WRAPPER_METHODS)
    .with_doc("A wrapper object implementing __await__ for coroutines."),
);

static WRAPPER_METHODS: &[Native] = &[
    Native::new("send", 1, 1, |cx, arguments| send(cx, wrapped_coroutine(arguments[0]), arguments[1]), ""),
    Native::new("throw", 1, 3, |cx, arguments| throw_into(cx, wrapped_coroutine(arguments[0]), &arguments[1..]), ""),
    Native::new("close", 0, 0, |cx, arguments| close(cx, wrapped_coroutine(arguments[0])), ""),
];

crate::object_type!(CoroutineWrapper, COROUTINE_WRAPPER);

/// `coroutine.__await__()`
pub fn wrap(cx: &mut Context, coroutine: Value) -> Owned {
    let bytes = size_of::<CoroutineWrapper>();
    let made = cx.heap.allocate(&raw const COROUTINE_WRAPPER.object, bytes, true) as *mut CoroutineWrapper;
    // SAFETY: (heap 3) fresh memory of the wrapper's size.
    unsafe { (&raw mut (*made).coroutine).write(Cell::new(Owned::new(coroutine).into_raw())) };
    Owned::from_raw(Value::from_pointer(made))
}

fn wrapped_coroutine(value: Value) -> &'static GeneratorObject {
    // SAFETY: (slots 1) a slot is called with an object of its type, and `wrap` was given a coroutine.
    unsafe { value.cast_unchecked::<CoroutineWrapper>().coroutine.get().cast_unchecked() }
}

/// `throw` of the three types.
pub fn throw_into(cx: &mut Context, generator: &GeneratorObject, arguments: &[Value]) -> Result<Owned> {
    warn_of_signature(cx, "throw", arguments)?;
    let thrown = thrown(cx, arguments)?;
    throw(cx, generator, thrown)
}

/// Warns of an exception that is given in parts.
pub fn warn_of_signature(cx: &mut Context, method: &str, arguments: &[Value]) -> Result<()> {
    if arguments.len() < 2 {
        return Ok(());
    }
    let message =
        format!("the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead.");
    warnings::warn(cx, &DEPRECATION_WARNING, &message, 1)
}

/// The next thing that a coroutine waits for, as an iterator's slot gives it: a result but `None` comes as a
/// `StopIteration`.
fn step(cx: &mut Context, coroutine: &GeneratorObject) -> Result<Option<Owned>> {
    send(cx, coroutine, singleton::none()).map(Some)
}

// `anext(iterator, default)`

/// What awaits the next item of an asynchronous iterator, or gives a default instead.
#[repr(C)]
pub struct AnextAwaitable {
    pub header: Header,
    wrapped: Cell<Value>,
    default: Cell<Value>,
}

pub static ANEXT_AWAITABLE: StaticType = Immortal::new(
    TypeObject::builtin(
        "anext_awaitable",
        size_of::<AnextAwaitable>(),
        Slots {
            iter: Some(iter_self),
            next: Some(|cx, value| proxy(cx, value, Proxied::Next).map(Some)),
            traverse: Some(traverse_fields::<2>),
            release: Some(release_fields::<2>),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED)
    .with_methods(ANEXT_METHODS),
);

static ANEXT_METHODS: &[Native] = &[
    Native::new("__await__", 0, 0, |_, arguments| Ok(Owned::new(arguments[0])), ""),
    Native::new("send", 1, 1, |cx, arguments| proxy(cx, arguments[0], Proxied::Call("send", &arguments[1..])), ""),
    Native::new("throw", 1, 3, |cx, arguments| proxy(cx, arguments[0], Proxied::Call("throw", &arguments[1..])), ""),
    Native::new("close", 0, 0, |cx, arguments| proxy(cx, arguments[0], Proxied::Call("close", &[])), ""),
];

crate::object_type!(AnextAwaitable, ANEXT_AWAITABLE);

/// An awaitable with a value for the end of the iteration.
pub fn with_default(cx: &mut Context, wrapped: Value, default: Value) -> Owned {
    let bytes = size_of::<AnextAwaitable>();
    let made = cx.heap.allocate(&raw const ANEXT_AWAITABLE.object, bytes, true) as *mut AnextAwaitable;
    // SAFETY: (heap 3) fresh memory of the awaitable's size.
    unsafe {
        (&raw mut (*made).wrapped).write(Cell::new(Owned::new(wrapped).into_raw()));
        (&raw mut (*made).default).write(Cell::new(Owned::new(default).into_raw()));
    }
    Owned::from_raw(Value::from_pointer(made))
}

/// What is done with the wrapped awaitable's iterator.
enum Proxied<'a> {
    Next,
    Call(&'a str, &'a [Value]),
}

fn proxy(cx: &mut Context, value: Value, what: Proxied<'_>) -> Result<Owned> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let own: &AnextAwaitable = unsafe { value.cast_unchecked() };
    let wrapped = Owned::new(own.wrapped.get());
    let iterator = iterator_of(cx, wrapped.value())?;
    let result = match what {
        Proxied::Call(name, arguments) => call::call_method(cx, iterator.value(), name, arguments),
        Proxied::Next if iterator.value().has_type(&COROUTINE) || iterator.value().has_type(&GENERATOR) => {
            match cast(iterator.value()) {
                Some(generator) => send(cx, generator, singleton::none()),
                None => Err(Raised),
            }
        }
        Proxied::Next => match iterate::next_or_stop(cx, iterator.value()) {
            Ok(Some(item)) => Ok(item),
            Ok(None) => Err(exception::raise_arguments(cx, &exception::STOP_ITERATION, &[])),
            Err(raised) => Err(raised),
        },
    };
    if result.is_err() && cx.swallow(&exception::STOP_ASYNC_ITERATION) {
        return Err(exception::raise_with(cx, &exception::STOP_ITERATION, own.default.get()));
    }
    result
}

/// Whether a coroutine or generator has come to its end.
pub fn is_finished(generator: &GeneratorObject) -> bool {
    generator.stage() == state::FINISHED
}
