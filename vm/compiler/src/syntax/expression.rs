//! Lowering of expressions.

use super::{Lowering, percent};
use crate::ast::*;
use crate::error::{Failure, Outcome};
use crate::fold;
use ruff_python_ast::{self as ruff, Expr};
use ruff_text_size::{Ranged, TextRange};
use sidewinder_bytecode::Constant;

/// The longest chain `a + b + c + …` that is compiled: such a chain is a deep tree when it is dropped.
pub(super) const OPERATOR_CHAIN_MAX: usize = 3000;

impl Lowering<'_> {
    pub(super) fn expressions(&mut self, expressions: &[Expr]) -> Outcome<Vec<Expression>> {
        expressions.iter().map(|expression| self.expression(expression)).collect()
    }

    pub(super) fn expression(&mut self, expression: &Expr) -> Outcome<Expression> {
        self.nested(expression.range(), |lowering| lowering.expression_unchecked(expression))
    }

    fn boxed(&mut self, expression: &Expr) -> Outcome<Box<Expression>> {
        Ok(Box::new(self.expression(expression)?))
    }

    fn expression_unchecked(&mut self, expression: &Expr) -> Outcome<Expression> {
        let position = self.position(expression.range());
        let kind = match expression {
            Expr::Name(node) if &node.id == "__debug__" && node.ctx.is_load() => {
                ExpressionKind::Constant(if self.optimize == 0 { Constant::True } else { Constant::False })
            }
            Expr::Name(node) if !self.is_rebuilt && matches!(node.id.as_str(), "None" | "True" | "False") => {
                return Err(Failure::constant_name(node.id.as_str(), position));
            }
            Expr::Name(node) => ExpressionKind::Name(self.name(node.id.as_str())),
            Expr::StringLiteral(node) => ExpressionKind::Constant(self.string_literal(&node.value)?),
            Expr::BytesLiteral(node) => {
                for part in node.value.iter().filter(|part| !part.flags.prefix().is_raw()) {
                    self.check_escapes(part.content_range(), true);
                }
                ExpressionKind::Constant(Constant::Bytes(node.value.bytes().collect()))
            }
            Expr::NumberLiteral(node) => ExpressionKind::Constant(super::literal::number(&node.value)),
            Expr::BooleanLiteral(node) => {
                ExpressionKind::Constant(if node.value { Constant::True } else { Constant::False })
            }
            Expr::NoneLiteral(_) => ExpressionKind::Constant(Constant::None),
            Expr::EllipsisLiteral(_) => ExpressionKind::Constant(Constant::Ellipsis),
            Expr::BinOp(node) => return self.binary(node),
            Expr::UnaryOp(node) => {
                let operator = unary_operator(node.op);
                let operand = self.boxed(&node.operand)?;
                match operand.as_constant().and_then(|operand| fold::unary(operator, operand)) {
                    Some(constant) => ExpressionKind::Constant(constant),
                    None => ExpressionKind::Unary { operator, operand },
                }
            }
            Expr::BoolOp(node) => {
                ExpressionKind::Boolean { is_or: node.op == ruff::BoolOp::Or, values: self.expressions(&node.values)? }
            }
            Expr::Compare(node) => self.compare(node)?,
            Expr::Attribute(node) => {
                let value = self.boxed(&node.value)?;
                ExpressionKind::Attribute { value, name: self.name(node.attr.as_str()) }
            }
            Expr::Call(node) => self.call(node)?,
            Expr::Subscript(node) => {
                self.check_subscript(node);
                let (value, index) = (self.boxed(&node.value)?, self.boxed(&node.slice)?);
                let folded = match (value.as_constant(), index.as_constant()) {
                    (Some(value), Some(index)) if node.ctx.is_load() => fold::subscript(value, index),
                    _ => None,
                };
                match folded {
                    Some(constant) => ExpressionKind::Constant(constant),
                    None => ExpressionKind::Subscript { value, index },
                }
            }
            _ => self.rarer_expression(expression)?,
        };
        Ok(Expression { position, kind })
    }

    /// Kept apart from the frequent kinds so that their recursion needs little stack.
    fn rarer_expression(&mut self, expression: &Expr) -> Outcome<ExpressionKind> {
        Ok(match expression {
            Expr::List(node) => ExpressionKind::List(self.expressions(&node.elts)?),
            Expr::Tuple(node) => {
                let items = self.expressions(&node.elts)?;
                if node.ctx.is_load() && items.iter().all(|item| item.as_constant().is_some()) {
                    let constants = items.into_iter().filter_map(|item| match item.kind {
                        ExpressionKind::Constant(constant) => Some(constant),
                        _ => None,
                    });
                    return Ok(ExpressionKind::Constant(Constant::Tuple(constants.collect())));
                }
                ExpressionKind::Tuple(items)
            }
            Expr::Set(node) => match self.given.get(&node.range.start()) {
                Some(constant) => ExpressionKind::Constant(constant.clone()),
                None => ExpressionKind::Set(self.expressions(&node.elts)?),
            },
            Expr::Dict(node) => self.dict(node)?,
            Expr::Named(node) => {
                ExpressionKind::Named { target: self.boxed(&node.target)?, value: self.boxed(&node.value)? }
            }
            Expr::Lambda(node) => {
                let scope = self.new_scope();
                let parameters = match &node.parameters {
                    Some(parameters) => self.parameters(parameters)?,
                    None => Parameters::default(),
                };
                ExpressionKind::Lambda(Box::new(Lambda { scope, parameters, body: self.expression(&node.body)? }))
            }
            Expr::If(node) => ExpressionKind::Conditional {
                test: self.boxed(&node.test)?,
                body: self.boxed(&node.body)?,
                orelse: self.boxed(&node.orelse)?,
            },
            Expr::ListComp(node) => self.comprehension(ComprehensionKind::List, &node.elt, None, &node.generators)?,
            Expr::SetComp(node) => self.comprehension(ComprehensionKind::Set, &node.elt, None, &node.generators)?,
            Expr::Generator(node) => {
                self.comprehension(ComprehensionKind::Generator, &node.elt, None, &node.generators)?
            }
            Expr::DictComp(node) => {
                let Some(key) = &node.key else {
                    let message = "dict unpacking cannot be used in dict comprehension";
                    return Err(Failure::syntax(message, self.position(node.range)));
                };
                self.comprehension(ComprehensionKind::Dict, key, Some(&node.value), &node.generators)?
            }
            Expr::Await(node) => ExpressionKind::Await(self.boxed(&node.value)?),
            Expr::Yield(node) => ExpressionKind::Yield(self.optional(&node.value)?.map(Box::new)),
            Expr::YieldFrom(node) => ExpressionKind::YieldFrom(self.boxed(&node.value)?),
            Expr::FString(node) => self.format_string(&node.value)?,
            Expr::TString(node) => self.template_string(&node.value)?,
            Expr::Starred(node) => ExpressionKind::Starred(self.boxed(&node.value)?),
            Expr::Slice(node) => ExpressionKind::Slice {
                lower: self.optional(&node.lower)?.map(Box::new),
                upper: self.optional(&node.upper)?.map(Box::new),
                step: self.optional(&node.step)?.map(Box::new),
            },
            _ => return Err(Failure::syntax("invalid syntax", self.position(expression.range()))),
        })
    }

    /// Walks down the left side of an operator chain in a loop: `a + b + c + …` may have thousands of terms.
    fn binary(&mut self, node: &ruff::ExprBinOp) -> Outcome<Expression> {
        let mut chain = vec![node];
        while let Expr::BinOp(left) = &*chain[chain.len() - 1].left {
            chain.push(left);
        }
        if chain.len() > OPERATOR_CHAIN_MAX {
            return Err(Failure::too_deep(self.position(node.range)));
        }
        let mut left = self.expression(&chain[chain.len() - 1].left)?;
        for node in chain.into_iter().rev() {
            let right = self.boxed(&node.right)?;
            let kind = combine(left, binary_operator(node.op), right);
            left = Expression { position: self.position(node.range), kind };
        }
        Ok(left)
    }

    fn compare(&mut self, node: &ruff::ExprCompare) -> Outcome<ExpressionKind> {
        self.check_comparison(node);
        let left = self.boxed(&node.left)?;
        let mut rest = Vec::with_capacity(node.ops.len());
        for (operator, operand) in node.ops.iter().zip(&node.comparators) {
            rest.push((compare_operator(*operator), self.expression(operand)?));
        }
        Ok(ExpressionKind::Compare { left, rest })
    }

    fn call(&mut self, node: &ruff::ExprCall) -> Outcome<ExpressionKind> {
        self.check_call(node);
        let function = self.boxed(&node.func)?;
        let mut arguments = self.arguments(&node.arguments)?;
        // CPython counts the parentheses of the call to a generator expression that is its only argument.
        if let [Expr::Generator(generator)] = &*node.arguments.args
            && !generator.parenthesized
        {
            arguments.positional[0].position = self.position(node.arguments.range);
        }
        Ok(ExpressionKind::Call { function, arguments: Box::new(arguments) })
    }

    fn dict(&mut self, node: &ruff::ExprDict) -> Outcome<ExpressionKind> {
        let mut items = Vec::with_capacity(node.items.len());
        for item in &node.items {
            let key = item.key.as_ref().map(|key| self.expression(key)).transpose()?;
            items.push((key, self.expression(&item.value)?));
        }
        Ok(ExpressionKind::Dict(items))
    }

    fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        element: &Expr,
        value: Option<&Expr>,
        clauses: &[ruff::Comprehension],
    ) -> Outcome<ExpressionKind> {
        let scope = self.new_scope();
        let element = self.expression(element)?;
        let value = value.map(|value| self.expression(value)).transpose()?;
        let mut lowered = Vec::with_capacity(clauses.len());
        for clause in clauses {
            lowered.push(ComprehensionClause {
                target: self.expression(&clause.target)?,
                iterable: self.expression(&clause.iter)?,
                conditions: self.expressions(&clause.ifs)?,
                is_async: clause.is_async,
            });
        }
        let comprehension = Comprehension { scope, kind, element, value, clauses: lowered };
        Ok(ExpressionKind::Comprehension(Box::new(comprehension)))
    }

    pub(super) fn arguments(&mut self, arguments: &ruff::Arguments) -> Outcome<Arguments> {
        let positional = self.expressions(&arguments.args)?;
        let mut keywords = Vec::with_capacity(arguments.keywords.len());
        for keyword in &arguments.keywords {
            keywords.push(Keyword {
                position: self.position(keyword.range),
                name: self.optional_name(&keyword.arg),
                value: self.expression(&keyword.value)?,
            });
        }
        Ok(Arguments { positional, keywords })
    }

    pub(super) fn parameters(&mut self, parameters: &ruff::Parameters) -> Outcome<Parameters> {
        Ok(Parameters {
            positional_only: self.parameters_with_defaults(&parameters.posonlyargs)?,
            positional: self.parameters_with_defaults(&parameters.args)?,
            variadic: self.variadic(&parameters.vararg)?,
            keyword_only: self.parameters_with_defaults(&parameters.kwonlyargs)?,
            variadic_keywords: self.variadic(&parameters.kwarg)?,
        })
    }

    fn parameters_with_defaults(&mut self, parameters: &[ruff::ParameterWithDefault]) -> Outcome<Vec<Parameter>> {
        let mut lowered = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            let default = self.optional(&parameter.default)?;
            lowered.push(self.parameter(&parameter.parameter, default)?);
        }
        Ok(lowered)
    }

    fn variadic(&mut self, parameter: &Option<Box<ruff::Parameter>>) -> Outcome<Option<Box<Parameter>>> {
        match parameter {
            Some(parameter) => {
                let lowered = self.parameter(parameter, None)?;
                // The parser counts the star to the parameter; CPython does not.
                let range = TextRange::new(parameter.name.range().start(), parameter.range.end());
                Ok(Some(Box::new(Parameter { position: self.position(range), ..lowered })))
            }
            None => Ok(None),
        }
    }

    fn parameter(&mut self, parameter: &ruff::Parameter, default: Option<Expression>) -> Outcome<Parameter> {
        Ok(Parameter {
            position: self.position(parameter.range),
            name: self.name(parameter.name.as_str()),
            annotation: self.annotation(&parameter.annotation)?,
            default,
        })
    }
}

/// A binary operation, or what it folds to.
fn combine(left: Expression, operator: BinaryOperator, right: Box<Expression>) -> ExpressionKind {
    if let (Some(left), Some(right)) = (left.as_constant(), right.as_constant())
        && let Some(constant) = fold::binary(operator, left, right)
    {
        return ExpressionKind::Constant(constant);
    }
    if operator == BinaryOperator::Remainder
        && let (Some(Constant::Str(format)), ExpressionKind::Tuple(_)) = (left.as_constant(), &right.kind)
        && let Some(pieces) = percent::pieces(format)
    {
        return match percent::format_string(pieces, left.position, *right) {
            Ok(kind) => kind,
            Err(right) => ExpressionKind::Binary { left: Box::new(left), operator, right: Box::new(right) },
        };
    }
    ExpressionKind::Binary { left: Box::new(left), operator, right }
}

pub(super) fn binary_operator(operator: ruff::Operator) -> BinaryOperator {
    match operator {
        ruff::Operator::Add => BinaryOperator::Add,
        ruff::Operator::Sub => BinaryOperator::Subtract,
        ruff::Operator::Mult => BinaryOperator::Multiply,
        ruff::Operator::MatMult => BinaryOperator::MatrixMultiply,
        ruff::Operator::Div => BinaryOperator::TrueDivide,
        ruff::Operator::Mod => BinaryOperator::Remainder,
        ruff::Operator::Pow => BinaryOperator::Power,
        ruff::Operator::LShift => BinaryOperator::LeftShift,
        ruff::Operator::RShift => BinaryOperator::RightShift,
        ruff::Operator::BitOr => BinaryOperator::Or,
        ruff::Operator::BitXor => BinaryOperator::Xor,
        ruff::Operator::BitAnd => BinaryOperator::And,
        ruff::Operator::FloorDiv => BinaryOperator::FloorDivide,
    }
}

fn unary_operator(operator: ruff::UnaryOp) -> UnaryOperator {
    match operator {
        ruff::UnaryOp::Invert => UnaryOperator::Invert,
        ruff::UnaryOp::Not => UnaryOperator::Not,
        ruff::UnaryOp::UAdd => UnaryOperator::Positive,
        ruff::UnaryOp::USub => UnaryOperator::Negative,
    }
}

fn compare_operator(operator: ruff::CmpOp) -> CompareOperator {
    match operator {
        ruff::CmpOp::Eq => CompareOperator::Equal,
        ruff::CmpOp::NotEq => CompareOperator::NotEqual,
        ruff::CmpOp::Lt => CompareOperator::Less,
        ruff::CmpOp::LtE => CompareOperator::LessEqual,
        ruff::CmpOp::Gt => CompareOperator::Greater,
        ruff::CmpOp::GtE => CompareOperator::GreaterEqual,
        ruff::CmpOp::Is => CompareOperator::Is,
        ruff::CmpOp::IsNot => CompareOperator::IsNot,
        ruff::CmpOp::In => CompareOperator::In,
        ruff::CmpOp::NotIn => CompareOperator::NotIn,
    }
}
