//! `str`: an immutable sequence of code points, one, two or four bytes each, always the narrowest that fits.
//!
//! **Invariants**
//! 1. `kind` is the narrowest of 1, 2, 4 that holds every code point; `ascii` says whether all are below 0x80. So two
//!    equal strings have the same kind and the same bytes.
//! 2. The data follow the fixed part directly; the object owns `grains * 16` bytes of memory in all, which may be more
//!    than the data need (`concat_in_place` over-allocates).
//! 3. Contents change only in `concat_in_place`, while nobody else can see the string.
//! 4. Lone surrogates are ordinary code points.
//!
//! Not here: methods (in the builtins crate), iterators (`objects/iterator.rs`).

pub mod build;
pub mod codec;
pub mod compare;
pub mod concat;
pub mod hash;
pub mod index;
pub mod intern;
pub mod names;
pub mod new;
pub mod percent;
pub mod repr;
pub mod search;
pub mod slots;
pub mod unicode;
pub mod units;

use crate::context::{Context, Result};
use crate::heap::{Header, Owned};
use crate::objects::type_object::{TypeObject, flags};
use crate::value::Value;
use std::borrow::Cow;
use std::cell::Cell;
use units::{CodePoints, Units};

pub use build::StrBuilder;
pub use compare::{equal, equals_text};
pub use concat::{concat, concat_in_place, join, repeat};
pub use index::{character, substring};
pub use intern::{intern, intern_value};
pub use slots::STR;

/// The fixed part of a string; the code points follow.
#[repr(C)]
pub struct StrObject {
    pub header: Header,
    /// The hash, or 0 when it was not computed yet.
    pub hash: Cell<i64>,
    /// Number of code points.
    pub length: Cell<usize>,
    /// Bytes of a code point: 1, 2 or 4.
    pub kind: Cell<u8>,
    pub ascii: Cell<bool>,
    /// Whether the interpreter's table of interned strings refers to this object.
    pub interned: Cell<bool>,
    reserved: Cell<u8>,
    /// Size of the object's memory in units of 16 bytes.
    grains: Cell<u32>,
}

/// Where the code points start.
pub const DATA_OFFSET: usize = size_of::<StrObject>();
/// Bytes in a unit of `StrObject::grains`.
const GRAIN: usize = crate::heap::allocate::CELL_GRAIN;
/// Most bytes of a string's data, so that `grains` can express it.
pub const DATA_BYTES_MAX: usize = (1 << 36) - 4096;
/// Requests from this size on are tried out with the operating system first, so that they can fail politely.
const PROBE_BYTES: usize = 1 << 28;

// Compiled code reads these fields by offset.
const _: () = assert!(std::mem::offset_of!(StrObject, hash) == 16);
const _: () = assert!(std::mem::offset_of!(StrObject, length) == 24);
const _: () = assert!(std::mem::offset_of!(StrObject, kind) == 32);
const _: () = assert!(DATA_OFFSET == 40);

crate::object_type!(StrObject, STR);

/// The string that `value` is, if its type is `str` or a subclass.
#[inline(always)]
pub fn cast<'a>(value: Value) -> Option<&'a StrObject> {
    if value.is_pointer() && !value.is_unbound() && value.heap_type().has_flag(flags::STR) {
        // SAFETY: (heap 2) an object of a subtype of `str` starts with a `StrObject`.
        Some(unsafe { value.cast_unchecked() })
    } else {
        None
    }
}

/// Whether `value` is an instance of `str` or of a subclass.
#[inline(always)]
pub fn is_str(value: Value) -> bool {
    cast(value).is_some()
}

/// The text of a string; `None` for values of other types. Surrogates become U+FFFD.
pub fn text<'a>(value: Value) -> Option<Cow<'a, str>> {
    cast(value).map(StrObject::as_text)
}

/// Bytes of a code point in a string whose largest code point is as wide as `bound`.
#[inline(always)]
pub fn kind_for(bound: u32) -> u8 {
    match bound {
        0..0x100 => 1,
        0x100..0x1_0000 => 2,
        _ => 4,
    }
}

/// An error unless `bytes` of data can be had.
pub fn check_bytes(cx: &mut Context, bytes: usize) -> Result<()> {
    if bytes < PROBE_BYTES || bytes <= DATA_BYTES_MAX && operating_system_has(bytes) {
        return Ok(());
    }
    Err(cx.raise(&crate::objects::exception::MEMORY_ERROR, ""))
}

#[cold]
fn operating_system_has(bytes: usize) -> bool {
    // SAFETY: a fresh anonymous mapping that is taken back at once.
    unsafe {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let mode = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let memory = libc::mmap(std::ptr::null_mut(), bytes, protection, mode, -1, 0);
        memory != libc::MAP_FAILED && libc::munmap(memory, bytes) == 0
    }
}

impl StrObject {
    /// A string with the given text.
    pub fn new(cx: &mut Context, text: &str) -> Owned {
        if text.is_ascii() {
            return StrObject::from_latin1_known(cx, text.as_bytes(), true);
        }
        // Of the bytes that start a character the largest says how wide the widest one is.
        let length = text.bytes().filter(|byte| *byte as i8 >= -0x40).count();
        let bound = match text.bytes().fold(0, u8::max) {
            0..0xC4 => 0xFF,
            0xC4..0xF0 => 0xFFFF,
            _ => 0x10_FFFF,
        };
        let object = StrObject::allocate(cx, kind_for(bound), false, length);
        // SAFETY: (str 2) the object has room for `length` units of its kind.
        unsafe {
            let data = object.data_mut();
            match object.kind.get() {
                1 => text.chars().enumerate().for_each(|(index, point)| *data.add(index) = point as u8),
                2 => text.chars().enumerate().for_each(|(index, point)| *(data as *mut u16).add(index) = point as u16),
                _ => text.chars().enumerate().for_each(|(index, point)| *(data as *mut u32).add(index) = point as u32),
            }
        }
        object.finished(cx)
    }

    /// A string with the given code points, each at most 0x10FFFF.
    pub fn from_code_points(cx: &mut Context, points: &[u32]) -> Owned {
        StrObject::from_units(cx, Units::Four(points))
    }

    /// A string with the given characters below 0x100.
    pub fn from_latin1(cx: &mut Context, bytes: &[u8]) -> Owned {
        StrObject::from_latin1_known(cx, bytes, bytes.is_ascii())
    }

    /// Like `from_latin1`, for a caller who knows whether the bytes are ASCII.
    #[inline]
    pub fn from_latin1_known(cx: &mut Context, bytes: &[u8], ascii: bool) -> Owned {
        match bytes {
            [] => return Owned::new(cx.interpreter().interned.empty()),
            [byte] => return character(cx, *byte as u32),
            _ => {}
        }
        let object = StrObject::allocate(cx, 1, ascii, bytes.len());
        // SAFETY: (str 2) there is room for the bytes; a new object does not overlap them.
        unsafe { units::copy_bytes(bytes.as_ptr(), object.data_mut(), bytes.len()) };
        Owned::from_raw(Value::from_pointer(object))
    }

    /// A string with the given code points, stored in the narrowest form.
    pub fn from_units(cx: &mut Context, units: Units<'_>) -> Owned {
        let bound = units.bound();
        if let Units::One(bytes) = units {
            return StrObject::from_latin1_known(cx, bytes, bound < 0x80);
        }
        let object = StrObject::allocate(cx, kind_for(bound), bound < 0x80, units.len());
        // SAFETY: (str 2) the object has room for all units of its kind, which is wide enough by `bound`.
        unsafe { units.write(object.data_mut(), object.kind.get()) };
        object.finished(cx)
    }

    /// A copy of characters below 0x100 after a change in place, which makes them ASCII or not, as `ascii` says.
    #[inline]
    pub fn from_latin1_changed(cx: &mut Context, bytes: &[u8], ascii: bool, change: impl FnOnce(&mut [u8])) -> Owned {
        if let [byte] = bytes {
            let mut changed = [*byte];
            change(&mut changed);
            return character(cx, changed[0] as u32);
        }
        if bytes.is_empty() {
            return Owned::new(cx.interpreter().interned.empty());
        }
        let object = StrObject::allocate(cx, 1, ascii, bytes.len());
        // SAFETY: (str 2) there is room for the bytes; (str 3) nobody else sees the new object.
        unsafe {
            units::copy_bytes(bytes.as_ptr(), object.data_mut(), bytes.len());
            change(std::slice::from_raw_parts_mut(object.data_mut(), bytes.len()));
        }
        debug_assert!(object.as_bytes().is_ascii() == ascii);
        Owned::from_raw(Value::from_pointer(object))
    }

    /// `head` and `text` of characters below 0x100, with runs of `fill` before, between and behind them.
    pub fn from_latin1_padded(
        cx: &mut Context,
        ascii: bool,
        [head, text]: [&[u8]; 2],
        fill: u8,
        [before, between, behind]: [usize; 3],
    ) -> Owned {
        let object = StrObject::allocate(cx, 1, ascii, before + head.len() + between + text.len() + behind);
        // SAFETY: (str 2) the new object has room for all of them.
        unsafe {
            let mut target = object.data_mut();
            for (count, part) in [(before, head), (between, text), (behind, &[])] {
                if count > 0 {
                    units::fill_bytes(target, fill, count);
                    target = target.add(count);
                }
                if !part.is_empty() {
                    units::copy_bytes(part.as_ptr(), target, part.len());
                    target = target.add(part.len());
                }
            }
        }
        debug_assert!(object.as_bytes().is_ascii() == ascii);
        object.finished(cx)
    }

    /// Memory for a string of `length` code points, to be filled by the caller before anybody sees it.
    #[inline]
    pub fn allocate(cx: &mut Context, kind: u8, ascii: bool, length: usize) -> &'static StrObject {
        let grains = (DATA_OFFSET + length * kind as usize).div_ceil(GRAIN);
        let header = cx.heap.allocate(&STR.object, grains * GRAIN, false);
        // SAFETY: (heap 3) fresh memory of that size.
        unsafe { StrObject::write_fields(header, kind, ascii, length, grains) }
    }

    /// Memory for an instance of `class`, a subclass of `str`, holding a copy of `source`.
    pub fn new_of_class(cx: &mut Context, class: &'static TypeObject, source: &StrObject) -> Owned {
        let basic = class.basic_bytes.get() as usize;
        let kind = source.kind.get();
        let data_bytes = source.length.get() * kind as usize;
        let grains = (DATA_OFFSET + data_bytes).max(basic).div_ceil(GRAIN);
        let header = crate::objects::instance::allocate(cx, class, grains * GRAIN);
        // SAFETY: (heap 3) fresh memory of that size.
        unsafe {
            let object = StrObject::write_fields(header, kind, source.ascii.get(), source.length.get(), grains);
            std::ptr::copy_nonoverlapping(source.data(), object.data_mut(), data_bytes);
            Owned::from_raw(Value::from_pointer(object))
        }
    }

    /// # Safety
    /// `header` starts `grains * GRAIN` bytes of memory with a valid header.
    #[inline(always)]
    unsafe fn write_fields(
        header: *mut Header,
        kind: u8,
        ascii: bool,
        length: usize,
        grains: usize,
    ) -> &'static StrObject {
        let object = header as *mut StrObject;
        // SAFETY: the caller's promise.
        unsafe {
            (&raw mut (*object).hash).write(Cell::new(0));
            (&raw mut (*object).length).write(Cell::new(length));
            (&raw mut (*object).kind).write(Cell::new(kind));
            (&raw mut (*object).ascii).write(Cell::new(ascii));
            (&raw mut (*object).interned).write(Cell::new(false));
            (&raw mut (*object).reserved).write(Cell::new(0));
            (&raw mut (*object).grains).write(Cell::new(grains as u32));
            &*object
        }
    }

    /// The only reference to a string just filled; the empty string and single latin-1 characters are replaced by
    /// the shared ones.
    pub fn finished(&self, cx: &mut Context) -> Owned {
        let value = Owned::from_raw(Value::from_pointer(self));
        match self.length.get() {
            0 => Owned::new(cx.interpreter().interned.empty()),
            1 if self.kind.get() == 1 => character(cx, self.code_point(0)),
            _ => value,
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length.get()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.length.get() == 0
    }

    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.ascii.get()
    }

    #[inline(always)]
    fn data(&self) -> *const u8 {
        // SAFETY: (str 2) the data follow the fixed part.
        unsafe { (self as *const StrObject as *const u8).add(DATA_OFFSET) }
    }

    /// The data, for filling a new string.
    #[inline(always)]
    pub fn data_mut(&self) -> *mut u8 {
        self.data() as *mut u8
    }

    /// The bytes of the data, in the machine's order.
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: (str 2) that many bytes of data exist.
        unsafe { std::slice::from_raw_parts(self.data(), self.length.get() * self.kind.get() as usize) }
    }

    /// The code points, as a slice of the string's own unit.
    #[inline(always)]
    pub fn units(&self) -> Units<'_> {
        let length = self.length.get();
        // SAFETY: (str 2) the data hold `length` units of the string's kind, and are aligned for any of them.
        unsafe {
            match self.kind.get() {
                1 => Units::One(std::slice::from_raw_parts(self.data(), length)),
                2 => Units::Two(std::slice::from_raw_parts(self.data() as *const u16, length)),
                _ => Units::Four(std::slice::from_raw_parts(self.data() as *const u32, length)),
            }
        }
    }

    /// The code point at `index`, which must be below the length.
    #[inline(always)]
    pub fn code_point(&self, index: usize) -> u32 {
        debug_assert!(index < self.length.get());
        // SAFETY: (str 2) the index is inside the data.
        unsafe {
            match self.kind.get() {
                1 => *self.data().add(index) as u32,
                2 => *(self.data() as *const u16).add(index) as u32,
                _ => *(self.data() as *const u32).add(index),
            }
        }
    }

    /// The code points in order.
    pub fn code_points(&self) -> CodePoints<'_> {
        self.units().code_points()
    }

    /// The text of an ASCII string.
    #[inline(always)]
    pub fn as_ascii(&self) -> Option<&str> {
        // SAFETY: (str 1) ASCII strings have one byte for each code point, below 0x80.
        self.ascii.get().then(|| unsafe { std::str::from_utf8_unchecked(self.as_bytes()) })
    }

    /// The text; surrogates become U+FFFD.
    pub fn as_text<'a>(&'a self) -> Cow<'a, str> {
        match self.as_ascii() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(
                self.code_points().map(|point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER)).collect(),
            ),
        }
    }

    /// Whether any code point is a surrogate, which no valid UTF-8 can express.
    pub fn has_surrogates(&self) -> bool {
        self.kind.get() > 1 && self.code_points().any(|point| (0xD800..0xE000).contains(&point))
    }

    /// Bytes of memory behind the fixed part.
    fn capacity_bytes(&self) -> usize {
        self.grains.get() as usize * GRAIN - DATA_OFFSET
    }

    /// Whether `value`, this string, is of exact type `str`.
    #[inline(always)]
    pub fn is_exact(&self) -> bool {
        std::ptr::eq(self.header.type_pointer, &STR.object)
    }

    /// A new reference to this string itself if its type is `str`, else a copy of that type.
    pub fn to_exact(&self, cx: &mut Context) -> Owned {
        if self.is_exact() { Owned::new(Value::from_pointer(self)) } else { StrObject::from_units(cx, self.units()) }
    }
}
