//! The module `_asyncio`.

use crate::future::{Future, FutureIter};
use crate::python;
use crate::registry::{self, Running};
use crate::task::{Task, TaskStep};
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// What event loops do for every step: futures, tasks, and who runs where.
#[native_module(
    "_asyncio",
    types(Future, Task, hidden FutureIter, hidden TaskStep, hidden Running)
)]
mod rows {
    use super::*;

    /// The event loop that runs, or the one that the policy gives.
    #[function]
    fn get_event_loop(cx: &mut Context) -> Result<Owned> {
        registry::event_loop(cx)
    }

    /// The event loop that runs on this thread; a RuntimeError if there is none.
    #[function]
    fn get_running_loop(cx: &mut Context) -> Result<Owned> {
        registry::require_running_loop(cx)
    }

    /// The event loop that runs on this thread, or None. For event loops.
    #[function]
    fn _get_running_loop(cx: &mut Context) -> Owned {
        registry::running_loop(cx).unwrap_or_else(python::none)
    }

    /// Says which event loop runs on this thread. For event loops.
    #[function]
    fn _set_running_loop(cx: &mut Context, r#loop: Value) -> Result<()> {
        registry::set_running_loop(cx, r#loop)
    }

    /// Makes a task one of those that all_tasks() gives.
    #[function]
    fn _register_task(cx: &mut Context, #[named] task: Value) -> Result<()> {
        registry::register(cx, task)
    }

    /// Makes a task that runs before it is scheduled one of those that all_tasks() gives.
    #[function]
    fn _register_eager_task(cx: &mut Context, #[named] task: Value) -> Result<()> {
        registry::register_eager(cx, task)
    }

    /// Takes a task out of those that all_tasks() gives.
    #[function]
    fn _unregister_task(cx: &mut Context, #[named] task: Value) -> Result<()> {
        registry::unregister(cx, task)
    }

    /// Takes a task that ran before it was scheduled out of those that all_tasks() gives.
    #[function]
    fn _unregister_eager_task(cx: &mut Context, #[named] task: Value) -> Result<()> {
        registry::unregister_eager(cx, task)
    }

    /// From now on, the task of the loop runs.
    #[function]
    fn _enter_task(cx: &mut Context, #[named] r#loop: Value, task: Value) -> Result<()> {
        registry::enter_task(cx, r#loop, task)
    }

    /// The task of the loop no longer runs.
    #[function]
    fn _leave_task(cx: &mut Context, #[named] r#loop: Value, task: Value) -> Result<()> {
        registry::leave_task(cx, r#loop, task)
    }

    /// Another task of the loop runs from now on, or none; which one ran before.
    #[function]
    fn _swap_current_task(cx: &mut Context, #[named] r#loop: Value, task: Value) -> Result<Owned> {
        registry::swap_task(cx, r#loop, task)
    }

    /// The task that runs in a loop, or None.
    #[function]
    fn current_task(
        cx: &mut Context,
        #[named]
        #[default(singleton::none(), "None")]
        r#loop: Value,
    ) -> Result<Owned> {
        registry::current_task(cx, r#loop)
    }

    /// The tasks of a loop that are not done.
    #[function]
    fn all_tasks(
        cx: &mut Context,
        #[named]
        #[default(singleton::none(), "None")]
        r#loop: Value,
    ) -> Result<Owned> {
        registry::all_tasks(cx, r#loop)
    }

    /// Notes that a future waits for another one, where both are of the native type.
    #[function]
    fn future_add_to_awaited_by(cx: &mut Context, fut: Value, waiter: Value) -> Result<()> {
        registry::add_awaited_by(cx, fut, waiter)
    }

    /// A future no longer waits for another one.
    #[function]
    fn future_discard_from_awaited_by(cx: &mut Context, fut: Value, waiter: Value) -> Result<()> {
        registry::discard_awaited_by(cx, fut, waiter)
    }

    #[execute]
    fn execute(cx: &mut Context, _module: &ModuleObject) -> Result<()> {
        python::find_all(cx)
    }
}
