//! Rules for machine words and truth values.

use super::super::fold::{Rule, is_word};
use super::super::forward::Forward;
use super::rules;
use sidewinder_ir::op::Type;
use sidewinder_ir::{Op, Ref};

fn is(forward: &Forward, value: Ref, constant: u64) -> bool {
    is_word(forward, value, Type::Raw, constant)
}

rules! {
    raw_add_zero: RawAdd |f, a, b| is(f, b, 0).then_some(a);
    raw_subtract_zero: RawSubtract |f, a, b| is(f, b, 0).then_some(a);
    raw_subtract_self: RawSubtract |f, a, b| (a == b).then(|| f.constant(Op::ConstRaw, 0));
    raw_add_of_add: RawAdd |f, a, b| {
        let (inner, outer) = (*f.get(a), f.constant_of(b)?);
        if inner.op != Op::RawAdd { return None }
        let sum = outer.wrapping_add(f.constant_of(inner.operands[1])?);
        let sum = f.constant(Op::ConstRaw, sum);
        Some(f.pure(Op::RawAdd, &[inner.operands[0], sum]))
    };
    raw_equal_self: RawEqual |f, a, b| (a == b).then(|| f.const_bool(true));
    raw_below_self: RawBelow |f, a, b| (a == b).then(|| f.const_bool(false));
    raw_below_zero: RawBelow |f, _a, b| is(f, b, 0).then(|| f.const_bool(false));
    raw_less_self: RawLess |f, a, b| (a == b).then(|| f.const_bool(false));
    bool_not_twice: BoolNot |f, a, _b| (f.op(a) == Op::BoolNot).then(|| f.get(a).operands[0]);
}
