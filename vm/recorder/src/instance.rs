//! The recorder's instance of the primitives: each does what `Interp` does and appends IR.

mod numbers;

use crate::helper_table::Special;
use crate::recorder::{Recorded, Recorder};
use sidewinder_ir::op::Alias;
use sidewinder_ir::{Op, Ref, Type};
use sidewinder_runtime::hooks::Broken;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{DictObject, Entry};
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::instance::AttributeBlock;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::MODULE;
use sidewinder_runtime::objects::site::Site;
use sidewinder_runtime::objects::slots::{BinaryOp, CompareOp};
use sidewinder_runtime::objects::tuple::{ITEMS_OFFSET, TupleObject};
use sidewinder_runtime::objects::type_object::flags;
use sidewinder_runtime::{Context, TypeObject, Value};
use sidewinder_semantics::frame::{self, Continuation};
use sidewinder_semantics::helpers::{BUILD_TUPLE, Helper1, Helper2, Helper3, Helper4, RunHelper};
use sidewinder_semantics::interp::{Small, Token, inline_offset};
use sidewinder_semantics::semantics::ColdHandler;
use sidewinder_semantics::{Numbers, Pc, Semantics};
use std::mem::offset_of;

/// Longer tuples are made by their helper.
const TUPLE_LENGTH_MAX: u16 = 16;

/// A recorded value with a count, to be consumed.
#[must_use]
pub struct RecordedToken {
    pub value: Value,
    pub ir: Ref,
}

/// A number while recording.
#[derive(Clone, Copy)]
pub struct Number<T> {
    pub now: T,
    pub ir: Ref,
}

/// Whether a value, if it is an object, can never change its class.
fn keeps_type(value: Value) -> bool {
    if !value.is_pointer() {
        return true;
    }
    let kind = value.heap_type();
    !kind.has_flag(flags::HEAP) && !std::ptr::eq(kind, &MODULE.object)
}

impl Semantics for Recorder<'_> {
    fn context(&mut self) -> &mut Context {
        self.cx
    }

    fn begin(&mut self, pc: Pc) -> bool {
        // Whatever the instruction calls may look at the frame.
        self.cx.instruction = pc;
        Recorder::begin(self, pc)
    }

    fn back_edge(&mut self, pc: Pc, target: Pc, loop_index: u16) -> Pc {
        let own = target == self.start && self.cx.base == self.entry_base;
        if !own && (!self.engine.has_tree(target) || self.unrolls(target)) {
            let state = &frame::current_code(self.cx).loop_states()[loop_index as usize];
            self.inner_back_edge(target, state);
        }
        if self.cx.interrupt.load(std::sync::atomic::Ordering::Relaxed) != 0
            && !sidewinder_semantics::cold::interrupt::serve(self.cx, pc)
        {
            self.abort("interrupt");
            return sidewinder_semantics::unwind::raise(self.cx, pc);
        }
        target
    }

    fn cold(&mut self, pc: Pc, handler: ColdHandler) -> Pc {
        self.record_cold(pc, handler)
    }

    fn raise(&mut self, pc: Pc) -> Pc {
        self.exit_raised();
        sidewinder_semantics::unwind::find_handler(self.cx, pc)
    }

    fn operand(&mut self, field: u16) -> Recorded {
        let value = self.interp().operand(field);
        let ir = if (field as i16) < 0 {
            self.constant(Op::ConstValue, value.0)
        } else {
            let slot = self.slot_of(field as i32);
            self.read_slot(slot)
        };
        Recorded { value, ir }
    }

    fn register(&mut self, register: u16) -> Recorded {
        self.operand(register)
    }

    fn take(&mut self, field: u16) -> RecordedToken {
        let Recorded { value, ir } = self.operand(field);
        let token = self.interp().take(field);
        if field as i16 as i64 >= self.cx.temporary_floor {
            let slot = self.slot_of(field as i32);
            self.end_slot(slot);
        } else {
            self.emit_dup(ir);
        }
        debug_assert_eq!(token.0, value);
        RecordedToken { value, ir }
    }

    fn release(&mut self, field: u16) {
        if field as i16 as i64 >= self.cx.temporary_floor {
            let Recorded { ir, .. } = self.operand(field);
            let slot = self.slot_of(field as i32);
            self.end_slot(slot);
            self.emit_drop(ir);
        }
        self.interp().release(field);
    }

    fn release_simple(&mut self, field: u16) {
        if field as i16 as i64 >= self.cx.temporary_floor {
            let slot = self.slot_of(field as i32);
            self.end_slot(slot);
        }
        self.interp().release_simple(field);
    }

    fn set(&mut self, register: u16, value: RecordedToken) {
        if self.returned {
            if self.stop.is_none() {
                self.end_with_result(value.ir);
            }
            self.interp().set(register, Token(value.value));
            return;
        }
        let slot = self.slot_of(register as i32);
        let temporary = register as i64 >= self.cx.temporary_floor;
        let old = if temporary { self.known_slot(slot) } else { Some(self.read_slot(slot)) };
        self.write_slot(slot, value.ir);
        if let Some(old) = old {
            self.emit_drop(old);
        }
        self.interp().set(register, Token(value.value));
    }

    fn set_fresh(&mut self, register: u16, value: RecordedToken) {
        let slot = self.slot_of(register as i32);
        self.write_slot(slot, value.ir);
        self.interp().set_fresh(register, Token(value.value));
    }

    fn clear(&mut self, register: u16) {
        self.emit_clear(register);
        self.interp().clear(register);
    }

    fn clear_dying(&mut self, register: u16) {
        self.emit_clear(register);
        self.interp().clear_dying(register);
    }

    fn frame_left(&mut self, pc: Pc) {
        self.interp().frame_left(pc);
    }

    fn move_out(&mut self, register: u16) -> RecordedToken {
        let Recorded { value, ir } = self.operand(register);
        let slot = self.slot_of(register as i32);
        if (register as i64) < self.cx.temporary_floor {
            // Unlike a temporary, a local may be read again, and then is unbound.
            let unbound = Recorder::constant(self, Op::ConstValue, 0);
            self.write_slot(slot, unbound);
        } else {
            self.end_slot(slot);
        }
        let _ = self.interp().move_out(register).0;
        RecordedToken { value, ir }
    }

    fn is_unbound(&mut self, value: Recorded) -> bool {
        let now = value.value.is_unbound();
        let instruction = &self.instructions[value.ir.0 as usize];
        match instruction.op {
            Op::LoadSlot | Op::ReloadSlot | Op::LoadValue | Op::LoadElement => {
                let test = self.unary(Op::IsUnbound, value.ir);
                self.guard(test, now);
            }
            // Everything else that is computed is bound, but for the constant zero.
            _ => {}
        }
        now
    }

    fn expect_number(&mut self, value: Recorded) {
        if self.has_effect() || self.is_uncounted(value.ir) || self.is_constant_value(value.ir) {
            return;
        }
        let op = if value.value.is_int() {
            Op::IsInt
        } else if value.value.is_float() {
            Op::IsFloat
        } else {
            return;
        };
        let test = self.unary(op, value.ir);
        self.guard(test, true);
        self.numbers.insert(value.ir);
    }

    fn dup(&mut self, value: Recorded) -> RecordedToken {
        self.expect_number(value);
        self.emit_dup(value.ir);
        let token = self.interp().dup(value.value);
        RecordedToken { value: token.0, ir: value.ir }
    }

    fn drop(&mut self, value: RecordedToken) {
        self.emit_drop(value.ir);
        self.interp().drop(Token(value.value));
    }

    fn view(&mut self, value: &RecordedToken) -> Recorded {
        Recorded { value: value.value, ir: value.ir }
    }

    fn constant(&mut self, value: Value) -> Recorded {
        self.hold(value);
        let ir = Recorder::constant(self, Op::ConstValue, value.0);
        Recorded { value, ir }
    }

    fn peek(&self, value: Recorded) -> Value {
        value.value
    }

    fn as_int(&mut self, value: Recorded) -> Option<Number<Small>> {
        let now = self.interp().as_int(value.value);
        if let Some(ir) = self.unboxed(value.ir, Op::BoxInt)
            && let Some(now) = now
        {
            return Some(Number { now, ir });
        }
        if now.is_none() && value.value.is_float() {
            // Says more than that it is no integer, and is asked next.
            let test = self.unary(Op::IsFloat, value.ir);
            self.guard(test, true);
            return None;
        }
        let test = self.unary(Op::IsInt, value.ir);
        self.guard(test, now.is_some());
        let now = now?;
        self.numbers.insert(value.ir);
        let ir = self.unary(Op::UnboxInt, value.ir);
        Some(Number { now, ir })
    }

    fn as_float(&mut self, value: Recorded) -> Option<Number<f64>> {
        let now = self.interp().as_float(value.value);
        if let Some(ir) = self.unboxed(value.ir, Op::BoxFloat)
            && let Some(now) = now
        {
            return Some(Number { now, ir });
        }
        let test = self.unary(Op::IsFloat, value.ir);
        self.guard(test, now.is_some());
        let now = now?;
        self.numbers.insert(value.ir);
        let ir = self.unary(Op::UnboxFloat, value.ir);
        Some(Number { now, ir })
    }

    fn has_type(&mut self, value: Recorded, kind: &'static TypeObject) -> bool {
        let now = value.value.has_type(kind);
        if value.value.is_unbound() || self.is_constant_value(value.ir) && keeps_type(value.value) {
            return now;
        }
        // The type that it has says more than that it has another.
        let actual = if value.value.is_pointer() { value.value.heap_type() } else { kind };
        let address = self.raw(actual as *const TypeObject as u64);
        let test = self.binary(Op::HasType, value.ir, address);
        self.guard(test, now || value.value.is_pointer());
        now
    }

    fn same(&mut self, a: Recorded, b: Recorded) -> bool {
        let now = a.value == b.value;
        let test = self.binary(Op::SameValue, a.ir, b.ir);
        self.guard(test, now);
        now
    }

    fn is_true(&mut self, value: Recorded) -> bool {
        let now = self.interp().is_true(value.value);
        if !self.is_constant_value(value.ir) {
            let test = self.unary(Op::IsTrue, value.ir);
            self.guard(test, now);
        }
        now
    }

    fn index(&mut self, index: Number<Small>, length: Number<i64>) -> Option<Number<i64>> {
        let now = self.interp().index(index.now, length.now);
        let raw = self.int_to_raw(index);
        let inside = (raw.now as u64) < length.now as u64;
        let test = self.binary(Op::RawBelow, raw.ir, length.ir);
        self.guard(test, inside);
        if inside {
            return Some(raw);
        }
        let wrapped = self.binary(Op::RawAdd, raw.ir, length.ir);
        let test = self.binary(Op::RawBelow, wrapped, length.ir);
        self.guard(test, now.is_some());
        Some(Number { now: now?, ir: wrapped })
    }

    fn list_length(&mut self, list: Recorded) -> Number<i64> {
        let now = self.interp().list_length(list.value);
        Number { now, ir: self.load_word(list.ir, offset_of!(ListObject, length), Alias::ListHeader) }
    }

    fn list_item(&mut self, list: Recorded, index: Number<i64>) -> Recorded {
        let value = self.interp().list_item(list.value, index.now);
        let items = self.load_word(list.ir, offset_of!(ListObject, items), Alias::ListHeader);
        let ir = self.push(Op::LoadElement, [items, index.ir, Ref::NONE], 0, Alias::ListItem);
        Recorded { value, ir }
    }

    fn list_set_item(&mut self, list: Recorded, index: Number<i64>, value: RecordedToken) {
        self.settle(value.ir);
        let items = self.load_word(list.ir, offset_of!(ListObject, items), Alias::ListHeader);
        let old = self.push(Op::LoadElement, [items, index.ir, Ref::NONE], 0, Alias::ListItem);
        self.push(Op::StoreElement, [items, index.ir, value.ir], 0, Alias::ListItem);
        self.effect();
        self.emit_drop(old);
        self.interp().list_set_item(list.value, index.now, Token(value.value));
    }

    fn list_append(&mut self, list: Recorded, value: RecordedToken) {
        self.settle(value.ir);
        let helper = self.special(Special::ListAppend);
        Recorder::call(self, helper, &[list.ir, value.ir], Type::None);
        self.interp().list_append(list.value, Token(value.value));
    }

    fn list_pop(&mut self, list: Recorded) -> RecordedToken {
        let length = self.load_word(list.ir, offset_of!(ListObject, length), Alias::ListHeader);
        let minus_one = self.raw(u64::MAX);
        let last = self.binary(Op::RawAdd, length, minus_one);
        let items = self.load_word(list.ir, offset_of!(ListObject, items), Alias::ListHeader);
        let ir = self.push(Op::LoadElement, [items, last, Ref::NONE], 0, Alias::ListItem);
        self.store_word(list.ir, offset_of!(ListObject, length), last, Alias::ListHeader);
        let token = self.interp().list_pop(list.value);
        RecordedToken { value: token.0, ir }
    }

    fn tuple_length(&mut self, tuple: Recorded) -> Number<i64> {
        let now = self.interp().tuple_length(tuple.value);
        Number { now, ir: self.load_word(tuple.ir, offset_of!(TupleObject, length), Alias::Immutable) }
    }

    fn tuple_item(&mut self, tuple: Recorded, index: Number<i64>) -> Recorded {
        let value = self.interp().tuple_item(tuple.value, index.now);
        let address = self.unary(Op::Address, tuple.ir);
        let constant = self.instructions[index.ir.0 as usize].op == Op::ConstRaw;
        let ir = if constant {
            let offset = ITEMS_OFFSET + 8 * index.now as usize;
            self.push(Op::LoadValue, [address, Ref::NONE, Ref::NONE], offset as u64, Alias::Immutable)
        } else {
            let header = self.raw(ITEMS_OFFSET as u64);
            let items = self.binary(Op::RawAdd, address, header);
            self.push(Op::LoadElement, [items, index.ir, Ref::NONE], 0, Alias::Immutable)
        };
        Recorded { value, ir }
    }

    fn load_field(&mut self, object: Recorded, offset: usize, class: Alias) -> Recorded {
        let value = self.interp().load_field(object.value, offset, class);
        self.field(object, offset, class, value)
    }

    fn load_raw(&mut self, object: Recorded, offset: usize, class: Alias) -> Number<i64> {
        let now = self.interp().load_raw(object.value, offset, class);
        Number { now, ir: self.load_word(object.ir, offset, class) }
    }

    fn store_raw(&mut self, object: Recorded, offset: usize, value: Number<i64>, class: Alias) {
        self.store_word(object.ir, offset, value.ir, class);
        self.interp().store_raw(object.value, offset, value.now, class);
    }

    fn replace_field(&mut self, object: Recorded, offset: usize, value: RecordedToken, class: Alias) {
        self.replace(object.ir, offset, value.ir, class);
        self.interp().replace_field(object.value, offset, Token(value.value), class);
    }

    fn has_shape(&mut self, object: Recorded, kind: &'static TypeObject, shape: u32) -> bool {
        let now = self.interp().has_shape(object.value, kind, shape);
        if !self.has_type(object, kind) {
            return false;
        }
        let address = self.unary(Op::Address, object.ir);
        let offset = kind.block_offset.get() as usize + offset_of!(AttributeBlock, shape);
        let own = self.push(Op::LoadRaw32, [address, Ref::NONE, Ref::NONE], offset as u64, Alias::Shape);
        let wanted = self.raw(shape as u64);
        let test = self.binary(Op::RawEqual, own, wanted);
        self.guard(test, now);
        now
    }

    fn load_attribute(&mut self, object: Recorded, kind: &'static TypeObject, slot: u32, inline: bool) -> Recorded {
        let value = self.interp().load_attribute(object.value, kind, slot, inline);
        if inline {
            return self.field(object, inline_offset(kind, slot), Alias::Attribute, value);
        }
        let overflow = self.overflow(object, kind);
        let ir = self.push(Op::LoadValue, [overflow, Ref::NONE, Ref::NONE], 8 * slot as u64, Alias::Attribute);
        Recorded { value, ir }
    }

    fn store_attribute(
        &mut self,
        object: Recorded,
        kind: &'static TypeObject,
        slot: u32,
        inline: bool,
        value: RecordedToken,
    ) {
        if inline {
            self.replace(object.ir, inline_offset(kind, slot), value.ir, Alias::Attribute);
        } else {
            self.replace_overflow(object, kind, slot, value.ir);
        }
        self.interp().store_attribute(object.value, kind, slot, inline, Token(value.value));
    }

    fn add_attribute(
        &mut self,
        object: Recorded,
        kind: &'static TypeObject,
        shape: u32,
        slot: u32,
        value: RecordedToken,
    ) {
        self.settle(value.ir);
        self.store_value(object.ir, inline_offset(kind, slot), value.ir, Alias::Attribute);
        let address = self.unary(Op::Address, object.ir);
        let offset = kind.block_offset.get() as usize + offset_of!(AttributeBlock, shape);
        let word = self.raw(shape as u64);
        self.push(Op::StoreRaw32, [address, word, Ref::NONE], offset as u64, Alias::Shape);
        self.interp().add_attribute(object.value, kind, shape, slot, Token(value.value));
    }

    fn new_instance(&mut self, kind: &'static TypeObject) -> RecordedToken {
        let token = self.interp().new_instance(kind);
        let helper = self.special(Special::NewInstance);
        let class = self.raw(kind as *const TypeObject as u64);
        // The type's version, which is assumed, stands for both numbers.
        let bytes = self.raw(if kind.has_flag(flags::PLAIN) { kind.basic_bytes.get() as u64 } else { 0 });
        let shape = self.raw(kind.root_shape.get().0 as u64);
        let ir = Recorder::call(self, helper, &[class, bytes, shape], Type::Value);
        RecordedToken { value: token.0, ir }
    }

    fn counting_iterator(&mut self, start: Number<Small>, stop: Number<Small>) -> Option<RecordedToken> {
        let difference = self.int_subtract(stop, start)?;
        let zero = self.int_constant(0);
        let length = self.int_maximum(difference, zero);
        let token = self.interp().counting_iterator(start.now, stop.now)?;
        let ir = self.make_range_iterator(start, length);
        Some(RecordedToken { value: token.0, ir })
    }

    fn sequence_iterator(&mut self, kind: &'static TypeObject, sequence: RecordedToken) -> RecordedToken {
        let token = self.interp().sequence_iterator(kind, Token(sequence.value));
        let ir = self.make_sequence_iterator(kind, sequence.ir);
        RecordedToken { value: token.0, ir }
    }

    fn type_version_is(&mut self, kind: &'static TypeObject, version: u64) -> bool {
        let now = self.interp().type_version_is(kind, version);
        if now && kind.has_flag(flags::HEAP) {
            kind.add_flag(flags::WATCHED);
            self.assumptions.add(Broken::TypeVersion(version));
        }
        now
    }

    fn keys_version_is(&mut self, dict: &'static DictObject, version: u64) -> bool {
        let now = self.interp().keys_version_is(dict, version);
        if now {
            let watch = self.watch(dict);
            self.assumptions.add(Broken::DictKeys(watch));
        }
        now
    }

    fn dict_entry(&mut self, dict: &'static DictObject, index: u32) -> Recorded {
        let value = self.interp().dict_entry(dict, index);
        let fact = Broken::DictEntry(self.watch(dict), index);
        if !self.engine.is_volatile(fact) {
            self.assumptions.add(fact);
            self.assumptions.held.insert(value.0);
            return Semantics::constant(self, value);
        }
        let entry = self.entry_address(dict);
        let offset = index as usize * size_of::<Entry>() + offset_of!(Entry, value);
        let ir = self.push(Op::LoadValue, [entry, Ref::NONE, Ref::NONE], offset as u64, Alias::Dict);
        Recorded { value, ir }
    }

    fn set_dict_entry(&mut self, dict: &'static DictObject, index: u32, value: RecordedToken) {
        self.assign_entry(dict, index, value)
    }

    fn as_function(&mut self, value: Recorded) -> Option<&'static FunctionObject> {
        self.function_of(value)
    }

    fn is_object(&mut self, value: Recorded, object: Value) -> bool {
        self.is_known_object(value, object)
    }

    fn push_frame(
        &mut self,
        block: u16,
        code: &'static CodeObject,
        return_to: Pc,
        continuation: Continuation,
        destination: u16,
        kept: Option<RecordedToken>,
    ) {
        self.enter_frame(block, code, return_to, continuation, destination, kept)
    }

    fn pop_frame(&mut self) -> (RecordedToken, Pc) {
        self.leave_frame()
    }

    fn local_count(&mut self) -> u16 {
        self.interp().local_count()
    }

    fn link(&mut self) -> (Continuation, u16) {
        self.guard_return();
        self.interp().link()
    }

    fn calls_through(&mut self, code: &'static CodeObject) -> bool {
        !self.has_effect() && (self.is_too_deep(code) || self.has_long_loop(code))
    }

    fn call_through(&mut self, block: u16, code: &'static CodeObject) -> Option<RecordedToken> {
        let (value, ir) = self.call_function(block, code.parameter_count as u16, code)?;
        Some(RecordedToken { value, ir })
    }

    fn keyword_names(&mut self, keywords: Recorded) -> Option<&'static [Value]> {
        self.guard_keys(keywords)
    }

    fn may_enter(&mut self, code: &'static CodeObject) -> bool {
        if self.is_too_deep(code) {
            self.exit_here("inlined too deep");
        }
        self.interp().may_enter(code)
    }

    fn call_native(
        &mut self,
        callable: Value,
        first: u16,
        count: u16,
        receiver: bool,
        pc: Pc,
    ) -> Option<RecordedToken> {
        self.native_call(callable, first, count, receiver, pc)
    }

    fn site(&mut self, index: u16) -> &'static Site {
        self.interp().site(index)
    }

    fn function(&mut self) -> &'static FunctionObject {
        let slot = self.slot_of(frame::FUNCTION as i32);
        let ir = self.read_slot(slot);
        let function = Semantics::function(self.interp());
        if !self.is_constant_value(ir) && self.known_globals.insert(ir) {
            // The frame was there before the trace: another function of the same code may come with other globals.
            let own = self.load_word(ir, offset_of!(FunctionObject, globals), Alias::Immutable);
            let wanted = self.raw(function.globals.get().0);
            let test = self.binary(Op::RawEqual, own, wanted);
            self.guard(test, true);
        }
        function
    }

    fn function_value(&mut self) -> Recorded {
        let value = self.interp().function_value();
        let slot = self.slot_of(frame::FUNCTION as i32);
        let ir = self.read_slot(slot);
        Recorded { value, ir }
    }

    fn call1(&mut self, helper: &'static Helper1, a: Recorded) -> Option<RecordedToken> {
        let id = self.engine.helpers.by_address(helper.function as usize);
        let ir = self.call_raising(id, &[a.ir]);
        let now = self.interp().call1(helper, a.value);
        self.result(now, ir)
    }

    fn call2(&mut self, helper: &'static Helper2, a: Recorded, b: Recorded) -> Option<RecordedToken> {
        let id = self.engine.helpers.by_address(helper.function as usize);
        let ir = self.call_raising(id, &[a.ir, b.ir]);
        let now = self.interp().call2(helper, a.value, b.value);
        self.result(now, ir)
    }

    fn call3(&mut self, helper: &'static Helper3, a: Recorded, b: Recorded, c: Recorded) -> Option<RecordedToken> {
        let id = self.engine.helpers.by_address(helper.function as usize);
        let ir = self.call_raising(id, &[a.ir, b.ir, c.ir]);
        let now = self.interp().call3(helper, a.value, b.value, c.value);
        self.result(now, ir)
    }

    fn call4(&mut self, helper: &'static Helper4, a: Recorded, rest: [Recorded; 3]) -> Option<RecordedToken> {
        let id = self.engine.helpers.by_address(helper.function as usize);
        let [b, c, d] = rest;
        let ir = self.call_raising(id, &[a.ir, b.ir, c.ir, d.ir]);
        let now = self.interp().call4(helper, a.value, rest.map(|value| value.value));
        self.result(now, ir)
    }

    fn build(&mut self, helper: &'static RunHelper, first: u16, count: u16) -> Option<RecordedToken> {
        if std::ptr::eq(helper, &BUILD_TUPLE) && (1..=TUPLE_LENGTH_MAX).contains(&count) {
            let ir = self.make_tuple(first, count);
            let now = self.interp().build(helper, first, count)?;
            return Some(RecordedToken { value: now.0, ir });
        }
        self.spill_run(first, count);
        let slot = self.slot_of(first as i32);
        let id = self.engine.helpers.run(helper);
        let arguments = [self.raw(slot as i64 as u64), self.raw(count as u64)];
        self.effect();
        let ir = self.call_raising(id, &arguments);
        let now = self.interp().build(helper, first, count);
        self.result(now, ir)
    }

    fn binary_slow(&mut self, op: BinaryOp, inplace: bool, a: Recorded, b: Recorded) -> Option<RecordedToken> {
        let helper = self.special(Special::Binary);
        let arguments = [a.ir, b.ir, self.raw(op as u64), self.raw(inplace as u64)];
        let ir = self.call_raising(helper, &arguments);
        let now = self.interp().binary_slow(op, inplace, a.value, b.value);
        self.result(now, ir)
    }

    fn compare_slow(&mut self, op: CompareOp, a: Recorded, b: Recorded) -> Option<RecordedToken> {
        let helper = self.special(Special::Compare);
        let arguments = [a.ir, b.ir, self.raw(op as u64)];
        let ir = self.call_raising(helper, &arguments);
        let now = self.interp().compare_slow(op, a.value, b.value);
        self.result(now, ir)
    }

    fn truth_slow(&mut self, value: Recorded) -> Option<bool> {
        self.truth_of(value)
    }

    fn concatenate(&mut self, left: RecordedToken, right: Recorded) -> Option<RecordedToken> {
        let helper = self.special(Special::Concatenate);
        let ir = self.call_raising(helper, &[left.ir, right.ir]);
        let now = self.interp().concatenate(Token(left.value), right.value);
        self.result(now, ir)
    }

    fn text_ordered(&mut self, op: CompareOp, a: Recorded, b: Recorded) -> Option<bool> {
        let now = self.interp().text_ordered(op, a.value, b.value)?;
        let helper = self.special(Special::TextOrdered);
        let operation = self.raw(op as u64);
        let ir = Recorder::call(self, helper, &[a.ir, b.ir, operation], Type::Raw);
        let zero = self.raw(0);
        let test = self.binary(Op::RawEqual, ir, zero);
        self.guard(test, !now);
        Some(now)
    }

    fn text_equal(&mut self, a: Recorded, b: Recorded) -> bool {
        let now = self.interp().text_equal(a.value, b.value);
        let helper = self.special(Special::TextEqual);
        let ir = Recorder::call(self, helper, &[a.ir, b.ir], Type::Raw);
        let zero = self.raw(0);
        let test = self.binary(Op::RawEqual, ir, zero);
        self.guard(test, !now);
        now
    }

    fn enter(&mut self, code: &'static CodeObject) -> Pc {
        code.instructions.get()
    }

    fn cold_call(&mut self, pc: Pc, destination: u16, block: u16, count: u16) -> Pc {
        match self.call_any(block, count) {
            Some(Some((value, ir))) => {
                sidewinder_semantics::handlers::done(self, pc, destination, RecordedToken { value, ir })
            }
            Some(None) => Semantics::raise(self, pc),
            None => {
                self.exit_here("call of an unusual object");
                self.interp().cold_call(pc, destination, block, count)
            }
        }
    }

    fn forget(&mut self, _value: RecordedToken) {}

    fn peek_first(&mut self, first: u16, count: u16) -> Value {
        self.interp().peek_first(first, count)
    }

    fn is_not_subtype_of(&mut self, value: Recorded, class: &'static TypeObject) -> bool {
        self.guard_own_type(value);
        self.interp().is_not_subtype_of(value.value, class)
    }

    fn free_block(&mut self) -> u16 {
        self.interp().free_block()
    }

    fn make_generator(&mut self, function: RecordedToken, first: u16, count: u16) -> RecordedToken {
        self.new_generator(function, first, count)
    }

    fn may_resume(&mut self, generator: Recorded) -> bool {
        self.guard_resumable(generator)
    }

    fn resume(
        &mut self,
        pc: Pc,
        generator: RecordedToken,
        sent: RecordedToken,
        continuation: Continuation,
        destination: u16,
    ) -> Pc {
        self.resume_inlined(pc, generator, sent, continuation, destination)
    }

    fn resumer(&mut self, pc: Pc) -> (Continuation, u16, Pc) {
        self.guard_resumer();
        self.interp().resumer(pc)
    }

    fn outer_register(&mut self, register: u16) -> Recorded {
        self.read_outer(register)
    }

    fn set_outer(&mut self, register: u16, value: RecordedToken) {
        self.write_outer(register, value)
    }

    fn before_suspend(&mut self, pc: Pc) {
        self.guard_suspend(pc);
    }

    fn end_wait(&mut self) {
        self.end_wait_inlined();
    }

    fn suspend(&mut self, pc: Pc) {
        self.suspend_inlined(pc)
    }

    fn suspend_run(&mut self, pc: Pc, value: RecordedToken) -> Pc {
        self.abort("yield to native code");
        self.interp().suspend_run(pc, Token(value.value))
    }

    fn finish_generator(&mut self) -> Pc {
        self.finish_inlined()
    }

    fn leave(&mut self, pc: Pc, result: RecordedToken) -> Pc {
        if self.returns_to_native() {
            for local in (0..Semantics::local_count(self)).rev() {
                Semantics::clear(self, local);
            }
            if self.stop.is_none() {
                self.end_with_result(result.ir);
            }
        } else {
            self.abort("return to a native caller");
        }
        self.interp().leave(pc, Token(result.value))
    }

    fn next_item(&mut self, iterator: Recorded) -> Option<Option<RecordedToken>> {
        self.item_of(iterator)
    }
}
