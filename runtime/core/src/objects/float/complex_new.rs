//! `complex(real, imag)` and complex numbers from text.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::exception::DEPRECATION_WARNING;
use crate::objects::float::complex::{COMPLEX, Complex, ComplexObject, allocate, as_complex};
use crate::objects::float::{FLOAT, from_value, new::from_number, operand, text};
use crate::objects::int;
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
        (Some(value), None) if arguments.names.is_empty() => {
            if std::ptr::eq(kind, &COMPLEX.object) && value.has_type(&COMPLEX) {
                return Ok(Owned::new(value));
            }
            from_object(cx, value)?
        }
        (real, imaginary) => from_parts(cx, real, imaginary)?,
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
    match from_converted(cx, value)? {
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
    let plain = int::is_exact(value) || value.is_float() || value.has_type(&FLOAT);
    if !plain && let Some(number) = from_method(cx, value)? {
        return Ok(Some(number));
    }
    if let Some(real) = operand(cx, value)? {
        return Ok(Some(Complex { real, imaginary: 0.0 }));
    }
    Ok(from_number(cx, value)?.map(|real| Complex { real, imaginary: 0.0 }))
}

/// The same, but the method of an instance of a subclass of `complex` comes first.
fn from_converted(cx: &mut Context, value: Value) -> Result<Option<Complex>> {
    if value.cast::<ComplexObject>().is_some()
        && !value.has_type(&COMPLEX)
        && let Some(number) = from_method(cx, value)?
    {
        return Ok(Some(number));
    }
    from_number_object(cx, value)
}

/// What `__complex__` gives, if the object has it.
fn from_method(cx: &mut Context, value: Value) -> Result<Option<Complex>> {
    let name = crate::objects::str::intern(cx, "__complex__");
    let Some(method) = call::lookup_special(cx, value, name.value())? else { return Ok(None) };
    let result = call::call(cx, method.value(), &[])?;
    let name = result.value().type_of().name();
    let Some(number) = as_complex(result.value()) else {
        return Err(cx.type_error(format!("__complex__ returned non-complex (type {name})")));
    };
    if !result.value().has_type(&COMPLEX) {
        let message = format!(
            "__complex__ returned non-complex (type {name}).  The ability to return an instance of a strict subclass of \
             complex is deprecated, and may be removed in a future version of Python."
        );
        warnings::warn(cx, &DEPRECATION_WARNING, &message, 1)?;
    }
    Ok(Some(number))
}

/// `complex(real, imaginary)`. Complex parts still count, as `real + imaginary*1j`, but not without a warning.
fn from_parts(cx: &mut Context, real: Option<Value>, imaginary: Option<Value>) -> Result<Complex> {
    let converted = match real {
        Some(real) if as_complex(real).is_none() || !real.has_type(&COMPLEX) => from_method(cx, real)?,
        _ => None,
    };
    if let Some(real) = real.filter(|_| converted.is_none()) {
        check_part(cx, real, "real")?;
    }
    if let Some(imaginary) = imaginary {
        check_part(cx, imaginary, "imag")?;
    }
    let mut number = Complex { real: 0.0, imaginary: 0.0 };
    if let Some(real) = real {
        number = part(cx, real, converted, "real")?;
    }
    if let Some(imaginary) = imaginary {
        let other = part(cx, imaginary, None, "imag")?;
        number.real -= other.imaginary;
        number.imaginary += other.real;
        // Where neither part is complex, nothing is added to the imaginary part, which keeps the sign of its zero.
        let spoilt = converted.is_some() || real.is_some_and(|real| as_complex(real).is_some());
        if !spoilt {
            number.imaginary = other.real;
        }
    }
    Ok(number)
}

/// An error for what is no number.
fn check_part(cx: &mut Context, value: Value, name: &str) -> Result<()> {
    let slots = value.type_of().slots();
    if slots.float.is_some() || slots.index.is_some() || as_complex(value).is_some() {
        return Ok(());
    }
    let kind = value.type_of().name();
    Err(cx.type_error(format!("complex() argument '{name}' must be a real number, not {kind}")))
}

/// The number of a part; a complex one, or one that was converted to such, is warned of.
fn part(cx: &mut Context, value: Value, converted: Option<Complex>, name: &str) -> Result<Complex> {
    let Some(number) = converted.or_else(|| as_complex(value)) else {
        let real = from_value(cx, value)?;
        return Ok(Complex { real, imaginary: 0.0 });
    };
    let kind = value.type_of().name();
    let message = format!("complex() argument '{name}' must be a real number, not {kind}");
    warnings::warn(cx, &DEPRECATION_WARNING, &message, 1)?;
    Ok(number)
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
