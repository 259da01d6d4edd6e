//! Rules for doubles. Only identities that hold for every double, zeros and infinities included.

use super::super::fold::{Rule, is_word};
use super::super::forward::Forward;
use super::rules;
use sidewinder_ir::op::Type;
use sidewinder_ir::{Op, Ref};

fn is(forward: &Forward, value: Ref, constant: f64) -> bool {
    is_word(forward, value, Type::Float, constant.to_bits())
}

/// 1 / x, if x is a power of two whose reciprocal is a normal number: then multiplying is as exact as dividing.
fn exact_reciprocal(bits: u64) -> Option<f64> {
    let exponent = bits >> 52 & 0x7ff;
    let power_of_two = bits & ((1 << 52) - 1) == 0 && (2..0x7fd).contains(&exponent);
    power_of_two.then(|| 1.0 / f64::from_bits(bits))
}

rules! {
    float_add_negative_zero: FloatAdd |f, a, b| is(f, b, -0.0).then_some(a);
    float_subtract_zero: FloatSubtract |f, a, b| is(f, b, 0.0).then_some(a);
    float_multiply_one: FloatMultiply |f, a, b| is(f, b, 1.0).then_some(a);
    float_divide_one: FloatDivide |f, a, b| is(f, b, 1.0).then_some(a);
    float_divide_power_of_two: FloatDivide |f, a, b| {
        let reciprocal = exact_reciprocal(f.constant_of(b)?)?;
        let reciprocal = f.constant(Op::ConstFloat, reciprocal.to_bits());
        Some(f.pure(Op::FloatMultiply, &[a, reciprocal]))
    };
    float_negate_twice: FloatNegate |f, a, _b| (f.op(a) == Op::FloatNegate).then(|| f.get(a).operands[0]);
    float_absolute_twice: FloatAbsolute |f, a, _b| (f.op(a) == Op::FloatAbsolute).then_some(a);
    float_absolute_of_negated: FloatAbsolute |f, a, _b| {
        if f.op(a) != Op::FloatNegate { return None }
        let inner = f.get(a).operands[0];
        Some(f.pure(Op::FloatAbsolute, &[inner]))
    };
    float_fits_known: FloatFits |f, a, _b| f.facts(a).fits.then(|| f.const_bool(true));
    // The sign has no part in the test.
    float_fits_ignores_sign: FloatFits |f, a, _b| {
        if !matches!(f.op(a), Op::FloatNegate | Op::FloatAbsolute) { return None }
        let inner = f.get(a).operands[0];
        Some(f.pure(Op::FloatFits, &[inner]))
    };
}
