//! The interactive loop: a prompt, a statement, what it prints.

use crate::program;
use sidewinder_bytecode::CodeFlags;
use sidewinder_runtime::hooks::CompileRequest;
use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::exception::special::system_error_text;
use sidewinder_runtime::objects::exception::{INCOMPLETE_INPUT_ERROR, KEYBOARD_INTERRUPT, SYNTAX_ERROR, SYSTEM_EXIT};
use sidewinder_runtime::objects::method::native;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{module, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, import};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value, signals};
use std::path::Path;

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
    let file = if settings.ignore_environment != 0 { None } else { std::env::var_os("PYTHONSTARTUP") };
    if let Some(file) = file.filter(|file| !file.is_empty())
        && run_first(cx, main, Path::new(&file)).is_err()
    {
        report(cx)?;
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

/// Runs a file in the namespace of `__main__`, which has the file's name for that time.
fn run_first(cx: &mut Context, main: Value, file: &Path) -> Result<()> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            let number = error.raw_os_error().unwrap_or(0);
            let text = system_error_text(number);
            sidewinder_builtins::write_error(cx, "Could not open PYTHONSTARTUP\n");
            let kind = error.kind();
            let kind = if kind == std::io::ErrorKind::NotFound { "FileNotFoundError" } else { "OSError" };
            let message = format!("{kind}: [Errno {number}] {text}: '{}'\n", file.display());
            sidewinder_builtins::write_error(cx, &message);
            return Ok(());
        }
    };
    let namespace = module::of(main).namespace();
    program::set_file(cx, main, file)?;
    let loader = program::loader_of(cx, file)?;
    namespace.set_text(cx, "__loader__", loader.value());
    let code = program::compile_file(cx, &bytes, &file.to_string_lossy());
    let result = code.and_then(|code| program::run_code(cx, code.value(), namespace, Value::UNBOUND));
    for name in ["__file__", "__cached__"] {
        let name = StrObject::new(cx, name);
        namespace.remove(cx, name.value())?;
    }
    result.map(drop)
}

/// Prints the pending exception, unless it ends the program.
fn report(cx: &mut Context) -> Result<()> {
    if cx.pending_is(&SYSTEM_EXIT) {
        return Err(Raised);
    }
    let raised = cx.take_pending();
    let system = import::loaded(cx, "sys")?;
    attribute::set_text(cx, system.value(), "last_exc", raised.value())?;
    attribute::set_text(cx, system.value(), "last_type", raised.value().type_of().value())?;
    attribute::set_text(cx, system.value(), "last_value", raised.value())?;
    let traceback = sidewinder_runtime::objects::exception::of(raised.value()).traceback();
    attribute::set_text(cx, system.value(), "last_traceback", traceback.unwrap_or(singleton::none()))?;
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

/// `sys._baserepl`, for the library's loop where a terminal cannot do what that wants.
static PLAIN_LOOP: Native =
    Native::new("_baserepl", 0, 0, plain_loop, "Read statements from standard input and run them in __main__.");

fn plain_loop(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let main = import::loaded(cx, "__main__")?;
    if main.value().cast::<module::ModuleObject>().is_some() {
        run_plain(cx, main.value())?;
    }
    Ok(Owned::new(singleton::none()))
}

/// Reads statements and runs them in the namespace of `__main__` to the end of the input: with the library's editor of
/// lines on a terminal, unless the user wants the plain loop.
pub fn run(cx: &mut Context, main: Value) -> Result<()> {
    let system = import::loaded(cx, "sys")?;
    let name = StrObject::new(cx, "sys");
    let function = native::new_function(cx, &PLAIN_LOOP, name.value());
    attribute::set_text(cx, system.value(), PLAIN_LOOP.name, function.value())?;
    let reads_environment = cx.interpreter().options.settings.ignore_environment == 0;
    let is_plain = reads_environment && std::env::var_os("PYTHON_BASIC_REPL").is_some_and(|value| !value.is_empty());
    if is_plain || !has_terminal() {
        return run_plain(cx, main);
    }
    let editor = import::module(cx, "_pyrepl.main")?;
    call::call_method(cx, editor.value(), "interactive_console", &[main]).map(drop)
}

fn run_plain(cx: &mut Context, main: Value) -> Result<()> {
    let system = import::loaded(cx, "sys")?;
    for (name, prompt) in [("ps1", ">>> "), ("ps2", "... ")] {
        if attribute::get_text_optional(cx, system.value(), name)?.is_none() {
            let prompt = StrObject::new(cx, prompt);
            attribute::set_text(cx, system.value(), name, prompt.value())?;
        }
    }
    let namespace = module::of(main).namespace();
    let (mut source, mut futures) = (String::new(), 0);
    loop {
        let line = match read(cx, system.value(), if source.is_empty() { "ps1" } else { "ps2" }) {
            Ok(line) => line,
            Err(_raised) => {
                source.clear();
                if cx.swallow(&KEYBOARD_INTERRUPT) {
                    sidewinder_builtins::write_error(cx, "\nKeyboardInterrupt\n");
                } else {
                    report(cx)?;
                }
                continue;
            }
        };
        let is_end = line.is_empty();
        if is_end {
            sidewinder_builtins::write_error(cx, "\n");
            if source.is_empty() {
                return Ok(());
            }
        }
        source.push_str(&line);
        let is_empty = |line: &str| line.trim_start().is_empty() || line.trim_start().starts_with('#');
        if source.lines().all(is_empty) {
            source.clear();
            continue;
        }
        let done = match compile(cx, &source, is_end, futures) {
            Ok(None) => continue,
            Ok(Some(code)) => {
                remember(cx, code.value(), &source)?;
                futures = code.value().cast::<CodeObject>().map_or(0, |code| code.data.flags.0 & CodeFlags::FUTURES);
                program::run_code(cx, code.value(), namespace, Value::UNBOUND).map(drop)
            }
            Err(raised) => Err(raised),
        };
        source.clear();
        match done {
            Ok(()) => flush(cx),
            Err(_raised) => report(cx)?,
        }
    }
}

/// Remembers the source of a statement for the tracebacks of its code, and of functions that it makes.
fn remember(cx: &mut Context, code: Value, source: &str) -> Result<()> {
    let lines = import::module(cx, "linecache")?;
    let (source, file) = (StrObject::new(cx, source), StrObject::new(cx, FILE));
    call::call_method(cx, lines.value(), "_register_code", &[code, source.value(), file.value()]).map(drop)
}

/// The code of a statement; none if it goes on in another line.
fn compile(cx: &mut Context, source: &str, is_end: bool, futures: u32) -> Result<Option<Owned>> {
    let whole = CompileRequest { futures, ..CompileRequest::new(source, FILE, "open-single") };
    if is_end {
        return program::compile_request(cx, &whole).map(Some);
    }
    // A line's end that was typed does not end the statement that the line belongs to: an empty line does.
    let text = source.strip_suffix('\n').unwrap_or(source);
    let open = |text| CompileRequest {
        allow_incomplete: true,
        incomplete_is_quiet: true,
        block_stays_open: true,
        futures,
        ..CompileRequest::new(text, FILE, "open-single")
    };
    match program::compile_request(cx, &open(text)) {
        Ok(code) => return Ok(Some(code)),
        Err(_) if cx.swallow(&INCOMPLETE_INPUT_ERROR) => {}
        Err(raised) if !cx.pending_is(&SYNTAX_ERROR) => return Err(raised),
        Err(_) => drop(cx.take_pending()),
    }
    match program::compile_request(cx, &open(source)) {
        Err(_) if cx.swallow(&INCOMPLETE_INPUT_ERROR) => Ok(None),
        Ok(_) => Ok(None),
        Err(_) => {
            drop(cx.take_pending());
            program::compile_request(cx, &whole).map(Some)
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
    // Ctrl-C while it was written.
    signals::check(cx)?;
    let stream = attribute::get_text(cx, system, "stdin")?;
    if stream.value() == singleton::none() {
        return Ok(String::new());
    }
    let line: Owned = call::call_method(cx, stream.value(), "readline", &[])?;
    Ok(str::text(line.value()).unwrap_or_default().into_owned())
}
