//! Arguments and results of `bytes` and `bytearray` methods, which serve both types.

use crate::str_arguments::wrong_receiver;
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::slots::{byte_value, bytes_like_required};
use sidewinder_runtime::objects::bytes::{BYTES, ByteArrayObject, BytesObject, like};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::value::Value;
use std::borrow::Cow;

/// What a method was called on. Its content is read anew by `content` after anything that may run Python code, which
/// may change a `bytearray`.
#[derive(Clone, Copy)]
pub struct Receiver {
    pub value: Value,
    mutable: bool,
}

impl Receiver {
    /// The receiver of a method: `arguments` start with it.
    pub fn new(cx: &mut Context, arguments: &[Value], method: &str) -> Result<Receiver> {
        match arguments.first() {
            Some(value) if value.cast::<BytesObject>().is_some() => Ok(Receiver { value: *value, mutable: false }),
            Some(value) if value.cast::<ByteArrayObject>().is_some() => Ok(Receiver { value: *value, mutable: true }),
            _ => Err(wrong_receiver(cx, arguments, "bytes", method)),
        }
    }

    /// The bytes. No borrow may live across a call that may run Python code.
    pub fn content<'a>(self) -> &'a [u8] {
        like(self.value).unwrap_or_default()
    }

    /// Keeps a `bytearray` from being resized by Python code that runs meanwhile.
    pub fn hold(self, cx: &mut Context) -> Result<Option<Buffer>> {
        if self.mutable { Buffer::read(cx, self.value).map(Some) } else { Ok(None) }
    }

    pub fn len(self) -> usize {
        self.content().len()
    }

    /// A new object of the receiver's builtin type.
    pub fn make(self, cx: &mut Context, bytes: &[u8]) -> Owned {
        if self.mutable { ByteArrayObject::new(cx, bytes) } else { BytesObject::new(cx, bytes) }
    }

    /// The receiver itself where that cannot be told from a copy, else a copy.
    pub fn same(self, cx: &mut Context) -> Owned {
        if self.value.has_type(&BYTES) { Owned::new(self.value) } else { self.make(cx, self.content()) }
    }

    /// The part from `start` to `end`.
    pub fn part(self, cx: &mut Context, start: usize, end: usize) -> Owned {
        if (start, end) == (0, self.len()) { self.same(cx) } else { self.make(cx, &self.content()[start..end]) }
    }
}

/// A bytes-like argument; of a foreign type, a copy.
pub fn bytes_like<'a>(cx: &mut Context, value: Value) -> Result<Cow<'a, [u8]>> {
    if let Some(bytes) = like(value) {
        return Ok(Cow::Borrowed(bytes));
    }
    match Buffer::copy_optional(cx, value)? {
        Some(bytes) => Ok(Cow::Owned(bytes)),
        None => Err(bytes_like_required(cx, value)),
    }
}

/// What to look for: bytes, or one byte as an integer.
pub fn needle<'a>(cx: &mut Context, value: Value) -> Result<Cow<'a, [u8]>> {
    if let Some(bytes) = value.cast::<BytesObject>() {
        return Ok(Cow::Borrowed(bytes.as_slice()));
    }
    if let Some(bytes) = Buffer::copy_optional(cx, value)? {
        return Ok(Cow::Owned(bytes));
    }
    if !int::is_int_like(value) && value.type_of().slots().index.is_none() {
        let found = value.type_of().name();
        return Err(cx.type_error(format!("argument should be integer or bytes-like object, not '{found}'")));
    }
    Ok(Cow::Owned(vec![byte_value(cx, value)?]))
}

/// The fill byte of `center`, `ljust` and `rjust`.
pub fn fill(cx: &mut Context, value: Option<&Value>, method: &str) -> Result<u8> {
    let Some(value) = value else { return Ok(b' ') };
    let found = value.type_of().name();
    match like(*value) {
        Some([byte]) => Ok(*byte),
        Some(bytes) => {
            let length = bytes.len();
            Err(cx.type_error(format!(
                "{method}(): argument 2 must be a byte string of length 1, not a {found} object of length {length}"
            )))
        }
        None => Err(cx.type_error(format!("{method}() argument 2 must be a byte string of length 1, not {found}"))),
    }
}

pub fn is_space(byte: u8) -> bool {
    matches!(byte, 9..=13 | 32)
}
