//! What the import statements and `__import__` mean: `sys.modules` first, then what `importlib._bootstrap` finds.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::dict::{self, DictObject};
use crate::objects::exception::{self, IMPORT_ERROR};
use crate::objects::traceback::TracebackObject;
use crate::objects::tuple::TupleObject;
use crate::objects::{module, singleton, str};
use crate::operations::{attribute, audit, call, compare, convert, warnings};
use crate::value::Value;

mod times;
pub use times::ImportTimes;

/// The files of the import system, whose frames tracebacks do not show.
const OWN_FILES: [&str; 2] = ["<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"];

/// A module that is in `sys.modules`.
pub fn loaded(cx: &mut Context, name: &str) -> Result<Owned> {
    match modules(cx).get_text(cx, name) {
        Some(found) => Ok(Owned::new(found)),
        None => Err(cx.raise(&IMPORT_ERROR, format!("{name} is gone"))),
    }
}

/// The lock of `_imp`, under which `importlib` makes the locks of modules. Read and written under the GIL.
#[derive(Default)]
pub struct ImportLock {
    owner: usize,
    depth: u32,
}

impl ImportLock {
    /// Whether a thread has it.
    pub fn is_held(&self) -> bool {
        self.depth > 0
    }

    /// Takes it, unless another thread has it.
    pub fn try_acquire(&mut self, thread: usize) -> bool {
        let free = self.depth == 0 || self.owner == thread;
        if free {
            self.owner = thread;
            self.depth += 1;
        }
        free
    }

    /// Gives it back once; false if the thread does not have it.
    pub fn release(&mut self, thread: usize) -> bool {
        let held = self.depth > 0 && self.owner == thread;
        self.depth -= held as u32;
        held
    }
}

/// The module of an absolute name; that of its last part if it has several.
pub fn module(cx: &mut Context, name: &str) -> Result<Owned> {
    let name = str::intern(cx, name);
    get_or_load(cx, name.value())
}

/// `__import__`: the module of a name, relative to the package of `globals` if `level` is above nought; the first
/// package of a dotted name unless there is a list of names to import from the module.
pub fn import(cx: &mut Context, name: Value, globals: Value, from_list: Value, level: i64) -> Result<Owned> {
    let Some(text) = str::text(name) else { return Err(cx.type_error("module name must be a string")) };
    if level < 0 {
        return Err(cx.value_error("level must be >= 0"));
    }
    let absolute = if level > 0 {
        relative_name(cx, &text, globals, level)?
    } else if text.is_empty() {
        return Err(cx.value_error("Empty module name"));
    } else {
        Owned::new(name)
    };
    let module = get_or_load(cx, absolute.value())?;
    if !from_list.is_unbound() && from_list != singleton::none() && convert::truth(cx, from_list)? {
        return complete_list(cx, module, from_list);
    }
    let Some((first, _)) = text.split_once('.').filter(|_| !text.is_empty()) else { return Ok(module) };
    if level == 0 {
        return self::module(cx, first);
    }
    // `from . import` has a list, so this is `__import__("a.b", level=1)`: the package of that relative name.
    let whole = str::text(absolute.value()).unwrap_or_default().into_owned();
    let package = &whole[..whole.len() - (text.len() - first.len())];
    let key = str::intern(cx, package);
    match modules(cx).get(cx, key.value())? {
        Some(found) => Ok(Owned::new(found)),
        None => {
            let message = format!("'{package}' not in sys.modules as expected");
            Err(cx.raise(&exception::KEY_ERROR, message))
        }
    }
}

fn modules(cx: &Context) -> &'static DictObject {
    dict::of(cx.interpreter().modules.value())
}

/// The module of an absolute name, from `sys.modules` once it is initialised.
fn get_or_load(cx: &mut Context, name: Value) -> Result<Owned> {
    if let Some(found) = modules(cx).get(cx, name)?
        && found != singleton::none()
    {
        let found = Owned::new(found);
        if is_initializing(cx, found.value())? {
            // Another thread may be at it: wait for its end.
            let importlib = importlib(cx)?;
            call::call_method(cx, importlib.value(), "_lock_unlock_module", &[name])?;
        }
        if cx.interpreter().options.settings.import_time > 1 {
            times::show_cached(cx, name);
        }
        return Ok(found);
    }
    audit::event(cx, "import", |cx| {
        let none = || Owned::new(singleton::none());
        let system = modules(cx).get_text(cx, "sys").and_then(|system| system.cast::<module::ModuleObject>());
        let lists = ["path", "meta_path", "path_hooks"].map(|list| {
            let found = system.and_then(|system| system.namespace().get_text(cx, list));
            found.map_or_else(none, Owned::new)
        });
        [Owned::new(name), none()].into_iter().chain(lists).collect()
    })?;
    match cx.interpreter().options.settings.import_time {
        0 => call_importlib(cx, "_find_and_load", &[name]),
        _ => times::measured(cx, name, |cx| call_importlib(cx, "_find_and_load", &[name])),
    }
}

/// Calls a function of `importlib._bootstrap` with the arguments and `__import__`.
fn call_importlib(cx: &mut Context, function: &str, arguments: &[Value]) -> Result<Owned> {
    let importlib = importlib(cx)?;
    let import = cx.builtins().get_text(cx, "__import__").unwrap_or(singleton::none());
    let import = Owned::new(import);
    let arguments = [arguments, &[import.value()]].concat();
    let result = call::call_method(cx, importlib.value(), function, &arguments);
    if result.is_err() {
        hide_own_frames(cx);
    }
    result
}

/// The module `importlib._bootstrap`.
fn importlib(cx: &mut Context) -> Result<Owned> {
    let importlib = cx.interpreter().importlib.clone();
    if importlib.value() == singleton::none() {
        return Err(cx.raise(&IMPORT_ERROR, "nothing can be imported yet"));
    }
    Ok(importlib)
}

/// Whether the code of a module still runs, as its `__spec__` says.
pub fn is_initializing(cx: &mut Context, value: Value) -> Result<bool> {
    let name = cx.interpreter().names.spec;
    let spec = match value.cast_exact::<module::ModuleObject>() {
        Some(module) => module.namespace().get_interned(name).map(Owned::new),
        None => attribute::get_optional(cx, value, name)?,
    };
    match spec {
        Some(spec) => is_spec_initializing(cx, spec.value()),
        None => Ok(false),
    }
}

/// Whether a module with this `__spec__` is still being run.
pub fn is_spec_initializing(cx: &mut Context, spec: Value) -> Result<bool> {
    if spec == singleton::none() {
        return Ok(false);
    }
    let name = cx.interpreter().names.initializing;
    match attribute::get_optional(cx, spec, name)? {
        Some(flag) => convert::truth(cx, flag.value()),
        None => Ok(false),
    }
}

/// The absolute name of a relative one: `level` dots in front of it, in the package of `globals`.
fn relative_name(cx: &mut Context, name: &str, globals: Value, level: i64) -> Result<Owned> {
    let package = package_of(cx, globals)?;
    if package.is_empty() {
        return Err(cx.raise(&IMPORT_ERROR, "attempted relative import with no known parent package"));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        match base.rsplit_once('.') {
            Some((parent, _)) => base = parent,
            None => return Err(cx.raise(&IMPORT_ERROR, "attempted relative import beyond top-level package")),
        }
    }
    let absolute = if name.is_empty() { base.to_string() } else { format!("{base}.{name}") };
    Ok(str::intern(cx, &absolute))
}

/// The package in which code with these globals is.
fn package_of(cx: &mut Context, globals: Value) -> Result<String> {
    if globals.is_unbound() || globals == singleton::none() {
        return Err(cx.raise(&exception::KEY_ERROR, "'__name__' not in globals"));
    }
    let Some(namespace) = globals.cast::<DictObject>() else { return Err(cx.type_error("globals must be a dict")) };
    let names = &cx.interpreter().names;
    let [package, spec] = [names.package, names.spec]
        .map(|name| namespace.get_interned(name).filter(|value| *value != singleton::none()).map(Owned::new));
    if let Some(package) = package {
        let Some(text) = str::text(package.value()) else { return Err(cx.type_error("package must be a string")) };
        if let Some(spec) = spec {
            let parent = attribute::get_text(cx, spec.value(), "parent")?;
            if !compare::equals(cx, package.value(), parent.value())? {
                warnings::warn(cx, &exception::DEPRECATION_WARNING, "__package__ != __spec__.parent", 1)?;
            }
        }
        return Ok(text.into_owned());
    }
    if let Some(spec) = spec {
        let parent = attribute::get_text(cx, spec.value(), "parent")?;
        return match str::text(parent.value()) {
            Some(text) => Ok(text.into_owned()),
            None => Err(cx.type_error("__spec__.parent must be a string")),
        };
    }
    let message = "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__";
    warnings::warn(cx, &exception::IMPORT_WARNING, message, 1)?;
    let name = cx.interpreter().names.name;
    let Some(name) = namespace.get_interned(name).map(Owned::new) else {
        return Err(cx.raise(&exception::KEY_ERROR, "'__name__' not in globals"));
    };
    let Some(text) = str::text(name.value()) else { return Err(cx.type_error("__name__ must be a string")) };
    if namespace.get_text(cx, "__path__").is_some() {
        return Ok(text.into_owned());
    }
    Ok(text.rsplit_once('.').map_or("", |(parent, _)| parent).to_string())
}

/// Imports the submodules among the names of a list that are not attributes of the package yet.
fn complete_list(cx: &mut Context, module: Owned, from_list: Value) -> Result<Owned> {
    let path = cx.interpreter().names.path;
    if attribute::get_optional(cx, module.value(), path)?.is_none() || has_all(cx, module.value(), from_list)? {
        return Ok(module);
    }
    call_importlib(cx, "_handle_fromlist", &[module.value(), from_list])
}

/// Whether a tuple of names has only attributes of the module.
fn has_all(cx: &mut Context, module: Value, names: Value) -> Result<bool> {
    let Some(names) = names.cast_exact::<TupleObject>() else { return Ok(false) };
    for name in names.as_slice() {
        if !str::is_str(*name) || str::equals_text(*name, "*") || attribute::get_optional(cx, module, *name)?.is_none()
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes the frames of `importlib` out of the pending exception's traceback: all of them of an `ImportError`, else those
/// that only call what is to be loaded.
fn hide_own_frames(cx: &mut Context) {
    if cx.pending.is_unbound() {
        return;
    }
    let always = cx.pending_is(&IMPORT_ERROR);
    let error = exception::of(cx.pending);
    // The entry whose `next` leads to the current run of own frames, as long as some of that is kept; none for the start.
    let mut outside: Option<&TracebackObject> = None;
    let mut previous = None;
    let mut inside = false;
    let mut at = error.traceback().and_then(|first| first.cast_exact::<TracebackObject>());
    while let Some(entry) = at {
        let code = entry.code();
        let own = OWN_FILES.contains(&&*code.data.file_name);
        if own && !inside {
            outside = previous;
        }
        inside = own;
        let next = entry.next();
        if inside && (always || code.name() == "_call_with_frames_removed") {
            let rest = next.map(|next| Owned::new(next.value()));
            match outside {
                None => error.set_traceback(rest),
                Some(outside) => outside.set_next(rest),
            }
            previous = outside;
        } else {
            previous = Some(entry);
        }
        at = next;
    }
}
