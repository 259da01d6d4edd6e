//! The functions themselves. Large and tiny arguments go ways of their own, so that nothing overflows in between.

use super::special::{self, Table, look_up};
use crate::math::c;
use sidewinder_runtime::objects::float::complex::Complex;
use std::f64::consts::{E, FRAC_PI_2, LN_2, LN_10};

/// A quarter of the largest float: twice such a part is still finite.
const LARGE: f64 = f64::MAX / 4.0;
/// The square root of `LARGE`.
const SQUARE_ROOT_OF_LARGE: f64 = 6.703903964971298e153;
/// The natural logarithm of `LARGE`.
const LOGARITHM_OF_LARGE: f64 = 708.3964185322641;
/// The square root of the smallest normal float.
const SQUARE_ROOT_OF_SMALL: f64 = 1.4916681462400413e-154;
/// Bits of a float's mantissa: as an exponent, it makes tiny numbers normal.
const MANTISSA_BITS: i32 = f64::MANTISSA_DIGITS as i32;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Failure {
    /// The argument is outside the domain, or at a pole.
    Domain,
    /// The result is beyond the range of floats.
    Range,
}

pub type Outcome = Result<Complex, Failure>;

fn complex(real: f64, imaginary: f64) -> Complex {
    Complex { real, imaginary }
}

fn is_finite(z: Complex) -> bool {
    z.real.is_finite() && z.imaginary.is_finite()
}

/// What a table says of a number of which a part is not finite.
fn special(table: &Table, z: Complex) -> Option<Complex> {
    if is_finite(z) { None } else { Some(look_up(table, z.real, z.imaginary)) }
}

fn is_large(z: Complex) -> bool {
    z.real.abs() > LARGE || z.imaginary.abs() > LARGE
}

/// The logarithm of twice the distance of a large number from zero.
fn log_of_double(z: Complex) -> f64 {
    (z.real / 2.0).hypot(z.imaginary / 2.0).ln() + LN_2 * 2.0
}

/// `i * z`
fn times_i(z: Complex) -> Complex {
    complex(-z.imaginary, z.real)
}

/// `-i * z`
fn times_minus_i(z: Complex) -> Complex {
    complex(z.imaginary, -z.real)
}

/// The logarithm of 1 + x; the C library need not keep the sign of zero.
fn log1p(x: f64) -> f64 {
    if x == 0.0 { x } else { x.ln_1p() }
}

/// A result that overflowed is an error.
fn in_range(z: Complex) -> Outcome {
    if z.real.is_infinite() || z.imaginary.is_infinite() { Err(Failure::Range) } else { Ok(z) }
}

/// An infinity (or zero) in the direction of an angle.
fn towards(size: f64, angle: f64) -> Complex {
    complex(size.copysign(angle.cos()), size.copysign(angle.sin()))
}

pub fn acos(z: Complex) -> Complex {
    if let Some(result) = special(&special::ACOS, z) {
        return result;
    }
    if is_large(z) {
        let size = log_of_double(z);
        // The sign of zero decides on which side of the cut the argument is.
        let imaginary = if z.real < 0.0 { -size.copysign(z.imaginary) } else { size.copysign(-z.imaginary) };
        return complex(z.imaginary.abs().atan2(z.real), imaginary);
    }
    let below = sqrt(complex(1.0 - z.real, -z.imaginary));
    let above = sqrt(complex(1.0 + z.real, z.imaginary));
    complex(2.0 * below.real.atan2(above.real), c::asinh(above.real * below.imaginary - above.imaginary * below.real))
}

pub fn acosh(z: Complex) -> Complex {
    if let Some(result) = special(&special::ACOSH, z) {
        return result;
    }
    if is_large(z) {
        return complex(log_of_double(z), z.imaginary.atan2(z.real));
    }
    let below = sqrt(complex(z.real - 1.0, z.imaginary));
    let above = sqrt(complex(z.real + 1.0, z.imaginary));
    complex(
        c::asinh(below.real * above.real + below.imaginary * above.imaginary),
        2.0 * below.imaginary.atan2(above.real),
    )
}

pub fn asin(z: Complex) -> Complex {
    times_minus_i(asinh(times_i(z)))
}

pub fn asinh(z: Complex) -> Complex {
    if let Some(result) = special(&special::ASINH, z) {
        return result;
    }
    if is_large(z) {
        let size = log_of_double(z);
        let real = if z.imaginary < 0.0 { -size.copysign(-z.real) } else { size.copysign(z.real) };
        return complex(real, z.imaginary.atan2(z.real.abs()));
    }
    let above = sqrt(complex(1.0 + z.imaginary, -z.real));
    let below = sqrt(complex(1.0 - z.imaginary, z.real));
    complex(
        c::asinh(above.real * below.imaginary - below.real * above.imaginary),
        z.imaginary.atan2(above.real * below.real - above.imaginary * below.imaginary),
    )
}

pub fn atan(z: Complex) -> Outcome {
    atanh(times_i(z)).map(times_minus_i)
}

pub fn atanh(z: Complex) -> Outcome {
    if let Some(result) = special(&special::ATANH, z) {
        return Ok(result);
    }
    if z.real.is_sign_negative() {
        let mirrored = atanh(complex(-z.real, -z.imaginary))?;
        return Ok(complex(-mirrored.real, -mirrored.imaginary));
    }
    let height = z.imaginary.abs();
    if z.real > SQUARE_ROOT_OF_LARGE || height > SQUARE_ROOT_OF_LARGE {
        let half = (z.real / 2.0).hypot(z.imaginary / 2.0);
        return Ok(complex(z.real / 4.0 / half / half, -FRAC_PI_2.copysign(-z.imaginary)));
    }
    if z.real == 1.0 && height < SQUARE_ROOT_OF_SMALL {
        if height == 0.0 {
            return Err(Failure::Domain);
        }
        let real = -(height.sqrt() / height.hypot(2.0).sqrt()).ln();
        return Ok(complex(real, (2f64.atan2(-height) / 2.0).copysign(z.imaginary)));
    }
    let distance = 1.0 - z.real;
    Ok(complex(
        log1p(4.0 * z.real / (distance * distance + height * height)) / 4.0,
        -(-2.0 * z.imaginary).atan2(distance * (1.0 + z.real) - height * height) / 2.0,
    ))
}

pub fn cos(z: Complex) -> Outcome {
    cosh(times_i(z))
}

pub fn cosh(z: Complex) -> Outcome {
    if !is_finite(z) {
        if z.imaginary.is_infinite() && !z.real.is_nan() {
            return Err(Failure::Domain);
        }
        if !(z.real.is_infinite() && z.imaginary.is_finite() && z.imaginary != 0.0) {
            return Ok(look_up(&special::COSH, z.real, z.imaginary));
        }
        let result = towards(f64::INFINITY, z.imaginary);
        return Ok(if z.real > 0.0 { result } else { complex(result.real, -result.imaginary) });
    }
    let (cosine, sine) = (z.imaginary.cos(), z.imaginary.sin());
    in_range(if z.real.abs() > LOGARITHM_OF_LARGE {
        // The hyperbolic cosine of the real part may overflow where the result does not.
        let nearer = z.real - 1f64.copysign(z.real);
        complex(cosine * nearer.cosh() * E, sine * nearer.sinh() * E)
    } else {
        complex(cosine * z.real.cosh(), sine * z.real.sinh())
    })
}

pub fn exp(z: Complex) -> Outcome {
    if !is_finite(z) {
        if z.imaginary.is_infinite() && (z.real.is_finite() || z.real == f64::INFINITY) {
            return Err(Failure::Domain);
        }
        if !(z.real.is_infinite() && z.imaginary.is_finite() && z.imaginary != 0.0) {
            return Ok(look_up(&special::EXP, z.real, z.imaginary));
        }
        return Ok(towards(if z.real > 0.0 { f64::INFINITY } else { 0.0 }, z.imaginary));
    }
    let (cosine, sine) = (z.imaginary.cos(), z.imaginary.sin());
    in_range(if z.real > LOGARITHM_OF_LARGE {
        let length = (z.real - 1.0).exp();
        complex(length * cosine * E, length * sine * E)
    } else {
        let length = z.real.exp();
        complex(length * cosine, length * sine)
    })
}

/// The logarithm, and whether the argument is zero, which is a pole.
fn log_or_pole(z: Complex) -> (Complex, bool) {
    if let Some(result) = special(&special::LOG, z) {
        return (result, false);
    }
    let angle = z.imaginary.atan2(z.real);
    let (width, height) = (z.real.abs(), z.imaginary.abs());
    if width == 0.0 && height == 0.0 {
        return (complex(f64::NEG_INFINITY, angle), true);
    }
    let length = if width > LARGE || height > LARGE {
        (width / 2.0).hypot(height / 2.0).ln() + LN_2
    } else if width < f64::MIN_POSITIVE && height < f64::MIN_POSITIVE {
        // The distance from zero would be subnormal.
        c::ldexp(width, MANTISSA_BITS).hypot(c::ldexp(height, MANTISSA_BITS)).ln() - MANTISSA_BITS as f64 * LN_2
    } else {
        let distance = width.hypot(height);
        if (0.71..=1.73).contains(&distance) {
            let (larger, smaller) = if width > height { (width, height) } else { (height, width) };
            log1p((larger - 1.0) * (larger + 1.0) + smaller * smaller) / 2.0
        } else {
            distance.ln()
        }
    };
    (complex(length, angle), false)
}

pub fn log(z: Complex) -> Outcome {
    match log_or_pole(z) {
        (result, false) => Ok(result),
        (_, true) => Err(Failure::Domain),
    }
}

/// As in CPython, that the number itself is zero is no error where there is a base.
pub fn log_with_base(z: Complex, base: Complex) -> Outcome {
    log_or_pole(z).0.divide(log(base)?).ok_or(Failure::Domain)
}

pub fn log10(z: Complex) -> Outcome {
    let natural = log(z)?;
    Ok(complex(natural.real / LN_10, natural.imaginary / LN_10))
}

pub fn sin(z: Complex) -> Outcome {
    sinh(times_i(z)).map(times_minus_i)
}

pub fn sinh(z: Complex) -> Outcome {
    if !is_finite(z) {
        if z.imaginary.is_infinite() && !z.real.is_nan() {
            return Err(Failure::Domain);
        }
        if !(z.real.is_infinite() && z.imaginary.is_finite() && z.imaginary != 0.0) {
            return Ok(look_up(&special::SINH, z.real, z.imaginary));
        }
        let result = towards(f64::INFINITY, z.imaginary);
        return Ok(if z.real > 0.0 { result } else { complex(-result.real, result.imaginary) });
    }
    let (cosine, sine) = (z.imaginary.cos(), z.imaginary.sin());
    in_range(if z.real.abs() > LOGARITHM_OF_LARGE {
        let nearer = z.real - 1f64.copysign(z.real);
        complex(cosine * nearer.sinh() * E, sine * nearer.cosh() * E)
    } else {
        complex(cosine * z.real.sinh(), sine * z.real.cosh())
    })
}

/// The root with the non-negative real part, by half the sum of real part and distance from zero.
pub fn sqrt(z: Complex) -> Complex {
    if let Some(result) = special(&special::SQRT, z) {
        return result;
    }
    if z.real == 0.0 && z.imaginary == 0.0 {
        return complex(0.0, z.imaginary);
    }
    let (width, height) = (z.real.abs(), z.imaginary.abs());
    let half = if width < f64::MIN_POSITIVE && height < f64::MIN_POSITIVE {
        // The distance from zero would be subnormal: scaled by an odd power of two, half of it is taken off the root.
        let scaled = c::ldexp(width, MANTISSA_BITS);
        c::ldexp((scaled + scaled.hypot(c::ldexp(height, MANTISSA_BITS))).sqrt(), -(MANTISSA_BITS + 1) / 2)
    } else {
        let eighth = width / 8.0;
        2.0 * (eighth + eighth.hypot(height / 8.0)).sqrt()
    };
    let other = height / (2.0 * half);
    if z.real >= 0.0 { complex(half, other.copysign(z.imaginary)) } else { complex(other, half.copysign(z.imaginary)) }
}

pub fn tan(z: Complex) -> Outcome {
    tanh(times_i(z)).map(times_minus_i)
}

pub fn tanh(z: Complex) -> Outcome {
    if !is_finite(z) {
        if z.imaginary.is_infinite() && z.real.is_finite() {
            return Err(Failure::Domain);
        }
        if !(z.real.is_infinite() && z.imaginary.is_finite() && z.imaginary != 0.0) {
            return Ok(look_up(&special::TANH, z.real, z.imaginary));
        }
        let sign = 2.0 * z.imaginary.sin() * z.imaginary.cos();
        return Ok(complex(1f64.copysign(z.real), 0f64.copysign(sign)));
    }
    Ok(if z.real.abs() > LOGARITHM_OF_LARGE {
        let imaginary = 4.0 * z.imaginary.sin() * z.imaginary.cos() * (-2.0 * z.real.abs()).exp();
        complex(1f64.copysign(z.real), imaginary)
    } else {
        let (hyperbolic, tangent, secant) = (z.real.tanh(), z.imaginary.tan(), 1.0 / z.real.cosh());
        let product = hyperbolic * tangent;
        let divisor = 1.0 + product * product;
        complex(hyperbolic * (1.0 + tangent * tangent) / divisor, tangent / divisor * secant * secant)
    })
}

/// The distance from zero.
pub fn absolute(z: Complex) -> Result<f64, Failure> {
    if !is_finite(z) {
        let infinite = [z.real, z.imaginary].into_iter().find(|part| part.is_infinite());
        return Ok(infinite.map_or(f64::NAN, f64::abs));
    }
    let length = z.real.hypot(z.imaginary);
    if length.is_finite() { Ok(length) } else { Err(Failure::Range) }
}

pub fn rect(length: f64, angle: f64) -> Outcome {
    if !length.is_finite() || !angle.is_finite() {
        if length != 0.0 && !length.is_nan() && angle.is_infinite() {
            return Err(Failure::Domain);
        }
        if !(length.is_infinite() && angle.is_finite() && angle != 0.0) {
            return Ok(look_up(&special::RECT, length, angle));
        }
        let result = towards(f64::INFINITY, angle);
        return Ok(if length > 0.0 { result } else { complex(-result.real, -result.imaginary) });
    }
    Ok(if angle == 0.0 { complex(length, length * angle) } else { complex(length * angle.cos(), length * angle.sin()) })
}

pub fn is_close(a: Complex, b: Complex, relative: f64, absolute_tolerance: f64) -> bool {
    if a == b {
        return true;
    }
    if [a.real, a.imaginary, b.real, b.imaginary].iter().any(|part| part.is_infinite()) {
        return false;
    }
    let size = |z| absolute(z).unwrap_or(f64::INFINITY);
    let distance = size(complex(a.real - b.real, a.imaginary - b.imaginary));
    distance <= relative * size(b) || distance <= relative * size(a) || distance <= absolute_tolerance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverses_come_back() {
        let z = complex(0.3, -0.7);
        let near = |a: Complex, b: Complex| is_close(a, b, 1e-14, 0.0);
        assert!(near(sin(asin(z)).unwrap(), z));
        assert!(near(tanh(atanh(z).unwrap()).unwrap(), z));
        assert!(near(exp(log(z).unwrap()).unwrap(), z));
        assert!(near(cosh(acosh(z)).unwrap(), z));
    }

    #[test]
    fn poles_and_overflows_are_told() {
        assert_eq!(log(complex(0.0, 0.0)), Err(Failure::Domain));
        assert_eq!(exp(complex(1000.0, 0.0)), Err(Failure::Range));
        assert_eq!(atanh(complex(1.0, 0.0)), Err(Failure::Domain));
        assert_eq!(cos(complex(f64::INFINITY, 0.0)), Err(Failure::Domain));
    }
}
