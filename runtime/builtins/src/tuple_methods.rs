//! Methods of `tuple`.

use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::slice::argument_bound;
use sidewinder_runtime::objects::tuple::{TupleObject, item_equals};
use sidewinder_runtime::{Context, Owned, Result, Value};

pub static METHODS: &[Native] = &[
    Native::new("count", 1, 1, count, "count($self, value, /)\n--\n\nReturn number of occurrences of value."),
    Native::new(
        "index",
        1,
        3,
        index,
        "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\nReturn first index of value.\n\nRaises ValueError if \
         the value is not present.",
    ),
    Native::new("__getnewargs__", 0, 0, new_arguments, "__getnewargs__($self, /)\n--\n\n"),
];

/// The method's receiver.
fn tuple(arguments: &[Value]) -> &'static TupleObject {
    // SAFETY: (methods 1) a method's first argument is an instance of its type.
    unsafe { arguments[0].cast_unchecked() }
}

fn count(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let mut count = 0;
    for &item in tuple(arguments).as_slice() {
        count += usize::from(item_equals(cx, item, arguments[1])?);
    }
    Ok(int::from_usize(cx, count))
}

fn index(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let items = tuple(arguments).as_slice();
    let mut bounds = [0, items.len()];
    for (bound, &argument) in bounds.iter_mut().zip(&arguments[2..]) {
        *bound = argument_bound(cx, argument, items.len())?;
    }
    for (position, &item) in items.iter().enumerate().take(bounds[1]).skip(bounds[0]) {
        if item_equals(cx, item, arguments[1])? {
            return Ok(int::from_usize(cx, position));
        }
    }
    Err(cx.value_error("tuple.index(x): x not in tuple"))
}

/// The arguments for `__new__` when the tuple is copied: a tuple, of exact type, of its items.
fn new_arguments(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let copy = TupleObject::new(cx, tuple(arguments).as_slice());
    Ok(TupleObject::from_owned(cx, vec![copy]))
}
