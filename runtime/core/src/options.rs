//! The one table of runtime options: `-X name=value` and the environment variable `SIDEWINDER_OPTIONS`
//! (`name=value,…`) set the same rows.

use crate::settings::Settings;

macro_rules! options {
    ($( #[doc = $doc:literal] $field:ident = $name:literal : $default:expr; )*) => {
        /// Values of all options. Numbers; a switch is 0 or 1.
        #[derive(Clone, Debug)]
        pub struct Options { $( #[doc = $doc] pub $field: u64, )* /** Stages to print, separated by `+`. */ pub dump: String, /** What is CPython's. */ pub settings: Settings }

        impl Default for Options {
            fn default() -> Options { Options { $( $field: $default, )* dump: String::new(), settings: Settings::default() } }
        }

        impl Options {
            /// Rows: name, default, documentation.
            pub fn table() -> Vec<(&'static str, u64, &'static str)> { vec![ $( ($name, $default, $doc.trim_ascii()), )* ] }

            fn set_number(&mut self, name: &str, value: u64) -> bool {
                match name { $( $name => self.$field = value, )* _ => return false }
                true
            }
        }
    };
}

/// Values of the option `jit`.
pub mod jit_mode {
    pub const OFF: u64 = 0;
    /// Compile on a worker thread.
    pub const ON: u64 = 1;
    /// Compile on the program's thread, so that runs repeat.
    pub const SYNC: u64 = 2;
}

/// Iterations of a loop before it is recorded, unless an option says otherwise. Below it records early.
pub const USUAL_THRESHOLD: u32 = 1000;

options! {
    /// Just-in-time compiler: off, on or sync (compile on the program's thread).
    jit = "jit": jit_mode::ON;
    /// Iterations of a loop before it is recorded.
    threshold = "threshold": USUAL_THRESHOLD as u64;
    /// Calls of a function before it is recorded.
    call_threshold = "call-threshold": 1500;
    /// Failures of a guard, besides one for each operation of the tree, before a side trace is recorded there.
    exit_threshold = "exit-threshold": 60;
    /// Operations after which a recording stops.
    trace_ops_max = "trace-ops-max": 6000;
    /// Operations after which a trace that is no loop ends; what follows becomes a tree of its own.
    trace_cut = "trace-cut": 800;
    /// Frames that a recording inlines.
    inline_depth_max = "inline-depth-max": 12;
    /// Levels of the same function that a recording inlines.
    inline_recursion_max = "inline-recursion-max": 2;
    /// Side traces of one trace tree.
    bridges_max = "bridges-max": 64;
    /// Stress: a cycle collection at every Nth exit of machine code.
    gc = "gc": 0;
    /// Stress: all traces are invalidated at every Nth visit of a hot loop.
    invalidate = "invalidate": 0;
    /// Print the warnings of the compiler; `-W ignore` switches them off.
    warnings = "warnings": 1;
    /// From 1 on no assertions, from 2 on no docstrings: `-O`, `-OO`.
    optimize = "optimize": 0;
    /// Stress: every Nth guard of machine code is taken as failed.
    guard_fail = "guard-fail": 0;
    /// Stress: every guard of machine code is taken as failed when it is first reached.
    exit_all = "exit-all": 0;
    /// Stress: every Nth call of Python code out of a trace has the trace's frames shown on the value stack.
    force_frames = "force-frames": 0;
    /// Stress: another thread runs beside the program and gets the GIL at every Nth visit of a hot loop.
    switch = "switch": 0;
    /// Stress: all code runs traced; from 2 on, a trace function in Python is told of every event.
    settrace = "settrace": 0;
    /// Check every trace, and what each phase makes of it.
    verify = "verify": cfg!(debug_assertions) as u64;
    /// Standard output and standard error are written at once (also `-u`).
    unbuffered = "unbuffered": 0;
    /// Print counters at exit.
    stats = "stats": 0;
}

impl Options {
    /// Sets one option from its text form; an error message if there is no such option or value.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        if name == "dump" {
            self.dump = value.to_string();
            return Ok(());
        }
        let number = match (name, value) {
            ("jit", "off") => jit_mode::OFF,
            ("jit", "on") => jit_mode::ON,
            ("jit", "sync") => jit_mode::SYNC,
            (_, "" | "on") => 1,
            (_, "off") => 0,
            _ => value.parse().map_err(|_| format!("option {name} needs a number, not '{value}'"))?,
        };
        if self.set_number(name, number) { Ok(()) } else { Err(format!("unknown option {name}")) }
    }

    /// Whether the loops' threshold is below the usual one: to find faults, so all that is hot is recorded at once, whatever
    /// that costs.
    pub fn records_early(&self) -> bool {
        self.threshold < USUAL_THRESHOLD as u64
    }

    /// What counts down to a recording starts at: the option's value, or less if loops' threshold is lower than usual.
    pub fn lowered(&self, threshold: u64) -> u32 {
        (if self.records_early() { self.threshold } else { threshold }) as u32
    }

    /// How many calls out of traces there are between two at which the stress switches `force-frames` and `switch` act.
    pub fn calls_out_period(&self) -> u64 {
        if self.force_frames != 0 { self.force_frames } else { self.switch }
    }

    /// Whether `stage` is to be dumped.
    pub fn dumps(&self, stage: &str) -> bool {
        self.dump.split('+').any(|name| name == stage)
    }
}
