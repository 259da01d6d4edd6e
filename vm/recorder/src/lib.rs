//! The recorder (the handlers' second instance, which runs and writes IR) and the engine that decides what to record,
//! hands traces to the compiler and enters machine code.

mod assumptions;
mod emit;
mod engine;
mod frames_shown;
mod generator;
mod helper_table;
mod instance;
mod recorder;
mod residual;
mod support;

pub use engine::{install, print_statistics};
