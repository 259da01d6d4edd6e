//! The whole tree through the forward pass: the root's first iteration, its loop body, and the bridges.
//!
//! The loop body is the root replayed from the state at the end of the first iteration, so that whatever an iteration
//! computes or checks again stays in the first. What must hold for that at every way back to the loop's start (its own
//! end and the ends of bridges) is the `Plan`; where it does not, the plan is weakened and the loop replayed.

use super::Environment;
use super::facts::Facts;
use super::forward::{Forward, PendingBridge};
use super::hash::Map;
use super::memory::{Entry, MemoryKey, Place};
use super::plan::{self, Carry, Plan};
use super::replay::End;
use super::state::{self, SlotState, State};
use crate::region::{Region, SegmentEnd, SegmentId};
use crate::tree::{Bridge, ExitId, Pass, TraceIndex};
use sidewinder_ir::op::{Alias, Type};
use sidewinder_ir::snapshot::RELEASED_SLOT;
use sidewinder_ir::{FrameState, Op, Ref, Snapshot, TraceEnd};
use std::collections::{BTreeMap, BTreeSet};

/// After so many replays the plan imports nothing.
const ATTEMPTS_MAX: usize = 12;

/// The segment of the root's first iteration.
const FIRST: SegmentId = SegmentId(1);

/// The optimized tree, and the places that hold what is duplicated.
pub fn run(environment: &Environment) -> (Region, Map<Ref, MemoryKey>) {
    let has_inner = environment.tree.bridges.iter().any(|bridge| in_loop(environment, bridge));
    for policy in [Policy::Weaken, Policy::WeakenNumbers, Policy::Restart] {
        let (forward, growth) = build(environment, policy);
        if !has_inner || growth <= LOOP_GROWTH_MAX || policy == Policy::Restart {
            return (forward.region, forward.anchors);
        }
    }
    unreachable!("the last policy is taken")
}

/// What happens to a bridge inside the loop that breaks what the loop takes for granted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Policy {
    /// The loop takes less for granted.
    Weaken,
    /// The same for changed numbers only; other bridges go back to the first iteration.
    WeakenNumbers,
    /// They all go back to the first iteration.
    Restart,
}

/// By so many instructions with an effect or a guard a loop may grow for the sake of its bridges. An outer loop's
/// bridge typically makes all that was hoisted variant, which costs more than going through the first iteration; a
/// branch's bridge changes an accumulator, which costs nothing.
const LOOP_GROWTH_MAX: usize = 2;

/// Whether a bridge starts inside the loop.
fn in_loop(environment: &Environment, bridge: &Bridge) -> bool {
    match bridge.parent_exit {
        ExitId { trace: TraceIndex::ROOT, pass, .. } => pass == Pass::Loop,
        ExitId { trace, .. } => in_loop(environment, &environment.tree.bridges[trace.0 as usize - 1]),
    }
}

/// The tree under a policy, and by how much its bridges made the loop grow.
fn build<'a>(environment: &'a Environment<'a>, policy: Policy) -> (Forward<'a>, usize) {
    let mut forward = Forward::new(environment);
    let slots = restart_slots(environment, policy);
    let mut parameters = Vec::new();
    for &slot in &slots {
        let value = forward.parameter(Op::PhiValue, slot, Facts::NONE);
        forward.state.slots.insert(slot, SlotState { value, frame_base: 0 });
        parameters.push(value);
    }
    let arguments = slots.iter().map(|&slot| forward.entry_slot(slot)).collect();
    forward.region.segments[0].end = SegmentEnd::Jump(FIRST, arguments);
    let restart_values = slots.iter().copied().zip(parameters.iter().copied()).collect();
    forward.begin(TraceIndex::ROOT, Pass::First, parameters);
    forward.region.segments[1].slots = restart_values;
    let restart = Restart { slots };
    let mut growth = 0;
    match forward.replay() {
        End::Leave(exit) => forward.finish(SegmentEnd::Exit(exit)),
        End::Back if !environment.tree.is_peeled() => restart.go_back(&mut forward),
        End::Back => (forward, growth) = peel(forward, policy, &restart),
    }
    while let Some(bridge) = take_first(&mut forward.pending, |_| true) {
        match start_bridge(&mut forward, bridge) {
            End::Leave(exit) => forward.finish(SegmentEnd::Exit(exit)),
            End::Back => restart.go_back(&mut forward),
        }
    }
    (forward, growth)
}

/// The way back to the first iteration.
struct Restart {
    /// Slots that bridges may have changed: the parameters.
    slots: BTreeSet<i32>,
}

impl Restart {
    /// Ends the open segment with a jump to the first iteration.
    fn go_back(&self, forward: &mut Forward) {
        if !forward.state.slots.keys().all(|slot| self.slots.contains(slot)) {
            return leave_at_end(forward);
        }
        let values: Vec<Ref> = self.slots.iter().map(|&slot| current_slot(forward, slot)).collect();
        values.iter().for_each(|&value| settle_at_end(forward, value, Carry::ANY));
        let arguments = values.into_iter().map(|value| forward.boxed(value)).collect();
        forward.finish(SegmentEnd::Jump(FIRST, arguments));
    }
}

/// Slots that a bridge may bring back to the first iteration changed. Those from inside the loop go there only under
/// the stricter policies.
fn restart_slots(environment: &Environment, policy: Policy) -> BTreeSet<i32> {
    let tree = environment.tree;
    let mut all = BTreeSet::new();
    // What may differ from memory where a bridge starts.
    let mut at_start: Vec<BTreeSet<i32>> = Vec::new();
    for bridge in &tree.bridges {
        let ExitId { trace, guard, .. } = bridge.parent_exit;
        let inner = in_loop(environment, bridge);
        let mut slots = match trace.0 {
            0 => BTreeSet::new(),
            n => at_start[n as usize - 1].clone(),
        };
        let parent = tree.trace(trace);
        let snapshot = match guard {
            ExitId::END => Some(end_snapshot(parent)),
            guard => parent.instructions.get(guard as usize).map(|guard| guard.snapshot.0 as usize),
        };
        slots.extend(snapshot.and_then(|id| parent.snapshots.get(id)).into_iter().flat_map(live_slots));
        if let TraceEnd::Root(end) = bridge.trace.end
            && (!inner || policy != Policy::Weaken)
        {
            all.extend(&slots);
            all.extend(live_slots(&bridge.trace.snapshots[end.0 as usize]));
            if inner {
                all.extend(live_slots(&tree.root.snapshots[end_snapshot(&tree.root)]));
            }
        }
        at_start.push(slots);
    }
    if !tree.is_peeled() && matches!(tree.root.end, TraceEnd::Loop(_)) {
        all.extend(live_slots(&tree.root.snapshots[end_snapshot(&tree.root)]));
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
    snapshot
        .slots
        .iter()
        .map(|entry| entry.slot)
        .filter(|&slot| slot < RELEASED_SLOT && (base <= 0 || slot < base))
        .collect()
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
    let mark = forward.mark();
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
        forward.rewind(&mark);
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

/// Adds the loop and its bridges to a region that has the first iteration. Also says by how much the bridges made the
/// loop grow.
fn peel<'a>(first: Forward<'a>, policy: Policy, restart: &Restart) -> (Forward<'a>, usize) {
    let mut plan = Plan::default();
    let slots: Vec<(i32, Ref)> = first.state.slots.iter().map(|(&slot, state)| (slot, state.value)).collect();
    for (slot, value) in slots {
        plan.start_slot(&first, slot, value);
    }
    let alone = settle_plan(&first, &mut plan, policy, restart, false);
    if !first.environment.tree.bridges.iter().any(|bridge| in_loop(first.environment, bridge)) {
        return (alone.forward, 0);
    }
    let with_bridges = settle_plan(&first, &mut plan, policy, restart, true);
    let growth = with_bridges.weight().saturating_sub(alone.weight());
    (with_bridges.forward, growth)
}

/// Weakens the plan until it holds.
fn settle_plan<'a>(
    first: &Forward<'a>,
    plan: &mut Plan,
    policy: Policy,
    restart: &Restart,
    with_bridges: bool,
) -> Attempt<'a> {
    let mut restarting = BTreeSet::new();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let attempt = Attempt::run(first.clone(), plan, policy, restart, &restarting, with_bridges);
        let violators = attempt.late_violators(plan);
        match attempt.weaken(plan) {
            None if violators.is_empty() => return attempt,
            weaker => {
                restarting.extend(violators);
                *plan = weaker.unwrap_or_else(|| plan.clone());
            }
        }
        if attempts == ATTEMPTS_MAX {
            plan.pessimistic = true;
            plan.slots.values_mut().for_each(|carry| *carry = Carry::ANY);
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
    new_slots: BTreeSet<i32>,
    memory: BTreeMap<MemoryKey, Carry>,
    /// The states at the ways back, with the trace that ends there.
    back: Vec<(TraceIndex, State)>,
    policy: Policy,
    /// Bridges that shall go back to the first iteration instead.
    violators: BTreeSet<TraceIndex>,
}

impl<'a> Attempt<'a> {
    fn run(
        forward: Forward<'a>,
        plan: &Plan,
        policy: Policy,
        restart: &Restart,
        restarting: &BTreeSet<TraceIndex>,
        with_bridges: bool,
    ) -> Attempt<'a> {
        let header = SegmentId(forward.region.segments.len() as u32);
        let mut attempt = Attempt {
            forward,
            header,
            header_slots: BTreeMap::new(),
            header_memory: Map::default(),
            header_types: Map::default(),
            slots: BTreeMap::new(),
            new_slots: BTreeSet::new(),
            memory: BTreeMap::new(),
            back: Vec::new(),
            policy,
            violators: BTreeSet::new(),
        };
        attempt.enter(plan);
        let end = attempt.forward.replay();
        // Doubles that the loop uses as value words must fit at every way back.
        for &slot in &attempt.forward.unsettled {
            let facts = Facts { fits: true, ..Facts::NONE };
            attempt.slots.insert(slot, Carry::Phi { kind: Type::Float, facts, type_address: 0 });
        }
        match end {
            End::Back => attempt.go_back(plan),
            End::Leave(exit) => attempt.forward.finish(SegmentEnd::Exit(exit)),
        }
        if !with_bridges {
            return attempt;
        }
        while let Some(bridge) = take_first(&mut attempt.forward.pending, |bridge| bridge.in_loop) {
            match start_bridge(&mut attempt.forward, bridge) {
                End::Back if restarting.contains(&attempt.forward.trace) => restart.go_back(&mut attempt.forward),
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
            forward.state.learn(parameter, Facts { fits: true, ..Facts::NONE });
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
        // A guard of the first iteration may have found a value to be a constant.
        let State { memory, known, .. } = &mut forward.state;
        memory.entries.values_mut().for_each(|entry| entry.value = state::resolve(known, entry.value));
        self.header_memory = memory.entries.clone();
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
                    self.weaken_slot(slot, value, carry, weaker);
                }
                _ => {
                    settle_at_end(&mut self.forward, value, carry);
                    match plan::supply(&mut self.forward, value, carry) {
                        Ok(argument) => arguments.push(argument),
                        Err(weaker) => self.weaken_slot(slot, value, carry, weaker),
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
                None => self.weaken_memory(key, Carry::Dropped),
                Some(entry) => {
                    let value = self.forward.state.resolve(entry.value);
                    match plan::supply(&mut self.forward, value, carry) {
                        Ok(argument) => arguments.push(argument),
                        Err(weaker) => self.weaken_memory(key, weaker),
                    }
                }
            }
        }
        let changed: Vec<i32> = self
            .forward
            .state
            .slots
            .iter()
            .filter(|&(slot, state)| {
                !plan.slots.contains_key(slot) && !is_entry_slot(&self.forward, *slot, state.value)
            })
            .map(|(&slot, _)| slot)
            .collect();
        for slot in changed {
            if self.forward.environment.root_slots.contains(&slot) && self.refuses(false) {
                continue;
            }
            self.new_slots.insert(slot);
        }
        self.back.push((self.forward.trace, self.forward.state.clone()));
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

    /// Whether the open bridge is to go back to the first iteration rather than to weaken the plan. Notes that.
    fn refuses(&mut self, number: bool) -> bool {
        let trace = self.forward.trace;
        let refused = trace != TraceIndex::ROOT
            && match self.policy {
                Policy::Weaken => false,
                Policy::WeakenNumbers => !number,
                Policy::Restart => true,
            };
        if refused {
            self.violators.insert(trace);
        }
        refused
    }

    /// Notes a weaker carry; where several ways back ask for one, the next attempt finds what is left to weaken.
    fn weaken_slot(&mut self, slot: i32, value: Ref, carry: Carry, weaker: Carry) {
        let weaker = match plan::supply(&mut self.forward, value, weaker) {
            Ok(_) => weaker,
            Err(weaker) => weaker,
        };
        let is_read = self.forward.environment.root_slots.contains(&slot);
        let same_kind = carry != Carry::Same && carry.kind() == weaker.kind();
        if is_read && !same_kind && self.refuses(weaker.kind() != Some(Type::Value)) {
            return;
        }
        self.slots.entry(slot).or_insert(weaker);
    }

    fn weaken_memory(&mut self, key: MemoryKey, weaker: Carry) {
        if !self.refuses(false) {
            self.memory.insert(key, weaker);
        }
    }

    /// Bridges that break what the loop or another bridge relied on in memory. What the loop carries may change.
    fn late_violators(&self, plan: &Plan) -> BTreeSet<TraceIndex> {
        let mut found = self.violators.clone();
        if self.policy == Policy::Weaken {
            return found;
        }
        for (trace, state) in self.back.iter().filter(|(trace, _)| *trace != TraceIndex::ROOT) {
            let mut entries = self.forward.used_entries.iter().filter(|key| !plan.memory.contains_key(key));
            let entries = entries.all(|&key| self.entry_holds(key, state));
            let types = self.forward.used_types.iter().all(|&object| self.type_holds(object, state));
            if !entries || !types {
                found.insert(*trace);
            }
        }
        found
    }

    /// Whether a word of memory is at a way back what it was at the loop's start.
    fn entry_holds(&self, key: MemoryKey, state: &State) -> bool {
        self.header_memory.get(&key).is_none_or(|header| {
            state.memory.get(key, header.load).is_some_and(|entry| state.resolve(entry.value) == header.value)
        })
    }

    fn type_holds(&self, object: Ref, state: &State) -> bool {
        self.header_types
            .get(&object)
            .is_none_or(|&expected| state.memory.types.get(&object).is_some_and(|entry| entry.type_address == expected))
    }

    /// Instructions of the loop proper that take time.
    fn weight(&self) -> usize {
        let region = &self.forward.region;
        let body = &region.segment(self.header).body;
        body.iter().filter(|&&value| region.get(value).op.effect() != sidewinder_ir::Effect::Pure).count()
    }

    /// The plan to try next, or None if this one held for all that do not go back to the first iteration.
    fn weaken(&self, plan: &Plan) -> Option<Plan> {
        let mut weaker = plan.clone();
        let mut changed = false;
        for (&slot, &carry) in &self.slots {
            weaker.slots.insert(slot, carry);
            changed = true;
        }
        for &slot in &self.new_slots {
            weaker.slots.insert(slot, Carry::ANY);
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
            if !self.binding().all(|state| self.type_holds(object, state)) {
                weaker.types_dropped.insert(object);
                changed = true;
            }
        }
        changed.then_some(weaker)
    }

    /// The states that the plan must hold for: bridges that break it may still be sent elsewhere.
    fn binding(&self) -> impl Iterator<Item = &State> {
        let all = self.policy == Policy::Weaken;
        self.back.iter().filter(move |(trace, _)| all || *trace == TraceIndex::ROOT).map(|(_, state)| state)
    }

    /// How to carry a word of memory that was taken to stay the same, unless it does.
    fn weaker_entry(&self, key: MemoryKey) -> Option<Carry> {
        let header = self.header_memory.get(&key)?;
        if self.binding().all(|state| self.entry_holds(key, state)) {
            return None;
        }
        if self.binding().any(|state| state.memory.get(key, header.load).is_none()) {
            return Some(Carry::Dropped);
        }
        Some(plan::phi_of(&self.forward, &self.forward.state, header.value))
    }
}

/// Whether a slot has the value that memory has.
fn is_entry_slot(forward: &Forward, slot: i32, value: Ref) -> bool {
    forward.op(value) == Op::LoadSlot
        && forward.get(value).immediate as i32 == slot
        && !forward.environment.rewritten_slots.contains(&slot)
}
