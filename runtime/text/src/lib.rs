//! Native modules about text: encodings, regular expressions. Each is one file (or folder), and a row in `MODULES`.

pub mod codecs;
pub mod sre;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&codecs::MODULE, &sre::MODULE];
