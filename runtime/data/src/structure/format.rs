//! Formats, compiled: what stands where, and how it is packed and unpacked.

use super::error;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::float::{complex, complex_new};
use sidewinder_runtime::objects::int::{self, Integer};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{exception, float, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// What an item is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Character,
    Boolean,
    Signed,
    Unsigned,
    /// A pointer: an integer of either sign.
    Pointer,
    Float,
    Complex,
    /// Bytes, cut or filled up with zeros.
    Text,
    /// Bytes behind one that tells their number.
    Pascal,
}

/// A letter of the format.
#[derive(Clone, Copy, Debug)]
struct Item {
    kind: Kind,
    letter: u8,
    offset: usize,
    /// Bytes of an item; of a text, all of them.
    size: usize,
    /// How many items there are.
    count: usize,
}

/// A compiled format.
#[derive(Debug)]
pub struct Layout {
    items: Vec<Item>,
    pub size: usize,
    /// The number of values.
    pub values: usize,
    big: bool,
}

/// Kind, native size and alignment (here the same), and standard size, if there is one.
fn letter(letter: u8) -> Option<(Kind, usize, Option<usize>)> {
    Some(match letter {
        b'c' => (Kind::Character, 1, Some(1)),
        b'?' => (Kind::Boolean, 1, Some(1)),
        b'b' => (Kind::Signed, 1, Some(1)),
        b'B' => (Kind::Unsigned, 1, Some(1)),
        b'h' => (Kind::Signed, 2, Some(2)),
        b'H' => (Kind::Unsigned, 2, Some(2)),
        b'i' => (Kind::Signed, 4, Some(4)),
        b'I' => (Kind::Unsigned, 4, Some(4)),
        b'l' => (Kind::Signed, 8, Some(4)),
        b'L' => (Kind::Unsigned, 8, Some(4)),
        b'q' => (Kind::Signed, 8, Some(8)),
        b'Q' => (Kind::Unsigned, 8, Some(8)),
        b'n' => (Kind::Signed, 8, None),
        b'N' => (Kind::Unsigned, 8, None),
        b'P' => (Kind::Pointer, 8, None),
        b'e' => (Kind::Float, 2, Some(2)),
        b'f' => (Kind::Float, 4, Some(4)),
        b'd' => (Kind::Float, 8, Some(8)),
        b'F' => (Kind::Complex, 8, Some(8)),
        b'D' => (Kind::Complex, 16, Some(16)),
        _ => return None,
    })
}

impl Layout {
    /// Reads a format. Errors: the message of `struct.error`.
    pub fn compile(format: &[u8]) -> std::result::Result<Layout, &'static str> {
        let (native, big, rest) = match format.first() {
            Some(b'@') => (true, cfg!(target_endian = "big"), &format[1..]),
            Some(b'=') => (false, cfg!(target_endian = "big"), &format[1..]),
            Some(b'<') => (false, false, &format[1..]),
            Some(b'>' | b'!') => (false, true, &format[1..]),
            _ => (true, cfg!(target_endian = "big"), format),
        };
        let mut layout = Layout { items: Vec::new(), size: 0, values: 0, big };
        let mut position = 0;
        const TOO_LONG: &str = "total struct size too long";
        while let Some(&byte) = rest.get(position) {
            position += 1;
            if byte.is_ascii_whitespace() || byte == 0x0B {
                continue;
            }
            let mut count: Option<usize> = None;
            let mut byte = byte;
            while byte.is_ascii_digit() {
                let digit = (byte - b'0') as usize;
                count = Some(
                    count.unwrap_or(0).checked_mul(10).and_then(|count| count.checked_add(digit)).ok_or(TOO_LONG)?,
                );
                byte = *rest.get(position).ok_or("repeat count given without format specifier")?;
                position += 1;
            }
            if byte == 0 {
                return Err("embedded null character");
            }
            let count = count.unwrap_or(1);
            let end = match byte {
                b'x' => layout.size.checked_add(count),
                b's' | b'p' => {
                    let kind = if byte == b's' { Kind::Text } else { Kind::Pascal };
                    layout.items.push(Item { kind, letter: byte, offset: layout.size, size: count, count: 1 });
                    layout.values += 1;
                    layout.size.checked_add(count)
                }
                _ => {
                    let (kind, own, standard) = letter(byte).ok_or("bad char in struct format")?;
                    let size = if native { own } else { standard.ok_or("bad char in struct format")? };
                    let unit = if kind == Kind::Complex { size / 2 } else { size };
                    let offset =
                        if native { layout.size.checked_next_multiple_of(unit).ok_or(TOO_LONG)? } else { layout.size };
                    layout.items.push(Item { kind, letter: byte, offset, size, count });
                    layout.values = layout.values.checked_add(count).ok_or(TOO_LONG)?;
                    size.checked_mul(count).and_then(|bytes| offset.checked_add(bytes))
                }
            };
            layout.size = end.filter(|end| *end <= isize::MAX as usize).ok_or(TOO_LONG)?;
        }
        Ok(layout)
    }

    /// Bytes of memory beside the structure itself.
    pub fn memory(&self) -> usize {
        self.items.len() * size_of::<Item>()
    }

    /// Writes the values, as many as there are, into bytes that are zero.
    pub fn pack(&self, cx: &mut Context, values: &[Value], bytes: &mut [u8]) -> Result<()> {
        let mut values = values.iter();
        for item in &self.items {
            for index in 0..item.count {
                let Some(&value) = values.next() else { return Ok(()) };
                let start = item.offset + index * item.size;
                let place = &mut bytes[start..start + item.size];
                if let Err(raised) = item.store(cx, value, place, self.big) {
                    // A float that is too large stays an `OverflowError`.
                    let too_large = int::is_int_like(value) && cx.swallow(&exception::OVERFLOW_ERROR);
                    return Err(if too_large { error(cx, "int too large to convert") } else { raised });
                }
            }
        }
        Ok(())
    }

    /// A tuple of the values in as many bytes as the format describes.
    pub fn unpack(&self, cx: &mut Context, bytes: &[u8]) -> Owned {
        let mut values = Vec::with_capacity(self.values);
        for item in &self.items {
            for index in 0..item.count {
                let start = item.offset + index * item.size;
                values.push(item.load(cx, &bytes[start..start + item.size], self.big));
            }
        }
        TupleObject::from_owned(cx, values)
    }
}

fn word(bytes: &[u8], big: bool) -> u64 {
    let join = |number: u64, byte: &u8| number << 8 | *byte as u64;
    if big { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) }
}

fn put(place: &mut [u8], number: u64, big: bool) {
    let size = place.len();
    place.copy_from_slice(&number.to_le_bytes()[..size]);
    if big {
        place.reverse();
    }
}

fn load_float(bytes: &[u8], big: bool) -> f64 {
    let bits = word(bytes, big);
    match bytes.len() {
        2 => float::half::to_f64(bits as u16),
        4 => f32::from_bits(bits as u32) as f64,
        _ => f64::from_bits(bits),
    }
}

fn store_float(cx: &mut Context, number: f64, place: &mut [u8], big: bool) -> Result<()> {
    let bits = match place.len() {
        2 => match float::half::of_f64(number) {
            Some(bits) => bits as u64,
            None => return Err(cx.overflow_error("float too large to pack with e format")),
        },
        4 => {
            let single = number as f32;
            if single.is_infinite() && number.is_finite() {
                return Err(cx.overflow_error("float too large to pack with f format"));
            }
            single.to_bits() as u64
        }
        _ => number.to_bits(),
    };
    put(place, bits, big);
    Ok(())
}

impl Item {
    fn load(&self, cx: &mut Context, bytes: &[u8], big: bool) -> Owned {
        match self.kind {
            Kind::Character | Kind::Text => BytesObject::new(cx, bytes),
            Kind::Boolean => Owned::new(singleton::boolean(bytes[0] != 0)),
            Kind::Signed => {
                let unused = 64 - 8 * self.size as u32;
                int::from_i64(cx, (word(bytes, big) << unused) as i64 >> unused)
            }
            Kind::Unsigned | Kind::Pointer => int::from_u64(cx, word(bytes, big)),
            Kind::Float => float::from_f64(cx, load_float(bytes, big)),
            Kind::Complex => {
                let (real, imaginary) = bytes.split_at(self.size / 2);
                let number = complex::Complex { real: load_float(real, big), imaginary: load_float(imaginary, big) };
                complex::from_complex(cx, number)
            }
            Kind::Pascal => {
                let length = bytes.first().map_or(0, |length| *length as usize);
                let text = bytes.get(1..).unwrap_or_default();
                BytesObject::new(cx, &text[..length.min(text.len())])
            }
        }
    }

    fn store(&self, cx: &mut Context, value: Value, place: &mut [u8], big: bool) -> Result<()> {
        match self.kind {
            Kind::Character => match value.cast::<BytesObject>().map(BytesObject::as_slice) {
                Some([byte]) => place[0] = *byte,
                _ => return Err(error(cx, "char format requires a bytes object of length 1")),
            },
            Kind::Boolean => place[0] = convert::truth(cx, value)? as u8,
            Kind::Signed | Kind::Unsigned | Kind::Pointer => {
                let number = self.integer(cx, value)?;
                put(place, number, big);
            }
            Kind::Float => {
                let number = match float::from_value(cx, value) {
                    Ok(number) => number,
                    Err(_) => {
                        drop(cx.take_pending());
                        return Err(error(cx, "required argument is not a float"));
                    }
                };
                store_float(cx, number, place, big)?;
            }
            Kind::Complex => {
                let Ok(number) = complex_new::from_number_or_raise(cx, value) else {
                    drop(cx.take_pending());
                    return Err(error(cx, "required argument is not a complex"));
                };
                let (real, imaginary) = place.split_at_mut(self.size / 2);
                store_float(cx, number.real, real, big)?;
                store_float(cx, number.imaginary, imaginary, big)?;
            }
            Kind::Text | Kind::Pascal => {
                let Some(bytes) = sidewinder_runtime::objects::bytes::like(value) else {
                    let letter = self.letter as char;
                    return Err(error(cx, format!("argument for '{letter}' must be a bytes object")));
                };
                let pascal = usize::from(self.kind == Kind::Pascal).min(place.len());
                let length = bytes.len().min(place.len() - pascal);
                let length = if self.kind == Kind::Pascal { length.min(255) } else { length };
                if pascal == 1 {
                    place[0] = length as u8;
                }
                place[pascal..pascal + length].copy_from_slice(&bytes[..length]);
            }
        }
        Ok(())
    }

    /// The word of an integer that the item has room for.
    fn integer(&self, cx: &mut Context, value: Value) -> Result<u64> {
        if !convert::is_index(Some(value)) {
            return Err(error(cx, "required argument is not an integer"));
        }
        let number = convert::index(cx, value)?;
        let number = number.value();
        let bits = 8 * self.size as u32;
        let fits = match (self.kind, int::as_i64(number), int::as_u64(number)) {
            (Kind::Signed, Some(number), _) => {
                let unused = 64 - bits;
                (number << unused >> unused == number).then_some(number as u64)
            }
            (Kind::Pointer, Some(number), _) => Some(number as u64),
            (Kind::Unsigned | Kind::Pointer, _, Some(number)) => (bits == 64 || number >> bits == 0).then_some(number),
            _ => None,
        };
        fits.ok_or_else(|| {
            let letter = self.letter as char;
            if self.kind == Kind::Pointer {
                let _ = Integer::of(number);
                return cx.overflow_error("int too large to convert");
            }
            let (least, most) = match self.kind {
                Kind::Signed => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
                _ => (0, (1i128 << bits) - 1),
            };
            error(cx, format!("'{letter}' format requires {least} <= number <= {most}"))
        })
    }
}
