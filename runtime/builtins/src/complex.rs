//! Methods of `complex`.

use crate::format_number::COMPLEX_FORMAT;
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::native::GetSet;
use sidewinder_runtime::native::object::readonly_member;
use sidewinder_runtime::objects::float::complex::{COMPLEX, Complex, as_complex, from_complex, power as complex_power};
use sidewinder_runtime::objects::float::{self, complex_new};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Native, Owned, Value};

pub static METHODS: &[Native] = &[
    Native::new("conjugate", 0, 0, conjugate, "The number with the imaginary part negated."),
    Native::new("from_number", 1, 1, from_number, "The complex number of a number.").class_method(),
    Native::new("__complex__", 0, 0, exact, "The number as an exact complex."),
    Native::new("__pow__", 1, 2, |cx, it| power(cx, it[0], it[1], it.get(2)), "pow(self, value)"),
    Native::new("__rpow__", 1, 2, |cx, it| power(cx, it[1], it[0], it.get(2)), "pow(value, self)"),
    Native::new("__getnewargs__", 0, 0, new_arguments, "Arguments for making a copy."),
    COMPLEX_FORMAT,
];

pub static GETSET: &[GetSet] = &[
    GetSet {
        name: "real",
        get: |cx, value| Ok(float::from_f64(cx, number_of(value).real)),
        set: Some(readonly_member),
        doc: "the real part of a complex number",
    },
    GetSet {
        name: "imag",
        get: |cx, value| Ok(float::from_f64(cx, number_of(value).imaginary)),
        set: Some(readonly_member),
        doc: "the imaginary part of a complex number",
    },
];

/// The receiver's number. Methods are only called with complex numbers.
fn number_of(value: Value) -> Complex {
    as_complex(value).unwrap_or(Complex { real: f64::NAN, imaginary: f64::NAN })
}

fn conjugate(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let number = number_of(arguments[0]);
    Ok(from_complex(cx, Complex { imaginary: -number.imaginary, ..number }))
}

/// The power; these rows stand for the slot's own wrappers, which take no modulus and so cannot refuse one.
fn power(cx: &mut Context, base: Value, exponent: Value, modulus: Option<&Value>) -> Result<Owned> {
    match modulus {
        Some(modulus) if *modulus != singleton::none() => Err(cx.value_error("complex modulo")),
        _ => complex_power(cx, base, exponent),
    }
}

fn exact(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    if arguments[0].has_type(&COMPLEX) {
        return Ok(Owned::new(arguments[0]));
    }
    Ok(from_complex(cx, number_of(arguments[0])))
}

fn new_arguments(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let number = number_of(arguments[0]);
    let parts = vec![float::from_f64(cx, number.real), float::from_f64(cx, number.imaginary)];
    Ok(TupleObject::from_owned(cx, parts))
}

fn from_number(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (class, value) = (arguments[0], arguments[1]);
    let is_complex = class.cast::<TypeObject>().is_some_and(|class| std::ptr::eq(class, &COMPLEX.object));
    if is_complex && value.has_type(&COMPLEX) {
        return Ok(Owned::new(value));
    }
    let number = complex_new::from_number_or_raise(cx, value)?;
    let result = from_complex(cx, number);
    if is_complex { Ok(result) } else { call::call(cx, class, &[result.value()]) }
}
