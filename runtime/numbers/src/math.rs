//! The module `math`: real functions by the platform's C library, so that results are CPython's to the last bit.
//!
//! Functions of integers are in `integers.rs`, sums and norms in `sums.rs`, the gamma functions in `gamma.rs`.

mod gamma;
mod integers;
mod sums;

use sidewinder_macros::native_module;
use sidewinder_runtime::native::Given;
use sidewinder_runtime::objects::float;
use sidewinder_runtime::objects::int::{self, Integer, big};
use sidewinder_runtime::objects::slots::BinaryOp;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::operations::{arithmetic, convert, dunder};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::f64::consts::PI;

/// The C library's functions that Rust's `f64` does not pass through as they are.
pub(crate) mod c {
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

/// What a function of one float does about results that are not finite.
#[derive(Clone, Copy)]
struct Domain {
    /// The message about arguments outside the domain, which the argument follows.
    expected: &'static str,
    /// Whether a finite argument's infinite result is an overflow, not a pole.
    overflows: bool,
}

const fn domain(expected: &'static str) -> Domain {
    Domain { expected, overflows: false }
}

const ANYWHERE: Domain = domain("");
const OVERFLOWS: Domain = Domain { expected: "", overflows: true };
const FINITE: Domain = domain("expected a finite input");
const UNIT: Domain = domain("expected a number in range from -1 up to 1");
const NOT_BELOW_ONE: Domain = domain("expected argument value not less than 1");
const BETWEEN_ONES: Domain = domain("expected a number between -1 and 1");
const ABOVE_MINUS_ONE: Domain = domain("expected argument value > -1");
const NOT_NEGATIVE: Domain = domain("expected a nonnegative input");

impl Domain {
    /// The result, unless it says that `x` was outside the domain.
    #[inline(always)]
    fn check(self, cx: &mut Context, x: f64, result: f64) -> Result<f64> {
        if result.is_finite() { Ok(result) } else { self.check_special(cx, x, result) }
    }

    #[cold]
    fn check_special(self, cx: &mut Context, x: f64, result: f64) -> Result<f64> {
        if result.is_nan() && !x.is_nan() {
            return Err(outside_domain(cx, self.expected, x));
        }
        if result.is_infinite() && x.is_finite() {
            return Err(if self.overflows { range_error(cx) } else { outside_domain(cx, self.expected, x) });
        }
        Ok(result)
    }
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

/// Functions of real numbers, as the C standard defines them.
#[native_module("math", include(integers::rows, sums::rows))]
mod rows {
    use super::*;

    /// The ratio of a circle's circumference to its diameter.
    #[constant(name = "pi")]
    const PI_: f64 = PI;
    #[constant(name = "e")]
    const E: f64 = std::f64::consts::E;
    #[constant(name = "tau")]
    const TAU: f64 = std::f64::consts::TAU;
    #[constant(name = "inf")]
    const INF: f64 = f64::INFINITY;
    #[constant(name = "nan")]
    const NAN: f64 = f64::NAN;

    /// The arc cosine of x, in radians.
    #[function(pure)]
    fn acos(cx: &mut Context, x: f64) -> Result<f64> {
        UNIT.check(cx, x, x.acos())
    }

    /// The inverse hyperbolic cosine of x.
    #[function(pure)]
    fn acosh(cx: &mut Context, x: f64) -> Result<f64> {
        NOT_BELOW_ONE.check(cx, x, c::acosh(x))
    }

    /// The arc sine of x, in radians.
    #[function(pure)]
    fn asin(cx: &mut Context, x: f64) -> Result<f64> {
        UNIT.check(cx, x, x.asin())
    }

    /// The inverse hyperbolic sine of x.
    #[function(pure)]
    fn asinh(cx: &mut Context, x: f64) -> Result<f64> {
        ANYWHERE.check(cx, x, c::asinh(x))
    }

    /// The arc tangent of x, in radians.
    #[function(pure)]
    fn atan(cx: &mut Context, x: f64) -> Result<f64> {
        ANYWHERE.check(cx, x, x.atan())
    }

    /// The inverse hyperbolic tangent of x.
    #[function(pure)]
    fn atanh(cx: &mut Context, x: f64) -> Result<f64> {
        BETWEEN_ONES.check(cx, x, c::atanh(x))
    }

    /// The cube root of x.
    #[function(pure)]
    fn cbrt(cx: &mut Context, x: f64) -> Result<f64> {
        ANYWHERE.check(cx, x, c::cbrt(x))
    }

    /// The cosine of x radians.
    #[function(pure)]
    fn cos(cx: &mut Context, x: f64) -> Result<f64> {
        FINITE.check(cx, x, x.cos())
    }

    /// The hyperbolic cosine of x.
    #[function(pure)]
    fn cosh(cx: &mut Context, x: f64) -> Result<f64> {
        OVERFLOWS.check(cx, x, x.cosh())
    }

    /// The error function at x.
    #[function(pure)]
    fn erf(cx: &mut Context, x: f64) -> Result<f64> {
        ANYWHERE.check(cx, x, c::erf(x))
    }

    /// One minus the error function at x.
    #[function(pure)]
    fn erfc(cx: &mut Context, x: f64) -> Result<f64> {
        ANYWHERE.check(cx, x, c::erfc(x))
    }

    /// e to the power of x.
    #[function(pure)]
    fn exp(cx: &mut Context, x: f64) -> Result<f64> {
        OVERFLOWS.check(cx, x, x.exp())
    }

    /// 2 to the power of x.
    #[function(pure)]
    fn exp2(cx: &mut Context, x: f64) -> Result<f64> {
        OVERFLOWS.check(cx, x, x.exp2())
    }

    /// e to the power of x, minus one, without loss for small x.
    #[function(pure)]
    fn expm1(cx: &mut Context, x: f64) -> Result<f64> {
        OVERFLOWS.check(cx, x, x.exp_m1())
    }

    /// The natural logarithm of 1 + x, without loss for small x.
    #[function(pure)]
    fn log1p(cx: &mut Context, x: f64) -> Result<f64> {
        // The C library need not keep the sign of zero.
        ABOVE_MINUS_ONE.check(cx, x, if x == 0.0 { x } else { x.ln_1p() })
    }

    /// The angle of x degrees in radians.
    #[function(pure)]
    fn radians(cx: &mut Context, x: f64) -> Result<f64> {
        ANYWHERE.check(cx, x, x * (PI / 180.0))
    }

    /// The sine of x radians.
    #[function(pure)]
    fn sin(cx: &mut Context, x: f64) -> Result<f64> {
        FINITE.check(cx, x, x.sin())
    }

    /// The hyperbolic sine of x.
    #[function(pure)]
    fn sinh(cx: &mut Context, x: f64) -> Result<f64> {
        OVERFLOWS.check(cx, x, x.sinh())
    }

    /// The tangent of x radians.
    #[function(pure)]
    fn tan(cx: &mut Context, x: f64) -> Result<f64> {
        FINITE.check(cx, x, x.tan())
    }

    /// The hyperbolic tangent of x.
    #[function(pure)]
    fn tanh(cx: &mut Context, x: f64) -> Result<f64> {
        ANYWHERE.check(cx, x, x.tanh())
    }

    /// The square root of x.
    #[function(pure, intrinsic = SquareRoot)]
    fn sqrt(cx: &mut Context, x: f64) -> Result<f64> {
        NOT_NEGATIVE.check(cx, x, x.sqrt())
    }

    /// The absolute value of x as a float.
    #[function(pure)]
    fn fabs(x: f64) -> f64 {
        x.abs()
    }

    /// The angle of x radians in degrees.
    #[function(pure)]
    fn degrees(x: f64) -> f64 {
        x * (180.0 / PI)
    }

    /// The angle of the point (x, y), in radians.
    #[function(pure)]
    fn atan2(y: f64, x: f64) -> f64 {
        y.atan2(x)
    }

    /// The magnitude of x with the sign of y.
    #[function(pure)]
    fn copysign(x: f64, y: f64) -> f64 {
        x.copysign(y)
    }

    /// The remainder of x / y with the sign of x.
    #[function(pure)]
    fn fmod(cx: &mut Context, x: f64, y: f64) -> Result<f64> {
        defined(cx, x % y, x, y)
    }

    /// x minus the multiple of y nearest to it.
    #[function(pure)]
    fn remainder(cx: &mut Context, x: f64, y: f64) -> Result<f64> {
        defined(cx, c::remainder(x, y), x, y)
    }

    /// x to the power of y, as floats.
    #[function(pure)]
    fn pow(cx: &mut Context, x: f64, y: f64) -> Result<f64> {
        let result = x.powf(y);
        if !result.is_finite() && x.is_finite() && y.is_finite() {
            return Err(if result.is_nan() || x == 0.0 { domain_error(cx) } else { range_error(cx) });
        }
        Ok(result)
    }

    /// x * y + z, rounded once.
    #[function(pure)]
    fn fma(cx: &mut Context, x: f64, y: f64, z: f64) -> Result<f64> {
        let result = c::fma(x, y, z);
        if result.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
            return Err(cx.value_error("invalid operation in fma"));
        }
        if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
            return Err(cx.overflow_error("overflow in fma"));
        }
        Ok(result)
    }

    /// The gamma function at x.
    #[function(pure)]
    fn gamma(cx: &mut Context, x: f64) -> Result<f64> {
        finish_gamma(cx, x, gamma::gamma(x))
    }

    /// The logarithm of the gamma function's magnitude at x.
    #[function(pure)]
    fn lgamma(cx: &mut Context, x: f64) -> Result<f64> {
        finish_gamma(cx, x, gamma::log_gamma(x))
    }

    /// log(x, [base=math.e])
    /// The logarithm of x to the given base.
    #[function(pure)]
    fn log(cx: &mut Context, x: Value, base: Given<Value>) -> Result<Owned> {
        let numerator = logarithm(cx, x, f64::ln)?;
        let Given(Some(base)) = base else { return Ok(float::from_f64(cx, numerator)) };
        let denominator = logarithm(cx, base, f64::ln)?;
        let (numerator, denominator) = (float::from_f64(cx, numerator), float::from_f64(cx, denominator));
        arithmetic::binary(cx, BinaryOp::TrueDivide, numerator.value(), denominator.value())
    }

    /// The logarithm of x to base 10.
    #[function(pure)]
    fn log10(cx: &mut Context, x: Value) -> Result<f64> {
        logarithm(cx, x, f64::log10)
    }

    /// The logarithm of x to base 2.
    #[function(pure)]
    fn log2(cx: &mut Context, x: Value) -> Result<f64> {
        logarithm(cx, x, f64::log2)
    }

    /// The greatest integer not above x.
    #[function]
    fn floor(cx: &mut Context, x: Value) -> Result<Owned> {
        round_to_integer(cx, x, "__floor__", f64::floor)
    }

    /// The least integer not below x.
    #[function]
    fn ceil(cx: &mut Context, x: Value) -> Result<Owned> {
        round_to_integer(cx, x, "__ceil__", f64::ceil)
    }

    /// The integer towards zero, by x.__trunc__().
    #[function]
    fn trunc(cx: &mut Context, x: Value) -> Result<Owned> {
        if x.is_float() {
            return float::to_int(cx, x.float());
        }
        match rounded_by(cx, x, "__trunc__")? {
            Some(result) => Ok(result),
            None => {
                let name = x.type_of().name();
                Err(cx.type_error(format!("type {name} doesn't define __trunc__ method")))
            }
        }
    }

    /// Mantissa and exponent: x == m * 2**e with m from 0.5 up to 1.
    #[function]
    fn frexp(x: f64) -> (f64, i64) {
        split_float(x)
    }

    /// x * 2**i.
    #[function(pure)]
    fn ldexp(cx: &mut Context, x: f64, i: Value) -> Result<f64> {
        if !int::is_int_like(i) {
            return Err(cx.type_error("Expected an int as second argument to ldexp."));
        }
        let beyond = if int::is_negative(i) { i64::MIN } else { i64::MAX };
        let exponent = int::as_i64(i).unwrap_or(beyond).clamp(i32::MIN as i64, i32::MAX as i64);
        let result = c::ldexp(x, exponent as i32);
        if result.is_infinite() && x.is_finite() { Err(range_error(cx)) } else { Ok(result) }
    }

    /// The fractional and the integral part of x, both with its sign.
    #[function]
    fn modf(x: f64) -> (f64, f64) {
        let fraction = if x.is_infinite() { 0f64.copysign(x) } else { (x - x.trunc()).copysign(x) };
        (fraction, x.trunc())
    }

    /// Whether x is neither infinite nor NaN.
    #[function(pure)]
    fn isfinite(x: f64) -> bool {
        x.is_finite()
    }

    /// Whether x is infinite.
    #[function(pure)]
    fn isinf(x: f64) -> bool {
        x.is_infinite()
    }

    /// Whether x is NaN.
    #[function(pure)]
    fn isnan(x: f64) -> bool {
        x.is_nan()
    }

    /// The value of the least significant bit of x.
    #[function(pure)]
    fn ulp(x: f64) -> f64 {
        let x = x.abs();
        if !x.is_finite() {
            x
        } else if x == f64::MAX {
            // The next float is infinite; the one before is as far away.
            x - c::nextafter(x, 0.0)
        } else {
            c::nextafter(x, f64::INFINITY) - x
        }
    }

    /// Whether two numbers are about equal.
    #[function]
    fn isclose(
        cx: &mut Context,
        #[named] a: f64,
        b: f64,
        #[keyword]
        #[default(1e-9, "1e-09")]
        rel_tol: f64,
        #[default(0.0)] abs_tol: f64,
    ) -> Result<bool> {
        if rel_tol < 0.0 || abs_tol < 0.0 {
            return Err(cx.value_error("tolerances must be non-negative"));
        }
        if a == b || a.is_infinite() || b.is_infinite() {
            return Ok(a == b);
        }
        let difference = (b - a).abs();
        Ok(difference <= (rel_tol * b).abs() || difference <= (rel_tol * a).abs() || difference <= abs_tol)
    }

    /// The float that many steps (or one) after x towards y.
    #[function]
    fn nextafter(
        cx: &mut Context,
        x: f64,
        y: f64,
        #[keyword]
        #[default(None)]
        steps: Option<Value>,
    ) -> Result<f64> {
        let Some(steps) = steps else { return Ok(c::nextafter(x, y)) };
        let steps = convert::index(cx, steps)?;
        if int::is_negative(steps.value()) {
            return Err(cx.value_error("steps must be a non-negative integer"));
        }
        Ok(step_towards(x, y, int::as_u64(steps.value()).unwrap_or(u64::MAX)))
    }
}

/// The result of a function of two numbers, which is NaN only where an argument is.
fn defined(cx: &mut Context, result: f64, x: f64, y: f64) -> Result<f64> {
    if result.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain_error(cx)) } else { Ok(result) }
}

fn finish_gamma(cx: &mut Context, x: f64, result: Option<f64>) -> Result<f64> {
    match result {
        None => Err(outside_domain(cx, "expected a noninteger or positive integer", x)),
        Some(result) if result.is_infinite() && x.is_finite() => Err(range_error(cx)),
        Some(result) => Ok(result),
    }
}

/// A logarithm of a float, or of an integer of any size.
fn logarithm(cx: &mut Context, value: Value, function: fn(f64) -> f64) -> Result<f64> {
    let Some(integer) = Integer::of(value) else {
        let x = float::from_value(cx, value)?;
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

/// Rounding to an integer by a method of the object, if it has one.
fn rounded_by(cx: &mut Context, value: Value, name: &str) -> Result<Option<Owned>> {
    let name = str::intern(cx, name);
    dunder::call_optional(cx, value, name.value(), &[])
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
    let x = float::from_value(cx, value)?;
    float::to_int(cx, function(x))
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
