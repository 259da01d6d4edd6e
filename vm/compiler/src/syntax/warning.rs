//! What is likely a mistake though it compiles: the cases and words of CPython's `SyntaxWarning`s.

use super::Lowering;
use crate::Warning;
use ruff_python_ast::{self as ruff, Expr, Stmt, StringFlags, token::TokenKind};
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange, TextSize};

/// CPython's passes, which warn one after the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pass {
    Tokens,
    Tree,
    Code,
}

/// The warnings so far, and where the lowering is with respect to `finally`.
#[derive(Default)]
pub(super) struct Warnings {
    found: Vec<(Pass, Warning)>,
    in_finally: bool,
    /// In a loop that is itself in the `finally` body.
    in_loop: bool,
}

impl Warnings {
    /// What is told when there is a tree alone.
    pub(super) fn finish_tree(mut self) -> Vec<Warning> {
        self.found.retain(|(pass, _)| *pass == Pass::Tokens);
        self.finish()
    }

    pub(super) fn finish(mut self) -> Vec<Warning> {
        self.found.sort_by_key(|(pass, _)| *pass);
        self.found.into_iter().map(|(_, warning)| warning).collect()
    }
}

/// The type of a literal or display, as far as it shows in the source.
fn type_name(expression: &Expr) -> Option<&'static str> {
    Some(match expression {
        Expr::NumberLiteral(node) => match node.value {
            ruff::Number::Int(_) => "int",
            ruff::Number::Float(_) => "float",
            ruff::Number::Complex { .. } => "complex",
        },
        Expr::StringLiteral(_) | Expr::FString(_) => "str",
        Expr::TString(_) => "string.templatelib.Template",
        Expr::BytesLiteral(_) => "bytes",
        Expr::NoneLiteral(_) => "NoneType",
        Expr::BooleanLiteral(_) => "bool",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Tuple(_) => "tuple",
        Expr::List(_) | Expr::ListComp(_) => "list",
        Expr::Dict(_) | Expr::DictComp(_) => "dict",
        Expr::Set(_) | Expr::SetComp(_) => "set",
        Expr::Generator(_) => "generator",
        Expr::Lambda(_) => "function",
        _ => return None,
    })
}

/// Whether the expression is a constant, or a tuple of constants.
fn is_constant(expression: &Expr) -> bool {
    match expression {
        Expr::Tuple(node) => node.elts.iter().all(is_constant),
        _ => expression.is_literal_expr(),
    }
}

/// The type of a constant whose identity means nothing.
fn literal_type(expression: &Expr) -> Option<&'static str> {
    let singleton = expression.is_none_literal_expr()
        || expression.is_boolean_literal_expr()
        || expression.is_ellipsis_literal_expr();
    if singleton || !is_constant(expression) { None } else { type_name(expression) }
}

impl Lowering<'_> {
    fn warn(&mut self, pass: Pass, offset: TextSize, message: String) {
        let (line, _) = self.lines.line_and_column(offset);
        self.warnings.found.push((pass, Warning { line, message }));
    }

    fn warn_code(&mut self, range: TextRange, message: String) {
        self.warn(Pass::Code, range.start(), message);
    }

    /// Numbers that a keyword follows without a blank.
    pub(super) fn check_numbers(&mut self, parsed: &Parsed<ruff::Mod>) {
        let source = self.source.as_bytes();
        for token in parsed.tokens() {
            if !matches!(token.kind(), TokenKind::Int | TokenKind::Float | TokenKind::Complex)
                || !source.get(token.end().to_usize()).is_some_and(u8::is_ascii_alphabetic)
            {
                continue;
            }
            let text = &self.source[token.range().to_std_range()];
            let kind = match (token.kind(), text.as_bytes().get(1).map(u8::to_ascii_lowercase)) {
                (TokenKind::Complex, _) => "imaginary",
                (TokenKind::Int, Some(b'x')) => "hexadecimal",
                (TokenKind::Int, Some(b'o')) => "octal",
                (TokenKind::Int, Some(b'b')) => "binary",
                _ => "decimal",
            };
            self.warn(Pass::Tokens, token.start(), format!("invalid {kind} literal"));
        }
    }

    /// What the literals before a place are warned about, where the source does not parse: CPython has read them by then.
    pub(super) fn check_literals_before(&mut self, parsed: &Parsed<ruff::Mod>, place: TextSize) {
        for token in parsed.tokens().iter().filter(|token| token.kind() == TokenKind::String && token.end() <= place) {
            let Some(flags) = token.string_flags() else { continue };
            let (prefix, quotes) = (flags.opener_len(), flags.closer_len());
            if !flags.is_raw_string() && token.range().len() >= prefix + quotes {
                let content = TextRange::new(token.start() + prefix, token.end() - quotes);
                self.check_escapes(content, flags.is_byte_string());
            }
        }
    }

    /// The first escape sequence of a literal's content that means nothing.
    pub(super) fn check_escapes(&mut self, content: TextRange, is_bytes: bool) {
        let source = self.source;
        // A backslash before a replacement field is the last character of the text before the field.
        let end = content.end().to_usize();
        let end = end + (source[..end].ends_with('\\') && source[end..].starts_with('{')) as usize;
        let text = &source[content.start().to_usize()..end];
        let mut rest = text;
        while let Some(start) = rest.find('\\') {
            let after = &rest[start + 1..];
            let Some(escaped) = after.chars().next() else { return };
            let digits = after.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
            let known = match escaped {
                '\n' | '\r' | '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' => true,
                'N' | 'u' | 'U' => !is_bytes,
                '0'..='3' => true,
                '4'..='7' => digits < 3,
                // CPython never notices a backslash before these.
                _ => !escaped.is_ascii(),
            };
            if !known {
                let octal = digits == 3;
                let sequence = if octal { &after[..3] } else { &after[..escaped.len_utf8()] };
                let kind = if octal { "an invalid octal escape sequence" } else { "an invalid escape sequence" };
                let message = format!(
                    "\"\\{sequence}\" is {kind}. Such sequences will not work in the future. Did you mean \
                     \"\\\\{sequence}\"? A raw string is also an option."
                );
                let offset = text.len() - rest.len() + start;
                return self.warn(Pass::Tokens, content.start() + TextSize::new(offset as u32), message);
            }
            rest = &after[escaped.len_utf8()..];
        }
    }

    /// `is` with a literal; one warning for each comparison.
    pub(super) fn check_comparison(&mut self, node: &ruff::ExprCompare) {
        let mut left = &*node.left;
        for (operator, right) in node.ops.iter().zip(&node.comparators) {
            let (words, meant) = match operator {
                ruff::CmpOp::Is => ("is", "=="),
                ruff::CmpOp::IsNot => ("is not", "!="),
                _ => ("", ""),
            };
            if !words.is_empty()
                && let Some(kind) = literal_type(left).or_else(|| literal_type(right))
            {
                let message = format!("\"{words}\" with '{kind}' literal. Did you mean \"{meant}\"?");
                return self.warn_code(node.range, message);
            }
            left = right;
        }
    }

    /// A call of a literal, mostly a comma that was forgotten.
    pub(super) fn check_call(&mut self, node: &ruff::ExprCall) {
        if let Some(kind) = type_name(&node.func).filter(|_| !node.func.is_lambda_expr()) {
            self.warn_code(node.func.range(), format!("'{kind}' object is not callable; perhaps you missed a comma?"));
        }
    }

    /// A subscription that can only fail.
    pub(super) fn check_subscript(&mut self, node: &ruff::ExprSubscript) {
        let Some(kind) = type_name(&node.value).filter(|_| node.ctx.is_load()) else { return };
        match kind {
            "dict" => {}
            "str" | "bytes" | "tuple" | "list" => match type_name(&node.slice) {
                None | Some("int" | "bool") => {}
                Some(index) => self.warn_code(
                    node.range,
                    format!("{kind} indices must be integers or slices, not {index}; perhaps you missed a comma?"),
                ),
            },
            _ => {
                self.warn_code(node.range, format!("'{kind}' object is not subscriptable; perhaps you missed a comma?"))
            }
        }
    }

    pub(super) fn check_assertion(&mut self, node: &ruff::StmtAssert) {
        if let Expr::Tuple(tuple) = &*node.test
            && !tuple.elts.is_empty()
        {
            self.warn_code(node.range, "assertion is always true, perhaps remove parentheses?".to_string());
        }
    }

    /// A jump out of a `finally` body drops the exception.
    pub(super) fn check_jump(&mut self, statement: &Stmt) {
        let word = match statement {
            Stmt::Return(_) if self.warnings.in_finally => "return",
            Stmt::Break(_) if self.warnings.in_finally && !self.warnings.in_loop => "break",
            Stmt::Continue(_) if self.warnings.in_finally && !self.warnings.in_loop => "continue",
            _ => return,
        };
        self.warn(Pass::Tree, statement.range().start(), format!("'{word}' in a 'finally' block"));
    }

    /// Lowers a part of the tree as the body of a `finally` (or, if not, of a function).
    pub(super) fn in_finally<T>(&mut self, is_finally: bool, lower: impl FnOnce(&mut Self) -> T) -> T {
        let (outer, outer_loop) = (self.warnings.in_finally, self.warnings.in_loop);
        (self.warnings.in_finally, self.warnings.in_loop) = (is_finally, false);
        let lowered = lower(self);
        (self.warnings.in_finally, self.warnings.in_loop) = (outer, outer_loop);
        lowered
    }

    /// Lowers the body of a loop.
    pub(super) fn loop_body<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.warnings.in_loop, true);
        let lowered = lower(self);
        self.warnings.in_loop = outer;
        lowered
    }
}
