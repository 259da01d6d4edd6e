//! Which functions and code another interpreter can run: those that need nothing of this one but builtins.

use sidewinder_bytecode::{CodeFlags, Constant, Op, Operand};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::{Context, Result, Value};

/// Whether a function can be made anew from its code: it has no defaults, no cells, and no names but of builtins. Errors:
/// `ValueError`.
pub fn check_function(cx: &mut Context, function: &FunctionObject) -> Result<()> {
    let is_filled = |value: Value| {
        value.cast::<TupleObject>().is_some_and(|tuple| !tuple.as_slice().is_empty())
            || value.cast::<DictObject>().is_some_and(|dict| !dict.is_empty())
    };
    if is_filled(function.defaults.get()) {
        return Err(cx.value_error("defaults not supported"));
    }
    if is_filled(function.keyword_defaults.get()) {
        return Err(cx.value_error("keyword defaults not supported"));
    }
    if is_filled(function.closure.get()) {
        return Err(cx.value_error("closures not supported"));
    }
    let code = function.code();
    check_code(cx, code)?;
    let own = function.builtins.get();
    let builtins = if own.cast::<DictObject>().is_some() { dict::of(own) } else { cx.builtins() };
    for name in global_names(code) {
        let in_globals = function.globals().get(cx, name)?.is_some();
        if in_globals || builtins.get(cx, name)?.is_none() {
            return Err(cx.value_error("globals not supported"));
        }
    }
    Ok(())
}

/// Whether code needs no cells of the function around it.
fn check_code(cx: &mut Context, code: &CodeObject) -> Result<()> {
    if code.data.free_names.is_empty() { Ok(()) } else { Err(cx.value_error("closures not supported")) }
}

/// Whether code is a program: it takes nothing, and returns nothing. Errors: `ValueError`.
pub fn check_script(cx: &mut Context, code: &CodeObject) -> Result<()> {
    check_code(cx, code)?;
    let data = &code.data;
    let collects = data.flags.0 & (CodeFlags::VARARGS | CodeFlags::VARKEYWORDS) != 0;
    if data.argument_count > 0 || data.keyword_only_count > 0 || collects {
        return Err(cx.value_error("code with args not supported"));
    }
    let returned = data.instructions.iter().filter(|instruction| instruction.op == Op::Return);
    let mut values = returned.map(|instruction| Operand::decode(instruction.a));
    let is_none = |operand| match operand {
        Operand::Constant(index) => matches!(data.constants.get(index as usize), Some(Constant::None)),
        Operand::Register(_) => false,
    };
    if values.all(is_none) { Ok(()) } else { Err(cx.value_error("code that returns a value is not a script")) }
}

/// The names that a function's own instructions look for outside of it.
fn global_names(code: &CodeObject) -> Vec<Value> {
    let mut names = Vec::new();
    for instruction in &code.data.instructions {
        let site = match instruction.op {
            Op::LoadGlobal => instruction.b,
            Op::StoreGlobal | Op::DeleteGlobal => instruction.a,
            _ => continue,
        };
        if let Some(&name) = code.data.sites.get(site as usize) {
            names.push(code.name_value(name));
        }
    }
    names
}
