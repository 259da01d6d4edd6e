//! Exception classes that native modules define.

use super::Field;
use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::objects::dict::{self, DictObject};
use crate::objects::exception::{self, EXCEPTION};
use crate::objects::module::ModuleObject;
use crate::objects::str::StrObject;
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{TYPE, TypeObject};
use crate::operations::call;
use crate::value::Value;

/// An exception class of a native module, kept in the module's state.
#[derive(Default)]
pub struct ExceptionClass(Field);

impl ExceptionClass {
    /// Makes the class, unless it is there from an earlier import, and shows it in the module.
    pub fn define(
        &self,
        cx: &mut Context,
        module: &ModuleObject,
        names: [&str; 2],
        base: &'static TypeObject,
        documentation: Option<&str>,
    ) -> Result<()> {
        self.define_under(cx, module, names, &[base.value()], documentation)
    }

    /// The same with any bases, of which others of the module may be.
    pub fn define_under(
        &self,
        cx: &mut Context,
        module: &ModuleObject,
        [home, name]: [&str; 2],
        bases: &[Value],
        documentation: Option<&str>,
    ) -> Result<()> {
        let class = match self.0.get() {
            Some(class) => class,
            None => {
                let text = StrObject::new(cx, name);
                let bases = TupleObject::new(cx, bases);
                let namespace = DictObject::new(cx);
                let home = StrObject::new(cx, home);
                dict::of(namespace.value()).set_text(cx, "__module__", home.value());
                if let Some(documentation) = documentation {
                    let documentation = StrObject::new(cx, documentation);
                    dict::of(namespace.value()).set_text(cx, "__doc__", documentation.value());
                }
                call::call(cx, TYPE.value(), &[text.value(), bases.value(), namespace.value()])?
            }
        };
        module.namespace().set_text(cx, name, class.value());
        self.0.set(Some(class));
        Ok(())
    }

    /// The class, or `Exception` before it is there.
    pub fn class(&self) -> Owned {
        self.0.get().unwrap_or_else(|| Owned::new(EXCEPTION.value()))
    }

    /// Raises an instance with these arguments.
    #[cold]
    pub fn raise_with(&self, cx: &mut Context, arguments: &[Value]) -> Raised {
        let class = self.class();
        match call::call(cx, class.value(), arguments) {
            Ok(made) => exception::raise(cx, made),
            Err(raised) => raised,
        }
    }

    /// Raises an instance with a message.
    #[cold]
    pub fn raise(&self, cx: &mut Context, message: impl AsRef<str>) -> Raised {
        let text = StrObject::new(cx, message.as_ref());
        self.raise_with(cx, &[text.value()])
    }
}
