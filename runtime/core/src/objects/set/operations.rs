//! The algebra of sets, step for step as CPython does it, since the steps decide the order of iteration.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::dict::{DictObject, key_hash};
use crate::objects::set::slots::{FROZENSET, SET, is_set};
use crate::objects::set::{SetEntry, SetObject, element_hash, insert_clean, wanted_entries};
use crate::objects::type_object::TypeObject;
use crate::operations::iterate;
use crate::value::Value;

/// The set that a value is.
pub fn cast<'a>(value: Value) -> Option<&'a SetObject> {
    // SAFETY: (heap 2) set, frozenset and their subtypes start with a SetObject.
    is_set(value).then(|| unsafe { value.cast_unchecked() })
}

/// The set of a value that is known to be one.
pub fn of<'a>(value: Value) -> &'a SetObject {
    debug_assert!(is_set(value));
    // SAFETY: the caller knows it.
    unsafe { value.cast_unchecked() }
}

/// `set` or `frozenset`: the exact type that operations on an instance of `kind` give.
fn base_type(kind: &TypeObject) -> &'static TypeObject {
    if kind.is_subtype(&FROZENSET) { &FROZENSET } else { &SET }
}

/// A new set, of exact type, with the items of an iterable.
pub fn from_iterable(cx: &mut Context, kind: &TypeObject, iterable: Value) -> Result<Owned> {
    let made = SetObject::new_of(cx, base_type(kind));
    update(cx, of(made.value()), iterable)?;
    Ok(made)
}

/// A copy, of exact type.
pub fn copy(cx: &mut Context, set: Value) -> Owned {
    let made = SetObject::new_of(cx, base_type(set.heap_type()));
    merge_into_new(of(made.value()), of(set));
    made
}

/// Fills a set that was just made with the elements of another.
fn merge_into_new(target: &SetObject, source: &SetObject) {
    debug_assert!(target.fill.get() == 0);
    if source.is_empty() {
        return;
    }
    reserve_for(target, source.len());
    let count = |key: Value| Owned::new(key).into_raw();
    let (same_mask, no_deleted) = (target.mask == source.mask, source.fill == source.used);
    for slot in 0..=source.mask.get() {
        let SetEntry { key, hash } = source.entry(slot);
        if key.is_unbound() {
            continue;
        }
        let entry = SetEntry { key: count(key), hash };
        if same_mask && no_deleted {
            target.write_entry(slot, entry);
        } else {
            // SAFETY: (set 1) the table has room for all elements.
            unsafe { insert_clean(target.table.get(), target.mask.get(), entry) };
        }
    }
    target.fill.set(source.len());
    target.used.set(source.len());
}

/// Makes room for `additional` elements at once, as if none of them were in the set.
fn reserve_for(set: &SetObject, additional: usize) {
    if (set.fill.get() + additional) * 5 >= set.mask.get() * 3 {
        set.resize((set.len() + additional) * 2);
    }
}

/// Calls `visit` with each element of a set and its hash; the set may change meanwhile.
pub fn for_each_entry(
    cx: &mut Context,
    set: &SetObject,
    mut visit: impl FnMut(&mut Context, Value, i64) -> Result<()>,
) -> Result<()> {
    let mut position = 0;
    while let Some((entry, next)) = set.next_entry(position) {
        let key = Owned::new(entry.key);
        visit(cx, key.value(), entry.hash)?;
        position = next;
    }
    Ok(())
}

/// Calls `visit` with each key of a dict and its hash; the dict may change meanwhile.
pub fn for_each_key(
    cx: &mut Context,
    dict: &DictObject,
    mut visit: impl FnMut(&mut Context, Value, i64) -> Result<()>,
) -> Result<()> {
    let mut position = 0;
    while position < dict.entry_count() {
        if let Some((key, _)) = dict.entry(position) {
            let (key, hash) = (Owned::new(key), dict.entry_hash(position));
            visit(cx, key.value(), hash)?;
        }
        position += 1;
    }
    Ok(())
}

/// `set |= iterable`
pub fn update(cx: &mut Context, set: &SetObject, source: Value) -> Result<()> {
    if let Some(other) = cast(source) {
        if std::ptr::eq(other, set) || other.is_empty() {
            return Ok(());
        }
        if set.fill.get() == 0 {
            merge_into_new(set, other);
            return Ok(());
        }
        reserve_for(set, other.len());
        return for_each_entry(cx, other, |cx, key, hash| set.add_with_hash(cx, key, hash).map(drop));
    }
    if let Some(dict) = source.cast_exact::<DictObject>() {
        reserve_for(set, dict.len());
        return for_each_key(cx, dict, |cx, key, hash| set.add_with_hash(cx, key, hash).map(drop));
    }
    iterate::for_each(cx, source, |cx, item| set.add(cx, item.value()).map(drop))
}

/// `set & iterable`, as a new set of the exact type of `set`.
pub fn intersection(cx: &mut Context, set: Value, other: Value) -> Result<Owned> {
    if set == other {
        return Ok(copy(cx, set));
    }
    let result = SetObject::new_of(cx, base_type(set.heap_type()));
    let target = of(result.value());
    let own = of(set);
    if let Some(other) = cast(other) {
        let (small, large) = if other.len() > own.len() { (own, other) } else { (other, own) };
        for_each_entry(cx, small, |cx, key, hash| {
            if large.contains_with_hash(cx, key, hash)? {
                target.add_with_hash(cx, key, hash)?;
            }
            Ok(())
        })?;
        return Ok(result);
    }
    iterate::for_each(cx, other, |cx, item| {
        let hash = key_hash(cx, item.value())?;
        if own.contains_with_hash(cx, item.value(), hash)? {
            target.add_with_hash(cx, item.value(), hash)?;
        }
        Ok(())
    })?;
    Ok(result)
}

/// `set &= iterable`
pub fn intersection_update(cx: &mut Context, set: Value, other: Value) -> Result<()> {
    let result = intersection(cx, set, other)?;
    of(set).swap(of(result.value()));
    Ok(())
}

/// `set - iterable`, as a new set of the exact type of `set`.
pub fn difference(cx: &mut Context, set: Value, other: Value) -> Result<Owned> {
    let own = of(set);
    let dict = other.cast_exact::<DictObject>();
    let other_length = match (cast(other), dict) {
        (Some(other), _) => other.len(),
        (None, Some(dict)) => dict.len(),
        (None, None) => usize::MAX,
    };
    // Removing few elements from a copy beats looking each element up.
    if other_length == usize::MAX || own.len() >> 2 > other_length {
        let result = copy(cx, set);
        difference_update(cx, of(result.value()), other)?;
        return Ok(result);
    }
    let result = SetObject::new_of(cx, base_type(set.heap_type()));
    let target = of(result.value());
    for_each_entry(cx, own, |cx, key, hash| {
        let found = match dict {
            Some(dict) => dict.get_with_hash(cx, key, hash)?.is_some(),
            None => of(other).contains_with_hash(cx, key, hash)?,
        };
        if !found {
            target.add_with_hash(cx, key, hash)?;
        }
        Ok(())
    })?;
    Ok(result)
}

/// `set -= iterable`
pub fn difference_update(cx: &mut Context, set: &SetObject, other: Value) -> Result<()> {
    if Value::from_pointer(set) == other {
        set.clear(cx);
        return Ok(());
    }
    if let Some(others) = cast(other) {
        // Of a much larger set only the common elements matter.
        let common = if others.len() >> 3 > set.len() {
            intersection(cx, Value::from_pointer(set), other)?
        } else {
            Owned::new(other)
        };
        for_each_entry(cx, of(common.value()), |cx, key, hash| set.discard_with_hash(cx, key, hash).map(drop))?;
    } else {
        iterate::for_each(cx, other, |cx, item| set.discard(cx, item.value()).map(drop))?;
    }
    if set.fill.get() - set.len() > set.mask.get() / 4 {
        set.resize(wanted_entries(set.len()));
    }
    Ok(())
}

/// `set ^= iterable`
pub fn symmetric_difference_update(cx: &mut Context, set: &SetObject, other: Value) -> Result<()> {
    if Value::from_pointer(set) == other {
        set.clear(cx);
        return Ok(());
    }
    let toggle = |cx: &mut Context, key: Value, hash: i64| {
        if !set.discard_with_hash(cx, key, hash)? {
            set.add_with_hash(cx, key, hash)?;
        }
        Ok(())
    };
    if let Some(dict) = other.cast_exact::<DictObject>() {
        return for_each_key(cx, dict, toggle);
    }
    let others = if is_set(other) {
        Owned::new(other)
    } else {
        let kind = Value::from_pointer(set).heap_type();
        from_iterable(cx, kind, other)?
    };
    for_each_entry(cx, of(others.value()), toggle)
}

/// `set ^ iterable`, as a new set of the exact type of `set`.
pub fn symmetric_difference(cx: &mut Context, set: Value, other: Value) -> Result<Owned> {
    let result = from_iterable(cx, set.heap_type(), other)?;
    symmetric_difference_update(cx, of(result.value()), set)?;
    Ok(result)
}

/// `set | iterable`, as a new set of the exact type of `set`.
pub fn union(cx: &mut Context, set: Value, other: Value) -> Result<Owned> {
    let result = copy(cx, set);
    if set != other {
        update(cx, of(result.value()), other)?;
    }
    Ok(result)
}

/// Whether every element of the first set is in the second.
pub fn is_subset(cx: &mut Context, set: &SetObject, other: &SetObject) -> Result<bool> {
    if set.len() > other.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((entry, next)) = set.next_entry(position) {
        let key = Owned::new(entry.key);
        if !other.contains_with_hash(cx, key.value(), entry.hash)? {
            return Ok(false);
        }
        position = next;
    }
    Ok(true)
}

/// `set.issubset(iterable)`
pub fn is_subset_of(cx: &mut Context, set: Value, other: Value) -> Result<bool> {
    if let Some(other) = cast(other) {
        return is_subset(cx, of(set), other);
    }
    let common = intersection(cx, set, other)?;
    Ok(of(common.value()).len() == of(set).len())
}

/// `set.issuperset(iterable)`
pub fn is_superset_of(cx: &mut Context, set: Value, other: Value) -> Result<bool> {
    if let Some(other) = cast(other) {
        return is_subset(cx, other, of(set));
    }
    let iterator = iterate::get_iter(cx, other)?;
    while let Some(item) = iterate::next(cx, iterator.value())? {
        if !of(set).contains(cx, item.value())? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `set.isdisjoint(iterable)`
pub fn is_disjoint(cx: &mut Context, set: Value, other: Value) -> Result<bool> {
    let own = of(set);
    if set == other {
        return Ok(own.is_empty());
    }
    if let Some(other) = cast(other) {
        let (small, large) = if other.len() > own.len() { (own, other) } else { (other, own) };
        let mut position = 0;
        while let Some((entry, next)) = small.next_entry(position) {
            let key = Owned::new(entry.key);
            if large.contains_with_hash(cx, key.value(), entry.hash)? {
                return Ok(false);
            }
            position = next;
        }
        return Ok(true);
    }
    let iterator = iterate::get_iter(cx, other)?;
    while let Some(item) = iterate::next(cx, iterator.value())? {
        if own.contains(cx, item.value())? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The hash to look up `element` by: a set, though unhashable, stands for the frozenset of its elements.
pub fn lookup_hash(cx: &mut Context, element: Value) -> Result<i64> {
    match element_hash(cx, element) {
        Ok(hash) => Ok(hash),
        Err(raised) => match cast(element) {
            Some(set) if element.heap_type().is_subtype(&SET) && cx.swallow(&crate::objects::exception::TYPE_ERROR) => {
                set.cached_hash.set(-1);
                let hash = set.elements_hash();
                set.cached_hash.set(-1);
                Ok(hash)
            }
            _ => Err(raised),
        },
    }
}
