//! Native modules about event loops: `_asyncio`.
//!
//! `future.rs` and `task.rs` have the types, `registry.rs` which loop and task run and which tasks there are. What only
//! failures and representations need stays Python's: `python.rs` keeps the functions of the package `asyncio`.

mod future;
mod module;
mod python;
mod registry;
mod task;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&module::MODULE];
