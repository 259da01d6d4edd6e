//! `sys._jit`: what a program may ask of the JIT. No module to import: an attribute of `sys` alone.

use sidewinder_macros::native_module;
use sidewinder_runtime::objects::exception::NOT_IMPLEMENTED_ERROR;
use sidewinder_runtime::options::jit_mode;
use sidewinder_runtime::{Context, Result};

/// Utilities for observing just-in-time compilation.
#[native_module("sys._jit")]
mod rows {
    use super::*;

    /// Return True if this Python can compile just in time, and False otherwise.
    #[function]
    fn is_available() -> bool {
        true
    }

    /// Return True if code of this process may be compiled just in time, and False otherwise.
    #[function]
    fn is_enabled(cx: &mut Context) -> bool {
        cx.interpreter().options.jit != jit_mode::OFF
    }

    /// Return True if the topmost Python frame runs machine code, and False otherwise.
    #[function]
    fn is_active(cx: &mut Context) -> Result<bool> {
        Err(cx.raise(&NOT_IMPLEMENTED_ERROR, "sys._jit.is_active"))
    }
}
