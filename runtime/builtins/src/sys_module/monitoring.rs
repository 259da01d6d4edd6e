//! `sys.monitoring`: tools announce themselves and the functions that they want to be called. No event is ever reported
//! yet, so asking for events raises `NotImplementedError`. No module to import: an attribute of `sys` alone.

use super::simple_namespace;
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::exception::NOT_IMPLEMENTED_ERROR;
use sidewinder_runtime::objects::type_object::OBJECT;
use sidewinder_runtime::objects::{instance, int, module, singleton, str};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::RefCell;

/// Number of tools.
const TOOLS: usize = 6;

/// The events, each a bit by its place.
const EVENTS: [&str; 19] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];

/// Events that can be switched on for one code object alone: all up to `STOP_ITERATION`, and `BRANCH`.
const LOCAL_EVENTS: i32 = 0x7ff | BRANCH;
const C_EVENTS: i32 = 0x3_0000;
const CALL: i32 = 0x10;
const BRANCH: i32 = 0x4_0000;

/// What a tool has announced.
#[derive(Default)]
struct Tool {
    name: Option<Owned>,
    callbacks: [Option<Owned>; EVENTS.len()],
}

#[derive(Default)]
struct Tools(RefCell<[Tool; TOOLS]>);

/// The place of a tool, if there is one of that number.
fn place(cx: &mut Context, tool: i32) -> Result<usize> {
    match usize::try_from(tool) {
        Ok(place) if place < TOOLS => Ok(place),
        _ => Err(cx.value_error(format!("invalid tool {tool} (must be between 0 and 5)"))),
    }
}

/// The place of a tool that is in use.
fn used_place(cx: &mut Context, tool: i32) -> Result<usize> {
    let place = place(cx, tool)?;
    let is_used = cx.state::<Tools>().0.borrow()[place].name.is_some();
    if is_used { Ok(place) } else { Err(cx.value_error(format!("tool {tool} is not in use"))) }
}

/// The code object of an argument.
fn check_code(cx: &mut Context, code: Value) -> Result<()> {
    match code.cast_exact::<CodeObject>() {
        Some(_) => Ok(()),
        None => Err(cx.type_error("code must be a code object")),
    }
}

/// Accepts the empty set of events alone.
fn only_none(cx: &mut Context, events: i32) -> Result<()> {
    if events == 0 { Ok(()) } else { Err(cx.raise(&NOT_IMPLEMENTED_ERROR, "events of sys.monitoring")) }
}

/// Takes away what a tool has announced; its name stays, if it is to be `kept`.
fn clear(cx: &mut Context, tool: i32, kept: bool) -> Result<()> {
    let place = place(cx, tool)?;
    let tools = cx.state::<Tools>();
    let old = std::mem::take(&mut tools.0.borrow_mut()[place]);
    if kept {
        tools.0.borrow_mut()[place].name = old.name.clone();
    }
    drop(old);
    Ok(())
}

#[native_module("sys.monitoring")]
mod rows {
    use super::*;

    #[constant]
    const DEBUGGER_ID: i64 = 0;
    #[constant]
    const COVERAGE_ID: i64 = 1;
    #[constant]
    const PROFILER_ID: i64 = 2;
    #[constant]
    const OPTIMIZER_ID: i64 = 5;

    /// Takes a tool's number for the tool of that name.
    #[function]
    fn use_tool_id(cx: &mut Context, tool_id: i32, name: Value) -> Result<()> {
        let place = place(cx, tool_id)?;
        if !str::is_str(name) {
            return Err(cx.value_error("tool name must be a str"));
        }
        let tools = cx.state::<Tools>();
        if tools.0.borrow()[place].name.is_some() {
            return Err(cx.value_error(format!("tool {tool_id} is already in use")));
        }
        tools.0.borrow_mut()[place].name = Some(Owned::new(name));
        Ok(())
    }

    /// Takes away a tool's callbacks and events.
    #[function]
    fn clear_tool_id(cx: &mut Context, tool_id: i32) -> Result<()> {
        clear(cx, tool_id, true)
    }

    /// Takes away a tool's callbacks and events, and gives its number back.
    #[function]
    fn free_tool_id(cx: &mut Context, tool_id: i32) -> Result<()> {
        clear(cx, tool_id, false)
    }

    /// The name of the tool of a number, or None.
    #[function]
    fn get_tool(cx: &mut Context, tool_id: i32) -> Result<Option<Owned>> {
        let place = place(cx, tool_id)?;
        Ok(cx.state::<Tools>().0.borrow()[place].name.clone())
    }

    /// Sets the function to call for an event, and gives the one before it.
    #[function]
    fn register_callback(cx: &mut Context, tool_id: i32, event: i32, func: Value) -> Result<Option<Owned>> {
        let place = place(cx, tool_id)?;
        if event.count_ones() != 1 || event < 0 {
            return Err(cx.value_error("The callback can only be set for one event at a time"));
        }
        let bit = event.trailing_zeros() as usize;
        if bit >= EVENTS.len() {
            return Err(cx.value_error(format!("invalid event {event}")));
        }
        let new = (func != singleton::none()).then(|| Owned::new(func));
        Ok(std::mem::replace(&mut cx.state::<Tools>().0.borrow_mut()[place].callbacks[bit], new))
    }

    /// The events that a tool has switched on for all code.
    #[function]
    fn get_events(cx: &mut Context, tool_id: i32) -> Result<i64> {
        place(cx, tool_id).map(|_| 0)
    }

    /// Switches events on for all code.
    #[function]
    fn set_events(cx: &mut Context, tool_id: i32, event_set: i32) -> Result<()> {
        place(cx, tool_id)?;
        if event_set < 0 || event_set >= 1 << EVENTS.len() {
            return Err(cx.value_error(format!("invalid event set {event_set:#x}")));
        }
        if event_set & C_EVENTS != 0 && event_set & CALL == 0 {
            return Err(cx.value_error("cannot set C_RETURN or C_RAISE events independently"));
        }
        used_place(cx, tool_id)?;
        only_none(cx, event_set & !C_EVENTS)
    }

    /// The events that a tool has switched on for a code object.
    #[function]
    fn get_local_events(cx: &mut Context, tool_id: i32, code: Value) -> Result<i64> {
        check_code(cx, code)?;
        place(cx, tool_id).map(|_| 0)
    }

    /// Switches events on for a code object.
    #[function]
    fn set_local_events(cx: &mut Context, tool_id: i32, code: Value, event_set: i32) -> Result<()> {
        check_code(cx, code)?;
        place(cx, tool_id)?;
        if event_set & C_EVENTS != 0 && event_set & CALL == 0 {
            return Err(cx.value_error("cannot set C_RETURN or C_RAISE events independently"));
        }
        if event_set & !C_EVENTS & !LOCAL_EVENTS != 0 {
            return Err(cx.value_error(format!("invalid local event set {event_set:#x}")));
        }
        used_place(cx, tool_id)?;
        only_none(cx, event_set & !C_EVENTS)
    }

    /// Switches places on again whose callbacks have switched them off.
    #[function]
    fn restart_events() {}

    /// The tools that have switched an event on, by its name.
    #[function]
    fn _all_events(cx: &mut Context) -> Owned {
        DictObject::new(cx)
    }
}

/// The module with what is no constant: `events`, and the two marks.
pub fn make(cx: &mut Context) -> Result<Owned> {
    let module = MODULE.make(cx)?;
    let mut events: Vec<(&str, Owned)> = Vec::new();
    for (bit, name) in EVENTS.iter().enumerate() {
        events.push((name, int::from_i64(cx, 1 << bit)));
    }
    events.push(("NO_EVENTS", int::from_i64(cx, 0)));
    let events = simple_namespace::make(cx, &events)?;
    let namespace = module::of(module.value()).namespace();
    namespace.set_text(cx, "events", events.value());
    for mark in ["DISABLE", "MISSING"] {
        let object = Owned::from_raw(Value::from_pointer(instance::allocate(cx, &OBJECT, 0)));
        namespace.set_text(cx, mark, object.value());
    }
    Ok(module)
}
