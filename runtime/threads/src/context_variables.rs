//! The module `_contextvars`: variables whose values belong to a context, which is copied as a whole (PEP 567).
//!
//! The values of a context are an object that never changes; setting a variable replaces it. So a copy of a context is one
//! reference.

mod variable;

use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{call, compare, convert, iterate};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::Cell;
pub use variable::ContextVariable;
use variable::{Missing, Token};

/// Variables that belong to a context.
#[native_module("_contextvars", types(Variables, ContextVariable, Token, hidden Missing, hidden Values))]
mod rows {
    use super::*;

    /// A copy of the current context.
    #[function]
    fn copy_context(cx: &mut Context) -> Result<Owned> {
        let current = current(cx)?;
        Variables::copy_of(cx, current.value())
    }

    #[execute]
    fn execute(cx: &mut Context, _module: &ModuleObject) -> Result<()> {
        let state = cx.state::<variable::MissingToken>();
        if let Some(known) = state.0.take() {
            // Variables know this object from an earlier import.
            state.0.set(Some(known));
            return Ok(());
        }
        let missing = NativeObject::new(cx, Missing)?;
        state.0.set(Some(missing.clone()));
        variable::TOKEN.object.namespace(cx).set_text(cx, "MISSING", missing.value());
        variable::TOKEN.object.modified(cx);
        Ok(())
    }
}

/// Pairs of a variable and its value.
#[native_type("_contextvars._Values")]
#[derive(Traverse, Default)]
pub struct Values {
    pairs: Vec<(Owned, Owned)>,
}

#[methods]
impl Values {}

impl Values {
    pub fn get(&self, variable: Value) -> Option<Owned> {
        self.pairs.iter().find(|(key, _)| key.value() == variable).map(|(_, value)| value.clone())
    }

    /// The same values but for one variable, which has the new value, or none.
    fn with(&self, variable: Value, value: Option<Owned>) -> Values {
        let mut pairs: Vec<(Owned, Owned)> =
            self.pairs.iter().filter(|(key, _)| key.value() != variable).cloned().collect();
        pairs.extend(value.map(|value| (Owned::new(variable), value)));
        Values { pairs }
    }
}

/// A mapping of variables to values, in which code can be run.
#[native_type("_contextvars.Context", weakrefs, mapping, unhashable)]
#[derive(Traverse)]
pub struct Variables {
    values: Field,
    /// The context that was current when this one was entered.
    previous: Field,
    entered: Cell<bool>,
}

/// The current context of the thread; an empty one is made when there is none.
pub fn current(cx: &mut Context) -> Result<Owned> {
    if let Some(found) = cx.variables() {
        return Ok(found.clone());
    }
    let made = Variables::empty(cx)?;
    *cx.variables() = Some(made.clone());
    Ok(made)
}

/// A variable's value in the current context.
pub fn current_value(cx: &mut Context, variable: Value) -> Option<Owned> {
    let current = cx.variables().clone()?;
    let context = current.value();
    let values = context.cast::<NativeObject<Variables>>()?.values.get()?;
    values.value().cast::<NativeObject<Values>>()?.get(variable)
}

/// What stands for the values of the current context: another object after every change.
pub fn current_values(cx: &mut Context) -> Option<Owned> {
    let current = cx.variables().as_ref()?.value();
    current.cast_exact::<NativeObject<Variables>>()?.values.get()
}

/// Sets a variable in the current context, or takes its value away. Gives the old value.
pub fn set_current(cx: &mut Context, variable: Value, value: Option<Owned>) -> Result<Option<Owned>> {
    let current = current(cx)?;
    let context = current.value();
    let Some(context) = context.cast::<NativeObject<Variables>>() else { return Ok(None) };
    let values = context.values.get_or_none();
    let Some(held) = values.value().cast_exact::<NativeObject<Values>>() else { return Ok(None) };
    let old = held.get(variable);
    let changed = NativeObject::new(cx, held.with(variable, value))?;
    context.values.set(Some(changed));
    Ok(old)
}

impl Variables {
    fn empty(cx: &mut Context) -> Result<Owned> {
        let values = NativeObject::new(cx, Values::default())?;
        Variables::of(cx, values)
    }

    fn of(cx: &mut Context, values: Owned) -> Result<Owned> {
        NativeObject::new(
            cx,
            Variables { values: Field::new(values), previous: Field::empty(), entered: Cell::new(false) },
        )
    }

    fn copy_of(cx: &mut Context, context: Value) -> Result<Owned> {
        match context.cast::<NativeObject<Variables>>().and_then(|context| context.values.get()) {
            Some(values) => Variables::of(cx, values),
            None => Variables::empty(cx),
        }
    }

    fn pairs(&self) -> Vec<(Owned, Owned)> {
        let values = self.values.get_or_none();
        let value = values.value();
        value.cast_exact::<NativeObject<Values>>().map(|held| held.pairs.clone()).unwrap_or_default()
    }

    fn find(&self, cx: &mut Context, key: Value) -> Result<Option<Owned>> {
        if key.cast::<NativeObject<ContextVariable>>().is_none() {
            let shown = convert::repr_text(cx, key)?;
            return Err(cx.type_error(format!("a ContextVar key was expected, got {shown}")));
        }
        Ok(self.pairs().into_iter().find(|(variable, _)| variable.value() == key).map(|(_, value)| value))
    }

    /// Makes this the current context. Errors: it is current somewhere already.
    fn enter(&self, cx: &mut Context, this: Value) -> Result<()> {
        if self.entered.replace(true) {
            let shown = convert::repr_text(cx, this)?;
            return Err(cx.raise(&RUNTIME_ERROR, format!("cannot enter context: {shown} is already entered")));
        }
        let previous = cx.variables().replace(Owned::new(this));
        self.previous.set(previous);
        Ok(())
    }

    fn leave(&self, cx: &mut Context) {
        let previous = self.previous.take();
        let own = std::mem::replace(cx.variables(), previous);
        self.entered.set(false);
        drop(own);
    }
}

#[methods]
impl Variables {
    #[new(name = "Context")]
    fn new(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        if !arguments.values.is_empty() {
            return Err(cx.type_error("Context() does not accept any arguments"));
        }
        Variables::empty(cx)
    }

    /// Calls a function with this as the current context.
    fn run(&self, cx: &mut Context, this: Value, arguments: Arguments<'_>) -> Result<Owned> {
        let Some(&callable) = arguments.positionals().first() else {
            return Err(cx.type_error("run() missing 1 required positional argument"));
        };
        self.enter(cx, this)?;
        let result = call::call_with(cx, callable, arguments.without_first());
        self.leave(cx);
        result
    }

    /// The value of a variable, or the default.
    fn get(
        &self,
        cx: &mut Context,
        key: Value,
        #[default(Owned::new(singleton::none()), "None")] default: Owned,
    ) -> Result<Owned> {
        Ok(self.find(cx, key)?.unwrap_or(default))
    }

    /// The variables.
    fn keys(&self) -> Vec<Owned> {
        self.pairs().into_iter().map(|(key, _)| key).collect()
    }

    /// The values.
    fn values(&self) -> Vec<Owned> {
        self.pairs().into_iter().map(|(_, value)| value).collect()
    }

    /// Pairs of a variable and its value.
    fn items(&self, cx: &mut Context) -> Vec<Owned> {
        self.pairs().into_iter().map(|(key, value)| TupleObject::pair(cx, key, value)).collect()
    }

    /// A shallow copy.
    fn copy(cx: &mut Context, this: Value) -> Result<Owned> {
        Variables::copy_of(cx, this)
    }

    #[slot(get_item)]
    fn get_item(&self, cx: &mut Context, key: Value) -> Result<Owned> {
        match self.find(cx, key)? {
            Some(found) => Ok(found),
            None => Err(cx.key_error(key)),
        }
    }

    #[slot(contains)]
    fn contains(&self, cx: &mut Context, item: Value) -> Result<bool> {
        Ok(self.find(cx, item)?.is_some())
    }

    #[slot(length)]
    fn length(&self) -> Result<usize> {
        Ok(self.pairs().len())
    }

    #[slot(iter)]
    fn iter(&self, cx: &mut Context) -> Result<Owned> {
        let keys = self.pairs().into_iter().map(|(key, _)| key).collect();
        let keys = sidewinder_runtime::objects::list::ListObject::new(cx, keys);
        iterate::get_iter(cx, keys.value())
    }

    #[slot(compare)]
    fn compare(&self, cx: &mut Context, other: Value, operation: CompareOp) -> Result<Owned> {
        let Some(other) = other.cast::<NativeObject<Variables>>() else {
            return Ok(Owned::new(singleton::not_implemented()));
        };
        if !matches!(operation, CompareOp::Equal | CompareOp::NotEqual) {
            return Ok(Owned::new(singleton::not_implemented()));
        }
        let (own, others) = (self.pairs(), other.pairs());
        let mut same = own.len() == others.len();
        for (key, value) in own.iter().filter(|_| own.len() == others.len()) {
            same = same
                && match others.iter().find(|(other, _)| other.value() == key.value()) {
                    Some((_, other)) => compare::equals(cx, value.value(), other.value())?,
                    None => false,
                };
        }
        Ok(Owned::new(singleton::boolean(same == (operation == CompareOp::Equal))))
    }
}
