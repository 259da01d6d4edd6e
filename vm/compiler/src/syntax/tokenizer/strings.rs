//! Strings, and f-strings with their replacement fields, which are tokenized as what is around them.

use super::{Field, Step, Token, Tokenizer};
use crate::error::Failure;
use sidewinder_bytecode::Position;

/// How deeply replacement fields of one f-string may be nested, with those of format specifiers.
const FIELDS_MAX: usize = 4;

/// An f-string or t-string that has begun.
pub(super) struct Interpolated {
    /// What it is called.
    pub kind: &'static str,
    raw: bool,
    quote: u8,
    triple: bool,
    /// Of its prefix: offset, line, and column.
    start: (usize, u32, usize),
    /// Brackets that are open in it, those of replacement fields included.
    pub depth: usize,
    /// Replacement fields that are open.
    pub fields: usize,
    in_specification: bool,
    /// Outside of expressions.
    pub in_text: bool,
    /// The open fields, by their numbers in `Tokenizer::fields`.
    open_fields: Vec<usize>,
}

impl Tokenizer<'_> {
    pub(super) fn string(&mut self, prefix: &str, start: usize) -> Step {
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        let (start_line, start_column) = (self.line, start - self.line_start);
        self.offset += if triple { 3 } else { 1 };
        if let Some(kind) = kind_of(prefix) {
            self.strings.push(Interpolated {
                kind,
                raw: prefix.contains('r'),
                quote,
                triple,
                start: (start, start_line, start_column),
                depth: 0,
                fields: 0,
                in_specification: false,
                in_text: true,
                open_fields: Vec::new(),
            });
            return Ok(());
        }
        let mut escaped_quote = false;
        let mut is_ascii = true;
        loop {
            let byte = self.peek(0);
            if self.at_end() || (!triple && matches!(byte, b'\n' | b'\r')) {
                // The quote of the f-string around it, rather than one of a string in a field.
                if let Some(string) = self.strings.last()
                    && (string.quote, string.triple) == (quote, triple)
                {
                    let message = format!("{}: expecting '}}'", string.kind);
                    return Err(self.error_at(message, start_line, start_column));
                }
                let what = if triple { "triple-quoted " } else { "" };
                let hint = if escaped_quote && !triple { "; perhaps you escaped the end quote?" } else { "" };
                let message =
                    format!("unterminated {what}string literal (detected at line {}){hint}", self.last_line(triple));
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
                _ => {
                    is_ascii &= byte < 0x80;
                    self.offset += 1;
                }
            }
        }
        if !is_ascii && prefix.contains('b') {
            let message = "bytes can only contain ASCII literal characters";
            let (column, end_column) = (start_column as u32, (self.offset - self.line_start) as u32);
            let position = Position { line: start_line, end_line: self.line, column, end_column };
            return Err(Failure::syntax(message, position));
        }
        Ok(())
    }

    /// The line in which the end of a string was missed.
    fn last_line(&self, triple: bool) -> u32 {
        if triple && self.offset == self.line_start && self.line > 1 { self.line - 1 } else { self.line }
    }

    /// The text of an f-string, up to a field or its end.
    pub(super) fn text(&mut self) -> Step {
        let Some(string) = self.strings.last_mut() else { return Ok(()) };
        let (kind, quote, triple, raw) = (string.kind, string.quote, string.triple, string.raw);
        let in_specification = string.in_specification;
        let mut in_name = false;
        loop {
            let byte = self.peek(0);
            let is_line_end = self.is_line_end();
            if in_specification && (is_line_end || self.at_end() && !triple) {
                if !triple {
                    self.offset += 1;
                    let message =
                        format!("{kind}: newlines are not allowed in format specifiers for single quoted {kind}s");
                    return Err(self.error_here(message));
                }
                self.leave_text(false);
                return Ok(());
            }
            if self.at_end() || is_line_end && !triple {
                let what = if triple { "triple-quoted " } else { "" };
                let line = self.last_line(triple);
                let message = format!("unterminated {what}{kind} literal (detected at line {line})");
                let (_, line, column) = self.strings.last().map_or((0, 1, 0), |string| string.start);
                return Err(self.error_at(message, line, column));
            }
            match byte {
                _ if is_line_end => self.new_line(),
                _ if byte == quote && (!triple || (self.peek(1) == quote && self.peek(2) == quote)) => {
                    self.end_string(if triple { 3 } else { 1 });
                    return Ok(());
                }
                b'{' if self.peek(1) == b'{' && !in_specification => self.offset += 2,
                b'{' => return self.start_field(),
                b'}' if in_name => {
                    in_name = false;
                    self.offset += 1;
                }
                b'}' => {
                    let depth = self.strings.last().map_or(0, |string| string.depth);
                    if self.peek(1) == b'}' && !in_specification && depth == 0 {
                        self.offset += 2;
                        continue;
                    }
                    self.leave_text(in_specification);
                    return Ok(());
                }
                b'\\' => {
                    self.offset += 1;
                    match self.peek(0) {
                        b'{' | b'}' => {}
                        b'N' if !raw && self.peek(1) == b'{' => {
                            in_name = true;
                            self.offset += 2;
                        }
                        _ if self.is_line_end() => self.new_line(),
                        _ if self.at_end() => {}
                        _ => self.offset += 1,
                    }
                }
                _ => self.offset += 1,
            }
        }
    }

    /// Goes on with an expression, or with the bracket that ends a field.
    fn leave_text(&mut self, in_specification: bool) {
        if let Some(string) = self.strings.last_mut() {
            string.in_text = false;
            string.in_specification = in_specification;
        }
    }

    fn end_string(&mut self, quotes: usize) {
        self.offset += quotes;
        let Some(string) = self.strings.pop() else { return };
        let level = self.strings.len();
        // A quote may stand in the format specifier of a field that was never closed.
        for field in string.open_fields {
            let end = self.offset;
            self.tokens.push(Token { range: end - quotes..end, level: level + 1 });
            self.fields[field].range.end = end;
        }
        self.tokens.push(Token { range: string.start.0..self.offset, level });
    }

    fn start_field(&mut self) -> Step {
        let (level, number, at) = (self.strings.len(), self.fields.len(), self.offset);
        let Some(string) = self.strings.last_mut() else { return Ok(()) };
        let kind = string.kind;
        string.fields += 1;
        string.in_text = false;
        string.open_fields.push(number);
        if string.fields >= FIELDS_MAX {
            return Err(self.error_here(format!("{kind}: expressions nested too deeply")));
        }
        self.fields.push(Field { kind, range: at..self.bytes.len(), level });
        self.open();
        Ok(())
    }

    /// Whether a colon here ends the expression of a field; its format specifier begins then.
    pub(super) fn start_specification(&mut self) -> bool {
        let Some(string) = self.strings.last_mut().filter(|string| string.depth == string.fields) else { return false };
        string.in_text = true;
        string.in_specification = true;
        true
    }

    /// After a bracket that was closed as it should be: that of a field leads back to the text.
    pub(super) fn close_in_string(&mut self, closing: u8) -> Step {
        let end = self.offset;
        let Some(string) = self.strings.last_mut() else { return Ok(()) };
        let kind = string.kind;
        if string.depth == 0 {
            return Err(self.error_here(format!("{kind}: unmatched '{}'", closing as char)));
        }
        string.depth -= 1;
        if closing == b'}' && string.depth + 1 == string.fields {
            string.fields -= 1;
            string.in_text = true;
            string.in_specification = false;
            if let Some(field) = string.open_fields.pop() {
                self.fields[field].range.end = end;
            }
        }
        Ok(())
    }
}

/// What a string with replacement fields is called, by its prefix.
fn kind_of(prefix: &str) -> Option<&'static str> {
    match (prefix.contains('f'), prefix.contains('t')) {
        (true, _) => Some("f-string"),
        (_, true) => Some("t-string"),
        _ => None,
    }
}
