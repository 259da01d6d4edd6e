//! From a warning to what happens with it: the place that it is about, the filters' answer, and how it is shown.

use super::filters::{self, State};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, IMPORT_ERROR, USER_WARNING, WARNING};
use sidewinder_runtime::objects::frame::{self, LiveFrame};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{function, int, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, import};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

/// What a warning is about.
pub struct Place {
    pub file: Owned,
    pub line: i64,
    pub module: Owned,
    /// A dict that remembers what was shown of this module, or None.
    pub registry: Owned,
}

/// A warning.
pub struct Details<'a> {
    pub message: Value,
    pub category: Value,
    pub place: &'a Place,
    /// The line that it is about, if no file has it.
    pub source_line: Option<Owned>,
    /// The object that it is about.
    pub source: Option<Value>,
}

/// The category of a message: its own class if it is a warning, or what was said, which must be one of warnings.
pub fn category_of(cx: &mut Context, message: Value, category: Option<Value>) -> Result<Owned> {
    if message.type_of().is_subtype(&WARNING) {
        return Ok(Owned::new(message.type_of().value()));
    }
    let Some(category) = category else { return Ok(Owned::new(USER_WARNING.value())) };
    match category.cast::<TypeObject>() {
        Some(class) if class.is_subtype(&WARNING) => Ok(Owned::new(category)),
        _ => {
            let name = category.type_of().name();
            Err(cx.type_error(format!("category must be a Warning subclass, not '{name}'")))
        }
    }
}

/// The name of a module that only its file is known of.
pub fn module_of_file(cx: &mut Context, file: &StrObject) -> Owned {
    let name = str::text(Value::from_pointer(file)).unwrap_or_default();
    match &*name {
        "" => str::intern(cx, "<unknown>"),
        name => match name.strip_suffix(".py") {
            Some(name) => StrObject::new(cx, name),
            None => Owned::new(Value::from_pointer(file)),
        },
    }
}

fn code_of(frame: &LiveFrame) -> &CodeObject {
    frame.code.cast().unwrap_or_else(|| unreachable!("a frame has a code object"))
}

/// Whether a frame is one of the import system's, which are not shown.
fn is_internal(frame: &LiveFrame) -> bool {
    let file = &code_of(frame).data.file_name;
    file.contains("importlib") && file.contains("_bootstrap")
}

impl Place {
    /// The place of a call, `level` frames up, without those of the import system and those of files that are skipped.
    pub fn of_caller(cx: &mut Context, level: i64, skipped: &[String]) -> Result<Place> {
        let (mut left, mut counts_all, mut is_first) = (level, false, true);
        let mut found: Option<(Value, Value, i64)> = None;
        frame::walk(cx, |frame| {
            if is_first {
                counts_all = level <= 0 || is_internal(frame);
                is_first = false;
            } else {
                let file = &code_of(frame).data.file_name;
                let hidden = is_internal(frame) || skipped.iter().any(|prefix| file.starts_with(prefix.as_str()));
                if counts_all || !hidden {
                    left -= 1;
                } else {
                    return true;
                }
            }
            if left > 1 {
                return true;
            }
            let globals = frame.function.cast::<function::FunctionObject>().map(|function| function.globals.get());
            let line = code_of(frame).line_of(frame.instruction as usize) as i64;
            found = globals.map(|globals| (frame.code, globals, line));
            false
        });
        let (file, globals, line) = match found {
            Some((code, globals, line)) => (attribute::get_text(cx, code, "co_filename")?, Owned::new(globals), line),
            None => {
                let system = import::loaded(cx, "sys")?;
                (str::intern(cx, "<sys>"), attribute::get_text(cx, system.value(), "__dict__")?, 0)
            }
        };
        let namespace = dict::of(globals.value());
        let module = namespace.get_text(cx, "__name__").filter(|name| *name == singleton::none() || str::is_str(*name));
        let module = module.map_or_else(|| str::intern(cx, "<string>"), Owned::new);
        const REGISTRY: &str = "__warningregistry__";
        let registry = match namespace.get_text(cx, REGISTRY) {
            Some(registry) => Owned::new(registry),
            None => {
                let registry = DictObject::new(cx);
                namespace.set_text(cx, REGISTRY, registry.value());
                registry
            }
        };
        Ok(Place { file, line, module, registry })
    }
}

/// The line of a module's source, if the module's loader knows that.
pub fn source_line(cx: &mut Context, globals: &DictObject, line: i64) -> Result<Option<Owned>> {
    let external = import::module(cx, "_frozen_importlib_external")?;
    let loader = call::call_method(cx, external.value(), "_bless_my_loader", &[Value::from_pointer(globals)])?;
    let Some(name) = globals.get_text(cx, "__name__").map(Owned::new) else { return Ok(None) };
    let Some(get) = attribute::get_text_optional(cx, loader.value(), "get_source")? else { return Ok(None) };
    let source = match call::call(cx, get.value(), &[name.value()]) {
        Ok(source) => source,
        // The loader of the main module may know it by another name.
        Err(_) if cx.swallow(&IMPORT_ERROR) => return Ok(None),
        Err(raised) => return Err(raised),
    };
    let Some(source) = str::text(source.value()) else { return Ok(None) };
    let found = usize::try_from(line - 1).ok().and_then(|index| source.lines().nth(index));
    Ok(found.map(|found| StrObject::new(cx, found)))
}

/// Shows a warning, raises it or leaves it, as the filters say.
pub fn issue(cx: &mut Context, details: &Details<'_>) -> Result<()> {
    let place = details.place;
    if place.module.value() == singleton::none() {
        return Ok(());
    }
    let registry = place.registry.value();
    if registry != singleton::none() && registry.cast::<DictObject>().is_none() {
        return Err(cx.type_error("'registry' must be a dict or None"));
    }
    let (text, category, message) = match details.message.type_of().is_subtype(&WARNING) {
        true => {
            let text = convert::str(cx, details.message)?;
            (text, Owned::new(details.message.type_of().value()), Owned::new(details.message))
        }
        false => {
            let message = call::call(cx, details.category, &[details.message])?;
            (Owned::new(details.message), Owned::new(details.category), message)
        }
    };
    let state = cx.state::<State>();
    state.lock(cx)?;
    let shown = decide(cx, place, text.value(), category.value(), message.value());
    state.unlock();
    if shown? { show(cx, details, text.value(), category.value(), message.value()) } else { Ok(()) }
}

/// Whether a warning is to be shown. Notes that it was.
fn decide(cx: &mut Context, place: &Place, text: Value, category: Value, message: Value) -> Result<bool> {
    let line = int::from_i64(cx, place.line);
    let key = TupleObject::new(cx, &[text, category, line.value()]);
    let registry = Some(place.registry.value()).filter(|registry| *registry != singleton::none());
    if let Some(registry) = registry
        && filters::is_known(cx, registry, key.value())?
    {
        return Ok(false);
    }
    let (action, item) = filters::action_for(cx, category, text, place.line, place.module.value())?;
    let name = str::text(action.value()).unwrap_or_default();
    match &*name {
        "error" => return Err(cx.raise_value(Owned::new(message))),
        "ignore" => return Ok(false),
        "always" | "all" => return Ok(true),
        _ => {}
    }
    if let Some(registry) = registry {
        dict::of(registry).set(cx, key.value(), singleton::true_())?;
    }
    let wide_key = TupleObject::new(cx, &[text, category]);
    match (&*name, registry) {
        ("once", None) => {
            let registry = filters::once_registry(cx)?;
            Ok(!filters::note(cx, registry.value(), wide_key.value())?)
        }
        ("once" | "module", Some(registry)) => Ok(!filters::note(cx, registry, wide_key.value())?),
        ("module" | "default", _) => Ok(true),
        _ => filters::refuse_action(cx, action.value(), item.as_ref()).map(|()| false),
    }
}

/// Shows a warning by what the library's `warnings` has for that, or plainly as long as nobody has loaded it.
fn show(cx: &mut Context, details: &Details<'_>, text: Value, category: Value, message: Value) -> Result<()> {
    if details.source.is_some() {
        // Only the library can tell where an object was made.
        import::module(cx, "warnings")?;
    }
    let Some(function) = filters::library_attribute(cx, "_showwarnmsg")? else {
        return show_plainly(cx, details, text, category);
    };
    if function.value().type_of().slots().call.is_none() {
        return Err(cx.type_error("warnings._showwarnmsg() must be set to a callable"));
    }
    let Some(class) = filters::library_attribute(cx, "WarningMessage")? else {
        return Err(cx.raise(&exception::RUNTIME_ERROR, "unable to get warnings.WarningMessage"));
    };
    let place = details.place;
    let line = int::from_i64(cx, place.line);
    let (none, source) = (singleton::none(), details.source.unwrap_or(singleton::none()));
    let text = details.source_line.as_ref().map_or(none, Owned::value);
    let arguments = [message, category, place.file.value(), line.value(), none, text, source];
    let shown = call::call(cx, class.value(), &arguments)?;
    call::call(cx, function.value(), &[shown.value()]).map(drop)
}

/// The text that the library would print.
fn show_plainly(cx: &mut Context, details: &Details<'_>, text: Value, category: Value) -> Result<()> {
    let place = details.place;
    let name = attribute::get_text(cx, category, "__name__")?;
    let shown = convert::str(cx, text)?;
    let part = |value: &Owned| str::text(value.value()).unwrap_or_default().into_owned();
    let file = part(&place.file);
    let mut report = format!("{file}:{}: {}: {}\n", place.line, part(&name), part(&shown));
    let line = match &details.source_line {
        Some(line) => Some(part(line)),
        None => {
            let index = usize::try_from(place.line - 1).ok();
            let source = std::fs::read(&file).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            source.zip(index).and_then(|(source, index)| source.lines().nth(index).map(String::from))
        }
    };
    if let Some(line) = line.filter(|line| !line.trim().is_empty()) {
        report.push_str(&format!("  {}\n", line.trim()));
    }
    sidewinder_builtins::write_error(cx, &report);
    Ok(())
}
