//! Loops that a recording comes to other than its own.
//!
//! A loop that goes round often gets a tree of its own, and recordings end where they reach it. One that mostly goes
//! round a few times is unrolled into the traces that contain it: entering and leaving a tree for a handful of
//! instructions would cost more than they do.

use crate::recorder::Recorder;
use sidewinder_bytecode::Op;
use sidewinder_runtime::Value;
use sidewinder_runtime::objects::code::{CodeObject, LoopState};
use sidewinder_runtime::objects::iterator::ListIterator;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::range::RangeIterator;
use sidewinder_semantics::handlers::fetch;
use sidewinder_semantics::{Pc, frame};

/// Rounds of a short loop that a recording unrolls.
const SHORT_ROUNDS_MAX: usize = 4;
/// Rounds that a side trace unrolls of any loop: it may be on its way out of it.
const SIDE_ROUNDS_MAX: usize = 3;

/// What a recording has seen of another loop.
#[derive(Default)]
pub struct InnerLoop {
    /// Whether it is taken to be short, as decided when the recording first came to it.
    short: bool,
    rounds: usize,
}

impl Recorder<'_> {
    /// Whether the recording goes on into a loop that has a tree.
    pub fn unrolls(&mut self, header: Pc) -> bool {
        let short = self.engine.has_short_tree(header);
        let known = self.inner_loops.entry(header as u64).or_insert(InnerLoop { short, rounds: 0 });
        known.short && known.rounds <= SHORT_ROUNDS_MAX
    }

    /// At a back-edge of a loop other than the recorded one. A root leaves inner loops to become hot by themselves,
    /// unless they are short, but the loop that a generator feeds goes round once, too.
    pub fn inner_back_edge(&mut self, header: Pc, state: &LoopState) {
        let side = self.is_bridge || self.is_side;
        if !self.inner_loops.contains_key(&(header as u64)) {
            let short = self.is_short(header, state);
            self.inner_loops.insert(header as u64, InnerLoop { short, rounds: 0 });
        }
        let known = self.inner_loops.entry(header as u64).or_default();
        known.rounds += 1;
        let most = match known.short {
            true => SHORT_ROUNDS_MAX,
            false if side => SIDE_ROUNDS_MAX,
            false => 1,
        };
        if known.rounds > most {
            self.exit_here("inner loop");
        }
    }

    /// Whether a function is called rather than inlined: it has a loop that goes round often, which has a tree of its
    /// own. Not if that is the recorded one: a recursion goes on in it at once.
    pub fn has_long_loop(&self, code: &CodeObject) -> bool {
        !code.contains(self.start) && code.loop_states().iter().any(|state| !self.engine.is_short_loop(code, state))
    }

    /// Whether a loop is taken to be short: as its counters said once, or by what it walks.
    fn is_short(&self, header: Pc, state: &LoopState) -> bool {
        let code = frame::current_code(self.cx);
        self.engine.known_short(state).unwrap_or_else(|| match self.rounds_to_come(header) {
            Some(rounds) => rounds <= SHORT_ROUNDS_MAX,
            None => self.engine.is_short_loop(code, state),
        })
    }

    /// How often a loop over a range or a list will go round, if it is one and is about to.
    fn rounds_to_come(&self, header: Pc) -> Option<usize> {
        let instruction = fetch(header);
        if instruction.op != Op::ForIter {
            return None;
        }
        // SAFETY: (frames 3) the loop's header names a register of the running frame.
        let iterator: Value = unsafe { *self.cx.base.add(instruction.b as usize) };
        if let Some(range) = iterator.cast_exact::<RangeIterator>() {
            return usize::try_from(range.remaining.get()).ok();
        }
        let walk = iterator.cast_exact::<ListIterator>()?;
        let list = walk.list.get().cast_exact::<ListObject>()?;
        Some(list.len().saturating_sub(walk.index.get()))
    }
}
