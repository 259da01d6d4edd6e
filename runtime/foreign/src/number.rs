//! Floats of ten bytes, in which `long double` is on this processor.

/// The value of a `long double`, rounded to a double.
pub fn from_extended(bytes: [u8; 16]) -> f64 {
    let mantissa = u64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]);
    let head = u16::from_le_bytes([bytes[8], bytes[9]]);
    let sign = if head & 0x8000 != 0 { -1.0 } else { 1.0 };
    let exponent = i32::from(head & 0x7FFF);
    let size = match exponent {
        0x7FFF if mantissa << 1 == 0 => f64::INFINITY,
        0x7FFF => f64::NAN,
        _ => scale(mantissa, exponent - 16383 - 63),
    };
    size * sign
}

/// `mantissa * 2 ** exponent`, rounded once to the nearest, halves to even.
fn scale(mantissa: u64, exponent: i32) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let top = 63 - mantissa.leading_zeros() as i32;
    // The lowest bit that a double of this size has.
    let lowest = (top + exponent - 52).max(-1074);
    let dropped = lowest - exponent;
    if dropped <= 0 {
        // All bits fit.
        return mantissa as f64 * power(exponent / 2) * power(exponent - exponent / 2);
    }
    if dropped > 64 {
        return 0.0;
    }
    let wide = u128::from(mantissa);
    let (kept, rest, half) = (wide >> dropped, wide & ((1 << dropped) - 1), 1_u128 << (dropped - 1));
    let rounded = kept + u128::from(rest > half || rest == half && kept & 1 == 1);
    rounded as f64 * power(lowest / 2) * power(lowest - lowest / 2)
}

fn power(exponent: i32) -> f64 {
    2f64.powi(exponent)
}

/// A double as a `long double`, which has all its bits.
pub fn to_extended(value: f64) -> [u8; 16] {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (exponent, mantissa) = match (bits >> 52 & 0x7FF) as i32 {
        0 if fraction == 0 => (0, 0),
        0 => {
            let zeros = fraction.leading_zeros();
            (16383 - 1074 + 63 - zeros as i32, fraction << zeros)
        }
        0x7FF => (0x7FFF, 1 << 63 | fraction << 11),
        exponent => (exponent - 1023 + 16383, 1 << 63 | fraction << 11),
    };
    let head = (exponent as u16) | ((bits >> 63) as u16) << 15;
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&mantissa.to_le_bytes());
    bytes[8..10].copy_from_slice(&head.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_come_back() {
        let values = [0.0, -0.0, 1.0, -1.5, 0.1, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e-310, f64::INFINITY];
        for value in values {
            assert_eq!(from_extended(to_extended(value)).to_bits(), value.to_bits(), "{value}");
        }
        assert!(from_extended(to_extended(f64::NAN)).is_nan());
    }

    #[test]
    fn more_bits_are_rounded() {
        let mut bytes = to_extended(1.0);
        bytes[0] = 0xFF;
        bytes[1] = 0x03;
        assert_eq!(from_extended(bytes), 1.0);
        bytes[1] = 0x07;
        assert_eq!(from_extended(bytes), 1.0 + f64::EPSILON);
    }
}
