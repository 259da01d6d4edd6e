//! Making functions and classes.

use super::{fetch, finish, next, raise, register, set, take};
use crate::frame::current_function;
use crate::semantics::Pc;
use sidewinder_runtime::objects::dict;
use sidewinder_runtime::objects::exception::NAME_ERROR;
use sidewinder_runtime::objects::function::{self, FunctionObject};
use sidewinder_runtime::{Context, Owned};

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
        _ => &function.closure,
    };
    let old = field.replace(value.into_raw());
    drop(Owned::from_raw_option(old));
    next(pc)
}

pub fn load_build_class(cx: &mut Context, pc: Pc) -> Pc {
    let builtins = dict::of(current_function(cx).builtins.get());
    match builtins.get_text(cx, "__build_class__") {
        Some(value) => finish(cx, pc, Ok(Owned::new(value))),
        None => {
            cx.raise(&NAME_ERROR, "__build_class__ not found");
            raise(cx, pc)
        }
    }
}
