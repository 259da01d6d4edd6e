//! `str` methods that change or test letters: upper, title, isalpha and their relatives.

use crate::str_arguments::receiver;
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::unicode::{
    self, ALPHA, CONTINUE, DECIMAL, DIGIT, IGNORABLE, LOWER, Mapped, NUMERIC, PRINTABLE, SPACE, START, TITLE, UPPER,
    mapped, properties, to_fold, to_lower, to_title, to_upper,
};
use sidewinder_runtime::objects::str::units::Units;
use sidewinder_runtime::objects::str::{StrBuilder, StrObject};
use sidewinder_runtime::value::Value;

/// Properties of characters that have case.
const CASED: u16 = LOWER | UPPER | TITLE;
const CAPITAL_SIGMA: u32 = 0x3A3;
const SIGMA: u32 = 0x3C3;
const FINAL_SIGMA: u32 = 0x3C2;

/// Maps a string character by character, given its position.
fn map_points(cx: &mut Context, string: &StrObject, mut map: impl FnMut(usize, u32) -> Mapped) -> Owned {
    let mut builder = StrBuilder::with_capacity(string.len());
    for (position, point) in string.code_points().enumerate() {
        mapped(map(position, point)).for_each(|point| builder.push(point));
    }
    builder.finish(cx)
}

/// The lowercase of the character at `position`: a capital sigma depends on its neighbours.
fn lower_at(units: Units<'_>, position: usize, point: u32) -> Mapped {
    if point != CAPITAL_SIGMA {
        return to_lower(point);
    }
    let cased = |candidate: Option<u32>| candidate.is_some_and(|point| unicode::has(point, CASED));
    let skipped = |point: &u32| !unicode::has(*point, IGNORABLE);
    let before = units.slice(0, position).code_points().rev().find(skipped);
    let after = units.from(position + 1).code_points().find(skipped);
    [if cased(before) && !cased(after) { FINAL_SIGMA } else { SIGMA }, 0, 0]
}

/// Changes the characters of a string below 0x100 in a copy, by a function that keeps ASCII and the rest apart.
fn change_latin1(cx: &mut Context, string: &StrObject, bytes: &[u8], change: impl FnOnce(&mut [u8])) -> Owned {
    StrObject::from_latin1_changed(cx, bytes, string.is_ascii(), change)
}

/// The lowercase of a character below 0x100, which is below 0x100 itself.
fn latin1_lower(byte: u8) -> u8 {
    if matches!(byte, b'A'..=b'Z' | 0xC0..=0xD6 | 0xD8..=0xDE) { byte + 0x20 } else { byte }
}

/// The uppercase of a character below 0x100; `None` where that is not one such character.
fn latin1_upper(byte: u8) -> Option<u8> {
    match byte {
        0xB5 | 0xDF | 0xFF => None,
        b'a'..=b'z' | 0xE0..=0xF6 | 0xF8..=0xFE => Some(byte - 0x20),
        _ => Some(byte),
    }
}

pub fn upper(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "upper")?;
    Ok(match string.units() {
        Units::One(bytes) if string.is_ascii() => change_latin1(cx, string, bytes, <[u8]>::make_ascii_uppercase),
        Units::One(bytes) if bytes.iter().all(|byte| latin1_upper(*byte).is_some()) => {
            change_latin1(cx, string, bytes, |copy| {
                copy.iter_mut().for_each(|byte| *byte = latin1_upper(*byte).unwrap_or(*byte));
            })
        }
        _ => map_points(cx, string, |_, point| to_upper(point)),
    })
}

pub fn lower(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "lower")?;
    Ok(match string.units() {
        Units::One(bytes) if string.is_ascii() => change_latin1(cx, string, bytes, <[u8]>::make_ascii_lowercase),
        Units::One(bytes) => change_latin1(cx, string, bytes, |copy| {
            copy.iter_mut().for_each(|byte| *byte = latin1_lower(*byte));
        }),
        _ => map_points(cx, string, |position, point| lower_at(string.units(), position, point)),
    })
}

pub fn casefold(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "casefold")?;
    Ok(match string.as_ascii() {
        Some(text) => change_latin1(cx, string, text.as_bytes(), <[u8]>::make_ascii_lowercase),
        None => map_points(cx, string, |_, point| to_fold(point)),
    })
}

pub fn capitalize(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "capitalize")?;
    let units = string.units();
    if let Some(text) = string.as_ascii() {
        return Ok(change_latin1(cx, string, text.as_bytes(), |copy| {
            if let [first, rest @ ..] = copy {
                first.make_ascii_uppercase();
                rest.make_ascii_lowercase();
            }
        }));
    }
    Ok(map_points(cx, string, |position, point| match position {
        0 => to_title(point),
        _ => lower_at(units, position, point),
    }))
}

pub fn swapcase(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "swapcase")?;
    let units = string.units();
    Ok(map_points(cx, string, |position, point| match properties(point) {
        flags if flags & UPPER != 0 => lower_at(units, position, point),
        flags if flags & LOWER != 0 => to_upper(point),
        _ => [point, 0, 0],
    }))
}

pub fn title(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "title")?;
    if let Some(ascii) = string.as_ascii() {
        return Ok(change_latin1(cx, string, ascii.as_bytes(), |bytes| {
            let mut after_cased = false;
            for byte in bytes {
                let changed = if after_cased { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() };
                *byte = changed;
                after_cased = changed.is_ascii_alphabetic();
            }
        }));
    }
    let units = string.units();
    let mut after_cased = false;
    Ok(map_points(cx, string, |position, point| {
        let result = if after_cased { lower_at(units, position, point) } else { to_title(point) };
        after_cased = unicode::has(point, CASED);
        result
    }))
}

/// Whether the string is not empty and all its characters have one of the properties.
fn all(cx: &mut Context, arguments: &[Value], method: &str, mask: u16) -> Result<Owned> {
    let string = receiver(cx, arguments, method)?;
    let holds = !string.is_empty() && string.code_points().all(|point| unicode::has(point, mask));
    Ok(Owned::new(singleton::boolean(holds)))
}

pub fn isalpha(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    all(cx, arguments, "isalpha", ALPHA)
}

pub fn isalnum(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    all(cx, arguments, "isalnum", ALPHA | DECIMAL | DIGIT | NUMERIC)
}

pub fn isdecimal(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    all(cx, arguments, "isdecimal", DECIMAL)
}

pub fn isdigit(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    all(cx, arguments, "isdigit", DIGIT)
}

pub fn isnumeric(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    all(cx, arguments, "isnumeric", NUMERIC)
}

pub fn isspace(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    all(cx, arguments, "isspace", SPACE)
}

pub fn isprintable(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "isprintable")?;
    let holds = string.code_points().all(|point| unicode::has(point, PRINTABLE));
    Ok(Owned::new(singleton::boolean(holds)))
}

pub fn isascii(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "isascii")?;
    Ok(Owned::new(singleton::boolean(string.is_ascii())))
}

pub fn isidentifier(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "isidentifier")?;
    let mut points = string.code_points();
    let starts = points.next().is_some_and(|point| unicode::has(point, START));
    let holds = starts && points.all(|point| unicode::has(point, CONTINUE));
    Ok(Owned::new(singleton::boolean(holds)))
}

/// Whether some character has the case `wanted` and none has another.
fn only_case(string: &StrObject, wanted: u16) -> bool {
    let mut found = false;
    for point in string.code_points() {
        let case = properties(point) & CASED;
        if case & !wanted != 0 {
            return false;
        }
        found |= case != 0;
    }
    found
}

pub fn islower(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "islower")?;
    Ok(Owned::new(singleton::boolean(only_case(string, LOWER))))
}

pub fn isupper(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "isupper")?;
    Ok(Owned::new(singleton::boolean(only_case(string, UPPER))))
}

pub fn istitle(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let string = receiver(cx, arguments, "istitle")?;
    let (mut found, mut after_cased, mut holds) = (false, false, true);
    for point in string.code_points() {
        let case = properties(point) & CASED;
        if case & (UPPER | TITLE) != 0 {
            holds &= !after_cased;
        } else if case != 0 {
            holds &= after_cased;
        }
        after_cased = case != 0;
        found |= after_cased;
    }
    Ok(Owned::new(singleton::boolean(found && holds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin1_cases_are_those_of_the_tables() {
        for byte in 0..=255u8 {
            assert_eq!(to_lower(byte as u32), [latin1_lower(byte) as u32, 0, 0], "{byte:#x}");
            let upper = to_upper(byte as u32);
            match latin1_upper(byte) {
                Some(mapped) => assert_eq!(upper, [mapped as u32, 0, 0], "{byte:#x}"),
                None => assert!(upper[0] >= 0x100 || upper[1] != 0, "{byte:#x}"),
            }
        }
    }
}
