//! The native formats of single items: one row each.

use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::{float, int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// What an item is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Boolean,
    Character,
    /// So many bytes, two's complement.
    Signed(u8),
    Unsigned(u8),
    /// IEEE 754 of so many bytes.
    Float(u8),
}

impl Kind {
    /// The kind of a format of one letter, if that is a native one.
    pub fn of_format(format: &str) -> Option<Kind> {
        Some(match format.strip_prefix('@').unwrap_or(format) {
            "?" => Kind::Boolean,
            "c" => Kind::Character,
            "b" => Kind::Signed(1),
            "B" => Kind::Unsigned(1),
            "h" => Kind::Signed(2),
            "H" => Kind::Unsigned(2),
            "i" => Kind::Signed(4),
            "I" => Kind::Unsigned(4),
            "l" | "q" | "n" => Kind::Signed(8),
            "L" | "Q" | "N" | "P" => Kind::Unsigned(8),
            "e" => Kind::Float(2),
            "f" => Kind::Float(4),
            "d" => Kind::Float(8),
            _ => return None,
        })
    }

    pub fn size(self) -> usize {
        match self {
            Kind::Boolean | Kind::Character => 1,
            Kind::Signed(size) | Kind::Unsigned(size) | Kind::Float(size) => size as usize,
        }
    }

    pub fn is_float(self) -> bool {
        matches!(self, Kind::Float(_))
    }

    /// The object of an item.
    pub fn load(self, cx: &mut Context, bytes: &[u8]) -> Owned {
        let mut word = [0; 8];
        let size = bytes.len().min(8);
        word[..size].copy_from_slice(&bytes[..size]);
        let number = u64::from_le_bytes(word);
        let unused = 64 - 8 * self.size() as u32;
        match self {
            Kind::Boolean => Owned::new(singleton::boolean(number != 0)),
            Kind::Character => BytesObject::new(cx, bytes),
            Kind::Signed(_) => int::from_i64(cx, (number << unused) as i64 >> unused),
            Kind::Unsigned(_) => int::from_u64(cx, number),
            Kind::Float(2) => float::from_f64(cx, float::half::to_f64(number as u16)),
            Kind::Float(4) => float::from_f64(cx, f32::from_bits(number as u32) as f64),
            Kind::Float(_) => float::from_f64(cx, f64::from_bits(number)),
        }
    }

    /// The bytes of an object as an item; `format` is for messages. May run Python code.
    pub fn store(self, cx: &mut Context, value: Value, format: &str) -> Result<Vec<u8>> {
        let word = match self {
            Kind::Boolean => convert::truth(cx, value)? as u64,
            Kind::Character => match value.cast::<BytesObject>() {
                Some(bytes) if bytes.len() == 1 => bytes.as_slice()[0] as u64,
                Some(_) => return Err(wrong_value(cx, format)),
                None => return Err(wrong_type(cx, format)),
            },
            Kind::Signed(size) => {
                let number = integer(cx, value, format)?;
                let Some(number) = int::as_i64(number.value()) else { return Err(wrong_value(cx, format)) };
                let unused = 64 - 8 * size as u32;
                if number << unused >> unused != number {
                    return Err(wrong_value(cx, format));
                }
                number as u64
            }
            Kind::Unsigned(size) => {
                let number = integer(cx, value, format)?;
                let Some(number) = int::as_u64(number.value()) else { return Err(wrong_value(cx, format)) };
                if size < 8 && number >> (8 * size as u32) != 0 {
                    return Err(wrong_value(cx, format));
                }
                number
            }
            Kind::Float(size) => {
                if !value.is_float() && value.type_of().slots().float.is_none() && !convert::is_index(Some(value)) {
                    return Err(wrong_type(cx, format));
                }
                let number = float::from_value(cx, value)?;
                match size {
                    2 => float::half::of_f64(number)
                        .ok_or_else(|| cx.overflow_error("float too large to pack with e format"))?
                        as u64,
                    4 => (number as f32).to_bits() as u64,
                    _ => number.to_bits(),
                }
            }
        };
        Ok(word.to_le_bytes()[..self.size()].to_vec())
    }
}

fn integer(cx: &mut Context, value: Value, format: &str) -> Result<Owned> {
    if convert::is_index(Some(value)) { convert::index(cx, value) } else { Err(wrong_type(cx, format)) }
}

#[cold]
fn wrong_value(cx: &mut Context, format: &str) -> Raised {
    cx.value_error(format!("memoryview: invalid value for format '{format}'"))
}

#[cold]
fn wrong_type(cx: &mut Context, format: &str) -> Raised {
    cx.type_error(format!("memoryview: invalid type for format '{format}'"))
}
