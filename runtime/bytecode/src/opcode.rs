//! The opcode table. One row gives an opcode its operands and its documentation; the enum, the printer and the
//! verifier are generated from it.
//!
//! Registers `0 .. local_count` are locals (parameters, variables, cells, hidden locals of the compiler); registers
//! from `local_count` up are temporaries. **A temporary is written once and consumed by the one instruction that
//! reads it as `Src` or `Run`**: the instruction moves the value out, so no dead temporary keeps an object alive.
//! Locals read as `Src` are borrowed and stay. Every jump offset counts instructions from the one that follows.

/// What an operand field of an instruction means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The field is unused and zero.
    None,
    /// A register that receives the result; its old value is dropped.
    Dst,
    /// A register or (with the top bit set) a constant that is read; a temporary is consumed.
    Src,
    /// A register that is read or changed in place and never consumed.
    Reg,
    /// The first of a run of consecutive temporaries, all consumed; another field has their number.
    Run,
    /// The first register of a run that is written; another field has their number.
    DstRun,
    /// The first register of a call block: callable, `HEADER_WORDS - 1` scratch words, then arguments.
    Block,
    /// A number: a count, an index or flags.
    Number,
    /// An index into `CodeData::names`.
    Name,
    /// An index into `CodeData::sites`: a name with an inline cache.
    Site,
    /// An index into `CodeData::constants`.
    Constant,
    /// A 16-bit signed jump offset.
    Jump16,
    /// The low half of a 32-bit signed jump offset or constant index that also takes the next field.
    Wide,
}

macro_rules! opcodes {
    ($( #[doc = $doc:literal] $name:ident ( $a:ident, $b:ident, $c:ident ); )*) => {
        /// The operation of an instruction.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u16)]
        pub enum Op { $( #[doc = $doc] $name, )* }

        /// One row per opcode, in order: name, kinds of the three operand fields, documentation.
        pub static TABLE: &[(&str, [Kind; 3], &str)] = &[
            $( (stringify!($name), [Kind::$a, Kind::$b, Kind::$c], $doc), )*
        ];

        /// Every opcode, in order.
        pub static ALL: &[Op] = &[ $( Op::$name, )* ];
    };
}

opcodes! {
    /// Does nothing.
    Nop(None, None, None);
    /// a = b
    Move(Dst, Src, None);
    /// a = constants[b | c << 16]
    LoadConst(Dst, Wide, None);
    /// Drops the value of register a and leaves it unbound; no error when it was unbound. Of a temporary, it is the one consumption.
    Clear(Reg, None, None);
    /// Raises UnboundLocalError when local a is unbound.
    CheckBound(Reg, None, None);
    /// Like Clear, after CheckBound.
    DeleteLocal(Reg, None, None);

    /// Wraps the value of local a (or unbound) into a new cell, stored in a.
    MakeCell(Reg, None, None);
    /// a = content of the cell in local b
    LoadCell(Dst, Reg, None);
    /// Content of the cell in local a = b
    StoreCell(Reg, Src, None);
    /// Empties the cell in local a; an error when it was empty.
    DeleteCell(Reg, None, None);
    /// a = content of free variable b
    LoadFree(Dst, Number, None);
    /// Content of free variable a = b
    StoreFree(Number, Src, None);
    /// Empties free variable a; an error when it was empty.
    DeleteFree(Number, None, None);
    /// a = namespace (register 0)[free name b], else the content of free variable b. For class bodies.
    LoadClassFree(Dst, Number, None);
    /// a = the cell itself: of local b when c is 0, of free variable b when c is 1
    LoadClosure(Dst, Number, Number);

    /// a = global or builtin named by site b
    LoadGlobal(Dst, Site, Number);
    /// Global named by site a = b
    StoreGlobal(Site, Src, Number);
    /// Deletes the global named by site a.
    DeleteGlobal(Site, None, Number);
    /// a = name of site b in the namespace (register 0), else in globals, else in builtins
    LoadName(Dst, Site, None);
    /// Name of site a in the namespace (register 0) = b
    StoreName(Site, Src, None);
    /// Deletes the name of site a from the namespace (register 0).
    DeleteName(Site, None, None);

    /// a = b.name
    LoadAttr(Dst, Src, Site);
    /// a.name = b
    StoreAttr(Src, Src, Site);
    /// del a.name; b is unused
    DeleteAttr(Src, None, Site);
    /// Prepares a method call in block a: callable = the method of b, self slot (first argument) = b; or callable = b.name with an unbound self slot.
    LoadMethod(Block, Src, Site);
    /// a = super attribute; b is a run of three: the global `super`, the class, self
    LoadSuperAttr(Dst, Run, Site);
    /// Like LoadMethod for `super().name`; b is a run of three: the global `super`, the class, self.
    LoadSuperMethod(Block, Run, Site);

    /// a = b[c]
    GetItem(Dst, Src, Src);
    /// a[b] = c
    SetItem(Src, Src, Src);
    /// del a[b]
    DeleteItem(Src, Src, None);
    /// a = b[c : c+1], c a run of two
    GetSlice(Dst, Src, Run);

    /// a = -b
    Negative(Dst, Src, None);
    /// a = +b
    Positive(Dst, Src, None);
    /// a = ~b
    Invert(Dst, Src, None);
    /// a = not b
    Not(Dst, Src, None);

    /// a = b + c
    Add(Dst, Src, Src);
    /// a = b - c
    Subtract(Dst, Src, Src);
    /// a = b * c
    Multiply(Dst, Src, Src);
    /// a = b / c
    TrueDivide(Dst, Src, Src);
    /// a = b // c
    FloorDivide(Dst, Src, Src);
    /// a = b % c
    Remainder(Dst, Src, Src);
    /// a = b ** c
    Power(Dst, Src, Src);
    /// a = b @ c
    MatrixMultiply(Dst, Src, Src);
    /// a = b << c
    LeftShift(Dst, Src, Src);
    /// a = b >> c
    RightShift(Dst, Src, Src);
    /// a = b & c
    And(Dst, Src, Src);
    /// a = b | c
    Or(Dst, Src, Src);
    /// a = b ^ c
    Xor(Dst, Src, Src);
    /// a = (b += c)
    InplaceAdd(Dst, Src, Src);
    /// a = (b -= c)
    InplaceSubtract(Dst, Src, Src);
    /// a = (b *= c)
    InplaceMultiply(Dst, Src, Src);
    /// a = (b /= c)
    InplaceTrueDivide(Dst, Src, Src);
    /// a = (b //= c)
    InplaceFloorDivide(Dst, Src, Src);
    /// a = (b %= c)
    InplaceRemainder(Dst, Src, Src);
    /// a = (b **= c)
    InplacePower(Dst, Src, Src);
    /// a = (b @= c)
    InplaceMatrixMultiply(Dst, Src, Src);
    /// a = (b <<= c)
    InplaceLeftShift(Dst, Src, Src);
    /// a = (b >>= c)
    InplaceRightShift(Dst, Src, Src);
    /// a = (b &= c)
    InplaceAnd(Dst, Src, Src);
    /// a = (b |= c)
    InplaceOr(Dst, Src, Src);
    /// a = (b ^= c)
    InplaceXor(Dst, Src, Src);

    /// a = b < c
    Less(Dst, Src, Src);
    /// a = b <= c
    LessEqual(Dst, Src, Src);
    /// a = b == c
    Equal(Dst, Src, Src);
    /// a = b != c
    NotEqual(Dst, Src, Src);
    /// a = b > c
    Greater(Dst, Src, Src);
    /// a = b >= c
    GreaterEqual(Dst, Src, Src);
    /// a = b is c
    Is(Dst, Src, Src);
    /// a = b is not c
    IsNot(Dst, Src, Src);
    /// a = b in c
    Contains(Dst, Src, Src);
    /// a = b not in c
    NotContains(Dst, Src, Src);

    /// Jumps by the offset in b and c.
    Jump(None, Wide, None);
    /// Jumps back to a loop header; a is the number of the loop. Counts, and checks the interrupt word.
    JumpBack(Number, Wide, None);
    /// Jumps when a is true.
    JumpIfTrue(Src, Wide, None);
    /// Jumps when a is false.
    JumpIfFalse(Src, Wide, None);
    /// Jumps when a is true and keeps it; otherwise clears temporary a.
    JumpIfTrueKeep(Reg, Wide, None);
    /// Jumps when a is false and keeps it; otherwise clears temporary a.
    JumpIfFalseKeep(Reg, Wide, None);
    /// Jumps when a is None.
    JumpIfNone(Src, Wide, None);
    /// Jumps when a is not None.
    JumpIfNotNone(Src, Wide, None);
    /// Jumps when a < b.
    JumpIfLess(Src, Src, Jump16);
    /// Jumps when a <= b.
    JumpIfLessEqual(Src, Src, Jump16);
    /// Jumps when a == b.
    JumpIfEqual(Src, Src, Jump16);
    /// Jumps when a != b.
    JumpIfNotEqual(Src, Src, Jump16);
    /// Jumps when a > b.
    JumpIfGreater(Src, Src, Jump16);
    /// Jumps when a >= b.
    JumpIfGreaterEqual(Src, Src, Jump16);
    /// Jumps unless a < b.
    JumpUnlessLess(Src, Src, Jump16);
    /// Jumps unless a <= b.
    JumpUnlessLessEqual(Src, Src, Jump16);
    /// Jumps unless a == b.
    JumpUnlessEqual(Src, Src, Jump16);
    /// Jumps unless a != b.
    JumpUnlessNotEqual(Src, Src, Jump16);
    /// Jumps unless a > b.
    JumpUnlessGreater(Src, Src, Jump16);
    /// Jumps unless a >= b.
    JumpUnlessGreaterEqual(Src, Src, Jump16);
    /// Jumps when a is b.
    JumpIfIs(Src, Src, Jump16);
    /// Jumps when a is not b.
    JumpIfIsNot(Src, Src, Jump16);
    /// Jumps when a in b.
    JumpIfContains(Src, Src, Jump16);
    /// Jumps when a not in b.
    JumpUnlessContains(Src, Src, Jump16);

    /// a = iter(b)
    GetIter(Dst, Src, None);
    /// a = next item of the iterator in local b; when exhausted, clears b and jumps.
    ForIter(Dst, Reg, Jump16);
    /// Registers a .. a+c = the items of b, of which there must be c.
    UnpackSequence(DstRun, Src, Number);
    /// Registers a .. = the first (c & 255) items of b, a list of the middle ones, the last (c >> 8) items.
    UnpackExtended(DstRun, Src, Number);

    /// a = (b, b+1, …), c items
    BuildTuple(Dst, Run, Number);
    /// a = [b, b+1, …], c items
    BuildList(Dst, Run, Number);
    /// a = {b, b+1, …}, c items
    BuildSet(Dst, Run, Number);
    /// a = {b: b+1, …}, c pairs in a run of 2c
    BuildMap(Dst, Run, Number);
    /// a = the concatenation of c strings in the run b
    BuildString(Dst, Run, Number);
    /// a = interpolation of a template string: b is a run of three: value, text of the expression, format; c: 0 no conversion, 1 str, 2 repr, 3 ascii
    BuildInterpolation(Dst, Run, Number);
    /// a = template string; b is a run of two: tuple of texts, tuple of interpolations
    BuildTemplate(Dst, Run, None);
    /// a = slice(b, b+1, b+2), a run of three
    BuildSlice(Dst, Run, None);
    /// Appends b to the list in register a.
    ListAppend(Reg, Src, None);
    /// Adds b to the set in register a.
    SetAdd(Reg, Src, None);
    /// Stores c under key b in the dict in register a.
    MapAdd(Reg, Src, Src);
    /// Extends the list in register a by the iterable b.
    ListExtend(Reg, Src, None);
    /// Extends the set in register a by the iterable b.
    SetUpdate(Reg, Src, None);
    /// Updates the dict in register a from the mapping b (a `{**b}` display).
    DictUpdate(Reg, Src, None);
    /// Merges the mapping b into the dict in register a, refusing duplicates; register c holds the callable, for the message.
    DictMerge(Reg, Src, Reg);
    /// a = tuple(list b)
    ListToTuple(Dst, Src, None);

    /// a = format(convert(b), ""); c: 0 none, 1 str, 2 repr, 3 ascii
    FormatSimple(Dst, Src, Number);
    /// a = format(b, c)
    FormatWithSpec(Dst, Src, Src);
    /// a = convert(b); c: 1 str, 2 repr, 3 ascii
    Convert(Dst, Src, Number);

    /// a = result of calling block b with c positional arguments
    Call(Dst, Block, Number);
    /// a = result of calling block b, prepared by LoadMethod, with c arguments besides self
    CallMethod(Dst, Block, Number);
    /// a = result of calling block b with c arguments in all; an Extra follows: a = constant index of the keyword names (a tuple of str), b = 1 when LoadMethod prepared the block (then c excludes self).
    CallKeywords(Dst, Block, Number);
    /// a = block b's callable (arguments, *iterable, **mapping): the lowest bit of c says whether there is a mapping, the others how many arguments lie before the iterable
    CallExpanded(Dst, Block, Number);
    /// Operands of the instruction before it; never executed by itself.
    Extra(Number, Number, Number);
    /// Returns a from the frame.
    Return(Src, None, None);
    /// Suspends the generator, giving b to its caller; a = the value sent in.
    Yield(Dst, Src, None);
    /// Sends the value in register a to the iterator in local b; a = what it yields. When it returns, a = its value, b is cleared and the jump is taken. A `Yield` into and from a follows at once: so `throw` and `close` find the iterator, and an asynchronous generator tells awaiting from yielding.
    Send(Reg, Reg, Jump16);
    /// a = the iterator that `yield from b` delegates to
    GetYieldFromIter(Dst, Src, None);
    /// a = the awaitable iterator of b; c says what gave b, for the message: 0 anything, 1 __aenter__, 2 __aexit__
    GetAwaitable(Dst, Src, Number);
    /// a = b.__aiter__()
    GetAsyncIter(Dst, Src, None);
    /// a = awaitable of b.__anext__()
    GetAsyncNext(Dst, Reg, None);

    /// a = function of code constant b
    MakeFunction(Dst, Constant, None);
    /// Sets a part of the function in register a to b; c: 0 defaults (tuple), 1 keyword defaults (dict), 2 annotate function, 3 closure (tuple of cells), 4 type parameters (tuple).
    SetFunctionPart(Reg, Src, Number);
    /// a = an object of typing from the run b; c: 0 TypeVar (name), 1 TypeVar (name, evaluator of its bound), 2 TypeVar (name, evaluator of its constraints), 3 ParamSpec (name), 4 TypeVarTuple (name), 5 type alias (name, type parameters or None, evaluator of its value), 6 base class of a generic class (type parameters)
    MakeTyping(Dst, Run, Number);
    /// Gives the type parameter in register a the evaluator b of its default.
    SetTypeDefault(Reg, Src, None);
    /// Makes the dict `__annotations__` in the namespace (register 0) or the globals, unless it is there.
    SetupAnnotations(None, None, None);
    /// Shows a by sys.displayhook.
    DisplayValue(Src, None, None);
    /// a = builtins.__build_class__
    LoadBuildClass(Dst, None, None);
    /// a = an exception type, whatever its name means to the program: AssertionError for b = 0, NotImplementedError for 1
    LoadExceptionType(Dst, Number, None);

    /// raise: c is the number of operands; 0 re-raises the handled exception, 1 raises a, 2 raises a from b
    Raise(Src, Src, Number);
    /// Raises the exception in local a again, with its traceback; leaves a unbound.
    Reraise(Reg, None, None);
    /// Saves the handled exception (or None) in local a, and makes the one in local b the handled one.
    PushHandled(Reg, Reg, None);
    /// Makes the exception saved in local a the handled one again; leaves a unbound.
    PopHandled(Reg, None, None);
    /// a = whether the exception in local b matches the class or tuple of classes c
    MatchException(Dst, Reg, Src);
    /// Registers a, a+1 = the part of the exception (or None) in local b that a clause of except* with the class or tuple of classes c takes, and the rest; None for nothing.
    MatchGroup(DstRun, Reg, Src);
    /// a = what is raised after the clauses of an except*, or None; b is a local with the exception that they were given, c a list of what is left of it and of what they raised.
    PrepareReraise(Dst, Reg, Src);
    /// Registers a, a+1 = special method of the value in local b, looked up on its type, and that value; a bound method and unbound if it is of another kind. c: 0 __enter__, 1 __exit__, 2 __aenter__, 3 __aexit__
    LoadSpecial(DstRun, Reg, Number);
    /// Prepares in block a, as LoadMethod does, the call of the special method that LoadSpecial put into registers b, b+1, which it leaves unbound.
    PrepareSpecial(Block, Reg, None);
    /// Registers a, a+1, a+2 = type, value and traceback of the exception in local b.
    ExceptionTriple(DstRun, Reg, None);

    /// a = import of module name c; b is a run of two: level, from-list
    ImportName(Dst, Run, Name);
    /// a = attribute (or submodule) c of the module in local b
    ImportFrom(Dst, Reg, Name);
    /// Copies all public names of module a into the namespace.
    ImportStar(Src, None, None);

    /// a = whether the value in local b is a sequence for pattern matching
    MatchSequence(Dst, Reg, None);
    /// a = whether the value in local b is a mapping for pattern matching
    MatchMapping(Dst, Reg, None);
    /// a = tuple of the values of the keys c (a tuple) in the mapping in local b, or None
    MatchKeys(Dst, Reg, Src);
    /// a = tuple of attributes for a class pattern, or None; b is a run of three: subject, class, tuple of keyword names; c positional patterns
    MatchClass(Dst, Run, Number);
    /// a = len(value in local b)
    GetLength(Dst, Reg, None);
}

impl Op {
    /// The name in the table.
    pub fn name(self) -> &'static str {
        TABLE[self as usize].0
    }

    /// The kinds of the three operand fields.
    pub fn kinds(self) -> [Kind; 3] {
        TABLE[self as usize].1
    }

    /// The number of registers in the `Run` or `DstRun` operand of this opcode, given the instruction's `c` field.
    pub fn run_length(self, c: u16) -> usize {
        match self {
            Op::LoadSuperAttr
            | Op::LoadSuperMethod
            | Op::BuildSlice
            | Op::BuildInterpolation
            | Op::MatchClass
            | Op::ExceptionTriple => 3,
            Op::GetSlice | Op::ImportName | Op::MatchGroup | Op::BuildTemplate | Op::LoadSpecial => 2,
            Op::BuildMap => 2 * c as usize,
            Op::MakeTyping => [1, 2, 2, 1, 1, 3, 1].get(c as usize).copied().unwrap_or(0),
            Op::UnpackExtended => (c & 255) as usize + 1 + (c >> 8) as usize,
            _ => c as usize,
        }
    }

    /// The registers in the block of a `CallExpanded` with this `c` field: arguments, iterable, mapping.
    pub fn expanded_length(c: u16) -> u16 {
        (c >> 1) + 1 + (c & 1)
    }

    /// Whether the instruction jumps or not, by what it finds. (`Send` is no branch: it waits.)
    pub fn is_branch(self) -> bool {
        self == Op::ForIter || (Op::JumpIfTrue as u16..=Op::JumpUnlessContains as u16).contains(&(self as u16))
    }

    /// Whether control never continues at the next instruction.
    pub fn ends_block(self) -> bool {
        matches!(self, Op::Jump | Op::JumpBack | Op::Return | Op::Raise | Op::Reraise)
    }
}
