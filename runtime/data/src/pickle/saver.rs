//! The writer of pickles: what it remembers, and the pickles of objects of builtin types.

mod containers;
pub mod global;
mod reduce;

use super::buffer::PickleBuffer;
use super::opcode::*;
use super::output::{FRAME_BYTES_TARGET, Output};
use super::state::{self, Tools, pickling_error, type_text};
use sidewinder_macros::Traverse;
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::bytes::bytearray::{BYTEARRAY, ByteArrayObject};
use sidewinder_runtime::objects::function::FUNCTION;
use sidewinder_runtime::objects::int::big::Integer;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::objects::{bytes, dict, exception, float, int, list, set, singleton, tuple};
use sidewinder_runtime::operations::{attribute, call, convert, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

pub const PROTOCOL_MAX: i64 = 5;

/// Depth from which on a pickler without a memo looks for cycles.
const FAST_DEPTH_MAX: usize = 50;

/// Where in a list an object is, by its word: open addressing, with room for twice as many.
#[derive(Default)]
struct Places {
    /// The word, zero if the slot is free, and the place.
    slots: Vec<(u64, usize)>,
    count: usize,
}

/// Slots of the smallest table.
const PLACES_MIN: usize = 64;

impl Places {
    /// The slot of a word, or the free one where it belongs. There is a free one.
    #[inline(always)]
    fn slot(&self, word: u64) -> usize {
        let mask = self.slots.len() - 1;
        // Addresses differ in few bits, which the product spreads to the upper ones.
        let mut slot = (word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        while self.slots[slot].0 != word && self.slots[slot].0 != 0 {
            slot = (slot + 1) & mask;
        }
        slot
    }

    #[inline(always)]
    fn get(&self, word: u64) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let (found, place) = self.slots[self.slot(word)];
        (found == word).then_some(place)
    }

    /// Notes the place of a word that has none yet.
    fn insert(&mut self, word: u64, place: usize) {
        if self.slots.len() <= self.count * 2 {
            let size = (self.slots.len() * 4).max(PLACES_MIN);
            let old = std::mem::replace(&mut self.slots, vec![(0, 0); size]);
            for (word, place) in old.into_iter().filter(|(word, _)| *word != 0) {
                let slot = self.slot(word);
                self.slots[slot] = (word, place);
            }
        }
        let slot = self.slot(word);
        self.slots[slot] = (word, place);
        self.count += 1;
    }
}

/// The objects that were pickled, which are kept alive, and the numbers by which the pickle calls them.
#[derive(Traverse, Default)]
pub struct Memo {
    /// By the object's word: where it is in the list.
    #[plain]
    places: Places,
    pub entries: Vec<(i64, Owned)>,
}

impl Memo {
    #[inline]
    pub fn get(&self, object: Value) -> Option<i64> {
        self.places.get(object.0).map(|place| self.entries[place].0)
    }

    pub fn put(&mut self, number: i64, object: Owned) {
        let word = object.value().0;
        match self.places.get(word) {
            Some(place) => self.entries[place].0 = number,
            None => {
                self.places.insert(word, self.entries.len());
                self.entries.push((number, object));
            }
        }
    }
}

/// A writer. A `Pickler` has one for all its life, `dumps` for one pickle.
#[derive(Traverse, Default)]
pub struct Saver {
    /// The method of the file; `dumps` has none.
    pub write: Field,
    pub dispatch_table: Field,
    pub buffer_callback: Field,
    /// What a subclass of `Pickler`, or an attribute, says of single objects.
    pub persistent_id: Field,
    pub reducer_override: Field,
    pub memo: RefCell<Memo>,
    #[plain]
    pub output: RefCell<Output>,
    pub protocol: Cell<i64>,
    /// Whether there is no memo.
    pub fast: Cell<i64>,
    pub fix_imports: Cell<bool>,
    fast_depth: Cell<usize>,
    #[plain]
    fast_active: RefCell<HashSet<u64>>,
}

/// What a constructor or function is told of the pickle.
pub struct Options {
    pub protocol: Option<Value>,
    pub fix_imports: bool,
    pub buffer_callback: Option<Value>,
}

impl Saver {
    /// Sets what the options say.
    pub fn configure(&self, cx: &mut Context, options: &Options) -> Result<()> {
        let mut protocol = match options.protocol {
            None => PROTOCOL_MAX,
            Some(value) => {
                let number = convert::index(cx, value)?;
                int::as_i64(number.value())
                    .ok_or_else(|| cx.overflow_error("Python int too large to convert to C long"))?
            }
        };
        if protocol < 0 {
            protocol = PROTOCOL_MAX;
        }
        if protocol > PROTOCOL_MAX {
            return Err(cx.value_error(format!("pickle protocol must be <= {PROTOCOL_MAX}")));
        }
        if options.buffer_callback.is_some() && protocol < 5 {
            return Err(cx.value_error("buffer_callback needs protocol >= 5"));
        }
        self.protocol.set(protocol);
        self.fix_imports.set(options.fix_imports && protocol < 3);
        self.buffer_callback.set(options.buffer_callback.map(Owned::new));
        Ok(())
    }

    /// Sets the file that pickles are written to.
    pub fn set_file(&self, cx: &mut Context, file: Value) -> Result<()> {
        match attribute::get_text_optional(cx, file, "write")? {
            Some(write) => {
                self.write.set(Some(write));
                Ok(())
            }
            None => Err(cx.type_error("file must have a 'write' attribute")),
        }
    }

    fn is_binary(&self) -> bool {
        self.protocol.get() > 0
    }

    #[inline]
    fn put(&self, data: &[u8]) {
        self.output.borrow_mut().write(data);
    }

    #[inline]
    fn op(&self, opcode: u8) {
        self.output.borrow_mut().push(opcode);
    }

    /// One whole pickle; what it wrote is in the output, or went to the file.
    pub fn dump(&self, cx: &mut Context, object: Value) -> Result<()> {
        let done = self.dump_parts(cx, object);
        self.output.borrow_mut().framing = false;
        self.fast_depth.set(0);
        if done.is_err() {
            self.output.borrow_mut().reset();
        }
        done
    }

    fn dump_parts(&self, cx: &mut Context, object: Value) -> Result<()> {
        let protocol = self.protocol.get();
        if protocol >= 2 {
            self.put(&[PROTO, protocol as u8]);
            self.output.borrow_mut().framing = protocol >= 4;
        }
        self.save(cx, object, true)?;
        self.op(STOP);
        self.output.borrow_mut().commit();
        self.flush(cx)
    }

    /// Gives the file what was written so far.
    fn flush(&self, cx: &mut Context) -> Result<()> {
        let Some(write) = self.write.get() else { return Ok(()) };
        let bytes = self.output.borrow_mut().take();
        let bytes = BytesObject::new(cx, &bytes);
        call::call(cx, write.value(), &[bytes.value()]).map(drop)
    }

    /// A complete frame is ended between two instructions.
    fn boundary(&self, cx: &mut Context) -> Result<()> {
        let full = self.output.borrow().is_full();
        if full {
            self.output.borrow_mut().commit();
            self.flush(cx)?;
        }
        Ok(())
    }

    /// Writes an instruction with bytes, which are outside of frames if there are many.
    fn put_bytes(&self, cx: &mut Context, header: &[u8], data: &[u8], payload: Option<Value>) -> Result<()> {
        if data.len() < FRAME_BYTES_TARGET {
            let mut output = self.output.borrow_mut();
            output.write(header);
            output.write(data);
            return Ok(());
        }
        let framing = {
            let mut output = self.output.borrow_mut();
            output.commit();
            std::mem::replace(&mut output.framing, false)
        };
        self.put(header);
        if let Some(write) = self.write.get() {
            self.flush(cx)?;
            let payload = match payload {
                Some(payload) => Owned::new(payload),
                None => BytesObject::new(cx, data),
            };
            call::call(cx, write.value(), &[payload.value()])?;
        } else {
            self.put(data);
        }
        self.output.borrow_mut().framing = framing;
        Ok(())
    }

    fn remembered(&self, object: Value) -> Option<i64> {
        self.memo.borrow().get(object)
    }

    /// Writes an instruction that gets an object by its number.
    fn put_get(&self, number: i64) {
        if !self.is_binary() {
            self.put(format!("{}{number}\n", GET as char).as_bytes());
        } else if let Ok(number) = u8::try_from(number) {
            self.put(&[BINGET, number]);
        } else {
            self.op(LONG_BINGET);
            self.put(&(number as u32).to_le_bytes());
        }
    }

    /// Remembers an object, and writes an instruction that does so when the pickle is read.
    fn memoize(&self, object: Value) {
        if self.fast.get() != 0 {
            return;
        }
        let number = {
            let mut memo = self.memo.borrow_mut();
            let number = memo.entries.len() as i64;
            memo.put(number, Owned::new(object));
            number
        };
        if self.protocol.get() >= 4 {
            self.op(MEMOIZE);
        } else if !self.is_binary() {
            self.put(format!("{}{number}\n", PUT as char).as_bytes());
        } else if let Ok(number) = u8::try_from(number) {
            self.put(&[BINPUT, number]);
        } else {
            self.op(LONG_BINPUT);
            self.put(&(number as u32).to_le_bytes());
        }
    }

    /// Writes an object, which may be told by a persistent number unless that is itself being written.
    pub fn save(&self, cx: &mut Context, object: Value, persistent: bool) -> Result<()> {
        self.boundary(cx)?;
        if persistent && self.save_persistent(cx, object)? {
            return Ok(());
        }
        if object == singleton::none() {
            self.op(NONE);
            return Ok(());
        }
        if let Some(truth) = singleton::as_bool(object) {
            self.save_bool(truth);
            return Ok(());
        }
        if int::is_exact(object) {
            return self.save_int(cx, object);
        }
        if object.is_float() || object.has_type(&float::FLOAT) {
            return self.save_float(cx, object);
        }
        if let Some(number) = self.remembered(object) {
            self.put_get(number);
            return Ok(());
        }
        if object.has_type(&bytes::BYTES) {
            return self.save_bytes(cx, object);
        }
        if object.has_type(&str::STR) {
            return self.save_str(cx, object);
        }
        cx.check_native_stack(" while pickling an object")?;
        self.save_other(cx, object)
    }

    /// Objects that may hold others.
    fn save_other(&self, cx: &mut Context, object: Value) -> Result<()> {
        if object.has_type(&dict::DICT) {
            return self.save_dict(cx, object);
        }
        if object.has_type(&list::LIST) {
            return self.save_list(cx, object);
        }
        if object.has_type(&tuple::TUPLE) {
            return self.save_tuple(cx, object);
        }
        if object.has_type(&set::SET) {
            return self.save_set(cx, object);
        }
        if object.has_type(&set::FROZENSET) {
            return self.save_frozenset(cx, object);
        }
        if object.has_type(&BYTEARRAY) {
            return self.save_bytearray(cx, object);
        }
        if let Some(buffer) = object.cast_exact::<NativeObject<PickleBuffer>>() {
            return self.save_buffer(cx, object, buffer);
        }
        if let Some(function) = self.reducer_override.get() {
            let reduced = call::call(cx, function.value(), &[object])?;
            if reduced.value() != singleton::not_implemented() {
                return self.save_reduced(cx, object, reduced);
            }
        }
        if object.has_type(&TYPE) {
            return self.save_type(cx, object);
        }
        if object.has_type(&FUNCTION) {
            return self.save_global(cx, object, None);
        }
        let Some(reduced) = self.reduce(cx, object)? else { return self.save_global(cx, object, None) };
        self.save_reduced(cx, object, reduced)
    }

    /// What the object says it is made of; none if it is a class.
    fn reduce(&self, cx: &mut Context, object: Value) -> Result<Option<Owned>> {
        let kind = object.type_of();
        let function = match self.dispatch_table.get() {
            None => {
                let tools = state::tools(cx)?;
                dict::of(tools.dispatch_table.value()).get(cx, kind.value())?.map(Owned::new)
            }
            Some(table) => match subscript::get_item(cx, table.value(), kind.value()) {
                Ok(found) => Some(found),
                Err(_) if cx.swallow(&exception::KEY_ERROR) => None,
                Err(raised) => return Err(raised),
            },
        };
        if let Some(function) = function {
            return call::call(cx, function.value(), &[object]).map(Some);
        }
        if kind.is_subtype(&TYPE) {
            return Ok(None);
        }
        if let Some(method) = attribute::get_text_optional(cx, object, "__reduce_ex__")? {
            let protocol = Value::from_small_int(self.protocol.get());
            return call::call(cx, method.value(), &[protocol]).map(Some);
        }
        if let Some(method) = attribute::get_text_optional(cx, object, "__reduce__")? {
            return call::call(cx, method.value(), &[]).map(Some);
        }
        let kind = type_text(cx, object);
        Err(pickling_error(cx, format!("Can't pickle {kind} object")))
    }

    /// Writes a persistent number, if there is one for the object.
    fn save_persistent(&self, cx: &mut Context, object: Value) -> Result<bool> {
        let Some(function) = self.persistent_id.get() else { return Ok(false) };
        let number = call::call(cx, function.value(), &[object])?;
        if number.value() == singleton::none() {
            return Ok(false);
        }
        if self.is_binary() {
            self.save(cx, number.value(), false)?;
            self.op(BINPERSID);
            return Ok(true);
        }
        let text = convert::str(cx, number.value())?;
        match str::cast(text.value()).and_then(StrObject::as_ascii) {
            Some(text) => {
                self.put(format!("{}{text}\n", PERSID as char).as_bytes());
                Ok(true)
            }
            None => Err(pickling_error(cx, "persistent IDs in protocol 0 must be ASCII strings")),
        }
    }

    fn save_bool(&self, truth: bool) {
        match (self.protocol.get() >= 2, truth) {
            (true, true) => self.op(NEWTRUE),
            (true, false) => self.op(NEWFALSE),
            (false, true) => self.put(b"I01\n"),
            (false, false) => self.put(b"I00\n"),
        }
    }

    fn save_int(&self, cx: &mut Context, object: Value) -> Result<()> {
        if let Some(number) = int::as_i64(object).and_then(|number| i32::try_from(number).ok()) {
            if !self.is_binary() {
                self.put(format!("{}{number}\n", INT as char).as_bytes());
            } else if let Ok(number) = u8::try_from(number) {
                self.put(&[BININT1, number]);
            } else if let Ok(number) = u16::try_from(number) {
                let [low, high] = number.to_le_bytes();
                self.put(&[BININT2, low, high]);
            } else {
                let [a, b, c, d] = number.to_le_bytes();
                self.put(&[BININT, a, b, c, d]);
            }
            return Ok(());
        }
        if self.protocol.get() < 2 {
            let text = convert::repr(cx, object)?;
            let text = str::text(text.value()).unwrap_or_default();
            self.put(format!("{}{text}L\n", LONG as char).as_bytes());
            return Ok(());
        }
        let bytes = signed_bytes(object);
        match u8::try_from(bytes.len()) {
            Ok(length) => self.put(&[LONG1, length]),
            Err(_) => match i32::try_from(bytes.len()) {
                Ok(length) => {
                    self.op(LONG4);
                    self.put(&length.to_le_bytes());
                }
                Err(_) => return Err(cx.overflow_error("int too large to pickle")),
            },
        }
        self.put(&bytes);
        Ok(())
    }

    fn save_float(&self, cx: &mut Context, object: Value) -> Result<()> {
        if self.is_binary() {
            let number = float::as_f64(object).unwrap_or_default();
            let mut output = self.output.borrow_mut();
            output.push(BINFLOAT);
            output.write(&number.to_be_bytes());
            return Ok(());
        }
        let text = convert::repr(cx, object)?;
        let text = str::text(text.value()).unwrap_or_default();
        self.put(format!("{}{text}\n", FLOAT as char).as_bytes());
        Ok(())
    }

    /// Bytes before protocol 3 are what their class or `codecs.encode` makes.
    fn save_bytes(&self, cx: &mut Context, object: Value) -> Result<()> {
        let data = bytes::like(object).unwrap_or_default();
        if self.protocol.get() >= 3 {
            return self.save_bytes_data(cx, object, data, Some(object));
        }
        if data.is_empty() {
            let reduced = [Owned::new(bytes::BYTES.value()), Owned::new(tuple::empty())];
            return self.save_parts(cx, object, reduced.into());
        }
        let tools = state::tools(cx)?;
        let text = StrObject::from_latin1(cx, data);
        let encoding = str::intern(cx, "latin1");
        let arguments = TupleObject::pair(cx, text, encoding);
        self.save_parts(cx, object, vec![tools.encode.clone(), arguments])
    }

    fn save_bytes_data(&self, cx: &mut Context, object: Value, data: &[u8], payload: Option<Value>) -> Result<()> {
        if let Ok(length) = u8::try_from(data.len()) {
            let mut output = self.output.borrow_mut();
            output.write(&[SHORT_BINBYTES, length]);
            output.write(data);
            drop(output);
            self.memoize(object);
            return Ok(());
        }
        let mut header = Vec::with_capacity(9);
        if let Ok(length) = u32::try_from(data.len()) {
            header.push(BINBYTES);
            header.extend(length.to_le_bytes());
        } else if self.protocol.get() >= 4 {
            header.push(BINBYTES8);
            header.extend((data.len() as u64).to_le_bytes());
        } else {
            return Err(
                cx.overflow_error("serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher")
            );
        }
        self.put_bytes(cx, &header, data, payload)?;
        self.memoize(object);
        Ok(())
    }

    fn save_bytearray(&self, cx: &mut Context, object: Value) -> Result<()> {
        let data = object.cast::<ByteArrayObject>().map(|array| array.as_slice().to_vec()).unwrap_or_default();
        if self.protocol.get() >= 5 {
            return self.save_bytearray_data(cx, object, &data, Some(object));
        }
        let arguments = if data.is_empty() {
            Owned::new(tuple::empty())
        } else {
            let bytes = BytesObject::new(cx, &data);
            TupleObject::from_owned(cx, vec![bytes])
        };
        self.save_parts(cx, object, vec![Owned::new(BYTEARRAY.value()), arguments])
    }

    fn save_bytearray_data(&self, cx: &mut Context, object: Value, data: &[u8], payload: Option<Value>) -> Result<()> {
        let mut header = vec![BYTEARRAY8];
        header.extend((data.len() as u64).to_le_bytes());
        self.put_bytes(cx, &header, data, payload)?;
        self.memoize(object);
        Ok(())
    }

    fn save_buffer(&self, cx: &mut Context, object: Value, buffer: &PickleBuffer) -> Result<()> {
        if self.protocol.get() < 5 {
            return Err(pickling_error(cx, "PickleBuffer can only be pickled with protocol >= 5"));
        }
        let Some((data, readonly)) = buffer.bytes(cx)? else {
            return Err(pickling_error(cx, "PickleBuffer can not be pickled when pointing to a non-contiguous buffer"));
        };
        if let Some(callback) = self.buffer_callback.get() {
            let in_band = call::call(cx, callback.value(), &[object])?;
            if !convert::truth(cx, in_band.value())? {
                self.op(NEXT_BUFFER);
                if readonly {
                    self.op(READONLY_BUFFER);
                }
                return Ok(());
            }
        }
        if readonly {
            self.save_bytes_data(cx, object, &data, None)
        } else {
            self.save_bytearray_data(cx, object, &data, None)
        }
    }

    fn save_str(&self, cx: &mut Context, object: Value) -> Result<()> {
        let Some(text) = str::cast(object) else { return Ok(()) };
        if !self.is_binary() {
            self.op(UNICODE);
            self.put(&raw_escaped(text));
            self.op(b'\n');
            self.memoize(object);
            return Ok(());
        }
        let encoded;
        let data = match text.as_ascii() {
            Some(ascii) => ascii.as_bytes(),
            None => {
                encoded = utf8(text);
                &encoded
            }
        };
        if let Ok(length) = u8::try_from(data.len())
            && self.protocol.get() >= 4
        {
            let mut output = self.output.borrow_mut();
            output.write(&[SHORT_BINUNICODE, length]);
            output.write(data);
            drop(output);
            self.memoize(object);
            return Ok(());
        }
        let mut header = Vec::with_capacity(9);
        match (u8::try_from(data.len()), u32::try_from(data.len())) {
            (_, Ok(length)) => {
                header.push(BINUNICODE);
                header.extend(length.to_le_bytes());
            }
            _ if self.protocol.get() >= 4 => {
                header.push(BINUNICODE8);
                header.extend((data.len() as u64).to_le_bytes());
            }
            _ => {
                return Err(
                    cx.overflow_error("serializing a string larger than 4 GiB requires pickle protocol 4 or higher")
                );
            }
        }
        self.put_bytes(cx, &header, data, None)?;
        self.memoize(object);
        Ok(())
    }

    /// Without a memo, an object that holds itself is found by its depth.
    fn enter_fast(&self, cx: &mut Context, object: Value) -> Result<bool> {
        if self.fast.get() == 0 {
            return Ok(false);
        }
        self.fast_depth.set(self.fast_depth.get() + 1);
        if self.fast_depth.get() > FAST_DEPTH_MAX && !self.fast_active.borrow_mut().insert(object.0) {
            let kind = object.type_of().name();
            return Err(cx.value_error(format!(
                "fast mode: can't pickle cyclic objects including object type {kind} at {:#x}",
                object.0
            )));
        }
        Ok(true)
    }

    fn leave_fast(&self, object: Value, entered: bool) {
        if entered {
            self.fast_active.borrow_mut().remove(&object.0);
            self.fast_depth.set(self.fast_depth.get().saturating_sub(1));
        }
    }

    fn tools(&self, cx: &mut Context) -> Result<Rc<Tools>> {
        state::tools(cx)
    }
}

/// The number in two's complement, least byte first, without needless bytes.
fn signed_bytes(object: Value) -> Vec<u8> {
    let Some(number) = Integer::of(object) else { return Vec::new() };
    let mut bytes: Vec<u8> = number.magnitude().iter().flat_map(|limb| limb.to_le_bytes()).collect();
    bytes.push(0);
    if int::is_negative(object) {
        let mut carry = true;
        for byte in &mut bytes {
            let (sum, over) = (!*byte).overflowing_add(u8::from(carry));
            (*byte, carry) = (sum, over);
        }
    }
    let sign = bytes.last().copied().unwrap_or(0);
    while let [.., before, last] = bytes[..]
        && last == sign
        && (before & 0x80) == (sign & 0x80)
    {
        bytes.pop();
    }
    bytes
}

/// UTF-8, in which lone surrogates are encoded like other characters.
fn utf8(text: &StrObject) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut position = 0;
    while let Some(encoded) = text.units().from(position).encode_utf8(&mut bytes) {
        position += encoded;
        let point = text.code_point(position);
        bytes.extend([0xE0 | (point >> 12) as u8, 0x80 | (point >> 6 & 0x3F) as u8, 0x80 | (point & 0x3F) as u8]);
        position += 1;
    }
    bytes
}

/// Latin-1, in which other characters, and those that end a line or an escape, are escaped.
fn raw_escaped(text: &StrObject) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for point in text.code_points() {
        match point {
            0x10000.. => bytes.extend(format!("\\U{point:08x}").bytes()),
            0x100.. | 0x5C | 0 | 0x0A | 0x0D | 0x1A => bytes.extend(format!("\\u{point:04x}").bytes()),
            _ => bytes.push(point as u8),
        }
    }
    bytes
}
