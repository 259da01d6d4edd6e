//! The error of a source text that cannot be compiled, in CPython's words and positions.
//!
//! Not here: how the parser's errors become CPython's, which is `diagnosis.rs`.

use sidewinder_bytecode::Position;
use std::rc::Rc;

/// Which exception the error becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    Syntax,
    Indentation,
    Tab,
    /// The tree is nested too deeply for the passes; CPython raises RecursionError or MemoryError.
    TooDeep,
    /// A name that cannot be one, which CPython finds too late for a SyntaxError.
    Value,
}

/// The part of CPython that would report an error: what an exception says of its place depends on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    Tokenizer,
    Parser,
    Compiler,
}

/// Why a source text does not compile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompileError {
    pub kind: ErrorKind,
    pub origin: Origin,
    pub message: String,
    pub file_name: Rc<str>,
    /// From 1; 0 when unknown.
    pub line: u32,
    /// In characters from 1; 0 when unknown.
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    /// The text of `line`, with its newline when it has one.
    pub source_line: Option<String>,
    /// Whether the source was that of a file or `exec`.
    pub is_file: bool,
    /// Whether that line is the last one.
    pub is_last_line: bool,
    /// Where the last whole statement before the place starts, line and column from 0, if the source does not parse.
    pub statement: Option<(u32, u32)>,
}

impl CompileError {
    /// The text of the line as the exception has it; `in_file` if the source can be found again by its file's name.
    pub fn text(&self, in_file: bool) -> Option<String> {
        let line = self.source_line.as_deref().unwrap_or("");
        let bare = line.trim_end_matches(['\n', '\r']);
        match self.origin {
            _ if in_file => Some(line.to_string()),
            Origin::Compiler => None,
            Origin::Tokenizer => Some(bare.to_string()),
            // The line that a bracket was opened in has long been left, unless it is the last.
            Origin::Parser if self.is_never_closed() && !self.is_last_line => Some(bare.to_string()),
            // Only a whole file is read with a newline at its end.
            Origin::Parser if !self.is_file => Some(line.to_string()),
            Origin::Parser => Some(format!("{bare}\n")),
        }
    }

    fn is_never_closed(&self) -> bool {
        self.message.ends_with("was never closed")
    }

    /// Where the place ends, with CPython's words for "unknown".
    pub fn end_offset(&self) -> i64 {
        let is = |message: &str| self.message == message;
        let names_token = self.message.starts_with("expected an indented block") && !self.is_at_line_end();
        match self.kind {
            ErrorKind::Indentation if names_token => return self.end_column as i64,
            ErrorKind::Indentation => return -1,
            ErrorKind::Tab => return 0,
            _ => {}
        }
        if is("unexpected EOF while parsing") || is("expected 'except' or 'finally' block") {
            return -1;
        }
        let is_open = self.is_never_closed()
            || is("unexpected character after line continuation character")
            || is("':' expected after dictionary key");
        if is_open {
            return 0;
        }
        // A place at the end of a line is that of the token for it, one column wide.
        if self.origin == Origin::Parser && self.is_at_line_end() && !is("Expected one or more names after 'import'") {
            return self.column as i64 + 1;
        }
        self.end_column as i64
    }

    /// Whether the place is that of the end of a line.
    fn is_at_line_end(&self) -> bool {
        let at_end = self.end_line > self.line || (self.end_line, self.end_column) == (self.line, self.column);
        let rest = self.source_line.iter().flat_map(|line| line.chars().skip(self.column as usize - 1));
        at_end && rest.take(1).all(|character| matches!(character, '\n' | '\r'))
    }

    /// The line in which the place ends.
    pub fn end_line_shown(&self) -> u32 {
        if self.end_offset() == self.end_column as i64 { self.end_line } else { self.line }
    }
}

/// An error before it knows its file and source line.
#[derive(Clone, Debug)]
pub struct Failure {
    pub kind: ErrorKind,
    pub origin: Origin,
    pub message: String,
    /// Columns in UTF-8 bytes from 0; line 0 when there is none.
    pub position: Position,
    /// As in `CompileError`.
    pub statement: Option<(u32, u32)>,
}

/// The result of a pass; boxed, so that the successful path stays small.
pub type Outcome<T> = Result<T, Box<Failure>>;

/// A column of a place that has only a line.
pub const NO_COLUMN: u32 = u32::MAX;

impl Failure {
    /// A SyntaxError at a node.
    pub fn syntax(message: impl Into<String>, position: Position) -> Box<Failure> {
        Box::new(Failure {
            kind: ErrorKind::Syntax,
            origin: Origin::Compiler,
            message: message.into(),
            position,
            statement: None,
        })
    }

    /// A name that is a constant once its letters are normalized.
    pub fn constant_name(name: &str, position: Position) -> Box<Failure> {
        let message = format!("identifier field can't represent '{name}' constant");
        Box::new(Failure { kind: ErrorKind::Value, origin: Origin::Compiler, message, position, statement: None })
    }

    /// A tree nested too deeply.
    pub fn too_deep(position: Position) -> Box<Failure> {
        let message = "too many nested expressions or statements".to_string();
        Box::new(Failure { kind: ErrorKind::TooDeep, origin: Origin::Compiler, message, position, statement: None })
    }

    /// A code block that does not fit the instruction format.
    pub fn too_large(what: &str, position: Position) -> Box<Failure> {
        let message = format!("too many {what} in one code block");
        Box::new(Failure { kind: ErrorKind::TooDeep, origin: Origin::Compiler, message, position, statement: None })
    }

    /// The same failure, reported by another part.
    pub fn of(mut self: Box<Failure>, origin: Origin) -> Box<Failure> {
        self.origin = origin;
        self
    }

    /// Adds the file and the text of the line, and turns byte columns into character columns.
    pub fn locate(self, source: &str, file_name: &str) -> CompileError {
        let Position { line, end_line, column, end_column } = self.position;
        let text = |line: u32| line.checked_sub(1).and_then(|index| nth_line(source, index as usize));
        let characters = |line: u32, bytes: u32| match text(line) {
            // CPython's compiler counts bytes.
            _ if self.origin == Origin::Compiler => bytes.saturating_add(1),
            Some(text) => {
                let bytes = (bytes as usize).min(text.len());
                1 + text.as_bytes()[..bytes].iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u32
                    + (bytes as u32).saturating_sub(text.len() as u32)
            }
            None => bytes + 1,
        };
        CompileError {
            kind: self.kind,
            origin: self.origin,
            message: self.message,
            file_name: file_name.into(),
            line,
            column: if line == 0 || column == NO_COLUMN { 0 } else { characters(line, column) },
            end_line,
            end_column: if line == 0 || end_column == NO_COLUMN { 0 } else { characters(end_line, end_column) },
            source_line: text(line).map(str::to_string),
            statement: self.statement,
            is_file: true,
            is_last_line: text(line + 1).is_none_or(str::is_empty),
        }
    }
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.kind {
            ErrorKind::Syntax => "SyntaxError",
            ErrorKind::Indentation => "IndentationError",
            ErrorKind::Tab => "TabError",
            ErrorKind::TooDeep => "RecursionError",
            ErrorKind::Value => "ValueError",
        };
        write!(formatter, "{}:{}:{}: {kind}: {}", self.file_name, self.line, self.column, self.message)
    }
}

impl std::error::Error for CompileError {}

/// The text of a line, its newline included; `\r\n` and `\r` end lines too.
fn nth_line(source: &str, index: usize) -> Option<&str> {
    let bytes = source.as_bytes();
    let mut start = 0;
    let mut line = 0;
    loop {
        let end = match bytes[start..].iter().position(|&byte| byte == b'\n' || byte == b'\r') {
            Some(offset) if bytes[start + offset] == b'\r' && bytes.get(start + offset + 1) == Some(&b'\n') => {
                start + offset + 2
            }
            Some(offset) => start + offset + 1,
            None => bytes.len(),
        };
        if line == index {
            return Some(&source[start..end]);
        }
        if end == bytes.len() {
            return None;
        }
        start = end;
        line += 1;
    }
}
