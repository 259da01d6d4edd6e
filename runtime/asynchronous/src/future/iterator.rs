//! What `await` of a future steps through: the future itself, once, and then its result.

use super::Future;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::exception::{self, DEPRECATION_WARNING, RUNTIME_ERROR};
use sidewinder_runtime::objects::{generator, singleton};
use sidewinder_runtime::operations::{iterate, warnings};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

/// Waits for a future.
#[native_type("_asyncio.FutureIter", iterator)]
#[derive(Traverse)]
pub struct FutureIter {
    /// The future, until its result was given.
    future: Field,
}

impl FutureIter {
    pub fn over(cx: &mut Context, future: Value) -> Result<Owned> {
        NativeObject::new(cx, FutureIter { future: Field::new(Owned::new(future)) })
    }

    fn step(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let Some(held) = self.future.get() else { return Ok(None) };
        let Some(future) = Future::of(held.value()) else { return Ok(None) };
        if future.is_pending() {
            if future.blocking.replace(true) {
                return Err(cx.raise(&RUNTIME_ERROR, "await wasn't used with future"));
            }
            return Ok(Some(held));
        }
        self.future.set(None);
        let result = future.require_result(cx)?;
        if result.value() == singleton::none() {
            return Ok(None);
        }
        Err(exception::raise_stop_iteration(cx, result.value()))
    }
}

#[methods]
impl FutureIter {
    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        self.step(cx)
    }

    /// As next(): what is sent does not matter.
    fn send(&self, cx: &mut Context, _value: Value) -> Result<Owned> {
        match self.step(cx)? {
            Some(item) => Ok(item),
            None => Err(exception::raise_stop_iteration(cx, singleton::none())),
        }
    }

    /// Ends the waiting with an exception: throw(exception)
    fn throw(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let values = sidewinder_runtime::objects::iterator::arguments::positionals(cx, "throw", arguments, 1, 3)?;
        if values.len() > 1 {
            let message =
                "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.";
            warnings::warn(cx, &DEPRECATION_WARNING, message, 1)?;
        }
        let thrown = generator::thrown(cx, values)?;
        self.future.set(None);
        Err(cx.raise_value(thrown))
    }

    /// Ends the waiting.
    fn close(&self) {
        self.future.set(None);
    }
}

/// The value that an iterator ended with: that of the pending `StopIteration`, if there is one, or `None`.
pub fn stop_value(cx: &mut Context) -> Owned {
    if !cx.pending_is(&exception::STOP_ITERATION) {
        return Owned::new(singleton::none());
    }
    let stop = cx.take_pending();
    exception::stop_iteration_value(stop.value())
}

/// The next item of any iterator; the value that it ended with as an error's place.
pub fn next_or_value(cx: &mut Context, iterator: Value) -> Result<std::result::Result<Owned, Owned>> {
    match iterate::next_or_stop(cx, iterator) {
        Ok(Some(item)) => Ok(Ok(item)),
        Ok(None) => Ok(Err(stop_value(cx))),
        Err(_) if cx.pending_is(&exception::STOP_ITERATION) => Ok(Err(stop_value(cx))),
        Err(raised) => Err(raised),
    }
}
