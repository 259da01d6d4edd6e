//! Generators: resuming, suspending and leaving their frames.

use super::{clear, fetch, next, raise, register, set};
use crate::frame::{self, Continuation, Link, current_code};
use crate::semantics::Pc;
use sidewinder_bytecode::{HEADER_WORDS, Op};
use sidewinder_runtime::objects::generator::{GENERATOR, GeneratorObject, state};
use sidewinder_runtime::objects::{exception, singleton};
use sidewinder_runtime::operations::{attribute, call, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Copies a suspended generator's registers to `base`, marks it running, and delivers `value` (borrowed; unbound to
/// throw the pending exception). Returns the instruction to go on at. The header's function and kept words are set.
///
/// # Safety
/// `base` has room above all frames.
pub unsafe fn restore(cx: &mut Context, generator: &GeneratorObject, base: *mut Value, value: Value) -> Pc {
    let pc = generator.instruction.get();
    // SAFETY: the caller's promise; the generator's buffer holds `register_count` words, whose counts move.
    unsafe {
        let registers = generator.registers.get();
        for position in 0..generator.register_count.get() as usize {
            *base.add(position) = std::mem::replace(&mut *registers.add(position), Value::UNBOUND);
        }
        *base.offset(frame::FUNCTION) = Owned::new(generator.function.get()).into_raw();
        *base.offset(frame::KEPT) = Owned::new(Value::from_pointer(generator)).into_raw();
        if generator.state.get() == state::SUSPENDED && !value.is_unbound() {
            let target = (*pc.sub(1)).a;
            *base.add(target as usize) = Owned::new(value).into_raw();
        }
    }
    generator.state.set(state::RUNNING);
    let own = generator.handled.get();
    let outer = cx.handled;
    if own.is_unbound() {
        generator.handled.set(Owned::from_raw_option(outer).map_or(Value::UNBOUND, |owned| {
            let copy = owned.clone();
            std::mem::forget(owned);
            copy.into_raw()
        }));
    } else {
        generator.handled.set(outer);
        cx.handled = own;
    }
    pc
}

/// Resumes the generator in register `iterator` as a frame above the running one.
pub fn resume(cx: &mut Context, pc: Pc, iterator: u16, continuation: Continuation, destination: u16) -> Pc {
    let value = register(cx, iterator);
    // SAFETY: (heap 2) the handler tested the type.
    let generator: &GeneratorObject = unsafe { value.cast_unchecked() };
    match generator.state.get() {
        state::RUNNING => {
            cx.value_error("generator already executing");
            return raise(cx, pc);
        }
        state::FINISHED => {
            let i = fetch(pc);
            if continuation == Continuation::Send {
                set(cx, i.a, Owned::new(singleton::none()));
            }
            clear(cx, iterator);
            return crate::handlers::jump(pc, i.c as i16 as i32);
        }
        _ => {}
    }
    let delta = current_code(cx).register_count as usize + HEADER_WORDS;
    // SAFETY: (frames 4) words above the running frame are free.
    unsafe {
        let base = cx.base.add(delta);
        if cx.recursion_left <= 0 || base >= cx.stack_limit {
            super::call::recursion_error(cx);
            return raise(cx, pc);
        }
        let sent = if continuation == Continuation::Send { register(cx, destination) } else { singleton::none() };
        let start = restore(cx, generator, base, sent);
        let code = generator.code();
        *base.offset(frame::CODE) = frame::tag(code);
        *base.offset(frame::RETURN) = frame::tag(next(pc));
        *base.offset(frame::LINK) = Value(Link::new(delta, continuation, destination).0);
        frame::switch(cx, base, code);
        cx.recursion_left -= 1;
        start
    }
}

/// Suspends the running frame, a generator's, at the `Yield` at `pc`.
pub fn suspend(cx: &mut Context, pc: Pc, value: Owned) -> Pc {
    let base = cx.base;
    // SAFETY: (frames 3) a frame that yields keeps its generator.
    unsafe {
        let kept = std::mem::replace(&mut *base.offset(frame::KEPT), Value::UNBOUND);
        let generator: &GeneratorObject = kept.cast_unchecked();
        let registers = generator.registers.get();
        for position in 0..generator.register_count.get() as usize {
            *registers.add(position) = std::mem::replace(&mut *base.add(position), Value::UNBOUND);
        }
        generator.instruction.set(next(pc));
        generator.state.set(state::SUSPENDED);
        swap_handled(cx, generator);
        let link = Link(frame::header(base, frame::LINK).0);
        let return_to = frame::return_address(base);
        let function = std::mem::replace(&mut *base.offset(frame::FUNCTION), Value::UNBOUND);
        cx.recursion_left += 1;
        cx.release(function);
        if link.continuation() == Continuation::Boundary {
            cx.result = value.into_raw();
            cx.release(kept);
            return std::ptr::null();
        }
        let caller = base.sub(link.delta());
        frame::switch(cx, caller, frame::code(caller));
        cx.release(kept);
        set(cx, link.destination(), value);
        return_to
    }
}

/// On suspension: the generator keeps what it is handling, and the outer handled exception comes back.
fn swap_handled(cx: &mut Context, generator: &GeneratorObject) {
    let outer = generator.handled.get();
    let own = cx.handled;
    if own == outer {
        drop(Owned::from_raw_option(own));
        cx.handled = outer;
        generator.handled.set(Value::UNBOUND);
    } else {
        cx.handled = outer;
        generator.handled.set(own);
    }
}

/// Returns from a boundary frame or a generator's frame.
pub fn leave(cx: &mut Context, _pc: Pc, result: Owned) -> Pc {
    let base = cx.base;
    let code = current_code(cx);
    for local in (0..code.local_count as u16).rev() {
        clear(cx, local);
    }
    // SAFETY: (frames 3) the running frame has a header.
    unsafe {
        let link = Link(frame::header(base, frame::LINK).0);
        let return_to = frame::return_address(base);
        let kept = std::mem::replace(&mut *base.offset(frame::KEPT), Value::UNBOUND);
        let function = std::mem::replace(&mut *base.offset(frame::FUNCTION), Value::UNBOUND);
        cx.recursion_left += 1;
        if let Some(generator) = kept.cast_exact::<GeneratorObject>() {
            generator.state.set(state::FINISHED);
            swap_handled(cx, generator);
            drop(Owned::from_raw_option(generator.handled.replace(Value::UNBOUND)));
            drop(Owned::from_raw_option(generator.function.replace(Value::UNBOUND)));
        }
        let continuation = link.continuation();
        if continuation == Continuation::Boundary {
            cx.result = result.into_raw();
            cx.release(kept);
            cx.release(function);
            return std::ptr::null();
        }
        let caller = base.sub(link.delta());
        frame::switch(cx, caller, frame::code(caller));
        cx.release(function);
        cx.release(kept);
        let origin = return_to.sub(1);
        let i = fetch(origin);
        if continuation == Continuation::Send {
            set(cx, i.a, result);
        } else {
            super::release(cx, result);
        }
        clear(cx, i.b);
        crate::handlers::jump(origin, i.c as i16 as i32)
    }
}

/// A generator that never ran is closed by an exception thrown in.
pub fn close_unstarted(generator: &GeneratorObject) {
    generator.state.set(state::FINISHED);
    drop(Owned::from_raw_option(generator.function.replace(Value::UNBOUND)));
    let registers = generator.registers.get();
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
    let result = iterate::get_iter(cx, source.value());
    super::release(cx, source);
    super::finish(cx, pc, result)
}

/// Raises the pending exception at the `Yield` at `pc`, or hands it to the iterator that the generator delegates to.
/// Returns where to go on.
pub fn throw_in(cx: &mut Context, pc: Pc) -> Pc {
    let code = current_code(cx);
    if !code.contains(pc) {
        return raise(cx, code.instructions);
    }
    let index = code.index_of(pc);
    // SAFETY: (frames 3) the instruction before lies in the code if the index is not zero.
    let send = unsafe { pc.sub(1) };
    if index == 0 || fetch(send).op != Op::Send {
        return raise(cx, pc);
    }
    let delegate = Owned::new(register(cx, fetch(send).b));
    let thrown = cx.take_pending();
    if thrown.value().type_of().is_subtype(&exception::GENERATOR_EXIT) {
        return close_delegate(cx, send, delegate, thrown);
    }
    let name = sidewinder_runtime::objects::str::intern(cx, "throw");
    match attribute::get_optional(cx, delegate.value(), name.value()) {
        Err(_) => raise(cx, send),
        Ok(None) => {
            cx.raise_value(thrown);
            raise(cx, send)
        }
        Ok(Some(method)) => {
            let result = match call::call(cx, method.value(), &[thrown.value()]) {
                Ok(item) => Ok(Some(item)),
                Err(_) if cx.pending_is(&exception::STOP_ITERATION) => Ok(None),
                Err(raised) => Err(raised),
            };
            finish_send(cx, send, result)
        }
    }
}

fn close_delegate(cx: &mut Context, send: Pc, delegate: Owned, thrown: Owned) -> Pc {
    let name = sidewinder_runtime::objects::str::intern(cx, "close");
    if let Ok(Some(method)) = attribute::get_optional(cx, delegate.value(), name.value())
        && call::call(cx, method.value(), &[]).is_err()
    {
        return raise(cx, send);
    }
    cx.raise_value(thrown);
    raise(cx, send)
}
