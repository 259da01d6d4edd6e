//! What a native function's parameters can be: the conversion of each argument, with CPython's messages
//! (Argument Clinic's converters, Python/getargs.c).

use crate::context::{Context, Raised, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::buffer::{Buffer, Request};
use crate::objects::bytes;
use crate::objects::dict::DictObject;
use crate::objects::exception::ATTRIBUTE_ERROR;
use crate::objects::iterator::arguments::bad_argument;
use crate::objects::list::ListObject;
use crate::objects::str::{self, StrObject};
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::TypeObject;
use crate::objects::{Object, float, int, singleton};
use crate::operations::convert;
use crate::value::Value;
use std::borrow::Cow;

/// Which argument of which function is being converted, for messages.
pub struct Place {
    pub function: &'static str,
    /// `argument`, `argument 2` or `argument 'key'`.
    pub argument: &'static str,
    /// The parameter's name.
    pub name: &'static str,
}

impl Place {
    /// The error for an argument of the wrong type, which must be `expected`.
    #[cold]
    pub fn wrong_type(&self, cx: &mut Context, expected: &str, found: Value) -> Raised {
        bad_argument(cx, &format!("{}() {}", self.function, self.argument), expected, found)
    }
}

/// A type that parameters of native functions can have. What it borrows, it borrows from the call's arguments, which the
/// caller keeps alive.
pub trait FromArgument<'a>: Sized {
    fn from_argument(cx: &mut Context, value: &'a Value, place: &'static Place) -> Result<Self>;
}

/// Any object.
impl FromArgument<'_> for Value {
    #[inline(always)]
    fn from_argument(_cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Value> {
        Ok(*value)
    }
}

/// Any object, with a count of its own.
impl FromArgument<'_> for Owned {
    #[inline(always)]
    fn from_argument(_cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Owned> {
        Ok(Owned::new(*value))
    }
}

/// `None` stands for no value.
impl<'a, T: FromArgument<'a>> FromArgument<'a> for Option<T> {
    #[inline(always)]
    fn from_argument(cx: &mut Context, value: &'a Value, place: &'static Place) -> Result<Option<T>> {
        if *value == singleton::none() { Ok(None) } else { T::from_argument(cx, value, place).map(Some) }
    }
}

/// An argument that may be left away, in which case nothing stands for it: `None` is a value like others.
#[derive(Clone, Copy)]
pub struct Given<T>(pub Option<T>);

impl<'a, T: FromArgument<'a>> FromArgument<'a> for Given<T> {
    #[inline(always)]
    fn from_argument(cx: &mut Context, value: &'a Value, place: &'static Place) -> Result<Given<T>> {
        T::from_argument(cx, value, place).map(|value| Given(Some(value)))
    }
}

/// The truth of any object.
impl FromArgument<'_> for bool {
    #[inline]
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<bool> {
        convert::truth(cx, *value)
    }
}

/// A float, or what `__float__` or `__index__` gives.
impl FromArgument<'_> for f64 {
    #[inline(always)]
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<f64> {
        if value.is_float() { Ok(value.float()) } else { float::from_value(cx, *value) }
    }
}

macro_rules! integers {
    ($( $kind:ident $name:literal ),* $(,)?) => { $(
        /// An integer, or what `__index__` gives, within the range of the C type of that name.
        impl FromArgument<'_> for $kind {
            #[inline(always)]
            fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<$kind> {
                if value.is_int() && let Ok(number) = $kind::try_from(value.int()) {
                    return Ok(number);
                }
                let number = convert::index(cx, *value)?;
                int::as_i64(number.value())
                    .and_then(|number| $kind::try_from(number).ok())
                    .ok_or_else(|| cx.overflow_error(concat!("Python int too large to convert to C ", $name)))
            }
        }
    )* };
}

integers!(i64 "long", i32 "int");

macro_rules! bounded {
    ($( $kind:ident $least:literal $most:literal ),* $(,)?) => { $(
        /// An integer, or what `__index__` gives, within the range of the C type.
        impl FromArgument<'_> for $kind {
            fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<$kind> {
                let number = i64::from_argument(cx, value, _place)?;
                $kind::try_from(number).map_err(|_| {
                    cx.overflow_error(if number < 0 { $least } else { $most })
                })
            }
        }
    )* };
}

bounded! {
    u8 "unsigned byte integer is less than minimum" "unsigned byte integer is greater than maximum",
    i16 "signed short integer is less than minimum" "signed short integer is greater than maximum",
    u16 "Python int too large to convert to C unsigned short" "Python int too large to convert to C unsigned short",
}

macro_rules! unsigned {
    ($( $kind:ident $name:literal ),* $(,)?) => { $(
        /// An integer, or what `__index__` gives, that is not negative and within the range of the C type.
        impl FromArgument<'_> for $kind {
            fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<$kind> {
                let number = convert::index(cx, *value)?;
                if int::is_negative(number.value()) {
                    return Err(cx.value_error("Cannot convert negative int"));
                }
                int::as_u64(number.value())
                    .and_then(|number| $kind::try_from(number).ok())
                    .ok_or_else(|| cx.overflow_error(concat!("Python int too large for C ", $name)))
            }
        }
    )* };
}

unsigned!(u32 "unsigned int", u64 "unsigned long", usize "size_t");

/// A `Py_ssize_t`: an integer, or what `__index__` gives, that may be negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Index(pub i64);

impl FromArgument<'_> for Index {
    #[inline]
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Index> {
        if value.is_int() {
            return Ok(Index(value.int()));
        }
        let number = convert::index(cx, *value)?;
        let number = int::as_i64(number.value()).map(Index);
        number.ok_or_else(|| cx.overflow_error("Python int too large to convert to C ssize_t"))
    }
}

/// Any integer, or what `__index__` gives, of which the lowest 32 bits count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LowWord(pub u32);

impl FromArgument<'_> for LowWord {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<LowWord> {
        let number = convert::index(cx, *value)?;
        if let Some(number) = int::as_i64(number.value()) {
            return Ok(LowWord(number as u32));
        }
        let Some(number) = int::Integer::of(number.value()) else { return Ok(LowWord(0)) };
        let magnitude = number.magnitude().first().map_or(0, |limb| *limb as u32);
        Ok(LowWord(if number.negative { magnitude.wrapping_neg() } else { magnitude }))
    }
}

/// One character of a string.
impl FromArgument<'_> for char {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<char> {
        let Some(text) = str::cast(*value) else {
            return Err(place.wrong_type(cx, "a unicode character", *value));
        };
        match (text.len(), text.code_points().next().and_then(char::from_u32)) {
            (1, Some(character)) => Ok(character),
            (length, _) => {
                let (function, argument) = (place.function, place.argument);
                Err(cx.type_error(format!(
                    "{function}(): {argument} must be a unicode character, not a string of length {length}"
                )))
            }
        }
    }
}

/// The text of a string, in which lone surrogates are replaced.
impl<'a> FromArgument<'a> for Cow<'a, str> {
    fn from_argument(cx: &mut Context, value: &'a Value, place: &'static Place) -> Result<Cow<'a, str>> {
        Ok(<&StrObject>::from_argument(cx, value, place)?.as_text())
    }
}

/// The text of a string that can be encoded as UTF-8.
impl<'a> FromArgument<'a> for String {
    fn from_argument(cx: &mut Context, value: &'a Value, place: &'static Place) -> Result<String> {
        let text = <&StrObject>::from_argument(cx, value, place)?;
        if str::codec::to_utf8(text).is_none() {
            str::codec::encode(cx, *value, "utf-8", "strict")?;
        }
        Ok(text.as_text().into_owned())
    }
}

/// A layout, with the name of its type in messages.
macro_rules! layouts {
    ($( $layout:ty, $expected:literal; )*) => { $(
        impl<'a> FromArgument<'a> for &'a $layout {
            #[inline]
            fn from_argument(cx: &mut Context, value: &'a Value, place: &'static Place) -> Result<&'a $layout> {
                value.cast::<$layout>().ok_or_else(|| place.wrong_type(cx, $expected, *value))
            }
        }
    )* };
}

layouts! {
    StrObject, "str";
    bytes::BytesObject, "bytes";
    TupleObject, "tuple";
    ListObject, "list";
    DictObject, "dict";
    TypeObject, "type";
}

/// An object of a native type or of a subclass.
impl<'a, T: super::NativeType> FromArgument<'a> for &'a super::NativeObject<T> {
    #[inline]
    fn from_argument(cx: &mut Context, value: &'a Value, place: &'static Place) -> Result<Self> {
        let found = value.cast::<super::NativeObject<T>>();
        found.ok_or_else(|| place.wrong_type(cx, <super::NativeObject<T>>::type_object().name(), *value))
    }
}

/// The bytes of a bytes-like object, copied: nothing that runs meanwhile can change them.
pub struct BytesLike(pub Vec<u8>);

impl FromArgument<'_> for BytesLike {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<BytesLike> {
        Ok(BytesLike(Buffer::read(cx, *value)?.as_slice().to_vec()))
    }
}

/// The bytes of a bytes-like object in place, to be read.
impl FromArgument<'_> for Buffer {
    #[inline]
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Buffer> {
        Buffer::read(cx, *value)
    }
}

/// The bytes of a bytes-like object in place, to be written.
pub struct WritableBuffer(pub Buffer);

impl FromArgument<'_> for WritableBuffer {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<WritableBuffer> {
        match Buffer::get(cx, *value, Request::WRITABLE) {
            Ok(buffer) => Ok(WritableBuffer(buffer)),
            Err(_) => {
                drop(cx.take_pending());
                Err(place.wrong_type(cx, "read-write bytes-like object", *value))
            }
        }
    }
}

/// The arguments for `**kwargs`: pairs of name and value.
#[derive(Clone, Copy)]
pub struct Keywords<'a>(pub Arguments<'a>);

impl Keywords<'_> {
    pub fn is_empty(&self) -> bool {
        self.0.names.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (Value, Value)> + '_ {
        self.0.keywords()
    }
}

/// What a setter is given. Errors: `AttributeError` with the message, where the program deletes the attribute instead.
pub fn assigned(cx: &mut Context, value: Option<Value>, message: impl AsRef<str>) -> Result<Value> {
    value.ok_or_else(|| cx.raise(&ATTRIBUTE_ERROR, message))
}
