//! Arithmetic and comparisons.

use super::Lowering;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use sidewinder_ir::tagging::INT_SHIFT;
use sidewinder_ir::{Instruction, Op, Ref};

impl Lowering<'_, '_> {
    /// A pure instruction other than a constant.
    pub(super) fn pure(&mut self, instruction: &Instruction) -> Value {
        let [first, second, _] = instruction.operands;
        match instruction.op {
            Op::IntAdd | Op::IntSubtract | Op::IntMultiply => match self.found_with_overflow(instruction) {
                Some(found) => found,
                None => self.int_plain(instruction.op, first, second),
            },
            Op::IntAddOverflows | Op::IntSubtractOverflows | Op::IntMultiplyOverflows => {
                self.int_overflows(instruction.op, first, second)
            }
            Op::IntFloorDivide => self.floor_divide(first, second),
            Op::IntRemainder => self.remainder(first, second),
            Op::IntShiftLeft => {
                let (a, count) = (self.value(first), self.unscaled(second));
                self.builder.ins().ishl(a, count)
            }
            Op::IntShiftLeftOverflows => {
                let (a, count) = (self.value(first), self.unscaled(second));
                let shifted = self.builder.ins().ishl(a, count);
                let back = self.builder.ins().sshr(shifted, count);
                self.builder.ins().icmp(IntCC::NotEqual, back, a)
            }
            Op::IntShiftRight => {
                let (a, count) = (self.value(first), self.unscaled(second));
                let shifted = self.builder.ins().sshr(a, count);
                self.builder.ins().band_imm_s(shifted, -4)
            }
            Op::IntAnd | Op::IntOr | Op::IntXor | Op::RawAdd | Op::RawSubtract => {
                let (a, b) = (self.value(first), self.value(second));
                match instruction.op {
                    Op::IntAnd => self.builder.ins().band(a, b),
                    Op::IntOr => self.builder.ins().bor(a, b),
                    Op::IntXor => self.builder.ins().bxor(a, b),
                    Op::RawAdd => self.builder.ins().iadd(a, b),
                    _ => self.builder.ins().isub(a, b),
                }
            }
            Op::IntMinimum | Op::IntMaximum => {
                let (a, b) = (self.value(first), self.value(second));
                match instruction.op {
                    Op::IntMinimum => self.builder.ins().smin(a, b),
                    _ => self.builder.ins().smax(a, b),
                }
            }
            Op::IntLess | Op::RawLess => self.compare(IntCC::SignedLessThan, first, second),
            Op::IntLessEqual => self.compare(IntCC::SignedLessThanOrEqual, first, second),
            Op::IntEqual | Op::RawEqual => self.compare(IntCC::Equal, first, second),
            Op::RawBelow => self.compare(IntCC::UnsignedLessThan, first, second),
            Op::IntToFloat => {
                let a = self.unscaled(first);
                self.builder.ins().fcvt_from_sint(types::F64, a)
            }
            Op::IntToRaw => self.unscaled(first),
            Op::RawToInt => {
                let a = self.value(first);
                self.builder.ins().ishl_imm_u(a, INT_SHIFT as i64)
            }
            Op::BoolNot => {
                let a = self.value(first);
                self.builder.ins().bxor_imm_s(a, 1)
            }
            Op::FloatAdd | Op::FloatSubtract | Op::FloatMultiply | Op::FloatDivide => {
                let (a, b) = (self.value(first), self.value(second));
                match instruction.op {
                    Op::FloatAdd => self.builder.ins().fadd(a, b),
                    Op::FloatSubtract => self.builder.ins().fsub(a, b),
                    Op::FloatMultiply => self.builder.ins().fmul(a, b),
                    _ => self.builder.ins().fdiv(a, b),
                }
            }
            Op::FloatNegate => {
                let a = self.value(first);
                self.builder.ins().fneg(a)
            }
            Op::FloatAbsolute => {
                let a = self.value(first);
                self.builder.ins().fabs(a)
            }
            Op::FloatSquareRoot => {
                let a = self.value(first);
                self.builder.ins().sqrt(a)
            }
            Op::FloatLess => self.compare_floats(FloatCC::LessThan, first, second),
            Op::FloatLessEqual => self.compare_floats(FloatCC::LessThanOrEqual, first, second),
            Op::FloatEqual => self.compare_floats(FloatCC::Equal, first, second),
            _ => self.tagging(instruction),
        }
    }

    fn compare(&mut self, condition: IntCC, first: Ref, second: Ref) -> Value {
        let (a, b) = (self.value(first), self.value(second));
        self.builder.ins().icmp(condition, a, b)
    }

    fn compare_floats(&mut self, condition: FloatCC, first: Ref, second: Ref) -> Value {
        let (a, b) = (self.value(first), self.value(second));
        self.builder.ins().fcmp(condition, a, b)
    }

    /// An `Int` without its scale.
    pub(super) fn unscaled(&mut self, value: Ref) -> Value {
        if let Some(constant) = self.int_constant(value) {
            return self.word(constant as u64);
        }
        let scaled = self.value(value);
        self.builder.ins().sshr_imm_u(scaled, INT_SHIFT as i64)
    }

    fn int_constant(&self, value: Ref) -> Option<i64> {
        let instruction = self.region.get(value);
        (instruction.op == Op::ConstInt).then_some(instruction.immediate as i64)
    }

    /// The result that the overflow test of the same operation has computed.
    pub(super) fn found_with_overflow(&mut self, instruction: &Instruction) -> Option<Value> {
        if self.in_exit.is_some() {
            return None;
        }
        let [first, second, _] = instruction.operands;
        self.with_overflow.get(&(instruction.op, first, second)).copied()
    }

    fn int_plain(&mut self, op: Op, first: Ref, second: Ref) -> Value {
        match op {
            Op::IntAdd => {
                let (a, b) = (self.value(first), self.value(second));
                self.builder.ins().iadd(a, b)
            }
            Op::IntSubtract => {
                let (a, b) = (self.value(first), self.value(second));
                self.builder.ins().isub(a, b)
            }
            _ => {
                let (a, b) = (self.value(first), self.unscaled(second));
                self.builder.ins().imul(a, b)
            }
        }
    }

    fn int_overflows(&mut self, op: Op, first: Ref, second: Ref) -> Value {
        let (computes, (result, overflow)) = match op {
            Op::IntAddOverflows => {
                let (a, b) = (self.value(first), self.value(second));
                (Op::IntAdd, self.builder.ins().sadd_overflow(a, b))
            }
            Op::IntSubtractOverflows => {
                let (a, b) = (self.value(first), self.value(second));
                (Op::IntSubtract, self.builder.ins().ssub_overflow(a, b))
            }
            _ => {
                // One factor stays scaled, and so the product is.
                let (a, b) = (self.value(first), self.unscaled(second));
                (Op::IntMultiply, self.builder.ins().smul_overflow(a, b))
            }
        };
        if self.in_exit.is_none() {
            self.with_overflow.insert((computes, first, second), result);
        }
        overflow
    }

    /// The quotient of two scaled integers is unscaled, their remainder scaled.
    fn floor_divide(&mut self, first: Ref, second: Ref) -> Value {
        let a = self.value(first);
        let quotient = match self.int_constant(second) {
            Some(divisor) if divisor > 0 && divisor & (divisor - 1) == 0 => {
                let shift = divisor.trailing_zeros() as i64;
                let quotient = self.builder.ins().sshr_imm_u(a, shift);
                return self.builder.ins().band_imm_s(quotient, -4);
            }
            constant => {
                let (quotient, remainder, b) = self.truncated(a, second);
                let below = self.is_rounded_up(remainder, b, constant);
                self.builder.ins().isub(quotient, below)
            }
        };
        self.builder.ins().ishl_imm_u(quotient, INT_SHIFT as i64)
    }

    fn remainder(&mut self, first: Ref, second: Ref) -> Value {
        let a = self.value(first);
        match self.int_constant(second) {
            Some(divisor) if divisor > 0 && divisor & (divisor - 1) == 0 => {
                let mask = self.word(((divisor - 1) as u64) << INT_SHIFT);
                self.builder.ins().band(a, mask)
            }
            constant => {
                let (_, remainder, b) = self.truncated(a, second);
                let below = self.is_rounded_up(remainder, b, constant);
                let mask = self.builder.ins().ineg(below);
                let correction = self.builder.ins().band(mask, b);
                self.builder.ins().iadd(remainder, correction)
            }
        }
    }

    /// Quotient and remainder as the processor rounds, and the divisor.
    fn truncated(&mut self, a: Value, second: Ref) -> (Value, Value, Value) {
        let b = self.value(second);
        let quotient = self.builder.ins().sdiv(a, b);
        let product = self.builder.ins().imul(quotient, b);
        let remainder = self.builder.ins().isub(a, product);
        (quotient, remainder, b)
    }

    /// 1 if the truncated quotient is above the exact one: the remainder's sign is not the divisor's.
    fn is_rounded_up(&mut self, remainder: Value, b: Value, constant: Option<i64>) -> Value {
        match constant {
            Some(divisor) if divisor > 0 => self.builder.ins().ushr_imm_u(remainder, 63),
            _ => {
                let signs = self.builder.ins().bxor(remainder, b);
                let differ = self.builder.ins().ushr_imm_u(signs, 63);
                let inexact = self.builder.ins().icmp_imm_s(IntCC::NotEqual, remainder, 0);
                let inexact = self.builder.ins().uextend(types::I64, inexact);
                self.builder.ins().band(differ, inexact)
            }
        }
    }
}
