//! Methods that change a `bytearray`.

use crate::bytes_methods::{byte_object, length_object, nothing};
use crate::str_arguments::{integer, wrong_receiver};
use memchr::memchr;
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::objects::bytes::slots::byte_value;
use sidewinder_runtime::objects::bytes::{ByteArrayObject, BytesObject, new};
use sidewinder_runtime::objects::str::{StrObject, check_bytes, is_str};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::value::Value;

fn receiver<'a>(cx: &mut Context, arguments: &[Value], method: &str) -> Result<&'a ByteArrayObject> {
    match arguments.first().and_then(|value| value.cast::<ByteArrayObject>()) {
        Some(array) => Ok(array),
        None => Err(wrong_receiver(cx, arguments, "bytearray", method)),
    }
}

pub fn append(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = receiver(cx, arguments, "append")?;
    let byte = byte_value(cx, arguments[1])?;
    array.push(cx, byte)?;
    nothing()
}

pub fn clear(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    receiver(cx, arguments, "clear")?.resize(cx, 0)?;
    nothing()
}

pub fn copy(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = receiver(cx, arguments, "copy")?;
    Ok(ByteArrayObject::new(cx, array.as_slice()))
}

pub fn extend(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = receiver(cx, arguments, "extend")?;
    let source = arguments[1];
    let slots = source.type_of().slots();
    let found = source.type_of().name();
    if is_str(source) {
        return Err(cx.type_error(format!("expected iterable of integers; got: '{found}'")));
    }
    if slots.buffer.is_none() && slots.iter.is_none() && slots.get_item.is_none() {
        return Err(cx.type_error(format!("can't extend bytearray with {found}")));
    }
    // What lends its memory may change the array meanwhile: its bytes go where the end was.
    let end = if slots.buffer.is_some() { array.len() } else { usize::MAX };
    let added = new::from_object(cx, source, "bytearray", true)?;
    array.splice(cx, end.min(array.len()), 0, &added)?;
    nothing()
}

pub fn insert(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = receiver(cx, arguments, "insert")?;
    let index = integer(cx, arguments[1], 0)?;
    let byte = byte_value(cx, arguments[2])?;
    let length = array.len() as i64;
    let place = if index < 0 { index.saturating_add(length).max(0) } else { index.min(length) };
    array.splice(cx, place as usize, 0, &[byte])?;
    nothing()
}

pub fn pop(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = receiver(cx, arguments, "pop")?;
    let index = integer(cx, arguments.get(1).copied().unwrap_or(Value::UNBOUND), -1)?;
    let length = array.len() as i64;
    if length == 0 {
        return Err(cx.index_error("pop from empty bytearray"));
    }
    let place = if index < 0 { index.wrapping_add(length) } else { index };
    if !(0..length).contains(&place) {
        return Err(cx.index_error("pop index out of range"));
    }
    let byte = array.as_slice()[place as usize];
    array.splice(cx, place as usize, 1, &[])?;
    Ok(byte_object(byte))
}

pub fn remove(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = receiver(cx, arguments, "remove")?;
    let byte = byte_value(cx, arguments[1])?;
    match memchr(byte, array.as_slice()) {
        Some(place) => array.splice(cx, place, 1, &[])?,
        None => return Err(cx.value_error("value not found in bytearray")),
    }
    nothing()
}

pub fn resize(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = receiver(cx, arguments, "resize")?;
    let size = integer(cx, arguments[1], 0)?;
    if size < 0 {
        return Err(cx.value_error(format!("bytearray.resize(): new size must be >= 0, got {size}")));
    }
    check_bytes(cx, size as usize)?;
    array.resize(cx, size as usize)?;
    nothing()
}

pub fn reverse(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    receiver(cx, arguments, "reverse")?.as_mut_slice().reverse();
    nothing()
}

/// What builds the object again: the class with the bytes, as text for the old protocols of pickle.
pub fn alloc(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = receiver(cx, arguments, "__alloc__")?;
    Ok(length_object(cx, array.allocated()))
}

pub fn reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    described(cx, arguments, 2)
}

pub fn reduce_ex(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let protocol = integer(cx, arguments.get(1).copied().unwrap_or(Value::UNBOUND), 0)?;
    described(cx, arguments, protocol)
}

/// What pickle and copy need to build the object again: older protocols know no bytes, and get them as text.
fn described(cx: &mut Context, arguments: &[Value], protocol: i64) -> Result<Owned> {
    let array = receiver(cx, arguments, "__reduce_ex__")?;
    let class = Owned::new(arguments[0].type_of().value());
    let state = call::call_method(cx, arguments[0], "__getstate__", &[])?;
    let content = match array.as_slice() {
        [] => Vec::new(),
        bytes if protocol < 3 => vec![StrObject::from_latin1(cx, bytes), StrObject::new(cx, "latin-1")],
        bytes => vec![BytesObject::new(cx, bytes)],
    };
    let content = TupleObject::from_owned(cx, content);
    Ok(TupleObject::from_owned(cx, vec![class, content, state]))
}
