//! Dialects: which characters have a meaning, and when fields are quoted.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{attribute, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

pub const MINIMAL: i64 = 0;
pub const ALL: i64 = 1;
pub const NON_NUMERIC: i64 = 2;
pub const NONE: i64 = 3;
pub const STRINGS: i64 = 4;
pub const NOT_NULL: i64 = 5;

/// A dialect: delimiter, quotation mark and what else there is to know of the form of a file.
#[native_type("_csv.Dialect", base)]
#[derive(Traverse)]
pub struct Dialect {
    pub delimiter: u32,
    #[plain]
    pub quote: Option<u32>,
    #[plain]
    pub escape: Option<u32>,
    pub double_quote: bool,
    pub skip_initial_space: bool,
    pub strict: bool,
    pub quoting: i64,
    line_terminator: Owned,
}

const NAMES: [&str; 9] = [
    "dialect",
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

/// The nine parameters, as far as they are given.
fn parameters(cx: &mut Context, arguments: Arguments<'_>) -> Result<[Option<Owned>; 9]> {
    let mut found = [const { None }; 9];
    let positionals = arguments.positionals();
    if arguments.values.len() > NAMES.len() {
        let given = arguments.values.len();
        return Err(cx.type_error(format!("function takes at most 9 arguments ({given} given)")));
    }
    for (place, value) in found.iter_mut().zip(positionals) {
        *place = Some(Owned::new(*value));
    }
    for (name, value) in arguments.keywords() {
        let text = str::text(name).unwrap_or_default();
        match NAMES.iter().position(|known| *known == text) {
            None => {
                return Err(cx.type_error(format!("this function got an unexpected keyword argument '{text}'")));
            }
            Some(place) if found[place].is_some() => {
                let number = place + 1;
                let message = format!("argument for function given by name ('{text}') and position ({number})");
                return Err(cx.type_error(message));
            }
            Some(place) => found[place] = Some(Owned::new(value)),
        }
    }
    Ok(found)
}

/// One character, or none for `None` where that is allowed.
fn character(cx: &mut Context, name: &str, value: Value, optional: bool) -> Result<Option<u32>> {
    if optional && value == singleton::none() {
        return Ok(None);
    }
    let found = match str::cast(value) {
        Some(text) if text.len() == 1 => return Ok(Some(text.code_point(0))),
        Some(text) => format!("a string of length {}", text.len()),
        None => value.type_of().name().to_string(),
    };
    let or_none = if optional { " or None" } else { "" };
    Err(cx.type_error(format!("\"{name}\" must be a unicode character{or_none}, not {found}")))
}

fn flag(cx: &mut Context, value: &Option<Owned>, default: bool) -> Result<bool> {
    value.as_ref().map_or(Ok(default), |value| convert::truth(cx, value.value()))
}

fn quoting(cx: &mut Context, value: Value) -> Result<i64> {
    if !int::is_exact(value) {
        let actual = value.type_of().name();
        return Err(cx.type_error(format!("\"quoting\" must be an integer, not {actual}")));
    }
    match int::as_i64(value).and_then(|number| i32::try_from(number).ok()) {
        Some(number) => Ok(number as i64),
        None => Err(cx.overflow_error("Python int too large to convert to C int")),
    }
}

impl Dialect {
    /// The dialect that an object is.
    pub fn of(held: &Owned) -> Option<&Dialect> {
        held.value().cast::<NativeObject<Dialect>>().map(|dialect| &**dialect)
    }

    pub fn terminator(&self) -> &StrObject {
        match str::cast(self.line_terminator.value()) {
            Some(text) => text,
            None => unreachable!("the constructor has checked that it is a string"),
        }
    }

    fn read(cx: &mut Context, found: [Option<Owned>; 9]) -> Result<Dialect> {
        let [_, delimiter, double_quote, escape, terminator, quote, own_quoting, skip_space, strict] = &found;
        let optional = |cx: &mut Context, name: &str, value: &Option<Owned>, default: Option<u32>| match value {
            Some(value) => character(cx, name, value.value(), true),
            None => Ok(default),
        };
        let delimiter = match delimiter {
            Some(value) => character(cx, "delimiter", value.value(), false)?.unwrap_or(0),
            None => ',' as u32,
        };
        let double_quote = flag(cx, double_quote, true)?;
        let escape = optional(cx, "escapechar", escape, None)?;
        let line_terminator = match terminator {
            None => StrObject::new(cx, "\r\n"),
            Some(text) if str::is_str(text.value()) => text.clone(),
            Some(other) => {
                let actual = other.value().type_of().name();
                return Err(cx.type_error(format!("\"lineterminator\" must be a string, not {actual}")));
            }
        };
        let no_quote = quote.as_ref().is_some_and(|quote| quote.value() == singleton::none());
        let quote = optional(cx, "quotechar", quote, Some('"' as u32))?;
        let quoting = match own_quoting {
            Some(value) => quoting(cx, value.value())?,
            None if no_quote => NONE,
            None => MINIMAL,
        };
        let skip_initial_space = flag(cx, skip_space, false)?;
        let strict = flag(cx, strict, false)?;
        Ok(Dialect { delimiter, quote, escape, double_quote, skip_initial_space, strict, quoting, line_terminator })
    }

    /// Whether the parts go together.
    fn check(&self, cx: &mut Context) -> Result<()> {
        if !(MINIMAL..=NOT_NULL).contains(&self.quoting) {
            return Err(cx.type_error("bad \"quoting\" value"));
        }
        if self.quoting != NONE && self.quote.is_none() {
            return Err(cx.type_error("quotechar must be set if quoting enabled"));
        }
        let parts = [("delimiter", Some(self.delimiter)), ("escapechar", self.escape), ("quotechar", self.quote)];
        for (name, point) in parts {
            let Some(point) = point else { continue };
            let is_space = point == ' ' as u32 && name != "delimiter" && self.skip_initial_space;
            if point == '\n' as u32 || point == '\r' as u32 || is_space {
                return Err(cx.value_error(format!("bad {name} value")));
            }
            if self.terminator().code_points().any(|other| other == point) {
                return Err(cx.value_error(format!("bad {name} or lineterminator value")));
            }
        }
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            let ((name, point), (other_name, other_point)) = (parts[one], parts[other]);
            if point.is_some() && point == other_point {
                return Err(cx.value_error(format!("bad {name} or {other_name} value")));
            }
        }
        Ok(())
    }
}

#[methods]
impl Dialect {
    #[new(name = "Dialect")]
    fn new(class: &'static TypeObject, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let mut found = parameters(cx, arguments)?;
        if let Some(base) = found[0].take() {
            let base = if str::is_str(base.value()) { super::registered(cx, base.value())? } else { base };
            let is_dialect = base.value().cast::<NativeObject<Dialect>>().is_some();
            if is_dialect && found.iter().all(Option::is_none) {
                return Ok(base);
            }
            for (place, name) in found.iter_mut().zip(NAMES).skip(1) {
                if place.is_none() {
                    *place = attribute::get_text_optional(cx, base.value(), name)?;
                }
            }
        }
        let dialect = Dialect::read(cx, found)?;
        dialect.check(cx)?;
        NativeObject::allocate(cx, class, dialect)
    }

    /// What stands between fields.
    #[get]
    fn delimiter(&self, cx: &mut Context) -> Owned {
        str::character(cx, self.delimiter)
    }

    /// What takes the meaning from the next character.
    #[get]
    fn escapechar(&self, cx: &mut Context) -> Option<Owned> {
        self.escape.map(|point| str::character(cx, point))
    }

    /// What stands behind each row that is written.
    #[get]
    fn lineterminator(&self) -> Owned {
        self.line_terminator.clone()
    }

    /// What stands around fields that contain other special characters.
    #[get]
    fn quotechar(&self, cx: &mut Context) -> Option<Owned> {
        self.quote.map(|point| str::character(cx, point))
    }

    /// Which fields are quoted.
    #[get]
    fn quoting(&self) -> i64 {
        self.quoting
    }

    /// Whether a quotation mark in a field is written twice.
    #[get(member)]
    fn doublequote(&self) -> bool {
        self.double_quote
    }

    /// Whether space behind a delimiter is ignored.
    #[get(member)]
    fn skipinitialspace(&self) -> bool {
        self.skip_initial_space
    }

    /// Whether bad input is an error.
    #[get(member)]
    fn strict(&self) -> bool {
        self.strict
    }

    /// Dialects cannot be pickled.
    fn __reduce__(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let name = sidewinder_runtime::native::module::short_name(this.type_of().name());
        Err(cx.type_error(format!("cannot pickle '{name}' instances")))
    }

    /// Dialects cannot be pickled.
    fn __reduce_ex__(&self, cx: &mut Context, this: Value, protocol: Value) -> Result<Owned> {
        let _ = protocol;
        let name = sidewinder_runtime::native::module::short_name(this.type_of().name());
        Err(cx.type_error(format!("cannot pickle '{name}' instances")))
    }
}
