//! Methods and attributes of the exception types.

pub mod group;

use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::exception::special as field;
use sidewinder_runtime::objects::exception::{self, ExceptionObject, types};
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::traceback::{TRACEBACK, TracebackObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{StaticType, flags};
use sidewinder_runtime::objects::{dict, instance, int, singleton};
use sidewinder_runtime::operations::{attribute, convert, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Methods and computed attributes of the exception types and of tracebacks.
pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] = &[
    (&types::BASE_EXCEPTION, METHODS, GETSET),
    (&types::STOP_ITERATION, &[], STOP_ITERATION_GETSET),
    (&types::SYSTEM_EXIT, &[], SYSTEM_EXIT_GETSET),
    (&types::ATTRIBUTE_ERROR, ATTRIBUTE_ERROR_METHODS, ATTRIBUTE_ERROR_GETSET),
    (&types::NAME_ERROR, &[], NAME_ERROR_GETSET),
    (&types::IMPORT_ERROR, IMPORT_ERROR_METHODS, IMPORT_ERROR_GETSET),
    (&types::OS_ERROR, OS_ERROR_METHODS, OS_ERROR_GETSET),
    (&types::SYNTAX_ERROR, &[], SYNTAX_ERROR_GETSET),
    (&types::UNICODE_DECODE_ERROR, &[], UNICODE_ERROR_GETSET),
    (&types::UNICODE_ENCODE_ERROR, &[], UNICODE_ERROR_GETSET),
    (&types::UNICODE_TRANSLATE_ERROR, &[], UNICODE_ERROR_GETSET),
    (&types::BASE_EXCEPTION_GROUP, group::METHODS, group::GETSET),
    (&TRACEBACK, TRACEBACK_METHODS, TRACEBACK_GETSET),
];

/// Other names of exception types in `builtins`.
pub static ALIASES: &[(&str, &StaticType)] = &[("EnvironmentError", &types::OS_ERROR), ("IOError", &types::OS_ERROR)];

static METHODS: &[Native] = &[
    Native::new("with_traceback", 1, 1, with_traceback, "Set self.__traceback__ to tb and return self."),
    Native::new("add_note", 1, 1, add_note, "Add a note to the exception"),
    Native::new("__reduce__", 0, 0, |cx, arguments| reduce(cx, arguments[0], None), ""),
    Native::new("__setstate__", 1, 1, set_state, ""),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "args", get: get_arguments, set: Some(set_arguments), doc: "" },
    GetSet { name: "__traceback__", get: get_traceback, set: Some(set_traceback), doc: "" },
    GetSet { name: "__context__", get: get_context, set: Some(set_context), doc: "exception context" },
    GetSet { name: "__cause__", get: get_cause, set: Some(set_cause), doc: "exception cause" },
    GetSet { name: "__suppress_context__", get: get_suppress, set: Some(set_suppress), doc: "" },
    GetSet { name: "__dict__", get: attribute::own_dict, set: Some(attribute::replace_own_dict), doc: "" },
];

fn none() -> Owned {
    Owned::new(singleton::none())
}

fn of(value: Value) -> &'static ExceptionObject {
    exception::of(value)
}

fn with_traceback(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    set_traceback(cx, arguments[0], arguments[1])?;
    Ok(Owned::new(arguments[0]))
}

fn add_note(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    if !str::is_str(arguments[1]) {
        return Err(bad_argument(cx, "add_note() argument", "str", arguments[1]));
    }
    exception::add_note(cx, arguments[0], arguments[1])?;
    Ok(none())
}

/// `(type, args)`, with the `__dict__` if there is anything in it.
fn reduce(cx: &mut Context, value: Value, arguments: Option<Owned>) -> Result<Owned> {
    let kind = Owned::new(value.type_of().value());
    let arguments = match arguments {
        Some(arguments) => arguments,
        None => get_arguments(cx, value)?,
    };
    let own = instance::dict(cx, value)?;
    if dict::of(own.value()).is_empty() {
        return Ok(TupleObject::from_owned(cx, vec![kind, arguments]));
    }
    Ok(TupleObject::from_owned(cx, vec![kind, arguments, own]))
}

fn set_state(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    if arguments[1] == singleton::none() {
        return Ok(none());
    }
    if !arguments[1].type_of().has_flag(flags::DICT) {
        return Err(cx.type_error("state is not a dictionary"));
    }
    let state = dict::of(arguments[1]);
    let mut index = 0;
    while index < state.entry_count() {
        if let Some((key, value)) = state.entry(index) {
            let (key, value) = (Owned::new(key), Owned::new(value));
            let name = attribute::name_argument(cx, key.value())?;
            attribute::set(cx, arguments[0], name.value(), value.value())?;
        }
        index += 1;
    }
    Ok(none())
}

fn get_arguments(_cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(Owned::new(Value::from_pointer(of(value).arguments())))
}

fn set_arguments(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(cx.type_error("args may not be deleted"));
    }
    let items = iterate::collect_unasked(cx, new)?;
    let tuple = TupleObject::from_owned(cx, items);
    of(value).set_arguments(tuple);
    Ok(())
}

fn get_traceback(_cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(of(value).traceback().map_or_else(none, Owned::new))
}

fn set_traceback(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(cx.type_error("__traceback__ may not be deleted"));
    }
    if new == singleton::none() {
        of(value).set_traceback(None);
    } else if new.cast_exact::<TracebackObject>().is_some() {
        of(value).set_traceback(Some(Owned::new(new)));
    } else {
        return Err(cx.type_error("__traceback__ must be a traceback or None"));
    }
    Ok(())
}

/// The new value of `__cause__` or `__context__`.
fn linked(cx: &mut Context, new: Value, which: &str) -> Result<Option<Owned>> {
    if new.is_unbound() {
        return Err(cx.type_error(format!("__{which}__ may not be deleted")));
    }
    if new == singleton::none() {
        return Ok(None);
    }
    if !exception::is_exception(new) {
        return Err(cx.type_error(format!("exception {which} must be None or derive from BaseException")));
    }
    Ok(Some(Owned::new(new)))
}

fn get_context(_cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(of(value).context().map_or_else(none, Owned::new))
}

fn set_context(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let new = linked(cx, new, "context")?;
    of(value).set_context(new);
    Ok(())
}

fn get_cause(_cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(of(value).cause().map_or_else(none, Owned::new))
}

fn set_cause(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    let new = linked(cx, new, "cause")?;
    of(value).set_cause(new);
    Ok(())
}

fn get_suppress(_cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(Owned::new(singleton::boolean(of(value).suppress_context.get())))
}

fn set_suppress(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(cx.type_error("can't delete numeric/char attribute"));
    }
    let Some(truth) = singleton::as_bool(new) else {
        return Err(cx.type_error("attribute value type must be bool"));
    };
    of(value).suppress_context.set(truth);
    Ok(())
}

/// An attribute that shows a field of the builtin type.
macro_rules! field {
    ($name:literal, $field:expr) => {
        GetSet {
            name: $name,
            get: |_, value| Ok(of(value).field_or_none($field)),
            set: Some(|_, value, new| {
                of(value).set_field($field, (!new.is_unbound()).then(|| Owned::new(new)));
                Ok(())
            }),
            doc: "",
        }
    };
}

static STOP_ITERATION_GETSET: &[GetSet] = &[field!("value", field::STOP_VALUE)];
static SYSTEM_EXIT_GETSET: &[GetSet] = &[field!("code", field::EXIT_CODE)];
static NAME_ERROR_GETSET: &[GetSet] = &[field!("name", field::NAME_NAME)];
static ATTRIBUTE_ERROR_GETSET: &[GetSet] =
    &[field!("name", field::ATTRIBUTE_NAME), field!("obj", field::ATTRIBUTE_OBJECT)];

static ATTRIBUTE_ERROR_METHODS: &[Native] = &[
    Native::new("__reduce__", 0, 0, reduce_attribute_error, ""),
    Native::new("__getstate__", 0, 0, |cx, arguments| attribute_error_state(cx, arguments[0]), ""),
];

static IMPORT_ERROR_METHODS: &[Native] = &[Native::new("__reduce__", 0, 0, reduce_import_error, "")];

/// The attributes of an exception, and fields that are set, as one dict; `None` if there are neither.
fn state_with(cx: &mut Context, value: Value, fields: &[(&str, Option<Owned>)]) -> Result<Owned> {
    let own = instance::dict(cx, value)?;
    let has_fields = fields.iter().any(|(_, value)| value.is_some());
    if !has_fields {
        return Ok(if dict::of(own.value()).is_empty() { none() } else { own });
    }
    let state = dict::of(own.value()).copy(cx);
    for (name, value) in fields {
        if let Some(value) = value {
            dict::of(state.value()).set_text(cx, name, value.value());
        }
    }
    Ok(state)
}

/// The object that lacks the attribute is left out: it may be anything.
fn attribute_error_state(cx: &mut Context, value: Value) -> Result<Owned> {
    let name = of(value).field(field::ATTRIBUTE_NAME).map(Owned::new);
    let arguments = get_arguments(cx, value)?;
    state_with(cx, value, &[("name", name), ("args", Some(arguments))])
}

fn reduce_attribute_error(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = arguments[0];
    let state = attribute_error_state(cx, value)?;
    let kind = Owned::new(value.type_of().value());
    let arguments = get_arguments(cx, value)?;
    Ok(TupleObject::from_owned(cx, vec![kind, arguments, state]))
}

fn reduce_import_error(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = arguments[0];
    let fields = [("name", field::IMPORT_NAME), ("path", field::IMPORT_PATH), ("name_from", field::IMPORT_NAME_FROM)];
    let fields = fields.map(|(name, index)| (name, of(value).field(index).map(Owned::new)));
    let state = state_with(cx, value, &fields)?;
    let kind = Owned::new(value.type_of().value());
    let mut parts = vec![kind, get_arguments(cx, value)?];
    if state.value() != singleton::none() {
        parts.push(state);
    }
    Ok(TupleObject::from_owned(cx, parts))
}

static IMPORT_ERROR_GETSET: &[GetSet] = &[
    field!("msg", field::IMPORT_MESSAGE),
    field!("name", field::IMPORT_NAME),
    field!("path", field::IMPORT_PATH),
    field!("name_from", field::IMPORT_NAME_FROM),
];

static OS_ERROR_METHODS: &[Native] = &[Native::new("__reduce__", 0, 0, reduce_os_error, "")];

static OS_ERROR_GETSET: &[GetSet] = &[
    field!("errno", field::OS_ERRNO),
    field!("strerror", field::OS_STRERROR),
    field!("filename", field::OS_FILENAME),
    field!("filename2", field::OS_FILENAME2),
    GetSet { name: "characters_written", get: get_written, set: Some(set_written), doc: "" },
];

/// The file names, which `args` lacks, are arguments of the copy.
fn reduce_os_error(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let own = of(arguments[0]);
    let (first, second) = (own.field(field::OS_FILENAME), own.field(field::OS_FILENAME2));
    let (&[number, message], Some(first)) = (own.arguments().as_slice(), first) else {
        return reduce(cx, arguments[0], None);
    };
    let tuple = match second {
        Some(second) => TupleObject::new(cx, &[number, message, first, singleton::none(), second]),
        None => TupleObject::new(cx, &[number, message, first]),
    };
    reduce(cx, arguments[0], Some(tuple))
}

fn get_written(cx: &mut Context, value: Value) -> Result<Owned> {
    match of(value).field(field::OS_WRITTEN) {
        Some(written) => Ok(Owned::new(written)),
        None => Err(cx.raise(&types::ATTRIBUTE_ERROR, "characters_written")),
    }
}

fn set_written(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        if of(value).field(field::OS_WRITTEN).is_none() {
            return Err(cx.raise(&types::ATTRIBUTE_ERROR, "characters_written"));
        }
        of(value).set_field(field::OS_WRITTEN, None);
        return Ok(());
    }
    let number = convert::index_i64(cx, new)?;
    let number = int::from_i64(cx, number);
    of(value).set_field(field::OS_WRITTEN, Some(number));
    Ok(())
}

static SYNTAX_ERROR_GETSET: &[GetSet] = &[
    field!("msg", field::SYNTAX_MESSAGE),
    field!("filename", field::SYNTAX_FILENAME),
    field!("lineno", field::SYNTAX_LINENO),
    field!("offset", field::SYNTAX_OFFSET),
    field!("text", field::SYNTAX_TEXT),
    field!("end_lineno", field::SYNTAX_END_LINENO),
    field!("end_offset", field::SYNTAX_END_OFFSET),
    field!("print_file_and_line", field::SYNTAX_PRINT_FILE_AND_LINE),
    field!("_metadata", field::SYNTAX_METADATA),
];

static UNICODE_ERROR_GETSET: &[GetSet] = &[
    field!("encoding", field::UNICODE_ENCODING),
    field!("object", field::UNICODE_OBJECT),
    field!("start", field::UNICODE_START),
    field!("end", field::UNICODE_END),
    field!("reason", field::UNICODE_REASON),
];

static TRACEBACK_METHODS: &[Native] = &[Native::new("__dir__", 0, 0, traceback_dir, "")];

fn traceback_dir(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let names = TRACEBACK_GETSET.iter().map(|row| str::intern(cx, row.name)).collect();
    Ok(ListObject::new(cx, names))
}

static TRACEBACK_GETSET: &[GetSet] = &[
    GetSet { name: "tb_next", get: |_, value| Ok(shown(entry(value).next.get())), set: Some(set_next), doc: "" },
    GetSet { name: "tb_frame", get: get_frame, set: None, doc: "" },
    GetSet {
        name: "tb_lineno",
        get: |cx, value| Ok(int::from_i64(cx, entry(value).line.get() as i64)),
        set: None,
        doc: "",
    },
    GetSet { name: "tb_lasti", get: |cx, value| Ok(int::from_i64(cx, entry(value).offset())), set: None, doc: "" },
];

fn entry(value: Value) -> &'static TracebackObject {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}

fn shown(value: Value) -> Owned {
    Owned::new(if value.is_unbound() { singleton::none() } else { value })
}

fn set_next(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(cx.type_error("can't delete tb_next attribute"));
    }
    let mut raw = Value::UNBOUND;
    if new != singleton::none() {
        let Some(mut other) = new.cast_exact::<TracebackObject>() else {
            let actual = new.type_of().name();
            return Err(cx.type_error(format!("expected traceback object, got '{actual}'")));
        };
        loop {
            if other.value() == value {
                return Err(cx.value_error("traceback loop detected"));
            }
            match other.next() {
                Some(next) => other = next,
                None => break,
            }
        }
        raw = Owned::new(new).into_raw();
    }
    drop(Owned::from_raw_option(entry(value).next.replace(raw)));
    Ok(())
}

fn get_frame(cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(crate::frame_methods::of_traceback(cx, entry(value)))
}
