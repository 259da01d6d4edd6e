//! The module `_bisect`: binary search in sorted sequences.

use sidewinder_macros::native_module;
use sidewinder_runtime::native::Index;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::operations::{call, compare, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Sorted lists that are kept sorted.
#[native_module("_bisect")]
mod rows {
    use super::*;

    /// Where to insert x into a, before any equal items.
    #[function]
    fn bisect_left(
        cx: &mut Context,
        #[named] a: Value,
        x: Value,
        #[default(0)] lo: Index,
        #[default(None)] hi: Option<Index>,
        #[keyword]
        #[default(None)]
        key: Option<Value>,
    ) -> Result<i64> {
        Search { sequence: a, low: lo, high: hi, key, side: Side::Left }.run(cx, x)
    }

    /// Where to insert x into a, after any equal items.
    #[function]
    fn bisect_right(
        cx: &mut Context,
        #[named] a: Value,
        x: Value,
        #[default(0)] lo: Index,
        #[default(None)] hi: Option<Index>,
        #[keyword]
        #[default(None)]
        key: Option<Value>,
    ) -> Result<i64> {
        Search { sequence: a, low: lo, high: hi, key, side: Side::Right }.run(cx, x)
    }

    /// Inserts x into a, before any equal items.
    #[function]
    fn insort_left(
        cx: &mut Context,
        #[named] a: Value,
        x: Value,
        #[default(0)] lo: Index,
        #[default(None)] hi: Option<Index>,
        #[keyword]
        #[default(None)]
        key: Option<Value>,
    ) -> Result<()> {
        Search { sequence: a, low: lo, high: hi, key, side: Side::Left }.insert(cx, x)
    }

    /// Inserts x into a, after any equal items.
    #[function]
    fn insort_right(
        cx: &mut Context,
        #[named] a: Value,
        x: Value,
        #[default(0)] lo: Index,
        #[default(None)] hi: Option<Index>,
        #[keyword]
        #[default(None)]
        key: Option<Value>,
    ) -> Result<()> {
        Search { sequence: a, low: lo, high: hi, key, side: Side::Right }.insert(cx, x)
    }
}

/// Where an item goes among equal ones.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

/// What the four functions take.
struct Search {
    sequence: Value,
    low: Index,
    /// Without it, the length.
    high: Option<Index>,
    key: Option<Value>,
    side: Side,
}

impl Search {
    /// The index for `item`, which is compared with the (keys of the) items.
    fn run(&self, cx: &mut Context, item: Value) -> Result<i64> {
        let mut low = self.low.0;
        if low < 0 {
            return Err(cx.value_error("lo must be non-negative"));
        }
        let mut high = match self.high {
            // What used to stand for the length still does.
            Some(high) if high.0 != -1 => high.0,
            _ => subscript::length(cx, self.sequence)? as i64,
        };
        while low < high {
            let middle = low.midpoint(high);
            let index = int::from_i64(cx, middle);
            let mut other = subscript::get_item(cx, self.sequence, index.value())?;
            if let Some(key) = self.key {
                other = call::call(cx, key, &[other.value()])?;
            }
            let before = match self.side {
                Side::Left => compare::truth(cx, CompareOp::Less, other.value(), item)?,
                Side::Right => !compare::truth(cx, CompareOp::Less, item, other.value())?,
            };
            if before {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// Inserts an item where it belongs.
    fn insert(&self, cx: &mut Context, item: Value) -> Result<()> {
        let compared = match self.key {
            Some(key) => call::call(cx, key, &[item])?,
            None => Owned::new(item),
        };
        let found = self.run(cx, compared.value())?;
        match self.sequence.cast_exact::<ListObject>() {
            Some(list) => list.insert((found as usize).min(list.len()), Owned::new(item)),
            None => {
                let index = int::from_i64(cx, found);
                call::call_method(cx, self.sequence, "insert", &[index.value(), item])?;
            }
        }
        Ok(())
    }
}
