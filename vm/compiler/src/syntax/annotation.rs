//! Which annotations are remembered, and the scopes in which `__annotate__` evaluates them (PEP 649).

use super::Lowering;
use crate::ast::*;
use crate::error::Outcome;
use ruff_python_ast::{self as ruff, Stmt};

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
    /// Conditional ones so far.
    count: u32,
    /// Compound statements around the current one.
    pub(super) conditions: u32,
}

impl AnnotationBlock {
    pub(super) fn new(kind: BlockKind) -> AnnotationBlock {
        AnnotationBlock { kind, scope: None, count: 0, conditions: 0 }
    }
}

/// Whether what the statement contains may not run, or runs more than once.
pub(super) fn is_compound(statement: &Stmt) -> bool {
    matches!(statement, Stmt::For(_) | Stmt::While(_) | Stmt::If(_) | Stmt::With(_) | Stmt::Match(_) | Stmt::Try(_))
}

impl Lowering<'_> {
    /// The body of a definition, and the scope of its variables' annotations.
    pub(super) fn block(&mut self, kind: BlockKind, body: &[Stmt]) -> Outcome<(Vec<Statement>, Option<ScopeId>)> {
        let outer = std::mem::replace(&mut self.annotations, AnnotationBlock::new(kind));
        let statements = self.statements(body);
        let own = std::mem::replace(&mut self.annotations, outer);
        Ok((statements?, own.scope))
    }

    /// A module counts an annotation when its statement has run, a class only where that may not happen.
    pub(super) fn remember_annotation(&mut self, node: &ruff::StmtAnnAssign) -> Option<RememberedAnnotation> {
        let kind = self.annotations.kind;
        if !node.simple || kind == BlockKind::Function || self.forgets_annotations {
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
        (annotated && !self.forgets_annotations).then(|| self.new_scope())
    }

    /// Notes `from __future__ import annotations`; the level of the import.
    pub(super) fn note_future(&mut self, node: &ruff::StmtImportFrom) -> u32 {
        let from_future = node.level == 0 && node.module.as_ref().is_some_and(|module| module.as_str() == "__future__");
        self.forgets_annotations |= from_future && node.names.iter().any(|alias| alias.name.as_str() == "annotations");
        node.level
    }
}
