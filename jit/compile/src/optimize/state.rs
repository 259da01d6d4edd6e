//! What the forward pass knows at a point of the trace. A bridge starts with a copy of the state at its parent's exit.

use super::facts::Facts;
use super::hash::Map;
use super::memory::Memory;
use sidewinder_ir::{Op, Ref};
use std::collections::BTreeMap;

/// Key of a computation without effect.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Expression {
    pub op: Op,
    pub operands: [Ref; 3],
    pub immediate: u64,
}

/// What a slot of the frame holds and what the interpreter would thus find at an exit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SlotState {
    /// A `Value`, `Int` or `Float`.
    pub value: Ref,
    /// First register of the frame that ran when the slot was recorded. When a frame below runs again, words from here
    /// on are dead.
    pub frame_base: i32,
}

#[derive(Clone, Default, Debug)]
pub struct State {
    pub facts: Map<Ref, Facts>,
    /// Values that a guard proved equal to another value, mostly a constant.
    pub known: Map<Ref, Ref>,
    pub expressions: Map<Expression, Ref>,
    /// Calls of pure helpers, by helper and arguments.
    pub calls: Map<(u64, Vec<Ref>), Ref>,
    pub memory: Memory,
    /// Slots whose value differs from the VM stack's memory, as far as the running trace has not changed them.
    pub slots: BTreeMap<i32, SlotState>,
}

/// The value to use in place of another, given what stands for what.
pub fn resolve(known: &Map<Ref, Ref>, mut value: Ref) -> Ref {
    while let Some(&better) = known.get(&value) {
        value = better;
    }
    value
}

impl State {
    /// The value to use in place of another.
    pub fn resolve(&self, value: Ref) -> Ref {
        resolve(&self.known, value)
    }

    pub fn facts(&self, value: Ref) -> Facts {
        self.facts.get(&value).copied().unwrap_or(Facts::NONE)
    }

    /// Adds to what is known about a value.
    pub fn learn(&mut self, value: Ref, facts: Facts) {
        let known = self.facts(value);
        let merged = known.and(facts);
        if merged != known {
            self.facts.insert(value, merged);
        }
    }
}
