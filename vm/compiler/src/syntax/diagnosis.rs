//! The parser's errors in CPython's words.
//!
//! The order is CPython's: an error of its tokenizer anywhere in the file wins, then a specific message for the place
//! where parsing failed, then a bracket that was never closed, then plain "invalid syntax".

use super::position::LineMap;
use super::target;
use super::tokenizer::{Tokens, tokenize};
use crate::error::{ErrorKind, Failure, Origin};
use ruff_python_ast::{self as ruff, Expr, token::TokenKind};
use ruff_python_parser::{
    InterpolatedStringErrorType, LexicalErrorType, ParseErrorType, Parsed, UnsupportedSyntaxErrorKind,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use sidewinder_bytecode::Position;

/// A failed parse.
pub(super) struct Diagnosis<'a> {
    pub source: &'a str,
    pub parsed: &'a Parsed<ruff::Mod>,
    pub lines: &'a LineMap,
    pub tokens: &'a Tokens,
}

/// The first error of a failed parse.
pub(super) fn diagnose(source: &str, parsed: &Parsed<ruff::Mod>, lines: &LineMap) -> Box<Failure> {
    let mut tokens = tokenize(source);
    if let Some(error) = tokens.error.take() {
        // What is wrong in a replacement field is told before what follows it is looked at.
        let diagnosis = Diagnosis { source, parsed, lines, tokens: &tokens };
        if let Some(first) = parsed.errors().first().filter(|first| first.location.start().to_usize() < tokens.stopped)
            && let Some(failure) =
                diagnosis.field_failure(first.location.start(), &diagnosis.failure(&first.error, first.location))
        {
            return failure.of(Origin::Parser);
        }
        if error.message == "unexpected EOF while parsing"
            && let Some(&(bracket, offset)) = tokens.open.last()
        {
            let position = lines.position(TextRange::at(TextSize::new(offset as u32), TextSize::new(1)));
            let failure = Failure::syntax(format!("'{}' was never closed", bracket as char), position);
            return failure.of(Origin::Parser);
        }
        // The tokenizer leaves what it says of the end of a file, and of indentation, to the parser.
        let of_parser = error.kind != ErrorKind::Syntax
            || error.message == "unexpected EOF while parsing"
            || error.message == "unexpected character after line continuation character"
            || error.message == "bytes can only contain ASCII literal characters";
        let waits = of_parser && error.message != "bytes can only contain ASCII literal characters";
        if waits && parsed.errors().first().is_some_and(|first| first.location.end().to_usize() < tokens.stopped) {
            // The parser stops before it asks for that token.
            return diagnose_parser(source, parsed, lines, &tokens).of(Origin::Parser);
        }
        return error.of(if of_parser { Origin::Parser } else { Origin::Tokenizer });
    }
    diagnose_parser(source, parsed, lines, &tokens).of(Origin::Parser)
}

/// The first error of a parse of correct tokens.
fn diagnose_parser(source: &str, parsed: &Parsed<ruff::Mod>, lines: &LineMap, tokens: &Tokens) -> Box<Failure> {
    let diagnosis = Diagnosis { source, parsed, lines, tokens };
    let mut unsupported = parsed.unsupported_syntax_errors().iter();
    let first = parsed.errors().first();
    // A parenthesized name of an argument is wrong before what follows it is.
    if let Some(error) = unsupported.find(|error| {
        error.kind == UnsupportedSyntaxErrorKind::ParenthesizedKeywordArgumentName
            && first.is_some_and(|first| error.range().end() < first.location.start())
    }) {
        return diagnosis.unsupported(error.kind, error.range());
    }
    let Some(error) = first else {
        let error = &parsed.unsupported_syntax_errors()[0];
        return diagnosis.unsupported(error.kind, error.range());
    };
    let at_end = source[error.location.start().to_usize()..].trim().is_empty();
    let line = lines.position(error.location).line;
    if let Some(&(bracket, offset)) = tokens.open.last() {
        let offset = TextSize::new(offset as u32);
        let position = lines.position(TextRange::at(offset, TextSize::new(1)));
        if at_end || line > position.line {
            return Failure::syntax(format!("'{}' was never closed", bracket as char), position);
        }
    }
    let failure = diagnosis.failure(&error.error, error.location);
    if failure.message == "positional patterns follow keyword patterns"
        && let Some(&(bracket, offset)) = tokens.open.last()
    {
        // The rule for it needs the closing bracket.
        let position = lines.position(TextRange::at(TextSize::new(offset as u32), TextSize::new(1)));
        return Failure::syntax(format!("'{}' was never closed", bracket as char), position);
    }
    let is_generic = failure.message == "invalid syntax" || failure.message.starts_with("expression expected after");
    let specific = if is_generic { diagnosis.specific(error.location) } else { None };
    let failure = specific.unwrap_or(failure);
    let failure = diagnosis.field_failure(error.location.start(), &failure).unwrap_or(failure);
    diagnosis.one_token(failure)
}

impl Diagnosis<'_> {
    pub(super) fn syntax(&self, message: impl Into<String>, range: TextRange) -> Box<Failure> {
        Failure::syntax(message, self.lines.position(range))
    }

    fn indentation(&self, message: impl Into<String>, position: Position) -> Box<Failure> {
        Box::new(Failure {
            kind: ErrorKind::Indentation,
            origin: Origin::Parser,
            message: message.into(),
            position,
            statement: None,
        })
    }

    pub fn text(&self, range: TextRange) -> &str {
        &self.source[range.to_std_range()]
    }

    /// Plain "invalid syntax" names one token.
    fn one_token(&self, mut failure: Box<Failure>) -> Box<Failure> {
        if failure.message != "invalid syntax" {
            return failure;
        }
        let (line, column) = (failure.position.line, failure.position.column);
        let at_place = |token: &&super::tokenizer::Token| {
            let start = self.lines.position(super::field::text_range(&token.range));
            (start.line, start.column) == (line, column)
        };
        if let Some(token) = self.tokens.tokens.iter().find(at_place) {
            let own = self.lines.position(super::field::text_range(&token.range));
            (failure.position.end_line, failure.position.end_column) = (own.end_line, own.end_column);
        }
        failure
    }

    fn unsupported(&self, kind: UnsupportedSyntaxErrorKind, range: TextRange) -> Box<Failure> {
        let message = match kind {
            UnsupportedSyntaxErrorKind::UnpackingInComprehension(_) if self.text(range).starts_with("**") => {
                "dict unpacking cannot be used in dict comprehension"
            }
            UnsupportedSyntaxErrorKind::UnpackingInComprehension(_) => {
                "iterable unpacking cannot be used in comprehension"
            }
            _ => "invalid syntax",
        };
        if kind == UnsupportedSyntaxErrorKind::ParenthesizedKeywordArgumentName {
            // From the name in the parentheses to the equal sign.
            let inner = self.text(range).trim_start_matches(['(', ' ']);
            let start = range.end() - TextSize::of(inner);
            let sign = self.source[range.end().to_usize()..].find('=').unwrap_or(0) as u32 + 1;
            let message = "expression cannot contain assignment, perhaps you meant \"==\"?";
            return self.syntax(message, TextRange::new(start, range.end() + TextSize::new(sign)));
        }
        let end = range.start() + TextSize::new(2);
        self.syntax(message, TextRange::new(range.start(), end.min(range.end())))
    }

    /// The failure for one parser error.
    fn failure(&self, error: &ParseErrorType, range: TextRange) -> Box<Failure> {
        let message = match error {
            ParseErrorType::UnexpectedIndentation => return self.unexpected_indent(range),
            ParseErrorType::InvalidAssignmentTarget
            | ParseErrorType::InvalidNamedAssignmentTarget
            | ParseErrorType::InvalidAnnotatedAssignmentTarget
            | ParseErrorType::InvalidAugmentedAssignmentTarget
            | ParseErrorType::InvalidDeleteTarget => {
                let (message, range) = target::describe(self, error, range);
                return self.syntax(message, range);
            }
            ParseErrorType::EmptyImportNames if matches!(self.text(range), "*" | ")") => "invalid syntax",
            ParseErrorType::EmptyImportNames => {
                let place = TextRange::empty(range.start());
                return self.syntax("Expected one or more names after 'import'", place);
            }
            ParseErrorType::NonDefaultParamAfterDefaultParam => {
                "parameter without a default follows parameter with a default"
            }
            ParseErrorType::VarParameterWithDefault if self.is_keyword_parameter(range) => {
                "var-keyword argument cannot have default value"
            }
            ParseErrorType::VarParameterWithDefault if self.has_starred_annotation(range) => {
                let equal = self.source[..range.start().to_usize()].rfind('=').unwrap_or(range.start().to_usize());
                return self.syntax("invalid syntax", TextRange::at(TextSize::new(equal as u32), TextSize::new(1)));
            }
            ParseErrorType::VarParameterWithDefault => "var-positional argument cannot have default value",
            ParseErrorType::EmptyTypeParams => {
                return self.syntax("Type parameter list cannot be empty", TextRange::empty(range.start()));
            }
            ParseErrorType::ParamAfterVarKeywordParam => "arguments cannot follow var-keyword argument",
            ParseErrorType::ExpectedKeywordParam => {
                let star = self.source[..range.start().to_usize()].trim_end_matches("**").rfind('*');
                let at = star.filter(|&at| self.text(range) != "*" && at < range.start().to_usize());
                let start = at.map_or(range.start(), |at| TextSize::new(at as u32));
                let (first, second) = (self.token_text(start, 1), self.token_text(start, 2));
                let is_bare = matches!(first, ")" | ":") || first == "," && matches!(second, ")" | ":" | "**");
                if !is_bare {
                    let wrong = self.tokens_from(start).get(if first == "," { 2 } else { 1 });
                    let wrong = wrong.map_or(range, |token| {
                        TextRange::new(TextSize::new(token.range.start as u32), TextSize::new(token.range.end as u32))
                    });
                    return self.syntax("invalid syntax", wrong);
                }
                // Of the stars, the first one is meant.
                return self.syntax("named arguments must follow bare *", TextRange::at(start, TextSize::new(1)));
            }
            ParseErrorType::PositionalAfterKeywordArgument => {
                return self.after_argument("positional argument follows keyword argument", range);
            }
            ParseErrorType::PositionalAfterKeywordUnpacking => {
                return self.after_argument("positional argument follows keyword argument unpacking", range);
            }
            ParseErrorType::InvalidArgumentUnpackingOrder => {
                let message = "iterable argument unpacking follows keyword argument unpacking";
                let comma = self.comma_before(range);
                let star = if self.token_text(comma.end(), 0) == "*" { 1 } else { 0 };
                let first =
                    self.tokens_from(comma.end()).get(star).map_or(range.start().to_usize(), |it| it.range.start);
                return self.syntax(message, self.through(comma, TextSize::new(first as u32)));
            }
            ParseErrorType::IterableUnpackingInComprehension => "iterable unpacking cannot be used in comprehension",
            ParseErrorType::UnparenthesizedGeneratorExpression if self.in_header_of("class", range) => {
                let tokens = self.tokens_from(range.start());
                let keyword = tokens.iter().find(|token| self.token(token) == "for");
                let keyword = keyword.map_or(range, |token| {
                    TextRange::new(TextSize::new(token.range.start as u32), TextSize::new(token.range.end as u32))
                });
                return self.syntax("invalid syntax", keyword);
            }
            ParseErrorType::UnparenthesizedGeneratorExpression => "Generator expression must be parenthesized",
            ParseErrorType::InvalidStarredExpressionUsage if self.is_dict_value(range) => {
                "cannot use a starred expression in a dictionary value"
            }
            ParseErrorType::InvalidStarredExpressionUsage if self.is_parenthesized(range) => {
                "cannot use starred expression here"
            }
            ParseErrorType::UnparenthesizedTupleExpression => {
                let end = self.expression_end(range.start()).unwrap_or(range.start());
                return self.syntax("invalid syntax", TextRange::at(end, TextSize::new(1)));
            }
            ParseErrorType::InvalidMatchPatternTarget if self.source[..range.start().to_usize()].ends_with("**") => {
                "invalid syntax"
            }
            ParseErrorType::InvalidMatchPatternTarget => "cannot use '_' as a target",
            ParseErrorType::ExpectedImaginaryNumber => "imaginary number required in complex literal",
            ParseErrorType::ExpectedRealNumber => "real number required in complex literal",
            ParseErrorType::FStringError(error) => return self.format_string("f-string", error, range),
            ParseErrorType::TStringError(error) => return self.format_string("t-string", error, range),
            ParseErrorType::Lexical(error) => return self.lexical(error, range),
            ParseErrorType::ExpectedExpression => return self.expected_expression(range),
            ParseErrorType::ExpectedToken { expected, found } => return self.expected_token(*expected, *found, range),
            ParseErrorType::SimpleStatementsOnSameLine => return self.same_line(range),
            ParseErrorType::OtherError(text) => return self.other(text, range),
            _ => "invalid syntax",
        };
        self.syntax(message, range)
    }

    /// Whether the parameter at or before a place has two stars.
    fn is_keyword_parameter(&self, range: TextRange) -> bool {
        let before = &self.source[..range.start().to_usize()];
        let start = before.rfind(['(', ',']).map_or(0, |at| at + 1);
        before[start..].trim_start().trim_start_matches("lambda").trim_start().starts_with("**")
            || self.text(range).starts_with("**")
    }

    /// Whether the parameter before a place has an annotation with a star: that is told before there being a default.
    fn has_starred_annotation(&self, range: TextRange) -> bool {
        let before = &self.source[..range.start().to_usize()];
        let colon = before.rfind(':').map_or(before.len(), |at| at + 1);
        before[colon..].trim_start().starts_with('*')
    }

    fn unexpected_indent(&self, range: TextRange) -> Box<Failure> {
        let mut position = self.lines.position(range);
        // CPython reports the last column of the indentation.
        position.column = position.end_column.saturating_sub(1);
        self.indentation("unexpected indent", position)
    }

    fn comma_before(&self, range: TextRange) -> TextRange {
        match self.source[..range.start().to_usize()].rfind(',') {
            Some(offset) => TextRange::at(TextSize::new(offset as u32), TextSize::new(1)),
            None => range,
        }
    }

    /// Errors about the order of arguments are reported at the end of the argument list.
    fn after_argument(&self, message: &str, range: TextRange) -> Box<Failure> {
        let mut depth = 0usize;
        for token in self.parsed.tokens().iter().filter(|token| token.start() >= range.start()) {
            match token.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if depth > 0 => depth -= 1,
                TokenKind::Rpar => return self.syntax(message, token.range()),
                _ => {}
            }
        }
        self.syntax(message, range)
    }

    fn is_parenthesized(&self, range: TextRange) -> bool {
        self.source[..range.start().to_usize()].trim_end().ends_with('(')
            && self.source[range.end().to_usize()..].trim_start().starts_with(')')
    }

    fn is_dict_value(&self, range: TextRange) -> bool {
        let in_display = self.tokens.tokens.iter().take_while(|token| token.range.start < range.start().to_usize());
        let mut open = Vec::new();
        for token in in_display {
            match self.token(token) {
                bracket @ ("(" | "[" | "{") => open.push(bracket),
                ")" | "]" | "}" => drop(open.pop()),
                _ => {}
            }
        }
        open.last() == Some(&"{") && self.source[..range.start().to_usize()].trim_end().ends_with(':')
    }

    fn format_string(&self, kind: &str, error: &InterpolatedStringErrorType, range: TextRange) -> Box<Failure> {
        let message = match error {
            InterpolatedStringErrorType::UnclosedLbrace => {
                if let Some(failure) = self.forgotten_comma(range) {
                    return failure;
                }
                "expecting '}'"
            }
            InterpolatedStringErrorType::SingleRbrace => "single '}' is not allowed",
            InterpolatedStringErrorType::InvalidConversionFlag if matches!(self.text(range), "}" | ":") => {
                "missing conversion character"
            }
            InterpolatedStringErrorType::InvalidConversionFlag => {
                let found = self.text(range);
                let message = format!("{kind}: invalid conversion character '{found}': expected 's', 'r', or 'a'");
                return self.syntax(message, range);
            }
            InterpolatedStringErrorType::LambdaWithoutParentheses => {
                "lambda expressions are not allowed without parentheses"
            }
            InterpolatedStringErrorType::ConversionFlagNotImmediatelyAfterExclamation => {
                "conversion type must come right after the exclamation mark"
            }
            InterpolatedStringErrorType::NewlineInFormatSpec => {
                "newlines are not allowed in format specifiers for single quoted f-strings"
            }
            InterpolatedStringErrorType::UnterminatedString
            | InterpolatedStringErrorType::UnterminatedTripleQuotedString => {
                let triple = *error == InterpolatedStringErrorType::UnterminatedTripleQuotedString;
                let what = if triple { "triple-quoted " } else { "" };
                let line = self.lines.position(range).line;
                let message = format!("unterminated {what}{kind} literal (detected at line {line})");
                return self.syntax(message, range);
            }
        };
        self.syntax(format!("{kind}: {message}"), range)
    }

    fn lexical(&self, error: &LexicalErrorType, range: TextRange) -> Box<Failure> {
        let message = match error {
            LexicalErrorType::IndentationError => {
                let message = "unindent does not match any outer indentation level";
                return self.indentation(message, self.lines.position(range));
            }
            LexicalErrorType::InvalidByteLiteral => "bytes can only contain ASCII literal characters",
            LexicalErrorType::FStringError(error) => return self.format_string("f-string", error, range),
            LexicalErrorType::TStringError(error) => return self.format_string("t-string", error, range),
            LexicalErrorType::UnicodeError
            | LexicalErrorType::MissingUnicodeLbrace
            | LexicalErrorType::MissingUnicodeRbrace => return self.unicode_error(range),
            _ => "invalid syntax",
        };
        self.syntax(message, range)
    }

    /// A bad escape, reported at the string it is in.
    fn unicode_error(&self, range: TextRange) -> Box<Failure> {
        let offset = range.start().to_usize();
        let token = self.parsed.tokens().iter().rfind(|token| token.start().to_usize() <= offset);
        let string = token.map_or(range, |token| token.range());
        if token.is_some_and(|token| token.kind() != TokenKind::String) {
            return self.unicode_error_in_text(offset);
        }
        let text = self.text(string);
        let content = text.trim_start_matches(|character: char| character.is_ascii_alphabetic());
        let content = content.trim_matches(|character| character == '"' || character == '\'');
        let message = match super::escape::first_problem(content) {
            Some((start, end, problem)) => {
                format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{end}: {problem}")
            }
            None => "(unicode error) 'unicodeescape' codec can't decode bytes".to_string(),
        };
        self.syntax(message, string)
    }

    /// The same in the text of an f-string, reported at what ends the text.
    fn unicode_error_in_text(&self, offset: usize) -> Box<Failure> {
        let is_end = |token: &&ruff::token::Token| {
            matches!(token.kind(), TokenKind::FStringStart | TokenKind::TStringStart | TokenKind::Rbrace)
        };
        let before = self.parsed.tokens().iter().filter(is_end).rfind(|token| token.end().to_usize() <= offset);
        let start = before.map_or(0, |token| token.end().to_usize());
        let (mut end, mut in_name) = (start, false);
        for (index, character) in self.source[start..].char_indices() {
            end = start + index;
            match character {
                '{' if self.source[..end].ends_with("\\N") => in_name = true,
                '}' if in_name => in_name = false,
                '{' | '"' | '\'' => break,
                _ => {}
            }
        }
        let end_range = TextRange::at(TextSize::new(end as u32), TextSize::new(1));
        let message = match super::escape::first_problem(&self.source[start..end]) {
            Some((first, last, problem)) => {
                format!(
                    "(unicode error) 'unicodeescape' codec can't decode bytes in position {first}-{last}: {problem}"
                )
            }
            None => "(unicode error) 'unicodeescape' codec can't decode bytes".to_string(),
        };
        self.syntax(message, end_range)
    }

    fn expected_expression(&self, range: TextRange) -> Box<Failure> {
        let before = self.source[..range.start().to_usize()].trim_end();
        let here = &self.source[range.start().to_usize()..];
        if before.ends_with('<') && here.starts_with('>') {
            let start = TextSize::new(before.len() as u32 - 1);
            let message = "invalid syntax.  Maybe you meant '!=' instead of '<>'?";
            return self.syntax(message, TextRange::new(start, range.end()));
        }
        if before.ends_with('{') && here.starts_with(['}', '!', ':', '=']) && self.in_format_string(range) {
            let found = &here[..1];
            let kind = self.kind_of_string(range);
            let message = format!("{kind}: valid expression required before '{found}'");
            return self.syntax(message, range);
        }
        if before.ends_with(':') && here.starts_with(['}', ',']) {
            let start = TextSize::new(before.len() as u32 - 1);
            let message = "expression expected after dictionary key and ':'";
            return self.syntax(message, TextRange::at(start, TextSize::new(1)));
        }
        if before.ends_with("->") {
            let start = TextSize::new(before.len() as u32 - 2);
            return self.syntax("expected ':'", TextRange::new(start, start + TextSize::new(2)));
        }
        self.syntax("invalid syntax", range)
    }

    /// What the string around a place is called.
    fn kind_of_string(&self, range: TextRange) -> &'static str {
        let before = self.parsed.tokens().iter().take_while(|token| token.start() < range.start());
        let starts = before.filter(|it| matches!(it.kind(), TokenKind::FStringStart | TokenKind::TStringStart)).last();
        if starts.is_some_and(|token| token.kind() == TokenKind::TStringStart) { "t-string" } else { "f-string" }
    }

    fn in_format_string(&self, range: TextRange) -> bool {
        let mut depth = 0i32;
        for token in self.parsed.tokens().iter().take_while(|token| token.start() < range.start()) {
            match token.kind() {
                TokenKind::FStringStart | TokenKind::TStringStart => depth += 1,
                TokenKind::FStringEnd | TokenKind::TStringEnd => depth -= 1,
                _ => {}
            }
        }
        depth > 0
    }

    fn expected_token(&self, expected: TokenKind, found: TokenKind, range: TextRange) -> Box<Failure> {
        let before = self.source[..range.start().to_usize()].trim_end();
        let always_colon = ["else", "try", "finally"].iter().any(|keyword| before.ends_with(keyword));
        match (expected, found) {
            (TokenKind::Colon, TokenKind::Newline) => return self.syntax("expected ':'", range),
            (TokenKind::Colon, _) if always_colon || self.in_header_of("def", range) => {
                return self.syntax("expected ':'", range);
            }
            (TokenKind::Colon, TokenKind::Rbrace | TokenKind::Comma) => {
                if let Some(key) = self.expression_before(range.start()) {
                    let end = TextRange::at(key.range().end() - TextSize::new(1), TextSize::new(1));
                    return self.syntax("':' expected after dictionary key", end);
                }
            }
            (_, TokenKind::Equal) => {
                if let Some((message, range)) = target::equal_sign(self, range) {
                    return self.syntax(message, range);
                }
            }
            (TokenKind::Lpar, _) if self.in_header_of("def", range) => return self.syntax("expected '('", range),
            (TokenKind::Else, found) => {
                if let Some(failure) = self.loop_without_in(range) {
                    return failure;
                }
                if found != TokenKind::Colon
                    && let Some(failure) = self.missing_else(range)
                {
                    return failure;
                }
            }
            (TokenKind::Colon, TokenKind::Dot) if self.in_header_of("case", range) => {
                let word = self.word_before(range);
                return self.syntax("cannot use attribute as pattern target", self.through(word, word.start()));
            }
            (TokenKind::Comma, TokenKind::Dot)
                if self.in_header_of("import", range) || self.in_header_of("from", range) =>
            {
                let word = self.word_before(range);
                return self.syntax("cannot use attribute as import target", self.through(word, word.start()));
            }
            _ => {}
        }
        if let Some(failure) = self.forgotten_comma(range) {
            return failure;
        }
        self.syntax("invalid syntax", range)
    }

    /// `body if test` without `else`.
    fn missing_else(&self, range: TextRange) -> Option<Box<Failure>> {
        let test = self.expression_before(range.start())?;
        let keyword = self.source[..test.range().start().to_usize()].trim_end().strip_suffix("if")?;
        let body = self.expression_before(TextSize::new(keyword.len() as u32))?;
        let range = TextRange::new(body.range().start(), test.range().end());
        Some(self.syntax("expected 'else' after 'if' expression", range))
    }

    /// Whether the line of an error starts with a keyword.
    fn in_header_of(&self, keyword: &str, range: TextRange) -> bool {
        let before = &self.source[..range.start().to_usize()];
        let line = before.rsplit('\n').next().unwrap_or("").trim_start();
        let line = line.strip_prefix("async ").unwrap_or(line).trim_start();
        line.strip_prefix(keyword).is_some_and(|rest| rest.starts_with([' ', '\t']))
    }

    fn word_before(&self, range: TextRange) -> TextRange {
        let before = &self.source[..range.start().to_usize()];
        let start =
            before.rfind(|character: char| !character.is_alphanumeric() && character != '_').map_or(0, |at| at + 1);
        TextRange::new(TextSize::new(start as u32), range.start())
    }

    /// The largest expression below a comparison that ends just before an offset.
    pub fn expression_before(&self, offset: TextSize) -> Option<&Expr> {
        self.expression_between(TextSize::new(0), offset)
    }

    fn expression_between(&self, start: TextSize, offset: TextSize) -> Option<&Expr> {
        let end = self.source[..offset.to_usize()].trim_end().len();
        target::expression_ending_at(self.parsed, start, TextSize::new(end as u32))
    }

    /// Two expressions side by side inside brackets.
    fn forgotten_comma(&self, range: TextRange) -> Option<Box<Failure>> {
        let mut open = Vec::new();
        // Whether the innermost bracket has a comprehension's `for`: its iterable is no place for a comma.
        let mut in_loop = false;
        let mut loops = Vec::new();
        let mut next = None;
        let mut previous = None;
        for token in self.parsed.tokens() {
            if token.start() >= range.start() {
                next = Some(token);
                break;
            }
            match token.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                    open.push(token.end());
                    loops.push(std::mem::take(&mut in_loop));
                }
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                    open.pop();
                    in_loop = loops.pop().unwrap_or(false);
                }
                TokenKind::For => in_loop = true,
                _ => {}
            }
            previous = Some(token);
        }
        let next = next?;
        let starts_expression = matches!(
            next.kind(),
            TokenKind::Name
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Complex
                | TokenKind::String
                | TokenKind::FStringStart
                | TokenKind::None
                | TokenKind::True
                | TokenKind::False
                | TokenKind::Lambda
                | TokenKind::Not
                | TokenKind::Ellipsis
                | TokenKind::Lbrace
        );
        let name_and_string =
            next.kind() == TokenKind::String && previous.is_some_and(|token| token.kind() == TokenKind::Name);
        if !starts_expression || name_and_string {
            return None;
        }
        let expression = self.expression_between(*open.last()?, next.start())?;
        if in_loop {
            return None;
        }
        let end = self.expression_end(next.start()).unwrap_or(next.end());
        let range = TextRange::new(expression.range().start(), end);
        Some(self.syntax("invalid syntax. Perhaps you forgot a comma?", range))
    }

    /// Two statements on one line: maybe the `print` of Python 2.
    fn same_line(&self, range: TextRange) -> Box<Failure> {
        let before = self.source[..range.start().to_usize()].trim_end();
        for name in ["print", "exec"] {
            let starts = before.ends_with(name)
                && before[..before.len() - name.len()]
                    .chars()
                    .next_back()
                    .is_none_or(|character| !character.is_alphanumeric() && character != '_' && character != '.');
            let place = range.start().to_usize();
            let first = self.tokens.tokens.partition_point(|token| token.range.start < place);
            let count = self.longest_expression(&self.tokens.tokens[first..]);
            if starts && count > 0 {
                let end = self.tokens.tokens[first + count - 1].range.end;
                let range = TextRange::new(range.start(), TextSize::new(end as u32));
                let start = TextSize::new((before.len() - name.len()) as u32);
                let message = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
                return self.syntax(message, TextRange::new(start, range.end()));
            }
        }
        if let Some(failure) = self.forgotten_comma(range) {
            return failure;
        }
        let end = self.parsed.tokens().iter().find(|token| token.start() >= range.start()).map_or(range, Ranged::range);
        self.syntax("invalid syntax", end)
    }

    fn other(&self, text: &str, range: TextRange) -> Box<Failure> {
        if let Some(rest) = text.strip_prefix("Expected an indented block after ") {
            return self.missing_block(rest, range);
        }
        let message = match text {
            "Expected `except` or `finally` after `try` block" => "expected 'except' or 'finally' block",
            "Bytes literal cannot be mixed with non-bytes literals" => {
                let end = self.lines.position(range);
                let position = Position { line: end.end_line, column: end.end_column, ..end };
                return Failure::syntax("cannot mix bytes and nonbytes literals", position);
            }
            "Cannot mix t-string literals with string or bytes literals" => {
                "cannot mix t-string literals with string or bytes literals"
            }
            "Multiple exception types must be parenthesized when using `as`" => {
                let range = TextRange::new(range.start(), self.end_with_alias(range.end()));
                return self.syntax("multiple exception types must be parenthesized when using 'as'", range);
            }
            "Only single target (not tuple) can be annotated" => "only single target (not tuple) can be annotated",
            "Only single target (not list) can be annotated" => "only single target (not list) can be annotated",
            "Expected a parameter name" => {
                let word = self.text(range);
                if word.starts_with('*') {
                    let equal = self.tokens_from(range.end()).first().map_or(range.end().to_usize(), |it| it.range.end);
                    let range = self.through(range, TextSize::new(equal as u32));
                    return self.syntax("cannot assign to iterable argument unpacking", range);
                }
                let equal = self.tokens_from(range.end()).first().filter(|token| self.token(token) == "=");
                let end = equal.map_or(range.end(), |token| TextSize::new(token.range.end as u32));
                let range = TextRange::new(range.start(), end);
                if matches!(word, "True" | "False" | "None") {
                    return self.syntax(format!("cannot assign to {word}"), range);
                }
                return self.syntax("expression cannot contain assignment, perhaps you meant \"==\"?", range);
            }
            "Expected a statement" if self.text(range) == ":=" => return self.walrus(range),
            "Only one '*' parameter allowed" => {
                return self.syntax("* argument may appear only once", TextRange::at(range.start(), TextSize::new(1)));
            }
            "Only one '/' separator allowed" => "/ may appear only once",
            "'/' parameter must appear before '*' parameter" => "/ must be ahead of *",
            "Position-only parameter separator not allowed as first parameter" => {
                let before = self.source[..range.start().to_usize()].trim_end().trim_end_matches(',').trim_end();
                match (before.ends_with('*'), self.token_text(range.start(), 1)) {
                    (true, _) => "/ must be ahead of *",
                    (_, ",") => "at least one argument must precede /",
                    _ => "invalid syntax",
                }
            }
            "Cannot have both 'except' and 'except*' on the same 'try'" => {
                let tokens = self.tokens_from(range.start());
                let count = if tokens.get(1).is_some_and(|token| self.token(token) == "*") { 2 } else { 1 };
                let end = tokens.get(count - 1).map_or(range.end(), |token| TextSize::new(token.range.end as u32));
                let range = TextRange::new(range.start(), end);
                return self.syntax("cannot have both 'except' and 'except*' on the same 'try'", range);
            }
            "Expected one or more exception types" => "expected one or more exception types",
            "Positional patterns cannot follow keyword patterns" => "positional patterns follow keyword patterns",
            "Trailing comma not allowed" => {
                let range = TextRange::empty(range.end());
                return self.syntax("trailing comma not allowed without surrounding parentheses", range);
            }
            "Star import must be the only import" => {
                let start = range.start() + TextSize::new(1);
                return self.syntax("invalid syntax", TextRange::empty(start));
            }
            _ => "invalid syntax",
        };
        self.syntax(message, range)
    }

    fn walrus(&self, range: TextRange) -> Box<Failure> {
        match self.expression_before(range.start()) {
            Some(expression) if !matches!(expression, Expr::Name(_)) => {
                let name = target::expression_name(expression);
                self.syntax(format!("cannot use assignment expressions with {name}"), expression.range())
            }
            _ => self.syntax("invalid syntax", range),
        }
    }

    /// "expected an indented block after …": the parser names the construct, CPython also its line.
    fn missing_block(&self, construct: &str, range: TextRange) -> Box<Failure> {
        let construct = match construct {
            "`class` definition" => "class definition".to_string(),
            "`finally` clause" | "`else` clause" | "`elif` clause" | "`except` clause" | "`except*` clause"
            | "`case` block" => {
                construct.replace('`', "'").replace("clause", "statement").replace("block", "statement")
            }
            _ => construct.replace('`', "'"),
        };
        let keyword: String = construct
            .trim_start_matches('\'')
            .chars()
            .take_while(|character| character.is_ascii_alphabetic())
            .collect();
        let before = &self.source[..range.start().to_usize()];
        let word = match construct.as_str() {
            "function definition" => "def",
            "class definition" => "class",
            _ => keyword.as_str(),
        };
        let header = before.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).last();
        let line = before
            .lines()
            .enumerate()
            .filter(|(_, line)| line.trim_start().trim_start_matches("async ").starts_with(word))
            .last()
            .or(header)
            .map_or(0, |(index, _)| index + 1);
        let header = before.lines().nth(line.wrapping_sub(1)).unwrap_or_default().trim_start();
        let is_group = header.strip_prefix("except").is_some_and(|rest| rest.trim_start().starts_with('*'));
        let construct = if is_group { construct.replace("'except'", "'except*'") } else { construct };
        let message = format!("expected an indented block after {construct} on line {line}");
        self.indentation(message, self.lines.position(range))
    }
}
