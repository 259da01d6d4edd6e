//! `breakpoint()` and the function of `sys` that it calls.

use super::{none, own_attribute};
use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::exception::{ATTRIBUTE_ERROR, IMPORT_ERROR, RUNTIME_ERROR, RUNTIME_WARNING};
use sidewinder_runtime::objects::str;
use sidewinder_runtime::operations::{attribute, call, import, warnings};
use sidewinder_runtime::{Arguments, Context, Owned, Result};

/// The builtin function.
pub static BUILTINS: &[Native] = &[Native::with_keywords(
    "breakpoint",
    breakpoint,
    "breakpoint($module, /, *args, **kws)\n--\n\nCall sys.breakpointhook(*args, **kws).\n\nBy default, that enters the \
     debugger pdb.",
)];

fn breakpoint(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    match own_attribute(cx, "breakpointhook") {
        Some(hook) => call::call_with(cx, hook.value(), arguments),
        None => Err(cx.raise(&RUNTIME_ERROR, "lost sys.breakpointhook")),
    }
}

/// `sys.breakpointhook`: calls what the environment variable PYTHONBREAKPOINT names, by default the debugger.
pub fn hook(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let wanted = std::env::var("PYTHONBREAKPOINT").unwrap_or_default();
    let wanted = if wanted.is_empty() { "pdb.set_trace" } else { &wanted };
    if wanted == "0" {
        return Ok(none());
    }
    let (module, name) = wanted.rsplit_once('.').unwrap_or(("builtins", wanted));
    let found = if module.is_empty() { Ok(None) } else { find(cx, module, name) };
    if let Some(function) = found? {
        return call::call_with(cx, function.value(), arguments);
    }
    let message = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{wanted}\"");
    warnings::warn(cx, &RUNTIME_WARNING, &message, 1)?;
    Ok(none())
}

/// An attribute of a module, if both are there.
fn find(cx: &mut Context, module: &str, name: &str) -> Result<Option<Owned>> {
    let name = str::intern(cx, name);
    let module = match import::module(cx, module) {
        Ok(module) => module,
        Err(_) if cx.swallow(&IMPORT_ERROR) => return Ok(None),
        Err(raised) => return Err(raised),
    };
    match attribute::get(cx, module.value(), name.value()) {
        Ok(found) => Ok(Some(found)),
        Err(_) if cx.swallow(&ATTRIBUTE_ERROR) => Ok(None),
        Err(raised) => Err(raised),
    }
}
