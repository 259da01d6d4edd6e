//! What happens around coroutines and asynchronous generators without being asked for: the hooks that event loops set,
//! where a coroutine was made, and the warning about one that nobody awaited.

use super::{ASYNC_GENERATOR, COROUTINE, GeneratorObject, state};
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::code::CodeObject;
use crate::objects::exception::RUNTIME_WARNING;
use crate::objects::str::{self, StrObject};
use crate::objects::tuple::TupleObject;
use crate::objects::{frame, int};
use crate::operations::finalize::{report_unraisable, report_unraisable_call};
use crate::operations::{call, warnings};
use crate::value::Value;

/// Indices of `Context::async_generator_hooks`.
pub const FIRST_USE: usize = 0;
pub const FINALIZER: usize = 1;

/// Before the first use of an asynchronous generator: it keeps its finalizer, and the event loop hears of it.
pub fn first_use(cx: &mut Context, generator: &GeneratorObject) -> Result<()> {
    if generator.hooked.replace(true) {
        return Ok(());
    }
    if let Some(finalizer) = cx.async_generator_hooks[FINALIZER].clone() {
        generator.extra.set(finalizer.into_raw());
    }
    match cx.async_generator_hooks[FIRST_USE].clone() {
        Some(hook) => call::call(cx, hook.value(), &[generator.value()]).map(drop),
        None => Ok(()),
    }
}

/// Gives a coroutine the frames that are making it, as `cr_origin` shows them.
pub fn remember_origin(cx: &mut Context, coroutine: Value) {
    // SAFETY: (heap 2) the caller has made a coroutine.
    let coroutine: &GeneratorObject = unsafe { coroutine.cast_unchecked() };
    let (mut left, mut places) = (cx.coroutine_origin_depth, Vec::new());
    frame::walk(cx, |frame| {
        // SAFETY: (heap 2) a frame has a code object.
        let code: &CodeObject = unsafe { frame.code.cast_unchecked() };
        places.push((code.data.clone(), code.line_of(frame.instruction as usize)));
        left -= 1;
        left > 0
    });
    let mut entries = Vec::new();
    for (data, line) in places {
        let parts =
            vec![StrObject::new(cx, &data.file_name), int::from_i64(cx, line as i64), StrObject::new(cx, &data.name)];
        entries.push(TupleObject::from_owned(cx, parts));
    }
    let origin = TupleObject::from_owned(cx, entries);
    drop(Owned::from_raw_option(coroutine.extra.replace(origin.into_raw())));
}

/// The end of a coroutine that never ran, or of an asynchronous generator that an event loop looks after. False if
/// nothing of the kind applies.
pub(super) fn finalize(cx: &mut Context, generator: &GeneratorObject) -> bool {
    let value = generator.value();
    if value.has_type(&COROUTINE) && generator.stage() == state::CREATED {
        warn_if_unawaited(cx, generator);
        return true;
    }
    let hook = generator.extra.get();
    let looked_after = value.has_type(&ASYNC_GENERATOR) && !hook.is_unbound() && !generator.closed.get();
    if looked_after && generator.stage() != state::FINISHED {
        let hook = Owned::new(hook);
        if call::call(cx, hook.value(), &[value]).is_err() {
            report_unraisable(cx, "while finalizing generator", value);
        }
        return true;
    }
    false
}

/// Warns, once, of a coroutine that nobody has awaited, for it is given up.
pub fn warn_if_unawaited(cx: &mut Context, generator: &GeneratorObject) {
    let never_ran = generator.value().has_type(&COROUTINE) && generator.stage() == state::CREATED;
    if never_ran && !generator.hooked.replace(true) {
        warn_unawaited(cx, generator);
    }
}

fn warn_unawaited(cx: &mut Context, coroutine: &GeneratorObject) {
    let name = str::text(coroutine.qualified_name.get()).unwrap_or_default().into_owned();
    let warned = match warnings::function(cx, "_warn_unawaited_coroutine") {
        Ok(Some(function)) => match call::call(cx, function.value(), &[coroutine.value()]) {
            Ok(_) => true,
            // The warning that a filter makes an exception of was given.
            Err(_) => {
                let given = cx.pending_is(&RUNTIME_WARNING);
                report_unraisable_call(cx, "while finalizing coroutine", coroutine.value());
                given
            }
        },
        Ok(None) => false,
        Err(_) => {
            report_unraisable_call(cx, "while finalizing coroutine", coroutine.value());
            false
        }
    };
    if !warned && warnings::warn(cx, &RUNTIME_WARNING, &format!("coroutine '{name}' was never awaited"), 1).is_err() {
        report_unraisable_call(cx, "while finalizing coroutine", coroutine.value());
    }
}

/// Warns that the result of a method of an asynchronous generator was never awaited.
pub(super) fn warn_unawaited_method(cx: &mut Context, generator: &GeneratorObject, method: &str, awaitable: Value) {
    let name = str::text(generator.qualified_name.get()).unwrap_or_default().into_owned();
    let message = format!("coroutine method '{method}' of '{name}' was never awaited");
    if warnings::warn(cx, &RUNTIME_WARNING, &message, 1).is_err() {
        report_unraisable(cx, "in", awaitable);
    }
}
