//! `str.format` and `str.format_map` (CPython's `Objects/stringlib/unicode_format.h`): replacement fields with
//! attribute and index lookups, conversions and nested specifications.

use crate::str_arguments::receiver;
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::str::unicode::decimal_value;
use sidewinder_runtime::objects::str::units::Units;
use sidewinder_runtime::objects::str::{self as text, StrBuilder, StrObject};
use sidewinder_runtime::operations::{attribute, convert, subscript};
use sidewinder_runtime::value::Value;

/// How deep fields may nest: a field, and fields in its specification.
const DEPTH_MAX: usize = 2;

/// `str.format(*args, **kwargs)`
pub fn format(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let string = receiver(cx, arguments.values, "format")?;
    run(cx, string, Source::Call(arguments.without_first()))
}

/// `str.format_map(mapping)`
pub fn format_map(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "format_map")?;
    run(cx, string, Source::Mapping(arguments[1]))
}

fn run(cx: &mut Context, string: &StrObject, source: Source<'_>) -> Result<Owned> {
    let mut formatter = Formatter { source, numbering: Numbering::Undecided, next: 0 };
    let mut output = StrBuilder::with_capacity(string.len() + 32);
    formatter.expand(cx, string.units(), DEPTH_MAX, &mut output)?;
    Ok(output.finish(cx))
}

/// Where the values of fields come from.
#[derive(Clone, Copy)]
enum Source<'a> {
    Call(Arguments<'a>),
    Mapping(Value),
}

/// Whether fields are numbered by the format or by their order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbering {
    Undecided,
    Automatic,
    Manual,
}

struct Formatter<'a> {
    source: Source<'a>,
    numbering: Numbering,
    /// The next automatic number.
    next: usize,
}

/// A replacement field taken apart.
pub struct Field<'a> {
    pub name: Units<'a>,
    pub conversion: Option<u32>,
    pub spec: Units<'a>,
    /// Whether the specification has fields itself.
    nested: bool,
    /// Where the text goes on.
    pub end: usize,
}

const OPEN: u32 = b'{' as u32;
const CLOSE: u32 = b'}' as u32;

impl Formatter<'_> {
    /// Appends `format` with its fields replaced.
    fn expand(&mut self, cx: &mut Context, format: Units<'_>, depth: usize, output: &mut StrBuilder) -> Result<()> {
        if depth == 0 {
            return Err(cx.value_error("Max string recursion exceeded"));
        }
        let mut position = 0;
        while position < format.len() {
            let piece = next_piece(cx, format, position)?;
            output.push_units(piece.literal);
            position = piece.end;
            if let Some(field) = &piece.field {
                self.replace(cx, field, depth, output)?;
            }
        }
        Ok(())
    }

    /// Appends the text of a field.
    fn replace(&mut self, cx: &mut Context, field: &Field<'_>, depth: usize, output: &mut StrBuilder) -> Result<()> {
        let value = self.value_of(cx, field.name)?;
        let value = match field.conversion {
            None => value,
            Some(conversion) => convert_value(cx, value, conversion)?,
        };
        if field.spec.is_empty() {
            if let Some(string) = value.value().cast_exact::<StrObject>() {
                output.push_str(string);
                return Ok(());
            }
            let result = convert::format(cx, value.value(), Value::UNBOUND)?;
            return push_value(output, &result);
        }
        let spec = if field.nested {
            let mut spec = StrBuilder::new();
            self.expand(cx, field.spec, depth - 1, &mut spec)?;
            spec.finish(cx)
        } else {
            StrObject::from_units(cx, field.spec)
        };
        let result = convert::format(cx, value.value(), spec.value())?;
        push_value(output, &result)
    }

    /// The value that a field's name means.
    fn value_of(&mut self, cx: &mut Context, name: Units<'_>) -> Result<Owned> {
        let first_end = first_end(name);
        let mut value = self.first_value(cx, name.slice(0, first_end))?;
        let mut position = first_end;
        while position < name.len() {
            let part = next_part(cx, name, position)?;
            position = part.end;
            value = if part.attribute { attribute_of(cx, &value, part.text)? } else { item_of(cx, &value, part.text)? };
        }
        Ok(value)
    }

    /// The argument that the name starts with.
    fn first_value(&mut self, cx: &mut Context, name: Units<'_>) -> Result<Owned> {
        let number = number(cx, name)?;
        let number = match number {
            Some(number) => {
                self.decide(cx, Numbering::Manual)?;
                number
            }
            None if name.is_empty() => {
                self.decide(cx, Numbering::Automatic)?;
                self.next += 1;
                self.next - 1
            }
            None => return self.named_value(cx, name),
        };
        let Source::Call(arguments) = self.source else {
            return Err(cx.value_error("Format string contains positional fields"));
        };
        match arguments.positionals().get(number) {
            Some(value) => Ok(Owned::new(*value)),
            None => Err(cx.index_error(format!("Replacement index {number} out of range for positional args tuple"))),
        }
    }

    /// Settles how fields are numbered; both ways cannot be mixed.
    fn decide(&mut self, cx: &mut Context, wanted: Numbering) -> Result<()> {
        if self.numbering == Numbering::Undecided {
            self.numbering = wanted;
        }
        if self.numbering == wanted {
            return Ok(());
        }
        let (from, to) = match wanted {
            Numbering::Automatic => ("manual field specification", "automatic field numbering"),
            _ => ("automatic field numbering", "manual field specification"),
        };
        Err(cx.value_error(format!("cannot switch from {from} to {to}")))
    }

    fn named_value(&self, cx: &mut Context, name: Units<'_>) -> Result<Owned> {
        let key = StrObject::from_units(cx, name);
        match self.source {
            Source::Mapping(mapping) => subscript::get_item(cx, mapping, key.value()),
            Source::Call(arguments) => {
                match arguments.keywords().find(|(keyword, _)| text::equal(*keyword, key.value())) {
                    Some((_, value)) => Ok(Owned::new(value)),
                    None => Err(cx.key_error(key.value())),
                }
            }
        }
    }
}

/// Text, and the field that follows it, if any.
pub struct Piece<'a> {
    /// With the first of two braces, which stand for one.
    pub literal: Units<'a>,
    pub field: Option<Field<'a>>,
    pub end: usize,
}

/// The text from `start` up to the next field, or to a doubled brace.
pub fn next_piece<'a>(cx: &mut Context, format: Units<'a>, start: usize) -> Result<Piece<'a>> {
    let brace = brace_from(format, start);
    if brace == format.len() {
        return Ok(Piece { literal: format.slice(start, brace), field: None, end: brace });
    }
    let letter = format.get(brace);
    let position = brace + 1;
    if position < format.len() && format.get(position) == letter {
        return Ok(Piece { literal: format.slice(start, position), field: None, end: position + 1 });
    }
    if letter == CLOSE {
        return Err(cx.value_error("Single '}' encountered in format string"));
    }
    if position == format.len() {
        return Err(cx.value_error("Single '{' encountered in format string"));
    }
    let field = parse_field(cx, format, position)?;
    Ok(Piece { literal: format.slice(start, brace), end: field.end, field: Some(field) })
}

/// An attribute or an item in the name of a field.
pub struct Part<'a> {
    pub attribute: bool,
    pub text: Units<'a>,
    /// Where the name goes on.
    pub end: usize,
}

/// Where the first part of the name of a field ends.
pub fn first_end(name: Units<'_>) -> usize {
    name.code_points().position(|point| matches!(point, 0x2E | 0x5B)).unwrap_or(name.len())
}

/// The part of a field's name that starts with the mark at `position`.
pub fn next_part<'a>(cx: &mut Context, name: Units<'a>, position: usize) -> Result<Part<'a>> {
    let mark = name.get(position);
    let start = position + 1;
    let rest = name.from(start);
    let end = match mark {
        0x2E => first_end(rest),
        0x5B => match rest.code_points().position(|point| point == 0x5D) {
            Some(end) => end,
            None => return Err(cx.value_error("Missing ']' in format string")),
        },
        _ => {
            let message = "Only '.' or '[' may follow ']' in format field specifier";
            return Err(cx.value_error(message));
        }
    };
    let text = rest.slice(0, end);
    if text.is_empty() {
        return Err(cx.value_error("Empty attribute in format string"));
    }
    Ok(Part { attribute: mark == 0x2E, text, end: start + end + (mark == 0x5B) as usize })
}

/// The position of the next brace, or the end.
fn brace_from(format: Units<'_>, start: usize) -> usize {
    let found = match format {
        Units::One(bytes) => memchr_brace(&bytes[start..]),
        _ => format.from(start).code_points().position(|point| point == OPEN || point == CLOSE),
    };
    found.map_or(format.len(), |found| start + found)
}

fn memchr_brace(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'{' || *byte == b'}')
}

/// Takes apart the field that starts behind its brace.
fn parse_field<'a>(cx: &mut Context, format: Units<'a>, start: usize) -> Result<Field<'a>> {
    let mut position = start;
    let mut last = 0;
    while position < format.len() {
        last = format.get(position);
        position += 1;
        match last {
            OPEN => return Err(cx.value_error("unexpected '{' in field name")),
            // Inside brackets, anything but the closing one is part of the key.
            0x5B => {
                let rest = format.from(position);
                position += rest.code_points().position(|point| point == 0x5D).unwrap_or(rest.len());
            }
            CLOSE | 0x3A | 0x21 => break,
            _ => {}
        }
    }
    let ended = matches!(last, CLOSE | 0x3A | 0x21);
    if !ended {
        return Err(cx.value_error("expected '}' before end of string"));
    }
    let name = format.slice(start, position - 1);
    let empty = format.slice(0, 0);
    let mut field = Field { name, conversion: None, spec: empty, nested: false, end: position };
    if last == CLOSE {
        return Ok(field);
    }
    if last == 0x21 {
        if position == format.len() {
            return Err(cx.value_error("end of string while looking for conversion specifier"));
        }
        field.conversion = Some(format.get(position));
        position += 1;
        if position < format.len() {
            let after = format.get(position);
            position += 1;
            if after == CLOSE {
                field.end = position;
                return Ok(field);
            }
            if after != 0x3A {
                return Err(cx.value_error("expected ':' after conversion specifier"));
            }
        }
    }
    parse_spec(cx, format, position, field)
}

/// Reads the specification up to the brace that closes the field.
fn parse_spec<'a>(cx: &mut Context, format: Units<'a>, start: usize, mut field: Field<'a>) -> Result<Field<'a>> {
    let mut depth = 1;
    for position in start..format.len() {
        match format.get(position) {
            OPEN => {
                field.nested = true;
                depth += 1;
            }
            CLOSE => {
                depth -= 1;
                if depth == 0 {
                    field.spec = format.slice(start, position);
                    field.end = position + 1;
                    return Ok(field);
                }
            }
            _ => {}
        }
    }
    Err(cx.value_error("unmatched '{' in format spec"))
}

/// The number that a name consists of; `None` if it is something else.
pub fn number(cx: &mut Context, name: Units<'_>) -> Result<Option<usize>> {
    if name.is_empty() {
        return Ok(None);
    }
    let mut number: i64 = 0;
    for point in name.code_points() {
        let Some(digit) = decimal_value(point) else { return Ok(None) };
        number = match number.checked_mul(10).and_then(|number| number.checked_add(digit as i64)) {
            Some(number) => number,
            None => return Err(cx.value_error("Too many decimal digits in format string")),
        };
    }
    Ok(Some(number as usize))
}

fn attribute_of(cx: &mut Context, value: &Owned, name: Units<'_>) -> Result<Owned> {
    let name = StrObject::from_units(cx, name);
    let name = text::intern_value(cx, name.value());
    attribute::get(cx, value.value(), name.value())
}

fn item_of(cx: &mut Context, value: &Owned, key: Units<'_>) -> Result<Owned> {
    let key = match number(cx, key)? {
        Some(number) => sidewinder_runtime::objects::int::from_usize(cx, number),
        None => StrObject::from_units(cx, key),
    };
    subscript::get_item(cx, value.value(), key.value())
}

fn convert_value(cx: &mut Context, value: Owned, conversion: u32) -> Result<Owned> {
    match u8::try_from(conversion) {
        Ok(b'r') => convert::repr(cx, value.value()),
        Ok(b's') => convert::str(cx, value.value()),
        Ok(b'a') => convert::ascii(cx, value.value()),
        Ok(letter @ 33..=126) => {
            let letter = letter as char;
            Err(cx.value_error(format!("Unknown conversion specifier {letter}")))
        }
        _ => Err(cx.value_error(format!("Unknown conversion specifier \\x{conversion:x}"))),
    }
}

fn push_value(output: &mut StrBuilder, value: &Owned) -> Result<()> {
    if let Some(string) = text::cast(value.value()) {
        output.push_str(string);
    }
    Ok(())
}
