//! What is known about one value, as a lattice: more facts mean fewer possible values.

use crate::layout::Layout;
use sidewinder_ir::tagging::{self, INT_MAX, INT_MIN, WordKind};

/// Bits of the kinds of words that a value may be.
pub mod kinds {
    pub const INT: u8 = 1;
    pub const FLOAT: u8 = 2;
    pub const MORTAL: u8 = 4;
    pub const IMMORTAL: u8 = 8;
    pub const UNBOUND: u8 = 16;
    pub const POINTER: u8 = MORTAL | IMMORTAL;
    pub const ANY: u8 = 31;
}

/// Facts about a value. For integers only the range counts, for doubles only `fits`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts {
    pub kinds: u8,
    /// The type of a heap object, where it can never change; 0 if unknown.
    pub fixed_type: u64,
    /// Whether a double is known to fit an unboxed value.
    pub fits: bool,
    pub minimum: i64,
    pub maximum: i64,
}

impl Facts {
    /// Nothing is known.
    pub const NONE: Facts = Facts { kinds: kinds::ANY, fixed_type: 0, fits: false, minimum: INT_MIN, maximum: INT_MAX };

    pub fn of_kinds(kinds: u8) -> Facts {
        Facts { kinds, ..Facts::NONE }
    }

    pub fn of_word(word: u64) -> Facts {
        Facts::of_kinds(match tagging::kind(word) {
            WordKind::Unbound => kinds::UNBOUND,
            WordKind::Int => kinds::INT,
            WordKind::Float => kinds::FLOAT,
            WordKind::Mortal => kinds::MORTAL,
            WordKind::Immortal => kinds::IMMORTAL,
        })
    }

    /// An object whose type is known; `fixed` says whether it can never change.
    pub fn of_type(type_address: u64, layout: &Layout) -> Facts {
        let kinds = if layout.uncounted_types.contains(&type_address) {
            kinds::IMMORTAL
        } else if layout.type_is_counted(type_address) {
            kinds::MORTAL
        } else {
            kinds::POINTER
        };
        let fixed_type = if layout.type_is_fixed(type_address) { type_address } else { 0 };
        Facts { kinds, fixed_type, ..Facts::NONE }
    }

    pub fn of_range(minimum: i64, maximum: i64) -> Facts {
        Facts { minimum: minimum.max(INT_MIN), maximum: maximum.min(INT_MAX), ..Facts::NONE }
    }

    /// A range computed wide; nothing is known if it leaves 62 bits.
    pub fn of_wide_range(minimum: i128, maximum: i128) -> Facts {
        if minimum < INT_MIN as i128 || maximum > INT_MAX as i128 {
            Facts::NONE
        } else {
            Facts::of_range(minimum as i64, maximum as i64)
        }
    }

    pub fn is(&self, kinds: u8) -> bool {
        self.kinds & !kinds == 0
    }

    pub fn may_be(&self, kinds: u8) -> bool {
        self.kinds & kinds != 0
    }

    /// Both sets of facts hold.
    pub fn and(self, other: Facts) -> Facts {
        Facts {
            kinds: self.kinds & other.kinds,
            fixed_type: if self.fixed_type != 0 { self.fixed_type } else { other.fixed_type },
            fits: self.fits || other.fits,
            minimum: self.minimum.max(other.minimum),
            maximum: self.maximum.min(other.maximum),
        }
    }

    /// One of the sets of facts holds. Bounds that move are given up, so that loops reach a fixpoint.
    pub fn widen(self, other: Facts) -> Facts {
        Facts {
            kinds: self.kinds | other.kinds,
            fixed_type: if self.fixed_type == other.fixed_type { self.fixed_type } else { 0 },
            fits: self.fits && other.fits,
            minimum: if other.minimum >= self.minimum { self.minimum } else { INT_MIN },
            maximum: if other.maximum <= self.maximum { self.maximum } else { INT_MAX },
        }
    }

    /// Whether these facts imply the others.
    pub fn imply(self, weaker: Facts) -> bool {
        weaker.widen(self) == weaker
    }
}
