//! Rows as objects.

use crate::connection::{Connection, PARSE_COLUMN_NAMES, PARSE_DECLARATIONS};
use crate::error;
use crate::library::{Column, Prepared};
use crate::state::{Kind, State};
use sidewinder_runtime::objects::bytes::{BYTEARRAY, BYTES, ByteArrayObject, BytesObject};
use sidewinder_runtime::objects::exception::MEMORY_ERROR;
use sidewinder_runtime::objects::str::{STR, StrObject, codec};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{float, int, singleton};
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// What makes objects of the columns of a statement: the program's converters, where it has some.
pub type Converters = Vec<Option<Owned>>;

#[cold]
fn no_memory(cx: &mut Context) -> Raised {
    cx.raise(&MEMORY_ERROR, "")
}

/// The converter of that name, which may be written in any case.
fn converter(cx: &mut Context, state: &State, name: &[u8]) -> Result<Option<Owned>> {
    let name = String::from_utf8_lossy(name);
    let name = StrObject::new(cx, &name);
    let upper = call::call_method(cx, name.value(), "upper", &[])?;
    match state.converters() {
        Some(converters) => Ok(converters.get(cx, upper.value())?.map(Owned::new)),
        None => Ok(None),
    }
}

/// The converters for a statement's columns; none at all if the connection does not look for types.
pub fn converters(cx: &mut Context, connection: &Connection, statement: &Prepared) -> Result<Converters> {
    let wanted = connection.detect_types.get();
    if wanted == 0 {
        return Ok(Vec::new());
    }
    let state = cx.state::<State>();
    let mut found = Vec::new();
    for index in 0..statement.column_count() {
        let mut own = None;
        if wanted & PARSE_COLUMN_NAMES != 0 {
            let Some(name) = statement.column_name(index) else { return Err(no_memory(cx)) };
            let name = name.to_bytes();
            if let Some(end) = name.iter().position(|byte| *byte == b']').filter(|end| name[..*end].contains(&b'['))
                && let Some(start) = name[..end].iter().rposition(|byte| *byte == b'[')
            {
                own = converter(cx, &state, &name[start + 1..end])?;
            }
        }
        if own.is_none()
            && wanted & PARSE_DECLARATIONS != 0
            && let Some(declared) = statement.column_declaration(index)
        {
            // `NUMBER(10)` and `INTEGER NOT NULL` are `NUMBER` and `INTEGER`.
            let declared = declared.to_bytes();
            let end = declared.iter().position(|byte| matches!(byte, b' ' | b'('));
            own = converter(cx, &state, &declared[..end.unwrap_or(declared.len())])?;
        }
        found.push(own);
    }
    Ok(found)
}

/// The names of a statement's columns, each with the six other fields that a description has.
pub fn description(cx: &mut Context, connection: &Connection, statement: &Prepared) -> Result<Owned> {
    let mut columns = Vec::new();
    for index in 0..statement.column_count() {
        let Some(name) = statement.column_name(index) else { return Err(no_memory(cx)) };
        let mut name = name.to_bytes();
        if connection.detect_types.get() & PARSE_COLUMN_NAMES != 0
            && let Some(start) = name.iter().position(|byte| *byte == b'[')
        {
            let start = if start > 0 && name[start - 1] == b' ' { start - 1 } else { start };
            name = &name[..start];
        }
        let name = String::from_utf8_lossy(name);
        let mut fields = vec![StrObject::new(cx, &name)];
        fields.resize_with(7, || Owned::new(singleton::none()));
        columns.push(TupleObject::from_owned(cx, fields));
    }
    Ok(TupleObject::from_owned(cx, columns))
}

/// The row at which a statement stands.
pub fn row(
    cx: &mut Context,
    connection: &Connection,
    statement: &mut Prepared,
    converters: &Converters,
) -> Result<Owned> {
    let count = statement.data_count();
    let factory = connection.text_factory.get_or_none();
    let mut items = Vec::with_capacity(count.max(0) as usize);
    for index in 0..count {
        let item = match converters.get(index as usize) {
            Some(Some(converter)) => match statement.column_bytes(index) {
                Some(bytes) => {
                    let bytes = BytesObject::new(cx, bytes);
                    call::call(cx, converter.value(), &[bytes.value()])?
                }
                None => Owned::new(singleton::none()),
            },
            _ => plain(cx, statement, index, factory.value())?,
        };
        items.push(item);
    }
    Ok(TupleObject::from_owned(cx, items))
}

fn plain(cx: &mut Context, statement: &mut Prepared, index: i32, factory: Value) -> Result<Owned> {
    Ok(match statement.column(index) {
        Column::Null => Owned::new(singleton::none()),
        Column::Integer(number) => int::from_i64(cx, number),
        Column::Float(number) => float::from_f64(cx, number),
        Column::Blob(bytes) => BytesObject::new(cx, bytes),
        Column::Text(text) if factory == STR.value() => match std::str::from_utf8(text) {
            Ok(text) => StrObject::new(cx, text),
            Err(_) => {
                let text = text.to_vec();
                return Err(undecodable(cx, statement, index, &text));
            }
        },
        Column::Text(text) if factory == BYTES.value() => BytesObject::new(cx, text),
        Column::Text(text) if factory == BYTEARRAY.value() => ByteArrayObject::new(cx, text),
        Column::Text(text) => {
            let text = BytesObject::new(cx, text);
            call::call(cx, factory, &[text.value()])?
        }
        Column::NoMemory => return Err(no_memory(cx)),
    })
}

/// The error for a text that is not UTF-8.
#[cold]
fn undecodable(cx: &mut Context, statement: &Prepared, index: i32, text: &[u8]) -> Raised {
    let Some(name) = statement.column_name(index) else { return no_memory(cx) };
    let mut message = b"Could not decode to UTF-8 column '".to_vec();
    message.extend_from_slice(name.to_bytes());
    message.extend_from_slice(b"' with text '");
    message.extend(text.iter().take_while(|byte| **byte != 0));
    message.push(b'\'');
    message.truncate(198);
    let message = BytesObject::new(cx, &message);
    match codec::decode(cx, message.value(), "ascii", "replace") {
        Ok(message) => cx.state::<State>().exception(Kind::Operational).raise_with(cx, &[message.value()]),
        Err(_) => {
            drop(cx.take_pending());
            error::fail(cx, Kind::Operational, "Could not decode to UTF-8")
        }
    }
}
