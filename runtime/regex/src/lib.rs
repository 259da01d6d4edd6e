//! Regular expressions as Python has them: runs the code words that CPython's `re._compiler` emits, and finds what
//! CPython's own engine finds.
//!
//! `Program::new` checks the words and makes instructions of them (`compile.rs`), with what can be known beforehand:
//! sets as tables (`set.rs`), the characters that each place can start with (`first.rs`), how to search (`scan.rs`).
//! `Program::run` executes them (`run.rs`, `execute.rs`) by backtracking over an explicit stack (`state.rs`), which
//! grows with the text and not with the native stack.
//!
//! Not here: Python objects, the parser of patterns (Python's own), Unicode's tables (`Characters`).

#![forbid(unsafe_code)]

mod at;
mod characters;
mod compile;
mod execute;
mod first;
mod opcode;
mod program;
mod run;
mod scan;
mod set;
mod state;
mod unit;

pub use characters::{Ascii, Characters};
pub use compile::Invalid;
pub use opcode::{CODE_SIZE, MAGIC};
pub use program::Program;
pub use run::{Mode, Outcome, Request};
pub use state::State;
pub use unit::Subject;
