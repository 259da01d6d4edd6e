//! Calls and returns. A Python callee gets a frame in the call block: arguments are never copied.

use super::bind::{self, Given, Site, Starred};
use super::{done, following, jump};
use crate::frame::Continuation;
use crate::semantics::{Attempt, Pc, Semantics};
use sidewinder_bytecode::{CodeFlags, HEADER_WORDS, Instruction, Op};
use sidewinder_ir::op::Alias;
use sidewinder_runtime::Value;
use sidewinder_runtime::native::{Intrinsic, Native};
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::list::LIST;
use sidewinder_runtime::objects::method::{BUILTIN_FUNCTION, METHOD, METHOD_DESCRIPTOR, NativeFunctionObject};
use sidewinder_runtime::objects::slots::{BinaryOp, CompareOp};
use sidewinder_runtime::objects::type_object::{TypeObject, flags};
use std::mem::offset_of;

const HEADER: u16 = HEADER_WORDS as u16;

/// `a = b(...)` with c positional arguments.
#[inline(always)]
pub fn call<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    call_block(s, pc, i.a, i.b, i.c)
}

/// `a = b(...)` after LoadMethod: with self if its slot is bound.
#[inline(always)]
pub fn call_method<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let receiver = s.register(i.b + HEADER);
    let (block, count) = if s.is_unbound(receiver) {
        let callable = s.move_out(i.b);
        s.set_fresh(i.b + 1, callable);
        (i.b + 1, i.c)
    } else {
        (i.b, i.c + 1)
    };
    call_block(s, pc, i.a, block, count)
}

#[inline(always)]
fn call_block<S: Semantics>(s: &mut S, pc: Pc, destination: u16, block: u16, count: u16) -> Pc {
    let callable = s.register(block);
    if let Some(function) = s.as_function(callable) {
        return call_function(s, pc, destination, block, count, function);
    }
    call_object(s, pc, destination, block, count)
}

#[inline(always)]
fn call_function<S: Semantics>(
    s: &mut S,
    pc: Pc,
    destination: u16,
    block: u16,
    count: u16,
    function: &'static FunctionObject,
) -> Pc {
    let code = function.code();
    let site = Site { pc, return_to: following(pc), destination, block };
    if code.has_flag(CodeFlags::SIMPLE) && code.argument_count == count as u32 {
        let through = s.calls_through(code);
        if through || s.may_enter(code) {
            return bind::enter(s, site, code, through);
        }
        return s.cold(pc, crate::cold::call::call);
    }
    call_general(s, pc, destination, block, count)
}

/// A call of a function whose parameters do not lie in the block as they are. Apart, lest the structures for it lie on the
/// stack of all calls.
#[inline(never)]
fn call_general<S: Semantics>(s: &mut S, pc: Pc, destination: u16, block: u16, count: u16) -> Pc {
    let callable = s.register(block);
    let attempt = s.as_function(callable).and_then(|function| {
        let (code, site) = (function.code(), Site { pc, return_to: following(pc), destination, block });
        if code.has_flag(CodeFlags::SUSPENDS) && bind::has_plain_parameters(code) && count == code.argument_count as u16
        {
            let function = s.move_out(block);
            let generator = s.make_generator(function, block + HEADER, count);
            return Some(s.set_then(destination, generator, site.return_to));
        }
        if code.has_flag(CodeFlags::SIMPLE) && count < code.argument_count as u16 {
            bind::call_with_defaults(s, site, count, code)
        } else {
            bind::call_function(s, site, positional(block, count), callable, code)
        }
    });
    match attempt {
        Some(next) => next,
        None => s.cold(pc, crate::cold::call::call),
    }
}

/// Arguments without names that lie in a call block.
fn positional(block: u16, count: u16) -> Given {
    Given { first: block + HEADER, positional: count, names: &[], starred: Starred::No, leading: 0 }
}

/// A call of something else than a function. The kinds of callables have functions of their own, as each needs other
/// registers, which it saves.
#[inline(never)]
fn call_object<S: Semantics>(s: &mut S, pc: Pc, destination: u16, block: u16, count: u16) -> Pc {
    let callable = s.register(block);
    if s.has_type(callable, &METHOD_DESCRIPTOR) {
        return call_builtin(s, pc, destination, block, count, true);
    }
    if s.has_type(callable, &BUILTIN_FUNCTION) {
        // SAFETY: (heap 2) the type was tested.
        let native = unsafe { s.peek(callable).cast_unchecked::<NativeFunctionObject>() };
        if !native.bound.is_unbound() {
            return call_bound_builtin(s, pc, destination, block, count, native.definition);
        }
        return call_builtin(s, pc, destination, block, count, false);
    }
    if s.has_type(callable, &METHOD) {
        return call_bound(s, pc, destination, block, count);
    }
    if bind::is_plain_metaclass(s, callable) {
        return call_class(s, pc, destination, block, count);
    }
    s.cold_call(pc, destination, block, count)
}

/// A call of a function in Rust; of a method of a type, if it is one, with the receiver as first argument.
#[inline(always)]
fn call_builtin<S: Semantics>(s: &mut S, pc: Pc, destination: u16, block: u16, count: u16, descriptor: bool) -> Pc {
    let callable = s.register(block);
    let first = block + HEADER;
    let known = s.peek(callable);
    // SAFETY: (heap 2) both types have this layout.
    let native = unsafe { known.cast_unchecked::<NativeFunctionObject>() };
    let accepted = if descriptor {
        let first = s.peek_first(first, count);
        !first.is_unbound() && native.accepts(first)
    } else {
        native.bound.is_unbound()
    };
    if !accepted || !s.is_object(callable, known) {
        return s.cold_call(pc, destination, block, count);
    }
    if native.definition.intrinsic != Intrinsic::None
        && let Some(next) = call_intrinsic(s, pc, destination, block, count, descriptor)
    {
        return next;
    }
    let result = s.call_native(known, first, count, descriptor, pc);
    finish_native(s, pc, destination, block, count, result)
}

/// A call of a builtin method bound to a receiver, as in `append = items.append`. Which row it is of is tested, not which
/// object: there are many for one row.
#[inline(never)]
fn call_bound_builtin<S: Semantics>(
    s: &mut S,
    pc: Pc,
    destination: u16,
    block: u16,
    count: u16,
    definition: &'static Native,
) -> Pc {
    let callable = s.register(block);
    let known = s.peek(callable);
    let own = s.load_raw(callable, offset_of!(NativeFunctionObject, definition), Alias::Immutable);
    let expected = s.raw_constant(definition as *const Native as i64);
    if !s.raw_equal(own, expected) {
        return s.cold_call(pc, destination, block, count);
    }
    let receiver = s.load_field(callable, offset_of!(NativeFunctionObject, bound), Alias::Immutable);
    if s.is_unbound(receiver) {
        return s.cold_call(pc, destination, block, count);
    }
    if definition.intrinsic == Intrinsic::ListAppend && count == 1 && s.has_type(receiver, &LIST) {
        let item = s.move_out(block + HEADER);
        s.list_append(receiver, item);
        let none = super::iterate::none(s);
        return finish_native(s, pc, destination, block, 0, Some(none));
    }
    // The receiver goes before the arguments, into a word for the header of a frame.
    let first = block + HEADER - 1;
    let receiver = s.dup(receiver);
    s.set_fresh(first, receiver);
    let result = s.call_native(known, first, count + 1, true, pc);
    s.publish(pc);
    for register in (first..first + count + 1).rev() {
        s.clear(register);
    }
    finish_native(s, pc, destination, block, 0, result)
}

/// A call of a function that handlers know from inside; declines when the general way must be taken.
#[inline(never)]
fn call_intrinsic<S: Semantics>(
    s: &mut S,
    pc: Pc,
    destination: u16,
    block: u16,
    count: u16,
    descriptor: bool,
) -> Attempt {
    let callable = s.register(block);
    // SAFETY: (heap 2) the caller tested the type.
    let intrinsic = unsafe { s.peek(callable).cast_unchecked::<NativeFunctionObject>() }.definition.intrinsic;
    if let Some(next) = super::intrinsic::call(s, pc, destination, block, count, intrinsic) {
        return Some(next);
    }
    if count != 1 + descriptor as u16 {
        return None;
    }
    let continuation = super::consume::of_function(intrinsic)?;
    super::consume::start(s, pc, block, block + HEADER + count - 1, continuation)
}

/// A call of a bound method.
#[inline(never)]
fn call_bound<S: Semantics>(s: &mut S, pc: Pc, destination: u16, block: u16, count: u16) -> Pc {
    let site = Site { pc, return_to: following(pc), destination, block };
    match bind::call_object(s, site, positional(block, count)) {
        Some(next) => next,
        None => s.cold_call(pc, destination, block, count),
    }
}

/// `C(...)` of a plain class whose `__init__` is a Python function (or that has none).
#[inline(never)]
fn call_class<S: Semantics>(s: &mut S, pc: Pc, destination: u16, block: u16, count: u16) -> Pc {
    let callable = s.register(block);
    let known = s.peek(callable);
    // SAFETY: (heap 2) an object of type `type`.
    let class: &'static TypeObject = unsafe { known.cast_unchecked() };
    if let Some(next) = super::intrinsic::call_type(s, pc, destination, block, count, class) {
        return next;
    }
    if count == 1
        && let Some(continuation) = super::consume::of_type(class)
        && s.is_object(callable, known)
        && let Some(next) = super::consume::start(s, pc, block, block + HEADER, continuation)
    {
        return next;
    }
    let site = Site { pc, return_to: following(pc), destination, block };
    match bind::call_class(s, site, positional(block, count)) {
        Some(next) => next,
        None => s.cold_call(pc, destination, block, count),
    }
}

/// After a native call: releases the block and stores the result.
#[inline(always)]
pub fn finish_native<S: Semantics>(
    s: &mut S,
    pc: Pc,
    destination: u16,
    block: u16,
    count: u16,
    result: Option<S::Owned>,
) -> Pc {
    s.publish(pc);
    for position in (0..count).rev() {
        s.clear(block + HEADER + position);
    }
    s.clear(block);
    match result {
        Some(value) => done(s, pc, destination, value),
        None => s.raise(pc),
    }
}

/// Returns a from the frame, whose registers are released in reverse.
#[inline(always)]
pub fn return_<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let (continuation, destination) = s.link();
    match continuation {
        Continuation::Store => {
            let result = s.take(i.a);
            s.return_then(result, destination)
        }
        _ => return_rare(s, pc, i, continuation, destination),
    }
}

#[inline(always)]
pub fn release_locals<S: Semantics>(s: &mut S) {
    for local in (0..s.local_count()).rev() {
        s.clear_dying(local);
    }
}

/// The other continuation rows. What they test of the result they test first, while the instruction can still be
/// executed again.
#[inline(never)]
fn return_rare<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, continuation: Continuation, destination: u16) -> Pc {
    let view = s.operand(i.a);
    s.publish(pc);
    match continuation {
        Continuation::Observed => s.cold(pc, crate::cold::frame::before_leaving),
        Continuation::Initialise => {
            if !s.is_object(view, sidewinder_runtime::objects::singleton::none()) {
                return s.cold(pc, crate::cold::call::init_returned_value);
            }
            s.release(i.a);
            release_locals(s);
            let (instance, next) = s.pop_frame();
            s.frame_left(next.wrapping_sub(1));
            s.set(destination, instance);
            next
        }
        Continuation::IterateCall => {
            let (result, next) = leave_with(s, i);
            s.set(destination, result);
            next
        }
        Continuation::Binary => {
            let missing = s.is_object(view, sidewinder_runtime::objects::singleton::not_implemented());
            let (result, next) = leave_with(s, i);
            // SAFETY: (frames 3) the call came from the instruction before.
            let origin = unsafe { next.sub(1) };
            if missing {
                s.drop(result);
                return s.cold(origin, crate::cold::call::binary_not_implemented);
            }
            let i = super::fetch(origin);
            for operand in crate::cold::call::operands_as_they_die(i) {
                s.release(operand);
            }
            s.set(destination, result);
            next
        }
        Continuation::CompareBranch => {
            if s.is_object(view, sidewinder_runtime::objects::singleton::not_implemented()) {
                let (result, next) = leave_with(s, i);
                s.drop(result);
                // SAFETY: (frames 3) the call came from the instruction before.
                let origin = unsafe { next.sub(1) };
                return s.cold(origin, crate::cold::call::compare_not_implemented);
            }
            match super::branch::quick_truth(s, view) {
                Some(truth) => leave_comparison(s, i, Some(truth)),
                None => s.cold(pc, crate::cold::call::return_comparison),
            }
        }
        Continuation::Length => {
            let zero = s.int_constant(0);
            let is_length = match s.as_int(view) {
                Some(length) => s.int_compare(CompareOp::GreaterEqual, length, zero),
                None => false,
            };
            if !is_length {
                return s.cold(pc, crate::cold::call::return_length);
            }
            let (result, next) = leave_with(s, i);
            // SAFETY: (frames 3) the call came from the instruction before.
            let block = super::fetch(unsafe { next.sub(1) }).b;
            s.clear(block + HEADER);
            s.clear(block);
            s.set(destination, result);
            next
        }
        _ if continuation.is_generator() => super::iterate::end_generator(s, pc, i, continuation, destination),
        _ => {
            let result = s.take(i.a);
            s.leave(pc, result)
        }
    }
}

/// Leaves the method of a comparison in a branch, whose result has this truth.
#[inline(always)]
fn leave_comparison<S: Semantics>(s: &mut S, i: Instruction, truth: Option<bool>) -> Pc {
    let (result, next) = leave_with(s, i);
    s.drop(result);
    finish_comparison(s, next, truth)
}

/// Decides the comparison in a branch before `next`, whose method was left (`None`: finding out the truth raised).
#[inline(always)]
pub fn finish_comparison<S: Semantics>(s: &mut S, next: Pc, truth: Option<bool>) -> Pc {
    // SAFETY: (frames 3) the call came from the instruction before.
    let origin = unsafe { next.sub(1) };
    let i = super::fetch(origin);
    s.release(i.b);
    s.release(i.a);
    let (_, wanted) = crate::run::compare_jump_operation(i.op);
    match truth {
        Some(truth) if truth == wanted => jump(origin, i.c as i16 as i32),
        Some(_) => next,
        None => s.raise(origin),
    }
}

/// Takes the result, releases the locals and leaves the frame.
#[inline(always)]
pub fn leave_with<S: Semantics>(s: &mut S, i: Instruction) -> (S::Owned, Pc) {
    let result = s.take(i.a);
    release_locals(s);
    let (kept, next) = s.pop_frame();
    s.forget(kept);
    s.frame_left(next.wrapping_sub(1));
    (result, next)
}

/// Calls the Python method `name` of the left operand in place of a slot; declines when there is none to call directly.
#[inline(always)]
fn method_frame<S: Semantics>(
    s: &mut S,
    pc: Pc,
    receiver: S::Value,
    argument: Option<S::Value>,
    method: fn(&mut sidewinder_runtime::Context, Value, Value, u32) -> Option<Value>,
    operation: u32,
    continuation: Continuation,
    destination: u16,
) -> Attempt {
    let known = s.peek(receiver);
    if !known.is_pointer() || known.is_unbound() {
        return None;
    }
    let class = known.heap_type();
    if !class.has_flag(flags::HEAP) {
        return None;
    }
    let other = argument.map_or(Value::UNBOUND, |value| s.peek(value));
    let function = method(s.context(), known, other, operation)?;
    // SAFETY: (heap 2) `method` answers with a function.
    let code = unsafe { function.cast_unchecked::<FunctionObject>() }.code();
    let count = 1 + argument.is_some() as u32;
    if !code.has_flag(CodeFlags::SIMPLE) || code.argument_count != count || !s.may_enter(code) {
        return None;
    }
    if !s.has_type(receiver, class) || !s.type_version_is(class, class.version.get()) {
        return None;
    }
    if let Some(argument) = argument
        && !s.is_not_subtype_of(argument, class)
    {
        return None;
    }
    let block = s.free_block();
    let function = s.constant(function);
    let function = s.dup(function);
    s.set_fresh(block, function);
    let receiver = s.dup(receiver);
    s.set_fresh(block + HEADER, receiver);
    if let Some(argument) = argument {
        let argument = s.dup(argument);
        s.set_fresh(block + HEADER + 1, argument);
    }
    s.push_frame(block, code, following(pc), continuation, destination, None);
    Some(s.enter(code))
}

/// A binary operator whose left operand has the method in Python.
#[inline(always)]
pub fn binary_method<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, op: BinaryOp, inplace: bool) -> Attempt {
    if inplace {
        return None;
    }
    let (a, b) = (s.operand(i.b), s.operand(i.c));
    method_frame(s, pc, a, Some(b), crate::cold::call::binary_function, op as u32, Continuation::Binary, i.a)
}

/// A comparison whose left operand has the method in Python.
#[inline(always)]
pub fn compare_method<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, op: CompareOp) -> Attempt {
    let (a, b) = (s.operand(i.b), s.operand(i.c));
    method_frame(s, pc, a, Some(b), crate::cold::call::compare_function, op as u32, Continuation::Binary, i.a)
}

/// A comparison in a branch whose left operand has the method in Python.
#[inline(always)]
pub fn compare_jump_method<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, op: CompareOp) -> Attempt {
    let (a, b) = (s.operand(i.a), s.operand(i.b));
    method_frame(s, pc, a, Some(b), crate::cold::call::compare_function, op as u32, Continuation::CompareBranch, 0)
}

/// A subscription whose container has `__getitem__` in Python.
#[inline(always)]
pub fn item_method<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Attempt {
    let (a, b) = (s.operand(i.b), s.operand(i.c));
    method_frame(s, pc, a, Some(b), crate::cold::call::item_function, 0, Continuation::Binary, i.a)
}

/// `len` of an object with `__len__` in Python, called by a `Call` instruction.
#[inline(always)]
pub fn length_method<S: Semantics>(s: &mut S, pc: Pc, destination: u16, block: u16) -> Attempt {
    if super::fetch(pc).op != Op::Call {
        return None;
    }
    let object = s.register(block + HEADER);
    method_frame(s, pc, object, None, crate::cold::call::length_function, 0, Continuation::Length, destination)
}

/// A `for` loop over an iterator with `__next__` in Python.
#[inline(always)]
pub fn next_method<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Attempt {
    let iterator = s.register(i.b);
    method_frame(s, pc, iterator, None, crate::cold::call::next_function, 0, Continuation::IterateCall, i.a)
}

/// A property whose getter is the Python function `getter`; type and version were tested.
#[inline(always)]
pub fn property<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, getter: Value) -> Pc {
    // SAFETY: (caches 1) the version keeps the function alive.
    let code = unsafe { getter.cast_unchecked::<FunctionObject>() }.code();
    if !code.has_flag(CodeFlags::SIMPLE) || code.argument_count != 1 || !s.may_enter(code) {
        return s.cold(pc, crate::cold::attribute::load);
    }
    let block = s.free_block();
    let function = s.constant(getter);
    let function = s.dup(function);
    s.set_fresh(block, function);
    let receiver = s.take(i.b);
    s.set_fresh(block + HEADER, receiver);
    s.push_frame(block, code, following(pc), Continuation::Store, i.a, None);
    s.enter(code)
}
