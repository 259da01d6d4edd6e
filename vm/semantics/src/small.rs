//! Small integers, as the interpreter's primitives hold them.

/// An integer of 62 bits, multiplied by four.
#[derive(Clone, Copy)]
pub struct Small(pub(crate) i64);

impl Small {
    #[inline(always)]
    pub(crate) fn get(self) -> i64 {
        self.0 >> 2
    }

    #[inline(always)]
    pub(crate) fn new(value: i64) -> Option<Small> {
        value.checked_mul(4).map(Small)
    }

    /// Whether this is at least `other`.
    pub fn at_least(self, other: Small) -> bool {
        self.0 >= other.0
    }

    /// Whether this is the integer `value`.
    pub fn is(self, value: i64) -> bool {
        self.get() == value
    }
}
