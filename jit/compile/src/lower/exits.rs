//! Exit blocks: they store what the interpreter's frame needs to the exit buffer and return the exit's number.

use super::{Lowering, trusted};
use crate::exit::{EXIT_WORDS_MAX, ExitRecord, Source};
use crate::region::{ExitIndex, SegmentId};
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, types};
use sidewinder_ir::op::Type;
use sidewinder_ir::{Op, Ref, tagging};
use std::collections::HashMap;

/// An exit block that was branched to and waits to be filled. Its parameter is the exit's number.
pub(super) struct PendingExit {
    block: Block,
    exit: ExitIndex,
    segment: SegmentId,
    /// The first number that shares the block; the records of the others are copies.
    sources: Vec<(i32, Source)>,
    words: Vec<Ref>,
}

impl Lowering<'_, '_> {
    /// A block that leaves at an exit. Guards in a row with the same snapshot share one.
    pub(super) fn leaving_block(&mut self, exit: ExitIndex) -> (Block, Vec<BlockArg>) {
        let region = self.region;
        let this = region.exit(exit);
        let shared = self.pending_exits.last().is_some_and(|last| {
            last.segment == self.segment && region.exit(last.exit).snapshot == this.snapshot
        });
        if !shared {
            let block = self.builder.create_block();
            self.builder.append_block_param(block, types::I64);
            self.builder.set_cold_block(block);
            let (sources, words) = self.sources(exit);
            self.pending_exits.push(PendingExit { block, exit, segment: self.segment, sources, words });
        }
        let pending = self.pending_exits.last().expect("just pushed");
        let (block, slots) = (pending.block, pending.sources.clone());
        let number = self.records.len() as u64;
        self.records.push(ExitRecord {
            id: this.id,
            frame: this.snapshot.frame,
            slots,
            increments: this.increments.clone(),
        });
        let number = self.word(number);
        (block, vec![number.into()])
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

    pub(super) fn fill_exits(&mut self) {
        for pending in std::mem::take(&mut self.pending_exits) {
            self.builder.switch_to_block(pending.block);
            self.in_exit = Some(HashMap::new());
            if !pending.words.is_empty() {
                let offset = self.target.layout.exit_buffer;
                let buffer = self.builder.ins().load(types::I64, trusted(), self.context, offset);
                for (index, &word) in pending.words.iter().enumerate() {
                    debug_assert!(matches!(self.region.type_of(word), Type::Value | Type::Int | Type::Float));
                    let value = self.value(word);
                    self.builder.ins().store(trusted(), value, buffer, index as i32 * 8);
                }
            }
            let number = self.builder.block_params(pending.block)[0];
            self.builder.ins().jump(self.leave, &[number.into()]);
        }
        self.in_exit = None;
    }
}
