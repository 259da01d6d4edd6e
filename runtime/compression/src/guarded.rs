//! State that threads use one after the other.

use sidewinder_runtime::threads::wait::Lock;
use sidewinder_runtime::{Context, Result};
use std::cell::Cell;
use std::sync::Arc;

/// Input bytes from which on other threads may run meanwhile.
const DETACHED_MIN: usize = 2048;

/// The state of an object that is worked on without the GIL: who comes while another thread is at it waits.
pub struct Guarded<T> {
    /// Shared with those who wait, whom the object need not outlive.
    lock: Arc<Lock>,
    /// Taken out while somebody holds the lock.
    value: Cell<Option<Box<T>>>,
}

impl<T: Send> Guarded<T> {
    pub fn new(value: T) -> Guarded<T> {
        Guarded { lock: Arc::default(), value: Cell::new(Some(Box::new(value))) }
    }

    /// Does something with the state, which runs no Python code. Errors: what the handler of a signal raises while this
    /// waits for another thread.
    pub fn with<R>(&self, cx: &mut Context, work: impl FnOnce(&mut Context, &mut T) -> R) -> Result<R> {
        let lock = self.lock.clone();
        lock.acquire(cx, None)?;
        let Some(mut value) = self.value.take() else { unreachable!("whoever held the lock has put the state back") };
        let result = work(cx, &mut value);
        self.value.set(Some(value));
        lock.release();
        Ok(result)
    }
}

/// Does work on so many bytes, without the GIL if they are many.
pub fn long<R: Send>(cx: &mut Context, bytes: usize, work: impl FnOnce() -> R + Send) -> R {
    if bytes < DETACHED_MIN { work() } else { cx.detached(|_| work()) }
}
