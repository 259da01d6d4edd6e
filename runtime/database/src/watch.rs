//! What the program wants to be told of: what statements are about to do, that they go on, that they start.

use crate::error;
use crate::execute::connection_of;
use crate::state::{Kind, State};
use libsqlite3_sys as sys;
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::{call, convert, finalize};
use sidewinder_runtime::{Context, Owned, Value};

/// Shows the pending exception if the program wants to see those of its functions, and drops it.
pub fn report(cx: &mut Context, doing: &str, function: Value) {
    if cx.state::<State>().tracebacks.get() {
        finalize::report_unraisable_call(cx, doing, function);
    } else {
        drop(cx.take_pending());
    }
}

/// Whether a statement may do something; the answer is the library's code.
pub fn authorize(cx: &mut Context, owner: &Owned, action: i32, details: [Option<String>; 4]) -> i32 {
    let Some(function) = connection_of(owner).authorizer.get() else { return sys::SQLITE_OK };
    let mut arguments = vec![action.into_object(cx)];
    arguments.extend(details.map(|detail| detail.into_object(cx)));
    let values: Vec<Value> = arguments.iter().map(Owned::value).collect();
    match call::call(cx, function.value(), &values) {
        Ok(answer) if int::is_int_like(answer.value()) => match convert::c_int(cx, answer.value()) {
            Ok(answer) => answer,
            Err(_) => {
                report(cx, "on sqlite3 callback", function.value());
                sys::SQLITE_DENY
            }
        },
        Ok(_) => sys::SQLITE_DENY,
        Err(_) => {
            report(cx, "on sqlite3 callback", function.value());
            sys::SQLITE_DENY
        }
    }
}

/// Whether a statement is to end.
pub fn progress(cx: &mut Context, owner: &Owned) -> bool {
    let Some(function) = connection_of(owner).progress.get() else { return false };
    let answer = call::call(cx, function.value(), &[]).and_then(|answer| convert::truth(cx, answer.value()));
    answer.unwrap_or_else(|_| {
        report(cx, "on sqlite3 callback", function.value());
        true
    })
}

/// A statement starts: its text with the parameters' values, unless that is too long, and as it was given.
pub fn trace(cx: &mut Context, owner: &Owned, expanded: Option<String>, plain: String) {
    let Some(function) = connection_of(owner).trace.get() else { return };
    let text = expanded.unwrap_or_else(|| {
        error::fail(cx, Kind::Data, "Expanded SQL string exceeds the maximum string length");
        report(cx, "on sqlite3 callback", function.value());
        plain
    });
    let text = StrObject::new(cx, &text);
    if call::call(cx, function.value(), &[text.value()]).is_err() {
        report(cx, "on sqlite3 callback", function.value());
    }
}
