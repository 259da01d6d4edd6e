//! Native modules about text and its encodings. Each is one file (or folder), and a row in `MODULES`.

pub mod codecs;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&codecs::MODULE];
