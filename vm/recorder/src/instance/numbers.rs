//! Numbers in the recorder: the result, and the operation that gives it.

use super::{Number, RecordedToken};
use crate::helper_table::Special;
use crate::recorder::{Recorded, Recorder};
use sidewinder_ir::{Op, Type};
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_semantics::Numbers;
use sidewinder_semantics::interp::Small;

impl Numbers for Recorder<'_> {
    type Value = Recorded;
    type Owned = RecordedToken;
    type Int = Number<Small>;
    type Float = Number<f64>;
    type Raw = Number<i64>;

    fn box_int(&mut self, value: Number<Small>) -> RecordedToken {
        let token = self.interp().box_int(value.now);
        let ir = self.unary(Op::BoxInt, value.ir);
        RecordedToken { value: token.0, ir }
    }

    fn int_constant(&mut self, value: i64) -> Number<Small> {
        let now = self.interp().int_constant(value);
        let ir = Recorder::constant(self, Op::ConstInt, value as u64);
        Number { now, ir }
    }

    fn int_add(&mut self, a: Number<Small>, b: Number<Small>) -> Option<Number<Small>> {
        let result = self.interp().int_add(a.now, b.now);
        self.checked(Op::IntAddOverflows, Op::IntAdd, a, b, result)
    }

    fn int_subtract(&mut self, a: Number<Small>, b: Number<Small>) -> Option<Number<Small>> {
        let result = self.interp().int_subtract(a.now, b.now);
        self.checked(Op::IntSubtractOverflows, Op::IntSubtract, a, b, result)
    }

    fn int_multiply(&mut self, a: Number<Small>, b: Number<Small>) -> Option<Number<Small>> {
        let result = self.interp().int_multiply(a.now, b.now);
        self.checked(Op::IntMultiplyOverflows, Op::IntMultiply, a, b, result)
    }

    fn int_floor_divide(&mut self, a: Number<Small>, b: Number<Small>) -> Option<Number<Small>> {
        let result = self.interp().int_floor_divide(a.now, b.now);
        self.division(Op::IntFloorDivide, a, b, result)
    }

    fn int_remainder(&mut self, a: Number<Small>, b: Number<Small>) -> Option<Number<Small>> {
        let result = self.interp().int_remainder(a.now, b.now);
        self.division(Op::IntRemainder, a, b, result)
    }

    fn int_and(&mut self, a: Number<Small>, b: Number<Small>) -> Number<Small> {
        let now = self.interp().int_and(a.now, b.now);
        Number { now, ir: self.binary(Op::IntAnd, a.ir, b.ir) }
    }

    fn int_or(&mut self, a: Number<Small>, b: Number<Small>) -> Number<Small> {
        let now = self.interp().int_or(a.now, b.now);
        Number { now, ir: self.binary(Op::IntOr, a.ir, b.ir) }
    }

    fn int_xor(&mut self, a: Number<Small>, b: Number<Small>) -> Number<Small> {
        let now = self.interp().int_xor(a.now, b.now);
        Number { now, ir: self.binary(Op::IntXor, a.ir, b.ir) }
    }

    fn int_shift_left(&mut self, a: Number<Small>, b: Number<Small>) -> Option<Number<Small>> {
        let result = self.interp().int_shift_left(a.now, b.now);
        if !self.shift_in_range(b, 62) {
            return None;
        }
        self.checked(Op::IntShiftLeftOverflows, Op::IntShiftLeft, a, b, result)
    }

    fn int_shift_right(&mut self, a: Number<Small>, b: Number<Small>) -> Option<Number<Small>> {
        let result = self.interp().int_shift_right(a.now, b.now);
        if !self.shift_in_range(b, 62) {
            if result.is_some() {
                self.abort("wide shift");
            }
            return None;
        }
        let now = result?;
        Some(Number { now, ir: self.binary(Op::IntShiftRight, a.ir, b.ir) })
    }

    fn int_minimum(&mut self, a: Number<Small>, b: Number<Small>) -> Number<Small> {
        let now = self.interp().int_minimum(a.now, b.now);
        Number { now, ir: self.binary(Op::IntMinimum, a.ir, b.ir) }
    }

    fn int_maximum(&mut self, a: Number<Small>, b: Number<Small>) -> Number<Small> {
        let now = self.interp().int_maximum(a.now, b.now);
        Number { now, ir: self.binary(Op::IntMaximum, a.ir, b.ir) }
    }

    fn int_compare(&mut self, op: CompareOp, a: Number<Small>, b: Number<Small>) -> bool {
        let outcome = self.interp().int_compare(op, a.now, b.now);
        self.compare_guard(op, a.ir, b.ir, outcome, [Op::IntLess, Op::IntLessEqual, Op::IntEqual])
    }

    fn int_to_float(&mut self, a: Number<Small>) -> Number<f64> {
        let now = self.interp().int_to_float(a.now);
        Number { now, ir: self.unary(Op::IntToFloat, a.ir) }
    }

    fn int_to_raw(&mut self, a: Number<Small>) -> Number<i64> {
        let now = self.interp().int_to_raw(a.now);
        Number { now, ir: self.unary(Op::IntToRaw, a.ir) }
    }

    fn raw_to_int(&mut self, a: Number<i64>) -> Number<Small> {
        let now = self.interp().raw_to_int(a.now);
        Number { now, ir: self.unary(Op::RawToInt, a.ir) }
    }

    fn box_float(&mut self, value: Number<f64>) -> RecordedToken {
        let token = self.interp().box_float(value.now);
        if !token.0.is_float() {
            self.abort("float of rare magnitude");
        }
        let ir = self.unary(Op::BoxFloat, value.ir);
        RecordedToken { value: token.0, ir }
    }

    fn float_add(&mut self, a: Number<f64>, b: Number<f64>) -> Number<f64> {
        Number { now: a.now + b.now, ir: self.binary(Op::FloatAdd, a.ir, b.ir) }
    }

    fn float_subtract(&mut self, a: Number<f64>, b: Number<f64>) -> Number<f64> {
        Number { now: a.now - b.now, ir: self.binary(Op::FloatSubtract, a.ir, b.ir) }
    }

    fn float_multiply(&mut self, a: Number<f64>, b: Number<f64>) -> Number<f64> {
        Number { now: a.now * b.now, ir: self.binary(Op::FloatMultiply, a.ir, b.ir) }
    }

    fn float_divide(&mut self, a: Number<f64>, b: Number<f64>) -> Option<Number<f64>> {
        let zero = Recorder::constant(self, Op::ConstFloat, 0f64.to_bits());
        let test = self.binary(Op::FloatEqual, b.ir, zero);
        self.guard(test, b.now == 0.0);
        let now = self.interp().float_divide(a.now, b.now)?;
        Some(Number { now, ir: self.binary(Op::FloatDivide, a.ir, b.ir) })
    }

    fn float_negate(&mut self, a: Number<f64>) -> Number<f64> {
        Number { now: -a.now, ir: self.unary(Op::FloatNegate, a.ir) }
    }

    fn float_compare(&mut self, op: CompareOp, a: Number<f64>, b: Number<f64>) -> bool {
        let outcome = self.interp().float_compare(op, a.now, b.now);
        self.compare_guard(op, a.ir, b.ir, outcome, [Op::FloatLess, Op::FloatLessEqual, Op::FloatEqual])
    }

    fn float_power(&mut self, a: Number<f64>, b: Number<f64>) -> Number<f64> {
        let now = self.interp().float_power(a.now, b.now);
        let helper = self.special(Special::FloatPower);
        Number { now, ir: Recorder::call(self, helper, &[a.ir, b.ir], Type::Float) }
    }

    fn float_constant(&mut self, value: f64) -> Number<f64> {
        Number { now: value, ir: Recorder::constant(self, Op::ConstFloat, value.to_bits()) }
    }

    fn float_absolute(&mut self, a: Number<f64>) -> Number<f64> {
        Number { now: a.now.abs(), ir: self.unary(Op::FloatAbsolute, a.ir) }
    }

    fn float_square_root(&mut self, a: Number<f64>) -> Number<f64> {
        Number { now: a.now.sqrt(), ir: self.unary(Op::FloatSquareRoot, a.ir) }
    }

    fn raw_constant(&mut self, value: i64) -> Number<i64> {
        Number { now: value, ir: self.raw(value as u64) }
    }

    fn raw_equal(&mut self, a: Number<i64>, b: Number<i64>) -> bool {
        let now = a.now == b.now;
        let test = self.binary(Op::RawEqual, a.ir, b.ir);
        self.guard(test, now);
        now
    }

    fn raw_below(&mut self, a: Number<i64>, b: Number<i64>) -> bool {
        let now = a.now < b.now;
        let test = self.binary(Op::RawBelow, a.ir, b.ir);
        self.guard(test, now);
        now
    }

    fn raw_add(&mut self, a: Number<i64>, b: Number<i64>) -> Number<i64> {
        Number { now: a.now.wrapping_add(b.now), ir: self.binary(Op::RawAdd, a.ir, b.ir) }
    }

    fn int_to_exact_float(&mut self, a: Number<Small>) -> Option<Number<f64>> {
        let now = self.interp().int_to_exact_float(a.now);
        let bound = 1i64 << 53;
        let (low, high) = (self.int_constant(-bound), self.int_constant(bound));
        let test = self.binary(Op::IntLessEqual, low.ir, a.ir);
        self.guard(test, a.now.at_least(low.now));
        let test = self.binary(Op::IntLessEqual, a.ir, high.ir);
        self.guard(test, high.now.at_least(a.now));
        let now = now?;
        Some(Number { now, ir: self.unary(Op::IntToFloat, a.ir) })
    }

    fn float_is_finite(&mut self, a: Number<f64>) -> bool {
        let magnitude = self.unary(Op::FloatAbsolute, a.ir);
        let infinity = Recorder::constant(self, Op::ConstFloat, f64::INFINITY.to_bits());
        let test = self.binary(Op::FloatLess, magnitude, infinity);
        self.guard(test, a.now.is_finite());
        a.now.is_finite()
    }
}
