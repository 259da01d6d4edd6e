//! `int`: small ones live in the value word, all others are heap objects of sign and limbs.
//!
//! **Invariants**: an object of the exact type `int` that a computation returns needs more than 62 bits; but readers
//! accept boxed small ones, since `bool`, subclasses of `int` and foreign code hold those. Limbs are trimmed.
//! Not here: methods (`builtins/int_methods.rs`) and formatting with a specification.

pub mod arithmetic;
pub mod big;
pub mod bitwise;
pub mod compare;
pub mod division;
pub mod kernel;
pub mod new;
pub mod parse;
pub mod power;
pub mod short;
pub mod text;

use crate::context::{Context, Raised, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::object_type;
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, Slots};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, instance, singleton};
use crate::value::{INT_MAX, Value};
use std::cell::Cell;

pub use arithmetic::{add, multiply, subtract};
pub use big::Integer;
pub use bitwise::{and, left_shift, or, right_shift, xor};
pub use division::{divmod, floor_divide, remainder, true_divide};
pub use parse::{from_decimal, parse};
pub use power::{power, power_modular};

/// A boxed integer; its limbs follow.
#[repr(C)]
pub struct IntObject {
    pub header: Header,
    /// Number of limbs, negative for a negative number.
    pub length: Cell<i64>,
    pub limbs: [u64; 0],
}

object_type!(IntObject, INT);

/// Bytes of an integer object before its limbs.
pub const LIMBS_OFFSET: usize = size_of::<IntObject>();
/// Limbs of the largest integer: half a gigabyte each. Larger ones raise `MemoryError`.
pub const LIMBS_MAX: usize = 1 << 26;

pub static INT: StaticType = Immortal::new(
    TypeObject::builtin(
        "int",
        LIMBS_OFFSET,
        Slots {
            repr: Some(text::repr),
            hash: Some(|_, value| Ok(hash(value))),
            compare: Some(compare::compare),
            binary: BINARY,
            negative: Some(arithmetic::negative),
            positive: Some(arithmetic::positive),
            invert: Some(bitwise::invert),
            absolute: Some(arithmetic::absolute),
            int: Some(arithmetic::positive),
            float: Some(|cx, value| to_f64(cx, value).map(|float| crate::objects::float::from_f64(cx, float))),
            index: Some(arithmetic::positive),
            truth: Some(|_, value| Ok(truth(value))),
            new: Some(new::new),
            size: Some(size),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::INT)
    .with_doc(new::DOC),
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
    table[BinaryOp::LeftShift as usize] = Some(left_shift);
    table[BinaryOp::RightShift as usize] = Some(right_shift);
    table[BinaryOp::And as usize] = Some(and);
    table[BinaryOp::Or as usize] = Some(or);
    table[BinaryOp::Xor as usize] = Some(xor);
    table
};

impl IntObject {
    /// The limbs, least significant first.
    #[inline]
    pub fn magnitude(&self) -> &[u64] {
        let length = self.length.get().unsigned_abs() as usize;
        // SAFETY: (heap 2) an integer object of `length` limbs holds them right after its fields.
        unsafe { std::slice::from_raw_parts((&raw const self.limbs).cast(), length) }
    }

    pub fn is_negative(&self) -> bool {
        self.length.get() < 0
    }
}

/// Bytes of an integer object, of `int` or of a subclass (whose attributes are kept outside).
///
/// # Safety
/// `header` is a live integer object.
unsafe fn size(header: *mut Header) -> usize {
    // SAFETY: the caller's promise.
    let object = unsafe { &*header.cast::<IntObject>() };
    bytes_of(object.length.get().unsigned_abs() as usize)
}

/// Bytes of an integer object with `length` limbs.
fn bytes_of(length: usize) -> usize {
    LIMBS_OFFSET + length * size_of::<u64>()
}

/// Gives back a dead integer of exact type `int`.
///
/// # Safety
/// The header is that of such an integer, which nobody uses any more.
#[inline]
pub unsafe fn free(cx: &mut Context, header: *mut Header) {
    // SAFETY: (heap 2) the caller's promise.
    unsafe { cx.heap.free(header, size(header), false) };
}

/// An integer object of `kind` with these limbs, whether or not it could do without the box.
pub fn allocate(cx: &mut Context, kind: &'static TypeObject, negative: bool, limbs: &[u64]) -> Owned {
    let limbs = kernel::trim(limbs);
    let bytes = bytes_of(limbs.len());
    let header = if std::ptr::eq(kind, &INT.object) {
        cx.heap.allocate(kind, bytes, false)
    } else {
        instance::allocate(cx, kind, bytes)
    };
    let object = header.cast::<IntObject>();
    let length = limbs.len() as i64;
    // SAFETY: (heap 3) the fresh object has room for its length and this many limbs.
    unsafe {
        (&raw mut (*object).length).write(Cell::new(if negative { -length } else { length }));
        std::ptr::copy_nonoverlapping(limbs.as_ptr(), (&raw mut (*object).limbs).cast(), limbs.len());
    }
    Owned::from_raw(Value::from_pointer(object))
}

/// An `int` from sign and limbs (trimmed or not), unboxed if it fits.
pub fn from_limbs(cx: &mut Context, negative: bool, limbs: &[u64]) -> Owned {
    let limbs = kernel::trim(limbs);
    let magnitude = match limbs {
        [] => 0,
        [limb] => *limb,
        _ => return allocate(cx, &INT, negative, limbs),
    };
    if magnitude <= INT_MAX as u64 {
        let value = magnitude as i64;
        return Owned::from_raw(Value::from_small_int(if negative { -value } else { value }));
    }
    if negative && magnitude == INT_MAX as u64 + 1 {
        return Owned::from_raw(Value::from_small_int(crate::value::INT_MIN));
    }
    allocate(cx, &INT, negative, limbs)
}

/// An `int`, unboxed if it fits.
#[inline(always)]
pub fn from_i64(cx: &mut Context, value: i64) -> Owned {
    match Value::try_from_int(value) {
        Some(value) => Owned::from_raw(value),
        None => from_limbs(cx, value < 0, &[value.unsigned_abs()]),
    }
}

#[inline]
pub fn from_u64(cx: &mut Context, value: u64) -> Owned {
    if value <= INT_MAX as u64 {
        return Owned::from_raw(Value::from_small_int(value as i64));
    }
    allocate(cx, &INT, false, &[value])
}

#[inline]
pub fn from_usize(cx: &mut Context, value: usize) -> Owned {
    from_u64(cx, value as u64)
}

/// An `int` from a number of two limbs: what the interpreter's overflowing sums and products need.
pub fn from_i128(cx: &mut Context, value: i128) -> Owned {
    if let Some(small) = i64::try_from(value).ok().and_then(Value::try_from_int) {
        return Owned::from_raw(small);
    }
    let magnitude = value.unsigned_abs();
    from_limbs(cx, value < 0, &[magnitude as u64, (magnitude >> 64) as u64])
}

/// The `int` nearest to zero from a finite float: its fraction is cut off.
pub fn from_f64_truncated(cx: &mut Context, value: f64) -> Owned {
    if value.abs() < INT_MAX as f64 {
        return Owned::from_raw(Value::from_small_int(value as i64));
    }
    let (mantissa, shift) = kernel::decompose(value);
    let mut limbs = [0; 17];
    kernel::shift_left(&mut limbs[..shift as usize / 64 + 2], &[mantissa], shift as u64);
    from_limbs(cx, value < 0.0, &limbs)
}

/// The number of an `int` of any representation (unboxed, boxed, `bool`, subclass), if it fits.
#[inline(always)]
pub fn as_i64(value: Value) -> Option<i64> {
    if value.is_int() { Some(value.int()) } else { as_i64_boxed(value) }
}

#[inline(never)]
fn as_i64_boxed(value: Value) -> Option<i64> {
    as_object(value).and_then(|object| {
        let magnitude = match *object.magnitude() {
            [] => 0,
            [limb] => limb,
            _ => return None,
        };
        if object.is_negative() { 0i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
    })
}

/// The number of an `int` of any representation, if it fits.
pub fn as_u64(value: Value) -> Option<u64> {
    let integer = Integer::of(value)?;
    match *integer.magnitude() {
        [] => Some(0),
        [limb] if !integer.negative => Some(limb),
        _ => None,
    }
}

/// The boxed integer behind a value.
#[inline]
pub fn as_object<'a>(value: Value) -> Option<&'a IntObject> {
    if !value.is_pointer() || value.is_unbound() || !value.heap_type().has_flag(flags::INT) {
        return None;
    }
    // SAFETY: (heap 2) objects of `int` and its subtypes, which the flag marks, start with an IntObject.
    Some(unsafe { value.cast_unchecked() })
}

/// Whether the value is an `int`, a `bool` or an instance of a subclass of `int`.
#[inline(always)]
pub fn is_int_like(value: Value) -> bool {
    value.is_int() || as_object(value).is_some()
}

/// Whether the value's type is exactly `int`.
#[inline(always)]
pub fn is_exact(value: Value) -> bool {
    value.is_int() || value.has_type(&INT)
}

/// The same number as an exact `int`, unboxed if it fits.
pub fn exact(cx: &mut Context, value: Value) -> Owned {
    match as_i64(value) {
        Some(small) => from_i64(cx, small),
        None => match Integer::of(value) {
            Some(integer) if !value.has_type(&INT) => from_limbs(cx, integer.negative, integer.magnitude()),
            _ => Owned::new(value),
        },
    }
}

/// The nearest float (half to even); OverflowError beyond its range. TypeError for what is no `int`.
pub fn to_f64(cx: &mut Context, value: Value) -> Result<f64> {
    if let Some(small) = as_i64(value) {
        return Ok(small as f64);
    }
    let Some(integer) = Integer::of(value) else {
        return Err(cx.type_error(format!("must be real number, not {}", value.type_of().name())));
    };
    let float = integer.to_f64();
    if float.is_infinite() {
        return Err(cx.overflow_error("int too large to convert to float"));
    }
    Ok(float)
}

/// Whether an `int` is less than zero.
#[inline]
pub fn is_negative(value: Value) -> bool {
    if value.is_int() { value.int() < 0 } else { as_object(value).is_some_and(IntObject::is_negative) }
}

/// Whether an `int` is not zero.
pub fn truth(value: Value) -> bool {
    if value.is_int() { value.int() != 0 } else { as_object(value).is_some_and(|object| object.length.get() != 0) }
}

/// The hash of an `int`: the residue modulo 2^61 - 1 with the number's sign; -1 is kept for errors.
#[inline]
pub fn hash(value: Value) -> i64 {
    if value.is_int() && value.int().unsigned_abs() < kernel::HASH_MODULUS {
        let hash = value.int();
        return if hash == -1 { -2 } else { hash };
    }
    match Integer::of(value) {
        Some(integer) => signed_hash(kernel::hash(integer.magnitude()), integer.negative),
        None => 0,
    }
}

/// A numeric hash from its residue and sign.
#[inline]
pub fn signed_hash(residue: u64, negative: bool) -> i64 {
    let hash = if negative { -(residue as i64) } else { residue as i64 };
    if hash == -1 { -2 } else { hash }
}

/// Limbs of the largest scratch room that a thread keeps.
const SCRATCH_LIMBS_MAX: usize = 1 << 17;

/// Calls `fill` with room for `length` limbs, which it fills: on the stack if they are few, else in room that the thread keeps.
#[inline]
pub(crate) fn with_limbs<R>(cx: &mut Context, length: usize, fill: impl FnOnce(&mut Context, &mut [u64]) -> R) -> R {
    const FEW: usize = 8;
    if length <= FEW {
        return fill(cx, &mut [0; FEW][..length]);
    }
    let mut room = std::mem::take(&mut cx.limbs);
    if room.len() < length {
        room.resize(length, 0);
    }
    let result = fill(cx, &mut room[..length]);
    if room.len() <= SCRATCH_LIMBS_MAX {
        cx.limbs = room;
    }
    result
}

/// The number of an `int` of any representation, if it fits.
#[inline]
pub(crate) fn as_i128(value: Value) -> Option<i128> {
    if value.is_int() {
        return Some(i128::from(value.int()));
    }
    let object = as_object(value)?;
    let magnitude = match *object.magnitude() {
        [low] => u128::from(low),
        [low, high] => u128::from(high) << 64 | u128::from(low),
        _ => return None,
    };
    let magnitude = i128::try_from(magnitude).ok()?;
    Some(if object.is_negative() { -magnitude } else { magnitude })
}

/// MemoryError, for numbers beyond `LIMBS_MAX`.
#[cold]
pub fn too_large(cx: &mut Context) -> Raised {
    exception::raise_arguments(cx, &exception::MEMORY_ERROR, &[])
}

/// The result of a binary slot for operands it knows nothing of.
#[inline]
pub(crate) fn not_implemented() -> Result<Owned> {
    Ok(Owned::new(singleton::not_implemented()))
}
