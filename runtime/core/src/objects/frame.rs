//! Frame objects. Frames themselves live on the value stack; an object for one is made when somebody asks, and is the
//! same at every request as long as anybody has it.
//!
//! A running frame with an object is *observed*: its link word says so, by a continuation of its own, and `Context::observed`
//! has the object and the continuation that was there. So whatever leaves the frame comes by, and frames that nobody asked
//! about cost nothing. When such a frame is left, its object takes over the locals, if anybody else has it.

use crate::context::{Activation, Context, Result};
use crate::heap::owned::{count, increment};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::objects::cell::CellObject;
use crate::objects::code::CodeObject;
use crate::objects::function::FunctionObject;
use crate::objects::generator::{self, GeneratorObject};
use crate::objects::slots::Slots;
use crate::objects::str::StrObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::value::Value;
use sidewinder_bytecode::CodeFlags;
use std::cell::{Cell, RefCell};

/// A frame as an object.
#[repr(C)]
pub struct FrameObject {
    pub header: Header,
    /// The function that runs or ran. Owned.
    pub function: Value,
    /// Its code then. Owned.
    pub code: Value,
    /// The instruction that the frame was last known to be at.
    pub instruction: Cell<u32>,
    /// The line that the frame is said to be at while a trace function looks at it; 0 for that of its instruction.
    pub line: Cell<u32>,
    /// The registers of the running frame; null for others.
    base: Cell<*mut Value>,
    /// The generator whose frame this is, as long as that is neither finished nor dead; or unbound. Borrowed.
    generator: Cell<Value>,
    /// Of a frame that was left: the object of the frame that had called it, or unbound. Owned.
    back: Cell<Value>,
    /// Of a frame that was left: its locals. Owned.
    locals: RefCell<Vec<Value>>,
    /// A dict of what `f_locals` was given that the code has no variables for, or unbound. Owned.
    pub extra: Cell<Value>,
    /// The local trace function, or unbound. Owned.
    pub trace: Cell<Value>,
    pub trace_lines: Cell<bool>,
    pub trace_opcodes: Cell<bool>,
    /// `frame.clear` was called: nothing is shown any more.
    pub cleared: Cell<bool>,
}

/// A frame on the value stack, as `Hooks::walk_frames` shows it.
#[derive(Clone, Copy)]
pub struct LiveFrame {
    pub base: *mut Value,
    /// The header word that says how the frame is left.
    pub link: *mut Value,
    pub function: Value,
    pub code: Value,
    pub instruction: u32,
}

/// A running frame that has an object.
pub struct Observed {
    pub base: *mut Value,
    /// Its link word as it was.
    link: Value,
    frame: Owned,
}

/// The bits of a link word that say how a frame is left, and what is there for an observed one.
pub const KIND_SHIFT: u32 = 24;
const KIND_MASK: u64 = 0xff << KIND_SHIFT;
pub const OBSERVED_KIND: u64 = 3;

/// Whether a link word is that of an observed frame.
#[inline(always)]
pub fn says_observed(link: Value) -> bool {
    link.0 & KIND_MASK == OBSERVED_KIND << KIND_SHIFT
}

impl LiveFrame {
    /// The generator or coroutine whose frame this is.
    pub fn generator(&self) -> Option<&'static GeneratorObject> {
        // SAFETY: (heap 2) a frame has a code object.
        let code: &CodeObject = unsafe { self.code.cast_unchecked() };
        if code.flags & CodeFlags::SUSPENDS == 0 {
            return None;
        }
        // SAFETY: (frames 2) the header's last word; such a frame keeps its generator there, once it is made.
        let kept = unsafe { *self.link.add(1) };
        generator::cast(kept).filter(|generator| generator.code.get() == self.code)
    }

    /// Its registers, for a look that runs no Python.
    pub fn registers(&self) -> &[Value] {
        // SAFETY: (heap 2) a frame has a code object; (frames 2) that many registers start at its base.
        unsafe {
            let code: &CodeObject = self.code.cast_unchecked();
            std::slice::from_raw_parts(self.base, code.register_count as usize)
        }
    }
}

pub static FRAME: StaticType = Immortal::new(
    TypeObject::builtin(
        "frame",
        size_of::<FrameObject>(),
        Slots {
            repr: Some(repr),
            traverse: Some(traverse),
            release: Some(release),
            clear: Some(clear),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

crate::object_type!(FrameObject, FRAME);

/// In `FrameObject::line`: the line 0.
pub const BEFORE_FIRST_LINE: u32 = u32::MAX;

impl FrameObject {
    pub fn function(&self) -> &'static FunctionObject {
        // SAFETY: (heap 2) `function` is a function.
        unsafe { self.function.cast_unchecked() }
    }

    pub fn code(&self) -> &'static CodeObject {
        // SAFETY: (heap 2) `code` is a code object.
        unsafe { self.code.cast_unchecked() }
    }

    fn value(&self) -> Value {
        Value::from_pointer(self)
    }

    /// Whether the frame is on a value stack.
    pub fn is_running(&self) -> bool {
        !self.base.get().is_null()
    }

    /// The frame on the stack, while it is there.
    pub fn live(&self, cx: &mut Context) -> Option<LiveFrame> {
        let base = self.base.get();
        if base.is_null() {
            return None;
        }
        // It may be another thread's.
        let mut found = None;
        if let Some(thread) = cx.thread_of(base) {
            cx.in_thread(thread, |cx| {
                walk(cx, |frame| {
                    if frame.base == base {
                        found = Some(*frame);
                    }
                    frame.base > base
                });
            });
        }
        if let Some(frame) = found {
            self.instruction.set(frame.instruction);
        }
        found
    }

    /// The generator whose frame this is, unless that has ended.
    pub fn generator(&self) -> Option<&'static GeneratorObject> {
        generator::cast(self.generator.get())
    }

    /// The words of its locals, for a look that runs no Python: of a running frame, a suspended generator, or what it kept.
    pub fn with_locals<T>(&self, read: impl FnOnce(&[Value]) -> T) -> T {
        let count = self.code().local_count as usize;
        // SAFETY: (frames 1) a running frame, and a suspended generator's buffer, have a word for each local.
        let words = |start: *const Value| unsafe { std::slice::from_raw_parts(start, count) };
        if self.is_running() {
            return read(words(self.base.get()));
        }
        match self.generator() {
            Some(generator) if generator.is_suspended() => read(words(generator.registers())),
            Some(_) => read(&[]),
            None => read(&self.locals.borrow()),
        }
    }

    /// Stores into a local of the frame, wherever that is, and gives the old value.
    pub fn replace_local(&self, cx: &mut Context, register: usize, new: Owned) -> Option<Owned> {
        let start = match self.generator() {
            _ if self.is_running() => self.base.get(),
            Some(generator) if generator.is_suspended() => generator.registers(),
            Some(_) => return None,
            None => {
                let mut locals = self.locals.borrow_mut();
                let place = locals.get_mut(register)?;
                return Owned::from_raw_option(std::mem::replace(place, new.into_raw()));
            }
        };
        // SAFETY: (frames 1) the frame has a word for each local.
        let place = unsafe { start.add(register) };
        let new = new.into_raw();
        // SAFETY: as above.
        let old = unsafe { std::mem::replace(&mut *place, new) };
        Activation::note_write(cx, place, new);
        Owned::from_raw_option(old)
    }

    /// What it keeps of a frame that was left: for `frame.clear`.
    pub fn take_locals(&self) -> Vec<Owned> {
        let values = std::mem::take(&mut *self.locals.borrow_mut());
        let extra = self.extra.replace(Value::UNBOUND);
        values.into_iter().chain([extra]).filter_map(Owned::from_raw_option).collect()
    }

    /// The object of the frame that called this one, as far as that is known.
    pub fn back(&self, cx: &mut Context) -> Option<Owned> {
        let base = self.base.get();
        if base.is_null() {
            let back = self.back.get();
            return (!back.is_unbound()).then(|| Owned::new(back));
        }
        let thread = cx.thread_of(base)?;
        cx.in_thread(thread, |cx| caller_of(cx, base)).map(|caller| of_live(cx, &caller))
    }

    /// Says which frame had called one that was left.
    pub fn set_back(&self, back: Option<Owned>) {
        let back = back.map_or(Value::UNBOUND, Owned::into_raw);
        drop(Owned::from_raw_option(self.back.replace(back)));
    }

    /// Whether there is more in it than its frame has.
    fn has_own_state(&self) -> bool {
        !self.trace.get().is_unbound()
            || !self.extra.get().is_unbound()
            || !self.trace_lines.get()
            || self.trace_opcodes.get()
    }

    /// The generator ends: what it kept goes to the frame object, which nobody else tells any more.
    fn leave_generator(&self, locals: Vec<Value>) {
        self.generator.set(Value::UNBOUND);
        *self.locals.borrow_mut() = locals;
    }
}

/// Whether code that is no function runs a comprehension, whose variables only it has in registers: its other names are in a
/// namespace.
pub fn runs_comprehension(code: &CodeObject, registers: &[Value]) -> bool {
    let is_bound = |value: Value| match value.cast_exact::<CellObject>() {
        Some(cell) => !cell.content.get().is_unbound(),
        None => !value.is_unbound(),
    };
    registers.iter().zip(&code.data.local_names).enumerate().any(|(register, (&value, name))| {
        is_bound(value) && !name.starts_with('.') && !code.data.cell_registers.contains(&(register as u16))
    })
}

/// The line at which a call of code is told: its first one, or of a module the one before.
pub fn line_of_call(code: &CodeObject) -> u32 {
    if &*code.data.name == "<module>" { BEFORE_FIRST_LINE } else { code.data.first_line }
}

/// Visits the frames on the stack, the running one first, as long as `visit` answers true.
pub fn walk(cx: &mut Context, mut visit: impl FnMut(&LiveFrame) -> bool) {
    (cx.interpreter().hooks.walk_frames)(cx, &mut visit);
}

/// The running frame of the context's thread.
pub fn innermost(cx: &mut Context) -> Option<LiveFrame> {
    let mut running = None;
    walk(cx, |frame| {
        running = Some(*frame);
        false
    });
    running
}

/// The frame below the one at `base`.
fn caller_of(cx: &mut Context, base: *mut Value) -> Option<LiveFrame> {
    let (mut next, mut passed) = (None, false);
    walk(cx, |frame| {
        if passed {
            next = Some(*frame);
        }
        passed |= frame.base == base;
        next.is_none()
    });
    next
}

/// The object of a running frame.
pub fn of_live(cx: &mut Context, frame: &LiveFrame) -> Owned {
    let own = &raw mut *cx;
    let thread = cx.thread_of(frame.base).unwrap_or(own);
    // SAFETY: (frames 1) a header word of a frame on the stack.
    let link = unsafe { *frame.link };
    // SAFETY: (threads 2) contexts in the list are alive; what is done here runs no Python.
    let observed = unsafe { &mut (*thread).observed };
    if says_observed(link)
        && let Some(own) = observed.iter().rev().find(|own| own.base == frame.base)
    {
        return own.frame.clone();
    }
    let object = match frame.generator() {
        Some(generator) if !generator.frame.get().is_unbound() => Owned::new(generator.frame.get()),
        _ => allocate(cx, (frame.function, frame.code), frame.instruction),
    };
    observe(cx, thread, frame, object.clone());
    object
}

/// Makes a running frame one that has this object.
fn observe(cx: &mut Context, thread: *mut Context, live: &LiveFrame, object: Owned) {
    // SAFETY: (heap 2) callers pass a frame object.
    let frame: &FrameObject = unsafe { object.value().cast_unchecked() };
    frame.base.set(live.base);
    frame.instruction.set(live.instruction);
    if let Some(generator) = live.generator() {
        frame.generator.set(generator.value());
        generator.keep_frame(Some(object.clone()));
    }
    // SAFETY: (frames 1) a header word of a frame on the stack.
    let link = unsafe { *live.link };
    let changed = Value::from_word(link.0 & !KIND_MASK | OBSERVED_KIND << KIND_SHIFT);
    // SAFETY: as above.
    unsafe { *live.link = changed };
    let _ = cx;
    // SAFETY: (threads 2) as in `of_live`.
    let thread = unsafe { &mut *thread };
    Activation::note_link(thread, live.link, changed);
    let place = thread.observed.partition_point(|own| own.base < live.base);
    if thread.observed.get(place).is_some_and(|own| own.base == live.base) {
        thread.observed.remove(place);
    }
    thread.observed.insert(place, Observed { base: live.base, link, frame: object });
}

/// The frame object of an observed frame of this thread, borrowed.
pub fn observed_at(cx: &Context, base: *mut Value) -> Option<Value> {
    let own = cx.observed.iter().rev().find(|own| own.base == base)?;
    Some(own.frame.value())
}

/// The link word of a frame as it is without its object.
pub fn true_link(cx: &Context, base: *mut Value, link: Value) -> Value {
    if !says_observed(link) {
        return link;
    }
    cx.observed.iter().rev().find(|own| own.base == base).map_or(link, |own| own.link)
}

/// A generator whose frame has an object goes on as the frame on top of the stack.
pub fn resumed(cx: &mut Context, live: &LiveFrame) {
    if let Some(generator) = live.generator()
        && !generator.frame.get().is_unbound()
    {
        let object = Owned::new(generator.frame.get());
        let thread = &raw mut *cx;
        observe(cx, thread, live, object);
    }
}

/// Forgets what is said to run at or above `base`, and gives the entry of the frame there. Puts its link word back.
fn stop_observing(cx: &mut Context, base: *mut Value, link: *mut Value) -> Option<Owned> {
    while cx.observed.last().is_some_and(|own| own.base > base) {
        let stale = cx.observed.pop();
        if let Some(stale) = stale
            && let Some(frame) = stale.frame.value().cast_exact::<FrameObject>()
        {
            frame.base.set(std::ptr::null_mut());
        }
    }
    let own = cx.observed.pop_if(|own| own.base == base)?;
    // SAFETY: (frames 1) a header word of a frame on the stack.
    unsafe { *link = own.link };
    Some(own.frame)
}

/// The observed frame on top of the stack, a generator's, is about to be suspended.
pub fn suspends(cx: &mut Context, live: &LiveFrame) {
    let Some(object) = stop_observing(cx, live.base, live.link) else { return };
    // SAFETY: (heap 2) the table has frame objects.
    let frame: &FrameObject = unsafe { object.value().cast_unchecked() };
    frame.base.set(std::ptr::null_mut());
    frame.instruction.set(live.instruction);
    let Some(generator) = live.generator() else { return };
    if count(object.value()) == Some(2) && !frame.has_own_state() {
        frame.generator.set(Value::UNBOUND);
        generator.keep_frame(None);
    }
}

/// The observed frame on top of the stack is about to be left for good: its object takes over the locals, which are still
/// there, if anybody else has it. Gives the object then.
pub fn leaves(cx: &mut Context, live: &LiveFrame) -> Option<Owned> {
    let object = stop_observing(cx, live.base, live.link)?;
    // SAFETY: (heap 2) the table has frame objects.
    let frame: &FrameObject = unsafe { object.value().cast_unchecked() };
    if let Some(generator) = live.generator() {
        frame.generator.set(Value::UNBOUND);
        generator.keep_frame(None);
    }
    if count(object.value()) == Some(1) {
        frame.base.set(std::ptr::null_mut());
        return None;
    }
    let locals = live.registers()[..frame.code().local_count as usize].to_vec();
    locals.iter().for_each(|value| increment(*value));
    *frame.locals.borrow_mut() = locals;
    frame.instruction.set(live.instruction);
    // One that was resumed has no caller of its own.
    let caller = if frame.code().flags & CodeFlags::SUSPENDS != 0 { None } else { caller_of(cx, live.base) };
    let caller = caller.map(|caller| of_live(cx, &caller));
    frame.base.set(std::ptr::null_mut());
    frame.set_back(caller);
    Some(object)
}

/// A generator dies, or is closed, while it is suspended: its registers will go. The object of its frame takes over the
/// locals, if anybody else has it. Gives what the generator had of the object.
pub fn generator_ends(generator: &GeneratorObject) -> Value {
    if generator.frame.get().is_unbound() {
        return Value::UNBOUND;
    }
    let position = generator.position() as u32;
    let object = generator.take_frame();
    let Some(frame) = object.cast_exact::<FrameObject>() else { return object };
    let mut locals = Vec::new();
    if generator.is_suspended() && count(object) != Some(1) {
        // SAFETY: (objects 3) the buffer of a suspended generator has a word for each local.
        let words = unsafe { std::slice::from_raw_parts(generator.registers(), frame.code().local_count as usize) };
        locals = words.to_vec();
        locals.iter().for_each(|value| increment(*value));
    }
    frame.instruction.set(position);
    frame.leave_generator(locals);
    object
}

/// The object of a generator that is suspended.
pub fn of_generator(cx: &mut Context, generator: &GeneratorObject) -> Owned {
    if !generator.frame.get().is_unbound() {
        return Owned::new(generator.frame.get());
    }
    let position = generator.position() as u32;
    let made = allocate(cx, (generator.function.get(), generator.code.get()), position);
    if let Some(frame) = made.value().cast_exact::<FrameObject>() {
        frame.generator.set(generator.value());
    }
    generator.keep_frame(Some(made.clone()));
    made
}

/// An object for a frame that was left with these locals.
pub fn of_left(cx: &mut Context, function: Value, code: Value, locals: Vec<Owned>, instruction: u32) -> Owned {
    let made = allocate(cx, (function, code), instruction);
    if let Some(frame) = made.value().cast_exact::<FrameObject>() {
        let locals = locals.into_iter().map(Owned::into_raw);
        // The code object stands for an unbound local.
        *frame.locals.borrow_mut() = locals.map(|value| if value == code { forget(value) } else { value }).collect();
    }
    made
}

/// Gives up a reference to what stands for an unbound local.
fn forget(value: Value) -> Value {
    drop(Owned::from_raw(value));
    Value::UNBOUND
}

fn allocate(cx: &mut Context, (function, code): (Value, Value), instruction: u32) -> Owned {
    for value in [function, code] {
        increment(value);
    }
    let frame = cx.heap.allocate(&FRAME.object, size_of::<FrameObject>(), true) as *mut FrameObject;
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe {
        let header = std::ptr::read(&raw const (*frame).header);
        frame.write(FrameObject {
            header,
            function,
            code,
            instruction: Cell::new(instruction),
            line: Cell::new(0),
            base: Cell::new(std::ptr::null_mut()),
            generator: Cell::new(Value::UNBOUND),
            back: Cell::new(Value::UNBOUND),
            locals: RefCell::new(Vec::new()),
            extra: Cell::new(Value::UNBOUND),
            trace: Cell::new(Value::UNBOUND),
            trace_lines: Cell::new(true),
            trace_opcodes: Cell::new(false),
            cleared: Cell::new(false),
        });
    }
    Owned::from_raw(Value::from_pointer(frame))
}

/// The line that a frame is at; `None` where its instruction has none.
pub fn line_of(cx: &mut Context, frame: &FrameObject) -> Option<u32> {
    if frame.line.get() == BEFORE_FIRST_LINE {
        return Some(0);
    }
    if frame.line.get() != 0 {
        return Some(frame.line.get());
    }
    let index = position(cx, frame);
    let code = frame.code();
    let line = if index < code.data.instructions.len() { code.own_line(index) } else { code.data.first_line };
    (line != 0).then_some(line)
}

/// The instruction that a frame is at.
pub fn position(cx: &mut Context, frame: &FrameObject) -> usize {
    if let Some(generator) = frame.generator()
        && generator.is_suspended()
    {
        return generator.position();
    }
    frame.live(cx);
    frame.instruction.get() as usize
}

/// `<frame at 0x…, file '…', line n, code name>`
fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    // SAFETY: (heap 2) the slot of this type.
    let frame: &FrameObject = unsafe { value.cast_unchecked() };
    let line = line_of(cx, frame).map_or("None".to_string(), |line| line.to_string());
    let code = frame.code();
    let text = format!(
        "<frame at {:#x}, file '{}', line {line}, code {}>",
        frame.value().0,
        code.data.file_name,
        code.data.name
    );
    Ok(StrObject::new(cx, &text))
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    let frame = unsafe { &*(header as *const FrameObject) };
    let fields = [frame.function, frame.code, frame.back.get(), frame.extra.get(), frame.trace.get()];
    let locals = frame.locals.borrow();
    fields.iter().chain(locals.iter()).filter(|value| !value.is_unbound()).for_each(|value| visit(*value));
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type; the Rust field is dropped with the object.
    unsafe {
        let frame = header as *mut FrameObject;
        children.push((*frame).code);
        children.push((*frame).function);
        clear(header, children);
        std::ptr::drop_in_place(&raw mut (*frame).locals);
    }
}

unsafe fn clear(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    let frame = unsafe { &*(header as *const FrameObject) };
    for value in std::mem::take(&mut *frame.locals.borrow_mut()) {
        children.push(value);
    }
    for field in [&frame.back, &frame.extra, &frame.trace] {
        children.push(field.replace(Value::UNBOUND));
    }
}
