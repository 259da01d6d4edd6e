//! Sums, products and signs of integers.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::int::{
    Integer, LIMBS_MAX, as_i64, as_i128, exact, from_i128, from_limbs, is_exact, kernel, not_implemented, too_large,
    with_limbs,
};
use crate::value::Value;
use dashu_int::UBig;
use std::cmp::Ordering;

/// Limbs of the shorter factor from which the library's faster algorithms win.
const LONG_PRODUCT_LIMBS: usize = 32;

/// `a + b` of integers.
pub fn add(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    if let (Some(x), Some(y)) = (as_i64(a), as_i64(b)) {
        return Ok(from_i128(cx, x as i128 + y as i128));
    }
    if let (Some(x), Some(y)) = (as_i128(a), as_i128(b))
        && let Some(result) = x.checked_add(y)
    {
        return Ok(from_i128(cx, result));
    }
    let (Some(x), Some(y)) = (Integer::of(a), Integer::of(b)) else { return not_implemented() };
    Ok(add_signed(cx, &x, &y, y.negative))
}

/// `a - b` of integers.
pub fn subtract(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    if let (Some(x), Some(y)) = (as_i64(a), as_i64(b)) {
        return Ok(from_i128(cx, x as i128 - y as i128));
    }
    if let (Some(x), Some(y)) = (as_i128(a), as_i128(b))
        && let Some(result) = x.checked_sub(y)
    {
        return Ok(from_i128(cx, result));
    }
    let (Some(x), Some(y)) = (Integer::of(a), Integer::of(b)) else { return not_implemented() };
    Ok(add_signed(cx, &x, &y, !y.negative))
}

/// The sum of `a` and of `b` with another sign.
pub fn add_signed(cx: &mut Context, a: &Integer<'_>, b: &Integer<'_>, b_negative: bool) -> Owned {
    let (x, y) = (a.magnitude(), b.magnitude());
    if a.negative == b_negative {
        let (long, short) = if x.len() >= y.len() { (x, y) } else { (y, x) };
        return with_limbs(cx, long.len() + 1, |cx, out| {
            kernel::add(out, long, short);
            from_limbs(cx, a.negative, out)
        });
    }
    let (large, small, negative) = match kernel::compare(x, y) {
        Ordering::Equal => return Owned::from_raw(Value::from_small_int(0)),
        Ordering::Greater => (x, y, a.negative),
        Ordering::Less => (y, x, b_negative),
    };
    with_limbs(cx, large.len(), |cx, out| {
        kernel::subtract(out, large, small);
        from_limbs(cx, negative, out)
    })
}

/// `a * b` of integers.
pub fn multiply(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    if let (Some(x), Some(y)) = (as_i64(a), as_i64(b)) {
        return Ok(from_i128(cx, x as i128 * y as i128));
    }
    if let (Some(x), Some(y)) = (as_i128(a), as_i128(b))
        && let Some(result) = x.checked_mul(y)
    {
        return Ok(from_i128(cx, result));
    }
    let (Some(x), Some(y)) = (Integer::of(a), Integer::of(b)) else { return not_implemented() };
    let negative = x.negative != y.negative;
    let (x, y) = (x.magnitude(), y.magnitude());
    let length = x.len() + y.len();
    if length > LIMBS_MAX {
        return Err(too_large(cx));
    }
    if x.len().min(y.len()) >= LONG_PRODUCT_LIMBS {
        let product = if x == y { UBig::from_words(x).sqr() } else { UBig::from_words(x) * UBig::from_words(y) };
        return Ok(from_limbs(cx, negative, product.as_words()));
    }
    Ok(with_limbs(cx, length, |cx, out| {
        kernel::multiply(out, x, y);
        from_limbs(cx, negative, out)
    }))
}

/// `-a` of an integer.
pub fn negative(cx: &mut Context, a: Value) -> Result<Owned> {
    if let Some(x) = as_i64(a) {
        return Ok(from_i128(cx, -(x as i128)));
    }
    let Some(x) = Integer::of(a) else { return not_implemented() };
    Ok(from_limbs(cx, !x.negative, x.magnitude()))
}

/// `+a` of an integer: itself, as an exact `int`. Serves `__int__`, `__index__` and their like too.
pub fn positive(cx: &mut Context, a: Value) -> Result<Owned> {
    if a.is_int() {
        return Ok(Owned::from_raw(a));
    }
    Ok(exact(cx, a))
}

/// `abs(a)` of an integer.
pub fn absolute(cx: &mut Context, a: Value) -> Result<Owned> {
    match Integer::of(a) {
        Some(x) if x.negative => negative(cx, a),
        Some(_) if is_exact(a) => Ok(Owned::new(a)),
        _ => positive(cx, a),
    }
}
