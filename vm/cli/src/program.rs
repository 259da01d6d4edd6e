//! Compiling and running programs.

use crate::Interpret;
use crate::arguments::{Command, Source};
use crate::bootstrap;
use crate::source::{self, Place};
use sidewinder_compiler::{CompileError, ErrorKind, Mode, Options, Warning};
use sidewinder_runtime::hooks::{self, CompileRequest, Product};
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::exception::special::SYNTAX_METADATA;
use sidewinder_runtime::objects::exception::{
    self, INCOMPLETE_INPUT_ERROR, INDENTATION_ERROR, SYNTAX_ERROR, SYNTAX_WARNING, SYSTEM_EXIT, TAB_ERROR,
};
use sidewinder_runtime::objects::function;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{code, int, module, singleton};
use sidewinder_runtime::operations::{call, finalize, import};
use sidewinder_runtime::threads;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::borrow::Cow;
use std::io::Read;
use std::rc::Rc;

/// The status of a run with `-X switch=N` in which threads did not take turns.
const NOT_SWITCHED: i32 = 71;

/// The status of a run whose standard output could not be written to its end.
const NOT_FLUSHED: i32 = 120;

/// How a program ended.
enum Ending {
    Status(i32),
    /// By a `KeyboardInterrupt`.
    Interrupted,
}

/// Runs a command; the exit status.
pub fn run(command: Command, interpret: Interpret) -> i32 {
    let key = bootstrap::hash_key(command.ignore_environment);
    let Ok(cx) = bootstrap::start(command.options, command.arguments, key, interpret) else {
        eprintln!("Fatal Python error: the builtin types could not be completed");
        return 1;
    };
    sidewinder_runtime::signals::start(cx);
    let path = if command.ignore_environment { None } else { std::env::var("PYTHONPATH").ok() };
    let Ok(hand_overs) = crate::companion::start(cx) else {
        eprintln!("sidewinder: the companion thread could not be started");
        return 1;
    };
    let started = crate::import::append_path(cx, path.as_deref().unwrap_or(""));
    let result = match started.and_then(|()| sidewinder_imports::start(cx)) {
        Ok(()) => trace_from_start(cx)
            .map_err(Failure::from)
            .and_then(|()| run_source(cx, &command.source, command.safe_path)),
        Err(raised) => Err(raised.into()),
    };
    let ending = finish(cx, result);
    wait_for_threads(cx);
    sidewinder_os::atexit::run(cx);
    threads::end_interpreter(cx);
    let complete = sidewinder_builtins::shut_down(cx);
    if cx.interpreter().options.stats != 0 {
        sidewinder_recorder::print_statistics(cx);
    }
    if crate::companion::was_idle(cx, hand_overs) {
        eprintln!("sidewinder: the GIL was never handed over");
        return NOT_SWITCHED;
    }
    match ending {
        Ending::Status(_) if !complete => NOT_FLUSHED,
        Ending::Status(status) => status,
        Ending::Interrupted => crate::signal::die_interrupted(),
    }
}

/// A trace function that changes nothing.
const QUIET_TRACER: &str = "def trace(frame, event, argument):\n    return trace\n";

/// The stress switch `settrace`: has the whole program run traced, by nobody or by a function in Python.
fn trace_from_start(cx: &mut Context) -> Result<()> {
    match cx.interpreter().options.settrace {
        0 => {}
        1 => cx.tracing.forced = true,
        _ => {
            let code = compile(cx, QUIET_TRACER, "<trace>", "exec")?;
            let globals = DictObject::new(cx);
            // SAFETY: (heap 2) just made.
            let namespace: &DictObject = unsafe { globals.value().cast_unchecked() };
            run_code(cx, code.value(), namespace, Value::UNBOUND)?;
            cx.tracing.trace = namespace.get_text(cx, "trace").map(Owned::new);
        }
    }
    cx.update_tracing();
    Ok(())
}

/// Waits for the threads that the program started and that are no daemons, if it has imported `threading`.
fn wait_for_threads(cx: &mut Context) {
    let Some(threading) = bootstrap::modules(cx).get_text(cx, "threading").map(Owned::new) else { return };
    if call::call_method(cx, threading.value(), "_shutdown", &[]).is_err() {
        finalize::report_unraisable(cx, "on threading shutdown", threading.value());
    }
}

/// What is to be run, read and named.
struct Program {
    text: String,
    file_name: String,
    /// What goes in front of `sys.path`.
    directory: String,
}

type Started<T> = std::result::Result<T, Failure>;

fn run_source(cx: &mut Context, source: &Source, safe_path: bool) -> Started<()> {
    let program = match source {
        Source::Text(text) => Program::unnamed(text.clone() + "\n", "<string>"),
        Source::Input => {
            let mut bytes = Vec::new();
            if std::io::stdin().read_to_end(&mut bytes).is_err() {
                return Err(Failure::Status(1));
            }
            Program::unnamed(source::decode(cx, &bytes, "<stdin>")?, "<stdin>")
        }
        Source::File(name) => read_script(cx, name)?,
        Source::Module(name) => return run_module(cx, name, safe_path),
    };
    if !safe_path {
        crate::import::prepend_path(cx, &program.directory)?;
    }
    let main = make_main(cx)?;
    let globals = module::of(main.value()).namespace();
    if matches!(source, Source::File(_)) {
        let file = StrObject::new(cx, &program.file_name);
        globals.set_text(cx, "__file__", file.value());
    }
    if matches!(source, Source::Text(_)) {
        sidewinder_builtins::register_source(cx, &program.file_name, &program.text);
    }
    let code = compile(cx, &program.text, &program.file_name, "exec")?;
    run_code(cx, code.value(), globals, Value::UNBOUND)?;
    Ok(())
}

/// The module `__main__`, empty.
fn make_main(cx: &mut Context) -> Result<Owned> {
    let main = module::new(cx, "__main__")?;
    bootstrap::modules(cx).set_text(cx, "__main__", main.value());
    let builtins = bootstrap::modules(cx).get_text(cx, "builtins").unwrap_or(singleton::none());
    module::of(main.value()).namespace().set_text(cx, "__builtins__", builtins);
    Ok(main)
}

impl Program {
    /// A program without a file, which imports from the current directory.
    fn unnamed(text: String, file_name: &str) -> Program {
        Program { text, file_name: file_name.to_string(), directory: String::new() }
    }
}

/// Why a program ended early.
enum Failure {
    /// The pending exception.
    Raised,
    /// A message was printed already.
    Status(i32),
}

impl From<Raised> for Failure {
    fn from(_: Raised) -> Failure {
        Failure::Raised
    }
}

/// Ends with a message about the program itself.
fn refuse<T>(message: &str, status: i32) -> Started<T> {
    eprintln!("{}: {message}", crate::arguments::program());
    Err(Failure::Status(status))
}

fn read_script(cx: &mut Context, name: &str) -> Started<Program> {
    let shown = source::absolute(name);
    let mut file = shown.clone();
    if file.is_dir() {
        file.push("__main__.py");
        if !file.is_file() {
            return refuse(&format!("can't find '__main__' module in '{}'", shown.display()), 1);
        }
    }
    let bytes = match std::fs::read(&file) {
        Ok(bytes) => bytes,
        Err(error) => {
            let number = error.raw_os_error().unwrap_or(0);
            let text = exception::special::system_error_text(number);
            return refuse(&format!("can't open file '{}': [Errno {number}] {text}", shown.display()), 2);
        }
    };
    let file_name = file.to_string_lossy().into_owned();
    let directory = std::fs::canonicalize(&file).unwrap_or_default();
    let directory = directory.parent().map(|parent| parent.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Program { text: source::decode(cx, &bytes, &file_name)?, file_name, directory })
}

/// Runs a module of the path as the program, which is the business of the library's `runpy`.
fn run_module(cx: &mut Context, name: &str, safe_path: bool) -> Started<()> {
    if !safe_path {
        let directory = source::absolute("");
        let directory = directory.to_string_lossy();
        crate::import::prepend_path(cx, directory.trim_end_matches('/'))?;
    }
    make_main(cx)?;
    let runner = import::module(cx, "runpy")?;
    let name = StrObject::new(cx, name);
    call::call_method(cx, runner.value(), "_run_module_as_main", &[name.value(), singleton::true_()])?;
    Ok(())
}

/// Flushes, reports an uncaught exception, and gives the exit status.
fn finish(cx: &mut Context, result: Started<()>) -> Ending {
    match result {
        Ok(()) => Ending::Status(0),
        Err(Failure::Status(status)) => Ending::Status(status),
        Err(Failure::Raised) => {
            let raised = cx.take_pending();
            if raised.value().type_of().is_subtype(&SYSTEM_EXIT) {
                return Ending::Status(exit_status(cx, raised.value()));
            }
            sidewinder_builtins::report_uncaught(cx, raised.value());
            let interrupted = raised.value().type_of().is_subtype(&exception::KEYBOARD_INTERRUPT);
            if interrupted { Ending::Interrupted } else { Ending::Status(1) }
        }
    }
}

/// The status of a `SystemExit`: None is 0, an integer itself, anything else is printed and is 1.
fn exit_status(cx: &mut Context, raised: Value) -> i32 {
    let code = sidewinder_runtime::operations::attribute::get_text(cx, raised, "code");
    let Ok(code) = code else { return 1 };
    if code.value() == singleton::none() {
        return 0;
    }
    if let Some(number) = int::as_i64(code.value()) {
        return number as i32;
    }
    sidewinder_builtins::print_error_line(cx, code.value());
    1
}

/// Source text to a code object.
pub fn compile(cx: &mut Context, source: &str, file_name: &str, mode: &str) -> Result<Owned> {
    compile_request(cx, &CompileRequest::new(source, file_name, mode))
}

/// The hook behind `compile`, `exec` and `eval`: source to a code object.
pub fn compile_request(cx: &mut Context, request: &CompileRequest<'_>) -> Result<Owned> {
    let file_name = request.file_name;
    let decoded;
    let source = match request.source {
        hooks::Source::Text(text) => match source::with_newlines(text) {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => {
                decoded = text;
                &decoded
            }
        },
        hooks::Source::Bytes(bytes) => {
            decoded = source::decode_from(cx, bytes, file_name, false)?;
            &decoded
        }
        hooks::Source::Tree(tree) => return crate::tree::compile(cx, request, tree),
    };
    let options = options(cx, request);
    if request.product != Product::Code {
        let parsed = crate::tree::parse(cx, request, source);
        let is_wrong = parsed.is_err() && cx.pending_is(&SYNTAX_ERROR);
        if (parsed.is_ok() || is_wrong) && may_go_on(request, options.mode, source, is_wrong) {
            if is_wrong {
                drop(cx.take_pending());
            }
            return Err(cx.raise(&INCOMPLETE_INPUT_ERROR, "incomplete input"));
        }
        return parsed;
    }
    let mut warnings = Vec::new();
    let compiled = sidewinder_compiler::compile_with_options(source, file_name, options, &mut warnings);
    issue_warnings(cx, source, file_name, &warnings)?;
    if may_go_on(request, options.mode, source, compiled.is_err()) {
        return Err(cx.raise(&INCOMPLETE_INPUT_ERROR, "incomplete input"));
    }
    match compiled {
        Ok(data) => Ok(new_code(cx, data)),
        Err(error) => Err(raise_compile_error(cx, &error, source)),
    }
}

/// Whether more lines could make a source right that is wrong, or belong to its last statement.
fn may_go_on(request: &CompileRequest<'_>, mode: Mode, source: &str, is_wrong: bool) -> bool {
    request.allow_incomplete
        && match is_wrong {
            true => sidewinder_compiler::is_incomplete(source, mode),
            false => request.block_stays_open && mode == Mode::OpenSingle && sidewinder_compiler::is_open_ended(source),
        }
}

/// The object of code that was compiled.
pub fn new_code(cx: &mut Context, data: sidewinder_bytecode::CodeData) -> Owned {
    if cx.interpreter().options.dumps("bytecode") {
        eprintln!("{}", sidewinder_bytecode::disassemble::disassemble(&data));
    }
    code::new(cx, Rc::new(data))
}

/// What the compiler is told.
pub fn options(cx: &mut Context, request: &CompileRequest<'_>) -> Options {
    let mode = match request.mode {
        "eval" => Mode::Eval,
        "namespace-exec" => Mode::NamespaceModule,
        "namespace-eval" => Mode::NamespaceEval,
        "open-exec" => Mode::OpenModule,
        "open-eval" => Mode::OpenEval,
        "open-single" => Mode::OpenSingle,
        _ => Mode::Module,
    };
    Options {
        mode,
        optimize: request.optimize.unwrap_or(cx.interpreter().options.optimize.min(2) as u8),
        futures: request.futures,
        top_level_await: request.top_level_await,
        int_digits_max: cx.interpreter().int_digits_max,
    }
}

/// The hook that compiles a file's bytes.
pub fn compile_file(cx: &mut Context, bytes: &[u8], file_name: &str) -> Result<Owned> {
    let text = source::decode(cx, bytes, file_name)?;
    compile(cx, &text, file_name, "exec")
}

/// Issues the compiler's warnings: by the module `warnings`, if the program has it, whose filters may make errors of them.
pub fn issue_warnings(cx: &mut Context, source: &str, file_name: &str, warnings: &[Warning]) -> Result<()> {
    if warnings.is_empty() || cx.interpreter().options.warnings == 0 {
        return Ok(());
    }
    let Some(module) = bootstrap::modules(cx).get_text(cx, "warnings").map(Owned::new) else {
        show_warnings(cx, source, file_name, warnings);
        return Ok(());
    };
    for Warning { line, message } in warnings {
        let shown = StrObject::new(cx, message);
        let file = StrObject::new(cx, file_name);
        let number = Value::from_small_int(*line as i64);
        let arguments = [shown.value(), SYNTAX_WARNING.value(), file.value(), number];
        if let Err(raised) = call::call_method(cx, module.value(), "warn_explicit", &arguments) {
            if !cx.swallow(&SYNTAX_WARNING) {
                return Err(raised);
            }
            let text = source.lines().nth(*line as usize - 1);
            // As an error, the escape sequence works no longer.
            let message = &message.replace(" Such sequences will not work in the future.", "");
            let place = Place { file_name, line: *line, column: 1, end_line: *line, end_column: 0, text };
            return Err(source::raise_syntax_error(cx, &SYNTAX_ERROR, message, place));
        }
    }
    Ok(())
}

/// Prints warnings as CPython's default filters do; with the source line if that can be found in a file.
fn show_warnings(cx: &mut Context, source: &str, file_name: &str, warnings: &[Warning]) {
    let in_file = std::path::Path::new(file_name).is_file();
    for Warning { line, message } in warnings {
        let mut text = format!("{file_name}:{line}: SyntaxWarning: {message}\n");
        if let Some(code) = source.lines().nth(*line as usize - 1).filter(|_| in_file) {
            text.push_str(&format!("  {}\n", code.trim()));
        }
        sidewinder_builtins::write_error(cx, &text);
    }
}

/// The exception that says why source or a tree cannot be compiled.
pub fn raise_compile_error(cx: &mut Context, error: &CompileError, source: &str) -> Raised {
    let kind = match error.kind {
        ErrorKind::Indentation => &INDENTATION_ERROR,
        ErrorKind::Tab => &TAB_ERROR,
        _ => &SYNTAX_ERROR,
    };
    if error.kind == ErrorKind::Value {
        return cx.value_error(&error.message);
    }
    if error.line == 0 {
        return cx.raise(kind, &error.message);
    }
    let text = error.text(std::path::Path::new(&*error.file_name).is_file());
    let place = Place {
        file_name: &error.file_name,
        line: error.line,
        column: error.column,
        end_line: error.end_line_shown(),
        end_column: error.end_offset(),
        text: text.as_deref(),
    };
    let raised = source::raise_syntax_error(cx, kind, &error.message, place);
    let Some((line, column)) = error.statement.filter(|_| cx.pending_is(&SYNTAX_ERROR)) else { return raised };
    let exception = cx.take_pending();
    let (line, column) = (int::from_i64(cx, line as i64), int::from_i64(cx, column as i64));
    let source = StrObject::new(cx, source);
    let metadata = TupleObject::from_owned(cx, vec![line, column, source]);
    exception::of(exception.value()).set_field(SYNTAX_METADATA, Some(metadata));
    cx.raise_value(exception)
}

/// The hook that runs a code object; with a namespace, its register 0 is that.
pub fn run_code(cx: &mut Context, code: Value, globals: &DictObject, namespace: Value) -> Result<Owned> {
    if globals.get_text(cx, "__builtins__").is_none() {
        let builtins = cx.interpreter().builtins.value();
        globals.set_text(cx, "__builtins__", builtins);
    }
    let function = function::new(cx, code, Value::from_pointer(globals));
    // SAFETY: (heap 2) just made.
    let body: &function::FunctionObject = unsafe { function.value().cast_unchecked() };
    let namespaces = [namespace];
    let arguments = if namespace.is_unbound() { &[][..] } else { &namespaces[..] };
    sidewinder_semantics::nested::call_function(cx, body, Arguments::positional(arguments))
}
