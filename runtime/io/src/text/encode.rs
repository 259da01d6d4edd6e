//! From text to bytes.

use super::codecs;
use crate::calls::call_method;
use sidewinder_macros::Traverse;
use sidewinder_runtime::native::Field;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::str::codec::{Codec, Order, encode_string};
use sidewinder_runtime::objects::str::{StrObject, units::Units};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};

/// The encoder of a stream.
#[derive(Traverse, Default)]
pub struct TextEncoder {
    /// The encoding, if it is built in.
    #[plain]
    codec: Cell<Option<Codec>>,
    /// The incremental encoder of any other.
    object: Field,
    errors: RefCell<String>,
    /// Whether a byte order mark was written.
    started: Cell<bool>,
}

impl TextEncoder {
    pub fn start(&self, cx: &mut Context, encoding: &str, errors: &str) -> Result<()> {
        self.stop();
        let codec = Codec::from_name(encoding).filter(|codec| codecs::is_incremental(*codec));
        if codec.is_none() {
            let object = codecs::incremental(cx, encoding, errors, "incrementalencoder")?;
            self.object.set(Some(object));
        }
        self.codec.set(codec);
        self.errors.replace(errors.to_string());
        self.started.set(false);
        Ok(())
    }

    pub fn stop(&self) {
        self.codec.set(None);
        self.object.set(None);
    }

    pub fn is_present(&self) -> bool {
        self.codec.get().is_some() || !self.object.is_empty()
    }

    /// The stream is written from its start (again) or not.
    pub fn set_start(&self, cx: &mut Context, at_start: bool) -> Result<()> {
        self.started.set(!at_start);
        let Some(object) = self.object.get() else { return Ok(()) };
        if at_start {
            call_method(cx, object.value(), "reset", &[]).map(drop)
        } else {
            call_method(cx, object.value(), "setstate", &[Value::from_small_int(0)]).map(drop)
        }
    }

    /// Appends a string's bytes.
    pub fn encode(&self, cx: &mut Context, text: &StrObject, target: &mut Vec<u8>) -> Result<()> {
        match (self.codec.get(), text.units()) {
            (Some(Codec::Utf8 | Codec::Ascii), Units::One(bytes)) if text.is_ascii() => {
                target.extend_from_slice(bytes);
                return Ok(());
            }
            (Some(Codec::Latin1), Units::One(bytes)) => {
                target.extend_from_slice(bytes);
                return Ok(());
            }
            (Some(Codec::Utf8), _) => {
                let before = target.len();
                if push_utf8(text, target) {
                    return Ok(());
                }
                target.truncate(before);
            }
            _ => {}
        }
        let encoded = self.encode_value(cx, Value::from_pointer(text))?;
        match encoded.value().cast::<BytesObject>() {
            Some(bytes) => target.extend_from_slice(bytes.as_slice()),
            None => {
                let found = encoded.value().type_of().name();
                return Err(cx.type_error(format!("encoder should return a bytes object, not '{found}'")));
            }
        }
        Ok(())
    }

    fn encode_value(&self, cx: &mut Context, text: Value) -> Result<Owned> {
        let Some(codec) = self.codec.get() else {
            let Some(object) = self.object.get() else { return Ok(BytesObject::new(cx, &[])) };
            return call_method(cx, object.value(), "encode", &[text]);
        };
        let codec = match codec {
            Codec::Utf16(Order::Marked) if self.started.get() => Codec::Utf16(Order::Little),
            Codec::Utf32(Order::Marked) if self.started.get() => Codec::Utf32(Order::Little),
            other => other,
        };
        let errors = self.errors.borrow().clone();
        let encoded = encode_string(cx, text, codec, &errors)?;
        self.started.set(true);
        Ok(encoded)
    }
}

/// Appends UTF-8; `false` if the string has surrogates.
fn push_utf8(text: &StrObject, target: &mut Vec<u8>) -> bool {
    target.reserve(text.len() * 2);
    let mut buffer = [0; 4];
    for point in text.code_points() {
        if point < 0x80 {
            target.push(point as u8);
            continue;
        }
        match char::from_u32(point) {
            Some(character) => target.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes()),
            None => return false,
        }
    }
    true
}
