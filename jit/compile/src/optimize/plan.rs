//! What a loop carries from one iteration to the next, found optimistically: everything stays the same until a way back
//! to the start shows otherwise.
//!
//! Each step down (`Same`, an unboxed phi, a tagged phi, nothing) makes the loop be replayed; facts only get weaker, so
//! this ends.

use super::facts::{Facts, kinds};
use super::forward::Forward;
use super::hash::Set;
use super::memory::{MemoryKey, TypeEntry};
use super::state::State;
use sidewinder_ir::op::Type;
use sidewinder_ir::{Op, Ref};
use std::collections::BTreeMap;

/// How a slot or a word of memory passes from iteration to iteration.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Carry {
    /// It has the value that it had before the loop.
    Same,
    /// It changes; every way back supplies a value with these facts in this representation.
    Phi {
        kind: Type,
        facts: Facts,
        /// The type of an object, where assignment to `__class__` could change it; 0 if unknown.
        type_address: u64,
    },
    /// Memory only: nothing is known.
    Dropped,
}

impl Carry {
    /// A tagged phi of which nothing is known.
    pub const ANY: Carry = Carry::Phi { kind: Type::Value, facts: Facts::NONE, type_address: 0 };

    /// The representation of a phi.
    pub fn kind(self) -> Option<Type> {
        match self {
            Carry::Phi { kind, .. } => Some(kind),
            Carry::Same | Carry::Dropped => None,
        }
    }
}

#[derive(Clone, Default, Debug)]
pub struct Plan {
    pub slots: BTreeMap<i32, Carry>,
    pub memory: BTreeMap<MemoryKey, Carry>,
    /// Objects whose type is not known at the start, though it was before the loop.
    pub types_dropped: Set<Ref>,
    /// Give up optimism: import nothing.
    pub pessimistic: bool,
}

impl Plan {
    /// How to carry a slot of which a way back brings `back`, when the loop is entered with `first`.
    pub fn start_slot(&mut self, forward: &Forward, slot: i32, first: Ref) {
        let carry = if self.pessimistic {
            Carry::ANY
        } else if may_stay(forward, first) {
            Carry::Same
        } else {
            phi_of(forward, &forward.state, first)
        };
        self.slots.insert(slot, carry);
    }
}

/// Whether a value may well be the same in every iteration. Results of arithmetic and calls are not.
fn may_stay(forward: &Forward, value: Ref) -> bool {
    let op = forward.op(value);
    let computed = op.effect() == sidewinder_ir::Effect::Call
        || matches!(
            op,
            Op::IntAdd | Op::IntSubtract | Op::IntMultiply | Op::FloatAdd | Op::FloatSubtract | Op::FloatMultiply
        );
    !computed
}

/// A phi with all that is known of its first value. Only the lower bound of an integer is kept: loops mostly count up.
pub fn phi_of(forward: &Forward, state: &State, value: Ref) -> Carry {
    let facts = forward.facts(value);
    let int =
        |facts: Facts| Carry::Phi { kind: Type::Int, facts: Facts::of_range(facts.minimum, i64::MAX), type_address: 0 };
    // Whether the double fits a value word matters only if it is used as one; see `Forward::unsettled`.
    let float = Carry::Phi { kind: Type::Float, facts: Facts::NONE, type_address: 0 };
    match forward.region.type_of(value) {
        Type::Int => int(facts),
        Type::Float => float,
        Type::Raw if forward.op(value) == Op::IntToRaw => int(forward.facts(forward.get(value).operands[0])),
        Type::Raw => Carry::Phi { kind: Type::Raw, facts: Facts::NONE, type_address: 0 },
        _ if facts.is(kinds::INT) => int(Facts::NONE),
        _ if facts.is(kinds::FLOAT) => float,
        _ => Carry::Phi {
            kind: Type::Value,
            facts: value_facts(facts),
            type_address: state.memory.types.get(&value).map_or(0, |entry| entry.type_address),
        },
    }
}

/// The facts that a tagged phi keeps.
fn value_facts(facts: Facts) -> Facts {
    Facts { kinds: facts.kinds, fixed_type: facts.fixed_type, ..Facts::NONE }
}

/// Facts about the `Value` of a `Value`, `Int` or `Float`.
fn tagged_facts(forward: &Forward, value: Ref) -> Facts {
    match forward.region.type_of(value) {
        Type::Int => Facts::of_kinds(kinds::INT),
        Type::Float => Facts::of_kinds(kinds::FLOAT),
        _ => value_facts(forward.facts(value)),
    }
}

/// Whether a double must fit a value word to be supplied for this carry.
pub fn must_fit(carry: Carry) -> bool {
    matches!(carry, Carry::Phi { kind, facts, .. } if kind != Type::Float || facts.fits)
}

/// The argument that a jump to the loop passes for `value`, or the weaker carry that it needs.
pub fn supply(forward: &mut Forward, value: Ref, carry: Carry) -> Result<Ref, Carry> {
    let Carry::Phi { kind, facts, type_address } = carry else { unreachable!("only phis are supplied") };
    let from = forward.region.type_of(value);
    match kind {
        Type::Int => {
            let unboxed = match from {
                Type::Int => Some(value),
                Type::Value if forward.facts(value).is(kinds::INT) => Some(forward.unbox_int(value)),
                Type::Raw if forward.op(value) == Op::IntToRaw => Some(forward.get(value).operands[0]),
                Type::Raw => {
                    return Err(Carry::Phi { kind: Type::Raw, facts: Facts::NONE, type_address: 0 });
                }
                _ => None,
            };
            let Some(unboxed) = unboxed else { return Err(weakened(forward, value, Facts::of_kinds(kinds::INT))) };
            let known = forward.facts(unboxed);
            if known.imply(facts) {
                Ok(unboxed)
            } else {
                Err(Carry::Phi { kind, facts: facts.widen(known), type_address: 0 })
            }
        }
        Type::Float => match from {
            Type::Float => Ok(value),
            Type::Value if forward.facts(value).is(kinds::FLOAT) => Ok(forward.unbox_float(value)),
            _ => Err(weakened(forward, value, Facts::of_kinds(kinds::FLOAT))),
        },
        Type::Raw => Ok(value),
        _ => {
            let known = tagged_facts(forward, value);
            let known_type = forward.state.memory.types.get(&value).map_or(0, |entry| entry.type_address);
            if known.imply(facts) && (type_address == 0 || type_address == known_type) {
                return Ok(forward.boxed(value));
            }
            let type_address = if type_address == known_type { type_address } else { 0 };
            Err(Carry::Phi { kind, facts: facts.widen(known), type_address })
        }
    }
}

/// A tagged phi for a value that has not the representation it was to have.
fn weakened(forward: &Forward, value: Ref, facts: Facts) -> Carry {
    Carry::Phi { kind: Type::Value, facts: facts.widen(tagged_facts(forward, value)), type_address: 0 }
}

/// The parameter of the loop's start for a phi.
pub fn parameter(forward: &mut Forward, slot: i32, carry: Carry) -> Ref {
    let Carry::Phi { kind, facts, type_address } = carry else { unreachable!("only phis have parameters") };
    let op = match kind {
        Type::Int => Op::PhiInt,
        Type::Float => Op::PhiFloat,
        Type::Raw => Op::PhiRaw,
        _ => Op::PhiValue,
    };
    let value = forward.parameter(op, slot, facts);
    if type_address != 0 {
        forward.state.memory.types.insert(value, TypeEntry { type_address, imported: false });
    }
    value
}
