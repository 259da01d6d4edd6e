//! From bytes to text, as they come: the encodings that are built in, and any other by its incremental decoder.

use super::codecs;
use crate::calls::call_method;
use crate::newline::{Newlines, state_parts};
use sidewinder_macros::Traverse;
use sidewinder_runtime::native::Field;
use sidewinder_runtime::objects::bytes::{self, BytesObject};
use sidewinder_runtime::objects::str::codec::{Codec, Order, decode_bytes};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result};
use std::cell::{Cell, RefCell};

/// The decoder of a stream.
#[derive(Traverse, Default)]
pub struct TextDecoder {
    /// The encoding, if it is built in.
    #[plain]
    codec: Cell<Option<Codec>>,
    /// The incremental decoder of any other.
    object: Field,
    errors: RefCell<String>,
    /// Bytes of a character that is not complete.
    #[plain]
    pending: RefCell<Vec<u8>>,
    /// The byte order that a mark has given.
    #[plain]
    order: Cell<Option<Order>>,
    /// Whether ends of lines are looked at.
    universal: Cell<bool>,
    newlines: Newlines,
}

/// What a decoder has taken in but not given out, and its flags.
pub struct DecoderState {
    pub bytes: Vec<u8>,
    pub flags: i64,
}

impl TextDecoder {
    /// Prepares to decode; `translate` says what is done about ends of lines, if anything.
    pub fn start(&self, cx: &mut Context, encoding: &str, errors: &str, translate: Option<bool>) -> Result<()> {
        self.stop();
        let codec = Codec::from_name(encoding).filter(|codec| codecs::is_incremental(*codec));
        if codec.is_none() {
            let object = codecs::incremental(cx, encoding, errors, "incrementaldecoder")?;
            self.object.set(Some(object));
        }
        self.codec.set(codec);
        self.errors.replace(errors.to_string());
        self.universal.set(translate.is_some());
        self.newlines.start(translate.unwrap_or(false));
        Ok(())
    }

    pub fn stop(&self) {
        self.codec.set(None);
        self.object.set(None);
        self.pending.borrow_mut().clear();
        self.order.set(None);
    }

    pub fn is_present(&self) -> bool {
        self.codec.get().is_some() || !self.object.is_empty()
    }

    /// The attribute `newlines`.
    pub fn newlines(&self, cx: &mut Context) -> Owned {
        if self.is_present() && self.universal.get() { self.newlines.shown(cx) } else { Owned::new(singleton::none()) }
    }

    /// Decodes what has come; `last` if no more will.
    pub fn decode(&self, cx: &mut Context, input: &[u8], last: bool) -> Result<Owned> {
        let text = match (self.codec.get(), self.object.get()) {
            (Some(codec), _) => self.decode_native(cx, codec, input, last)?,
            (None, Some(object)) => {
                let input = BytesObject::new(cx, input);
                let arguments = [input.value(), singleton::boolean(last)];
                let text = call_method(cx, object.value(), "decode", &arguments)?;
                if !str::is_str(text.value()) {
                    let found = text.value().type_of().name();
                    return Err(cx.type_error(format!("decoder should return a string result, not '{found}'")));
                }
                text
            }
            (None, None) => StrObject::new(cx, ""),
        };
        Ok(if self.universal.get() { self.newlines.process(cx, text, last) } else { text })
    }

    fn decode_native(&self, cx: &mut Context, codec: Codec, input: &[u8], last: bool) -> Result<Owned> {
        let joined;
        let mut input = input;
        if !self.pending.borrow().is_empty() {
            let mut pending = self.pending.take();
            pending.extend_from_slice(input);
            joined = pending;
            input = &joined;
        }
        let held = if last { 0 } else { incomplete_tail(codec, self.order.get(), input) };
        let whole = &input[..input.len() - held];
        let text = self.decode_whole(cx, codec, whole);
        if text.is_ok() {
            self.pending.replace(input[input.len() - held..].to_vec());
        }
        text
    }

    fn decode_whole(&self, cx: &mut Context, codec: Codec, input: &[u8]) -> Result<Owned> {
        match codec {
            Codec::Latin1 => return Ok(StrObject::from_latin1(cx, input)),
            Codec::Utf8 | Codec::Ascii if input.is_ascii() => {
                return Ok(StrObject::from_latin1_known(cx, input, true));
            }
            Codec::Utf8 => {
                if let Ok(text) = std::str::from_utf8(input) {
                    return Ok(StrObject::new(cx, text));
                }
            }
            _ => {}
        }
        let codec = self.with_order(codec, input);
        let source = BytesObject::new(cx, input);
        let errors = self.errors.borrow().clone();
        decode_bytes(cx, input, source.value(), codec, &errors)
    }

    /// The encoding with the byte order that its mark has given, once.
    fn with_order(&self, codec: Codec, input: &[u8]) -> Codec {
        let (make, mark): (fn(Order) -> Codec, &[u8]) = match codec {
            Codec::Utf16(Order::Marked) => (Codec::Utf16, &[0xFE, 0xFF]),
            Codec::Utf32(Order::Marked) => (Codec::Utf32, &[0, 0, 0xFE, 0xFF]),
            _ => return codec,
        };
        match self.order.get() {
            Some(order) => make(order),
            None => {
                if !input.is_empty() {
                    self.order.set(Some(if input.starts_with(mark) { Order::Big } else { Order::Little }));
                }
                codec
            }
        }
    }

    /// `getstate`
    pub fn state(&self, cx: &mut Context) -> Result<DecoderState> {
        let mut state = match (self.codec.get(), self.object.get()) {
            (Some(codec), _) => {
                let flags = match (codec, self.order.get()) {
                    (Codec::Utf16(Order::Marked) | Codec::Utf32(Order::Marked), None) => 2,
                    (Codec::Utf16(Order::Marked) | Codec::Utf32(Order::Marked), Some(Order::Big)) => 1,
                    _ => 0,
                };
                DecoderState { bytes: self.pending.borrow().clone(), flags }
            }
            (None, Some(object)) => object_state(cx, &object)?,
            (None, None) => DecoderState { bytes: Vec::new(), flags: 0 },
        };
        if self.universal.get() {
            state.flags = state.flags << 1 | i64::from(self.newlines.is_pending());
        }
        Ok(state)
    }

    /// `setstate`
    pub fn set_state(&self, cx: &mut Context, bytes: &[u8], flags: i64) -> Result<()> {
        let mut flags = flags;
        if self.universal.get() {
            self.newlines.set_pending(flags & 1 != 0);
            flags >>= 1;
        }
        match (self.codec.get(), self.object.get()) {
            (Some(codec), _) => {
                self.pending.replace(bytes.to_vec());
                let marked = matches!(codec, Codec::Utf16(Order::Marked) | Codec::Utf32(Order::Marked));
                self.order.set(match flags {
                    0 if marked => Some(Order::Little),
                    1 if marked => Some(Order::Big),
                    _ => None,
                });
                Ok(())
            }
            (None, Some(object)) => {
                let (bytes, flags) = (BytesObject::new(cx, bytes), int::from_i64(cx, flags));
                let state = TupleObject::from_owned(cx, vec![bytes, flags]);
                call_method(cx, object.value(), "setstate", &[state.value()]).map(drop)
            }
            (None, None) => Ok(()),
        }
    }

    /// `reset`
    pub fn reset(&self, cx: &mut Context) -> Result<()> {
        self.newlines.reset();
        self.pending.borrow_mut().clear();
        self.order.set(None);
        match self.object.get() {
            Some(object) => call_method(cx, object.value(), "reset", &[]).map(drop),
            None => Ok(()),
        }
    }
}

fn object_state(cx: &mut Context, object: &Owned) -> Result<DecoderState> {
    let state = call_method(cx, object.value(), "getstate", &[])?;
    if state.value().cast::<TupleObject>().is_none_or(|state| state.as_slice().len() != 2) {
        return Err(cx.type_error("illegal decoder state"));
    }
    let (buffer, flags) = state_parts(cx, state.value())?;
    let flags = convert::index_i64(cx, flags.value())?;
    let Some(bytes) = bytes::like(buffer.value()) else {
        let found = buffer.value().type_of().name();
        let message = format!("illegal decoder state: the first item should be a bytes object, not '{found}'");
        return Err(cx.type_error(message));
    };
    Ok(DecoderState { bytes: bytes.to_vec(), flags })
}

/// Bytes at the end that may be the start of a character.
fn incomplete_tail(codec: Codec, order: Option<Order>, input: &[u8]) -> usize {
    match codec {
        Codec::Utf8 => {
            let longest = input.len().min(3);
            (1..=longest)
                .find(|length| {
                    let tail = &input[input.len() - length..];
                    tail[0] >= 0xC0
                        && std::str::from_utf8(tail)
                            .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
                })
                .unwrap_or(0)
        }
        Codec::Utf16(declared) => {
            let odd = input.len() % 2;
            let whole = &input[..input.len() - odd];
            let order = match declared {
                Order::Marked => {
                    order.unwrap_or(if whole.starts_with(&[0xFE, 0xFF]) { Order::Big } else { Order::Little })
                }
                _ => declared,
            };
            let high = match (order, whole) {
                (Order::Big, [.., high, _]) | (Order::Little | Order::Marked, [.., _, high]) => *high,
                _ => 0,
            };
            // The first half of a pair waits for the second one.
            odd + if (0xD8..0xDC).contains(&high) { 2 } else { 0 }
        }
        Codec::Utf32(_) => input.len() % 4,
        _ => 0,
    }
}
