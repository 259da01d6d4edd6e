//! The constants of code as objects, and back.

use super::bytes::BytesObject;
use super::code::CodeObject;
use super::float::{self, complex};
use super::int::{self, Integer};
use super::set::FROZENSET;
use super::tuple::TupleObject;
use super::{singleton, str};
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::operations::iterate;
use crate::value::Value;
use sidewinder_bytecode::Constant;

/// The constant that makes a value; the value, or the part of it, that none makes.
pub fn from_value(cx: &mut Context, value: Value) -> Result<std::result::Result<Constant, Owned>> {
    if value == singleton::none() {
        return Ok(Ok(Constant::None));
    }
    if let Some(truth) = singleton::as_bool(value) {
        return Ok(Ok(if truth { Constant::True } else { Constant::False }));
    }
    if value == singleton::ellipsis() {
        return Ok(Ok(Constant::Ellipsis));
    }
    if let Some(code) = value.cast_exact::<CodeObject>() {
        return Ok(Ok(Constant::Code(code.data.clone())));
    }
    if int::is_exact(value) {
        if let Some(small) = int::as_i64(value) {
            return Ok(Ok(Constant::Int(small)));
        }
        if let Some(integer) = Integer::of(value) {
            return Ok(Ok(Constant::BigInt(int::text::decimal_unlimited(&integer))));
        }
    }
    if let Some(number) = float::as_f64(value).filter(|_| std::ptr::eq(value.type_of(), &raw const float::FLOAT.object))
    {
        return Ok(Ok(Constant::Float(number)));
    }
    if let Some(parts) = complex::as_complex(value).filter(|_| value.has_type(&complex::COMPLEX)) {
        return Ok(Ok(Constant::Complex(parts.real, parts.imaginary)));
    }
    if let Some(points) = str::cast(value).filter(|text| text.is_exact()) {
        let points: Vec<u32> = points.code_points().collect();
        let text: Option<String> = points.iter().map(|point| char::from_u32(*point)).collect();
        return Ok(Ok(text.map_or(Constant::StrSurrogates(points), |text| Constant::Str(text.into()))));
    }
    if let Some(bytes) = value.cast_exact::<BytesObject>() {
        return Ok(Ok(Constant::Bytes(bytes.as_slice().to_vec())));
    }
    let is_tuple = value.cast_exact::<TupleObject>().is_some();
    if !is_tuple && !value.has_type(&FROZENSET) {
        return Ok(Err(Owned::new(value)));
    }
    cx.check_native_stack(" during compilation")?;
    let mut constants = Vec::new();
    for item in iterate::collect(cx, value)? {
        match from_value(cx, item.value())? {
            Ok(constant) => constants.push(constant),
            Err(unknown) => return Ok(Err(unknown)),
        }
    }
    Ok(Ok(if is_tuple { Constant::Tuple(constants) } else { Constant::FrozenSet(constants) }))
}
