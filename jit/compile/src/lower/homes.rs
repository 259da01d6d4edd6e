//! Homes: values that several exits write are stored in the native frame once, where they are defined, so that exits
//! need not keep them in registers. Exits that use homes copy all of them to the exit buffer, in one shared block.
//!
//! Measured on a trace of 540 instructions with 150 exits: compiling took a third of the time.

use crate::region::{ExitIndex, Region, SegmentEnd, SegmentId};
use crate::tree::Pass;
use sidewinder_ir::op::{Effect, Op};
use sidewinder_ir::{Ref, SnapshotId};
use std::collections::HashSet;

/// From so many exits on, a value of the loop has a home: the store runs in every iteration.
const LOOP_EXITS_MIN: u32 = 4;
/// The same for values that are computed once.
const EXITS_MIN: u32 = 2;

/// Where exits find a value besides a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Home {
    /// A word of the native frame.
    Frame(u32),
    /// A slot of the value stack, which still has the value it was loaded from.
    Slot(i32),
}

#[derive(Default)]
pub(super) struct Homes {
    homes: Vec<Option<Home>>,
    /// Parameters that are nowhere but in their homes.
    kept: Vec<bool>,
    /// Words of the native frame.
    pub words: u32,
}

impl Homes {
    pub(super) fn get(&self, value: Ref) -> Option<Home> {
        self.homes[value.0 as usize]
    }

    /// Whether a parameter is nowhere but in its home: only exits need it, so it takes no register.
    pub(super) fn keeps(&self, parameter: Ref) -> bool {
        self.kept[parameter.0 as usize]
    }

    /// `main_uses` says how often the main path needs each value.
    pub(super) fn find(region: &Region, sunk: &[bool], shown: &[bool], main_uses: &[u32]) -> Homes {
        let needs = ExitNeeds { region, sunk };
        // Exits that need each value.
        let mut counts = vec![0u32; region.instructions.len()];
        let mut in_loop = vec![false; region.segments.len()];
        let mut hot = vec![false; region.instructions.len()];
        for (index, segment) in region.segments.iter().enumerate() {
            in_loop[index] |= segment.pass == Pass::Loop;
            for &value in segment.parameters.iter().chain(&segment.body) {
                hot[value.0 as usize] = in_loop[index];
            }
            let mut last = None;
            for exit in exits_of(region, SegmentId(index as u32)) {
                match region.exit(exit).bridge {
                    Some(bridge) => in_loop[bridge.0 as usize] = in_loop[index],
                    None => {
                        let exit_here = region.exit(exit);
                        let snapshot = (&exit_here.snapshot, &exit_here.objects);
                        // Exits in a row with one snapshot share their code.
                        if last != Some(snapshot) {
                            let values = needs.values(exit).into_iter().filter(|value| !sunk[value.0 as usize]);
                            values.for_each(|value| counts[value.0 as usize] += 1);
                        }
                        last = Some(snapshot);
                    }
                }
            }
        }
        let spilled =
            |slot: u64| region.instructions.iter().any(|other| other.op.writes_slot() && other.immediate == slot);
        let mut words = 0;
        let mut homes = vec![None; region.instructions.len()];
        for (index, home) in homes.iter_mut().enumerate() {
            let instruction = &region.instructions[index];
            let minimum = if hot[index] { LOOP_EXITS_MIN } else { EXITS_MIN };
            let is_parameter = instruction.op == Op::LoadSlot && is_loaded_at_entry(region, index);
            if shown[index] {
                // Also what the value stack has: showing the frames overwrites that.
                *home = Some(Home::Frame(words));
                words += 1;
            } else if counts[index] == 0 {
                continue;
            } else if is_parameter && !spilled(instruction.immediate) {
                *home = Some(Home::Slot(instruction.immediate as i32));
            } else if counts[index] >= minimum {
                *home = Some(Home::Frame(words));
                words += 1;
            }
        }
        share_with_parameters(region, sunk, &mut homes);
        let mut kept = vec![false; region.instructions.len()];
        for segment in &region.segments {
            for &parameter in &segment.parameters {
                let own = passes_itself(region, parameter) + u32::from(shown[parameter.0 as usize]);
                kept[parameter.0 as usize] = main_uses[parameter.0 as usize] == own
                    && matches!(homes[parameter.0 as usize], Some(Home::Frame(_)));
            }
        }
        Homes { homes, kept, words }
    }
}

/// What becomes a parameter in the next round of a loop shares its home, if no exit needs the parameter any more once that
/// value is there: then the jump has nothing to store.
fn share_with_parameters(region: &Region, sunk: &[bool], homes: &mut [Option<Home>]) {
    let needs = ExitNeeds { region, sunk };
    for (index, segment) in region.segments.iter().enumerate() {
        let id = SegmentId(index as u32);
        let SegmentEnd::Jump(target, arguments) = &segment.end else { continue };
        if *target != id {
            continue;
        }
        let mut needed = HashSet::new();
        for &value in segment.body.iter().rev() {
            let pair = arguments.iter().position(|&argument| argument == value);
            if let Some(parameter) = pair.map(|position| segment.parameters[position])
                && let (Some(Home::Frame(_)), Some(Home::Frame(word))) =
                    (homes[value.0 as usize], homes[parameter.0 as usize])
                && !needed.contains(&parameter)
            {
                homes[value.0 as usize] = Some(Home::Frame(word));
            }
            let instruction = region.get(value);
            if instruction.op.effect() == Effect::Guard {
                needs.collect(region.exit_of(instruction), &mut needed);
            }
        }
    }
}

/// The values that exits need, and those of the bridges that start there.
struct ExitNeeds<'a> {
    region: &'a Region,
    sunk: &'a [bool],
}

impl ExitNeeds<'_> {
    fn collect(&self, exit: ExitIndex, needed: &mut HashSet<Ref>) {
        match self.region.exit(exit).bridge {
            None => needed.extend(self.values(exit)),
            Some(bridge) => {
                exits_of(self.region, bridge).for_each(|exit| self.collect(exit, needed));
                // A jump back leaves parameters that it does not change in their homes.
                if let SegmentEnd::Jump(_, arguments) = &self.region.segment(bridge).end {
                    needed.extend(arguments);
                }
            }
        }
    }

    /// The values that an exit stores or computes, and the operands of the latter.
    fn values(&self, exit: ExitIndex) -> Vec<Ref> {
        let mut seen: Vec<Ref> = Vec::new();
        let mut work: Vec<Ref> = self.region.exit(exit).snapshot.slots.iter().map(|entry| entry.value).collect();
        while let Some(value) = work.pop() {
            let instruction = self.region.get(value);
            if seen.contains(&value) || crate::region::is_constant(instruction.op) {
                continue;
            }
            seen.push(value);
            if self.sunk[value.0 as usize] {
                work.extend_from_slice(self.region.operands(instruction));
            }
        }
        seen
    }
}

/// In how many jumps a parameter stays what it is.
fn passes_itself(region: &Region, parameter: Ref) -> u32 {
    let jumps = region.segments.iter().filter_map(|segment| match &segment.end {
        SegmentEnd::Jump(target, arguments) => Some(region.segment(*target).parameters.iter().zip(arguments)),
        SegmentEnd::Exit(_) => None,
    });
    jumps.flatten().filter(|&(&own, &argument)| own == parameter && argument == parameter).count() as u32
}

fn is_loaded_at_entry(region: &Region, index: usize) -> bool {
    region.segments[0].body.contains(&Ref(index as u32))
}

/// The exits of a segment, in order.
fn exits_of(region: &Region, id: SegmentId) -> impl Iterator<Item = ExitIndex> {
    let segment = region.segment(id);
    let guards = segment
        .body
        .iter()
        .map(|&value| region.get(value))
        .filter(|instruction| instruction.op.effect() == Effect::Guard && instruction.snapshot != SnapshotId::NONE);
    let end = match segment.end {
        SegmentEnd::Exit(exit) => Some(exit),
        SegmentEnd::Jump(..) => None,
    };
    guards.map(|guard| region.exit_of(guard)).chain(end)
}
