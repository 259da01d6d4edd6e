//! Variables, and the tokens that take back what was set.

use super::{current, current_value, set_current};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, Given, NativeObject};
use sidewinder_runtime::objects::exception::{LOOKUP_ERROR, RUNTIME_ERROR};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::Cell;

/// A variable whose value belongs to a context.
#[native_type("_contextvars.ContextVar", generic)]
#[derive(Traverse)]
pub struct ContextVariable {
    name: Owned,
    default: Option<Owned>,
}

impl ContextVariable {
    /// A variable without a default, for native code.
    pub fn named(cx: &mut Context, name: &str) -> Result<Owned> {
        CONTEXT_VARIABLE.object.ensure_ready(cx)?;
        let name = str::intern(cx, name);
        NativeObject::new(cx, ContextVariable { name, default: None })
    }
}

fn text_of(cx: &mut Context, value: Value) -> Result<String> {
    convert::repr_text(cx, value)
}

#[methods]
impl ContextVariable {
    #[new(name = "ContextVar")]
    fn new(cx: &mut Context, name: Owned, #[keyword] default: Given<Owned>) -> Result<ContextVariable> {
        if !str::is_str(name.value()) {
            return Err(cx.type_error("context variable name must be a str"));
        }
        // As in CPython, a name that cannot be hashed is none.
        convert::hash(cx, name.value())?;
        Ok(ContextVariable { name, default: default.0 })
    }

    /// The name.
    #[get]
    fn name(&self) -> Owned {
        self.name.clone()
    }

    /// The value in the current context, or the default of the call, or that of the variable.
    fn get(
        &self,
        cx: &mut Context,
        this: Value,
        #[default(Given(None), "<unrepresentable>")] default: Given<Owned>,
    ) -> Result<Owned> {
        let found = current_value(cx, this).or(default.0).or_else(|| self.default.clone());
        found.ok_or_else(|| sidewinder_runtime::objects::exception::raise_with(cx, &LOOKUP_ERROR, this))
    }

    /// Sets the value in the current context, and gives a token to take it back with.
    fn set(cx: &mut Context, this: Value, value: Owned) -> Result<Owned> {
        let context = current(cx)?;
        let old = set_current(cx, this, Some(value))?;
        let state = Token {
            context,
            variable: Owned::new(this),
            old: old.map_or_else(Field::empty, Field::new),
            used: Cell::new(false),
        };
        NativeObject::new(cx, state)
    }

    /// Gives the variable the value that it had before the token was made.
    fn reset(cx: &mut Context, this: Value, token: Value) -> Result<()> {
        match token.cast::<NativeObject<Token>>() {
            Some(own) => own.take_back(cx, token, this),
            None => {
                let shown = text_of(cx, token)?;
                Err(cx.type_error(format!("expected an instance of Token, got {shown}")))
            }
        }
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let name = text_of(cx, self.name.value())?;
        let default = match &self.default {
            Some(default) => format!(" default={}", text_of(cx, default.value())?),
            None => String::new(),
        };
        Ok(StrObject::new(cx, &format!("<ContextVar name={name}{default} at {:#x}>", this.0)))
    }
}

/// What a variable was before it was set.
#[native_type("_contextvars.Token", generic, unhashable)]
#[derive(Traverse)]
pub struct Token {
    pub context: Owned,
    pub variable: Owned,
    pub old: Field,
    pub used: Cell<bool>,
}

/// `Token.MISSING` of an interpreter.
#[derive(Default)]
pub struct MissingToken(pub Cell<Option<Owned>>);

fn missing(cx: &mut Context) -> Result<Owned> {
    let state = cx.state::<MissingToken>();
    let held = state.0.take();
    state.0.set(held.clone());
    held.ok_or_else(|| cx.raise(&RUNTIME_ERROR, "_contextvars is not initialised"))
}

impl Token {
    fn take_back(&self, cx: &mut Context, this: Value, variable: Value) -> Result<()> {
        if self.used.get() {
            let shown = text_of(cx, this)?;
            return Err(cx.raise(&RUNTIME_ERROR, format!("{shown} has already been used once")));
        }
        if self.variable.value() != variable {
            let shown = text_of(cx, this)?;
            return Err(cx.value_error(format!("{shown} was created by a different ContextVar")));
        }
        if current(cx)?.value() != self.context.value() {
            let shown = text_of(cx, this)?;
            return Err(cx.value_error(format!("{shown} was created in a different Context")));
        }
        self.used.set(true);
        let old = self.old.get();
        drop(set_current(cx, variable, old)?);
        Ok(())
    }
}

#[methods]
impl Token {
    /// The variable.
    #[get]
    fn var(&self) -> Owned {
        self.variable.clone()
    }

    /// The value before, or Token.MISSING.
    #[get]
    fn old_value(&self, cx: &mut Context) -> Result<Owned> {
        match self.old.get() {
            Some(old) => Ok(old),
            None => missing(cx),
        }
    }

    /// The token itself.
    fn __enter__(this: Value) -> Value {
        this
    }

    /// Gives the variable its old value.
    fn __exit__(&self, cx: &mut Context, this: Value, r#type: Value, val: Value, tb: Value) -> Result<()> {
        let _ = (r#type, val, tb);
        let variable = self.variable.clone();
        self.take_back(cx, this, variable.value())
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let variable = text_of(cx, self.variable.value())?;
        let used = if self.used.get() { " used" } else { "" };
        Ok(StrObject::new(cx, &format!("<Token{used} var={variable} at {:#x}>", this.0)))
    }
}

/// The type of `Token.MISSING`.
#[native_type("_contextvars._token_missing", uncollected)]
#[derive(Traverse)]
pub struct Missing;

#[methods]
impl Missing {
    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Owned {
        StrObject::new(cx, "<Token.MISSING>")
    }
}
