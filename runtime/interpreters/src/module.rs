//! The module `_interpreters`.

use crate::capture::Snapshot;
use crate::config;
use crate::lent::CrossInterpreterBufferView;
use crate::parcel::{self, Fallback};
use crate::session::{self, Answer, Job};
use crate::stateless;
use sidewinder_macros::native_module;
use sidewinder_runtime::interpreters::{Config, Member, Refusal, whence};
use sidewinder_runtime::native::{ExceptionClass, Given, Keywords};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, EXCEPTION, TYPE_ERROR};
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::{self, STR, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{call, convert};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::sync::Arc;

/// The exceptions of the module.
#[derive(Default)]
pub struct Errors {
    pub general: ExceptionClass,
    pub not_found: ExceptionClass,
    pub not_shareable: ExceptionClass,
}

/// The module that the exceptions say they are from.
const HOME: &str = "concurrent.interpreters";

/// What an identifier of something means: a number that is not negative.
pub fn identifier(cx: &mut Context, what: &str, value: Value) -> Result<i64> {
    if !int::is_int_like(value) {
        let kind = value.type_of().name();
        return Err(cx.type_error(format!("{what} ID must be an int, got {kind}")));
    }
    match int::as_i64(value) {
        Some(number) if number >= 0 => Ok(number),
        Some(number) => Err(cx.value_error(format!("{what} ID must be a non-negative int, got {number}"))),
        None => Err(cx.overflow_error("int too big to convert")),
    }
}

/// The interpreter with an identifier; one that programs have made, if `restricted`.
fn find(cx: &mut Context, id: Value, restricted: bool, doing: &str) -> Result<Arc<Member>> {
    let number = identifier(cx, "interpreter", id)?;
    let Some(member) = cx.family().find(number) else { return Err(session::refuse(cx, Refusal::Gone, number)) };
    if restricted && member.whence != whence::STDLIB {
        let message = format!("cannot {doing} unrecognized interpreter {number}");
        return Err(cx.state::<Errors>().general.raise(cx, message));
    }
    Ok(member)
}

fn summary(cx: &mut Context, member: &Member) -> Owned {
    let items = [member.id, member.whence].map(Value::from_small_int);
    TupleObject::new(cx, &items)
}

/// A dict among the arguments.
fn dict_argument<'a>(
    cx: &mut Context,
    function: &str,
    position: u32,
    value: &'a Given<Value>,
) -> Result<Option<&'a DictObject>> {
    let Some(value) = &value.0 else { return Ok(None) };
    match value.cast::<DictObject>() {
        Some(found) => Ok(Some(found)),
        None => Err(bad_argument(cx, &format!("_interpreters.{function}() argument {position}"), "dict", *value)),
    }
}

/// The code of a program: of a function, of text, or code itself. Errors: `SyntaxError`, `TypeError`, `ValueError`.
fn script(cx: &mut Context, source: Value) -> Result<Job> {
    let code = if source.cast::<CodeObject>().is_some() {
        Owned::new(source)
    } else if let Some(function) = source.cast::<FunctionObject>() {
        Owned::new(function.code().value())
    } else {
        compile(cx, source)?
    };
    if let Some(code) = code.value().cast::<CodeObject>() {
        stateless::check_script(cx, code)?;
    }
    parcel::pack_code(cx, code.value()).map(Job::Script)
}

fn compile(cx: &mut Context, source: Value) -> Result<Owned> {
    let builtins = cx.interpreter().builtins.clone();
    let Some(compiler) = dict::of(builtins.value()).get_text(cx, "compile").map(Owned::new) else {
        return Err(cx.type_error("compile() is missing"));
    };
    let is_text = str::cast(source).is_some() || source.type_of().slots().buffer.is_some();
    if !is_text {
        let shown = convert::repr_text(cx, source)?;
        return Err(cx.raise(&TYPE_ERROR, format!("unsupported script {shown}")));
    }
    let (file, mode) = (StrObject::new(cx, "<script>"), StrObject::new(cx, "exec"));
    let zero = Value::from_small_int(0);
    let arguments = [source, file.value(), mode.value(), zero, singleton::true_(), zero];
    call::call(cx, compiler.value(), &arguments)
}

/// Runs a program; `None`, or the snapshot of an exception.
fn run_script(
    cx: &mut Context,
    member: &Arc<Member>,
    job: Result<Job>,
    shared: Option<&DictObject>,
) -> Result<Option<Owned>> {
    match session::run(cx, member, shared, &job?)? {
        Answer::Result(_) => Ok(None),
        Answer::Failed(snapshot) => Ok(Some(snapshot)),
    }
}

/// Ends an interpreter that nobody runs.
fn end(cx: &mut Context, member: &Arc<Member>) -> Result<()> {
    let claim = match member.claim() {
        Ok(claim) => claim,
        Err(Refusal::Running) => return Err(cx.state::<Errors>().general.raise(cx, "interpreter running")),
        Err(refusal) => return Err(session::refuse(cx, refusal, member.id)),
    };
    cx.end_other(claim).map_err(|refusal| session::refuse(cx, refusal, member.id))
}

/// What interpreters are made of and how they are run. Programs use the module `concurrent.interpreters`.
#[native_module("_interpreters", types(CrossInterpreterBufferView))]
mod rows {
    use super::*;

    #[constant]
    const WHENCE_UNKNOWN: i64 = whence::UNKNOWN;
    #[constant]
    const WHENCE_RUNTIME: i64 = whence::RUNTIME;
    #[constant]
    const WHENCE_LEGACY_CAPI: i64 = whence::LEGACY_CAPI;
    #[constant]
    const WHENCE_CAPI: i64 = whence::CAPI;
    #[constant]
    const WHENCE_XI: i64 = whence::XI;
    #[constant]
    const WHENCE_STDLIB: i64 = whence::STDLIB;

    /// A namespace that says what a new interpreter may do: that of a name (isolated, legacy, empty), with some fields
    /// changed.
    #[function]
    fn new_config(cx: &mut Context, name: Given<Value>, kwargs: Keywords<'_>) -> Result<Owned> {
        let text = match name.0 {
            None => "isolated".into(),
            Some(name) => match str::text(name) {
                Some(text) => text,
                None => return Err(bad_argument(cx, "_interpreters.new_config() argument 1", "str", name)),
            },
        };
        let mut made = config::named(cx, &text)?;
        let fields = DictObject::new(cx);
        for (key, value) in kwargs.iter() {
            dict::of(fields.value()).set(cx, key, value)?;
        }
        config::update(cx, &mut made, dict::of(fields.value()), false)?;
        config::object(cx, &made)
    }

    /// Makes an interpreter and gives its identifier. It has to be destroyed; with reqrefs that happens when the last
    /// reference by incref() is given back.
    #[function]
    fn create(
        cx: &mut Context,
        #[named]
        #[default(None)]
        config: Option<Value>,
        #[keyword]
        #[default(false)]
        reqrefs: bool,
    ) -> Result<i64> {
        let mut config = config::asked(cx, config)?;
        if config.gil == "default" {
            config.gil = Config::LEGACY.gil;
        }
        let viable = config.use_main_obmalloc || config.check_multi_interp_extensions;
        let member = if viable {
            cx.found(config)
        } else {
            cx.family().skip_number();
            None
        };
        let Some(member) = member else {
            let Raised = cx.state::<Errors>().general.raise(cx, "sub-interpreter creation failed");
            let context = cx.take_pending();
            let raised = cx.state::<Errors>().general.raise(cx, "interpreter creation failed");
            let made = cx.take_pending();
            exception::of(made.value()).set_context(Some(context));
            cx.raise_value(made);
            return Err(raised);
        };
        if reqrefs {
            member.end_with_references();
        }
        Ok(member.id)
    }

    /// Ends an interpreter, which must neither be this one nor run.
    #[function]
    fn destroy(
        cx: &mut Context,
        #[named] id: Value,
        #[keyword]
        #[default(false)]
        restrict: bool,
    ) -> Result<()> {
        let member = find(cx, id, restrict, "destroy")?;
        if member.id == cx.member().id {
            return Err(cx.state::<Errors>().general.raise(cx, "cannot destroy the current interpreter"));
        }
        end(cx, &member)
    }

    /// The identifiers of all interpreters, and where they come from.
    #[function]
    fn list_all(
        cx: &mut Context,
        #[keyword]
        #[default(false)]
        require_ready: bool,
    ) -> Owned {
        let members = cx.family().members();
        let wanted = members.iter().filter(|member| !require_ready || member.is_ready());
        let items = wanted.map(|member| summary(cx, member)).collect();
        ListObject::new(cx, items)
    }

    /// The identifier of this interpreter, and where it comes from.
    #[function]
    fn get_current(cx: &mut Context) -> Owned {
        summary(cx, cx.member())
    }

    /// The identifier of the first interpreter, and where it comes from.
    #[function]
    fn get_main(cx: &mut Context) -> Owned {
        let main = cx.family().find(0);
        summary(cx, main.as_ref().unwrap_or(cx.member()))
    }

    /// Whether the interpreter's main program runs.
    #[function]
    fn is_running(
        cx: &mut Context,
        #[named] id: Value,
        #[keyword]
        #[default(false)]
        restrict: bool,
    ) -> Result<bool> {
        Ok(find(cx, id, restrict, "check if running for")?.is_running())
    }

    /// A namespace that says what an interpreter may do: this one, unless another is named.
    #[function]
    fn get_config(
        cx: &mut Context,
        #[named] id: Option<Value>,
        #[keyword]
        #[default(false)]
        restrict: bool,
    ) -> Result<Owned> {
        let own = Value::from_small_int(cx.member().id);
        let member = find(cx, id.unwrap_or(own), restrict, "get the config of")?;
        config::object(cx, &member.config)
    }

    /// Where an interpreter comes from.
    #[function]
    fn whence(cx: &mut Context, #[named] id: Value) -> Result<i64> {
        Ok(find(cx, id, false, "")?.whence)
    }

    /// Runs a program in the main module of an interpreter: text, code, or the code of a function that takes nothing. None,
    /// or what an exception says that nobody handled. Names are set first from a dict.
    #[function]
    fn exec(
        cx: &mut Context,
        #[named] id: Value,
        code: Value,
        shared: Given<Value>,
        #[keyword]
        #[default(false)]
        restrict: bool,
    ) -> Result<Option<Owned>> {
        let shared = dict_argument(cx, "exec", 3, &shared)?;
        let member = find(cx, id, restrict, "exec code for")?;
        let job = script(cx, code);
        run_script(cx, &member, job, shared)
    }

    /// As exec(), of text.
    #[function]
    fn run_string(
        cx: &mut Context,
        #[named] id: Value,
        script: Value,
        shared: Given<Value>,
        #[keyword]
        #[default(false)]
        restrict: bool,
    ) -> Result<Option<Owned>> {
        let shared = dict_argument(cx, "run_string", 3, &shared)?;
        if !script.type_of().is_subtype(&STR) {
            return Err(bad_argument(cx, "_interpreters.run_string() argument 2", "str", script));
        }
        let member = find(cx, id, restrict, "run a string in")?;
        let job = super::script(cx, script);
        run_script(cx, &member, job, shared)
    }

    /// As exec(), of a function or of code.
    #[function]
    fn run_func(
        cx: &mut Context,
        #[named] id: Value,
        func: Value,
        shared: Given<Value>,
        #[keyword]
        #[default(false)]
        restrict: bool,
    ) -> Result<Option<Owned>> {
        let shared = dict_argument(cx, "run_func", 3, &shared)?;
        let member = find(cx, id, restrict, "run a function in")?;
        if func.cast::<FunctionObject>().is_none() && func.cast::<CodeObject>().is_none() {
            return Err(bad_argument(cx, "_interpreters.run_func() argument 2", "a function", func));
        }
        let job = script(cx, func);
        run_script(cx, &member, job, shared)
    }

    /// Calls something in an interpreter: the result, and what an exception says that nobody handled.
    #[function]
    fn call(
        cx: &mut Context,
        #[named] id: Value,
        callable: Value,
        args: Given<Value>,
        kwargs: Given<Value>,
        #[keyword]
        #[default(false)]
        preserve_exc: bool,
        #[default(false)] restrict: bool,
    ) -> Result<(Owned, Owned)> {
        let _ = preserve_exc;
        if let Some(args) = args.0.filter(|args| args.cast::<TupleObject>().is_none()) {
            return Err(bad_argument(cx, "_interpreters.call() argument 3", "tuple", args));
        }
        let kwargs = dict_argument(cx, "call", 4, &kwargs)?;
        let member = find(cx, id, restrict, "make a call in")?;
        let job = pack_call(cx, callable, args.0, kwargs)?;
        let none = || Owned::new(singleton::none());
        Ok(match session::run(cx, &member, None, &job)? {
            Answer::Result(result) => (result, none()),
            Answer::Failed(snapshot) => (none(), snapshot),
        })
    }

    /// Sets names in the main module of an interpreter.
    #[function(name = "set___main___attrs")]
    fn set_main_attrs(
        cx: &mut Context,
        #[named] id: Value,
        updates: Value,
        #[keyword]
        #[default(false)]
        restrict: bool,
    ) -> Result<()> {
        let updates = Given(Some(updates));
        let updates = dict_argument(cx, "set___main___attrs", 2, &updates)?;
        let member = find(cx, id, restrict, "update __main__ for")?;
        if updates.is_none_or(DictObject::is_empty) {
            return Err(cx.value_error("arg 2 must be a non-empty dict"));
        }
        session::run(cx, &member, updates, &Job::Nothing).map(drop)
    }

    /// Counts a reference to an interpreter.
    #[function]
    fn incref(
        cx: &mut Context,
        #[named] id: Value,
        #[keyword]
        #[default(false)]
        implieslink: bool,
        #[default(false)] restrict: bool,
    ) -> Result<()> {
        find(cx, id, restrict, "incref")?.add_reference(implieslink);
        Ok(())
    }

    /// Gives back a reference to an interpreter, which may end by that.
    #[function]
    fn decref(
        cx: &mut Context,
        #[named] id: Value,
        #[keyword]
        #[default(false)]
        restrict: bool,
    ) -> Result<()> {
        let member = find(cx, id, restrict, "decref")?;
        if member.remove_reference()
            && member.id != cx.member().id
            && let Ok(claim) = member.claim()
        {
            return cx.end_other(claim).map_err(|refusal| session::refuse(cx, refusal, member.id));
        }
        Ok(())
    }

    /// Whether an object's data can be passed to other interpreters without a pickle.
    #[function]
    fn is_shareable(cx: &mut Context, #[named] obj: Value) -> bool {
        parcel::is_shareable(cx, obj)
    }

    /// What an exception says, as exec() gives it; the one that is being handled unless given.
    #[function]
    fn capture_exception(cx: &mut Context, #[named] exc: Option<Value>) -> Result<Option<Owned>> {
        let Some(exc) = exc else { return Ok(None) };
        if !exception::is_exception(exc) {
            let shown = convert::repr_text(cx, exc)?;
            return Err(cx.type_error(format!("expected exception, got {shown}")));
        }
        Snapshot::of(cx, exc).object(cx).map(Some)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let errors = cx.state::<Errors>();
        errors.general.define(
            cx,
            module,
            [HOME, "InterpreterError"],
            &EXCEPTION,
            Some("A cross-interpreter operation failed"),
        )?;
        let general = errors.general.class();
        let names = [HOME, "InterpreterNotFoundError"];
        errors.not_found.define_under(cx, module, names, &[general.value()], Some("An interpreter was not found"))?;
        errors.not_shareable.define(cx, module, [HOME, "NotShareableError"], &TYPE_ERROR, None)
    }
}

/// Packs a call. Errors: `TypeError`, `NotShareableError`.
fn pack_call(cx: &mut Context, callable: Value, args: Option<Value>, kwargs: Option<&DictObject>) -> Result<Job> {
    if callable.type_of().slots().call.is_none() {
        let shown = convert::repr_text(cx, callable)?;
        return Err(cx.type_error(format!("expected a callable, got {shown}")));
    }
    let packed = match callable.cast::<FunctionObject>() {
        Some(function) => parcel::pack_function(cx, function),
        None => Err(Raised),
    };
    let callable = match packed {
        Ok(packed) => packed,
        Err(_) => {
            let first = (!cx.pending.is_unbound()).then(|| cx.take_pending());
            match (parcel::pack_pickle(cx, callable), first) {
                (Ok(packed), _) => packed,
                (Err(_), Some(first)) => {
                    drop(cx.take_pending());
                    return Err(cx.raise_value(first));
                }
                (Err(_), None) => {
                    drop(cx.take_pending());
                    let shown = convert::repr_text(cx, callable)?;
                    return Err(parcel::not_shareable(cx, &format!("expected a function, got {shown}"), None));
                }
            }
        }
    };
    let arguments = match args {
        Some(args) if args.cast::<TupleObject>().is_some_and(|args| !args.as_slice().is_empty()) => {
            Some(parcel::pack(cx, args, Fallback::Pickle)?)
        }
        _ => None,
    };
    let keywords = match kwargs {
        Some(kwargs) if !kwargs.is_empty() => Some(parcel::pack(cx, Value::from_pointer(kwargs), Fallback::Pickle)?),
        _ => None,
    };
    Ok(Job::Call { callable, arguments, keywords })
}
