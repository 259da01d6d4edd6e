//! `__format__` of numbers: `int` (and `bool`), `float` and `complex` by a format specification.

use crate::format_spec::{self, Align, FormatSpec, Grouping, Sign};
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::objects::float::text::{self, Decimal};
use sidewinder_runtime::objects::float::{self, complex};
use sidewinder_runtime::objects::int::text::{decimal, decimal_i64, push_digits};
use sidewinder_runtime::objects::int::{self, Integer};
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Native, Owned, Value};

/// The row of `int`.
pub const INT_FORMAT: Native = Native::new(
    "__format__",
    1,
    1,
    |cx, arguments| format_int(cx, arguments[0], arguments[1]),
    "The integer as text, by a format specification.",
);
/// The row of `float`.
pub const FLOAT_FORMAT: Native = Native::new(
    "__format__",
    1,
    1,
    |cx, arguments| format_float(cx, arguments[0], arguments[1]),
    "The float as text, by a format specification.",
);
/// The row of `complex`.
pub const COMPLEX_FORMAT: Native = Native::new(
    "__format__",
    1,
    1,
    |cx, arguments| format_complex(cx, arguments[0], arguments[1]),
    "The complex number as text, by a format specification.",
);

/// Digits after the point of types `e`, `f`, `g` and `%` when no precision is given.
const PRECISION_DEFAULT: usize = 6;
/// Precisions beyond this are refused as CPython refuses them.
const PRECISION_MAX: usize = i32::MAX as usize;

/// A number on its way to text. Parts are ASCII.
struct Number {
    negative: bool,
    /// `0x` and the like.
    prefix: &'static str,
    /// Digits before the point; empty for infinities and NaN.
    whole: String,
    point: bool,
    fraction: String,
    /// What follows the digits: an exponent, a percent sign, or all of `inf` and `nan`.
    rest: String,
}

/// `format(value, spec)` where the type of the value is exactly `str`, `int` or `float`: what the method of the type
/// does, without looking it up.
pub fn format_plain(cx: &mut Context, value: Value, spec: Value) -> Result<Owned> {
    if value.is_int() {
        format_int(cx, value, spec)
    } else if let Some(string) = value.cast_exact::<StrObject>() {
        crate::str_pad::format_string(cx, string, value, spec)
    } else {
        format_float(cx, value, spec)
    }
}

/// `int.__format__`.
pub fn format_int(cx: &mut Context, value: Value, spec: Value) -> Result<Owned> {
    if format_spec::is_empty(spec) {
        return convert::str(cx, value);
    }
    let spec = format_spec::parse(cx, spec, value, Some('d'), Align::Right)?;
    let Some(integer) = Integer::of(value) else {
        return Err(cx.type_error("descriptor '__format__' requires an 'int' object"));
    };
    let kind = char::from_u32(spec.kind).unwrap_or('?');
    let radix = match kind {
        'd' | 'n' => 10,
        'b' => 2,
        'o' => 8,
        'x' | 'X' => 16,
        'c' => return format_character(cx, value, &spec),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => {
            let float = int::to_f64(cx, value)?;
            return format_real(cx, float, &spec);
        }
        _ => return Err(format_spec::unknown_kind(cx, spec.kind, value)),
    };
    check_integer_spec(cx, &spec)?;
    if radix == 10
        && value.is_int()
        && let Some(fill) = plain_fill(&spec)
    {
        let mut buffer = [0; 20];
        let text = decimal_i64(value.int(), &mut buffer);
        let digits = text.strip_prefix('-').unwrap_or(text);
        return plain(cx, value.int() < 0, digits, &spec, fill);
    }
    let mut whole = String::new();
    if radix == 10 {
        whole = decimal(cx, &integer)?;
        if integer.negative {
            whole.remove(0);
        }
    } else {
        push_digits(&mut whole, integer.magnitude(), radix, kind == 'X');
    }
    let prefix = match kind {
        _ if !spec.alternate => "",
        'b' => "0b",
        'o' => "0o",
        'x' => "0x",
        'X' => "0X",
        _ => "",
    };
    let number = Number {
        negative: integer.negative,
        prefix,
        whole,
        point: false,
        fraction: String::new(),
        rest: String::new(),
    };
    render(cx, number, &spec)
}

fn check_integer_spec(cx: &mut Context, spec: &FormatSpec) -> Result<()> {
    if spec.precision.is_some() {
        return Err(cx.value_error("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(cx.value_error("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    Ok(())
}

/// Type `c`: the character of a code point.
fn format_character(cx: &mut Context, value: Value, spec: &FormatSpec) -> Result<Owned> {
    check_integer_spec(cx, spec)?;
    if spec.sign != Sign::Default {
        return Err(cx.value_error("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(cx.value_error("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let Some(point) = int::as_i64(value) else {
        return Err(cx.overflow_error("Python int too large to convert to C long"));
    };
    match u32::try_from(point) {
        Ok(point @ 0..=0x10ffff) => format_spec::pad(cx, &[point], spec),
        _ => Err(cx.overflow_error("%c arg not in range(0x110000)")),
    }
}

/// `float.__format__`.
pub fn format_float(cx: &mut Context, value: Value, spec: Value) -> Result<Owned> {
    if format_spec::is_empty(spec) {
        return convert::str(cx, value);
    }
    let spec = format_spec::parse(cx, spec, value, None, Align::Right)?;
    let Some(float) = float::as_f64(value) else {
        return Err(cx.type_error("descriptor '__format__' requires a 'float' object"));
    };
    match char::from_u32(spec.kind) {
        Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => format_real(cx, float, &spec),
        _ => Err(format_spec::unknown_kind(cx, spec.kind, value)),
    }
}

fn format_real(cx: &mut Context, value: f64, spec: &FormatSpec) -> Result<Owned> {
    check_precision(cx, spec)?;
    if matches!(char::from_u32(spec.kind), Some('f' | 'F'))
        && value.is_finite()
        && spec.fraction_grouping.is_none()
        && !spec.alternate
        && !spec.no_negative_zero
        && let Some(fill) = plain_fill(spec)
    {
        let mut buffer = [0; text::FIXED_BYTES];
        if let Some(digits) = text::fixed_short(value, spec.precision.unwrap_or(PRECISION_DEFAULT), &mut buffer) {
            return plain(cx, value.is_sign_negative(), digits, spec, fill);
        }
    }
    let number = real(value, spec, true);
    render(cx, number, spec)
}

/// The fill of a specification that leaves digits as they are: no groups, and an ASCII fill. Most are such.
fn plain_fill(spec: &FormatSpec) -> Option<u8> {
    let fill = u8::try_from(spec.fill).ok().filter(u8::is_ascii)?;
    spec.grouping.is_none().then_some(fill)
}

/// Digits (and a point) with their sign and padding, put together in the new string itself.
fn plain(cx: &mut Context, negative: bool, digits: &str, spec: &FormatSpec, fill: u8) -> Result<Owned> {
    let head = sign_text(negative, spec.sign);
    let missing = spec.width.unwrap_or(0).saturating_sub(head.len() + digits.len());
    format_spec::check_length(cx, missing)?;
    let (before, behind) = format_spec::split_padding(missing, spec.align);
    let padding = if spec.align == Align::AfterSign { [0, before, behind] } else { [before, 0, behind] };
    Ok(StrObject::from_latin1_padded(cx, true, [head.as_bytes(), digits.as_bytes()], fill, padding))
}

/// How a sign is shown.
fn sign_text(negative: bool, sign: Sign) -> &'static str {
    match (negative, sign) {
        (true, _) => "-",
        (false, Sign::Plus) => "+",
        (false, Sign::Space) => " ",
        (false, Sign::Default | Sign::Minus) => "",
    }
}

fn check_precision(cx: &mut Context, spec: &FormatSpec) -> Result<()> {
    match spec.precision {
        Some(precision) if precision > PRECISION_MAX => Err(cx.value_error("precision too big")),
        Some(precision) => format_spec::check_length(cx, precision),
        None => Ok(()),
    }
}

/// The text parts of a float for a specification of type e, f, g, n, % or none. With `dot_zero`, numbers of no type
/// keep a digit after the point.
fn real(value: f64, spec: &FormatSpec, dot_zero: bool) -> Number {
    let kind = char::from_u32(spec.kind).unwrap_or('?');
    let value = if kind == '%' { value * 100.0 } else { value };
    let percent = if kind == '%' { "%" } else { "" };
    let letter = if matches!(kind, 'E' | 'G') { 'E' } else { 'e' };
    if !value.is_finite() {
        let mut rest = String::from(if value.is_nan() { "nan" } else { "inf" });
        if matches!(kind, 'E' | 'F' | 'G') {
            rest.make_ascii_uppercase();
        }
        rest.push_str(percent);
        let negative = value == f64::NEG_INFINITY;
        return Number { negative, prefix: "", whole: String::new(), point: false, fraction: String::new(), rest };
    }
    let precision = spec.precision.unwrap_or(PRECISION_DEFAULT);
    let mut number = match kind {
        'e' | 'E' => exponential(&text::significant(value, precision + 1), letter),
        'f' | 'F' | '%' => fixed(value, precision),
        '\0' if spec.precision.is_none() => {
            let decimal = text::shortest(value);
            layout(&decimal, (-3..=16).contains(&decimal.point), letter, dot_zero)
        }
        _ => {
            let count = precision.max(1);
            let mut decimal = text::significant(value, count);
            if !spec.alternate {
                let kept = decimal.digits.trim_end_matches('0').len().max(1);
                decimal.digits.truncate(kept);
            }
            let dot_zero = dot_zero && kind == '\0';
            let point_max = count as i64 - dot_zero as i64;
            let plain = decimal.point > -4 && decimal.point as i64 <= point_max;
            layout(&decimal, plain, letter, dot_zero)
        }
    };
    number.point = !number.fraction.is_empty() || spec.alternate;
    number.rest.push_str(percent);
    let zero = number.whole.bytes().chain(number.fraction.bytes()).all(|digit| digit == b'0');
    number.negative = value.is_sign_negative() && !(spec.no_negative_zero && zero);
    number
}

fn of_digits(whole: String, fraction: String, rest: String) -> Number {
    Number { negative: false, prefix: "", whole, point: false, fraction, rest }
}

fn layout(decimal: &Decimal, plain: bool, letter: char, dot_zero: bool) -> Number {
    if !plain {
        return exponential(decimal, letter);
    }
    let mut laid_out = String::new();
    text::push_fixed(&mut laid_out, decimal, dot_zero);
    let (whole, fraction) = laid_out.split_once('.').unwrap_or((&laid_out, ""));
    of_digits(whole.into(), fraction.into(), String::new())
}

fn exponential(decimal: &Decimal, letter: char) -> Number {
    let (first, others) = decimal.digits.split_at(1);
    let mut rest = String::new();
    text::push_exponent(&mut rest, decimal.point - 1, letter);
    of_digits(first.into(), others.into(), rest)
}

fn fixed(value: f64, precision: usize) -> Number {
    let laid_out = text::fixed(value, precision);
    let (whole, fraction) = laid_out.split_once('.').unwrap_or((&laid_out, ""));
    of_digits(whole.into(), fraction.into(), String::new())
}

/// The text of a number, grouped and padded.
fn render(cx: &mut Context, number: Number, spec: &FormatSpec) -> Result<Owned> {
    format_spec::check_length(cx, spec.width.unwrap_or(0))?;
    let (head, tail) = assemble(number, spec);
    let missing = spec.width.unwrap_or(0).saturating_sub(head.len() + tail.len());
    if missing == 0 {
        return Ok(StrObject::new(cx, &(head + &tail)));
    }
    if let Some(fill) = char::from_u32(spec.fill).filter(char::is_ascii) {
        let (before, behind) = format_spec::split_padding(missing, spec.align);
        let mut text = String::with_capacity(head.len() + tail.len() + missing);
        let (first, second) = if spec.align == Align::AfterSign { (head.as_str(), "") } else { ("", head.as_str()) };
        text.push_str(first);
        text.extend(std::iter::repeat_n(fill, before));
        text.push_str(second);
        text.push_str(&tail);
        text.extend(std::iter::repeat_n(fill, behind));
        return Ok(StrObject::new(cx, &text));
    }
    if spec.align != Align::AfterSign {
        let points: Vec<u32> = head.chars().chain(tail.chars()).map(u32::from).collect();
        return format_spec::pad(cx, &points, spec);
    }
    let mut points: Vec<u32> = head.chars().map(u32::from).collect();
    points.extend(std::iter::repeat_n(spec.fill, missing));
    points.extend(tail.chars().map(u32::from));
    Ok(StrObject::from_code_points(cx, &points))
}

/// Sign and prefix, and the rest of a number with its digits grouped; padding may go between them.
fn assemble(number: Number, spec: &FormatSpec) -> (String, String) {
    let mut head = String::from(sign_text(number.negative, spec.sign));
    head.push_str(number.prefix);
    let fraction = match spec.fraction_grouping {
        Some(grouping) => group_fraction(&number.fraction, grouping),
        None => number.fraction,
    };
    // Zeros that fill the width are digits: they are grouped too.
    let zeros = spec.fill == '0' as u32 && spec.align == Align::AfterSign;
    let others = head.len() + number.point as usize + fraction.len() + number.rest.len();
    let digits_min = if zeros { spec.width.unwrap_or(0).saturating_sub(others) } else { 0 };
    let mut tail = String::new();
    if !number.whole.is_empty() {
        tail = group(&number.whole, spec.grouping, digits_min);
    }
    if number.point {
        tail.push('.');
    }
    tail.push_str(&fraction);
    tail.push_str(&number.rest);
    (head, tail)
}

/// Digits in groups from the right, with zeros in front up to a width (which a group's separator may exceed by one).
fn group(digits: &str, grouping: Option<Grouping>, width: usize) -> String {
    let Some(Grouping { separator, size }) = grouping else {
        let mut filled = String::with_capacity(width.max(digits.len()));
        text::push_zeros(&mut filled, width.saturating_sub(digits.len()));
        filled.push_str(digits);
        return filled;
    };
    let mut reversed = String::with_capacity(width.max(digits.len()) * 2);
    let mut rest = digits.chars().rev();
    let (mut digits_left, mut width_left) = (digits.len(), width);
    loop {
        let length = size.min(digits_left.max(width_left).max(1));
        for _ in 0..length {
            reversed.push(rest.next().unwrap_or('0'));
        }
        digits_left = digits_left.saturating_sub(length);
        width_left = width_left.saturating_sub(length);
        if digits_left == 0 && width_left == 0 {
            break;
        }
        reversed.push(separator);
        width_left = width_left.saturating_sub(1);
    }
    reversed.chars().rev().collect()
}

/// Digits in groups from the left.
fn group_fraction(digits: &str, grouping: Grouping) -> String {
    let mut grouped = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index.is_multiple_of(grouping.size) {
            grouped.push(grouping.separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// `complex.__format__`.
pub fn format_complex(cx: &mut Context, value: Value, spec: Value) -> Result<Owned> {
    if format_spec::is_empty(spec) {
        return convert::str(cx, value);
    }
    let spec = format_spec::parse(cx, spec, value, None, Align::Right)?;
    let Some(number) = complex::as_complex(value) else {
        return Err(cx.type_error("descriptor '__format__' requires a 'complex' object"));
    };
    if !matches!(char::from_u32(spec.kind), Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')) {
        return Err(format_spec::unknown_kind(cx, spec.kind, value));
    }
    check_precision(cx, &spec)?;
    if spec.fill == '0' as u32 {
        return Err(cx.value_error("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(cx.value_error("'=' alignment flag is not allowed in complex format specifier"));
    }
    let text = complex_text(number, &spec);
    let points: Vec<u32> = text.chars().map(u32::from).collect();
    format_spec::pad(cx, &points, &spec)
}

/// Both parts in the same format. Without a type it looks like `repr`: in parentheses, or the imaginary part alone.
fn complex_text(number: complex::Complex, spec: &FormatSpec) -> String {
    let like_repr = spec.kind == 0;
    let only_imaginary = like_repr && number.real == 0.0 && number.real.is_sign_positive();
    let part = |value: f64, sign: Sign| {
        let spec = FormatSpec { sign, width: None, ..spec.clone() };
        let (head, tail) = assemble(real(value, &spec, false), &spec);
        head + &tail
    };
    if only_imaginary {
        return part(number.imaginary, spec.sign) + "j";
    }
    let body = part(number.real, spec.sign) + &part(number.imaginary, Sign::Plus) + "j";
    if like_repr { format!("({body})") } else { body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups() {
        let comma = Some(Grouping { separator: ',', size: 3 });
        assert_eq!(group("1234567", comma, 0), "1,234,567");
        assert_eq!(group("1", comma, 5), "0,001");
        assert_eq!(group("1", comma, 4), "0,001");
        assert_eq!(group("1234567", comma, 18), "00,000,001,234,567");
        assert_eq!(group("ff", Some(Grouping { separator: '_', size: 4 }), 8), "000_00ff");
        assert_eq!(group("12", None, 4), "0012");
        assert_eq!(group_fraction("56789", Grouping { separator: '_', size: 3 }), "567_89");
    }
}
