//! Instances made and destroyed in place, with the heap's free lists.

use super::{Lowering, trusted};
use crate::layout::{
    CELL_GRAIN, HeapLayout, INSTANCE_FLAGS_OFFSET, INSTANCE_OVERFLOW_OFFSET, INSTANCE_SHAPE_OFFSET,
    INSTANCE_SLOTS_OFFSET, TYPE_OFFSET,
};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, InstBuilder, Signature, Value, types};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::FunctionBuilder;
use sidewinder_ir::tagging::COUNTED_MASK;
use sidewinder_ir::{Instruction, Op};

impl Lowering<'_, '_> {
    /// A new instance from the free list of its cells, by the helper when that is empty or a collection is due. `None`
    /// if the helper has to do it always.
    pub(super) fn new_instance(&mut self, instruction: &Instruction) -> Option<Value> {
        let heap = &self.target.layout.heap;
        let constant = |argument| {
            let argument = self.region.get(argument);
            (argument.op == Op::ConstRaw).then_some(argument.immediate)
        };
        let &[class, bytes, shape] = self.region.call_arguments(instruction) else { return None };
        let (class, bytes, shape) = (constant(class)?, constant(bytes)?, constant(shape)?);
        if bytes == 0 || bytes > heap.cell_bytes_max {
            return None;
        }
        let free = heap.free + (bytes / CELL_GRAIN) as i32 * 8;
        let [charge, make, slow, after] = [(); 4].map(|()| self.builder.create_block());
        self.builder.set_cold_block(slow);
        let result = self.builder.append_block_param(after, types::I64);

        let cell = self.builder.ins().load(types::I64, trusted(), self.context, free);
        self.builder.ins().brif(cell, charge, &[], slow, &[]);

        self.builder.switch_to_block(charge);
        let budget = self.builder.ins().load(types::I64, trusted(), self.context, heap.budget);
        let left = self.builder.ins().iadd_imm_s(budget, -(bytes as i64));
        let enough = self.builder.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, left, 0);
        self.builder.ins().brif(enough, make, &[], slow, &[]);

        self.builder.switch_to_block(make);
        self.builder.ins().store(trusted(), left, self.context, heap.budget);
        let next = self.builder.ins().load(types::I64, trusted(), cell, 0);
        self.builder.ins().store(trusted(), next, self.context, free);
        let class_word = self.word(class);
        let class_count = self.builder.ins().load(types::I64, trusted(), class_word, 0);
        let class_count = self.builder.ins().iadd_imm_s(class_count, 1);
        self.builder.ins().store(trusted(), class_count, class_word, 0);
        let count = self.word(1);
        self.builder.ins().store(trusted(), count, cell, 0);
        self.builder.ins().store(trusted(), class_word, cell, TYPE_OFFSET);
        // The upper half is the flags.
        let shape_word = self.word(shape);
        self.builder.ins().store(trusted(), shape_word, cell, INSTANCE_SHAPE_OFFSET);
        let zero = self.word(0);
        for offset in (INSTANCE_OVERFLOW_OFFSET..bytes as i32).step_by(8) {
            self.builder.ins().store(trusted(), zero, cell, offset);
        }
        self.builder.ins().jump(after, &[cell.into()]);

        self.builder.switch_to_block(slow);
        let made = self.call_helper(instruction)?;
        self.builder.ins().jump(after, &[made.into()]);
        self.builder.switch_to_block(after);
        Some(result)
    }
}

/// The signature of what destroys an object: the context and the object. It preserves all registers, so that the rare
/// case costs the code around it nothing.
pub fn drop_signature() -> Signature {
    let mut signature = Signature::new(CallConv::PreserveAll);
    signature.params.extend([AbiParam::new(types::I64); 2]);
    signature
}

/// Builds the function that destroys an object whose count has become zero. It does so itself for an instance of a plain
/// type with no attribute that dies with it; `other`, a function of the same signature, does the rest.
pub fn build_drop(mut builder: FunctionBuilder, frontend: TargetFrontendConfig, heap: &HeapLayout, other: u64) {
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let (context, object) = (builder.block_params(entry)[0], builder.block_params(entry)[1]);
    let slow = builder.create_block();
    builder.set_cold_block(slow);
    let go_on_if = |builder: &mut FunctionBuilder, condition: Value| {
        let next = builder.create_block();
        builder.ins().brif(condition, next, &[], slow, &[]);
        builder.switch_to_block(next);
    };
    let slow_if = |builder: &mut FunctionBuilder, condition: Value| {
        let next = builder.create_block();
        builder.ins().brif(condition, slow, &[], next, &[]);
        builder.switch_to_block(next);
    };

    let kind = builder.ins().load(types::I64, trusted(), object, TYPE_OFFSET);
    let type_flags = builder.ins().load(types::I32, trusted(), kind, heap.type_flags);
    let plain = builder.ins().band_imm_u(type_flags, i64::from(heap.plain_flag));
    go_on_if(&mut builder, plain);
    let own_flags = builder.ins().load(types::I32, trusted(), object, INSTANCE_FLAGS_OFFSET);
    slow_if(&mut builder, own_flags);
    let overflow = builder.ins().load(types::I64, trusted(), object, INSTANCE_OVERFLOW_OFFSET);
    slow_if(&mut builder, overflow);
    let class_count = builder.ins().load(types::I64, trusted(), kind, 0);
    let class_count = builder.ins().iadd_imm_s(class_count, -1);
    go_on_if(&mut builder, class_count);
    let chunk = builder.ins().band_imm_s(object, !(heap.chunk_mask as i64));
    let bytes = builder.ins().load(types::I64, trusted(), chunk, 0);
    let small = builder.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, bytes, heap.cell_bytes_max as i64);
    go_on_if(&mut builder, small);

    // Gives up the slots in order. Those before the first one that dies are unbound when `other` goes on.
    let end = builder.ins().iadd(object, bytes);
    let [next_slot, counted, shared, step, free] = [(); 5].map(|()| builder.create_block());
    let place = builder.append_block_param(next_slot, types::I64);
    let first = builder.ins().iadd_imm_s(object, i64::from(INSTANCE_SLOTS_OFFSET));
    builder.ins().jump(next_slot, &[first.into()]);
    builder.switch_to_block(next_slot);
    let value = builder.ins().load(types::I64, trusted(), place, 0);
    // See `Value::is_counted`.
    let shifted = builder.ins().iadd_imm_s(value, -16);
    let rotated = builder.ins().rotl_imm_u(shifted, 1);
    let tag = builder.ins().band_imm_s(rotated, (COUNTED_MASK << 1 | 1) as i64);
    builder.ins().brif(tag, step, &[], counted, &[]);
    builder.switch_to_block(counted);
    let count = builder.ins().load(types::I64, trusted(), value, 0);
    let count = builder.ins().iadd_imm_s(count, -1);
    builder.ins().brif(count, shared, &[], slow, &[]);
    builder.switch_to_block(shared);
    builder.ins().store(trusted(), count, value, 0);
    let unbound = builder.ins().iconst(types::I64, 0);
    builder.ins().store(trusted(), unbound, place, 0);
    builder.ins().jump(step, &[]);
    builder.switch_to_block(step);
    let following = builder.ins().iadd_imm_s(place, 8);
    let more = builder.ins().icmp(IntCC::UnsignedLessThan, following, end);
    builder.ins().brif(more, next_slot, &[following.into()], free, &[]);

    builder.switch_to_block(free);
    builder.ins().store(trusted(), class_count, kind, 0);
    let budget = builder.ins().load(types::I64, trusted(), context, heap.budget);
    let budget = builder.ins().iadd(budget, bytes);
    builder.ins().store(trusted(), budget, context, heap.budget);
    let grains = builder.ins().ushr_imm_u(bytes, i64::from(CELL_GRAIN.ilog2() - 3));
    let list = builder.ins().iadd(context, grains);
    let head = builder.ins().load(types::I64, trusted(), list, heap.free);
    builder.ins().store(trusted(), head, object, 0);
    let none = builder.ins().iconst(types::I64, 0);
    builder.ins().store(trusted(), none, object, TYPE_OFFSET);
    builder.ins().store(trusted(), object, list, heap.free);
    builder.ins().return_(&[]);

    builder.switch_to_block(slow);
    call_drop(&mut builder, other, context, object);
    builder.ins().return_(&[]);
    builder.seal_all_blocks();
    builder.finalize(frontend);
}

/// Calls a function that destroys an object.
pub fn call_drop(builder: &mut FunctionBuilder, address: u64, context: Value, object: Value) {
    let signature = builder.import_signature(drop_signature());
    let callee = builder.ins().iconst(types::I64, address as i64);
    builder.ins().call_indirect(signature, callee, &[context, object]);
}
