//! The buffer protocol: memory of an object that others read or write in place.
//!
//! A type grants it by its slot `buffer`. While a `Buffer` lives, its exporter neither moves nor frees the memory:
//! immutable objects never do, and objects that can be resized count their exports and refuse to be
//! (`Exports::check_resize`).

use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::heap::teardown::Children;
use crate::native::Traverse;
use crate::objects::bytes::{BytesObject, slots::bytes_like_required};
use crate::objects::exception::BUFFER_ERROR;
use crate::value::Value;
use std::borrow::Cow;
use std::cell::Cell;

/// What somebody wants of a buffer; the bits are those of `inspect.BufferFlags`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request(pub i32);

impl Request {
    /// A run of bytes to be read.
    pub const SIMPLE: Request = Request(0);
    /// A run of bytes to be written.
    pub const WRITABLE: Request = Request(1);
    /// Items with a format.
    pub const FORMAT: Request = Request(4);
    /// Several dimensions, items next to each other.
    pub const DIMENSIONS: Request = Request(8);
    /// Any distance between items.
    pub const STRIDES: Request = Request(0x18);
    /// The last index varies fastest.
    pub const C_CONTIGUOUS: Request = Request(0x38);
    /// The first index varies fastest.
    pub const FORTRAN_CONTIGUOUS: Request = Request(0x58);
    /// Either order.
    pub const ANY_CONTIGUOUS: Request = Request(0x98);
    /// Anything, to be read.
    pub const FULL_READ: Request = Request(0x11C);

    /// Whether all bits of `other` are asked for.
    pub fn has(self, other: Request) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Shape and strides where they do not follow from length and item size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dimensions {
    /// Items in each dimension.
    pub shape: Vec<isize>,
    /// Bytes from one item to the next in each dimension.
    pub strides: Vec<isize>,
}

/// Memory of an object, for as long as this lives.
pub struct Buffer {
    owner: Owned,
    pointer: *mut u8,
    length: usize,
    readonly: bool,
    item_size: usize,
    format: Cow<'static, str>,
    dimensions: Option<Box<Dimensions>>,
    release: Option<fn(Value)>,
}

impl Buffer {
    /// A run of unsigned bytes in `owner`. `release` is told when it is no longer used.
    ///
    /// # Safety
    /// Until then `pointer` leads to `length` bytes that stay where they are (buffer 1), and that may be written unless
    /// the buffer is read-only. Of no bytes, it may be anything.
    #[inline]
    pub unsafe fn new(
        owner: Value,
        pointer: *mut u8,
        length: usize,
        readonly: bool,
        release: Option<fn(Value)>,
    ) -> Buffer {
        let pointer = if length == 0 { std::ptr::NonNull::dangling().as_ptr() } else { pointer };
        let format = Cow::Borrowed("B");
        Buffer { owner: Owned::new(owner), pointer, length, readonly, item_size: 1, format, dimensions: None, release }
    }

    /// The same memory as items of another format, whose size divides the length.
    pub fn with_items(mut self, format: impl Into<Cow<'static, str>>, item_size: usize) -> Buffer {
        self.format = format.into();
        self.item_size = item_size;
        self
    }

    /// The buffer that `value` grants; a `TypeError` if it is not bytes-like.
    pub fn get(cx: &mut Context, value: Value, request: Request) -> Result<Buffer> {
        match value.type_of().slots().buffer {
            Some(function) => function(cx, value, request),
            None => Err(bytes_like_required(cx, value)),
        }
    }

    /// The bytes of a bytes-like object, to be read.
    #[inline]
    pub fn read(cx: &mut Context, value: Value) -> Result<Buffer> {
        Buffer::get(cx, value, Request::SIMPLE)
    }

    /// A copy of the bytes of all items of a bytes-like object, wherever they are, the last index varying fastest; `None`
    /// for any other object.
    pub fn copy_optional(cx: &mut Context, value: Value) -> Result<Option<Vec<u8>>> {
        if !is_exporter(value) {
            return Ok(None);
        }
        let buffer = Buffer::get(cx, value, Request::FULL_READ)?;
        let Some(Dimensions { shape, strides }) = buffer.dimensions() else {
            return Ok(Some(buffer.as_slice().to_vec()));
        };
        let mut offsets = vec![0];
        for (length, stride) in shape.iter().zip(strides) {
            offsets =
                offsets.into_iter().flat_map(|from| (0..*length).map(move |index| from + index * stride)).collect();
        }
        let mut bytes = Vec::with_capacity(buffer.length);
        for offset in offsets {
            // SAFETY: (buffer 1) every item of the shape lies within the memory.
            let item = unsafe { std::slice::from_raw_parts(buffer.pointer.offset(offset), buffer.item_size) };
            bytes.extend_from_slice(item);
        }
        Ok(Some(bytes))
    }

    /// The bytes of a bytes-like object; `None` for any other.
    pub fn read_optional(cx: &mut Context, value: Value) -> Result<Option<Buffer>> {
        if is_exporter(value) { Buffer::read(cx, value).map(Some) } else { Ok(None) }
    }

    /// What the buffer belongs to.
    pub fn owner(&self) -> Value {
        self.owner.value()
    }

    /// The first byte of the memory; with negative strides the first item may be elsewhere.
    pub fn pointer(&self) -> *mut u8 {
        self.pointer
    }

    /// Bytes of all items.
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    pub fn is_readonly(&self) -> bool {
        self.readonly
    }

    /// Bytes of an item.
    pub fn item_size(&self) -> usize {
        self.item_size
    }

    /// The format of an item, as the module `struct` has it.
    pub fn format(&self) -> &Cow<'static, str> {
        &self.format
    }

    /// Shape and strides, if the buffer is not a plain row of items.
    pub fn dimensions(&self) -> Option<&Dimensions> {
        self.dimensions.as_deref()
    }

    /// The same memory in another shape.
    ///
    /// # Safety
    /// Every item of the shape lies within the memory, the first at `pointer` (buffer 1).
    pub unsafe fn with_dimensions(mut self, pointer: *mut u8, length: usize, dimensions: Dimensions) -> Buffer {
        self.pointer = pointer;
        self.length = length;
        self.dimensions = Some(Box::new(dimensions));
        self
    }

    /// The bytes, of a buffer that was asked for without strides. A short borrow: whoever runs Python code reads anew.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: (buffer 1) that many bytes lie there.
        unsafe { std::slice::from_raw_parts(self.pointer, self.length) }
    }

    /// The bytes, to be written at once, of a buffer that was asked for with `Request::WRITABLE`.
    #[allow(clippy::mut_from_ref)]
    pub fn as_mut_slice(&self) -> &mut [u8] {
        assert!(!self.readonly, "a buffer that is written was asked for as writable");
        // SAFETY: (buffer 1) that many bytes lie there and may be written; borrows are short and do not overlap.
        unsafe { std::slice::from_raw_parts_mut(self.pointer, self.length) }
    }
}

impl Drop for Buffer {
    #[inline]
    fn drop(&mut self) {
        if let Some(release) = self.release {
            release(self.owner.value());
        }
    }
}

impl Traverse for Buffer {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.owner.value());
    }

    /// Tells the owner that the memory is no longer used, and gives it up.
    fn release(&mut self, children: &mut Children<'_>) {
        if let Some(release) = self.release.take() {
            release(self.owner.value());
        }
        self.owner.release(children);
    }
}

/// Whether objects of the value's type grant buffers.
#[inline]
pub fn is_exporter(value: Value) -> bool {
    value.type_of().slots().buffer.is_some()
}

/// The error for a buffer that must not be written.
#[cold]
pub fn not_writable(cx: &mut Context) -> Raised {
    cx.raise(&BUFFER_ERROR, "Object is not writable.")
}

/// The number of buffers that somebody holds of an object.
#[derive(Default)]
pub struct Exports(Cell<usize>);

impl Exports {
    pub const fn none() -> Exports {
        Exports(Cell::new(0))
    }

    pub fn count(&self) -> usize {
        self.0.get()
    }

    pub fn add(&self) {
        self.0.set(self.0.get() + 1);
    }

    pub fn remove(&self) {
        self.0.set(self.0.get() - 1);
    }

    /// An error if a buffer keeps the memory where it is.
    #[inline]
    pub fn check_resize(&self, cx: &mut Context) -> Result<()> {
        if self.0.get() == 0 { Ok(()) } else { Err(cannot_resize(cx)) }
    }
}

#[cold]
fn cannot_resize(cx: &mut Context) -> Raised {
    cx.raise(&BUFFER_ERROR, "Existing exports of data: object cannot be re-sized")
}

/// The slot of `bytes`.
pub fn of_bytes(cx: &mut Context, value: Value, request: Request) -> Result<Buffer> {
    if request.has(Request::WRITABLE) {
        return Err(not_writable(cx));
    }
    // SAFETY: (slots 1) the slot of this type.
    let bytes = unsafe { value.cast_unchecked::<BytesObject>() }.as_slice();
    // SAFETY: (buffer 1), (bytes 1) the content never changes and lives as long as its owner.
    Ok(unsafe { Buffer::new(value, bytes.as_ptr() as *mut u8, bytes.len(), true, None) })
}
