//! `Future`: a result that is not there yet.

mod iterator;

pub use iterator::{FutureIter, next_or_value, stop_value};

use crate::python::{self, Known, call_known, none};
use crate::registry;
use crate::task::Task;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::module::short_name;
use sidewinder_runtime::native::{Field, NativeObject, assigned};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, RUNTIME_ERROR, STOP_ITERATION};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{attribute, call, compare, convert, finalize};
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};
use std::cell::{Cell, RefCell};

/// How far a future has come.
pub mod state {
    pub const PENDING: u8 = 0;
    pub const CANCELLED: u8 = 1;
    pub const FINISHED: u8 = 2;
}

/// A result that is not there yet, or the exception in its place: Future(*, loop=None).
///
/// Unlike those of concurrent.futures, it belongs to an event loop, which calls the callbacks; and result() and
/// exception() do not wait.
#[native_type("_asyncio.Future", base, weakrefs, dict, generic)]
#[derive(Traverse, Default)]
pub struct Future {
    pub(crate) event_loop: Field,
    /// Callbacks with the contexts that they run in.
    callbacks: RefCell<Vec<(Owned, Owned)>>,
    exception: Field,
    /// The traceback that the exception had when it was set.
    exception_traceback: Field,
    result: Field,
    source_traceback: Field,
    pub(crate) cancel_message: Field,
    pub(crate) cancelled_exception: Field,
    /// Who waits for this: a future, or a set of several.
    pub(crate) awaited_by: Field,
    state: Cell<u8>,
    /// Nobody has seen the exception.
    pub(crate) log_traceback: Cell<bool>,
    /// A task is about to wait for this, by `await`.
    pub(crate) blocking: Cell<bool>,
}

/// What a future that is done has.
pub enum Outcome {
    Result(Owned),
    Exception(Owned),
}

/// The loop of an object that behaves as a future.
pub fn loop_of(cx: &mut Context, value: Value) -> Result<Owned> {
    if let Some(own) = exact(value).and_then(|own| own.event_loop.get()) {
        return Ok(own);
    }
    match attribute::get_text_optional(cx, value, "get_loop")? {
        Some(method) => call::call(cx, method.value(), &[]),
        None => attribute::get_text(cx, value, "_loop"),
    }
}

/// The state of a future or task of the native types themselves.
pub fn exact<'a>(value: Value) -> Option<&'a Future> {
    match value.cast_exact::<NativeObject<Future>>() {
        Some(future) => Some(future),
        None => value.cast_exact::<NativeObject<Task>>().map(|task| &*task.base),
    }
}

/// Has the loop call a function with these arguments, in a context.
pub fn call_soon(cx: &mut Context, event_loop: Value, arguments: &[Value], context: Value) -> Result<()> {
    python::call_named(cx, event_loop, "call_soon", arguments, "context", context).map(drop)
}

/// Tells the loop of something that nobody else would notice, in the words of `entries`.
pub fn report(cx: &mut Context, event_loop: Option<Owned>, entries: &[(&str, Value)]) {
    let Some(event_loop) = event_loop else { return };
    let pending = std::mem::replace(&mut cx.pending, Value::UNBOUND);
    let context = DictObject::new(cx);
    for (name, value) in entries {
        dict::of(context.value()).set_text(cx, name, *value);
    }
    match attribute::get_text(cx, event_loop.value(), "call_exception_handler") {
        Ok(method) => {
            if call::call(cx, method.value(), &[context.value()]).is_err() {
                finalize::report_unraisable_call(cx, "while calling asyncio function", method.value());
            }
        }
        Err(_) => drop(cx.take_pending()),
    }
    cx.pending = pending;
}

impl Future {
    /// The state of a future, a task, or an object of a class derived from them.
    pub fn of<'a>(value: Value) -> Option<&'a Future> {
        value.cast::<NativeObject<Future>>().map(|future| &**future)
    }

    pub fn is_pending(&self) -> bool {
        self.state.get() == state::PENDING
    }

    pub fn is_done(&self) -> bool {
        !self.event_loop.is_empty() && !self.is_pending()
    }

    /// Makes it new, for a loop or, if that is `None`, for the one that runs.
    pub fn start(&self, cx: &mut Context, event_loop: Value) -> Result<()> {
        let fields = [
            &self.event_loop,
            &self.exception,
            &self.exception_traceback,
            &self.result,
            &self.source_traceback,
            &self.cancel_message,
            &self.cancelled_exception,
        ];
        for field in fields {
            field.set(None);
        }
        drop(self.take_callbacks());
        self.state.set(state::PENDING);
        self.log_traceback.set(false);
        self.blocking.set(false);
        let event_loop =
            if event_loop == singleton::none() { registry::event_loop(cx)? } else { Owned::new(event_loop) };
        self.event_loop.set(Some(event_loop.clone()));
        if python::ask(cx, event_loop.value(), "get_debug")? && !cx.interpreter().ending {
            let stack = call_known(cx, Known::ExtractStack, &[])?;
            self.source_traceback.set(Some(stack));
        }
        Ok(())
    }

    /// The loop; an error before `__init__`.
    pub fn require_loop(&self, cx: &mut Context) -> Result<Owned> {
        match self.event_loop.get() {
            Some(event_loop) => Ok(event_loop),
            None => Err(cx.raise(&RUNTIME_ERROR, "Future object is not initialized.")),
        }
    }

    fn take_callbacks(&self) -> Vec<(Owned, Owned)> {
        std::mem::take(&mut *self.callbacks.borrow_mut())
    }

    /// Has the loop call the callbacks, which are given up.
    fn schedule_callbacks(&self, cx: &mut Context, this: Value) -> Result<()> {
        let callbacks = self.take_callbacks();
        if callbacks.is_empty() {
            return Ok(());
        }
        let event_loop = self.require_loop(cx)?;
        for (callback, context) in callbacks {
            call_soon(cx, event_loop.value(), &[callback.value(), this], context.value())?;
        }
        Ok(())
    }

    fn check_pending(&self, cx: &mut Context) -> Result<()> {
        if self.is_pending() { Ok(()) } else { Err(python::raise(cx, Known::InvalidStateError, "invalid state")) }
    }

    pub fn set_result(&self, cx: &mut Context, this: Value, result: Owned) -> Result<()> {
        self.require_loop(cx)?;
        self.check_pending(cx)?;
        self.result.set(Some(result));
        self.state.set(state::FINISHED);
        self.schedule_callbacks(cx, this)
    }

    pub fn set_exception(&self, cx: &mut Context, this: Value, exception: Value) -> Result<()> {
        self.check_pending(cx)?;
        let mut made = match exception::as_exception_class(exception) {
            Some(_) => {
                let made = call::call(cx, exception, &[])?;
                self.check_pending(cx)?;
                made
            }
            None => Owned::new(exception),
        };
        if !exception::is_exception(made.value()) {
            return Err(cx.type_error("invalid exception object"));
        }
        if made.value().type_of().is_subtype(&STOP_ITERATION) {
            let text =
                StrObject::new(cx, "StopIteration interacts badly with generators and cannot be raised into a Future");
            let other = exception::new(cx, &RUNTIME_ERROR, &[text.value()])?;
            exception::of(other.value()).set_cause(Some(made.clone()));
            exception::of(other.value()).set_context(Some(made));
            made = other;
        }
        let traceback = exception::of(made.value()).traceback().map(Owned::new);
        self.exception_traceback.set(traceback);
        self.exception.set(Some(made));
        self.state.set(state::FINISHED);
        self.schedule_callbacks(cx, this)?;
        self.log_traceback.set(true);
        Ok(())
    }

    /// The exception of a cancellation: the one that ended the task, once, or a new one.
    pub fn cancelled_error(&self, cx: &mut Context) -> Result<Owned> {
        if let Some(known) = self.cancelled_exception.take() {
            return Ok(known);
        }
        match self.cancel_message.get().filter(|message| message.value() != singleton::none()) {
            Some(message) => call_known(cx, Known::CancelledError, &[message.value()]),
            None => call_known(cx, Known::CancelledError, &[]),
        }
    }

    fn raise_cancelled(&self, cx: &mut Context) -> Raised {
        match self.cancelled_error(cx) {
            Ok(error) => exception::raise(cx, error),
            Err(raised) => raised,
        }
    }

    /// Result or exception; an error if it is cancelled or not done.
    pub fn outcome(&self, cx: &mut Context) -> Result<Outcome> {
        match self.state.get() {
            state::CANCELLED => return Err(self.raise_cancelled(cx)),
            state::FINISHED => {}
            _ => return Err(python::raise(cx, Known::InvalidStateError, "Result is not set.")),
        }
        self.log_traceback.set(false);
        Ok(match self.exception.get() {
            Some(found) => {
                let traceback = self.exception_traceback.take();
                exception::of(found.value()).set_traceback(traceback);
                Outcome::Exception(found)
            }
            None => Outcome::Result(self.result.get_or_none()),
        })
    }

    /// The result; other ends are raised.
    pub fn require_result(&self, cx: &mut Context) -> Result<Owned> {
        match self.outcome(cx)? {
            Outcome::Result(result) => Ok(result),
            Outcome::Exception(error) => Err(exception::raise(cx, error)),
        }
    }

    pub fn add_callback(&self, cx: &mut Context, this: Value, callback: Value, context: Owned) -> Result<()> {
        let Some(event_loop) = self.event_loop.get() else {
            return Err(cx.raise(&RUNTIME_ERROR, "uninitialized Future object"));
        };
        if !self.is_pending() {
            return call_soon(cx, event_loop.value(), &[callback, this], context.value());
        }
        self.callbacks.borrow_mut().push((Owned::new(callback), context));
        Ok(())
    }

    /// Cancels it, with a message or `None`. False if it was done.
    pub fn cancel_with(&self, cx: &mut Context, this: Value, message: Option<Owned>) -> Result<bool> {
        self.log_traceback.set(false);
        if !self.is_pending() {
            return Ok(false);
        }
        self.state.set(state::CANCELLED);
        self.cancel_message.set(message);
        self.schedule_callbacks(cx, this)?;
        Ok(true)
    }

    pub fn source_traceback(&self) -> Option<Owned> {
        self.source_traceback.get()
    }

    /// At the end of its life: an exception that nobody has seen is reported.
    pub fn finish(&self, cx: &mut Context, this: Value) {
        if !self.log_traceback.replace(false) {
            return;
        }
        let name = short_name(this.type_of().name());
        let message = StrObject::new(cx, &format!("{name} exception was never retrieved"));
        let error = self.exception.get_or_none();
        let source = self.source_traceback.get();
        let mut entries = vec![("message", message.value()), ("exception", error.value()), ("future", this)];
        entries.extend(source.as_ref().map(|source| ("source_traceback", source.value())));
        report(cx, self.event_loop.get(), &entries);
    }
}

#[methods]
impl Future {
    #[new]
    fn new(
        cx: &mut Context,
        class: &'static sidewinder_runtime::TypeObject,
        _arguments: Arguments<'_>,
    ) -> Result<Owned> {
        NativeObject::allocate(cx, class, Future::default())
    }

    #[init(name = "Future")]
    fn init(
        &self,
        cx: &mut Context,
        #[keyword]
        #[default(singleton::none(), "None")]
        r#loop: Value,
    ) -> Result<()> {
        self.start(cx, r#loop)
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        self.require_loop(cx)?;
        call_known(cx, Known::FutureRepr, &[this])
    }

    #[slot(iter)]
    fn iter(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        self.require_loop(cx)?;
        FutureIter::over(cx, this)
    }

    #[method(name = "__await__")]
    fn wait(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        self.require_loop(cx)?;
        FutureIter::over(cx, this)
    }

    #[slot(finalize)]
    fn finalize(&self, cx: &mut Context, this: Value) -> Result<()> {
        self.finish(cx, this);
        Ok(())
    }

    /// The result. What else became of the future is raised: its exception, CancelledError, or InvalidStateError before it
    /// is done.
    fn result(&self, cx: &mut Context) -> Result<Owned> {
        if self.event_loop.is_empty() {
            return Err(python::raise(cx, Known::InvalidStateError, "Future object is not initialized."));
        }
        self.require_result(cx)
    }

    /// The exception, or None if there is a result. CancelledError and InvalidStateError are raised.
    fn exception(&self, cx: &mut Context) -> Result<Owned> {
        if self.event_loop.is_empty() {
            return Err(python::raise(cx, Known::InvalidStateError, "Future object is not initialized."));
        }
        match self.state.get() {
            state::CANCELLED => return Err(self.raise_cancelled(cx)),
            state::FINISHED => {}
            _ => return Err(python::raise(cx, Known::InvalidStateError, "Exception is not set.")),
        }
        let found = self.exception.get();
        if found.is_some() {
            self.log_traceback.set(false);
        }
        Ok(found.unwrap_or_else(none))
    }

    /// Ends the future with a result; an InvalidStateError if it is done.
    #[method(name = "set_result")]
    fn set_result_method(&self, cx: &mut Context, this: Value, result: Owned) -> Result<()> {
        self.set_result(cx, this, result)
    }

    /// Ends the future with an exception; an InvalidStateError if it is done.
    #[method(name = "set_exception")]
    fn set_exception_method(&self, cx: &mut Context, this: Value, exception: Value) -> Result<()> {
        self.require_loop(cx)?;
        self.set_exception(cx, this, exception)
    }

    /// Has the event loop call a function with the future once it is done, in a context; the current one by default.
    fn add_done_callback(
        &self,
        cx: &mut Context,
        this: Value,
        r#fn: Value,
        #[keyword]
        #[default(None, "<unrepresentable>")]
        context: Option<Value>,
    ) -> Result<()> {
        let context = match context {
            Some(context) => Owned::new(context),
            None => python::copy_context(cx)?,
        };
        self.add_callback(cx, this, r#fn, context)
    }

    /// Forgets a callback as often as it was added; how often that was.
    fn remove_done_callback(&self, cx: &mut Context, r#fn: Value) -> Result<usize> {
        self.require_loop(cx)?;
        let before = self.callbacks.borrow().clone();
        let mut count = 0;
        for (callback, context) in &before {
            if !compare::equals(cx, callback.value(), r#fn)? {
                continue;
            }
            // The comparison may have changed the callbacks.
            let removed = {
                let mut callbacks = self.callbacks.borrow_mut();
                let is_it =
                    |(own, place): &(Owned, Owned)| own.value() == callback.value() && place.value() == context.value();
                let place = callbacks.iter().position(is_it);
                place.map(|place| callbacks.remove(place))
            };
            count += removed.is_some() as usize;
        }
        Ok(count)
    }

    /// Cancels the future; False if it is done.
    fn cancel(
        &self,
        cx: &mut Context,
        this: Value,
        #[named]
        #[default(singleton::none(), "None")]
        msg: Value,
    ) -> Result<bool> {
        self.require_loop(cx)?;
        self.cancel_with(cx, this, Some(Owned::new(msg)))
    }

    /// Whether it was cancelled.
    fn cancelled(&self) -> bool {
        !self.event_loop.is_empty() && self.state.get() == state::CANCELLED
    }

    /// Whether it has a result or an exception, or was cancelled.
    fn done(&self) -> bool {
        self.is_done()
    }

    /// The event loop that it belongs to.
    fn get_loop(&self, cx: &mut Context) -> Result<Owned> {
        self.require_loop(cx)
    }

    /// The exception of a cancellation, to be raised once.
    fn _make_cancelled_error(&self, cx: &mut Context) -> Result<Owned> {
        self.cancelled_error(cx)
    }

    #[get]
    fn _state(&self, cx: &mut Context) -> Result<&'static str> {
        self.require_loop(cx)?;
        Ok(match self.state.get() {
            state::PENDING => "PENDING",
            state::CANCELLED => "CANCELLED",
            _ => "FINISHED",
        })
    }

    #[get]
    fn _asyncio_future_blocking(&self) -> bool {
        !self.event_loop.is_empty() && self.blocking.get()
    }

    #[set(_asyncio_future_blocking)]
    fn set_blocking(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.require_loop(cx)?;
        let value = assigned(cx, value, "cannot delete attribute")?;
        let value = convert::truth(cx, value)?;
        self.blocking.set(value);
        Ok(())
    }

    #[get]
    fn _loop(&self) -> Owned {
        self.event_loop.get_or_none()
    }

    #[get]
    fn _callbacks(&self, cx: &mut Context) -> Result<Option<Owned>> {
        self.require_loop(cx)?;
        let callbacks = self.callbacks.borrow().clone();
        if callbacks.is_empty() {
            return Ok(None);
        }
        let pairs = callbacks.into_iter().map(|(callback, context)| TupleObject::pair(cx, callback, context)).collect();
        Ok(Some(ListObject::new(cx, pairs)))
    }

    #[get]
    fn _result(&self, cx: &mut Context) -> Result<Owned> {
        self.require_loop(cx)?;
        Ok(self.result.get_or_none())
    }

    #[get]
    fn _exception(&self, cx: &mut Context) -> Result<Owned> {
        self.require_loop(cx)?;
        Ok(self.exception.get_or_none())
    }

    #[get]
    fn _log_traceback(&self, cx: &mut Context) -> Result<bool> {
        self.require_loop(cx)?;
        Ok(self.log_traceback.get())
    }

    #[set(_log_traceback)]
    fn set_log_traceback(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = assigned(cx, value, "cannot delete attribute")?;
        if convert::truth(cx, value)? {
            return Err(cx.value_error("_log_traceback can only be set to False"));
        }
        self.log_traceback.set(false);
        Ok(())
    }

    #[get]
    fn _source_traceback(&self) -> Owned {
        self.source_traceback.get_or_none()
    }

    #[get]
    fn _cancel_message(&self) -> Owned {
        self.cancel_message.get_or_none()
    }

    #[set(_cancel_message)]
    fn set_cancel_message(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = assigned(cx, value, "cannot delete attribute")?;
        self.cancel_message.set(Some(Owned::new(value)));
        Ok(())
    }

    #[get]
    fn _asyncio_awaited_by(&self, cx: &mut Context) -> Result<Owned> {
        registry::awaited_by(cx, self)
    }
}
