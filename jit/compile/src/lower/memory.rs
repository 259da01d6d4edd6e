//! Loads, stores, slots of the value stack, reference counts.

use super::objects::{call_rare, call_with_word, word_signature};
use super::{Lowering, trusted};
use crate::region::note;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_codegen::isa::CallConv;
use sidewinder_ir::tagging::COUNTED_MASK;
use sidewinder_ir::{Instruction, Op, Ref};

impl Lowering<'_, '_> {
    pub(super) fn memory(&mut self, instruction: &Instruction) -> Option<Value> {
        let [first, second, third] = instruction.operands;
        let (address, offset) = match instruction.op {
            Op::LoadElement | Op::StoreElement => self.element(first, second),
            _ => self.field(first, instruction.immediate),
        };
        let flags = trusted();
        match instruction.op {
            Op::LoadValue | Op::LoadRaw | Op::LoadElement => {
                Some(self.builder.ins().load(types::I64, flags, address, offset))
            }
            Op::LoadRaw32 => Some(self.builder.ins().uload32(flags, address, offset)),
            Op::LoadFloat => Some(self.builder.ins().load(types::F64, flags, address, offset)),
            Op::StoreValue | Op::StoreRaw => {
                let word = self.value(second);
                self.builder.ins().store(flags, word, address, offset);
                None
            }
            Op::StoreRaw32 => {
                let word = self.value(second);
                self.builder.ins().istore32(flags, word, address, offset);
                None
            }
            Op::StoreElement => {
                let word = self.value(third);
                self.builder.ins().store(flags, word, address, offset);
                None
            }
            op => unreachable!("{} is no memory operation", op.name()),
        }
    }

    /// An address and an offset that fits an instruction.
    fn field(&mut self, base: Ref, offset: u64) -> (Value, i32) {
        let address = self.value(base);
        match i32::try_from(offset as i64) {
            Ok(offset) => (address, offset),
            Err(_) => {
                let offset = self.word(offset);
                (self.builder.ins().iadd(address, offset), 0)
            }
        }
    }

    fn element(&mut self, base: Ref, index: Ref) -> (Value, i32) {
        let instruction = self.region.get(index);
        if instruction.op == Op::ConstRaw {
            return self.field(base, instruction.immediate.wrapping_mul(8));
        }
        let (base, index) = (self.value(base), self.value(index));
        let bytes = self.builder.ins().ishl_imm_u(index, 3);
        (self.builder.ins().iadd(base, bytes), 0)
    }

    /// Slots of the value stack.
    pub(super) fn stack(&mut self, instruction: &Instruction) -> Option<Value> {
        let offset = (instruction.immediate as i64 * 8) as i32;
        match instruction.op {
            Op::LoadSlot | Op::ReloadSlot => Some(self.builder.ins().load(types::I64, trusted(), self.base, offset)),
            Op::SpillSlot | Op::StoreSlot => {
                let word = self.value(instruction.operands[0]);
                self.builder.ins().store(trusted(), word, self.base, offset);
                if instruction.op == Op::SpillSlot {
                    self.spilled.push(instruction.immediate as i32);
                }
                None
            }
            op => unreachable!("{} belongs to no body", op.name()),
        }
    }

    pub(super) fn dup(&mut self, item: Ref, instruction: &Instruction) {
        let object = self.value(instruction.operands[0]);
        let after = self.builder.create_block();
        self.skip_uncounted(item, object, after);
        let count = self.builder.ins().load(types::I64, trusted(), object, 0);
        let count = self.builder.ins().iadd_imm_s(count, 1);
        self.builder.ins().store(trusted(), count, object, 0);
        self.builder.ins().jump(after, &[]);
        self.builder.switch_to_block(after);
    }

    /// Adds a reference to whatever a word is.
    pub(super) fn increment(&mut self, word: Value) {
        let [counted, after] = [(); 2].map(|()| self.builder.create_block());
        let tag = self.tag(word, COUNTED_MASK, false);
        self.builder.ins().brif(tag, after, &[], counted, &[]);
        self.builder.switch_to_block(counted);
        let count = self.builder.ins().load(types::I64, trusted(), word, 0);
        let count = self.builder.ins().iadd_imm_s(count, 1);
        self.builder.ins().store(trusted(), count, word, 0);
        self.builder.ins().jump(after, &[]);
        self.builder.switch_to_block(after);
    }

    pub(super) fn drop(&mut self, item: Ref, instruction: &Instruction) {
        let object = self.value(instruction.operands[0]);
        let after = self.builder.create_block();
        let last = self.builder.create_block();
        let is_last = self.region.note(item) & note::LAST != 0;
        if !is_last {
            self.builder.set_cold_block(last);
        }
        self.skip_uncounted(item, object, after);
        // A comparison with memory and a change of it, in place of a load, a subtraction, a store and a test.
        let more = self.builder.create_block();
        let count = self.builder.ins().load(types::I64, trusted(), object, 0);
        let is_one = self.builder.ins().icmp_imm_s(IntCC::Equal, count, 1);
        self.builder.ins().brif(is_one, last, &[], more, &[]);
        self.builder.switch_to_block(more);
        let count = self.builder.ins().load(types::I64, trusted(), object, 0);
        let count = self.builder.ins().iadd_imm_s(count, -1);
        self.builder.ins().store(trusted(), count, object, 0);
        self.builder.ins().jump(after, &[]);

        self.builder.switch_to_block(last);
        let none = self.word(0);
        self.builder.ins().store(trusted(), none, object, 0);
        if is_last {
            self.call_drop_last(object);
        } else {
            self.drop_last(object);
        }
        self.builder.ins().jump(after, &[]);
        self.builder.switch_to_block(after);
    }

    /// Destroys an object whose count has become zero.
    pub(super) fn drop_last(&mut self, object: Value) {
        call_rare(&mut self.builder, self.target.drop_thunk as u64, self.context, object);
    }

    /// The same by an ordinary call, which is cheaper when it does happen.
    fn call_drop_last(&mut self, object: Value) {
        let signature = word_signature(CallConv::SystemV);
        call_with_word(&mut self.builder, signature, self.target.layout.drop_last as u64, self.context, object);
    }

    /// Goes on at `after` unless the word refers to a mortal object.
    fn skip_uncounted(&mut self, item: Ref, object: Value, after: cranelift_codegen::ir::Block) {
        let notes = self.region.note(item);
        if notes & note::COUNTED != 0 {
            return;
        }
        let counted = self.builder.create_block();
        let tag = self.tag(object, COUNTED_MASK, notes & note::BOUND != 0);
        let is_counted = self.builder.ins().icmp_imm_s(IntCC::Equal, tag, 0);
        self.builder.ins().brif(is_counted, counted, &[], after, &[]);
        self.builder.switch_to_block(counted);
    }
}
