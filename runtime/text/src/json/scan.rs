//! The scanner: a JSON document as objects.

use super::{error, string, text_argument};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, Index};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::float::{self, FLOAT};
use sidewinder_runtime::objects::int::{self, INT};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::str::units::Unit;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{exception, singleton};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// Reads objects from JSON: called with a text and a place in it, gives the object and where it ends.
#[native_type("_json.Scanner")]
#[derive(Traverse)]
pub struct Scanner {
    strict: bool,
    object_hook: Field,
    object_pairs_hook: Field,
    parse_float: Field,
    parse_int: Field,
    parse_constant: Field,
}

#[methods]
impl Scanner {
    #[new(name = "make_scanner")]
    fn new(cx: &mut Context, #[named] context: Value) -> Result<Scanner> {
        let strict = attribute::get_text(cx, context, "strict")?;
        let strict = convert::truth(cx, strict.value())?;
        let mut field = |name: &str| attribute::get_text(cx, context, name).map(Field::new);
        Ok(Scanner {
            strict,
            object_hook: field("object_hook")?,
            object_pairs_hook: field("object_pairs_hook")?,
            parse_float: field("parse_float")?,
            parse_int: field("parse_int")?,
            parse_constant: field("parse_constant")?,
        })
    }

    #[call(name = "scan_once")]
    fn call(&self, cx: &mut Context, #[named] string: Value, idx: Index) -> Result<(Owned, usize)> {
        scan(cx, self, string, idx.0)
    }

    /// Whether control characters are refused in strings.
    #[get(member)]
    fn strict(&self) -> bool {
        self.strict
    }

    /// What is called with each dict.
    #[get(member)]
    fn object_hook(&self) -> Owned {
        self.object_hook.get_or_none()
    }

    /// What is called with each object's pairs.
    #[get(member)]
    fn object_pairs_hook(&self) -> Owned {
        self.object_pairs_hook.get_or_none()
    }

    /// What is called with the text of numbers with a point or an exponent.
    #[get(member)]
    fn parse_float(&self) -> Owned {
        self.parse_float.get_or_none()
    }

    /// What is called with the text of integers.
    #[get(member)]
    fn parse_int(&self) -> Owned {
        self.parse_int.get_or_none()
    }

    /// What is called with `NaN` and the infinities.
    #[get(member)]
    fn parse_constant(&self) -> Owned {
        self.parse_constant.get_or_none()
    }
}

fn scan(cx: &mut Context, scanner: &Scanner, string: Value, start: i64) -> Result<(Owned, usize)> {
    // A hook may change the variable that the text came from, but not what is held here.
    let held = Owned::new(string);
    let text = text_argument(cx, held.value())?;
    if start < 0 {
        return Err(cx.value_error("idx cannot be negative"));
    }
    // The hooks may be taken from the scanner, as by a collection, but not from under the scan.
    let hook = |field: &Field| field.get().filter(|hook| hook.value() != singleton::none());
    let other = |field: &Field, usual: Value| field.get().filter(|hook| hook.value() != usual);
    let keys = DictObject::new(cx);
    sidewinder_runtime::with_units!(text.units(), units => Scan {
        text: string,
        units,
        strict: scanner.strict,
        object_hook: hook(&scanner.object_hook),
        pairs_hook: hook(&scanner.object_pairs_hook),
        parse_float: other(&scanner.parse_float, FLOAT.value()),
        parse_int: other(&scanner.parse_int, INT.value()),
        parse_constant: scanner.parse_constant.get_or_none(),
        keys,
        position: start as usize,
    }
    .document(cx))
}

/// A scan under way.
struct Scan<'a, U: Unit> {
    text: Value,
    units: &'a [U],
    strict: bool,
    object_hook: Option<Owned>,
    pairs_hook: Option<Owned>,
    parse_float: Option<Owned>,
    parse_int: Option<Owned>,
    parse_constant: Owned,
    /// The keys so far: equal ones are one object.
    keys: Owned,
    position: usize,
}

impl<U: Unit> Scan<'_, U> {
    fn document(mut self, cx: &mut Context) -> Result<(Owned, usize)> {
        let value = self.value(cx)?;
        Ok((value, self.position))
    }

    /// The ASCII character at a place; nought for others and past the end.
    #[inline]
    fn byte(&self, place: usize) -> u8 {
        match self.units.get(place) {
            Some(unit) => u8::try_from((*unit).into()).unwrap_or(0),
            None => 0,
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.byte(self.position), b' ' | b'\t' | b'\n' | b'\r') {
            self.position += 1;
        }
    }

    #[cold]
    fn fail(&self, cx: &mut Context, message: &str, place: usize) -> Raised {
        error(cx, message, self.text, place)
    }

    /// Nothing that JSON knows is there.
    #[cold]
    fn nothing(&self, cx: &mut Context, place: usize) -> Raised {
        let place = int::from_usize(cx, place);
        exception::raise_stop_iteration(cx, place.value())
    }

    fn has(&self, word: &str) -> bool {
        word.bytes().enumerate().all(|(offset, byte)| self.byte(self.position + offset) == byte)
    }

    fn value(&mut self, cx: &mut Context) -> Result<Owned> {
        let start = self.position;
        match self.byte(start) {
            b'"' => {
                let (string, end) = string::scan(cx, self.text, self.units, start + 1, self.strict)?;
                self.position = end;
                Ok(string)
            }
            b'{' => {
                cx.check_native_stack(" while decoding a JSON object from a unicode string")?;
                self.position += 1;
                self.object(cx)
            }
            b'[' => {
                cx.check_native_stack(" while decoding a JSON array from a unicode string")?;
                self.position += 1;
                self.array(cx)
            }
            b'n' if self.has("null") => Ok(self.word(4, singleton::none())),
            b't' if self.has("true") => Ok(self.word(4, singleton::true_())),
            b'f' if self.has("false") => Ok(self.word(5, singleton::false_())),
            b'N' if self.has("NaN") => self.constant(cx, "NaN"),
            b'I' if self.has("Infinity") => self.constant(cx, "Infinity"),
            b'-' if self.has("-Infinity") => self.constant(cx, "-Infinity"),
            _ => self.number(cx),
        }
    }

    fn word(&mut self, length: usize, value: Value) -> Owned {
        self.position += length;
        Owned::new(value)
    }

    fn constant(&mut self, cx: &mut Context, word: &str) -> Result<Owned> {
        let name = StrObject::new(cx, word);
        let value = call::call(cx, self.parse_constant.value(), &[name.value()])?;
        self.position += word.len();
        Ok(value)
    }

    /// Behind `[`.
    fn array(&mut self, cx: &mut Context) -> Result<Owned> {
        let mut items = Vec::new();
        self.skip_space();
        if self.byte(self.position) != b']' {
            loop {
                items.push(self.value(cx)?);
                if self.ends(cx, b']', "Illegal trailing comma before end of array")? {
                    break;
                }
            }
        }
        self.position += 1;
        Ok(ListObject::new(cx, items))
    }

    /// Behind `{`.
    fn object(&mut self, cx: &mut Context) -> Result<Owned> {
        let mut pairs = Vec::new();
        let made = DictObject::new(cx);
        let by_pairs = self.pairs_hook.is_some();
        self.skip_space();
        if self.byte(self.position) != b'}' {
            loop {
                let key = self.key(cx)?;
                let value = self.value(cx)?;
                if by_pairs {
                    pairs.push(TupleObject::pair(cx, key, value));
                } else {
                    dict::of(made.value()).set(cx, key.value(), value.value())?;
                }
                if self.ends(cx, b'}', "Illegal trailing comma before end of object")? {
                    break;
                }
            }
        }
        self.position += 1;
        if let Some(hook) = &self.pairs_hook {
            let pairs = ListObject::new(cx, pairs);
            return call::call(cx, hook.value(), &[pairs.value()]);
        }
        match &self.object_hook {
            Some(hook) => call::call(cx, hook.value(), &[made.value()]),
            None => Ok(made),
        }
    }

    /// A key with the colon behind it and the space around that.
    fn key(&mut self, cx: &mut Context) -> Result<Owned> {
        if self.byte(self.position) != b'"' {
            return Err(self.fail(cx, "Expecting property name enclosed in double quotes", self.position));
        }
        let (key, end) = string::scan(cx, self.text, self.units, self.position + 1, self.strict)?;
        let key = dict::of(self.keys.value()).set_default(cx, key.value(), key.value())?;
        self.position = end;
        self.skip_space();
        if self.byte(self.position) != b':' {
            return Err(self.fail(cx, "Expecting ':' delimiter", self.position));
        }
        self.position += 1;
        self.skip_space();
        Ok(key)
    }

    /// Behind a member: whether the end is here. Otherwise a comma is, which is passed with the space around it.
    fn ends(&mut self, cx: &mut Context, close: u8, trailing: &str) -> Result<bool> {
        self.skip_space();
        let comma = self.position;
        match self.byte(comma) {
            byte if byte == close => return Ok(true),
            b',' => {}
            _ => return Err(self.fail(cx, "Expecting ',' delimiter", comma)),
        }
        self.position += 1;
        self.skip_space();
        if self.byte(self.position) == close {
            return Err(self.fail(cx, trailing, comma));
        }
        Ok(false)
    }

    /// Where the digits from a place on end.
    fn digits_end(&self, start: usize) -> usize {
        let rest = self.units.get(start..).unwrap_or_default();
        start + rest.iter().take_while(|unit| (0x30..0x3A).contains(&(**unit).into())).count()
    }

    fn number(&mut self, cx: &mut Context) -> Result<Owned> {
        let start = self.position;
        let first = start + usize::from(self.byte(start) == b'-');
        let mut end = match self.byte(first) {
            b'0' => first + 1,
            b'1'..=b'9' => self.digits_end(first),
            _ => return Err(self.nothing(cx, start)),
        };
        let mut is_float = false;
        if self.byte(end) == b'.' {
            let after = self.digits_end(end + 1);
            if after > end + 1 {
                is_float = true;
                end = after;
            }
        }
        if matches!(self.byte(end), b'e' | b'E') {
            let digits = end + 1 + usize::from(matches!(self.byte(end + 1), b'+' | b'-'));
            let after = self.digits_end(digits);
            if after > digits {
                is_float = true;
                end = after;
            }
        }
        self.position = end;
        let custom = if is_float { &self.parse_float } else { &self.parse_int };
        if let Some(custom) = custom {
            let text = StrObject::from_units(cx, U::units(&self.units[start..end]));
            return call::call(cx, custom.value(), &[text.value()]);
        }
        if !is_float && end - first <= 18 {
            let magnitude = self.units[first..end].iter().fold(0, |number: i64, unit| {
                let digit: u32 = (*unit).into();
                number * 10 + (digit - '0' as u32) as i64
            });
            return Ok(int::from_i64(cx, if first > start { -magnitude } else { magnitude }));
        }
        let text: String = (start..end).map(|place| self.byte(place) as char).collect();
        if is_float {
            return Ok(float::from_f64(cx, text.parse().unwrap_or(f64::NAN)));
        }
        int::parse::parse_or_raise(cx, &text, 10, self.text)
    }
}
