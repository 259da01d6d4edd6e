//! Generators in traces: resuming, suspending and finishing them inlined, so that a loop and the generator it drives
//! become one trace. While its frame runs, a generator's registers belong to the trace; what its buffer holds then is
//! stale.
//!
//! Each has two parts, as handlers do: guards that say that it can be done, and then its effects.

use crate::helper_table::Special;
use crate::instance::RecordedToken;
use crate::recorder::{Recorded, Recorder};
use sidewinder_bytecode::HEADER_WORDS;
use sidewinder_ir::op::Alias;
use sidewinder_ir::{Op, Ref, Type};
use sidewinder_runtime::Value;
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::generator::{GeneratorObject, kind_of, state};
use sidewinder_semantics::frame::{self, Continuation};
use sidewinder_semantics::handlers::{fetch, following};
use sidewinder_semantics::interp::Token;
use sidewinder_semantics::{Pc, Semantics};
use std::mem::offset_of;

/// Fields of generators change as iterators do.
const FIELDS: Alias = Alias::Iterator;

/// Offset of the word in which a suspended generator keeps a register.
fn register_offset(register: u16) -> usize {
    size_of::<GeneratorObject>() + register as usize * size_of::<Value>()
}

/// Stops the recording where a generator cannot be followed: the interpreter goes on with it.
macro_rules! leave {
    ($recorder:expr, $reason:literal) => {{
        $recorder.exit_here($reason);
        $recorder.abort($reason);
    }};
}

impl Recorder<'_> {
    /// A generator over a call of `function` with the arguments in registers `first..first + count`.
    pub fn new_generator(&mut self, function: RecordedToken, first: u16, count: u16) -> RecordedToken {
        self.spill_run(first, count);
        let slot = self.slot_of(first as i32);
        // SAFETY: (heap 2) the handler tested the type.
        let code = unsafe { function.value.cast_unchecked::<FunctionObject>() }.code();
        let arguments = [
            function.ir,
            self.raw(slot as i64 as u64),
            self.raw(count as u64),
            self.raw(&raw const kind_of(code.flags).object as u64),
        ];
        self.effect();
        let helper = self.special(Special::MakeGenerator);
        let ir = self.call(helper, &arguments, Type::Value);
        let token = Semantics::make_generator(self.interp(), Token(function.value), first, count);
        RecordedToken { value: token.0, ir }
    }

    /// Guards that a generator can be resumed where it goes on now.
    pub fn guard_resumable(&mut self, value: Recorded) -> bool {
        // SAFETY: (heap 2) the handler tested the type.
        let generator: &GeneratorObject = unsafe { value.value.cast_unchecked() };
        let now = generator.state.get();
        let plain = generator.handled.get().is_unbound() && self.cx.handled.is_unbound();
        if !Semantics::may_resume(self.interp(), value.value)
            || !plain
            || self.has_effect()
            || self.inlined.len() >= self.engine.inline_depth_max
        {
            self.exit_here("generator");
            return false;
        }
        let object = value.ir;
        let address = self.unary(Op::Address, object);
        let offset = offset_of!(GeneratorObject, state) as u64;
        let own = self.push(Op::LoadRaw32, [address, Ref::NONE, Ref::NONE], offset, FIELDS);
        self.guard_word(own, now as u64);
        let own = self.load_word(object, offset_of!(GeneratorObject, instruction), FIELDS);
        self.guard_word(own, generator.instruction.get() as u64);
        self.guard_handled(object);
        let function = self.load_value(object, offset_of!(GeneratorObject, function), FIELDS);
        let own = self.load_word(function, offset_of!(FunctionObject, globals), Alias::Function);
        self.guard_word(own, generator.function().globals.get().0);
        self.known_globals.insert(function);
        self.assumptions.add_code(generator.code());
        true
    }

    /// Resumes a generator, which `guard_resumable` allows, as an inlined frame.
    pub fn resume_inlined(
        &mut self,
        pc: Pc,
        token: RecordedToken,
        sent: RecordedToken,
        continuation: Continuation,
        destination: u16,
    ) -> Pc {
        // SAFETY: (heap 2) the handler tested the type.
        let generator: &GeneratorObject = unsafe { token.value.cast_unchecked() };
        let (code, suspended) = (generator.code(), generator.state.get() == state::SUSPENDED);
        let object = token.ir;
        let function = self.load_value(object, offset_of!(GeneratorObject, function), FIELDS);
        self.store_state(object, state::RUNNING);
        if continuation == Continuation::SendAsync {
            self.store_number(object, offset_of!(GeneratorObject, awaited), 1);
        }
        self.emit_dup(function);
        let (generator, now) = (Token(token.value), Token(sent.value));
        let start = Semantics::resume(self.interp(), pc, generator, now, continuation, destination);
        self.inlined.push(code.value().0);
        self.enter_header(function, Some(object));
        // SAFETY: (frames 3) a suspended generator goes on after its `Yield`.
        let target = suspended.then(|| fetch(unsafe { start.sub(1) }).a);
        if !suspended {
            self.emit_drop(sent.ir);
        }
        for register in 0..code.register_count as u16 {
            let slot = self.slot_of(register as i32);
            if target == Some(register) {
                self.write_slot(slot, sent.ir);
            } else if self.is_live(register) {
                let word = self.load_value(object, register_offset(register), FIELDS);
                self.write_slot(slot, word);
            }
        }
        start
    }

    /// Whether a register of the running frame is a local or holds something.
    fn is_live(&self, register: u16) -> bool {
        // SAFETY: (frames 1) every word of the stack is a value.
        let bound = !unsafe { *self.cx.base.add(register as usize) }.is_unbound();
        bound || (register as i64) < self.cx.temporary_floor
    }

    fn guard_word(&mut self, own: Ref, wanted: u64) {
        let wanted = self.raw(wanted);
        let test = self.binary(Op::RawEqual, own, wanted);
        self.guard(test, true);
    }

    fn store_state(&mut self, generator: Ref, state: u32) {
        self.store_number(generator, offset_of!(GeneratorObject, state), state);
    }

    /// Stores into a field of 32 bits.
    fn store_number(&mut self, generator: Ref, offset: usize, number: u32) {
        let address = self.unary(Op::Address, generator);
        let number = self.raw(number as u64);
        self.push(Op::StoreRaw32, [address, number, Ref::NONE], offset as u64, FIELDS);
        self.effect();
    }

    /// Nobody waits for the running frame, an asynchronous generator's, any more.
    pub fn end_wait_inlined(&mut self) {
        let (_, object) = self.running_generator();
        self.store_number(object, offset_of!(GeneratorObject, awaited), 0);
        Semantics::end_wait(self.interp());
    }

    /// Guards that neither the generator nor its resumer is handling an exception.
    fn guard_handled(&mut self, generator: Ref) {
        let own = self.load_value(generator, offset_of!(GeneratorObject, handled), FIELDS);
        let test = self.unary(Op::IsUnbound, own);
        self.guard(test, true);
        let outer = self.raw(&raw const self.cx.handled as u64);
        let outer = self.push(Op::LoadValue, [outer, Ref::NONE, Ref::NONE], 0, Alias::Context);
        let test = self.unary(Op::IsUnbound, outer);
        self.guard(test, true);
    }

    /// The running frame's generator.
    fn running_generator(&mut self) -> (&'static GeneratorObject, Ref) {
        // SAFETY: (frames 3) a generator's frame keeps it.
        let generator = unsafe { frame::header(self.cx.base, frame::KEPT).cast_unchecked() };
        let slot = self.slot_of(frame::KEPT as i32);
        (generator, self.read_slot(slot))
    }

    /// At a `Yield`: guards who has resumed the running frame, a generator's.
    pub fn guard_resumer(&mut self) {
        let (continuation, _) = self.interp().link();
        if !continuation.is_generator() {
            leave!(self, "yield to native code");
        } else if self.cx.base <= self.entry_base {
            self.guard_caller();
        }
    }

    /// Whether nobody is handling an exception, which is guarded.
    fn guard_nothing_handled(&mut self) -> bool {
        let (generator, object) = self.running_generator();
        if !generator.handled.get().is_unbound() || !self.cx.handled.is_unbound() {
            return false;
        }
        self.guard_handled(object);
        true
    }

    /// At the `Yield` at `pc`: guards that the running frame can be suspended.
    pub fn guard_suspend(&mut self, pc: Pc) {
        if self.stop.is_some() || !self.guard_nothing_handled() {
            return leave!(self, "yield while an exception is handled");
        }
        for register in 0..frame::current_code(self.cx).register_count as u16 {
            if self.is_live(register) {
                let slot = self.slot_of(register as i32);
                let word = self.read_slot(slot);
                self.settle(word);
            }
        }
        let value = Semantics::operand(self, fetch(pc).b);
        self.settle(value.ir);
    }

    /// The slot of a register of the frame that has resumed the running generator.
    fn outer_slot(&self, register: u16) -> i32 {
        // SAFETY: (frames 3) the running frame has a header.
        let link = frame::Link(unsafe { frame::header(self.cx.base, frame::LINK) }.0);
        self.slot_of(register as i32 - link.delta() as i32)
    }

    /// What a register of that frame holds.
    pub fn read_outer(&mut self, register: u16) -> Recorded {
        let value = self.interp().outer_register(register);
        let slot = self.outer_slot(register);
        Recorded { value, ir: self.read_slot(slot) }
    }

    /// Stores into such a register.
    pub fn write_outer(&mut self, register: u16, value: RecordedToken) {
        let slot = self.outer_slot(register);
        let old = self.read_slot(slot);
        self.write_slot(slot, value.ir);
        self.emit_drop(old);
        self.interp().set_outer(register, Token(value.value));
    }

    /// Suspends the running frame, a generator's, at the `Yield` at `pc`: its registers go back to the generator.
    pub fn suspend_inlined(&mut self, pc: Pc) {
        let (_, object) = self.running_generator();
        let unbound = self.constant(Op::ConstValue, 0);
        let words: Vec<Ref> = (0..frame::current_code(self.cx).register_count as u16)
            .map(|register| {
                let slot = self.slot_of(register as i32);
                if self.is_live(register) { self.read_slot(slot) } else { unbound }
            })
            .collect();
        for (register, word) in words.into_iter().enumerate() {
            self.store_value(object, register_offset(register as u16), word, FIELDS);
        }
        let instruction = self.raw(following(pc) as u64);
        self.store_word(object, offset_of!(GeneratorObject, instruction), instruction, FIELDS);
        self.store_state(object, state::SUSPENDED);
        let function = self.end_frame();
        Semantics::suspend(self.interp(), pc);
        self.emit_drop(function);
        self.emit_drop(object);
    }

    /// Ends the slots of the running frame, which is left. Its function.
    fn end_frame(&mut self) -> Ref {
        let slot = self.slot_of(frame::FUNCTION as i32);
        let function = self.read_slot(slot);
        let header = self.slot_of(-(HEADER_WORDS as i32));
        self.end_slots_from(header);
        self.inlined.pop();
        function
    }

    /// At a `Return`: guards that the generator whose frame is running can be finished.
    pub fn guard_end(&mut self) {
        let may_leave = self.cx.base > self.entry_base || self.is_bridge || self.is_side;
        if !may_leave || !self.guard_nothing_handled() {
            return leave!(self, "a generator ends");
        }
        self.guard_resumer();
        let result = Semantics::operand(self, fetch(self.pc).a);
        self.settle(result.ir);
    }

    /// Leaves the running frame, a generator's that `guard_end` has looked at, for good.
    pub fn finish_inlined(&mut self) -> Pc {
        let (_, object) = self.running_generator();
        let offset = offset_of!(GeneratorObject, function);
        let own = self.load_value(object, offset, FIELDS);
        let unbound = self.constant(Op::ConstValue, 0);
        self.store_value(object, offset, unbound, FIELDS);
        self.store_state(object, state::FINISHED);
        let function = self.end_frame();
        let next = Semantics::finish_generator(self.interp());
        self.emit_drop(own);
        self.emit_drop(function);
        self.emit_drop(object);
        next
    }
}
