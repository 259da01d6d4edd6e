//! `-X importtime`: how long each import took, without and with the imports inside of it.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::bytes::BytesObject;
use crate::objects::str;
use crate::value::Value;
use std::io::Write;
use std::time::{Duration, Instant};

/// Where the imports stand.
#[derive(Default)]
pub struct ImportTimes {
    /// How many imports are inside of one another.
    depth: usize,
    /// What the imports inside of the running one took.
    inner: Duration,
    has_title: bool,
}

/// Nobody is left to be told that standard error cannot be written.
fn show(times: &mut ImportTimes, line: &str) {
    let mut error = std::io::stderr();
    if !std::mem::replace(&mut times.has_title, true) {
        let _ = error.write_all(b"import time: self [us] | cumulative | imported package\n");
    }
    let _ = error.write_all(line.as_bytes());
}

/// The name; what cannot be written of it as an escape.
fn text(cx: &mut Context, name: Value) -> String {
    if let Some(text) = str::text(name) {
        return text.into_owned();
    }
    let Ok(bytes) = str::codec::encode(cx, name, "utf-8", "backslashreplace") else {
        drop(cx.take_pending());
        return String::new();
    };
    let bytes = bytes.value().cast::<BytesObject>().map(BytesObject::as_slice).unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

/// Tells of a module that was there.
#[cold]
pub fn show_cached(cx: &mut Context, name: Value) {
    let name = text(cx, name);
    let times = &mut cx.interpreter().import_times;
    let line = format!("import time: cached    | cached     | {}{name}\n", "  ".repeat(times.depth));
    show(times, &line);
}

/// Runs an import and tells how long it took.
#[cold]
pub fn measured(cx: &mut Context, name: Value, import: impl FnOnce(&mut Context) -> Result<Owned>) -> Result<Owned> {
    let name = text(cx, name);
    let times = &mut cx.interpreter().import_times;
    let before = std::mem::take(&mut times.inner);
    times.depth += 1;
    let start = Instant::now();
    let result = import(cx);
    let whole = start.elapsed();
    let times = &mut cx.interpreter().import_times;
    times.depth -= 1;
    let own = whole.saturating_sub(times.inner);
    times.inner = before + whole;
    let indent = "  ".repeat(times.depth);
    let line = format!("import time: {:9} | {:10} | {indent}{name}\n", own.as_micros(), whole.as_micros());
    show(times, &line);
    result
}
