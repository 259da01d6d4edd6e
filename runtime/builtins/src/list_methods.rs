//! Methods of `list`.

use crate::sort::list_sort;
use sidewinder_runtime::native::{Effects, Intrinsic, Native};
use sidewinder_runtime::objects::iterator::functional::reversed_list;
use sidewinder_runtime::objects::list::{ListObject, slots};
use sidewinder_runtime::objects::slice::{argument_bound, index_argument, wrap_index};
use sidewinder_runtime::objects::tuple::item_equals;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::{Context, Owned, Result, Value};

pub static METHODS: &[Native] = &[
    Native::new("append", 1, 1, append, "append($self, object, /)\n--\n\nAppend object to the end of the list.")
        .intrinsic(Intrinsic::ListAppend)
        .effects(Effects::NO_PYTHON),
    Native::new("clear", 0, 0, clear, "clear($self, /)\n--\n\nRemove all items from list.").effects(Effects::NO_PYTHON),
    Native::new("copy", 0, 0, copy, "copy($self, /)\n--\n\nReturn a shallow copy of the list.")
        .effects(Effects::NO_PYTHON | Effects::READ_ONLY),
    Native::new("count", 1, 1, count, "count($self, value, /)\n--\n\nReturn number of occurrences of value."),
    Native::new(
        "extend",
        1,
        1,
        extend,
        "extend($self, iterable, /)\n--\n\nExtend list by appending elements from the iterable.",
    ),
    Native::new(
        "index",
        1,
        3,
        index,
        "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\nReturn first index of value.\n\nRaises ValueError if \
         the value is not present.",
    ),
    Native::new("insert", 2, 2, insert, "insert($self, index, object, /)\n--\n\nInsert object before index."),
    Native::new(
        "pop",
        0,
        1,
        pop,
        "pop($self, index=-1, /)\n--\n\nRemove and return item at index (default last).\n\nRaises IndexError if list \
         is empty or index is out of range.",
    )
    .intrinsic(Intrinsic::ListPop),
    Native::new(
        "remove",
        1,
        1,
        remove,
        "remove($self, value, /)\n--\n\nRemove first occurrence of value.\n\nRaises ValueError if the value is not \
         present.",
    ),
    Native::new("reverse", 0, 0, reverse, "reverse($self, /)\n--\n\nReverse *IN PLACE*.").effects(Effects::NO_PYTHON),
    Native::with_keywords(
        "sort",
        list_sort,
        "sort($self, /, *, key=None, reverse=False)\n--\n\nSort the list in ascending order and return None.\n\nThe \
         sort is in-place (i.e. the list itself is modified) and stable (i.e. the\norder of two equal elements is \
         maintained).\n\nIf a key function is given, apply it once to each list item and sort them,\nascending or \
         descending, according to their function values.\n\nThe reverse flag can be set to sort in descending order.",
    ),
    Native::new(
        "__reversed__",
        0,
        0,
        reversed,
        "__reversed__($self, /)\n--\n\nReturn a reverse iterator over the list.",
    )
    .effects(Effects::NO_PYTHON | Effects::READ_ONLY),
];

/// The method's receiver.
fn list(arguments: &[Value]) -> &'static ListObject {
    // SAFETY: (methods 1) a method's first argument is an instance of its type.
    unsafe { arguments[0].cast_unchecked() }
}

fn none() -> Result<Owned> {
    Ok(Owned::new(singleton::none()))
}

fn append(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    list(arguments).push(Owned::new(arguments[1]));
    none()
}

fn clear(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    list(arguments).clear(cx);
    none()
}

fn copy(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(ListObject::from_values(cx, list(arguments).as_slice()))
}

fn count(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let list = list(arguments);
    let (mut count, mut index) = (0, 0);
    while let Some(item) = list.get(index) {
        count += usize::from(item_equals(cx, item, arguments[1])?);
        index += 1;
    }
    Ok(int::from_usize(cx, count))
}

fn extend(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    slots::extend(cx, list(arguments), arguments[1])?;
    none()
}

fn index(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let list = list(arguments);
    let start = match arguments.get(2) {
        Some(&start) => argument_bound(cx, start, list.len())?,
        None => 0,
    };
    let stop = match arguments.get(3) {
        Some(&stop) => argument_bound(cx, stop, list.len())?,
        None => usize::MAX,
    };
    match slots::find(cx, list, arguments[1], start, stop)? {
        Some(index) => Ok(int::from_usize(cx, index)),
        None => Err(cx.value_error("list.index(x): x not in list")),
    }
}

fn insert(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let index = index_argument(cx, arguments[1])?;
    let list = list(arguments);
    let length = list.len() as i64;
    let index = if index < 0 { index.saturating_add(length).max(0) } else { index.min(length) };
    list.insert(index as usize, Owned::new(arguments[2]));
    none()
}

fn pop(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let list = list(arguments);
    let index = match arguments.get(1) {
        Some(&index) => index_argument(cx, index)?,
        None => -1,
    };
    if list.is_empty() {
        return Err(cx.index_error("pop from empty list"));
    }
    match wrap_index(index, list.len()) {
        Some(index) if index + 1 == list.len() => Ok(list.pop().expect("the list is not empty")),
        Some(index) => Ok(list.remove(index)),
        None => Err(cx.index_error("pop index out of range")),
    }
}

fn remove(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let list = list(arguments);
    match slots::find(cx, list, arguments[1], 0, usize::MAX)? {
        Some(index) => {
            // The comparison may have shortened the list.
            if index < list.len() {
                drop(list.remove(index));
            }
            none()
        }
        None => Err(cx.value_error("list.remove(x): x not in list")),
    }
}

fn reverse(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    list(arguments).with_items(|items| items.reverse());
    none()
}

fn reversed(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(reversed_list(cx, arguments[0]))
}
