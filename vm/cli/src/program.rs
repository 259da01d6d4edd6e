//! Compiling and running programs.

use crate::Interpret;
use crate::arguments::{Command, Source};
use crate::bootstrap;
use crate::script::{self, Program, Script};
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
use sidewinder_runtime::operations::{attribute, call, finalize, import};
use sidewinder_runtime::threads;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
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
    let Command { source, mut options, skips_first_line, hash_seed } = command;
    let variable = |name: &str| match options.settings.ignore_environment {
        0 => std::env::var_os(name).filter(|value| !value.is_empty()),
        _ => None,
    };
    let (home, path) = (variable("PYTHONHOME"), variable("PYTHONPATH"));
    options.settings.places = crate::places::find(home.as_deref(), &options.settings.library_folder);
    let key = bootstrap::hash_key(hash_seed);
    let Ok(cx) = bootstrap::start(options, key, interpret) else {
        return crate::startup::fail(Context::current());
    };
    sidewinder_runtime::signals::start(cx);
    let Ok(hand_overs) = crate::companion::start(cx) else {
        eprintln!("sidewinder: the companion thread could not be started");
        return 1;
    };
    let started = crate::import::append_path(cx, path.as_deref().unwrap_or_default());
    let started = started.and_then(|()| sidewinder_imports::start(cx));
    if sidewinder_builtins::reopen_streams(cx).is_err() {
        return crate::startup::fail(cx);
    }
    let started = started.and_then(|()| crate::startup::prepare(cx));
    sidewinder_recorder::program_starts(cx);
    let result = match started {
        Ok(()) => trace_from_start(cx).map_err(Failure::from).and_then(|()| run_source(cx, &source, skips_first_line)),
        Err(raised) => Err(raised.into()),
    };
    let result = crate::startup::inspect(cx, &source, result);
    let ending = finish(cx, result);
    wait_for_threads(cx);
    sidewinder_os::atexit::run(cx);
    threads::end_interpreter(cx);
    crate::further::end_all(cx);
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
pub fn wait_for_threads(cx: &mut Context) {
    let Some(threading) = bootstrap::modules(cx).get_text(cx, "threading").map(Owned::new) else { return };
    if call::call_method(cx, threading.value(), "_shutdown", &[]).is_err() {
        finalize::report_unraisable(cx, "on threading shutdown", threading.value());
    }
}

pub type Started<T> = std::result::Result<T, Failure>;

fn run_source(cx: &mut Context, source: &Source, skips_first_line: bool) -> Started<()> {
    let safe_path = cx.interpreter().options.settings.safe_path;
    let program = match source {
        Source::Text(text) => Program::unnamed(script::command_text(text)?, "<string>"),
        Source::Input if crate::startup::is_interactive(cx) => {
            if !safe_path {
                crate::import::prepend_path(cx, Path::new(""))?;
            }
            let main = make_main(cx, None)?;
            crate::interactive::prepare(cx, main.value())?;
            crate::interactive::run(cx, main.value())?;
            return Ok(());
        }
        Source::Input => {
            let mut bytes = Vec::new();
            if std::io::stdin().read_to_end(&mut bytes).is_err() {
                return Err(Failure::Status(1));
            }
            Program::unnamed(source::decode(cx, &bytes, "<stdin>")?, "<stdin>")
        }
        Source::File(name) => match script::read(cx, name, skips_first_line)? {
            Script::Text(program) => program,
            Script::Container(place) => {
                crate::import::prepend_path(cx, &place)?;
                return run_module(cx, "__main__", false);
            }
            Script::Compiled(file, bytes) => {
                if !safe_path {
                    crate::import::prepend_path(cx, file.parent().unwrap_or(&file))?;
                }
                return script::run_compiled(cx, &file, &bytes);
            }
        },
        Source::Module(name) => {
            if !safe_path {
                let directory: PathBuf = source::absolute(OsStr::new("")).components().collect();
                crate::import::prepend_path(cx, &directory)?;
            }
            return run_module(cx, name, true);
        }
    };
    if !safe_path {
        crate::import::prepend_path(cx, &program.directory)?;
    }
    let is_text = matches!(source, Source::Text(_));
    let main = make_main(cx, matches!(source, Source::File(_)).then_some(program.file.as_path()))?;
    if !is_text {
        set_file(cx, main.value(), &program.file)?;
    }
    let file_name = program.file.to_string_lossy();
    if is_text {
        sidewinder_builtins::register_source(cx, &file_name, &program.text);
    }
    let code = compile(cx, &program.text, &file_name, "exec")?;
    run_code(cx, code.value(), module::of(main.value()).namespace(), Value::UNBOUND)?;
    Ok(())
}

/// Tells the main module which file it comes from.
pub fn set_file(cx: &mut Context, main: Value, file: &Path) -> Result<()> {
    let namespace = module::of(main).namespace();
    let name = sidewinder_os::path::decode(cx, file.as_os_str().as_bytes())?;
    namespace.set_text(cx, "__file__", name.value());
    namespace.set_text(cx, "__cached__", singleton::none());
    Ok(())
}

/// What loads the main module from a file.
pub fn loader_of(cx: &mut Context, file: &Path) -> Result<Owned> {
    let external = import::module(cx, "_frozen_importlib_external")?;
    let is_compiled = file.extension().is_some_and(|extension| extension == "pyc");
    let kind = if is_compiled { "SourcelessFileLoader" } else { "SourceFileLoader" };
    let name = StrObject::new(cx, "__main__");
    let file = sidewinder_os::path::decode(cx, file.as_os_str().as_bytes())?;
    call::call_method(cx, external.value(), kind, &[name.value(), file.value()])
}

/// The module `__main__`, empty; of a file, or of none.
pub fn make_main(cx: &mut Context, file: Option<&Path>) -> Result<Owned> {
    let main = module::new(cx, "__main__")?;
    bootstrap::modules(cx).set_text(cx, "__main__", main.value());
    let builtins = bootstrap::modules(cx).get_text(cx, "builtins").unwrap_or(singleton::none());
    let namespace = module::of(main.value()).namespace();
    namespace.set_text(cx, "__builtins__", builtins);
    let loader = match file {
        None => attribute::get_text(cx, cx.interpreter().importlib.clone().value(), "BuiltinImporter")?,
        Some(file) => loader_of(cx, file)?,
    };
    namespace.set_text(cx, "__loader__", loader.value());
    Ok(main)
}

/// Why a program ended early.
pub enum Failure {
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

/// Runs a module of the path as the program, which is the business of the library's `runpy`.
fn run_module(cx: &mut Context, name: &str, sets_arguments: bool) -> Started<()> {
    make_main(cx, None)?;
    let runner = import::module(cx, "runpy")?;
    let name = StrObject::new(cx, name);
    let sets_arguments = singleton::boolean(sets_arguments);
    call::call_method(cx, runner.value(), "_run_module_as_main", &[name.value(), sets_arguments])?;
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
    if int::is_int_like(code.value()) {
        return -1;
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
    if may_go_on(request, options.mode, source, compiled.is_err()) {
        if compiled.is_err() && !request.incomplete_is_quiet {
            // The parser has read literals until it found the end.
            issue_warnings(cx, source, file_name, &warnings)?;
        }
        return Err(cx.raise(&INCOMPLETE_INPUT_ERROR, "incomplete input"));
    }
    issue_warnings(cx, source, file_name, &warnings)?;
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

/// Issues the compiler's warnings, of which filters may make errors.
pub fn issue_warnings(cx: &mut Context, source: &str, file_name: &str, warnings: &[Warning]) -> Result<()> {
    if warnings.is_empty() || cx.interpreter().options.warnings == 0 {
        return Ok(());
    }
    let module = import::module(cx, "_warnings")?;
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
