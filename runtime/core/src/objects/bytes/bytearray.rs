//! `bytearray`: a mutable run of bytes in a buffer of its own.

use crate::context::{Context, Result};
use crate::heap::allocate::{free_bytes, reallocate_bytes};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::buffer::{Buffer, Exports, Request, is_exporter};
use crate::objects::bytes::slots::{
    ask_class_of_right, byte_index, byte_value, compare, contains, pick, position, repeat_times, repeated_bytes,
    warn_of_text,
};
use crate::objects::bytes::{iterator, new};
use crate::objects::slice::{SliceObject, Span};
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use crate::objects::str::concat::fill_repeated;
use crate::objects::str::repr::bytearray_text;
use crate::objects::str::{StrObject, check_bytes, is_str, percent};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{instance, singleton};
use crate::operations::iterate;
use crate::value::Value;
use std::cell::Cell;

/// Content in memory from `allocate_bytes`, null while the capacity is zero.
#[repr(C)]
pub struct ByteArrayObject {
    pub header: Header,
    data: Cell<*mut u8>,
    length: Cell<usize>,
    capacity: Cell<usize>,
    exports: Exports,
}

pub static BYTEARRAY: StaticType = Immortal::new(
    TypeObject::builtin(
        "bytearray",
        size_of::<ByteArrayObject>(),
        Slots {
            repr: Some(repr),
            str: Some(|cx, value| {
                warn_of_text(cx, "str() on a bytearray instance")?;
                repr(cx, value)
            }),
            compare: Some(compare_bytearray),
            iter: Some(|cx, value| Ok(iterator::new(cx, &iterator::BYTEARRAY_ITERATOR, value))),
            length: Some(|_, value| Ok(of(value).len())),
            get_item: Some(get_item),
            set_item: Some(set_item),
            contains: Some(contains_held),
            binary: BINARY,
            inplace: INPLACE,
            truth: Some(|_, value| Ok(!of(value).is_empty())),
            new: Some(|cx, class, _| Ok(ByteArrayObject::new_of_class(cx, class, &[]))),
            init: Some(init),
            buffer: Some(buffer),
            release: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE)
    .with_doc(
        "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n\
         bytearray(bytes_or_buffer) -> bytearray\nbytearray(int) -> bytearray of that many zeros\n\
         bytearray() -> no bytes\n\nA sequence of bytes that can be changed.",
    ),
);

crate::object_type!(ByteArrayObject, BYTEARRAY);

/// Rich comparison with something like bytes.
fn compare_bytearray(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    if is_str(right) && matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        warn_of_text(cx, "Comparison between bytearray and string")?;
    }
    compare(cx, left, right, op)
}

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(add);
    table[BinaryOp::Multiply as usize] = Some(multiply);
    table[BinaryOp::Remainder as usize] = Some(remainder);
    table
};

const INPLACE: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(add_inplace);
    table[BinaryOp::Multiply as usize] = Some(multiply_inplace);
    table
};

impl ByteArrayObject {
    /// A `bytearray` with this content.
    pub fn new(cx: &mut Context, bytes: &[u8]) -> Owned {
        ByteArrayObject::new_of_class(cx, &BYTEARRAY.object, bytes)
    }

    /// An instance of `class`, `bytearray` or a subclass.
    pub fn new_of_class(cx: &mut Context, class: &'static TypeObject, bytes: &[u8]) -> Owned {
        let array = instance::allocate(cx, class, 0) as *mut ByteArrayObject;
        // SAFETY: (heap 3) fresh memory of that size.
        let object = unsafe {
            (&raw mut (*array).data).write(Cell::new(std::ptr::null_mut()));
            (&raw mut (*array).length).write(Cell::new(0));
            (&raw mut (*array).capacity).write(Cell::new(0));
            (&raw mut (*array).exports).write(Exports::none());
            &*array
        };
        object.replace(0, 0, bytes);
        Owned::from_raw(Value::from_pointer(array))
    }

    pub fn len(&self) -> usize {
        self.length.get()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that fit without moving.
    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }

    /// Bytes of memory for the content. One is for a closing zero, as in CPython, for programs rely on there being more
    /// than the content takes.
    pub fn allocated(&self) -> usize {
        if self.capacity.get() == 0 && self.is_empty() { 0 } else { self.capacity.get() + 1 }
    }

    /// The content; a short borrow, which no change may outlive.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        self.as_mut_slice()
    }

    /// The content, to be changed in place at once.
    #[allow(clippy::mut_from_ref)]
    pub fn as_mut_slice(&self) -> &mut [u8] {
        if self.is_empty() {
            return &mut [];
        }
        // SAFETY: (bytes 2) the buffer holds `length` bytes; borrows are short and do not overlap.
        unsafe { std::slice::from_raw_parts_mut(self.data.get(), self.len()) }
    }

    /// Replaces `removed` bytes at `start` by others, which must not lie in this object. An error if that changes the
    /// length while somebody holds a buffer.
    pub fn splice(&self, cx: &mut Context, start: usize, removed: usize, inserted: &[u8]) -> Result<()> {
        if removed != inserted.len() {
            self.exports.check_resize(cx)?;
        }
        self.replace(start, removed, inserted);
        Ok(())
    }

    fn replace(&self, start: usize, removed: usize, inserted: &[u8]) {
        let old = self.len();
        let length = old - removed + inserted.len();
        if length > self.capacity.get() {
            self.reserve(length);
        }
        if length > 0 {
            // SAFETY: (bytes 2) the buffer has room for `length` bytes.
            unsafe {
                let place = self.data.get().add(start);
                std::ptr::copy(place.add(removed), place.add(inserted.len()), old - start - removed);
                std::ptr::copy_nonoverlapping(inserted.as_ptr(), place, inserted.len());
            }
        }
        self.length.set(length);
    }

    /// Makes room for `length` bytes, and an eighth more.
    fn reserve(&self, length: usize) {
        let capacity = length + length / 8 + 8;
        // SAFETY: (bytes 2) the buffer is null or of the recorded capacity.
        self.data.set(unsafe { reallocate_bytes(self.data.get(), self.capacity.get(), capacity) });
        self.capacity.set(capacity);
    }

    /// Cuts the content, or extends it by zeros.
    pub fn resize(&self, cx: &mut Context, length: usize) -> Result<()> {
        let old = self.len();
        match length {
            _ if length > old => self.splice(cx, old, 0, &vec![0; length - old]),
            _ => self.splice(cx, length, old - length, &[]),
        }
    }

    /// Appends one byte.
    pub fn push(&self, cx: &mut Context, byte: u8) -> Result<()> {
        self.splice(cx, self.len(), 0, &[byte])
    }
}

/// The object of a slot call.
fn of<'a>(value: Value) -> &'a ByteArrayObject {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { value.cast_unchecked() }
}

fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let text = format!("{}({})", value.type_of().name(), bytearray_text(of(value).as_slice()));
    Ok(StrObject::new(cx, &text))
}

fn init(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    let [source, encoding, errors] = new::parameters(cx, arguments, "bytearray")?;
    let array = of(value);
    if encoding.is_unbound() && errors.is_unbound() && new::is_iterated(source) {
        // What the iterator runs sees the array grow.
        array.splice(cx, 0, array.len(), &[])?;
        if array.capacity.get() == 0 {
            array.reserve(0);
        }
        let iterator = iterate::get_iter(cx, source)?;
        while let Some(item) = iterate::next(cx, iterator.value())? {
            let byte = byte_value(cx, item.value())?;
            array.push(cx, byte)?;
        }
        return Ok(());
    }
    let content = new::content(cx, source, encoding, errors, "bytearray")?;
    array.splice(cx, 0, array.len(), &content)
}

/// The slot `buffer`.
fn buffer(_cx: &mut Context, value: Value, _request: Request) -> Result<Buffer> {
    let array = of(value);
    array.exports.add();
    // SAFETY: (buffer 1), (bytes 2) the content stays where it is while there are exports.
    Ok(unsafe { Buffer::new(value, array.data.get(), array.len(), false, Some(|owner| of(owner).exports.remove())) })
}

fn get_item(cx: &mut Context, value: Value, key: Value) -> Result<Owned> {
    let array = of(value);
    if let Some(slice) = key.cast_exact::<SliceObject>() {
        let span = slice.unpack(cx)?.adjust(array.len());
        let picked = pick(array.as_slice(), span.start, span.step, span.count);
        return Ok(ByteArrayObject::new(cx, &picked));
    }
    let index = byte_index(cx, key, "bytearray")?;
    match position(index, array.len()) {
        Some(position) => Ok(Owned::new(Value::from_small_int(array.as_slice()[position] as i64))),
        None => Err(cx.index_error("bytearray index out of range")),
    }
}

/// `item in value`, during which the array cannot be resized.
fn contains_held(cx: &mut Context, value: Value, item: Value) -> Result<bool> {
    let _held = Buffer::read(cx, value)?;
    contains(cx, value, item)
}

fn set_item(cx: &mut Context, value: Value, key: Value, item: Value) -> Result<()> {
    let array = of(value);
    if let Some(slice) = key.cast_exact::<SliceObject>() {
        return set_slice(cx, array, slice, item);
    }
    let index = byte_index(cx, key, "bytearray")?;
    let byte = if item.is_unbound() { None } else { Some(byte_value(cx, item)?) };
    let Some(position) = position(index, array.len()) else {
        return Err(cx.index_error("bytearray index out of range"));
    };
    match byte {
        Some(byte) => array.as_mut_slice()[position] = byte,
        None => array.splice(cx, position, 1, &[])?,
    }
    Ok(())
}

fn set_slice(cx: &mut Context, array: &ByteArrayObject, slice: &SliceObject, item: Value) -> Result<()> {
    let content = match item {
        item if item.is_unbound() => Vec::new(),
        item => assigned(cx, item)?,
    };
    let span = slice.unpack(cx)?.adjust(array.len());
    if span.step == 1 {
        return array.splice(cx, span.start as usize, span.count, &content);
    }
    if item.is_unbound() {
        return delete_span(cx, array, span);
    }
    if content.is_empty() && span.count > 0 {
        return delete_span(cx, array, span);
    }
    if content.len() != span.count {
        let (size, count) = (content.len(), span.count);
        return Err(cx.value_error(format!("attempt to assign bytes of size {size} to extended slice of size {count}")));
    }
    for (position, byte) in span.positions().zip(content) {
        array.as_mut_slice()[position] = byte;
    }
    Ok(())
}

/// Takes the bytes of a slice out.
fn delete_span(cx: &mut Context, array: &ByteArrayObject, span: Span) -> Result<()> {
    let doomed: Vec<usize> = span.ascending().positions().collect();
    let mut kept = Vec::with_capacity(array.len());
    let mut next = doomed.iter().peekable();
    for (index, byte) in array.as_slice().iter().enumerate() {
        if next.next_if(|position| **position == index).is_none() {
            kept.push(*byte);
        }
    }
    array.splice(cx, 0, array.len(), &kept)
}

/// The bytes that are assigned to a slice.
fn assigned(cx: &mut Context, item: Value) -> Result<Vec<u8>> {
    let slots = item.type_of().slots();
    if is_str(item) || slots.buffer.is_none() && slots.iter.is_none() && slots.get_item.is_none() {
        let message = "can assign only bytes, buffers, or iterables of ints in range(0, 256)";
        return Err(cx.type_error(message));
    }
    new::from_object(cx, item, "bytearray", false)
}

fn add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    if left.cast::<ByteArrayObject>().is_none() {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    if !is_exporter(right)
        && let Some(result) = ask_class_of_right(cx, left, right, BinaryOp::Add)?
    {
        return Ok(result);
    }
    let result = ByteArrayObject::new(cx, of(left).as_slice());
    append(cx, result.value(), right)?;
    Ok(result)
}

/// Appends a bytes-like object; not the array itself, whose buffer keeps it from growing.
fn append(cx: &mut Context, value: Value, other: Value) -> Result<()> {
    let array = of(value);
    let Some(bytes) = Buffer::read_optional(cx, other)? else {
        let (left, right) = (value.type_of().name(), other.type_of().name());
        return Err(cx.type_error(format!("can't concat {right} to {left}")));
    };
    check_bytes(cx, array.len() + bytes.len())?;
    array.splice(cx, array.len(), 0, bytes.as_slice())
}

fn add_inplace(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    append(cx, left, right)?;
    Ok(Owned::new(left))
}

/// The content of a `bytearray` repeated.
fn repeated(cx: &mut Context, array: &ByteArrayObject, count: Value) -> Result<Vec<u8>> {
    let count = repeat_times(cx, count)?;
    let total = repeated_bytes(cx, array.len(), count)?;
    let mut result = vec![0; total];
    if total > 0 {
        // SAFETY: the new buffer has `total` bytes, a multiple of the pattern's.
        unsafe { fill_repeated(result.as_mut_ptr(), array.as_slice(), total) };
    }
    Ok(result)
}

fn multiply(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let (value, count) = if left.cast::<ByteArrayObject>().is_some() { (left, right) } else { (right, left) };
    if value == left
        && let Some(result) = ask_class_of_right(cx, left, right, BinaryOp::Multiply)?
    {
        return Ok(result);
    }
    let content = repeated(cx, of(value), count)?;
    Ok(ByteArrayObject::new(cx, &content))
}

fn multiply_inplace(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let array = of(left);
    let content = repeated(cx, array, right)?;
    array.splice(cx, 0, array.len(), &content)?;
    Ok(Owned::new(left))
}

fn remainder(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let Some(format) = left.cast::<ByteArrayObject>() else { return Ok(Owned::new(singleton::not_implemented())) };
    let format = format.as_slice().to_vec();
    let _held = Buffer::read(cx, left)?;
    let result = percent::format_bytes(cx, &format, right)?;
    Ok(ByteArrayObject::new(cx, &result))
}

unsafe fn release(header: *mut Header, _children: &mut Children<'_>) {
    // SAFETY: (slots 1) the slot is called with a `bytearray`; (bytes 2) the buffer has the recorded capacity.
    unsafe {
        let array = &*(header as *const ByteArrayObject);
        free_bytes(array.data.replace(std::ptr::null_mut()), array.capacity.replace(0));
    }
}
