//! The type `array.array`: layout, slots, iterator.

use super::element::{self, Element, Item};
use sidewinder_runtime::heap::allocate::{free_bytes, reallocate_bytes};
use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::objects::buffer::{Buffer, Exports, Request};
use sidewinder_runtime::objects::exception::DEPRECATION_WARNING;
use sidewinder_runtime::objects::iterator::{exhaust, iterator_slots};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::slice::{SliceObject, Span, sequence_index, wrap_index};
use sidewinder_runtime::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::{not_a_count, repeat_count, repeated_length};
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType, flags};
use sidewinder_runtime::objects::{bytes, instance, singleton};
use sidewinder_runtime::operations::{compare, convert, iterate, warnings};
use sidewinder_runtime::{Arguments, Context, Header, Immortal, Owned, Result, TypeObject, Value, object_type};
use std::cell::Cell;

/// Items in memory from `allocate_bytes`, null while the capacity is zero.
#[repr(C)]
pub struct ArrayObject {
    pub header: Header,
    pub element: &'static Element,
    data: Cell<*mut u8>,
    /// Items.
    length: Cell<usize>,
    /// Bytes of the memory.
    capacity: Cell<usize>,
    exports: Exports,
}

pub static ARRAY: StaticType = Immortal::new(
    TypeObject::builtin(
        "array.array",
        size_of::<ArrayObject>(),
        Slots {
            repr: Some(repr),
            hash: Some(|cx, value| Err(convert::unhashable(cx, value))),
            compare: Some(compare_arrays),
            iter: Some(|cx, value| Ok(ArrayIterator::new(cx, value))),
            length: Some(|_, value| Ok(of(value).len())),
            get_item: Some(get_item),
            set_item: Some(set_item),
            contains: Some(|cx, value, wanted| Ok(find(cx, of(value), wanted, 0, usize::MAX)?.is_some())),
            binary: BINARY,
            inplace: INPLACE,
            new: Some(new),
            init: Some(|_, _, _| Ok(())),
            buffer: Some(buffer),
            release: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::SEQUENCE | flags::HAS_WEAK | flags::GENERIC)
    .with_doc(
        "array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode, and\n\
         initialized from the optional initializer value, which must be a list,\nstring or iterable over elements of \
         the appropriate type.",
    ),
);

object_type!(ArrayObject, ARRAY);

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(add);
    table[BinaryOp::Multiply as usize] = Some(multiply);
    table
};

const INPLACE: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(add_inplace);
    table[BinaryOp::Multiply as usize] = Some(multiply_inplace);
    table
};

impl ArrayObject {
    /// An array with these items, as bytes.
    pub fn new(cx: &mut Context, element: &'static Element, items: &[u8]) -> Owned {
        ArrayObject::new_of_class(cx, &ARRAY.object, element, items)
    }

    fn new_of_class(cx: &mut Context, class: &'static TypeObject, element: &'static Element, items: &[u8]) -> Owned {
        let array = instance::allocate(cx, class, 0) as *mut ArrayObject;
        // SAFETY: (heap 3) fresh memory of that size.
        let object = unsafe {
            (&raw mut (*array).element).write(element);
            (&raw mut (*array).data).write(Cell::new(std::ptr::null_mut()));
            (&raw mut (*array).length).write(Cell::new(0));
            (&raw mut (*array).capacity).write(Cell::new(0));
            (&raw mut (*array).exports).write(Exports::none());
            &*array
        };
        object.replace(0, 0, items);
        Owned::from_raw(Value::from_pointer(array))
    }

    pub fn len(&self) -> usize {
        self.length.get()
    }

    /// The items as bytes; a short borrow, which no change may outlive.
    #[allow(clippy::mut_from_ref)]
    pub fn bytes(&self) -> &mut [u8] {
        if self.len() == 0 {
            return &mut [];
        }
        // SAFETY: (array 1) the buffer holds `length` items; borrows are short and do not overlap.
        unsafe { std::slice::from_raw_parts_mut(self.data.get(), self.len() * self.element.size) }
    }

    /// The bytes of the item at `index`, which exists.
    #[allow(clippy::mut_from_ref)]
    pub fn item_bytes(&self, index: usize) -> &mut [u8] {
        let size = self.element.size;
        &mut self.bytes()[index * size..][..size]
    }

    /// The item at `index` as an object.
    pub fn item(&self, cx: &mut Context, index: usize) -> Option<Owned> {
        (index < self.len()).then(|| (self.element.load)(cx, self.item_bytes(index)))
    }

    /// Replaces `removed` items at `start` by those in `inserted`, which must not lie in this array. An error if that
    /// changes the length while somebody holds a buffer.
    pub fn splice(&self, cx: &mut Context, start: usize, removed: usize, inserted: &[u8]) -> Result<()> {
        if removed * self.element.size != inserted.len() {
            self.exports.check_resize(cx)?;
        }
        self.replace(start, removed, inserted);
        Ok(())
    }

    fn replace(&self, start: usize, removed: usize, inserted: &[u8]) {
        let size = self.element.size;
        let (old, start, removed) = (self.len() * size, start * size, removed * size);
        let length = old - removed + inserted.len();
        if length > self.capacity.get() {
            let capacity = length + length / 8 + 16;
            // SAFETY: (array 1) the buffer is null or of the recorded capacity.
            self.data.set(unsafe { reallocate_bytes(self.data.get(), self.capacity.get(), capacity) });
            self.capacity.set(capacity);
        }
        if length > 0 {
            // SAFETY: (array 1) the buffer has room for `length` bytes.
            unsafe {
                let place = self.data.get().add(start);
                std::ptr::copy(place.add(removed), place.add(inserted.len()), old - start - removed);
                std::ptr::copy_nonoverlapping(inserted.as_ptr(), place, inserted.len());
            }
        }
        self.length.set(length / size);
    }

    /// Puts an item at the end.
    pub fn push(&self, cx: &mut Context, item: &Item) -> Result<()> {
        self.splice(cx, self.len(), 0, &item[..self.element.size])
    }
}

/// The slot `buffer`.
fn buffer(_cx: &mut Context, value: Value, _request: Request) -> Result<Buffer> {
    let array = of(value);
    array.exports.add();
    let (bytes, release) = (array.bytes(), |owner| of(owner).exports.remove());
    // SAFETY: (buffer 1), (array 1) the content stays where it is while there are exports.
    let lent = unsafe { Buffer::new(value, bytes.as_mut_ptr(), bytes.len(), false, Some(release)) };
    Ok(lent.with_items(array.element.format(), array.element.size))
}

/// The object of a slot call.
pub fn of<'a>(value: Value) -> &'a ArrayObject {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { value.cast_unchecked() }
}

/// The position of the first item from `start` to before `stop` that equals `wanted`.
pub fn find(cx: &mut Context, array: &ArrayObject, wanted: Value, start: usize, stop: usize) -> Result<Option<usize>> {
    let mut index = start;
    while index < stop
        && let Some(item) = array.item(cx, index)
    {
        if compare::equals(cx, item.value(), wanted)? {
            return Ok(Some(index));
        }
        index += 1;
    }
    Ok(None)
}

fn new(cx: &mut Context, class: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    if !arguments.names.is_empty() && std::ptr::eq(class, &ARRAY.object) {
        return Err(cx.type_error("array.array() takes no keyword arguments"));
    }
    let positionals = arguments.positionals();
    let given = positionals.len();
    if given == 0 || given > 2 {
        let (bound, count) = if given == 0 { ("at least", "1 argument") } else { ("at most", "2 arguments") };
        return Err(cx.type_error(format!("array() takes {bound} {count} ({given} given)")));
    }
    let Some(code) = str::cast(positionals[0]) else {
        let actual = positionals[0].type_of().name();
        return Err(cx.type_error(format!("array() argument 1 must be a unicode character, not {actual}")));
    };
    if code.len() != 1 {
        let length = code.len();
        let message = format!("array() argument 1 must be a unicode character, not a string of length {length}");
        return Err(cx.type_error(message));
    }
    let Some(element) = char::from_u32(code.code_point(0)).and_then(element::of_code) else {
        return Err(cx.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"));
    };
    if element.code == 'u' {
        let message = "The 'u' type code is deprecated and will be removed in Python 3.16";
        warnings::warn(cx, &DEPRECATION_WARNING, message, 1)?;
    }
    let made = ArrayObject::new_of_class(cx, class, element, &[]);
    if let Some(&initial) = positionals.get(1) {
        fill(cx, of(made.value()), initial)?;
    }
    Ok(made)
}

/// Appends what an initializer gives.
fn fill(cx: &mut Context, array: &ArrayObject, initial: Value) -> Result<()> {
    let element = array.element;
    if let Some(text) = str::cast(initial) {
        if !element.text {
            let message = format!("cannot use a str to initialize an array with typecode '{}'", element.code);
            return Err(cx.type_error(message));
        }
        return append_text(cx, array, text);
    }
    if let Some(other) = initial.cast::<ArrayObject>()
        && other.element.text
        && !element.text
    {
        let message = format!("cannot use a unicode array to initialize an array with typecode '{}'", element.code);
        return Err(cx.type_error(message));
    }
    if let Some(other) = initial.cast::<ArrayObject>()
        && other.element.code == element.code
    {
        return array.splice(cx, 0, 0, other.bytes());
    }
    match bytes::like(initial) {
        Some(data) => append_bytes(cx, array, data),
        None => append_items(cx, array, initial),
    }
}

/// Appends the characters of a string to an array of such.
pub fn append_text(cx: &mut Context, array: &ArrayObject, text: &StrObject) -> Result<()> {
    text.code_points().try_for_each(|point| array.splice(cx, array.len(), 0, &point.to_ne_bytes()))
}

/// Appends items that are given as bytes.
pub fn append_bytes(cx: &mut Context, array: &ArrayObject, data: &[u8]) -> Result<()> {
    if !data.len().is_multiple_of(array.element.size) {
        return Err(cx.value_error("bytes length not a multiple of item size"));
    }
    array.splice(cx, array.len(), 0, data)
}

/// Appends the items of an iterable, one after the other.
pub fn append_items(cx: &mut Context, array: &ArrayObject, iterable: Value) -> Result<()> {
    iterate::for_each(cx, iterable, |cx, value| {
        let item = (array.element.store)(cx, value.value())?;
        array.push(cx, &item)?;
        Ok(())
    })
}

/// The items as a list.
pub fn to_list(cx: &mut Context, array: &ArrayObject) -> Owned {
    let items = (0..array.len()).map(|index| (array.element.load)(cx, array.item_bytes(index))).collect();
    ListObject::new(cx, items)
}

/// The items of an array of characters as text.
pub fn to_text(cx: &mut Context, array: &ArrayObject) -> Owned {
    let points: Vec<u32> = array
        .bytes()
        .chunks_exact(size_of::<u32>())
        .map(|item| u32::from_ne_bytes([item[0], item[1], item[2], item[3]]))
        .collect();
    StrObject::from_code_points(cx, &points)
}

fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let array = of(value);
    let class = value.type_of();
    let name = class.name().rsplit('.').next().unwrap_or_default();
    let code = array.element.code;
    if array.len() == 0 {
        return Ok(StrObject::new(cx, &format!("{name}('{code}')")));
    }
    let items = if array.element.text { to_text(cx, array) } else { to_list(cx, array) };
    let items = convert::repr_text(cx, items.value())?;
    Ok(StrObject::new(cx, &format!("{name}('{code}', {items})")))
}

fn compare_arrays(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let (Some(left), Some(right)) = (left.cast::<ArrayObject>(), right.cast::<ArrayObject>()) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    let boolean = |truth: bool| Ok(Owned::new(singleton::boolean(truth)));
    if left.len() != right.len() && matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return boolean(op == CompareOp::NotEqual);
    }
    let mut index = 0;
    while let (Some(a), Some(b)) = (left.item(cx, index), right.item(cx, index)) {
        if !compare::equals(cx, a.value(), b.value())? {
            return match op {
                CompareOp::Equal => boolean(false),
                CompareOp::NotEqual => boolean(true),
                _ => compare::compare(cx, op, a.value(), b.value()),
            };
        }
        index += 1;
    }
    boolean(op.holds(left.len().cmp(&right.len())))
}

/// An integer subscript.
fn subscript(cx: &mut Context, key: Value) -> Result<i64> {
    if !key.is_int() && key.type_of().slots().index.is_none() {
        return Err(cx.type_error("array indices must be integers"));
    }
    sequence_index(cx, key, "array")
}

fn get_item(cx: &mut Context, value: Value, key: Value) -> Result<Owned> {
    let array = of(value);
    if let Some(slice) = key.cast_exact::<SliceObject>() {
        let span = slice.unpack(cx)?.adjust(array.len());
        let picked = pick(array, span);
        return Ok(ArrayObject::new(cx, array.element, &picked));
    }
    let index = subscript(cx, key)?;
    match wrap_index(index, array.len()).and_then(|index| array.item(cx, index)) {
        Some(item) => Ok(item),
        None => Err(cx.index_error("array index out of range")),
    }
}

fn pick(array: &ArrayObject, span: Span) -> Vec<u8> {
    let mut picked = Vec::with_capacity(span.count * array.element.size);
    span.positions().for_each(|position| picked.extend_from_slice(array.item_bytes(position)));
    picked
}

fn set_item(cx: &mut Context, value: Value, key: Value, new: Value) -> Result<()> {
    let array = of(value);
    if let Some(slice) = key.cast_exact::<SliceObject>() {
        return if new.is_unbound() { delete_slice(cx, array, slice) } else { set_slice(cx, array, slice, new) };
    }
    let index = subscript(cx, key)?;
    let Some(position) = wrap_index(index, array.len()) else {
        return Err(cx.index_error("array assignment index out of range"));
    };
    if new.is_unbound() {
        return array.splice(cx, position, 1, &[]);
    }
    let item = (array.element.store)(cx, new)?;
    // The conversion may have shortened the array.
    if position >= array.len() {
        return Err(cx.index_error("array assignment index out of range"));
    }
    array.item_bytes(position).copy_from_slice(&item[..array.element.size]);
    Ok(())
}

fn delete_slice(cx: &mut Context, array: &ArrayObject, slice: &SliceObject) -> Result<()> {
    let span = slice.unpack(cx)?.adjust(array.len());
    if span.step == 1 {
        return array.splice(cx, span.start as usize, span.count, &[]);
    }
    for (gone, position) in span.ascending().positions().enumerate() {
        array.splice(cx, position - gone, 1, &[])?;
    }
    Ok(())
}

fn set_slice(cx: &mut Context, array: &ArrayObject, slice: &SliceObject, new: Value) -> Result<()> {
    let Some(other) = new.cast::<ArrayObject>() else {
        let actual = new.type_of().name();
        return Err(cx.type_error(format!("can only assign array (not \"{actual}\") to array slice")));
    };
    if other.element.code != array.element.code {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    let span = slice.unpack(cx)?.adjust(array.len());
    let items = other.bytes().to_vec();
    if span.step == 1 {
        return array.splice(cx, span.start as usize, span.count, &items);
    }
    let (given, count) = (other.len(), span.count);
    if given != count {
        let message = format!("attempt to assign array of size {given} to extended slice of size {count}");
        return Err(cx.value_error(message));
    }
    for (position, item) in span.positions().zip(items.chunks_exact(array.element.size)) {
        array.item_bytes(position).copy_from_slice(item);
    }
    Ok(())
}

fn add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let Some(first) = left.cast::<ArrayObject>() else { return Ok(Owned::new(singleton::not_implemented())) };
    let Some(second) = right.cast::<ArrayObject>() else {
        let actual = right.type_of().name();
        return Err(cx.type_error(format!("can only append array (not \"{actual}\") to array")));
    };
    if first.element.code != second.element.code {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    let items = [&*first.bytes(), &*second.bytes()].concat();
    Ok(ArrayObject::new(cx, first.element, &items))
}

/// Appends another array of the same type.
pub fn append_array(cx: &mut Context, array: &ArrayObject, other: &ArrayObject) -> Result<()> {
    if other.element.code != array.element.code {
        return Err(cx.type_error("can only extend with array of same kind"));
    }
    let items = other.bytes().to_vec();
    array.splice(cx, array.len(), 0, &items)
}

fn add_inplace(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let Some(other) = right.cast::<ArrayObject>() else {
        let actual = right.type_of().name();
        return Err(cx.type_error(format!("can only extend array with array (not \"{actual}\")")));
    };
    append_array(cx, of(left), other)?;
    Ok(Owned::new(left))
}

fn repeated(cx: &mut Context, array: &ArrayObject, count: Value) -> Result<Vec<u8>> {
    let Some(times) = repeat_count(cx, count)? else { return Err(not_a_count(cx, count)) };
    repeated_length(cx, array.bytes().len(), times)?;
    Ok(array.bytes().repeat(times))
}

fn multiply(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let (array, count) = if left.cast::<ArrayObject>().is_some() { (left, right) } else { (right, left) };
    let items = repeated(cx, of(array), count)?;
    Ok(ArrayObject::new(cx, of(array).element, &items))
}

fn multiply_inplace(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let array = of(left);
    let items = repeated(cx, array, right)?;
    array.splice(cx, 0, array.len(), &items)?;
    Ok(Owned::new(left))
}

unsafe fn release(header: *mut Header, _children: &mut Children<'_>) {
    // SAFETY: (slots 1) the slot is called with an array; (array 1) the buffer has the recorded capacity.
    unsafe {
        let array = &*(header as *const ArrayObject);
        array.length.set(0);
        free_bytes(array.data.replace(std::ptr::null_mut()), array.capacity.replace(0));
    }
}

/// Walks an array.
#[repr(C)]
pub struct ArrayIterator {
    header: Header,
    /// The array; unbound once exhausted.
    array: Cell<Value>,
    index: Cell<usize>,
}

pub static ARRAY_ITERATOR: StaticType = Immortal::new(
    TypeObject::builtin("array.arrayiterator", size_of::<ArrayIterator>(), iterator_slots(next))
        .with_base(&OBJECT.object)
        .with_flags(flags::COLLECTED),
);

object_type!(ArrayIterator, ARRAY_ITERATOR);

impl ArrayIterator {
    fn new(cx: &mut Context, array: Value) -> Owned {
        let iterator = cx.heap.allocate(&ARRAY_ITERATOR.object, size_of::<ArrayIterator>(), true) as *mut ArrayIterator;
        // SAFETY: (heap 3) fresh memory of that size.
        unsafe {
            (&raw mut (*iterator).array).write(Cell::new(Owned::new(array).into_raw()));
            (&raw mut (*iterator).index).write(Cell::new(0));
        }
        Owned::from_raw(Value::from_pointer(iterator))
    }
}

fn next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &ArrayIterator = unsafe { value.cast_unchecked() };
    let source = iterator.array.get();
    if source.is_unbound() {
        return Ok(None);
    }
    let index = iterator.index.get();
    match of(source).item(cx, index) {
        Some(item) => {
            iterator.index.set(index + 1);
            Ok(Some(item))
        }
        None => {
            exhaust(&iterator.array);
            Ok(None)
        }
    }
}
