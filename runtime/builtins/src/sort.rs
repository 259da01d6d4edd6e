//! `list.sort` and `sorted`: stable, quick on keys of one simple type, careful with comparisons that run Python code.

mod merge;

use sidewinder_runtime::objects::iterator::arguments::{Signature, positionals};
use sidewinder_runtime::objects::list::{self, ListObject};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::{STR, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{call, compare, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cmp::Ordering;

/// How deep nested tuples are compared without the general machinery.
const QUICK_DEPTH_MAX: u32 = 4;

/// What is sorted: items that are their own keys, or items with keys.
trait Element: Copy {
    /// Whether elements with equal integer keys cannot be told apart.
    const KEY_IS_ALL: bool;
    fn key(self) -> Value;
}

impl Element for Value {
    const KEY_IS_ALL: bool = true;
    fn key(self) -> Value {
        self
    }
}

/// An item, owned elsewhere, with the key that the key function gave, owned here.
#[derive(Clone, Copy)]
struct Keyed {
    key: Value,
    item: Value,
}

impl Element for Keyed {
    const KEY_IS_ALL: bool = false;
    fn key(self) -> Value {
        self.key
    }
}

/// The type that all keys have, where a comparison of two cannot fail.
enum KeyKind {
    Int,
    Float,
    Text,
    Other,
}

fn key_kind<T: Element>(elements: &[T]) -> KeyKind {
    if elements.iter().all(|element| element.key().is_int()) {
        KeyKind::Int
    } else if elements.iter().all(|element| element.key().is_float() && !element.key().float().is_nan()) {
        KeyKind::Float
    } else if elements.iter().all(|element| element.key().has_type(&STR)) {
        KeyKind::Text
    } else {
        KeyKind::Other
    }
}

fn text(value: Value) -> &'static StrObject {
    // SAFETY: (heap 2) callers have checked the type; the string lives as long as what is sorted.
    unsafe { value.cast_unchecked() }
}

/// The order of two values of simple types, or of tuples of them; `None` where only `<` itself can tell.
fn quick_order(a: Value, b: Value, depth: u32) -> Option<Ordering> {
    if a.is_int() && b.is_int() {
        return Some(a.int().cmp(&b.int()));
    }
    if a.is_float() && b.is_float() {
        return a.float().partial_cmp(&b.float());
    }
    if !a.is_pointer() || !b.is_pointer() {
        return None;
    }
    if a.has_type(&STR) && b.has_type(&STR) {
        return Some(text(a).units().compare(text(b).units()));
    }
    let (a, b) = (a.cast_exact::<TupleObject>()?, b.cast_exact::<TupleObject>()?);
    if depth == QUICK_DEPTH_MAX {
        return None;
    }
    for (&x, &y) in a.as_slice().iter().zip(b.as_slice()) {
        if x != y {
            match quick_order(x, y, depth + 1)? {
                Ordering::Equal => {}
                order => return Some(order),
            }
        }
    }
    Some(a.len().cmp(&b.len()))
}

/// Sorts by key. After an error the elements are in some order.
fn sort_elements<T: Element>(cx: &mut Context, elements: &mut [T]) -> Result<()> {
    match key_kind(elements) {
        KeyKind::Int if T::KEY_IS_ALL => elements.sort_unstable_by_key(|element| element.key().int()),
        KeyKind::Int => elements.sort_by_key(|element| element.key().int()),
        KeyKind::Float => elements.sort_by(|a, b| float_order(a.key(), b.key())),
        KeyKind::Text => elements.sort_by(|a, b| text(a.key()).units().compare(text(b.key()).units())),
        KeyKind::Other => merge::sort(elements, |a, b| match quick_order(a.key(), b.key(), 0) {
            Some(order) => Ok(order.is_lt()),
            None => compare::truth(cx, CompareOp::Less, a.key(), b.key()),
        })?,
    }
    Ok(())
}

/// The order of two float keys, neither of which is NaN.
fn float_order(a: Value, b: Value) -> Ordering {
    a.float().partial_cmp(&b.float()).unwrap_or(Ordering::Equal)
}

/// Sorts items, which the caller owns. After an error they are in some order.
pub fn sort_values(cx: &mut Context, items: &mut [Value], key: Option<Value>, reverse: bool) -> Result<()> {
    let Some(function) = key else {
        turn(items, reverse);
        let result = sort_elements(cx, items);
        turn(items, reverse);
        return result;
    };
    let mut pairs = Vec::with_capacity(items.len());
    for &item in items.iter() {
        match call::call(cx, function, &[item]) {
            Ok(key) => pairs.push(Keyed { key: key.into_raw(), item }),
            Err(raised) => {
                pairs.iter().rev().for_each(|pair| cx.release(pair.key));
                return Err(raised);
            }
        }
    }
    turn(&mut pairs, reverse);
    let result = sort_elements(cx, &mut pairs);
    // The keys die in their order; their finalizers may look at what is being sorted.
    pairs.iter().for_each(|pair| cx.release(pair.key));
    turn(&mut pairs, reverse);
    for (place, pair) in items.iter_mut().zip(pairs) {
        *place = pair.item;
    }
    result
}

/// Sorting backwards is sorting what was reversed, and reversing it again: so equal elements stay in order.
fn turn<T>(elements: &mut [T], reverse: bool) {
    if reverse {
        elements.reverse();
    }
}

/// Sorts a list, which is empty meanwhile, so that comparisons that look at it do no harm.
fn sort_list(cx: &mut Context, list: &ListObject, key: Option<Value>, reverse: bool) -> Result<()> {
    let mut items = list.take_items();
    let result = sort_values(cx, &mut items, key, reverse);
    let modified = list.capacity.get() != 0;
    let intruders = list.put_items(items);
    list::release_items(cx, intruders);
    result?;
    if modified {
        return Err(cx.value_error("list modified during sort"));
    }
    Ok(())
}

/// The parameters that `sort` and `sorted` share.
fn sort_options(cx: &mut Context, keywords: Arguments<'_>) -> Result<(Option<Value>, bool)> {
    const SIGNATURE: Signature<2> = Signature {
        function: "sort",
        names: ["key", "reverse"],
        positional_only: 0,
        positional: 0,
        required: 0,
        rest: false,
        open: false,
    };
    let [key, reverse] = SIGNATURE.bind(cx, keywords)?;
    let reverse = match reverse {
        Some(reverse) => convert::truth(cx, reverse)?,
        None => false,
    };
    Ok((key.filter(|key| *key != singleton::none()), reverse))
}

/// `list.sort`
pub fn list_sort(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = arguments.values[0];
    let (key, reverse) = sort_options(cx, arguments.without_first())?;
    let list = receiver.cast::<ListObject>().expect("the method's receiver is a list");
    sort_list(cx, list, key, reverse)?;
    Ok(Owned::new(singleton::none()))
}

/// The builtin function `sorted`.
pub fn sorted(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let iterable = positionals(cx, "sorted", arguments, 1, 1)?[0];
    let result = ListObject::new(cx, Vec::new());
    let list = result.value().cast_exact::<ListObject>().expect("just made");
    list::slots::extend(cx, list, iterable)?;
    let (key, reverse) = sort_options(cx, arguments.without_first())?;
    sort_list(cx, list, key, reverse)?;
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_order_knows_numbers() {
        let int = Value::from_small_int;
        assert_eq!(quick_order(int(1), int(2), 0), Some(Ordering::Less));
        let float = |value| Value::try_from_float(value).expect("a common magnitude");
        assert_eq!(quick_order(float(2.5), float(1.0), 0), Some(Ordering::Greater));
        assert_eq!(quick_order(float(-0.0), float(0.0), 0), Some(Ordering::Equal));
        assert_eq!(quick_order(float(f64::NAN), float(0.0), 0), None);
        assert_eq!(quick_order(int(1), float(0.0), 0), None);
    }

    #[test]
    fn plain_keys_sort_without_comparisons() {
        let int = Value::from_small_int;
        let mut items = [int(3), int(-1), int(2)];
        assert!(matches!(key_kind(&items), KeyKind::Int));
        items.sort_unstable_by_key(|element| element.key().int());
        assert_eq!(items, [int(-1), int(2), int(3)]);
    }
}
