//! Generators: resuming, suspending and leaving their frames.

use super::{clear, fetch, next, raise, register, set};
use crate::frame::{self, Continuation, Link, current_code};
use crate::handlers::consume;
use crate::semantics::Pc;
use sidewinder_bytecode::{CodeFlags, HEADER_WORDS, Op};
use sidewinder_runtime::objects::code::NOT_STARTED;
use sidewinder_runtime::objects::exception::STOP_ASYNC_ITERATION;
use sidewinder_runtime::objects::generator::{
    self, ASYNC_GENERATOR, COROUTINE, GENERATOR, GeneratorObject, asynchronous, awaitable, state,
};
use sidewinder_runtime::objects::iterator::remainder::Remainder;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{exception, float, singleton, traceback};
use sidewinder_runtime::operations::{attribute, call, finalize, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Copies a suspended generator's registers to `base`, marks it running, and delivers `value` (borrowed; unbound to
/// throw the pending exception). Returns the instruction to go on at. The header's function is set; the caller sets the
/// kept word, which owns the generator.
///
/// # Safety
/// `base` has room above all frames.
pub unsafe fn restore(cx: &mut Context, generator: &GeneratorObject, base: *mut Value, value: Value) -> Pc {
    let pc = generator.instruction.get();
    // SAFETY: the caller's promise; the generator's buffer holds `register_count` words, whose counts move: the words that
    // stay behind are stale.
    unsafe {
        let registers = generator.registers();
        for position in 0..generator.register_count.get() as usize {
            *base.add(position) = *registers.add(position);
        }
        *base.offset(frame::FUNCTION) = Owned::new(generator.function.get()).into_raw();
        if generator.stage() == state::SUSPENDED && !value.is_unbound() {
            let target = (*pc.sub(1)).a;
            *base.add(target as usize) = Owned::new(value).into_raw();
        }
    }
    generator.set_stage(state::RUNNING);
    enter_handled(cx, generator);
    pc
}

/// A generator goes on: what it was handling is handled again, and what its resumer is handling is outside. Traces do
/// this for generators and resumers that are handling nothing, where nothing changes.
#[inline]
fn enter_handled(cx: &mut Context, generator: &GeneratorObject) {
    if cx.handled.is_unbound() && generator.handled.get().is_unbound() {
        return;
    }
    let outer = std::mem::replace(&mut cx.handled, generator.handled.get());
    generator.handled.set(outer);
    if !outer.is_unbound() {
        generator.outside.set(std::mem::replace(&mut cx.handled_outside, outer));
    }
}

/// A generator is left: it keeps what it is handling.
#[inline]
pub fn leave_handled(cx: &mut Context, generator: &GeneratorObject) {
    if cx.handled.is_unbound() && generator.handled.get().is_unbound() {
        return;
    }
    let own = std::mem::replace(&mut cx.handled, generator.handled.get());
    generator.handled.set(own);
    if !cx.handled.is_unbound() {
        cx.handled_outside = generator.outside.replace(Value::UNBOUND);
    }
}

/// Where the frame of a generator goes that the running frame resumes: that many words up.
fn distance(cx: &Context) -> usize {
    current_code(cx).register_count as usize + HEADER_WORDS
}

/// Whether a generator may be resumed as a frame above the running one.
pub fn may_resume(cx: &Context, generator: Value) -> bool {
    // SAFETY: (heap 2) the handler tested the type.
    let generator: &GeneratorObject = unsafe { generator.cast_unchecked() };
    // One whose frame has an object is left to `resume`.
    matches!(generator.state.get(), state::CREATED | state::SUSPENDED) && has_room(cx)
}

/// Whether there is room for the frame of a generator above the running one.
fn has_room(cx: &Context) -> bool {
    // SAFETY: (frames 4) words above the running frame are free.
    cx.recursion_left > 0 && unsafe { cx.base.add(distance(cx)) } < cx.stack_limit
}

/// Resumes a generator as a frame above the running one, which `may_resume` allows.
pub fn enter(
    cx: &mut Context,
    pc: Pc,
    generator: Owned,
    sent: Owned,
    continuation: Continuation,
    destination: u16,
) -> Pc {
    let delta = distance(cx);
    // SAFETY: (heap 2) the handler tested the type. (frames 4) Words above the running frame are free.
    unsafe {
        let base = cx.base.add(delta);
        let object: &GeneratorObject = generator.value().cast_unchecked();
        if continuation == Continuation::SendAsync {
            object.awaited.set(1);
        }
        let start = restore(cx, object, base, sent.value());
        let code = object.code();
        *base.offset(frame::KEPT) = generator.into_raw();
        *base.offset(frame::CODE) = frame::tag(code);
        *base.offset(frame::RETURN) = frame::tag(next(pc));
        *base.offset(frame::LINK) = Value::from_word(Link::new(delta, continuation, destination).0);
        frame::switch(cx, base, code);
        cx.recursion_left -= 1;
        start
    }
}

/// Resumes the generator in register `b` of a `ForIter` or `Send`, or says why that is not possible.
pub fn resume(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let sends = i.op == Op::Send;
    let value = register(cx, i.b);
    // SAFETY: (heap 2) the handler tested the type.
    let generator: &GeneratorObject = unsafe { value.cast_unchecked() };
    match generator.stage() {
        state::RUNNING => {
            cx.value_error(format!("{} already executing", generator.kind_text()));
            raise(cx, pc)
        }
        state::FINISHED if value.has_type(&COROUTINE) => {
            cx.raise(&exception::RUNTIME_ERROR, "cannot reuse already awaited coroutine");
            raise(cx, pc)
        }
        state::FINISHED if value.has_type(&ASYNC_GENERATOR) => {
            generator.awaited.set(0);
            exception::raise_arguments(cx, &STOP_ASYNC_ITERATION, &[]);
            raise(cx, pc)
        }
        state::FINISHED => {
            if sends {
                set(cx, i.a, Owned::new(singleton::none()));
            }
            clear(cx, i.b);
            crate::handlers::jump(pc, i.c as i16 as i32)
        }
        _ if has_room(cx) => {
            let (continuation, sent) = match sends {
                true if value.has_type(&ASYNC_GENERATOR) => (Continuation::SendAsync, super::take(cx, i.a)),
                true => (Continuation::Send, super::take(cx, i.a)),
                false => (Continuation::Iterate, Owned::new(singleton::none())),
            };
            let start = enter(cx, pc, Owned::new(value), sent, continuation, i.a);
            super::frame::after_resuming(cx, start);
            start
        }
        _ => {
            super::call::recursion_error(cx);
            raise(cx, pc)
        }
    }
}

/// The generator whose frame is running.
pub fn running(cx: &Context) -> &'static GeneratorObject {
    // SAFETY: (frames 3) a generator's frame keeps it, and lives no longer.
    unsafe { frame::header(cx.base, frame::KEPT).cast_unchecked() }
}

/// The `Return` at `pc` of an asynchronous generator that an `async for` has resumed: StopAsyncIteration ends the loop.
pub fn end_async(cx: &mut Context, pc: Pc) -> Pc {
    let generator = Owned::new(running(cx).value());
    drop(super::take(cx, fetch(pc).a));
    for local in (0..current_code(cx).local_count as u16).rev() {
        clear(cx, local);
    }
    let next = finish(cx);
    cx.instruction = next.wrapping_sub(1);
    exception::raise_arguments(cx, &STOP_ASYNC_ITERATION, &[]);
    // SAFETY: (heap 2) the frame was a generator's.
    asynchronous::left(cx, unsafe { generator.value().cast_unchecked() });
    drop(generator);
    raise(cx, next.wrapping_sub(1))
}

/// The frame at `base`, a generator's, gives up its generator and its function, both still owned.
///
/// # Safety
/// `base` is the base of a generator's frame.
unsafe fn take_header(base: *mut Value) -> (Value, Value) {
    // SAFETY: the caller's promise.
    unsafe {
        let kept = std::mem::replace(&mut *base.offset(frame::KEPT), Value::UNBOUND);
        (kept, std::mem::replace(&mut *base.offset(frame::FUNCTION), Value::UNBOUND))
    }
}

/// Gives the registers of the running frame, a generator's, back to it at the `Yield` at `pc`.
fn store(cx: &mut Context, pc: Pc) {
    let base = cx.base;
    // SAFETY: (frames 3) a frame that yields keeps its generator.
    unsafe {
        let generator: &GeneratorObject = frame::header(base, frame::KEPT).cast_unchecked();
        let registers = generator.registers();
        for position in 0..generator.register_count.get() as usize {
            *registers.add(position) = std::mem::replace(&mut *base.add(position), Value::UNBOUND);
        }
        generator.instruction.set(next(pc));
        generator.set_stage(state::SUSPENDED);
        leave_handled(cx, generator);
    }
    cx.recursion_left += 1;
}

/// Suspends the running frame, a generator's, at the `Yield` at `pc`, and switches to the frame that has resumed it.
pub fn suspend(cx: &mut Context, pc: Pc) {
    store(cx, pc);
    leave_header(cx);
}

/// Switches from the running frame, a generator's that is suspended or finished, to its resumer's.
fn leave_header(cx: &mut Context) {
    let base = cx.base;
    // SAFETY: (frames 3) the running frame has a header, and its resumer is a frame.
    unsafe {
        let (kept, function) = take_header(base);
        let caller = base.sub(Link(frame::header(base, frame::LINK).0).delta());
        frame::switch(cx, caller, frame::code(caller));
        cx.instruction = frame::return_address(base).wrapping_sub(1);
        cx.release(function);
        cx.release(kept);
    }
}

/// Suspends the running frame, a generator's that native code has resumed, and ends the run with `value`.
pub fn suspend_run(cx: &mut Context, pc: Pc, value: Owned) -> Pc {
    store(cx, pc);
    // SAFETY: (frames 3) the running frame is a generator's.
    let (kept, function) = unsafe { take_header(cx.base) };
    cx.release(function);
    cx.release(kept);
    // Last: finalizers have runs of their own.
    cx.result = value.into_raw();
    std::ptr::null()
}

/// At the `Yield` at `pc` of a generator that a native function consumes: suspends it, and has the function called with
/// what was gathered, the item and the rest of the generator.
pub fn hand_over(cx: &mut Context, pc: Pc) -> Pc {
    let item = super::take(cx, fetch(pc).b);
    // SAFETY: (frames 3) the running frame has a header, which keeps its generator, and its resumer is a frame.
    let (generator, link, call) = unsafe {
        let link = Link(frame::header(cx.base, frame::LINK).0);
        (Owned::new(frame::header(cx.base, frame::KEPT)), link, frame::return_address(cx.base).sub(1))
    };
    let place = link.destination();
    suspend(cx, pc);
    let mut taken = Vec::new();
    let mut gathered = super::move_out(cx, place);
    if link.continuation() == Continuation::Sum {
        let lost = super::move_out(cx, consume::correction(place));
        let numbers = [&gathered, &lost].map(|number| number.as_ref().and_then(|number| float::as_f64(number.value())));
        if let [Some(total), Some(lost)] = numbers
            && lost != 0.0
            && lost.is_finite()
        {
            gathered = Some(float::from_f64(cx, total + lost));
        }
    }
    if let Some(gathered) = gathered {
        match gathered.value().cast_exact::<ListObject>() {
            Some(list) if link.continuation() == Continuation::GatherPlain => {
                taken.extend(list.as_slice().iter().copied().map(Owned::new))
            }
            _ => taken.push(gathered),
        }
    }
    taken.push(item);
    let remainder = Remainder::new(cx, taken, generator);
    set(cx, place, remainder);
    call
}

/// A generator's frame is left for good.
fn mark_finished(cx: &mut Context, generator: &GeneratorObject) {
    generator.set_stage(state::FINISHED);
    leave_handled(cx, generator);
    drop(Owned::from_raw_option(generator.handled.replace(Value::UNBOUND)));
    drop(Owned::from_raw_option(generator.function.replace(Value::UNBOUND)));
}

/// Leaves the running frame, a generator's whose locals are released. Returns where its resumer goes on.
pub fn finish(cx: &mut Context) -> Pc {
    let base = cx.base;
    // SAFETY: (frames 3) the running frame has a header, which keeps its generator.
    let return_to = unsafe {
        let generator: &GeneratorObject = frame::header(base, frame::KEPT).cast_unchecked();
        mark_finished(cx, generator);
        frame::return_address(base)
    };
    cx.recursion_left += 1;
    leave_header(cx);
    return_to
}

/// Returns from the outermost frame of a run.
pub fn leave(cx: &mut Context, _pc: Pc, result: Owned) -> Pc {
    let base = cx.base;
    let code = current_code(cx);
    for local in (0..code.local_count as u16).rev() {
        // Finalizers see the native caller's frame, which runs them.
        drop(super::move_out(cx, local));
    }
    // SAFETY: (frames 3) the running frame has a header.
    let (kept, function) = unsafe { take_header(base) };
    cx.recursion_left += 1;
    if let Some(generator) = generator::cast(kept) {
        mark_finished(cx, generator);
    }
    cx.release(kept);
    cx.release(function);
    // Last: finalizers have runs of their own.
    cx.result = result.into_raw();
    std::ptr::null()
}

/// The pending exception is thrown into a generator that never ran: it leaves the generator's frame at once.
pub fn throw_unstarted(cx: &mut Context, generator: &GeneratorObject) {
    cx.thrown = cx.pending;
    let (function, code) = (Owned::new(generator.function.get()), generator.code());
    let locals = (0..code.local_count as usize).map(|register| {
        // SAFETY: the buffer holds a word for each register.
        let value = unsafe { *generator.registers().add(register) };
        // As in `unwind::take_locals`.
        Owned::new(if value.is_unbound() { code.value() } else { value })
    });
    let locals = TupleObject::from_owned(cx, locals.collect());
    traceback::push(cx, function.value(), code.value(), NOT_STARTED, locals.value());
    close_unstarted(generator);
}

fn close_unstarted(generator: &GeneratorObject) {
    generator.set_stage(state::FINISHED);
    drop(Owned::from_raw_option(generator.function.replace(Value::UNBOUND)));
    let registers = generator.registers();
    for position in 0..generator.register_count.get() as usize {
        // SAFETY: the buffer holds that many words.
        drop(Owned::from_raw_option(unsafe { std::mem::replace(&mut *registers.add(position), Value::UNBOUND) }));
    }
}

/// `Send` to anything but a generator.
pub fn send(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let (value, iterator) = (register(cx, i.a), register(cx, i.b));
    let result = if value == singleton::none() && iterator.type_of().slots().next.is_some() {
        iterate::next_or_stop(cx, iterator)
    } else {
        match call::call_method(cx, iterator, "send", &[value]) {
            Ok(value) => Ok(Some(value)),
            Err(_) if cx.pending_is(&exception::STOP_ITERATION) => Ok(None),
            Err(raised) => Err(raised),
        }
    };
    finish_send(cx, pc, result)
}

/// After something was sent or thrown to a delegate: yields, or ends the delegation with the `StopIteration`'s value.
fn finish_send(cx: &mut Context, pc: Pc, result: Result<Option<Owned>>) -> Pc {
    let i = fetch(pc);
    match result {
        Ok(Some(item)) => {
            set(cx, i.a, item);
            next(pc)
        }
        Ok(None) => {
            if cx.pending_is(&exception::STOP_ITERATION) {
                crate::tracing::raised(cx, current_code(cx), pc, true);
            }
            let value = stop_value(cx);
            set(cx, i.a, value);
            clear(cx, i.b);
            crate::handlers::jump(pc, i.c as i16 as i32)
        }
        Err(_) if cx.pending_is(&exception::STOP_ITERATION) => finish_send(cx, pc, Ok(None)),
        Err(_) => raise(cx, pc),
    }
}

/// The value of a pending `StopIteration`, which is dropped; None if there is none.
fn stop_value(cx: &mut Context) -> Owned {
    if !cx.pending_is(&exception::STOP_ITERATION) {
        return Owned::new(singleton::none());
    }
    let stop = cx.take_pending();
    exception::stop_iteration_value(stop.value())
}

/// `a = iterator of yield from b`
pub fn yield_from_iterator(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let source = super::take(cx, i.b);
    if source.value().has_type(&GENERATOR) {
        return super::finish(cx, pc, Ok(source));
    }
    let result = if !source.value().has_type(&COROUTINE) {
        iterate::get_iter(cx, source.value())
    } else if current_code(cx).has_flag(CodeFlags::ITERABLE_COROUTINE) {
        Ok(source.clone())
    } else {
        Err(cx.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"))
    };
    super::release(cx, source);
    super::finish(cx, pc, result)
}

/// `a = what to send to while awaiting b`
pub fn get_awaitable(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let source = super::take(cx, i.b);
    let mut result = awaitable::begin(cx, source.value());
    if result.is_err() && i.c > 0 && source.value().type_of().lookup(cx, cx.interpreter().names.await_).is_none() {
        let method = if i.c == 1 { "__aenter__" } else { "__aexit__" };
        let kind = source.value().type_of().name();
        let what = format!("'async with' received an object from {method} that does not implement __await__: {kind}");
        result = Err(cx.type_error(what));
    }
    super::release(cx, source);
    super::finish(cx, pc, result)
}

/// `a = asynchronous iterator of b`
pub fn get_async_iterator(cx: &mut Context, pc: Pc) -> Pc {
    let source = super::take(cx, fetch(pc).b);
    let result = awaitable::async_iterator(cx, source.value());
    super::release(cx, source);
    super::finish(cx, pc, result)
}

/// `a = awaitable of the next item of b`
pub fn get_async_next(cx: &mut Context, pc: Pc) -> Pc {
    let result = awaitable::async_next(cx, register(cx, fetch(pc).b));
    super::finish(cx, pc, result)
}

/// Raises the pending exception at the `Yield` at `pc`, or hands it to the iterator that the generator delegates to.
/// Returns where to go on.
pub fn throw_in(cx: &mut Context, pc: Pc) -> Pc {
    let code = current_code(cx);
    let index = code.index_of(pc);
    crate::tracing::thrown(cx, code, pc);
    // SAFETY: (frames 3) the instruction before lies in the code if the index is not zero.
    let send = unsafe { pc.sub(1) };
    if index == 0 || fetch(send).op != Op::Send {
        return raise_thrown(cx, pc);
    }
    let mut delegate = Owned::new(register(cx, fetch(send).b));
    if delegate.value().has_type(&ASYNC_GENERATOR)
        && let Some(own) = generator::cast(delegate.value())
    {
        delegate = asynchronous::step_under_way(cx, own);
    }
    let thrown = cx.take_pending();
    if thrown.value().type_of().is_subtype(&exception::GENERATOR_EXIT) {
        return close_delegate(cx, send, delegate, thrown);
    }
    let name = sidewinder_runtime::objects::str::intern(cx, "throw");
    match attribute::get_optional(cx, delegate.value(), name.value()) {
        Err(_) => raise_thrown(cx, send),
        Ok(None) => {
            cx.raise_value(thrown);
            raise_thrown(cx, send)
        }
        Ok(Some(method)) => {
            let result = match call::call(cx, method.value(), &[thrown.value()]) {
                Ok(item) => Ok(Some(item)),
                Err(_) if cx.pending_is(&exception::STOP_ITERATION) => Ok(None),
                Err(_) => return raise_thrown(cx, send),
            };
            finish_send(cx, send, result)
        }
    }
}

/// Raises the pending exception in the running generator, into which it is thrown.
fn raise_thrown(cx: &mut Context, pc: Pc) -> Pc {
    exception::set_thrown_context(cx);
    raise(cx, pc)
}

fn close_delegate(cx: &mut Context, send: Pc, delegate: Owned, thrown: Owned) -> Pc {
    let name = sidewinder_runtime::objects::str::intern(cx, "close");
    match attribute::get_optional(cx, delegate.value(), name.value()) {
        Ok(Some(method)) if call::call(cx, method.value(), &[]).is_err() => return raise_thrown(cx, send),
        Ok(_) => {}
        Err(_) => finalize::report_unraisable(cx, "", delegate.value()),
    }
    cx.raise_value(thrown);
    raise_thrown(cx, send)
}
