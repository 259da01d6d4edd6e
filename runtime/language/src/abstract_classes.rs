//! The module `_abc`: abstract base classes, with registries and caches of the classes that count as theirs
//! (Modules/_abc.c).

use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::native::{NativeObject, Traverse};
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::set::{FROZENSET, SET};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{TypeObject, flags};
use sidewinder_runtime::objects::{int, singleton, str, weak};
use sidewinder_runtime::operations::{attribute, call, convert, instance, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// What makes abstract base classes.
#[native_module("_abc", types(hidden AbstractData))]
mod rows {
    use super::*;

    /// Prepares a class: finds its abstract methods, and gives it a registry.
    #[function]
    fn _abc_init(cx: &mut Context, self_: Value) -> Result<()> {
        find_abstract_methods(cx, self_)?;
        let data = NativeObject::new(cx, AbstractData::default())?;
        attribute::set_text(cx, self_, "_abc_impl", data.value())?;
        take_collection_flags(cx, self_)
    }

    /// Lets a class count as a subclass.
    #[function]
    fn _abc_register(cx: &mut Context, self_: Value, subclass: Value) -> Result<Owned> {
        if subclass.cast::<TypeObject>().is_none() {
            return Err(cx.type_error("Can only register classes"));
        }
        if instance::is_subclass(cx, subclass, self_)? {
            return Ok(Owned::new(subclass));
        }
        if instance::is_subclass(cx, self_, subclass)? {
            return Err(cx.raise(&RUNTIME_ERROR, "Refusing to create an inheritance cycle"));
        }
        let data = data(cx, self_)?;
        let value = data.value();
        let own = NativeObject::<AbstractData>::receiver(&value);
        own.registry.add(cx, subclass)?;
        let state = cx.state::<Invalidations>();
        state.0.set(state.0.get() + 1);
        if let (Some(class), Some(subclass)) = (self_.cast::<TypeObject>(), subclass.cast::<TypeObject>()) {
            let collection = class.flags.get() & (flags::SEQUENCE | flags::MAPPING);
            if collection != 0 {
                set_collection_flags(cx, subclass, collection);
            }
        }
        Ok(Owned::new(subclass))
    }

    /// Whether an object counts as an instance.
    #[function]
    fn _abc_instancecheck(cx: &mut Context, self_: Value, instance: Value) -> Result<bool> {
        let data = data(cx, self_)?;
        let value = data.value();
        let own = NativeObject::<AbstractData>::receiver(&value);
        let subclass = attribute::get_text(cx, instance, "__class__")?;
        if own.cache.has(subclass.value()) {
            return Ok(true);
        }
        let subtype = instance.type_of().value();
        let counter = cx.state::<Invalidations>().0.get();
        if subtype == subclass.value() && own.negative_version.get() == counter && own.negative_cache.has(subtype) {
            return Ok(false);
        }
        let mut answer = call::call_method(cx, self_, "__subclasscheck__", &[subclass.value()])?;
        if subtype != subclass.value() && !convert::truth(cx, answer.value())? {
            answer = call::call_method(cx, self_, "__subclasscheck__", &[subtype])?;
        }
        convert::truth(cx, answer.value())
    }

    /// Whether a class counts as a subclass.
    #[function]
    fn _abc_subclasscheck(cx: &mut Context, self_: Value, subclass: Value) -> Result<bool> {
        if subclass.cast::<TypeObject>().is_none() {
            return Err(cx.type_error("issubclass() arg 1 must be a class"));
        }
        let data = data(cx, self_)?;
        let value = data.value();
        let own = NativeObject::<AbstractData>::receiver(&value);
        own.check(cx, self_, subclass)
    }

    /// A number that changes with every registration.
    #[function]
    fn get_cache_token(cx: &mut Context) -> u64 {
        cx.state::<Invalidations>().0.get()
    }

    /// Registry, caches and version of a class, for tests.
    #[function]
    fn _get_dump(cx: &mut Context, self_: Value) -> Result<Owned> {
        let data = data(cx, self_)?;
        let value = data.value();
        let own = NativeObject::<AbstractData>::receiver(&value);
        let mut parts = Vec::with_capacity(4);
        for classes in [&own.registry, &own.cache, &own.negative_cache] {
            // Dead references have no hash.
            let mut references: Vec<Owned> = classes.0.borrow().values().cloned().collect();
            references.retain(|reference| weak::of(reference.value()).referent().is_some());
            let references = ListObject::new(cx, references);
            parts.push(call::call(cx, SET.value(), &[references.value()])?);
        }
        parts.push(int::from_u64(cx, own.negative_version.get()));
        Ok(TupleObject::from_owned(cx, parts))
    }

    /// Forgets what was registered.
    #[function]
    fn _reset_registry(cx: &mut Context, self_: Value) -> Result<()> {
        let data = data(cx, self_)?;
        let value = data.value();
        let gone = NativeObject::<AbstractData>::receiver(&value).registry.0.take();
        drop(gone);
        Ok(())
    }

    /// Forgets both caches.
    #[function]
    fn _reset_caches(cx: &mut Context, self_: Value) -> Result<()> {
        let data = data(cx, self_)?;
        let value = data.value();
        let own = NativeObject::<AbstractData>::receiver(&value);
        let gone = (own.cache.0.take(), own.negative_cache.0.take());
        drop(gone);
        Ok(())
    }
}

/// How often a class was registered in this interpreter.
#[derive(Default)]
struct Invalidations(Cell<u64>);

/// Classes that this keeps no alive: weak references by address.
#[derive(Default)]
struct Classes(RefCell<HashMap<u64, Owned>>);

impl Classes {
    fn has(&self, class: Value) -> bool {
        let classes = self.0.borrow();
        let referent = classes.get(&class.0).and_then(|reference| weak::of(reference.value()).referent());
        referent.is_some_and(|referent| referent.value() == class)
    }

    fn add(&self, cx: &mut Context, class: Value) -> Result<()> {
        let reference = weak::new(cx, &weak::WEAK_REFERENCE, class, Value::UNBOUND)?;
        let old = self.0.borrow_mut().insert(class.0, reference);
        drop(old);
        Ok(())
    }

    fn alive(&self) -> Vec<Owned> {
        let references: Vec<Owned> = self.0.borrow().values().cloned().collect();
        references.iter().filter_map(|reference| weak::of(reference.value()).referent()).collect()
    }
}

impl Traverse for Classes {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        if let Ok(classes) = self.0.try_borrow() {
            classes.values().for_each(|reference| visit(reference.value()));
        }
    }

    fn release(&mut self, children: &mut Children<'_>) {
        self.clear(children);
    }

    fn clear(&self, children: &mut Children<'_>) {
        let classes = self.0.try_borrow_mut().map(|mut classes| std::mem::take(&mut *classes)).unwrap_or_default();
        classes.into_values().for_each(|reference| children.push(reference.into_raw()));
    }
}

/// What an abstract base class knows of others.
#[native_type("_abc._abc_data")]
#[derive(Traverse, Default)]
pub struct AbstractData {
    registry: Classes,
    cache: Classes,
    negative_cache: Classes,
    /// The number of registrations when the negative cache was right.
    negative_version: Cell<u64>,
}

#[methods]
impl AbstractData {}

impl AbstractData {
    fn accept(&self, cx: &mut Context, subclass: Value) -> Result<bool> {
        self.cache.add(cx, subclass)?;
        Ok(true)
    }

    fn check(&self, cx: &mut Context, class: Value, subclass: Value) -> Result<bool> {
        if self.cache.has(subclass) {
            return Ok(true);
        }
        let counter = cx.state::<Invalidations>().0.get();
        if self.negative_version.get() < counter {
            let gone = self.negative_cache.0.take();
            drop(gone);
            self.negative_version.set(counter);
        } else if self.negative_cache.has(subclass) {
            return Ok(false);
        }
        let hook = call::call_method(cx, class, "__subclasshook__", &[subclass])?;
        if hook.value() == singleton::true_() {
            return self.accept(cx, subclass);
        }
        if hook.value() == singleton::false_() {
            self.negative_cache.add(cx, subclass)?;
            return Ok(false);
        }
        if hook.value() != singleton::not_implemented() {
            let message = "__subclasshook__ must return either False, True, or NotImplemented";
            return Err(cx.raise(&sidewinder_runtime::objects::exception::ASSERTION_ERROR, message));
        }
        if let (Some(class), Some(subclass_type)) = (class.cast::<TypeObject>(), subclass.cast::<TypeObject>())
            && subclass_type.is_subtype(class)
        {
            return self.accept(cx, subclass);
        }
        for registered in self.registry.alive() {
            if instance::is_subclass(cx, subclass, registered.value())? {
                return self.accept(cx, subclass);
            }
        }
        let derived = call::call_method(cx, class, "__subclasses__", &[])?;
        if derived.value().cast::<ListObject>().is_none() {
            return Err(cx.type_error("__subclasses__() must return a list"));
        }
        for other in iterate::collect(cx, derived.value())? {
            if instance::is_subclass(cx, subclass, other.value())? {
                return self.accept(cx, subclass);
            }
        }
        self.negative_cache.add(cx, subclass)?;
        Ok(false)
    }
}

/// The data of an abstract base class.
fn data(cx: &mut Context, class: Value) -> Result<Owned> {
    let found = attribute::get_text(cx, class, "_abc_impl")?;
    match found.value().cast::<NativeObject<AbstractData>>() {
        Some(_) => Ok(found),
        None => Err(not_data(cx)),
    }
}

#[cold]
fn not_data(cx: &mut Context) -> Raised {
    cx.type_error("_abc_impl is set to a wrong type")
}

/// Whether a value in a namespace says that it is abstract.
fn is_abstract(cx: &mut Context, value: Value) -> Result<bool> {
    match attribute::get_text_optional(cx, value, "__isabstractmethod__")? {
        Some(answer) => convert::truth(cx, answer.value()),
        None => Ok(false),
    }
}

/// Sets `__abstractmethods__`: the abstract ones of the class itself, and those of its bases that it leaves abstract.
fn find_abstract_methods(cx: &mut Context, class: Value) -> Result<()> {
    let mut names: Vec<Owned> = Vec::new();
    let namespace = attribute::get_text(cx, class, "__dict__")?;
    let items = call::call_method(cx, namespace.value(), "items", &[])?;
    for item in iterate::collect(cx, items.value())? {
        if let Some(&[name, value]) = item.value().cast::<TupleObject>().map(TupleObject::as_slice)
            && is_abstract(cx, value)?
        {
            names.push(Owned::new(name));
        }
    }
    let bases = attribute::get_text(cx, class, "__bases__")?;
    let Some(bases) = bases.value().cast::<TupleObject>() else {
        return Err(cx.type_error("__bases__ is not tuple"));
    };
    for &base in bases.as_slice() {
        let Some(inherited) = attribute::get_text_optional(cx, base, "__abstractmethods__")? else { continue };
        for name in iterate::collect(cx, inherited.value())? {
            let Some(text) = str::text(name.value()).map(|text| text.into_owned()) else { continue };
            if let Some(value) = attribute::get_text_optional(cx, class, &text)?
                && is_abstract(cx, value.value())?
            {
                names.push(name);
            }
        }
    }
    let names = ListObject::new(cx, names);
    let names = call::call(cx, FROZENSET.value(), &[names.value()])?;
    attribute::set_text(cx, class, "__abstractmethods__", names.value())
}

/// Bits of `__abc_tpflags__` (Include/object.h).
const SEQUENCE_BIT: i64 = 1 << 5;
const MAPPING_BIT: i64 = 1 << 6;

/// Turns `__abc_tpflags__` into flags of the class.
fn take_collection_flags(cx: &mut Context, class: Value) -> Result<()> {
    let Some(kind) = class.cast::<TypeObject>() else { return Ok(()) };
    let name = str::intern(cx, "__abc_tpflags__");
    let found = kind.namespace(cx).get_interned(name.value());
    let Some(bits) = found.filter(|found| int::is_int_like(*found)).and_then(int::as_i64) else { return Ok(()) };
    let wanted = bits & (SEQUENCE_BIT | MAPPING_BIT);
    if wanted == SEQUENCE_BIT | MAPPING_BIT {
        return Err(cx.type_error("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"));
    }
    if wanted & SEQUENCE_BIT != 0 {
        kind.add_flag(flags::SEQUENCE);
    }
    if wanted & MAPPING_BIT != 0 {
        kind.add_flag(flags::MAPPING);
    }
    attribute::delete(cx, class, name.value())
}

/// Gives a class and its subclasses the flags of the collection that it counts as.
fn set_collection_flags(cx: &mut Context, class: &TypeObject, collection: u32) {
    let both = flags::SEQUENCE | flags::MAPPING;
    if class.flags.get() & both == collection || !class.has_flag(flags::HEAP) {
        return;
    }
    class.flags.set(class.flags.get() & !both | collection);
    class.modified(cx);
    let derived = call::call_method(cx, class.value(), "__subclasses__", &[]);
    match derived.and_then(|derived| iterate::collect(cx, derived.value())) {
        Ok(derived) => {
            for subclass in derived {
                if let Some(subclass) = subclass.value().cast::<TypeObject>() {
                    set_collection_flags(cx, subclass, collection);
                }
            }
        }
        Err(_) => drop(cx.take_pending()),
    }
}
