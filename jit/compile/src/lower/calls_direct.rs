//! Calls of Python functions that have machine code of their own: entered directly, without a helper in between.
//!
//! What the helper `call_function` would do for the common case stands in the caller's code: the checks of the stacks
//! and of the recursion limit, the frame's header, and after the return what the callee's frame held. Whatever is not
//! common goes through the helper, or through `DirectCalls::finish` when the callee left elsewhere than at its return.

use super::{Lowering, signature, trusted};
use crate::exit::RETURNED;
use crate::layout::{DirectCalls, NativeEntry, activation};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, Block, InstBuilder, Signature, StackSlotData, StackSlotKind, Value, types};
use cranelift_codegen::isa::CallConv;
use sidewinder_ir::Instruction;
use std::mem::offset_of;

/// The constant arguments of a call of the helper.
struct DirectCall {
    code: u64,
    /// Bytes from the caller's base to the callee's.
    offset: i64,
    pc: u64,
    link: u64,
    arguments: i64,
    registers: i64,
    /// Frames that are entered with the call.
    depth: i64,
}

impl Lowering<'_, '_> {
    /// The call in `instruction` of the helper `call_function`.
    pub(super) fn call_direct(&mut self, instruction: &Instruction, calls: &DirectCalls) -> Value {
        let [code, block, pc, link, shape] = self.constant_arguments(instruction);
        let call = DirectCall {
            code,
            offset: (block as i64 + calls.header_words) * 8,
            pc,
            link,
            arguments: (shape & 0xFFFF) as i64,
            registers: (shape >> 16 & 0xFFFF) as i64,
            depth: (shape as i64 >> 32) + 1,
        };
        let [slow, done] = [(); 2].map(|()| self.builder.create_block());
        self.builder.set_cold_block(slow);
        self.builder.append_block_param(done, types::I64);

        let code = self.word(call.code);
        let native = self.builder.ins().load(types::I64, trusted(), code, calls.native);
        self.unless(native, slow);
        let stack = self.builder.ins().get_stack_pointer(types::I64);
        self.within(stack, calls.native_stack_limit, IntCC::UnsignedLessThan, slow);
        let base = self.builder.ins().iadd_imm_s(self.base, call.offset);
        self.within(base, calls.stack_limit, IntCC::UnsignedGreaterThanOrEqual, slow);
        let recursion = self.builder.ins().load(types::I64, trusted(), self.context, calls.recursion_left);
        let left = self.builder.ins().iadd_imm_s(recursion, -call.depth);
        let exhausted = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, left, 0);
        self.leave_if(exhausted, slow);

        let (number, result) = self.enter_callee(&call, calls, native, base, left);
        let old_base = self.base;
        self.builder.ins().store(trusted(), old_base, self.context, calls.base);
        self.builder.ins().store(trusted(), recursion, self.context, calls.recursion_left);
        let [returned, finish] = [(); 2].map(|()| self.builder.create_block());
        self.builder.set_cold_block(finish);
        let regular = self.builder.ins().icmp_imm_s(IntCC::Equal, number, RETURNED as i64);
        self.builder.ins().brif(regular, returned, &[], finish, &[]);

        self.builder.switch_to_block(returned);
        self.clear_arguments(&call, base);
        self.release_function(calls, base, done, result);

        self.builder.switch_to_block(finish);
        let depth = self.word(call.depth as u64);
        let activation = self.callee_activation();
        let result = self.call_words(calls.finish, &[self.context, activation, number, depth]);
        self.builder.ins().jump(done, &[result.into()]);

        self.builder.switch_to_block(slow);
        let result = self.call(instruction).expect("the helper has a result");
        self.builder.ins().jump(done, &[result.into()]);

        self.builder.switch_to_block(done);
        self.builder.block_params(done)[0]
    }

    fn constant_arguments(&self, instruction: &Instruction) -> [u64; 5] {
        let arguments = self.region.call_arguments(instruction);
        std::array::from_fn(|position| self.region.get(arguments[position]).immediate)
    }

    /// Writes the callee's frame and calls its machine code. What that returned.
    fn enter_callee(
        &mut self,
        call: &DirectCall,
        calls: &DirectCalls,
        native: Value,
        base: Value,
        recursion_left: Value,
    ) -> (Value, Value) {
        // The words of the header that follow the function, which the caller has written.
        let header = [call.code | 1, call.pc | 1, call.link, 0];
        for (position, word) in header.into_iter().enumerate() {
            let word = self.word(word);
            let offset = (position as i32 + 1) * 8 - calls.header_words as i32 * 8;
            self.builder.ins().store(trusted(), word, base, offset);
        }
        let unbound = self.word(0);
        for register in call.arguments..call.registers {
            self.builder.ins().store(trusted(), unbound, base, register as i32 * 8);
        }
        let bytes = self.builder.ins().load(types::I64, trusted(), native, offset_of!(NativeEntry, stack_bytes) as i32);
        let top = self.builder.ins().iadd(base, bytes);
        let old_top = self.builder.ins().load(types::I64, trusted(), self.context, calls.trace_top);
        for (word, offset) in [(top, calls.trace_top), (base, calls.base), (recursion_left, calls.recursion_left)] {
            self.builder.ins().store(trusted(), word, self.context, offset);
        }
        let place = self.target.layout.activation;
        let outer = self.builder.ins().load(types::I64, trusted(), self.context, place);
        let own = self.callee_activation();
        for (word, offset) in [
            (unbound, activation::CALL),
            (outer, activation::OUTER),
            (base, activation::BASE),
            (native, activation::NATIVE),
            (unbound, activation::SHOWN),
        ] {
            self.builder.ins().store(trusted(), word, own, offset);
        }
        self.builder.ins().store(trusted(), own, self.context, place);
        let entry = self.builder.ins().load(types::I64, trusted(), native, offset_of!(NativeEntry, entry) as i32);
        let signature = self.builder.import_signature(signature());
        let run = self.builder.ins().call_indirect(signature, entry, &[self.context, base]);
        self.builder.ins().store(trusted(), old_top, self.context, calls.trace_top);
        self.builder.ins().store(trusted(), outer, self.context, place);
        let results = self.builder.inst_results(run);
        (results[0], results[1])
    }

    /// The address of the words in which a callee publishes its calls.
    fn callee_activation(&mut self) -> Value {
        let slot = *self.callee_activation.get_or_insert_with(|| {
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, activation::BYTES, 3);
            self.builder.create_sized_stack_slot(data)
        });
        self.builder.ins().stack_addr(types::I64, slot, 0)
    }

    /// The callee has consumed its arguments: their words are free.
    fn clear_arguments(&mut self, call: &DirectCall, base: Value) {
        let unbound = self.word(0);
        for register in 0..call.arguments {
            self.builder.ins().store(trusted(), unbound, base, register as i32 * 8);
        }
    }

    /// Gives up the callee's function and goes on at `done` with the result.
    fn release_function(&mut self, calls: &DirectCalls, base: Value, done: Block, result: Value) {
        let place = -8 * calls.header_words as i32;
        let function = self.builder.ins().load(types::I64, trusted(), base, place);
        let unbound = self.word(0);
        self.builder.ins().store(trusted(), unbound, base, place);
        let count = self.builder.ins().load(types::I64, trusted(), function, 0);
        let count = self.builder.ins().iadd_imm_s(count, -1);
        self.builder.ins().store(trusted(), count, function, 0);
        let last = self.builder.create_block();
        self.builder.set_cold_block(last);
        self.builder.ins().brif(count, done, &[result.into()], last, &[]);
        self.builder.switch_to_block(last);
        self.drop_last(function);
        self.builder.ins().jump(done, &[result.into()]);
    }

    /// Goes to `other` if a word is zero.
    fn unless(&mut self, word: Value, other: Block) {
        let next = self.builder.create_block();
        self.builder.ins().brif(word, next, &[], other, &[]);
        self.builder.switch_to_block(next);
    }

    fn leave_if(&mut self, condition: Value, other: Block) {
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, other, &[], next, &[]);
        self.builder.switch_to_block(next);
    }

    /// Goes to `other` if a word is `beyond` the limit at an offset of the context.
    fn within(&mut self, word: Value, limit: i32, beyond: IntCC, other: Block) {
        let limit = self.builder.ins().load(types::I64, trusted(), self.context, limit);
        let outside = self.builder.ins().icmp(beyond, word, limit);
        self.leave_if(outside, other);
    }

    /// Calls `extern "C" fn(words…) -> word`.
    fn call_words(&mut self, address: usize, arguments: &[Value]) -> Value {
        let mut signature = Signature::new(CallConv::SystemV);
        signature.params.extend(arguments.iter().map(|_| AbiParam::new(types::I64)));
        signature.returns.push(AbiParam::new(types::I64));
        let signature = self.builder.import_signature(signature);
        let address = self.word(address as u64);
        let call = self.builder.ins().call_indirect(signature, address, arguments);
        self.builder.inst_results(call)[0]
    }
}
