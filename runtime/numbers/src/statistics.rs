//! The module `_statistics`: the inverse of the normal distribution function.

use sidewinder_macros::native_module;
use sidewinder_runtime::{Context, Result};

/// What the module statistics has in native code.
#[native_module("_statistics")]
mod rows {
    use super::*;

    /// The value below which a part p of a normal distribution lies.
    #[function]
    fn _normal_dist_inv_cdf(cx: &mut Context, p: f64, mu: f64, sigma: f64) -> Result<f64> {
        match quantile(p) {
            Some(x) => Ok(mu + x * sigma),
            None => Err(cx.value_error("inv_cdf undefined for these parameters")),
        }
    }
}

/// A rational function: coefficients of numerator and denominator, that of the highest power first.
struct Rational([f64; 8], [f64; 8]);

/// For parts within 0.425 of the middle.
#[rustfmt::skip]
#[allow(clippy::excessive_precision)]
const CENTRE: Rational = Rational(
    [
        2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
        1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
    ],
    [
        5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
        5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0,
    ],
);

/// For parts farther out.
#[rustfmt::skip]
#[allow(clippy::excessive_precision)]
const MIDDLE: Rational = Rational(
    [
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
        3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0,
    ],
    [
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0,
    ],
);

/// For parts in the outermost tails.
#[rustfmt::skip]
#[allow(clippy::excessive_precision)]
const TAIL: Rational = Rational(
    [
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
        2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0,
    ],
    [
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0,
    ],
);

impl Rational {
    fn at(&self, x: f64, factor: f64) -> f64 {
        let horner =
            |coefficients: &[f64; 8]| coefficients.iter().skip(1).fold(coefficients[0], |sum, next| sum * x + next);
        horner(&self.0) * factor / horner(&self.1)
    }
}

/// The value below which a part of the standard normal distribution lies; none if the part is not between zero and one.
/// The algorithm AS 241 of M. J. Wichura, "The Percentage Points of the Normal Distribution", Applied Statistics 37 (1988).
fn quantile(part: f64) -> Option<f64> {
    if part <= 0.0 || part >= 1.0 {
        return None;
    }
    let distance = part - 0.5;
    if distance.abs() <= 0.425 {
        return Some(CENTRE.at(0.180625 - distance * distance, distance));
    }
    let tail = if distance <= 0.0 { part } else { 1.0 - part };
    let root = (-tail.ln()).sqrt();
    let x = if root <= 5.0 { MIDDLE.at(root - 1.6, 1.0) } else { TAIL.at(root - 5.0, 1.0) };
    Some(if distance < 0.0 { -x } else { x })
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn known_points() {
        assert_eq!(quantile(0.5), Some(0.0));
        assert_eq!(quantile(0.975), Some(1.9599639845400536));
        assert_eq!(quantile(1e-300), Some(-37.0470962993612));
        assert_eq!((quantile(0.0), quantile(1.0)), (None, None));
    }
}
