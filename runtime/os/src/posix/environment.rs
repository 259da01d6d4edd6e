//! The environment: variables of the process.

use crate::path::FileName;
use crate::system::{numbered, plainly, programs};
use sidewinder_macros::native_functions;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::{Context, Owned, Result};
use std::os::unix::ffi::OsStrExt;

/// The variables as a dict of bytes. Of several with one name, the first counts.
fn variables(cx: &mut Context) -> Result<Owned> {
    let made = DictObject::new(cx);
    let own = dict::of(made.value());
    for (name, value) in std::env::vars_os() {
        let name = BytesObject::new(cx, name.as_bytes());
        let value = BytesObject::new(cx, value.as_bytes());
        if own.get(cx, name.value())?.is_none() {
            own.set(cx, name.value(), value.value())?;
        }
    }
    Ok(made)
}

/// Enters the variables that the process was started with into the module.
pub fn add(cx: &mut Context, module: &ModuleObject) -> Result<()> {
    let found = variables(cx)?;
    module.namespace().set_text(cx, "environ", found.value());
    Ok(())
}

#[native_functions]
pub mod rows {
    use super::*;

    /// The environment as it is now.
    #[function(name = "_create_environ")]
    fn create_environ(cx: &mut Context) -> Result<Owned> {
        variables(cx)
    }

    /// Sets a variable of the environment.
    #[function]
    fn putenv(cx: &mut Context, name: FileName, value: FileName) -> Result<()> {
        if name.0.to_bytes().contains(&b'=') {
            return Err(cx.value_error("illegal environment variable name"));
        }
        plainly(cx, Ok(programs::set_variable(&name.0, &value.0)))
    }

    /// Removes a variable of the environment.
    #[function]
    fn unsetenv(cx: &mut Context, name: FileName) -> Result<()> {
        let outcome = match name.0.is_empty() {
            true => numbered(libc::EINVAL),
            false => programs::unset_variable(&name.0),
        };
        plainly(cx, Ok(outcome))
    }
}
