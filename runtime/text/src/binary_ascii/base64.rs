//! Base64 (RFC 4648), in the reading of `binascii`.

/// The characters by the six bits that they stand for.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PAD: u8 = b'=';
/// In the table of characters: what none of them is.
const NONE: u8 = 0xff;

/// Two characters for each twelve bits.
static PAIRS: [[u8; 2]; 4096] = {
    let mut table = [[0; 2]; 4096];
    let mut bits = 0;
    while bits < table.len() {
        table[bits] = [ALPHABET[bits >> 6], ALPHABET[bits & 63]];
        bits += 1;
    }
    table
};

/// Six bits for each character.
static SIX_BITS: [u8; 256] = {
    let mut table = [NONE; 256];
    let mut bits = 0;
    while bits < ALPHABET.len() {
        table[ALPHABET[bits] as usize] = bits as u8;
        bits += 1;
    }
    table
};

/// The text of some bytes, with a newline at the end if wanted.
pub fn encode(bytes: &[u8], newline: bool) -> Vec<u8> {
    let groups = bytes.chunks_exact(3);
    let rest = groups.remainder();
    let mut text = vec![0; bytes.len().div_ceil(3) * 4 + newline as usize];
    let mut places = text.chunks_exact_mut(4);
    for (group, place) in groups.zip(&mut places) {
        let bits = (group[0] as usize) << 16 | (group[1] as usize) << 8 | group[2] as usize;
        place[..2].copy_from_slice(&PAIRS[bits >> 12]);
        place[2..].copy_from_slice(&PAIRS[bits & 4095]);
    }
    if let (false, Some(place)) = (rest.is_empty(), places.next()) {
        let second = rest.get(1).copied();
        let bits = (rest[0] as usize) << 16 | (second.unwrap_or(0) as usize) << 8;
        place[..2].copy_from_slice(&PAIRS[bits >> 12]);
        place[2] = if second.is_some() { PAIRS[bits & 4095][0] } else { PAD };
        place[3] = PAD;
    }
    if newline && let Some(last) = text.last_mut() {
        *last = b'\n';
    }
    text
}

/// Decodes whole groups of four characters; returns how many bytes of the text that were, and how many came out.
fn decode_groups(text: &[u8], bytes: &mut [u8]) -> (usize, usize) {
    let mut groups = 0;
    for (group, place) in text.chunks_exact(4).zip(bytes.chunks_exact_mut(3)) {
        let [a, b, c, d] = [0, 1, 2, 3].map(|index| SIX_BITS[group[index] as usize]);
        if a | b | c | d == NONE {
            break;
        }
        let bits = (a as u32) << 18 | (b as u32) << 12 | (c as u32) << 6 | d as u32;
        place.copy_from_slice(&bits.to_be_bytes()[1..]);
        groups += 1;
    }
    (groups * 4, groups * 3)
}

/// The bytes of a text, or what is wrong with it. Unless it is strict, padding ends a group that it makes complete, and
/// counts for nothing elsewhere.
pub fn decode(text: &[u8], strict: bool) -> Result<Vec<u8>, String> {
    let mut bytes = vec![0; text.len().div_ceil(4) * 3];
    // How far the text was read, and how many bytes there are; within a group: characters, padding, bits left over.
    let (mut at, mut length) = (0, 0);
    let (mut place, mut pads, mut left) = (0, 0, 0);
    while at < text.len() {
        if place == 0 && pads == 0 {
            let (read, written) = decode_groups(&text[at..], &mut bytes[length..]);
            (at, length) = (at + read, length + written);
            if at == text.len() {
                break;
            }
        }
        let character = text[at];
        at += 1;
        if character == PAD {
            pads += 1;
            if !strict || place >= 2 && place + pads <= 4 {
                continue;
            }
            if place == 1 {
                break;
            }
            let first = at == 1;
            return Err(if first { "Leading padding not allowed" } else { "Excess padding not allowed" }.into());
        }
        let bits = SIX_BITS[character as usize];
        if bits == NONE {
            if strict {
                return Err("Only base64 data is allowed".into());
            }
            continue;
        }
        if strict && pads > 0 {
            let complete = place + pads == 4;
            return Err(if complete { "Excess data after padding" } else { "Discontinuous padding not allowed" }.into());
        }
        pads = 0;
        if place > 0 {
            bytes[length] = left << (2 * place) | bits >> (6 - 2 * place);
            length += 1;
        }
        left = bits;
        place = (place + 1) % 4;
    }
    if place == 1 {
        let characters = length / 3 * 4 + 1;
        return Err(format!(
            "Invalid base64-encoded string: number of data characters ({characters}) cannot be 1 more than a multiple of 4"
        ));
    }
    if place != 0 && place + pads < 4 {
        return Err("Incorrect padding".into());
    }
    bytes.truncate(length);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        for length in 0..bytes.len() {
            let text = encode(&bytes[..length], length % 2 == 0);
            assert_eq!(decode(&text, false).as_deref(), Ok(&bytes[..length]));
        }
        assert_eq!(encode(b"ab", true), b"YWI=\n");
        assert_eq!(encode(b"", false), b"");
    }

    #[test]
    fn other_characters_are_passed_over_unless_strict() {
        assert_eq!(decode(b"Y W\nI=", false).as_deref(), Ok(&b"ab"[..]));
        assert_eq!(decode(b"ab==ab", false).as_deref(), Ok(&b"i\xb6\x9b"[..]));
        assert!(decode(b"YWI=YWI=", false).is_err());
        assert!(decode(b"Y WI=", true).is_err());
        assert!(decode(b"YWI=Y", true).is_err());
        assert!(decode(b"YWI", false).is_err());
        assert!(decode(b"Y", false).is_err());
    }
}
