//! Strings in JSON: from their text, and to it.

use super::error;
use sidewinder_runtime::objects::str::units::{Unit, Units};
use sidewinder_runtime::objects::str::{StrBuilder, StrObject};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Reads the string that starts at `start`, behind its quotation mark, in `text` with these units. Gives it, and where the
/// text goes on.
pub fn scan<U: Unit>(cx: &mut Context, text: Value, units: &[U], start: usize, strict: bool) -> Result<(Owned, usize)> {
    let mut position = start;
    let mut output: Option<StrBuilder> = None;
    // Where the quotation mark is, if there is one.
    let opening = start.wrapping_sub(1);
    loop {
        let plain = position;
        let mut last = None;
        while let Some(unit) = units.get(position) {
            let point: u32 = (*unit).into();
            if point == '"' as u32 || point == '\\' as u32 {
                last = Some(point);
                break;
            }
            if point < 0x20 && strict {
                return Err(error(cx, "Invalid control character at", text, position));
            }
            position += 1;
        }
        let Some(last) = last else {
            return Err(error(cx, "Unterminated string starting at", text, opening));
        };
        let run = U::units(&units[plain..position]);
        position += 1;
        if last == '"' as u32 {
            let string = match output {
                None => StrObject::from_units(cx, run),
                Some(mut output) => {
                    output.push_units(run);
                    output.finish(cx)
                }
            };
            return Ok((string, position));
        }
        let output = output.get_or_insert_default();
        output.push_units(run);
        let Some(letter) = units.get(position) else {
            return Err(error(cx, "Unterminated string starting at", text, opening));
        };
        position += 1;
        let point = match char::from_u32((*letter).into()) {
            Some(letter @ ('"' | '\\' | '/')) => letter as u32,
            Some('b') => 8,
            Some('f') => 12,
            Some('n') => 10,
            Some('r') => 13,
            Some('t') => 9,
            Some('u') => {
                let Some(code) = hexadecimal(units, position) else {
                    return Err(error(cx, "Invalid \\uXXXX escape", text, position - 1));
                };
                position += 4;
                match low_surrogate(cx, text, units, position, code)? {
                    Some(joined) => {
                        position += 6;
                        joined
                    }
                    None => code,
                }
            }
            _ => return Err(error(cx, "Invalid \\escape", text, position - 2)),
        };
        output.push(point);
    }
}

/// Four hexadecimal digits.
fn hexadecimal<U: Unit>(units: &[U], start: usize) -> Option<u32> {
    let digits = units.get(start..start + 4)?;
    digits.iter().try_fold(0, |code, unit| {
        let digit = char::from_u32((*unit).into()).and_then(|digit| digit.to_digit(16))?;
        Some(code << 4 | digit)
    })
}

/// What a high surrogate gives together with the escape of a low one that follows.
fn low_surrogate<U: Unit>(cx: &mut Context, text: Value, units: &[U], start: usize, high: u32) -> Result<Option<u32>> {
    let is_escape = |units: &[U]| units[0].into() == '\\' as u32 && units[1].into() == 'u' as u32;
    if !(0xD800..0xDC00).contains(&high) || start + 6 >= units.len() || !is_escape(&units[start..]) {
        return Ok(None);
    }
    match hexadecimal(units, start + 2) {
        None => Err(error(cx, "Invalid \\uXXXX escape", text, start + 1)),
        Some(low @ 0xDC00..0xE000) => Ok(Some(0x1_0000 + ((high & 0x3FF) << 10 | low & 0x3FF))),
        Some(_) => Ok(None),
    }
}

/// Appends the text of a string.
pub fn encode(output: &mut StrBuilder, units: Units<'_>, ascii_only: bool) {
    output.push('"' as u32);
    sidewinder_runtime::with_units!(units, slice => encode_units(output, slice, ascii_only));
    output.push('"' as u32);
}

fn encode_units<U: Unit>(output: &mut StrBuilder, units: &[U], ascii_only: bool) {
    let is_plain = |point: u32| match point {
        0x22 | 0x5C => false,
        0x20..0x7F => true,
        _ => point >= 0x20 && !ascii_only,
    };
    let mut rest = units;
    while !rest.is_empty() {
        let plain = rest.iter().take_while(|unit| is_plain((**unit).into())).count();
        output.push_units(U::units(&rest[..plain]));
        let Some(unit) = rest.get(plain) else { return };
        push_escape(output, (*unit).into());
        rest = &rest[plain + 1..];
    }
}

fn push_escape(output: &mut StrBuilder, point: u32) {
    let letter = match point {
        0x22 => '"',
        0x5C => '\\',
        0x08 => 'b',
        0x0C => 'f',
        0x0A => 'n',
        0x0D => 'r',
        0x09 => 't',
        0x1_0000.. => {
            let rest = point - 0x1_0000;
            push_number(output, 0xD800 | rest >> 10);
            return push_number(output, 0xDC00 | rest & 0x3FF);
        }
        _ => return push_number(output, point),
    };
    output.push('\\' as u32);
    output.push(letter as u32);
}

fn push_number(output: &mut StrBuilder, number: u32) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    output.push('\\' as u32);
    output.push('u' as u32);
    for shift in [12, 8, 4, 0] {
        output.push(DIGITS[(number >> shift & 15) as usize] as u32);
    }
}
