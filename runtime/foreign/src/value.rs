//! Values in memory that C code shares: what the letters of simple types stand for, reading and writing.

use crate::number;
use sidewinder_runtime::objects::bytes::{ByteArrayObject, BytesObject};
use sidewinder_runtime::objects::float::complex::{self, Complex};
use sidewinder_runtime::objects::int::big::Integer;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{float, int, singleton};
use sidewinder_runtime::operations::{call, convert};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The letters of simple types.
pub const LETTERS: &str = "cbBhHiIlLdDFGfuzZqQPOv?g";

/// How a value lies in memory: by the letter of its type, in this machine's order of bytes or in the other one. No letter is
/// for what no letter describes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Code {
    pub letter: u8,
    pub swapped: bool,
}

impl Code {
    pub const fn of(letter: u8) -> Code {
        Code { letter, swapped: false }
    }

    pub fn is_some(self) -> bool {
        self.letter != 0
    }

    /// Bytes that a value takes, and the multiple at which it lies. Nothing for letters that this system does not have.
    pub fn size(self) -> Option<(usize, usize)> {
        Some(match self.letter {
            b'c' | b'b' | b'B' | b'?' => (1, 1),
            b'h' | b'H' | b'v' => (2, 2),
            b'i' | b'I' | b'f' | b'u' => (4, 4),
            b'l' | b'L' | b'q' | b'Q' | b'd' | b'P' | b'z' | b'Z' | b'O' => (8, 8),
            b'g' => (16, 16),
            b'F' => (8, 4),
            b'D' => (16, 8),
            b'G' => (32, 16),
            _ => return None,
        })
    }

    /// Whether there is such a type in the other order of bytes.
    pub fn has_other_order(self) -> bool {
        b"dfDFhHiIlLqQ?".contains(&self.letter)
    }

    /// Whether a few bits of such a value can be a field.
    pub fn has_bits(self) -> bool {
        b"bBhHiIlLqQ?".contains(&self.letter)
    }

    fn is_signed(self) -> bool {
        b"bhilq".contains(&self.letter)
    }

    /// The format of an item of a buffer, with sizes that do not depend on the machine.
    pub fn format(self) -> String {
        let order = if self.swapped { '>' } else { '<' };
        let letter = match self.letter {
            b'l' => 'q',
            b'L' => 'Q',
            other => char::from(other),
        };
        format!("{order}{letter}")
    }
}

/// Reads so many bytes at an address.
pub fn read<const LENGTH: usize>(address: u64) -> [u8; LENGTH] {
    // SAFETY: (foreign 1) the program says that there are so many bytes.
    unsafe { std::ptr::read_unaligned(address as *const [u8; LENGTH]) }
}

/// Writes bytes at an address.
pub fn write(address: u64, bytes: &[u8]) {
    // SAFETY: (foreign 1) the program says that there is room for so many bytes; they may be the same ones.
    unsafe { std::ptr::copy(bytes.as_ptr(), address as *mut u8, bytes.len()) };
}

/// Moves bytes from one address to another.
pub fn move_bytes(from: u64, to: u64, count: usize) {
    // SAFETY: (foreign 1) the program says that so many bytes are at both places.
    unsafe { std::ptr::copy(from as *const u8, to as *mut u8, count) };
}

/// The bytes at an address, copied.
pub fn bytes_at(address: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    move_bytes(address, bytes.as_mut_ptr() as u64, length);
    bytes
}

/// The address that lies at an address.
pub fn word_at(address: u64) -> u64 {
    u64::from_le_bytes(read(address))
}

/// Bytes up to the first zero, or so many.
pub fn string_at(address: u64, most: usize) -> Vec<u8> {
    let length = (0..most).find(|index| read::<1>(address + *index as u64)[0] == 0).unwrap_or(most);
    bytes_at(address, length)
}

/// The text of wide characters up to the first zero, or of so many.
pub fn wide_string_at(cx: &mut Context, address: u64, most: usize) -> Result<Owned> {
    let count = (0..most).find(|index| u32::from_le_bytes(read(address + *index as u64 * 4)) == 0);
    wide_characters(cx, (0..count.unwrap_or(most)).map(|index| address + index as u64 * 4))
}

/// The text of the wide characters at these addresses.
pub fn wide_characters(cx: &mut Context, places: impl Iterator<Item = u64>) -> Result<Owned> {
    let points: Vec<u32> = places.map(|place| u32::from_le_bytes(read(place))).collect();
    if let Some(point) = points.iter().find(|point| **point > 0x10_FFFF) {
        let message = format!("character U+{point:x} is not in range [U+0000; U+10ffff]");
        return Err(cx.value_error(message));
    }
    Ok(StrObject::from_code_points(cx, &points))
}

/// The low 64 bits of an integer, or of what `__index__` gives.
pub fn low_bits(cx: &mut Context, value: Value) -> Result<u64> {
    if value.is_int() {
        return Ok(value.int() as u64);
    }
    let number = convert::index(cx, value)?;
    let number = number.value();
    let magnitude = Integer::of(number).and_then(|integer| integer.magnitude().first().copied()).unwrap_or(0);
    Ok(if int::is_negative(number) { magnitude.wrapping_neg() } else { magnitude })
}

/// Bytes of a number in the order of a code.
fn ordered<const LENGTH: usize>(mut bytes: [u8; LENGTH], code: Code) -> [u8; LENGTH] {
    if code.swapped {
        bytes.reverse();
    }
    bytes
}

/// The bytes of an integer type as a word, the lowest first.
fn load_word(code: Code, address: u64) -> u64 {
    match code.size().map_or(8, |(size, _)| size) {
        1 => read::<1>(address)[0].into(),
        2 => u16::from_le_bytes(ordered(read(address), code)).into(),
        4 => u32::from_le_bytes(ordered(read(address), code)).into(),
        _ => u64::from_le_bytes(ordered(read(address), code)),
    }
}

fn store_word(code: Code, address: u64, word: u64) {
    match code.size().map_or(8, |(size, _)| size) {
        1 => write(address, &[word as u8]),
        2 => write(address, &ordered((word as u16).to_le_bytes(), code)),
        4 => write(address, &ordered((word as u32).to_le_bytes(), code)),
        _ => write(address, &ordered(word.to_le_bytes(), code)),
    }
}

/// The integer in the low bits of a word.
fn integer(cx: &mut Context, code: Code, word: u64, bits: u32) -> Owned {
    let unused = 64 - bits.clamp(1, 64);
    if code.is_signed() {
        int::from_i64(cx, (word << unused) as i64 >> unused)
    } else {
        int::from_u64(cx, word << unused >> unused)
    }
}

/// The value of a few bits of an integer at an address. A boolean is the whole byte, as in CPython.
pub fn get_bits(cx: &mut Context, code: Code, address: u64, offset: u32, bits: u32) -> Result<Owned> {
    if code.letter == b'?' {
        return get(cx, code, address, 1);
    }
    Ok(integer(cx, code, load_word(code, address) >> offset, bits))
}

/// Changes a few bits of an integer at an address.
pub fn set_bits(cx: &mut Context, code: Code, address: u64, value: Value, offset: u32, bits: u32) -> Result<()> {
    if code.letter == b'?' {
        return set(cx, code, address, value, 1).map(drop);
    }
    let word = low_bits(cx, value)?;
    let mask = (u64::MAX >> (64 - bits.clamp(1, 64))) << offset;
    let before = load_word(code, address);
    store_word(code, address, before & !mask | (word << offset) & mask);
    Ok(())
}

/// The value at an address. For arrays of characters (`s`, `U`), `size` is that of the array in bytes.
pub fn get(cx: &mut Context, code: Code, address: u64, size: usize) -> Result<Owned> {
    Ok(match code.letter {
        b'b' | b'B' | b'h' | b'H' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q' => {
            let bits = code.size().map_or(64, |(size, _)| size as u32 * 8);
            integer(cx, code, load_word(code, address), bits)
        }
        b'?' => Owned::new(singleton::boolean(read::<1>(address)[0] != 0)),
        b'v' => Owned::new(singleton::boolean(read::<2>(address) != [0, 0])),
        b'f' => float::from_f64(cx, f32::from_le_bytes(ordered(read(address), code)).into()),
        b'd' => float::from_f64(cx, f64::from_le_bytes(ordered(read(address), code))),
        b'g' => float::from_f64(cx, number::from_extended(read(address))),
        b'F' => {
            let [real, imaginary] =
                [0, 4].map(|offset| f32::from_le_bytes(ordered(read(address + offset), code)).into());
            complex::from_complex(cx, Complex { real, imaginary })
        }
        b'D' => {
            let [real, imaginary] = [0, 8].map(|offset| f64::from_le_bytes(ordered(read(address + offset), code)));
            complex::from_complex(cx, Complex { real, imaginary })
        }
        b'G' => {
            let [real, imaginary] = [0, 16].map(|offset| number::from_extended(read(address + offset)));
            complex::from_complex(cx, Complex { real, imaginary })
        }
        b'c' => BytesObject::new(cx, &read::<1>(address)),
        b'u' => wide_characters(cx, std::iter::once(address))?,
        b's' => BytesObject::new(cx, &string_at(address, size)),
        b'U' => wide_string_at(cx, address, size / 4)?,
        b'O' => {
            let value = Value::from_word(word_at(address));
            if value.is_unbound() {
                return Err(cx.value_error("PyObject is NULL"));
            }
            Owned::new(value)
        }
        letter => match (word_at(address), letter) {
            (0, _) => Owned::new(singleton::none()),
            (place, b'z') => BytesObject::new(cx, &string_at(place, usize::MAX)),
            (place, b'Z') => wide_string_at(cx, place, usize::MAX)?,
            (place, _) => int::from_u64(cx, place),
        },
    })
}

/// Writes a value to an address. The result is what has to be kept as long as the value is there.
pub fn set(cx: &mut Context, code: Code, address: u64, value: Value, size: usize) -> Result<Option<Owned>> {
    match code.letter {
        b'b' | b'B' | b'h' | b'H' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q' => {
            let word = low_bits(cx, value)?;
            store_word(code, address, word);
        }
        b'?' => write(address, &[u8::from(convert::truth(cx, value)?)]),
        b'v' => write(address, &[if convert::truth(cx, value)? { 0xFF } else { 0 }; 2]),
        b'f' => {
            let number = float::from_value(cx, value)?;
            write(address, &ordered((number as f32).to_le_bytes(), code));
        }
        b'd' => write(address, &ordered(float::from_value(cx, value)?.to_le_bytes(), code)),
        // The six bytes behind the ten are left alone.
        b'g' => write(address, &number::to_extended(float::from_value(cx, value)?)[..10]),
        b'F' | b'D' | b'G' => set_complex(cx, code, address, value)?,
        b'c' => write(address, &[character(cx, value)?]),
        b'u' => write(address, &wide_character(cx, value)?.to_le_bytes()),
        b's' => set_string(cx, address, value, size)?,
        b'U' => {
            set_wide_string(cx, address, value, size / 4)?;
            return Ok(Some(Owned::new(value)));
        }
        b'O' => {
            write(address, &value.0.to_le_bytes());
            return Ok(Some(Owned::new(value)));
        }
        letter => return set_pointer(cx, letter, address, value),
    }
    Ok(None)
}

fn set_complex(cx: &mut Context, code: Code, address: u64, value: Value) -> Result<()> {
    let number = match complex::as_complex(value) {
        Some(number) => number,
        None => {
            let name = str::intern(cx, "__complex__");
            match call::lookup_special(cx, value, name.value())? {
                Some(method) => {
                    let made = call::call(cx, method.value(), &[])?;
                    match complex::as_complex(made.value()) {
                        Some(number) => number,
                        None => {
                            let found = made.value().type_of().name();
                            let message = format!("__complex__() must return a complex, not {found}");
                            return Err(cx.type_error(message));
                        }
                    }
                }
                None => Complex { real: float::from_value(cx, value)?, imaginary: 0.0 },
            }
        }
    };
    for (index, part) in [number.real, number.imaginary].into_iter().enumerate() {
        let index = index as u64;
        match code.letter {
            b'F' => write(address + index * 4, &ordered((part as f32).to_le_bytes(), code)),
            b'D' => write(address + index * 8, &ordered(part.to_le_bytes(), code)),
            _ => write(address + index * 16, &number::to_extended(part)[..10]),
        }
    }
    Ok(())
}

/// Writes an address (`P`), or that of a string (`z`, `Z`).
fn set_pointer(cx: &mut Context, letter: u8, address: u64, value: Value) -> Result<Option<Owned>> {
    let (place, kept) = if value == singleton::none() {
        (0, None)
    } else if int::is_int_like(value) {
        (low_bits(cx, value)?, None)
    } else {
        match letter {
            b'z' => match value.cast::<BytesObject>() {
                Some(bytes) => (bytes.as_slice().as_ptr() as u64, Some(Owned::new(value))),
                None => {
                    let found = value.type_of().name();
                    let message = format!("bytes or integer address expected instead of {found} instance");
                    return Err(cx.type_error(message));
                }
            },
            b'Z' => match str::cast(value) {
                Some(text) => {
                    let buffer = wide_buffer(cx, text);
                    (address_of_bytes(&buffer), Some(buffer))
                }
                None => {
                    let found = value.type_of().name();
                    let message = format!("unicode string or integer address expected instead of {found} instance");
                    return Err(cx.type_error(message));
                }
            },
            _ => return Err(cx.type_error("cannot be converted to pointer")),
        }
    };
    write(address, &place.to_le_bytes());
    Ok(kept)
}

/// A text as wide characters with a zero at the end, in a `bytes`.
pub fn wide_buffer(cx: &mut Context, text: &StrObject) -> Owned {
    let mut bytes: Vec<u8> = text.code_points().flat_map(u32::to_le_bytes).collect();
    bytes.extend([0; 4]);
    BytesObject::new(cx, &bytes)
}

/// Where the content of a `bytes` is.
pub fn address_of_bytes(bytes: &Owned) -> u64 {
    bytes.value().cast::<BytesObject>().map_or(0, |bytes| bytes.as_slice().as_ptr() as u64)
}

fn character(cx: &mut Context, value: Value) -> Result<u8> {
    const EXPECTED: &str = "one character bytes, bytearray, or an integer in range(256) expected, not";
    if let Some(bytes) = value.cast::<BytesObject>() {
        return match bytes.as_slice() {
            [byte] => Ok(*byte),
            bytes => Err(cx.type_error(format!("{EXPECTED} bytes of length {}", bytes.len()))),
        };
    }
    if let Some(bytes) = value.cast::<ByteArrayObject>() {
        return match bytes.as_slice() {
            [byte] => Ok(*byte),
            bytes => Err(cx.type_error(format!("{EXPECTED} bytearray of length {}", bytes.len()))),
        };
    }
    if int::is_int_like(value) {
        return match int::as_i64(value) {
            Some(number @ 0..=255) => Ok(number as u8),
            _ => Err(cx.type_error("integer not in range(256)")),
        };
    }
    let found = full_name(cx, value)?;
    Err(cx.type_error(format!("{EXPECTED} {found}")))
}

/// The name of a value's type with its module.
pub fn full_name(cx: &mut Context, value: Value) -> Result<String> {
    sidewinder_runtime::operations::dunder::type_slots::display_name(cx, value.type_of())
}

fn wide_character(cx: &mut Context, value: Value) -> Result<u32> {
    let Some(text) = str::cast(value) else {
        let found = full_name(cx, value)?;
        return Err(cx.type_error(format!("a unicode character expected, not instance of {found}")));
    };
    match (text.len(), text.code_points().next()) {
        (1, Some(point)) => Ok(point),
        (length, _) => Err(cx.type_error(format!("a unicode character expected, not a string of length {length}"))),
    }
}

/// Bytes up to the first zero into an array of so many, with a zero at the end if there is room.
fn set_string(cx: &mut Context, address: u64, value: Value, room: usize) -> Result<()> {
    let Some(bytes) = value.cast::<BytesObject>() else {
        let found = value.type_of().name();
        return Err(cx.type_error(format!("expected bytes, {found} found")));
    };
    let bytes = bytes.as_slice().split(|byte| *byte == 0).next().unwrap_or_default();
    if bytes.len() > room {
        let message = format!("bytes too long ({}, maximum length {room})", bytes.len());
        return Err(cx.value_error(message));
    }
    write(address, bytes);
    if bytes.len() < room {
        write(address + bytes.len() as u64, &[0]);
    }
    Ok(())
}

/// The same for text.
fn set_wide_string(cx: &mut Context, address: u64, value: Value, room: usize) -> Result<()> {
    let Some(text) = str::cast(value) else {
        let found = value.type_of().name();
        return Err(cx.type_error(format!("unicode string expected instead of {found} instance")));
    };
    if text.len() > room {
        let message = format!("string too long ({}, maximum length {room})", text.len());
        return Err(cx.value_error(message));
    }
    write_wide(address, text, room);
    Ok(())
}

/// Writes the characters of a text that has room, with a zero at the end if there is room for that too.
pub fn write_wide(address: u64, text: &StrObject, room: usize) {
    for (index, point) in text.code_points().chain([0]).take(room).enumerate() {
        write(address + index as u64 * 4, &point.to_le_bytes());
    }
}
