//! Rows whose items have names.

use crate::arguments::utf8;
use crate::cursor::Cursor;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{NativeObject, NativeType};
use sidewinder_runtime::objects::slice::SliceObject;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{call, compare, convert, iterate, subscript};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

// No documentation, as in CPython.
#[native_type("sqlite3.Row", base, sequence)]
#[derive(Traverse)]
pub struct Row {
    data: Owned,
    /// The description of the columns, or None.
    description: Owned,
}

/// What a row factory makes of a row. The type `Row` itself is not called.
pub fn make(cx: &mut Context, factory: Value, cursor: &NativeObject<Cursor>, row: Owned) -> Result<Owned> {
    if factory == Row::type_object().value() {
        return NativeObject::new(cx, Row { data: row, description: cursor.description.get_or_none() });
    }
    call::call(cx, factory, &[cursor.value(), row.value()])
}

/// Whether a name is that of a column, in whatever case ASCII letters are.
fn is_name(name: &[u8], column: &[u8]) -> bool {
    name == column || name.is_ascii() && name.eq_ignore_ascii_case(column)
}

impl Row {
    fn data(&self) -> &TupleObject {
        match self.data.value().cast() {
            Some(data) => data,
            None => unreachable!("rows are made of tuples"),
        }
    }

    /// The name of a column, if the cursor has a description.
    fn names(&self) -> impl Iterator<Item = Value> {
        let columns = self.description.value().cast::<TupleObject>().map_or(&[][..], TupleObject::as_slice);
        columns.iter().filter_map(|column| column.cast::<TupleObject>()?.as_slice().first().copied())
    }

    fn item(&self, cx: &mut Context, index: i64) -> Result<Owned> {
        let data = self.data();
        match usize::try_from(index).ok().and_then(|index| data.as_slice().get(index)) {
            Some(item) => Ok(Owned::new(*item)),
            None => Err(cx.index_error("tuple index out of range")),
        }
    }
}

#[cold]
fn no_item(cx: &mut Context, key: Value) -> Raised {
    match convert::repr(cx, key) {
        Ok(shown) => {
            let shown = str::text(shown.value()).unwrap_or_default().into_owned();
            cx.index_error(format!("No item with key {shown}"))
        }
        Err(raised) => raised,
    }
}

#[methods]
impl Row {
    #[new(name = "Row")]
    fn new(cursor: &NativeObject<Cursor>, data: &TupleObject) -> Result<Row> {
        let data = Owned::new(Value::from_pointer(data));
        Ok(Row { data, description: cursor.description.get_or_none() })
    }

    /// The names of the row's items.
    fn keys(&self) -> Vec<Owned> {
        self.names().map(Owned::new).collect()
    }

    #[slot(length)]
    fn length(&self) -> Result<usize> {
        Ok(self.data().len())
    }

    #[slot(get_item)]
    fn get_item(&self, cx: &mut Context, key: Value) -> Result<Owned> {
        if int::is_int_like(key) {
            let index = convert::index_i64(cx, key)?;
            let index = if index < 0 { index + self.data().len() as i64 } else { index };
            return self.item(cx, index);
        }
        if let Some(text) = str::cast(key) {
            let name = utf8(cx, text, key)?;
            for (index, column) in self.names().enumerate() {
                if let Some(column) = str::cast(column)
                    && is_name(&name, column.as_text().as_bytes())
                {
                    return self.item(cx, index as i64);
                }
            }
            if self.description.value() != singleton::none() {
                return Err(cx.index_error("No item with that key"));
            }
            return Err(no_item(cx, key));
        }
        if key.cast::<SliceObject>().is_some() {
            return subscript::get_item(cx, self.data.value(), key);
        }
        Err(cx.index_error("Index must be int or string"))
    }

    #[slot(iter)]
    fn iter(&self, cx: &mut Context) -> Result<Owned> {
        iterate::get_iter(cx, self.data.value())
    }

    #[slot(hash)]
    fn hash(&self, cx: &mut Context) -> Result<i64> {
        Ok(convert::hash(cx, self.description.value())? ^ convert::hash(cx, self.data.value())?)
    }

    #[slot(compare)]
    fn compare(&self, cx: &mut Context, other: Value, operation: CompareOp) -> Result<Owned> {
        let other = match operation {
            CompareOp::Equal | CompareOp::NotEqual => other.cast::<NativeObject<Row>>(),
            _ => None,
        };
        let Some(other) = other else { return Ok(Owned::new(singleton::not_implemented())) };
        if !compare::truth(cx, CompareOp::Equal, self.description.value(), other.description.value())? {
            return Ok(Owned::new(singleton::boolean(operation == CompareOp::NotEqual)));
        }
        compare::compare(cx, operation, self.data.value(), other.data.value())
    }
}
