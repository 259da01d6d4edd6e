//! The layout of a class's instances: which base decides it, where the attribute block goes, and the memory slots
//! (`traverse`, `release`, `clear`, `size`) that combine the base's contents with the block's.

use super::Slot;
use super::base_slots::builtin_base;
use crate::context::{Context, Result};
use crate::heap::Header;
use crate::heap::teardown::Children;
use crate::objects::instance::{self, AttributeBlock, INLINE_SLOTS_DEFAULT, INLINE_SLOTS_MAX};
use crate::objects::module::MODULE;
use crate::objects::shape::ShapeId;
use crate::objects::slots::Slots;
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, TYPE, TypeObject, flags};
use crate::value::Value;
use std::collections::HashSet;

/// What a class adds to the layout of its base.
#[derive(Clone, Copy)]
pub struct Layout {
    pub has_dict: bool,
    pub has_weak: bool,
    /// Number of names in the class's own `__slots__`.
    pub slot_count: u32,
}

/// Whether a type's instances hold more than those of its base.
fn adds_layout(kind: &TypeObject, base: &TypeObject) -> bool {
    if kind.has_flag(flags::HEAP) {
        let state = kind.state(Context::current());
        return state.slot_names.as_ref().is_some_and(|names| !names.is_empty());
    }
    let (own, other) = (kind.slots(), base.slots());
    if kind.basic_bytes.get() != base.basic_bytes.get() || own.size.is_some() != other.size.is_some() {
        return true;
    }
    // Exceptions all have the same size; those with fields of their own have another constructor.
    kind.has_flag(flags::EXCEPTION) && super::address(own, Slot::New) != super::address(other, Slot::New)
}

/// The most derived type among `kind` and its bases that adds to the layout.
fn solid_base(kind: &'static TypeObject) -> &'static TypeObject {
    let mut current = kind;
    while let Some(base) = current.base.get() {
        if adds_layout(current, base) {
            return current;
        }
        current = base;
    }
    current
}

/// The base whose layout a new class extends (CPython's `best_base`).
pub fn best_base(cx: &mut Context, bases: &[Value]) -> Result<&'static TypeObject> {
    let mut winner: Option<(&'static TypeObject, &'static TypeObject)> = None;
    for base in bases {
        let Some(base) = base.cast::<TypeObject>() else {
            return Err(cx.type_error("bases must be types"));
        };
        if !base.has_flag(flags::BASE) {
            let name = base.name();
            return Err(cx.type_error(format!("type '{name}' is not an acceptable base type")));
        }
        let solid = solid_base(base);
        winner = match winner {
            None => Some((solid, base)),
            Some((best, chosen)) if best.is_subtype(solid) => Some((best, chosen)),
            Some((best, _)) if solid.is_subtype(best) => Some((solid, base)),
            Some(_) => return Err(cx.type_error("multiple bases have instance lay-out conflict")),
        };
    }
    Ok(winner.map_or(&OBJECT, |(_, base)| base))
}

/// Whether two types have instances of the same layout, so that `__class__` may be assigned.
pub fn is_same_layout(a: &'static TypeObject, b: &'static TypeObject) -> bool {
    let relevant = flags::HAS_BLOCK | flags::EXTERNAL_BLOCK | flags::HAS_DICT | flags::HAS_WEAK;
    std::ptr::eq(builtin_base(a), builtin_base(b))
        && a.flags.get() & relevant == b.flags.get() & relevant
        && a.block_offset.get() == b.block_offset.get()
        && (std::ptr::eq(solid_base(a), solid_base(b)) || same_slot_names(a, b))
}

fn same_slot_names(a: &'static TypeObject, b: &'static TypeObject) -> bool {
    let (a, b) = (solid_base(a), solid_base(b));
    if !a.has_flag(flags::HEAP) || !b.has_flag(flags::HEAP) {
        return false;
    }
    let cx = Context::current();
    let names = |kind: &TypeObject| -> Vec<Value> {
        kind.state(cx).slot_names.iter().flatten().map(|name| name.value()).collect()
    };
    names(a) == names(b)
        && match (a.base.get(), b.base.get()) {
            (Some(a), Some(b)) => std::ptr::eq(a, b),
            _ => true,
        }
}

/// Whether instances' size varies, so that an attribute block cannot follow the builtin type's fields.
pub fn is_variable_sized(kind: &'static TypeObject) -> bool {
    builtin_base(kind).slots().size.is_some()
}

/// Whether instances' size varies in CPython too, where such objects have no place for weak references.
pub fn has_item_size(kind: &'static TypeObject) -> bool {
    let builtin = builtin_base(kind);
    builtin.has_flag(flags::INT | flags::TUPLE | flags::TYPE) || builtin.name() == "bytes"
}

/// Whether classes of these instances keep attributes elsewhere than in a block.
fn has_own_dict(builtin: &TypeObject) -> bool {
    builtin.is_subtype(&TYPE) || builtin.is_subtype(&MODULE)
}

/// Gives a new class (whose state is attached) its layout, flags, inherited slots and root shape.
pub fn complete(cx: &mut Context, kind: &'static TypeObject, base: &'static TypeObject, layout: Layout) {
    let inherited = flags::HAS_BLOCK
        | flags::EXTERNAL_BLOCK
        | flags::HAS_DICT
        | flags::HAS_WEAK
        | flags::CUSTOM_GETATTR
        | flags::CUSTOM_SETATTR
        | flags::HAS_FINALIZER
        | 0x7f << 8;
    kind.add_flag(base.flags.get() & inherited);
    kind.add_flag(flags::HEAP | flags::BASE | flags::COLLECTED);
    if layout.has_dict {
        kind.add_flag(flags::HAS_DICT);
    }
    if layout.has_weak {
        kind.add_flag(flags::HAS_WEAK);
    }
    kind.basic_bytes.set(base.basic_bytes.get());
    kind.block_offset.set(base.block_offset.get());
    let builtin = builtin_base(base);
    let mut slots = *base.slots();
    if has_own_dict(builtin) && layout.slot_count == 0 {
        kind.set_slots(slots);
        return;
    }
    let variable = is_variable_sized(base);
    let wanted = kind.has_flag(flags::HAS_DICT) || layout.slot_count > 0 || !variable;
    if wanted && !kind.has_flag(flags::HAS_BLOCK) {
        kind.add_flag(flags::HAS_BLOCK);
        if variable {
            kind.add_flag(flags::EXTERNAL_BLOCK);
        } else {
            kind.block_offset.set(base.basic_bytes.get().next_multiple_of(8));
        }
    }
    if kind.has_flag(flags::HAS_BLOCK) {
        let inline = inline_slots(cx, kind, base, layout);
        let root = cx.interpreter().shapes.add_root(kind, inline);
        kind.state(cx).shapes.push(root);
        if kind.has_flag(flags::EXTERNAL_BLOCK) {
            kind.root_shape.set(root);
        } else {
            instance::set_inline_slots(kind, root, inline);
            set_memory_slots(&mut slots, builtin);
        }
    }
    kind.set_slots(slots);
}

/// Attribute slots that fit into instances themselves.
fn inline_slots(cx: &Context, kind: &TypeObject, base: &TypeObject, layout: Layout) -> u32 {
    if kind.has_flag(flags::EXTERNAL_BLOCK) {
        return 0;
    }
    let inherited = base.inline_slots.get();
    let own = inherited + layout.slot_count;
    if !kind.has_flag(flags::HAS_DICT) {
        return own;
    }
    let assigned = assigned_attributes(cx, kind).min(INLINE_SLOTS_MAX as usize) as u32;
    own.max(assigned.next_multiple_of(2)).max(INLINE_SLOTS_DEFAULT)
}

/// Number of attributes that methods of the class and of its bases assign through `self`, as the compiler found them.
fn assigned_attributes(cx: &Context, kind: &TypeObject) -> usize {
    let name = cx.interpreter().names.static_attributes;
    let mut names = HashSet::new();
    for class in kind.mro().iter().filter(|class| class.has_flag(flags::HEAP)) {
        let listed = class.namespace(cx).get_interned(name);
        if let Some(tuple) = listed.and_then(|listed| listed.cast_exact::<TupleObject>()) {
            names.extend(tuple.as_slice().iter().map(|name| name.0));
        }
    }
    names.len()
}

/// The memory slots of instances with a block, by what precedes it.
fn set_memory_slots(slots: &mut Slots, builtin: &TypeObject) {
    slots.size = Some(instance::instance_size);
    if std::ptr::eq(builtin, &OBJECT.object) {
        slots.traverse = Some(instance::traverse);
        slots.release = Some(instance::release);
        slots.clear = Some(clear_plain);
    } else if builtin.has_flag(flags::HAS_BLOCK) {
        // The builtin type's own functions take care of the block.
        slots.traverse = builtin.slots().traverse;
        slots.release = builtin.slots().release;
        slots.clear = Some(clear_behind);
    } else {
        slots.traverse = Some(traverse_behind);
        slots.release = Some(release_behind);
        slots.clear = Some(clear_behind);
    }
}

fn block_of(header: *mut Header) -> &'static AttributeBlock {
    let object = Value::from_pointer(header);
    instance::block(object, object.heap_type())
}

fn builtin_slots(header: *mut Header) -> &'static Slots {
    builtin_base(Value::from_pointer(header).heap_type()).slots()
}

unsafe fn clear_plain(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: the caller's promise.
    unsafe { clear_block(block_of(header), children) };
}

/// Gives up the attributes of a live object; its shape stays, with absent values.
///
/// # Safety
/// The block is that of a live object (objects 1).
pub unsafe fn clear_block(own: &AttributeBlock, children: &mut Children<'_>) {
    let id = own.shape.get();
    if id == ShapeId::DICT {
        // The dict, if it is garbage too, is cleared for itself; others may go on using it.
        own.clear_hidden(children);
        return;
    }
    let shape = Context::current().interpreter().shapes.get(id);
    for slot in (0..shape.len()).rev() {
        let place = instance::slot_pointer(own, shape.inline_slots, slot);
        // SAFETY: (objects 1) the slot belongs to the shape; its count moves to the list.
        children.push(unsafe { std::mem::replace(&mut *place, Value::UNBOUND) });
    }
}

unsafe fn traverse_behind(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: the caller's promise; the object starts with what the builtin type's function expects.
    unsafe {
        if let Some(traverse) = builtin_slots(header).traverse {
            traverse(header, visit);
        }
        instance::traverse_block(block_of(header), visit);
    }
}

/// The attributes go first, then the builtin type's contents, as in CPython's `subtype_dealloc`.
unsafe fn release_behind(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: as above.
    unsafe {
        if let Some(release) = builtin_slots(header).release {
            release(header, children);
        }
        instance::release_block(block_of(header), children);
    }
}

unsafe fn clear_behind(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: as above.
    unsafe {
        if let Some(clear) = builtin_slots(header).clear {
            clear(header, children);
        }
        clear_block(block_of(header), children);
    }
}
