//! Exit blocks: they store what the interpreter's frame needs to the exit buffer and return the exit's number.

use super::{Lowering, trusted};
use crate::exit::{EXIT_WORDS_MAX, ExitRecord, Source};
use crate::region::{ExitIndex, SegmentId};
use cranelift_codegen::ir::{Block, InstBuilder, types};
use sidewinder_ir::op::Type;
use sidewinder_ir::{Op, Ref, tagging};
use std::collections::HashMap;

/// An exit block that was branched to and waits to be filled.
pub(super) struct PendingExit {
    block: Block,
    exit: ExitIndex,
    segment: SegmentId,
    number: u64,
}

impl Lowering<'_, '_> {
    /// The block to branch to at an exit: the bridge that starts there, or a block that leaves.
    pub(super) fn exit_block(&mut self, exit: ExitIndex) -> Block {
        if let Some(bridge) = self.region.exit(exit).bridge {
            return self.starts[bridge.0 as usize];
        }
        let block = self.builder.create_block();
        self.builder.set_cold_block(block);
        let number = self.pending_exits.len() as u64;
        self.pending_exits.push(PendingExit { block, exit, segment: self.segment, number });
        block
    }

    /// Fills the exit blocks. Guards in a row with the same snapshot share the code that stores it.
    pub(super) fn fill_exits(&mut self) {
        let region = self.region;
        let pending = std::mem::take(&mut self.pending_exits);
        let shares = |a: &PendingExit, b: &PendingExit| {
            a.segment == b.segment && region.exit(a.exit).snapshot == region.exit(b.exit).snapshot
        };
        for group in pending.chunk_by(shares) {
            let (slots, words) = self.sources(group[0].exit);
            for pending in group {
                let exit = region.exit(pending.exit);
                self.records.push(ExitRecord {
                    id: exit.id,
                    frame: exit.snapshot.frame,
                    slots: slots.clone(),
                    increments: exit.increments.clone(),
                });
            }
            if group.len() == 1 || words.is_empty() {
                for pending in group {
                    self.builder.switch_to_block(pending.block);
                    self.store_words(&words);
                    let number = self.word(pending.number);
                    self.builder.ins().jump(self.leave, &[number.into()]);
                }
                continue;
            }
            let shared = self.builder.create_block();
            self.builder.append_block_param(shared, types::I64);
            self.builder.set_cold_block(shared);
            for pending in group {
                self.builder.switch_to_block(pending.block);
                let number = self.word(pending.number);
                self.builder.ins().jump(shared, &[number.into()]);
            }
            self.builder.switch_to_block(shared);
            self.store_words(&words);
            let number = self.builder.block_params(shared)[0];
            self.builder.ins().jump(self.leave, &[number.into()]);
        }
    }

    fn store_words(&mut self, words: &[Ref]) {
        if words.is_empty() {
            return;
        }
        self.in_exit = Some(HashMap::new());
        let offset = self.target.layout.exit_buffer;
        let buffer = self.builder.ins().load(types::I64, trusted(), self.context, offset);
        for (index, &word) in words.iter().enumerate() {
            debug_assert!(matches!(self.region.type_of(word), Type::Value | Type::Int | Type::Float));
            let value = self.value(word);
            self.builder.ins().store(trusted(), value, buffer, index as i32 * 8);
        }
        self.in_exit = None;
    }

    /// Where each slot's word comes from, and the values that go to the buffer.
    fn sources(&self, exit: ExitIndex) -> (Vec<(i32, Source)>, Vec<Ref>) {
        let mut words: Vec<Ref> = Vec::new();
        let mut sources = Vec::new();
        for entry in &self.region.exit(exit).snapshot.slots {
            let instruction = self.region.get(entry.value);
            let constant = match instruction.op {
                Op::ConstValue => Some(instruction.immediate),
                Op::ConstInt => Some(tagging::box_int(instruction.immediate as i64)),
                Op::ConstFloat if tagging::float_fits(instruction.immediate) => {
                    Some(tagging::box_float(instruction.immediate))
                }
                _ => None,
            };
            let source = match constant {
                Some(word) => Source::Constant(word),
                None => {
                    let index = words.iter().position(|&word| word == entry.value).unwrap_or_else(|| {
                        words.push(entry.value);
                        words.len() - 1
                    });
                    Source::Buffer(index as u32, self.region.type_of(entry.value))
                }
            };
            sources.push((entry.slot, source));
        }
        assert!(words.len() <= EXIT_WORDS_MAX, "an exit writes too many words");
        (sources, words)
    }
}
