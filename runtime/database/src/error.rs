//! What the library refuses, as exceptions.

use crate::codes;
use crate::library::Failure;
use crate::state::{Kind, State};
use libsqlite3_sys as sys;
use sidewinder_runtime::objects::exception::{self, MEMORY_ERROR};
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::{attribute, call};
use sidewinder_runtime::{Context, Raised, Value};

/// The exception for a code; None stands for `MemoryError`.
fn kind_of(code: i32) -> Option<Kind> {
    Some(match code & 0xff {
        sys::SQLITE_INTERNAL | sys::SQLITE_NOTFOUND => Kind::Internal,
        sys::SQLITE_NOMEM => return None,
        sys::SQLITE_ERROR
        | sys::SQLITE_PERM
        | sys::SQLITE_ABORT
        | sys::SQLITE_BUSY
        | sys::SQLITE_LOCKED
        | sys::SQLITE_READONLY
        | sys::SQLITE_INTERRUPT
        | sys::SQLITE_IOERR
        | sys::SQLITE_FULL
        | sys::SQLITE_CANTOPEN
        | sys::SQLITE_PROTOCOL
        | sys::SQLITE_EMPTY
        | sys::SQLITE_SCHEMA => Kind::Operational,
        sys::SQLITE_TOOBIG => Kind::Data,
        sys::SQLITE_CONSTRAINT | sys::SQLITE_MISMATCH => Kind::Integrity,
        sys::SQLITE_MISUSE | sys::SQLITE_RANGE => Kind::Interface,
        _ => Kind::Database,
    })
}

/// Raises what the library says.
#[cold]
pub fn raise(cx: &mut Context, failure: &Failure) -> Raised {
    let Some(kind) = kind_of(failure.code) else { return cx.raise(&MEMORY_ERROR, "") };
    let class = cx.state::<State>().exception(kind).class();
    let message = StrObject::new(cx, &failure.message);
    let made = match call::call(cx, class.value(), &[message.value()]) {
        Ok(made) => made,
        Err(raised) => return raised,
    };
    let name = StrObject::new(cx, codes::name_of(failure.code).unwrap_or("unknown"));
    let code = Value::from_small_int(i64::from(failure.code));
    let set = attribute::set_text(cx, made.value(), "sqlite_errorcode", code)
        .and_then(|()| attribute::set_text(cx, made.value(), "sqlite_errorname", name.value()));
    match set {
        Ok(()) => exception::raise(cx, made),
        Err(raised) => raised,
    }
}

/// Raises an exception of the module with a message.
#[cold]
pub fn fail(cx: &mut Context, kind: Kind, message: impl AsRef<str>) -> Raised {
    cx.state::<State>().exception(kind).raise(cx, message)
}

/// Raises the error for a statement that somebody uses while it is used.
#[cold]
pub fn recursive(cx: &mut Context) -> Raised {
    fail(cx, Kind::Programming, "Recursive use of cursors not allowed.")
}
