//! The methods of `TextIOWrapper`.

use super::{Settings, Stage, TextIoWrapper, check_newline, is_exact, quick_closed};
use crate::base::Size;
use crate::calls::{
    boolean, call_method, cannot_pickle, none, raise_chained, repr_text, set_aside, set_flag, truth_of, unsupported,
};
use sidewinder_macros::methods;
use sidewinder_runtime::native::{Given, NativeObject, assigned};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{exception, int, singleton};
use sidewinder_runtime::operations::{attribute, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

/// A string argument, or `None`.
fn text_option(cx: &mut Context, value: Option<Value>, name: &str) -> Result<Option<String>> {
    match value {
        None => Ok(None),
        Some(value) if str::is_str(value) => Ok(str::text(value).map(|text| text.into_owned())),
        Some(value) => {
            let found = value.type_of().name();
            let message = format!("TextIOWrapper() argument '{name}' must be str or None, not {found}");
            Err(cx.type_error(message))
        }
    }
}

/// A stream over a stream of bytes.
pub fn make(cx: &mut Context, buffer: Value, settings: &Settings<'_>) -> Result<Owned> {
    let made = NativeObject::new(cx, TextIoWrapper::default())?;
    if let Some(stream) = made.value().cast::<NativeObject<TextIoWrapper>>() {
        stream.start(cx, buffer, settings)?;
    }
    Ok(made)
}

#[methods]
impl TextIoWrapper {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments) -> Result<Owned> {
        NativeObject::allocate(cx, class, TextIoWrapper::default())
    }

    #[init(name = "TextIOWrapper")]
    fn init(
        &self,
        cx: &mut Context,
        #[named] buffer: Value,
        #[default(None)] encoding: Option<Value>,
        #[default(None)] errors: Option<Value>,
        #[default(None)] newline: Option<Value>,
        #[default(false)] line_buffering: bool,
        #[default(false)] write_through: bool,
    ) -> Result<()> {
        let encoding = text_option(cx, encoding, "encoding")?;
        let errors = text_option(cx, errors, "errors")?;
        let newline = text_option(cx, newline, "newline")?;
        let settings = Settings {
            encoding: encoding.as_deref(),
            errors: errors.as_deref(),
            newline: newline.as_deref(),
            line_buffering,
            write_through,
        };
        self.start(cx, buffer, &settings)
    }

    /// Changes settings of the stream; what is not given stays. What encodes can only be changed before the first read.
    fn reconfigure(
        this: &NativeObject<TextIoWrapper>,
        cx: &mut Context,
        #[keyword]
        #[default(None)]
        encoding: Option<Value>,
        #[default(None)] errors: Option<Value>,
        #[default(Given(None), "None")] newline: Given<Value>,
        #[default(None)] line_buffering: Option<Value>,
        #[default(None)] write_through: Option<Value>,
    ) -> Result<()> {
        this.attached(cx)?;
        let codec_changes = encoding.is_some() || errors.is_some() || newline.0.is_some();
        if codec_changes && !this.decoded.is_empty() {
            let message = "It is not possible to set the encoding or newline of stream after the first read";
            return Err(unsupported(cx, message));
        }
        let encoding = text_option(cx, encoding, "encoding")?;
        let errors = text_option(cx, errors, "errors")?;
        let newline = match newline.0 {
            Some(value) => Some(text_option(cx, (value != singleton::none()).then_some(value), "newline")?),
            None => None,
        };
        if let Some(newline) = &newline {
            check_newline(cx, newline.as_deref())?;
        }
        let line_buffering = match line_buffering {
            Some(value) => convert::truth(cx, value)?,
            None => this.line_buffering.get(),
        };
        let write_through = match write_through {
            Some(value) => convert::truth(cx, value)?,
            None => this.write_through.get(),
        };
        call_method(cx, this.value(), "flush", &[])?;
        if let Some(newline) = &newline {
            this.set_newline(newline.as_deref());
        }
        if codec_changes {
            this.change_codec(cx, encoding, errors)?;
        }
        this.line_buffering.set(line_buffering);
        this.write_through.set(write_through);
        Ok(())
    }

    #[slot(repr)]
    fn repr(this: &NativeObject<TextIoWrapper>, cx: &mut Context) -> Result<String> {
        this.representation(cx, this.value())
    }

    #[slot(next)]
    fn next(this: &NativeObject<TextIoWrapper>, cx: &mut Context) -> Result<Option<Owned>> {
        this.next_line(cx, this.value())
    }

    /// Flushes and separates the stream of bytes, which is returned. After that, this one cannot be used.
    fn detach(this: &NativeObject<TextIoWrapper>, cx: &mut Context) -> Result<Owned> {
        this.attached(cx)?;
        call_method(cx, this.value(), "flush", &[])?;
        let buffer = this.attached(cx)?;
        drop(this.buffer.take());
        this.stage.set(Stage::Detached);
        Ok(buffer)
    }

    /// Writes a string; how many characters.
    fn write(this: &NativeObject<TextIoWrapper>, cx: &mut Context, text: Value) -> Result<usize> {
        this.write_text(cx, this.value(), text)
    }

    /// Reads up to so many characters, by default all.
    fn read(
        this: &NativeObject<TextIoWrapper>,
        cx: &mut Context,
        #[default(Size::ALL, "-1")] size: Size,
    ) -> Result<Owned> {
        this.read_text(cx, this.value(), size.limit())
    }

    /// A line, or the part of one that the size allows; nothing at the end.
    fn readline(
        this: &NativeObject<TextIoWrapper>,
        cx: &mut Context,
        #[default(Size::ALL, "-1")] size: Size,
    ) -> Result<Owned> {
        this.read_line(cx, this.value(), size.limit())
    }

    /// Writes what is buffered, down to the file.
    fn flush(this: &NativeObject<TextIoWrapper>, cx: &mut Context) -> Result<()> {
        this.flush_text(cx, this.value())
    }

    /// Flushes and closes the stream and the one of bytes.
    fn close(this: &NativeObject<TextIoWrapper>, cx: &mut Context) -> Result<Owned> {
        let buffer = this.attached(cx)?;
        if truth_of(cx, this.value(), "closed")? {
            return Ok(none());
        }
        if this.finalizing.get() && call_method(cx, buffer.value(), "_dealloc_warn", &[this.value()]).is_err() {
            drop(cx.take_pending());
        }
        let flushed = call_method(cx, this.value(), "flush", &[]);
        let (_, error) = set_aside(cx, flushed);
        let closed = call_method(cx, buffer.value(), "close", &[]);
        raise_chained(cx, error, closed)
    }

    /// The descriptor of the file below.
    fn fileno(&self, cx: &mut Context) -> Result<Owned> {
        let buffer = self.attached(cx)?;
        call_method(cx, buffer.value(), "fileno", &[])
    }

    /// Whether the position can be changed.
    fn seekable(&self, cx: &mut Context) -> Result<Owned> {
        let buffer = self.attached(cx)?;
        call_method(cx, buffer.value(), "seekable", &[])
    }

    /// Whether the stream can be read.
    fn readable(&self, cx: &mut Context) -> Result<Owned> {
        let buffer = self.attached(cx)?;
        call_method(cx, buffer.value(), "readable", &[])
    }

    /// Whether the stream can be written.
    fn writable(&self, cx: &mut Context) -> Result<Owned> {
        let buffer = self.attached(cx)?;
        call_method(cx, buffer.value(), "writable", &[])
    }

    /// Whether the file below is a terminal.
    fn isatty(&self, cx: &mut Context) -> Result<Owned> {
        let buffer = self.attached(cx)?;
        call_method(cx, buffer.value(), "isatty", &[])
    }

    /// Goes to a position that tell() gave, to the start, or to the end.
    fn seek(
        this: &NativeObject<TextIoWrapper>,
        cx: &mut Context,
        cookie: Value,
        #[default(0, "os.SEEK_SET")] whence: i32,
    ) -> Result<Owned> {
        this.seek_cookie(cx, this.value(), cookie, whence)
    }

    /// The position, as a number that only seek() understands.
    fn tell(this: &NativeObject<TextIoWrapper>, cx: &mut Context) -> Result<Owned> {
        this.tell_cookie(cx, this.value())
    }

    /// Cuts or extends the file, by default at the position.
    fn truncate(
        this: &NativeObject<TextIoWrapper>,
        cx: &mut Context,
        #[default(None)] pos: Option<Value>,
    ) -> Result<Owned> {
        let buffer = this.attached(cx)?;
        call_method(cx, this.value(), "flush", &[])?;
        let pos = pos.unwrap_or(singleton::none());
        call_method(cx, buffer.value(), "truncate", &[pos])
    }

    #[method(name = "__getstate__")]
    fn get_state(this: Value, cx: &mut Context) -> Result<Owned> {
        Err(cannot_pickle(cx, this))
    }

    #[get]
    fn name(&self, cx: &mut Context) -> Result<Owned> {
        let buffer = self.attached(cx)?;
        attribute::get_text(cx, buffer.value(), "name")
    }

    #[get]
    fn closed(&self, cx: &mut Context) -> Result<Owned> {
        let buffer = self.attached(cx)?;
        match quick_closed(buffer.value()) {
            Some(closed) => Ok(boolean(closed)),
            None => attribute::get_text(cx, buffer.value(), "closed"),
        }
    }

    #[get]
    fn newlines(&self, cx: &mut Context) -> Result<Owned> {
        self.attached(cx)?;
        Ok(self.decoder.newlines(cx))
    }

    #[get]
    fn errors(&self, cx: &mut Context) -> Result<Option<Owned>> {
        self.attached(cx)?;
        Ok(self.errors.get())
    }

    #[get]
    fn encoding(&self) -> Option<Owned> {
        self.encoding.get()
    }

    #[get]
    fn buffer(&self) -> Option<Owned> {
        self.buffer.get()
    }

    #[get]
    fn line_buffering(&self) -> bool {
        self.line_buffering.get()
    }

    #[get]
    fn write_through(&self) -> bool {
        self.write_through.get()
    }

    #[get(name = "_CHUNK_SIZE")]
    fn chunk_size(&self, cx: &mut Context) -> Result<usize> {
        self.attached(cx)?;
        Ok(self.chunk_bytes.get())
    }

    #[set(_CHUNK_SIZE)]
    fn set_chunk_size(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.attached(cx)?;
        let value = assigned(cx, value, "_CHUNK_SIZE cannot be deleted")?;
        let size = convert::index(cx, value)?;
        match int::as_i64(size.value()) {
            Some(size @ 1..) => {
                self.chunk_bytes.set(size as usize);
                Ok(())
            }
            Some(_) => Err(cx.value_error("a strictly positive integer is required")),
            None => Err(cx.value_error("cannot fit 'int' into an index-sized integer")),
        }
    }

    #[get(name = "_finalizing")]
    fn finalizing(&self) -> bool {
        self.finalizing.get()
    }

    #[set(_finalizing)]
    fn set_finalizing(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        set_flag(cx, &self.finalizing, value)
    }
}

impl TextIoWrapper {
    /// Another encoding, error handler or end of lines.
    fn change_codec(&self, cx: &mut Context, encoding: Option<String>, errors: Option<String>) -> Result<()> {
        let old = |field: Option<Owned>| field.and_then(|text| str::text(text.value()).map(|text| text.into_owned()));
        let errors = match (errors, &encoding) {
            (Some(errors), _) => errors,
            (None, Some(_)) => "strict".to_string(),
            (None, None) => old(self.errors.get()).unwrap_or_default(),
        };
        let encoding = match encoding.as_deref() {
            Some("locale") => super::codecs::locale_encoding(),
            Some(encoding) => encoding.to_string(),
            None => old(self.encoding.get()).unwrap_or_default(),
        };
        if self.decoder.is_present() {
            self.decoder.start(cx, &encoding, &errors, self.decoder_translation())?;
        }
        if self.encoder.is_present() {
            self.encoder.start(cx, &encoding, &errors)?;
            if self.seekable.get() {
                let buffer = self.attached(cx)?;
                let position = call_method(cx, buffer.value(), "tell", &[])?;
                if position.value() != Value::from_small_int(0) {
                    self.encoder.set_start(cx, false)?;
                }
            }
        }
        let text = StrObject::new(cx, &encoding);
        self.encoding.set(Some(text));
        let text = StrObject::new(cx, &errors);
        self.errors.set(Some(text));
        Ok(())
    }

    fn representation(&self, cx: &mut Context, this: Value) -> Result<String> {
        if self.stage.get() == Stage::New {
            return Err(crate::calls::uninitialized(cx));
        }
        let kind = this.type_of().name();
        let mut text = format!("<{kind}");
        if let Some(name) = crate::calls::name_text(cx, this)? {
            text.push_str(&format!(" name={name}"));
        }
        match attribute::get_text_optional(cx, this, "mode") {
            Ok(Some(mode)) => text.push_str(&format!(" mode={}", repr_text(cx, mode.value())?)),
            Ok(None) => {}
            Err(_) if cx.swallow(&exception::VALUE_ERROR) => {}
            Err(raised) => return Err(raised),
        }
        let encoding = self.encoding.get_or_none();
        text.push_str(&format!(" encoding={}>", repr_text(cx, encoding.value())?));
        Ok(text)
    }

    /// The next line of an iteration, during which nobody can tell the position.
    fn next_line(&self, cx: &mut Context, this: Value) -> Result<Option<Owned>> {
        self.attached(cx)?;
        self.telling.set(false);
        let line = if is_exact(this) {
            self.read_line(cx, this, None)?
        } else {
            let line = call_method(cx, this, "readline", &[])?;
            if !str::is_str(line.value()) {
                let found = line.value().type_of().name();
                let message = format!("readline() should have returned a str object, not '{found}'");
                return Err(cx.raise(&exception::OS_ERROR, message));
            }
            line
        };
        if str::cast(line.value()).is_some_and(|line| !line.is_empty()) {
            return Ok(Some(line));
        }
        self.snapshot.replace(None);
        self.telling.set(self.seekable.get());
        Ok(None)
    }
}
