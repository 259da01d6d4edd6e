//! The module `math`: real functions by the platform's C library, so that results are CPython's to the last bit.
//!
//! Functions of integers are in `integers.rs`, sums and norms in `sums.rs`, the gamma functions in `gamma.rs`.

mod gamma;
mod integers;
mod sums;

use sidewinder_runtime::context::{Context, Raised, Result};
use sidewinder_runtime::native::Effects;
use sidewinder_runtime::native::Intrinsic;
use sidewinder_runtime::objects::exception::OVERFLOW_ERROR;
use sidewinder_runtime::objects::float;
use sidewinder_runtime::objects::int::{self, Integer, big};
use sidewinder_runtime::objects::iterator::arguments::Signature;
use sidewinder_runtime::objects::slots::BinaryOp;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{module, singleton};
use sidewinder_runtime::operations::{arithmetic, convert, dunder};
use sidewinder_runtime::{Arguments, Native, Owned, Value};

/// The C library's functions that Rust's `f64` does not pass through as they are.
mod c {
    use std::sync::OnceLock;

    /// The cube root. Rust links one of its own under this name, whose last bit is often another (and better) one than
    /// the C library's, so that is asked for by name at run time.
    pub fn cbrt(x: f64) -> f64 {
        static FOUND: OnceLock<Option<extern "C" fn(f64) -> f64>> = OnceLock::new();
        let found = FOUND.get_or_init(|| {
            // SAFETY: a look-up in the libraries that are loaded already.
            let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"cbrt".as_ptr()) };
            // SAFETY: the C library's `cbrt` has this type; null becomes `None`.
            unsafe { std::mem::transmute::<*mut libc::c_void, Option<extern "C" fn(f64) -> f64>>(address) }
        });
        match found {
            Some(function) => function(x),
            None => x.cbrt(),
        }
    }

    // SAFETY: the signatures are those of C99; the functions have no preconditions.
    unsafe extern "C" {
        pub safe fn acosh(x: f64) -> f64;
        pub safe fn asinh(x: f64) -> f64;
        pub safe fn atanh(x: f64) -> f64;
        pub safe fn erf(x: f64) -> f64;
        pub safe fn erfc(x: f64) -> f64;
        pub safe fn fma(x: f64, y: f64, z: f64) -> f64;
        pub safe fn ldexp(x: f64, exponent: i32) -> f64;
        pub safe fn nextafter(x: f64, y: f64) -> f64;
        pub safe fn remainder(x: f64, y: f64) -> f64;
    }
}

const SIMPLE: u32 = Effects::NO_PYTHON | Effects::READ_ONLY | Effects::PURE;

/// What a function of one float does about results that are not finite.
#[derive(Clone, Copy)]
struct Domain {
    /// The message about arguments outside the domain, which the argument follows.
    expected: &'static str,
    /// Whether a finite argument's infinite result is an overflow, not a pole.
    overflows: bool,
}

const ANYWHERE: Domain = Domain { expected: "", overflows: false };
const OVERFLOWS: Domain = Domain { expected: "", overflows: true };
const FINITE: Domain = Domain { expected: "expected a finite input", overflows: false };
const UNIT: Domain = Domain { expected: "expected a number in range from -1 up to 1", overflows: false };

/// A row for a function of one float.
macro_rules! unary {
    ($name:literal, $domain:expr, $function:expr, $doc:literal) => {
        Native::new(
            $name,
            1,
            1,
            |cx, arguments| unary(cx, arguments[0], $domain, $function),
            concat!($name, "($module, x, /)\n--\n\n", $doc),
        )
        .effects(SIMPLE)
    };
}

/// A row for a function of values.
macro_rules! row {
    ($name:literal, $minimum:literal, $maximum:expr, $function:expr, $signature:literal, $doc:literal) => {
        Native::new($name, $minimum, $maximum, $function, concat!($name, "($module, ", $signature, ")\n--\n\n", $doc))
    };
}

pub static FUNCTIONS: &[Native] = &[
    unary!("acos", UNIT, f64::acos, "The arc cosine of x, in radians."),
    unary!(
        "acosh",
        Domain { expected: "expected argument value not less than 1", overflows: false },
        |x| c::acosh(x),
        "The inverse hyperbolic cosine of x."
    ),
    unary!("asin", UNIT, f64::asin, "The arc sine of x, in radians."),
    unary!("asinh", ANYWHERE, |x| c::asinh(x), "The inverse hyperbolic sine of x."),
    unary!("atan", ANYWHERE, f64::atan, "The arc tangent of x, in radians."),
    row!("atan2", 2, 2, atan2, "y, x, /", "The angle of the point (x, y), in radians.").effects(SIMPLE),
    unary!(
        "atanh",
        Domain { expected: "expected a number between -1 and 1", overflows: false },
        |x| c::atanh(x),
        "The inverse hyperbolic tangent of x."
    ),
    unary!("cbrt", ANYWHERE, c::cbrt, "The cube root of x."),
    row!("ceil", 1, 1, ceil, "x, /", "The least integer not below x."),
    row!("comb", 2, 2, integers::comb, "n, k, /", "The number of choices of k out of n things."),
    row!("copysign", 2, 2, copysign, "x, y, /", "The magnitude of x with the sign of y.").effects(SIMPLE),
    unary!("cos", FINITE, f64::cos, "The cosine of x radians."),
    unary!("cosh", OVERFLOWS, f64::cosh, "The hyperbolic cosine of x."),
    row!("degrees", 1, 1, degrees, "x, /", "The angle of x radians in degrees.").effects(SIMPLE),
    row!("dist", 2, 2, sums::dist, "p, q, /", "The Euclidean distance between two points."),
    unary!("erf", ANYWHERE, |x| c::erf(x), "The error function at x."),
    unary!("erfc", ANYWHERE, |x| c::erfc(x), "One minus the error function at x."),
    unary!("exp", OVERFLOWS, f64::exp, "e to the power of x."),
    unary!("exp2", OVERFLOWS, f64::exp2, "2 to the power of x."),
    unary!("expm1", OVERFLOWS, f64::exp_m1, "e to the power of x, minus one, without loss for small x."),
    unary!("fabs", ANYWHERE, f64::abs, "The absolute value of x as a float."),
    row!("factorial", 1, 1, integers::factorial, "n, /", "The product of the integers from 1 to n."),
    row!("floor", 1, 1, floor, "x, /", "The greatest integer not above x."),
    row!("fma", 3, 3, fma, "x, y, z, /", "x * y + z, rounded once.").effects(SIMPLE),
    row!("fmod", 2, 2, fmod, "x, y, /", "The remainder of x / y with the sign of x.").effects(SIMPLE),
    row!("frexp", 1, 1, frexp, "x, /", "Mantissa and exponent: x == m * 2**e with m from 0.5 up to 1."),
    row!("fsum", 1, 1, sums::fsum, "seq, /", "The sum of floats, rounded once."),
    row!("gamma", 1, 1, gamma, "x, /", "The gamma function at x.").effects(SIMPLE),
    row!("gcd", 0, Native::MANY, integers::gcd, "*integers", "The greatest common divisor.").effects(SIMPLE),
    row!("hypot", 0, Native::MANY, sums::hypot, "*coordinates", "The Euclidean norm."),
    Native::with_keywords(
        "isclose",
        isclose,
        "isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)\n--\n\nWhether two numbers are about equal.",
    ),
    row!("isfinite", 1, 1, isfinite, "x, /", "Whether x is neither infinite nor NaN.").effects(SIMPLE),
    row!("isinf", 1, 1, isinf, "x, /", "Whether x is infinite.").effects(SIMPLE),
    row!("isnan", 1, 1, isnan, "x, /", "Whether x is NaN.").effects(SIMPLE),
    row!("isqrt", 1, 1, integers::isqrt, "n, /", "The integer part of the square root."),
    row!("lcm", 0, Native::MANY, integers::lcm, "*integers", "The least common multiple.").effects(SIMPLE),
    row!("ldexp", 2, 2, ldexp, "x, i, /", "x * 2**i.").effects(SIMPLE),
    row!("lgamma", 1, 1, lgamma, "x, /", "The logarithm of the gamma function's magnitude at x.").effects(SIMPLE),
    Native::new("log", 1, 2, log, "log(x, [base=math.e])\nThe logarithm of x to the given base.").effects(SIMPLE),
    row!("log10", 1, 1, |cx, it| logarithm(cx, it[0], f64::log10), "x, /", "The logarithm to base 10.").effects(SIMPLE),
    unary!(
        "log1p",
        Domain { expected: "expected argument value > -1", overflows: false },
        // The C library need not keep the sign of zero.
        |x| if x == 0.0 { x } else { x.ln_1p() },
        "The natural logarithm of 1 + x, without loss for small x."
    ),
    row!("log2", 1, 1, |cx, it| logarithm(cx, it[0], f64::log2), "x, /", "The logarithm to base 2.").effects(SIMPLE),
    row!("modf", 1, 1, modf, "x, /", "The fractional and the integral part of x, both with its sign."),
    Native::with_keywords(
        "nextafter",
        nextafter,
        "nextafter($module, x, y, /, *, steps=None)\n--\n\nThe float that many steps (or one) after x towards y.",
    ),
    row!("perm", 1, 2, integers::perm, "n, k=None, /", "The number of ordered choices of k out of n things."),
    row!("pow", 2, 2, pow, "x, y, /", "x to the power of y, as floats.").effects(SIMPLE),
    Native::with_keywords(
        "prod",
        sums::prod,
        "prod($module, iterable, /, *, start=1)\n--\n\nThe product of the items and the start value.",
    ),
    unary!("radians", ANYWHERE, |x| x * (std::f64::consts::PI / 180.0), "The angle of x degrees in radians."),
    row!("remainder", 2, 2, remainder, "x, y, /", "x minus the multiple of y nearest to it.").effects(SIMPLE),
    unary!("sin", FINITE, f64::sin, "The sine of x radians."),
    unary!("sinh", OVERFLOWS, f64::sinh, "The hyperbolic sine of x."),
    unary!(
        "sqrt",
        Domain { expected: "expected a nonnegative input", overflows: false },
        f64::sqrt,
        "The square root of x."
    )
    .intrinsic(Intrinsic::SquareRoot),
    row!("sumprod", 2, 2, sums::sumprod, "p, q, /", "The sum of products of the items of two iterables."),
    unary!("tan", FINITE, f64::tan, "The tangent of x radians."),
    unary!("tanh", ANYWHERE, f64::tanh, "The hyperbolic tangent of x."),
    row!("trunc", 1, 1, trunc, "x, /", "The integer towards zero, by x.__trunc__()."),
    row!("ulp", 1, 1, ulp, "x, /", "The value of the least significant bit of x.").effects(SIMPLE),
];

/// Adds the constants.
pub fn fill(cx: &mut Context, module: Value) -> Result<()> {
    use std::f64::consts;
    let namespace = module::of(module).namespace();
    let constants =
        [("e", consts::E), ("inf", f64::INFINITY), ("nan", f64::NAN), ("pi", consts::PI), ("tau", consts::TAU)];
    for (name, number) in constants {
        let number = float::from_f64(cx, number);
        namespace.set_text(cx, name, number.value());
    }
    Ok(())
}

/// The argument as a float; a float's case is kept short.
#[inline(always)]
fn argument(cx: &mut Context, value: Value) -> Result<f64> {
    if value.is_float() { Ok(value.float()) } else { float::from_value(cx, value) }
}

#[inline(always)]
fn unary(cx: &mut Context, value: Value, domain: Domain, function: impl Fn(f64) -> f64) -> Result<Owned> {
    let x = argument(cx, value)?;
    let result = function(x);
    if !result.is_finite() {
        if result.is_nan() && !x.is_nan() {
            return Err(outside_domain(cx, domain.expected, x));
        }
        if result.is_infinite() && x.is_finite() {
            return Err(if domain.overflows { range_error(cx) } else { outside_domain(cx, domain.expected, x) });
        }
    }
    Ok(float::from_f64(cx, result))
}

#[cold]
fn outside_domain(cx: &mut Context, expected: &str, x: f64) -> Raised {
    if expected.is_empty() {
        return domain_error(cx);
    }
    cx.value_error(format!("{expected}, got {}", float::repr(x)))
}

#[cold]
fn domain_error(cx: &mut Context) -> Raised {
    cx.value_error("math domain error")
}

#[cold]
fn range_error(cx: &mut Context) -> Raised {
    cx.overflow_error("math range error")
}

fn two(cx: &mut Context, arguments: &[Value]) -> Result<(f64, f64)> {
    Ok((argument(cx, arguments[0])?, argument(cx, arguments[1])?))
}

/// Overflows to infinity without an error.
fn degrees(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let x = argument(cx, arguments[0])?;
    Ok(float::from_f64(cx, x * (180.0 / std::f64::consts::PI)))
}

fn atan2(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (y, x) = two(cx, arguments)?;
    Ok(float::from_f64(cx, y.atan2(x)))
}

fn copysign(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (x, y) = two(cx, arguments)?;
    Ok(float::from_f64(cx, x.copysign(y)))
}

fn fmod(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (x, y) = two(cx, arguments)?;
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain_error(cx));
    }
    Ok(float::from_f64(cx, result))
}

fn remainder(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (x, y) = two(cx, arguments)?;
    let result = c::remainder(x, y);
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain_error(cx));
    }
    Ok(float::from_f64(cx, result))
}

fn pow(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (x, y) = two(cx, arguments)?;
    let result = x.powf(y);
    if !result.is_finite() && x.is_finite() && y.is_finite() {
        return Err(if result.is_nan() || x == 0.0 { domain_error(cx) } else { range_error(cx) });
    }
    Ok(float::from_f64(cx, result))
}

fn fma(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (x, y) = two(cx, arguments)?;
    let z = argument(cx, arguments[2])?;
    let result = c::fma(x, y, z);
    if result.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(cx.value_error("invalid operation in fma"));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(cx.raise(&OVERFLOW_ERROR, "overflow in fma"));
    }
    Ok(float::from_f64(cx, result))
}

fn gamma(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let x = argument(cx, arguments[0])?;
    finish_gamma(cx, x, gamma::gamma(x))
}

fn lgamma(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let x = argument(cx, arguments[0])?;
    finish_gamma(cx, x, gamma::log_gamma(x))
}

fn finish_gamma(cx: &mut Context, x: f64, result: Option<f64>) -> Result<Owned> {
    match result {
        None => Err(outside_domain(cx, "expected a noninteger or positive integer", x)),
        Some(result) if result.is_infinite() && x.is_finite() => Err(range_error(cx)),
        Some(result) => Ok(float::from_f64(cx, result)),
    }
}

/// A logarithm of a float, or of an integer of any size.
fn logarithm(cx: &mut Context, value: Value, function: fn(f64) -> f64) -> Result<Owned> {
    let result = logarithm_f64(cx, value, function)?;
    Ok(float::from_f64(cx, result))
}

fn logarithm_f64(cx: &mut Context, value: Value, function: fn(f64) -> f64) -> Result<f64> {
    let Some(integer) = Integer::of(value) else {
        let x = argument(cx, value)?;
        if x <= 0.0 {
            return Err(outside_domain(cx, "expected a positive input", x));
        }
        return Ok(function(x));
    };
    if integer.negative || integer.is_zero() {
        return Err(cx.value_error("expected a positive input"));
    }
    let x = integer.to_f64();
    if x.is_finite() {
        return Ok(function(x));
    }
    let (mantissa, exponent) = big::split_exponent(&integer);
    Ok(function(mantissa) + function(2.0) * exponent as f64)
}

fn log(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let numerator = logarithm(cx, arguments[0], f64::ln)?;
    let Some(base) = arguments.get(1) else { return Ok(numerator) };
    let denominator = logarithm(cx, *base, f64::ln)?;
    arithmetic::binary(cx, BinaryOp::TrueDivide, numerator.value(), denominator.value())
}

/// Rounding to an integer by a method of the object, if it has one.
fn rounded_by(cx: &mut Context, value: Value, name: &str) -> Result<Option<Owned>> {
    let name = sidewinder_runtime::objects::str::intern(cx, name);
    dunder::call_optional(cx, value, name.value(), &[])
}

fn floor(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    round_to_integer(cx, arguments[0], "__floor__", f64::floor)
}

fn ceil(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    round_to_integer(cx, arguments[0], "__ceil__", f64::ceil)
}

#[inline]
fn round_to_integer(cx: &mut Context, value: Value, name: &str, function: fn(f64) -> f64) -> Result<Owned> {
    if value.is_float() {
        return float::to_int(cx, function(value.float()));
    }
    if int::is_exact(value) {
        return Ok(Owned::new(value));
    }
    if let Some(result) = rounded_by(cx, value, name)? {
        return Ok(result);
    }
    let x = argument(cx, value)?;
    float::to_int(cx, function(x))
}

fn trunc(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = arguments[0];
    if value.is_float() {
        return float::to_int(cx, value.float());
    }
    match rounded_by(cx, value, "__trunc__")? {
        Some(result) => Ok(result),
        None => {
            let name = value.type_of().name();
            Err(cx.type_error(format!("type {name} doesn't define __trunc__ method")))
        }
    }
}

fn frexp(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let x = argument(cx, arguments[0])?;
    let (mantissa, exponent) = split_float(x);
    let parts = vec![float::from_f64(cx, mantissa), int::from_i64(cx, exponent)];
    Ok(TupleObject::from_owned(cx, parts))
}

/// Mantissa from 0.5 up to 1 and exponent; the number itself and zero if it is zero or not finite.
fn split_float(x: f64) -> (f64, i64) {
    /// Multiplying by 2^54 makes every subnormal number normal.
    const SCALE_BITS: i64 = 54;
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let exponent_of = |x: f64| (x.to_bits() >> 52 & 0x7ff) as i64;
    let (x, shift) = if exponent_of(x) == 0 { (x * int::kernel::power_of_two(SCALE_BITS), SCALE_BITS) } else { (x, 0) };
    let mantissa = f64::from_bits(x.to_bits() & !(0x7ff << 52) | 1022 << 52);
    (mantissa, exponent_of(x) - 1022 - shift)
}

fn ldexp(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let x = argument(cx, arguments[0])?;
    if !int::is_int_like(arguments[1]) {
        return Err(cx.type_error("Expected an int as second argument to ldexp."));
    }
    let beyond = if int::is_negative(arguments[1]) { i64::MIN } else { i64::MAX };
    let exponent = int::as_i64(arguments[1]).unwrap_or(beyond).clamp(i32::MIN as i64, i32::MAX as i64);
    let result = c::ldexp(x, exponent as i32);
    if result.is_infinite() && x.is_finite() {
        return Err(range_error(cx));
    }
    Ok(float::from_f64(cx, result))
}

fn modf(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let x = argument(cx, arguments[0])?;
    let fraction = if x.is_infinite() { 0f64.copysign(x) } else { (x - x.trunc()).copysign(x) };
    let parts = vec![float::from_f64(cx, fraction), float::from_f64(cx, x.trunc())];
    Ok(TupleObject::from_owned(cx, parts))
}

fn isfinite(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let x = argument(cx, arguments[0])?;
    Ok(Owned::new(singleton::boolean(x.is_finite())))
}

fn isinf(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let x = argument(cx, arguments[0])?;
    Ok(Owned::new(singleton::boolean(x.is_infinite())))
}

fn isnan(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let x = argument(cx, arguments[0])?;
    Ok(Owned::new(singleton::boolean(x.is_nan())))
}

fn ulp(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let x = argument(cx, arguments[0])?.abs();
    let result = if !x.is_finite() {
        x
    } else if x == f64::MAX {
        // The next float is infinite; the one before is as far away.
        x - c::nextafter(x, 0.0)
    } else {
        c::nextafter(x, f64::INFINITY) - x
    };
    Ok(float::from_f64(cx, result))
}

fn isclose(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<4> = Signature {
        function: "isclose",
        names: ["a", "b", "rel_tol", "abs_tol"],
        positional_only: 0,
        positional: 2,
        required: 2,
    };
    let mut numbers = [0.0, 0.0, 1e-9, 0.0];
    for (number, value) in numbers.iter_mut().zip(SIGNATURE.bind(cx, arguments)?) {
        if let Some(value) = value {
            *number = argument(cx, value)?;
        }
    }
    let [a, b, relative, absolute] = numbers;
    if relative < 0.0 || absolute < 0.0 {
        return Err(cx.value_error("tolerances must be non-negative"));
    }
    let close = if a == b {
        true
    } else if a.is_infinite() || b.is_infinite() {
        false
    } else {
        let difference = (b - a).abs();
        difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute
    };
    Ok(Owned::new(singleton::boolean(close)))
}

fn nextafter(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<3> =
        Signature { function: "nextafter", names: ["x", "y", "steps"], positional_only: 2, positional: 2, required: 2 };
    let [x, y, steps] = SIGNATURE.bind(cx, arguments)?;
    let (Some(x), Some(y)) = (x, y) else { return Err(domain_error(cx)) };
    let (x, y) = (argument(cx, x)?, argument(cx, y)?);
    let Some(steps) = steps.filter(|steps| *steps != singleton::none()) else {
        return Ok(float::from_f64(cx, c::nextafter(x, y)));
    };
    let steps = convert::index(cx, steps)?;
    if int::is_negative(steps.value()) {
        return Err(cx.value_error("steps must be a non-negative integer"));
    }
    let result = step_towards(x, y, int::as_u64(steps.value()).unwrap_or(u64::MAX));
    Ok(float::from_f64(cx, result))
}

/// The float `steps` after `x` towards `y`, not beyond it.
fn step_towards(x: f64, y: f64, steps: u64) -> f64 {
    if steps == 0 || x.is_nan() {
        return x;
    }
    if y.is_nan() {
        return y;
    }
    let sign_bit = 1u64 << 63;
    let (from, to) = (x.to_bits(), y.to_bits());
    let (from_distance, to_distance) = (from & !sign_bit, to & !sign_bit);
    let bits = if (from ^ to) & sign_bit != 0 {
        // The way leads through zero.
        if from_distance + to_distance <= steps {
            to
        } else if from_distance < steps {
            to & sign_bit | (steps - from_distance)
        } else {
            from - steps
        }
    } else if from_distance > to_distance {
        if from_distance - to_distance >= steps { from - steps } else { to }
    } else if to_distance - from_distance >= steps {
        from + steps
    } else {
        to
    };
    f64::from_bits(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_split_and_join() {
        for x in [1.0, -2.5, 5e-324, 1e-310, f64::MAX, 0.75] {
            let (mantissa, exponent) = split_float(x);
            assert!((0.5..1.0).contains(&mantissa.abs()));
            assert_eq!(c::ldexp(mantissa, exponent as i32), x);
        }
    }

    #[test]
    fn steps_cross_zero_and_stop() {
        assert_eq!(step_towards(-1e-323, 1.0, 5), 1.5e-323);
        assert_eq!(step_towards(1.0, 2.0, 3), 1.0000000000000007);
        assert_eq!(step_towards(1.0, 2.0, u64::MAX), 2.0);
        assert_eq!(step_towards(-1.0, 2.0, 1 << 63), 2.0);
        assert_eq!(step_towards(2.0, 1.0, 1), 1.9999999999999998);
    }
}
