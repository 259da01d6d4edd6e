//! Source text to bytecode.
//!
//! The stages, in order: `syntax` (parse and lower to our tree), `scope` (symbol table), the generator (`generator`,
//! and one file for each family of constructs), `flow` and `assemble`. Errors carry CPython's words and positions.
//!
//! **Invariants**: output passes `sidewinder_bytecode::verify`, which debug builds check. No pass recurses deeper than
//! `syntax::TREE_DEPTH_MAX` allows.
//!
//! Not here: anything that runs code.

mod annotation;
mod assemble;
mod assign;
mod ast;
mod call;
mod class;
mod comprehension;
mod condition;
mod coroutine;
mod error;
mod exception;
mod exception_star;
mod expression;
mod flow;
mod fold;
mod function;
mod generator;
mod pattern;
mod register;
mod scope;
mod statement;
mod syntax;
pub mod tree;
mod type_parameters;
mod unit;

pub use error::{CompileError, ErrorKind, Origin};

use error::Outcome;
use sidewinder_bytecode::CodeData;

/// What a source text is compiled as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// A file, or `exec` where locals and globals are the same: names are globals.
    Module,
    /// An expression whose names are globals.
    Eval,
    /// Like `Module`, with a namespace of its own in register 0: `exec` with separate locals.
    NamespaceModule,
    /// Like `Eval`, with a namespace of its own in register 0.
    NamespaceEval,
    /// Like `Module`, with register 0 kept free: `compile`, whose code may be executed with a namespace later.
    OpenModule,
    /// Like `Eval`, with register 0 kept free.
    OpenEval,
    /// Like `OpenModule`, for one statement typed at a prompt: the values of expressions are displayed.
    OpenSingle,
}

/// How a source text is compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    pub mode: Mode,
    /// From 1 on without assertions, and `__debug__` is false; from 2 on without docstrings, too.
    pub optimize: u8,
    /// `CodeFlags::FUTURES` that are on from the start.
    pub futures: u32,
    /// `await` may stand outside of functions, which makes the code that of a coroutine.
    pub top_level_await: bool,
    /// Most digits of a decimal number; nought for any number.
    pub int_digits_max: usize,
}

impl Options {
    /// As a program's files are compiled.
    pub fn new(mode: Mode) -> Options {
        Options { mode, optimize: 0, futures: 0, top_level_await: false, int_digits_max: 0 }
    }
}

/// What a source text becomes as a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TreeMode {
    Module,
    Expression,
    Single,
    /// The signature in a type comment.
    FunctionType,
}

/// How a source text becomes a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TreeRequest {
    pub mode: TreeMode,
    /// Type comments are in the tree.
    pub type_comments: bool,
    /// Only syntax that this minor version of Python 3 has.
    pub minor_version: Option<u8>,
}

/// A `SyntaxWarning`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// From 1.
    pub line: u32,
    pub message: String,
}

/// Compiles a source text whose warnings nobody wants.
pub fn compile(source: &str, file_name: &str, mode: Mode) -> Result<CodeData, CompileError> {
    compile_with_options(source, file_name, Options::new(mode), &mut Vec::new())
}

/// Whether a source that does not parse might with more lines.
pub fn is_incomplete(source: &str, mode: Mode) -> bool {
    syntax::is_incomplete(source, mode)
}

/// Whether a source that parses ends in a compound statement without the newline that would end it.
pub fn is_open_ended(source: &str) -> bool {
    syntax::is_open_ended(source)
}

/// Compiles a source text, and adds its warnings to `warnings`.
pub fn compile_with_options(
    source: &str,
    file_name: &str,
    options: Options,
    warnings: &mut Vec<Warning>,
) -> Result<CodeData, CompileError> {
    match compile_unlocated(source, file_name, options, warnings) {
        Ok(code) => {
            if cfg!(debug_assertions)
                && let Err(problem) = sidewinder_bytecode::verify::verify(&code)
            {
                panic!("{file_name}: the compiler made invalid bytecode: {problem}");
            }
            Ok(code)
        }
        Err(failure) => Err(located(failure, source, file_name, options.mode)),
    }
}

fn located(failure: Box<error::Failure>, source: &str, file_name: &str, mode: Mode) -> CompileError {
    let is_file = matches!(mode, Mode::Module | Mode::NamespaceModule | Mode::OpenModule);
    CompileError { is_file, ..failure.locate(source, file_name) }
}

/// What `parse_tree` gives.
pub struct Parsed {
    pub tree: tree::Node,
    /// `CodeFlags::FUTURES` that are on.
    pub futures: u32,
}

/// Parses a source text into a tree of Python's nodes, and adds the warnings of doing so to `warnings`.
pub fn parse_tree(
    source: &str,
    file_name: &str,
    request: TreeRequest,
    options: Options,
    warnings: &mut Vec<Warning>,
) -> Result<Parsed, CompileError> {
    let options = Options {
        mode: match request.mode {
            TreeMode::Module => Mode::OpenModule,
            TreeMode::Single => Mode::OpenSingle,
            TreeMode::Expression | TreeMode::FunctionType => Mode::OpenEval,
        },
        ..options
    };
    match syntax::export::parse_tree(source, request, options) {
        Ok(mut exported) => {
            warnings.append(&mut exported.warnings);
            Ok(Parsed { tree: exported.tree, futures: exported.futures })
        }
        Err(failure) => {
            warnings.append(&mut syntax::warnings_before_error(source, options));
            Err(located(failure, source, file_name, options.mode))
        }
    }
}

/// Finds what is wrong with the names of a source text that parses.
pub fn check_names(source: &str, file_name: &str, options: Options) -> Result<(), CompileError> {
    let checked = syntax::parse(source, options).and_then(|tree| scope::analyze(&tree, options));
    checked.map(drop).map_err(|failure| located(failure, source, file_name, options.mode))
}

/// Compiles a tree that has passed `tree::validate`, and adds its warnings to `warnings`.
pub fn compile_tree(
    tree: &tree::Node,
    file_name: &str,
    options: Options,
    warnings: &mut Vec<Warning>,
) -> Result<CodeData, CompileError> {
    let mut compile = || -> Outcome<CodeData> {
        let mut lowered = syntax::lower_tree(tree, options)?;
        warnings.append(&mut lowered.warnings);
        let scopes = scope::analyze(&lowered, options)?;
        generator::generate(&lowered, &scopes, file_name, options)
    };
    let code = compile().map_err(|failure| failure.locate("", file_name))?;
    if cfg!(debug_assertions)
        && let Err(problem) = sidewinder_bytecode::verify::verify(&code)
    {
        panic!("{file_name}: the compiler made invalid bytecode: {problem}");
    }
    Ok(code)
}

fn compile_unlocated(
    source: &str,
    file_name: &str,
    options: Options,
    warnings: &mut Vec<Warning>,
) -> Outcome<CodeData> {
    let mut tree = syntax::parse(source, options).inspect_err(|_| {
        warnings.append(&mut syntax::warnings_before_error(source, options));
    })?;
    warnings.append(&mut tree.warnings);
    let scopes = scope::analyze(&tree, options)?;
    generator::generate(&tree, &scopes, file_name, options)
}
