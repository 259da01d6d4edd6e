//! What watches a program run: the tools of `sys.monitoring` (PEP 669), and over the same events the functions of
//! `sys.settrace` and `sys.setprofile`.
//!
//! While anything watches a thread, its code runs in the traced instance of the interpreter (`semantics/tracing`), which
//! calls `report` and its like. Two words that running code looks at anyway make it change over: the interrupt word, and
//! `Context::attention`. While a callback runs, nothing is reported, and its code is not traced.

mod legacy;

pub use legacy::{trace_line, traces_opcodes};

use crate::context::{Context, Result, attention, interrupt};
use crate::heap::Owned;
use crate::objects::code::CodeObject;
use crate::objects::{exception, int};
use crate::operations::call;
use crate::value::Value;
use sidewinder_bytecode::Instruction;
use std::collections::HashMap;

/// The events, by their places in a set of them.
pub mod event {
    pub const PY_START: usize = 0;
    pub const PY_RESUME: usize = 1;
    pub const PY_RETURN: usize = 2;
    pub const PY_YIELD: usize = 3;
    pub const CALL: usize = 4;
    pub const LINE: usize = 5;
    pub const INSTRUCTION: usize = 6;
    pub const JUMP: usize = 7;
    pub const BRANCH_LEFT: usize = 8;
    pub const BRANCH_RIGHT: usize = 9;
    pub const STOP_ITERATION: usize = 10;
    pub const RAISE: usize = 11;
    pub const EXCEPTION_HANDLED: usize = 12;
    pub const PY_UNWIND: usize = 13;
    pub const PY_THROW: usize = 14;
    pub const RERAISE: usize = 15;
    pub const C_RETURN: usize = 16;
    pub const C_RAISE: usize = 17;
    /// Either side of a branch; stands for the two.
    pub const BRANCH: usize = 18;
    /// Events below this one can be switched on for one code object, and off for one place.
    pub const LOCAL: usize = 11;
}

/// The names of the events.
pub const EVENTS: [&str; 19] = [
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

/// A set of events, a bit for each.
pub type EventSet = u32;

/// The set of these events.
pub const fn set_of(events: &[usize]) -> EventSet {
    let (mut set, mut at) = (0, 0);
    while at < events.len() {
        set |= 1 << events[at];
        at += 1;
    }
    set
}

/// Number of tools.
pub const TOOLS: usize = 6;

/// What a tool has announced.
#[derive(Default)]
pub struct Tool {
    pub name: Option<Owned>,
    pub callbacks: [Option<Owned>; EVENTS.len()],
    /// What it has switched on for all code.
    pub events: EventSet,
}

/// What watches an interpreter.
#[derive(Default)]
pub struct Monitoring {
    pub tools: [Tool; TOOLS],
    /// What callbacks give back to be called no more at a place, and get for an argument that is not there.
    pub disable: Option<Owned>,
    pub missing: Option<Owned>,
    /// Code objects for which a tool has switched on events.
    pub local_codes: usize,
    /// Grows whenever what is wanted may have changed.
    pub version: u64,
    /// How often places where callbacks had switched themselves off were switched on again.
    pub restarts: u64,
}

impl Monitoring {
    fn events(&self) -> EventSet {
        self.tools.iter().fold(0, |set, tool| set | tool.events)
    }

    fn is_on(&self) -> bool {
        self.local_codes > 0 || self.events() != 0
    }
}

/// What watches one code object.
#[derive(Default)]
pub struct CodeMonitoring {
    /// What each tool has switched on for it.
    pub local: [EventSet; TOOLS],
    /// The tools that an event at an instruction does not call any more.
    disabled: HashMap<(u32, usize), u8>,
    /// `Monitoring::restarts` when the first of them was noted.
    restarts: u64,
    /// Whether each instruction may be the first of its line that runs.
    pub line_starts: Vec<bool>,
}

/// What runs a thread's code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Runner {
    /// The interpreter, or machine code, which change over when something watches.
    #[default]
    Plain,
    /// The traced instance.
    Traced,
    /// A recording, or whatever else changes over when it is done.
    Other,
}

/// What watches a thread, and the traced instance's own state.
#[derive(Default)]
pub struct Tracing {
    /// The functions of `sys.settrace` and `sys.setprofile`.
    pub trace: Option<Owned>,
    pub profile: Option<Owned>,
    /// Everything runs traced, though nobody is told: a stress switch.
    pub forced: bool,
    /// Callbacks that run.
    pub inside: u32,
    pub runner: Runner,
    /// The event that the trace function is told of, which decides whether it may jump.
    pub told: Option<Told>,
    /// Where a trace function has made the running frame go on.
    pub jump: Option<u32>,
    /// What a native function has returned that made the thread traced: the call is completed there.
    pub returned: Option<Owned>,
    /// Where the exception was raised or passed on that a handler has just got.
    pub raised_at: Option<*const Instruction>,
    /// The call of a native function that has an end to be reported.
    pub native_call: Option<NativeCall>,
    /// How the frame that a native function has made, which runs next, is entered.
    pub entering: Option<Entering>,
}

/// How a frame is entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entering {
    Start,
    Resume,
}

/// An event as trace functions name it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    Call,
    Line,
    Return,
    /// Told as a return, which is suspended.
    Yield,
    Exception,
    Opcode,
    CCall,
    CReturn,
    CException,
}

impl Told {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Told::Call => "call",
            Told::Line => "line",
            Told::Return | Told::Yield => "return",
            Told::Exception => "exception",
            Told::Opcode => "opcode",
            Told::CCall => "c_call",
            Told::CReturn => "c_return",
            Told::CException => "c_exception",
        }
    }
}

/// A call of something that is no Python function.
pub struct NativeCall {
    pub base: *mut Value,
    pub pc: *const Instruction,
    pub callable: Owned,
    /// The first argument, if there is one.
    pub argument: Option<Owned>,
}

impl Context {
    /// Whether something watches this thread.
    #[inline]
    pub fn is_traced(&self) -> bool {
        self.attention() & attention::TRACED != 0
    }

    /// The word behind `is_traced` and the finalizers that wait.
    #[inline(always)]
    fn attention(&self) -> u32 {
        self.finalizers_pending.get()
    }

    /// Whether running code is to change over to the traced instance here.
    #[inline]
    pub fn wants_tracing(&self) -> bool {
        self.is_traced() && self.tracing.runner == Runner::Plain && self.trace_top.is_null()
    }

    /// Looks again whether something watches the thread.
    pub fn update_tracing(&mut self) {
        self.interpreter().monitoring.version += 1;
        let tracing = &self.tracing;
        let watched = tracing.trace.is_some()
            || tracing.profile.is_some()
            || tracing.forced
            || self.interpreter().monitoring.is_on();
        let word = self.finalizers_pending.get() & !attention::TRACED;
        if watched && tracing.inside == 0 {
            self.finalizers_pending.set(word | attention::TRACED);
            self.request(interrupt::TRACED);
        } else {
            self.finalizers_pending.set(word);
        }
    }

    /// The same for all threads of the interpreter.
    pub fn update_tracing_everywhere(&mut self) {
        for &thread in &self.interpreter().threads {
            // SAFETY: (threads 2) contexts in the list are alive, and their threads do not hold the GIL.
            unsafe { &mut *thread }.update_tracing();
        }
    }

    /// Runs a callback: nothing is reported meanwhile. What was published of the running frame stays.
    pub fn in_callback<T>(&mut self, callback: impl FnOnce(&mut Context) -> T) -> T {
        let (runner, instruction) = (self.tracing.runner, self.instruction);
        // What waits for its finalizer goes on waiting: that is code of the program, and is told of.
        let floor = std::mem::replace(&mut self.teardown_floor, self.teardown.len());
        self.finalizers_pending.set(self.finalizers_pending.get() & !attention::FINALIZERS);
        self.tracing.inside += 1;
        self.tracing.runner = Runner::Plain;
        self.update_tracing();
        let result = callback(self);
        self.tracing.inside -= 1;
        self.tracing.runner = runner;
        self.instruction = instruction;
        self.teardown_floor = floor;
        if self.teardown.len() > floor {
            self.finalizers_pending.set(self.finalizers_pending.get() | attention::FINALIZERS);
        }
        self.update_tracing();
        result
    }
}

/// The events that anybody wants to know of code.
pub fn wanted(cx: &Context, code: &CodeObject) -> EventSet {
    let monitoring = &cx.interpreter().monitoring;
    let mut set = monitoring.events();
    if monitoring.local_codes > 0
        && let Some(own) = &*code.monitoring.borrow()
    {
        set |= own.local.iter().fold(0, |set, local| set | local);
    }
    if cx.tracing.trace.is_some() {
        set |= legacy::TRACE_EVENTS;
    }
    if cx.tracing.profile.is_some() {
        set |= legacy::PROFILE_EVENTS;
    }
    if set & 1 << event::CALL != 0 {
        set |= set_of(&[event::C_RETURN, event::C_RAISE]);
    }
    set
}

/// An event with what belongs to it.
#[derive(Clone, Copy)]
pub enum Detail {
    /// The code and the instruction alone.
    None,
    /// A value: what is returned or yielded, or an exception.
    Value(Value),
    /// The instruction that is jumped to.
    Target(u32),
    /// What is called, and the first argument (or unbound).
    Call(Value, Value),
}

/// Tells everybody who wants to know of an event at an instruction of the running frame, which is published. An error is
/// what a callback raised.
pub fn report(cx: &mut Context, code: &CodeObject, event: usize, index: u32, detail: Detail) -> Result<()> {
    legacy::report(cx, event, detail)?;
    report_to_tools(cx, code, event, index, detail)
}

/// The same for the tools of `sys.monitoring` alone.
pub fn report_to_tools(cx: &mut Context, code: &CodeObject, event: usize, index: u32, detail: Detail) -> Result<()> {
    if !cx.interpreter().monitoring.is_on() {
        return Ok(());
    }
    let at = if event == event::PY_START {
        int::from_i64(cx, 0)
    } else {
        int::from_usize(cx, code.offset_of(index as usize))
    };
    let (first, second) = match detail {
        Detail::None => (None, None),
        Detail::Value(value) => (Some(Owned::new(value)), None),
        Detail::Target(target) => {
            let (index, target) = (index as usize, target as usize);
            let falls = event == event::BRANCH_LEFT && target == index + 1;
            let place = if falls { code.shown().fall_of(index) } else { code.shown().start_of(target) };
            (Some(int::from_usize(cx, place)), None)
        }
        Detail::Call(callable, argument) => {
            let argument = if argument.is_unbound() { None } else { Some(Owned::new(argument)) };
            let argument = argument.or_else(|| cx.interpreter().monitoring.missing.clone());
            (Some(Owned::new(callable)), argument)
        }
    };
    let mut arguments = vec![Owned::new(code.value()), at];
    arguments.extend(first.into_iter().chain(second));
    call_tools(cx, code, event, index, &arguments)
}

/// Tells the tools of a line.
pub fn report_line(cx: &mut Context, code: &CodeObject, index: u32, line: u32) -> Result<()> {
    if !cx.interpreter().monitoring.is_on() {
        return Ok(());
    }
    let line = int::from_i64(cx, line as i64);
    call_tools(cx, code, event::LINE, index, &[Owned::new(code.value()), line])
}

fn call_tools(cx: &mut Context, code: &CodeObject, event: usize, index: u32, arguments: &[Owned]) -> Result<()> {
    // The ends of calls belong to the event of the call.
    let grouped = if matches!(event, event::C_RETURN | event::C_RAISE) { event::CALL } else { event };
    for place in (0..TOOLS).rev() {
        let tool = &cx.interpreter().monitoring.tools[place];
        let local = code.monitoring.borrow().as_ref().map_or(0, |own| own.local[place]);
        if (tool.events | local) & 1 << grouped == 0 || is_disabled(cx, code, (index, grouped), place) {
            continue;
        }
        let branch = matches!(event, event::BRANCH_LEFT | event::BRANCH_RIGHT);
        let own = tool.callbacks[event].clone();
        let both = own.is_none() && branch;
        let Some(callback) = own.or_else(|| if branch { tool.callbacks[event::BRANCH].clone() } else { None }) else {
            continue;
        };
        let values: Vec<Value> = arguments.iter().map(Owned::value).collect();
        let before = std::mem::replace(&mut cx.tracing.told, told_of(event));
        let result = cx.in_callback(|cx| call::call(cx, callback.value(), &values));
        cx.tracing.told = before;
        let result = result?;
        let disable = cx.interpreter().monitoring.disable.as_ref().map(Owned::value);
        if Some(result.value()) != disable {
            continue;
        }
        if grouped >= event::LOCAL {
            cx.interpreter().monitoring.tools[place].callbacks[event] = None;
            return Err(cx.value_error(format!("Cannot disable {} events. Callback removed.", EVENTS[event])));
        }
        disable_at(cx, code, (index, grouped), place);
        if both {
            disable_at(cx, code, (index, event::BRANCH_LEFT), place);
            disable_at(cx, code, (index, event::BRANCH_RIGHT), place);
        }
    }
    Ok(())
}

/// What decides whether the callback of an event may jump.
fn told_of(event: usize) -> Option<Told> {
    Some(match event {
        event::PY_START | event::PY_RESUME | event::PY_THROW => Told::Call,
        event::PY_YIELD => Told::Yield,
        event::PY_RETURN | event::PY_UNWIND => Told::Return,
        event::LINE => Told::Line,
        event::INSTRUCTION | event::BRANCH_LEFT | event::BRANCH_RIGHT | event::JUMP => Told::Opcode,
        event::CALL | event::C_RETURN | event::C_RAISE => Told::CCall,
        _ => Told::Exception,
    })
}

fn is_disabled(cx: &Context, code: &CodeObject, at: (u32, usize), tool: usize) -> bool {
    let own = code.monitoring.borrow();
    let Some(own) = &*own else { return false };
    own.restarts == cx.interpreter().monitoring.restarts
        && own.disabled.get(&at).is_some_and(|tools| tools & 1 << tool != 0)
}

fn disable_at(cx: &Context, code: &CodeObject, at: (u32, usize), tool: usize) {
    let restarts = cx.interpreter().monitoring.restarts;
    let mut own = code.monitoring.borrow_mut();
    let own = own.get_or_insert_default();
    if own.restarts != restarts {
        own.disabled.clear();
        own.restarts = restarts;
    }
    *own.disabled.entry(at).or_default() |= 1 << tool;
}

/// Switches on events of one code object for a tool, in place of those before.
pub fn set_local_events(cx: &mut Context, code: &CodeObject, tool: usize, events: EventSet) {
    let mut own = code.monitoring.borrow_mut();
    let own = own.get_or_insert_default();
    let was_on = own.local.iter().any(|local| *local != 0);
    let added = events & !own.local[tool];
    own.local[tool] = events;
    // Events that are switched on anew are reported at all places.
    own.disabled
        .iter_mut()
        .filter(|((_, event), _)| added & 1 << event != 0)
        .for_each(|(_, tools)| *tools &= !(1 << tool));
    let is_on = own.local.iter().any(|local| *local != 0);
    let monitoring = &mut cx.interpreter().monitoring;
    monitoring.local_codes = monitoring.local_codes + is_on as usize - was_on as usize;
    cx.update_tracing_everywhere();
}

/// A code object dies.
pub fn forget_code(cx: &mut Context, own: Option<Box<CodeMonitoring>>) {
    if own.is_some_and(|own| own.local.iter().any(|local| *local != 0)) {
        cx.interpreter().monitoring.local_codes -= 1;
    }
}

/// The exception that stands for the end of a generator that returned a value.
pub fn stop_iteration(cx: &mut Context, value: Value) -> Result<Owned> {
    let arguments = [value];
    let none = value == crate::objects::singleton::none();
    exception::new(cx, &exception::STOP_ITERATION, if none { &[] } else { &arguments })
}
