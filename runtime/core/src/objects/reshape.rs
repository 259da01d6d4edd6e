//! New shapes for the instances of a class that changed how attributes are found.
//!
//! Inline caches and traces that found an attribute in a slot compare shapes alone. So when a class gets or loses a data
//! descriptor of that name, or a method that takes over attribute access, all its instances must change their shapes.

use crate::context::Context;
use crate::heap::collect;
use crate::numbers::{NumberMap, NumberSet};
use crate::objects::instance;
use crate::objects::method::getset::MemberObject;
use crate::objects::shape::ShapeId;
use crate::objects::type_object::{OBJECT, TYPE, TypeObject, flags};
use crate::value::Value;

/// What comes before instance attributes under some name, in a class or one below it.
#[derive(Clone, Copy, Default)]
pub struct Descriptors {
    /// A data descriptor.
    data: bool,
    /// A member of `__slots__`, which may stand for a slot of another name.
    member: bool,
}

impl Descriptors {
    /// Looks `name` up in a class and in those below it, which may find what the class does not.
    pub fn find(cx: &Context, kind: &TypeObject, name: Value) -> Descriptors {
        let mut found = Descriptors::default();
        for member in family_of(cx, kind) {
            // SAFETY: (types 2) classes in a family are alive.
            let Some(entry) = unsafe { &*member }.lookup(cx, name) else { continue };
            found.data |= entry.type_of().slots().descriptor_set.is_some();
            found.member |= entry.cast_exact::<MemberObject>().is_some();
        }
        found
    }
}

/// Called after `name` changed in the namespace of a class, with what was found before.
pub fn attribute_changed(cx: &mut Context, kind: &TypeObject, name: Value, before: Descriptors) {
    let names = &cx.interpreter().names;
    if [names.get, names.set, names.delete].contains(&name) {
        return everything_changed(cx);
    }
    if kind.is_subtype(&TYPE) {
        classes_changed(cx, kind);
    }
    if [names.getattribute, names.setattr, names.delattr].contains(&name) {
        return reshape(cx, kind);
    }
    let after = Descriptors::find(cx, kind, name);
    let has_members = before.member || after.member;
    if has_members || (before.data || after.data) && is_instance_attribute(cx, kind, name) {
        reshape(cx, kind);
    }
}

/// An attribute of a metaclass changed: what is found on its classes may be hidden now, or no longer.
fn classes_changed(cx: &mut Context, metaclass: &TypeObject) {
    for class in family_of(cx, &OBJECT) {
        // SAFETY: (types 2) as above.
        let class = unsafe { &*class };
        if class.value().type_of().is_subtype(metaclass) {
            class.modified(cx);
        }
    }
}

/// Something changed on which what is found anywhere may depend: the bases or the metaclass of a class, or whether
/// instances of a class are descriptors.
pub fn everything_changed(cx: &mut Context) {
    OBJECT.modified(cx);
    reshape(cx, &OBJECT);
}

/// The class of an object changed from `old`. If it is a class or a descriptor, others find attributes by it.
pub fn class_changed(cx: &mut Context, object: Value, old: &TypeObject) {
    let (old, new) = (old.slots(), object.type_of().slots());
    let differ = old.descriptor_get.is_some() != new.descriptor_get.is_some()
        || old.descriptor_set.is_some() != new.descriptor_set.is_some();
    if differ || object.cast::<TypeObject>().is_some() {
        everything_changed(cx);
    }
    if let Some(module) = object.cast::<crate::objects::module::ModuleObject>() {
        crate::objects::dict::of(module.dict.get()).keys_changed(cx);
    }
}

/// The class and all below it.
fn family(
    cx: &Context,
    kind: &TypeObject,
    found: &mut Vec<*const TypeObject>,
    seen: &mut NumberSet<*const TypeObject>,
) {
    if !seen.insert(kind) {
        return;
    }
    found.push(kind);
    for subclass in kind.state(cx).subclasses.clone() {
        // SAFETY: (types 2) a subclass removes itself from the list before it dies.
        family(cx, unsafe { &*subclass }, found, seen);
    }
}

fn family_of(cx: &Context, kind: &TypeObject) -> Vec<*const TypeObject> {
    let mut found = Vec::new();
    family(cx, kind, &mut found, &mut NumberSet::default());
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
    let affected: NumberSet<*const TypeObject> = family_of(cx, kind).into_iter().collect();
    let mut roots: NumberMap<(*const TypeObject, u32), ShapeId> = NumberMap::default();
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
    let mut renumbered: NumberMap<ShapeId, ShapeId> = NumberMap::default();
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
    class.has_flag(flags::HEAP) && class.has_inner_block()
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
    roots: &mut NumberMap<(*const TypeObject, u32), ShapeId>,
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
