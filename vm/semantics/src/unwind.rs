//! Unwinding: from a raised exception to its handler, frame by frame.

use crate::frame::{self, Continuation, Link};
use crate::semantics::Pc;
use crate::tracing;
use sidewinder_bytecode::Op;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::exception::{self, RUNTIME_ERROR, STOP_ASYNC_ITERATION, STOP_ITERATION};
use sidewinder_runtime::objects::generator::{self, ASYNC_GENERATOR, GeneratorObject, asynchronous, state};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{self, traceback};
use sidewinder_runtime::{Context, Owned, Value};

/// Finds the handler of the pending exception, raised by the instruction at `pc`. Returns its first instruction, or
/// null when the exception leaves the run (it stays pending then).
#[cold]
#[inline(never)]
pub fn raise(cx: &mut Context, pc: Pc) -> Pc {
    if !cx.trace_top.is_null() {
        // A trace has called the handler: it leaves first, and then the exception unwinds the rebuilt frames.
        return std::ptr::null();
    }
    if cx.tracing.returned.is_some() {
        // Nothing was raised: what the instruction has called makes the thread traced.
        return tracing::complete_call(cx, pc);
    }
    let target = unwind(cx, pc, true);
    enter_handler(cx, pc, target)
}

/// The same for an exception that goes on after a handler of the running frame, which is in its traceback already.
#[cold]
pub fn reraise(cx: &mut Context, pc: Pc) -> Pc {
    let target = unwind(cx, pc, false);
    enter_handler(cx, pc, target)
}

/// Like `raise`, for the JIT: a handler is not counted.
#[cold]
#[inline(never)]
pub fn find_handler(cx: &mut Context, pc: Pc) -> Pc {
    unwind(cx, pc, true)
}

/// Counts the exceptions that come to a handler. Where to go on: at `target`, or with what a hot handler starts. A handler
/// is an entry of traces like the header of a loop, for no trace goes on across an exception.
pub fn enter_handler(cx: &mut Context, pc: Pc, target: Pc) -> Pc {
    if target.is_null() || cx.is_traced() {
        return if cx.wants_tracing() && !target.is_null() { tracing::change_over(cx, target) } else { target };
    }
    let code = frame::current_code(cx);
    let Some(state) = code.handler_state(code.index_of(target) as u32) else { return target };
    let countdown = state.countdown.get();
    if countdown > 1 {
        state.countdown.set(countdown - 1);
        return target;
    }
    crate::run::hot_loop(cx, pc, target, state)
}

/// `enters`: whether the running frame gets a traceback entry.
fn unwind(cx: &mut Context, mut pc: Pc, mut enters: bool) -> Pc {
    if cx.finalizers_pending.get() != 0 {
        cx.instruction = pc;
        cx.run_pending_finalizers();
    }
    if cx.is_traced() {
        tracing::native_call_raised(cx, pc);
    }
    exception::set_context(cx);
    loop {
        let code = frame::current_code(cx);
        let function = frame::current_function(cx).value();
        let index = code.index_of(pc) as u32;
        let handler = code.data.handlers.iter().find(|row| row.start <= index && index < row.end).copied();
        // An exception that is raised again is still at the instruction that had raised it, unless the handler has a line.
        let at = if enters || code.own_line(index as usize) != 0 { pc } else { raised_at(cx, code, pc) };
        let observed = frame::is_observed(cx);
        let mut entered = false;
        if cx.is_traced() || handler.is_some() || observed {
            if enters {
                let object = objects::frame::observed_at(cx, cx.base).filter(|_| observed).unwrap_or(Value::UNBOUND);
                traceback::push(cx, function, code.value(), index, object);
            }
            entered = true;
            note_left(cx, code, at);
            tracing::raised(cx, code, at, enters);
        }
        if let Some(handler) = handler {
            release_registers(cx, handler.temporary_depth as usize);
            let exception = cx.take_pending();
            // SAFETY: (frames 3) the handler's register exists.
            unsafe {
                let place = cx.base.add(handler.exception_register as usize);
                let old = std::mem::replace(&mut *place, exception.into_raw());
                cx.release(old);
                if cx.is_traced() && tracing::handled(cx, code, pc, handler.exception_register).is_err() {
                    // A callback has raised in place of the handler.
                    pc = code.instructions.get().add(handler.target as usize);
                    enters = true;
                    continue;
                }
                return code.instructions.get().add(handler.target as usize);
            }
        }
        tracing::unwinds(cx, code, at);
        if frame::is_observed(cx) {
            let live = frame::running(cx, at);
            drop(objects::frame::leaves(cx, &live));
        }
        let locals = take_locals(cx);
        if enters && !entered {
            traceback::push(cx, function, code.value(), index, locals.value());
        } else {
            note_left(cx, code, at);
            traceback::keep_locals(cx, code.value(), locals.value());
        }
        enters = true;
        drop(locals);
        match leave_frame(cx) {
            Some(next) => pc = next,
            None => return std::ptr::null(),
        }
        if let Some(next) = swallowed(cx, pc) {
            return next;
        }
    }
}

/// Remembers where the pending exception is in the running frame.
fn note_left(cx: &Context, code: &CodeObject, at: Pc) {
    if let Some(entry) = traceback::first_of(cx, code.value()) {
        entry.left_at.set(code.index_of(at) as u32);
    }
}

/// Where the pending exception has come to the handler of the running frame that raises it again.
fn raised_at(cx: &Context, code: &CodeObject, otherwise: Pc) -> Pc {
    let index = traceback::first_of(cx, code.value()).map(|entry| entry.left_at.get() as usize);
    match index.filter(|&index| index < code.data.instructions.len()) {
        // SAFETY: (frames 3) an instruction of the code.
        Some(index) => unsafe { code.instructions.get().add(index) },
        None => otherwise,
    }
}

/// Releases the running frame's registers from `first` up, the highest first.
pub fn release_registers(cx: &mut Context, first: usize) {
    let base = cx.base;
    let count = frame::current_code(cx).register_count as usize;
    for register in (first..count).rev() {
        // SAFETY: (frames 1) every word is a valid value.
        let value = unsafe { std::mem::replace(&mut *base.add(register), Value::UNBOUND) };
        cx.release(value);
    }
}

/// Moves the locals into a tuple that the traceback keeps, as CPython's frame objects keep them. The code object stands
/// for the value of an unbound one.
fn take_locals(cx: &mut Context) -> Owned {
    let code = frame::current_code(cx);
    release_registers(cx, code.local_count as usize);
    let mut values = Vec::with_capacity(code.local_count as usize);
    for register in 0..code.local_count as usize {
        // SAFETY: (frames 1)
        let value = unsafe { std::mem::replace(&mut *cx.base.add(register), Value::UNBOUND) };
        values.push(Owned::from_raw_option(value).unwrap_or_else(|| Owned::new(code.value())));
    }
    TupleObject::from_owned(cx, values)
}

/// Leaves the running frame with the exception pending. The caller's instruction that made the call, or `None` at a
/// boundary.
pub fn leave_frame(cx: &mut Context) -> Option<Pc> {
    // SAFETY: (frames 3) the running frame has a header.
    unsafe {
        let base = cx.base;
        let link = Link(frame::header(base, frame::LINK).0);
        let return_to = frame::return_address(base);
        let kept = std::mem::replace(&mut *base.offset(frame::KEPT), Value::UNBOUND);
        let function = std::mem::replace(&mut *base.offset(frame::FUNCTION), Value::UNBOUND);
        cx.recursion_left += 1;
        if let Some(generator) = generator::cast(kept) {
            finish_generator(cx, generator);
            if link.continuation() == Continuation::SendAsync {
                asynchronous::left(cx, generator);
            }
        }
        if link.continuation() == Continuation::Boundary {
            cx.release(kept);
            cx.release(function);
            return None;
        }
        let caller = base.sub(link.delta());
        frame::switch(cx, caller, frame::code(caller));
        cx.release(kept);
        cx.release(function);
        if link.continuation() == Continuation::IterateCall && cx.pending_is(&STOP_ITERATION) {
            cx.instruction = return_to;
        }
        Some(return_to.sub(1))
    }
}

/// A generator's frame is left by an exception: it is finished, and a `StopIteration` becomes a `RuntimeError`.
fn finish_generator(cx: &mut Context, generator: &GeneratorObject) {
    generator.set_stage(state::FINISHED);
    crate::cold::generator::leave_handled(cx, generator);
    drop(Owned::from_raw_option(generator.handled.replace(Value::UNBOUND)));
    drop(Owned::from_raw_option(generator.function.replace(Value::UNBOUND)));
    let ends_async = cx.pending_is(&STOP_ASYNC_ITERATION) && generator.value().has_type(&ASYNC_GENERATOR);
    if cx.pending_is(&STOP_ITERATION) || ends_async {
        let cause = cx.take_pending();
        let (kind, name) = (generator.kind_text(), if ends_async { "StopAsyncIteration" } else { "StopIteration" });
        cx.raise(&RUNTIME_ERROR, format!("{kind} raised {name}"));
        exception::set_cause(cx, cause);
    }
}

/// In the caller's frame: a `for` loop ends quietly when the `__next__` it called raised `StopIteration`.
fn swallowed(cx: &mut Context, pc: Pc) -> Option<Pc> {
    // SAFETY: (frames 3) `pc` points into the caller's code.
    let i = unsafe { *pc };
    if i.op != Op::ForIter || !cx.pending_is(&STOP_ITERATION) {
        return None;
    }
    // SAFETY: as above.
    if cx.instruction != unsafe { pc.add(1) } {
        return None;
    }
    cx.instruction = std::ptr::null();
    // Who watches is told of it, though it gets no further.
    tracing::raised(cx, frame::current_code(cx), pc, true);
    drop(cx.take_pending());
    // SAFETY: (frames 3) the iterator's register.
    let iterator = unsafe { std::mem::replace(&mut *cx.base.add(i.b as usize), Value::UNBOUND) };
    cx.release(iterator);
    Some(crate::handlers::jump(pc, i.c as i16 as i32))
}
