//! Asynchronous generators from outside: the awaitables that `asend`, `__anext__`, `athrow` and `aclose` give.
//!
//! The generator's `Yield`s are of two kinds: one after `Send` passes on what the body waits for, any other gives an
//! item, which ends the wait by a `StopIteration` that carries it.

use super::awaitable::warn_of_signature;
use super::hooks::{first_use, warn_unawaited_method};
use super::{GeneratorObject, awaitable, take_result, thrown};
use crate::context::{Context, Raised, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Native;
use crate::objects::exception::{self, GENERATOR_EXIT, RUNTIME_ERROR, STOP_ASYNC_ITERATION, STOP_ITERATION};
use crate::objects::iterator::{iter_self, release_fields, traverse_fields};
use crate::objects::slots::Slots;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{singleton, tuple};
use crate::value::Value;
use std::cell::Cell;

/// Where an awaitable is in its life.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Made,
    Started,
    Over,
}

/// What `asend` and `__anext__` give (type `ASYNC_SEND`), or `athrow` and `aclose` (`ASYNC_THROW`).
#[repr(C)]
pub struct AsyncStep {
    pub header: Header,
    generator: Cell<Value>,
    /// The value to send; the tuple of arguments to `throw`, or unbound to close.
    argument: Cell<Value>,
    phase: Cell<Phase>,
}

const SLOTS: Slots = Slots {
    iter: Some(iter_self),
    next: Some(|cx, value| send(cx, value, singleton::none()).map(Some)),
    finalize: Some(finalize),
    traverse: Some(traverse_fields::<2>),
    release: Some(release),
    ..Slots::EMPTY
};

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: the caller's promise; the two owned fields follow the header.
    unsafe { release_fields::<2>(header, children) }
}

static METHODS: &[Native] = &[
    Native::new("__await__", 0, 0, |_, arguments| Ok(Owned::new(arguments[0])), ""),
    Native::new("send", 1, 1, |cx, arguments| send(cx, arguments[0], arguments[1]), ""),
    Native::new("throw", 1, 3, |cx, arguments| throw(cx, arguments[0], &arguments[1..]), ""),
    Native::new("close", 0, 0, |cx, arguments| close(cx, arguments[0]), ""),
];

const fn step_type(name: &'static str) -> TypeObject {
    TypeObject::builtin(name, size_of::<AsyncStep>(), SLOTS)
        .with_base(&OBJECT.object)
        .with_flags(flags::COLLECTED)
        .with_methods(METHODS)
}

pub static ASYNC_SEND: StaticType = Immortal::new(step_type("async_generator_asend"));
pub static ASYNC_THROW: StaticType = Immortal::new(step_type("async_generator_athrow"));

fn of(value: Value) -> &'static AsyncStep {
    // SAFETY: (slots 1) a slot is called with an object of its type; both types have this layout.
    unsafe { value.cast_unchecked() }
}

impl AsyncStep {
    fn generator(&self) -> &'static GeneratorObject {
        // SAFETY: (heap 2) `new` was given an asynchronous generator.
        unsafe { self.generator.get().cast_unchecked() }
    }

    fn is_send(&self) -> bool {
        Value::from_pointer(self).has_type(&ASYNC_SEND)
    }

    /// What messages call the method that made it.
    fn method(&self) -> &'static str {
        match (self.is_send(), self.argument.get().is_unbound()) {
            (true, _) => "anext",
            (false, true) => "aclose",
            (false, false) => "athrow",
        }
    }

    fn end(&self) {
        self.phase.set(Phase::Over);
    }
}

fn new(cx: &mut Context, kind: &'static StaticType, generator: &GeneratorObject, argument: Value) -> Result<Owned> {
    first_use(cx, generator)?;
    Ok(make(cx, kind, generator, argument, Phase::Made))
}

fn make(
    cx: &mut Context,
    kind: &'static StaticType,
    generator: &GeneratorObject,
    argument: Value,
    phase: Phase,
) -> Owned {
    let made = cx.heap.allocate(&raw const kind.object, size_of::<AsyncStep>(), true) as *mut AsyncStep;
    crate::heap::owned::increment(argument);
    // SAFETY: (heap 3) fresh memory of the object's size.
    unsafe {
        (&raw mut (*made).generator).write(Cell::new(Owned::new(generator.value()).into_raw()));
        (&raw mut (*made).argument).write(Cell::new(argument));
        (&raw mut (*made).phase).write(Cell::new(phase));
    }
    Owned::from_raw(Value::from_pointer(made))
}

/// What an `async for` waits for until the next item is there: the generator itself, which `Send` resumes as a frame, unless
/// somebody waits for it already.
pub fn next_of_loop(cx: &mut Context, generator: &GeneratorObject) -> Result<Owned> {
    if generator.awaited.get() != 0 {
        return next_item(cx, generator);
    }
    first_use(cx, generator)?;
    Ok(Owned::new(generator.value()))
}

/// `generator.__anext__()`
pub fn next_item(cx: &mut Context, generator: &GeneratorObject) -> Result<Owned> {
    new(cx, &ASYNC_SEND, generator, singleton::none())
}

/// `generator.asend(value)`
pub fn asend(cx: &mut Context, generator: &GeneratorObject, value: Value) -> Result<Owned> {
    new(cx, &ASYNC_SEND, generator, value)
}

/// `generator.athrow(…)`
pub fn athrow(cx: &mut Context, generator: &GeneratorObject, arguments: &[Value]) -> Result<Owned> {
    warn_of_signature(cx, "athrow", arguments)?;
    let arguments = tuple::TupleObject::new(cx, arguments);
    new(cx, &ASYNC_THROW, generator, arguments.value())
}

/// `generator.aclose()`
pub fn aclose(cx: &mut Context, generator: &GeneratorObject) -> Result<Owned> {
    new(cx, &ASYNC_THROW, generator, Value::UNBOUND)
}

/// What a generator gave when it was resumed.
enum Given {
    /// What its body waits for.
    Wait(Owned),
    Item(Owned),
}

/// Resumes a generator with a value, or with the pending exception when it is unbound.
fn resume(cx: &mut Context, generator: &GeneratorObject, value: Value) -> Result<Given> {
    match (cx.interpreter().hooks.resume_generator)(cx, generator, value)? {
        Some(given) if generator.waits() => Ok(Given::Wait(given)),
        Some(given) => Ok(Given::Item(given)),
        None => {
            drop(take_result(generator));
            Err(exception::raise_arguments(cx, &STOP_ASYNC_ITERATION, &[]))
        }
    }
}

/// Passes on what the generator waits for; an item or its end ends the step.
fn pass_on(cx: &mut Context, step: &AsyncStep, given: Result<Given>) -> Result<Owned> {
    let generator = step.generator();
    let raised = match given {
        Ok(Given::Wait(value)) => return Ok(value),
        Ok(Given::Item(item)) => exception::raise_with(cx, &STOP_ITERATION, item.value()),
        Err(raised) => {
            if ended(cx) {
                generator.closed.set(true);
            }
            raised
        }
    };
    generator.awaited.set(0);
    step.end();
    Err(raised)
}

/// An asynchronous generator that was resumed by an `async for` as a frame above it is left: by the pending exception.
pub fn left(cx: &Context, generator: &GeneratorObject) {
    generator.awaited.set(0);
    if ended(cx) {
        generator.closed.set(true);
    }
}

/// The step that an `async for` waits for, which resumes the generator itself and makes none, for those who look at it.
pub fn step_under_way(cx: &mut Context, generator: &GeneratorObject) -> Owned {
    make(cx, &ASYNC_SEND, generator, singleton::none(), Phase::Started)
}

/// Whether the pending exception is one that ends an asynchronous generator as it should.
fn ended(cx: &Context) -> bool {
    cx.pending_is(&STOP_ASYNC_ITERATION) || cx.pending_is(&GENERATOR_EXIT)
}

/// The same for `aclose`, which is content with the generator's end.
fn pass_on_closing(cx: &mut Context, step: &AsyncStep, given: Result<Given>) -> Result<Owned> {
    let raised = match given {
        Ok(Given::Wait(value)) => return Ok(value),
        Ok(Given::Item(_)) => cx.raise(&RUNTIME_ERROR, "async generator ignored GeneratorExit"),
        Err(raised) => raised,
    };
    step.generator().awaited.set(0);
    step.end();
    if ended(cx) {
        drop(cx.take_pending());
        return Err(exception::raise_arguments(cx, &STOP_ITERATION, &[]));
    }
    Err(raised)
}

/// An error if the step is over, or has not begun while another is under way.
fn check(cx: &mut Context, step: &AsyncStep) -> Result<()> {
    if step.phase.get() == Phase::Over {
        let what = if step.is_send() { "__anext__()/asend()" } else { "aclose()/athrow()" };
        return Err(cx.raise(&RUNTIME_ERROR, format!("cannot reuse already awaited {what}")));
    }
    if step.phase.get() == Phase::Made && step.generator().awaited.get() != 0 {
        step.end();
        let message = format!("{}(): asynchronous generator is already running", step.method());
        return Err(cx.raise(&RUNTIME_ERROR, message));
    }
    Ok(())
}

fn send(cx: &mut Context, value: Value, sent: Value) -> Result<Owned> {
    let (_kept, step) = (Owned::new(value), of(value));
    let generator = step.generator();
    if !step.is_send() && step.phase.get() != Phase::Over && awaitable::is_finished(generator) {
        step.end();
        return Err(exception::raise_arguments(cx, &STOP_ITERATION, &[]));
    }
    check(cx, step)?;
    let begins = step.phase.get() == Phase::Made;
    if !begins || step.is_send() {
        let sent = if begins && sent == singleton::none() { step.argument.get() } else { sent };
        begin(step);
        let given = resume(cx, generator, sent);
        return finish(cx, step, given);
    }
    if generator.closed.get() {
        step.end();
        return Err(exception::raise_arguments(cx, &STOP_ASYNC_ITERATION, &[]));
    }
    if sent != singleton::none() {
        return Err(cx.raise(&RUNTIME_ERROR, "can't send non-None value to a just-started coroutine"));
    }
    begin(step);
    if step.argument.get().is_unbound() {
        generator.closed.set(true);
    }
    let given = match own_exception(cx, step) {
        Ok(exception) => {
            cx.raise_value(exception);
            resume(cx, generator, Value::UNBOUND)
        }
        Err(raised) => Err(raised),
    };
    finish(cx, step, given)
}

fn begin(step: &AsyncStep) {
    step.phase.set(Phase::Started);
    step.generator().awaited.set(1);
}

fn finish(cx: &mut Context, step: &AsyncStep, given: Result<Given>) -> Result<Owned> {
    let closes = !step.is_send() && step.argument.get().is_unbound();
    if closes { pass_on_closing(cx, step, given) } else { pass_on(cx, step, given) }
}

/// The exception that `athrow` or `aclose` throws.
fn own_exception(cx: &mut Context, step: &AsyncStep) -> Result<Owned> {
    match step.argument.get().cast_exact::<tuple::TupleObject>() {
        Some(arguments) => thrown(cx, arguments.as_slice()),
        None => exception::new(cx, &GENERATOR_EXIT, &[]),
    }
}

fn throw(cx: &mut Context, value: Value, arguments: &[Value]) -> Result<Owned> {
    let (_kept, step) = (Owned::new(value), of(value));
    check(cx, step)?;
    begin(step);
    let given = match thrown(cx, arguments) {
        Ok(exception) => {
            cx.raise_value(exception);
            resume(cx, step.generator(), Value::UNBOUND)
        }
        Err(raised) => Err(raised),
    };
    finish(cx, step, given)
}

fn close(cx: &mut Context, value: Value) -> Result<Owned> {
    if of(value).phase.get() == Phase::Over {
        return Ok(Owned::new(singleton::none()));
    }
    match throw(cx, value, &[GENERATOR_EXIT.value()]) {
        Ok(_) => Err(cx.raise(&RUNTIME_ERROR, "coroutine ignored GeneratorExit")),
        Err(Raised) if cx.swallow(&STOP_ITERATION) || cx.swallow(&STOP_ASYNC_ITERATION) => done(),
        Err(Raised) if cx.swallow(&GENERATOR_EXIT) => done(),
        Err(raised) => Err(raised),
    }
}

fn done() -> Result<Owned> {
    Ok(Owned::new(singleton::none()))
}

/// Nobody awaited it.
fn finalize(cx: &mut Context, value: Value) -> Result<()> {
    let step = of(value);
    if step.phase.get() == Phase::Made {
        step.end();
        let method = if step.is_send() { "asend" } else { step.method() };
        warn_unawaited_method(cx, step.generator(), method, value);
    }
    Ok(())
}
