//! How long machine code runs each time that it is entered, by samples: whether it pays.

use std::cell::Cell;
use std::time::Duration;

/// Of so many runs one is timed, while they are short.
const SAMPLE_PERIOD: u32 = 16;
/// A run of that length is worth being timed each time.
const LONG: Duration = Duration::from_micros(5);
/// Samples before they say something.
const SAMPLES_MIN: u32 = 64;
/// What entering and leaving costs, against the time that the interpreter would have needed besides: machine code that
/// runs shorter on the average is a loss. With the clock's own time.
const LOSING_NANOSECONDS: u64 = 80;

/// The runs of a tree's machine code.
#[derive(Default)]
pub struct Runs {
    /// Whether runs are timed at all.
    is_timed: bool,
    count: Cell<u32>,
    is_long: Cell<bool>,
    samples: Cell<u32>,
    nanoseconds: Cell<u64>,
}

impl Runs {
    pub fn new(is_timed: bool) -> Runs {
        Runs { is_timed, ..Runs::default() }
    }

    /// Counts a run that begins; whether it is to be timed.
    #[inline(always)]
    pub fn begin(&self) -> bool {
        let count = self.count.get();
        self.count.set(count.wrapping_add(1));
        self.is_timed && (count.is_multiple_of(SAMPLE_PERIOD) || self.is_long.get())
    }

    /// Notes the time of a run. For how much time it stands, with the runs that were not timed.
    pub fn note(&self, time: Duration) -> Duration {
        let is_long = time >= LONG;
        let stands_alone = self.is_long.replace(is_long) || is_long;
        self.samples.set(self.samples.get().saturating_add(1));
        self.nanoseconds.set(self.nanoseconds.get() + time.as_nanos() as u64);
        if stands_alone { time } else { time * SAMPLE_PERIOD }
    }

    /// Whether the runs are so short that the interpreter alone would be faster.
    pub fn are_losing(&self) -> bool {
        let samples = self.samples.get();
        samples >= SAMPLES_MIN && self.nanoseconds.get() / (samples as u64) < LOSING_NANOSECONDS
    }
}
