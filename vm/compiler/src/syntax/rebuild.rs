//! Python's tree, made by a program, as the parser's tree, which the lowering takes: so there is one lowering.
//!
//! There is no source text. Places are numbers into a table of points (`LineMap::of_points`), two for each node, so that the
//! lowering's ranges mean what the nodes say. Constants that no literal can be (lone surrogates, frozen sets) are kept
//! beside the tree, by the place of their node.
//!
//! **Invariants**: the tree has passed `tree::validate`.

mod expression;
mod pattern;
mod statement;
mod string;

use super::position::LineMap;
use crate::error::{Failure, Outcome};
use crate::tree::{Class, Field, Node, Span};
use ruff_python_ast::{self as ruff, AtomicNodeIndex, Identifier};
use ruff_text_size::{TextRange, TextSize};
use sidewinder_bytecode::{Constant, Position};
use std::collections::HashMap;

/// How deeply a tree may be nested; chains of operators do not count.
const DEPTH_MAX: u32 = 1500;

/// A tree for the lowering, and what belongs to it.
pub(super) struct Rebuilt {
    pub syntax: ruff::Mod,
    pub lines: LineMap,
    pub given: HashMap<TextSize, Constant>,
}

pub(super) fn rebuild(tree: &Node) -> Outcome<Rebuilt> {
    let mut builder = Builder { points: Vec::new(), given: HashMap::new(), depth: 0 };
    let (node_index, range) = (AtomicNodeIndex::NONE, builder.range(Span::default()));
    let syntax = match tree.class {
        Class::Expression => {
            let body = builder.boxed(&tree.fields[0])?;
            ruff::Mod::Expression(ruff::ModExpression { node_index, range, body })
        }
        _ => {
            let body = builder.statements(&tree.fields[0])?.into_iter().collect();
            ruff::Mod::Module(ruff::ModModule { node_index, range, body })
        }
    };
    Ok(Rebuilt { syntax, lines: LineMap::of_points(builder.points), given: builder.given })
}

struct Builder {
    /// Lines and columns; the place of a node starts at an even index and ends at the next.
    points: Vec<(u32, u32)>,
    given: HashMap<TextSize, Constant>,
    depth: u32,
}

impl Builder {
    /// A new place in the table.
    fn range(&mut self, span: Span) -> TextRange {
        let number = |value: i32| u32::try_from(value).unwrap_or(0);
        let start = self.points.len() as u32;
        self.points.push((number(span.line), number(span.column)));
        self.points.push((number(span.end_line), number(span.end_column)));
        TextRange::new(start.into(), (start + 1).into())
    }

    /// Counts one level of nesting around `build`.
    fn nested<T>(&mut self, node: &Node, build: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Failure::too_deep(position(node.span)));
        }
        let built = build(self);
        self.depth -= 1;
        built
    }

    fn identifier(&self, field: &Field, range: TextRange) -> Identifier {
        Identifier::new(field.text().map_or("", |text| &**text), range)
    }

    fn optional_identifier(&self, field: &Field, range: TextRange) -> Option<Identifier> {
        field.text().map(|text| Identifier::new(&**text, range))
    }
}

pub(super) fn position(span: Span) -> Position {
    let number = |value: i32| u32::try_from(value).unwrap_or(0);
    Position {
        line: number(span.line),
        end_line: number(span.end_line),
        column: number(span.column),
        end_column: number(span.end_column),
    }
}

/// What no tree can be that was checked.
fn impossible(node: &Node) -> Box<Failure> {
    Failure::syntax(format!("unexpected {} node", node.class.row().name), position(node.span))
}
