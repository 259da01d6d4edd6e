//! printf-style formatting: `str % values` and `bytes % values` (CPython's `unicode_format.c` and
//! `_PyBytes_FormatEx`). This file reads the format; `percent/convert.rs` makes the text of each value.

mod convert;

use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::objects::bytes::{self, BytesObject};
use crate::objects::int;
use crate::objects::str::units::Units;
use crate::objects::str::{StrBuilder, StrObject, cast, search};
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::flags;
use crate::operations::subscript;
use crate::value::Value;

/// Widths from this on are refused, as CPython refuses those beyond `PY_SSIZE_T_MAX`.
const WIDTH_MAX: u64 = i64::MAX as u64;
/// Precisions from this on are refused, as in CPython.
const PRECISION_MAX: u64 = i32::MAX as u64;

/// One conversion: `%(key)-+ #0width.precision` and its letter.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Spec {
    pub left: bool,
    pub plus: bool,
    pub blank: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: usize,
    pub precision: Option<usize>,
    pub letter: u32,
    /// Position of the letter in the format, for messages.
    pub position: usize,
}

/// The values being formatted, consumed from left to right.
struct Values {
    /// The right operand, or what the last `%(key)` found in it.
    current: Owned,
    /// Whether `current` is a tuple of values; otherwise it is one value.
    is_tuple: bool,
    next: usize,
}

/// A formatting under way.
struct Formatter<'a> {
    format: Units<'a>,
    position: usize,
    values: Values,
    /// The right operand, when it can be subscripted by `%(key)`.
    mapping: Option<Value>,
    /// Whether the format is bytes.
    bytes: bool,
    output: StrBuilder,
}

/// `format % value` for a `str` format.
pub fn format(cx: &mut Context, format: Value, value: Value) -> Result<Owned> {
    let Some(string) = cast(format) else { return Err(cx.type_error("descriptor '__mod__' requires a 'str' object")) };
    let mut formatter = Formatter::new(string.units(), value, false);
    formatter.run(cx)?;
    Ok(formatter.output.finish(cx))
}

/// `format % value` for a bytes format.
pub fn format_bytes(cx: &mut Context, format: &[u8], value: Value) -> Result<Vec<u8>> {
    let mut formatter = Formatter::new(Units::One(format), value, true);
    formatter.run(cx)?;
    match formatter.output.units() {
        Units::One(bytes) => Ok(bytes.to_vec()),
        _ => Err(cx.raise(&crate::objects::exception::SYSTEM_ERROR, "bytes formatting made text")),
    }
}

impl Values {
    /// The next value, if any is left.
    fn take(&mut self) -> Option<Owned> {
        let value = match self.current.value().cast::<TupleObject>() {
            Some(tuple) if self.is_tuple => *tuple.as_slice().get(self.next)?,
            _ if self.next == 0 => self.current.value(),
            _ => return None,
        };
        self.next += 1;
        Some(Owned::new(value))
    }

    /// Whether values are left over.
    fn is_left(&self) -> bool {
        match self.current.value().cast::<TupleObject>() {
            Some(tuple) if self.is_tuple => self.next < tuple.len(),
            _ => self.next == 0,
        }
    }
}

impl<'a> Formatter<'a> {
    fn new(format: Units<'a>, value: Value, bytes: bool) -> Formatter<'a> {
        let kind = value.type_of();
        let is_tuple = kind.has_flag(flags::TUPLE);
        let text = kind.has_flag(flags::STR) || bytes && bytes::like(value).is_some();
        let subscriptable = kind.slots().get_item.is_some() && !is_tuple && !text;
        Formatter {
            format,
            position: 0,
            values: Values { current: Owned::new(value), is_tuple, next: 0 },
            mapping: subscriptable.then_some(value),
            bytes,
            output: StrBuilder::with_capacity(format.len() + 32),
        }
    }

    fn run(&mut self, cx: &mut Context) -> Result<()> {
        while let Some(found) = search::find_point(self.format.from(self.position), b'%' as u32) {
            let percent = self.position + found;
            self.output.push_units(self.format.slice(self.position, percent));
            self.position = percent + 1;
            if self.peek() == Some(b'%' as u32) {
                self.output.push(b'%' as u32);
                self.position += 1;
                continue;
            }
            let spec = self.parse(cx)?;
            let value = self.take(cx)?;
            if self.bytes {
                convert::push_to_bytes(cx, &mut self.output, &spec, value.value())?;
            } else {
                convert::push_to_text(cx, &mut self.output, &spec, value.value())?;
            }
        }
        self.output.push_units(self.format.from(self.position));
        if self.values.is_left() && self.mapping.is_none() {
            let kind = if self.bytes { "bytes" } else { "string" };
            return Err(cx.type_error(format!("not all arguments converted during {kind} formatting")));
        }
        Ok(())
    }

    fn peek(&self) -> Option<u32> {
        (self.position < self.format.len()).then(|| self.format.get(self.position))
    }

    /// The next character of a conversion, or the error that the format ends inside it.
    fn advance(&mut self, cx: &mut Context) -> Result<u32> {
        match self.peek() {
            Some(point) => {
                self.position += 1;
                Ok(point)
            }
            None => Err(cx.value_error("incomplete format")),
        }
    }

    fn take(&mut self, cx: &mut Context) -> Result<Owned> {
        match self.values.take() {
            Some(value) => Ok(value),
            None => Err(cx.type_error("not enough arguments for format string")),
        }
    }

    /// Reads a conversion, after its `%`.
    fn parse(&mut self, cx: &mut Context) -> Result<Spec> {
        let mut spec = Spec::default();
        let mut point = self.advance(cx)?;
        if point == b'(' as u32 {
            self.select_key(cx)?;
            point = self.advance(cx)?;
        }
        loop {
            match u8::try_from(point) {
                Ok(b'-') => spec.left = true,
                Ok(b'+') => spec.plus = true,
                Ok(b' ') => spec.blank = true,
                Ok(b'#') => spec.alternate = true,
                Ok(b'0') => spec.zero = true,
                _ => break,
            }
            point = self.advance(cx)?;
        }
        if point == b'*' as u32 {
            let width = self.starred(cx, i64::MAX, "ssize_t")?;
            spec.left |= width < 0;
            spec.width = width.unsigned_abs() as usize;
            point = self.advance(cx)?;
        } else {
            let (width, next) = self.number(cx, point, WIDTH_MAX, "width")?;
            spec.width = width.unwrap_or(0);
            point = next;
        }
        if point == b'.' as u32 {
            point = self.advance(cx)?;
            if point == b'*' as u32 {
                spec.precision = Some(self.starred(cx, i32::MAX as i64, "int")?.max(0) as usize);
                point = self.advance(cx)?;
            } else {
                let what = if self.bytes { "prec" } else { "precision" };
                let (precision, next) = self.number(cx, point, PRECISION_MAX, what)?;
                spec.precision = Some(precision.unwrap_or(0));
                point = next;
            }
        }
        if matches!(u8::try_from(point), Ok(b'h' | b'l' | b'L')) {
            point = self.advance(cx)?;
        }
        spec.letter = point;
        spec.position = self.position - 1;
        Ok(spec)
    }

    /// Reads `key)` and makes what the mapping has there the only value.
    fn select_key(&mut self, cx: &mut Context) -> Result<()> {
        let Some(mapping) = self.mapping else { return Err(cx.type_error("format requires a mapping")) };
        let start = self.position;
        let mut depth = 1;
        while depth > 0 {
            match self.peek() {
                None => return Err(cx.value_error("incomplete format key")),
                Some(0x28) => depth += 1,
                Some(0x29) => depth -= 1,
                Some(_) => {}
            }
            self.position += 1;
        }
        let name = self.format.slice(start, self.position - 1);
        let key = match name {
            Units::One(name) if self.bytes => BytesObject::new(cx, name),
            _ => StrObject::from_units(cx, name),
        };
        let found = subscript::get_item(cx, mapping, key.value())?;
        self.values = Values { current: found, is_tuple: false, next: 0 };
        Ok(())
    }

    /// The value of a `*`, at most `maximum` in size.
    fn starred(&mut self, cx: &mut Context, maximum: i64, c_type: &str) -> Result<i64> {
        let value = self.take(cx)?;
        if !int::is_int_like(value.value()) {
            return Err(cx.type_error("* wants int"));
        }
        match int::as_i64(value.value()) {
            Some(number) if (-maximum..=maximum).contains(&number) => Ok(number),
            _ => Err(cx.overflow_error(format!("Python int too large to convert to C {c_type}"))),
        }
    }

    /// Reads digits from `point` on; the number, if there is one, and the character after it.
    fn number(&mut self, cx: &mut Context, point: u32, maximum: u64, what: &str) -> Result<(Option<usize>, u32)> {
        let mut point = point;
        let mut number: Option<u64> = None;
        while let Some(digit) = char::from_u32(point).and_then(|letter| letter.to_digit(10)) {
            let grown = number.unwrap_or(0).checked_mul(10).and_then(|number| number.checked_add(digit as u64));
            match grown {
                Some(grown) if grown < maximum => number = Some(grown),
                _ => return Err(cx.value_error(format!("{what} too big"))),
            }
            point = self.advance(cx)?;
        }
        Ok((number.map(|number| number as usize), point))
    }
}

/// The error of a conversion with an unknown letter.
#[cold]
fn unsupported(cx: &mut Context, spec: &Spec, bytes: bool) -> Raised {
    let (letter, position) = (spec.letter, spec.position);
    if bytes && letter >= 0x80 {
        return cx.overflow_error("character argument not in range(0x110000)");
    }
    let shown = if (0x20..0x7F).contains(&letter) { letter as u8 as char } else { '?' };
    cx.value_error(format!("unsupported format character '{shown}' ({letter:#x}) at index {position}"))
}
