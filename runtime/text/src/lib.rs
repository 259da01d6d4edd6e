//! Native modules about text: encodings, binary data as text, regular expressions. Each is one file (or folder), and a row
//! in `MODULES`.

pub mod binary_ascii;
pub mod codecs;
pub mod sre;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&binary_ascii::MODULE, &codecs::MODULE, &sre::MODULE];
