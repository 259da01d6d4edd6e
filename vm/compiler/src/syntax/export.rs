//! The parser's tree as Python's: what `ast.parse` gives.
//!
//! **Invariants**: places are CPython's to the byte. Chains of operators and of `elif`, which are as deep as they are long
//! in Python's tree, are walked in loops.

mod comment;
mod expression;
mod pattern;
mod statement;
mod string;

pub(super) use comment::TypeComments;

use super::position::LineMap;
use super::{Lowering, depth, new_lowering, parse_checked};
use crate::error::{ErrorKind, Failure, Outcome};
use crate::tree::{Class, Node, Span};
use crate::{Options, TreeMode, TreeRequest, Warning};
use ruff_python_ast::{self as ruff, Expr, PythonVersion, Stmt};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::TextRange;
use sidewinder_bytecode::{CodeFlags, Position};

/// How deeply expressions and statements may be nested in a tree for a program; chains do not count.
pub(super) const EXPORT_DEPTH_MAX: u32 = 6000;

/// A tree, whether annotations in it are text, and the warnings of its making.
pub(crate) struct Exported {
    pub tree: Node,
    pub futures: u32,
    pub warnings: Vec<Warning>,
}

/// Parses a source text into Python's tree.
pub(crate) fn parse_tree(source: &str, request: TreeRequest, options: Options) -> Outcome<Exported> {
    let mode = request.mode;
    if mode == TreeMode::FunctionType {
        return function_type(source, options);
    }
    parse_checked(source, options, |source, parsed, lines| {
        let mut lowering = exporting(source, lines, options);
        lowering.minor_version = request.minor_version;
        if request.type_comments {
            lowering.read_type_comments(parsed);
        }
        let tree = match parsed.syntax() {
            ruff::Mod::Module(module) => {
                let futures = future_features(&lowering, &module.body)?;
                lowering.futures |= futures;
                let body = lowering.export_statements(&module.body)?;
                match mode {
                    TreeMode::Single => Node::new(Class::Interactive, Span::default(), [body.into()]),
                    _ => {
                        let ignores = lowering.type_ignores()?;
                        Node::new(Class::Module, Span::default(), [body.into(), ignores.into()])
                    }
                }
            }
            ruff::Mod::Expression(node) => {
                let body = lowering.export_expression(&node.body)?;
                Node::new(Class::Expression, Span::default(), [body.into()])
            }
        };
        if let Some(minor) = request.minor_version
            && let Some((message, span)) = crate::tree::newer_than(&tree, minor)
        {
            return Err(Failure::syntax(message, super::rebuild::position(span)));
        }
        Ok(Exported { tree, futures: lowering.futures, warnings: lowering.warnings.finish_tree() })
    })
}

fn exporting(source: &str, lines: LineMap, options: Options) -> Lowering<'_> {
    Lowering { depth_max: EXPORT_DEPTH_MAX, ..new_lowering(source, lines, options) }
}

/// The features that the imports from `__future__` at the start of a module turn on.
fn future_features(lowering: &Lowering<'_>, body: &[Stmt]) -> Outcome<u32> {
    let mut futures = 0;
    for statement in body {
        match statement {
            Stmt::Expr(node) if node.value.is_string_literal_expr() => continue,
            Stmt::ImportFrom(node)
                if node.level == 0 && node.module.as_ref().is_some_and(|module| module.as_str() == "__future__") =>
            {
                for alias in &node.names {
                    match crate::scope::future_feature(alias.name.as_str()) {
                        Ok(feature) => futures |= feature,
                        Err(message) => return Err(Failure::syntax(message, lowering.position(alias.range))),
                    }
                }
            }
            _ => break,
        }
    }
    Ok(futures & CodeFlags::FUTURES)
}

/// `(int, *str, **Any) -> float`: the parameters are parsed as the arguments of a call, the result by itself.
fn function_type(source: &str, options: Options) -> Outcome<Exported> {
    let invalid = |offset: usize| {
        let lines = LineMap::new(source, 0);
        let place = TextRange::empty((offset.min(source.len()) as u32).into());
        Failure::syntax("invalid syntax", lines.position(place))
    };
    let start = source.len() - source.trim_start_matches(['\n', '\r', '\x0c']).len();
    if source[start..].starts_with([' ', '\t']) {
        let mut failure = invalid(start);
        failure.kind = ErrorKind::Indentation;
        failure.message = "unexpected indent".to_string();
        return Err(failure);
    }
    if !source[start..].starts_with('(') {
        return Err(invalid(start));
    }
    let arrow = matching_arrow(source, start).ok_or_else(|| invalid(source.len()))?;
    let parse_options = ParseOptions::from(ruff_python_parser::Mode::Expression);
    let parse_options = parse_options.with_target_version(PythonVersion::PY314);
    // One letter in front of the bracket makes it a call.
    let call = format!("f{}", &source[start..arrow]);
    let result = source[arrow + 2..].trim_start_matches([' ', '\t']);
    let result_start = source.len() - result.len();
    let call_parsed = parse_unchecked(&call, parse_options.clone());
    let result_parsed = parse_unchecked(result, parse_options);
    let lower = |call_parsed: &Parsed<ruff::Mod>, result_parsed: &Parsed<ruff::Mod>| {
        let (ruff::Mod::Expression(call_node), ruff::Mod::Expression(result_node)) =
            (call_parsed.syntax(), result_parsed.syntax())
        else {
            return Err(invalid(start));
        };
        let Expr::Call(node) = &*call_node.body else { return Err(invalid(start)) };
        let ends_with_comma = call.trim_end().trim_end_matches(')').trim_end().ends_with(',');
        if ends_with_comma || call_parsed.has_syntax_errors() || result_parsed.has_syntax_errors() {
            return Err(invalid(start));
        }
        // At the end there may be one type with one star, and one with two.
        let mut stars = 0;
        for argument in node.arguments.iter_source_order() {
            let own = match argument {
                ruff::ArgOrKeyword::Arg(Expr::Starred(_)) => 1,
                ruff::ArgOrKeyword::Arg(_) => 0,
                ruff::ArgOrKeyword::Keyword(_) => 2,
            };
            if own < stars || own == stars && own > 0 {
                return Err(invalid(start));
            }
            stars = own;
        }
        let mut lowering = exporting(&call, LineMap::new(source, 0).shifted(start as i64 - 1), options);
        let mut types = Vec::new();
        for argument in node.arguments.iter_source_order() {
            types.push(match argument.value() {
                Expr::Starred(star) => lowering.export_expression(&star.value)?,
                value => lowering.export_expression(value)?,
            });
        }
        let lines = LineMap::new(source, 0).shifted(result_start as i64);
        let mut lowering = exporting(result, lines, options);
        let result = lowering.export_expression(&result_node.body)?;
        let tree = Node::new(Class::FunctionType, Span::default(), [types.into(), result.into()]);
        Ok(Exported { tree, futures: 0, warnings: Vec::new() })
    };
    let lowered = lower(&call_parsed, &result_parsed);
    for parsed in [call_parsed, result_parsed] {
        if lowered.is_err() && depth::is_deep(&parsed) {
            std::mem::forget(parsed);
        }
    }
    lowered
}

/// The offset of the arrow behind the bracket that closes the one at `start`.
fn matching_arrow(source: &str, start: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (offset, byte) in source.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    let rest = source[offset + 1..].trim_start_matches([' ', '\t']);
                    return rest.starts_with("->").then(|| source.len() - rest.len());
                }
            }
            _ => {}
        }
    }
    None
}

impl Lowering<'_> {
    /// Refuses what a minor version does not have, where only the source shows that it is used.
    fn since(&self, first: u8, what: &str, range: TextRange) -> Outcome<()> {
        match self.minor_version {
            Some(minor) if minor < first => {
                let message = format!("{what} only supported in Python 3.{first} and greater");
                Err(Failure::syntax(message, self.position(range)))
            }
            _ => Ok(()),
        }
    }

    /// Where a range stands in the tree.
    fn span(&self, range: TextRange) -> Position {
        self.position(range)
    }
}
