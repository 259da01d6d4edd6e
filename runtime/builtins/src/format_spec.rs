//! The format mini-language: parsing of `[[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]`,
//! and padding to a width. Formatting numbers is in `format_number.rs`.

use sidewinder_runtime::context::{Context, Raised, Result};
use sidewinder_runtime::objects::int::parse::decimal_digit;
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::str::units::Unit;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::{Owned, Value, with_units};

/// Where padding goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    Left,
    Right,
    Center,
    /// Between a number's sign and its digits.
    AfterSign,
}

/// How a number's sign is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// Only a minus, by default.
    Default,
    /// Only a minus, asked for with `-`.
    Minus,
    /// `+` or `-`.
    Plus,
    /// A space or a minus.
    Space,
}

/// Digits separated into groups.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grouping {
    pub separator: char,
    /// Digits of a group.
    pub size: usize,
}

/// A parsed format specification.
#[derive(Clone, Debug)]
pub struct FormatSpec {
    /// Code point of the padding.
    pub fill: u32,
    pub align: Align,
    pub sign: Sign,
    /// `z`: a negative number that rounds to zero shows no sign.
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    pub width: Option<usize>,
    pub grouping: Option<Grouping>,
    pub precision: Option<usize>,
    /// Grouping of the digits after the point.
    pub fraction_grouping: Option<Grouping>,
    /// Code point of the type; zero if there was none and the default has none.
    pub kind: u32,
}

impl FormatSpec {
    /// What an empty specification means.
    fn new(kind: Option<char>, align: Align) -> FormatSpec {
        FormatSpec {
            fill: ' ' as u32,
            align,
            sign: Sign::Default,
            no_negative_zero: false,
            alternate: false,
            width: None,
            grouping: None,
            precision: None,
            fraction_grouping: None,
            kind: kind.map_or(0, u32::from),
        }
    }
}

/// Why a specification is malformed.
enum Malformed {
    TooManyDigits,
    BothSeparators,
    MissingPrecision,
    Trailing,
    SeparatorWithType(char, u32),
}

/// Parses a specification (a `str`) for formatting `subject`, whose type errors name. The type and alignment are
/// those that an absent one stands for.
pub fn parse(
    cx: &mut Context,
    spec: Value,
    subject: Value,
    default_kind: Option<char>,
    default_align: Align,
) -> Result<FormatSpec> {
    let Some(text) = str::cast(spec) else {
        return Err(bad_argument(cx, "__format__() argument", "str", spec));
    };
    // The parser writes to the result itself: copies of it would cost as much as the parsing.
    let mut parsed = FormatSpec::new(default_kind, default_align);
    match with_units!(text.units(), points => Parser { points, position: 0 }.parse(&mut parsed)) {
        Ok(()) => Ok(parsed),
        Err(malformed) => Err(raise(cx, malformed, spec, subject)),
    }
}

/// Whether a specification is the empty string.
pub fn is_empty(spec: Value) -> bool {
    spec.cast::<StrObject>().is_some_and(|text| text.is_empty())
}

#[cold]
fn raise(cx: &mut Context, malformed: Malformed, spec: Value, subject: Value) -> Raised {
    let message = match malformed {
        Malformed::TooManyDigits => "Too many decimal digits in format string".into(),
        Malformed::BothSeparators => "Cannot specify both ',' and '_'.".into(),
        Malformed::MissingPrecision => "Format specifier missing precision".into(),
        Malformed::Trailing => {
            let spec = sidewinder_runtime::objects::str::text(spec).unwrap_or_default();
            format!("Invalid format specifier '{spec}' for object of type '{}'", subject.type_of().name())
        }
        Malformed::SeparatorWithType(separator, kind) => {
            format!("Cannot specify '{separator}' with {}.", show_kind(kind))
        }
    };
    cx.value_error(message)
}

/// A type character as messages show it, in quotes.
fn show_kind(kind: u32) -> String {
    match kind {
        33..=127 => format!("'{}'", kind as u8 as char),
        _ => format!("'\\x{kind:x}'"),
    }
}

/// ValueError for a type that the subject does not know.
#[cold]
pub fn unknown_kind(cx: &mut Context, kind: u32, subject: Value) -> Raised {
    let name = subject.type_of().name();
    cx.value_error(format!("Unknown format code {} for object of type '{name}'", show_kind(kind)))
}

/// Parsing goes on over the specification as it is stored: nearly all are ASCII.
struct Parser<'a, U> {
    points: &'a [U],
    position: usize,
}

impl<U: Unit> Parser<'_, U> {
    #[inline(always)]
    fn at(&self, position: usize) -> Option<u32> {
        self.points.get(position).map(|unit| (*unit).into())
    }

    /// Whether the next character is `wanted`.
    #[inline(always)]
    fn is_next(&self, wanted: char) -> bool {
        self.at(self.position) == Some(wanted as u32)
    }

    /// Whether the next character is `wanted`, which is then consumed.
    #[inline(always)]
    fn accept(&mut self, wanted: char) -> bool {
        let found = self.is_next(wanted);
        self.position += found as usize;
        found
    }

    #[inline(always)]
    fn align_at(&self, position: usize) -> Option<Align> {
        match char::from_u32(self.at(position)?)? {
            '<' => Some(Align::Left),
            '>' => Some(Align::Right),
            '^' => Some(Align::Center),
            '=' => Some(Align::AfterSign),
            _ => None,
        }
    }

    /// Reads all parts into `parsed`, which holds the defaults.
    #[inline(always)]
    fn parse(&mut self, parsed: &mut FormatSpec) -> std::result::Result<(), Malformed> {
        let default_align = parsed.align;
        let (fill, align) = self.fill_and_align();
        parsed.fill = fill.unwrap_or(' ' as u32);
        parsed.align = align.unwrap_or(default_align);
        parsed.sign = self.sign();
        parsed.no_negative_zero = self.accept('z');
        parsed.alternate = self.accept('#');
        if fill.is_none() && self.accept('0') {
            parsed.fill = '0' as u32;
            if align.is_none() && default_align == Align::Right {
                parsed.align = Align::AfterSign;
            }
        }
        parsed.width = self.number()?;
        parsed.grouping = self.grouping()?;
        if self.accept('.') {
            parsed.precision = self.number()?;
            parsed.fraction_grouping = self.grouping()?;
            if parsed.precision.is_none() && parsed.fraction_grouping.is_none() {
                return Err(Malformed::MissingPrecision);
            }
        }
        match self.points.len() - self.position {
            0 => {}
            1 => parsed.kind = self.points[self.position].into(),
            _ => return Err(Malformed::Trailing),
        }
        check_grouping(parsed)
    }

    #[inline(always)]
    fn fill_and_align(&mut self) -> (Option<u32>, Option<Align>) {
        if let Some(align) = self.align_at(self.position + 1) {
            self.position += 2;
            return (self.at(self.position - 2), Some(align));
        }
        let align = self.align_at(self.position);
        self.position += align.is_some() as usize;
        (None, align)
    }

    #[inline(always)]
    fn sign(&mut self) -> Sign {
        let sign = match self.at(self.position).and_then(char::from_u32) {
            Some('+') => Sign::Plus,
            Some('-') => Sign::Minus,
            Some(' ') => Sign::Space,
            _ => return Sign::Default,
        };
        self.position += 1;
        sign
    }

    /// A decimal number; digits of all scripts count.
    #[inline]
    fn number(&mut self) -> std::result::Result<Option<usize>, Malformed> {
        let mut number: Option<usize> = None;
        while let Some(digit) = self.at(self.position).and_then(decimal_digit) {
            let before = number.unwrap_or(0) as i64;
            // Only a number that is long already needs the check.
            let longer = match before < i64::MAX / 16 {
                true => Some(before * 10 + digit as i64),
                false => before.checked_mul(10).and_then(|tens| tens.checked_add(digit as i64)),
            };
            number = Some(longer.ok_or(Malformed::TooManyDigits)? as usize);
            self.position += 1;
        }
        Ok(number)
    }

    /// A separator; which types go with it is checked when the type is known.
    #[inline]
    fn grouping(&mut self) -> std::result::Result<Option<Grouping>, Malformed> {
        if !self.is_next(',') && !self.is_next('_') {
            return Ok(None);
        }
        let mut separator = None;
        if self.accept(',') {
            separator = Some(',');
        }
        if self.accept('_') {
            if separator.is_some() {
                return Err(Malformed::BothSeparators);
            }
            separator = Some('_');
        }
        if separator == Some('_') && self.is_next(',') {
            return Err(Malformed::BothSeparators);
        }
        Ok(separator.map(|separator| Grouping { separator, size: 3 }))
    }
}

/// Groups are for decimal digits, or, with underscores, for the digits of binary radices in fours.
#[inline]
fn check_grouping(parsed: &mut FormatSpec) -> std::result::Result<(), Malformed> {
    if parsed.grouping.is_none() && parsed.fraction_grouping.is_none() {
        return Ok(());
    }
    let kind = char::from_u32(parsed.kind).unwrap_or('?');
    if let Some(grouping) = &mut parsed.grouping {
        match kind {
            'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0' => {}
            'b' | 'o' | 'x' | 'X' if grouping.separator == '_' => grouping.size = 4,
            _ => return Err(Malformed::SeparatorWithType(grouping.separator, parsed.kind)),
        }
    }
    // Types without a fraction ignore its grouping; only the locale's own grouping excludes it.
    if let Some(grouping) = parsed.fraction_grouping
        && kind == 'n'
    {
        return Err(Malformed::SeparatorWithType(grouping.separator, parsed.kind));
    }
    Ok(())
}

/// A `str` of these code points padded to the width of the specification; `AfterSign` counts as right.
pub fn pad(cx: &mut Context, points: &[u32], spec: &FormatSpec) -> Result<Owned> {
    let missing = spec.width.unwrap_or(0).saturating_sub(points.len());
    check_length(cx, missing)?;
    let (left, right) = split_padding(missing, spec.align);
    let mut padded = Vec::with_capacity(points.len() + missing);
    padded.extend(std::iter::repeat_n(spec.fill, left));
    padded.extend_from_slice(points);
    padded.extend(std::iter::repeat_n(spec.fill, right));
    Ok(StrObject::from_code_points(cx, &padded))
}

/// MemoryError if text of this length is out of the question.
pub fn check_length(cx: &mut Context, length: usize) -> Result<()> {
    sidewinder_runtime::objects::str::check_bytes(cx, length.saturating_mul(4))
}

/// Padding before and after.
pub fn split_padding(missing: usize, align: Align) -> (usize, usize) {
    let left = match align {
        Align::Left => 0,
        Align::Center => missing / 2,
        Align::Right | Align::AfterSign => missing,
    };
    (left, missing - left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> FormatSpec {
        let points: Vec<u32> = text.chars().map(u32::from).collect();
        let mut parsed = FormatSpec::new(None, Align::Right);
        Parser { points: &points[..], position: 0 }.parse(&mut parsed).unwrap_or_else(|_| panic!("{text}"));
        parsed
    }

    #[test]
    fn all_parts() {
        let spec = parsed("*^+z#12,.3_f");
        assert_eq!((spec.fill, spec.align, spec.sign), ('*' as u32, Align::Center, Sign::Plus));
        assert!(spec.no_negative_zero && spec.alternate);
        assert_eq!((spec.width, spec.precision, spec.kind), (Some(12), Some(3), 'f' as u32));
        assert_eq!(spec.grouping, Some(Grouping { separator: ',', size: 3 }));
        assert_eq!(spec.fraction_grouping, Some(Grouping { separator: '_', size: 3 }));
    }

    #[test]
    fn zero_pads_after_the_sign() {
        let spec = parsed("08");
        assert_eq!((spec.fill, spec.align, spec.width), ('0' as u32, Align::AfterSign, Some(8)));
        let spec = parsed("<08");
        assert_eq!((spec.fill, spec.align, spec.width), ('0' as u32, Align::Left, Some(8)));
        let spec = parsed("=<08");
        assert_eq!((spec.fill, spec.align, spec.width), ('=' as u32, Align::Left, Some(8)));
        assert_eq!(parsed("_x").grouping, Some(Grouping { separator: '_', size: 4 }));
    }
}
