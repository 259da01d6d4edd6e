//! The native module `_datetime`.

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[];
