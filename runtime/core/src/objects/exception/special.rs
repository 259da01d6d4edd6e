//! Exception types with fields of their own: the numbers of the fields, `__new__`, `__init__` and `__str__`.
//!
//! The attributes that show the fields to Python are in the `builtins` crate.

use super::{ExceptionObject, base_init, base_str, of, set_positionals, types};
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::buffer::Buffer;
use crate::objects::bytes::BytesObject;
use crate::objects::iterator::arguments::bad_argument;
use crate::objects::iterator::arguments::unexpected_keyword;
use crate::objects::list::ListObject;
use crate::objects::slots::Slots;
use crate::objects::str::{self, StrObject};
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{TypeObject, flags};
use crate::objects::{int, singleton};
use crate::operations::{convert, iterate};
use crate::value::Value;
use std::ffi::CStr;

pub const ATTRIBUTE_NAME: usize = 0;
pub const ATTRIBUTE_OBJECT: usize = 1;
pub const NAME_NAME: usize = 0;
pub const STOP_VALUE: usize = 0;
pub const EXIT_CODE: usize = 0;
pub const IMPORT_NAME: usize = 0;
pub const IMPORT_PATH: usize = 1;
pub const IMPORT_NAME_FROM: usize = 2;
pub const IMPORT_MESSAGE: usize = 3;
pub const OS_ERRNO: usize = 0;
pub const OS_STRERROR: usize = 1;
pub const OS_FILENAME: usize = 2;
pub const OS_FILENAME2: usize = 3;
/// Characters written before a `BlockingIOError`; absent otherwise.
pub const OS_WRITTEN: usize = 4;
pub const SYNTAX_MESSAGE: usize = 0;
pub const SYNTAX_FILENAME: usize = 1;
pub const SYNTAX_LINENO: usize = 2;
pub const SYNTAX_OFFSET: usize = 3;
pub const SYNTAX_TEXT: usize = 4;
pub const SYNTAX_END_LINENO: usize = 5;
pub const SYNTAX_END_OFFSET: usize = 6;
pub const SYNTAX_PRINT_FILE_AND_LINE: usize = 7;
pub const SYNTAX_METADATA: usize = 8;
pub const UNICODE_ENCODING: usize = 0;
pub const UNICODE_OBJECT: usize = 1;
pub const UNICODE_START: usize = 2;
pub const UNICODE_END: usize = 3;
pub const UNICODE_REASON: usize = 4;
pub const GROUP_MESSAGE: usize = 0;
pub const GROUP_EXCEPTIONS: usize = 1;
/// What a group shows for a sequence that is neither a list nor a tuple.
pub const GROUP_SHOWN: usize = 2;

/// Takes the keyword-only arguments `names` into the fields from 0 up; the positional ones become `args`.
fn init_keywords(
    cx: &mut Context,
    value: Value,
    arguments: Arguments<'_>,
    type_name: &str,
    names: &[&str],
) -> Result<()> {
    let exception = of(value);
    set_positionals(cx, exception, arguments.positionals());
    for (key, given) in arguments.keywords() {
        match names.iter().position(|name| str::equals_text(key, name)) {
            Some(field) => exception.set_field(field, Some(Owned::new(given))),
            None => return Err(unexpected_keyword(cx, type_name, key, names.iter().copied())),
        }
    }
    Ok(())
}

pub(crate) fn init_attribute_error(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    init_keywords(cx, value, arguments, "AttributeError", &["name", "obj"])
}

pub(crate) fn init_name_error(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    init_keywords(cx, value, arguments, "NameError", &["name"])
}

pub(crate) fn init_import_error(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    for field in [IMPORT_NAME, IMPORT_PATH, IMPORT_NAME_FROM] {
        of(value).set_field(field, None);
    }
    init_keywords(cx, value, arguments, "ImportError", &["name", "path", "name_from"])?;
    let message = match arguments.positionals() {
        [message] => Some(Owned::new(*message)),
        _ => None,
    };
    of(value).set_field(IMPORT_MESSAGE, message);
    Ok(())
}

pub(crate) fn str_import_error(cx: &mut Context, value: Value) -> Result<Owned> {
    match of(value).field(IMPORT_MESSAGE) {
        Some(message) if message.cast_exact::<StrObject>().is_some() => Ok(Owned::new(message)),
        _ => base_str(cx, value),
    }
}

pub(crate) fn init_stop_iteration(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    base_init(cx, value, arguments)?;
    let first = arguments.positionals().first().copied().unwrap_or(singleton::none());
    of(value).set_field(STOP_VALUE, Some(Owned::new(first)));
    Ok(())
}

pub(crate) fn init_system_exit(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    base_init(cx, value, arguments)?;
    let code = match arguments.positionals() {
        [] => return Ok(()),
        [single] => Owned::new(*single),
        many => TupleObject::new(cx, many),
    };
    of(value).set_field(EXIT_CODE, Some(code));
    Ok(())
}

pub(crate) fn str_key_error(cx: &mut Context, value: Value) -> Result<Owned> {
    if let [key] = *of(value).arguments().as_slice() {
        let key = Owned::new(key);
        return convert::repr(cx, key.value());
    }
    base_str(cx, value)
}

/// Whether a subclass of `OSError` has its own `__init__` but not its own `__new__`: then `__init__` must parse the
/// arguments, because those of `__new__` may be meant for the subclass.
fn os_error_parses_in_init(slots: &Slots) -> bool {
    let own_init = slots.init.is_some_and(|init| std::ptr::fn_addr_eq(init, init_os_error as fn(_, _, _) -> _));
    let own_new = slots.new.is_some_and(|new| std::ptr::fn_addr_eq(new, new_os_error as fn(_, _, _) -> _));
    !own_init && own_new
}

pub(crate) fn new_os_error(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    if os_error_parses_in_init(kind.slots()) {
        return Ok(super::allocate(cx, kind, 5, &[]));
    }
    if !arguments.names.is_empty() {
        return Err(cx.type_error(format!("{}() takes no keyword arguments", kind.name())));
    }
    let positionals = arguments.positionals();
    let mut actual = kind;
    if std::ptr::eq(kind, &types::OS_ERROR.object)
        && (2..=5).contains(&positionals.len())
        && let Some(subclass) = int::as_i64(positionals[0]).and_then(os_error_subclass)
    {
        actual = subclass;
    }
    let made = super::allocate(cx, actual, 5, positionals);
    fill_os_error(cx, of(made.value()), positionals)?;
    Ok(made)
}

pub(crate) fn init_os_error(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    let kind = value.type_of();
    if !os_error_parses_in_init(kind.slots()) {
        return Ok(());
    }
    if !arguments.names.is_empty() {
        return Err(cx.type_error(format!("{}() takes no keyword arguments", kind.name())));
    }
    set_positionals(cx, of(value), arguments.positionals());
    fill_os_error(cx, of(value), arguments.positionals())
}

fn fill_os_error(cx: &mut Context, exception: &ExceptionObject, positionals: &[Value]) -> Result<()> {
    if !(2..=5).contains(&positionals.len()) {
        return Ok(());
    }
    let given = |index: usize| positionals.get(index).copied().filter(|value| *value != singleton::none());
    exception.set_field(OS_ERRNO, Some(Owned::new(positionals[0])));
    exception.set_field(OS_STRERROR, Some(Owned::new(positionals[1])));
    let Some(file_name) = given(2) else { return Ok(()) };
    let blocking = exception.value().type_of().is_subtype(&types::BLOCKING_IO_ERROR);
    if blocking && int::is_int_like(file_name) {
        let written = convert::index_i64(cx, file_name)?;
        exception.set_field(OS_WRITTEN, Some(int::from_i64(cx, written)));
        return Ok(());
    }
    exception.set_field(OS_FILENAME, Some(Owned::new(file_name)));
    if let Some(second) = given(4) {
        exception.set_field(OS_FILENAME2, Some(Owned::new(second)));
    }
    let shortened = TupleObject::new(cx, &positionals[..2]);
    exception.set_arguments(shortened);
    Ok(())
}

/// The subclass of `OSError` for a system error number (PEP 3151).
pub fn os_error_subclass(number: i64) -> Option<&'static TypeObject> {
    let kind = match number as i32 {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => &types::BLOCKING_IO_ERROR,
        libc::EPIPE | libc::ESHUTDOWN => &types::BROKEN_PIPE_ERROR,
        libc::ECHILD => &types::CHILD_PROCESS_ERROR,
        libc::ECONNABORTED => &types::CONNECTION_ABORTED_ERROR,
        libc::ECONNREFUSED => &types::CONNECTION_REFUSED_ERROR,
        libc::ECONNRESET => &types::CONNECTION_RESET_ERROR,
        libc::EEXIST => &types::FILE_EXISTS_ERROR,
        libc::ENOENT => &types::FILE_NOT_FOUND_ERROR,
        libc::EISDIR => &types::IS_A_DIRECTORY_ERROR,
        libc::ENOTDIR => &types::NOT_A_DIRECTORY_ERROR,
        libc::EINTR => &types::INTERRUPTED_ERROR,
        libc::EACCES | libc::EPERM => &types::PERMISSION_ERROR,
        libc::ESRCH => &types::PROCESS_LOOKUP_ERROR,
        libc::ETIMEDOUT => &types::TIMEOUT_ERROR,
        _ => return None,
    };
    Some(&kind.object)
}

/// The system's text for an error number.
pub fn system_error_text(number: i32) -> String {
    // SAFETY: strerror returns a text that stays valid until the next call; the GIL is held.
    unsafe { CStr::from_ptr(libc::strerror(number)) }.to_string_lossy().into_owned()
}

fn text_of(cx: &mut Context, value: Owned) -> Result<String> {
    let text = convert::str(cx, value.value())?;
    Ok(str::text(text.value()).unwrap_or_default().into_owned())
}

fn repr_of(cx: &mut Context, value: Value) -> Result<String> {
    let value = Owned::new(value);
    convert::repr_text(cx, value.value())
}

pub(crate) fn str_os_error(cx: &mut Context, value: Value) -> Result<Owned> {
    let exception = of(value);
    let (number, message) = (exception.field(OS_ERRNO), exception.field(OS_STRERROR));
    if exception.field(OS_FILENAME).is_none() && (number.is_none() || message.is_none()) {
        return base_str(cx, value);
    }
    let number = text_of(cx, exception.field_or_none(OS_ERRNO))?;
    let message = text_of(cx, exception.field_or_none(OS_STRERROR))?;
    let mut text = format!("[Errno {number}] {message}");
    if let Some(file_name) = exception.field(OS_FILENAME) {
        let file_name = repr_of(cx, file_name)?;
        text.push_str(&format!(": {file_name}"));
        if let Some(second) = exception.field(OS_FILENAME2) {
            let second = repr_of(cx, second)?;
            text.push_str(&format!(" -> {second}"));
        }
    }
    Ok(StrObject::new(cx, &text))
}

pub(crate) fn init_syntax_error(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    base_init(cx, value, arguments)?;
    let positionals = arguments.positionals();
    let exception = of(value);
    if let Some(message) = positionals.first() {
        exception.set_field(SYNTAX_MESSAGE, Some(Owned::new(*message)));
    }
    let [_, details] = *positionals else { return Ok(()) };
    let items = iterate::collect(cx, details)?;
    if !(4..=7).contains(&items.len()) {
        let problem = if items.len() < 4 { "at least 4" } else { "at most 7" };
        return Err(cx.type_error(format!("function takes {problem} arguments ({} given)", items.len())));
    }
    if items.len() == 5 {
        return Err(cx.type_error("end_offset must be provided when end_lineno is provided"));
    }
    let places = [
        SYNTAX_FILENAME,
        SYNTAX_LINENO,
        SYNTAX_OFFSET,
        SYNTAX_TEXT,
        SYNTAX_END_LINENO,
        SYNTAX_END_OFFSET,
        SYNTAX_METADATA,
    ];
    let mut items = items.into_iter();
    for place in places {
        exception.set_field(place, items.next());
    }
    Ok(())
}

pub(crate) fn str_syntax_error(cx: &mut Context, value: Value) -> Result<Owned> {
    let exception = of(value);
    let file_name = exception.field(SYNTAX_FILENAME).and_then(|name| {
        let name = str::text(name)?.into_owned();
        Some(name.rsplit('/').next().unwrap_or_default().to_string())
    });
    let line = exception.field(SYNTAX_LINENO).filter(|line| line.has_type(&int::INT) || line.is_int());
    let message = text_of(cx, exception.field_or_none(SYNTAX_MESSAGE))?;
    let line = line.and_then(int::as_i64);
    let text = match (file_name, line) {
        (Some(name), Some(line)) => format!("{message} ({name}, line {line})"),
        (Some(name), None) => format!("{message} ({name})"),
        (None, Some(line)) => format!("{message} (line {line})"),
        (None, None) => message,
    };
    Ok(StrObject::new(cx, &text))
}

fn expect_str(cx: &mut Context, place: usize, value: Value) -> Result<()> {
    if value.type_of().has_flag(flags::STR) {
        return Ok(());
    }
    Err(bad_argument(cx, &format!("argument {place}"), "str", value))
}

/// Checks `(encoding, object, start, end, reason)` (without the encoding for translation) and fills the fields.
fn init_unicode(cx: &mut Context, value: Value, arguments: Arguments<'_>, name: &str, first: usize) -> Result<()> {
    base_init(cx, value, arguments)?;
    let given = arguments.positionals();
    let expected = 5 - first;
    if given.len() != expected {
        return Err(cx.type_error(format!("function takes exactly {expected} arguments ({} given)", given.len())));
    }
    let exception = of(value);
    for (index, item) in given.iter().copied().enumerate() {
        let place = index + first;
        let stored = match place {
            UNICODE_START | UNICODE_END => {
                let number = convert::index_i64(cx, item)?;
                int::from_i64(cx, number)
            }
            UNICODE_OBJECT if name == "UnicodeDecodeError" => match item.cast::<BytesObject>() {
                Some(_) => Owned::new(item),
                None => match Buffer::copy_optional(cx, item)? {
                    Some(bytes) => BytesObject::new(cx, &bytes),
                    None => {
                        let actual = item.type_of().name();
                        return Err(cx.type_error(format!("a bytes-like object is required, not '{actual}'")));
                    }
                },
            },
            _ => {
                expect_str(cx, index + 1, item)?;
                Owned::new(item)
            }
        };
        exception.set_field(place, Some(stored));
    }
    Ok(())
}

pub(crate) fn init_unicode_encode(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    init_unicode(cx, value, arguments, "UnicodeEncodeError", 0)
}

pub(crate) fn init_unicode_decode(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    init_unicode(cx, value, arguments, "UnicodeDecodeError", 0)
}

pub(crate) fn init_unicode_translate(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    init_unicode(cx, value, arguments, "UnicodeTranslateError", 1)
}

/// Start and end of the offending range.
fn unicode_range(exception: &ExceptionObject) -> (i64, i64) {
    let number = |field| exception.field(field).and_then(int::as_i64).unwrap_or(0);
    (number(UNICODE_START), number(UNICODE_END))
}

fn escaped(code_point: u32) -> String {
    match code_point {
        0..=0xff => format!("\\x{code_point:02x}"),
        0x100..=0xffff => format!("\\u{code_point:04x}"),
        _ => format!("\\U{code_point:08x}"),
    }
}

fn str_unicode_text(cx: &mut Context, value: Value, encoding: &str, verb: &str) -> Result<Owned> {
    let exception = of(value);
    let reason = text_of(cx, exception.field_or_none(UNICODE_REASON))?;
    // What was asked for its text may have changed the object.
    let object = unicode_object(cx, exception)?;
    let Some(text) = object.value().cast::<StrObject>() else {
        return Err(cx.type_error("object attribute must be unicode"));
    };
    let (start, end) = unicode_range(exception);
    let text = if end == start + 1 && (0..text.len() as i64).contains(&start) {
        let character = escaped(text.code_point(start as usize));
        format!("{encoding}can't {verb} character '{character}' in position {start}: {reason}")
    } else {
        format!("{encoding}can't {verb} characters in position {start}-{}: {reason}", end - 1)
    };
    Ok(StrObject::new(cx, &text))
}

pub(crate) fn str_unicode_encode(cx: &mut Context, value: Value) -> Result<Owned> {
    if of(value).field(UNICODE_OBJECT).is_none() {
        return Ok(StrObject::new(cx, ""));
    }
    let encoding = text_of(cx, of(value).field_or_none(UNICODE_ENCODING))?;
    str_unicode_text(cx, value, &format!("'{encoding}' codec "), "encode")
}

fn unicode_object(cx: &mut Context, exception: &ExceptionObject) -> Result<Owned> {
    match exception.field(UNICODE_OBJECT) {
        Some(object) => Ok(Owned::new(object)),
        None => Err(cx.type_error("object attribute not set")),
    }
}

pub(crate) fn str_unicode_translate(cx: &mut Context, value: Value) -> Result<Owned> {
    if of(value).field(UNICODE_OBJECT).is_none() {
        return Ok(StrObject::new(cx, ""));
    }
    str_unicode_text(cx, value, "", "translate")
}

pub(crate) fn str_unicode_decode(cx: &mut Context, value: Value) -> Result<Owned> {
    let exception = of(value);
    if exception.field(UNICODE_OBJECT).is_none() {
        return Ok(StrObject::new(cx, ""));
    }
    let encoding = text_of(cx, exception.field_or_none(UNICODE_ENCODING))?;
    let reason = text_of(cx, exception.field_or_none(UNICODE_REASON))?;
    let object = unicode_object(cx, exception)?;
    let Some(bytes) = object.value().cast::<BytesObject>() else {
        return Err(cx.type_error("object attribute must be bytes"));
    };
    let (start, end) = unicode_range(exception);
    let text = match bytes.as_slice().get(start as usize) {
        Some(byte) if end == start + 1 => {
            format!("'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}")
        }
        _ => format!("'{encoding}' codec can't decode bytes in position {start}-{}: {reason}", end - 1),
    };
    Ok(StrObject::new(cx, &text))
}

/// `BaseExceptionGroup.__new__(message, exceptions)`: becomes an `ExceptionGroup` if all members are `Exception`s.
pub(crate) fn new_group(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let &[message, members] = arguments.positionals() else {
        let count = arguments.positionals().len();
        return Err(cx.type_error(format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({count} given)")));
    };
    if !message.type_of().has_flag(flags::STR) {
        return Err(bad_argument(cx, "BaseExceptionGroup.__new__() argument 1", "str", message));
    }
    if !members.type_of().has_flag(flags::LIST | flags::TUPLE) && members.type_of().slots().get_item.is_none() {
        return Err(cx.type_error("second argument (exceptions) must be a sequence"));
    }
    let items = iterate::collect(cx, members)?;
    if items.is_empty() {
        return Err(cx.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut all_plain = true;
    for (index, item) in items.iter().enumerate() {
        if !super::is_exception(item.value()) {
            return Err(cx.value_error(format!("Item {index} of second argument (exceptions) is not an exception")));
        }
        all_plain &= item.value().type_of().is_subtype(&types::EXCEPTION);
    }
    let mut actual = kind;
    let plain_group = cx.builtins().get_text(cx, "ExceptionGroup");
    if std::ptr::eq(kind, &types::BASE_EXCEPTION_GROUP.object) {
        if all_plain && let Some(group) = plain_group.and_then(|value| value.cast::<TypeObject>()) {
            actual = group;
        }
    } else if !all_plain && kind.is_subtype(&types::EXCEPTION) {
        let message = if plain_group.is_some_and(|group| group == kind.value()) {
            "Cannot nest BaseExceptions in an ExceptionGroup".to_string()
        } else {
            format!("Cannot nest BaseExceptions in '{}'", kind.name())
        };
        return Err(cx.type_error(message));
    }
    let shown = match members.type_of().has_flag(flags::LIST | flags::TUPLE) {
        true => None,
        false => Some(convert::repr(cx, members)?),
    };
    let made = super::allocate(cx, actual, 3, arguments.positionals());
    of(made.value()).set_field(GROUP_SHOWN, shown);
    of(made.value()).set_field(GROUP_MESSAGE, Some(Owned::new(message)));
    let tuple = TupleObject::from_owned(cx, items);
    of(made.value()).set_field(GROUP_EXCEPTIONS, Some(tuple));
    Ok(made)
}

pub(crate) fn init_group(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    if !arguments.names.is_empty() {
        return Err(cx.type_error("BaseExceptionGroup() takes no keyword arguments"));
    }
    set_positionals(cx, of(value), arguments.positionals());
    Ok(())
}

pub(crate) fn str_group(cx: &mut Context, value: Value) -> Result<Owned> {
    let exception = of(value);
    let message = text_of(cx, exception.field_or_none(GROUP_MESSAGE))?;
    let members = exception.field(GROUP_EXCEPTIONS).and_then(|tuple| tuple.cast::<TupleObject>());
    let count = members.map_or(0, |tuple| tuple.as_slice().len());
    let plural = if count == 1 { "" } else { "s" };
    Ok(StrObject::new(cx, &format!("{message} ({count} sub-exception{plural})")))
}

pub(crate) fn repr_group(cx: &mut Context, value: Value) -> Result<Owned> {
    let exception = of(value);
    let message = exception.field_or_none(GROUP_MESSAGE);
    let message = repr_of(cx, message.value())?;
    let original = exception.arguments().as_slice().get(1).copied();
    let members = exception.field_or_none(GROUP_EXCEPTIONS);
    let members = match original {
        // The list itself may have changed.
        Some(list) if list.type_of().has_flag(flags::LIST) => {
            let items = iterate::collect(cx, members.value())?;
            ListObject::new(cx, items)
        }
        _ => members,
    };
    let members = match exception.field(GROUP_SHOWN) {
        Some(shown) => text_of(cx, Owned::new(shown))?,
        None => repr_of(cx, members.value())?,
    };
    let name = value.type_of().name();
    Ok(StrObject::new(cx, &format!("{name}({message}, {members})")))
}
