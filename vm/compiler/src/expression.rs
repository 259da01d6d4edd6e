//! Expressions: as an operand, or into a register.
//!
//! Not here: calls (`call.rs`), comprehensions, functions, and tests that only jump (`condition.rs`).

use crate::ast::*;
use crate::error::{Failure, Outcome};
use crate::generator::Generator;
use crate::register::{Register, Source};
use crate::scope::ScopeKind;
use crate::unit::Label;
use sidewinder_bytecode::{Constant, Op, Position};

/// Displays and strings with more parts than this are built step by step, so that they do not need as many registers.
pub(crate) const RUN_LENGTH_MAX: usize = 30;

impl<'tree> Generator<'tree> {
    /// The value of an expression as an operand: a local or constant as it is, anything else in the next temporary.
    pub fn operand(&mut self, expression: &'tree Expression) -> Outcome<Source> {
        let position = expression.position;
        match &expression.kind {
            ExpressionKind::Constant(constant) => Ok(self.constant_operand(constant, position)),
            ExpressionKind::Name(name) => Ok(self.name_operand(name, position)),
            ExpressionKind::Named { target, value } => self.named_operand(target, value),
            _ => Ok(self.temporary_operand(expression)?.into()),
        }
    }

    /// Like `operand`, for an operand that must keep its value while the expressions in `later` are evaluated.
    pub fn operand_before<'a>(
        &mut self,
        expression: &'tree Expression,
        later: impl IntoIterator<Item = &'a Expression>,
    ) -> Outcome<Source> {
        let source = self.operand(expression)?;
        if later.into_iter().all(binds_nothing) {
            return Ok(source);
        }
        Ok(self.protect(source, expression.position))
    }

    /// The value of an expression in the next temporary.
    pub fn temporary_operand(&mut self, expression: &'tree Expression) -> Outcome<Register> {
        let mark = self.depth();
        let destination = Register::temporary(mark);
        self.expression_to(expression, destination)?;
        self.set_depth(mark + 1);
        Ok(destination)
    }

    /// Evaluates an expression into a register: a local, or the next free temporary. Does not take that temporary.
    pub fn expression_to(&mut self, expression: &'tree Expression, destination: Register) -> Outcome<()> {
        debug_assert!(!destination.is_temporary() || destination.index() == self.depth());
        let position = expression.position;
        match &expression.kind {
            ExpressionKind::Constant(constant) => self.load_constant(destination, constant, position),
            ExpressionKind::Name(name) => self.load_name(name, destination, position),
            ExpressionKind::Binary { .. } => return self.operator_chain(expression, destination),
            ExpressionKind::Unary { operator, operand } => {
                let op = match operator {
                    UnaryOperator::Negative => Op::Negative,
                    UnaryOperator::Positive => Op::Positive,
                    UnaryOperator::Invert => Op::Invert,
                    UnaryOperator::Not => Op::Not,
                };
                let mark = self.depth();
                let source = self.operand(operand)?;
                self.set_depth(mark);
                self.emit(op, destination, source, 0, position);
            }
            ExpressionKind::Attribute { value, name } => return self.attribute(value, name, destination, position),
            ExpressionKind::Subscript { value, index } => {
                return self.subscript(value, index, destination, position);
            }
            ExpressionKind::Call { function, arguments } => {
                return self.call(function, arguments, destination, position);
            }
            ExpressionKind::Compare { left, rest } => return self.compare(left, rest, destination, position),
            ExpressionKind::Boolean { is_or, values } => return self.boolean(*is_or, values, destination, position),
            ExpressionKind::Conditional { test, body, orelse } => {
                let (otherwise, end) = (self.new_label(), self.new_label());
                self.jump_unless(test, otherwise)?;
                self.expression_to(body, destination)?;
                self.jump(end, body.position);
                self.place(otherwise);
                self.expression_to(orelse, destination)?;
                self.place(end);
            }
            _ => return self.rarer_expression_to(expression, destination),
        }
        Ok(())
    }

    /// Kept apart from the frequent kinds so that their recursion needs little stack.
    fn rarer_expression_to(&mut self, expression: &'tree Expression, destination: Register) -> Outcome<()> {
        let position = expression.position;
        match &expression.kind {
            ExpressionKind::Tuple(items) => self.tuple(items, destination, position),
            ExpressionKind::List(items) => self.list(items, destination, position),
            ExpressionKind::Set(items) => self.set(items, destination, position),
            ExpressionKind::Dict(items) => self.dict(items, destination, position),
            ExpressionKind::FormatString(parts) => self.format_string(parts, destination, position),
            ExpressionKind::TemplateString(parts) => self.template_string(parts, destination, position),
            ExpressionKind::Comprehension(node) => self.comprehension(node, destination, position),
            ExpressionKind::Lambda(lambda) => self.lambda(lambda, destination, position),
            ExpressionKind::Named { target, value } => {
                let mark = self.depth();
                let source = self.named_operand(target, value)?;
                self.set_depth(mark);
                self.move_to(destination, source, position);
                Ok(())
            }
            ExpressionKind::Slice { lower, upper, step } => {
                let mark = self.depth();
                let run = self.slice_bounds(lower, upper, position)?;
                match step {
                    Some(step) => self.temporary_operand(step)?,
                    None => self.none_operand(position),
                };
                self.set_depth(mark);
                self.emit(Op::BuildSlice, destination, run, 0, position);
                Ok(())
            }
            ExpressionKind::Yield(value) => self.yield_value(value.as_deref(), destination, position),
            ExpressionKind::YieldFrom(value) => self.yield_from(value, destination, position),
            ExpressionKind::Await(value) => self.await_value(value, destination, position),
            ExpressionKind::Starred(_) => Err(Failure::syntax("can't use starred expression here", position)),
            _ => unreachable!("the frequent kinds are handled by the caller"),
        }
    }

    /// Binary operators; walks down the left side in a loop, because such chains may be thousands of terms long.
    fn operator_chain(&mut self, expression: &'tree Expression, destination: Register) -> Outcome<()> {
        let mut chain = Vec::new();
        let mut current = expression;
        while let ExpressionKind::Binary { left, operator, right } = &current.kind {
            chain.push((*operator, right, current.position));
            current = left;
        }
        let mark = self.depth();
        let mut left = self.operand_before(current, chain.iter().map(|(_, right, _)| &***right))?;
        for (index, (operator, right, position)) in chain.into_iter().enumerate().rev() {
            let right = self.operand(right)?;
            self.set_depth(mark);
            let result = if index == 0 { destination } else { self.temporary() };
            self.emit(binary_op(operator), result, left, right, position);
            left = result.into();
        }
        Ok(())
    }

    fn attribute(
        &mut self,
        value: &'tree Expression,
        name: &Name,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        if self.super_attribute(value, name, destination, position)? {
            return Ok(());
        }
        let mark = self.depth();
        let source = self.operand(value)?;
        self.set_depth(mark);
        let name = self.mangled(name);
        let site = self.site(&name);
        let position = attribute_position(position, &name);
        self.emit(Op::LoadAttr, destination, source, site, position);
        Ok(())
    }

    fn subscript(
        &mut self,
        value: &'tree Expression,
        index: &'tree Expression,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let mark = self.depth();
        let container = self.operand_before(value, [index])?;
        if let ExpressionKind::Slice { lower, upper, step: None } = &index.kind {
            let run = self.slice_bounds(lower, upper, index.position)?;
            self.set_depth(mark);
            self.emit(Op::GetSlice, destination, container, run, position);
            return Ok(());
        }
        let index = self.operand(index)?;
        self.set_depth(mark);
        self.emit(Op::GetItem, destination, container, index, position);
        Ok(())
    }

    /// The bounds of a slice in two temporaries.
    fn slice_bounds(
        &mut self,
        lower: &'tree Option<Box<Expression>>,
        upper: &'tree Option<Box<Expression>>,
        position: Position,
    ) -> Outcome<Register> {
        let run = Register::temporary(self.depth());
        for bound in [lower, upper] {
            match bound {
                Some(bound) => self.temporary_operand(bound)?,
                None => self.none_operand(position),
            };
        }
        Ok(run)
    }

    /// None in the next temporary.
    pub fn none_operand(&mut self, position: Position) -> Register {
        let temporary = self.temporary();
        self.load_constant(temporary, &Constant::None, position);
        temporary
    }

    /// `target := value`; the result may be the target's register itself.
    fn named_operand(&mut self, target: &'tree Expression, value: &'tree Expression) -> Outcome<Source> {
        let Some(name) = target.as_name() else {
            return Err(Failure::syntax("cannot use assignment expressions here", target.position));
        };
        if let Some(register) = self.local_register(name) {
            self.expression_to(value, register)?;
            return Ok(register.into());
        }
        let source = self.operand(value)?;
        if !matches!(source, Source::Register(register) if register.is_temporary()) {
            self.store_name(name, source, target.position);
            return Ok(source);
        }
        // The value is wanted twice: keep it in a hidden local for a moment.
        let mark = self.depth() - 1;
        let hidden = self.acquire(".value");
        self.move_to(hidden, source, target.position);
        self.store_name(name, hidden.into(), target.position);
        self.set_depth(mark);
        let temporary = self.temporary();
        self.move_to(temporary, hidden.into(), target.position);
        self.clear_and_release(hidden, target.position);
        Ok(temporary.into())
    }

    /// Evaluates expressions into a run of temporaries.
    pub fn run(&mut self, items: &'tree [Expression]) -> Outcome<Register> {
        let first = Register::temporary(self.depth());
        for item in items {
            self.temporary_operand(item)?;
        }
        Ok(first)
    }

    fn tuple(&mut self, items: &'tree [Expression], destination: Register, position: Position) -> Outcome<()> {
        if items.len() <= RUN_LENGTH_MAX && !items.iter().any(Expression::is_starred) {
            let mark = self.depth();
            let run = self.run(items)?;
            self.set_depth(mark);
            self.emit(Op::BuildTuple, destination, run, items.len() as u32, position);
            return Ok(());
        }
        let mark = self.depth();
        let list = self.temporary();
        self.fill_list(items, list, position)?;
        self.set_depth(mark);
        self.emit(Op::ListToTuple, destination, list, 0, position);
        Ok(())
    }

    fn list(&mut self, items: &'tree [Expression], destination: Register, position: Position) -> Outcome<()> {
        let starred = items.iter().any(Expression::is_starred);
        let constants = constant_items(items).filter(|constants| constants.len() > 2);
        if items.len() <= RUN_LENGTH_MAX && !starred && constants.is_none() {
            let mark = self.depth();
            let run = self.run(items)?;
            self.set_depth(mark);
            self.emit(Op::BuildList, destination, run, items.len() as u32, position);
            return Ok(());
        }
        self.in_temporary(destination, position, |generator, list| match constants {
            Some(constants) => {
                let mark = generator.depth();
                generator.emit(Op::BuildList, list, Register::temporary(mark), 0, position);
                let tuple = generator.constant_operand(&Constant::Tuple(constants), position);
                generator.set_depth(mark);
                generator.emit(Op::ListExtend, list, tuple, 0, position);
                Ok(())
            }
            None => generator.fill_list(items, list, position),
        })
    }

    /// Builds a list in the temporary `list`, item by item where there are many or starred ones.
    pub fn fill_list(&mut self, items: &'tree [Expression], list: Register, position: Position) -> Outcome<()> {
        let plain = items.iter().take(RUN_LENGTH_MAX).take_while(|item| !item.is_starred()).count();
        let mark = self.depth();
        debug_assert_eq!(mark, list.index() + 1);
        self.set_depth(list.index());
        let run = self.run(&items[..plain])?;
        self.set_depth(mark);
        self.emit(Op::BuildList, list, run, plain as u32, position);
        for item in &items[plain..] {
            let (op, value) = match &item.kind {
                ExpressionKind::Starred(value) => (Op::ListExtend, &**value),
                _ => (Op::ListAppend, item),
            };
            let source = self.operand(value)?;
            self.set_depth(mark);
            self.emit(op, list, source, 0, item.position);
        }
        Ok(())
    }

    fn set(&mut self, items: &'tree [Expression], destination: Register, position: Position) -> Outcome<()> {
        let plain = items.iter().take(RUN_LENGTH_MAX).take_while(|item| !item.is_starred()).count();
        if plain == items.len() {
            let mark = self.depth();
            let run = self.run(items)?;
            self.set_depth(mark);
            self.emit(Op::BuildSet, destination, run, plain as u32, position);
            return Ok(());
        }
        self.in_temporary(destination, position, |generator, set| {
            let mark = generator.depth();
            generator.set_depth(set.index());
            let run = generator.run(&items[..plain])?;
            generator.set_depth(mark);
            generator.emit(Op::BuildSet, set, run, plain as u32, position);
            for item in &items[plain..] {
                let (op, value) = match &item.kind {
                    ExpressionKind::Starred(value) => (Op::SetUpdate, &**value),
                    _ => (Op::SetAdd, item),
                };
                let source = generator.operand(value)?;
                generator.set_depth(mark);
                generator.emit(op, set, source, 0, item.position);
            }
            Ok(())
        })
    }

    fn dict(
        &mut self,
        items: &'tree [(Option<Expression>, Expression)],
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let plain = items.iter().take(RUN_LENGTH_MAX / 2).take_while(|(key, _)| key.is_some()).count();
        let build = |generator: &mut Self, result: Register| -> Outcome<()> {
            let run = Register::temporary(generator.depth());
            for (key, value) in &items[..plain] {
                if let Some(key) = key {
                    generator.temporary_operand(key)?;
                }
                generator.temporary_operand(value)?;
            }
            generator.set_depth(run.index());
            generator.emit(Op::BuildMap, result, run, plain as u32, position);
            Ok(())
        };
        if plain == items.len() {
            return build(self, destination);
        }
        self.in_temporary(destination, position, |generator, dict| {
            let mark = generator.depth();
            generator.set_depth(dict.index());
            build(generator, dict)?;
            generator.set_depth(mark);
            for (key, value) in &items[plain..] {
                match key {
                    Some(key) => {
                        let key = generator.operand_before(key, [value])?;
                        let value = generator.operand(value)?;
                        generator.set_depth(mark);
                        generator.emit(Op::MapAdd, dict, key, value, position);
                    }
                    None => {
                        let mapping = generator.operand(value)?;
                        generator.set_depth(mark);
                        generator.emit(Op::DictUpdate, dict, mapping, 0, position);
                    }
                }
            }
            Ok(())
        })
    }

    fn boolean(
        &mut self,
        is_or: bool,
        values: &'tree [Expression],
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let Some((last, first)) = values.split_last() else { return Ok(()) };
        self.in_temporary(destination, position, |generator, result| {
            let end = generator.new_label();
            let mark = generator.depth();
            generator.set_depth(result.index());
            for value in first {
                generator.decide(value, result, end, is_or)?;
            }
            generator.expression_to(last, result)?;
            generator.place(end);
            generator.set_depth(mark);
            Ok(())
        })
    }

    /// Evaluates a value of `and` or `or` into the temporary `result`, the next one, and jumps to `end` with it when its
    /// truth is `sense`; else goes on without it. The values of an `and` or `or` inside are each tested once.
    fn decide(&mut self, value: &'tree Expression, result: Register, end: Label, sense: bool) -> Outcome<()> {
        match &value.kind {
            ExpressionKind::Boolean { is_or, values } if *is_or == sense => {
                return values.iter().try_for_each(|value| self.decide(value, result, end, sense));
            }
            ExpressionKind::Boolean { values, .. } => {
                let Some((last, first)) = values.split_last() else { return Ok(()) };
                let next = self.new_label();
                first.iter().try_for_each(|value| self.branch_on_value(value, next, !sense))?;
                self.decide(last, result, end, sense)?;
                self.place(next);
            }
            ExpressionKind::Conditional { test, body, orelse } => {
                let (otherwise, next) = (self.new_label(), self.new_label());
                self.jump_unless(test, otherwise)?;
                self.decide_made(body, result, end, sense)?;
                self.jump(next, body.position);
                self.place(otherwise);
                self.decide(orelse, result, end, sense)?;
                self.place(next);
            }
            _ => return self.decide_made(value, result, end, sense),
        }
        Ok(())
    }

    /// Like `decide`, but makes the value before it is tested.
    fn decide_made(&mut self, value: &'tree Expression, result: Register, end: Label, sense: bool) -> Outcome<()> {
        self.expression_to(value, result)?;
        let op = if sense { Op::JumpIfTrueKeep } else { Op::JumpIfFalseKeep };
        self.emit_jump(op, result, 0, end, value.position);
        Ok(())
    }

    fn format_string(&mut self, parts: &'tree [FormatPart], destination: Register, position: Position) -> Outcome<()> {
        match parts {
            [] => self.load_constant(destination, &Constant::Str("".into()), position),
            [part] => self.format_part(part, destination)?,
            _ if parts.len() > RUN_LENGTH_MAX => {
                // Strings of strings, so that the run stays short.
                let mark = self.depth();
                let run = Register::temporary(mark);
                let chunks = parts.chunks(parts.len().div_ceil(RUN_LENGTH_MAX));
                let count = chunks.len();
                for (index, chunk) in chunks.enumerate() {
                    self.set_depth(mark + index as u32);
                    self.format_string(chunk, run.offset(index as u32), position)?;
                }
                self.set_depth(mark);
                self.emit(Op::BuildString, destination, run, count as u32, position);
            }
            _ => {
                let mark = self.depth();
                let run = Register::temporary(mark);
                for (index, part) in parts.iter().enumerate() {
                    self.format_part(part, run.offset(index as u32))?;
                    self.set_depth(mark + index as u32 + 1);
                }
                self.set_depth(mark);
                self.emit(Op::BuildString, destination, run, parts.len() as u32, position);
            }
        }
        Ok(())
    }

    fn template_string(
        &mut self,
        parts: &'tree [FormatPart],
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let (mark, empty) = (self.depth(), || Constant::Str("".into()));
        let (mut strings, mut text, mut fields) = (Vec::new(), empty(), Vec::new());
        for part in parts {
            match part {
                FormatPart::Text(constant, _) => text = constant.clone(),
                FormatPart::Field(field) => {
                    strings.push(std::mem::replace(&mut text, empty()));
                    fields.push(field);
                }
            }
        }
        strings.push(text);
        let run = self.temporary();
        self.load_constant(run, &Constant::Tuple(strings), position);
        let interpolations = Register::temporary(self.depth());
        for field in &fields {
            let first = self.temporary_operand(&field.value)?;
            let text = self.temporary();
            self.load_constant(text, &field.text, field.position);
            let specification = Register::temporary(self.depth());
            match &field.specification {
                Some(specification_parts) => self.format_string(specification_parts, specification, field.position)?,
                None => self.load_constant(specification, &empty(), field.position),
            }
            self.set_depth(first.index());
            self.emit(Op::BuildInterpolation, first, first, field.conversion as u32, field.position);
            self.temporary();
        }
        self.set_depth(interpolations.index());
        self.emit(Op::BuildTuple, interpolations, interpolations, fields.len() as u32, position);
        self.set_depth(mark);
        self.emit(Op::BuildTemplate, destination, run, 0, position);
        Ok(())
    }

    fn format_part(&mut self, part: &'tree FormatPart, destination: Register) -> Outcome<()> {
        let field = match part {
            FormatPart::Text(text, position) => {
                self.load_constant(destination, text, *position);
                return Ok(());
            }
            FormatPart::Field(field) => field,
        };
        let position = field.position;
        let mark = self.depth();
        let Some(specification) = &field.specification else {
            let value = self.operand(&field.value)?;
            self.set_depth(mark);
            self.emit(Op::FormatSimple, destination, value, field.conversion as u32, position);
            return Ok(());
        };
        let value = self.operand(&field.value)?;
        let mut value = self.protect(value, position);
        if field.conversion != 0 {
            self.set_depth(mark);
            let converted = self.temporary();
            self.emit(Op::Convert, converted, value, field.conversion as u32, position);
            value = converted.into();
        }
        let specification = match &specification[..] {
            [] => self.constant_operand(&Constant::Str("".into()), position),
            [FormatPart::Text(text, position)] => self.constant_operand(text, *position),
            parts => {
                let temporary = Register::temporary(self.depth());
                self.format_string(parts, temporary, position)?;
                temporary.into()
            }
        };
        self.set_depth(mark);
        self.emit(Op::FormatWithSpec, destination, value, specification, position);
        Ok(())
    }

    fn yield_value(
        &mut self,
        value: Option<&'tree Expression>,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        self.require_function("'yield'", position)?;
        let mark = self.depth();
        let source = match value {
            Some(value) => self.operand(value)?,
            None => self.constant_operand(&Constant::None, position),
        };
        self.set_depth(mark);
        self.emit(Op::Yield, destination, source, 0, position);
        Ok(())
    }

    fn yield_from(&mut self, value: &'tree Expression, destination: Register, position: Position) -> Outcome<()> {
        self.require_function("'yield from'", position)?;
        if self.is_asynchronous() {
            return Err(Failure::syntax("'yield from' inside async function", position));
        }
        let mark = self.depth();
        let source = self.operand(value)?;
        self.set_depth(mark);
        let iterator = self.acquire(".delegate");
        self.emit(Op::GetYieldFromIter, iterator, source, 0, position);
        self.delegate(iterator, destination, position)
    }

    fn require_function(&self, what: &str, position: Position) -> Outcome<()> {
        if self.scopes[self.unit.scope].kind == ScopeKind::Function {
            return Ok(());
        }
        Err(Failure::syntax(format!("{what} outside function"), position))
    }

    /// Drives the iterator in a hidden local to its end, yielding what it yields; releases the local. `Yield` follows
    /// `Send` at once: that is how `throw` and `close` find the iterator of a suspended generator.
    pub fn delegate(&mut self, iterator: Register, destination: Register, position: Position) -> Outcome<()> {
        self.in_temporary(destination, position, |generator, value| {
            let (again, end) = (generator.new_label(), generator.new_label());
            generator.load_constant(value, &Constant::None, position);
            generator.place(again);
            generator.emit_jump(Op::Send, value, iterator, end, position);
            generator.emit(Op::Yield, value, value, 0, position);
            generator.jump(again, position);
            generator.place(end);
            generator.release(iterator);
            Ok(())
        })
    }
}

/// Whether evaluating an expression certainly binds no local; a quick look that need not see everything.
fn binds_nothing(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Constant(_) | ExpressionKind::Name(_) => true,
        ExpressionKind::Attribute { value, .. } => value.as_name().is_some(),
        _ => false,
    }
}

/// The constants of a display of nothing else.
pub(crate) fn constant_items(items: &[Expression]) -> Option<Vec<Constant>> {
    items.iter().map(|item| item.as_constant().cloned()).collect()
}

/// An attribute read over several lines is reported at the line of its name, as CPython does.
pub(crate) fn attribute_position(position: Position, name: &str) -> Position {
    if position.line == position.end_line {
        return position;
    }
    let length = name.chars().count() as u32;
    let column = position.end_column.saturating_sub(length);
    Position { line: position.end_line, column, ..position }
}

fn binary_op(operator: BinaryOperator) -> Op {
    match operator {
        BinaryOperator::Add => Op::Add,
        BinaryOperator::Subtract => Op::Subtract,
        BinaryOperator::Multiply => Op::Multiply,
        BinaryOperator::TrueDivide => Op::TrueDivide,
        BinaryOperator::FloorDivide => Op::FloorDivide,
        BinaryOperator::Remainder => Op::Remainder,
        BinaryOperator::Power => Op::Power,
        BinaryOperator::MatrixMultiply => Op::MatrixMultiply,
        BinaryOperator::LeftShift => Op::LeftShift,
        BinaryOperator::RightShift => Op::RightShift,
        BinaryOperator::And => Op::And,
        BinaryOperator::Or => Op::Or,
        BinaryOperator::Xor => Op::Xor,
    }
}

/// The operator of `a op= b`.
pub(crate) fn inplace_op(operator: BinaryOperator) -> Op {
    match operator {
        BinaryOperator::Add => Op::InplaceAdd,
        BinaryOperator::Subtract => Op::InplaceSubtract,
        BinaryOperator::Multiply => Op::InplaceMultiply,
        BinaryOperator::TrueDivide => Op::InplaceTrueDivide,
        BinaryOperator::FloorDivide => Op::InplaceFloorDivide,
        BinaryOperator::Remainder => Op::InplaceRemainder,
        BinaryOperator::Power => Op::InplacePower,
        BinaryOperator::MatrixMultiply => Op::InplaceMatrixMultiply,
        BinaryOperator::LeftShift => Op::InplaceLeftShift,
        BinaryOperator::RightShift => Op::InplaceRightShift,
        BinaryOperator::And => Op::InplaceAnd,
        BinaryOperator::Or => Op::InplaceOr,
        BinaryOperator::Xor => Op::InplaceXor,
    }
}
