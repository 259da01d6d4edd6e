//! Methods of `dict` and of its views.

use sidewinder_runtime::native::{Effects, GetSet, Intrinsic, Native};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception;
use sidewinder_runtime::objects::iterator::dict::{DICT_REVERSE_KEY_ITERATOR, DictIterator};
use sidewinder_runtime::objects::iterator::dict_operations;
use sidewinder_runtime::objects::iterator::dict_views::{self, DICT_ITEMS, DICT_KEYS, DICT_VALUES, DictView};
use sidewinder_runtime::objects::set::operations::{for_each_entry, for_each_key, of as set};
use sidewinder_runtime::objects::set::{FROZENSET, SET};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{call, iterate, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

const VIEW: u32 = Effects::NO_PYTHON | Effects::READ_ONLY;

pub static METHODS: &[Native] = &[
    Native::new(
        "clear",
        0,
        0,
        clear,
        "clear($self, /)\n--\n\nRemove all items from the \
         dict.",
    )
    .effects(Effects::NO_PYTHON),
    Native::new("copy", 0, 0, copy, "copy($self, /)\n--\n\nReturn a shallow copy of the dict.").effects(VIEW),
    Native::new(
        "fromkeys",
        1,
        2,
        from_keys,
        "fromkeys($type, iterable, value=None, /)\n--\n\nCreate a new dictionary with keys from iterable and values \
         set to value.",
    )
    .class_method(),
    Native::new(
        "get",
        1,
        2,
        get,
        "get($self, key, default=None, /)\n--\n\nReturn the value for key if key is in the dictionary, else default.",
    )
    .intrinsic(Intrinsic::DictGet),
    Native::new(
        "items",
        0,
        0,
        items,
        "items($self, /)\n--\n\nReturn a set-like object providing a view on the dict's \
         items.",
    )
    .effects(VIEW),
    Native::new(
        "keys",
        0,
        0,
        keys,
        "keys($self, /)\n--\n\nReturn a set-like object providing a view on the dict's \
         keys.",
    )
    .effects(VIEW),
    Native::new(
        "pop",
        1,
        2,
        pop,
        "D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, \
         return the default if given; otherwise,\nraise a KeyError.",
    ),
    Native::new(
        "popitem",
        0,
        0,
        pop_item,
        "popitem($self, /)\n--\n\nRemove and return a (key, value) pair as a 2-tuple.\n\nPairs are returned in LIFO \
         (last-in, first-out) order.\nRaises KeyError if the dict is empty.",
    )
    .effects(Effects::NO_PYTHON),
    Native::new(
        "setdefault",
        1,
        2,
        set_default,
        "setdefault($self, key, default=None, /)\n--\n\nInsert key with a value of default if key is not in the \
         dictionary.\n\nReturn the value for key if key is in the dictionary, else default.",
    ),
    Native::with_keywords(
        "update",
        update,
        "D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.\nIf E is present and has a .keys() \
         method, then does:  for k in E.keys(): D[k] = E[k]\nIf E is present and lacks a .keys() method, then does:  \
         for k, v in E: D[k] = v\nIn either case, this is followed by: for k in F:  D[k] = F[k]",
    ),
    Native::new(
        "values",
        0,
        0,
        values,
        "values($self, /)\n--\n\nReturn an object providing a view on the dict's \
         values.",
    )
    .effects(VIEW),
    Native::new(
        "__reversed__",
        0,
        0,
        reversed,
        "__reversed__($self, /)\n--\n\nReturn a reverse iterator over the \
         dict keys.",
    )
    .effects(VIEW),
];

/// Methods of `dict_keys` and `dict_items`.
pub static SET_VIEW_METHODS: &[Native] = &[
    Native::new(
        "isdisjoint",
        1,
        1,
        view_is_disjoint,
        "isdisjoint($self, other, /)\n--\n\nReturn True if the view and the given iterable have a null intersection.",
    ),
    Native::new(
        "__reversed__",
        0,
        0,
        view_reversed,
        "__reversed__($self, /)\n--\n\nReturn a reverse iterator over the view.",
    )
    .effects(VIEW),
];

/// Methods of `dict_values`.
pub static VALUES_VIEW_METHODS: &[Native] = &[Native::new(
    "__reversed__",
    0,
    0,
    view_reversed,
    "__reversed__($self, /)\n--\n\nReturn a reverse iterator over the view.",
)
.effects(VIEW)];

/// The attribute of all views.
pub static VIEW_GETSET: &[GetSet] =
    &[GetSet { name: "mapping", get: view_mapping, set: None, doc: "dictionary that this view refers to" }];

/// The method's receiver.
fn dict(arguments: &[Value]) -> &'static DictObject {
    dict::of(arguments[0])
}

fn none() -> Result<Owned> {
    Ok(Owned::new(singleton::none()))
}

fn clear(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    dict(arguments).clear(cx);
    none()
}

fn copy(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(dict(arguments).copy(cx))
}

fn from_keys(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (class, iterable) = (arguments[0], arguments[1]);
    let value = arguments.get(2).copied().unwrap_or(singleton::none());
    let made = call::call(cx, class, &[])?;
    let plain = made.value().cast_exact::<DictObject>();
    // Dicts and sets know the hashes of their keys.
    if let Some(dict) = plain
        && let Some(source) = iterable.cast_exact::<DictObject>()
    {
        for_each_key(cx, source, |cx, key, hash| dict.set_with_hash(cx, key, hash, value))?;
        return Ok(made);
    }
    if let Some(dict) = plain
        && (iterable.has_type(&SET) || iterable.has_type(&FROZENSET))
    {
        for_each_entry(cx, set(iterable), |cx, key, hash| dict.set_with_hash(cx, key, hash, value))?;
        return Ok(made);
    }
    iterate::for_each(cx, iterable, |cx, key| match plain {
        Some(dict) => dict.set(cx, key.value(), value),
        None => subscript::set_item(cx, made.value(), key.value(), value),
    })?;
    Ok(made)
}

fn get(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    match dict(arguments).get(cx, arguments[1])? {
        Some(value) => Ok(Owned::new(value)),
        None => Ok(Owned::new(arguments.get(2).copied().unwrap_or(singleton::none()))),
    }
}

fn items(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(DictView::new(cx, &DICT_ITEMS, arguments[0]))
}

fn keys(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(DictView::new(cx, &DICT_KEYS, arguments[0]))
}

fn values(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(DictView::new(cx, &DICT_VALUES, arguments[0]))
}

fn pop(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let dict = dict(arguments);
    // Of an empty dict nobody asks for the hash.
    let found = if dict.is_empty() { None } else { dict.remove(cx, arguments[1])? };
    match (found, arguments.get(2)) {
        (Some(value), _) => Ok(value),
        (None, Some(&default)) => Ok(Owned::new(default)),
        (None, None) => Err(cx.key_error(arguments[1])),
    }
}

fn pop_item(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    match dict(arguments).pop_last(cx) {
        Some((key, value)) => Ok(TupleObject::pair(cx, key, value)),
        None => Err(cx.raise(&exception::KEY_ERROR, "popitem(): dictionary is empty")),
    }
}

fn set_default(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let default = arguments.get(2).copied().unwrap_or(singleton::none());
    dict(arguments).set_default(cx, arguments[1], default)
}

fn update(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = arguments.values[0];
    dict_operations::update_from_arguments(cx, receiver, "update", arguments.without_first())?;
    none()
}

fn reversed(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(DictIterator::new(cx, &DICT_REVERSE_KEY_ITERATOR, arguments[0]))
}

fn view_is_disjoint(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let disjoint = dict_views::is_disjoint(cx, arguments[0], arguments[1])?;
    Ok(Owned::new(singleton::boolean(disjoint)))
}

fn view_reversed(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(dict_views::reversed(cx, arguments[0]))
}

/// The viewed dict behind a read-only proxy.
fn view_mapping(cx: &mut Context, view: Value) -> Result<Owned> {
    Ok(crate::type_methods::mapping_proxy::new(cx, dict_views::viewed(view)))
}
