//! Tracebacks: the frames that an exception passed through, outermost first.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::code::{CodeObject, NOT_STARTED};
use crate::objects::frame::{self, FrameObject};
use crate::objects::iterator::arguments::{Signature, bad_argument};
use crate::objects::slots::Slots;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, int, singleton};
use crate::operations::convert;
use crate::value::Value;
use sidewinder_bytecode::shown::{NO_INSTRUCTION, UNIT_BYTES};
use std::cell::Cell;

/// One frame of a traceback.
#[repr(C)]
pub struct TracebackObject {
    pub header: Header,
    /// The entry of the frame that this one called, or unbound. Owned.
    pub next: Cell<Value>,
    /// The code object. Owned.
    pub code: Value,
    /// The function. Owned.
    pub function: Value,
    /// Index of the instruction that raised or called.
    pub instruction: u32,
    /// Where the exception has last left that code, or come to a handler: farther on, if it was raised again.
    pub left_at: Cell<u32>,
    /// The source line of `instruction`; 0 for none.
    pub line: Cell<u32>,
    /// What Python shows of the instruction, if Python code has made the entry; else `NOT_GIVEN`.
    given_offset: Cell<i32>,
    /// What keeps the frame's locals alive: a tuple of them, or the frame object once somebody asked for it; unbound while
    /// the frame handles the exception. Owned.
    pub frame: Cell<Value>,
    /// The registers of the frame when the entry was made.
    pub base: *mut Value,
    /// The entry in whose `next` this one is: that of the caller's frame. Only to be looked at; null when that is gone.
    outer: Cell<*const TracebackObject>,
}

pub static TRACEBACK: StaticType = Immortal::new(
    TypeObject::builtin(
        "traceback",
        size_of::<TracebackObject>(),
        Slots { new: Some(new), traverse: Some(traverse), release: Some(release), clear: Some(clear), ..Slots::EMPTY },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED)
    .with_doc("traceback(tb_next, tb_frame, tb_lasti, tb_lineno)\n--\n\nA new traceback object."),
);

crate::object_type!(TracebackObject, TRACEBACK);

impl TracebackObject {
    /// The entry of the frame called by this one.
    pub fn next(&self) -> Option<&'static TracebackObject> {
        self.next.get().cast_exact::<TracebackObject>()
    }

    /// The entry of the frame that had called this one's, as far as it is known and alive.
    pub fn outer(&self) -> Option<&'static TracebackObject> {
        // SAFETY: (heap 1) an entry that dies takes itself out of the one that follows.
        unsafe { self.outer.get().as_ref() }
    }

    /// The entry that follows no longer follows this one.
    fn leave_next(&self) {
        if let Some(next) = self.next()
            && std::ptr::eq(next.outer.get(), self)
        {
            next.outer.set(std::ptr::null());
        }
    }

    /// Makes `next` the entry that follows.
    pub fn set_next(&self, next: Option<Owned>) {
        self.leave_next();
        let next = next.map_or(Value::UNBOUND, Owned::into_raw);
        drop(Owned::from_raw_option(self.next.replace(next)));
    }

    /// The instruction as Python sees it.
    pub fn offset(&self) -> i64 {
        match () {
            () if self.given_offset.get() != NOT_GIVEN => self.given_offset.get() as i64,
            () if self.instruction == NOT_STARTED => 0,
            () => self.code().offset_of(self.instruction as usize) as i64,
        }
    }

    /// The frame's code object.
    pub fn code(&self) -> &'static CodeObject {
        // SAFETY: (heap 2) `code` is a code object.
        unsafe { self.code.cast_unchecked() }
    }

    pub fn value(&self) -> Value {
        Value::from_pointer(self)
    }
}

/// No offset in the code.
const NOT_GIVEN: i32 = i32::MIN;

/// `traceback(tb_next, tb_frame, tb_lasti, tb_lineno)`
fn new(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<4> = Signature {
        function: "traceback",
        names: ["tb_next", "tb_frame", "tb_lasti", "tb_lineno"],
        positional_only: 0,
        positional: 4,
        required: 4,
        rest: false,
        open: false,
    };
    let [next, frame, instruction, line] = SIGNATURE.bind(cx, arguments)?.map(|value| value.unwrap_or(Value::UNBOUND));
    let Some(own) = frame.cast_exact::<FrameObject>() else {
        return Err(bad_argument(cx, "traceback() argument 'tb_frame'", "frame", frame));
    };
    let (function, code) = (own.function, own.code);
    let offset = c_int(cx, instruction)?;
    let line = c_int(cx, line)?;
    if next != singleton::none() && next.cast_exact::<TracebackObject>().is_none() {
        let found = next.type_of().name();
        return Err(cx.type_error(format!("expected traceback object or None, got '{found}'")));
    }
    let next = if next == singleton::none() { Value::UNBOUND } else { Owned::new(next).into_raw() };
    // SAFETY: (heap 2) a frame has a code object.
    let own_code: &CodeObject = unsafe { code.cast_unchecked() };
    let unit = usize::try_from(offset).map_or(0, |offset| offset / UNIT_BYTES);
    let instruction = match own_code.shown().owners.get(unit) {
        Some(&index) if unit > 0 && index != NO_INSTRUCTION => index,
        _ => NOT_STARTED,
    };
    let line = u32::try_from(line).unwrap_or_else(|_| own_code.line_of(instruction as usize));
    let entry = allocate(cx, next, (function, code, frame), (instruction, line), std::ptr::null_mut());
    if let Some(own) = entry.value().cast_exact::<TracebackObject>() {
        own.given_offset.set(offset);
    }
    Ok(entry)
}

/// An argument that is an `int` in C.
fn c_int(cx: &mut Context, value: Value) -> Result<i32> {
    let number = convert::index(cx, value)?;
    let number = int::as_i64(number.value()).and_then(|number| i32::try_from(number).ok());
    number.ok_or_else(|| cx.overflow_error("Python int too large to convert to C int"))
}

fn allocate(
    cx: &mut Context,
    next: Value,
    (function, code, frame): (Value, Value, Value),
    (instruction, line): (u32, u32),
    base: *mut Value,
) -> Owned {
    let bytes = size_of::<TracebackObject>();
    let entry = cx.heap.allocate(&TRACEBACK.object, bytes, true) as *mut TracebackObject;
    for value in [function, code, frame] {
        crate::heap::owned::increment(value);
    }
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe {
        (&raw mut (*entry).next).write(Cell::new(next));
        (&raw mut (*entry).code).write(code);
        (&raw mut (*entry).function).write(function);
        (&raw mut (*entry).instruction).write(instruction);
        (&raw mut (*entry).left_at).write(Cell::new(instruction));
        (&raw mut (*entry).line).write(Cell::new(line));
        (&raw mut (*entry).given_offset).write(Cell::new(NOT_GIVEN));
        (&raw mut (*entry).frame).write(Cell::new(frame));
        (&raw mut (*entry).base).write(base);
        (&raw mut (*entry).outer).write(Cell::new(std::ptr::null()));
    }
    Owned::from_raw(Value::from_pointer(entry))
}

/// Puts an entry for the frame that the pending exception passes through in front of the exception's traceback.
/// `frame` may be unbound.
pub fn push(cx: &mut Context, function: Value, code: Value, instruction: u32, frame: Value) {
    if cx.pending.is_unbound() {
        return;
    }
    let exception = exception::of(cx.pending);
    // SAFETY: (heap 2) the interpreter passes a code object.
    let line = unsafe { code.cast_unchecked::<CodeObject>() }.line_of(instruction as usize);
    let next = exception.traceback().map_or(Value::UNBOUND, |next| Owned::new(next).into_raw());
    let base = cx.base;
    let entry = allocate(cx, next, (function, code, frame), (instruction, line), base);
    if let Some(own) = entry.value().cast_exact::<TracebackObject>()
        && let Some(next) = own.next()
        && next.outer.get().is_null()
    {
        next.outer.set(own);
    }
    exception.set_traceback(Some(entry));
}

/// The first entry of the pending exception's traceback, if it is one of that code's.
pub fn first_of(cx: &Context, code: Value) -> Option<&'static TracebackObject> {
    if cx.pending.is_unbound() {
        return None;
    }
    let first = exception::of(cx.pending).traceback().and_then(|first| first.cast_exact::<TracebackObject>());
    first.filter(|entry| entry.code == code)
}

/// Gives the locals of a frame that is left to the entry that the frame got when it began to handle the exception.
pub fn keep_locals(cx: &Context, code: Value, locals: Value) {
    let Some(entry) = first_of(cx, code) else { return };
    if entry.frame.get().is_unbound() {
        entry.frame.set(Owned::new(locals).into_raw());
    }
}

/// Gives an exception without a traceback an entry for the running frame.
pub fn add_running_frame(cx: &mut Context, exception: Value) {
    if exception::of(exception).traceback().is_some() {
        return;
    }
    if let Some(running) = frame::innermost(cx) {
        let pending = std::mem::replace(&mut cx.pending, exception);
        push(cx, running.function, running.code, running.instruction, Value::UNBOUND);
        cx.pending = pending;
    }
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    let entry = unsafe { &*(header as *const TracebackObject) };
    for value in [entry.next.get(), entry.code, entry.function, entry.frame.get()] {
        if !value.is_unbound() {
            visit(value);
        }
    }
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    unsafe {
        clear(header, children);
        let entry = &*(header as *const TracebackObject);
        children.push(entry.code);
        children.push(entry.function);
    }
}

unsafe fn clear(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    let entry = unsafe { &*(header as *const TracebackObject) };
    entry.leave_next();
    children.push(entry.frame.replace(Value::UNBOUND));
    children.push(entry.next.replace(Value::UNBOUND));
}
