//! What the streams ask of each other by name, and the errors they share.

use sidewinder_runtime::native::blocking;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::objects::{exception, int, singleton};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::Cell;

pub use sidewinder_runtime::operations::call::call_method;

/// Bytes that buffers hold where nobody says otherwise.
pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

/// The name under which the interpreter keeps `UnsupportedOperation`.
pub const UNSUPPORTED: &str = "_io.UnsupportedOperation";

pub fn none() -> Owned {
    Owned::new(singleton::none())
}

pub fn boolean(truth: bool) -> Owned {
    Owned::new(singleton::boolean(truth))
}

#[cold]
pub fn closed_error(cx: &mut Context) -> Raised {
    cx.value_error("I/O operation on closed file.")
}

#[cold]
pub fn uninitialized(cx: &mut Context) -> Raised {
    cx.value_error("I/O operation on uninitialized object")
}

/// Raises `UnsupportedOperation`.
#[cold]
pub fn unsupported(cx: &mut Context, message: &str) -> Raised {
    let class = cx.interpreter().native_objects.get(UNSUPPORTED).cloned();
    match class.as_ref().and_then(|class| class.value().cast::<TypeObject>()) {
        Some(class) => {
            let text = StrObject::new(cx, message);
            match call::call(cx, class.value(), &[text.value()]) {
                Ok(made) => exception::raise(cx, made),
                Err(raised) => raised,
            }
        }
        None => cx.raise(&exception::OS_ERROR, message),
    }
}

/// Raises `OSError` about a file, if one is given.
#[cold]
pub fn os_error(cx: &mut Context, number: i32, file: Option<Value>) -> Raised {
    let code = Value::from_small_int(number as i64);
    let text = StrObject::new(cx, &exception::special::system_error_text(number));
    let all = [code, text.value(), file.unwrap_or(singleton::none())];
    let arguments = if file.is_some() { &all[..] } else { &all[..2] };
    match call::call(cx, exception::OS_ERROR.object.value(), arguments) {
        Ok(made) => exception::raise(cx, made),
        Err(raised) => raised,
    }
}

/// Raises `OSError` for the error of a call of the system.
#[cold]
pub fn io_error(cx: &mut Context, error: &std::io::Error) -> Raised {
    os_error(cx, error.raw_os_error().unwrap_or(libc::EIO), None)
}

/// Raises `BlockingIOError` after part of a write, which the system or a raw stream in Python (then without a number)
/// did not take.
#[cold]
pub fn would_block(cx: &mut Context, message: &str, written: usize, by_system: bool) -> Raised {
    let code = Value::from_small_int(if by_system { libc::EAGAIN as i64 } else { 0 });
    let text = StrObject::new(cx, message);
    let written = int::from_usize(cx, written);
    let arguments = [code, text.value(), written.value()];
    exception::raise_arguments(cx, &exception::BLOCKING_IO_ERROR.object, &arguments)
}

/// The truth of an attribute.
pub fn truth_of(cx: &mut Context, object: Value, name: &str) -> Result<bool> {
    let found = attribute::get_text(cx, object, name)?;
    convert::truth(cx, found.value())
}

/// Keeps an error for later, while something else is tidied up.
pub fn set_aside<T>(cx: &mut Context, result: Result<T>) -> (Option<T>, Option<Owned>) {
    match result {
        Ok(value) => (Some(value), None),
        Err(_) => (None, Some(cx.take_pending())),
    }
}

/// Raises what was set aside; an error that came after has it as context.
pub fn raise_chained<T>(cx: &mut Context, first: Option<Owned>, second: Result<T>) -> Result<T> {
    match (first, second) {
        (None, second) => second,
        (Some(first), Ok(_)) => Err(cx.raise_value(first)),
        (Some(first), Err(_)) => {
            let second = cx.take_pending();
            if second.value() != first.value() {
                exception::of(second.value()).set_context(Some(first));
            }
            Err(cx.raise_value(second))
        }
    }
}

/// A warning of a category, as seen from the calling Python code.
pub fn warn(cx: &mut Context, category: &'static TypeObject, message: &str, source: Option<Value>) -> Result<()> {
    let Some(warnings) = warnings(cx) else { return Ok(()) };
    let text = StrObject::new(cx, message);
    let level = Value::from_small_int(1);
    let all = [text.value(), category.value(), level, source.unwrap_or(singleton::none())];
    let arguments = if source.is_some() { &all[..] } else { &all[..3] };
    call_method(cx, warnings.value(), "warn", arguments).map(drop)
}

/// The module that warnings go through. Before anybody imported one, nobody filters them, and these are not shown.
fn warnings(cx: &mut Context) -> Option<Owned> {
    let modules = Owned::new(cx.interpreter().modules.value());
    let modules = sidewinder_runtime::objects::dict::of(modules.value());
    ["_warnings", "warnings"].iter().find_map(|name| modules.get_text(cx, name).map(Owned::new))
}

/// The text of an object's `repr`, for messages.
pub fn repr_text(cx: &mut Context, value: Value) -> Result<String> {
    convert::repr_text(cx, value)
}

/// `{name!r}` for the representation of a stream: None if it has no name. Errors other than a missing name come through.
pub fn name_text(cx: &mut Context, stream: Value) -> Result<Option<String>> {
    let name = match attribute::get_text_optional(cx, stream, "name") {
        Ok(name) => name,
        // A stream that is detached or not yet initialised still has a representation.
        Err(_) if cx.swallow(&exception::VALUE_ERROR) => None,
        Err(raised) => return Err(raised),
    };
    let Some(name) = name else { return Ok(None) };
    if cx.repr_active.contains(&stream) {
        let kind = stream.type_of().name();
        return Err(cx.raise(&exception::RUNTIME_ERROR, format!("reentrant call inside {kind}.__repr__")));
    }
    cx.repr_active.push(stream);
    let text = repr_text(cx, name.value());
    cx.repr_active.pop();
    text.map(Some)
}

/// Sets an attribute that is `True` or `False`.
pub fn set_flag(cx: &mut Context, flag: &Cell<bool>, value: Option<Value>) -> Result<()> {
    match value {
        Some(value) if value == singleton::true_() || value == singleton::false_() => {
            flag.set(value == singleton::true_());
            Ok(())
        }
        Some(_) => Err(cx.type_error("attribute value type must be bool")),
        None => Err(cx.type_error("can't delete numeric/char attribute")),
    }
}

/// Pickling a stream is an error.
#[cold]
pub fn cannot_pickle(cx: &mut Context, object: Value) -> Raised {
    let kind = object.type_of().name();
    cx.type_error(format!("cannot pickle {kind} instances"))
}

/// Where a file is, or is moved to.
pub fn seek_file(cx: &mut Context, fd: i32, position: i64, whence: i32) -> Result<i64> {
    let moved = blocking(cx, |_| {
        // SAFETY: a call of the system without pointers.
        let moved = unsafe { libc::lseek(fd, position, whence) };
        if moved < 0 { Err(std::io::Error::last_os_error()) } else { Ok(moved) }
    });
    moved.map_err(|error| io_error(cx, &error))
}
