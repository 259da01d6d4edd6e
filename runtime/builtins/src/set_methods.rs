//! Methods of `set` and `frozenset`.

use sidewinder_runtime::native::{Effects, Native};
use sidewinder_runtime::objects::exception;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::set::operations::{self, of};
use sidewinder_runtime::objects::set::{FROZENSET, SetObject};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{call, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Methods of `set`.
pub static SET_METHODS: &[Native] = &[
    Native::new(
        "add",
        1,
        1,
        add,
        "add($self, object, /)\n--\n\nAdd an element to a set.\n\nThis has no effect if the element is already \
         present.",
    ),
    Native::new("clear", 0, 0, clear, "clear($self, /)\n--\n\nRemove all elements from this set.")
        .effects(Effects::NO_PYTHON),
    COPY,
    DIFFERENCE,
    Native::new(
        "difference_update",
        0,
        Native::MANY,
        difference_update,
        "difference_update($self, /, *others)\n--\n\nUpdate the set, removing elements found in others.",
    ),
    Native::new(
        "discard",
        1,
        1,
        discard,
        "discard($self, object, /)\n--\n\nRemove an element from a set if it is a member.\n\nUnlike set.remove(), the \
         discard() method does not raise\nan exception when an element is missing from the set.",
    ),
    INTERSECTION,
    Native::new(
        "intersection_update",
        0,
        Native::MANY,
        intersection_update,
        "intersection_update($self, /, *others)\n--\n\nUpdate the set, keeping only elements found in it and all \
         others.",
    ),
    ISDISJOINT,
    ISSUBSET,
    ISSUPERSET,
    Native::new(
        "pop",
        0,
        0,
        pop,
        "pop($self, /)\n--\n\nRemove and return an arbitrary set element.\n\nRaises KeyError if the set is empty.",
    ),
    Native::new(
        "remove",
        1,
        1,
        remove,
        "remove($self, object, /)\n--\n\nRemove an element from a set; it must be a member.\n\nIf the element is not a \
         member, raise a KeyError.",
    ),
    SYMMETRIC_DIFFERENCE,
    Native::new(
        "symmetric_difference_update",
        1,
        1,
        symmetric_difference_update,
        "symmetric_difference_update($self, other, /)\n--\n\nUpdate the set, keeping only elements found in either \
         set, but not in both.",
    ),
    UNION,
    Native::new(
        "update",
        0,
        Native::MANY,
        update,
        "update($self, /, *others)\n--\n\nUpdate the set, adding elements from all others.",
    ),
    REDUCE,
];

/// Methods of `frozenset`.
pub static FROZENSET_METHODS: &[Native] =
    &[COPY, DIFFERENCE, INTERSECTION, ISDISJOINT, ISSUBSET, ISSUPERSET, SYMMETRIC_DIFFERENCE, UNION, REDUCE];

// Rows of both tables.

const COPY: Native = Native::new("copy", 0, 0, copy, "copy($self, /)\n--\n\nReturn a shallow copy of a set.")
    .effects(Effects::NO_PYTHON);

const DIFFERENCE: Native = Native::new(
    "difference",
    0,
    Native::MANY,
    difference,
    "difference($self, /, *others)\n--\n\nReturn a new set with elements in the set that are not in the others.",
);

const INTERSECTION: Native = Native::new(
    "intersection",
    0,
    Native::MANY,
    intersection,
    "intersection($self, /, *others)\n--\n\nReturn a new set with elements common to the set and all others.",
);

const ISDISJOINT: Native = Native::new(
    "isdisjoint",
    1,
    1,
    is_disjoint,
    "isdisjoint($self, other, /)\n--\n\nReturn True if two sets have a null intersection.",
);

const ISSUBSET: Native = Native::new(
    "issubset",
    1,
    1,
    is_subset,
    "issubset($self, other, /)\n--\n\nReport whether another set contains this set.",
);

const ISSUPERSET: Native = Native::new(
    "issuperset",
    1,
    1,
    is_superset,
    "issuperset($self, other, /)\n--\n\nReport whether this set contains another set.",
);

const SYMMETRIC_DIFFERENCE: Native = Native::new(
    "symmetric_difference",
    1,
    1,
    symmetric_difference,
    "symmetric_difference($self, other, /)\n--\n\nReturn a new set with elements in either the set or other but \
         not both.",
);

const UNION: Native = Native::new(
    "union",
    0,
    Native::MANY,
    union,
    "union($self, /, *others)\n--\n\nReturn a new set with elements from the set and all others.",
);

const REDUCE: Native =
    Native::new("__reduce__", 0, 0, reduce, "__reduce__($self, /)\n--\n\nReturn state information for pickling.");

/// The method's receiver.
fn set(arguments: &[Value]) -> &'static SetObject {
    of(arguments[0])
}

fn none() -> Result<Owned> {
    Ok(Owned::new(singleton::none()))
}

fn boolean(truth: bool) -> Result<Owned> {
    Ok(Owned::new(singleton::boolean(truth)))
}

fn add(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    set(arguments).add(cx, arguments[1])?;
    none()
}

fn clear(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    set(arguments).clear(cx);
    none()
}

fn copy(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    if arguments[0].has_type(&FROZENSET) {
        return Ok(Owned::new(arguments[0]));
    }
    Ok(operations::copy(cx, arguments[0]))
}

fn difference(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let [receiver, first, rest @ ..] = arguments else {
        return copy(cx, arguments);
    };
    let result = operations::difference(cx, *receiver, *first)?;
    for &other in rest {
        operations::difference_update(cx, of(result.value()), other)?;
    }
    Ok(result)
}

fn difference_update(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    for &other in &arguments[1..] {
        operations::difference_update(cx, set(arguments), other)?;
    }
    none()
}

fn discard(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let hash = operations::lookup_hash(cx, arguments[1])?;
    set(arguments).discard_with_hash(cx, arguments[1], hash)?;
    none()
}

fn remove(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let hash = operations::lookup_hash(cx, arguments[1])?;
    if !set(arguments).discard_with_hash(cx, arguments[1], hash)? {
        return Err(cx.key_error(arguments[1]));
    }
    none()
}

fn intersection(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let [receiver, first, rest @ ..] = arguments else {
        return Ok(operations::copy(cx, arguments[0]));
    };
    let mut result = operations::intersection(cx, *receiver, *first)?;
    for &other in rest {
        result = operations::intersection(cx, result.value(), other)?;
    }
    Ok(result)
}

fn intersection_update(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let result = intersection(cx, arguments)?;
    set(arguments).swap(of(result.value()));
    none()
}

fn is_disjoint(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    boolean(operations::is_disjoint(cx, arguments[0], arguments[1])?)
}

fn is_subset(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    boolean(operations::is_subset_of(cx, arguments[0], arguments[1])?)
}

fn is_superset(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    boolean(operations::is_superset_of(cx, arguments[0], arguments[1])?)
}

fn pop(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    match set(arguments).pop() {
        Some(element) => Ok(element),
        None => Err(cx.raise(&exception::KEY_ERROR, "pop from an empty set")),
    }
}

fn symmetric_difference(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    operations::symmetric_difference(cx, arguments[0], arguments[1])
}

fn symmetric_difference_update(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    operations::symmetric_difference_update(cx, set(arguments), arguments[1])?;
    none()
}

fn union(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let result = operations::copy(cx, arguments[0]);
    for &other in &arguments[1..] {
        if other != arguments[0] {
            operations::update(cx, of(result.value()), other)?;
        }
    }
    Ok(result)
}

fn update(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    for &other in &arguments[1..] {
        operations::update(cx, set(arguments), other)?;
    }
    none()
}

fn reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let elements = iterate::collect(cx, arguments[0])?;
    let elements = ListObject::new(cx, elements);
    let new_arguments = TupleObject::from_owned(cx, vec![elements]);
    let state = call::call_method(cx, arguments[0], "__getstate__", &[])?;
    Ok(TupleObject::new(cx, &[arguments[0].type_of().value(), new_arguments.value(), state.value()]))
}
