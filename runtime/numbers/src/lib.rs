//! Native modules about numbers. Each is one file (or folder), and a row in `MODULES`.

pub mod math;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&math::MODULE];
