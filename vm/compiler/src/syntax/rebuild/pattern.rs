//! Patterns.

use super::{Builder, impossible};
use crate::error::Outcome;
use crate::tree::{Class, Field, Node};
use ruff_python_ast::{self as ruff, AtomicNodeIndex, Pattern};
use sidewinder_bytecode::Constant;

const NONE: AtomicNodeIndex = AtomicNodeIndex::NONE;

impl Builder {
    /// The pattern in a field of `owner`.
    pub(super) fn pattern_in(&mut self, field: &Field, owner: &Node) -> Outcome<Pattern> {
        match field.node() {
            Some(node) => self.pattern(node),
            None => Err(impossible(owner)),
        }
    }

    fn pattern(&mut self, node: &Node) -> Outcome<Pattern> {
        self.nested(node, |builder| builder.pattern_kind(node))
    }

    fn patterns(&mut self, field: &Field) -> Outcome<Vec<Pattern>> {
        field.nodes().map(|node| self.pattern(node)).collect()
    }

    fn pattern_kind(&mut self, node: &Node) -> Outcome<Pattern> {
        let range = self.range(node.span);
        let fields = &node.fields;
        Ok(match node.class {
            Class::MatchValue => {
                ruff::PatternMatchValue { node_index: NONE, range, value: self.boxed(&fields[0])? }.into()
            }
            Class::MatchSingleton => {
                let value = match &fields[0] {
                    Field::Constant(Constant::True) => ruff::Singleton::True,
                    Field::Constant(Constant::False) => ruff::Singleton::False,
                    _ => ruff::Singleton::None,
                };
                ruff::PatternMatchSingleton { node_index: NONE, range, value }.into()
            }
            Class::MatchSequence => {
                ruff::PatternMatchSequence { node_index: NONE, range, patterns: self.patterns(&fields[0])? }.into()
            }
            Class::MatchMapping => ruff::PatternMatchMapping {
                node_index: NONE,
                range,
                keys: self.expressions(&fields[0])?.into_iter().collect(),
                patterns: self.patterns(&fields[1])?.into_iter().collect(),
                rest: self.optional_identifier(&fields[2], range),
            }
            .into(),
            Class::MatchClass => {
                let cls = self.boxed(&fields[0])?;
                let patterns = self.patterns(&fields[1])?.into_iter().collect();
                let mut keywords = Vec::new();
                for (name, pattern) in fields[2].list().iter().zip(fields[3].list()) {
                    let attr = self.identifier(name, range);
                    let pattern = self.pattern_in(pattern, node)?;
                    keywords.push(ruff::PatternKeyword { range, node_index: NONE, attr, pattern });
                }
                let arguments = ruff::PatternArguments { range, node_index: NONE, patterns, keywords };
                ruff::PatternMatchClass { node_index: NONE, range, cls, arguments }.into()
            }
            Class::MatchStar => {
                let name = self.optional_identifier(&fields[0], range);
                ruff::PatternMatchStar { node_index: NONE, range, name }.into()
            }
            Class::MatchAs => {
                let pattern = fields[0].node().map(|inner| self.pattern(inner)).transpose()?.map(Box::new);
                let name = self.optional_identifier(&fields[1], range);
                ruff::PatternMatchAs { node_index: NONE, range, pattern, name }.into()
            }
            Class::MatchOr => {
                ruff::PatternMatchOr { node_index: NONE, range, patterns: self.patterns(&fields[0])? }.into()
            }
            _ => return Err(impossible(node)),
        })
    }
}
