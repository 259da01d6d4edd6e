//! Removes tests whether doubles fit value words where nothing needs the word any more: the object that it went into is
//! virtual, or it was computed further. Exits box any double.

use crate::region::{Region, SegmentEnd};
use sidewinder_ir::op::{Effect, Op, Type};
use sidewinder_ir::{Instruction, Ref};

pub fn run(region: &mut Region) {
    let mut must_fit = vec![false; region.instructions.len()];
    find(region, &mut must_fit);
    let superfluous = |guard: &Instruction| {
        if guard.op != Op::GuardTrue || region.exit(region.exit_of(guard)).bridge.is_some() {
            return false;
        }
        let condition = region.get(guard.operands[0]);
        condition.op == Op::FloatFits && !must_fit[condition.operands[0].0 as usize]
    };
    let keep: Vec<bool> = region.instructions.iter().map(|instruction| !superfluous(instruction)).collect();
    for segment in &mut region.segments {
        segment.body.retain(|value| keep[value.0 as usize]);
    }
}

/// Marks the doubles whose words machine code makes, or relies on: those of boxes that are used, and those that jumps and
/// returns pass on.
fn find(region: &Region, must_fit: &mut [bool]) {
    let mut need = |value: Ref| {
        let instruction = region.get(value);
        if instruction.op == Op::BoxFloat {
            must_fit[instruction.operands[0].0 as usize] = true;
        } else if region.type_of(value) == Type::Float {
            must_fit[value.0 as usize] = true;
        }
    };
    let leave = |exit: &crate::region::Exit, need: &mut dyn FnMut(Ref)| {
        let returns = exit.snapshot.frame.instruction == 0;
        let words = exit.snapshot.slots.iter().map(|entry| entry.value);
        words.filter(|&value| returns || region.get(value).op == Op::BoxFloat).for_each(need);
    };
    for segment in &region.segments {
        for &value in &segment.body {
            let instruction = region.get(value);
            let operands = region.operands(instruction);
            // Of what computes with doubles, only boxes rely on words.
            operands
                .iter()
                .filter(|&&operand| region.get(operand).op == Op::BoxFloat)
                .for_each(|&operand| need(operand));
            if instruction.op.effect() == Effect::Guard {
                leave(region.exit(region.exit_of(instruction)), &mut need);
            }
        }
        match &segment.end {
            SegmentEnd::Jump(_, arguments) => arguments.iter().for_each(|&argument| need(argument)),
            SegmentEnd::Exit(exit) => leave(region.exit(*exit), &mut need),
        }
    }
}
