//! Further interpreters beside the first one of the process: how they start and end.

use crate::program;
use sidewinder_runtime::interpreters::{Member, Seed};
use sidewinder_runtime::objects::exception::RUNTIME_WARNING;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::{call, import};
use sidewinder_runtime::threads;
use sidewinder_runtime::{Context, Owned, Result};
use std::ffi::OsString;
use std::sync::Arc;

/// Makes an interpreter, with its import system, `site` and an empty main module. None if that fails.
pub fn start(seed: Seed) -> Option<Arc<Member>> {
    let cx = crate::bootstrap::start_further(seed).ok()?;
    let started = prepare(cx);
    if started.is_err() {
        let raised = cx.take_pending();
        sidewinder_builtins::report_uncaught(cx, raised.value());
    }
    let member = cx.member().clone();
    cx.set_ready();
    started.is_ok().then_some(member)
}

fn prepare(cx: &mut Context) -> Result<()> {
    crate::import::append_path(cx, &search_path(cx))?;
    sidewinder_imports::start(cx)?;
    sidewinder_builtins::reopen_streams(cx)?;
    crate::startup::prepare(cx)?;
    if let Some(folder) = cx.interpreter().options.settings.program_folder.clone() {
        crate::import::prepend_path(cx, folder.as_ref())?;
    }
    program::make_main(cx, None)?;
    Ok(())
}

/// `PYTHONPATH`, unless the environment is ignored.
pub fn search_path(cx: &Context) -> OsString {
    let ignored = cx.interpreter().options.settings.ignore_environment != 0;
    if ignored { OsString::new() } else { std::env::var_os("PYTHONPATH").unwrap_or_default() }
}

/// Ends an interpreter: waits for its threads, runs what is registered for the end, and lets go of its modules.
pub fn end(cx: &mut Context) {
    program::wait_for_threads(cx);
    sidewinder_os::atexit::run(cx);
    sidewinder_os::faulthandler::forget(cx);
    threads::end_interpreter(cx);
    sidewinder_builtins::shut_down(cx);
    sidewinder_recorder::uninstall(cx);
}

/// At the end of the first interpreter: ends those that are left. One that runs stays.
pub fn end_all(cx: &mut Context) {
    let own = cx.member().id;
    let others: Vec<_> = cx.family().members().into_iter().filter(|member| member.id != own).collect();
    if others.is_empty() {
        return;
    }
    if warn(cx).is_err() {
        let raised = cx.take_pending();
        sidewinder_builtins::report_uncaught(cx, raised.value());
    }
    for member in others {
        if let Ok(claim) = member.claim() {
            // Where there is no memory for that, the end of the process does it.
            let _ = cx.end_other(claim);
        }
    }
}

fn warn(cx: &mut Context) -> Result<()> {
    let module = import::module(cx, "_warnings")?;
    let text = StrObject::new(cx, "remaining subinterpreters; close them with Interpreter.close()");
    call::call_method(cx, module.value(), "warn", &[text.value(), RUNTIME_WARNING.value()]).map(|_: Owned| ())
}
