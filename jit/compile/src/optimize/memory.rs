//! What memory holds, as far as the trace knows: values loaded or stored earlier, and types of objects.
//!
//! Entries that the loop body finds at its start are *imported*: they must hold again at every way back to the start,
//! which `looping.rs` checks for those that were used.

use super::hash::Map;
use sidewinder_ir::op::Alias;
use sidewinder_ir::{HelperEffects, Op, Ref};

/// A place in memory, relative to a value that holds an address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Place {
    /// A constant distance from a base.
    Field(Ref, i64),
    /// An unknown index from a base.
    Element(Ref, Ref),
}

impl Place {
    pub fn base(self) -> Ref {
        match self {
            Place::Field(base, _) | Place::Element(base, _) => base,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct MemoryKey {
    pub alias: Alias,
    pub place: Place,
}

/// What a place holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    pub value: Ref,
    /// The load operation that reads this value: one of another width must not take it.
    pub load: Op,
    pub imported: bool,
}

/// A type pointer that assignment to `__class__` could change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TypeEntry {
    pub type_address: u64,
    pub imported: bool,
}

#[derive(Clone, Default, Debug)]
pub struct Memory {
    pub entries: Map<MemoryKey, Entry>,
    pub types: Map<Ref, TypeEntry>,
}

impl Memory {
    pub fn get(&self, key: MemoryKey, load: Op) -> Option<Entry> {
        self.entries.get(&key).copied().filter(|entry| entry.load == load)
    }

    pub fn remember(&mut self, key: MemoryKey, value: Ref, load: Op) {
        self.entries.insert(key, Entry { value, load, imported: false });
    }

    /// Forgets what a store to `key` may overwrite. `distinct` says whether two bases cannot be the same address.
    pub fn kill_store(&mut self, key: MemoryKey, distinct: impl Fn(Ref, Ref) -> bool) {
        self.entries.retain(|other, _| {
            other.alias != key.alias
                || match (other.place, key.place) {
                    (Place::Field(a, x), Place::Field(b, y)) => x != y || (a != b && distinct(a, b)),
                    (a, b) => a.base() != b.base() && distinct(a.base(), b.base()),
                }
        });
    }

    /// Forgets what a call with these effects may change.
    pub fn kill_call(&mut self, effects: &HelperEffects) {
        if effects.runs_python {
            self.entries.retain(|key, _| key.alias == Alias::Immutable);
            self.types.clear();
        } else if effects.writes != 0 {
            let written = |alias: Alias| alias != Alias::Immutable && effects.writes >> alias as u32 & 1 != 0;
            self.entries.retain(|key, _| !written(key.alias));
            if written(Alias::ObjectType) {
                self.types.clear();
            }
        }
    }

    pub fn kill_class(&mut self, alias: Alias) {
        self.entries.retain(|key, _| key.alias != alias);
        if alias == Alias::ObjectType {
            self.types.clear();
        }
    }

    pub fn mark_imported(&mut self) {
        self.entries.values_mut().for_each(|entry| entry.imported = true);
        self.types.values_mut().for_each(|entry| entry.imported = true);
    }
}
