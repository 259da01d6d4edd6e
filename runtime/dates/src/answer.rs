//! What comparisons and operators answer.

use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::{Owned, Raised};
use std::cmp::Ordering;

/// The operands are none of this type's business.
pub fn not_implemented() -> Owned {
    Owned::new(singleton::not_implemented())
}

pub fn truth(value: bool) -> Owned {
    Owned::new(singleton::boolean(value))
}

/// The answer for an ordering; of what cannot be ordered, that it is different, or else an error.
pub fn of_ordering(
    operation: CompareOp,
    ordering: Option<Ordering>,
    error: impl FnOnce() -> Raised,
) -> Result<Owned, Raised> {
    match (ordering, operation) {
        (Some(ordering), _) => Ok(truth(operation.holds(ordering))),
        (None, CompareOp::Equal) => Ok(truth(false)),
        (None, CompareOp::NotEqual) => Ok(truth(true)),
        (None, _) => Err(error()),
    }
}
