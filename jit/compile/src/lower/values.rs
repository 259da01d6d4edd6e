//! Values: constants, boxes, and what only exits compute.

use super::homes::Home;
use super::{Lowering, machine_type, trusted};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use sidewinder_ir::tagging::{FLOAT_BIAS, FLOAT_ROTATION, INT_SHIFT};
use sidewinder_ir::{Instruction, Op, Ref};

impl Lowering<'_, '_> {
    /// The machine value of an IR value. Constants are made where they are used: the register allocator then need not
    /// keep them.
    pub(super) fn value(&mut self, value: Ref) -> Value {
        if self.in_exit.is_some()
            && let Some(home) = self.homes.get(value)
        {
            return self.load_home(value, home);
        }
        if let Some(known) = self.values[value.0 as usize] {
            return known;
        }
        let instruction = self.region.get(value);
        match instruction.op {
            Op::ConstValue | Op::ConstRaw => self.word(instruction.immediate),
            Op::ConstInt => self.word(instruction.immediate << INT_SHIFT),
            Op::ConstBool => self.builder.ins().iconst(types::I8, instruction.immediate as i64),
            Op::ConstFloat => self.builder.ins().f64const(f64::from_bits(instruction.immediate)),
            _ => {
                let computed = self.in_exit.as_ref().and_then(|values| values.get(&value)).copied();
                computed.unwrap_or_else(|| self.compute_in_exit(value))
            }
        }
    }

    /// Loads a value from its home, once in an exit.
    fn load_home(&mut self, value: Ref, home: Home) -> Value {
        if let Some(&loaded) = self.in_exit.as_ref().and_then(|values| values.get(&value)) {
            return loaded;
        }
        let kind = machine_type(self.region.type_of(value));
        let loaded = match (home, self.frame) {
            (Home::Frame(word), Some(frame)) => self.builder.ins().stack_load(types::I64, kind, frame, word as i32 * 8),
            (Home::Frame(_), None) => unreachable!("a home without a frame"),
            (Home::Slot(slot), _) => self.builder.ins().load(kind, trusted(), self.base, slot * 8),
        };
        self.in_exit.as_mut().expect("in an exit").insert(value, loaded);
        loaded
    }

    /// Computes a pure instruction that the main path left out.
    fn compute_in_exit(&mut self, value: Ref) -> Value {
        let instruction = self.region.get(value);
        assert!(
            self.in_exit.is_some() && self.sunk[value.0 as usize],
            "v{} ({}) is used before it is lowered",
            value.0,
            instruction.op.name()
        );
        let result = self.pure(instruction);
        self.in_exit.as_mut().expect("in an exit").insert(value, result);
        result
    }

    pub(super) fn word(&mut self, word: u64) -> Value {
        self.builder.ins().iconst(types::I64, word as i64)
    }

    /// Value operations that are neither arithmetic nor comparisons.
    pub(super) fn tagging(&mut self, instruction: &Instruction) -> Value {
        let operand = instruction.operands[0];
        let a = self.value(operand);
        match instruction.op {
            Op::IsInt => {
                let tag = self.builder.ins().band_imm_s(a, 3);
                self.builder.ins().icmp_imm_s(IntCC::Equal, tag, 1)
            }
            Op::IsFloat => {
                let tag = self.builder.ins().band_imm_s(a, 2);
                self.builder.ins().icmp_imm_s(IntCC::NotEqual, tag, 0)
            }
            Op::IsUnbound => self.builder.ins().icmp_imm_s(IntCC::Equal, a, 0),
            Op::SameValue => {
                let b = self.value(instruction.operands[1]);
                self.builder.ins().icmp(IntCC::Equal, a, b)
            }
            Op::UnboxInt => self.builder.ins().iadd_imm_s(a, -1),
            Op::BoxInt => self.builder.ins().iadd_imm_s(a, 1),
            Op::UnboxFloat => {
                let rotated = self.builder.ins().rotr_imm_u(a, FLOAT_ROTATION as i64);
                let bias = self.word(FLOAT_BIAS);
                let bits = self.builder.ins().iadd(rotated, bias);
                self.builder.ins().bitcast(types::F64, MemFlagsData::new(), bits)
            }
            Op::BoxFloat => self.float_word(operand, a),
            Op::FloatFits => {
                let word = self.float_word(operand, a);
                let tag = self.builder.ins().band_imm_s(word, 2);
                self.builder.ins().icmp_imm_s(IntCC::NotEqual, tag, 0)
            }
            Op::BoxBool => {
                let true_word = self.word(self.target.layout.true_word);
                let false_word = self.word(self.target.layout.false_word);
                self.builder.ins().select(a, true_word, false_word)
            }
            Op::IsTrue => {
                let true_word = self.word(self.target.layout.true_word);
                self.builder.ins().icmp(IntCC::Equal, a, true_word)
            }
            Op::Address => a,
            op => unreachable!("{} is no tagging operation", op.name()),
        }
    }

    /// The tagged word of a double; the test whether it fits and the box share it.
    pub(super) fn float_word(&mut self, double: Ref, machine: Value) -> Value {
        if self.in_exit.is_none()
            && let Some(&word) = self.float_words.get(&double)
        {
            return word;
        }
        let bits = self.builder.ins().bitcast(types::I64, MemFlagsData::new(), machine);
        let bias = self.word(FLOAT_BIAS.wrapping_neg());
        let unbiased = self.builder.ins().iadd(bits, bias);
        let word = self.builder.ins().rotl_imm_u(unbiased, FLOAT_ROTATION as i64);
        if self.in_exit.is_none() {
            self.float_words.insert(double, word);
        }
        word
    }
}
