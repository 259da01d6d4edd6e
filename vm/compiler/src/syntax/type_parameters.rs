//! Lowering of type parameters and `type` statements.

use super::Lowering;
use crate::ast::*;
use crate::error::{Failure, Outcome};
use ruff_python_ast::{self as ruff, Expr, TypeParam};
use ruff_text_size::Ranged;

impl Lowering<'_> {
    pub(super) fn type_alias(&mut self, node: &ruff::StmtTypeAlias) -> Outcome<StatementKind> {
        let Expr::Name(name) = &*node.name else {
            return Err(Failure::syntax("invalid syntax", self.position(node.name.range())));
        };
        let type_parameters = self.type_parameters(&node.type_params)?;
        Ok(StatementKind::TypeAlias(Box::new(TypeAlias {
            name: self.name(name.id.as_str()),
            name_position: self.position(name.range),
            type_parameters,
            value: self.evaluated(&node.value)?,
        })))
    }

    /// An expression with a scope of its own.
    fn evaluated(&mut self, expression: &Expr) -> Outcome<Evaluated> {
        let scope = self.new_scope();
        Ok(Evaluated { scope, expression: self.expression(expression)? })
    }

    fn optional_evaluated(&mut self, expression: &Option<Box<Expr>>) -> Outcome<Option<Evaluated>> {
        expression.as_ref().map(|expression| self.evaluated(expression)).transpose()
    }

    pub(super) fn type_parameters(&mut self, node: &Option<Box<ruff::TypeParams>>) -> Outcome<Option<TypeParameters>> {
        let Some(node) = node else { return Ok(None) };
        let scope = self.new_scope();
        let mut parameters = Vec::with_capacity(node.type_params.len());
        let mut seen_default = false;
        for parameter in &node.type_params {
            let position = self.position(parameter.range());
            let (name, kind, bound, default) = match parameter {
                TypeParam::TypeVar(node) => (&node.name, TypeParameterKind::Variable, &node.bound, &node.default),
                TypeParam::TypeVarTuple(node) => (&node.name, TypeParameterKind::VariableTuple, &None, &node.default),
                TypeParam::ParamSpec(node) => {
                    (&node.name, TypeParameterKind::ParameterSpecification, &None, &node.default)
                }
            };
            if seen_default && default.is_none() {
                let message = format!("non-default type parameter '{name}' follows default type parameter");
                return Err(Failure::syntax(message, position));
            }
            seen_default |= default.is_some();
            parameters.push(TypeParameter {
                position,
                name: self.name(name.as_str()),
                kind,
                bound: self.optional_evaluated(bound)?,
                default: self.optional_evaluated(default)?,
            });
        }
        Ok(Some(TypeParameters { scope, position: self.position(node.range), parameters }))
    }
}
