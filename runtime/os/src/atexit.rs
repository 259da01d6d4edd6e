//! The module `atexit`: functions that run when the program ends.

use sidewinder_macros::native_module;
use sidewinder_runtime::native::Keywords;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::operations::{call, compare, convert, finalize};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::RefCell;

/// A call that waits for the end.
#[derive(Clone)]
struct Callback {
    function: Owned,
    values: Vec<Owned>,
    names: Vec<Owned>,
}

/// The calls of an interpreter, in the order in which they were registered.
#[derive(Default)]
struct Callbacks(RefCell<Vec<Callback>>);

/// Runs what was registered, the last first; errors are reported. What is registered meanwhile is forgotten, as in CPython.
pub fn run(cx: &mut Context) {
    let callbacks = cx.state::<Callbacks>();
    let list = callbacks.0.borrow().clone();
    for callback in list.into_iter().rev() {
        let values: Vec<Value> = callback.values.iter().map(Owned::value).collect();
        let names: Vec<Value> = callback.names.iter().map(Owned::value).collect();
        let arguments = Arguments { values: &values, names: &names };
        if call::call_with(cx, callback.function.value(), arguments).is_err() {
            report(cx, callback.function.value());
        }
    }
    let gone = std::mem::take(&mut *callbacks.0.borrow_mut());
    drop(gone);
}

/// Reports the pending exception, which a function has raised.
fn report(cx: &mut Context, function: Value) {
    let pending = cx.take_pending();
    let shown = match convert::repr(cx, function) {
        Ok(shown) => str::text(shown.value()).unwrap_or_default().into_owned(),
        Err(_) => {
            drop(cx.take_pending());
            "<object repr() failed>".into()
        }
    };
    cx.raise_value(pending);
    finalize::report_unraisable(cx, &format!("in atexit callback {shown}"), Value::UNBOUND);
}

/// Functions that run when the program ends, the last registered first.
#[native_module("atexit")]
mod rows {
    use super::*;

    /// Registers a function with its arguments, to run when the program ends. Returns it, so that this is a decorator.
    #[function]
    fn register(cx: &mut Context, func: Value, #[rest] args: &[Value], kwargs: Keywords<'_>) -> Result<Value> {
        if func.type_of().slots().call.is_none() {
            return Err(cx.type_error("the first argument must be callable"));
        }
        let mut values: Vec<Owned> = args.iter().map(|value| Owned::new(*value)).collect();
        let (names, named): (Vec<Owned>, Vec<Owned>) =
            kwargs.iter().map(|(name, value)| (Owned::new(name), Owned::new(value))).unzip();
        values.extend(named);
        let callback = Callback { function: Owned::new(func), values, names };
        cx.state::<Callbacks>().0.borrow_mut().push(callback);
        Ok(func)
    }

    /// Forgets all calls of a function that were registered.
    #[function]
    fn unregister(cx: &mut Context, func: Value) -> Result<()> {
        let callbacks = cx.state::<Callbacks>();
        let mut place = callbacks.0.borrow().len();
        while place > 0 {
            place -= 1;
            // Comparing may run Python, which may register or forget others.
            let Some(function) = callbacks.0.borrow().get(place).map(|callback| callback.function.clone()) else {
                continue;
            };
            if compare::equals(cx, function.value(), func)? {
                let mut list = callbacks.0.borrow_mut();
                let same = list.get(place).is_some_and(|callback| callback.function.value() == function.value());
                let gone = same.then(|| list.remove(place));
                drop(list);
                drop(gone);
            }
        }
        Ok(())
    }

    /// Forgets all calls that were registered.
    #[function]
    fn _clear(cx: &mut Context) {
        let callbacks = cx.state::<Callbacks>();
        let gone = std::mem::take(&mut *callbacks.0.borrow_mut());
        drop(gone);
    }

    /// Runs what was registered now.
    #[function]
    fn _run_exitfuncs(cx: &mut Context) {
        super::run(cx);
    }

    /// How many calls are registered.
    #[function]
    fn _ncallbacks(cx: &mut Context) -> usize {
        cx.state::<Callbacks>().0.borrow().len()
    }
}
