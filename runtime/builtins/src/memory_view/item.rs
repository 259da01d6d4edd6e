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
            Kind::Float(2) => float::from_f64(cx, half_to_f64(number as u16)),
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
                    2 => half_of_f64(number)
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

/// A number of two bytes (IEEE 754 binary16).
fn half_to_f64(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = ((bits >> 10 & 31) as i32, (bits & 0x3FF) as f64);
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    }
}

/// The nearest number of two bytes, ties to even; none if it is too large.
fn half_of_f64(number: f64) -> Option<u16> {
    let sign = if number.is_sign_negative() { 0x8000 } else { 0 };
    if number.is_nan() {
        return Some(sign | 0x7E00);
    }
    let magnitude = number.abs();
    if magnitude.is_infinite() {
        return Some(sign | 0x7C00);
    }
    // In units of the last place of subnormal numbers, or of the number's own binade.
    let exponent = if magnitude < 2f64.powi(-14) { -14 } else { magnitude.log2().floor() as i32 };
    let exponent = if magnitude < 2f64.powi(exponent) { exponent - 1 } else { exponent }.max(-14);
    let units = (magnitude / 2f64.powi(exponent - 10)).round_ties_even() as u32;
    let bits = ((exponent + 14) as u32) * 1024 + units;
    let bits = if magnitude < 2f64.powi(-14) { units } else { bits };
    (bits < 0x7C00).then_some(sign | bits as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_both_ways() {
        for bits in (0..0x7C00).chain(0x8000..0xFC00) {
            assert_eq!(half_of_f64(half_to_f64(bits)), Some(bits), "{bits:#x}");
        }
        assert_eq!(half_of_f64(65519.99), Some(0x7BFF));
        assert_eq!(half_of_f64(65520.0), None);
        assert_eq!(half_of_f64(2f64.powi(-26)), Some(0));
    }
}
