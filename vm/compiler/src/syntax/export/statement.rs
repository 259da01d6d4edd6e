//! Statements.

use super::super::Lowering;
use super::super::annotation::is_compound;
use crate::ast::Name;
use crate::error::Outcome;
use crate::tree::{Class, Field, Node};
use ruff_python_ast::{self as ruff, Stmt, TypeParam};
use ruff_text_size::{Ranged, TextRange, TextSize};
use sidewinder_bytecode::Position;

impl Lowering<'_> {
    pub(super) fn export_statements(&mut self, statements: &[Stmt]) -> Outcome<Vec<Node>> {
        statements.iter().map(|statement| self.export_statement(statement)).collect()
    }

    fn export_statement(&mut self, statement: &Stmt) -> Outcome<Node> {
        self.check_jump(statement);
        self.nested(statement.range(), |lowering| lowering.export_one(statement))
    }

    /// The range of a compound statement with the semicolon at the end of its body.
    fn with_semicolon(&self, range: TextRange) -> TextRange {
        let rest = &self.source[range.end().to_usize()..];
        let after = rest.trim_start_matches([' ', '\t']);
        match after.strip_prefix(';') {
            Some(after) => TextRange::new(range.start(), TextSize::of(self.source) - TextSize::of(after)),
            None => range,
        }
    }

    /// Where a statement stands.
    fn export_span(&self, statement: &Stmt) -> Position {
        let mut position = self.statement_position(statement);
        if is_compound(statement) || matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            let end = self.span(self.with_semicolon(statement.range()));
            (position.end_line, position.end_column) = (end.end_line, end.end_column);
        }
        position
    }

    fn export_one(&mut self, statement: &Stmt) -> Outcome<Node> {
        let span = self.export_span(statement);
        Ok(match statement {
            Stmt::FunctionDef(node) => return self.export_function(node, statement),
            Stmt::ClassDef(node) => return self.export_class(node, statement),
            Stmt::Return(node) => Node::new(Class::Return, span, [self.export_optional(&node.value)?]),
            Stmt::Delete(node) => Node::new(Class::Delete, span, [self.export_list(&node.targets)?]),
            Stmt::TypeAlias(node) => {
                let name = self.export_expression(&node.name)?;
                let parameters = self.export_type_parameters(&node.type_params)?;
                Node::new(Class::TypeAlias, span, [name.into(), parameters, self.export_field(&node.value)?])
            }
            Stmt::Assign(node) => {
                let targets = self.export_list(&node.targets)?;
                let value = self.export_field(&node.value)?;
                let comment = self.comment_of_assignment(node.range.end());
                Node::new(Class::Assign, span, [targets, value, comment])
            }
            Stmt::AugAssign(node) => {
                let target = self.export_field(&node.target)?;
                let operator = super::expression::operator(node.op);
                Node::new(Class::AugAssign, span, [target, operator.into(), self.export_field(&node.value)?])
            }
            Stmt::AnnAssign(node) => {
                let target = self.export_field(&node.target)?;
                let annotation = self.export_field(&node.annotation)?;
                let value = self.export_optional(&node.value)?;
                Node::new(Class::AnnAssign, span, [target, annotation, value, node.simple.into()])
            }
            Stmt::For(node) => {
                let class = if node.is_async { Class::AsyncFor } else { Class::For };
                let (target, iterable) = (self.export_field(&node.target)?, self.export_field(&node.iter)?);
                let comment = self.comment_of_head(node.iter.range().end(), &node.body, false);
                let body = self.loop_body(|lowering| lowering.export_statements(&node.body))?;
                let orelse = self.export_statements(&node.orelse)?;
                Node::new(class, span, [target, iterable, body.into(), orelse.into(), comment])
            }
            Stmt::While(node) => {
                let test = self.export_field(&node.test)?;
                let body = self.loop_body(|lowering| lowering.export_statements(&node.body))?;
                Node::new(Class::While, span, [test, body.into(), self.export_statements(&node.orelse)?.into()])
            }
            Stmt::If(node) => return self.export_if(node),
            Stmt::With(node) => {
                let class = if node.is_async { Class::AsyncWith } else { Class::With };
                let mut items = Vec::with_capacity(node.items.len());
                for item in &node.items {
                    let context = self.export_field(&item.context_expr)?;
                    let target = self.export_optional(&item.optional_vars)?;
                    items.push(Node::new(Class::Withitem, span, [context, target]));
                }
                let head_end = node.items.last().map_or(node.range.start(), |item| item.range.end());
                let comment = self.comment_of_head(head_end, &node.body, false);
                let body = self.export_statements(&node.body)?;
                Node::new(class, span, [items.into(), body.into(), comment])
            }
            Stmt::Match(node) => {
                let subject = self.export_field(&node.subject)?;
                let mut cases = Vec::with_capacity(node.cases.len());
                for case in &node.cases {
                    let pattern = self.export_pattern(&case.pattern)?;
                    let guard = self.export_optional(&case.guard)?;
                    let body = self.export_statements(&case.body)?;
                    cases.push(Node::new(Class::MatchCase, span, [pattern.into(), guard, body.into()]));
                }
                Node::new(Class::Match, span, [subject, cases.into()])
            }
            Stmt::Raise(node) => {
                let exception = self.export_optional(&node.exc)?;
                Node::new(Class::Raise, span, [exception, self.export_optional(&node.cause)?])
            }
            Stmt::Try(node) => return self.export_try(node),
            Stmt::Assert(node) => {
                let test = self.export_field(&node.test)?;
                Node::new(Class::Assert, span, [test, self.export_optional(&node.msg)?])
            }
            Stmt::Import(node) => Node::new(Class::Import, span, [self.export_aliases(&node.names)]),
            Stmt::ImportFrom(node) => {
                let module = self.optional_name(&node.module);
                let names = self.export_aliases(&node.names);
                Node::new(Class::ImportFrom, span, [module.into(), names, Field::Number(node.level.into())])
            }
            Stmt::Global(node) => Node::new(Class::Global, span, [self.export_names(&node.names)]),
            Stmt::Nonlocal(node) => Node::new(Class::Nonlocal, span, [self.export_names(&node.names)]),
            Stmt::Expr(node) => Node::new(Class::Expr, span, [self.export_field(&node.value)?]),
            Stmt::Pass(_) => Node::new(Class::Pass, span, []),
            Stmt::Break(_) => Node::new(Class::Break, span, []),
            Stmt::Continue(_) => Node::new(Class::Continue, span, []),
            Stmt::IpyEscapeCommand(node) => return Err(self.invalid(node.range)),
        })
    }

    fn export_function(&mut self, node: &ruff::StmtFunctionDef, statement: &Stmt) -> Outcome<Node> {
        let span = self.export_span(statement);
        let class = if node.is_async { Class::AsyncFunctionDef } else { Class::FunctionDef };
        let decorators = self.export_decorators(&node.decorator_list)?;
        let parameters = self.export_type_parameters(&node.type_params)?;
        let arguments = self.export_parameters(Some(&node.parameters))?;
        let returns = self.export_optional(&node.returns)?;
        let head_end = node.returns.as_ref().map_or(node.parameters.range.end(), |returns| returns.range().end());
        let comment = self.comment_of_head(head_end, &node.body, true);
        let body = self.in_finally(false, |lowering| lowering.export_statements(&node.body))?;
        let name = self.name(node.name.as_str());
        let fields = [name.into(), arguments.into(), body.into(), decorators, returns, comment, parameters];
        Ok(Node::new(class, span, fields))
    }

    fn export_class(&mut self, node: &ruff::StmtClassDef, statement: &Stmt) -> Outcome<Node> {
        let span = self.export_span(statement);
        let decorators = self.export_decorators(&node.decorator_list)?;
        let parameters = self.export_type_parameters(&node.type_params)?;
        let (bases, keywords) = match &node.arguments {
            Some(arguments) => self.export_arguments(arguments)?,
            None => (Field::List(Vec::new()), Field::List(Vec::new())),
        };
        let body = self.export_statements(&node.body)?;
        let name = self.name(node.name.as_str());
        Ok(Node::new(Class::ClassDef, span, [name.into(), bases, keywords, body.into(), decorators, parameters]))
    }

    fn export_decorators(&mut self, decorators: &[ruff::Decorator]) -> Outcome<Field> {
        let mut nodes = Vec::with_capacity(decorators.len());
        for decorator in decorators {
            nodes.push(self.export_expression(&decorator.expression)?);
        }
        Ok(nodes.into())
    }

    /// Each `elif` is an `if` in the `else` of the one before.
    fn export_if(&mut self, node: &ruff::StmtIf) -> Outcome<Node> {
        let end = self.with_semicolon(node.range).end();
        let test = self.export_field(&node.test)?;
        let mut branches = vec![(TextRange::new(node.range.start(), end), test, self.export_statements(&node.body)?)];
        let mut orelse = Vec::new();
        for clause in &node.elif_else_clauses {
            match &clause.test {
                Some(test) => {
                    let range = TextRange::new(clause.range.start(), end);
                    let test = self.export_field(test)?;
                    branches.push((range, test, self.export_statements(&clause.body)?));
                }
                None => orelse = self.export_statements(&clause.body)?,
            }
        }
        loop {
            let Some((range, test, body)) = branches.pop() else { return Err(self.invalid(node.range)) };
            let made = Node::new(Class::If, self.span(range), [test, body.into(), orelse.into()]);
            if branches.is_empty() {
                return Ok(made);
            }
            orelse = vec![made];
        }
    }

    fn export_try(&mut self, node: &ruff::StmtTry) -> Outcome<Node> {
        let class = if node.is_star { Class::TryStar } else { Class::Try };
        let body = self.export_statements(&node.body)?;
        let mut handlers = Vec::with_capacity(node.handlers.len());
        for handler in &node.handlers {
            let ruff::ExceptHandler::ExceptHandler(handler) = handler;
            if let Some(kind @ ruff::Expr::Tuple(tuple)) = handler.type_.as_deref()
                && !tuple.parenthesized
            {
                self.since(14, "except expressions without parentheses are", kind.range())?;
            }
            let kind = self.export_optional(&handler.type_)?;
            let name = self.optional_name(&handler.name);
            let body = self.export_statements(&handler.body)?;
            let span = self.span(self.with_semicolon(handler.range));
            handlers.push(Node::new(Class::ExceptHandler, span, [kind, name.into(), body.into()]));
        }
        let orelse = self.export_statements(&node.orelse)?;
        let finally = self.in_finally(true, |lowering| lowering.export_statements(&node.finalbody))?;
        let fields = [body.into(), handlers.into(), orelse.into(), finally.into()];
        Ok(Node::new(class, self.span(self.with_semicolon(node.range)), fields))
    }

    fn export_aliases(&mut self, aliases: &[ruff::Alias]) -> Field {
        let mut nodes = Vec::with_capacity(aliases.len());
        for alias in aliases {
            let name = self.name(alias.name.as_str());
            let as_name = self.optional_name(&alias.asname);
            nodes.push(Node::new(Class::Alias, self.span(alias.range), [name.into(), as_name.into()]));
        }
        nodes.into()
    }

    fn export_names(&mut self, names: &[ruff::Identifier]) -> Field {
        let names: Vec<Name> = names.iter().map(|name| self.name(name.as_str())).collect();
        names.into()
    }

    fn export_type_parameters(&mut self, parameters: &Option<Box<ruff::TypeParams>>) -> Outcome<Field> {
        let mut nodes = Vec::new();
        for parameter in parameters.iter().flat_map(|parameters| &parameters.type_params) {
            let span = self.span(parameter.range());
            nodes.push(match parameter {
                TypeParam::TypeVar(node) => {
                    let (name, bound) = (self.name(node.name.as_str()), self.export_optional(&node.bound)?);
                    let default = self.export_optional(&node.default)?;
                    Node::new(Class::TypeVar, span, [name.into(), bound, default])
                }
                TypeParam::TypeVarTuple(node) => {
                    let name = self.name(node.name.as_str());
                    Node::new(Class::TypeVarTuple, span, [name.into(), self.export_optional(&node.default)?])
                }
                TypeParam::ParamSpec(node) => {
                    let name = self.name(node.name.as_str());
                    Node::new(Class::ParamSpec, span, [name.into(), self.export_optional(&node.default)?])
                }
            });
        }
        Ok(nodes.into())
    }

    /// The node `arguments` of a function; one without any for a lambda without parameters.
    pub(super) fn export_parameters(&mut self, parameters: Option<&ruff::Parameters>) -> Outcome<Node> {
        let empty = ruff::Parameters::default();
        let parameters = parameters.unwrap_or(&empty);
        let mut defaults = Vec::new();
        let mut lists = Vec::with_capacity(2);
        for group in [&parameters.posonlyargs, &parameters.args] {
            let mut nodes = Vec::with_capacity(group.len());
            for parameter in group {
                nodes.push(self.export_parameter(
                    &parameter.parameter,
                    parameter.parameter.range.start(),
                    parameter.range.end(),
                )?);
                if let Some(default) = &parameter.default {
                    defaults.push(self.export_expression(default)?);
                }
            }
            lists.push(nodes);
        }
        let variadic = self.export_variadic(&parameters.vararg)?;
        let (mut keyword_only, mut keyword_defaults) = (Vec::new(), Vec::new());
        for parameter in &parameters.kwonlyargs {
            keyword_only.push(self.export_parameter(
                &parameter.parameter,
                parameter.parameter.range.start(),
                parameter.range.end(),
            )?);
            keyword_defaults.push(self.export_optional(&parameter.default)?);
        }
        let variadic_keywords = self.export_variadic(&parameters.kwarg)?;
        let positional = lists.pop().unwrap_or_default();
        let positional_only = lists.pop().unwrap_or_default();
        let fields = [
            positional_only.into(),
            positional.into(),
            variadic,
            keyword_only.into(),
            Field::List(keyword_defaults),
            variadic_keywords,
            defaults.into(),
        ];
        Ok(Node::new(Class::Arguments, self.span(parameters.range), fields))
    }

    /// The parser counts the star to the parameter; CPython does not.
    fn export_variadic(&mut self, parameter: &Option<Box<ruff::Parameter>>) -> Outcome<Field> {
        match parameter {
            Some(parameter) => {
                Ok(self.export_parameter(parameter, parameter.name.range().start(), parameter.range.end())?.into())
            }
            None => Ok(Field::Absent),
        }
    }

    /// A parameter; `end` is that of its default.
    fn export_parameter(&mut self, parameter: &ruff::Parameter, start: TextSize, end: TextSize) -> Outcome<Node> {
        let span = self.span(TextRange::new(start, parameter.range.end()));
        let name = self.name(parameter.name.as_str());
        let annotation = self.export_optional(&parameter.annotation)?;
        let comment = self.comment_of_parameter(end);
        Ok(Node::new(Class::Arg, span, [name.into(), annotation, comment]))
    }
}
