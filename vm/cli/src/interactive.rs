//! The interactive loop: a prompt, a statement, what it prints.

use crate::program;
use sidewinder_runtime::objects::exception::{KEYBOARD_INTERRUPT, SYSTEM_EXIT};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{module, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, import};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The name that statements have as a file.
const FILE: &str = "<stdin>";

/// Whether standard input is a terminal.
pub fn has_terminal() -> bool {
    // SAFETY: a call of the system without pointers.
    unsafe { libc::isatty(0) == 1 }
}

/// Greets, runs `PYTHONSTARTUP` and `sys.__interactivehook__`.
pub fn prepare(cx: &mut Context, main: Value) -> Result<()> {
    let settings = cx.interpreter().options.settings.clone();
    let system = import::loaded(cx, "sys")?;
    if settings.quiet == 0 {
        let version = attribute::get_text(cx, system.value(), "version")?;
        let version = str::text(version.value()).unwrap_or_default().into_owned();
        let help = "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n";
        let help = if settings.no_site == 0 { help } else { "" };
        sidewinder_builtins::write_error(cx, &format!("Python {version} on linux\n{help}"));
    }
    let file = if settings.ignore_environment != 0 { None } else { std::env::var("PYTHONSTARTUP").ok() };
    if let Some(file) = file.filter(|file| !file.is_empty()) {
        match std::fs::read(&file) {
            Ok(bytes) => {
                let namespace = module::of(main).namespace();
                let code = program::compile_file(cx, &bytes, &file);
                if let Err(_raised) =
                    code.and_then(|code| program::run_code(cx, code.value(), namespace, Value::UNBOUND))
                {
                    report(cx)?;
                }
            }
            Err(error) => {
                let number = error.raw_os_error().unwrap_or(0);
                let text = sidewinder_runtime::objects::exception::special::system_error_text(number);
                let message =
                    format!("Could not open PYTHONSTARTUP\nFileNotFoundError: [Errno {number}] {text}: '{file}'\n");
                sidewinder_builtins::write_error(cx, &message);
            }
        }
    }
    if settings.isolated == 0
        && let Some(hook) = attribute::get_text_optional(cx, system.value(), "__interactivehook__")?
        && call::call(cx, hook.value(), &[]).is_err()
    {
        sidewinder_builtins::write_error(cx, "Failed calling sys.__interactivehook__\n");
        report(cx)?;
    }
    Ok(())
}

/// Prints the pending exception, unless it ends the program.
fn report(cx: &mut Context) -> Result<()> {
    if cx.pending_is(&SYSTEM_EXIT) {
        return Err(sidewinder_runtime::Raised);
    }
    let raised = cx.take_pending();
    if raised.value().type_of().is_subtype(&KEYBOARD_INTERRUPT) {
        sidewinder_builtins::write_error(cx, "\nKeyboardInterrupt\n");
        return Ok(());
    }
    let system = import::loaded(cx, "sys")?;
    attribute::set_text(cx, system.value(), "last_exc", raised.value())?;
    attribute::set_text(cx, system.value(), "last_type", raised.value().type_of().value())?;
    attribute::set_text(cx, system.value(), "last_value", raised.value())?;
    sidewinder_builtins::report_uncaught(cx, raised.value());
    flush(cx);
    Ok(())
}

fn flush(cx: &mut Context) {
    for name in ["stderr", "stdout"] {
        let flushed = import::loaded(cx, "sys")
            .and_then(|system| attribute::get_text(cx, system.value(), name))
            .and_then(|stream| match stream.value() == singleton::none() {
                true => Ok(stream),
                false => call::call_method(cx, stream.value(), "flush", &[]),
            });
        if flushed.is_err() {
            drop(cx.take_pending());
        }
    }
}

/// Reads statements and runs them in the namespace of `__main__` to the end of the input.
pub fn run(cx: &mut Context, main: Value) -> Result<()> {
    let system = import::loaded(cx, "sys")?;
    for (name, prompt) in [("ps1", ">>> "), ("ps2", "... ")] {
        if attribute::get_text_optional(cx, system.value(), name)?.is_none() {
            let prompt = StrObject::new(cx, prompt);
            attribute::set_text(cx, system.value(), name, prompt.value())?;
        }
    }
    let codeop = import::module(cx, "codeop")?;
    let compiler = call::call_method(cx, codeop.value(), "CommandCompiler", &[])?;
    let namespace = module::of(main).namespace();
    let mut source = String::new();
    loop {
        let line = match read(cx, system.value(), if source.is_empty() { "ps1" } else { "ps2" }) {
            Ok(line) => line,
            Err(_raised) => {
                source.clear();
                report(cx)?;
                continue;
            }
        };
        let is_end = line.is_empty();
        source.push_str(&line);
        if source.trim().is_empty() {
            source.clear();
        }
        if !source.is_empty() {
            let text = StrObject::new(cx, source.strip_suffix('\n').unwrap_or(&source));
            let (file, mode) = (StrObject::new(cx, FILE), StrObject::new(cx, if is_end { "exec" } else { "single" }));
            sidewinder_builtins::register_source(cx, FILE, &source);
            let code = match is_end {
                true => program::compile(cx, &source, FILE, "open-single"),
                false => call::call(cx, compiler.value(), &[text.value(), file.value(), mode.value()]),
            };
            match code {
                Ok(code) if code.value() == singleton::none() => continue,
                Ok(code) => {
                    source.clear();
                    let done = program::run_code(cx, code.value(), namespace, Value::UNBOUND);
                    match done {
                        Ok(result) => drop(result),
                        Err(_raised) => report(cx)?,
                    }
                    flush(cx);
                }
                Err(_raised) => {
                    source.clear();
                    report(cx)?;
                }
            }
        }
        if is_end {
            sidewinder_builtins::write_error(cx, "\n");
            return Ok(());
        }
    }
}

/// A line after a prompt; an empty text at the end.
fn read(cx: &mut Context, system: Value, prompt: &str) -> Result<String> {
    let prompt = attribute::get_text(cx, system, prompt)?;
    let prompt = convert::str(cx, prompt.value())?;
    let prompt = str::text(prompt.value()).unwrap_or_default().into_owned();
    flush(cx);
    sidewinder_builtins::write_error(cx, &prompt);
    let stream = attribute::get_text(cx, system, "stdin")?;
    if stream.value() == singleton::none() {
        return Ok(String::new());
    }
    let line: Owned = call::call_method(cx, stream.value(), "readline", &[])?;
    Ok(str::text(line.value()).unwrap_or_default().into_owned())
}
