//! Native modules about threads and what belongs to one. Each is one file (or folder), and a row in `MODULES`.

pub mod context_variables;
pub mod queue;
pub mod thread;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&context_variables::MODULE, &queue::MODULE, &thread::MODULE];
