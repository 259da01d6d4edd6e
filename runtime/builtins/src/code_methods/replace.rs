//! `code.replace`: a copy of a code object with some fields changed. What the instructions depend on can only be given as
//! it is.

use super::{FLAGS, GETSET, of};
use sidewinder_bytecode::{CodeData, Constant};
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::code;
use sidewinder_runtime::objects::exception::NOT_IMPLEMENTED_ERROR;
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{constant, str};
use sidewinder_runtime::operations::{compare, convert, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::rc::Rc;

/// `code.replace(**fields)`
pub fn replace(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = arguments.values[0];
    let given = arguments.positionals().len() - 1;
    if given > 0 {
        return Err(cx.type_error("replace() takes no positional arguments"));
    }
    let mut data = CodeData::clone(&of(receiver).data);
    for (key, value) in arguments.keywords() {
        let name = str::text(key).unwrap_or_default().into_owned();
        replace_field(cx, receiver, &mut data, &name, value)?;
    }
    // Instructions may depend on constants, as calls do on the names of keywords.
    if let Err(problem) = sidewinder_bytecode::verify::verify(&data) {
        return Err(cx.value_error(format!("code.replace(): {problem}")));
    }
    Ok(code::new(cx, Rc::new(data)))
}

fn replace_field(cx: &mut Context, receiver: Value, data: &mut CodeData, name: &str, value: Value) -> Result<()> {
    match name {
        "co_name" => data.name = text(cx, name, value)?,
        "co_qualname" => data.qualified_name = text(cx, name, value)?,
        "co_filename" => data.file_name = text(cx, name, value)?,
        "co_firstlineno" => data.first_line = number(cx, value)? as u32,
        "co_flags" => {
            let wanted = number(cx, value)? as usize;
            for (flag, shown) in FLAGS {
                // Whether a function runs at once, and which parameters it has, is up to its code.
                let fixed = [0x3, 0x4, 0x8, 0x20, 0x80, 0x200, 0x400_0000].contains(shown);
                let (has, wants) = (data.flags.has(*flag), wanted & shown == *shown);
                if fixed && has != wants {
                    return Err(unsupported(cx, name));
                }
                data.flags.0 = if wants { data.flags.0 | flag } else { data.flags.0 & !flag };
            }
        }
        "co_consts" => {
            let items = tuple(cx, name, value)?;
            if items.len() != data.constants.len() {
                return unchanged(cx, receiver, name, value);
            }
            for (place, item) in data.constants.iter_mut().zip(&items) {
                // Only what may stand for a constant of the same kind: instructions know code from values.
                let new = constant(cx, item.value())?;
                if matches!(place, Constant::Code(_)) != matches!(new, Constant::Code(_)) {
                    return Err(unsupported(cx, name));
                }
                *place = new;
            }
        }
        "co_names" => {
            let names = names(cx, name, value)?;
            if names.len() != data.names.len() {
                return Err(unsupported(cx, name));
            }
            data.names = names;
        }
        "co_freevars" => {
            let names = names(cx, name, value)?;
            if names.len() != data.free_names.len() {
                return Err(unsupported(cx, name));
            }
            data.free_names = names;
        }
        _ if GETSET.iter().any(|row| row.name == name) => return unchanged(cx, receiver, name, value),
        _ => return Err(cx.type_error(format!("replace() got an unexpected keyword argument '{name}'"))),
    }
    Ok(())
}

fn unsupported(cx: &mut Context, name: &str) -> sidewinder_runtime::Raised {
    cx.raise(&NOT_IMPLEMENTED_ERROR, format!("code.replace({name}=...) with another value"))
}

/// A field that cannot change may be given as it is.
fn unchanged(cx: &mut Context, receiver: Value, name: &str, value: Value) -> Result<()> {
    let Some(row) = GETSET.iter().find(|row| row.name == name) else { return Err(unsupported(cx, name)) };
    let own = (row.get)(cx, receiver)?;
    if compare::equals(cx, own.value(), value)? { Ok(()) } else { Err(unsupported(cx, name)) }
}

fn text(cx: &mut Context, name: &str, value: Value) -> Result<Rc<str>> {
    match str::text(value) {
        Some(text) => Ok(text.as_ref().into()),
        None => Err(bad_argument(cx, &format!("replace() argument '{name}'"), "str", value)),
    }
}

fn number(cx: &mut Context, value: Value) -> Result<i64> {
    let number = convert::index_i64(cx, value)?;
    if number < 0 { Err(cx.value_error("code: argument out of range")) } else { Ok(number) }
}

fn tuple(cx: &mut Context, name: &str, value: Value) -> Result<Vec<Owned>> {
    match value.cast::<TupleObject>() {
        Some(_) => iterate::collect(cx, value),
        None => Err(bad_argument(cx, &format!("replace() argument '{name}'"), "tuple", value)),
    }
}

fn names(cx: &mut Context, name: &str, value: Value) -> Result<Vec<Rc<str>>> {
    let items = tuple(cx, name, value)?;
    items
        .iter()
        .map(|item| match str::text(item.value()) {
            Some(text) => Ok(text.as_ref().into()),
            None => Err(cx.type_error("name tuples must contain only strings, not 'int'")),
        })
        .collect()
}

/// The constant that makes a value; an error for values that none makes.
fn constant(cx: &mut Context, value: Value) -> Result<Constant> {
    match constant::from_value(cx, value)? {
        Ok(constant) => Ok(constant),
        Err(unknown) => {
            let kind = unknown.value().type_of().name();
            Err(cx.raise(&NOT_IMPLEMENTED_ERROR, format!("a constant of type {kind}")))
        }
    }
}
