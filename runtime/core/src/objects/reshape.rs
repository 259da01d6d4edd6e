//! New shapes for the instances of a class that changed how attributes are found.
//!
//! Inline caches and traces that found an attribute in a slot compare shapes alone. So when a class gets a data
//! descriptor of that name, or a method that takes over attribute access, all its instances must change their shapes.

use crate::context::Context;
use crate::heap::collect;
use crate::objects::instance;
use crate::objects::shape::ShapeId;
use crate::objects::type_object::{TypeObject, flags};
use crate::value::Value;
use std::collections::HashMap;

/// Called after `name` changed in the namespace of a class.
pub fn attribute_changed(cx: &mut Context, kind: &TypeObject, name: Value) {
    let names = &cx.interpreter().names;
    if [names.getattribute, names.setattr, names.delattr].contains(&name) {
        return reshape(cx, kind);
    }
    let found = kind.namespace(cx).get_interned(name);
    let shadows = found.is_some_and(|found| found.type_of().slots().descriptor_set.is_some());
    if shadows && is_instance_attribute(cx, kind, name) {
        reshape(cx, kind);
    }
}

/// The class and all below it.
fn family(cx: &Context, kind: &TypeObject, found: &mut Vec<*const TypeObject>) {
    if found.contains(&(kind as *const TypeObject)) {
        return;
    }
    found.push(kind);
    for subclass in kind.state(cx).subclasses.clone() {
        // SAFETY: (types 2) a subclass removes itself from the list before it dies.
        family(cx, unsafe { &*subclass }, found);
    }
}

fn family_of(cx: &Context, kind: &TypeObject) -> Vec<*const TypeObject> {
    let mut found = Vec::new();
    family(cx, kind, &mut found);
    found
}

/// Whether instances of the class or of one below it have had an attribute of that name.
fn is_instance_attribute(cx: &Context, kind: &TypeObject, name: Value) -> bool {
    family_of(cx, kind).into_iter().any(|member| {
        // SAFETY: (types 2) classes in a family are alive.
        let shapes = &unsafe { &*member }.state(cx).shapes;
        shapes.iter().any(|id| cx.interpreter().shapes.get(*id).slot(name).is_some())
    })
}

/// Gives all instances of the class, and of those below it, equal shapes under new numbers.
pub fn reshape(cx: &mut Context, kind: &TypeObject) {
    let affected = family_of(cx, kind);
    let mut roots: HashMap<(*const TypeObject, u32), ShapeId> = HashMap::new();
    for &member in &affected {
        // SAFETY: (types 2) as above.
        let class = unsafe { &*member };
        if has_shapes(class) {
            let slots = class.inline_slots.get();
            let root = add_root(cx, class, slots);
            roots.insert((member, slots), root);
            class.root_shape.set(root);
        }
    }
    let mut renumbered: HashMap<ShapeId, ShapeId> = HashMap::new();
    for header in collect::live_objects(cx) {
        let object = Value::from_pointer(header);
        let class = object.heap_type();
        if !has_shapes(class) || !affected.contains(&(class as *const TypeObject)) {
            continue;
        }
        let own = instance::block(object, class);
        let old = own.shape.get();
        if old == ShapeId::DICT {
            continue;
        }
        let new = match renumbered.get(&old) {
            Some(new) => *new,
            None => {
                let new = copy_shape(cx, class, old, &mut roots);
                renumbered.insert(old, new);
                new
            }
        };
        own.shape.set(new);
    }
}

fn has_shapes(class: &TypeObject) -> bool {
    class.has_flag(flags::HEAP) && class.has_flag(flags::HAS_BLOCK) && !class.has_flag(flags::EXTERNAL_BLOCK)
}

fn add_root(cx: &mut Context, class: &TypeObject, slots: u32) -> ShapeId {
    let root = cx.interpreter().shapes.add_root(class, slots);
    class.state(cx).shapes.push(root);
    root
}

/// A shape with the same slots, reached from a new root.
fn copy_shape(
    cx: &mut Context,
    class: &TypeObject,
    old: ShapeId,
    roots: &mut HashMap<(*const TypeObject, u32), ShapeId>,
) -> ShapeId {
    let shape = cx.interpreter().shapes.get(old);
    let (names, slots) = (shape.names.clone(), shape.inline_slots);
    let key = (class as *const TypeObject, slots);
    let root = match roots.get(&key) {
        Some(root) => *root,
        None => {
            let root = add_root(cx, class, slots);
            roots.insert(key, root);
            root
        }
    };
    names.iter().fold(root, |from, name| {
        let (next, made) = cx.interpreter().shapes.transition(from, *name).expect("as many slots as the old shape");
        if made {
            class.state(cx).shapes.push(next);
        }
        next
    })
}
