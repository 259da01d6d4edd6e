//! Bytes to objects.

use super::{DEPTH_MAX, kind};
use sidewinder_bytecode::{serialise, verify};
use sidewinder_runtime::objects::bytes::{ByteArrayObject, BytesObject};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{EOF_ERROR, STOP_ITERATION, TYPE_ERROR};
use sidewinder_runtime::objects::float::complex::{self, Complex};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::set::{FROZENSET, SET, SetObject};
use sidewinder_runtime::objects::slice::SliceObject;
use sidewinder_runtime::objects::str::{StrObject, check_bytes, codec};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{code, float, int, set, singleton, str};
use sidewinder_runtime::operations::{call, convert};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::borrow::Cow;
use std::rc::Rc;

/// Where bytes come from.
pub enum Source<'a> {
    Bytes(&'a [u8]),
    /// A binary file.
    File(Value),
}

/// Reads objects.
pub struct Reader<'a> {
    source: Source<'a>,
    allow_code: bool,
    depth: u32,
    /// The objects that references name; none while an object that needs its contents first is read.
    shared: Vec<Option<Owned>>,
}

/// An error unless a file gives bytes.
pub fn check_file(cx: &mut Context, file: Value) -> Result<()> {
    let nothing = call::call_method(cx, file, "read", &[Value::from_small_int(0)])?;
    if nothing.value().cast::<BytesObject>().is_some() {
        return Ok(());
    }
    let kind = nothing.value().type_of().name();
    Err(cx.type_error(format!("file.read() returned not bytes but {kind}")))
}

impl<'a> Reader<'a> {
    pub fn new(source: Source<'a>, allow_code: bool) -> Reader<'a> {
        Reader { source, allow_code, depth: 0, shared: Vec::new() }
    }

    /// The next object.
    pub fn read(mut self, cx: &mut Context) -> Result<Owned> {
        self.required(cx, "object")
    }

    fn take(&mut self, cx: &mut Context, count: usize) -> Result<Cow<'a, [u8]>> {
        match &mut self.source {
            Source::Bytes(bytes) => match bytes.split_at_checked(count) {
                Some((taken, rest)) => {
                    *bytes = rest;
                    Ok(Cow::Borrowed(taken))
                }
                None => Err(cx.raise(&EOF_ERROR, "marshal data too short")),
            },
            Source::File(file) => {
                check_bytes(cx, count)?;
                let made = ByteArrayObject::new(cx, &vec![0; count]);
                let given = call::call_method(cx, *file, "readinto", &[made.value()])?;
                let given = convert::index_i64(cx, given.value())?;
                if given > count as i64 {
                    let message = format!("read() returned too much data: {count} bytes requested, {given} returned");
                    return Err(cx.value_error(message));
                }
                let bytes = made.value().cast::<ByteArrayObject>().map(ByteArrayObject::as_slice).unwrap_or_default();
                if given < count as i64 || bytes.len() < count {
                    return Err(cx.raise(&EOF_ERROR, "marshal data too short"));
                }
                Ok(Cow::Owned(bytes.to_vec()))
            }
        }
    }

    fn byte(&mut self, cx: &mut Context) -> Result<u8> {
        self.take(cx, 1).map(|bytes| bytes[0])
    }

    fn number(&mut self, cx: &mut Context) -> Result<i32> {
        let bytes = self.take(cx, 4)?;
        Ok(bytes.iter().rev().fold(0u32, |number, byte| number << 8 | *byte as u32) as i32)
    }

    /// A length, which is not negative.
    fn length(&mut self, cx: &mut Context, what: &str) -> Result<usize> {
        let length = self.number(cx)?;
        usize::try_from(length).map_err(|_| bad(cx, &format!("{what} size out of range")))
    }

    fn binary_float(&mut self, cx: &mut Context) -> Result<f64> {
        let bytes = self.take(cx, 8)?;
        Ok(f64::from_bits(bytes.iter().rev().fold(0, |number, byte| number << 8 | *byte as u64)))
    }

    fn text_float(&mut self, cx: &mut Context) -> Result<f64> {
        let length = self.byte(cx)?;
        let text = self.take(cx, length as usize)?;
        let number = std::str::from_utf8(&text).ok().and_then(float::text::parse);
        number.ok_or_else(|| cx.value_error("could not convert string to float"))
    }

    /// An object that must be there, in a container of some kind.
    fn required(&mut self, cx: &mut Context, place: &str) -> Result<Owned> {
        match self.object(cx)? {
            Some(found) => Ok(found),
            None => Err(cx.raise(&TYPE_ERROR, format!("NULL object in marshal data for {place}"))),
        }
    }

    fn object(&mut self, cx: &mut Context) -> Result<Option<Owned>> {
        let first = match self.byte(cx) {
            Ok(first) => first,
            Err(raised) => {
                if cx.swallow(&EOF_ERROR) {
                    return Err(cx.raise(&EOF_ERROR, "EOF read where object expected"));
                }
                return Err(raised);
            }
        };
        if self.depth > DEPTH_MAX {
            return Err(cx.value_error("recursion limit exceeded"));
        }
        cx.check_native_stack("")?;
        self.depth += 1;
        let result = self.of_kind(cx, first & !kind::SHARED, first & kind::SHARED != 0);
        self.depth -= 1;
        result
    }

    /// Enters an object among those that references name.
    fn share(&mut self, shared: bool, object: &Owned) {
        if shared {
            self.shared.push(Some(object.clone()));
        }
    }

    /// Takes a number for an object that is not there yet.
    fn reserve(&mut self, shared: bool) -> Option<usize> {
        shared.then(|| {
            self.shared.push(None);
            self.shared.len() - 1
        })
    }

    fn of_kind(&mut self, cx: &mut Context, kind: u8, shared: bool) -> Result<Option<Owned>> {
        let found = match kind {
            kind::NULL => return Ok(None),
            kind::NONE => return Ok(Some(Owned::new(singleton::none()))),
            kind::FALSE => return Ok(Some(Owned::new(singleton::false_()))),
            kind::TRUE => return Ok(Some(Owned::new(singleton::true_()))),
            kind::ELLIPSIS => return Ok(Some(Owned::new(singleton::ellipsis()))),
            kind::STOP_ITERATION => return Ok(Some(Owned::new(STOP_ITERATION.value()))),
            kind::REFERENCE => {
                let number = self.number(cx)? as u32 as usize;
                let found = self.shared.get(number).cloned().flatten();
                return found.map(Some).ok_or_else(|| bad(cx, "invalid reference"));
            }
            kind::INT => {
                let number = self.number(cx)?;
                int::from_i64(cx, number as i64)
            }
            kind::INT64 => {
                let (low, high) = (self.number(cx)?, self.number(cx)?);
                int::from_i64(cx, (high as i64) << 32 | low as u32 as i64)
            }
            kind::LONG => self.long(cx)?,
            kind::FLOAT => {
                let number = self.text_float(cx)?;
                float::from_f64(cx, number)
            }
            kind::BINARY_FLOAT => {
                let number = self.binary_float(cx)?;
                float::from_f64(cx, number)
            }
            kind::COMPLEX => {
                let (real, imaginary) = (self.text_float(cx)?, self.text_float(cx)?);
                complex::from_complex(cx, Complex { real, imaginary })
            }
            kind::BINARY_COMPLEX => {
                let (real, imaginary) = (self.binary_float(cx)?, self.binary_float(cx)?);
                complex::from_complex(cx, Complex { real, imaginary })
            }
            kind::BYTES => {
                let length = self.length(cx, "bytes object")?;
                let bytes = self.take(cx, length)?;
                BytesObject::new(cx, &bytes)
            }
            kind::ASCII | kind::ASCII_INTERNED | kind::SHORT_ASCII | kind::SHORT_ASCII_INTERNED => {
                let is_short = matches!(kind, kind::SHORT_ASCII | kind::SHORT_ASCII_INTERNED);
                let length = if is_short { self.byte(cx)? as usize } else { self.length(cx, "string")? };
                let bytes = self.take(cx, length)?;
                let text = StrObject::from_latin1(cx, &bytes);
                let interned = matches!(kind, kind::ASCII_INTERNED | kind::SHORT_ASCII_INTERNED);
                if interned { str::intern::intern_value(cx, text.value()) } else { text }
            }
            kind::UNICODE | kind::INTERNED => {
                let length = self.length(cx, "string")?;
                let bytes = self.take(cx, length)?;
                let bytes = BytesObject::new(cx, &bytes);
                let text = codec::decode(cx, bytes.value(), "utf-8", "surrogatepass")?;
                if kind == kind::INTERNED { str::intern::intern_value(cx, text.value()) } else { text }
            }
            _ => return self.container(cx, kind, shared).map(Some),
        };
        self.share(shared, &found);
        Ok(Some(found))
    }

    fn long(&mut self, cx: &mut Context) -> Result<Owned> {
        let size = self.number(cx)?;
        if size == i32::MIN {
            return Err(bad(cx, "long size out of range"));
        }
        let count = size.unsigned_abs() as usize;
        let digits = self.take(cx, count * 2)?;
        let mut limbs = vec![0u64; (count * 15).div_ceil(64) + 1];
        let mut last = 1;
        for (index, digit) in digits.chunks_exact(2).enumerate() {
            last = digit[0] as u64 | (digit[1] as u64) << 8;
            if last >= 1 << 15 {
                return Err(bad(cx, "digit out of range in long"));
            }
            let (limb, shift) = (index * 15 / 64, index * 15 % 64);
            let wide = (last as u128) << shift;
            limbs[limb] |= wide as u64;
            limbs[limb + 1] |= (wide >> 64) as u64;
        }
        if last == 0 {
            return Err(bad(cx, "unnormalized long data"));
        }
        Ok(int::from_limbs(cx, size < 0, &limbs))
    }

    fn container(&mut self, cx: &mut Context, kind: u8, shared: bool) -> Result<Owned> {
        let reserved = match kind {
            kind::TUPLE | kind::SMALL_TUPLE | kind::FROZENSET | kind::CODE | kind::SLICE => self.reserve(shared),
            _ => None,
        };
        let found = match kind {
            kind::TUPLE | kind::SMALL_TUPLE => {
                let is_small = kind == kind::SMALL_TUPLE;
                let length = if is_small { self.byte(cx)? as usize } else { self.length(cx, "tuple")? };
                let items = self.items(cx, length, "tuple")?;
                TupleObject::from_owned(cx, items)
            }
            kind::LIST => {
                let length = self.length(cx, "list")?;
                let made = ListObject::new(cx, Vec::new());
                self.share(shared, &made);
                for _ in 0..length {
                    let item = self.required(cx, "list")?;
                    if let Some(list) = made.value().cast::<ListObject>() {
                        list.push(item);
                    }
                }
                made
            }
            kind::DICT => {
                let made = DictObject::new(cx);
                self.share(shared, &made);
                while let Some(key) = self.object(cx)? {
                    let Some(value) = self.object(cx)? else { break };
                    dict::of(made.value()).set(cx, key.value(), value.value())?;
                }
                made
            }
            kind::SET | kind::FROZENSET => {
                let length = self.length(cx, "set")?;
                let is_set = kind == kind::SET;
                let made = SetObject::new_of(cx, if is_set { &SET.object } else { &FROZENSET.object });
                self.share(shared && is_set, &made);
                for _ in 0..length {
                    let item = self.required(cx, "set")?;
                    set::operations::of(made.value()).add(cx, item.value())?;
                }
                made
            }
            kind::SLICE => {
                let parts = [self.required(cx, "slice")?, self.required(cx, "slice")?, self.required(cx, "slice")?];
                SliceObject::of(cx, parts)
            }
            kind::CODE => self.code(cx)?,
            _ => return Err(bad(cx, "unknown type code")),
        };
        if let Some(number) = reserved {
            self.shared[number] = Some(found.clone());
        }
        Ok(found)
    }

    fn items(&mut self, cx: &mut Context, length: usize, place: &str) -> Result<Vec<Owned>> {
        (0..length).map(|_| self.required(cx, place)).collect()
    }

    fn code(&mut self, cx: &mut Context) -> Result<Owned> {
        if !self.allow_code {
            return Err(cx.value_error("unmarshalling code objects is disallowed"));
        }
        let length = self.length(cx, "code")?;
        let bytes = self.take(cx, length)?;
        let data = match serialise::read(&bytes) {
            Ok((data, _)) => data,
            Err(error) => return Err(bad(cx, &error.to_string())),
        };
        match verify::verify(&data) {
            Ok(()) => Ok(code::new(cx, Rc::new(data))),
            Err(problem) => Err(bad(cx, &problem)),
        }
    }
}

fn bad(cx: &mut Context, what: &str) -> Raised {
    cx.value_error(format!("bad marshal data ({what})"))
}
