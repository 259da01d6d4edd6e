//! The start of the import system: `importlib._bootstrap` comes from the library by hand, the rest by what it does.

use crate::imp::frozen_code;
use sidewinder_runtime::objects::{dict, module, singleton};
use sidewinder_runtime::operations::{call, import};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Runs `importlib`, and puts its finders into place: builtin and frozen modules, then folders, the library's first.
pub fn start(cx: &mut Context) -> Result<()> {
    const BOOTSTRAP: &str = "_frozen_importlib";
    let modules = Owned::new(cx.interpreter().modules.value());
    let modules = dict::of(modules.value());
    let system = modules.get_text(cx, "sys").map_or_else(|| Owned::new(singleton::none()), Owned::new);
    let Some(questions) = sidewinder_builtins::import(cx, "_imp")? else { return Ok(()) };
    let made = module::new(cx, BOOTSTRAP)?;
    let namespace = module::of(made.value()).namespace();
    let origin = sidewinder_runtime::objects::str::intern(cx, "importlib._bootstrap");
    namespace.set_text(cx, "__origname__", origin.value());
    modules.set_text(cx, BOOTSTRAP, made.value());
    let code = frozen_code(cx, BOOTSTRAP)?;
    (cx.interpreter().hooks.run_code)(cx, code.value(), namespace, Value::UNBOUND)?;
    cx.interpreter().importlib = made.clone();
    call::call_method(cx, made.value(), "_install", &[system.value(), questions.value()])?;
    call::call_method(cx, made.value(), "_install_external_importers", &[])?;
    let hooks = import::module(cx, "_sidewinder_library")?;
    call::call_method(cx, hooks.value(), "install", &[])?;
    Ok(())
}
