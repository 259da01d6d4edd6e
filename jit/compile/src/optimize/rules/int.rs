//! Rules for integers.

use super::super::fold::{Rule, is_word};
use super::super::forward::Forward;
use super::rules;
use sidewinder_ir::op::Type;
use sidewinder_ir::tagging::{INT_MAX, INT_MIN};
use sidewinder_ir::{Op, Ref};

fn is(forward: &Forward, value: Ref, constant: i64) -> bool {
    is_word(forward, value, Type::Int, constant as u64)
}

fn range(forward: &Forward, value: Ref) -> (i64, i64) {
    let facts = forward.facts(value);
    (facts.minimum, facts.maximum)
}

/// False if the result of an operation on the extremes stays within 62 bits.
fn no_overflow(forward: &mut Forward, extremes: &[i128]) -> Option<Ref> {
    let fits = extremes.iter().all(|extreme| (INT_MIN as i128..=INT_MAX as i128).contains(extreme));
    fits.then(|| forward.const_bool(false))
}

/// a < b, if the ranges say.
fn less(forward: &Forward, a: Ref, b: Ref) -> Option<bool> {
    let ((a_minimum, a_maximum), (b_minimum, b_maximum)) = (range(forward, a), range(forward, b));
    if a_maximum < b_minimum {
        Some(true)
    } else if a_minimum >= b_maximum || a == b {
        Some(false)
    } else {
        None
    }
}

/// The other operand of `value`, if `op` made it of `known` and another one.
fn other_operand(forward: &Forward, value: Ref, op: Op, known: Ref) -> Option<Ref> {
    let [x, y, _] = forward.get(value).operands;
    match forward.op(value) {
        made_by if made_by != op => None,
        _ if y == known => Some(x),
        // A difference gives back its left operand alone.
        Op::IntAdd if x == known => Some(y),
        _ => None,
    }
}

/// a, of (a - b) + b in either order.
fn difference_undone(forward: &Forward, a: Ref, b: Ref) -> Option<Ref> {
    other_operand(forward, a, Op::IntSubtract, b).or_else(|| other_operand(forward, b, Op::IntSubtract, a))
}

rules! {
    int_subtract_of_sum: IntSubtract |f, a, b| other_operand(f, a, Op::IntAdd, b);
    int_add_of_difference: IntAdd |f, a, b| difference_undone(f, a, b);
    // What comes back fitted before.
    int_subtract_of_sum_fits: IntSubtractOverflows |f, a, b| {
        other_operand(f, a, Op::IntAdd, b).map(|_| f.const_bool(false))
    };
    int_add_of_difference_fits: IntAddOverflows |f, a, b| difference_undone(f, a, b).map(|_| f.const_bool(false));

    int_add_zero: IntAdd |f, a, b| is(f, b, 0).then_some(a);
    int_subtract_zero: IntSubtract |f, a, b| is(f, b, 0).then_some(a);
    int_subtract_self: IntSubtract |f, a, b| (a == b).then(|| f.const_int(0));
    int_multiply_one: IntMultiply |f, a, b| is(f, b, 1).then_some(a);
    int_multiply_zero: IntMultiply |f, _a, b| is(f, b, 0).then_some(b);
    int_divide_one: IntFloorDivide |f, a, b| is(f, b, 1).then_some(a);
    int_remainder_one: IntRemainder |f, _a, b| is(f, b, 1).then(|| f.const_int(0));
    int_remainder_of_smaller: IntRemainder |f, a, b| {
        (f.facts(a).minimum >= 0 && less(f, a, b) == Some(true)).then_some(a)
    };

    int_add_in_range: IntAddOverflows |f, a, b| {
        let ((a, b), (c, d)) = (range(f, a), range(f, b));
        no_overflow(f, &[a as i128 + c as i128, b as i128 + d as i128])
    };
    int_subtract_in_range: IntSubtractOverflows |f, a, b| {
        let ((a, b), (c, d)) = (range(f, a), range(f, b));
        no_overflow(f, &[a as i128 - d as i128, b as i128 - c as i128])
    };
    int_multiply_in_range: IntMultiplyOverflows |f, a, b| {
        let ((a, b), (c, d)) = (range(f, a), range(f, b));
        let (a, b, c, d) = (a as i128, b as i128, c as i128, d as i128);
        no_overflow(f, &[a * c, a * d, b * c, b * d])
    };
    int_shift_in_range: IntShiftLeftOverflows |f, a, b| {
        let ((minimum, maximum), (_, shift)) = (range(f, a), range(f, b));
        if !(0..62).contains(&shift) { return None }
        no_overflow(f, &[(minimum as i128) << shift, (maximum as i128) << shift])
    };

    int_and_self: IntAnd |_f, a, b| (a == b).then_some(a);
    int_and_zero: IntAnd |f, _a, b| is(f, b, 0).then_some(b);
    int_and_ones: IntAnd |f, a, b| is(f, b, -1).then_some(a);
    int_and_mask_of_smaller: IntAnd |f, a, b| {
        let mask = f.constant_of(b)? as i64;
        let (minimum, maximum) = range(f, a);
        // A mask of low ones changes nothing that lies below it.
        (mask > 0 && mask & (mask + 1) == 0 && minimum >= 0 && maximum <= mask).then_some(a)
    };
    int_or_self: IntOr |_f, a, b| (a == b).then_some(a);
    int_or_zero: IntOr |f, a, b| is(f, b, 0).then_some(a);
    int_xor_self: IntXor |f, a, b| (a == b).then(|| f.const_int(0));
    int_xor_zero: IntXor |f, a, b| is(f, b, 0).then_some(a);
    int_shift_left_zero: IntShiftLeft |f, a, b| is(f, b, 0).then_some(a);
    int_shift_right_zero: IntShiftRight |f, a, b| is(f, b, 0).then_some(a);

    int_minimum_by_range: IntMinimum |f, a, b| less(f, b, a).map(|below| if below { b } else { a });
    int_maximum_by_range: IntMaximum |f, a, b| less(f, b, a).map(|below| if below { a } else { b });

    int_less_by_range: IntLess |f, a, b| less(f, a, b).map(|truth| f.const_bool(truth));
    int_less_equal_by_range: IntLessEqual |f, a, b| {
        if a == b { return Some(f.const_bool(true)) }
        less(f, b, a).map(|truth| f.const_bool(!truth))
    };
    int_equal_self: IntEqual |f, a, b| (a == b).then(|| f.const_bool(true));
    int_equal_apart: IntEqual |f, a, b| {
        let apart = less(f, a, b) == Some(true) || less(f, b, a) == Some(true);
        apart.then(|| f.const_bool(false))
    };

    int_to_raw_of_raw: IntToRaw |f, a, _b| (f.op(a) == Op::RawToInt).then(|| f.get(a).operands[0]);
    raw_to_int_of_int: RawToInt |f, a, _b| (f.op(a) == Op::IntToRaw).then(|| f.get(a).operands[0]);
}
