//! Reference-count elimination.
//!
//! A `Dup` is put off as long as something else keeps the object alive: a slot that owns a reference, or the place in
//! memory that the value was just loaded from (its *anchor*) while that cannot change. A `Drop` of the same value then
//! cancels it, also if another reference of the value has moved into memory meanwhile; a guard that finds the value to be a number makes it vanish; an exit on the way takes the reference in
//! the interpreter's stead (`Exit::increments`). Before the protection may end, the `Dup` is done after all.
//!
//! A loop may carry references that were put off: a slot whose value comes from memory in every iteration is
//! *borrowed* at the loop's start. That is assumed first and given up where a way back does not bring one.
//!
//! **Invariants**: a `Drop` that may be the last never moves. An object that a helper gets as an argument has its real
//! count, for helpers that test whether it is unique.

use super::Environment;
use super::balance::{self, Counted};
use super::hash::{Map, Set};
use super::memory::{MemoryKey, Place};
use crate::region::{ExitIndex, Region, SegmentEnd, SegmentId, note};
use crate::tree::Pass;
use sidewinder_ir::op::{Alias, Effect, Op};
use sidewinder_ir::{HelperEffects, Instruction, Ref, SnapshotId, tagging};

/// A reference that was not yet taken.
#[derive(Clone, Copy, Debug)]
struct Pending {
    value: Ref,
    /// The instruction to place when it must be; None for a loop's borrowed reference.
    dup: Option<Ref>,
    protection: Protection,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Protection {
    /// A slot owns another reference.
    Slot,
    /// This place holds the value.
    Anchor(MemoryKey),
    /// Some place of this class held the value in the iteration before, and still does.
    Class(Alias),
    /// An assumption of the tree holds the object until Python runs or a dict changes.
    Held,
}

/// What is known about counts at a point.
#[derive(Clone, Default)]
struct Counts {
    pending: Vec<Pending>,
    /// References that slots own for certain, by value.
    owned: Map<Ref, i32>,
    /// Whether something may have been freed since the last check for finalizers.
    may_have_freed: bool,
}

/// What is assumed about the loop's start.
#[derive(Clone, Default)]
struct Assumptions {
    /// Parameters whose reference is put off, with the class of memory that protects the object.
    borrowed: Map<Ref, Alias>,
    /// Nothing was freed since the last check.
    clean: bool,
}

pub fn run(region: &mut Region, anchors: &Map<Ref, MemoryKey>, environment: &Environment) -> Result<(), String> {
    let mut assumptions = Assumptions { borrowed: candidates(region, anchors), clean: true };
    loop {
        let mut pass = Elimination::new(region, anchors, environment, &assumptions);
        pass.run();
        let Elimination { bodies, increments, created, broken_phis, freed_at_start, .. } = pass;
        if broken_phis.is_empty() && !(freed_at_start && assumptions.clean) {
            let before = environment.verify.then(|| region.clone());
            for (segment, body) in region.segments.iter_mut().zip(bodies) {
                segment.body = body;
            }
            for (exit, slot) in increments {
                region.exits[exit.0 as usize].increments.push(slot);
            }
            for instruction in created {
                region.instructions.push(instruction);
                region.notes.push(0);
            }
            if let Some(before) = before {
                let borrowed = assumptions.borrowed.keys().copied().collect();
                return check(&before, region, borrowed, environment);
            }
            return Ok(());
        }
        assumptions.borrowed.retain(|phi, _| !broken_phis.contains(phi));
        assumptions.clean &= !freed_at_start;
    }
}

fn check(before: &Region, after: &Region, borrowed: Vec<Ref>, environment: &Environment) -> Result<(), String> {
    let uncounted_types = &environment.layout.uncounted_types;
    let before = Counted { region: before, borrowed: Vec::new(), uncounted_types };
    balance::compare(&before, &Counted { region: after, borrowed, uncounted_types })
}

/// Slot parameters of the loop that every jump supplies with a value loaded from one class of memory.
fn candidates(region: &Region, anchors: &Map<Ref, MemoryKey>) -> Map<Ref, Alias> {
    let mut found = Map::default();
    let Some(header) = loop_header(region) else { return found };
    let segment = region.segment(header);
    let mut anchor_of: Map<Ref, Alias> = Map::default();
    for (&dup, key) in anchors {
        anchor_of.insert(region.get(dup).operands[0], key.alias);
    }
    for (position, &phi) in segment.parameters.iter().enumerate() {
        let is_slot = segment.slots.iter().any(|&(_, value)| value == phi);
        if region.get(phi).op != Op::PhiValue || !is_slot {
            continue;
        }
        let mut classes = region.segments.iter().filter_map(|segment| match &segment.end {
            SegmentEnd::Jump(target, values) if *target == header => Some(anchor_of.get(&values[position])),
            _ => None,
        });
        if let Some(Some(&first)) = classes.next()
            && classes.all(|class| class == Some(&first))
        {
            found.insert(phi, first);
        }
    }
    found
}

fn loop_header(region: &Region) -> Option<SegmentId> {
    let position = region.segments.iter().position(|segment| segment.pass == Pass::Loop)?;
    Some(SegmentId(position as u32))
}

struct Elimination<'a> {
    region: &'a Region,
    anchors: &'a Map<Ref, MemoryKey>,
    environment: &'a Environment<'a>,
    assumptions: &'a Assumptions,
    counts: Counts,
    /// The state at exits where bridges start, by segment.
    at_bridges: Map<SegmentId, Counts>,
    body: Vec<Ref>,
    bodies: Vec<Vec<Ref>>,
    increments: Vec<(ExitIndex, i32)>,
    /// Instructions to append to the region.
    created: Vec<Instruction>,
    broken_phis: Set<Ref>,
    freed_at_start: bool,
}

impl<'a> Elimination<'a> {
    fn new(
        region: &'a Region,
        anchors: &'a Map<Ref, MemoryKey>,
        environment: &'a Environment<'a>,
        assumptions: &'a Assumptions,
    ) -> Elimination<'a> {
        Elimination {
            region,
            anchors,
            environment,
            assumptions,
            counts: Counts::default(),
            at_bridges: Map::default(),
            body: Vec::new(),
            bodies: Vec::new(),
            increments: Vec::new(),
            created: Vec::new(),
            broken_phis: Set::default(),
            freed_at_start: false,
        }
    }

    fn run(&mut self) {
        let region = self.region;
        self.bodies.push(region.segments[0].body.clone());
        for index in 1..region.segments.len() {
            let id = SegmentId(index as u32);
            let segment = region.segment(id);
            self.counts = match self.at_bridges.remove(&id) {
                Some(counts) => counts,
                None => self.at_start(id),
            };
            for &value in &segment.body {
                self.instruction(value);
            }
            match &segment.end {
                SegmentEnd::Exit(exit) => self.exit(*exit),
                SegmentEnd::Jump(target, arguments) => self.jump(*target, arguments),
            }
            let body = std::mem::take(&mut self.body);
            self.bodies.push(body);
        }
    }

    /// The state at the start of the first iteration or of the loop.
    fn at_start(&self, id: SegmentId) -> Counts {
        let segment = self.region.segment(id);
        let is_loop = segment.pass == Pass::Loop;
        let mut counts = Counts { may_have_freed: !(is_loop && self.assumptions.clean), ..Counts::default() };
        for &value in &self.region.segments[0].body {
            let slot = self.region.get(value).immediate as i32;
            if !segment.slots.iter().any(|&(listed, _)| listed == slot) {
                *counts.owned.entry(value).or_insert(0) += 1;
            }
        }
        for &(_, value) in &segment.slots {
            match self.assumptions.borrowed.get(&value) {
                Some(&class) => {
                    counts.pending.push(Pending { value, dup: None, protection: Protection::Class(class) });
                }
                None => *counts.owned.entry(value).or_insert(0) += 1,
            }
        }
        counts
    }

    fn instruction(&mut self, value: Ref) {
        let region = self.region;
        let instruction = region.get(value);
        let operand = instruction.operands[0];
        match instruction.op.effect() {
            Effect::Dup => return self.dup(value, operand),
            Effect::Drop => return self.drop(value, operand),
            Effect::Guard => return self.guard(value, instruction),
            Effect::Store => {
                let stored =
                    if instruction.op == Op::StoreElement { instruction.operands[2] } else { instruction.operands[1] };
                let key = key_of(region, instruction);
                self.store(stored, key);
            }
            Effect::Call => {
                let helper = &self.environment.helpers[instruction.immediate as usize];
                self.call(region.call_arguments(instruction), &helper.effects);
                if instruction.op == Op::CallValue {
                    *self.counts.owned.entry(value).or_insert(0) += 1;
                }
            }
            Effect::Other if instruction.op == Op::SpillSlot => {
                self.flush(|pending| pending.value == operand);
                self.release(operand);
            }
            Effect::Other if instruction.op == Op::StoreSlot => self.flush(|pending| pending.value == operand),
            Effect::Other if instruction.op == Op::ReloadSlot => *self.counts.owned.entry(value).or_insert(0) += 1,
            _ => {}
        }
        self.body.push(value);
    }

    fn dup(&mut self, item: Ref, value: Ref) {
        let protection = if self.is_held(value) {
            Protection::Held
        } else if self.counts.owned.get(&value).is_some_and(|&count| count > 0) {
            Protection::Slot
        } else if let Some(&key) = self.anchors.get(&item) {
            Protection::Anchor(key)
        } else if let Some(pending) = self.counts.pending.iter().find(|pending| pending.value == value) {
            // What protects one reference protects another.
            pending.protection
        } else {
            *self.counts.owned.entry(value).or_insert(0) += 1;
            self.body.push(item);
            return;
        };
        self.counts.pending.push(Pending { value, dup: Some(item), protection });
    }

    fn drop(&mut self, item: Ref, value: Ref) {
        if let Some(position) = self.counts.pending.iter().rposition(|pending| pending.value == value) {
            self.counts.pending.remove(position);
            return;
        }
        let owned = self.counts.owned.entry(value).or_insert(0);
        let last = *owned < 2;
        *owned = (*owned - 1).max(0);
        if last && self.region.note(item) & note::LEAF == 0 && !self.is_held(value) {
            // It may free the object and whatever that holds.
            self.flush(|pending| !matches!(pending.protection, Protection::Slot | Protection::Held));
            self.counts.may_have_freed = true;
        }
        self.body.push(item);
    }

    /// Whether an assumption of the tree keeps an object alive.
    fn is_held(&self, value: Ref) -> bool {
        let instruction = self.region.get(value);
        instruction.op == Op::ConstValue && self.environment.tree.held.contains(&instruction.immediate)
    }

    /// A store takes a reference over: the one of a slot, if there is one, so that a pending one stays put off. The
    /// place that was stored to protects it from then on.
    fn store(&mut self, stored: Ref, key: MemoryKey) {
        self.flush(|pending| is_overwritten(pending.protection, key));
        if self.counts.owned.get(&stored).is_none_or(|&count| count == 0) {
            self.flush(|pending| pending.value == stored);
        }
        self.release(stored);
        if self.counts.owned.get(&stored).is_none_or(|&count| count == 0) {
            for pending in &mut self.counts.pending {
                if pending.value == stored && pending.protection == Protection::Slot {
                    pending.protection = Protection::Anchor(key);
                }
            }
        }
    }

    /// A slot's reference moved into memory.
    fn release(&mut self, value: Ref) {
        if let Some(owned) = self.counts.owned.get_mut(&value) {
            *owned = (*owned - 1).max(0);
        }
    }

    fn call(&mut self, arguments: &[Ref], effects: &HelperEffects) {
        let frees = effects.drops || effects.runs_python;
        self.flush(|pending| {
            let written = match pending.protection {
                Protection::Slot => false,
                Protection::Held => effects.writes >> Alias::Dict as u32 & 1 != 0,
                Protection::Anchor(MemoryKey { alias, .. }) | Protection::Class(alias) => {
                    frees || effects.writes >> alias as u32 & 1 != 0
                }
            };
            written || effects.runs_python || arguments.contains(&pending.value)
        });
        if !effects.borrows {
            arguments.iter().for_each(|&argument| self.release(argument));
        }
        self.counts.may_have_freed |= frees;
    }

    fn guard(&mut self, value: Ref, instruction: &Instruction) {
        if instruction.op == Op::GuardNoFinalizers && !self.counts.may_have_freed {
            return;
        }
        self.exit(self.region.exit_of(instruction));
        self.body.push(value);
        self.counts.may_have_freed &= instruction.op != Op::GuardNoFinalizers;
        if instruction.op == Op::GuardTrue
            && let Some(number) = self.uncounted_by(instruction.operands[0])
        {
            self.counts.pending.retain(|pending| pending.value != number);
        }
    }

    /// The value that is known to be uncounted where a condition holds.
    fn uncounted_by(&self, condition: Ref) -> Option<Ref> {
        let instruction = self.region.get(condition);
        let [a, b, _] = instruction.operands;
        let constant = |value: Ref| self.region.get(value).immediate;
        let holds = match instruction.op {
            Op::IsInt | Op::IsFloat | Op::IsTrue => true,
            Op::SameValue => self.region.get(b).op == Op::ConstValue && !tagging::is_counted(constant(b)),
            Op::HasType => {
                self.region.get(b).op == Op::ConstRaw && self.environment.layout.uncounted_types.contains(&constant(b))
            }
            _ => false,
        };
        holds.then_some(a)
    }

    /// Leaving here, the frame takes the references that were put off.
    fn exit(&mut self, index: ExitIndex) {
        let exit = self.region.exit(index);
        let slot_of =
            |value: Ref| exit.snapshot.slots.iter().find(|entry| entry.value == value).map(|entry| entry.slot);
        self.flush(|pending| slot_of(pending.value).is_none());
        match exit.bridge {
            Some(bridge) => {
                self.at_bridges.insert(bridge, self.counts.clone());
            }
            None => {
                let slots = self.counts.pending.iter().filter_map(|pending| slot_of(pending.value));
                self.increments.extend(slots.map(|slot| (index, slot)));
            }
        }
    }

    fn jump(&mut self, target: SegmentId, arguments: &[Ref]) {
        let parameters = &self.region.segment(target).parameters;
        if self.region.segment(target).pass == Pass::Loop {
            for (&parameter, &argument) in parameters.iter().zip(arguments) {
                let Some(&class) = self.assumptions.borrowed.get(&parameter) else { continue };
                let position = self.counts.pending.iter().position(|pending| {
                    pending.value == argument
                        && match pending.protection {
                            Protection::Anchor(key) => key.alias == class,
                            Protection::Class(alias) => alias == class,
                            Protection::Slot | Protection::Held => false,
                        }
                });
                match position {
                    Some(position) => {
                        self.counts.pending.remove(position);
                    }
                    None => {
                        self.broken_phis.insert(parameter);
                    }
                }
            }
        }
        self.flush(|_| true);
        if self.region.segment(target).pass == Pass::Loop {
            self.freed_at_start |= self.counts.may_have_freed;
        }
    }

    /// Takes the references that are chosen, now.
    fn flush(&mut self, chosen: impl Fn(&Pending) -> bool) {
        if !self.counts.pending.iter().any(&chosen) {
            return;
        }
        let (now, later) = std::mem::take(&mut self.counts.pending).into_iter().partition(|pending| chosen(pending));
        self.counts.pending = later;
        for Pending { value, dup, .. } in now {
            let item = match dup {
                Some(item) => item,
                None => self.create_dup(value),
            };
            *self.counts.owned.entry(value).or_insert(0) += 1;
            self.body.push(item);
        }
    }

    fn create_dup(&mut self, value: Ref) -> Ref {
        let item = Ref((self.region.instructions.len() + self.created.len()) as u32);
        let operands = [value, Ref::NONE, Ref::NONE];
        let snapshot = SnapshotId::NONE;
        self.created.push(Instruction { op: Op::Dup, alias: Alias::Other, operands, immediate: 0, snapshot });
        item
    }
}

fn key_of(region: &Region, instruction: &Instruction) -> MemoryKey {
    let [base, index, _] = instruction.operands;
    let place = if instruction.op == Op::StoreElement {
        match region.get(index) {
            Instruction { op: Op::ConstRaw, immediate, .. } => Place::Field(base, (*immediate as i64).wrapping_mul(8)),
            _ => Place::Element(base, index),
        }
    } else {
        Place::Field(base, instruction.immediate as i64)
    };
    MemoryKey { alias: instruction.alias, place }
}

/// Whether a store may overwrite what protects a reference.
fn is_overwritten(protection: Protection, key: MemoryKey) -> bool {
    match protection {
        Protection::Slot | Protection::Held => false,
        Protection::Class(class) => class == key.alias,
        Protection::Anchor(anchor) => {
            anchor.alias == key.alias
                && !matches!((anchor.place, key.place), (Place::Field(_, a), Place::Field(_, b)) if a != b)
        }
    }
}
