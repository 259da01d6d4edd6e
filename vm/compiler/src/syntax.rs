//! The only user of the parser crate: parses, checks CPython's nesting limits and lowers to our own tree.
//!
//! **Invariants**: nothing of `ruff_*` is visible outside this module and its children. The lowering allocates a scope
//! id before it descends, so an outer scope has the smaller id.
//!
//! Not here: names and scopes (`scope.rs`), and the wording of errors (`diagnosis.rs`).

mod annotation;
mod around;
mod depth;
pub(crate) mod diagnosis;
mod escape;
pub(crate) mod export;
mod expression;
mod field;
mod literal;
mod named;
mod pattern;
mod percent;
mod position;
mod rebuild;
mod statement;
mod target;
mod tokenizer;
mod type_parameters;
mod unparse;
mod warning;

use crate::ast::{Name, ScopeId, Tree, TreeBody};
use crate::error::{ErrorKind, Failure, NO_COLUMN, Origin, Outcome};
use crate::tree::{Class, Node};
use crate::{Mode, Options, Warning};
use annotation::{AnnotationBlock, BlockKind};
use position::LineMap;
use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_ast::{self as ruff, PythonVersion, token::TokenKind};
use ruff_python_parser::{ParseErrorType, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{Ranged, TextRange, TextSize};
use sidewinder_bytecode::{CodeFlags, Constant, Position};
use std::collections::HashMap;
use std::rc::Rc;
pub(crate) use unparse::repr;
use warning::Warnings;

/// How deeply expressions and statements may be nested. All passes recurse over the tree; this bounds their stack.
pub(crate) const TREE_DEPTH_MAX: u32 = 600;

/// CPython's limit on open brackets.
const BRACKET_DEPTH_MAX: usize = 200;

/// CPython's limit on f-strings in each other.
const STRING_DEPTH_MAX: usize = 150;

/// CPython's limit on indentation levels.
const INDENTATION_DEPTH_MAX: usize = 100;

/// Parses a source text into our tree.
pub(crate) fn parse(source: &str, options: Options) -> Outcome<Tree> {
    parse_checked(source, options, |source, parsed, lines| {
        let mut lowering = new_lowering(source, lines, options);
        lowering.check_numbers(parsed);
        lower(parsed.syntax(), lowering)
    })
}

/// What a source that does not parse is warned about up to the place where it stops to.
pub(crate) fn warnings_before_error(source: &str, options: Options) -> Vec<Warning> {
    if !source.contains('\\') {
        return Vec::new();
    }
    let parse_options = ParseOptions::from(parser_mode(options.mode)).with_target_version(PythonVersion::PY314);
    let parsed = parse_unchecked(source, parse_options);
    let mut lowering = new_lowering(source, LineMap::new(source, 0), options);
    if let Some(error) = parsed.errors().first() {
        lowering.check_literals_before(&parsed, error.location.start());
    }
    if depth::is_deep(&parsed) {
        // As in `parse_plain`.
        std::mem::forget(parsed);
    }
    lowering.warnings.finish()
}

/// Lowers a tree that a program made.
pub(crate) fn lower_tree(tree: &Node, options: Options) -> Outcome<Tree> {
    let rebuilt = rebuild::rebuild(tree)?;
    let lowering = Lowering {
        given: rebuilt.given,
        is_rebuilt: true,
        is_single: tree.class == Class::Interactive,
        ..new_lowering("", rebuilt.lines, options)
    };
    lower(&rebuilt.syntax, lowering)
}

/// Parses a source text, finds what is wrong with it, and hands the parser's tree on.
fn parse_checked<T>(
    source: &str,
    options: Options,
    lower: impl FnOnce(&str, &Parsed<ruff::Mod>, LineMap) -> Outcome<T>,
) -> Outcome<T> {
    if source.contains('\0') {
        let message = "source code string cannot contain null bytes";
        return Err(Failure::syntax(message, Position::default()));
    }
    let is_on = options.futures & CodeFlags::FUTURE_BARRY != 0;
    if is_on || source.contains("barry_as_FLUFL") {
        let tokens = tokenizer::tokenize(source).tokens;
        let start = if is_on { Some(0) } else { flufl_start(source, &tokens) };
        if let Some(start) = start {
            return parse_flufl(source, &tokens[start..], options, lower);
        }
    }
    parse_plain(source, options, lower)
}

/// Behind which token `<>` takes the place of `!=`: the name of that future in an import.
fn flufl_start(source: &str, tokens: &[tokenizer::Token]) -> Option<usize> {
    let text = |token: &tokenizer::Token| &source[token.range.clone()];
    let imports = tokens.windows(3).enumerate();
    let imports = imports.filter(|(_, words)| words.iter().map(text).eq(["from", "__future__", "import"]));
    imports.into_iter().find_map(|(index, _)| {
        let names = tokens[index + 3..].iter().map(text);
        let is_part = |word: &&str| matches!(*word, "(" | ",") || word.starts_with(|first: char| first.is_alphabetic());
        let found = names.take_while(is_part).position(|word| word == "barry_as_FLUFL")?;
        Some(index + 3 + found)
    })
}

/// Parses a source with `<>` instead of `!=` among these of its tokens (PEP 401). Both are as long, so that places stay
/// the same.
fn parse_flufl<T>(
    source: &str,
    tokens: &[tokenizer::Token],
    options: Options,
    lower: impl FnOnce(&str, &Parsed<ruff::Mod>, LineMap) -> Outcome<T>,
) -> Outcome<T> {
    let mut replaced = source.to_string();
    for token in tokens {
        match &source[token.range.clone()] {
            "!=" => {
                let start = TextSize::new(token.range.start as u32);
                let position = LineMap::new(source, 0).position(TextRange::at(start, TextSize::new(2)));
                let message = "with Barry as BDFL, use '<>' instead of '!='";
                return Err(Failure::syntax(message, position).of(Origin::Parser));
            }
            "<>" => replaced.replace_range(token.range.clone(), "!="),
            _ => {}
        }
    }
    parse_plain(&replaced, options, lower)
}

/// Whether a source that does not parse might with more lines: nothing is wrong before its end.
pub(crate) fn is_incomplete(source: &str, mode: Mode) -> bool {
    let options = ParseOptions::from(parser_mode(mode)).with_target_version(PythonVersion::PY314);
    let parsed = parse_unchecked(source, options);
    let error = parsed.errors().first();
    let first = error.map(|error| error.location.start());
    let tokens = tokenizer::tokenize(source);
    if let Some(error) = &tokens.error {
        // The parser finds a line that a backslash continues wrong at the backslash.
        let at_end = |first: TextSize| {
            first.to_usize() >= tokens.stopped || matches!(source[first.to_usize()..].trim(), "" | "\\")
        };
        // A string goes on behind a backslash at the end of its line.
        if source.ends_with("\\\n") && error.message.starts_with("unterminated string literal") {
            return true;
        }
        if source.ends_with("\\\n\n") {
            return false;
        }
        let may_go_on =
            error.message.starts_with("unterminated triple-quoted") || error.message == "unexpected EOF while parsing";
        return may_go_on && first.is_none_or(at_end);
    }
    let (Some(error), Some(first)) = (error, first) else { return false };
    if matches!(&error.error, ParseErrorType::OtherError(text) if text.starts_with("Expected an indented block")) {
        // The block may follow unless something else does.
        let is_blank = |line: &str| matches!(line.trim_start().as_bytes().first(), None | Some(b'#'));
        return source[first.to_usize()..].lines().all(is_blank);
    }
    let ends_line = |token: &ruff::token::Token| {
        token.kind() == TokenKind::Newline && token.start() >= first && !token.range().is_empty()
    };
    source[first.to_usize()..].trim().is_empty() && !parsed.tokens().iter().any(ends_line)
}

/// Whether a source that parses ends in a compound statement without the newline that would end it.
pub(crate) fn is_open_ended(source: &str) -> bool {
    if source.ends_with('\n') {
        return false;
    }
    let options = ParseOptions::from(ruff_python_parser::Mode::Module).with_target_version(PythonVersion::PY314);
    let parsed = parse_unchecked(source, options);
    let ruff::Mod::Module(module) = parsed.syntax() else { return false };
    module.body.last().is_some_and(|statement| {
        matches!(
            statement,
            ruff::Stmt::If(_)
                | ruff::Stmt::While(_)
                | ruff::Stmt::For(_)
                | ruff::Stmt::Try(_)
                | ruff::Stmt::With(_)
                | ruff::Stmt::Match(_)
                | ruff::Stmt::FunctionDef(_)
                | ruff::Stmt::ClassDef(_)
        )
    })
}

fn parser_mode(mode: Mode) -> ruff_python_parser::Mode {
    match mode {
        Mode::Module | Mode::NamespaceModule | Mode::OpenModule | Mode::OpenSingle => ruff_python_parser::Mode::Module,
        Mode::Eval | Mode::NamespaceEval | Mode::OpenEval => ruff_python_parser::Mode::Expression,
    }
}

fn parse_plain<T>(
    source: &str,
    options: Options,
    lower: impl FnOnce(&str, &Parsed<ruff::Mod>, LineMap) -> Outcome<T>,
) -> Outcome<T> {
    let parser_mode = parser_mode(options.mode);
    let source_to_parse = if parser_mode == ruff_python_parser::Mode::Expression {
        // eval() ignores leading blanks.
        source.trim_start_matches([' ', '\t'])
    } else {
        source
    };
    if let Some(failure) = indented_expression(source_to_parse, parser_mode) {
        return Err(failure);
    }
    let skipped = source.len() - source_to_parse.len();
    let source = source_to_parse;
    let parse_options = ParseOptions::from(parser_mode).with_target_version(PythonVersion::PY314);
    let lines = LineMap::new(source, skipped as u32);
    let parsed = named::parse(source, &parse_options);
    let lowered = check(source, &parsed, &lines, options).and_then(|()| lower(source, &parsed, lines));
    if lowered.is_err() && depth::is_deep(&parsed) {
        // Dropping the parser's tree recurses without a limit; a hostile source is not worth a crash.
        std::mem::forget(parsed);
    }
    lowered
}

/// An expression that does not start in the first line may not be indented.
fn indented_expression(source: &str, mode: ruff_python_parser::Mode) -> Option<Box<Failure>> {
    if mode != ruff_python_parser::Mode::Expression || !source.starts_with(['\n', '\r', '#']) {
        return None;
    }
    let is_blank = |line: &str| {
        let text = line.trim_matches([' ', '\t', '\x0c', '\r']);
        text.is_empty() || text.starts_with('#')
    };
    let (index, line) = source.split('\n').enumerate().find(|(_, line)| !is_blank(line))?;
    if index == 0 || !line.starts_with([' ', '\t']) {
        return None;
    }
    let (number, end) = (index as u32 + 1, line.trim_end_matches('\r').len() as u32);
    let position = Position { line: number, end_line: number, column: end, end_column: end };
    let mut failure = Failure::syntax("unexpected indent", position).of(Origin::Tokenizer);
    failure.kind = ErrorKind::Indentation;
    Some(failure)
}

/// What the parser, and CPython's tokenizer, find wrong.
fn check(source: &str, parsed: &Parsed<ruff::Mod>, lines: &LineMap, options: Options) -> Outcome<()> {
    check_nesting(parsed, lines).map_err(|failure| failure.of(Origin::Tokenizer))?;
    if parsed.has_syntax_errors() {
        let mut failure = diagnosis::diagnose(source, parsed, lines);
        failure.statement = Some(statement_before(parsed, lines));
        let is_whole = matches!(options.mode, Mode::Module | Mode::NamespaceModule | Mode::OpenModule);
        if !is_whole && source.ends_with('\\') && failure.message == "unexpected EOF while parsing" {
            // Nothing is added to such a source: not even a newline follows the backslash.
            let place = TextRange::empty(TextSize::of(source) - TextSize::new(1));
            let message = "unexpected character after line continuation character";
            failure = Failure::syntax(message, lines.position(place)).of(Origin::Parser);
        }
        return Err(failure);
    }
    if options.mode == Mode::OpenSingle {
        check_single(source, parsed, lines)?;
    }
    check_long_numbers(source, parsed, lines, options)
}

fn new_lowering(source: &str, lines: LineMap, options: Options) -> Lowering<'_> {
    Lowering {
        source,
        lines,
        names: HashMap::new(),
        scope_count: 1,
        depth: 0,
        depth_max: TREE_DEPTH_MAX,
        given: HashMap::new(),
        is_rebuilt: false,
        specifications: 0,
        annotations: AnnotationBlock::new(BlockKind::Module),
        annotations_are_text: options.futures & CodeFlags::FUTURE_ANNOTATIONS != 0,
        futures: options.futures,
        optimize: options.optimize,
        is_single: options.mode == Mode::OpenSingle,
        warnings: Warnings::default(),
        type_comments: Default::default(),
        minor_version: None,
    }
}

fn lower(syntax: &ruff::Mod, mut lowering: Lowering<'_>) -> Outcome<Tree> {
    let body = match syntax {
        ruff::Mod::Module(module) => {
            let body = lowering.statements(&module.body)?;
            TreeBody::Module {
                body,
                annotation_scope: lowering.annotations.scope,
                has_annotation_texts: lowering.annotations.has_texts,
            }
        }
        ruff::Mod::Expression(expression) => TreeBody::Expression(lowering.expression(&expression.body)?),
    };
    let futures = lowering.futures;
    Ok(Tree { body, scope_count: lowering.scope_count, futures, warnings: lowering.warnings.finish() })
}

/// Where the last statement starts that ends before the line of the first error: what is tried again with other keywords
/// starts there.
fn statement_before(parsed: &Parsed<ruff::Mod>, lines: &LineMap) -> (u32, u32) {
    struct Last {
        limit: TextSize,
        start: Option<TextSize>,
    }
    impl<'a> SourceOrderVisitor<'a> for Last {
        fn visit_stmt(&mut self, statement: &'a ruff::Stmt) {
            if statement.end() <= self.limit {
                self.start = Some(statement.start());
            } else if statement.start() < self.limit {
                source_order::walk_stmt(self, statement);
            }
        }

        fn visit_expr(&mut self, _expression: &'a ruff::Expr) {}
    }
    let Some(error) = parsed.errors().first() else { return (0, 0) };
    let place = error.location.start();
    let mut newlines =
        parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Newline && token.end() <= place);
    let mut last = Last { limit: newlines.next_back().map_or(TextSize::new(0), Ranged::end), start: None };
    if let ruff::Mod::Module(module) = parsed.syntax() {
        last.visit_body(&module.body);
    }
    last.start.map_or((0, 0), |start| lines.line_and_column(start))
}

/// A prompt takes one line of simple statements, or one compound statement.
fn check_single(source: &str, parsed: &Parsed<ruff::Mod>, lines: &LineMap) -> Outcome<()> {
    let ruff::Mod::Module(module) = parsed.syntax() else { return Ok(()) };
    let Some(first) = module.body.first() else {
        return Err(Failure::syntax("invalid syntax", Position { line: 1, end_line: 1, column: 0, end_column: 0 }));
    };
    let (start, end) = (first.range().start(), module.body[module.body.len() - 1].range().start());
    let between = parsed.tokens().iter().filter(|token| start <= token.start() && token.start() < end);
    if module.body.len() > 1 && between.into_iter().any(|token| token.kind() == TokenKind::Newline) {
        let message = "multiple statements found while compiling a single statement";
        let place = TextRange::at(first.range().end(), TextSize::new(1));
        return Err(Failure::syntax(message, lines.position(place)).of(Origin::Parser));
    }
    let last_line = source.rsplit(['\n', '\r']).next().unwrap_or_default();
    if !last_line.starts_with([' ', '\t']) && is_open_ended(source) {
        // The line that would end the statement is missing: no indentation ends here either.
        let (line, _) = lines.line_and_column(TextSize::of(source));
        let place = Position { line, end_line: line, column: NO_COLUMN, end_column: NO_COLUMN };
        return Err(Failure::syntax("invalid syntax", place).of(Origin::Tokenizer));
    }
    Ok(())
}

/// Refuses decimal numbers with more digits than may be converted.
fn check_long_numbers(source: &str, parsed: &Parsed<ruff::Mod>, lines: &LineMap, options: Options) -> Outcome<()> {
    let most = options.int_digits_max;
    if most == 0 || source.len() <= most {
        return Ok(());
    }
    for token in parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Int) {
        let text = &source[token.range().to_std_range()];
        let count = text.bytes().filter(u8::is_ascii_digit).count();
        let is_decimal = !matches!(text.as_bytes().get(1), Some(b'x' | b'X' | b'o' | b'O' | b'b' | b'B'));
        if is_decimal && count > most {
            let message = format!(
                "Exceeds the limit ({most} digits) for integer string conversion: value has {count} digits; use \
                 sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals \
                 to avoid decimal conversion limits."
            );
            let (line, _) = lines.line_and_column(token.start());
            let place = Position { line, end_line: line, column: NO_COLUMN, end_column: NO_COLUMN };
            return Err(Failure::syntax(message, place).of(Origin::Tokenizer));
        }
    }
    Ok(())
}

/// Enforces the limits of CPython's tokenizer.
fn check_nesting(parsed: &Parsed<ruff::Mod>, lines: &LineMap) -> Outcome<()> {
    let mut brackets = 0usize;
    let mut indentations = 0usize;
    let mut strings = 0usize;
    for token in parsed.tokens() {
        match token.kind() {
            TokenKind::FStringStart | TokenKind::TStringStart => {
                strings += 1;
                let is_wrong_before = parsed.errors().first().is_some_and(|it| it.location.start() < token.start());
                if strings >= STRING_DEPTH_MAX && !is_wrong_before {
                    let message = "too many nested f-strings or t-strings";
                    let place = TextRange::empty(token.start() + TextSize::new(1));
                    return Err(Failure::syntax(message, lines.position(place)));
                }
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => strings = strings.saturating_sub(1),
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                brackets += 1;
                if brackets > BRACKET_DEPTH_MAX {
                    return Err(Failure::syntax("too many nested parentheses", lines.position(token.range())));
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => brackets = brackets.saturating_sub(1),
            TokenKind::Indent => {
                indentations += 1;
                if indentations >= INDENTATION_DEPTH_MAX {
                    return Err(Box::new(Failure {
                        origin: Origin::Tokenizer,
                        kind: ErrorKind::Indentation,
                        message: "too many levels of indentation".to_string(),
                        position: lines.position(token.range()),
                        statement: None,
                    }));
                }
            }
            TokenKind::Dedent => indentations = indentations.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// The state of one lowering.
struct Lowering<'source> {
    source: &'source str,
    lines: LineMap,
    names: HashMap<Box<str>, Name>,
    scope_count: u32,
    depth: u32,
    depth_max: u32,
    /// Constants by the places of their nodes, where no literal can say them.
    given: HashMap<TextSize, Constant>,
    /// The tree was made by a program: there is no source.
    is_rebuilt: bool,
    /// Format specifiers around the place.
    specifications: u32,
    /// Of the innermost block.
    annotations: AnnotationBlock,
    /// Under `from __future__ import annotations`.
    annotations_are_text: bool,
    /// `CodeFlags::FUTURES` that are on.
    futures: u32,
    optimize: u8,
    /// A statement at a prompt, which shows the values of expressions.
    is_single: bool,
    warnings: Warnings,
    type_comments: export::TypeComments,
    /// A tree may only have syntax of this minor version of Python 3.
    minor_version: Option<u8>,
}

impl Lowering<'_> {
    fn position(&self, range: TextRange) -> Position {
        self.lines.position(range)
    }

    /// One shared copy of each name.
    fn name(&mut self, text: &str) -> Name {
        if let Some(name) = self.names.get(text) {
            return name.clone();
        }
        let name: Name = Rc::from(text);
        self.names.insert(text.into(), name.clone());
        name
    }

    fn optional_name(&mut self, identifier: &Option<ruff::Identifier>) -> Option<Name> {
        identifier.as_ref().map(|identifier| self.name(identifier.as_str()))
    }

    fn new_scope(&mut self) -> ScopeId {
        let scope = ScopeId(self.scope_count);
        self.scope_count += 1;
        scope
    }

    /// Counts one level of nesting around `lower`.
    fn nested<T>(&mut self, range: TextRange, lower: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        self.depth += 1;
        if self.depth > self.depth_max {
            return Err(Failure::too_deep(self.position(range)));
        }
        let lowered = lower(self);
        self.depth -= 1;
        lowered
    }
}
