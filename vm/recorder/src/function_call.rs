//! Calls of Python functions that traces make: the helper that makes any, and what machine code that enters a callee
//! directly needs.

use crate::engine::{Left, Run, follow, start_code};
use crate::helper_table::{Helpers, Special};
use sidewinder_bytecode::{CodeFlags, HEADER_WORDS};
use sidewinder_jit::layout::activation;
use sidewinder_jit::{DirectCalls, NativeEntry, Outcome};
use sidewinder_runtime::context::Activation;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::{Context, Owned, Value};
use sidewinder_semantics::frame::{self, Link, Running};
use sidewinder_semantics::nested::leave_trace;
use sidewinder_semantics::{Pc, run};
use std::mem::offset_of;
use std::sync::atomic::Ordering;

/// The numbers of arguments (16 bits) and registers (16 bits) of a function, and how many frames its caller has inlined.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct CallShape(pub u64);

impl CallShape {
    pub fn new(code: &CodeObject, inlined: i64) -> CallShape {
        CallShape(code.parameter_count as u64 | (code.register_count as u64) << 16 | (inlined as u64) << 32)
    }

    fn inlined(self) -> i64 {
        self.0 as i64 >> 32
    }
}

/// What direct calls of functions must know.
pub fn layout(helpers: &Helpers) -> DirectCalls {
    DirectCalls {
        helper: helpers.special(Special::CallFunction).0,
        finish: finish_call as *const () as usize,
        header_words: HEADER_WORDS as i64,
        base: offset_of!(Context, base) as i32,
        trace_top: offset_of!(Context, trace_top) as i32,
        recursion_left: offset_of!(Context, recursion_left) as i32,
        stack_limit: offset_of!(Context, stack_limit) as i32,
        native_stack_limit: offset_of!(Context, native_stack_limit) as i32,
        native: offset_of!(CodeObject, native) as i32,
    }
}

// Machine code makes activations, too.
const _: () = assert!(
    offset_of!(Activation, call) == activation::CALL as usize
        && offset_of!(Activation, homes) == activation::HOMES as usize
        && offset_of!(Activation, outer) == activation::OUTER as usize
        && offset_of!(Activation, base) == activation::BASE as usize
        && offset_of!(Activation, native) == activation::NATIVE as usize
        && offset_of!(Activation, shown) == activation::SHOWN as usize
        && size_of::<Activation>() == activation::BYTES as usize
);

/// Runs `callee` and restores what belongs to the running trace.
fn nested(cx: &mut Context, callee: impl FnOnce(&mut Context) -> Value) -> Value {
    let (caller, recursion) = (Running::save(cx), cx.recursion_left);
    leave_trace(cx);
    let result = callee(cx);
    caller.restore(cx);
    cx.recursion_left = recursion;
    result
}

/// Runs the Python function whose call block lies at slot `block`: the callable, room for a header, and the arguments,
/// which are as many as it takes. All are consumed.
pub extern "C" fn call_function(
    cx: &mut Context,
    code: &CodeObject,
    block: i64,
    pc: Pc,
    link: Link,
    shape: CallShape,
) -> Value {
    nested(cx, |cx| {
        code.ready();
        // SAFETY: (frames 4) the trace wrote the callable and the arguments; the words above them are free.
        unsafe {
            let base = cx.base.offset(block as isize + HEADER_WORDS as isize);
            for register in code.parameter_count as usize..code.register_count as usize {
                *base.add(register) = Value::UNBOUND;
            }
            *base.offset(frame::CODE) = frame::tag(code);
            *base.offset(frame::RETURN) = frame::tag(pc);
            *base.offset(frame::LINK) = Value::from_word(link.0);
            *base.offset(frame::KEPT) = Value::UNBOUND;
            cx.recursion_left -= shape.inlined() + 1;
            frame::switch(cx, base, code);
            if cx.recursion_left >= 0 && base < cx.stack_limit && cx.check_native_stack("").is_ok() {
                return run_function(cx, code);
            }
            if cx.pending.is_unbound() {
                sidewinder_semantics::cold::call::recursion_error(cx);
            }
            for register in (0..code.parameter_count as usize).rev() {
                cx.release(std::mem::replace(&mut *base.add(register), Value::UNBOUND));
            }
            cx.release(std::mem::replace(&mut *base.offset(frame::FUNCTION), Value::UNBOUND));
            Value::UNBOUND
        }
    })
}

/// Goes on where the machine code of a function, which a trace has entered directly, was left with an exit's number.
/// `depth` is the number of frames between it and the trace's entry.
extern "C" fn finish_call(cx: &mut Context, activation: &mut Activation, number: u64, depth: i64) -> Value {
    let (base, native, shown) = (activation.base, activation.native as *const NativeEntry, activation.shown.take());
    nested(cx, |cx| {
        cx.recursion_left -= depth;
        // SAFETY: (frames 2) the trace has written the frame's header.
        let code = unsafe {
            let code = frame::code(base);
            frame::switch(cx, base, code);
            code
        };
        let run = Run { native, outcome: Outcome { number, result: 0 }, base, recursion: cx.recursion_left, shown };
        let left = follow(cx, run);
        complete(cx, base, code, left)
    })
}

/// The hook that runs a frame which native code has made: a call of a function in its machine code, if it has any.
pub fn run_called(cx: &mut Context, pc: Pc) {
    let code = frame::current_code(cx);
    if pc != code.instructions.get() || code.has_flag(CodeFlags::SUSPENDS) || cx.interrupt.load(Ordering::Relaxed) != 0
    {
        return run::interpret(cx, pc);
    }
    let index = code.entry.trace.get() as usize;
    let run = if index > 0 { start_code(cx, index - 1) } else { None };
    let next = match run.map(|run| follow(cx, run)) {
        Some(Left::At(next)) => next,
        Some(Left::Returned { base, result }) => leave_boundary(cx, base, result),
        None => {
            let countdown = code.entry.countdown.get();
            if countdown > 1 {
                code.entry.countdown.set(countdown - 1);
                pc
            } else {
                run::hot_loop(cx, pc, pc, &code.entry)
            }
        }
    };
    run::interpret(cx, next);
}

/// Runs the frame of a function that traces call, to its end: its result, or unbound when it raised.
fn run_function(cx: &mut Context, code: &CodeObject) -> Value {
    let index = code.entry.trace.get() as usize;
    if index > 0
        && cx.interrupt.load(Ordering::Relaxed) == 0
        && let Some(run) = start_code(cx, index - 1)
    {
        let base = run.base;
        let left = follow(cx, run);
        return complete(cx, base, code, left);
    }
    let countdown = code.entry.countdown.get();
    if countdown > 1 {
        code.entry.countdown.set(countdown - 1);
    }
    interpret(cx, code.instructions.get())
}

/// The result of a function whose machine code was left.
fn complete(cx: &mut Context, base: *mut Value, code: &CodeObject, left: Left) -> Value {
    match left {
        Left::Returned { result, .. } => {
            leave_function(cx, base, code);
            result
        }
        Left::At(pc) => interpret(cx, pc),
    }
}

/// Interprets to the end of the frame that a trace has entered.
fn interpret(cx: &mut Context, pc: Pc) -> Value {
    run::interpret(cx, pc);
    run::take_result(cx).map_or(Value::UNBOUND, |result| result.into_raw())
}

/// A function's machine code has returned: gives up the header, and the words that it has consumed.
pub fn leave_function(cx: &mut Context, base: *mut Value, code: &CodeObject) {
    // SAFETY: (frames 3) `base` is the function's; its machine code has consumed the registers.
    unsafe {
        forget_registers(base, code);
        let function = std::mem::replace(&mut *base.offset(frame::FUNCTION), Value::UNBOUND);
        cx.release(function);
    }
}

/// The machine code of a loop has returned from its frame, the outermost of a nested run: ends the run.
pub fn leave_boundary(cx: &mut Context, base: *mut Value, result: Value) -> Pc {
    // SAFETY: (frames 3) `base` is that of a frame whose registers the machine code has consumed.
    unsafe {
        let code = frame::code(base);
        forget_registers(base, code);
        frame::switch(cx, base, code);
        sidewinder_semantics::cold::generator::leave(cx, code.instructions.get(), Owned::from_raw(result))
    }
}

/// Makes the registers of a frame hold nothing.
///
/// # Safety
/// `base` is that of a frame of `code`, whose registers own nothing any more.
unsafe fn forget_registers(base: *mut Value, code: &CodeObject) {
    for register in 0..code.register_count as usize {
        // SAFETY: (frames 2) the frame has so many registers.
        unsafe { *base.add(register) = Value::UNBOUND };
    }
}
