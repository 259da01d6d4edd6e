//! `TextIOWrapper`: text over a stream of bytes.
//!
//! Reading: `decode.rs` makes strings of chunks, of which `read.rs` gives out lines and pieces. Writing: `encode.rs`
//! appends to bytes that wait here until they are a chunk. `position.rs` has `tell` and `seek`, `types.rs` the methods.

pub mod codecs;
pub mod decode;
pub mod encode;
pub mod position;
pub mod read;
pub mod types;

use crate::base::TextIoBase;
use crate::buffered::types::exact as exact_buffered;
use crate::buffered::{Buffered, file_below};
use crate::calls::{call_method, closed_error, truth_of, uninitialized, unsupported};
use crate::file;
use crate::newline::LineEnd;
use decode::TextDecoder;
use encode::TextEncoder;
use sidewinder_macros::{Traverse, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::str::units::Units;
use sidewinder_runtime::objects::str::{self, StrObject, search};
use sidewinder_runtime::operations::{attribute, convert};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};

use crate::base::TEXT_IO_BASE;

/// Bytes that are read or written at once.
const CHUNK_BYTES: usize = 8192;

/// Whether a stream can be used.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
    #[default]
    New,
    Ready,
    Detached,
}

/// What becomes of a line feed that is written.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum WrittenEnd {
    #[default]
    Feed,
    Return,
    Both,
}

/// The chunk that was decoded last: the decoder's flags before it, and the bytes since then.
#[derive(Default, Clone)]
struct Snapshot {
    flags: i64,
    bytes: Vec<u8>,
}

/// Character and line based layer over a BufferedIOBase object, buffer.
///
/// encoding gives the name of the encoding that the stream will be decoded or encoded with; it defaults to that of the
/// locale. errors determines the strictness of encoding and decoding, and defaults to "strict". newline controls how
/// line endings are handled: None, '', '\n', '\r', or '\r\n'. If line_buffering is True, a call to flush is implied when
/// a call to write contains a newline character.
#[native_type("_io.TextIOWrapper", base, weakrefs, dict, extends = TextIoBase)]
#[derive(Traverse, Default)]
pub struct TextIoWrapper {
    buffer: Field,
    encoding: Field,
    errors: Field,
    decoder: TextDecoder,
    encoder: TextEncoder,
    #[plain]
    stage: Cell<Stage>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    finalizing: Cell<bool>,
    /// How lines end that are read.
    #[plain]
    line_end: Cell<Option<LineEnd>>,
    /// Whether all ends of lines become line feeds.
    translates: Cell<bool>,
    #[plain]
    written_end: Cell<WrittenEnd>,
    seekable: Cell<bool>,
    telling: Cell<bool>,
    has_read1: Cell<bool>,
    chunk_bytes: Cell<usize>,
    /// Text that was decoded, and how much of it was given out.
    decoded: Field,
    used: Cell<usize>,
    #[plain]
    snapshot: RefCell<Option<Snapshot>>,
    /// Bytes for each character in the last chunk.
    bytes_per_character: Cell<f64>,
    /// Bytes that wait to be written.
    #[plain]
    pending: RefCell<Vec<u8>>,
}

/// What `__init__` and `reconfigure` are told.
pub struct Settings<'a> {
    pub encoding: Option<&'a str>,
    pub errors: Option<&'a str>,
    /// `Some(None)` is the universal mode.
    pub newline: Option<&'a str>,
    pub line_buffering: bool,
    pub write_through: bool,
}

impl TextIoWrapper {
    /// The stream of bytes; an error if there is none.
    #[inline]
    fn attached(&self, cx: &mut Context) -> Result<Owned> {
        match (self.stage.get(), self.buffer.get()) {
            (Stage::Ready, Some(buffer)) => Ok(buffer),
            (Stage::Detached, _) => Err(cx.value_error("underlying buffer has been detached")),
            _ => Err(uninitialized(cx)),
        }
    }

    /// The stream of bytes; an error if there is none or it is closed.
    #[inline]
    fn open_buffer(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let buffer = self.attached(cx)?;
        let closed = match quick_closed(buffer.value()) {
            Some(closed) if is_exact(this) => closed,
            _ => truth_of(cx, this, "closed")?,
        };
        if closed { Err(closed_error(cx)) } else { Ok(buffer) }
    }

    /// `__init__`
    pub fn start(&self, cx: &mut Context, buffer: Value, settings: &Settings<'_>) -> Result<()> {
        self.stage.set(Stage::New);
        let errors = settings.errors.unwrap_or("strict");
        if settings.encoding.is_none() {
            codecs::warn_of_default(cx, 1)?;
        }
        let encoding = match settings.encoding {
            None | Some("locale") => codecs::locale_encoding(),
            Some(name) if name.contains('\0') => return Err(cx.value_error("embedded null character")),
            Some(name) => name.to_string(),
        };
        check_newline(cx, settings.newline)?;
        // An unknown encoding is an error also for a stream that neither reads nor writes.
        if str::codec::Codec::from_name(&encoding).is_none() {
            codecs::lookup(cx, &encoding)?;
        }
        self.set_newline(settings.newline);
        self.chunk_bytes.set(CHUNK_BYTES);
        self.line_buffering.set(settings.line_buffering);
        self.write_through.set(settings.write_through);
        self.drop_decoded();
        self.pending.borrow_mut().clear();
        let text = StrObject::new(cx, &encoding);
        self.encoding.set(Some(text));
        let text = StrObject::new(cx, errors);
        self.errors.set(Some(text));
        self.buffer.set(Some(Owned::new(buffer)));
        self.decoder.stop();
        self.encoder.stop();
        let (readable, writable, seekable) = self.abilities(cx, buffer)?;
        if readable {
            self.decoder.start(cx, &encoding, errors, self.decoder_translation())?;
        }
        if writable {
            self.encoder.start(cx, &encoding, errors)?;
        }
        self.seekable.set(seekable);
        self.telling.set(seekable);
        let has_read1 = exact_buffered(buffer).is_some() || {
            let found = attribute::get_text_optional(cx, buffer, "read1")?;
            found.is_some()
        };
        self.has_read1.set(has_read1);
        if seekable && writable {
            let position = call_method(cx, buffer, "tell", &[])?;
            if position.value() != Value::from_small_int(0) {
                self.encoder.set_start(cx, false)?;
            }
        }
        self.stage.set(Stage::Ready);
        Ok(())
    }

    /// Whether the stream of bytes can be read, written, and moved in.
    fn abilities(&self, cx: &mut Context, buffer: Value) -> Result<(bool, bool, bool)> {
        if let Some(buffered) = exact_buffered(buffer)
            && let Some(file) = file_below(buffered)
            && let Some(file) = file::exact(file.value())
        {
            file.descriptor(cx)?;
            let (readable, writable) = buffered.directions();
            return Ok((readable, writable, file.is_seekable(cx)?));
        }
        let mut ask = |method: &str| -> Result<bool> {
            let answer = call_method(cx, buffer, method, &[])?;
            convert::truth(cx, answer.value())
        };
        let readable = ask("readable")?;
        let writable = ask("writable")?;
        let seekable = ask("seekable")?;
        Ok((readable, writable, seekable))
    }

    fn set_newline(&self, newline: Option<&str>) {
        self.translates.set(newline.is_none());
        self.line_end.set(Some(match newline {
            None | Some("\n") => LineEnd::Feed,
            Some("\r") => LineEnd::Return,
            Some("\r\n") => LineEnd::Both,
            _ => LineEnd::Universal,
        }));
        self.written_end.set(match newline {
            Some("\r") => WrittenEnd::Return,
            Some("\r\n") => WrittenEnd::Both,
            _ => WrittenEnd::Feed,
        });
    }

    /// What the decoder does about ends of lines, if anything.
    fn decoder_translation(&self) -> Option<bool> {
        let universal = self.translates.get() || self.line_end.get() == Some(LineEnd::Universal);
        universal.then(|| self.translates.get())
    }

    // Writing.

    /// Writes a string; how many characters.
    pub fn write_text(&self, cx: &mut Context, this: Value, text: Value) -> Result<usize> {
        let buffer = self.open_buffer(cx, this)?;
        if !self.encoder.is_present() {
            return Err(unsupported(cx, "not writable"));
        }
        let Some(string) = str::cast(text) else {
            let found = text.type_of().name();
            return Err(cx.type_error(format!("write() argument must be str, not {found}")));
        };
        let units = string.units();
        let line_feeds = self.written_end.get() != WrittenEnd::Feed || self.line_buffering.get();
        let has_feed = line_feeds && search::find_point(units, '\n' as u32).is_some();
        let flush = self.line_buffering.get() && (has_feed || search::find_point(units, '\r' as u32).is_some());
        let mut pending = self.pending.take();
        let before = pending.len();
        let encoded = match (has_feed, self.written_end.get()) {
            (true, WrittenEnd::Return) => self.encode_translated(cx, string, "\r", &mut pending),
            (true, WrittenEnd::Both) => self.encode_translated(cx, string, "\r\n", &mut pending),
            _ => self.encoder.encode(cx, string, &mut pending),
        };
        if encoded.is_err() {
            pending.truncate(before);
        }
        // An encoder in Python may have written to the stream.
        let others = self.pending.replace(pending);
        if !others.is_empty() {
            self.pending.borrow_mut().splice(0..0, others);
        }
        encoded?;
        let added = self.pending.borrow().len() - before.min(self.pending.borrow().len());
        if before > 0 && before + added > self.chunk_bytes.get() {
            self.write_part(cx, &buffer, before)?;
        }
        if self.pending.borrow().len() >= self.chunk_bytes.get() || flush || self.write_through.get() {
            self.write_pending(cx, &buffer)?;
        }
        if flush {
            flush_buffer(cx, &buffer)?;
        }
        if self.snapshot.borrow().is_some() || !self.decoded.is_empty() {
            self.drop_decoded();
        }
        if self.decoder.is_present() {
            self.decoder.reset(cx)?;
        }
        Ok(string.len())
    }

    #[cold]
    fn encode_translated(&self, cx: &mut Context, text: &StrObject, end: &str, target: &mut Vec<u8>) -> Result<()> {
        let mut built = str::StrBuilder::with_capacity(text.len() + 8);
        let mut rest: Units<'_> = text.units();
        while let Some(place) = search::find_point(rest, '\n' as u32) {
            built.push_units(rest.slice(0, place));
            built.push_text(end);
            rest = rest.from(place + 1);
        }
        built.push_units(rest);
        let translated = built.finish(cx);
        match str::cast(translated.value()) {
            Some(translated) => self.encoder.encode(cx, translated, target),
            None => Ok(()),
        }
    }

    /// Hands the first `count` of the bytes that wait to the stream of bytes.
    fn write_part(&self, cx: &mut Context, buffer: &Owned, count: usize) -> Result<()> {
        let mut bytes = self.pending.take();
        let rest = bytes.split_off(count.min(bytes.len()));
        self.pending.replace(rest);
        write_bytes(cx, buffer, &bytes)
    }

    /// Hands the bytes that wait to the stream of bytes. If that fails, they are lost.
    fn write_pending(&self, cx: &mut Context, buffer: &Owned) -> Result<()> {
        if self.pending.borrow().is_empty() {
            return Ok(());
        }
        let mut bytes = self.pending.take();
        let written = write_bytes(cx, buffer, &bytes);
        bytes.clear();
        if self.pending.borrow().is_empty() {
            // The memory serves again.
            self.pending.replace(bytes);
        }
        written
    }

    pub fn flush_text(&self, cx: &mut Context, this: Value) -> Result<()> {
        let buffer = self.open_buffer(cx, this)?;
        self.telling.set(self.seekable.get());
        self.write_pending(cx, &buffer)?;
        flush_buffer(cx, &buffer)
    }

    // Reading; see `read.rs`.

    /// Forgets what was decoded.
    fn drop_decoded(&self) {
        self.decoded.set(None);
        self.used.set(0);
        self.snapshot.replace(None);
    }

    fn set_decoded(&self, text: Option<Owned>) {
        self.decoded.set(text);
        self.used.set(0);
    }
}

/// Whether a stream is exactly of this type.
#[inline]
pub fn is_exact(value: Value) -> bool {
    value.cast_exact::<NativeObject<TextIoWrapper>>().is_some()
}

/// The stream that a value exactly is: what its methods do is known.
#[inline]
pub fn exact<'a>(value: Value) -> Option<&'a NativeObject<TextIoWrapper>> {
    value.cast_exact::<NativeObject<TextIoWrapper>>()
}

/// Whether a stream of bytes is closed, if that can be seen without asking it.
#[inline]
fn quick_closed(buffer: Value) -> Option<bool> {
    let file = file_below(exact_buffered(buffer)?)?;
    file::exact(file.value()).map(|file| file.is_closed())
}

/// An error unless the ends of lines are of a known kind.
pub fn check_newline(cx: &mut Context, newline: Option<&str>) -> Result<()> {
    match newline {
        None | Some("" | "\n" | "\r" | "\r\n") => Ok(()),
        Some(other) => Err(cx.value_error(format!("illegal newline value: {other}"))),
    }
}

/// Writes to a stream of bytes.
fn write_bytes(cx: &mut Context, buffer: &Owned, bytes: &[u8]) -> Result<()> {
    if let Some(buffered) = exact_buffered(buffer.value())
        && buffered.directions().1
    {
        return buffered.write(cx, buffer.value(), bytes).map(drop);
    }
    let bytes = BytesObject::new(cx, bytes);
    call_method(cx, buffer.value(), "write", &[bytes.value()]).map(drop)
}

fn flush_buffer(cx: &mut Context, buffer: &Owned) -> Result<()> {
    if let Some(buffered) = exact_buffered(buffer.value())
        && buffered.directions().1
    {
        return buffered.flush(cx, buffer.value());
    }
    call_method(cx, buffer.value(), "flush", &[]).map(drop)
}

/// The buffer below a stream, if it is exactly ours and can be read.
fn readable_buffer(buffer: &Owned) -> Option<&Buffered> {
    exact_buffered(buffer.value()).filter(|buffered| buffered.directions().0)
}
