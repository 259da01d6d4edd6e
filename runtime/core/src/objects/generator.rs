//! Generators, coroutines and asynchronous generators: suspended frames. While one runs, its registers are on the value
//! stack; while it is suspended, they are in the object. The three have one layout.

pub mod asynchronous;
pub mod awaitable;
pub mod hooks;

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::objects::code::{CodeObject, NOT_STARTED};
use crate::objects::frame;
use crate::objects::function::FunctionObject;
use crate::objects::slots::Slots;
use crate::objects::str::{self, StrObject};
use crate::objects::traceback::TracebackObject;
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, singleton};
use crate::operations::{call, convert};
use crate::value::Value;
use sidewinder_bytecode::{CodeFlags, Instruction, Op};
use std::cell::Cell;

/// Where a generator is in its life.
pub mod state {
    pub const CREATED: u32 = 0;
    pub const SUSPENDED: u32 = 1;
    pub const RUNNING: u32 = 2;
    pub const FINISHED: u32 = 3;
    /// A bit besides: there is a frame object. Only general code resumes such a generator.
    pub const HAS_FRAME: u32 = 4;
}

/// A generator. The registers of its frame, `register_count` words, follow: owned while it is suspended, else stale.
#[repr(C)]
pub struct GeneratorObject {
    pub header: Header,
    /// One of `state`, perhaps with its bit besides: see `stage`.
    pub state: Cell<u32>,
    pub register_count: Cell<u32>,
    /// The function whose body this is, owned; unbound once finished.
    pub function: Cell<Value>,
    /// The instruction to go on at.
    pub instruction: Cell<*const Instruction>,
    /// The return value between the end of the body and the `StopIteration`, owned.
    pub result: Cell<Value>,
    /// The exception that the body was handling when it was suspended; while it runs, the one that its resumer is
    /// handling. Owned.
    pub handled: Cell<Value>,
    /// While the body runs and its resumer is handling an exception: `Context::handled_outside` of the resumer.
    pub outside: Cell<Value>,
    pub name: Cell<Value>,
    pub qualified_name: Cell<Value>,
    /// The code object, owned; unlike `function`, it stays to the end.
    pub code: Cell<Value>,
    /// What only the other two have, owned: where a coroutine was made, or the finalizer of an asynchronous generator.
    pub extra: Cell<Value>,
    /// The object of its frame, owned, once somebody has asked; or unbound.
    pub frame: Cell<Value>,
    /// 1 while somebody waits for the next item of an asynchronous generator.
    pub awaited: Cell<u32>,
    pub weakly_referenced: Cell<bool>,
    /// An asynchronous generator has met the hooks of its thread; a coroutine was found to be never awaited.
    pub hooked: Cell<bool>,
    /// An asynchronous generator is closed: its end or `aclose` was seen.
    pub closed: Cell<bool>,
}

const SLOTS: Slots = Slots {
    iter: Some(|_, value| Ok(Owned::new(value))),
    next: Some(next),
    repr: Some(repr),
    finalize: Some(finalize),
    traverse: Some(traverse),
    release: Some(release),
    size: Some(size),
    clear: Some(release_registers),
    ..Slots::EMPTY
};

pub static GENERATOR: StaticType = Immortal::new(
    TypeObject::builtin("generator", size_of::<GeneratorObject>(), SLOTS)
        .with_base(&OBJECT.object)
        .with_flags(flags::COLLECTED | flags::HAS_WEAK),
);

pub static COROUTINE: StaticType = Immortal::new(
    TypeObject::builtin("coroutine", size_of::<GeneratorObject>(), Slots { iter: None, next: None, ..SLOTS })
        .with_base(&OBJECT.object)
        .with_flags(flags::COLLECTED | flags::HAS_WEAK),
);

pub static ASYNC_GENERATOR: StaticType = Immortal::new(
    TypeObject::builtin("async_generator", size_of::<GeneratorObject>(), Slots { iter: None, next: None, ..SLOTS })
        .with_base(&OBJECT.object)
        .with_flags(flags::COLLECTED | flags::HAS_WEAK),
);

crate::object_type!(GeneratorObject, GENERATOR);

/// The object of a value of one of the three types.
pub fn cast(value: Value) -> Option<&'static GeneratorObject> {
    let known = [&GENERATOR, &COROUTINE, &ASYNC_GENERATOR].into_iter().any(|kind| value.has_type(kind));
    // SAFETY: (heap 2) the three types have the same layout.
    known.then(|| unsafe { value.cast_unchecked() })
}

/// What a call of code with these flags makes.
pub fn kind_of(code_flags: u32) -> &'static StaticType {
    match code_flags & (CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR) {
        CodeFlags::COROUTINE => &COROUTINE,
        CodeFlags::ASYNC_GENERATOR => &ASYNC_GENERATOR,
        _ => &GENERATOR,
    }
}

impl GeneratorObject {
    /// What messages call it.
    pub fn kind_text(&self) -> &'static str {
        let value = self.value();
        if value.has_type(&COROUTINE) {
            "coroutine"
        } else if value.has_type(&ASYNC_GENERATOR) {
            "async generator"
        } else {
            "generator"
        }
    }

    /// Where it is in its life: one of the numbers in `state`.
    #[inline(always)]
    pub fn stage(&self) -> u32 {
        self.state.get() & !state::HAS_FRAME
    }

    #[inline(always)]
    pub fn set_stage(&self, stage: u32) {
        self.state.set(self.state.get() & state::HAS_FRAME | stage);
    }

    /// Gives it an object for its frame, or takes it away.
    pub fn keep_frame(&self, frame: Option<Owned>) {
        drop(Owned::from_raw_option(self.take_frame()));
        if let Some(frame) = frame {
            self.frame.set(frame.into_raw());
            self.state.set(self.state.get() | state::HAS_FRAME);
        }
    }

    /// Gives up the object of its frame, owned, or unbound.
    pub fn take_frame(&self) -> Value {
        self.state.set(self.stage());
        self.frame.replace(Value::UNBOUND)
    }

    /// Whether its end is worth a look: most die finished, or outside `try`.
    pub fn needs_finalizer(&self) -> bool {
        let started = self.stage() != state::CREATED;
        self.needs_close()
            || self.stage() == state::SUSPENDED && Context::current().is_traced()
            || self.value().has_type(&COROUTINE) && !started
            || !self.extra.get().is_unbound() && !self.closed.get() && self.value().has_type(&ASYNC_GENERATOR)
    }

    /// Whether the object it was given to by its last `Yield` waits for something, rather than getting an item: only an
    /// asynchronous generator has both.
    pub fn waits(&self) -> bool {
        let index = self.position();
        index > 0 && self.code().data.instructions[index - 1].op == Op::Send
    }

    pub fn function(&self) -> &'static FunctionObject {
        // SAFETY: (heap 2) holds a function until the generator is finished.
        unsafe { self.function.get().cast_unchecked() }
    }

    pub fn code(&self) -> &'static CodeObject {
        // SAFETY: (heap 2) holds a code object as long as the generator lives.
        unsafe { self.code.get().cast_unchecked() }
    }

    pub fn value(&self) -> Value {
        Value::from_pointer(self)
    }

    /// The words for the registers of its frame.
    #[inline(always)]
    pub fn registers(&self) -> *mut Value {
        // SAFETY: (objects 3) they follow the fixed part.
        unsafe { (self as *const GeneratorObject).add(1) as *mut Value }
    }

    /// Whether the registers hold its values.
    #[inline(always)]
    pub fn is_suspended(&self) -> bool {
        matches!(self.stage(), state::CREATED | state::SUSPENDED)
    }

    /// Whether closing it needs to run its code: it is suspended inside a `try`, or delegates to another iterator.
    pub fn needs_close(&self) -> bool {
        if self.stage() != state::SUSPENDED {
            return false;
        }
        let code = self.code();
        let index = code.index_of(self.instruction.get()).saturating_sub(1) as u32;
        self.delegate().is_some()
            || code.data.handlers.iter().any(|handler| handler.start <= index && index < handler.end)
    }

    /// The iterator that a suspended generator delegates to by `yield from`, borrowed.
    pub fn delegate(&self) -> Option<Value> {
        if self.stage() != state::SUSPENDED {
            return None;
        }
        let code = self.code();
        // It is suspended after a `Yield`, which follows a `Send` when it delegates.
        let index = code.index_of(self.instruction.get()).checked_sub(2)?;
        let send = code.data.instructions.get(index).filter(|instruction| instruction.op == Op::Send)?;
        // SAFETY: verified code names registers that exist, and `registers` holds them while it is suspended.
        let value = unsafe { *self.registers().add(send.b as usize) };
        (!value.is_unbound()).then_some(value)
    }

    /// The index of the instruction that it is suspended at; that of the first one before it was started.
    pub fn position(&self) -> usize {
        if self.stage() == state::CREATED {
            return NOT_STARTED as usize;
        }
        self.code().index_of(self.instruction.get()).saturating_sub(1)
    }
}

/// A generator over the registers `registers` (whose counts it takes) of a call of `function`.
pub fn new(cx: &mut Context, function: Owned, registers: &[Value]) -> Owned {
    // SAFETY: (heap 2) callers pass a function.
    let function_object: &FunctionObject = unsafe { function.value().cast_unchecked() };
    let code = function_object.code();
    code.ready();
    let count = code.register_count as usize;
    let share = |cell: &Cell<Value>| {
        crate::heap::owned::increment(cell.get());
        Cell::new(cell.get())
    };
    let kind = kind_of(code.flags);
    let generator = cx.heap.allocate(&kind.object, bytes(count), true) as *mut GeneratorObject;
    // SAFETY: (heap 3) fresh memory with room for `count` registers; the header is kept.
    unsafe {
        let header = std::ptr::read(&raw const (*generator).header);
        generator.write(GeneratorObject {
            header,
            state: Cell::new(state::CREATED),
            register_count: Cell::new(count as u32),
            instruction: Cell::new(code.instructions.get()),
            result: Cell::new(Value::UNBOUND),
            handled: Cell::new(Value::UNBOUND),
            outside: Cell::new(Value::UNBOUND),
            name: share(&function_object.name),
            qualified_name: share(&function_object.qualified_name),
            code: share(&function_object.code),
            extra: Cell::new(Value::UNBOUND),
            frame: Cell::new(Value::UNBOUND),
            weakly_referenced: Cell::new(false),
            hooked: Cell::new(false),
            closed: Cell::new(false),
            awaited: Cell::new(0),
            function: Cell::new(function.into_raw()),
        });
        let memory = (*generator).registers();
        for position in 0..count {
            let value = registers.get(position).copied().unwrap_or(Value::UNBOUND);
            // Volatile, lest the compiler call `memset` for a handful of words.
            memory.add(position).write_volatile(value);
        }
    }
    let made = Owned::from_raw(Value::from_pointer(generator));
    if cx.coroutine_origin_depth > 0 && made.value().has_type(&COROUTINE) {
        hooks::remember_origin(cx, made.value());
    }
    made
}

/// `generator.send(value)`: the next value, or a `StopIteration` that carries the result; for an asynchronous generator
/// a `StopAsyncIteration`.
pub fn send(cx: &mut Context, generator: &GeneratorObject, value: Value) -> Result<Owned> {
    let item = (cx.interpreter().hooks.resume_generator)(cx, generator, value)?;
    match item {
        Some(item) => Ok(item),
        None if generator.value().has_type(&ASYNC_GENERATOR) => {
            drop(take_result(generator));
            Err(exception::raise_arguments(cx, &exception::STOP_ASYNC_ITERATION, &[]))
        }
        None => {
            let result = take_result(generator);
            Err(exception::raise_stop_iteration(cx, result.value()))
        }
    }
}

/// What a generator returned: `None` when it had finished before.
pub fn take_result(generator: &GeneratorObject) -> Owned {
    let result = Owned::from_raw_option(generator.result.replace(Value::UNBOUND));
    result.unwrap_or_else(|| Owned::new(singleton::none()))
}

/// `generator.throw(exception)`
pub fn throw(cx: &mut Context, generator: &GeneratorObject, exception: Owned) -> Result<Owned> {
    cx.raise_value(exception);
    send(cx, generator, Value::UNBOUND)
}

/// `generator.close()`: what the generator returned, or `None`.
pub fn close(cx: &mut Context, generator: &GeneratorObject) -> Result<Owned> {
    let none = || Ok(Owned::new(singleton::none()));
    match generator.stage() {
        state::FINISHED => return none(),
        state::RUNNING => {}
        // Who watches is told that its code is left.
        stage if !(generator.needs_close() || stage == state::SUSPENDED && cx.is_traced()) => {
            // SAFETY: (heap 1) the generator is alive; this drops the frame.
            cx.clear_and_release(|children| unsafe { release_registers(generator.value().header(), children) }, true);
            return none();
        }
        _ => {}
    }
    let exit = exception::new(cx, &exception::GENERATOR_EXIT, &[])?;
    cx.raise_value(exit);
    match (cx.interpreter().hooks.resume_generator)(cx, generator, Value::UNBOUND) {
        Ok(Some(item)) => {
            drop(item);
            let kind = generator.kind_text();
            Err(cx.raise(&exception::RUNTIME_ERROR, format!("{kind} ignored GeneratorExit")))
        }
        Ok(None) => Ok(take_result(generator)),
        Err(_) if cx.swallow(&exception::GENERATOR_EXIT) || cx.swallow(&exception::STOP_ITERATION) => none(),
        Err(raised) => Err(raised),
    }
}

/// The exception that `throw` with these arguments raises: an exception, or a class with a value and a traceback.
pub fn thrown(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let given = |position: usize| arguments.get(position).copied().filter(|value| *value != singleton::none());
    let thrown = thrown_value(cx, arguments[0], given(1))?;
    if let Some(traceback) = given(2) {
        if traceback.cast_exact::<TracebackObject>().is_none() {
            return Err(cx.type_error("throw() third argument must be a traceback object"));
        }
        exception::of(thrown.value()).set_traceback(Some(Owned::new(traceback)));
    }
    Ok(thrown)
}

fn thrown_value(cx: &mut Context, kind: Value, value: Option<Value>) -> Result<Owned> {
    if exception::is_exception(kind) {
        if value.is_some() {
            return Err(cx.type_error("instance exception may not have a separate value"));
        }
        return Ok(Owned::new(kind));
    }
    let Some(class) = exception::as_exception_class(kind) else {
        let actual = kind.type_of().name();
        let message = format!("exceptions must be classes or instances deriving from BaseException, not {actual}");
        return Err(cx.type_error(message));
    };
    let made = make_thrown(cx, class, value);
    // What goes wrong with the exception is thrown in its place.
    Ok(made.unwrap_or_else(|_| cx.take_pending()))
}

fn make_thrown(cx: &mut Context, class: &'static TypeObject, value: Option<Value>) -> Result<Owned> {
    let kind = class.value();
    let made = match value {
        None => call::call(cx, kind, &[])?,
        Some(value) if exception::is_exception(value) && value.type_of().is_subtype(class) => {
            return Ok(Owned::new(value));
        }
        Some(value) => match value.cast::<TupleObject>() {
            Some(tuple) => {
                let values: Vec<Owned> = tuple.as_slice().iter().map(|item| Owned::new(*item)).collect();
                let values: Vec<Value> = values.iter().map(Owned::value).collect();
                call::call(cx, kind, &values)?
            }
            None => call::call(cx, kind, &[value])?,
        },
    };
    if exception::is_exception(made.value()) {
        return Ok(made);
    }
    let class = convert::repr(cx, kind)?;
    let (class, found) = (str::text(class.value()).unwrap_or_default(), made.value().type_of().name());
    Err(cx.type_error(format!("calling {class} should have returned an instance of BaseException, not {found}")))
}

/// Closes a generator that nobody refers to any more. Errors are only reported, as nobody could catch them.
fn finalize(cx: &mut Context, value: Value) -> Result<()> {
    // SAFETY: (heap 2) the slot of this type.
    let generator: &GeneratorObject = unsafe { value.cast_unchecked() };
    if hooks::finalize(cx, generator) {
        return Ok(());
    }
    let watched = cx.is_traced() && generator.stage() == state::SUSPENDED;
    if (generator.needs_close() || watched) && close(cx, generator).is_err() {
        crate::operations::finalize::report_unraisable_call(cx, "while closing generator", value);
    }
    Ok(())
}

fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    // SAFETY: (heap 2) the slot of this type.
    let generator: &GeneratorObject = unsafe { value.cast_unchecked() };
    let name = str::text(generator.qualified_name.get()).unwrap_or_default();
    let kind = value.type_of().name();
    Ok(StrObject::new(cx, &format!("<{kind} object {name} at {:#x}>", value.0)))
}

/// The next value, for native callers.
fn next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (heap 2) the slot of this type.
    let generator: &GeneratorObject = unsafe { value.cast_unchecked() };
    let none = singleton::none();
    let item = (cx.interpreter().hooks.resume_generator)(cx, generator, none)?;
    if item.is_none() {
        drop(Owned::from_raw_option(generator.result.replace(Value::UNBOUND)));
    }
    Ok(item)
}

/// Bytes of a generator with that many registers.
fn bytes(registers: usize) -> usize {
    size_of::<GeneratorObject>() + registers * size_of::<Value>()
}

unsafe fn size(header: *mut Header) -> usize {
    // SAFETY: (heap 2) the slot of this type.
    bytes(unsafe { &*(header as *const GeneratorObject) }.register_count.get() as usize)
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    let generator = unsafe { &*(header as *const GeneratorObject) };
    let fields = [
        &generator.function,
        &generator.result,
        &generator.handled,
        &generator.name,
        &generator.qualified_name,
        &generator.code,
        &generator.extra,
        &generator.frame,
    ];
    for field in fields {
        if !field.get().is_unbound() {
            visit(field.get());
        }
    }
    let registers = generator.registers();
    // Of a running generator the words may be stale: the registers are on the value stack.
    if generator.is_suspended() {
        for position in 0..generator.register_count.get() as usize {
            // SAFETY: the buffer holds `register_count` values.
            let value = unsafe { *registers.add(position) };
            if value.is_pointer() && !value.is_unbound() {
                visit(value);
            }
        }
    }
}

unsafe fn release_registers(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    let generator = unsafe { &*(header as *const GeneratorObject) };
    children.push(frame::generator_ends(generator));
    children.push(generator.result.replace(Value::UNBOUND));
    children.push(generator.handled.replace(Value::UNBOUND));
    children.push(generator.function.replace(Value::UNBOUND));
    if generator.is_suspended() {
        generator.set_stage(state::FINISHED);
        for position in (0..generator.register_count.get() as usize).rev() {
            // SAFETY: (objects 3) the words hold values, whose counts move to the list.
            children.push(unsafe { *generator.registers().add(position) });
        }
    }
    generator.set_stage(state::FINISHED);
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    unsafe {
        let generator = &*(header as *const GeneratorObject);
        children.push(frame::generator_ends(generator));
        children.push(generator.extra.replace(Value::UNBOUND));
        children.push(generator.code.replace(Value::UNBOUND));
        children.push(generator.name.replace(Value::UNBOUND));
        children.push(generator.qualified_name.replace(Value::UNBOUND));
        release_registers(header, children);
    }
}
