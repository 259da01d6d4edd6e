//! Expressions.

use super::{Builder, impossible, position};
use crate::error::{Failure, Outcome};
use crate::syntax::expression::OPERATOR_CHAIN_MAX;
use crate::tree::{Class, Field, Node};
use ruff_python_ast::{self as ruff, AtomicNodeIndex, Expr};
use ruff_text_size::{Ranged, TextRange};
use sidewinder_bytecode::Constant;

const NONE: AtomicNodeIndex = AtomicNodeIndex::NONE;

impl Builder {
    pub(super) fn expression_in(&mut self, field: &Field) -> Outcome<Expr> {
        match field.node() {
            Some(node) => self.expression(node),
            None => Err(Failure::syntax("expression missing", Default::default())),
        }
    }

    pub(super) fn boxed(&mut self, field: &Field) -> Outcome<Box<Expr>> {
        Ok(Box::new(self.expression_in(field)?))
    }

    pub(super) fn optional(&mut self, field: &Field) -> Outcome<Option<Box<Expr>>> {
        field.node().map(|node| Ok(Box::new(self.expression(node)?))).transpose()
    }

    pub(super) fn expressions(&mut self, field: &Field) -> Outcome<Vec<Expr>> {
        field.nodes().map(|node| self.expression(node)).collect()
    }

    pub(super) fn expression(&mut self, node: &Node) -> Outcome<Expr> {
        self.nested(node, |builder| match node.class {
            Class::BinOp => builder.binary(node),
            _ => builder.frequent(node),
        })
    }

    fn frequent(&mut self, node: &Node) -> Outcome<Expr> {
        let range = self.range(node.span);
        let fields = &node.fields;
        Ok(match node.class {
            Class::Name => {
                let id = fields[0].text().map_or("", |text| &**text).into();
                ruff::ExprName { node_index: NONE, range, id, ctx: context(&fields[1]) }.into()
            }
            Class::Attribute => {
                let (value, attr) = (self.boxed(&fields[0])?, self.identifier(&fields[1], range));
                ruff::ExprAttribute { node_index: NONE, range, value, attr, ctx: context(&fields[2]) }.into()
            }
            Class::Subscript => {
                let (value, slice) = (self.boxed(&fields[0])?, self.boxed(&fields[1])?);
                ruff::ExprSubscript { node_index: NONE, range, value, slice, ctx: context(&fields[2]) }.into()
            }
            Class::Call => {
                let func = self.boxed(&fields[0])?;
                let arguments = self.arguments(&fields[1], &fields[2], range)?;
                ruff::ExprCall { node_index: NONE, range_start: range.start(), func, arguments }.into()
            }
            Class::Constant => match &fields[0] {
                Field::Constant(constant) => self.constant(constant, range),
                _ => return Err(impossible(node)),
            },
            _ => return self.rarer(node, range),
        })
    }

    fn rarer(&mut self, node: &Node, range: TextRange) -> Outcome<Expr> {
        let fields = &node.fields;
        Ok(match node.class {
            Class::BoolOp => {
                let op = if fields[0].plain() == Some(Class::Or) { ruff::BoolOp::Or } else { ruff::BoolOp::And };
                ruff::ExprBoolOp { node_index: NONE, range, op, values: self.expressions(&fields[1])? }.into()
            }
            Class::NamedExpr => {
                let (target, value) = (self.boxed(&fields[0])?, self.boxed(&fields[1])?);
                ruff::ExprNamed { node_index: NONE, range, target, value }.into()
            }
            Class::UnaryOp => {
                let op = match fields[0].plain() {
                    Some(Class::Invert) => ruff::UnaryOp::Invert,
                    Some(Class::Not) => ruff::UnaryOp::Not,
                    Some(Class::UAdd) => ruff::UnaryOp::UAdd,
                    _ => ruff::UnaryOp::USub,
                };
                ruff::ExprUnaryOp { node_index: NONE, range, op, operand: self.boxed(&fields[1])? }.into()
            }
            Class::Lambda => {
                let parameters = Some(Box::new(self.parameters(&fields[0], range)?));
                ruff::ExprLambda { node_index: NONE, range, parameters, body: self.boxed(&fields[1])? }.into()
            }
            Class::IfExp => {
                let (test, body) = (self.boxed(&fields[0])?, self.boxed(&fields[1])?);
                ruff::ExprIf { node_index: NONE, range, test, body, orelse: self.boxed(&fields[2])? }.into()
            }
            Class::Dict => {
                let mut items = Vec::new();
                for (key, value) in fields[0].list().iter().zip(fields[1].list()) {
                    let key = key.node().map(|key| self.expression(key)).transpose()?;
                    items.push(ruff::DictItem { key, value: self.expression_in(value)? });
                }
                ruff::ExprDict { node_index: NONE, range, items }.into()
            }
            Class::Set => ruff::ExprSet { node_index: NONE, range, elts: self.expressions(&fields[0])? }.into(),
            Class::List => {
                let elts = self.expressions(&fields[0])?;
                ruff::ExprList { node_index: NONE, range, elts, ctx: context(&fields[1]) }.into()
            }
            Class::Tuple => {
                let elts = self.expressions(&fields[0])?;
                ruff::ExprTuple { node_index: NONE, range, elts, ctx: context(&fields[1]), parenthesized: true }.into()
            }
            Class::ListComp | Class::SetComp | Class::GeneratorExp | Class::DictComp => {
                self.comprehension(node, range)?
            }
            Class::Await => ruff::ExprAwait { node_index: NONE, range, value: self.boxed(&fields[0])? }.into(),
            Class::Yield => ruff::ExprYield { node_index: NONE, range, value: self.optional(&fields[0])? }.into(),
            Class::YieldFrom => ruff::ExprYieldFrom { node_index: NONE, range, value: self.boxed(&fields[0])? }.into(),
            Class::Compare => {
                let left = self.boxed(&fields[0])?;
                let operators = fields[1].list().iter().map(|operator| comparison(operator.plain()));
                let ops = operators.collect::<Option<Vec<_>>>().ok_or_else(|| impossible(node))?;
                let comparators = self.expressions(&fields[2])?.into();
                ruff::ExprCompare { node_index: NONE, range, left, ops: ops.into(), comparators }.into()
            }
            Class::Starred => {
                let value = self.boxed(&fields[0])?;
                ruff::ExprStarred { node_index: NONE, range, value, ctx: context(&fields[1]) }.into()
            }
            Class::Slice => {
                let (lower, upper) = (self.optional(&fields[0])?, self.optional(&fields[1])?);
                ruff::ExprSlice { node_index: NONE, range, lower, upper, step: self.optional(&fields[2])? }.into()
            }
            Class::JoinedStr | Class::FormattedValue => self.format_string(node, range)?,
            Class::TemplateStr | Class::Interpolation => self.template_string(node, range)?,
            _ => return Err(impossible(node)),
        })
    }

    /// Walks down the left side in a loop.
    fn binary(&mut self, node: &Node) -> Outcome<Expr> {
        let mut chain = vec![node];
        while let Some(left) = chain[chain.len() - 1].fields[0].node().filter(|left| left.class == Class::BinOp) {
            chain.push(left);
        }
        if chain.len() > OPERATOR_CHAIN_MAX {
            return Err(Failure::too_deep(position(node.span)));
        }
        let mut left = self.boxed(&chain[chain.len() - 1].fields[0])?;
        for node in chain.into_iter().rev() {
            let range = self.range(node.span);
            let op = operator(node.fields[1].plain()).ok_or_else(|| impossible(node))?;
            let right = self.boxed(&node.fields[2])?;
            left = Box::new(ruff::ExprBinOp { node_index: NONE, range, left, op, right }.into());
        }
        Ok(*left)
    }

    fn comprehension(&mut self, node: &Node, range: TextRange) -> Outcome<Expr> {
        let fields = &node.fields;
        let element = self.boxed(&fields[0])?;
        let clauses = if node.class == Class::DictComp { &fields[2] } else { &fields[1] };
        let value = if node.class == Class::DictComp { self.optional(&fields[1])? } else { None };
        let mut generators = Vec::new();
        for clause in clauses.nodes() {
            let [target, iterable, conditions, is_async] = clause.all();
            generators.push(ruff::Comprehension {
                range,
                node_index: NONE,
                target: self.expression_in(target)?,
                iter: self.expression_in(iterable)?,
                ifs: self.expressions(conditions)?,
                is_async: is_async.number() != 0,
            });
        }
        Ok(match node.class {
            Class::ListComp => ruff::ExprListComp { node_index: NONE, range, elt: element, generators }.into(),
            Class::SetComp => ruff::ExprSetComp { node_index: NONE, range, elt: element, generators }.into(),
            Class::GeneratorExp => {
                ruff::ExprGenerator { node_index: NONE, range, elt: element, generators, parenthesized: true }.into()
            }
            _ => {
                let Some(value) = value else { return Err(impossible(node)) };
                ruff::ExprDictComp { node_index: NONE, range, key: Some(element), value, generators }.into()
            }
        })
    }

    pub(super) fn arguments(
        &mut self,
        positional: &Field,
        keywords: &Field,
        range: TextRange,
    ) -> Outcome<ruff::Arguments> {
        let args = self.expressions(positional)?.into();
        let mut rebuilt = Vec::new();
        for node in keywords.nodes() {
            let range = self.range(node.span);
            let arg = self.optional_identifier(&node.fields[0], range);
            let value = self.expression_in(&node.fields[1])?;
            rebuilt.push(ruff::Keyword { range, node_index: NONE, arg, value });
        }
        Ok(ruff::Arguments { range, node_index: NONE, args, keywords: rebuilt.into_iter().collect() })
    }

    /// The literal of a constant; what none can say is kept beside the tree.
    fn constant(&mut self, constant: &Constant, range: TextRange) -> Expr {
        let number = |value| ruff::ExprNumberLiteral { node_index: NONE, range, value }.into();
        match constant {
            Constant::None => ruff::ExprNoneLiteral { node_index: NONE, range }.into(),
            Constant::True => ruff::ExprBooleanLiteral { node_index: NONE, range, value: true }.into(),
            Constant::False => ruff::ExprBooleanLiteral { node_index: NONE, range, value: false }.into(),
            Constant::Ellipsis => ruff::ExprEllipsisLiteral { node_index: NONE, range }.into(),
            Constant::Int(value) => self.integer(&value.to_string(), range),
            Constant::BigInt(digits) => self.integer(digits, range),
            Constant::Float(value) => number(ruff::Number::Float(*value)),
            Constant::Complex(real, imag) => number(ruff::Number::Complex { real: *real, imag: *imag }),
            Constant::Str(text) => self.string(text, range),
            Constant::StrSurrogates(_) => {
                self.given.insert(range.start(), constant.clone());
                self.string("", range)
            }
            Constant::Bytes(bytes) => {
                let prefix = ruff::str_prefix::ByteStringPrefix::Raw { uppercase_r: false };
                let flags = ruff::BytesLiteralFlags::empty().with_prefix(prefix);
                let value = ruff::BytesLiteral { range, node_index: NONE, value: bytes.clone().into(), flags };
                let value = ruff::BytesLiteralValue::single(value);
                ruff::ExprBytesLiteral { node_index: NONE, range, value }.into()
            }
            Constant::Tuple(items) => {
                let elts = items.iter().map(|item| self.item(item, range)).collect();
                let ctx = ruff::ExprContext::Load;
                ruff::ExprTuple { node_index: NONE, range, elts, ctx, parenthesized: true }.into()
            }
            Constant::FrozenSet(items) => {
                self.given.insert(range.start(), constant.clone());
                let elts = items.iter().map(|item| self.item(item, range)).collect();
                ruff::ExprSet { node_index: NONE, range, elts }.into()
            }
            Constant::Code(_) => ruff::ExprNoneLiteral { node_index: NONE, range }.into(),
        }
    }

    /// An item of a constant, with a place of its own: what is kept beside the tree is found by it.
    fn item(&mut self, constant: &Constant, outer: TextRange) -> Expr {
        let index = outer.start().to_u32() as usize;
        let (start, end) = (self.points[index], self.points[index + 1]);
        let at = self.points.len() as u32;
        self.points.extend([start, end]);
        self.constant(constant, TextRange::new(at.into(), (at + 1).into()))
    }

    /// There is no literal of a negative number: those are what their operation folds to.
    fn integer(&mut self, digits: &str, range: TextRange) -> Expr {
        let value = digits.trim_start_matches('-').parse().unwrap_or(ruff::Int::ZERO);
        let literal: Expr = ruff::ExprNumberLiteral { node_index: NONE, range, value: ruff::Number::Int(value) }.into();
        if !digits.starts_with('-') {
            return literal;
        }
        let (op, operand) = (ruff::UnaryOp::USub, Box::new(literal));
        ruff::ExprUnaryOp { node_index: NONE, range: operand.range(), op, operand }.into()
    }

    fn string(&mut self, text: &str, range: TextRange) -> Expr {
        let value = ruff::StringLiteralValue::single(super::string::literal(text, range));
        ruff::ExprStringLiteral { node_index: NONE, range, value }.into()
    }
}

fn context(field: &Field) -> ruff::ExprContext {
    match field.plain() {
        Some(Class::Store) => ruff::ExprContext::Store,
        Some(Class::Del) => ruff::ExprContext::Del,
        _ => ruff::ExprContext::Load,
    }
}

pub(super) fn operator(class: Option<Class>) -> Option<ruff::Operator> {
    Some(match class? {
        Class::Add => ruff::Operator::Add,
        Class::Sub => ruff::Operator::Sub,
        Class::Mult => ruff::Operator::Mult,
        Class::MatMult => ruff::Operator::MatMult,
        Class::Div => ruff::Operator::Div,
        Class::Mod => ruff::Operator::Mod,
        Class::Pow => ruff::Operator::Pow,
        Class::LShift => ruff::Operator::LShift,
        Class::RShift => ruff::Operator::RShift,
        Class::BitOr => ruff::Operator::BitOr,
        Class::BitXor => ruff::Operator::BitXor,
        Class::BitAnd => ruff::Operator::BitAnd,
        Class::FloorDiv => ruff::Operator::FloorDiv,
        _ => return None,
    })
}

fn comparison(class: Option<Class>) -> Option<ruff::CmpOp> {
    Some(match class? {
        Class::Eq => ruff::CmpOp::Eq,
        Class::NotEq => ruff::CmpOp::NotEq,
        Class::Lt => ruff::CmpOp::Lt,
        Class::LtE => ruff::CmpOp::LtE,
        Class::Gt => ruff::CmpOp::Gt,
        Class::GtE => ruff::CmpOp::GtE,
        Class::Is => ruff::CmpOp::Is,
        Class::IsNot => ruff::CmpOp::IsNot,
        Class::In => ruff::CmpOp::In,
        Class::NotIn => ruff::CmpOp::NotIn,
        _ => return None,
    })
}
