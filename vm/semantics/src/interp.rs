//! The interpreter's instance of the primitives: each is the direct action.
//!
//! `Interp` is the thread's context seen as an instance of `Semantics`; its registers are `Context::base`.

mod numbers;

use crate::frame::{self, Continuation, Link};
use crate::helpers::{Helper1, Helper2, Helper3, Helper4, RunHelper};
use crate::last_acts::{
    back_edge_interrupted, box_float_then, drop_and_set, enter_interrupted, lost_last, replace_attribute,
    return_after_tear_down, tear_down_at,
};
use crate::numbers::Numbers;
use crate::semantics::{ColdHandler, Pc, Semantics};
pub use crate::small::Small;
use sidewinder_ir::op::Alias;
use sidewinder_runtime::heap::owned::increment_bound;
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::exception::STOP_ITERATION;
use sidewinder_runtime::objects::function::{FUNCTION, FunctionObject};
use sidewinder_runtime::objects::instance::{self, BLOCK_BYTES};
use sidewinder_runtime::objects::iterator::sequence;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::range::RangeIterator;
use sidewinder_runtime::objects::shape::ShapeId;
use sidewinder_runtime::objects::site::{Access, Site};
use sidewinder_runtime::objects::slots::{BinaryOp, CompareOp};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{method, singleton, str};
use sidewinder_runtime::operations::iterate;
use sidewinder_runtime::{Context, Owned, TypeObject, Value};
use std::sync::atomic::Ordering;

/// The context as an instance of the primitives: the interpreter, or the traced instance, which enters no frame for
/// operators and does nothing for the JIT.
#[repr(transparent)]
pub struct Machine<const TRACED: bool>(pub Context);

/// The interpreter.
pub type Interp = Machine<false>;
/// The traced instance: see `tracing`.
pub type Traced = Machine<true>;

impl<const TRACED: bool> Machine<TRACED> {
    #[inline(always)]
    pub fn of(cx: &mut Context) -> &mut Self {
        // SAFETY: it is a transparent wrapper of `Context`.
        unsafe { &mut *(cx as *mut Context as *mut Self) }
    }

    #[inline(always)]
    pub(crate) fn place(&self, register: u16) -> *mut Value {
        // SAFETY: (frames 3) verified bytecode names registers of its frame.
        unsafe { self.0.base.add(register as usize) }
    }

    /// A register of the frame from which the running one was entered.
    #[inline(always)]
    fn outer_place(&self, register: u16) -> *mut Value {
        // SAFETY: (frames 3) the running frame is no boundary, so there is a caller with that register.
        unsafe {
            let link = Link(frame::header(self.0.base, frame::LINK).0);
            self.0.base.sub(link.delta()).add(register as usize)
        }
    }

    #[inline(always)]
    pub(crate) fn is_temporary(&self, field: u16) -> bool {
        field as i16 as i64 >= self.0.temporary_floor
    }
}

/// An owned value without `Drop`: handlers consume it.
#[must_use]
pub struct Token(pub Value);

impl<const TRACED: bool> Semantics for Machine<TRACED> {
    #[inline(always)]
    fn context(&mut self) -> &mut Context {
        &mut self.0
    }

    #[inline(always)]
    fn back_edge(&mut self, pc: Pc, target: Pc, loop_index: u16) -> Pc {
        if TRACED {
            return crate::tracing::back_edge(&mut self.0, pc, target);
        }
        if self.0.interrupt.load(Ordering::Relaxed) != 0 {
            return back_edge_interrupted(self, pc, target, loop_index);
        }
        self.count_round(pc, target, loop_index)
    }

    #[inline(always)]
    fn cold(&mut self, pc: Pc, handler: ColdHandler) -> Pc {
        self.0.instruction = pc;
        handler(&mut self.0, pc)
    }

    #[inline(always)]
    fn raise(&mut self, pc: Pc) -> Pc {
        crate::unwind::raise(&mut self.0, pc)
    }

    #[inline(always)]
    fn operand(&mut self, field: u16) -> Value {
        let index = (field & 0x7fff) as usize;
        let from = if (field as i16) < 0 { self.0.constants } else { self.0.base as *const Value };
        // SAFETY: (frames 3) verified bytecode names registers and constants that exist.
        unsafe { *from.add(index) }
    }

    #[inline(always)]
    fn register(&mut self, register: u16) -> Value {
        // SAFETY: (frames 3)
        unsafe { *self.place(register) }
    }

    #[inline(always)]
    fn take(&mut self, field: u16) -> Token {
        let value = self.operand(field);
        if self.is_temporary(field) {
            // SAFETY: (frames 3)
            unsafe { *self.place(field) = Value::UNBOUND };
        } else {
            increment_bound(value);
        }
        Token(value)
    }

    #[inline(always)]
    fn release(&mut self, field: u16) {
        if self.is_temporary(field) {
            // SAFETY: (frames 3)
            let value = unsafe { std::mem::replace(&mut *self.place(field), Value::UNBOUND) };
            self.0.release(value);
        }
    }

    #[inline(always)]
    fn release_simple(&mut self, _field: u16) {}

    #[inline(always)]
    fn set(&mut self, register: u16, value: Token) {
        let place = self.place(register);
        // SAFETY: (frames 3)
        let old = unsafe { std::mem::replace(&mut *place, value.0) };
        self.0.release(old);
    }

    #[inline(always)]
    fn set_then(&mut self, register: u16, value: Token, next: Pc) -> Pc {
        let place = self.place(register);
        if self.is_temporary(register) {
            // SAFETY: (frames 3) a temporary is written once between consumptions, so it holds nothing.
            unsafe { *place = value.0 };
            return next;
        }
        // SAFETY: (frames 3)
        let old = unsafe { std::mem::replace(&mut *place, value.0) };
        self.drop_then(old, next)
    }

    #[inline(always)]
    fn set_float_then(&mut self, register: u16, value: f64, next: Pc) -> Pc {
        match Value::try_from_float(value) {
            Some(word) => self.set_then(register, Token(word), next),
            None => box_float_then(self, register, value, next),
        }
    }

    #[inline(always)]
    fn release_then(&mut self, pc: Pc, field: u16, next: Pc) -> Pc {
        if !self.is_temporary(field) {
            return next;
        }
        let value = self.consume(field);
        if lost_last(value) { tear_down_at(self, pc, value, next) } else { next }
    }

    #[inline(always)]
    fn clear_then(&mut self, register: u16, next: Pc) -> Pc {
        let value = self.consume(register);
        self.drop_then(value, next)
    }

    #[inline(always)]
    fn release_set_then(&mut self, field: u16, register: u16, value: Token, next: Pc) -> Pc {
        if self.is_temporary(field) {
            let consumed = self.consume(field);
            if lost_last(consumed) {
                return drop_and_set(self, consumed, register, value, next);
            }
        }
        self.set_then(register, value, next)
    }

    #[inline(always)]
    fn set_fresh(&mut self, register: u16, value: Token) {
        // SAFETY: (frames 3)
        unsafe { *self.place(register) = value.0 };
    }

    #[inline(always)]
    fn clear(&mut self, register: u16) {
        self.set(register, Token(Value::UNBOUND));
    }

    #[inline(always)]
    fn clear_dying(&mut self, register: u16) {
        drop(Owned::from_raw_option(self.move_out(register).0));
    }

    #[inline(always)]
    fn frame_left(&mut self, pc: Pc) {
        self.0.instruction = pc;
        if self.0.finalizers_pending.get() != 0 {
            self.0.run_pending_finalizers();
        }
    }

    #[inline(always)]
    fn move_out(&mut self, register: u16) -> Token {
        // SAFETY: (frames 3)
        Token(unsafe { std::mem::replace(&mut *self.place(register), Value::UNBOUND) })
    }

    #[inline(always)]
    fn is_unbound(&mut self, value: Value) -> bool {
        value.is_unbound()
    }

    #[inline(always)]
    fn dup(&mut self, value: Value) -> Token {
        increment_bound(value);
        Token(value)
    }

    #[inline(always)]
    fn drop(&mut self, value: Token) {
        self.0.release(value.0);
    }

    #[inline(always)]
    fn view(&mut self, value: &Token) -> Value {
        value.0
    }

    #[inline(always)]
    fn constant(&mut self, value: Value) -> Value {
        value
    }

    #[inline(always)]
    fn peek(&self, value: Value) -> Value {
        value
    }

    #[inline(always)]
    fn as_int(&mut self, value: Value) -> Option<Small> {
        value.is_int().then_some(Small(value.0.wrapping_sub(1) as i64))
    }

    #[inline(always)]
    fn as_float(&mut self, value: Value) -> Option<f64> {
        value.is_float().then(|| value.float())
    }

    #[inline(always)]
    fn has_type(&mut self, value: Value, kind: &'static TypeObject) -> bool {
        debug_assert!(!value.is_unbound());
        value.is_pointer() && std::ptr::eq(value.heap_type(), kind)
    }

    #[inline(always)]
    fn same(&mut self, a: Value, b: Value) -> bool {
        a == b
    }

    #[inline(always)]
    fn is_true(&mut self, value: Value) -> bool {
        value == singleton::true_()
    }

    #[inline(always)]
    fn index(&mut self, index: Small, length: i64) -> Option<i64> {
        let index = index.get();
        if (index as u64) < length as u64 {
            return Some(index);
        }
        let wrapped = index + length;
        (index < 0 && wrapped >= 0).then_some(wrapped)
    }

    #[inline(always)]
    fn list_length(&mut self, list: Value) -> i64 {
        // SAFETY: (objects 3) the handler tested the type.
        unsafe { list.cast_unchecked::<ListObject>() }.length.get() as i64
    }

    #[inline(always)]
    fn list_item(&mut self, list: Value, index: i64) -> Value {
        // SAFETY: (objects 3) the handler tested type and index.
        unsafe { *list.cast_unchecked::<ListObject>().items.get().add(index as usize) }
    }

    #[inline(always)]
    fn list_set_item(&mut self, list: Value, index: i64, value: Token) {
        // SAFETY: (objects 3) as above.
        let old = unsafe {
            let place = list.cast_unchecked::<ListObject>().items.get().add(index as usize);
            std::mem::replace(&mut *place, value.0)
        };
        self.0.release(old);
    }

    #[inline(always)]
    fn list_set_item_then(&mut self, list: Value, index: i64, value: Token, field: u16, next: Pc) -> Pc {
        // SAFETY: (objects 3) as above.
        let old = unsafe {
            let place = list.cast_unchecked::<ListObject>().items.get().add(index as usize);
            std::mem::replace(&mut *place, value.0)
        };
        if !self.is_temporary(field) {
            return self.drop_then(old, next);
        }
        let container = self.consume(field);
        self.drop_both_then(old, container, next)
    }

    #[inline(always)]
    fn list_append(&mut self, list: Value, value: Token) {
        // SAFETY: (objects 3) the handler tested the type.
        unsafe { list.cast_unchecked::<ListObject>() }.push(Owned::from_raw(value.0));
    }

    #[inline(always)]
    fn list_pop(&mut self, list: Value) -> Token {
        // SAFETY: (objects 3) the handler tested type and length.
        unsafe {
            let list: &ListObject = list.cast_unchecked();
            let last = list.length.get() - 1;
            list.length.set(last);
            Token(*list.items.get().add(last))
        }
    }

    #[inline(always)]
    fn tuple_length(&mut self, tuple: Value) -> i64 {
        // SAFETY: (objects 3) the handler tested the type.
        unsafe { tuple.cast_unchecked::<TupleObject>() }.as_slice().len() as i64
    }

    #[inline(always)]
    fn tuple_item(&mut self, tuple: Value, index: i64) -> Value {
        // SAFETY: (objects 3) the handler tested type and index.
        unsafe { *tuple.cast_unchecked::<TupleObject>().as_slice().get_unchecked(index as usize) }
    }

    #[inline(always)]
    fn load_field(&mut self, object: Value, offset: usize, _class: Alias) -> Value {
        // SAFETY: (objects 3) the handler tested the type, which has a value at that offset.
        unsafe { *((object.0 + offset as u64) as *const Value) }
    }

    #[inline(always)]
    fn load_raw(&mut self, object: Value, offset: usize, _class: Alias) -> i64 {
        // SAFETY: (objects 3) as above.
        unsafe { *((object.0 + offset as u64) as *const i64) }
    }

    #[inline(always)]
    fn store_raw(&mut self, object: Value, offset: usize, value: i64, _class: Alias) {
        // SAFETY: (objects 3) as above.
        unsafe { *((object.0 + offset as u64) as *mut i64) = value };
    }

    #[inline(always)]
    fn replace_field(&mut self, object: Value, offset: usize, value: Token, _class: Alias) {
        // SAFETY: (objects 3) as above.
        let old = unsafe { std::mem::replace(&mut *((object.0 + offset as u64) as *mut Value), value.0) };
        self.0.release(old);
    }

    #[inline(always)]
    fn replace_field_then(&mut self, object: Value, offset: usize, value: Token, _class: Alias, next: Pc) -> Pc {
        // SAFETY: (objects 3) as above.
        let old = unsafe { std::mem::replace(&mut *((object.0 + offset as u64) as *mut Value), value.0) };
        self.drop_then(old, next)
    }

    #[inline(always)]
    fn has_shape(&mut self, object: Value, kind: &'static TypeObject, shape: u32) -> bool {
        // A class at the address of one that died may keep its instances' attributes elsewhere, or have none.
        self.has_type(object, kind)
            && kind.has_inner_block()
            && instance::block(object, kind).shape.get() == ShapeId(shape)
    }

    #[inline(always)]
    fn load_attribute(&mut self, object: Value, kind: &'static TypeObject, slot: u32, inline: bool) -> Value {
        let block = instance::block(object, kind);
        // SAFETY: (objects 1) the handler tested the shape.
        unsafe { if inline { *block.inline().add(slot as usize) } else { *block.overflow.get().add(slot as usize) } }
    }

    #[inline(always)]
    fn store_attribute(&mut self, object: Value, kind: &'static TypeObject, slot: u32, inline: bool, value: Token) {
        let old = replace_attribute(object, (kind, slot, inline), value);
        self.0.release(old);
    }

    #[inline(always)]
    fn store_attribute_then(
        &mut self,
        object: Value,
        place: (&'static TypeObject, u32, bool),
        value: Token,
        field: u16,
        next: Pc,
    ) -> Pc {
        let old = replace_attribute(object, place, value);
        if !self.is_temporary(field) {
            return self.drop_then(old, next);
        }
        let object = self.consume(field);
        self.drop_both_then(old, object, next)
    }

    #[inline(always)]
    fn add_attribute(&mut self, object: Value, kind: &'static TypeObject, shape: u32, slot: u32, value: Token) {
        let block = instance::block(object, kind);
        // SAFETY: (objects 1) the cache says that the slot is inline and new.
        unsafe { *block.inline().add(slot as usize) = value.0 };
        block.shape.set(ShapeId(shape));
    }

    #[inline(always)]
    fn new_instance(&mut self, kind: &'static TypeObject) -> Token {
        Token(Value::from_pointer(instance::make(&mut self.0, kind)))
    }

    #[inline(always)]
    fn counting_iterator(&mut self, start: Small, stop: Small) -> Option<Token> {
        let length = self.int_subtract(stop, start)?.get().max(0);
        Some(Token(RangeIterator::new(&mut self.0, start.get(), length, 1).into_raw()))
    }

    #[inline(always)]
    fn sequence_iterator(&mut self, kind: &'static TypeObject, sequence: Token) -> Token {
        Token(sequence::walk(&mut self.0, kind, Owned::from_raw(sequence.0), 0).into_raw())
    }

    #[inline(always)]
    fn type_version_is(&mut self, kind: &'static TypeObject, version: u64) -> bool {
        kind.version.get() == version
    }

    #[inline(always)]
    fn keys_version_is(&mut self, dict: &'static DictObject, version: u64) -> bool {
        dict.keys_version.get() == version
    }

    #[inline(always)]
    fn dict_entry(&mut self, dict: &'static DictObject, index: u32) -> Value {
        // SAFETY: (dict 1) the keys version says that the entry is there.
        unsafe { (*dict.entries.get().add(index as usize)).value }
    }

    #[inline(always)]
    fn as_function(&mut self, value: Value) -> Option<&'static FunctionObject> {
        // SAFETY: (heap 2) the type is tested.
        self.has_type(value, &FUNCTION).then(|| unsafe { value.cast_unchecked() })
    }

    #[inline(always)]
    fn is_object(&mut self, value: Value, object: Value) -> bool {
        value == object
    }

    #[inline(always)]
    fn push_frame(
        &mut self,
        block: u16,
        code: &'static CodeObject,
        return_to: Pc,
        continuation: Continuation,
        destination: u16,
        kept: Option<Token>,
    ) {
        code.ready();
        let delta = block as usize + sidewinder_bytecode::HEADER_WORDS;
        // SAFETY: (frames 3) the call block lies in the caller's registers, and `may_enter` checked the stack.
        unsafe {
            let base = self.0.base.add(delta);
            *base.offset(frame::CODE) = frame::tag(code);
            *base.offset(frame::RETURN) = frame::tag(return_to);
            *base.offset(frame::LINK) = Value::from_word(Link::new(delta, continuation, destination).0);
            *base.offset(frame::KEPT) = kept.map_or(Value::UNBOUND, |token| token.0);
            for local in code.parameter_count as usize..code.local_count as usize {
                // Volatile, lest the compiler call `memset` for a handful of words.
                base.add(local).write_volatile(Value::UNBOUND);
            }
            frame::switch(&mut self.0, base, code);
        }
        self.0.recursion_left -= 1;
    }

    #[inline(always)]
    fn pop_frame(&mut self) -> (Token, Pc) {
        // SAFETY: (frames 3) the running frame has a header, and its caller is a frame (not a boundary).
        unsafe {
            let base = self.0.base;
            let link = Link(frame::header(base, frame::LINK).0);
            let return_to = frame::return_address(base);
            let kept = frame::header(base, frame::KEPT);
            let function = std::mem::replace(&mut *base.offset(frame::FUNCTION), Value::UNBOUND);
            *base.offset(frame::KEPT) = Value::UNBOUND;
            let caller = base.sub(link.delta());
            frame::switch(&mut self.0, caller, frame::code(caller));
            self.0.recursion_left += 1;
            self.0.instruction = return_to.wrapping_sub(1);
            self.0.release(function);
            (Token(kept), return_to)
        }
    }

    #[inline(always)]
    fn local_count(&mut self) -> u16 {
        self.0.temporary_floor as u16
    }

    #[inline(always)]
    fn link(&mut self) -> (Continuation, u16) {
        // SAFETY: (frames 3) the running frame has a header.
        let link = Link(unsafe { frame::header(self.0.base, frame::LINK) }.0);
        (link.continuation(), link.destination())
    }

    #[inline(always)]
    fn call_through(&mut self, _block: u16, _code: &'static CodeObject) -> Option<Token> {
        unreachable!("the interpreter enters frames")
    }

    #[inline(always)]
    fn keyword_names(&mut self, keywords: Value) -> Option<&'static [Value]> {
        let keywords = sidewinder_runtime::objects::dict::of(keywords);
        Some(sidewinder_runtime::objects::keyword_names::of(&mut self.0, keywords)?.as_slice())
    }

    #[inline(always)]
    fn may_enter(&mut self, code: &'static CodeObject) -> bool {
        let _ = code;
        !TRACED && self.0.recursion_left > 0 && self.0.base < self.0.stack_limit
    }

    #[inline(always)]
    fn call_native(&mut self, callable: Value, first: u16, count: u16, receiver: bool, pc: Pc) -> Option<Token> {
        self.0.instruction = pc;
        // SAFETY: (frames 3) the arguments are in the caller's call block and stay there during the call.
        let result = unsafe {
            let arguments = Arguments::positional(std::slice::from_raw_parts(self.place(first), count as usize));
            let native = callable.cast_unchecked::<sidewinder_runtime::objects::method::NativeFunctionObject>();
            method::native::invoke(&mut self.0, native, arguments, receiver)
        };
        let result = crate::helpers::word(result);
        if self.0.finalizers_pending.get() != 0 {
            self.0.run_pending_finalizers();
            if !TRACED && !result.is_unbound() && self.0.wants_tracing() {
                return crate::tracing::keep_result(&mut self.0, result);
            }
        }
        (!result.is_unbound()).then_some(Token(result))
    }

    #[inline(always)]
    fn site(&mut self, index: u16) -> &'static Site {
        // SAFETY: (frames 3) sites are as many as the compiler counted.
        unsafe { &*self.0.sites.add(index as usize) }
    }

    #[inline(always)]
    fn function(&mut self) -> &'static FunctionObject {
        frame::current_function(&self.0)
    }

    #[inline(always)]
    fn function_value(&mut self) -> Value {
        frame::current_function(&self.0).value()
    }

    #[inline(always)]
    fn call1(&mut self, helper: &'static Helper1, a: Value) -> Option<Token> {
        let result = (helper.function)(&mut self.0, a);
        self.finish(result)
    }

    #[inline(always)]
    fn call2(&mut self, helper: &'static Helper2, a: Value, b: Value) -> Option<Token> {
        let result = (helper.function)(&mut self.0, a, b);
        self.finish(result)
    }

    #[inline(always)]
    fn call3(&mut self, helper: &'static Helper3, a: Value, b: Value, c: Value) -> Option<Token> {
        let result = (helper.function)(&mut self.0, a, b, c);
        self.finish(result)
    }

    #[inline(always)]
    fn call4(&mut self, helper: &'static Helper4, a: Value, [b, c, d]: [Value; 3]) -> Option<Token> {
        let result = (helper.function)(&mut self.0, a, b, c, d);
        self.finish(result)
    }

    #[inline(always)]
    fn build(&mut self, helper: &'static RunHelper, first: u16, count: u16) -> Option<Token> {
        let place = self.place(first);
        let result = (helper.function)(&mut self.0, place, count as usize);
        self.finish(result)
    }

    #[inline(always)]
    fn binary_slow(&mut self, op: BinaryOp, inplace: bool, a: Value, b: Value) -> Option<Token> {
        let result = crate::helpers::binary(&mut self.0, a, b, op as usize, inplace as usize);
        self.finish(result)
    }

    #[inline(always)]
    fn compare_slow(&mut self, op: CompareOp, a: Value, b: Value) -> Option<Token> {
        let result = crate::helpers::compare_values(&mut self.0, a, b, op as usize);
        self.finish(result)
    }

    #[inline(always)]
    fn truth_slow(&mut self, value: Value) -> Option<bool> {
        let result = crate::helpers::truth(&mut self.0, value);
        if self.0.finalizers_pending.get() != 0 {
            self.0.run_pending_finalizers();
        }
        match result {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    #[inline(always)]
    fn concatenate(&mut self, left: Token, right: Value) -> Option<Token> {
        let result = sidewinder_runtime::objects::str::concat_in_place(&mut self.0, Owned::from_raw(left.0), right);
        self.finish(crate::helpers::word(result))
    }

    #[inline(always)]
    fn text_equal(&mut self, a: Value, b: Value) -> bool {
        a == b || sidewinder_runtime::objects::str::equal(a, b)
    }

    #[inline(always)]
    fn text_ordered(&mut self, op: CompareOp, a: Value, b: Value) -> Option<bool> {
        // SAFETY: (heap 2) the handler tested both types.
        Some(unsafe { str::compare::holds(a.cast_unchecked(), b.cast_unchecked(), op) })
    }

    #[inline(always)]
    fn set_dict_entry(&mut self, dict: &'static DictObject, index: u32, value: Token) {
        let old = dict.replace_entry_value(&mut self.0, index, value.0);
        self.0.release(old);
    }

    #[inline(always)]
    fn set_dict_entry_then(&mut self, dict: &'static DictObject, index: u32, value: Token, next: Pc) -> Pc {
        let old = dict.replace_entry_value(&mut self.0, index, value.0);
        self.drop_then(old, next)
    }

    #[inline(always)]
    fn return_then(&mut self, result: Token, destination: u16) -> Pc {
        let base = self.0.base;
        for local in (0..self.0.temporary_floor as usize).rev() {
            // SAFETY: (frames 3) the running frame has that many locals.
            let value = unsafe { std::mem::replace(&mut *base.add(local), Value::UNBOUND) };
            if lost_last(value) {
                return return_after_tear_down(self, value, local, result, destination);
            }
        }
        self.leave_and_store(result, destination)
    }

    #[inline(always)]
    fn older_entry(&mut self, index: u16, object: Value, access: Access) -> Option<&'static Site> {
        crate::cold::attribute::older_entry(&self.0, index, object, access)
    }

    #[inline(always)]
    fn enter(&mut self, code: &'static CodeObject) -> Pc {
        if self.0.interrupt.load(Ordering::Relaxed) != 0 {
            return enter_interrupted(self, code);
        }
        let countdown = code.entry.countdown.get();
        if countdown > 1 {
            code.entry.countdown.set(countdown - 1);
            return code.instructions.get();
        }
        let start = code.instructions.get();
        crate::run::hot_loop(&mut self.0, start, start, &code.entry)
    }

    #[inline(always)]
    fn cold_call(&mut self, pc: Pc, destination: u16, block: u16, count: u16) -> Pc {
        crate::cold::call::call_block(&mut self.0, pc, destination, block, count)
    }

    #[inline(always)]
    fn forget(&mut self, _value: Token) {}

    #[inline(always)]
    fn peek_first(&mut self, first: u16, count: u16) -> Value {
        if count == 0 { Value::UNBOUND } else { self.register(first) }
    }

    #[inline(always)]
    fn is_not_subtype_of(&mut self, value: Value, class: &'static TypeObject) -> bool {
        let kind = value.type_of();
        std::ptr::eq(kind, class) || !kind.is_subtype(class)
    }

    #[inline(always)]
    fn free_block(&mut self) -> u16 {
        frame::current_code(&self.0).register_count as u16
    }

    #[inline(always)]
    fn make_generator(&mut self, function: Token, first: u16, count: u16) -> Token {
        let place = self.place(first);
        // SAFETY: (frames 3) the arguments are in the caller's call block.
        unsafe { Token(crate::helpers::make_generator(&mut self.0, function.0, place, count as usize)) }
    }

    #[inline(always)]
    fn may_resume(&mut self, generator: Value) -> bool {
        !TRACED && crate::cold::generator::may_resume(&self.0, generator)
    }

    #[inline(always)]
    fn resume(&mut self, pc: Pc, generator: Token, sent: Token, continuation: Continuation, destination: u16) -> Pc {
        let (generator, sent) = (Owned::from_raw(generator.0), Owned::from_raw(sent.0));
        crate::cold::generator::enter(&mut self.0, pc, generator, sent, continuation, destination)
    }

    #[inline(always)]
    fn resumer(&mut self, _pc: Pc) -> (Continuation, u16, Pc) {
        let (continuation, destination) = self.link();
        // SAFETY: (frames 3) the running frame has a header.
        (continuation, destination, unsafe { frame::return_address(self.0.base) })
    }

    #[inline(always)]
    fn outer_register(&mut self, register: u16) -> Value {
        // SAFETY: (frames 1) every word of the stack is a value.
        unsafe { *self.outer_place(register) }
    }

    #[inline(always)]
    fn set_outer(&mut self, register: u16, value: Token) {
        // SAFETY: (frames 1) as above.
        let old = unsafe { std::mem::replace(&mut *self.outer_place(register), value.0) };
        self.0.release(old);
    }

    #[inline(always)]
    fn end_wait(&mut self) {
        crate::cold::generator::running(&self.0).awaited.set(0);
    }

    #[inline(always)]
    fn suspend(&mut self, pc: Pc) {
        crate::cold::generator::suspend(&mut self.0, pc)
    }

    #[inline(always)]
    fn suspend_run(&mut self, pc: Pc, value: Token) -> Pc {
        crate::cold::generator::suspend_run(&mut self.0, pc, Owned::from_raw(value.0))
    }

    #[inline(always)]
    fn finish_generator(&mut self) -> Pc {
        crate::cold::generator::finish(&mut self.0)
    }

    #[inline(always)]
    fn leave(&mut self, pc: Pc, result: Token) -> Pc {
        crate::cold::generator::leave(&mut self.0, pc, Owned::from_raw(result.0))
    }

    #[inline(always)]
    fn next_item(&mut self, iterator: Value) -> Option<Option<Token>> {
        if TRACED {
            return self.next_item_told(iterator);
        }
        let item = self.call1(&crate::helpers::NEXT, iterator)?;
        Some((item.0 != singleton::not_implemented()).then_some(item))
    }
}

impl<const TRACED: bool> Machine<TRACED> {
    /// As `next_item`, where who watches is told of the `StopIteration` that Python code raises.
    #[cold]
    fn next_item_told(&mut self, iterator: Value) -> Option<Option<Token>> {
        let cx = &mut self.0;
        let pc = cx.instruction;
        let mut result = iterate::next_or_stop(cx, iterator);
        if result.is_err() && cx.pending_is(&STOP_ITERATION) {
            crate::tracing::raised(cx, frame::current_code(cx), pc, true);
            if cx.swallow(&STOP_ITERATION) {
                result = Ok(None);
            }
        }
        if cx.finalizers_pending.get() != 0 {
            cx.run_pending_finalizers();
        }
        result.ok().map(|item| item.map(|item| Token(item.into_raw())))
    }

    /// After a helper: runs waiting finalizers, and says whether it raised.
    #[inline(always)]
    fn finish(&mut self, result: Value) -> Option<Token> {
        if self.0.finalizers_pending.get() != 0 {
            self.0.run_pending_finalizers();
        }
        (!result.is_unbound()).then_some(Token(result))
    }
}

/// The place of an object's inline attribute slot, for the recorder: bytes from the object's start.
pub fn inline_offset(kind: &TypeObject, slot: u32) -> usize {
    kind.block_offset.get() as usize + BLOCK_BYTES + slot as usize * size_of::<Value>()
}
