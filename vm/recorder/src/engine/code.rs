//! Machine code: entered from hot loops and functions, and left again, for another tree or for the interpreter.

use super::*;
use sidewinder_bytecode::Op as Opcode;
use sidewinder_semantics::unwind;
use std::time::Instant;

/// What a loop's countdown reaching zero starts. Returns where the interpreter goes on.
pub fn hot_loop(cx: &mut Context, _pc: Pc, target: Pc, state: &LoopState) -> Pc {
    let Some(engine) = start(cx) else {
        state.countdown.set(u32::MAX);
        return target;
    };
    engine.visit(cx);
    let code = frame::current_code(cx);
    let function = std::ptr::eq(state, &code.entry).then_some(code);
    let index = state.trace.get();
    if index > 0 {
        let tree = &engine.trees[index as usize - 1];
        if !tree.dead {
            if tree.native.is_some() {
                return match function {
                    Some(code) => enter_function(cx, index as usize - 1, code),
                    None => match enter(cx, index as usize - 1) {
                        Left::At(pc) => pc,
                        Left::Returned { base, result } => leave_boundary(cx, base, result),
                    },
                };
            }
            // Being compiled: look again soon.
            engine.poll();
            state.countdown.set(engine.threshold.clamp(1, 64));
            return target;
        }
        state.trace.set(0);
        state.countdown.set(engine.rounds_after_invalidation(target));
        return target;
    }
    let failures = engine.failures.get(&(target as u64)).copied().unwrap_or(0);
    let records = engine.is_recording(cx);
    if records || failures >= FAILURES_MAX || !engine.budget.allows() {
        state.countdown.set(if failures >= FAILURES_MAX { u32::MAX } else { engine.threshold });
        return target;
    }
    let root = match function {
        Some(_) => Root::Function,
        None if code.loop_states().as_ptr_range().contains(&(state as *const LoopState)) => Root::Loop,
        None => Root::Handler,
    };
    engine.record_tree(cx, target, Some(state), root)
}

/// How machine code was left.
pub enum Left {
    /// The interpreter goes on here.
    At(Pc),
    /// The function whose frame is at `base` has returned this, owned. Its frame is still there.
    Returned { base: *mut Value, result: Value },
}

/// Runs a tree's machine code from the frame that is running, and rebuilds the frames at its exit. Goes on in another
/// tree if one starts there. Returns where the interpreter goes on.
///
/// The engine is looked up again after the machine code has run: what that calls may run Python, which may come back
/// here and change it.
fn enter(cx: &mut Context, index: usize) -> Left {
    match start_code(cx, index) {
        Some(run) => follow(cx, run),
        None => Left::At(engine(cx).map_or(std::ptr::null(), |own| own.trees[index].start as Pc)),
    }
}

/// Machine code that has run and was left.
pub struct Run {
    pub native: *const NativeEntry,
    pub outcome: Outcome,
    pub base: *mut Value,
    pub recursion: i64,
    /// The frames that somebody has looked at during its last call.
    pub shown: Option<Box<ShownFrames>>,
}

/// Runs a tree's machine code from the running frame, until it is left. `None` if it has none (any more).
#[inline(always)]
pub fn start_code(cx: &mut Context, index: usize) -> Option<Run> {
    let own = engine(cx)?;
    let tree = &mut own.trees[index];
    tree.entered += 1;
    let native: *const NativeEntry = tree.native.as_deref()?;
    has_room(cx, cx.base, native).then(|| run_code(cx, native))
}

/// Whether the frames that machine code enters above the one at `base` stay within the limits, which it does not test
/// itself. The interpreter tests them exactly.
#[inline(always)]
fn has_room(cx: &Context, base: *mut Value, native: *const NativeEntry) -> bool {
    // SAFETY: (jit 3) a living tree's code is there. (frames 4) The reserve above the limit is larger than its frames.
    unsafe { cx.recursion_left >= (*native).frames_max && base.byte_add((*native).stack_bytes) < cx.stack_limit }
}

/// Runs machine code from the running frame. The engine is not touched while it runs: what it calls may come back to
/// the engine.
#[inline(always)]
fn run_code(cx: &mut Context, native: *const NativeEntry) -> Run {
    // SAFETY: (jit 3) The code was compiled for a frame of this loop or function, and is kept while its activation is
    // there. (frames 4) Words above the frames that it may enter are free.
    unsafe {
        let start = (*native).runs.begin().then(|| begin_timed(cx));
        let (base, recursion, old_top) = (cx.base, cx.recursion_left, cx.trace_top);
        let mut activation = Activation {
            call: 0,
            homes: std::ptr::null(),
            outer: cx.activation,
            base,
            native: native as *const (),
            shown: None,
        };
        cx.trace_top = base.byte_add((*native).stack_bytes);
        cx.activation = &raw mut activation;
        let outcome = ((*native).entry)(cx as *mut Context as *mut u8, base as *mut u64);
        cx.trace_top = old_top;
        cx.activation = activation.outer;
        if let Some(start) = start {
            end_timed(cx, &(*native).runs, start);
        }
        Run { native, outcome, base, recursion, shown: activation.shown }
    }
}

/// A run of machine code begins that is timed. The budget knows of the outermost one.
#[inline(never)]
fn begin_timed(cx: &mut Context) -> Instant {
    let now = Instant::now();
    if cx.activation.is_null()
        && let Some(own) = engine(cx)
    {
        own.budget.begin_run(now);
    }
    now
}

/// It ends. No Python has run since: its code is still there.
#[inline(never)]
fn end_timed(cx: &mut Context, runs: &Runs, start: Instant) {
    let time = runs.note(start.elapsed());
    if cx.activation.is_null()
        && let Some(own) = engine(cx)
    {
        own.budget.end_run(time);
    }
}

/// Rebuilds the frames at an exit.
///
/// # Safety
/// As for `materialize`.
#[inline(always)]
unsafe fn write_slots(cx: &mut Context, record: &ExitRecord, base: *mut Value) {
    let buffer = cx.exit_buffer;
    // SAFETY: the caller's promise.
    unsafe { sidewinder_jit::materialize(record, buffer, base as *mut u64, &mut ExitHeap(cx)) };
}

/// What exits need of the runtime.
struct ExitHeap<'a>(&'a mut Context);

impl sidewinder_jit::exit::Heap for ExitHeap<'_> {
    #[inline(always)]
    fn box_float(&mut self, value: f64) -> u64 {
        float::from_f64(self.0, value).into_raw().0
    }

    #[inline(always)]
    fn increment(&mut self, word: u64) {
        increment(Value::from_word(word));
    }

    fn release(&mut self, word: u64) {
        // Finalizers wait: code that they run might give back the exit's record.
        drop(Owned::from_raw_option(Value::from_word(word)));
    }

    fn allocate(&mut self, class: u64, bytes: u64) -> *mut u64 {
        // SAFETY: (jit 4) the class is alive.
        let class = unsafe { &*(class as *const TypeObject) };
        instance::make_empty(self.0, class, (bytes & !1) as usize) as *mut u64
    }
}

/// Goes on from where machine code was left.
pub fn follow(cx: &mut Context, mut run: Run) -> Left {
    let Some(mut own) = engine(cx) else { return Left::At(std::ptr::null()) };
    loop {
        let Run { native, outcome: Outcome { number, result }, base, recursion, shown } = run;
        if number == RETURNED {
            cx.recursion_left = recursion;
            return Left::Returned { base, result: Value::from_word(result) };
        }
        // SAFETY: (jit 3) replaced code is given back at a visit of a hot loop, and none is before the record was read:
        // no Python runs.
        let native = unsafe { &*native };
        let (linked, number) = (number & LINK != 0, (number & !LINK) as usize);
        let record = &native.exits[number];
        let pc = record.frame.instruction as Pc;
        cx.recursion_left = recursion - record.frame.depth as i64;
        // SAFETY: (jit 4) a link has written the frames; the slots belong to the stack around the entry frame.
        let top = unsafe { base.offset(record.frame.base as isize) };
        if linked
            && shown.is_none()
            && let Some(next) = own.linked(pc as u64)
            && has_room(cx, top, next)
        {
            cx.base = top;
            run = run_code(cx, next);
            continue;
        }
        // SAFETY: (jit 4) the exit wrote its values.
        unsafe {
            if let Some(shown) = shown {
                let write = (!linked).then_some(write_slots as _);
                frames_shown::leave(cx, *shown, &*native.invalidated, (record, base), write);
            } else if !linked {
                write_slots(cx, record, base);
            }
            frame::switch(cx, top, frame::code(top));
        }
        own.counters.exits += 1;
        if !cx.pending.is_unbound() {
            let handler = unwind::find_handler(cx, pc);
            // A finalizer may have come to the engine.
            let Some(found) = engine(cx) else { return Left::At(handler) };
            own = found;
            if handler.is_null() || cx.interrupt.load(Ordering::Relaxed) != 0 {
                return Left::At(handler);
            }
            match own.linked(handler as u64) {
                Some(next) if has_room(cx, cx.base, next) => {
                    run = run_code(cx, next);
                    continue;
                }
                Some(_) => return Left::At(handler),
                None => return Left::At(unwind::enter_handler(cx, pc, handler)),
            }
        }
        if cx.finalizers_pending.get() != 0 {
            // They may give up this tree's code. The instruction before has made them wait.
            cx.instruction = before(cx, pc);
            cx.run_pending_finalizers();
            return Left::At(pc);
        }
        let index = native.tree;
        let leads_on = cx.interrupt.load(Ordering::Relaxed) == 0;
        match own.linked(pc as u64) {
            // SAFETY: (jit 3) as above.
            Some(next) if leads_on && !(record.stands_still && unsafe { (*next).tree } == index) => {
                own.count_link(index);
                // What was compiled anew has replaced the old code.
                let Some(next) = own.linked(pc as u64) else { return Left::At(pc) };
                if !has_room(cx, cx.base, next) {
                    return Left::At(pc);
                }
                run = run_code(cx, next);
                continue;
            }
            // A tree that is still being compiled.
            None if leads_on && own.tree_at(pc as u64).is_some() => return Left::At(pc),
            _ => {}
        }
        return Left::At(own.after_exit(cx, index, number, base, recursion, pc, record));
    }
}

/// The instruction that ran before one of the running frame. Those that only mark a line are none for traces; behind a
/// jump back there is only what the loop's header comes to at its end.
fn before(cx: &Context, pc: Pc) -> Pc {
    let code = frame::current_code(cx);
    let mut before = pc.wrapping_sub(1);
    if code.contains(before) {
        let i = sidewinder_semantics::handlers::fetch(before);
        if i.op == Opcode::JumpBack {
            return sidewinder_semantics::handlers::jump(before, i.wide_value());
        }
    }
    while code.contains(before) && sidewinder_semantics::handlers::fetch(before).op == Opcode::Nop {
        before = before.wrapping_sub(1);
    }
    before
}

/// Enters the function tree `index` for the frame that has just been pushed. Returns where the interpreter goes on.
fn enter_function(cx: &mut Context, index: usize, code: &'static CodeObject) -> Pc {
    let base = cx.base;
    // SAFETY: (frames 3) the running frame has a header.
    let (link, return_to) = unsafe { (frame::Link(frame::header(base, frame::LINK).0), frame::return_address(base)) };
    let continuation = link.continuation();
    if !matches!(continuation, frame::Continuation::Store | frame::Continuation::Binary) || !cx.has_native_stack() {
        return code.instructions.get();
    }
    match enter(cx, index) {
        Left::At(pc) => pc,
        Left::Returned { base: returned, result } if returned != base => leave_boundary(cx, returned, result),
        Left::Returned { result, .. } => {
            // SAFETY: (frames 3) the frame is no boundary, so there is a caller.
            unsafe {
                let caller = base.sub(link.delta());
                frame::switch(cx, caller, frame::code(caller));
            }
            cx.recursion_left += 1;
            leave_function(cx, base, code);
            let next = if continuation == frame::Continuation::Binary {
                // SAFETY: (frames 3) the call came from the instruction before.
                let origin = unsafe { return_to.sub(1) };
                sidewinder_semantics::cold::call::finish_binary(cx, origin, Owned::from_raw(result))
            } else {
                sidewinder_semantics::cold::set_register(cx, link.destination(), result);
                return_to
            };
            if cx.finalizers_pending.get() != 0 {
                cx.run_pending_finalizers();
            }
            next
        }
    }
}
