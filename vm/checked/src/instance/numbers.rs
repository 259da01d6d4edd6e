//! Numbers in the checking instance: the interpreter's, and a note of what was tested.

use crate::Checked;
use crate::ledger::{Borrow, Token};
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_semantics::Numbers;
use sidewinder_semantics::interp::Small;

impl Numbers for Checked<'_> {
    type Value = Borrow;
    type Owned = Token;
    type Int = Small;
    type Float = f64;
    type Raw = i64;

    fn box_int(&mut self, value: Small) -> Token {
        let token = self.interp().box_int(value);
        self.ledger.own("box_int", token.0, true)
    }

    fn int_constant(&mut self, value: i64) -> Small {
        self.interp().int_constant(value)
    }

    fn int_add(&mut self, a: Small, b: Small) -> Option<Small> {
        self.test("int_add");
        self.interp().int_add(a, b)
    }

    fn int_subtract(&mut self, a: Small, b: Small) -> Option<Small> {
        self.test("int_subtract");
        self.interp().int_subtract(a, b)
    }

    fn int_multiply(&mut self, a: Small, b: Small) -> Option<Small> {
        self.test("int_multiply");
        self.interp().int_multiply(a, b)
    }

    fn int_floor_divide(&mut self, a: Small, b: Small) -> Option<Small> {
        self.test("int_floor_divide");
        self.interp().int_floor_divide(a, b)
    }

    fn int_remainder(&mut self, a: Small, b: Small) -> Option<Small> {
        self.test("int_remainder");
        self.interp().int_remainder(a, b)
    }

    fn int_and(&mut self, a: Small, b: Small) -> Small {
        self.interp().int_and(a, b)
    }

    fn int_or(&mut self, a: Small, b: Small) -> Small {
        self.interp().int_or(a, b)
    }

    fn int_xor(&mut self, a: Small, b: Small) -> Small {
        self.interp().int_xor(a, b)
    }

    fn int_shift_left(&mut self, a: Small, b: Small) -> Option<Small> {
        self.test("int_shift_left");
        self.interp().int_shift_left(a, b)
    }

    fn int_shift_right(&mut self, a: Small, b: Small) -> Option<Small> {
        self.test("int_shift_right");
        self.interp().int_shift_right(a, b)
    }

    fn int_minimum(&mut self, a: Small, b: Small) -> Small {
        self.interp().int_minimum(a, b)
    }

    fn int_maximum(&mut self, a: Small, b: Small) -> Small {
        self.interp().int_maximum(a, b)
    }

    fn int_compare(&mut self, op: CompareOp, a: Small, b: Small) -> bool {
        self.test("int_compare");
        self.interp().int_compare(op, a, b)
    }

    fn int_to_float(&mut self, a: Small) -> f64 {
        self.interp().int_to_float(a)
    }

    fn int_to_raw(&mut self, a: Small) -> i64 {
        self.interp().int_to_raw(a)
    }

    fn raw_to_int(&mut self, a: i64) -> Small {
        self.interp().raw_to_int(a)
    }

    fn box_float(&mut self, value: f64) -> Token {
        let token = self.interp().box_float(value);
        self.ledger.own("box_float", token.0, true)
    }

    fn float_add(&mut self, a: f64, b: f64) -> f64 {
        self.interp().float_add(a, b)
    }

    fn float_subtract(&mut self, a: f64, b: f64) -> f64 {
        self.interp().float_subtract(a, b)
    }

    fn float_multiply(&mut self, a: f64, b: f64) -> f64 {
        self.interp().float_multiply(a, b)
    }

    fn float_divide(&mut self, a: f64, b: f64) -> Option<f64> {
        self.test("float_divide");
        self.interp().float_divide(a, b)
    }

    fn float_negate(&mut self, a: f64) -> f64 {
        self.interp().float_negate(a)
    }

    fn float_compare(&mut self, op: CompareOp, a: f64, b: f64) -> bool {
        self.test("float_compare");
        self.interp().float_compare(op, a, b)
    }

    fn float_constant(&mut self, value: f64) -> f64 {
        self.interp().float_constant(value)
    }

    fn float_absolute(&mut self, a: f64) -> f64 {
        self.interp().float_absolute(a)
    }

    fn float_power(&mut self, a: f64, b: f64) -> f64 {
        self.ensure(a > 0.0 || b == 2.0, "the power of a float that is not above zero, and no square");
        self.interp().float_power(a, b)
    }

    fn float_square_root(&mut self, a: f64) -> f64 {
        self.ensure(a >= 0.0, "the square root of a float below zero");
        self.interp().float_square_root(a)
    }

    fn raw_constant(&mut self, value: i64) -> i64 {
        self.interp().raw_constant(value)
    }

    fn raw_equal(&mut self, a: i64, b: i64) -> bool {
        self.test("raw_equal");
        self.interp().raw_equal(a, b)
    }

    fn raw_below(&mut self, a: i64, b: i64) -> bool {
        self.test("raw_below");
        self.interp().raw_below(a, b)
    }

    fn raw_add(&mut self, a: i64, b: i64) -> i64 {
        self.interp().raw_add(a, b)
    }

    fn int_to_exact_float(&mut self, a: Small) -> Option<f64> {
        self.test("int_to_exact_float");
        self.interp().int_to_exact_float(a)
    }

    fn float_is_finite(&mut self, a: f64) -> bool {
        self.test("float_is_finite");
        self.interp().float_is_finite(a)
    }
}
