//! The module `unicodedata`: the database of characters, as it is now and as it was in Unicode 3.2.

use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::{FromArgument, Given, NativeObject, Place};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::KEY_ERROR;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::{Context, Owned, Result, Value};
use sidewinder_unicode::names::{self, NAME_LENGTH_MAX, Named};
use sidewinder_unicode::normalize::{Check, Form, syllable};
use sidewinder_unicode::{Database, OLD_VERSION, VERSION};
use std::borrow::Cow;

/// A string of one character, which may be a surrogate.
struct Point(u32);

impl FromArgument<'_> for Point {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<Point> {
        let Some(text) = str::cast(*value) else {
            return Err(place.wrong_type(cx, "a unicode character", *value));
        };
        if text.len() != 1 {
            let (function, argument, length) = (place.function, place.argument, text.len());
            let message =
                format!("{function}(): {argument} must be a unicode character, not a string of length {length}");
            return Err(cx.type_error(message));
        }
        Ok(Point(text.code_point(0)))
    }
}

/// A name: text, or `bytes` with its UTF-8. Names are ASCII, so that others may become anything else.
struct Name(String);

impl FromArgument<'_> for Name {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<Name> {
        if str::is_str(*value) {
            return String::from_argument(cx, value, place).map(Name);
        }
        if let Some(bytes) = value.cast::<BytesObject>() {
            return Ok(Name(String::from_utf8_lossy(bytes.as_slice()).into_owned()));
        }
        let actual = value.type_of().name();
        if value.type_of().slots().buffer.is_some() {
            return Err(place.wrong_type(cx, "read-only bytes-like object", *value));
        }
        Err(cx.type_error(format!("a bytes-like object is required, not '{actual}'")))
    }
}

/// A property's value, or what was given for its absence, or an error.
fn or_default<T: sidewinder_runtime::native::IntoObject>(
    cx: &mut Context,
    found: Option<T>,
    default: Given<Value>,
    message: &str,
) -> Result<Owned> {
    match (found, default.0) {
        (Some(found), _) => Ok(found.into_object(cx)),
        (None, Some(default)) => Ok(Owned::new(default)),
        (None, None) => Err(cx.value_error(message)),
    }
}

fn lookup(cx: &mut Context, name: &Name, database: Database) -> Result<Owned> {
    let Name(name) = name;
    if name.len() > NAME_LENGTH_MAX {
        return Err(cx.raise(&KEY_ERROR, "name too long"));
    }
    match names::lookup(name, database) {
        Some(Named::Character(character)) => Ok(StrObject::from_code_points(cx, &[character as u32])),
        Some(Named::Sequence(text)) => Ok(StrObject::new(cx, text)),
        None => Err(cx.raise(&KEY_ERROR, format!("undefined character name '{name}'"))),
    }
}

fn decomposition(point: u32, database: Database) -> String {
    let joined = |parts: &[u32]| parts.iter().map(|part| format!("{part:04X}")).collect::<Vec<_>>().join(" ");
    match (database.decomposition(point), syllable(point)) {
        (Some(("", parts)), _) => joined(parts),
        (Some((tag, parts)), _) => format!("{tag} {}", joined(parts)),
        (None, Some((letters, count))) => joined(&letters[..count]),
        (None, None) => String::new(),
    }
}

/// The form of that name.
fn form(cx: &mut Context, name: &str) -> Result<Form> {
    Form::from_name(name).ok_or_else(|| cx.value_error("invalid normalization form"))
}

fn normalize(cx: &mut Context, name: &str, text: &StrObject, database: Database) -> Result<Owned> {
    // No form changes ASCII; and CPython does not look at the form of an empty string.
    if text.is_empty() {
        return Ok(text.to_exact(cx));
    }
    let form = form(cx, name)?;
    if text.is_ascii() || database == Database::Current && form.check(text.code_points()) == Check::Yes {
        return Ok(text.to_exact(cx));
    }
    let normal = form.normalize(text.code_points(), database);
    Ok(StrObject::from_code_points(cx, &normal))
}

fn is_normalized(cx: &mut Context, name: &str, text: &StrObject, database: Database) -> Result<bool> {
    if text.is_empty() {
        return Ok(true);
    }
    let form = form(cx, name)?;
    if database == Database::Current {
        match form.check(text.code_points()) {
            Check::Yes => return Ok(true),
            Check::No => return Ok(false),
            Check::Maybe => {}
        }
    }
    Ok(form.normalize(text.code_points(), database).into_iter().eq(text.code_points()))
}

/// The Unicode character database: names and properties of characters, and the normal forms of text.
#[native_module("unicodedata", types(Ucd))]
mod rows {
    use super::*;

    const CURRENT: Database = Database::Current;

    /// The version of the database.
    #[constant(name = "unidata_version")]
    const UNIDATA_VERSION: &str = VERSION;

    /// The character, or sequence of characters, of that name.
    #[function]
    fn lookup(cx: &mut Context, name: Name) -> Result<Owned> {
        super::lookup(cx, &name, CURRENT)
    }

    /// The name of a character.
    #[function]
    fn name(cx: &mut Context, chr: Point, default: Given<Value>) -> Result<Owned> {
        or_default(cx, names::name(chr.0, CURRENT), default, "no such name")
    }

    /// The general category.
    #[function]
    fn category(chr: Point) -> &'static str {
        CURRENT.category(chr.0)
    }

    /// The class in bidirectional text; an empty string if there is none.
    #[function]
    fn bidirectional(chr: Point) -> &'static str {
        CURRENT.bidirectional(chr.0)
    }

    /// The canonical combining class.
    #[function]
    fn combining(chr: Point) -> u8 {
        CURRENT.combining(chr.0)
    }

    /// The width in East Asian text.
    #[function]
    fn east_asian_width(chr: Point) -> &'static str {
        CURRENT.east_asian_width(chr.0)
    }

    /// 1 if the character is mirrored in bidirectional text, else 0.
    #[function]
    fn mirrored(chr: Point) -> u8 {
        CURRENT.mirrored(chr.0) as u8
    }

    /// What the character decomposes to in one step, as hexadecimal numbers.
    #[function]
    fn decomposition(chr: Point) -> String {
        super::decomposition(chr.0, CURRENT)
    }

    /// The value of a decimal digit.
    #[function]
    fn decimal(cx: &mut Context, chr: Point, default: Given<Value>) -> Result<Owned> {
        or_default(cx, CURRENT.decimal(chr.0), default, "not a decimal")
    }

    /// The value of a digit.
    #[function]
    fn digit(cx: &mut Context, chr: Point, default: Given<Value>) -> Result<Owned> {
        or_default(cx, CURRENT.digit(chr.0), default, "not a digit")
    }

    /// The value of a number, as a float.
    #[function]
    fn numeric(cx: &mut Context, chr: Point, default: Given<Value>) -> Result<Owned> {
        or_default(cx, CURRENT.numeric(chr.0), default, "not a numeric character")
    }

    /// The text in a normal form: NFC, NFKC, NFD or NFKD.
    #[function]
    fn normalize(cx: &mut Context, form: Cow<'_, str>, unistr: &StrObject) -> Result<Owned> {
        super::normalize(cx, &form, unistr, CURRENT)
    }

    /// Whether the text is in a normal form.
    #[function]
    fn is_normalized(cx: &mut Context, form: Cow<'_, str>, unistr: &StrObject) -> Result<bool> {
        super::is_normalized(cx, &form, unistr, CURRENT)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let old = NativeObject::new(cx, Ucd)?;
        module.namespace().set_text(cx, "ucd_3_2_0", old.value());
        Ok(())
    }
}

const OLD: Database = Database::Old;

/// The database as it was in an earlier version.
#[native_type("unicodedata.UCD", uncollected)]
#[derive(Traverse)]
pub struct Ucd;

#[methods]
impl Ucd {
    /// The version of the database.
    #[get]
    fn unidata_version(&self) -> &'static str {
        OLD_VERSION
    }

    /// The character of that name.
    fn lookup(&self, cx: &mut Context, name: Name) -> Result<Owned> {
        lookup(cx, &name, OLD)
    }

    /// The name of a character.
    fn name(&self, cx: &mut Context, chr: Point, default: Given<Value>) -> Result<Owned> {
        or_default(cx, names::name(chr.0, OLD), default, "no such name")
    }

    /// The general category.
    fn category(&self, chr: Point) -> &'static str {
        OLD.category(chr.0)
    }

    /// The class in bidirectional text; an empty string if there is none.
    fn bidirectional(&self, chr: Point) -> &'static str {
        OLD.bidirectional(chr.0)
    }

    /// The canonical combining class.
    fn combining(&self, chr: Point) -> u8 {
        OLD.combining(chr.0)
    }

    /// The width in East Asian text.
    fn east_asian_width(&self, chr: Point) -> &'static str {
        OLD.east_asian_width(chr.0)
    }

    /// 1 if the character is mirrored in bidirectional text, else 0.
    fn mirrored(&self, chr: Point) -> u8 {
        OLD.mirrored(chr.0) as u8
    }

    /// What the character decomposes to in one step, as hexadecimal numbers.
    fn decomposition(&self, chr: Point) -> String {
        decomposition(chr.0, OLD)
    }

    /// The value of a decimal digit.
    fn decimal(&self, cx: &mut Context, chr: Point, default: Given<Value>) -> Result<Owned> {
        or_default(cx, OLD.decimal(chr.0), default, "not a decimal")
    }

    /// The value of a digit.
    fn digit(&self, cx: &mut Context, chr: Point, default: Given<Value>) -> Result<Owned> {
        or_default(cx, OLD.digit(chr.0), default, "not a digit")
    }

    /// The value of a number, as a float.
    fn numeric(&self, cx: &mut Context, chr: Point, default: Given<Value>) -> Result<Owned> {
        or_default(cx, OLD.numeric(chr.0), default, "not a numeric character")
    }

    /// The text in a normal form: NFC, NFKC, NFD or NFKD.
    fn normalize(&self, cx: &mut Context, form: Cow<'_, str>, unistr: &StrObject) -> Result<Owned> {
        normalize(cx, &form, unistr, OLD)
    }

    /// Whether the text is in a normal form.
    fn is_normalized(&self, cx: &mut Context, form: Cow<'_, str>, unistr: &StrObject) -> Result<bool> {
        is_normalized(cx, &form, unistr, OLD)
    }

    #[method(name = "__reduce__")]
    fn reduce(&self, cx: &mut Context) -> Result<Owned> {
        Err(cx.type_error("cannot pickle 'unicodedata.UCD' object"))
    }
}
