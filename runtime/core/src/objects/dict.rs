//! `dict`: compact and insertion-ordered, with an index table of one, two or four bytes per slot.
//!
//! `keys_version` changes whenever the set of keys or their places change, so an inline cache that saw a key at entry
//! `i` under a version may read entry `i` directly. A dict can be watched by compiled traces.

use crate::context::{Context, Raised, Result};
use crate::heap::allocate::{allocate_bytes, free_bytes};
use crate::heap::owned::{increment, increment_bound};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::hooks::Broken;
use crate::objects::exception;
use crate::objects::iterator::dict_operations;
use crate::objects::slots::Slots;
use crate::objects::str::StrObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::{compare, convert};
use crate::value::Value;
use std::cell::Cell;

/// One key with its value; a deleted entry has an unbound key.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Entry {
    pub key: Value,
    pub value: Value,
    pub hash: i64,
}

/// A dictionary.
#[repr(C)]
pub struct DictObject {
    pub header: Header,
    /// Entries in insertion order. Compiled code reads `entries[i].value`.
    pub entries: Cell<*mut Entry>,
    /// Changes with the keys' places; 0 after creation until asked for.
    pub keys_version: Cell<u64>,
    /// Live entries.
    length: Cell<usize>,
    /// Used entries, deleted ones included.
    used: Cell<u32>,
    /// log2 of the number of index slots; 0 for none.
    index_bits: Cell<u32>,
    index: Cell<*mut u8>,
    /// Nonzero when traces depend on the contents; the number in `Broken`.
    pub watch: Cell<u64>,
}

/// Where a dict's number of live entries lies.
pub const LENGTH_OFFSET: usize = std::mem::offset_of!(DictObject, length);

/// The smallest index: 8 slots, 5 entries.
const INDEX_BITS_MIN: u32 = 3;
const EMPTY: u32 = u32::MAX;
const DELETED: u32 = u32::MAX - 1;
const PERTURB_SHIFT: u32 = 5;

pub static DICT: StaticType = Immortal::new(
    TypeObject::builtin(
        "dict",
        size_of::<DictObject>(),
        Slots {
            repr: Some(dict_operations::repr),
            init: Some(dict_operations::init),
            iter: Some(crate::objects::iterator::dict::iter),
            binary: dict_operations::BINARY,
            inplace: dict_operations::INPLACE,
            length: Some(|_, value| Ok(of(value).len())),
            get_item: Some(get_item),
            set_item: Some(set_item),
            contains: Some(|cx, dict, key| Ok(of(dict).get(cx, key)?.is_some())),
            hash: Some(|cx, value| Err(convert::unhashable(cx, value))),
            compare: Some(compare_dicts),
            new: Some(|cx, kind, _| Ok(allocate(cx, kind))),
            traverse: Some(traverse),
            release: Some(release),
            clear: Some(clear_slot),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::COLLECTED | flags::DICT | flags::MAPPING),
);

crate::object_type!(DictObject, DICT);

/// The dict of a value known to be one.
#[inline(always)]
pub fn of(value: Value) -> &'static DictObject {
    debug_assert!(value.type_of().has_flag(flags::DICT));
    // SAFETY: (heap 2) callers have checked the type.
    unsafe { value.cast_unchecked() }
}

fn allocate(cx: &mut Context, kind: &'static TypeObject) -> Owned {
    let header = crate::objects::instance::allocate(cx, kind, 0);
    let dict = header as *mut DictObject;
    // SAFETY: (heap 3) fresh memory of a DictObject; the header is kept.
    unsafe {
        (&raw mut (*dict).entries).write(Cell::new(std::ptr::null_mut()));
        (&raw mut (*dict).keys_version).write(Cell::new(0));
        (&raw mut (*dict).length).write(Cell::new(0));
        (&raw mut (*dict).used).write(Cell::new(0));
        (&raw mut (*dict).index_bits).write(Cell::new(0));
        (&raw mut (*dict).index).write(Cell::new(std::ptr::null_mut()));
        (&raw mut (*dict).watch).write(Cell::new(0));
    }
    Owned::from_raw(Value::from_pointer(header))
}

fn entry_capacity(bits: u32) -> usize {
    if bits == 0 { 0 } else { (1usize << bits) * 2 / 3 }
}

fn index_width(bits: u32) -> usize {
    match bits {
        0..=7 => 1,
        8..=15 => 2,
        _ => 4,
    }
}

/// What a search found: the index slot, and the entry if the key is there.
struct Found {
    slot: usize,
    entry: Option<usize>,
}

impl DictObject {
    /// An empty dict.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(cx: &mut Context) -> Owned {
        allocate(cx, &DICT.object)
    }

    /// Makes room for `count` keys in a dict that has no table yet.
    pub fn reserve(&self, count: usize) {
        debug_assert!(self.index_bits.get() == 0);
        let mut bits = INDEX_BITS_MIN;
        while entry_capacity(bits) < count {
            bits += 1;
        }
        self.rebuild(bits);
    }

    /// The same in a dict that may have a table, which is then left alone.
    pub fn make_room(&self, count: usize) {
        if self.index_bits.get() == 0 {
            self.reserve(count);
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length.get()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn value(&self) -> Value {
        Value::from_pointer(self)
    }

    /// Entries to walk, deleted ones included.
    #[inline(always)]
    pub fn entry_count(&self) -> usize {
        self.used.get() as usize
    }

    /// Entry `i` in insertion order, borrowed; `None` for a deleted one or past the end.
    #[inline(always)]
    pub fn entry(&self, i: usize) -> Option<(Value, Value)> {
        if i >= self.entry_count() {
            return None;
        }
        let entry = self.raw_entry(i);
        (!entry.key.is_unbound()).then_some((entry.key, entry.value))
    }

    #[inline(always)]
    fn raw_entry(&self, i: usize) -> Entry {
        debug_assert!(i < self.entry_count());
        // SAFETY: (dict 1) entries below `used` are initialised.
        unsafe { *self.entries.get().add(i) }
    }

    /// Visits the keys and values.
    #[inline(always)]
    pub fn each_reference(&self, mut visit: impl FnMut(Value)) {
        // SAFETY: (dict 1) entries below `used` are initialised.
        let entries: &[Entry] = match self.entry_count() {
            0 => &[],
            used => unsafe { std::slice::from_raw_parts(self.entries.get(), used) },
        };
        for entry in entries.iter().filter(|entry| !entry.key.is_unbound()) {
            visit(entry.key);
            visit(entry.value);
        }
    }

    /// The hash stored with entry `i`.
    pub fn entry_hash(&self, i: usize) -> i64 {
        self.raw_entry(i).hash
    }

    /// A number that stands for the present keys and their places.
    #[inline]
    pub fn version(&self, cx: &Context) -> u64 {
        if self.keys_version.get() == 0 {
            self.keys_version.set(cx.fresh_version());
        }
        self.keys_version.get()
    }

    /// Tells caches and traces that the keys, or how they are found through the dict's owner, are others now.
    #[inline]
    pub fn keys_changed(&self, cx: &mut Context) {
        self.keys_version.set(0);
        if self.watch.get() != 0 {
            self.layout_changed(cx);
        }
    }

    /// Tells traces that the keys are others. Apart, like `value_changed`.
    #[cold]
    #[inline(never)]
    fn layout_changed(&self, cx: &mut Context) {
        (cx.interpreter().hooks.broken)(cx, Broken::DictKeys(self.watch.get()));
    }

    /// Tells traces that the value of an entry is another now. Apart, lest those who seldom need it have a stack frame.
    #[cold]
    #[inline(never)]
    fn value_changed(&self, cx: &mut Context, entry: u32) {
        (cx.interpreter().hooks.broken)(cx, Broken::DictEntry(self.watch.get(), entry));
    }

    #[inline(always)]
    fn read_index(&self, slot: usize) -> u32 {
        let index = self.index.get();
        // SAFETY: (dict 2) the index has 1 << index_bits slots of the width for its bits.
        unsafe {
            match self.index_bits.get() {
                0..=7 => of_byte(*index.add(slot)),
                8..=15 => of_two_bytes(*(index as *const u16).add(slot)),
                _ => *(index as *const u32).add(slot),
            }
        }
    }

    #[inline(always)]
    fn write_index(&self, slot: usize, entry: u32) {
        let index = self.index.get();
        // SAFETY: (dict 2) as in `read_index`; the special marks keep their meaning when truncated.
        unsafe {
            match self.index_bits.get() {
                0..=7 => *index.add(slot) = entry as u8,
                8..=15 => *(index as *mut u16).add(slot) = entry as u16,
                _ => *(index as *mut u32).add(slot) = entry,
            }
        }
    }

    /// Walks the probe sequence of `hash` until `matches` an entry or an empty slot.
    #[inline(always)]
    fn probe(&self, hash: i64, mut matches: impl FnMut(&Entry) -> bool) -> Found {
        let index = self.index.get();
        // The width is the same all the way: it is asked once, for a walk of its own.
        // SAFETY: (dict 2) slots are within the index, whose width follows from the bits.
        match self.index_bits.get() {
            0..=7 => self.walk(hash, &mut matches, |slot| of_byte(unsafe { *index.add(slot) })),
            8..=15 => self.walk(hash, &mut matches, |slot| of_two_bytes(unsafe { *(index as *const u16).add(slot) })),
            _ => self.walk(hash, &mut matches, |slot| unsafe { *(index as *const u32).add(slot) }),
        }
    }

    #[inline(always)]
    fn walk(&self, hash: i64, matches: &mut impl FnMut(&Entry) -> bool, read: impl Fn(usize) -> u32) -> Found {
        let mask = (1usize << self.index_bits.get()) - 1;
        let entries = self.entries.get();
        let mut perturb = hash as u64;
        let mut slot = hash as usize & mask;
        let mut free = None;
        loop {
            match read(slot) {
                EMPTY => return Found { slot: free.unwrap_or(slot), entry: None },
                DELETED => free = free.or(Some(slot)),
                entry => {
                    // SAFETY: (dict 1) the index names initialised entries.
                    if matches(unsafe { &*entries.add(entry as usize) }) {
                        return Found { slot, entry: Some(entry as usize) };
                    }
                }
            }
            perturb >>= PERTURB_SHIFT;
            slot = (slot.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1)) & mask;
        }
    }

    /// The entry of an interned string key. Never runs Python.
    #[inline]
    pub fn find_interned(&self, name: Value) -> Option<usize> {
        if self.index_bits.get() == 0 {
            return None;
        }
        // SAFETY: (heap 2) names are strings.
        let hash = unsafe { name.cast_unchecked::<StrObject>() }.hash(Context::current());
        self.probe(hash, |entry| {
            entry.key == name || entry.hash == hash && is_str(entry.key) && crate::objects::str::equal(entry.key, name)
        })
        .entry
    }

    /// The value of an interned string key, borrowed.
    #[inline]
    pub fn get_interned(&self, name: Value) -> Option<Value> {
        self.find_interned(name).map(|entry| self.raw_entry(entry).value)
    }

    /// The value of a text key, borrowed.
    pub fn get_text(&self, cx: &mut Context, key: &str) -> Option<Value> {
        let name = crate::objects::str::intern(cx, key);
        self.get_interned(name.value())
    }

    /// Stores a value under a text key.
    pub fn set_text(&self, cx: &mut Context, key: &str, value: Value) {
        let name = crate::objects::str::intern(cx, key);
        let hash = text_hash(cx, name.value());
        let found = self.find_simple(name.value(), hash);
        self.store(cx, found, name.value(), hash, value);
    }

    /// Searches for a key of a type whose equality runs no Python, among keys of any type whose comparison with it
    /// runs none either; `None` when a comparison might.
    #[inline(always)]
    fn find_simple(&self, key: Value, hash: i64) -> Option<Found> {
        if self.index_bits.get() == 0 {
            return Some(Found { slot: 0, entry: None });
        }
        let mut uncertain = false;
        let text = is_str(key);
        let found = self.probe(hash, |entry| {
            if entry.key == key {
                return true;
            }
            if entry.hash != hash {
                return false;
            }
            if text && is_str(entry.key) {
                return crate::objects::str::equal(entry.key, key);
            }
            compare::known_equal(entry.key, key, compare::NESTED_MAX).unwrap_or_else(|| {
                uncertain = true;
                true
            })
        });
        if uncertain { None } else { Some(found) }
    }

    /// Searches for any key. Comparisons may run Python code, which may do anything to the dict: what a search knows of
    /// the table holds until one, and after it only if the same key is still in the same place of the same table.
    fn find(&self, cx: &mut Context, key: Value, hash: i64) -> Result<Found> {
        if let Some(found) = self.find_simple(key, hash) {
            return Ok(found);
        }
        'again: while self.index_bits.get() != 0 {
            let table = self.table();
            let mask = (1usize << self.index_bits.get()) - 1;
            let mut perturb = hash as u64;
            let mut slot = hash as usize & mask;
            loop {
                match self.read_index(slot) {
                    // A slot that was free on the way may be taken by now.
                    EMPTY => return Ok(Found { slot: self.probe(hash, |_| false).slot, entry: None }),
                    DELETED => {}
                    position => {
                        let entry = self.raw_entry(position as usize);
                        if entry.key == key {
                            return Ok(Found { slot, entry: Some(position as usize) });
                        }
                        if entry.hash == hash {
                            let own = Owned::new(entry.key);
                            let equal = compare::equals(cx, own.value(), key)?;
                            if table != self.table() || !self.holds(own.value(), slot, position) {
                                continue 'again;
                            }
                            if equal {
                                return Ok(Found { slot, entry: Some(position as usize) });
                            }
                        }
                    }
                }
                perturb >>= PERTURB_SHIFT;
                slot = (slot.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1)) & mask;
            }
        }
        Ok(Found { slot: 0, entry: None })
    }

    /// The parts of the present table.
    fn table(&self) -> (*mut Entry, *mut u8, u32) {
        (self.entries.get(), self.index.get(), self.index_bits.get())
    }

    /// Whether the entry at `position`, to which index slot `slot` leads, has exactly this key.
    fn holds(&self, key: Value, slot: usize, position: u32) -> bool {
        self.read_index(slot) == position && self.raw_entry(position as usize).key == key
    }

    /// The value of a string or small integer, borrowed, if finding it runs no Python code: none of the dict's keys has to
    /// be asked whether it equals it. The outer `None` says that one has.
    #[inline]
    pub fn get_plain(&self, cx: &mut Context, key: Value) -> Option<Option<Value>> {
        let hash = key_hash(cx, key).ok()?;
        let found = self.find_simple(key, hash)?;
        Some(found.entry.map(|entry| self.raw_entry(entry).value))
    }

    /// Stores the value of a string or small integer like `set`, if that runs no Python code. Whether it did.
    #[inline]
    pub fn set_plain(&self, cx: &mut Context, key: Value, value: Value) -> bool {
        let Ok(hash) = key_hash(cx, key) else { return false };
        let Some(found) = self.find_simple(key, hash) else { return false };
        self.store(cx, Some(found), key, hash, value);
        true
    }

    /// The value of a key, borrowed. Errors: the key is unhashable, or a comparison raised.
    #[inline]
    pub fn get(&self, cx: &mut Context, key: Value) -> Result<Option<Value>> {
        let hash = explained_hash(cx, key)?;
        self.get_with_hash(cx, key, hash)
    }

    /// The value of a key whose hash is known, borrowed.
    #[inline]
    pub fn get_with_hash(&self, cx: &mut Context, key: Value, hash: i64) -> Result<Option<Value>> {
        if self.length.get() == 0 {
            return Ok(None);
        }
        let found = match self.find_simple(key, hash) {
            Some(found) => found,
            None => self.find(cx, key, hash)?,
        };
        Ok(found.entry.map(|entry| self.raw_entry(entry).value))
    }

    /// Stores a value; counts are added on key and value. A replaced value is released.
    #[inline]
    pub fn set(&self, cx: &mut Context, key: Value, value: Value) -> Result<()> {
        let hash = explained_hash(cx, key)?;
        self.set_with_hash(cx, key, hash, value)
    }

    /// Stores a value under a key whose hash is known.
    #[inline]
    pub fn set_with_hash(&self, cx: &mut Context, key: Value, hash: i64, value: Value) -> Result<()> {
        let found = match self.find_simple(key, hash) {
            Some(found) => found,
            None => self.find(cx, key, hash)?,
        };
        self.store(cx, Some(found), key, hash, value);
        Ok(())
    }

    /// The value of a key; if the key is not there, it is stored with `value` first.
    pub fn set_default(&self, cx: &mut Context, key: Value, value: Value) -> Result<Owned> {
        let hash = explained_hash(cx, key)?;
        let found = self.find(cx, key, hash)?;
        if let Some(entry) = found.entry {
            return Ok(Owned::new(self.raw_entry(entry).value));
        }
        self.store(cx, Some(found), key, hash, value);
        Ok(Owned::new(value))
    }

    /// Takes over all entries of another dict, without a comparison, if this one is empty and the other has the table
    /// that a new dict would have. Says whether it did.
    pub fn take_copy(&self, cx: &mut Context, other: &DictObject) -> bool {
        let bits = other.index_bits.get();
        let compact = other.len() == other.entry_count()
            && (bits == INDEX_BITS_MIN || bits > INDEX_BITS_MIN && entry_capacity(bits - 1) < other.len());
        if self.is_empty() && compact {
            self.fill_from(cx, other);
            return true;
        }
        false
    }

    /// Copies all entries of another dict into this one, which is empty.
    fn fill_from(&self, cx: &mut Context, other: &DictObject) {
        if other.len() == other.entry_count() && self.index_bits.get() == 0 && !other.is_empty() {
            return self.clone_table(cx, other);
        }
        self.rebuild(other.index_bits.get());
        for i in 0..other.entry_count() {
            if let Some((key, value)) = other.entry(i) {
                let hash = other.entry_hash(i);
                let slot = self.probe(hash, |_| false).slot;
                self.store(cx, Some(Found { slot, entry: None }), key, hash, value);
            }
        }
    }

    /// Takes a copy of the table of another dict, of which no entry is deleted, in place of none.
    fn clone_table(&self, cx: &mut Context, other: &DictObject) {
        self.keys_changed(cx);
        let (bits, used) = (other.index_bits.get(), other.entry_count());
        let (entries, index) = allocate_table(bits);
        // SAFETY: (dict 1), (dict 2) both tables have that many slots and room for as many entries.
        unsafe {
            std::ptr::copy_nonoverlapping(other.index.get(), index, (1usize << bits) * index_width(bits));
            for position in 0..used {
                let entry = *other.entries.get().add(position);
                increment_bound(entry.key);
                increment(entry.value);
                entries.add(position).write(entry);
            }
        }
        self.entries.set(entries);
        self.index.set(index);
        self.index_bits.set(bits);
        self.used.set(used as u32);
        self.length.set(used);
    }

    fn store(&self, cx: &mut Context, found: Option<Found>, key: Value, hash: i64, value: Value) {
        let found = found.unwrap_or(Found { slot: 0, entry: None });
        let value = Owned::new(value);
        if let Some(entry) = found.entry {
            if self.watch.get() != 0 {
                self.value_changed(cx, entry as u32);
            }
            // SAFETY: (dict 1) a found entry is initialised.
            let old = unsafe { std::mem::replace(&mut (*self.entries.get().add(entry)).value, value.into_raw()) };
            drop(Owned::from_raw_option(old));
            return;
        }
        let mut slot = found.slot;
        if self.entry_count() == entry_capacity(self.index_bits.get()) {
            self.resize();
            slot = self.probe(hash, |_| false).slot;
        }
        self.keys_changed(cx);
        let position = self.entry_count();
        let entry = Entry { key: Owned::new(key).into_raw(), value: value.into_raw(), hash };
        // SAFETY: (dict 1) there is room for one more entry.
        unsafe { self.entries.get().add(position).write(entry) };
        self.write_index(slot, position as u32);
        self.used.set(position as u32 + 1);
        self.length.set(self.length.get() + 1);
    }

    /// Makes room: drops deleted entries and, unless there were many, doubles the table.
    fn resize(&self) {
        let wanted = (self.length.get() * 3).max(8);
        let bits = (usize::BITS - (wanted - 1).leading_zeros()).max(INDEX_BITS_MIN);
        self.rebuild(bits);
    }

    fn rebuild(&self, bits: u32) {
        let (old_entries, old_used, old_bits) = (self.entries.get(), self.entry_count(), self.index_bits.get());
        let (entries, index) = new_table(bits);
        self.index_bits.set(bits);
        self.index.set(index);
        self.entries.set(entries);
        let mask = (1usize << bits) - 1;
        let mut used = 0;
        for position in 0..old_used {
            // SAFETY: (dict 1) the old entries are initialised; live ones move.
            let entry = unsafe { *old_entries.add(position) };
            if entry.key.is_unbound() {
                continue;
            }
            let mut perturb = entry.hash as u64;
            let mut slot = entry.hash as usize & mask;
            while self.read_index(slot) != EMPTY {
                perturb >>= PERTURB_SHIFT;
                slot = (slot.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1)) & mask;
            }
            self.write_index(slot, used);
            // SAFETY: (dict 1) the new table has room for all live entries.
            unsafe { entries.add(used as usize).write(entry) };
            used += 1;
        }
        self.used.set(used);
        free_table(old_entries, old_bits);
    }

    /// Puts a value, whose count moves in, into entry `index` and gives the old one, whose count moves out.
    #[inline]
    pub fn replace_entry_value(&self, cx: &mut Context, index: u32, value: Value) -> Value {
        if self.watch.get() != 0 {
            self.value_changed(cx, index);
        }
        // SAFETY: (dict 1) callers know that the entry is live.
        unsafe { std::mem::replace(&mut (*self.entries.get().add(index as usize)).value, value) }
    }

    /// Removes a key and gives its value.
    pub fn remove(&self, cx: &mut Context, key: Value) -> Result<Option<Owned>> {
        let hash = explained_hash(cx, key)?;
        self.remove_with_hash(cx, key, hash)
    }

    /// Removes a key whose hash is known and gives its value.
    pub fn remove_with_hash(&self, cx: &mut Context, key: Value, hash: i64) -> Result<Option<Owned>> {
        if self.length.get() == 0 {
            return Ok(None);
        }
        let found = self.find(cx, key, hash)?;
        let Some(entry) = found.entry else { return Ok(None) };
        Ok(Some(self.remove_entry(cx, found.slot, entry).1))
    }

    /// Removes the last entry and gives key and value.
    pub fn pop_last(&self, cx: &mut Context) -> Option<(Owned, Owned)> {
        let position = (0..self.entry_count()).rev().find(|&i| self.entry(i).is_some())?;
        let entry = self.raw_entry(position);
        let found = self.probe(entry.hash, |other| other.key == entry.key);
        let pair = self.remove_entry(cx, found.slot, position);
        self.used.set(position as u32);
        Some(pair)
    }

    fn remove_entry(&self, cx: &mut Context, slot: usize, position: usize) -> (Owned, Owned) {
        self.keys_changed(cx);
        self.write_index(slot, DELETED);
        let entry = self.raw_entry(position);
        let dead = Entry { key: Value::UNBOUND, value: Value::UNBOUND, hash: 0 };
        // SAFETY: (dict 1) the entry's counts move to the caller.
        unsafe { self.entries.get().add(position).write(dead) };
        self.length.set(self.length.get() - 1);
        (Owned::from_raw(entry.key), Owned::from_raw(entry.value))
    }

    /// Removes everything.
    pub fn clear(&self, cx: &mut Context) {
        if self.length.get() > 0 {
            self.keys_changed(cx);
        }
        let header = self as *const DictObject as *mut Header;
        // SAFETY: the dict is alive and stays valid, empty.
        cx.clear_and_release(|children| unsafe { clear_slot(header, children) }, false);
    }

    /// A new dict (of exact type) with the same contents.
    pub fn copy(&self, cx: &mut Context) -> Owned {
        let made = DictObject::new(cx);
        let target = of(made.value());
        if self.length.get() > 0 {
            target.fill_from(cx, self);
        }
        debug_assert!(made.value() != self.value());
        made
    }
}

fn is_str(value: Value) -> bool {
    value.has_type(&crate::objects::str::STR)
}

fn text_hash(cx: &mut Context, name: Value) -> i64 {
    // SAFETY: (heap 2) the caller has a str.
    unsafe { name.cast_unchecked::<StrObject>() }.hash(cx)
}

/// The hash of a key, quickly for strings and small integers.
#[inline(always)]
pub fn key_hash(cx: &mut Context, key: Value) -> Result<i64> {
    if key.is_int() {
        let value = key.int();
        // The modulus 2^61 - 1 leaves values of smaller magnitude alone; -1 is no hash.
        if value.unsigned_abs() < (1 << 61) - 1 {
            return Ok(if value == -1 { -2 } else { value });
        }
    } else if is_str(key) {
        return Ok(text_hash(cx, key));
    }
    convert::hash(cx, key)
}

/// The hash of a key of a dict; the error for an unhashable one names its use.
#[inline(always)]
fn explained_hash(cx: &mut Context, key: Value) -> Result<i64> {
    match key_hash(cx, key) {
        Ok(hash) => Ok(hash),
        Err(raised) => Err(explain_unhashable(cx, key, raised)),
    }
}

/// Says what an unhashable value was to be used for.
#[cold]
fn explain_unhashable(cx: &mut Context, key: Value, raised: Raised) -> Raised {
    if !std::ptr::eq(cx.pending.type_of(), &exception::TYPE_ERROR.object) {
        return raised;
    }
    let cause = cx.take_pending();
    let (kind, text) = (key.type_of().name(), convert::str(cx, cause.value()));
    let Ok(text) = text else { return Raised };
    let text = crate::objects::str::text(text.value()).unwrap_or_default();
    cx.type_error(format!("cannot use '{kind}' as a dict key ({text})"))
}

/// Bytes of a table's entries and of the index behind them, which are one piece of memory.
fn table_bytes(bits: u32) -> (usize, usize) {
    (entry_capacity(bits) * size_of::<Entry>(), (1usize << bits) * index_width(bits))
}

/// What a slot of one byte says.
#[inline(always)]
fn of_byte(slot: u8) -> u32 {
    match slot {
        u8::MAX => EMPTY,
        254 => DELETED,
        entry => entry as u32,
    }
}

/// What a slot of two bytes says.
#[inline(always)]
fn of_two_bytes(slot: u16) -> u32 {
    match slot {
        u16::MAX => EMPTY,
        65534 => DELETED,
        entry => entry as u32,
    }
}

/// An empty table: its entries and its index.
fn new_table(bits: u32) -> (*mut Entry, *mut u8) {
    let (entries, index) = allocate_table(bits);
    // SAFETY: (dict 2) fresh memory; all bytes 255 mean EMPTY at every width.
    unsafe { index.write_bytes(255, table_bytes(bits).1) };
    (entries, index)
}

/// Memory for a table: for its entries and its index, which the caller fills.
fn allocate_table(bits: u32) -> (*mut Entry, *mut u8) {
    let (entry_bytes, index_bytes) = table_bytes(bits);
    let entries = allocate_bytes(entry_bytes + index_bytes);
    (entries as *mut Entry, entries.wrapping_add(entry_bytes))
}

fn free_table(entries: *mut Entry, bits: u32) {
    if bits != 0 {
        let (entry_bytes, index_bytes) = table_bytes(bits);
        // SAFETY: (dict 2) the sizes follow from the bits.
        unsafe { free_bytes(entries as *mut u8, entry_bytes + index_bytes) };
    }
}

fn get_item(cx: &mut Context, dict: Value, key: Value) -> Result<Owned> {
    if let Some(value) = of(dict).get(cx, key)? {
        return Ok(Owned::new(value));
    }
    if !std::ptr::eq(dict.heap_type(), &DICT.object) {
        let missing = cx.interpreter().names.missing;
        if let Some(method) = crate::operations::call::lookup_special(cx, dict, missing)? {
            return crate::operations::call::call(cx, method.value(), &[key]);
        }
    }
    Err(cx.key_error(key))
}

fn set_item(cx: &mut Context, dict: Value, key: Value, value: Value) -> Result<()> {
    if value.is_unbound() {
        return match of(dict).remove(cx, key)? {
            Some(_) => Ok(()),
            None => Err(cx.key_error(key)),
        };
    }
    of(dict).set(cx, key, value)
}

fn compare_dicts(cx: &mut Context, a: Value, b: Value, op: crate::objects::slots::CompareOp) -> Result<Owned> {
    use crate::objects::singleton;
    use crate::objects::slots::CompareOp;
    if !b.type_of().has_flag(flags::DICT) || !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let equal = dicts_equal(cx, of(a), of(b))?;
    Ok(Owned::new(singleton::boolean(equal == (op == CompareOp::Equal))))
}

fn dicts_equal(cx: &mut Context, a: &DictObject, b: &DictObject) -> Result<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for i in 0..a.entry_count() {
        let Some((key, value)) = a.entry(i) else { continue };
        let (key, value) = (Owned::new(key), Owned::new(value));
        let hash = a.entry_hash(i);
        let Some(other) = b.get_with_hash(cx, key.value(), hash)? else { return Ok(false) };
        let other = Owned::new(other);
        if !compare::equals(cx, value.value(), other.value())? {
            return Ok(false);
        }
    }
    Ok(true)
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of a dict type.
    let dict = unsafe { &*(header as *const DictObject) };
    dict.each_reference(visit);
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) as above; a watched dict that dies tells its traces.
    unsafe {
        let dict = &*(header as *const DictObject);
        if dict.watch.get() != 0 {
            let cx = Context::current();
            (cx.interpreter().hooks.broken)(cx, Broken::DictKeys(dict.watch.get()));
        }
        clear_slot(header, children);
    }
}

unsafe fn clear_slot(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) as above. Entries are released first to last, key before value.
    let dict = unsafe { &*(header as *const DictObject) };
    let (entries, used, bits) = (dict.entries.get(), dict.entry_count(), dict.index_bits.get());
    for position in (0..used).rev() {
        // SAFETY: (dict 1) initialised entries, whose counts move to the list.
        let entry = unsafe { *entries.add(position) };
        children.push(entry.value);
        children.push(entry.key);
    }
    dict.length.set(0);
    dict.used.set(0);
    dict.index_bits.set(0);
    dict.keys_version.set(0);
    dict.entries.set(std::ptr::null_mut());
    dict.index.set(std::ptr::null_mut());
    free_table(entries, bits);
}
