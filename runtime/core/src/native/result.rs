//! What a native function can return: the conversion of each result into an object.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::object::{NativeObject, NativeType};
use crate::objects::bytes::BytesObject;
use crate::objects::list::ListObject;
use crate::objects::str::StrObject;
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::TypeObject;
use crate::objects::{exception, float, int, singleton};
use crate::value::Value;

/// A Rust value that becomes an object, without an error.
pub trait IntoObject {
    fn into_object(self, cx: &mut Context) -> Owned;
}

/// What a native function returns: an object, or a result with one.
pub trait IntoResult {
    fn into_result(self, cx: &mut Context) -> Result<Owned>;
}

impl<T: IntoObject> IntoResult for T {
    #[inline(always)]
    fn into_result(self, cx: &mut Context) -> Result<Owned> {
        Ok(self.into_object(cx))
    }
}

impl<T: IntoObject> IntoResult for Result<T> {
    #[inline(always)]
    fn into_result(self, cx: &mut Context) -> Result<Owned> {
        self.map(|value| value.into_object(cx))
    }
}

/// The error of an operating system's call becomes an `OSError`.
impl<T: IntoObject> IntoResult for std::io::Result<T> {
    fn into_result(self, cx: &mut Context) -> Result<Owned> {
        match self {
            Ok(value) => Ok(value.into_object(cx)),
            Err(error) => Err(exception::raise_os_error(cx, error.raw_os_error().unwrap_or(libc::EIO), None)),
        }
    }
}

/// What a call of the system gives that signals may have interrupted (`Context::interruptible`).
impl<T: IntoObject> IntoResult for Result<std::io::Result<T>> {
    fn into_result(self, cx: &mut Context) -> Result<Owned> {
        self?.into_result(cx)
    }
}

macro_rules! into_object {
    ($( $kind:ty, |$cx:ident, $value:ident| $make:expr; )*) => { $(
        impl IntoObject for $kind {
            #[inline(always)]
            fn into_object(self, $cx: &mut Context) -> Owned {
                let $value = self;
                $make
            }
        }
    )* };
}

into_object! {
    Owned, |_cx, value| value;
    Value, |_cx, value| Owned::new(value);
    (), |_cx, _nothing| Owned::new(singleton::none());
    bool, |_cx, value| Owned::new(singleton::boolean(value));
    f64, |cx, value| float::from_f64(cx, value);
    i64, |cx, value| int::from_i64(cx, value);
    i32, |cx, value| int::from_i64(cx, value as i64);
    u32, |cx, value| int::from_i64(cx, value as i64);
    u8, |cx, value| int::from_i64(cx, value as i64);
    u64, |cx, value| int::from_u64(cx, value);
    usize, |cx, value| int::from_usize(cx, value);
    &str, |cx, value| StrObject::new(cx, value);
    String, |cx, value| StrObject::new(cx, &value);
    char, |cx, value| StrObject::from_code_points(cx, &[value as u32]);
    &[u8], |cx, value| BytesObject::new(cx, value);
    &TypeObject, |_cx, value| Owned::new(value.value());
    Vec<Owned>, |cx, value| ListObject::new(cx, value);
}

/// The bytes of a new `bytes` object.
pub struct Bytes(pub Vec<u8>);

impl IntoObject for Bytes {
    fn into_object(self, cx: &mut Context) -> Owned {
        BytesObject::new(cx, &self.0)
    }
}

/// No value is `None`.
impl<T: IntoObject> IntoObject for Option<T> {
    #[inline(always)]
    fn into_object(self, cx: &mut Context) -> Owned {
        match self {
            Some(value) => value.into_object(cx),
            None => Owned::new(singleton::none()),
        }
    }
}

macro_rules! tuples {
    ($( ($($part:ident)*) )*) => { $(
        impl<$($part: IntoObject),*> IntoObject for ($($part,)*) {
            #[allow(non_snake_case)]
            fn into_object(self, cx: &mut Context) -> Owned {
                let ($($part,)*) = self;
                let items = vec![$($part.into_object(cx)),*];
                TupleObject::from_owned(cx, items)
            }
        }
    )* };
}

tuples!((A B) (A B C) (A B C D) (A B C D E));

/// What a constructor (`#[new]`) returns: the state of a new object, or the whole object.
pub trait IntoInstance {
    fn into_instance(self, cx: &mut Context, class: &'static TypeObject) -> Result<Owned>;
}

impl<T: NativeType> IntoInstance for Result<T> {
    #[inline]
    fn into_instance(self, cx: &mut Context, class: &'static TypeObject) -> Result<Owned> {
        NativeObject::allocate(cx, class, self?)
    }
}

impl IntoInstance for Result<Owned> {
    #[inline(always)]
    fn into_instance(self, _cx: &mut Context, _class: &'static TypeObject) -> Result<Owned> {
        self
    }
}
