//! Searches and matches: where to try, and what is said of it in the end.

use std::ops::Range;

use crate::characters::Characters;
use crate::execute::Machine;
use crate::program::Program;
use crate::state::{NONE, State};
use crate::unit::{Subject, Unit};

/// Where a match may begin and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It begins anywhere.
    Search,
    /// It begins at the start of the range.
    Match,
    /// It is the whole range.
    FullMatch,
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is a match: see the state.
    Matched,
    /// There is none.
    Unmatched,
    /// There is not enough memory to know.
    Exhausted,
    /// The caller wanted it to stop.
    Interrupted,
}

/// Why a run stopped before it knew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Exhausted,
    Interrupted,
}

/// What a program shall do.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The whole string: anchors and look-behind see what is before the range.
    pub subject: Subject<'a>,
    /// Where to match, within the string; nothing is seen of what is after it.
    pub range: Range<usize>,
    /// Where the match may lie.
    pub mode: Mode,
    /// Whether a match that is empty and at the start of the range does not count.
    pub must_advance: bool,
}

impl Program {
    /// Runs the program. `interrupted` is asked now and then, and what it answers is whether to stop.
    pub fn run<C: Characters>(
        &self,
        characters: &C,
        request: Request<'_>,
        state: &mut State,
        interrupted: &mut dyn FnMut() -> bool,
    ) -> Outcome {
        let end = request.range.end.min(request.subject.len());
        let result = match request.subject {
            Subject::One(text) => self.run_on(characters, &text[..end], &request, state, interrupted),
            Subject::Two(text) => self.run_on(characters, &text[..end], &request, state, interrupted),
            Subject::Four(text) => self.run_on(characters, &text[..end], &request, state, interrupted),
        };
        state.trim();
        match result {
            Ok(true) => Outcome::Matched,
            Ok(false) => Outcome::Unmatched,
            Err(Stop::Exhausted) => Outcome::Exhausted,
            Err(Stop::Interrupted) => Outcome::Interrupted,
        }
    }

    fn run_on<U: Unit, C: Characters>(
        &self,
        characters: &C,
        text: &[U],
        request: &Request<'_>,
        state: &mut State,
        interrupted: &mut dyn FnMut() -> bool,
    ) -> Result<bool, Stop> {
        let start = request.range.start;
        if start.checked_add(self.width_minimum).is_none_or(|needed| needed > text.len()) {
            return Ok(false);
        }
        state.prepare(self.marks, self.loops.len(), self.cuts);
        let forbidden = if request.must_advance { start } else { NONE };
        let whole = request.mode == Mode::FullMatch;
        let mut machine = Machine::new(self, characters, text, state, interrupted, forbidden, whole);
        if request.mode == Mode::Search {
            return machine.search(start);
        }
        machine.attempt(start)
    }
}
