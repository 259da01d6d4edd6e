//! The module `_queue`: a queue between threads that may be used while it is being used (Modules/_queuemodule.c).

use crate::thread::lock::deadline;
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::ExceptionClass;
use sidewinder_runtime::objects::exception::EXCEPTION;
use sidewinder_runtime::objects::iterator::arguments::refuse_keywords;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::type_object::{OBJECT, TypeObject};
use sidewinder_runtime::threads::wait;
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;

/// What the module keeps for an interpreter.
#[derive(Default)]
struct State {
    empty: ExceptionClass,
}

/// What the module `queue` has in native code: a queue that signal handlers and finalizers may use at any time.
#[native_module("_queue", types(SimpleQueue))]
mod rows {
    use super::*;

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let documentation = "What a queue without items raises where it must not wait.";
        let state = cx.state::<State>();
        state.empty.define(cx, module, ["_queue", "Empty"], &EXCEPTION, Some(documentation))
    }
}

/// SimpleQueue()
/// --
///
/// A queue without a limit: what was put first is got first.
#[native_type("_queue.SimpleQueue", base, weakrefs, generic)]
#[derive(Traverse, Default)]
pub struct SimpleQueue {
    items: RefCell<VecDeque<Owned>>,
    /// Taken by who waits for an item, and freed by who puts one. Shared with those who wait, whom the object need not
    /// outlive.
    #[plain]
    lock: Arc<wait::Lock>,
    /// Somebody has taken the lock and waits for it to be freed.
    waited_for: Cell<bool>,
}

impl SimpleQueue {
    fn push(&self, item: Owned) {
        self.items.borrow_mut().push_back(item);
        self.free();
    }

    /// Frees the lock, if somebody took it to wait.
    fn free(&self) {
        if self.waited_for.replace(false) {
            self.lock.release();
        }
    }

    fn pop(&self) -> Option<Owned> {
        self.items.borrow_mut().pop_front()
    }

    fn take(&self, cx: &mut Context, block: bool, timeout: Option<Value>) -> Result<Owned> {
        let until = match timeout {
            Some(timeout) if block => deadline(cx, timeout, Some("'timeout' must be a non-negative number"))?,
            _ => None,
        };
        let lock = self.lock.clone();
        loop {
            if let Some(item) = self.pop() {
                self.free();
                return Ok(item);
            }
            // The first time the lock is free, as a rule; the second time it is whoever puts an item that frees it.
            let taken = if block { lock.acquire(cx, until)? } else { lock.try_acquire() };
            if !taken {
                return Err(cx.state::<State>().empty.raise_with(cx, &[]));
            }
            self.waited_for.set(true);
        }
    }
}

/// Whether the class has an initialiser of its own, which sees to the arguments.
fn initialises(class: &TypeObject) -> bool {
    match (class.slots().init, OBJECT.object.slots().init) {
        (Some(own), Some(plain)) => !std::ptr::fn_addr_eq(own, plain),
        (own, _) => own.is_some(),
    }
}

#[methods]
impl SimpleQueue {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, arguments: Arguments<'_>) -> Result<SimpleQueue> {
        if !initialises(class) {
            if !arguments.positionals().is_empty() {
                return Err(cx.type_error("SimpleQueue() takes no positional arguments"));
            }
            refuse_keywords(cx, "SimpleQueue", arguments)?;
        }
        Ok(SimpleQueue::default())
    }

    /// Puts an item into the queue, which never has to wait: the other arguments are those of queue.Queue.put.
    fn put(&self, #[named] item: Owned, #[default(true)] block: bool, #[default(None)] timeout: Option<Value>) {
        let _ = (block, timeout);
        self.push(item);
    }

    /// Puts an item into the queue.
    fn put_nowait(&self, #[named] item: Owned) {
        self.push(item);
    }

    /// Takes the item that was put first. If there is none, waits for one, if it may, and for so many seconds at most;
    /// otherwise raises Empty.
    fn get(
        &self,
        cx: &mut Context,
        #[named]
        #[default(true)]
        block: bool,
        #[default(None)] timeout: Option<Value>,
    ) -> Result<Owned> {
        self.take(cx, block, timeout)
    }

    /// Takes the item that was put first, or raises Empty.
    fn get_nowait(&self, cx: &mut Context) -> Result<Owned> {
        self.take(cx, false, None)
    }

    /// Whether there is no item now.
    fn empty(&self) -> bool {
        self.items.borrow().is_empty()
    }

    /// How many items there are now.
    fn qsize(&self) -> usize {
        self.items.borrow().len()
    }
}
