//! What surrounds an operation: precision, bounds of exponents, rounding, and the conditions that it gives rise to.

use crate::coefficient::{Coefficient, TooLarge};
use crate::limbs::Rest;
use crate::number::{Kind, Number};
use std::ops::{BitOr, BitOrAssign};

/// The largest precision and the largest exponent.
pub const PRECISION_MAX: i64 = 999_999_999_999_999_999;
/// The smallest exponent of a context.
pub const EXPONENT_MIN: i64 = -PRECISION_MAX;
/// The smallest exponent of a subnormal number of the largest precision.
pub const TINY_MIN: i64 = EXPONENT_MIN - (PRECISION_MAX - 1);

/// Conditions that arose, as bits: those of libmpdec, for the integers that stand for flags.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Status(pub u32);

impl Status {
    pub const NONE: Status = Status(0);
    pub const CLAMPED: Status = Status(1);
    pub const CONVERSION_SYNTAX: Status = Status(2);
    pub const DIVISION_BY_ZERO: Status = Status(4);
    pub const DIVISION_IMPOSSIBLE: Status = Status(8);
    pub const DIVISION_UNDEFINED: Status = Status(0x10);
    pub const INEXACT: Status = Status(0x40);
    pub const INVALID_CONTEXT: Status = Status(0x80);
    pub const INVALID_OPERATION: Status = Status(0x100);
    pub const NO_MEMORY: Status = Status(0x200);
    pub const OVERFLOW: Status = Status(0x800);
    pub const ROUNDED: Status = Status(0x1000);
    pub const SUBNORMAL: Status = Status(0x2000);
    pub const UNDERFLOW: Status = Status(0x4000);
    pub const FLOAT_OPERATION: Status = Status(0x8000);
    /// All conditions that signal `InvalidOperation`.
    pub const INVALID: Status = Status(0x2 | 0x8 | 0x10 | 0x80 | 0x100);
    /// Conditions that leave no number to go on with.
    pub const ERRORS: Status = Status(Status::INVALID.0 | 4 | 0x200);

    pub fn has(self, other: Status) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Status {
    type Output = Status;
    fn bitor(self, other: Status) -> Status {
        Status(self.0 | other.0)
    }
}

impl BitOrAssign for Status {
    fn bitor_assign(&mut self, other: Status) {
        self.0 |= other.0;
    }
}

/// How a number that does not fit is made to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    ZeroFiveUp,
}

impl Rounding {
    pub const ALL: [(Rounding, &'static str); 8] = [
        (Rounding::Up, "ROUND_UP"),
        (Rounding::Down, "ROUND_DOWN"),
        (Rounding::Ceiling, "ROUND_CEILING"),
        (Rounding::Floor, "ROUND_FLOOR"),
        (Rounding::HalfUp, "ROUND_HALF_UP"),
        (Rounding::HalfDown, "ROUND_HALF_DOWN"),
        (Rounding::HalfEven, "ROUND_HALF_EVEN"),
        (Rounding::ZeroFiveUp, "ROUND_05UP"),
    ];

    pub fn name(self) -> &'static str {
        Rounding::ALL[self as usize].1
    }

    /// Whether a number of that sign, of which `rest` was cut off, is increased by one unit.
    #[inline]
    pub fn goes_up(self, rest: Rest, negative: bool, kept: &Coefficient) -> bool {
        match rest {
            Rest::Zero => false,
            _ => match self {
                Rounding::Down => false,
                Rounding::Up => true,
                Rounding::Ceiling => !negative,
                Rounding::Floor => negative,
                Rounding::HalfUp => rest != Rest::BelowHalf,
                Rounding::HalfDown => rest == Rest::AboveHalf,
                Rounding::HalfEven => rest == Rest::AboveHalf || rest == Rest::Half && kept.is_odd(),
                Rounding::ZeroFiveUp => kept.is_multiple_of_five(),
            },
        }
    }
}

/// The bounds of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Environment {
    pub precision: i64,
    pub exponent_max: i64,
    pub exponent_min: i64,
    pub rounding: Rounding,
    /// Exponents are those of formats with a fixed number of digits.
    pub clamp: bool,
}

impl Environment {
    /// In which every number that there can be is exact.
    pub const LARGEST: Environment = Environment {
        precision: PRECISION_MAX,
        exponent_max: PRECISION_MAX,
        exponent_min: EXPONENT_MIN,
        rounding: Rounding::HalfEven,
        clamp: false,
    };

    /// The exponent of the smallest subnormal number.
    pub fn tiny(&self) -> i64 {
        self.exponent_min - (self.precision - 1)
    }

    /// The largest exponent of a number with all digits.
    pub fn top(&self) -> i64 {
        self.exponent_max - (self.precision - 1)
    }

    /// The number as the environment allows it: the end of every operation.
    #[inline]
    pub fn finish(&self, number: Number, status: &mut Status) -> Number {
        if number.kind == Kind::Finite {
            let digits = number.coefficient.digits();
            let adjusted = number.exponent + digits - 1;
            // A number in the middle stays as it is.
            if digits <= self.precision
                && adjusted >= self.exponent_min
                && adjusted <= self.exponent_max
                && (!self.clamp || number.exponent <= self.top())
                && number.exponent >= self.tiny()
            {
                return number;
            }
        }
        match self.finish_slowly(number) {
            Ok((number, conditions)) => {
                *status |= conditions;
                number
            }
            Err(TooLarge) => Number::no_memory(status),
        }
    }

    fn finish_slowly(&self, mut number: Number) -> Result<(Number, Status), TooLarge> {
        let mut status = Status::NONE;
        match number.kind {
            Kind::Finite => {}
            Kind::Infinity => return Ok((number, status)),
            Kind::Quiet | Kind::Signaling => {
                // A payload loses the digits that do not fit.
                let most = self.precision - i64::from(self.clamp);
                if number.coefficient.digits() > most {
                    number.coefficient = number.coefficient.low_digits(most.max(0));
                }
                return Ok((number, status));
            }
        }
        let zero = number.coefficient.is_zero();
        let adjusted = number.adjusted();
        if adjusted > self.exponent_max && !zero {
            return self.overflow(number.negative);
        }
        if zero {
            let highest = if self.clamp { self.top() } else { self.exponent_max };
            let bounded = number.exponent.clamp(self.tiny(), highest.max(self.tiny()));
            if bounded != number.exponent {
                status |= Status::CLAMPED;
                number.exponent = bounded;
            }
            return Ok((number, status));
        }
        if self.clamp && number.exponent > self.top() {
            number.coefficient = number.coefficient.scaled_up(number.exponent - self.top())?;
            number.exponent = self.top();
            status |= Status::CLAMPED;
            if adjusted < self.exponent_min {
                status |= Status::SUBNORMAL;
            }
        } else if adjusted < self.exponent_min {
            status |= Status::SUBNORMAL;
            if number.exponent < self.tiny() {
                let (kept, rest) = number.coefficient.scaled_down(self.tiny() - number.exponent);
                status |= Status::ROUNDED;
                number.exponent = self.tiny();
                let up = self.rounding.goes_up(rest, number.negative, &kept);
                number.coefficient = if up { kept.add(&Coefficient::ONE) } else { kept };
                if !rest.is_zero() {
                    status |= Status::INEXACT | Status::UNDERFLOW;
                    if number.coefficient.is_zero() {
                        status |= Status::CLAMPED;
                    }
                }
                return Ok((number, status));
            }
        }
        let digits = number.coefficient.digits();
        if digits > self.precision {
            let cut = digits - self.precision;
            let (kept, rest) = number.coefficient.scaled_down(cut);
            number.exponent += cut;
            status |= Status::ROUNDED;
            if !rest.is_zero() {
                status |= Status::INEXACT;
            }
            number.coefficient = if self.rounding.goes_up(rest, number.negative, &kept) {
                let more = kept.add(&Coefficient::ONE);
                if more.digits() > self.precision {
                    number.exponent += 1;
                    more.scaled_down(1).0
                } else {
                    more
                }
            } else {
                kept
            };
            if number.adjusted() > self.exponent_max {
                let (number, more) = self.overflow(number.negative)?;
                return Ok((number, status | more));
            }
        }
        Ok((number, status))
    }

    /// What stands for a number that is too large.
    fn overflow(&self, negative: bool) -> Result<(Number, Status), TooLarge> {
        let status = Status::OVERFLOW | Status::INEXACT | Status::ROUNDED;
        let finite = match self.rounding {
            Rounding::Up | Rounding::HalfUp | Rounding::HalfDown | Rounding::HalfEven => false,
            Rounding::Down | Rounding::ZeroFiveUp => true,
            Rounding::Ceiling => negative,
            Rounding::Floor => !negative,
        };
        if !finite {
            return Ok((Number::infinity(negative), status));
        }
        let number = Number::finite(negative, Coefficient::nines(self.precision)?, self.top());
        Ok((number, status))
    }
}
