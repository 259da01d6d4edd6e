//! Statements, loops, `return`, `break` and `continue`, imports.
//!
//! Not here: definitions (`function.rs`, `class.rs`), `try` and `with` (`exception.rs`), `match` (`pattern.rs`).

use crate::Mode;
use crate::ast::*;
use crate::error::{Failure, Outcome};
use crate::exception::NOWHERE;
use crate::expression::constant_items;
use crate::fold;
use crate::generator::Generator;
use crate::register::{Register, Source};
use crate::scope::ScopeKind;
use crate::unit::{Block, Label};
use sidewinder_bytecode::{CodeFlags, Constant, HEADER_WORDS, Op, Position};

/// How many loops, handlers and `with` bodies may be nested (CPython's `CO_MAXBLOCKS`).
const BLOCKS_MAX: usize = 21;

/// Says that a statement would leave the clause of an `except*`.
const LEAVES_STAR_CLAUSE: &str = "'break', 'continue' and 'return' cannot appear in an except* block";

impl<'tree> Generator<'tree> {
    pub fn statements(&mut self, statements: &'tree [Statement]) -> Outcome<()> {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &'tree Statement) -> Outcome<()> {
        let position = statement.position;
        match &statement.kind {
            StatementKind::Expression(expression) => self.expression_statement(expression),
            StatementKind::Assign { targets, value } => self.assign(targets, value),
            StatementKind::AugmentedAssign { target, operator, value } => {
                self.augmented_assign(target, *operator, value, position)
            }
            StatementKind::AnnotatedAssign(node) => self.annotated_assign(node),
            StatementKind::If { branches, orelse } => self.if_statement(branches, orelse),
            StatementKind::For(node) => self.for_statement(node, position),
            StatementKind::While { test, body, orelse } => self.while_statement(test, body, orelse, position),
            StatementKind::Return(value) => self.return_statement(value.as_ref(), position),
            StatementKind::Break => self.break_statement(position),
            StatementKind::Continue => self.continue_statement(position),
            StatementKind::Function(node) => self.function_definition(node, position),
            StatementKind::Class(node) => self.class_definition(node, position),
            StatementKind::TypeAlias(node) => self.type_alias(node, position),
            StatementKind::Try(node) => self.try_statement(node, position),
            StatementKind::With(node) => self.with_statement(node, position),
            StatementKind::Match { subject, cases } => self.match_statement(subject, cases),
            StatementKind::Raise { exception, cause } => {
                self.raise_statement(exception.as_ref(), cause.as_ref(), position)
            }
            StatementKind::Assert { test, message } => self.assert_statement(test, message.as_ref(), position),
            StatementKind::Import(aliases) => self.import(aliases, position),
            StatementKind::ImportFrom { module, names, level } => {
                self.import_from(module.as_ref(), names, *level, position)
            }
            StatementKind::Delete(targets) => targets.iter().try_for_each(|target| self.delete(target)),
            StatementKind::Pass => {
                self.mark_line(position);
                Ok(())
            }
            StatementKind::Global(_) | StatementKind::Nonlocal(_) => Ok(()),
        }
    }

    /// At a prompt, a statement that is an expression shows its value.
    fn expression_statement(&mut self, expression: &'tree Expression) -> Outcome<()> {
        if self.options.mode != Mode::OpenSingle || !self.outer.is_empty() {
            return self.discard_expression(expression);
        }
        let mark = self.depth();
        let source = self.operand(expression)?;
        self.set_depth(mark);
        self.emit(Op::DisplayValue, source, 0, 0, expression.position);
        Ok(())
    }

    /// Evaluates an expression for its effects.
    pub fn discard_expression(&mut self, expression: &'tree Expression) -> Outcome<()> {
        let position = expression.position;
        let mark = self.depth();
        match &expression.kind {
            ExpressionKind::Constant(_) => {
                self.mark_line(position);
                return Ok(());
            }
            ExpressionKind::Boolean { is_or, values } => {
                // The value is not wanted, so the last operand is a statement and the others are its conditions.
                if let Some((last, first)) = values.split_last() {
                    let end = self.new_label();
                    for value in first {
                        if *is_or { self.jump_when(value, end)? } else { self.jump_unless(value, end)? }
                    }
                    self.discard_expression(last)?;
                    self.place(end);
                }
                return Ok(());
            }
            _ => {}
        }
        let count = self.unit.instructions.len();
        let source = self.operand(expression)?;
        self.discard(source, position);
        if self.unit.instructions.len() == count {
            self.mark_line(position);
        }
        self.set_depth(mark);
        Ok(())
    }

    fn if_statement(&mut self, branches: &'tree [Branch], orelse: &'tree [Statement]) -> Outcome<()> {
        let end = self.new_label();
        for (index, branch) in branches.iter().enumerate() {
            let next = self.new_label();
            self.jump_unless(&branch.test, next)?;
            self.statements(&branch.body)?;
            if index + 1 < branches.len() || !orelse.is_empty() {
                self.jump(end, NOWHERE);
            }
            self.place(next);
        }
        self.statements(orelse)?;
        self.place(end);
        Ok(())
    }

    /// An instruction for a line that might have none, so that it is seen to run. It goes where the line has another.
    pub fn mark_line(&mut self, position: Position) {
        self.emit(Op::Nop, 0, 0, 0, position);
    }

    /// Enters a block; fails where CPython does.
    pub fn push_block(&mut self, block: Block<'tree>, position: Position) -> Outcome<()> {
        if self.unit.blocks.len() >= BLOCKS_MAX {
            return Err(Failure::syntax("too many statically nested blocks", position));
        }
        self.unit.blocks.push(block);
        Ok(())
    }

    fn new_loop(&mut self) -> u32 {
        self.unit.loop_count += 1;
        self.unit.loop_count - 1
    }

    fn while_statement(
        &mut self,
        test: &'tree Expression,
        body: &'tree [Statement],
        orelse: &'tree [Statement],
        statement: Position,
    ) -> Outcome<()> {
        let (header, otherwise, end) = (self.new_label(), self.new_label(), self.new_label());
        let number = self.new_loop();
        // A test that always holds is no code: its line is that of the jump back.
        let always = test.as_constant().and_then(fold::truth) == Some(true);
        if always {
            self.mark_line(test.position);
        }
        self.place(header);
        if !always {
            self.jump_unless(test, otherwise)?;
        }
        let back = always.then_some(test.position);
        let block = Block::Loop { continue_label: header, break_label: end, number, iterator: None, back };
        self.push_block(block, statement)?;
        self.statements(body)?;
        self.unit.blocks.pop();
        self.emit_jump(Op::JumpBack, number, 0, header, back.unwrap_or(NOWHERE));
        self.place(otherwise);
        self.statements(orelse)?;
        self.place(end);
        Ok(())
    }

    fn for_statement(&mut self, node: &'tree For, statement: Position) -> Outcome<()> {
        if node.is_async {
            self.require_asynchronous("'async for'", statement)?;
        }
        let position = node.iterable.position;
        let (header, exhausted, end) = (self.new_label(), self.new_label(), self.new_label());
        let mark = self.depth();
        let source = self.iterable_operand(&node.iterable)?;
        self.set_depth(mark);
        let iterator = self.acquire(".iterator");
        let get_iterator = if node.is_async { Op::GetAsyncIter } else { Op::GetIter };
        self.emit(get_iterator, iterator, source, 0, position);
        let number = self.new_loop();
        self.place(header);
        if node.is_async {
            self.async_loop_item(&node.target, iterator, exhausted, position)?;
        } else {
            self.loop_item(&node.target, iterator, exhausted, position)?;
        }
        let block =
            Block::Loop { continue_label: header, break_label: end, number, iterator: Some(iterator), back: None };
        self.push_block(block, statement)?;
        self.statements(&node.body)?;
        self.unit.blocks.pop();
        self.emit_jump(Op::JumpBack, number, 0, header, NOWHERE);
        self.place(exhausted);
        self.release(iterator);
        self.statements(&node.orelse)?;
        self.place(end);
        Ok(())
    }

    /// Fetches the next item into a loop's target; goes to `exhausted` when there is none.
    pub fn loop_item(
        &mut self,
        target: &'tree Expression,
        iterator: Register,
        exhausted: Label,
        position: Position,
    ) -> Outcome<()> {
        if let Some(register) = target.as_name().and_then(|name| self.local_register(name)) {
            self.emit_jump(Op::ForIter, register, iterator, exhausted, position);
            return Ok(());
        }
        let mark = self.depth();
        let item = self.temporary();
        self.emit_jump(Op::ForIter, item, iterator, exhausted, position);
        self.assign_from(target, item.into())?;
        self.set_depth(mark);
        Ok(())
    }

    /// An expression that is only iterated over: a list display may be a tuple, a set display of constants too.
    pub fn iterable_operand(&mut self, expression: &'tree Expression) -> Outcome<Source> {
        let position = expression.position;
        match &expression.kind {
            ExpressionKind::List(items) if items.len() <= 30 && !items.iter().any(Expression::is_starred) => {
                if let Some(constants) = constant_items(items) {
                    return Ok(self.constant_operand(&Constant::Tuple(constants), position));
                }
                let mark = self.depth();
                let run = self.run(items)?;
                self.emit(Op::BuildTuple, run, run, items.len() as u32, position);
                self.set_depth(mark + 1);
                Ok(run.into())
            }
            ExpressionKind::Set(items) => match constant_items(items) {
                Some(constants) => Ok(self.constant_operand(&Constant::FrozenSet(constants), position)),
                None => self.operand(expression),
            },
            _ => self.operand(expression),
        }
    }

    fn return_statement(&mut self, value: Option<&'tree Expression>, position: Position) -> Outcome<()> {
        if self.scopes[self.unit.scope].kind != ScopeKind::Function {
            return Err(Failure::syntax("'return' outside function", position));
        }
        if value.is_some() && self.unit.flags & CodeFlags::ASYNC_GENERATOR != 0 {
            return Err(Failure::syntax("'return' with value in async generator", position));
        }
        let mark = self.depth();
        let constant_position = value.filter(|value| value.as_constant().is_some()).map(|value| value.position);
        let mut source = match value {
            Some(value) => self.operand(value)?,
            None => self.constant_operand(&Constant::None, position),
        };
        let runs_code = self
            .unit
            .blocks
            .iter()
            .any(|block| matches!(block, Block::Finally { .. } | Block::BoundName { .. } | Block::With { .. }));
        if runs_code
            && let Source::Register(register) = source
            && !register.is_temporary()
        {
            // What runs on the way out may rebind the local.
            let copy = self.temporary();
            self.emit(Op::Move, copy, source, 0, position);
            source = copy.into();
        }
        let value = match source {
            Source::Register(register) if register.is_temporary() => Some(register),
            _ => None,
        };
        let leaving = constant_position.unwrap_or(position);
        if value.is_none() {
            self.mark_line(position);
        }
        self.unwind(0, value, leaving, |generator, is_same| {
            generator.emit(Op::Return, source, 0, 0, if is_same { position } else { NOWHERE });
        })?;
        self.set_depth(mark);
        Ok(())
    }

    /// The index of the innermost loop among the blocks.
    fn innermost_loop(&self) -> Option<usize> {
        self.unit.blocks.iter().rposition(|block| matches!(block, Block::Loop { .. }))
    }

    /// What is wrong with a statement that looks for a loop; a clause around it matters more than that there is none.
    fn outside_loop(&self, message: &'static str, position: Position) -> Box<Failure> {
        let in_clause = self.unit.blocks.iter().any(|block| matches!(block, Block::StarClause));
        Failure::syntax(if in_clause { LEAVES_STAR_CLAUSE } else { message }, position)
    }

    fn break_statement(&mut self, position: Position) -> Outcome<()> {
        let Some(index) = self.innermost_loop() else {
            return Err(self.outside_loop("'break' outside loop", position));
        };
        let Block::Loop { break_label, iterator, .. } = self.unit.blocks[index].clone() else { return Ok(()) };
        self.mark_line(position);
        self.unwind(index + 1, None, position, |generator, is_same| {
            let position = if is_same { position } else { NOWHERE };
            if let Some(iterator) = iterator {
                generator.clear(iterator, position);
            }
            generator.jump(break_label, position);
        })
    }

    fn continue_statement(&mut self, position: Position) -> Outcome<()> {
        let Some(index) = self.innermost_loop() else {
            return Err(self.outside_loop("'continue' not properly in loop", position));
        };
        let Block::Loop { continue_label, number, back, .. } = self.unit.blocks[index].clone() else { return Ok(()) };
        self.mark_line(position);
        self.unwind(index + 1, None, position, |generator, is_same| {
            let position = if is_same { position } else { NOWHERE };
            generator.emit_jump(Op::JumpBack, number, 0, continue_label, back.unwrap_or(position));
        })
    }

    /// Leaves all blocks above the first `keep`, running what each owes, then emits the transfer itself. `value` is the
    /// temporary being returned. The transfer is told whether it still is at the statement's line.
    fn unwind(
        &mut self,
        keep: usize,
        value: Option<Register>,
        position: Position,
        transfer: impl FnOnce(&mut Self, bool),
    ) -> Outcome<()> {
        let handler = self.unit.handler;
        let mut left = Vec::new();
        let mut at = position;
        while self.unit.blocks.len() > keep {
            let Some(block) = self.unit.blocks.pop() else { break };
            self.leave_block(&block, value, at)?;
            if matches!(block, Block::Finally { .. } | Block::With { .. } | Block::BoundName { .. }) {
                at = NOWHERE;
            }
            left.push(block);
        }
        transfer(self, at != NOWHERE);
        self.unit.blocks.extend(left.into_iter().rev());
        self.unit.handler = handler;
        Ok(())
    }

    fn leave_block(&mut self, block: &Block<'tree>, value: Option<Register>, position: Position) -> Outcome<()> {
        match block {
            Block::Loop { iterator, .. } => {
                // The frame's end clears it, unless more Python runs before.
                let more =
                    self.unit.blocks.iter().any(|block| matches!(block, Block::Finally { .. } | Block::With { .. }));
                if let (Some(iterator), true) = (iterator, more) {
                    self.clear(*iterator, position);
                }
            }
            Block::Try { outer } => self.unit.handler = *outer,
            Block::Finally { body, outer } => {
                self.unit.handler = *outer;
                if let Some(value) = value {
                    self.unit.blocks.push(Block::Value(value));
                }
                self.statements(body)?;
                if value.is_some() {
                    self.unit.blocks.pop();
                }
            }
            Block::Handling { saved, exception, outer } => {
                self.unit.handler = *outer;
                self.emit(Op::PopHandled, *saved, 0, 0, position);
                if let Some(exception) = exception {
                    self.clear(*exception, position);
                }
            }
            Block::BoundName { name, position, outer } => {
                self.unit.handler = *outer;
                self.unbind(name, *position);
            }
            Block::With { exit, is_async, position, outer } => {
                self.unit.handler = *outer;
                self.call_exit(*exit, *is_async, *position)?;
            }
            Block::StarClause => return Err(Failure::syntax(LEAVES_STAR_CLAUSE, position)),
            Block::Value(value) => self.clear(*value, position),
        }
        Ok(())
    }

    fn raise_statement(
        &mut self,
        exception: Option<&'tree Expression>,
        cause: Option<&'tree Expression>,
        position: Position,
    ) -> Outcome<()> {
        let mark = self.depth();
        match (exception, cause) {
            (None, _) => self.emit(Op::Raise, 0, 0, 0, position),
            (Some(exception), None) => {
                let source = self.operand(exception)?;
                self.emit(Op::Raise, source, 0, 1, position);
            }
            (Some(exception), Some(cause)) => {
                let source = self.operand_before(exception, [cause])?;
                let cause = self.operand(cause)?;
                self.emit(Op::Raise, source, cause, 2, position);
            }
        }
        self.set_depth(mark);
        Ok(())
    }

    fn assert_statement(
        &mut self,
        test: &'tree Expression,
        message: Option<&'tree Expression>,
        position: Position,
    ) -> Outcome<()> {
        if self.options.optimize > 0 {
            return Ok(());
        }
        let end = self.new_label();
        self.jump_when(test, end)?;
        let mark = self.depth();
        let error = self.temporary();
        self.emit(Op::LoadExceptionType, error, 0, 0, position);
        if let Some(message) = message {
            self.set_depth(mark + HEADER_WORDS as u32);
            self.temporary_operand(message)?;
            self.set_depth(mark);
            self.emit(Op::Call, error, error, 1, position);
        }
        self.set_depth(mark);
        // The traceback marks the test, as in CPython.
        self.emit(Op::Raise, error, 0, 1, test.position);
        self.place(end);
        Ok(())
    }

    /// Emits an import; its result goes into the given register.
    fn import_name(&mut self, destination: Register, module: &Name, level: u32, names: &Constant, position: Position) {
        let mark = self.depth();
        let run = self.temporary();
        self.load_constant(run, &Constant::Int(level as i64), position);
        let list = self.temporary();
        self.load_constant(list, names, position);
        self.set_depth(mark);
        let module = self.unit.names.add(module);
        self.emit(Op::ImportName, destination, run, module, position);
    }

    fn import(&mut self, aliases: &'tree [Alias], position: Position) -> Outcome<()> {
        for alias in aliases {
            let mark = self.depth();
            let Some(as_name) = &alias.as_name else {
                let first: Name = alias.name.split('.').next().unwrap_or("").into();
                let destination = self.local_register(&first).unwrap_or(Register::temporary(mark));
                self.import_name(destination, &alias.name, 0, &Constant::None, position);
                self.store_name(&first, destination.into(), position);
                continue;
            };
            let mut parts = alias.name.split('.').skip(1).peekable();
            if parts.peek().is_none() {
                let destination = self.local_register(as_name).unwrap_or(Register::temporary(mark));
                self.import_name(destination, &alias.name, 0, &Constant::None, position);
                self.store_name(as_name, destination.into(), position);
                continue;
            }
            // `import a.b.c as d` binds the last part, which is fetched through the others.
            let module = self.acquire(".module");
            self.import_name(module, &alias.name, 0, &Constant::None, position);
            for part in parts {
                let name = self.unit.names.add(&part.into());
                self.emit(Op::ImportFrom, module, module, name, position);
            }
            self.store_name(as_name, module.into(), position);
            self.clear_and_release(module, position);
        }
        Ok(())
    }

    fn import_from(
        &mut self,
        module: Option<&Name>,
        names: &'tree [Alias],
        level: u32,
        position: Position,
    ) -> Outcome<()> {
        let module_name: Name = module.cloned().unwrap_or_else(|| "".into());
        let list = Constant::Tuple(names.iter().map(|alias| Constant::Str(alias.name.clone())).collect());
        if let [alias] = names
            && &*alias.name == "*"
        {
            let module = Register::temporary(self.depth());
            self.import_name(module, &module_name, level, &list, position);
            self.emit(Op::ImportStar, module, 0, 0, position);
            return Ok(());
        }
        let module = self.acquire(".module");
        self.import_name(module, &module_name, level, &list, position);
        for alias in names {
            let bound = alias.as_name.as_ref().unwrap_or(&alias.name);
            let destination = self.local_register(bound).unwrap_or(Register::temporary(self.depth()));
            let name = self.unit.names.add(&alias.name);
            self.emit(Op::ImportFrom, destination, module, name, position);
            self.store_name(bound, destination.into(), position);
        }
        self.clear_and_release(module, position);
        Ok(())
    }
}
