//! `slice`: the layout, and the arithmetic of subscripts that all sequences share.
//!
//! A subscript is resolved in two steps, because `__index__` may run Python code that changes the sequence: first
//! `unpack` or `sequence_index`, then, with the length read afterwards, `adjust` or `wrap_index`.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::slots::{CompareOp, Slots};
use crate::objects::str::StrBuilder;
use crate::objects::tuple::{self, TupleObject};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{int, singleton};
use crate::operations::{compare, convert};
use crate::value::Value;

/// `slice(start, stop, step)`. The fields are owned and never change.
#[repr(C)]
pub struct SliceObject {
    pub header: Header,
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}

/// Start, stop and step of a slice as integers, not yet fitted to a length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
}

/// A slice fitted to a length: `count` items from `start`, each `step` further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
    pub count: usize,
}

impl Bounds {
    /// Fits the bounds to a sequence of `length` items.
    #[inline(always)]
    pub fn adjust(self, length: usize) -> Span {
        let length = length as isize;
        let (low, high) = if self.step < 0 { (-1, length - 1) } else { (0, length) };
        let fit = |bound: isize| {
            let bound = if bound < 0 { bound.saturating_add(length) } else { bound };
            bound.clamp(low, high)
        };
        let (start, stop) = (fit(self.start), fit(self.stop));
        let distance = if self.step < 0 { start - stop } else { stop - start };
        let count = match self.step.unsigned_abs() {
            _ if distance <= 0 => 0,
            // Nearly all slices have this step, and a division takes as long as copying a few items.
            1 => distance as usize,
            step => (distance as usize - 1) / step + 1,
        };
        Span { start, stop, step: self.step, count }
    }
}

impl Span {
    /// The selected positions, in order.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |index| (self.start + index as isize * self.step) as usize)
    }

    /// The same positions in ascending order.
    pub fn ascending(self) -> Span {
        if self.step > 0 || self.count == 0 {
            return self;
        }
        let first = self.start + (self.count as isize - 1) * self.step;
        Span { start: first, stop: self.start + 1, step: -self.step, count: self.count }
    }
}

impl SliceObject {
    pub fn new(cx: &mut Context, start: Value, stop: Value, step: Value) -> Owned {
        SliceObject::of(cx, [start, stop, step].map(Owned::new))
    }

    /// A slice that takes over start, stop and step.
    pub fn of(cx: &mut Context, [start, stop, step]: [Owned; 3]) -> Owned {
        let header = cx.heap.allocate(&raw const SLICE.object, size_of::<SliceObject>(), true);
        let slice = header as *mut SliceObject;
        // SAFETY: (heap 3) fresh memory of a slice's size; the fields take the counts.
        unsafe {
            (&raw mut (*slice).start).write(start.into_raw());
            (&raw mut (*slice).stop).write(stop.into_raw());
            (&raw mut (*slice).step).write(step.into_raw());
        }
        Owned::from_raw(Value::from_pointer(slice))
    }

    /// The bounds as integers; out-of-range ones are clamped. May run `__index__`.
    pub fn unpack(&self, cx: &mut Context) -> Result<Bounds> {
        unpack_bounds(cx, self.start, self.stop, self.step)
    }

    /// Start, stop, step and number of the items selected from `length` items.
    pub fn indices(&self, cx: &mut Context, length: usize) -> Result<(isize, isize, isize, usize)> {
        let span = self.unpack(cx)?.adjust(length);
        Ok((span.start, span.stop, span.step, span.count))
    }
}

/// The bounds of `start:stop:step` as integers.
pub fn unpack_bounds(cx: &mut Context, start: Value, stop: Value, step: Value) -> Result<Bounds> {
    let none = singleton::none();
    let step = if step == none {
        1
    } else {
        let step = bound(cx, step)?;
        if step == 0 {
            return Err(cx.value_error("slice step cannot be zero"));
        }
        // The negated step must be representable.
        step.max(-isize::MAX)
    };
    let start = match start {
        start if start != none => bound(cx, start)?,
        _ if step < 0 => isize::MAX,
        _ => 0,
    };
    let stop = match stop {
        stop if stop != none => bound(cx, stop)?,
        _ if step < 0 => isize::MIN,
        _ => isize::MAX,
    };
    Ok(Bounds { start, stop, step })
}

/// The slice fitted to a length that is an int of any size: start, stop and step.
pub fn long_indices(cx: &mut Context, slice: &SliceObject, length: Value) -> Result<(Owned, Owned, Owned)> {
    let none = singleton::none();
    let (zero, one) = (Value::from_small_int(0), Value::from_small_int(1));
    let step = if slice.step == none { Owned::new(one) } else { long_bound(cx, slice.step)? };
    if !int::truth(step.value()) {
        return Err(cx.value_error("slice step cannot be zero"));
    }
    let backwards = int::is_negative(step.value());
    let (low, high) = if backwards {
        (Owned::new(Value::from_small_int(-1)), int::subtract(cx, length, one)?)
    } else {
        (Owned::new(zero), Owned::new(length))
    };
    let fit = |cx: &mut Context, bound: Value, default: &Owned| {
        if bound == none {
            return Ok(default.clone());
        }
        let mut bound = long_bound(cx, bound)?;
        if int::is_negative(bound.value()) {
            bound = int::add(cx, bound.value(), length)?;
        }
        if compare::truth(cx, CompareOp::Less, bound.value(), low.value())? {
            return Ok(low.clone());
        }
        let above = compare::truth(cx, CompareOp::Less, high.value(), bound.value())?;
        Ok(if above { high.clone() } else { bound })
    };
    let start = fit(cx, slice.start, if backwards { &high } else { &low })?;
    let stop = fit(cx, slice.stop, if backwards { &low } else { &high })?;
    Ok((start, stop, step))
}

/// A slice bound as an int of any size.
fn long_bound(cx: &mut Context, value: Value) -> Result<Owned> {
    if value.type_of().slots().index.is_none() {
        return Err(cx.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let index = convert::index(cx, value)?;
    Ok(int::exact(cx, index.value()))
}

/// A slice bound as an integer, clamped to the range of `isize`.
fn bound(cx: &mut Context, value: Value) -> Result<isize> {
    if value.is_int() {
        return Ok(value.int() as isize);
    }
    if value.type_of().slots().index.is_none() {
        return Err(cx.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let index = convert::index(cx, value)?;
    match int::as_i64(index.value()) {
        Some(number) => Ok(number as isize),
        None if int::is_negative(index.value()) => Ok(isize::MIN),
        None => Ok(isize::MAX),
    }
}

/// The bound of a search that an argument gives, fitted to `length`: what `list.index` and its like take.
pub fn argument_bound(cx: &mut Context, value: Value, length: usize) -> Result<usize> {
    if value.type_of().slots().index.is_none() {
        return Err(cx.type_error("slice indices must be integers or have an __index__ method"));
    }
    let bound = bound(cx, value)?;
    let bound = if bound < 0 { bound.saturating_add(length as isize) } else { bound };
    Ok(bound.max(0) as usize)
}

/// An integer argument of C's `Py_ssize_t`, with its error.
pub fn index_argument(cx: &mut Context, value: Value) -> Result<i64> {
    if value.is_int() {
        return Ok(value.int());
    }
    let index = convert::index(cx, value)?;
    match int::as_i64(index.value()) {
        Some(number) => Ok(number),
        None => Err(cx.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// An integer subscript of a sequence called `kind` in messages. May run `__index__`.
#[inline]
pub fn sequence_index(cx: &mut Context, key: Value, kind: &str) -> Result<i64> {
    if key.is_int() { Ok(key.int()) } else { sequence_index_slow(cx, key, kind) }
}

#[cold]
fn sequence_index_slow(cx: &mut Context, key: Value, kind: &str) -> Result<i64> {
    let key_type = key.type_of();
    if key_type.slots().index.is_none() {
        let name = key_type.name();
        return Err(cx.type_error(format!("{kind} indices must be integers or slices, not {name}")));
    }
    let index = convert::index(cx, key)?;
    match int::as_i64(index.value()) {
        Some(number) => Ok(number),
        None => {
            let name = key_type.name();
            Err(cx.index_error(format!("cannot fit '{name}' into an index-sized integer")))
        }
    }
}

/// The position of `index`, negative ones counted from the end, if it is within `length`.
#[inline(always)]
pub fn wrap_index(index: i64, length: usize) -> Option<usize> {
    let position = if index < 0 { index.wrapping_add(length as i64) } else { index };
    ((position as u64) < length as u64).then_some(position as usize)
}

/// The object of a value that is known to be a slice.
fn slice(value: Value) -> &'static SliceObject {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { value.cast_unchecked() }
}

fn slice_new(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    if !arguments.names.is_empty() {
        return Err(cx.type_error("slice() takes no keyword arguments"));
    }
    let none = singleton::none();
    let (start, stop, step) = match *arguments.values {
        [stop] => (none, stop, none),
        [start, stop] => (start, stop, none),
        [start, stop, step] => (start, stop, step),
        [] => return Err(cx.type_error("slice expected at least 1 argument, got 0")),
        _ => {
            let count = arguments.values.len();
            return Err(cx.type_error(format!("slice expected at most 3 arguments, got {count}")));
        }
    };
    Ok(SliceObject::new(cx, start, stop, step))
}

fn slice_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let slice = slice(value);
    let parts = [slice.start, slice.stop, slice.step];
    let mut result = StrBuilder::new();
    result.push_text("slice(");
    tuple::join_reprs(cx, &mut result, |index| parts.get(index).copied())?;
    result.push_text(")");
    Ok(result.finish(cx))
}

fn slice_compare(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let (Some(a), Some(b)) = (left.cast::<SliceObject>(), right.cast::<SliceObject>()) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    let (a, b) = ([a.start, a.stop, a.step], [b.start, b.stop, b.step]);
    tuple::compare_items(cx, op, |index| a.get(index).copied(), |index| b.get(index).copied())
}

fn slice_hash(cx: &mut Context, value: Value) -> Result<i64> {
    let slice = slice(value);
    let mut hash = tuple::ItemHash::default();
    for part in [slice.start, slice.stop, slice.step] {
        hash.add(convert::hash(cx, part)?);
    }
    Ok(hash.finish_without_length())
}

unsafe fn slice_traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    let slice = slice(Value::from_pointer(header));
    for part in [slice.start, slice.stop, slice.step] {
        visit(part);
    }
}

unsafe fn slice_release(header: *mut Header, children: &mut Children<'_>) {
    let slice = slice(Value::from_pointer(header));
    // The step goes first, as in CPython.
    for part in [slice.stop, slice.start, slice.step] {
        children.push(part);
    }
}

/// `(start, stop, step)` as a tuple, what pickling wants.
pub fn parts(cx: &mut Context, value: Value) -> Owned {
    let slice = slice(value);
    TupleObject::new(cx, &[slice.start, slice.stop, slice.step])
}

pub static SLICE: StaticType = Immortal::new(
    TypeObject::builtin(
        "slice",
        size_of::<SliceObject>(),
        Slots {
            repr: Some(slice_repr),
            hash: Some(slice_hash),
            compare: Some(slice_compare),
            new: Some(slice_new),
            traverse: Some(slice_traverse),
            release: Some(slice_release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED)
    .with_doc(
        "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.  This is used for extended slicing \
         (e.g. a[0:10:2]).",
    ),
);

crate::object_type!(SliceObject, SLICE);

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: isize, stop: isize, step: isize, length: usize) -> Vec<usize> {
        Bounds { start, stop, step }.adjust(length).positions().collect()
    }

    #[test]
    fn spans_select_what_python_selects() {
        assert_eq!(span(0, isize::MAX, 1, 3), [0, 1, 2]);
        assert_eq!(span(-2, isize::MAX, 1, 3), [1, 2]);
        assert_eq!(span(isize::MAX, isize::MIN, -1, 3), [2, 1, 0]);
        assert_eq!(span(isize::MAX, isize::MIN, -2, 4), [3, 1]);
        assert_eq!(span(5, 2, 1, 9), [0usize; 0]);
        assert_eq!(span(1, 8, 3, 9), [1, 4, 7]);
        assert_eq!(span(1, 8, isize::MAX, 9), [1]);
        assert_eq!(span(0, isize::MAX, 1, 0), [0usize; 0]);
        assert_eq!(span(isize::MIN, isize::MAX, 1, 2), [0, 1]);
    }

    #[test]
    fn ascending_spans_hold_the_same_positions() {
        let span = Bounds { start: isize::MAX, stop: isize::MIN, step: -3 }.adjust(11);
        let mut positions: Vec<usize> = span.positions().collect();
        positions.reverse();
        assert_eq!(span.ascending().positions().collect::<Vec<_>>(), positions);
    }

    #[test]
    fn negative_indices_count_from_the_end() {
        assert_eq!(wrap_index(-1, 3), Some(2));
        assert_eq!(wrap_index(-4, 3), None);
        assert_eq!(wrap_index(3, 3), None);
        assert_eq!(wrap_index(i64::MIN, 3), None);
    }
}
