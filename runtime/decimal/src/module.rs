//! The rows of the module `_decimal`.

use crate::context::{self, ContextManager, DecimalContext};
use crate::decimal::Decimal;
use crate::environment::{EXPONENT_MIN, PRECISION_MAX, Rounding, TINY_MIN};
use crate::signals::SignalDictMixin;
use crate::state::State;
use sidewinder_macros::native_module;
use sidewinder_runtime::native::Keywords;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The widest interchange format.
pub const INTERCHANGE_BITS_MAX: i64 = 512;

/// Decimal arithmetic with any precision.
#[native_module("_decimal", types(Decimal, DecimalContext, hidden ContextManager, hidden SignalDictMixin))]
mod rows {
    use super::*;

    #[constant(name = "MAX_PREC")]
    const MOST_DIGITS: i64 = PRECISION_MAX;
    #[constant]
    const MAX_EMAX: i64 = PRECISION_MAX;
    #[constant]
    const MIN_EMIN: i64 = EXPONENT_MIN;
    #[constant]
    const MIN_ETINY: i64 = TINY_MIN;
    #[constant]
    const IEEE_CONTEXT_MAX_BITS: i64 = INTERCHANGE_BITS_MAX;
    #[constant]
    const HAVE_THREADS: bool = true;
    #[constant]
    const HAVE_CONTEXTVAR: bool = true;
    #[constant(name = "__version__")]
    const VERSION: &str = "1.70";
    /// The version of the arithmetic's description that this follows, as programs ask for it.
    #[constant(name = "__libmpdec_version__")]
    const LIBRARY_VERSION: &str = "2.5.1";

    /// The current context.
    #[function]
    fn getcontext(cx: &mut Context) -> Result<Owned> {
        context::current(cx)
    }

    /// Makes a context current.
    #[function]
    fn setcontext(cx: &mut Context, context: Value) -> Result<()> {
        context::set_current(cx, context)
    }

    /// A manager for `with`, in which a copy of a context, or of the current one, is current; keywords change fields of it.
    #[function]
    fn localcontext(
        cx: &mut Context,
        #[named]
        #[default(None)]
        ctx: Option<Value>,
        kwargs: Keywords<'_>,
    ) -> Result<Owned> {
        ContextManager::of(cx, ctx, kwargs.0)
    }

    /// The context of the interchange format of so many bits, which are a multiple of 32.
    #[function(name = "IEEEContext")]
    fn interchange_context(cx: &mut Context, bits: Value) -> Result<Owned> {
        if !int::is_int_like(bits) {
            return Err(cx.type_error("an integer is required"));
        }
        let bits = convert::index_i64(cx, bits)?;
        DecimalContext::interchange(cx, bits)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        for (_, name) in Rounding::ALL {
            let text = str::intern::intern(cx, name);
            module.namespace().set_text(cx, name, text.value());
        }
        cx.state::<State>().define(cx, module)
    }
}
