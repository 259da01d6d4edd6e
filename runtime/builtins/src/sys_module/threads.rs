//! What `sys` tells of other threads: where they are, and what they handle.

use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::{frame, int, singleton};
use sidewinder_runtime::{Context, Owned, Result, Value, threads};

/// `sys._current_frames()`: the running frame of each thread, by the thread's identifier.
pub fn current_frames(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let made = DictObject::new(cx);
    for (identifier, live) in threads::running_frames(cx) {
        let frame = frame::of_live(cx, &live);
        let identifier = int::from_u64(cx, identifier);
        dict::of(made.value()).set(cx, identifier.value(), frame.value())?;
    }
    Ok(made)
}

/// `sys._current_exceptions()`: the exception that each thread handles, or None.
pub fn current_exceptions(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let mut found = Vec::new();
    for other in cx.interpreter().threads.clone() {
        cx.in_thread(other, |other| {
            let handled = other.handled_exception().unwrap_or_else(singleton::none);
            found.push((other.thread_identifier(), Owned::new(handled)));
        });
    }
    let made = DictObject::new(cx);
    for (identifier, handled) in found {
        let identifier = int::from_u64(cx, identifier);
        dict::of(made.value()).set(cx, identifier.value(), handled.value())?;
    }
    Ok(made)
}
