//! What happens between the import system's start and the program, and after it.

use crate::arguments::{Exit, Source};
use crate::interactive;
use crate::program::{Failure, Started};
use sidewinder_runtime::objects::dict;
use sidewinder_runtime::objects::exception::{
    IS_A_DIRECTORY_ERROR, KEYBOARD_INTERRUPT, LOOKUP_ERROR, MODULE_NOT_FOUND_ERROR,
};
use sidewinder_runtime::objects::module;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::{attribute, call, import};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// How the interpreter starts has failed: says why, with the pending exception, and gives the exit status.
pub fn fail(cx: &mut Context) -> i32 {
    let raised = cx.take_pending();
    let kind = raised.value().type_of();
    let (function, message) = match () {
        () if kind.is_subtype(&LOOKUP_ERROR) => {
            ("init_stdio_encoding", "failed to get the Python codec name of the stdio encoding")
        }
        () if kind.is_subtype(&IS_A_DIRECTORY_ERROR) => ("init_sys_streams", "<stdin> is a directory, cannot continue"),
        () => ("init_sys_streams", "can't initialize sys standard streams"),
    };
    let text = match kind.is_subtype(&IS_A_DIRECTORY_ERROR) {
        true => String::new(),
        false => sidewinder_builtins::format_exception(cx, raised.value()),
    };
    let identifier = cx.thread_identifier();
    let place = "[sidewinder] (most recent call first):\n  <no Python frame>";
    let exit = Exit::Fatal { function, message: message.into(), state: "core initialized" };
    exit.report_with(&format!("{text}\nCurrent thread 0x{identifier:016x} {place}\n"))
}

/// Imports what the settings ask for: `warnings` for filters, `site`.
pub fn prepare(cx: &mut Context) -> Result<()> {
    let settings = cx.interpreter().options.settings.clone();
    if let Some(importer) = crate::bootstrap::modules(cx).get_text(cx, "_imp").map(Owned::new)
        && settings.check_hash_based_pycs != "default"
    {
        let text = StrObject::new(cx, &settings.check_hash_based_pycs);
        attribute::set_text(cx, importer.value(), "check_hash_based_pycs", text.value())?;
    }
    if settings.faulthandler {
        start_module(cx, "faulthandler", "enable", None)?;
    }
    if settings.tracemalloc > 0 {
        start_module(cx, "tracemalloc", "start", Some(settings.tracemalloc))?;
    }
    if !settings.warn_options.is_empty() {
        import::module(cx, "warnings")?;
    }
    if settings.no_site == 0 {
        import::module(cx, "site")?;
    }
    Ok(())
}

/// Calls a function of a module. Where that is not there, the program does without: the option only adds to what is
/// told of faults.
fn start_module(cx: &mut Context, name: &str, function: &str, argument: Option<i64>) -> Result<()> {
    match import::module(cx, name) {
        Ok(module) => {
            let argument = argument.map(Value::from_small_int);
            call::call_method(cx, module.value(), function, argument.as_slice()).map(drop)
        }
        Err(_) if cx.swallow(&MODULE_NOT_FOUND_ERROR) => Ok(()),
        Err(raised) => Err(raised),
    }
}

/// Whether statements are read from standard input one by one.
pub fn is_interactive(cx: &Context) -> bool {
    cx.interpreter().options.settings.interactive != 0 || interactive::has_terminal()
}

/// Goes on interactively after the program, if that was asked for by `-i` or `PYTHONINSPECT`.
pub fn inspect(cx: &mut Context, source: &Source, result: Started<()>) -> Started<()> {
    let settings = &cx.interpreter().options.settings;
    let ignored = settings.ignore_environment != 0;
    let variable = || std::env::var_os("PYTHONINSPECT").is_some_and(|value| !value.is_empty());
    let asked = settings.inspect != 0 || !ignored && variable();
    if matches!(source, Source::Input) || !asked || !is_interactive(cx) || matches!(result, Err(Failure::Status(_))) {
        return result;
    }
    if let Err(Failure::Raised) = result {
        let raised = cx.take_pending();
        sidewinder_builtins::report_uncaught(cx, raised.value());
        if raised.value().type_of().is_subtype(&KEYBOARD_INTERRUPT) {
            sidewinder_builtins::write_error(cx, "\n");
        }
    }
    let main = dict::of(cx.interpreter().modules.value()).get_text(cx, "__main__").map(Owned::new);
    match main {
        Some(main) if main.value().cast::<module::ModuleObject>().is_some() => Ok(interactive::run(cx, main.value())?),
        _ => Ok(()),
    }
}
