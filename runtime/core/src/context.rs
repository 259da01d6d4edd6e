//! The state of a thread (`Context`) and of an interpreter (`Interpreter`): explicit, no mutable globals.
//!
//! Fields that compiled traces reach by offset come first and are `repr(C)`.

use crate::gil::Gil;
use crate::heap::{Heap, Owned};
use crate::hooks::Hooks;
use crate::interpreters::{Config, Family, Member, whence};
use crate::monitoring::{Monitoring, Tracing};
use crate::numbers::{NumberMap, NumberSet};
use crate::objects::dict::DictObject;
use crate::objects::frame::Observed;
use crate::objects::type_object::{MethodCache, TypeObject, TypeState};
use crate::options::Options;
use crate::signals::Handlers;
use crate::threads::{ForkHooks, ThreadState};
use crate::value::Value;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// "An exception is pending in the context": the error of every operation that may run Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised;

/// The result of an operation that may raise.
pub type Result<T> = std::result::Result<T, Raised>;

/// Reasons in the interrupt word, which running code checks at loop back-edges and function entries.
pub mod interrupt {
    /// A signal arrived; its handler must run.
    pub const SIGNAL: u32 = 1;
    /// Another thread wants the GIL.
    pub const GIL: u32 = 2;
    /// The cycle collector should run.
    pub const COLLECT: u32 = 4;
    /// Torn-down objects wait for their finalizers.
    pub const FINALIZERS: u32 = 8;
    /// Traces were invalidated.
    pub const INVALIDATED: u32 = 16;
    /// Compiled traces are ready to be installed.
    pub const COMPILED: u32 = 32;
    /// Another thread has sent an exception.
    pub const EXCEPTION: u32 = 64;
    /// Something watches the thread (`Context::is_traced`): its code changes over to the traced instance.
    pub const TRACED: u32 = 128;
    /// Another interpreter has sent something to be done.
    pub const LETTERS: u32 = 256;
}

/// Bits of `Context::finalizers_pending`.
pub mod attention {
    /// Torn-down objects wait for their finalizers.
    pub const FINALIZERS: u32 = 1;
    /// Something watches the thread.
    pub const TRACED: u32 = 2;
}

/// Words of a thread's value stack. Reserved lazily by the operating system.
const STACK_WORDS: usize = 1 << 23;
/// Words kept free above the limit, so that native code may push small call blocks without a check.
const STACK_RESERVE: usize = 4096;
/// Words below the first frame. A trace that went on in callers from before it reads their registers where it is entered,
/// and an exit writes them back; entered with fewer frames below it, it touches what is under them.
const STACK_MARGIN: usize = 1 << 16;
/// Words of the exit buffer, which follows the value stack.
pub const EXIT_WORDS: usize = 4096;
/// Bytes that the margin, the value stack and the exit buffer are mapped with.
const STACK_BYTES: usize = (STACK_MARGIN + STACK_WORDS + EXIT_WORDS) * size_of::<Value>();
/// Bytes of native stack that nested runs leave free.
const NATIVE_STACK_RESERVE: usize = 512 * 1024;
/// Bytes of native stack that natives may recurse through: enough for what CPython's 8 MiB are enough for, whose frames
/// are smaller, and no more, since programs count on deeper recursion to raise.
const NATIVE_STACK_BYTES: usize = 48 << 20;

/// A trace that runs. It has frames of its own, which are not on the value stack until somebody looks at them.
#[repr(C)]
pub struct Activation {
    /// Which call out of itself the trace makes; written by machine code before calls that may run Python.
    pub call: u64,
    /// Where the trace keeps what its frames hold; written by machine code.
    pub homes: *const u64,
    /// The trace that runs further out.
    pub outer: *mut Activation,
    /// The frame in which it was entered.
    pub base: *mut Value,
    /// What the JIT knows of its machine code (`NativeEntry`).
    pub native: *const (),
    /// Its frames, once they were shown.
    pub shown: Option<Box<ShownFrames>>,
}

/// The frames of a trace that makes a call, on the value stack for others to look at.
pub struct ShownFrames {
    /// The innermost frame, and the instruction that makes the call.
    pub base: *mut Value,
    pub instruction: *const sidewinder_bytecode::Instruction,
    pub words: Vec<ShownWord>,
    /// Link words of these frames that have changed since: the frames are observed.
    pub links: Vec<(*mut Value, Value)>,
}

/// A word of the value stack that was written to show a frame, with a reference of its own.
pub struct ShownWord {
    pub place: *mut Value,
    pub word: Value,
    /// What the place holds now, with that reference: a write to `f_locals` may have changed it.
    pub owned: Value,
    /// What was there before: nobody's, or the trace's.
    pub before: Value,
}

impl Activation {
    /// Notes that a local of a frame was written from outside.
    pub fn note_write(cx: &Context, place: *mut Value, new: Value) {
        let mut at = cx.activation;
        // SAFETY: (jit 5) an activation lives as long as its machine code is on the native stack.
        while let Some(activation) = unsafe { at.as_mut() } {
            let words = activation.shown.iter_mut().flat_map(|shown| &mut shown.words);
            words.filter(|shown| shown.place == place).for_each(|shown| shown.owned = new);
            at = activation.outer;
        }
    }

    /// Notes that a frame's link word was changed, as the frame is observed now.
    pub fn note_link(cx: &Context, place: *mut Value, new: Value) {
        let mut at = cx.activation;
        // SAFETY: (jit 5) an activation lives as long as its machine code is on the native stack.
        while let Some(activation) = unsafe { at.as_mut() } {
            if let Some(shown) = &mut activation.shown
                && shown.words.iter().any(|word| word.place == place)
            {
                shown.links.push((place, new));
            }
            at = activation.outer;
        }
    }
}

/// The state of one thread.
#[repr(C)]
pub struct Context {
    /// Reasons to leave the fast path; see `interrupt`.
    pub interrupt: AtomicU32,
    /// Whether torn-down objects wait for finalizers, or something watches the thread: bits of `attention`. Read after
    /// every helper that may drop references or run Python.
    pub finalizers_pending: Cell<u32>,
    /// The exception being raised, or unbound. Owned.
    pub pending: Value,
    /// An exception that was thrown into a generator, while it is pending and gets no context; or unbound. Borrowed, to be
    /// compared only.
    pub thrown: Value,
    /// The exception that the running generator is handling (or, outside of all generators, the thread), or unbound. Owned.
    pub handled: Value,
    /// The exception that those are handling who have resumed the running generator, or unbound. Borrowed from the next
    /// of them that handles any.
    pub handled_outside: Value,
    /// First register of the running frame.
    pub base: *mut Value,
    /// Constants of the running frame's code.
    pub constants: *const Value,
    /// First temporary register of the running frame: operands from it up are consumed.
    pub temporary_floor: i64,
    /// Inline caches of the running frame's code.
    pub sites: *const crate::objects::site::Site,
    /// While a compiled trace calls out: first word above all frames it has inlined; null otherwise.
    pub trace_top: *mut Value,
    /// The innermost trace that runs, or null.
    pub activation: *mut Activation,
    /// Stress: calls out of traces until frames are shown or the GIL is handed over; 0 for never.
    pub calls_out: u64,
    /// Where compiled code leaves the values of an exit.
    pub exit_buffer: *mut u64,
    /// What the outermost frame of a nested run returned or yielded, owned.
    pub result: Value,
    /// Calls above this word raise `RecursionError`.
    pub stack_limit: *mut Value,
    /// Frames that may still be entered.
    pub recursion_left: i64,
    /// Instruction being executed by the running frame, published before calls that may look at it.
    pub instruction: *const sidewinder_bytecode::Instruction,
    /// The interpreter's heap, while this thread holds the GIL or did so last; see `gil.rs`.
    pub heap: Heap,
    pub interpreter: *mut Interpreter,
    /// Objects on their way to destruction: owned references, innermost last.
    pub teardown: Vec<Value>,
    pub tearing_down: bool,
    /// While a finalizer runs: entries of `teardown` below this one wait for their turn after it.
    pub teardown_floor: usize,
    pub stack_bottom: *mut Value,
    pub recursion_limit: i64,
    /// Lowest native stack address that a nested run may start at.
    pub native_stack_limit: usize,
    /// Objects whose `repr` is being computed, for recursive containers.
    pub repr_active: Vec<Value>,
    /// Room for the limbs of an integer that is being computed.
    pub(crate) limbs: Vec<u64>,
    /// What `threading` knows of the thread.
    pub thread: ThreadState,
    /// `sys.set_asyncgen_hooks`: what is called at the first use of an asynchronous generator, and at its end.
    pub async_generator_hooks: [Option<Owned>; 2],
    /// How many frames a coroutine remembers of where it was made.
    pub coroutine_origin_depth: usize,
    /// The running frames that have objects, outermost first.
    pub observed: Vec<Observed>,
    /// What watches the thread.
    pub tracing: Tracing,
}

/// The state shared by the threads of one interpreter.
pub struct Interpreter {
    /// Held by the one thread that may touch the interpreter and its objects.
    pub gil: Arc<Gil>,
    /// The contexts of its threads, the main one first.
    pub threads: Vec<*mut Context>,
    /// The context in which the heap lies.
    pub(crate) heap_home: *mut Context,
    /// How often the GIL went from one thread to another.
    pub hand_overs: u64,
    /// Stress: how often threads had a chance to hand over the GIL.
    pub switch_chances: u64,
    /// The interpreters that came from one another, this one among them; and what they know of it.
    pub family: Arc<Family>,
    pub member: Arc<Member>,
    /// It is the first of the process, whose main thread serves signals.
    pub is_first: bool,
    /// It ends: only the main thread may go on.
    pub ending: bool,
    /// What signals lead to, in the process's first interpreter.
    pub signals: Handlers,
    /// What the program wants to run around `fork`.
    pub fork_hooks: ForkHooks,
    /// The tools of `sys.monitoring`.
    pub monitoring: Monitoring,
    /// Bytes of native stack for new threads, or 0 for the system's default.
    pub thread_stack_bytes: usize,
    pub hooks: Hooks,
    pub options: Options,
    pub interned: crate::objects::str::intern::InternTable,
    pub names: crate::objects::str::names::Names,
    pub builtins: Owned,
    pub modules: Owned,
    /// The module `importlib._bootstrap`, or None before it is there.
    pub importlib: Owned,
    pub import_lock: crate::operations::import::ImportLock,
    pub import_times: crate::operations::import::ImportTimes,
    /// State of builtin types, by `TypeObject::builtin_index`.
    pub builtin_types: Vec<Option<Box<TypeState>>>,
    pub method_cache: MethodCache,
    pub shared_entries: crate::objects::site::SharedEntries,
    /// The names of keyword arguments that calls had in dicts.
    pub keyword_names: crate::objects::keyword_names::KeywordNames,
    pub shapes: crate::objects::shape::ShapeTable,
    pub weak_references: NumberMap<u64, Vec<Value>>,
    /// How many of these objects, builtin types aside, carry no flag that says so.
    pub weak_unflagged: usize,
    /// Addresses of objects whose `__del__` has run and that live on.
    pub finalized: NumberSet<u64>,
    /// Dictionaries of instances whose layout has no room for one (subclasses of variable-sized types).
    pub external_slots: NumberMap<u64, Box<crate::objects::instance::AttributeBlock>>,
    /// Values of `__slots__` beside a `__dict__`, by the address of the attribute block.
    pub hidden_slots: NumberMap<u64, crate::objects::instance::HiddenSlots>,
    /// Objects that native modules keep, by names of theirs.
    pub native_objects: HashMap<&'static str, Owned>,
    pub hash_key: (u64, u64),
    /// Most decimal digits in a conversion between `int` and `str`; zero means any number.
    pub int_digits_max: usize,
    pub next_version: Cell<u64>,
    pub collector: crate::heap::collect::Collector,
    /// Slot for the JIT engine's state.
    pub jit: *mut (),
    /// What native modules keep for this interpreter.
    pub native_state: crate::native::state::NativeState,
    /// The native modules of the binary, by crate.
    pub native_modules: &'static [&'static [&'static crate::native::NativeModule]],
}

thread_local! {
    static CURRENT: Cell<*mut Context> = const { Cell::new(std::ptr::null_mut()) };
}

impl Context {
    /// The context of the calling thread.
    #[inline(always)]
    pub fn current() -> &'static mut Context {
        let context = CURRENT.get();
        debug_assert!(!context.is_null(), "no context on this thread");
        // SAFETY: (threads 2) the context lives as long as its thread runs Python, and is only used by that thread.
        unsafe { &mut *context }
    }

    /// The context of the calling thread, if it has one: threads that others have started have none.
    pub fn of_thread() -> Option<&'static mut Context> {
        // SAFETY: (threads 2) as in `current`.
        unsafe { CURRENT.get().as_mut() }
    }

    /// Makes `context` that of the calling thread.
    pub fn enter(context: *mut Context) {
        CURRENT.set(context);
    }

    /// The context of the interpreter's main thread, which is the calling one. It lives as long as the process.
    pub fn start(interpreter: &'static mut Interpreter) -> &'static mut Context {
        let mut context = Context::new(interpreter, true).expect("no memory for the value stack");
        context.arrive();
        interpreter.family.set_main_thread(context.thread_identifier());
        let context = Box::leak(context);
        interpreter.threads.push(context);
        Context::enter(context);
        context.take_gil();
        context
    }

    /// Notes what belongs to the calling thread, on which the context will be used.
    pub(crate) fn arrive(&mut self) {
        self.native_stack_limit = native_stack_limit();
        self.thread.identifier = crate::threads::identifier();
    }

    /// A context with its own value stack. None if there is no memory for that.
    pub(crate) fn new(interpreter: *mut Interpreter, is_main: bool) -> Option<Box<Context>> {
        let bytes = STACK_BYTES;
        // SAFETY: an anonymous private mapping, checked below.
        let memory = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if memory == libc::MAP_FAILED {
            return None;
        }
        // SAFETY: inside the mapping.
        let bottom = unsafe { (memory as *mut Value).add(STACK_MARGIN) };
        // SAFETY: as above.
        let (stack_limit, exit_buffer) =
            unsafe { (bottom.add(STACK_WORDS - STACK_RESERVE), bottom.add(STACK_WORDS) as *mut u64) };
        Some(Box::new(Context {
            interrupt: AtomicU32::new(0),
            finalizers_pending: Cell::new(0),
            pending: Value::UNBOUND,
            thrown: Value::UNBOUND,
            handled: Value::UNBOUND,
            handled_outside: Value::UNBOUND,
            base: bottom,
            constants: std::ptr::null(),
            temporary_floor: 0,
            sites: std::ptr::null(),
            trace_top: std::ptr::null_mut(),
            activation: std::ptr::null_mut(),
            calls_out: 0,
            exit_buffer,
            result: Value::UNBOUND,
            stack_limit,
            recursion_left: 1000,
            instruction: std::ptr::null(),
            heap: Heap::new(),
            interpreter,
            teardown: Vec::new(),
            tearing_down: false,
            teardown_floor: 0,
            stack_bottom: bottom,
            recursion_limit: 1000,
            native_stack_limit: 0,
            repr_active: Vec::new(),
            limbs: Vec::new(),
            thread: ThreadState::new(is_main),
            async_generator_hooks: [None, None],
            coroutine_origin_depth: 0,
            observed: Vec::new(),
            tracing: Tracing::default(),
        }))
    }

    #[inline(always)]
    pub fn interpreter(&self) -> &'static mut Interpreter {
        // SAFETY: (threads 2) the interpreter outlives its contexts; the GIL is held.
        unsafe { &mut *self.interpreter }
    }

    /// Asks running code to look at the interrupt word for `reason`.
    pub fn request(&self, reason: u32) {
        self.interrupt.fetch_or(reason, Ordering::Relaxed);
    }

    /// A number that no other living thread of the interpreter has.
    pub fn thread_key(&self) -> usize {
        &raw const *self as usize
    }

    /// A number that no other version of a type or of dict keys, and no code object of this interpreter has or will have.
    pub fn fresh_version(&self) -> u64 {
        let counter = &self.interpreter().next_version;
        counter.set(counter.get() + 1);
        counter.get()
    }

    /// Makes `exception`, an instance of `BaseException`, the pending one.
    pub fn raise_value(&mut self, exception: Owned) -> Raised {
        let old = std::mem::replace(&mut self.pending, exception.into_raw());
        drop(Owned::from_raw_option(old));
        Raised
    }

    /// Raises a builtin exception with one text argument.
    #[cold]
    pub fn raise(&mut self, kind: &'static TypeObject, message: impl AsRef<str>) -> Raised {
        crate::objects::exception::raise_message(self, kind, message.as_ref())
    }

    #[cold]
    pub fn type_error(&mut self, message: impl AsRef<str>) -> Raised {
        self.raise(&crate::objects::exception::TYPE_ERROR, message)
    }

    #[cold]
    pub fn value_error(&mut self, message: impl AsRef<str>) -> Raised {
        self.raise(&crate::objects::exception::VALUE_ERROR, message)
    }

    #[cold]
    pub fn overflow_error(&mut self, message: impl AsRef<str>) -> Raised {
        self.raise(&crate::objects::exception::OVERFLOW_ERROR, message)
    }

    #[cold]
    pub fn index_error(&mut self, message: impl AsRef<str>) -> Raised {
        self.raise(&crate::objects::exception::INDEX_ERROR, message)
    }

    /// Raises `KeyError(key)`.
    #[cold]
    pub fn key_error(&mut self, key: Value) -> Raised {
        crate::objects::exception::raise_with(self, &crate::objects::exception::KEY_ERROR, key)
    }

    /// Takes the pending exception.
    pub fn take_pending(&mut self) -> Owned {
        let pending = std::mem::replace(&mut self.pending, Value::UNBOUND);
        Owned::from_raw(pending)
    }

    /// The exception being handled (`sys.exception()`).
    pub fn handled_exception(&self) -> Option<Value> {
        [self.handled, self.handled_outside].into_iter().find(|handled| !handled.is_unbound())
    }

    /// Whether the pending exception is an instance of `kind`.
    pub fn pending_is(&self, kind: &'static TypeObject) -> bool {
        !self.pending.is_unbound() && self.pending.type_of().is_subtype(kind)
    }

    /// Drops the pending exception if it is an instance of `kind`; says whether it was.
    pub fn swallow(&mut self, kind: &'static TypeObject) -> bool {
        let matches = self.pending_is(kind);
        if matches {
            drop(self.take_pending());
        }
        matches
    }

    /// The dict of the `builtins` module.
    pub fn builtins(&self) -> &'static DictObject {
        // SAFETY: (heap 2) `builtins` is created as a dict.
        unsafe { self.interpreter().builtins.value().cast_unchecked() }
    }

    /// Whether there is native stack left for nested runs.
    #[inline]
    pub fn has_native_stack(&self) -> bool {
        let marker = 0u8;
        &raw const marker as usize >= self.native_stack_limit
    }

    /// An error when the native stack is nearly used up.
    #[inline]
    pub fn check_native_stack(&mut self, doing: &str) -> Result<()> {
        if self.has_native_stack() { Ok(()) } else { Err(self.native_stack_exceeded(doing)) }
    }

    #[cold]
    #[inline(never)]
    fn native_stack_exceeded(&mut self, doing: &str) -> Raised {
        let message = format!("maximum recursion depth exceeded{doing}");
        self.raise(&crate::objects::exception::RECURSION_ERROR, message)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new`; (threads 2) the thread has ended, and its frames with it.
        unsafe { libc::munmap(self.stack_bottom.sub(STACK_MARGIN).cast(), STACK_BYTES) };
    }
}

/// Whether the process has had an interpreter.
static STARTED: AtomicBool = AtomicBool::new(false);

impl Interpreter {
    /// An interpreter without types, modules and threads, the first of a family.
    pub fn new(hooks: Hooks, options: Options, hash_key: (u64, u64)) -> Interpreter {
        Interpreter::of_family(hooks, options, hash_key, Arc::default(), whence::RUNTIME, Config::MAIN)
    }

    /// The same as a further member of a family.
    pub fn of_family(
        hooks: Hooks,
        options: Options,
        hash_key: (u64, u64),
        family: Arc<Family>,
        whence: i64,
        config: Config,
    ) -> Interpreter {
        let gil = Arc::<Gil>::default();
        let member = family.add(whence, config, gil.clone());
        let mut interned = crate::objects::str::intern::InternTable::new(hash_key);
        let names = crate::objects::str::names::Names::new(&mut interned);
        let nothing = || Owned::new(crate::objects::singleton::none());
        let int_digits_max = options.settings.int_max_str_digits as usize;
        Interpreter {
            gil,
            family,
            member,
            threads: Vec::new(),
            heap_home: std::ptr::null_mut(),
            hand_overs: 0,
            switch_chances: 0,
            is_first: !STARTED.swap(true, Ordering::Relaxed),
            ending: false,
            signals: Handlers::default(),
            fork_hooks: ForkHooks::default(),
            monitoring: Monitoring::default(),
            thread_stack_bytes: 0,
            hooks,
            options,
            interned,
            names,
            builtins: nothing(),
            modules: nothing(),
            importlib: nothing(),
            import_lock: Default::default(),
            import_times: Default::default(),
            builtin_types: Vec::new(),
            method_cache: MethodCache::default(),
            shared_entries: Default::default(),
            keyword_names: Default::default(),
            shapes: Default::default(),
            weak_references: NumberMap::default(),
            weak_unflagged: 0,
            finalized: NumberSet::default(),
            external_slots: NumberMap::default(),
            hidden_slots: NumberMap::default(),
            native_objects: HashMap::new(),
            hash_key,
            int_digits_max,
            next_version: Cell::new(crate::objects::type_object::VERSIONS_MIN),
            collector: Default::default(),
            jit: std::ptr::null_mut(),
            native_state: Default::default(),
            native_modules: &[],
        }
    }
}

/// The lowest address of the calling thread's stack that Rust recursion may reach. The stack of the main thread grows
/// as far as its resource limit says, which is raised first.
fn native_stack_limit() -> usize {
    // SAFETY: plain queries of the thread library about the calling thread, and of the system about its own limit.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        if libc::getrlimit(libc::RLIMIT_STACK, &mut limit) == 0 && limit.rlim_cur < NATIVE_STACK_BYTES as libc::rlim_t {
            limit.rlim_cur = limit.rlim_max.min(NATIVE_STACK_BYTES as libc::rlim_t);
            libc::setrlimit(libc::RLIMIT_STACK, &limit);
        }
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        let mut address = std::ptr::null_mut();
        let mut bytes = 0;
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            return 0;
        }
        libc::pthread_attr_getstack(&attributes, &mut address, &mut bytes);
        libc::pthread_attr_destroy(&mut attributes);
        address as usize + bytes.saturating_sub(NATIVE_STACK_BYTES) + NATIVE_STACK_RESERVE
    }
}
