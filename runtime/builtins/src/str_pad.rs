//! `str` methods that fill up to a width: center, ljust, rjust, zfill, expandtabs; and `str.__format__`.

use crate::format_spec::{self, Align, Sign};
use crate::str_arguments::{Signature, integer, receiver};
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::str::units::Units;
use sidewinder_runtime::objects::str::{self as text, StrBuilder, StrObject};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::value::Value;

/// The text with `fill` before and behind it.
fn padded(cx: &mut Context, units: Units<'_>, fill: u32, before: usize, behind: usize) -> Result<Owned> {
    let kind = text::kind_for(fill).max(units.kind()) as usize;
    text::check_bytes(cx, before.saturating_add(behind).saturating_add(units.len()).saturating_mul(kind))?;
    if let Units::One(bytes) = units
        && let Ok(fill) = u8::try_from(fill)
    {
        let ascii = fill.is_ascii() && bytes.is_ascii();
        return Ok(StrObject::from_latin1_padded(cx, ascii, [&[], bytes], fill, [before, 0, behind]));
    }
    let mut builder = StrBuilder::with_capacity(units.len() + before + behind);
    builder.push_repeated(fill, before);
    builder.push_units(units);
    builder.push_repeated(fill, behind);
    Ok(builder.finish(cx))
}

/// Missing characters and the fill character of `center`, `ljust` and `rjust`.
fn padding(cx: &mut Context, arguments: &[Value], string: &StrObject) -> Result<(usize, u32, usize)> {
    let width = integer(cx, arguments[1], 0)?.max(0) as usize;
    let fill = match arguments.get(2) {
        None => b' ' as u32,
        Some(value) => match text::cast(*value) {
            Some(fill) if fill.len() == 1 => fill.code_point(0),
            Some(_) => return Err(cx.type_error("The fill character must be exactly one character long")),
            None => {
                let found = value.type_of().name();
                return Err(cx.type_error(format!("The fill character must be a unicode character, not {found}")));
            }
        },
    };
    Ok((width.saturating_sub(string.len()), fill, width))
}

pub fn center(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "center")?;
    let (missing, fill, width) = padding(cx, arguments, string)?;
    if missing == 0 {
        return Ok(string.to_exact(cx));
    }
    let before = center_left(missing, width);
    padded(cx, string.units(), fill, before, missing - before)
}

/// Where an odd number of fill characters is split depends on the width, in CPython.
pub fn center_left(missing: usize, width: usize) -> usize {
    missing / 2 + (missing & width & 1)
}

pub fn ljust(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "ljust")?;
    match padding(cx, arguments, string)? {
        (0, ..) => Ok(string.to_exact(cx)),
        (missing, fill, _) => padded(cx, string.units(), fill, 0, missing),
    }
}

pub fn rjust(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "rjust")?;
    match padding(cx, arguments, string)? {
        (0, ..) => Ok(string.to_exact(cx)),
        (missing, fill, _) => padded(cx, string.units(), fill, missing, 0),
    }
}

pub fn zfill(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "zfill")?;
    let width = integer(cx, arguments[1], 0)?.max(0) as usize;
    let missing = width.saturating_sub(string.len());
    if missing == 0 {
        return Ok(string.to_exact(cx));
    }
    text::check_bytes(cx, width.saturating_mul(4))?;
    let units = string.units();
    let signed = !units.is_empty() && matches!(units.get(0), 0x2B | 0x2D);
    let mut builder = StrBuilder::with_capacity(width);
    builder.push_units(units.slice(0, signed as usize));
    builder.push_repeated(b'0' as u32, missing);
    builder.push_units(units.from(signed as usize));
    Ok(builder.finish(cx))
}

const EXPANDTABS: Signature<1> = Signature::new("expandtabs", ["tabsize"]);

pub fn expandtabs(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let string = receiver(cx, arguments.values, "expandtabs")?;
    let [size] = EXPANDTABS.bind(cx, arguments)?;
    let size = tab_size(cx, size)?;
    let mut builder = StrBuilder::with_capacity(string.len());
    let mut column = 0;
    for point in string.code_points() {
        if point == b'\t' as u32 {
            let spaces = if size > 0 { size - column % size } else { 0 };
            text::check_bytes(cx, builder.len().saturating_add(spaces).saturating_mul(4))?;
            builder.push_repeated(b' ' as u32, spaces);
            column += spaces;
        } else {
            builder.push(point);
            column = if matches!(point, 0x0A | 0x0D) { 0 } else { column + 1 };
        }
    }
    Ok(builder.finish(cx))
}

/// The argument of `expandtabs`.
pub fn tab_size(cx: &mut Context, size: Value) -> Result<usize> {
    match integer(cx, size, 8)? {
        size if size > i32::MAX as i64 || size < i32::MIN as i64 => {
            Err(cx.overflow_error("Python int too large to convert to C int"))
        }
        size => Ok(size.max(0) as usize),
    }
}

/// `str.__format__(spec)`
pub fn format(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "__format__")?;
    format_string(cx, string, arguments[0], arguments[1])
}

/// `string`, the object `subject`, by a specification.
pub fn format_string(cx: &mut Context, string: &StrObject, subject: Value, spec: Value) -> Result<Owned> {
    if format_spec::is_empty(spec) {
        return convert::str(cx, subject);
    }
    let parsed = format_spec::parse(cx, spec, subject, Some('s'), Align::Left)?;
    if parsed.kind != 's' as u32 {
        return Err(format_spec::unknown_kind(cx, parsed.kind, subject));
    }
    let refused = match parsed.sign {
        Sign::Space => Some("Space not allowed in string format specifier"),
        Sign::Plus | Sign::Minus => Some("Sign not allowed in string format specifier"),
        Sign::Default if parsed.no_negative_zero => {
            Some("Negative zero coercion (z) not allowed in string format specifier")
        }
        Sign::Default if parsed.alternate => Some("Alternate form (#) not allowed in string format specifier"),
        Sign::Default if parsed.align == Align::AfterSign => {
            Some("'=' alignment not allowed in string format specifier")
        }
        Sign::Default => None,
    };
    if let Some(message) = refused {
        return Err(cx.value_error(message));
    }
    let kept = parsed.precision.unwrap_or(usize::MAX).min(string.len());
    let missing = parsed.width.unwrap_or(0).saturating_sub(kept);
    if missing == 0 {
        return Ok(text::substring(cx, string, 0, kept));
    }
    let (before, behind) = format_spec::split_padding(missing, parsed.align);
    padded(cx, string.units().slice(0, kept), parsed.fill, before, behind)
}
