//! Steps of tasks: from one `await` that has to wait to the next.

use super::{Task, run_in_context};
use crate::future::{self, Future, Outcome, call_soon, next_or_value, stop_value};
use crate::python::{self, Known, shown};
use crate::registry;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, Native, NativeObject};
use sidewinder_runtime::objects::exception::{self, KEYBOARD_INTERRUPT, RUNTIME_ERROR, STOP_ITERATION, SYSTEM_EXIT};
use sidewinder_runtime::objects::generator::{self, ASYNC_GENERATOR, GENERATOR};
use sidewinder_runtime::objects::method::native;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::Cell;

/// What the loop calls for the next step of a task.
#[native_type("_asyncio.TaskStepMethWrapper")]
#[derive(Traverse)]
pub struct TaskStep {
    task: Field,
    /// What is thrown into the coroutine.
    exception: Field,
    /// The first step of a task that did not wait for its loop.
    eager: Cell<bool>,
}

#[methods]
impl TaskStep {
    #[call]
    fn call(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        if !arguments.names.is_empty() {
            return Err(cx.type_error("function takes no keyword arguments"));
        }
        if !arguments.values.is_empty() {
            return Err(cx.type_error("function takes no positional arguments"));
        }
        let Some(held) = self.task.get() else { return Ok(()) };
        let Some(task) = held.value().cast::<NativeObject<Task>>() else { return Ok(()) };
        if self.eager.get() { step(cx, task, None) } else { run(cx, task, self.exception.get()) }
    }

    /// The task.
    #[get(name = "__self__")]
    fn task(&self) -> Owned {
        self.task.get_or_none()
    }
}

fn step_object(cx: &mut Context, task: &NativeObject<Task>, thrown: Option<Owned>, eager: bool) -> Result<Owned> {
    let (task, exception) = (Field::new(task.to_owned_value()), Field::empty());
    exception.set(thrown);
    NativeObject::new(cx, TaskStep { task, exception, eager: Cell::new(eager) })
}

/// Has the loop make the next step of a task.
pub fn schedule(cx: &mut Context, task: &NativeObject<Task>, thrown: Option<Owned>) -> Result<()> {
    let step = step_object(cx, task, thrown, false)?;
    let event_loop = task.base.require_loop(cx)?;
    let context = task.context.get_or_none();
    call_soon(cx, event_loop.value(), &[step.value()], context.value())
}

/// The same for a step that raises what a task has done wrong.
fn schedule_error(cx: &mut Context, task: &NativeObject<Task>, message: String) -> Result<()> {
    let text = StrObject::new(cx, &message);
    let error = exception::new(cx, &RUNTIME_ERROR, &[text.value()])?;
    schedule(cx, task, Some(error))
}

/// The first step of a task, at once, in place of the task that runs.
pub fn start_eagerly(cx: &mut Context, task: &NativeObject<Task>) -> Result<()> {
    let event_loop = task.base.require_loop(cx)?;
    let before = registry::swap_task(cx, event_loop.value(), task.value())?;
    registry::register(cx, task.value())?;
    let first = step_object(cx, task, None, true)?;
    let outcome = run_in_context(cx, task, first.value()).map(drop);
    let outcome = after(cx, outcome, |cx| registry::swap_task(cx, event_loop.value(), before.value()).map(drop));
    if task.base.is_done() {
        task.coroutine.set(None);
    }
    outcome
}

/// Does what must be done whatever has happened; a second exception gets the first as its context.
fn after(cx: &mut Context, outcome: Result<()>, finish: impl FnOnce(&mut Context) -> Result<()>) -> Result<()> {
    if outcome.is_ok() {
        return finish(cx);
    }
    let first = cx.take_pending();
    match finish(cx) {
        Ok(()) => Err(cx.raise_value(first)),
        Err(raised) => {
            let second = cx.take_pending();
            if second.value() != first.value() && exception::of(second.value()).context().is_none() {
                exception::of(second.value()).set_context(Some(first));
            }
            cx.raise_value(second);
            Err(raised)
        }
    }
}

/// A step, during which the task is the one that runs.
fn run(cx: &mut Context, task: &NativeObject<Task>, thrown: Option<Owned>) -> Result<()> {
    let event_loop = task.base.require_loop(cx)?;
    registry::enter_task(cx, event_loop.value(), task.value())?;
    let outcome = step(cx, task, thrown);
    after(cx, outcome, |cx| registry::leave_task(cx, event_loop.value(), task.value()))
}

/// The callback that tasks give to what they wait for.
static WAKE_UP: Native = Native::new("task_wakeup", 1, 1, wake_up, "");

fn wake_up(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (task, future) = (arguments[0], arguments[1]);
    let Some(task) = task.cast::<NativeObject<Task>>() else { return Ok(python::none()) };
    registry::discard_awaited_by(cx, future, task.value())?;
    let outcome = match future::exact(future) {
        Some(own) => own.outcome(cx).map(|outcome| match outcome {
            Outcome::Result(_) => None,
            Outcome::Exception(error) => Some(error),
        }),
        None => call::call_method(cx, future, "result", &[]).map(|_| None),
    };
    let thrown = match outcome {
        Ok(thrown) => thrown,
        Err(_) => Some(cx.take_pending()),
    };
    run(cx, task, thrown).map(|()| python::none())
}

/// What a coroutine has done in a step.
enum Stepped {
    Yielded(Owned),
    Returned(Owned),
}

/// Lets a coroutine go on.
fn resume(cx: &mut Context, coroutine: Value, thrown: Option<Owned>) -> Result<Stepped> {
    let outcome = match thrown {
        Some(thrown) => call::call_method(cx, coroutine, "throw", &[thrown.value()]),
        None => {
            if let Some(own) = generator::cast(coroutine).filter(|_| !coroutine.has_type(&ASYNC_GENERATOR)) {
                let item = (cx.interpreter().hooks.resume_generator)(cx, own, singleton::none())?;
                return Ok(match item {
                    Some(item) => Stepped::Yielded(item),
                    None => Stepped::Returned(generator::take_result(own)),
                });
            }
            if coroutine.type_of().slots().next.is_some() {
                return Ok(match next_or_value(cx, coroutine)? {
                    Ok(item) => Stepped::Yielded(item),
                    Err(value) => Stepped::Returned(value),
                });
            }
            call::call_method(cx, coroutine, "send", &[singleton::none()])
        }
    };
    match outcome {
        Ok(item) => Ok(Stepped::Yielded(item)),
        Err(_) if cx.pending_is(&STOP_ITERATION) => Ok(Stepped::Returned(stop_value(cx))),
        Err(raised) => Err(raised),
    }
}

/// Lets the coroutine of a task go on, and sees to what it does: it ends, or waits for something.
fn step(cx: &mut Context, task: &NativeObject<Task>, thrown: Option<Owned>) -> Result<()> {
    let this = task.to_owned_value();
    let future: &Future = &task.base;
    let mut thrown = thrown;
    if !future.is_pending() {
        let error = thrown.unwrap_or_else(python::none);
        let (shown_task, shown_error) = (shown(cx, this.value())?, shown(cx, error.value())?);
        let message = format!("_step(): already done: {shown_task} {shown_error}");
        return Err(python::raise(cx, Known::InvalidStateError, &message));
    }
    if task.must_cancel.get() {
        let class = python::known(cx, Known::CancelledError)?;
        let is_cancellation = thrown.as_ref().is_some_and(|thrown| is_instance(thrown.value(), class.value()));
        if !is_cancellation {
            thrown = Some(future.cancelled_error(cx)?);
        }
        task.must_cancel.set(false);
    }
    task.waiter.set(None);
    let Some(coroutine) = task.coroutine.get() else {
        return Err(cx.raise(&RUNTIME_ERROR, "uninitialized Task object"));
    };
    match resume(cx, coroutine.value(), thrown) {
        Ok(Stepped::Yielded(item)) => wait_for(cx, task, item),
        Ok(Stepped::Returned(_)) if task.must_cancel.replace(false) => {
            let message = future.cancel_message.get();
            future.cancel_with(cx, this.value(), message).map(drop)
        }
        Ok(Stepped::Returned(result)) => future.set_result(cx, this.value(), result),
        Err(_) => end_with_exception(cx, task),
    }
}

fn is_instance(value: Value, class: Value) -> bool {
    class.cast::<sidewinder_runtime::TypeObject>().is_some_and(|class| value.type_of().is_subtype(class))
}

/// The coroutine has raised the pending exception.
fn end_with_exception(cx: &mut Context, task: &NativeObject<Task>) -> Result<()> {
    let future: &Future = &task.base;
    if python::pending_is(cx, Known::CancelledError) {
        future.cancelled_exception.set(Some(cx.take_pending()));
        return future.cancel_with(cx, task.value(), None).map(drop);
    }
    let error = cx.take_pending();
    future.set_exception(cx, task.value(), error.value())?;
    let kind = error.value().type_of();
    if kind.is_subtype(&KEYBOARD_INTERRUPT) || kind.is_subtype(&SYSTEM_EXIT) {
        return Err(cx.raise_value(error));
    }
    Ok(())
}

/// The coroutine has given something that it waits for.
fn wait_for(cx: &mut Context, task: &NativeObject<Task>, item: Owned) -> Result<()> {
    let wanted = item.value();
    if wanted == task.value() {
        let shown = shown(cx, task.value())?;
        return schedule_error(cx, task, format!("Task cannot await on itself: {shown}"));
    }
    if let Some(own) = future::exact(wanted) {
        let (own_loop, task_loop) = (own.event_loop.get(), task.base.event_loop.get());
        if own_loop.as_ref().map(Owned::value) != task_loop.as_ref().map(Owned::value) {
            return other_loop(cx, task, wanted);
        }
        if !own.blocking.replace(false) {
            return no_await(cx, task, wanted);
        }
        let callback = native::new_bound(cx, &WAKE_UP, task.value());
        let context = task.context.get_or_none();
        own.add_callback(cx, wanted, callback.value(), context)?;
        return begin_wait(cx, task, item);
    }
    if wanted == singleton::none() {
        return schedule(cx, task, None);
    }
    match attribute::get_text_optional(cx, wanted, "_asyncio_future_blocking")? {
        Some(blocking) if blocking.value() != singleton::none() => {
            let blocking = convert::truth(cx, blocking.value())?;
            let own_loop = future::loop_of(cx, wanted)?;
            if !task.base.event_loop.get().is_some_and(|event_loop| event_loop.value() == own_loop.value()) {
                return other_loop(cx, task, wanted);
            }
            if !blocking {
                return no_await(cx, task, wanted);
            }
            attribute::set_text(cx, wanted, "_asyncio_future_blocking", singleton::boolean(false))?;
            let callback = native::new_bound(cx, &WAKE_UP, task.value());
            let context = task.context.get_or_none();
            python::call_named(cx, wanted, "add_done_callback", &[callback.value()], "context", context.value())?;
            begin_wait(cx, task, item)
        }
        _ if wanted.has_type(&GENERATOR) => {
            let (shown_task, shown_item) = (shown(cx, task.value())?, shown(cx, wanted)?);
            let message =
                format!("yield was used instead of yield from for generator in task {shown_task} with {shown_item}");
            schedule_error(cx, task, message)
        }
        _ => {
            let shown = shown(cx, wanted)?;
            schedule_error(cx, task, format!("Task got bad yield: {shown}"))
        }
    }
}

/// The task waits for a future, which is cancelled at once if the task is to be.
fn begin_wait(cx: &mut Context, task: &NativeObject<Task>, future: Owned) -> Result<()> {
    task.waiter.set(Some(future.clone()));
    registry::add_awaited_by(cx, future.value(), task.value())?;
    if !task.must_cancel.get() {
        return Ok(());
    }
    let message = task.base.cancel_message.get_or_none();
    let answer = python::call_named(cx, future.value(), "cancel", &[], "msg", message.value())?;
    if convert::truth(cx, answer.value())? {
        task.must_cancel.set(false);
    }
    Ok(())
}

fn other_loop(cx: &mut Context, task: &NativeObject<Task>, wanted: Value) -> Result<()> {
    let (shown_task, shown_item) = (shown(cx, task.value())?, shown(cx, wanted)?);
    schedule_error(cx, task, format!("Task {shown_task} got Future {shown_item} attached to a different loop"))
}

fn no_await(cx: &mut Context, task: &NativeObject<Task>, wanted: Value) -> Result<()> {
    let (shown_task, shown_item) = (shown(cx, task.value())?, shown(cx, wanted)?);
    schedule_error(cx, task, format!("yield was used instead of yield from in task {shown_task} with {shown_item}"))
}
