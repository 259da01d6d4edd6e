//! Objects to bytes.

use super::{DEPTH_MAX, kind};
use sidewinder_bytecode::serialise;
use sidewinder_runtime::heap::owned;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::exception::STOP_ITERATION;
use sidewinder_runtime::objects::float::complex::{self, COMPLEX};
use sidewinder_runtime::objects::int::{self, big::Integer};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::set::{FROZENSET, SET, operations};
use sidewinder_runtime::objects::slice::SliceObject;
use sidewinder_runtime::objects::str::{StrObject, codec};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{float, singleton, str};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::collections::HashMap;

/// Bits of a digit of a long integer.
const DIGIT_BITS: u32 = 15;

/// The bytes of an object in a version of the format.
pub fn write(cx: &mut Context, value: Value, version: i32, allow_code: bool) -> Result<Vec<u8>> {
    let mut writer =
        Writer { bytes: Vec::new(), version, allow_code, depth: 0, seen: HashMap::new(), open_slices: Vec::new() };
    writer.object(cx, value)?;
    Ok(writer.bytes)
}

struct Writer {
    bytes: Vec<u8>,
    version: i32,
    allow_code: bool,
    depth: u32,
    /// The numbers of objects that occur more than once, with a count so that no other object takes their place.
    seen: HashMap<u64, (u32, Owned)>,
    /// Slices that are being written: nothing in them can be read back as them.
    open_slices: Vec<Value>,
}

impl Writer {
    fn number(&mut self, number: i32) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    fn length(&mut self, cx: &mut Context, length: usize) -> Result<()> {
        match i32::try_from(length) {
            Ok(length) => {
                self.number(length);
                Ok(())
            }
            Err(_) => Err(unmarshallable(cx)),
        }
    }

    fn object(&mut self, cx: &mut Context, value: Value) -> Result<()> {
        if self.depth >= DEPTH_MAX {
            return Err(cx.value_error("object too deeply nested to marshal"));
        }
        cx.check_native_stack("")?;
        self.depth += 1;
        let result = self.unguarded(cx, value);
        self.depth -= 1;
        result
    }

    fn unguarded(&mut self, cx: &mut Context, value: Value) -> Result<()> {
        let single = [
            (singleton::none(), kind::NONE),
            (singleton::false_(), kind::FALSE),
            (singleton::true_(), kind::TRUE),
            (singleton::ellipsis(), kind::ELLIPSIS),
            (STOP_ITERATION.value(), kind::STOP_ITERATION),
        ];
        if let Some((_, kind)) = single.iter().find(|(single, _)| *single == value) {
            self.bytes.push(*kind);
            return Ok(());
        }
        if self.open_slices.contains(&value) {
            return Err(unmarshallable(cx));
        }
        let Some(shared) = self.reference(value) else { return Ok(()) };
        if int::is_exact(value) {
            self.int(shared, value);
            Ok(())
        } else if let Some(number) = float::as_f64(value).filter(|_| value.is_float() || value.has_type(&float::FLOAT))
        {
            self.float(cx, shared, [kind::FLOAT, kind::BINARY_FLOAT], &[number])
        } else if value.has_type(&COMPLEX) {
            let number = complex::as_complex(value).unwrap_or(complex::Complex { real: 0.0, imaginary: 0.0 });
            let parts = [number.real, number.imaginary];
            self.float(cx, shared, [kind::COMPLEX, kind::BINARY_COMPLEX], &parts)
        } else if let Some(bytes) = value.cast_exact::<BytesObject>() {
            self.bytes.push(kind::BYTES | shared);
            self.block(cx, bytes.as_slice())
        } else if let Some(text) = value.cast_exact::<StrObject>() {
            self.text(cx, shared, text)
        } else {
            self.container(cx, shared, value)
        }
    }

    /// The bit for the object's first byte; none if it was written before, and a reference to that now.
    fn reference(&mut self, value: Value) -> Option<u8> {
        if self.version < 3 || owned::count(value) == Some(1) || !value.is_pointer() {
            return Some(0);
        }
        let next = self.seen.len() as u32;
        match self.seen.entry(value.0) {
            std::collections::hash_map::Entry::Occupied(entry) => {
                self.bytes.push(kind::REFERENCE);
                let number = entry.get().0;
                self.bytes.extend_from_slice(&number.to_le_bytes());
                None
            }
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert((next, Owned::new(value)));
                Some(kind::SHARED)
            }
        }
    }

    fn int(&mut self, shared: u8, value: Value) {
        if let Some(number) = int::as_i64(value).and_then(|number| i32::try_from(number).ok()) {
            self.bytes.push(kind::INT | shared);
            return self.number(number);
        }
        let Some(integer) = Integer::of(value) else { return };
        let magnitude = integer.magnitude();
        let bits = integer.bit_length();
        let count = bits.div_ceil(DIGIT_BITS as u64);
        self.bytes.push(kind::LONG | shared);
        self.number(if integer.negative { -(count as i32) } else { count as i32 });
        for digit in 0..count {
            let (limb, shift) = ((digit * DIGIT_BITS as u64 / 64) as usize, digit * DIGIT_BITS as u64 % 64);
            let next = magnitude.get(limb + 1).copied().unwrap_or(0);
            let wide = magnitude[limb] as u128 | (next as u128) << 64;
            let digit = (wide >> shift) as u16 & ((1 << DIGIT_BITS) - 1);
            self.bytes.extend_from_slice(&digit.to_le_bytes());
        }
    }

    /// Floats as text or, in newer versions, as they are.
    fn float(&mut self, cx: &mut Context, shared: u8, kinds: [u8; 2], parts: &[f64]) -> Result<()> {
        self.bytes.push(kinds[(self.version > 1) as usize] | shared);
        for part in parts {
            if self.version > 1 {
                self.bytes.extend_from_slice(&part.to_le_bytes());
                continue;
            }
            let (value, spec) = (float::from_f64(cx, *part), StrObject::new(cx, ".17g"));
            let text = convert::format(cx, value.value(), spec.value())?;
            let text = str::text(text.value()).unwrap_or_default();
            self.bytes.push(text.len() as u8);
            self.bytes.extend_from_slice(text.as_bytes());
        }
        Ok(())
    }

    fn block(&mut self, cx: &mut Context, bytes: &[u8]) -> Result<()> {
        self.length(cx, bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn text(&mut self, cx: &mut Context, shared: u8, text: &StrObject) -> Result<()> {
        let interned = text.interned.get();
        if let Some(ascii) = text.as_ascii().filter(|_| self.version >= 4) {
            let is_short = ascii.len() < 256;
            let kind = match (is_short, interned) {
                (true, true) => kind::SHORT_ASCII_INTERNED,
                (true, false) => kind::SHORT_ASCII,
                (false, true) => kind::ASCII_INTERNED,
                (false, false) => kind::ASCII,
            };
            self.bytes.push(kind | shared);
            if is_short {
                self.bytes.push(ascii.len() as u8);
                self.bytes.extend_from_slice(ascii.as_bytes());
                return Ok(());
            }
            return self.block(cx, ascii.as_bytes());
        }
        let encoded = codec::encode(cx, Value::from_pointer(text), "utf-8", "surrogatepass")?;
        let kind = if interned && self.version >= 3 { kind::INTERNED } else { kind::UNICODE };
        self.bytes.push(kind | shared);
        let encoded = encoded.value().cast::<BytesObject>().map(BytesObject::as_slice).unwrap_or_default();
        self.block(cx, encoded)
    }

    fn container(&mut self, cx: &mut Context, shared: u8, value: Value) -> Result<()> {
        if let Some(tuple) = value.cast_exact::<TupleObject>() {
            match u8::try_from(tuple.len()) {
                Ok(length) if self.version >= 4 => self.bytes.extend([kind::SMALL_TUPLE | shared, length]),
                _ => {
                    self.bytes.push(kind::TUPLE | shared);
                    self.length(cx, tuple.len())?;
                }
            }
            return tuple.as_slice().iter().try_for_each(|item| self.object(cx, *item));
        }
        if let Some(list) = value.cast_exact::<ListObject>() {
            let length = list.len();
            self.bytes.push(kind::LIST | shared);
            self.length(cx, length)?;
            for index in 0..length {
                // Writing another object may run Python, which may shorten the list.
                let Some(item) = list.get(index).map(Owned::new) else { return Err(unmarshallable(cx)) };
                self.object(cx, item.value())?;
            }
            return Ok(());
        }
        if let Some(dict) = value.cast_exact::<DictObject>() {
            self.bytes.push(kind::DICT | shared);
            let mut position = 0;
            while position < dict.entry_count() {
                if let Some((key, value)) = dict.entry(position) {
                    let (key, value) = (Owned::new(key), Owned::new(value));
                    self.object(cx, key.value())?;
                    self.object(cx, value.value())?;
                }
                position += 1;
            }
            self.bytes.push(kind::NULL);
            return Ok(());
        }
        if value.has_type(&SET) || value.has_type(&FROZENSET) {
            return self.set(cx, shared, value);
        }
        if let Some(code) = value.cast_exact::<CodeObject>() {
            if !self.allow_code {
                return Err(cx.value_error("marshalling code objects is disallowed"));
            }
            self.bytes.push(kind::CODE | shared);
            return self.block(cx, &serialise::write(&code.data));
        }
        if let Some(slice) = value.cast_exact::<SliceObject>().filter(|_| self.version >= 5) {
            self.bytes.push(kind::SLICE | shared);
            self.open_slices.push(value);
            let parts = [slice.start, slice.stop, slice.step];
            let written = parts.into_iter().try_for_each(|part| self.object(cx, part));
            self.open_slices.pop();
            return written;
        }
        match Buffer::read(cx, value) {
            Ok(buffer) => {
                self.bytes.push(kind::BYTES | shared);
                self.block(cx, buffer.as_slice())
            }
            Err(_) => {
                drop(cx.take_pending());
                Err(unmarshallable(cx))
            }
        }
    }

    /// The elements in the order of their bytes, so that equal sets have the same.
    fn set(&mut self, cx: &mut Context, shared: u8, value: Value) -> Result<()> {
        let Some(set) = operations::cast(value) else { return Err(unmarshallable(cx)) };
        self.bytes.push(if value.has_type(&SET) { kind::SET } else { kind::FROZENSET } | shared);
        let mut elements: Vec<Owned> = Vec::new();
        let mut position = 0;
        while let Some((entry, next)) = set.next_entry(position) {
            elements.push(Owned::new(entry.key));
            position = next;
        }
        self.length(cx, elements.len())?;
        let mut pairs: Vec<(Vec<u8>, Owned)> = Vec::new();
        for element in elements {
            pairs.push((write(cx, element.value(), self.version, self.allow_code)?, element));
        }
        pairs.sort_by(|one, other| one.0.cmp(&other.0));
        pairs.iter().try_for_each(|(_, element)| self.object(cx, element.value()))
    }
}

fn unmarshallable(cx: &mut Context) -> Raised {
    cx.value_error("unmarshallable object")
}
