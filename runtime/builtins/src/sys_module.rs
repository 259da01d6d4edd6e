//! The module `sys`: its functions. `attributes.rs` fills in the rest, `jit.rs` is `sys._jit`,
//! `monitoring.rs` is `sys.monitoring`, `simple_namespace.rs` the type of `sys.implementation`.

mod attributes;
mod breakpoint;
mod jit;
mod library_names;
mod monitoring;
pub mod simple_namespace;
mod threads;
mod tracing;

pub use attributes::{LANGUAGE_VERSION, fill, open_streams};
pub use breakpoint::BUILTINS;

use crate::coroutine_methods;
use crate::object_methods::object_bytes;
use crate::traceback_print;
use sidewinder_runtime::heap::owned;
use sidewinder_runtime::native::{Intrinsic, Native};
use sidewinder_runtime::objects::exception::{self, KEYBOARD_INTERRUPT, types};
use sidewinder_runtime::objects::frame::FrameObject;
use sidewinder_runtime::objects::int::text::DIGITS_MAX_SMALLEST;
use sidewinder_runtime::objects::iterator::arguments::{Signature, bad_argument};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::traceback::TracebackObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::flags;
use sidewinder_runtime::objects::{dict, float, int, module, singleton};
use sidewinder_runtime::operations::finalize::{self, UNRAISABLE_FIELDS, UnraisableObject};
use sidewinder_runtime::operations::{attribute, audit, call, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value, signals};
use std::io::Write;
use std::time::Duration;

pub static FUNCTIONS: &[Native] = &[
    Native::new("exit", 0, 1, exit, "Exit the interpreter by raising SystemExit(status)."),
    Native::new("exc_info", 0, 0, exc_info, "Return current exception information: (type, value, traceback)."),
    Native::new("exception", 0, 0, handled_exception, "Return the current exception."),
    Native::new(
        "excepthook",
        3,
        3,
        except_hook,
        "Handle an exception by displaying it with a traceback on sys.stderr.",
    ),
    Native::new("unraisablehook", 1, 1, unraisable_hook, "Handle an unraisable exception."),
    Native::new("displayhook", 1, 1, display_hook, "Print an object to sys.stdout and also save it in builtins._"),
    Native::with_keywords("set_asyncgen_hooks", coroutine_methods::set_hooks, "Set hooks for asynchronous generators."),
    Native::new("get_asyncgen_hooks", 0, 0, coroutine_methods::get_hooks, "The hooks for asynchronous generators."),
    Native::with_keywords(
        "set_coroutine_origin_tracking_depth",
        coroutine_methods::set_origin_depth,
        "Set how many frames coroutines remember of where they were made; 0 switches that off.",
    ),
    Native::new(
        "get_coroutine_origin_tracking_depth",
        0,
        0,
        coroutine_methods::get_origin_depth,
        "How many frames coroutines remember of where they were made.",
    ),
    Native::with_keywords("breakpointhook", breakpoint::hook, "Called by the built-in function breakpoint()."),
    Native::new("getrecursionlimit", 0, 0, get_recursion_limit, "Return the current value of the recursion limit."),
    Native::new(
        "setrecursionlimit",
        1,
        1,
        set_recursion_limit,
        "Set the maximum depth of the Python interpreter stack to n.",
    ),
    Native::new("get_int_max_str_digits", 0, 0, get_digits_max, "Return the maximum string digits limit."),
    Native::with_keywords("set_int_max_str_digits", set_digits_max, "Set the maximum string digits limit."),
    Native::new("getrefcount", 1, 1, get_reference_count, "Return the reference count of object."),
    Native::with_keywords("getsizeof", get_size, "Return the size of object in bytes."),
    Native::new("intern", 1, 1, intern, "``Intern'' the given string."),
    Native::new("_getframe", 0, 1, crate::frame_methods::get_frame, "Return a frame object from the call stack.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::new(
        "_current_frames",
        0,
        0,
        threads::current_frames,
        "Return a dict of the running frame of each thread, by the thread's identifier.",
    ),
    Native::new(
        "_current_exceptions",
        0,
        0,
        threads::current_exceptions,
        "Return a dict of the exception that each thread handles, by the thread's identifier.",
    ),
    Native::with_keywords(
        "_getframemodulename",
        frame_module_name,
        "Return the name of the module for a calling frame.",
    ),
    Native::new(
        "getdefaultencoding",
        0,
        0,
        |cx, _| text(cx, "utf-8"),
        "Return the current default encoding used by the Unicode implementation.",
    ),
    Native::new(
        "getfilesystemencoding",
        0,
        0,
        |cx, _| text(cx, "utf-8"),
        "Return the encoding used to convert Unicode filenames to OS filenames.",
    ),
    Native::new(
        "getfilesystemencodeerrors",
        0,
        0,
        |cx, _| text(cx, "surrogateescape"),
        "Return the error mode used for Unicode to OS filename conversion.",
    ),
    Native::new(
        "_get_cpu_count_config",
        0,
        0,
        |cx, _| Ok(int::from_i64(cx, cx.interpreter().options.settings.cpu_count)),
        "The number of processors that the command line says, or -1.",
    ),
    Native::new(
        "getswitchinterval",
        0,
        0,
        |cx, _| Ok(float::from_f64(cx, 1e-6 * cx.interpreter().gil.interval().as_micros() as f64)),
        "Return the current thread switch interval.",
    ),
    Native::new(
        "setswitchinterval",
        1,
        1,
        set_switch_interval,
        "Set the ideal thread switching delay inside the Python interpreter.",
    ),
    Native::new(
        "is_finalizing",
        0,
        0,
        |cx, _| Ok(Owned::new(singleton::boolean(cx.interpreter().ending))),
        "Return True if Python is exiting.",
    ),
    Native::new(
        "gettrace",
        0,
        0,
        tracing::get_trace,
        "Return the global debug tracing function set with sys.settrace.",
    ),
    Native::new("settrace", 1, 1, tracing::set_trace, "Set the global debug tracing function.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::new("_settraceallthreads", 1, 1, tracing::set_trace_everywhere, "Set the tracing function in all threads.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::new("getprofile", 0, 0, tracing::get_profile, "Return the profiling function set with sys.setprofile."),
    Native::new("setprofile", 1, 1, tracing::set_profile, "Set the profiling function.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::new(
        "_setprofileallthreads",
        1,
        1,
        tracing::set_profile_everywhere,
        "Set the profiling function in all threads.",
    )
    .intrinsic(Intrinsic::LooksAtFrames),
    Native::new("call_tracing", 2, 2, tracing::call_tracing, "Call func(*args), while tracing is enabled.")
        .intrinsic(Intrinsic::LooksAtFrames),
    Native::new("audit", 1, Native::MANY, audit, "Tell the hooks of an event, with more arguments about it."),
    Native::new(
        "addaudithook",
        1,
        1,
        add_audit_hook,
        "Call a function with the name and the arguments of every event.",
    ),
    Native::new(
        "getallocatedblocks",
        0,
        0,
        |cx, _| Ok(int::from_i64(cx, 0)),
        "Return the number of memory blocks currently allocated.",
    ),
    Native::new(
        "getunicodeinternedsize",
        0,
        0,
        interned_size,
        "Return the number of elements of the unicode interned dictionary",
    ),
    Native::new("_is_interned", 1, 1, is_interned, "Return True if the given string is \"interned\"."),
    Native::new(
        "_is_immortal",
        1,
        1,
        |_, arguments| Ok(Owned::new(singleton::boolean(!arguments[0].is_counted()))),
        "",
    ),
    Native::new(
        "_is_gil_enabled",
        0,
        0,
        |_, _| Ok(Owned::new(singleton::true_())),
        "Return True if the GIL is currently enabled and False if the GIL is disabled.",
    ),
    Native::new("_clear_type_cache", 0, 0, |_, _| Ok(none()), "Clear the internal type lookup cache."),
    Native::new(
        "_clear_type_descriptors",
        1,
        1,
        clear_type_descriptors,
        "_clear_type_descriptors($module, type, /)\n--\n\nTakes the descriptors of __dict__ and __weakref__ out of a class.",
    ),
    Native::new("_clear_internal_caches", 0, 0, |_, _| Ok(none()), "Clear all internal performance-related caches."),
    Native::new("is_stack_trampoline_active", 0, 0, |_, _| Ok(Owned::new(singleton::false_())), ""),
    Native::new("is_remote_debug_enabled", 0, 0, |_, _| Ok(Owned::new(singleton::false_())), ""),
    Native::new(
        "getdlopenflags",
        0,
        0,
        |cx, _| Ok(int::from_i64(cx, 2)),
        "Return the current value of the flags that are used for dlopen calls.",
    ),
];

fn none() -> Owned {
    Owned::new(singleton::none())
}

fn text(cx: &mut Context, text: &str) -> Result<Owned> {
    Ok(StrObject::new(cx, text))
}

/// For `dataclasses`, which replaces a class by one with slots.
fn clear_type_descriptors(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let Some(class) = arguments[0].cast::<TypeObject>() else {
        return Err(bad_argument(cx, "_clear_type_descriptors() argument", "type", arguments[0]));
    };
    if !class.has_flag(flags::HEAP) {
        return Err(cx.type_error("argument is immutable"));
    }
    for name in ["__dict__", "__weakref__"] {
        let name = str::intern(cx, name);
        class.namespace(cx).remove(cx, name.value())?;
    }
    class.modified(cx);
    Ok(none())
}

fn exit(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let status = arguments.first().copied().unwrap_or(singleton::none());
    let raised = match status.cast::<TupleObject>() {
        Some(tuple) => {
            let values: Vec<Owned> = tuple.as_slice().iter().map(|item| Owned::new(*item)).collect();
            let values: Vec<Value> = values.iter().map(Owned::value).collect();
            exception::raise_arguments(cx, &types::SYSTEM_EXIT, &values)
        }
        None if status == singleton::none() => exception::raise_arguments(cx, &types::SYSTEM_EXIT, &[]),
        None => exception::raise_with(cx, &types::SYSTEM_EXIT, status),
    };
    Err(raised)
}

fn exc_info(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let none = singleton::none();
    let values = match cx.handled_exception() {
        Some(value) => {
            let traceback = exception::of(value).traceback().unwrap_or(none);
            [value.type_of().value(), value, traceback]
        }
        None => [none; 3],
    };
    Ok(TupleObject::new(cx, &values))
}

fn handled_exception(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    Ok(cx.handled_exception().map_or_else(none, Owned::new))
}

/// An attribute of this module, if the module exists.
fn own_attribute(cx: &mut Context, name: &str) -> Option<Owned> {
    let modules = dict::of(cx.interpreter().modules.value());
    let system = modules.get_text(cx, "sys")?.cast::<module::ModuleObject>()?;
    system.namespace().get_text(cx, name).map(Owned::new)
}

/// Writes text to `sys.stderr`, or to the process's standard error if the program has taken that away.
pub fn write_error(cx: &mut Context, text: &str) {
    let text = StrObject::new(cx, text);
    write_error_value(cx, text.value());
}

/// The same for a string, which may have surrogates.
pub fn write_error_value(cx: &mut Context, text: Value) {
    if let Some(stream) = own_attribute(cx, "stderr").filter(|stream| stream.value() != singleton::none()) {
        if call::call_method(cx, stream.value(), "write", &[text]).is_ok() {
            if call::call_method(cx, stream.value(), "flush", &[]).is_err() {
                forget_error(cx);
            }
            return;
        }
        forget_error(cx);
    }
    // Nobody is left to be told that this failed.
    let _ = std::io::stderr().write_all(str::text(text).unwrap_or_default().as_bytes());
}

/// Forgets why writing has failed. Ctrl-C that came meanwhile is not lost: it comes again at the next safe point.
fn forget_error(cx: &mut Context) {
    let raised = cx.take_pending();
    if raised.value().type_of().is_subtype(&KEYBOARD_INTERRUPT) {
        signals::simulate(cx, libc::SIGINT);
    }
}

fn except_hook(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = arguments[1];
    if !exception::is_exception(value) {
        let actual = value.type_of().name();
        let message = format!("TypeError: print_exception(): Exception expected for value, {actual} found\n");
        write_error(cx, &message);
        return Ok(none());
    }
    if arguments[2].cast_exact::<TracebackObject>().is_some() && exception::of(value).traceback().is_none() {
        exception::of(value).set_traceback(Some(Owned::new(arguments[2])));
    }
    let text = traceback_print::format_exception(cx, value);
    write_error(cx, &text);
    Ok(none())
}

/// Prints an uncaught exception through `sys.excepthook`.
pub fn report_uncaught(cx: &mut Context, raised: Value) {
    let hook = own_attribute(cx, "excepthook");
    let Some(hook) = hook else {
        let text = traceback_print::format_exception(cx, raised);
        return write_error(cx, &text);
    };
    let traceback = exception::of(raised).traceback().unwrap_or(singleton::none());
    let arguments = [raised.type_of().value(), raised, traceback];
    if call::call(cx, hook.value(), &arguments).is_err() {
        let second = cx.take_pending();
        let mut message = "Error in sys.excepthook:\n".to_string();
        message.push_str(&traceback_print::format_exception(cx, second.value()));
        message.push_str("\nOriginal exception was:\n");
        message.push_str(&traceback_print::format_exception(cx, raised));
        write_error(cx, &message);
    }
}

fn unraisable_hook(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let mut fields = [const { None }; 5];
    match arguments[0].cast_exact::<UnraisableObject>() {
        Some(own) => {
            for (place, value) in fields.iter_mut().zip(own.fields) {
                *place = Some(Owned::new(value));
            }
        }
        None => {
            for (place, name) in fields.iter_mut().zip(UNRAISABLE_FIELDS) {
                *place = Some(attribute::get_text(cx, arguments[0], name)?);
            }
        }
    }
    let value = |place: usize| fields[place].as_ref().map_or(singleton::none(), Owned::value);
    let (raised, message, object) = (value(1), value(3), value(4));
    if !exception::is_exception(raised) {
        return Ok(none());
    }
    let message = str::text(message).map_or_else(|| "Exception ignored in:".to_string(), |text| text.into_owned());
    let object = (object != singleton::none()).then_some(object);
    let mut report = String::new();
    traceback_print::print_unraisable(cx, &message, object, raised, &mut |part| report.push_str(part));
    write_error(cx, &report);
    Ok(none())
}

fn display_hook(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = arguments[0];
    if value == singleton::none() {
        return Ok(none());
    }
    let builtins = cx.builtins();
    builtins.set_text(cx, "_", singleton::none());
    let Some(stream) = own_attribute(cx, "stdout").filter(|stream| stream.value() != singleton::none()) else {
        return Err(cx.raise(&types::RUNTIME_ERROR, "lost sys.stdout"));
    };
    let text = convert::repr(cx, value)?;
    match call::call_method(cx, stream.value(), "write", &[text.value()]) {
        Ok(_) => {}
        Err(_) if cx.swallow(&types::UNICODE_ENCODE_ERROR) => write_escaped(cx, stream.value(), text.value())?,
        Err(raised) => return Err(raised),
    }
    let line_feed = StrObject::new(cx, "\n");
    call::call_method(cx, stream.value(), "write", &[line_feed.value()])?;
    builtins.set_text(cx, "_", value);
    Ok(none())
}

/// Writes a text to a stream whose encoding does not have all of it: the rest as escapes.
fn write_escaped(cx: &mut Context, stream: Value, text: Value) -> Result<()> {
    let encoding = attribute::get_text(cx, stream, "encoding")?;
    let encoding = str::text(encoding.value()).unwrap_or_default().into_owned();
    let bytes = str::codec::encode(cx, text, &encoding, "backslashreplace")?;
    match attribute::get_text_optional(cx, stream, "buffer")? {
        Some(buffer) => {
            // What was written before comes first.
            call::call_method(cx, stream, "flush", &[])?;
            call::call_method(cx, buffer.value(), "write", &[bytes.value()])?;
        }
        None => {
            let text = str::codec::decode(cx, bytes.value(), &encoding, "strict")?;
            call::call_method(cx, stream, "write", &[text.value()])?;
        }
    }
    Ok(())
}

fn audit(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let Some(event) = str::text(arguments[0]) else {
        return Err(bad_argument(cx, "audit() argument 1", "str", arguments[0]));
    };
    audit::event(cx, &event, |_| arguments[1..].iter().map(|argument| Owned::new(*argument)).collect())?;
    Ok(none())
}

fn add_audit_hook(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    audit::add(cx, arguments[0])?;
    Ok(none())
}

fn get_recursion_limit(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    Ok(int::from_i64(cx, cx.recursion_limit))
}

fn set_recursion_limit(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let limit = convert::index_i64(cx, arguments[0])?;
    if limit < 1 {
        return Err(cx.value_error("recursion limit must be greater or equal than 1"));
    }
    if limit > i32::MAX as i64 {
        return Err(cx.overflow_error("Python int too large to convert to C int"));
    }
    let depth = cx.recursion_limit - cx.recursion_left;
    if limit <= depth {
        let message =
            format!("cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low");
        return Err(cx.raise(&types::RECURSION_ERROR, message));
    }
    cx.set_recursion_limit(limit);
    Ok(none())
}

fn set_switch_interval(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let seconds = float::from_value(cx, arguments[0])?;
    if seconds.is_nan() || seconds <= 0.0 {
        return Err(cx.value_error("switch interval must be strictly positive"));
    }
    let longest = u32::MAX as f64;
    cx.interpreter().gil.set_interval(Duration::from_secs_f64(seconds.min(longest)));
    Ok(none())
}

fn get_digits_max(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    Ok(int::from_usize(cx, cx.interpreter().int_digits_max))
}

fn set_digits_max(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<1> = Signature {
        function: "set_int_max_str_digits",
        names: ["maxdigits"],
        positional_only: 0,
        positional: 1,
        required: 1,
        rest: false,
        open: false,
    };
    let [digits] = SIGNATURE.bind(cx, arguments)?;
    let digits = convert::index(cx, digits.unwrap_or(singleton::none()))?;
    let Some(digits) = int::as_i64(digits.value()).and_then(|digits| i32::try_from(digits).ok()) else {
        return Err(cx.overflow_error("Python int too large to convert to C int"));
    };
    if digits < 0 || digits > 0 && (digits as usize) < DIGITS_MAX_SMALLEST {
        return Err(cx.value_error(format!("maxdigits must be >= {DIGITS_MAX_SMALLEST} or 0 for unlimited")));
    }
    cx.interpreter().int_digits_max = digits as usize;
    attributes::set_digits_flag(cx, digits)?;
    Ok(none())
}

/// What CPython shows for objects that are never freed.
const IMMORTAL_COUNT: i64 = 3 << 30;

fn get_reference_count(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    match owned::count(arguments[0]) {
        Some(count) => Ok(int::from_u64(cx, count)),
        None => Ok(int::from_i64(cx, IMMORTAL_COUNT)),
    }
}

fn get_size(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let positionals = arguments.positionals();
    let Some(object) = positionals.first().copied().or_else(|| arguments.keyword("object")) else {
        return Err(cx.type_error("getsizeof() missing required argument 'object' (pos 1)"));
    };
    let default = positionals.get(1).copied().or_else(|| arguments.keyword("default"));
    let name = cx.interpreter().names.sizeof;
    let size = match call::lookup_special(cx, object, name) {
        Ok(Some(method)) => call::call(cx, method.value(), &[]),
        Ok(None) => Ok(int::from_usize(cx, object_bytes(object))),
        Err(raised) => Err(raised),
    };
    match (size, default) {
        (Ok(size), _) => Ok(size),
        (Err(_), Some(default)) if cx.swallow(&types::TYPE_ERROR) => Ok(Owned::new(default)),
        (Err(raised), _) => Err(raised),
    }
}

fn intern(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = arguments[0];
    let actual = value.type_of().name();
    match str::cast(value) {
        Some(string) if string.is_exact() => Ok(str::intern_value(cx, value)),
        Some(_) => Err(cx.type_error(format!("can't intern {actual}"))),
        None => Err(bad_argument(cx, "intern() argument", "str", value)),
    }
}

fn interned_size(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let count = cx.interpreter().interned.len();
    Ok(int::from_usize(cx, count))
}

fn is_interned(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let Some(string) = str::cast(arguments[0]) else {
        return Err(bad_argument(cx, "_is_interned() argument", "str", arguments[0]));
    };
    Ok(Owned::new(singleton::boolean(string.interned.get())))
}

/// The module of the function that many calls below the running one.
fn frame_module_name(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let depth = arguments.positionals().first().copied().or_else(|| arguments.keyword("depth"));
    let depth = depth.and_then(int::as_i64).unwrap_or(0).max(0) as usize;
    let frame = crate::frame_methods::at_depth(cx, depth);
    let frame = frame.as_ref().and_then(|frame| frame.value().cast_exact::<FrameObject>());
    let module = frame.map_or(Value::UNBOUND, |frame| frame.function().module.get());
    Ok(if module.is_unbound() { none() } else { Owned::new(module) })
}

/// Flushes the standard streams at the end of the process; whether that worked. Failures are told of once.
pub fn flush_streams(cx: &mut Context, silent: bool) -> bool {
    let mut complete = true;
    for name in ["stdout", "stderr"] {
        let stream = own_attribute(cx, name).filter(|stream| stream.value() != singleton::none());
        let Some(stream) = stream else { continue };
        let closed =
            attribute::get_text(cx, stream.value(), "closed").and_then(|truth| convert::truth(cx, truth.value()));
        match closed {
            Ok(true) => continue,
            Ok(false) => {}
            Err(_) => drop(cx.take_pending()),
        }
        if call::call_method(cx, stream.value(), "flush", &[]).is_err() {
            complete = false;
            // Of a failure to write errors nobody is left to tell.
            match name {
                "stdout" if !silent => finalize::report_unraisable(cx, "while flushing sys.stdout", Value::UNBOUND),
                _ => drop(cx.take_pending()),
            }
        }
    }
    complete
}
