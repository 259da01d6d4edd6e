//! `sys.settrace`, `sys.setprofile` and their like.

use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::monitoring::{Runner, Tracing};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::value::Value;

/// Which of the two functions of a thread.
type Place = fn(&mut Tracing) -> &mut Option<Owned>;

fn trace(tracing: &mut Tracing) -> &mut Option<Owned> {
    &mut tracing.trace
}

fn profile(tracing: &mut Tracing) -> &mut Option<Owned> {
    &mut tracing.profile
}

fn none() -> Owned {
    Owned::new(singleton::none())
}

fn get(cx: &mut Context, place: Place) -> Result<Owned> {
    Ok(place(&mut cx.tracing).clone().unwrap_or_else(none))
}

fn set(cx: &mut Context, place: Place, function: Value) -> Result<Owned> {
    let function = (function != singleton::none()).then(|| Owned::new(function));
    let old = std::mem::replace(place(&mut cx.tracing), function);
    cx.update_tracing();
    if let Some(old) = old {
        cx.release(old.into_raw());
    }
    Ok(none())
}

fn set_everywhere(cx: &mut Context, place: Place, function: Value) -> Result<Owned> {
    let mut old = Vec::new();
    for &thread in &cx.interpreter().threads {
        let function = (function != singleton::none()).then(|| Owned::new(function));
        // SAFETY: (threads 2) contexts in the list are alive, and their threads do not hold the GIL.
        old.push(std::mem::replace(place(unsafe { &mut (*thread).tracing }), function));
    }
    cx.update_tracing_everywhere();
    for old in old.into_iter().flatten() {
        cx.release(old.into_raw());
    }
    Ok(none())
}

/// `sys.gettrace()`
pub fn get_trace(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    get(cx, trace)
}

/// `sys.settrace(function)`
pub fn set_trace(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    set(cx, trace, arguments[0])
}

/// `sys._settraceallthreads(function)`
pub fn set_trace_everywhere(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    set_everywhere(cx, trace, arguments[0])
}

/// `sys.getprofile()`
pub fn get_profile(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    get(cx, profile)
}

/// `sys.setprofile(function)`
pub fn set_profile(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    set(cx, profile, arguments[0])
}

/// `sys._setprofileallthreads(function)`
pub fn set_profile_everywhere(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    set_everywhere(cx, profile, arguments[0])
}

/// `sys.call_tracing(function, arguments)`: calls it as if no trace function were running.
pub fn call_tracing(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let Some(items) = arguments[1].cast::<TupleObject>() else {
        let found = arguments[1].type_of().name();
        return Err(cx.type_error(format!("call_tracing() argument 2 must be tuple, not {found}")));
    };
    let inside = std::mem::take(&mut cx.tracing.inside);
    let told = cx.tracing.told.take();
    cx.update_tracing();
    // The trace function itself goes on untraced.
    let runner = std::mem::replace(&mut cx.tracing.runner, Runner::Other);
    let result = call::call(cx, arguments[0], items.as_slice());
    cx.tracing.runner = runner;
    cx.tracing.inside = inside;
    cx.tracing.told = told;
    cx.update_tracing();
    result
}
