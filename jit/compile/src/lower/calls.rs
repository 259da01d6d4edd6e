//! Calls of helpers: `extern "C"` functions that take the context first.

use super::{Lowering, machine_type};
use cranelift_codegen::ir::{AbiParam, InstBuilder, Signature, Value, types};
use cranelift_codegen::isa::CallConv;
use sidewinder_ir::op::Type;
use sidewinder_ir::{Instruction, Op};

impl Lowering<'_, '_> {
    pub(super) fn call(&mut self, instruction: &Instruction) -> Option<Value> {
        let helper = &self.target.helpers[instruction.immediate as usize];
        if helper.effects.makes_instance
            && let Some(made) = self.new_instance(instruction)
        {
            return Some(made);
        }
        self.call_helper(instruction)
    }

    /// Integers are passed unscaled, truth values as 0 or 1.
    pub(super) fn call_helper(&mut self, instruction: &Instruction) -> Option<Value> {
        let region = self.region;
        let helper = &self.target.helpers[instruction.immediate as usize];
        let mut signature = Signature::new(CallConv::SystemV);
        signature.params.push(AbiParam::new(types::I64));
        let mut arguments = vec![self.context];
        for &argument in region.call_arguments(instruction) {
            let kind = region.type_of(argument);
            let word = match kind {
                Type::Int => self.unscaled(argument),
                Type::Bool => {
                    let truth = self.value(argument);
                    self.builder.ins().uextend(types::I64, truth)
                }
                _ => self.value(argument),
            };
            let passed = if kind == Type::Float { types::F64 } else { types::I64 };
            signature.params.push(AbiParam::new(passed));
            arguments.push(word);
        }
        let result = instruction.op.result();
        if result != Type::None {
            signature.returns.push(AbiParam::new(machine_type(result)));
        }
        let signature = self.builder.import_signature(signature);
        let address = self.word(helper.address as u64);
        let call = self.builder.ins().call_indirect(signature, address, &arguments);
        (instruction.op != Op::CallNone).then(|| self.builder.inst_results(call)[0])
    }
}
