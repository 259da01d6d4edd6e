//! Native modules about compression. Each is one file (or folder), and a row in `MODULES`.

pub mod bz2;
mod guarded;
mod incremental;
pub mod lzma;
mod output;
pub mod zlib;
pub mod zstd;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&bz2::MODULE, &lzma::MODULE, &zlib::MODULE, &zstd::MODULE];
