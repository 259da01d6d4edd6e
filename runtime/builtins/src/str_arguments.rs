//! Arguments of `str` and `bytes` methods, with the messages of CPython's argument parsers.

use sidewinder_runtime::context::{Context, Raised, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::iterator::arguments;
use sidewinder_runtime::objects::slice::unpack_bounds;
use sidewinder_runtime::objects::str::{self as text, StrObject};
use sidewinder_runtime::objects::{exception, int, singleton};
use sidewinder_runtime::operations::{convert, iterate};
use sidewinder_runtime::value::Value;

/// The string that a method was called on.
pub fn receiver<'a>(cx: &mut Context, arguments: &[Value], method: &str) -> Result<&'a StrObject> {
    match arguments.first().and_then(|value| text::cast(*value)) {
        Some(string) => Ok(string),
        None => Err(wrong_receiver(cx, arguments, "str", method)),
    }
}

/// The error of a method called on something else.
#[cold]
pub fn wrong_receiver(cx: &mut Context, arguments: &[Value], kind: &str, method: &str) -> Raised {
    match arguments.first() {
        Some(value) => {
            let found = value.type_of().name();
            cx.type_error(format!("descriptor '{method}' for '{kind}' objects doesn't apply to a '{found}' object"))
        }
        None => cx.type_error(format!("unbound method {kind}.{method}() needs an argument")),
    }
}

/// A positional argument of a method that must be a `str`.
pub fn string_at<'a>(cx: &mut Context, arguments: &[Value], position: usize, method: &str) -> Result<&'a StrObject> {
    match text::cast(arguments[position]) {
        Some(string) => Ok(string),
        None => string(cx, arguments[position], &format!("{method}() argument {position}")),
    }
}

/// An argument that must be a `str`; `which` names it, like `find() argument 1`.
pub fn string<'a>(cx: &mut Context, value: Value, which: &str) -> Result<&'a StrObject> {
    match text::cast(value) {
        Some(string) => Ok(string),
        None => Err(arguments::bad_argument(cx, which, "str", value)),
    }
}

/// An optional integer argument.
pub fn integer(cx: &mut Context, value: Value, default: i64) -> Result<i64> {
    if value.is_unbound() {
        return Ok(default);
    }
    if value.is_int() {
        return Ok(value.int());
    }
    let number = convert::index(cx, value)?;
    match int::as_i64(number.value()) {
        Some(number) => Ok(number),
        None => Err(cx.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// The arguments of a method with keywords: names of the parameters behind `self`.
pub struct Signature<const N: usize> {
    pub function: &'static str,
    /// Parameters, the positional-only ones first.
    pub names: [&'static str; N],
    pub positional_only: usize,
    pub required: usize,
}

impl<const N: usize> Signature<N> {
    pub const fn new(function: &'static str, names: [&'static str; N]) -> Signature<N> {
        Signature { function, names, positional_only: 0, required: 0 }
    }

    /// The first `count` parameters are positional-only.
    pub const fn positional_only(mut self, count: usize) -> Signature<N> {
        self.positional_only = count;
        self
    }

    /// The first `count` parameters must be given.
    pub const fn required(mut self, count: usize) -> Signature<N> {
        self.required = count;
        self
    }

    /// The values of the parameters; unbound for those not given. `arguments` start with `self`.
    #[inline]
    pub fn bind(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<[Value; N]> {
        // Most calls have no keywords.
        if let [_, given @ ..] = arguments.values
            && arguments.names.is_empty()
            && (self.required..=N).contains(&given.len())
        {
            let mut values = [Value::UNBOUND; N];
            values[..given.len()].copy_from_slice(given);
            return Ok(values);
        }
        self.bind_general(cx, arguments)
    }

    #[cold]
    fn bind_general(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<[Value; N]> {
        let signature = arguments::Signature {
            function: self.function,
            names: self.names,
            positional_only: self.positional_only,
            positional: N,
            required: self.required,
            rest: false,
            open: false,
        };
        let own = if arguments.positionals().is_empty() { arguments } else { arguments.without_first() };
        let values = signature.bind(cx, own)?;
        Ok(values.map(|value| value.unwrap_or(Value::UNBOUND)))
    }
}

/// The range that optional arguments `start` and `end` select from `length` items, as `find` and others read them:
/// `None` when it is empty beyond the end, where not even an empty text is found.
pub fn range(cx: &mut Context, bounds: &[Value], length: usize) -> Result<Option<(usize, usize)>> {
    let bounds = start_and_end(cx, bounds)?;
    Ok(fit_range(bounds, length))
}

/// Optional arguments `start` and `end` by themselves: reading them may change what they select from.
pub fn start_and_end(cx: &mut Context, bounds: &[Value]) -> Result<(isize, isize)> {
    let none = singleton::none();
    let [start, end] = [0, 1].map(|index| bounds.get(index).copied().filter(|value| !value.is_unbound()));
    if start.is_none() && end.is_none() {
        return Ok((0, isize::MAX));
    }
    let bounds = unpack_bounds(cx, start.unwrap_or(none), end.unwrap_or(none), none)?;
    Ok((bounds.start, bounds.stop))
}

/// What `start` and `end` select from `length` items.
pub fn fit_range((start, end): (isize, isize), length: usize) -> Option<(usize, usize)> {
    let fit = |bound: isize| if bound < 0 { bound.saturating_add(length as isize).max(0) } else { bound } as usize;
    let (start, end) = (fit(start), fit(end).min(length));
    (start <= end).then_some((start, end))
}

/// The items of the argument of `join`.
pub fn items_to_join(cx: &mut Context, iterable: Value) -> Result<Vec<Owned>> {
    let iterator = match iterate::get_iter(cx, iterable) {
        Ok(iterator) => iterator,
        Err(_) if cx.swallow(&exception::TYPE_ERROR) => return Err(cx.type_error("can only join an iterable")),
        Err(raised) => return Err(raised),
    };
    iterate::collect(cx, iterator.value())
}

/// A table of methods: how each binds, its name, the bounds of its arguments, its function, its effects, its text
/// signature and its documentation.
macro_rules! methods {
    ($static:ident: $(
        $kind:ident $name:literal $bounds:tt $function:path, $effects:expr, $signature:literal; $doc:literal
    )*) => {
        pub static $static: &[sidewinder_runtime::native::Native] = &[ $(
            $crate::str_arguments::method_row!(
                $kind $bounds $name, $function, concat!($name, $signature, "\n--\n\n", $doc)
            ).effects($effects),
        )* ];
    };
}

/// One row of `methods`.
macro_rules! method_row {
    (positional ($minimum:literal, $maximum:literal) $name:literal, $function:path, $doc:expr) => {
        sidewinder_runtime::native::Native::new($name, $minimum, $maximum, $function, $doc)
    };
    (fixed ($minimum:literal, $maximum:literal) $name:literal, $function:path, $doc:expr) => {
        sidewinder_runtime::native::Native::new($name, $minimum, $maximum, $function, $doc).static_method()
    };
    (class ($minimum:literal, $maximum:literal) $name:literal, $function:path, $doc:expr) => {
        sidewinder_runtime::native::Native::new($name, $minimum, $maximum, $function, $doc).class_method()
    };
    (gathering ($minimum:literal, $maximum:literal) $name:literal, $function:path, $doc:expr) => {
        sidewinder_runtime::native::Native::new($name, $minimum, $maximum, $function, $doc)
            .intrinsic(sidewinder_runtime::native::Intrinsic::Gathers)
    };
    (keywords () $name:literal, $function:path, $doc:expr) => {
        sidewinder_runtime::native::Native::with_keywords($name, $function, $doc)
    };
}

pub(crate) use {method_row, methods};
