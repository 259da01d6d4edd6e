//! What handlers compute with: the kinds of values of an instance, and the primitives on unboxed numbers.

use sidewinder_runtime::objects::slots::CompareOp;

/// The part of `Semantics` that knows no objects. The same rule holds: only what answers with a Rust `bool` or `Option` can
/// be branched on.
pub trait Numbers: Sized {
    /// A value that somebody else owns.
    type Value: Copy;
    /// A value with one count, to be consumed exactly once.
    type Owned;
    /// An integer of 62 bits.
    type Int: Copy;
    type Float: Copy;
    /// A machine word.
    type Raw: Copy;

    // Integers.
    fn box_int(&mut self, value: Self::Int) -> Self::Owned;
    fn int_constant(&mut self, value: i64) -> Self::Int;
    fn int_add(&mut self, a: Self::Int, b: Self::Int) -> Option<Self::Int>;
    fn int_subtract(&mut self, a: Self::Int, b: Self::Int) -> Option<Self::Int>;
    fn int_multiply(&mut self, a: Self::Int, b: Self::Int) -> Option<Self::Int>;
    /// `None` when b is zero or the result does not fit.
    fn int_floor_divide(&mut self, a: Self::Int, b: Self::Int) -> Option<Self::Int>;
    fn int_remainder(&mut self, a: Self::Int, b: Self::Int) -> Option<Self::Int>;
    fn int_and(&mut self, a: Self::Int, b: Self::Int) -> Self::Int;
    fn int_or(&mut self, a: Self::Int, b: Self::Int) -> Self::Int;
    fn int_xor(&mut self, a: Self::Int, b: Self::Int) -> Self::Int;
    /// `None` when b is out of 0..62 or the result does not fit.
    fn int_shift_left(&mut self, a: Self::Int, b: Self::Int) -> Option<Self::Int>;
    /// `None` when b is negative.
    fn int_shift_right(&mut self, a: Self::Int, b: Self::Int) -> Option<Self::Int>;
    fn int_minimum(&mut self, a: Self::Int, b: Self::Int) -> Self::Int;
    fn int_maximum(&mut self, a: Self::Int, b: Self::Int) -> Self::Int;
    fn int_compare(&mut self, op: CompareOp, a: Self::Int, b: Self::Int) -> bool;
    fn int_to_float(&mut self, a: Self::Int) -> Self::Float;
    fn int_to_raw(&mut self, a: Self::Int) -> Self::Raw;
    fn raw_to_int(&mut self, a: Self::Raw) -> Self::Int;
    /// The integer as a double if that is exact.
    fn int_to_exact_float(&mut self, a: Self::Int) -> Option<Self::Float>;

    // Floats.
    fn box_float(&mut self, value: Self::Float) -> Self::Owned;
    fn float_add(&mut self, a: Self::Float, b: Self::Float) -> Self::Float;
    fn float_subtract(&mut self, a: Self::Float, b: Self::Float) -> Self::Float;
    fn float_multiply(&mut self, a: Self::Float, b: Self::Float) -> Self::Float;
    /// `None` when b is zero.
    fn float_divide(&mut self, a: Self::Float, b: Self::Float) -> Option<Self::Float>;
    fn float_negate(&mut self, a: Self::Float) -> Self::Float;
    fn float_compare(&mut self, op: CompareOp, a: Self::Float, b: Self::Float) -> bool;
    fn float_power(&mut self, a: Self::Float, b: Self::Float) -> Self::Float;
    fn float_constant(&mut self, value: f64) -> Self::Float;
    fn float_absolute(&mut self, a: Self::Float) -> Self::Float;
    /// For a value that is not below zero.
    fn float_square_root(&mut self, a: Self::Float) -> Self::Float;
    fn float_is_finite(&mut self, a: Self::Float) -> bool;

    // Words.
    fn raw_constant(&mut self, value: i64) -> Self::Raw;
    fn raw_equal(&mut self, a: Self::Raw, b: Self::Raw) -> bool;
    /// a < b, both not negative.
    fn raw_below(&mut self, a: Self::Raw, b: Self::Raw) -> bool;
    fn raw_add(&mut self, a: Self::Raw, b: Self::Raw) -> Self::Raw;
}
