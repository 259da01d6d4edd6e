//! The module `_string`: formats taken apart, for `string.Formatter`.

use crate::str_format::{first_end, next_part, next_piece, number};
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::Cell;

/// What string.Formatter needs of the format of str.format.
#[native_module("_string", types(hidden FormatPieces, hidden NameParts))]
mod rows {
    use super::*;

    /// The pieces of a format: tuples of text, the name of a field, its specification and its conversion.
    #[function]
    fn formatter_parser(cx: &mut Context, object: Value) -> Result<Owned> {
        let format = checked(cx, object)?;
        NativeObject::new(cx, FormatPieces { format, position: Cell::new(0) })
    }

    /// The first part of the name of a field, and an iterator over what follows it.
    #[function]
    fn formatter_field_name_split(cx: &mut Context, object: Value) -> Result<Owned> {
        let name = checked(cx, object)?;
        let value = name.value();
        let Some(text) = str::cast(value) else { return Err(no_text(cx, value)) };
        let units = text.units();
        let end = first_end(units);
        let first = match number(cx, units.slice(0, end))? {
            Some(number) => int::from_usize(cx, number),
            None => StrObject::from_units(cx, units.slice(0, end)),
        };
        let rest = NativeObject::new(cx, NameParts { name: name.clone(), position: Cell::new(end) })?;
        Ok(TupleObject::pair(cx, first, rest))
    }
}

fn checked(cx: &mut Context, object: Value) -> Result<Owned> {
    if str::is_str(object) { Ok(Owned::new(object)) } else { Err(no_text(cx, object)) }
}

#[cold]
fn no_text(cx: &mut Context, object: Value) -> Raised {
    let actual = object.type_of().name();
    cx.type_error(format!("expected str, got {actual}"))
}

/// An iterator over the pieces of a format.
#[native_type("formatteriterator", iterator)]
#[derive(Traverse)]
pub struct FormatPieces {
    format: Owned,
    position: Cell<usize>,
}

#[methods]
impl FormatPieces {
    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let held = self.format.value();
        let Some(format) = str::cast(held).map(StrObject::units) else { return Ok(None) };
        if self.position.get() >= format.len() {
            return Ok(None);
        }
        let piece = next_piece(cx, format, self.position.get())?;
        self.position.set(piece.end);
        let none = || Owned::new(singleton::none());
        let mut parts = vec![StrObject::from_units(cx, piece.literal)];
        match &piece.field {
            Some(field) => {
                parts.push(StrObject::from_units(cx, field.name));
                parts.push(StrObject::from_units(cx, field.spec));
                parts.push(field.conversion.map_or_else(none, |point| StrObject::from_code_points(cx, &[point])));
            }
            None => parts.extend([none(), none(), none()]),
        }
        Ok(Some(TupleObject::from_owned(cx, parts)))
    }
}

/// An iterator over the attributes and items in the name of a field.
#[native_type("fieldnameiterator", iterator)]
#[derive(Traverse)]
pub struct NameParts {
    name: Owned,
    position: Cell<usize>,
}

#[methods]
impl NameParts {
    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let held = self.name.value();
        let Some(name) = str::cast(held).map(StrObject::units) else { return Ok(None) };
        if self.position.get() >= name.len() {
            return Ok(None);
        }
        let part = next_part(cx, name, self.position.get())?;
        self.position.set(part.end);
        let text = match number(cx, part.text)? {
            Some(number) if !part.attribute => int::from_usize(cx, number),
            _ => StrObject::from_units(cx, part.text),
        };
        Ok(Some(TupleObject::pair(cx, Owned::new(singleton::boolean(part.attribute)), text)))
    }
}
