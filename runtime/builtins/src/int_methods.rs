//! Methods of `int` (which `bool` inherits).

use crate::format_number::INT_FORMAT;
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::native::{Arguments, Effects, GetSet};
use sidewinder_runtime::objects::bytes::{self, BytesObject};
use sidewinder_runtime::objects::int::{self, Integer, big, kernel};
use sidewinder_runtime::objects::iterator::arguments::{Signature, bad_argument};
use sidewinder_runtime::objects::str as text;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{singleton, type_object::TypeObject};
use sidewinder_runtime::operations::{call, convert};
use sidewinder_runtime::{Native, Owned, Value};

const SIMPLE: u32 = Effects::NO_PYTHON | Effects::READ_ONLY | Effects::PURE;

pub static METHODS: &[Native] = &[
    Native::new("bit_length", 0, 0, bit_length, "Bits needed for the magnitude.").effects(SIMPLE),
    Native::new("bit_count", 0, 0, bit_count, "One bits of the magnitude.").effects(SIMPLE),
    Native::with_keywords(
        "to_bytes",
        to_bytes,
        "The bytes of the integer: to_bytes(length=1, byteorder='big', *, signed=False).",
    ),
    Native::with_keywords(
        "from_bytes",
        from_bytes,
        "The integer that bytes stand for: from_bytes(bytes, byteorder='big', *, signed=False).",
    )
    .class_method(),
    Native::new("as_integer_ratio", 0, 0, as_integer_ratio, "The integer and one."),
    Native::new("conjugate", 0, 0, exact, "The integer itself.").effects(SIMPLE),
    Native::new("is_integer", 0, 0, is_integer, "True.").effects(SIMPLE),
    Native::new("__round__", 0, 1, round, "Rounded to a number of digits; a negative one means tens, hundreds, …."),
    Native::new("__trunc__", 0, 0, exact, "The integer itself.").effects(SIMPLE),
    Native::new("__floor__", 0, 0, exact, "The integer itself.").effects(SIMPLE),
    Native::new("__ceil__", 0, 0, exact, "The integer itself.").effects(SIMPLE),
    Native::new("__divmod__", 1, 1, |cx, it| int::divmod(cx, it[0], it[1]), "divmod(self, value)"),
    Native::new("__rdivmod__", 1, 1, |cx, it| int::divmod(cx, it[1], it[0]), "divmod(value, self)"),
    Native::new("__pow__", 1, 2, |cx, it| power(cx, it[0], it[1], it.get(2)), "pow(self, value, mod)"),
    Native::new("__rpow__", 1, 2, |cx, it| power(cx, it[1], it[0], it.get(2)), "pow(value, self, mod)"),
    Native::new("__getnewargs__", 0, 0, new_arguments, "Arguments for making a copy."),
    Native::new("__sizeof__", 0, 0, size_of_object, "Bytes that the integer takes in CPython."),
    INT_FORMAT,
];

pub static GETSET: &[GetSet] = &[
    GetSet { name: "real", get: |cx, value| exact(cx, &[value]), set: None, doc: "The integer itself." },
    GetSet { name: "imag", get: |_, _| Ok(small(0)), set: None, doc: "Zero." },
    GetSet { name: "numerator", get: |cx, value| exact(cx, &[value]), set: None, doc: "The integer itself." },
    GetSet { name: "denominator", get: |_, _| Ok(small(1)), set: None, doc: "One." },
];

fn small(value: i64) -> Owned {
    Owned::from_raw(Value::from_small_int(value))
}

/// The receiver's number. Methods are only called with integers.
fn integer_of<'a>(value: Value) -> Integer<'a> {
    Integer::of(value).unwrap_or(Integer::from_i64(0))
}

fn exact(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(int::exact(cx, arguments[0]))
}

fn is_integer(_: &mut Context, _: &[Value]) -> Result<Owned> {
    Ok(Owned::new(singleton::true_()))
}

fn bit_length(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(int::from_u64(cx, integer_of(arguments[0]).bit_length()))
}

fn bit_count(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let count = integer_of(arguments[0]).magnitude().iter().map(|limb| limb.count_ones() as u64).sum();
    Ok(int::from_u64(cx, count))
}

fn as_integer_ratio(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let number = int::exact(cx, arguments[0]);
    Ok(TupleObject::from_owned(cx, vec![number, small(1)]))
}

fn new_arguments(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let number = int::exact(cx, arguments[0]);
    Ok(TupleObject::from_owned(cx, vec![number]))
}

/// The power, modular if there is a modulus. These rows stand for the slot's own wrappers, which take no modulus.
fn power(cx: &mut Context, base: Value, exponent: Value, modulus: Option<&Value>) -> Result<Owned> {
    match modulus {
        Some(modulus) if *modulus != singleton::none() => int::power_modular(cx, base, exponent, *modulus),
        _ => int::power(cx, base, exponent),
    }
}

/// CPython's figure: a header and digits of 30 bits in four bytes each.
fn size_of_object(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let digits = integer_of(arguments[0]).bit_length().div_ceil(30).max(1);
    Ok(int::from_u64(cx, 24 + 4 * digits))
}

fn round(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let places = match arguments.get(1) {
        Some(places) if *places != singleton::none() => convert::index(cx, *places)?,
        _ => return exact(cx, arguments),
    };
    if !int::is_negative(places.value()) {
        return exact(cx, arguments);
    }
    let zeros = int::as_i64(places.value()).map_or(u64::MAX, i64::unsigned_abs);
    Ok(big::round_to_tens(cx, &integer_of(arguments[0]), zeros))
}

/// The order of bytes: true for the least significant first.
fn is_little(cx: &mut Context, order: Option<Value>, function: &str) -> Result<bool> {
    let Some(order) = order else { return Ok(false) };
    if !text::is_str(order) {
        return Err(bad_argument(cx, &format!("{function}() argument 'byteorder'"), "str", order));
    }
    if text::equals_text(order, "little") {
        return Ok(true);
    }
    if text::equals_text(order, "big") {
        return Ok(false);
    }
    Err(cx.value_error("byteorder must be either 'little' or 'big'"))
}

const TO_BYTES: Signature<3> = Signature {
    function: "to_bytes",
    names: ["length", "byteorder", "signed"],
    positional_only: 0,
    positional: 2,
    required: 0,
    rest: false,
    open: false,
};

fn to_bytes(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let value = arguments.values[0];
    let [length, order, signed] = TO_BYTES.bind(cx, arguments.without_first())?;
    let length = match length {
        Some(length) => convert::index_i64(cx, length)?,
        None => 1,
    };
    let little = is_little(cx, order, TO_BYTES.function)?;
    let signed = match signed {
        Some(signed) => convert::truth(cx, signed)?,
        None => false,
    };
    let Ok(length) = usize::try_from(length) else {
        return Err(cx.value_error("length argument must be non-negative"));
    };
    let integer = integer_of(value);
    if integer.negative && !signed {
        return Err(cx.overflow_error("can't convert negative int to unsigned"));
    }
    if bits_needed(&integer, signed) > length as u64 * 8 {
        return Err(cx.overflow_error("int too big to convert"));
    }
    text::check_bytes(cx, length)?;
    let mut bytes = little_endian(&integer, length);
    if !little {
        bytes.reverse();
    }
    Ok(BytesObject::new(cx, &bytes))
}

/// Bits that hold the number; in two's complement when signed.
fn bits_needed(integer: &Integer<'_>, signed: bool) -> u64 {
    let bits = integer.bit_length();
    if !signed || integer.is_zero() {
        return bits;
    }
    // The most negative number of n bits is a power of two, -2^(n - 1): it has no need of a bit beyond.
    let power_of_two = kernel::trailing_zeros(integer.magnitude()) == bits - 1;
    if integer.negative && power_of_two { bits } else { bits + 1 }
}

/// The low bytes in two's complement.
fn little_endian(integer: &Integer<'_>, length: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = integer.magnitude().iter().flat_map(|limb| limb.to_le_bytes()).collect();
    bytes.resize(length, 0);
    if integer.negative {
        negate(&mut bytes);
    }
    bytes
}

/// Negation in two's complement.
fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes {
        (*byte, carry) = (!*byte).overflowing_add(carry as u8);
    }
}

const FROM_BYTES: Signature<3> = Signature {
    function: "from_bytes",
    names: ["bytes", "byteorder", "signed"],
    positional_only: 0,
    positional: 2,
    required: 1,
    rest: false,
    open: false,
};

fn from_bytes(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let class = arguments.values[0];
    let [source, order, signed] = FROM_BYTES.bind(cx, arguments.without_first())?;
    let little = is_little(cx, order, FROM_BYTES.function)?;
    let signed = match signed {
        Some(signed) => convert::truth(cx, signed)?,
        None => false,
    };
    let mut bytes = match source {
        Some(source) => bytes_of(cx, source)?,
        None => Vec::new(),
    };
    if !little {
        bytes.reverse();
    }
    let negative = signed && bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    if negative {
        negate(&mut bytes);
    }
    let limbs: Vec<u64> =
        bytes.chunks(8).map(|chunk| chunk.iter().rev().fold(0, |limb, byte| limb << 8 | *byte as u64)).collect();
    let number = int::from_limbs(cx, negative, &limbs);
    // A subclass makes its own instance, by a call of the class.
    let is_int = class.cast::<TypeObject>().is_some_and(|class| std::ptr::eq(class, &int::INT.object));
    if is_int { Ok(number) } else { call::call(cx, class, &[number.value()]) }
}

/// The bytes that `bytes(source)` has, except that text and numbers are refused.
fn bytes_of(cx: &mut Context, source: Value) -> Result<Vec<u8>> {
    let name = cx.interpreter().names.bytes;
    if !source.has_type(&bytes::BYTES)
        && let Some(method) = call::lookup_special(cx, source, name)?
    {
        let result = call::call(cx, method.value(), &[])?;
        return match result.value().cast::<BytesObject>() {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => {
                let found = result.value().type_of().name();
                Err(cx.type_error(format!("__bytes__ returned non-bytes (type {found})")))
            }
        };
    }
    match bytes::like(source) {
        Some(bytes) => Ok(bytes.to_vec()),
        None => bytes::new::from_object(cx, source, "bytes", true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_signed_numbers() {
        assert_eq!(little_endian(&Integer::from_i64(-2), 3), [0xfe, 0xff, 0xff]);
        assert_eq!(little_endian(&Integer::from_i64(258), 4), [2, 1, 0, 0]);
        for (value, bits) in [(0, 0), (1, 2), (127, 8), (128, 9), (-128, 8), (-129, 9), (-1, 1)] {
            assert_eq!(bits_needed(&Integer::from_i64(value), true), bits, "{value}");
        }
    }
}
