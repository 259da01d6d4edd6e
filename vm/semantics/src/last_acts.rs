//! How the interpreter's handlers end, and what they leave by when something rare happens there.
//!
//! A handler that does something after a call must save registers at its start, whether the call happens or not. So
//! what may call (an object that dies, an interrupt) comes last, and goes on elsewhere by a tail call.

use crate::frame::{self, Link};
use crate::interp::{Machine, Token};
use crate::numbers::Numbers;
use crate::semantics::{Pc, Semantics};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::instance;
use sidewinder_runtime::{TypeObject, Value};

/// Takes a count from a value that may be unbound; whether it was the last one, so that the object must be torn down.
#[inline(always)]
pub(crate) fn lost_last(value: Value) -> bool {
    if !value.is_counted() {
        return false;
    }
    // SAFETY: (heap 1) a counted value refers to a live object.
    unsafe {
        let header = value.header();
        (*header).count -= 1;
        (*header).count == 0
    }
}

/// Says that the instruction before `next` is running, for what a finalizer may see.
fn publish_before<const TRACED: bool>(s: &mut Machine<TRACED>, next: Pc) {
    s.0.instruction = next.wrapping_sub(1);
}

/// Tears down an object whose last count is gone, and goes on. Apart, so that handlers that end with it save no
/// registers; the result is hidden from the optimizer, which would otherwise keep it across the call.
#[cold]
#[inline(never)]
fn tear_down_then<const TRACED: bool>(s: &mut Machine<TRACED>, value: Value, next: Pc) -> Pc {
    publish_before(s, next);
    s.0.tear_down(value, true);
    std::hint::black_box(next)
}

/// The same at the end of the instruction at `pc`, which may have jumped.
#[cold]
#[inline(never)]
pub(crate) fn tear_down_at<const TRACED: bool>(s: &mut Machine<TRACED>, pc: Pc, value: Value, next: Pc) -> Pc {
    s.0.instruction = pc;
    s.0.tear_down(value, true);
    std::hint::black_box(next)
}

/// Like `tear_down_then`, and then takes a count from another value.
#[cold]
#[inline(never)]
fn tear_down_and_drop<const TRACED: bool>(s: &mut Machine<TRACED>, value: Value, other: Value, next: Pc) -> Pc {
    publish_before(s, next);
    s.0.tear_down(value, true);
    s.0.release(other);
    std::hint::black_box(next)
}

/// Like `tear_down_then`, and then stores a result.
#[cold]
#[inline(never)]
pub(crate) fn drop_and_set<const TRACED: bool>(
    s: &mut Machine<TRACED>,
    dead: Value,
    register: u16,
    value: Token,
    next: Pc,
) -> Pc {
    publish_before(s, next);
    s.0.tear_down(dead, true);
    s.set(register, value);
    std::hint::black_box(next)
}

/// `set_float_then` for a float that needs an object.
#[cold]
#[inline(never)]
pub(crate) fn box_float_then<const TRACED: bool>(s: &mut Machine<TRACED>, register: u16, value: f64, next: Pc) -> Pc {
    let value = s.box_float(value);
    s.set_then(register, value, next)
}

/// Goes on with `return_then` when a local's object dies: `remaining` locals are still to be released.
#[cold]
#[inline(never)]
pub(crate) fn return_after_tear_down<const TRACED: bool>(
    s: &mut Machine<TRACED>,
    dead: Value,
    remaining: usize,
    result: Token,
    destination: u16,
) -> Pc {
    s.0.tear_down(dead, false);
    for local in (0..remaining as u16).rev() {
        s.clear_dying(local);
    }
    let next = s.leave_and_store(result, destination);
    s.frame_left(next.wrapping_sub(1));
    next
}

/// Goes around a loop when there is something else to do first.
#[cold]
#[inline(never)]
pub(crate) fn back_edge_interrupted<const TRACED: bool>(
    s: &mut Machine<TRACED>,
    pc: Pc,
    target: Pc,
    loop_index: u16,
) -> Pc {
    if crate::cold::interrupt::serve(&mut s.0, pc) {
        if s.0.wants_tracing() {
            return crate::tracing::change_over_at(&mut s.0, pc, target);
        }
        s.count_round(pc, target, loop_index)
    } else {
        crate::unwind::raise(&mut s.0, pc)
    }
}

/// Starts a frame when there is something else to do first.
#[cold]
#[inline(never)]
pub(crate) fn enter_interrupted<const TRACED: bool>(s: &mut Machine<TRACED>, code: &'static CodeObject) -> Pc {
    if crate::cold::interrupt::serve(&mut s.0, code.instructions.get()) {
        if s.0.wants_tracing() {
            return crate::tracing::enter(&mut s.0, code.instructions.get());
        }
        code.instructions.get()
    } else {
        crate::unwind::raise(&mut s.0, code.instructions.get())
    }
}

/// Exchanges the attribute in a slot of an object whose shape was tested.
#[inline(always)]
pub(crate) fn replace_attribute(
    object: Value,
    (kind, slot, inline): (&'static TypeObject, u32, bool),
    value: Token,
) -> Value {
    let block = instance::block(object, kind);
    // SAFETY: (objects 1) the handler tested the shape.
    unsafe {
        let place = if inline { block.inline().add(slot as usize) } else { block.overflow.get().add(slot as usize) };
        std::mem::replace(&mut *place, value.0)
    }
}

impl<const TRACED: bool> Machine<TRACED> {
    /// Counts a loop's round down, and goes on at `target` or with what a hot loop starts.
    #[inline(always)]
    pub(crate) fn count_round(&mut self, pc: Pc, target: Pc, loop_index: u16) -> Pc {
        let code = frame::current_code(&self.0);
        // SAFETY: (frames 3) the compiler counts the loops of a code object.
        let state = unsafe { &*code.loops.get().add(loop_index as usize) };
        let countdown = state.countdown.get();
        if countdown > 1 {
            state.countdown.set(countdown - 1);
            return target;
        }
        crate::run::hot_loop(&mut self.0, pc, target, state)
    }

    /// Leaves the running frame, whose locals are released, and stores its result into the caller's register.
    #[inline(always)]
    pub(crate) fn leave_and_store(&mut self, result: Token, destination: u16) -> Pc {
        // SAFETY: (frames 3) the running frame has a header, and its caller is a frame (not a boundary).
        unsafe {
            let base = self.0.base;
            let link = Link(frame::header(base, frame::LINK).0);
            let next = frame::return_address(base);
            let function = std::mem::replace(&mut *base.offset(frame::FUNCTION), Value::UNBOUND);
            *base.offset(frame::KEPT) = Value::UNBOUND;
            let caller = base.sub(link.delta());
            frame::switch(&mut self.0, caller, frame::code(caller));
            self.0.recursion_left += 1;
            let old = std::mem::replace(&mut *caller.add(destination as usize), result.0);
            self.drop_both_then(function, old, next)
        }
    }

    /// The value of a temporary, which gives it up.
    #[inline(always)]
    pub(crate) fn consume(&mut self, field: u16) -> Value {
        // SAFETY: (frames 3)
        unsafe { std::mem::replace(&mut *self.place(field), Value::UNBOUND) }
    }

    #[inline(always)]
    pub(crate) fn drop_then(&mut self, value: Value, next: Pc) -> Pc {
        if lost_last(value) { tear_down_then(self, value, next) } else { next }
    }

    #[inline(always)]
    pub(crate) fn drop_both_then(&mut self, first: Value, second: Value, next: Pc) -> Pc {
        if lost_last(first) {
            return tear_down_and_drop(self, first, second, next);
        }
        self.drop_then(second, next)
    }
}
