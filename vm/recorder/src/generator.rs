//! Generators in traces: resuming and suspending them inlined, so that a `for` loop and the generator it drives become
//! one trace. While its frame runs, a generator's registers belong to the trace; what its buffer holds then is stale.

use crate::recorder::{Recorded, Recorder};
use sidewinder_bytecode::HEADER_WORDS;
use sidewinder_ir::op::Alias;
use sidewinder_ir::{Op, Ref};
use sidewinder_runtime::Value;
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::generator::{GeneratorObject, state};
use sidewinder_runtime::objects::singleton;
use sidewinder_semantics::frame::{self, Continuation};
use sidewinder_semantics::handlers::{fetch, following};
use sidewinder_semantics::{Pc, Semantics};
use std::mem::offset_of;

/// Fields of generators change as iterators do.
const FIELDS: Alias = Alias::Iterator;

impl Recorder<'_> {
    /// Resumes the suspended generator in register `iterator` as an inlined frame. `None` if it must be left to the
    /// interpreter.
    pub fn resume_inlined(
        &mut self,
        pc: Pc,
        iterator: u16,
        continuation: Continuation,
        destination: u16,
    ) -> Option<Pc> {
        let value = Semantics::register(self, iterator);
        // SAFETY: (heap 2) the handler tested the type.
        let generator: &GeneratorObject = unsafe { value.value.cast_unchecked() };
        let now = generator.state.get();
        let plain = generator.handled.get().is_unbound() && self.cx.handled.is_unbound();
        if continuation != Continuation::Iterate
            || !matches!(now, state::CREATED | state::SUSPENDED)
            || !plain
            || self.has_effect()
            || self.inlined.len() >= self.engine.inline_depth_max
            || self.cx.recursion_left <= 0
        {
            return None;
        }
        let code = generator.code();
        let start = generator.instruction.get();
        self.guard_generator(value, now, start);
        let object = value.ir;
        let function = self.load_value(object, offset_of!(GeneratorObject, function), FIELDS);
        let known = generator.function();
        let own = self.load_word(function, offset_of!(FunctionObject, globals), Alias::Function);
        let wanted = self.raw(known.globals.get().0);
        let test = self.binary(Op::RawEqual, own, wanted);
        self.guard(test, true);
        self.known_globals.insert(function);
        self.assumptions.add_code(code);
        let registers = self.load_word(object, offset_of!(GeneratorObject, registers), FIELDS);

        let address = self.unary(Op::Address, object);
        let running = self.raw(state::RUNNING as u64);
        let offset = offset_of!(GeneratorObject, state) as u64;
        self.push(Op::StoreRaw32, [address, running, Ref::NONE], offset, FIELDS);
        self.effect();
        self.emit_dup(function);
        self.emit_dup(object);
        let next = Semantics::resume(self.interp(), pc, iterator, continuation, destination);
        if next != start {
            self.abort("exception");
            return Some(next);
        }
        self.inlined.push(code.value().0);
        self.enter_header(function, Some(object));
        let sent = (now == state::SUSPENDED).then(|| {
            // SAFETY: (frames 3) a suspended generator goes on after its `Yield`.
            fetch(unsafe { start.sub(1) }).a
        });
        for register in 0..code.register_count as u16 {
            let slot = self.slot_of(register as i32);
            // SAFETY: (frames 1) every word of the stack is a value.
            let bound = !unsafe { *self.cx.base.add(register as usize) }.is_unbound();
            if sent == Some(register) {
                let none = self.constant(Op::ConstValue, singleton::none().0);
                self.write_slot(slot, none);
            } else if bound || (register as u32) < code.local_count {
                let word = self.push(Op::LoadValue, [registers, Ref::NONE, Ref::NONE], 8 * register as u64, FIELDS);
                self.write_slot(slot, word);
            }
        }
        Some(next)
    }

    /// Guards that the generator goes on at `start`, and that neither side is handling an exception.
    fn guard_generator(&mut self, generator: Recorded, now: u32, start: Pc) {
        let address = self.unary(Op::Address, generator.ir);
        let offset = offset_of!(GeneratorObject, state) as u64;
        let own = self.push(Op::LoadRaw32, [address, Ref::NONE, Ref::NONE], offset, FIELDS);
        let wanted = self.raw(now as u64);
        let test = self.binary(Op::RawEqual, own, wanted);
        self.guard(test, true);
        let own = self.load_word(generator.ir, offset_of!(GeneratorObject, instruction), FIELDS);
        let wanted = self.raw(start as u64);
        let test = self.binary(Op::RawEqual, own, wanted);
        self.guard(test, true);
        self.guard_handled(generator.ir);
    }

    fn guard_handled(&mut self, generator: Ref) {
        let own = self.load_value(generator, offset_of!(GeneratorObject, handled), FIELDS);
        let test = self.unary(Op::IsUnbound, own);
        self.guard(test, true);
        let outer = self.raw(&raw const self.cx.handled as u64);
        let outer = self.push(Op::LoadValue, [outer, Ref::NONE, Ref::NONE], 0, Alias::Context);
        let test = self.unary(Op::IsUnbound, outer);
        self.guard(test, true);
    }

    /// Whether the running frame, a generator's, can be suspended in the trace.
    pub fn may_suspend(&self) -> bool {
        // SAFETY: (frames 3) the running frame has a header, and one that yields keeps its generator.
        let (generator, link): (&GeneratorObject, _) = unsafe {
            let link = frame::Link(frame::header(self.cx.base, frame::LINK).0);
            (frame::header(self.cx.base, frame::KEPT).cast_unchecked(), link)
        };
        let plain = generator.handled.get().is_unbound() && self.cx.handled.is_unbound();
        plain && !self.has_effect() && link.continuation() == Continuation::Iterate
    }

    /// Suspends the running frame, a generator's, at the `Yield` at `pc`: its registers go back to the generator.
    /// `None` if it must be left to the interpreter.
    pub fn suspend_inlined(&mut self, pc: Pc, value: (Value, Ref)) -> Option<Pc> {
        // SAFETY: (frames 3) a frame that yields keeps its generator.
        let generator: &GeneratorObject = unsafe { frame::header(self.cx.base, frame::KEPT).cast_unchecked() };
        if !self.may_suspend() {
            return None;
        }
        if self.cx.base <= self.entry_base {
            self.guard_caller();
        }
        let kept_slot = self.slot_of(frame::KEPT as i32);
        let object = self.read_slot(kept_slot);
        self.guard_handled(object);
        let code = generator.code();
        let yielded = fetch(pc).b;
        let mut words = Vec::new();
        for register in 0..code.register_count as u16 {
            let slot = self.slot_of(register as i32);
            // SAFETY: (frames 1) every word of the stack is a value.
            let bound = !unsafe { *self.cx.base.add(register as usize) }.is_unbound();
            let word = if register == yielded && register as u32 >= code.local_count {
                // It was taken out for the consumer.
                self.constant(Op::ConstValue, 0)
            } else if bound || (register as u32) < code.local_count {
                self.read_slot(slot)
            } else {
                self.constant(Op::ConstValue, 0)
            };
            self.settle(word);
            words.push(word);
        }
        self.settle(value.1);
        let registers = self.load_word(object, offset_of!(GeneratorObject, registers), FIELDS);
        for (register, word) in words.into_iter().enumerate() {
            self.push(Op::StoreValue, [registers, word, Ref::NONE], 8 * register as u64, FIELDS);
        }
        let instruction = self.raw(following(pc) as u64);
        self.store_word(object, offset_of!(GeneratorObject, instruction), instruction, FIELDS);
        let address = self.unary(Op::Address, object);
        let suspended = self.raw(state::SUSPENDED as u64);
        let offset = offset_of!(GeneratorObject, state) as u64;
        self.push(Op::StoreRaw32, [address, suspended, Ref::NONE], offset, FIELDS);
        let function_slot = self.slot_of(frame::FUNCTION as i32);
        let function = self.read_slot(function_slot);
        let header = self.slot_of(-(HEADER_WORDS as i32));
        self.end_slots_from(header);
        self.inlined.pop();
        // SAFETY: (frames 3) the running frame has a header.
        let link = frame::Link(unsafe { frame::header(self.cx.base, frame::LINK) }.0);
        let next = Semantics::suspend(self.interp(), pc, sidewinder_semantics::interp::Token(value.0));
        self.emit_drop(function);
        self.emit_drop(object);
        self.assign(link.destination(), value.1);
        Some(next)
    }
}
