//! Frame objects: views of frames, made on demand. Frames themselves live on the value stack.
//!
//! A view names a running frame by its place and by a mark in that frame's header, which is gone as soon as another
//! frame is pushed there. A frame that an exception has left is described by what its traceback entry kept.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::objects::code::CodeObject;
use crate::objects::function::FunctionObject;
use crate::objects::generator::{self, GeneratorObject};
use crate::objects::singleton;
use crate::objects::slots::{CompareOp, Slots};
use crate::objects::str::StrObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::value::Value;
use sidewinder_bytecode::CodeFlags;
use std::cell::Cell;

/// A view of a frame.
#[repr(C)]
pub struct FrameObject {
    pub header: Header,
    /// The function that runs or ran. Owned.
    pub function: Value,
    /// Its code then. Owned.
    pub code: Value,
    /// A tuple of the locals of a frame that was left, or the generator whose frame this is; or unbound. Owned.
    pub source: Cell<Value>,
    /// The instruction that the frame was last known to be at.
    pub instruction: Cell<u32>,
    /// The mark in the header of the running frame.
    mark: u8,
    /// The registers of the running frame; null for others.
    base: Cell<*mut Value>,
}

/// A frame on the value stack, as `Hooks::walk_frames` shows it.
#[derive(Clone, Copy)]
pub struct LiveFrame {
    pub base: *mut Value,
    /// The header word whose bits 2 to 7 hold the mark.
    pub link: *mut Value,
    pub function: Value,
    pub code: Value,
    pub instruction: u32,
}

const MARK_SHIFT: u32 = 2;
const MARK_MASK: u64 = 0x3f;

impl LiveFrame {
    fn mark(&self) -> u8 {
        // SAFETY: (frames 1) a header word of a frame on the stack.
        (unsafe { *self.link }.0 >> MARK_SHIFT & MARK_MASK) as u8
    }

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

    /// The frame's mark, which it gets now unless it has one.
    fn ensure_mark(&self, cx: &Context) -> u8 {
        if self.mark() == 0 {
            let mark = 1 + cx.fresh_version() % MARK_MASK;
            // SAFETY: (frames 1) as above; these bits have no other use.
            unsafe { (*self.link).0 |= mark << MARK_SHIFT };
        }
        self.mark()
    }
}

pub static FRAME: StaticType = Immortal::new(
    TypeObject::builtin(
        "frame",
        size_of::<FrameObject>(),
        Slots {
            repr: Some(repr),
            hash: Some(hash),
            compare: Some(compare),
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

impl FrameObject {
    pub fn function(&self) -> &'static FunctionObject {
        // SAFETY: (heap 2) `function` is a function.
        unsafe { self.function.cast_unchecked() }
    }

    pub fn code(&self) -> &'static CodeObject {
        // SAFETY: (heap 2) `code` is a code object.
        unsafe { self.code.cast_unchecked() }
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
                    if frame.base == base && frame.code == self.code && frame.mark() == self.mark {
                        found = Some(*frame);
                    }
                    frame.base > base
                });
            });
        }
        match found {
            Some(frame) => self.instruction.set(frame.instruction),
            None => self.base.set(std::ptr::null_mut()),
        }
        found
    }

    /// The generator whose suspended frame this is.
    pub fn generator(&self) -> Option<&'static GeneratorObject> {
        generator::cast(self.source.get())
    }
}

/// Visits the frames on the stack, the running one first, as long as `visit` answers true.
pub fn walk(cx: &mut Context, mut visit: impl FnMut(&LiveFrame) -> bool) {
    (cx.interpreter().hooks.walk_frames)(cx, &mut visit);
}

/// A view of a running frame.
pub fn of_live(cx: &mut Context, frame: &LiveFrame) -> Owned {
    let mark = frame.ensure_mark(cx);
    allocate(cx, (frame.function, frame.code), Value::UNBOUND, frame.instruction, (frame.base, mark))
}

/// A view of a frame that is not running: `source` is a tuple of locals, a generator, or unbound.
pub fn of_left(cx: &mut Context, function: Value, code: Value, source: Value, instruction: u32) -> Owned {
    allocate(cx, (function, code), source, instruction, (std::ptr::null_mut(), 0))
}

fn allocate(
    cx: &mut Context,
    (function, code): (Value, Value),
    source: Value,
    instruction: u32,
    (base, mark): (*mut Value, u8),
) -> Owned {
    for value in [function, code, source] {
        crate::heap::owned::increment(value);
    }
    let frame = cx.heap.allocate(&FRAME.object, size_of::<FrameObject>(), true) as *mut FrameObject;
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe {
        let header = std::ptr::read(&raw const (*frame).header);
        frame.write(FrameObject {
            header,
            function,
            code,
            source: Cell::new(source),
            instruction: Cell::new(instruction),
            mark,
            base: Cell::new(base),
        });
    }
    Owned::from_raw(Value::from_pointer(frame))
}

/// Views of one frame are equal, whether it runs or belongs to a generator that does not.
fn compare(cx: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    let (Some(left), Some(right)) = (a.cast_exact::<FrameObject>(), b.cast_exact::<FrameObject>()) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    let same = a == b
        || left.code == right.code
            && match (left.live(cx), right.live(cx)) {
                (Some(one), Some(other)) => one.base == other.base,
                (None, None) => left.generator().is_some() && left.source == right.source,
                _ => false,
            };
    Ok(Owned::new(match op {
        CompareOp::Equal => singleton::boolean(same),
        CompareOp::NotEqual => singleton::boolean(!same),
        _ => singleton::not_implemented(),
    }))
}

fn hash(_cx: &mut Context, value: Value) -> Result<i64> {
    // SAFETY: (heap 2) the slot of this type.
    let frame: &FrameObject = unsafe { value.cast_unchecked() };
    Ok((frame.code.0 >> 4) as i64)
}

/// `<frame at 0x…, file '…', line n, code name>`
fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    // SAFETY: (heap 2) the slot of this type.
    let frame: &FrameObject = unsafe { value.cast_unchecked() };
    frame.live(cx);
    let code = frame.code();
    let line = code.line_of(frame.instruction.get() as usize);
    let text =
        format!("<frame at {:#x}, file '{}', line {line}, code {}>", value.0, code.data.file_name, code.data.name);
    Ok(StrObject::new(cx, &text))
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    let frame = unsafe { &*(header as *const FrameObject) };
    visit(frame.function);
    visit(frame.code);
    if !frame.source.get().is_unbound() {
        visit(frame.source.get());
    }
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    unsafe {
        let frame = &*(header as *const FrameObject);
        children.push(frame.code);
        children.push(frame.function);
        clear(header, children);
    }
}

unsafe fn clear(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    children.push(unsafe { &*(header as *const FrameObject) }.source.replace(Value::UNBOUND));
}
