//! Instructions and calls that traces leave to the interpreter's own code: the trace writes what they read to the value
//! stack, calls the handler, and takes the result back from there.

use crate::function_call::{CallShape, call_function};
use crate::helper_table::Special;
use crate::recorder::Recorder;
use sidewinder_bytecode::opcode::Kind;
use sidewinder_bytecode::{CodeFlags, HEADER_WORDS, Instruction, Op as Opcode};
use sidewinder_ir::{Op, Ref, Type};
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::method::MethodObject;
use sidewinder_runtime::objects::type_object::{TYPE, TypeObject};
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Owned, Value};
use sidewinder_semantics::handlers::{fetch, following};
use sidewinder_semantics::semantics::ColdHandler;
use sidewinder_semantics::{Pc, Semantics};
use sidewinder_semantics::{cold, frame};

const HEADER: u16 = HEADER_WORDS as u16;

/// Whether an instruction's cold handler may run inside a trace: it reads and writes the registers that its operands
/// name, goes on at the next instruction, and enters no frame.
fn is_residual(op: Opcode) -> bool {
    matches!(
        op,
        Opcode::MakeCell
            | Opcode::LoadClosure
            | Opcode::LoadSuperAttr
            | Opcode::LoadSuperMethod
            | Opcode::DeleteAttr
            | Opcode::UnpackSequence
            | Opcode::UnpackExtended
            | Opcode::SetAdd
            | Opcode::MapAdd
            | Opcode::ListExtend
            | Opcode::SetUpdate
            | Opcode::DictUpdate
            | Opcode::DictMerge
            | Opcode::ListToTuple
            | Opcode::FormatSimple
            | Opcode::FormatWithSpec
            | Opcode::Convert
            | Opcode::MakeFunction
            | Opcode::SetFunctionPart
            | Opcode::GetLength
            | Opcode::MatchSequence
            | Opcode::MatchMapping
            | Opcode::MatchKeys
            | Opcode::MatchClass
            | Opcode::GetYieldFromIter
            | Opcode::GetAwaitable
            | Opcode::GetAsyncIter
            | Opcode::GetAsyncNext
            | Opcode::LoadSpecial
            | Opcode::LoadExceptionType
            | Opcode::ExceptionTriple
            | Opcode::MatchException
            | Opcode::PushHandled
            | Opcode::PopHandled
            | Opcode::ImportName
            | Opcode::ImportFrom
            | Opcode::CallKeywords
            | Opcode::CallExpanded
    )
}

/// The handler of an instruction for traces: one that enters no frame.
fn residual_handler(op: Opcode, handler: ColdHandler) -> ColdHandler {
    match op {
        Opcode::CallKeywords => cold::call::keywords_nested,
        Opcode::CallExpanded => cold::call::expanded_nested,
        _ => handler,
    }
}

impl Recorder<'_> {
    /// Records the running instruction as a call of its cold handler, if that is possible. Returns where to go on.
    pub fn try_residual(&mut self, pc: Pc, handler: ColdHandler) -> Option<Pc> {
        let i = fetch(pc);
        if pc != self.pc || self.has_effect() || !is_residual(i.op) {
            return None;
        }
        let calls = matches!(i.op, Opcode::CallKeywords | Opcode::CallExpanded);
        if calls && makes_classes(Semantics::register(self, i.b).value) {
            return None;
        }
        let handler = residual_handler(i.op, handler);
        let mut consumed: Vec<u16> = Vec::new();
        let mut kept: Vec<u16> = Vec::new();
        let mut written: Vec<u16> = Vec::new();
        for (position, (kind, field)) in i.op.kinds().into_iter().zip([i.a, i.b, i.c]).enumerate() {
            match kind {
                Kind::Src if (field as i16) < 0 => {}
                Kind::Src if field as i64 >= self.cx.temporary_floor => consumed.push(field),
                Kind::Src => kept.push(field),
                Kind::Reg if i.op == Opcode::MakeCell || i.op == Opcode::PushHandled && position == 0 => {
                    written.push(field)
                }
                Kind::Reg if i.op == Opcode::PopHandled => consumed.push(field),
                Kind::Reg => kept.push(field),
                Kind::Run => consumed.extend(field..field + i.op.run_length(i.c) as u16),
                Kind::Dst => written.push(field),
                Kind::Number if i.op == Opcode::LoadClosure && field == i.b && i.c == 0 => kept.push(field),
                Kind::DstRun => written.extend(field..field + i.op.run_length(i.c) as u16),
                Kind::Block if calls => consumed.extend(self.call_block(i)),
                Kind::Block => written.extend([field, field + HEADER]),
                _ => {}
            }
        }
        // What is read and replaced is handed over with its value.
        for &register in kept.iter().filter(|register| written.contains(register)) {
            let slot = self.slot_of(register as i32);
            self.read_slot(slot);
        }
        kept.retain(|register| !written.contains(register));
        self.settle_registers(consumed.iter().chain(&kept).chain(&written));
        self.publish_frame();
        for &register in &kept {
            self.lend(register as i32);
        }
        for &register in &consumed {
            let slot = self.slot_of(register as i32);
            let value = self.read_slot(slot);
            self.spill(Op::SpillSlot, slot, value);
            self.forget_slot(slot);
        }
        for &register in &written {
            if !consumed.contains(&register) {
                self.hand_over(register);
            }
        }
        self.effect();
        let base = self.slot_of(0);
        let helper = self.special(Special::Residual);
        let arguments = [self.raw(handler as usize as u64), self.raw(pc as u64), self.raw(base as i64 as u64)];
        let status = self.call(helper, &arguments, Type::Raw);
        let snapshot = self.take_snapshot(pc);
        self.push_guard(Op::GuardNoExceptionRaw, [status, Ref::NONE, Ref::NONE], snapshot);
        for &register in kept.iter() {
            self.take_back(register as i32);
        }
        for word in [frame::FUNCTION, frame::CODE] {
            self.take_back(word as i32);
        }
        let next = handler(self.cx, pc);
        let goes_on = next == following(pc) || i.op == Opcode::CallKeywords && next == following(following(pc));
        if !goes_on {
            self.exit_raised();
            return Some(next);
        }
        let floor = self.cx.temporary_floor;
        for &register in consumed.iter().filter(|register| (**register as i64) < floor) {
            // Unlike a temporary, a local may be read again.
            let (slot, unbound) = (self.slot_of(register as i32), self.constant(Op::ConstValue, 0));
            self.write_slot(slot, unbound);
        }
        for &register in &written {
            let slot = self.slot_of(register as i32);
            self.reload_slot(slot);
        }
        Some(next)
    }

    /// The registers of the block of a call with keywords or stars: the callable and its arguments.
    fn call_block(&mut self, i: Instruction) -> impl Iterator<Item = u16> + use<> {
        let first = i.b + HEADER;
        let count = match i.op {
            Opcode::CallKeywords => i.c + fetch(following(self.pc)).b,
            _ => Opcode::expanded_length(i.c),
        };
        std::iter::once(i.b).chain(first..first + count)
    }

    /// An instruction that traces have no operations for: left to its handler where that is possible, or else the trace
    /// ends before it.
    pub fn record_cold(&mut self, pc: Pc, handler: ColdHandler) -> Pc {
        if let Some(next) = self.try_residual(pc, handler) {
            return next;
        }
        let i = fetch(pc);
        let op = i.op;
        if pc == self.pc && matches!(op, Opcode::Call | Opcode::CallMethod) {
            // A call that needs binding, or of a generator function.
            let unbound = op == Opcode::CallMethod && self.interp().operand(i.b + HEADER).is_unbound();
            let bound = op == Opcode::CallMethod && !unbound;
            return self.cold_call(pc, i.a, i.b + unbound as u16, i.c + bound as u16);
        }
        let reason = op.name();
        let cached = matches!(op, Opcode::LoadAttr | Opcode::LoadMethod | Opcode::StoreAttr);
        if cached && !self.has_effect() {
            return self.attribute(pc, handler);
        }
        if pc == self.pc {
            self.exit_here(reason);
        } else {
            self.abort(reason);
        }
        handler(self.cx, pc)
    }

    /// Whether a call is not to be inlined, but made.
    pub fn is_too_deep(&self, code: &'static CodeObject) -> bool {
        let address = code as *const CodeObject as u64;
        let levels = self.inlined.iter().filter(|own| **own == address).count();
        let own = self.is_function && self.start == code.instructions.get();
        levels + own as usize >= self.engine.inline_recursion_max || self.inlined.len() >= self.engine.inline_depth_max
    }

    /// Records a call of a Python function as one that runs it to its end: in its own machine code, if it has any.
    pub fn call_function(&mut self, block: u16, count: u16, code: &'static CodeObject) -> Option<(Value, Ref)> {
        self.spill_block(block, count);
        let slot = self.slot_of(block as i32);
        self.clear_stale_words(slot + 1);
        let delta = (slot + HEADER as i32) as usize;
        let link = frame::Link::new(delta, frame::Continuation::Boundary, 0).0;
        let shape = CallShape::new(code, self.depth());
        let arguments = [
            self.raw(code as *const CodeObject as u64),
            self.raw(slot as i64 as u64),
            self.raw(self.pc as u64),
            self.raw(link),
            self.raw(shape.0),
        ];
        let helper = self.special(Special::CallFunction);
        let ir = self.call_raising(helper, &arguments);
        let delta = (block + HEADER) as usize;
        let link = frame::Link::new(delta, frame::Continuation::Boundary, 0);
        let shape = CallShape::new(code, 0);
        let result = call_function(self.cx, code, block as i64, self.pc, link, shape);
        if self.cx.finalizers_pending.get() != 0 {
            self.cx.run_pending_finalizers();
        }
        if result.is_unbound() {
            self.exit_raised();
            return None;
        }
        Some((result, ir))
    }

    /// The words from `first` up become those of another frame: memory has them from now on, so that no exit writes what
    /// the trace knew of them, and there must be nothing in them that the trace took over and has consumed since, in a
    /// frame that it has left.
    fn clear_stale_words(&mut self, first: i32) {
        for slot in self.slots_from(first) {
            if self.is_taken_over(slot) {
                let unbound = self.constant(Op::ConstValue, 0);
                self.spill(Op::SpillSlot, slot, unbound);
            }
            self.forget_slot(slot);
        }
    }

    /// Records an attribute access that no cache serves by the general rules. The handler may also only have to put
    /// another entry into the site's cache, and have the instruction executed again.
    pub fn attribute(&mut self, pc: Pc, handler: ColdHandler) -> Pc {
        let i = fetch(pc);
        let object = Semantics::operand(self, if i.op == Opcode::StoreAttr { i.a } else { i.b });
        let value = (i.op == Opcode::StoreAttr).then(|| Semantics::operand(self, i.b));
        let name = Semantics::site(self, i.c).name;
        let next = handler(self.cx, pc);
        if next == pc {
            self.retry();
            return next;
        }
        if next != following(pc) {
            self.exit_raised();
            return next;
        }
        let name = self.constant(Op::ConstValue, name.0);
        match (i.op, value) {
            (Opcode::StoreAttr, Some(value)) => {
                let helper = self.helper(sidewinder_semantics::helpers::SET_ATTRIBUTE.function as usize);
                self.call_raising(helper, &[object.ir, name, value.ir]);
                self.consume(i.b, value.ir);
                self.consume(i.a, object.ir);
            }
            (Opcode::LoadAttr, _) => {
                let helper = self.helper(sidewinder_semantics::helpers::GET_ATTRIBUTE.function as usize);
                let result = self.call_raising(helper, &[object.ir, name]);
                self.consume(i.b, object.ir);
                self.assign(i.a, result);
            }
            _ => {
                self.settle(object.ir);
                let slot = self.slot_of(i.a as i32);
                let block = self.raw(slot as i64 as u64);
                let helper = self.special(Special::LoadMethod);
                let status = self.call(helper, &[object.ir, name, block], Type::Raw);
                let snapshot = self.take_snapshot(pc);
                self.push_guard(Op::GuardNoExceptionRaw, [status, Ref::NONE, Ref::NONE], snapshot);
                self.consume(i.b, object.ir);
                self.reload_slot(slot);
                self.reload_slot(slot + HEADER as i32);
            }
        }
        next
    }

    /// Ends the use of a `Src` field in the trace: a temporary gives up its value.
    fn consume(&mut self, field: u16, value: Ref) {
        if field as i16 as i64 >= self.cx.temporary_floor {
            let slot = self.slot_of(field as i32);
            self.end_slot(slot);
            self.emit_drop(value);
        }
    }

    /// Stores into a register, in the trace alone.
    pub fn assign(&mut self, register: u16, value: Ref) {
        let slot = self.slot_of(register as i32);
        let temporary = register as i64 >= self.cx.temporary_floor;
        let old = if temporary { self.known_slot(slot) } else { Some(self.read_slot(slot)) };
        self.write_slot(slot, value);
        if let Some(old) = old {
            self.emit_drop(old);
        }
    }

    fn helper(&self, address: usize) -> sidewinder_ir::HelperId {
        self.engine.helpers.by_address(address)
    }

    /// Makes sure that the doubles in registers fit a word of memory.
    fn settle_registers<'a>(&mut self, registers: impl Iterator<Item = &'a u16>) {
        for &register in registers {
            let slot = self.slot_of(register as i32);
            if let Some(value) = self.known_slot(slot) {
                self.settle(value);
            }
        }
    }

    /// Gives a call block to memory, the callable and then its arguments, for a helper that consumes them. The registers
    /// that were given.
    fn spill_block(&mut self, block: u16, count: u16) -> Vec<u16> {
        let registers: Vec<u16> =
            std::iter::once(block).chain((0..count).map(|position| block + HEADER + position)).collect();
        self.settle_registers(registers.iter());
        for &register in &registers {
            let slot = self.slot_of(register as i32);
            let value = self.read_slot(slot);
            self.spill(Op::SpillSlot, slot, value);
            self.forget_slot(slot);
        }
        registers
    }

    /// Writes the words of the running frame's header that handlers read, if the frame is one that the trace entered.
    fn publish_frame(&mut self) {
        for word in [frame::FUNCTION, frame::CODE] {
            self.lend(word as i32);
        }
    }

    /// Lets a helper see a register whose value the trace keeps. Memory need not have it even if the trace has not
    /// changed it: an earlier round of the loop may have.
    fn lend(&mut self, register: i32) {
        let slot = self.slot_of(register);
        let value = self.read_slot(slot);
        self.spill(Op::StoreSlot, slot, value);
    }

    /// After the helper: words that the trace alone keeps do not stay in memory, where they would be taken for
    /// somebody's. What a side trace has from its parent's exit is such a word, too: the exit did not write it.
    fn take_back(&mut self, register: i32) {
        let slot = self.slot_of(register);
        if !self.is_in_memory(slot) {
            let unbound = self.constant(Op::ConstValue, 0);
            self.spill(Op::StoreSlot, slot, unbound);
        }
    }

    /// Gives a register that a helper will replace to memory, with the old value's reference.
    fn hand_over(&mut self, register: u16) {
        let slot = self.slot_of(register as i32);
        let temporary = register as i64 >= self.cx.temporary_floor;
        let value = match self.known_slot(slot) {
            Some(value) => value,
            // Memory may hold a stale word of a temporary, which is not to be released.
            None if temporary => self.constant(Op::ConstValue, 0),
            None => self.read_slot(slot),
        };
        self.spill(Op::SpillSlot, slot, value);
        self.forget_slot(slot);
    }

    /// Records a call of anything but a Python function that gets a frame. `None` if it must be left to the
    /// interpreter. The result of a call that raised is `Some(None)`.
    pub fn call_any(&mut self, block: u16, count: u16) -> Option<Option<(Value, Ref)>> {
        let callable = Semantics::register(self, block).value;
        if self.has_effect() || enters_frame(callable) || makes_classes(callable) {
            return None;
        }
        let registers = self.spill_block(block, count);
        let slot = self.slot_of(block as i32);
        let arguments = [self.raw(slot as i64 as u64), self.raw(count as u64)];
        let helper = self.special(Special::CallAny);
        let ir = self.call_raising(helper, &arguments);
        self.cx.instruction = self.pc;
        // SAFETY: (frames 3) the arguments stay in the call block during the call.
        let result = unsafe {
            let first = self.cx.base.add((block + HEADER) as usize);
            let arguments = Arguments::positional(std::slice::from_raw_parts(first, count as usize));
            call::call_with(self.cx, callable, arguments)
        };
        for &register in registers.iter().skip(1).rev().chain(&registers[..1]) {
            // SAFETY: (frames 3) as above.
            let old = unsafe { std::mem::replace(&mut *self.cx.base.add(register as usize), Value::UNBOUND) };
            drop(Owned::from_raw_option(old));
        }
        if self.cx.finalizers_pending.get() != 0 {
            self.cx.run_pending_finalizers();
        }
        match result {
            Ok(value) => Some(Some((value.into_raw(), ir))),
            Err(_) => {
                self.exit_raised();
                Some(None)
            }
        }
    }
}

/// Whether an object is a metaclass: a new class looks at the frame that makes it.
fn makes_classes(callable: Value) -> bool {
    callable.cast::<TypeObject>().is_some_and(|class| class.is_subtype(&TYPE.object))
}

/// Whether calling an object makes a frame of the interpreter's.
fn enters_frame(callable: Value) -> bool {
    let target = callable.cast_exact::<MethodObject>().map_or(callable, |method| method.function);
    target.cast_exact::<FunctionObject>().is_some_and(|function| !function.code().has_flag(CodeFlags::SUSPENDS))
}
