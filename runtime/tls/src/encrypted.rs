//! Private keys that a password opens: PKCS #8 with PBES2, whose cipher is AES (RFC 8018).

use crate::der::{Reader, tag};
use ring::pbkdf2::{self, Algorithm};
use std::num::NonZeroU32;

/// Bytes of a block of the cipher.
const BLOCK_BYTES: usize = 16;
/// Rounds of the derivation that are made at most: a minute's work.
const ROUNDS_MAX: u32 = 100_000_000;

/// Why a key could not be opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// It is no such key, or the password is another one.
    Wrong,
    /// It is protected in another way.
    Unknown,
}

/// The encoding between the lines of an encrypted key in a text.
pub fn section(text: &[u8]) -> Option<Vec<u8>> {
    const START: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
    let text = String::from_utf8_lossy(text);
    let (_, rest) = text.split_once(START)?;
    let (body, _) = rest.split_once("-----END")?;
    let mut bits = 0u32;
    let mut count = 0;
    let mut bytes = Vec::new();
    for character in body.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let sextet = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(sextet);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

/// What is said of how a key is protected.
struct Protection<'a> {
    algorithm: Algorithm,
    salt: &'a [u8],
    rounds: NonZeroU32,
    key_bytes: usize,
    start: &'a [u8],
    content: &'a [u8],
}

fn number(content: &[u8]) -> Option<u32> {
    let value =
        content.iter().try_fold(0u64, |value, byte| Some(value << 8 | u64::from(*byte)).filter(|v| *v < 1 << 40));
    u32::try_from(value?).ok()
}

fn protection(bytes: &[u8]) -> Result<Protection<'_>, Refusal> {
    let wrong = || Refusal::Wrong;
    let mut outer = Reader::new(bytes).expect(tag::SEQUENCE).ok_or_else(wrong)?.parts();
    let mut scheme = outer.expect(tag::SEQUENCE).ok_or_else(wrong)?.parts();
    let content = outer.expect(tag::OCTETS).ok_or_else(wrong)?.content;
    if scheme.expect(tag::OBJECT).ok_or_else(wrong)?.identifier() != "1.2.840.113549.1.5.13" {
        return Err(Refusal::Unknown);
    }
    let mut parts = scheme.expect(tag::SEQUENCE).ok_or_else(wrong)?.parts();
    let mut derivation = parts.expect(tag::SEQUENCE).ok_or_else(wrong)?.parts();
    let mut cipher = parts.expect(tag::SEQUENCE).ok_or_else(wrong)?.parts();
    if derivation.expect(tag::OBJECT).ok_or_else(wrong)?.identifier() != "1.2.840.113549.1.5.12" {
        return Err(Refusal::Unknown);
    }
    let mut derivation = derivation.expect(tag::SEQUENCE).ok_or_else(wrong)?.parts();
    let salt = derivation.expect(tag::OCTETS).ok_or(Refusal::Unknown)?.content;
    let rounds = number(derivation.expect(tag::INTEGER).ok_or_else(wrong)?.content).ok_or_else(wrong)?;
    let rounds = NonZeroU32::new(rounds).filter(|rounds| rounds.get() <= ROUNDS_MAX).ok_or_else(wrong)?;
    derivation.optional(tag::INTEGER);
    let algorithm = match derivation.optional(tag::SEQUENCE) {
        None => pbkdf2::PBKDF2_HMAC_SHA1,
        Some(function) => match &*function.parts().expect(tag::OBJECT).ok_or_else(wrong)?.identifier() {
            "1.2.840.113549.2.7" => pbkdf2::PBKDF2_HMAC_SHA1,
            "1.2.840.113549.2.9" => pbkdf2::PBKDF2_HMAC_SHA256,
            "1.2.840.113549.2.10" => pbkdf2::PBKDF2_HMAC_SHA384,
            "1.2.840.113549.2.11" => pbkdf2::PBKDF2_HMAC_SHA512,
            _ => return Err(Refusal::Unknown),
        },
    };
    let key_bytes = match &*cipher.expect(tag::OBJECT).ok_or_else(wrong)?.identifier() {
        "2.16.840.1.101.3.4.1.2" => 16,
        "2.16.840.1.101.3.4.1.22" => 24,
        "2.16.840.1.101.3.4.1.42" => 32,
        _ => return Err(Refusal::Unknown),
    };
    let start = cipher.expect(tag::OCTETS).ok_or_else(wrong)?.content;
    if start.len() != BLOCK_BYTES || content.is_empty() || !content.len().is_multiple_of(BLOCK_BYTES) {
        return Err(Refusal::Wrong);
    }
    Ok(Protection { algorithm, salt, rounds, key_bytes, start, content })
}

/// The key that a password opens, in PKCS #8.
pub fn open(bytes: &[u8], password: &[u8]) -> Result<Vec<u8>, Refusal> {
    let found = protection(bytes)?;
    let mut key = vec![0; found.key_bytes];
    pbkdf2::derive(found.algorithm, found.rounds, found.salt, password, &mut key);
    let cipher = Cipher::new(&key);
    let mut plain = Vec::with_capacity(found.content.len());
    let mut previous = found.start;
    for block in found.content.chunks_exact(BLOCK_BYTES) {
        let opened = cipher.open(block);
        plain.extend(opened.iter().zip(previous).map(|(byte, other)| byte ^ other));
        previous = block;
    }
    // What fills the last block says how much it is.
    let filling = usize::from(plain.last().copied().unwrap_or(0));
    let is_filling = plain.len().checked_sub(filling).and_then(|length| plain.get(length..));
    if filling == 0
        || filling > BLOCK_BYTES
        || !is_filling.is_some_and(|rest| rest.iter().all(|byte| usize::from(*byte) == filling))
    {
        return Err(Refusal::Wrong);
    }
    plain.truncate(plain.len() - filling);
    match Reader::new(&plain).expect(tag::SEQUENCE) {
        Some(_) => Ok(plain),
        None => Err(Refusal::Wrong),
    }
}

/// AES, as far as opening goes (FIPS 197).
struct Cipher {
    /// The words of the key for each round.
    words: Vec<[u8; 4]>,
    inverse: [u8; 256],
}

/// The product in the field of the cipher.
fn multiply(mut left: u8, mut right: u8) -> u8 {
    let mut product = 0;
    while right != 0 {
        if right & 1 != 0 {
            product ^= left;
        }
        let carries = left & 0x80 != 0;
        left <<= 1;
        if carries {
            left ^= 0x1b;
        }
        right >>= 1;
    }
    product
}

/// What the cipher puts in place of each byte.
fn substitutions() -> [u8; 256] {
    let mut table = [0; 256];
    for byte in 0..=255u8 {
        let inverse = (1..=255u8).find(|other| multiply(byte, *other) == 1).unwrap_or(0);
        let turned = (1..5).fold(inverse, |sum, count| sum ^ inverse.rotate_left(count));
        table[usize::from(byte)] = turned ^ 0x63;
    }
    table
}

impl Cipher {
    fn new(key: &[u8]) -> Cipher {
        let table = substitutions();
        let mut inverse = [0; 256];
        for (byte, put) in table.iter().enumerate() {
            inverse[usize::from(*put)] = byte as u8;
        }
        let own = key.len() / 4;
        let mut words: Vec<[u8; 4]> = key.chunks_exact(4).map(|word| [word[0], word[1], word[2], word[3]]).collect();
        let mut round = 1u8;
        for index in own..4 * (own + 7) {
            let mut word = words[index - 1];
            if index % own == 0 {
                word.rotate_left(1);
                word = word.map(|byte| table[usize::from(byte)]);
                word[0] ^= round;
                round = multiply(round, 2);
            } else if own > 6 && index % own == 4 {
                word = word.map(|byte| table[usize::from(byte)]);
            }
            let before = words[index - own];
            words.push([0, 1, 2, 3].map(|place| word[place] ^ before[place]));
        }
        Cipher { words, inverse }
    }

    fn add_key(&self, state: &mut [u8; BLOCK_BYTES], round: usize) {
        for (place, byte) in state.iter_mut().enumerate() {
            *byte ^= self.words[round * 4 + place / 4][place % 4];
        }
    }

    /// Opens a block.
    fn open(&self, block: &[u8]) -> [u8; BLOCK_BYTES] {
        let mut state = [0; BLOCK_BYTES];
        state.copy_from_slice(block);
        let rounds = self.words.len() / 4 - 1;
        self.add_key(&mut state, rounds);
        for round in (0..rounds).rev() {
            let mut moved = [0; BLOCK_BYTES];
            for (place, byte) in state.into_iter().enumerate() {
                let (column, row) = (place / 4, place % 4);
                moved[((column + row) % 4) * 4 + row] = self.inverse[usize::from(byte)];
            }
            state = moved;
            self.add_key(&mut state, round);
            if round > 0 {
                for column in state.chunks_exact_mut(4) {
                    let old = [column[0], column[1], column[2], column[3]];
                    for row in 0..4 {
                        let factors = [14, 11, 13, 9];
                        column[row] =
                            (0..4).fold(0, |sum, other| sum ^ multiply(old[(row + other) % 4], factors[other]));
                    }
                }
            }
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_the_blocks_of_the_standard() {
        let plain: Vec<u8> = (0..16).map(|place| place * 0x11).collect();
        let closed = [
            (16, "69c4e0d86a7b0430d8cdb78070b4c55a"),
            (24, "dda97ca4864cdfe06eaf70a0ec0d7191"),
            (32, "8ea2b7ca516745bfeafc49904b496089"),
        ];
        for (length, digits) in closed {
            let key: Vec<u8> = (0..length).collect();
            let block: Vec<u8> =
                (0..16).map(|place| u8::from_str_radix(&digits[place * 2..place * 2 + 2], 16).unwrap()).collect();
            assert_eq!(Cipher::new(&key).open(&block).to_vec(), plain);
        }
    }
}
