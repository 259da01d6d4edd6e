//! Functions, aggregates and orders of texts that the program has defined, as the library calls them.

use crate::arguments::utf8;
use crate::error;
use crate::execute::connection_of;
use crate::library::{Call, Callback, Column};
use crate::state::Kind;
use crate::watch::report;
use sidewinder_runtime::objects::buffer::{self, Buffer};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{ATTRIBUTE_ERROR, MEMORY_ERROR, OVERFLOW_ERROR};
use sidewinder_runtime::objects::str::{self, StrObject, codec};
use sidewinder_runtime::objects::{float, int, singleton};
use sidewinder_runtime::operations::{attribute, call as calls};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// A text of the library as an object.
fn text(cx: &mut Context, text: &[u8]) -> Result<Owned> {
    match std::str::from_utf8(text) {
        Ok(text) => Ok(StrObject::new(cx, text)),
        Err(_) => {
            let bytes = BytesObject::new(cx, text);
            codec::decode(cx, bytes.value(), "utf-8", "strict")
        }
    }
}

/// The arguments of a call as objects.
fn arguments(cx: &mut Context, call: &mut Call) -> Result<Vec<Owned>> {
    let mut found = Vec::with_capacity(call.count);
    for index in 0..call.count {
        found.push(match call.argument(index) {
            Column::Null => Owned::new(singleton::none()),
            Column::Integer(number) => int::from_i64(cx, number),
            Column::Float(number) => float::from_f64(cx, number),
            Column::Text(bytes) => text(cx, bytes)?,
            Column::Blob(bytes) => BytesObject::new(cx, bytes),
            Column::NoMemory => return Err(cx.raise(&MEMORY_ERROR, "")),
        });
    }
    Ok(found)
}

/// Gives the library what a function has returned.
fn give(cx: &mut Context, call: &mut Call, result: Value) -> Result<()> {
    if result == singleton::none() {
        call.return_null();
    } else if int::is_int_like(result) {
        let number = crate::arguments::integer(cx, result)?;
        call.return_integer(number);
    } else if let Some(number) = float::as_f64(result) {
        call.return_float(number);
    } else if let Some(text) = str::cast(result) {
        let bytes = utf8(cx, text, result)?;
        if bytes.len() > i32::MAX as usize {
            return Err(cx.overflow_error("string is longer than INT_MAX bytes"));
        }
        call.return_text(&bytes);
    } else if buffer::is_exporter(result) {
        let bytes = Buffer::read(cx, result)?;
        if bytes.len() > i32::MAX as usize {
            return Err(cx.overflow_error("BLOB longer than INT_MAX bytes"));
        }
        call.return_blob(bytes.as_slice());
    } else {
        let name = result.type_of().name();
        let message = format!("User-defined functions cannot return '{name}' values to SQLite");
        return Err(error::fail(cx, Kind::Programming, message));
    }
    Ok(())
}

/// Tells the library of what is pending, and shows it if the program wants that.
fn fail(cx: &mut Context, callback: &Callback, call: &mut Call, message: &str) {
    if cx.pending_is(&MEMORY_ERROR) {
        call.fail_of_memory();
    } else if cx.pending_is(&OVERFLOW_ERROR) {
        call.fail_too_big();
    } else {
        call.fail(message);
    }
    report(cx, "on sqlite3 callback", callback.callable.value());
}

fn call_with(cx: &mut Context, function: Value, call: &mut Call) -> Result<Owned> {
    let arguments = arguments(cx, call)?;
    let values: Vec<Value> = arguments.iter().map(Owned::value).collect();
    calls::call(cx, function, &values)
}

/// A function.
pub fn scalar(cx: &mut Context, callback: &Callback, call: &mut Call) {
    let outcome = call_with(cx, callback.callable.value(), call).and_then(|result| give(cx, call, result.value()));
    if outcome.is_err() {
        fail(cx, callback, call, "user-defined function raised exception");
    }
}

/// The object that aggregates, if there is one.
fn instance(call: &mut Call) -> Option<Owned> {
    let bits = call.shared(false)?.get();
    (bits != 0).then(|| Owned::new(Value::from_word(bits)))
}

/// A row that is added; the first one makes the object that aggregates.
pub fn step(cx: &mut Context, callback: &Callback, call: &mut Call) {
    let Some(place) = call.shared(true) else { return call.fail_of_memory() };
    let object = match place.get() {
        0 => match calls::call(cx, callback.callable.value(), &[]) {
            Ok(made) => {
                // The place owns a count from now on; `finish` takes it.
                place.set(made.clone().into_raw().0);
                made
            }
            Err(_) => {
                let message = "user-defined aggregate's '__init__' method raised error";
                return fail(cx, callback, call, message);
            }
        },
        bits => Owned::new(Value::from_word(bits)),
    };
    let Ok(method) = attribute::get_text(cx, object.value(), "step") else {
        return fail(cx, callback, call, "user-defined aggregate's 'step' method not defined");
    };
    if call_with(cx, method.value(), call).is_err() {
        fail(cx, callback, call, "user-defined aggregate's 'step' method raised error");
    }
}

/// A row that leaves the window.
pub fn inverse(cx: &mut Context, callback: &Callback, call: &mut Call) {
    let Some(object) = instance(call) else { return };
    let Ok(method) = attribute::get_text(cx, object.value(), "inverse") else {
        return fail(cx, callback, call, "user-defined aggregate's 'inverse' method not defined");
    };
    if call_with(cx, method.value(), call).is_err() {
        fail(cx, callback, call, "user-defined aggregate's 'inverse' method raised error");
    }
}

/// The result for the window as it is.
pub fn value(cx: &mut Context, callback: &Callback, call: &mut Call) {
    let Some(object) = instance(call) else { return };
    let result = match calls::call_method(cx, object.value(), "value", &[]) {
        Ok(result) => result,
        Err(_) => {
            let message = match cx.pending_is(&ATTRIBUTE_ERROR) {
                true => "user-defined aggregate's 'value' method not defined",
                false => "user-defined aggregate's 'value' method raised error",
            };
            return fail(cx, callback, call, message);
        }
    };
    if give(cx, call, result.value()).is_err() {
        fail(cx, callback, call, "unable to set result from user-defined aggregate's 'value' method");
    }
}

/// The result of an aggregation, which ends. Without rows there is no object, and no result.
pub fn finish(cx: &mut Context, callback: &Callback, call: &mut Call) {
    let Some(bits) = call.shared(false).map(|place| place.replace(0)).filter(|bits| *bits != 0) else { return };
    // The count that `step` has left there.
    let object = Owned::from_raw(Value::from_word(bits));
    let outcome = calls::call_method(cx, object.value(), "finalize", &[]);
    if outcome.and_then(|result| give(cx, call, result.value())).is_ok() {
        return;
    }
    let message = match cx.pending_is(&ATTRIBUTE_ERROR) {
        true => "user-defined aggregate's 'finalize' method not defined",
        false => "user-defined aggregate's 'finalize' method raised error",
    };
    fail(cx, callback, call, message);
}

/// How two texts are ordered. After an error all are equal, until somebody raises it.
pub fn collate(cx: &mut Context, callback: &Callback, texts: [&[u8]; 2]) -> i32 {
    let Some(owner) = callback.owner() else { return 0 };
    let failure = &connection_of(&owner).failure;
    if !failure.is_empty() {
        return 0;
    }
    let outcome = text(cx, texts[0]).and_then(|first| {
        let second = text(cx, texts[1])?;
        calls::call(cx, callback.callable.value(), &[first.value(), second.value()])
    });
    match outcome {
        Ok(order) if !int::is_int_like(order.value()) => {
            // What is no number orders nothing.
            0
        }
        Ok(order) => match int::as_i64(order.value()) {
            Some(order) => order.signum() as i32,
            None if int::is_negative(order.value()) => -1,
            None => 1,
        },
        Err(_) => {
            let raised = cx.take_pending();
            failure.set(Some(raised));
            0
        }
    }
}
