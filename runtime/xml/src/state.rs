//! What the module keeps for an interpreter: the class of its errors.

use crate::error::{Code, ERRORS};
use crate::event::Position;
use sidewinder_runtime::native::{Field, IntoObject};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, EXCEPTION};
use sidewinder_runtime::objects::module::{self, ModuleObject};
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::operations::{attribute, call};
use sidewinder_runtime::{Context, Owned, Raised, Result};

/// The numbers of content models.
static MODELS: [(&str, i64); 10] = [
    ("XML_CTYPE_EMPTY", 1),
    ("XML_CTYPE_ANY", 2),
    ("XML_CTYPE_MIXED", 3),
    ("XML_CTYPE_NAME", 4),
    ("XML_CTYPE_CHOICE", 5),
    ("XML_CTYPE_SEQ", 6),
    ("XML_CQUANT_NONE", 0),
    ("XML_CQUANT_OPT", 1),
    ("XML_CQUANT_REP", 2),
    ("XML_CQUANT_PLUS", 3),
];

/// The state of an interpreter.
#[derive(Default)]
pub struct State {
    error: Field,
}

impl State {
    /// Raises an error of the class, with number and place.
    #[cold]
    pub fn raise(&self, cx: &mut Context, code: Code, position: Option<Position>, message: &str) -> Raised {
        let class = self.error.get();
        let class = class.as_ref().map_or(EXCEPTION.value(), Owned::value);
        let text = StrObject::new(cx, message);
        let made = match call::call(cx, class, &[text.value()]) {
            Ok(made) => made,
            Err(raised) => return raised,
        };
        let position = position.unwrap_or_default();
        let numbers =
            [("code", i64::from(code.0)), ("offset", position.column as i64), ("lineno", position.line as i64)];
        for (name, number) in numbers {
            let number = number.into_object(cx);
            if let Err(raised) = attribute::set_text(cx, made.value(), name, number.value()) {
                return raised;
            }
        }
        exception::raise(cx, made)
    }

    /// Makes the class and the modules of numbers, and shows them.
    pub fn define(&self, cx: &mut Context, own: &ModuleObject) -> Result<()> {
        if self.error.is_empty() {
            let (name, home) = (StrObject::new(cx, "ExpatError"), StrObject::new(cx, "xml.parsers.expat"));
            let bases = TupleObject::new(cx, &[EXCEPTION.value()]);
            let namespace = DictObject::new(cx);
            dict::of(namespace.value()).set_text(cx, "__module__", home.value());
            self.error.set(Some(call::call(cx, TYPE.value(), &[name.value(), bases.value(), namespace.value()])?));
        }
        let error = self.error.get_or_none();
        own.namespace().set_text(cx, "error", error.value());
        own.namespace().set_text(cx, "ExpatError", error.value());
        let errors = submodule(cx, own, "errors", "Constants used to describe error conditions.")?;
        let (codes, messages) = (DictObject::new(cx), DictObject::new(cx));
        for (name, number, message) in ERRORS {
            let (text, number) = (StrObject::new(cx, message), number.into_object(cx));
            module::of(errors.value()).namespace().set_text(cx, &format!("XML_ERROR_{name}"), text.value());
            dict::of(codes.value()).set(cx, text.value(), number.value())?;
            dict::of(messages.value()).set(cx, number.value(), text.value())?;
        }
        module::of(errors.value()).namespace().set_text(cx, "codes", codes.value());
        module::of(errors.value()).namespace().set_text(cx, "messages", messages.value());
        let model = submodule(cx, own, "model", "Constants used to interpret content model information.")?;
        for (name, number) in MODELS {
            let number = number.into_object(cx);
            module::of(model.value()).namespace().set_text(cx, name, number.value());
        }
        Ok(())
    }
}

/// A module within the module, which can be imported.
fn submodule(cx: &mut Context, own: &ModuleObject, name: &str, documentation: &str) -> Result<Owned> {
    let full = format!("pyexpat.{name}");
    let made = module::new(cx, &full)?;
    let documentation = StrObject::new(cx, documentation);
    module::of(made.value()).namespace().set_text(cx, "__doc__", documentation.value());
    own.namespace().set_text(cx, name, made.value());
    let modules = cx.interpreter().modules.clone();
    dict::of(modules.value()).set_text(cx, &full, made.value());
    Ok(made)
}
