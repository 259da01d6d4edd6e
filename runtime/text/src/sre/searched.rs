//! What patterns are matched against: strings, and anything that lends its bytes.

use crate::sre::characters::Unicode;
use sidewinder_regex::{Mode, Outcome, Program, Request, State, Subject};
use sidewinder_runtime::native::Traverse;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::MEMORY_ERROR;
use sidewinder_runtime::objects::str::units::Units;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value, signals};
use std::ops::Range;

/// A string that is searched, or a bytes-like object whose memory is held meanwhile.
pub struct Searched {
    string: Owned,
    buffer: Option<Buffer>,
}

impl Traverse for Searched {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        self.string.traverse(visit);
        self.buffer.traverse(visit);
    }

    fn release(&mut self, children: &mut sidewinder_runtime::heap::teardown::Children<'_>) {
        self.buffer.release(children);
        self.buffer = None;
        self.string.release(children);
    }
}

impl Searched {
    /// A string or bytes-like object; an error for any other.
    pub fn new(cx: &mut Context, value: Value) -> Result<Searched> {
        if str::is_str(value) {
            return Ok(Searched { string: Owned::new(value), buffer: None });
        }
        match Buffer::read(cx, value) {
            Ok(buffer) => Ok(Searched { string: Owned::new(value), buffer: Some(buffer) }),
            Err(_) => {
                drop(cx.take_pending());
                let name = value.type_of().name();
                Err(cx.type_error(format!("expected string or bytes-like object, got '{name}'")))
            }
        }
    }

    pub fn value(&self) -> Value {
        self.string.value()
    }

    pub fn is_bytes(&self) -> bool {
        self.buffer.is_some()
    }

    fn as_str(&self) -> Option<&StrObject> {
        str::cast(self.string.value())
    }

    /// The characters. A short borrow, unless nobody can write the memory.
    pub fn subject(&self) -> Subject<'_> {
        match (&self.buffer, self.as_str().map(StrObject::units)) {
            (Some(buffer), _) => Subject::One(buffer.as_slice()),
            (None, Some(Units::One(units))) => Subject::One(units),
            (None, Some(Units::Two(units))) => Subject::Two(units),
            (None, Some(Units::Four(units))) => Subject::Four(units),
            (None, None) => Subject::One(&[]),
        }
    }

    pub fn len(&self) -> usize {
        self.subject().len()
    }

    /// Positions that a caller gave, within the string.
    pub fn clamp(&self, start: i64, end: i64) -> Range<usize> {
        let length = self.len();
        let within = |position: i64| usize::try_from(position).unwrap_or(0).min(length);
        within(start)..within(end)
    }

    /// A part, as `str` or `bytes`.
    pub fn slice(&self, cx: &mut Context, span: Range<usize>) -> Owned {
        match (&self.buffer, self.as_str()) {
            (Some(buffer), _) => {
                let whole = span.start == 0 && span.end == buffer.len();
                if whole && self.value().cast_exact::<BytesObject>().is_some() {
                    return self.string.clone();
                }
                BytesObject::new(cx, &buffer.as_slice()[span])
            }
            (None, Some(string)) => str::substring(cx, string, span.start, span.end),
            (None, None) => Owned::new(self.value()),
        }
    }

    /// Appends a part to bytes.
    pub fn push_bytes(&self, to: &mut Vec<u8>, span: Range<usize>) {
        if let Some(buffer) = &self.buffer {
            to.extend_from_slice(&buffer.as_slice()[span]);
        }
    }

    /// The characters of a string.
    pub fn units(&self) -> Option<Units<'_>> {
        self.as_str().map(StrObject::units)
    }

    /// Runs a program over the string, and handlers of signals meanwhile. The match is in the state.
    pub fn run(
        &self,
        cx: &mut Context,
        program: &Program,
        range: Range<usize>,
        mode: Mode,
        must_advance: bool,
        state: &mut State,
    ) -> Result<bool> {
        // Handlers of signals may write memory that others can write: a run over it that lasts goes on over a copy.
        let writable = self.buffer.is_some() && self.value().cast::<BytesObject>().is_none();
        let request = |subject| Request { subject, range: range.clone(), mode, must_advance };
        if writable {
            match program.run(&Unicode, request(self.subject()), state, &mut || true) {
                Outcome::Interrupted => {}
                outcome => return finish(cx, outcome, None),
            }
        }
        let copy = match &self.buffer {
            Some(buffer) if writable => Some(buffer.as_slice().to_vec()),
            _ => None,
        };
        let subject = copy.as_deref().map_or_else(|| self.subject(), Subject::One);
        let mut raised = None;
        let outcome = program.run(&Unicode, request(subject), state, &mut || {
            raised = signals::check(cx).err();
            raised.is_some()
        });
        finish(cx, outcome, raised)
    }
}

fn finish(cx: &mut Context, outcome: Outcome, raised: Option<Raised>) -> Result<bool> {
    match (outcome, raised) {
        (Outcome::Matched, _) => Ok(true),
        (Outcome::Unmatched, _) => Ok(false),
        (Outcome::Interrupted, Some(raised)) => Err(raised),
        (Outcome::Exhausted | Outcome::Interrupted, _) => Err(cx.raise(&MEMORY_ERROR, "")),
    }
}
