//! Rules for tagged values: boxes cancel, tests of known kinds are decided.

use super::super::facts::kinds;
use super::super::fold::Rule;
use super::super::forward::Forward;
use super::rules;
use sidewinder_ir::{Op, Ref};

/// The operand of `value` if `op` made it.
fn made_by(forward: &Forward, value: Ref, op: Op) -> Option<Ref> {
    (forward.op(value) == op).then(|| forward.get(value).operands[0])
}

/// Whether the value is one of these kinds, if known.
fn test_kind(forward: &mut Forward, value: Ref, tested: u8) -> Option<Ref> {
    let facts = forward.facts(value);
    if facts.is(tested) {
        Some(forward.const_bool(true))
    } else if !facts.may_be(tested) {
        Some(forward.const_bool(false))
    } else {
        None
    }
}

rules! {
    unbox_boxed_int: UnboxInt |f, a, _b| made_by(f, a, Op::BoxInt);
    box_unboxed_int: BoxInt |f, a, _b| made_by(f, a, Op::UnboxInt);
    unbox_boxed_float: UnboxFloat |f, a, _b| made_by(f, a, Op::BoxFloat);
    box_unboxed_float: BoxFloat |f, a, _b| made_by(f, a, Op::UnboxFloat);
    is_int_known: IsInt |f, a, _b| test_kind(f, a, kinds::INT);
    is_float_known: IsFloat |f, a, _b| test_kind(f, a, kinds::FLOAT);
    is_unbound_known: IsUnbound |f, a, _b| test_kind(f, a, kinds::UNBOUND);
    same_value_self: SameValue |f, a, b| (a == b).then(|| f.const_bool(true));
    same_value_apart: SameValue |f, a, b| {
        let apart = f.facts(a).kinds & f.facts(b).kinds == 0;
        apart.then(|| f.const_bool(false))
    };
    same_value_types_apart: SameValue |f, a, b| {
        let (a, b) = (f.facts(a).fixed_type, f.facts(b).fixed_type);
        (a != 0 && b != 0 && a != b).then(|| f.const_bool(false))
    };
    same_value_ints: SameValue |f, a, b| {
        let (a, b) = (made_by(f, a, Op::BoxInt)?, made_by(f, b, Op::BoxInt)?);
        Some(f.pure(Op::IntEqual, &[a, b]))
    };
    same_value_bool: SameValue |f, a, b| {
        let truth = made_by(f, a, Op::BoxBool)?;
        let word = f.constant_of(b)?;
        if word == f.environment.layout.true_word {
            Some(truth)
        } else if word == f.environment.layout.false_word {
            Some(f.pure(Op::BoolNot, &[truth]))
        } else {
            Some(f.const_bool(false))
        }
    };
    is_true_of_box: IsTrue |f, a, _b| made_by(f, a, Op::BoxBool);
    box_bool_of_is_true: BoxBool |f, a, _b| {
        let value = made_by(f, a, Op::IsTrue)?;
        let bool_type = f.environment.layout.bool_type;
        (bool_type != 0 && f.facts(value).fixed_type == bool_type).then_some(value)
    };
}
