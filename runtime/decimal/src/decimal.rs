//! `Decimal`: numbers as objects.

use crate::coefficient::{Coefficient, TooLarge};
use crate::context::{DecimalContext, ENVIRONMENT_DEFAULT, given_or_current, rounding_of, with};
use crate::environment::{Environment, Rounding, Status};
use crate::format::{Punctuation, Specification};
use crate::number::{Kind, Number};
use crate::operations::decimal_methods;
use crate::order::Choice;
use crate::series::Constants;
use crate::state::{State, as_context};
use crate::text::ascii_of;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{FromArgument, Given, Index, IntoObject, NativeObject, Place};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::float;
use sidewinder_runtime::objects::float::complex::{self, Complex};
use sidewinder_runtime::objects::int::{self, big, kernel};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::objects::{exception, method, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, import, instance, warnings};
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};
use std::borrow::Cow;

/// Decimal(value="0", context=None)
/// --
///
/// A decimal number. Its value may be given as an integer, a float, a string, a tuple of sign, digits and exponent, or
/// another decimal number, and is taken exactly; the context says whether what is none is an error.
#[native_type("decimal.Decimal", base, uncollected)]
#[derive(Traverse)]
pub struct Decimal(#[plain] pub Number);

impl Decimal {
    #[inline]
    pub fn make(cx: &mut Context, number: Number) -> Result<Owned> {
        NativeObject::new(cx, Decimal(number))
    }
}

#[cold]
fn no_memory(cx: &mut Context) -> Raised {
    exception::raise_arguments(cx, &exception::MEMORY_ERROR, &[])
}

/// The values of parameters that may be given by position or by name, with this module's messages.
pub fn bind<const N: usize>(
    cx: &mut Context,
    names: [&str; N],
    arguments: Arguments<'_>,
) -> Result<[Option<Value>; N]> {
    let given = arguments.values.len();
    if given > N {
        return Err(cx.type_error(format!("function takes at most {N} arguments ({given} given)")));
    }
    let mut bound = [None; N];
    let positional = arguments.positionals();
    for (place, value) in bound.iter_mut().zip(positional) {
        *place = Some(*value);
    }
    for (key, value) in arguments.keywords() {
        match names.iter().position(|name| str::equals_text(key, name)) {
            Some(index) if bound[index].is_none() => bound[index] = Some(value),
            Some(index) => {
                let name = names[index];
                let message = format!("argument for function given by name ('{name}') and position ({})", index + 1);
                return Err(cx.type_error(message));
            }
            None => {
                let name = str::text(key).unwrap_or_default().into_owned();
                return Err(cx.type_error(format!("this function got an unexpected keyword argument '{name}'")));
            }
        }
    }
    Ok(bound)
}

/// The number that an integer is.
fn number_of_int(value: Value) -> Option<Number> {
    if value.is_int() {
        return Some(Number::from_i64(value.int()));
    }
    let integer = big::Integer::of(value)?;
    Some(Number::finite(integer.negative, Coefficient::from_words(integer.magnitude()), 0))
}

/// The number that an operand is, if it is a decimal number or an integer.
#[inline]
fn operand<'a>(value: Value) -> Option<Cow<'a, Number>> {
    match value.cast::<NativeObject<Decimal>>() {
        Some(decimal) => Some(Cow::Borrowed(&decimal.0)),
        None => number_of_int(value).map(Cow::Owned),
    }
}

/// The number that an argument is, which must be a decimal number or an integer.
#[inline]
pub fn converted<'a>(cx: &mut Context, value: Value) -> Result<Cow<'a, Number>> {
    match operand(value) {
        Some(number) => Ok(number),
        None => Err(not_supported(cx, value)),
    }
}

#[cold]
fn not_supported(cx: &mut Context, value: Value) -> Raised {
    let kind = value.type_of().name();
    cx.type_error(format!("conversion from {kind} to Decimal is not supported"))
}

fn not_implemented() -> Owned {
    Owned::new(singleton::not_implemented())
}

/// The result of an operation on one number.
pub fn unary(
    cx: &mut Context,
    a: &Number,
    context: Option<Value>,
    operation: impl Fn(&Environment, &Constants, &Number, &mut Status) -> Number,
) -> Result<Owned> {
    let state = cx.state::<State>();
    with(cx, context, |cx, context| {
        let mut status = Status::NONE;
        let result = operation(&context.environment(), &state.constants, a, &mut status);
        context.settle(cx, status)?;
        Decimal::make(cx, result)
    })
}

/// The result of an operation on two numbers.
pub fn binary(
    cx: &mut Context,
    a: &Number,
    b: &Number,
    context: Option<Value>,
    operation: impl Fn(&Environment, &Constants, &Number, &Number, &mut Status) -> Number,
) -> Result<Owned> {
    let state = cx.state::<State>();
    with(cx, context, |cx, context| {
        let mut status = Status::NONE;
        let result = operation(&context.environment(), &state.constants, a, b, &mut status);
        context.settle(cx, status)?;
        Decimal::make(cx, result)
    })
}

/// The answer to a question about a number.
pub fn test(environment: &Environment, a: &Number, ask: impl Fn(&Environment, &Number) -> bool) -> bool {
    ask(environment, a)
}

/// The result of an operator in the current context.
#[inline(always)]
fn operator(
    cx: &mut Context,
    left: Value,
    right: Value,
    operation: impl Fn(&Environment, &Number, &Number, &mut Status) -> Number,
) -> Result<Owned> {
    let (Some(a), Some(b)) = (operand(left), operand(right)) else { return Ok(not_implemented()) };
    with(cx, None, |cx, context| {
        let mut status = Status::NONE;
        let result = operation(&context.environment(), &a, &b, &mut status);
        context.settle(cx, status)?;
        Decimal::make(cx, result)
    })
}

/// Quotient without fraction and rest, as a tuple.
pub fn divide_modulo(cx: &mut Context, a: &Number, b: &Number, context: Option<Value>) -> Result<Owned> {
    let (quotient, rest) = with(cx, context, |cx, context| {
        let mut status = Status::NONE;
        let pair = context.environment().divide_modulo(a, b, &mut status);
        context.settle(cx, status)?;
        Ok(pair)
    })?;
    let (quotient, rest) = (Decimal::make(cx, quotient)?, Decimal::make(cx, rest)?);
    Ok(TupleObject::pair(cx, quotient, rest))
}

/// The number that a float or an integer is exactly.
pub fn number_of_float(cx: &mut Context, value: Value) -> Result<Number> {
    if let Some(number) = number_of_int(value) {
        return Ok(number);
    }
    match float::as_f64(value) {
        Some(float) => Number::from_f64(float).map_err(|TooLarge| no_memory(cx)),
        None => Err(cx.type_error("argument must be int or float")),
    }
}

/// An integer of the size of addresses.
fn size_of_argument(cx: &mut Context, value: Value) -> Result<i64> {
    static PLACE: Place = Place { function: "Decimal", argument: "argument", name: "value" };
    Ok(Index::from_argument(cx, &value, &PLACE)?.0)
}

/// The text of a tuple of sign, digits and exponent.
fn text_of_tuple(cx: &mut Context, value: Value) -> Result<Vec<u8>> {
    let items: Vec<Owned> = items_of(value).unwrap_or_default();
    let [sign, digits, exponent] = items.as_slice() else {
        return Err(cx.value_error("argument must be a sequence of length 3"));
    };
    let sign = match int::as_i64(sign.value()) {
        Some(0) if int::is_int_like(sign.value()) => "",
        Some(1) => "-",
        _ => return Err(cx.value_error("sign must be an integer with the value 0 or 1")),
    };
    let mut text = sign.as_bytes().to_vec();
    let mut power = 0;
    let mut infinite = false;
    if let Some(word) = str::text(exponent.value()) {
        match word.as_ref() {
            "F" => infinite = true,
            "n" => text.extend(b"NaN"),
            "N" => text.extend(b"sNaN"),
            _ => return Err(cx.value_error("string argument in the third position must be 'F', 'n' or 'N'")),
        }
    } else if int::is_int_like(exponent.value()) {
        power = size_of_argument(cx, exponent.value())?;
    } else {
        return Err(cx.value_error("exponent must be an integer"));
    }
    let Some(digits) = items_of(digits.value()) else {
        return Err(cx.value_error("coefficient must be a tuple of digits"));
    };
    let named = str::is_str(exponent.value());
    let empty = digits.is_empty();
    if infinite {
        text.extend(b"Inf");
    }
    for digit in digits {
        match int::as_i64(digit.value()) {
            Some(digit @ 0..=9) if !infinite => text.push(b'0' + digit as u8),
            Some(0..=9) => {}
            _ => return Err(cx.value_error("coefficient must be a tuple of digits")),
        }
    }
    if !named {
        if empty {
            text.push(b'0');
        }
        text.extend(format!("E{power}").bytes());
    }
    Ok(text)
}

fn items_of(value: Value) -> Option<Vec<Owned>> {
    let items = match (value.cast::<TupleObject>(), value.cast::<ListObject>()) {
        (Some(tuple), _) => tuple.as_slice(),
        (None, Some(list)) => list.as_slice(),
        (None, None) => return None,
    };
    Some(items.iter().map(|item| Owned::new(*item)).collect())
}

/// What is exact with any number of digits; what would have to be rounded is invalid.
fn exact(number: Number, conditions: Status, status: &mut Status) -> Number {
    if conditions.has(Status::INEXACT | Status::ROUNDED | Status::CLAMPED) {
        return Number::invalid(Status::INVALID_OPERATION, status);
    }
    *status |= Status(conditions.0 & Status::ERRORS.0);
    number
}

/// The number that an object is, exactly.
fn number_exact(cx: &mut Context, value: Value, context: Option<Value>) -> Result<Number> {
    if let Some(number) = operand(value) {
        return Ok(number.into_owned());
    }
    let mut status = Status::NONE;
    let number = if let Some(text) = str::cast(value) {
        let mut conditions = Status::NONE;
        let number = Environment::LARGEST.parse(&ascii_of(text, true), &mut conditions);
        exact(number, conditions, &mut status)
    } else if let Some(float) = float::as_f64(value) {
        status |= Status::FLOAT_OPERATION;
        Number::from_f64(float).map_err(|TooLarge| no_memory(cx))?
    } else if value.cast::<TupleObject>().is_some() || value.cast::<ListObject>().is_some() {
        let text = text_of_tuple(cx, value)?;
        let mut conditions = Status::NONE;
        let number = Environment::LARGEST.parse(&text, &mut conditions);
        exact(number, conditions, &mut status)
    } else {
        return Err(not_supported(cx, value));
    };
    if status != Status::NONE {
        with(cx, context, |cx, context| context.settle(cx, status))?;
    }
    Ok(number)
}

/// The number that an object is, rounded to a context.
pub fn number_rounded(cx: &mut Context, value: Value, context: &DecimalContext, status: &mut Status) -> Result<Number> {
    let environment = context.environment();
    if let Some(number) = operand(value) {
        let number = number.into_owned();
        if number.is_nan()
            && number.coefficient.digits() > environment.precision - i64::from(environment.clamp)
            && !number.coefficient.is_zero()
        {
            return Ok(Number::invalid(Status::CONVERSION_SYNTAX, status));
        }
        return Ok(environment.finish(number, status));
    }
    if let Some(text) = str::cast(value) {
        return Ok(environment.parse(&ascii_of(text, false), status));
    }
    if let Some(float) = float::as_f64(value) {
        context.settle(cx, Status::FLOAT_OPERATION)?;
        let exact = Number::from_f64(float).map_err(|TooLarge| no_memory(cx))?;
        return Ok(environment.finish(exact, status));
    }
    if value.cast::<TupleObject>().is_some() || value.cast::<ListObject>().is_some() {
        let text = text_of_tuple(cx, value)?;
        return Ok(environment.parse(&text, status));
    }
    Err(not_supported(cx, value))
}

/// Whether two numbers have the same exponent, or are of the same kind.
pub fn is_same_quantum(a: &Number, b: &Number) -> bool {
    match (a.is_finite(), b.is_finite()) {
        (true, true) => a.exponent == b.exponent,
        (false, false) => a.is_nan() == b.is_nan(),
        _ => false,
    }
}

/// The integer that a number is when it is rounded.
fn to_int(cx: &mut Context, number: &Number, rounding: Rounding) -> Result<Owned> {
    match number.kind {
        Kind::Finite => {}
        Kind::Infinity => return Err(cx.overflow_error("cannot convert Infinity to integer")),
        _ => return Err(cx.value_error("cannot convert NaN to integer")),
    }
    let environment = Environment { rounding, ..Environment::LARGEST };
    let whole = match number.exponent {
        0.. => number.coefficient.scaled_up(number.exponent),
        _ => environment.rescaled(number, 0, &mut Status::default()).map(|rounded| rounded.coefficient),
    };
    match whole {
        Ok(whole) => Ok(int_of(cx, number.negative, &whole)),
        Err(TooLarge) => Err(no_memory(cx)),
    }
}

fn int_of(cx: &mut Context, negative: bool, value: &Coefficient) -> Owned {
    match value {
        Coefficient::Small(value) => int::from_limbs(cx, negative, &[*value as u64, (*value >> 64) as u64]),
        Coefficient::Large(value) => big::from_ubig(cx, negative, value),
    }
}

/// The hash of a number: that of an equal integer, float or fraction.
fn hash_of(number: &Number) -> i64 {
    let modulus = u128::from(kernel::HASH_MODULUS);
    let residue = match &number.coefficient {
        Coefficient::Small(value) => value % modulus,
        Coefficient::Large(value) => u128::from(kernel::hash(value.as_words())),
    };
    // The inverse of ten modulo the prime stands for a tenth.
    const TENTH: u64 = 2_075_258_708_292_324_556;
    let base = if number.exponent < 0 { TENTH } else { 10 };
    let mut exponent = number.exponent.unsigned_abs();
    let (mut result, mut power) = (residue as u64, base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = product_modulo(result, power);
        }
        power = product_modulo(power, power);
        exponent >>= 1;
    }
    int::signed_hash(result, number.negative)
}

/// A product modulo the prime of hashes, for which the high bits count as much as the low ones.
fn product_modulo(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let sum = (product as u64 & kernel::HASH_MODULUS) + (product >> kernel::HASH_BITS) as u64;
    if sum >= kernel::HASH_MODULUS { sum - kernel::HASH_MODULUS } else { sum }
}

/// The other operand of a comparison, and the first one as it is to be compared with it.
fn comparable<'a>(
    cx: &mut Context,
    own: &'a Number,
    other: Value,
    operation: CompareOp,
    context: &DecimalContext,
) -> Result<Option<(Cow<'a, Number>, Cow<'a, Number>)>> {
    if let Some(other) = operand(other) {
        return Ok(Some((Cow::Borrowed(own), other)));
    }
    let equality = matches!(operation, CompareOp::Equal | CompareOp::NotEqual);
    let float = match complex::as_complex(other) {
        Some(other) if equality => {
            if other.imaginary != 0.0 {
                return Ok(None);
            }
            Some(other.real)
        }
        _ => float::as_f64(other),
    };
    if let Some(float) = float {
        let status = Status::FLOAT_OPERATION;
        if equality {
            context.note(status)
        } else {
            context.settle(cx, status)?
        }
        let other = Number::from_f64(float).map_err(|TooLarge| no_memory(cx))?;
        return Ok(Some((Cow::Borrowed(own), Cow::Owned(other))));
    }
    let rational = cx.state::<State>().rational.get_or_none();
    if !instance::is_instance(cx, other, rational.value())? {
        return Ok(None);
    }
    // Instead of a division, the other side is multiplied.
    let denominator = attribute::get_text(cx, other, "denominator")?;
    let numerator = attribute::get_text(cx, other, "numerator")?;
    let (Some(denominator), Some(numerator)) = (number_of_int(denominator.value()), number_of_int(numerator.value()))
    else {
        return Err(cx.type_error("numerator and denominator of a rational number must be integers"));
    };
    let scaled = match own.kind {
        Kind::Finite => {
            let product = own.coefficient.multiply(&denominator.coefficient).map_err(|TooLarge| no_memory(cx))?;
            Cow::Owned(Number::finite(own.negative, product, own.exponent))
        }
        _ => Cow::Borrowed(own),
    };
    Ok(Some((scaled, Cow::Owned(numerator))))
}

/// Punctuation from a mapping like that of `locale.localeconv`.
fn punctuation_of(cx: &mut Context, mapping: &DictObject, base: Punctuation) -> Result<Punctuation> {
    let mut made = base;
    let text = |cx: &mut Context, key: &str| -> Result<Option<String>> {
        match mapping.get_text(cx, key) {
            None => Ok(None),
            Some(value) => match str::text(value) {
                Some(text) => Ok(Some(text.into_owned())),
                None if key == "grouping" => Ok(None),
                None => Err(cx.value_error("invalid override dict")),
            },
        }
    };
    if let Some(point) = text(cx, "decimal_point")? {
        if point.is_empty() || point.contains('\0') || point.len() > 4 {
            return Err(cx.value_error("invalid override dict"));
        }
        made.point = point;
    }
    if let Some(separator) = text(cx, "thousands_sep")? {
        if separator.len() > 4 {
            return Err(cx.value_error("invalid override dict"));
        }
        made.separator = separator;
    }
    if let Some(grouping) = text(cx, "grouping")? {
        let sizes: Vec<u32> = grouping.chars().map(u32::from).collect();
        if sizes.iter().any(|size| *size > 127) {
            return Err(cx.value_error("invalid override dict"));
        }
        made.grouping = sizes.iter().map(|size| *size as u8).collect();
    }
    if let Some(sizes) = mapping.get_text(cx, "grouping").and_then(|value| value.cast::<ListObject>()) {
        made.grouping =
            sizes.as_slice().iter().map(|size| int::as_i64(*size).unwrap_or(127).clamp(0, 127) as u8).collect();
    }
    Ok(made)
}

decimal_methods! {
    #[new(name = "Decimal")]
    fn new(class: &'static TypeObject, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let [value, context] = bind(cx, ["value", "context"], arguments)?;
        let context = context.filter(|context| *context != singleton::none());
        if context.is_some_and(|context| as_context(context).is_none()) {
            return Err(cx.type_error("optional argument must be a context"));
        }
        let number = match value {
            None => Number::from_i64(0),
            Some(value) if value.has_type(&DECIMAL) && std::ptr::eq(class, &DECIMAL.object) => {
                return Ok(Owned::new(value));
            }
            Some(value) => number_exact(cx, value, context)?,
        };
        NativeObject::allocate(cx, class, Decimal(number))
    }

    /// The number that a float or an integer is exactly.
    #[class_method]
    fn from_float(class: &'static TypeObject, cx: &mut Context, f: Value) -> Result<Owned> {
        let number = number_of_float(cx, f)?;
        Decimal::of_class(cx, class, number)
    }

    /// The number that a float, an integer or a decimal number is exactly.
    #[class_method]
    fn from_number(class: &'static TypeObject, cx: &mut Context, number: Value) -> Result<Owned> {
        if let Some(own) = operand(number) {
            return Decimal::of_class(cx, class, own.into_owned());
        }
        match float::as_f64(number) {
            Some(float) => {
                let exact = Number::from_f64(float).map_err(|TooLarge| no_memory(cx))?;
                Decimal::of_class(cx, class, exact)
            }
            None => Err(not_supported(cx, number)),
        }
    }

    /// The exponent of the first digit.
    fn adjusted(&self) -> i64 {
        if self.0.is_finite() { self.0.adjusted() } else { 0 }
    }

    /// Numerator and denominator of the fraction in lowest terms that the number is.
    fn as_integer_ratio(&self, cx: &mut Context) -> Result<Owned> {
        match self.0.kind {
            Kind::Finite => {}
            Kind::Infinity => return Err(cx.overflow_error("cannot convert Infinity to integer ratio")),
            _ => return Err(cx.value_error("cannot convert NaN to integer ratio")),
        }
        let number = &self.0;
        if number.exponent >= 0 || number.coefficient.is_zero() {
            let up = if number.coefficient.is_zero() { 0 } else { number.exponent };
            let whole = number.coefficient.scaled_up(up).map_err(|TooLarge| no_memory(cx))?;
            let (above, below) = (int_of(cx, number.negative, &whole), Owned::new(Value::from_small_int(1)));
            return Ok(TupleObject::pair(cx, above, below));
        }
        // Twos and fives are all that numerator and denominator can have in common.
        let places = -number.exponent;
        let Ok(power) = crate::arithmetic::power_coefficient(places) else { return Err(no_memory(cx)) };
        let common = dashu_int::ops::Gcd::gcd(number.coefficient.to_big(), power.to_big());
        let (above, below) = (number.coefficient.to_big() / &common, power.to_big() / &common);
        let (above, below) = (big::from_ubig(cx, number.negative, &above), big::from_ubig(cx, false, &below));
        Ok(TupleObject::pair(cx, above, below))
    }

    /// Sign, digits and exponent.
    fn as_tuple(&self, cx: &mut Context) -> Result<Owned> {
        let number = &self.0;
        let exponent = match number.kind {
            Kind::Finite => number.exponent.into_object(cx),
            Kind::Infinity => 'F'.into_object(cx),
            Kind::Quiet => 'n'.into_object(cx),
            Kind::Signaling => 'N'.into_object(cx),
        };
        let digits = if number.is_nan() && number.coefficient.is_zero() {
            Vec::new()
        } else {
            let text = number.coefficient.to_text();
            text.bytes().map(|digit| Owned::new(Value::from_small_int(i64::from(digit - b'0')))).collect()
        };
        let digits = TupleObject::from_owned(cx, digits);
        let class = cx.state::<State>().tuple.get_or_none();
        let sign = Value::from_small_int(i64::from(number.negative));
        call::call(cx, class.value(), &[sign, digits.value(), exponent.value()])
    }

    /// Whether the encoding is canonical: always.
    fn is_canonical(&self) -> bool {
        true
    }

    /// The number itself.
    fn canonical(&self, this: Value) -> Owned {
        Owned::new(this)
    }

    /// The number itself.
    fn conjugate(&self, this: Value) -> Owned {
        Owned::new(this)
    }

    /// The number without its sign.
    fn copy_abs(&self, cx: &mut Context) -> Result<Owned> {
        Decimal::make(cx, self.0.clone().with_sign(false))
    }

    /// The number with the other sign.
    fn copy_negate(&self, cx: &mut Context) -> Result<Owned> {
        Decimal::make(cx, self.0.clone().negated())
    }

    /// The number itself: it never changes.
    fn __copy__(&self, this: Value) -> Owned {
        Owned::new(this)
    }

    /// The number itself: it never changes.
    fn __deepcopy__(&self, this: Value, _memo: Value) -> Owned {
        Owned::new(this)
    }

    /// The number times the second, plus the third, rounded once.
    fn fma(
        &self,
        cx: &mut Context,
        #[named] other: Value,
        #[named] third: Value,
        #[named] #[default(None)] context: Option<Value>,
    ) -> Result<Owned> {
        let held = given_or_current(cx, context)?;
        let (other, third) = (converted(cx, other)?, converted(cx, third)?);
        binary(cx, &self.0, &other, Some(held.value()), |e, _, a, b, s| e.multiply_add(a, b, &third, s))
    }

    /// The kind of the number, in words.
    fn number_class(&self, cx: &mut Context, #[named] #[default(None)] context: Option<Value>) -> Result<&'static str> {
        with(cx, context, |_, context| Ok(context.environment().class(&self.0)))
    }

    /// The number with the exponent of the other one.
    fn quantize(
        &self,
        cx: &mut Context,
        #[named] exp: Value,
        #[named] #[default(None)] rounding: Option<Value>,
        #[named] #[default(None)] context: Option<Value>,
    ) -> Result<Owned> {
        let held = given_or_current(cx, context)?;
        let rounding = rounding.map(|rounding| rounding_of(cx, rounding)).transpose()?;
        let other = converted(cx, exp)?;
        binary(cx, &self.0, &other, Some(held.value()), |e, _, a, b, s| {
            Environment { rounding: rounding.unwrap_or(e.rounding), ..*e }.quantize(a, b, s)
        })
    }

    /// Ten, as a number.
    fn radix(&self, cx: &mut Context) -> Result<Owned> {
        Decimal::make(cx, Number::small(false, 10, 0))
    }

    /// Whether both have the same exponent, or are of the same kind.
    fn same_quantum(
        &self,
        cx: &mut Context,
        #[named] other: Value,
        #[named] #[default(None)] context: Option<Value>,
    ) -> Result<bool> {
        given_or_current(cx, context)?;
        let other = converted(cx, other)?;
        Ok(is_same_quantum(&self.0, &other))
    }

    /// The number in engineering notation: exponents are multiples of three.
    fn to_eng_string(&self, cx: &mut Context, #[named] #[default(None)] context: Option<Value>) -> Result<String> {
        with(cx, context, |_, context| Ok(self.0.to_text(true, context.has_capitals())))
    }

    /// The number rounded to one without a fraction.
    #[method(also = "to_integral_value")]
    fn to_integral(
        &self,
        cx: &mut Context,
        #[named] #[default(None)] rounding: Option<Value>,
        #[named] #[default(None)] context: Option<Value>,
    ) -> Result<Owned> {
        self.integral(cx, rounding, context, false)
    }

    /// The same; what is lost is signaled.
    fn to_integral_exact(
        &self,
        cx: &mut Context,
        #[named] #[default(None)] rounding: Option<Value>,
        #[named] #[default(None)] context: Option<Value>,
    ) -> Result<Owned> {
        self.integral(cx, rounding, context, true)
    }

    /// The largest integer that is not larger.
    fn __floor__(&self, cx: &mut Context) -> Result<Owned> {
        to_int(cx, &self.0, Rounding::Floor)
    }

    /// The smallest integer that is not smaller.
    fn __ceil__(&self, cx: &mut Context) -> Result<Owned> {
        to_int(cx, &self.0, Rounding::Ceiling)
    }

    /// The integer next to zero.
    fn __trunc__(&self, cx: &mut Context) -> Result<Owned> {
        to_int(cx, &self.0, Rounding::Down)
    }

    /// The nearest integer, or the number rounded to so many places.
    fn __round__(&self, cx: &mut Context, #[default(Given(None), "None")] ndigits: Given<Value>) -> Result<Owned> {
        let Given(Some(places)) = ndigits else { return to_int(cx, &self.0, Rounding::HalfEven) };
        if !int::is_int_like(places) {
            return Err(cx.type_error("optional arg must be an integer"));
        }
        let places = size_of_argument(cx, places)?;
        let unit = Number::small(false, 1, places.checked_neg().unwrap_or(i64::MAX));
        binary(cx, &self.0, &unit, None, |e, _, a, b, s| e.quantize(a, b, s))
    }

    /// The number as a complex one.
    fn __complex__(&self, cx: &mut Context) -> Result<Owned> {
        let real = self.float(cx)?;
        Ok(complex::from_complex(cx, Complex { real, imaginary: 0.0 }))
    }

    /// How it is pickled: the class and the text.
    fn __reduce__(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let text = convert::str(cx, this)?;
        let arguments = TupleObject::from_owned(cx, vec![text]);
        Ok((Owned::new(this.type_of().value()), arguments).into_object(cx))
    }

    /// Bytes of memory.
    fn __sizeof__(&self) -> usize {
        let words = match &self.0.coefficient {
            Coefficient::Small(_) => 0,
            Coefficient::Large(value) => value.as_words().len() * 8,
        };
        size_of::<NativeObject<Decimal>>() + words
    }

    /// The number as a specification says.
    fn __format__(
        &self,
        cx: &mut Context,
        format_spec: Value,
        #[default(Given(None), "<unrepresentable>")] r#override: Given<Value>,
    ) -> Result<Owned> {
        let Some(text) = str::text(format_spec) else {
            return Err(cx.type_error("format argument must be str"));
        };
        let mapping = match r#override.0 {
            None => None,
            Some(value) => match value.cast::<DictObject>() {
                Some(mapping) => Some(mapping),
                None => return Err(cx.type_error("optional argument must be a dict")),
            },
        };
        if text.ends_with('N') {
            warnings::warn(cx, &exception::DEPRECATION_WARNING, "Format specifier 'N' is deprecated", 1)?;
        }
        let Some(specification) = Specification::parse(&text) else {
            return Err(cx.value_error("invalid format string"));
        };
        let plain = || Punctuation { point: ".".into(), separator: String::new(), grouping: Vec::new() };
        let mut punctuation = None;
        if specification.is_local() {
            let module = import::module(cx, "locale")?;
            let conventions = call::call_method(cx, module.value(), "localeconv", &[])?;
            if let Some(conventions) = conventions.value().cast::<DictObject>() {
                punctuation = Some(punctuation_of(cx, conventions, plain())?);
            }
        }
        if let Some(mapping) = mapping.filter(|mapping| !mapping.is_empty()) {
            let base = punctuation.unwrap_or_else(plain);
            punctuation = Some(punctuation_of(cx, mapping, base)?);
        }
        let held = given_or_current(cx, None)?;
        let Some(context) = as_context(held.value()) else { return Err(no_memory(cx)) };
        match specification.format(&self.0, &context.environment(), context.has_capitals(), punctuation) {
            Ok(text) => Ok(StrObject::new(cx, &text)),
            Err(TooLarge) => Err(no_memory(cx)),
        }
    }

    /// The number itself.
    #[get]
    fn real(&self, this: Value) -> Owned {
        Owned::new(this)
    }

    /// Zero.
    #[get]
    fn imag(&self, cx: &mut Context) -> Result<Owned> {
        Decimal::make(cx, Number::from_i64(0))
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Result<String> {
        let capitals = with(cx, None, |_, context| Ok(context.has_capitals()))?;
        Ok(format!("Decimal('{}')", self.0.to_text(false, capitals)))
    }

    #[slot(str)]
    fn str(&self, cx: &mut Context) -> Result<String> {
        let capitals = with(cx, None, |_, context| Ok(context.has_capitals()))?;
        Ok(self.0.to_text(false, capitals))
    }

    #[slot(hash)]
    fn hash(&self, cx: &mut Context, this: Value) -> Result<i64> {
        match self.0.kind {
            Kind::Finite => Ok(hash_of(&self.0)),
            Kind::Infinity => Ok(float::hash_f64(self.0.to_f64())),
            Kind::Quiet => Ok(method::address_hash(this)),
            Kind::Signaling => Err(cx.type_error("Cannot hash a signaling NaN value")),
        }
    }

    #[slot(truth)]
    fn truth(&self) -> Result<bool> {
        Ok(!self.0.is_zero())
    }

    #[slot(int)]
    fn int(&self, cx: &mut Context) -> Result<Owned> {
        to_int(cx, &self.0, Rounding::Down)
    }

    #[slot(float)]
    fn float(&self, cx: &mut Context) -> Result<f64> {
        if self.0.is_signaling() {
            return Err(cx.value_error("cannot convert signaling NaN to float"));
        }
        Ok(self.0.to_f64())
    }

    #[slot(compare)]
    fn order(&self, cx: &mut Context, other: Value, operation: CompareOp) -> Result<Owned> {
        let held = given_or_current(cx, None)?;
        let Some(context) = as_context(held.value()) else { return Ok(not_implemented()) };
        let Some((a, b)) = comparable(cx, &self.0, other, operation, context)? else { return Ok(not_implemented()) };
        let equality = matches!(operation, CompareOp::Equal | CompareOp::NotEqual);
        if a.is_nan() || b.is_nan() {
            if !equality || a.is_signaling() || b.is_signaling() {
                context.settle(cx, Status::INVALID_OPERATION)?;
            }
            return Ok(Owned::new(singleton::boolean(operation == CompareOp::NotEqual)));
        }
        Ok(Owned::new(singleton::boolean(operation.holds(a.numeric_order(&b)))))
    }

    #[slot(negative)]
    fn negative(&self, cx: &mut Context) -> Result<Owned> {
        unary(cx, &self.0, None, |e, _, a, s| e.minus(a, s))
    }

    #[slot(positive)]
    fn positive(&self, cx: &mut Context) -> Result<Owned> {
        unary(cx, &self.0, None, |e, _, a, s| e.plus(a, s))
    }

    #[slot(absolute)]
    fn absolute(&self, cx: &mut Context) -> Result<Owned> {
        unary(cx, &self.0, None, |e, _, a, s| e.absolute(a, s))
    }

    #[slot(add)]
    fn add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        operator(cx, left, right, Environment::add)
    }

    #[slot(subtract)]
    fn subtract(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        operator(cx, left, right, Environment::subtract)
    }

    #[slot(multiply)]
    fn multiply(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        operator(cx, left, right, Environment::multiply)
    }

    #[slot(true_divide)]
    fn true_divide(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        operator(cx, left, right, Environment::divide)
    }

    #[slot(floor_divide)]
    fn floor_divide(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        operator(cx, left, right, Environment::divide_integer)
    }

    #[slot(remainder)]
    fn remainder(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        operator(cx, left, right, Environment::remainder)
    }

    #[slot(power)]
    fn power(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let state = cx.state::<State>();
        operator(cx, left, right, |e, a, b, s| e.power(a, b, &state.constants, s))
    }

    /// The number to the power of the other one; modulo the third one, if it is given.
    fn __pow__(
        &self,
        cx: &mut Context,
        this: Value,
        value: Value,
        #[default(None)] r#mod: Option<Value>,
    ) -> Result<Owned> {
        power(cx, this, value, r#mod)
    }

    /// The other number to the power of this one; modulo the third one, if it is given.
    fn __rpow__(
        &self,
        cx: &mut Context,
        this: Value,
        value: Value,
        #[default(None)] r#mod: Option<Value>,
    ) -> Result<Owned> {
        power(cx, value, this, r#mod)
    }

    /// The quotient of this and the other number without its fraction, and the rest.
    fn __divmod__(&self, cx: &mut Context, value: Value) -> Result<Owned> {
        match operand(value) {
            Some(other) => divide_modulo(cx, &self.0, &other, None),
            None => Ok(not_implemented()),
        }
    }

    /// The quotient of the other number and this one without its fraction, and the rest.
    fn __rdivmod__(&self, cx: &mut Context, value: Value) -> Result<Owned> {
        match operand(value) {
            Some(other) => divide_modulo(cx, &other, &self.0, None),
            None => Ok(not_implemented()),
        }
    }
}

/// A power of objects, modulo a third one, if it is given.
fn power(cx: &mut Context, base: Value, exponent: Value, modulus: Option<Value>) -> Result<Owned> {
    let Some(modulus) = modulus else { return Decimal::power(cx, base, exponent) };
    let (Some(a), Some(b), Some(modulus)) = (operand(base), operand(exponent), operand(modulus)) else {
        return Ok(not_implemented());
    };
    binary(cx, &a, &b, None, |e, _, a, b, s| e.power_modulo(a, b, &modulus, s))
}

impl Decimal {
    /// The number as an object of a class, which is called if it is a subclass.
    fn of_class(cx: &mut Context, class: &'static TypeObject, number: Number) -> Result<Owned> {
        let made = Decimal::make(cx, number)?;
        if std::ptr::eq(class, &DECIMAL.object) { Ok(made) } else { call::call(cx, class.value(), &[made.value()]) }
    }

    fn integral(
        &self,
        cx: &mut Context,
        rounding: Option<Value>,
        context: Option<Value>,
        exact: bool,
    ) -> Result<Owned> {
        let held = given_or_current(cx, context)?;
        let rounding = rounding.map(|rounding| rounding_of(cx, rounding)).transpose()?;
        unary(cx, &self.0, Some(held.value()), |e, _, a, s| {
            Environment { rounding: rounding.unwrap_or(e.rounding), ..*e }.to_integral(a, exact, s)
        })
    }
}
