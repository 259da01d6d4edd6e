//! The gamma function and its logarithm by Lanczos' approximation (as in Boost and CPython's `mathmodule.c`), not the
//! C library's, whose quality varies.

#![allow(clippy::excessive_precision, reason = "the digits are those of the published coefficients")]

use std::f64::consts::PI;

/// Lanczos' parameter g, and minus one half.
const G: f64 = 6.024680040776729583740234375;
const G_MINUS_HALF: f64 = 5.524680040776729583740234375;
/// log(pi)
const LOG_PI: f64 = 1.144729885849400174143427351353058711647;

/// Coefficients, by rising powers, of the rational function in Lanczos' sum (N = 13).
const NUMERATOR: [f64; 13] = [
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
];
/// x * (x + 1) * … * (x + 11)
const DENOMINATOR: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];

/// Whole arguments up to here have exact results.
const WHOLE_MAX: f64 = 23.0;
/// Below this magnitude the function is 1/x.
const TINY: f64 = 1e-20;
/// Beyond this magnitude the result overflows, or vanishes on the negative side.
const HUGE: f64 = 200.0;
/// From this magnitude on the power is taken in two halves, lest it overflow on its own.
const HALVED_POWER: f64 = 140.0;

/// Lanczos' sum at a positive number.
fn lanczos_sum(x: f64) -> f64 {
    let pairs = NUMERATOR.iter().zip(&DENOMINATOR);
    let (numerator, denominator) = if x < 5.0 {
        pairs.rev().fold((0.0, 0.0), |(n, d), (a, b)| (n * x + a, d * x + b))
    } else {
        // In powers of 1/x, since large powers of x overflow.
        pairs.fold((0.0, 0.0), |(n, d), (a, b)| (n / x + a, d / x + b))
    };
    numerator / denominator
}

/// sin(pi * x), exactly zero at whole numbers.
fn sine_of_pi_times(x: f64) -> f64 {
    let y = x.abs() % 2.0;
    let result = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1f64.copysign(x) * result
}

/// The gamma function; `None` at its poles, infinite on overflow.
pub fn gamma(x: f64) -> Option<f64> {
    if x.is_nan() || x == f64::INFINITY {
        return Some(x);
    }
    if x == f64::NEG_INFINITY || x == 0.0 {
        return None;
    }
    if x == x.floor() {
        if x < 0.0 {
            return None;
        }
        if x <= WHOLE_MAX {
            return Some((2..x as u64).fold(1.0, |product, factor| product * factor as f64));
        }
    }
    let magnitude = x.abs();
    if magnitude < TINY {
        return Some(1.0 / x);
    }
    if magnitude > HUGE {
        return Some(if x < 0.0 { 0.0 / sine_of_pi_times(x) } else { f64::INFINITY });
    }
    let y = magnitude + G_MINUS_HALF;
    // What the rounding of y lost, to correct the result by.
    let lost = if magnitude > G_MINUS_HALF { (y - magnitude) - G_MINUS_HALF } else { (y - G_MINUS_HALF) - magnitude };
    let correction = lost * G / y;
    let mut result;
    if x < 0.0 {
        result = -PI / sine_of_pi_times(magnitude) / magnitude * y.exp() / lanczos_sum(magnitude);
        result -= correction * result;
        if magnitude < HALVED_POWER {
            result /= y.powf(magnitude - 0.5);
        } else {
            let root = y.powf(magnitude / 2.0 - 0.25);
            result = result / root / root;
        }
    } else {
        result = lanczos_sum(magnitude) / y.exp();
        result += correction * result;
        if magnitude < HALVED_POWER {
            result *= y.powf(magnitude - 0.5);
        } else {
            let root = y.powf(magnitude / 2.0 - 0.25);
            result = result * root * root;
        }
    }
    Some(result)
}

/// The logarithm of the gamma function's magnitude; `None` at its poles, infinite on overflow.
pub fn log_gamma(x: f64) -> Option<f64> {
    if x.is_nan() {
        return Some(x);
    }
    if x.is_infinite() {
        return Some(f64::INFINITY);
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { None } else { Some(0.0) };
    }
    let magnitude = x.abs();
    if magnitude < TINY {
        return Some(-magnitude.ln());
    }
    let mut result = lanczos_sum(magnitude).ln() - G;
    result += (magnitude - 0.5) * ((magnitude + G - 0.5).ln() - 1.0);
    if x < 0.0 {
        // Euler's reflection.
        result = LOG_PI - sine_of_pi_times(magnitude).abs().ln() - magnitude.ln() - result;
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_cpython() {
        assert_eq!(gamma(170.0), Some(4.269068009004705e+304));
        assert_eq!(gamma(-2.5), Some(-0.9453087204829417));
        assert_eq!(gamma(2.5), Some(1.3293403881791372));
        assert_eq!(gamma(23.0), Some(1124000727777607680000.0));
        assert_eq!(gamma(172.5), Some(f64::INFINITY));
        assert_eq!(gamma(-3.0), None);
        assert_eq!(log_gamma(-2.5), Some(-0.05624371649767457));
        assert_eq!(log_gamma(172.5), Some(714.2877462975343));
        assert_eq!(log_gamma(5e-324), Some(744.4400719213812));
        assert_eq!(log_gamma(0.0), None);
    }
}
