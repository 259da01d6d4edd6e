//! The process's standard streams: buffered output, and the native objects that `sys.stdin`, `sys.stdout` and
//! `sys.stderr` are until the program replaces them.
//!
//! Standard output is written in blocks, line by line if it is a terminal; standard error always line by line. Whoever
//! ends the process calls `flush_all`.

use sidewinder_runtime::heap::{Header, Immortal};
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::slots::Slots;
use sidewinder_runtime::objects::str::codec;
use sidewinder_runtime::objects::str::{self as text, StrObject};
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType};
use sidewinder_runtime::objects::{bytes::BytesObject, exception, int, list::ListObject, singleton};
use sidewinder_runtime::operations::iterate;
use sidewinder_runtime::{Context, Owned, Raised, Result, TypeObject, Value};
use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::sync::{Mutex, PoisonError};

/// Bytes that a buffer collects before it writes them.
const BUFFER_BYTES: usize = 8192;

/// One of the standard streams, by its file descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Stream {
    Input = 0,
    Output = 1,
    Error = 2,
}

/// Bytes on their way to a file descriptor.
struct Buffer {
    bytes: Vec<u8>,
    /// Whether a line feed writes the bytes out; unknown until first used.
    by_line: Option<bool>,
}

static OUTPUT: Mutex<Buffer> = Mutex::new(Buffer { bytes: Vec::new(), by_line: None });
static ERROR: Mutex<Buffer> = Mutex::new(Buffer { bytes: Vec::new(), by_line: Some(true) });

impl Buffer {
    fn write(&mut self, stream: Stream, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        let by_line = *self.by_line.get_or_insert_with(|| io::stdout().is_terminal());
        if self.bytes.len() >= BUFFER_BYTES || by_line && bytes.contains(&b'\n') { self.flush(stream) } else { Ok(()) }
    }

    fn flush(&mut self, stream: Stream) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        // SAFETY: the standard descriptors belong to the process; the file is not closed here.
        let mut file = ManuallyDrop::new(unsafe { File::from_raw_fd(stream as i32) });
        let result = file.write_all(&self.bytes);
        // What cannot be written is given up, else every later write would fail again.
        self.bytes.clear();
        result
    }
}

impl Stream {
    fn with_buffer(self, work: impl FnOnce(&mut Buffer) -> io::Result<()>) -> io::Result<()> {
        let buffer = if self == Stream::Error { &ERROR } else { &OUTPUT };
        work(&mut buffer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes bytes, sooner or later.
    pub fn write(self, bytes: &[u8]) -> io::Result<()> {
        self.with_buffer(|buffer| buffer.write(self, bytes))
    }

    /// Writes what is buffered.
    pub fn flush(self) -> io::Result<()> {
        self.with_buffer(|buffer| buffer.flush(self))
    }

    fn name(self) -> &'static str {
        ["<stdin>", "<stdout>", "<stderr>"][self as usize]
    }

    fn is_terminal(self) -> bool {
        match self {
            Stream::Input => io::stdin().is_terminal(),
            Stream::Output => io::stdout().is_terminal(),
            Stream::Error => io::stderr().is_terminal(),
        }
    }
}

/// Writes everything that is buffered: for the end of the process and before it forks.
pub fn flush_all() -> io::Result<()> {
    let output = Stream::Output.flush();
    Stream::Error.flush().and(output)
}

/// The Python exception for an error of the system.
#[cold]
pub fn raise_io(cx: &mut Context, error: &io::Error) -> Raised {
    match error.raw_os_error() {
        Some(number) => exception::raise_os_error(cx, number, None),
        None => cx.raise(&exception::OS_ERROR, error.to_string()),
    }
}

/// Writes a string as UTF-8.
pub fn write_string(cx: &mut Context, stream: Stream, string: &StrObject) -> Result<()> {
    if string.is_ascii() {
        return stream.write(string.as_bytes()).map_err(|error| raise_io(cx, &error));
    }
    let encoded = match codec::to_utf8(string) {
        Some(encoded) => encoded,
        None => {
            let errors = if stream == Stream::Error { "backslashreplace" } else { "strict" };
            let encoded = codec::encode(cx, Value::from_pointer(string), "utf-8", errors)?;
            encoded.value().cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default()
        }
    };
    stream.write(&encoded).map_err(|error| raise_io(cx, &error))
}

/// A line of standard input with its line feed; empty at the end.
pub fn read_line(cx: &mut Context) -> Result<Owned> {
    let mut line = Vec::new();
    if let Err(error) = io::stdin().lock().read_until(b'\n', &mut line) {
        return Err(raise_io(cx, &error));
    }
    if line.ends_with(b"\r\n") {
        line.truncate(line.len() - 2);
        line.push(b'\n');
    }
    decode(cx, &line)
}

fn decode(cx: &mut Context, bytes: &[u8]) -> Result<Owned> {
    if let Ok(valid) = std::str::from_utf8(bytes) {
        return Ok(StrObject::new(cx, valid));
    }
    let source = BytesObject::new(cx, bytes);
    codec::decode(cx, source.value(), "utf-8", "surrogateescape")
}

/// A native text stream.
#[repr(C)]
pub struct TextStream {
    pub header: Header,
    pub stream: Stream,
}

impl TextStream {
    #[allow(clippy::new_ret_no_self)]
    pub fn new(cx: &mut Context, stream: Stream) -> Owned {
        let header = cx.heap.allocate(&raw const TEXT_STREAM.object, size_of::<TextStream>(), false);
        let object = header as *mut TextStream;
        // SAFETY: (heap 3) fresh memory of the stream's size.
        unsafe { (&raw mut (*object).stream).write(stream) };
        Owned::from_raw(Value::from_pointer(object))
    }
}

pub static TEXT_STREAM: StaticType = Immortal::new(
    TypeObject::builtin(
        "TextIOWrapper",
        size_of::<TextStream>(),
        Slots {
            repr: Some(stream_repr),
            iter: Some(|_, stream| Ok(Owned::new(stream))),
            next: Some(next_line),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_methods(METHODS)
    .with_getset(GETSET)
    .with_doc("Character stream over one of the process's standard file descriptors."),
);

sidewinder_runtime::object_type!(TextStream, TEXT_STREAM);

static METHODS: &[Native] = &[
    Native::new("write", 1, 1, write, "write($self, text, /)\n--\n\nWrite string to stream."),
    Native::new("writelines", 1, 1, write_lines, "writelines($self, lines, /)\n--\n\nWrite a list of lines to stream."),
    Native::new("flush", 0, 0, flush, "flush($self, /)\n--\n\nFlush write buffers, if applicable."),
    Native::new("isatty", 0, 0, is_terminal, "isatty($self, /)\n--\n\nReturn whether this is an 'interactive' stream."),
    Native::new(
        "fileno",
        0,
        0,
        file_number,
        "fileno($self, /)\n--\n\nReturn underlying file descriptor if one exists.",
    ),
    Native::new("readable", 0, 0, readable, "readable($self, /)\n--\n\nReturn whether object was opened for reading."),
    Native::new("writable", 0, 0, writable, "writable($self, /)\n--\n\nReturn whether object was opened for writing."),
    Native::new("seekable", 0, 0, seekable, "seekable($self, /)\n--\n\nReturn whether object supports random access."),
    Native::new("readline", 0, 1, read_line_method, "readline($self, size=-1, /)\n--\n\nRead until newline or EOF."),
    Native::new(
        "readlines",
        0,
        1,
        read_lines,
        "readlines($self, hint=-1, /)\n--\n\nReturn a list of lines from the stream.",
    ),
    Native::new("read", 0, 1, read, "read($self, size=-1, /)\n--\n\nRead all characters from stream."),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "name", get: |cx, it| Ok(StrObject::new(cx, stream(it).name())), set: None, doc: "" },
    GetSet { name: "mode", get: |cx, it| Ok(StrObject::new(cx, mode(it))), set: None, doc: "" },
    GetSet { name: "encoding", get: |cx, _| Ok(StrObject::new(cx, "utf-8")), set: None, doc: "" },
    GetSet { name: "errors", get: |cx, it| Ok(StrObject::new(cx, errors(it))), set: None, doc: "" },
    GetSet { name: "closed", get: |_, _| Ok(Owned::new(singleton::false_())), set: None, doc: "" },
    GetSet { name: "newlines", get: |_, _| Ok(Owned::new(singleton::none())), set: None, doc: "" },
    GetSet { name: "line_buffering", get: |_, it| boolean(stream(it).is_terminal()), set: None, doc: "" },
];

/// The stream of a value that is known to be one.
fn stream(value: Value) -> Stream {
    // SAFETY: (methods 1) a method's receiver is an instance of its type.
    unsafe { value.cast_unchecked::<TextStream>() }.stream
}

fn mode(value: Value) -> &'static str {
    if stream(value) == Stream::Input { "r" } else { "w" }
}

fn errors(value: Value) -> &'static str {
    if stream(value) == Stream::Error { "backslashreplace" } else { "strict" }
}

fn boolean(truth: bool) -> Result<Owned> {
    Ok(Owned::new(singleton::boolean(truth)))
}

fn stream_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let (name, mode) = (stream(value).name(), mode(value));
    Ok(StrObject::new(cx, &format!("<_io.TextIOWrapper name='{name}' mode='{mode}' encoding='utf-8'>")))
}

fn write(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let stream = stream(arguments[0]);
    if stream == Stream::Input {
        return Err(cx.raise(&exception::OS_ERROR, "not writable"));
    }
    let Some(string) = text::cast(arguments[1]) else {
        return Err(bad_argument(cx, "write() argument", "str", arguments[1]));
    };
    write_string(cx, stream, string)?;
    Ok(int::from_usize(cx, string.len()))
}

fn write_lines(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let receiver = arguments[0];
    iterate::for_each(cx, arguments[1], |cx, line| write(cx, &[receiver, line.value()]).map(drop))?;
    Ok(Owned::new(singleton::none()))
}

fn flush(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let stream = stream(arguments[0]);
    if stream != Stream::Input {
        stream.flush().map_err(|error| raise_io(cx, &error))?;
    }
    Ok(Owned::new(singleton::none()))
}

fn is_terminal(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    boolean(stream(arguments[0]).is_terminal())
}

fn file_number(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(int::from_i64(cx, stream(arguments[0]) as i64))
}

fn readable(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    boolean(stream(arguments[0]) == Stream::Input)
}

fn writable(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    boolean(stream(arguments[0]) != Stream::Input)
}

fn seekable(_cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    boolean(false)
}

/// An error unless the stream can be read.
fn check_readable(cx: &mut Context, value: Value) -> Result<()> {
    if stream(value) == Stream::Input { Ok(()) } else { Err(cx.raise(&exception::OS_ERROR, "not readable")) }
}

/// Reading parts of lines would need a buffer of characters.
fn refuse_size(cx: &mut Context, arguments: &[Value]) -> Result<()> {
    match arguments.get(1) {
        Some(&size) if size != singleton::none() && int::as_i64(size).is_none_or(|size| size >= 0) => {
            Err(cx.raise(&exception::NOT_IMPLEMENTED_ERROR, "reading a limited size from standard input"))
        }
        _ => Ok(()),
    }
}

fn read_line_method(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    check_readable(cx, arguments[0])?;
    refuse_size(cx, arguments)?;
    read_line(cx)
}

fn read_lines(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    check_readable(cx, arguments[0])?;
    refuse_size(cx, arguments)?;
    let mut lines = Vec::new();
    while let Some(line) = next_line(cx, arguments[0])? {
        lines.push(line);
    }
    Ok(ListObject::new(cx, lines))
}

fn read(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    check_readable(cx, arguments[0])?;
    refuse_size(cx, arguments)?;
    let mut all = Vec::new();
    match io::stdin().lock().read_to_end(&mut all) {
        Ok(_) => decode(cx, &all),
        Err(error) => Err(raise_io(cx, &error)),
    }
}

fn next_line(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    check_readable(cx, value)?;
    let line = read_line(cx)?;
    Ok(text::cast(line.value()).is_some_and(|line| !line.is_empty()).then_some(line))
}
