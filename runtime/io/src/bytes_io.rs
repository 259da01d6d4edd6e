//! `BytesIO`: a stream of bytes in memory.
//!
//! What the stream was made of, or gave out by `getvalue`, it shares until the next write.

use crate::base::{BUFFERED_IO_BASE, BufferedIoBase, Size};
use crate::calls::{closed_error, none};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::native::argument::WritableBuffer;
use sidewinder_runtime::native::{NativeObject, Traverse};
use sidewinder_runtime::objects::buffer::{Buffer, Exports, Request};
use sidewinder_runtime::objects::bytes::{BYTES, BytesObject};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::check_bytes;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{attribute, convert, iterate, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};

/// The bytes of a stream.
enum Content {
    Own(Vec<u8>),
    /// A `bytes`, which others may have too.
    Shared(Owned),
}

impl Default for Content {
    fn default() -> Content {
        Content::Own(Vec::new())
    }
}

/// A `bytes` refers to nothing.
impl Traverse for Content {
    fn release(&mut self, children: &mut Children<'_>) {
        if let Content::Shared(bytes) = std::mem::take(self) {
            children.push(bytes.into_raw());
        }
    }
}

impl Content {
    fn as_slice(&self) -> &[u8] {
        match self {
            Content::Own(bytes) => bytes,
            Content::Shared(bytes) => bytes.value().cast::<BytesObject>().map_or(&[], BytesObject::as_slice),
        }
    }

    /// The bytes, to be changed.
    fn own(&mut self) -> &mut Vec<u8> {
        if let Content::Shared(_) = self {
            *self = Content::Own(self.as_slice().to_vec());
        }
        match self {
            Content::Own(bytes) => bytes,
            Content::Shared(_) => unreachable!("just copied"),
        }
    }
}

/// Buffered I/O implementation using an in-memory bytes buffer.
#[native_type("_io.BytesIO", base, weakrefs, dict, iterator, extends = BufferedIoBase)]
#[derive(Traverse)]
pub struct BytesIo {
    content: RefCell<Content>,
    position: Cell<usize>,
    closed: Cell<bool>,
    #[plain]
    exports: Exports,
}

impl BytesIo {
    fn empty() -> BytesIo {
        BytesIo {
            content: RefCell::new(Content::default()),
            position: Cell::new(0),
            closed: Cell::new(false),
            exports: Exports::none(),
        }
    }

    #[inline]
    fn check(&self, cx: &mut Context) -> Result<()> {
        if self.closed.get() { Err(closed_error(cx)) } else { Ok(()) }
    }

    /// Takes up to `limit` bytes, and moves on.
    fn take(&self, cx: &mut Context, limit: Option<usize>) -> Owned {
        let content = self.content.borrow();
        let bytes = content.as_slice();
        let start = self.position.get().min(bytes.len());
        let end = limit.map_or(bytes.len(), |limit| start.saturating_add(limit).min(bytes.len()));
        if start < end {
            self.position.set(end);
        }
        if let (Content::Shared(whole), true) = (&*content, start == 0 && end == bytes.len()) {
            return whole.clone();
        }
        BytesObject::new(cx, &bytes[start..end])
    }

    /// Takes a line; empty at the end.
    #[inline]
    fn take_line(&self, cx: &mut Context, limit: Option<usize>) -> Owned {
        let content = self.content.borrow();
        let bytes = content.as_slice();
        let start = self.position.get().min(bytes.len());
        let rest = &bytes[start..];
        let rest = &rest[..limit.map_or(rest.len(), |limit| limit.min(rest.len()))];
        let line = &rest[..memchr::memchr(b'\n', rest).map_or(rest.len(), |place| place + 1)];
        if !line.is_empty() {
            self.position.set(start + line.len());
        }
        BytesObject::new(cx, line)
    }

    /// Writes at the position.
    fn put(&self, cx: &mut Context, bytes: &[u8]) -> Result<usize> {
        self.exports.check_resize(cx)?;
        if bytes.is_empty() {
            return Ok(0);
        }
        let position = self.position.get();
        check_bytes(cx, position.saturating_add(bytes.len()))?;
        let mut content = self.content.borrow_mut();
        let own = content.own();
        if position == own.len() {
            own.extend_from_slice(bytes);
        } else {
            if position > own.len() {
                own.resize(position, 0);
            }
            let overlap = bytes.len().min(own.len() - position);
            own[position..position + overlap].copy_from_slice(&bytes[..overlap]);
            own.extend_from_slice(&bytes[overlap..]);
        }
        self.position.set(position + bytes.len());
        Ok(bytes.len())
    }

    fn write_value(&self, cx: &mut Context, value: Value) -> Result<usize> {
        self.check(cx)?;
        self.exports.check_resize(cx)?;
        let buffer = Buffer::read(cx, value)?;
        // Granting the buffer may have run Python code.
        self.check(cx)?;
        self.put(cx, buffer.as_slice())
    }

    /// All bytes, as an object that the stream shares from now on.
    fn contents(&self, cx: &mut Context) -> Owned {
        let mut content = self.content.borrow_mut();
        if let Content::Shared(bytes) = &*content {
            return bytes.clone();
        }
        let bytes = BytesObject::new(cx, content.as_slice());
        if self.exports.count() == 0 {
            *content = Content::Shared(bytes.clone());
        }
        bytes
    }

    /// Starts anew with the bytes of an object.
    fn reset(&self, cx: &mut Context, initial: Option<Value>) -> Result<()> {
        self.exports.check_resize(cx)?;
        self.content.replace(Content::default());
        self.position.set(0);
        match initial {
            None => {}
            Some(bytes) if bytes.has_type(&BYTES) => {
                self.content.replace(Content::Shared(Owned::new(bytes)));
            }
            Some(other) => {
                self.write_value(cx, other)?;
                self.position.set(0);
            }
        }
        Ok(())
    }
}

#[methods]
impl BytesIo {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments) -> Result<Owned> {
        NativeObject::allocate(cx, class, BytesIo::empty())
    }

    #[init(name = "BytesIO")]
    fn init(
        &self,
        cx: &mut Context,
        #[named]
        #[default(None, "b''")]
        initial_bytes: Option<Value>,
    ) -> Result<()> {
        self.closed.set(false);
        self.reset(cx, initial_bytes)
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        self.check(cx)?;
        if self.position.get() >= self.content.borrow().as_slice().len() {
            return Ok(None);
        }
        Ok(Some(self.take_line(cx, None)))
    }

    /// Returns True if the IO object can be read.
    fn readable(&self, cx: &mut Context) -> Result<bool> {
        self.check(cx).map(|()| true)
    }

    /// Returns True if the IO object can be written.
    fn writable(&self, cx: &mut Context) -> Result<bool> {
        self.check(cx).map(|()| true)
    }

    /// Returns True if the IO object can be seeked.
    fn seekable(&self, cx: &mut Context) -> Result<bool> {
        self.check(cx).map(|()| true)
    }

    /// Disables the stream and lets go of its bytes.
    fn close(&self, cx: &mut Context) -> Result<()> {
        self.exports.check_resize(cx)?;
        self.content.replace(Content::default());
        self.closed.set(true);
        Ok(())
    }

    /// Does nothing: there is nothing to be flushed.
    fn flush(&self, cx: &mut Context) -> Result<()> {
        self.check(cx)
    }

    /// Always False.
    fn isatty(&self, cx: &mut Context) -> Result<bool> {
        self.check(cx).map(|()| false)
    }

    /// A view of the bytes through which they can be changed. Meanwhile they cannot be more or fewer.
    fn getbuffer(this: &NativeObject<BytesIo>, cx: &mut Context) -> Result<Owned> {
        this.check(cx)?;
        let lender = NativeObject::new(cx, BytesIoBuffer { source: this.to_owned_value() })?;
        let buffer = Buffer::get(cx, lender.value(), Request::WRITABLE)?;
        (cx.interpreter().hooks.memory_view)(cx, buffer)
    }

    /// All bytes.
    fn getvalue(&self, cx: &mut Context) -> Result<Owned> {
        self.check(cx)?;
        Ok(self.contents(cx))
    }

    /// The position.
    fn tell(&self, cx: &mut Context) -> Result<usize> {
        self.check(cx)?;
        Ok(self.position.get())
    }

    /// Reads up to so many bytes, by default all.
    fn read(&self, cx: &mut Context, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        self.check(cx)?;
        Ok(self.take(cx, size.limit()))
    }

    /// Reads up to so many bytes, by default all.
    fn read1(&self, cx: &mut Context, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        self.check(cx)?;
        Ok(self.take(cx, size.limit()))
    }

    /// A line, or the part of one that the size allows; nothing at the end.
    fn readline(&self, cx: &mut Context, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        self.check(cx)?;
        Ok(self.take_line(cx, size.limit()))
    }

    /// The lines, until they hold `size` bytes.
    fn readlines(&self, cx: &mut Context, #[default(Size::ALL, "None")] size: Size) -> Result<Owned> {
        self.check(cx)?;
        let (mut lines, mut length) = (Vec::new(), 0);
        loop {
            let before = self.position.get();
            let line = self.take_line(cx, None);
            let taken = self.position.get() - before;
            if taken == 0 {
                break;
            }
            lines.push(line);
            length += taken as i64;
            if size.0 > 0 && length >= size.0 {
                break;
            }
        }
        Ok(ListObject::new(cx, lines))
    }

    /// Reads into a buffer; how many bytes.
    fn readinto(&self, cx: &mut Context, buffer: WritableBuffer) -> Result<usize> {
        self.check(cx)?;
        let content = self.content.borrow();
        let bytes = content.as_slice();
        let start = self.position.get().min(bytes.len());
        let rest = &bytes[start..];
        let count = rest.len().min(buffer.0.len());
        // The buffer may be a part of the stream's own bytes.
        // SAFETY: (buffer 1) both are that long; the content does not move while it is borrowed.
        unsafe { std::ptr::copy(rest.as_ptr(), buffer.0.pointer(), count) };
        self.position.set(self.position.get() + count);
        Ok(count)
    }

    /// Cuts the stream, by default at the position, which stays.
    fn truncate(&self, cx: &mut Context, #[default(None)] size: Option<Value>) -> Result<i64> {
        self.check(cx)?;
        self.exports.check_resize(cx)?;
        let size = match size {
            Some(size) => convert::c_long(cx, size)?,
            None => self.position.get() as i64,
        };
        let Ok(length) = usize::try_from(size) else {
            return Err(cx.value_error(format!("negative size value {size}")));
        };
        if length < self.content.borrow().as_slice().len() {
            self.content.borrow_mut().own().truncate(length);
        }
        Ok(size)
    }

    /// Changes the position, counted from the start (whence 0), from where it is (1) or from the end (2).
    fn seek(
        &self,
        cx: &mut Context,
        pos: sidewinder_runtime::native::Index,
        #[default(0)] whence: i32,
    ) -> Result<usize> {
        self.check(cx)?;
        let pos = pos.0;
        let base = match whence {
            0 if pos < 0 => return Err(cx.value_error(format!("negative seek value {pos}"))),
            0 => 0,
            1 => self.position.get() as i64,
            2 => self.content.borrow().as_slice().len() as i64,
            _ => return Err(cx.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
        };
        let Some(position) = base.checked_add(pos) else {
            return Err(cx.overflow_error("new position too large"));
        };
        self.position.set(position.max(0) as usize);
        Ok(self.position.get())
    }

    /// Writes bytes; how many.
    fn write(&self, cx: &mut Context, b: Value) -> Result<usize> {
        self.write_value(cx, b)
    }

    /// Writes each of the lines.
    fn writelines(&self, cx: &mut Context, lines: Value) -> Result<()> {
        self.check(cx)?;
        let iterator = iterate::get_iter(cx, lines)?;
        while let Some(line) = iterate::next(cx, iterator.value())? {
            self.write_value(cx, line.value())?;
        }
        Ok(())
    }

    #[method(name = "__getstate__")]
    fn get_state(this: &NativeObject<BytesIo>, cx: &mut Context) -> Result<Owned> {
        this.check(cx)?;
        let value = this.contents(cx);
        let position = int::from_usize(cx, this.position.get());
        let attributes = copied_attributes(cx, NativeObject::value(this))?;
        Ok(TupleObject::from_owned(cx, vec![value, position, attributes]))
    }

    #[method(name = "__setstate__")]
    fn set_state(this: &NativeObject<BytesIo>, cx: &mut Context, object: Value) -> Result<()> {
        let state = object.cast::<TupleObject>().map(TupleObject::as_slice).filter(|state| state.len() >= 3);
        let Some(&[value, position, attributes, ..]) = state else {
            let (kind, found) = (NativeObject::value(this).type_of().name(), object.type_of().name());
            let message = format!("{kind}.__setstate__ argument should be 3-tuple, got {found}");
            return Err(cx.type_error(message));
        };
        this.check(cx)?;
        this.reset(cx, Some(value))?;
        if !int::is_int_like(position) {
            let found = position.type_of().name();
            return Err(cx.type_error(format!("second item of state must be an integer, not {found}")));
        }
        let Ok(place) = usize::try_from(int::as_i64(position).unwrap_or(-1)) else {
            return Err(cx.value_error("position value cannot be negative"));
        };
        this.position.set(place);
        restore_attributes(cx, NativeObject::value(this), attributes)
    }

    #[method(name = "__sizeof__")]
    fn size_of(&self) -> usize {
        let own = match &*self.content.borrow() {
            Content::Own(bytes) => bytes.capacity(),
            Content::Shared(bytes) => {
                BytesObject::len(bytes.value().cast::<BytesObject>().expect("shared bytes are bytes")) + 33
            }
        };
        size_of::<NativeObject<BytesIo>>() + own
    }

    /// True if the stream is closed.
    #[get]
    fn closed(&self) -> bool {
        self.closed.get()
    }
}

/// The attributes of a stream for its state, or `None`.
pub fn copied_attributes(cx: &mut Context, object: Value) -> Result<Owned> {
    let own = attribute::own_dict(cx, object)?;
    match own.value().cast::<DictObject>() {
        Some(own) if own.entry_count() > 0 => Ok(own.copy(cx)),
        _ => Ok(none()),
    }
}

/// Sets the attributes of a state that `__getstate__` gave.
pub fn restore_attributes(cx: &mut Context, object: Value, attributes: Value) -> Result<()> {
    if attributes == singleton::none() {
        return Ok(());
    }
    let Some(attributes) = attributes.cast::<DictObject>() else {
        let found = attributes.type_of().name();
        return Err(cx.type_error(format!("third item of state should be a dict, got a {found}")));
    };
    let own = attribute::own_dict(cx, object)?;
    for index in 0..attributes.entry_count() {
        let Some((key, value)) = attributes.entry(index) else { continue };
        let (key, value) = (Owned::new(key), Owned::new(value));
        subscript::set_item(cx, own.value(), key.value(), value.value())?;
    }
    Ok(())
}

/// What `getbuffer` shows the bytes through.
#[native_type("_io._BytesIOBuffer")]
#[derive(Traverse)]
pub struct BytesIoBuffer {
    source: Owned,
}

impl BytesIoBuffer {
    fn stream<'a>(value: Value) -> Option<&'a NativeObject<BytesIo>> {
        value.cast::<NativeObject<BytesIoBuffer>>()?.source.value().cast()
    }
}

#[methods]
impl BytesIoBuffer {
    #[slot(buffer)]
    fn lend(this: Value, cx: &mut Context, _request: Request) -> Result<Buffer> {
        let Some(stream) = BytesIoBuffer::stream(this) else { return Err(closed_error(cx)) };
        let mut content = stream.content.borrow_mut();
        let bytes = content.own();
        stream.exports.add();
        let release = |owner| {
            if let Some(stream) = BytesIoBuffer::stream(owner) {
                stream.exports.remove();
            }
        };
        // SAFETY: (buffer 1) the stream keeps its bytes where they are while there are exports.
        Ok(unsafe { Buffer::new(this, bytes.as_mut_ptr(), bytes.len(), false, Some(release)) })
    }
}
