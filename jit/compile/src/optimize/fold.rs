//! Folding: canonical operand order, constant operands, and the rules of `rules/`.

use super::facts::{Facts, kinds};
use super::forward::Forward;
use super::rules;
use sidewinder_ir::op::Type;
use sidewinder_ir::tagging::{INT_MAX, INT_MIN};
use sidewinder_ir::{Instruction, Op, Ref, eval};

/// A rewriting: the value that the operation can be replaced with.
pub type Rewrite = fn(&mut Forward, Ref, Ref) -> Option<Ref>;

/// A named rule for an operation. The first that applies wins.
pub struct Rule {
    /// For tests and readers.
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests read it"))]
    pub name: &'static str,
    pub op: Op,
    pub rewrite: Rewrite,
}

/// Brings equal computations into one form: constants stand right, else the older value stands left.
pub fn canonical(forward: &Forward, instruction: &mut Instruction) {
    let commutes = matches!(
        instruction.op,
        Op::IntAdd
            | Op::IntAddOverflows
            | Op::IntMultiply
            | Op::IntMultiplyOverflows
            | Op::IntAnd
            | Op::IntOr
            | Op::IntXor
            | Op::IntMinimum
            | Op::IntMaximum
            | Op::IntEqual
            | Op::FloatAdd
            | Op::FloatMultiply
            | Op::FloatEqual
            | Op::RawAdd
            | Op::RawEqual
            | Op::SameValue
    );
    let [a, b, _] = instruction.operands;
    if commutes {
        let order = |value: Ref| (forward.constant_of(value).is_some(), value);
        if order(a) > order(b) {
            instruction.operands.swap(0, 1);
        }
    }
}

/// The value to use instead of computing this operation, if there is one.
pub fn fold(forward: &mut Forward, op: Op, operands: &[Ref]) -> Option<Ref> {
    let mut words = [0; 3];
    let mut all_constant = true;
    for (position, &operand) in operands.iter().enumerate() {
        match forward.constant_of(operand) {
            Some(word) => words[position] = word,
            None => all_constant = false,
        }
    }
    if all_constant {
        let singletons = forward.environment.layout.singletons();
        if let Some(word) = eval::pure(op, 0, &words[..operands.len()], singletons) {
            return Some(forward.constant_of_type(op.result(), word));
        }
    }
    let a = operands.first().copied().unwrap_or(Ref::NONE);
    let b = operands.get(1).copied().unwrap_or(Ref::NONE);
    rules::of(op).iter().find_map(|rule| (rule.rewrite)(forward, a, b))
}

/// What follows about a result from its operation and the facts about its operands.
pub fn result_facts(forward: &Forward, op: Op, operands: &[Ref]) -> Facts {
    let facts = |position: usize| forward.facts(operands[position]);
    let range = |position: usize| {
        let facts = facts(position);
        (facts.minimum as i128, facts.maximum as i128)
    };
    match op {
        Op::BoxInt => Facts::of_kinds(kinds::INT),
        Op::BoxFloat => Facts::of_kinds(kinds::FLOAT),
        Op::BoxBool => {
            let layout = forward.environment.layout;
            Facts { kinds: kinds::IMMORTAL, fixed_type: layout.bool_type, ..Facts::NONE }
        }
        Op::UnboxInt => {
            let facts = facts(0);
            Facts::of_range(facts.minimum, facts.maximum)
        }
        Op::UnboxFloat => Facts { fits: true, ..Facts::NONE },
        Op::FloatNegate | Op::FloatAbsolute => Facts { fits: facts(0).fits, ..Facts::NONE },
        // Integers of 62 bits are zero or of magnitude 2^0 to 2^62.
        Op::IntToFloat => Facts { fits: true, ..Facts::NONE },
        Op::IntAdd => {
            let ((a, b), (c, d)) = (range(0), range(1));
            wide_range(forward, Op::IntAddOverflows, operands, a + c, b + d)
        }
        Op::IntSubtract => {
            let ((a, b), (c, d)) = (range(0), range(1));
            wide_range(forward, Op::IntSubtractOverflows, operands, a - d, b - c)
        }
        Op::IntMultiply => {
            let ((a, b), (c, d)) = (range(0), range(1));
            let products = [a * c, a * d, b * c, b * d];
            let (minimum, maximum) = (*products.iter().min().unwrap(), *products.iter().max().unwrap());
            wide_range(forward, Op::IntMultiplyOverflows, operands, minimum, maximum)
        }
        Op::IntRemainder => {
            let divisor = facts(1);
            if divisor.minimum > 0 {
                Facts::of_range(0, divisor.maximum - 1)
            } else if divisor.maximum < 0 {
                Facts::of_range(divisor.minimum + 1, 0)
            } else {
                Facts::NONE
            }
        }
        Op::IntFloorDivide => {
            let (dividend, divisor) = (facts(0), facts(1));
            if divisor.minimum > 0 {
                let minimum = if dividend.minimum < 0 { dividend.minimum } else { 0 };
                Facts::of_range(minimum, dividend.maximum.max(-1))
            } else {
                Facts::NONE
            }
        }
        Op::IntAnd => {
            let (a, b) = (facts(0), facts(1));
            match (a.minimum >= 0, b.minimum >= 0) {
                (true, true) => Facts::of_range(0, a.maximum.min(b.maximum)),
                (true, false) => Facts::of_range(0, a.maximum),
                (false, true) => Facts::of_range(0, b.maximum),
                (false, false) => Facts::NONE,
            }
        }
        Op::IntMinimum => {
            let (a, b) = (facts(0), facts(1));
            Facts::of_range(a.minimum.min(b.minimum), a.maximum.min(b.maximum))
        }
        Op::IntMaximum => {
            let (a, b) = (facts(0), facts(1));
            Facts::of_range(a.minimum.max(b.minimum), a.maximum.max(b.maximum))
        }
        Op::IntShiftRight => {
            let (a, b) = (facts(0), facts(1));
            if b.minimum == b.maximum && (0..64).contains(&b.minimum) {
                Facts::of_range(a.minimum >> b.minimum, a.maximum >> b.minimum)
            } else {
                Facts::of_range(a.minimum.min(0), a.maximum.max(0))
            }
        }
        Op::RawToInt => {
            let facts = facts(0);
            Facts::of_range(facts.minimum, facts.maximum)
        }
        _ => Facts::NONE,
    }
}

/// The range of a sum, difference or product. One that might leave 62 bits is cut off at them if a guard made sure
/// that it did not.
fn wide_range(forward: &Forward, overflows: Op, operands: &[Ref], minimum: i128, maximum: i128) -> Facts {
    if minimum >= INT_MIN as i128 && maximum <= INT_MAX as i128 {
        return Facts::of_wide_range(minimum, maximum);
    }
    let key = super::state::Expression { op: overflows, operands: [operands[0], operands[1], Ref::NONE], immediate: 0 };
    let overflow = forward.state.expressions.get(&key).map(|&value| forward.state.resolve(value));
    if overflow.and_then(|value| forward.constant_of(value)) == Some(0) {
        Facts::of_wide_range(minimum.max(INT_MIN as i128), maximum.min(INT_MAX as i128))
    } else {
        Facts::NONE
    }
}

/// Whether a value is this constant.
pub fn is_word(forward: &Forward, value: Ref, kind: Type, word: u64) -> bool {
    forward.constant_of(value) == Some(word) && forward.region.type_of(value) == kind
}
