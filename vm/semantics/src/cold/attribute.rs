//! Attribute access that misses its inline cache, and the filling of the cache.

use super::{clear, fetch, finish, next, raise, register, set, take};
use crate::frame::current_code;
use crate::handlers::attribute::kind;
use crate::semantics::Pc;
use sidewinder_bytecode::{HEADER_WORDS, Op};
use sidewinder_runtime::objects::function::FUNCTION;
use sidewinder_runtime::objects::method::{CLASS_METHOD, METHOD_DESCRIPTOR, STATIC_METHOD};
use sidewinder_runtime::objects::module::{MODULE, ModuleObject};
use sidewinder_runtime::objects::shape::ShapeId;
use sidewinder_runtime::objects::site::{Access, Site};
use sidewinder_runtime::objects::slots::Slots;
use sidewinder_runtime::objects::type_object::{TypeObject, flags, is_plain_data};
use sidewinder_runtime::objects::{instance, str};
use sidewinder_runtime::operations::{attribute, dunder};
use sidewinder_runtime::{Context, Owned, Result, Value};

const HEADER: u16 = HEADER_WORDS as u16;

fn site_of(cx: &Context, index: u16) -> &'static Site {
    // SAFETY: (frames 3) the site exists.
    unsafe { &*current_code(cx).sites.get().add(index as usize) }
}

/// `a = b.name`
pub fn load(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let site = site_of(cx, i.c);
    if find_entry(cx, i.c, super::operand(cx, i.b)) {
        return pc;
    }
    let object = take(cx, i.b);
    let result = attribute::get(cx, object.value(), site.name);
    super::release(cx, object);
    finish(cx, pc, result)
}

/// `a.name = b`
pub fn store(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let site = site_of(cx, i.c);
    if find_store_entry(cx, i.c, super::operand(cx, i.a)) {
        return pc;
    }
    let (object, value) = (take(cx, i.a), take(cx, i.b));
    let before = shape_of(object.value());
    let result = attribute::set(cx, object.value(), site.name, value.value());
    if result.is_ok() {
        remember_store(cx, site, object.value(), before);
    }
    super::release(cx, value);
    super::release(cx, object);
    super::finish_effect(cx, pc, result)
}

/// `del a.name`
pub fn delete(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let site = site_of(cx, i.c);
    let object = take(cx, i.a);
    let result = attribute::delete(cx, object.value(), site.name);
    super::release(cx, object);
    super::finish_effect(cx, pc, result)
}

/// Prepares a method call in block a.
pub fn load_method(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let site = site_of(cx, i.c);
    if find_entry(cx, i.c, super::operand(cx, i.b)) {
        return pc;
    }
    let object = take(cx, i.b);
    let found = find_method(cx, object.value(), site.name);
    super::release(cx, object);
    match found {
        Ok((callable, receiver)) => {
            set(cx, i.a, callable);
            match receiver {
                Some(receiver) => set(cx, i.a + HEADER, receiver),
                None => clear(cx, i.a + HEADER),
            }
            next(pc)
        }
        Err(_) => raise(cx, pc),
    }
}

/// What a call of `object.name(…)` calls, and self if that comes as first argument.
pub fn find_method(cx: &mut Context, object: Value, name: Value) -> Result<(Owned, Option<Owned>)> {
    match unbound_method(cx, object, name) {
        Some(method) => Ok((method, Some(Owned::new(object)))),
        None => Ok((attribute::get(cx, object, name)?, None)),
    }
}

/// Whether the handlers' tests of a load site would succeed for the object.
fn hits(cx: &Context, site: &Site, object: Value) -> bool {
    if !object.is_pointer() {
        return false;
    }
    let class = object.heap_type();
    let same_type = std::ptr::eq(class, site.type_pointer.get());
    let same_shape = || same_type && shape_of(object) == Some(site.shape.get());
    match site.kind.get() {
        kind::INLINE | kind::OVERFLOW => {
            same_shape() && {
                let own = instance::block(object, class);
                let slot = site.index.get() as usize;
                // SAFETY: (objects 1) the shape has that slot.
                let value = unsafe {
                    if site.kind.get() == kind::INLINE {
                        *own.inline().add(slot)
                    } else {
                        *own.overflow.get().add(slot)
                    }
                };
                !value.is_unbound()
            }
        }
        kind::BUILTIN_METHOD | kind::BUILTIN_GETTER => same_type,
        kind::OF_MODULE => {
            let _ = cx;
            object.0 == site.second_version.get()
                && object.cast_exact::<ModuleObject>().is_some_and(|module| {
                    sidewinder_runtime::objects::dict::of(module.dict.get()).keys_version.get() == site.version.get()
                })
        }
        kind::EMPTY | kind::PROPERTY | kind::ADD_INLINE => false,
        cached if cached & kind::OF_CLASS != 0 => {
            std::ptr::eq(object.0 as *const TypeObject, site.type_pointer.get())
                && class.has_flag(flags::TYPE)
                // SAFETY: (heap 2) the object is this type, alive.
                && unsafe { object.cast_unchecked::<TypeObject>() }.version.get() == site.version.get()
        }
        _ => same_shape() && class.version.get() == site.version.get(),
    }
}

/// What a site, or another that shares its entries, has found before for an instance of the object's type and shape.
#[inline(always)]
pub fn older_entry(cx: &Context, index: u16, object: Value, access: Access) -> Option<&'static Site> {
    let key = entry_key(object)?;
    let site = site_of(cx, index);
    if site.is_megamorphic()
        && let Some(shared) = cx.interpreter().shared_entries.get(key, site.name, access)
    {
        return Some(shared);
    }
    site.older_entries().iter().find(|older| older.shape.get() == key)
}

/// Moves what a site has cached to its older entries.
fn retire(site: &Site) {
    if site.kind.get() != kind::EMPTY {
        site.retire();
    }
}

/// Puts an entry that serves the object into the site: an older one, or a new one. False if there is none, or if the site
/// is megamorphic: then the shared entries have one, if there can be one.
fn find_entry(cx: &mut Context, index: u16, object: Value) -> bool {
    let site = site_of(cx, index);
    for older in site.older_entries() {
        if hits(cx, older, object) {
            site.exchange(older);
            return true;
        }
    }
    if site.is_megamorphic()
        && let Some(key) = entry_key(object)
    {
        let shared = &cx.interpreter().shared_entries;
        let hopeless = |entry: &Site| entry.kind.get() == kind::EMPTY;
        if !shared.get(key, site.name, Access::Load).is_some_and(hopeless) {
            fill_load(cx, shared.replace(key, site.name, Access::Load), site.name, object);
        }
        return false;
    }
    retire(site);
    fill_load(cx, site, site.name, object);
    hits(cx, site, object)
}

/// Like `find_entry`, among the older entries of a store site.
fn find_store_entry(cx: &mut Context, index: u16, object: Value) -> bool {
    let site = site_of(cx, index);
    let Some(shape) = shape_of(object) else { return false };
    for older in site.older_entries() {
        let stores = matches!(older.kind.get(), kind::INLINE | kind::OVERFLOW | kind::ADD_INLINE);
        if stores && older.shape.get() == shape && std::ptr::eq(object.heap_type(), older.type_pointer.get()) {
            site.exchange(older);
            return true;
        }
    }
    false
}

fn has_generic_get(kind: &TypeObject) -> bool {
    !kind.has_flag(flags::CUSTOM_GETATTR) && kind.slots().get_attribute.is_none_or(attribute::is_generic)
}

/// Whether an attribute that the general way finds is what it is for instances of a type, which may have a `__getattr__` for
/// others.
fn finds_generically(cx: &Context, kind: &TypeObject) -> bool {
    has_generic_get(kind) || {
        let own = kind.lookup(cx, cx.interpreter().names.getattribute);
        kind.has_flag(flags::CUSTOM_GETATTR) && own.is_none_or(dunder::is_generic_get_attribute)
    }
}

pub fn is_method(value: Value) -> bool {
    value.has_type(&FUNCTION) || value.has_type(&METHOD_DESCRIPTOR)
}

/// The function that `object.name` would bind, if that is all the access does.
fn unbound_method(cx: &mut Context, object: Value, name: Value) -> Option<Owned> {
    let class = object.type_of();
    if !finds_generically(cx, class) {
        return None;
    }
    let found = class.lookup(cx, name)?;
    if !is_method(found) || instance::get_attribute_slot(cx, object, name).is_some() {
        return None;
    }
    Some(Owned::new(found))
}

#[inline(always)]
fn shape_of(object: Value) -> Option<u32> {
    let class = object.is_pointer().then(|| object.heap_type())?;
    let shape = class.has_inner_block().then(|| instance::block(object, class).shape.get())?;
    (shape != ShapeId::DICT).then_some(shape.0)
}

/// Marks the keys of classes among those of entries.
const CLASS_KEY: u32 = 1 << 31;

/// What tells an entry that may serve the object: its shape, which tells its type too, or its version if it is a class.
#[inline(always)]
fn entry_key(object: Value) -> Option<u32> {
    let class = object.is_pointer().then(|| object.heap_type())?;
    if class.has_flag(flags::TYPE) {
        // SAFETY: (heap 2) the type flag says so.
        let version = unsafe { object.cast_unchecked::<TypeObject>() }.version.get();
        return Some(version as u32 | CLASS_KEY);
    }
    shape_of(object)
}

/// Remembers how `object.name` is found.
fn fill_load(cx: &mut Context, site: &Site, name: Value, object: Value) {
    site.kind.set(kind::EMPTY);
    site.misses.set(site.misses.get().saturating_add(1));
    if !object.is_pointer() {
        return;
    }
    let class = object.heap_type();
    if class.has_flag(flags::TYPE) {
        return fill_class(cx, site, name, object);
    }
    if object.has_type(&MODULE) {
        return fill_module(cx, site, name, object);
    }
    if !finds_generically(cx, class) {
        return;
    }
    site.type_pointer.set(class);
    let on_class = class.lookup(cx, name);
    let Some(shape) = shape_of(object) else {
        if let Some(found) = on_class
            && !class.has_flag(flags::HEAP | flags::HAS_BLOCK)
        {
            let cached = match found {
                _ if is_method(found) => kind::BUILTIN_METHOD,
                _ if attribute::is_native_getter(found) => kind::BUILTIN_GETTER,
                _ => return,
            };
            site.value.set(found);
            site.kind.set(cached);
        }
        return;
    };
    site.shape.set(shape);
    site.version.set(class.version.get());
    let slots: Option<&Slots> = on_class.map(|found| found.type_of().slots());
    let data_descriptor = slots.is_some_and(|slots| slots.descriptor_set.is_some());
    if data_descriptor {
        // An AttributeError of what computes the attribute would be for `__getattr__` to handle.
        let computes = !class.has_flag(flags::CUSTOM_GETATTR);
        if let Some(getter) = on_class.filter(|_| computes).and_then(|found| attribute::python_getter(cx, found)) {
            site.value.set(getter);
            site.kind.set(kind::PROPERTY);
        } else if let Some(slot) = on_class.and_then(attribute::member_slot_name) {
            fill_slot(cx, site, shape, slot);
        } else if let Some(getter) = on_class.filter(|found| computes && attribute::is_native_getter(*found)) {
            site.value.set(getter);
            site.kind.set(kind::GETTER);
        }
        return;
    }
    // Without a dict, slots are found by the members of the class alone.
    if class.has_flag(flags::HAS_DICT) && fill_slot(cx, site, shape, name) {
        return;
    }
    match on_class {
        Some(found) if is_method(found) => {
            site.value.set(found);
            site.kind.set(kind::METHOD);
        }
        Some(found) => site.kind.set(fill_found(cx, site, name, class, found)),
        None => {}
    }
}

/// Remembers a value that was found in the linearisation of a class, and is no method of the object. The kind of entry.
fn fill_found(cx: &Context, site: &Site, name: Value, class: &TypeObject, found: Value) -> u32 {
    if is_plain_data(found) {
        let entries = class.mro().iter().map(|owner| owner.namespace(cx));
        let place = entries.filter_map(|namespace| Some((namespace, namespace.find_interned(name)?))).next();
        let Some((namespace, index)) = place else { return kind::EMPTY };
        site.second_version.set(Value::from_pointer(namespace).0);
        site.index.set(index as u32);
        return kind::CLASS_ENTRY;
    }
    site.value.set(found);
    if found.has_type(&STATIC_METHOD) {
        return kind::STATIC_METHOD;
    }
    if found.has_type(&CLASS_METHOD) {
        return kind::CLASS_METHOD;
    }
    let binds = !found.has_type(&FUNCTION) && found.type_of().slots().descriptor_get.is_some();
    if binds { kind::EMPTY } else { kind::CLASS_VALUE }
}

fn fill_slot(cx: &mut Context, site: &Site, shape: u32, name: Value) -> bool {
    let shape = cx.interpreter().shapes.get(ShapeId(shape));
    let Some(slot) = shape.slot(name) else { return false };
    if slot < shape.inline_slots {
        site.index.set(slot);
        site.kind.set(kind::INLINE);
    } else {
        site.index.set(slot - shape.inline_slots);
        site.kind.set(kind::OVERFLOW);
    }
    true
}

fn fill_class(cx: &mut Context, site: &Site, name: Value, object: Value) {
    // SAFETY: (heap 2) the type flag says so.
    let class: &'static TypeObject = unsafe { object.cast_unchecked() };
    let meta = object.heap_type();
    if !has_generic_get(meta) && !std::ptr::eq(meta, &raw const sidewinder_runtime::objects::type_object::TYPE.object) {
        return;
    }
    if let Some(found) = meta.lookup(cx, name)
        && found.type_of().slots().descriptor_set.is_some()
    {
        return;
    }
    let Some(found) = class.lookup(cx, name) else { return };
    let cached = fill_found(cx, site, name, class, found);
    if cached != kind::EMPTY {
        site.shape.set(class.version.get() as u32 | CLASS_KEY);
        site.type_pointer.set(class);
        site.version.set(class.version.get());
        site.kind.set(cached | kind::OF_CLASS);
    }
}

fn fill_module(cx: &mut Context, site: &Site, name: Value, object: Value) {
    // SAFETY: (heap 2) the type was tested.
    let module: &ModuleObject = unsafe { object.cast_unchecked() };
    let dict = sidewinder_runtime::objects::dict::of(module.dict.get());
    if let Some(index) = dict.find_interned(name) {
        site.second_version.set(object.0);
        site.version.set(dict.version(cx));
        site.index.set(index as u32);
        site.kind.set(kind::OF_MODULE);
    }
}

/// Remembers where an attribute was stored, in the site or, once that is megamorphic, among the shared entries.
fn remember_store(cx: &mut Context, site: &Site, object: Value, before: Option<u32>) {
    let entry = match before {
        Some(shape) if site.is_megamorphic() => {
            cx.interpreter().shared_entries.replace(shape, site.name, Access::Store)
        }
        _ => {
            retire(site);
            site
        }
    };
    fill_store(cx, entry, site.name, object, before);
}

/// Remembers where `object.name = …` stored: an existing slot, or a new inline one.
fn fill_store(cx: &mut Context, site: &Site, mut name: Value, object: Value, before: Option<u32>) {
    site.kind.set(kind::EMPTY);
    site.misses.set(site.misses.get().saturating_add(1));
    if object.is_pointer() && object.heap_type().has_flag(flags::TYPE) {
        return fill_class_store(cx, site, name, object);
    }
    let (Some(before), Some(after)) = (before, shape_of(object)) else { return };
    let class = object.heap_type();
    if class.has_flag(flags::CUSTOM_SETATTR)
        || class.slots().set_attribute.is_some_and(|f| !attribute::is_generic_set(f))
    {
        return;
    }
    if let Some(found) = class.lookup(cx, name)
        && found.type_of().slots().descriptor_set.is_some()
    {
        match attribute::member_slot_name(found) {
            Some(slot) => name = slot,
            None => return,
        }
    }
    site.type_pointer.set(class);
    site.shape.set(before);
    if before == after {
        fill_slot(cx, site, after, name);
        return;
    }
    let shape = cx.interpreter().shapes.get(ShapeId(after));
    let slot = shape.len() - 1;
    let added = shape.slot(name) == Some(slot) && slot < shape.inline_slots;
    let old = cx.interpreter().shapes.get(ShapeId(before));
    if added && old.len() == slot && old.inline_slots == shape.inline_slots {
        site.index.set(slot);
        site.second_version.set(after as u64);
        site.kind.set(kind::ADD_INLINE);
    }
}

/// Remembers the entry of a class's own namespace that `class.name = …` replaced, if that is plain data.
fn fill_class_store(cx: &mut Context, site: &Site, name: Value, object: Value) {
    // SAFETY: (heap 2) the type flag says so.
    let class: &'static TypeObject = unsafe { object.cast_unchecked() };
    let meta = object.heap_type();
    let is_generic = !meta.has_flag(flags::CUSTOM_SETATTR)
        && meta.slots().set_attribute.is_some_and(attribute::is_set_of_type)
        && meta.lookup(cx, name).is_none_or(|found| found.type_of().slots().descriptor_set.is_none());
    if !is_generic || !class.has_flag(flags::HEAP) || dunder::is_dunder(name) {
        return;
    }
    let namespace = class.namespace(cx);
    if let Some(index) = namespace.find_interned(name)
        && namespace.entry(index).is_some_and(|(_, value)| is_plain_data(value))
    {
        site.second_version.set(Value::from_pointer(namespace).0);
        site.index.set(index as u32);
        site.type_pointer.set(class);
        site.version.set(class.version.get());
        site.kind.set(kind::CLASS_ENTRY | kind::OF_CLASS);
    }
}

/// `super().name`: the attribute after class b+1 in the linearisation of the type of b+2.
fn super_attribute(cx: &mut Context, pc: Pc, method: bool) -> Result<(Owned, Option<Owned>)> {
    let i = fetch(pc);
    let name = site_of(cx, i.c).name;
    let (super_type, class, receiver) = (register(cx, i.b), register(cx, i.b + 1), register(cx, i.b + 2));
    let found = if super_type == sidewinder_runtime::objects::method::SUPER.value() {
        attribute::super_lookup(cx, class, receiver, name, method)
    } else {
        // `super()` of something else that has that name is called as it is written.
        let arguments = [class, receiver];
        let arguments = if has_no_arguments(cx, pc) { &[][..] } else { &arguments[..] };
        sidewinder_runtime::operations::call::call(cx, super_type, arguments)
            .and_then(|object| attribute::get(cx, object.value(), name))
            .map(|value| (value, None))
    };
    for offset in (0..3).rev() {
        clear(cx, i.b + offset);
    }
    found
}

/// Whether the class for `super` comes from the cell `__class__`, as the compiler has it for a call without arguments.
fn has_no_arguments(cx: &mut Context, pc: Pc) -> bool {
    let (class, code) = (fetch(pc).b + 1, current_code(cx));
    let steps = code.index_of(pc).min(3);
    (1..=steps).any(|back| {
        // SAFETY: (frames 3) so many instructions lie before this one.
        let before = fetch(unsafe { pc.sub(back) });
        before.op == Op::LoadFree && before.a == class && str::equals_text(code.free_name(before.b), "__class__")
    })
}

pub fn load_super(cx: &mut Context, pc: Pc) -> Pc {
    let result = super_attribute(cx, pc, false).map(|(value, _)| value);
    finish(cx, pc, result)
}

/// Searches of one `super` call that are remembered: who calls it with many types searches each time.
const SUPER_MISSES_MAX: u32 = 32;

/// Remembers what `super().name` finds for instances of the receiver's type.
fn fill_super(site: &Site, class: Value, receiver: Value, method: Value) {
    let own = receiver.heap_type();
    let starts_at = class.cast::<TypeObject>().is_some_and(|class| own.is_subtype(class));
    if starts_at && site.misses.get() < SUPER_MISSES_MAX {
        site.misses.set(site.misses.get() + 1);
        site.second_version.set(class.0);
        site.type_pointer.set(own);
        site.version.set(own.version.get());
        site.value.set(method);
        site.kind.set(kind::SUPER_METHOD);
    }
}

pub fn load_super_method(cx: &mut Context, pc: Pc) -> Pc {
    let i = fetch(pc);
    let (super_type, class) = (register(cx, i.b), register(cx, i.b + 1));
    match super_attribute(cx, pc, true) {
        Ok((method, receiver)) => {
            if let Some(receiver) = &receiver
                && super_type == sidewinder_runtime::objects::method::SUPER.value()
            {
                fill_super(site_of(cx, i.c), class, receiver.value(), method.value());
            }
            set(cx, i.a, method);
            match receiver {
                Some(receiver) => set(cx, i.a + HEADER, receiver),
                None => clear(cx, i.a + HEADER),
            }
            next(pc)
        }
        Err(_) => raise(cx, pc),
    }
}
