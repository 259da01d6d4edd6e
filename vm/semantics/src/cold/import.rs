//! The import statements: names are resolved here, modules are found by the hook.

use super::{clear, fetch, finish, next, raise, register, take};
use crate::frame::{current_code, current_function};
use crate::semantics::Pc;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, ATTRIBUTE_ERROR, IMPORT_ERROR};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{attribute, call, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};

fn text(value: Value) -> String {
    str::text(value).unwrap_or_default().into_owned()
}

/// `a = import c`; b is a run of two: level and from-list.
pub fn name(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    cx.instruction = pc;
    let name = current_code(cx).name_value(i.c);
    let (level, from_list) = (register(cx, i.b), register(cx, i.b + 1));
    let result = import_statement(cx, name, level, from_list);
    clear(cx, i.b + 1);
    clear(cx, i.b);
    finish(cx, pc, result)
}

fn import_statement(cx: &mut Context, name: Value, level: Value, from_list: Value) -> Result<Owned> {
    let builtins = dict::of(current_function(cx).builtins.get());
    if let Some(function) = builtins.get_text(cx, "__import__")
        && !call::is_native(function)
    {
        let function = Owned::new(function);
        let globals = current_function(cx).globals.get();
        return call::call(cx, function.value(), &[name, globals, singleton::none(), from_list, level]);
    }
    let globals = current_function(cx).globals();
    import(cx, &text(name), globals, int::as_i64(level).unwrap_or(0), from_list)
}

/// `__import__`: the module named, absolutely or relative to the package of `globals`.
pub fn import(cx: &mut Context, name: &str, globals: &DictObject, level: i64, from_list: Value) -> Result<Owned> {
    let absolute = if level > 0 { relative_name(cx, name, globals, level)? } else { name.to_string() };
    let import = cx.interpreter().hooks.import;
    let module = import(cx, &absolute)?;
    let has_list = from_list != singleton::none() && sidewinder_runtime::operations::convert::truth(cx, from_list)?;
    if has_list {
        import_submodules(cx, &absolute, module.value(), from_list)?;
        return Ok(module);
    }
    match name.split_once('.') {
        Some((first, _)) if level == 0 => import(cx, first),
        _ => Ok(module),
    }
}

/// `from package import submodule` imports submodules that are not attributes yet.
fn import_submodules(cx: &mut Context, package: &str, module: Value, from_list: Value) -> Result<()> {
    let path = str::intern(cx, "__path__");
    if attribute::get_optional(cx, module, path.value())?.is_none() {
        return Ok(());
    }
    for item in iterate::collect(cx, from_list)? {
        let item_text = text(item.value());
        if item_text == "*" || attribute::get_optional(cx, module, item.value())?.is_some() {
            continue;
        }
        let import = cx.interpreter().hooks.import;
        if import(cx, &format!("{package}.{item_text}")).is_err()
            && !cx.swallow(&sidewinder_runtime::objects::exception::MODULE_NOT_FOUND_ERROR)
        {
            return Err(sidewinder_runtime::Raised);
        }
    }
    Ok(())
}

fn relative_name(cx: &mut Context, name: &str, globals: &DictObject, level: i64) -> Result<String> {
    let package = match globals.get_text(cx, "__package__") {
        Some(package) if package != singleton::none() => text(package),
        _ => {
            let own = globals.get_text(cx, "__name__").map(text).unwrap_or_default();
            if globals.get_text(cx, "__path__").is_some() {
                own
            } else {
                own.rsplit_once('.').map_or(String::new(), |(parent, _)| parent.to_string())
            }
        }
    };
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
    Ok(if name.is_empty() { base.to_string() } else { format!("{base}.{name}") })
}

/// `a = attribute c of module b`, or the submodule of that name.
pub fn from(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let name = current_code(cx).name_value(i.c);
    let module = register(cx, i.b);
    let result = import_from(cx, module, name);
    finish(cx, pc, result)
}

fn import_from(cx: &mut Context, module: Value, name: Value) -> Result<Owned> {
    match attribute::get(cx, module, name) {
        Ok(value) => return Ok(value),
        Err(raised) if !cx.swallow(&ATTRIBUTE_ERROR) => return Err(raised),
        Err(_) => {}
    }
    let own = attribute::get_text(cx, module, "__name__").map(|name| text(name.value())).unwrap_or_default();
    cx.swallow(&ATTRIBUTE_ERROR);
    let full = str::intern(cx, &format!("{own}.{}", text(name)));
    let modules = dict::of(cx.interpreter().modules.value());
    if let Some(found) = modules.get_interned(full.value()) {
        return Ok(Owned::new(found));
    }
    let file = attribute::get_text(cx, module, "__file__").map(|file| text(file.value())).ok();
    cx.swallow(&ATTRIBUTE_ERROR);
    let place = file.clone().unwrap_or_else(|| "unknown location".to_string());
    let name_text = text(name);
    let partial = modules.get_text(cx, &own) == Some(module) && is_initialising(cx, module);
    let message = if partial {
        format!(
            "cannot import name '{name_text}' from partially initialized module '{own}' (most likely due to a circular import) ({place})"
        )
    } else {
        format!("cannot import name '{name_text}' from '{own}' ({place})")
    };
    let own = str::StrObject::new(cx, &own);
    let raised = exception::raise_import_error(cx, &IMPORT_ERROR, own.value(), &message);
    let path = file.map(|file| str::StrObject::new(cx, &file));
    if !cx.pending.is_unbound() {
        let error = exception::of(cx.pending);
        error.set_field(exception::special::IMPORT_PATH, path);
        error.set_field(exception::special::IMPORT_NAME_FROM, Some(Owned::new(name)));
    }
    Err(raised)
}

fn is_initialising(cx: &mut Context, module: Value) -> bool {
    let Some(module) = module.cast::<ModuleObject>() else { return false };
    dict::of(module.dict.get()).get_text(cx, "__initializing__") == Some(singleton::true_())
}

/// Copies all public names of module a into the namespace.
pub fn star(cx: &mut Context, pc: Pc) -> Pc {
    let module = take(cx, fetch(pc).a);
    let result = import_star(cx, module.value());
    super::release(cx, module);
    match result {
        Ok(()) => next(pc),
        Err(_) => raise(cx, pc),
    }
}

fn import_star(cx: &mut Context, module: Value) -> Result<()> {
    let globals = current_function(cx).globals();
    let all = str::intern(cx, "__all__");
    if let Some(names) = attribute::get_optional(cx, module, all.value())? {
        for name in iterate::collect(cx, names.value())? {
            let value = attribute::get(cx, module, name.value())?;
            globals.set(cx, name.value(), value.value())?;
        }
        return Ok(());
    }
    let dict = attribute::get_text(cx, module, "__dict__")?;
    let copy = dict::of(dict.value()).copy(cx);
    let copy = dict::of(copy.value());
    for position in 0..copy.entry_count() {
        let Some((name, value)) = copy.entry(position) else { continue };
        if !text(name).starts_with('_') {
            globals.set(cx, name, value)?;
        }
    }
    Ok(())
}
