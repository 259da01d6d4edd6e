//! Attributes of functions written in Python and of cells.

use crate::code_methods::read_only;
use crate::generator_methods::set_text;
use sidewinder_bytecode::CodeFlags;
use sidewinder_runtime::hooks::Broken;
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::cell::{CELL, CellObject};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::exception::DEPRECATION_WARNING;
use sidewinder_runtime::objects::function::{FUNCTION, FunctionObject};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{StaticType, flags};
use sidewinder_runtime::operations::{attribute, call, warnings};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::Cell;

pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] =
    &[(&FUNCTION, &[], FUNCTION_GETSET), (&CELL, &[], CELL_GETSET)];

static FUNCTION_GETSET: &[GetSet] = &[
    GetSet {
        name: "__name__",
        get: |_, value| Ok(shown(&of(value).name)),
        set: Some(|cx, value, new| set_text(cx, &of(value).name, new, "__name__")),
        doc: "",
    },
    GetSet {
        name: "__qualname__",
        get: |_, value| Ok(shown(&of(value).qualified_name)),
        set: Some(|cx, value, new| set_text(cx, &of(value).qualified_name, new, "__qualname__")),
        doc: "",
    },
    GetSet {
        name: "__module__",
        get: |_, value| Ok(shown(&of(value).module)),
        set: Some(|_, value, new| store(&of(value).module, new)),
        doc: "",
    },
    GetSet {
        name: "__doc__",
        get: |_, value| Ok(Owned::new(of(value).documentation())),
        set: Some(|_, value, new| {
            of(value).set_documentation(if new.is_unbound() { singleton::none() } else { new });
            Ok(())
        }),
        doc: "",
    },
    GetSet { name: "__code__", get: |_, value| Ok(shown(&of(value).code)), set: Some(set_code), doc: "" },
    GetSet { name: "__defaults__", get: |_, value| Ok(shown(&of(value).defaults)), set: Some(set_defaults), doc: "" },
    GetSet {
        name: "__kwdefaults__",
        get: |_, value| Ok(shown(&of(value).keyword_defaults)),
        set: Some(set_keyword_defaults),
        doc: "",
    },
    GetSet { name: "__annotations__", get: annotations, set: Some(set_annotations), doc: "" },
    GetSet { name: "__annotate__", get: |_, value| Ok(shown(&of(value).annotate)), set: Some(set_annotate), doc: "" },
    read_only("__closure__", |_, value| Ok(shown(&of(value).closure))),
    read_only("__globals__", |_, value| Ok(shown(&of(value).globals))),
    read_only("__builtins__", |_, value| Ok(shown(&of(value).builtins))),
    GetSet { name: "__type_params__", get: type_parameters, set: Some(set_type_parameters), doc: "" },
    GetSet { name: "__dict__", get: attribute::own_dict, set: Some(attribute::replace_own_dict), doc: "" },
];

fn of(value: Value) -> &'static FunctionObject {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}

fn type_parameters(cx: &mut Context, value: Value) -> Result<Owned> {
    let parameters = of(value).type_parameters.get();
    Ok(if parameters.is_unbound() { TupleObject::new(cx, &[]) } else { Owned::new(parameters) })
}

fn set_type_parameters(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if new.is_unbound() || new.cast::<TupleObject>().is_none() {
        return Err(cx.type_error("__type_params__ must be set to a tuple"));
    }
    store(&of(value).type_parameters, new)
}

/// The content of a field, `None` for an absent one.
fn shown(place: &Cell<Value>) -> Owned {
    let value = place.get();
    Owned::new(if value.is_unbound() { singleton::none() } else { value })
}

/// Replaces a field; an unbound value and `None` empty it.
fn store(place: &Cell<Value>, new: Value) -> Result<()> {
    let absent = new.is_unbound() || new == singleton::none();
    let raw = if absent { Value::UNBOUND } else { Owned::new(new).into_raw() };
    drop(Owned::from_raw_option(place.replace(raw)));
    Ok(())
}

/// Compiled traces have the function's code and defaults built in.
fn changed(cx: &mut Context, function: &FunctionObject) {
    let code = function.code();
    if code.watched.replace(false) {
        (cx.interpreter().hooks.broken)(cx, Broken::Code(code.id.get()));
    }
}

fn set_code(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let function = of(value);
    let code = (!new.is_unbound()).then(|| new.cast_exact::<CodeObject>()).flatten();
    let Some(code) = code else { return Err(cx.type_error("__code__ must be set to a code object")) };
    let closure = function.closure.get().cast::<TupleObject>().map_or(0, |cells| cells.as_slice().len());
    let wanted = code.data.free_names.len();
    if closure != wanted {
        let name = shown(&function.name);
        let name = sidewinder_runtime::objects::str::text(name.value()).unwrap_or_default();
        let message = format!("{name}() requires a code object with {closure} free vars, not {wanted}");
        return Err(cx.value_error(message));
    }
    let old = function.code.get().cast_exact::<CodeObject>();
    if old.is_some_and(|old| (old.flags ^ code.flags) & CodeFlags::SUSPENDS != 0) {
        let message = "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain \
                       function)";
        warnings::warn(cx, &DEPRECATION_WARNING, message, 1)?;
    }
    // The docstring stays that of the code that the function was made of.
    function.documentation();
    changed(cx, function);
    store(&function.code, new)
}

fn set_defaults(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if !new.is_unbound() && new != singleton::none() && !new.type_of().has_flag(flags::TUPLE) {
        return Err(cx.type_error("__defaults__ must be set to a tuple object"));
    }
    changed(cx, of(value));
    store(&of(value).defaults, new)
}

fn set_keyword_defaults(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if !new.is_unbound() && new != singleton::none() && !new.type_of().has_flag(flags::DICT) {
        return Err(cx.type_error("__kwdefaults__ must be set to a dict object"));
    }
    changed(cx, of(value));
    store(&of(value).keyword_defaults, new)
}

/// The annotations, computed at the first request.
fn annotations(cx: &mut Context, value: Value) -> Result<Owned> {
    let function = of(value);
    if function.annotations.get().is_unbound() {
        let annotate = shown(&function.annotate);
        let made = if annotate.value() == singleton::none() {
            DictObject::new(cx)
        } else {
            call::call(cx, annotate.value(), &[Value::from_small_int(1)])?
        };
        if !made.value().type_of().has_flag(flags::DICT) {
            let actual = made.value().type_of().name();
            return Err(cx.type_error(format!("__annotate__ returned non-dict of type '{actual}'")));
        }
        store(&function.annotations, made.value())?;
    }
    Ok(shown(&function.annotations))
}

fn set_annotations(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if !new.is_unbound() && new != singleton::none() && !new.type_of().has_flag(flags::DICT) {
        return Err(cx.type_error("__annotations__ must be set to a dict object"));
    }
    store(&of(value).annotations, new)?;
    store(&of(value).annotate, Value::UNBOUND)
}

fn set_annotate(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(cx.type_error("__annotate__ cannot be deleted"));
    }
    if new != singleton::none() {
        if new.type_of().slots().call.is_none() {
            return Err(cx.type_error("__annotate__ must be callable or None"));
        }
        store(&of(value).annotations, Value::UNBOUND)?;
    }
    store(&of(value).annotate, new)
}

// Cells.

static CELL_GETSET: &[GetSet] =
    &[GetSet { name: "cell_contents", get: cell_contents, set: Some(set_cell_contents), doc: "" }];

fn cell(value: Value) -> &'static CellObject {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}

fn cell_contents(cx: &mut Context, value: Value) -> Result<Owned> {
    let content = cell(value).content.get();
    if content.is_unbound() {
        return Err(cx.value_error("Cell is empty"));
    }
    Ok(Owned::new(content))
}

fn set_cell_contents(_cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let raw = if new.is_unbound() { new } else { Owned::new(new).into_raw() };
    drop(Owned::from_raw_option(cell(value).content.replace(raw)));
    Ok(())
}
