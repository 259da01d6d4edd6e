//! Patterns of `match` statements.

use super::super::Lowering;
use crate::ast::Name;
use crate::error::Outcome;
use crate::tree::{Class, Field, Node};
use ruff_python_ast as ruff;
use ruff_text_size::Ranged;
use sidewinder_bytecode::Constant;

impl Lowering<'_> {
    pub(super) fn export_pattern(&mut self, pattern: &ruff::Pattern) -> Outcome<Node> {
        self.nested(pattern.range(), |lowering| lowering.export_pattern_kind(pattern))
    }

    fn export_patterns(&mut self, patterns: &[ruff::Pattern]) -> Outcome<Vec<Node>> {
        patterns.iter().map(|pattern| self.export_pattern(pattern)).collect()
    }

    fn export_pattern_kind(&mut self, pattern: &ruff::Pattern) -> Outcome<Node> {
        let span = self.span(pattern.range());
        Ok(match pattern {
            ruff::Pattern::MatchValue(node) => Node::new(Class::MatchValue, span, [self.export_field(&node.value)?]),
            ruff::Pattern::MatchSingleton(node) => {
                let constant = match node.value {
                    ruff::Singleton::None => Constant::None,
                    ruff::Singleton::True => Constant::True,
                    ruff::Singleton::False => Constant::False,
                };
                Node::new(Class::MatchSingleton, span, [Field::Constant(constant)])
            }
            ruff::Pattern::MatchSequence(node) => {
                Node::new(Class::MatchSequence, span, [self.export_patterns(&node.patterns)?.into()])
            }
            ruff::Pattern::MatchMapping(node) => {
                let keys = self.export_list(&node.keys)?;
                let patterns = self.export_patterns(&node.patterns)?;
                let rest = self.optional_name(&node.rest);
                Node::new(Class::MatchMapping, span, [keys, patterns.into(), rest.into()])
            }
            ruff::Pattern::MatchClass(node) => {
                let class = self.export_field(&node.cls)?;
                let patterns = self.export_patterns(&node.arguments.patterns)?;
                let mut names: Vec<Name> = Vec::with_capacity(node.arguments.keywords.len());
                let mut values = Vec::with_capacity(node.arguments.keywords.len());
                for keyword in &node.arguments.keywords {
                    names.push(self.name(keyword.attr.as_str()));
                    values.push(self.export_pattern(&keyword.pattern)?);
                }
                Node::new(Class::MatchClass, span, [class, patterns.into(), names.into(), values.into()])
            }
            ruff::Pattern::MatchStar(node) => {
                Node::new(Class::MatchStar, span, [self.optional_name(&node.name).into()])
            }
            ruff::Pattern::MatchAs(node) => {
                let inner = match &node.pattern {
                    Some(pattern) => self.export_pattern(pattern)?.into(),
                    None => Field::Absent,
                };
                Node::new(Class::MatchAs, span, [inner, self.optional_name(&node.name).into()])
            }
            ruff::Pattern::MatchOr(node) => {
                Node::new(Class::MatchOr, span, [self.export_patterns(&node.patterns)?.into()])
            }
        })
    }
}
