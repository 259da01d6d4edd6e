//! The checker of reference-count elimination: replays the references of a region before and after it, and compares
//! them wherever the trace is left or goes round.
//!
//! A reference may be taken later than recorded, or not at all if it is given up again, but at an exit the interpreter
//! must find as many as without the elimination: those that the trace took, and those that the exit adds.

use super::hash::{Map, Set};
use crate::region::{ExitIndex, Region, SegmentEnd, SegmentId};
use crate::tree::Pass;
use sidewinder_ir::op::Effect;
use sidewinder_ir::{Op, Ref, tagging};
use std::collections::BTreeMap;

/// References taken minus references given up since the segment's tree was entered, by value.
#[derive(Clone, Default)]
struct Balance {
    net: BTreeMap<Ref, i64>,
    /// Values that a guard has found to be uncounted.
    uncounted: Set<Ref>,
}

/// Where a path ends, with the balance there.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy, Debug)]
enum Place {
    Exit(ExitIndex),
    Jump(SegmentId),
}

/// What of a region the elimination changes.
pub struct Counted<'a> {
    pub region: &'a Region,
    /// Parameters of the loop whose reference was put off.
    pub borrowed: Vec<Ref>,
    pub uncounted_types: &'a [u64],
}

impl Counted<'_> {
    fn run(&self) -> BTreeMap<Place, Balance> {
        let mut found = BTreeMap::new();
        let mut at_bridges: Map<SegmentId, Balance> = Map::default();
        for (index, segment) in self.region.segments.iter().enumerate().skip(1) {
            let id = SegmentId(index as u32);
            let mut balance = at_bridges.remove(&id).unwrap_or_else(|| self.start(segment.pass));
            for &value in &segment.body {
                let instruction = self.region.get(value);
                let operand = instruction.operands[0];
                match instruction.op.effect() {
                    Effect::Dup => *balance.net.entry(operand).or_default() += 1,
                    Effect::Drop => *balance.net.entry(operand).or_default() -= 1,
                    Effect::Guard => {
                        self.leave(self.region.exit_of(instruction), &balance, &mut at_bridges, &mut found);
                        if instruction.op == Op::GuardTrue {
                            balance.uncounted.extend(self.uncounted_by(operand));
                        }
                    }
                    _ => {}
                }
            }
            match &segment.end {
                SegmentEnd::Exit(exit) => self.leave(*exit, &balance, &mut at_bridges, &mut found),
                SegmentEnd::Jump(target, arguments) => {
                    let parameters = &self.region.segment(*target).parameters;
                    for (parameter, argument) in parameters.iter().zip(arguments) {
                        if self.borrowed.contains(parameter) {
                            *balance.net.entry(*argument).or_default() += 1;
                        }
                    }
                    found.insert(Place::Jump(id), balance);
                }
            }
        }
        found
    }

    fn start(&self, pass: Pass) -> Balance {
        let mut balance = Balance::default();
        if pass == Pass::Loop {
            self.borrowed.iter().for_each(|&phi| *balance.net.entry(phi).or_default() -= 1);
        }
        balance
    }

    fn leave(
        &self,
        index: ExitIndex,
        balance: &Balance,
        at_bridges: &mut Map<SegmentId, Balance>,
        found: &mut BTreeMap<Place, Balance>,
    ) {
        let exit = self.region.exit(index);
        if let Some(bridge) = exit.bridge {
            at_bridges.insert(bridge, balance.clone());
            return;
        }
        let mut balance = balance.clone();
        for slot in &exit.increments {
            if let Some(entry) = exit.snapshot.slots.iter().find(|entry| entry.slot == *slot) {
                *balance.net.entry(entry.value).or_default() += 1;
            }
        }
        found.insert(Place::Exit(index), balance);
    }

    fn uncounted_by(&self, condition: Ref) -> Option<Ref> {
        let instruction = self.region.get(condition);
        let [a, b, _] = instruction.operands;
        let holds = match instruction.op {
            Op::IsInt | Op::IsFloat | Op::IsTrue => true,
            Op::SameValue => {
                let b = self.region.get(b);
                b.op == Op::ConstValue && !tagging::is_counted(b.immediate)
            }
            Op::HasType => self.uncounted_types.contains(&self.region.get(b).immediate),
            _ => false,
        };
        holds.then_some(a)
    }
}

/// Compares two states of a region. An error names the place and the value.
pub fn compare(before: &Counted, after: &Counted) -> Result<(), String> {
    let (expected, actual) = (before.run(), after.run());
    for (place, balance) in &expected {
        // Checks for finalizers that cannot wait are left out.
        let Some(other) = actual.get(place) else { continue };
        let values: std::collections::BTreeSet<Ref> = balance.net.keys().chain(other.net.keys()).copied().collect();
        for value in values {
            let (wanted, found) = (balance.net.get(&value), other.net.get(&value));
            let (wanted, found) = (wanted.copied().unwrap_or(0), found.copied().unwrap_or(0));
            if wanted != found && !balance.uncounted.contains(&value) {
                return Err(format!("references of v{} at {place:?}: {found} instead of {wanted}", value.0));
            }
        }
    }
    Ok(())
}
