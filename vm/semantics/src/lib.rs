//! What each opcode does, written once: generic handlers over the `Semantics` trait for everything that traces follow,
//! and concrete ones (`cold/`) for the rest.
//!
//! `Interp` instantiates the handlers to run, and `Traced` (`tracing/`) to run while something watches the thread; the recorder crate instantiates them to run and record.

pub mod cold;
pub mod frame;
pub mod handlers;
pub mod helpers;
pub mod interp;
mod last_acts;
pub mod nested;
pub mod numbers;
pub mod run;
pub mod semantics;
mod small;
pub mod tracing;
pub mod unwind;

pub use interp::Interp;
pub use numbers::Numbers;
pub use semantics::{Attempt, Pc, Semantics};
