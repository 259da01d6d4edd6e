//! The module `_sysconfig`: what `sysconfig` cannot read from a file of the installation.

use sidewinder_macros::native_module;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::{Context, Owned, Value};

/// How the program was built.
#[native_module("_sysconfig")]
mod rows {
    use super::*;

    /// The variables that say how the program was built.
    #[function]
    fn config_vars(cx: &mut Context) -> Owned {
        let variables = DictObject::new(cx);
        for name in ["Py_DEBUG", "Py_GIL_DISABLED"] {
            dict::of(variables.value()).set_text(cx, name, Value::from_small_int(0));
        }
        variables
    }
}
