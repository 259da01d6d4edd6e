//! Decimal numbers without objects: finite ones, infinities, and what is not a number.

use crate::coefficient::Coefficient;
use crate::environment::{Environment, Status};

/// What a number is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Finite,
    Infinity,
    /// Not a number, with digits that tell about its origin.
    Quiet,
    /// The same; operations with it are invalid.
    Signaling,
}

/// A decimal number: its coefficient times ten to its exponent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Number {
    pub coefficient: Coefficient,
    pub exponent: i64,
    pub negative: bool,
    pub kind: Kind,
}

impl Number {
    #[inline]
    pub fn finite(negative: bool, coefficient: Coefficient, exponent: i64) -> Number {
        Number { coefficient, exponent, negative, kind: Kind::Finite }
    }

    #[inline]
    pub fn small(negative: bool, coefficient: u128, exponent: i64) -> Number {
        Number::finite(negative, Coefficient::Small(coefficient), exponent)
    }

    pub fn from_i64(value: i64) -> Number {
        Number::small(value < 0, u128::from(value.unsigned_abs()), 0)
    }

    pub fn one() -> Number {
        Number::small(false, 1, 0)
    }

    pub fn infinity(negative: bool) -> Number {
        Number { coefficient: Coefficient::ZERO, exponent: 0, negative, kind: Kind::Infinity }
    }

    pub fn nan() -> Number {
        Number { coefficient: Coefficient::ZERO, exponent: 0, negative: false, kind: Kind::Quiet }
    }

    /// No number, for a reason.
    #[cold]
    pub fn invalid(reason: Status, status: &mut Status) -> Number {
        *status |= reason;
        Number::nan()
    }

    #[cold]
    pub fn no_memory(status: &mut Status) -> Number {
        Number::invalid(Status::NO_MEMORY, status)
    }

    /// The exponent of the first digit.
    #[inline]
    pub fn adjusted(&self) -> i64 {
        self.exponent.saturating_add(self.coefficient.digits() - 1)
    }

    #[inline]
    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinity
    }

    #[inline]
    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }

    pub fn is_signaling(&self) -> bool {
        self.kind == Kind::Signaling
    }

    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coefficient.is_zero()
    }

    /// Whether it is a finite number without a fraction.
    pub fn is_integer(&self) -> bool {
        if !self.is_finite() {
            return false;
        }
        self.exponent >= 0
            || self.coefficient.is_zero()
            || self.exponent + self.coefficient.digits() > 0 && self.coefficient.trailing_zeros() >= -self.exponent
    }

    /// Whether a number without a fraction is odd.
    pub fn is_odd(&self) -> bool {
        match self.exponent {
            0 => self.coefficient.is_odd(),
            1.. => false,
            negative => self.coefficient.scaled_down(negative.saturating_neg()).0.is_odd(),
        }
    }

    /// Whether it is finite, not zero, and smaller than normal numbers.
    pub fn is_subnormal(&self, environment: &Environment) -> bool {
        self.is_finite() && !self.is_zero() && self.adjusted() < environment.exponent_min
    }

    /// Whether it is finite, not zero, and not subnormal.
    pub fn is_normal(&self, environment: &Environment) -> bool {
        self.is_finite() && !self.is_zero() && self.adjusted() >= environment.exponent_min
    }

    pub fn negated(mut self) -> Number {
        self.negative = !self.negative;
        self
    }

    pub fn with_sign(mut self, negative: bool) -> Number {
        self.negative = negative;
        self
    }

    /// The number of a finite one without a fraction, if it fits.
    pub fn as_i64(&self) -> Option<i64> {
        if !self.is_integer() {
            return None;
        }
        if self.coefficient.is_zero() {
            return Some(0);
        }
        let value = match self.exponent {
            0.. if self.exponent > 19 => return None,
            0.. => self.coefficient.scaled_up(self.exponent).ok()?,
            _ => self.coefficient.scaled_down(-self.exponent).0,
        };
        let Coefficient::Small(value) = value else { return None };
        let value = i64::try_from(value).ok()?;
        Some(if self.negative { -value } else { value })
    }

    /// The result of an operation with an operand that is not a number.
    #[cold]
    pub fn nan_of(operands: &[&Number], environment: &Environment, status: &mut Status) -> Option<Number> {
        let signaling = operands.iter().find(|operand| operand.is_signaling());
        if signaling.is_some() {
            *status |= Status::INVALID_OPERATION;
        }
        let chosen = signaling.or_else(|| operands.iter().find(|operand| operand.is_nan()))?;
        let quiet = Number { kind: Kind::Quiet, ..(*chosen).clone() };
        Some(environment.finish(quiet, status))
    }
}

/// Returns from an operation if an operand is not a number.
macro_rules! check_nan {
    ([$( $operand:expr ),*], $environment:expr, $status:expr) => {
        if $( $operand.is_nan() )||* {
            if let Some(nan) = $crate::number::Number::nan_of(&[$( $operand ),*], $environment, $status) {
                return nan;
            }
        }
    };
}

pub(crate) use check_nan;
