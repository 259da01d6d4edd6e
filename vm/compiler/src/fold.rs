//! Constant folding, within CPython's limits (`Python/flowgraph.c`): results stay small, and what would raise stays.
//!
//! Integers are folded while operands and result fit 128 bits, which is CPython's own limit for the operations that
//! can grow; larger results are left to run time.

use crate::ast::{BinaryOperator, UnaryOperator};
use sidewinder_bytecode::Constant;

/// The longest string or bytes object that folding builds.
const STRING_LENGTH_MAX: usize = 4096;

/// The longest tuple that folding builds by repetition.
const TUPLE_LENGTH_MAX: usize = 256;

/// The most items, nested ones included, that a repeated tuple may have.
const ITEMS_TOTAL_MAX: usize = 1024;

/// The constant of an integer.
pub(crate) fn integer(value: i128) -> Constant {
    match i64::try_from(value) {
        Ok(value) => Constant::Int(value),
        Err(_) => Constant::BigInt(value.to_string()),
    }
}

fn as_bool(constant: &Constant) -> Option<bool> {
    match constant {
        Constant::True => Some(true),
        Constant::False => Some(false),
        _ => None,
    }
}

/// The value of an integer or bool constant, if it fits 128 bits.
fn as_integer(constant: &Constant) -> Option<i128> {
    match constant {
        Constant::Int(value) => Some(*value as i128),
        Constant::BigInt(digits) => digits.parse().ok(),
        Constant::True => Some(1),
        Constant::False => Some(0),
        _ => None,
    }
}

/// The value of a real number that converts to a float exactly.
fn as_float(constant: &Constant) -> Option<f64> {
    match constant {
        Constant::Float(value) => Some(*value),
        _ => {
            let value = as_integer(constant)?;
            (value.unsigned_abs() <= 1 << 53).then_some(value as f64)
        }
    }
}

/// Whether Python finds two constants equal.
pub(crate) fn is_equal(left: &Constant, right: &Constant) -> bool {
    let parts = |constant: &Constant| match constant {
        Constant::Complex(real, imaginary) => (Constant::Float(*real), *imaginary),
        _ => (constant.clone(), 0.0),
    };
    let ((left, left_imaginary), (right, right_imaginary)) = (parts(left), parts(right));
    left_imaginary == right_imaginary
        && match (as_integer(&left), as_integer(&right)) {
            (Some(left), Some(right)) => left == right,
            _ => match (as_float(&left), as_float(&right)) {
                (Some(left), Some(right)) => left == right,
                _ => left == right,
            },
        }
}

/// The result of a unary operation on a constant.
pub(crate) fn unary(operator: UnaryOperator, operand: &Constant) -> Option<Constant> {
    match (operator, operand) {
        (UnaryOperator::Not, _) => {
            let truth = truth(operand)?;
            Some(if truth { Constant::False } else { Constant::True })
        }
        (UnaryOperator::Negative, Constant::Float(value)) => Some(Constant::Float(-value)),
        (UnaryOperator::Negative, Constant::Complex(real, imaginary)) => Some(Constant::Complex(-real, -imaginary)),
        (UnaryOperator::Negative, Constant::BigInt(digits)) => Some(match digits.parse::<i128>() {
            Ok(value) => integer(-value),
            Err(_) => match digits.strip_prefix('-') {
                Some(digits) => Constant::BigInt(digits.to_string()),
                None => Constant::BigInt(format!("-{digits}")),
            },
        }),
        (UnaryOperator::Positive, Constant::Float(_) | Constant::Complex(..) | Constant::BigInt(_)) => {
            Some(operand.clone())
        }
        // `~True` warns at run time.
        (UnaryOperator::Invert, Constant::True | Constant::False) => None,
        (UnaryOperator::Negative, _) => Some(integer(as_integer(operand)?.checked_neg()?)),
        (UnaryOperator::Positive, _) => Some(integer(as_integer(operand)?)),
        (UnaryOperator::Invert, _) => Some(integer(!as_integer(operand)?)),
    }
}

/// Whether a constant is true; None for code, whose truth nobody asks for.
pub(crate) fn truth(constant: &Constant) -> Option<bool> {
    Some(match constant {
        Constant::None | Constant::False => false,
        Constant::True | Constant::Ellipsis | Constant::BigInt(_) => true,
        Constant::Int(value) => *value != 0,
        Constant::Float(value) => *value != 0.0,
        Constant::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
        Constant::Str(text) => !text.is_empty(),
        Constant::StrSurrogates(points) => !points.is_empty(),
        Constant::Bytes(bytes) => !bytes.is_empty(),
        Constant::Tuple(items) | Constant::FrozenSet(items) => !items.is_empty(),
        Constant::Code(_) => return None,
    })
}

/// The result of a binary operation on two constants.
pub(crate) fn binary(operator: BinaryOperator, left: &Constant, right: &Constant) -> Option<Constant> {
    if let (Some(left), Some(right)) = (as_bool(left), as_bool(right)) {
        let value = match operator {
            BinaryOperator::And => left & right,
            BinaryOperator::Or => left | right,
            BinaryOperator::Xor => left ^ right,
            _ => return integers(operator, left as i128, right as i128),
        };
        return Some(if value { Constant::True } else { Constant::False });
    }
    if let (Some(left), Some(right)) = (as_integer(left), as_integer(right)) {
        return integers(operator, left, right);
    }
    if matches!(left, Constant::Complex(..)) || matches!(right, Constant::Complex(..)) {
        return complexes(operator, left, right);
    }
    if let (Some(left), Some(right)) = (as_float(left), as_float(right)) {
        return floats(operator, left, right);
    }
    match operator {
        BinaryOperator::Add => concatenate(left, right),
        BinaryOperator::Multiply => match (as_integer(left), as_integer(right)) {
            (None, Some(count)) => repeat(left, count),
            (Some(count), None) => repeat(right, count),
            _ => None,
        },
        _ => None,
    }
}

fn integers(operator: BinaryOperator, left: i128, right: i128) -> Option<Constant> {
    let value = match operator {
        BinaryOperator::Add => left.checked_add(right)?,
        BinaryOperator::Subtract => left.checked_sub(right)?,
        BinaryOperator::Multiply => left.checked_mul(right)?,
        BinaryOperator::TrueDivide => {
            let exact = |value: i128| value.unsigned_abs() <= 1 << 53;
            let possible = right != 0 && exact(left) && exact(right);
            return possible.then(|| Constant::Float(left as f64 / right as f64));
        }
        BinaryOperator::FloorDivide => {
            let quotient = left.checked_div(right)?;
            if (left % right != 0) && ((left < 0) != (right < 0)) { quotient - 1 } else { quotient }
        }
        BinaryOperator::Remainder => {
            let remainder = left.checked_rem(right)?;
            if remainder != 0 && ((remainder < 0) != (right < 0)) { remainder + right } else { remainder }
        }
        BinaryOperator::Power => left.checked_pow(u32::try_from(right).ok()?)?,
        BinaryOperator::LeftShift => {
            let count = u32::try_from(right).ok().filter(|&count| count < 127)?;
            let shifted = left << count;
            if shifted >> count != left {
                return None;
            }
            shifted
        }
        BinaryOperator::RightShift => left >> u32::try_from(right).ok()?.min(127),
        BinaryOperator::And => left & right,
        BinaryOperator::Or => left | right,
        BinaryOperator::Xor => left ^ right,
        BinaryOperator::MatrixMultiply => return None,
    };
    Some(integer(value))
}

fn floats(operator: BinaryOperator, left: f64, right: f64) -> Option<Constant> {
    let value = match operator {
        BinaryOperator::Add => left + right,
        BinaryOperator::Subtract => left - right,
        BinaryOperator::Multiply => left * right,
        BinaryOperator::TrueDivide if right != 0.0 => left / right,
        // A power may overflow, which raises, or be complex.
        BinaryOperator::Power if left > 0.0 => left.powf(right),
        _ => return None,
    };
    (value.is_finite() || !left.is_finite() || !right.is_finite() || operator != BinaryOperator::Power)
        .then_some(Constant::Float(value))
}

/// Sums and differences, which is how complex literals are written; products are rare enough to leave alone.
fn complexes(operator: BinaryOperator, left: &Constant, right: &Constant) -> Option<Constant> {
    match (operator, left, right) {
        (BinaryOperator::Add, Constant::Complex(a, b), Constant::Complex(c, d)) => {
            Some(Constant::Complex(a + c, b + d))
        }
        (BinaryOperator::Subtract, Constant::Complex(a, b), Constant::Complex(c, d)) => {
            Some(Constant::Complex(a - c, b - d))
        }
        // With a real operand, CPython 3.14 leaves the imaginary part alone.
        (BinaryOperator::Add, Constant::Complex(a, b), real) => Some(Constant::Complex(a + as_float(real)?, *b)),
        (BinaryOperator::Add, real, Constant::Complex(c, d)) => Some(Constant::Complex(as_float(real)? + c, *d)),
        (BinaryOperator::Subtract, Constant::Complex(a, b), real) => Some(Constant::Complex(a - as_float(real)?, *b)),
        (BinaryOperator::Subtract, real, Constant::Complex(c, d)) => Some(Constant::Complex(as_float(real)? - c, -d)),
        _ => None,
    }
}

fn concatenate(left: &Constant, right: &Constant) -> Option<Constant> {
    match (left, right) {
        (Constant::Str(left), Constant::Str(right)) if left.len() + right.len() <= STRING_LENGTH_MAX => {
            Some(Constant::Str(format!("{left}{right}").into()))
        }
        (Constant::Bytes(left), Constant::Bytes(right)) if left.len() + right.len() <= STRING_LENGTH_MAX => {
            Some(Constant::Bytes([&left[..], &right[..]].concat()))
        }
        (Constant::Tuple(left), Constant::Tuple(right)) if left.len() + right.len() <= TUPLE_LENGTH_MAX => {
            Some(Constant::Tuple(left.iter().chain(right).cloned().collect()))
        }
        _ => None,
    }
}

fn repeat(value: &Constant, count: i128) -> Option<Constant> {
    let count = usize::try_from(count.max(0)).ok()?;
    let fits = |length: usize, max: usize| length.checked_mul(count).is_some_and(|total| total <= max);
    match value {
        Constant::Str(text) if fits(text.chars().count(), STRING_LENGTH_MAX) => {
            Some(Constant::Str(text.repeat(count).into()))
        }
        Constant::Bytes(bytes) if fits(bytes.len(), STRING_LENGTH_MAX) => Some(Constant::Bytes(bytes.repeat(count))),
        Constant::Tuple(items) if fits(items.len(), TUPLE_LENGTH_MAX) && fits(items_total(value), ITEMS_TOTAL_MAX) => {
            Some(Constant::Tuple(items.iter().cloned().cycle().take(items.len() * count).collect()))
        }
        _ => None,
    }
}

fn items_total(constant: &Constant) -> usize {
    match constant {
        Constant::Tuple(items) => 1 + items.iter().map(items_total).sum::<usize>(),
        _ => 1,
    }
}

/// `value[index]` of two constants.
pub(crate) fn subscript(value: &Constant, index: &Constant) -> Option<Constant> {
    let index = as_integer(index)?;
    let position = |length: usize| {
        let index = if index < 0 { index + length as i128 } else { index };
        usize::try_from(index).ok().filter(|&index| index < length)
    };
    match value {
        Constant::Tuple(items) => Some(items[position(items.len())?].clone()),
        Constant::Bytes(bytes) => Some(Constant::Int(bytes[position(bytes.len())?] as i64)),
        Constant::Str(text) if text.is_ascii() => {
            let index = position(text.len())?;
            Some(Constant::Str(text[index..=index].into()))
        }
        _ => None,
    }
}
