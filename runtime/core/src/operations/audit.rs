//! Audit events (PEP 578): functions of the program hear of what may matter to its security.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::exception::EXCEPTION;
use crate::objects::str;
use crate::objects::tuple::TupleObject;
use crate::operations::call;
use crate::value::Value;
use std::cell::RefCell;

/// The hooks of an interpreter, in the order in which they were added; none is ever taken away.
#[derive(Default)]
struct Hooks(RefCell<Vec<Owned>>);

/// Adds a hook. Those that are there may refuse it by an exception, of which the program hears only if it is no
/// `Exception`.
pub fn add(cx: &mut Context, hook: Value) -> Result<()> {
    match event(cx, "sys.addaudithook", |_| Vec::new()) {
        Ok(()) => cx.state::<Hooks>().0.borrow_mut().push(Owned::new(hook)),
        Err(_) if cx.swallow(&EXCEPTION) => {}
        Err(raised) => return Err(raised),
    }
    Ok(())
}

/// Tells the hooks of an event, if there are any: only then `arguments` makes what they get.
pub fn event(cx: &mut Context, name: &str, arguments: impl FnOnce(&mut Context) -> Vec<Owned>) -> Result<()> {
    let hooks = cx.state::<Hooks>();
    if hooks.0.borrow().is_empty() {
        return Ok(());
    }
    let arguments = arguments(cx);
    let (name, arguments) = (str::intern(cx, name), TupleObject::from_owned(cx, arguments));
    // A hook that another one adds hears of the next event.
    let list = hooks.0.borrow().clone();
    list.iter().try_for_each(|hook| call::call(cx, hook.value(), &[name.value(), arguments.value()]).map(drop))
}
