//! `BufferedRWPair`: two raw streams, one to read from and one to write to.

use super::{BufferedReader, BufferedWriter};
use crate::base::{BUFFERED_IO_BASE, BufferedIoBase, NOT_READABLE, NOT_WRITABLE};
use crate::calls::{DEFAULT_BUFFER_SIZE, raise_chained, set_aside, uninitialized};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

const DEFAULT_SIZE: i64 = DEFAULT_BUFFER_SIZE as i64;

/// A buffered reader and writer object together.
///
/// A buffered reader object and buffered writer object put together to form a sequential IO object that can read and
/// write. This is typically used with a socket or two-way pipe. Both raw streams get a buffer of the size.
#[native_type("_io.BufferedRWPair", base, weakrefs, dict, extends = BufferedIoBase)]
#[derive(Traverse, Default)]
pub struct BufferedRwPair {
    reader: Field,
    writer: Field,
}

impl BufferedRwPair {
    fn forward(&self, cx: &mut Context, part: &Field, name: &str, arguments: Arguments<'_>) -> Result<Owned> {
        let Some(part) = part.get() else { return Err(uninitialized(cx)) };
        let method = attribute::get_text(cx, part.value(), name)?;
        call::call_with(cx, method.value(), arguments)
    }

    fn ask(&self, cx: &mut Context, part: &Field, name: &str) -> Result<Owned> {
        self.forward(cx, part, name, Arguments::positional(&[]))
    }
}

#[methods]
impl BufferedRwPair {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments) -> Result<Owned> {
        NativeObject::allocate(cx, class, BufferedRwPair::default())
    }

    #[init(name = "BufferedRWPair")]
    fn init(
        &self,
        cx: &mut Context,
        reader: Value,
        writer: Value,
        #[default(DEFAULT_SIZE, "DEFAULT_BUFFER_SIZE")] buffer_size: i64,
    ) -> Result<()> {
        crate::base::check_ability(cx, reader, "readable", NOT_READABLE)?;
        crate::base::check_ability(cx, writer, "writable", NOT_WRITABLE)?;
        let reader = BufferedReader::make(cx, reader, buffer_size)?;
        let writer = BufferedWriter::make(cx, writer, buffer_size)?;
        self.reader.set(Some(reader));
        self.writer.set(Some(writer));
        Ok(())
    }

    fn read(&self, cx: &mut Context, arguments: Arguments) -> Result<Owned> {
        self.forward(cx, &self.reader, "read", arguments)
    }

    fn peek(&self, cx: &mut Context, arguments: Arguments) -> Result<Owned> {
        self.forward(cx, &self.reader, "peek", arguments)
    }

    fn read1(&self, cx: &mut Context, arguments: Arguments) -> Result<Owned> {
        self.forward(cx, &self.reader, "read1", arguments)
    }

    fn readinto(&self, cx: &mut Context, arguments: Arguments) -> Result<Owned> {
        self.forward(cx, &self.reader, "readinto", arguments)
    }

    fn readinto1(&self, cx: &mut Context, arguments: Arguments) -> Result<Owned> {
        self.forward(cx, &self.reader, "readinto1", arguments)
    }

    fn write(&self, cx: &mut Context, arguments: Arguments) -> Result<Owned> {
        self.forward(cx, &self.writer, "write", arguments)
    }

    /// Writes what is buffered.
    fn flush(&self, cx: &mut Context) -> Result<Owned> {
        self.ask(cx, &self.writer, "flush")
    }

    /// Whether there is a reader that can be read.
    fn readable(&self, cx: &mut Context) -> Result<Owned> {
        self.ask(cx, &self.reader, "readable")
    }

    /// Whether there is a writer that can be written.
    fn writable(&self, cx: &mut Context) -> Result<Owned> {
        self.ask(cx, &self.writer, "writable")
    }

    /// Closes both.
    fn close(&self, cx: &mut Context) -> Result<Owned> {
        let written = self.ask(cx, &self.writer, "close");
        let (_, error) = set_aside(cx, written);
        let read = self.ask(cx, &self.reader, "close");
        raise_chained(cx, error, read)
    }

    /// Whether either is a terminal.
    fn isatty(&self, cx: &mut Context) -> Result<Owned> {
        let answer = self.ask(cx, &self.writer, "isatty")?;
        if convert::truth(cx, answer.value())? {
            return Ok(answer);
        }
        self.ask(cx, &self.reader, "isatty")
    }

    #[get]
    fn closed(&self, cx: &mut Context) -> Result<Owned> {
        match self.writer.get() {
            Some(writer) => attribute::get_text(cx, writer.value(), "closed"),
            None => {
                let message = "the BufferedRWPair object is being garbage-collected";
                Err(cx.raise(&sidewinder_runtime::objects::exception::RUNTIME_ERROR, message))
            }
        }
    }
}
