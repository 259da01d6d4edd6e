//! Checks of a trace's form: operand types, order of definition, snapshots, calls against the helper table.

use crate::helper::Helper;
use crate::op::{Effect, Op, Type};
use crate::snapshot::SnapshotId;
use crate::text::{Symbols, instruction_text};
use crate::trace::{Instruction, Ref, Trace, TraceEnd};

/// Says what is wrong with the trace, if anything. Without helpers, calls are checked for order alone.
pub fn verify(trace: &Trace, helpers: Option<&[Helper]>) -> Result<(), String> {
    for (index, instruction) in trace.instructions.iter().enumerate() {
        verify_instruction(trace, index as u32, instruction, helpers).map_err(|message| {
            let arguments = if instruction.op.effect() == Effect::Call { arguments(trace, instruction) } else { &[] };
            let text = instruction_text(Ref(index as u32), instruction, arguments, &mut Symbols::default());
            format!("instruction {index}: {message}: {text}")
        })?;
    }
    for (index, snapshot) in trace.snapshots.iter().enumerate() {
        if !snapshot.slots.is_sorted_by(|a, b| a.slot < b.slot) {
            return Err(format!("snapshot {index}: slots are not sorted"));
        }
    }
    let (TraceEnd::Loop(end) | TraceEnd::Root(end) | TraceEnd::Exit(end)) = trace.end;
    verify_snapshot(trace, trace.instructions.len() as u32, end).map_err(|message| format!("end: {message}"))
}

fn arguments<'a>(trace: &'a Trace, instruction: &Instruction) -> &'a [Ref] {
    let (start, length) = (instruction.operands[0].0 as usize, instruction.operands[1].0 as usize);
    trace.arguments.get(start..start.saturating_add(length)).unwrap_or(&[])
}

fn verify_instruction(
    trace: &Trace,
    index: u32,
    instruction: &Instruction,
    helpers: Option<&[Helper]>,
) -> Result<(), String> {
    let op = instruction.op;
    if matches!(op, Op::PhiValue | Op::PhiInt | Op::PhiFloat | Op::PhiRaw) {
        return Err("only in optimized code".to_string());
    }
    if op.effect() == Effect::Call {
        let arguments = arguments(trace, instruction);
        if arguments.len() != instruction.operands[1].0 as usize {
            return Err("arguments outside the pool".to_string());
        }
        for &argument in arguments {
            defined(trace, argument, index)?;
        }
        return helpers.map_or(Ok(()), |helpers| verify_call(trace, instruction, arguments, helpers));
    }
    for (position, &expected) in op.operands().iter().enumerate() {
        let operand = instruction.operands[position];
        defined(trace, operand, index)?;
        let actual = trace.type_of(operand);
        if actual != expected {
            return Err(format!("operand {position} is {actual:?}, not {expected:?}"));
        }
    }
    match op.effect() {
        Effect::Guard => verify_snapshot(trace, index, instruction.snapshot),
        _ if instruction.snapshot != SnapshotId::NONE => Err("has a snapshot but is no guard".to_string()),
        _ => Ok(()),
    }
}

fn verify_call(trace: &Trace, instruction: &Instruction, arguments: &[Ref], helpers: &[Helper]) -> Result<(), String> {
    let helper = helpers.get(Trace::helper(instruction).0 as usize).ok_or("unknown helper")?;
    let result = match helper.result {
        // A truth value comes back as a word.
        Type::Int | Type::Bool => return Err(format!("helper {} has an unsupported result type", helper.name)),
        result => result,
    };
    if result != instruction.op.result() {
        return Err(format!("helper {} returns {result:?}", helper.name));
    }
    if arguments.len() != helper.operands.len() {
        return Err(format!("helper {} takes {} arguments", helper.name, helper.operands.len()));
    }
    for (&argument, &expected) in arguments.iter().zip(helper.operands) {
        let actual = trace.type_of(argument);
        if actual != expected {
            return Err(format!("helper {} takes {expected:?}, not {actual:?}", helper.name));
        }
    }
    Ok(())
}

fn defined(trace: &Trace, operand: Ref, user: u32) -> Result<(), String> {
    if operand.0 >= user {
        return Err(format!("v{} is used before it is defined", operand.0));
    }
    if trace.type_of(operand) == Type::None {
        return Err(format!("v{} has no result", operand.0));
    }
    Ok(())
}

fn verify_snapshot(trace: &Trace, index: u32, id: SnapshotId) -> Result<(), String> {
    let snapshot = trace.snapshots.get(id.0 as usize).ok_or("unknown snapshot")?;
    for entry in &snapshot.slots {
        defined(trace, entry.value, index)?;
        let actual = trace.type_of(entry.value);
        if !matches!(actual, Type::Value | Type::Int | Type::Float) {
            return Err(format!("slot {} is {actual:?}", entry.slot));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::parse;

    fn check(text: &str) -> Result<(), String> {
        verify(&parse(text).unwrap(), None)
    }

    #[test]
    fn sound_traces_pass_and_broken_ones_do_not() {
        let snapshots = "s0: base 0 at 0x10 depth 0 {}\nend exit s0\n";
        assert_eq!(check(&format!("v0 = LoadSlot 1\nv1 = IsInt v0\nGuardTrue v1 [s0]\n{snapshots}")), Ok(()));
        let wrong_type = check(&format!("v0 = LoadSlot 1\nv1 = IntAdd v0 v0\n{snapshots}")).unwrap_err();
        assert!(wrong_type.contains("operand 0 is Value, not Int"), "{wrong_type}");
        let no_snapshot = check(&format!("v0 = LoadSlot 1\nv1 = IsInt v0\nGuardTrue v1 [s9]\n{snapshots}"));
        assert!(no_snapshot.unwrap_err().contains("unknown snapshot"));
        let late =
            "v0 = ConstBool 1\nGuardTrue v0 [s0]\nv2 = LoadSlot 1\ns0: base 0 at 0x10 depth 0 {1: v2}\nend exit s0\n";
        assert!(check(late).unwrap_err().contains("before it is defined"));
    }
}
