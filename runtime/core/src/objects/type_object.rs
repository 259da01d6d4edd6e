//! Types: the static part of builtin types, heap types of classes, per-interpreter state, and attribute lookup.

use crate::context::{Context, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::native::{GetSet, Native};
use crate::objects::dict::DictObject;
use crate::objects::shape::ShapeId;
use crate::objects::slots::Slots;
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// The first version that an interpreter gives away; smaller ones are those of builtin types.
pub const VERSIONS_MIN: u64 = 1 << 16;

/// Properties of a type.
pub mod flags {
    /// Objects live in collected memory.
    pub const COLLECTED: u32 = 1;
    /// Instances have shaped attributes at `TypeObject::block_offset`.
    pub const HAS_BLOCK: u32 = 2;
    /// Created by a class statement (or `type(...)`), mortal.
    pub const HEAP: u32 = 4;
    /// May be a base class.
    pub const BASE: u32 = 8;
    /// New attributes may be added to instances (no `__slots__`, or a base without).
    pub const HAS_DICT: u32 = 16;
    /// Instances can be weakly referenced.
    pub const HAS_WEAK: u32 = 32;
    /// A subtype of `int`, `str`, `tuple`, `list`, `dict`, `type`, `BaseException` (one bit each, for fast tests).
    pub const INT: u32 = 1 << 8;
    pub const STR: u32 = 1 << 9;
    pub const TUPLE: u32 = 1 << 10;
    pub const LIST: u32 = 1 << 11;
    pub const DICT: u32 = 1 << 12;
    pub const TYPE: u32 = 1 << 13;
    pub const EXCEPTION: u32 = 1 << 14;
    /// Instances' attribute block is kept outside (variable-sized builtin base).
    pub const EXTERNAL_BLOCK: u32 = 1 << 15;
    /// The type (or a base) defines `__getattribute__` or `__getattr__` in Python.
    pub const CUSTOM_GETATTR: u32 = 1 << 16;
    /// The type (or a base) defines `__setattr__` or `__delattr__` in Python.
    pub const CUSTOM_SETATTR: u32 = 1 << 17;
    /// The type (or a base) defines `__del__`.
    pub const HAS_FINALIZER: u32 = 1 << 18;
    /// Traces depend on the type's version.
    pub const WATCHED: u32 = 1 << 19;
    /// Sequence or mapping for pattern matching.
    pub const SEQUENCE: u32 = 1 << 20;
    pub const MAPPING: u32 = 1 << 21;
    /// Instances are a header and an attribute block, and have no finalizer: made and destroyed without further
    /// questions (`instance::allocate_plain`, `Context::destroy_plain`).
    pub const PLAIN: u32 = 1 << 22;
    /// Objects of this builtin type are collected, own one value, right after the header, and nothing else, and neither
    /// finalizers nor weak references know them.
    pub const ONE_FIELD: u32 = 1 << 23;
    /// Objects of this builtin type lie in plain cells of one size, own nothing, and neither finalizers nor weak
    /// references know them.
    pub const NO_FIELDS: u32 = 1 << 24;
    /// A builtin type that takes type arguments: `__class_getitem__` gives a generic alias.
    pub const GENERIC: u32 = 1 << 25;
}

/// A type. Builtin ones are immortal statics; heap types are counted.
#[repr(C)]
pub struct TypeObject {
    pub header: Header,
    /// Never reused; changes whenever the class or one of its bases changes. Traces and inline caches compare it. That of
    /// a builtin type is its number.
    pub version: Cell<u64>,
    pub flags: Cell<u32>,
    /// Bytes of an instance without inline attribute slots.
    pub basic_bytes: Cell<u32>,
    /// Offset of the attribute block in instances, when `HAS_BLOCK`.
    pub block_offset: Cell<u32>,
    /// Attribute slots that new instances get inline.
    pub inline_slots: Cell<u32>,
    /// Shape of new instances. That of a builtin type has the same number in all interpreters.
    pub root_shape: Cell<ShapeId>,
    /// Index into `Interpreter::builtin_types` of a builtin type, the same in all interpreters; 0 until it is completed.
    builtin_index: AtomicU32,
    /// State of a heap type.
    state: Cell<*mut TypeState>,
    name: Cell<&'static str>,
    pub base: Cell<Option<&'static TypeObject>>,
    /// The linearisation, this type first. Boxed slices leaked for builtin types, owned by the state for heap types.
    mro: Cell<&'static [&'static TypeObject]>,
    slots: UnsafeCell<Slots>,
    pub methods: &'static [Native],
    pub getset: &'static [GetSet],
    pub doc: &'static str,
    /// Attributes to set on the weak reference side: whether this type object itself is weakly referenced.
    pub weakly_referenced: Cell<bool>,
    /// `__init__` when it is a plain Python function: what a class call runs. Borrowed from the namespace, valid for
    /// `version`; unbound when unknown.
    pub cached_init: Cell<Value>,
    pub cached_init_version: Cell<u64>,
    /// The version for which `__class__` of the instances of this class was found to be their type.
    pub plain_class_version: Cell<u64>,
}

/// The part of a type that belongs to one interpreter.
pub struct TypeState {
    pub namespace: Owned,
    pub bases: Vec<Owned>,
    /// Heap types: storage of the name and the linearisation (which owns a count on each class in it but the type itself).
    pub name: Box<str>,
    pub qualified_name: Option<Owned>,
    pub mro: Box<[&'static TypeObject]>,
    /// Direct subclasses, not counted; each removes itself when it dies.
    pub subclasses: Vec<*const TypeObject>,
    /// Shapes rooted at this type.
    pub shapes: Vec<ShapeId>,
    /// Names in `__slots__`, if the class declared them.
    pub slot_names: Option<Vec<Owned>>,
    /// What a metaclass written in Rust keeps of its class.
    pub metaclass_state: Option<Owned>,
    /// The namespace of a builtin type has its first content.
    is_filled: bool,
}

pub type StaticType = Immortal<TypeObject>;

impl TypeObject {
    /// A builtin type: its name, instance size and slots. `ready` completes it.
    pub const fn builtin(name: &'static str, bytes: usize, slots: Slots) -> TypeObject {
        TypeObject {
            header: Header::immortal(&raw const TYPE.object),
            version: Cell::new(0),
            flags: Cell::new(0),
            basic_bytes: Cell::new(bytes as u32),
            block_offset: Cell::new(0),
            inline_slots: Cell::new(0),
            root_shape: Cell::new(ShapeId::NONE),
            builtin_index: AtomicU32::new(0),
            state: Cell::new(std::ptr::null_mut()),
            name: Cell::new(name),
            base: Cell::new(None),
            mro: Cell::new(&[]),
            slots: UnsafeCell::new(slots),
            methods: &[],
            getset: &[],
            doc: "",
            weakly_referenced: Cell::new(false),
            cached_init: Cell::new(Value::UNBOUND),
            cached_init_version: Cell::new(0),
            plain_class_version: Cell::new(0),
        }
    }

    pub const fn with_base(mut self, base: &'static TypeObject) -> TypeObject {
        self.base = Cell::new(Some(base));
        self
    }

    /// A type that is an instance of another metaclass than `type`.
    pub const fn with_metaclass(mut self, metaclass: &'static TypeObject) -> TypeObject {
        self.header = Header::immortal(metaclass);
        self
    }

    pub const fn with_flags(mut self, flags: u32) -> TypeObject {
        self.flags = Cell::new(flags);
        self
    }

    pub const fn with_methods(mut self, methods: &'static [Native]) -> TypeObject {
        self.methods = methods;
        self
    }

    pub const fn with_getset(mut self, getset: &'static [GetSet]) -> TypeObject {
        self.getset = getset;
        self
    }

    pub const fn with_doc(mut self, doc: &'static str) -> TypeObject {
        self.doc = doc;
        self
    }

    /// A type whose instances have a `__dict__`: an attribute block at that offset.
    pub const fn with_dict(mut self, block_offset: u32) -> TypeObject {
        self.flags = Cell::new(self.flags.get() | flags::HAS_BLOCK | flags::HAS_DICT);
        self.block_offset = Cell::new(block_offset);
        self
    }

    /// The name without its module.
    pub fn name(&self) -> &'static str {
        self.name.get()
    }

    #[inline(always)]
    pub fn slots(&self) -> &'static Slots {
        // SAFETY: (types 1) slots change only in `set_slots`, of copyable function pointers, under the GIL.
        unsafe { &*self.slots.get() }
    }

    pub fn set_slots(&self, slots: Slots) {
        let others = self.flags.get() & !flags::PLAIN;
        self.flags.set(if crate::objects::instance::is_plain(&slots) { others | flags::PLAIN } else { others });
        // SAFETY: (types 1) the GIL is held; readers copy function pointers out.
        unsafe { *self.slots.get() = slots };
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    /// Whether instances hold an attribute block at `block_offset`.
    #[inline(always)]
    pub fn has_inner_block(&self) -> bool {
        self.flags.get() & (flags::HAS_BLOCK | flags::EXTERNAL_BLOCK) == flags::HAS_BLOCK
    }

    pub fn add_flag(&self, flag: u32) {
        self.flags.set(self.flags.get() | flag);
    }

    #[inline(always)]
    pub fn mro(&self) -> &'static [&'static TypeObject] {
        self.mro.get()
    }

    pub fn value(&self) -> Value {
        Value::from_pointer(self)
    }

    /// Whether this type is `other` or derives from it.
    #[inline]
    pub fn is_subtype(&self, other: &TypeObject) -> bool {
        std::ptr::eq(self, other) || self.mro().iter().any(|entry| std::ptr::eq(*entry, other))
    }

    /// The per-interpreter state.
    #[inline]
    pub fn state(&self, cx: &Context) -> &'static mut TypeState {
        let pointer = if self.has_flag(flags::HEAP) {
            self.state.get()
        } else {
            let number = self.builtin_index.load(Ordering::Relaxed) as usize;
            match cx.interpreter().builtin_types[number].as_deref_mut() {
                Some(state) => state,
                None => unready(self),
            }
        };
        // SAFETY: (types 2) the state lives as long as the type (or the interpreter).
        unsafe { &mut *pointer }
    }

    pub fn namespace(&self, cx: &Context) -> &'static DictObject {
        // SAFETY: (heap 2) a namespace is created as a dict.
        unsafe { self.state(cx).namespace.value().cast_unchecked() }
    }

    /// Attaches the state of a heap type; the type's destructor frees it.
    pub fn attach_state(&self, state: Box<TypeState>) {
        self.state.set(Box::leak(state));
        self.refresh_from_state();
    }

    /// Detaches the state of a dying heap type.
    pub fn detach_state(&self) -> Option<Box<TypeState>> {
        let state = self.state.replace(std::ptr::null_mut());
        self.mro.set(&[]);
        self.name.set("?");
        // SAFETY: (types 2) `attach_state` leaked it.
        (!state.is_null()).then(|| unsafe { Box::from_raw(state) })
    }

    /// Points name and linearisation at the (changed) state.
    pub fn refresh_from_state(&self) {
        let state = self.state.get();
        // SAFETY: (types 2) name and linearisation live in the state, which lives as long as the type.
        unsafe {
            self.name.set(&*(&raw const *(*state).name));
            self.mro.set(&*(&raw const *(*state).mro));
        }
    }

    /// Completes a builtin type, unless that was done before in this interpreter.
    pub fn ensure_ready(&'static self, cx: &mut Context) -> Result<()> {
        if self.is_ready(cx) { Ok(()) } else { self.ready(cx) }
    }

    /// Whether a builtin type was completed in this interpreter.
    pub fn is_ready(&self, cx: &Context) -> bool {
        let number = self.builtin_index.load(Ordering::Acquire) as usize;
        number != 0 && cx.interpreter().builtin_types.get(number).is_some_and(Option::is_some)
    }

    /// Completes a builtin type: what all interpreters share, and its state in this one.
    pub fn ready(&'static self, cx: &mut Context) -> Result<()> {
        let number = self.complete();
        let namespace = DictObject::new(cx);
        let interpreter = cx.interpreter();
        if interpreter.builtin_types.len() <= number {
            interpreter.builtin_types.resize_with(number + 1, || None);
        }
        interpreter.builtin_types[number] = Some(Box::new(TypeState::new(self.name(), namespace)));
        if let Some(base) = self.base.get() {
            base.state(cx).subclasses.push(self);
        }
        if self.has_flag(flags::HAS_BLOCK) {
            interpreter.shapes.set_builtin_root(self, self.root_shape.get());
        }
        crate::objects::slots::fill_namespace(cx, self)?;
        self.state(cx).is_filled = true;
        Ok(())
    }

    /// Completes what all interpreters of the process share of a builtin type, unless that was done before: its
    /// linearisation, inherited slots and flags, its number, version and root shape. They never change again. Its number.
    fn complete(&'static self) -> usize {
        /// How many types were completed, and how many of them have shapes.
        static COMPLETED: Mutex<(u32, u32)> = Mutex::new((0, 0));
        let mut completed = COMPLETED.lock().unwrap_or_else(PoisonError::into_inner);
        let number = self.builtin_index.load(Ordering::Relaxed);
        if number != 0 {
            return number as usize;
        }
        let mut mro = vec![self];
        let mut slots = *self.slots();
        if let Some(base) = self.base.get() {
            assert!(!base.mro().is_empty(), "{} readied before its base {}", self.name(), base.name());
            mro.extend_from_slice(base.mro());
            slots.inherit(base.slots());
            let inherited = flags::COLLECTED | flags::HAS_BLOCK | flags::HAS_DICT | flags::HAS_WEAK | (0x7f << 8);
            self.add_flag(base.flags.get() & inherited);
            if base.has_flag(flags::HAS_BLOCK) && self.block_offset.get() == 0 {
                self.block_offset.set(base.block_offset.get());
            }
            self.basic_bytes.set(self.basic_bytes.get().max(base.basic_bytes.get()));
        }
        self.set_slots(slots);
        let special = slots.finalize.is_some() || self.has_flag(flags::HAS_WEAK | flags::HAS_BLOCK);
        if self.has_flag(flags::COLLECTED) && !special && crate::objects::iterator::has_one_field(&slots) {
            self.add_flag(flags::ONE_FIELD);
        }
        self.mro.set(Box::leak(mro.into_boxed_slice()));
        if self.has_flag(flags::HAS_BLOCK) {
            self.root_shape.set(ShapeId::of_builtin(completed.1));
            completed.1 += 1;
        }
        completed.0 += 1;
        assert!(u64::from(completed.0) < VERSIONS_MIN, "versions of classes follow those of builtin types");
        self.version.set(completed.0.into());
        self.builtin_index.store(completed.0, Ordering::Release);
        completed.0 as usize
    }

    /// Changes the slots of a builtin type before any interpreter completes it.
    pub fn amend_slots(&self, change: impl FnOnce(&mut Slots)) {
        let mut slots = *self.slots();
        change(&mut slots);
        self.set_slots(slots);
    }

    /// Called when the type or its namespace changes: new versions here and in all subclasses.
    pub fn modified(&self, cx: &mut Context) {
        if self.has_flag(flags::HEAP) {
            let old = self.version.replace(cx.fresh_version());
            if self.has_flag(flags::WATCHED) {
                self.flags.set(self.flags.get() & !flags::WATCHED);
                (cx.interpreter().hooks.broken)(cx, crate::hooks::Broken::TypeVersion(old));
            }
        } else if self.state(cx).is_filled {
            // Its version is that of all interpreters. Code has not seen it before it had all its methods, but what made
            // them may have looked into it.
            cx.interpreter().method_cache.clear();
        }
        for subclass in self.state(cx).subclasses.clone() {
            // SAFETY: (types 2) a subclass removes itself from the list before it dies.
            unsafe { &*subclass }.modified(cx);
        }
    }

    /// The attribute `name` in the namespaces of the linearisation, borrowed. `name` must be interned.
    #[inline]
    pub fn lookup(&self, cx: &Context, name: Value) -> Option<Value> {
        let version = self.version.get();
        let entry = cx.interpreter().method_cache.entry(version, name);
        if entry.version == version && entry.name == name.0 {
            return (!entry.value.is_unbound()).then_some(entry.value);
        }
        let found = self.lookup_uncached(cx, name);
        // Plain data may be replaced at any time: its version stays.
        if !found.is_some_and(|found| self.has_flag(flags::HEAP) && is_plain_data(found)) {
            cx.interpreter().method_cache.is_used = true;
            *entry = MethodCacheEntry { version, name: name.0, value: found.unwrap_or(Value::UNBOUND) };
        }
        found
    }

    fn lookup_uncached(&self, cx: &Context, name: Value) -> Option<Value> {
        self.mro().iter().find_map(|entry| entry.namespace(cx).get_interned(name))
    }
}

/// Whether an attribute of a class with this value is the value itself, for ever: its type is no descriptor and can become
/// none.
#[inline]
pub fn is_plain_data(value: Value) -> bool {
    if !value.is_pointer() {
        return !value.is_unbound();
    }
    let kind = value.heap_type();
    let slots = kind.slots();
    !kind.has_flag(flags::HEAP) && slots.descriptor_get.is_none() && slots.descriptor_set.is_none()
}

impl TypeState {
    pub fn new(name: &str, namespace: Owned) -> TypeState {
        TypeState {
            namespace,
            bases: Vec::new(),
            name: name.into(),
            qualified_name: None,
            mro: Box::new([]),
            subclasses: Vec::new(),
            shapes: Vec::new(),
            slot_names: None,
            metaclass_state: None,
            is_filled: false,
        }
    }
}

#[cold]
fn unready(kind: &TypeObject) -> ! {
    panic!("the type {} is used before it is completed", kind.name())
}

/// An interpreter's cache of attribute lookups on types, indexed by version and name. Entries hold no counts: a value
/// is valid while the version is.
pub struct MethodCache {
    entries: Box<[MethodCacheEntry]>,
    /// Whether there is any entry.
    is_used: bool,
}

#[derive(Clone, Copy)]
pub struct MethodCacheEntry {
    version: u64,
    name: u64,
    value: Value,
}

impl MethodCacheEntry {
    const EMPTY: MethodCacheEntry = MethodCacheEntry { version: 0, name: 0, value: Value::UNBOUND };
}

const METHOD_CACHE_ENTRIES: usize = 2048;

impl Default for MethodCache {
    fn default() -> MethodCache {
        MethodCache { entries: vec![MethodCacheEntry::EMPTY; METHOD_CACHE_ENTRIES].into_boxed_slice(), is_used: false }
    }
}

impl MethodCache {
    /// Forgets everything.
    fn clear(&mut self) {
        if std::mem::take(&mut self.is_used) {
            self.entries.fill(MethodCacheEntry::EMPTY);
        }
    }

    #[inline(always)]
    fn entry(&mut self, version: u64, name: Value) -> &mut MethodCacheEntry {
        let index = (version ^ name.0 >> 4) as usize & (METHOD_CACHE_ENTRIES - 1);
        &mut self.entries[index]
    }
}

/// `type`, the type of all types.
pub static TYPE: StaticType = Immortal::new(
    TypeObject::builtin("type", size_of::<TypeObject>(), crate::objects::slots::type_slots::SLOTS)
        .with_base(&OBJECT.object)
        .with_flags(flags::BASE | flags::TYPE | flags::COLLECTED | flags::HAS_WEAK),
);

/// `object`, the root of all types.
pub static OBJECT: StaticType = Immortal::new(
    TypeObject::builtin("object", crate::objects::instance::PLAIN_BYTES, crate::objects::slots::object_slots::SLOTS)
        .with_flags(flags::BASE),
);

crate::object_type!(TypeObject, TYPE);

// SAFETY: (threads 1) types are only touched by the thread that holds the GIL.
unsafe impl Sync for TypeObject {}
