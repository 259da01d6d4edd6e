//! The table of IR operations: one row gives an operation its operands, result, effect and documentation.
//!
//! An `Int` is a Python integer of at most 62 bits; machine code keeps it multiplied by four (the tag cleared), so that
//! boxing is adding one and a 62-bit overflow is a 64-bit one. A `Raw` is any machine word: an address, a length.

/// The type of an operand or result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Type {
    /// No result.
    None,
    /// A tagged value word.
    Value,
    /// An integer of 62 bits.
    Int,
    /// A double.
    Float,
    /// A machine word: address, length, unscaled integer.
    Raw,
    /// A truth value.
    Bool,
}

/// What an operation does besides computing its result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Depends on its operands alone: may be removed, merged and hoisted.
    Pure,
    /// Reads memory of its alias class.
    Load,
    /// Writes memory of its alias class.
    Store,
    /// Leaves the trace when its condition does not hold.
    Guard,
    /// Adds a reference.
    Dup,
    /// Takes a reference away; may free objects (but runs no Python: finalizers wait).
    Drop,
    /// Calls a helper, whose own row has the effects.
    Call,
    /// Bookkeeping.
    Other,
}

/// Disjoint parts of memory: a store to one never changes a load from another. Within one, different bases may be
/// the same object, but different constant offsets never overlap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Alias {
    /// Never changes after the object was made (tuple items, range bounds, code of a method…).
    Immutable,
    /// Type pointers of objects. Changed only by assignment to `__class__`.
    ObjectType,
    /// Shape numbers, and overflow pointers, of instances.
    Shape,
    /// Attribute slots of instances.
    Attribute,
    /// Items pointer and length of lists.
    ListHeader,
    /// Items of lists.
    ListItem,
    /// Entries of dicts and their bookkeeping.
    Dict,
    /// State of iterators (range, list, tuple…).
    Iterator,
    /// Contents of cells.
    Cell,
    /// Fields of functions (code, closure, defaults).
    Function,
    /// Fields of the thread's context.
    Context,
    /// Everything else.
    Other,
}

impl Alias {
    /// Every class, in order.
    pub const ALL: [Alias; 12] = [
        Alias::Immutable,
        Alias::ObjectType,
        Alias::Shape,
        Alias::Attribute,
        Alias::ListHeader,
        Alias::ListItem,
        Alias::Dict,
        Alias::Iterator,
        Alias::Cell,
        Alias::Function,
        Alias::Context,
        Alias::Other,
    ];
}

macro_rules! ir_ops {
    ($( #[doc = $doc:literal] $name:ident ( $($operand:ident),* ) -> $result:ident, $effect:ident; )*) => {
        /// The operation of an IR instruction.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Op { $( #[doc = $doc] $name, )* }

        /// One row per operation, in order: name, operand types, result type, effect, documentation.
        #[allow(clippy::type_complexity)]
        pub static TABLE: &[(&str, &[Type], Type, Effect, &str)] = &[
            $( (stringify!($name), &[ $(Type::$operand),* ], Type::$result, Effect::$effect, $doc), )*
        ];

        /// Every operation, in order.
        pub static ALL: &[Op] = &[ $( Op::$name, )* ];
    };
}

ir_ops! {
    /// The word in the immediate, as a value.
    ConstValue() -> Value, Pure;
    /// The immediate as an integer (unscaled in the immediate).
    ConstInt() -> Int, Pure;
    /// The immediate's bits as a double.
    ConstFloat() -> Float, Pure;
    /// The immediate.
    ConstRaw() -> Raw, Pure;
    /// The value that slot `immediate` (words from the entry frame's first register) has when the trace is entered. In a side trace: the value the parent's exit snapshot gives that slot.
    LoadSlot() -> Value, Other;

    /// Whether a value is an unboxed integer.
    IsInt(Value) -> Bool, Pure;
    /// Whether a value is an unboxed float.
    IsFloat(Value) -> Bool, Pure;
    /// Whether two words are equal.
    SameValue(Value, Value) -> Bool, Pure;
    /// Whether a value is unbound (zero).
    IsUnbound(Value) -> Bool, Pure;
    /// Whether a value is a heap object whose type pointer is operand 2. Alias class ObjectType.
    HasType(Value, Raw) -> Bool, Load;
    /// The integer of a value that is known to be one.
    UnboxInt(Value) -> Int, Pure;
    /// The value of an integer.
    BoxInt(Int) -> Value, Pure;
    /// The float of a value that is known to be an unboxed one.
    UnboxFloat(Value) -> Float, Pure;
    /// The value of a float that `FloatFits`.
    BoxFloat(Float) -> Value, Pure;
    /// Whether a float can be an unboxed value.
    FloatFits(Float) -> Bool, Pure;
    /// True or False object for a truth value.
    BoxBool(Bool) -> Value, Pure;
    /// Whether a value is the object True (for a value known to be a bool).
    IsTrue(Value) -> Bool, Pure;

    /// a + b; wraps when it overflows 62 bits (a guard on `IntAddOverflows` stands before).
    IntAdd(Int, Int) -> Int, Pure;
    /// a - b
    IntSubtract(Int, Int) -> Int, Pure;
    /// a * b
    IntMultiply(Int, Int) -> Int, Pure;
    /// Whether a + b needs more than 62 bits.
    IntAddOverflows(Int, Int) -> Bool, Pure;
    /// Whether a - b needs more than 62 bits.
    IntSubtractOverflows(Int, Int) -> Bool, Pure;
    /// Whether a * b needs more than 62 bits.
    IntMultiplyOverflows(Int, Int) -> Bool, Pure;
    /// a // b rounded down; b is not 0 and the result fits.
    IntFloorDivide(Int, Int) -> Int, Pure;
    /// a - b * (a // b); b is not 0.
    IntRemainder(Int, Int) -> Int, Pure;
    /// a & b
    IntAnd(Int, Int) -> Int, Pure;
    /// a | b
    IntOr(Int, Int) -> Int, Pure;
    /// a ^ b
    IntXor(Int, Int) -> Int, Pure;
    /// a << b, for 0 <= b < 62 and a result that fits.
    IntShiftLeft(Int, Int) -> Int, Pure;
    /// Whether a << b needs more than 62 bits, for 0 <= b < 62.
    IntShiftLeftOverflows(Int, Int) -> Bool, Pure;
    /// a >> b, arithmetic, for 0 <= b < 64.
    IntShiftRight(Int, Int) -> Int, Pure;
    /// The smaller of a and b.
    IntMinimum(Int, Int) -> Int, Pure;
    /// The larger of a and b.
    IntMaximum(Int, Int) -> Int, Pure;
    /// a < b
    IntLess(Int, Int) -> Bool, Pure;
    /// a <= b
    IntLessEqual(Int, Int) -> Bool, Pure;
    /// a == b
    IntEqual(Int, Int) -> Bool, Pure;
    /// The integer as a double (exact below 2^53, else rounded to nearest even).
    IntToFloat(Int) -> Float, Pure;
    /// The integer as an unscaled word.
    IntToRaw(Int) -> Raw, Pure;
    /// An unscaled word that fits 62 bits, as an integer.
    RawToInt(Raw) -> Int, Pure;

    /// a + b
    FloatAdd(Float, Float) -> Float, Pure;
    /// a - b
    FloatSubtract(Float, Float) -> Float, Pure;
    /// a * b
    FloatMultiply(Float, Float) -> Float, Pure;
    /// a / b; b is not 0.
    FloatDivide(Float, Float) -> Float, Pure;
    /// -a
    FloatNegate(Float) -> Float, Pure;
    /// |a|
    FloatAbsolute(Float) -> Float, Pure;
    /// The square root.
    FloatSquareRoot(Float) -> Float, Pure;
    /// a < b (false for NaN)
    FloatLess(Float, Float) -> Bool, Pure;
    /// a <= b (false for NaN)
    FloatLessEqual(Float, Float) -> Bool, Pure;
    /// a == b (false for NaN)
    FloatEqual(Float, Float) -> Bool, Pure;

    /// a + b, wrapping.
    RawAdd(Raw, Raw) -> Raw, Pure;
    /// a - b, wrapping.
    RawSubtract(Raw, Raw) -> Raw, Pure;
    /// a == b
    RawEqual(Raw, Raw) -> Bool, Pure;
    /// a < b, unsigned.
    RawBelow(Raw, Raw) -> Bool, Pure;
    /// a < b, signed.
    RawLess(Raw, Raw) -> Bool, Pure;
    /// The address a value points to (for a value known to be a heap object).
    Address(Value) -> Raw, Pure;
    /// not a
    BoolNot(Bool) -> Bool, Pure;

    /// The value word at address a + offset. Borrowed. Immediate: offset and alias class.
    LoadValue(Raw) -> Value, Load;
    /// The machine word at address a + offset.
    LoadRaw(Raw) -> Raw, Load;
    /// The 32-bit word at address a + offset, zero-extended.
    LoadRaw32(Raw) -> Raw, Load;
    /// The double at address a + offset.
    LoadFloat(Raw) -> Float, Load;
    /// The value word at address a + 8 * b (alias class in the immediate). Borrowed.
    LoadElement(Raw, Raw) -> Value, Load;
    /// Stores value b at address a + offset. The reference moves into memory; the old word was taken before.
    StoreValue(Raw, Value) -> None, Store;
    /// Stores word b at address a + offset.
    StoreRaw(Raw, Raw) -> None, Store;
    /// Stores the low 32 bits of b at address a + offset.
    StoreRaw32(Raw, Raw) -> None, Store;
    /// Stores value c at address a + 8 * b.
    StoreElement(Raw, Raw, Value) -> None, Store;

    /// Leaves the trace unless a is true.
    GuardTrue(Bool) -> None, Guard;
    /// Leaves the trace unless a is false.
    GuardFalse(Bool) -> None, Guard;
    /// Leaves the trace when the interrupt word is not zero.
    GuardNoInterrupt() -> None, Guard;
    /// Leaves the trace when finalizers wait (`Context::finalizers_pending`).
    GuardNoFinalizers() -> None, Guard;
    /// Leaves the trace when `a`, the result of a helper, is unbound: an exception is pending.
    GuardNoException(Value) -> None, Guard;
    /// Leaves the trace when the helper's truth result `a` is below zero: an exception is pending.
    GuardNoExceptionRaw(Raw) -> None, Guard;
    /// Leaves the trace when one of its assumptions was invalidated during the call before it.
    GuardNotInvalidated() -> None, Guard;

    /// Adds a reference to a (nothing when a is not counted).
    Dup(Value) -> None, Dup;
    /// Takes a reference away from a; frees the object at zero.
    Drop(Value) -> None, Drop;

    /// Calls the helper in the immediate with the arguments in the pool; result of type Value, owned by the trace, unbound when it raised.
    CallValue() -> Value, Call;
    /// Calls a helper that returns a machine word.
    CallRaw() -> Raw, Call;
    /// Calls a helper that returns a double.
    CallFloat() -> Float, Call;
    /// Calls a helper without result.
    CallNone() -> None, Call;
    /// Stores value a (whose reference moves) into slot `immediate` of the VM stack, for a helper that takes arguments in memory.
    SpillSlot(Value) -> None, Other;
    /// Stores value a into slot `immediate` of the VM stack for a helper that reads it there. The trace keeps its reference.
    StoreSlot(Value) -> None, Other;
    /// The value that a helper has left in slot `immediate` of the VM stack. The trace takes its reference over.
    ReloadSlot() -> Value, Other;

    /// The truth value in the immediate (0 or 1).
    ConstBool() -> Bool, Pure;
    /// A word that a loop carries. Only in optimized code, as a parameter of a segment.
    PhiValue() -> Value, Other;
    /// An integer that a loop carries. Only in optimized code.
    PhiInt() -> Int, Other;
    /// A double that a loop carries. Only in optimized code.
    PhiFloat() -> Float, Other;
    /// A machine word that a loop carries. Only in optimized code.
    PhiRaw() -> Raw, Other;
}

impl Op {
    pub fn name(self) -> &'static str {
        TABLE[self as usize].0
    }

    /// Whether it changes a word of the VM stack (or lets a helper do so).
    pub fn writes_slot(self) -> bool {
        matches!(self, Op::SpillSlot | Op::StoreSlot | Op::ReloadSlot)
    }

    pub fn operands(self) -> &'static [Type] {
        TABLE[self as usize].1
    }

    pub fn result(self) -> Type {
        TABLE[self as usize].2
    }

    pub fn effect(self) -> Effect {
        TABLE[self as usize].3
    }

    /// The operation of a printed name.
    pub fn from_name(name: &str) -> Option<Op> {
        TABLE.iter().position(|row| row.0 == name).map(|index| ALL[index])
    }
}
