//! Going through all matches of a string: `scanner()`, and what `finditer()` gives.

use crate::sre::match_object::Match;
use crate::sre::pattern::Pattern;
use crate::sre::searched::Searched;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_regex::{Mode, State};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};
use std::ops::Range;

/// A place in a string, from which matches are looked for one after the other.
#[derive(Traverse)]
pub struct Walk {
    pattern: Owned,
    searched: Searched,
    #[plain]
    range: Range<usize>,
    /// Where to go on; none once there was no match.
    next: Cell<Option<usize>>,
    must_advance: Cell<bool>,
    #[plain]
    state: RefCell<State>,
}

impl Walk {
    pub fn new(pattern: &NativeObject<Pattern>, searched: Searched, range: Range<usize>) -> Walk {
        let next = Cell::new(Some(range.start));
        let (must_advance, state) = (Cell::new(false), RefCell::new(State::default()));
        Walk { pattern: pattern.to_owned_value(), searched, range, next, must_advance, state }
    }

    /// The next match.
    fn step(&self, cx: &mut Context, mode: Mode) -> Result<Option<Owned>> {
        let Some(pattern) = self.pattern.value().cast::<NativeObject<Pattern>>() else { return Ok(None) };
        // A handler of a signal may come back here.
        let Ok(mut state) = self.state.try_borrow_mut() else {
            return Err(cx.value_error("regular expression scanner already executing"));
        };
        let Some(start) = self.next.get() else { return Ok(None) };
        let range = start..self.range.end;
        if !self.searched.run(cx, pattern.program(), range, mode, self.must_advance.get(), &mut state)? {
            self.next.set(None);
            return Ok(None);
        }
        let span = state.span();
        self.must_advance.set(span.0 == span.1);
        self.next.set(Some(span.1));
        Match::new(cx, pattern, &self.searched, &self.range, &state).map(Some)
    }
}

/// Looks for one match after the other.
#[native_type("_sre.SRE_Scanner")]
#[derive(Traverse)]
pub struct Scanner {
    walk: Walk,
}

impl Scanner {
    pub fn new(walk: Walk) -> Scanner {
        Scanner { walk }
    }
}

#[methods]
impl Scanner {
    /// The match at the place that was reached, or None.
    #[method(name = "match")]
    fn match_(&self, cx: &mut Context) -> Result<Option<Owned>> {
        self.walk.step(cx, Mode::Match)
    }

    /// The next match, or None.
    fn search(&self, cx: &mut Context) -> Result<Option<Owned>> {
        self.walk.step(cx, Mode::Search)
    }

    /// The pattern that is looked for.
    #[get]
    fn pattern(&self) -> Value {
        self.walk.pattern.value()
    }
}

/// An iterator over the matches in a string.
#[native_type("callable_iterator", iterator)]
#[derive(Traverse)]
pub struct MatchIterator {
    walk: Walk,
}

impl MatchIterator {
    pub fn new(walk: Walk) -> MatchIterator {
        MatchIterator { walk }
    }
}

#[methods]
impl MatchIterator {
    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        self.walk.step(cx, Mode::Search)
    }
}
