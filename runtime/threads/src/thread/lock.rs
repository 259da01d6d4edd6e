//! Locks: one that any thread may release, and one that its owner may take again.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{float, int};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::threads::wait;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Seconds that a wait can be limited to.
const SECONDS_MAX: f64 = 9223372036.0;

/// The seconds that an argument says: a float, or what stands for an integer.
fn seconds_of(cx: &mut Context, timeout: Value) -> Result<f64> {
    if let Some(seconds) = float::as_f64(timeout) {
        return Ok(seconds);
    }
    if !convert::is_index(Some(timeout)) {
        let name = timeout.type_of().name();
        return Err(cx.type_error(format!("'{name}' object cannot be interpreted as an integer or float")));
    }
    let number = convert::index(cx, timeout)?;
    let beyond = if int::is_negative(number.value()) { f64::NEG_INFINITY } else { f64::INFINITY };
    Ok(int::as_i64(number.value()).map_or(beyond, |number| number as f64))
}

/// A point of time so many seconds from now, or none if that is further than clocks reach. With `negative`, a number below
/// zero raises that; otherwise it stands for now.
pub fn deadline(cx: &mut Context, timeout: Value, negative: Option<&str>) -> Result<Option<Instant>> {
    let seconds = seconds_of(cx, timeout)?;
    if seconds.is_nan() {
        return Err(cx.value_error("Invalid value NaN (not a number)"));
    }
    if seconds.abs() > SECONDS_MAX {
        let counted = seconds.abs() < i64::MAX as f64 / 1e9;
        let message = if counted { "timeout value is too large" } else { "timestamp out of range for C PyTime_t" };
        return Err(cx.overflow_error(message));
    }
    match negative {
        Some(negative) if seconds < 0.0 => Err(cx.value_error(negative)),
        _ => Ok(wait::after(Duration::from_secs_f64(seconds.max(0.0)))),
    }
}

/// Takes a lock as the arguments of `acquire` say.
fn acquire_by(cx: &mut Context, lock: &wait::Lock, blocking: bool, timeout: Value) -> Result<bool> {
    // A limit of -1, or -1.0, is none.
    let limited = float::as_f64(timeout) != Some(-1.0) && timeout != Value::from_small_int(-1);
    if !blocking {
        if limited {
            deadline(cx, timeout, None)?;
            return Err(cx.value_error("can't specify a timeout for a non-blocking call"));
        }
        return Ok(lock.try_acquire());
    }
    let until = match limited {
        true => deadline(cx, timeout, Some("timeout value must be a non-negative number"))?,
        false => None,
    };
    lock.acquire(cx, until)
}

/// A lock that any thread may release.
#[native_type("_thread.lock", weakrefs, uncollected)]
#[derive(Traverse, Default)]
pub struct Lock {
    /// Shared with those who wait, whom the object need not outlive.
    #[plain]
    lock: Arc<wait::Lock>,
}

impl Lock {
    fn take(&self, cx: &mut Context, blocking: bool, timeout: Value) -> Result<bool> {
        let lock = self.lock.clone();
        acquire_by(cx, &lock, blocking, timeout)
    }

    fn free(&self, cx: &mut Context) -> Result<()> {
        if self.lock.release() { Ok(()) } else { Err(cx.raise(&RUNTIME_ERROR, "release unlocked lock")) }
    }
}

#[methods]
impl Lock {
    #[new(name = "lock")]
    fn new() -> Result<Lock> {
        Ok(Lock::default())
    }

    /// Takes the lock; whether that was done.
    fn acquire(
        &self,
        cx: &mut Context,
        #[named]
        #[default(true)]
        blocking: bool,
        #[default(Value::from_small_int(-1), "-1")] timeout: Value,
    ) -> Result<bool> {
        self.take(cx, blocking, timeout)
    }

    /// An old name of acquire.
    fn acquire_lock(
        &self,
        cx: &mut Context,
        #[named]
        #[default(true)]
        blocking: bool,
        #[default(Value::from_small_int(-1), "-1")] timeout: Value,
    ) -> Result<bool> {
        self.take(cx, blocking, timeout)
    }

    /// Frees the lock.
    fn release(&self, cx: &mut Context) -> Result<()> {
        self.free(cx)
    }

    /// An old name of release.
    fn release_lock(&self, cx: &mut Context) -> Result<()> {
        self.free(cx)
    }

    /// Whether the lock is taken.
    fn locked(&self) -> bool {
        self.lock.is_taken()
    }

    /// An old name of locked.
    fn locked_lock(&self) -> bool {
        self.lock.is_taken()
    }

    /// Takes the lock.
    fn __enter__(&self, cx: &mut Context) -> Result<bool> {
        self.take(cx, true, Value::from_small_int(-1))
    }

    /// Frees the lock.
    fn __exit__(&self, cx: &mut Context, #[rest] _exc_info: &[Value]) -> Result<()> {
        self.free(cx)
    }

    /// Frees the lock in a new process, where whoever held it is not.
    fn _at_fork_reinit(&self) {
        self.lock.reset();
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Owned {
        let state = if self.lock.is_taken() { "locked" } else { "unlocked" };
        let name = this.type_of().name();
        StrObject::new(cx, &format!("<{state} {name} object at {:#x}>", this.0))
    }
}

/// A lock that the thread which holds it may take again.
#[native_type("_thread.RLock", base, weakrefs, uncollected)]
#[derive(Traverse, Default)]
pub struct RecursiveLock {
    #[plain]
    lock: Arc<wait::Lock>,
    owner: Cell<u64>,
    count: Cell<u64>,
}

impl RecursiveLock {
    fn is_owner(&self, cx: &Context) -> bool {
        self.count.get() > 0 && self.owner.get() == cx.thread_identifier()
    }

    fn take(&self, cx: &mut Context, blocking: bool, timeout: Value) -> Result<bool> {
        if self.is_owner(cx) {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        let lock = self.lock.clone();
        let taken = acquire_by(cx, &lock, blocking, timeout)?;
        if taken {
            self.owner.set(cx.thread_identifier());
            self.count.set(1);
        }
        Ok(taken)
    }

    fn free(&self, cx: &mut Context) -> Result<()> {
        if !self.is_owner(cx) {
            return Err(cx.raise(&RUNTIME_ERROR, "cannot release un-acquired lock"));
        }
        self.count.set(self.count.get() - 1);
        if self.count.get() == 0 {
            self.owner.set(0);
            self.lock.release();
        }
        Ok(())
    }
}

#[methods]
impl RecursiveLock {
    #[new(name = "RLock")]
    fn new(_arguments: sidewinder_runtime::Arguments<'_>) -> Result<RecursiveLock> {
        Ok(RecursiveLock::default())
    }

    /// Takes the lock, or takes it once more; whether that was done.
    fn acquire(
        &self,
        cx: &mut Context,
        #[named]
        #[default(true)]
        blocking: bool,
        #[default(Value::from_small_int(-1), "-1")] timeout: Value,
    ) -> Result<bool> {
        self.take(cx, blocking, timeout)
    }

    /// Gives the lock up once.
    fn release(&self, cx: &mut Context) -> Result<()> {
        self.free(cx)
    }

    /// Whether the lock is taken.
    fn locked(&self) -> bool {
        self.count.get() > 0
    }

    /// Whether this thread holds the lock.
    fn _is_owned(&self, cx: &mut Context) -> bool {
        self.is_owner(cx)
    }

    /// How often this thread has taken the lock.
    fn _recursion_count(&self, cx: &mut Context) -> u64 {
        if self.is_owner(cx) { self.count.get() } else { 0 }
    }

    /// Takes the lock as often as `_release_save` has given it up.
    fn _acquire_restore(&self, cx: &mut Context, state: &TupleObject) -> Result<()> {
        let &[count, owner] = state.as_slice() else {
            return Err(cx.type_error("_acquire_restore() argument must be 2-item tuple"));
        };
        let lock = self.lock.clone();
        lock.acquire(cx, None)?;
        self.owner.set(int::as_u64(owner).unwrap_or_default());
        self.count.set(int::as_u64(count).unwrap_or_default());
        Ok(())
    }

    /// Gives the lock up altogether; for conditions.
    fn _release_save(&self, cx: &mut Context) -> Result<(u64, u64)> {
        if self.count.get() == 0 {
            return Err(cx.raise(&RUNTIME_ERROR, "cannot release un-acquired lock"));
        }
        let state = (self.count.replace(0), self.owner.replace(0));
        self.lock.release();
        Ok(state)
    }

    /// Takes the lock.
    fn __enter__(&self, cx: &mut Context) -> Result<bool> {
        self.take(cx, true, Value::from_small_int(-1))
    }

    /// Gives the lock up once.
    fn __exit__(&self, cx: &mut Context, #[rest] _exc_info: &[Value]) -> Result<()> {
        self.free(cx)
    }

    /// Frees the lock in a new process, where whoever held it is not.
    fn _at_fork_reinit(&self) {
        self.lock.reset();
        self.owner.set(0);
        self.count.set(0);
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Owned {
        let (count, owner) = (self.count.get(), self.owner.get());
        let state = if count > 0 { "locked" } else { "unlocked" };
        let name = this.type_of().name();
        StrObject::new(cx, &format!("<{state} {name} object owner={owner} count={count} at {:#x}>", this.0))
    }
}
