//! Methods of `array.array`.

use super::object::{self, ArrayObject, append_array, append_bytes, append_items, append_text, find, of};
use super::pickle;
use sidewinder_runtime::native::{Effects, GetSet, Native};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{EOF_ERROR, MEMORY_ERROR};
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::slice::{argument_bound, index_argument, wrap_index};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{call, compare, convert};
use sidewinder_runtime::{Context, Owned, Result, Value};

const QUIET: u32 = Effects::NO_PYTHON | Effects::READ_ONLY;

pub static METHODS: &[Native] = &[
    Native::new("append", 1, 1, append, "Append new value v to the end of the array."),
    Native::new(
        "buffer_info",
        0,
        0,
        buffer_info,
        "Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.",
    ),
    Native::new("byteswap", 0, 0, byteswap, "Byteswap all items of the array.").effects(Effects::NO_PYTHON),
    Native::new("clear", 0, 0, clear, "Remove all items from the array.").effects(Effects::NO_PYTHON),
    Native::new("count", 1, 1, count, "Return number of occurrences of v in the array."),
    Native::new("extend", 1, 1, extend, "Append items to the end of the array."),
    Native::new(
        "frombytes",
        1,
        1,
        from_bytes,
        "Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.",
    ),
    Native::new("fromlist", 1, 1, from_list, "Append items to array from list."),
    Native::new("fromunicode", 1, 1, from_unicode, "Extends this array with data from the unicode string ustr."),
    Native::new("index", 1, 3, index, "Return index of first occurrence of v in the array."),
    Native::new("insert", 2, 2, insert, "Insert a new item v into the array before position i."),
    Native::new("pop", 0, 1, pop, "Return the i-th element and delete it from the array."),
    Native::new("remove", 1, 1, remove, "Remove the first occurrence of v in the array."),
    Native::new("reverse", 0, 0, reverse, "Reverse the order of the items in the array.").effects(Effects::NO_PYTHON),
    Native::new(
        "tobytes",
        0,
        0,
        to_bytes,
        "Convert the array to an array of machine values and return the bytes representation.",
    )
    .effects(QUIET),
    Native::new(
        "tolist",
        0,
        0,
        |cx, arguments| Ok(object::to_list(cx, of(arguments[0]))),
        "Convert array to an ordinary list with the same items.",
    )
    .effects(QUIET),
    Native::new("tounicode", 0, 0, to_unicode, "Extends this array with data from the unicode string ustr.")
        .effects(QUIET),
    Native::new("__copy__", 0, 0, copy, "Return a copy of the array."),
    Native::new("__deepcopy__", 1, 1, copy, "Return a copy of the array."),
    Native::new("tofile", 1, 1, to_file, "Write all items (as machine values) to the file object f."),
    Native::new(
        "fromfile",
        2,
        2,
        from_file,
        "Read n objects from the file object f and append them to the end of the array.",
    ),
    Native::new("__reduce_ex__", 1, 1, pickle::reduce, "Return state information for pickling."),
];

pub static GETSET: &[GetSet] = &[
    GetSet {
        name: "typecode",
        get: |cx, value| Ok(StrObject::new(cx, &of(value).element.code.to_string())),
        set: None,
        doc: "the typecode character used to create the array",
    },
    GetSet {
        name: "itemsize",
        get: |cx, value| Ok(int::from_usize(cx, of(value).element.size)),
        set: None,
        doc: "the size, in bytes, of one array item",
    },
];

fn none() -> Result<Owned> {
    Ok(Owned::new(singleton::none()))
}

fn append(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    let item = (array.element.store)(cx, arguments[1])?;
    array.push(cx, &item)?;
    none()
}

fn buffer_info(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    let (address, length) = (int::from_usize(cx, array.bytes().as_ptr() as usize), int::from_usize(cx, array.len()));
    Ok(TupleObject::from_owned(cx, vec![address, length]))
}

fn byteswap(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    array.bytes().chunks_exact_mut(array.element.size).for_each(|item| item.reverse());
    none()
}

fn clear(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    array.splice(cx, 0, array.len(), &[])?;
    none()
}

fn count(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    let (mut count, mut index) = (0, 0);
    while let Some(item) = array.item(cx, index) {
        count += usize::from(compare::equals(cx, item.value(), arguments[1])?);
        index += 1;
    }
    Ok(int::from_usize(cx, count))
}

fn extend(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    match arguments[1].cast::<ArrayObject>() {
        Some(other) => append_array(cx, of(arguments[0]), other)?,
        None => append_items(cx, of(arguments[0]), arguments[1])?,
    }
    none()
}

fn from_bytes(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    // A copy, because it may be the array itself.
    let data = Buffer::read(cx, arguments[1])?.as_slice().to_vec();
    append_bytes(cx, of(arguments[0]), &data)?;
    none()
}

/// All items or none: an error in the middle takes back what was appended.
fn from_list(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    if arguments[1].cast::<ListObject>().is_none() {
        return Err(cx.type_error("arg must be list"));
    }
    let array = of(arguments[0]);
    let before = array.len();
    if let Err(raised) = append_items(cx, array, arguments[1]) {
        // A conversion may have shortened the array further.
        let (before, gone) = (before.min(array.len()), array.len().saturating_sub(before));
        let error = cx.take_pending();
        // What was appended stays if somebody has taken a buffer since.
        if array.splice(cx, before, gone, &[]).is_err() {
            drop(cx.take_pending());
        }
        cx.raise_value(error);
        return Err(raised);
    }
    none()
}

fn from_unicode(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    let Some(text) = str::cast(arguments[1]) else {
        return Err(bad_argument(cx, "fromunicode() argument", "str", arguments[1]));
    };
    if !array.element.text {
        return Err(cx.value_error("fromunicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    append_text(cx, array, text)?;
    none()
}

fn index(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    let start = match arguments.get(2) {
        Some(&start) => argument_bound(cx, start, array.len())?,
        None => 0,
    };
    let stop = match arguments.get(3) {
        Some(&stop) => argument_bound(cx, stop, array.len())?,
        None => usize::MAX,
    };
    match find(cx, array, arguments[1], start, stop)? {
        Some(index) => Ok(int::from_usize(cx, index)),
        None => Err(cx.value_error("array.index(x): x not in array")),
    }
}

fn insert(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    let index = index_argument(cx, arguments[1])?;
    let item = (array.element.store)(cx, arguments[2])?;
    let length = array.len() as i64;
    let index = if index < 0 { index.saturating_add(length).max(0) } else { index.min(length) };
    array.splice(cx, index as usize, 0, &item[..array.element.size])?;
    none()
}

fn pop(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    let index = match arguments.get(1) {
        Some(&index) => index_argument(cx, index)?,
        None => -1,
    };
    if array.len() == 0 {
        return Err(cx.index_error("pop from empty array"));
    }
    let Some(index) = wrap_index(index, array.len()) else {
        return Err(cx.index_error("pop index out of range"));
    };
    let item = (array.element.load)(cx, array.item_bytes(index));
    array.splice(cx, index, 1, &[])?;
    Ok(item)
}

fn remove(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    match find(cx, array, arguments[1], 0, usize::MAX)? {
        Some(index) => {
            // The comparison may have shortened the array.
            if index < array.len() {
                array.splice(cx, index, 1, &[])?;
            }
            none()
        }
        None => Err(cx.value_error("array.remove(x): x not in array")),
    }
}

/// Reverses the bytes, and each item back again.
fn reverse(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    array.bytes().reverse();
    array.bytes().chunks_exact_mut(array.element.size).for_each(|item| item.reverse());
    none()
}

fn to_bytes(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(BytesObject::new(cx, of(arguments[0]).bytes()))
}

fn to_unicode(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    if !array.element.text {
        return Err(cx.value_error("tounicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    Ok(object::to_text(cx, array))
}

fn copy(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let array = of(arguments[0]);
    Ok(ArrayObject::new(cx, array.element, array.bytes()))
}

/// Bytes that are written at a time.
const BLOCK_BYTES: usize = 64 << 10;

fn to_file(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let mut written = 0;
    // The array may change while the file writes.
    while let Some(rest) = of(arguments[0]).bytes().get(written..).filter(|rest| !rest.is_empty()) {
        let block = &rest[..rest.len().min(BLOCK_BYTES)];
        written += block.len();
        let block = BytesObject::new(cx, block);
        call::call_method(cx, arguments[1], "write", &[block.value()])?;
    }
    Ok(Owned::new(singleton::none()))
}

fn from_file(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let count = convert::index_i64(cx, arguments[2])?;
    if count < 0 {
        return Err(cx.value_error("negative count"));
    }
    let size = of(arguments[0]).element.size as i64;
    let Some(wanted) = count.checked_mul(size) else { return Err(cx.raise(&MEMORY_ERROR, "")) };
    let wanted_object = int::from_i64(cx, wanted);
    let read = call::call_method(cx, arguments[1], "read", &[wanted_object.value()])?;
    let Some(data) = read.value().cast::<BytesObject>() else {
        return Err(cx.type_error("read() didn't return bytes"));
    };
    append_bytes(cx, of(arguments[0]), data.as_slice())?;
    match data.as_slice().len() as i64 == wanted {
        true => Ok(Owned::new(singleton::none())),
        false => Err(cx.raise(&EOF_ERROR, "read() didn't return enough bytes")),
    }
}
