//! Syntax that older versions of Python do not have: what `feature_version` asks about.

use super::{Class, Node, Span};

/// What a node needs, and the minor version that has it first.
fn need(node: &Node) -> Option<(&'static str, u8)> {
    Some(match node.class {
        Class::NamedExpr => ("Assignment expressions are", 8),
        Class::AnnAssign => ("Variable annotation syntax is", 6),
        Class::AsyncFunctionDef => ("Async functions are", 5),
        Class::AsyncFor => ("Async for loops are", 5),
        Class::AsyncWith => ("Async with statements are", 5),
        Class::Await => ("Await expressions are", 5),
        Class::Comprehension if node.fields[3].number() != 0 => ("Async comprehensions are", 6),
        Class::Arguments if !node.fields[0].list().is_empty() => ("Positional-only parameters are", 8),
        Class::Match => ("Pattern matching is", 10),
        Class::TryStar => ("Exception groups are", 11),
        Class::TypeAlias => ("Type statement is", 12),
        Class::TypeVar if !node.fields[2].is_absent() => ("Type parameter defaults are", 13),
        Class::ParamSpec | Class::TypeVarTuple if !node.fields[1].is_absent() => ("Type parameter defaults are", 13),
        Class::TypeVar | Class::ParamSpec | Class::TypeVarTuple => ("Type parameter lists are", 12),
        Class::TemplateStr => ("t-strings are", 14),
        Class::BinOp | Class::AugAssign if node.fields[1].plain() == Some(Class::MatMult) => ("The '@' operator is", 5),
        _ => return None,
    })
}

/// Something in a tree that a minor version does not have: what to say, and where.
pub fn newer_than(tree: &Node, minor: u8) -> Option<(String, Span)> {
    let mut waiting = vec![tree];
    // Inner nodes are complained about rather than those around them, as a parser finishes them first.
    let mut found: Option<(String, Span)> = None;
    while let Some(node) = waiting.pop() {
        if let Some((what, first)) = need(node).filter(|(_, first)| *first > minor) {
            found = Some((format!("{what} only supported in Python 3.{first} and greater"), node.span));
        }
        for field in node.fields.iter().rev() {
            waiting.extend(field.node());
            waiting.extend(field.nodes());
        }
    }
    found
}
