//! `escape_encode` and `escape_decode`: bytes as they are written in source code.

use super::{Errors, TextOrBytes, name};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::DEPRECATION_WARNING;
use sidewinder_runtime::operations::warnings;
use sidewinder_runtime::{Context, Result};

/// Escapes of bytes.
#[native_functions]
pub mod rows {
    use super::*;

    /// Bytes with escapes for what is not printable.
    #[function]
    fn escape_encode(data: &BytesObject, #[default(None)] errors: Errors<'_>) -> (Bytes, usize) {
        let _ = errors;
        let mut output = Vec::with_capacity(data.len());
        for &byte in data.as_slice() {
            match byte {
                b'\\' | b'\'' => output.extend_from_slice(&[b'\\', byte]),
                b'\t' => output.extend_from_slice(b"\\t"),
                b'\n' => output.extend_from_slice(b"\\n"),
                b'\r' => output.extend_from_slice(b"\\r"),
                b' '..=b'~' => output.push(byte),
                _ => output.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
            }
        }
        (Bytes(output), data.len())
    }

    /// Bytes whose escapes are replaced by what they stand for.
    #[function]
    fn escape_decode(
        cx: &mut Context,
        data: TextOrBytes,
        #[default(None)] errors: Errors<'_>,
    ) -> Result<(Bytes, usize)> {
        let decoded = decode(cx, &data.0, &name(&errors))?;
        Ok((Bytes(decoded), data.0.len()))
    }
}

fn decode(cx: &mut Context, data: &[u8], errors: &str) -> Result<Vec<u8>> {
    let mut output = Vec::with_capacity(data.len());
    let mut position = 0;
    let mut unknown: Option<String> = None;
    while let Some(&byte) = data.get(position) {
        position += 1;
        if byte != b'\\' {
            output.push(byte);
            continue;
        }
        let Some(&letter) = data.get(position) else {
            return Err(cx.value_error("Trailing \\ in string"));
        };
        position += 1;
        match letter {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => output.push(letter),
            b'b' => output.push(8),
            b'f' => output.push(12),
            b't' => output.push(9),
            b'n' => output.push(10),
            b'r' => output.push(13),
            b'v' => output.push(11),
            b'a' => output.push(7),
            b'0'..=b'7' => {
                let mut number = (letter - b'0') as u32;
                let mut digits = 1;
                while digits < 3
                    && let Some(digit @ b'0'..=b'7') = data.get(position)
                {
                    number = number * 8 + (digit - b'0') as u32;
                    position += 1;
                    digits += 1;
                }
                if number > 0xFF && unknown.is_none() {
                    unknown = Some(format!("b\"\\{number:o}\" is an invalid octal escape sequence. "));
                }
                output.push(number as u8);
            }
            b'x' => {
                let digit = |position: usize| data.get(position).and_then(|byte| (*byte as char).to_digit(16));
                if let (Some(high), Some(low)) = (digit(position), digit(position + 1)) {
                    output.push((high << 4 | low) as u8);
                    position += 2;
                    continue;
                }
                match errors {
                    "strict" => {
                        let place = position - 2;
                        return Err(cx.value_error(format!("invalid \\x escape at position {place}")));
                    }
                    "replace" => output.push(b'?'),
                    "ignore" => {}
                    _ => {
                        let message = format!("decoding error; unknown error handling code: {errors}");
                        return Err(cx.value_error(message));
                    }
                }
                position += usize::from(digit(position).is_some());
            }
            _ => {
                if unknown.is_none() {
                    unknown = Some(format!("b\"\\{}\" is an invalid escape sequence. ", letter as char));
                }
                output.extend_from_slice(&[b'\\', letter]);
            }
        }
    }
    if let Some(unknown) = unknown {
        let message = format!("{unknown}Such sequences will not work in the future. ");
        warnings::warn(cx, &DEPRECATION_WARNING, &message, 1)?;
    }
    Ok(output)
}
