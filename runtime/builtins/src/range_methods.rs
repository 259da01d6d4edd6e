//! Methods and attributes of `range` and `slice`.

use sidewinder_runtime::native::{Effects, GetSet, Native};
use sidewinder_runtime::objects::range::{self, RangeObject};
use sidewinder_runtime::objects::slice::{self, SliceObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{compare, convert, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

pub static RANGE_METHODS: &[Native] = &[
    Native::new(
        "count",
        1,
        1,
        range_count,
        "rangeobject.count(value) -> integer -- return number of occurrences of value",
    ),
    Native::new(
        "index",
        1,
        1,
        range_index,
        "rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present.",
    ),
    Native::new("__reversed__", 0, 0, range_reversed, "Return a reverse iterator.").effects(Effects::NO_PYTHON),
    Native::new("__reduce__", 0, 0, range_reduce, ""),
];

pub static RANGE_GETSET: &[GetSet] = &[
    GetSet { name: "start", get: |_, value| Ok(Owned::new(range(value).start)), set: None, doc: "" },
    GetSet { name: "stop", get: |_, value| Ok(Owned::new(range(value).stop)), set: None, doc: "" },
    GetSet { name: "step", get: |_, value| Ok(Owned::new(range(value).step)), set: None, doc: "" },
];

pub static SLICE_METHODS: &[Native] = &[
    Native::new(
        "indices",
        1,
        1,
        slice_indices,
        "S.indices(len) -> (start, stop, stride)\n\nAssuming a sequence of length len, calculate the start and \
         stop\nindices, and the stride length of the extended slice described by\nS. Out of bounds indices are clipped \
         in a manner consistent with the\nhandling of normal slices.",
    ),
    Native::new("__reduce__", 0, 0, slice_reduce, "Return state information for pickling."),
];

pub static SLICE_GETSET: &[GetSet] = &[
    GetSet { name: "start", get: |_, value| Ok(Owned::new(slice_object(value).start)), set: None, doc: "" },
    GetSet { name: "stop", get: |_, value| Ok(Owned::new(slice_object(value).stop)), set: None, doc: "" },
    GetSet { name: "step", get: |_, value| Ok(Owned::new(slice_object(value).step)), set: None, doc: "" },
];

/// The object of a value that is known to be a range.
fn range(value: Value) -> &'static RangeObject {
    // SAFETY: (methods 1) a method's receiver is an instance of its type.
    unsafe { value.cast_unchecked() }
}

/// The object of a value that is known to be a slice.
fn slice_object(value: Value) -> &'static SliceObject {
    // SAFETY: (methods 1) a method's receiver is an instance of its type.
    unsafe { value.cast_unchecked() }
}

/// Whether the value is found by arithmetic instead of comparing it with each item.
fn is_plain_int(value: Value) -> bool {
    int::is_exact(value) || singleton::as_bool(value).is_some()
}

fn range_count(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (receiver, wanted) = (arguments[0], arguments[1]);
    if is_plain_int(wanted) {
        let found = range(receiver).position(cx, wanted)?.is_some();
        return Ok(int::from_i64(cx, found.into()));
    }
    let mut count = 0;
    iterate::for_each(cx, receiver, |cx, item| {
        count += usize::from(compare::equals(cx, item.value(), wanted)?);
        Ok(())
    })?;
    Ok(int::from_usize(cx, count))
}

fn range_index(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (receiver, wanted) = (arguments[0], arguments[1]);
    if is_plain_int(wanted) {
        return match range(receiver).position(cx, wanted)? {
            Some(position) => Ok(position),
            None => Err(cx.value_error("range.index(x): x not in range")),
        };
    }
    let iterator = iterate::get_iter(cx, receiver)?;
    let mut position = 0;
    while let Some(item) = iterate::next(cx, iterator.value())? {
        if compare::equals(cx, item.value(), wanted)? {
            return Ok(int::from_usize(cx, position));
        }
        position += 1;
    }
    Err(not_in_sequence(cx))
}

#[cold]
fn not_in_sequence(cx: &mut Context) -> Raised {
    cx.value_error("sequence.index(x): x not in sequence")
}

fn range_reversed(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    range::reversed(cx, arguments[0])
}

fn range_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let range = range(arguments[0]);
    let parts = TupleObject::new(cx, &[range.start, range.stop, range.step]);
    let kind = arguments[0].type_of().value();
    Ok(TupleObject::new(cx, &[kind, parts.value()]))
}

fn slice_indices(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let length = convert::index(cx, arguments[1])?;
    if int::is_negative(length.value()) {
        return Err(cx.value_error("length should not be negative"));
    }
    let (start, stop, step) = slice::long_indices(cx, slice_object(arguments[0]), length.value())?;
    Ok(TupleObject::from_owned(cx, vec![start, stop, step]))
}

fn slice_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let parts = slice::parts(cx, arguments[0]);
    let kind = arguments[0].type_of().value();
    Ok(TupleObject::new(cx, &[kind, parts.value()]))
}
