//! Nested runs: Python code called from native code.

use crate::frame::{self, Continuation, Link, Running};
use crate::semantics::Pc;
use sidewinder_bytecode::{CodeFlags, HEADER_WORDS};
use sidewinder_runtime::context::Activation;
use sidewinder_runtime::monitoring::Entering;
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::frame::LiveFrame;
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::generator::{self, GeneratorObject};
use sidewinder_runtime::objects::{self, exception::RUNTIME_ERROR};
use sidewinder_runtime::threads::outside;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// The hook behind calls of Python functions from native code.
pub fn call_function(cx: &mut Context, function: &FunctionObject, arguments: Arguments<'_>) -> Result<Owned> {
    cx.check_native_stack("")?;
    let code = function.code();
    code.ready();
    let top = frame::top(cx);
    // SAFETY: (frames 4) words above `top` are free, and the reserve above the limit covers a header.
    unsafe {
        let base = top.add(HEADER_WORDS);
        if cx.recursion_left <= 0 || base >= cx.stack_limit {
            return Err(crate::cold::call::recursion_error(cx));
        }
        crate::cold::bind::bind(cx, function, arguments, base)?;
        if code.has_flag(CodeFlags::SUSPENDS) {
            return Ok(crate::cold::call::make_generator(cx, function, base));
        }
        *base.offset(frame::FUNCTION) = Owned::new(function.value()).into_raw();
        *base.offset(frame::KEPT) = Value::UNBOUND;
        run_frame(cx, base, function, code.instructions.get())
    }
}

/// Runs the frame at `base`, whose function, kept word and registers are in place, to its end.
///
/// # Safety
/// `base` lies on the value stack above all frames.
pub unsafe fn run_frame(cx: &mut Context, base: *mut Value, function: &FunctionObject, pc: Pc) -> Result<Owned> {
    let caller = Running::save(cx);
    // SAFETY: the caller's promise.
    unsafe { enter_frame(cx, base, function) };
    if cx.is_traced() {
        cx.tracing.entering = Some(Entering::Start);
    }
    (cx.interpreter().hooks.interpret)(cx, pc);
    end_run(cx, caller);
    result_of_run(cx)
}

/// Makes the frame at `base` the running one, as the outermost of a run.
///
/// # Safety
/// As for `run_frame`.
unsafe fn enter_frame(cx: &mut Context, base: *mut Value, function: &FunctionObject) {
    let (old_base, old_instruction) = (cx.base, cx.instruction);
    let code = function.code();
    leave_trace(cx);
    // SAFETY: the caller's promise; see the layout in `frame`.
    unsafe {
        *base.offset(frame::CODE) = frame::tag(code);
        *base.offset(frame::RETURN) = frame::tag(old_instruction);
        let delta = base.offset_from(old_base) as usize;
        *base.offset(frame::LINK) = Value::from_word(Link::new(delta, Continuation::Boundary, 0).0);
        frame::switch(cx, base, code);
    }
    cx.recursion_left -= 1;
}

fn result_of_run(cx: &mut Context) -> Result<Owned> {
    match crate::run::take_result(cx) {
        Some(result) => Ok(result),
        None => {
            debug_assert!(!cx.pending.is_unbound(), "a run ended without result or exception");
            Err(Raised)
        }
    }
}

/// The hook behind `next`, `send`, `throw` and `close` of generators; see `Hooks::resume_generator`.
pub fn resume_generator(cx: &mut Context, generator: &GeneratorObject, value: Value) -> Result<Option<Owned>> {
    cx.check_native_stack("")?;
    match generator.stage() {
        generator::state::RUNNING => {
            if value.is_unbound() {
                drop(cx.take_pending());
            }
            return Err(cx.value_error(format!("{} already executing", generator.kind_text())));
        }
        generator::state::FINISHED if generator.value().has_type(&generator::COROUTINE) => {
            if value.is_unbound() {
                drop(cx.take_pending());
            }
            return Err(cx.raise(&RUNTIME_ERROR, "cannot reuse already awaited coroutine"));
        }
        generator::state::FINISHED => {
            if !value.is_unbound() {
                return Ok(None);
            }
            cx.thrown = cx.pending;
            return Err(Raised);
        }
        generator::state::CREATED if value.is_unbound() => {
            crate::cold::generator::throw_unstarted(cx, generator);
            return Err(Raised);
        }
        generator::state::CREATED if value != sidewinder_runtime::objects::singleton::none() => {
            let kind = generator.kind_text();
            return Err(cx.type_error(format!("can't send non-None value to a just-started {kind}")));
        }
        _ => {}
    }
    let function = generator.function();
    let top = frame::top(cx);
    // SAFETY: (frames 4) words above `top` are free.
    unsafe {
        let base = top.add(HEADER_WORDS);
        if cx.recursion_left <= 0 || base >= cx.stack_limit {
            return Err(crate::cold::call::recursion_error(cx));
        }
        let is_new = generator.stage() == generator::state::CREATED;
        let pc = crate::cold::generator::restore(cx, generator, base, value);
        *base.offset(frame::KEPT) = Owned::new(generator.value()).into_raw();
        let entering = if is_new { Entering::Start } else { Entering::Resume };
        let result = run_generator_frame(cx, base, function, pc, (!value.is_unbound()).then_some(entering));
        match result {
            Ok(item) if generator.stage() == generator::state::FINISHED => {
                generator.result.set(item.into_raw());
                Ok(None)
            }
            Ok(item) => Ok(Some(item)),
            Err(raised) => Err(raised),
        }
    }
}

/// Runs a generator's frame, entered in this way, or else from its pending exception.
///
/// # Safety
/// As for `run_frame`.
unsafe fn run_generator_frame(
    cx: &mut Context,
    base: *mut Value,
    function: &FunctionObject,
    pc: Pc,
    entering: Option<Entering>,
) -> Result<Owned> {
    let caller = Running::save(cx);
    // SAFETY: the caller's promise.
    unsafe { enter_frame(cx, base, function) };
    crate::cold::frame::after_resuming(cx, pc);
    let next = match entering {
        Some(entering) => {
            if cx.is_traced() {
                cx.tracing.entering = Some(entering);
            }
            pc
        }
        // SAFETY: the instruction before the resume point is the `Yield`.
        None => crate::cold::generator::throw_in(cx, unsafe { pc.sub(1) }),
    };
    (cx.interpreter().hooks.interpret)(cx, next);
    end_run(cx, caller);
    result_of_run(cx)
}

/// After a nested run: its caller is running again, and the finalizers of what died with the run's frame see it.
#[inline(always)]
fn end_run(cx: &mut Context, caller: Running) {
    caller.restore(cx);
    if cx.finalizers_pending.get() != 0 {
        let result = std::mem::replace(&mut cx.result, Value::UNBOUND);
        cx.run_pending_finalizers();
        cx.result = result;
    }
}

/// Python code runs next, which a trace may have called.
#[inline(always)]
pub fn leave_trace(cx: &mut Context) {
    if cx.calls_out != 0 && !cx.trace_top.is_null() {
        count_call(cx);
    }
    cx.trace_top = std::ptr::null_mut();
}

#[cold]
fn count_call(cx: &mut Context) {
    cx.calls_out -= 1;
    if cx.calls_out == 0 {
        let options = &cx.interpreter().options;
        cx.calls_out = options.calls_out_period();
        if options.force_frames != 0 {
            (cx.interpreter().hooks.show_frames)(cx);
        }
        cx.switch_chance();
    }
}

/// The innermost frame with the instruction that it is at, and the trace that runs below it. The frames of all traces
/// are on the value stack then.
fn innermost_frame(cx: &mut Context) -> (*mut Value, Pc, *mut Activation) {
    (cx.interpreter().hooks.show_frames)(cx);
    if cx.trace_top.is_null() {
        return (cx.base, cx.instruction, cx.activation);
    }
    // SAFETY: (jit 5) an activation lives as long as its machine code is on the native stack.
    let Some(trace) = (unsafe { cx.activation.as_ref() }) else {
        return (cx.base, cx.instruction, std::ptr::null_mut());
    };
    let (base, pc) = trace_frame(trace).unwrap_or((cx.base, cx.instruction));
    (base, pc, trace.outer)
}

/// The innermost frame of a trace that makes a call, and its instruction.
fn trace_frame(trace: &Activation) -> Option<(*mut Value, Pc)> {
    trace.shown.as_ref().map(|shown| (shown.base, shown.instruction))
}

/// The namespace of the main module, in which a builtin runs that another interpreter has called here directly.
fn main_namespace(cx: &mut Context) -> Option<Owned> {
    use sidewinder_runtime::objects::{dict, module};
    let modules = Owned::new(cx.interpreter().modules.value());
    let main = dict::of(modules.value()).get_text(cx, "__main__")?;
    main.cast::<module::ModuleObject>().map(|main| Owned::new(main.dict.get()))
}

/// The globals of the running frame.
pub fn frame_globals(cx: &mut Context) -> Owned {
    let (base, ..) = innermost_frame(cx);
    // SAFETY: (frames 1) every word of the stack is a value.
    let left = base == cx.stack_bottom || unsafe { frame::header(base, frame::FUNCTION) }.is_unbound();
    if base == cx.stack_bottom
        && let Some(main) = main_namespace(cx)
    {
        return main;
    }
    if left {
        // No frame, or one that a trace has left by itself.
        return sidewinder_runtime::objects::dict::DictObject::new(cx);
    }
    // SAFETY: (frames 3) `base` is a frame's.
    Owned::new(unsafe { frame::function(base) }.globals.get())
}

/// The locals of the running frame: a module's globals, a class body's namespace, or a fresh dict of a function's.
pub fn frame_locals(cx: &mut Context) -> Result<Owned> {
    use sidewinder_runtime::objects::cell::CellObject;
    use sidewinder_runtime::objects::dict;
    if cx.base == cx.stack_bottom {
        return Ok(frame_globals(cx));
    }
    let code = frame::current_code(cx);
    if !code.has_flag(CodeFlags::FUNCTION) {
        let registers: Vec<Value> =
            (0..code.local_names().len()).map(|register| crate::cold::register(cx, register as u16)).collect();
        if !sidewinder_runtime::objects::frame::runs_comprehension(code, &registers) {
            let is_namespace = code.has_flag(CodeFlags::NAMESPACE);
            return Ok(if is_namespace { Owned::new(registers[0]) } else { frame_globals(cx) });
        }
    }
    let made = dict::DictObject::new(cx);
    let target = dict::of(made.value());
    let add = |cx: &mut Context, name: Value, value: Value| -> Result<()> {
        let value = value.cast_exact::<CellObject>().map_or(value, |cell| cell.content.get());
        let hidden =
            sidewinder_runtime::objects::str::text(name).is_some_and(|name| name.starts_with('.') && name != ".0");
        if value.is_unbound() || hidden { Ok(()) } else { target.set(cx, name, value) }
    };
    let add_variables = |cx: &mut Context| -> Result<()> {
        for register in 0..code.local_names().len() {
            let value = crate::cold::register(cx, register as u16);
            add(cx, code.local_name(register as u16), value)?;
        }
        let closure = frame::current_function(cx).closure.get();
        if let Some(cells) = closure.cast::<sidewinder_runtime::objects::tuple::TupleObject>() {
            for index in 0..cells.as_slice().len() {
                add(cx, code.free_name(index as u16), cells.as_slice()[index])?;
            }
        }
        Ok(())
    };
    add_variables(cx)?;
    let own = sidewinder_runtime::objects::frame::observed_at(cx, cx.base);
    let own = own.and_then(|own| own.cast_exact::<sidewinder_runtime::objects::frame::FrameObject>());
    if let Some(extra) = own.map(|own| own.extra.get()).filter(|extra| !extra.is_unbound()) {
        sidewinder_runtime::objects::iterator::dict_operations::update(cx, target, extra)?;
        // Variables of a comprehension hide what was written under their names.
        add_variables(cx)?;
    }
    Ok(made)
}

/// The hook behind frame objects; see `Hooks::walk_frames`.
pub fn walk_frames(cx: &mut Context, visit: &mut dyn FnMut(&LiveFrame) -> bool) {
    let innermost = innermost_frame(cx);
    walk_from(cx, innermost, |_| true, visit);
}

/// The hook behind looks at threads that hang or die; see `Hooks::peek_frames`.
pub fn peek_frames(cx: &Context, visit: &mut dyn FnMut(&LiveFrame) -> bool) {
    let stack = cx.stack_bottom..cx.stack_limit;
    let is_frame = |base: *mut Value| {
        let code = outside::read_value(base.wrapping_offset(frame::CODE));
        base.is_aligned() && stack.contains(&base) && code.is_some_and(|word| outside::is_code(frame::untag(word)))
    };
    // The activations are not looked at: they are where a trace was when it last called out.
    walk_from(cx, (cx.base, cx.instruction, std::ptr::null_mut()), is_frame, visit);
}

/// Visits frames from the innermost, of which that, its instruction and the trace below it are given, as long as they are
/// frames.
fn walk_from(
    cx: &Context,
    innermost: (*mut Value, Pc, *mut Activation),
    is_frame: impl Fn(*mut Value) -> bool,
    visit: &mut dyn FnMut(&LiveFrame) -> bool,
) {
    let (mut base, mut pc, mut activation) = innermost;
    while base != cx.stack_bottom && is_frame(base) {
        // SAFETY: (frames 3) `base` is a frame's; links lead from frame to frame down to the bottom of the stack.
        unsafe {
            if frame::header(base, frame::FUNCTION).is_unbound() {
                // A trace that has called us has left this frame by itself.
                return;
            }
            let code = frame::code(base);
            let instruction = if code.contains(pc) { code.index_of(pc) as u32 } else { 0 };
            let function = frame::function(base).value();
            let seen = LiveFrame { base, link: base.offset(frame::LINK), function, code: code.value(), instruction };
            if !visit(&seen) {
                return;
            }
            let link = Link(objects::frame::true_link(cx, base, frame::header(base, frame::LINK)).0);
            let return_to = frame::return_address(base);
            // A boundary keeps the instruction that called it, other frames the one to go on at.
            pc = if link.continuation() == Continuation::Boundary { return_to } else { return_to.sub(1) };
            base = base.offset(-link.signed_delta());
            if link.continuation() == Continuation::Boundary
                && let Some(trace) = activation.as_ref()
                && (base == trace.base || trace.shown.as_ref().is_some_and(|shown| shown.base == base))
            {
                // The frame was called by a trace, which has frames of its own.
                (base, pc) = trace_frame(trace).unwrap_or((base, pc));
                activation = trace.outer;
            }
        }
    }
}
