//! The global interpreter lock: one thread at a time touches an interpreter and its objects.
//!
//! The lock is handed over fairly, as CPython's is. Who wants it waits for the switch interval, then sets
//! `interrupt::GIL` in the word of the thread that holds it; that one lets go at its next safe point (a loop's back-edge
//! or a function's entry, in traces as well) and does not take the lock again before somebody else had it.
//!
//! The interpreter's heap moves with the lock: it lies in the context of the thread that holds the lock, or did so last,
//! where machine code reaches its free lists by a constant offset.

use crate::context::{Context, interrupt};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// `sys.getswitchinterval()` at the start, in microseconds.
const SWITCH_INTERVAL: u64 = 5000;

/// The lock of one interpreter.
#[derive(Debug)]
pub struct Gil {
    state: Mutex<State>,
    /// The lock is free.
    freed: Condvar,
    /// The lock was taken after somebody had let go of it for others.
    taken: Condvar,
    /// Microseconds that a thread waits before it asks for the lock.
    interval: AtomicU64,
}

#[derive(Debug)]
struct State {
    /// The interrupt word of the thread that holds the lock, or null. It lives as long as the thread holds the lock.
    holder: *const AtomicU32,
    /// Threads that wait for the lock. Among them those that have let go of it for others, and wait until they do have it.
    waiting: usize,
    yielding: usize,
    /// How often the lock was taken.
    turns: u64,
    /// Reasons that the next holder finds in its interrupt word.
    posted: u32,
}

// SAFETY: (threads 3) the holder's word is atomic, and read only while the state is locked.
unsafe impl Send for State {}

impl Default for Gil {
    fn default() -> Gil {
        let state = State { holder: std::ptr::null(), waiting: 0, yielding: 0, turns: 0, posted: 0 };
        Gil {
            state: Mutex::new(state),
            freed: Condvar::new(),
            taken: Condvar::new(),
            interval: AtomicU64::new(SWITCH_INTERVAL),
        }
    }
}

impl Gil {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a thread waits before it asks for the lock.
    pub fn interval(&self) -> Duration {
        Duration::from_micros(self.interval.load(Ordering::Relaxed))
    }

    /// Sets how long a thread waits before it asks for the lock; at least a microsecond.
    pub fn set_interval(&self, interval: Duration) {
        let microseconds = u64::try_from(interval.as_micros()).unwrap_or(u64::MAX);
        self.interval.store(microseconds.max(1), Ordering::Relaxed);
    }

    /// Asks the thread that holds the lock, or will hold it next, to look at its interrupt word for `reasons`.
    pub fn post(&self, reasons: u32) {
        let mut state = self.lock();
        // SAFETY: (threads 3) the word lives while its thread holds the lock, which it cannot give up meanwhile.
        match unsafe { state.holder.as_ref() } {
            Some(word) => drop(word.fetch_or(reasons, Ordering::Relaxed)),
            None => state.posted |= reasons,
        }
    }

    /// Waits for the lock on behalf of the thread with this interrupt word.
    fn take(&self, word: &AtomicU32) {
        self.take_locked(self.lock(), word);
    }

    /// Waits for the lock at most so long, and says whether it came.
    pub(crate) fn take_for(&self, word: &AtomicU32, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        let mut state = self.lock();
        state.waiting += 1;
        while !state.holder.is_null() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.waiting -= 1;
                return false;
            }
            // SAFETY: (threads 3) as in `post`.
            if let Some(holder) = unsafe { state.holder.as_ref() } {
                holder.fetch_or(interrupt::GIL, Ordering::Relaxed);
            }
            let waited = self.freed.wait_timeout(state, left.min(self.interval()));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.waiting -= 1;
        self.take_locked(state, word);
        true
    }

    fn take_locked(&self, mut state: MutexGuard<'_, State>, word: &AtomicU32) {
        if !state.holder.is_null() {
            state.waiting += 1;
            while !state.holder.is_null() {
                let turn = state.turns;
                let waited = self.freed.wait_timeout(state, self.interval());
                let (next, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                state = next;
                // Whoever has taken the lock in the meantime gets an interval of its own.
                if timeout.timed_out() && state.turns == turn {
                    // SAFETY: (threads 3) as in `post`.
                    if let Some(holder) = unsafe { state.holder.as_ref() } {
                        holder.fetch_or(interrupt::GIL, Ordering::Relaxed);
                    }
                }
            }
            state.waiting -= 1;
        }
        if state.yielding > 0 {
            self.taken.notify_all();
        }
        state.holder = word;
        state.turns += 1;
        let posted = std::mem::take(&mut state.posted);
        if posted != 0 {
            word.fetch_or(posted, Ordering::Relaxed);
        }
    }

    pub(crate) fn drop_lock(&self) {
        let mut state = self.lock();
        state.holder = std::ptr::null();
        let is_wanted = state.waiting > 0;
        drop(state);
        // A call of the system, which nobody needs while no thread waits.
        if is_wanted {
            self.freed.notify_one();
        }
    }

    /// Lets a thread that waits have the lock, and waits for it in turn. Whether there was one.
    fn hand_over(&self, word: &AtomicU32) -> bool {
        let mut state = self.lock();
        if state.waiting == 0 {
            return false;
        }
        let turn = state.turns;
        state.holder = std::ptr::null();
        self.freed.notify_one();
        // Whoever gets it may find us waiting at once.
        state.waiting += 1;
        state.yielding += 1;
        while state.turns == turn {
            state = self.taken.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.yielding -= 1;
        state.waiting -= 1;
        self.take_locked(state, word);
        true
    }

    /// Whether the thread with this interrupt word holds the lock.
    fn is_held_by(&self, word: &AtomicU32) -> bool {
        std::ptr::eq(self.lock().holder, word)
    }

    /// Keeps every other thread from taking the lock's own mutex while the process forks, so that the child finds it in
    /// order.
    pub(crate) fn hold_for_fork(&self) -> ForkGuard<'_> {
        ForkGuard(self.lock())
    }
}

/// Holds the state of a lock while the process forks.
pub(crate) struct ForkGuard<'a>(MutexGuard<'a, State>);

impl ForkGuard<'_> {
    /// In the child: the threads that waited are not there.
    pub(crate) fn forget_others(mut self) {
        (self.0.waiting, self.0.yielding) = (0, 0);
    }
}

/// Shows that the calling thread does not hold the GIL: it may wait for the system, and touches no object.
#[derive(Debug)]
pub struct Detached(());

impl Context {
    /// Waits until this thread holds the interpreter's lock. Never returns once the interpreter has ended.
    pub(crate) fn take_gil(&mut self) {
        let gil: &Gil = &self.interpreter().gil;
        gil.take(&self.interrupt);
        self.settle_in();
    }

    /// Gives the lock up; no object may be touched until `take_gil`.
    pub fn drop_gil(&mut self) {
        self.interpreter().gil.drop_lock();
    }

    /// At a safe point: lets another thread that waits run first. Whether there was one.
    pub fn hand_over_gil(&mut self) -> bool {
        let gil: &Gil = &self.interpreter().gil;
        let others = gil.hand_over(&self.interrupt);
        if others {
            self.settle_in();
        }
        others
    }

    /// Stress (`-X switch=N`): at every Nth chance, lets another thread run that waits.
    pub fn switch_chance(&mut self) {
        let interpreter = self.interpreter();
        let period = interpreter.options.switch;
        if period == 0 {
            return;
        }
        interpreter.switch_chances += 1;
        if interpreter.switch_chances.is_multiple_of(period) {
            self.hand_over_gil();
        }
    }

    /// After the lock was taken: the heap moves here, if another thread had the lock last.
    fn settle_in(&mut self) {
        let interpreter = self.interpreter();
        if self.take_heap() {
            interpreter.hand_overs += 1;
        }
        if interpreter.ending && !self.ends_interpreter() {
            interpreter.gil.drop_lock();
            // As in CPython: a thread that comes back after the end stays where it is until the process is gone.
            loop {
                std::thread::park();
            }
        }
    }

    /// Moves the interpreter's heap into this context, while the GIL is held. Whether another one had it.
    pub(crate) fn take_heap(&mut self) -> bool {
        let own: *mut Context = self;
        let home = std::mem::replace(&mut self.interpreter().heap_home, own);
        if home == own {
            return false;
        }
        // SAFETY: (threads 2) the context is not freed before its heap has moved on; its thread does not hold the lock,
        // so it does not touch the heap.
        let other = unsafe { home.as_mut() };
        let moves = other.is_some();
        if let Some(other) = other {
            std::mem::swap(&mut other.heap, &mut self.heap);
        }
        self.heap.interrupt = &raw const self.interrupt;
        if self.heap.collect_wanted {
            self.request(interrupt::COLLECT);
        }
        moves
    }

    /// Runs `work`, which may wait for the system, without the lock. It can hold no value: other threads run meanwhile,
    /// and whatever was borrowed from an object before must be looked up again after.
    pub fn detached<T: Send>(&mut self, work: impl FnOnce(Detached) -> T + Send) -> T {
        /// Takes the lock again, also if `work` panics.
        struct Back<'a>(&'a mut Context);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.take_gil();
            }
        }
        self.drop_gil();
        let _back = Back(self);
        work(Detached(()))
    }

    /// Runs `work` with the lock, on a thread that may have given it up: for what a foreign library calls back, in the middle
    /// of `detached` or not. None on a thread that the interpreter does not know.
    pub fn attached<T>(work: impl FnOnce(&mut Context) -> T) -> Option<T> {
        /// Gives the lock up again, also if `work` panics.
        struct Away<'a>(&'a mut Context);
        impl Drop for Away<'_> {
            fn drop(&mut self) {
                self.0.drop_gil();
            }
        }
        let cx = Context::of_thread()?;
        let gil: &Gil = &cx.interpreter().gil;
        if gil.is_held_by(&cx.interrupt) {
            return Some(work(cx));
        }
        cx.take_gil();
        let away = Away(cx);
        Some(work(away.0))
    }
}
