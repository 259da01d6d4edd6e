//! `tuple`: the layout, construction and slots; also what all sequences of values share: comparison, repr, hash.

use crate::context::{Context, Raised, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::iterator::arguments::refuse_keywords_of_new;
use crate::objects::iterator::sequence::TupleIterator;
use crate::objects::slice::{self, SliceObject};
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use crate::objects::str::{self as text, StrBuilder, StrObject};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{instance, int, singleton};
use crate::operations::{compare, convert, iterate};
use crate::value::Value;
use std::cell::Cell;
use std::mem::offset_of;

/// A tuple; its items follow inline.
#[repr(C)]
pub struct TupleObject {
    pub header: Header,
    pub length: usize,
    /// The hash, or 0 when it was not computed yet.
    hash: Cell<i64>,
    items: [Value; 0],
}

/// Offset of the first item, which compiled code relies on.
pub const ITEMS_OFFSET: usize = 32;
const _: () = assert!(offset_of!(TupleObject, items) == ITEMS_OFFSET && offset_of!(TupleObject, length) == 16);

/// Bytes of a tuple of `length` items.
pub(crate) const fn tuple_bytes(length: usize) -> usize {
    ITEMS_OFFSET + length * size_of::<Value>()
}

static EMPTY: Immortal<TupleObject> = Immortal::new(TupleObject {
    header: Header::immortal(&raw const TUPLE.object),
    length: 0,
    hash: Cell::new(0),
    items: [],
});

/// The one empty tuple.
#[inline(always)]
pub fn empty() -> Value {
    Value::from_pointer(&raw const EMPTY.object)
}

impl TupleObject {
    /// A tuple with new counts on `items`.
    #[inline]
    pub fn new(cx: &mut Context, items: &[Value]) -> Owned {
        if items.is_empty() {
            return Owned::new(empty());
        }
        let (tuple, target) = TupleObject::allocate(cx, items.len());
        for (index, &item) in items.iter().enumerate() {
            // SAFETY: (heap 3) fresh memory with room for all the items.
            unsafe { target.add(index).write(Owned::new(item).into_raw()) };
        }
        tuple
    }

    /// A tuple that takes over `items`.
    pub fn from_owned(cx: &mut Context, items: Vec<Owned>) -> Owned {
        if items.is_empty() {
            return Owned::new(empty());
        }
        let (tuple, target) = TupleObject::allocate(cx, items.len());
        for (index, item) in items.into_iter().enumerate() {
            // SAFETY: (heap 3) fresh memory with room for all the items.
            unsafe { target.add(index).write(item.into_raw()) };
        }
        tuple
    }

    /// A tuple that takes over the items of a vector from a place on.
    #[inline]
    pub fn from_end_of(cx: &mut Context, items: &mut Vec<Owned>, place: usize) -> Owned {
        let count = items.len().saturating_sub(place);
        if count == 0 {
            return Owned::new(empty());
        }
        let (tuple, target) = TupleObject::allocate(cx, count);
        // SAFETY: (heap 3) fresh memory with room for all the items, which the vector gives up.
        unsafe {
            items.set_len(place);
            for index in 0..count {
                target.add(index).write(items.as_ptr().add(place + index).cast::<Value>().read());
            }
        }
        tuple
    }

    /// A tuple of so many items, each with a new count, as `item` gives them.
    #[inline]
    pub fn filled(cx: &mut Context, count: usize, mut item: impl FnMut(usize) -> Value) -> Owned {
        if count == 0 {
            return Owned::new(empty());
        }
        let (tuple, target) = TupleObject::allocate(cx, count);
        for index in 0..count {
            // SAFETY: (heap 3) fresh memory with room for all the items.
            unsafe { target.add(index).write(Owned::new(item(index)).into_raw()) };
        }
        tuple
    }

    /// A pair that takes over its items.
    #[inline]
    pub fn pair(cx: &mut Context, first: Owned, second: Owned) -> Owned {
        let (tuple, target) = TupleObject::allocate(cx, 2);
        // SAFETY: (heap 3) fresh memory with room for two items.
        unsafe {
            target.write(first.into_raw());
            target.add(1).write(second.into_raw());
        }
        tuple
    }

    /// A tuple of `length` (not zero) items and the place of the items, which the caller fills at once.
    #[inline(always)]
    fn allocate(cx: &mut Context, length: usize) -> (Owned, *mut Value) {
        let header = cx.heap.allocate(&raw const TUPLE.object, tuple_bytes(length), true);
        TupleObject::started(header, length)
    }

    /// Writes what comes before the items; the caller fills the items at once.
    #[inline(always)]
    fn started(header: *mut Header, length: usize) -> (Owned, *mut Value) {
        let tuple = header as *mut TupleObject;
        // SAFETY: (heap 3) fresh memory of `tuple_bytes(length)` or more.
        unsafe {
            (&raw mut (*tuple).length).write(length);
            (&raw mut (*tuple).hash).write(Cell::new(0));
            (Owned::from_raw(Value::from_pointer(tuple)), &raw mut (*tuple).items as *mut Value)
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The items. They never change, so the slice may be held as long as the tuple is.
    #[inline(always)]
    pub fn as_slice(&self) -> &[Value] {
        let first = std::ptr::from_ref(self).cast::<u8>().wrapping_add(ITEMS_OFFSET) as *const Value;
        // SAFETY: (heap 2) a tuple's items follow its header.
        unsafe { std::slice::from_raw_parts(first, self.length) }
    }
}

/// The object of a value that is known to be a tuple.
fn tuple(value: Value) -> &'static TupleObject {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { value.cast_unchecked() }
}

fn not_implemented() -> Result<Owned> {
    Ok(Owned::new(singleton::not_implemented()))
}

// What sequences share.

/// Compares two sequences item by item. The readers give `None` past the end; items may change between calls.
pub fn compare_items(
    cx: &mut Context,
    op: CompareOp,
    left: impl Fn(usize) -> Option<Value>,
    right: impl Fn(usize) -> Option<Value>,
) -> Result<Owned> {
    let mut index = 0;
    loop {
        let (Some(a), Some(b)) = (left(index), right(index)) else {
            let ordering = left(index).is_some().cmp(&right(index).is_some());
            return Ok(Owned::new(singleton::boolean(op.holds(ordering))));
        };
        if a != b {
            let (a, b) = (Owned::new(a), Owned::new(b));
            if !compare::equals(cx, a.value(), b.value())? {
                // The comparison may have changed the sequences.
                let (Some(a), Some(b)) = (left(index), right(index)) else { continue };
                let (a, b) = (Owned::new(a), Owned::new(b));
                return match op {
                    CompareOp::Equal => Ok(Owned::new(singleton::false_())),
                    CompareOp::NotEqual => Ok(Owned::new(singleton::true_())),
                    _ => compare::compare(cx, op, a.value(), b.value()),
                };
            }
        }
        index += 1;
    }
}

/// Whether `item` equals `wanted`, as membership tests ask: identity counts.
#[inline(always)]
pub fn item_equals(cx: &mut Context, item: Value, wanted: Value) -> Result<bool> {
    if item == wanted {
        return Ok(true);
    }
    if item.is_int() && wanted.is_int() {
        return Ok(false);
    }
    let item = Owned::new(item);
    compare::equals(cx, item.value(), wanted)
}

/// Computes a repr unless that of `value` is being computed already, in which case the text is `recursive`.
pub fn guarded_repr(
    cx: &mut Context,
    value: Value,
    recursive: &str,
    body: impl FnOnce(&mut Context) -> Result<StrBuilder>,
) -> Result<Owned> {
    if cx.repr_active.contains(&value) {
        return Ok(StrObject::new(cx, recursive));
    }
    cx.repr_active.push(value);
    let result = body(cx);
    if let Some(position) = cx.repr_active.iter().rposition(|active| *active == value) {
        cx.repr_active.remove(position);
    }
    Ok(result?.finish(cx))
}

/// Appends the repr of `value` to `result`.
pub fn push_repr(cx: &mut Context, result: &mut StrBuilder, value: Value) -> Result<()> {
    let value = Owned::new(value);
    let part = convert::repr(cx, value.value())?;
    if let Some(part) = text::cast(part.value()) {
        result.push_str(part);
    }
    Ok(())
}

/// The reprs of items separated by commas. The reader gives `None` past the end.
pub fn join_reprs(cx: &mut Context, result: &mut StrBuilder, item: impl Fn(usize) -> Option<Value>) -> Result<()> {
    let mut index = 0;
    while let Some(value) = item(index) {
        if index > 0 {
            result.push_text(", ");
        }
        push_repr(cx, result, value)?;
        index += 1;
    }
    Ok(())
}

/// The hash of a sequence of hashes: CPython's (Objects/tupleobject.c), which is that of xxHash.
pub struct ItemHash {
    state: u64,
    length: u64,
}

impl Default for ItemHash {
    fn default() -> ItemHash {
        ItemHash { state: ItemHash::PRIME_5, length: 0 }
    }
}

impl ItemHash {
    const PRIME_1: u64 = 11400714785074694791;
    const PRIME_2: u64 = 14029467366897019727;
    const PRIME_5: u64 = 2870177450012600261;

    #[inline(always)]
    pub fn add(&mut self, lane: i64) {
        self.state = self.state.wrapping_add((lane as u64).wrapping_mul(ItemHash::PRIME_2));
        self.state = self.state.rotate_left(31).wrapping_mul(ItemHash::PRIME_1);
        self.length += 1;
    }

    pub fn finish(mut self) -> i64 {
        self.state = self.state.wrapping_add(self.length ^ (ItemHash::PRIME_5 ^ 3527539));
        self.finish_without_length()
    }

    /// The hash of a sequence whose length is fixed.
    pub fn finish_without_length(self) -> i64 {
        if self.state == u64::MAX { 1546275796 } else { self.state as i64 }
    }
}

/// How often a sequence is to be repeated by `count`; `None` when that is no integer. Negative counts are zero.
pub fn repeat_count(cx: &mut Context, count: Value) -> Result<Option<usize>> {
    if count.is_int() {
        return Ok(Some(count.int().max(0) as usize));
    }
    if count.type_of().slots().index.is_none() {
        return Ok(None);
    }
    let index = convert::index(cx, count)?;
    match int::as_i64(index.value()) {
        Some(number) => Ok(Some(number.max(0) as usize)),
        None => {
            let name = count.type_of().name();
            Err(cx.overflow_error(format!("cannot fit '{name}' into an index-sized integer")))
        }
    }
}

/// Items that no sequence is asked to hold: 256 GiB. Asking the allocator for more would abort the process.
pub const ITEMS_MAX: usize = 1 << 35;

/// The length of `length` items repeated `count` times, or `MemoryError`.
pub fn repeated_length(cx: &mut Context, length: usize, count: usize) -> Result<usize> {
    match length.checked_mul(count) {
        Some(total) if total < ITEMS_MAX => Ok(total),
        _ => Err(cx.raise(&crate::objects::exception::MEMORY_ERROR, "")),
    }
}

/// What the class of the right operand says to `left op right`: its numeric methods come before the `+` and `*` of a
/// builtin sequence.
pub fn ask_class_of_right(cx: &mut Context, left: Value, right: Value, op: BinaryOp) -> Result<Option<Owned>> {
    let right_type = right.type_of();
    if !right_type.has_flag(flags::HEAP) {
        return Ok(None);
    }
    let Some(function) = right_type.slots().binary[op as usize] else { return Ok(None) };
    let result = function(cx, left, right)?;
    Ok((result.value() != singleton::not_implemented()).then_some(result))
}

/// The result of `left + right` for a right operand that is no such sequence: what its class says, or an error.
pub fn concatenate_foreign(cx: &mut Context, left: Value, right: Value, kind: &str) -> Result<Owned> {
    if let Some(result) = ask_class_of_right(cx, left, right, BinaryOp::Add)? {
        return Ok(result);
    }
    let name = right.type_of().name();
    Err(cx.type_error(format!("can only concatenate {kind} (not \"{name}\") to {kind}")))
}

/// The error of `sequence * count`.
#[cold]
pub fn not_a_count(cx: &mut Context, count: Value) -> Raised {
    let name = count.type_of().name();
    cx.type_error(format!("can't multiply sequence by non-int of type '{name}'"))
}

// Slots.

fn tuple_new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let exact = std::ptr::eq(kind, &TUPLE.object);
    refuse_keywords_of_new(cx, &TUPLE, kind, arguments)?;
    let positionals = arguments.positionals();
    if positionals.len() > 1 {
        let count = positionals.len();
        return Err(cx.type_error(format!("tuple expected at most 1 argument, got {count}")));
    }
    let Some(&iterable) = positionals.first() else {
        return if exact { Ok(Owned::new(empty())) } else { Ok(subclass_instance(cx, kind, Vec::new())) };
    };
    if exact && iterable.has_type(&TUPLE) {
        return Ok(Owned::new(iterable));
    }
    let items = iterate::collect_unasked(cx, iterable)?;
    Ok(if exact { TupleObject::from_owned(cx, items) } else { subclass_instance(cx, kind, items) })
}

/// An instance of a subclass of `tuple`.
pub fn subclass_instance(cx: &mut Context, kind: &'static TypeObject, items: Vec<Owned>) -> Owned {
    let shown = items.len();
    partly_shown_instance(cx, kind, items, shown)
}

/// An instance of a subclass of `tuple` whose last items lie behind its end; see `struct_sequence.rs`.
pub(super) fn partly_shown_instance(
    cx: &mut Context,
    kind: &'static TypeObject,
    items: Vec<Owned>,
    shown: usize,
) -> Owned {
    let header = instance::allocate(cx, kind, tuple_bytes(items.len()));
    let (tuple, target) = TupleObject::started(header, shown);
    for (index, item) in items.into_iter().enumerate() {
        // SAFETY: (heap 3) fresh memory with room for all the items.
        unsafe { target.add(index).write(item.into_raw()) };
    }
    tuple
}

fn tuple_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let items = tuple(value).as_slice();
    guarded_repr(cx, value, "(...)", |cx| {
        let mut result = StrBuilder::new();
        result.push_text("(");
        join_reprs(cx, &mut result, |index| items.get(index).copied())?;
        result.push_text(if items.len() == 1 { ",)" } else { ")" });
        Ok(result)
    })
}

fn tuple_hash(cx: &mut Context, value: Value) -> Result<i64> {
    let known = tuple(value).hash.get();
    if known != 0 {
        return Ok(known);
    }
    let mut hash = ItemHash::default();
    for &item in tuple(value).as_slice() {
        hash.add(convert::hash(cx, item)?);
    }
    let hash = hash.finish();
    tuple(value).hash.set(hash);
    Ok(hash)
}

/// The items of a tuple, or of an object of a derived class that compares as tuples do.
#[inline]
pub fn plain_items<'a>(value: Value) -> Option<&'a [Value]> {
    let compares = value.has_type(&TUPLE)
        || value
            .heap_type()
            .slots()
            .compare
            .is_some_and(|compare| std::ptr::fn_addr_eq(compare, tuple_compare as CompareSlot));
    // SAFETY: (heap 2) types with this slot derive from tuple, whose layout they begin with.
    compares.then(|| unsafe { value.cast_unchecked::<TupleObject>() }.as_slice())
}

/// The type of `compare` slots.
type CompareSlot = fn(&mut Context, Value, Value, CompareOp) -> Result<Owned>;

fn tuple_compare(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let (Some(left), Some(right)) = (left.cast::<TupleObject>(), right.cast::<TupleObject>()) else {
        return not_implemented();
    };
    let (left, right) = (left.as_slice(), right.as_slice());
    compare_items(cx, op, |index| left.get(index).copied(), |index| right.get(index).copied())
}

fn tuple_iter(cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(TupleIterator::new(cx, value))
}

fn tuple_length(_cx: &mut Context, value: Value) -> Result<usize> {
    Ok(tuple(value).len())
}

fn tuple_get_item(cx: &mut Context, value: Value, key: Value) -> Result<Owned> {
    let items = tuple(value).as_slice();
    if let Some(slice) = key.cast_exact::<SliceObject>() {
        let span = slice.unpack(cx)?.adjust(items.len());
        if span.count == items.len() && span.step == 1 && value.has_type(&TUPLE) {
            return Ok(Owned::new(value));
        }
        if span.step == 1 {
            let start = span.start as usize;
            return Ok(TupleObject::new(cx, &items[start..start + span.count]));
        }
        let selected = span.positions().map(|position| Owned::new(items[position])).collect();
        return Ok(TupleObject::from_owned(cx, selected));
    }
    let index = slice::sequence_index(cx, key, "tuple")?;
    match slice::wrap_index(index, items.len()) {
        Some(position) => Ok(Owned::new(items[position])),
        None => Err(cx.index_error("tuple index out of range")),
    }
}

fn tuple_contains(cx: &mut Context, container: Value, wanted: Value) -> Result<bool> {
    for &item in tuple(container).as_slice() {
        if item_equals(cx, item, wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn tuple_add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let Some(a) = left.cast::<TupleObject>() else { return not_implemented() };
    let Some(b) = right.cast::<TupleObject>() else {
        return concatenate_foreign(cx, left, right, "tuple");
    };
    if a.is_empty() && right.has_type(&TUPLE) {
        return Ok(Owned::new(right));
    }
    if b.is_empty() && left.has_type(&TUPLE) {
        return Ok(Owned::new(left));
    }
    let total = a.len() + b.len();
    if total == 0 {
        return Ok(Owned::new(empty()));
    }
    let (result, target) = TupleObject::allocate(cx, total);
    for (index, &item) in a.as_slice().iter().chain(b.as_slice()).enumerate() {
        // SAFETY: (heap 3) fresh memory with room for all the items.
        unsafe { target.add(index).write(Owned::new(item).into_raw()) };
    }
    Ok(result)
}

fn tuple_multiply(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let (operand, count) = if left.cast::<TupleObject>().is_some() { (left, right) } else { (right, left) };
    if operand == left
        && right.cast::<TupleObject>().is_none()
        && let Some(result) = ask_class_of_right(cx, left, right, BinaryOp::Multiply)?
    {
        return Ok(result);
    }
    let items = tuple(operand).as_slice();
    let Some(times) = repeat_count(cx, count)? else { return Err(not_a_count(cx, count)) };
    if (times == 1 || items.is_empty()) && operand.has_type(&TUPLE) {
        return Ok(Owned::new(operand));
    }
    let total = repeated_length(cx, items.len(), times)?;
    if total == 0 {
        return Ok(Owned::new(empty()));
    }
    let (result, target) = TupleObject::allocate(cx, total);
    for (index, &item) in items.iter().cycle().take(total).enumerate() {
        // SAFETY: (heap 3) fresh memory with room for all the items.
        unsafe { target.add(index).write(Owned::new(item).into_raw()) };
    }
    Ok(result)
}

unsafe fn tuple_traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    for &item in tuple(Value::from_pointer(header)).as_slice() {
        visit(item);
    }
}

unsafe fn tuple_release(header: *mut Header, children: &mut Children<'_>) {
    for &item in tuple(Value::from_pointer(header)).as_slice() {
        children.push(item);
    }
}

unsafe fn tuple_size(header: *mut Header) -> usize {
    tuple_bytes(tuple(Value::from_pointer(header)).len())
}

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(tuple_add);
    table[BinaryOp::Multiply as usize] = Some(tuple_multiply);
    table
};

pub static TUPLE: StaticType = Immortal::new(
    TypeObject::builtin(
        "tuple",
        size_of::<TupleObject>(),
        Slots {
            repr: Some(tuple_repr),
            hash: Some(tuple_hash),
            compare: Some(tuple_compare),
            iter: Some(tuple_iter),
            length: Some(tuple_length),
            get_item: Some(tuple_get_item),
            contains: Some(tuple_contains),
            binary: BINARY,
            new: Some(tuple_new),
            traverse: Some(tuple_traverse),
            release: Some(tuple_release),
            size: Some(tuple_size),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::COLLECTED | flags::TUPLE | flags::SEQUENCE)
    .with_doc(
        "Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf \
         iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the \
         return value is the same object.",
    ),
);

crate::object_type!(TupleObject, TUPLE);

#[cfg(test)]
mod tests {
    use super::ItemHash;

    fn hash(lanes: &[i64]) -> i64 {
        let mut hash = ItemHash::default();
        lanes.iter().for_each(|lane| hash.add(*lane));
        hash.finish()
    }

    #[test]
    fn hashes_are_those_of_cpython() {
        assert_eq!(hash(&[]), 5740354900026072187);
        assert_eq!(hash(&[1, 2]), -3550055125485641917);
        assert_eq!(hash(&[0]), -8753497827991233192);
    }
}
