//! What `BufferedReader`, `BufferedWriter` and `BufferedRandom` have in common: the buffer, where it lies in the raw
//! stream, the lock, and the calls of the raw stream.
//!
//! The buffer is taken out of its cell while the raw stream is called, so that nothing is borrowed then. Whoever comes
//! back meanwhile finds the lock taken: the same thread gets an error, others wait.

pub mod pair;
pub mod read;
pub mod types;
pub mod write;

use crate::base::is_terminal;
use crate::calls::{
    boolean, call_method, name_text, none, os_error, raise_chained, repr_text, set_aside, set_flag, truth_of,
    uninitialized,
};
use crate::file::{self, FileIo};
use sidewinder_macros::Traverse;
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::{ByteArrayObject, BytesObject};
use sidewinder_runtime::objects::{exception, int, singleton};
use sidewinder_runtime::operations::{attribute, convert};
use sidewinder_runtime::threads::wait::Lock;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::{Cell, RefCell};

pub use types::{BufferedRandom, BufferedReader, BufferedWriter, of};

/// Whether a stream can be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Ready,
    Detached,
}

/// A buffer on a raw stream. Positions are places in the buffer; -1 is none.
#[derive(Traverse)]
pub struct Buffered {
    raw: Field,
    #[plain]
    stage: Cell<Stage>,
    readable: bool,
    writable: bool,
    finalizing: Cell<bool>,
    /// Where the raw stream is, if known.
    absolute: Cell<i64>,
    /// Where the stream is.
    position: Cell<i64>,
    /// Where the raw stream is.
    raw_position: Cell<i64>,
    /// The end of what was read.
    read_end: Cell<i64>,
    /// Start and end of what is to be written.
    write_start: Cell<i64>,
    write_end: Cell<i64>,
    #[plain]
    buffer: RefCell<Vec<u8>>,
    size: Cell<usize>,
    #[plain]
    lock: Lock,
    owner: Cell<u64>,
}

/// The lock of a stream, while it is held.
pub struct Entered<'a>(&'a Buffered);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.owner.set(0);
        self.0.lock.release();
    }
}

/// What the raw stream is asked to fill.
enum Target<'a> {
    /// The buffer, from a place on.
    Own(usize),
    Slice(&'a mut [u8]),
}

impl Buffered {
    /// A stream that `__init__` was not called on yet.
    pub fn new(readable: bool, writable: bool) -> Buffered {
        Buffered {
            raw: Field::empty(),
            stage: Cell::new(Stage::New),
            readable,
            writable,
            finalizing: Cell::new(false),
            absolute: Cell::new(-1),
            position: Cell::new(0),
            raw_position: Cell::new(0),
            read_end: Cell::new(-1),
            write_start: Cell::new(0),
            write_end: Cell::new(-1),
            buffer: RefCell::default(),
            size: Cell::new(0),
            lock: Lock::new(),
            owner: Cell::new(0),
        }
    }

    /// `__init__`
    pub fn start(&self, cx: &mut Context, raw: Value, size: i64) -> Result<()> {
        self.stage.set(Stage::New);
        if size <= 0 {
            return Err(cx.value_error("buffer size must be strictly positive"));
        }
        sidewinder_runtime::objects::str::check_bytes(cx, size as usize)?;
        self.raw.set(Some(Owned::new(raw)));
        self.size.set(size as usize);
        self.buffer.replace(Vec::new());
        self.read_end.set(-1);
        self.reset_write();
        self.position.set(0);
        self.raw_position.set(0);
        self.absolute.set(-1);
        self.stage.set(Stage::Ready);
        self.forget_position(cx);
        Ok(())
    }

    /// Asks the raw stream where it is; it may not know.
    fn forget_position(&self, cx: &mut Context) {
        if self.ask_position(cx).is_err() {
            self.absolute.set(-1);
            drop(cx.take_pending());
        }
    }

    /// The raw stream; an error if there is none.
    #[inline]
    pub fn raw(&self, cx: &mut Context) -> Result<Owned> {
        match (self.stage.get(), self.raw.get()) {
            (Stage::Ready, Some(raw)) => Ok(raw),
            (Stage::Detached, _) => Err(cx.value_error("raw stream has been detached")),
            _ => Err(uninitialized(cx)),
        }
    }

    /// Takes the lock.
    pub fn enter(&self, cx: &mut Context, this: Value) -> Result<Entered<'_>> {
        if !self.lock.try_acquire() {
            if self.owner.get() == cx.thread_identifier() {
                let shown = repr_text(cx, this)?;
                return Err(cx.raise(&exception::RUNTIME_ERROR, format!("reentrant call inside {shown}")));
            }
            if cx.interpreter().ending {
                let shown = repr_text(cx, this)?;
                let message = format!(
                    "could not acquire lock for {shown} at interpreter shutdown, possibly due to daemon threads"
                );
                return Err(cx.raise(&exception::RUNTIME_ERROR, message));
            }
            self.lock.acquire(cx, None)?;
        }
        self.owner.set(cx.thread_identifier());
        Ok(Entered(self))
    }

    /// Whether nobody is in the middle of something.
    fn is_quiet(&self) -> bool {
        !self.lock.is_taken()
    }

    /// Whether the raw stream is closed.
    pub fn is_closed(&self, cx: &mut Context) -> Result<bool> {
        let raw = self.raw(cx)?;
        match file::exact(raw.value()) {
            Some(file) => Ok(file.is_closed()),
            None => truth_of(cx, raw.value(), "closed"),
        }
    }

    /// An error if the stream is closed, and nothing is left in the buffer.
    #[inline]
    pub fn check_open(&self, cx: &mut Context, message: &str) -> Result<()> {
        if self.read_ahead() == 0 && self.is_closed(cx)? { Err(cx.value_error(message)) } else { Ok(()) }
    }

    // What the positions say.

    fn has_read(&self) -> bool {
        self.readable && self.read_end.get() != -1
    }

    fn has_written(&self) -> bool {
        self.writable && self.write_end.get() != -1
    }

    /// Bytes in the buffer that were not read yet.
    #[inline]
    pub fn read_ahead(&self) -> usize {
        if self.has_read() { (self.read_end.get() - self.position.get()).max(0) as usize } else { 0 }
    }

    /// How far the raw stream is ahead.
    fn raw_offset(&self) -> i64 {
        let used = (self.has_read() || self.has_written()) && self.raw_position.get() >= 0;
        if used { self.raw_position.get() - self.position.get() } else { 0 }
    }

    fn move_to(&self, position: i64) {
        self.position.set(position);
        if self.has_read() && self.read_end.get() < position {
            self.read_end.set(position);
        }
    }

    fn reset_read(&self) {
        self.read_end.set(-1);
    }

    fn reset_write(&self) {
        self.write_start.set(0);
        self.write_end.set(-1);
    }

    // Calls of the raw stream.

    /// Where the raw stream is, by its own account.
    fn ask_position(&self, cx: &mut Context) -> Result<i64> {
        let raw = self.raw(cx)?;
        let position = match file::exact(raw.value()) {
            Some(file) => file.seek_to(cx, 0, libc::SEEK_CUR)?,
            None => {
                let answer = call_method(cx, raw.value(), "tell", &[])?;
                convert::c_long(cx, answer.value())?
            }
        };
        self.note_position(cx, position)
    }

    fn note_position(&self, cx: &mut Context, position: i64) -> Result<i64> {
        if position < 0 {
            return Err(cx.raise(&exception::OS_ERROR, format!("Raw stream returned invalid position {position}")));
        }
        self.absolute.set(position);
        Ok(position)
    }

    fn known_position(&self, cx: &mut Context) -> Result<i64> {
        match self.absolute.get() {
            -1 => self.ask_position(cx),
            known => Ok(known),
        }
    }

    fn seek_raw(&self, cx: &mut Context, target: i64, whence: i32) -> Result<i64> {
        let raw = self.raw(cx)?;
        let position = match file::exact(raw.value()) {
            Some(file) => file.seek_to(cx, target, whence)?,
            None => {
                let (target, whence) = (int::from_i64(cx, target), Value::from_small_int(whence as i64));
                let answer = call_method(cx, raw.value(), "seek", &[target.value(), whence])?;
                convert::c_long(cx, answer.value())?
            }
        };
        self.note_position(cx, position)
    }

    /// Reads with one call; `None` if that would have to wait.
    fn read_raw(&self, cx: &mut Context, target: Target<'_>) -> Result<Option<usize>> {
        let raw = self.raw(cx)?;
        let count = match (target, file::exact(raw.value())) {
            (Target::Slice(slice), Some(file)) => file.read_slice(cx, slice)?,
            (Target::Slice(slice), None) => read_object(cx, raw.value(), slice)?,
            (Target::Own(start), file) => {
                let mut buffer = self.buffer.take();
                buffer.resize(self.size.get(), 0);
                let room = &mut buffer[start..];
                let count = match file {
                    Some(file) => file.read_slice(cx, room),
                    None => read_object(cx, raw.value(), room),
                };
                self.buffer.replace(buffer);
                count?
            }
        };
        self.advance(count.unwrap_or(0));
        Ok(count)
    }

    /// Writes with one call; `None` if that would have to wait.
    fn write_raw(&self, cx: &mut Context, bytes: &[u8]) -> Result<Option<usize>> {
        let raw = self.raw(cx)?;
        let count = match file::exact(raw.value()) {
            Some(file) => file.write_slice(cx, bytes)?,
            None => write_object(cx, raw.value(), bytes)?,
        };
        self.advance(count.unwrap_or(0));
        Ok(count)
    }

    fn advance(&self, count: usize) {
        if self.absolute.get() != -1 {
            self.absolute.set(self.absolute.get() + count as i64);
        }
    }

    // Methods of all three.

    /// Writes what waits, and brings the raw stream to where this one is.
    pub fn flush_and_rewind(&self, cx: &mut Context) -> Result<()> {
        self.flush_writes(cx)?;
        if self.readable {
            let moved = self.seek_raw(cx, -self.raw_offset(), 1);
            self.reset_read();
            moved?;
        }
        Ok(())
    }

    pub fn flush(&self, cx: &mut Context, this: Value) -> Result<()> {
        self.raw(cx)?;
        self.check_open(cx, "flush of closed file")?;
        let _entered = self.enter(cx, this)?;
        self.flush_and_rewind(cx)
    }

    /// `flush` of a stream that is only read.
    pub fn flush_raw(&self, cx: &mut Context) -> Result<Owned> {
        let raw = self.raw(cx)?;
        call_method(cx, raw.value(), "flush", &[])
    }

    pub fn close(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let raw = self.raw(cx)?;
        {
            let _entered = self.enter(cx, this)?;
            if self.is_closed(cx)? {
                return Ok(none());
            }
            if self.finalizing.get() {
                self.warn_unclosed(cx, raw.value(), this);
            }
        }
        // The method may be a subclass's, and needs the lock.
        let flushed = call_method(cx, this, "flush", &[]);
        let (_, error) = set_aside(cx, flushed);
        let _entered = self.enter(cx, this)?;
        let closed = call_method(cx, raw.value(), "close", &[]);
        self.buffer.replace(Vec::new());
        self.read_end.set(0);
        self.position.set(0);
        raise_chained(cx, error, closed)
    }

    pub fn detach(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        self.raw(cx)?;
        call_method(cx, this, "flush", &[])?;
        let raw = self.raw(cx)?;
        drop(self.raw.take());
        self.stage.set(Stage::Detached);
        Ok(raw)
    }

    fn warn_unclosed(&self, cx: &mut Context, raw: Value, source: Value) {
        match file::exact(raw) {
            Some(file) => file.warn_unclosed(cx, source),
            None => {
                if call_method(cx, raw, "_dealloc_warn", &[source]).is_err() {
                    drop(cx.take_pending());
                }
            }
        }
    }

    /// `_dealloc_warn`
    pub fn warn_at_death(&self, cx: &mut Context, source: Value) {
        if let (Stage::Ready, Some(raw)) = (self.stage.get(), self.raw.get()) {
            self.warn_unclosed(cx, raw.value(), source);
        }
    }

    /// The answer of the raw stream to a question.
    pub fn ask_raw(&self, cx: &mut Context, method: &str) -> Result<Owned> {
        let raw = self.raw(cx)?;
        call_method(cx, raw.value(), method, &[])
    }

    pub fn raw_attribute(&self, cx: &mut Context, name: &str) -> Result<Owned> {
        let raw = self.raw(cx)?;
        attribute::get_text(cx, raw.value(), name)
    }

    pub fn is_terminal(&self, cx: &mut Context) -> Result<Owned> {
        let raw = self.raw(cx)?;
        is_terminal(cx, raw.value()).map(boolean)
    }

    pub fn tell(&self, cx: &mut Context) -> Result<i64> {
        self.raw(cx)?;
        let position = self.ask_position(cx)? - self.raw_offset();
        Ok(position.max(0))
    }

    pub fn seek(&self, cx: &mut Context, this: Value, target: Value, whence: i32) -> Result<i64> {
        let raw = self.raw(cx)?;
        if !matches!(whence, libc::SEEK_SET | libc::SEEK_CUR | libc::SEEK_END | libc::SEEK_DATA | libc::SEEK_HOLE) {
            return Err(cx.value_error(format!("whence value {whence} unsupported")));
        }
        self.check_open(cx, "seek of closed file")?;
        self.check_seekable(cx, raw.value())?;
        let target = convert::c_long(cx, target)?;
        self.seek_to(cx, this, target, whence)
    }

    fn check_seekable(&self, cx: &mut Context, raw: Value) -> Result<()> {
        if let Some(file) = file::exact(raw) {
            return match file.is_seekable(cx)? {
                true => Ok(()),
                false => Err(crate::calls::unsupported(cx, crate::base::NOT_SEEKABLE)),
            };
        }
        crate::base::check_ability(cx, raw, "seekable", crate::base::NOT_SEEKABLE).map(drop)
    }

    fn seek_to(&self, cx: &mut Context, this: Value, target: i64, whence: i32) -> Result<i64> {
        if self.readable && matches!(whence, 0 | 1) {
            // What is in the buffer needs no call of the raw stream.
            let current = self.known_position(cx)?;
            let ahead = self.read_ahead() as i64;
            if ahead > 0 {
                let offset = if whence == 0 { target - (current - self.raw_offset()) } else { target };
                if offset >= -self.position.get() && offset <= ahead {
                    self.position.set(self.position.get() + offset);
                    return Ok(current - ahead + offset);
                }
            }
        }
        let _entered = self.enter(cx, this)?;
        if self.writable {
            self.flush_writes(cx)?;
        }
        let target = if whence == 1 { target - self.raw_offset() } else { target };
        let position = self.seek_raw(cx, target, whence)?;
        self.raw_position.set(-1);
        if self.readable {
            self.reset_read();
        }
        Ok(position)
    }

    pub fn truncate(&self, cx: &mut Context, this: Value, size: Value) -> Result<Owned> {
        let raw = self.raw(cx)?;
        self.check_open(cx, "truncate of closed file")?;
        if !self.writable {
            return Err(crate::calls::unsupported(cx, "truncate"));
        }
        let _entered = self.enter(cx, this)?;
        self.flush_and_rewind(cx)?;
        let result = call_method(cx, raw.value(), "truncate", &[size])?;
        self.forget_position(cx);
        Ok(result)
    }

    pub fn representation(&self, cx: &mut Context, this: Value) -> Result<String> {
        let kind = this.type_of().name();
        Ok(match name_text(cx, this)? {
            Some(name) => format!("<{kind} name={name}>"),
            None => format!("<{kind}>"),
        })
    }

    pub fn set_finalizing(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        set_flag(cx, &self.finalizing, value)
    }

    pub fn is_finalizing(&self) -> bool {
        self.finalizing.get()
    }

    pub fn raw_or_none(&self) -> Owned {
        self.raw.get_or_none()
    }

    pub fn bytes_held(&self) -> usize {
        size_of::<NativeObject<BufferedReader>>() + if self.stage.get() == Stage::Ready { self.size.get() } else { 0 }
    }
}

/// Reads from an object's `readinto`.
fn read_object(cx: &mut Context, raw: Value, slice: &mut [u8]) -> Result<Option<usize>> {
    let array = ByteArrayObject::new(cx, &[]);
    let Some(bytes) = array.value().cast::<ByteArrayObject>() else { return Ok(None) };
    bytes.resize(cx, slice.len())?;
    let view = lend(cx, array.value(), true)?;
    let answer = call_method(cx, raw, "readinto", &[view.value()])?;
    if answer.value() == singleton::none() {
        return Ok(None);
    }
    let Ok(count) = convert::index(cx, answer.value()) else { return Err(failed(cx, "raw readinto() failed")) };
    let count = int::as_i64(count.value()).unwrap_or(-1);
    if count < 0 || count as usize > slice.len() {
        return Err(invalid_length(cx, "readinto", count, slice.len()));
    }
    let count = count as usize;
    match bytes.as_slice().get(..count) {
        Some(read) => slice[..count].copy_from_slice(read),
        None => return Err(os_error(cx, libc::EIO, None)),
    }
    Ok(Some(count))
}

/// Writes to an object's `write`.
fn write_object(cx: &mut Context, raw: Value, bytes: &[u8]) -> Result<Option<usize>> {
    let length = bytes.len();
    let copy = BytesObject::new(cx, bytes);
    let view = lend(cx, copy.value(), false)?;
    let answer = call_method(cx, raw, "write", &[view.value()])?;
    if answer.value() == singleton::none() {
        return Ok(None);
    }
    let count = convert::index(cx, answer.value())?;
    let count = int::as_i64(count.value()).unwrap_or(-1);
    if count < 0 || count as usize > length {
        return Err(invalid_length(cx, "write", count, length));
    }
    Ok(Some(count as usize))
}

/// A view of a bytes-like object.
fn lend(cx: &mut Context, owner: Value, writable: bool) -> Result<Owned> {
    use sidewinder_runtime::objects::buffer::Request;
    let buffer = Buffer::get(cx, owner, if writable { Request::WRITABLE } else { Request::SIMPLE })?;
    (cx.interpreter().hooks.memory_view)(cx, buffer)
}

#[cold]
fn invalid_length(cx: &mut Context, method: &str, count: i64, length: usize) -> Raised {
    let message = format!("raw {method}() returned invalid length {count} (should have been between 0 and {length})");
    cx.raise(&exception::OS_ERROR, message)
}

/// An `OSError` caused by the pending exception.
#[cold]
fn failed(cx: &mut Context, message: &str) -> Raised {
    let cause = cx.take_pending();
    let raised = cx.raise(&exception::OS_ERROR, message);
    let made = exception::of(cx.pending);
    made.set_cause(Some(cause.clone()));
    made.set_context(Some(cause));
    raised
}

/// The file below a stream, if it is exactly ours.
pub fn file_below(buffered: &Buffered) -> Option<Owned> {
    buffered.raw.get().filter(|raw| raw.value().cast_exact::<NativeObject<FileIo>>().is_some())
}

impl Buffered {
    /// Whether it reads, and whether it writes.
    pub fn directions(&self) -> (bool, bool) {
        (self.readable, self.writable)
    }
}
