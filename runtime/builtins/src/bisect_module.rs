//! The module `bisect`: binary search in sorted sequences.

use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::iterator::arguments::Signature;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::{int, module, singleton, slice};
use sidewinder_runtime::operations::{call, compare, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

pub static FUNCTIONS: &[Native] = &[
    Native::with_keywords(
        "bisect_left",
        |cx, arguments| locate(cx, arguments, "bisect_left", Side::Left),
        "Return the index where to insert item x in list a, assuming a is sorted.",
    ),
    Native::with_keywords(
        "bisect_right",
        |cx, arguments| locate(cx, arguments, "bisect_right", Side::Right),
        "Return the index where to insert item x in list a, assuming a is sorted.",
    ),
    Native::with_keywords(
        "insort_left",
        |cx, arguments| insort(cx, arguments, "insort_left", Side::Left),
        "Insert item x in list a, and keep it sorted assuming a is sorted.",
    ),
    Native::with_keywords(
        "insort_right",
        |cx, arguments| insort(cx, arguments, "insort_right", Side::Right),
        "Insert item x in list a, and keep it sorted assuming a is sorted.",
    ),
];

/// Gives the functions for the right side their short names.
pub fn fill(cx: &mut Context, value: Value) -> Result<()> {
    let namespace = module::of(value).namespace();
    for (short, name) in [("bisect", "bisect_right"), ("insort", "insort_right")] {
        if let Some(function) = namespace.get_text(cx, name) {
            namespace.set_text(cx, short, function);
        }
    }
    Ok(())
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
    item: Value,
    low: i64,
    /// Unknown until the length is asked for.
    high: Option<i64>,
    key: Option<Value>,
}

fn bind(cx: &mut Context, arguments: Arguments<'_>, function: &'static str) -> Result<Search> {
    let signature = Signature {
        function,
        names: ["a", "x", "lo", "hi", "key"],
        positional_only: 0,
        positional: 4,
        required: 2,
        rest: false,
        open: false,
    };
    let [sequence, item, low, high, key] = signature.bind(cx, arguments)?;
    let low = match low {
        Some(low) => slice::index_argument(cx, low)?,
        None => 0,
    };
    let high = match high.filter(|high| *high != singleton::none()) {
        Some(high) => Some(slice::index_argument(cx, high)?),
        None => None,
    };
    if low < 0 {
        return Err(cx.value_error("lo must be non-negative"));
    }
    let key = key.filter(|key| *key != singleton::none());
    let (sequence, item) = (sequence.unwrap_or(Value::UNBOUND), item.unwrap_or(Value::UNBOUND));
    Ok(Search { sequence, item, low, high, key })
}

/// The index for `item`, which is compared with the (keys of the) items.
fn search(cx: &mut Context, given: &Search, item: Value, side: Side) -> Result<i64> {
    let mut low = given.low;
    let mut high = match given.high {
        Some(high) => high,
        None => subscript::length(cx, given.sequence)? as i64,
    };
    while low < high {
        let middle = low.midpoint(high);
        let index = int::from_i64(cx, middle);
        let mut other = subscript::get_item(cx, given.sequence, index.value())?;
        if let Some(key) = given.key {
            other = call::call(cx, key, &[other.value()])?;
        }
        let before = match side {
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

fn locate(cx: &mut Context, arguments: Arguments<'_>, function: &'static str, side: Side) -> Result<Owned> {
    let given = bind(cx, arguments, function)?;
    let found = search(cx, &given, given.item, side)?;
    Ok(int::from_i64(cx, found))
}

fn insort(cx: &mut Context, arguments: Arguments<'_>, function: &'static str, side: Side) -> Result<Owned> {
    let given = bind(cx, arguments, function)?;
    let item = match given.key {
        Some(key) => call::call(cx, key, &[given.item])?,
        None => Owned::new(given.item),
    };
    let found = search(cx, &given, item.value(), side)?;
    match given.sequence.cast_exact::<ListObject>() {
        Some(list) => list.insert((found as usize).min(list.len()), Owned::new(given.item)),
        None => {
            let index = int::from_i64(cx, found);
            call::call_method(cx, given.sequence, "insert", &[index.value(), given.item])?;
        }
    }
    Ok(Owned::new(singleton::none()))
}
