//! `complex(real, imag)` and complex numbers from text.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::float::complex::{COMPLEX, Complex, allocate, as_complex};
use crate::objects::float::{new::from_number, operand, text};
use crate::objects::int::parse::to_ascii;
use crate::objects::iterator::arguments::unexpected_keyword;
use crate::objects::str::{equals_text, is_str};
use crate::objects::type_object::TypeObject;
use crate::operations::{call, warnings};
use crate::value::Value;

pub const DOC: &str = "A complex number from text, from a number, or from its real and imaginary parts.";

/// The constructor slot, for `complex` and its subclasses.
pub fn new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let (real, imaginary) = unpack(cx, arguments)?;
    let number = match (real, imaginary) {
        (None, None) => Complex { real: 0.0, imaginary: 0.0 },
        (Some(value), None) => {
            if std::ptr::eq(kind, &COMPLEX.object) && value.has_type(&COMPLEX) {
                return Ok(Owned::new(value));
            }
            from_object(cx, value)?
        }
        (real, Some(imaginary)) => from_parts(cx, real, imaginary)?,
    };
    Ok(allocate(cx, kind, number))
}

fn unpack(cx: &mut Context, arguments: Arguments<'_>) -> Result<(Option<Value>, Option<Value>)> {
    if arguments.values.len() > 2 {
        let given = arguments.values.len();
        return Err(cx.type_error(format!("complex() takes at most 2 arguments ({given} given)")));
    }
    let positional = arguments.positionals();
    let (mut real, mut imaginary) = (positional.first().copied(), positional.get(1).copied());
    for (name, value) in arguments.keywords() {
        let (place, position) = if equals_text(name, "real") {
            (&mut real, 1)
        } else if equals_text(name, "imag") {
            (&mut imaginary, 2)
        } else {
            return Err(unexpected_keyword(cx, "complex", name, ["real", "imag"]));
        };
        if place.is_some() {
            let name = crate::objects::str::text(name).unwrap_or_default();
            return Err(
                cx.type_error(format!("argument for complex() given by name ('{name}') and position ({position})"))
            );
        }
        *place = Some(value);
    }
    Ok((real, imaginary))
}

/// `complex(value)`.
fn from_object(cx: &mut Context, value: Value) -> Result<Complex> {
    if is_str(value) {
        let source = crate::objects::str::text(value).unwrap_or_default();
        return match parse(&to_ascii(&source)) {
            Some(number) => Ok(number),
            None => Err(cx.value_error("complex() arg is a malformed string")),
        };
    }
    match from_number_object(cx, value)? {
        Some(number) => Ok(number),
        None => {
            let name = value.type_of().name();
            Err(cx.type_error(format!("complex() argument must be a string or a number, not {name}")))
        }
    }
}

/// The number of a complex, of an object with `__complex__`, or of one that stands for a float.
pub fn from_number_object(cx: &mut Context, value: Value) -> Result<Option<Complex>> {
    if let Some(number) = as_complex(value) {
        return Ok(Some(number));
    }
    if let Some(real) = operand(cx, value)? {
        return Ok(Some(Complex { real, imaginary: 0.0 }));
    }
    let name = crate::objects::str::intern(cx, "__complex__");
    if let Some(method) = call::lookup_special(cx, value, name.value())? {
        let result = call::call(cx, method.value(), &[])?;
        if as_complex(result.value()).is_some() && !result.value().has_type(&COMPLEX) {
            let what = "__complex__ returned non-complex";
            warnings::warn_of_subclass(cx, what, result.value(), "complex")?;
        }
        return match as_complex(result.value()) {
            Some(number) => Ok(Some(number)),
            None => {
                let name = result.value().type_of().name();
                Err(cx.type_error(format!("__complex__ returned non-complex (type {name})")))
            }
        };
    }
    Ok(from_number(cx, value)?.map(|real| Complex { real, imaginary: 0.0 }))
}

/// `complex(real, imaginary)`. Complex parts still count, as `real + imaginary*1j`.
fn from_parts(cx: &mut Context, real: Option<Value>, imaginary: Value) -> Result<Complex> {
    let mut number = Complex { real: 0.0, imaginary: 0.0 };
    if let Some(real) = real {
        number = part(cx, real, "real")?;
    }
    let other = part(cx, imaginary, "imag")?;
    if as_complex(imaginary).is_some() {
        number.real -= other.imaginary;
    }
    let both_complex = real.is_some_and(|real| as_complex(real).is_some());
    number.imaginary = if both_complex { number.imaginary + other.real } else { other.real };
    Ok(number)
}

fn part(cx: &mut Context, value: Value, name: &str) -> Result<Complex> {
    if !is_str(value)
        && let Some(number) = from_number_object(cx, value)?
    {
        return Ok(number);
    }
    let kind = value.type_of().name();
    Err(cx.type_error(format!("complex() argument '{name}' must be a real number, not {kind}")))
}

/// A number from ASCII text like `(1.5-2e3j)`; `None` if malformed.
pub fn parse(source: &str) -> Option<Complex> {
    let space = |text: &str| {
        let trimmed = crate::objects::int::parse::trim_space(text.as_bytes());
        std::str::from_utf8(trimmed).map(str::to_string).ok()
    };
    let mut body = space(source)?;
    if let Some(inner) = body.strip_prefix('(') {
        body = space(inner.strip_suffix(')')?)?;
    }
    let number = |text: &str| {
        let plain = !text.starts_with(|first: char| first.is_ascii_whitespace())
            && !text.ends_with(|last: char| last.is_ascii_whitespace());
        if plain { text::parse(text) } else { None }
    };
    let Some(head) = body.strip_suffix(['j', 'J']) else {
        return Some(Complex { real: number(&body)?, imaginary: 0.0 });
    };
    // The imaginary part starts at the last sign that does not belong to an exponent.
    let bytes = head.as_bytes();
    let start = (1..bytes.len())
        .rev()
        .find(|index| matches!(bytes[*index], b'+' | b'-') && !matches!(bytes[*index - 1], b'e' | b'E'));
    let (real, imaginary) = match start {
        Some(start) => (number(&head[..start])?, &head[start..]),
        None => (0.0, head),
    };
    let imaginary = match imaginary {
        "" | "+" => 1.0,
        "-" => -1.0,
        text => number(text)?,
    };
    Some(Complex { real, imaginary })
}

/// Whether a value is a number that `complex.from_number` takes, and which.
pub fn from_number_or_raise(cx: &mut Context, value: Value) -> Result<Complex> {
    match from_number_object(cx, value)? {
        Some(number) => Ok(number),
        None => {
            let name = value.type_of().name();
            Err(cx.type_error(format!("must be real number, not {name}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Complex, parse};

    #[test]
    fn text() {
        let number = |real, imaginary| Some(Complex { real, imaginary });
        assert_eq!(parse(" ( 1+2j ) "), number(1.0, 2.0));
        assert_eq!(parse("j"), number(0.0, 1.0));
        assert_eq!(parse("1-J"), number(1.0, -1.0));
        assert_eq!(parse("1e5j"), number(0.0, 1e5));
        assert_eq!(parse("1e-5-2e+3j"), number(1e-5, -2e3));
        assert_eq!(parse("-inf+infj"), number(f64::NEG_INFINITY, f64::INFINITY));
        assert_eq!(parse("1_0"), number(10.0, 0.0));
        for text in ["", "1+2", "1 + 2j", "(1", "1)", "jj", "1+2jj", "+-1j", "1+ 2j"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
