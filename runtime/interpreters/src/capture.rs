//! What an exception says, as plain data: all that comes back of one that nobody handled in another interpreter.

use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{exception, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, import};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// A snapshot of an exception.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    name: String,
    qualified_name: String,
    module: String,
    message: Option<String>,
    display: Option<String>,
}

/// An attribute that is text.
fn text_of(cx: &mut Context, object: Value, name: &str) -> Result<String> {
    let found = attribute::get_text(cx, object, name)?;
    let shown = convert::str(cx, found.value())?;
    Ok(str::text(shown.value()).unwrap_or_default().into_owned())
}

impl Snapshot {
    /// What the exception says. What cannot be found out is left away.
    pub fn of(cx: &mut Context, exception: Value) -> Snapshot {
        let kind = exception.type_of().value();
        let mut text = |name| match text_of(cx, kind, name) {
            Ok(text) => text,
            Err(_) => {
                drop(cx.take_pending());
                String::new()
            }
        };
        let (name, qualified_name, module) = (text("__name__"), text("__qualname__"), text("__module__"));
        let message =
            convert::str(cx, exception).map(|shown| str::text(shown.value()).unwrap_or_default().into_owned());
        let message = kept(cx, message);
        let display = display(cx, exception);
        let display = kept(cx, display);
        Snapshot { name, qualified_name, module, message, display }
    }

    /// `module.Class: message`, as the last line of a traceback has it.
    pub fn formatted(&self) -> String {
        let class = match self.module.as_str() {
            "" | "builtins" | "__main__" => self.qualified_name.clone(),
            module => format!("{module}.{}", self.qualified_name),
        };
        match &self.message {
            Some(message) => format!("{class}: {message}"),
            None => class,
        }
    }

    /// The snapshot as a namespace with `type`, `msg`, `formatted` and `errdisplay`.
    pub fn object(&self, cx: &mut Context) -> Result<Owned> {
        let names = [("__name__", &self.name), ("__qualname__", &self.qualified_name), ("__module__", &self.module)];
        let fields = names.map(|(name, text)| (name, StrObject::new(cx, text)));
        let kind = namespace(cx, &fields)?;
        let formatted = StrObject::new(cx, &self.formatted());
        let optional = |cx: &mut Context, text: &Option<String>| match text {
            Some(text) => StrObject::new(cx, text),
            None => Owned::new(singleton::none()),
        };
        let (message, display) = (optional(cx, &self.message), optional(cx, &self.display));
        namespace(cx, &[("type", kind), ("msg", message), ("formatted", formatted), ("errdisplay", display)])
    }

    /// An exception that stands for it in this interpreter.
    pub fn stand_in(&self, cx: &mut Context) -> Result<Owned> {
        let text = self.display.clone().unwrap_or_else(|| self.formatted());
        let text = StrObject::new(cx, &text);
        exception::new(cx, &exception::EXCEPTION, &[text.value()])
    }
}

fn kept(cx: &mut Context, found: Result<String>) -> Option<String> {
    match found {
        Ok(text) => Some(text),
        Err(_) => {
            drop(cx.take_pending());
            None
        }
    }
}

/// The whole traceback, as `traceback` prints it, without the last line's end.
fn display(cx: &mut Context, exception: Value) -> Result<String> {
    let traceback = import::module(cx, "traceback")?;
    let class = attribute::get_text(cx, traceback.value(), "TracebackException")?;
    let names = ["save_exc_type", "lookup_lines"].map(|name| str::intern(cx, name));
    let names = names.each_ref().map(Owned::value);
    let values = [exception, singleton::false_(), singleton::false_()];
    let arguments = Arguments { values: &values, names: &names };
    let made = call::call_method_with(cx, class.value(), "from_exception", arguments)?;
    let lines = call::call_method(cx, made.value(), "format", &[])?;
    let empty = StrObject::new(cx, "");
    let joined = call::call_method(cx, empty.value(), "join", &[lines.value()])?;
    let text = str::text(joined.value()).unwrap_or_default().into_owned();
    Ok(text.strip_suffix('\n').map_or(text.clone(), str::to_owned))
}

/// A `types.SimpleNamespace` with these attributes.
pub fn namespace(cx: &mut Context, attributes: &[(&str, Owned)]) -> Result<Owned> {
    let held = DictObject::new(cx);
    for (name, value) in attributes {
        dict::of(held.value()).set_text(cx, name, value.value());
    }
    let types = import::module(cx, "_types")?;
    call::call_method(cx, types.value(), "SimpleNamespace", &[held.value()])
}
