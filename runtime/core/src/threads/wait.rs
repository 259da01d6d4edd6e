//! Waiting for other threads, interruptible by signals: locks and events over the system's futex.

use crate::context::{Context, Result};
use crate::signals;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// What ended a wait.
#[derive(PartialEq, Eq)]
enum Woken {
    /// Somebody has woken us, or the word has changed: look again.
    Yes,
    TimedOut,
    /// A signal arrived.
    Interrupted,
}

/// Waits while `word` is `expected`, until it is woken, a signal arrives or the time is over.
fn wait_while(word: &AtomicU32, expected: u32, until: Option<Instant>) -> Woken {
    let left = until.map(|until| until.saturating_duration_since(Instant::now()));
    if left.is_some_and(|left| left.is_zero()) {
        return Woken::TimedOut;
    }
    let time = left.map(|left| libc::timespec {
        tv_sec: left.as_secs().min(i64::MAX as u64) as libc::time_t,
        tv_nsec: left.subsec_nanos() as libc::c_long,
    });
    let time = time.as_ref().map_or(std::ptr::null(), |time| &raw const *time);
    let operation = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the word outlives the call; the time is null or a local.
    let status = unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), operation, expected, time) };
    if status == 0 {
        return Woken::Yes;
    }
    match std::io::Error::last_os_error().raw_os_error() {
        Some(libc::ETIMEDOUT) => Woken::TimedOut,
        Some(libc::EINTR) => Woken::Interrupted,
        _ => Woken::Yes,
    }
}

fn wake(word: &AtomicU32, threads: i32) {
    let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: only the address counts.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), operation, threads) };
}

/// A point of time so many seconds from now; `None`, no limit, if that is further than clocks reach.
pub fn after(duration: Duration) -> Option<Instant> {
    Instant::now().checked_add(duration)
}

/// A lock that any thread may release (`_thread.lock`).
#[derive(Debug, Default)]
pub struct Lock(AtomicU32);

impl Lock {
    const FREE: u32 = 0;
    const TAKEN: u32 = 1;
    /// Taken, and somebody waits.
    const WANTED: u32 = 2;

    /// A free lock.
    pub const fn new() -> Lock {
        Lock(AtomicU32::new(Lock::FREE))
    }

    /// Takes the lock if it is free.
    pub fn try_acquire(&self) -> bool {
        self.0.compare_exchange(Self::FREE, Self::TAKEN, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    pub fn is_taken(&self) -> bool {
        self.0.load(Ordering::Relaxed) != Self::FREE
    }

    /// Takes the lock, waiting without the GIL, at most until a point of time. Whether it was taken. Errors: what the
    /// handler of a signal raises.
    pub fn acquire(&self, cx: &mut Context, until: Option<Instant>) -> Result<bool> {
        if self.try_acquire() {
            return Ok(true);
        }
        loop {
            let woken = cx.detached(|_| {
                loop {
                    if self.0.swap(Self::WANTED, Ordering::Acquire) == Self::FREE {
                        return None;
                    }
                    match wait_while(&self.0, Self::WANTED, until) {
                        Woken::Yes => {}
                        other => return Some(other),
                    }
                }
            });
            match woken {
                None => return Ok(true),
                Some(Woken::TimedOut) => return Ok(false),
                Some(_) => signals::check(cx)?,
            }
        }
    }

    /// Frees the lock; whether it was taken.
    pub fn release(&self) -> bool {
        let before = self.0.swap(Self::FREE, Ordering::Release);
        if before == Self::WANTED {
            wake(&self.0, 1);
        }
        before != Self::FREE
    }

    /// Frees the lock after `fork`, in the child.
    pub fn reset(&self) {
        self.0.store(Self::FREE, Ordering::Relaxed);
    }
}

/// Something that happens once, and that many may wait for.
#[derive(Debug, Default)]
pub struct Event(AtomicU32);

impl Event {
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire) != 0
    }

    /// It has happened.
    pub fn set(&self) {
        self.0.store(1, Ordering::Release);
        wake(&self.0, i32::MAX);
    }

    /// Waits for it without the GIL, at most until a point of time. Whether it has happened. Errors: what the handler of a
    /// signal raises.
    pub fn wait(&self, cx: &mut Context, until: Option<Instant>) -> Result<bool> {
        while !self.is_set() {
            match cx.detached(|_| wait_while(&self.0, 0, until)) {
                Woken::Yes => {}
                Woken::TimedOut => return Ok(self.is_set()),
                Woken::Interrupted => signals::check(cx)?,
            }
        }
        Ok(true)
    }
}
