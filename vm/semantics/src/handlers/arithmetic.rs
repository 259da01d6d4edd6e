//! Unary and binary operators: integers and floats inline, everything else by the operands' slots.

use super::{done, done_or_raise};
use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::Instruction;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::BinaryOp;

/// What happens when no fast path applies: the slots, then the temporaries are consumed.
#[inline(never)]
fn slow<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, op: BinaryOp, inplace: bool) -> Pc {
    if let Some(next) = super::call::binary_method(s, pc, i, op, inplace) {
        return next;
    }
    let (a, b) = (s.operand(i.b), s.operand(i.c));
    s.publish(pc);
    let result = s.binary_slow(op, inplace, a, b);
    s.release(i.b);
    s.release(i.c);
    done_or_raise(s, pc, i.a, result)
}

/// Stores an uncounted result of two uncounted operands.
#[inline(always)]
fn simple<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, value: S::Owned) -> Pc {
    s.release_simple(i.c);
    s.release_simple(i.b);
    done(s, pc, i.a, value)
}

/// Stores a float as the result of two uncounted operands.
#[inline(always)]
fn simple_float<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, value: S::Float) -> Pc {
    s.release_simple(i.c);
    s.release_simple(i.b);
    s.set_float_then(i.a, value, super::following(pc))
}

macro_rules! numeric {
    ($name:ident, $op:expr, $slow:ident, |$s:ident, $ia:ident, $ib:ident| $int:expr, |$fa:ident, $fb:ident| $float:expr) => {
        #[inline(always)]
        pub fn $name<S: Semantics>($s: &mut S, pc: Pc, i: Instruction, inplace: bool) -> Pc {
            let (a, b) = ($s.operand(i.b), $s.operand(i.c));
            if let Some($ia) = $s.as_int(a) {
                if let Some($ib) = $s.as_int(b) {
                    if let Some(result) = $int {
                        let value = $s.box_int(result);
                        return simple($s, pc, i, value);
                    }
                } else if let Some($fb) = $s.as_float(b) {
                    let $fa = $s.int_to_float($ia);
                    if let Some(result) = $float {
                        return simple_float($s, pc, i, result);
                    }
                }
            } else if let Some($fa) = $s.as_float(a) {
                if let Some($fb) = $s.as_float(b) {
                    if let Some(result) = $float {
                        return simple_float($s, pc, i, result);
                    }
                } else if let Some(int) = $s.as_int(b) {
                    let $fb = $s.int_to_float(int);
                    if let Some(result) = $float {
                        return simple_float($s, pc, i, result);
                    }
                }
            }
            $slow($s, pc, i, $op, inplace)
        }
    };
}

numeric!(subtract, BinaryOp::Subtract, slow, |s, a, b| s.int_subtract(a, b), |x, y| Some(s.float_subtract(x, y)));
numeric!(multiply, BinaryOp::Multiply, multiply_slow, |s, a, b| s.int_multiply(a, b), |x, y| Some(
    s.float_multiply(x, y)
));

/// `a * b` where the operands are not both numbers: the copies of a string, or as the slots say.
#[inline(never)]
fn multiply_slow<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, op: BinaryOp, inplace: bool) -> Pc {
    let (a, b) = (s.operand(i.b), s.operand(i.c));
    if s.peek(a).has_type(&sidewinder_runtime::objects::str::STR)
        && s.has_type(a, &sidewinder_runtime::objects::str::STR)
        && s.as_int(b).is_some()
    {
        let result = s.call2(&crate::helpers::TEXT_REPEAT, a, b);
        s.release(i.c);
        s.release(i.b);
        return done_or_raise(s, pc, i.a, result);
    }
    slow(s, pc, i, op, inplace)
}

/// `a + b`, with `s += t` on strings in place where the left operand is the destination.
#[inline(always)]
pub fn add<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, inplace: bool) -> Pc {
    let (a, b) = (s.operand(i.b), s.operand(i.c));
    if let Some(x) = s.as_int(a) {
        if let Some(y) = s.as_int(b) {
            if let Some(sum) = s.int_add(x, y) {
                let value = s.box_int(sum);
                return simple(s, pc, i, value);
            }
        } else if let Some(y) = s.as_float(b) {
            let x = s.int_to_float(x);
            let sum = s.float_add(x, y);
            return simple_float(s, pc, i, sum);
        }
    } else if let Some(x) = s.as_float(a) {
        if let Some(y) = s.as_float(b) {
            let sum = s.float_add(x, y);
            return simple_float(s, pc, i, sum);
        } else if let Some(y) = s.as_int(b) {
            let y = s.int_to_float(y);
            let sum = s.float_add(x, y);
            return simple_float(s, pc, i, sum);
        }
    }
    add_slow(s, pc, i, inplace)
}

#[inline(never)]
fn add_slow<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, inplace: bool) -> Pc {
    let left = s.operand(i.b);
    if s.has_type(left, &sidewinder_runtime::objects::str::STR) {
        let right = s.operand(i.c);
        if s.has_type(right, &sidewinder_runtime::objects::str::STR) {
            if i.a != i.b {
                let result = s.call2(&crate::helpers::CONCATENATE, left, right);
                s.release(i.c);
                s.release(i.b);
                return done_or_raise(s, pc, i.a, result);
            } else {
                let left = s.move_out(i.b);
                let result = s.concatenate(left, right);
                s.release(i.c);
                return match result {
                    Some(value) => {
                        s.set_fresh(i.a, value);
                        super::following(pc)
                    }
                    None => s.raise(pc),
                };
            }
        }
    }
    slow(s, pc, i, BinaryOp::Add, inplace)
}

/// `a / b`
#[inline(always)]
pub fn true_divide<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, inplace: bool) -> Pc {
    let (a, b) = (s.operand(i.b), s.operand(i.c));
    let x = match s.as_float(a) {
        Some(x) => Some(x),
        None => match s.as_int(a) {
            Some(x) => s.int_to_exact_float(x),
            None => None,
        },
    };
    if let Some(x) = x {
        let y = match s.as_float(b) {
            Some(y) => Some(y),
            None => match s.as_int(b) {
                Some(y) => s.int_to_exact_float(y),
                None => None,
            },
        };
        if let Some(y) = y
            && let Some(quotient) = s.float_divide(x, y)
        {
            return simple_float(s, pc, i, quotient);
        }
    }
    slow(s, pc, i, BinaryOp::TrueDivide, inplace)
}

macro_rules! integer {
    ($name:ident, $op:expr, |$s:ident, $a:ident, $b:ident| $int:expr) => {
        #[inline(always)]
        pub fn $name<S: Semantics>($s: &mut S, pc: Pc, i: Instruction, inplace: bool) -> Pc {
            let (a, b) = ($s.operand(i.b), $s.operand(i.c));
            if let Some($a) = $s.as_int(a)
                && let Some($b) = $s.as_int(b)
                && let Some(result) = $int
            {
                let value = $s.box_int(result);
                return simple($s, pc, i, value);
            }
            slow($s, pc, i, $op, inplace)
        }
    };
}

integer!(floor_divide, BinaryOp::FloorDivide, |s, a, b| s.int_floor_divide(a, b));
integer!(remainder, BinaryOp::Remainder, |s, a, b| s.int_remainder(a, b));
integer!(left_shift, BinaryOp::LeftShift, |s, a, b| s.int_shift_left(a, b));
integer!(right_shift, BinaryOp::RightShift, |s, a, b| s.int_shift_right(a, b));
integer!(and, BinaryOp::And, |s, a, b| Some(s.int_and(a, b)));
integer!(or, BinaryOp::Or, |s, a, b| Some(s.int_or(a, b)));
integer!(xor, BinaryOp::Xor, |s, a, b| Some(s.int_xor(a, b)));

/// `a ** b`: the common squares of floats and integers inline.
#[inline(always)]
pub fn power<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, inplace: bool) -> Pc {
    let (a, b) = (s.operand(i.b), s.operand(i.c));
    if let Some(exponent) = s.as_int(b) {
        let two = s.int_constant(2);
        if s.int_compare(sidewinder_runtime::objects::slots::CompareOp::Equal, exponent, two) {
            if let Some(x) = s.as_float(a) {
                // Not `x * x`: the platform's `pow` may round differently.
                let two = s.float_constant(2.0);
                let square = s.float_power(x, two);
                if s.float_is_finite(square) {
                    return simple_float(s, pc, i, square);
                }
            } else if let Some(x) = s.as_int(a)
                && let Some(square) = s.int_multiply(x, x)
            {
                let value = s.box_int(square);
                return simple(s, pc, i, value);
            }
        }
    }
    if let Some(x) = s.as_float(a)
        && let Some(exponent) = s.as_float(b)
    {
        let zero = s.float_constant(0.0);
        if s.float_compare(sidewinder_runtime::objects::slots::CompareOp::Greater, x, zero) {
            let power = s.float_power(x, exponent);
            if s.float_is_finite(power) {
                return simple_float(s, pc, i, power);
            }
        }
    }
    slow(s, pc, i, BinaryOp::Power, inplace)
}

/// `a @ b`
#[inline(always)]
pub fn matrix_multiply<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, inplace: bool) -> Pc {
    slow(s, pc, i, BinaryOp::MatrixMultiply, inplace)
}

/// `-a`
#[inline(always)]
pub fn negative<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let a = s.operand(i.b);
    if let Some(x) = s.as_float(a) {
        let negated = s.float_negate(x);
        let value = s.box_float(negated);
        s.release_simple(i.b);
        return done(s, pc, i.a, value);
    }
    if let Some(x) = s.as_int(a) {
        let zero = s.int_constant(0);
        if let Some(negated) = s.int_subtract(zero, x) {
            let value = s.box_int(negated);
            s.release_simple(i.b);
            return done(s, pc, i.a, value);
        }
    }
    s.publish(pc);
    let result = s.call1(&crate::helpers::NEGATIVE, a);
    s.release(i.b);
    done_or_raise(s, pc, i.a, result)
}

/// `+a`
#[inline(never)]
pub fn positive<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let a = s.operand(i.b);
    s.publish(pc);
    let result = s.call1(&crate::helpers::POSITIVE, a);
    s.release(i.b);
    done_or_raise(s, pc, i.a, result)
}

/// `~a`
#[inline(never)]
pub fn invert<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let a = s.operand(i.b);
    if let Some(x) = s.as_int(a) {
        let ones = s.int_constant(-1);
        let inverted = s.int_xor(x, ones);
        let value = s.box_int(inverted);
        s.release_simple(i.b);
        return done(s, pc, i.a, value);
    }
    s.publish(pc);
    let result = s.call1(&crate::helpers::INVERT, a);
    s.release(i.b);
    done_or_raise(s, pc, i.a, result)
}

/// `not a`
#[inline(always)]
pub fn not<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let a = s.operand(i.b);
    let Some(truth) = super::branch::quick_truth(s, a) else {
        s.publish(pc);
        let result = s.call1(&crate::helpers::NOT, a);
        s.release(i.b);
        return done_or_raise(s, pc, i.a, result);
    };
    s.release(i.b);
    let value = s.constant(singleton::boolean(!truth));
    let value = s.dup(value);
    done(s, pc, i.a, value)
}
