//! Methods of `bytes` and `bytearray` that change or test ASCII letters.

use crate::bytes_arguments::{Receiver, is_space};
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::value::Value;

/// The content after a change in place.
fn changed(cx: &mut Context, arguments: &[Value], method: &str, change: fn(&mut [u8])) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, method)?;
    let mut bytes = receiver.content().to_vec();
    change(&mut bytes);
    Ok(receiver.make(cx, &bytes))
}

/// The answer to a question about the content.
fn answer(cx: &mut Context, arguments: &[Value], method: &str, test: fn(&[u8]) -> bool) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments, method)?;
    Ok(Owned::new(singleton::boolean(test(receiver.content()))))
}

pub fn upper(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    changed(cx, arguments, "upper", <[u8]>::make_ascii_uppercase)
}

pub fn lower(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    changed(cx, arguments, "lower", <[u8]>::make_ascii_lowercase)
}

pub fn capitalize(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    changed(cx, arguments, "capitalize", |bytes| {
        bytes.make_ascii_lowercase();
        if let [first, ..] = bytes {
            first.make_ascii_uppercase();
        }
    })
}

pub fn swapcase(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    changed(cx, arguments, "swapcase", |bytes| {
        for byte in bytes.iter_mut().filter(|byte| byte.is_ascii_alphabetic()) {
            *byte ^= 0x20;
        }
    })
}

pub fn title(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    changed(cx, arguments, "title", |bytes| {
        let mut inside = false;
        for byte in bytes {
            if inside {
                byte.make_ascii_lowercase();
            } else {
                byte.make_ascii_uppercase();
            }
            inside = byte.is_ascii_alphabetic();
        }
    })
}

/// Whether there are bytes and all of them pass.
fn all(bytes: &[u8], test: fn(u8) -> bool) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| test(*byte))
}

pub fn isalpha(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    answer(cx, arguments, "isalpha", |bytes| all(bytes, |byte| byte.is_ascii_alphabetic()))
}

pub fn isalnum(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    answer(cx, arguments, "isalnum", |bytes| all(bytes, |byte| byte.is_ascii_alphanumeric()))
}

pub fn isdigit(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    answer(cx, arguments, "isdigit", |bytes| all(bytes, |byte| byte.is_ascii_digit()))
}

pub fn isspace(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    answer(cx, arguments, "isspace", |bytes| all(bytes, is_space))
}

pub fn isascii(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    answer(cx, arguments, "isascii", <[u8]>::is_ascii)
}

pub fn islower(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    answer(cx, arguments, "islower", |bytes| {
        bytes.iter().any(u8::is_ascii_lowercase) && !bytes.iter().any(u8::is_ascii_uppercase)
    })
}

pub fn isupper(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    answer(cx, arguments, "isupper", |bytes| {
        bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase)
    })
}

pub fn istitle(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    answer(cx, arguments, "istitle", |bytes| {
        let (mut inside, mut found) = (false, false);
        for byte in bytes {
            if byte.is_ascii_uppercase() && inside || byte.is_ascii_lowercase() && !inside {
                return false;
            }
            inside = byte.is_ascii_alphabetic();
            found |= inside;
        }
        found
    })
}
