//! `await`, `async for` and `async with`.
//!
//! Waiting is delegation: `Generator::delegate` sends into the awaitable's iterator and yields what it yields. In an
//! asynchronous generator, a `Yield` that follows `Send` hands an awaited value on; any other is an item.

use crate::ast::*;
use crate::error::{Failure, Outcome};
use crate::generator::Generator;
use crate::register::{Register, Source};
use crate::scope::ScopeKind;
use crate::unit::Label;
use sidewinder_bytecode::{CodeFlags, Op, Position};

impl<'tree> Generator<'tree> {
    /// Whether the current unit may wait.
    pub fn is_asynchronous(&self) -> bool {
        self.unit.flags & (CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR) != 0
    }

    pub fn require_asynchronous(&self, what: &str, position: Position) -> Outcome<()> {
        if self.is_asynchronous() {
            return Ok(());
        }
        let in_function = self.scopes[self.unit.scope].kind == ScopeKind::Function;
        let place = if in_function || what != "'await'" { "async function" } else { "function" };
        Err(Failure::syntax(format!("{what} outside {place}"), position))
    }

    pub fn await_value(&mut self, value: &'tree Expression, destination: Register, position: Position) -> Outcome<()> {
        self.require_asynchronous("'await'", position)?;
        let mark = self.depth();
        let source = self.operand(value)?;
        self.set_depth(mark);
        self.await_operand(source, 0, destination, position)
    }

    /// Waits for an operand; `origin` is that of `GetAwaitable`.
    pub fn await_operand(
        &mut self,
        source: Source,
        origin: u32,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let awaitable = self.acquire(".awaitable");
        self.emit(Op::GetAwaitable, awaitable, source, origin, position);
        self.delegate(awaitable, destination, position)
    }

    /// Fetches the next item of an asynchronous iterator into a loop's target; goes to `exhausted`, with the iterator
    /// cleared, when it raises StopAsyncIteration.
    pub fn async_loop_item(
        &mut self,
        target: &'tree Expression,
        iterator: Register,
        exhausted: Label,
        position: Position,
    ) -> Outcome<()> {
        let exception = self.unit.registers.acquire_for_handler(".exception");
        let (handler, label) = self.new_handler(exception);
        let item = Register::temporary(self.depth());
        let outer = self.unit.handler.replace(handler);
        let mark = self.unit.registers.acquired_mark();
        let awaitable = self.acquire(".awaitable");
        self.emit(Op::GetAsyncNext, awaitable, iterator, 0, position);
        self.delegate(awaitable, item, position)?;
        let inside = self.unit.registers.acquired_since(mark);
        self.unit.handler = outer;
        let fetched = self.new_label();
        self.jump(fetched, position);
        self.place(label);
        self.clear_all(&inside, position);
        let mark = self.depth();
        let class = self.temporary();
        let site = self.site(&"StopAsyncIteration".into());
        self.emit(Op::LoadGlobal, class, site, 0, position);
        self.emit(Op::MatchException, class, exception, class, position);
        self.set_depth(mark);
        let ended = self.new_label();
        self.emit_jump(Op::JumpIfTrue, class, 0, ended, position);
        self.emit(Op::Reraise, exception, 0, 0, position);
        self.place(ended);
        self.clear(exception, position);
        self.clear(iterator, position);
        self.jump(exhausted, position);
        self.release(exception);
        self.place(fetched);
        self.temporary();
        self.assign_from(target, item.into())?;
        self.set_depth(mark);
        Ok(())
    }
}
