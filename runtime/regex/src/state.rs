//! What a run changes: marks, counters and the stack of what to go back to.

/// A position that is not set.
pub(crate) const NONE: usize = usize::MAX;

/// What to do when the present way does not match: either to try another way, or to take back what was written since.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Frame {
    /// Go on there.
    Resume { pc: u32, position: usize },
    /// Try the rest of the alternatives.
    Branch { branch: u32, rest: u64, position: usize },
    /// Let a greedy repeat end earlier than at `high`, but not before `low`.
    Greedy { repeat: u32, low: usize, high: usize },
    /// Let a lazy repeat go on after `position`, up to `limit`.
    Lazy { repeat: u32, position: usize, limit: usize },
    /// Write a mark back.
    Mark { mark: u32, last_group: u32, old: usize },
    /// Write a loop's counter back.
    Counter { index: u32, count: u32, last: usize },
}

impl Frame {
    /// Whether the frame takes something back, rather than to try another way.
    pub(crate) fn takes_back(&self) -> bool {
        matches!(self, Frame::Mark { .. } | Frame::Counter { .. })
    }
}

/// Where a loop stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counter {
    /// Iterations begun.
    pub(crate) count: u32,
    /// Where the last one that was not compulsory began.
    pub(crate) last: usize,
}

/// Where something that matches at most once began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    /// The height of the stack.
    pub(crate) height: usize,
    pub(crate) position: usize,
}

/// The frames that a run may stack up unless told otherwise: 1.5 GiB of them.
const FRAMES_MAXIMUM: usize = 1 << 26;
/// A stack that a run left larger than this is given back.
const FRAMES_KEPT: usize = 1 << 12;

/// The memory of runs, and the result of the last one. It can be used again for any program.
#[derive(Debug)]
pub struct State {
    /// Where the match begins and ends.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) marks: Vec<usize>,
    /// The last group that was closed, counted from one; nought if there is none.
    pub(crate) last_group: u32,
    pub(crate) counters: Vec<Counter>,
    pub(crate) cuts: Vec<Cut>,
    pub(crate) stack: Vec<Frame>,
    /// The ways that were tried, once there were many: a bit for each place of the code and position.
    pub(crate) tried: Vec<u64>,
    /// How many frames there may be.
    pub frames_maximum: usize,
}

impl Default for State {
    fn default() -> State {
        State {
            start: 0,
            end: 0,
            marks: Vec::new(),
            last_group: 0,
            counters: Vec::new(),
            cuts: Vec::new(),
            stack: Vec::new(),
            tried: Vec::new(),
            frames_maximum: FRAMES_MAXIMUM,
        }
    }
}

impl State {
    /// Where the match begins and ends.
    pub fn span(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// Where a group of the match begins and ends, counted from one, if it took part.
    pub fn group(&self, number: usize) -> Option<(usize, usize)> {
        let first = number.checked_sub(1)?.checked_mul(2)?;
        let (start, end) = (*self.marks.get(first)?, *self.marks.get(first + 1)?);
        (start != NONE && end != NONE && start <= end).then_some((start, end))
    }

    /// The last group that was closed, counted from one.
    pub fn last_group(&self) -> Option<usize> {
        (self.last_group > 0).then_some(self.last_group as usize)
    }

    /// Makes room for a program with so many marks, loops and cuts.
    pub(crate) fn prepare(&mut self, marks: usize, loops: usize, cuts: usize) {
        self.marks.clear();
        self.marks.resize(marks, NONE);
        self.last_group = 0;
        self.counters.clear();
        self.counters.resize(loops, Counter { count: 0, last: NONE });
        self.cuts.clear();
        self.cuts.resize(cuts, Cut { height: 0, position: 0 });
        self.stack.clear();
        self.tried = Vec::new();
    }

    /// Gives memory back that only an unusual run needs.
    pub(crate) fn trim(&mut self) {
        if self.stack.capacity() > FRAMES_KEPT {
            self.stack = Vec::new();
        }
        self.tried = Vec::new();
    }
}
