//! `type(name, bases, namespace)`: making classes.
//!
//! The order follows CPython's `type_new`: metaclass, layout, namespace, linearisation, slots, `__set_name__`,
//! `__init_subclass__`. `build_class.rs` is the class statement's half, `mro.rs` the linearisation, `slot_names.rs`
//! the reading of `__slots__`.

pub mod build_class;
pub mod mro;
pub mod slot_names;

use sidewinder_runtime::objects::cell::CellObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, RUNTIME_WARNING};
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::instance;
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::iterator::dict_operations;
use sidewinder_runtime::objects::method::{descriptor, getset, super_object};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::Slots;
use sidewinder_runtime::objects::str::{self, StrObject, codec};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType, TypeState, flags};
use sidewinder_runtime::operations::dunder::layout::{self, Layout};
use sidewinder_runtime::operations::{call, convert, dunder, warnings};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

use slot_names::SlotNames;

/// Gives `type` its constructor.
pub fn prepare(slots: &mut Slots) {
    slots.new = Some(type_new);
    slots.init = Some(type_init);
}

/// Completes a builtin type of this crate, unless that was done before.
pub fn ensure_ready(cx: &mut Context, kind: &'static StaticType) -> Result<()> {
    kind.object.ensure_ready(cx)
}

/// Arguments of `type.__new__`.
struct Request<'a> {
    metatype: &'static TypeObject,
    name: Value,
    bases: &'a [Value],
    namespace: Value,
    arguments: Arguments<'a>,
}

fn type_init(cx: &mut Context, _value: Value, arguments: Arguments<'_>) -> Result<()> {
    let count = arguments.positionals().len();
    if count == 1 && !arguments.names.is_empty() {
        return Err(cx.type_error("type.__init__() takes no keyword arguments"));
    }
    if count != 1 && count != 3 {
        return Err(cx.type_error("type.__init__() takes 1 or 3 arguments"));
    }
    Ok(())
}

/// `type.__new__(metatype, name, bases, namespace, **keywords)`
fn type_new(cx: &mut Context, metatype: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let &[name, bases, namespace] = arguments.positionals() else {
        let count = arguments.positionals().len();
        return Err(cx.type_error(format!("type.__new__() takes exactly 3 arguments ({count} given)")));
    };
    let expected = [(name, flags::STR, "str"), (bases, flags::TUPLE, "tuple"), (namespace, flags::DICT, "dict")];
    for (index, (value, flag, expected)) in expected.into_iter().enumerate() {
        if !value.type_of().has_flag(flag) {
            let which = format!("type.__new__() argument {}", index + 1);
            return Err(bad_argument(cx, &which, expected, value));
        }
    }
    let Some(tuple) = bases.cast::<TupleObject>() else { return Err(cx.type_error("bases must be a tuple")) };
    check_entries(cx, tuple.as_slice())?;
    let winner = calculate_metaclass(cx, metatype, tuple.as_slice())?;
    if !std::ptr::eq(winner, metatype)
        && let Some(new) = winner.slots().new
        && !std::ptr::fn_addr_eq(new, type_new as fn(&mut Context, &'static TypeObject, Arguments<'_>) -> Result<Owned>)
    {
        return new(cx, winner, arguments);
    }
    make_class(cx, Request { metatype: winner, name, bases: tuple.as_slice(), namespace, arguments })
}

/// The most derived metaclass among `metatype` and those of the bases.
pub fn calculate_metaclass(
    cx: &mut Context,
    metatype: &'static TypeObject,
    bases: &[Value],
) -> Result<&'static TypeObject> {
    let mut winner = metatype;
    for base in bases {
        let candidate = base.type_of();
        if winner.is_subtype(candidate) {
            continue;
        }
        if !candidate.is_subtype(winner) {
            return Err(cx.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the \
                 metaclasses of all its bases",
            ));
        }
        winner = candidate;
    }
    Ok(winner)
}

/// Refuses bases that only a class statement can take.
fn check_entries(cx: &mut Context, bases: &[Value]) -> Result<()> {
    let name = cx.interpreter().names.mro_entries;
    for base in bases.iter().filter(|base| base.cast::<TypeObject>().is_none()) {
        if sidewinder_runtime::operations::attribute::get_optional(cx, *base, name)?.is_some() {
            return Err(cx.type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
        }
    }
    Ok(())
}

fn make_class(cx: &mut Context, request: Request<'_>) -> Result<Owned> {
    let object_bases = [OBJECT.value()];
    let bases = if request.bases.is_empty() { &object_bases } else { request.bases };
    if bases.iter().any(|base| base.cast::<TypeObject>().is_none()) {
        return Err(cx.type_error("bases must be types"));
    }
    let base = layout::best_base(cx, bases)?;
    let namespace = DictObject::new(cx);
    // A class derived from `dict` may give its items in an order of its own.
    dict_operations::update(cx, dict::of(namespace.value()), request.namespace)?;
    let doc = cx.interpreter().names.doc;
    if let Some(doc) = dict::of(namespace.value()).get_interned(doc).filter(|doc| str::is_str(*doc)) {
        check_characters(cx, doc)?;
    }
    let slots = slot_names::read(cx, request.name, base, bases, dict::of(namespace.value()))?;
    let class = allocate(cx, &request, bases, base, namespace, &slots)?;
    // SAFETY: (heap 2) just made.
    let kind: &'static TypeObject = unsafe { class.value().cast_unchecked() };
    fill_namespace(cx, kind, base, &slots)?;
    mro::compute(cx, kind, request.metatype, bases)?;
    // Whether a class is matched by sequence or by mapping patterns comes from the first class that says so.
    let collection = flags::SEQUENCE | flags::MAPPING;
    if let Some(first) = kind.mro().iter().find(|class| class.flags.get() & collection != 0) {
        kind.add_flag(first.flags.get() & collection);
    }
    register(cx, kind, bases);
    if bases.len() == 1 {
        dunder::update_own_slots(cx, kind);
    } else {
        dunder::update_slots(cx, kind);
    }
    warn_of_keys(cx, kind)?;
    set_names(cx, kind)?;
    init_subclass(cx, kind, request.arguments)?;
    Ok(class)
}

/// The class object with its state, layout and inherited slots; its linearisation is provisional.
fn allocate(
    cx: &mut Context,
    request: &Request<'_>,
    bases: &[Value],
    base: &'static TypeObject,
    namespace: Owned,
    slots: &SlotNames,
) -> Result<Owned> {
    let name = class_name(cx, request.name)?;
    let qualified_name = take_qualified_name(cx, request.name, dict::of(namespace.value()))?;
    let header = instance::allocate(cx, request.metatype, 0);
    let place = header as *mut TypeObject;
    let mut fresh = TypeObject::builtin("", 0, Slots::EMPTY).with_base(base);
    // SAFETY: (heap 3) fresh memory of a TypeObject, whose header is kept.
    let kind: &'static TypeObject = unsafe {
        fresh.header = std::ptr::read(&raw const (*place).header);
        place.write(fresh);
        &*place
    };
    kind.version.set(cx.fresh_version());
    let mut state = TypeState::new(&name, namespace);
    state.bases = bases.iter().map(|base| Owned::new(*base)).collect();
    state.qualified_name = Some(qualified_name);
    state.slot_names = slots.declared.then(|| slots.names.clone());
    state.mro = mro::boxed(kind, base.mro());
    kind.attach_state(Box::new(state));
    kind.add_flag(flags::HEAP);
    let additions = Layout { has_dict: slots.has_dict, has_weak: slots.has_weak, slot_count: slots.names.len() as u32 };
    layout::complete(cx, kind, base, additions);
    Ok(Owned::from_raw(kind.value()))
}

/// The class's name as text; an error if it cannot be a name.
pub fn class_name(cx: &mut Context, name: Value) -> Result<String> {
    let text = str::text(name).unwrap_or_default().into_owned();
    if text.contains('\0') {
        return Err(cx.value_error("type name must not contain null characters"));
    }
    check_characters(cx, name)?;
    Ok(text)
}

/// An error for text with lone surrogates, which has no UTF-8.
fn check_characters(cx: &mut Context, text: Value) -> Result<()> {
    match str::cast(text) {
        Some(own) if own.has_surrogates() => codec::encode(cx, text, "utf-8", "strict").map(drop),
        _ => Ok(()),
    }
}

fn take_qualified_name(cx: &mut Context, name: Value, namespace: &DictObject) -> Result<Owned> {
    let key = cx.interpreter().names.qualname;
    match namespace.remove(cx, key)? {
        None => Ok(Owned::new(name)),
        Some(found) if str::is_str(found.value()) => Ok(found),
        Some(found) => {
            let actual = found.value().type_of().name();
            Err(cx.type_error(format!("type __qualname__ must be a str, not {actual}")))
        }
    }
}

/// Completes the namespace: what the class statement did not store, and what must be wrapped.
fn fill_namespace(
    cx: &mut Context,
    kind: &'static TypeObject,
    base: &'static TypeObject,
    slots: &SlotNames,
) -> Result<()> {
    let namespace = kind.namespace(cx);
    let names = &cx.interpreter().names;
    let (module, doc, new, eq, hash) = (names.module, names.doc, names.new, names.eq, names.hash);
    if namespace.get_interned(module).is_none()
        && let Some(found) = calling_module(cx)
    {
        namespace.set(cx, module, found.value())?;
    }
    if let Some(function) = namespace.get_interned(new).filter(|found| found.cast_exact::<FunctionObject>().is_some()) {
        let wrapped = descriptor::new_static_method(cx, function);
        namespace.set(cx, new, wrapped.value())?;
    }
    for name in [names.init_subclass, names.class_getitem] {
        let function = namespace.get_interned(name).filter(|found| found.cast_exact::<FunctionObject>().is_some());
        if let Some(function) = function {
            let wrapped = descriptor::new_class_method(cx, function);
            namespace.set(cx, name, wrapped.value())?;
        }
    }
    set_class_cell(cx, kind, namespace)?;
    for name in &slots.names {
        let member = getset::new_member(cx, name.value(), kind);
        namespace.set(cx, name.value(), member.value())?;
    }
    add_instance_attributes(cx, kind, base)?;
    if namespace.get_interned(doc).is_none() {
        namespace.set(cx, doc, singleton::none())?;
    }
    if namespace.get_interned(eq).is_some() && namespace.get_interned(hash).is_none() {
        namespace.set(cx, hash, singleton::none())?;
    }
    Ok(())
}

/// `__dict__` and `__weakref__` of instances, where the class is the first in its line to have them.
fn add_instance_attributes(cx: &mut Context, kind: &'static TypeObject, base: &'static TypeObject) -> Result<()> {
    let names = &cx.interpreter().names;
    let rows = [
        (flags::HAS_DICT, names.dict, &crate::object_methods::DICT_ATTRIBUTE),
        (flags::HAS_WEAK, names.weakref, &crate::object_methods::WEAKREF_ATTRIBUTE),
    ];
    for (flag, name, definition) in rows {
        if kind.has_flag(flag) && !base.has_flag(flag) && kind.namespace(cx).get_interned(name).is_none() {
            let descriptor = getset::new_getset(cx, definition, kind);
            kind.namespace(cx).set(cx, name, descriptor.value())?;
        }
    }
    Ok(())
}

/// `__name__` of the module whose code runs.
pub fn calling_module(cx: &mut Context) -> Option<Owned> {
    let globals = (cx.interpreter().hooks.frame_globals)(cx);
    let name = cx.interpreter().names.name;
    dict::of(globals.value()).get_interned(name).map(Owned::new)
}

/// Puts the class into the cell that its methods know as `__class__`.
fn set_class_cell(cx: &mut Context, kind: &TypeObject, namespace: &DictObject) -> Result<()> {
    let names = &cx.interpreter().names;
    for name in [names.classcell, names.classdictcell] {
        let Some(found) = namespace.remove(cx, name)? else { continue };
        let Some(cell) = found.value().cast_exact::<CellObject>() else {
            let actual = convert::repr_text(cx, found.value().type_of().value())?;
            let name = str::text(name).unwrap_or_default().into_owned();
            return Err(cx.type_error(format!("{name} must be a nonlocal cell, not {actual}")));
        };
        let content =
            if name == cx.interpreter().names.classcell { kind.value() } else { kind.state(cx).namespace.value() };
        let old = cell.content.replace(Owned::new(content).into_raw());
        drop(Owned::from_raw_option(old));
    }
    Ok(())
}

/// Warns of keys that no attribute can have.
fn warn_of_keys(cx: &mut Context, kind: &TypeObject) -> Result<()> {
    let namespace = kind.namespace(cx);
    let odd =
        (0..namespace.entry_count()).any(|index| namespace.entry(index).is_some_and(|(key, _)| !str::is_str(key)));
    if odd {
        let message = format!("non-string key in the __dict__ of class {}", kind.name());
        warnings::warn(cx, &RUNTIME_WARNING, &message, 1)?;
    }
    Ok(())
}

/// Makes the class known to its bases.
fn register(cx: &mut Context, kind: &'static TypeObject, bases: &[Value]) {
    for base in bases {
        if let Some(base) = base.cast::<TypeObject>() {
            base.state(cx).subclasses.push(kind);
        }
    }
}

/// Calls `__set_name__` of the namespace's values.
fn set_names(cx: &mut Context, kind: &'static TypeObject) -> Result<()> {
    let set_name = cx.interpreter().names.set_name;
    let namespace = kind.namespace(cx);
    let mut wanted = Vec::new();
    for index in 0..namespace.entry_count() {
        if let Some((key, value)) = namespace.entry(index)
            && value.type_of().lookup(cx, set_name).is_some()
        {
            wanted.push((Owned::new(key), Owned::new(value)));
        }
    }
    for (key, value) in wanted {
        let arguments = [kind.value(), key.value()];
        if dunder::call_dunder(cx, value.value(), set_name, &arguments).is_err() {
            return Err(note_set_name(cx, kind, key.value(), value.value()));
        }
    }
    Ok(())
}

/// Says in a note where a failed `__set_name__` was called from.
#[cold]
fn note_set_name(cx: &mut Context, kind: &TypeObject, key: Value, value: Value) -> sidewinder_runtime::Raised {
    let exception = cx.take_pending();
    let described = convert::repr(cx, key);
    let Ok(described) = described else { return sidewinder_runtime::Raised };
    let key = str::text(described.value()).unwrap_or_default().into_owned();
    let (owner, actual) = (kind.name(), value.type_of().name());
    let note = StrObject::new(cx, &format!("Error calling __set_name__ on '{actual}' instance {key} in '{owner}'"));
    if exception::add_note(cx, exception.value(), note.value()).is_err() {
        return sidewinder_runtime::Raised;
    }
    cx.raise_value(exception)
}

/// `super(kind, kind).__init_subclass__(**keywords)`
fn init_subclass(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<()> {
    let name = cx.interpreter().names.init_subclass;
    if !kind.mro().iter().any(|entry| std::ptr::eq(*entry, kind)) {
        // A class that its own `mro()` leaves out has no `super()`.
        let name = kind.name();
        let message = format!("super(type, obj): obj (type {name}) is not an instance or subtype of type ({name}).");
        return Err(cx.type_error(message));
    }
    if arguments.names.is_empty() {
        let inherited = kind.mro()[1..].iter().find_map(|entry| entry.namespace(cx).get_interned(name));
        if inherited.is_none() || inherited == OBJECT.namespace(cx).get_interned(name) {
            return Ok(());
        }
    }
    let hook = super_object::lookup(cx, kind.value(), kind.value(), name)?;
    let first = arguments.positionals().len();
    let keywords = Arguments { values: &arguments.values[first..], names: arguments.names };
    call::call_with(cx, hook.value(), keywords).map(drop)
}
