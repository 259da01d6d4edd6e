//! Numbers in the interpreter: the direct action.

use super::{Machine, Small, Token};
use crate::Numbers;
use sidewinder_runtime::Value;
use sidewinder_runtime::objects::float;
use sidewinder_runtime::objects::slots::CompareOp;

impl<const TRACED: bool> Numbers for Machine<TRACED> {
    type Value = Value;
    type Owned = Token;
    type Int = Small;
    type Float = f64;
    type Raw = i64;

    #[inline(always)]
    fn box_int(&mut self, value: Small) -> Token {
        Token(Value::from_word(value.0 as u64 + 1))
    }

    #[inline(always)]
    fn int_constant(&mut self, value: i64) -> Small {
        Small(value << 2)
    }

    #[inline(always)]
    fn int_add(&mut self, a: Small, b: Small) -> Option<Small> {
        a.0.checked_add(b.0).map(Small)
    }

    #[inline(always)]
    fn int_subtract(&mut self, a: Small, b: Small) -> Option<Small> {
        a.0.checked_sub(b.0).map(Small)
    }

    #[inline(always)]
    fn int_multiply(&mut self, a: Small, b: Small) -> Option<Small> {
        a.get().checked_mul(b.0).map(Small)
    }

    #[inline(always)]
    fn int_floor_divide(&mut self, a: Small, b: Small) -> Option<Small> {
        let (a, b) = (a.get(), b.get());
        if b == 0 {
            return None;
        }
        let quotient = a / b;
        Small::new(if a % b != 0 && (a ^ b) < 0 { quotient - 1 } else { quotient })
    }

    #[inline(always)]
    fn int_remainder(&mut self, a: Small, b: Small) -> Option<Small> {
        let (a, b) = (a.get(), b.get());
        if b == 0 {
            return None;
        }
        let remainder = a % b;
        Small::new(if remainder != 0 && (remainder ^ b) < 0 { remainder + b } else { remainder })
    }

    #[inline(always)]
    fn int_and(&mut self, a: Small, b: Small) -> Small {
        Small(a.0 & b.0)
    }

    #[inline(always)]
    fn int_or(&mut self, a: Small, b: Small) -> Small {
        Small(a.0 | b.0)
    }

    #[inline(always)]
    fn int_xor(&mut self, a: Small, b: Small) -> Small {
        Small(a.0 ^ b.0)
    }

    #[inline(always)]
    fn int_shift_left(&mut self, a: Small, b: Small) -> Option<Small> {
        let shift = b.get();
        if !(0..62).contains(&shift) {
            return None;
        }
        let result = a.0 << shift;
        (result >> shift == a.0).then_some(Small(result))
    }

    #[inline(always)]
    fn int_shift_right(&mut self, a: Small, b: Small) -> Option<Small> {
        let shift = b.get();
        if shift < 0 {
            return None;
        }
        Some(Small((a.get() >> shift.min(63)) << 2))
    }

    #[inline(always)]
    fn int_minimum(&mut self, a: Small, b: Small) -> Small {
        Small(a.0.min(b.0))
    }

    #[inline(always)]
    fn int_maximum(&mut self, a: Small, b: Small) -> Small {
        Small(a.0.max(b.0))
    }

    #[inline(always)]
    fn int_compare(&mut self, op: CompareOp, a: Small, b: Small) -> bool {
        match op {
            CompareOp::Less => a.0 < b.0,
            CompareOp::LessEqual => a.0 <= b.0,
            CompareOp::Equal => a.0 == b.0,
            CompareOp::NotEqual => a.0 != b.0,
            CompareOp::Greater => a.0 > b.0,
            CompareOp::GreaterEqual => a.0 >= b.0,
        }
    }

    #[inline(always)]
    fn int_to_float(&mut self, a: Small) -> f64 {
        a.get() as f64
    }

    #[inline(always)]
    fn int_to_raw(&mut self, a: Small) -> i64 {
        a.get()
    }

    #[inline(always)]
    fn raw_to_int(&mut self, a: i64) -> Small {
        Small(a << 2)
    }

    #[inline(always)]
    fn box_float(&mut self, value: f64) -> Token {
        match Value::try_from_float(value) {
            Some(word) => Token(word),
            None => Token(float::from_f64(&mut self.0, value).into_raw()),
        }
    }

    #[inline(always)]
    fn float_add(&mut self, a: f64, b: f64) -> f64 {
        a + b
    }

    #[inline(always)]
    fn float_subtract(&mut self, a: f64, b: f64) -> f64 {
        a - b
    }

    #[inline(always)]
    fn float_multiply(&mut self, a: f64, b: f64) -> f64 {
        a * b
    }

    #[inline(always)]
    fn float_divide(&mut self, a: f64, b: f64) -> Option<f64> {
        (b != 0.0).then(|| a / b)
    }

    #[inline(always)]
    fn float_negate(&mut self, a: f64) -> f64 {
        -a
    }

    #[inline(always)]
    fn float_compare(&mut self, op: CompareOp, a: f64, b: f64) -> bool {
        match op {
            CompareOp::Less => a < b,
            CompareOp::LessEqual => a <= b,
            CompareOp::Equal => a == b,
            CompareOp::NotEqual => a != b,
            CompareOp::Greater => a > b,
            CompareOp::GreaterEqual => a >= b,
        }
    }

    #[inline(always)]
    fn float_power(&mut self, a: f64, b: f64) -> f64 {
        sidewinder_runtime::objects::float::arithmetic::power_f64(a, b)
    }

    #[inline(always)]
    fn float_constant(&mut self, value: f64) -> f64 {
        value
    }

    #[inline(always)]
    fn float_absolute(&mut self, a: f64) -> f64 {
        a.abs()
    }

    #[inline(always)]
    fn float_square_root(&mut self, a: f64) -> f64 {
        a.sqrt()
    }

    #[inline(always)]
    fn raw_constant(&mut self, value: i64) -> i64 {
        value
    }

    #[inline(always)]
    fn raw_equal(&mut self, a: i64, b: i64) -> bool {
        a == b
    }

    #[inline(always)]
    fn raw_below(&mut self, a: i64, b: i64) -> bool {
        a < b
    }

    #[inline(always)]
    fn raw_add(&mut self, a: i64, b: i64) -> i64 {
        a.wrapping_add(b)
    }

    #[inline(always)]
    fn int_to_exact_float(&mut self, a: Small) -> Option<f64> {
        (a.get().unsigned_abs() <= 1 << 53).then(|| a.get() as f64)
    }

    #[inline(always)]
    fn float_is_finite(&mut self, a: f64) -> bool {
        a.is_finite()
    }
}
