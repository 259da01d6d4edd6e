//! The module `_thread`: threads of the system, locks, values that belong to a thread.

mod handle;
mod local;
pub mod lock;

use handle::Handle;
use local::{Dummy, Local};
use lock::{Lock, RecursiveLock};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::{Given, Index, NativeObject};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{RUNTIME_ERROR, SYSTEM_EXIT};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::tuple::{self, TupleObject};
use sidewinder_runtime::signals;
use sidewinder_runtime::threads::{self, ThreadHandle, ThreadStart};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// Least native stack that a thread can be given: what CPython takes on this system.
const STACK_BYTES_MIN: i64 = 53248;
/// Bytes of a thread's name that the system keeps.
const NAME_BYTES_MAX: usize = 15;

/// Primitive operations on threads, on which `threading` is built.
#[native_module("_thread", types(Lock, RecursiveLock, hidden Dummy, Handle, Local))]
mod rows {
    use super::*;

    /// Seconds that a wait can be limited to.
    #[constant]
    const TIMEOUT_MAX: f64 = 9223372036.0;

    #[constant(name = "_NAME_MAXLEN")]
    const NAME_MAXLEN: i64 = NAME_BYTES_MAX as i64;

    /// Starts a thread that calls the function, and gives its identifier.
    #[function]
    fn start_new_thread(cx: &mut Context, function: Value, args: Value, kwargs: Given<Value>) -> Result<u64> {
        start(cx, function, args, kwargs.0)
    }

    /// An old name of start_new_thread.
    #[function]
    fn start_new(cx: &mut Context, function: Value, args: Value, kwargs: Given<Value>) -> Result<u64> {
        start(cx, function, args, kwargs.0)
    }

    /// Starts a thread that calls the function without arguments, and gives a handle to wait for its end.
    #[function]
    fn start_joinable_thread(
        cx: &mut Context,
        #[named] function: Owned,
        #[default(None)] handle: Option<Owned>,
        #[default(true)] daemon: bool,
    ) -> Result<Owned> {
        if function.value().type_of().slots().call.is_none() {
            return Err(cx.type_error("thread function must be callable"));
        }
        let handle = match handle {
            Some(handle) => handle,
            None => NativeObject::new(cx, Handle::default())?,
        };
        let held = handle.clone();
        let Some(own) = held.value().cast::<NativeObject<Handle>>() else {
            return Err(cx.type_error("'handle' must be a _ThreadHandle"));
        };
        let arguments = Owned::new(tuple::empty());
        check_allowed(cx)?;
        threads::spawn(cx, ThreadStart { callable: function, arguments, keywords: None }, own.shared())?;
        if !daemon {
            cx.state::<Joined>().0.borrow_mut().push(own.shared().clone());
        }
        Ok(handle)
    }

    /// Whether threads may go on after the main one has ended.
    #[function]
    fn daemon_threads_allowed(cx: &mut Context) -> bool {
        cx.member().config.allow_daemon_threads
    }

    /// A new lock.
    #[function]
    fn allocate_lock(cx: &mut Context) -> Result<Owned> {
        NativeObject::new(cx, Lock::default())
    }

    /// An old name of allocate_lock.
    #[function]
    fn allocate(cx: &mut Context) -> Result<Owned> {
        NativeObject::new(cx, Lock::default())
    }

    /// Ends the thread: raises SystemExit.
    #[function]
    fn exit(cx: &mut Context) -> Result<()> {
        Err(sidewinder_runtime::objects::exception::raise_arguments(cx, &SYSTEM_EXIT, &[]))
    }

    /// An old name of exit.
    #[function]
    fn exit_thread(cx: &mut Context) -> Result<()> {
        Err(sidewinder_runtime::objects::exception::raise_arguments(cx, &SYSTEM_EXIT, &[]))
    }

    /// As if a signal had arrived: the main thread runs its handler.
    #[function]
    fn interrupt_main(cx: &mut Context, #[default(libc::SIGINT, "signal.SIGINT")] signum: i32) -> Result<()> {
        if !(1..signals::SIGNALS_MAX).contains(&signum) {
            return Err(cx.value_error("signal number out of range"));
        }
        signals::simulate(cx, signum);
        // Where the main thread itself is meant, its handler runs before the next statement.
        signals::check(cx)
    }

    /// A number that no other thread has that runs now.
    #[function(no_python)]
    fn get_ident(cx: &mut Context) -> u64 {
        cx.thread_identifier()
    }

    /// The system's number of the thread.
    #[function(no_python)]
    fn get_native_id() -> i64 {
        threads::native_identifier()
    }

    /// How many threads run beside the main one.
    #[function]
    fn _count(cx: &mut Context) -> usize {
        threads::count(cx)
    }

    /// Bytes of native stack of threads that are started from now on; 0 for the usual. Gives what was set before.
    #[function]
    fn stack_size(cx: &mut Context, #[default(0)] size: Index) -> Result<usize> {
        let old = cx.interpreter().thread_stack_bytes;
        if size.0 != 0 && size.0 < STACK_BYTES_MIN {
            return Err(cx.value_error(format!("size must be at least {STACK_BYTES_MIN} bytes")));
        }
        cx.interpreter().thread_stack_bytes = size.0 as usize;
        Ok(old)
    }

    /// Waits for all threads that are no daemons.
    #[function]
    fn _shutdown(cx: &mut Context) -> Result<()> {
        let own = cx.thread_identifier();
        loop {
            let next = cx.state::<Joined>().0.borrow_mut().pop();
            let Some(handle) = next else { return Ok(()) };
            if handle.identifier() == own {
                continue;
            }
            if let Err(raised) = handle.join(cx, None) {
                cx.state::<Joined>().0.borrow_mut().push(handle);
                return Err(raised);
            }
        }
    }

    /// A handle of a thread that runs already.
    #[function]
    fn _make_thread_handle(cx: &mut Context, ident: Value) -> Result<Owned> {
        let Some(identifier) = sidewinder_runtime::objects::int::as_u64(ident) else {
            return Err(cx.type_error("ident must be an integer"));
        };
        let handle = Arc::new(ThreadHandle::running(identifier));
        NativeObject::new(cx, Handle::of(handle))
    }

    /// The number of the main thread.
    #[function]
    fn _get_main_thread_ident(cx: &mut Context) -> u64 {
        cx.family().main_thread()
    }

    /// Whether this is the first interpreter of the process.
    #[function]
    fn _is_main_interpreter(cx: &mut Context) -> bool {
        cx.member().id == 0
    }

    /// Tells the system the name of the thread.
    #[function]
    fn set_name(#[named] name: Cow<'_, str>) {
        let mut end = name.len().min(NAME_BYTES_MAX);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        if let Ok(name) = std::ffi::CString::new(&name[..end]) {
            // SAFETY: a call of the system with a text that ends in a null.
            unsafe { libc::prctl(libc::PR_SET_NAME, name.as_ptr()) };
        }
    }

    /// What the system calls the thread.
    #[function]
    fn _get_name() -> String {
        let mut buffer = [0u8; NAME_BYTES_MAX + 1];
        // SAFETY: the system writes at most sixteen bytes.
        unsafe { libc::prctl(libc::PR_GET_NAME, buffer.as_mut_ptr()) };
        let length = buffer.iter().position(|byte| *byte == 0).unwrap_or(buffer.len());
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        module.namespace().set_text(cx, "error", RUNTIME_ERROR.value());
        module.namespace().set_text(cx, "LockType", lock::LOCK.value());
        Ok(())
    }
}

/// Threads that the interpreter's end waits for.
#[derive(Default)]
struct Joined(std::cell::RefCell<Vec<Arc<ThreadHandle>>>);

/// Whether the interpreter may start threads.
fn check_allowed(cx: &mut Context) -> Result<()> {
    if cx.member().config.allow_threads {
        return Ok(());
    }
    Err(cx.raise(&RUNTIME_ERROR, "thread is not supported for isolated subinterpreters"))
}

/// Starts a thread that nobody waits for.
fn start(cx: &mut Context, function: Value, arguments: Value, keywords: Option<Value>) -> Result<u64> {
    if function.type_of().slots().call.is_none() {
        return Err(cx.type_error("first arg must be callable"));
    }
    if arguments.cast::<TupleObject>().is_none() {
        return Err(cx.type_error("2nd arg must be a tuple"));
    }
    if keywords.is_some_and(|keywords| keywords.cast::<DictObject>().is_none()) {
        return Err(cx.type_error("optional 3rd arg must be a dictionary"));
    }
    check_allowed(cx)?;
    let handle = Arc::new(ThreadHandle::default());
    let keywords = keywords.map(|keywords| dict::of(keywords).copy(cx));
    let start = ThreadStart { callable: Owned::new(function), arguments: Owned::new(arguments), keywords };
    threads::spawn(cx, start, &handle)?;
    Ok(handle.identifier())
}
