//! Which annotations are remembered, and the scopes in which `__annotate__` evaluates them (PEP 649).

use super::Lowering;
use super::unparse::unparse;
use crate::ast::*;
use crate::error::{Failure, Outcome};
use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_ast::{self as ruff, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};
use sidewinder_bytecode::{CodeFlags, Constant};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockKind {
    Module,
    Class,
    Function,
}

/// The annotations of variables that a block has so far.
pub(super) struct AnnotationBlock {
    kind: BlockKind,
    pub(super) scope: Option<ScopeId>,
    /// Whether some are remembered as text.
    pub(super) has_texts: bool,
    /// Conditional ones so far.
    count: u32,
    /// Compound statements around the current one.
    pub(super) conditions: u32,
}

impl AnnotationBlock {
    pub(super) fn new(kind: BlockKind) -> AnnotationBlock {
        AnnotationBlock { kind, scope: None, has_texts: false, count: 0, conditions: 0 }
    }
}

/// Whether what the statement contains may not run, or runs more than once.
pub(super) fn is_compound(statement: &Stmt) -> bool {
    matches!(statement, Stmt::For(_) | Stmt::While(_) | Stmt::If(_) | Stmt::With(_) | Stmt::Match(_) | Stmt::Try(_))
}

impl Lowering<'_> {
    /// The body of a definition, and what is known of its variables' annotations.
    pub(super) fn block(&mut self, kind: BlockKind, body: &[Stmt]) -> Outcome<(Vec<Statement>, AnnotationBlock)> {
        let outer = std::mem::replace(&mut self.annotations, AnnotationBlock::new(kind));
        let statements = self.statements(body);
        let own = std::mem::replace(&mut self.annotations, outer);
        Ok((statements?, own))
    }

    /// A module counts an annotation when its statement has run, a class only where that may not happen.
    pub(super) fn remember_annotation(&mut self, node: &ruff::StmtAnnAssign) -> Option<RememberedAnnotation> {
        let kind = self.annotations.kind;
        if !node.simple || kind == BlockKind::Function || self.annotations_are_text {
            return None;
        }
        let scope = self.annotations.scope.unwrap_or_else(|| self.new_scope());
        self.annotations.scope = Some(scope);
        let conditional = (kind == BlockKind::Module || self.annotations.conditions > 0).then(|| {
            self.annotations.count += 1;
            self.annotations.count - 1
        });
        Some(RememberedAnnotation { scope, conditional })
    }

    /// The scope for a function's annotations, if it has any.
    pub(super) fn function_annotations(&mut self, node: &ruff::StmtFunctionDef) -> Option<ScopeId> {
        let annotated =
            node.returns.is_some() || node.parameters.iter().any(|parameter| parameter.annotation().is_some());
        annotated.then(|| self.new_scope())
    }

    /// The text that a module or class remembers of an annotation under `from __future__ import annotations`.
    pub(super) fn annotation_text(&mut self, node: &ruff::StmtAnnAssign) -> Option<Constant> {
        let remembered = self.annotations_are_text && node.simple && self.annotations.kind != BlockKind::Function;
        self.annotations.has_texts |= remembered;
        remembered.then(|| Constant::Str(unparse(&node.annotation, self.source).into()))
    }

    /// The annotation of a parameter or a result: under `from __future__ import annotations` its text.
    pub(super) fn annotation(&mut self, annotation: &Option<Box<ruff::Expr>>) -> Outcome<Option<Expression>> {
        let Some(node) = annotation.as_deref().filter(|_| self.annotations_are_text) else {
            return self.optional(annotation);
        };
        let mut forbidden = Forbidden { found: None };
        forbidden.visit_expr(node);
        if let Some((what, range)) = forbidden.found {
            let message = format!("{what} expression cannot be used within an annotation");
            return Err(Failure::syntax(message, self.position(range)));
        }
        let kind = ExpressionKind::Constant(Constant::Str(unparse(node, self.source).into()));
        Ok(Some(Expression { position: self.position(node.range()), kind }))
    }

    /// Notes the future features that change something; the level of the import.
    pub(super) fn note_future(&mut self, node: &ruff::StmtImportFrom) -> u32 {
        let from_future = node.level == 0 && node.module.as_ref().is_some_and(|module| module.as_str() == "__future__");
        for alias in node.names.iter().filter(|_| from_future) {
            self.futures |= match alias.name.as_str() {
                "annotations" => CodeFlags::FUTURE_ANNOTATIONS,
                "barry_as_FLUFL" => CodeFlags::FUTURE_BARRY,
                _ => 0,
            };
        }
        self.annotations_are_text = self.futures & CodeFlags::FUTURE_ANNOTATIONS != 0;
        node.level
    }
}

/// Finds what an annotation cannot have, even if it only stays a text.
struct Forbidden {
    found: Option<(&'static str, TextRange)>,
}

impl<'a> SourceOrderVisitor<'a> for Forbidden {
    fn visit_expr(&mut self, expression: &'a Expr) {
        let what = match expression {
            Expr::Yield(_) | Expr::YieldFrom(_) => "yield",
            Expr::Await(_) => "await",
            Expr::Named(_) => "named",
            // These have a scope of their own.
            Expr::Lambda(_) | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => return,
            _ => return source_order::walk_expr(self, expression),
        };
        self.found.get_or_insert((what, expression.range()));
    }
}
