//! The exceptions of the module.

use sidewinder_os::system;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, OS_ERROR, TIMEOUT_ERROR};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Context, Raised, Result, Value};
use std::ffi::CStr;
use std::io;

/// The names under which the interpreter keeps the exceptions that are the module's own.
const HOST_ERROR: &str = "socket.herror";
const ADDRESS_ERROR: &str = "socket.gaierror";

/// The texts of the numbers that `h_errno` can be.
const HOST_ERRORS: [(i32, &str); 4] = [
    (1, "Unknown host"),
    (2, "Host name lookup failure"),
    (3, "Unknown server error"),
    (4, "No address associated with name"),
];

/// Makes the exceptions and shows them in the module.
pub fn add_to(cx: &mut Context, module: &ModuleObject) -> Result<()> {
    for (key, short) in [(HOST_ERROR, "herror"), (ADDRESS_ERROR, "gaierror")] {
        let name = StrObject::new(cx, short);
        let bases = TupleObject::new(cx, &[OS_ERROR.value()]);
        let namespace = DictObject::new(cx);
        let home = StrObject::new(cx, "socket");
        dict::of(namespace.value()).set_text(cx, "__module__", home.value());
        let made = call::call(cx, TYPE.value(), &[name.value(), bases.value(), namespace.value()])?;
        module.namespace().set_text(cx, short, made.value());
        cx.interpreter().native_objects.insert(key, made);
    }
    module.namespace().set_text(cx, "error", OS_ERROR.value());
    module.namespace().set_text(cx, "timeout", TIMEOUT_ERROR.value());
    Ok(())
}

fn raise_numbered(cx: &mut Context, key: &str, number: i32, text: &str) -> Raised {
    let Some(class) = cx.interpreter().native_objects.get(key).cloned() else {
        return plain(cx, text);
    };
    let text = StrObject::new(cx, text);
    match call::call(cx, class.value(), &[Value::from_small_int(number as i64), text.value()]) {
        Ok(made) => exception::raise(cx, made),
        Err(raised) => raised,
    }
}

/// Raises `gaierror` for what `getaddrinfo` and its like return, or the error of the system that it stands for.
#[cold]
pub fn address_error(cx: &mut Context, status: i32, system_error: &io::Error) -> Raised {
    if status == libc::EAI_SYSTEM {
        return system::raise(cx, system_error);
    }
    // SAFETY: (system 1) the function knows all numbers and gives a text that stays.
    let text = unsafe { CStr::from_ptr(libc::gai_strerror(status)) }.to_string_lossy().into_owned();
    raise_numbered(cx, ADDRESS_ERROR, status, &text)
}

/// Raises `herror` for a value of `h_errno`.
#[cold]
pub fn host_error(cx: &mut Context, number: i32) -> Raised {
    let text =
        HOST_ERRORS.iter().find(|(known, _)| *known == number).map_or("Unknown resolver error", |(_, text)| text);
    raise_numbered(cx, HOST_ERROR, number, text)
}

/// Raises an `OSError` that has a message alone.
#[cold]
pub fn plain(cx: &mut Context, message: impl AsRef<str>) -> Raised {
    cx.raise(&OS_ERROR, message)
}

/// Raises the exception of a wait that took too long.
#[cold]
pub fn timed_out(cx: &mut Context) -> Raised {
    cx.raise(&TIMEOUT_ERROR, "timed out")
}
