//! The base classes: what a stream does that says nothing else.

use crate::calls::{DEFAULT_BUFFER_SIZE, call_method, closed_error, none, truth_of, unsupported};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::argument::WritableBuffer;
use sidewinder_runtime::native::{FromArgument, Index, NativeObject, Place};
use sidewinder_runtime::objects::bytes::{ByteArrayObject, BytesObject};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::{exception, int, singleton, str};
use sidewinder_runtime::operations::{attribute, convert, finalize, iterate};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;

/// How much to read: `None` and negative numbers mean everything.
#[derive(Clone, Copy)]
pub struct Size(pub i64);

impl Size {
    pub const ALL: Size = Size(-1);

    /// The limit, if there is one.
    pub fn limit(self) -> Option<usize> {
        usize::try_from(self.0).ok()
    }
}

impl FromArgument<'_> for Size {
    #[inline]
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Size> {
        if value.is_int() {
            return Ok(Size(value.int()));
        }
        if *value == singleton::none() {
            return Ok(Size::ALL);
        }
        if !int::is_int_like(*value) && value.type_of().slots().index.is_none() {
            let found = value.type_of().name();
            return Err(cx.type_error(format!("argument should be integer or None, not '{found}'")));
        }
        let number = convert::index(cx, *value)?;
        match int::as_i64(number.value()) {
            Some(size) => Ok(Size(size)),
            None => {
                let found = value.type_of().name();
                Err(cx.overflow_error(format!("cannot fit '{found}' into an index-sized integer")))
            }
        }
    }
}

/// The abstract base class of all streams.
///
/// It has no method to read or write with: what those take differs. Methods that a stream does not support raise
/// UnsupportedOperation. A stream is closed when it dies, and by the with statement.
#[native_type("_io._IOBase", base, weakrefs, dict)]
#[derive(Traverse, Default)]
pub struct IoBase {
    closed: Cell<bool>,
}

impl IoBase {
    /// `_IOBase.close`: flushes once, whatever that does.
    pub fn close_stream(cx: &mut Context, stream: Value, base: &IoBase) -> Result<()> {
        if base.closed.get() {
            return Ok(());
        }
        let flushed = call_method(cx, stream, "flush", &[]);
        base.closed.set(true);
        flushed.map(drop)
    }
}

/// An error if the stream says that it is closed.
pub fn check_closed(cx: &mut Context, stream: Value) -> Result<()> {
    if truth_of(cx, stream, "closed")? { Err(closed_error(cx)) } else { Ok(()) }
}

/// The answer to `readable`, `writable` or `seekable`, which must be yes.
pub fn check_ability(cx: &mut Context, stream: Value, method: &str, error: &str) -> Result<Owned> {
    let answer = call_method(cx, stream, method, &[])?;
    if answer.value() == singleton::true_() { Ok(answer) } else { Err(unsupported(cx, error)) }
}

pub const NOT_READABLE: &str = "File or stream is not readable.";
pub const NOT_WRITABLE: &str = "File or stream is not writable.";
pub const NOT_SEEKABLE: &str = "File or stream is not seekable.";

/// What happens to a stream that nobody can reach: it is closed. It says so to its own `close` by `_finalizing`.
pub fn finalize_stream(cx: &mut Context, stream: Value) -> Result<()> {
    let closed = match truth_of(cx, stream, "closed") {
        Ok(closed) => closed,
        Err(_) => {
            drop(cx.take_pending());
            return Ok(());
        }
    };
    if closed {
        return Ok(());
    }
    if attribute::set_text(cx, stream, "_finalizing", singleton::true_()).is_err() {
        drop(cx.take_pending());
    }
    if call_method(cx, stream, "close", &[]).is_err() {
        finalize::report_unraisable(cx, "while finalizing file", stream);
    }
    Ok(())
}

/// `len(value)`
fn length_of(cx: &mut Context, value: Value) -> Result<usize> {
    match value.type_of().slots().length {
        Some(length) => length(cx, value),
        None => {
            let found = value.type_of().name();
            Err(cx.type_error(format!("object of type '{found}' has no len()")))
        }
    }
}

/// The bytes of a `peek` or `read`, which must be such.
fn bytes_result<'a>(cx: &mut Context, method: &str, result: &'a Owned) -> Result<&'a [u8]> {
    match result.value().cast::<BytesObject>() {
        Some(bytes) => Ok(bytes.as_slice()),
        None => {
            let found = result.value().type_of().name();
            Err(cx
                .raise(&exception::OS_ERROR, format!("{method}() should have returned a bytes object, not '{found}'")))
        }
    }
}

#[methods]
#[allow(unused_variables)]
impl IoBase {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments) -> Result<Owned> {
        NativeObject::allocate(cx, class, IoBase::default())
    }

    #[slot(finalize)]
    fn finalize(this: Value, cx: &mut Context) -> Result<()> {
        finalize_stream(cx, this)
    }

    /// Changes the position of the stream, counted from its start (whence 0), from where it is (1) or from its end (2).
    fn seek(cx: &mut Context, this: Value, offset: Value, #[default(0, "os.SEEK_SET")] whence: i32) -> Result<Owned> {
        Err(unsupported(cx, "seek"))
    }

    /// The position in the stream.
    fn tell(this: Value, cx: &mut Context) -> Result<Owned> {
        call_method(cx, this, "seek", &[Value::from_small_int(0), Value::from_small_int(1)])
    }

    /// Cuts or extends the file to a size, by default to the position.
    fn truncate(cx: &mut Context, this: Value, #[default(None)] size: Option<Value>) -> Result<Owned> {
        Err(unsupported(cx, "truncate"))
    }

    /// Writes what is buffered, where there is such.
    fn flush(&self, cx: &mut Context) -> Result<()> {
        if self.closed.get() { Err(closed_error(cx)) } else { Ok(()) }
    }

    /// Flushes and closes the stream. Closing it again does nothing.
    fn close(this: &NativeObject<IoBase>, cx: &mut Context) -> Result<()> {
        IoBase::close_stream(cx, this.value(), this)
    }

    #[get]
    fn closed(&self) -> bool {
        self.closed.get()
    }

    /// Whether the position can be changed.
    fn seekable(&self) -> bool {
        false
    }

    /// Whether the stream can be read.
    fn readable(&self) -> bool {
        false
    }

    /// Whether the stream can be written.
    fn writable(&self) -> bool {
        false
    }

    #[method(name = "_checkClosed")]
    fn check_closed(this: Value, cx: &mut Context) -> Result<()> {
        check_closed(cx, this)
    }

    #[method(name = "_checkSeekable")]
    fn check_seekable(this: Value, cx: &mut Context) -> Result<Owned> {
        check_ability(cx, this, "seekable", NOT_SEEKABLE)
    }

    #[method(name = "_checkReadable")]
    fn check_readable(this: Value, cx: &mut Context) -> Result<Owned> {
        check_ability(cx, this, "readable", NOT_READABLE)
    }

    #[method(name = "_checkWritable")]
    fn check_writable(this: Value, cx: &mut Context) -> Result<Owned> {
        check_ability(cx, this, "writable", NOT_WRITABLE)
    }

    /// The number of the file that the stream is about, if there is one.
    fn fileno(cx: &mut Context, this: Value) -> Result<Owned> {
        Err(unsupported(cx, "fileno"))
    }

    /// Whether a person may be at the other end. False if nobody can tell.
    fn isatty(this: Value, cx: &mut Context) -> Result<bool> {
        check_closed(cx, this)?;
        Ok(false)
    }

    #[method(name = "__enter__")]
    fn enter(this: Value, cx: &mut Context) -> Result<Value> {
        check_closed(cx, this)?;
        Ok(this)
    }

    #[method(name = "__exit__")]
    fn exit(this: Value, cx: &mut Context, _arguments: Arguments) -> Result<Owned> {
        call_method(cx, this, "close", &[])
    }

    #[slot(iter)]
    fn iter(this: Value, cx: &mut Context) -> Result<Value> {
        check_closed(cx, this)?;
        Ok(this)
    }

    #[slot(next)]
    fn next(this: Value, cx: &mut Context) -> Result<Option<Owned>> {
        let line = call_method(cx, this, "readline", &[])?;
        let empty = length_of(cx, line.value())? == 0;
        Ok((!empty).then_some(line))
    }

    /// A line, or the part of one that the size allows. Lines end with b'\n'.
    fn readline(this: Value, cx: &mut Context, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        let limit = size.limit().unwrap_or(usize::MAX);
        let peek = attribute::get_text_optional(cx, this, "peek")?;
        let mut line: Vec<u8> = Vec::new();
        while line.len() < limit {
            let mut wanted = 1;
            if let Some(peek) = &peek {
                let seen = sidewinder_runtime::operations::call::call(cx, peek.value(), &[Value::from_small_int(1)])?;
                let seen = bytes_result(cx, "peek", &seen)?;
                let seen = &seen[..seen.len().min(limit - line.len())];
                wanted = memchr::memchr(b'\n', seen).map_or(seen.len(), |place| place + 1).max(1);
            }
            let part = call_method(cx, this, "read", &[Value::from_small_int(wanted as i64)])?;
            let part = bytes_result(cx, "read", &part)?;
            if part.is_empty() {
                break;
            }
            line.extend_from_slice(part);
            if line.ends_with(b"\n") {
                break;
            }
        }
        Ok(BytesObject::new(cx, &line))
    }

    /// The lines of the stream, until they hold `hint` bytes or characters.
    fn readlines(this: Value, cx: &mut Context, #[default(Size::ALL, "-1")] hint: Size) -> Result<Owned> {
        let mut lines = Vec::new();
        let mut length = 0;
        let iterator = iterate::get_iter(cx, this)?;
        while let Some(line) = iterate::next(cx, iterator.value())? {
            if hint.0 > 0 {
                length += length_of(cx, line.value())? as i64;
            }
            lines.push(line);
            if hint.0 > 0 && length >= hint.0 {
                break;
            }
        }
        Ok(ListObject::new(cx, lines))
    }

    /// Writes each of the lines; line ends are not added.
    fn writelines(this: Value, cx: &mut Context, lines: Value) -> Result<()> {
        check_closed(cx, this)?;
        let iterator = iterate::get_iter(cx, lines)?;
        while let Some(line) = iterate::next(cx, iterator.value())? {
            call_method(cx, this, "write", &[line.value()])?;
        }
        Ok(())
    }
}

/// The base class of streams of bytes without a buffer.
#[native_type("_io._RawIOBase", base, weakrefs, dict, extends = IoBase)]
#[derive(Traverse, Default)]
pub struct RawIoBase {}

#[methods]
#[allow(unused_variables)]
impl RawIoBase {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments) -> Result<Owned> {
        NativeObject::allocate(cx, class, RawIoBase {})
    }

    fn read(this: Value, cx: &mut Context, #[default(Index(-1), "-1")] size: Index) -> Result<Owned> {
        let Ok(size) = usize::try_from(size.0) else { return call_method(cx, this, "readall", &[]) };
        str::check_bytes(cx, size)?;
        let target = ByteArrayObject::new(cx, &[]);
        let Some(array) = target.value().cast::<ByteArrayObject>() else { return Ok(none()) };
        array.resize(cx, size)?;
        let count = call_method(cx, this, "readinto", &[target.value()])?;
        if count.value() == singleton::none() {
            return Ok(count);
        }
        let filled = convert::index_i64(cx, count.value())?;
        if filled < 0 || filled as usize > size {
            return Err(cx.value_error(format!("readinto returned {filled} outside buffer size {size}")));
        }
        let bytes = array.as_slice();
        let filled = &bytes[..(filled as usize).min(bytes.len())];
        Ok(BytesObject::new(cx, filled))
    }

    /// Reads until the end.
    fn readall(this: Value, cx: &mut Context) -> Result<Owned> {
        let mut all: Option<Vec<u8>> = None;
        loop {
            let part = call_method(cx, this, "read", &[Value::from_small_int(DEFAULT_BUFFER_SIZE as i64)])?;
            if part.value() == singleton::none() {
                break if all.is_none() { Ok(part) } else { Ok(BytesObject::new(cx, &all.unwrap_or_default())) };
            }
            let Some(bytes) = part.value().cast::<BytesObject>() else {
                break Err(cx.type_error("read() should return bytes"));
            };
            if bytes.is_empty() {
                break Ok(BytesObject::new(cx, &all.unwrap_or_default()));
            }
            all.get_or_insert_default().extend_from_slice(bytes.as_slice());
        }
    }

    fn readinto(cx: &mut Context, this: Value, _arguments: Arguments) -> Result<Owned> {
        Err(cx.raise(&exception::NOT_IMPLEMENTED_ERROR, ""))
    }

    fn write(cx: &mut Context, this: Value, _arguments: Arguments) -> Result<Owned> {
        Err(cx.raise(&exception::NOT_IMPLEMENTED_ERROR, ""))
    }
}

/// The base class of streams of bytes with a buffer. Their `read` and `readinto` do all they can with as many calls as it
/// takes, and `write` takes everything.
#[native_type("_io._BufferedIOBase", base, weakrefs, dict, extends = IoBase)]
#[derive(Traverse, Default)]
pub struct BufferedIoBase {}

impl BufferedIoBase {
    /// `readinto` by way of a method that reads.
    pub fn read_into(cx: &mut Context, stream: Value, buffer: &WritableBuffer, method: &str) -> Result<usize> {
        let size = buffer.0.len();
        let data = call_method(cx, stream, method, &[Value::from_small_int(size as i64)])?;
        let Some(bytes) = data.value().cast::<BytesObject>() else {
            return Err(cx.type_error("read() should return bytes"));
        };
        let length = bytes.len();
        if length > size {
            let message = format!("read() returned too much data: {size} bytes requested, {length} returned");
            return Err(cx.value_error(message));
        }
        buffer.0.as_mut_slice()[..length].copy_from_slice(bytes.as_slice());
        Ok(length)
    }
}

#[methods]
#[allow(unused_variables)]
impl BufferedIoBase {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments) -> Result<Owned> {
        NativeObject::allocate(cx, class, BufferedIoBase {})
    }

    /// Separates the raw stream from its buffer and returns it.
    fn detach(cx: &mut Context, this: Value) -> Result<Owned> {
        Err(unsupported(cx, "detach"))
    }

    /// Reads up to so many bytes, by default all.
    fn read(cx: &mut Context, this: Value, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        Err(unsupported(cx, "read"))
    }

    /// Reads up to so many bytes with at most one call of the raw stream.
    fn read1(cx: &mut Context, this: Value, #[default(-1)] size: i64) -> Result<Owned> {
        Err(unsupported(cx, "read"))
    }

    fn readinto(this: Value, cx: &mut Context, buffer: WritableBuffer) -> Result<usize> {
        BufferedIoBase::read_into(cx, this, &buffer, "read")
    }

    fn readinto1(this: Value, cx: &mut Context, buffer: WritableBuffer) -> Result<usize> {
        BufferedIoBase::read_into(cx, this, &buffer, "read1")
    }

    /// Writes bytes; how many were taken.
    fn write(cx: &mut Context, this: Value, b: Value) -> Result<Owned> {
        Err(unsupported(cx, "write"))
    }
}

/// The base class of streams of text.
#[native_type("_io._TextIOBase", base, weakrefs, dict, extends = IoBase)]
#[derive(Traverse, Default)]
pub struct TextIoBase {}

#[methods]
#[allow(unused_variables)]
impl TextIoBase {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments) -> Result<Owned> {
        NativeObject::allocate(cx, class, TextIoBase {})
    }

    /// Separates the stream of bytes from this one and returns it.
    fn detach(cx: &mut Context, this: Value) -> Result<Owned> {
        Err(unsupported(cx, "detach"))
    }

    /// Reads up to so many characters, by default all.
    fn read(cx: &mut Context, this: Value, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        Err(unsupported(cx, "read"))
    }

    /// A line, or nothing at the end.
    fn readline(cx: &mut Context, this: Value, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        Err(unsupported(cx, "readline"))
    }

    /// Writes a string; how many characters were taken.
    fn write(cx: &mut Context, this: Value, s: Value) -> Result<Owned> {
        if !str::is_str(s) {
            let found = s.type_of().name();
            return Err(cx.type_error(format!("write() argument 1 must be str, not {found}")));
        }
        Err(unsupported(cx, "write"))
    }

    /// How the stream encodes text.
    #[get]
    fn encoding(&self) -> Option<bool> {
        None
    }

    /// The ends of lines that were met.
    #[get]
    fn newlines(&self) -> Option<bool> {
        None
    }

    /// What is done about text that cannot be encoded or decoded.
    #[get]
    fn errors(&self) -> Option<bool> {
        None
    }
}

/// Whether the stream is a terminal, as it says itself.
pub fn is_terminal(cx: &mut Context, stream: Value) -> Result<bool> {
    let answer = call_method(cx, stream, "isatty", &[])?;
    convert::truth(cx, answer.value())
}
