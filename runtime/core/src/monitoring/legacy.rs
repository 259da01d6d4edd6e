//! The functions of `sys.settrace` and `sys.setprofile`: what they are told, and what becomes of their answers.

use super::{Detail, EventSet, Told, event, set_of};
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::code::CodeObject;
use crate::objects::frame::{self, FrameObject};
use crate::objects::method::{self, BUILTIN_FUNCTION, METHOD_DESCRIPTOR};
use crate::objects::{exception, singleton, str, tuple::TupleObject};
use crate::operations::call;
use crate::value::Value;

/// What trace functions want to know; they are told of lines by `trace_line`.
pub const TRACE_EVENTS: EventSet = set_of(&[
    event::PY_START,
    event::PY_RESUME,
    event::PY_RETURN,
    event::PY_YIELD,
    event::LINE,
    event::STOP_ITERATION,
    event::RAISE,
    event::PY_UNWIND,
    event::PY_THROW,
]);

/// Whether the running frame's instructions are reported one by one.
pub fn traces_opcodes(cx: &Context) -> bool {
    let own = frame::observed_at(cx, cx.base).and_then(|own| own.cast_exact::<FrameObject>());
    cx.tracing.trace.is_some() && own.is_some_and(|own| own.trace_opcodes.get())
}

/// What profilers want to know.
pub const PROFILE_EVENTS: EventSet = set_of(&[
    event::PY_START,
    event::PY_RESUME,
    event::PY_RETURN,
    event::PY_YIELD,
    event::CALL,
    event::PY_UNWIND,
    event::PY_THROW,
    event::C_RETURN,
    event::C_RAISE,
]);

/// Tells the two functions of an event in the running frame.
pub fn report(cx: &mut Context, event: usize, detail: Detail) -> Result<()> {
    let (traces, profiles) = (cx.tracing.trace.is_some(), cx.tracing.profile.is_some());
    if traces && (TRACE_EVENTS | 1 << event::INSTRUCTION) & 1 << event != 0 {
        let told = match event {
            event::PY_START | event::PY_RESUME | event::PY_THROW => Some(Told::Call),
            event::PY_RETURN | event::PY_UNWIND => Some(Told::Return),
            event::PY_YIELD => Some(Told::Yield),
            event::RAISE | event::STOP_ITERATION => Some(Told::Exception),
            event::INSTRUCTION => Some(Told::Opcode),
            _ => None,
        };
        if let Some(told) = told {
            let argument = argument(cx, event, told, detail);
            let line = if event == event::PY_START { first_line(cx) } else { 0 };
            trace(cx, told, argument, line)?;
        }
    }
    if profiles && cx.tracing.profile.is_some() && PROFILE_EVENTS & 1 << event != 0 {
        profile(cx, event, detail)?;
    }
    Ok(())
}

/// The line that the running frame's code begins with, at which a call is told.
fn first_line(cx: &mut Context) -> u32 {
    // SAFETY: (heap 2) a frame has a code object.
    frame::innermost(cx).map_or(0, |live| frame::line_of_call(unsafe { live.code.cast_unchecked::<CodeObject>() }))
}

/// What is told besides the event.
fn argument(cx: &mut Context, event: usize, told: Told, detail: Detail) -> Owned {
    match detail {
        Detail::Value(value) if told == Told::Exception => {
            let exception = exception::of(value);
            let traceback = exception.traceback().unwrap_or(singleton::none());
            let items = [value.type_of().value(), value, traceback];
            TupleObject::new(cx, &items)
        }
        Detail::Value(value) if matches!(told, Told::Return | Told::Yield) && event != event::PY_UNWIND => {
            Owned::new(value)
        }
        _ => Owned::new(singleton::none()),
    }
}

/// Tells the trace function of a line of the running frame.
pub fn trace_line(cx: &mut Context, line: u32) -> Result<()> {
    if cx.tracing.trace.is_none() {
        return Ok(());
    }
    trace(cx, Told::Line, Owned::new(singleton::none()), line)
}

fn trace(cx: &mut Context, told: Told, argument: Owned, line: u32) -> Result<()> {
    let Some(live) = frame::innermost(cx) else { return Ok(()) };
    if told != Told::Call {
        // Frames that nobody asked about have no trace function.
        let Some(own) = frame::observed_at(cx, live.base).and_then(|own| own.cast_exact::<FrameObject>()) else {
            return Ok(());
        };
        let silent = match told {
            Told::Line => !own.trace_lines.get(),
            Told::Opcode => !own.trace_opcodes.get(),
            _ => false,
        };
        if silent || own.trace.get().is_unbound() {
            return Ok(());
        }
    }
    let object = frame::of_live(cx, &live);
    let Some(own) = object.value().cast_exact::<FrameObject>() else { return Ok(()) };
    let function = match told {
        Told::Call => cx.tracing.trace.clone(),
        _ => Some(Owned::new(own.trace.get())),
    };
    let Some(function) = function else { return Ok(()) };
    own.line.set(line);
    let before = cx.tracing.told.replace(told);
    let name = str::intern(cx, told.name());
    let result = cx.in_callback(|cx| {
        let result = call::call(cx, function.value(), &[object.value(), name.value(), argument.value()]);
        if result.is_err() {
            cx.tracing.trace = None;
        }
        result
    });
    cx.tracing.told = before;
    own.line.set(0);
    match result {
        Ok(answer) => {
            if answer.value() != singleton::none() {
                drop(Owned::from_raw_option(own.trace.replace(answer.into_raw())));
            }
            Ok(())
        }
        Err(raised) => {
            drop(Owned::from_raw_option(own.trace.replace(Value::UNBOUND)));
            Err(raised)
        }
    }
}

/// The builtin function or method that a call of `callable` with this first argument is one of, as profilers see it.
pub fn c_call_target(cx: &mut Context, callable: Value, argument: Value) -> Option<Result<Owned>> {
    if callable.has_type(&BUILTIN_FUNCTION) {
        return Some(Ok(Owned::new(callable)));
    }
    if !callable.has_type(&METHOD_DESCRIPTOR) || argument.is_unbound() {
        return None;
    }
    Some(Ok(method::bind(cx, callable, argument)))
}

fn profile(cx: &mut Context, event: usize, detail: Detail) -> Result<()> {
    let (told, argument) = match (event, detail) {
        (event::PY_START | event::PY_RESUME | event::PY_THROW, _) => (Told::Call, Owned::new(singleton::none())),
        (event::PY_RETURN | event::PY_YIELD, Detail::Value(value)) => (Told::Return, Owned::new(value)),
        (event::PY_UNWIND, _) => (Told::Return, Owned::new(singleton::none())),
        (event::CALL | event::C_RETURN | event::C_RAISE, Detail::Call(callable, argument)) => {
            let told = match event {
                event::CALL => Told::CCall,
                event::C_RETURN => Told::CReturn,
                _ => Told::CException,
            };
            match c_call_target(cx, callable, argument) {
                Some(target) => (told, target?),
                None => return Ok(()),
            }
        }
        _ => return Ok(()),
    };
    let Some(function) = cx.tracing.profile.clone() else { return Ok(()) };
    let Some(live) = frame::innermost(cx) else { return Ok(()) };
    let object = frame::of_live(cx, &live);
    let Some(own) = object.value().cast_exact::<FrameObject>() else { return Ok(()) };
    if event == event::PY_START {
        own.line.set(frame::line_of_call(own.code()));
    }
    let name = str::intern(cx, told.name());
    let result = cx.in_callback(|cx| {
        let result = call::call(cx, function.value(), &[object.value(), name.value(), argument.value()]);
        if result.is_err() {
            cx.tracing.profile = None;
        }
        result
    });
    own.line.set(0);
    result.map(drop)
}
