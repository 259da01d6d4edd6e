//! Removes parameters of segments that always get the same value: slots that a loop carries for the sake of a bridge
//! which, in the end, goes elsewhere.
//!
//! A parameter whose every jump supplies either itself or one other value is that value: the first jump to a segment
//! comes from a segment that dominates it (see `Region`).

use super::hash::Map;
use super::state::resolve;
use crate::region::{Region, SegmentEnd};
use sidewinder_ir::Ref;
use sidewinder_ir::op::Effect;

pub fn run(region: &mut Region) {
    let mut better = Map::default();
    while find(region, &mut better) {}
    rename(region, &better);
}

/// Notes what parameters can be replaced by. Whether there was one that was not known before.
fn find(region: &Region, better: &mut Map<Ref, Ref>) -> bool {
    let mut found = false;
    for (index, segment) in region.segments.iter().enumerate() {
        for (position, &parameter) in segment.parameters.iter().enumerate() {
            if better.contains_key(&parameter) {
                continue;
            }
            let mut values = region.segments.iter().filter_map(|from| match &from.end {
                SegmentEnd::Jump(target, arguments) if target.0 as usize == index => {
                    Some(resolve(better, arguments[position])).filter(|&value| value != parameter)
                }
                _ => None,
            });
            if let Some(first) = values.next()
                && values.all(|value| value == first)
            {
                better.insert(parameter, first);
                found = true;
            }
        }
    }
    found
}

/// Puts the better values in place of the parameters, which nothing uses then.
fn rename(region: &mut Region, better: &Map<Ref, Ref>) {
    let rename = |value: &mut Ref| *value = resolve(better, *value);
    for instruction in &mut region.instructions {
        if instruction.op.effect() != Effect::Call {
            let count = instruction.op.operands().len();
            instruction.operands[..count].iter_mut().for_each(rename);
        }
    }
    region.arguments.iter_mut().for_each(rename);
    for exit in &mut region.exits {
        exit.snapshot.slots.iter_mut().for_each(|entry| rename(&mut entry.value));
    }
    for segment in &mut region.segments {
        segment.slots.iter_mut().for_each(|(_, value)| rename(value));
        if let SegmentEnd::Jump(_, arguments) = &mut segment.end {
            arguments.iter_mut().for_each(rename);
        }
    }
}
