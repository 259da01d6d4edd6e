//! `float`: almost all live in the value word; rare magnitudes and instances of subclasses are boxed.
//!
//! Not here: methods (`builtins/float_methods.rs`) and formatting with a specification.

pub mod arithmetic;
pub mod complex;
pub mod complex_new;
pub mod half;
pub mod new;
pub mod text;

use crate::context::{Context, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::object_type;
use crate::objects::int::{self, kernel};
use crate::objects::method::address_hash;
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, Slots};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{instance, str::StrObject};
use crate::value::Value;

pub use arithmetic::{add, divmod, floor_divide, multiply, power, remainder, subtract, true_divide};
pub use text::repr;

/// A boxed float.
#[repr(C)]
pub struct FloatObject {
    pub header: Header,
    pub value: f64,
}

object_type!(FloatObject, FLOAT);

pub static FLOAT: StaticType = Immortal::new(
    TypeObject::builtin(
        "float",
        size_of::<FloatObject>(),
        Slots {
            repr: Some(|cx, value| Ok(text::with_repr(float_of(value), |text| StrObject::new(cx, text)))),
            hash: Some(|_, value| Ok(hash(value))),
            compare: Some(arithmetic::compare),
            binary: BINARY,
            negative: Some(|cx, value| Ok(from_f64(cx, -float_of(value)))),
            positive: Some(|cx, value| Ok(exact(cx, value))),
            absolute: Some(|cx, value| Ok(from_f64(cx, float_of(value).abs()))),
            int: Some(|cx, value| to_int(cx, float_of(value))),
            float: Some(|cx, value| Ok(exact(cx, value))),
            truth: Some(|_, value| Ok(float_of(value) != 0.0)),
            new: Some(new::new),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE)
    .with_doc("The floating-point number of a number or of text."),
);

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(add);
    table[BinaryOp::Subtract as usize] = Some(subtract);
    table[BinaryOp::Multiply as usize] = Some(multiply);
    table[BinaryOp::TrueDivide as usize] = Some(true_divide);
    table[BinaryOp::FloorDivide as usize] = Some(floor_divide);
    table[BinaryOp::Remainder as usize] = Some(remainder);
    table[BinaryOp::Power as usize] = Some(power);
    table
};

/// A `float`, boxed only if its magnitude is rare.
#[inline(always)]
pub fn from_f64(cx: &mut Context, value: f64) -> Owned {
    match Value::try_from_float(value) {
        Some(value) => Owned::from_raw(value),
        None => boxed(cx, value),
    }
}

#[cold]
#[inline(never)]
fn boxed(cx: &mut Context, value: f64) -> Owned {
    allocate(cx, &FLOAT, value)
}

/// A float object of `kind`, whether or not it could do without the box.
pub fn allocate(cx: &mut Context, kind: &'static TypeObject, value: f64) -> Owned {
    let object = instance::allocate(cx, kind, 0).cast::<FloatObject>();
    // SAFETY: (heap 3) the fresh object has room for its value.
    unsafe { (&raw mut (*object).value).write(value) };
    Owned::from_raw(Value::from_pointer(object))
}

/// The number of a `float` or an instance of a subclass; `None` for anything else.
#[inline(always)]
pub fn as_f64(value: Value) -> Option<f64> {
    if value.is_float() { Some(value.float()) } else { as_f64_boxed(value) }
}

#[inline(never)]
fn as_f64_boxed(value: Value) -> Option<f64> {
    value.cast::<FloatObject>().map(|object| object.value)
}

/// The number of a value that is known to be a float.
#[inline]
fn float_of(value: Value) -> f64 {
    as_f64(value).unwrap_or(f64::NAN)
}

/// The same number as an exact `float`.
pub fn exact(cx: &mut Context, value: Value) -> Owned {
    from_f64(cx, float_of(value))
}

/// The number of a float or integer, as operands of float arithmetic are taken; `None` for anything else.
#[inline]
pub fn operand(cx: &mut Context, value: Value) -> Result<Option<f64>> {
    if let Some(float) = as_f64(value) {
        return Ok(Some(float));
    }
    if int::is_int_like(value) { int::to_f64(cx, value).map(Some) } else { Ok(None) }
}

/// The number behind any value that can stand for a float: floats, integers, and objects with `__float__` or
/// `__index__`. What functions with float parameters use.
pub fn from_value(cx: &mut Context, value: Value) -> Result<f64> {
    if let Some(float) = operand(cx, value)? {
        return Ok(float);
    }
    match new::from_number(cx, value)? {
        Some(float) => Ok(float),
        None => Err(cx.type_error(format!("must be real number, not {}", value.type_of().name()))),
    }
}

/// `int(value)`: towards zero.
pub fn to_int(cx: &mut Context, value: f64) -> Result<Owned> {
    if value.is_nan() {
        return Err(cx.value_error("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(cx.overflow_error("cannot convert float infinity to integer"));
    }
    Ok(int::from_f64_truncated(cx, value))
}

/// The hash of infinity.
const HASH_INFINITY: i64 = 314159;

/// The hash of a float value: equal to that of the integer or fraction of the same number.
pub fn hash(value: Value) -> i64 {
    let float = float_of(value);
    if float.is_nan() {
        // Each NaN object is unequal to everything, so the hash goes by the object, as for plain objects.
        return address_hash(value);
    }
    hash_f64(float)
}

/// The hash of a number that is not NaN: its residue modulo the prime 2^61 - 1.
pub fn hash_f64(value: f64) -> i64 {
    if value.is_infinite() {
        return if value > 0.0 { HASH_INFINITY } else { -HASH_INFINITY };
    }
    if value == 0.0 {
        return 0;
    }
    let bits = value.abs().to_bits();
    let exponent = (bits >> 52) as i64;
    let mantissa = bits & ((1 << 52) - 1) | ((exponent != 0) as u64) << 52;
    // Multiplication by 2^n rotates a residue modulo 2^61 - 1 by n.
    let rotation = (exponent.max(1) - 1075).rem_euclid(kernel::HASH_BITS as i64) as u32;
    let low = mantissa << rotation & kernel::HASH_MODULUS;
    let high = mantissa >> (kernel::HASH_BITS - rotation);
    // The mantissa has at most 53 bits, so the parts do not overlap.
    int::signed_hash((low | high) % kernel::HASH_MODULUS, value < 0.0)
}

#[cfg(test)]
mod tests {
    use super::hash_f64;

    #[test]
    fn hashes_are_those_of_cpython() {
        assert_eq!(hash_f64(1e308), 156575653125701);
        assert_eq!(hash_f64(0.1), 230584300921369408);
        assert_eq!(hash_f64(-1.5), -1152921504606846977);
        assert_eq!(hash_f64(-1.0), -2);
        assert_eq!(hash_f64(4.0), 4);
        assert_eq!(hash_f64(f64::NEG_INFINITY), -314159);
        assert_eq!(hash_f64(5e-324), 1 << (61 * 18 - 1074));
    }
}
