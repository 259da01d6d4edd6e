//! A small tokenizer after CPython's `Parser/lexer/lexer.c`, run only on sources that do not parse: it finds the errors
//! that CPython's tokenizer reports itself, in its words and places. CPython prefers them to the parser's errors.

mod strings;

use crate::error::{ErrorKind, Failure};
use sidewinder_bytecode::Position;
use std::ops::Range;
use strings::Interpolated;

/// What the tokenizer says about a source.
pub(super) struct Tokens {
    pub error: Option<Box<Failure>>,
    /// Brackets still open at the end: character and offset.
    pub open: Vec<(u8, usize)>,
    pub tokens: Vec<Token>,
    /// The replacement fields of f-strings and t-strings.
    pub fields: Vec<Field>,
    /// Where the token starts that is wrong, or the end.
    pub stopped: usize,
}

/// A token but for line ends, indentation, and the text of f-strings.
#[derive(Clone)]
pub(super) struct Token {
    pub range: Range<usize>,
    /// In how many f-strings it lies.
    pub level: usize,
}

/// A replacement field.
pub(super) struct Field {
    /// `f-string` or `t-string`.
    pub kind: &'static str,
    /// From its opening bracket on to the end of the closing one, or of what there is.
    pub range: Range<usize>,
    /// In how many f-strings it lies.
    pub level: usize,
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
        tokens: Vec::new(),
        fields: Vec::new(),
        strings: Vec::new(),
        stopped: 0,
    };
    if source.starts_with('\u{feff}') {
        tokenizer.offset = 3;
        tokenizer.line_start = 3;
    }
    let error = tokenizer.run().err();
    let Tokenizer { open, tokens, fields, stopped, .. } = tokenizer;
    Tokens { error, open, tokens, fields, stopped }
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
    tokens: Vec<Token>,
    fields: Vec<Field>,
    /// The f-strings and t-strings around the place.
    strings: Vec<Interpolated>,
    /// Where the current token starts.
    stopped: usize,
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
        loop {
            if self.strings.last().is_some_and(|string| string.in_text) {
                self.stopped = self.offset;
                self.text()?;
                continue;
            }
            if self.at_end() {
                return Ok(());
            }
            if at_line_start && self.open.is_empty() {
                at_line_start = false;
                self.indent()?;
                continue;
            }
            let (start, level) = (self.offset, self.strings.len());
            self.stopped = start;
            let is_token = !matches!(self.peek(0), b' ' | b'\t' | b'\x0c' | b'\n' | b'\r' | b'#' | b'\\');
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
                b'(' | b'[' | b'{' => self.open(),
                b')' | b']' | b'}' => self.close()?,
                byte @ (0x01..=0x1f | 0x7f) => {
                    let message = format!("invalid non-printable character U+{:04X}", byte);
                    self.offset += 1;
                    return Err(self.error_here(message));
                }
                _ => self.operator(),
            }
            // An f-string is a token when it ends.
            if is_token && self.strings.len() <= level && start < self.offset {
                self.tokens.push(Token { range: start..self.offset, level });
            }
        }
    }

    fn open(&mut self) {
        self.open.push((self.peek(0), self.offset));
        self.offset += 1;
        if let Some(string) = self.strings.last_mut() {
            string.depth += 1;
        }
    }

    /// The longest operator here; a colon may end the expression of a replacement field.
    fn operator(&mut self) {
        const OPERATORS: [&str; 25] = [
            "**=", "//=", ">>=", "<<=", "...", "!=", "%=", "&=", "**", "*=", "+=", "-=", "->", "//", "/=", ":=", "<<",
            "<=", "<>", "==", ">=", ">>", "@=", "^=", "|=",
        ];
        if self.peek(0) == b':' && self.start_specification() {
            self.offset += 1;
            return;
        }
        let rest = &self.bytes[self.offset..];
        let known = OPERATORS.iter().find(|operator| rest.starts_with(operator.as_bytes()));
        self.offset += known.map_or(1, |operator| operator.len());
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
        let kind = self.strings.last().map(|string| (string.kind, string.depth, string.fields));
        if let Some((kind, 0, _)) = kind.filter(|_| closing == b'}') {
            return Err(self.error_here(format!("{kind}: single '}}' is not allowed")));
        }
        let Some((opening, opened_at)) = self.open.pop() else {
            return Err(self.error_here(format!("unmatched '{}'", closing as char)));
        };
        let matches = matches!((opening, closing), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
        if matches {
            return self.close_in_string(closing);
        }
        if let Some((kind, depth, fields)) = kind
            && opening == b'{'
            && depth == fields
        {
            return Err(self.error_here(format!("{kind}: unmatched '{}'", closing as char)));
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
        if matches!(self.peek(0), b'e' | b'E')
            && matches!(self.peek(1), b'+' | b'-')
            && !exponent_digit.is_ascii_digit()
        {
            self.offset += 2;
            return Err(self.error_here("invalid decimal literal"));
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
        if !follows_keyword && (byte.is_ascii_alphabetic() || byte == b'_') {
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
