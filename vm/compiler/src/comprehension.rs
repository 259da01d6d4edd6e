//! Comprehensions: list, set and dict comprehensions run inside the code block around them (PEP 709), their variables
//! in hidden locals; a generator expression is a function of its own that takes the iterator as `.0`.

use crate::ast::*;
use crate::error::Outcome;
use crate::function::FunctionParts;
use crate::generator::Generator;
use crate::register::Register;
use crate::unit::{ActiveComprehension, Label};
use sidewinder_bytecode::{Constant, Op, Position};
use std::collections::HashMap;

impl<'tree> Generator<'tree> {
    pub fn comprehension(
        &mut self,
        node: &'tree Comprehension,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        if node.kind == ComprehensionKind::Generator {
            return self.generator_expression(node, destination, position);
        }
        self.in_temporary(destination, position, |generator, result| {
            let iterator = generator.first_iterator(node)?;
            let (op, empty_run) = match node.kind {
                ComprehensionKind::List => (Op::BuildList, result),
                ComprehensionKind::Set => (Op::BuildSet, result),
                _ => (Op::BuildMap, result),
            };
            generator.emit(op, result, empty_run, 0, position);
            generator.enter_comprehension(node, position);
            generator.clauses(node, 0, iterator, Some(result))?;
            generator.leave_comprehension(position);
            Ok(())
        })
    }

    /// The first iterable belongs to the scope around the comprehension.
    fn first_iterator(&mut self, node: &'tree Comprehension) -> Outcome<Register> {
        self.clause_iterator(&node.clauses[0])
    }

    fn clause_iterator(&mut self, clause: &'tree ComprehensionClause) -> Outcome<Register> {
        let mark = self.depth();
        let source = self.iterable_operand(&clause.iterable)?;
        self.set_depth(mark);
        let iterator = self.acquire(".iterator");
        let op = if clause.is_async { Op::GetAsyncIter } else { Op::GetIter };
        self.emit(op, iterator, source, 0, clause.iterable.position);
        Ok(iterator)
    }

    /// Makes the variables of an inlined comprehension: hidden locals under their own names.
    fn enter_comprehension(&mut self, node: &Comprehension, position: Position) {
        let scopes = self.scopes;
        let mut registers = HashMap::new();
        for symbol in &scopes[node.scope].symbols {
            if !symbol.is_bound || symbol.is_global || symbol.is_nonlocal {
                continue;
            }
            let register = self.acquire(&symbol.name);
            if symbol.is_cell {
                self.emit(Op::MakeCell, register, 0, 0, position);
            }
            registers.insert(symbol.name.clone(), register);
        }
        self.unit.comprehensions.push(ActiveComprehension { scope: node.scope, registers });
    }

    fn leave_comprehension(&mut self, position: Position) {
        let Some(comprehension) = self.unit.comprehensions.pop() else { return };
        let mut registers: Vec<Register> = comprehension.registers.into_values().collect();
        registers.sort_by_key(|register| register.index());
        for register in registers {
            self.clear_and_release(register, position);
        }
    }

    /// The clauses from number `index` on. `result` is the temporary being filled; None in a generator expression.
    fn clauses(
        &mut self,
        node: &'tree Comprehension,
        index: usize,
        iterator: Register,
        result: Option<Register>,
    ) -> Outcome<()> {
        let clause = &node.clauses[index];
        let position = clause.iterable.position;
        let (header, next, end) = (self.new_label(), self.new_label(), self.new_label());
        let number = self.unit.loop_count;
        self.unit.loop_count += 1;
        self.place(header);
        if clause.is_async {
            self.async_loop_item(&clause.target, iterator, end, position)?;
        } else {
            self.loop_item(&clause.target, iterator, end, position)?;
        }
        for condition in &clause.conditions {
            self.jump_unless(condition, next)?;
        }
        if index + 1 < node.clauses.len() {
            self.inner_clause(node, index + 1, result, next)?;
        } else {
            self.element(node, result)?;
        }
        self.place(next);
        self.emit_jump(Op::JumpBack, number, 0, header, node.element.position);
        self.place(end);
        if iterator != Register::local(0) || result.is_some() {
            self.release(iterator);
        }
        Ok(())
    }

    fn inner_clause(
        &mut self,
        node: &'tree Comprehension,
        index: usize,
        result: Option<Register>,
        next: Label,
    ) -> Outcome<()> {
        let clause = &node.clauses[index];
        // `for x in [value]` is an assignment.
        if let Some(value) = single_item(&clause.iterable)
            && !clause.is_async
        {
            self.assign_value(&clause.target, value)?;
            for condition in &clause.conditions {
                self.jump_unless(condition, next)?;
            }
            if index + 1 < node.clauses.len() {
                return self.inner_clause(node, index + 1, result, next);
            }
            return self.element(node, result);
        }
        let iterator = self.clause_iterator(clause)?;
        self.clauses(node, index, iterator, result)
    }

    /// Adds one element to the result, or yields it.
    fn element(&mut self, node: &'tree Comprehension, result: Option<Register>) -> Outcome<()> {
        let position = node.element.position;
        let mark = self.depth();
        let Some(result) = result else {
            let source = self.operand(&node.element)?;
            self.set_depth(mark);
            let sent = self.temporary();
            self.set_depth(mark);
            self.emit(Op::Yield, sent, source, 0, position);
            self.clear(sent, position);
            return Ok(());
        };
        match &node.value {
            Some(value) => {
                let key = self.operand_before(&node.element, [value])?;
                let source = self.operand(value)?;
                self.set_depth(mark);
                let position =
                    Position { end_line: value.position.end_line, end_column: value.position.end_column, ..position };
                self.emit(Op::MapAdd, result, key, source, position);
            }
            None => {
                let source = self.operand(&node.element)?;
                self.set_depth(mark);
                let op = if node.kind == ComprehensionKind::List { Op::ListAppend } else { Op::SetAdd };
                self.emit(op, result, source, 0, position);
            }
        }
        Ok(())
    }

    fn generator_expression(
        &mut self,
        node: &'tree Comprehension,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let parts = FunctionParts {
            scope: node.scope,
            name: "<genexpr>".into(),
            position,
            first_line: position.line,
            parameters: None,
            extra_flags: 0,
        };
        let code = self.function_unit(parts, |generator| {
            generator.clauses(node, 0, Register::local(0), None)?;
            let none = generator.constant_operand(&Constant::None, position);
            generator.emit(Op::Return, none, 0, 0, position);
            Ok(())
        })?;
        let mark = self.depth();
        let block = Register::temporary(mark);
        self.make_function(code, block, position)?;
        self.set_depth(mark + sidewinder_bytecode::HEADER_WORDS as u32);
        let argument = Register::temporary(self.depth());
        let iterable = &node.clauses[0].iterable;
        let source = self.iterable_operand(iterable)?;
        self.set_depth(argument.index());
        self.temporary();
        let op = if node.clauses[0].is_async { Op::GetAsyncIter } else { Op::GetIter };
        self.emit(op, argument, source, 0, iterable.position);
        self.set_depth(mark);
        self.emit(Op::Call, destination, block, 1, position);
        Ok(())
    }
}

/// The value of a one-item display.
fn single_item(expression: &Expression) -> Option<&Expression> {
    match &expression.kind {
        ExpressionKind::List(items) | ExpressionKind::Tuple(items) => match &items[..] {
            [item] if !item.is_starred() => Some(item),
            _ => None,
        },
        _ => None,
    }
}
