//! Bytes of a document as text: UTF-8, in which a byte that no text has stands for what is malformed.

use crate::error::Code;

/// Stands for a malformed character in text.
pub const MALFORMED: u8 = 0xFF;

/// How bytes become characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    Utf16 {
        big: bool,
    },
    Latin1,
    Ascii,
    /// A table of 256 characters; those that are none are malformed.
    Table(Box<[Option<char>; 256]>),
}

impl Encoding {
    /// An encoding that needs no table, by its name.
    pub fn named(name: &str) -> Option<Encoding> {
        Some(match name.to_ascii_uppercase().as_str() {
            "UTF-8" => Encoding::Utf8,
            // Which of the two bytes comes first, a mark says.
            "UTF-16" => Encoding::Utf16 { big: true },
            "UTF-16BE" => Encoding::Utf16 { big: true },
            "UTF-16LE" => Encoding::Utf16 { big: false },
            "ISO-8859-1" => Encoding::Latin1,
            "US-ASCII" => Encoding::Ascii,
            _ => return None,
        })
    }

    /// Whether a character takes at least two bytes.
    pub fn is_wide(&self) -> bool {
        matches!(self, Encoding::Utf16 { .. })
    }

    /// How many bytes a piece of text has in this encoding.
    pub fn bytes_of(&self, text: &[u8]) -> u64 {
        match self {
            Encoding::Utf8 => text.len() as u64,
            Encoding::Utf16 { .. } => {
                let starts = text.iter().filter(|byte| !matches!(byte, 0x80..=0xBF)).count() as u64;
                let pairs = text.iter().filter(|byte| matches!(byte, 0xF0..=0xF7)).count() as u64;
                2 * (starts + pairs)
            }
            _ => text.iter().filter(|byte| !matches!(byte, 0x80..=0xBF)).count() as u64,
        }
    }

    /// Decodes bytes onto text; gives how many were used. The others are the start of a character.
    pub fn decode(&self, bytes: &[u8], text: &mut Vec<u8>) -> usize {
        match self {
            Encoding::Utf8 => decode_utf8(bytes, text),
            Encoding::Utf16 { big } => decode_utf16(bytes, *big, text),
            Encoding::Latin1 => decode_table(bytes, text, |byte| Some(byte as char)),
            Encoding::Ascii => decode_table(bytes, text, |byte| byte.is_ascii().then_some(byte as char)),
            Encoding::Table(table) => decode_table(bytes, text, |byte| table[usize::from(byte)]),
        }
    }

    /// The encoding that the first bytes tell, and how long a mark is that does so; none if there are too few.
    pub fn detect(bytes: &[u8], last: bool) -> Option<(Encoding, usize)> {
        Some(match bytes {
            [0xEF, 0xBB, 0xBF, ..] => (Encoding::Utf8, 3),
            [0xFE, 0xFF, ..] => (Encoding::Utf16 { big: true }, 2),
            [0xFF, 0xFE, ..] => (Encoding::Utf16 { big: false }, 2),
            // A document has no character nought: it is half of one.
            [0, _, ..] => (Encoding::Utf16 { big: true }, 0),
            [_, 0, ..] => (Encoding::Utf16 { big: false }, 0),
            [] | [_] | [0xEF, 0xBB] if !last => return None,
            _ => (Encoding::Utf8, 0),
        })
    }

    /// Whether the characters of markup are themselves in this encoding.
    pub fn has_markup(&self) -> bool {
        let Encoding::Table(table) = self else { return true };
        let free = |byte: u8| matches!(byte, b'$' | b'@' | b'\\' | b'^' | b'`' | b'{' | b'}' | b'~' | 0x7F);
        let is_markup = |byte: u8| (matches!(byte, b' '..0x7F | b'\t' | b'\n' | b'\r')) && !free(byte);
        // Each of them is itself, and nothing else is one of them.
        (0..=255u8).all(|byte| {
            let meant =
                table[usize::from(byte)].and_then(|meant| u8::try_from(meant).ok()).filter(|meant| is_markup(*meant));
            if is_markup(byte) || meant.is_some() { meant == Some(byte) } else { true }
        })
    }

    /// Whether a declaration may name an encoding in a document that is read in this one.
    pub fn agrees(&self, named: &Encoding) -> Result<(), Code> {
        if self.is_wide() == named.is_wide() { Ok(()) } else { Err(Code::INCORRECT_ENCODING) }
    }
}

fn push(text: &mut Vec<u8>, character: Option<char>) {
    match character {
        Some(character) => text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        None => text.push(MALFORMED),
    }
}

fn decode_table(bytes: &[u8], text: &mut Vec<u8>, of: impl Fn(u8) -> Option<char>) -> usize {
    text.reserve(bytes.len());
    for byte in bytes {
        push(text, of(*byte));
    }
    bytes.len()
}

fn decode_utf8(mut bytes: &[u8], text: &mut Vec<u8>) -> usize {
    let all = bytes.len();
    loop {
        match std::str::from_utf8(bytes) {
            Ok(good) => {
                text.extend_from_slice(good.as_bytes());
                return all;
            }
            Err(error) => {
                text.extend_from_slice(&bytes[..error.valid_up_to()]);
                bytes = &bytes[error.valid_up_to()..];
                match error.error_len() {
                    Some(length) => {
                        text.push(MALFORMED);
                        bytes = &bytes[length..];
                    }
                    None => return all - bytes.len(),
                }
            }
        }
    }
}

fn decode_utf16(bytes: &[u8], big: bool, text: &mut Vec<u8>) -> usize {
    let unit = |at: usize| -> Option<u16> {
        let pair = [*bytes.get(at)?, *bytes.get(at + 1)?];
        Some(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let mut at = 0;
    while let Some(first) = unit(at) {
        if !(0xD800..0xE000).contains(&first) {
            push(text, char::from_u32(u32::from(first)));
            at += 2;
            continue;
        }
        let Some(second) = unit(at + 2) else { break };
        match char::decode_utf16([first, second]).next() {
            Some(Ok(character)) if first < 0xDC00 => {
                push(text, Some(character));
                at += 4;
            }
            _ => {
                push(text, None);
                at += 2;
            }
        }
    }
    at
}
