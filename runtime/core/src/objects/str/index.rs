//! Indexing and slicing of strings.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::slice::{SliceObject, unpack_bounds};
use crate::objects::str::units::{Unit, Units};
use crate::objects::str::{StrObject, cast, kind_for};
use crate::operations::convert;
use crate::value::Value;
use crate::with_units;

/// The string of one code point; those below 0x100 are shared.
#[inline]
pub fn character(cx: &mut Context, point: u32) -> Owned {
    if point < 0x100 {
        return Owned::new(cx.interpreter().interned.character(point as u8));
    }
    let object = StrObject::allocate(cx, kind_for(point), false, 1);
    // SAFETY: (str 2) there is room for one unit of the kind.
    unsafe { Units::Four(&[point]).write(object.data_mut(), object.kind.get()) };
    Owned::from_raw(Value::from_pointer(object))
}

/// The code points from `start` up to `end`, both within the length.
#[inline]
pub fn substring(cx: &mut Context, string: &StrObject, start: usize, end: usize) -> Owned {
    if start == 0 && end == string.len() {
        return string.to_exact(cx);
    }
    match string.units() {
        Units::One(bytes) if string.is_ascii() => StrObject::from_latin1_known(cx, &bytes[start..end], true),
        units => StrObject::from_units(cx, units.slice(start, end)),
    }
}

/// The slot `get_item`.
pub fn get_item(cx: &mut Context, value: Value, key: Value) -> Result<Owned> {
    let Some(string) = cast(value) else {
        return Err(cx.type_error("descriptor '__getitem__' requires a 'str' object"));
    };
    if key.is_int() {
        return get_index(cx, string, key.int());
    }
    if let Some(slice) = key.cast_exact::<SliceObject>() {
        let (start, _, step, count) = slice.indices(cx, string.len())?;
        return Ok(extended_slice(cx, string, start, step, count));
    }
    if key.type_of().slots().index.is_none() {
        let found = key.type_of().name();
        return Err(cx.type_error(format!("string indices must be integers, not '{found}'")));
    }
    let index = convert::index_i64(cx, key)?;
    get_index(cx, string, index)
}

/// The character at `index`, which counts from the end if negative.
#[inline]
pub fn get_index(cx: &mut Context, string: &StrObject, index: i64) -> Result<Owned> {
    let length = string.len();
    let position = if index < 0 { index.wrapping_add(length as i64) } else { index };
    if position as u64 >= length as u64 {
        return Err(cx.index_error("string index out of range"));
    }
    Ok(character(cx, string.code_point(position as usize)))
}

/// `string[start:stop:step]`
pub fn get_slice(cx: &mut Context, string: &StrObject, [start, stop, step]: [Value; 3]) -> Result<Owned> {
    let span = unpack_bounds(cx, start, stop, step)?.adjust(string.len());
    Ok(extended_slice(cx, string, span.start, span.step, span.count))
}

/// `count` code points from `start` on, `step` apart.
fn extended_slice(cx: &mut Context, string: &StrObject, start: isize, step: isize, count: usize) -> Owned {
    if count == 0 {
        return Owned::new(cx.interpreter().interned.empty());
    }
    if step == 1 {
        return substring(cx, string, start as usize, start as usize + count);
    }
    fn pick<U: Unit>(units: &[U], start: isize, step: isize, count: usize) -> Vec<U> {
        (0..count as isize).map(|index| units[(start + index * step) as usize]).collect()
    }
    with_units!(string.units(), units => {
        let picked = pick(units, start, step, count);
        StrObject::from_units(cx, Unit::units(&picked))
    })
}
