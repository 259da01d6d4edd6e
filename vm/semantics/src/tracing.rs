//! The traced instance of the run loop: it runs a thread's code while something watches it (`runtime/core/monitoring`), and
//! tells of every event.
//!
//! The handlers are the interpreter's, in an instance (`Traced`) that enters frames for calls and generators alone; what
//! happened in an instruction is seen from outside, by comparing what runs before and after it. Exceptions report
//! themselves while they are unwound. The interpreter does not ask whether it is watched: a call of a native function, an
//! interrupt or the start of a run does, and calls `run` in its place, which comes back when nothing watches any more.

mod lines;
mod places;

pub use lines::first_traceable;

use crate::frame::{self, Continuation, Link, current_code};
use crate::handlers::{fetch, following};
use crate::interp::Token;
use crate::run::step_traced;
use crate::semantics::Pc;
use crate::unwind;
use places::{Called, Side};
use sidewinder_bytecode::Op;
use sidewinder_runtime::context::{attention, interrupt};
use sidewinder_runtime::monitoring::{
    self, Detail, Entering, EventSet, NativeCall, Runner, event, report, report_line, report_to_tools, trace_line,
    traces_opcodes,
};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::exception;
use sidewinder_runtime::objects::function::FUNCTION;
use sidewinder_runtime::objects::method::METHOD;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::sync::atomic::Ordering;

/// What the loop knows besides the context.
struct Watch {
    /// The instruction that ran before in this frame; null when it was just entered.
    previous: Pc,
    /// How the frame that runs next was entered, until that is reported.
    entering: Option<Entering>,
    /// The same instruction runs again, which is no event.
    again: bool,
    /// The code whose events are known, and when they were found out.
    code: *const CodeObject,
    version: u64,
    wanted: EventSet,
}

/// What a generator hands to the code that has resumed it, if that is told of.
enum Handed {
    /// What it has returned.
    Result(Owned),
    /// An item of an asynchronous generator, which ends the wait for it: CPython raises that as a `StopIteration`.
    Item(Owned),
}

/// Where to go on instead of executing an instruction.
type Diverted = Option<Pc>;

/// Runs traced from `pc` until the boundary frame of the run is left (null) or nothing watches any more.
pub fn run(cx: &mut Context, pc: Pc) -> Pc {
    if pc.is_null() {
        return pc;
    }
    let entering = cx.tracing.entering.take();
    // Without an entry, the run changes over behind an instruction.
    let previous = if entering.is_some() { std::ptr::null() } else { pc.wrapping_sub(1) };
    run_from(cx, pc, entering, previous)
}

fn run_from(cx: &mut Context, mut pc: Pc, entering: Option<Entering>, previous: Pc) -> Pc {
    let runner = std::mem::replace(&mut cx.tracing.runner, Runner::Traced);
    let native_call = cx.tracing.native_call.take();
    cx.tracing.raised_at = None;
    let mut watch = Watch { previous, entering, again: false, code: std::ptr::null(), version: 0, wanted: 0 };
    while !pc.is_null() && cx.is_traced() {
        pc = match watch.before(cx, pc) {
            Some(next) => next,
            None => watch.execute(cx, pc),
        };
    }
    cx.tracing.runner = runner;
    cx.tracing.native_call = native_call;
    pc
}

/// Goes on traced in the middle of a frame, in place of the interpreter.
pub fn change_over(cx: &mut Context, next: Pc) -> Pc {
    run(cx, next)
}

/// The same after the jump at `pc`.
pub fn change_over_at(cx: &mut Context, pc: Pc, target: Pc) -> Pc {
    cx.tracing.entering = None;
    run_from(cx, target, None, pc)
}

/// The same at the start of a frame that was just pushed.
pub fn enter(cx: &mut Context, start: Pc) -> Pc {
    cx.tracing.entering = Some(Entering::Start);
    run(cx, start)
}

/// A native function that the interpreter has called makes the thread traced: the result waits for `complete_call`.
#[cold]
#[inline(never)]
pub fn keep_result(cx: &mut Context, result: Value) -> Option<Token> {
    cx.tracing.returned = Some(Owned::from_raw(result));
    None
}

/// Stores the result that was kept where the call at `pc` wants it, and goes on traced.
#[cold]
pub fn complete_call(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    if let Some(result) = cx.tracing.returned.take() {
        crate::cold::set(cx, i.a, result);
    }
    let next = if i.op == Op::CallKeywords { following(following(pc)) } else { following(pc) };
    if cx.wants_tracing() { run(cx, next) } else { next }
}

/// A jump back to `target`: whatever waits for attention but tracing is served.
pub fn back_edge(cx: &mut Context, pc: Pc, target: Pc) -> Pc {
    if cx.interrupt.load(Ordering::Relaxed) & !interrupt::TRACED != 0 && !crate::cold::interrupt::serve(cx, pc) {
        return unwind::raise(cx, pc);
    }
    target
}

impl Watch {
    /// Whether an event is wanted of the running code.
    fn wants(&mut self, cx: &Context, code: &CodeObject, event: usize) -> bool {
        let version = cx.interpreter().monitoring.version;
        if !std::ptr::eq(self.code, code) || self.version != version {
            (self.code, self.version) = (code, version);
            self.wanted = monitoring::wanted(cx, code);
        }
        self.wanted & 1 << event != 0
    }

    /// Reports an event at the instruction at `pc`, if it is wanted; where to go on if a callback raises.
    fn tell(&mut self, cx: &mut Context, pc: Pc, event: usize, detail: Detail) -> Diverted {
        let code = current_code(cx);
        if !self.wants(cx, code, event) {
            return None;
        }
        cx.instruction = pc;
        match report(cx, code, event, code.index_of(pc) as u32, detail) {
            Ok(()) => None,
            Err(_) => Some(self.raise(cx, pc)),
        }
    }

    /// What a callback has raised goes on from the instruction at `pc`.
    fn raise(&mut self, cx: &mut Context, pc: Pc) -> Pc {
        let next = unwind::raise(cx, pc);
        if let Some(raised_at) = cx.tracing.raised_at.take() {
            self.previous = raised_at;
            self.again = false;
        }
        next
    }

    /// What is to be told before the instruction at `pc` is executed.
    fn before(&mut self, cx: &mut Context, pc: Pc) -> Diverted {
        cx.instruction = pc;
        if std::mem::take(&mut self.again) {
            return None;
        }
        if let Some(entering) = self.entering.take() {
            if cx.interrupt.load(Ordering::Relaxed) & !interrupt::TRACED != 0 && !crate::cold::interrupt::serve(cx, pc)
            {
                return Some(self.raise(cx, pc));
            }
            let (event, at) = match entering {
                Entering::Start => (event::PY_START, pc),
                Entering::Resume => (event::PY_RESUME, pc.wrapping_sub(1)),
            };
            if let Some(next) = self.tell(cx, at, event, Detail::None) {
                return Some(next);
            }
            cx.instruction = pc;
        }
        let code = current_code(cx);
        if self.wants(cx, code, event::LINE)
            && let Some(next) = self.line(cx, code, pc)
        {
            return Some(next);
        }
        let i = fetch(pc);
        if self.wants(cx, code, event::INSTRUCTION) || traces_opcodes(cx) {
            let index = code.index_of(pc);
            if index >= lines::first_traceable(code) {
                cx.instruction = pc;
                if report(cx, code, event::INSTRUCTION, index as u32, Detail::None).is_err() {
                    return Some(self.raise(cx, pc));
                }
                if let Some(next) = self.jumped(cx, code) {
                    return Some(next);
                }
            }
        }
        match i.op {
            Op::Return => {
                let value = Owned::new(crate::cold::operand(cx, i.a));
                let diverted = self.tell(cx, pc, event::PY_RETURN, Detail::Value(value.value()));
                if diverted.is_none() && frame::is_observed(cx) {
                    crate::cold::frame::before_leaving(cx, pc);
                }
                diverted
            }
            Op::Yield => {
                let value = Owned::new(crate::cold::operand(cx, i.b));
                let diverted = self.tell(cx, pc, event::PY_YIELD, Detail::Value(value.value()));
                let diverted = diverted.or_else(|| self.jumped(cx, code));
                if diverted.is_none() && frame::is_observed(cx) {
                    crate::cold::frame::before_suspending(cx, pc);
                }
                diverted
            }
            Op::Call | Op::CallMethod | Op::CallKeywords | Op::CallExpanded if self.wants(cx, code, event::CALL) => {
                let called = places::called(cx, pc);
                self.before_call(cx, pc, called)
            }
            _ => None,
        }
    }

    /// Tells of the line that starts at `pc`, if one does.
    fn line(&mut self, cx: &mut Context, code: &CodeObject, pc: Pc) -> Diverted {
        let index = code.index_of(pc);
        let line = code.own_line(index);
        if line == 0 || index < lines::first_traceable(code) {
            return None;
        }
        let before = if self.previous.is_null() || !code.contains(self.previous) {
            None
        } else {
            Some(code.own_line(code.index_of(self.previous)))
        };
        if before == Some(line) {
            // Trace functions are told of each round of a loop, even on one line.
            let round = fetch(self.previous).op == Op::JumpBack;
            if !round {
                return None;
            }
            return match trace_line(cx, line) {
                Ok(()) => self.jumped(cx, code),
                Err(_) => Some(self.raise(cx, pc)),
            };
        }
        if !lines::starts_line(code, index) {
            return None;
        }
        let told = trace_line(cx, line).and_then(|()| report_line(cx, code, index as u32, line));
        match told {
            Ok(()) => self.jumped(cx, code),
            Err(_) => Some(self.raise(cx, pc)),
        }
    }

    /// Where a trace function has made the frame go on.
    fn jumped(&mut self, cx: &mut Context, code: &CodeObject) -> Diverted {
        let target = cx.tracing.jump.take()?;
        let next =
            code.data.instructions.get(target as usize).map(|_| code.instructions.get().wrapping_add(target as usize));
        self.previous = next?;
        next
    }

    fn before_call(&mut self, cx: &mut Context, pc: Pc, called: Called) -> Diverted {
        let argument = called.argument.as_ref().map_or(Value::UNBOUND, Owned::value);
        let detail = Detail::Call(called.callable.value(), argument);
        let diverted = self.tell(cx, pc, event::CALL, detail);
        let in_python = called.callable.value().has_type(&FUNCTION) || called.callable.value().has_type(&METHOD);
        if diverted.is_none() && !in_python {
            cx.tracing.native_call =
                Some(NativeCall { base: cx.base, pc, callable: called.callable, argument: called.argument });
        }
        diverted
    }

    /// Executes the instruction at `pc`, and tells of what it did.
    fn execute(&mut self, cx: &mut Context, pc: Pc) -> Pc {
        let (base, op, code) = (cx.base, fetch(pc).op, current_code(cx));
        let handed = self.handed(cx, pc, op);
        let next = step_traced(cx, pc);
        if next.is_null() {
            return next;
        }
        if let Some(raised_at) = cx.tracing.raised_at.take() {
            self.previous = raised_at;
            return next;
        }
        if cx.base > base {
            self.previous = std::ptr::null();
            self.entering =
                Some(if next == current_code(cx).instructions.get() { Entering::Start } else { Entering::Resume });
            return next;
        }
        if cx.base < base {
            return self.returned(cx, next, handed);
        }
        if next == pc && op != Op::JumpBack && op != Op::Jump {
            self.again = true;
            return next;
        }
        self.previous = pc;
        let native_call = cx.tracing.native_call.take();
        if let Some(call) = native_call
            && call.base == base
            && call.pc == pc
        {
            let argument = call.argument.as_ref().map_or(Value::UNBOUND, Owned::value);
            let detail = Detail::Call(call.callable.value(), argument);
            if let Some(next) = self.tell(cx, pc, event::C_RETURN, detail) {
                return next;
            }
        }
        if cx.finalizers_pending.get() & attention::FINALIZERS != 0 {
            // Before the next line is told.
            cx.run_pending_finalizers();
        }
        let Some(side) = places::side(op, pc, next) else { return next };
        if side == Side::Jump && places::passes_handlers(code, code.index_of(pc)) {
            return next;
        }
        let event = match side {
            Side::Jump => event::JUMP,
            Side::Left => event::BRANCH_LEFT,
            Side::Right => event::BRANCH_RIGHT,
        };
        let target = code.index_of(next) as u32;
        let diverted = self.tell(cx, pc, event, Detail::Target(target));
        diverted.or_else(|| self.jumped(cx, code)).unwrap_or(next)
    }

    /// What the `Return` or `Yield` at `pc` hands to a resumer that wants to know.
    fn handed(&mut self, cx: &mut Context, pc: Pc, op: Op) -> Option<Handed> {
        if op != Op::Return && op != Op::Yield {
            return None;
        }
        // SAFETY: (frames 3) the running frame has a header.
        let link = Link(unsafe { frame::header(cx.base, frame::LINK) }.0);
        let i = fetch(pc);
        match link.continuation() {
            Continuation::Iterate | Continuation::Send if op == Op::Return => {
                Some(Handed::Result(Owned::new(crate::cold::operand(cx, i.a))))
            }
            // What it waits for itself it yields, too.
            Continuation::SendAsync if op == Op::Yield && fetch(pc.wrapping_sub(1)).op != Op::Send => {
                Some(Handed::Item(Owned::new(crate::cold::operand(cx, i.b))))
            }
            _ => None,
        }
    }

    /// A frame was left, and its caller goes on at `next`.
    fn returned(&mut self, cx: &mut Context, next: Pc, handed: Option<Handed>) -> Pc {
        self.previous = cx.instruction;
        if !current_code(cx).contains(self.previous) {
            self.previous = next.wrapping_sub(1);
        }
        let (code, origin) = (current_code(cx), self.previous);
        let (event, value) = match handed {
            Some(Handed::Result(value)) => (event::STOP_ITERATION, value),
            Some(Handed::Item(value)) => (event::RAISE, value),
            None => return next,
        };
        if !self.wants(cx, code, event) {
            return next;
        }
        // Trace functions are not told of the plain end of a loop.
        let quiet = fetch(origin).op == Op::ForIter && value.value() == singleton::none();
        let tell = if quiet { report_to_tools } else { report };
        cx.instruction = origin;
        let told = monitoring::stop_iteration(cx, value.value()).and_then(|stop| {
            let detail = Detail::Value(stop.value());
            tell(cx, code, event, code.index_of(origin) as u32, detail)
        });
        if told.is_ok() { next } else { self.raise(cx, origin) }
    }
}

/// An exception is pending at the instruction at `pc`: if that has called a native function, its end is reported.
pub fn native_call_raised(cx: &mut Context, pc: Pc) {
    let Some(call) = cx.tracing.native_call.take() else { return };
    if call.base != cx.base || call.pc != pc {
        return;
    }
    let argument = call.argument.as_ref().map_or(Value::UNBOUND, Owned::value);
    tell_pending(cx, current_code(cx), pc, event::C_RAISE, Some(Detail::Call(call.callable.value(), argument)));
}

/// The pending exception was raised by the instruction at `pc`, or passes it on again.
pub fn raised(cx: &mut Context, code: &CodeObject, pc: Pc, is_new: bool) {
    if cx.is_traced() {
        tell_pending(cx, code, pc, if is_new { event::RAISE } else { event::RERAISE }, None);
    }
}

/// The pending exception leaves the running frame.
pub fn unwinds(cx: &mut Context, code: &CodeObject, pc: Pc) {
    if cx.is_traced() {
        tell_pending(cx, code, pc, event::PY_UNWIND, None);
    }
}

/// The pending exception is thrown into the running frame, a generator's that waits at `pc`.
pub fn thrown(cx: &mut Context, code: &CodeObject, pc: Pc) {
    if cx.is_traced() {
        tell_pending(cx, code, pc, event::PY_THROW, None);
    }
}

/// A handler has got the exception that was raised at `pc`, in its register.
pub fn handled(cx: &mut Context, code: &CodeObject, pc: Pc, register: u16) -> Result<()> {
    cx.tracing.raised_at = Some(pc);
    if monitoring::wanted(cx, code) & 1 << event::EXCEPTION_HANDLED == 0 {
        return Ok(());
    }
    cx.instruction = pc;
    let exception = Owned::new(crate::cold::register(cx, register));
    report(cx, code, event::EXCEPTION_HANDLED, code.index_of(pc) as u32, Detail::Value(exception.value()))
}

/// Tells of the pending exception. What a callback raises takes its place.
fn tell_pending(cx: &mut Context, code: &CodeObject, pc: Pc, event: usize, detail: Option<Detail>) {
    if monitoring::wanted(cx, code) & 1 << event == 0 {
        return;
    }
    cx.instruction = pc;
    let pending = cx.take_pending();
    let detail = detail.unwrap_or(Detail::Value(pending.value()));
    if report(cx, code, event, code.index_of(pc) as u32, detail).is_ok() {
        cx.raise_value(pending);
    } else {
        exception::set_context(cx);
    }
}
