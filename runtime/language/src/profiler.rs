//! The module `_lsprof`, on which `cProfile` is built: how often functions are called and how long they run, over the events
//! of `sys.monitoring` (Modules/_lsprof.c).

mod entries;

use entries::Entries;
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::monitoring::event;
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::method::{BUILTIN_FUNCTION, METHOD_DESCRIPTOR, native};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{float, int, singleton};
use sidewinder_runtime::operations::finalize::report_unraisable_call;
use sidewinder_runtime::operations::{attribute, call, convert, import};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value, struct_sequence};
use std::cell::{Cell, RefCell};
use std::sync::LazyLock;
use std::time::Instant;

/// The number that profilers have among the tools of `sys.monitoring`.
const TOOL: i64 = 2;

/// The events that a profiler is told of, and its methods that are called for them.
const CALLBACKS: &[(usize, &str)] = &[
    (event::PY_START, "_pystart_callback"),
    (event::PY_RESUME, "_pystart_callback"),
    (event::PY_THROW, "_pythrow_callback"),
    (event::PY_RETURN, "_pyreturn_callback"),
    (event::PY_YIELD, "_pyreturn_callback"),
    (event::PY_UNWIND, "_pyreturn_callback"),
    (event::CALL, "_ccall_callback"),
    (event::C_RETURN, "_creturn_callback"),
    (event::C_RAISE, "_creturn_callback"),
];

struct_sequence! {
    /// What is known of a function.
    PROFILER_ENTRY = "_lsprof.profiler_entry" shows 6 {
        0 "code" "code object or built-in function name",
        1 "callcount" "how many times this was called",
        2 "reccallcount" "how many times called recursively",
        3 "totaltime" "total time in this entry",
        4 "inlinetime" "inline time in this entry (not in subcalls)",
        5 "calls" "details of the calls",
    }
    /// What is known of the calls of a function from another one.
    PROFILER_SUBENTRY = "_lsprof.profiler_subentry" shows 5 {
        0 "code" "called code object or built-in function name",
        1 "callcount" "how many times this is called",
        2 "reccallcount" "how many times this is called recursively",
        3 "totaltime" "total time spent in this call",
        4 "inlinetime" "inline time (not in further subcalls)",
    }
}

/// Fast profiler
#[native_module("_lsprof", types(Profiler))]
mod rows {
    use super::*;

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        PROFILER_ENTRY.add_to(cx, module)?;
        PROFILER_SUBENTRY.add_to(cx, module)
    }
}

/// Profiler(timer=None, timeunit=0.0, subcalls=True, builtins=True)
/// --
///
/// Counts calls and measures how long they take, by a fast clock or by the function that is given. If what that gives are
/// integers, the unit says how many seconds one of them stands for.
#[native_type("_lsprof.Profiler", base)]
#[derive(Traverse, Default)]
pub struct Profiler {
    entries: RefCell<Entries>,
    timer: Field,
    unit: Cell<f64>,
    enabled: Cell<bool>,
    /// Whether the calls of a function are told apart by their callers.
    subcalls: Cell<bool>,
    /// Whether functions in native code are measured, too.
    builtins: Cell<bool>,
    /// The timer's function runs.
    inside_timer: Cell<bool>,
}

/// What the clock shows, in nanoseconds.
fn nanoseconds() -> i64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_nanos() as i64
}

impl Profiler {
    /// What the clock or the timer shows, in its unit. Errors of the timer's function are reported, and it shows nought.
    fn time(&self, cx: &mut Context) -> i64 {
        let Some(timer) = self.timer.get() else { return nanoseconds() };
        let before = self.inside_timer.replace(true);
        let shown = call::call(cx, timer.value(), &[]);
        self.inside_timer.set(before);
        let time = shown.and_then(|shown| match self.unit.get() > 0.0 {
            true => ticks(cx, shown.value()),
            false => seconds(cx, shown.value()),
        });
        time.unwrap_or_else(|_| {
            report_unraisable_call(cx, "while calling _lsprof timer", timer.value());
            0
        })
    }

    /// A function is entered that the key stands for, and that is shown as what `shown` makes.
    fn enter(&self, cx: &mut Context, key: usize, shown: impl FnOnce(&mut Context) -> Owned) {
        let known = self.entries.borrow().find(key);
        let entry = known.unwrap_or_else(|| {
            let shown = shown(cx);
            self.entries.borrow_mut().add(key, shown)
        });
        self.entries.borrow_mut().enter(entry, self.subcalls.get());
        let now = self.time(cx);
        self.entries.borrow_mut().started(now);
    }

    /// The function that the key stands for is left.
    fn leave(&self, cx: &mut Context, key: usize) {
        let (is_empty, known) = {
            let entries = self.entries.borrow();
            (entries.is_idle(), entries.find(key))
        };
        match known {
            _ if is_empty => {}
            Some(entry) => {
                let now = self.time(cx);
                self.entries.borrow_mut().leave(entry, now, self.subcalls.get());
            }
            None => self.entries.borrow_mut().forget_innermost(),
        }
    }

    /// Ends all calls that have not ended.
    fn flush(&self, cx: &mut Context) {
        loop {
            let Some(entry) = self.entries.borrow().innermost() else { return };
            let now = self.time(cx);
            self.entries.borrow_mut().leave(entry, now, self.subcalls.get());
        }
    }

    /// Refuses what must not happen while the timer's function runs.
    fn outside_timer(&self, cx: &mut Context, doing: &str) -> Result<()> {
        if self.inside_timer.get() {
            return Err(cx.raise(&RUNTIME_ERROR, format!("cannot {doing} profiler in external timer")));
        }
        Ok(())
    }
}

/// What a timer shows that gives integers.
fn ticks(cx: &mut Context, shown: Value) -> Result<i64> {
    if !int::is_int_like(shown) {
        let name = shown.type_of().name();
        return Err(cx.type_error(format!("expect int, got {name}")));
    }
    int::as_i64(shown).ok_or_else(|| cx.overflow_error("Python int too large to convert to C PyTime_t"))
}

/// What a timer shows that gives seconds, in nanoseconds.
fn seconds(cx: &mut Context, shown: Value) -> Result<i64> {
    let seconds = match float::as_f64(shown) {
        Some(seconds) if seconds.is_nan() => return Err(cx.value_error("Invalid value NaN (not a number)")),
        Some(seconds) => seconds,
        None => convert::index_i64(cx, shown)? as f64,
    };
    let nanoseconds = (seconds * 1e9).floor();
    if nanoseconds.abs() >= i64::MAX as f64 {
        return Err(cx.overflow_error("timestamp too large to convert to C PyTime_t"));
    }
    Ok(nanoseconds as i64)
}

/// The key of a function in native code that is called with this first argument, if it is one that is measured.
fn native_key(callable: Value, argument: Value) -> Option<usize> {
    let function = native::cast(callable)?;
    let is_measured =
        callable.has_type(&BUILTIN_FUNCTION) || callable.has_type(&METHOD_DESCRIPTOR) && function.accepts(argument);
    is_measured.then_some(std::ptr::from_ref(function.definition) as usize)
}

/// What stands for a function in native code: for a method what its type has under that name, else a text.
fn shown_native(cx: &mut Context, callable: Value, argument: Value) -> Owned {
    let Some(function) = native::cast(callable) else { return Owned::new(callable) };
    let name = function.definition.name;
    let receiver = if callable.has_type(&METHOD_DESCRIPTOR) { Some(argument) } else { function.receiver() };
    let interned = str::intern(cx, name);
    let found = receiver.and_then(|receiver| receiver.type_of().lookup(cx, interned.value()));
    if let Some(found) = found {
        let found = Owned::new(found);
        match convert::repr(cx, found.value()) {
            Ok(shown) => return shown,
            Err(_) => drop(cx.take_pending()),
        }
    }
    let shown = match str::text(function.module) {
        Some(module) => format!("<built-in method {module}.{name}>"),
        None => format!("<built-in method {name}>"),
    };
    StrObject::new(cx, &shown)
}

/// Calls a function of `sys.monitoring` for the tool.
fn tell(cx: &mut Context, function: &str, arguments: &[Value]) -> Result<Owned> {
    let sys = import::module(cx, "sys")?;
    let monitoring = attribute::get_text(cx, sys.value(), "monitoring")?;
    let mut all = vec![Value::from_small_int(TOOL)];
    all.extend_from_slice(arguments);
    call::call_method(cx, monitoring.value(), function, &all)
}

#[methods]
impl Profiler {
    #[new]
    fn new(_cx: &mut Context, arguments: Arguments<'_>) -> Result<Profiler> {
        // They are the initialiser's.
        let _ = arguments;
        Ok(Profiler::default())
    }

    #[init(name = "Profiler")]
    fn init(
        &self,
        #[named]
        #[default(None)]
        timer: Option<Owned>,
        #[default(0.0)] timeunit: f64,
        #[default(true)] subcalls: bool,
        #[default(true)] builtins: bool,
    ) -> Result<()> {
        self.timer.set(timer);
        self.unit.set(timeunit);
        self.subcalls.set(subcalls);
        self.builtins.set(builtins);
        Ok(())
    }

    /// What is known of all functions that were called: a list of tuples with names (profiler_entry), whose last item is a
    /// list of the same kind for the calls from that function (profiler_subentry), or None.
    fn getstats(&self, cx: &mut Context) -> Result<Owned> {
        let factor = match self.unit.get() {
            unit if unit != 0.0 && !self.timer.is_empty() => unit,
            _ => 1e-9,
        };
        let entries = self.entries.borrow().snapshot();
        let mut rows = Vec::with_capacity(entries.len());
        for (shown, counts, calls) in entries {
            let mut callees = Vec::with_capacity(calls.len());
            for (shown, counts) in calls {
                let items = counts.items(cx, shown, factor);
                callees.push(PROFILER_SUBENTRY.make(cx, items)?);
            }
            let mut items = counts.items(cx, shown, factor);
            items.push(match callees.is_empty() {
                true => Owned::new(singleton::none()),
                false => ListObject::new(cx, callees),
            });
            rows.push(PROFILER_ENTRY.make(cx, items)?);
        }
        Ok(ListObject::new(cx, rows))
    }

    /// Starts to count and measure. The arguments change what the constructor's of the same name said.
    fn enable(
        this: &NativeObject<Self>,
        cx: &mut Context,
        #[named]
        #[default(true)]
        subcalls: bool,
        #[default(true)] builtins: bool,
    ) -> Result<()> {
        this.subcalls.set(subcalls);
        this.builtins.set(builtins);
        let name = StrObject::new(cx, "cProfile");
        tell(cx, "use_tool_id", &[name.value()])?;
        let mut events = 0;
        for (event, method) in CALLBACKS {
            let callback = attribute::get_text(cx, this.value(), method)?;
            tell(cx, "register_callback", &[Value::from_small_int(1 << event), callback.value()])?;
            events |= 1 << event;
        }
        tell(cx, "set_events", &[Value::from_small_int(events)])?;
        this.enabled.set(true);
        Ok(())
    }

    /// Stops to count and measure.
    fn disable(&self, cx: &mut Context) -> Result<()> {
        self.outside_timer(cx, "disable")?;
        if self.enabled.get() {
            for (event, _) in CALLBACKS {
                tell(cx, "register_callback", &[Value::from_small_int(1 << event), singleton::none()])?;
            }
            tell(cx, "set_events", &[Value::from_small_int(0)])?;
            tell(cx, "free_tool_id", &[])?;
            self.enabled.set(false);
            self.flush(cx);
        }
        Ok(())
    }

    /// Forgets what was counted and measured.
    fn clear(&self, cx: &mut Context) -> Result<()> {
        self.outside_timer(cx, "clear")?;
        let old = std::mem::take(&mut *self.entries.borrow_mut());
        drop(old);
        Ok(())
    }

    /// Called when a Python function starts, or goes on.
    fn _pystart_callback(&self, cx: &mut Context, code: Value, instruction_offset: Value) {
        let _ = instruction_offset;
        self.enter(cx, code.0 as usize, |_| Owned::new(code));
    }

    /// Called when a generator goes on with an exception.
    fn _pythrow_callback(&self, cx: &mut Context, code: Value, instruction_offset: Value, exception: Value) {
        let _ = (instruction_offset, exception);
        self.enter(cx, code.0 as usize, |_| Owned::new(code));
    }

    /// Called when a Python function ends, by an exception or otherwise, or gives an item.
    fn _pyreturn_callback(&self, cx: &mut Context, code: Value, instruction_offset: Value, retval: Value) {
        let _ = (instruction_offset, retval);
        self.leave(cx, code.0 as usize);
    }

    /// Called before a function in native code.
    fn _ccall_callback(
        &self,
        cx: &mut Context,
        code: Value,
        instruction_offset: Value,
        callable: Value,
        self_arg: Value,
    ) {
        let _ = (code, instruction_offset);
        if self.builtins.get()
            && let Some(key) = native_key(callable, self_arg)
        {
            self.enter(cx, key, |cx| shown_native(cx, callable, self_arg));
        }
    }

    /// Called after a function in native code.
    fn _creturn_callback(
        &self,
        cx: &mut Context,
        code: Value,
        instruction_offset: Value,
        callable: Value,
        self_arg: Value,
    ) {
        let _ = (code, instruction_offset);
        if self.builtins.get()
            && let Some(key) = native_key(callable, self_arg)
        {
            self.leave(cx, key);
        }
    }
}
