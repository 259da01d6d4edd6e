//! Reading through the buffer.

use super::{Buffered, Target};
use crate::calls::{call_method, none};
use crate::file;
use sidewinder_runtime::native::argument::WritableBuffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::operations::attribute;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// What a read has come to.
enum Filled {
    Bytes,
    End,
    /// It would have to wait.
    Blocked,
}

impl Buffered {
    /// Reads into the buffer, behind what is there.
    fn fill(&self, cx: &mut Context) -> Result<Filled> {
        let start = if self.has_read() { self.read_end.get() } else { 0 };
        let outcome = self.read_raw(cx, Target::Own(start as usize))?;
        Ok(match outcome {
            None => Filled::Blocked,
            Some(0) => Filled::End,
            Some(count) => {
                self.read_end.set(start + count as i64);
                self.raw_position.set(start + count as i64);
                Filled::Bytes
            }
        })
    }

    /// Hands `use_bytes` up to `limit` bytes that are there, and moves on behind what it says it took.
    #[inline]
    fn consume<T>(&self, limit: usize, use_bytes: impl FnOnce(&[u8]) -> (T, usize)) -> T {
        let buffer = self.buffer.borrow();
        let start = self.position.get() as usize;
        let count = self.read_ahead().min(limit);
        let (result, taken) = use_bytes(buffer.get(start..start + count).unwrap_or_default());
        self.position.set((start + taken) as i64);
        result
    }

    /// Appends up to `limit` bytes that are there; how many.
    fn take(&self, limit: usize, target: &mut Vec<u8>) -> usize {
        self.consume(limit, |bytes| {
            target.extend_from_slice(bytes);
            (bytes.len(), bytes.len())
        })
    }

    fn flush_before_reading(&self, cx: &mut Context) -> Result<()> {
        if self.writable { self.flush_and_rewind(cx) } else { Ok(()) }
    }

    pub fn peek(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        self.raw(cx)?;
        self.check_open(cx, "peek of closed file")?;
        let _entered = self.enter(cx, this)?;
        self.flush_before_reading(cx)?;
        if self.read_ahead() == 0 {
            self.reset_read();
            self.position.set(0);
            self.fill(cx)?;
        }
        Ok(self.consume(usize::MAX, |bytes| (BytesObject::new(cx, bytes), 0)))
    }

    pub fn read(&self, cx: &mut Context, this: Value, size: i64) -> Result<Owned> {
        self.raw(cx)?;
        if size < -1 {
            return Err(cx.value_error("read length must be non-negative or -1"));
        }
        self.check_open(cx, "read of closed file")?;
        if size == -1 {
            let mut all = Vec::new();
            return match self.read_all(cx, this, &mut all)? {
                true => Ok(BytesObject::new(cx, &all)),
                false => Ok(none()),
            };
        }
        let size = size as usize;
        if size <= self.read_ahead() && self.is_quiet() {
            return Ok(self.consume(size, |bytes| (BytesObject::new(cx, bytes), bytes.len())));
        }
        sidewinder_runtime::objects::str::check_bytes(cx, size)?;
        let _entered = self.enter(cx, this)?;
        let mut bytes = Vec::new();
        match self.read_exactly(cx, size, &mut bytes)? {
            true => Ok(BytesObject::new(cx, &bytes)),
            false => Ok(none()),
        }
    }

    /// Appends everything up to the end. `false` if nothing came because it would have to wait.
    pub fn read_all(&self, cx: &mut Context, this: Value, all: &mut Vec<u8>) -> Result<bool> {
        let raw = self.raw(cx)?;
        let _entered = self.enter(cx, this)?;
        let before = all.len();
        self.take(usize::MAX, all);
        self.flush_before_reading(cx)?;
        self.reset_read();
        if let Some(file) = file::exact(raw.value()) {
            let had = all.len();
            let came = file.read_rest(cx, all)?;
            self.advance(all.len() - had);
            return Ok(came || all.len() > before);
        }
        let read_all = attribute::get_text_optional(cx, raw.value(), "readall")?;
        if let Some(read_all) = read_all {
            let rest = call::call(cx, read_all.value(), &[])?;
            if rest.value() == singleton::none() {
                return Ok(all.len() > before);
            }
            let Some(bytes) = rest.value().cast::<BytesObject>() else {
                return Err(cx.type_error("readall() should return bytes"));
            };
            all.extend_from_slice(bytes.as_slice());
            return Ok(true);
        }
        loop {
            let part = call_method(cx, raw.value(), "read", &[])?;
            if part.value() == singleton::none() {
                return Ok(all.len() > before);
            }
            let Some(bytes) = part.value().cast::<BytesObject>() else {
                return Err(cx.type_error("read() should return bytes"));
            };
            if bytes.is_empty() {
                return Ok(true);
            }
            all.extend_from_slice(bytes.as_slice());
            self.advance(bytes.len());
        }
    }

    /// Appends so many bytes, or fewer at the end. `false` if none came because it would have to wait. The lock is held.
    fn read_exactly(&self, cx: &mut Context, size: usize, target: &mut Vec<u8>) -> Result<bool> {
        let mut remaining = size - self.take(size, target);
        if remaining == 0 {
            return Ok(true);
        }
        self.flush_before_reading(cx)?;
        self.reset_read();
        let block = self.size.get();
        while remaining >= block {
            // Whole blocks go around the buffer.
            let start = target.len();
            target.resize(start + remaining / block * block, 0);
            let outcome = self.read_raw(cx, Target::Slice(&mut target[start..]));
            target.truncate(start + outcome.as_ref().map_or(0, |count| count.unwrap_or(0)));
            match outcome? {
                Some(0) => return Ok(true),
                None => return Ok(!target.is_empty()),
                Some(count) => remaining -= count,
            }
        }
        self.position.set(0);
        self.raw_position.set(0);
        self.read_end.set(0);
        while remaining > 0 && (self.read_end.get() as usize) < block {
            match self.fill(cx)? {
                Filled::End => return Ok(true),
                Filled::Blocked => return Ok(!target.is_empty()),
                Filled::Bytes => remaining -= self.take(remaining, target),
            }
        }
        Ok(true)
    }

    /// Appends up to `size` bytes with at most one call of the raw stream.
    pub fn read_once(&self, cx: &mut Context, this: Value, size: usize, target: &mut Vec<u8>) -> Result<()> {
        if self.read_ahead() > 0 && self.is_quiet() {
            self.take(size, target);
            return Ok(());
        }
        let _entered = self.enter(cx, this)?;
        // Another thread may have filled the buffer meanwhile.
        if self.take(size, target) > 0 {
            return Ok(());
        }
        self.flush_before_reading(cx)?;
        self.reset_read();
        self.position.set(0);
        let start = target.len();
        target.resize(start + size, 0);
        let outcome = self.read_raw(cx, Target::Slice(&mut target[start..]));
        target.truncate(start + outcome.as_ref().map_or(0, |count| count.unwrap_or(0)));
        outcome.map(drop)
    }

    /// Appends up to `size` bytes like `read_once`, by way of the buffer.
    pub fn read_chunk(&self, cx: &mut Context, this: Value, size: usize, target: &mut Vec<u8>) -> Result<()> {
        if self.read_ahead() == 0 || !self.is_quiet() {
            let _entered = self.enter(cx, this)?;
            self.flush_before_reading(cx)?;
            if self.read_ahead() == 0 {
                self.reset_read();
                self.position.set(0);
                self.fill(cx)?;
            }
        }
        self.take(size, target);
        Ok(())
    }

    pub fn read1(&self, cx: &mut Context, this: Value, size: i64) -> Result<Owned> {
        self.raw(cx)?;
        let size = usize::try_from(size).unwrap_or(self.size.get());
        self.check_open(cx, "read of closed file")?;
        if size == 0 {
            return Ok(BytesObject::new(cx, &[]));
        }
        sidewinder_runtime::objects::str::check_bytes(cx, size)?;
        let mut bytes = Vec::new();
        self.read_once(cx, this, size, &mut bytes)?;
        Ok(BytesObject::new(cx, &bytes))
    }

    /// Reads into a buffer; `None` if nothing came because it would have to wait. `once`: with at most one call.
    pub fn read_into(
        &self,
        cx: &mut Context,
        this: Value,
        target: &WritableBuffer,
        once: bool,
    ) -> Result<Option<usize>> {
        self.raw(cx)?;
        self.check_open(cx, "readinto of closed file")?;
        let target = target.0.as_mut_slice();
        let copy = |target: &mut [u8]| {
            self.consume(target.len(), |bytes| {
                target[..bytes.len()].copy_from_slice(bytes);
                (bytes.len(), bytes.len())
            })
        };
        let mut written = if self.is_quiet() { copy(target) } else { 0 };
        if written == target.len() {
            return Ok(Some(written));
        }
        let _entered = self.enter(cx, this)?;
        written += copy(&mut target[written..]);
        if written == target.len() {
            return Ok(Some(written));
        }
        self.flush_before_reading(cx)?;
        self.reset_read();
        self.position.set(0);
        while written < target.len() {
            let rest = &mut target[written..];
            if rest.len() <= self.size.get() {
                // Another call only if there has been none.
                if once && written > 0 {
                    break;
                }
                match self.fill(cx)? {
                    Filled::Bytes => {
                        written += copy(rest);
                        continue;
                    }
                    Filled::Blocked if written == 0 => return Ok(None),
                    _ => break,
                }
            }
            match self.read_raw(cx, Target::Slice(rest))? {
                Some(0) => break,
                None if written == 0 => return Ok(None),
                None => break,
                Some(count) => written += count,
            }
            if once {
                break;
            }
        }
        Ok(Some(written))
    }

    pub fn read_line(&self, cx: &mut Context, this: Value, limit: Option<usize>) -> Result<Owned> {
        self.raw(cx)?;
        self.check_open(cx, "readline of closed file")?;
        let limit = limit.unwrap_or(usize::MAX);
        if self.is_quiet() {
            let found = self.consume(limit, |bytes| {
                let end = match memchr::memchr(b'\n', bytes) {
                    Some(place) => place + 1,
                    None if bytes.len() == limit => limit,
                    None => return (None, 0),
                };
                (Some(BytesObject::new(cx, &bytes[..end])), end)
            });
            if let Some(line) = found {
                return Ok(line);
            }
        }
        let _entered = self.enter(cx, this)?;
        let mut line = Vec::new();
        let ended = self.consume(limit, |bytes| {
            let end = memchr::memchr(b'\n', bytes);
            let part = &bytes[..end.map_or(bytes.len(), |place| place + 1)];
            line.extend_from_slice(part);
            (end.is_some(), part.len())
        });
        if ended {
            return Ok(BytesObject::new(cx, &line));
        }
        self.flush_before_reading(cx)?;
        while line.len() < limit {
            self.reset_read();
            self.position.set(0);
            if !matches!(self.fill(cx)?, Filled::Bytes) {
                break;
            }
            let complete = self.consume(limit - line.len(), |bytes| {
                let end = memchr::memchr(b'\n', bytes);
                let part = &bytes[..end.map_or(bytes.len(), |place| place + 1)];
                line.extend_from_slice(part);
                (end.is_some(), part.len())
            });
            if complete {
                break;
            }
        }
        Ok(BytesObject::new(cx, &line))
    }
}
