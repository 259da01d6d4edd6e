//! CPython's words for expressions that cannot be assigned to.

use super::diagnosis::Diagnosis;
use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{self as ruff, Expr, Stmt};
use ruff_python_parser::{ParseErrorType, Parsed};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// How deep the search goes into an expression.
const DEPTH_MAX: u32 = 400;

/// What CPython calls an expression (`_PyPegen_get_expr_name`).
pub(super) fn expression_name(expression: &Expr) -> &'static str {
    match expression {
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Starred(_) => "starred",
        Expr::Name(_) => "name",
        Expr::List(_) => "list",
        Expr::Tuple(_) => "tuple",
        Expr::Lambda(_) => "lambda",
        Expr::Call(_) => "function call",
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "expression",
        Expr::Generator(_) => "generator expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
        Expr::Await(_) => "await expression",
        Expr::ListComp(_) => "list comprehension",
        Expr::SetComp(_) => "set comprehension",
        Expr::DictComp(_) => "dict comprehension",
        Expr::Dict(_) => "dict literal",
        Expr::Set(_) => "set display",
        Expr::FString(_) => "f-string expression",
        Expr::TString(_) => "t-string expression",
        Expr::BooleanLiteral(literal) if literal.value => "True",
        Expr::BooleanLiteral(_) => "False",
        Expr::NoneLiteral(_) => "None",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Compare(_) => "comparison",
        Expr::If(_) => "conditional expression",
        Expr::Named(_) => "named expression",
        _ => "literal",
    }
}

/// The message and place for a bad target.
pub(super) fn describe(diagnosis: &Diagnosis, error: &ParseErrorType, range: TextRange) -> (String, TextRange) {
    let Some(expression) = expression_at(diagnosis.parsed, range) else {
        return ("invalid syntax".to_string(), range);
    };
    let name = expression_name(expression);
    if matches!(error, ParseErrorType::InvalidAnnotatedAssignmentTarget)
        && let Expr::Tuple(tuple) = expression
        && !tuple.parenthesized
        && let Some(first) = tuple.elts.first()
    {
        return ("only single target (not tuple) can be annotated".to_string(), first.range());
    }
    let before = &diagnosis.source[..range.start().to_usize()];
    if let Expr::Compare(compare) = expression
        && !compare.ops.contains(&ruff::CmpOp::In)
        && let Some(line) = before.trim_end_matches(['(', ' ']).strip_suffix("for")
    {
        // What a comparison is assigned to by a loop is not looked at: the loop's `in` is missed.
        let is_bracketed = before.ends_with('(');
        let start = if is_bracketed { range.end() + TextSize::new(1) } else { compare.left.end() };
        let place = diagnosis.tokens_from(start).first().map(|token| token.range.clone());
        let place = place.unwrap_or(start.to_usize()..start.to_usize());
        let place = TextRange::new(TextSize::new(place.start as u32), TextSize::new(place.end as u32));
        let line = line.rsplit(['\n', ';']).next().unwrap_or_default().trim();
        let is_statement = line.is_empty() || line == "async";
        let message = if is_statement { "invalid syntax" } else { "'in' expected after for-loop variables" };
        return (message.to_string(), place);
    }
    let message = match error {
        ParseErrorType::InvalidDeleteTarget => format!("cannot delete {name}"),
        ParseErrorType::InvalidAugmentedAssignmentTarget => {
            format!("'{name}' is an illegal expression for augmented assignment")
        }
        ParseErrorType::InvalidNamedAssignmentTarget => format!("cannot use assignment expressions with {name}"),
        ParseErrorType::InvalidAnnotatedAssignmentTarget => match expression {
            Expr::List(_) => "only single target (not list) can be annotated".to_string(),
            Expr::Tuple(_) => "only single target (not tuple) can be annotated".to_string(),
            _ => "illegal target for annotation".to_string(),
        },
        _ => match expression {
            Expr::Yield(_) | Expr::YieldFrom(_) if !is_parenthesized(diagnosis, range) => {
                "assignment to yield expression not possible".to_string()
            }
            _ if suggests_equality(diagnosis, expression, range) => {
                format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?")
            }
            _ => format!("cannot assign to {name}"),
        },
    };
    (message, range)
}

fn is_parenthesized(diagnosis: &Diagnosis, range: TextRange) -> bool {
    diagnosis.source[..range.start().to_usize()].trim_end().ends_with('(')
}

/// Whether CPython asks if `==` was meant: for the only target of an assignment statement, if it is an expression of the
/// level of operators.
fn suggests_equality(diagnosis: &Diagnosis, expression: &Expr, range: TextRange) -> bool {
    let operator_level = !matches!(
        expression,
        Expr::NoneLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Generator(_)
            | Expr::Compare(_)
            | Expr::BoolOp(_)
            | Expr::Lambda(_)
            | Expr::If(_)
            | Expr::Starred(_)
    ) && !matches!(expression, Expr::UnaryOp(unary) if unary.op == ruff::UnaryOp::Not);
    operator_level && is_only_target(diagnosis.parsed, range)
}

/// Whether an assignment statement has exactly one target, at a range.
fn is_only_target(parsed: &Parsed<ruff::Mod>, range: TextRange) -> bool {
    let mut finder =
        Finder { found: None, wanted: |_: &Expr| false, only_target: range, is_only_target: false, depth: 0 };
    finder.visit(parsed);
    finder.is_only_target
}

/// `a = b` where only an expression may stand.
pub(super) fn equal_sign(diagnosis: &Diagnosis, range: TextRange) -> Option<(String, TextRange)> {
    let equal = TextRange::at(range.start(), TextSize::new(1));
    let expression = diagnosis.expression_before(range.start())?;
    let before = diagnosis.source[..expression.range().start().to_usize()].trim_end();
    if before.ends_with("**") {
        let start = TextSize::new(before.len() as u32 - 2);
        let range = diagnosis.through(TextRange::new(start, equal.end()), equal.end());
        return Some(("cannot assign to keyword argument unpacking".to_string(), range));
    }
    let message = match expression {
        Expr::Name(_) => "invalid syntax. Maybe you meant '==' or ':=' instead of '='?".to_string(),
        Expr::NoneLiteral(_) | Expr::BooleanLiteral(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Generator(_) => {
            return None;
        }
        _ => {
            let name = expression_name(expression);
            format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?")
        }
    };
    let range = expression.range();
    Some((message, if matches!(expression, Expr::Name(_)) { diagnosis.through(range, equal.end()) } else { range }))
}

fn expression_at(parsed: &Parsed<ruff::Mod>, range: TextRange) -> Option<&Expr> {
    find(parsed, |expression| expression.range() == range)
}

/// The largest operand of a comparison, or smaller expression, that ends at an offset.
pub(super) fn expression_ending_at(parsed: &Parsed<ruff::Mod>, start: TextSize, end: TextSize) -> Option<&Expr> {
    find(parsed, |expression| {
        expression.range().start() >= start
            && expression.range().end() == end
            && !expression.range().is_empty()
            && !matches!(
                expression,
                Expr::Compare(_) | Expr::BoolOp(_) | Expr::If(_) | Expr::Lambda(_) | Expr::Named(_) | Expr::Starred(_)
            )
    })
}

/// The first expression in source order, outer ones first, that is wanted.
fn find(parsed: &Parsed<ruff::Mod>, wanted: impl Fn(&Expr) -> bool) -> Option<&Expr> {
    let mut finder = Finder { found: None, wanted, only_target: TextRange::default(), is_only_target: false, depth: 0 };
    finder.visit(parsed);
    finder.found
}

struct Finder<'a, F> {
    found: Option<&'a Expr>,
    wanted: F,
    only_target: TextRange,
    is_only_target: bool,
    depth: u32,
}

impl<'a, F: Fn(&Expr) -> bool> Finder<'a, F> {
    fn visit(&mut self, parsed: &'a Parsed<ruff::Mod>) {
        match parsed.syntax() {
            ruff::Mod::Module(module) => self.visit_body(&module.body),
            ruff::Mod::Expression(expression) => self.visit_expr(&expression.body),
        }
    }
}

impl<'a, F: Fn(&Expr) -> bool> SourceOrderVisitor<'a> for Finder<'a, F> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Assign(assign) = statement
            && let [target] = &assign.targets[..]
            && target.range() == self.only_target
        {
            self.is_only_target = true;
        }
        ruff::visitor::source_order::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if self.found.is_none() && (self.wanted)(expression) {
            self.found = Some(expression);
        }
        if self.found.is_none() && self.depth < DEPTH_MAX {
            self.depth += 1;
            ruff::visitor::source_order::walk_expr(self, expression);
            self.depth -= 1;
        }
    }
}
