//! Statements.

use super::{Builder, impossible};
use crate::error::{Failure, Outcome};
use crate::tree::{Class, Field, Node};
use ruff_python_ast::{self as ruff, AtomicNodeIndex, Stmt};
use ruff_text_size::TextRange;

const NONE: AtomicNodeIndex = AtomicNodeIndex::NONE;

impl Builder {
    pub(super) fn statements(&mut self, field: &Field) -> Outcome<Vec<Stmt>> {
        field.nodes().map(|node| self.nested(node, |builder| builder.statement(node))).collect()
    }

    fn statement(&mut self, node: &Node) -> Outcome<Stmt> {
        let range = self.range(node.span);
        let fields = &node.fields;
        Ok(match node.class {
            Class::FunctionDef | Class::AsyncFunctionDef => self.function(node, range)?,
            Class::ClassDef => self.class(node, range)?,
            Class::Return => ruff::StmtReturn { node_index: NONE, range, value: self.optional(&fields[0])? }.into(),
            Class::Delete => {
                ruff::StmtDelete { node_index: NONE, range, targets: self.expressions(&fields[0])? }.into()
            }
            Class::Assign => {
                let (targets, value) = (self.expressions(&fields[0])?, self.boxed(&fields[1])?);
                ruff::StmtAssign { node_index: NONE, range, targets, value }.into()
            }
            Class::TypeAlias => {
                let name = self.boxed(&fields[0])?;
                let type_params = self.type_parameters(&fields[1], range)?;
                ruff::StmtTypeAlias { node_index: NONE, range, name, type_params, value: self.boxed(&fields[2])? }
                    .into()
            }
            Class::AugAssign => {
                let target = self.boxed(&fields[0])?;
                let op = super::expression::operator(fields[1].plain()).ok_or_else(|| impossible(node))?;
                ruff::StmtAugAssign { node_index: NONE, range, target, op, value: self.boxed(&fields[2])? }.into()
            }
            Class::AnnAssign => ruff::StmtAnnAssign {
                node_index: NONE,
                range,
                target: self.boxed(&fields[0])?,
                annotation: self.boxed(&fields[1])?,
                value: self.optional(&fields[2])?,
                simple: fields[3].number() != 0,
            }
            .into(),
            Class::For | Class::AsyncFor => ruff::StmtFor {
                node_index: NONE,
                range,
                is_async: node.class == Class::AsyncFor,
                target: self.boxed(&fields[0])?,
                iter: self.boxed(&fields[1])?,
                body: self.statements(&fields[2])?.into_iter().collect(),
                orelse: self.statements(&fields[3])?.into_iter().collect(),
            }
            .into(),
            Class::While => ruff::StmtWhile {
                node_index: NONE,
                range,
                test: self.boxed(&fields[0])?,
                body: self.statements(&fields[1])?.into_iter().collect(),
                orelse: self.statements(&fields[2])?.into_iter().collect(),
            }
            .into(),
            Class::If => self.if_statement(node, range)?,
            Class::With | Class::AsyncWith => self.with_statement(node, range)?,
            Class::Match => self.match_statement(node, range)?,
            _ => return self.simple_statement(node, range),
        })
    }

    fn simple_statement(&mut self, node: &Node, range: TextRange) -> Outcome<Stmt> {
        let fields = &node.fields;
        Ok(match node.class {
            Class::Raise => {
                let (exc, cause) = (self.optional(&fields[0])?, self.optional(&fields[1])?);
                ruff::StmtRaise { node_index: NONE, range, exc, cause }.into()
            }
            Class::Try | Class::TryStar => self.try_statement(node, range)?,
            Class::Assert => {
                let (test, msg) = (self.boxed(&fields[0])?, self.optional(&fields[1])?);
                ruff::StmtAssert { node_index: NONE, range, test, msg }.into()
            }
            Class::Import => {
                ruff::StmtImport { node_index: NONE, range, names: self.aliases(&fields[0]), is_lazy: false }.into()
            }
            Class::ImportFrom => ruff::StmtImportFrom {
                node_index: NONE,
                range,
                module: self.optional_identifier(&fields[0], range),
                names: self.aliases(&fields[1]),
                level: u32::try_from(fields[2].number()).unwrap_or(0),
                is_lazy: false,
            }
            .into(),
            Class::Global => {
                let names = fields[0].list().iter().map(|name| self.identifier(name, range)).collect();
                ruff::StmtGlobal { node_index: NONE, range, names }.into()
            }
            Class::Nonlocal => {
                let names = fields[0].list().iter().map(|name| self.identifier(name, range)).collect();
                ruff::StmtNonlocal { node_index: NONE, range, names }.into()
            }
            Class::Expr => ruff::StmtExpr { node_index: NONE, range, value: self.boxed(&fields[0])? }.into(),
            Class::Pass => ruff::StmtPass { node_index: NONE, range }.into(),
            Class::Break => ruff::StmtBreak { node_index: NONE, range }.into(),
            Class::Continue => ruff::StmtContinue { node_index: NONE, range }.into(),
            _ => return Err(impossible(node)),
        })
    }

    fn decorators(&mut self, field: &Field) -> Outcome<Vec<ruff::Decorator>> {
        let mut decorators = Vec::new();
        for node in field.nodes() {
            let range = self.range(node.span);
            decorators.push(ruff::Decorator { range, node_index: NONE, expression: self.expression(node)? });
        }
        Ok(decorators)
    }

    fn function(&mut self, node: &Node, range: TextRange) -> Outcome<Stmt> {
        let [name, arguments, body, decorators, returns, _, type_parameters] = node.all();
        Ok(ruff::StmtFunctionDef {
            node_index: NONE,
            range,
            is_async: node.class == Class::AsyncFunctionDef,
            decorator_list: self.decorators(decorators)?.into_iter().collect(),
            name: self.identifier(name, range),
            type_params: self.type_parameters(type_parameters, range)?,
            parameters: Box::new(self.parameters(arguments, range)?),
            returns: self.optional(returns)?,
            body: self.statements(body)?.into_iter().collect(),
        }
        .into())
    }

    fn class(&mut self, node: &Node, range: TextRange) -> Outcome<Stmt> {
        let [name, bases, keywords, body, decorators, type_parameters] = node.all();
        Ok(ruff::StmtClassDef {
            node_index: NONE,
            range,
            decorator_list: self.decorators(decorators)?.into_iter().collect(),
            name: self.identifier(name, range),
            type_params: self.type_parameters(type_parameters, range)?,
            arguments: Some(Box::new(self.arguments(bases, keywords, range)?)),
            body: self.statements(body)?.into_iter().collect(),
        }
        .into())
    }

    /// An `if` alone in an `else` is an `elif`, which keeps long chains flat.
    fn if_statement(&mut self, node: &Node, range: TextRange) -> Outcome<Stmt> {
        let test = self.boxed(&node.fields[0])?;
        let body = self.statements(&node.fields[1])?.into_iter().collect();
        let mut clauses = Vec::new();
        let mut rest = &node.fields[2];
        loop {
            let inner = match rest.list() {
                [only] => only.node().filter(|inner| inner.class == Class::If),
                _ => None,
            };
            match inner {
                Some(inner) => {
                    let range = self.range(inner.span);
                    let test = Some(self.expression_in(&inner.fields[0])?);
                    let body = self.statements(&inner.fields[1])?.into_iter().collect();
                    clauses.push(ruff::ElifElseClause { range, node_index: NONE, test, body });
                    rest = &inner.fields[2];
                }
                None if rest.list().is_empty() => break,
                None => {
                    let body = self.statements(rest)?.into_iter().collect();
                    clauses.push(ruff::ElifElseClause { range, node_index: NONE, test: None, body });
                    break;
                }
            }
        }
        Ok(ruff::StmtIf { node_index: NONE, range, test, body, elif_else_clauses: clauses }.into())
    }

    fn with_statement(&mut self, node: &Node, range: TextRange) -> Outcome<Stmt> {
        let mut items = Vec::new();
        for item in node.fields[0].nodes() {
            let [context, target] = item.all();
            items.push(ruff::WithItem {
                range,
                node_index: NONE,
                context_expr: self.expression_in(context)?,
                optional_vars: self.optional(target)?,
            });
        }
        let is_async = node.class == Class::AsyncWith;
        let body = self.statements(&node.fields[1])?.into_iter().collect();
        Ok(ruff::StmtWith { node_index: NONE, range, is_async, items, body }.into())
    }

    fn match_statement(&mut self, node: &Node, range: TextRange) -> Outcome<Stmt> {
        let subject = self.boxed(&node.fields[0])?;
        let mut cases = Vec::new();
        for case in node.fields[1].nodes() {
            let [pattern, guard, body] = case.all();
            cases.push(ruff::MatchCase {
                range,
                node_index: NONE,
                pattern: self.pattern_in(pattern, node)?,
                guard: self.optional(guard)?,
                body: self.statements(body)?.into_iter().collect(),
            });
        }
        Ok(ruff::StmtMatch { node_index: NONE, range, subject, cases }.into())
    }

    fn try_statement(&mut self, node: &Node, range: TextRange) -> Outcome<Stmt> {
        let [body, handlers, orelse, finally] = node.all();
        let body = self.statements(body)?.into_iter().collect();
        let mut rebuilt = Vec::new();
        for handler in handlers.nodes() {
            let [kind, name, body] = handler.all();
            let range = self.range(handler.span);
            rebuilt.push(ruff::ExceptHandler::ExceptHandler(ruff::ExceptHandlerExceptHandler {
                range,
                node_index: NONE,
                type_: self.optional(kind)?,
                name: self.optional_identifier(name, range),
                body: self.statements(body)?.into_iter().collect(),
            }));
        }
        Ok(ruff::StmtTry {
            node_index: NONE,
            range,
            body,
            handlers: rebuilt,
            orelse: self.statements(orelse)?.into_iter().collect(),
            finalbody: self.statements(finally)?.into_iter().collect(),
            is_star: node.class == Class::TryStar,
        }
        .into())
    }

    fn aliases(&mut self, field: &Field) -> Vec<ruff::Alias> {
        let mut aliases = Vec::new();
        for node in field.nodes() {
            let range = self.range(node.span);
            aliases.push(ruff::Alias {
                range,
                node_index: NONE,
                name: self.identifier(&node.fields[0], range),
                asname: self.optional_identifier(&node.fields[1], range),
            });
        }
        aliases
    }

    fn type_parameters(&mut self, field: &Field, range: TextRange) -> Outcome<Option<Box<ruff::TypeParams>>> {
        if field.list().is_empty() {
            return Ok(None);
        }
        let mut type_params = Vec::new();
        for node in field.nodes() {
            let range = self.range(node.span);
            let name = self.identifier(&node.fields[0], range);
            type_params.push(match node.class {
                Class::TypeVar => {
                    let (bound, default) = (self.optional(&node.fields[1])?, self.optional(&node.fields[2])?);
                    ruff::TypeParamTypeVar { node_index: NONE, range, name, bound, default }.into()
                }
                Class::TypeVarTuple => {
                    let default = self.optional(&node.fields[1])?;
                    ruff::TypeParamTypeVarTuple { node_index: NONE, range, name, default }.into()
                }
                _ => {
                    let default = self.optional(&node.fields[1])?;
                    ruff::TypeParamParamSpec { node_index: NONE, range, name, default }.into()
                }
            });
        }
        Ok(Some(Box::new(ruff::TypeParams { range, node_index: NONE, type_params })))
    }

    pub(super) fn parameters(&mut self, field: &Field, range: TextRange) -> Outcome<ruff::Parameters> {
        let Some(node) = field.node() else { return Err(Failure::syntax("arguments missing", Default::default())) };
        let [positional_only, positional, variadic, keyword_only, keyword_defaults, variadic_keywords, defaults] =
            node.all();
        // The last defaults belong to the last parameters.
        let count = positional_only.list().len() + positional.list().len();
        let mut missing = count.saturating_sub(defaults.list().len());
        let mut defaults = defaults.list().iter();
        let mut groups = Vec::with_capacity(2);
        for group in [positional_only, positional] {
            let mut rebuilt = Vec::new();
            for parameter in group.nodes() {
                let default = if missing > 0 { None } else { defaults.next() };
                missing = missing.saturating_sub(1);
                rebuilt.push(self.parameter_with_default(parameter, default)?);
            }
            groups.push(rebuilt);
        }
        let vararg = self.variadic(variadic)?;
        let mut kwonlyargs = Vec::new();
        for (parameter, default) in keyword_only.nodes().zip(keyword_defaults.list()) {
            kwonlyargs.push(self.parameter_with_default(parameter, Some(default))?);
        }
        let args = groups.pop().unwrap_or_default().into_iter().collect();
        let posonlyargs = groups.pop().unwrap_or_default().into_iter().collect();
        Ok(ruff::Parameters {
            range,
            node_index: NONE,
            posonlyargs,
            args,
            vararg,
            kwonlyargs: kwonlyargs.into_iter().collect(),
            kwarg: self.variadic(variadic_keywords)?,
        })
    }

    fn variadic(&mut self, field: &Field) -> Outcome<Option<Box<ruff::Parameter>>> {
        field.node().map(|node| Ok(Box::new(self.parameter(node)?))).transpose()
    }

    fn parameter_with_default(&mut self, node: &Node, default: Option<&Field>) -> Outcome<ruff::ParameterWithDefault> {
        let parameter = self.parameter(node)?;
        let default = match default {
            Some(default) => self.optional(default)?,
            None => None,
        };
        Ok(ruff::ParameterWithDefault { range: parameter.range, node_index: NONE, parameter, default })
    }

    fn parameter(&mut self, node: &Node) -> Outcome<ruff::Parameter> {
        let range = self.range(node.span);
        let name = self.identifier(&node.fields[0], range);
        Ok(ruff::Parameter { range, node_index: NONE, name, annotation: self.optional(&node.fields[1])? })
    }
}
