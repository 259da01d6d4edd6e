//! What the module keeps for an interpreter: the classes of its errors, and what it uses of other modules.

use sidewinder_macros::Traverse;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, EXCEPTION, RUNTIME_ERROR};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::operations::{attribute, call, import};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// Objects of other modules, as they were when this one was imported.
#[derive(Traverse)]
pub struct Tools {
    pub pickle_error: Owned,
    pub pickling_error: Owned,
    pub unpickling_error: Owned,
    /// `copyreg.dispatch_table`
    pub dispatch_table: Owned,
    pub extension_registry: Owned,
    pub inverted_registry: Owned,
    pub extension_cache: Owned,
    /// `_compat_pickle`
    pub name_mapping: Owned,
    pub import_mapping: Owned,
    pub reverse_name_mapping: Owned,
    pub reverse_import_mapping: Owned,
    pub getattr: Owned,
    /// `codecs.encode`
    pub encode: Owned,
    pub partial: Owned,
}

#[derive(Default)]
struct State {
    tools: RefCell<Option<Rc<Tools>>>,
}

/// The objects of other modules; an error before the module was executed.
pub fn tools(cx: &mut Context) -> Result<Rc<Tools>> {
    let state = cx.state::<State>();
    let tools = state.tools.borrow().clone();
    tools.ok_or_else(|| cx.raise(&RUNTIME_ERROR, "the module _pickle was not imported"))
}

fn error_class(cx: &mut Context, name: &str, base: Value) -> Result<Owned> {
    let bases = TupleObject::new(cx, &[base]);
    let namespace = DictObject::new(cx);
    let home = StrObject::new(cx, "_pickle");
    dict::of(namespace.value()).set_text(cx, "__module__", home.value());
    let name = StrObject::new(cx, name);
    call::call(cx, TYPE.value(), &[name.value(), bases.value(), namespace.value()])
}

fn attribute_of(cx: &mut Context, module: &str, name: &str) -> Result<Owned> {
    let module = import::module(cx, module)?;
    attribute::get_text(cx, module.value(), name)
}

/// A table of another module, which must be a dict.
fn table(cx: &mut Context, module: &str, name: &str) -> Result<Owned> {
    let found = attribute_of(cx, module, name)?;
    if found.value().cast::<DictObject>().is_some() {
        return Ok(found);
    }
    let kind = found.value().type_of().name();
    Err(cx.raise(&RUNTIME_ERROR, format!("{module}.{name} should be a dict, not {kind}")))
}

/// Makes the classes of errors and looks up the rest, the first time that the module is executed.
pub fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
    let state = cx.state::<State>();
    let known = state.tools.borrow().clone();
    let tools = match known {
        Some(known) => known,
        None => {
            let pickle_error = error_class(cx, "PickleError", EXCEPTION.value())?;
            let made = Rc::new(Tools {
                pickling_error: error_class(cx, "PicklingError", pickle_error.value())?,
                unpickling_error: error_class(cx, "UnpicklingError", pickle_error.value())?,
                pickle_error,
                dispatch_table: table(cx, "copyreg", "dispatch_table")?,
                extension_registry: table(cx, "copyreg", "_extension_registry")?,
                inverted_registry: table(cx, "copyreg", "_inverted_registry")?,
                extension_cache: table(cx, "copyreg", "_extension_cache")?,
                name_mapping: table(cx, "_compat_pickle", "NAME_MAPPING")?,
                import_mapping: table(cx, "_compat_pickle", "IMPORT_MAPPING")?,
                reverse_name_mapping: table(cx, "_compat_pickle", "REVERSE_NAME_MAPPING")?,
                reverse_import_mapping: table(cx, "_compat_pickle", "REVERSE_IMPORT_MAPPING")?,
                getattr: attribute_of(cx, "builtins", "getattr")?,
                encode: attribute_of(cx, "codecs", "encode")?,
                partial: attribute_of(cx, "functools", "partial")?,
            });
            *state.tools.borrow_mut() = Some(made.clone());
            made
        }
    };
    let errors = [
        ("PickleError", &tools.pickle_error),
        ("PicklingError", &tools.pickling_error),
        ("UnpicklingError", &tools.unpickling_error),
    ];
    for (name, class) in errors {
        module.namespace().set_text(cx, name, class.value());
    }
    Ok(())
}

fn raise(cx: &mut Context, class: Value, message: &str) -> Raised {
    let message = StrObject::new(cx, message);
    match call::call(cx, class, &[message.value()]) {
        Ok(made) => exception::raise(cx, made),
        Err(raised) => raised,
    }
}

/// Raises `PicklingError`.
#[cold]
pub fn pickling_error(cx: &mut Context, message: impl AsRef<str>) -> Raised {
    match tools(cx) {
        Ok(tools) => raise(cx, tools.pickling_error.value(), message.as_ref()),
        Err(raised) => raised,
    }
}

/// Raises `PicklingError`, which another exception has led to.
#[cold]
pub fn pickling_error_after(cx: &mut Context, cause: Owned, message: impl AsRef<str>) -> Raised {
    let raised = pickling_error(cx, message);
    let made = cx.take_pending();
    if exception::is_exception(made.value()) {
        exception::of(made.value()).set_context(Some(cause));
    }
    cx.raise_value(made);
    raised
}

/// Raises `UnpicklingError`.
#[cold]
pub fn unpickling_error(cx: &mut Context, message: impl AsRef<str>) -> Raised {
    match tools(cx) {
        Ok(tools) => raise(cx, tools.unpickling_error.value(), message.as_ref()),
        Err(raised) => raised,
    }
}

/// Adds a note to the exception that is pending.
#[cold]
pub fn note(cx: &mut Context, text: &str) -> Raised {
    let pending = cx.take_pending();
    let text = StrObject::new(cx, text);
    match exception::add_note(cx, pending.value(), text.value()) {
        Ok(()) => cx.raise_value(pending),
        Err(raised) => raised,
    }
}

/// The name of an object's type with its module, if that is not one of those that every program knows.
pub fn type_text(cx: &mut Context, object: Value) -> String {
    // It is asked for while an error waits, which a failing lookup must not take away.
    let waiting = (!cx.pending.is_unbound()).then(|| cx.take_pending());
    let text = name_of_type(cx, object);
    if let Some(waiting) = waiting {
        let _ = cx.raise_value(waiting);
    }
    text
}

fn name_of_type(cx: &mut Context, object: Value) -> String {
    let kind = object.type_of().value();
    let part = |cx: &mut Context, name: &str| match attribute::get_text_optional(cx, kind, name) {
        Ok(found) => found.and_then(|found| str::text(found.value()).map(|text| text.into_owned())),
        Err(_) => {
            drop(cx.take_pending());
            None
        }
    };
    let name = part(cx, "__qualname__").unwrap_or_else(|| object.type_of().name().to_string());
    match part(cx, "__module__") {
        Some(module) if module != "builtins" && module != "__main__" => format!("{module}.{name}"),
        _ => name,
    }
}

/// The text that `repr` gives, with lone surrogates escaped.
pub fn shown(cx: &mut Context, object: Value) -> Result<String> {
    let text = sidewinder_runtime::operations::convert::repr(cx, object)?;
    Ok(str::text(text.value()).unwrap_or_default().into_owned())
}
