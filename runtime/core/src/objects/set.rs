//! `set` and `frozenset`: CPython's hash table (Objects/setobject.c), probe for probe, so that iteration order is the
//! same wherever hashes are.
//!
//! **Invariants**
//! 1. (set 1) `table` has `mask + 1` entries, a power of two; it is the inline `small` table when there are eight.
//! 2. (set 2) An unused entry has an unbound key and hash 0, a deleted one an unbound key and hash -1, which is no
//!    hash; `fill` counts used and deleted entries and is less than the table's size.

pub mod operations;
pub mod slots;

use crate::context::{Context, Result};
use crate::heap::allocate::{allocate_bytes, free_bytes};
use crate::heap::teardown::Children;
use crate::heap::{Header, Owned};
use crate::objects::dict::key_hash;
use crate::objects::str as text;
use crate::objects::type_object::TypeObject;
use crate::objects::{exception, instance};
use crate::operations::{compare, convert};
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};

pub use slots::{FROZENSET, SET, SET_ITERATOR};

/// One slot of the table.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SetEntry {
    pub key: Value,
    pub hash: i64,
}

impl SetEntry {
    const UNUSED: SetEntry = SetEntry { key: Value::UNBOUND, hash: 0 };
    const DELETED: SetEntry = SetEntry { key: Value::UNBOUND, hash: -1 };

    #[inline(always)]
    fn is_unused(self) -> bool {
        self.key.is_unbound() && self.hash == 0
    }
}

/// Entries of the smallest table.
const SMALL_ENTRIES: usize = 8;

/// A `set` or `frozenset`.
#[repr(C)]
pub struct SetObject {
    pub header: Header,
    /// Used and deleted entries.
    fill: Cell<usize>,
    used: Cell<usize>,
    mask: Cell<usize>,
    table: Cell<*mut SetEntry>,
    /// The hash of a frozenset; -1 when it was not computed yet.
    cached_hash: Cell<i64>,
    /// Where `pop` goes on searching.
    finger: Cell<usize>,
    small: UnsafeCell<[SetEntry; SMALL_ENTRIES]>,
}

/// Slots that follow a probed one and are tried before jumping on.
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;

/// Visits the slots of the probe sequence of `hash` until `visit` gives a result.
#[inline(always)]
fn probe<R>(mask: usize, hash: i64, mut visit: impl FnMut(usize) -> Option<R>) -> R {
    let mut perturb = hash as u64;
    let mut slot = hash as usize & mask;
    loop {
        let last = if slot + LINEAR_PROBES <= mask { slot + LINEAR_PROBES } else { slot };
        for candidate in slot..=last {
            if let Some(result) = visit(candidate) {
                return result;
            }
        }
        perturb >>= PERTURB_SHIFT;
        slot = slot.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
    }
}

/// Whether a table is too full after an insertion.
#[inline(always)]
fn is_crowded(fill: usize, mask: usize) -> bool {
    fill * 5 >= mask * 3
}

/// How many entries a table that became too full is to have room for.
fn wanted_entries(used: usize) -> usize {
    if used > 50_000 { used * 2 } else { used * 4 }
}

/// The table size for more than `wanted` entries.
fn table_entries(wanted: usize) -> usize {
    (wanted + 1).next_power_of_two().max(SMALL_ENTRIES)
}

/// Where a search for a key ended.
enum Found {
    Present(usize),
    /// Absent; the sequence ended at this unused slot, and the last deleted one on the way, if any, is the second.
    Absent(usize, Option<usize>),
    /// A comparison changed the table.
    Changed,
}

/// The hash of an element; the error names the element's type.
#[inline(always)]
pub fn element_hash(cx: &mut Context, element: Value) -> Result<i64> {
    match key_hash(cx, element) {
        Ok(hash) => Ok(hash),
        Err(raised) => Err(explain_unhashable(cx, element, raised)),
    }
}

#[cold]
fn explain_unhashable(cx: &mut Context, element: Value, raised: crate::Raised) -> crate::Raised {
    if cx.pending.is_unbound() || !cx.pending.has_type(&exception::TYPE_ERROR) {
        return raised;
    }
    let error = cx.take_pending();
    let reason = match convert::str(cx, error.value()) {
        Ok(reason) => reason,
        Err(raised) => return raised,
    };
    let (name, reason) = (element.type_of().name(), text::text(reason.value()).unwrap_or_default());
    cx.type_error(format!("cannot use '{name}' as a set element ({reason})"))
}

impl SetObject {
    /// An empty set.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(cx: &mut Context) -> Owned {
        SetObject::new_of(cx, &SET)
    }

    /// An empty instance of `set`, `frozenset` or a subclass.
    pub fn new_of(cx: &mut Context, kind: &'static TypeObject) -> Owned {
        let header = instance::allocate(cx, kind, 0);
        let set = header as *mut SetObject;
        // SAFETY: (heap 3) fresh memory of a set's size; the header is kept.
        unsafe {
            let small = &raw mut (*set).small;
            small.write(UnsafeCell::new([SetEntry::UNUSED; SMALL_ENTRIES]));
            (&raw mut (*set).fill).write(Cell::new(0));
            (&raw mut (*set).used).write(Cell::new(0));
            (&raw mut (*set).mask).write(Cell::new(SMALL_ENTRIES - 1));
            (&raw mut (*set).table).write(Cell::new(small as *mut SetEntry));
            (&raw mut (*set).cached_hash).write(Cell::new(-1));
            (&raw mut (*set).finger).write(Cell::new(0));
        }
        Owned::from_raw(Value::from_pointer(set))
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get()
    }

    pub fn is_empty(&self) -> bool {
        self.used.get() == 0
    }

    fn small_table(&self) -> *mut SetEntry {
        self.small.get() as *mut SetEntry
    }

    #[inline(always)]
    fn entry(&self, slot: usize) -> SetEntry {
        debug_assert!(slot <= self.mask.get());
        // SAFETY: (set 1) the slot is within the table.
        unsafe { *self.table.get().add(slot) }
    }

    #[inline(always)]
    fn write_entry(&self, slot: usize, entry: SetEntry) {
        debug_assert!(slot <= self.mask.get());
        // SAFETY: (set 1) the slot is within the table.
        unsafe { *self.table.get().add(slot) = entry };
    }

    /// The first element at or after table position `position`, with the position after it.
    #[inline]
    pub fn next_entry(&self, position: usize) -> Option<(SetEntry, usize)> {
        let mut slot = position;
        while slot <= self.mask.get() {
            let entry = self.entry(slot);
            slot += 1;
            if !entry.key.is_unbound() {
                return Some((entry, slot));
            }
        }
        None
    }

    /// Searches for a key. Comparisons may run Python code. Who is going to add it (`ADDING`) is content with an equal key
    /// that is gone since, as in CPython: then the slot means nothing. Nobody else learns of deleted slots.
    #[inline(always)]
    fn find<const ADDING: bool>(&self, cx: &mut Context, key: Value, hash: i64) -> Result<Found> {
        // Most searches end where they start.
        let slot = hash as usize & self.mask.get();
        let entry = self.entry(slot);
        if entry.is_unused() {
            return Ok(Found::Absent(slot, None));
        }
        if entry.key == key {
            return Ok(Found::Present(slot));
        }
        self.find_on::<ADDING>(cx, key, hash)
    }

    /// The same, if it is not there.
    #[inline(never)]
    fn find_on<const ADDING: bool>(&self, cx: &mut Context, key: Value, hash: i64) -> Result<Found> {
        loop {
            let (table, mask) = (self.table.get(), self.mask.get());
            let mut deleted = None;
            let found = probe(mask, hash, |slot| {
                // SAFETY: (set 1) probes stay within the table, which `compare_keys` makes sure is the same.
                let entry = unsafe { *table.add(slot) };
                if entry.hash != hash && entry.hash != 0 {
                    if ADDING && entry.hash == SetEntry::DELETED.hash {
                        deleted = Some(slot);
                    }
                    return None;
                }
                if entry.is_unused() {
                    // What was compared may have filled the deleted slot meanwhile.
                    let deleted = deleted.filter(|slot| self.entry(*slot).key.is_unbound());
                    return Some(Ok(Found::Absent(slot, deleted)));
                }
                if entry.hash != hash {
                    return None;
                }
                if entry.key == key {
                    return Some(Ok(Found::Present(slot)));
                }
                self.compare_keys(cx, slot, entry, key, ADDING)
            })?;
            if !matches!(found, Found::Changed) {
                return Ok(found);
            }
        }
    }

    /// Compares two keys of equal hash; `None` when they differ.
    fn compare_keys(
        &self,
        cx: &mut Context,
        slot: usize,
        entry: SetEntry,
        key: Value,
        adding: bool,
    ) -> Option<Result<Found>> {
        if entry.key.has_type(&text::STR) && key.has_type(&text::STR) {
            return text::equal(entry.key, key).then_some(Ok(Found::Present(slot)));
        }
        let (table, mask) = (self.table.get(), self.mask.get());
        let own = Owned::new(entry.key);
        match compare::equals(cx, own.value(), key) {
            Err(raised) => Some(Err(raised)),
            Ok(true) if adding => Some(Ok(Found::Present(slot))),
            Ok(_) if table != self.table.get() || mask != self.mask.get() || self.entry(slot).key != own.value() => {
                Some(Ok(Found::Changed))
            }
            Ok(true) => Some(Ok(Found::Present(slot))),
            Ok(false) => None,
        }
    }

    /// Adds an element (with a new count); says whether it is new.
    #[inline]
    pub fn add(&self, cx: &mut Context, element: Value) -> Result<bool> {
        let hash = element_hash(cx, element)?;
        self.add_with_hash(cx, element, hash)
    }

    /// Adds an element whose hash is known.
    #[inline]
    pub fn add_with_hash(&self, cx: &mut Context, element: Value, hash: i64) -> Result<bool> {
        // The element may be borrowed from something that a comparison changes.
        let element = Owned::new(element);
        match self.find::<true>(cx, element.value(), hash)? {
            Found::Absent(_, Some(deleted)) => {
                self.write_entry(deleted, SetEntry { key: element.into_raw(), hash });
                self.used.set(self.used.get() + 1);
                Ok(true)
            }
            Found::Absent(slot, None) => {
                self.write_entry(slot, SetEntry { key: element.into_raw(), hash });
                self.fill.set(self.fill.get() + 1);
                self.used.set(self.used.get() + 1);
                if is_crowded(self.fill.get(), self.mask.get()) {
                    self.resize(wanted_entries(self.used.get()));
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    #[inline]
    pub fn contains(&self, cx: &mut Context, element: Value) -> Result<bool> {
        let hash = element_hash(cx, element)?;
        self.contains_with_hash(cx, element, hash)
    }

    #[inline]
    pub fn contains_with_hash(&self, cx: &mut Context, element: Value, hash: i64) -> Result<bool> {
        Ok(matches!(self.find::<false>(cx, element, hash)?, Found::Present(_)))
    }

    /// Removes an element; says whether it was there.
    pub fn discard(&self, cx: &mut Context, element: Value) -> Result<bool> {
        let hash = element_hash(cx, element)?;
        self.discard_with_hash(cx, element, hash)
    }

    pub fn discard_with_hash(&self, cx: &mut Context, element: Value, hash: i64) -> Result<bool> {
        match self.find::<false>(cx, element, hash)? {
            Found::Present(slot) => {
                drop(self.remove_entry(slot));
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn remove_entry(&self, slot: usize) -> Owned {
        let key = self.entry(slot).key;
        self.write_entry(slot, SetEntry::DELETED);
        self.used.set(self.used.get() - 1);
        Owned::from_raw(key)
    }

    /// Removes an arbitrary element.
    pub fn pop(&self) -> Option<Owned> {
        if self.is_empty() {
            return None;
        }
        let mask = self.mask.get();
        let mut slot = self.finger.get() & mask;
        while self.entry(slot).key.is_unbound() {
            slot = (slot + 1) & mask;
        }
        self.finger.set(slot + 1);
        Some(self.remove_entry(slot))
    }

    /// Moves the elements to a table with room for `wanted`, without the deleted entries.
    fn resize(&self, wanted: usize) {
        let (old, old_mask) = (self.table.get(), self.mask.get());
        let entries = table_entries(wanted);
        let mut spare = [SetEntry::UNUSED; SMALL_ENTRIES];
        let source = if old == self.small_table() {
            // SAFETY: (set 1) the inline table has eight entries.
            unsafe { std::ptr::copy_nonoverlapping(old, spare.as_mut_ptr(), SMALL_ENTRIES) };
            spare.as_ptr()
        } else {
            old as *const SetEntry
        };
        let table = if entries == SMALL_ENTRIES { self.small_table() } else { allocate_table(entries) };
        // SAFETY: (set 1) both tables have the sizes given; `source` is not the new table.
        unsafe {
            for slot in 0..entries {
                table.add(slot).write(SetEntry::UNUSED);
            }
            for slot in 0..=old_mask {
                let entry = *source.add(slot);
                if !entry.key.is_unbound() {
                    insert_clean(table, entries - 1, entry);
                }
            }
        }
        self.table.set(table);
        self.mask.set(entries - 1);
        self.fill.set(self.used.get());
        self.free_table(old, old_mask);
    }

    fn free_table(&self, table: *mut SetEntry, mask: usize) {
        if table != self.small_table() {
            // SAFETY: (set 1) a table that is not inline was allocated with `mask + 1` entries.
            unsafe { free_bytes(table as *mut u8, (mask + 1) * size_of::<SetEntry>()) };
        }
    }

    /// Gives up all elements.
    fn release_into(&self, children: &mut Children<'_>) {
        let (table, mask) = (self.table.get(), self.mask.get());
        for slot in (0..=mask).rev() {
            children.push(self.entry(slot).key);
        }
        self.make_empty();
        self.free_table(table, mask);
    }

    /// Forgets the table.
    fn make_empty(&self) {
        // SAFETY: (set 1) the inline table belongs to the set.
        unsafe { *self.small.get() = [SetEntry::UNUSED; SMALL_ENTRIES] };
        self.table.set(self.small_table());
        self.mask.set(SMALL_ENTRIES - 1);
        self.fill.set(0);
        self.used.set(0);
        self.cached_hash.set(-1);
    }

    /// Removes all elements.
    pub fn clear(&self, cx: &mut Context) {
        if self.fill.get() > 0 {
            cx.clear_and_release(|children| self.release_into(children), false);
        }
    }

    /// Exchanges the elements of two sets.
    pub fn swap(&self, other: &SetObject) {
        let (own_small, other_small) = (self.small_table(), other.small_table());
        let (own_inline, other_inline) = (self.table.get() == own_small, other.table.get() == other_small);
        self.fill.swap(&other.fill);
        self.used.swap(&other.used);
        self.mask.swap(&other.mask);
        self.table.swap(&other.table);
        // SAFETY: (set 1) two different sets' inline tables.
        unsafe { std::ptr::swap_nonoverlapping(own_small, other_small, SMALL_ENTRIES) };
        if own_inline {
            other.table.set(other_small);
        }
        if other_inline {
            self.table.set(own_small);
        }
        self.cached_hash.set(-1);
        other.cached_hash.set(-1);
    }

    /// The hash of the elements whatever their order: CPython's.
    pub fn elements_hash(&self) -> i64 {
        if self.cached_hash.get() == -1 {
            let mut hash = 0;
            let mut position = 0;
            while let Some((entry, next)) = self.next_entry(position) {
                hash ^= shuffle_bits(entry.hash as u64);
                position = next;
            }
            self.cached_hash.set(finish_hash(hash, self.len()));
        }
        self.cached_hash.get()
    }
}

/// Spreads the bits of an element's hash, so that xor does not cancel nearby ones.
fn shuffle_bits(hash: u64) -> u64 {
    (hash ^ 89869747 ^ (hash << 16)).wrapping_mul(3644798167)
}

fn finish_hash(elements: u64, count: usize) -> i64 {
    let mut hash = elements ^ (count as u64 + 1).wrapping_mul(1927868237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69069).wrapping_add(907133923);
    if hash == u64::MAX { 590923713 } else { hash as i64 }
}

fn allocate_table(entries: usize) -> *mut SetEntry {
    allocate_bytes(entries * size_of::<SetEntry>()) as *mut SetEntry
}

/// Inserts an entry that is not in the table, which has no deleted entries.
///
/// # Safety
/// `table` has `mask + 1` initialised entries, some of them unused.
unsafe fn insert_clean(table: *mut SetEntry, mask: usize, entry: SetEntry) {
    let slot = probe(mask, entry.hash, |slot| {
        // SAFETY: probes stay within the table.
        unsafe { (*table.add(slot)).key }.is_unbound().then_some(slot)
    });
    // SAFETY: as above.
    unsafe { *table.add(slot) = entry };
}

/// The frozenset of a compile-time constant.
pub fn frozen_from_constants(cx: &mut Context, items: &[Owned]) -> Owned {
    let frozen = SetObject::new_of(cx, &FROZENSET);
    // SAFETY: (heap 2) just made.
    let set: &SetObject = unsafe { frozen.value().cast_unchecked() };
    for item in items {
        // Constants are hashable and compare without errors.
        if set.add(cx, item.value()).is_err() {
            drop(cx.take_pending());
        }
    }
    frozen
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Inserts hashes as `add` does and gives them in table order.
    fn order(hashes: &[i64]) -> Vec<i64> {
        let mut table = vec![None; SMALL_ENTRIES];
        let mut used = 0;
        let place = |table: &mut Vec<Option<i64>>, hash: i64| {
            let mask = table.len() - 1;
            let slot = probe(mask, hash, |slot| match table[slot] {
                None => Some(Some(slot)),
                Some(other) => (other == hash).then_some(None),
            });
            if let Some(slot) = slot {
                table[slot] = Some(hash);
            }
            slot.is_some()
        };
        for &hash in hashes {
            if place(&mut table, hash) {
                used += 1;
                if is_crowded(used, table.len() - 1) {
                    let old = std::mem::take(&mut table);
                    table = vec![None; table_entries(wanted_entries(used))];
                    for hash in old.into_iter().flatten() {
                        place(&mut table, hash);
                    }
                }
            }
        }
        table.into_iter().flatten().collect()
    }

    #[test]
    fn order_is_that_of_cpython() {
        assert_eq!(order(&[3, 1, 2]), [1, 2, 3]);
        assert_eq!(order(&[8, 16, 24, 0]), [8, 16, 24, 0]);
        assert_eq!(order(&[1000, 7, 15, -5, 33, 64]), EXPECTED_MIXED);
        assert_eq!(order(&(0..40).map(|i| i * 7919 % 1009).collect::<Vec<_>>())[..8], EXPECTED_LONG);
    }

    const EXPECTED_MIXED: [i64; 6] = [64, 33, 7, 1000, 15, -5];
    const EXPECTED_LONG: [i64; 8] = [0, 641, 517, 393, 397, 273, 914, 149];

    #[test]
    fn hashes_are_those_of_cpython() {
        assert_eq!(finish_hash(0, 0), 133146708735736);
        let elements = [1, 2, 3].into_iter().fold(0, |hash, element| hash ^ shuffle_bits(element));
        assert_eq!(finish_hash(elements, 3), -272375401224217160);
    }
}
