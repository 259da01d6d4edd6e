//! Guards, and the type test that is mostly one half of a guard.

use super::{Lowering, trusted};
use crate::layout::TYPE_OFFSET;
use crate::region::{ExitIndex, note};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, Value, types};
use sidewinder_ir::{DECISIVE, Instruction, Op, Ref};

impl Lowering<'_, '_> {
    pub(super) fn guard(&mut self, instruction: &Instruction) {
        let exit = self.region.exit_of(instruction);
        let operand = instruction.operands[0];
        if instruction.op == Op::GuardNotInvalidated && self.target.invalidated == 0 {
            return;
        }
        let block = self.exit_block(exit);
        if instruction.immediate != DECISIVE {
            self.stress(exit, block);
        }
        let (condition, leave_if) = match instruction.op {
            Op::GuardTrue | Op::GuardFalse if self.is_fused(operand) => {
                return self.type_guard(operand, instruction.op == Op::GuardTrue, block);
            }
            Op::GuardTrue | Op::GuardNoException => (self.value(operand), false),
            Op::GuardFalse => (self.value(operand), true),
            Op::GuardNoExceptionRaw => {
                let word = self.value(operand);
                (self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, word, 0), true)
            }
            Op::GuardNoInterrupt => (self.context_word(self.target.layout.interrupt), true),
            Op::GuardNoFinalizers => (self.context_word(self.target.layout.finalizers_pending), true),
            Op::GuardNotInvalidated => {
                let address = self.word(self.target.invalidated);
                (self.builder.ins().load(types::I32, trusted(), address, 0), true)
            }
            op => unreachable!("{} is no guard", op.name()),
        };
        self.branch(condition, leave_if, block);
    }

    /// Leaves though the guard may hold, if a stress switch asks for it.
    fn stress(&mut self, exit: ExitIndex, block: Block) {
        if let Some((address, period)) = self.target.stress.countdown {
            let address = self.word(address);
            let count = self.builder.ins().load(types::I32, trusted(), address, 0);
            let due = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, count, 1);
            let start = self.builder.ins().iconst(types::I32, period as i64);
            let less = self.builder.ins().iadd_imm_s(count, -1);
            let next = self.builder.ins().select(due, start, less);
            self.builder.ins().store(trusted(), next, address, 0);
            self.branch(due, true, block);
        }
        if let Some(&address) = self.target.stress.taken.get(exit.0 as usize) {
            let address = self.word(address);
            let taken = self.builder.ins().load(types::I8, trusted(), address, 0);
            let yes = self.builder.ins().iconst(types::I8, 1);
            self.builder.ins().store(trusted(), yes, address, 0);
            self.branch(taken, false, block);
        }
    }

    /// Whether a word of the context is not zero.
    fn context_word(&mut self, offset: i32) -> Value {
        let word = self.builder.ins().load(types::I32, trusted(), self.context, offset);
        self.builder.ins().icmp_imm_s(IntCC::NotEqual, word, 0)
    }

    /// Leaves if the condition is `leave_if`, and goes on in a new block.
    fn branch(&mut self, condition: Value, leave_if: bool, exit: Block) {
        let stay = self.builder.create_block();
        if leave_if {
            self.builder.ins().brif(condition, exit, &[], stay, &[]);
        } else {
            self.builder.ins().brif(condition, stay, &[], exit, &[]);
        }
        self.builder.switch_to_block(stay);
    }

    /// Whether a type test was left to its guard.
    fn is_fused(&self, condition: Ref) -> bool {
        self.region.get(condition).op == Op::HasType && self.values[condition.0 as usize].is_none()
    }

    /// A type test whose only user is the guard that follows is left to it.
    pub(super) fn has_type(&mut self, value: Ref, instruction: &Instruction, next: Option<Ref>) -> Option<Value> {
        let guard = next.map(|next| self.region.get(next));
        let guarded =
            guard.is_some_and(|guard| matches!(guard.op, Op::GuardTrue | Op::GuardFalse) && guard.operands[0] == value);
        if guarded && self.uses[value.0 as usize] == 1 {
            return None;
        }
        let result = self.builder.create_block();
        self.builder.append_block_param(result, types::I8);
        let no = self.builder.ins().iconst(types::I8, 0);
        let object = self.value(instruction.operands[0]);
        if self.region.note(value) & note::POINTER == 0 {
            let is_bound = self.region.note(value) & note::BOUND != 0;
            self.unless_pointer(object, is_bound, result, &[no.into()]);
        }
        let same = self.type_is(object, instruction.operands[1]);
        self.builder.ins().jump(result, &[same.into()]);
        self.builder.switch_to_block(result);
        Some(self.builder.block_params(result)[0])
    }

    fn type_guard(&mut self, test: Ref, expected: bool, block: Block) {
        let instruction = self.region.get(test);
        let object = self.value(instruction.operands[0]);
        let stay = self.builder.create_block();
        if self.region.note(test) & note::POINTER == 0 {
            let is_bound = self.region.note(test) & note::BOUND != 0;
            self.unless_pointer(object, is_bound, if expected { block } else { stay }, &[]);
        }
        let same = self.type_is(object, instruction.operands[1]);
        if expected {
            self.builder.ins().brif(same, stay, &[], block, &[]);
        } else {
            self.builder.ins().brif(same, block, &[], stay, &[]);
        }
        self.builder.switch_to_block(stay);
    }

    /// Goes to `target` unless the word points to an object.
    fn unless_pointer(&mut self, object: Value, is_bound: bool, target: Block, arguments: &[BlockArg]) {
        let pointer = self.builder.create_block();
        let tag = self.tag(object, 3, is_bound);
        self.builder.ins().brif(tag, target, arguments, pointer, &[]);
        self.builder.switch_to_block(pointer);
    }

    /// Zero if the bits of the mask are zero in a word and the word is not, whether that is known or to be tested, too.
    pub(super) fn tag(&mut self, word: Value, mask: u64, is_bound: bool) -> Value {
        if is_bound {
            return self.builder.ins().band_imm_s(word, mask as i64);
        }
        // Subtracting 16 leaves the tag alone and makes the top bit of zero a one, which no address has (as in the
        // runtime's `Value::is_counted`).
        let shifted = self.builder.ins().iadd_imm_s(word, -16);
        let rotated = self.builder.ins().rotl_imm_u(shifted, 1);
        self.builder.ins().band_imm_s(rotated, (mask << 1 | 1) as i64)
    }

    fn type_is(&mut self, object: Value, expected: Ref) -> Value {
        let actual = self.builder.ins().load(types::I64, trusted(), object, TYPE_OFFSET);
        let expected = self.value(expected);
        self.builder.ins().icmp(IntCC::Equal, actual, expected)
    }
}
