//! `Task`: a coroutine that an event loop runs, as a future of its result.

mod step;

pub use step::TaskStep;

use crate::future::{FUTURE, Future, report};
use crate::python::{self, Known, call_known};
use crate::registry::{self, Tasks};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject, assigned};
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::generator::COROUTINE;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::operations::{call, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;

/// A coroutine that an event loop runs, as a future of its result: Task(coro, *, loop=None, name=None, context=None,
/// eager_start=False).
#[native_type("_asyncio.Task", base, weakrefs, dict, generic, extends = Future)]
#[derive(Traverse, Default)]
pub struct Task {
    pub(crate) coroutine: Field,
    name: Field,
    /// The context that the coroutine runs in.
    pub(crate) context: Field,
    /// The future that the coroutine waits for.
    pub(crate) waiter: Field,
    /// The next step throws a CancelledError.
    pub(crate) must_cancel: Cell<bool>,
    log_destroy_pending: Cell<bool>,
    /// How often somebody wanted it cancelled and has not taken that back.
    cancel_requests: Cell<i64>,
    /// The number in the name, of a task that was given none.
    name_number: Cell<u64>,
    /// Its number among all tasks, or 0.
    pub(crate) number: Cell<u64>,
}

impl Drop for Task {
    fn drop(&mut self) {
        if self.number.get() != 0 {
            Context::current().state::<Tasks>().forget(self.number.get());
        }
    }
}

/// Whether an object is a coroutine, natively or in the eyes of `asyncio`.
fn is_coroutine(cx: &mut Context, value: Value) -> Result<bool> {
    if value.has_type(&COROUTINE) {
        return Ok(true);
    }
    let answer = call_known(cx, Known::IsCoroutine, &[value])?;
    convert::truth(cx, answer.value())
}

/// A name as text.
fn name_text(cx: &mut Context, name: Value) -> Result<Owned> {
    match str::cast(name) {
        Some(text) if text.is_exact() => Ok(Owned::new(name)),
        _ => convert::str(cx, name),
    }
}

/// The arguments of `Task`.
struct Start {
    coroutine: Value,
    event_loop: Value,
    name: Value,
    context: Value,
    eager: bool,
}

/// `Task.__init__`
fn start(cx: &mut Context, this: &NativeObject<Task>, asked: Start) -> Result<()> {
    this.base.start(cx, asked.event_loop)?;
    if !is_coroutine(cx, asked.coroutine)? {
        this.log_destroy_pending.set(false);
        let shown = python::shown(cx, asked.coroutine)?;
        return Err(cx.type_error(format!("a coroutine was expected, got {shown}")));
    }
    let context =
        if asked.context == singleton::none() { python::copy_context(cx)? } else { Owned::new(asked.context) };
    this.context.set(Some(context));
    this.waiter.set(None);
    this.must_cancel.set(false);
    this.log_destroy_pending.set(true);
    this.cancel_requests.set(0);
    this.coroutine.set(Some(Owned::new(asked.coroutine)));
    if asked.name == singleton::none() {
        let number = cx.state::<Tasks>().next_name();
        this.name_number.set(number);
        this.name.set(None);
    } else {
        let name = name_text(cx, asked.name)?;
        this.name.set(Some(name));
    }
    if asked.eager {
        let event_loop = this.base.require_loop(cx)?;
        if python::ask(cx, event_loop.value(), "is_running")? {
            return step::start_eagerly(cx, this);
        }
    }
    step::schedule(cx, this, None)?;
    registry::register(cx, this.value())
}

#[methods]
impl Task {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
        NativeObject::allocate(cx, class, Task::default())
    }

    #[init(name = "Task")]
    fn init(
        this: &NativeObject<Task>,
        cx: &mut Context,
        #[named] coro: Value,
        #[keyword]
        #[default(singleton::none(), "None")]
        r#loop: Value,
        #[default(singleton::none(), "None")] name: Value,
        #[default(singleton::none(), "None")] context: Value,
        #[default(false)] eager_start: bool,
    ) -> Result<()> {
        start(cx, this, Start { coroutine: coro, event_loop: r#loop, name, context, eager: eager_start })
    }

    #[slot(repr)]
    fn repr(this: &NativeObject<Task>, cx: &mut Context) -> Result<Owned> {
        this.base.require_loop(cx)?;
        call_known(cx, Known::TaskRepr, &[this.value()])
    }

    #[slot(finalize)]
    fn finalize(this: &NativeObject<Task>, cx: &mut Context) -> Result<()> {
        let future: &Future = &this.base;
        if future.is_pending() && this.log_destroy_pending.get() {
            let message = StrObject::new(cx, "Task was destroyed but it is pending!");
            let source = future.source_traceback();
            let mut entries = vec![("message", message.value()), ("task", this.value())];
            entries.extend(source.as_ref().map(|source| ("source_traceback", source.value())));
            report(cx, future.event_loop.get(), &entries);
        }
        future.finish(cx, this.value());
        Ok(())
    }

    /// Results come from the coroutine alone.
    fn set_result(&self, cx: &mut Context, _result: Value) -> Result<()> {
        Err(cx.raise(&RUNTIME_ERROR, "Task does not support set_result operation"))
    }

    /// Exceptions come from the coroutine alone.
    fn set_exception(&self, cx: &mut Context, _exception: Value) -> Result<()> {
        Err(cx.raise(&RUNTIME_ERROR, "Task does not support set_exception operation"))
    }

    /// Has a CancelledError thrown into the coroutine by the event loop; False if the task is done. The coroutine may handle
    /// it and go on.
    fn cancel(
        this: &NativeObject<Task>,
        cx: &mut Context,
        #[named]
        #[default(singleton::none(), "None")]
        msg: Value,
    ) -> Result<bool> {
        let future: &Future = &this.base;
        future.log_traceback.set(false);
        if !future.is_pending() {
            return Ok(false);
        }
        this.cancel_requests.set(this.cancel_requests.get() + 1);
        if let Some(waiter) = this.waiter.get() {
            let answer = python::call_named(cx, waiter.value(), "cancel", &[], "msg", msg)?;
            if convert::truth(cx, answer.value())? {
                return Ok(true);
            }
        }
        this.must_cancel.set(true);
        future.cancel_message.set(Some(Owned::new(msg)));
        Ok(true)
    }

    /// How often somebody wanted the task cancelled and has not taken that back.
    fn cancelling(&self) -> i64 {
        self.cancel_requests.get()
    }

    /// Takes one wish to cancel the task back; how many are left.
    fn uncancel(&self) -> i64 {
        let left = (self.cancel_requests.get() - 1).max(0);
        self.cancel_requests.set(left);
        if left == 0 {
            self.must_cancel.set(false);
        }
        left
    }

    /// The frames of the coroutine where it waits, or those of its exception's traceback; so many at most.
    fn get_stack(
        this: Value,
        cx: &mut Context,
        #[keyword]
        #[default(singleton::none(), "None")]
        limit: Value,
    ) -> Result<Owned> {
        call_known(cx, Known::TaskGetStack, &[this, limit])
    }

    /// Prints what get_stack() gives to a file, by default to sys.stderr.
    fn print_stack(
        this: Value,
        cx: &mut Context,
        #[keyword]
        #[default(singleton::none(), "None")]
        limit: Value,
        #[default(singleton::none(), "None")] file: Value,
    ) -> Result<Owned> {
        call_known(cx, Known::TaskPrintStack, &[this, limit, file])
    }

    /// The task's name.
    fn get_name(&self, cx: &mut Context) -> Owned {
        if let Some(name) = self.name.get() {
            return name;
        }
        if self.name_number.get() == 0 {
            return python::none();
        }
        let name = StrObject::new(cx, &format!("Task-{}", self.name_number.get()));
        self.name.set(Some(name.clone()));
        name
    }

    /// Gives the task another name.
    fn set_name(&self, cx: &mut Context, value: Value) -> Result<()> {
        let name = name_text(cx, value)?;
        self.name.set(Some(name));
        Ok(())
    }

    /// The coroutine.
    fn get_coro(&self) -> Owned {
        self.coroutine.get_or_none()
    }

    /// The context that the coroutine runs in.
    fn get_context(&self) -> Owned {
        self.context.get_or_none()
    }

    #[get]
    fn _log_destroy_pending(&self) -> bool {
        self.log_destroy_pending.get()
    }

    #[set(_log_destroy_pending)]
    fn set_log_destroy_pending(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = assigned(cx, value, "cannot delete attribute")?;
        let value = convert::truth(cx, value)?;
        self.log_destroy_pending.set(value);
        Ok(())
    }

    #[get]
    fn _must_cancel(&self) -> bool {
        self.must_cancel.get()
    }

    #[get]
    fn _coro(&self) -> Owned {
        self.coroutine.get_or_none()
    }

    #[get]
    fn _fut_waiter(&self) -> Owned {
        self.waiter.get_or_none()
    }
}

/// Runs a task's step in its context.
pub fn run_in_context(cx: &mut Context, this: &NativeObject<Task>, callable: Value) -> Result<Owned> {
    let context = this.context.get_or_none();
    call::call_method(cx, context.value(), "run", &[callable])
}
