//! Modules written in Rust.

use super::Native;
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::dict;
use crate::objects::method;
use crate::objects::module::{self, ModuleObject};
use crate::objects::str::{self, StrObject};
use crate::objects::type_object::StaticType;
use crate::value::Value;

/// A constant of a module.
pub struct NativeConstant {
    pub name: &'static str,
    pub make: fn(&mut Context) -> Owned,
}

/// A native module; made by `#[native_module]`.
pub struct NativeModule {
    pub name: &'static str,
    pub doc: &'static str,
    pub functions: &'static [&'static [Native]],
    /// The types, each after its base, and whether the module shows them.
    pub types: &'static [NativeTypeRow],
    pub constants: &'static [&'static [NativeConstant]],
    /// What remains to be done once functions, types and constants are there.
    pub execute: Option<fn(&mut Context, &ModuleObject) -> Result<()>>,
}

// SAFETY: (threads 1) rows are immutable.
unsafe impl Sync for NativeModule {}

/// A type of a native module.
pub struct NativeTypeRow {
    pub kind: fn() -> &'static StaticType,
    /// Absent for types that a program can only get from objects.
    pub shown: bool,
}

impl NativeModule {
    /// Makes the module, which nobody can import then.
    pub fn make(&'static self, cx: &mut Context) -> Result<Owned> {
        let made = module::new_builtin(cx, self.name)?;
        self.fill(cx, made.value())?;
        Ok(made)
    }

    /// Makes the module, enters it in `sys.modules` and executes it.
    pub fn import(&'static self, cx: &mut Context) -> Result<Owned> {
        let made = self.make(cx)?;
        dict::of(cx.interpreter().modules.value()).set_text(cx, self.name, made.value());
        if let Some(execute) = self.execute {
            execute(cx, module::of(made.value()))?;
        }
        Ok(made)
    }

    fn fill(&'static self, cx: &mut Context, made: Value) -> Result<()> {
        let own = module::of(made);
        if !self.doc.is_empty() {
            let doc = StrObject::new(cx, self.doc);
            own.namespace().set_text(cx, "__doc__", doc.value());
        }
        for row in self.types {
            let kind = (row.kind)();
            kind.object.ensure_ready(cx)?;
            if row.shown {
                own.namespace().set_text(cx, short_name(kind.object.name()), kind.value());
            }
        }
        let name = str::intern(cx, self.name);
        for definition in self.functions.iter().copied().flatten() {
            let function = method::native::new_function(cx, definition, name.value());
            own.namespace().set_text(cx, definition.name, function.value());
        }
        for constant in self.constants.iter().copied().flatten() {
            let value = (constant.make)(cx);
            own.namespace().set_text(cx, constant.name, value.value());
        }
        Ok(())
    }
}

/// A type's name without its module.
pub fn short_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
