//! Threads of the system that run Python: how they start and end, what they know of themselves, and `fork`.

pub mod outside;
pub mod wait;

use crate::context::{Context, Interpreter, Raised, Result, interrupt};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::dict::{self, DictObject};
use crate::objects::exception::{self, RUNTIME_ERROR, SYSTEM_EXIT};
use crate::objects::frame::{self, LiveFrame};
use crate::objects::tuple::TupleObject;
use crate::operations::{call, finalize};
use crate::options::jit_mode;
use crate::signals;
use crate::value::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Instant;
use wait::Event;

/// Native stack of a thread unless the program says otherwise: what the main thread has.
const STACK_BYTES_DEFAULT: usize = 8 << 20;
/// Native stack that a thread has at least: `threading.stack_size` takes less.
const STACK_BYTES_MIN: usize = 1 << 20;

/// What belongs to a thread beside its running code.
#[derive(Debug)]
pub struct ThreadState {
    main: bool,
    /// It belongs to another interpreter, and is in this one for a while.
    visits: bool,
    /// It ends the interpreter, and goes on when others do no more.
    ends: bool,
    pub(crate) identifier: u64,
    /// `_thread._local` keeps its values here.
    dict: Option<Owned>,
    /// An exception that another thread has sent.
    sent: Option<Owned>,
    /// The current context of `contextvars`, once there is one.
    variables: Option<Owned>,
}

impl ThreadState {
    pub(crate) fn new(main: bool) -> ThreadState {
        ThreadState { main, visits: false, ends: false, identifier: 0, dict: None, sent: None, variables: None }
    }
}

/// What a new thread calls.
pub struct ThreadStart {
    pub callable: Owned,
    /// A tuple.
    pub arguments: Owned,
    /// A dict with text keys.
    pub keywords: Option<Owned>,
}

/// How far a thread has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Stage {
    NotStarted,
    Starting,
    Running,
    Done,
}

/// A thread as others see it: whether it runs, and its end to wait for. It outlives the thread.
#[derive(Debug, Default)]
pub struct ThreadHandle {
    stage: AtomicU32,
    identifier: AtomicU64,
    done: Event,
}

impl ThreadHandle {
    /// A handle of a thread that runs already (or of none, which has to be said with `set_done`).
    pub fn running(identifier: u64) -> ThreadHandle {
        let handle = ThreadHandle::default();
        handle.identifier.store(identifier, Ordering::Relaxed);
        handle.stage.store(Stage::Running as u32, Ordering::Release);
        handle
    }

    pub fn stage(&self) -> Stage {
        let stages = [Stage::NotStarted, Stage::Starting, Stage::Running, Stage::Done];
        stages[self.stage.load(Ordering::Acquire) as usize]
    }

    /// The thread's `get_ident()`; 0 before it runs.
    pub fn identifier(&self) -> u64 {
        self.identifier.load(Ordering::Relaxed)
    }

    /// Says that the thread has ended.
    pub fn set_done(&self) {
        self.stage.store(Stage::Done as u32, Ordering::Release);
        self.done.set();
    }

    /// Waits for the thread's end, at most until a point of time. Whether it has ended.
    pub fn join(&self, cx: &mut Context, until: Option<Instant>) -> Result<bool> {
        self.done.wait(cx, until)
    }
}

/// `_thread.get_ident()` of the calling thread.
pub fn identifier() -> u64 {
    // SAFETY: a plain query.
    unsafe { libc::pthread_self() as u64 }
}

/// `_thread.get_native_id()` of the calling thread.
pub fn native_identifier() -> i64 {
    // SAFETY: a plain query.
    unsafe { libc::syscall(libc::SYS_gettid) }
}

/// Calls `body` with all signals blocked. Threads that it starts inherit that, and never take a signal that is meant for
/// those of the program.
pub fn without_signals<R>(body: impl FnOnce() -> R) -> R {
    // SAFETY: the sets are plain data, which the calls fill in before they are read.
    let before = unsafe {
        let (mut all, mut before): (libc::sigset_t, libc::sigset_t) = (std::mem::zeroed(), std::mem::zeroed());
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        before
    };
    let result = body();
    // SAFETY: as above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut()) };
    result
}

/// A context on its way to the thread that it belongs to, with what that calls.
struct Newborn {
    context: Box<Context>,
    start: ThreadStart,
    handle: Arc<ThreadHandle>,
}

// SAFETY: (threads 2) the context belongs to the new thread from now on; the values are touched under the GIL.
unsafe impl Send for Newborn {}

/// Starts a thread that calls `start`. Its handle must be a fresh one. Errors: `RuntimeError`.
pub fn spawn(cx: &mut Context, start: ThreadStart, handle: &Arc<ThreadHandle>) -> Result<()> {
    let first = handle.stage.compare_exchange(
        Stage::NotStarted as u32,
        Stage::Starting as u32,
        Ordering::AcqRel,
        Ordering::Acquire,
    );
    if first.is_err() {
        return Err(cx.raise(&RUNTIME_ERROR, "thread already started"));
    }
    let interpreter = cx.interpreter();
    let Some(mut context) = Context::new(interpreter, false) else { return Err(refused(cx, handle)) };
    context.recursion_limit = cx.recursion_limit;
    context.recursion_left = cx.recursion_limit;
    context.calls_out = interpreter.options.calls_out_period();
    if interpreter.options.switch != 0 && interpreter.options.jit == jit_mode::OFF {
        context.request(interrupt::GIL);
    }
    let place: *mut Context = &mut *context;
    let stack = match interpreter.thread_stack_bytes {
        0 => STACK_BYTES_DEFAULT,
        bytes => bytes.max(STACK_BYTES_MIN),
    };
    interpreter.threads.push(place);
    let newborn = Newborn { context, start, handle: handle.clone() };
    match std::thread::Builder::new().stack_size(stack).spawn(move || live(newborn)) {
        Ok(thread) => {
            use std::os::unix::thread::JoinHandleExt;
            // The thread notes it, too: whoever comes first.
            let identifier = thread.as_pthread_t();
            handle.identifier.store(identifier, Ordering::Relaxed);
            let _ = handle.stage.compare_exchange(
                Stage::Starting as u32,
                Stage::Running as u32,
                Ordering::AcqRel,
                Ordering::Acquire,
            );
            Ok(())
        }
        Err(_) => {
            interpreter.threads.retain(|other| *other != place);
            Err(refused(cx, handle))
        }
    }
}

fn refused(cx: &mut Context, handle: &ThreadHandle) -> Raised {
    handle.stage.store(Stage::NotStarted as u32, Ordering::Release);
    cx.raise(&RUNTIME_ERROR, "can't start new thread")
}

/// The life of a thread.
fn live(newborn: Newborn) {
    /// A panic would leave the GIL taken for ever.
    struct NoUnwinding;
    impl Drop for NoUnwinding {
        fn drop(&mut self) {
            if std::thread::panicking() {
                std::process::abort();
            }
        }
    }
    let _guard = NoUnwinding;
    // Whole, so that the closure does not capture its fields one by one.
    let Newborn { context, start, handle } = newborn;
    let context = Box::into_raw(context);
    Context::enter(context);
    // SAFETY: (threads 2) this thread owns the context now.
    let cx = unsafe { &mut *context };
    cx.arrive();
    handle.identifier.store(cx.thread.identifier, Ordering::Relaxed);
    cx.take_gil();
    run(cx, start);
    end(cx);
    // SAFETY: it came from a box, nobody else knows it any more, and this thread runs no Python.
    drop(unsafe { Box::from_raw(context) });
    handle.set_done();
}

/// Runs `work` with the GIL on the calling thread, for a foreign library that calls back. A thread that the interpreter does
/// not know, because the library has started it, is one of the interpreter's for that long. False if there is no memory.
///
/// # Safety
/// The interpreter is alive.
pub unsafe fn attached(interpreter: *mut Interpreter, work: impl FnOnce(&mut Context)) -> bool {
    if Context::of_thread().is_some() {
        return Context::attached(work).is_some();
    }
    let Some(context) = Context::new(interpreter, false) else { return false };
    let context = Box::into_raw(context);
    Context::enter(context);
    // SAFETY: (threads 2) this thread owns the context.
    let cx = unsafe { &mut *context };
    cx.arrive();
    cx.take_gil();
    let interpreter = cx.interpreter();
    if let Some(main) = interpreter.threads.first() {
        // SAFETY: (threads 2) the main context outlives the others.
        cx.recursion_limit = unsafe { &**main }.recursion_limit;
        cx.recursion_left = cx.recursion_limit;
    }
    cx.calls_out = interpreter.options.calls_out_period();
    interpreter.threads.push(context);
    work(cx);
    end(cx);
    Context::enter(std::ptr::null_mut());
    // SAFETY: it came from a box, nobody else knows it any more, and this thread runs no Python.
    drop(unsafe { Box::from_raw(context) });
    true
}

fn run(cx: &mut Context, start: ThreadStart) {
    let ThreadStart { callable, arguments, keywords } = start;
    let mut values = Vec::new();
    if let Some(tuple) = arguments.value().cast::<TupleObject>() {
        values.extend(tuple.as_slice().iter().map(|value| Owned::new(*value)));
    }
    let mut names = Vec::new();
    if let Some(keywords) = &keywords {
        let keywords = dict::of(keywords.value());
        for position in 0..keywords.entry_count() {
            if let Some((name, value)) = keywords.entry(position) {
                names.push(Owned::new(name));
                values.push(Owned::new(value));
            }
        }
    }
    let raw: Vec<Value> = values.iter().map(Owned::value).collect();
    let raw_names: Vec<Value> = names.iter().map(Owned::value).collect();
    let result = call::call_with(cx, callable.value(), Arguments { values: &raw, names: &raw_names });
    if result.is_err() && !cx.swallow(&SYSTEM_EXIT) {
        finalize::report_unraisable(cx, "in thread started by", callable.value());
    }
    drop(result);
    for owned in values.into_iter().chain(names).chain(keywords).chain([arguments, callable]) {
        cx.release(owned.into_raw());
    }
}

/// Gives up what the thread has, and the GIL with it.
fn end(cx: &mut Context) {
    loop {
        if cx.finalizers_pending.get() != 0 {
            cx.run_pending_finalizers();
        }
        let left = [&mut cx.handled, &mut cx.pending].map(|value| std::mem::replace(value, Value::UNBOUND));
        let left = left.into_iter().filter_map(Owned::from_raw_option);
        let thread = &mut cx.thread;
        let kept = [thread.dict.take(), thread.sent.take(), thread.variables.take()];
        let watching = [cx.tracing.trace.take(), cx.tracing.profile.take(), cx.tracing.returned.take()];
        let hooks = std::mem::take(&mut cx.async_generator_hooks);
        let kept = kept.into_iter().chain(watching).chain(hooks).flatten();
        let left: Vec<Owned> = left.chain(kept).collect();
        if left.is_empty() {
            break;
        }
        left.into_iter().for_each(|owned| cx.release(owned.into_raw()));
    }
    let own: *mut Context = cx;
    let interpreter = cx.interpreter();
    interpreter.threads.retain(|other| *other != own);
    // The heap waits in the main thread's context for the next thread that takes the GIL.
    // SAFETY: (threads 2) the main context outlives the others; its thread does not hold the GIL.
    unsafe { &mut *interpreter.threads[0] }.take_heap();
    cx.drop_gil();
}

/// A context for the calling thread, which belongs to another interpreter, with the GIL. None if there is no memory for it.
pub(crate) fn visitor(interpreter: *mut Interpreter) -> Option<Box<Context>> {
    let mut context = Context::new(interpreter, false)?;
    context.arrive();
    context.thread.visits = true;
    Context::enter(&mut *context);
    context.take_gil();
    let place: *mut Context = &mut *context;
    let interpreter = context.interpreter();
    // SAFETY: (threads 2) the main context lives as long as its interpreter.
    let limit = interpreter.threads.first().map_or(context.recursion_limit, |main| unsafe { (**main).recursion_limit });
    context.recursion_limit = limit;
    context.recursion_left = limit;
    context.calls_out = interpreter.options.calls_out_period();
    interpreter.threads.push(place);
    context.update_tracing();
    Some(context)
}

/// Ends a visit: what the thread has in the interpreter is given up, and the GIL with it.
pub(crate) fn leave(cx: &mut Context) {
    end(cx);
}

impl Context {
    /// Whether this thread ends the interpreter, or would be the one that does.
    pub(crate) fn ends_interpreter(&self) -> bool {
        self.thread.main || self.thread.ends
    }

    /// Whether this is the interpreter's main thread.
    pub fn is_main(&self) -> bool {
        self.thread.main
    }

    /// `_thread.get_ident()`
    pub fn thread_identifier(&self) -> u64 {
        self.thread.identifier
    }

    /// The dict of what belongs to this thread alone, for `_thread._local`.
    pub fn thread_dict(&mut self) -> Owned {
        if let Some(dict) = &self.thread.dict {
            return dict.clone();
        }
        let dict = DictObject::new(self);
        self.thread.dict = Some(dict.clone());
        dict
    }

    /// The current context of `contextvars`.
    pub fn variables(&mut self) -> &mut Option<Owned> {
        &mut self.thread.variables
    }

    /// The thread on whose value stack a frame lies.
    pub fn thread_of(&self, base: *mut Value) -> Option<*mut Context> {
        let mut threads = self.interpreter().threads.iter().copied();
        // SAFETY: (threads 2) contexts in the list are alive, and their threads wait for the GIL.
        threads.find(|&other| unsafe { (*other).stack_bottom..(*other).stack_limit }.contains(&base))
    }

    /// Looks at a thread of this interpreter, say at its frames, in its place: it waits for the GIL meanwhile. `look` runs
    /// no Python.
    pub fn in_thread<R>(&mut self, other: *mut Context, look: impl FnOnce(&mut Context) -> R) -> R {
        if std::ptr::eq(other, self) {
            return look(self);
        }
        // SAFETY: (threads 2) contexts in the list are alive.
        let other = unsafe { &mut *other };
        other.take_heap();
        Context::enter(other);
        let seen = look(other);
        self.take_heap();
        Context::enter(self);
        seen
    }

    /// Changes how deep calls may nest, in all threads.
    pub fn set_recursion_limit(&mut self, limit: i64) {
        for &context in &self.interpreter().threads {
            // SAFETY: (threads 2) contexts in the list are alive, and their threads do not hold the GIL.
            let context = unsafe { &mut *context };
            context.recursion_left += limit - context.recursion_limit;
            context.recursion_limit = limit;
        }
    }

    /// At a safe point: raises what another thread has sent.
    pub(crate) fn raise_sent(&mut self) -> Result<()> {
        let Some(sent) = self.thread.sent.take() else { return Ok(()) };
        if sent.value().type_of().is_subtype(&exception::BASE_EXCEPTION) {
            return Err(self.raise_value(sent));
        }
        let made = call::call(self, sent.value(), &[])?;
        Err(self.raise_value(made))
    }
}

/// Number of threads beside the main one.
pub fn count(cx: &Context) -> usize {
    // SAFETY: (threads 2) contexts in the list are alive; what is read here does not change.
    cx.interpreter()
        .threads
        .iter()
        .filter(|&&other| unsafe { !(*other).thread.main && !(*other).thread.visits })
        .count()
}

/// The running frame of each thread that has one, with the thread's identifier.
pub fn running_frames(cx: &mut Context) -> Vec<(u64, LiveFrame)> {
    let mut found = Vec::new();
    for other in cx.interpreter().threads.clone() {
        cx.in_thread(other, |cx| {
            let identifier = cx.thread.identifier;
            frame::walk(cx, |frame| {
                found.push((identifier, *frame));
                false
            });
        });
    }
    found
}

/// Whether a thread of the interpreter has that identifier.
pub fn is_alive(cx: &Context, identifier: u64) -> bool {
    // SAFETY: (threads 2) contexts in the list are alive; what is read here is written under the GIL alone.
    cx.interpreter().threads.iter().any(|&other| unsafe { (*other).thread.identifier } == identifier)
}

/// Makes an exception (an instance or a class) be raised in a thread at its next safe point; `None` takes one back that
/// was not raised yet. How many threads have that identifier: one or none.
pub fn send_exception(cx: &mut Context, identifier: u64, sent: Option<Owned>) -> usize {
    let threads = &cx.interpreter().threads;
    // SAFETY: (threads 2) contexts in the list are alive; what is read and written here is so under the GIL alone.
    let found = threads.iter().copied().find(|&other| unsafe { (*other).thread.identifier } == identifier);
    let Some(other) = found else { return 0 };
    // SAFETY: as above.
    let before = unsafe {
        (*other).interrupt.fetch_or(interrupt::EXCEPTION, Ordering::Relaxed);
        std::mem::replace(&mut (*other).thread.sent, sent)
    };
    if let Some(before) = before {
        cx.release(before.into_raw());
    }
    1
}

/// The interpreter ends: threads other than the main one stop where they next wait for the GIL.
pub fn end_interpreter(cx: &mut Context) {
    cx.thread.ends = true;
    cx.interpreter().ending = true;
}

/// What the program wants to run around `fork` (`os.register_at_fork`).
#[derive(Debug, Default)]
pub struct ForkHooks {
    pub before: Vec<Owned>,
    pub after_in_child: Vec<Owned>,
    pub after_in_parent: Vec<Owned>,
}

/// `os.fork()` without the program's own hooks: the child's process identifier, 0 in the child. There only this thread
/// goes on, and becomes the main one.
pub fn fork(cx: &mut Context) -> std::io::Result<i32> {
    let mut outcome = Ok(-1);
    let hook = cx.interpreter().hooks.around_fork;
    hook(cx, &mut |cx| {
        let guard = cx.interpreter().gil.hold_for_fork();
        // SAFETY: the threads that the child loses hold no lock that it needs: not the GIL, nor what the hook has
        // stopped.
        let process = unsafe { libc::fork() };
        outcome = if process < 0 { Err(std::io::Error::last_os_error()) } else { Ok(process) };
        if process == 0 {
            guard.forget_others();
            be_alone(cx);
        }
        process == 0
    });
    outcome
}

/// In the child: the other threads are gone. What their frames hold stays, as in CPython; nobody can tell where in the
/// middle of what they were.
fn be_alone(cx: &mut Context) {
    let own: *mut Context = cx;
    let interpreter = cx.interpreter();
    interpreter.threads = vec![own];
    interpreter.become_only_child(cx.thread.identifier);
    if interpreter.collector.running != own {
        interpreter.collector.running = std::ptr::null();
    }
    cx.thread.main = true;
    signals::forget_arrived();
    signals::serve_on(cx);
}
