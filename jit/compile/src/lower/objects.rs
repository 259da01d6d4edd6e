//! Instances made and destroyed in place, with the heap's free lists.

use super::{Lowering, trusted};
use crate::layout::{
    CELL_GRAIN, HeapLayout, INSTANCE_FLAGS_OFFSET, INSTANCE_OVERFLOW_OFFSET, INSTANCE_SHAPE_OFFSET,
    INSTANCE_SLOTS_OFFSET, TYPE_OFFSET,
};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, Block, InstBuilder, Signature, Value, types};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::FunctionBuilder;
use sidewinder_ir::tagging::COUNTED_MASK;
use sidewinder_ir::{Instruction, Op};

/// Offset of the first word after an object's header.
const FIELDS_OFFSET: i32 = 16;
/// Longer tuples may lie in cells without a free list, and take their time anyway.
const TUPLE_LENGTH_MAX: i64 = 16;

impl Lowering<'_, '_> {
    /// A new object from the free list of its cells, which a thunk fills first when it is empty or a collection is due.
    /// `None` if the helper has to make it.
    pub(super) fn new_instance(&mut self, instruction: &Instruction) -> Option<Value> {
        let heap = self.target.layout.heap.as_ref()?;
        let constant = |argument| {
            let argument = self.region.get(argument);
            (argument.op == Op::ConstRaw).then_some(argument.immediate)
        };
        let &[class, bytes, shape] = self.region.call_arguments(instruction) else { return None };
        let (class, bytes, shape) = (constant(class)?, constant(bytes)?, constant(shape)?);
        if bytes == 0 || bytes > heap.cell_bytes_max {
            return None;
        }
        let (is_plain, bytes) = (bytes & 1 != 0, bytes & !1);
        // Builtin types are immortal.
        let counts_class = class & 15 == 0;
        let lists = if is_plain { heap.plain_free } else { heap.free };
        let free = lists + (bytes / CELL_GRAIN) as i32 * 8;
        let [start, charge, refill] = [(); 3].map(|()| self.builder.create_block());
        self.builder.set_cold_block(refill);
        self.builder.ins().jump(start, &[]);
        self.builder.switch_to_block(start);
        let cell = self.builder.ins().load(types::I64, trusted(), self.context, free);
        self.builder.ins().brif(cell, charge, &[], refill, &[]);

        self.builder.switch_to_block(refill);
        let bytes_word = self.word(bytes | u64::from(is_plain));
        call_rare(&mut self.builder, self.target.refill_thunk as u64, self.context, bytes_word);
        self.builder.ins().jump(start, &[]);

        self.builder.switch_to_block(charge);
        if !is_plain {
            let budget = self.builder.ins().load(types::I64, trusted(), self.context, heap.budget);
            let left = self.builder.ins().iadd_imm_s(budget, -(bytes as i64));
            let enough = self.builder.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, left, 0);
            let make = self.builder.create_block();
            self.builder.ins().brif(enough, make, &[], refill, &[]);
            self.builder.switch_to_block(make);
            self.builder.ins().store(trusted(), left, self.context, heap.budget);
        }
        let next = self.builder.ins().load(types::I64, trusted(), cell, 0);
        self.builder.ins().store(trusted(), next, self.context, free);
        let class_word = self.word(class);
        if counts_class {
            let class_count = self.builder.ins().load(types::I64, trusted(), class_word, 0);
            let class_count = self.builder.ins().iadd_imm_s(class_count, 1);
            self.builder.ins().store(trusted(), class_count, class_word, 0);
        }
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
        Some(cell)
    }
}

/// The signature of a function of the context and a word.
pub fn word_signature(convention: CallConv) -> Signature {
    let mut signature = Signature::new(convention);
    signature.params.extend([AbiParam::new(types::I64); 2]);
    signature
}

/// That of thunks for rare cases. They preserve all registers, so that the rare case costs the code around it nothing.
pub fn rare_signature() -> Signature {
    word_signature(CallConv::PreserveAll)
}

/// Builds the function that destroys an object whose count has become zero. It does so itself for an instance of a plain
/// type, a tuple, or an object with one field or none, if nothing that these own dies with them; `other`, a function of the same
/// signature, does the rest.
pub fn build_drop(mut builder: FunctionBuilder, frontend: TargetFrontendConfig, heap: &HeapLayout, other: u64) {
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let (context, object) = (builder.block_params(entry)[0], builder.block_params(entry)[1]);
    let slow = builder.create_block();
    builder.set_cold_block(slow);
    let mut drop = DropBuilder { builder, heap, context, object, slow };
    drop.build();
    let mut builder = drop.builder;
    builder.switch_to_block(slow);
    call_rare(&mut builder, other, context, object);
    builder.ins().return_(&[]);
    builder.seal_all_blocks();
    builder.finalize(frontend);
}

struct DropBuilder<'f, 'h> {
    builder: FunctionBuilder<'f>,
    heap: &'h HeapLayout,
    context: Value,
    object: Value,
    /// Leaves an object as it is then to the other function.
    slow: Block,
}

impl DropBuilder<'_, '_> {
    fn build(&mut self) {
        let object = self.object;
        let [plain, other, field, no_field, tuple, walk, free] = [(); 7].map(|()| self.builder.create_block());
        let [first, end, step] = [(); 3].map(|()| self.builder.append_block_param(walk, types::I64));
        let kind = self.load(object, TYPE_OFFSET);
        let flags = self.builder.ins().load(types::I32, trusted(), kind, self.heap.type_flags);
        let chunk = self.builder.ins().band_imm_s(object, !(self.heap.chunk_mask as i64));
        let is_plain = self.builder.ins().band_imm_u(flags, i64::from(self.heap.plain_flag));
        self.builder.ins().brif(is_plain, plain, &[], other, &[]);

        self.builder.switch_to_block(plain);
        let own_flags = self.builder.ins().load(types::I32, trusted(), object, INSTANCE_FLAGS_OFFSET);
        self.leave_if(own_flags);
        let overflow = self.load(object, INSTANCE_OVERFLOW_OFFSET);
        self.leave_if(overflow);
        // The cell may be large, with a chunk of its own and no free list, or have no slots.
        let bytes = self.load(chunk, 0);
        self.leave_outside(bytes, i64::from(INSTANCE_SLOTS_OFFSET) + 8, self.heap.cell_bytes_max as i64);
        let end_of_cell = self.builder.ins().iadd(object, bytes);
        self.walk(walk, INSTANCE_SLOTS_OFFSET, end_of_cell);

        self.builder.switch_to_block(other);
        let has_field = self.builder.ins().band_imm_u(flags, i64::from(self.heap.one_field_flag));
        self.builder.ins().brif(has_field, field, &[], no_field, &[]);
        self.builder.switch_to_block(field);
        let end_of_field = self.builder.ins().iadd_imm_s(object, i64::from(FIELDS_OFFSET) + 8);
        self.walk(walk, FIELDS_OFFSET, end_of_field);

        self.builder.switch_to_block(no_field);
        let is_simple = self.builder.ins().band_imm_u(flags, i64::from(self.heap.no_fields_flag));
        let [simple, not_simple] = [(); 2].map(|()| self.builder.create_block());
        self.builder.ins().brif(is_simple, simple, &[], not_simple, &[]);
        self.builder.switch_to_block(simple);
        let bytes = self.load(chunk, 0);
        self.push_free(bytes, self.heap.plain_free);
        self.builder.switch_to_block(not_simple);
        let is_tuple = self.builder.ins().icmp_imm_s(IntCC::Equal, kind, self.heap.tuple_type as i64);
        self.builder.ins().brif(is_tuple, tuple, &[], self.slow, &[]);
        self.builder.switch_to_block(tuple);
        // The last item goes first.
        let length = self.load(object, FIELDS_OFFSET);
        self.leave_outside(length, 1, TUPLE_LENGTH_MAX);
        let words = self.builder.ins().ishl_imm_u(length, 3);
        let before = self.builder.ins().iadd_imm_s(object, i64::from(self.heap.tuple_items) - 8);
        let last = self.builder.ins().iadd(before, words);
        let down = self.builder.ins().iconst(types::I64, -8);
        self.builder.ins().jump(walk, &[last.into(), before.into(), down.into()]);

        self.builder.switch_to_block(walk);
        self.give_up(first, end, step, free);
        self.builder.switch_to_block(free);
        self.free(kind, chunk, is_plain);
    }

    fn load(&mut self, base: Value, offset: i32) -> Value {
        self.builder.ins().load(types::I64, trusted(), base, offset)
    }

    fn leave_if(&mut self, condition: Value) {
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, self.slow, &[], next, &[]);
        self.builder.switch_to_block(next);
    }

    fn leave_outside(&mut self, number: Value, least: i64, most: i64) {
        let above = self.builder.ins().iadd_imm_s(number, -least);
        let outside = self.builder.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, above, most - least);
        self.leave_if(outside);
    }

    /// Jumps to `walk` for the words of the object from an offset to `end`.
    fn walk(&mut self, walk: Block, offset: i32, end: Value) {
        let first = self.builder.ins().iadd_imm_s(self.object, i64::from(offset));
        let up = self.builder.ins().iconst(types::I64, 8);
        self.builder.ins().jump(walk, &[first.into(), end.into(), up.into()]);
    }

    /// Gives up the values from `first` to before `end`, which are not nothing, in the order in which the runtime does.
    /// Those before the first one that dies are unbound when the other function goes on.
    fn give_up(&mut self, first: Value, end: Value, step: Value, free: Block) {
        let [next_value, pointer, counted, shared, go_on] = [(); 5].map(|()| self.builder.create_block());
        let place = self.builder.append_block_param(next_value, types::I64);
        self.builder.ins().jump(next_value, &[first.into()]);
        self.builder.switch_to_block(next_value);
        let value = self.load(place, 0);
        let tag = self.builder.ins().band_imm_s(value, COUNTED_MASK as i64);
        self.builder.ins().brif(tag, go_on, &[], pointer, &[]);
        self.builder.switch_to_block(pointer);
        self.builder.ins().brif(value, counted, &[], go_on, &[]);
        self.builder.switch_to_block(counted);
        self.decrement(value, shared);
        let unbound = self.builder.ins().iconst(types::I64, 0);
        self.builder.ins().store(trusted(), unbound, place, 0);
        self.builder.ins().jump(go_on, &[]);
        self.builder.switch_to_block(go_on);
        let following = self.builder.ins().iadd(place, step);
        let done = self.builder.ins().icmp(IntCC::Equal, following, end);
        self.builder.ins().brif(done, free, &[], next_value, &[following.into()]);
    }

    /// Takes a reference away from an object, and goes on in `shared`, unless it is the last one.
    fn decrement(&mut self, object: Value, shared: Block) {
        let count = self.load(object, 0);
        let count = self.builder.ins().iadd_imm_s(count, -1);
        self.builder.ins().brif(count, shared, &[], self.slow, &[]);
        self.builder.switch_to_block(shared);
        self.builder.ins().store(trusted(), count, object, 0);
    }

    /// Puts the cell of the object, which owns nothing any more but perhaps a count on its class, on its free list.
    fn free(&mut self, kind: Value, chunk: Value, is_plain: Value) {
        let [class, keep, last] = [(); 3].map(|()| self.builder.create_block());
        self.builder.ins().brif(is_plain, class, &[], last, &[]);
        self.builder.switch_to_block(class);
        self.decrement(kind, keep);
        self.builder.ins().jump(last, &[]);

        self.builder.switch_to_block(last);
        let bytes = self.load(chunk, 0);
        let budget = self.load(self.context, self.heap.budget);
        let budget = self.builder.ins().iadd(budget, bytes);
        self.builder.ins().store(trusted(), budget, self.context, self.heap.budget);
        self.push_free(bytes, self.heap.free);
    }

    /// Puts the cell on its free list, and returns.
    fn push_free(&mut self, bytes: Value, lists: i32) {
        let head_offset = self.builder.ins().ushr_imm_u(bytes, i64::from(CELL_GRAIN.ilog2() - 3));
        let list = self.builder.ins().iadd(self.context, head_offset);
        let head = self.load(list, lists);
        self.builder.ins().store(trusted(), head, self.object, 0);
        let none = self.builder.ins().iconst(types::I64, 0);
        self.builder.ins().store(trusted(), none, self.object, TYPE_OFFSET);
        self.builder.ins().store(trusted(), self.object, list, lists);
        self.builder.ins().return_(&[]);
    }
}

/// Calls a thunk for a rare case.
pub fn call_rare(builder: &mut FunctionBuilder, address: u64, context: Value, word: Value) {
    call_with_word(builder, rare_signature(), address, context, word);
}

/// Calls a function of the context and a word.
pub fn call_with_word(builder: &mut FunctionBuilder, signature: Signature, address: u64, context: Value, word: Value) {
    let signature = builder.import_signature(signature);
    let callee = builder.ins().iconst(types::I64, address as i64);
    builder.ins().call_indirect(signature, callee, &[context, word]);
}
