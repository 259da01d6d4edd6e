//! Builtin functions that compile or look at the running frame: exec, eval, compile, globals, locals, `__import__`.

use sidewinder_runtime::native::{Arguments, Intrinsic, Native};
use sidewinder_runtime::objects::code::{CODE, CodeObject};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::type_object::flags;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The rows of the `builtins` module.
pub static FUNCTIONS: &[Native] = &[
    Native::with_keywords("exec", exec, "Execute the given source in the context of globals and locals.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::with_keywords("eval", eval, "Evaluate the given source in the context of globals and locals.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::with_keywords("compile", compile, "Compile source into a code object that can be executed."),
    Native::new("globals", 0, 0, globals, "Return the dictionary containing the current scope's global variables.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::new("locals", 0, 0, locals, "Return a dictionary containing the current scope's local variables.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::with_keywords("__import__", import, "Import a module."),
];

/// The value of the parameter at `position` or of keyword `name`; unbound if missing.
fn parameter(arguments: &Arguments<'_>, position: usize, name: &str) -> Value {
    arguments.positionals().get(position).copied().or_else(|| arguments.keyword(name)).unwrap_or(Value::UNBOUND)
}

fn given(value: Value) -> bool {
    !value.is_unbound() && value != singleton::none()
}

/// The globals of the Python frame that called this native function.
fn caller_globals(cx: &mut Context) -> Owned {
    let snapshot = cx.interpreter().hooks.frame_globals;
    snapshot(cx)
}

fn globals(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    Ok(caller_globals(cx))
}

fn locals(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let snapshot = cx.interpreter().hooks.frame_locals;
    snapshot(cx)
}

/// Globals and namespace (unbound when it is the globals) of an `exec` or `eval` call.
fn scope(cx: &mut Context, arguments: &Arguments<'_>, function: &str) -> Result<(Owned, Option<Owned>)> {
    let (globals, locals) = (parameter(arguments, 1, "globals"), parameter(arguments, 2, "locals"));
    if given(globals) && !globals.type_of().has_flag(flags::DICT) {
        let kind = globals.type_of().name();
        return Err(cx.type_error(format!("{function}() globals must be a dict, not {kind}")));
    }
    let namespace = if given(locals) {
        Some(Owned::new(locals))
    } else if given(globals) {
        None
    } else {
        let snapshot = cx.interpreter().hooks.frame_locals;
        Some(snapshot(cx)?)
    };
    let globals = if given(globals) { Owned::new(globals) } else { caller_globals(cx) };
    let namespace = namespace.filter(|namespace| namespace.value() != globals.value());
    Ok((globals, namespace))
}

fn run(cx: &mut Context, arguments: Arguments<'_>, function: &str) -> Result<Owned> {
    let source = parameter(&arguments, 0, "source");
    if source.is_unbound() {
        return Err(cx.type_error(format!("{function}() missing required argument 'source' (pos 1)")));
    }
    let (globals, namespace) = scope(cx, &arguments, function)?;
    let globals: &DictObject = dict::of(globals.value());
    if source.has_type(&CODE) {
        // SAFETY: (heap 2) the type was tested.
        let code: &CodeObject = unsafe { source.cast_unchecked() };
        let wants_namespace = code.has_flag(sidewinder_bytecode::CodeFlags::NAMESPACE);
        let namespace = namespace.map_or(Value::from_pointer(globals), |namespace| namespace.value());
        let namespace = if wants_namespace { namespace } else { Value::UNBOUND };
        return (cx.interpreter().hooks.run_code)(cx, source, globals, namespace);
    }
    let text = source_text(cx, source, function)?;
    let mode = match (function, &namespace) {
        ("eval", None) => "eval",
        ("eval", Some(_)) => "namespace-eval",
        (_, None) => "exec",
        (_, Some(_)) => "namespace-exec",
    };
    let text = if function == "eval" { text.trim_start_matches([' ', '\t']).to_string() } else { text };
    let code = (cx.interpreter().hooks.compile)(cx, &text, "<string>", mode)?;
    let namespace = namespace.map_or(Value::UNBOUND, Owned::into_raw);
    let result = (cx.interpreter().hooks.run_code)(cx, code.value(), globals, namespace);
    drop(Owned::from_raw_option(namespace));
    result
}

fn source_text(cx: &mut Context, source: Value, function: &str) -> Result<String> {
    if let Some(text) = str::text(source) {
        return Ok(text.into_owned());
    }
    if let Some(bytes) = source.cast::<sidewinder_runtime::objects::bytes::BytesObject>() {
        return Ok(String::from_utf8_lossy(bytes.as_slice()).into_owned());
    }
    Err(cx.type_error(format!("{function}() arg 1 must be a string, bytes or code object")))
}

fn exec(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    run(cx, arguments, "exec")?;
    Ok(Owned::new(singleton::none()))
}

fn eval(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    run(cx, arguments, "eval")
}

fn compile(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let (source, file, mode) =
        (parameter(&arguments, 0, "source"), parameter(&arguments, 1, "filename"), parameter(&arguments, 2, "mode"));
    if source.is_unbound() || file.is_unbound() || mode.is_unbound() {
        return Err(cx.type_error("compile() missing required argument"));
    }
    let text = source_text(cx, source, "compile")?;
    let file = str::text(file).unwrap_or_default().into_owned();
    match str::text(mode).as_deref() {
        Some(mode @ ("exec" | "eval")) => (cx.interpreter().hooks.compile)(cx, &text, &file, mode),
        Some("single") => {
            let kind = &sidewinder_runtime::objects::exception::NOT_IMPLEMENTED_ERROR;
            Err(cx.raise(kind, "compile() in mode 'single'"))
        }
        _ => Err(cx.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    }
}

fn import(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let name = parameter(&arguments, 0, "name");
    let Some(text) = str::text(name) else {
        return Err(cx.type_error("__import__() argument 1 must be str"));
    };
    let level = parameter(&arguments, 4, "level");
    let level = if level.is_unbound() { 0 } else { int::as_i64(level).unwrap_or(0) };
    if level != 0 {
        let kind = &sidewinder_runtime::objects::exception::NOT_IMPLEMENTED_ERROR;
        return Err(cx.raise(kind, "__import__() with a level"));
    }
    let module = (cx.interpreter().hooks.import)(cx, &text)?;
    let from_list = parameter(&arguments, 3, "fromlist");
    let whole = given(from_list) && sidewinder_runtime::operations::convert::truth(cx, from_list)?;
    match text.split_once('.') {
        Some((first, _)) if !whole => (cx.interpreter().hooks.import)(cx, first),
        _ => Ok(module),
    }
}
