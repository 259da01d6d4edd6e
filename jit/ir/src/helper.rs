//! Helpers: Rust functions that traces call, with their declared effects.

use crate::op::{Alias, Type};

/// The number of a helper in the process's helper table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct HelperId(pub u16);

/// What a helper may do. Undeclared means everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HelperEffects {
    /// Alias classes it may write, as bits `1 << Alias as u32`.
    pub writes: u32,
    /// Whether it may raise: then the result is unbound (or -1 for `Raw`), and a guard follows.
    pub raises: bool,
    /// Whether it may run Python code (and thus do anything).
    pub runs_python: bool,
    /// Whether it may drop references and so free objects.
    pub drops: bool,
    /// Depends on its arguments (and memory it is declared to read: none) alone.
    pub pure_function: bool,
    /// Whether it leaves its arguments' references to the caller. Undeclared: it may take them over.
    pub borrows: bool,
    /// Whether it makes an object from a class, the bytes of its cell and its first shape, its three operands. Machine
    /// code then does it in place, unless the bytes are zero: such objects are laid out otherwise. One more byte says that
    /// the cell is plain. Objects of immortal types have no shape.
    pub makes_instance: bool,
    /// The operand (counted from one) that is the exact type of the object it returns; 0 if none.
    pub instance_of: u8,
}

impl HelperEffects {
    /// Anything may happen.
    pub const ANY: HelperEffects =
        HelperEffects { writes: u32::MAX, raises: true, runs_python: true, drops: true, ..HelperEffects::ALLOCATES };
    /// Allocates its result and changes nothing else.
    pub const ALLOCATES: HelperEffects = HelperEffects {
        writes: 0,
        raises: false,
        runs_python: false,
        drops: false,
        pure_function: false,
        borrows: false,
        makes_instance: false,
        instance_of: 0,
    };
    /// Depends on its arguments alone.
    pub const PURE: HelperEffects = HelperEffects { pure_function: true, ..HelperEffects::ALLOCATES };

    pub const fn raising(mut self) -> HelperEffects {
        self.raises = true;
        self
    }

    pub const fn writing(mut self, alias: Alias) -> HelperEffects {
        self.writes |= 1 << alias as u32;
        self
    }

    /// Leaves its arguments' references to the caller.
    pub const fn borrowing(mut self) -> HelperEffects {
        self.borrows = true;
        self
    }

    /// Returns an object whose exact type is the operand at `position`.
    pub const fn making_instance_of(mut self, position: u8) -> HelperEffects {
        self.instance_of = position + 1;
        self
    }

    /// Makes an object from a class, the bytes of its cell and its first shape.
    pub const fn making_instance(mut self) -> HelperEffects {
        self.makes_instance = true;
        self
    }

    pub const fn dropping(mut self) -> HelperEffects {
        self.drops = true;
        self
    }
}

/// One helper. Its function is `extern "C"` and takes the context first, then one machine word (or double) for each
/// operand; a `Value` result is owned by the caller.
#[derive(Clone, Copy)]
pub struct Helper {
    pub name: &'static str,
    pub address: usize,
    pub operands: &'static [Type],
    pub result: Type,
    pub effects: HelperEffects,
}

/// All helpers, by number. Built once when the JIT starts.
pub type HelperTable = Vec<Helper>;
