//! Arrays, and their types, which are made by multiplying a type.

use crate::data::{self, CData, Item};
use crate::info::{self, Info, Kind};
use crate::value::{self, Code};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{GetSet, NativeObject, NativeType};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::method::getset;
use sidewinder_runtime::objects::slice::SliceObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::weak::{self, WEAK_REFERENCE};
use sidewinder_runtime::operations::{attribute, call, convert, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

/// metatype for the Array Objects
#[native_type("_ctypes.PyCArrayType", base, extends = crate::metaclass::CType)]
#[derive(Traverse)]
pub struct ArrayType;

#[methods]
impl ArrayType {
    #[init(name = "__init__")]
    fn init(this: Value, cx: &mut Context, _arguments: Arguments<'_>) -> Result<()> {
        let length = length_of(cx, this)?;
        let Some(item) = attribute::get_text_optional(cx, this, "_type_")? else {
            return Err(cx.raise(&ATTRIBUTE_ERROR, "class must define a '_type_' attribute"));
        };
        let Some(found) = info::of_type(item.value()) else {
            return Err(cx.type_error("_type_ must have storage info"));
        };
        let Some(size) = found.size.get().checked_mul(length).filter(|size| *size <= isize::MAX as usize) else {
            return Err(cx.overflow_error("array too large"));
        };
        let info = Info::new(Kind::Array);
        info.set_format(&found.format());
        let mut shape = vec![length as isize];
        shape.extend_from_slice(&found.shape.borrow());
        *info.shape.borrow_mut() = shape;
        info.size.set(size);
        info.align.set(found.align.get());
        info.length.set(length);
        info.has_pointer.set(found.has_pointer.get());
        info.irregular.set(found.irregular.get());
        let code = found.code.get();
        info.item.set(Some(item));
        info::install(cx, this, info)?;
        match code.letter {
            b'c' => add_attributes(cx, this, CHARACTERS),
            b'u' => add_attributes(cx, this, WIDE_CHARACTERS),
            _ => Ok(()),
        }
    }
}

fn length_of(cx: &mut Context, class: Value) -> Result<usize> {
    let Some(length) = attribute::get_text_optional(cx, class, "_length_")? else {
        return Err(cx.raise(&ATTRIBUTE_ERROR, "class must define a '_length_' attribute"));
    };
    if !int::is_int_like(length.value()) {
        return Err(cx.type_error("The '_length_' attribute must be an integer"));
    }
    if int::is_negative(length.value()) {
        return Err(cx.value_error("The '_length_' attribute must not be negative"));
    }
    match int::as_i64(length.value()) {
        Some(length) => Ok(length as usize),
        None => Err(cx.overflow_error("The '_length_' attribute is too large")),
    }
}

/// The type of arrays of so many items of a type.
pub fn type_of(cx: &mut Context, class: Value, length: usize) -> Result<Owned> {
    let item = info::of_type(class);
    if let Some(item) = item {
        let known = item.arrays.borrow();
        let found = known.iter().find(|(known, _)| *known == length);
        if let Some(found) = found.and_then(|(_, reference)| weak::of(reference.value()).referent()) {
            return Ok(found);
        }
    }
    let Some(kind) = class.cast::<TypeObject>() else { return Err(cx.type_error("Expected a type object")) };
    let name = StrObject::new(cx, &format!("{}_Array_{length}", kind.name()));
    let bases = TupleObject::new(cx, &[Array::type_object().value()]);
    let namespace = DictObject::new(cx);
    let count = int::from_usize(cx, length);
    dict::of(namespace.value()).set_text(cx, "_length_", count.value());
    dict::of(namespace.value()).set_text(cx, "_type_", class);
    let metaclass = ArrayType::type_object().value();
    let made = call::call(cx, metaclass, &[name.value(), bases.value(), namespace.value()])?;
    if let Some(item) = item {
        let none = sidewinder_runtime::objects::singleton::none();
        let reference = weak::new(cx, &WEAK_REFERENCE.object, made.value(), none)?;
        let mut known = item.arrays.borrow_mut();
        known.retain(|(_, reference)| weak::of(reference.value()).referent().is_some());
        known.push((length, reference));
    }
    Ok(made)
}

/// Adds computed attributes to a class.
fn add_attributes(cx: &mut Context, class: Value, rows: &'static [GetSet]) -> Result<()> {
    let Some(kind) = class.cast::<TypeObject>() else { return Ok(()) };
    for row in rows {
        let descriptor = getset::new_getset(cx, row, kind);
        let name = str::intern(cx, row.name);
        kind.namespace(cx).set(cx, name.value(), descriptor.value())?;
    }
    kind.modified(cx);
    Ok(())
}

/// What arrays of characters have besides.
static CHARACTERS: &[GetSet] = &[
    GetSet { name: "raw", get: get_raw, set: Some(set_raw), doc: "value" },
    GetSet { name: "value", get: get_value, set: Some(set_value), doc: "string value" },
];

static WIDE_CHARACTERS: &[GetSet] =
    &[GetSet { name: "value", get: get_wide_value, set: Some(set_wide_value), doc: "string value" }];

fn get_raw(cx: &mut Context, this: Value) -> Result<Owned> {
    Ok(BytesObject::new(cx, &data::of(this).bytes()))
}

fn set_raw(cx: &mut Context, this: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        let name = this.type_of().name();
        return Err(cx.raise(&ATTRIBUTE_ERROR, format!("attribute 'raw' of '{name}' objects cannot be deleted")));
    }
    let buffer = Buffer::read(cx, new)?;
    let data = data::of(this);
    if buffer.len() > data.size() {
        return Err(cx.value_error("byte string too long"));
    }
    value::write(data.address(), buffer.as_slice());
    Ok(())
}

fn get_value(cx: &mut Context, this: Value) -> Result<Owned> {
    let data = data::of(this);
    Ok(BytesObject::new(cx, &value::string_at(data.address(), data.size())))
}

fn set_value(cx: &mut Context, this: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(cx.type_error("can't delete attribute"));
    }
    let Some(bytes) = new.cast::<BytesObject>() else {
        let found = new.type_of().name();
        return Err(cx.type_error(format!("bytes expected instead of {found} instance")));
    };
    let data = data::of(this);
    if bytes.len() > data.size() {
        return Err(cx.value_error("byte string too long"));
    }
    value::write(data.address(), bytes.as_slice());
    if bytes.len() < data.size() {
        value::write(data.address() + bytes.len() as u64, &[0]);
    }
    Ok(())
}

fn get_wide_value(cx: &mut Context, this: Value) -> Result<Owned> {
    let data = data::of(this);
    value::wide_string_at(cx, data.address(), data.size() / 4)
}

fn set_wide_value(cx: &mut Context, this: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(cx.type_error("can't delete attribute"));
    }
    let Some(text) = str::cast(new) else {
        let found = new.type_of().name();
        return Err(cx.type_error(format!("unicode string expected instead of {found} instance")));
    };
    let data = data::of(this);
    if text.len() > data.size() / 4 {
        return Err(cx.value_error("string too long"));
    }
    value::write_wide(data.address(), text, data.size() / 4);
    Ok(())
}

/// Abstract base class for arrays.
///
/// The recommended way to create concrete array types is by multiplying any
/// ctypes data type with a non-negative integer. Alternatively, you can subclass
/// this type and define _length_ and _type_ class variables. Array elements can
/// be read and written using standard subscript and slice accesses for slice
/// reads, the resulting object is not itself an Array.
#[native_type("_ctypes.Array", base, generic, extends = crate::data::CData, metaclass = ArrayType)]
#[derive(Traverse)]
pub struct Array;

#[methods]
impl Array {
    #[new(name = "Array")]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
        data::create(cx, class.value())
    }

    #[init(name = "__init__")]
    fn init(this: Value, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        for (index, value) in arguments.positionals().iter().enumerate() {
            let index = int::from_usize(cx, index);
            subscript::set_item(cx, this, index.value(), *value)?;
        }
        Ok(())
    }

    #[slot(length)]
    fn length(this: Value) -> Result<usize> {
        Ok(data::of(this).length())
    }

    #[slot(get_item)]
    fn get_item(this: Value, cx: &mut Context, key: Value) -> Result<Owned> {
        if let Some(slice) = key.cast::<SliceObject>() {
            let data = data::of(this);
            let span = slice.unpack(cx)?.adjust(data.length());
            let (class, item) = info::item_of_object(cx, this)?;
            let _ = class;
            let (start, size) = (data.address(), item.size.get() as u64);
            let places = span.positions().map(move |index| start + index as u64 * size);
            if let Some(text) = text_of_places(cx, item.code.get(), places)? {
                return Ok(text);
            }
            let mut items = Vec::with_capacity(span.count);
            for index in span.positions() {
                items.push(item_at(cx, this, index as i64)?);
            }
            return Ok(ListObject::new(cx, items));
        }
        if key.type_of().slots().index.is_none() {
            return Err(cx.type_error("indices must be integers"));
        }
        let index = convert::index_i64(cx, key)?;
        let length = data::of(this).length() as i64;
        item_at(cx, this, if index < 0 { index + length } else { index })
    }

    #[slot(set_item)]
    fn set_item(this: Value, cx: &mut Context, key: Value, value: Option<Value>) -> Result<()> {
        let Some(value) = value else { return Err(cx.type_error("Array does not support item deletion")) };
        if let Some(slice) = key.cast::<SliceObject>() {
            let span = slice.unpack(cx)?.adjust(data::of(this).length());
            if subscript::length(cx, value)? != span.count {
                return Err(cx.value_error("Can only assign sequence of same size"));
            }
            for (index, place) in span.positions().enumerate() {
                let index = int::from_usize(cx, index);
                let item = subscript::get_item(cx, value, index.value())?;
                set_item_at(cx, this, place as i64, item.value())?;
            }
            return Ok(());
        }
        if key.type_of().slots().index.is_none() {
            return Err(cx.type_error("indices must be integer"));
        }
        let index = convert::index_i64(cx, key)?;
        let length = data::of(this).length() as i64;
        set_item_at(cx, this, if index < 0 { index + length } else { index }, value)
    }
}

/// What slices of characters are: the bytes, or the text.
pub fn text_of_places(cx: &mut Context, code: Code, places: impl Iterator<Item = u64>) -> Result<Option<Owned>> {
    if code == Code::of(b'c') {
        let bytes: Vec<u8> = places.map(|place| value::read::<1>(place)[0]).collect();
        return Ok(Some(BytesObject::new(cx, &bytes)));
    }
    if code == Code::of(b'u') {
        return value::wide_characters(cx, places).map(Some);
    }
    Ok(None)
}

/// Where an item is. Nothing is behind the end.
fn place_of(cx: &mut Context, this: Value, index: i64) -> Result<(Owned, Item)> {
    let info = info::required(cx, this.type_of().value())?;
    let data: &NativeObject<CData> = data::of(this);
    if index < 0 || index >= data.length() as i64 {
        return Err(cx.index_error("invalid index"));
    }
    let (class, item) = info::item_of(cx, info)?;
    let size = item.size.get();
    let address = data.address() + index as u64 * size as u64;
    let place = Item { class: class.value(), code: Code::default(), index, size, address };
    Ok((class, place))
}

fn item_at(cx: &mut Context, this: Value, index: i64) -> Result<Owned> {
    let (_class, place) = place_of(cx, this, index)?;
    data::get_item(cx, data::of(this), place)
}

fn set_item_at(cx: &mut Context, this: Value, index: i64, new: Value) -> Result<()> {
    let (_class, place) = place_of(cx, this, index)?;
    data::set_item(cx, data::of(this), place, new)
}
