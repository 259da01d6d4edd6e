//! `range` and its iterators: one over machine integers, which compiled code knows, and one over any.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::iterator::arguments::refuse_keywords;
use crate::objects::iterator::{exhaust, iterator_slots, release_fields, traverse_fields};
use crate::objects::slice::{self, SliceObject};
use crate::objects::slots::{CompareOp, Slots};
use crate::objects::str::StrBuilder;
use crate::objects::tuple::{ItemHash, push_repr};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{int, singleton};
use crate::operations::{compare, convert, iterate};
use crate::value::Value;
use std::cell::Cell;
use std::mem::offset_of;

/// `range(start, stop, step)`: four exact ints, owned, never changed.
#[repr(C)]
pub struct RangeObject {
    pub header: Header,
    pub start: Value,
    pub stop: Value,
    pub step: Value,
    pub length: Value,
}

/// A range whose numbers are all machine integers.
#[derive(Clone, Copy)]
struct Small {
    start: i64,
    step: i64,
    length: i64,
}

impl RangeObject {
    /// A range of exact ints; the step is not zero.
    pub fn new(cx: &mut Context, start: Owned, stop: Owned, step: Owned) -> Result<Owned> {
        let length = range_length(cx, start.value(), stop.value(), step.value())?;
        let header = cx.heap.allocate(&raw const RANGE.object, size_of::<RangeObject>(), false);
        let range = header as *mut RangeObject;
        // SAFETY: (heap 3) fresh memory of a range's size.
        unsafe {
            (&raw mut (*range).start).write(start.into_raw());
            (&raw mut (*range).stop).write(stop.into_raw());
            (&raw mut (*range).step).write(step.into_raw());
            (&raw mut (*range).length).write(length.into_raw());
        }
        Ok(Owned::from_raw(Value::from_pointer(range)))
    }

    fn small(&self) -> Option<Small> {
        let start = int::as_i64(self.start)?;
        let (step, length) = (int::as_i64(self.step)?, int::as_i64(self.length)?);
        Some(Small { start, step, length })
    }

    /// The item at an index that is an int within the range's length.
    fn item(&self, cx: &mut Context, index: Value) -> Result<Owned> {
        if let (Some(small), Some(index)) = (self.small(), int::as_i64(index)) {
            return Ok(small.item(cx, index));
        }
        let offset = int::multiply(cx, index, self.step)?;
        int::add(cx, self.start, offset.value())
    }

    /// The position of an int in the range, if it is one of the range's items.
    pub fn position(&self, cx: &mut Context, value: Value) -> Result<Option<Owned>> {
        if let (Some(small), Some(value)) = (self.small(), int::as_i64(value)) {
            return Ok(small.position(value).map(|position| int::from_i64(cx, position)));
        }
        let offset = int::subtract(cx, value, self.start)?;
        let remainder = int::remainder(cx, offset.value(), self.step)?;
        let position = int::floor_divide(cx, offset.value(), self.step)?;
        let within = !int::truth(remainder.value())
            && !int::is_negative(position.value())
            && compare::truth(cx, CompareOp::Less, position.value(), self.length)?;
        Ok(within.then_some(position))
    }
}

impl Small {
    fn item(self, cx: &mut Context, index: i64) -> Owned {
        int::from_i128(cx, self.start as i128 + index as i128 * self.step as i128)
    }

    fn position(self, value: i64) -> Option<i64> {
        // Divisions of machine words are much quicker than those of 128 bits.
        let (position, remainder) = match value.checked_sub(self.start) {
            Some(offset) if self.step != -1 => (offset / self.step, offset % self.step),
            _ => {
                let offset = value as i128 - self.start as i128;
                let position = i64::try_from(offset / self.step as i128).ok()?;
                (position, (offset % self.step as i128) as i64)
            }
        };
        (remainder == 0 && position >= 0 && position < self.length).then_some(position)
    }
}

/// The number of items from `start` to before `stop`.
fn range_length(cx: &mut Context, start: Value, stop: Value, step: Value) -> Result<Owned> {
    if start.is_int() && stop.is_int() && step.is_int() {
        // Differences of unboxed ints fit 63 bits.
        let (start, stop, step) = (start.int(), stop.int(), step.int());
        let distance = if step > 0 { stop - start } else { start - stop };
        let length = match step {
            _ if distance <= 0 => 0,
            1 | -1 => distance,
            _ => (distance - 1) / step.abs() + 1,
        };
        return Ok(int::from_i64(cx, length));
    }
    if let (Some(start), Some(stop), Some(step)) = (int::as_i64(start), int::as_i64(stop), int::as_i64(step)) {
        let distance = if step > 0 { stop as i128 - start as i128 } else { start as i128 - stop as i128 };
        let step = step.unsigned_abs() as i128;
        return Ok(int::from_i128(cx, if distance <= 0 { 0 } else { (distance - 1) / step + 1 }));
    }
    let backwards = int::is_negative(step);
    let (low, high) = if backwards { (stop, start) } else { (start, stop) };
    if !compare::truth(cx, CompareOp::Less, low, high)? {
        return Ok(int::from_i64(cx, 0));
    }
    let zero = Value::from_small_int(0);
    let magnitude = if backwards { int::subtract(cx, zero, step)? } else { Owned::new(step) };
    let distance = int::subtract(cx, high, low)?;
    let last = int::subtract(cx, distance.value(), Value::from_small_int(1))?;
    let quotient = int::floor_divide(cx, last.value(), magnitude.value())?;
    int::add(cx, quotient.value(), Value::from_small_int(1))
}

/// The object of a value that is known to be a range.
fn range(value: Value) -> &'static RangeObject {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { value.cast_unchecked() }
}

/// An argument of `range` as an exact int.
fn exact_index(cx: &mut Context, value: Value) -> Result<Owned> {
    if value.is_int() {
        return Ok(Owned::new(value));
    }
    let index = convert::index(cx, value)?;
    Ok(int::exact(cx, index.value()))
}

fn range_new(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    refuse_keywords(cx, "range", arguments)?;
    let (zero, one) = (Value::from_small_int(0), Value::from_small_int(1));
    let (start, stop, step) = match *arguments.values {
        [stop] => (zero, stop, one),
        [start, stop] => (start, stop, one),
        [start, stop, step] => (start, stop, step),
        [] => return Err(cx.type_error("range expected at least 1 argument, got 0")),
        _ => {
            let count = arguments.values.len();
            return Err(cx.type_error(format!("range expected at most 3 arguments, got {count}")));
        }
    };
    let start = exact_index(cx, start)?;
    let stop = exact_index(cx, stop)?;
    let step = exact_index(cx, step)?;
    if !int::truth(step.value()) {
        return Err(cx.value_error("range() arg 3 must not be zero"));
    }
    RangeObject::new(cx, start, stop, step)
}

fn range_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let range = range(value);
    let mut result = StrBuilder::new();
    result.push_text("range(");
    push_repr(cx, &mut result, range.start)?;
    result.push_text(", ");
    push_repr(cx, &mut result, range.stop)?;
    if int::as_i64(range.step) != Some(1) {
        result.push_text(", ");
        push_repr(cx, &mut result, range.step)?;
    }
    result.push_text(")");
    Ok(result.finish(cx))
}

/// What makes ranges equal: the length, the first item if there is one, the step if there are more.
fn identity(range: &RangeObject) -> [Value; 3] {
    let none = singleton::none();
    match int::as_i64(range.length) {
        Some(0) => [range.length, none, none],
        Some(1) => [range.length, range.start, none],
        _ => [range.length, range.start, range.step],
    }
}

fn range_hash(cx: &mut Context, value: Value) -> Result<i64> {
    let mut hash = ItemHash::default();
    for part in identity(range(value)) {
        hash.add(convert::hash(cx, part)?);
    }
    Ok(hash.finish())
}

fn range_compare(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let (Some(a), Some(b)) = (left.cast_exact::<RangeObject>(), right.cast_exact::<RangeObject>()) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    if !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let mut equal = true;
    for (x, y) in identity(a).into_iter().zip(identity(b)) {
        equal = equal && compare::equals(cx, x, y)?;
    }
    Ok(Owned::new(singleton::boolean(equal == (op == CompareOp::Equal))))
}

fn range_length_slot(cx: &mut Context, value: Value) -> Result<usize> {
    match int::as_i64(range(value).length) {
        Some(length) => Ok(length as usize),
        None => Err(cx.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

fn range_truth(_cx: &mut Context, value: Value) -> Result<bool> {
    Ok(int::truth(range(value).length))
}

fn range_contains(cx: &mut Context, value: Value, wanted: Value) -> Result<bool> {
    if int::is_exact(wanted) || singleton::as_bool(wanted).is_some() {
        return Ok(range(value).position(cx, wanted)?.is_some());
    }
    let iterator = range_iter(cx, value)?;
    while let Some(item) = iterate::next(cx, iterator.value())? {
        if compare::equals(cx, item.value(), wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn range_get_item(cx: &mut Context, value: Value, key: Value) -> Result<Owned> {
    let range = range(value);
    if let Some(slice) = key.cast_exact::<SliceObject>() {
        return range_slice(cx, range, slice);
    }
    if key.type_of().slots().index.is_none() && !key.is_int() {
        let name = key.type_of().name();
        return Err(cx.type_error(format!("range indices must be integers or slices, not {name}")));
    }
    let index = convert::index(cx, key)?;
    if let (Some(small), Some(number)) = (range.small(), int::as_i64(index.value())) {
        return match slice::wrap_index(number, small.length as usize) {
            Some(position) => Ok(small.item(cx, position as i64)),
            None => Err(cx.index_error("range object index out of range")),
        };
    }
    let index = if int::is_negative(index.value()) { int::add(cx, index.value(), range.length)? } else { index };
    if int::is_negative(index.value()) || !compare::truth(cx, CompareOp::Less, index.value(), range.length)? {
        return Err(cx.index_error("range object index out of range"));
    }
    range.item(cx, index.value())
}

fn range_slice(cx: &mut Context, range: &RangeObject, slice: &SliceObject) -> Result<Owned> {
    let (start, stop, step) = slice::long_indices(cx, slice, range.length)?;
    let new_step = int::multiply(cx, range.step, step.value())?;
    let new_start = range.item(cx, start.value())?;
    let new_stop = range.item(cx, stop.value())?;
    RangeObject::new(cx, new_start, new_stop, new_step)
}

fn range_iter(cx: &mut Context, value: Value) -> Result<Owned> {
    let range = range(value);
    if range.start.is_int() && range.stop.is_int() && range.step.is_int() && range.length.is_int() {
        let (start, length, step) = (range.start.int(), range.length.int(), range.step.int());
        return Ok(RangeIterator::new(cx, start, length, step));
    }
    Ok(LongRangeIterator::new(cx, range.start, range.step, range.length))
}

/// `reversed(range)`
pub fn reversed(cx: &mut Context, value: Value) -> Result<Owned> {
    let range = range(value);
    let last_index = int::subtract(cx, range.length, Value::from_small_int(1))?;
    let last = range.item(cx, last_index.value())?;
    let step = int::subtract(cx, Value::from_small_int(0), range.step)?;
    if last.value().is_int() && step.value().is_int() && range.start.is_int() && range.length.is_int() {
        let (start, length, step) = (last.value().int(), range.length.int(), step.value().int());
        return Ok(RangeIterator::new(cx, start, length, step));
    }
    Ok(LongRangeIterator::new(cx, last.value(), step.value(), range.length))
}

unsafe fn range_release(header: *mut Header, children: &mut Children<'_>) {
    let range = range(Value::from_pointer(header));
    for part in [range.start, range.stop, range.step, range.length] {
        children.push(part);
    }
}

pub static RANGE: StaticType = Immortal::new(
    TypeObject::builtin(
        "range",
        size_of::<RangeObject>(),
        Slots {
            repr: Some(range_repr),
            hash: Some(range_hash),
            compare: Some(range_compare),
            iter: Some(range_iter),
            length: Some(range_length_slot),
            truth: Some(range_truth),
            get_item: Some(range_get_item),
            contains: Some(range_contains),
            new: Some(range_new),
            release: Some(range_release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::SEQUENCE)
    .with_doc(
        "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a \
         sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, \
         ..., j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the \
         valid indices for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement).",
    ),
);

crate::object_type!(RangeObject, RANGE);

/// Counts from `current` on. All numbers that it gives fit unboxed ints. Compiled code reads and writes the fields.
#[repr(C)]
pub struct RangeIterator {
    pub header: Header,
    pub current: Cell<i64>,
    /// Numbers still to come.
    pub remaining: Cell<i64>,
    pub step: Cell<i64>,
}

const _: () = assert!(offset_of!(RangeIterator, current) == 16 && offset_of!(RangeIterator, remaining) == 24);
const _: () = assert!(offset_of!(RangeIterator, step) == 32);

impl RangeIterator {
    /// Counts `length` numbers from `start`, all of which fit unboxed ints.
    #[inline]
    pub fn new(cx: &mut Context, start: i64, length: i64, step: i64) -> Owned {
        let header = cx.heap.allocate(&raw const RANGE_ITERATOR.object, size_of::<RangeIterator>(), false);
        let iterator = header as *mut RangeIterator;
        // SAFETY: (heap 3) fresh memory of the iterator's size.
        unsafe {
            (&raw mut (*iterator).current).write(Cell::new(start));
            (&raw mut (*iterator).remaining).write(Cell::new(length));
            (&raw mut (*iterator).step).write(Cell::new(step));
        }
        Owned::from_raw(Value::from_pointer(iterator))
    }

    /// The next number.
    #[inline(always)]
    pub fn advance(&self) -> Option<i64> {
        let (current, remaining) = (self.current.get(), self.remaining.get());
        if remaining == 0 {
            return None;
        }
        self.current.set(current.wrapping_add(self.step.get()));
        self.remaining.set(remaining - 1);
        Some(current)
    }
}

fn range_next(_cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &RangeIterator = unsafe { value.cast_unchecked() };
    Ok(iterator.advance().map(|number| Owned::from_raw(Value::from_small_int(number))))
}

pub static RANGE_ITERATOR: StaticType = Immortal::new(
    TypeObject::builtin(
        "range_iterator",
        size_of::<RangeIterator>(),
        Slots { iter: Some(super::iterator::iter_self), next: Some(range_next), ..Slots::EMPTY },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::NO_FIELDS),
);

crate::object_type!(RangeIterator, RANGE_ITERATOR);

/// Counts with ints of any size.
#[repr(C)]
pub struct LongRangeIterator {
    pub header: Header,
    /// The next number.
    pub current: Cell<Value>,
    pub step: Cell<Value>,
    /// Numbers still to come.
    pub remaining: Cell<Value>,
}

impl LongRangeIterator {
    fn new(cx: &mut Context, start: Value, step: Value, length: Value) -> Owned {
        let header = cx.heap.allocate(&raw const LONG_RANGE_ITERATOR.object, size_of::<LongRangeIterator>(), true);
        let iterator = header as *mut LongRangeIterator;
        // SAFETY: (heap 3) fresh memory of the iterator's size.
        unsafe {
            (&raw mut (*iterator).current).write(Cell::new(Owned::new(start).into_raw()));
            (&raw mut (*iterator).step).write(Cell::new(Owned::new(step).into_raw()));
            (&raw mut (*iterator).remaining).write(Cell::new(Owned::new(length).into_raw()));
        }
        Owned::from_raw(Value::from_pointer(iterator))
    }
}

fn long_range_next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &LongRangeIterator = unsafe { value.cast_unchecked() };
    let current = iterator.current.get();
    if current.is_unbound() {
        return Ok(None);
    }
    if !int::truth(iterator.remaining.get()) {
        exhaust(&iterator.current);
        return Ok(None);
    }
    let next = int::add(cx, current, iterator.step.get())?;
    let remaining = int::subtract(cx, iterator.remaining.get(), Value::from_small_int(1))?;
    drop(Owned::from_raw(iterator.remaining.replace(remaining.into_raw())));
    Ok(Some(Owned::from_raw(iterator.current.replace(next.into_raw()))))
}

pub static LONG_RANGE_ITERATOR: StaticType = Immortal::new(
    TypeObject::builtin(
        "longrange_iterator",
        size_of::<LongRangeIterator>(),
        Slots {
            traverse: Some(traverse_fields::<3>),
            release: Some(release_fields::<3>),
            ..iterator_slots(long_range_next)
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

crate::object_type!(LongRangeIterator, LONG_RANGE_ITERATOR);
