//! The import statements: names are resolved here, modules are found by the hook.

use super::{clear, fetch, finish, next, raise, register, take};
use crate::frame::{current_code, current_function};
use crate::semantics::Pc;
use sidewinder_bytecode::CodeFlags;
use sidewinder_runtime::objects::dict;
use sidewinder_runtime::objects::exception::{self, IMPORT_ERROR};
use sidewinder_runtime::objects::method::BUILTIN_FUNCTION;
use sidewinder_runtime::objects::module::{self, Hindrance, ModuleObject};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, import, iterate, subscript};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

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
    let Some(function) = super::name::builtin(cx, "__import__")? else {
        return Err(cx.raise(&IMPORT_ERROR, "__import__ not found"));
    };
    if !function.value().has_type(&BUILTIN_FUNCTION) {
        let globals = current_function(cx).globals.get();
        let code = current_code(cx);
        let locals = match (code.has_flag(CodeFlags::NAMESPACE), code.has_flag(CodeFlags::FUNCTION)) {
            (true, _) => register(cx, 0),
            (false, true) => singleton::none(),
            (false, false) => globals,
        };
        return call::call(cx, function.value(), &[name, globals, locals, from_list, level]);
    }
    let globals = current_function(cx).globals.get();
    import::import(cx, name, globals, from_list, int::as_i64(level).unwrap_or(0))
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
    if let Some(value) = attribute::get_optional(cx, module, name)? {
        return Ok(value);
    }
    let own = attribute::get_text_optional(cx, module, "__name__")?.filter(|own| str::is_str(own.value()));
    if let Some(own) = &own {
        // A submodule that is being imported is no attribute yet.
        let full = str::intern(cx, &format!("{}.{}", text(own.value()), text(name)));
        if let Some(found) = dict::of(cx.interpreter().modules.value()).get_interned(full.value()) {
            return Ok(Owned::new(found));
        }
    }
    Err(cannot_import(cx, module, own, name)?)
}

/// Raises the `ImportError` for a name that a module does not have.
fn cannot_import(cx: &mut Context, module: Value, own: Option<Owned>, name: Value) -> Result<Raised> {
    let file = origin(cx, module)?;
    let place = file.as_ref().map_or("unknown location".to_string(), |file| text(file.value()));
    let shown = match &own {
        Some(own) => convert::repr(cx, own.value())?,
        None => StrObject::new(cx, "'<unknown module name>'"),
    };
    let (shown, name_shown) = (text(shown.value()), convert::repr(cx, name)?);
    let name_shown = text(name_shown.value());
    let spec = attribute::get_text_optional(cx, module, "__spec__")?;
    let own_name = own.as_ref().map(|own| own.value());
    let hindrance = match &file {
        Some(file) => module::hindrance(cx, own_name, spec.as_ref().map(|spec| spec.value()), Some(file.value()))?,
        None => module::hindrance(cx, own_name, spec.as_ref().map(|spec| spec.value()), None)?,
    };
    let renaming = |file: &Option<Owned>| match file {
        Some(file) => convert::repr(Context::current(), file.value()).map(|shown| text(shown.value())),
        None => Ok(String::new()),
    };
    let message = match hindrance {
        Hindrance::None => format!("cannot import name {name_shown} from {shown} ({place})"),
        Hindrance::ShadowsLibrary => {
            let file = renaming(&file)?;
            format!(
                "cannot import name {name_shown} from {shown} (consider renaming {file} since it has the same name as \
                 the standard library module named {shown} and prevents importing that standard library module)"
            )
        }
        Hindrance::MayShadow => {
            let file = renaming(&file)?;
            format!(
                "cannot import name {name_shown} from {shown} (consider renaming {file} if it has the same name as a \
                 library you intended to import)"
            )
        }
        Hindrance::Circular => {
            let place = if file.is_some() { format!(" ({place})") } else { String::new() };
            format!(
                "cannot import name {name_shown} from partially initialized module {shown} \
                 (most likely due to a circular import){place}"
            )
        }
    };
    let own = own.map_or(singleton::none(), Owned::into_raw);
    let own = Owned::from_raw(own);
    let raised = exception::raise_import_error(cx, &IMPORT_ERROR, own.value(), &message);
    if !cx.pending.is_unbound() {
        let error = exception::of(cx.pending);
        error.set_field(exception::special::IMPORT_PATH, file);
        error.set_field(exception::special::IMPORT_NAME_FROM, Some(Owned::new(name)));
    }
    Ok(raised)
}

/// Where a module comes from: the origin of its `__spec__` if that is a place, else its `__file__`.
fn origin(cx: &mut Context, module: Value) -> Result<Option<Owned>> {
    if let Some(spec) = attribute::get_text_optional(cx, module, "__spec__")?
        && let Some(placed) = attribute::get_text_optional(cx, spec.value(), "has_location")?
        && convert::truth(cx, placed.value())?
        && let Some(origin) = attribute::get_text_optional(cx, spec.value(), "origin")?
        && str::is_str(origin.value())
    {
        return Ok(Some(origin));
    }
    let file = attribute::get_text_optional(cx, module, "__file__")?;
    Ok(file.filter(|file| str::is_str(file.value()) && module.cast::<ModuleObject>().is_some()))
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
    let namespace = match current_code(cx).has_flag(CodeFlags::NAMESPACE) {
        true => Owned::new(register(cx, 0)),
        false => Owned::new(current_function(cx).globals.get()),
    };
    let all = str::intern(cx, "__all__");
    if let Some(names) = attribute::get_optional(cx, module, all.value())? {
        for name in iterate::collect(cx, names.value())? {
            is_name(cx, module, name.value(), "Item", "__all__")?;
            let value = attribute::get(cx, module, name.value())?;
            subscript::set_item(cx, namespace.value(), name.value(), value.value())?;
        }
        return Ok(());
    }
    let Some(dict) = attribute::get_text_optional(cx, module, "__dict__")? else {
        return Err(cx.raise(&IMPORT_ERROR, "from-import-* object has no __dict__ and no __all__"));
    };
    let names = call::call_method(cx, dict.value(), "keys", &[])?;
    for name in iterate::collect(cx, names.value())? {
        is_name(cx, module, name.value(), "Key", "__dict__")?;
        if !text(name.value()).starts_with('_') {
            let value = attribute::get(cx, module, name.value())?;
            subscript::set_item(cx, namespace.value(), name.value(), value.value())?;
        }
    }
    Ok(())
}

/// An error unless what `import *` found is a string.
fn is_name(cx: &mut Context, module: Value, name: Value, what: &str, place: &str) -> Result<()> {
    if str::is_str(name) {
        return Ok(());
    }
    let own = attribute::get_text(cx, module, "__name__")?;
    let (own, actual) = (text(own.value()), name.type_of().name());
    Err(cx.type_error(format!("{what} in {own}.{place} must be str, not {actual}")))
}
