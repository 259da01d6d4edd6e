//! What is registered where: methods of types, functions of `builtins`, native modules.

use crate::*;
use sidewinder_io::standard::Encoding;
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::type_object::{StaticType, TypeObject};
use sidewinder_runtime::objects::{
    bytes, dict, exception, float, int, list, method, module, range, registry as types, set, singleton, slice, str,
    tuple, type_object, weak,
};
use sidewinder_runtime::operations::{attribute, dunder};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::sync::Once;

/// Methods and computed attributes by type.
type TypeRow = (&'static StaticType, &'static [Native], &'static [GetSet]);

static TYPES: &[TypeRow] = &[
    (&type_object::OBJECT, object_methods::METHODS, object_methods::GETSET),
    (&type_object::TYPE, type_methods::METHODS, type_methods::GETSET),
    (&int::INT, int_methods::METHODS, int_methods::GETSET),
    (&float::FLOAT, float_methods::METHODS, float_methods::GETSET),
    (&float::complex::COMPLEX, complex::METHODS, complex::GETSET),
    (&str::STR, str_methods::METHODS, &[]),
    (&bytes::BYTES, bytes_methods::METHODS, &[]),
    (&bytes::bytearray::BYTEARRAY, bytes_methods::BYTEARRAY_METHODS, &[]),
    (&list::LIST, list_methods::METHODS, &[]),
    (&tuple::TUPLE, tuple_methods::METHODS, &[]),
    (&dict::DICT, dict_methods::METHODS, &[]),
    (&set::SET, set_methods::SET_METHODS, &[]),
    (&set::FROZENSET, set_methods::FROZENSET_METHODS, &[]),
    (&range::RANGE, range_methods::RANGE_METHODS, range_methods::RANGE_GETSET),
    (&slice::SLICE, range_methods::SLICE_METHODS, range_methods::SLICE_GETSET),
    (&weak::WEAK_REFERENCE, &[], weakref_module::REFERENCE_GETSET),
];

/// Tables of rows that their files keep themselves.
static TYPE_TABLES: &[&[TypeRow]] = &[
    TYPES,
    array_module::TABLE,
    code_methods::TABLE,
    descriptors::TABLE,
    exception_methods::TABLE,
    frame_methods::TABLE,
    function_methods::TABLE,
    generator_methods::TABLE,
    coroutine_methods::TABLE,
    iterator_methods::TYPES,
    module_methods::TABLE,
    generic_alias::TABLE,
    union_type::TABLE,
];

/// Types of this crate, completed after those of the runtime.
static OWN_TYPES: &[&StaticType] = &[
    &array_module::ARRAY,
    &array_module::ARRAY_ITERATOR,
    &frame_methods::PROXY,
    &generic_alias::GENERIC_ALIAS,
    &generic_alias::iterator::ALIAS_ITERATOR,
    &memory_view::MEMORY_ITERATOR,
    &memory_view::MEMORY_VIEW,
    &memory_view::LENDER,
    &memory_view::MANAGED,
    &type_methods::mapping_proxy::MAPPING_PROXY,
    &sys_module::simple_namespace::SIMPLE_NAMESPACE,
    &union_type::UNION,
];

/// Functions of the module `builtins`.
static FUNCTIONS: &[&[Native]] = &[
    evaluation::FUNCTIONS,
    functions_io::FUNCTIONS,
    functions_iteration::FUNCTIONS,
    functions_numeric::FUNCTIONS,
    functions_object::FUNCTIONS,
    sys_module::BUILTINS,
    type_creation::build_class::FUNCTIONS,
];

/// Types whose names are in `builtins`.
fn named_types() -> Vec<&'static TypeObject> {
    types::named().into_iter().map(|kind| &kind.object).collect()
}

/// A native module: its name, functions, and what else it needs.
pub struct ModuleRow {
    pub name: &'static str,
    pub functions: &'static [Native],
    pub fill: fn(&mut Context, Value) -> Result<()>,
}

static MODULES: &[ModuleRow] = &[
    ModuleRow { name: "array", functions: array_module::FUNCTIONS, fill: array_module::fill },
    ModuleRow { name: "sys", functions: sys_module::FUNCTIONS, fill: sys_module::fill },
    ModuleRow { name: "gc", functions: gc_module::FUNCTIONS, fill: gc_module::fill },
    ModuleRow { name: "_weakref", functions: weakref_module::FUNCTIONS, fill: weakref_module::fill },
];

/// Completes the types of the runtime, in all interpreters of the process: to be called before one is made.
pub fn prepare() {
    static PREPARED: Once = Once::new();
    PREPARED.call_once(|| {
        type_object::TYPE.amend_slots(type_creation::prepare);
        union_type::prepare();
        generic_alias::prepare();
    });
}

/// Fills an interpreter's builtin types and its `builtins` module.
pub fn register(cx: &mut Context) -> Result<()> {
    for kind in OWN_TYPES {
        kind.object.ready(cx)?;
    }
    exception_methods::group::install(cx)?;
    union_type::install(cx)?;
    generic_alias::install(cx)?;
    for (kind, methods, getset) in TYPE_TABLES.iter().copied().flatten() {
        dunder::add_methods(cx, &kind.object, methods)?;
        dunder::add_getset(cx, &kind.object, getset)?;
    }
    let builtins = dict::of(cx.interpreter().builtins.value());
    for kind in named_types() {
        builtins.set_text(cx, kind.name(), kind.value());
    }
    builtins.set_text(cx, "memoryview", memory_view::MEMORY_VIEW.value());
    for (name, kind) in exception_methods::ALIASES {
        builtins.set_text(cx, name, kind.value());
    }
    builtins.set_text(cx, "None", singleton::none());
    builtins.set_text(cx, "True", singleton::true_());
    builtins.set_text(cx, "False", singleton::false_());
    builtins.set_text(cx, "Ellipsis", singleton::ellipsis());
    builtins.set_text(cx, "NotImplemented", singleton::not_implemented());
    let debug = singleton::boolean(cx.interpreter().options.optimize == 0);
    builtins.set_text(cx, "__debug__", debug);
    let made = module::new_builtin(cx, "builtins")?;
    for functions in FUNCTIONS {
        add_functions(cx, builtins, functions, "builtins");
    }
    let own = module::of(made.value());
    drop(Owned::from_raw(own.dict.replace(cx.interpreter().builtins.clone().into_raw())));
    let name = str::intern(cx, "builtins");
    builtins.set_text(cx, "__name__", name.value());
    modules(cx).set_text(cx, "builtins", made.value());
    let system = import(cx, "sys")?;
    let streams = import(cx, "_io")?;
    if let (Some(system), Some(streams)) = (system, streams) {
        sys_module::open_streams(cx, module::of(system.value()).namespace(), streams.value())?;
        cx.interpreter().native_objects.insert("sys", system);
    }
    Ok(())
}

/// Opens the standard streams again if their encoding is one of the library's, which could not be found before.
pub fn reopen_streams(cx: &mut Context) -> Result<()> {
    if Encoding::from_environment(&cx.interpreter().options.settings).is_builtin() {
        return Ok(());
    }
    match (import(cx, "sys")?, import(cx, "_io")?) {
        (Some(system), Some(streams)) => {
            sys_module::open_streams(cx, module::of(system.value()).namespace(), streams.value())
        }
        _ => Ok(()),
    }
}

fn modules(cx: &Context) -> &'static dict::DictObject {
    dict::of(cx.interpreter().modules.value())
}

fn add_functions(cx: &mut Context, namespace: &dict::DictObject, functions: &'static [Native], module: &str) {
    let module = str::intern(cx, module);
    for definition in functions {
        let function = method::native::new_function(cx, definition, module.value());
        namespace.set_text(cx, definition.name, function.value());
    }
}

/// Whether a module of that name is written in Rust.
pub fn is_native(cx: &Context, name: &str) -> bool {
    native_names(cx).any(|native| native == name)
}

/// The names of all modules written in Rust.
pub fn native_names(cx: &Context) -> impl Iterator<Item = &'static str> {
    let rows = cx.interpreter().native_modules.iter().copied().flatten().map(|row| row.name);
    rows.chain(MODULES.iter().map(|row| row.name)).chain(["builtins"])
}

/// The native module of that name, made on its first import.
pub fn import(cx: &mut Context, name: &str) -> Result<Option<Owned>> {
    let native = cx.interpreter().native_modules.iter().copied().flatten().find(|row| row.name == name);
    if let Some(row) = native {
        return row.import(cx).map(Some);
    }
    let Some(row) = MODULES.iter().find(|row| row.name == name) else { return Ok(None) };
    let made = module::new_builtin(cx, name)?;
    add_functions(cx, module::of(made.value()).namespace(), row.functions, name);
    modules(cx).set_text(cx, name, made.value());
    (row.fill)(cx, made.value())?;
    Ok(Some(made))
}

/// `sys.path`.
pub fn system_path(cx: &mut Context) -> Result<Owned> {
    let Some(system) = modules(cx).get_text(cx, "sys") else {
        return Err(cx.raise(&exception::IMPORT_ERROR, "sys is gone"));
    };
    attribute::get_text(cx, system, "path")
}

/// Lets go of the modules, so that what they hold is destroyed, and flushes what was printed.
///
/// Whether all of it could be written.
pub fn shut_down(cx: &mut Context) -> bool {
    let complete = sys_module::flush_streams(cx, false);
    let modules = modules(cx);
    let entries = (0..modules.entry_count()).filter_map(|index| modules.entry(index));
    let kept = |name: Value| ["sys", "builtins"].iter().any(|kept| str::equals_text(name, kept));
    let gone: Vec<(Owned, Owned)> =
        entries.filter(|(name, _)| !kept(*name)).map(|(name, held)| (Owned::new(name), Owned::new(held))).collect();
    for (name, _) in &gone {
        // A name that cannot be removed keeps its module alive, no more.
        drop(modules.remove(cx, name.value()));
    }
    let mut watched = Vec::new();
    for (_, held) in &gone {
        // What is no module cannot be watched, and needs not be.
        match weak::new(cx, &weak::WEAK_REFERENCE, held.value(), Value::UNBOUND) {
            Ok(reference) if held.value().cast::<module::ModuleObject>().is_some() => watched.push(reference),
            Ok(_) => {}
            Err(_) => drop(cx.take_pending()),
        }
    }
    for (_, held) in gone {
        cx.release(held.into_raw());
    }
    sidewinder_runtime::heap::collect::collect(cx);
    for reference in watched.into_iter().rev() {
        if let Some(alive) = weak::of(reference.value()).referent() {
            clear_namespace(cx, module::of(alive.value()).dict.get());
        }
    }
    cx.run_pending_finalizers();
    sys_module::flush_streams(cx, true);
    drop(cx.interpreter().interned.forget_recent());
    complete
}

/// Empties what is left of a module as CPython does: private names first.
fn clear_namespace(cx: &mut Context, namespace: Value) {
    let namespace = dict::of(namespace);
    for private in [true, false] {
        for index in 0..namespace.entry_count() {
            let Some((key, _)) = namespace.entry(index) else { continue };
            let (key, name) = (Owned::new(key), str::text(key).unwrap_or_default().into_owned());
            let matches =
                if private { name.starts_with('_') && !name.starts_with("__") } else { name != "__builtins__" };
            if matches {
                // Setting an existing text key cannot fail.
                let _ = namespace.set(cx, key.value(), singleton::none());
                cx.run_pending_finalizers();
            }
        }
    }
}

/// Prints an exception that nobody handled.
pub fn report_uncaught(cx: &mut Context, raised: Value) {
    sys_module::report_uncaught(cx, raised);
}

/// Writes to `sys.stderr`.
pub fn write_error(cx: &mut Context, text: &str) {
    sys_module::write_error(cx, text);
}

/// Prints the argument of a `SystemExit` that is no number.
pub fn print_error_line(cx: &mut Context, value: Value) {
    if let Ok(text) = sidewinder_runtime::operations::convert::str(cx, value) {
        sys_module::write_error_value(cx, text.value());
        sys_module::write_error(cx, "\n");
    }
}
