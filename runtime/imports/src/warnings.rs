//! The module `_warnings`: what `importlib` and native code warn through. The warnings themselves are the business of
//! the library's `warnings`, which is loaded with the first of them.

use sidewinder_macros::native_module;
use sidewinder_runtime::operations::{call, import};
use sidewinder_runtime::{Arguments, Context, Owned, Result};

fn forward(cx: &mut Context, function: &str, arguments: Arguments<'_>) -> Result<Owned> {
    let module = import::module(cx, "warnings")?;
    let function = sidewinder_runtime::operations::attribute::get_text(cx, module.value(), function)?;
    call::call_with(cx, function.value(), arguments)
}

/// Warnings from below the library.
#[native_module("_warnings")]
mod rows {
    use super::*;
    use sidewinder_runtime::native::Keywords;

    /// Issues a warning, or maybe ignores it or raises it.
    #[function]
    fn warn(cx: &mut Context, #[rest] _args: &[sidewinder_runtime::Value], kwargs: Keywords<'_>) -> Result<Owned> {
        forward(cx, "warn", kwargs.0)
    }

    /// Issues a warning of a place.
    #[function]
    fn warn_explicit(
        cx: &mut Context,
        #[rest] _args: &[sidewinder_runtime::Value],
        kwargs: Keywords<'_>,
    ) -> Result<Owned> {
        forward(cx, "warn_explicit", kwargs.0)
    }
}
