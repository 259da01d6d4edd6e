//! `frame.f_lineno = line`: a trace function makes its frame go on at another line.
//!
//! What the compiler keeps in registers that are no variables (iterators, exceptions that are handled, context managers,
//! unfinished expressions) stands for what CPython has on its stack: a jump may leave such things behind, which are then
//! given up, but not come where they should be. The verifier's analysis says what is there at each instruction.

use sidewinder_bytecode::verify::bound_registers;
use sidewinder_bytecode::{CodeData, Op};
use sidewinder_runtime::monitoring::Told;
use sidewinder_runtime::objects::exception::types;
use sidewinder_runtime::objects::frame::{self, FrameObject};
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::warnings;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The setter of `f_lineno`.
pub fn set_line(cx: &mut Context, frame: &FrameObject, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(super::undeletable(cx, "f_lineno"));
    }
    if !int::is_int_like(new) {
        return Err(cx.value_error("lineno must be an integer"));
    }
    let refusal = match cx.tracing.told {
        Some(Told::Line | Told::Opcode | Told::Yield) => None,
        Some(Told::Call) => Some("can't jump from the 'call' trace event of a new frame"),
        Some(Told::Return | Told::Exception) => Some("can only jump from a 'line' trace event"),
        Some(Told::CCall | Told::CReturn | Told::CException) => Some("can't jump during a call"),
        None => Some("f_lineno can only be set in a trace function"),
    };
    if let Some(refusal) = refusal {
        return Err(cx.value_error(refusal));
    }
    let code = &frame.code().data;
    let Some(line) = int::as_i64(new).and_then(|line| i32::try_from(line).ok()) else {
        return Err(cx.overflow_error("Python int too large to convert to C int"));
    };
    if (line as i64) < code.first_line as i64 {
        return Err(cx.value_error(format!("line {line} comes before the current code block")));
    }
    let rows = line_rows(code);
    let Some(line) = rows.iter().map(|&(_, own)| own).filter(|&own| own >= line as u32).min() else {
        return Err(cx.value_error(format!("line {line} comes after the current code block")));
    };
    let from = frame::position(cx, frame);
    let target = target(code, from, &rows, line).map_err(|problem| cx.value_error(problem))?;
    bind_variables(cx, frame)?;
    leave_behind(cx, frame, &target);
    cx.tracing.jump = Some(target.index as u32);
    frame.line.set(0);
    Ok(())
}

/// The instructions at which another line begins, with the line.
fn line_rows(code: &CodeData) -> Vec<(usize, u32)> {
    let mut rows = Vec::new();
    let mut current = 0;
    let first = code.instructions.iter().take_while(|instruction| instruction.op == Op::MakeCell).count();
    for (index, position) in code.positions.iter().enumerate().skip(first) {
        if position.line != current && position.line != 0 {
            rows.push((index, position.line));
        }
        current = position.line;
    }
    rows
}

/// Where a jump goes, and the inner registers that hold something there.
struct Target {
    index: usize,
    held: Vec<u16>,
}

fn target(code: &CodeData, from: usize, rows: &[(usize, u32)], line: u32) -> std::result::Result<Target, &'static str> {
    let bound = bound_registers(code);
    let inner = |index: usize| -> Option<Vec<u16>> {
        let registers = bound.get(index)?.as_ref()?;
        Some(registers.iter().copied().filter(|&register| is_inner(code, register)).collect())
    };
    let here = inner(from);
    let mut best: Option<Target> = None;
    let mut problem = "cannot find bytecode for specified line";
    for &(index, _) in rows.iter().filter(|&&(_, own)| own == line) {
        let Some(here) = &here else {
            problem = "can't jump from unreachable code";
            continue;
        };
        let Some(held) = inner(index) else { continue };
        // Unfinished expressions are no two alike.
        let is_missing = |register: &&u16| **register >= code.local_count || !here.contains(register);
        match held.iter().rev().find(is_missing) {
            None if best.as_ref().is_none_or(|best| held.len() > best.held.len()) => {
                best = Some(Target { index, held })
            }
            None => {}
            Some(&missing) => problem = explain(code, missing),
        }
    }
    best.ok_or(problem)
}

/// Whether a register is none of the program's variables.
fn is_inner(code: &CodeData, register: u16) -> bool {
    match code.local_names.get(register as usize) {
        Some(name) => name.starts_with('.') && register as usize >= code.parameter_count(),
        None => true,
    }
}

/// Why code cannot be entered in which a register holds something that is not there.
fn explain(code: &CodeData, register: u16) -> &'static str {
    let mut uses = code.instructions.iter();
    if code.handlers.iter().any(|handler| handler.exception_register == register)
        || uses.clone().any(|i| i.op == Op::PushHandled && i.a == register)
    {
        "can't jump into an 'except' block as there's no exception"
    } else if uses.any(|i| matches!(i.op, Op::ForIter | Op::GetAsyncNext) && i.b == register) {
        "can't jump into the body of a for loop"
    } else {
        "incompatible stacks"
    }
}

/// Code behind the jump may count on variables that were not bound yet: they become None.
fn bind_variables(cx: &mut Context, frame: &FrameObject) -> Result<()> {
    let code = frame.code();
    let unbound: Vec<usize> = frame.with_locals(|locals| {
        let variables = 0..locals.len();
        variables
            .filter(|&register| locals[register].is_unbound() && !code.data.local_names[register].starts_with('.'))
            .collect()
    });
    if unbound.is_empty() {
        return Ok(());
    }
    let plural = if unbound.len() == 1 { "" } else { "s" };
    let message = format!("assigning None to {} unbound local{plural}", unbound.len());
    warnings::warn(cx, &types::RUNTIME_WARNING, &message, 1)?;
    for register in unbound {
        drop(frame.replace_local(cx, register, Owned::new(singleton::none())));
    }
    Ok(())
}

/// Gives up what the frame holds in inner registers and is not wanted behind the jump. Exceptions that were handled there
/// are not any more.
fn leave_behind(cx: &mut Context, frame: &FrameObject, target: &Target) {
    let code = frame.code();
    let Some(live) = frame.live(cx) else { return };
    for register in (0..code.register_count as u16).rev() {
        if !is_inner(&code.data, register) || target.held.contains(&register) {
            continue;
        }
        // SAFETY: (frames 2) the frame has that register, and runs no code meanwhile.
        let held = unsafe { std::mem::replace(&mut *live.base.add(register as usize), Value::UNBOUND) };
        let Some(held) = Owned::from_raw_option(held) else { continue };
        let saves = code.data.instructions.iter().any(|i| i.op == Op::PushHandled && i.a == register);
        if saves {
            let saved = if held.value() == singleton::none() { Value::UNBOUND } else { held.into_raw() };
            let old = std::mem::replace(&mut cx.handled, saved);
            cx.release(old);
        } else {
            cx.release(held.into_raw());
        }
    }
}
