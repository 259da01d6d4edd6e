//! Whether the parser's tree is too deep to be dropped by recursion.

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{self as ruff, Expr, Pattern, Stmt};
use ruff_python_parser::Parsed;

/// Trees up to this depth need little stack.
const DEPTH_MAX: u32 = 800;

pub(super) fn is_deep(parsed: &Parsed<ruff::Mod>) -> bool {
    let mut probe = Probe { depth: 0, exceeded: false };
    match parsed.syntax() {
        ruff::Mod::Module(module) => probe.visit_body(&module.body),
        ruff::Mod::Expression(expression) => probe.visit_expr(&expression.body),
    }
    probe.exceeded
}

struct Probe {
    depth: u32,
    exceeded: bool,
}

impl Probe {
    fn nested(&mut self, walk: impl FnOnce(&mut Self)) {
        self.depth += 1;
        self.exceeded |= self.depth > DEPTH_MAX;
        if !self.exceeded {
            walk(self);
        }
        self.depth -= 1;
    }
}

impl<'a> SourceOrderVisitor<'a> for Probe {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.nested(|probe| walk_stmt(probe, statement));
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.nested(|probe| walk_expr(probe, expression));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.nested(|probe| walk_pattern(probe, pattern));
    }
}
