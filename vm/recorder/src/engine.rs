//! The engine: counts, records, compiles, enters machine code, leaves it again, and invalidates.

mod budget;
mod code;

pub use code::{Left, Run, follow, start_code};

use crate::assumptions::{Assumptions, Dependents};
use crate::frames_shown;
use crate::function_call::{self, leave_boundary, leave_function};
use crate::helper_table::{Helpers, drop_last, refill};
use crate::recorder::{Recorder, Stop};
use sidewinder_ir::{Trace, TraceEnd, Type, tagging};
use sidewinder_jit::{
    Arena, Bridge, CompiledTree, Compiler, Entry, ExitId, ExitRecord, HeapLayout, LINK, Layout, NativeEntry,
    Options as CompilerOptions, Outcome, Pass, RETURNED, Runs, Source, TraceIndex, Tree, Worker,
};
use sidewinder_runtime::context::{Activation, ShownFrames, interrupt};
use sidewinder_runtime::heap::Heap;
use sidewinder_runtime::heap::allocate::{CELL_BYTES_MAX, CHUNK_BYTES};
use sidewinder_runtime::heap::owned::increment;
use sidewinder_runtime::hooks::Broken;
use sidewinder_runtime::monitoring::Runner;
use sidewinder_runtime::numbers::{NumberMap, NumberSet};
use sidewinder_runtime::objects::code::{CodeObject, LoopState};
use sidewinder_runtime::objects::type_object::flags;
use sidewinder_runtime::objects::{
    bytes, dict, float, instance, int, iterator, list, module, range, set, singleton, str, tuple,
};
use sidewinder_runtime::options::{USUAL_THRESHOLD, jit_mode};
use sidewinder_runtime::{Context, Owned, TypeObject, Value};
use sidewinder_semantics::{Pc, frame, run};
use std::collections::HashMap;
use std::mem::offset_of;
use std::sync::atomic::{AtomicU32, Ordering};

/// Bytes of machine code at most.
const ARENA_BYTES: usize = 32 << 20;
// A context's exit buffer has room for every exit.
const _: () = assert!(sidewinder_jit::exit::EXIT_WORDS_MAX <= sidewinder_runtime::context::EXIT_WORDS);
/// A bridge that waits is compiled when its exit has been taken this many times more.
const COMPILE_WAITING: u32 = 1024;
/// Recorded operations from which on a tree gets no more bridges: what starts at its exits becomes a tree of its own.
const TREE_OPS_MAX: usize = 3000;
/// Exits at one guard from which on a tree is given up if it does little else.
const FUTILE_EXITS_MIN: u32 = 8192;
/// Exits at one guard, without a bridge, from which on a tree is given up if its machine code runs so short that it is a
/// loss; and how many for each of its operations, so that bridges come first.
const LOSING_EXITS_MIN: u32 = 8192;
const LOSING_EXITS_FACTOR: usize = 16;
/// Rounds of a loop in each call of its function up to which it is short.
const SHORT_ROUNDS_MEAN_MAX: u32 = 4;
/// Visits of hot loops between looks for finished compilations, which also ask for attention by the interrupt word.
const POLL_PERIOD: u64 = 16;
/// Visits of other trees by way of exits that were compiled before them, for each operation of the exits' tree, after which
/// that is compiled once more. By estimate, a visit costs 100 ns more than by a link, and compiling 2 µs an operation.
const LINKS_MISSED_FACTOR: usize = 20;
/// Size of the table of recently used links.
const LINKS: usize = 256;
/// Recordings at an exit that may fail before nothing more is recorded there.
const BRIDGE_ATTEMPTS_MAX: u32 = 3;
/// Recordings of a loop that may fail before it is left alone.
const FAILURES_MAX: u32 = 4;
/// Traces of a place that may be invalidated before each further one waits twice as long as the one before: a program
/// that keeps breaking what its traces assume must not keep the compiler busy.
const INVALIDATIONS_FREE: u32 = 8;
/// Doublings of that wait at most.
const INVALIDATION_DOUBLINGS_MAX: u32 = 16;

/// Why a recording is thrown away when another thread had the GIL meanwhile.
pub const GIL_HANDED_OVER: &str = "gil handed over";

/// A trace tree and its machine code.
struct TreeState {
    tree: Tree,
    /// The loop that enters it. Valid while the tree is: the code object outlives its entry.
    start: u64,
    /// Registers of the entry frame.
    register_count: usize,
    /// The function at whose entry it starts. Its code object outlives the tree's validity.
    function: Option<&'static CodeObject>,
    /// Its machine code.
    native: Option<Box<NativeEntry>>,
    /// How often each exit of its machine code was taken.
    exit_counts: Vec<(ExitId, u32)>,
    /// Bridges that were there when the tree was last submitted.
    submitted_bridges: usize,
    /// Trees that there were then.
    submitted_starts: usize,
    /// Its operations that wait to be compiled.
    queued: usize,
    entered: u64,
    /// Visits of other trees by exits that are no links, since it was last submitted for them.
    links_missed: usize,
    /// It starts at a loop that mostly goes round a few times.
    is_short: bool,
    /// How often recording at an exit has failed.
    attempts: NumberMap<ExitId, u32>,
    /// Exits at which nothing more is recorded.
    barren: NumberSet<ExitId>,
    invalidated: Box<AtomicU32>,
    dead: bool,
}

impl TreeState {
    /// The whole tree is compiled anew for new bridges, so they wait until they are a fair share of it: the work stays
    /// in proportion to the tree.
    fn worth_compiling(&self) -> bool {
        let waiting = self.tree.bridges.len() - self.submitted_bridges;
        waiting > self.submitted_bridges / 2
    }

    /// Whether an exit was visited often enough for a bridge, which has the whole tree compiled once more: that costs some
    /// microseconds an operation, and a visit loses about one.
    fn is_worth_bridge(&self, visits: u32) -> bool {
        visits as usize >= self.tree.size()
    }

    /// Whether nearly every visit leaves early at this exit, and nothing can be recorded there: the interpreter alone is
    /// faster.
    fn is_futile(&self, exit: ExitId, count: u32) -> bool {
        count >= FUTILE_EXITS_MIN
            && count.is_power_of_two()
            && self.barren.contains(&exit)
            && exit.trace == TraceIndex::ROOT
            && exit.pass == Pass::First
            && (exit.guard as usize) < self.tree.root.instructions.len() / 2
            && self.entered < 2 * count as u64
    }

    /// Whether its machine code, left so often at one exit, is a loss.
    fn is_losing(&self, count: u32) -> bool {
        count >= LOSING_EXITS_MIN
            && count.is_power_of_two()
            && count as usize >= LOSING_EXITS_FACTOR * self.tree.size()
            && self.native.as_ref().is_some_and(|native| native.runs.are_losing())
    }
}

/// What a tree starts at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    /// The header of a loop.
    Loop,
    /// The entry of a function.
    Function,
    /// The first instruction of an exception handler.
    Handler,
    /// An exit of a tree that has grown so large that another bridge is not worth compiling it again.
    Side,
}

/// Counters, for `-X stats`.
#[derive(Default)]
pub struct Counters {
    pub recorded: u64,
    pub bridges: u64,
    pub aborted: HashMap<&'static str, u64>,
    /// Recordings that end by leaving to the interpreter, by reason.
    pub left: HashMap<&'static str, u64>,
    pub exits: u64,
    pub invalidated: u64,
    pub compiled: u64,
    pub failed: u64,
    pub compile_nanoseconds: u64,
    pub code_bytes: u64,
}

/// The JIT of an interpreter.
pub struct Engine {
    pub helpers: Helpers,
    pub trace_ops_max: usize,
    pub trace_cut: usize,
    pub inline_depth_max: usize,
    pub inline_recursion_max: usize,
    exit_threshold: u32,
    records_early: bool,
    threshold: u32,
    bridges_max: usize,
    gc_period: u64,
    switches: bool,
    invalidate_period: u64,
    visits: u64,
    dump: String,
    verify: bool,
    arena: Arena,
    compiler: Option<Compiler>,
    worker: Option<Worker>,
    trees: Vec<TreeState>,
    /// Living trees by the instruction at which they start.
    by_start: NumberMap<u64, usize>,
    /// The same for trees that start at exits of others.
    side_starts: NumberMap<u64, usize>,
    /// Recently used rows of both.
    links: [(u64, *const NativeEntry); LINKS],
    dependents: Dependents,
    volatile: NumberSet<Broken>,
    budget: budget::Budget,
    failures: NumberMap<u64, u32>,
    /// How often the trees of loops and functions were found invalidated, by where they start.
    invalidations: NumberMap<u64, u32>,
    /// Whether loops are short, by the addresses of their counters.
    short_loops: NumberMap<u64, bool>,
    /// The thread that records, or null. When another one gets the GIL meanwhile, the recording is lost.
    recording: *const Context,
    /// Facts that have ceased to hold since the recording began.
    broken: Vec<Broken>,
    /// Machine code that was replaced, which may still be running, in any thread.
    #[expect(clippy::vec_box, reason = "code that runs is known by its address")]
    retired: Vec<Box<NativeEntry>>,
    pub counters: Counters,
}

pub fn engine(cx: &Context) -> Option<&'static mut Engine> {
    let pointer = cx.interpreter().jit as *mut Engine;
    // SAFETY: (jit 1) set once by `install`, never freed; the GIL is held.
    (!pointer.is_null()).then(|| unsafe { &mut *pointer })
}

/// Starts the JIT of the context's interpreter, unless it is off or the system refuses.
pub fn install(cx: &mut Context) {
    let options = cx.interpreter().options.clone();
    if options.jit == jit_mode::OFF {
        return;
    }
    let hooks = &mut cx.interpreter().hooks;
    hooks.hot = if options.records_early() { wait_for_program } else { code::hot_loop };
    hooks.interpret = function_call::run_called;
    hooks.broken = broken;
    hooks.show_frames = frames_shown::show;
    hooks.around_fork = around_fork;
    cx.calls_out = options.calls_out_period();
}

/// The hook `hot` while the library starts up, under a threshold so low that all of that would be recorded: every run of a
/// stress mode would do the same work again before its program starts.
fn wait_for_program(_cx: &mut Context, _pc: Pc, target: Pc, state: &LoopState) -> Pc {
    state.countdown.set(USUAL_THRESHOLD);
    target
}

/// To be called when the interpreter is about to run its program: from here on what is hot is recorded.
pub fn program_starts(cx: &mut Context) {
    let options = &cx.interpreter().options;
    if options.jit != jit_mode::OFF && options.records_early() {
        cx.interpreter().hooks.hot = code::hot_loop;
    }
}

/// Ends the JIT of an interpreter in which no Python will run any more.
pub fn uninstall(cx: &mut Context) {
    debug_assert!(cx.activation.is_null(), "machine code runs");
    cx.interpreter().hooks.hot = run::stay_cold;
    let engine = std::mem::replace(&mut cx.interpreter().jit, std::ptr::null_mut()) as *mut Engine;
    if !engine.is_null() {
        // SAFETY: (jit 1) it was made from a box; no machine code runs, and none will.
        drop(unsafe { Box::from_raw(engine) });
    }
}

/// Makes the engine when the first loop is hot.
fn start(cx: &mut Context) -> Option<&'static mut Engine> {
    engine(cx).or_else(|| make(cx))
}

/// Apart from its caller, which is called often: an engine on its way to the heap takes much of the stack.
#[cold]
#[inline(never)]
fn make(cx: &mut Context) -> Option<&'static mut Engine> {
    let options = cx.interpreter().options.clone();
    let Some(mut arena) = Arena::new(ARENA_BYTES) else {
        eprintln!("sidewinder: the system refuses executable memory; running without JIT");
        cx.interpreter().hooks.hot = run::stay_cold;
        return None;
    };
    let helpers = Helpers::new();
    let compiler_options = CompilerOptions {
        dump: !options.dump.is_empty(),
        verify: options.verify != 0,
        guard_fail: options.guard_fail as u32,
        exit_all: options.exit_all != 0,
    };
    let compiler = match Compiler::new(helpers.table.clone(), layout(&helpers), compiler_options, &mut arena) {
        Ok(compiler) => compiler,
        Err(message) => {
            eprintln!("sidewinder: {message}; running without JIT");
            return None;
        }
    };
    let sync = options.jit == jit_mode::SYNC;
    let gil = cx.interpreter().gil.clone();
    let (compiler, worker) = if sync {
        (Some(compiler), None)
    } else {
        match Worker::start(compiler, move || gil.post(interrupt::COMPILED)) {
            Ok(worker) => (None, Some(worker)),
            Err(_) => return None,
        }
    };
    let made = Engine {
        helpers,
        trace_ops_max: options.trace_ops_max as usize,
        trace_cut: options.trace_cut as usize,
        inline_depth_max: options.inline_depth_max as usize,
        inline_recursion_max: options.inline_recursion_max as usize,
        exit_threshold: options.lowered(options.exit_threshold),
        records_early: options.records_early(),
        threshold: options.threshold as u32,
        bridges_max: options.bridges_max as usize,
        gc_period: options.gc,
        switches: options.switch != 0,
        invalidate_period: options.invalidate,
        visits: 0,
        dump: options.dump.clone(),
        verify: options.verify != 0,
        arena,
        compiler,
        worker,
        trees: Vec::new(),
        by_start: NumberMap::default(),
        side_starts: NumberMap::default(),
        links: [(0, std::ptr::null()); LINKS],
        dependents: Dependents::default(),
        volatile: NumberSet::default(),
        budget: budget::Budget::new(sync || options.records_early()),
        failures: NumberMap::default(),
        invalidations: NumberMap::default(),
        short_loops: NumberMap::default(),
        recording: std::ptr::null(),
        broken: Vec::new(),
        retired: Vec::new(),
        counters: Counters::default(),
    };
    cx.interpreter().jit = Box::into_raw(Box::new(made)) as *mut ();
    engine(cx)
}

fn layout(helpers: &Helpers) -> Layout {
    let address = |kind: &'static sidewinder_runtime::objects::type_object::StaticType| &raw const kind.object as u64;
    let mut counted = vec![
        address(&list::LIST),
        address(&dict::DICT),
        address(&tuple::TUPLE),
        address(&range::RANGE_ITERATOR),
        address(&sidewinder_runtime::objects::function::FUNCTION),
        address(&sidewinder_runtime::objects::method::METHOD),
    ];
    counted.extend(iterator::TYPES.iter().map(|kind| &raw const kind.object as u64));
    // The empty tuple and shared strings are immortal, so their types are not always counted.
    counted.retain(|kind| *kind != address(&tuple::TUPLE));
    Layout {
        interrupt: offset_of!(Context, interrupt) as i32,
        finalizers_pending: offset_of!(Context, finalizers_pending) as i32,
        exit_buffer: offset_of!(Context, exit_buffer) as i32,
        activation: offset_of!(Context, activation) as i32,
        direct_calls: Some(function_call::layout(helpers)),
        true_word: singleton::true_().0,
        false_word: singleton::false_().0,
        bool_type: address(&singleton::BOOL),
        drop_last: drop_last as *const () as usize,
        heap: Some(HeapLayout {
            budget: (offset_of!(Context, heap) + Heap::BUDGET_OFFSET) as i32,
            free: (offset_of!(Context, heap) + Heap::COLLECTED_FREE_OFFSET) as i32,
            cell_bytes_max: CELL_BYTES_MAX as u64,
            chunk_mask: CHUNK_BYTES as u64 - 1,
            type_flags: offset_of!(TypeObject, flags) as i32,
            plain_flag: flags::PLAIN,
            refill: refill as *const () as usize,
            one_field_flag: flags::ONE_FIELD,
            no_fields_flag: flags::NO_FIELDS,
            plain_free: (offset_of!(Context, heap) + Heap::PLAIN_FREE_OFFSET) as i32,
            tuple_type: address(&tuple::TUPLE),
            tuple_items: tuple::ITEMS_OFFSET as i32,
        }),
        reassignable_types: vec![address(&module::MODULE)],
        uncounted_types: vec![
            address(&singleton::BOOL),
            address(&singleton::NONE_TYPE),
            address(&singleton::NOT_IMPLEMENTED_TYPE),
            address(&singleton::ELLIPSIS_TYPE),
        ],
        leaf_types: [
            &str::STR,
            &int::INT,
            &float::FLOAT,
            &bytes::slots::BYTES,
            &range::RANGE,
            &range::RANGE_ITERATOR,
            &singleton::BOOL,
            &singleton::NONE_TYPE,
        ]
        .map(address)
        .to_vec(),
        buffered_types: vec![address(&list::LIST), address(&dict::DICT), address(&set::SET)],
        counted_types: counted,
    }
}

/// The hook that forks the process: the child gets machine code and a compile thread of its own.
fn around_fork(cx: &mut Context, fork: &mut dyn FnMut(&mut Context) -> bool) {
    let Some(own) = engine(cx) else {
        fork(cx);
        return;
    };
    let copy = own.arena.copy();
    // Out of the engine's hands, as Python's own part of the process is in the middle of this.
    let mut worker = own.worker.take();
    let (is_child, lost) = match &mut worker {
        Some(worker) => worker.around_fork(|| fork(cx)),
        None => (fork(cx), false),
    };
    own.worker = worker;
    if lost {
        // What is submitted from now on waits for ever, and the interpreter runs it.
        own.worker = None;
    }
    own.arena.part(copy, is_child);
}

/// The hook that a fact has ceased to hold.
fn broken(cx: &mut Context, fact: Broken) {
    let Some(engine) = engine(cx) else { return };
    if let Broken::DictEntry(..) = fact {
        engine.volatile.insert(fact);
    }
    if !engine.recording.is_null() {
        engine.broken.push(fact);
    }
    for index in engine.dependents.take(fact) {
        engine.invalidate(index);
        cx.request(interrupt::INVALIDATED);
    }
}

impl Engine {
    pub fn is_volatile(&self, fact: Broken) -> bool {
        self.volatile.contains(&fact)
    }

    pub fn make_volatile(&mut self, fact: Broken) {
        self.volatile.insert(fact);
    }

    /// At every visit: new machine code now and then, and the stress switches `switch`, `gc` and `invalidate`.
    fn visit(&mut self, cx: &mut Context) {
        self.visits += 1;
        if self.visits.is_multiple_of(POLL_PERIOD) {
            self.poll();
            self.free_retired(cx);
        }
        if self.invalidate_period != 0 && self.visits.is_multiple_of(self.invalidate_period) {
            for index in 0..self.trees.len() {
                self.invalidate(index);
            }
        }
        // Last, as both let Python run, here or in other threads, which may come back to the engine.
        let switches = self.switches;
        if self.gc_period != 0 && self.visits.is_multiple_of(self.gc_period) && cx.interpreter().collector.enabled {
            sidewinder_runtime::heap::collect::collect(cx);
        }
        if switches {
            cx.switch_chance();
        }
    }

    fn invalidate(&mut self, index: usize) {
        let tree = &mut self.trees[index];
        if tree.dead {
            return;
        }
        tree.dead = true;
        let start = tree.start;
        tree.invalidated.fetch_or(frames_shown::DEAD, Ordering::Relaxed);
        self.counters.invalidated += 1;
        self.retired.extend(tree.native.take());
        // Nothing will be compiled of it any more.
        tree.tree.bridges = Vec::new();
        tree.tree.root.instructions = Vec::new();
        tree.tree.root.snapshots = Vec::new();
        if let Some(code) = tree.function {
            code.native.set(std::ptr::null());
        }
        for starts in [&mut self.by_start, &mut self.side_starts] {
            if starts.get(&start) == Some(&index) {
                starts.remove(&start);
            }
        }
        self.links = [(0, std::ptr::null()); LINKS];
    }

    /// A loop's tree was found invalidated. Rounds until the next is recorded.
    fn rounds_after_invalidation(&mut self, start: Pc) -> u32 {
        let count = self.invalidations.entry(start as u64).or_default();
        *count += 1;
        let doublings = count.saturating_sub(INVALIDATIONS_FREE).min(INVALIDATION_DOUBLINGS_MAX);
        self.threshold.saturating_mul(1 << doublings)
    }

    /// Whether a living tree starts at an instruction.
    pub fn has_tree(&self, pc: Pc) -> bool {
        self.by_start.contains_key(&(pc as u64))
    }

    /// Whether the loop that starts at an instruction has a tree, though it mostly goes round a few times.
    pub fn has_short_tree(&self, pc: Pc) -> bool {
        self.by_start.get(&(pc as u64)).is_some_and(|&index| self.trees[index].is_short)
    }

    /// Whether a loop mostly goes round a few times: what its counter and that of its function's calls said when one of
    /// them was first at its end, or say now.
    pub fn is_short_loop(&self, code: &CodeObject, state: &LoopState) -> bool {
        self.known_short(state).unwrap_or_else(|| self.goes_round_little(code, state))
    }

    /// The same, if it was noted.
    pub fn known_short(&self, state: &LoopState) -> Option<bool> {
        self.short_loops.get(&(&raw const *state as u64)).copied()
    }

    fn goes_round_little(&self, code: &CodeObject, state: &LoopState) -> bool {
        let calls = code.entry_threshold.saturating_sub(code.entry.countdown.get());
        let rounds = self.threshold.saturating_sub(state.countdown.get());
        rounds <= SHORT_ROUNDS_MEAN_MAX * calls
    }

    /// Gives back the code that was replaced or is dead, unless it is on the native stack of a thread.
    fn free_retired(&mut self, cx: &Context) {
        if self.retired.is_empty() {
            return;
        }
        let mut running: NumberSet<u64> = NumberSet::default();
        for &thread in &cx.interpreter().threads {
            // SAFETY: (threads 2) contexts in the list are alive, and their threads do not hold the GIL.
            let mut at = unsafe { (*thread).activation };
            // SAFETY: (jit 5) an activation lives as long as its machine code is on the native stack.
            while let Some(activation) = unsafe { at.as_ref() } {
                running.insert(activation.native as u64);
                at = activation.outer;
            }
        }
        let is_running = |native: &Box<NativeEntry>| running.contains(&(&raw const **native as u64));
        let (kept, gone) = std::mem::take(&mut self.retired).into_iter().partition(is_running);
        self.retired = kept;
        let gone: Vec<Box<NativeEntry>> = gone;
        gone.iter().for_each(|native| self.arena.free(native.allocation));
    }

    /// Whether the thread of `cx` records.
    fn is_recording(&self, cx: &Context) -> bool {
        std::ptr::eq(self.recording, cx)
    }

    /// A recording begins. A number that shows at its end whether other threads have run.
    fn begin_recording(&mut self, cx: &Context) -> u64 {
        self.recording = cx;
        self.broken.clear();
        cx.interpreter().hand_overs
    }

    fn count_abort(&mut self, reason: &'static str) {
        *self.counters.aborted.entry(reason).or_default() += 1;
    }

    /// Records a tree from the instruction `target`. Returns where the recording left the interpreter.
    #[inline(never)]
    fn record_tree(&mut self, cx: &mut Context, target: Pc, state: Option<&LoopState>, root: Root) -> Pc {
        let began = self.begin_recording(cx);
        self.counters.recorded += 1;
        let code = frame::current_code(cx);
        let is_short = self.note_loops(code, root, state);
        let mut recorder = Recorder::new(cx, self, target);
        recorder.is_function = root == Root::Function;
        recorder.is_side = matches!(root, Root::Side | Root::Handler);
        let runner = std::mem::replace(&mut recorder.cx.tracing.runner, Runner::Other);
        let next = run::run(&mut recorder, target);
        recorder.cx.tracing.runner = runner;
        let (stop, finished) = (recorder.stop, recorder.into_trace());
        let (stop, finished) = self.end_recording(cx, began, stop, finished);
        match (stop, finished) {
            (Some(Stop::Closed | Stop::Exit), Some((trace, assumptions))) => {
                let index = self.plant(trace, target, root, code, is_short);
                self.depend(index, assumptions);
                if let Some(state) = state {
                    state.trace.set(index as u32 + 1);
                    state.countdown.set(1);
                }
                self.submit(index);
            }
            (stop, _) => {
                let reason = if let Some(Stop::Abort(reason)) = stop { reason } else { "left the run" };
                self.count_abort(reason);
                if let Some(state) = state {
                    let failures = self.failures.entry(target as u64).or_default();
                    *failures += 1;
                    // One more: not at the last round again of a loop whose length divides the threshold.
                    state.countdown.set((self.threshold.max(2) << *failures) + 1);
                }
            }
        }
        next
    }

    /// Before a counter starts over: remembers which loops are short. Whether that of `state` is.
    fn note_loops(&mut self, code: &CodeObject, root: Root, state: Option<&LoopState>) -> bool {
        let Some(state) = state else { return false };
        let loops = if root == Root::Function { code.loop_states() } else { std::slice::from_ref(state) };
        for state in loops {
            let short = self.is_short_loop(code, state);
            self.short_loops.insert(&raw const *state as u64, short);
        }
        root == Root::Loop && self.short_loops[&(&raw const *state as u64)]
    }

    /// After a recording: a trace that relies on what the recording itself has changed is thrown away, and one during which
    /// other threads ran.
    fn end_recording(
        &mut self,
        cx: &Context,
        began: u64,
        stop: Option<Stop>,
        finished: Option<(Trace, Assumptions)>,
    ) -> (Option<Stop>, Option<(Trace, Assumptions)>) {
        if !self.is_recording(cx) || cx.interpreter().hand_overs != began {
            if self.is_recording(cx) {
                self.recording = std::ptr::null();
            }
            return (Some(Stop::Abort(GIL_HANDED_OVER)), None);
        }
        self.recording = std::ptr::null();
        let broken = std::mem::take(&mut self.broken);
        match finished {
            Some((_, assumptions)) if broken.iter().any(|fact| assumptions.relies_on(*fact)) => {
                (Some(Stop::Abort("an assumption was broken")), None)
            }
            finished => (stop, finished),
        }
    }

    /// Adds a tree that starts at `target`.
    fn plant(&mut self, trace: Trace, target: Pc, root: Root, code: &'static CodeObject, is_short: bool) -> usize {
        let invalidated = Box::new(AtomicU32::new(0));
        let mut tree = Tree::new(trace);
        tree.invalidated = &raw const *invalidated as u64;
        self.trees.push(TreeState {
            tree,
            start: target as u64,
            function: (root == Root::Function).then_some(code),
            native: None,
            register_count: code.register_count as usize,
            exit_counts: Vec::new(),
            submitted_bridges: 0,
            submitted_starts: 0,
            queued: 0,
            entered: 0,
            links_missed: 0,
            is_short,
            attempts: NumberMap::default(),
            barren: NumberSet::default(),
            invalidated,
            dead: false,
        });
        let index = self.trees.len() - 1;
        match root {
            Root::Loop | Root::Handler => self.by_start.insert(target as u64, index),
            Root::Side => self.side_starts.insert(target as u64, index),
            Root::Function => None,
        };
        index
    }

    fn depend(&mut self, index: usize, assumptions: Assumptions) {
        for fact in assumptions.facts {
            self.dependents.add(fact, index);
        }
        self.trees[index].tree.held.extend(assumptions.held);
    }

    fn submit(&mut self, index: usize) {
        if self.trees[index].dead {
            return;
        }
        self.trees[index].submitted_bridges = self.trees[index].tree.bridges.len();
        self.trees[index].submitted_starts = self.by_start.len() + self.side_starts.len();
        let mut tree = self.trees[index].tree.clone();
        let queued = std::mem::replace(&mut self.trees[index].queued, tree.size());
        self.budget.note_submitted(tree.size().saturating_sub(queued));
        tree.starts = self.by_start.keys().chain(self.side_starts.keys()).copied().collect();
        match (&mut self.compiler, &self.worker) {
            (Some(compiler), _) => {
                let outcome = compiler.compile(&tree);
                self.finish(index, outcome);
            }
            (None, Some(worker)) => worker.submit(index as u64, tree),
            (None, None) => {}
        }
    }

    /// Installs what the worker has finished.
    fn poll(&mut self) {
        while let Some((index, outcome)) = self.worker.as_ref().and_then(Worker::poll) {
            self.finish(index as usize, outcome);
        }
    }

    fn finish(&mut self, index: usize, outcome: Result<CompiledTree, String>) {
        let time = outcome.as_ref().map_or(Default::default(), |compiled| compiled.statistics.total_time);
        self.budget.note_finished(std::mem::take(&mut self.trees[index].queued), time);
        let compiled = match outcome {
            Ok(compiled) => compiled,
            Err(message) => {
                self.counters.failed += 1;
                if self.verify || !self.dump.is_empty() {
                    eprintln!("sidewinder: a trace was not compiled: {message}");
                }
                self.failures.insert(self.trees[index].start, FAILURES_MAX);
                self.invalidate(index);
                return;
            }
        };
        if let Some(dumps) = &compiled.dumps {
            let wants = |stage: &str| self.dump.split('+').any(|name| name == stage);
            for (stage, text) in
                [("trace", &dumps.traces), ("opt", &dumps.optimized), ("clif", &dumps.clif), ("asm", &dumps.assembly)]
            {
                if wants(stage) {
                    eprintln!("== {stage} of tree {index}\n{text}");
                }
            }
        }
        self.counters.compiled += 1;
        self.counters.compile_nanoseconds += compiled.statistics.total_time.as_nanos() as u64;
        self.counters.code_bytes += compiled.code.len() as u64;
        if self.trees[index].dead {
            return;
        }
        let Some(allocation) = self.arena.install(&compiled.code) else {
            self.count_abort("no room for code");
            return;
        };
        // SAFETY: (jit 3) the arena holds the compiled function with this signature.
        let entry: Entry = unsafe { std::mem::transmute(self.arena.address(allocation)) };
        let state = &mut self.trees[index];
        let stack_words = state.tree.stack_words().max(state.register_count);
        let old_counts: HashMap<ExitId, u32> = state.exit_counts.iter().copied().collect();
        let count = |exit: &ExitRecord| (exit.id, old_counts.get(&exit.id).copied().unwrap_or(0));
        state.exit_counts = compiled.exits.iter().map(count).collect();
        let native = Box::new(NativeEntry {
            entry,
            stack_bytes: stack_words * size_of::<Value>(),
            frames_max: compiled.exits.iter().map(|exit| exit.frame.depth as i64).max().unwrap_or(0),
            exits: compiled.exits.into(),
            calls: compiled.calls,
            invalidated: &raw const *state.invalidated,
            tree: index,
            allocation,
            runs: Runs::new(self.budget.is_limited()),
        });
        if let Some(code) = state.function {
            code.native.set(&raw const *native as *const ());
        }
        self.retired.extend(state.native.replace(native));
        self.links = [(0, std::ptr::null()); LINKS];
    }

    /// An exit has led to a tree that started after this one was compiled. When that happens often, it is compiled once
    /// more, so that the exit becomes a link.
    fn count_link(&mut self, index: usize) {
        let starts = self.by_start.len() + self.side_starts.len();
        let state = &mut self.trees[index];
        state.links_missed += 1;
        let enough = state.links_missed >= LINKS_MISSED_FACTOR * state.tree.size();
        if enough && !state.dead && state.submitted_starts < starts && self.budget.allows() {
            state.links_missed = 0;
            self.submit(index);
        }
    }

    /// The living tree that starts at an instruction.
    fn tree_at(&self, pc: u64) -> Option<usize> {
        self.by_start.get(&pc).or_else(|| self.side_starts.get(&pc)).copied()
    }

    /// The machine code of the tree that starts at an instruction, if it has any.
    #[inline(always)]
    fn linked(&mut self, pc: u64) -> Option<*const NativeEntry> {
        let place = (pc >> 3) as usize % LINKS;
        if self.links[place].0 != pc {
            self.links[place] = (pc, self.native_at(pc)?);
        }
        Some(self.links[place].1)
    }

    #[inline(never)]
    fn native_at(&self, pc: u64) -> Option<*const NativeEntry> {
        let native = self.trees[self.tree_at(pc)?].native.as_deref()?;
        Some(native)
    }

    /// Makes the interpreter alone run a tree's code from now on.
    fn give_up(&mut self, index: usize) {
        self.count_abort("futile tree");
        self.failures.insert(self.trees[index].start, FAILURES_MAX);
        self.invalidate(index);
    }

    #[allow(clippy::too_many_arguments)]
    fn after_exit(
        &mut self,
        cx: &mut Context,
        index: usize,
        number: usize,
        base: *mut Value,
        recursion: i64,
        pc: Pc,
        record: &ExitRecord,
    ) -> Pc {
        let records = self.is_recording(cx);
        let tree = &mut self.trees[index];
        if tree.dead || number >= tree.exit_counts.len() {
            return pc;
        }
        tree.exit_counts[number].1 += 1;
        let count = tree.exit_counts[number].1;
        let has_bridge = tree.tree.bridge_at(record.id).is_some();
        let wanted = count >= self.exit_threshold
            && !records
            && tree.tree.may_have_bridge(record.id)
            && !tree.barren.contains(&record.id)
            && !has_bridge
            && (self.records_early || tree.is_worth_bridge(count - self.exit_threshold))
            && cx.interrupt.load(Ordering::Relaxed) == 0
            && self.budget.allows();
        if wanted && (tree.function.is_some() || tree.tree.size() < TREE_OPS_MAX) {
            if tree.tree.bridges.len() < self.bridges_max {
                return self.record_bridge(cx, index, base, recursion, pc, record);
            }
        } else if wanted && self.bridges_max > 0 {
            tree.barren.insert(record.id);
            return self.record_tree(cx, pc, None, Root::Side);
        }
        let waits = tree.tree.bridges.len() > tree.submitted_bridges;
        if waits && count.is_multiple_of(COMPILE_WAITING) && has_bridge && self.budget.allows() {
            self.submit(index);
        } else if tree.is_futile(record.id, count) || !has_bridge && tree.is_losing(count) {
            self.give_up(index);
        }
        pc
    }

    /// Apart from its callers, as a recorder takes much of the stack.
    #[inline(never)]
    fn record_bridge(
        &mut self,
        cx: &mut Context,
        index: usize,
        base: *mut Value,
        recursion: i64,
        pc: Pc,
        record: &ExitRecord,
    ) -> Pc {
        // The machine code keeps a float unboxed that the interpreter must box: their views of it cannot be matched.
        let is_boxed = |source: Source| {
            let Source::Buffer(index, Type::Float) = source else { return false };
            // SAFETY: (jit 4) the exit wrote these words.
            !tagging::float_fits(unsafe { *cx.exit_buffer.add(index as usize) })
        };
        let fields = record.objects.iter().flat_map(|object| &object.words).map(|&(_, _, source)| source);
        if record.slots.iter().map(|&(_, source)| source).chain(fields).any(is_boxed) {
            self.count_abort("boxed float at an exit");
            return pc;
        }
        // What is recorded may install code, and give up the records of the old.
        let record = &record.clone();
        let began = self.begin_recording(cx);
        self.counters.bridges += 1;
        let (start, is_function) = (self.trees[index].start as Pc, self.trees[index].function.is_some());
        let slots: Vec<i32> = record.written_slots().collect();
        let follows_call = self.trees[index].tree.follows_call(record.id);
        let mut recorder = Recorder::new(cx, self, start);
        recorder.is_function = is_function;
        // What the call's instruction did not test any more, its side trace does.
        recorder.ran_python = follows_call;
        recorder.become_bridge(base, recursion, &slots);
        let runner = std::mem::replace(&mut recorder.cx.tracing.runner, Runner::Other);
        let next = run::run(&mut recorder, pc);
        recorder.cx.tracing.runner = runner;
        let (stop, finished) = (recorder.stop, recorder.into_trace());
        let (stop, finished) = self.end_recording(cx, began, stop, finished);
        match (stop, finished) {
            (Some(Stop::Closed | Stop::Exit), Some((trace, assumptions)))
                if !returns_at_once(&trace, pc, record.frame.base) =>
            {
                if self.trees[index].dead {
                    return next;
                }
                self.trees[index].tree.bridges.push(Bridge { parent_exit: record.id, trace });
                self.depend(index, assumptions);
                if self.trees[index].worth_compiling() {
                    self.submit(index);
                }
            }
            (stop, _) => {
                let reason = if let Some(Stop::Abort(reason)) = stop { reason } else { "empty side trace" };
                self.count_abort(reason);
                let tree = &mut self.trees[index];
                let attempts = tree.attempts.entry(record.id).or_default();
                *attempts += 1;
                // What was executed while recording may have filled the caches that were missing.
                if *attempts >= BRIDGE_ATTEMPTS_MAX || stop == Some(Stop::Exit) {
                    tree.barren.insert(record.id);
                }
            }
        }
        next
    }
}

/// Whether a side trace that began at `pc` leaves there again.
fn returns_at_once(trace: &Trace, pc: Pc, base: i32) -> bool {
    let TraceEnd::Exit(end) = trace.end else { return false };
    let frame = trace.snapshots[end.0 as usize].frame;
    frame.instruction == pc as u64 && frame.base == base
}

/// Prints the counters of an interpreter's JIT.
pub fn print_statistics(cx: &Context) {
    let Some(engine) = engine(cx) else {
        eprintln!("jit: not started");
        return;
    };
    let c = &engine.counters;
    eprintln!("jit: recorded {} bridges {} compiled {} failed {}", c.recorded, c.bridges, c.compiled, c.failed);
    let entered: u64 = engine.trees.iter().map(|tree| tree.entered).sum();
    eprintln!("jit: entered {} exits {} invalidated {}", entered, c.exits, c.invalidated);
    eprintln!("jit: compile {:.1} ms code {} bytes", c.compile_nanoseconds as f64 / 1e6, c.code_bytes);
    if engine.budget.is_limited() {
        eprintln!("jit: machine code ran {:.1} ms", engine.budget.run_time().as_secs_f64() * 1e3);
    }
    for (what, counts) in [("abort", &c.aborted), ("leave", &c.left)] {
        let mut counts: Vec<_> = counts.iter().collect();
        counts.sort();
        for (reason, count) in counts {
            eprintln!("jit: {what} {count} {reason}");
        }
    }
    for (index, tree) in engine.trees.iter().enumerate() {
        let mut exits: Vec<_> = tree.exit_counts.iter().filter(|(_, count)| *count > 0).collect();
        exits.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let shown: Vec<String> = exits
            .iter()
            .take(6)
            .map(|(exit, count)| format!("{}:{:?}:{}={count}", exit.trace.0, exit.pass, exit.guard))
            .collect();
        eprintln!("jit: tree {index} bridges {} dead {} exits {}", tree.tree.bridges.len(), tree.dead, shown.join(" "));
    }
}
