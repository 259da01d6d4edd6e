//! The module `_typing`: the types behind type parameters, which the object model has.

use sidewinder_macros::native_module;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::typing;
use sidewinder_runtime::operations::attribute;
use sidewinder_runtime::{Context, Owned, Result};

/// Primitives for typing.
#[native_module("_typing")]
mod rows {
    use super::*;

    /// The argument.
    #[function]
    fn _idfunc(x: Owned) -> Owned {
        x
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        for (name, value) in typing::exported() {
            module.namespace().set_text(cx, name, value);
        }
        let builtins = cx.builtins();
        let (Some(int), Some(text)) = (builtins.get_text(cx, "int"), builtins.get_text(cx, "str")) else {
            return Ok(());
        };
        // The type of unions has no name in `builtins`.
        let union = sidewinder_runtime::operations::arithmetic::binary(
            cx,
            sidewinder_runtime::objects::slots::BinaryOp::Or,
            int,
            text,
        )?;
        let class = attribute::get_text(cx, union.value(), "__class__")?;
        module.namespace().set_text(cx, "Union", class.value());
        Ok(())
    }
}
