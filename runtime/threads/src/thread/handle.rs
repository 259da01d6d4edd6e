//! Handles of threads: whether one runs, and its end to wait for.

use super::lock::deadline;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::threads::{Stage, ThreadHandle};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::sync::Arc;

/// A thread as others see it.
#[native_type("_thread._ThreadHandle", uncollected)]
#[derive(Traverse, Default)]
pub struct Handle {
    #[plain]
    shared: Arc<ThreadHandle>,
}

impl Handle {
    pub fn of(shared: Arc<ThreadHandle>) -> Handle {
        Handle { shared }
    }

    pub fn shared(&self) -> &Arc<ThreadHandle> {
        &self.shared
    }
}

#[methods]
impl Handle {
    #[new(name = "_ThreadHandle")]
    fn new() -> Result<Handle> {
        Ok(Handle::default())
    }

    /// Waits for the thread's end, at most so many seconds.
    fn join(&self, cx: &mut Context, #[default(None)] timeout: Option<Value>) -> Result<()> {
        let until = match timeout {
            None => None,
            Some(timeout) => deadline(cx, timeout, None)?,
        };
        if self.shared.stage() == Stage::NotStarted {
            return Err(cx.raise(&RUNTIME_ERROR, "thread not started"));
        }
        if self.shared.stage() != Stage::Done && self.shared.identifier() == cx.thread_identifier() {
            return Err(cx.raise(&RUNTIME_ERROR, "Cannot join current thread"));
        }
        // Kept apart from the object, which may die while this waits.
        let shared = self.shared.clone();
        shared.join(cx, until)?;
        Ok(())
    }

    /// Says that the thread has ended.
    fn _set_done(&self, cx: &mut Context) -> Result<()> {
        if self.shared.stage() == Stage::NotStarted {
            return Err(cx.raise(&RUNTIME_ERROR, "thread not started"));
        }
        self.shared.set_done();
        Ok(())
    }

    /// Whether the thread has ended.
    fn is_done(&self) -> bool {
        self.shared.stage() == Stage::Done
    }

    /// The thread's number.
    #[get]
    fn ident(&self) -> u64 {
        self.shared.identifier()
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Owned {
        StrObject::new(cx, &format!("<_thread._ThreadHandle object: ident={}>", self.shared.identifier()))
    }
}
