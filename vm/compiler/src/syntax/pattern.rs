//! Lowering of `match` statements.

use super::Lowering;
use crate::ast::*;
use crate::error::{Failure, Origin, Outcome};
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};
use sidewinder_bytecode::Constant;

impl Lowering<'_> {
    pub(super) fn match_statement(&mut self, node: &ruff::StmtMatch) -> Outcome<StatementKind> {
        let subject = self.expression(&node.subject)?;
        let mut cases = Vec::with_capacity(node.cases.len());
        for case in &node.cases {
            cases.push(MatchCase {
                pattern: self.pattern(&case.pattern)?,
                guard: self.optional(&case.guard)?,
                body: self.statements(&case.body)?,
            });
        }
        Ok(StatementKind::Match { subject, cases })
    }

    fn patterns(&mut self, patterns: &[ruff::Pattern]) -> Outcome<Vec<Pattern>> {
        patterns.iter().map(|pattern| self.pattern(pattern)).collect()
    }

    fn pattern(&mut self, pattern: &ruff::Pattern) -> Outcome<Pattern> {
        let position = self.position(pattern.range());
        let kind = self.nested(pattern.range(), |lowering| lowering.pattern_kind(pattern))?;
        Ok(Pattern { position, kind })
    }

    /// Refuses what the parser lets pass: f-strings, and operations on a negative number.
    fn check_value(&self, value: &ruff::Expr) -> Outcome<()> {
        if matches!(value, ruff::Expr::FString(_) | ruff::Expr::TString(_)) {
            let message = "patterns may only match literals and attribute lookups";
            return Err(Failure::syntax(message, self.position(value.range())));
        }
        if let ruff::Expr::UnaryOp(unary) = value
            && let ruff::Expr::BinOp(operation) = &*unary.operand
        {
            let (start, end) = (operation.left.end(), operation.right.start());
            let between = &self.source[start.to_usize()..end.to_usize()];
            let start = start + TextSize::new((between.len() - between.trim_start().len()) as u32);
            let operator = TextRange::at(start, TextSize::new(between.trim().len() as u32));
            return Err(Failure::syntax("invalid syntax", self.position(operator)).of(Origin::Parser));
        }
        Ok(())
    }

    fn pattern_kind(&mut self, pattern: &ruff::Pattern) -> Outcome<PatternKind> {
        Ok(match pattern {
            ruff::Pattern::MatchValue(node) => {
                self.check_value(&node.value)?;
                PatternKind::Value(self.expression(&node.value)?)
            }
            ruff::Pattern::MatchSingleton(node) => PatternKind::Singleton(match node.value {
                ruff::Singleton::None => Constant::None,
                ruff::Singleton::True => Constant::True,
                ruff::Singleton::False => Constant::False,
            }),
            ruff::Pattern::MatchSequence(node) => PatternKind::Sequence(self.patterns(&node.patterns)?),
            ruff::Pattern::MatchMapping(node) => PatternKind::Mapping {
                keys: self.expressions(&node.keys)?,
                patterns: self.patterns(&node.patterns)?,
                rest: self.optional_name(&node.rest),
            },
            ruff::Pattern::MatchClass(node) => {
                let class = self.expression(&node.cls)?;
                let patterns = self.patterns(&node.arguments.patterns)?;
                let mut keywords = Vec::with_capacity(node.arguments.keywords.len());
                for keyword in &node.arguments.keywords {
                    let name = self.name(keyword.attr.as_str());
                    keywords.push((name, self.pattern(&keyword.pattern)?));
                }
                PatternKind::Class { class, patterns, keywords }
            }
            ruff::Pattern::MatchStar(node) => PatternKind::Star(self.optional_name(&node.name)),
            ruff::Pattern::MatchAs(node) => PatternKind::As {
                pattern: match &node.pattern {
                    Some(pattern) => Some(Box::new(self.pattern(pattern)?)),
                    None => None,
                },
                name: self.optional_name(&node.name),
            },
            ruff::Pattern::MatchOr(node) => PatternKind::Or(self.patterns(&node.patterns)?),
        })
    }
}
