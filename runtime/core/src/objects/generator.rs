//! Generators: suspended frames. While a generator runs, its registers are on the value stack; while it is suspended,
//! they are in the generator.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::objects::code::{CodeObject, NOT_STARTED};
use crate::objects::function::FunctionObject;
use crate::objects::slots::Slots;
use crate::objects::str::{self, StrObject};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, singleton};
use crate::value::Value;
use sidewinder_bytecode::{Instruction, Op};
use std::cell::Cell;

/// Where a generator is in its life.
pub mod state {
    pub const CREATED: u32 = 0;
    pub const SUSPENDED: u32 = 1;
    pub const RUNNING: u32 = 2;
    pub const FINISHED: u32 = 3;
}

/// A generator. The registers of its frame, `register_count` words, follow: owned while it is suspended, else stale.
#[repr(C)]
pub struct GeneratorObject {
    pub header: Header,
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
    pub weakly_referenced: Cell<bool>,
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

crate::object_type!(GeneratorObject, GENERATOR);

impl GeneratorObject {
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
        matches!(self.state.get(), state::CREATED | state::SUSPENDED)
    }

    /// Whether closing it needs to run its code: it is suspended inside a `try`, or delegates to another iterator.
    pub fn needs_close(&self) -> bool {
        if self.state.get() != state::SUSPENDED {
            return false;
        }
        let code = self.code();
        let index = code.index_of(self.instruction.get()).saturating_sub(1) as u32;
        self.delegate().is_some()
            || code.data.handlers.iter().any(|handler| handler.start <= index && index < handler.end)
    }

    /// The iterator that a suspended generator delegates to by `yield from`, borrowed.
    pub fn delegate(&self) -> Option<Value> {
        if self.state.get() != state::SUSPENDED {
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
        if self.state.get() == state::CREATED {
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
    let count = code.register_count as usize;
    let share = |cell: &Cell<Value>| {
        crate::heap::owned::increment(cell.get());
        Cell::new(cell.get())
    };
    let generator = cx.heap.allocate(&GENERATOR.object, bytes(count), true) as *mut GeneratorObject;
    // SAFETY: (heap 3) fresh memory with room for `count` registers; the header is kept.
    unsafe {
        let header = std::ptr::read(&raw const (*generator).header);
        generator.write(GeneratorObject {
            header,
            state: Cell::new(state::CREATED),
            register_count: Cell::new(count as u32),
            instruction: Cell::new(code.instructions),
            result: Cell::new(Value::UNBOUND),
            handled: Cell::new(Value::UNBOUND),
            outside: Cell::new(Value::UNBOUND),
            name: share(&function_object.name),
            qualified_name: share(&function_object.qualified_name),
            code: share(&function_object.code),
            weakly_referenced: Cell::new(false),
            function: Cell::new(function.into_raw()),
        });
        let memory = (*generator).registers();
        for position in 0..count {
            let value = registers.get(position).copied().unwrap_or(Value::UNBOUND);
            // Volatile, lest the compiler call `memset` for a handful of words.
            memory.add(position).write_volatile(value);
        }
    }
    Owned::from_raw(Value::from_pointer(generator))
}

/// `generator.send(value)`: the next value, or a `StopIteration` that carries the result.
pub fn send(cx: &mut Context, generator: &GeneratorObject, value: Value) -> Result<Owned> {
    let item = (cx.interpreter().hooks.resume_generator)(cx, generator, value)?;
    match item {
        Some(item) => Ok(item),
        None => {
            let result = take_result(generator);
            Err(exception::raise_stop_iteration(cx, result.value()))
        }
    }
}

/// What a generator returned: `None` when it had finished before.
fn take_result(generator: &GeneratorObject) -> Owned {
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
    match generator.state.get() {
        state::FINISHED => return none(),
        state::RUNNING => {}
        _ if !generator.needs_close() => {
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
            Err(cx.raise(&exception::RUNTIME_ERROR, "generator ignored GeneratorExit"))
        }
        Ok(None) => Ok(take_result(generator)),
        Err(_) if cx.swallow(&exception::GENERATOR_EXIT) || cx.swallow(&exception::STOP_ITERATION) => none(),
        Err(raised) => Err(raised),
    }
}

/// Closes a generator that nobody refers to any more. Errors are only reported, as nobody could catch them.
fn finalize(cx: &mut Context, value: Value) -> Result<()> {
    // SAFETY: (heap 2) the slot of this type.
    let generator: &GeneratorObject = unsafe { value.cast_unchecked() };
    if generator.needs_close() && close(cx, generator).is_err() {
        crate::operations::finalize::report_unraisable(cx, "while closing generator", value);
    }
    Ok(())
}

fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    // SAFETY: (heap 2) the slot of this type.
    let generator: &GeneratorObject = unsafe { value.cast_unchecked() };
    let name = str::text(generator.qualified_name.get()).unwrap_or_default();
    Ok(StrObject::new(cx, &format!("<generator object {name} at {:#x}>", value.0)))
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
    children.push(generator.result.replace(Value::UNBOUND));
    children.push(generator.handled.replace(Value::UNBOUND));
    children.push(generator.function.replace(Value::UNBOUND));
    if generator.is_suspended() {
        generator.state.set(state::FINISHED);
        for position in (0..generator.register_count.get() as usize).rev() {
            // SAFETY: (objects 3) the words hold values, whose counts move to the list.
            children.push(unsafe { *generator.registers().add(position) });
        }
    }
    generator.state.set(state::FINISHED);
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    unsafe {
        let generator = &*(header as *const GeneratorObject);
        children.push(generator.code.replace(Value::UNBOUND));
        children.push(generator.name.replace(Value::UNBOUND));
        children.push(generator.qualified_name.replace(Value::UNBOUND));
        release_registers(header, children);
    }
}
