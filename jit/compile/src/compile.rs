//! The compiler's front door: from a tree to machine code and exit records, plain data in and out.

use crate::arena::Arena;
use crate::backend::Backend;
use crate::exit::{CallRecord, ExitRecord};
use crate::layout::Layout;
use crate::lower::{self, Target};
use crate::optimize::{Environment, optimize};
use crate::stress::Stress;
use crate::tree::Tree;
use sidewinder_ir::helper::HelperTable;
use sidewinder_ir::text::{self, Symbols};
use sidewinder_ir::verify::verify;
use std::time::Duration;

/// What to do besides compiling.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Keep the text of every stage.
    pub dump: bool,
    /// Check recorded traces before they are compiled, and what they become. The default in debug builds.
    pub verify: bool,
    /// Stress: every so many'th guard is taken as failed; 0 for none.
    pub guard_fail: u32,
    /// Stress: every guard is taken as failed the first time that it is reached.
    pub exit_all: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { dump: false, verify: cfg!(debug_assertions), guard_fail: 0, exit_all: false }
    }
}

/// The texts of the stages of a compilation.
#[derive(Clone, Default, Debug)]
pub struct Dumps {
    /// The traces as recorded.
    pub traces: String,
    pub optimized: String,
    pub clif: String,
    pub assembly: String,
}

/// Sizes, and CPU times of the phases.
#[derive(Clone, Copy, Default, Debug)]
pub struct Statistics {
    pub recorded_instructions: usize,
    pub optimized_instructions: usize,
    pub exits: usize,
    pub code_bytes: usize,
    pub optimize_time: Duration,
    pub lower_time: Duration,
    pub total_time: Duration,
}

/// CPU time of the running thread: what compiling costs, whatever else the machine does.
pub fn thread_time() -> Duration {
    clock(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// The CPU time of all threads of the process.
pub fn process_time() -> Duration {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID)
}

fn clock(clock: libc::clockid_t) -> Duration {
    // SAFETY: the clock exists, and the structure is plain data.
    let time = unsafe {
        let mut time: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(clock, &mut time);
        time
    };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Machine code ready to be installed: position-independent bytes, entered at their start as
/// `Entry`. The result's number is an index into `exits`, or has one of the bits `LINK` and `RETURNED`.
#[derive(Debug)]
pub struct CompiledTree {
    pub code: Vec<u8>,
    pub exits: Vec<ExitRecord>,
    pub calls: Vec<CallRecord>,
    pub statistics: Statistics,
    pub dumps: Option<Box<Dumps>>,
}

/// The type of a compiled tree's entry.
pub type Entry = unsafe extern "C" fn(context: *mut u8, base: *mut u64) -> Outcome;

/// What machine code returns, in two registers.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// The exit's number.
    pub number: u64,
    /// With `RETURNED`: the function's result, owned.
    pub result: u64,
}

pub struct Compiler {
    helpers: HelperTable,
    layout: Layout,
    options: Options,
    backend: Backend,
    drop_thunk: usize,
    refill_thunk: usize,
    stress: Stress,
}

impl Compiler {
    /// A compiler for this process. Installs its thunks in the arena, where they stay. Fails on machines that
    /// Cranelift does not know, or if the arena is full.
    pub fn new(helpers: HelperTable, layout: Layout, options: Options, arena: &mut Arena) -> Result<Compiler, String> {
        let mut backend = Backend::new(options.verify)?;
        let mut install = |code: Vec<u8>| {
            let thunk = arena.install(&code).ok_or("no room for code")?;
            Ok::<usize, String>(arena.address(thunk) as usize)
        };
        let mut drop_thunk = install(backend.thunk(layout.drop_last)?)?;
        let mut refill_thunk = 0;
        if let Some(heap) = &layout.heap {
            drop_thunk = install(backend.drop_thunk(heap, drop_thunk)?)?;
            refill_thunk = install(backend.thunk(heap.refill)?)?;
        }
        let stress = Stress::new(options.guard_fail, options.exit_all);
        Ok(Compiler { helpers, layout, options, backend, drop_thunk, refill_thunk, stress })
    }

    /// Compiles a tree. An error is a bug in a trace or in the compiler; the tree is then best given up.
    pub fn compile(&mut self, tree: &Tree) -> Result<CompiledTree, String> {
        let start = thread_time();
        if self.options.verify {
            for (index, trace) in tree.traces() {
                verify(trace, Some(&self.helpers)).map_err(|message| format!("trace {}: {message}", index.0))?;
            }
        }
        let region = optimize(&Environment::new(tree, &self.helpers, &self.layout, self.options.verify))?;
        let optimize_time = thread_time() - start;

        let target = Target {
            helpers: &self.helpers,
            layout: &self.layout,
            invalidated: tree.invalidated,
            drop_thunk: self.drop_thunk,
            refill_thunk: self.refill_thunk,
            stress: self.stress.words(tree, &region),
        };
        let mut lower_time = Duration::ZERO;
        let (compiled, (exits, calls)) =
            self.backend.compile(lower::signature(), self.options.dump, |builder, isa| {
                let records = lower::lower(&region, &target, isa.frontend_config(), builder);
                lower_time = thread_time() - start - optimize_time;
                records
            })?;
        let dumps = self.options.dump.then(|| {
            let mut symbols = Symbols::symbolic();
            let traces = tree
                .traces()
                .map(|(index, trace)| format!("# trace {}\n{}", index.0, text::print(trace, &mut symbols)));
            let traces = traces.collect();
            Box::new(Dumps {
                traces,
                optimized: region.print(&mut symbols),
                clif: compiled.clif.unwrap_or_default(),
                assembly: compiled.assembly.unwrap_or_default(),
            })
        });
        let statistics = Statistics {
            recorded_instructions: tree.traces().map(|(_, trace)| trace.instructions.len()).sum(),
            optimized_instructions: region.size(),
            exits: exits.len(),
            code_bytes: compiled.bytes.len(),
            optimize_time,
            lower_time,
            total_time: thread_time() - start,
        };
        Ok(CompiledTree { code: compiled.bytes, exits, calls, statistics, dumps })
    }
}
