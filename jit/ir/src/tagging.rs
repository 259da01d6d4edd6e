//! The encoding of value words, for code that must not depend on the runtime: the folder, the reference executor, the
//! printer. The JIT's layout check compares these constants with the runtime's.

/// Subtracted from a float's bits before the rotation.
pub const FLOAT_BIAS: u64 = 1 << 60;
/// The left rotation of a tagged float.
pub const FLOAT_ROTATION: u32 = 4;
/// Bits of the tag of an integer.
pub const INT_SHIFT: u32 = 2;
/// Largest integer that needs no box.
pub const INT_MAX: i64 = (1 << 61) - 1;
/// Smallest integer that needs no box.
pub const INT_MIN: i64 = -(1 << 61);
/// Zero in `word & COUNTED_MASK` for a mortal object (and for unbound).
pub const COUNTED_MASK: u64 = 0xB;

/// What a word is, as far as its bits say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WordKind {
    Unbound,
    Int,
    Float,
    /// A heap object that carries a count.
    Mortal,
    /// A static heap object without a count.
    Immortal,
}

pub fn kind(word: u64) -> WordKind {
    if word == 0 {
        WordKind::Unbound
    } else if word & 2 != 0 {
        WordKind::Float
    } else if word & 1 != 0 {
        WordKind::Int
    } else if word & 8 != 0 {
        WordKind::Immortal
    } else {
        WordKind::Mortal
    }
}

pub fn is_counted(word: u64) -> bool {
    kind(word) == WordKind::Mortal
}

pub fn int_fits(value: i64) -> bool {
    (INT_MIN..=INT_MAX).contains(&value)
}

pub fn box_int(value: i64) -> u64 {
    (value << INT_SHIFT) as u64 | 1
}

pub fn unbox_int(word: u64) -> i64 {
    word as i64 >> INT_SHIFT
}

/// The tagged form of a double's bits; only meaningful if `float_fits`.
pub fn box_float(bits: u64) -> u64 {
    bits.wrapping_sub(FLOAT_BIAS).rotate_left(FLOAT_ROTATION)
}

pub fn unbox_float(word: u64) -> u64 {
    word.rotate_right(FLOAT_ROTATION).wrapping_add(FLOAT_BIAS)
}

pub fn float_fits(bits: u64) -> bool {
    box_float(bits) & 2 != 0
}
