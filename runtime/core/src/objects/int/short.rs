//! Operators on integers of at most two limbs, without loops over limbs: what masks, hashes and board games compute with.

use crate::context::Context;
use crate::heap::Owned;
use crate::objects::int::{INT, allocate, from_u64};
use crate::objects::slots::BinaryOp;
use crate::value::Value;

/// Sign and magnitude. Zero is not negative.
#[derive(Clone, Copy)]
struct Short {
    negative: bool,
    magnitude: u128,
}

/// `a op b` of exact integers that are short and have a short result; `None` for all else.
#[inline]
pub fn binary(cx: &mut Context, op: BinaryOp, a: Value, b: Value) -> Option<Owned> {
    let (x, y) = (Short::of(a)?, Short::of(b)?);
    let result = match op {
        BinaryOp::Add => x.plus(y)?,
        BinaryOp::Subtract => x.plus(Short::new(!y.negative, y.magnitude))?,
        BinaryOp::Multiply => Short::new(x.negative != y.negative, x.magnitude.checked_mul(y.magnitude)?),
        BinaryOp::And => x.bitwise(y, |x, y| x & y)?,
        BinaryOp::Or => x.bitwise(y, |x, y| x | y)?,
        BinaryOp::Xor => x.bitwise(y, |x, y| x ^ y)?,
        BinaryOp::LeftShift => x.shifted_left(y.count()?)?,
        BinaryOp::RightShift => x.shifted_right(y.count()?),
        _ => return None,
    };
    Some(result.boxed(cx))
}

impl Short {
    fn new(negative: bool, magnitude: u128) -> Short {
        Short { negative: negative && magnitude != 0, magnitude }
    }

    /// The number of a value of the exact type `int`, if it is short.
    #[inline(always)]
    fn of(value: Value) -> Option<Short> {
        if value.is_int() {
            let number = value.int();
            return Some(Short { negative: number < 0, magnitude: number.unsigned_abs() as u128 });
        }
        let object = value.cast_exact::<super::IntObject>()?;
        let magnitude = match *object.magnitude() {
            [] => 0,
            [limb] => limb as u128,
            [low, high] => (high as u128) << 64 | low as u128,
            _ => return None,
        };
        Some(Short { negative: object.is_negative(), magnitude })
    }

    #[inline(always)]
    fn plus(self, other: Short) -> Option<Short> {
        if self.negative == other.negative {
            return Some(Short::new(self.negative, self.magnitude.checked_add(other.magnitude)?));
        }
        Some(match self.magnitude.checked_sub(other.magnitude) {
            Some(difference) => Short::new(self.negative, difference),
            None => Short::new(other.negative, other.magnitude - self.magnitude),
        })
    }

    #[inline(always)]
    fn bitwise(self, other: Short, op: impl Fn(u128, u128) -> u128) -> Option<Short> {
        if !self.negative && !other.negative {
            return Some(Short::new(false, op(self.magnitude, other.magnitude)));
        }
        let result = op(self.two_complement()?, other.two_complement()?) as i128;
        Some(Short::new(result < 0, result.unsigned_abs()))
    }

    /// The bits of the number if it has at most 127 and its sign.
    #[inline(always)]
    fn two_complement(self) -> Option<u128> {
        let number = i128::try_from(self.magnitude).ok()?;
        Some(if self.negative { -number } else { number } as u128)
    }

    /// The number as the count of a shift, unless it is negative or shifts all limbs away.
    #[inline(always)]
    fn count(self) -> Option<u32> {
        (!self.negative && self.magnitude < u128::BITS as u128).then_some(self.magnitude as u32)
    }

    #[inline(always)]
    fn shifted_left(self, count: u32) -> Option<Short> {
        (self.magnitude.leading_zeros() >= count).then(|| Short::new(self.negative, self.magnitude << count))
    }

    /// Rounds down.
    #[inline(always)]
    fn shifted_right(self, count: u32) -> Short {
        match self.negative {
            false => Short::new(false, self.magnitude >> count),
            true => Short::new(true, ((self.magnitude - 1) >> count) + 1),
        }
    }

    #[inline(always)]
    fn boxed(self, cx: &mut Context) -> Owned {
        let limbs = [self.magnitude as u64, (self.magnitude >> 64) as u64];
        match limbs {
            [limb, 0] if !self.negative => from_u64(cx, limb),
            [limb, 0] => super::from_limbs(cx, true, &[limb]),
            _ => allocate(cx, &INT, self.negative, &limbs),
        }
    }
}
