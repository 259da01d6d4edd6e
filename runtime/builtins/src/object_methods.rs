//! Methods of `object`, and the `__dict__` and `__weakref__` attributes of classes' instances.

use crate::memory_view::MEMORY_VIEW;
use sidewinder_runtime::heap::owned::increment;
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::instance;
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::reshape;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{OBJECT, flags};
use sidewinder_runtime::objects::{int, singleton, weak};
use sidewinder_runtime::operations::dunder::layout;
use sidewinder_runtime::operations::{attribute, call, convert, iterate, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

pub static METHODS: &[Native] = &[
    Native::new("__reduce_ex__", 1, 1, reduce_ex, "Helper for pickle."),
    Native::new("__reduce__", 0, 0, |cx, arguments| reduce(cx, arguments[0], 0), "Helper for pickle."),
    Native::new("__getstate__", 0, 0, |cx, arguments| get_state(cx, arguments[0]), "Helper for pickle."),
    Native::new("__format__", 1, 1, format, "Default object formatter."),
    Native::new("__dir__", 0, 0, dir, "Default dir() implementation."),
    Native::new("__sizeof__", 0, 0, size_of_object, "Size of object in memory, in bytes."),
    Native::with_keywords("__init_subclass__", init_subclass, "This method is called when a class is subclassed.")
        .class_method(),
    Native::with_keywords(
        "__subclasshook__",
        |_, _| Ok(Owned::new(singleton::not_implemented())),
        "Abstract classes can override this to customize issubclass().",
    )
    .class_method(),
];

pub static GETSET: &[GetSet] =
    &[GetSet { name: "__class__", get: get_class, set: Some(set_class), doc: "the object's class" }];

/// `__dict__` of instances.
pub static DICT_ATTRIBUTE: GetSet = GetSet {
    name: "__dict__",
    get: attribute::own_dict,
    set: Some(attribute::set_own_dict),
    doc: "dictionary for instance variables",
};

/// `__weakref__` of instances.
pub static WEAKREF_ATTRIBUTE: GetSet = GetSet {
    name: "__weakref__",
    get: |cx, value| {
        let references = weak::references(cx, value);
        Ok(references.into_iter().next().unwrap_or_else(none))
    },
    set: None,
    doc: "list of weak references to the object",
};

fn none() -> Owned {
    Owned::new(singleton::none())
}

fn get_class(_cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(Owned::new(value.type_of().value()))
}

fn set_class(cx: &mut Context, value: Value, new: Value) -> Result<()> {
    if new.is_unbound() {
        return Err(cx.type_error("can't delete __class__ attribute"));
    }
    let Some(class) = new.cast::<TypeObject>() else {
        let actual = new.type_of().name();
        return Err(cx.type_error(format!("__class__ must be set to a class, not '{actual}' object")));
    };
    let old = value.type_of();
    if std::ptr::eq(old, class) {
        return Ok(());
    }
    let modules =
        value.cast::<ModuleObject>().is_some() && class.is_subtype(&sidewinder_runtime::objects::module::MODULE.object);
    if !(modules || old.has_flag(flags::HEAP) && class.has_flag(flags::HEAP)) {
        return Err(cx.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    if !layout::is_same_layout(old, class) {
        let (old, new) = (old.name(), class.name());
        return Err(cx.type_error(format!("__class__ assignment: '{new}' object layout differs from '{old}'")));
    }
    if old.has_flag(flags::HAS_BLOCK) {
        // Shapes belong to a type; a dict does not.
        instance::dict(cx, value)?;
    }
    if class.has_flag(flags::HEAP) {
        increment(class.value());
    }
    // SAFETY: (heap 1) the value is a live heap object; both types have the same layout.
    unsafe { (*value.header()).type_pointer = class };
    reshape::class_changed(cx, value, old);
    if old.has_flag(flags::HEAP) {
        drop(Owned::from_raw(old.value()));
    }
    Ok(())
}

fn format(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let Some(spec) = str::cast(arguments[1]) else {
        return Err(bad_argument(cx, "__format__() argument", "str", arguments[1]));
    };
    if !spec.is_empty() {
        let kind = arguments[0].type_of().name();
        return Err(cx.type_error(format!("unsupported format string passed to {kind}.__format__")));
    }
    convert::str(cx, arguments[0])
}

/// The names of the object's own attributes and of those of its class and the class's bases.
fn dir(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = arguments[0];
    let names = DictObject::new(cx);
    let target = dict::of(names.value());
    let dict_name = cx.interpreter().names.dict;
    if let Some(own) = attribute::get_optional(cx, value, dict_name)?
        && own.value().type_of().has_flag(flags::DICT)
    {
        add_keys(cx, target, dict::of(own.value()))?;
    }
    let class_name = cx.interpreter().names.class_;
    if let Some(class) = attribute::get_optional(cx, value, class_name)?
        && let Some(class) = class.value().cast::<TypeObject>()
    {
        for entry in class.mro() {
            add_keys(cx, target, entry.namespace(cx))?;
        }
    }
    keys_list(cx, target)
}

/// Adds the keys of `source` to `target`, with `None` as value.
pub fn add_keys(cx: &mut Context, target: &DictObject, source: &DictObject) -> Result<()> {
    let mut index = 0;
    while index < source.entry_count() {
        if let Some((key, _)) = source.entry(index) {
            let key = Owned::new(key);
            target.set(cx, key.value(), singleton::none())?;
        }
        index += 1;
    }
    Ok(())
}

/// A list of a dict's keys.
pub fn keys_list(cx: &mut Context, source: &DictObject) -> Result<Owned> {
    let keys = (0..source.entry_count()).filter_map(|index| source.entry(index)).map(|(key, _)| Owned::new(key));
    let keys = keys.collect();
    Ok(ListObject::new(cx, keys))
}

fn size_of_object(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let bytes = object_bytes(arguments[0]);
    Ok(int::from_usize(cx, bytes))
}

/// Bytes of an object's own memory.
pub fn object_bytes(value: Value) -> usize {
    let kind = value.type_of();
    match kind.slots().size {
        // SAFETY: the slot belongs to the object's type.
        Some(size) if value.is_counted() => unsafe { size(value.header()) },
        _ => kind.basic_bytes.get() as usize,
    }
}

fn init_subclass(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let class = arguments.values.first().and_then(|class| class.cast::<TypeObject>());
    let name = class.map_or("object", TypeObject::name);
    if !arguments.names.is_empty() {
        return Err(cx.type_error(format!("{name}.__init_subclass__() takes no keyword arguments")));
    }
    let count = arguments.values.len().saturating_sub(1);
    if count > 0 {
        return Err(cx.type_error(format!("{name}.__init_subclass__() takes no arguments ({count} given)")));
    }
    Ok(none())
}

fn reduce_ex(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let protocol = convert::index_i64(cx, arguments[1])?;
    let name = cx.interpreter().names.reduce;
    let kind = arguments[0].type_of();
    let own = kind.lookup(cx, name);
    if own != sidewinder_runtime::objects::type_object::OBJECT.lookup(cx, name) {
        // The type decides whether there is one; an attribute of the object itself goes before it.
        let function = attribute::get(cx, arguments[0], name)?;
        return call::call(cx, function.value(), &[]);
    }
    reduce(cx, arguments[0], protocol)
}

/// What pickle and copy need to build the object again (CPython's `object.__reduce_ex__`).
fn reduce(cx: &mut Context, value: Value, protocol: i64) -> Result<Owned> {
    let copyreg = sidewinder_runtime::operations::import::module(cx, "copyreg")?;
    if protocol < 2 {
        let protocol = int::from_i64(cx, protocol);
        return call::call_method(cx, copyreg.value(), "_reduce_ex", &[value, protocol.value()]);
    }
    let kind = value.type_of();
    let builtin = sidewinder_runtime::operations::dunder::builtin_base(kind);
    let constructible = kind.slots().new.is_some() && (builtin.slots().call.is_none() || builtin.has_flag(flags::TYPE));
    if !constructible || value.cast::<ModuleObject>().is_some() {
        let name = kind.name();
        return Err(cx.type_error(format!("cannot pickle '{name}' object")));
    }
    let (function, arguments, described) = new_arguments(cx, copyreg.value(), value)?;
    let get_state = cx.interpreter().names.getstate;
    let default_state = kind.lookup(cx, get_state) == OBJECT.object.lookup(cx, get_state);
    if default_state && !described && !kind.has_flag(flags::LIST) && !kind.has_flag(flags::DICT) && has_fields(builtin)
    {
        let name = kind.name();
        let is_sized = value.cast::<CodeObject>().is_some() || std::ptr::eq(builtin, &MEMORY_VIEW.object);
        let shown = if is_sized { format!("{name} objects") } else { format!("'{name}' object") };
        return Err(cx.type_error(format!("cannot pickle {shown}")));
    }
    let state = match call::lookup_special(cx, value, get_state)? {
        Some(method) => call::call(cx, method.value(), &[])?,
        None => none(),
    };
    let list_items = if kind.has_flag(flags::LIST) { iterate::get_iter(cx, value)? } else { none() };
    let dict_items = if kind.has_flag(flags::DICT) {
        let items = call::call_method(cx, value, "items", &[])?;
        iterate::get_iter(cx, items.value())?
    } else {
        none()
    };
    Ok(TupleObject::from_owned(cx, vec![function, arguments, state, list_items, dict_items]))
}

/// Whether objects of a builtin type hold more than their attributes, of which the default state knows nothing.
fn has_fields(builtin: &TypeObject) -> bool {
    let attributes = if builtin.has_flag(flags::HAS_DICT) { instance::BLOCK_BYTES } else { 0 };
    builtin.basic_bytes.get() as usize > instance::PLAIN_BYTES + attributes
}

/// The function that makes an empty object of the class, its arguments, and whether the object has described them.
fn new_arguments(cx: &mut Context, copyreg: Value, value: Value) -> Result<(Owned, Owned, bool)> {
    let class = value.type_of().value();
    let names = &cx.interpreter().names;
    let (extended, plain) = (names.getnewargs_ex, names.getnewargs);
    if let Some(method) = call::lookup_special(cx, value, extended)? {
        let result = call::call(cx, method.value(), &[])?;
        let Some(pair) = result.value().cast::<TupleObject>() else {
            let actual = result.value().type_of().name();
            return Err(cx.type_error(format!("__getnewargs_ex__ should return a tuple, not '{actual}'")));
        };
        let &[positionals, keywords] = pair.as_slice() else {
            let length = pair.len();
            let message = format!("__getnewargs_ex__ should return a tuple of length 2, not {length}");
            return Err(cx.value_error(message));
        };
        let parts = [(positionals, "first", "tuple", flags::TUPLE), (keywords, "second", "dict", flags::DICT)];
        for (part, place, wanted, flag) in parts {
            if !part.type_of().has_flag(flag) {
                let actual = part.type_of().name();
                return Err(cx.type_error(format!(
                    "{place} item of the tuple returned by __getnewargs_ex__ must be a {wanted}, not '{actual}'"
                )));
            }
        }
        if dict::of(keywords).is_empty()
            && let Some(positionals) = positionals.cast::<TupleObject>()
        {
            let values = std::iter::once(class).chain(positionals.as_slice().iter().copied());
            let values = values.map(Owned::new).collect();
            let function = attribute::get_text(cx, copyreg, "__newobj__")?;
            return Ok((function, TupleObject::from_owned(cx, values), true));
        }
        let function = attribute::get_text(cx, copyreg, "__newobj_ex__")?;
        return Ok((function, TupleObject::new(cx, &[class, positionals, keywords]), true));
    }
    let mut values = vec![Owned::new(class)];
    let method = call::lookup_special(cx, value, plain)?;
    let described = method.is_some();
    if let Some(method) = method {
        let result = call::call(cx, method.value(), &[])?;
        let Some(tuple) = result.value().cast::<TupleObject>() else {
            let actual = result.value().type_of().name();
            return Err(cx.type_error(format!("__getnewargs__ should return a tuple, not '{actual}'")));
        };
        values.extend(tuple.as_slice().iter().map(|item| Owned::new(*item)));
    }
    let function = attribute::get_text(cx, copyreg, "__newobj__")?;
    Ok((function, TupleObject::from_owned(cx, values), described))
}

/// The object's `__dict__` and the values of its slots.
fn get_state(cx: &mut Context, value: Value) -> Result<Owned> {
    let kind = value.type_of();
    let own = if kind.has_flag(flags::HAS_DICT) && kind.has_flag(flags::HAS_BLOCK) {
        let own = instance::dict(cx, value)?;
        if dict::of(own.value()).is_empty() { none() } else { own }
    } else {
        none()
    };
    let slots = DictObject::new(cx);
    // What `copyreg` has found before, or the class itself says.
    let listed = kind.namespace(cx).get_text(cx, "__slotnames__").filter(|listed| *listed != singleton::none());
    if let Some(listed) = listed.map(Owned::new) {
        if listed.value().cast::<ListObject>().is_none() {
            let (name, actual) = (kind.name(), listed.value().type_of().name());
            let message = format!("{name}.__slotnames__ should be a list or None, not {actual}");
            return Err(cx.type_error(message));
        }
        for name in iterate::collect(cx, listed.value())? {
            let name = attribute::name_argument(cx, name.value())?;
            if let Some(found) = attribute::get_optional(cx, value, name.value())? {
                subscript::set_item(cx, slots.value(), name.value(), found.value())?;
            }
        }
        return Ok(match dict::of(slots.value()).is_empty() {
            true => own,
            false => TupleObject::from_owned(cx, vec![own, slots]),
        });
    }
    for entry in kind.mro().iter().filter(|entry| entry.has_flag(flags::HEAP)) {
        for name in entry.state(cx).slot_names.iter().flatten() {
            if let Some(found) = attribute::get_optional(cx, value, name.value())? {
                subscript::set_item(cx, slots.value(), name.value(), found.value())?;
            }
        }
    }
    if dict::of(slots.value()).is_empty() {
        return Ok(own);
    }
    Ok(TupleObject::from_owned(cx, vec![own, slots]))
}
