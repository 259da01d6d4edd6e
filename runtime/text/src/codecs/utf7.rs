//! UTF-7 (RFC 2152): text in seven bits, of which runs in base 64 hold UTF-16.

use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{self, UNICODE_DECODE_ERROR};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::str::codec::registry;
use sidewinder_runtime::objects::str::{self, StrBuilder, StrObject};
use sidewinder_runtime::{Context, Owned, Result};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit(byte: u8) -> Option<u32> {
    ALPHABET.iter().position(|letter| *letter == byte).map(|position| position as u32)
}

/// Whether a character stands for itself, outside base 64.
fn is_direct(point: u32) -> bool {
    matches!(point, 9 | 10 | 13 | 32..=125) && !matches!(point, 0x2B | 0x5C | 0x7E)
}

/// The text in UTF-7.
pub fn encode(text: &StrObject) -> Vec<u8> {
    let mut output = Vec::with_capacity(text.len());
    let (mut shifted, mut bits, mut buffer) = (false, 0u32, 0u64);
    for point in text.code_points() {
        if shifted && is_direct(point) {
            if bits > 0 {
                output.push(ALPHABET[(buffer << (6 - bits) & 63) as usize]);
            }
            (shifted, bits, buffer) = (false, 0, 0);
            // What could belong to the run is kept apart by a minus sign.
            if digit(point as u8).is_some() || point == 0x2D {
                output.push(b'-');
            }
            output.push(point as u8);
            continue;
        }
        if !shifted {
            if point == 0x2B {
                output.extend_from_slice(b"+-");
                continue;
            }
            if is_direct(point) {
                output.push(point as u8);
                continue;
            }
            output.push(b'+');
            shifted = true;
        }
        let mut units = [0u16; 2];
        let units: &[u16] = match char::from_u32(point) {
            Some(character) => character.encode_utf16(&mut units),
            None => {
                units[0] = point as u16;
                &units[..1]
            }
        };
        for unit in units {
            buffer = buffer << 16 | *unit as u64;
            bits += 16;
            while bits >= 6 {
                bits -= 6;
                output.push(ALPHABET[(buffer >> bits & 63) as usize]);
            }
            buffer &= (1 << bits) - 1;
        }
    }
    if shifted {
        if bits > 0 {
            output.push(ALPHABET[(buffer << (6 - bits) & 63) as usize]);
        }
        output.push(b'-');
    }
    output
}

/// A run of base 64.
#[derive(Default)]
struct Run {
    start: usize,
    /// Characters of text before the run.
    bits: u32,
    buffer: u64,
    high: Option<u32>,
}

impl Run {
    /// Adds a unit of UTF-16 to the text.
    fn unit(&mut self, unit: u32, builder: &mut StrBuilder) {
        if let Some(high) = self.high.take() {
            if (0xDC00..0xE000).contains(&unit) {
                builder.push(0x1_0000 + ((high & 0x3FF) << 10 | unit & 0x3FF));
                return;
            }
            builder.push(high);
        }
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
        } else {
            builder.push(unit);
        }
    }

    /// What is wrong with the end of the run.
    fn fault(&self) -> Option<&'static str> {
        if self.bits >= 6 {
            return Some("partial character in base64 sequence");
        }
        (self.bits > 0 && self.buffer != 0).then_some("non-zero padding bits in base64 sequence")
    }
}

/// Decodes UTF-7, after which more may follow unless it is the last. The text and the bytes that were read.
pub fn decode(cx: &mut Context, data: &[u8], errors: &str, last: bool) -> Result<(Owned, usize)> {
    let mut builder = StrBuilder::with_capacity(data.len());
    let mut run: Option<Run> = None;
    // Where to go back to if the data ends within a run.
    let mut before_run: Option<Vec<u32>> = None;
    let mut position = 0;
    let mut text: Vec<u32> = Vec::new();
    while position < data.len() {
        let byte = data[position];
        if let Some(own) = &mut run {
            if let Some(digit) = digit(byte) {
                own.buffer = own.buffer << 6 | digit as u64;
                own.bits += 6;
                position += 1;
                if own.bits >= 16 {
                    own.bits -= 16;
                    let unit = (own.buffer >> own.bits) as u32 & 0xFFFF;
                    own.buffer &= (1 << own.bits) - 1;
                    own.unit(unit, &mut builder);
                }
                continue;
            }
            let (fault, start, high) = (own.fault(), own.start, own.high.take());
            run = None;
            before_run = None;
            if let Some(reason) = fault {
                position += 1;
                position = fail(cx, data, errors, (start, position), reason, &mut builder)?;
                continue;
            }
            if let Some(high) = high.filter(|_| byte.is_ascii() && byte != b'+') {
                builder.push(high);
            }
            if byte == b'-' {
                position += 1;
            }
            continue;
        }
        match byte {
            b'+' => match data.get(position + 1) {
                Some(b'-') => {
                    builder.push(b'+' as u32);
                    position += 2;
                }
                Some(next) if digit(*next).is_none() => {
                    position = fail(cx, data, errors, (position, position + 2), "ill-formed sequence", &mut builder)?;
                }
                _ => {
                    run = Some(Run { start: position, ..Run::default() });
                    let sofar = std::mem::replace(&mut builder, StrBuilder::new()).finish(cx);
                    if let Some(sofar) = str::cast(sofar.value()) {
                        text.extend(sofar.code_points());
                    }
                    before_run = Some(text.clone());
                    text.iter().for_each(|point| builder.push(*point));
                    text.clear();
                    position += 1;
                }
            },
            0x80.. => {
                position =
                    fail(cx, data, errors, (position, position + 1), "unexpected special character", &mut builder)?
            }
            _ => {
                builder.push(byte as u32);
                position += 1;
            }
        }
    }
    if let Some(own) = run {
        if !last {
            let text = before_run.unwrap_or_default();
            return Ok((StrObject::from_code_points(cx, &text), own.start));
        }
        if own.high.is_some() || own.fault().is_some() {
            fail(cx, data, errors, (own.start, data.len()), "unterminated shift sequence", &mut builder)?;
        }
    }
    Ok((builder.finish(cx), data.len()))
}

/// Has an error handler treat a part of the data; where to go on.
fn fail(
    cx: &mut Context,
    data: &[u8],
    errors: &str,
    (start, end): (usize, usize),
    reason: &str,
    builder: &mut StrBuilder,
) -> Result<usize> {
    match errors {
        "ignore" => return Ok(end),
        "replace" => {
            builder.push(0xFFFD);
            return Ok(end);
        }
        _ => {}
    }
    let encoding = StrObject::new(cx, "utf7");
    let source = BytesObject::new(cx, data);
    let (first, after) = (int::from_usize(cx, start), int::from_usize(cx, end));
    let reason = StrObject::new(cx, reason);
    let arguments = [encoding.value(), source.value(), first.value(), after.value(), reason.value()];
    let error = exception::new(cx, &UNICODE_DECODE_ERROR, &arguments)?;
    if errors == "strict" {
        return Err(exception::raise(cx, error));
    }
    let handler = registry::error_handler(cx, errors)?;
    let answer = registry::ask(cx, &handler, &error, "decoding", data.len())?;
    if let Some(text) = str::cast(answer.replacement.value()) {
        builder.push_str(text);
    }
    Ok(answer.position)
}
