//! Native modules about numbers. Each is one file (or folder), and a row in `MODULES`.

pub mod complex_math;
pub mod math;
pub mod random;
pub mod statistics;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&complex_math::MODULE, &math::MODULE, &random::MODULE, &statistics::MODULE];
