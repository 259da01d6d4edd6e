//! `sys.monitoring`: tools announce themselves, the functions that they want to be called, and for which events. No module
//! to import: an attribute of `sys` alone. What happens at events is in `sidewinder_runtime::monitoring`.

use super::simple_namespace;
use sidewinder_macros::native_module;
use sidewinder_runtime::monitoring::{self, EVENTS, EventSet, TOOLS, event, set_of};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::type_object::OBJECT;
use sidewinder_runtime::objects::{instance, int, module, singleton, str};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Events that can be switched on for one code object alone: all up to `STOP_ITERATION`, and `BRANCH`.
const LOCAL_EVENTS: i32 = ((1 << event::LOCAL) - 1) | BRANCH;
const C_EVENTS: i32 = set_of(&[event::C_RETURN, event::C_RAISE]) as i32;
const CALL: i32 = 1 << event::CALL;
const BRANCH: i32 = 1 << event::BRANCH;
const BRANCH_SIDES: i32 = set_of(&[event::BRANCH_LEFT, event::BRANCH_RIGHT]) as i32;

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
    let is_used = cx.interpreter().monitoring.tools[place].name.is_some();
    if is_used { Ok(place) } else { Err(cx.value_error(format!("tool {tool} is not in use"))) }
}

/// The code object of an argument.
fn code_of(cx: &mut Context, code: Value) -> Result<&'static CodeObject> {
    match code.cast_exact::<CodeObject>() {
        Some(code) => Ok(code),
        None => Err(cx.type_error("code must be a code object")),
    }
}

/// What a set of events, as it is given, switches on: the ends of calls go with the calls, a branch is its two sides.
fn events(cx: &mut Context, given: i32) -> Result<EventSet> {
    if given & C_EVENTS != 0 && given & CALL == 0 {
        return Err(cx.value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    let sides = if given & BRANCH != 0 { BRANCH_SIDES } else { 0 };
    Ok((given & !C_EVENTS & !BRANCH | sides) as EventSet)
}

/// Takes away what a tool has announced; its name stays, if it is to be `kept`.
fn clear(cx: &mut Context, tool: i32, kept: bool) -> Result<()> {
    let place = place(cx, tool)?;
    let mut old = std::mem::take(&mut cx.interpreter().monitoring.tools[place]);
    if kept {
        cx.interpreter().monitoring.tools[place].name = old.name.take();
    }
    let mut codes = Vec::new();
    if cx.interpreter().monitoring.local_codes > 0 {
        crate::gc_module::each_tracked(cx, |object| {
            if let Some(code) = object.cast_exact::<CodeObject>()
                && code.monitoring.borrow().as_ref().is_some_and(|own| own.local[place] != 0)
            {
                codes.push(code);
            }
        });
    }
    for code in codes {
        monitoring::set_local_events(cx, code, place, 0);
    }
    cx.update_tracing_everywhere();
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
        if cx.interpreter().monitoring.tools[place].name.is_some() {
            return Err(cx.value_error(format!("tool {tool_id} is already in use")));
        }
        cx.interpreter().monitoring.tools[place].name = Some(Owned::new(name));
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
        Ok(cx.interpreter().monitoring.tools[place].name.clone())
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
        let callbacks = &mut cx.interpreter().monitoring.tools[place].callbacks;
        if bit == event::BRANCH {
            callbacks[event::BRANCH_LEFT] = None;
            callbacks[event::BRANCH_RIGHT] = None;
        }
        Ok(std::mem::replace(&mut callbacks[bit], new))
    }

    /// The events that a tool has switched on for all code.
    #[function]
    fn get_events(cx: &mut Context, tool_id: i32) -> Result<i64> {
        let place = place(cx, tool_id)?;
        Ok(cx.interpreter().monitoring.tools[place].events as i64)
    }

    /// Switches events on for all code.
    #[function]
    fn set_events(cx: &mut Context, tool_id: i32, event_set: i32) -> Result<()> {
        place(cx, tool_id)?;
        if event_set < 0 || event_set >= 1 << EVENTS.len() {
            return Err(cx.value_error(format!("invalid event set {event_set:#x}")));
        }
        let events = events(cx, event_set)?;
        let place = used_place(cx, tool_id)?;
        cx.interpreter().monitoring.tools[place].events = events;
        cx.update_tracing_everywhere();
        Ok(())
    }

    /// The events that a tool has switched on for a code object.
    #[function]
    fn get_local_events(cx: &mut Context, tool_id: i32, code: Value) -> Result<i64> {
        let code = code_of(cx, code)?;
        let place = place(cx, tool_id)?;
        Ok(code.monitoring.borrow().as_ref().map_or(0, |own| own.local[place]) as i64)
    }

    /// Switches events on for a code object.
    #[function]
    fn set_local_events(cx: &mut Context, tool_id: i32, code: Value, event_set: i32) -> Result<()> {
        let code = code_of(cx, code)?;
        place(cx, tool_id)?;
        let events = events(cx, event_set)?;
        if event_set & !C_EVENTS & !LOCAL_EVENTS != 0 {
            return Err(cx.value_error(format!("invalid local event set {event_set:#x}")));
        }
        let place = used_place(cx, tool_id)?;
        monitoring::set_local_events(cx, code, place, events);
        Ok(())
    }

    /// Switches places on again whose callbacks have switched them off.
    #[function]
    fn restart_events(cx: &mut Context) {
        cx.interpreter().monitoring.restarts += 1;
    }

    /// The tools that have switched an event on, by its name.
    #[function]
    fn _all_events(cx: &mut Context) -> Owned {
        let made = DictObject::new(cx);
        for (bit, name) in EVENTS.iter().enumerate() {
            let tools = cx.interpreter().monitoring.tools.iter().enumerate();
            let set = tools.filter(|(_, tool)| tool.events & 1 << bit != 0).fold(0, |set, (place, _)| set | 1 << place);
            if set != 0 {
                let set = int::from_i64(cx, set);
                dict::of(made.value()).set_text(cx, name, set.value());
            }
        }
        made
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
        let monitoring = &mut cx.interpreter().monitoring;
        let place = if mark == "DISABLE" { &mut monitoring.disable } else { &mut monitoring.missing };
        *place = Some(object);
    }
    Ok(module)
}
