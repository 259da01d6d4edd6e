//! The module `_multiprocessing`: semaphores that processes share (Modules/_multiprocessing/semaphore.c).

use crate::c_name;
use crate::system::semaphore::{self, Semaphore};
use crate::system::{plainly, raise};
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::ASSERTION_ERROR;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The kinds of semaphores, as `multiprocessing.synchronize` numbers them.
const RECURSIVE_MUTEX: i32 = 0;
const SEMAPHORE: i32 = 1;

/// The open semaphores by their handles: an object may be made of a handle alone.
#[derive(Default)]
struct Open(RefCell<HashMap<usize, Weak<Semaphore>>>);

/// Semaphores for the package `multiprocessing`.
#[native_module("_multiprocessing", types(SemLock))]
mod rows {
    use super::*;

    /// Removes the name of a semaphore, which lives until nobody uses it any more.
    #[function]
    fn sem_unlink(cx: &mut Context, name: String) -> Result<()> {
        let name = c_name(cx, &name)?;
        let outcome = semaphore::unlink(&name);
        plainly(cx, Ok(outcome))
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let flags = DictObject::new(cx);
        for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
            dict::of(flags.value()).set_text(cx, name, Value::from_small_int(1));
        }
        module.namespace().set_text(cx, "flags", flags.value());
        SEM_LOCK.object.ensure_ready(cx)?;
        let most = int::from_i64(cx, i64::from(i32::MAX));
        SEM_LOCK.object.namespace(cx).set_text(cx, "SEM_VALUE_MAX", most.value());
        SEM_LOCK.object.modified(cx);
        Ok(())
    }
}

/// A semaphore, or a lock that its owner may take again, that processes share.
#[native_type("_multiprocessing.SemLock", base)]
#[derive(Traverse)]
pub struct SemLock {
    /// Shared with those who wait, whom the object need not outlive.
    #[plain]
    semaphore: Arc<Semaphore>,
    kind: i32,
    maximum: i32,
    name: Option<String>,
    /// How often this process has taken it more than given it back.
    count: Cell<i64>,
    /// The thread that took it last.
    owner: Cell<u64>,
}

impl SemLock {
    fn of(cx: &mut Context, semaphore: Semaphore, (kind, maximum): (i32, i32), name: Option<String>) -> SemLock {
        let semaphore = Arc::new(semaphore);
        let open = cx.state::<Open>();
        let mut open = open.0.borrow_mut();
        open.retain(|_, semaphore| semaphore.strong_count() > 0);
        open.insert(semaphore.handle(), Arc::downgrade(&semaphore));
        SemLock::over(semaphore, (kind, maximum), name)
    }

    fn over(semaphore: Arc<Semaphore>, (kind, maximum): (i32, i32), name: Option<String>) -> SemLock {
        SemLock { semaphore, kind, maximum, name, count: Cell::new(0), owner: Cell::new(0) }
    }

    fn is_own(&self, cx: &mut Context) -> bool {
        self.count.get() > 0 && self.owner.get() == cx.thread_identifier()
    }

    fn take(&self, cx: &mut Context, block: bool, timeout: Option<f64>) -> Result<bool> {
        if self.kind == RECURSIVE_MUTEX && self.is_own(cx) {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        let until = match timeout {
            Some(seconds) => Some(deadline(cx, seconds)?),
            None => None,
        };
        let semaphore = self.semaphore.clone();
        let mut outcome = semaphore.try_wait();
        if block && outcome.as_ref().is_err_and(is_taken) {
            outcome = cx.interruptible(|_| semaphore.wait(until.as_ref()))?;
        }
        match outcome {
            Ok(()) => {
                self.count.set(self.count.get() + 1);
                self.owner.set(cx.thread_identifier());
                Ok(true)
            }
            Err(error) if is_taken(&error) => Ok(false),
            Err(error) => Err(raise(cx, &error)),
        }
    }

    fn give_back(&self, cx: &mut Context) -> Result<()> {
        if self.kind == RECURSIVE_MUTEX {
            if !self.is_own(cx) {
                let message = "attempt to release recursive lock not owned by thread";
                return Err(cx.raise(&ASSERTION_ERROR, message));
            }
            if self.count.get() > 1 {
                self.count.set(self.count.get() - 1);
                return Ok(());
            }
        } else if self.value(cx)? >= self.maximum {
            return Err(cx.value_error("semaphore or lock released too many times"));
        }
        let outcome = self.semaphore.post();
        plainly(cx, Ok(outcome))?;
        self.count.set(self.count.get() - 1);
        Ok(())
    }

    fn value(&self, cx: &mut Context) -> Result<i32> {
        let outcome = self.semaphore.value();
        plainly(cx, Ok(outcome))
    }
}

/// Whether an error says that there is nothing to take, now or until the time that was given.
fn is_taken(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::ETIMEDOUT))
}

/// The point of the system's time so many seconds from now. What clocks do not reach is as late as they reach.
fn deadline(cx: &mut Context, seconds: f64) -> Result<libc::timespec> {
    if seconds.is_nan() {
        return Err(cx.value_error("Invalid value NaN (not a number)"));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let wait = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
    let until = now.checked_add(wait).unwrap_or(Duration::MAX);
    let seconds = until.as_secs().min(i64::MAX as u64) as libc::time_t;
    Ok(libc::timespec { tv_sec: seconds, tv_nsec: until.subsec_nanos() as libc::c_long })
}

#[methods]
impl SemLock {
    #[new(name = "SemLock")]
    fn new(
        cx: &mut Context,
        #[named] kind: i32,
        value: i32,
        maxvalue: i32,
        name: String,
        unlink: i32,
    ) -> Result<SemLock> {
        if kind != RECURSIVE_MUTEX && kind != SEMAPHORE {
            return Err(cx.value_error("unrecognized kind"));
        }
        let text = c_name(cx, &name)?;
        let created = Semaphore::create(&text, value as u32);
        let semaphore = plainly(cx, Ok(created))?;
        if unlink != 0 {
            let outcome = semaphore::unlink(&text);
            plainly(cx, Ok(outcome))?;
        }
        let name = if unlink == 0 { Some(name) } else { None };
        Ok(SemLock::of(cx, semaphore, (kind, maxvalue), name))
    }

    /// Takes the semaphore or lock; whether that was done. If it must, it waits, and for so many seconds at most.
    fn acquire(
        &self,
        cx: &mut Context,
        #[named]
        #[default(true)]
        block: bool,
        #[default(None)] timeout: Option<f64>,
    ) -> Result<bool> {
        self.take(cx, block, timeout)
    }

    /// Gives the semaphore or lock back.
    fn release(&self, cx: &mut Context) -> Result<()> {
        self.give_back(cx)
    }

    /// Takes the semaphore or lock.
    #[method(name = "__enter__")]
    fn enter(&self, cx: &mut Context) -> Result<bool> {
        self.take(cx, true, None)
    }

    /// Gives the semaphore or lock back.
    #[method(name = "__exit__")]
    fn exit(
        &self,
        cx: &mut Context,
        #[default(None)] exc_type: Option<Value>,
        #[default(None)] exc_value: Option<Value>,
        #[default(None)] exc_tb: Option<Value>,
    ) -> Result<()> {
        let _ = (exc_type, exc_value, exc_tb);
        self.give_back(cx)
    }

    /// How often this process has taken it more than given it back.
    fn _count(&self) -> i64 {
        self.count.get()
    }

    /// Whether the running thread has it.
    fn _is_mine(&self, cx: &mut Context) -> bool {
        self.is_own(cx)
    }

    /// How often it can be taken now.
    fn _get_value(&self, cx: &mut Context) -> Result<i32> {
        self.value(cx)
    }

    /// Whether it cannot be taken now.
    fn _is_zero(&self, cx: &mut Context) -> Result<bool> {
        Ok(self.value(cx)? == 0)
    }

    /// An object over a semaphore that is there: one with a name is opened, another one is known by its handle.
    #[class_method]
    fn _rebuild(
        class: &'static TypeObject,
        cx: &mut Context,
        handle: u64,
        kind: i32,
        maxvalue: i32,
        name: Option<String>,
    ) -> Result<Owned> {
        let state = match name {
            Some(name) => {
                let text = c_name(cx, &name)?;
                let opened = Semaphore::open(&text);
                let semaphore = plainly(cx, Ok(opened))?;
                SemLock::of(cx, semaphore, (kind, maxvalue), Some(name))
            }
            None => {
                let open = cx.state::<Open>();
                let found = open.0.borrow().get(&(handle as usize)).and_then(Weak::upgrade);
                let Some(semaphore) = found else {
                    return Err(raise(cx, &io::Error::from_raw_os_error(libc::EINVAL)));
                };
                SemLock::over(semaphore, (kind, maxvalue), None)
            }
        };
        NativeObject::allocate(cx, class, state)
    }

    /// Forgets, in a process that was forked, what the other one has taken.
    fn _after_fork(&self) {
        self.count.set(0);
    }

    /// The number that stands for the semaphore in this process.
    #[get(member)]
    fn handle(&self) -> usize {
        self.semaphore.handle()
    }

    /// Whether it is a lock that its owner may take again (0), or a semaphore (1).
    #[get(member)]
    fn kind(&self) -> i32 {
        self.kind
    }

    /// How often it can be taken at most.
    #[get(member)]
    fn maxvalue(&self) -> i32 {
        self.maximum
    }

    /// Its name, if that was not removed.
    #[get(member)]
    fn name(&self) -> Option<String> {
        self.name.clone()
    }
}
