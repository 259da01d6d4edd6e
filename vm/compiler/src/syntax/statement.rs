//! Lowering of statements.

use super::Lowering;
use super::annotation::{BlockKind, is_compound};
use crate::ast::*;
use crate::error::{Failure, Outcome};
use ruff_python_ast::{self as ruff, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

impl Lowering<'_> {
    pub(super) fn statements(&mut self, statements: &[Stmt]) -> Outcome<Vec<Statement>> {
        statements.iter().map(|statement| self.statement(statement)).collect()
    }

    fn statement(&mut self, statement: &Stmt) -> Outcome<Statement> {
        let position = self.statement_position(statement);
        let conditional = is_compound(statement) as u32;
        self.annotations.conditions += conditional;
        let kind = self.nested(statement.range(), |lowering| lowering.statement_kind(statement))?;
        self.annotations.conditions -= conditional;
        Ok(Statement { position, kind })
    }

    fn statement_kind(&mut self, statement: &Stmt) -> Outcome<StatementKind> {
        self.check_jump(statement);
        Ok(match statement {
            Stmt::FunctionDef(function) => self.function(function)?,
            Stmt::ClassDef(class) => self.class(class)?,
            Stmt::Return(node) => StatementKind::Return(self.optional(&node.value)?),
            Stmt::Delete(node) => StatementKind::Delete(self.expressions(&node.targets)?),
            Stmt::TypeAlias(node) => self.type_alias(node)?,
            Stmt::Assign(node) => {
                let targets = self.expressions(&node.targets)?;
                StatementKind::Assign { targets, value: self.expression(&node.value)? }
            }
            Stmt::AugAssign(node) => StatementKind::AugmentedAssign {
                target: self.expression(&node.target)?,
                operator: super::expression::binary_operator(node.op),
                value: self.expression(&node.value)?,
            },
            Stmt::AnnAssign(node) => StatementKind::AnnotatedAssign(Box::new(AnnotatedAssign {
                target: self.expression(&node.target)?,
                remembered: self.remember_annotation(node),
                text: self.annotation_text(node),
                annotation: self.expression(&node.annotation)?,
                value: self.optional(&node.value)?,
                simple: node.simple,
            })),
            Stmt::For(node) => StatementKind::For(Box::new(For {
                target: self.expression(&node.target)?,
                iterable: self.expression(&node.iter)?,
                body: self.loop_body(|lowering| lowering.statements(&node.body))?,
                orelse: self.statements(&node.orelse)?,
                is_async: node.is_async,
            })),
            Stmt::While(node) => StatementKind::While {
                test: self.expression(&node.test)?,
                body: self.loop_body(|lowering| lowering.statements(&node.body))?,
                orelse: self.statements(&node.orelse)?,
            },
            Stmt::If(node) => self.if_statement(node)?,
            Stmt::With(node) => self.with_statement(node)?,
            Stmt::Match(node) => self.match_statement(node)?,
            Stmt::Raise(node) => {
                StatementKind::Raise { exception: self.optional(&node.exc)?, cause: self.optional(&node.cause)? }
            }
            Stmt::Try(node) => self.try_statement(node)?,
            Stmt::Assert(node) => {
                self.check_assertion(node);
                StatementKind::Assert { test: self.expression(&node.test)?, message: self.optional(&node.msg)? }
            }
            Stmt::Import(node) => StatementKind::Import(self.aliases(&node.names)),
            Stmt::ImportFrom(node) => StatementKind::ImportFrom {
                level: self.note_future(node),
                module: self.optional_name(&node.module),
                names: self.aliases(&node.names),
            },
            Stmt::Global(node) => {
                StatementKind::Global(node.names.iter().map(|name| self.name(name.as_str())).collect())
            }
            Stmt::Nonlocal(node) => {
                StatementKind::Nonlocal(node.names.iter().map(|name| self.name(name.as_str())).collect())
            }
            Stmt::Expr(node) => {
                let value = self.expression(&node.value)?;
                // What only folding made a string is no docstring.
                let is_literal = node.value.is_string_literal_expr();
                if value.as_constant().is_some() && !is_literal && !self.is_single {
                    return Ok(StatementKind::Pass);
                }
                StatementKind::Expression(value)
            }
            Stmt::Pass(_) => StatementKind::Pass,
            Stmt::Break(_) => StatementKind::Break,
            Stmt::Continue(_) => StatementKind::Continue,
            Stmt::IpyEscapeCommand(node) => {
                return Err(Failure::syntax("invalid syntax", self.position(node.range)));
            }
        })
    }

    /// The parser lets a decorated definition start at its first decorator; CPython at its keyword.
    pub(super) fn statement_position(&self, statement: &Stmt) -> sidewinder_bytecode::Position {
        let range = statement.range();
        if self.is_rebuilt {
            return self.position(range);
        }
        let (decorators, name) = match statement {
            Stmt::FunctionDef(node) => (&node.decorator_list, &node.name),
            Stmt::ClassDef(node) => (&node.decorator_list, &node.name),
            _ => return self.position(range),
        };
        let Some(last) = decorators.last() else { return self.position(range) };
        let start = self.skip_blank(last.range().end().to_usize(), name.range().start().to_usize());
        self.position(TextRange::new(TextSize::new(start as u32), range.end()))
    }

    /// The first offset from `start` on that is neither blank nor in a comment, at most `end`.
    fn skip_blank(&self, start: usize, end: usize) -> usize {
        let bytes = self.source.as_bytes();
        let mut offset = start;
        let mut in_comment = false;
        while offset < end {
            match bytes[offset] {
                b'\n' | b'\r' => in_comment = false,
                b'#' => in_comment = true,
                b' ' | b'\t' | b'\x0c' | b'\\' => {}
                _ if in_comment => {}
                _ => return offset,
            }
            offset += 1;
        }
        end
    }

    /// The line of the first decorator, or of the definition.
    fn first_line(&self, decorators: &[ruff::Decorator], range: TextRange) -> u32 {
        let range = decorators.first().map_or(range, |decorator| decorator.expression.range());
        self.position(range).line
    }

    fn decorators(&mut self, decorators: &[ruff::Decorator]) -> Outcome<Vec<Expression>> {
        decorators.iter().map(|decorator| self.expression(&decorator.expression)).collect()
    }

    fn function(&mut self, node: &ruff::StmtFunctionDef) -> Outcome<StatementKind> {
        let type_parameters = self.type_parameters(&node.type_params)?;
        let scope = self.new_scope();
        Ok(StatementKind::Function(Box::new(FunctionDefinition {
            type_parameters,
            scope,
            name: self.name(node.name.as_str()),
            decorators: self.decorators(&node.decorator_list)?,
            annotation_scope: self.function_annotations(node),
            parameters: self.parameters(&node.parameters)?,
            returns: self.annotation(&node.returns)?,
            body: self.in_finally(false, |lowering| lowering.block(BlockKind::Function, &node.body))?.0,
            is_async: node.is_async,
            first_line: self.first_line(&node.decorator_list, node.range),
        })))
    }

    fn class(&mut self, node: &ruff::StmtClassDef) -> Outcome<StatementKind> {
        let type_parameters = self.type_parameters(&node.type_params)?;
        let scope = self.new_scope();
        let mut arguments = match &node.arguments {
            Some(arguments) => self.arguments(arguments)?,
            None => Arguments::default(),
        };
        if let Some(parameters) = &type_parameters {
            let kind = ExpressionKind::Name(self.name(crate::scope::GENERIC_BASE));
            arguments.positional.push(Expression { position: parameters.position, kind });
        }
        let decorators = self.decorators(&node.decorator_list)?;
        let (body, annotations) = self.block(BlockKind::Class, &node.body)?;
        Ok(StatementKind::Class(Box::new(ClassDefinition {
            type_parameters,
            scope,
            name: self.name(node.name.as_str()),
            decorators,
            arguments,
            body,
            annotation_scope: annotations.scope,
            has_annotation_texts: annotations.has_texts,
            first_line: self.first_line(&node.decorator_list, node.range),
        })))
    }

    fn if_statement(&mut self, node: &ruff::StmtIf) -> Outcome<StatementKind> {
        let mut branches = vec![Branch { test: self.expression(&node.test)?, body: self.statements(&node.body)? }];
        let mut orelse = Vec::new();
        for clause in &node.elif_else_clauses {
            let body_statements = &clause.body;
            match &clause.test {
                Some(test) => {
                    let test = self.expression(test)?;
                    branches.push(Branch { test, body: self.statements(body_statements)? });
                }
                None => orelse = self.statements(body_statements)?,
            }
        }
        Ok(StatementKind::If { branches, orelse })
    }

    fn with_statement(&mut self, node: &ruff::StmtWith) -> Outcome<StatementKind> {
        let mut items = Vec::with_capacity(node.items.len());
        for item in &node.items {
            let context = self.expression(&item.context_expr)?;
            items.push(WithItem { context, target: self.optional(&item.optional_vars)? });
        }
        let body = self.statements(&node.body)?;
        Ok(StatementKind::With(Box::new(With { items, body, is_async: node.is_async })))
    }

    fn try_statement(&mut self, node: &ruff::StmtTry) -> Outcome<StatementKind> {
        let body = self.statements(&node.body)?;
        let mut handlers = Vec::with_capacity(node.handlers.len());
        for (index, handler) in node.handlers.iter().enumerate() {
            let ruff::ExceptHandler::ExceptHandler(handler) = handler;
            if handler.type_.is_none() && index + 1 < node.handlers.len() {
                return Err(Failure::syntax("default 'except:' must be last", self.position(handler.range)));
            }
            handlers.push(ExceptHandler {
                position: self.position(handler.range),
                class: self.optional(&handler.type_)?,
                name: self.optional_name(&handler.name),
                body: self.statements(&handler.body)?,
            });
        }
        let orelse = self.statements(&node.orelse)?;
        let finally = self.in_finally(true, |lowering| lowering.statements(&node.finalbody))?;
        Ok(StatementKind::Try(Box::new(Try { body, handlers, orelse, finally, is_star: node.is_star })))
    }

    fn aliases(&mut self, aliases: &[ruff::Alias]) -> Vec<Alias> {
        let mut lowered = Vec::with_capacity(aliases.len());
        for alias in aliases {
            lowered.push(Alias {
                position: self.position(alias.range),
                name: self.name(alias.name.as_str()),
                as_name: self.optional_name(&alias.asname),
            });
        }
        lowered
    }

    pub(super) fn optional(&mut self, expression: &Option<Box<Expr>>) -> Outcome<Option<Expression>> {
        expression.as_ref().map(|expression| self.expression(expression)).transpose()
    }
}
