//! Builtin functions that compile or look at the running frame: exec, eval, compile, globals, locals, `__import__`.

use sidewinder_bytecode::CodeFlags;
use sidewinder_runtime::hooks::{CompileRequest, Product, Source};
use sidewinder_runtime::native::{Arguments, Intrinsic, Native};
use sidewinder_runtime::objects::buffer::{self, Buffer};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::cell::CELL;
use sidewinder_runtime::objects::code::{CODE, CodeObject};
use sidewinder_runtime::objects::dict::{self, DICT};
use sidewinder_runtime::objects::exception;
use sidewinder_runtime::objects::frame;
use sidewinder_runtime::objects::function::{self, FunctionObject};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::iterator::arguments::{Signature, bad_argument};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::flags;
use sidewinder_runtime::operations::{attribute, audit, call, convert, dunder, import, instance};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The rows of the `builtins` module.
pub static FUNCTIONS: &[Native] = &[
    Native::with_keywords("exec", exec, "Execute the given source in the context of globals and locals.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::with_keywords("eval", eval, "Evaluate the given source in the context of globals and locals.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::with_keywords("compile", compile, "Compile source into a code object that can be executed.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::new("globals", 0, 0, globals, "Return the dictionary containing the current scope's global variables.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::new("locals", 0, 0, locals, "Return a dictionary containing the current scope's local variables.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::with_keywords("__import__", import_name, "Import a module."),
];

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

/// The function whose arguments are being looked at: the two differ in words, and in what they return.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Function {
    Exec,
    Eval,
}

impl Function {
    fn name(self) -> &'static str {
        match self {
            Function::Exec => "exec",
            Function::Eval => "eval",
        }
    }
}

fn is_mapping(value: Value) -> bool {
    value.type_of().slots().get_item.is_some()
}

/// Globals and namespace (`None` when it is the globals) of an `exec` or `eval` call.
fn scope(
    cx: &mut Context,
    function: Function,
    globals: Option<Value>,
    locals: Option<Value>,
) -> Result<(Owned, Option<Owned>)> {
    let actual = |value: Value| value.type_of().name();
    if let Some(locals) = locals.filter(|locals| !is_mapping(*locals)) {
        let message = match function {
            Function::Exec => format!("locals must be a mapping or None, not {}", actual(locals)),
            Function::Eval => "locals must be a mapping".to_string(),
        };
        return Err(cx.type_error(message));
    }
    if let Some(globals) = globals.filter(|globals| !globals.type_of().has_flag(flags::DICT)) {
        let message = match function {
            Function::Exec => format!("exec() globals must be a dict, not {}", actual(globals)),
            Function::Eval if is_mapping(globals) => {
                "globals must be a real dict; try eval(expr, {}, mapping)".to_string()
            }
            Function::Eval => "globals must be a dict".to_string(),
        };
        return Err(cx.type_error(message));
    }
    let namespace = match (locals, globals) {
        (Some(locals), _) => Owned::new(locals),
        (None, Some(globals)) => Owned::new(globals),
        (None, None) => {
            let snapshot = cx.interpreter().hooks.frame_locals;
            snapshot(cx)?
        }
    };
    let globals = globals.map_or_else(|| caller_globals(cx), Owned::new);
    // A dict of a class of its own is asked for names as a mapping, which only a namespace is.
    let is_globals = namespace.value() == globals.value() && globals.value().has_type(&DICT);
    Ok((globals, (!is_globals).then_some(namespace)))
}

fn run(
    cx: &mut Context,
    function: Function,
    source: Value,
    scope: (Owned, Option<Owned>),
    closure: Value,
) -> Result<Owned> {
    let (globals, namespace) = scope;
    let code = if source.has_type(&CODE) {
        // SAFETY: (heap 2) the type was tested.
        let code: &CodeObject = unsafe { source.cast_unchecked() };
        match namespace {
            Some(_) => code.for_namespace(cx),
            None => Owned::new(source),
        }
    } else {
        let source = SourceText::new(cx, source, function.name(), "string, bytes or code")?;
        let mode = match (function, &namespace) {
            (Function::Eval, None) => "eval",
            (Function::Eval, Some(_)) => "namespace-eval",
            (Function::Exec, None) => "exec",
            (Function::Exec, Some(_)) => "namespace-exec",
        };
        let futures = running_futures(cx);
        let request = CompileRequest { source: source.borrow(), futures, ..CompileRequest::new("", "<string>", mode) };
        (cx.interpreter().hooks.compile)(cx, &request)?
    };
    audit::event(cx, "exec", |_| vec![code.clone()])?;
    // SAFETY: (heap 2) code objects both.
    let has_namespace = unsafe { code.value().cast_unchecked::<CodeObject>() }.has_flag(CodeFlags::NAMESPACE);
    let namespace = namespace.unwrap_or_else(|| globals.clone());
    let namespace = if has_namespace { namespace.value() } else { Value::UNBOUND };
    if !closure.is_unbound() {
        let function = function::new(cx, code.value(), globals.value());
        // SAFETY: (heap 2) just made.
        let body: &FunctionObject = unsafe { function.value().cast_unchecked() };
        body.closure.set(Owned::new(closure).into_raw());
        return call::call(cx, function.value(), &[]);
    }
    (cx.interpreter().hooks.run_code)(cx, code.value(), dict::of(globals.value()), namespace)
}

/// The closure to execute a code object with, if it fits.
fn check_closure(cx: &mut Context, source: Value, closure: Option<Value>) -> Result<Value> {
    let Some(code) = source.cast_exact::<CodeObject>() else {
        return match closure {
            None => Ok(Value::UNBOUND),
            Some(_) => Err(cx.type_error("closure can only be used when source is a code object")),
        };
    };
    let wanted = code.data.free_names.len();
    let Some(closure) = closure.filter(|_| wanted > 0) else {
        return match (wanted, closure) {
            (0, None) => Ok(Value::UNBOUND),
            (0, Some(_)) => Err(cx.type_error("cannot use a closure with this code object")),
            _ => Err(cx.type_error(format!("code object requires a closure of exactly length {wanted}"))),
        };
    };
    let cells = closure.cast_exact::<TupleObject>().map(|tuple| tuple.as_slice());
    if cells.is_none_or(|cells| cells.len() != wanted || !cells.iter().all(|cell| cell.has_type(&CELL))) {
        return Err(cx.type_error(format!("code object requires a closure of exactly length {wanted}")));
    }
    Ok(closure)
}

/// Source that a program gave, copied.
enum SourceText {
    Text(String),
    Bytes(Vec<u8>),
    Tree(Owned),
}

impl SourceText {
    /// The source in an argument; `expected` says what it may be besides.
    fn new(cx: &mut Context, value: Value, function: &str, expected: &str) -> Result<SourceText> {
        let source = if let Some(text) = str::text(value) {
            SourceText::Text(text.into_owned())
        } else if buffer::is_exporter(value) {
            SourceText::Bytes(Buffer::read(cx, value)?.as_slice().to_vec())
        } else {
            return Err(cx.type_error(format!("{function}() arg 1 must be a {expected} object")));
        };
        let has_null = match &source {
            SourceText::Text(text) => text.contains('\0'),
            SourceText::Bytes(bytes) => bytes.contains(&0),
            SourceText::Tree(_) => false,
        };
        if has_null {
            return Err(cx.raise(&exception::SYNTAX_ERROR, "source code string cannot contain null bytes"));
        }
        Ok(source)
    }

    fn borrow(&self) -> Source<'_> {
        match self {
            SourceText::Text(text) => Source::Text(text),
            SourceText::Bytes(bytes) => Source::Bytes(bytes),
            SourceText::Tree(tree) => Source::Tree(tree.value()),
        }
    }
}

/// The future features of the code that runs, which source compiled by it inherits.
fn running_futures(cx: &mut Context) -> u32 {
    let mut futures = 0;
    frame::walk(cx, |frame| {
        // SAFETY: (heap 2) a frame has a code object.
        futures = unsafe { frame.code.cast_unchecked::<CodeObject>() }.data.flags.0 & CodeFlags::FUTURES;
        false
    });
    futures
}

fn exec(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<4> = Signature {
        function: "exec",
        names: ["", "globals", "locals", "closure"],
        positional_only: 1,
        positional: 3,
        required: 1,
        open: false,
        rest: false,
    };
    let [source, globals, locals, closure] =
        SIGNATURE.bind(cx, arguments)?.map(|value| value.filter(|value| given(*value)));
    let source = source.unwrap_or(singleton::none());
    let scope = scope(cx, Function::Exec, globals, locals)?;
    let closure = check_closure(cx, source, closure)?;
    run(cx, Function::Exec, source, scope, closure)?;
    Ok(Owned::new(singleton::none()))
}

fn eval(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<3> = Signature {
        function: "eval",
        names: ["", "globals", "locals"],
        positional_only: 1,
        positional: 3,
        required: 1,
        open: false,
        rest: false,
    };
    let [source, globals, locals] = SIGNATURE.bind(cx, arguments)?.map(|value| value.filter(|value| given(*value)));
    let source = source.unwrap_or(singleton::none());
    let scope = scope(cx, Function::Eval, globals, locals)?;
    if source.cast_exact::<CodeObject>().is_some_and(|code| !code.data.free_names.is_empty()) {
        return Err(cx.type_error("code object passed to eval() may not contain free variables"));
    }
    run(cx, Function::Eval, source, scope, Value::UNBOUND)
}

/// Bits of the argument `flags` of `compile`: future features, and what else may be asked for.
mod compile_flags {
    pub const BARRY: i64 = 0x40_0000;
    pub const ANNOTATIONS: i64 = 0x100_0000;
    /// Features that every program has by now.
    pub const OLD_FUTURES: i64 = 0x10 | 0x2_0000 | 0x4_0000 | 0x8_0000 | 0x10_0000 | 0x20_0000 | 0x80_0000;
    pub const TOP_LEVEL_AWAIT: i64 = 0x2000;
    pub const ALLOW_INCOMPLETE: i64 = 0x4000;
    pub const ONLY_TREE: i64 = 0x400;
    pub const OPTIMIZED_TREE: i64 = 0x8000;
    pub const TYPE_COMMENTS: i64 = 0x1000;
    pub const DONT_IMPLY_DEDENT: i64 = 0x200;
    pub const OTHERS: i64 = DONT_IMPLY_DEDENT | ALLOW_INCOMPLETE;
}

/// `compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1)`
fn compile(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<7> = Signature {
        function: "compile",
        names: ["source", "filename", "mode", "flags", "dont_inherit", "optimize", "_feature_version"],
        positional_only: 0,
        positional: 6,
        required: 3,
        open: false,
        rest: false,
    };
    let [source, file, mode, flags, dont_inherit, optimize, feature_version] = SIGNATURE.bind(cx, arguments)?;
    let none = singleton::none();
    let (source, file, mode) = (source.unwrap_or(none), file.unwrap_or(none), mode.unwrap_or(none));
    let file = file_name(cx, file)?;
    let Some(mode) = str::text(mode).map(|mode| mode.into_owned()) else {
        return Err(bad_argument(cx, "compile() argument 'mode'", "str", mode));
    };
    let number = |cx: &mut Context, value: Option<Value>, default: i64| match value {
        Some(value) => {
            let number = convert::index(cx, value)?;
            match int::as_i64(number.value()).filter(|number| i32::try_from(*number).is_ok()) {
                Some(number) => Ok(number),
                None => Err(cx.overflow_error("Python int too large to convert to C int")),
            }
        }
        None => Ok(default),
    };
    let flags = number(cx, flags, 0)?;
    // The order in which CPython looks at its arguments.
    let inherits = match dont_inherit {
        Some(value) => !convert::truth(cx, value)?,
        None => true,
    };
    let optimize = number(cx, optimize, -1)?;
    let feature_version = number(cx, feature_version, -1)?;
    const KNOWN: i64 = compile_flags::BARRY
        | compile_flags::ANNOTATIONS
        | compile_flags::OLD_FUTURES
        | compile_flags::TOP_LEVEL_AWAIT
        | compile_flags::ONLY_TREE
        | compile_flags::OPTIMIZED_TREE
        | compile_flags::TYPE_COMMENTS
        | compile_flags::OTHERS;
    if flags & !KNOWN != 0 {
        return Err(cx.value_error("compile(): unrecognised flags"));
    }
    if !(-1..=2).contains(&optimize) {
        return Err(cx.value_error("compile(): invalid optimize value"));
    }
    let mode = match mode.as_str() {
        "exec" => "open-exec",
        "eval" => "open-eval",
        "single" => "open-single",
        "func_type" if flags & compile_flags::ONLY_TREE == 0 => {
            return Err(cx.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
        }
        "func_type" => "func_type",
        _ if flags & compile_flags::ONLY_TREE != 0 => {
            return Err(cx.value_error("compile() mode must be 'exec', 'eval', 'single' or 'func_type'"));
        }
        _ => return Err(cx.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    let product = match (flags & compile_flags::ONLY_TREE != 0, flags & compile_flags::OPTIMIZED_TREE != 0) {
        (false, _) => Product::Code,
        (true, false) => Product::Tree,
        (true, true) => Product::OptimizedTree,
    };
    let mut futures = if inherits { running_futures(cx) } else { 0 };
    for (bit, future) in
        [(compile_flags::BARRY, CodeFlags::FUTURE_BARRY), (compile_flags::ANNOTATIONS, CodeFlags::FUTURE_ANNOTATIONS)]
    {
        futures |= if flags & bit != 0 { future } else { 0 };
    }
    let shown = Owned::new(source);
    let source = match is_tree(cx, source)? {
        true => SourceText::Tree(Owned::new(source)),
        false => SourceText::new(cx, source, "compile", "string, bytes or AST")?,
    };
    audit::event(cx, "compile", |cx| vec![shown, str::StrObject::new(cx, &file)])?;
    let request = CompileRequest {
        source: source.borrow(),
        file_name: &file,
        mode,
        product,
        optimize: u8::try_from(optimize).ok(),
        futures,
        top_level_await: flags & compile_flags::TOP_LEVEL_AWAIT != 0,
        type_comments: flags & compile_flags::TYPE_COMMENTS != 0,
        minor_version: u8::try_from(feature_version).ok(),
        allow_incomplete: flags & compile_flags::ALLOW_INCOMPLETE != 0,
        incomplete_is_quiet: false,
        block_stays_open: flags & compile_flags::DONT_IMPLY_DEDENT != 0,
    };
    (cx.interpreter().hooks.compile)(cx, &request)
}

/// Whether a value is a node of a syntax tree.
fn is_tree(cx: &mut Context, value: Value) -> Result<bool> {
    if str::is_str(value) || buffer::is_exporter(value) {
        return Ok(false);
    }
    let module = import::module(cx, "_ast")?;
    let class = attribute::get_text(cx, module.value(), "AST")?;
    instance::is_instance(cx, value, class.value())
}

/// A file name: text, bytes, or an object with `__fspath__`.
fn file_name(cx: &mut Context, value: Value) -> Result<String> {
    let path = match str::is_str(value) || value.cast::<BytesObject>().is_some() {
        true => Owned::new(value),
        false => {
            let name = cx.interpreter().names.fspath;
            match dunder::call_dunder(cx, value, name, &[])? {
                Some(path) => path,
                None => {
                    let kind = value.type_of().name();
                    return Err(cx.type_error(format!("expected str, bytes or os.PathLike object, not {kind}")));
                }
            }
        }
    };
    if let Some(text) = str::text(path.value()) {
        return Ok(text.into_owned());
    }
    match path.value().cast::<BytesObject>() {
        Some(bytes) => Ok(String::from_utf8_lossy(bytes.as_slice()).into_owned()),
        None => {
            let (kind, found) = (value.type_of().name(), path.value().type_of().name());
            Err(cx.type_error(format!("expected {kind}.__fspath__() to return str or bytes, not {found}")))
        }
    }
}

fn import_name(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<5> = Signature {
        function: "__import__",
        names: ["name", "globals", "locals", "fromlist", "level"],
        positional_only: 0,
        positional: 5,
        required: 1,
        rest: false,
        open: false,
    };
    let [name, globals, _, from_list, level] = SIGNATURE.bind(cx, arguments)?;
    let [name, globals, from_list] = [name, globals, from_list].map(|value| value.unwrap_or(singleton::none()));
    let level = level.map_or(Ok(0), |level| convert::index_i64(cx, level))?;
    import::import(cx, name, globals, from_list, level)
}
