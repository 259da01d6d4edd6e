//! Passes over the control flow of a generated unit: jumps to jumps are shortened, unreachable code goes, and so do the
//! tests of locals (`CheckBound`) that can only succeed.

use crate::register::Field;
use crate::unit::{Draft, Label, Unit};
use sidewinder_bytecode::{CodeFlags, Kind, Op};
use std::collections::HashMap;

/// Stands for no target.
pub(crate) const NO_TARGET: u32 = u32::MAX;

/// Instructions whose jumps name instructions.
pub(crate) struct Flow {
    pub drafts: Vec<Draft>,
    /// Where each instruction jumps, or `NO_TARGET`.
    pub targets: Vec<u32>,
    /// Where each handler of the unit starts, or `NO_TARGET` when no reachable instruction needs it.
    pub handler_targets: Vec<u32>,
}

/// Runs all passes over a unit's drafts, which it takes.
pub(crate) fn run(unit: &mut Unit) -> Flow {
    let drafts = std::mem::take(&mut unit.instructions);
    let index = |label: Label| match unit.labels[label.0 as usize] {
        Some(index) => index,
        None => unreachable!("every label that is used is placed"),
    };
    let targets = drafts.iter().map(|draft| draft.label.map_or(NO_TARGET, index)).collect();
    let handler_targets = unit.handlers.iter().map(|handler| index(handler.label)).collect();
    let mut flow = Flow { drafts, targets, handler_targets };
    flow.thread_jumps();
    flow.copy_returns();
    let mut kept = flow.reachable();
    flow.drop_bound_checks(unit, &kept);
    flow.drop_empty_jumps(&mut kept);
    flow.drop_marks(&mut kept);
    flow.compact(&kept);
    flow.spread_positions();
    flow
}

/// Whether control may go on at the next instruction.
pub(crate) fn falls_through(op: Op) -> bool {
    !op.ends_block()
}

impl Flow {
    fn target(&self, index: usize) -> Option<usize> {
        (self.targets[index] != NO_TARGET).then_some(self.targets[index] as usize)
    }

    /// Jumps to a jump go where that goes; jumps to a back jump or a return become one.
    fn thread_jumps(&mut self) {
        for index in 0..self.drafts.len() {
            let Some(mut target) = self.target(index) else { continue };
            // A cycle of jumps, as in `while True: pass`, ends the search.
            for _ in 0..8 {
                match self.drafts.get(target) {
                    Some(draft) if draft.op == Op::Jump => target = self.targets[target] as usize,
                    _ => break,
                }
            }
            self.targets[index] = target as u32;
            if self.drafts[index].op != Op::Jump {
                continue;
            }
            let Some(destination) = self.drafts.get(target).copied() else { continue };
            let copied = match destination.op {
                Op::JumpBack => true,
                Op::Return => {
                    !destination.fields[0].as_register().is_temporary() || destination.fields[0].as_constant().is_some()
                }
                _ => false,
            };
            if copied {
                let Draft { handler, position, .. } = self.drafts[index];
                let position = if destination.position.line == 0 { position } else { destination.position };
                self.drafts[index] = Draft { handler, position, ..destination };
                self.targets[index] = self.targets[target];
            }
        }
    }

    /// What ends the code and belongs to no line (a `Return` or `Reraise`, and what gives up or stores before it) is copied for every jump
    /// to it, at the jump's place: it is not to look as if another line had run.
    fn copy_returns(&mut self) {
        for index in 0..self.drafts.len() {
            let Some(target) = self.target(index) else { continue };
            let Some(length) = self.ending_without_line(target) else { continue };
            // Such a jump has become a `Return` itself.
            if self.drafts[index].op == Op::Jump && length == 1 {
                continue;
            }
            self.targets[index] = self.drafts.len() as u32;
            for number in target..target + length {
                self.drafts.push(self.drafts[number]);
                self.targets.push(NO_TARGET);
            }
        }
    }

    /// The length of the instructions from `start` to the end of the code, if none of them belongs to a line or jumps.
    fn ending_without_line(&self, start: usize) -> Option<usize> {
        /// Longer ones are not worth their copies.
        const LONGEST: usize = 16;
        for (number, draft) in self.drafts[start..].iter().take(LONGEST).enumerate() {
            if draft.position.line != 0 || draft.label.is_some() {
                return None;
            }
            if !falls_through(draft.op) {
                let is_constant = draft.fields[0].as_constant().is_some();
                let ends = match draft.op {
                    Op::Return => number > 0 || is_constant,
                    op => op == Op::Reraise,
                };
                return ends.then_some(number + 1);
            }
        }
        None
    }

    /// Drops the marks of lines that have other instructions right before or after.
    fn drop_marks(&self, kept: &mut [bool]) {
        let mut is_target = vec![false; self.drafts.len() + 1];
        for (index, &target) in self.targets.iter().enumerate() {
            if target != NO_TARGET && kept[index] {
                is_target[target as usize] = true;
            }
        }
        self.handler_targets.iter().for_each(|&target| is_target[target as usize] = true);
        let mut before = None;
        for index in 0..self.drafts.len() {
            if is_target[index] {
                before = None;
            }
            if !kept[index] {
                continue;
            }
            let line = self.drafts[index].position.line;
            if self.drafts[index].op != Op::Nop {
                before = falls_through(self.drafts[index].op).then_some(line);
                continue;
            }
            let next = (index + 1..self.drafts.len()).find(|&next| kept[next]);
            let same_after = next.is_some_and(|next| self.drafts[next].position.line == line);
            if before == Some(line) || same_after {
                kept[index] = false;
            } else {
                before = Some(line);
            }
        }
    }

    /// Gives what belongs to no line the place of the instruction before it, on the one way that leads there.
    fn spread_positions(&mut self) {
        const MANY: usize = usize::MAX;
        // For each instruction that is jumped to, the only jump.
        let mut origins = vec![None; self.drafts.len() + 1];
        for (index, &target) in self.targets.iter().enumerate().filter(|(_, target)| **target != NO_TARGET) {
            let origin = &mut origins[target as usize];
            *origin = Some(if origin.is_none() { index } else { MANY });
        }
        for &target in self.handler_targets.iter().filter(|&&target| target != NO_TARGET) {
            origins[target as usize] = Some(MANY);
        }
        for (index, origin) in origins.into_iter().enumerate().take(self.drafts.len()).skip(1) {
            if self.drafts[index].position.line != 0 {
                continue;
            }
            let follows = falls_through(self.drafts[index - 1].op);
            let before = match origin {
                None if follows => index - 1,
                Some(origin) if origin != MANY && !follows => origin,
                _ => continue,
            };
            self.drafts[index].position = self.drafts[before].position;
        }
    }

    /// Which instructions can be reached.
    fn reachable(&self) -> Vec<bool> {
        let mut reached = vec![false; self.drafts.len()];
        let mut seen_handlers = vec![false; self.handler_targets.len()];
        let mut pending = vec![0usize];
        while let Some(mut index) = pending.pop() {
            while index < self.drafts.len() && !reached[index] {
                reached[index] = true;
                let draft = &self.drafts[index];
                if let Some(handler) = draft.handler
                    && !std::mem::replace(&mut seen_handlers[handler.0 as usize], true)
                {
                    pending.push(self.handler_targets[handler.0 as usize] as usize);
                }
                pending.extend(self.target(index));
                if !falls_through(draft.op) {
                    break;
                }
                index += 1;
            }
        }
        reached
    }

    /// Drops the `CheckBound`s of locals that are certainly bound: a forward analysis over basic blocks, in which a
    /// local is bound at a join when it is on every way there.
    fn drop_bound_checks(&mut self, unit: &Unit, kept: &[bool]) {
        let mut tracked: HashMap<u32, usize> = HashMap::new();
        for (draft, _) in self.drafts.iter().zip(kept.iter()).filter(|(_, kept)| **kept) {
            if draft.op == Op::CheckBound {
                let next = tracked.len();
                tracked.entry(draft.fields[0].as_register().index()).or_insert(next);
            }
        }
        if tracked.is_empty() {
            return;
        }
        let blocks = BasicBlocks::find(self, kept);
        let analysis = BoundAnalysis { flow: self, kept, tracked: &tracked, words: tracked.len().div_ceil(64) };
        let entry_states = analysis.solve(&blocks, unit);
        let mut redundant = Vec::new();
        for (block, state) in blocks.starts.iter().zip(entry_states.chunks(analysis.words)) {
            let mut state = state.to_vec();
            let range = block.0..block.1;
            for (index, draft) in range.clone().zip(&self.drafts[range]) {
                if !kept[index] {
                    continue;
                }
                if draft.op == Op::CheckBound {
                    let bit = tracked[&draft.fields[0].as_register().index()];
                    if state[bit / 64] >> (bit % 64) & 1 == 1 {
                        redundant.push(index);
                    }
                }
                analysis.step(draft, &mut state);
            }
        }
        for index in redundant {
            // Its line is still one that runs.
            let Draft { handler, position, .. } = self.drafts[index];
            self.drafts[index] = Draft { op: Op::Nop, fields: [Field(0); 3], label: None, handler, position };
        }
    }

    /// Drops jumps to the instruction that follows anyway.
    fn drop_empty_jumps(&self, kept: &mut [bool]) {
        // The next kept instruction at or after each index.
        let mut next_kept = self.drafts.len();
        for index in (0..self.drafts.len()).rev() {
            if !kept[index] {
                continue;
            }
            if self.drafts[index].op == Op::Jump
                && let Some(target) = self.target(index)
                && target > index
                && target <= next_kept
            {
                kept[index] = false;
                continue;
            }
            next_kept = index;
        }
    }

    /// Removes what is not kept and renumbers the targets.
    fn compact(&mut self, kept: &[bool]) {
        let mut new_index = Vec::with_capacity(kept.len() + 1);
        let mut count = 0u32;
        for &kept in kept {
            new_index.push(count);
            count += kept as u32;
        }
        new_index.push(count);
        let renumber = |target: u32| if target == NO_TARGET { NO_TARGET } else { new_index[target as usize] };
        let mut drafts = Vec::with_capacity(count as usize);
        let mut targets = Vec::with_capacity(count as usize);
        let mut used = vec![false; self.handler_targets.len()];
        for (index, draft) in self.drafts.iter().enumerate().filter(|(index, _)| kept[*index]) {
            drafts.push(*draft);
            targets.push(renumber(self.targets[index]));
            if let Some(handler) = draft.handler {
                used[handler.0 as usize] = true;
            }
        }
        self.drafts = drafts;
        self.targets = targets;
        for (target, used) in self.handler_targets.iter_mut().zip(used) {
            *target = if used { renumber(*target) } else { NO_TARGET };
        }
    }
}

/// Instruction ranges that are entered at the start and left at the end only, each under one handler.
struct BasicBlocks {
    starts: Vec<(usize, usize)>,
    /// The block that each instruction belongs to.
    of: Vec<u32>,
}

impl BasicBlocks {
    fn find(flow: &Flow, kept: &[bool]) -> BasicBlocks {
        let count = flow.drafts.len();
        let mut leads = vec![false; count + 1];
        leads[0] = true;
        for &target in &flow.handler_targets {
            leads[target as usize] = true;
        }
        for index in 0..count {
            if let Some(target) = flow.target(index) {
                leads[target] = true;
                leads[index + 1] = true;
            }
            let ends = !falls_through(flow.drafts[index].op);
            let changes = flow.drafts.get(index + 1).is_some_and(|next| next.handler != flow.drafts[index].handler);
            if ends || changes || !kept[index] {
                leads[index + 1] = true;
            }
        }
        let mut starts = Vec::new();
        let mut of = Vec::with_capacity(count);
        for (index, &lead) in leads[..count].iter().enumerate() {
            if lead {
                starts.push((index, index));
            }
            if let Some(block) = starts.last_mut() {
                block.1 = index + 1;
            }
            of.push(starts.len() as u32 - 1);
        }
        BasicBlocks { starts, of }
    }
}

/// Which tracked locals are bound, as bit sets of `words` words.
struct BoundAnalysis<'a> {
    flow: &'a Flow,
    kept: &'a [bool],
    tracked: &'a HashMap<u32, usize>,
    words: usize,
}

impl BoundAnalysis<'_> {
    fn set(&self, register: u32, bound: bool, state: &mut [u64]) {
        if let Some(&bit) = self.tracked.get(&register) {
            let mask = 1u64 << (bit % 64);
            if bound { state[bit / 64] |= mask } else { state[bit / 64] &= !mask }
        }
    }

    /// The effect of an instruction when control goes on after it.
    fn step(&self, draft: &Draft, state: &mut [u64]) {
        let kinds = draft.op.kinds();
        match draft.op {
            Op::Clear | Op::DeleteLocal => {
                if let Some(local) = draft.fields[0].as_local() {
                    self.set(local, false, state);
                }
            }
            Op::CheckBound => self.set(draft.fields[0].as_register().index(), true, state),
            _ => {}
        }
        if let Some(first) = destination(draft.fields[0], kinds[0]) {
            let length = match kinds[0] {
                Kind::DstRun => draft.op.run_length(draft.fields[2].0 as u16) as u32,
                _ => 1,
            };
            for register in first..first + length {
                self.set(register, true, state);
            }
        }
    }

    /// The state at the start of every block.
    fn solve(&self, blocks: &BasicBlocks, unit: &Unit) -> Vec<u64> {
        let words = self.words;
        let mut states = vec![u64::MAX; blocks.starts.len() * words];
        states[..words].fill(0);
        for parameter in 0..parameter_count(unit) {
            self.set(parameter, true, &mut states[..words]);
        }
        let mut pending = vec![0u32];
        let mut waiting = vec![false; blocks.starts.len()];
        let mut visited = vec![false; blocks.starts.len()];
        while let Some(block) = pending.pop() {
            waiting[block as usize] = false;
            visited[block as usize] = true;
            self.visit(block, blocks, &mut states, &mut pending, &mut waiting, &visited);
        }
        states
    }

    /// Sends the states at the ends of a block, and at its instructions that may raise, to the blocks that follow.
    fn visit(
        &self,
        block: u32,
        blocks: &BasicBlocks,
        states: &mut [u64],
        pending: &mut Vec<u32>,
        waiting: &mut [bool],
        visited: &[bool],
    ) {
        let words = self.words;
        let (start, end) = blocks.starts[block as usize];
        let mut state = states[block as usize * words..][..words].to_vec();
        let mut send = |target: usize, state: &[u64]| {
            let Some(&target) = blocks.of.get(target) else { return };
            let entry = &mut states[target as usize * words..][..words];
            let mut changed = !visited[target as usize];
            for (old, new) in entry.iter_mut().zip(state) {
                changed |= *old & !new != 0;
                *old &= new;
            }
            if changed && !std::mem::replace(&mut waiting[target as usize], true) {
                pending.push(target);
            }
        };
        for index in start..end {
            if !self.kept[index] {
                return;
            }
            let draft = &self.flow.drafts[index];
            if let Some(handler) = draft.handler {
                // An exception is raised before the instruction's own effect; states shrink only at deletions, so
                // sending at the start and after each of them is enough.
                let shrinks = index > start && matches!(self.flow.drafts[index - 1].op, Op::Clear | Op::DeleteLocal);
                if index == start || shrinks {
                    send(self.flow.handler_targets[handler.0 as usize] as usize, &state);
                }
            }
            if let Some(target) = self.flow.target(index) {
                // A jump of `ForIter` is taken before its destination is written.
                send(target, &state);
            }
            self.step(draft, &mut state);
            if !falls_through(draft.op) {
                return;
            }
        }
        send(end, &state);
    }
}

fn destination(field: Field, kind: Kind) -> Option<u32> {
    match kind {
        Kind::Dst | Kind::DstRun => field.as_local(),
        _ => None,
    }
}

/// The number of parameter registers.
fn parameter_count(unit: &Unit) -> u32 {
    let variadic = (unit.flags & CodeFlags::VARARGS != 0) as u32;
    let variadic_keywords = (unit.flags & CodeFlags::VARKEYWORDS != 0) as u32;
    unit.argument_count + unit.keyword_only_count + variadic + variadic_keywords
}
