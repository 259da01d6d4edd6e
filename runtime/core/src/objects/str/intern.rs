//! The interpreter's table of interned strings, and the strings it shares: the empty one and the single characters
//! below 0x100.
//!
//! **Invariants**: the table holds no counts. An interned string that dies takes itself out of the table (the slot
//! `release` of `str`), so interning never keeps text alive. The shared strings and the interpreter's names
//! (`str/names.rs`) are immortal by address and interned from the start, so they cost no counting.
//!
//! The table is keyed by content: open addressing with linear probing over the cached hashes.

use crate::context::Context;
use crate::heap::allocate::{allocate_bytes, free_bytes};
use crate::heap::{Header, Owned};
use crate::objects::str::hash::hash_bytes;
use crate::objects::str::{DATA_OFFSET, GRAIN, STR, StrObject, cast, kind_for};
use crate::value::Value;

/// Slots of a new table; always a power of two.
const SLOTS_MIN: usize = 4096;
/// Offset from a 16-byte boundary that makes an object immortal.
const IMMORTAL_OFFSET: usize = 8;
/// Places for strings that are found by the addresses of texts; a power of two.
const RECENT_MAX: usize = 256;

/// Interned strings of one interpreter.
pub struct InternTable {
    /// Borrowed strings; UNBOUND marks a free slot.
    slots: Box<[Value]>,
    count: usize,
    key: (u64, u64),
    /// Strings of the single characters below 0x100, at a fixed address for compiled code.
    characters: Box<[Value; 256]>,
    empty: Value,
    /// The memory of the immortal strings, and its bytes.
    immortals: Vec<(*mut u8, usize)>,
    /// Strings that were asked for last, by the addresses of the texts.
    recent: Box<[Option<Owned>; RECENT_MAX]>,
}

impl InternTable {
    /// A table with the shared strings, for an interpreter whose hash key is `key`.
    pub fn new(key: (u64, u64)) -> InternTable {
        let mut table = InternTable {
            slots: vec![Value::UNBOUND; SLOTS_MIN].into_boxed_slice(),
            count: 0,
            key,
            characters: Box::new([Value::UNBOUND; 256]),
            empty: Value::UNBOUND,
            immortals: Vec::new(),
            recent: Box::new([const { None }; RECENT_MAX]),
        };
        table.empty = table.immortal(&[]);
        for byte in 0..=255u8 {
            table.characters[byte as usize] = table.immortal(&[byte]);
        }
        table
    }

    /// Gives up the strings that it keeps only to find them sooner.
    pub fn forget_recent(&mut self) -> Vec<Owned> {
        self.recent.iter_mut().filter_map(Option::take).collect()
    }

    /// The empty string.
    #[inline(always)]
    pub fn empty(&self) -> Value {
        self.empty
    }

    /// The string of one character below 0x100.
    #[inline(always)]
    pub fn character(&self, byte: u8) -> Value {
        self.characters[byte as usize]
    }

    /// Strings interned.
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// An interned, immortal string; its memory goes with the table.
    pub fn immortal(&mut self, latin1: &[u8]) -> Value {
        if let Some(found) = self.find_latin1(latin1) {
            return found;
        }
        let bytes = (DATA_OFFSET + latin1.len()).next_multiple_of(GRAIN);
        let memory = allocate_bytes(bytes + GRAIN);
        self.immortals.push((memory, bytes + GRAIN));
        // SAFETY: (heap 3) fresh memory, large enough for the object behind the offset.
        let value = unsafe {
            let header = memory.add(IMMORTAL_OFFSET) as *mut Header;
            header.write(Header::immortal(&STR.object));
            let object = StrObject::write_fields(header, 1, latin1.is_ascii(), latin1.len(), bytes / GRAIN);
            std::ptr::copy_nonoverlapping(latin1.as_ptr(), object.data_mut(), latin1.len());
            Value::from_pointer(object)
        };
        self.insert(value);
        value
    }

    /// The interned string with these characters below 0x100, borrowed.
    pub fn find_latin1(&self, latin1: &[u8]) -> Option<Value> {
        let hash = hash_bytes(self.key, latin1);
        self.find(hash, |string| string.kind.get() == 1 && string.as_bytes() == latin1)
    }

    fn find(&self, hash: i64, matches: impl Fn(&StrObject) -> bool) -> Option<Value> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let value = self.slots[slot];
            // An unbound slot is no string and ends the search.
            let string = cast(value)?;
            if string.hash_with(self.key) == hash && matches(string) {
                return Some(value);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Adds a string that is not in the table.
    fn insert(&mut self, value: Value) {
        if (self.count + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let Some(string) = cast(value) else { return };
        let slot = self.free_slot(string.hash_with(self.key));
        self.slots[slot] = value;
        self.count += 1;
        string.interned.set(true);
    }

    fn free_slot(&self, hash: i64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while !self.slots[slot].is_unbound() {
            slot = (slot + 1) & mask;
        }
        slot
    }

    #[cold]
    fn grow(&mut self) {
        let larger = vec![Value::UNBOUND; self.slots.len() * 2].into_boxed_slice();
        for value in std::mem::replace(&mut self.slots, larger) {
            if let Some(string) = cast(value) {
                let slot = self.free_slot(string.hash_with(self.key));
                self.slots[slot] = value;
            }
        }
    }

    /// Takes a dying string out of the table.
    pub fn remove(&mut self, string: &StrObject) {
        let mask = self.slots.len() - 1;
        let target = Value::from_pointer(string);
        let mut slot = string.hash_with(self.key) as usize & mask;
        while self.slots[slot] != target {
            if self.slots[slot].is_unbound() {
                return;
            }
            slot = (slot + 1) & mask;
        }
        self.count -= 1;
        // Close the gap: move back each later entry of the run that may not stand behind a free slot.
        let mut gap = slot;
        loop {
            slot = (slot + 1) & mask;
            let Some(entry) = cast(self.slots[slot]) else { break };
            let home = entry.hash_with(self.key) as usize & mask;
            if (slot.wrapping_sub(home) & mask) >= (slot.wrapping_sub(gap) & mask) {
                self.slots[gap] = self.slots[slot];
                gap = slot;
            }
        }
        self.slots[gap] = Value::UNBOUND;
    }
}

impl Drop for InternTable {
    fn drop(&mut self) {
        for (memory, bytes) in self.immortals.drain(..) {
            // SAFETY: `immortal` has allocated it; the interpreter has ended, and its objects with it.
            unsafe { free_bytes(memory, bytes) };
        }
    }
}

/// The interned string with this text. Native code asks again and again with texts of its own: where such a text lies tells
/// which string it was the last time, without hashing it.
pub fn intern(cx: &mut Context, text: &str) -> Owned {
    let slot = (text.as_ptr() as usize).wrapping_mul(31).wrapping_add(text.len()) % RECENT_MAX;
    if let Some(known) = &cx.interpreter().interned.recent[slot]
        && let Some(string) = cast(known.value())
        && string.kind.get() == 1
        && string.as_bytes() == text.as_bytes()
    {
        return known.clone();
    }
    let found = find_or_make(cx, text);
    if !text.is_ascii() {
        return found;
    }
    let old = cx.interpreter().interned.recent[slot].replace(found.clone());
    drop(old);
    found
}

fn find_or_make(cx: &mut Context, text: &str) -> Owned {
    if text.is_ascii() {
        let table = &cx.interpreter().interned;
        if let Some(found) = table.find_latin1(text.as_bytes()) {
            return Owned::new(found);
        }
    }
    let value = StrObject::new(cx, text);
    intern_value(cx, value.value())
}

/// The interned string equal to `value`, a `str`: `value` itself if there was none and its type is exactly `str`.
pub fn intern_value(cx: &mut Context, value: Value) -> Owned {
    let Some(string) = cast(value) else { return Owned::new(value) };
    if string.interned.get() {
        return Owned::new(value);
    }
    let hash = string.hash(cx);
    let table = &mut cx.interpreter().interned;
    if let Some(found) = table.find(hash, |candidate| candidate.equals(string)) {
        return Owned::new(found);
    }
    let exact = string.to_exact(cx);
    if let Some(object) = cast(exact.value())
        && !object.interned.get()
    {
        debug_assert_eq!(kind_for(object.units().bound()), object.kind.get());
        table.insert(exact.value());
    }
    exact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_object_and_removal_keeps_the_rest() {
        let mut table = InternTable::new((1, 2));
        let before = table.len();
        assert_eq!(before, 257);
        let names: Vec<String> = (0..10_000).map(|number| format!("name_{number}")).collect();
        let values: Vec<Value> = names.iter().map(|name| table.immortal(name.as_bytes())).collect();
        for (name, value) in names.iter().zip(&values) {
            assert_eq!(table.immortal(name.as_bytes()), *value);
        }
        for value in values.iter().step_by(2) {
            table.remove(cast(*value).unwrap());
        }
        for (index, name) in names.iter().enumerate() {
            let found = table.find_latin1(name.as_bytes());
            assert_eq!(found, (index % 2 == 1).then_some(values[index]));
        }
        assert_eq!(table.len(), before + 5000);
    }
}
