//! A small tokenizer after CPython's `Parser/lexer/lexer.c`, run only on sources that do not parse: it finds the errors
//! that CPython's tokenizer reports itself, in its words and places. CPython prefers them to the parser's errors.

use crate::error::{ErrorKind, Failure};
use sidewinder_bytecode::Position;

/// What the tokenizer says about a source.
pub(super) struct Tokens {
    pub error: Option<Box<Failure>>,
    /// Brackets still open at the end: character and offset.
    pub open: Vec<(u8, usize)>,
}

pub(super) fn tokenize(source: &str) -> Tokens {
    let mut tokenizer = Tokenizer {
        bytes: source.as_bytes(),
        source,
        offset: 0,
        line: 1,
        line_start: 0,
        open: Vec::new(),
        indentation: vec![(0, 0)],
    };
    if source.starts_with('\u{feff}') {
        tokenizer.offset = 3;
        tokenizer.line_start = 3;
    }
    let error = tokenizer.run().err();
    Tokens { error, open: tokenizer.open }
}

type Step = Result<(), Box<Failure>>;

struct Tokenizer<'a> {
    bytes: &'a [u8],
    source: &'a str,
    offset: usize,
    line: u32,
    line_start: usize,
    open: Vec<(u8, usize)>,
    /// Columns of the open blocks with tabs of 8 and of 1.
    indentation: Vec<(usize, usize)>,
}

impl Tokenizer<'_> {
    fn peek(&self, distance: usize) -> u8 {
        self.bytes.get(self.offset + distance).copied().unwrap_or(0)
    }

    fn at_end(&self) -> bool {
        self.offset >= self.bytes.len()
    }

    /// An error whose column (from 1) is the number of bytes up to `end`, as CPython's tokenizer counts.
    fn error_at(&self, message: impl Into<String>, line: u32, column: usize) -> Box<Failure> {
        let column = column as u32;
        Failure::syntax(message, Position { line, end_line: line, column, end_column: column })
    }

    fn error_here(&self, message: impl Into<String>) -> Box<Failure> {
        self.error_at(message, self.line, (self.offset - self.line_start).saturating_sub(1))
    }

    fn new_line(&mut self) {
        let carriage_return = self.peek(0) == b'\r';
        self.offset += 1;
        if carriage_return && self.peek(0) == b'\n' {
            self.offset += 1;
        }
        self.line += 1;
        self.line_start = self.offset;
    }

    fn is_line_end(&self) -> bool {
        matches!(self.peek(0), b'\n' | b'\r')
    }

    fn run(&mut self) -> Step {
        let mut at_line_start = true;
        while !self.at_end() {
            if at_line_start && self.open.is_empty() {
                at_line_start = false;
                self.indent()?;
                continue;
            }
            match self.peek(0) {
                b' ' | b'\t' | b'\x0c' => self.offset += 1,
                b'\n' | b'\r' => {
                    self.new_line();
                    at_line_start = self.open.is_empty();
                }
                b'#' => self.skip_comment(),
                b'\\' => self.continuation()?,
                b'0'..=b'9' => self.number()?,
                b'.' if self.peek(1).is_ascii_digit() => self.number()?,
                b'"' | b'\'' => self.string("", self.offset)?,
                byte if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => self.word()?,
                b'(' | b'[' | b'{' => {
                    self.open.push((self.peek(0), self.offset));
                    self.offset += 1;
                }
                b')' | b']' | b'}' => self.close()?,
                byte @ (0x01..=0x1f | 0x7f) => {
                    let message = format!("invalid non-printable character U+{:04X}", byte);
                    self.offset += 1;
                    return Err(self.error_here(message));
                }
                _ => self.offset += 1,
            }
        }
        Ok(())
    }

    fn skip_comment(&mut self) {
        while !self.at_end() && !self.is_line_end() {
            self.offset += 1;
        }
    }

    /// Measures the indentation of a line that holds code.
    fn indent(&mut self) -> Step {
        let (mut column, mut alternative) = (0, 0);
        loop {
            match self.peek(0) {
                b' ' => (column, alternative) = (column + 1, alternative + 1),
                b'\t' => (column, alternative) = ((column / 8 + 1) * 8, alternative + 1),
                b'\x0c' => (column, alternative) = (0, 0),
                _ => break,
            }
            self.offset += 1;
        }
        if self.at_end() || self.is_line_end() || self.peek(0) == b'#' || self.peek(0) == b'\\' {
            return Ok(());
        }
        let inconsistent = |tokenizer: &Self| {
            let message = "inconsistent use of tabs and spaces in indentation";
            let mut failure = tokenizer.error_at(message, tokenizer.line, 0);
            failure.kind = ErrorKind::Tab;
            Err(failure)
        };
        let &(top, top_alternative) = &self.indentation[self.indentation.len() - 1];
        if column == top {
            return if alternative == top_alternative { Ok(()) } else { inconsistent(self) };
        }
        if column > top {
            if alternative <= top_alternative {
                return inconsistent(self);
            }
            self.indentation.push((column, alternative));
            return Ok(());
        }
        while self.indentation.len() > 1 && self.indentation[self.indentation.len() - 1].0 > column {
            self.indentation.pop();
        }
        let &(top, top_alternative) = &self.indentation[self.indentation.len() - 1];
        if column != top {
            let length = self.bytes[self.offset..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count();
            let message = "unindent does not match any outer indentation level";
            let mut failure = self.error_at(message, self.line, self.offset - self.line_start + length);
            failure.kind = ErrorKind::Indentation;
            return Err(failure);
        }
        if alternative == top_alternative { Ok(()) } else { inconsistent(self) }
    }

    fn continuation(&mut self) -> Step {
        self.offset += 1;
        if self.at_end() || self.is_line_end() && self.source[self.offset..].trim().is_empty() {
            return Err(self.error_at("unexpected EOF while parsing", self.line, self.offset - self.line_start));
        }
        if !self.is_line_end() {
            self.offset += 1;
            return Err(self.error_here("unexpected character after line continuation character"));
        }
        self.new_line();
        Ok(())
    }

    fn close(&mut self) -> Step {
        let closing = self.peek(0);
        self.offset += 1;
        let Some((opening, opened_at)) = self.open.pop() else {
            return Err(self.error_here(format!("unmatched '{}'", closing as char)));
        };
        let matches = matches!((opening, closing), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
        if matches {
            return Ok(());
        }
        let opened_line = 1 + self.source[..opened_at].bytes().filter(|&byte| byte == b'\n').count() as u32;
        let on_line = if opened_line == self.line { String::new() } else { format!(" on line {opened_line}") };
        let message = format!(
            "closing parenthesis '{}' does not match opening parenthesis '{}'{on_line}",
            closing as char, opening as char
        );
        Err(self.error_here(message))
    }

    /// A name, or the prefix of a string.
    fn word(&mut self) -> Step {
        let start = self.offset;
        while self.peek(0).is_ascii_alphanumeric() || self.peek(0) == b'_' || self.peek(0) >= 0x80 {
            self.offset += 1;
        }
        let word = &self.source[start..self.offset];
        for (index, character) in word.char_indices() {
            let valid = character.is_ascii() || character.is_alphanumeric() || unicode_identifier(character);
            if !valid {
                self.offset = start + index;
                let point = u32::from(character);
                let message = if character.escape_debug().count() > 1 {
                    format!("invalid non-printable character U+{point:04X}")
                } else {
                    format!("invalid character '{character}' (U+{point:04X})")
                };
                return Err(self.error_at(message, self.line, self.offset - self.line_start));
            }
        }
        let prefix = word.to_ascii_lowercase();
        let is_prefix =
            matches!(prefix.as_str(), "r" | "u" | "b" | "br" | "rb" | "f" | "fr" | "rf" | "t" | "tr" | "rt");
        if is_prefix && matches!(self.peek(0), b'"' | b'\'') {
            return self.string(&prefix, start);
        }
        if matches!(self.peek(0), b'"' | b'\'')
            && let Some((first, second)) = incompatible_prefixes(&prefix)
        {
            let column = (start - self.line_start) as u32;
            let end_column = (self.offset - self.line_start) as u32;
            let position = Position { line: self.line, end_line: self.line, column, end_column };
            return Err(Failure::syntax(format!("'{first}' and '{second}' prefixes are incompatible"), position));
        }
        Ok(())
    }

    fn string(&mut self, prefix: &str, start: usize) -> Step {
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        let (start_line, start_column) = (self.line, start - self.line_start);
        self.offset += if triple { 3 } else { 1 };
        let interpolated = prefix.contains('f') || prefix.contains('t');
        let kind = match (prefix.contains('f'), prefix.contains('t')) {
            (true, _) => "f-string",
            (_, true) => "t-string",
            _ => "string",
        };
        let mut escaped_quote = false;
        let mut bytes_error = None;
        loop {
            let byte = self.peek(0);
            if self.at_end() || (!triple && matches!(byte, b'\n' | b'\r')) {
                let what = if triple { "triple-quoted " } else { "" };
                let hint = if escaped_quote { "; perhaps you escaped the end quote?" } else { "" };
                let line =
                    if triple && self.offset == self.line_start && self.line > 1 { self.line - 1 } else { self.line };
                let message = format!("unterminated {what}{kind} literal (detected at line {line}){hint}");
                return Err(self.error_at(message, start_line, start_column));
            }
            match byte {
                b'\\' => {
                    self.offset += 1;
                    escaped_quote |= self.peek(0) == quote;
                    if self.is_line_end() { self.new_line() } else { self.offset += 1 }
                }
                b'\n' | b'\r' => self.new_line(),
                _ if byte == quote && (!triple || (self.peek(1) == quote && self.peek(2) == quote)) => {
                    self.offset += if triple { 3 } else { 1 };
                    break;
                }
                b'{' if interpolated && self.peek(1) == b'{' => self.offset += 2,
                b'{' if interpolated => self.replacement_field(quote, triple),
                _ => {
                    if byte >= 0x80 && prefix.contains('b') {
                        bytes_error = Some(());
                    }
                    self.offset += 1;
                }
            }
        }
        if bytes_error.is_some() {
            let message = "bytes can only contain ASCII literal characters";
            let (column, end_column) = (start_column as u32, (self.offset - self.line_start) as u32);
            let position = Position { line: start_line, end_line: self.line, column, end_column };
            return Err(Failure::syntax(message, position));
        }
        Ok(())
    }

    /// Skips a replacement field of an f-string, strings in it included; its own errors are left to the parser.
    fn replacement_field(&mut self, quote: u8, triple: bool) {
        let mut depth = 0;
        while !self.at_end() {
            match self.peek(0) {
                b'{' | b'(' | b'[' => depth += 1,
                b'}' | b')' | b']' => {
                    depth -= 1;
                    if depth <= 0 {
                        self.offset += 1;
                        return;
                    }
                }
                b'\n' | b'\r' => {
                    if !triple && depth <= 1 && self.bytes[self.offset..].iter().all(|&byte| byte != b'}') {
                        return;
                    }
                    self.new_line();
                    continue;
                }
                byte @ (b'"' | b'\'') => {
                    // The quote of the string itself ends it unless a nested string closes on the line.
                    let rest = &self.bytes[self.offset + 1..];
                    let line = rest.iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count();
                    let close = rest[..line].iter().position(|&other| other == byte);
                    match close {
                        Some(distance) if byte != quote || rest[distance + 1..line].contains(&quote) => {
                            self.offset += distance + 1;
                        }
                        _ if byte == quote => return,
                        _ => {}
                    }
                }
                _ => {}
            }
            self.offset += 1;
        }
    }

    fn number(&mut self) -> Step {
        let start = self.offset;
        if self.peek(0) == b'0' {
            let radix = match self.peek(1).to_ascii_lowercase() {
                b'x' => Some((16, "hexadecimal")),
                b'o' => Some((8, "octal")),
                b'b' => Some((2, "binary")),
                _ => None,
            };
            if let Some((radix, name)) = radix {
                return self.radix_number(radix, name);
            }
        }
        self.decimal_digits()?;
        let leading_zeros = self.peek_from(start) == b'0'
            && self.bytes[start..self.offset].iter().any(|&byte| byte != b'0' && byte != b'_');
        let integer_end = self.offset;
        let mut is_integer = true;
        if self.peek(0) == b'.' {
            is_integer = false;
            self.offset += 1;
            if self.peek(0).is_ascii_digit() {
                self.decimal_digits()?;
            }
        }
        let exponent_digit = if matches!(self.peek(1), b'+' | b'-') { self.peek(2) } else { self.peek(1) };
        if matches!(self.peek(0), b'e' | b'E') && exponent_digit.is_ascii_digit() {
            is_integer = false;
            self.offset += if matches!(self.peek(1), b'+' | b'-') { 2 } else { 1 };
            self.decimal_digits()?;
        }
        if matches!(self.peek(0), b'j' | b'J') {
            self.offset += 1;
            return self.end_of_number("imaginary");
        }
        if is_integer && leading_zeros {
            let message = "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal \
                           integers";
            let column = (start - self.line_start) as u32;
            let zeros = self.bytes[start..integer_end].iter().take_while(|byte| **byte == b'0').count() as u32;
            let position = Position { line: self.line, end_line: self.line, column, end_column: column + zeros };
            return Err(Failure::syntax(message, position));
        }
        self.end_of_number("decimal")
    }

    fn peek_from(&self, offset: usize) -> u8 {
        self.bytes.get(offset).copied().unwrap_or(0)
    }

    fn decimal_digits(&mut self) -> Step {
        loop {
            while self.peek(0).is_ascii_digit() {
                self.offset += 1;
            }
            if self.peek(0) != b'_' {
                return Ok(());
            }
            self.offset += 1;
            if !self.peek(0).is_ascii_digit() {
                return Err(self.error_here("invalid decimal literal"));
            }
        }
    }

    fn radix_number(&mut self, radix: u32, name: &str) -> Step {
        self.offset += 2;
        loop {
            if self.peek(0) == b'_' {
                self.offset += 1;
            }
            if !(self.peek(0) as char).is_digit(radix) {
                if self.peek(0).is_ascii_digit() {
                    let message = format!("invalid digit '{}' in {name} literal", self.peek(0) as char);
                    self.offset += 1;
                    return Err(self.error_here(message));
                }
                return Err(self.error_here(format!("invalid {name} literal")));
            }
            while (self.peek(0) as char).is_digit(radix) {
                self.offset += 1;
            }
            if self.peek(0) != b'_' {
                break;
            }
        }
        if self.peek(0).is_ascii_digit() {
            let message = format!("invalid digit '{}' in {name} literal", self.peek(0) as char);
            self.offset += 1;
            return Err(self.error_here(message));
        }
        self.end_of_number(name)
    }

    /// A number must not run into a name, except for the keywords that may follow one.
    fn end_of_number(&mut self, kind: &str) -> Step {
        let rest = &self.bytes[self.offset..];
        let keywords: [&[u8]; 8] = [b"and", b"else", b"for", b"if", b"in", b"is", b"or", b"not"];
        let follows_keyword = keywords.iter().any(|keyword| rest.starts_with(keyword));
        let byte = self.peek(0);
        if !follows_keyword && (byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80) {
            return Err(self.error_here(format!("invalid {kind} literal")));
        }
        Ok(())
    }
}

/// The first two letters, in CPython's order, that a string's prefix may not have together; `None` if the letters are no
/// prefix at all.
fn incompatible_prefixes(letters: &str) -> Option<(char, char)> {
    const PAIRS: [(char, char); 7] =
        [('u', 'b'), ('u', 'r'), ('u', 'f'), ('u', 't'), ('b', 'f'), ('b', 't'), ('f', 't')];
    let mut seen = String::new();
    for letter in letters.chars() {
        if !"bruft".contains(letter) || seen.contains(letter) {
            return None;
        }
        seen.push(letter);
    }
    PAIRS.into_iter().find(|(first, second)| seen.contains(*first) && seen.contains(*second))
}

/// Characters that identifiers may hold though they are no letters or digits: joiners, marks and the like are left to
/// the parser.
fn unicode_identifier(character: char) -> bool {
    !matches!(u32::from(character),
        0xa0..=0xbf | 0xd7 | 0xf7 | 0x2000..=0x203e | 0x2041..=0x2053 | 0x2055..=0x206f | 0x20a0..=0x20bf
        | 0x2190..=0x2bff | 0x3000..=0x3004 | 0x3008..=0x3020 | 0xff01..=0xff0f | 0xff1a..=0xff20 | 0x1f000..=0x1faff)
}
