//! The module `_tokenize`: the tokens of a source, comments and line ends included, as `tokenize` shows them.

mod exact;
mod scan;

use scan::{Fault, Scanner, Token};
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::{Field, Given};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{self, INDENTATION_ERROR, STOP_ITERATION, SYNTAX_ERROR, TAB_ERROR};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::{Cell, RefCell};

/// Tokens of Python's source.
#[native_module("_tokenize", types(TokenizerIter))]
mod rows {
    use super::*;
}

/// An iterator over the tokens of the lines that a function gives. The lines are read when the first token is asked for.
#[native_type("_tokenize.TokenizerIter", iterator)]
#[derive(Traverse)]
pub struct TokenizerIter {
    readline: Field,
    /// The encoding of lines that are bytes; none for text.
    encoding: Option<Owned>,
    extra_tokens: bool,
    #[plain]
    scanner: RefCell<Option<Scanner>>,
    ended: Cell<bool>,
}

impl TokenizerIter {
    /// All lines.
    fn read(&self, cx: &mut Context) -> Result<String> {
        let mut text = String::new();
        let Some(readline) = self.readline.get() else { return Ok(text) };
        loop {
            let line = match call::call(cx, readline.value(), &[]) {
                Ok(line) => line,
                Err(_) if cx.swallow(&STOP_ITERATION) => return Ok(text),
                Err(raised) => return Err(raised),
            };
            let line = match (&self.encoding, line.value().cast::<BytesObject>()) {
                (Some(encoding), Some(_)) => {
                    let encoding = str::text(encoding.value()).unwrap_or_default().into_owned();
                    str::codec::decode(cx, line.value(), &encoding, "replace")?
                }
                (Some(_), None) => return Err(cx.type_error("readline() returned a non-bytes object")),
                (None, _) if str::is_str(line.value()) => line,
                (None, _) => return Err(cx.type_error("readline() returned a non-string object")),
            };
            match str::text(line.value()) {
                Some(line) if !line.is_empty() => text.push_str(&line),
                _ => return Ok(text),
            }
        }
    }
}

#[methods]
impl TokenizerIter {
    #[new(name = "tokenizeriter")]
    fn new(
        cx: &mut Context,
        #[named] readline: Owned,
        #[keyword] encoding: Given<Owned>,
        #[default(false)] extra_tokens: bool,
    ) -> Result<TokenizerIter> {
        if let Some(encoding) = &encoding.0
            && !str::is_str(encoding.value())
        {
            let actual = encoding.value().type_of().name();
            return Err(cx.type_error(format!("tokenizeriter() argument 'encoding' must be str, not {actual}")));
        }
        Ok(TokenizerIter {
            readline: Field::new(readline),
            encoding: encoding.0,
            extra_tokens,
            scanner: RefCell::new(None),
            ended: Cell::new(false),
        })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        if self.ended.get() {
            return Ok(None);
        }
        if self.scanner.borrow().is_none() {
            let text = self.read(cx)?;
            self.readline.set(None);
            *self.scanner.borrow_mut() = Some(Scanner::new(&text, self.extra_tokens));
        }
        let token = match &mut *self.scanner.borrow_mut() {
            Some(scanner) => scanner.next(),
            None => return Ok(None),
        };
        match token {
            Ok(token) => {
                self.ended.set(token.kind == scan::kind::END);
                Ok(Some(tuple(cx, &token)))
            }
            Err(fault) => {
                self.ended.set(true);
                Err(raise(cx, &fault))
            }
        }
    }
}

fn tuple(cx: &mut Context, token: &Token) -> Owned {
    let kind = int::from_i64(cx, token.kind);
    let text = StrObject::new(cx, &token.text);
    let mut place = |(row, column): (usize, usize)| {
        let column = if token.nowhere { -1 } else { column as i64 };
        let (row, column) = (int::from_usize(cx, row), int::from_i64(cx, column));
        TupleObject::pair(cx, row, column)
    };
    let (start, end) = (place(token.start), place(token.end));
    let line = StrObject::new(cx, &token.line);
    TupleObject::from_owned(cx, vec![kind, text, start, end, line])
}

/// Raises `SyntaxError` for a source that has no tokens.
#[cold]
fn raise(cx: &mut Context, fault: &Fault) -> Raised {
    let kind = match (fault.tabs, fault.indentation) {
        (true, _) => &TAB_ERROR,
        (_, true) => &INDENTATION_ERROR,
        _ => &SYNTAX_ERROR,
    };
    let file = StrObject::new(cx, "<string>");
    let (row, column) = (int::from_usize(cx, fault.row), int::from_usize(cx, fault.column));
    let line = StrObject::new(cx, fault.line.trim_end_matches(['\n', '\r']));
    let none: Value = singleton::none();
    let details = if fault.indentation {
        TupleObject::new(cx, &[file.value(), row.value(), column.value(), line.value(), none, none])
    } else {
        TupleObject::new(cx, &[file.value(), row.value(), column.value(), line.value(), row.value(), column.value()])
    };
    let message = StrObject::new(cx, &fault.message);
    exception::raise_arguments(cx, kind, &[message.value(), details.value()])
}
