//! Comparisons: by value, in the total order, and the larger or smaller of two.

use crate::environment::{Environment, Status};
use crate::number::{Kind, Number, check_nan};
use std::cmp::Ordering;

impl Number {
    /// The order by value of what are numbers.
    pub fn numeric_order(&self, other: &Number) -> Ordering {
        let sign = |number: &Number| match number.is_zero() {
            true => 0,
            false => 1 - 2 * i32::from(number.negative),
        };
        let (own, others) = (sign(self), sign(other));
        if own != others || own == 0 {
            return own.cmp(&others);
        }
        let magnitude = self.magnitude_order(other);
        if self.negative { magnitude.reverse() } else { magnitude }
    }

    /// The order of absolute values of what are numbers.
    pub fn magnitude_order(&self, other: &Number) -> Ordering {
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            (false, false) => {}
        }
        match (self.coefficient.is_zero(), other.coefficient.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        if self.exponent == other.exponent {
            return self.coefficient.compare(&other.coefficient);
        }
        let order = self.adjusted().cmp(&other.adjusted());
        if order != Ordering::Equal {
            return order;
        }
        // As many digits before the point: the one with the larger exponent has fewer of them.
        let difference = self.exponent - other.exponent;
        let (scaled, reversed, against) = if difference > 0 {
            (self.coefficient.scaled_up(difference), false, other)
        } else {
            (other.coefficient.scaled_up(-difference), true, self)
        };
        match scaled {
            Ok(scaled) if reversed => scaled.compare(&against.coefficient).reverse(),
            Ok(scaled) => scaled.compare(&against.coefficient),
            Err(_) => Ordering::Equal,
        }
    }

    /// The place in the total order, in which every representation differs from every other.
    pub fn total_order(&self, other: &Number) -> Ordering {
        if self.negative != other.negative {
            return if self.negative { Ordering::Less } else { Ordering::Greater };
        }
        let order = self.total_magnitude_order(other);
        if self.negative { order.reverse() } else { order }
    }

    /// The same, signs aside.
    pub fn total_magnitude_order(&self, other: &Number) -> Ordering {
        let rank = |number: &Number| match number.kind {
            Kind::Finite => 0,
            Kind::Infinity => 1,
            Kind::Signaling => 2,
            Kind::Quiet => 3,
        };
        rank(self).cmp(&rank(other)).then_with(|| match self.kind {
            Kind::Finite => self.magnitude_order(other).then(self.exponent.cmp(&other.exponent)),
            Kind::Infinity => Ordering::Equal,
            _ => self.coefficient.compare(&other.coefficient),
        })
    }
}

/// Which of two numbers is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    pub larger: bool,
    /// By absolute value.
    pub magnitude: bool,
}

impl Environment {
    /// The larger or the smaller number; a quiet NaN gives way to a number.
    pub fn choose(&self, a: &Number, b: &Number, choice: Choice, status: &mut Status) -> Number {
        if a.kind == Kind::Quiet && !b.is_nan() {
            return self.finish(b.clone(), status);
        }
        if b.kind == Kind::Quiet && !a.is_nan() {
            return self.finish(a.clone(), status);
        }
        check_nan!([a, b], self, status);
        let mut order = if choice.magnitude { a.magnitude_order(b) } else { a.numeric_order(b) };
        if order == Ordering::Equal {
            // Equal numbers are told apart by sign and exponent, in the total order where magnitudes are compared.
            order = if choice.magnitude { a.numeric_order(b).then_with(|| a.total_order(b)) } else { a.total_order(b) };
        }
        let first = if choice.larger { order != Ordering::Less } else { order != Ordering::Greater };
        self.finish(if first { a.clone() } else { b.clone() }, status)
    }

    /// -1, 0 or 1, or NaN. `signal` makes every NaN invalid.
    pub fn compare(&self, a: &Number, b: &Number, signal: bool, status: &mut Status) -> Number {
        if signal && (a.is_nan() || b.is_nan()) {
            *status |= Status::INVALID_OPERATION;
        }
        check_nan!([a, b], self, status);
        Number::from_i64(a.numeric_order(b) as i64)
    }
}
