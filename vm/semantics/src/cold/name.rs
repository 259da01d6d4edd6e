//! Names: unbound locals, cells, globals that miss their cache, class namespaces.

use super::{fetch, finish, finish_effect, move_out, next, raise, register, set, take};
use crate::frame::{current_code, current_function};
use crate::handlers::global::kind;
use crate::semantics::Pc;
use sidewinder_runtime::objects::cell::{self, CellObject};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{KEY_ERROR, NAME_ERROR, UNBOUND_LOCAL_ERROR, raise_name_error};
use sidewinder_runtime::objects::str;
use sidewinder_runtime::operations::subscript;
use sidewinder_runtime::{Context, Owned, Result, Value};

fn text(value: Value) -> String {
    str::text(value).unwrap_or_default().into_owned()
}

/// CheckBound found local a unbound.
pub fn unbound_local(cx: &mut Context, pc: Pc) -> Pc {
    let name = text(current_code(cx).local_name(fetch(pc).a));
    cx.raise(
        &UNBOUND_LOCAL_ERROR,
        format!("cannot access local variable '{name}' where it is not associated with a value"),
    );
    raise(cx, pc)
}

/// LoadCell or LoadFree found the cell empty.
pub fn unbound_cell(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    if i.op == sidewinder_bytecode::Op::LoadCell {
        let name = text(current_code(cx).local_name(i.b));
        cx.raise(
            &UNBOUND_LOCAL_ERROR,
            format!("cannot access local variable '{name}' where it is not associated with a value"),
        );
    } else {
        unbound_free(cx, i.b);
    }
    raise(cx, pc)
}

fn unbound_free(cx: &mut Context, index: u16) {
    let name = text(current_code(cx).free_name(index));
    cx.raise(
        &NAME_ERROR,
        format!("cannot access free variable '{name}' where it is not associated with a value in enclosing scope"),
    );
}

pub fn make_cell(cx: &mut Context, pc: Pc) -> Pc {
    let local = fetch(pc).a;
    let content = move_out(cx, local).map_or(Value::UNBOUND, Owned::into_raw);
    let made = cell::new(cx, content);
    set(cx, local, made);
    next(pc)
}

fn cell_at(cx: &Context, local: u16) -> &'static CellObject {
    // SAFETY: (frames 3) the compiler made a cell there.
    unsafe { register(cx, local).cast_unchecked() }
}

fn free_cell(cx: &Context, index: u16) -> Value {
    let closure = current_function(cx).closure.get();
    // SAFETY: (frames 3) a closure has a cell for each free name.
    unsafe { closure.cast_unchecked::<sidewinder_runtime::objects::tuple::TupleObject>() }.as_slice()[index as usize]
}

pub fn delete_cell(cx: &mut Context, pc: Pc) -> Pc {
    let local = fetch(pc).a;
    let old = cell_at(cx, local).content.replace(Value::UNBOUND);
    if old.is_unbound() {
        return unbound_local(cx, pc);
    }
    cx.release(old);
    next(pc)
}

pub fn delete_free(cx: &mut Context, pc: Pc) -> Pc {
    let index = fetch(pc).a;
    // SAFETY: (frames 3) closures hold cells.
    let cell: &CellObject = unsafe { free_cell(cx, index).cast_unchecked() };
    let old = cell.content.replace(Value::UNBOUND);
    if old.is_unbound() {
        unbound_free(cx, index);
        return raise(cx, pc);
    }
    cx.release(old);
    next(pc)
}

pub fn load_closure(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let value = if i.c == 0 { register(cx, i.b) } else { free_cell(cx, i.b) };
    set(cx, i.a, Owned::new(value));
    next(pc)
}

pub fn load_class_free(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let name = current_code(cx).free_name(i.b);
    let namespace = register(cx, 0);
    let result = match namespace_get(cx, namespace, name) {
        Ok(Some(value)) => Ok(value),
        Err(raised) => Err(raised),
        Ok(None) => {
            // SAFETY: (frames 3) closures hold cells.
            let cell: &CellObject = unsafe { free_cell(cx, i.b).cast_unchecked() };
            match Owned::from_raw_option(cell.content.get()) {
                Some(value) => {
                    let copy = value.clone();
                    std::mem::forget(value);
                    Ok(copy)
                }
                None => {
                    unbound_free(cx, i.b);
                    return raise(cx, pc);
                }
            }
        }
    };
    finish(cx, pc, result)
}

/// A name in a class namespace; `None` if absent.
fn namespace_get(cx: &mut Context, namespace: Value, name: Value) -> Result<Option<Owned>> {
    if let Some(dict) = namespace.cast_exact::<DictObject>() {
        return Ok(dict.get_interned(name).map(Owned::new));
    }
    match subscript::get_item(cx, namespace, name) {
        Ok(value) => Ok(Some(value)),
        Err(_) if cx.swallow(&KEY_ERROR) => Ok(None),
        Err(raised) => Err(raised),
    }
}

/// A global or builtin name, filling the site's cache.
pub fn load_global(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let code = current_code(cx);
    // SAFETY: (frames 3) the site exists.
    let site = unsafe { &*code.sites.get().add(i.b as usize) };
    let function = current_function(cx);
    let globals = function.globals();
    let plain = |value: Value| value.cast_exact::<DictObject>().is_some();
    if !plain(function.globals.get()) || !plain(function.builtins.get()) {
        return load_from_mappings(cx, pc, site.name, namespace_get);
    }
    if let Some(index) = globals.find_interned(site.name) {
        site.version.set(globals.version(cx));
        site.index.set(index as u32);
        site.kind.set(kind::GLOBAL);
        let value = globals.entry(index).map_or(Value::UNBOUND, |entry| entry.1);
        set(cx, i.a, Owned::new(value));
        return next(pc);
    }
    let builtins = function.builtins.get();
    if let Some(builtins) = builtins.cast_exact::<DictObject>()
        && let Some(index) = builtins.find_interned(site.name)
    {
        site.version.set(globals.version(cx));
        site.second_version.set(builtins.version(cx));
        site.index.set(index as u32);
        site.kind.set(kind::BUILTIN);
        let value = builtins.entry(index).map_or(Value::UNBOUND, |entry| entry.1);
        set(cx, i.a, Owned::new(value));
        return next(pc);
    }
    undefined(cx, site.name);
    raise(cx, pc)
}

/// A builtin that a statement needs.
pub fn builtin(cx: &mut Context, name: &str) -> Result<Option<Owned>> {
    let (builtins, name) = (Owned::new(current_function(cx).builtins.get()), str::intern(cx, name));
    namespace_get(cx, builtins.value(), name.value())
}

/// How a name is got from a mapping; `None` if absent.
type Get = fn(&mut Context, Value, Value) -> Result<Option<Owned>>;

/// A global or builtin name where not both are plain dicts, which are asked as the mappings that they are. `get` looks
/// at the globals.
fn load_from_mappings(cx: &mut Context, pc: Pc, name: Value, get: Get) -> Pc {
    let function = current_function(cx);
    let (globals, builtins) = (Owned::new(function.globals.get()), Owned::new(function.builtins.get()));
    let found = match get(cx, globals.value(), name) {
        Ok(None) => namespace_get(cx, builtins.value(), name),
        found => found,
    };
    match found {
        Ok(Some(value)) => finish(cx, pc, Ok(value)),
        Ok(None) => {
            undefined(cx, name);
            raise(cx, pc)
        }
        Err(_) => raise(cx, pc),
    }
}

/// A name in a dict, whatever its class says of absent keys.
fn dict_get(_cx: &mut Context, dict: Value, name: Value) -> Result<Option<Owned>> {
    Ok(dict::of(dict).get_interned(name).map(Owned::new))
}

fn undefined(cx: &mut Context, name: Value) {
    let message = format!("name '{}' is not defined", text(name));
    raise_name_error(cx, &NAME_ERROR, name, &message);
}

pub fn store_global(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    // SAFETY: (frames 3) the site exists.
    let site = unsafe { &*current_code(cx).sites.get().add(i.a as usize) };
    let globals = current_function(cx).globals();
    let value = take(cx, i.b);
    let result = globals.set(cx, site.name, value.value());
    if let Some(index) = globals.find_interned(site.name) {
        site.version.set(globals.version(cx));
        site.index.set(index as u32);
        site.kind.set(kind::GLOBAL);
    }
    super::release(cx, value);
    finish_effect(cx, pc, result)
}

pub fn delete_global(cx: &mut Context, pc: Pc) -> Pc {
    // SAFETY: (frames 3) the site exists.
    let site = unsafe { &*current_code(cx).sites.get().add(fetch(pc).a as usize) };
    let globals = current_function(cx).globals();
    match globals.remove(cx, site.name) {
        Ok(Some(old)) => {
            super::release(cx, old);
            next(pc)
        }
        Ok(None) => {
            undefined(cx, site.name);
            raise(cx, pc)
        }
        Err(_) => raise(cx, pc),
    }
}

fn site_name(cx: &Context, index: u16) -> Value {
    // SAFETY: (frames 3) the site exists.
    unsafe { &*current_code(cx).sites.get().add(index as usize) }.name
}

pub fn load_name(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let name = site_name(cx, i.b);
    let namespace = register(cx, 0);
    match namespace_get(cx, namespace, name) {
        Ok(Some(value)) => finish(cx, pc, Ok(value)),
        Ok(None) => {
            // Annotations in a class ask the globals as the mapping that they may be, as functions do.
            let is_function = current_code(cx).has_flag(sidewinder_bytecode::CodeFlags::FUNCTION);
            load_from_mappings(cx, pc, name, if is_function { namespace_get } else { dict_get })
        }
        Err(_) => raise(cx, pc),
    }
}

pub fn store_name(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let name = site_name(cx, i.a);
    let namespace = register(cx, 0);
    let value = take(cx, i.b);
    let result = match namespace.cast_exact::<DictObject>() {
        Some(namespace) => namespace.set(cx, name, value.value()),
        None => subscript::set_item(cx, namespace, name, value.value()),
    };
    super::release(cx, value);
    finish_effect(cx, pc, result)
}

pub fn delete_name(cx: &mut Context, pc: Pc) -> Pc {
    let name = site_name(cx, fetch(pc).a);
    let namespace = register(cx, 0);
    if let Some(namespace) = namespace.cast_exact::<DictObject>() {
        return match namespace.remove(cx, name) {
            Ok(Some(old)) => {
                super::release(cx, old);
                next(pc)
            }
            Ok(None) => {
                undefined(cx, name);
                raise(cx, pc)
            }
            Err(_) => raise(cx, pc),
        };
    }
    if subscript::delete_item(cx, namespace, name).is_err() {
        // Whatever the mapping says, as in CPython.
        drop(cx.take_pending());
        undefined(cx, name);
        return raise(cx, pc);
    }
    next(pc)
}

/// Makes `__annotations__` unless it is there.
pub fn setup_annotations(cx: &mut Context, pc: Pc) -> Pc {
    let result = setup(cx);
    finish_effect(cx, pc, result)
}

fn setup(cx: &mut Context) -> Result<()> {
    let has_namespace = current_code(cx).has_flag(sidewinder_bytecode::CodeFlags::NAMESPACE);
    let namespace = if has_namespace { register(cx, 0) } else { current_function(cx).globals.get() };
    let name = cx.interpreter().names.annotations;
    if namespace_get(cx, namespace, name)?.is_some() {
        return Ok(());
    }
    let made = DictObject::new(cx);
    match namespace.cast_exact::<DictObject>() {
        Some(namespace) => namespace.set(cx, name, made.value()),
        None => subscript::set_item(cx, namespace, name, made.value()),
    }
}
