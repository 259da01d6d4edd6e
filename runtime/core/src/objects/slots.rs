//! Slots: the function pointers through which operations reach a type, and the one table that ties each slot to its
//! dunder name in both directions (`int.__add__` calls the slot; a class's `__add__` fills the slot).

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Owned};
use crate::native::Arguments;
use crate::objects::buffer::{Buffer, Request};
use crate::objects::type_object::TypeObject;
use crate::value::Value;

/// Binary operators, in the order of the opcodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    TrueDivide,
    FloorDivide,
    Remainder,
    Power,
    MatrixMultiply,
    LeftShift,
    RightShift,
    And,
    Or,
    Xor,
}

/// Number of binary operators.
pub const BINARY_COUNT: usize = 13;

impl BinaryOp {
    pub const ALL: [BinaryOp; BINARY_COUNT] = [
        BinaryOp::Add,
        BinaryOp::Subtract,
        BinaryOp::Multiply,
        BinaryOp::TrueDivide,
        BinaryOp::FloorDivide,
        BinaryOp::Remainder,
        BinaryOp::Power,
        BinaryOp::MatrixMultiply,
        BinaryOp::LeftShift,
        BinaryOp::RightShift,
        BinaryOp::And,
        BinaryOp::Or,
        BinaryOp::Xor,
    ];

    /// The operator's sign, for messages.
    pub const fn symbol(self) -> &'static str {
        ["+", "-", "*", "/", "//", "%", "** or pow()", "@", "<<", ">>", "&", "|", "^"][self as usize]
    }
}

/// Rich comparisons, in the order of the opcodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CompareOp {
    Less,
    LessEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
}

impl CompareOp {
    pub const ALL: [CompareOp; 6] = [
        CompareOp::Less,
        CompareOp::LessEqual,
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Greater,
        CompareOp::GreaterEqual,
    ];

    pub const fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// The comparison with exchanged operands.
    pub const fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Less => CompareOp::Greater,
            CompareOp::LessEqual => CompareOp::GreaterEqual,
            CompareOp::Equal => CompareOp::Equal,
            CompareOp::NotEqual => CompareOp::NotEqual,
            CompareOp::Greater => CompareOp::Less,
            CompareOp::GreaterEqual => CompareOp::LessEqual,
        }
    }

    /// The truth of the comparison for an ordering of the operands.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        match self {
            CompareOp::Less => ordering == Less,
            CompareOp::LessEqual => ordering != Greater,
            CompareOp::Equal => ordering == Equal,
            CompareOp::NotEqual => ordering != Equal,
            CompareOp::Greater => ordering == Greater,
            CompareOp::GreaterEqual => ordering != Less,
        }
    }
}

pub type UnaryFunction = fn(&mut Context, Value) -> Result<Owned>;
/// Gets the operands in source order, whichever of them has the slot; may return `NotImplemented`.
pub type BinaryFunction = fn(&mut Context, Value, Value) -> Result<Owned>;
pub type CompareFunction = fn(&mut Context, Value, Value, CompareOp) -> Result<Owned>;

/// The slots of a type. Absent ones are inherited from the base when the type is completed.
#[derive(Clone, Copy)]
pub struct Slots {
    pub repr: Option<UnaryFunction>,
    pub str: Option<UnaryFunction>,
    pub hash: Option<fn(&mut Context, Value) -> Result<i64>>,
    pub call: Option<fn(&mut Context, Value, Arguments<'_>) -> Result<Owned>>,
    /// Attribute access; the name is an interned `str`.
    pub get_attribute: Option<fn(&mut Context, Value, Value) -> Result<Owned>>,
    /// Attribute assignment; an unbound value deletes.
    pub set_attribute: Option<fn(&mut Context, Value, Value, Value) -> Result<()>>,
    pub compare: Option<CompareFunction>,
    pub iter: Option<UnaryFunction>,
    /// `Ok(None)` when exhausted (no `StopIteration` is raised).
    pub next: Option<fn(&mut Context, Value) -> Result<Option<Owned>>>,
    pub length: Option<fn(&mut Context, Value) -> Result<usize>>,
    pub get_item: Option<BinaryFunction>,
    /// Item assignment (container, key, value); an unbound value deletes.
    pub set_item: Option<fn(&mut Context, Value, Value, Value) -> Result<()>>,
    pub contains: Option<fn(&mut Context, Value, Value) -> Result<bool>>,
    pub binary: [Option<BinaryFunction>; BINARY_COUNT],
    pub inplace: [Option<BinaryFunction>; BINARY_COUNT],
    pub negative: Option<UnaryFunction>,
    pub positive: Option<UnaryFunction>,
    pub invert: Option<UnaryFunction>,
    pub absolute: Option<UnaryFunction>,
    pub int: Option<UnaryFunction>,
    pub float: Option<UnaryFunction>,
    pub index: Option<UnaryFunction>,
    pub truth: Option<fn(&mut Context, Value) -> Result<bool>>,
    /// Descriptor read: (descriptor, instance or unbound, owner type).
    pub descriptor_get: Option<fn(&mut Context, Value, Value, &TypeObject) -> Result<Owned>>,
    /// Descriptor write: (descriptor, instance, value or unbound to delete).
    pub descriptor_set: Option<fn(&mut Context, Value, Value, Value) -> Result<()>>,
    pub new: Option<fn(&mut Context, &'static TypeObject, Arguments<'_>) -> Result<Owned>>,
    pub init: Option<fn(&mut Context, Value, Arguments<'_>) -> Result<()>>,
    /// Lends the object's memory.
    pub buffer: Option<fn(&mut Context, Value, Request) -> Result<Buffer>>,
    /// `__del__`. Runs at a safe point; errors are reported as unraisable by the caller.
    pub finalize: Option<fn(&mut Context, Value) -> Result<()>>,
    /// Visits the objects that this object owns a count on (for the collector). No side effects.
    pub traverse: Option<unsafe fn(*mut Header, &mut dyn FnMut(Value))>,
    /// Gives up everything the object owns: children onto the list (last pushed is released first), buffers freed.
    /// The object's own memory is freed by the caller.
    pub release: Option<unsafe fn(*mut Header, &mut Children<'_>)>,
    /// Bytes of this object's own memory, for variable-sized types.
    pub size: Option<unsafe fn(*mut Header) -> usize>,
    /// Breaks the cycles this object may be in: gives up children but leaves a valid, empty object.
    pub clear: Option<unsafe fn(*mut Header, &mut Children<'_>)>,
}

impl Slots {
    pub const EMPTY: Slots = Slots {
        repr: None,
        str: None,
        hash: None,
        call: None,
        get_attribute: None,
        set_attribute: None,
        compare: None,
        iter: None,
        next: None,
        length: None,
        get_item: None,
        set_item: None,
        contains: None,
        binary: [None; BINARY_COUNT],
        inplace: [None; BINARY_COUNT],
        negative: None,
        positive: None,
        invert: None,
        absolute: None,
        int: None,
        float: None,
        index: None,
        truth: None,
        descriptor_get: None,
        descriptor_set: None,
        new: None,
        init: None,
        buffer: None,
        finalize: None,
        traverse: None,
        release: None,
        size: None,
        clear: None,
    };

    /// Fills absent slots from a base type. `hash` and `compare` go together, as in CPython.
    pub fn inherit(&mut self, base: &Slots) {
        macro_rules! inherit {
            ($($field:ident)*) => { $( if self.$field.is_none() { self.$field = base.$field; } )* };
        }
        if self.hash.is_none() && self.compare.is_none() {
            self.hash = base.hash;
            self.compare = base.compare;
        }
        inherit!(repr str call get_attribute set_attribute iter next length get_item set_item contains negative positive
            invert absolute int float index truth descriptor_get descriptor_set new init buffer finalize traverse release size
            clear);
        for op in 0..BINARY_COUNT {
            self.binary[op] = self.binary[op].or(base.binary[op]);
            self.inplace[op] = self.inplace[op].or(base.inplace[op]);
        }
    }
}

pub use crate::operations::dunder::{fill_namespace, object_slots, type_slots};
