//! Expressions.

use super::super::{Lowering, literal};
use crate::error::{Failure, Outcome};
use crate::tree::{Class, Field, Node};
use ruff_python_ast::{self as ruff, Expr};
use ruff_text_size::{Ranged, TextRange};
use sidewinder_bytecode::{Constant, Position};

impl Lowering<'_> {
    pub(super) fn export_expression(&mut self, expression: &Expr) -> Outcome<Node> {
        self.nested(expression.range(), |lowering| lowering.export_frequent(expression))
    }

    pub(super) fn export_field(&mut self, expression: &Expr) -> Outcome<Field> {
        Ok(self.export_expression(expression)?.into())
    }

    pub(super) fn export_optional(&mut self, expression: &Option<Box<Expr>>) -> Outcome<Field> {
        match expression {
            Some(expression) => self.export_field(expression),
            None => Ok(Field::Absent),
        }
    }

    pub(super) fn export_list(&mut self, expressions: &[Expr]) -> Outcome<Field> {
        let mut items = Vec::with_capacity(expressions.len());
        for expression in expressions {
            items.push(self.export_field(expression)?);
        }
        Ok(Field::List(items))
    }

    pub(super) fn invalid(&self, range: TextRange) -> Box<Failure> {
        Failure::syntax("invalid syntax", self.position(range))
    }

    fn export_frequent(&mut self, expression: &Expr) -> Outcome<Node> {
        let span = self.span(expression.range());
        Ok(match expression {
            Expr::Name(node) => {
                // Letters of other alphabets may stand for those of a keyword.
                if matches!(node.id.as_str(), "None" | "True" | "False") {
                    return Err(Failure::constant_name(node.id.as_str(), self.position(node.range)));
                }
                let name = self.name(node.id.as_str());
                Node::new(Class::Name, span, [name.into(), context(node.ctx).into()])
            }
            Expr::Attribute(node) => {
                let value = self.export_field(&node.value)?;
                let name = self.name(node.attr.as_str());
                Node::new(Class::Attribute, span, [value, name.into(), context(node.ctx).into()])
            }
            Expr::Subscript(node) => {
                let value = self.export_field(&node.value)?;
                let index = self.export_field(&node.slice)?;
                Node::new(Class::Subscript, span, [value, index, context(node.ctx).into()])
            }
            Expr::Call(node) => {
                let function = self.export_field(&node.func)?;
                let (mut positional, keywords) = self.export_arguments(&node.arguments)?;
                // A generator expression that is the only argument has the parentheses of the call.
                if let [Expr::Generator(generator)] = &*node.arguments.args
                    && !generator.parenthesized
                    && let Field::List(items) = &mut positional
                    && let [Field::Node(argument)] = &mut items[..]
                {
                    argument.span = self.span(node.arguments.range).into();
                }
                Node::new(Class::Call, span, [function, positional, keywords])
            }
            Expr::StringLiteral(node) => {
                let kind = self.string_kind(node.value.iter().next().map(|part| part.range));
                let value = self.string_literal(&node.value)?;
                Node::new(Class::Constant, span, [Field::Constant(value), kind])
            }
            Expr::BytesLiteral(node) => {
                for part in node.value.iter().filter(|part| !part.flags.prefix().is_raw()) {
                    self.check_escapes(part.content_range(), true);
                }
                constant(Constant::Bytes(node.value.bytes().collect()), span)
            }
            Expr::NumberLiteral(node) => {
                if self.source[node.range.to_std_range()].contains('_') {
                    self.since(6, "Underscores in numeric literals are", node.range)?;
                }
                constant(literal::number(&node.value), span)
            }
            Expr::BooleanLiteral(node) => constant(if node.value { Constant::True } else { Constant::False }, span),
            Expr::NoneLiteral(_) => constant(Constant::None, span),
            Expr::EllipsisLiteral(_) => constant(Constant::Ellipsis, span),
            Expr::BinOp(node) => return self.export_binary(node),
            _ => return self.export_rarer(expression, span),
        })
    }

    /// Kept apart from the frequent kinds so that their recursion needs little stack.
    fn export_rarer(&mut self, expression: &Expr, span: Position) -> Outcome<Node> {
        Ok(match expression {
            Expr::UnaryOp(node) => {
                let operand = self.export_field(&node.operand)?;
                Node::new(Class::UnaryOp, span, [unary_operator(node.op).into(), operand])
            }
            Expr::BoolOp(node) => {
                let operator = if node.op == ruff::BoolOp::Or { Class::Or } else { Class::And };
                Node::new(Class::BoolOp, span, [operator.into(), self.export_list(&node.values)?])
            }
            Expr::Compare(node) => {
                let left = self.export_field(&node.left)?;
                let operators: Vec<Class> = node.ops.iter().map(|operator| comparison(*operator)).collect();
                Node::new(Class::Compare, span, [left, operators.into(), self.export_list(&node.comparators)?])
            }
            Expr::List(node) => Node::new(Class::List, span, [self.export_list(&node.elts)?, context(node.ctx).into()]),
            Expr::Tuple(node) => {
                Node::new(Class::Tuple, span, [self.export_list(&node.elts)?, context(node.ctx).into()])
            }
            Expr::Set(node) => Node::new(Class::Set, span, [self.export_list(&node.elts)?]),
            Expr::Dict(node) => {
                let (mut keys, mut values) = (Vec::new(), Vec::new());
                for item in &node.items {
                    keys.push(match &item.key {
                        Some(key) => self.export_field(key)?,
                        None => Field::Absent,
                    });
                    values.push(self.export_field(&item.value)?);
                }
                Node::new(Class::Dict, span, [Field::List(keys), Field::List(values)])
            }
            Expr::Named(node) => {
                let target = self.export_field(&node.target)?;
                Node::new(Class::NamedExpr, span, [target, self.export_field(&node.value)?])
            }
            Expr::Lambda(node) => {
                let parameters = self.export_parameters(node.parameters.as_deref())?;
                Node::new(Class::Lambda, span, [parameters.into(), self.export_field(&node.body)?])
            }
            Expr::If(node) => {
                let (test, body) = (self.export_field(&node.test)?, self.export_field(&node.body)?);
                Node::new(Class::IfExp, span, [test, body, self.export_field(&node.orelse)?])
            }
            Expr::ListComp(node) => self.export_comprehension(Class::ListComp, span, &node.elt, &node.generators)?,
            Expr::SetComp(node) => self.export_comprehension(Class::SetComp, span, &node.elt, &node.generators)?,
            Expr::Generator(node) => {
                self.export_comprehension(Class::GeneratorExp, span, &node.elt, &node.generators)?
            }
            Expr::DictComp(node) => {
                let Some(key) = &node.key else {
                    let message = "dict unpacking cannot be used in dict comprehension";
                    return Err(Failure::syntax(message, self.position(node.range)));
                };
                let (key, value) = (self.export_field(key)?, self.export_field(&node.value)?);
                Node::new(Class::DictComp, span, [key, value, self.export_clauses(&node.generators)?])
            }
            Expr::Await(node) => Node::new(Class::Await, span, [self.export_field(&node.value)?]),
            Expr::Yield(node) => Node::new(Class::Yield, span, [self.export_optional(&node.value)?]),
            Expr::YieldFrom(node) => Node::new(Class::YieldFrom, span, [self.export_field(&node.value)?]),
            Expr::FString(node) => self.export_format_string(&node.value, span)?,
            Expr::TString(node) => self.export_template_string(&node.value, span)?,
            Expr::Starred(node) => {
                Node::new(Class::Starred, span, [self.export_field(&node.value)?, context(node.ctx).into()])
            }
            Expr::Slice(node) => {
                let (lower, upper) = (self.export_optional(&node.lower)?, self.export_optional(&node.upper)?);
                Node::new(Class::Slice, span, [lower, upper, self.export_optional(&node.step)?])
            }
            _ => return Err(self.invalid(expression.range())),
        })
    }

    /// Walks down the left side in a loop: `a + b + c + …` may have thousands of terms.
    fn export_binary(&mut self, node: &ruff::ExprBinOp) -> Outcome<Node> {
        let mut chain = vec![node];
        while let Expr::BinOp(left) = &*chain[chain.len() - 1].left {
            chain.push(left);
        }
        let mut left = self.export_expression(&chain[chain.len() - 1].left)?;
        for node in chain.into_iter().rev() {
            let right = self.export_field(&node.right)?;
            left = Node::new(Class::BinOp, self.span(node.range), [left.into(), operator(node.op).into(), right]);
        }
        Ok(left)
    }

    fn export_comprehension(
        &mut self,
        class: Class,
        span: Position,
        element: &Expr,
        clauses: &[ruff::Comprehension],
    ) -> Outcome<Node> {
        let element = self.export_field(element)?;
        Ok(Node::new(class, span, [element, self.export_clauses(clauses)?]))
    }

    fn export_clauses(&mut self, clauses: &[ruff::Comprehension]) -> Outcome<Field> {
        let mut nodes = Vec::with_capacity(clauses.len());
        for clause in clauses {
            let (target, iterable) = (self.export_field(&clause.target)?, self.export_field(&clause.iter)?);
            let fields = [target, iterable, self.export_list(&clause.ifs)?, clause.is_async.into()];
            nodes.push(Node::new(Class::Comprehension, self.span(clause.range), fields));
        }
        Ok(nodes.into())
    }

    /// Positional arguments and keywords.
    pub(super) fn export_arguments(&mut self, arguments: &ruff::Arguments) -> Outcome<(Field, Field)> {
        let positional = self.export_list(&arguments.args)?;
        let mut keywords = Vec::with_capacity(arguments.keywords.len());
        for keyword in &arguments.keywords {
            let name = self.optional_name(&keyword.arg);
            let value = self.export_field(&keyword.value)?;
            keywords.push(Node::new(Class::Keyword, self.span(keyword.range), [name.into(), value]));
        }
        Ok((positional, keywords.into()))
    }
}

pub(super) fn constant(value: Constant, span: Position) -> Node {
    Node::new(Class::Constant, span, [Field::Constant(value), Field::Absent])
}

fn context(context: ruff::ExprContext) -> Class {
    match context {
        ruff::ExprContext::Store => Class::Store,
        ruff::ExprContext::Del => Class::Del,
        ruff::ExprContext::Load | ruff::ExprContext::Invalid => Class::Load,
    }
}

pub(super) fn operator(operator: ruff::Operator) -> Class {
    match operator {
        ruff::Operator::Add => Class::Add,
        ruff::Operator::Sub => Class::Sub,
        ruff::Operator::Mult => Class::Mult,
        ruff::Operator::MatMult => Class::MatMult,
        ruff::Operator::Div => Class::Div,
        ruff::Operator::Mod => Class::Mod,
        ruff::Operator::Pow => Class::Pow,
        ruff::Operator::LShift => Class::LShift,
        ruff::Operator::RShift => Class::RShift,
        ruff::Operator::BitOr => Class::BitOr,
        ruff::Operator::BitXor => Class::BitXor,
        ruff::Operator::BitAnd => Class::BitAnd,
        ruff::Operator::FloorDiv => Class::FloorDiv,
    }
}

fn unary_operator(operator: ruff::UnaryOp) -> Class {
    match operator {
        ruff::UnaryOp::Invert => Class::Invert,
        ruff::UnaryOp::Not => Class::Not,
        ruff::UnaryOp::UAdd => Class::UAdd,
        ruff::UnaryOp::USub => Class::USub,
    }
}

fn comparison(operator: ruff::CmpOp) -> Class {
    match operator {
        ruff::CmpOp::Eq => Class::Eq,
        ruff::CmpOp::NotEq => Class::NotEq,
        ruff::CmpOp::Lt => Class::Lt,
        ruff::CmpOp::LtE => Class::LtE,
        ruff::CmpOp::Gt => Class::Gt,
        ruff::CmpOp::GtE => Class::GtE,
        ruff::CmpOp::Is => Class::Is,
        ruff::CmpOp::IsNot => Class::IsNot,
        ruff::CmpOp::In => Class::In,
        ruff::CmpOp::NotIn => Class::NotIn,
    }
}
