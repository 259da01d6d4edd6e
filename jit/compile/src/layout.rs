//! What machine code must know of the runtime: offsets of context fields, addresses of singletons and of types.

use sidewinder_ir::eval::Singletons;

/// Offset of an object's type pointer.
pub const TYPE_OFFSET: i32 = 8;

/// Of an instance made in place: where its shape is, 32 bits, then 32 bits of flags, then its overflow array, then its
/// slots, up to the end of its cell.
pub const INSTANCE_SHAPE_OFFSET: i32 = 16;
pub const INSTANCE_FLAGS_OFFSET: i32 = 20;
pub const INSTANCE_OVERFLOW_OFFSET: i32 = 24;
pub const INSTANCE_SLOTS_OFFSET: i32 = 32;
/// Bytes between the sizes of cells.
pub const CELL_GRAIN: u64 = 16;

/// Where the heap of collected objects is, for machine code that makes and frees objects itself.
#[derive(Clone, Debug, Default)]
pub struct HeapLayout {
    /// Offset in the context of the bytes that may still be allocated before a collection is wanted.
    pub budget: i32,
    /// Offset in the context of the heads of the free lists, by the size of cells in grains. A free cell has the next
    /// one's address in its first word and zero in its second.
    pub free: i32,
    /// The same for the plain cells of objects that are not collected.
    pub plain_free: i32,
    /// `extern "C" fn(*mut Context, usize)`: fills the free list for cells of so many bytes, and the budget. One more
    /// byte stands for plain cells.
    pub refill: usize,
    /// Larger cells have no free list.
    pub cell_bytes_max: u64,
    /// A cell's chunk starts at the address with these bits cleared; its first word is the size of its cells.
    pub chunk_mask: u64,
    /// Offset in a type of its 32 bits of flags.
    pub type_flags: i32,
    /// The flag of types whose objects are laid out as above, without a finalizer.
    pub plain_flag: u32,
    /// The flag of types whose objects own one value, in the first word after the header, and nothing else.
    pub one_field_flag: u32,
    /// The flag of types whose objects lie in plain cells and own nothing.
    pub no_fields_flag: u32,
    /// The type of tuples: after the header a length, and from `tuple_items` on as many values.
    pub tuple_type: u64,
    pub tuple_items: i32,
}

/// Offsets in the structure in which a running trace publishes its calls (`Activation` of the runtime), and its size.
pub mod activation {
    pub const CALL: i32 = 0;
    pub const HOMES: i32 = 8;
    pub const OUTER: i32 = 16;
    pub const BASE: i32 = 24;
    pub const NATIVE: i32 = 32;
    pub const SHOWN: i32 = 40;
    pub const BYTES: u32 = 48;
}

/// The machine code of a tree. Kept until no machine code runs.
#[repr(C)]
pub struct NativeEntry {
    pub entry: crate::compile::Entry,
    /// Bytes of the value stack above the frame's base that it uses.
    pub stack_bytes: usize,
    /// The most frames above its entry frame that it enters.
    pub frames_max: i64,
    pub exits: Box<[crate::exit::ExitRecord]>,
    /// Its calls that others may look at.
    pub calls: Vec<crate::exit::CallRecord>,
    /// The tree's "invalidated" word.
    pub invalidated: *const std::sync::atomic::AtomicU32,
    /// The engine's number of the tree.
    pub tree: usize,
    pub allocation: crate::arena::Allocation,
    pub runs: crate::runs::Runs,
}

/// What direct calls of functions must know: offsets in the context, but for `native`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DirectCalls {
    /// The helper that makes a call in general. Its arguments are constants: the address of the code object, the slot
    /// of the call block, the instruction and the link for the frame's header, and a word with the numbers of arguments
    /// (16 bits), of registers (16 bits), and of frames that the caller has inlined.
    pub helper: u16,
    /// `extern "C" fn(context, &mut Activation, number, depth) -> Value`: goes on where the callee's machine code was
    /// left, to the call's end.
    pub finish: usize,
    /// Words of a frame's header; the function is its first.
    pub header_words: i64,
    pub base: i32,
    pub trace_top: i32,
    pub recursion_left: i32,
    pub stack_limit: i32,
    pub native_stack_limit: i32,
    /// Offset in a code object of the pointer to its `NativeEntry`, or null.
    pub native: i32,
}

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
    /// None where functions are called by the helper alone.
    pub direct_calls: Option<DirectCalls>,
    /// The words of the objects True and False.
    pub true_word: u64,
    pub false_word: u64,
    /// Type of True and False.
    pub bool_type: u64,
    /// `extern "C" fn(*mut Context, Value)`: destroys an object whose count has just become zero.
    pub drop_last: usize,
    /// `None`: helpers make and destroy everything.
    pub heap: Option<HeapLayout>,
    /// Static types whose instances may change their `__class__` (modules). The other static types are fixed.
    pub reassignable_types: Vec<u64>,
    /// Types whose instances are never counted (bool, NoneType…).
    pub uncounted_types: Vec<u64>,
    /// Static types whose instances own no references and have no finalizer (str, int…).
    pub leaf_types: Vec<u64>,
    /// Static types whose instances have memory of their own besides the object, so that only the runtime destroys them.
    pub buffered_types: Vec<u64>,
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
