//! Making functions and classes.

use super::{fetch, finish, next, raise, register, set, take};
use crate::frame::current_function;
use crate::semantics::Pc;
use sidewinder_runtime::objects::exception::{NAME_ERROR, RUNTIME_ERROR};
use sidewinder_runtime::objects::function::{self, FunctionObject};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::typing::parameter::{self, Declared};
use sidewinder_runtime::objects::typing::{alias, generic};
use sidewinder_runtime::operations::{attribute, call, import};
use sidewinder_runtime::{Context, Owned, Result};

pub fn make(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    // SAFETY: (frames 3) the constant is a code object.
    let code = unsafe { *cx.constants.add(i.b as usize) };
    let globals = current_function(cx).globals.get();
    let made = function::new(cx, code, globals);
    set(cx, i.a, made);
    next(pc)
}

pub fn set_part(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let value = take(cx, i.b);
    // SAFETY: (frames 3) the compiler made a function there.
    let function: &FunctionObject = unsafe { register(cx, i.a).cast_unchecked() };
    let field = match i.c {
        0 => &function.defaults,
        1 => &function.keyword_defaults,
        2 => &function.annotate,
        4 => &function.type_parameters,
        _ => &function.closure,
    };
    let old = field.replace(value.into_raw());
    drop(Owned::from_raw_option(old));
    next(pc)
}

/// `a = object of typing from the run b`
pub fn make_typing(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let mut run = (0..i.op.run_length(i.c) as u16).map(|offset| take(cx, i.b + offset)).collect::<Vec<Owned>>();
    let last = run.len() > 1;
    let evaluator = if last { run.pop() } else { None };
    let kind = match i.c {
        0 => Declared::Variable,
        1 => Declared::Bound,
        2 => Declared::Constrained,
        3 => Declared::Specification,
        4 => Declared::Tuple,
        5 => {
            let evaluator = evaluator.unwrap_or_else(|| Owned::new(singleton::none()));
            let made = alias::declare(cx, run[0].value(), run[1].value(), evaluator);
            return finish(cx, pc, Ok(made));
        }
        _ => {
            let result = generic::base_of(cx, run[0].value());
            return finish(cx, pc, result);
        }
    };
    let made = parameter::declare(cx, kind, run[0].value(), evaluator);
    finish(cx, pc, Ok(made))
}

/// `a`'s default is evaluated by `b`.
pub fn set_type_default(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let evaluator = take(cx, i.b);
    parameter::set_default(register(cx, i.a), evaluator);
    next(pc)
}

/// Shows a value at a prompt.
pub fn display_value(cx: &mut Context, pc: Pc) -> Pc {
    let value = take(cx, fetch(pc).a);
    let result = display(cx, value);
    super::finish_effect(cx, pc, result)
}

fn display(cx: &mut Context, value: Owned) -> Result<()> {
    let system = import::module(cx, "sys")?;
    match attribute::get_text_optional(cx, system.value(), "displayhook")? {
        Some(hook) => call::call(cx, hook.value(), &[value.value()]).map(drop),
        None => Err(cx.raise(&RUNTIME_ERROR, "lost sys.displayhook")),
    }
}

pub fn load_build_class(cx: &mut Context, pc: Pc) -> Pc {
    match super::name::builtin(cx, "__build_class__") {
        Ok(Some(value)) => finish(cx, pc, Ok(value)),
        Err(_) => raise(cx, pc),
        Ok(None) => {
            cx.raise(&NAME_ERROR, "__build_class__ not found");
            raise(cx, pc)
        }
    }
}
