//! Square roots.

use crate::arithmetic::DIGITS_MANY;
use crate::coefficient::Coefficient;
use crate::environment::{Environment, Rounding, Status};
use crate::number::{Number, check_nan};
use dashu_int::ops::SquareRootRem;

impl Environment {
    /// The square root, rounded to the nearest number, or to the even one of two.
    pub fn square_root(&self, a: &Number, status: &mut Status) -> Number {
        check_nan!([a], self, status);
        if a.is_infinite() && !a.negative {
            return a.clone();
        }
        let ideal = a.exponent.div_euclid(2);
        if a.is_zero() {
            return self.finish(Number::small(a.negative, 0, ideal), status);
        }
        if a.negative {
            return Number::invalid(Status::INVALID_OPERATION, status);
        }
        let environment = Environment { rounding: Rounding::HalfEven, ..*self };
        // An even exponent, and twice as many digits as the root is to have, with one to round by.
        let odd = a.exponent.rem_euclid(2);
        let digits = a.coefficient.digits() + odd;
        let most = 2 * (self.precision.min(crate::coefficient::DIGITS_MAX) + 1) - digits + 1;
        let wanted = if self.precision > DIGITS_MANY { 0 } else { (most.max(0) + 1) / 2 };
        let exact_only = self.precision > DIGITS_MANY;
        let found = self.root_digits(a, odd, wanted, ideal);
        let (mut root, mut exponent, exact) = match found {
            Some(found) => found,
            None => return Number::no_memory(status),
        };
        if exact_only && !exact {
            if self.precision > crate::coefficient::DIGITS_MAX / 2 {
                return Number::no_memory(status);
            }
            match self.root_digits(a, odd, (most.max(0) + 1) / 2, ideal) {
                Some((more, lower, _)) => (root, exponent) = (more, lower),
                None => return Number::no_memory(status),
            }
        }
        if exact {
            let (shorter, zeros) = root.without_zeros(ideal.saturating_sub(exponent).max(0));
            (root, exponent) = (shorter, exponent + zeros);
        } else if root.is_multiple_of_five() {
            root = root.add(&Coefficient::ONE);
        }
        environment.finish(Number::finite(false, root, exponent), status)
    }

    /// The root of the coefficient with so many pairs of digits more, its exponent, and whether it is exact.
    fn root_digits(&self, a: &Number, odd: i64, pairs: i64, ideal: i64) -> Option<(Coefficient, i64, bool)> {
        let radicand = a.coefficient.scaled_up(odd + 2 * pairs).ok()?;
        let (root, rest) = match radicand {
            Coefficient::Small(value) => {
                let root = value.isqrt();
                return Some((Coefficient::Small(root), ideal - pairs, root * root == value));
            }
            Coefficient::Large(value) => value.sqrt_rem(),
        };
        Some((root.into(), ideal - pairs, rest.is_zero()))
    }
}
