//! Characters of names and of documents.

/// The character at the start of text, and its bytes; none if it is malformed or there is none.
pub fn first(text: &[u8]) -> Option<(char, usize)> {
    let byte = *text.first()?;
    let length = match byte {
        0..0x80 => return Some((byte as char, 1)),
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0..=0xF7 => 4,
        _ => return None,
    };
    let character = std::str::from_utf8(text.get(..length)?).ok()?.chars().next()?;
    Some((character, length))
}

pub fn is_name_start(character: char) -> bool {
    matches!(character, 'a'..='z' | 'A'..='Z' | '_' | ':')
        || !character.is_ascii()
            && matches!(
                character,
                '\u{C0}'..='\u{D6}'
                    | '\u{D8}'..='\u{F6}'
                    | '\u{F8}'..='\u{2FF}'
                    | '\u{370}'..='\u{37D}'
                    | '\u{37F}'..='\u{1FFF}'
                    | '\u{200C}'..='\u{200D}'
                    | '\u{2070}'..='\u{218F}'
                    | '\u{2C00}'..='\u{2FEF}'
                    | '\u{3001}'..='\u{D7FF}'
                    | '\u{F900}'..='\u{FDCF}'
                    | '\u{FDF0}'..='\u{FFFD}'
            )
}

pub fn is_name_character(character: char) -> bool {
    is_name_start(character)
        || matches!(character, '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether a document may hold the character.
pub fn is_character(point: u32) -> bool {
    matches!(point, 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x1_0000..=0x10_FFFF)
}

pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The ASCII characters of names, those that start one included.
static NAME_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let letter = byte as u8;
        table[byte] = letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b':' | b'-' | b'.');
        byte += 1;
    }
    table
};

/// The length of the run of ASCII name characters at the start of text.
fn plain_length(text: &[u8]) -> usize {
    text.iter().position(|byte| !NAME_BYTES[usize::from(*byte)]).unwrap_or(text.len())
}

/// The length of the name at the start of text; nought if there is none.
pub fn name_length(text: &[u8]) -> usize {
    let mut at = match text.first() {
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':') => plain_length(text),
        _ => 0,
    };
    if text.get(at).is_none_or(u8::is_ascii) && at > 0 {
        return at;
    }
    while let Some((character, length)) = first(&text[at..]) {
        let good = if at == 0 { is_name_start(character) } else { is_name_character(character) };
        if !good {
            break;
        }
        at += length;
    }
    at
}

/// The same for a token of name characters.
pub fn token_length(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some((character, length)) = first(&text[at..])
        && is_name_character(character)
    {
        at += length;
    }
    at
}

/// The length of the space at the start of text.
pub fn space_length(text: &[u8]) -> usize {
    text.iter().position(|byte| !is_space(*byte)).unwrap_or(text.len())
}

/// Where text has a character that no document may hold.
pub fn bad_character(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if (0x20..0x80).contains(&byte) {
            at += 1;
            continue;
        }
        match first(&text[at..]) {
            Some((character, length)) if is_character(character as u32) => at += length,
            _ => return Some(at),
        }
    }
    None
}

/// The place of a piece of text.
pub fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// Text that was checked, as a string.
pub fn string(text: &[u8]) -> String {
    match std::str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(text).into_owned(),
    }
}

/// The same; ends of lines are single line feeds.
pub fn string_of_lines(text: &[u8]) -> String {
    if text.contains(&b'\r') { string(text).replace("\r\n", "\n").replace('\r', "\n") } else { string(text) }
}
