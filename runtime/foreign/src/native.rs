//! Functions of C that the library itself calls: `cast`, `string_at` and their like, whose addresses the module shows.
//!
//! They are called through libffi with the GIL, as functions of Python's own interface are, and raise by leaving the exception
//! pending and giving nothing.

use crate::data::{self, CData};
use crate::info::{self, Kind};
use crate::value;
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::dict::{self, DICT, DictObject};
use sidewinder_runtime::objects::exception::SYSTEM_ERROR;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{audit, call};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

/// The word that such a function gives.
fn finish(made: Result<Owned>) -> u64 {
    match made {
        Ok(made) => made.into_raw().0,
        Err(_) => 0,
    }
}

/// The object in a word that a caller passes; nothing is `None`.
fn object(word: u64) -> Owned {
    let value = Value::from_word(word);
    Owned::new(if value.is_unbound() { singleton::none() } else { value })
}

/// `ctypes.cast`
pub extern "C" fn cast(pointer: u64, source: u64, class: u64) -> u64 {
    let cx = Context::current();
    finish(cast_to(cx, pointer, &object(source), &object(class)))
}

fn cast_to(cx: &mut Context, pointer: u64, source: &Owned, class: &Owned) -> Result<Owned> {
    if !info::is_c_type(class.value()) {
        return Err(cx.type_error("cast() argument 2 must be a pointer type"));
    }
    let fits = info::of_type(class.value()).is_some_and(|info| match info.kind {
        Kind::Pointer | Kind::Function => true,
        _ => b"PzZXO".contains(&info.code.get().letter),
    });
    if !fits {
        let name = class.value().cast::<TypeObject>().map_or("?", TypeObject::name);
        return Err(cx.type_error(format!("cast() argument 2 must be a pointer type, not {name}")));
    }
    let made = call::call(cx, class.value(), &[])?;
    let result = data::of(made.value());
    if let Some(origin) = source.value().cast::<NativeObject<CData>>() {
        // What the source keeps is shared, and the source itself is kept.
        data::kept(cx, origin);
        if origin.held_objects().is_some_and(|held| held.value() == singleton::none()) {
            let empty = DictObject::new(cx);
            origin.share_objects(Some(empty));
        }
        let held = origin.held_objects();
        if let Some(held) = held.as_ref().filter(|held| held.value().has_type(&DICT.object)) {
            let key = int::from_u64(cx, source.value().0);
            dict::of(held.value()).set(cx, key.value(), source.value())?;
        }
        result.share_objects(held);
    }
    result.set_pointer(pointer);
    Ok(made)
}

/// `ctypes.string_at`
pub extern "C" fn string_at(pointer: u64, size: i32) -> u64 {
    let cx = Context::current();
    finish(bytes_at(cx, pointer, size))
}

fn bytes_at(cx: &mut Context, pointer: u64, size: i32) -> Result<Owned> {
    audit::event(cx, "ctypes.string_at", |cx| vec![int::from_u64(cx, pointer), int::from_i64(cx, size.into())])?;
    let bytes = match size {
        -1 => value::string_at(pointer, usize::MAX),
        0.. => value::bytes_at(pointer, size as usize),
        _ => return Err(cx.raise(&SYSTEM_ERROR, "Negative size passed to PyBytes_FromStringAndSize")),
    };
    Ok(BytesObject::new(cx, &bytes))
}

/// `ctypes.wstring_at`
pub extern "C" fn wide_string_at(pointer: u64, size: i32) -> u64 {
    let cx = Context::current();
    finish(text_at(cx, pointer, size))
}

fn text_at(cx: &mut Context, pointer: u64, size: i32) -> Result<Owned> {
    audit::event(cx, "ctypes.wstring_at", |cx| vec![int::from_u64(cx, pointer), int::from_i64(cx, size.into())])?;
    match size {
        -1 => value::wide_string_at(cx, pointer, usize::MAX),
        0.. => value::wide_characters(cx, (0..size as u64).map(|index| pointer + index * 4)),
        _ => Err(cx.raise(&SYSTEM_ERROR, "Negative size passed to PyUnicode_New")),
    }
}

/// `ctypes.memoryview_at`
pub extern "C" fn view_at(pointer: u64, size: i64, readonly: i32) -> u64 {
    let cx = Context::current();
    finish(memory_view_at(cx, pointer, size, readonly != 0))
}

fn memory_view_at(cx: &mut Context, pointer: u64, size: i64, readonly: bool) -> Result<Owned> {
    audit::event(cx, "ctypes.memoryview_at", |cx| {
        vec![int::from_u64(cx, pointer), int::from_i64(cx, size), int::from_i64(cx, readonly.into())]
    })?;
    let Ok(length) = usize::try_from(size) else {
        return Err(cx.value_error(format!("memoryview_at: size is negative (or overflowed): {size}")));
    };
    let place = std::ptr::with_exposed_provenance_mut::<u8>(pointer as usize);
    // SAFETY: (foreign 1), (buffer 1) the program says that so many bytes are there.
    let buffer = unsafe { Buffer::new(singleton::none(), place, length, readonly, None) };
    (cx.interpreter().hooks.memory_view)(cx, buffer)
}
