//! Reading text: chunks, pieces and lines.

use super::{Snapshot, TextIoWrapper, readable_buffer};
use crate::calls::{call_method, unsupported};
use sidewinder_runtime::objects::buffer::{Buffer, is_exporter};
use sidewinder_runtime::objects::str::{self, StrBuilder, StrObject};
use sidewinder_runtime::objects::{exception, int, singleton};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

impl TextIoWrapper {
    /// The stream of bytes, for reading.
    fn for_reading(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let buffer = self.open_buffer(cx, this)?;
        if !self.decoder.is_present() {
            return Err(unsupported(cx, "not readable"));
        }
        self.write_pending(cx, &buffer)?;
        Ok(buffer)
    }

    /// Reads and decodes a chunk; `false` at the end. `hint`: how many characters are wanted, or 0.
    pub(super) fn read_chunk(&self, cx: &mut Context, buffer: &Owned, hint: usize) -> Result<bool> {
        if !self.decoder.is_present() {
            return Err(unsupported(cx, "not readable"));
        }
        let before = if self.telling.get() { Some(self.decoder.state(cx)?) } else { None };
        let wanted = (self.bytes_per_character.get().max(1.0) * hint as f64) as usize;
        let size = self.chunk_bytes.get().max(wanted);
        let mut chunk = Vec::with_capacity(size);
        self.read_bytes(cx, buffer, size, &mut chunk)?;
        let mut end = chunk.is_empty();
        let text = self.decoder.decode(cx, &chunk, end)?;
        let length = str::cast(text.value()).map_or(0, StrObject::len);
        let ratio = if length > 0 { chunk.len() as f64 / length as f64 } else { 0.0 };
        self.bytes_per_character.set(ratio);
        end &= length == 0;
        self.set_decoded(Some(text));
        if let Some(before) = before {
            let mut bytes = before.bytes;
            if bytes.is_empty() {
                bytes = chunk;
            } else {
                bytes.extend_from_slice(&chunk);
            }
            self.snapshot.replace(Some(Snapshot { flags: before.flags, bytes }));
        }
        Ok(!end)
    }

    /// Appends up to `size` bytes of the stream below.
    fn read_bytes(&self, cx: &mut Context, buffer: &Owned, size: usize, chunk: &mut Vec<u8>) -> Result<()> {
        if let Some(buffered) = readable_buffer(buffer) {
            buffered.check_open(cx, "read of closed file")?;
            return buffered.read_chunk(cx, buffer.value(), size, chunk);
        }
        let method = if self.has_read1.get() { "read1" } else { "read" };
        let size = int::from_usize(cx, size);
        let data = call_method(cx, buffer.value(), method, &[size.value()])?;
        if !is_exporter(data.value()) {
            let found = data.value().type_of().name();
            let message = format!("underlying {method}() should have returned a bytes-like object, not '{found}'");
            return Err(cx.type_error(message));
        }
        let lent = Buffer::read(cx, data.value())?;
        chunk.extend_from_slice(lent.as_slice());
        Ok(())
    }

    /// Takes up to `limit` characters of what was decoded.
    fn take_decoded(&self, cx: &mut Context, limit: usize) -> Option<Owned> {
        let decoded = self.decoded.get()?;
        let text = str::cast(decoded.value())?;
        let start = self.used.get().min(text.len());
        let end = text.len().min(start.saturating_add(limit));
        self.used.set(end);
        if (start, end) == (0, text.len()) {
            return Some(decoded);
        }
        (start < end).then(|| str::substring(cx, text, start, end))
    }

    pub fn read_text(&self, cx: &mut Context, this: Value, limit: Option<usize>) -> Result<Owned> {
        let buffer = self.for_reading(cx, this)?;
        match limit {
            None => self.read_all(cx, &buffer),
            Some(limit) => self.read_some(cx, &buffer, limit),
        }
    }

    fn read_all(&self, cx: &mut Context, buffer: &Owned) -> Result<Owned> {
        let rest = match readable_buffer(buffer) {
            Some(buffered) => {
                buffered.check_open(cx, "read of closed file")?;
                let mut bytes = Vec::new();
                if !buffered.read_all(cx, buffer.value(), &mut bytes)? {
                    return Err(nothing_yet(cx));
                }
                self.decoder.decode(cx, &bytes, true)?
            }
            None => {
                let data = call_method(cx, buffer.value(), "read", &[])?;
                if data.value() == singleton::none() {
                    return Err(nothing_yet(cx));
                }
                let lent = Buffer::read(cx, data.value())?;
                self.decoder.decode(cx, lent.as_slice(), true)?
            }
        };
        let first = self.take_decoded(cx, usize::MAX);
        self.drop_decoded();
        match first {
            Some(first) => str::concat(cx, first.value(), rest.value()),
            None => Ok(rest),
        }
    }

    fn read_some(&self, cx: &mut Context, buffer: &Owned, limit: usize) -> Result<Owned> {
        let length =
            |text: &Option<Owned>| text.as_ref().and_then(|text| str::cast(text.value())).map_or(0, StrObject::len);
        let mut part = self.take_decoded(cx, limit);
        let mut remaining = limit - length(&part);
        if remaining == 0
            && let Some(part) = part
        {
            return Ok(part);
        }
        let mut built = StrBuilder::new();
        while remaining > 0 {
            if let Some(text) = part.take().as_ref().and_then(|part| str::cast(part.value())) {
                built.push_str(text);
            }
            if !self.read_chunk(cx, buffer, remaining)? {
                break;
            }
            part = self.take_decoded(cx, remaining);
            remaining -= length(&part);
        }
        match part {
            Some(part) if built.is_empty() => Ok(part),
            part => {
                if let Some(text) = part.as_ref().and_then(|part| str::cast(part.value())) {
                    built.push_str(text);
                }
                Ok(built.finish(cx))
            }
        }
    }

    /// A line, or the part of one that the limit allows; empty at the end.
    pub fn read_line(&self, cx: &mut Context, this: Value, limit: Option<usize>) -> Result<Owned> {
        let buffer = self.for_reading(cx, this)?;
        let end = self.line_end.get().unwrap_or(crate::newline::LineEnd::Feed);
        let limit = limit.unwrap_or(usize::MAX);
        // Most lines lie in a chunk.
        if let Some(decoded) = self.decoded.get()
            && let Some(text) = str::cast(decoded.value())
        {
            let start = self.used.get().min(text.len());
            if let Ok(length) = end.find(text.units().from(start))
                && length <= limit
            {
                self.used.set(start + length);
                return Ok(str::substring(cx, text, start, start + length));
            }
        }
        self.read_long_line(cx, &buffer, end, limit)
    }

    /// A line across chunks.
    fn read_long_line(
        &self,
        cx: &mut Context,
        buffer: &Owned,
        end: crate::newline::LineEnd,
        limit: usize,
    ) -> Result<Owned> {
        let mut line = StrBuilder::new();
        // What is at the end of `line` and may be the first half of an end of line.
        let mut held = 0;
        loop {
            let available = |stream: &TextIoWrapper| {
                let decoded = stream.decoded.get()?;
                let length = str::cast(decoded.value())?.len();
                (stream.used.get() < length).then_some(decoded)
            };
            let decoded = loop {
                if let Some(decoded) = available(self) {
                    break Some(decoded);
                }
                if !self.read_chunk(cx, buffer, 0)? {
                    break None;
                }
            };
            let Some(text) = decoded.as_ref().and_then(|decoded| str::cast(decoded.value())) else {
                self.drop_decoded();
                break;
            };
            let start = self.used.get();
            let before = line.len();
            line.push_units(text.units().from(start));
            let found = end.find(line.units().from(before - held));
            let (stop, complete) = match found {
                Ok(length) => (before - held + length, true),
                Err(certain) => (before - held + certain, false),
            };
            if complete || stop >= limit {
                let stop = stop.min(limit);
                line.truncate(stop);
                if stop >= before {
                    self.used.set(start + stop - before);
                } else {
                    // The held character goes back in front of the text.
                    let mut rest = StrBuilder::new();
                    rest.push('\r' as u32);
                    rest.push_units(text.units().from(start));
                    let rest = rest.finish(cx);
                    self.set_decoded(Some(rest));
                }
                break;
            }
            held = line.len() - stop;
            self.set_decoded(None);
        }
        Ok(line.finish(cx))
    }
}

/// The error of reading from a stream of bytes that has none for now.
#[cold]
fn nothing_yet(cx: &mut Context) -> Raised {
    cx.raise(&exception::BLOCKING_IO_ERROR, "Read returned None.")
}
