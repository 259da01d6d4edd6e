//! Bitwise operations and shifts of integers, in two's complement without end.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::int::{
    Integer, LIMBS_MAX, as_i64, from_i64, from_i128, from_limbs, is_int_like, kernel, not_implemented, too_large,
    with_limbs,
};
use crate::value::Value;

/// `a & b` of integers.
pub fn and(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    bitwise(cx, a, b, |x, y| x & y)
}

/// `a | b` of integers.
pub fn or(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    bitwise(cx, a, b, |x, y| x | y)
}

/// `a ^ b` of integers.
pub fn xor(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    bitwise(cx, a, b, |x, y| x ^ y)
}

#[inline(always)]
fn bitwise(cx: &mut Context, a: Value, b: Value, op: impl Fn(u64, u64) -> u64) -> Result<Owned> {
    if let (Some(x), Some(y)) = (as_i64(a), as_i64(b)) {
        return Ok(from_i64(cx, op(x as u64, y as u64) as i64));
    }
    let (Some(x), Some(y)) = (Integer::of(a), Integer::of(b)) else { return not_implemented() };
    let length = x.magnitude().len().max(y.magnitude().len()) + 1;
    Ok(with_limbs(cx, length, |cx, out| {
        let negative = kernel::bitwise(out, (x.magnitude(), x.negative), (y.magnitude(), y.negative), op);
        from_limbs(cx, negative, out)
    }))
}

/// `~a` of an integer.
pub fn invert(cx: &mut Context, a: Value) -> Result<Owned> {
    if let Some(x) = as_i64(a) {
        return Ok(from_i64(cx, !x));
    }
    let Some(x) = Integer::of(a) else { return not_implemented() };
    // ~a is -a - 1: away from zero by one for positive numbers, towards it for negative ones.
    Ok(super::arithmetic::add_signed(
        cx,
        &Integer::from_magnitude(!x.negative, x.magnitude()),
        &Integer::from_i64(1),
        true,
    ))
}

/// `a << b` of integers.
pub fn left_shift(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let (Some(x), true) = (Integer::of(a), is_int_like(b)) else { return not_implemented() };
    let count = as_i64(b);
    if count.map_or_else(|| Integer::of(b).is_some_and(|y| y.negative), |count| count < 0) {
        return Err(cx.value_error("negative shift count"));
    }
    if x.is_zero() {
        return Ok(Owned::from_raw(Value::from_small_int(0)));
    }
    let Some(count) = count else { return Err(cx.overflow_error("too many digits in integer")) };
    if let (Some(small), true) = (as_i64(a), count < 64) {
        return Ok(from_i128(cx, (small as i128) << count));
    }
    let length = x.magnitude().len() + (count as u64 / 64) as usize + 1;
    if length > LIMBS_MAX {
        return Err(too_large(cx));
    }
    Ok(with_limbs(cx, length, |cx, out| {
        kernel::shift_left(out, x.magnitude(), count as u64);
        from_limbs(cx, x.negative, out)
    }))
}

/// `a >> b` of integers, rounding down.
pub fn right_shift(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let (Some(x), Some(y)) = (Integer::of(a), Integer::of(b)) else { return not_implemented() };
    if y.negative {
        return Err(cx.value_error("negative shift count"));
    }
    let count = match as_i64(b) {
        Some(count) if (count as u64) < x.bit_length() => count as u64,
        _ => return Ok(Owned::from_raw(Value::from_small_int(if x.negative { -1 } else { 0 }))),
    };
    if let Some(small) = as_i64(a) {
        return Ok(from_i64(cx, small >> count));
    }
    let length = x.magnitude().len() - (count / 64) as usize;
    Ok(with_limbs(cx, length + 1, |cx, out| {
        out[length] = 0;
        let lost = kernel::shift_right(&mut out[..length], x.magnitude(), count);
        if x.negative && lost {
            // Away from zero: the carry may need the spare limb.
            for limb in out.iter_mut() {
                *limb = limb.wrapping_add(1);
                if *limb != 0 {
                    break;
                }
            }
        }
        from_limbs(cx, x.negative, out)
    }))
}
