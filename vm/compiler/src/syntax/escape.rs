//! Finds the first bad escape sequence of a string literal, for the message of the `unicodeescape` codec.

use super::named;

/// The byte range of the first bad escape and what is wrong with it.
pub(super) fn first_problem(content: &str) -> Option<(usize, usize, &'static str)> {
    let bytes = content.as_bytes();
    let mut index = 0;
    // The codec sees characters beyond ASCII as ten-byte `\UXXXXXXXX` escapes.
    let mut position = 0;
    while index < bytes.len() {
        if bytes[index] != b'\\' {
            let character = content[index..].chars().next()?;
            index += character.len_utf8();
            position += if character.is_ascii() { 1 } else { 10 };
            continue;
        }
        let (length, problem) = match bytes.get(index + 1) {
            Some(b'x') => (2, "truncated \\xXX escape"),
            Some(b'u') => (4, "truncated \\uXXXX escape"),
            Some(b'U') => (8, "truncated \\UXXXXXXXX escape"),
            Some(b'N') => {
                let rest = &content[index + 2..];
                let name = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
                match name {
                    Some(name) if !name.is_empty() => {
                        let length = name.len() + 4;
                        if named::character(name).is_none() {
                            return Some((position, position + length - 1, "unknown Unicode character name"));
                        }
                        index += length;
                        position += length;
                        continue;
                    }
                    _ => {
                        let length = match rest.strip_prefix('{') {
                            Some(name) if name.contains('}') => 1,
                            Some(_) => rest.len(),
                            None => 0,
                        };
                        return Some((position, position + 1 + length, "malformed \\N character escape"));
                    }
                }
            }
            _ => {
                index += 2;
                position += 2;
                continue;
            }
        };
        let digits = bytes[index + 2..].iter().take(length).take_while(|byte| byte.is_ascii_hexdigit()).count();
        if digits < length {
            return Some((position, position + 1 + digits, problem));
        }
        if length == 8 {
            let value = u32::from_str_radix(&content[index + 2..index + 10], 16).unwrap_or(0);
            if value > 0x10_ffff {
                return Some((position, position + 9, "illegal Unicode character"));
            }
        }
        index += 2 + length;
        position += 2 + length;
    }
    None
}
