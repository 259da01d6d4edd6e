//! The primitives: each is checked, and then done by `Interp`.

mod numbers;

use crate::Checked;
use crate::frames::depth;
use crate::ledger::{Borrow, Token};
use sidewinder_ir::HelperEffects;
use sidewinder_ir::op::Alias;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{DICT, DictObject};
use sidewinder_runtime::objects::function::{FUNCTION, FunctionObject};
use sidewinder_runtime::objects::generator;
use sidewinder_runtime::objects::list::LIST;
use sidewinder_runtime::objects::site::{Access, Site};
use sidewinder_runtime::objects::slots::{BinaryOp, CompareOp};
use sidewinder_runtime::objects::str::STR;
use sidewinder_runtime::objects::tuple::TUPLE;
use sidewinder_runtime::{Context, TypeObject, Value};
use sidewinder_semantics::frame::Continuation;
use sidewinder_semantics::helpers::{Helper1, Helper2, Helper3, Helper4, RunHelper};
use sidewinder_semantics::interp::{self, Small};
use sidewinder_semantics::semantics::ColdHandler;
use sidewinder_semantics::{Pc, Semantics};

type InterpToken = interp::Token;

impl Checked<'_> {
    /// Whether the recorder knows that a value is not counted, so that its count is no effect.
    fn is_silent(known: bool, value: Value) -> bool {
        known && !value.is_counted()
    }

    fn own(&mut self, origin: &'static str, token: InterpToken) -> Token {
        self.ledger.own(origin, token.0, false)
    }

    fn own_result(&mut self, origin: &'static str, token: Option<InterpToken>) -> Option<Token> {
        token.map(|token| self.own(origin, token))
    }

    /// The value that a token gives up; it is bound.
    fn consume(&mut self, token: Token) -> InterpToken {
        let value = self.ledger.consume(token);
        self.ensure(!value.is_unbound(), "an unbound token is consumed by something else than `forget`");
        interp::Token(value)
    }

    /// The effects of a helper that is about to be called.
    fn call(&mut self, name: &'static str, effects: HelperEffects) {
        if effects.writes != 0 || effects.runs_python || effects.drops || effects.raises {
            self.store(name);
        }
    }

    /// The object of a primitive that reads or writes a builtin layout: the handler must have tested the type.
    fn layout(&self, borrow: Borrow, kind: &TypeObject) -> Value {
        let value = self.bound(borrow);
        let right = value.type_of().is_subtype(kind);
        self.ensure(right, "the fields of an object are used that has another layout");
        value
    }

    fn sequence_item(&self, index: i64, length: i64) {
        self.ensure((0..length).contains(&index), "an item is used that does not exist");
    }

    /// The object of a primitive that uses slots of its shape.
    fn shaped(&self, borrow: Borrow, kind: &'static TypeObject) -> Value {
        let value = self.bound(borrow);
        self.ensure(value.has_type(kind), "the attributes of an object are used that has another type");
        value
    }
}

impl Semantics for Checked<'_> {
    fn context(&mut self) -> &mut Context {
        self.cx
    }

    fn begin(&mut self, pc: Pc) -> bool {
        self.begin_instruction(pc);
        self.publish(pc);
        false
    }

    fn back_edge(&mut self, pc: Pc, target: Pc, loop_index: u16) -> Pc {
        self.end("back_edge");
        self.interp().back_edge(pc, target, loop_index)
    }

    fn cold(&mut self, pc: Pc, handler: ColdHandler) -> Pc {
        if self.is_running(pc) {
            self.ensure_untouched("cold");
        }
        self.end("cold");
        self.interp().cold(pc, handler)
    }

    fn raise(&mut self, pc: Pc) -> Pc {
        self.end("raise");
        // A call that makes the thread traced is completed there.
        let completes = self.cx.tracing.returned.is_some();
        self.ensure(completes || !self.cx.pending.is_unbound(), "`raise` without a pending exception");
        self.interp().raise(pc)
    }

    fn operand(&mut self, field: u16) -> Borrow {
        let value = self.interp().operand(field);
        if (field as i16) < 0 {
            return self.ledger.borrow_constant(value);
        }
        if self.is_temporary(field) {
            self.ensure_full(field);
        }
        self.register(field)
    }

    fn register(&mut self, register: u16) -> Borrow {
        let value = self.interp().register(register);
        let place = self.place(register as isize);
        self.ledger.borrow_register(place as usize, value)
    }

    fn take(&mut self, field: u16) -> Token {
        let constant = (field as i16) < 0;
        if !constant {
            self.ensure_full(field);
        }
        let token = self.interp().take(field);
        if self.is_temporary(field) {
            self.end_register(field);
        } else if !Self::is_silent(constant, token.0) {
            self.effect("take");
        }
        self.ledger.own("take", token.0, constant)
    }

    fn release(&mut self, field: u16) {
        if self.is_temporary(field) {
            self.ensure_full(field);
            self.end_register(field);
            self.effect("release");
        }
        self.interp().release(field);
    }

    fn release_simple(&mut self, field: u16) {
        let value = self.interp().operand(field);
        self.ensure(!value.is_counted(), "`release_simple` of a counted value");
        self.interp().release_simple(field);
        if self.is_temporary(field) {
            self.consume_simple(field);
        }
    }

    fn set(&mut self, register: u16, value: Token) {
        if self.is_temporary(register) {
            self.ensure_fresh(register);
        } else {
            self.effect("set");
        }
        self.end_register(register);
        let token = self.consume(value);
        self.interp().set(register, token);
    }

    fn set_fresh(&mut self, register: u16, value: Token) {
        self.ensure_fresh(register);
        self.end_register(register);
        let token = self.consume(value);
        self.interp().set_fresh(register, token);
    }

    fn clear(&mut self, register: u16) {
        if !self.read_register(register as isize).is_unbound() {
            self.effect("clear");
        }
        self.end_register(register);
        self.interp().clear(register);
    }

    fn clear_dying(&mut self, register: u16) {
        if !self.read_register(register as isize).is_unbound() {
            self.effect("clear");
        }
        self.end_register(register);
        self.interp().clear_dying(register);
    }

    fn frame_left(&mut self, pc: Pc) {
        self.interp().frame_left(pc);
    }

    fn move_out(&mut self, register: u16) -> Token {
        self.ensure_full(register);
        self.end_register(register);
        let token = self.interp().move_out(register);
        self.own("move_out", token)
    }

    fn is_unbound(&mut self, value: Borrow) -> bool {
        self.test_of("is_unbound", value).is_unbound()
    }

    fn dup(&mut self, value: Borrow) -> Token {
        let known = self.ledger.is_known(value);
        let value = self.bound(value);
        if !Self::is_silent(known, value) {
            self.effect("dup");
        }
        let token = self.interp().dup(value);
        self.ledger.own("dup", token.0, known)
    }

    fn drop(&mut self, value: Token) {
        let known = self.ledger.is_known_token(&value);
        let token = self.consume(value);
        if !Self::is_silent(known, token.0) {
            self.effect("drop");
        }
        self.interp().drop(token);
    }

    fn view(&mut self, value: &Token) -> Borrow {
        self.ledger.view(value)
    }

    fn constant(&mut self, value: Value) -> Borrow {
        self.ledger.borrow_constant(value)
    }

    fn peek(&self, value: Borrow) -> Value {
        self.demand(self.ledger.read(value))
    }

    fn as_int(&mut self, value: Borrow) -> Option<Small> {
        let value = self.test_of("as_int", value);
        self.interp().as_int(value)
    }

    fn as_float(&mut self, value: Borrow) -> Option<f64> {
        let value = self.test_of("as_float", value);
        self.interp().as_float(value)
    }

    fn has_type(&mut self, value: Borrow, kind: &'static TypeObject) -> bool {
        self.test_of("has_type", value);
        let value = self.bound(value);
        self.interp().has_type(value, kind)
    }

    fn same(&mut self, a: Borrow, b: Borrow) -> bool {
        self.test("same");
        let (a, b) = (self.bound(a), self.bound(b));
        self.interp().same(a, b)
    }

    fn is_true(&mut self, value: Borrow) -> bool {
        let value = self.test_of("is_true", value);
        let known = self.interp().has_type(value, &sidewinder_runtime::objects::singleton::BOOL);
        self.ensure(known, "`is_true` of something that is no bool");
        self.interp().is_true(value)
    }

    fn index(&mut self, index: Small, length: i64) -> Option<i64> {
        self.test("index");
        self.interp().index(index, length)
    }

    fn list_length(&mut self, list: Borrow) -> i64 {
        let list = self.layout(list, &LIST);
        self.interp().list_length(list)
    }

    fn list_item(&mut self, list: Borrow, index: i64) -> Borrow {
        let length = self.list_length(list);
        self.sequence_item(index, length);
        let object = self.bound(list);
        let value = self.interp().list_item(object, index);
        self.ledger.borrow_from(list, value)
    }

    fn list_set_item(&mut self, list: Borrow, index: i64, value: Token) {
        let length = self.list_length(list);
        self.sequence_item(index, length);
        let list = self.bound(list);
        let token = self.consume(value);
        self.store("list_set_item");
        self.interp().list_set_item(list, index, token);
    }

    fn list_append(&mut self, list: Borrow, value: Token) {
        let list = self.layout(list, &LIST);
        let token = self.consume(value);
        self.effect("list_append");
        self.interp().list_append(list, token);
    }

    fn list_pop(&mut self, list: Borrow) -> Token {
        let length = self.list_length(list);
        self.sequence_item(length - 1, length);
        let list = self.bound(list);
        self.store("list_pop");
        let token = self.interp().list_pop(list);
        self.own("list_pop", token)
    }

    fn tuple_length(&mut self, tuple: Borrow) -> i64 {
        let tuple = self.layout(tuple, &TUPLE);
        self.interp().tuple_length(tuple)
    }

    fn tuple_item(&mut self, tuple: Borrow, index: i64) -> Borrow {
        let length = self.tuple_length(tuple);
        self.sequence_item(index, length);
        let object = self.bound(tuple);
        let value = self.interp().tuple_item(object, index);
        self.ledger.borrow_from(tuple, value)
    }

    fn load_field(&mut self, object: Borrow, offset: usize, class: Alias) -> Borrow {
        let address = self.bound(object);
        let value = self.interp().load_field(address, offset, class);
        self.ledger.borrow_from(object, value)
    }

    fn load_raw(&mut self, object: Borrow, offset: usize, class: Alias) -> i64 {
        let object = self.bound(object);
        self.interp().load_raw(object, offset, class)
    }

    fn store_raw(&mut self, object: Borrow, offset: usize, value: i64, class: Alias) {
        let object = self.bound(object);
        self.effect("store_raw");
        self.interp().store_raw(object, offset, value, class);
    }

    fn replace_field(&mut self, object: Borrow, offset: usize, value: Token, class: Alias) {
        let object = self.bound(object);
        let token = self.consume(value);
        self.store("replace_field");
        self.interp().replace_field(object, offset, token, class);
    }

    fn has_shape(&mut self, object: Borrow, kind: &'static TypeObject, shape: u32) -> bool {
        self.test("has_shape");
        let object = self.bound(object);
        self.interp().has_shape(object, kind, shape)
    }

    fn load_attribute(&mut self, object: Borrow, kind: &'static TypeObject, slot: u32, inline: bool) -> Borrow {
        let instance = self.shaped(object, kind);
        let value = self.interp().load_attribute(instance, kind, slot, inline);
        self.ledger.borrow_from(object, value)
    }

    fn store_attribute(&mut self, object: Borrow, kind: &'static TypeObject, slot: u32, inline: bool, value: Token) {
        let instance = self.shaped(object, kind);
        let token = self.consume(value);
        self.store("store_attribute");
        self.interp().store_attribute(instance, kind, slot, inline, token);
    }

    fn add_attribute(&mut self, object: Borrow, kind: &'static TypeObject, shape: u32, slot: u32, value: Token) {
        let instance = self.shaped(object, kind);
        let token = self.consume(value);
        self.store("add_attribute");
        self.interp().add_attribute(instance, kind, shape, slot, token);
    }

    fn new_instance(&mut self, kind: &'static TypeObject) -> Token {
        let token = self.interp().new_instance(kind);
        self.own("new_instance", token)
    }

    fn counting_iterator(&mut self, start: Small, stop: Small) -> Option<Token> {
        let token = self.interp().counting_iterator(start, stop)?;
        Some(self.own("counting_iterator", token))
    }

    fn sequence_iterator(&mut self, kind: &'static TypeObject, sequence: Token) -> Token {
        let sequence = self.consume(sequence);
        let token = self.interp().sequence_iterator(kind, sequence);
        self.own("sequence_iterator", token)
    }

    fn type_version_is(&mut self, kind: &'static TypeObject, version: u64) -> bool {
        self.interp().type_version_is(kind, version)
    }

    fn keys_version_is(&mut self, dict: &'static DictObject, version: u64) -> bool {
        self.interp().keys_version_is(dict, version)
    }

    fn dict_entry(&mut self, dict: &'static DictObject, index: u32) -> Borrow {
        self.ensure(dict.entry(index as usize).is_some(), "a dict entry is used that does not exist");
        let value = self.interp().dict_entry(dict, index);
        self.ledger.borrow_global(value)
    }

    fn as_function(&mut self, value: Borrow) -> Option<&'static FunctionObject> {
        self.test_of("as_function", value);
        let value = self.bound(value);
        self.interp().as_function(value)
    }

    fn is_object(&mut self, value: Borrow, object: Value) -> bool {
        let value = self.test_of("is_object", value);
        self.interp().is_object(value, object)
    }

    fn push_frame(
        &mut self,
        block: u16,
        code: &'static CodeObject,
        return_to: Pc,
        continuation: Continuation,
        destination: u16,
        kept: Option<Token>,
    ) {
        self.before_push(block, code, return_to);
        let (caller, before) = (self.cx.base, depth(self.cx));
        let kept = kept.map(|token| self.consume(token));
        self.interp().push_frame(block, code, return_to, continuation, destination, kept);
        self.after_push(caller, before, return_to);
    }

    fn pop_frame(&mut self) -> (Token, Pc) {
        self.before_pop();
        self.effect("pop_frame");
        let (kept, next) = self.interp().pop_frame();
        self.after_pop(next);
        (self.own("pop_frame", kept), next)
    }

    fn local_count(&mut self) -> u16 {
        self.interp().local_count()
    }

    fn link(&mut self) -> (Continuation, u16) {
        self.test("link");
        self.interp().link()
    }

    fn call_through(&mut self, block: u16, code: &'static CodeObject) -> Option<Token> {
        let result = self.interp().call_through(block, code);
        self.own_result("call_through", result)
    }

    fn keyword_names(&mut self, keywords: Borrow) -> Option<&'static [Value]> {
        let keywords = self.layout(keywords, &DICT);
        self.interp().keyword_names(keywords)
    }

    fn may_enter(&mut self, code: &'static CodeObject) -> bool {
        let answer = self.interp().may_enter(code);
        self.ledger.may_enter = answer;
        answer
    }

    fn call_native(&mut self, callable: Value, first: u16, count: u16, receiver: bool, pc: Pc) -> Option<Token> {
        for position in 0..count {
            self.ensure_full(first + position);
        }
        self.store("call_native");
        let result = self.interp().call_native(callable, first, count, receiver, pc);
        self.own_result("call_native", result)
    }

    fn site(&mut self, index: u16) -> &'static Site {
        self.interp().site(index)
    }

    fn function(&mut self) -> &'static FunctionObject {
        Semantics::function(self.interp())
    }

    fn function_value(&mut self) -> Borrow {
        let value = self.interp().function_value();
        self.ensure(value.has_type(&FUNCTION), "the running frame has no function");
        self.ledger.borrow_global(value)
    }

    fn call1(&mut self, helper: &'static Helper1, a: Borrow) -> Option<Token> {
        let a = self.bound(a);
        self.call(helper.name, helper.effects);
        let result = self.interp().call1(helper, a);
        self.own_result(helper.name, result)
    }

    fn call2(&mut self, helper: &'static Helper2, a: Borrow, b: Borrow) -> Option<Token> {
        let (a, b) = (self.bound(a), self.bound(b));
        self.call(helper.name, helper.effects);
        let result = self.interp().call2(helper, a, b);
        self.own_result(helper.name, result)
    }

    fn call3(&mut self, helper: &'static Helper3, a: Borrow, b: Borrow, c: Borrow) -> Option<Token> {
        let (a, b, c) = (self.bound(a), self.bound(b), self.bound(c));
        self.call(helper.name, helper.effects);
        let result = self.interp().call3(helper, a, b, c);
        self.own_result(helper.name, result)
    }

    fn call4(&mut self, helper: &'static Helper4, a: Borrow, rest: [Borrow; 3]) -> Option<Token> {
        let (a, rest) = (self.bound(a), rest.map(|value| self.bound(value)));
        self.call(helper.name, helper.effects);
        let result = self.interp().call4(helper, a, rest);
        self.own_result(helper.name, result)
    }

    fn build(&mut self, helper: &'static RunHelper, first: u16, count: u16) -> Option<Token> {
        for register in first..first + count {
            self.ensure_full(register);
            self.end_register(register);
        }
        self.store(helper.name);
        let result = self.interp().build(helper, first, count);
        for register in first..first + count {
            self.ensure_fresh(register);
        }
        self.own_result(helper.name, result)
    }

    fn binary_slow(&mut self, op: BinaryOp, inplace: bool, a: Borrow, b: Borrow) -> Option<Token> {
        let (a, b) = (self.bound(a), self.bound(b));
        self.store("binary_slow");
        let result = self.interp().binary_slow(op, inplace, a, b);
        self.own_result("binary_slow", result)
    }

    fn compare_slow(&mut self, op: CompareOp, a: Borrow, b: Borrow) -> Option<Token> {
        let (a, b) = (self.bound(a), self.bound(b));
        self.store("compare_slow");
        let result = self.interp().compare_slow(op, a, b);
        self.own_result("compare_slow", result)
    }

    fn truth_slow(&mut self, value: Borrow) -> Option<bool> {
        let value = self.bound(value);
        self.store("truth_slow");
        let truth = self.interp().truth_slow(value)?;
        self.test("truth_slow");
        Some(truth)
    }

    fn concatenate(&mut self, left: Token, right: Borrow) -> Option<Token> {
        let right = self.layout(right, &STR);
        let token = self.consume(left);
        self.store("concatenate");
        let result = self.interp().concatenate(token, right);
        self.own_result("concatenate", result)
    }

    fn text_equal(&mut self, a: Borrow, b: Borrow) -> bool {
        self.test("text_equal");
        let (a, b) = (self.layout(a, &STR), self.layout(b, &STR));
        self.interp().text_equal(a, b)
    }

    fn text_ordered(&mut self, op: CompareOp, a: Borrow, b: Borrow) -> Option<bool> {
        self.test("text_ordered");
        let (a, b) = (self.layout(a, &STR), self.layout(b, &STR));
        self.interp().text_ordered(op, a, b)
    }

    fn older_entry(&mut self, index: u16, object: Borrow, access: Access) -> Option<&'static Site> {
        self.test("older_entry");
        let object = self.bound(object);
        self.interp().older_entry(index, object, access)
    }

    fn set_dict_entry(&mut self, dict: &'static DictObject, index: u32, value: Token) {
        self.ensure(dict.entry(index as usize).is_some(), "a dict entry is used that does not exist");
        let token = self.consume(value);
        self.store("set_dict_entry");
        self.interp().set_dict_entry(dict, index, token);
    }

    fn enter(&mut self, code: &'static CodeObject) -> Pc {
        self.end("enter");
        self.interp().enter(code)
    }

    fn cold_call(&mut self, pc: Pc, destination: u16, block: u16, count: u16) -> Pc {
        self.ensure_untouched("cold_call");
        self.end("cold_call");
        self.interp().cold_call(pc, destination, block, count)
    }

    fn forget(&mut self, value: Token) {
        let value = self.ledger.consume(value);
        self.ensure(value.is_unbound(), "`forget` of a bound value");
    }

    fn peek_first(&mut self, first: u16, count: u16) -> Value {
        self.interp().peek_first(first, count)
    }

    fn is_not_subtype_of(&mut self, value: Borrow, class: &'static TypeObject) -> bool {
        self.test_of("is_not_subtype_of", value);
        let value = self.bound(value);
        self.interp().is_not_subtype_of(value, class)
    }

    fn free_block(&mut self) -> u16 {
        self.interp().free_block()
    }

    fn make_generator(&mut self, function: Token, first: u16, count: u16) -> Token {
        for register in first..first + count {
            self.ensure_full(register);
            self.end_register(register);
        }
        self.effect("make_generator");
        let function = self.consume(function);
        let made = self.interp().make_generator(function, first, count);
        self.own("make_generator", made)
    }

    fn may_resume(&mut self, generator: Borrow) -> bool {
        self.test_of("may_resume", generator);
        let generator = self.bound(generator);
        self.ensure(generator::cast(generator).is_some(), "something is resumed that is no generator");
        let answer = self.interp().may_resume(generator);
        self.ledger.may_enter = answer;
        answer
    }

    fn resume(&mut self, pc: Pc, generator: Token, sent: Token, continuation: Continuation, destination: u16) -> Pc {
        self.ensure(self.ledger.may_enter, "a generator is resumed without asking `may_resume`");
        let (generator, sent) = (self.consume(generator), self.consume(sent));
        self.end("resume");
        let next = self.interp().resume(pc, generator, sent, continuation, destination);
        self.forget_pushed();
        next
    }

    fn resumer(&mut self, pc: Pc) -> (Continuation, u16, Pc) {
        self.test("resumer");
        self.interp().resumer(pc)
    }

    fn outer_register(&mut self, register: u16) -> Borrow {
        let value = self.interp().outer_register(register);
        let place = self.outer_place(register);
        self.ledger.borrow_register(place as usize, value)
    }

    fn set_outer(&mut self, register: u16, value: Token) {
        let place = self.outer_place(register);
        self.store("set_outer");
        self.ledger.end_register(place as usize);
        let token = self.consume(value);
        self.interp().set_outer(register, token);
    }

    fn before_suspend(&mut self, _pc: Pc) {
        self.test("before_suspend");
    }

    fn end_wait(&mut self) {
        self.effect("end_wait");
        self.interp().end_wait();
    }

    fn suspend(&mut self, pc: Pc) {
        let (.., return_to) = self.interp().resumer(pc);
        self.effect("suspend");
        self.interp().suspend(pc);
        self.after_pop(return_to);
    }

    fn suspend_run(&mut self, pc: Pc, value: Token) -> Pc {
        let token = self.consume(value);
        self.end("suspend_run");
        self.interp().suspend_run(pc, token)
    }

    fn finish_generator(&mut self) -> Pc {
        self.before_pop();
        self.effect("finish_generator");
        let next = self.interp().finish_generator();
        self.after_pop(next);
        next
    }

    fn leave(&mut self, pc: Pc, result: Token) -> Pc {
        let token = self.consume(result);
        self.end("leave");
        self.interp().leave(pc, token)
    }

    fn next_item(&mut self, iterator: Borrow) -> Option<Option<Token>> {
        // The recorder guards the answer where the instruction starts: an exhausted iterator may be asked again.
        self.ensure_untouched("next_item");
        let iterator = self.bound(iterator);
        self.store("next_item");
        let item = self.interp().next_item(iterator)?;
        Some(self.own_result("next_item", item))
    }
}
