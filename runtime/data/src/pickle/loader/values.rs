//! Instructions with a value in the pickle: numbers, text, bytes, names.

use super::Loader;
use crate::pickle::input::truncated;
use crate::pickle::opcode::*;
use crate::pickle::state::unpickling_error;
use sidewinder_runtime::objects::bytes::{ByteArrayObject, BytesObject};
use sidewinder_runtime::objects::exception::{MEMORY_ERROR, VALUE_ERROR};
use sidewinder_runtime::objects::int::{self, INT as INT_TYPE};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{float, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, import, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};

impl Loader {
    pub(super) fn step_values(&self, cx: &mut Context, opcode: u8) -> Result<()> {
        match opcode {
            INT => self.load_int(cx),
            LONG => self.load_long(cx),
            LONG1 => {
                let length = self.unsigned_byte(cx)?;
                self.load_signed(cx, length)
            }
            LONG4 => match u64::try_from(self.signed_word(cx)?) {
                Ok(length) => self.load_signed(cx, length),
                Err(_) => Err(unpickling_error(cx, "LONG pickle has negative byte count")),
            },
            FLOAT => self.load_float(cx),
            BINFLOAT => {
                let number = f64::from_be_bytes(self.bytes(cx)?);
                let number = float::from_f64(cx, number);
                self.push(number);
                Ok(())
            }
            STRING => self.load_string(cx),
            SHORT_BINSTRING => {
                let length = self.unsigned_byte(cx)?;
                self.load_counted_string(cx, length)
            }
            BINSTRING => match u64::try_from(self.signed_word(cx)?) {
                Ok(length) => self.load_counted_string(cx, length),
                Err(_) => Err(unpickling_error(cx, "BINSTRING pickle has negative byte count")),
            },
            UNICODE => {
                let mut line = self.input.line(cx)?;
                line.pop();
                let bytes = BytesObject::new(cx, &line);
                let text = str::codec::decode(cx, bytes.value(), "raw-unicode-escape", "strict")?;
                self.push(text);
                Ok(())
            }
            SHORT_BINUNICODE => {
                let length = self.unsigned_byte(cx)?;
                self.load_text(cx, length)
            }
            BINUNICODE => {
                let length = self.unsigned_word(cx)?;
                self.load_text(cx, length)
            }
            BINUNICODE8 => {
                let length = u64::from_le_bytes(self.bytes(cx)?);
                self.load_text(cx, length)
            }
            SHORT_BINBYTES => {
                let length = self.unsigned_byte(cx)?;
                self.load_bytes(cx, length)
            }
            BINBYTES => {
                let length = self.unsigned_word(cx)?;
                self.load_bytes(cx, length)
            }
            BINBYTES8 => {
                let length = u64::from_le_bytes(self.bytes(cx)?);
                self.load_bytes(cx, length)
            }
            BYTEARRAY8 => {
                let length = u64::from_le_bytes(self.bytes(cx)?);
                let length = self.checked_length(cx, length, "BYTEARRAY8")?;
                if length > isize::MAX as usize / 2 {
                    return Err(cx.raise(&MEMORY_ERROR, ""));
                }
                let data = self.input.read(cx, length, <[u8]>::to_vec)?;
                let array = ByteArrayObject::new(cx, &data);
                self.push(array);
                Ok(())
            }
            NEXT_BUFFER => self.load_next_buffer(cx),
            READONLY_BUFFER => self.load_readonly_buffer(cx),
            PERSID => self.load_named_object(cx),
            BINPERSID => {
                let number = self.pop(cx)?;
                self.load_persistent(cx, number)
            }
            GET => {
                let number = self.line_number(cx)?;
                self.push_remembered(cx, number)
            }
            PUT => {
                let number = self.line_number(cx)?;
                let top = self.top(cx)?;
                if number < 0 {
                    return Err(cx.value_error("negative PUT argument"));
                }
                self.remember(number, top);
                Ok(())
            }
            _ => self.step_build(cx, opcode),
        }
    }

    /// A line of digits, by the words of `int`.
    fn line_number(&self, cx: &mut Context) -> Result<i64> {
        let line = self.input.line(cx)?;
        if line.len() < 2 {
            return Err(truncated(cx));
        }
        let number = int_of(cx, &line, 10)?;
        int::as_i64(number.value()).ok_or_else(|| cx.overflow_error("Python int too large to convert to C ssize_t"))
    }

    fn load_int(&self, cx: &mut Context) -> Result<()> {
        let line = self.input.line(cx)?;
        if line.len() < 2 {
            return Err(truncated(cx));
        }
        let value = match &line[..] {
            b"00\n" => Owned::new(singleton::false_()),
            b"01\n" => Owned::new(singleton::true_()),
            _ => match int_of(cx, &line, 10) {
                Ok(number) => number,
                Err(_) if cx.swallow(&VALUE_ERROR) => {
                    return Err(cx.value_error("could not convert string to int"));
                }
                Err(raised) => return Err(raised),
            },
        };
        self.push(value);
        Ok(())
    }

    fn load_long(&self, cx: &mut Context) -> Result<()> {
        let mut line = self.input.line(cx)?;
        if line.len() < 2 {
            return Err(truncated(cx));
        }
        if line[line.len() - 2] == b'L' {
            line.truncate(line.len() - 2);
        }
        let number = int_of(cx, &line, 10)?;
        self.push(number);
        Ok(())
    }

    fn load_float(&self, cx: &mut Context) -> Result<()> {
        let line = self.input.line(cx)?;
        if line.len() < 2 {
            return Err(truncated(cx));
        }
        let text = StrObject::from_latin1(cx, &line);
        let plain = !line.contains(&b'_') && !line[0].is_ascii_whitespace();
        let number = match call::call(cx, float::FLOAT.value(), &[text.value()]) {
            Ok(number) if plain => number,
            Ok(_) => return Err(not_a_float(cx, &line)),
            Err(_) if cx.swallow(&VALUE_ERROR) => return Err(not_a_float(cx, &line)),
            Err(raised) => return Err(raised),
        };
        self.push(number);
        Ok(())
    }

    /// A number in two's complement, least byte first.
    fn load_signed(&self, cx: &mut Context, length: u64) -> Result<()> {
        if !self.input.may_have(length) {
            return Err(truncated(cx));
        }
        let bytes = self.input.read(cx, length as usize, <[u8]>::to_vec)?;
        let negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
        let mut limbs = Vec::with_capacity(bytes.len() / 8 + 1);
        for chunk in bytes.chunks(8) {
            let mut limb = [if negative { 0xFF } else { 0 }; 8];
            limb[..chunk.len()].copy_from_slice(chunk);
            limbs.push(u64::from_le_bytes(limb));
        }
        if negative {
            let mut carry = true;
            for limb in &mut limbs {
                let (sum, over) = (!*limb).overflowing_add(u64::from(carry));
                (*limb, carry) = (sum, over);
            }
            if carry {
                limbs.push(1);
            }
        }
        let number = int::from_limbs(cx, negative, int::kernel::trim(&limbs));
        self.push(number);
        Ok(())
    }

    /// A length that fits into memory.
    fn checked_length(&self, cx: &mut Context, length: u64, what: &str) -> Result<usize> {
        let Ok(fitting) = isize::try_from(length) else {
            let most = isize::MAX;
            return Err(cx.overflow_error(format!("{what} exceeds system's maximum size of {most} bytes")));
        };
        if fitting as usize > isize::MAX as usize / 2 && what != "BYTEARRAY8" {
            return Err(unpickling_error(cx, "read would overflow (invalid bytecode)"));
        }
        if what != "BYTEARRAY8" && !self.input.may_have(length) {
            return Err(truncated(cx));
        }
        Ok(fitting as usize)
    }

    fn load_text(&self, cx: &mut Context, length: u64) -> Result<()> {
        let length = self.checked_length(cx, length, "BINUNICODE")?;
        // What is not text of ours stays bytes, to be decoded with its lone surrogates.
        let made = self.input.read_object(cx, length, |cx, bytes| match std::str::from_utf8(bytes) {
            Ok(text) => StrObject::new(cx, text),
            Err(_) => BytesObject::new(cx, bytes),
        })?;
        let made = match str::is_str(made.value()) {
            true => made,
            false => str::codec::decode(cx, made.value(), "utf-8", "surrogatepass")?,
        };
        self.push(made);
        Ok(())
    }

    fn load_bytes(&self, cx: &mut Context, length: u64) -> Result<()> {
        let length = self.checked_length(cx, length, "BINBYTES")?;
        let bytes = self.input.read_object(cx, length, BytesObject::new)?;
        self.push(bytes);
        Ok(())
    }

    /// A string of Python 2: text in some encoding, or bytes.
    fn push_old_string(&self, cx: &mut Context, bytes: Owned) -> Result<()> {
        let (encoding, errors) = (self.encoding.borrow().clone(), self.errors.borrow().clone());
        let object =
            if encoding == "bytes" { bytes } else { str::codec::decode(cx, bytes.value(), &encoding, &errors)? };
        self.push(object);
        Ok(())
    }

    fn load_counted_string(&self, cx: &mut Context, length: u64) -> Result<()> {
        let length = self.checked_length(cx, length, "BINSTRING")?;
        let data = self.input.read(cx, length, <[u8]>::to_vec)?;
        let bytes = BytesObject::new(cx, &data);
        self.push_old_string(cx, bytes)
    }

    fn load_string(&self, cx: &mut Context) -> Result<()> {
        let mut line = self.input.line(cx)?;
        line.pop();
        let inner = match &line[..] {
            [first @ (b'\'' | b'"'), inner @ .., last] if first == last => inner,
            _ => return Err(unpickling_error(cx, "the STRING opcode argument must be quoted")),
        };
        let escaped = BytesObject::new(cx, inner);
        let codecs = import::module(cx, "_codecs")?;
        let pair = call::call_method(cx, codecs.value(), "escape_decode", &[escaped.value()])?;
        match pair.value().cast::<TupleObject>().map(TupleObject::as_slice) {
            Some([bytes, ..]) => self.push_old_string(cx, Owned::new(*bytes)),
            _ => Err(unpickling_error(cx, "the STRING opcode argument cannot be decoded")),
        }
    }

    fn load_next_buffer(&self, cx: &mut Context) -> Result<()> {
        let Some(buffers) = self.buffers.get() else {
            return Err(unpickling_error(
                cx,
                "pickle stream refers to out-of-band data but no *buffers* argument was given",
            ));
        };
        match iterate::next(cx, buffers.value())? {
            Some(buffer) => {
                self.push(buffer);
                Ok(())
            }
            None => Err(unpickling_error(cx, "not enough out-of-band buffers")),
        }
    }

    fn load_readonly_buffer(&self, cx: &mut Context) -> Result<()> {
        let buffer = self.top(cx)?;
        let kind = attribute_of_builtins(cx, "memoryview")?;
        let view = call::call(cx, kind.value(), &[buffer.value()])?;
        let readonly = attribute::get_text(cx, view.value(), "readonly")?;
        if !convert::truth(cx, readonly.value())? {
            let view = call::call_method(cx, view.value(), "toreadonly", &[])?;
            drop(self.pop(cx)?);
            self.push(view);
        }
        Ok(())
    }

    fn load_named_object(&self, cx: &mut Context) -> Result<()> {
        let mut line = self.input.line(cx)?;
        line.pop();
        if !line.is_ascii() {
            return Err(unpickling_error(cx, "persistent IDs in protocol 0 must be ASCII strings"));
        }
        let number = StrObject::from_latin1(cx, &line);
        self.load_persistent(cx, number)
    }

    fn load_persistent(&self, cx: &mut Context, number: Owned) -> Result<()> {
        let Some(function) = self.persistent_load.get() else { return Err(no_persistent_load(cx)) };
        let object = call::call(cx, function.value(), &[number.value()])?;
        self.push(object);
        Ok(())
    }
}

/// The error for an object of which only a number is in the pickle.
#[cold]
pub fn no_persistent_load(cx: &mut Context) -> sidewinder_runtime::Raised {
    unpickling_error(
        cx,
        "A load persistent id instruction was encountered, but no persistent_load function was specified.",
    )
}

/// What a builtin name stands for.
pub fn attribute_of_builtins(cx: &mut Context, name: &str) -> Result<Owned> {
    let builtins = import::module(cx, "builtins")?;
    attribute::get_text(cx, builtins.value(), name)
}

fn int_of(cx: &mut Context, digits: &[u8], base: i64) -> Result<Owned> {
    let text = StrObject::from_latin1(cx, digits);
    call::call(cx, INT_TYPE.value(), &[text.value(), Value::from_small_int(base)])
}

#[cold]
fn not_a_float(cx: &mut Context, line: &[u8]) -> sidewinder_runtime::Raised {
    let text = String::from_utf8_lossy(line).into_owned();
    cx.value_error(format!("could not convert string to float: '{text}'"))
}
