//! Binding positional and keyword arguments to the parameters of a native function, with the messages of CPython's
//! argument parser (Python/getargs.c).

use crate::context::{Context, Raised, Result};
use crate::native::Arguments;
use crate::objects::type_object::TypeObject;
use crate::objects::{singleton, str as text};
use crate::operations::suggestion;
use crate::value::Value;

/// Parameters of a native function: first the positional-only ones, then those that may come either way, then
/// keyword-only ones.
pub struct Signature<const N: usize> {
    pub function: &'static str,
    pub names: [&'static str; N],
    /// Parameters without a keyword.
    pub positional_only: usize,
    /// Parameters that may be given by position.
    pub positional: usize,
    /// Parameters, from the first, that must be given.
    pub required: usize,
    /// Whether further positional arguments are for `*args`.
    pub rest: bool,
    /// Whether other keywords are for `**kwargs`.
    pub open: bool,
}

impl<const N: usize> Signature<N> {
    /// The value of each parameter, if given.
    pub fn bind(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<[Option<Value>; N]> {
        let values = arguments.positionals();
        if !self.rest {
            let keywords = if self.open { 0 } else { arguments.names.len() };
            self.check_count(cx, values.len(), keywords)?;
        }
        let mut bound = [None; N];
        for (slot, value) in bound.iter_mut().take(self.positional).zip(values) {
            *slot = Some(*value);
        }
        // What is missing is reported before what is too much, a second value before an unknown name.
        let (mut twice, mut unknown) = (None, None);
        for (key, value) in arguments.keywords() {
            let position = (self.positional_only..N).find(|&i| text::equals_text(key, self.names[i]));
            match position {
                Some(position) if position < values.len().min(self.positional) => {
                    twice = Some(twice.map_or(position, |first: usize| first.min(position)))
                }
                Some(position) => bound[position] = Some(value),
                None if self.open => {}
                None => unknown = unknown.or(Some(key)),
            }
        }
        let missing = (0..self.required).find(|&i| bound[i].is_none());
        match (missing, twice, unknown) {
            (None, None, None) => Ok(bound),
            (Some(position), _, _) => Err(self.missing(cx, position)),
            (_, Some(position), _) => Err(self.given_twice(cx, position)),
            (_, _, Some(key)) => Err(self.unexpected(cx, key)),
        }
    }

    fn check_count(&self, cx: &mut Context, positional: usize, keywords: usize) -> Result<()> {
        let function = self.function;
        let minimum = self.required.min(self.positional_only);
        let given = positional + keywords;
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let message = if given > N {
            let kind = if positional == 0 { "keyword " } else { "" };
            format!("{function}() takes at most {N} {kind}argument{} ({given} given)", plural(N))
        } else if positional > self.positional && self.positional == 0 {
            format!("{function}() takes no positional arguments")
        } else if positional > self.positional {
            let (limit, most) = (if self.required < self.positional { "at most" } else { "exactly" }, self.positional);
            format!("{function}() takes {limit} {most} positional argument{} ({positional} given)", plural(most))
        } else if positional < minimum {
            let limit = if minimum < self.positional { "at least" } else { "exactly" };
            format!("{function}() takes {limit} {minimum} positional argument{} ({positional} given)", plural(minimum))
        } else {
            return Ok(());
        };
        Err(cx.type_error(message))
    }

    #[cold]
    fn missing(&self, cx: &mut Context, position: usize) -> Raised {
        let (function, name, place) = (self.function, self.names[position], position + 1);
        cx.type_error(format!("{function}() missing required argument '{name}' (pos {place})"))
    }

    #[cold]
    fn given_twice(&self, cx: &mut Context, position: usize) -> Raised {
        let (function, name, place) = (self.function, self.names[position], position + 1);
        cx.type_error(format!("argument for {function}() given by name ('{name}') and position ({place})"))
    }

    #[cold]
    fn unexpected(&self, cx: &mut Context, key: Value) -> Raised {
        let names = self.names.iter().skip(self.positional_only).copied();
        unexpected_keyword(cx, self.function, key, names)
    }
}

/// The error for a keyword that none of `names` is, with the closest of them.
#[cold]
pub fn unexpected_keyword<'a>(
    cx: &mut Context,
    function: &str,
    key: Value,
    names: impl IntoIterator<Item = &'a str>,
) -> Raised {
    let name = text::text(key).unwrap_or_default();
    let suggestion = suggestion::sentence(&name, names);
    cx.type_error(format!("{function}() got an unexpected keyword argument '{name}'{suggestion}"))
}

/// The error for an argument of the wrong type: `which` must be `expected`. None is called by its name.
#[cold]
pub fn bad_argument(cx: &mut Context, which: &str, expected: &str, found: Value) -> Raised {
    let found = if found == singleton::none() { "None" } else { found.type_of().name() };
    cx.type_error(format!("{which} must be {expected}, not {found}"))
}

/// An error if there are keywords.
pub fn refuse_keywords(cx: &mut Context, function: &str, arguments: Arguments<'_>) -> Result<()> {
    if arguments.names.is_empty() {
        return Ok(());
    }
    Err(cx.type_error(format!("{function}() takes no keyword arguments")))
}

/// The same for the constructor of a type. A class derived from it may have an `__init__` that takes keywords.
pub fn refuse_keywords_of_new(
    cx: &mut Context,
    base: &TypeObject,
    class: &TypeObject,
    arguments: Arguments<'_>,
) -> Result<()> {
    let init = |kind: &TypeObject| kind.slots().init.map(|function| function as usize);
    if std::ptr::eq(base, class) || init(base) == init(class) {
        return refuse_keywords(cx, base.name(), arguments);
    }
    Ok(())
}

/// The positional arguments, if their number is within bounds; messages as of `PyArg_UnpackTuple`.
pub fn positionals<'a>(
    cx: &mut Context,
    function: &str,
    arguments: Arguments<'a>,
    minimum: usize,
    maximum: usize,
) -> Result<&'a [Value]> {
    let values = arguments.positionals();
    let given = values.len();
    if (minimum..=maximum).contains(&given) {
        return Ok(values);
    }
    let (limit, bound) = if given < minimum { ("at least ", minimum) } else { ("at most ", maximum) };
    let limit = if minimum == maximum { "" } else { limit };
    let plural = if bound == 1 { "" } else { "s" };
    Err(cx.type_error(format!("{function} expected {limit}{bound} argument{plural}, got {given}")))
}
