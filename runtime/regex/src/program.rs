//! A compiled pattern as the engine runs it.

use crate::first::Filter;
use crate::opcode::At;
use crate::scan::Scan;
use crate::set::{Fold, Set};

/// What matches one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Single {
    /// Anything but a newline.
    Any,
    AnyAll,
    Literal(u32),
    NotLiteral(u32),
    /// A character of this set.
    Set(u32),
    /// One of a set whose answers depend on the C locale.
    LocaleSet(u32),
}

/// One step. Numbers called `pc` are indices into the code, the others into the table of that name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Instruction {
    Single(Single),
    /// A literal of several characters.
    String(u32),
    Fail,
    /// The end of the pattern.
    Accept,
    /// Writes the position into a mark.
    Mark(u32),
    At(At),
    Jump {
        pc: u32,
    },
    /// Alternatives, tried in order: also what remains of simple loops and options.
    Branch(u32),
    /// One character again and again, as often as possible.
    Greedy(u32),
    /// So, without ever giving back.
    Possessive(u32),
    /// As seldom as possible.
    Lazy(u32),
    /// Enters a counted loop.
    LoopEnter(u32),
    /// After an iteration: another one, or what follows.
    LoopTest(u32),
    /// Another iteration of a lazy loop, since what follows did not match.
    LoopAgain(u32),
    PossessiveEnter(u32),
    PossessiveTest(u32),
    /// Begins what matches once or not at all.
    AtomicEnter {
        cut: u32,
    },
    AtomicLeave {
        cut: u32,
    },
    /// Begins what must match.
    LookEnter {
        look: u32,
    },
    LookLeave {
        cut: u32,
    },
    /// Begins what must not match.
    NotEnter {
        look: u32,
    },
    NotLeave {
        cut: u32,
    },
    Reference {
        group: u32,
        fold: Fold,
    },
    /// Goes to `pc` unless the group has matched.
    Unless {
        group: u32,
        pc: u32,
    },
}

/// A literal of several characters.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) points: Vec<u32>,
}

/// The alternatives of a `Branch`, at most 64.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) alternatives: Vec<u32>,
    /// For each character below 0x100, which of `masks` holds.
    pub(crate) classes: Box<[u8; 256]>,
    /// Bits of the alternatives that can start with characters of a class.
    pub(crate) masks: Vec<u64>,
    /// Those that can start with a character from 0x100 on.
    pub(crate) wide: u64,
    /// Those that can match at the end of the text.
    pub(crate) end: u64,
}

/// One character again and again, then what follows at `tail`.
#[derive(Debug)]
pub(crate) struct Repeat {
    pub(crate) single: Single,
    pub(crate) minimum: usize,
    pub(crate) maximum: usize,
    pub(crate) tail: u32,
    /// Where `tail` can match.
    pub(crate) filter: Filter,
    /// The group of which `tail` begins with the text as it is when the repeat ends.
    pub(crate) reference: Option<u32>,
}

/// A counted loop.
#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) minimum: u32,
    pub(crate) maximum: u32,
    pub(crate) lazy: bool,
    /// Of a possessive loop.
    pub(crate) cut: u32,
    pub(crate) body: u32,
    pub(crate) tail: u32,
    pub(crate) body_filter: Filter,
    pub(crate) tail_filter: Filter,
}

/// What must, or must not, match `back` characters before the position, before it goes on at `tail`.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) cut: u32,
    pub(crate) back: usize,
    pub(crate) tail: u32,
}

/// A compiled pattern.
#[derive(Debug)]
pub struct Program {
    pub(crate) code: Vec<Instruction>,
    pub(crate) sets: Vec<Set>,
    pub(crate) texts: Vec<Text>,
    pub(crate) branches: Vec<Branch>,
    pub(crate) repeats: Vec<Repeat>,
    pub(crate) loops: Vec<Loop>,
    pub(crate) looks: Vec<Look>,
    /// The number of marks that are written.
    pub(crate) marks: usize,
    /// The number of cuts.
    pub(crate) cuts: usize,
    /// No match is shorter.
    pub(crate) width_minimum: usize,
    /// How a search finds where to try.
    pub(crate) scan: Scan,
    /// The condition that the pattern starts with: an attempt elsewhere is none.
    pub(crate) condition: Option<At>,
    /// The repeat that the pattern starts with, if an attempt that failed after it would fail at every position of
    /// the run that it matched.
    pub(crate) leading: Option<u32>,
    /// Whether nothing but place and position decides if a way leads to a match: neither counters, groups nor what
    /// matches at most once. A way that has failed then need not be tried again.
    pub(crate) forgetful: bool,
}
