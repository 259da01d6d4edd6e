//! The scanner: source text to tokens (Parser/lexer/lexer.c). It knows no objects.

use super::exact;
use std::collections::VecDeque;

/// Numbers of the kinds of tokens (`token.py`).
pub mod kind {
    pub const END: i64 = 0;
    pub const NAME: i64 = 1;
    pub const NUMBER: i64 = 2;
    pub const STRING: i64 = 3;
    pub const NEWLINE: i64 = 4;
    pub const INDENT: i64 = 5;
    pub const DEDENT: i64 = 6;
    pub const OPERATOR: i64 = 55;
    pub const FORMAT_START: i64 = 59;
    pub const FORMAT_MIDDLE: i64 = 60;
    pub const FORMAT_END: i64 = 61;
    pub const COMMENT: i64 = 65;
    pub const LINE_END: i64 = 66;
    /// From the kinds of f-strings to those of t-strings.
    pub const TEMPLATE: i64 = 3;
}

/// A token. Rows count from 1, columns from 0, in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: i64,
    pub text: String,
    pub start: (usize, usize),
    pub end: (usize, usize),
    /// It is shown with -1 for its columns, as those are that the parser makes up.
    pub nowhere: bool,
    /// The lines that the token is on.
    pub line: String,
}

/// Why there are no further tokens.
#[derive(Clone, Debug)]
pub struct Fault {
    pub message: String,
    pub row: usize,
    pub column: usize,
    pub line: String,
    pub indentation: bool,
    /// The fault is one of tabs and spaces.
    pub tabs: bool,
}

/// An f-string or t-string under way.
struct Format {
    quote: char,
    triple: bool,
    raw: bool,
    template: bool,
    /// Brackets that were open before its fields; one more for each field it is in.
    depths: Vec<usize>,
    /// For each open field, whether its specification has begun.
    specifications: Vec<bool>,
    start: (usize, usize),
}

impl Format {
    /// Whether the text of the string or of a specification comes next, not an expression.
    fn in_text(&self) -> bool {
        self.specifications.last().is_none_or(|begun| *begun)
    }

    fn in_specification(&self) -> bool {
        self.specifications.last().is_some_and(|begun| *begun)
    }
}

/// The scanner's place in the source.
pub struct Scanner {
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
    /// Columns of the open blocks, with tabs of 8 and of 1.
    indents: Vec<(usize, usize)>,
    brackets: Vec<(char, usize, usize)>,
    formats: Vec<Format>,
    ready: VecDeque<Token>,
    at_line_start: bool,
    /// The line has something beside space and comments.
    has_code: bool,
    extra: bool,
    ended: bool,
    /// The row behind the last one that has a token.
    shown: usize,
}

type Step = Result<(), Fault>;

/// Blocks and brackets that may be open inside each other.
const BLOCKS_MAX: usize = 100;
const BRACKETS_MAX: usize = 200;

const THREE: [&str; 5] = ["**=", "//=", ">>=", "<<=", "..."];
const TWO: [&str; 19] =
    ["**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":="];

impl Scanner {
    pub fn new(text: &str, extra: bool) -> Scanner {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Scanner {
            lines: text.split_inclusive('\n').map(|line| line.chars().collect()).collect(),
            row: 0,
            column: 0,
            indents: vec![(0, 0)],
            brackets: Vec::new(),
            formats: Vec::new(),
            ready: VecDeque::new(),
            at_line_start: true,
            has_code: false,
            extra,
            ended: false,
            shown: 0,
        }
    }

    /// The next token; the last is `kind::END`.
    pub fn next(&mut self) -> Result<Token, Fault> {
        loop {
            if let Some(token) = self.ready.pop_front() {
                return Ok(token);
            }
            if self.ended {
                let row = self.lines.len() + usize::from(self.extra);
                return Ok(Token {
                    kind: kind::END,
                    text: String::new(),
                    start: (row, 0),
                    end: (row, 0),
                    nowhere: !self.extra,
                    line: if self.extra { String::new() } else { self.last_line() },
                });
            }
            self.step()?;
        }
    }

    fn peek(&self, distance: usize) -> Option<char> {
        self.lines.get(self.row)?.get(self.column + distance).copied()
    }

    /// Whether the line ends here.
    fn at_line_end(&self) -> bool {
        matches!((self.peek(0), self.peek(1)), (None | Some('\n'), _) | (Some('\r'), Some('\n') | None))
    }

    /// The last line, if there are tokens on it.
    fn last_line(&self) -> String {
        let last = self.lines.len().saturating_sub(1);
        if self.shown > last { self.line_text(last, last) } else { String::new() }
    }

    fn line_text(&self, first: usize, last: usize) -> String {
        let lines = self.lines.get(first..(last + 1).min(self.lines.len())).unwrap_or_default();
        lines.iter().flatten().collect()
    }

    fn text(&self, start: (usize, usize), end: (usize, usize)) -> String {
        let mut text = String::new();
        for row in start.0..=end.0 {
            let Some(line) = self.lines.get(row) else { break };
            let from = if row == start.0 { start.1 } else { 0 };
            let to = if row == end.0 { end.1 } else { line.len() };
            text.extend(&line[from.min(line.len())..to.min(line.len())]);
        }
        text
    }

    /// A token from `start`, a row (from 0) and a column, to here.
    fn push(&mut self, kind: i64, start: (usize, usize)) {
        let end = (self.row, self.column);
        let text = self.text(start, end);
        self.push_text(kind, text, start, end);
    }

    fn push_text(&mut self, kind: i64, text: String, start: (usize, usize), end: (usize, usize)) {
        let line = self.line_text(start.0, end.0);
        self.shown = self.shown.max(end.0 + 1);
        let (start, mut end) = ((start.0 + 1, start.1), (end.0 + 1, end.1));
        let mut token = Token { kind, text, start, end, nowhere: false, line };
        if !self.extra {
            // These are the parser's tokens: operators by their own kinds, what is no text without one.
            match kind {
                kind::OPERATOR => token.kind = exact::kind(&token.text),
                kind::NEWLINE => {
                    token.text.clear();
                    end = start;
                }
                kind::INDENT | kind::DEDENT => {
                    token.text.clear();
                    token.nowhere = true;
                    if start.0 > self.lines.len() {
                        token.line = self.last_line();
                        token.start.0 = self.lines.len();
                        end.0 = self.lines.len();
                    }
                }
                _ => {}
            }
            token.end = end;
        }
        self.ready.push_back(token);
    }

    fn fault(&self, message: impl Into<String>, row: usize, column: usize) -> Fault {
        let line = self.line_text(row, row);
        Fault { message: message.into(), row: row + 1, column, line, indentation: false, tabs: false }
    }

    fn step(&mut self) -> Step {
        if self.formats.last().is_some_and(Format::in_text) {
            return self.format_text();
        }
        if self.row >= self.lines.len() {
            return self.end();
        }
        if self.column == 0 && self.lines[self.row].contains(&'\0') {
            return Err(self.fault("source code cannot contain null bytes", self.row, 0));
        }
        if self.at_line_start && self.brackets.is_empty() && self.formats.is_empty() {
            self.at_line_start = false;
            self.has_code = false;
            return self.indentation();
        }
        while let Some(' ' | '\t' | '\x0c') = self.peek(0) {
            self.column += 1;
        }
        let start = (self.row, self.column);
        if self.at_line_end() {
            return self.line_end();
        }
        let Some(letter) = self.peek(0) else { return Ok(()) };
        if letter == '#' {
            while !self.at_line_end() {
                self.column += 1;
            }
            if self.extra {
                self.push(kind::COMMENT, start);
            }
            return Ok(());
        }
        if letter == '\\' {
            return self.continuation();
        }
        self.has_code = true;
        match letter {
            '0'..='9' => self.number(),
            '.' if self.peek(1).is_some_and(|next| next.is_ascii_digit()) => self.number(),
            '"' | '\'' => self.string(start, ""),
            _ if is_name_start(letter) || self.extra && !letter.is_ascii() => self.name(),
            _ => self.operator(letter),
        }
    }

    /// What remains to be said at the end of the source.
    fn end(&mut self) -> Step {
        if let Some(format) = self.formats.last() {
            let word = if format.template { "t-string" } else { "f-string" };
            let (row, column) = format.start;
            let message = if format.in_text() || format.triple {
                format!("unterminated triple-quoted {word} literal (detected at line {})", self.lines.len())
            } else {
                format!("{word}: expecting '}}'")
            };
            return Err(self.fault(message, row, column + 1));
        }
        if !self.brackets.is_empty() {
            let row = self.lines.len();
            return Err(Fault {
                message: "unexpected EOF in multi-line statement".into(),
                row,
                column: 0,
                line: String::new(),
                indentation: false,
                tabs: false,
            });
        }
        let place = (self.lines.len(), 0);
        while self.indents.len() > 1 {
            self.indents.pop();
            self.push_text(kind::DEDENT, String::new(), place, place);
        }
        self.ended = true;
        Ok(())
    }

    /// Measures the indentation of a line, and opens or closes blocks if it holds code.
    fn indentation(&mut self) -> Step {
        let start = (self.row, self.column);
        let (mut wide, mut narrow) = (0, 0);
        // The spaces before the first backslash count where a line goes on before it has begun.
        let mut split = 0;
        while let Some(letter) = self.peek(0) {
            match letter {
                ' ' => (wide, narrow) = (wide + 1, narrow + 1),
                '\t' => (wide, narrow) = ((wide / 8 + 1) * 8, narrow + 1),
                '\x0c' => (wide, narrow) = (0, 0),
                '\\' => {
                    split = if split == 0 { wide } else { split };
                    self.continuation()?;
                    continue;
                }
                _ => break,
            }
            self.column += 1;
        }
        if self.at_line_end() || self.peek(0) == Some('#') {
            return Ok(());
        }
        let start = (self.row, start.1);
        if split != 0 {
            (wide, narrow) = (split, split);
        }
        let (top, top_narrow) = self.indents.last().copied().unwrap_or((0, 0));
        let length = self.lines[self.row].iter().filter(|letter| !matches!(letter, '\n' | '\r')).count();
        let wrong = |this: &Scanner, message: &str, tabs: bool| Fault {
            indentation: true,
            tabs,
            ..this.fault(message, this.row, length + 1)
        };
        let inconsistent = |this: &Scanner| wrong(this, "inconsistent use of tabs and spaces in indentation", true);
        if wide == top {
            return if narrow == top_narrow { Ok(()) } else { Err(inconsistent(self)) };
        }
        if wide > top {
            if narrow <= top_narrow {
                return Err(inconsistent(self));
            }
            if self.indents.len() >= BLOCKS_MAX {
                return Err(wrong(self, "too many levels of indentation", false));
            }
            self.indents.push((wide, narrow));
            self.push(kind::INDENT, start);
            return Ok(());
        }
        let place = (self.row, self.column);
        while self.indents.last().is_some_and(|(column, _)| *column > wide) {
            self.indents.pop();
            self.push_text(kind::DEDENT, String::new(), place, place);
        }
        if self.indents.last().is_none_or(|(column, _)| *column != wide) {
            self.ready.clear();
            return Err(wrong(self, "unindent does not match any outer indentation level", false));
        }
        Ok(())
    }

    fn line_end(&mut self) -> Step {
        let start = (self.row, self.column);
        let length = self.lines[self.row].len();
        let real = self.column < length;
        let inside = !self.brackets.is_empty() || !self.formats.is_empty();
        let kind = if self.has_code && !inside { kind::NEWLINE } else { kind::LINE_END };
        let text: String = self.lines[self.row][self.column..].iter().collect();
        let end = (self.row, if real { length } else { self.column + 1 });
        // A source whose last line has no end gets one, unless there is nothing on the line.
        let shown = real || self.has_code || inside || self.column > 0 && self.ready.is_empty();
        if shown && (kind == kind::NEWLINE || self.extra) {
            self.push_text(kind, text, start, end);
        }
        if let Some(format) = self.formats.last()
            && !format.triple
            && !format.in_text()
            && !real
        {
            return self.end();
        }
        self.row += 1;
        self.column = 0;
        self.at_line_start = !inside;
        Ok(())
    }

    /// A backslash at the end of a line.
    fn continuation(&mut self) -> Step {
        self.column += 1;
        if !self.at_line_end() || self.column >= self.lines[self.row].len() {
            let message = if self.column >= self.lines[self.row].len() {
                "unexpected EOF while parsing"
            } else {
                "unexpected character after line continuation character"
            };
            return Err(self.fault(message, self.row, self.column + 1));
        }
        self.row += 1;
        self.column = 0;
        if self.row >= self.lines.len() {
            return Err(self.fault("unexpected EOF while parsing", self.row - 1, self.column + 1));
        }
        Ok(())
    }

    fn name(&mut self) -> Step {
        let start = (self.row, self.column);
        while self.peek(0).is_some_and(is_name_part) {
            self.column += 1;
        }
        let text = self.text(start, (self.row, self.column));
        if matches!(self.peek(0), Some('"' | '\'')) {
            let prefix = text.to_ascii_lowercase();
            let known = ["r", "u", "b", "br", "rb", "f", "fr", "rf", "t", "tr", "rt"];
            if known.contains(&prefix.as_str()) {
                return self.string(start, &prefix);
            }
        }
        self.push(kind::NAME, start);
        Ok(())
    }

    fn digits(&mut self, accept: fn(char) -> bool, word: &str) -> Step {
        loop {
            if !self.peek(0).is_some_and(accept) {
                self.refuse_digit(word)?;
                return Err(self.fault(format!("invalid {word} literal"), self.row, self.column));
            }
            while self.peek(0).is_some_and(accept) {
                self.column += 1;
            }
            if self.peek(0) != Some('_') {
                return Ok(());
            }
            self.column += 1;
        }
    }

    /// Complains of a digit that the base of a number has not.
    fn refuse_digit(&self, word: &str) -> Step {
        match self.peek(0).filter(char::is_ascii_digit) {
            Some(digit) => {
                Err(self.fault(format!("invalid digit '{digit}' in {word} literal"), self.row, self.column + 1))
            }
            None => Ok(()),
        }
    }

    /// What the parser allows behind a number, and which decimal numbers it allows.
    fn number_end(&self, start: (usize, usize), word: &str) -> Step {
        if self.extra {
            return Ok(());
        }
        let text = self.text(start, (self.row, self.column));
        let digits = text.bytes().all(|byte| byte == b'_' || byte.is_ascii_digit());
        let leads = digits && text.starts_with('0') && text.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
        if word == "decimal" && leads {
            let message = "leading zeros in decimal integer literals are not permitted; \
                           use an 0o prefix for octal integers";
            return Err(self.fault(message, start.0, start.1 + 1));
        }
        const WORDS: [&str; 8] = ["and", "else", "for", "if", "in", "is", "not", "or"];
        let ahead: String = (0..5).map_while(|distance| self.peek(distance)).collect();
        if self.peek(0).is_some_and(is_name_part) && !WORDS.iter().any(|word| ahead.starts_with(word)) {
            return Err(self.fault(format!("invalid {word} literal"), self.row, self.column));
        }
        Ok(())
    }

    fn number(&mut self) -> Step {
        let start = (self.row, self.column);
        let base = match (self.peek(0), self.peek(1).map(|letter| letter.to_ascii_lowercase())) {
            (Some('0'), Some('x')) => Some(("hexadecimal", char_is_hexadecimal as fn(char) -> bool)),
            (Some('0'), Some('o')) => Some(("octal", char_is_octal as fn(char) -> bool)),
            (Some('0'), Some('b')) => Some(("binary", char_is_binary as fn(char) -> bool)),
            _ => None,
        };
        if let Some((word, accept)) = base {
            self.column += 2;
            if self.peek(0) == Some('_') {
                self.column += 1;
            }
            self.digits(accept, word)?;
            self.refuse_digit(word)?;
            self.number_end(start, word)?;
            self.push(kind::NUMBER, start);
            return Ok(());
        }
        let decimal: fn(char) -> bool = |letter| letter.is_ascii_digit();
        if self.peek(0) != Some('.') {
            self.digits(decimal, "decimal")?;
        }
        if self.peek(0) == Some('.') {
            self.column += 1;
            if self.peek(0).is_some_and(decimal) {
                self.digits(decimal, "decimal")?;
            }
        }
        if matches!(self.peek(0), Some('e' | 'E')) {
            let signed = matches!(self.peek(1), Some('+' | '-')) as usize;
            if signed == 1 || self.peek(1).is_some_and(decimal) {
                self.column += 1 + signed;
                self.digits(decimal, "decimal")?;
            }
        }
        let imaginary = matches!(self.peek(0), Some('j' | 'J'));
        self.column += usize::from(imaginary);
        self.number_end(start, if imaginary { "imaginary" } else { "decimal" })?;
        self.push(kind::NUMBER, start);
        Ok(())
    }

    /// A string whose prefix was read.
    fn string(&mut self, start: (usize, usize), prefix: &str) -> Step {
        let Some(quote) = self.peek(0) else { return Ok(()) };
        let triple = self.peek(1) == Some(quote) && self.peek(2) == Some(quote);
        self.column += if triple { 3 } else { 1 };
        let (format, template) = (prefix.contains('f'), prefix.contains('t'));
        if format || template {
            let raw = prefix.contains('r');
            self.push(kind::FORMAT_START + if template { kind::TEMPLATE } else { 0 }, start);
            let (depths, specifications) = (vec![self.brackets.len()], Vec::new());
            self.formats.push(Format { quote, triple, raw, template, depths, specifications, start });
            return Ok(());
        }
        loop {
            match self.peek(0) {
                None if self.row + 1 >= self.lines.len() => {
                    let (row, column) = start;
                    let detected = self.lines.len();
                    let message = match triple {
                        true => format!("unterminated triple-quoted string literal (detected at line {detected})"),
                        false => format!("unterminated string literal (detected at line {})", row + 1),
                    };
                    return Err(self.fault(message, row, column + 1));
                }
                None => {
                    self.row += 1;
                    self.column = 0;
                }
                Some('\\') => {
                    self.column += 1;
                    // A backslash before the end of a line takes the whole of it.
                    if self.peek(0) == Some('\r') && self.peek(1) == Some('\n') {
                        self.column += 1;
                    }
                    self.column += usize::from(self.peek(0).is_some());
                }
                Some('\n') if !triple => {
                    let (row, column) = start;
                    let message = format!("unterminated string literal (detected at line {})", self.row + 1);
                    return Err(self.fault(message, row, column + 1));
                }
                Some(letter) if letter == quote => {
                    let closes = !triple || self.peek(1) == Some(quote) && self.peek(2) == Some(quote);
                    self.column += if closes && triple { 3 } else { 1 };
                    if closes {
                        self.push(kind::STRING, start);
                        return Ok(());
                    }
                }
                Some(_) => self.column += 1,
            }
        }
    }

    /// The text of an f-string up to the next field or the end.
    fn format_text(&mut self) -> Step {
        let Some(format) = self.formats.last() else { return Ok(()) };
        let (quote, triple, raw) = (format.quote, format.triple, format.raw);
        let (specification, template) = (format.in_specification(), format.template);
        let offset = if template { kind::TEMPLATE } else { 0 };
        let start = (self.row, self.column);
        let closes = |this: &Scanner| {
            this.peek(0) == Some(quote) && (!triple || this.peek(1) == Some(quote) && this.peek(2) == Some(quote))
        };
        if !specification && closes(self) {
            self.column += if triple { 3 } else { 1 };
            self.push(kind::FORMAT_END + offset, start);
            self.formats.pop();
            return Ok(());
        }
        if self.peek(0) == Some('{') && (specification || self.peek(1) != Some('{')) {
            return self.open_field();
        }
        let mut named = false;
        loop {
            match self.peek(0) {
                None if self.row + 1 >= self.lines.len() => return self.end(),
                None => {
                    self.row += 1;
                    self.column = 0;
                }
                Some('\n') if !triple => {
                    if specification {
                        self.push(kind::FORMAT_MIDDLE + offset, start);
                        if let Some(begun) = self.formats.last_mut().and_then(|format| format.specifications.last_mut())
                        {
                            *begun = false;
                        }
                        return Ok(());
                    }
                    let word = if template { "t-string" } else { "f-string" };
                    let message = format!("unterminated {word} literal (detected at line {})", self.row + 1);
                    let (row, column) = self.formats.last().map_or(start, |format| format.start);
                    return Err(self.fault(message, row, column + 1));
                }
                Some('\\') if !raw && !matches!(self.peek(1), Some('{' | '}')) => {
                    named = self.peek(1) == Some('N') && self.peek(2) == Some('{');
                    self.column += 1;
                    if self.peek(0) == Some('\r') && self.peek(1) == Some('\n') {
                        self.column += 1;
                    }
                    self.column += usize::from(self.peek(0).is_some());
                    if named {
                        self.column += 1;
                    }
                }
                Some('\\') if raw && self.peek(1) == Some('\r') && self.peek(2) == Some('\n') => self.column += 3,
                Some('\\') if raw && self.peek(1).is_some_and(|next| next == quote || matches!(next, '\\' | '\n')) => {
                    self.column += 2;
                }
                Some('}') if named => {
                    // CPython ends the text behind the name of a character.
                    self.column += 1;
                    self.push(kind::FORMAT_MIDDLE + offset, start);
                    return Ok(());
                }
                Some('{') if !named => {
                    if self.peek(1) == Some('{') && !specification {
                        self.column += 1;
                        self.push(kind::FORMAT_MIDDLE + offset, start);
                        self.column += 1;
                        return Ok(());
                    }
                    self.push(kind::FORMAT_MIDDLE + offset, start);
                    return self.open_field();
                }
                Some('}') => {
                    if specification {
                        self.push(kind::FORMAT_MIDDLE + offset, start);
                        if let Some(begun) = self.formats.last_mut().and_then(|format| format.specifications.last_mut())
                        {
                            *begun = false;
                        }
                        return Ok(());
                    }
                    if self.peek(1) == Some('}') {
                        self.column += 1;
                        self.push(kind::FORMAT_MIDDLE + offset, start);
                        self.column += 1;
                        return Ok(());
                    }
                    let word = if template { "t-string" } else { "f-string" };
                    return Err(self.fault(format!("{word}: single '}}' is not allowed"), self.row, self.column + 1));
                }
                Some(_) if closes(self) => {
                    self.push(kind::FORMAT_MIDDLE + offset, start);
                    return Ok(());
                }
                Some(_) => self.column += 1,
            }
        }
    }

    fn open_field(&mut self) -> Step {
        let start = (self.row, self.column);
        self.column += 1;
        self.push(kind::OPERATOR, start);
        self.brackets.push(('{', start.0, start.1));
        let depth = self.brackets.len();
        if let Some(format) = self.formats.last_mut() {
            format.depths.push(depth);
            format.specifications.push(false);
        }
        Ok(())
    }

    fn operator(&mut self, letter: char) -> Step {
        let start = (self.row, self.column);
        let depth = self.brackets.len();
        let at_field = self
            .formats
            .last()
            .is_some_and(|format| !format.specifications.is_empty() && format.depths.last() == Some(&depth));
        match letter {
            '(' | '[' | '{' if depth >= BRACKETS_MAX => {
                return Err(self.fault("too many nested parentheses", self.row, self.column + 1));
            }
            '(' | '[' | '{' => self.brackets.push((letter, start.0, start.1)),
            ')' | ']' | '}' => {
                let opening = match letter {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                match self.brackets.pop() {
                    Some((open, row, _)) if open != opening && !self.extra => {
                        let place = if row == self.row { String::new() } else { format!(" on line {}", row + 1) };
                        let message = format!(
                            "closing parenthesis '{letter}' does not match opening parenthesis '{open}'{place}"
                        );
                        return Err(self.fault(message, self.row, self.column + 1));
                    }
                    None if !self.extra => {
                        return Err(self.fault(format!("unmatched '{letter}'"), self.row, self.column + 1));
                    }
                    _ if at_field && letter == '}' => {
                        if let Some(format) = self.formats.last_mut() {
                            format.depths.pop();
                            format.specifications.pop();
                        }
                    }
                    _ => {}
                }
            }
            ':' if at_field => {
                if let Some(begun) = self.formats.last_mut().and_then(|format| format.specifications.last_mut()) {
                    *begun = true;
                }
                self.column += 1;
                self.push(kind::OPERATOR, start);
                return Ok(());
            }
            _ => {}
        }
        let ahead: String = (0..3).map_while(|distance| self.peek(distance)).collect();
        let two: String = ahead.chars().take(2).collect();
        let length = if THREE.contains(&ahead.as_str()) {
            3
        } else if TWO.contains(&two.as_str()) {
            2
        } else {
            1
        };
        if length == 1 && !letter.is_ascii() {
            let point = letter as u32;
            let message = format!("invalid character '{letter}' (U+{point:04X})");
            return Err(self.fault(message, self.row, self.column + 1));
        }
        self.column += length;
        self.push(kind::OPERATOR, start);
        Ok(())
    }
}

fn char_is_hexadecimal(letter: char) -> bool {
    letter.is_ascii_hexdigit()
}

fn char_is_octal(letter: char) -> bool {
    ('0'..='7').contains(&letter)
}

fn char_is_binary(letter: char) -> bool {
    letter == '0' || letter == '1'
}

fn is_name_start(letter: char) -> bool {
    letter == '_' || letter.is_ascii_alphabetic() || letter as u32 >= 0x80 && letter.is_alphanumeric()
}

fn is_name_part(letter: char) -> bool {
    letter == '_' || letter.is_ascii_alphanumeric() || letter as u32 >= 0x80
}
