//! Tests that only decide where to go on, and comparisons: short-circuit jumps that build no booleans.

use crate::ast::*;
use crate::error::Outcome;
use crate::expression::constant_items;
use crate::fold;
use crate::generator::Generator;
use crate::register::{Register, Source};
use crate::unit::Label;
use sidewinder_bytecode::{Constant, Op, Position};

/// What jumps to a label when the truth of an expression is as given.
type Branch<'tree> = fn(&mut Generator<'tree>, &'tree Expression, Label, bool) -> Outcome<()>;

impl<'tree> Generator<'tree> {
    /// Jumps when the test is true, else falls through.
    pub fn jump_when(&mut self, test: &'tree Expression, target: Label) -> Outcome<()> {
        self.branch(test, target, true)
    }

    /// Jumps when the test is false, else falls through.
    pub fn jump_unless(&mut self, test: &'tree Expression, target: Label) -> Outcome<()> {
        self.branch(test, target, false)
    }

    /// Jumps when the truth of `test` is `sense`.
    fn branch(&mut self, test: &'tree Expression, target: Label, sense: bool) -> Outcome<()> {
        let position = test.position;
        match &test.kind {
            ExpressionKind::Constant(constant) if fold::truth(constant).is_some() => {
                self.mark_line(position);
                if fold::truth(constant) == Some(sense) {
                    self.jump(target, position);
                }
                Ok(())
            }
            ExpressionKind::Unary { operator: UnaryOperator::Not, operand } => self.branch(operand, target, !sense),
            ExpressionKind::Boolean { is_or, values } => {
                self.branch_boolean(*is_or, values, target, sense, Self::branch)
            }
            ExpressionKind::Conditional { test, body, orelse } => {
                let (otherwise, end) = (self.new_label(), self.new_label());
                self.branch(test, otherwise, false)?;
                self.branch(body, target, sense)?;
                self.jump(end, position);
                self.place(otherwise);
                self.branch(orelse, target, sense)?;
                self.place(end);
                Ok(())
            }
            ExpressionKind::Compare { left, rest } => self.branch_compare(left, rest, target, sense, position),
            _ => self.branch_on_made(test, target, sense),
        }
    }

    /// Like `branch`, for a value of an `and` or `or` whose result is wanted. What it is made of is tested as often as in
    /// CPython, which makes the value of a `not`, of a chained comparison and of the body of an `if` first.
    pub fn branch_on_value(&mut self, test: &'tree Expression, target: Label, sense: bool) -> Outcome<()> {
        match &test.kind {
            ExpressionKind::Boolean { is_or, values } => {
                self.branch_boolean(*is_or, values, target, sense, Self::branch_on_value)
            }
            ExpressionKind::Conditional { test, body, orelse } => {
                let (otherwise, end) = (self.new_label(), self.new_label());
                self.branch(test, otherwise, false)?;
                self.branch_on_made(body, target, sense)?;
                self.jump(end, body.position);
                self.place(otherwise);
                self.branch_on_value(orelse, target, sense)?;
                self.place(end);
                Ok(())
            }
            ExpressionKind::Unary { .. } => self.branch_on_made(test, target, sense),
            ExpressionKind::Compare { rest, .. } if rest.len() > 1 => self.branch_on_made(test, target, sense),
            _ => self.branch(test, target, sense),
        }
    }

    /// Makes the value of an expression and jumps when its truth is `sense`.
    fn branch_on_made(&mut self, test: &'tree Expression, target: Label, sense: bool) -> Outcome<()> {
        let mark = self.depth();
        let source = self.operand(test)?;
        self.set_depth(mark);
        self.branch_on(source, target, sense, test.position);
        Ok(())
    }

    fn branch_on(&mut self, source: Source, target: Label, sense: bool, position: Position) {
        let op = if sense { Op::JumpIfTrue } else { Op::JumpIfFalse };
        self.emit_jump(op, source, 0, target, position);
    }

    /// `branch` tests one of the values.
    fn branch_boolean(
        &mut self,
        is_or: bool,
        values: &'tree [Expression],
        target: Label,
        sense: bool,
        branch: Branch<'tree>,
    ) -> Outcome<()> {
        let Some((last, first)) = values.split_last() else { return Ok(()) };
        if is_or == sense {
            // One value of the deciding kind settles it.
            return values.iter().try_for_each(|value| branch(self, value, target, sense));
        }
        let end = self.new_label();
        for value in first {
            branch(self, value, end, !sense)?;
        }
        branch(self, last, target, sense)?;
        self.place(end);
        Ok(())
    }

    fn branch_compare(
        &mut self,
        left: &'tree Expression,
        rest: &'tree [(CompareOperator, Expression)],
        target: Label,
        sense: bool,
        position: Position,
    ) -> Outcome<()> {
        let Some(((last_operator, last), links)) = rest.split_last() else { return Ok(()) };
        let mark = self.depth();
        if links.is_empty() {
            return self.branch_single(left, *last_operator, last, target, sense, position);
        }
        let end = self.new_label();
        // Where a false link goes once its middle value is cleared.
        let when_false = if sense { end } else { target };
        let mut left = self.operand_before(left, rest.iter().map(|(_, operand)| operand))?;
        let mut failing: Vec<(Label, Register)> = Vec::new();
        for (operator, operand) in links {
            let (middle, hidden) = self.twice(operand, ".middle")?;
            self.set_depth(mark);
            let label = match hidden {
                Some(hidden) => {
                    let label = self.new_label();
                    failing.push((label, hidden));
                    label
                }
                None => when_false,
            };
            self.branch_operands(*operator, left, middle, label, false, position);
            left = self.take_middle(middle, hidden, position);
        }
        let last = self.comparison_right(*last_operator, last)?;
        self.set_depth(mark);
        self.branch_operands(*last_operator, left, last, target, sense, position);
        if !failing.is_empty() {
            self.jump(end, position);
            for (label, hidden) in failing {
                self.place(label);
                self.clear(hidden, position);
                self.jump(when_false, position);
                self.release(hidden);
            }
        }
        self.place(end);
        Ok(())
    }

    fn branch_single(
        &mut self,
        left: &'tree Expression,
        operator: CompareOperator,
        right: &'tree Expression,
        target: Label,
        sense: bool,
        position: Position,
    ) -> Outcome<()> {
        let mark = self.depth();
        if let (CompareOperator::Is | CompareOperator::IsNot, Some(Constant::None)) = (operator, right.as_constant()) {
            let source = self.operand(left)?;
            self.set_depth(mark);
            let op = if (operator == CompareOperator::Is) == sense { Op::JumpIfNone } else { Op::JumpIfNotNone };
            self.emit_jump(op, source, 0, target, position);
            return Ok(());
        }
        let left = self.operand_before(left, [right])?;
        let right = self.comparison_right(operator, right)?;
        self.set_depth(mark);
        self.branch_operands(operator, left, right, target, sense, position);
        Ok(())
    }

    /// Compares two operands and jumps when the outcome is `sense`.
    fn branch_operands(
        &mut self,
        operator: CompareOperator,
        left: Source,
        right: Source,
        target: Label,
        sense: bool,
        position: Position,
    ) {
        let op = match (operator, sense) {
            (CompareOperator::Less, true) => Op::JumpIfLess,
            (CompareOperator::LessEqual, true) => Op::JumpIfLessEqual,
            (CompareOperator::Equal, true) => Op::JumpIfEqual,
            (CompareOperator::NotEqual, true) => Op::JumpIfNotEqual,
            (CompareOperator::Greater, true) => Op::JumpIfGreater,
            (CompareOperator::GreaterEqual, true) => Op::JumpIfGreaterEqual,
            (CompareOperator::Less, false) => Op::JumpUnlessLess,
            (CompareOperator::LessEqual, false) => Op::JumpUnlessLessEqual,
            (CompareOperator::Equal, false) => Op::JumpUnlessEqual,
            (CompareOperator::NotEqual, false) => Op::JumpUnlessNotEqual,
            (CompareOperator::Greater, false) => Op::JumpUnlessGreater,
            (CompareOperator::GreaterEqual, false) => Op::JumpUnlessGreaterEqual,
            (CompareOperator::Is, true) | (CompareOperator::IsNot, false) => Op::JumpIfIs,
            (CompareOperator::Is, false) | (CompareOperator::IsNot, true) => Op::JumpIfIsNot,
            (CompareOperator::In, true) | (CompareOperator::NotIn, false) => Op::JumpIfContains,
            (CompareOperator::In, false) | (CompareOperator::NotIn, true) => Op::JumpUnlessContains,
        };
        self.emit_jump(op, left, right, target, position);
    }

    /// The right side of a comparison; a display of constants after `in` is one constant.
    fn comparison_right(&mut self, operator: CompareOperator, right: &'tree Expression) -> Outcome<Source> {
        if matches!(operator, CompareOperator::In | CompareOperator::NotIn) {
            let constant = match &right.kind {
                ExpressionKind::List(items) => constant_items(items).map(Constant::Tuple),
                ExpressionKind::Set(items) => constant_items(items).map(Constant::FrozenSet),
                _ => None,
            };
            if let Some(constant) = constant {
                return Ok(self.constant_operand(&constant, right.position));
            }
        }
        self.operand(right)
    }

    /// The middle value as the left operand of the next link, which is its last use.
    fn take_middle(&mut self, middle: Source, hidden: Option<Register>, position: Position) -> Source {
        let Some(hidden) = hidden else { return middle };
        let temporary = self.temporary();
        self.emit(Op::Move, temporary, hidden, 0, position);
        self.clear(hidden, position);
        temporary.into()
    }

    /// The value of a comparison; in a chain, that of the first link that is false, or of the last.
    pub fn compare(
        &mut self,
        left: &'tree Expression,
        rest: &'tree [(CompareOperator, Expression)],
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let Some(((last_operator, last), links)) = rest.split_last() else { return Ok(()) };
        if links.is_empty() {
            let mark = self.depth();
            let left = self.operand_before(left, [last])?;
            let right = self.comparison_right(*last_operator, last)?;
            self.set_depth(mark);
            self.emit(compare_op(*last_operator), destination, left, right, position);
            return Ok(());
        }
        self.in_temporary(destination, position, |generator, result| {
            let end = generator.new_label();
            let base = result.index();
            generator.set_depth(base);
            let mut left = generator.operand_before(left, rest.iter().map(|(_, operand)| operand))?;
            let mut failing: Vec<(Label, Register)> = Vec::new();
            for (operator, operand) in links {
                let (middle, hidden) = generator.twice(operand, ".middle")?;
                let label = match hidden {
                    Some(hidden) => {
                        let label = generator.new_label();
                        failing.push((label, hidden));
                        label
                    }
                    None => end,
                };
                generator.emit(compare_op(*operator), result, left, middle, position);
                generator.emit_jump(Op::JumpIfFalseKeep, result, 0, label, position);
                generator.set_depth(base);
                left = generator.take_middle(middle, hidden, position);
            }
            let last = generator.comparison_right(*last_operator, last)?;
            generator.emit(compare_op(*last_operator), result, left, last, position);
            if !failing.is_empty() {
                generator.jump(end, position);
                for (label, hidden) in failing {
                    generator.place(label);
                    generator.clear(hidden, position);
                    generator.jump(end, position);
                    generator.release(hidden);
                }
            }
            generator.place(end);
            generator.set_depth(base + 1);
            Ok(())
        })
    }
}

fn compare_op(operator: CompareOperator) -> Op {
    match operator {
        CompareOperator::Less => Op::Less,
        CompareOperator::LessEqual => Op::LessEqual,
        CompareOperator::Equal => Op::Equal,
        CompareOperator::NotEqual => Op::NotEqual,
        CompareOperator::Greater => Op::Greater,
        CompareOperator::GreaterEqual => Op::GreaterEqual,
        CompareOperator::Is => Op::Is,
        CompareOperator::IsNot => Op::IsNot,
        CompareOperator::In => Op::Contains,
        CompareOperator::NotIn => Op::NotContains,
    }
}
