//! Native modules about the language itself. Each is one file (or folder), and a row in `MODULES`.

pub mod abstract_classes;
pub mod opcode;
pub mod profiler;
pub mod symbol_table;
pub mod syntax_tree;
pub mod tokenizer;
pub mod typing;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[
    &abstract_classes::MODULE,
    &opcode::MODULE,
    &profiler::MODULE,
    &symbol_table::MODULE,
    &syntax_tree::MODULE,
    &tokenizer::MODULE,
    &typing::MODULE,
];
