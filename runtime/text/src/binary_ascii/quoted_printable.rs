//! Quoted-printable text (RFC 1521), in the reading of `binascii`.

/// Characters in a line at most, the soft break's included.
const LINE_MAX: usize = 76;

/// The bytes of a text. With `is_header`, an underscore is a space.
pub fn decode(text: &[u8], is_header: bool) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| (*byte as char).to_digit(16)).map(|digit| digit as u8);
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        at += 1;
        if byte != b'=' {
            bytes.push(if is_header && byte == b'_' { b' ' } else { byte });
            continue;
        }
        match text.get(at) {
            None => {}
            // A soft break of the line: all up to its end.
            Some(b'\n' | b'\r') => {
                let end = text[at..].iter().position(|byte| *byte == b'\n');
                at = end.map_or(text.len(), |end| at + end + 1);
            }
            // Some encoders write it so.
            Some(b'=') => {
                bytes.push(b'=');
                at += 1;
            }
            high => match (digit(high), digit(text.get(at + 1))) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    at += 2;
                }
                _ => bytes.push(b'='),
            },
        }
    }
    bytes
}

/// How to encode.
#[derive(Clone, Copy)]
pub struct Style {
    /// Spaces and tabs are encoded everywhere.
    pub quotes_tabs: bool,
    /// Ends of lines are such, and not encoded.
    pub is_text: bool,
    /// Underscores stand for spaces.
    pub is_header: bool,
}

impl Style {
    /// Whether the byte at a place must be encoded.
    fn encodes(self, bytes: &[u8], at: usize, line_length: usize) -> bool {
        let next = bytes.get(at + 1);
        match bytes[at] {
            127.. | b'=' => true,
            b'_' => self.is_header,
            b'\r' | b'\n' => !self.is_text,
            b'\t' | b' ' => next.is_none() || self.quotes_tabs,
            0..33 => true,
            // A single dot in a line ends a message for some mail servers.
            b'.' => line_length == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)),
            _ => false,
        }
    }
}

/// The text of some bytes. Ends of lines become all like the first one.
pub fn encode(bytes: &[u8], style: Style) -> Vec<u8> {
    let first_end = bytes.iter().position(|byte| *byte == b'\n');
    let line_end: &[u8] = match first_end {
        Some(end) if end > 0 && bytes[end - 1] == b'\r' => b"\r\n",
        _ => b"\n",
    };
    let mut text = Vec::with_capacity(bytes.len() + bytes.len() / 8);
    let mut line_length = 0;
    let soft_break = |text: &mut Vec<u8>| {
        text.push(b'=');
        text.extend_from_slice(line_end);
    };
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let next = bytes.get(at + 1).copied();
        if style.encodes(bytes, at, line_length) {
            if line_length + 3 >= LINE_MAX {
                soft_break(&mut text);
                line_length = 0;
            }
            push_encoded(&mut text, byte);
            at += 1;
            line_length += 3;
        } else if style.is_text && (byte == b'\n' || byte == b'\r' && next == Some(b'\n')) {
            line_length = 0;
            // White space at the end of a line would get lost.
            if let Some(last @ (b' ' | b'\t')) = text.last().copied() {
                text.pop();
                push_encoded(&mut text, last);
            }
            text.extend_from_slice(line_end);
            at += if byte == b'\r' { 2 } else { 1 };
        } else {
            if next.is_some_and(|next| next != b'\n') && line_length + 1 >= LINE_MAX {
                soft_break(&mut text);
                line_length = 0;
            }
            line_length += 1;
            text.push(if style.is_header && byte == b' ' { b'_' } else { byte });
            at += 1;
        }
    }
    text
}

fn push_encoded(text: &mut Vec<u8>, byte: u8) {
    let digits = b"0123456789ABCDEF";
    text.extend([b'=', digits[byte as usize >> 4], digits[byte as usize & 15]]);
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Style = Style { quotes_tabs: false, is_text: true, is_header: false };

    #[test]
    fn texts_come_back() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1000).filter(|byte| *byte != b'\r').collect();
        for (quotes_tabs, is_text) in [(false, false), (false, true), (true, false), (true, true)] {
            let text = encode(&bytes, Style { quotes_tabs, is_text, is_header: false });
            assert_eq!(decode(&text, false), bytes);
            assert!(text.split(|byte| *byte == b'\n').all(|line| line.len() <= LINE_MAX));
        }
    }

    #[test]
    fn ends_of_lines_are_protected() {
        assert_eq!(encode(b"a \nb\t", TEXT), b"a=20\nb=09");
        assert_eq!(encode(b".\nab", TEXT), b"=2E\nab");
        assert_eq!(encode(b"a\r\nb\n", TEXT), b"a\r\nb\r\n");
        assert_eq!(decode(b"a=\r\nb==41=4", false), b"ab=41=4");
    }
}
