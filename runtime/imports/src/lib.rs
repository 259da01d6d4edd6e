//! Native modules below `importlib`: what it finds frozen and builtin modules with, and the form of code in files.

pub mod imp;
pub mod marshal;
mod start;
pub mod sysconfig;
pub mod warnings;

pub use imp::magic_number;
pub use start::start;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&imp::MODULE, &marshal::MODULE, &sysconfig::MODULE, &warnings::MODULE];
