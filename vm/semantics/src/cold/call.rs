//! Calls that have no frame-pushing fast path, and the choice of Python methods behind operators.

use super::{clear, fetch, next, raise, register, set};
use crate::frame::{self, Continuation, Link, current_code};
use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::{CodeFlags, HEADER_WORDS, Op};
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::RECURSION_ERROR;
use sidewinder_runtime::objects::function::{FUNCTION, FunctionObject};
use sidewinder_runtime::objects::generator;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::method::MethodObject;
use sidewinder_runtime::objects::slots::{BinaryOp, CompareOp};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{OBJECT, TYPE, TypeObject, flags};
use sidewinder_runtime::operations::{arithmetic, call, compare, convert, dunder, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

const HEADER: u16 = HEADER_WORDS as u16;

/// The error of a frame too many.
#[cold]
pub fn recursion_error(cx: &mut Context) -> Raised {
    cx.raise(&RECURSION_ERROR, "maximum recursion depth exceeded")
}

/// A call of a function, by the instruction's own operands.
pub fn call(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let (block, count) = if i.op == Op::CallMethod {
        if register(cx, i.b).is_unbound() { (i.b + 1, i.c) } else { (i.b, i.c + 1) }
    } else {
        (i.b, i.c)
    };
    call_block(cx, pc, i.a, block, count)
}

/// Calls whatever is in register `block` with the `count` arguments after its header.
pub fn call_block(cx: &mut Context, pc: Pc, destination: u16, block: u16, count: u16) -> Pc {
    cx.instruction = pc;
    let callable = register(cx, block);
    // SAFETY: (frames 3) the arguments stay in the call block during the call.
    let arguments = unsafe { std::slice::from_raw_parts(cx.base.add((block + HEADER) as usize), count as usize) };
    let with_self;
    let (target, passed) = match callable.cast_exact::<MethodObject>() {
        Some(method) => {
            with_self = [&[method.receiver], arguments].concat();
            (method.function, &with_self[..])
        }
        None => (callable, arguments),
    };
    if let Some(function) = target.cast_exact::<FunctionObject>()
        && function.code().flags & CodeFlags::SUSPENDS == 0
    {
        let entered = enter(cx, pc, next(pc), function, Arguments::positional(passed), destination);
        clear_block(cx, block, count, entered.is_ok());
        return entered.unwrap_or_else(|_| raise(cx, pc));
    }
    let result = call::call_with(cx, callable, Arguments::positional(arguments));
    clear_block(cx, block, count, false);
    finish_at(cx, pc, next(pc), destination, result)
}

/// Releases a call block of the running frame, or, `below`, of its caller.
fn clear_block(cx: &mut Context, block: u16, count: u16, below: bool) {
    // SAFETY: (frames 3) the block lies in the frame that made the call.
    unsafe {
        let mut base = cx.base;
        if below {
            base = base.sub(Link(frame::header(base, frame::LINK).0).delta());
        }
        for position in (0..count).rev() {
            let place = base.add((block + HEADER + position) as usize);
            let old = std::mem::replace(&mut *place, Value::UNBOUND);
            cx.release(old);
        }
        let old = std::mem::replace(&mut *base.add(block as usize), Value::UNBOUND);
        cx.release(old);
    }
}

fn finish_at(cx: &mut Context, pc: Pc, next: Pc, destination: u16, result: Result<Owned>) -> Pc {
    if cx.finalizers_pending.get() != 0 {
        cx.run_pending_finalizers();
    }
    match result {
        Ok(value) => {
            set(cx, destination, value);
            if cx.wants_tracing() { crate::tracing::change_over(cx, next) } else { next }
        }
        Err(_) => raise(cx, pc),
    }
}

/// Pushes a frame above the running one for a call whose arguments must be bound by the general rules.
fn enter(
    cx: &mut Context,
    _pc: Pc,
    return_to: Pc,
    function: &FunctionObject,
    arguments: Arguments<'_>,
    destination: u16,
) -> Result<Pc> {
    let code = function.code();
    code.ready();
    let delta = current_code(cx).register_count as usize + HEADER_WORDS;
    // SAFETY: (frames 4) words above the running frame are free.
    unsafe {
        let base = cx.base.add(delta);
        if cx.recursion_left <= 0 || base >= cx.stack_limit {
            return Err(recursion_error(cx));
        }
        super::bind::bind(cx, function, arguments, base)?;
        *base.offset(frame::FUNCTION) = Owned::new(function.value()).into_raw();
        *base.offset(frame::CODE) = frame::tag(code);
        *base.offset(frame::RETURN) = frame::tag(return_to);
        *base.offset(frame::LINK) = Value::from_word(Link::new(delta, Continuation::Store, destination).0);
        *base.offset(frame::KEPT) = Value::UNBOUND;
        frame::switch(cx, base, code);
    }
    cx.recursion_left -= 1;
    Ok(code.instructions.get())
}

/// A generator over the bound registers at `base`, which move into it.
pub fn make_generator(cx: &mut Context, function: &FunctionObject, base: *mut Value) -> Owned {
    let count = function.code().local_count as usize;
    // SAFETY: (frames 4) `bind` wrote the locals; their counts move into the generator.
    unsafe {
        let made = generator::new(cx, Owned::new(function.value()), std::slice::from_raw_parts(base, count));
        for local in 0..count {
            *base.add(local) = Value::UNBOUND;
        }
        made
    }
}

/// `a = b(..., name=...)`; an Extra follows.
pub fn keywords(cx: &mut Context, pc: Pc) -> Pc {
    call_keywords(cx, pc, true)
}

/// The same, and a Python function is run to its end: for traces, which go on at the next instruction.
pub fn keywords_nested(cx: &mut Context, pc: Pc) -> Pc {
    call_keywords(cx, pc, false)
}

fn call_keywords(cx: &mut Context, pc: Pc, may_enter: bool) -> Pc {
    let i = fetch(pc);
    let extra = fetch(next(pc));
    cx.instruction = pc;
    // SAFETY: (frames 3) the constant is a tuple of names.
    let names = unsafe { *cx.constants.add(extra.a as usize) };
    let names = names.cast_exact::<TupleObject>().map_or(&[][..], |tuple| tuple.as_slice());
    let mut first = i.b + HEADER;
    let mut count = i.c;
    if extra.b != 0 {
        if register(cx, first).is_unbound() { first += 1 } else { count += 1 }
    }
    let callable = register(cx, i.b);
    // SAFETY: (frames 3) the arguments stay in the call block during the call.
    let values = unsafe { std::slice::from_raw_parts(cx.base.add(first as usize), count as usize) };
    let arguments = Arguments { values, names };
    let return_to = next(next(pc));
    let cleared = count + (first - i.b - HEADER);
    if may_enter
        && let Some(function) = callable.cast_exact::<FunctionObject>()
        && function.code().flags & CodeFlags::SUSPENDS == 0
    {
        let entered = enter(cx, pc, return_to, function, arguments, i.a);
        clear_block(cx, i.b, cleared, entered.is_ok());
        return entered.unwrap_or_else(|_| raise(cx, pc));
    }
    let result = call::call_with(cx, callable, arguments);
    clear_block(cx, i.b, cleared, false);
    finish_at(cx, pc, return_to, i.a, result)
}

/// `a = b(*args, **kwargs)`
pub fn expanded(cx: &mut Context, pc: Pc) -> Pc {
    call_expanded(cx, pc, true)
}

/// The same, and a Python function is run to its end.
pub fn expanded_nested(cx: &mut Context, pc: Pc) -> Pc {
    call_expanded(cx, pc, false)
}

/// The arguments before a starred one, and its items. Where there are others, it is asked for its length, as in a display.
fn starred_arguments(cx: &mut Context, block: u16, leading: u16) -> Result<Vec<Owned>> {
    let first = block + HEADER;
    let iterable = register(cx, first + leading);
    if leading > 0 {
        let own = (0..leading).map(|position| Owned::new(register(cx, first + position))).collect();
        let list = ListObject::new(cx, own);
        super::build::extend_list(cx, list.value(), iterable)?;
        return iterate::collect_unasked(cx, list.value());
    }
    if !super::build::is_iterable(iterable) {
        let (name, kind) = (super::build::callable_text(cx, register(cx, block)), iterable.type_of().name());
        return Err(cx.type_error(format!("{name} argument after * must be an iterable, not {kind}")));
    }
    iterate::collect_unasked(cx, iterable)
}

fn call_expanded(cx: &mut Context, pc: Pc, may_enter: bool) -> Pc {
    let i = fetch(pc);
    cx.instruction = pc;
    let callable = register(cx, i.b);
    let leading = i.c >> 1;
    let Ok(mut values) = starred_arguments(cx, i.b, leading) else { return raise(cx, pc) };
    let (mut names, mut kept) = (Vec::new(), Vec::new());
    if i.c & 1 != 0 {
        let mapping = register(cx, i.b + HEADER + leading + 1);
        let mut own = None;
        if mapping.cast_exact::<DictObject>().is_none() {
            let merged = own.insert(DictObject::new(cx)).value();
            if super::build::merge_mapping(cx, dict::of(merged), mapping, callable).is_err() {
                return raise(cx, pc);
            }
        }
        let keywords = dict::of(own.as_ref().map_or(mapping, Owned::value));
        for position in 0..keywords.entry_count() {
            let Some((name, value)) = keywords.entry(position) else { continue };
            if !name.type_of().has_flag(flags::STR) {
                cx.type_error("keywords must be strings");
                return raise(cx, pc);
            }
            // The mapping may be one that the program changes during the call.
            kept.push(Owned::new(name));
            names.push(name);
            values.push(Owned::new(value));
        }
    }
    let raw: Vec<Value> = values.iter().map(Owned::value).collect();
    let arguments = Arguments { values: &raw, names: &names };
    if may_enter
        && let Some(function) = callable.cast_exact::<FunctionObject>()
        && function.code().flags & CodeFlags::SUSPENDS == 0
    {
        let entered = enter(cx, pc, next(pc), function, arguments, i.a);
        clear_block(cx, i.b, Op::expanded_length(i.c), entered.is_ok());
        drop(values);
        return entered.unwrap_or_else(|_| raise(cx, pc));
    }
    let result = call::call_with(cx, callable, arguments);
    // As the tuple dies that they would be items of: the last one first.
    values.drain(..).rev().for_each(drop);
    clear_block(cx, i.b, Op::expanded_length(i.c), false);
    drop(kept);
    finish_at(cx, pc, next(pc), i.a, result)
}

/// Whether a type is a metaclass that leaves calls of its classes to `type`.
pub fn calls_as_type(kind: &TypeObject) -> bool {
    kind.has_flag(flags::TYPE)
        && match (kind.slots().call, TYPE.slots().call) {
            (Some(own), Some(plain)) => std::ptr::fn_addr_eq(own, plain),
            _ => false,
        }
}

/// How a class call may be done inline: `Some(function)` for a plain class with a Python `__init__`, `Some(unbound)`
/// for one without any; `None` for all others.
pub fn plain_init(cx: &mut Context, class: &'static TypeObject) -> Option<Value> {
    if class.cached_init_version.get() == class.version.get() {
        let cached = class.cached_init.get();
        return (!cached.is_int()).then_some(cached);
    }
    if !class.has_flag(flags::HEAP) {
        return None;
    }
    let found = find_plain_init(cx, class);
    class.cached_init.set(found.unwrap_or(Value::from_small_int(0)));
    class.cached_init_version.set(class.version.get());
    found
}

fn find_plain_init(cx: &mut Context, class: &'static TypeObject) -> Option<Value> {
    let plain = class.has_flag(flags::HAS_BLOCK)
        && !class.has_flag(flags::EXTERNAL_BLOCK)
        && class.block_offset.get() as usize == sidewinder_runtime::objects::instance::PLAIN_BYTES;
    let same_new = match (class.slots().new, OBJECT.slots().new) {
        (Some(own), Some(plain)) => std::ptr::fn_addr_eq(own, plain),
        _ => false,
    };
    if !plain || !same_new || class.has_flag(sidewinder_runtime::operations::dunder::ABSTRACT) {
        return None;
    }
    let name = cx.interpreter().names.init;
    let found = class.lookup(cx, name)?;
    if found.has_type(&FUNCTION) {
        return Some(found);
    }
    let inherited = OBJECT.lookup(cx, name)?;
    (found == inherited).then_some(Value::UNBOUND)
}

/// An `__init__` returned something else than None: an error of the call, whose frame is the caller's.
pub fn init_returned_value(cx: &mut Context, pc: Pc) -> Pc {
    let kind = super::operand(cx, fetch(pc).a).type_of().name();
    cx.type_error(format!("__init__() should return None, not '{kind}'"));
    crate::unwind::release_registers(cx, 0);
    match crate::unwind::leave_frame(cx) {
        Some(caller) => raise(cx, caller),
        None => std::ptr::null(),
    }
}

/// The Python function that is `name` on the type, a class, if it is a plain function.
fn python_method(cx: &mut Context, object: Value, name: Value) -> Option<Value> {
    let class = object.heap_type();
    let found = class.lookup(cx, name)?;
    found.has_type(&FUNCTION).then_some(found)
}

/// The method of a binary operator's left operand.
pub fn binary_function(cx: &mut Context, object: Value, _other: Value, operation: u32) -> Option<Value> {
    let names = &cx.interpreter().names;
    let name = match BinaryOp::ALL[operation as usize] {
        BinaryOp::Add => names.add,
        BinaryOp::Subtract => names.sub,
        BinaryOp::Multiply => names.mul,
        BinaryOp::TrueDivide => names.truediv,
        BinaryOp::FloorDivide => names.floordiv,
        BinaryOp::Remainder => names.mod_,
        BinaryOp::MatrixMultiply => names.matmul,
        BinaryOp::LeftShift => names.lshift,
        BinaryOp::RightShift => names.rshift,
        BinaryOp::And => names.and,
        BinaryOp::Or => names.or,
        BinaryOp::Xor => names.xor,
        BinaryOp::Power => return None,
    };
    python_method(cx, object, name)
}

/// The method of a comparison's left operand.
pub fn compare_function(cx: &mut Context, object: Value, _other: Value, operation: u32) -> Option<Value> {
    let names = &cx.interpreter().names;
    let name = match CompareOp::ALL[operation as usize] {
        CompareOp::Less => names.lt,
        CompareOp::LessEqual => names.le,
        CompareOp::Equal => names.eq,
        // The default `__ne__` inverts `__eq__`, which the slot does.
        CompareOp::NotEqual => names.ne,
        CompareOp::Greater => names.gt,
        CompareOp::GreaterEqual => names.ge,
    };
    python_method(cx, object, name)
}

/// `__getitem__`.
pub fn item_function(cx: &mut Context, object: Value, _other: Value, _operation: u32) -> Option<Value> {
    let name = cx.interpreter().names.getitem;
    python_method(cx, object, name)
}

/// `__next__`.
pub fn next_function(cx: &mut Context, object: Value, _other: Value, _operation: u32) -> Option<Value> {
    let name = cx.interpreter().names.next;
    python_method(cx, object, name)
}

/// `__len__`.
pub fn length_function(cx: &mut Context, object: Value, _other: Value, _operation: u32) -> Option<Value> {
    let name = cx.interpreter().names.len;
    python_method(cx, object, name)
}

/// A `__len__` returned what is no small integer, or a negative one: leaves its frame, and ends the call of `len`.
pub fn return_length(cx: &mut Context, pc: Pc) -> Pc {
    let result = Owned::new(super::operand(cx, fetch(pc).a));
    crate::unwind::release_registers(cx, 0);
    let Some(origin) = crate::unwind::leave_frame(cx) else { return std::ptr::null() };
    let length =
        dunder::length_of(cx, result.value()).map(|length| sidewinder_runtime::objects::int::from_i64(cx, length));
    let i = fetch(origin);
    clear_block(cx, i.b, i.c, false);
    finish_at(cx, origin, next(origin), i.a, length)
}

/// The left operand's method answered NotImplemented, and the right operand's type is no proper subtype of its type
/// (`method_frame` tested that), so that the right one has not been asked yet.
pub fn binary_not_implemented(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let (a, b) = (super::operand(cx, i.b), super::operand(cx, i.c));
    let result = match i.op {
        Op::GetItem => Ok(Owned::new(sidewinder_runtime::objects::singleton::not_implemented())),
        Op::Less | Op::LessEqual | Op::Equal | Op::NotEqual | Op::Greater | Op::GreaterEqual => {
            let op = CompareOp::ALL[i.op as usize - Op::Less as usize];
            compare::compare_declined(cx, op, a, b)
        }
        _ => {
            let op = BinaryOp::ALL[i.op as usize - Op::Add as usize];
            arithmetic::binary_declined(cx, op, a, b)
        }
    };
    operands_as_they_die(i).into_iter().for_each(|operand| release_source(cx, operand));
    super::finish(cx, pc, result)
}

/// The operands of a binary operator, a subscript or a comparison in the order in which CPython gives them up: of a
/// comparison the right one first.
#[inline(always)]
pub fn operands_as_they_die(i: sidewinder_bytecode::Instruction) -> [u16; 2] {
    let compares = (Op::Less as u8..=Op::GreaterEqual as u8).contains(&(i.op as u8));
    if compares { [i.c, i.b] } else { [i.b, i.c] }
}

/// The method of the binary operator at `pc` has returned, and its frame is gone.
pub fn finish_binary(cx: &mut Context, pc: Pc, result: Owned) -> Pc {
    if result.value() == sidewinder_runtime::objects::singleton::not_implemented() {
        return binary_not_implemented(cx, pc);
    }
    operands_as_they_die(fetch(pc)).into_iter().for_each(|operand| release_source(cx, operand));
    super::finish(cx, pc, Ok(result))
}

/// Returns from the method of a comparison in a branch with a result whose truth may run Python.
pub fn return_comparison(cx: &mut Context, pc: Pc) -> Pc {
    let s = crate::Interp::of(cx);
    let (result, next) = crate::handlers::call::leave_with(s, fetch(pc));
    s.publish(next.wrapping_sub(1));
    let truth = s.truth_slow(result.0);
    s.drop(result);
    crate::handlers::call::finish_comparison(s, next, truth)
}

/// Like `binary_not_implemented`, for a comparison in a branch.
pub fn compare_not_implemented(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let (a, b) = (super::operand(cx, i.a), super::operand(cx, i.b));
    let (op, wanted) = crate::run::compare_jump_operation(i.op);
    let result = compare::compare_declined(cx, op, a, b).and_then(|value| convert::truth(cx, value.value()));
    release_source(cx, i.b);
    release_source(cx, i.a);
    match result {
        Ok(truth) if truth == wanted => crate::handlers::jump(pc, i.c as i16 as i32),
        Ok(_) => next(pc),
        Err(_) => raise(cx, pc),
    }
}

fn release_source(cx: &mut Context, field: u16) {
    if field as i16 as i64 >= cx.temporary_floor {
        clear(cx, field);
    }
}
