//! Native modules below `importlib`: what it finds frozen and builtin modules with, and the form of code in files.

pub mod imp;
pub mod marshal;
mod start;
pub mod warnings;

pub use start::start;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&imp::MODULE, &marshal::MODULE, &warnings::MODULE];
