//! Exit blocks: they store what the interpreter's frame needs to the exit buffer and return the exit's number.

use super::homes::Home;
use super::{Lowering, trusted};
use crate::exit::{EXIT_WORDS_MAX, ExitRecord, LINK, ObjectRecord, RETURNED, Source};
use crate::region::{ExitIndex, ExitObject, SegmentId};
use cranelift_codegen::ir::{Block, InstBuilder, types};
use sidewinder_ir::op::Type;
use sidewinder_ir::snapshot::{OBJECT_SLOT, RELEASED_SLOT, RESULT_SLOT};
use sidewinder_ir::{Op, Ref, tagging};
use std::collections::HashMap;

/// An exit block that was branched to and waits to be filled.
pub(super) struct PendingExit {
    block: Block,
    exit: ExitIndex,
    segment: SegmentId,
    number: u64,
    filled: bool,
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
        self.pending_exits.push(PendingExit { block, exit, segment: self.segment, number, filled: false });
        block
    }

    /// Fills the exit blocks. Guards in a row with the same snapshot share the code that stores it.
    pub(super) fn fill_exits(&mut self) {
        let region = self.region;
        self.fill_links();
        let pending = std::mem::take(&mut self.pending_exits);
        let shares = |a: &PendingExit, b: &PendingExit| {
            let (a_exit, b_exit) = (region.exit(a.exit), region.exit(b.exit));
            a.segment == b.segment && a_exit.snapshot == b_exit.snapshot && a_exit.objects == b_exit.objects
        };
        for group in pending.chunk_by(shares) {
            let Sources { slots, objects, words, uses_homes } = self.sources(group[0].exit);
            for pending in group {
                let exit = region.exit(pending.exit);
                self.records.push(ExitRecord {
                    id: exit.id,
                    frame: exit.snapshot.frame,
                    slots: slots.clone(),
                    increments: exit.increments.clone(),
                    stands_still: exit.stands_still,
                    objects: objects.clone(),
                });
            }
            if group[0].filled {
                continue;
            }
            let leave = if uses_homes { self.leave_with_homes } else { self.leave };
            if group.len() == 1 || words.is_empty() {
                for pending in group {
                    self.builder.switch_to_block(pending.block);
                    self.store_words(&words);
                    let number = self.word(pending.number);
                    self.builder.ins().jump(leave, &[number.into()]);
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
            self.builder.ins().jump(leave, &[number.into()]);
        }
    }

    /// Fills the exits that lead to other trees: they write the slots where those find them. What needs the
    /// interpreter's help, a double that fits no word, goes to an ordinary exit of the same number.
    fn fill_links(&mut self) {
        for position in 0..self.pending_exits.len() {
            let (block, exit, number) = {
                let pending = &self.pending_exits[position];
                (pending.block, pending.exit, pending.number)
            };
            if self.region.exit(exit).snapshot.frame.instruction == 0 {
                self.builder.switch_to_block(block);
                self.in_exit = Some(HashMap::new());
                self.fill_return(exit);
                self.in_exit = None;
                self.pending_exits[position].filled = true;
                continue;
            }
            if !self.region.exit(exit).link {
                continue;
            }
            let ordinary = self.builder.create_block();
            self.builder.set_cold_block(ordinary);
            self.pending_exits[position].block = ordinary;
            self.builder.switch_to_block(block);
            self.in_exit = Some(HashMap::new());
            self.fill_link(exit, number, ordinary);
            self.in_exit = None;
        }
    }

    /// The function returns its result.
    fn fill_return(&mut self, exit: ExitIndex) {
        let exit = self.region.exit(exit);
        let result = exit.snapshot.slots.iter().find(|entry| entry.slot == RESULT_SLOT);
        let result = result.expect("a return has a result").value;
        let machine = self.value(result);
        let word = match self.region.type_of(result) {
            Type::Int => self.builder.ins().iadd_imm_s(machine, 1),
            Type::Float => self.float_word(result, machine),
            _ => machine,
        };
        if exit.increments.contains(&RESULT_SLOT) {
            self.increment(word);
        }
        let number = self.word(RETURNED);
        self.builder.ins().return_(&[number, word]);
    }

    fn fill_link(&mut self, exit: ExitIndex, number: u64, ordinary: Block) {
        let exit = self.region.exit(exit);
        let mut words = Vec::with_capacity(exit.snapshot.slots.len());
        for entry in &exit.snapshot.slots {
            let machine = self.value(entry.value);
            let word = match self.region.type_of(entry.value) {
                Type::Int => self.builder.ins().iadd_imm_s(machine, 1),
                Type::Float => {
                    let word = self.float_word(entry.value, machine);
                    let tag = self.builder.ins().band_imm_s(word, 2);
                    let fits = self.builder.create_block();
                    self.builder.ins().brif(tag, fits, &[], ordinary, &[]);
                    self.builder.switch_to_block(fits);
                    word
                }
                _ => machine,
            };
            words.push((entry.slot, word));
        }
        for &(slot, word) in &words {
            self.builder.ins().store(trusted(), word, self.base, slot * 8);
        }
        for slot in &exit.increments {
            if let Some(&(_, word)) = words.iter().find(|(written, _)| written == slot) {
                self.increment(word);
            }
        }
        let number = self.word(LINK | number);
        self.builder.ins().jump(self.leave, &[number.into()]);
    }

    /// Fills the blocks in which all exits end.
    pub(super) fn fill_leave(&mut self) {
        self.builder.switch_to_block(self.leave_with_homes);
        let number = self.builder.block_params(self.leave_with_homes)[0];
        if let Some(frame) = self.frame {
            let offset = self.target.layout.exit_buffer;
            let buffer = self.builder.ins().load(types::I64, trusted(), self.context, offset);
            for index in 0..self.homes.words as i32 {
                let word = self.builder.ins().stack_load(types::I64, types::I64, frame, index * 8);
                self.builder.ins().store(trusted(), word, buffer, index * 8);
            }
        }
        self.builder.ins().jump(self.leave, &[number.into()]);
        self.builder.switch_to_block(self.leave);
        let number = self.builder.block_params(self.leave)[0];
        let nothing = self.word(0);
        self.builder.ins().return_(&[number, nothing]);
    }

    fn store_words(&mut self, words: &[Ref]) {
        if words.is_empty() {
            return;
        }
        self.in_exit = Some(HashMap::new());
        let offset = self.target.layout.exit_buffer;
        let buffer = self.builder.ins().load(types::I64, trusted(), self.context, offset);
        let first = self.homes.words as i32;
        for (index, &word) in words.iter().enumerate() {
            debug_assert!(matches!(self.region.type_of(word), Type::Value | Type::Int | Type::Float | Type::Raw));
            let value = self.value(word);
            self.builder.ins().store(trusted(), value, buffer, (first + index as i32) * 8);
        }
        self.in_exit = None;
    }

    fn sources(&self, exit: ExitIndex) -> Sources {
        let mut words: Vec<Ref> = Vec::new();
        let mut slots = Vec::new();
        let mut uses_homes = false;
        for entry in &self.region.exit(exit).snapshot.slots {
            let instruction = self.region.get(entry.value);
            let constant = match instruction.op {
                Op::ConstValue | Op::ConstRaw => Some(instruction.immediate),
                Op::ConstInt => Some(tagging::box_int(instruction.immediate as i64)),
                Op::ConstFloat if tagging::float_fits(instruction.immediate) => {
                    Some(tagging::box_float(instruction.immediate))
                }
                _ => None,
            };
            let kind = self.region.type_of(entry.value);
            let source = match (constant, self.homes.get(entry.value)) {
                (Some(word), _) => Source::Constant(word),
                (None, Some(Home::Frame(index))) => {
                    uses_homes = true;
                    Source::Buffer(index, kind)
                }
                _ => {
                    let index = words.iter().position(|&word| word == entry.value).unwrap_or_else(|| {
                        words.push(entry.value);
                        words.len() - 1
                    });
                    Source::Buffer(self.homes.words + index as u32, kind)
                }
            };
            slots.push((entry.slot, source));
        }
        assert!(self.homes.words as usize + words.len() <= EXIT_WORDS_MAX, "an exit writes too many words");
        let (fields, slots): (Vec<_>, Vec<_>) =
            slots.into_iter().partition(|(slot, _)| (OBJECT_SLOT..RELEASED_SLOT).contains(slot));
        let objects = self.region.exit(exit).objects.iter().map(|object| object_record(object, &fields)).collect();
        Sources { slots, objects, words, uses_homes }
    }
}

fn object_record(object: &ExitObject, fields: &[(i32, Source)]) -> ObjectRecord {
    let source = |name: i32| fields.iter().find(|(slot, _)| *slot == name).expect("the snapshot has all fields").1;
    ObjectRecord {
        class: object.class,
        bytes: object.bytes,
        words: object.words.iter().map(|&(offset, name)| (offset, name, source(name))).collect(),
        parts: object.parts.clone(),
        slots: object.slots.clone(),
    }
}

/// Where each slot's word comes from.
struct Sources {
    slots: Vec<(i32, Source)>,
    objects: Vec<ObjectRecord>,
    /// Values that the exit itself stores, behind the homes.
    words: Vec<Ref>,
    uses_homes: bool,
}
