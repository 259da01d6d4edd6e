//! Errors in CPython 3.14's words and places: each line of `syntax_errors.txt` is a source (a Rust string literal), `=>`,
//! and `Kind: message @line:column` as CPython reports it.

use sidewinder_compiler::{ErrorKind, Mode, compile};

/// The value of a string literal as Rust's `{:?}` writes it.
fn unescape(literal: &str) -> String {
    let mut text = String::new();
    let mut characters = literal.trim_matches('"').chars();
    if literal.ends_with("\\\"\"") {
        characters = literal[1..literal.len() - 1].chars();
    }
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('0') => text.push('\0'),
            Some(other) => text.push(other),
            None => break,
        }
    }
    text
}

fn describe(source: &str) -> String {
    match compile(source, "<test>", Mode::Module) {
        Ok(_) => "accepted".to_string(),
        Err(error) => {
            let kind = match error.kind {
                ErrorKind::Syntax => "Syntax",
                ErrorKind::Indentation => "Indent",
                ErrorKind::Tab => "Tab",
                ErrorKind::TooDeep => "TooDeep",
                ErrorKind::Value => "Value",
            };
            format!("{kind}: {} @{}:{}", error.message, error.line, error.column)
        }
    }
}

#[test]
fn messages_and_places() {
    let mut differing = Vec::new();
    for line in include_str!("syntax_errors.txt").lines() {
        let (literal, expected) = line.rsplit_once(" => ").unwrap();
        let source = unescape(literal);
        let found = describe(&source);
        if found != expected {
            differing.push(format!("{literal}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn the_error_carries_its_line() {
    let error = compile("x = 1\nif é = 2:\n  pass\n", "file.py", Mode::Module).unwrap_err();
    assert_eq!(error.source_line.as_deref(), Some("if é = 2:\n"));
    assert_eq!((error.line, error.column, error.end_column), (2, 4, 9));
    assert_eq!(&*error.file_name, "file.py");
}

#[test]
fn expressions_only_in_eval_mode() {
    assert!(compile(" 1 + x", "<string>", Mode::Eval).is_ok());
    assert!(compile("x = 1", "<string>", Mode::Eval).is_err());
    assert!(compile("", "<string>", Mode::Eval).is_err());
    assert!(compile("", "<string>", Mode::Module).is_ok());
}
