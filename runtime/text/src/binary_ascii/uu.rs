//! Lines of uuencoded data: a character for their length, then one for each six bits.

/// Bytes in a line at most.
pub const LINE_MAX: usize = 45;
/// The character for zero; the backtick stands for it as well.
const ZERO: u8 = b' ';

/// A line with so many bytes, which are not more than `LINE_MAX`. With `backtick`, that stands for zero instead of a space.
pub fn encode(bytes: &[u8], backtick: bool) -> Vec<u8> {
    let character = |bits: u8| if backtick && bits == 0 { b'`' } else { ZERO + bits };
    let mut line = vec![character(bytes.len() as u8)];
    for group in bytes.chunks(3) {
        let byte = |index: usize| group.get(index).copied().unwrap_or(0) as u32;
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        line.extend([18, 12, 6, 0].map(|shift| character((bits >> shift & 63) as u8)));
    }
    line.push(b'\n');
    line
}

/// The bytes of a line, or what is wrong with it. Spaces that got lost at the end count as zeros.
pub fn decode(line: &[u8]) -> Result<Vec<u8>, &'static str> {
    let Some((first, rest)) = line.split_first() else { return Err("Missing length byte") };
    let length = (first.wrapping_sub(ZERO) & 63) as usize;
    let mut bytes = Vec::with_capacity(length);
    let (mut bits, mut count, mut at) = (0u32, 0, 0);
    while bytes.len() < length {
        let character = rest.get(at).copied().unwrap_or(b'\n');
        at += 1;
        let six = match character {
            b'\n' | b'\r' => 0,
            ZERO..=b'`' => ((character - ZERO) & 63) as u32,
            _ => return Err("Illegal char"),
        };
        bits = (bits << 6 | six) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    let rest = rest.get(at..).unwrap_or_default();
    match rest.iter().all(|character| matches!(character, b' ' | b'`' | b'\n' | b'\r')) {
        true => Ok(bytes),
        false => Err("Trailing garbage"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back() {
        let bytes: Vec<u8> = (200..=244).collect();
        for length in 0..=LINE_MAX {
            for backtick in [false, true] {
                let line = encode(&bytes[..length], backtick);
                assert_eq!(decode(&line).as_deref(), Ok(&bytes[..length]));
            }
        }
        assert_eq!(decode(b""), Err("Missing length byte"));
        assert_eq!(decode(b"!~~~~\n"), Err("Illegal char"));
        assert_eq!(decode(b" x"), Err("Trailing garbage"));
    }
}
