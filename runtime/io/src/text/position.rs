//! `tell` and `seek` of text: a position is where decoding can start in the stream of bytes, the decoder's state there,
//! and how much to decode and to skip from there on, all in one integer.

use super::TextIoWrapper;
use crate::calls::{call_method, unsupported};
use sidewinder_runtime::objects::exception;
use sidewinder_runtime::objects::int::{self, Integer};
use sidewinder_runtime::objects::slots::{BinaryOp, CompareOp};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::operations::{arithmetic, compare, convert};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// The parts of a position.
#[derive(Default, Clone, Copy, Debug, PartialEq, Eq)]
struct Cookie {
    /// Where in the bytes.
    start: u64,
    decoder_flags: u32,
    /// Bytes to decode from there.
    bytes_to_feed: u32,
    /// Characters to skip of what comes out.
    characters_to_skip: u32,
    /// Whether the decoder has to be told that no more comes.
    needs_end: bool,
}

impl Cookie {
    fn to_object(self, cx: &mut Context) -> Result<Owned> {
        let mut whole = int::from_u64(cx, self.start);
        let middle = self.decoder_flags as u64 | (self.bytes_to_feed as u64) << 32;
        let high = self.characters_to_skip as u64 | (self.needs_end as u64) << 32;
        for (part, shift) in [(middle, 64), (high, 128)] {
            if part != 0 {
                let part = int::from_u64(cx, part);
                let shift = Value::from_small_int(shift);
                let part = arithmetic::binary(cx, BinaryOp::LeftShift, part.value(), shift)?;
                whole = arithmetic::binary(cx, BinaryOp::Or, whole.value(), part.value())?;
            }
        }
        Ok(whole)
    }

    fn from_object(cx: &mut Context, value: Value) -> Result<Cookie> {
        let number = convert::index(cx, value)?;
        let limbs = match Integer::of(number.value()) {
            Some(integer) => integer.magnitude().to_vec(),
            None => Vec::new(),
        };
        let limb = |index: usize| limbs.get(index).copied().unwrap_or(0);
        if limbs.len() > 3 || limb(2) >> 40 != 0 {
            return Err(cx.overflow_error("int too big to convert"));
        }
        Ok(Cookie {
            start: limb(0),
            decoder_flags: limb(1) as u32,
            bytes_to_feed: (limb(1) >> 32) as u32,
            characters_to_skip: limb(2) as u32,
            needs_end: limb(2) >> 32 != 0,
        })
    }
}

#[cold]
fn not_seekable(cx: &mut Context) -> Raised {
    unsupported(cx, "underlying stream is not seekable")
}

impl TextIoWrapper {
    pub fn tell_cookie(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let buffer = self.open_buffer(cx, this)?;
        if !self.seekable.get() {
            return Err(not_seekable(cx));
        }
        if !self.telling.get() {
            return Err(cx.raise(&exception::OS_ERROR, "telling position disabled by next() call"));
        }
        self.write_pending(cx, &buffer)?;
        call_method(cx, this, "flush", &[])?;
        let position = call_method(cx, buffer.value(), "tell", &[])?;
        let Some(snapshot) = self.snapshot.borrow().clone().filter(|_| self.decoder.is_present()) else {
            return Ok(position);
        };
        let mut cookie = Cookie::from_object(cx, position.value())?;
        // Back to where the chunk began.
        cookie.start = cookie.start.wrapping_sub(snapshot.bytes.len() as u64);
        cookie.decoder_flags = snapshot.flags as u32;
        let used = self.used.get();
        if used == 0 || self.decoded.is_empty() {
            return cookie.to_object(cx);
        }
        let saved = self.decoder.state(cx)?;
        let found = self.find_position(cx, cookie, &snapshot.bytes, used);
        let error = found.is_err().then(|| cx.take_pending());
        let restored = self.decoder.set_state(cx, &saved.bytes, saved.flags);
        if let Some(error) = error {
            if restored.is_err() {
                drop(cx.take_pending());
            }
            return Err(cx.raise_value(error));
        }
        restored?;
        found?.to_object(cx)
    }

    /// Puts the decoder into the state at the start of a position.
    fn rewind_decoder(&self, cx: &mut Context, cookie: &Cookie) -> Result<()> {
        if cookie.start == 0 && cookie.decoder_flags == 0 {
            self.decoder.reset(cx)
        } else {
            self.decoder.set_state(cx, &[], cookie.decoder_flags as i64)
        }
    }

    /// Decodes, and how many characters came out.
    fn count_decoded(&self, cx: &mut Context, bytes: &[u8], last: bool) -> Result<usize> {
        let text = self.decoder.decode(cx, bytes, last)?;
        Ok(str::cast(text.value()).map_or(0, StrObject::len))
    }

    /// Where decoding can start so that as little as possible of it is done again, for the place that is `used`
    /// characters into the chunk of those bytes.
    fn find_position(&self, cx: &mut Context, start: Cookie, bytes: &[u8], used: usize) -> Result<Cookie> {
        let mut cookie = start;
        let mut to_skip = used as i64;
        // First guess how many bytes that are, and correct the guess until the decoder holds nothing back there.
        let mut skip_bytes = ((self.bytes_per_character.get() * used as f64) as usize).min(bytes.len());
        let mut step = 1;
        while skip_bytes > 0 {
            self.rewind_decoder(cx, &cookie)?;
            let decoded = self.count_decoded(cx, &bytes[..skip_bytes], false)?;
            if decoded <= used {
                let state = self.decoder.state(cx)?;
                if state.bytes.is_empty() {
                    cookie.decoder_flags = state.flags as u32;
                    to_skip -= decoded as i64;
                    break;
                }
                skip_bytes -= state.bytes.len().min(skip_bytes);
                step = 1;
            } else {
                skip_bytes = skip_bytes.saturating_sub(step);
                step *= 2;
            }
        }
        if skip_bytes == 0 {
            self.rewind_decoder(cx, &start)?;
        }
        cookie.start += skip_bytes as u64;
        cookie.characters_to_skip = to_skip as u32;
        if to_skip == 0 {
            return Ok(cookie);
        }
        // Then byte by byte, noting each place where the decoder holds nothing back.
        let rest = &bytes[skip_bytes..];
        let (mut decoded, mut fed) = (0, 0);
        for byte in rest.chunks(1) {
            decoded += self.count_decoded(cx, byte, false)? as i64;
            fed += 1;
            let state = self.decoder.state(cx)?;
            if state.bytes.is_empty() && decoded <= to_skip {
                cookie.start += fed;
                to_skip -= decoded;
                cookie.decoder_flags = state.flags as u32;
                decoded = 0;
                fed = 0;
            }
            if decoded >= to_skip {
                cookie.bytes_to_feed = fed as u32;
                cookie.characters_to_skip = to_skip as u32;
                return Ok(cookie);
            }
        }
        // All bytes are not enough: the rest comes when the decoder is told that this was all.
        decoded += self.count_decoded(cx, &[], true)? as i64;
        cookie.bytes_to_feed = fed as u32;
        cookie.needs_end = true;
        if decoded < to_skip {
            return Err(cx.raise(&exception::OS_ERROR, "can't reconstruct logical file position"));
        }
        cookie.characters_to_skip = to_skip as u32;
        Ok(cookie)
    }

    pub fn seek_cookie(&self, cx: &mut Context, this: Value, cookie: Value, whence: i32) -> Result<Owned> {
        let buffer = self.open_buffer(cx, this)?;
        if !self.seekable.get() {
            return Err(not_seekable(cx));
        }
        let zero = Value::from_small_int(0);
        let mut cookie = Owned::new(cookie);
        match whence {
            libc::SEEK_CUR => {
                // Only to where it is.
                if !compare::equals(cx, cookie.value(), zero)? {
                    return Err(unsupported(cx, "can't do nonzero cur-relative seeks"));
                }
                cookie = call_method(cx, this, "tell", &[])?;
            }
            libc::SEEK_END => {
                if !compare::equals(cx, cookie.value(), zero)? {
                    return Err(unsupported(cx, "can't do nonzero end-relative seeks"));
                }
                call_method(cx, this, "flush", &[])?;
                self.drop_decoded();
                if self.decoder.is_present() {
                    self.decoder.reset(cx)?;
                }
                let position = call_method(cx, buffer.value(), "seek", &[zero, Value::from_small_int(2)])?;
                if self.encoder.is_present() {
                    let at_start = compare::equals(cx, position.value(), zero)?;
                    self.encoder.set_start(cx, at_start)?;
                }
                return Ok(position);
            }
            libc::SEEK_SET => {}
            _ => {
                let message = format!("invalid whence ({whence}, should be 0, 1 or 2)");
                return Err(cx.value_error(message));
            }
        }
        if compare::truth(cx, CompareOp::Less, cookie.value(), zero)? {
            let shown = crate::calls::repr_text(cx, cookie.value())?;
            return Err(cx.value_error(format!("negative seek position {shown}")));
        }
        call_method(cx, this, "flush", &[])?;
        let place = Cookie::from_object(cx, cookie.value())?;
        let start = int::from_u64(cx, place.start);
        call_method(cx, buffer.value(), "seek", &[start.value()])?;
        self.drop_decoded();
        if self.decoder.is_present() {
            self.rewind_decoder(cx, &place)?;
        }
        if place.characters_to_skip > 0 {
            self.skip_characters(cx, &buffer, &place)?;
        } else {
            self.snapshot.replace(Some(super::Snapshot { flags: place.decoder_flags as i64, bytes: Vec::new() }));
        }
        if self.encoder.is_present() {
            self.encoder.set_start(cx, place.start == 0 && place.decoder_flags == 0)?;
        }
        Ok(cookie)
    }

    /// Decodes up to a place within what comes out at once.
    fn skip_characters(&self, cx: &mut Context, buffer: &Owned, place: &Cookie) -> Result<()> {
        let count = int::from_i64(cx, place.bytes_to_feed as i64);
        let data = call_method(cx, buffer.value(), "read", &[count.value()])?;
        let Some(bytes) = sidewinder_runtime::objects::bytes::like(data.value()) else {
            let found = data.value().type_of().name();
            let message = format!("underlying read() should have returned a bytes object, not '{found}'");
            return Err(cx.type_error(message));
        };
        let bytes = bytes.to_vec();
        let text = self.decoder.decode(cx, &bytes, place.needs_end)?;
        self.snapshot.replace(Some(super::Snapshot { flags: place.decoder_flags as i64, bytes }));
        let length = str::cast(text.value()).map_or(0, StrObject::len);
        self.set_decoded(Some(text));
        if length < place.characters_to_skip as usize {
            return Err(cx.raise(&exception::OS_ERROR, "can't restore logical file position"));
        }
        self.used.set(place.characters_to_skip as usize);
        Ok(())
    }
}
