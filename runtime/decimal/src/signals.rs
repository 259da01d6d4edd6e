//! `SignalDict`: flags or traps of a context as a mapping of signals to truth.

use crate::environment::Status;
use crate::state::{SIGNALS, State, unknown_signal};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::operations::{convert, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::Cell;
use std::rc::{Rc, Weak};

/// A mapping of signals to whether they are set.
#[native_type("decimal.SignalDictMixin", base, unhashable, mapping)]
#[derive(Traverse)]
pub struct SignalDictMixin(#[plain] Option<Weak<Cell<u32>>>);

impl SignalDictMixin {
    /// The mapping for flags of a context.
    pub fn of(cx: &mut Context, flags: &Rc<Cell<u32>>) -> Result<Owned> {
        let class = cx.state::<State>().signal_dict.get_or_none();
        match class.value().cast::<TypeObject>() {
            Some(class) => NativeObject::allocate(cx, class, SignalDictMixin(Some(Rc::downgrade(flags)))),
            None => Err(cx.value_error("invalid signal dict")),
        }
    }

    /// The flags, as long as their context is there.
    fn flags(&self, cx: &mut Context) -> Result<Rc<Cell<u32>>> {
        match self.0.as_ref().and_then(Weak::upgrade) {
            Some(flags) => Ok(flags),
            None => Err(cx.value_error("invalid signal dict")),
        }
    }

    fn status(&self, cx: &mut Context) -> Result<Status> {
        Ok(Status(self.flags(cx)?.get()))
    }
}

/// The conditions that a mapping says are set: one of this type, or a dictionary with every signal.
pub fn conditions_of(cx: &mut Context, value: Value) -> Result<Option<Status>> {
    if let Some(own) = value.cast::<NativeObject<SignalDictMixin>>() {
        return own.status(cx).map(Some);
    }
    let Some(mapping) = value.cast::<DictObject>() else { return Ok(None) };
    let state = cx.state::<State>();
    if mapping.len() != SIGNALS.len() {
        return Err(cx.raise(&sidewinder_runtime::objects::exception::KEY_ERROR, "invalid signal dict"));
    }
    let mut status = Status::NONE;
    for (name, condition) in SIGNALS {
        let class = state.class(name);
        match mapping.get(cx, class.value())? {
            Some(set) => {
                let set = Owned::new(set);
                if convert::truth(cx, set.value())? {
                    status |= condition;
                }
            }
            None => {
                return Err(cx.raise(&sidewinder_runtime::objects::exception::KEY_ERROR, "invalid signal dict"));
            }
        }
    }
    Ok(Some(status))
}

#[methods]
impl SignalDictMixin {
    #[new(name = "SignalDict")]
    fn new() -> Result<SignalDictMixin> {
        Ok(SignalDictMixin(None))
    }

    /// A dictionary with the same items.
    fn copy(&self, cx: &mut Context) -> Result<Owned> {
        let status = self.status(cx)?;
        let state = cx.state::<State>();
        let made = DictObject::new(cx);
        for (name, condition) in SIGNALS {
            let class = state.class(name);
            dict::of(made.value()).set(cx, class.value(), singleton::boolean(status.has(condition)))?;
        }
        Ok(made)
    }

    #[slot(length)]
    fn length(&self, cx: &mut Context) -> Result<usize> {
        self.flags(cx)?;
        Ok(SIGNALS.len())
    }

    #[slot(iter)]
    fn iter(&self, cx: &mut Context) -> Result<Owned> {
        self.flags(cx)?;
        let state = cx.state::<State>();
        let names = SIGNALS.iter().map(|(name, _)| state.class(name)).collect();
        let names = ListObject::new(cx, names);
        iterate::get_iter(cx, names.value())
    }

    #[slot(get_item)]
    fn get_item(&self, cx: &mut Context, key: Value) -> Result<bool> {
        let status = self.status(cx)?;
        match cx.state::<State>().condition(key) {
            Some(condition) => Ok(status.has(condition)),
            None => Err(unknown_signal(cx)),
        }
    }

    #[slot(set_item)]
    fn set_item(&self, cx: &mut Context, key: Value, value: Option<Value>) -> Result<()> {
        let Some(value) = value else { return Err(cx.value_error("signal keys cannot be deleted")) };
        let Some(condition) = cx.state::<State>().condition(key) else { return Err(unknown_signal(cx)) };
        let set = convert::truth(cx, value)?;
        let flags = self.flags(cx)?;
        flags.set(if set { flags.get() | condition.0 } else { flags.get() & !condition.0 });
        Ok(())
    }

    #[slot(contains)]
    fn contains(&self, cx: &mut Context, item: Value) -> Result<bool> {
        self.flags(cx)?;
        Ok(cx.state::<State>().condition(item).is_some())
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Result<String> {
        let status = self.status(cx)?;
        let state = cx.state::<State>();
        let mut parts = Vec::new();
        for (name, condition) in SIGNALS {
            let class = state.class(name);
            let shown = convert::repr(cx, class.value())?;
            let set = if status.has(condition) { "True" } else { "False" };
            parts.push(format!("{}:{set}", str::text(shown.value()).unwrap_or_default()));
        }
        Ok(format!("{{{}}}", parts.join(", ")))
    }

    #[slot(compare)]
    fn compare(&self, cx: &mut Context, other: Value, operation: CompareOp) -> Result<Owned> {
        let own = self.status(cx)?;
        if !matches!(operation, CompareOp::Equal | CompareOp::NotEqual) {
            return Ok(Owned::new(singleton::not_implemented()));
        }
        let theirs = match conditions_of(cx, other) {
            Ok(Some(theirs)) => theirs,
            Ok(None) => return Ok(Owned::new(singleton::not_implemented())),
            Err(raised) => {
                // A dictionary that is not like this one is not equal.
                if !cx.swallow(&sidewinder_runtime::objects::exception::KEY_ERROR) {
                    return Err(raised);
                }
                return Ok(Owned::new(singleton::boolean(operation == CompareOp::NotEqual)));
            }
        };
        let same = SIGNALS.iter().all(|(_, condition)| own.has(*condition) == theirs.has(*condition));
        Ok(Owned::new(singleton::boolean(same == (operation == CompareOp::Equal))))
    }
}
