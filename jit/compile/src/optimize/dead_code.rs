//! Removes what nothing needs: pure operations, loads, and loop parameters without a user.
//!
//! What only exits need is left out of the main path too, if it is pure: lowering computes it in the exit.

use crate::region::{Region, SegmentEnd, is_constant, note};
use sidewinder_ir::op::Effect;
use sidewinder_ir::{Helper, Instruction, Ref};

/// Whether an instruction may be left out if nothing uses its result.
fn is_removable(instruction: &Instruction, helpers: &[Helper]) -> bool {
    match instruction.op.effect() {
        Effect::Pure | Effect::Load => true,
        Effect::Call => helpers.get(instruction.immediate as usize).is_some_and(|helper| helper.effects.pure_function),
        Effect::Other => !instruction.op.writes_slot(),
        _ => false,
    }
}

pub fn run(region: &mut Region, helpers: &[Helper]) {
    let mut live = Liveness { region, needed: vec![false; region.instructions.len()], work: Vec::new() };
    live.find(helpers);
    let needed = live.needed;
    for segment in &mut region.segments {
        segment.body.retain(|value| needed[value.0 as usize] && region.notes[value.0 as usize] & note::DEAD == 0);
    }
    let kept: Vec<Vec<bool>> = region
        .segments
        .iter()
        .map(|segment| segment.parameters.iter().map(|value| needed[value.0 as usize]).collect())
        .collect();
    for (index, segment) in region.segments.iter_mut().enumerate() {
        retain_marked(&mut segment.parameters, &kept[index]);
        if let SegmentEnd::Jump(target, arguments) = &mut segment.end {
            retain_marked(arguments, &kept[target.0 as usize]);
        }
    }
}

fn retain_marked(values: &mut Vec<Ref>, marks: &[bool]) {
    let mut marks = marks.iter();
    values.retain(|_| *marks.next().expect("one mark per value"));
}

struct Liveness<'a> {
    region: &'a Region,
    needed: Vec<bool>,
    work: Vec<Ref>,
}

impl Liveness<'_> {
    fn need(&mut self, value: Ref) {
        if !is_constant(self.region.get(value).op) && !std::mem::replace(&mut self.needed[value.0 as usize], true) {
            self.work.push(value);
        }
    }

    fn find(&mut self, helpers: &[Helper]) {
        let region = self.region;
        // Parameters and the jumps that supply them, by parameter.
        let mut arguments: Vec<Vec<Ref>> = vec![Vec::new(); region.instructions.len()];
        for segment in &region.segments {
            if let SegmentEnd::Jump(target, values) = &segment.end {
                for (&parameter, &value) in region.segment(*target).parameters.iter().zip(values) {
                    arguments[parameter.0 as usize].push(value);
                }
            }
            for &value in &segment.body {
                let instruction = region.get(value);
                if region.note(value) & note::DEAD == 0 && !is_removable(instruction, helpers) {
                    self.need(value);
                    if instruction.op.effect() == Effect::Guard {
                        self.need_exit(region.exit_of(instruction));
                    }
                }
            }
            if let SegmentEnd::Exit(exit) = segment.end {
                self.need_exit(exit);
            }
        }
        while let Some(value) = self.work.pop() {
            for &operand in region.operands(region.get(value)) {
                self.need(operand);
            }
            for &argument in &arguments[value.0 as usize] {
                self.need(argument);
            }
        }
    }

    fn need_exit(&mut self, exit: crate::region::ExitIndex) {
        let exit = self.region.exit(exit);
        if exit.bridge.is_none() {
            for entry in &exit.snapshot.slots {
                self.need(entry.value);
            }
        }
    }
}
