//! `try`, `with` and the unwinding of handlers.
//!
//! Every instruction knows the handler it is covered by; the assembler makes the table from that. A handler first clears
//! the hidden locals that the code it covers may have left behind, then makes its exception the handled one
//! (`PushHandled`), and ends that (`PopHandled`) on every way out: normally, by jumps (`Block::Handling`), and when its
//! own body raises, by a second handler that covers the body.

use crate::ast::*;
use crate::error::Outcome;
use crate::generator::{Access, Generator};
use crate::register::{Register, Source};
use crate::unit::{Block, HandlerDraft, HandlerId, Label};
use sidewinder_bytecode::{Constant, HEADER_WORDS, Op, Position};

/// The position of what belongs to no line of the source.
pub(crate) const NOWHERE: Position = Position { line: 0, end_line: 0, column: 0, end_column: 0 };

impl<'tree> Generator<'tree> {
    /// A handler at the current depth that puts its exception into a hidden local.
    pub fn new_handler(&mut self, exception: Register) -> (HandlerId, Label) {
        let label = self.new_label();
        let depth = self.depth();
        self.unit.handlers.push(HandlerDraft { label, exception, depth });
        (HandlerId(self.unit.handlers.len() as u32 - 1), label)
    }

    /// Runs `generate` under a handler; returns the hidden locals it took, which the handler must clear.
    pub fn under_handler(
        &mut self,
        handler: HandlerId,
        block: Block<'tree>,
        position: Position,
        generate: impl FnOnce(&mut Self) -> Outcome<()>,
    ) -> Outcome<Vec<Register>> {
        let outer = self.unit.handler.replace(handler);
        let mark = self.unit.registers.acquired_mark();
        self.push_block(block, position)?;
        generate(self)?;
        self.unit.blocks.pop();
        self.unit.handler = outer;
        Ok(self.unit.registers.acquired_since(mark))
    }

    pub fn clear_all(&mut self, registers: &[Register], position: Position) {
        for &register in registers {
            self.clear(register, position);
        }
    }

    pub fn try_statement(&mut self, node: &'tree Try, position: Position) -> Outcome<()> {
        self.mark_line(position);
        if node.finally.is_empty() {
            return self.try_clauses(node, position);
        }
        let exception = self.unit.registers.acquire_for_handler(".exception");
        let outer = self.unit.handler;
        let (handler, target) = self.new_handler(exception);
        let end = self.new_label();
        let block = Block::Finally { body: &node.finally, outer };
        let inside = self.under_handler(handler, block, position, |generator| {
            if node.handlers.is_empty() {
                return generator.statements(&node.body);
            }
            generator.try_clauses(node, position)
        })?;
        self.statements(&node.finally)?;
        self.jump(end, NOWHERE);
        self.place(target);
        self.clear_all(&inside, NOWHERE);
        let saved = self.unit.registers.acquire_for_handler(".saved");
        self.emit(Op::PushHandled, saved, exception, 0, NOWHERE);
        let (cleanup, cleanup_label) = self.new_handler(exception);
        let block = Block::Handling { saved, exception: Some(exception), outer };
        let inside = self.under_handler(cleanup, block, position, |generator| generator.statements(&node.finally))?;
        // After the body, which is the last that ran.
        self.leave_handler(saved, exception, NOWHERE);
        // And when it raises: go on with the exception that is now in the hidden local.
        self.place(cleanup_label);
        self.clear_all(&inside, NOWHERE);
        self.leave_handler(saved, exception, NOWHERE);
        self.place(end);
        self.release(saved);
        self.release(exception);
        Ok(())
    }

    /// Ends the handling of an exception by raising the one in `exception`.
    pub fn leave_handler(&mut self, saved: Register, exception: Register, position: Position) {
        self.emit(Op::PopHandled, saved, 0, 0, position);
        self.emit(Op::Reraise, exception, 0, 0, position);
    }

    fn try_clauses(&mut self, node: &'tree Try, position: Position) -> Outcome<()> {
        if node.is_star { self.try_except_star(node, position) } else { self.try_except(node, position) }
    }

    fn try_except(&mut self, node: &'tree Try, position: Position) -> Outcome<()> {
        let exception = self.unit.registers.acquire_for_handler(".exception");
        let outer = self.unit.handler;
        let (handler, target) = self.new_handler(exception);
        let end = self.new_label();
        let inside =
            self.under_handler(handler, Block::Try { outer }, position, |generator| generator.statements(&node.body))?;
        self.statements(&node.orelse)?;
        self.jump(end, NOWHERE);
        self.place(target);
        self.clear_all(&inside, NOWHERE);
        let saved = self.unit.registers.acquire_for_handler(".saved");
        self.emit(Op::PushHandled, saved, exception, 0, NOWHERE);
        let (cleanup, cleanup_label) = self.new_handler(exception);
        let block = Block::Handling { saved, exception: None, outer };
        let mut named = Vec::new();
        let inside = self.under_handler(cleanup, block, position, |generator| {
            for clause in &node.handlers {
                let next = generator.new_label();
                if let Some(class) = &clause.class {
                    generator.match_exception(exception, class, clause.position, next)?;
                }
                match &clause.name {
                    Some(name) => {
                        let label = generator.named_clause(clause, name, exception, Some(cleanup))?;
                        named.push((label, name));
                    }
                    None => {
                        generator.clear(exception, clause.position);
                        generator.statements(&clause.body)?;
                    }
                }
                let covered = std::mem::replace(&mut generator.unit.handler, outer);
                generator.emit(Op::PopHandled, saved, 0, 0, NOWHERE);
                generator.jump(end, NOWHERE);
                generator.unit.handler = covered;
                generator.place(next);
            }
            Ok(())
        })?;
        // No clause matched: the last one is where the frame is left.
        self.leave_handler(saved, exception, NOWHERE);
        // One raised.
        self.place(cleanup_label);
        self.clear_all(&inside, NOWHERE);
        self.leave_handler(saved, exception, NOWHERE);
        for (label, name) in named {
            self.place(label);
            self.unbind(name, NOWHERE);
            self.jump(cleanup_label, NOWHERE);
        }
        self.place(end);
        self.release(saved);
        self.release(exception);
        Ok(())
    }

    /// Goes to `next` unless the exception matches a class.
    fn match_exception(
        &mut self,
        exception: Register,
        class: &'tree Expression,
        position: Position,
        next: Label,
    ) -> Outcome<()> {
        let mark = self.depth();
        let class_operand = self.operand(class)?;
        self.set_depth(mark);
        let matches = self.temporary();
        self.emit(Op::MatchException, matches, exception, class_operand, position);
        self.set_depth(mark);
        self.emit_jump(Op::JumpIfFalse, matches, 0, next, position);
        Ok(())
    }

    /// `except class as name`: the name is unbound on every way out. Returns the label of the way out by exception.
    fn named_clause(
        &mut self,
        clause: &'tree ExceptHandler,
        name: &Name,
        exception: Register,
        outer: Option<HandlerId>,
    ) -> Outcome<Label> {
        let position = clause.position;
        self.store_name(name, exception.into(), position);
        self.clear(exception, position);
        let (handler, label) = self.new_handler(exception);
        let block = Block::BoundName { name: name.clone(), position, outer };
        self.under_handler(handler, block, position, |generator| generator.statements(&clause.body))?;
        self.unbind(name, NOWHERE);
        Ok(label)
    }

    /// Makes a name unbound that the program may have deleted itself.
    pub fn unbind(&mut self, name: &Name, position: Position) {
        match self.access(&self.mangled(name)) {
            Access::Local(register) => self.clear(register, position),
            _ => {
                let mark = self.depth();
                let none = self.constant_operand(&Constant::None, position);
                self.set_depth(mark);
                self.store_name(name, none, position);
                self.delete_name(name, position);
            }
        }
    }

    pub fn with_statement(&mut self, node: &'tree With, position: Position) -> Outcome<()> {
        if node.is_async {
            self.require_asynchronous("'async with'", position)?;
        }
        self.with_items(node, 0)
    }

    fn with_items(&mut self, node: &'tree With, index: usize) -> Outcome<()> {
        let Some(item) = node.items.get(index) else { return self.statements(&node.body) };
        let position = item.context.position;
        let (manager, hidden) = self.twice(&item.context, ".manager")?;
        let (manager, hidden) = match manager {
            Source::Register(register) => (register, hidden),
            Source::Constant(_) => {
                let register = self.acquire(".manager");
                self.move_to(register, manager, position);
                (register, Some(register))
            }
        };
        let exit = self.unit.registers.acquire_run(2);
        self.emit(Op::LoadSpecial, exit, manager, 1 + 2 * node.is_async as u32, position);
        let mark = self.depth();
        let enter = self.temporary();
        self.temporary();
        self.emit(Op::LoadSpecial, enter, manager, 2 * node.is_async as u32, position);
        self.drop_hidden(hidden, position);
        let block = self.special_block(enter, position);
        self.set_depth(mark);
        let target = item.target.as_ref();
        // A target on a line of its own is bound when that runs.
        let same_line = target.filter(|target| target.position.line == position.line);
        let local = same_line.and_then(Expression::as_name).and_then(|name| self.local_register(name));
        let entered = local.unwrap_or(enter);
        if node.is_async {
            self.emit(Op::CallMethod, enter, block, 0, position);
            self.await_operand(enter.into(), 1, entered, position)?;
        } else {
            self.emit(Op::CallMethod, entered, block, 0, position);
        }
        let exception = self.unit.registers.acquire_for_handler(".exception");
        let outer = self.unit.handler;
        let (handler, label) = self.new_handler(exception);
        let with_block = Block::With { exit, is_async: node.is_async, position, outer };
        let inside = self.under_handler(handler, with_block, position, |generator| {
            if entered == enter {
                let mark = generator.depth();
                generator.temporary();
                match target {
                    Some(target) => generator.assign_from(target, enter.into())?,
                    None => generator.clear(enter, position),
                }
                generator.set_depth(mark);
            }
            generator.with_items(node, index + 1)
        })?;
        let end = self.new_label();
        self.call_exit(exit, node.is_async, position)?;
        self.jump(end, position);
        self.place(label);
        self.clear_all(&inside, NOWHERE);
        self.with_handler(exit, exception, node.is_async, end, position)?;
        self.place(end);
        self.release(exception);
        self.unit.registers.release_run(exit, 2);
        Ok(())
    }

    /// A block for the call of the special method that `LoadSpecial` put into a pair of registers. Room for the method and
    /// self is taken; arguments go on top.
    fn special_block(&mut self, pair: Register, position: Position) -> Register {
        let block = self.temporary();
        self.emit(Op::PrepareSpecial, block, pair, 0, position);
        self.set_depth(block.index() + HEADER_WORDS as u32);
        self.temporary();
        block
    }

    /// Calls `__exit__` with the exception, and raises it again unless the result is true.
    fn with_handler(
        &mut self,
        exit: Register,
        exception: Register,
        is_async: bool,
        end: Label,
        position: Position,
    ) -> Outcome<()> {
        let outer = self.unit.handler;
        let saved = self.unit.registers.acquire_for_handler(".saved");
        self.emit(Op::PushHandled, saved, exception, 0, NOWHERE);
        let (cleanup, cleanup_label) = self.new_handler(exception);
        let suppressed = self.new_label();
        let block = Block::Handling { saved, exception: Some(exception), outer };
        let inside = self.under_handler(cleanup, block, position, |generator| {
            let mark = generator.depth();
            let callable = generator.special_block(exit, position);
            let triple = callable.offset(HEADER_WORDS as u32 + 1);
            generator.emit(Op::ExceptionTriple, triple, exception, 0, position);
            generator.unit.registers.reserve(triple.index() + 3);
            generator.emit(Op::CallMethod, callable, callable, 3, position);
            generator.set_depth(mark);
            if is_async {
                generator.await_operand(callable.into(), 2, callable, position)?;
            }
            generator.emit_jump(Op::JumpIfTrue, callable, 0, suppressed, position);
            Ok(())
        })?;
        self.place(cleanup_label);
        self.clear_all(&inside, NOWHERE);
        self.leave_handler(saved, exception, NOWHERE);
        self.place(suppressed);
        self.emit(Op::PopHandled, saved, 0, 0, position);
        self.clear(exception, position);
        self.jump(end, position);
        self.release(saved);
        Ok(())
    }

    /// Calls `__exit__(None, None, None)` and leaves the hidden locals that held it unbound.
    pub fn call_exit(&mut self, exit: Register, is_async: bool, position: Position) -> Outcome<()> {
        let mark = self.depth();
        let callable = self.special_block(exit, position);
        for _ in 0..3 {
            self.none_operand(position);
        }
        self.set_depth(mark);
        self.emit(Op::CallMethod, callable, callable, 3, position);
        if is_async {
            self.await_operand(callable.into(), 2, callable, position)?;
        }
        self.clear(callable, position);
        Ok(())
    }
}
