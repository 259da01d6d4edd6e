//! Hexadecimal digits.

/// The digit of a number below 16, by arithmetic alone, so that loops over it become vector code.
#[inline(always)]
fn digit(number: u8) -> u8 {
    number + if number > 9 { b'a' - 10 } else { b'0' }
}

/// Appends two digits for each byte.
fn push_digits(text: &mut Vec<u8>, bytes: &[u8]) {
    let start = text.len();
    text.resize(start + bytes.len() * 2, 0);
    for (pair, byte) in text[start..].chunks_exact_mut(2).zip(bytes) {
        pair[0] = digit(byte >> 4);
        pair[1] = digit(byte & 15);
    }
}

/// The value of a digit; a number with high bits set for what is none.
static VALUES: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut byte = 0;
    while byte < table.len() {
        if let Some(value) = (byte as u8 as char).to_digit(16) {
            table[byte] = value as u8;
        }
        byte += 1;
    }
    table
};

/// The digits of some bytes, with a separator between groups, which are counted from the end if their size is positive.
pub fn encode(bytes: &[u8], separator: Option<u8>, group: i32) -> Vec<u8> {
    let size = group.unsigned_abs() as usize;
    let mut text = Vec::with_capacity(bytes.len() * if separator.is_some() { 3 } else { 2 });
    match separator {
        Some(separator) if size > 0 && size < bytes.len() => {
            let first = if group > 0 { bytes.len() % size } else { 0 };
            let (first, rest) = bytes.split_at(first);
            let groups = (!first.is_empty()).then_some(first).into_iter().chain(rest.chunks(size));
            for (index, group) in groups.enumerate() {
                if index > 0 {
                    text.push(separator);
                }
                push_digits(&mut text, group);
            }
        }
        _ => push_digits(&mut text, bytes),
    }
    text
}

/// The bytes of a text of digits, or what is wrong with it.
pub fn decode(text: &[u8]) -> Result<Vec<u8>, &'static str> {
    if !text.len().is_multiple_of(2) {
        return Err("Odd-length string");
    }
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for pair in text.chunks_exact(2) {
        let [high, low] = [VALUES[pair[0] as usize], VALUES[pair[1] as usize]];
        if (high | low) > 15 {
            return Err("Non-hexadecimal digit found");
        }
        bytes.push(high << 4 | low);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_count_from_the_end_they_are_told() {
        assert_eq!(encode(b"abcde", Some(b'-'), 2), b"61-6263-6465");
        assert_eq!(encode(b"abcde", Some(b'-'), -2), b"6162-6364-65");
        assert_eq!(encode(b"abcd", Some(b'-'), 2), b"6162-6364");
        assert_eq!(encode(b"abc", Some(b'-'), 0), b"616263");
        assert_eq!(encode(b"abc", None, 1), b"616263");
    }

    #[test]
    fn digits_of_either_case() {
        assert_eq!(decode(b"aBFf09").as_deref(), Ok(&[0xab, 0xff, 0x09][..]));
        assert_eq!(decode(b"abc"), Err("Odd-length string"));
        assert_eq!(decode(b"0g"), Err("Non-hexadecimal digit found"));
    }
}
