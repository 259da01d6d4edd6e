//! What the recorder's instance of the primitives shares, and its longer primitives.

use crate::helper_table::Special;
use crate::instance::{Number, RecordedToken};
use crate::recorder::{Recorded, Recorder};
use sidewinder_bytecode::{CodeFlags, HEADER_WORDS};
use sidewinder_ir::op::Alias;
use sidewinder_ir::{Op, Ref, Type};
use sidewinder_runtime::hooks::Broken;
use sidewinder_runtime::native::{Body, Effects, Intrinsic, Native};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{self, DictObject, Entry};
use sidewinder_runtime::objects::function::{FUNCTION, FunctionObject};
use sidewinder_runtime::objects::instance::AttributeBlock;
use sidewinder_runtime::objects::keyword_names;
use sidewinder_runtime::objects::method::{BUILTIN_FUNCTION, METHOD_DESCRIPTOR, NativeFunctionObject};
use sidewinder_runtime::objects::singleton::{BOOL, NONE_TYPE};
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::STR;
use sidewinder_runtime::objects::type_object::flags;
use sidewinder_runtime::{TypeObject, Value};
use sidewinder_semantics::frame::{self, Continuation, Link};
use sidewinder_semantics::interp::{Small, Token};
use sidewinder_semantics::{Interp, Numbers, Pc, Semantics};
use std::mem::offset_of;

impl Recorder<'_> {
    #[inline(always)]
    pub fn interp(&mut self) -> &mut Interp {
        Interp::of(self.cx)
    }

    pub fn is_constant_value(&self, value: Ref) -> bool {
        self.instructions[value.0 as usize].op == Op::ConstValue
    }

    /// The integer of an IR value, if the trace has it.
    pub fn unboxed(&self, value: Ref, boxing: Op) -> Option<Ref> {
        let instruction = &self.instructions[value.0 as usize];
        (instruction.op == boxing).then_some(instruction.operands[0])
    }

    pub fn checked(
        &mut self,
        overflow: Op,
        op: Op,
        a: Number<Small>,
        b: Number<Small>,
        result: Option<Small>,
    ) -> Option<Number<Small>> {
        let test = self.binary(overflow, a.ir, b.ir);
        self.guard(test, result.is_none());
        let now = result?;
        let ir = self.binary(op, a.ir, b.ir);
        Some(Number { now, ir })
    }

    pub fn compare_guard(&mut self, op: CompareOp, a: Ref, b: Ref, outcome: bool, ops: [Op; 3]) -> bool {
        let [less, less_equal, equal] = ops;
        let (op, a, b, negated) = match op {
            CompareOp::Less => (less, a, b, false),
            CompareOp::LessEqual => (less_equal, a, b, false),
            CompareOp::Greater => (less, b, a, false),
            CompareOp::GreaterEqual => (less_equal, b, a, false),
            CompareOp::Equal => (equal, a, b, false),
            CompareOp::NotEqual => (equal, a, b, true),
        };
        let test = self.binary(op, a, b);
        self.guard(test, outcome != negated);
        outcome
    }

    /// A store that replaces a counted word: the old word's count is given up after it.
    pub fn replace(&mut self, object: Ref, offset: usize, value: Ref, alias: Alias) {
        self.settle(value);
        let old = self.load_value(object, offset, alias);
        self.store_value(object, offset, value, alias);
        self.emit_drop(old);
    }

    pub fn field(&mut self, object: Recorded, offset: usize, alias: Alias, value: Value) -> Recorded {
        let ir = self.load_value(object.ir, offset, alias);
        Recorded { value, ir }
    }

    pub fn result(&mut self, now: Option<Token>, ir: Ref) -> Option<RecordedToken> {
        match now {
            Some(token) => Some(RecordedToken { value: token.0, ir }),
            None => {
                self.exit_raised();
                None
            }
        }
    }
}

impl Recorder<'_> {
    /// Gives the values of registers to memory, for a helper that takes them over.
    pub fn spill_run(&mut self, first: u16, count: u16) {
        for position in 0..count {
            let value = self.register(first + position);
            self.settle(value.ir);
        }
        for position in 0..count {
            let slot = self.slot_of((first + position) as i32);
            let value = self.read_slot(slot);
            self.spill(Op::SpillSlot, slot, value);
            self.end_slot(slot);
        }
    }

    pub fn native_call(
        &mut self,
        callable: Value,
        first: u16,
        count: u16,
        receiver: bool,
        pc: Pc,
    ) -> Option<RecordedToken> {
        // SAFETY: (heap 2) the handler tested the type.
        let native = unsafe { callable.cast_unchecked::<NativeFunctionObject>() }.definition;
        if native.intrinsic == Intrinsic::LooksAtFrames {
            self.exit_here("looks at frames");
        }
        if receiver && count > 0 {
            let own = self.register(first);
            let kind = own.value.type_of();
            if own.value.is_pointer() {
                self.has_type(own, kind);
            } else if own.value.is_int() {
                self.as_int(own);
            } else {
                self.as_float(own);
            }
        }
        let reads_only = self.reads_only(native, first, count, receiver);
        self.spill_run(first, count);
        let (called, shape, helpers) = match native.body {
            // How many arguments there are is known here.
            Body::Positional(function)
                if count >= receiver as u16 && native.takes((count - receiver as u16) as usize) =>
            {
                let helpers = [Special::CallPositional, Special::CallPositionalReader];
                (function as usize as u64, count as u64, helpers)
            }
            _ => {
                let shape = (count as u64) << 1 | receiver as u64;
                (native as *const Native as u64, shape, [Special::CallNative, Special::CallReader])
            }
        };
        let helper = self.special(helpers[reads_only as usize]);
        let first_slot = self.slot_of(first as i32);
        let arguments = [self.raw(called), self.raw(first_slot as i64 as u64), self.raw(shape)];
        let ir = self.call_raising(helper, &arguments);
        let now = self.interp().call_native(callable, first, count, receiver, pc);
        self.result(now, ir)
    }

    pub fn item_of(&mut self, iterator: Recorded) -> Option<Option<RecordedToken>> {
        let before = self.snapshot();
        let id = self.engine.helpers.by_address(sidewinder_semantics::helpers::NEXT.function as usize);
        let ir = self.call_raising(id, &[iterator.ir]);
        let now = self.interp().next_item(iterator.value);
        let missing = sidewinder_runtime::objects::singleton::not_implemented();
        let missing = Recorder::constant(self, Op::ConstValue, missing.0);
        match now {
            None => {
                self.exit_raised();
                None
            }
            Some(None) => {
                // If there is an item after all, the interpreter goes on after the instruction, with the item in place.
                let test = self.binary(Op::SameValue, ir, missing);
                let i = sidewinder_semantics::handlers::fetch(self.pc);
                let slot = self.slot_of(i.a as i32);
                let following = sidewinder_semantics::handlers::following(self.pc);
                let other = if (i.a as i64) < self.cx.temporary_floor {
                    let old = self.read_slot(slot);
                    self.write_slot(slot, ir);
                    let other = self.take_snapshot_releasing(following, old);
                    self.write_slot(slot, old);
                    other
                } else {
                    let old = self.known_slot(slot).unwrap_or(Ref::NONE);
                    self.write_slot(slot, ir);
                    let other = self.take_snapshot(following);
                    self.write_slot(slot, old);
                    other
                };
                self.push_guard(Op::GuardTrue, [test, Ref::NONE, Ref::NONE], other);
                Some(None)
            }
            Some(Some(token)) => {
                // An exhausted iterator stays exhausted, so the instruction may ask it once more.
                let test = self.binary(Op::SameValue, ir, missing);
                self.push_guard(Op::GuardFalse, [test, Ref::NONE, Ref::NONE], before);
                Some(Some(RecordedToken { value: token.0, ir }))
            }
        }
    }

    pub fn enter_frame(
        &mut self,
        block: u16,
        code: &'static CodeObject,
        return_to: Pc,
        continuation: Continuation,
        destination: u16,
        kept: Option<RecordedToken>,
    ) {
        let kept_ir = kept.as_ref().map(|token| token.ir);
        let token = kept.map(|token| Token(token.value));
        self.interp().push_frame(block, code, return_to, continuation, destination, token);
        self.inlined.push(code as *const CodeObject as u64);
        self.write_header(kept_ir);
        let unbound = Recorder::constant(self, Op::ConstValue, 0);
        for local in code.parameter_count..code.local_count {
            let slot = self.slot_of(local as i32);
            self.write_slot(slot, unbound);
        }
    }

    pub fn leave_frame(&mut self) -> (RecordedToken, Pc) {
        if self.is_function && self.cx.base == self.entry_base {
            // Whoever called the function gives up its header.
            self.returned = true;
            let (token, next) = self.interp().pop_frame();
            let ir = Recorder::constant(self, Op::ConstValue, 0);
            return (RecordedToken { value: token.0, ir }, next);
        }
        let function_slot = self.slot_of(frame::FUNCTION as i32);
        let function = self.read_slot(function_slot);
        let kept_slot = self.slot_of(frame::KEPT as i32);
        let kept = self.read_slot(kept_slot);
        let header = self.slot_of(-(HEADER_WORDS as i32));
        self.end_slots_from(header);
        self.inlined.pop();
        let (token, next) = self.interp().pop_frame();
        self.emit_drop(function);
        (RecordedToken { value: token.0, ir: kept }, next)
    }

    pub fn function_of(&mut self, value: Recorded) -> Option<&'static FunctionObject> {
        let now = self.interp().as_function(value.value);
        if self.is_constant_value(value.ir) {
            if let Some(function) = now {
                self.assumptions.add_code(function.code());
            }
            return now;
        }
        if !self.has_type(value, &FUNCTION) {
            return None;
        }
        let function = now?;
        self.assumptions.add_code(function.code());
        for (offset, known, alias) in [
            (offset_of!(FunctionObject, code), function.code.get(), Alias::Function),
            (offset_of!(FunctionObject, globals), function.globals.get(), Alias::Immutable),
        ] {
            let own = self.load_word(value.ir, offset, alias);
            let wanted = self.raw(known.0);
            let test = self.binary(Op::RawEqual, own, wanted);
            self.guard(test, true);
        }
        self.known_globals.insert(value.ir);
        Some(function)
    }

    pub fn is_known_object(&mut self, value: Recorded, object: Value) -> bool {
        let now = value.value == object;
        if self.is_constant_value(value.ir) {
            return now;
        }
        if object.is_counted() {
            if !now {
                // It may be dead: a cache does not keep what it names.
                self.exit_here("identity of a mortal object");
                return false;
            }
            match object.cast::<TypeObject>() {
                // Its death would be told, so that no other object at its address is taken for it.
                Some(class) => {
                    class.add_flag(flags::WATCHED);
                    self.assumptions.add(Broken::TypeVersion(class.version.get()));
                }
                // Another function of the same row, bound to the same, does the same.
                _ if is_native_function(object) => {
                    for offset in
                        [offset_of!(NativeFunctionObject, definition), offset_of!(NativeFunctionObject, bound)]
                    {
                        // SAFETY: (heap 2) the type was tested.
                        let known = unsafe { *((object.0 + offset as u64) as *const u64) };
                        let own = self.load_word(value.ir, offset, Alias::Immutable);
                        let wanted = self.raw(known);
                        let test = self.binary(Op::RawEqual, own, wanted);
                        self.guard(test, true);
                    }
                    return true;
                }
                // No other dict ever has its number.
                _ if object.cast_exact::<DictObject>().is_some() => {
                    if !self.has_type(value, &dict::DICT) {
                        return false;
                    }
                    let number = self.watch(dict::of(object));
                    let own = self.load_word(value.ir, offset_of!(DictObject, watch), Alias::Dict);
                    let wanted = self.raw(number);
                    let test = self.binary(Op::RawEqual, own, wanted);
                    self.guard(test, true);
                    return true;
                }
                _ => {
                    self.exit_here("identity of a mortal object");
                    return true;
                }
            }
        }
        let constant = Recorder::constant(self, Op::ConstValue, object.0);
        let test = self.binary(Op::SameValue, value.ir, constant);
        self.guard(test, now);
        now
    }

    /// Guards the keys of a dict of keyword arguments: these.
    pub fn guard_keys(&mut self, keywords: Recorded) -> Option<&'static [Value]> {
        let names = keyword_names::of(self.cx, dict::of(keywords.value))?;
        let helper = self.special(Special::HasKeys);
        let tuple = Recorder::constant(self, Op::ConstValue, Value::from_pointer(names).0);
        let ir = Recorder::call(self, helper, &[keywords.ir, tuple], Type::Raw);
        let one = self.raw(1);
        let test = self.binary(Op::RawEqual, ir, one);
        self.guard(test, true);
        Some(names.as_slice())
    }

    pub fn truth_of(&mut self, value: Recorded) -> Option<bool> {
        let helper = self.special(Special::Truth);
        let ir = Recorder::call(self, helper, &[value.ir], Type::Raw);
        let snapshot = self.take_snapshot(self.pc);
        self.push_guard(Op::GuardNoExceptionRaw, [ir, Ref::NONE, Ref::NONE], snapshot);
        let now = self.interp().truth_slow(value.value);
        let Some(truth) = now else {
            self.exit_raised();
            return None;
        };
        let one = self.raw(1);
        let test = self.binary(Op::RawEqual, ir, one);
        self.guard(test, truth);
        Some(truth)
    }

    pub fn assign_entry(&mut self, dict: &'static DictObject, index: u32, value: RecordedToken) {
        self.settle(value.ir);
        let fact = Broken::DictEntry(self.watch(dict), index);
        self.engine.make_volatile(fact);
        if self.assumptions.facts.contains(&fact) {
            self.abort("a global assumed constant is assigned");
        }
        let entry = self.entry_address(dict);
        let offset = (index as usize * size_of::<Entry>() + offset_of!(Entry, value)) as u64;
        let old = self.push(Op::LoadValue, [entry, Ref::NONE, Ref::NONE], offset, Alias::Dict);
        self.push(Op::StoreValue, [entry, value.ir, Ref::NONE], offset, Alias::Dict);
        self.effect();
        self.emit_drop(old);
        self.interp().set_dict_entry(dict, index, Token(value.value));
    }
}

/// Whether an object is a native function or method, of whose type the handler has asked.
fn is_native_function(object: Value) -> bool {
    object.has_type(&BUILTIN_FUNCTION) || object.has_type(&METHOD_DESCRIPTOR)
}

impl Recorder<'_> {
    /// Writes the header of the frame that was just entered, but for its function.
    pub fn write_header(&mut self, kept: Option<Ref>) {
        for word in [frame::CODE, frame::RETURN, frame::LINK] {
            // SAFETY: (frames 3) the header was just written.
            let value = unsafe { *self.cx.base.offset(word) };
            let ir = Recorder::constant(self, Op::ConstValue, value.0);
            let slot = self.slot_of(word as i32);
            self.write_slot(slot, ir);
        }
        let unbound = Recorder::constant(self, Op::ConstValue, 0);
        let slot = self.slot_of(frame::KEPT as i32);
        self.write_slot(slot, kept.unwrap_or(unbound));
    }

    /// The header of a frame that was entered for a generator.
    pub fn enter_header(&mut self, function: Ref, kept: Option<Ref>) {
        let slot = self.slot_of(frame::FUNCTION as i32);
        self.write_slot(slot, function);
        self.write_header(kept);
    }

    /// Guards that the running frame's caller goes on where it does now. The frame is one from before the trace.
    pub fn guard_caller(&mut self) {
        for word in [frame::RETURN, frame::LINK] {
            let slot = self.slot_of(word as i32);
            let own = self.read_slot(slot);
            if self.is_constant_value(own) {
                continue;
            }
            // SAFETY: (frames 3) the running frame has a header.
            let now = unsafe { frame::header(self.cx.base, word) };
            let known = Recorder::constant(self, Op::ConstValue, now.0);
            let test = self.binary(Op::SameValue, own, known);
            self.guard(test, true);
        }
        // SAFETY: (frames 3) the frame is no boundary, so there is a caller.
        let caller = unsafe {
            let delta = frame::Link(frame::header(self.cx.base, frame::LINK).0).delta();
            frame::code(self.cx.base.sub(delta))
        };
        self.assumptions.add_code(caller);
    }

    /// Whether the running frame is the one in which the trace was entered, and its return ends the trace with a result.
    pub fn returns_to_native(&mut self) -> bool {
        if self.cx.base != self.entry_base {
            return false;
        }
        self.is_function
            || (self.is_bridge || self.is_side)
                && self.interp().link().0 == Continuation::Boundary
                && !frame::current_code(self.cx).has_flag(CodeFlags::SUSPENDS)
    }

    /// Guards that the running frame returns to a native caller: a loop's tree serves other calls of its function, too.
    fn guard_boundary(&mut self) {
        // The kind of the continuation, in a link taken as an integer.
        let (mask, boundary) = (Link::KIND_MASK, Link::new(0, Continuation::Boundary, 0).0);
        let slot = self.slot_of(frame::LINK as i32);
        let link = self.read_slot(slot);
        let link = self.unary(Op::UnboxInt, link);
        let mask = self.int_constant((mask >> 2) as i64);
        let kind = self.binary(Op::IntAnd, link, mask.ir);
        let boundary = self.int_constant((boundary >> 2) as i64);
        let test = self.binary(Op::IntEqual, kind, boundary.ir);
        self.guard(test, true);
    }

    /// Guards where the running frame returns to, if it was there before the trace: the trace then goes on in a frame
    /// below the one in which it was entered.
    pub fn guard_return(&mut self) {
        let link = self.interp().link().0;
        if link.is_generator() {
            return self.guard_end();
        }
        if self.cx.base > self.entry_base {
            return;
        }
        if !self.is_function && self.returns_to_native() {
            self.guard_boundary();
        }
        if self.returns_to_native() {
            let i = sidewinder_semantics::handlers::fetch(self.pc);
            let result = Semantics::operand(self, i.a);
            self.settle(result.ir);
            if !matches!(link, Continuation::Store | Continuation::Boundary) {
                self.end_function(i.a, result.ir);
            }
            return;
        }
        let goes_on = matches!(
            link,
            Continuation::Store
                | Continuation::Initialise
                | Continuation::Binary
                | Continuation::CompareBranch
                | Continuation::IterateCall
                | Continuation::Length
        );
        if !goes_on || !(self.is_bridge || self.is_side) {
            self.exit_here("return from the entry frame");
            self.abort("return from the entry frame");
            return;
        }
        self.guard_caller();
    }

    /// Ends the trace of a function that was called for an operator: it returns like any other, and what becomes of the
    /// result this time does not belong to it. The running `Return` is executed outside of the trace.
    fn end_function(&mut self, field: u16, result: Ref) {
        if self.stop.is_some() {
            return;
        }
        if field as i16 as i64 >= self.cx.temporary_floor {
            let slot = self.slot_of(field as i32);
            self.end_slot(slot);
        } else {
            self.emit_dup(result);
        }
        for local in (0..self.interp().local_count()).rev() {
            let slot = self.slot_of(local as i32);
            let old = self.read_slot(slot);
            self.end_slot(slot);
            self.emit_drop(old);
        }
        self.end_with_result(result);
    }

    pub fn overflow(&mut self, object: Recorded, kind: &'static TypeObject) -> Ref {
        let offset = kind.block_offset.get() as usize + offset_of!(AttributeBlock, overflow);
        self.load_word(object.ir, offset, Alias::Shape)
    }

    /// Whether a native call with these arguments changes nothing and runs no Python: its row promises that for builtin
    /// values, or it is a method of str, and they are all numbers, strings or None, which is guarded.
    pub fn reads_only(&mut self, native: &Native, first: u16, count: u16, receiver: bool) -> bool {
        let promised = native.effects.has(Effects::NO_PYTHON | Effects::READ_ONLY)
            || receiver && self.interp().operand(first).has_type(&STR);
        let simple = |value: Value| {
            value.is_int()
                || value.is_float()
                || [&STR.object, &BOOL.object, &NONE_TYPE.object].iter().any(|kind| value.has_type(kind))
        };
        if !promised || self.has_effect() || !(0..count).all(|position| simple(self.interp().operand(first + position)))
        {
            return false;
        }
        for position in 0..count {
            let argument = self.register(first + position);
            self.guard_own_type(argument);
        }
        true
    }

    /// Guards that a value is of the type that it has now.
    pub fn guard_own_type(&mut self, value: Recorded) {
        if value.value.is_int() {
            self.as_int(value);
        } else if value.value.is_float() {
            self.as_float(value);
        } else {
            let kind = value.value.heap_type();
            self.has_type(value, kind);
        }
    }

    /// The number under which traces watch a dict.
    pub fn watch(&mut self, dict: &'static DictObject) -> u64 {
        if dict.watch.get() == 0 {
            dict.watch.set(self.cx.fresh_version());
        }
        dict.watch.get()
    }

    /// The address of a watched dict's entries, which stays as long as its keys do.
    pub fn entry_address(&mut self, dict: &'static DictObject) -> Ref {
        let watch = self.watch(dict);
        self.assumptions.add(Broken::DictKeys(watch));
        self.raw(dict.entries.get() as u64)
    }

    pub fn division(
        &mut self,
        op: Op,
        a: Number<Small>,
        b: Number<Small>,
        result: Option<Small>,
    ) -> Option<Number<Small>> {
        let zero = self.int_constant(0);
        let is_zero = b.now.is(0);
        let test = self.binary(Op::IntEqual, b.ir, zero.ir);
        self.guard(test, is_zero);
        if is_zero {
            return None;
        }
        let minus_one = self.int_constant(-1);
        if b.now.is(-1) {
            self.abort("division by minus one");
        }
        let test = self.binary(Op::IntEqual, b.ir, minus_one.ir);
        self.guard(test, false);
        let now = result?;
        Some(Number { now, ir: self.binary(op, a.ir, b.ir) })
    }

    /// Emits what clearing a register does.
    pub fn emit_clear(&mut self, register: u16) {
        let slot = self.slot_of(register as i32);
        let temporary = register as i64 >= self.cx.temporary_floor;
        let old = if temporary { self.known_slot(slot) } else { Some(self.read_slot(slot)) };
        // Unlike a consumed temporary, a cleared register may be tested for being unbound (the self slot of a call).
        let unbound = Recorder::constant(self, Op::ConstValue, 0);
        self.write_slot(slot, unbound);
        if let Some(old) = old {
            self.emit_drop(old);
        }
    }

    /// Emits the store into an attribute's overflow slot.
    pub fn replace_overflow(&mut self, object: Recorded, kind: &'static TypeObject, slot: u32, value: Ref) {
        self.settle(value);
        let overflow = self.overflow(object, kind);
        let offset = 8 * slot as u64;
        let old = self.push(Op::LoadValue, [overflow, Ref::NONE, Ref::NONE], offset, Alias::Attribute);
        self.push(Op::StoreValue, [overflow, value, Ref::NONE], offset, Alias::Attribute);
        self.effect();
        self.emit_drop(old);
    }

    /// Guards whether a shift count lies in `0..limit`.
    pub fn shift_in_range(&mut self, count: Number<Small>, limit: i64) -> bool {
        let (zero, end) = (self.int_constant(0), self.int_constant(limit));
        let positive = count.now.at_least(zero.now);
        let test = self.binary(Op::IntLessEqual, zero.ir, count.ir);
        self.guard(test, positive);
        if !positive {
            return false;
        }
        let small = !count.now.at_least(end.now);
        let test = self.binary(Op::IntLess, count.ir, end.ir);
        self.guard(test, small);
        small
    }
}
