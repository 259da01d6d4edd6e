//! Floats of two bytes, which only buffers and packed data hold.

/// A number of two bytes (IEEE 754 binary16).
pub fn to_f64(bits: u16) -> f64 {
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
pub fn of_f64(number: f64) -> Option<u16> {
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
            assert_eq!(of_f64(to_f64(bits)), Some(bits), "{bits:#x}");
        }
        assert_eq!(of_f64(65519.99), Some(0x7BFF));
        assert_eq!(of_f64(65520.0), None);
        assert_eq!(of_f64(2f64.powi(-26)), Some(0));
    }
}
