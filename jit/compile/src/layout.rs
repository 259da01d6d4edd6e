//! What machine code must know of the runtime: offsets of context fields, addresses of singletons and of types.

use sidewinder_ir::eval::Singletons;

/// Offset of an object's type pointer.
pub const TYPE_OFFSET: i32 = 8;

/// Facts about the running process. Plain data, so that a compile thread may own it.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Offset in the context of the 32-bit interrupt word.
    pub interrupt: i32,
    /// Offset in the context of the 32-bit "finalizers wait" word.
    pub finalizers_pending: i32,
    /// Offset in the context of the `*mut u64` to which exits write values.
    pub exit_buffer: i32,
    /// Offset in the context of the pointer to the words in which a trace publishes the call that it makes and its native
    /// frame; 0 if nobody looks at them.
    pub activation: i32,
    /// The words of the objects True and False.
    pub true_word: u64,
    pub false_word: u64,
    /// Type of True and False.
    pub bool_type: u64,
    /// `extern "C" fn(*mut Context, Value)`: destroys an object whose count has just become zero.
    pub drop_last: usize,
    /// Static types whose instances may change their `__class__` (modules). The other static types are fixed.
    pub reassignable_types: Vec<u64>,
    /// Types whose instances are never counted (bool, NoneType…).
    pub uncounted_types: Vec<u64>,
    /// Static types whose instances are always counted (list, dict, iterators…). Those of heap types always are.
    pub counted_types: Vec<u64>,
}

impl Layout {
    pub fn singletons(&self) -> Singletons {
        Singletons { true_word: self.true_word, false_word: self.false_word }
    }

    /// Whether an object of this type keeps it for life.
    pub fn type_is_fixed(&self, type_address: u64) -> bool {
        type_address & 15 == 8 && !self.reassignable_types.contains(&type_address)
    }

    /// Whether objects of this type are always mortal.
    pub fn type_is_counted(&self, type_address: u64) -> bool {
        type_address & 15 == 0 || self.counted_types.contains(&type_address)
    }
}
