//! Objects as parameters of statements.

use crate::adapt::adapt_parameter;
use crate::arguments::{integer, utf8};
use crate::error;
use crate::library::Prepared;
use crate::state::{Kind, State};
use sidewinder_runtime::objects::buffer::{self, Buffer};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::exception::LOOKUP_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{float, int, singleton};
use sidewinder_runtime::operations::subscript;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Gives a statement its parameters: those of a sequence by their places, those of a mapping by their names.
pub fn bind_all(cx: &mut Context, state: &State, statement: &mut Prepared, parameters: Value) -> Result<()> {
    let wanted = statement.parameter_count();
    if parameters.cast::<DictObject>().is_some() {
        return bind_named(cx, state, statement, parameters, wanted);
    }
    let fixed = parameters.cast_exact::<TupleObject>();
    let list = parameters.cast_exact::<ListObject>();
    let given = match (fixed, list) {
        (Some(tuple), _) => tuple.len(),
        (None, Some(list)) => list.len(),
        (None, None) if parameters.type_of().slots().get_item.is_some() => {
            if parameters.type_of().slots().length.is_some() {
                subscript::length(cx, parameters)?
            } else {
                return Err(cx.type_error(format!("object of type '{}' has no len()", parameters.type_of().name())));
            }
        }
        _ => return Err(error::fail(cx, Kind::Programming, "parameters are of unsupported type")),
    };
    if given != wanted as usize {
        let message = format!(
            "Incorrect number of bindings supplied. The current statement uses {wanted}, and there are {given} supplied."
        );
        return Err(error::fail(cx, Kind::Programming, message));
    }
    for position in 1..=wanted {
        let index = position as usize - 1;
        if let Some(name) = statement.parameter_name(position)
            && !name.starts_with('?')
        {
            let message = format!(
                "Binding {position} ('{name}') is a named parameter, but you supplied a sequence which requires nameless \
                 (qmark) placeholders."
            );
            return Err(error::fail(cx, Kind::Programming, message));
        }
        let item = match (fixed, list) {
            (Some(tuple), _) => Owned::new(tuple.as_slice()[index]),
            (None, Some(list)) => match list.get(index) {
                Some(item) => Owned::new(item),
                None => return Err(cx.index_error("list index out of range")),
            },
            (None, None) => subscript::get_item(cx, parameters, Value::from_small_int(index as i64))?,
        };
        bind_one(cx, state, statement, position, item)?;
    }
    Ok(())
}

fn bind_named(cx: &mut Context, state: &State, statement: &mut Prepared, parameters: Value, wanted: i32) -> Result<()> {
    for position in 1..=wanted {
        let Some(name) = statement.parameter_name(position) else {
            let message =
                format!("Binding {position} has no name, but you supplied a dictionary (which has only names).");
            return Err(error::fail(cx, Kind::Programming, message));
        };
        // The first character is the sign that makes it a parameter.
        let name = name.get(1..).unwrap_or_default();
        let key = StrObject::new(cx, name);
        let item = match parameters.cast_exact::<DictObject>() {
            Some(dict) => dict.get(cx, key.value())?.map(Owned::new),
            None => match subscript::get_item(cx, parameters, key.value()) {
                Ok(item) => Some(item),
                Err(_) if cx.swallow(&LOOKUP_ERROR) => None,
                Err(raised) => return Err(raised),
            },
        };
        let Some(item) = item else {
            let message = format!("You did not supply a value for binding parameter :{name}.");
            return Err(error::fail(cx, Kind::Programming, message));
        };
        bind_one(cx, state, statement, position, item)?;
    }
    Ok(())
}

fn bind_one(cx: &mut Context, state: &State, statement: &mut Prepared, position: i32, item: Owned) -> Result<()> {
    let adapted = adapt_parameter(cx, state, item)?;
    let value = adapted.value();
    let outcome = if value == singleton::none() {
        statement.bind_null(position)
    } else if int::is_int_like(value) {
        let number = integer(cx, value)?;
        statement.bind_integer(position, number)
    } else if let Some(number) = float::as_f64(value) {
        statement.bind_float(position, number)
    } else if let Some(text) = str::cast(value) {
        match text.as_ascii() {
            Some(ascii) => {
                check_length(cx, ascii.len(), "string")?;
                statement.bind_text(position, ascii.as_bytes())
            }
            None => {
                let bytes = utf8(cx, text, value)?;
                check_length(cx, bytes.len(), "string")?;
                statement.bind_text(position, &bytes)
            }
        }
    } else if buffer::is_exporter(value) {
        let bytes = Buffer::read(cx, value)?;
        check_length(cx, bytes.len(), "BLOB")?;
        statement.bind_blob(position, bytes.as_slice())
    } else {
        let message = format!("Error binding parameter {position}: type '{}' is not supported", value.type_of().name());
        return Err(error::fail(cx, Kind::Programming, message));
    };
    outcome.map_err(|failure| error::raise(cx, &failure))
}

fn check_length(cx: &mut Context, length: usize, what: &str) -> Result<()> {
    if length > i32::MAX as usize {
        return Err(cx.overflow_error(format!("{what} longer than INT_MAX bytes")));
    }
    Ok(())
}
