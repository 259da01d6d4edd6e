//! Functions, types and modules written in Rust that Python can use: one row each, made by the attribute macros of
//! `sidewinder-macros` from ordinary Rust. What the macros' code calls is in the files below this one.

pub mod argument;
pub mod exception;
pub mod module;
pub mod object;
pub mod result;
pub mod state;

pub use crate::gil::Detached;
pub use argument::{FromArgument, Given, Index, Keywords, LowWord, Place, assigned};
pub use exception::ExceptionClass;
pub use module::NativeModule;
pub use object::{Field, NativeObject, NativeType, Traverse};
pub use result::{IntoInstance, IntoObject, IntoResult};

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::value::Value;

/// Arguments of a call: positional values followed by the values of keywords.
#[derive(Clone, Copy)]
pub struct Arguments<'a> {
    /// Positional values, then keyword values. Borrowed from the caller for the length of the call.
    pub values: &'a [Value],
    /// The keywords' names (interned or not), as many as there are keyword values.
    pub names: &'a [Value],
}

impl<'a> Arguments<'a> {
    pub fn positional(values: &'a [Value]) -> Arguments<'a> {
        Arguments { values, names: &[] }
    }

    /// The positional values.
    pub fn positionals(&self) -> &'a [Value] {
        &self.values[..self.values.len() - self.names.len()]
    }

    /// Pairs of keyword name and value.
    pub fn keywords(&self) -> impl Iterator<Item = (Value, Value)> + use<'a> {
        let first = self.values.len() - self.names.len();
        self.names.iter().copied().zip(self.values[first..].iter().copied())
    }

    /// The value of keyword `name`, if given.
    pub fn keyword(&self, name: &str) -> Option<Value> {
        self.keywords().find(|(key, _)| crate::objects::str::equals_text(*key, name)).map(|(_, value)| value)
    }

    /// The same call without its first positional argument.
    pub fn without_first(&self) -> Arguments<'a> {
        Arguments { values: &self.values[1..], names: self.names }
    }
}

/// What a native function promises; the default promises nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effects(pub u32);

impl Effects {
    /// Anything may happen.
    pub const ANY: Effects = Effects(0);
    /// Never runs Python code when its arguments are of builtin types that define no Python-level method.
    pub const NO_PYTHON: u32 = 1;
    /// Changes nothing that a program can observe.
    pub const READ_ONLY: u32 = 2;
    /// The result depends on the arguments alone (which are immutable).
    pub const PURE: u32 = 4;

    pub const fn has(self, mask: u32) -> bool {
        self.0 & mask == mask
    }
}

/// Native functions that handlers do in place; see `handlers/intrinsic.rs`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Intrinsic {
    /// A call like any other.
    None,
    /// Looks at the frames of its callers: traces leave the call to the interpreter.
    LooksAtFrames,
    ListAppend,
    ListPop,
    Length,
    Absolute,
    SquareRoot,
    Minimum,
    Maximum,
    IsInstance,
    DictGet,
    /// `chr`
    Character,
    /// `ord`
    CodePoint,
    /// Makes a list of its iterable argument before it does anything else.
    Gathers,
    Sum,
    Any,
    All,
}

/// The Rust function behind a row.
#[derive(Clone, Copy)]
pub enum Body {
    /// Takes positional arguments only; the row's bounds are checked before the call. A method gets `self` first.
    Positional(fn(&mut Context, &[Value]) -> Result<Owned>),
    /// Takes keywords too and checks everything itself.
    Keywords(fn(&mut Context, Arguments<'_>) -> Result<Owned>),
}

/// One native function or method.
pub struct Native {
    pub name: &'static str,
    pub body: Body,
    /// Fewest positional arguments, `self` excluded for methods.
    pub minimum: u8,
    /// Most positional arguments, `self` excluded for methods; `Native::MANY` for any number.
    pub maximum: u8,
    pub effects: Effects,
    pub intrinsic: Intrinsic,
    /// Text signature and documentation, as `__doc__` shows it.
    pub doc: &'static str,
    pub kind: NativeKind,
}

/// How a row in a type's table binds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NativeKind {
    /// A module function, or a method of a type.
    Normal,
    /// A class method: gets the class first.
    Class,
    /// A static method.
    Static,
}

impl Native {
    pub const MANY: u8 = 255;

    /// A row with positional arguments between two bounds.
    pub const fn new(
        name: &'static str,
        minimum: u8,
        maximum: u8,
        function: fn(&mut Context, &[Value]) -> Result<Owned>,
        doc: &'static str,
    ) -> Native {
        Native {
            name,
            body: Body::Positional(function),
            minimum,
            maximum,
            effects: Effects::ANY,
            intrinsic: Intrinsic::None,
            doc,
            kind: NativeKind::Normal,
        }
    }

    /// A row whose function takes keywords.
    pub const fn with_keywords(
        name: &'static str,
        function: fn(&mut Context, Arguments<'_>) -> Result<Owned>,
        doc: &'static str,
    ) -> Native {
        Native {
            name,
            body: Body::Keywords(function),
            minimum: 0,
            maximum: Native::MANY,
            effects: Effects::ANY,
            intrinsic: Intrinsic::None,
            doc,
            kind: NativeKind::Normal,
        }
    }

    /// Whether that many positional arguments, `self` not counted, are within the row's bounds.
    #[inline(always)]
    pub fn takes(&self, given: usize) -> bool {
        given >= self.minimum as usize && (given <= self.maximum as usize || self.maximum == Native::MANY)
    }

    /// The same row, done in place by handlers.
    pub const fn intrinsic(mut self, intrinsic: Intrinsic) -> Native {
        self.intrinsic = intrinsic;
        self
    }

    /// The same row with declared effects.
    pub const fn effects(mut self, mask: u32) -> Native {
        self.effects = Effects(mask);
        self
    }

    /// The same row as a class method.
    pub const fn class_method(mut self) -> Native {
        self.kind = NativeKind::Class;
        self
    }

    /// The same row as a static method.
    pub const fn static_method(mut self) -> Native {
        self.kind = NativeKind::Static;
        self
    }
}

// SAFETY: (threads 1) rows are immutable.
unsafe impl Sync for Native {}

/// Runs what a function that blocks does, without the GIL: it can hold no value.
pub fn blocking<R: Send>(cx: &mut Context, action: impl FnOnce(Detached) -> R + Send) -> R {
    cx.detached(action)
}

/// A computed attribute of a builtin type.
pub struct GetSet {
    pub name: &'static str,
    pub get: fn(&mut Context, Value) -> Result<Owned>,
    /// Sets the attribute; an unbound value deletes it.
    pub set: Option<fn(&mut Context, Value, Value) -> Result<()>>,
    pub doc: &'static str,
}
