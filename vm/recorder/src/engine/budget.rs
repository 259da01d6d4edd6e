//! How much CPU time compiling may take: a share of the process's, and, but for a little, of the time that machine code
//! has run. So a program whose code is wide, and nowhere hot for long, loses little. What is refused stays in the interpreter
//! and asks again: the hotter, the sooner.

use sidewinder_jit::process_time;
use std::time::{Duration, Instant};

/// The share of the first second of CPU time, and of what comes after it, in percent.
const FIRST_PERCENT: u64 = 30;
const LATER_PERCENT: u64 = 10;
const FIRST_NANOSECONDS: u64 = 1_000_000_000;
/// What any program may spend.
const FREE_NANOSECONDS: u64 = 10_000_000;
/// What may be spent on top of that before machine code has run.
const ADVANCE_NANOSECONDS: u64 = 60_000_000;
/// The share of the time that machine code has run. It gains about as much as it runs, but what it calls runs with it.
const EARNED_PERCENT: u64 = 25;
/// Compiling an operation, until some were measured.
const OPERATION_NANOSECONDS: u64 = 3_000;
/// Refusals before the clock is looked at again.
const REFUSALS: u32 = 100;

/// The CPU time that compiling has taken and will take, in nanoseconds.
#[derive(Default)]
pub struct Budget {
    is_unlimited: bool,
    spent: u64,
    /// Operations that were compiled, and that wait to be.
    operations: u64,
    queued: u64,
    refusals: u32,
    /// How long machine code has run.
    run: u64,
    /// Since when it runs, if it does and is timed.
    running_since: Option<Instant>,
}

impl Budget {
    pub fn new(is_unlimited: bool) -> Budget {
        Budget { is_unlimited, ..Budget::default() }
    }

    /// Whether what is compiled depends on what it costs and gains. If not, runs of a program repeat.
    pub fn is_limited(&self) -> bool {
        !self.is_unlimited
    }

    /// Whether something more may be recorded and compiled.
    pub fn allows(&mut self) -> bool {
        if self.is_unlimited {
            return true;
        }
        if self.refusals > 0 {
            self.refusals -= 1;
            return false;
        }
        let used = process_time().as_nanos() as u64;
        let first = used.min(FIRST_NANOSECONDS) * FIRST_PERCENT / 100;
        let later = used.saturating_sub(FIRST_NANOSECONDS) * LATER_PERCENT / 100;
        let running = self.running_since.map_or(0, |since| since.elapsed().as_nanos() as u64);
        let earned = ADVANCE_NANOSECONDS + (self.run + running) * EARNED_PERCENT / 100;
        let allowed = FREE_NANOSECONDS + earned.min(first + later);
        if self.spent + self.queued * self.cost() <= allowed {
            return true;
        }
        self.refusals = REFUSALS;
        false
    }

    /// An operation's share of the time so far.
    fn cost(&self) -> u64 {
        self.spent.checked_div(self.operations).unwrap_or(OPERATION_NANOSECONDS)
    }

    pub fn note_submitted(&mut self, operations: usize) {
        self.queued += operations as u64;
    }

    pub fn note_finished(&mut self, operations: usize, time: Duration) {
        self.queued = self.queued.saturating_sub(operations as u64);
        self.operations += operations as u64;
        self.spent += time.as_nanos() as u64;
    }

    /// Machine code begins to run.
    pub fn begin_run(&mut self, now: Instant) {
        self.running_since = Some(now);
    }

    /// Machine code has run that long, with what was not timed.
    pub fn end_run(&mut self, time: Duration) {
        self.running_since = None;
        self.run += time.as_nanos() as u64;
    }

    /// How long machine code has run, by samples.
    pub fn run_time(&self) -> Duration {
        Duration::from_nanos(self.run)
    }
}
