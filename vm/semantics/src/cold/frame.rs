//! What happens before a frame that has an object is left: its continuation says `Observed`, so that whoever leaves it
//! comes by here, and then executes the instruction again.

use crate::frame::running;
use crate::semantics::Pc;
use sidewinder_runtime::Context;
use sidewinder_runtime::objects::frame;

/// Before the `Return` at `pc`: the frame's object takes over what it needs.
pub fn before_leaving(cx: &mut Context, pc: Pc) -> Pc {
    let live = running(cx, pc);
    drop(frame::leaves(cx, &live));
    pc
}

/// Before the `Yield` at `pc`.
pub fn before_suspending(cx: &mut Context, pc: Pc) -> Pc {
    let live = running(cx, pc);
    frame::suspends(cx, &live);
    pc
}

/// A generator's frame was entered, which goes on at `pc`: it is observed again if it has an object.
pub fn after_resuming(cx: &mut Context, pc: Pc) {
    let live = running(cx, pc);
    frame::resumed(cx, &live);
}
