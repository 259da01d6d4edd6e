//! Records of calls: before a call that may run Python, a trace publishes which one it is, so that its frames can be shown
//! to whoever looks at them. What the frames hold then has a home in the native frame.
//!
//! The state during a call is that of the exit after it, at which an exception leaves.

use super::homes::Home;
use super::{Lowering, Target, trusted};
use crate::exit::{CallRecord, Source};
use crate::layout::activation;
use crate::region::{ExitIndex, Region, is_constant};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use sidewinder_ir::op::Effect;
use sidewinder_ir::{Op, Ref, tagging};

/// The exit after a call, if an exception may leave there. Only references are taken in between.
fn exit_after(region: &Region, call: Ref, following: &[Ref]) -> Option<ExitIndex> {
    let guard = following.iter().map(|&value| region.get(value)).find(|next| next.op.effect() != Effect::Dup)?;
    let tests_call = matches!(guard.op, Op::GuardNoException | Op::GuardNoExceptionRaw) && guard.operands[0] == call;
    tests_call.then(|| region.exit_of(guard))
}

fn runs_python(region: &Region, target: &Target, value: Ref) -> bool {
    let instruction = region.get(value);
    target.layout.activation != 0
        && instruction.op.effect() == Effect::Call
        && target.helpers[instruction.immediate as usize].effects.runs_python
}

/// The values that records of calls name.
pub(super) fn shown_values(region: &Region, target: &Target) -> Vec<bool> {
    let mut shown = vec![false; region.instructions.len()];
    for segment in &region.segments {
        for (position, &value) in segment.body.iter().enumerate() {
            if !runs_python(region, target, value) {
                continue;
            }
            let exit = exit_after(region, value, &segment.body[position + 1..]);
            for entry in exit.iter().flat_map(|&exit| &region.exit(exit).snapshot.slots) {
                shown[entry.value.0 as usize] |= !is_constant(region.get(entry.value).op);
            }
        }
    }
    shown
}

impl Lowering<'_, '_> {
    /// At the entry: tells where the native frame is.
    pub(super) fn publish_homes(&mut self) {
        if let Some(frame) = self.frame.filter(|_| self.shows_frames) {
            let address = self.builder.ins().stack_addr(types::I64, frame, 0);
            self.publish(address, activation::HOMES);
        }
    }

    /// Before a call: tells which one it is, if it may run Python.
    pub(super) fn publish_call(&mut self, call: Ref, following: &[Ref]) {
        let spilled = std::mem::take(&mut self.spilled);
        if !runs_python(self.region, self.target, call) {
            return;
        }
        let free = self.first_free_slot(call);
        let is_callee = |slot: i32| slot >= free || spilled.contains(&slot);
        let record = exit_after(self.region, call, following).and_then(|exit| self.call_record(exit, is_callee));
        let number = if record.is_some() { self.call_records.len() as u64 + 1 } else { 0 };
        self.call_records.extend(record);
        let number = self.word(number);
        self.publish(number, activation::CALL);
    }

    fn publish(&mut self, word: Value, offset: i32) {
        let activation = self.builder.ins().load(types::I64, trusted(), self.context, self.target.layout.activation);
        self.builder.ins().store(trusted(), word, activation, offset);
    }

    /// From where on the words of the value stack belong to a function that is called.
    fn first_free_slot(&self, call: Ref) -> i32 {
        let instruction = self.region.get(call);
        match &self.target.layout.direct_calls {
            Some(calls) if instruction.immediate == calls.helper as u64 => {
                self.region.get(self.region.call_arguments(instruction)[1]).immediate as i32
            }
            _ => i32::MAX,
        }
    }

    /// The record of a call. Words that the callee has got are not the frames' any more.
    fn call_record(&self, exit: ExitIndex, is_callee: impl Fn(i32) -> bool) -> Option<CallRecord> {
        let snapshot = &self.region.exit(exit).snapshot;
        let source = |value: Ref| {
            let instruction = self.region.get(value);
            Some(match instruction.op {
                Op::ConstValue => Source::Constant(instruction.immediate),
                Op::ConstInt => Source::Constant(tagging::box_int(instruction.immediate as i64)),
                Op::ConstFloat if tagging::float_fits(instruction.immediate) => {
                    Source::Constant(tagging::box_float(instruction.immediate))
                }
                _ => match self.homes.get(value) {
                    Some(Home::Frame(word)) => Source::Buffer(word, self.region.type_of(value)),
                    _ => return None,
                },
            })
        };
        let kept = snapshot.slots.iter().filter(|entry| !is_callee(entry.slot));
        let slots = kept.map(|entry| Some((entry.slot, source(entry.value)?))).collect::<Option<_>>();
        Some(CallRecord { frame: snapshot.frame, slots: slots? })
    }
}
