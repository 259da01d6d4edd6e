//! Attributes of frame objects, the mapping of their locals, and how they are got: `sys._getframe`, tracebacks,
//! generators.

mod jump;

use crate::code_methods::read_only;
use sidewinder_bytecode::shown::UNIT_BYTES;
use sidewinder_bytecode::{CodeFlags, Op};
use sidewinder_runtime::heap::{Header, Immortal};
use sidewinder_runtime::monitoring::Told;
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::cell::{self, CellObject};
use sidewinder_runtime::objects::code::NOT_STARTED;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::types;
use sidewinder_runtime::objects::frame::{self, FRAME, FrameObject};
use sidewinder_runtime::objects::generator::{self, GeneratorObject, state};
use sidewinder_runtime::objects::iterator::{release_fields, traverse_fields};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, Slots};
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::traceback::TracebackObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType, flags};
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{call, compare, convert, iterate, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, TypeObject, Value};
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
        let index = frame::position(cx, of(value));
        // A trace function is told of a call before the first instruction.
        let is_call = cx.tracing.told == Some(Told::Call);
        let code = of(value).code();
        let is_yield = code.data.instructions.get(index).is_some_and(|found| found.op == Op::Yield);
        let offset = match () {
            // A generator is about to go on after its `Yield`.
            () if is_call && is_yield && of(value).is_running() => code.offset_of(index) + UNIT_BYTES,
            () if is_call && of(value).line.get() != 0 => 0,
            () if index == NOT_STARTED as usize => 0,
            () => code.offset_of(index),
        };
        Ok(int::from_usize(cx, offset))
    }),
    GetSet {
        name: "f_lineno",
        get: |cx, value| {
            let line = frame::line_of(cx, of(value));
            Ok(line.map_or_else(none, |line| int::from_i64(cx, line as i64)))
        },
        set: Some(|cx, value, new| jump::set_line(cx, of(value), new)),
        doc: "",
    },
    read_only("f_locals", locals),
    read_only("f_generator", |cx, value| {
        let _ = cx;
        let generator = of(value).generator();
        Ok(generator.map_or_else(none, |generator| Owned::new(generator.value())))
    }),
    GetSet {
        name: "f_trace",
        get: |_, value| {
            let own = of(value).trace.get();
            Ok(if own.is_unbound() { none() } else { Owned::new(own) })
        },
        set: Some(set_trace),
        doc: "",
    },
    GetSet {
        name: "f_trace_lines",
        get: |_, value| Ok(truth(of(value).trace_lines.get())),
        set: Some(|cx, value, new| flag(cx, new, "f_trace_lines").map(|flag| of(value).trace_lines.set(flag))),
        doc: "",
    },
    GetSet {
        name: "f_trace_opcodes",
        get: |_, value| Ok(truth(of(value).trace_opcodes.get())),
        set: Some(|cx, value, new| flag(cx, new, "f_trace_opcodes").map(|flag| of(value).trace_opcodes.set(flag))),
        doc: "",
    },
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

/// `frame.f_trace = function`; None and deletion take it away.
fn set_trace(_cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let nothing = new.is_unbound() || new == singleton::none();
    let new = if nothing { Value::UNBOUND } else { Owned::new(new).into_raw() };
    drop(Owned::from_raw_option(of(value).trace.replace(new)));
    Ok(())
}

/// The error for an attribute that must not be deleted.
fn undeletable(cx: &mut Context, name: &str) -> Raised {
    cx.raise(&types::ATTRIBUTE_ERROR, format!("attribute '{name}' of 'frame' objects cannot be deleted"))
}

/// A new value for an attribute that is true or false.
fn flag(cx: &mut Context, new: Value, name: &str) -> Result<bool> {
    if new.is_unbound() && name == "f_trace_lines" {
        return Err(cx.type_error("can't delete numeric/char attribute"));
    }
    if new.is_unbound() {
        return Err(undeletable(cx, name));
    }
    if !new.has_type(&singleton::BOOL) {
        return Err(cx.type_error("attribute value type must be bool"));
    }
    Ok(new == singleton::true_())
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

/// `traceback.tb_frame`. The entry keeps the frame object, so that it is always the same one. With it come those of the
/// frames that had called it, as far as the traceback names them.
pub fn of_traceback(cx: &mut Context, entry: &TracebackObject) -> Owned {
    let mut entries = vec![entry];
    while let Some(outer) = entries[entries.len() - 1].outer()
        && !entries[entries.len() - 1].frame.get().has_type(&FRAME)
    {
        entries.push(outer);
    }
    let mut made: Option<Owned> = None;
    for entry in entries.into_iter().rev() {
        let own = of_entry(cx, entry, made.take());
        made = Some(own);
    }
    made.unwrap_or_else(none)
}

/// The frame object of one entry, whose caller's is `back`.
fn of_entry(cx: &mut Context, entry: &TracebackObject, back: Option<Owned>) -> Owned {
    let kept = entry.frame.get();
    if kept.has_type(&FRAME) {
        return Owned::new(kept);
    }
    let mut running = None;
    if kept.is_unbound() {
        // It may be another thread's.
        let own = &raw mut *cx;
        let thread = cx.thread_of(entry.base).unwrap_or(own);
        cx.in_thread(thread, |cx| {
            frame::walk(cx, |frame| {
                if frame.function == entry.function
                    && frame.code == entry.code
                    && (frame.base == entry.base || entry.base.is_null())
                {
                    running = Some(*frame);
                }
                running.is_none()
            });
        });
    }
    let made = match running {
        Some(running) => frame::of_live(cx, &running),
        None => {
            let locals = kept.cast_exact::<TupleObject>().map_or(&[][..], |kept| kept.as_slice());
            let locals = locals.iter().map(|value| Owned::new(*value)).collect();
            let made = frame::of_left(cx, entry.function, entry.code, locals, entry.left_at.get());
            of(made.value()).set_back(back);
            made
        }
    };
    drop(Owned::from_raw_option(entry.frame.replace(made.clone().into_raw())));
    made
}

/// `generator.gi_frame`: `None` once it has finished.
pub fn of_generator(cx: &mut Context, generator: &GeneratorObject) -> Owned {
    match generator.stage() {
        state::FINISHED => none(),
        state::RUNNING => {
            let mut running = None;
            let threads = cx.interpreter().threads.clone();
            for thread in threads {
                cx.in_thread(thread, |cx| {
                    frame::walk(cx, |frame| {
                        if frame.generator().is_some_and(|own| std::ptr::eq(own, generator)) {
                            running = Some(*frame);
                        }
                        running.is_none()
                    });
                });
            }
            running.map_or_else(none, |running| frame::of_live(cx, &running))
        }
        _ => frame::of_generator(cx, generator),
    }
}

// Attributes.

fn back(cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(of(value).back(cx).unwrap_or_else(none))
}

fn clear(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let frame = of(arguments[0]);
    if let Some(generator) = frame.generator() {
        match generator.stage() {
            state::RUNNING => return Err(cx.raise(&types::RUNTIME_ERROR, "cannot clear an executing frame")),
            state::SUSPENDED => return Err(cx.raise(&types::RUNTIME_ERROR, "cannot clear a suspended frame")),
            _ => {
                generator::hooks::warn_if_unawaited(cx, generator);
                drop(generator::close(cx, generator)?);
            }
        }
    }
    if frame.is_running() {
        return Err(cx.raise(&types::RUNTIME_ERROR, "cannot clear an executing frame"));
    }
    let trace = Owned::from_raw_option(frame.trace.replace(Value::UNBOUND));
    frame.cleared.set(true);
    for value in frame.take_locals().into_iter().chain(trace) {
        cx.release(value.into_raw());
    }
    Ok(none())
}

/// The globals of a module, the namespace of a class body, a `FrameLocalsProxy` of a function.
fn locals(cx: &mut Context, value: Value) -> Result<Owned> {
    let frame = of(value);
    let code = frame.code();
    if !code.has_flag(CodeFlags::FUNCTION) && frame.with_locals(|locals| frame::runs_comprehension(code, locals)) {
        return Ok(proxy_of(cx, value));
    }
    if code.has_flag(CodeFlags::NAMESPACE) {
        let namespace = frame.with_locals(|registers| registers.first().copied().unwrap_or(Value::UNBOUND));
        return Ok(if namespace.is_unbound() { DictObject::new(cx) } else { Owned::new(namespace) });
    }
    if !code.has_flag(CodeFlags::FUNCTION) {
        return Ok(Owned::new(frame.function().globals.get()));
    }
    Ok(proxy_of(cx, value))
}

/// A proxy of a frame object.
fn proxy_of(cx: &mut Context, frame: Value) -> Owned {
    let proxy = cx.heap.allocate(&PROXY.object, size_of::<LocalsProxy>(), true) as *mut LocalsProxy;
    // SAFETY: (heap 3) fresh memory of a proxy.
    unsafe { (&raw mut (*proxy).frame).write(Cell::new(Owned::new(frame).into_raw())) };
    Owned::from_raw(Value::from_pointer(proxy))
}

/// `FrameLocalsProxy(frame)`
fn new_proxy(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let given = arguments.positionals();
    if given.len() != 1 {
        return Err(cx.type_error(format!("FrameLocalsProxy expected 1 argument, got {}", given.len())));
    }
    if !given[0].has_type(&FRAME) {
        return Err(cx.type_error(format!("expect frame, not {}", given[0].type_of().name())));
    }
    Ok(proxy_of(cx, given[0]))
}

/// The register of a local, by its name or by whatever is equal to that.
fn register_of(cx: &mut Context, frame: &FrameObject, name: Value) -> Result<Option<usize>> {
    let names = frame.code().local_names();
    if str::is_str(name) {
        // Variables of comprehensions may have the name of another: the one that is bound last hides the others.
        let own = |register: &usize| str::equal(names[*register].value(), name);
        let bound = |values: &[Value]| (0..values.len()).rev().find(|place| !values[*place].is_unbound() && own(place));
        return Ok(frame.with_locals(bound).or_else(|| (0..names.len()).find(own)));
    }
    let hash = convert::hash(cx, name)?;
    for (register, own) in names.iter().enumerate() {
        if convert::hash(cx, own.value())? == hash && compare::equals(cx, own.value(), name)? {
            return Ok(Some(register));
        }
    }
    Ok(None)
}

/// A fresh dict of the frame's bound locals and free variables.
fn snapshot(cx: &mut Context, frame: &FrameObject) -> Result<Owned> {
    let code = frame.code();
    let mut pairs: Vec<(Owned, Owned)> = Vec::new();
    let mut add = |name: Value, value: Value| {
        let value = value.cast_exact::<CellObject>().map_or(value, |cell| cell.content.get());
        let hidden = str::text(name).is_some_and(|name| name.starts_with('.') && name != ".0");
        if !value.is_unbound() && !hidden {
            pairs.push((Owned::new(name), Owned::new(value)));
        }
    };
    frame.with_locals(|values| {
        for (register, value) in values.iter().enumerate() {
            add(code.local_name(register as u16), *value);
        }
    });
    if let Some(cells) = frame.function().closure.get().cast::<TupleObject>().filter(|_| !frame.cleared.get()) {
        for (index, cell) in cells.as_slice().iter().enumerate() {
            add(code.free_name(index as u16), *cell);
        }
    }
    let made = DictObject::new(cx);
    for (name, value) in &pairs {
        dict::of(made.value()).set(cx, name.value(), value.value())?;
    }
    let extra = frame.extra.get();
    if !extra.is_unbound() {
        update_dict(cx, dict::of(made.value()), extra)?;
        for (name, value) in &pairs {
            // Those come first.
            dict::of(made.value()).set(cx, name.value(), value.value())?;
        }
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
                // Proxies are made anew; the frame is the same.
                let value = Value::from_pointer(frame_of(value));
                if cx.repr_active.contains(&value) {
                    return Ok(str::StrObject::new(cx, "{...}"));
                }
                cx.repr_active.push(value);
                let shown = snapshot(cx, of(value)).and_then(|shown| convert::repr(cx, shown.value()));
                if let Some(position) = cx.repr_active.iter().rposition(|active| *active == value) {
                    cx.repr_active.remove(position);
                }
                shown
            }),
            hash: Some(|cx, value| Err(convert::unhashable(cx, value))),
            compare: Some(|cx, a, b, op| {
                let (a, b) = (plain(cx, a)?, plain(cx, b)?);
                compare::compare(cx, op, a.value(), b.value())
            }),
            new: Some(new_proxy),
            length: Some(|cx, value| {
                let shown = snapshot(cx, frame_of(value))?;
                Ok(dict::of(shown.value()).len())
            }),
            get_item: Some(|cx, value, key| {
                let shown = snapshot(cx, frame_of(value))?;
                match dict::of(shown.value()).get(cx, key)? {
                    Some(found) => Ok(Owned::new(found)),
                    None => {
                        let key = convert::repr(cx, key)?;
                        let text =
                            format!("local variable '{}' is not defined", str::text(key.value()).unwrap_or_default());
                        Err(cx.raise(&types::KEY_ERROR, text))
                    }
                }
            }),
            set_item: Some(set_item),
            binary: only_or(merged),
            inplace: only_or(merge),
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

fn set_item(cx: &mut Context, value: Value, key: Value, new: Value) -> Result<()> {
    let frame = frame_of(value);
    // Variables of a comprehension outside of functions are only to be read.
    let register = if frame.code().has_flag(CodeFlags::FUNCTION) { register_of(cx, frame, key)? } else { None };
    let free = free_cell(frame, key);
    if new.is_unbound() {
        if register.is_some() || free.is_some() {
            return Err(cx.value_error("cannot remove local variables from FrameLocalsProxy"));
        }
        let extra = frame.extra.get();
        let removed = !extra.is_unbound() && dict::of(extra).get(cx, key)?.is_some();
        return if removed { subscript::delete_item(cx, extra, key) } else { Err(cx.key_error(key)) };
    }
    if let Some(cell) = free {
        return store_in_cell(cell, new);
    }
    let Some(register) = register else {
        if frame.extra.get().is_unbound() {
            frame.extra.set(DictObject::new(cx).into_raw());
        }
        return dict::of(frame.extra.get()).set(cx, key, new);
    };
    let own = frame.with_locals(|values| values.get(register).copied().unwrap_or(Value::UNBOUND));
    if own.has_type(&cell::CELL) {
        return store_in_cell(own, new);
    }
    if let Some(old) = frame.replace_local(cx, register, Owned::new(new)) {
        cx.release(old.into_raw());
    }
    Ok(())
}

/// The cell of a free variable, by its name.
fn free_cell(frame: &FrameObject, name: Value) -> Option<Value> {
    if !str::is_str(name) {
        return None;
    }
    let cells = frame.function().closure.get().cast::<TupleObject>()?.as_slice();
    let mut indices = 0..cells.len();
    indices.find(|&index| str::equal(frame.code().free_name(index as u16), name)).map(|index| cells[index])
}

/// Puts all items of one dict into another.
fn update_dict(cx: &mut Context, target: &DictObject, source: Value) -> Result<()> {
    let source = dict::of(source);
    for index in 0..source.entry_count() {
        if let Some((key, value)) = source.entry(index) {
            let (key, value) = (Owned::new(key), Owned::new(value));
            target.set(cx, key.value(), value.value())?;
        }
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
    Native::new("keys", 0, 0, |cx, arguments| listed(cx, arguments[0], "keys"), "The names, in a list."),
    Native::new("values", 0, 0, |cx, arguments| listed(cx, arguments[0], "values"), "The values, in a list."),
    Native::new("items", 0, 0, |cx, arguments| listed(cx, arguments[0], "items"), "Names and values, in a list."),
    Native::new("copy", 0, 0, |cx, arguments| snapshot(cx, frame_of(arguments[0])), "A dict of the variables."),
    Native::new("__reversed__", 0, 0, reversed, "The names, the last one first."),
    Native::new("get", 1, 2, get, "The value of a variable, or a default."),
    Native::new("update", 1, 1, update, "D.update([E, ]**F) -> None."),
    Native::new("pop", 1, 2, pop, "Remove what is no local variable and return its value."),
    Native::new("setdefault", 1, 2, set_default, "Insert key with a value of default if key is not in the dictionary."),
];

/// What a method of a dict of the variables gives, in a list.
fn listed(cx: &mut Context, proxy: Value, method: &str) -> Result<Owned> {
    let shown = snapshot(cx, frame_of(proxy))?;
    let view = call::call_method(cx, shown.value(), method, &[])?;
    let items = iterate::collect(cx, view.value())?;
    Ok(ListObject::new(cx, items))
}

fn reversed(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let shown = snapshot(cx, frame_of(arguments[0]))?;
    let mut items = iterate::collect(cx, shown.value())?;
    items.reverse();
    Ok(ListObject::new(cx, items))
}

fn get(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let shown = snapshot(cx, frame_of(arguments[0]))?;
    let found = dict::of(shown.value()).get(cx, arguments[1])?.map(Owned::new);
    Ok(found.or_else(|| arguments.get(2).map(|default| Owned::new(*default))).unwrap_or_else(none))
}

fn update(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    if !is_mapping(arguments[1]) {
        return Err(cx.type_error("update() argument must be dict or another FrameLocalsProxy"));
    }
    update_from(cx, arguments[0], arguments[1])?;
    Ok(none())
}

/// Whether a proxy can be united with a value.
fn is_mapping(value: Value) -> bool {
    value.has_type(&PROXY) || value.cast::<DictObject>().is_some()
}

/// Writes all items of a mapping to the frame.
fn update_from(cx: &mut Context, proxy: Value, other: Value) -> Result<()> {
    let made = DictObject::new(cx);
    let other = plain(cx, other)?;
    update_dict(cx, dict::of(made.value()), other.value())?;
    let source = dict::of(made.value());
    for index in 0..source.entry_count() {
        if let Some((key, new)) = source.entry(index) {
            let (key, new) = (Owned::new(key), Owned::new(new));
            set_item(cx, proxy, key.value(), new.value())?;
        }
    }
    Ok(())
}

/// A table of operators with `|` alone.
const fn only_or(function: BinaryFunction) -> [Option<BinaryFunction>; BINARY_COUNT] {
    let mut table = [None; BINARY_COUNT];
    table[BinaryOp::Or as usize] = Some(function);
    table
}

/// `proxy |= mapping`
fn merge(cx: &mut Context, proxy: Value, other: Value) -> Result<Owned> {
    if !is_mapping(other) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    update_from(cx, proxy, other)?;
    Ok(Owned::new(proxy))
}

/// `proxy | mapping`, `mapping | proxy`: a dict.
fn merged(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    if !is_mapping(a) || !is_mapping(b) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let made = DictObject::new(cx);
    for source in [a, b] {
        let source = plain(cx, source)?;
        update_dict(cx, dict::of(made.value()), source.value())?;
    }
    Ok(made)
}

/// `proxy.pop(key, default)`: of what is no variable of the code.
fn pop(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (proxy, key) = (arguments[0], arguments[1]);
    let frame = frame_of(proxy);
    if register_of(cx, frame, key)?.is_some() || free_cell(frame, key).is_some() {
        return Err(cx.value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    let extra = frame.extra.get();
    let found = if extra.is_unbound() { None } else { dict::of(extra).get(cx, key)?.map(Owned::new) };
    match (found, arguments.get(2)) {
        (Some(found), _) => {
            subscript::delete_item(cx, extra, key)?;
            Ok(found)
        }
        (None, Some(default)) => Ok(Owned::new(*default)),
        (None, None) => Err(cx.key_error(key)),
    }
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
