//! Attributes, through inline caches of types, shapes and versions.

use super::{following, has_builtin_type};
use crate::semantics::{Attempt, Pc, Semantics};
use sidewinder_bytecode::{HEADER_WORDS, Instruction};
use sidewinder_ir::op::Alias;
use sidewinder_runtime::TypeObject;
use sidewinder_runtime::objects::method::{SUPER, StaticMethodObject};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::site::{Access, Site};
use sidewinder_runtime::objects::type_object::is_plain_data;

/// What an attribute site has cached.
pub mod kind {
    pub const EMPTY: u32 = 0;
    /// The instance's inline slot `index`.
    pub const INLINE: u32 = 1;
    /// The instance's overflow slot `index`.
    pub const OVERFLOW: u32 = 2;
    // Found on the type of a shaped instance that has no such attribute, by the type's version.
    /// The function `value`, which binds as a method.
    pub const METHOD: u32 = 3;
    /// `value`, which does not bind.
    pub const CLASS_VALUE: u32 = 4;
    /// `value` found on an immutable builtin type; binds as a method.
    pub const BUILTIN_METHOD: u32 = 5;
    /// Entry `index` of the namespace in `second_version`: plain data.
    pub const CLASS_ENTRY: u32 = 6;
    /// Entry `index` of the module's dict, by keys version.
    pub const OF_MODULE: u32 = 7;
    /// Store: adds inline slot `index`, moving from `shape` to the shape in `second_version`.
    pub const ADD_INLINE: u32 = 8;
    /// A property of a shaped instance whose getter, `value`, is a Python function.
    pub const PROPERTY: u32 = 9;
    /// What the static method `value` holds.
    pub const STATIC_METHOD: u32 = 10;
    /// What the class method `value` holds, which binds to the type.
    pub const CLASS_METHOD: u32 = 11;
    /// What the data descriptor `value` of a shaped instance's type computes in Rust.
    pub const GETTER: u32 = 12;
    /// The same of an instance without a shape, of a builtin type.
    pub const BUILTIN_GETTER: u32 = 13;
    /// The method `value` that `super` finds after the class in `second_version` for instances of a type.
    pub const SUPER_METHOD: u32 = 14;
    /// Added to some of these: the object is the class `type_pointer` itself, and the attribute is found in it.
    pub const OF_CLASS: u32 = 16;
}

/// Whether an attribute that is cached by the version of a type is found by the object.
#[inline(always)]
fn is_found<S: Semantics>(s: &mut S, object: S::Value, site: &'static Site) -> bool {
    let class = cached_type(site);
    let own = if site.kind.get() & kind::OF_CLASS != 0 {
        s.is_object(object, class.value())
    } else {
        s.has_shape(object, class, site.shape.get())
    };
    own && s.type_version_is(class, site.version.get())
}

/// The value that such an entry is for, but for binding.
#[inline(always)]
fn found_value<S: Semantics>(s: &mut S, site: &'static Site) -> S::Value {
    match site.kind.get() & !kind::OF_CLASS {
        kind::CLASS_ENTRY => {
            let namespace = sidewinder_runtime::Value::from_word(site.second_version.get());
            s.dict_entry(sidewinder_runtime::objects::dict::of(namespace), site.index.get())
        }
        kind::STATIC_METHOD | kind::CLASS_METHOD => {
            let wrapper = s.constant(site.value.get());
            s.load_field(wrapper, std::mem::offset_of!(StaticMethodObject, callable), Alias::Other)
        }
        _ => s.constant(site.value.get()),
    }
}

/// The cached type of a site.
#[inline(always)]
fn cached_type(site: &Site) -> &'static TypeObject {
    // SAFETY: (caches 1) only compared with the type of a live object before it is used.
    unsafe { &*site.type_pointer.get() }
}

#[inline(always)]
pub fn load_attribute<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let site = s.site(i.c);
    let object = s.operand(i.b);
    match site.kind.get() {
        cached @ (kind::INLINE | kind::OVERFLOW) => {
            let class = cached_type(site);
            if s.has_shape(object, class, site.shape.get()) {
                let value = s.load_attribute(object, class, site.index.get(), cached == kind::INLINE);
                if !s.is_unbound(value) {
                    let value = s.dup(value);
                    return s.release_set_then(i.b, i.a, value, following(pc));
                }
            }
        }
        _ => return load_rare(s, pc, i),
    }
    load_older(s, pc, i)
}

/// A site that sees several types.
#[inline(never)]
fn load_older<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let object = s.operand(i.b);
    if let Some(site) = s.older_entry(i.c, object, Access::Load) {
        match site.kind.get() {
            cached @ (kind::INLINE | kind::OVERFLOW) => {
                let value = s.load_attribute(object, cached_type(site), site.index.get(), cached == kind::INLINE);
                if !s.is_unbound(value) {
                    let value = s.dup(value);
                    return s.release_set_then(i.b, i.a, value, following(pc));
                }
            }
            kind::EMPTY | kind::BUILTIN_METHOD | kind::BUILTIN_GETTER | kind::OF_MODULE | kind::ADD_INLINE => {}
            _ => {
                if let Some(next) = load_found(s, pc, i, object, site) {
                    return next;
                }
            }
        }
    }
    s.cold(pc, crate::cold::attribute::load)
}

#[inline(never)]
fn load_rare<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let site = s.site(i.c);
    let object = s.operand(i.b);
    match site.kind.get() {
        kind::BUILTIN_METHOD => {
            let class = cached_type(site);
            if s.has_type(object, class) {
                let value = s.constant(site.value.get());
                let Some(bound) = s.call2(&crate::helpers::BIND, value, object) else { return s.raise(pc) };
                return s.release_set_then(i.b, i.a, bound, following(pc));
            }
        }
        kind::BUILTIN_GETTER => {
            if s.has_type(object, cached_type(site)) {
                return load_computed(s, pc, i, object, site);
            }
        }
        kind::OF_MODULE => {
            if let Some(value) = module_entry(s, object, site) {
                let value = s.dup(value);
                return s.release_set_then(i.b, i.a, value, following(pc));
            }
        }
        kind::EMPTY | kind::ADD_INLINE => {}
        _ => {
            if let Some(next) = load_found(s, pc, i, object, site) {
                return next;
            }
        }
    }
    load_older(s, pc, i)
}

/// Loads what a descriptor in Rust computes.
#[inline(always)]
fn load_computed<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, object: S::Value, site: &'static Site) -> Pc {
    let descriptor = s.constant(site.value.get());
    s.publish(pc);
    match s.call2(&crate::helpers::GET_BY_DESCRIPTOR, descriptor, object) {
        Some(value) => s.release_set_then(i.b, i.a, value, following(pc)),
        None => s.raise(pc),
    }
}

/// Loads what a class has, by its version.
#[inline(always)]
fn load_found<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, object: S::Value, site: &'static Site) -> Attempt {
    if !is_found(s, object, site) {
        return None;
    }
    if site.kind.get() == kind::PROPERTY {
        return Some(super::call::property(s, pc, i, site.value.get()));
    }
    if site.kind.get() == kind::GETTER {
        return Some(load_computed(s, pc, i, object, site));
    }
    let value = found_value(s, site);
    let receiver = match site.kind.get() & !kind::OF_CLASS {
        kind::METHOD => Some(object),
        kind::CLASS_METHOD => Some(s.constant(cached_type(site).value())),
        _ => None,
    };
    let value = match receiver {
        Some(receiver) => s.call2(&crate::helpers::BIND, value, receiver),
        None => Some(s.dup(value)),
    };
    Some(match value {
        Some(value) => s.release_set_then(i.b, i.a, value, following(pc)),
        None => s.raise(pc),
    })
}

/// The cached entry of a module's dict, if `object` is the cached module and its keys are unchanged.
#[inline(always)]
fn module_entry<S: Semantics>(s: &mut S, object: S::Value, site: &'static Site) -> Option<S::Value> {
    let module = sidewinder_runtime::Value::from_word(site.second_version.get());
    if !s.is_object(object, module) || s.peek(object) != module {
        return None;
    }
    // SAFETY: (caches 1) the object is this very module, alive.
    let dict = unsafe { module.cast_unchecked::<ModuleObject>() }.dict.get();
    let dict = sidewinder_runtime::objects::dict::of(dict);
    s.keys_version_is(dict, site.version.get()).then(|| s.dict_entry(dict, site.index.get()))
}

#[inline(always)]
pub fn store_attribute<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let site = s.site(i.c);
    let object = s.operand(i.a);
    if s.has_shape(object, cached_type(site), site.shape.get())
        && let Some(next) = store_by(s, pc, i, object, site)
    {
        return next;
    }
    store_older(s, pc, i)
}

/// Stores as an entry says whose type and shape were tested; declines when it does not say how.
#[inline(always)]
fn store_by<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, object: S::Value, site: &'static Site) -> Attempt {
    let (class, slot) = (cached_type(site), site.index.get());
    match site.kind.get() {
        cached @ (kind::INLINE | kind::OVERFLOW) => {
            let value = s.take(i.b);
            let place = (class, slot, cached == kind::INLINE);
            Some(s.store_attribute_then(object, place, value, i.a, following(pc)))
        }
        kind::ADD_INLINE => {
            let value = s.take(i.b);
            s.add_attribute(object, class, site.second_version.get() as u32, slot, value);
            Some(s.release_then(pc, i.a, following(pc)))
        }
        _ => None,
    }
}

/// Stores plain data in place of plain data into the namespace of the class that the site is for, which changes nothing about
/// how attributes are found.
#[inline(always)]
fn store_class_entry<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, site: &'static Site) -> Attempt {
    let value = s.operand(i.b);
    if !is_plain_data(s.peek(value)) || !has_builtin_type(s, value) {
        return None;
    }
    let namespace = sidewinder_runtime::Value::from_word(site.second_version.get());
    let value = s.take(i.b);
    s.publish(pc);
    s.set_dict_entry(sidewinder_runtime::objects::dict::of(namespace), site.index.get(), value);
    Some(s.release_then(pc, i.a, following(pc)))
}

/// A site that sees several types, or a class.
#[inline(never)]
fn store_older<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let object = s.operand(i.a);
    let site = s.site(i.c);
    if site.kind.get() == (kind::CLASS_ENTRY | kind::OF_CLASS)
        && is_found(s, object, site)
        && let Some(next) = store_class_entry(s, pc, i, site)
    {
        return next;
    }
    if let Some(site) = s.older_entry(i.c, object, Access::Store)
        && let Some(next) = store_by(s, pc, i, object, site)
    {
        return next;
    }
    s.cold(pc, crate::cold::attribute::store)
}

/// Prepares a method call in block a: callable and self slot.
#[inline(always)]
pub fn load_method<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let site = s.site(i.c);
    let object = s.operand(i.b);
    let receiver = i.a + HEADER_WORDS as u16;
    let class = cached_type(site);
    match site.kind.get() {
        kind::METHOD => {
            if s.has_shape(object, class, site.shape.get()) && s.type_version_is(class, site.version.get()) {
                return method_found(s, pc, i, receiver, site);
            }
        }
        kind::BUILTIN_METHOD => {
            if s.has_type(object, class) {
                return method_found(s, pc, i, receiver, site);
            }
        }
        _ => return load_method_rare(s, pc, i),
    }
    load_method_older(s, pc, i)
}

/// A site that sees several types.
#[inline(never)]
fn load_method_older<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let object = s.operand(i.b);
    if let Some(site) = s.older_entry(i.c, object, Access::Load) {
        if site.kind.get() == kind::METHOD {
            if s.type_version_is(cached_type(site), site.version.get()) {
                return method_found(s, pc, i, i.a + HEADER_WORDS as u16, site);
            }
        } else if let Some(next) = callable_found(s, pc, i, object, site) {
            return next;
        }
    }
    s.cold(pc, crate::cold::attribute::load_method)
}

#[inline(always)]
fn method_found<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, receiver: u16, site: &'static Site) -> Pc {
    // In this order the object just tested needs not be read again.
    let object = s.take(i.b);
    let method = s.constant(site.value.get());
    let method = s.dup(method);
    s.set_fresh(i.a, method);
    s.set_fresh(receiver, object);
    following(pc)
}

#[inline(never)]
fn load_method_rare<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let site = s.site(i.c);
    let object = s.operand(i.b);
    match callable_found(s, pc, i, object, site) {
        Some(next) => next,
        None => load_method_older(s, pc, i),
    }
}

/// Prepares the call of what a descriptor in Rust computes.
#[inline(never)]
fn callable_computed<S: Semantics>(
    s: &mut S,
    pc: Pc,
    i: Instruction,
    object: S::Value,
    site: &'static Site,
) -> Attempt {
    let descriptor = s.constant(site.value.get());
    s.publish(pc);
    let Some(value) = s.call2(&crate::helpers::GET_BY_DESCRIPTOR, descriptor, object) else {
        return Some(s.raise(pc));
    };
    s.release(i.b);
    s.set_fresh(i.a, value);
    s.clear(i.a + HEADER_WORDS as u16);
    Some(following(pc))
}

/// Prepares the call of what an entry finds and is no method of the object.
#[inline(always)]
fn callable_found<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, object: S::Value, site: &'static Site) -> Attempt {
    let class = cached_type(site);
    let mut receiver = None;
    let value = match site.kind.get() {
        cached @ (kind::INLINE | kind::OVERFLOW) => {
            if !s.has_shape(object, class, site.shape.get()) {
                return None;
            }
            let value = s.load_attribute(object, class, site.index.get(), cached == kind::INLINE);
            if s.is_unbound(value) {
                return None;
            }
            value
        }
        kind::OF_MODULE => module_entry(s, object, site)?,
        kind::BUILTIN_GETTER if s.has_type(object, class) => return callable_computed(s, pc, i, object, site),
        kind::GETTER if is_found(s, object, site) => return callable_computed(s, pc, i, object, site),
        kind::EMPTY
        | kind::PROPERTY
        | kind::ADD_INLINE
        | kind::METHOD
        | kind::BUILTIN_METHOD
        | kind::GETTER
        | kind::BUILTIN_GETTER => return None,
        cached => {
            if !is_found(s, object, site) {
                return None;
            }
            if cached & !kind::OF_CLASS == kind::CLASS_METHOD {
                receiver = Some(s.constant(class.value()));
            }
            found_value(s, site)
        }
    };
    let value = s.dup(value);
    let receiver = receiver.map(|class| s.dup(class));
    s.publish(pc);
    s.release(i.b);
    s.set_fresh(i.a, value);
    match receiver {
        Some(class) => s.set_fresh(i.a + HEADER_WORDS as u16, class),
        None => s.clear(i.a + HEADER_WORDS as u16),
    }
    Some(following(pc))
}

/// Prepares the call of the special method in a pair of registers.
#[inline(always)]
pub fn prepare_special<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let receiver = s.register(i.b + 1);
    let is_bound = s.is_unbound(receiver);
    let method = s.move_out(i.b);
    s.set_fresh(i.a, method);
    if is_bound {
        s.clear(i.b + 1);
        s.clear(i.a + HEADER_WORDS as u16);
    } else {
        let receiver = s.move_out(i.b + 1);
        s.set_fresh(i.a + HEADER_WORDS as u16, receiver);
    }
    following(pc)
}

/// Prepares the call of a method that `super` finds.
#[inline(always)]
pub fn load_super_method<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let site = s.site(i.c);
    if site.kind.get() == kind::SUPER_METHOD {
        let (super_type, class, receiver) = (s.register(i.b), s.register(i.b + 1), s.register(i.b + 2));
        let own = cached_type(site);
        if s.is_object(super_type, SUPER.value())
            && s.is_object(class, sidewinder_runtime::Value::from_word(site.second_version.get()))
            && s.has_type(receiver, own)
            && s.type_version_is(own, site.version.get())
        {
            let method = s.constant(site.value.get());
            let method = s.dup(method);
            let receiver = s.move_out(i.b + 2);
            s.publish(pc);
            s.clear(i.b + 1);
            s.clear(i.b);
            s.set_fresh(i.a, method);
            s.set_fresh(i.a + HEADER_WORDS as u16, receiver);
            return following(pc);
        }
    }
    s.cold(pc, crate::cold::attribute::load_super_method)
}

/// The special method with which a `with` statement begins or ends.
#[inline(always)]
pub fn load_special<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let manager = s.register(i.b);
    let known = s.peek(manager);
    if known.is_pointer() && !known.is_unbound() {
        let class = known.heap_type();
        if let Some(method) = crate::cold::exception::special_method(s.context(), class, i.c)
            && s.has_type(manager, class)
            && s.type_version_is(class, class.version.get())
        {
            let method = s.constant(method);
            let method = s.dup(method);
            s.set(i.a, method);
            let manager = s.dup(manager);
            s.set(i.a + 1, manager);
            return following(pc);
        }
    }
    s.cold(pc, crate::cold::exception::load_special)
}
