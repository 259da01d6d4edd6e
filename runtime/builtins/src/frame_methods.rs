//! Attributes of frame objects, the mapping of their locals, and how they are got: `sys._getframe`, tracebacks,
//! generators.

use crate::code_methods::read_only;
use sidewinder_bytecode::CodeFlags;
use sidewinder_runtime::context::Activation;
use sidewinder_runtime::heap::{Header, Immortal};
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::cell::{self, CellObject};
use sidewinder_runtime::objects::code::NOT_STARTED;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, types};
use sidewinder_runtime::objects::frame::{self, FRAME, FrameObject};
use sidewinder_runtime::objects::generator::{self, GeneratorObject, state};
use sidewinder_runtime::objects::iterator::{release_fields, traverse_fields};
use sidewinder_runtime::objects::slots::Slots;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::traceback::TracebackObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType, flags};
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{attribute, compare, convert, iterate, subscript};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;

/// The types of this file with their attributes.
pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] = &[(&FRAME, METHODS, GETSET), (&PROXY, PROXY_METHODS, &[])];

static METHODS: &[Native] = &[Native::new("clear", 0, 0, clear, "Clear all references held by the frame.")];

static GETSET: &[GetSet] = &[
    read_only("f_back", back),
    read_only("f_builtins", |_, value| Ok(Owned::new(of(value).function().builtins.get()))),
    read_only("f_code", |_, value| Ok(Owned::new(of(value).code))),
    read_only("f_globals", |_, value| Ok(Owned::new(of(value).function().globals.get()))),
    read_only("f_lasti", |cx, value| {
        let index = position(cx, of(value));
        Ok(int::from_usize(cx, if index == NOT_STARTED as usize { 0 } else { 2 * index }))
    }),
    read_only("f_lineno", |cx, value| {
        let index = position(cx, of(value));
        Ok(int::from_i64(cx, of(value).code().line_of(index) as i64))
    }),
    read_only("f_locals", locals),
    read_only("f_generator", |cx, value| {
        let running = of(value).live(cx).and_then(|running| running.generator());
        let generator = running.or_else(|| of(value).generator());
        Ok(generator.map_or_else(none, |generator| Owned::new(generator.value())))
    }),
    GetSet { name: "f_trace", get: |_, _| Ok(none()), set: Some(refuse_tracing), doc: "" },
    GetSet { name: "f_trace_lines", get: |_, _| Ok(truth(true)), set: Some(refuse_tracing), doc: "" },
    GetSet { name: "f_trace_opcodes", get: |_, _| Ok(truth(false)), set: Some(refuse_tracing), doc: "" },
];

fn none() -> Owned {
    Owned::new(singleton::none())
}

fn truth(truth: bool) -> Owned {
    Owned::new(singleton::boolean(truth))
}

fn of(value: Value) -> &'static FrameObject {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}

fn refuse_tracing(cx: &mut Context, _value: Value, _new: Value) -> Result<()> {
    Err(cx.raise(&types::NOT_IMPLEMENTED_ERROR, "tracing of frames"))
}

// How frames are got.

/// `sys._getframe(depth)`
pub fn get_frame(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let depth = arguments.first().map_or(Ok(0), |depth| convert::index_i64(cx, *depth))?.max(0) as usize;
    match at_depth(cx, depth) {
        Some(frame) => Ok(frame),
        None => Err(cx.value_error("call stack is not deep enough")),
    }
}

/// The frame that many calls below the running one.
pub fn at_depth(cx: &mut Context, depth: usize) -> Option<Owned> {
    let (mut seen, mut found) = (0, None);
    frame::walk(cx, |frame| {
        if seen == depth {
            found = Some(*frame);
        }
        seen += 1;
        found.is_none()
    });
    found.map(|found| frame::of_live(cx, &found))
}

/// `traceback.tb_frame`. The entry keeps the frame object, so that it is always the same one.
pub fn of_traceback(cx: &mut Context, entry: &TracebackObject) -> Owned {
    let kept = entry.frame.get();
    if kept.has_type(&FRAME) {
        return Owned::new(kept);
    }
    let mut running = None;
    if kept.is_unbound() {
        frame::walk(cx, |frame| {
            if frame.function == entry.function && frame.code == entry.code {
                running = Some(*frame);
            }
            running.is_none()
        });
    }
    let made = match running {
        Some(running) => frame::of_live(cx, &running),
        None => frame::of_left(cx, entry.function, entry.code, kept, entry.instruction),
    };
    drop(Owned::from_raw_option(entry.frame.replace(made.clone().into_raw())));
    made
}

/// `generator.gi_frame`: `None` once it has finished.
pub fn of_generator(cx: &mut Context, generator: &GeneratorObject) -> Owned {
    match generator.state.get() {
        state::FINISHED => none(),
        state::RUNNING => {
            let mut running = None;
            frame::walk(cx, |frame| {
                if frame.generator().is_some_and(|own| std::ptr::eq(own, generator)) {
                    running = Some(*frame);
                }
                running.is_none()
            });
            running.map_or_else(none, |running| frame::of_live(cx, &running))
        }
        _ => {
            let position = generator.position() as u32;
            frame::of_left(cx, generator.function.get(), generator.code.get(), generator.value(), position)
        }
    }
}

// Attributes.

fn back(cx: &mut Context, value: Value) -> Result<Owned> {
    let Some(own) = of(value).live(cx) else { return Ok(none()) };
    let (mut next, mut passed) = (None, false);
    frame::walk(cx, |frame| {
        if passed {
            next = Some(*frame);
        }
        passed |= frame.base == own.base;
        next.is_none()
    });
    Ok(next.map_or_else(none, |next| frame::of_live(cx, &next)))
}

/// The instruction that the frame is at.
fn position(cx: &mut Context, frame: &FrameObject) -> usize {
    if let Some(generator) = frame.generator()
        && generator.is_suspended()
    {
        return generator.position();
    }
    frame.live(cx);
    frame.instruction.get() as usize
}

fn clear(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let frame = of(arguments[0]);
    if frame.live(cx).is_some() {
        return Err(cx.raise(&types::RUNTIME_ERROR, "cannot clear an executing frame"));
    }
    if let Some(generator) = frame.generator() {
        match generator.state.get() {
            state::RUNNING => return Err(cx.raise(&types::RUNTIME_ERROR, "cannot clear an executing frame")),
            state::SUSPENDED => return Err(cx.raise(&types::RUNTIME_ERROR, "cannot clear a suspended frame")),
            _ => {
                generator::hooks::warn_if_unawaited(cx, generator);
                drop(generator::close(cx, generator)?);
            }
        }
    }
    drop(Owned::from_raw_option(frame.source.replace(Value::UNBOUND)));
    Ok(none())
}

/// The globals of a module, the namespace of a class body, a `FrameLocalsProxy` of a function.
fn locals(cx: &mut Context, value: Value) -> Result<Owned> {
    let frame = of(value);
    let code = frame.code();
    if code.has_flag(CodeFlags::NAMESPACE) {
        let namespace = registers(cx, frame, |registers| registers.first().copied().unwrap_or(Value::UNBOUND));
        return Ok(if namespace.is_unbound() { DictObject::new(cx) } else { Owned::new(namespace) });
    }
    if !code.has_flag(CodeFlags::FUNCTION) {
        return Ok(Owned::new(frame.function().globals.get()));
    }
    let proxy = cx.heap.allocate(&PROXY.object, size_of::<LocalsProxy>(), true) as *mut LocalsProxy;
    // SAFETY: (heap 3) fresh memory of a proxy.
    unsafe { (&raw mut (*proxy).frame).write(Cell::new(Owned::new(value).into_raw())) };
    Ok(Owned::from_raw(Value::from_pointer(proxy)))
}

/// Shows the locals of a frame (an empty slice if they are gone) to `read`. Values are borrowed from the frame.
fn registers<T>(cx: &mut Context, frame: &FrameObject, read: impl FnOnce(&[Value]) -> T) -> T {
    let count = frame.code().local_count as usize;
    // SAFETY: (frames 1) a running frame, and a suspended generator's buffer, have a word for each local.
    let words = |start: *const Value| unsafe { std::slice::from_raw_parts(start, count) };
    if let Some(live) = frame.live(cx) {
        return read(words(live.base));
    }
    if let Some(generator) = frame.generator() {
        return if generator.is_suspended() { read(words(generator.registers())) } else { read(&[]) };
    }
    match frame.source.get().cast_exact::<TupleObject>() {
        Some(kept) => read(kept.as_slice()),
        None => read(&[]),
    }
}

/// The register of a local, by its name.
fn register_of(frame: &FrameObject, name: Value) -> Option<usize> {
    let names = frame.code().local_names();
    names.iter().position(|own| str::equal(own.value(), name))
}

/// A fresh dict of the frame's bound locals and free variables.
fn snapshot(cx: &mut Context, frame: &FrameObject) -> Result<Owned> {
    let code = frame.code();
    let mut pairs: Vec<(Owned, Owned)> = Vec::new();
    let mut add = |name: Value, value: Value| {
        let value = value.cast_exact::<CellObject>().map_or(value, |cell| cell.content.get());
        let hidden = str::text(name).is_some_and(|name| name.starts_with('.') && name != ".0");
        // The code object stands for an unbound local of a frame that was left.
        if !value.is_unbound() && !hidden && value != frame.code {
            pairs.push((Owned::new(name), Owned::new(value)));
        }
    };
    registers(cx, frame, |values| {
        for (register, value) in values.iter().enumerate() {
            add(code.local_name(register as u16), *value);
        }
    });
    if let Some(cells) = frame.function().closure.get().cast::<TupleObject>() {
        for (index, cell) in cells.as_slice().iter().enumerate() {
            add(code.free_name(index as u16), *cell);
        }
    }
    let made = DictObject::new(cx);
    for (name, value) in pairs {
        dict::of(made.value()).set(cx, name.value(), value.value())?;
    }
    Ok(made)
}

// The mapping of locals.

/// `frame.f_locals` of a function: reads and writes the frame's variables.
#[repr(C)]
struct LocalsProxy {
    header: Header,
    /// The frame object. Owned.
    frame: Cell<Value>,
}

pub static PROXY: StaticType = Immortal::new(
    TypeObject::builtin(
        "FrameLocalsProxy",
        size_of::<LocalsProxy>(),
        Slots {
            repr: Some(|cx, value| {
                let shown = snapshot(cx, frame_of(value))?;
                convert::repr(cx, shown.value())
            }),
            hash: Some(|cx, value| Err(convert::unhashable(cx, value))),
            compare: Some(|cx, a, b, op| {
                let (a, b) = (plain(cx, a)?, plain(cx, b)?);
                compare::compare(cx, op, a.value(), b.value())
            }),
            get_attribute: Some(proxy_attribute),
            length: Some(|cx, value| {
                let shown = snapshot(cx, frame_of(value))?;
                Ok(dict::of(shown.value()).len())
            }),
            get_item: Some(|cx, value, key| {
                let shown = snapshot(cx, frame_of(value))?;
                match dict::of(shown.value()).get(cx, key)? {
                    Some(found) => Ok(Owned::new(found)),
                    None => {
                        let key = convert::str(cx, key)?;
                        let text =
                            format!("local variable '{}' is not defined", str::text(key.value()).unwrap_or_default());
                        Err(cx.raise(&types::KEY_ERROR, text))
                    }
                }
            }),
            set_item: Some(set_item),
            contains: Some(|cx, value, key| {
                let shown = snapshot(cx, frame_of(value))?;
                Ok(dict::of(shown.value()).get(cx, key)?.is_some())
            }),
            iter: Some(|cx, value| {
                let shown = snapshot(cx, frame_of(value))?;
                iterate::get_iter(cx, shown.value())
            }),
            traverse: Some(traverse_fields::<1>),
            release: Some(release_fields::<1>),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED | flags::MAPPING),
);

sidewinder_runtime::object_type!(LocalsProxy, PROXY);

fn frame_of(value: Value) -> &'static FrameObject {
    // SAFETY: (heap 2) the slot of this type, whose field is a frame object.
    unsafe { value.cast_unchecked::<LocalsProxy>().frame.get().cast_unchecked() }
}

/// The dict that a proxy shows; any other value itself.
fn plain(cx: &mut Context, value: Value) -> Result<Owned> {
    if value.has_type(&PROXY) { snapshot(cx, frame_of(value)) } else { Ok(Owned::new(value)) }
}

/// Methods that read are those of a dict with the present values; methods that write go through `set_item`.
fn proxy_attribute(cx: &mut Context, value: Value, name: Value) -> Result<Owned> {
    const READERS: [&str; 6] = ["keys", "values", "items", "get", "copy", "__reversed__"];
    if READERS.iter().any(|reader| str::equals_text(name, reader)) {
        let shown = snapshot(cx, frame_of(value))?;
        return attribute::get(cx, shown.value(), name);
    }
    attribute::generic_get(cx, value, name)
}

fn set_item(cx: &mut Context, value: Value, key: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(cx.value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    let frame = frame_of(value);
    if !str::is_str(key) {
        let text = convert::repr(cx, key)?;
        return Err(exception::raise_with(cx, &types::KEY_ERROR, text.value()));
    }
    if let Some(cells) = frame.function().closure.get().cast::<TupleObject>() {
        for (index, own) in cells.as_slice().iter().enumerate() {
            if str::equal(frame.code().free_name(index as u16), key) {
                return store_in_cell(*own, new);
            }
        }
    }
    let Some(register) = register_of(frame, key) else {
        return Err(cx.raise(&types::NOT_IMPLEMENTED_ERROR, "new names in f_locals"));
    };
    let place = match (frame.live(cx), frame.generator()) {
        (Some(live), _) => live.base,
        (None, Some(generator)) if generator.is_suspended() => generator.registers(),
        _ => return Ok(()),
    };
    // SAFETY: (frames 1) the frame has a word for each local.
    unsafe {
        let place = place.add(register);
        if (*place).has_type(&cell::CELL) {
            return store_in_cell(*place, new);
        }
        let old = std::mem::replace(&mut *place, Owned::new(new).into_raw());
        Activation::note_write(cx, place, new);
        drop(Owned::from_raw_option(old));
    }
    Ok(())
}

/// Puts a value into a cell.
fn store_in_cell(cell: Value, new: Value) -> Result<()> {
    if let Some(cell) = cell.cast_exact::<CellObject>() {
        let old = cell.content.replace(Owned::new(new).into_raw());
        drop(Owned::from_raw_option(old));
    }
    Ok(())
}

/// `FrameLocalsProxy.update`, `setdefault` and `|=` all write by `set_item`.
pub static PROXY_METHODS: &[Native] = &[
    Native::new("update", 1, 1, update, "D.update([E, ]**F) -> None."),
    Native::new("setdefault", 1, 2, set_default, "Insert key with a value of default if key is not in the dictionary."),
];

fn update(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let made = DictObject::new(cx);
    sidewinder_runtime::objects::iterator::dict_operations::update(cx, dict::of(made.value()), arguments[1])?;
    let source = dict::of(made.value());
    for index in 0..source.entry_count() {
        if let Some((key, new)) = source.entry(index) {
            set_item(cx, arguments[0], key, new)?;
        }
    }
    Ok(none())
}

fn set_default(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let shown = snapshot(cx, frame_of(arguments[0]))?;
    if let Some(found) = dict::of(shown.value()).get(cx, arguments[1])? {
        return Ok(Owned::new(found));
    }
    let default = arguments.get(2).copied().unwrap_or(singleton::none());
    subscript::set_item(cx, arguments[0], arguments[1], default)?;
    Ok(Owned::new(default))
}
