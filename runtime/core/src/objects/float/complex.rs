//! `complex`: layout, slots and arithmetic. Operations with one real operand follow C99's Annex G, as CPython 3.14's
//! do: the missing imaginary part is no zero that could spoil signs and infinities.
//!
//! Not here: the constructor (`complex_new.rs`) and methods (`builtins/complex.rs`).

use crate::context::{Context, Raised, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::object_type;
use crate::objects::exception::ZERO_DIVISION_ERROR;
use crate::objects::float::{as_f64, complex_new, from_f64, hash_f64, operand, text};
use crate::objects::instance;
use crate::objects::int::{Integer, compare::order_float, not_implemented};
use crate::objects::singleton::boolean;
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use crate::objects::str::StrObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::value::Value;
use std::cmp::Ordering;

/// A complex number.
#[repr(C)]
pub struct ComplexObject {
    pub header: Header,
    pub number: Complex,
}

/// Real and imaginary part.
#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(C)]
pub struct Complex {
    pub real: f64,
    pub imaginary: f64,
}

object_type!(ComplexObject, COMPLEX);

pub static COMPLEX: StaticType = Immortal::new(
    TypeObject::builtin(
        "complex",
        size_of::<ComplexObject>(),
        Slots {
            repr: Some(|cx, value| Ok(StrObject::new(cx, &number_of(value).repr()))),
            hash: Some(|_, value| Ok(number_of(value).hash())),
            compare: Some(compare),
            binary: BINARY,
            negative: Some(|cx, value| {
                let number = number_of(value);
                Ok(from_complex(cx, Complex { real: -number.real, imaginary: -number.imaginary }))
            }),
            positive: Some(|cx, value| Ok(from_complex(cx, number_of(value)))),
            absolute: Some(absolute),
            truth: Some(|_, value| Ok(number_of(value) != Complex { real: 0.0, imaginary: 0.0 })),
            new: Some(complex_new::new),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE)
    .with_doc(complex_new::DOC),
);

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(add);
    table[BinaryOp::Subtract as usize] = Some(subtract);
    table[BinaryOp::Multiply as usize] = Some(multiply);
    table[BinaryOp::TrueDivide as usize] = Some(true_divide);
    table[BinaryOp::Power as usize] = Some(power);
    table
};

/// A `complex`.
pub fn from_complex(cx: &mut Context, number: Complex) -> Owned {
    allocate(cx, &COMPLEX, number)
}

/// A complex object of `kind`.
pub fn allocate(cx: &mut Context, kind: &'static TypeObject, number: Complex) -> Owned {
    let object = instance::allocate(cx, kind, 0).cast::<ComplexObject>();
    // SAFETY: (heap 3) the fresh object has room for its number.
    unsafe { (&raw mut (*object).number).write(number) };
    Owned::from_raw(Value::from_pointer(object))
}

/// The number of a `complex` or an instance of a subclass.
pub fn as_complex(value: Value) -> Option<Complex> {
    value.cast::<ComplexObject>().map(|object| object.number)
}

fn number_of(value: Value) -> Complex {
    as_complex(value).unwrap_or(Complex { real: f64::NAN, imaginary: f64::NAN })
}

/// An operand of complex arithmetic.
enum Operand {
    Real(f64),
    Complex(Complex),
}

impl Operand {
    /// The operand that a value is; `None` for no number.
    fn of(cx: &mut Context, value: Value) -> Result<Option<Operand>> {
        match as_complex(value) {
            Some(number) => Ok(Some(Operand::Complex(number))),
            None => Ok(operand(cx, value)?.map(Operand::Real)),
        }
    }

    fn to_complex(&self) -> Complex {
        match *self {
            Operand::Real(real) => Complex { real, imaginary: 0.0 },
            Operand::Complex(number) => number,
        }
    }
}

fn operands(cx: &mut Context, a: Value, b: Value) -> Result<Option<(Operand, Operand)>> {
    let Some(x) = Operand::of(cx, a)? else { return Ok(None) };
    let Some(y) = Operand::of(cx, b)? else { return Ok(None) };
    Ok(Some((x, y)))
}

fn add(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some(operands) = operands(cx, a, b)? else { return not_implemented() };
    let sum = match operands {
        (Operand::Real(x), Operand::Complex(y)) | (Operand::Complex(y), Operand::Real(x)) => {
            Complex { real: x + y.real, imaginary: y.imaginary }
        }
        (x, y) => {
            let (x, y) = (x.to_complex(), y.to_complex());
            Complex { real: x.real + y.real, imaginary: x.imaginary + y.imaginary }
        }
    };
    Ok(from_complex(cx, sum))
}

fn subtract(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some(operands) = operands(cx, a, b)? else { return not_implemented() };
    let difference = match operands {
        (Operand::Real(x), Operand::Complex(y)) => Complex { real: x - y.real, imaginary: -y.imaginary },
        (Operand::Complex(x), Operand::Real(y)) => Complex { real: x.real - y, imaginary: x.imaginary },
        (x, y) => {
            let (x, y) = (x.to_complex(), y.to_complex());
            Complex { real: x.real - y.real, imaginary: x.imaginary - y.imaginary }
        }
    };
    Ok(from_complex(cx, difference))
}

fn multiply(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some(operands) = operands(cx, a, b)? else { return not_implemented() };
    let product = match operands {
        (Operand::Real(x), Operand::Complex(y)) | (Operand::Complex(y), Operand::Real(x)) => {
            Complex { real: x * y.real, imaginary: x * y.imaginary }
        }
        (x, y) => x.to_complex().multiply(y.to_complex()),
    };
    Ok(from_complex(cx, product))
}

fn true_divide(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some(operands) = operands(cx, a, b)? else { return not_implemented() };
    let quotient = match operands {
        (Operand::Complex(_) | Operand::Real(_), Operand::Real(0.0)) => None,
        (Operand::Complex(x), Operand::Real(y)) => Some(Complex { real: x.real / y, imaginary: x.imaginary / y }),
        (Operand::Real(x), y) => y.to_complex().divide_real(x),
        (x, y) => x.to_complex().divide(y.to_complex()),
    };
    match quotient {
        Some(quotient) => Ok(from_complex(cx, quotient)),
        None => Err(cx.raise(&ZERO_DIVISION_ERROR, "division by zero")),
    }
}

/// `a ** b` with a complex number.
pub fn power(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
    let Some((x, y)) = operands(cx, a, b)? else { return not_implemented() };
    power_of(cx, x.to_complex(), y.to_complex())
}

/// A power of floats whose result is not real.
#[cold]
pub fn power_of_floats(cx: &mut Context, base: f64, exponent: f64) -> Result<Owned> {
    power_of(cx, Complex { real: base, imaginary: 0.0 }, Complex { real: exponent, imaginary: 0.0 })
}

fn power_of(cx: &mut Context, base: Complex, exponent: Complex) -> Result<Owned> {
    /// Whole exponents up to here are multiplied out.
    const WHOLE_EXPONENT_MAX: f64 = 100.0;
    let whole = exponent.imaginary == 0.0
        && exponent.real == exponent.real.floor()
        && exponent.real.abs() <= WHOLE_EXPONENT_MAX;
    let result = if whole { base.power_whole(exponent.real as i64) } else { base.power(exponent) };
    let Some(result) = result else { return Err(zero_to_negative(cx)) };
    if result.real.is_infinite() || result.imaginary.is_infinite() {
        return Err(cx.overflow_error("complex exponentiation"));
    }
    Ok(from_complex(cx, result))
}

#[cold]
fn zero_to_negative(cx: &mut Context) -> Raised {
    cx.raise(&ZERO_DIVISION_ERROR, "zero to a negative or complex power")
}

fn absolute(cx: &mut Context, value: Value) -> Result<Owned> {
    let number = number_of(value);
    let result = number.absolute();
    if result.is_infinite() && number.real.is_finite() && number.imaginary.is_finite() {
        return Err(cx.overflow_error("absolute value too large"));
    }
    Ok(from_f64(cx, result))
}

/// Complex numbers are equal or not; they have no order.
fn compare(_: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    if !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return not_implemented();
    }
    let (number, other) = match as_complex(a) {
        Some(number) => (number, b),
        None => (number_of(b), a),
    };
    let equal = if let Some(other) = as_complex(other) {
        number == other
    } else if let Some(real) = as_f64(other) {
        number == Complex { real, imaginary: 0.0 }
    } else if let Some(integer) = Integer::of(other) {
        number.imaginary == 0.0 && order_float(number.real, &integer) == Some(Ordering::Equal)
    } else {
        return not_implemented();
    };
    Ok(Owned::new(boolean(equal == (op == CompareOp::Equal))))
}

impl Complex {
    /// Like `(1+2j)`, or `2j` alone when the real part is a positive zero.
    pub fn repr(&self) -> String {
        let mut result = String::new();
        if self.real == 0.0 && self.real.is_sign_positive() {
            push_part(&mut result, self.imaginary);
            result.push('j');
            return result;
        }
        result.push('(');
        push_part(&mut result, self.real);
        if self.imaginary.is_nan() || self.imaginary.is_sign_positive() {
            result.push('+');
        }
        push_part(&mut result, self.imaginary);
        result.push_str("j)");
        result
    }

    pub fn hash(&self) -> i64 {
        /// What CPython multiplies the imaginary part's hash by.
        const IMAGINARY_FACTOR: i64 = 1000003;
        let part = |part: f64| if part.is_nan() { 0 } else { hash_f64(part) };
        let hash = part(self.real).wrapping_add(part(self.imaginary).wrapping_mul(IMAGINARY_FACTOR));
        if hash == -1 { -2 } else { hash }
    }

    pub fn absolute(self) -> f64 {
        if self.real.is_infinite() || self.imaginary.is_infinite() {
            return f64::INFINITY;
        }
        self.real.hypot(self.imaginary)
    }

    /// The product; products of infinities that come out as NaN are infinite.
    pub fn multiply(self, other: Complex) -> Complex {
        let (mut a, mut b, mut c, mut d) = (self.real, self.imaginary, other.real, other.imaginary);
        let products = [a * c, b * d, a * d, b * c];
        let result = Complex { real: products[0] - products[1], imaginary: products[2] + products[3] };
        if !(result.real.is_nan() && result.imaginary.is_nan()) {
            return result;
        }
        let mut infinite = false;
        if a.is_infinite() || b.is_infinite() {
            (a, b) = (unit(a), unit(b));
            (c, d) = (number_or_zero(c), number_or_zero(d));
            infinite = true;
        }
        if c.is_infinite() || d.is_infinite() {
            (c, d) = (unit(c), unit(d));
            (a, b) = (number_or_zero(a), number_or_zero(b));
            infinite = true;
        }
        if !infinite && products.iter().any(|product| product.is_infinite()) {
            (a, b, c, d) = (number_or_zero(a), number_or_zero(b), number_or_zero(c), number_or_zero(d));
            infinite = true;
        }
        if !infinite {
            return result;
        }
        Complex { real: f64::INFINITY * (a * c - b * d), imaginary: f64::INFINITY * (a * d + b * c) }
    }

    /// The quotient by Smith's method, which avoids overflow in between; `None` for division by zero.
    pub fn divide(self, other: Complex) -> Option<Complex> {
        let (c, d) = (other.real, other.imaginary);
        if c == 0.0 && d == 0.0 {
            return None;
        }
        let result = if c.abs() >= d.abs() {
            let ratio = d / c;
            let divisor = c + d * ratio;
            Complex {
                real: (self.real + self.imaginary * ratio) / divisor,
                imaginary: (self.imaginary - self.real * ratio) / divisor,
            }
        } else if d.abs() >= c.abs() {
            let ratio = c / d;
            let divisor = c * ratio + d;
            Complex {
                real: (self.real * ratio + self.imaginary) / divisor,
                imaginary: (self.imaginary * ratio - self.real) / divisor,
            }
        } else {
            Complex { real: f64::NAN, imaginary: f64::NAN }
        };
        if !(result.real.is_nan() && result.imaginary.is_nan()) {
            return Some(result);
        }
        let (a, b) = (self.real, self.imaginary);
        if (a.is_infinite() || b.is_infinite()) && c.is_finite() && d.is_finite() {
            let (x, y) = (unit(a), unit(b));
            return Some(Complex { real: f64::INFINITY * (x * c + y * d), imaginary: f64::INFINITY * (y * c - x * d) });
        }
        if (c.is_infinite() || d.is_infinite()) && a.is_finite() && b.is_finite() {
            let (x, y) = (unit(c), unit(d));
            return Some(Complex { real: 0.0 * (a * x + b * y), imaginary: 0.0 * (b * x - a * y) });
        }
        Some(result)
    }

    /// `real / self`; `None` for division by zero.
    pub fn divide_real(self, real: f64) -> Option<Complex> {
        let (c, d) = (self.real, self.imaginary);
        if c == 0.0 && d == 0.0 {
            return None;
        }
        let result = if c.abs() >= d.abs() {
            let ratio = d / c;
            let divisor = c + d * ratio;
            Complex { real: real / divisor, imaginary: (-real * ratio) / divisor }
        } else if d.abs() >= c.abs() {
            let ratio = c / d;
            let divisor = c * ratio + d;
            Complex { real: (real * ratio) / divisor, imaginary: -real / divisor }
        } else {
            Complex { real: f64::NAN, imaginary: f64::NAN }
        };
        let spoilt = result.real.is_nan() && result.imaginary.is_nan();
        if spoilt && real.is_finite() && (c.is_infinite() || d.is_infinite()) {
            let (x, y) = (unit(c), unit(d));
            return Some(Complex { real: 0.0 * (real * x), imaginary: 0.0 * (-real * y) });
        }
        Some(result)
    }

    /// A whole power by repeated squaring; `None` for a negative power of zero.
    fn power_whole(self, exponent: i64) -> Option<Complex> {
        const ONE: Complex = Complex { real: 1.0, imaginary: 0.0 };
        let mut result = ONE;
        let mut square = self;
        let mut rest = exponent.unsigned_abs();
        while rest != 0 {
            if rest & 1 == 1 {
                result = result.multiply(square);
            }
            rest >>= 1;
            if rest != 0 {
                square = square.multiply(square);
            }
        }
        if exponent < 0 { ONE.divide(result) } else { Some(result) }
    }

    /// A power in polar form; `None` for zero to a negative or complex power.
    fn power(self, exponent: Complex) -> Option<Complex> {
        if exponent.real == 0.0 && exponent.imaginary == 0.0 {
            return Some(Complex { real: 1.0, imaginary: 0.0 });
        }
        if self.real == 0.0 && self.imaginary == 0.0 {
            let defined = exponent.imaginary == 0.0 && exponent.real >= 0.0;
            return defined.then_some(Complex { real: 0.0, imaginary: 0.0 });
        }
        let absolute = self.real.hypot(self.imaginary);
        let angle = self.imaginary.atan2(self.real);
        let mut length = absolute.powf(exponent.real);
        let mut phase = angle * exponent.real;
        if exponent.imaginary != 0.0 {
            length *= (-angle * exponent.imaginary).exp();
            phase += exponent.imaginary * absolute.ln();
        }
        if phase.is_infinite() {
            // CPython takes the domain error of the cosine for that of a power of zero.
            return None;
        }
        Some(Complex { real: length * phase.cos(), imaginary: length * phase.sin() })
    }
}

/// One for an infinity and zero for anything else, with the sign kept.
fn unit(value: f64) -> f64 {
    (if value.is_infinite() { 1f64 } else { 0.0 }).copysign(value)
}

/// NaN becomes a zero of its sign.
fn number_or_zero(value: f64) -> f64 {
    if value.is_nan() { 0f64.copysign(value) } else { value }
}

/// A part as `repr` writes it, without the `.0` of a float.
fn push_part(result: &mut String, part: f64) {
    match text::special(part) {
        Some(special) => result.push_str(special),
        None => {
            if part.is_sign_negative() {
                result.push('-');
            }
            text::push_repr(result, &text::shortest(part), false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complex(real: f64, imaginary: f64) -> Complex {
        Complex { real, imaginary }
    }

    #[test]
    fn reprs() {
        assert_eq!(complex(0.0, 1.0).repr(), "1j");
        assert_eq!(complex(-0.0, -1.0).repr(), "(-0-1j)");
        assert_eq!(complex(1.5, 1e16).repr(), "(1.5+1e+16j)");
        assert_eq!(complex(f64::NAN, f64::INFINITY).repr(), "(nan+infj)");
        assert_eq!(complex(1.0, -0.0).repr(), "(1-0j)");
    }

    #[test]
    fn arithmetic() {
        assert_eq!(complex(1.0, 2.0).multiply(complex(3.0, 4.0)), complex(-5.0, 10.0));
        assert_eq!(complex(-5.0, 10.0).divide(complex(3.0, 4.0)), Some(complex(1.0, 2.0)));
        assert_eq!(complex(1.0, 2.0).power_whole(-2), Some(complex(-0.12, -0.16)));
        assert_eq!(complex(1.0, 1.0).divide(complex(0.0, -0.0)), None);
        assert_eq!(complex(0.0, 0.0).power(complex(-1.5, 0.0)), None);
        let infinite = complex(f64::INFINITY, f64::NAN).multiply(complex(1.0, 1.0));
        assert!(infinite.real.is_infinite() && infinite.imaginary.is_infinite());
    }
}
