//! Writing through the buffer.

use super::{Buffered, file_below};
use crate::calls::would_block;
use sidewinder_runtime::objects::{exception, int};
use sidewinder_runtime::{Context, Result, Value, signals};

const BLOCKED: &str = "write could not complete without blocking";

impl Buffered {
    /// Writes what waits. The lock is held.
    pub(super) fn flush_writes(&self, cx: &mut Context) -> Result<()> {
        if !self.has_written() || self.write_start.get() == self.write_end.get() {
            return Ok(());
        }
        let rewind = self.raw_offset() + self.position.get() - self.write_start.get();
        if rewind != 0 {
            self.seek_raw(cx, -rewind, 1)?;
            self.raw_position.set(self.raw_position.get() - rewind);
        }
        while self.write_start.get() < self.write_end.get() {
            let buffer = self.buffer.take();
            let waiting = buffer.get(self.write_start.get() as usize..self.write_end.get() as usize);
            let outcome = self.write_raw(cx, waiting.unwrap_or_default());
            self.buffer.replace(buffer);
            match outcome? {
                None => return Err(would_block(cx, BLOCKED, 0, file_below(self).is_some())),
                Some(count) => self.write_start.set(self.write_start.get() + count as i64),
            }
            self.raw_position.set(self.write_start.get());
            // A write may be partial because a signal arrived.
            signals::check(cx)?;
        }
        self.reset_write();
        Ok(())
    }

    /// Copies into the buffer, which has room.
    fn keep(&self, place: usize, bytes: &[u8]) {
        let mut buffer = self.buffer.borrow_mut();
        if buffer.len() < place + bytes.len() {
            // The buffer grows with what it holds, up to its size.
            let size = self.size.get().min((place + bytes.len()).next_power_of_two().max(8192));
            buffer.resize(size.max(place + bytes.len()), 0);
        }
        buffer[place..place + bytes.len()].copy_from_slice(bytes);
    }

    /// Writes bytes; how many were taken, which is all.
    pub fn write(&self, cx: &mut Context, this: Value, bytes: &[u8]) -> Result<usize> {
        self.raw(cx)?;
        let _entered = self.enter(cx, this)?;
        if self.is_closed(cx)? {
            return Err(cx.value_error("write to closed file"));
        }
        if !self.has_read() && !self.has_written() {
            self.position.set(0);
            self.raw_position.set(0);
        }
        let size = self.size.get();
        let place = self.position.get() as usize;
        if bytes.len() <= size.saturating_sub(place) && bytes.len() < size {
            self.keep(place, bytes);
            if !self.has_written() || self.write_start.get() > self.position.get() {
                self.write_start.set(self.position.get());
            }
            self.move_to(self.position.get() + bytes.len() as i64);
            if self.position.get() > self.write_end.get() {
                self.write_end.set(self.position.get());
            }
            return Ok(bytes.len());
        }
        if self.flush_writes(cx).is_err() {
            return self.write_blocked(cx, bytes);
        }
        let offset = self.raw_offset();
        if offset != 0 {
            self.seek_raw(cx, -offset, 1)?;
            self.raw_position.set(self.raw_position.get() - offset);
        }
        self.write_around(cx, bytes)
    }

    /// Goes on after what waited could not be written: if only because that would have had to wait, takes what has room.
    fn write_blocked(&self, cx: &mut Context, bytes: &[u8]) -> Result<usize> {
        let error = cx.take_pending();
        if !error.value().type_of().is_subtype(&exception::BLOCKING_IO_ERROR) {
            return Err(cx.raise_value(error));
        }
        if self.readable {
            self.reset_read();
        }
        let (start, end) = (self.write_start.get(), self.write_end.get());
        self.buffer.borrow_mut().copy_within(start as usize..end as usize, 0);
        self.write_end.set(end - start);
        self.raw_position.set(self.raw_position.get() - start);
        self.position.set(self.position.get() - start);
        self.write_start.set(0);
        let place = self.write_end.get() as usize;
        let taken = bytes.len().min(self.size.get() - place);
        self.keep(place, &bytes[..taken]);
        self.write_end.set((place + taken) as i64);
        self.position.set(self.position.get() + taken as i64);
        if taken == bytes.len() {
            return Ok(taken);
        }
        let written = int::from_usize(cx, taken);
        exception::of(error.value()).set_field(exception::special::OS_WRITTEN, Some(written));
        Err(cx.raise_value(error))
    }

    /// Writes what has no room in the (empty) buffer, and keeps the end.
    fn write_around(&self, cx: &mut Context, bytes: &[u8]) -> Result<usize> {
        let size = self.size.get();
        let mut written = 0;
        while bytes.len() - written > size {
            match self.write_raw(cx, &bytes[written..])? {
                Some(count) => written += count,
                None => {
                    self.keep(0, &bytes[written..written + size]);
                    self.raw_position.set(0);
                    self.move_to(size as i64);
                    self.write_start.set(0);
                    self.write_end.set(size as i64);
                    return Err(would_block(cx, BLOCKED, written + size, file_below(self).is_some()));
                }
            }
            signals::check(cx)?;
        }
        if self.readable {
            self.reset_read();
        }
        let rest = &bytes[written..];
        self.keep(0, rest);
        self.write_start.set(0);
        self.write_end.set(rest.len() as i64);
        self.move_to(rest.len() as i64);
        self.raw_position.set(0);
        Ok(bytes.len())
    }
}
