//! The slots of `list`.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Owned};
use crate::native::Arguments;
use crate::objects::iterator::arguments::refuse_keywords;
use crate::objects::iterator::sequence::ListIterator;
use crate::objects::list::{self, LIST, ListObject};
use crate::objects::range::RangeIterator;
use crate::objects::slice::{self, SliceObject};
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use crate::objects::str::StrBuilder;
use crate::objects::tuple::{self, TupleObject, item_equals};
use crate::objects::type_object::TypeObject;
use crate::objects::{instance, singleton};
use crate::operations::iterate;
use crate::value::Value;

/// The object of a value that is known to be a list.
fn list(value: Value) -> &'static ListObject {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { value.cast_unchecked() }
}

fn not_implemented() -> Result<Owned> {
    Ok(Owned::new(singleton::not_implemented()))
}

fn list_new(cx: &mut Context, kind: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
    if std::ptr::eq(kind, &LIST.object) {
        return Ok(ListObject::new(cx, Vec::new()));
    }
    let header = instance::allocate(cx, kind, 0);
    // SAFETY: (heap 3) `allocate` made an unfilled instance of a subtype of list.
    Ok(unsafe { ListObject::write(header, Vec::new()) })
}

fn list_init(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    let new = |kind: &TypeObject| kind.slots().new.map(|function| function as usize);
    // A class's own `__new__` may take keywords.
    if new(value.type_of()) == new(&LIST) {
        refuse_keywords(cx, "list", arguments)?;
    }
    let arguments = Arguments::positional(arguments.positionals());
    if arguments.values.len() > 1 {
        let count = arguments.values.len();
        return Err(cx.type_error(format!("list expected at most 1 argument, got {count}")));
    }
    let list = list(value);
    if !list.is_empty() {
        list.clear(cx);
    }
    match arguments.values.first() {
        Some(&iterable) => extend(cx, list, iterable),
        None => Ok(()),
    }
}

/// Items that room is made for before any of them is seen.
const RESERVE_MAX: usize = 1 << 24;

/// Makes room for as many items as somebody says will come, who may be lying.
fn reserve_hinted(cx: &mut Context, list: &ListObject, hint: usize) -> Result<()> {
    let fits = list.len().checked_add(hint).is_some_and(|total| total <= isize::MAX as usize);
    if fits && hint >= tuple::ITEMS_MAX {
        return Err(cx.raise(&crate::objects::exception::MEMORY_ERROR, ""));
    }
    if fits {
        list.reserve(hint.min(RESERVE_MAX));
    }
    Ok(())
}

/// Appends the items of any iterable, one after the other, so that the ones before an error stay.
pub fn extend(cx: &mut Context, list: &ListObject, iterable: Value) -> Result<()> {
    if let Some(other) = iterable.cast_exact::<ListObject>() {
        if std::ptr::eq(other, list) {
            let copy = other.as_slice().to_vec();
            list.extend_from_slice(&copy);
        } else {
            list.extend_from_slice(other.as_slice());
        }
        return Ok(());
    }
    if let Some(other) = iterable.cast_exact::<TupleObject>() {
        list.extend_from_slice(other.as_slice());
        return Ok(());
    }
    let iterator = iterate::get_iter(cx, iterable)?;
    if let Some(hint) = iterate::length_hint(cx, iterable)? {
        reserve_hinted(cx, list, hint)?;
    }
    if let Some(range) = iterator.value().cast_exact::<RangeIterator>() {
        list.reserve((range.remaining.get() as usize).min(RESERVE_MAX));
        while let Some(number) = range.advance() {
            list.push(Owned::from_raw(Value::from_small_int(number)));
        }
        return Ok(());
    }
    while let Some(item) = iterate::next(cx, iterator.value())? {
        list.push(item);
    }
    Ok(())
}

fn list_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let list = list(value);
    tuple::guarded_repr(cx, value, "[...]", |cx| {
        let mut result = StrBuilder::new();
        result.push_text("[");
        tuple::join_reprs(cx, &mut result, |index| list.get(index))?;
        result.push_text("]");
        Ok(result)
    })
}

fn list_compare(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let (Some(left), Some(right)) = (left.cast::<ListObject>(), right.cast::<ListObject>()) else {
        return not_implemented();
    };
    if left.len() != right.len() && matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return Ok(Owned::new(singleton::boolean(op == CompareOp::NotEqual)));
    }
    tuple::compare_items(cx, op, |index| left.get(index), |index| right.get(index))
}

fn list_iter(cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(ListIterator::new(cx, value))
}

fn list_length(_cx: &mut Context, value: Value) -> Result<usize> {
    Ok(list(value).len())
}

/// A list of the items that a slice with these bounds selects.
pub fn select(cx: &mut Context, list: &ListObject, bounds: slice::Bounds) -> Owned {
    let span = bounds.adjust(list.len());
    let items = list.as_slice();
    if span.step == 1 {
        let start = span.start as usize;
        return ListObject::from_values(cx, &items[start..start + span.count]);
    }
    if span.step == -1 && span.count > 0 {
        let first = span.start as usize + 1 - span.count;
        return ListObject::from_reversed_values(cx, &items[first..first + span.count]);
    }
    let selected = span.positions().map(|position| Owned::new(items[position])).collect();
    ListObject::new(cx, selected)
}

fn list_get_item(cx: &mut Context, value: Value, key: Value) -> Result<Owned> {
    let list = list(value);
    if let Some(slice) = key.cast_exact::<SliceObject>() {
        let bounds = slice.unpack(cx)?;
        return Ok(select(cx, list, bounds));
    }
    let index = slice::sequence_index(cx, key, "list")?;
    match slice::wrap_index(index, list.len()).and_then(|position| list.get(position)) {
        Some(item) => Ok(Owned::new(item)),
        None => Err(cx.index_error("list index out of range")),
    }
}

fn list_set_item(cx: &mut Context, value: Value, key: Value, item: Value) -> Result<()> {
    let list = list(value);
    if let Some(slice) = key.cast_exact::<SliceObject>() {
        return if item.is_unbound() { delete_slice(cx, list, slice) } else { set_slice(cx, list, slice, item) };
    }
    let index = slice::sequence_index(cx, key, "list")?;
    let Some(position) = slice::wrap_index(index, list.len()) else {
        return Err(cx.index_error("list assignment index out of range"));
    };
    drop(if item.is_unbound() { list.remove(position) } else { list.replace(position, Owned::new(item)) });
    Ok(())
}

fn delete_slice(cx: &mut Context, list: &ListObject, slice: &SliceObject) -> Result<()> {
    let span = slice.unpack(cx)?.adjust(list.len());
    list.remove_span(cx, span);
    Ok(())
}

/// `value[start:stop:step]` of a list.
pub fn get_slice(cx: &mut Context, value: Value, [start, stop, step]: [Value; 3]) -> Result<Owned> {
    let bounds = slice::unpack_bounds(cx, start, stop, step)?;
    Ok(select(cx, list(value), bounds))
}

/// `value[start:stop] = source` of a list.
pub fn assign_slice(cx: &mut Context, value: Value, [start, stop]: [Value; 2], source: Value) -> Result<()> {
    let bounds = slice::unpack_bounds(cx, start, stop, singleton::none())?;
    set_span(cx, list(value), bounds, source)
}

fn set_slice(cx: &mut Context, list: &ListObject, slice: &SliceObject, source: Value) -> Result<()> {
    let bounds = slice.unpack(cx)?;
    set_span(cx, list, bounds, source)
}

fn set_span(cx: &mut Context, list: &ListObject, bounds: slice::Bounds, source: Value) -> Result<()> {
    if bounds.step == 1 {
        if let Some(other) = source.cast_exact::<ListObject>()
            && !std::ptr::eq(other, list)
        {
            let span = bounds.adjust(list.len());
            if span.count == other.len() {
                list.overwrite(cx, span.start as usize, other);
                return Ok(());
            }
        }
        let new = slice_source(cx, source, "must assign iterable to extended slice")?;
        // Collecting the source may have changed the list.
        let span = bounds.adjust(list.len());
        list.splice(cx, span.start as usize, span.count, new);
        return Ok(());
    }
    let new = slice_source(cx, source, "must assign iterable to extended slice")?;
    let span = bounds.adjust(list.len());
    if new.len() != span.count {
        let (size, count) = (new.len(), span.count);
        return Err(
            cx.value_error(format!("attempt to assign sequence of size {size} to extended slice of size {count}"))
        );
    }
    let new = list::into_raw_items(new);
    let mut old: Vec<Value> = list.with_items(|items| {
        span.positions().zip(new).map(|(position, item)| std::mem::replace(&mut items[position], item)).collect()
    });
    // The first one goes first.
    old.reverse();
    list::release_items(cx, old);
    Ok(())
}

/// The items to assign to a slice; `message` is the error for what is not iterable.
fn slice_source(cx: &mut Context, source: Value, message: &str) -> Result<Vec<Owned>> {
    let slots = source.type_of().slots();
    if slots.iter.is_none() && slots.get_item.is_none() {
        return Err(cx.type_error(message));
    }
    iterate::collect(cx, source)
}

fn list_contains(cx: &mut Context, container: Value, wanted: Value) -> Result<bool> {
    Ok(find(cx, list(container), wanted, 0, usize::MAX)?.is_some())
}

/// The position of the first item from `start` to before `stop` that equals `wanted`.
pub fn find(cx: &mut Context, list: &ListObject, wanted: Value, start: usize, stop: usize) -> Result<Option<usize>> {
    let mut index = start;
    while index < stop
        && let Some(item) = list.get(index)
    {
        if item_equals(cx, item, wanted)? {
            return Ok(Some(index));
        }
        index += 1;
    }
    Ok(None)
}

fn list_add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let Some(first) = left.cast::<ListObject>() else { return not_implemented() };
    let Some(second) = right.cast::<ListObject>() else {
        return tuple::concatenate_foreign(cx, left, right, "list");
    };
    let mut items = Vec::with_capacity(first.len() + second.len());
    items.extend(first.as_slice().iter().chain(second.as_slice()).map(|item| Owned::new(*item)));
    Ok(ListObject::new(cx, items))
}

fn list_inplace_add(cx: &mut Context, value: Value, iterable: Value) -> Result<Owned> {
    if iterable.cast::<ListObject>().is_none()
        && let Some(result) = tuple::ask_class_of_right(cx, value, iterable, BinaryOp::Add)?
    {
        return Ok(result);
    }
    extend(cx, list(value), iterable)?;
    Ok(Owned::new(value))
}

fn list_multiply(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let (operand, count) = if left.cast::<ListObject>().is_some() { (left, right) } else { (right, left) };
    if operand == left
        && right.cast::<ListObject>().is_none()
        && let Some(result) = tuple::ask_class_of_right(cx, left, right, BinaryOp::Multiply)?
    {
        return Ok(result);
    }
    let Some(times) = tuple::repeat_count(cx, count)? else { return Err(tuple::not_a_count(cx, count)) };
    let list = list(operand);
    let total = tuple::repeated_length(cx, list.len(), times)?;
    let mut items = Vec::with_capacity(total);
    match *list.as_slice() {
        [] => {}
        // The most common use: one item, many times.
        [item] => items.extend((0..total).map(|_| Owned::new(item))),
        ref source => items.extend(source.iter().cycle().take(total).map(|item| Owned::new(*item))),
    }
    Ok(ListObject::new(cx, items))
}

fn list_inplace_multiply(cx: &mut Context, value: Value, count: Value) -> Result<Owned> {
    if count.cast::<ListObject>().is_none()
        && let Some(result) = tuple::ask_class_of_right(cx, value, count, BinaryOp::Multiply)?
    {
        return Ok(result);
    }
    let Some(times) = tuple::repeat_count(cx, count)? else { return Err(tuple::not_a_count(cx, count)) };
    let list = list(value);
    if times == 0 {
        list.clear(cx);
    } else {
        let copy = list.as_slice().to_vec();
        let total = tuple::repeated_length(cx, copy.len(), times)?;
        list.reserve(total - copy.len());
        for _ in 1..times {
            list.extend_from_slice(&copy);
        }
    }
    Ok(Owned::new(value))
}

unsafe fn list_traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    for &item in list(Value::from_pointer(header)).as_slice() {
        visit(item);
    }
}

unsafe fn list_release(header: *mut Header, children: &mut Children<'_>) {
    for item in list(Value::from_pointer(header)).take_items() {
        children.push(item);
    }
}

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(list_add);
    table[BinaryOp::Multiply as usize] = Some(list_multiply);
    table
};

const INPLACE: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(list_inplace_add);
    table[BinaryOp::Multiply as usize] = Some(list_inplace_multiply);
    table
};

pub(super) const SLOTS: Slots = Slots {
    repr: Some(list_repr),
    hash: None,
    compare: Some(list_compare),
    iter: Some(list_iter),
    length: Some(list_length),
    get_item: Some(list_get_item),
    set_item: Some(list_set_item),
    contains: Some(list_contains),
    binary: BINARY,
    inplace: INPLACE,
    new: Some(list_new),
    init: Some(list_init),
    traverse: Some(list_traverse),
    release: Some(list_release),
    // Emptying the list in place is what releasing it does first.
    clear: Some(list_release),
    ..Slots::EMPTY
};
