//! `enumerate`, `zip`, `map`, `filter` and `reversed`.

use crate::context::{Context, Raised, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::iterator::arguments::{positionals, refuse_keywords_of_new};
use crate::objects::iterator::sequence::ListReverseIterator;
use crate::objects::iterator::{exhaust, iterator_slots, release_fields, traverse_fields};
use crate::objects::list::{LIST, ListObject, as_values};
use crate::objects::range::{self, RANGE};
use crate::objects::singleton::{self, BOOL};
use crate::objects::slots::Slots;
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, instance, int, str as text};
use crate::operations::{call, convert, iterate, subscript};
use crate::value::Value;
use std::cell::Cell;

/// Slots of the types of this file, which all own `FIELDS` values.
const fn slots<const FIELDS: usize>(
    new: fn(&mut Context, &'static TypeObject, Arguments<'_>) -> Result<Owned>,
    next: fn(&mut Context, Value) -> Result<Option<Owned>>,
) -> Slots {
    Slots {
        new: Some(new),
        traverse: Some(traverse_fields::<FIELDS>),
        release: Some(release_fields::<FIELDS>),
        ..iterator_slots(next)
    }
}

const FLAGS: u32 = flags::BASE | flags::COLLECTED;

/// `enumerate(iterable, start)`
#[repr(C)]
pub struct Enumerate {
    pub header: Header,
    pub iterator: Cell<Value>,
    /// The next number once it has outgrown `index`, else unbound.
    pub long_index: Cell<Value>,
    pub index: Cell<i64>,
}

/// The iterable and the start. Messages are CPython's own for this type: a keyword may name only a parameter that is
/// neither given by position nor beyond the number of arguments.
fn enumerate_arguments(cx: &mut Context, arguments: Arguments<'_>) -> Result<(Value, Option<Value>)> {
    const NAMES: [&str; 2] = ["iterable", "start"];
    let (values, given) = (arguments.positionals(), arguments.values.len());
    if values.is_empty() && (given == 0 || given > NAMES.len()) {
        return Err(cx.type_error("enumerate() missing required argument 'iterable'"));
    }
    if given > NAMES.len() {
        return Err(cx.type_error(format!("enumerate() takes at most {} arguments ({given} given)", NAMES.len())));
    }
    let mut bound = [Value::UNBOUND; NAMES.len()];
    bound[..values.len()].copy_from_slice(values);
    for (key, value) in arguments.keywords() {
        let Some(place) = (values.len()..given).find(|&place| text::equals_text(key, NAMES[place])) else {
            let key = text::text(key).unwrap_or_default();
            return Err(cx.type_error(format!("'{key}' is an invalid keyword argument for enumerate()")));
        };
        bound[place] = value;
    }
    Ok((bound[0], Some(bound[1]).filter(|start| !start.is_unbound())))
}

fn enumerate_new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let (iterable, start) = enumerate_arguments(cx, arguments)?;
    let start = match start {
        Some(start) => convert::index(cx, start)?,
        None => Owned::new(Value::from_small_int(0)),
    };
    let iterator = iterate::get_iter(cx, iterable)?;
    let index = int::as_i64(start.value());
    let long_index = if index.is_none() { start.into_raw() } else { Value::UNBOUND };
    let enumerate = instance::allocate(cx, kind, 0) as *mut Enumerate;
    // SAFETY: (heap 3) fresh memory of the object's size.
    unsafe {
        (&raw mut (*enumerate).iterator).write(Cell::new(iterator.into_raw()));
        (&raw mut (*enumerate).long_index).write(Cell::new(long_index));
        (&raw mut (*enumerate).index).write(Cell::new(index.unwrap_or(0)));
    }
    Ok(Owned::from_raw(Value::from_pointer(enumerate)))
}

impl Enumerate {
    /// The number for the next item; the one after it is stored.
    #[inline(never)]
    fn count(&self, cx: &mut Context) -> Result<Owned> {
        if self.long_index.get().is_unbound() {
            let index = self.index.get();
            match index.checked_add(1) {
                Some(next) => self.index.set(next),
                None => {
                    let next = int::from_i128(cx, index as i128 + 1);
                    self.long_index.set(next.into_raw());
                }
            }
            return Ok(int::from_i64(cx, index));
        }
        let next = int::add(cx, self.long_index.get(), Value::from_small_int(1))?;
        Ok(Owned::from_raw(self.long_index.replace(next.into_raw())))
    }
}

fn enumerate_next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let enumerate: &Enumerate = unsafe { value.cast_unchecked() };
    let Some(item) = iterate::next(cx, enumerate.iterator.get())? else { return Ok(None) };
    let index = enumerate.count(cx)?;
    Ok(Some(pair(cx, index, item)))
}

pub static ENUMERATE: StaticType = Immortal::new(
    TypeObject::builtin("enumerate", size_of::<Enumerate>(), slots::<2>(enumerate_new, enumerate_next))
        .with_base(&OBJECT.object)
        .with_flags(FLAGS)
        .with_doc(
            "Return an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object \
             yields pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable \
             argument.\n\nenumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, \
             seq[2]), ...",
        ),
);

crate::object_type!(Enumerate, ENUMERATE);

/// `zip(*iterables, strict)`
#[repr(C)]
pub struct Zip {
    pub header: Header,
    /// A tuple of iterators.
    pub iterators: Cell<Value>,
    /// 1 if the iterators must end together, else 0.
    pub strict: Cell<i64>,
}

/// The keyword `strict` of `zip` and `map`, the only one.
fn strict_keyword(cx: &mut Context, function: &str, arguments: Arguments<'_>) -> Result<bool> {
    let mut strict = false;
    for (name, value) in arguments.keywords() {
        if !crate::objects::str::equals_text(name, "strict") {
            return Err(super::arguments::unexpected_keyword(cx, function, name, ["strict"]));
        }
        strict = convert::truth(cx, value)?;
    }
    Ok(strict)
}

/// A tuple of iterators over the values.
fn iterators_of(cx: &mut Context, iterables: &[Value]) -> Result<Owned> {
    let mut iterators = Vec::with_capacity(iterables.len());
    for &iterable in iterables {
        iterators.push(iterate::get_iter(cx, iterable)?);
    }
    Ok(TupleObject::from_owned(cx, iterators))
}

fn zip_new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let strict = strict_keyword(cx, "zip", arguments)?;
    let iterators = iterators_of(cx, arguments.positionals())?;
    let zip = instance::allocate(cx, kind, 0) as *mut Zip;
    // SAFETY: (heap 3) fresh memory of the object's size.
    unsafe {
        (&raw mut (*zip).iterators).write(Cell::new(iterators.into_raw()));
        (&raw mut (*zip).strict).write(Cell::new(strict as i64));
    }
    Ok(Owned::from_raw(Value::from_pointer(zip)))
}

fn zip_next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let zip: &Zip = unsafe { value.cast_unchecked() };
    // SAFETY: (iterators 1) the field is a tuple, which the zip keeps alive.
    let iterators = unsafe { zip.iterators.get().cast_unchecked::<TupleObject>() }.as_slice();
    match *iterators {
        [] => Ok(None),
        [first, second] => {
            let Some(a) = iterate::next(cx, first)? else { return zip_ended(cx, zip, iterators, 0) };
            let Some(b) = iterate::next(cx, second)? else { return zip_ended(cx, zip, iterators, 1) };
            Ok(Some(pair(cx, a, b)))
        }
        _ => zip_many(cx, zip, iterators),
    }
}

/// Iterators nest deeply: what a step leaves on the native stack is kept small.
#[inline(never)]
fn pair(cx: &mut Context, first: Owned, second: Owned) -> Owned {
    TupleObject::pair(cx, first, second)
}

#[inline(never)]
fn zip_many(cx: &mut Context, zip: &Zip, iterators: &[Value]) -> Result<Option<Owned>> {
    let mut items = Vec::with_capacity(iterators.len());
    for (position, &iterator) in iterators.iter().enumerate() {
        let Some(item) = iterate::next(cx, iterator)? else { return zip_ended(cx, zip, iterators, position) };
        items.push(item);
    }
    Ok(Some(tuple_of(cx, items)))
}

#[inline(never)]
fn tuple_of(cx: &mut Context, items: Vec<Owned>) -> Owned {
    TupleObject::from_owned(cx, items)
}

#[cold]
#[inline(never)]
fn zip_ended(cx: &mut Context, zip: &Zip, iterators: &[Value], position: usize) -> Result<Option<Owned>> {
    if zip.strict.get() != 0 {
        check_strict(cx, "zip", iterators, position)?;
    }
    Ok(None)
}

/// In strict mode: an error unless all iterators end together; the one at `position` was the first to end.
fn check_strict(cx: &mut Context, function: &str, iterators: &[Value], position: usize) -> Result<()> {
    if position > 0 {
        return Err(length_error(cx, function, position, "shorter"));
    }
    for (position, &iterator) in iterators.iter().enumerate().skip(1) {
        if iterate::next(cx, iterator)?.is_some() {
            return Err(length_error(cx, function, position, "longer"));
        }
    }
    Ok(())
}

fn length_error(cx: &mut Context, function: &str, position: usize, comparison: &str) -> Raised {
    let others = if position == 1 { " 1".to_string() } else { format!("s 1-{position}") };
    cx.value_error(format!("{function}() argument {} is {comparison} than argument{others}", position + 1))
}

pub static ZIP: StaticType = Immortal::new(
    TypeObject::builtin("zip", size_of::<Zip>(), slots::<1>(zip_new, zip_next))
        .with_base(&OBJECT.object)
        .with_flags(FLAGS)
        .with_doc(
            "The zip object yields n-length tuples, where n is the number of iterables\npassed as positional arguments \
             to zip().  The i-th element in every tuple\ncomes from the i-th iterable argument to zip().  This \
             continues until the\nshortest argument is exhausted.\n\nIf strict is true and one of the arguments is \
             exhausted before the others,\nraise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   \
             [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]",
        ),
);

crate::object_type!(Zip, ZIP);

/// `map(function, *iterables, strict)`
#[repr(C)]
pub struct Map {
    pub header: Header,
    pub function: Cell<Value>,
    /// A tuple of iterators.
    pub iterators: Cell<Value>,
    pub strict: Cell<bool>,
}

fn map_new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let strict = strict_keyword(cx, "map", arguments)?;
    let [function, iterables @ ..] = arguments.positionals() else {
        return Err(cx.type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(cx.type_error("map() must have at least two arguments."));
    }
    let iterators = iterators_of(cx, iterables)?;
    let map = instance::allocate(cx, kind, 0) as *mut Map;
    // SAFETY: (heap 3) fresh memory of the object's size.
    unsafe {
        (&raw mut (*map).function).write(Cell::new(Owned::new(*function).into_raw()));
        (&raw mut (*map).iterators).write(Cell::new(iterators.into_raw()));
        (&raw mut (*map).strict).write(Cell::new(strict));
    }
    Ok(Owned::from_raw(Value::from_pointer(map)))
}

fn map_next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let map: &Map = unsafe { value.cast_unchecked() };
    // SAFETY: (iterators 1) the field is a tuple, which the map keeps alive.
    let iterators = unsafe { map.iterators.get().cast_unchecked::<TupleObject>() }.as_slice();
    if let [iterator] = *iterators {
        let Some(item) = iterate::next(cx, iterator)? else { return Ok(None) };
        return map_one(cx, map.function.get(), item);
    }
    map_many(cx, map, iterators)
}

#[inline(never)]
fn map_one(cx: &mut Context, function: Value, item: Owned) -> Result<Option<Owned>> {
    call::call(cx, function, &[item.value()]).map(Some)
}

#[inline(never)]
fn map_many(cx: &mut Context, map: &Map, iterators: &[Value]) -> Result<Option<Owned>> {
    let mut items = Vec::with_capacity(iterators.len());
    for (position, &iterator) in iterators.iter().enumerate() {
        let Some(item) = iterate::next(cx, iterator)? else {
            if map.strict.get() {
                check_strict(cx, "map", iterators, position)?;
            }
            return Ok(None);
        };
        items.push(item);
    }
    call::call(cx, map.function.get(), as_values(&items)).map(Some)
}

pub static MAP: StaticType = Immortal::new(
    TypeObject::builtin("map", size_of::<Map>(), slots::<2>(map_new, map_next))
        .with_base(&OBJECT.object)
        .with_flags(FLAGS)
        .with_doc(
            "Make an iterator that computes the function using arguments from\neach of the iterables.  Stops when the \
             shortest iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the \
             others,\nraise a ValueError.",
        ),
);

crate::object_type!(Map, MAP);

/// `filter(function, iterable)`
#[repr(C)]
pub struct Filter {
    pub header: Header,
    pub function: Cell<Value>,
    pub iterator: Cell<Value>,
}

fn filter_new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    refuse_keywords_of_new(cx, &FILTER, kind, arguments)?;
    let values = positionals(cx, "filter", arguments, 2, 2)?;
    let iterator = iterate::get_iter(cx, values[1])?;
    let filter = instance::allocate(cx, kind, 0) as *mut Filter;
    // SAFETY: (heap 3) fresh memory of the object's size.
    unsafe {
        (&raw mut (*filter).function).write(Cell::new(Owned::new(values[0]).into_raw()));
        (&raw mut (*filter).iterator).write(Cell::new(iterator.into_raw()));
    }
    Ok(Owned::from_raw(Value::from_pointer(filter)))
}

fn filter_next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let filter: &Filter = unsafe { value.cast_unchecked() };
    let function = filter.function.get();
    let plain = function == singleton::none() || function == BOOL.value();
    while let Some(item) = iterate::next(cx, filter.iterator.get())? {
        if passes(cx, item.value(), function, plain)? {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// Whether a filter lets an item through: by its truth, or that of what its function says.
#[inline(never)]
fn passes(cx: &mut Context, item: Value, function: Value, plain: bool) -> Result<bool> {
    if plain {
        return convert::truth(cx, item);
    }
    let verdict = call::call(cx, function, &[item])?;
    convert::truth(cx, verdict.value())
}

pub static FILTER: StaticType = Immortal::new(
    TypeObject::builtin("filter", size_of::<Filter>(), slots::<2>(filter_new, filter_next))
        .with_base(&OBJECT.object)
        .with_flags(FLAGS)
        .with_doc(
            "Return an iterator yielding those items of iterable for which function(item)\nis true. If function is \
             None, return the items that are true.",
        ),
);

crate::object_type!(Filter, FILTER);

/// `reversed(sequence)`, for sequences without a way of their own.
#[repr(C)]
pub struct Reversed {
    pub header: Header,
    pub sequence: Cell<Value>,
    /// One more than the index of the next item.
    pub index: Cell<usize>,
}

/// `reversed(value)` for the builtin type `reversed` itself.
pub fn reversed(cx: &mut Context, value: Value) -> Result<Owned> {
    reversed_of(cx, &REVERSED, value)
}

fn reversed_new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    refuse_keywords_of_new(cx, &REVERSED, kind, arguments)?;
    let values = positionals(cx, "reversed", arguments, 1, 1)?;
    reversed_of(cx, kind, values[0])
}

fn reversed_of(cx: &mut Context, kind: &'static TypeObject, value: Value) -> Result<Owned> {
    if value.has_type(&LIST) {
        return Ok(reversed_list(cx, value));
    }
    if value.has_type(&RANGE) {
        return range::reversed(cx, value);
    }
    let name = cx.interpreter().names.reversed;
    if value.type_of().lookup(cx, name) == Some(singleton::none()) {
        return Err(not_reversible(cx, value));
    }
    if let Some(method) = call::lookup_special(cx, value, name)? {
        return call::call(cx, method.value(), &[]);
    }
    let value_type = value.type_of();
    if value_type.slots().get_item.is_none() || value_type.has_flag(flags::DICT) {
        return Err(not_reversible(cx, value));
    }
    let length = subscript::length(cx, value)?;
    let reversed = instance::allocate(cx, kind, 0) as *mut Reversed;
    // SAFETY: (heap 3) fresh memory of the object's size.
    unsafe {
        (&raw mut (*reversed).sequence).write(Cell::new(Owned::new(value).into_raw()));
        (&raw mut (*reversed).index).write(Cell::new(length));
    }
    Ok(Owned::from_raw(Value::from_pointer(reversed)))
}

/// `list.__reversed__`
pub fn reversed_list(cx: &mut Context, list: Value) -> Owned {
    // SAFETY: (heap 2) callers have a list.
    let length = unsafe { list.cast_unchecked::<ListObject>() }.len();
    ListReverseIterator::starting_at(cx, list, length)
}

#[cold]
fn not_reversible(cx: &mut Context, value: Value) -> Raised {
    let name = value.type_of().name();
    cx.type_error(format!("'{name}' object is not reversible"))
}

fn reversed_next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let reversed: &Reversed = unsafe { value.cast_unchecked() };
    let sequence = reversed.sequence.get();
    if sequence.is_unbound() {
        return Ok(None);
    }
    let Some(index) = reversed.index.get().checked_sub(1) else {
        exhaust(&reversed.sequence);
        return Ok(None);
    };
    let sequence = Owned::new(sequence);
    let key = int::from_usize(cx, index);
    match subscript::get_item(cx, sequence.value(), key.value()) {
        Ok(item) => {
            reversed.index.set(index);
            Ok(Some(item))
        }
        Err(raised) => {
            if cx.swallow(&exception::INDEX_ERROR) || cx.swallow(&exception::STOP_ITERATION) {
                exhaust(&reversed.sequence);
                return Ok(None);
            }
            Err(raised)
        }
    }
}

pub static REVERSED: StaticType = Immortal::new(
    TypeObject::builtin("reversed", size_of::<Reversed>(), slots::<1>(reversed_new, reversed_next))
        .with_base(&OBJECT.object)
        .with_flags(FLAGS)
        .with_doc("Return a reverse iterator over the values of the given sequence."),
);

crate::object_type!(Reversed, REVERSED);
