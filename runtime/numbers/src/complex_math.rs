//! The module `cmath`: functions of complex numbers, with CPython's formulas, so that results are its own to the last bit
//! (Modules/cmathmodule.c).

mod functions;
mod special;

use functions::{Failure, Outcome};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::argument::Place;
use sidewinder_runtime::native::{FromArgument, Given};
use sidewinder_runtime::objects::float::complex::{Complex, from_complex};
use sidewinder_runtime::objects::float::complex_new::from_number_or_raise;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::f64::consts::PI;

/// A complex number, a real one, or what `__complex__` gives.
struct Number(Complex);

impl FromArgument<'_> for Number {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Number> {
        from_number_or_raise(cx, *value).map(Number)
    }
}

#[cold]
fn fail(cx: &mut Context, failure: Failure) -> Raised {
    match failure {
        Failure::Domain => cx.value_error("math domain error"),
        Failure::Range => cx.overflow_error("math range error"),
    }
}

fn finish(cx: &mut Context, outcome: Outcome) -> Result<Owned> {
    match outcome {
        Ok(number) => Ok(from_complex(cx, number)),
        Err(failure) => Err(fail(cx, failure)),
    }
}

/// Functions of complex numbers.
#[native_module("cmath")]
mod rows {
    use super::*;

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

    /// The arc cosine of z.
    #[function(pure)]
    fn acos(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, Ok(functions::acos(z.0)))
    }

    /// The inverse hyperbolic cosine of z.
    #[function(pure)]
    fn acosh(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, Ok(functions::acosh(z.0)))
    }

    /// The arc sine of z.
    #[function(pure)]
    fn asin(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, Ok(functions::asin(z.0)))
    }

    /// The inverse hyperbolic sine of z.
    #[function(pure)]
    fn asinh(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, Ok(functions::asinh(z.0)))
    }

    /// The arc tangent of z.
    #[function(pure)]
    fn atan(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, functions::atan(z.0))
    }

    /// The inverse hyperbolic tangent of z.
    #[function(pure)]
    fn atanh(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, functions::atanh(z.0))
    }

    /// The cosine of z.
    #[function(pure)]
    fn cos(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, functions::cos(z.0))
    }

    /// The hyperbolic cosine of z.
    #[function(pure)]
    fn cosh(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, functions::cosh(z.0))
    }

    /// e to the power of z.
    #[function(pure)]
    fn exp(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, functions::exp(z.0))
    }

    /// The logarithm of z to the given base, or the natural one.
    #[function(pure)]
    fn log(
        cx: &mut Context,
        z: Number,
        #[default(Given(None), "<unrepresentable>")] base: Given<Number>,
    ) -> Result<Owned> {
        let outcome = match base {
            Given(None) => functions::log(z.0),
            Given(Some(base)) => functions::log_with_base(z.0, base.0),
        };
        finish(cx, outcome)
    }

    /// The logarithm of z to base 10.
    #[function(pure)]
    fn log10(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, functions::log10(z.0))
    }

    /// The sine of z.
    #[function(pure)]
    fn sin(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, functions::sin(z.0))
    }

    /// The hyperbolic sine of z.
    #[function(pure)]
    fn sinh(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, functions::sinh(z.0))
    }

    /// The square root of z.
    #[function(pure)]
    fn sqrt(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, Ok(functions::sqrt(z.0)))
    }

    /// The tangent of z.
    #[function(pure)]
    fn tan(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, functions::tan(z.0))
    }

    /// The hyperbolic tangent of z.
    #[function(pure)]
    fn tanh(cx: &mut Context, z: Number) -> Result<Owned> {
        finish(cx, functions::tanh(z.0))
    }

    /// The angle of z, from -pi to pi.
    #[function(pure)]
    fn phase(z: Number) -> f64 {
        z.0.imaginary.atan2(z.0.real)
    }

    /// Distance from zero and angle of z.
    #[function]
    fn polar(cx: &mut Context, z: Number) -> Result<(f64, f64)> {
        match functions::absolute(z.0) {
            Ok(length) => Ok((length, z.0.imaginary.atan2(z.0.real))),
            Err(failure) => Err(fail(cx, failure)),
        }
    }

    /// The number at a distance from zero and an angle.
    #[function(pure)]
    fn rect(cx: &mut Context, r: f64, phi: f64) -> Result<Owned> {
        finish(cx, functions::rect(r, phi))
    }

    /// Whether both parts of z are neither infinite nor NaN.
    #[function(pure)]
    fn isfinite(z: Number) -> bool {
        z.0.real.is_finite() && z.0.imaginary.is_finite()
    }

    /// Whether a part of z is infinite.
    #[function(pure)]
    fn isinf(z: Number) -> bool {
        z.0.real.is_infinite() || z.0.imaginary.is_infinite()
    }

    /// Whether a part of z is NaN.
    #[function(pure)]
    fn isnan(z: Number) -> bool {
        z.0.real.is_nan() || z.0.imaginary.is_nan()
    }

    /// Whether two numbers are about equal: their distance is within one of two tolerances, relative to the larger one, or
    /// absolute.
    #[function]
    fn isclose(
        cx: &mut Context,
        #[named] a: Number,
        b: Number,
        #[keyword]
        #[default(1e-9, "1e-09")]
        rel_tol: f64,
        #[default(0.0)] abs_tol: f64,
    ) -> Result<bool> {
        if rel_tol < 0.0 || abs_tol < 0.0 {
            return Err(cx.value_error("tolerances must be non-negative"));
        }
        Ok(functions::is_close(a.0, b.0, rel_tol, abs_tol))
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        for (name, imaginary) in [("infj", f64::INFINITY), ("nanj", f64::NAN)] {
            let number = from_complex(cx, Complex { real: 0.0, imaginary });
            module.namespace().set_text(cx, name, number.value());
        }
        Ok(())
    }
}
