//! Assignment: targets of every kind, unpacking, augmented assignment, deletion.

use crate::ast::*;
use crate::error::{Failure, Outcome};
use crate::expression::{RUN_LENGTH_MAX, attribute_position, inplace_op};
use crate::generator::Generator;
use crate::register::{Register, Source};
use sidewinder_bytecode::instruction::OPERAND_MAX;
use sidewinder_bytecode::{Op, Position};

impl<'tree> Generator<'tree> {
    /// `targets = value`
    pub fn assign(&mut self, targets: &'tree [Expression], value: &'tree Expression) -> Outcome<()> {
        let Some((first, others)) = targets.split_first() else { return Ok(()) };
        if others.is_empty() {
            return self.assign_value(first, value);
        }
        let mark = self.depth();
        // The value is read once for each target: it must be in a local that no target changes.
        let simple = others.iter().all(|target| {
            !matches!(target.kind, ExpressionKind::Tuple(_) | ExpressionKind::List(_) | ExpressionKind::Name(_))
                || target.as_name().is_some_and(|name| first.as_name() != Some(name))
        });
        if simple
            && let Some(register) = first.as_name().and_then(|name| self.local_register(name))
            && !self.may_be_rebound(register)
        {
            self.expression_to(value, register)?;
            return others.iter().try_for_each(|target| self.assign_from(target, register.into()));
        }
        let source = self.operand(value)?;
        let is_stable = match source {
            Source::Constant(_) => true,
            Source::Register(register) => {
                let binds_names = |target: &Expression| {
                    !matches!(target.kind, ExpressionKind::Attribute { .. } | ExpressionKind::Subscript { .. })
                };
                !register.is_temporary() && !self.may_be_rebound(register) && !targets.iter().any(binds_names)
            }
        };
        if is_stable {
            return targets.iter().try_for_each(|target| self.assign_from(target, source));
        }
        let hidden = self.acquire(".value");
        self.move_to(hidden, source, value.position);
        self.set_depth(mark);
        targets.iter().try_for_each(|target| self.assign_from(target, hidden.into()))?;
        self.clear_and_release(hidden, value.position);
        Ok(())
    }

    /// `target = value`
    pub fn assign_value(&mut self, target: &'tree Expression, value: &'tree Expression) -> Outcome<()> {
        if let Some(register) = target.as_name().and_then(|name| self.local_register(name)) {
            return self.expression_to(value, register);
        }
        if let (ExpressionKind::Tuple(targets) | ExpressionKind::List(targets), ExpressionKind::Tuple(values)) =
            (&target.kind, &value.kind)
            && targets.len() == values.len()
            && targets.len() <= RUN_LENGTH_MAX
            && !targets.iter().chain(values).any(Expression::is_starred)
        {
            return self.assign_parallel(targets, values);
        }
        let mark = self.depth();
        let source = self.operand(value)?;
        self.assign_from(target, source)?;
        self.set_depth(mark);
        Ok(())
    }

    /// `a, b = c, d` without the tuple: all values first, then all stores.
    fn assign_parallel(&mut self, targets: &'tree [Expression], values: &'tree [Expression]) -> Outcome<()> {
        let mark = self.depth();
        let mut sources = Vec::with_capacity(values.len());
        // Registers that a store before the value's own store changes.
        let mut changed: Vec<Register> = Vec::new();
        let mut only_names = true;
        for (target, value) in targets.iter().zip(values) {
            let source = self.operand_before(value, values)?;
            let must_copy = match source {
                Source::Register(register) if !register.is_temporary() => !only_names || changed.contains(&register),
                _ => false,
            };
            if must_copy {
                let copy = self.temporary();
                self.emit(Op::Move, copy, source, 0, value.position);
                sources.push(copy.into());
            } else {
                sources.push(source);
            }
            match target.as_name() {
                Some(name) => changed.extend(self.local_register(name)),
                None => only_names &= !matches!(target.kind, ExpressionKind::Tuple(_) | ExpressionKind::List(_)),
            }
        }
        for (target, source) in targets.iter().zip(sources) {
            self.assign_from(target, source)?;
        }
        self.set_depth(mark);
        Ok(())
    }

    /// Assigns an operand, consuming it.
    pub fn assign_from(&mut self, target: &'tree Expression, source: Source) -> Outcome<()> {
        let position = target.position;
        let mark = self.depth();
        match &target.kind {
            ExpressionKind::Name(name) => self.store_name(name, source, position),
            ExpressionKind::Attribute { value, name } => {
                self.note_static_attribute(value, name);
                let source = self.protect(source, position);
                let object = self.operand(value)?;
                let name = self.mangled(name);
                let site = self.site(&name);
                self.emit(Op::StoreAttr, object, source, site, attribute_position(position, &name));
            }
            ExpressionKind::Subscript { value, index } => {
                let source = self.protect(source, position);
                let container = self.operand_before(value, [&**index])?;
                let index = self.operand(index)?;
                self.emit(Op::SetItem, container, index, source, position);
            }
            ExpressionKind::Tuple(items) | ExpressionKind::List(items) => self.unpack(items, source, position)?,
            ExpressionKind::Starred(_) => {
                let message = "starred assignment target must be in a list or tuple";
                return Err(Failure::syntax(message, position));
            }
            _ => return Err(Failure::syntax("cannot assign to expression", position)),
        }
        self.set_depth(mark);
        Ok(())
    }

    fn unpack(&mut self, items: &'tree [Expression], source: Source, position: Position) -> Outcome<()> {
        let star = items.iter().position(Expression::is_starred);
        let (op, count) = match star {
            None => (Op::UnpackSequence, items.len()),
            Some(star) => {
                let after = items.len() - star - 1;
                if items[star + 1..].iter().any(Expression::is_starred) {
                    return Err(Failure::syntax("multiple starred expressions in assignment", position));
                }
                if star > 255 || after > 255 {
                    let message = "too many expressions in star-unpacking assignment";
                    return Err(Failure::syntax(message, position));
                }
                (Op::UnpackExtended, star | after << 8)
            }
        };
        if let Some(run) = self.local_run(items, source) {
            self.emit(op, run, source, count as u32, position);
            return Ok(());
        }
        let mark = self.depth();
        // The items may take the place of the source, which is read first.
        let first = match source {
            Source::Register(register) if register.is_temporary() && register.index() + 1 == mark => register.index(),
            _ => mark,
        };
        let run = Register::temporary(first);
        self.emit(op, run, source, count as u32, position);
        self.set_depth(first + items.len() as u32);
        self.check_registers(position)?;
        for (index, item) in items.iter().enumerate() {
            let target = match &item.kind {
                ExpressionKind::Starred(inner) => inner,
                _ => item,
            };
            self.assign_from(target, run.offset(index as u32).into())?;
        }
        self.set_depth(mark);
        Ok(())
    }

    /// The first of the locals to unpack into, when the targets are distinct plain locals in consecutive registers.
    fn local_run(&self, items: &[Expression], source: Source) -> Option<Register> {
        let mut first = None;
        for (index, item) in items.iter().enumerate() {
            let name = match &item.kind {
                ExpressionKind::Starred(inner) => inner.as_name()?,
                _ => item.as_name()?,
            };
            let register = self.local_register(name)?;
            let run: Register = *first.get_or_insert(register);
            // The source must outlive the first store.
            if register != run.offset(index as u32) || source == Source::Register(register) {
                return None;
            }
        }
        first
    }

    /// `target op= value`
    pub fn augmented_assign(
        &mut self,
        target: &'tree Expression,
        operator: BinaryOperator,
        value: &'tree Expression,
        position: Position,
    ) -> Outcome<()> {
        let op = inplace_op(operator);
        let mark = self.depth();
        match &target.kind {
            ExpressionKind::Name(name) => {
                let left = self.operand_before(target, [value])?;
                let right = self.operand(value)?;
                self.set_depth(mark);
                if let Some(register) = self.local_register(name) {
                    self.emit(op, register, left, right, position);
                } else {
                    let result = self.temporary();
                    self.emit(op, result, left, right, position);
                    self.store_name(name, result.into(), target.position);
                }
            }
            ExpressionKind::Attribute { value: object, name } => {
                let name = self.mangled(name);
                let attribute = attribute_position(target.position, &name);
                let (object, hidden) = self.twice(object, ".object")?;
                let result = self.temporary();
                let site = self.site(&name);
                self.emit(Op::LoadAttr, result, object, site, attribute);
                let right = self.operand(value)?;
                self.emit(op, result, result, right, position);
                let site = self.site(&name);
                self.emit(Op::StoreAttr, object, result, site, attribute);
                self.drop_hidden(hidden, position);
            }
            ExpressionKind::Subscript { value: container, index } => {
                let (container, hidden_container) = self.twice(container, ".object")?;
                let (index, hidden_index) = self.twice(index, ".index")?;
                let result = self.temporary();
                self.emit(Op::GetItem, result, container, index, target.position);
                let right = self.operand(value)?;
                self.emit(op, result, result, right, position);
                self.emit(Op::SetItem, container, index, result, target.position);
                self.drop_hidden(hidden_container, position);
                self.drop_hidden(hidden_index, position);
            }
            _ => return Err(Failure::syntax("illegal expression for augmented assignment", target.position)),
        }
        self.set_depth(mark);
        Ok(())
    }

    /// An operand that is read twice: a constant, a plain local, or a hidden local.
    pub fn twice(&mut self, expression: &'tree Expression, name: &str) -> Outcome<(Source, Option<Register>)> {
        let simple = match &expression.kind {
            ExpressionKind::Name(name) => {
                self.local_register(name).is_some_and(|register| !self.may_be_rebound(register))
            }
            _ => false,
        };
        if simple {
            return Ok((self.operand(expression)?, None));
        }
        if let ExpressionKind::Constant(constant) = &expression.kind {
            let index = self.unit.constants.add(constant);
            if index <= OPERAND_MAX as u32 {
                return Ok((Source::Constant(index), None));
            }
        }
        let hidden = self.acquire(name);
        self.expression_to(expression, hidden)?;
        Ok((hidden.into(), Some(hidden)))
    }

    pub fn drop_hidden(&mut self, hidden: Option<Register>, position: Position) {
        if let Some(hidden) = hidden {
            self.clear_and_release(hidden, position);
        }
    }

    pub fn annotated_assign(&mut self, node: &'tree AnnotatedAssign) -> Outcome<()> {
        if let Some(value) = &node.value {
            self.assign_value(&node.target, value)?;
            self.count_annotation(node);
            return Ok(());
        }
        self.count_annotation(node);
        // Without a value, the parts of a target are still evaluated.
        match &node.target.kind {
            ExpressionKind::Attribute { value, .. } => self.discard_expression(value),
            ExpressionKind::Subscript { value, index } => {
                self.discard_expression(value)?;
                self.discard_expression(index)
            }
            _ => Ok(()),
        }
    }

    pub fn delete(&mut self, target: &'tree Expression) -> Outcome<()> {
        let position = target.position;
        let mark = self.depth();
        match &target.kind {
            ExpressionKind::Name(name) => self.delete_name(name, position),
            ExpressionKind::Attribute { value, name } => {
                let object = self.operand(value)?;
                let name = self.mangled(name);
                let site = self.site(&name);
                self.emit(Op::DeleteAttr, object, 0, site, attribute_position(position, &name));
            }
            ExpressionKind::Subscript { value, index } => {
                let container = self.operand_before(value, [&**index])?;
                let index = self.operand(index)?;
                self.emit(Op::DeleteItem, container, index, 0, position);
            }
            ExpressionKind::Tuple(items) | ExpressionKind::List(items) => {
                items.iter().try_for_each(|item| self.delete(item))?;
            }
            _ => return Err(Failure::syntax("cannot delete expression", position)),
        }
        self.set_depth(mark);
        Ok(())
    }
}
