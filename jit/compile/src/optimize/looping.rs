//! The whole tree through the forward pass: the root's first iteration, its loop body, and the bridges.
//!
//! The loop body is the root replayed from the state at the end of the first iteration, so that whatever an iteration
//! computes or checks again stays in the first. What must hold for that at every way back to the loop's start (its own
//! end and the ends of bridges) is the `Plan`; where it does not, the plan is weakened and the loop replayed.

use super::Environment;
use super::forward::{Forward, PendingBridge};
use super::hash::Map;
use super::memory::{Entry, MemoryKey, Place};
use super::plan::{self, Carry, Plan};
use super::replay::End;
use super::state::{SlotState, State};
use crate::region::{Region, SegmentEnd, SegmentId};
use crate::tree::{ExitId, Pass, TraceIndex};
use sidewinder_ir::op::{Alias, Type};
use sidewinder_ir::{FrameState, Op, Ref, Snapshot, TraceEnd};
use std::collections::{BTreeMap, BTreeSet};

/// After so many replays the plan imports nothing.
const ATTEMPTS_MAX: usize = 12;

/// The segment of the root's first iteration.
const FIRST: SegmentId = SegmentId(1);

/// The optimized tree, and the places that hold what is duplicated.
pub fn run(environment: &Environment) -> (Region, Map<Ref, MemoryKey>) {
    let mut forward = Forward::new(environment);
    let slots = restart_slots(environment);
    let mut parameters = Vec::new();
    for &slot in &slots {
        let value = forward.parameter(Op::PhiValue, slot, super::facts::Facts::NONE);
        forward.state.slots.insert(slot, SlotState { value, frame_base: 0 });
        parameters.push(value);
    }
    let arguments = slots.iter().map(|&slot| forward.entry_slot(slot)).collect();
    forward.region.segments[0].end = SegmentEnd::Jump(FIRST, arguments);
    let restart_values = slots.iter().copied().zip(parameters.iter().copied()).collect();
    forward.begin(TraceIndex::ROOT, Pass::First, parameters);
    forward.region.segments[1].slots = restart_values;
    let restart = Restart { slots };
    match forward.replay() {
        End::Leave(exit) => {
            forward.finish(SegmentEnd::Exit(exit));
            finish_bridges(&mut forward, &restart);
            (forward.region, forward.anchors)
        }
        End::Back => {
            let mut forward = peel(forward);
            finish_bridges(&mut forward, &restart);
            (forward.region, forward.anchors)
        }
    }
}

/// The way back to the first iteration, for bridges that do not start in the loop.
struct Restart {
    /// Slots that such bridges may have changed: the parameters.
    slots: BTreeSet<i32>,
}

/// Slots that a bridge from the first iteration may bring back changed.
fn restart_slots(environment: &Environment) -> BTreeSet<i32> {
    let tree = environment.tree;
    let mut all = BTreeSet::new();
    // What may differ from memory where a bridge starts; None for bridges inside the loop.
    let mut at_start: Vec<Option<BTreeSet<i32>>> = Vec::new();
    for bridge in &tree.bridges {
        let ExitId { trace, pass, guard } = bridge.parent_exit;
        let inherited = match trace.0 {
            0 if pass == Pass::First => Some(BTreeSet::new()),
            0 => None,
            n => at_start.get(n as usize - 1).cloned().flatten(),
        };
        let changed = inherited.map(|mut slots| {
            let parent = tree.trace(trace);
            let snapshot = match guard {
                ExitId::END => Some(end_snapshot(parent)),
                guard => parent.instructions.get(guard as usize).map(|guard| guard.snapshot.0 as usize),
            };
            slots.extend(snapshot.and_then(|id| parent.snapshots.get(id)).into_iter().flat_map(live_slots));
            slots
        });
        if let (Some(slots), TraceEnd::Root(end)) = (&changed, bridge.trace.end) {
            all.extend(slots);
            all.extend(live_slots(&bridge.trace.snapshots[end.0 as usize]));
        }
        at_start.push(changed);
    }
    all
}

fn end_snapshot(trace: &sidewinder_ir::Trace) -> usize {
    let (TraceEnd::Loop(id) | TraceEnd::Root(id) | TraceEnd::Exit(id)) = trace.end;
    id.0 as usize
}

/// Slots of a snapshot that are still alive when the entry frame runs again.
fn live_slots(snapshot: &Snapshot) -> Vec<i32> {
    let FrameState { base, .. } = snapshot.frame;
    snapshot.slots.iter().map(|entry| entry.slot).filter(|&slot| base <= 0 || slot < base).collect()
}

/// Replays the bridges that wait. Those at exits of the first iteration go back to its start.
fn finish_bridges(forward: &mut Forward, restart: &Restart) {
    while let Some(bridge) = take_first(&mut forward.pending, |_| true) {
        match start_bridge(forward, bridge) {
            End::Leave(exit) => forward.finish(SegmentEnd::Exit(exit)),
            End::Back => {
                let known = forward.state.slots.keys().all(|slot| restart.slots.contains(slot));
                if known {
                    let values: Vec<Ref> =
                        restart.slots.iter().map(|&slot| current_slot(forward, slot)).collect();
                    let any = Carry::Phi { kind: Type::Value, facts: super::facts::Facts::NONE, type_address: 0 };
                    values.iter().for_each(|&value| settle_at_end(forward, value, any));
                    let arguments = values.into_iter().map(|value| forward.boxed(value)).collect();
                    forward.finish(SegmentEnd::Jump(FIRST, arguments));
                } else {
                    leave_at_end(forward);
                }
            }
        }
    }
}

/// Ends a trace that cannot go back with an exit.
fn leave_at_end(forward: &mut Forward) {
    let trace = forward.environment.tree.trace(forward.trace);
    let frame = trace.snapshots[end_snapshot(trace)].frame;
    let empty = Snapshot { frame, slots: Vec::new() };
    let exit = forward.exit(ExitId::END, &empty, &[]);
    forward.finish(SegmentEnd::Exit(exit));
}

/// What a slot holds in the current state.
fn current_slot(forward: &mut Forward, slot: i32) -> Ref {
    match forward.state.slots.get(&slot) {
        Some(state) => state.value,
        None => forward.entry_slot(slot),
    }
}

fn take_first(pending: &mut Vec<PendingBridge>, wanted: impl Fn(&PendingBridge) -> bool) -> Option<PendingBridge> {
    let position = pending.iter().position(wanted)?;
    Some(pending.remove(position))
}

/// Replays a bridge from the state at its exit. Doubles in slots that it uses as value words are tested at its start.
fn start_bridge(forward: &mut Forward, bridge: PendingBridge) -> End {
    let before = forward.clone();
    let mut settled = BTreeSet::new();
    loop {
        forward.state = bridge.state.clone();
        forward.in_loop = bridge.in_loop;
        let segment = forward.begin(bridge.trace, Pass::First, Vec::new());
        let exit = &mut forward.region.exits[bridge.exit.0 as usize];
        exit.bridge = Some(segment);
        let frame = exit.snapshot.frame;
        for slot in &settled {
            if let Some(&SlotState { value, .. }) = forward.state.slots.get(slot) {
                forward.settle(value, ExitId::START, frame);
            }
        }
        let end = forward.replay();
        if forward.unsettled.is_subset(&settled) {
            return end;
        }
        settled.append(&mut forward.unsettled);
        *forward = before.clone();
    }
}

/// Before a jump: a double that must fit a value word is tested, and leaves with the state at the trace's end.
fn settle_at_end(forward: &mut Forward, value: Ref, carry: Carry) {
    if forward.region.type_of(value) == Type::Float && plan::must_fit(carry) && !forward.facts(value).fits {
        let trace = forward.environment.tree.trace(forward.trace);
        let frame = trace.snapshots[end_snapshot(trace)].frame;
        forward.settle(value, ExitId::END, frame);
    }
}

/// Adds the loop to a region that has the first iteration. Bridges inside the loop are done afterwards.
fn peel<'a>(first: Forward<'a>) -> Forward<'a> {
    let mut plan = Plan::default();
    let slots: Vec<(i32, Ref)> = first.state.slots.iter().map(|(&slot, state)| (slot, state.value)).collect();
    for (slot, value) in slots {
        plan.start_slot(&first, slot, value);
    }
    let mut attempts = 0;
    loop {
        attempts += 1;
        let attempt = Attempt::run(first.clone(), &plan);
        match attempt.weaken(&plan) {
            None => return attempt.forward,
            Some(weaker) => plan = weaker,
        }
        if attempts == ATTEMPTS_MAX {
            plan.pessimistic = true;
            let any = Carry::Phi { kind: Type::Value, facts: super::facts::Facts::NONE, type_address: 0 };
            plan.slots.values_mut().for_each(|carry| *carry = any);
            plan.memory.clear();
        }
    }
}

/// One try to replay the loop and its bridges under a plan.
struct Attempt<'a> {
    forward: Forward<'a>,
    /// The first segment of the loop.
    header: SegmentId,
    /// Slots and memory as the loop's start finds them.
    header_slots: BTreeMap<i32, Ref>,
    header_memory: Map<MemoryKey, Entry>,
    header_types: Map<Ref, u64>,
    /// What the ways back found wrong.
    slots: BTreeMap<i32, Carry>,
    new_slots: BTreeMap<i32, Ref>,
    memory: BTreeMap<MemoryKey, Carry>,
    back: Vec<State>,
}

impl<'a> Attempt<'a> {
    fn run(forward: Forward<'a>, plan: &Plan) -> Attempt<'a> {
        let header = SegmentId(forward.region.segments.len() as u32);
        let mut attempt = Attempt {
            forward,
            header,
            header_slots: BTreeMap::new(),
            header_memory: Map::default(),
            header_types: Map::default(),
            slots: BTreeMap::new(),
            new_slots: BTreeMap::new(),
            memory: BTreeMap::new(),
            back: Vec::new(),
        };
        attempt.enter(plan);
        let end = attempt.forward.replay();
        // Doubles that the loop uses as value words must fit at every way back.
        for &slot in &attempt.forward.unsettled {
            let facts = super::facts::Facts { fits: true, ..super::facts::Facts::NONE };
            attempt.slots.insert(slot, Carry::Phi { kind: Type::Float, facts, type_address: 0 });
        }
        match end {
            End::Back => attempt.go_back(plan),
            End::Leave(exit) => attempt.forward.finish(SegmentEnd::Exit(exit)),
        }
        while let Some(bridge) = take_first(&mut attempt.forward.pending, |bridge| bridge.in_loop) {
            match start_bridge(&mut attempt.forward, bridge) {
                End::Back => attempt.go_back(plan),
                End::Leave(exit) => attempt.forward.finish(SegmentEnd::Exit(exit)),
            }
        }
        attempt
    }

    /// Ends the first iteration with a jump to the loop's start, and sets up the state there.
    fn enter(&mut self, plan: &Plan) {
        let forward = &mut self.forward;
        let mut arguments = Vec::new();
        let mut slot_phis = Vec::new();
        for (&slot, &carry) in &plan.slots {
            let value = current_slot(forward, slot);
            if carry == Carry::Same {
                self.header_slots.insert(slot, value);
            } else {
                // The plan was weakened until the first value fits it, too.
                settle_at_end(forward, value, carry);
                match plan::supply(forward, value, carry) {
                    Ok(argument) => {
                        arguments.push(argument);
                        slot_phis.push((slot, carry));
                    }
                    Err(weaker) => {
                        self.slots.insert(slot, weaker);
                        self.header_slots.insert(slot, value);
                    }
                }
            }
        }
        let mut memory_phis = Vec::new();
        for (&key, &carry) in &plan.memory {
            let entry = forward.state.memory.entries.get(&key).copied();
            match (carry, entry) {
                (Carry::Phi { .. }, Some(entry)) => match plan::supply(forward, entry.value, carry) {
                    Ok(argument) => {
                        arguments.push(argument);
                        memory_phis.push((key, entry, carry));
                    }
                    Err(weaker) => {
                        self.memory.insert(key, weaker);
                    }
                },
                _ => {
                    forward.state.memory.entries.remove(&key);
                }
            }
        }
        forward.finish(SegmentEnd::Jump(self.header, arguments));

        let memory = &mut forward.state.memory;
        memory.mark_imported();
        memory.types.retain(|object, _| !plan.types_dropped.contains(object) && !plan.pessimistic);
        if plan.pessimistic {
            memory.entries.retain(|key, _| key.alias == Alias::Immutable);
        }
        forward.begin(TraceIndex::ROOT, Pass::Loop, Vec::new());
        forward.in_loop = true;
        self.header_types =
            forward.state.memory.types.iter().map(|(&object, entry)| (object, entry.type_address)).collect();
        let mut parameters = Vec::new();
        for (slot, carry) in slot_phis {
            let value = plan::parameter(forward, slot, carry);
            self.header_slots.insert(slot, value);
            parameters.push(value);
        }
        for (key, entry, carry) in memory_phis {
            let offset = match key.place {
                Place::Field(_, offset) => offset as i32,
                Place::Element(..) => 0,
            };
            let parameter = plan::parameter(forward, offset, carry);
            // Words of memory always fit.
            forward.state.learn(parameter, super::facts::Facts { fits: true, ..super::facts::Facts::NONE });
            parameters.push(parameter);
            let value = match (forward.region.type_of(entry.value), forward.region.type_of(parameter)) {
                (Type::Raw, Type::Int) => forward.pure(Op::IntToRaw, &[parameter]),
                (Type::Value, _) => forward.boxed(parameter),
                _ => parameter,
            };
            forward.state.memory.entries.insert(key, Entry { value, load: entry.load, imported: true });
        }
        forward.region.segments[self.header.0 as usize].parameters = parameters;
        forward.region.segments[self.header.0 as usize].slots =
            self.header_slots.iter().map(|(&slot, &value)| (slot, value)).collect();
        self.header_memory = forward.state.memory.entries.clone();
        forward.state.slots = self
            .header_slots
            .iter()
            .filter(|&(&slot, &value)| !is_entry_slot(forward, slot, value))
            .map(|(&slot, &value)| (slot, SlotState { value, frame_base: 0 }))
            .collect();
    }

    /// Ends the open segment with a jump to the loop's start, noting what the plan must give up.
    fn go_back(&mut self, plan: &Plan) {
        let mut arguments = Vec::new();
        for (&slot, &carry) in &plan.slots {
            let value = self.back_slot(slot);
            let header = self.header_slots[&slot];
            match carry {
                Carry::Same if value == header => {}
                Carry::Same => {
                    let weaker = plan::phi_of(&self.forward, &self.forward.state, header);
                    self.weaken_slot(slot, value, weaker);
                }
                _ => {
                    settle_at_end(&mut self.forward, value, carry);
                    match plan::supply(&mut self.forward, value, carry) {
                        Ok(argument) => arguments.push(argument),
                        Err(weaker) => self.weaken_slot(slot, value, weaker),
                    }
                }
            }
        }
        for (&key, &carry) in &plan.memory {
            if carry == Carry::Dropped {
                continue;
            }
            let Some(header) = self.header_memory.get(&key).copied() else { continue };
            match self.forward.state.memory.get(key, header.load) {
                None => {
                    self.memory.insert(key, Carry::Dropped);
                }
                Some(entry) => {
                    let value = self.forward.state.resolve(entry.value);
                    match plan::supply(&mut self.forward, value, carry) {
                        Ok(argument) => arguments.push(argument),
                        Err(weaker) => {
                            self.memory.insert(key, weaker);
                        }
                    }
                }
            }
        }
        let changed: Vec<(i32, Ref)> = self
            .forward
            .state
            .slots
            .iter()
            .filter(|&(slot, state)| {
                !plan.slots.contains_key(slot) && !is_entry_slot(&self.forward, *slot, state.value)
            })
            .map(|(&slot, state)| (slot, state.value))
            .collect();
        for (slot, value) in changed {
            self.new_slots.entry(slot).or_insert(value);
        }
        self.back.push(self.forward.state.clone());
        self.forward.finish(SegmentEnd::Jump(self.header, arguments));
    }

    /// What a slot holds at a way back. A slot that was spilled and is not in the snapshot is dead: any value does.
    fn back_slot(&mut self, slot: i32) -> Ref {
        match self.forward.state.slots.get(&slot) {
            Some(state) => self.forward.state.resolve(state.value),
            None if self.forward.environment.rewritten_slots.contains(&slot) => self.header_slots[&slot],
            None => self.forward.entry_slot(slot),
        }
    }

    /// Notes a weaker carry; where several ways back ask for one, the next attempt finds what is left to weaken.
    fn weaken_slot(&mut self, slot: i32, value: Ref, weaker: Carry) {
        let weaker = match plan::supply(&mut self.forward, value, weaker) {
            Ok(_) => weaker,
            Err(weaker) => weaker,
        };
        self.slots.entry(slot).or_insert(weaker);
    }

    /// The plan to try next, or None if this one held.
    fn weaken(&self, plan: &Plan) -> Option<Plan> {
        let mut weaker = plan.clone();
        let mut changed = false;
        for (&slot, &carry) in &self.slots {
            weaker.slots.insert(slot, carry);
            changed = true;
        }
        for (&slot, _) in &self.new_slots {
            let first = Carry::Phi { kind: Type::Value, facts: super::facts::Facts::NONE, type_address: 0 };
            weaker.slots.insert(slot, first);
            changed = true;
        }
        for (&key, &carry) in &self.memory {
            weaker.memory.insert(key, carry);
            changed = true;
        }
        for &key in &self.forward.used_entries {
            if plan.memory.contains_key(&key) {
                continue;
            }
            if let Some(carry) = self.weaker_entry(key) {
                weaker.memory.insert(key, carry);
                changed = true;
            }
        }
        for &object in &self.forward.used_types {
            let Some(&expected) = self.header_types.get(&object) else { continue };
            let kept = |state: &State| {
                state.memory.types.get(&object).is_some_and(|entry| entry.type_address == expected)
            };
            if !self.back.iter().all(kept) {
                weaker.types_dropped.insert(object);
                changed = true;
            }
        }
        changed.then_some(weaker)
    }

    /// How to carry a word of memory that was taken to stay the same, unless it does.
    fn weaker_entry(&self, key: MemoryKey) -> Option<Carry> {
        let header = self.header_memory.get(&key)?;
        let mut stays = true;
        for state in &self.back {
            match state.memory.get(key, header.load) {
                Some(entry) => stays &= state.resolve(entry.value) == header.value,
                None => return Some(Carry::Dropped),
            }
        }
        if stays { None } else { Some(plan::phi_of(&self.forward, &self.forward.state, header.value)) }
    }
}

/// Whether a slot has the value that memory has.
fn is_entry_slot(forward: &Forward, slot: i32, value: Ref) -> bool {
    forward.op(value) == Op::LoadSlot
        && forward.get(value).immediate as i32 == slot
        && !forward.environment.rewritten_slots.contains(&slot)
}
