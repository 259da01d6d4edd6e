//! `try` with `except*` (PEP 654): each clause takes its part of an exception group; what is left and what the clauses
//! raise is raised together at the end.

use crate::ast::*;
use crate::error::Outcome;
use crate::exception::NOWHERE;
use crate::generator::Generator;
use crate::register::Register;
use crate::unit::Block;
use sidewinder_bytecode::{Op, Position};

/// The hidden locals of an `except*`.
struct Groups {
    /// What no clause has taken yet.
    rest: Register,
    /// What the clauses have raised: a list.
    raised: Register,
}

impl<'tree> Generator<'tree> {
    pub fn try_except_star(&mut self, node: &'tree Try, position: Position) -> Outcome<()> {
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
        let block = Block::Handling { saved, exception: Some(exception), outer };
        let inside = self.under_handler(cleanup, block, position, |generator| {
            let groups = Groups { rest: generator.acquire(".rest"), raised: generator.acquire(".raised") };
            generator.emit(Op::Move, groups.rest, exception, 0, NOWHERE);
            generator.emit(Op::BuildList, groups.raised, Register::temporary(generator.depth()), 0, NOWHERE);
            for clause in &node.handlers {
                generator.star_clause(clause, &groups)?;
            }
            generator.emit(Op::ListAppend, groups.raised, groups.rest, 0, NOWHERE);
            generator.clear_and_release(groups.rest, NOWHERE);
            let left = generator.acquire(".left");
            generator.emit(Op::PrepareReraise, left, exception, groups.raised, NOWHERE);
            generator.clear_and_release(groups.raised, NOWHERE);
            generator.emit(Op::Move, exception, left, 0, NOWHERE);
            generator.clear_and_release(left, NOWHERE);
            let again = generator.new_label();
            generator.emit_jump(Op::JumpIfNotNone, exception, 0, again, NOWHERE);
            let covered = std::mem::replace(&mut generator.unit.handler, outer);
            generator.emit(Op::PopHandled, saved, 0, 0, NOWHERE);
            generator.clear(exception, NOWHERE);
            generator.jump(end, NOWHERE);
            generator.unit.handler = covered;
            generator.place(again);
            Ok(())
        })?;
        // Something is left, or a class was none.
        self.place(cleanup_label);
        self.clear_all(&inside, NOWHERE);
        self.leave_handler(saved, exception, NOWHERE);
        self.place(end);
        self.release(saved);
        self.release(exception);
        Ok(())
    }

    /// One clause: runs its body if there is something for it, and remembers what the body raises.
    fn star_clause(&mut self, clause: &'tree ExceptHandler, groups: &Groups) -> Outcome<()> {
        let position = clause.position;
        let Some(class) = &clause.class else { return Ok(()) };
        let next = self.new_label();
        let pair = self.unit.registers.acquire_run(2);
        let (taken, rest) = (pair, pair.offset(1));
        let mark = self.depth();
        let class = self.operand(class)?;
        self.set_depth(mark);
        self.emit(Op::MatchGroup, pair, groups.rest, class, position);
        self.emit(Op::Move, groups.rest, rest, 0, position);
        self.clear(rest, position);
        self.emit_jump(Op::JumpIfNone, taken, 0, next, position);
        let saved = self.unit.registers.acquire_for_handler(".saved");
        self.emit(Op::PushHandled, saved, taken, 0, NOWHERE);
        let exception = self.unit.registers.acquire_for_handler(".exception");
        let (handler, label) = self.new_handler(exception);
        let inside = self.under_handler(handler, Block::StarClause, position, |generator| {
            if let Some(name) = &clause.name {
                generator.store_name(name, taken.into(), position);
            }
            generator.clear(taken, position);
            generator.statements(&clause.body)
        })?;
        if let Some(name) = &clause.name {
            self.unbind(name, NOWHERE);
        }
        self.emit(Op::PopHandled, saved, 0, 0, NOWHERE);
        self.jump(next, NOWHERE);
        self.place(label);
        self.clear_all(&inside, NOWHERE);
        if let Some(name) = &clause.name {
            self.unbind(name, NOWHERE);
        }
        self.emit(Op::PopHandled, saved, 0, 0, NOWHERE);
        self.emit(Op::ListAppend, groups.raised, exception, 0, NOWHERE);
        self.clear(exception, NOWHERE);
        self.release(exception);
        self.release(saved);
        self.place(next);
        self.clear(taken, NOWHERE);
        self.unit.registers.release_run(pair, 2);
        Ok(())
    }
}
