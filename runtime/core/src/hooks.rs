//! The one table of upward calls: what the runtime asks of the layers above it. Filled by the program at start.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::interpreters::{Member, Seed};
use crate::native::Arguments;
use crate::objects::buffer::{Buffer, Request};
use crate::objects::code::LoopState;
use crate::objects::dict::DictObject;
use crate::objects::frame::LiveFrame;
use crate::objects::function::FunctionObject;
use crate::objects::generator::GeneratorObject;
use crate::value::Value;
use sidewinder_bytecode::Instruction;
use std::sync::Arc;

/// A fact that compiled traces rely on and that has just ceased to hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Broken {
    /// The type with this version changed or died.
    TypeVersion(u64),
    /// A watched dict (by its watch number) changed one of its values: the entry's index, or all.
    DictEntry(u64, u32),
    /// The keys of a watched dict changed.
    DictKeys(u64),
    /// The code object with this number died.
    Code(u64),
}

/// Source as text, as bytes that say their encoding, or as a syntax tree (a node of the module `_ast`).
#[derive(Clone, Copy)]
pub enum Source<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
    Tree(Value),
}

/// What is made of source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Product {
    Code,
    /// A syntax tree.
    Tree,
    /// A syntax tree as the compiler sees it.
    OptimizedTree,
    /// A description of its names (`_symtable`).
    Names,
}

/// What is to be compiled, and how.
#[derive(Clone, Copy)]
pub struct CompileRequest<'a> {
    pub source: Source<'a>,
    pub file_name: &'a str,
    /// "exec" or "eval", with "namespace-" in front for code with a namespace of its own, or "open-" for code that may get
    /// one later; or "open-single", or "func_type" for a tree.
    pub mode: &'a str,
    pub product: Product,
    /// From 1 on without assertions, from 2 on without docstrings; as the interpreter was told unless given.
    pub optimize: Option<u8>,
    /// `CodeFlags::FUTURES` that are on from the start.
    pub futures: u32,
    /// `await` may stand outside of functions.
    pub top_level_await: bool,
    /// A tree has type comments.
    pub type_comments: bool,
    /// A tree has only syntax of this minor version of Python 3.
    pub minor_version: Option<u8>,
    /// A source that more lines could make right is to be told from one that is wrong.
    pub allow_incomplete: bool,
    /// The source is read line by line and will be compiled again: then it tells of its warnings.
    pub incomplete_is_quiet: bool,
    /// The end of an interactive source ends its last line, but not the statement that the line belongs to.
    pub block_stays_open: bool,
}

impl<'a> CompileRequest<'a> {
    /// Text without anything special.
    pub fn new(text: &'a str, file_name: &'a str, mode: &'a str) -> CompileRequest<'a> {
        let source = Source::Text(text);
        let product = Product::Code;
        CompileRequest {
            source,
            file_name,
            mode,
            product,
            optimize: None,
            futures: 0,
            top_level_await: false,
            type_comments: false,
            minor_version: None,
            allow_incomplete: false,
            incomplete_is_quiet: false,
            block_stays_open: false,
        }
    }
}

/// Upward calls.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Runs the frame that is in place, from an instruction until its boundary is left: an instance of the handlers.
    pub interpret: fn(&mut Context, *const Instruction),
    /// Runs a Python function in a nested interpreter run.
    pub call_function: fn(&mut Context, &FunctionObject, Arguments<'_>) -> Result<Owned>,
    /// Resumes a suspended generator with a value, or with the pending exception when the value is unbound.
    /// `Ok(None)` means that it returned; its value is then in the generator.
    pub resume_generator: fn(&mut Context, &GeneratorObject, Value) -> Result<Option<Owned>>,
    /// Compiles source: `compile`, `exec`, `eval`, imports. Or parses it, to a tree.
    pub compile: fn(&mut Context, &CompileRequest<'_>) -> Result<Owned>,
    /// Compiles the bytes of a source file, in the encoding that they say, as a module. Arguments: bytes, file name.
    pub compile_file: fn(&mut Context, &[u8], &str) -> Result<Owned>,
    /// Runs a code object with globals and a namespace (unbound for none).
    pub run_code: fn(&mut Context, Value, &DictObject, Value) -> Result<Owned>,
    /// A generic alias of a class and its type arguments.
    pub generic_alias: fn(&mut Context, Value, Value) -> Owned,
    /// The globals dict of the running frame (an empty dict if none runs).
    pub frame_globals: fn(&mut Context) -> Owned,
    /// The locals of the running frame: a fresh dict of a function's, the namespace itself elsewhere.
    pub frame_locals: fn(&mut Context) -> Result<Owned>,
    /// `format(value, spec)` of a string or number of exact type with a string.
    pub format_plain: fn(&mut Context, Value, Value) -> Result<Owned>,
    /// A `memoryview` of a buffer.
    pub memory_view: fn(&mut Context, Buffer) -> Result<Owned>,
    /// The buffer that an object grants by a `__buffer__` in Python.
    pub python_buffer: fn(&mut Context, Value, Request) -> Result<Buffer>,
    /// Gives up a `memoryview` that the object exported (`__release_buffer__`).
    pub release_view: fn(&mut Context, Value, Value) -> Result<()>,
    /// Visits the frames on the value stack, the running one first, as long as the visitor answers true.
    pub walk_frames: fn(&mut Context, &mut dyn FnMut(&LiveFrame) -> bool),
    /// Visits frames as `walk_frames` does, but takes them as they are in memory, which may be in the middle of a change:
    /// for a look at a thread that hangs or dies, possibly from a handler of signals. It changes nothing.
    pub peek_frames: fn(&Context, &mut dyn FnMut(&LiveFrame) -> bool),
    /// Makes every trace that runs write the frames it has inlined to the value stack; see `Activation::shown`.
    pub show_frames: fn(&mut Context),
    /// A trace's assumption no longer holds.
    pub broken: fn(&mut Context, Broken),
    /// A loop or function is hot, or has machine code: the instruction that comes next, the one that goes on otherwise,
    /// and what counts it. Gives the instruction to go on at.
    pub hot: fn(&mut Context, *const Instruction, *const Instruction, &LoopState) -> *const Instruction,
    /// Calls a function that forks the process and says whether this is the child, where other threads are gone: stops
    /// before what they do for the interpreter, and starts it again after, in both.
    pub around_fork: fn(&mut Context, &mut dyn FnMut(&mut Context) -> bool),
    /// Makes another interpreter, on a thread that is in none meanwhile. None if that fails.
    pub start_interpreter: fn(Seed) -> Option<Arc<Member>>,
    /// Ends an interpreter as the end of a program ends the first one: waits for its threads, runs what the program wants to
    /// run at the end, lets go of the modules.
    pub end_interpreter: fn(&mut Context),
}
