//! Codecs over streams: what is read from them is decoded, what is written is encoded.

use crate::convert::Errors;
use crate::objects::{Decoder, Encoder, codec_of};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::native::argument::Given;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::str::StrBuilder;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::call::call_method;
use sidewinder_runtime::operations::subscript;
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

#[native_type("_multibytecodec.MultibyteStreamReader", base)]
#[derive(Traverse)]
pub struct MultibyteStreamReader {
    stream: Owned,
    #[plain]
    decoder: Decoder,
}

/// How much a program wants to read; negative for all.
fn size(cx: &mut Context, value: Value) -> Result<i64> {
    if value == singleton::none() {
        return Ok(-1);
    }
    if !int::is_int_like(value) {
        return Err(cx.type_error("arg 1 must be an integer"));
    }
    match int::as_i64(value) {
        Some(size) => Ok(size),
        None => Err(cx.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

impl MultibyteStreamReader {
    /// Decodes what a method of the stream gives. If that is the start of something, reads on.
    fn read_by(&self, cx: &mut Context, method: &str, mut size: i64) -> Result<Owned> {
        let mut output = StrBuilder::new();
        while size != 0 {
            let number = int::from_i64(cx, size);
            let arguments = [number.value()];
            let arguments: &[Value] = if size < 0 { &[] } else { &arguments };
            let given = call_method(cx, self.stream.value(), method, arguments)?;
            let Some(bytes) = given.value().cast::<BytesObject>() else {
                let found = given.value().type_of().name();
                return Err(cx.type_error(format!("stream function returned a non-bytes object ({found})")));
            };
            let nothing = bytes.is_empty() && !self.decoder.is_waiting();
            let ended = bytes.is_empty() || size < 0;
            self.decoder.decode(cx, bytes.as_slice(), ended, &mut output)?;
            if size < 0 || !output.is_empty() || nothing {
                break;
            }
            size = 1;
        }
        Ok(output.finish(cx))
    }
}

#[methods]
impl MultibyteStreamReader {
    #[new(name = "StreamReader")]
    fn new(
        cx: &mut Context,
        class: &'static TypeObject,
        #[named] stream: Owned,
        #[default(Given(None), _)] errors: Given<Value>,
    ) -> Result<Owned> {
        let errors = Errors::from_argument(cx, errors.0, "StreamReader", 2)?;
        let decoder = Decoder::new(codec_of(cx, class)?, errors);
        NativeObject::allocate(cx, class, MultibyteStreamReader { stream, decoder })
    }

    /// All was done when the object was made. Without this, a class in Python that comes later would be asked.
    #[init]
    fn init(&self, _arguments: Arguments<'_>) -> Result<()> {
        Ok(())
    }

    /// Reads so many bytes, or all, and decodes them.
    fn read(&self, cx: &mut Context, #[default(singleton::none(), "None")] sizeobj: Value) -> Result<Owned> {
        let size = size(cx, sizeobj)?;
        self.read_by(cx, "read", size)
    }

    /// Reads a line and decodes it.
    fn readline(&self, cx: &mut Context, #[default(singleton::none(), "None")] sizeobj: Value) -> Result<Owned> {
        let size = size(cx, sizeobj)?;
        self.read_by(cx, "readline", size)
    }

    /// Reads so many bytes, or all, and gives the lines of their text.
    fn readlines(&self, cx: &mut Context, #[default(singleton::none(), "None")] sizehintobj: Value) -> Result<Owned> {
        let size = size(cx, sizehintobj)?;
        let text = self.read_by(cx, "read", size)?;
        call_method(cx, text.value(), "splitlines", &[singleton::boolean(true)])
    }

    /// Forgets what was read.
    fn reset(&self) {
        self.decoder.reset();
    }

    /// The stream.
    #[get(member)]
    fn stream(&self) -> Value {
        self.stream.value()
    }

    /// How errors are treated.
    #[get]
    fn errors(&self, cx: &mut Context) -> Owned {
        Errors::shown(&self.decoder.errors, cx)
    }

    #[set(errors)]
    fn set_errors(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        Errors::assign(&self.decoder.errors, cx, value)
    }
}

#[native_type("_multibytecodec.MultibyteStreamWriter", base)]
#[derive(Traverse)]
pub struct MultibyteStreamWriter {
    stream: Owned,
    #[plain]
    encoder: Encoder,
}

impl MultibyteStreamWriter {
    fn write_bytes(&self, cx: &mut Context, bytes: &[u8]) -> Result<()> {
        let bytes = BytesObject::new(cx, bytes);
        call_method(cx, self.stream.value(), "write", &[bytes.value()]).map(drop)
    }
}

#[methods]
impl MultibyteStreamWriter {
    #[new(name = "StreamWriter")]
    fn new(
        cx: &mut Context,
        class: &'static TypeObject,
        #[named] stream: Owned,
        #[default(Given(None), _)] errors: Given<Value>,
    ) -> Result<Owned> {
        let errors = Errors::from_argument(cx, errors.0, "StreamWriter", 2)?;
        let encoder = Encoder::new(codec_of(cx, class)?, errors);
        NativeObject::allocate(cx, class, MultibyteStreamWriter { stream, encoder })
    }

    /// All was done when the object was made. Without this, a class in Python that comes later would be asked.
    #[init]
    fn init(&self, _arguments: Arguments<'_>) -> Result<()> {
        Ok(())
    }

    /// Encodes a text and writes it.
    fn write(&self, cx: &mut Context, strobj: Value) -> Result<()> {
        let bytes = self.encoder.encode(cx, strobj, false)?;
        self.write_bytes(cx, &bytes)
    }

    /// Writes each text of a sequence.
    fn writelines(&self, cx: &mut Context, lines: Value) -> Result<()> {
        if lines.type_of().slots().get_item.is_none() || lines.cast::<DictObject>().is_some() {
            return Err(cx.type_error("arg must be a sequence object"));
        }
        let mut index = 0;
        while index < subscript::length(cx, lines)? {
            let position = int::from_usize(cx, index);
            let line = subscript::get_item(cx, lines, position.value())?;
            self.write(cx, line.value())?;
            index += 1;
        }
        Ok(())
    }

    /// Writes what was held back, and what ends the text then.
    fn reset(&self, cx: &mut Context) -> Result<()> {
        match self.encoder.end(cx)? {
            Some(bytes) if !bytes.is_empty() => self.write_bytes(cx, &bytes),
            _ => Ok(()),
        }
    }

    /// The stream.
    #[get(member)]
    fn stream(&self) -> Value {
        self.stream.value()
    }

    /// How errors are treated.
    #[get]
    fn errors(&self, cx: &mut Context) -> Owned {
        Errors::shown(&self.encoder.errors, cx)
    }

    #[set(errors)]
    fn set_errors(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        Errors::assign(&self.encoder.errors, cx, value)
    }
}
