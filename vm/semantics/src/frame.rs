//! The layout of frames on the value stack.
//!
//! A frame's registers start at `base`; the words right below are its header, which lies in the caller's call block:
//!
//! | word | content |
//! |---|---|
//! | -5 | the function, owned |
//! | -4 | the code object's address, tagged as an integer |
//! | -3 | the caller's instruction to go on at, tagged |
//! | -2 | link: words down to the caller's base, continuation kind, destination register |
//! | -1 | what the continuation or the frame keeps: an instance being initialised, or a generator; owned, or zero |
//!
//! **Invariant (frames 1)**: every word of the stack is a valid `Value`; words that no frame owns are never counted.

use sidewinder_bytecode::{HEADER_WORDS, Instruction};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::frame::{KIND_SHIFT, LiveFrame, OBSERVED_KIND, says_observed};
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::site::Site;
use sidewinder_runtime::{Context, Value};

pub const FUNCTION: isize = -(HEADER_WORDS as isize);
pub const CODE: isize = -4;
pub const RETURN: isize = -3;
pub const LINK: isize = -2;
pub const KEPT: isize = -1;

/// What happens with a frame's result: the continuation rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Continuation {
    /// The result goes into the destination register.
    Store,
    /// `__init__`: the result must be None; the kept instance goes into the destination register.
    Initialise,
    /// The run ends; the result goes to the native caller.
    Boundary,
    /// The frame has an object, and `Context::observed` has the continuation: see `cold/frame.rs`.
    Observed,
    /// A `for` loop resumed a generator: a yielded value goes into the destination, a return ends the loop.
    Iterate,
    /// A `for` loop over `enumerate` resumed the generator below it: a yielded value goes, after its number, into the
    /// targets of the `UnpackSequence` that follows.
    IterateCount,
    /// A `for` loop called a Python `__next__`: `StopIteration` ends the loop.
    IterateCall,
    /// A `Send` instruction resumed a generator.
    Send,
    /// A `Send` of an `async for` resumed an asynchronous generator: an item ends the wait.
    SendAsync,
    /// A binary operator called a Python method: `NotImplemented` goes on with the slow path.
    Binary,
    /// A comparison in a branch called a Python method: the truth of the result decides the jump.
    CompareBranch,
    /// `len` called a Python `__len__`: the result must be a number that is not negative.
    Length,
    // A call of a native function resumed the generator that is its argument, and consumes what it yields in the
    // destination register: see `handlers/consume.rs`.
    /// A list gets all items, and is the result.
    List,
    /// A list gets all items, and takes the generator's place.
    Gather,
    /// The same, for items that can be hashed without running Python.
    GatherPlain,
    /// The sum of integers.
    Sum,
    /// The least item.
    Least,
    /// The greatest item.
    Greatest,
    /// Whether an item is true.
    Any,
    /// Whether all items are true.
    All,
}

const _: () = assert!(Continuation::Observed as u64 == OBSERVED_KIND && KIND_SHIFT == 24);

impl Continuation {
    /// Whether a frame with it is a generator's, resumed by an instruction.
    #[inline(always)]
    pub fn is_generator(self) -> bool {
        let resumed = matches!(
            self,
            Continuation::Iterate | Continuation::IterateCount | Continuation::Send | Continuation::SendAsync
        );
        resumed || self.consumes()
    }

    /// Whether a native function consumes what the generator yields.
    #[inline(always)]
    pub fn consumes(self) -> bool {
        self as u8 >= Continuation::List as u8
    }
}

/// The packed link word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Link(pub u64);

impl Link {
    /// The bits of the continuation's kind.
    pub const KIND_MASK: u64 = 0xFF << 24;

    /// Words from the caller's base to this frame's, kind, destination register.
    #[inline(always)]
    pub fn new(delta: usize, continuation: Continuation, destination: u16) -> Link {
        Link((delta as u64) << 32 | (continuation as u64) << 24 | (destination as u64) << 8 | 1)
    }

    #[inline(always)]
    pub fn delta(self) -> usize {
        (self.0 >> 32) as usize
    }

    /// The same for any frame: a trace may have called a function from a frame below the one in which it was entered, from
    /// which such a link counts.
    pub fn signed_delta(self) -> isize {
        (self.0 as i64 >> 32) as isize
    }

    #[inline(always)]
    pub fn destination(self) -> u16 {
        (self.0 >> 8) as u16
    }

    #[inline(always)]
    pub fn continuation(self) -> Continuation {
        // SAFETY: (frames 2) links are only built by `new`.
        unsafe { std::mem::transmute((self.0 >> 24) as u8) }
    }
}

/// A word that holds an address, tagged as an integer so that it never looks counted.
#[inline(always)]
pub fn tag<T>(pointer: *const T) -> Value {
    Value::from_word(pointer as u64 | 1)
}

/// The address in a tagged word.
#[inline(always)]
pub fn untag<T>(word: Value) -> *const T {
    (word.0 & !1) as *const T
}

/// Reads a header word of the frame at `base`.
///
/// # Safety
/// `base` is the base of a frame.
#[inline(always)]
pub unsafe fn header(base: *mut Value, word: isize) -> Value {
    // SAFETY: the caller's promise.
    unsafe { *base.offset(word) }
}

/// The code of the frame at `base`.
///
/// # Safety
/// `base` is the base of a frame.
#[inline(always)]
pub unsafe fn code(base: *mut Value) -> &'static CodeObject {
    // SAFETY: (frames 2) the function of a frame keeps its code alive.
    unsafe { &*untag(header(base, CODE)) }
}

/// The function of the frame at `base`.
///
/// # Safety
/// `base` is the base of a frame.
#[inline(always)]
pub unsafe fn function(base: *mut Value) -> &'static FunctionObject {
    // SAFETY: (frames 2) a frame owns its function.
    unsafe { header(base, FUNCTION).cast_unchecked() }
}

/// The running frame's code.
#[inline(always)]
pub fn current_code(cx: &Context) -> &'static CodeObject {
    // SAFETY: (frames 2) `base` is a frame's base while code runs.
    unsafe { code(cx.base) }
}

/// The running frame's function.
#[inline(always)]
pub fn current_function(cx: &Context) -> &'static FunctionObject {
    // SAFETY: (frames 2) as above.
    unsafe { function(cx.base) }
}

/// Whether the running frame has an object.
#[inline(always)]
pub fn is_observed(cx: &Context) -> bool {
    // SAFETY: (frames 2) `base` is a frame's base while code runs.
    says_observed(unsafe { header(cx.base, LINK) })
}

/// The running frame, at the instruction at `pc`, as it is shown to others.
pub fn running(cx: &Context, pc: *const Instruction) -> LiveFrame {
    let (base, code) = (cx.base, current_code(cx));
    let instruction = if code.contains(pc) { code.index_of(pc) as u32 } else { 0 };
    // SAFETY: (frames 2) the running frame has a header.
    let link = unsafe { base.offset(LINK) };
    LiveFrame { base, link, function: current_function(cx).value(), code: code.value(), instruction }
}

/// Makes the frame at `base` the running one.
///
/// # Safety
/// `base` is the base of a frame whose code is `code`.
#[inline(always)]
pub unsafe fn switch(cx: &mut Context, base: *mut Value, code: &CodeObject) {
    cx.base = base;
    debug_assert!(!code.instructions.get().is_null(), "a frame of code that was not read");
    cx.constants = code.constants.get();
    cx.temporary_floor = code.local_count as i64;
    cx.sites = code.sites.get();
}

/// All of a context that says which frame runs, and where: what a nested run changes and must put back.
pub struct Running {
    base: *mut Value,
    constants: *const Value,
    temporary_floor: i64,
    sites: *const Site,
    trace_top: *mut Value,
    instruction: *const Instruction,
}

impl Running {
    #[inline(always)]
    pub fn save(cx: &Context) -> Running {
        Running {
            base: cx.base,
            constants: cx.constants,
            temporary_floor: cx.temporary_floor,
            sites: cx.sites,
            trace_top: cx.trace_top,
            instruction: cx.instruction,
        }
    }

    #[inline(always)]
    pub fn restore(self, cx: &mut Context) {
        cx.base = self.base;
        cx.constants = self.constants;
        cx.temporary_floor = self.temporary_floor;
        cx.sites = self.sites;
        cx.trace_top = self.trace_top;
        cx.instruction = self.instruction;
    }
}

/// Where a call goes on: the header's return word.
///
/// # Safety
/// `base` is the base of a frame.
#[inline(always)]
pub unsafe fn return_address(base: *mut Value) -> *const Instruction {
    // SAFETY: the caller's promise.
    untag(unsafe { header(base, RETURN) })
}

/// The first free word above the running frame, for nested runs and native call blocks.
pub fn top(cx: &Context) -> *mut Value {
    if !cx.trace_top.is_null() {
        return cx.trace_top;
    }
    if cx.base == cx.stack_bottom {
        return cx.base;
    }
    // SAFETY: (frames 2) a frame's registers are followed by free words.
    unsafe { cx.base.add(current_code(cx).register_count as usize) }
}
