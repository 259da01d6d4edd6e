//! The recorder (the handlers' second instance, which runs and writes IR) and the engine that decides what to record,
//! hands traces to the compiler and enters machine code.

mod assumptions;
mod emit;
mod engine;
mod frames_shown;
mod function_call;
mod generator;
mod held;
mod helper_table;
mod inner_loops;
mod instance;
mod made;
mod recorder;
mod residual;
mod support;

pub use engine::{install, print_statistics, program_starts, uninstall};
