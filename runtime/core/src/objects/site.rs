//! Inline caches: what an instruction found the last time, and the entries that sites with too many types share.

use crate::objects::type_object::{OBJECT, TypeObject};
use crate::value::Value;
use std::cell::{Cell, OnceCell};

/// An inline cache. What the fields mean is the opcode's business; entries hold no counts but the name's. One line of
/// the processor's cache, so that finding a site by its index takes a shift.
#[repr(C, align(64))]
pub struct Site {
    /// The name, interned; owned by the code object.
    pub name: Value,
    /// A type version or a dict's keys version; 0 never matches.
    pub version: Cell<u64>,
    /// A second version, of what the first lookup falls back to.
    pub second_version: Cell<u64>,
    /// A shape number.
    pub shape: Cell<u32>,
    /// A slot or entry index.
    pub index: Cell<u32>,
    /// The type that was seen; only compared.
    pub type_pointer: Cell<*const TypeObject>,
    /// A borrowed value that the versions keep alive.
    pub value: Cell<Value>,
    /// What kind of hit this is.
    pub kind: Cell<u32>,
    /// Number of times the cache was filled: many mean a megamorphic site.
    pub misses: Cell<u32>,
    /// What it had cached before, once it has seen several types.
    older: OnceCell<Box<[Site; OLDER_ENTRIES]>>,
}

/// Entries behind a site that sees several types.
pub const OLDER_ENTRIES: usize = 3;

/// Times that a site is filled before its further types share their entries with those of other sites.
const MISSES_MAX: u32 = 16;

impl Site {
    pub fn new(name: Value) -> Site {
        Site {
            name,
            version: Cell::new(0),
            second_version: Cell::new(0),
            shape: Cell::new(0),
            index: Cell::new(0),
            type_pointer: Cell::new(&raw const OBJECT.object),
            value: Cell::new(Value::UNBOUND),
            kind: Cell::new(0),
            misses: Cell::new(0),
            older: OnceCell::new(),
        }
    }

    /// What it had cached before.
    #[inline(always)]
    pub fn older_entries(&self) -> &[Site] {
        self.older.get().map_or(&[], |older| &older[..])
    }

    /// Moves what is cached to the older entries.
    pub fn retire(&self) {
        let older = self.older.get_or_init(|| Box::new(std::array::from_fn(|_| Site::new(Value::UNBOUND))));
        self.exchange(&older[self.misses.get() as usize % OLDER_ENTRIES]);
    }

    /// Whether it sees so many types that its own entries do not help.
    #[inline(always)]
    pub fn is_megamorphic(&self) -> bool {
        self.misses.get() >= MISSES_MAX
    }

    /// Exchanges the contents (but not the names) of two sites.
    pub fn exchange(&self, other: &Site) {
        self.version.swap(&other.version);
        self.second_version.swap(&other.second_version);
        self.shape.swap(&other.shape);
        self.index.swap(&other.index);
        self.type_pointer.swap(&other.type_pointer);
        self.value.swap(&other.value);
        self.kind.swap(&other.kind);
    }
}

/// What a site does with its attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    Load,
    Store,
}

/// Entries of an interpreter's megamorphic sites, by shape, name and access. They hold no counts: what is found under a
/// name that has died is found by no other, for the shape or the version of the type keeps the names alive that it knows.
#[derive(Default)]
pub struct SharedEntries {
    /// None before there is a megamorphic site.
    entries: OnceCell<Box<[SharedEntry]>>,
}

struct SharedEntry {
    name: Cell<u64>,
    access: Cell<Access>,
    site: Site,
}

/// The shape of an entry that serves nothing yet.
const NO_SHAPE: u32 = u32::MAX;

/// A power of two.
const SHARED_ENTRIES: usize = 1024;

impl SharedEntries {
    /// The entry for a shape, if it is there.
    #[inline(always)]
    pub fn get(&self, shape: u32, name: Value, access: Access) -> Option<&Site> {
        let entry = &self.entries.get()?[place(shape, name, access)];
        let found = entry.site.shape.get() == shape && entry.name.get() == name.0 && entry.access.get() == access;
        found.then_some(&entry.site)
    }

    /// The place of an entry for a shape, whose contents the caller replaces.
    pub fn replace(&self, shape: u32, name: Value, access: Access) -> &Site {
        let empty =
            || SharedEntry { name: Cell::new(0), access: Cell::new(Access::Load), site: Site::new(Value::UNBOUND) };
        let entries = self.entries.get_or_init(|| std::iter::repeat_with(empty).take(SHARED_ENTRIES).collect());
        let entry = &entries[place(shape, name, access)];
        entry.name.set(name.0);
        entry.access.set(access);
        entry.site.shape.set(NO_SHAPE);
        &entry.site
    }
}

fn place(shape: u32, name: Value, access: Access) -> usize {
    (shape.wrapping_mul(31) as usize ^ (name.0 >> 4) as usize ^ access as usize) & (SHARED_ENTRIES - 1)
}
