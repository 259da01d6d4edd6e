//! What CPython does to a tree before it makes code of it (`Python/ast_preprocess.c`), for who asks for an optimized tree.

use super::{Class, Field, Node, Span};
use crate::ast::{BinaryOperator, UnaryOperator};
use crate::fold;
use sidewinder_bytecode::Constant;

/// The largest width or precision of a conversion that becomes a format specification.
const DIGITS_MAX: usize = 3;

/// Replaces `__debug__`, docstrings (from level 2 on), `%` with plain conversions, and the arithmetic of patterns.
/// Under `text_annotations` annotations stay as they are.
pub fn optimize(tree: &mut Node, level: u8, text_annotations: bool) {
    let optimizer = Optimizer { level };
    if tree.class == Class::Module {
        optimizer.body(&mut tree.fields[0]);
    }
    let mut waiting: Vec<&mut Node> = Vec::new();
    push_all(&mut tree.fields, &mut waiting);
    // Outer nodes first; what is replaced has its own parts looked at as the new node's.
    while let Some(node) = waiting.pop() {
        optimizer.node(node);
        push_parts(node, text_annotations, &mut waiting);
    }
}

fn push_all<'a>(fields: &'a mut [Field], waiting: &mut Vec<&'a mut Node>) {
    for field in fields {
        match field {
            Field::Node(node) => waiting.push(node),
            Field::List(items) => push_all(items, waiting),
            _ => {}
        }
    }
}

/// The nodes in a node, but for annotations that stay.
fn push_parts<'a>(node: &'a mut Node, text_annotations: bool, waiting: &mut Vec<&'a mut Node>) {
    let skipped = match node.class {
        Class::Arg | Class::AnnAssign => Some(1),
        Class::FunctionDef | Class::AsyncFunctionDef => Some(4),
        _ => None,
    };
    for (index, field) in node.fields.iter_mut().enumerate() {
        if !(text_annotations && skipped == Some(index)) {
            push_all(std::slice::from_mut(field), waiting);
        }
    }
}

struct Optimizer {
    level: u8,
}

impl Optimizer {
    fn node(&self, node: &mut Node) {
        match node.class {
            Class::FunctionDef | Class::AsyncFunctionDef => self.body(&mut node.fields[2]),
            Class::ClassDef => self.body(&mut node.fields[3]),
            Class::Name => self.debug(node),
            Class::BinOp => percent(node),
            Class::MatchValue => fold_value(&mut node.fields[0]),
            Class::MatchMapping => {
                if let Field::List(keys) = &mut node.fields[0] {
                    keys.iter_mut().for_each(fold_value);
                }
            }
            _ => {}
        }
    }

    /// Takes the docstring away.
    fn body(&self, field: &mut Field) {
        let Field::List(statements) = field else { return };
        if self.level < 2 {
            return;
        }
        let Some(first) = statements.first().and_then(Field::node) else { return };
        let is_docstring = first.class == Class::Expr
            && first.fields[0].node().is_some_and(|value| {
                value.class == Class::Constant
                    && matches!(value.fields[0], Field::Constant(Constant::Str(_) | Constant::StrSurrogates(_)))
            });
        if is_docstring {
            let Span { line, column, .. } = first.span;
            let span = Span { line, column, end_line: line, end_column: column.saturating_add(4) };
            if statements.len() == 1 {
                statements[0] = Node::new(Class::Pass, span, []).into();
            } else {
                statements.remove(0);
            }
        }
    }

    fn debug(&self, node: &mut Node) {
        let is_debug = node.fields[0].text().is_some_and(|name| &**name == "__debug__");
        if is_debug && node.fields[1].plain() == Some(Class::Load) {
            let value = if self.level == 0 { Constant::True } else { Constant::False };
            *node = constant(value, node.span);
        }
    }
}

fn constant(value: Constant, span: Span) -> Node {
    Node::new(Class::Constant, span, [Field::Constant(value), Field::Absent])
}

/// The constant that an expression is.
fn value(field: &Field) -> Option<&Constant> {
    let node = field.node().filter(|node| node.class == Class::Constant)?;
    match &node.fields[0] {
        Field::Constant(constant) => Some(constant),
        _ => None,
    }
}

/// `-1` and `1 + 2j` in a pattern.
fn fold_value(field: &mut Field) {
    let Field::Node(node) = field else { return };
    let folded = match node.class {
        Class::UnaryOp if node.fields[0].plain() == Some(Class::USub) => {
            value(&node.fields[1]).and_then(|operand| fold::unary(UnaryOperator::Negative, operand))
        }
        Class::BinOp => {
            fold_value(&mut node.fields[0]);
            let operator = match node.fields[1].plain() {
                Some(Class::Add) => BinaryOperator::Add,
                Some(Class::Sub) => BinaryOperator::Subtract,
                _ => return,
            };
            match (value(&node.fields[0]), value(&node.fields[2])) {
                (Some(left), Some(right)) => fold::binary(operator, left, right),
                _ => None,
            }
        }
        _ => None,
    };
    if let Some(folded) = folded {
        **node = constant(folded, node.span);
    }
}

/// `"…%s…" % (a, b)` becomes an f-string, if all conversions are plain ones of strings.
fn percent(node: &mut Node) {
    if node.fields[1].plain() != Some(Class::Mod) {
        return;
    }
    let Some(Constant::Str(format)) = value(&node.fields[0]) else { return };
    let format = format.clone();
    let Field::Node(right) = &mut node.fields[2] else { return };
    if right.class != Class::Tuple {
        return;
    }
    let Field::List(items) = &right.fields[0] else { return };
    if items.iter().any(|item| item.node().is_none_or(|item| item.class == Class::Starred)) {
        return;
    }
    let Some(pieces) = pieces(&format) else { return };
    let wanted = pieces.iter().filter(|piece| matches!(piece, Piece::Conversion { .. })).count();
    if wanted != items.len() {
        return;
    }
    let span = node.span;
    let Field::List(items) = std::mem::take(&mut right.fields[0]) else { return };
    let mut items = items.into_iter();
    let mut values = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Text(text) => values.push(constant(Constant::Str(text.into()), span)),
            Piece::Conversion { conversion, specification } => {
                let Some(Field::Node(item)) = items.next() else { break };
                let specification =
                    (!specification.is_empty()).then(|| constant(Constant::Str(specification.into()), item.span));
                let place = item.span;
                let fields = [Field::Node(item), Field::Number(conversion), specification.into()];
                values.push(Node::new(Class::FormattedValue, place, fields));
            }
        }
    }
    *node = Node::new(Class::JoinedStr, span, [values.into()]);
}

enum Piece {
    Text(String),
    Conversion { conversion: i64, specification: String },
}

fn pieces(format: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = format;
    while let Some(start) = rest.find('%') {
        text.push_str(&rest[..start]);
        rest = &rest[start + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            text.push('%');
            rest = after;
            continue;
        }
        let flags = rest.bytes().take_while(|byte| b"-+ #0".contains(byte)).count();
        let is_left = rest[..flags].contains('-');
        rest = &rest[flags..];
        let width = digits(&mut rest)?;
        let precision = match rest.strip_prefix('.') {
            Some(after) => {
                rest = after;
                Some(digits(&mut rest)?)
            }
            None => None,
        };
        let conversion = rest.chars().next().filter(|kind| matches!(kind, 's' | 'r' | 'a'))?;
        rest = &rest[1..];
        let mut specification = String::new();
        if !width.is_empty() {
            // Strings stand on the left unless told otherwise; `%` puts them on the right.
            if !is_left {
                specification.push('>');
            }
            specification.push_str(width);
        }
        if let Some(precision) = precision {
            specification.push('.');
            specification.push_str(if precision.is_empty() { "0" } else { precision });
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        pieces.push(Piece::Conversion { conversion: i64::from(u32::from(conversion)), specification });
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Some(pieces)
}

/// Takes digits off the front; too many of them are left to run time.
fn digits<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    if count > DIGITS_MAX {
        return None;
    }
    let (digits, after) = rest.split_at(count);
    *rest = after;
    Some(digits)
}
