//! Instances of classes: shaped attribute slots, and the `__dict__` made only on demand.
//!
//! The attribute block of an instance starts at its type's `block_offset`: shape number, flags, overflow pointer,
//! inline slots. A plain object has it right after the header; a subclass of a fixed-size builtin type after that
//! type's fields; a subclass of a variable-sized one has it outside, keyed by address.

use crate::context::{Context, Result};
use crate::heap::allocate::{CELL_GRAIN, free_bytes, reallocate_bytes};
use crate::heap::teardown::Children;
use crate::heap::{Header, Owned};
use crate::objects::dict::DictObject;
use crate::objects::shape::ShapeId;
use crate::objects::slots::Slots;
use crate::objects::type_object::{TypeObject, flags};
use crate::value::Value;
use std::cell::Cell;

/// The fixed part of an instance's attributes; inline slots follow.
#[repr(C)]
pub struct AttributeBlock {
    pub shape: Cell<ShapeId>,
    /// Bit 0: the object has weak references.
    pub flags: Cell<u32>,
    /// Slots past the inline ones; with `ShapeId::DICT`, the owned dict object instead.
    pub overflow: Cell<*mut Value>,
}

/// Bytes of an attribute block without slots.
pub const BLOCK_BYTES: usize = size_of::<AttributeBlock>();
/// Bytes of an `object()`.
pub const PLAIN_BYTES: usize = size_of::<Header>();
/// Set in `AttributeBlock::flags` while weak references exist.
pub const WEAKLY_REFERENCED: u32 = 1;
/// Set in `AttributeBlock::flags` when the values of `__slots__` were moved out, beside a `__dict__`: see `HiddenSlots`.
const HIDDEN_SLOTS: u32 = 2;
/// Inline slots of a class about which nothing is known yet.
pub const INLINE_SLOTS_DEFAULT: u32 = 4;
/// The most inline slots a class learns to give its instances.
pub const INLINE_SLOTS_MAX: u32 = 24;

/// Values of `__slots__` of an instance whose other attributes are in a dict, by name; unbound ones are empty slots.
/// The interpreter maps the block's address to them. Values are owned.
pub type HiddenSlots = Vec<(Owned, Value)>;

impl AttributeBlock {
    /// The value of a slot beside the dict; `None` for names that are no slots.
    fn hidden(&self, name: Value) -> Option<&'static mut Value> {
        if self.flags.get() & HIDDEN_SLOTS == 0 {
            return None;
        }
        let slots = Context::current().interpreter().hidden_slots.get_mut(&(&raw const *self as u64))?;
        slots.iter_mut().find(|(own, _)| own.value() == name).map(|(_, value)| value)
    }

    /// Gives up the values of slots beside the dict, which stay as empty slots.
    pub fn clear_hidden(&self, children: &mut Children<'_>) {
        if self.flags.get() & HIDDEN_SLOTS == 0 {
            return;
        }
        if let Some(slots) = Context::current().interpreter().hidden_slots.get_mut(&(&raw const *self as u64)) {
            slots.iter_mut().rev().for_each(|(_, value)| children.push(std::mem::replace(value, Value::UNBOUND)));
        }
    }

    /// The inline slots.
    #[inline(always)]
    pub fn inline(&self) -> *mut Value {
        // SAFETY: (objects 1) a block is followed by its shape's inline slots.
        unsafe { (self as *const AttributeBlock).add(1) as *mut Value }
    }
}

/// The attribute block of an object whose type has one.
#[inline(always)]
pub fn block(object: Value, kind: &TypeObject) -> &'static AttributeBlock {
    debug_assert!(kind.has_inner_block());
    // SAFETY: (objects 1) such a type's objects hold a block at that offset.
    unsafe { &*((object.0 + kind.block_offset.get() as u64) as *const AttributeBlock) }
}

/// The attribute block, inside or outside the object; `None` if the type has none.
#[inline]
pub fn find_block(cx: &Context, object: Value) -> Option<&'static AttributeBlock> {
    if !object.is_pointer() {
        return None;
    }
    let kind = object.heap_type();
    if !kind.has_flag(flags::HAS_BLOCK) {
        return None;
    }
    if kind.has_flag(flags::EXTERNAL_BLOCK) {
        return cx.interpreter().external_slots.get(&object.0).map(|block| {
            // SAFETY: (objects 1) boxed blocks stay in place until the object dies.
            unsafe { &*(&raw const **block) }
        });
    }
    Some(block(object, kind))
}

/// Memory for an object of `kind` (a builtin type or a class derived from it), header written, attribute block empty.
/// `variable_bytes` is the whole size for variable-sized builtin layouts, otherwise zero.
#[inline]
pub fn allocate(cx: &mut Context, kind: &'static TypeObject, variable_bytes: usize) -> *mut Header {
    let collected = kind.has_flag(flags::COLLECTED);
    let bytes = variable_bytes.max(kind.basic_bytes.get() as usize);
    let header = cx.heap.allocate(kind, bytes, collected);
    if kind.has_flag(flags::HEAP) {
        crate::heap::owned::increment(kind.value());
    }
    if kind.has_flag(flags::HAS_BLOCK) {
        let value = Value::from_pointer(header);
        if kind.has_flag(flags::EXTERNAL_BLOCK) {
            let block = AttributeBlock {
                shape: Cell::new(kind.root_shape.get()),
                flags: Cell::new(0),
                overflow: Cell::new(std::ptr::null_mut()),
            };
            cx.interpreter().external_slots.insert(value.0, Box::new(block));
        } else {
            let own = block(value, kind);
            own.shape.set(kind.root_shape.get());
            own.flags.set(0);
            own.overflow.set(std::ptr::null_mut());
            let slots = (bytes - kind.block_offset.get() as usize - BLOCK_BYTES) / size_of::<Value>();
            for slot in 0..slots {
                // SAFETY: (objects 1) all of the object behind the block is slots.
                unsafe { *own.inline().add(slot) = Value::UNBOUND };
            }
        }
    }
    header
}

/// Whether these are the slots of classes whose instances are a header, a block, and nothing else.
pub fn is_plain(slots: &Slots) -> bool {
    slots.finalize.is_none() && slots.release.is_some_and(|function| function as usize == release as *const () as usize)
}

/// The block of an instance of a plain type, which follows the header.
#[inline(always)]
pub fn plain_block(header: *mut Header) -> &'static AttributeBlock {
    // SAFETY: (objects 1) such a type's block offset is that of the end of the header.
    unsafe { &*(header.add(1) as *const AttributeBlock) }
}

/// The slots of a plain instance that fill a cell of so many bytes.
#[inline(always)]
pub fn plain_slots(header: *mut Header, cell_bytes: usize) -> &'static mut [Value] {
    // SAFETY: (objects 1) all of the cell behind the block is slots.
    unsafe { std::slice::from_raw_parts_mut(plain_block(header).inline(), plain_slot_count(cell_bytes)) }
}

#[inline(always)]
fn plain_slot_count(cell_bytes: usize) -> usize {
    (cell_bytes - PLAIN_BYTES - BLOCK_BYTES) / size_of::<Value>()
}

/// A new instance of a class, by the short way if the class is plain.
#[inline(always)]
pub fn make(cx: &mut Context, kind: &'static TypeObject) -> *mut Header {
    if !kind.has_flag(flags::PLAIN) {
        return allocate(cx, kind, 0);
    }
    let bytes = kind.basic_bytes.get() as usize;
    let header = cx.heap.allocate(kind, bytes, true);
    // SAFETY: (heap 1) a plain type is a class, which is counted; the cell is fresh and has these parts.
    unsafe {
        (*(&raw const *kind as *mut Header)).count += 1;
        (header.add(1) as *mut AttributeBlock).write(AttributeBlock {
            shape: Cell::new(kind.root_shape.get()),
            flags: Cell::new(0),
            overflow: Cell::new(std::ptr::null_mut()),
        });
    }
    for slot in 0..plain_slot_count(bytes) {
        // SAFETY: (objects 1) a slot of the fresh object. Volatile, because the few words are not worth the call of a
        // library function that the compiler would make of the loop.
        unsafe { plain_block(header).inline().add(slot).write_volatile(Value::UNBOUND) };
    }
    header
}

/// A cell for an object of a type: a header, and zeros behind it. It has no reference to its type yet.
pub fn make_empty(cx: &mut Context, kind: &'static TypeObject, bytes: usize) -> *mut Header {
    let header = cx.heap.allocate(kind, bytes, kind.has_flag(flags::COLLECTED));
    for word in size_of::<Header>() / 8..bytes / 8 {
        // SAFETY: (heap 3) the cell is fresh and has so many words.
        unsafe { (header as *mut u64).add(word).write_volatile(0) };
    }
    header
}

/// Bytes of an object with a block at `block_offset`: whole cells, so that all of a cell behind the block is slots.
fn bytes_with_block(block_offset: u32, inline_slots: u32) -> usize {
    (block_offset as usize + BLOCK_BYTES + inline_slots as usize * size_of::<Value>()).next_multiple_of(CELL_GRAIN)
}

/// Bytes of an instance: by its shape's inline slots, as the class may have learned to give more since.
///
/// # Safety
/// `header` is an instance of a type whose only contents are an attribute block.
pub unsafe fn instance_size(header: *mut Header) -> usize {
    let object = Value::from_pointer(header);
    let kind = object.heap_type();
    let own = block(object, kind);
    let shape = own.shape.get();
    let inline = if shape == ShapeId::DICT { own.flags.get() >> 8 } else { inline_slots_of(shape) };
    bytes_with_block(kind.block_offset.get(), inline)
}

fn inline_slots_of(shape: ShapeId) -> u32 {
    Context::current().interpreter().shapes.get(shape).inline_slots
}

/// The place of a slot.
#[inline(always)]
pub fn slot_pointer(own: &AttributeBlock, inline_slots: u32, slot: u32) -> *mut Value {
    // SAFETY: (objects 1) a shape's slots exist: inline ones after the block, later ones in the overflow array.
    unsafe {
        if slot < inline_slots {
            own.inline().add(slot as usize)
        } else {
            own.overflow.get().add((slot - inline_slots) as usize)
        }
    }
}

/// The instance attribute `name` (interned), borrowed.
pub fn get_attribute_slot(cx: &mut Context, object: Value, name: Value) -> Option<Value> {
    let own = find_block(cx, object)?;
    let shape = own.shape.get();
    if shape == ShapeId::DICT {
        return match own.hidden(name) {
            Some(value) => (!value.is_unbound()).then_some(*value),
            None => dict_of(own).get_interned(name),
        };
    }
    let shape = cx.interpreter().shapes.get(shape);
    let slot = shape.slot(name)?;
    // SAFETY: (objects 1) the slot belongs to the shape.
    let value = unsafe { *slot_pointer(own, shape.inline_slots, slot) };
    (!value.is_unbound()).then_some(value)
}

fn dict_of(own: &AttributeBlock) -> &'static DictObject {
    // SAFETY: (objects 2) with ShapeId::DICT the overflow word is an owned dict.
    unsafe { Value::from_pointer(own.overflow.get()).cast_unchecked() }
}

/// Sets the instance attribute `name` (interned), adding a slot if need be. The old value is released.
pub fn set_attribute_slot(cx: &mut Context, object: Value, name: Value, value: Owned) -> Result<()> {
    let Some(own) = find_block(cx, object) else {
        return Err(cx.raise(&crate::objects::exception::SYSTEM_ERROR, "object has no attributes"));
    };
    let id = own.shape.get();
    if id == ShapeId::DICT {
        if let Some(place) = own.hidden(name) {
            drop(Owned::from_raw_option(std::mem::replace(place, value.into_raw())));
            return Ok(());
        }
        return dict_of(own).set(cx, name, value.value());
    }
    let shape = cx.interpreter().shapes.get(id);
    if let Some(slot) = shape.slot(name) {
        let place = slot_pointer(own, shape.inline_slots, slot);
        // SAFETY: (objects 1) the slot belongs to the shape.
        let old = unsafe { std::mem::replace(&mut *place, value.into_raw()) };
        drop(Owned::from_raw_option(old));
        return Ok(());
    }
    match add_slot(cx, own, id, name) {
        Some(place) => {
            // SAFETY: (objects 1) `add_slot` made the place.
            unsafe { *place = value.into_raw() };
            Ok(())
        }
        None => {
            let dict = dict(cx, object)?;
            // SAFETY: (heap 2) `dict` returns a dict.
            unsafe { dict.value().cast_unchecked::<DictObject>() }.set(cx, name, value.value())
        }
    }
}

/// Adds a slot for `name`; the place holds no value yet.
fn add_slot(cx: &mut Context, own: &AttributeBlock, id: ShapeId, name: Value) -> Option<*mut Value> {
    let shapes = &mut cx.interpreter().shapes;
    let (next, fresh) = shapes.transition(id, name)?;
    let shape = shapes.get(next);
    let (slot, inline_slots) = (shape.len() - 1, shape.inline_slots);
    // SAFETY: (types 2) the shape's type is alive as an instance of it is.
    let kind = unsafe { &*shape.kind };
    if fresh {
        kind.state(cx).shapes.push(next);
        if slot >= inline_slots && slot < INLINE_SLOTS_MAX && !kind.has_flag(flags::EXTERNAL_BLOCK) {
            learn_inline_slots(cx, kind, slot + 1);
        }
    }
    if slot >= inline_slots {
        let used = (slot - inline_slots) as usize;
        if used == 0 || used >= 4 && used.is_power_of_two() {
            let (old, new) = if used == 0 { (0, 4) } else { (used, used * 2) };
            let bytes = size_of::<Value>();
            // SAFETY: (objects 1) capacities are 4, 8, 16, … by the number of used slots.
            let grown = unsafe { reallocate_bytes(own.overflow.get() as *mut u8, old * bytes, new * bytes) };
            own.overflow.set(grown as *mut Value);
        }
    }
    own.shape.set(next);
    Some(slot_pointer(own, inline_slots, slot))
}

/// Gives future instances of `kind` room for `slots` attributes inline.
fn learn_inline_slots(cx: &mut Context, kind: &TypeObject, slots: u32) {
    if !kind.has_flag(flags::HEAP) || slots <= kind.inline_slots.get() {
        return;
    }
    let slots = slots.next_multiple_of(2);
    let root = cx.interpreter().shapes.add_root(kind, slots);
    kind.state(cx).shapes.push(root);
    set_inline_slots(kind, root, slots);
    kind.modified(cx);
}

/// Makes `root` the shape of new instances.
pub fn set_inline_slots(kind: &TypeObject, root: ShapeId, slots: u32) {
    kind.root_shape.set(root);
    kind.inline_slots.set(slots);
    kind.basic_bytes.set(bytes_with_block(kind.block_offset.get(), slots) as u32);
}

/// Capacity of the overflow array that holds `used` values.
fn overflow_capacity(used: usize) -> usize {
    if used == 0 { 0 } else { used.next_power_of_two().max(4) }
}

/// Deletes the instance attribute `name`; false if there was none.
pub fn delete_attribute_slot(cx: &mut Context, object: Value, name: Value) -> Result<bool> {
    let Some(own) = find_block(cx, object) else { return Ok(false) };
    let id = own.shape.get();
    if id != ShapeId::DICT {
        let shape = cx.interpreter().shapes.get(id);
        let Some(slot) = shape.slot(name) else { return Ok(false) };
        let kind = object.heap_type();
        if !kind.has_flag(flags::HAS_DICT) {
            let place = slot_pointer(own, shape.inline_slots, slot);
            // SAFETY: (objects 1) the slot belongs to the shape.
            let old = unsafe { std::mem::replace(&mut *place, Value::UNBOUND) };
            return Ok(Owned::from_raw_option(old).is_some());
        }
        drop(dict(cx, object)?);
    }
    if let Some(place) = own.hidden(name) {
        return Ok(Owned::from_raw_option(std::mem::replace(place, Value::UNBOUND)).is_some());
    }
    Ok(dict_of(own).remove(cx, name)?.is_some())
}

/// The instance's `__dict__`, which from now on holds its attributes.
pub fn dict(cx: &mut Context, object: Value) -> Result<Owned> {
    let Some(own) = find_block(cx, object) else {
        return Err(cx.type_error("object has no __dict__"));
    };
    let id = own.shape.get();
    if id == ShapeId::DICT {
        return Ok(Owned::new(Value::from_pointer(own.overflow.get())));
    }
    let made = DictObject::new(cx);
    let mut hidden = slots_beside_dict(cx, object.type_of());
    // SAFETY: (heap 2) just made.
    let target: &DictObject = unsafe { made.value().cast_unchecked() };
    let shape = cx.interpreter().shapes.get(id);
    let (names, inline_slots) = (shape.names.clone(), shape.inline_slots);
    for (slot, name) in names.iter().enumerate() {
        // SAFETY: (objects 1) the slot belongs to the shape; its count moves to `taken`.
        let value = unsafe { std::mem::replace(&mut *slot_pointer(own, inline_slots, slot as u32), Value::UNBOUND) };
        if let Some((_, place)) = hidden.iter_mut().find(|(own, _)| own.value() == *name) {
            *place = value;
        } else if let Some(taken) = Owned::from_raw_option(value) {
            target.set(cx, *name, taken.value())?;
        }
    }
    free_overflow(own, names.len(), inline_slots);
    own.shape.set(ShapeId::DICT);
    own.flags.set(own.flags.get() & 0xff | inline_slots << 8);
    if !hidden.is_empty() {
        own.flags.set(own.flags.get() | HIDDEN_SLOTS);
        cx.interpreter().hidden_slots.insert(&raw const *own as u64, hidden);
    }
    own.overflow.set(made.clone().into_raw().0 as *mut Value);
    Ok(made)
}

/// The slots that classes with a `__dict__` have from `__slots__`, still empty.
fn slots_beside_dict(cx: &Context, kind: &TypeObject) -> HiddenSlots {
    let classes = kind.mro().iter().filter(|class| class.has_flag(flags::HEAP));
    let names = classes.flat_map(|class| class.state(cx).slot_names.iter().flatten());
    names.map(|name| (name.clone(), Value::UNBOUND)).collect()
}

fn free_overflow(own: &AttributeBlock, slots: usize, inline_slots: u32) {
    let capacity = overflow_capacity(slots.saturating_sub(inline_slots as usize));
    // SAFETY: (objects 1) the overflow array has that capacity.
    unsafe { free_bytes(own.overflow.get() as *mut u8, capacity * size_of::<Value>()) };
    own.overflow.set(std::ptr::null_mut());
}

/// Visits the attributes of a block.
///
/// # Safety
/// The block belongs to a live object.
pub unsafe fn traverse_block(own: &AttributeBlock, visit: &mut dyn FnMut(Value)) {
    let id = own.shape.get();
    if id == ShapeId::DICT {
        if own.flags.get() & HIDDEN_SLOTS != 0 {
            let slots = Context::current().interpreter().hidden_slots.get(&(&raw const *own as u64));
            slots.into_iter().flatten().filter(|(_, value)| !value.is_unbound()).for_each(|(_, value)| visit(*value));
        }
        return visit(Value::from_pointer(own.overflow.get()));
    }
    let shape = Context::current().interpreter().shapes.get(id);
    for slot in 0..shape.len() {
        // SAFETY: (objects 1) the slot belongs to the shape.
        let value = unsafe { *slot_pointer(own, shape.inline_slots, slot) };
        if !value.is_unbound() {
            visit(value);
        }
    }
}

/// Gives up the attributes of a block, leaving it without any. The first attribute is released first, as the values
/// of CPython's instances are.
///
/// # Safety
/// The block belongs to a live or dying object.
pub unsafe fn release_block(own: &AttributeBlock, children: &mut Children<'_>) {
    let id = own.shape.get();
    if id == ShapeId::DICT {
        children.push(Value::from_pointer(own.overflow.get()));
        own.overflow.set(std::ptr::null_mut());
        if own.flags.get() & HIDDEN_SLOTS != 0 {
            let slots = Context::current().interpreter().hidden_slots.remove(&(&raw const *own as u64));
            slots.into_iter().flatten().rev().for_each(|(_, value)| children.push(value));
        }
        return;
    }
    let shape = Context::current().interpreter().shapes.get(id);
    for slot in (0..shape.len()).rev() {
        // SAFETY: (objects 1) the slot belongs to the shape; its count moves to the list.
        let value = unsafe { std::mem::replace(&mut *slot_pointer(own, shape.inline_slots, slot), Value::UNBOUND) };
        children.push(value);
    }
    free_overflow(own, shape.len() as usize, shape.inline_slots);
}

/// Traverses a plain instance (slot of heap types without a builtin base).
///
/// # Safety
/// As for every `traverse` slot.
pub unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    let object = Value::from_pointer(header);
    // SAFETY: the caller's promise.
    unsafe { traverse_block(block(object, object.heap_type()), visit) };
}

/// Releases a plain instance.
///
/// # Safety
/// As for every `release` slot.
pub unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    let object = Value::from_pointer(header);
    // SAFETY: the caller's promise.
    unsafe { release_block(block(object, object.heap_type()), children) };
}

/// Releases the outside block of a dying object.
pub fn release_external(cx: &mut Context, object: Value) {
    if let Some(own) = cx.interpreter().external_slots.remove(&object.0) {
        let mut children = cx.children();
        // SAFETY: the object is dying.
        unsafe { release_block(&own, &mut children) };
    }
}

/// The word whose bit 0 says that weak references to the object exist; `None` for objects without a block.
pub fn weak_flag(cx: &Context, object: Value) -> Option<&'static Cell<u32>> {
    find_block(cx, object).map(|own| &own.flags)
}
