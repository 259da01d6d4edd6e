//! An interpreter inside another program, for tests.

use crate::{Interpret, bootstrap, program};
use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::method;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::options::Options;
use sidewinder_runtime::{Context, Owned, Result, Value, threads};

/// Starts an interpreter whose main thread is the calling one.
///
/// # Errors
/// A builtin type could not be completed.
pub fn start(mut options: Options, interpret: Interpret) -> Result<&'static mut Context> {
    options.settings.places = crate::places::find(None, &options.settings.library_folder);
    let cx = bootstrap::start(options, (1, 2), interpret)?;
    crate::import::append_path(cx, std::ffi::OsStr::new(""))?;
    sidewinder_imports::start(cx)?;
    Ok(cx)
}

/// A namespace with some native functions.
pub fn namespace(cx: &mut Context, functions: &'static [Native]) -> Owned {
    let namespace = DictObject::new(cx);
    let module = StrObject::new(cx, "__main__");
    let names: &DictObject = dict::of(namespace.value());
    names.set_text(cx, "__name__", module.value());
    for function in functions {
        let made = method::native::new_function(cx, function, module.value());
        names.set_text(cx, function.name, made.value());
    }
    namespace
}

/// Runs a program in a namespace. Its uncaught exception is printed.
///
/// # Errors
/// There was one.
pub fn run(cx: &mut Context, text: &str, namespace: &Owned) -> Result<()> {
    sidewinder_builtins::register_source(cx, "<embedded>", text);
    sidewinder_recorder::program_starts(cx);
    let ran = program::compile(cx, text, "<embedded>", "exec")
        .and_then(|code| program::run_code(cx, code.value(), dict::of(namespace.value()), Value::UNBOUND));
    if let Err(raised) = ran {
        let exception = cx.take_pending();
        sidewinder_builtins::report_uncaught(cx, exception.value());
        return Err(raised);
    }
    Ok(())
}

/// Ends the interpreter: what its modules hold is destroyed.
pub fn end(cx: &mut Context) {
    threads::end_interpreter(cx);
    sidewinder_builtins::shut_down(cx);
    sidewinder_recorder::uninstall(cx);
}
