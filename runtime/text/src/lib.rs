//! Native modules about text: encodings, binary data as text, regular expressions, the Unicode database. Each is one file
//! (or folder), and a row in `MODULES`.

pub mod binary_ascii;
pub mod codecs;
pub mod csv;
pub mod json;
pub mod sre;
pub mod unicode_data;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] =
    &[&binary_ascii::MODULE, &codecs::MODULE, &csv::MODULE, &json::MODULE, &sre::MODULE, &unicode_data::MODULE];
