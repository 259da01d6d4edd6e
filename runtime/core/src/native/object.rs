//! Objects of types written in Rust: a header (or the layout of a base type), and the type's state as an ordinary Rust
//! value.
//!
//! **Invariants**: (native 1) an object of a type made by `#[native_type]`, or of a class derived from it, is laid out as
//! `NativeObject<T>`, and its state is initialised from before anybody else sees it until its contents are released.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Owned};
use crate::native::Arguments;
use crate::objects::slots::Slots;
use crate::objects::type_object::{StaticType, TypeObject};
use crate::objects::{Object, instance, singleton};
use crate::operations::dunder::layout::clear_block;
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// The state of the objects of a type; implemented by `#[native_type]`.
pub trait NativeType: Traverse + Sized + 'static {
    /// The layout that precedes the state: `Header`, or that of the type that this one extends.
    type Base: BaseLayout;

    /// Whether objects have a `__dict__`: an attribute block behind the state.
    const HAS_DICT: bool;

    /// The type itself.
    fn type_object() -> &'static StaticType;
}

/// What `#[methods]` adds to a type.
pub trait NativeMethods {
    const SLOTS: Slots;
    const METHODS: &'static [super::Native];
    const GETSET: &'static [super::GetSet];
}

/// A layout that native types extend: how its part of an object is made, shown and given up.
pub trait BaseLayout: 'static {
    /// Memory for an object of `class`, with this part of it initialised.
    fn allocate(cx: &mut Context, class: &'static TypeObject) -> Result<Owned>;

    /// The slots that see to this part of an object.
    fn slots() -> Slots;
}

impl BaseLayout for Header {
    #[inline]
    fn allocate(cx: &mut Context, class: &'static TypeObject) -> Result<Owned> {
        Ok(Owned::from_raw(Value::from_pointer(instance::allocate(cx, class, 0))))
    }

    fn slots() -> Slots {
        Slots::EMPTY
    }
}

macro_rules! base_layouts {
    ($( $layout:ty, $kind:expr; )*) => { $(
        impl BaseLayout for $layout {
            fn allocate(cx: &mut Context, class: &'static TypeObject) -> Result<Owned> {
                match $kind.object.slots().new {
                    Some(new) => new(cx, class, Arguments::positional(&[])),
                    None => unreachable!("a type that can be extended has a constructor"),
                }
            }

            fn slots() -> Slots {
                *$kind.object.slots()
            }
        }
    )* };
}

base_layouts! {
    crate::objects::dict::DictObject, crate::objects::dict::DICT;
    crate::objects::list::ListObject, crate::objects::list::LIST;
    crate::objects::module::ModuleObject, crate::objects::module::MODULE;
    TypeObject, crate::objects::type_object::TYPE;
}

/// A native type may extend another one, whose part starts with the default state.
impl<T: NativeType + Default> BaseLayout for NativeObject<T> {
    fn allocate(cx: &mut Context, class: &'static TypeObject) -> Result<Owned> {
        NativeObject::allocate(cx, class, T::default())
    }

    fn slots() -> Slots {
        Slots {
            traverse: Some(traverse_state::<T>),
            release: Some(release_state::<T>),
            clear: Some(clear_state::<T>),
            ..Slots::EMPTY
        }
    }
}

/// An object of a native type.
#[repr(C)]
pub struct NativeObject<T: NativeType> {
    pub base: T::Base,
    state: T,
}

impl<T: NativeType> Object for NativeObject<T> {
    #[inline(always)]
    fn type_object() -> &'static TypeObject {
        &T::type_object().object
    }
}

impl<T: NativeType> std::ops::Deref for NativeObject<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        &self.state
    }
}

impl<T: NativeType> NativeObject<T> {
    /// A new object of the native type itself.
    pub fn new(cx: &mut Context, state: T) -> Result<Owned> {
        NativeObject::allocate(cx, &T::type_object().object, state)
    }

    /// A new object of `class`, which is the native type or derives from it.
    pub fn allocate(cx: &mut Context, class: &'static TypeObject, state: T) -> Result<Owned> {
        debug_assert!(class.is_subtype(T::type_object()));
        let made = T::Base::allocate(cx, class)?;
        let object = made.value().0 as *mut NativeObject<T>;
        // SAFETY: (heap 3), (native 1) the memory is as large as the class says, and its state is written only here.
        unsafe { (&raw mut (*object).state).write(state) };
        Ok(made)
    }

    /// The object as a value, borrowed.
    #[inline(always)]
    pub fn value(&self) -> Value {
        Value::from_pointer(self)
    }

    /// A new reference to the object.
    #[inline(always)]
    pub fn to_owned_value(&self) -> Owned {
        Owned::new(self.value())
    }

    /// The object that a slot or a method of the type is called with, which its caller keeps alive.
    #[inline(always)]
    pub fn receiver(value: &Value) -> &NativeObject<T> {
        debug_assert!(value.cast::<NativeObject<T>>().is_some());
        // SAFETY: (slots 1), (methods 1) slots, methods and computed attributes get an object of their type.
        unsafe { value.cast_unchecked() }
    }
}

/// Refuses to set an attribute that is a member of a C structure in CPython (`#[get(member)]`).
#[cold]
pub fn readonly_member(cx: &mut Context, _object: Value, _value: Value) -> Result<()> {
    Err(cx.raise(&crate::objects::exception::ATTRIBUTE_ERROR, "readonly attribute"))
}

/// The slots of a native type: its own, and those that the heap uses.
pub const fn slots<T: NativeType + NativeMethods>() -> Slots {
    let mut slots = T::SLOTS;
    slots.traverse = Some(traverse::<T>);
    slots.release = Some(release::<T>);
    slots.clear = Some(clear::<T>);
    slots
}

/// Where the attribute block of a type's objects is.
pub const fn block_offset<T: NativeType>() -> u32 {
    size_of::<NativeObject<T>>() as u32
}

/// Bytes of an object of the type itself.
pub const fn object_bytes<T: NativeType>() -> usize {
    let own = size_of::<NativeObject<T>>();
    if T::HAS_DICT { (own + instance::BLOCK_BYTES).next_multiple_of(16) } else { own }
}

fn block_of(header: *mut Header) -> &'static instance::AttributeBlock {
    let object = Value::from_pointer(header);
    instance::block(object, object.heap_type())
}

unsafe fn traverse<T: NativeType>(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (native 1), (slots 1) the slot of this type; (objects 1) its objects have a block if it says so.
    unsafe {
        traverse_state::<T>(header, visit);
        if T::HAS_DICT {
            instance::traverse_block(block_of(header), visit);
        }
    }
}

unsafe fn traverse_state<T: NativeType>(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (native 1), (slots 1) the slot of this type.
    unsafe {
        if let Some(traverse) = T::Base::slots().traverse {
            traverse(header, visit);
        }
        (*(header as *const NativeObject<T>)).state.traverse(visit);
    }
}

/// The attributes go first, then the state, as in CPython's `subtype_dealloc`.
unsafe fn release<T: NativeType>(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (native 1), (heap 5) the object is dead; nobody uses it after this.
    unsafe {
        release_state::<T>(header, children);
        if T::HAS_DICT {
            instance::release_block(block_of(header), children);
        }
    }
}

unsafe fn release_state<T: NativeType>(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (native 1), (heap 5) the object is dead; nobody uses its state after this.
    unsafe {
        let state = &raw mut (*(header as *mut NativeObject<T>)).state;
        if let Some(release) = T::Base::slots().release {
            release(header, children);
        }
        (*state).release(children);
        std::ptr::drop_in_place(state);
    }
}

unsafe fn clear<T: NativeType>(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (native 1), (slots 1) the slot of this type.
    unsafe {
        clear_state::<T>(header, children);
        if T::HAS_DICT {
            clear_block(block_of(header), children);
        }
    }
}

unsafe fn clear_state<T: NativeType>(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (native 1), (slots 1) the slot of this type; cells give up what they hold and stay valid.
    unsafe {
        if let Some(clear) = T::Base::slots().clear {
            clear(header, children);
        }
        (*(header as *const NativeObject<T>)).state.clear(children);
    }
}

/// What the collector and the teardown ask of a state: each field answers for itself, so none can be forgotten. Derived.
pub trait Traverse {
    /// Shows each value on which this holds a count. No side effects.
    fn traverse(&self, _visit: &mut dyn FnMut(Value)) {}

    /// Gives up all counts; what was pushed last is released first. The value is dropped afterwards.
    fn release(&mut self, _children: &mut Children<'_>) {}

    /// Gives up the counts that may be part of a cycle and leaves a valid value.
    fn clear(&self, _children: &mut Children<'_>) {}
}

/// A place in a state for an object that may be replaced, or for none.
#[derive(Default)]
pub struct Field(Cell<Option<Owned>>);

impl Field {
    pub const fn empty() -> Field {
        Field(Cell::new(None))
    }

    pub fn new(value: Owned) -> Field {
        Field(Cell::new(Some(value)))
    }

    /// A new reference to what is there.
    #[inline]
    pub fn get(&self) -> Option<Owned> {
        let held = self.0.take();
        let copy = held.clone();
        self.0.set(held);
        copy
    }

    /// A new reference to what is there, or to `None`.
    pub fn get_or_none(&self) -> Owned {
        self.get().unwrap_or_else(|| Owned::new(singleton::none()))
    }

    /// Whether something is there.
    pub fn is_empty(&self) -> bool {
        let held = self.0.take();
        let empty = held.is_none();
        self.0.set(held);
        empty
    }

    /// Replaces what is there; the old object may be destroyed when the returned reference is dropped.
    #[must_use = "what was there before is released when the result is dropped"]
    pub fn replace(&self, value: Option<Owned>) -> Option<Owned> {
        self.0.replace(value)
    }

    /// Replaces what is there and releases the old object.
    pub fn set(&self, value: Option<Owned>) {
        drop(self.0.replace(value));
    }

    pub fn take(&self) -> Option<Owned> {
        self.0.take()
    }
}

impl Traverse for Field {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        let held = self.0.take();
        if let Some(held) = &held {
            visit(held.value());
        }
        self.0.set(held);
    }

    fn release(&mut self, children: &mut Children<'_>) {
        Traverse::clear(self, children);
    }

    fn clear(&self, children: &mut Children<'_>) {
        if let Some(held) = self.0.take() {
            children.push(held.into_raw());
        }
    }
}

/// An object that never changes: it cannot close a cycle by itself, so collections leave it in place.
impl Traverse for Owned {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.value());
    }

    fn release(&mut self, children: &mut Children<'_>) {
        children.push(std::mem::replace(self, Owned::new(singleton::none())).into_raw());
    }
}

impl<T: Traverse> Traverse for Option<T> {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        self.iter().for_each(|held| held.traverse(visit));
    }

    fn release(&mut self, children: &mut Children<'_>) {
        self.iter_mut().for_each(|held| held.release(children));
    }

    fn clear(&self, children: &mut Children<'_>) {
        self.iter().for_each(|held| held.clear(children));
    }
}

macro_rules! sequences {
    ($( $sequence:ident ),*) => { $(
        /// Items are released from the first to the last.
        impl<T: Traverse> Traverse for $sequence<T> {
            fn traverse(&self, visit: &mut dyn FnMut(Value)) {
                self.iter().for_each(|item| item.traverse(visit));
            }

            fn release(&mut self, children: &mut Children<'_>) {
                self.iter_mut().rev().for_each(|item| item.release(children));
            }

            fn clear(&self, children: &mut Children<'_>) {
                self.iter().rev().for_each(|item| item.clear(children));
            }
        }
    )* };
}

sequences!(Vec, VecDeque);

/// A collection that finds a cell borrowed takes what it holds for reachable: nobody may change it meanwhile.
impl<T: Traverse + Default> Traverse for RefCell<T> {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        if let Ok(held) = self.try_borrow() {
            held.traverse(visit);
        }
    }

    fn release(&mut self, children: &mut Children<'_>) {
        self.get_mut().release(children);
    }

    fn clear(&self, children: &mut Children<'_>) {
        if let Ok(mut held) = self.try_borrow_mut() {
            let mut taken = std::mem::take(&mut *held);
            taken.release(children);
        }
    }
}

macro_rules! pairs {
    ($( ($($part:ident $index:tt)*) )*) => { $(
        impl<$($part: Traverse),*> Traverse for ($($part,)*) {
            fn traverse(&self, visit: &mut dyn FnMut(Value)) {
                $( self.$index.traverse(visit); )*
            }

            fn release(&mut self, children: &mut Children<'_>) {
                $( self.$index.release(children); )*
            }

            fn clear(&self, children: &mut Children<'_>) {
                $( self.$index.clear(children); )*
            }
        }
    )* };
}

pairs!((A 0 B 1) (A 0 B 1 C 2));

macro_rules! plain {
    ($( $kind:ty ),* $(,)?) => { $( impl Traverse for $kind {} )* };
}

plain!(
    bool,
    u8,
    i8,
    u16,
    i16,
    u32,
    i32,
    u64,
    i64,
    usize,
    isize,
    f32,
    f64,
    char,
    String,
    &'static str,
    &'static TypeObject,
    ()
);

/// A cell of a plain value holds no counts.
impl<T: Copy + Plain> Traverse for Cell<T> {}

/// Values that hold no counts.
pub trait Plain {}

macro_rules! plain_cells {
    ($( $kind:ty ),* $(,)?) => { $( impl Plain for $kind {} )* };
}

plain_cells!(bool, u8, i8, u16, i16, u32, i32, u64, i64, usize, isize, f32, f64, char);

impl<T: Plain> Plain for Option<T> {}
