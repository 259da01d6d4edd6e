//! Compiling and running programs.

use crate::arguments::{Command, Source};
use crate::bootstrap;
use sidewinder_compiler::{CompileError, ErrorKind, Mode};
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{
    self, INDENTATION_ERROR, NOT_IMPLEMENTED_ERROR, SYNTAX_ERROR, SYSTEM_EXIT, TAB_ERROR,
};
use sidewinder_runtime::objects::function;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{code, int, module, singleton};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::io::Read;
use std::rc::Rc;

/// Runs a command; the exit status.
pub fn run(command: Command) -> i32 {
    let key = bootstrap::hash_key(command.ignore_environment);
    let Ok(cx) = bootstrap::start(command.options, command.arguments, key) else {
        eprintln!("Fatal Python error: the builtin types could not be completed");
        return 1;
    };
    crate::signal::install(cx);
    let result = run_source(cx, &command.source, command.safe_path);
    let status = finish(cx, result);
    sidewinder_builtins::shut_down(cx);
    status
}

fn run_source(cx: &mut Context, source: &Source, safe_path: bool) -> std::result::Result<(), Failure> {
    let (text, file_name) = match source {
        Source::Text(text) => (text.clone() + "\n", "<string>".to_string()),
        Source::Input => {
            let mut text = String::new();
            if std::io::stdin().read_to_string(&mut text).is_err() {
                return Err(Failure::Status(1));
            }
            (text, "<stdin>".to_string())
        }
        Source::File(name) => (read_script(cx, name)?, name.clone()),
    };
    let directory = match source {
        Source::File(name) => {
            let path = std::fs::canonicalize(name).unwrap_or_default();
            path.parent().map(|parent| parent.to_string_lossy().into_owned()).unwrap_or_default()
        }
        _ => String::new(),
    };
    if !safe_path {
        crate::import::prepend_path(cx, &directory)?;
    }
    let main = module::new(cx, "__main__")?;
    let globals = module::of(main.value()).namespace();
    bootstrap::modules(cx).set_text(cx, "__main__", main.value());
    let builtins = bootstrap::modules(cx).get_text(cx, "builtins").unwrap_or(singleton::none());
    globals.set_text(cx, "__builtins__", builtins);
    if let Source::File(name) = source {
        let file = StrObject::new(cx, name);
        globals.set_text(cx, "__file__", file.value());
    }
    let code = compile(cx, &text, &file_name, "exec")?;
    run_code(cx, code.value(), globals, Value::UNBOUND)?;
    Ok(())
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

fn read_script(cx: &mut Context, name: &str) -> std::result::Result<String, Failure> {
    let program = std::env::args().next().unwrap_or_default();
    let shown = std::env::current_dir().map(|directory| directory.join(name)).unwrap_or_else(|_| name.into());
    let shown = shown.to_string_lossy();
    if std::path::Path::new(name).is_dir() {
        eprintln!("{program}: can't find '__main__' module in '{shown}'");
        return Err(Failure::Status(1));
    }
    match std::fs::read(name) {
        Ok(bytes) => Ok(crate::import::decode(cx, &bytes, name)?),
        Err(error) => {
            let number = error.raw_os_error().unwrap_or(0);
            let text = exception::special::system_error_text(number);
            eprintln!("{program}: can't open file '{shown}': [Errno {number}] {text}");
            Err(Failure::Status(2))
        }
    }
}

/// Flushes, reports an uncaught exception, and gives the exit status.
fn finish(cx: &mut Context, result: std::result::Result<(), Failure>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(Failure::Status(status)) => status,
        Err(Failure::Raised) => {
            let raised = cx.take_pending();
            if raised.value().type_of().is_subtype(&SYSTEM_EXIT) {
                return exit_status(cx, raised.value());
            }
            sidewinder_builtins::report_uncaught(cx, raised.value());
            if raised.value().type_of().is_subtype(&exception::KEYBOARD_INTERRUPT) { 130 } else { 1 }
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

/// The hook behind `compile`, `exec` and `eval`: source to a code object.
pub fn compile(cx: &mut Context, source: &str, file_name: &str, mode: &str) -> Result<Owned> {
    let mode = match mode {
        "eval" => Mode::Eval,
        "namespace-exec" => Mode::NamespaceModule,
        "namespace-eval" => Mode::NamespaceEval,
        _ => Mode::Module,
    };
    match sidewinder_compiler::compile(source, file_name, mode) {
        Ok(data) => {
            if cx.interpreter().options.dumps("bytecode") {
                eprintln!("{}", sidewinder_bytecode::disassemble::disassemble(&data));
            }
            Ok(code::new(cx, Rc::new(data)))
        }
        Err(error) => Err(raise_compile_error(cx, &error)),
    }
}

fn raise_compile_error(cx: &mut Context, error: &CompileError) -> Raised {
    let kind = match error.kind {
        ErrorKind::Indentation => &INDENTATION_ERROR,
        ErrorKind::Tab => &TAB_ERROR,
        ErrorKind::NotImplemented => return cx.raise(&NOT_IMPLEMENTED_ERROR, &error.message),
        _ => &SYNTAX_ERROR,
    };
    let number = |value: u32| Value::from_small_int(value as i64);
    let message = StrObject::new(cx, &error.message);
    let file_name = StrObject::new(cx, &error.file_name);
    let text = StrObject::new(cx, error.source_line.as_deref().unwrap_or(""));
    let details = [
        file_name.value(),
        number(error.line),
        number(error.column),
        text.value(),
        number(error.end_line),
        number(error.end_column),
    ];
    let details = TupleObject::new(cx, &details);
    match exception::new(cx, kind, &[message.value(), details.value()]) {
        Ok(exception) => cx.raise_value(exception),
        Err(raised) => raised,
    }
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

/// The dict of a module value.
pub fn namespace_of(module: Value) -> &'static DictObject {
    dict::of(module::of(module).dict.get())
}
