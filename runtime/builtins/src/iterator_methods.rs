//! Methods of iterators: `__length_hint__`, and `__reduce__` with `__setstate__`, which copying and pickling use.

use crate::array_module::ARRAY_ITERATOR;
use crate::dict_methods;
use sidewinder_runtime::native::{Effects, GetSet, Native};
use sidewinder_runtime::objects::bytes::iterator::{BYTEARRAY_ITERATOR, BYTES_ITERATOR};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::exception::{ATTRIBUTE_ERROR, KEY_ERROR};
use sidewinder_runtime::objects::iterator::dict::{self as dict_iterator, DictIterator};
use sidewinder_runtime::objects::iterator::dict_views::{DICT_ITEMS, DICT_KEYS, DICT_VALUES};
use sidewinder_runtime::objects::iterator::functional::{
    ENUMERATE, Enumerate, FILTER, Filter, MAP, Map, REVERSED, Reversed, ZIP, Zip,
};
use sidewinder_runtime::objects::iterator::sequence::{
    CALLABLE_ITERATOR, CallableIterator, LIST_ITERATOR, LIST_REVERSE_ITERATOR, SEQUENCE_ITERATOR, STR_ASCII_ITERATOR,
    STR_ITERATOR, TUPLE_ITERATOR,
};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::range::{
    LONG_RANGE_ITERATOR, LongRangeIterator, RANGE_ITERATOR, RangeIterator, RangeObject,
};
use sidewinder_runtime::objects::set::SET_ITERATOR;
use sidewinder_runtime::objects::set::slots::SetIterator;
use sidewinder_runtime::objects::slice::index_argument;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::{self, TupleObject};
use sidewinder_runtime::objects::type_object::StaticType;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{convert, iterate, subscript};
use sidewinder_runtime::{Context, Header, Owned, Result, Value};
use std::cell::Cell;

const HINT: &str = "Private method returning an estimate of len(list(it)).";
const REDUCE: &str = "Return state information for pickling.";
const SET_STATE: &str = "Set state information for unpickling.";
const QUIET: u32 = Effects::NO_PYTHON | Effects::READ_ONLY;

/// Every iterator type, and every dict view, with its methods.
pub static TYPES: &[(&StaticType, &[Native], &[GetSet])] = &[
    (&LIST_ITERATOR, INDEXED, &[]),
    (&TUPLE_ITERATOR, INDEXED, &[]),
    (&STR_ITERATOR, INDEXED, &[]),
    (&STR_ASCII_ITERATOR, INDEXED, &[]),
    (&SEQUENCE_ITERATOR, INDEXED, &[]),
    (&BYTES_ITERATOR, INDEXED, &[]),
    (&BYTEARRAY_ITERATOR, INDEXED, &[]),
    (&ARRAY_ITERATOR, ARRAY_WALK, &[]),
    (&LIST_REVERSE_ITERATOR, REVERSE, &[]),
    (&REVERSED, REVERSE, &[]),
    (&RANGE_ITERATOR, RANGE, &[]),
    (&LONG_RANGE_ITERATOR, LONG_RANGE, &[]),
    (&CALLABLE_ITERATOR, CALLABLE, &[]),
    (&SET_ITERATOR, SET, &[]),
    (&dict_iterator::DICT_KEY_ITERATOR, DICT, &[]),
    (&dict_iterator::DICT_VALUE_ITERATOR, DICT, &[]),
    (&dict_iterator::DICT_ITEM_ITERATOR, DICT, &[]),
    (&dict_iterator::DICT_REVERSE_KEY_ITERATOR, DICT, &[]),
    (&dict_iterator::DICT_REVERSE_VALUE_ITERATOR, DICT, &[]),
    (&dict_iterator::DICT_REVERSE_ITEM_ITERATOR, DICT, &[]),
    (&ENUMERATE, ENUMERATE_METHODS, &[]),
    (&ZIP, ZIP_METHODS, &[]),
    (&MAP, MAP_METHODS, &[]),
    (&FILTER, FILTER_METHODS, &[]),
    (&DICT_KEYS, dict_methods::SET_VIEW_METHODS, dict_methods::VIEW_GETSET),
    (&DICT_ITEMS, dict_methods::SET_VIEW_METHODS, dict_methods::VIEW_GETSET),
    (&DICT_VALUES, dict_methods::VALUES_VIEW_METHODS, dict_methods::VIEW_GETSET),
];

static INDEXED: &[Native] = &[
    Native::new("__length_hint__", 0, 0, indexed_hint, HINT),
    Native::new("__reduce__", 0, 0, indexed_reduce, REDUCE),
    Native::new("__setstate__", 1, 1, indexed_set_state, SET_STATE),
];

/// Iterators over arrays are laid out like the others, but give no hint.
static ARRAY_WALK: &[Native] = &[
    Native::new("__reduce__", 0, 0, indexed_reduce, REDUCE),
    Native::new("__setstate__", 1, 1, indexed_set_state, SET_STATE),
];

static REVERSE: &[Native] = &[
    Native::new("__length_hint__", 0, 0, reverse_hint, HINT),
    Native::new("__reduce__", 0, 0, reverse_reduce, REDUCE),
    Native::new("__setstate__", 1, 1, reverse_set_state, SET_STATE),
];

static RANGE: &[Native] = &[
    Native::new("__length_hint__", 0, 0, range_hint, HINT).effects(QUIET),
    Native::new("__reduce__", 0, 0, range_reduce, REDUCE),
    Native::new("__setstate__", 1, 1, range_set_state, SET_STATE),
];

static LONG_RANGE: &[Native] = &[
    Native::new("__length_hint__", 0, 0, long_range_hint, HINT).effects(QUIET),
    Native::new("__reduce__", 0, 0, long_range_reduce, REDUCE),
    Native::new("__setstate__", 1, 1, long_range_set_state, SET_STATE),
];

static CALLABLE: &[Native] = &[Native::new("__reduce__", 0, 0, callable_reduce, REDUCE)];

static SET: &[Native] = &[
    Native::new("__length_hint__", 0, 0, set_hint, HINT).effects(QUIET),
    Native::new("__reduce__", 0, 0, set_reduce, REDUCE),
];

static DICT: &[Native] = &[
    Native::new("__length_hint__", 0, 0, dict_hint, HINT).effects(QUIET),
    Native::new("__reduce__", 0, 0, dict_reduce, REDUCE),
];

static ENUMERATE_METHODS: &[Native] = &[Native::new("__reduce__", 0, 0, enumerate_reduce, REDUCE)];

static ZIP_METHODS: &[Native] =
    &[Native::new("__reduce__", 0, 0, zip_reduce, REDUCE), Native::new("__setstate__", 1, 1, zip_set_state, SET_STATE)];

static MAP_METHODS: &[Native] =
    &[Native::new("__reduce__", 0, 0, map_reduce, REDUCE), Native::new("__setstate__", 1, 1, map_set_state, SET_STATE)];

static FILTER_METHODS: &[Native] = &[Native::new("__reduce__", 0, 0, filter_reduce, REDUCE)];

/// The layout that iterators by index share.
#[repr(C)]
struct Indexed {
    header: Header,
    source: Cell<Value>,
    index: Cell<usize>,
}

/// The receiver, whose type has this layout.
fn of<'a, T>(arguments: &[Value]) -> &'a T {
    // SAFETY: (methods 1) a method's first argument is an instance of its type.
    unsafe { arguments[0].cast_unchecked() }
}

fn none() -> Result<Owned> {
    Ok(Owned::new(singleton::none()))
}

/// A builtin as the running code finds it, which may run Python code: look at an iterator's state after that.
pub fn builtin(cx: &mut Context, name: &str) -> Result<Owned> {
    let globals = (cx.interpreter().hooks.frame_globals)(cx);
    let key = cx.interpreter().names.builtins;
    let given = globals.value().cast::<DictObject>().and_then(|globals| globals.get_interned(key)).map(Owned::new);
    let builtins = match given {
        Some(given) => match given.value().cast::<ModuleObject>() {
            Some(module) => Owned::new(module.dict.get()),
            None => given,
        },
        None => cx.interpreter().builtins.clone(),
    };
    let name = str::intern(cx, name);
    match subscript::get_item(cx, builtins.value(), name.value()) {
        Err(_) if cx.swallow(&KEY_ERROR) => {
            let text = str::text(name.value()).unwrap_or_default();
            Err(cx.raise(&ATTRIBUTE_ERROR, text))
        }
        found => found,
    }
}

/// `(iter, (source,))`, or with a state `(iter, (source,), state)`.
fn iter_call(cx: &mut Context, iter: Owned, source: Value, state: Option<Value>) -> Result<Owned> {
    reduction(cx, iter.value(), &[source], state)
}

/// `(function, arguments)`, or `(function, arguments, state)`.
fn reduction(cx: &mut Context, function: Value, arguments: &[Value], state: Option<Value>) -> Result<Owned> {
    let arguments = TupleObject::new(cx, arguments);
    Ok(match state {
        Some(state) => TupleObject::new(cx, &[function, arguments.value(), state]),
        None => TupleObject::new(cx, &[function, arguments.value()]),
    })
}

fn indexed_hint(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let iterator: &Indexed = of(arguments);
    let source = iterator.source.get();
    if source.is_unbound() {
        return Ok(int::from_i64(cx, 0));
    }
    if source.type_of().slots().length.is_none() {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let length = subscript::length(cx, source)?;
    Ok(int::from_usize(cx, length.saturating_sub(iterator.index.get())))
}

fn indexed_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let iter = builtin(cx, "iter")?;
    let iterator: &Indexed = of(arguments);
    let source = iterator.source.get();
    if !source.is_unbound() {
        let index = int::from_usize(cx, iterator.index.get());
        return iter_call(cx, iter, source, Some(index.value()));
    }
    let empty = if arguments[0].has_type(&LIST_ITERATOR) {
        ListObject::new(cx, Vec::new())
    } else if arguments[0].has_type(&STR_ITERATOR) || arguments[0].has_type(&STR_ASCII_ITERATOR) {
        StrObject::new(cx, "")
    } else {
        Owned::new(tuple::empty())
    };
    iter_call(cx, iter, empty.value(), None)
}

fn indexed_set_state(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let state = index_argument(cx, arguments[1])?.max(0) as usize;
    let iterator: &Indexed = of(arguments);
    let source = iterator.source.get();
    if !source.is_unbound() {
        let limit = if arguments[0].has_type(&SEQUENCE_ITERATOR) { usize::MAX } else { subscript::length(cx, source)? };
        iterator.index.set(state.min(limit));
    }
    none()
}

/// `list_reverseiterator` and `reversed`: the index is one more than the next item's.
fn reverse_hint(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let iterator: &Indexed = of(arguments);
    let source = iterator.source.get();
    let left = if source.is_unbound() { 0 } else { iterator.index.get() };
    let hint = if left > 0 && subscript::length(cx, source)? < left { 0 } else { left };
    Ok(int::from_usize(cx, hint))
}

fn reverse_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let kind = match arguments[0].cast::<Reversed>() {
        Some(_) => Owned::new(arguments[0].type_of().value()),
        None => builtin(cx, "reversed")?,
    };
    let iterator: &Indexed = of(arguments);
    let source = iterator.source.get();
    if source.is_unbound() {
        let empty = ListObject::new(cx, Vec::new());
        let iter = builtin(cx, "iter")?;
        return iter_call(cx, iter, empty.value(), None);
    }
    let index = int::from_i64(cx, iterator.index.get() as i64 - 1);
    reduction(cx, kind.value(), &[source], Some(index.value()))
}

fn reverse_set_state(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let state = index_argument(cx, arguments[1])?;
    let iterator: &Indexed = of(arguments);
    let source = iterator.source.get();
    if !source.is_unbound() {
        let length = subscript::length(cx, source)? as i64;
        iterator.index.set(state.saturating_add(1).clamp(0, length) as usize);
    }
    none()
}

fn range_hint(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(int::from_i64(cx, of::<RangeIterator>(arguments).remaining.get()))
}

fn range_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let iter = builtin(cx, "iter")?;
    let iterator: &RangeIterator = of(arguments);
    let (current, step) = (iterator.current.get(), iterator.step.get());
    let stop = current as i128 + iterator.remaining.get() as i128 * step as i128;
    let (start, stop, step) = (int::from_i64(cx, current), int::from_i128(cx, stop), int::from_i64(cx, step));
    let rest = RangeObject::new(cx, start, stop, step)?;
    iter_call(cx, iter, rest.value(), Some(singleton::none()))
}

fn range_set_state(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let iterator: &RangeIterator = of(arguments);
    let state = index_argument(cx, arguments[1])?.clamp(0, iterator.remaining.get());
    let current = iterator.current.get().wrapping_add(state.wrapping_mul(iterator.step.get()));
    iterator.current.set(current);
    iterator.remaining.set(iterator.remaining.get() - state);
    none()
}

fn long_range_hint(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(Owned::new(of::<LongRangeIterator>(arguments).remaining.get()))
}

fn long_range_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let iter = builtin(cx, "iter")?;
    let iterator: &LongRangeIterator = of(arguments);
    let (current, step) = (iterator.current.get(), iterator.step.get());
    if current.is_unbound() {
        return iter_call(cx, iter, tuple::empty(), None);
    }
    let distance = int::multiply(cx, iterator.remaining.get(), step)?;
    let stop = int::add(cx, current, distance.value())?;
    let rest = RangeObject::new(cx, Owned::new(current), stop, Owned::new(step))?;
    iter_call(cx, iter, rest.value(), Some(singleton::none()))
}

fn long_range_set_state(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (iterator, state): (&LongRangeIterator, _) = (of(arguments), arguments[1]);
    if !int::is_exact(state) {
        let found = state.type_of().name();
        return Err(cx.type_error(format!("state must be an int, not {found}")));
    }
    let current = iterator.current.get();
    if current.is_unbound() {
        return none();
    }
    let remaining = iterator.remaining.get();
    let state = match int::is_negative(state) {
        true => Owned::new(Value::from_small_int(0)),
        false => Owned::new(state),
    };
    let rest = int::subtract(cx, remaining, state.value())?;
    let (state, rest) = match int::is_negative(rest.value()) {
        true => (Owned::new(remaining), Owned::new(Value::from_small_int(0))),
        false => (state, rest),
    };
    let distance = int::multiply(cx, state.value(), iterator.step.get())?;
    let current = int::add(cx, current, distance.value())?;
    drop(Owned::from_raw(iterator.current.replace(current.into_raw())));
    drop(Owned::from_raw(iterator.remaining.replace(rest.into_raw())));
    none()
}

fn callable_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let iter = builtin(cx, "iter")?;
    let iterator: &CallableIterator = of(arguments);
    let (callable, sentinel) = (iterator.callable.get(), iterator.sentinel.get());
    if callable.is_unbound() || sentinel.is_unbound() {
        return iter_call(cx, iter, tuple::empty(), None);
    }
    reduction(cx, iter.value(), &[callable, sentinel], None)
}

/// `(iter, (list of the items still to come,))`, for what cannot be restored by an index.
fn rest_as_list(cx: &mut Context, copy: Option<Owned>) -> Result<Owned> {
    let iter = builtin(cx, "iter")?;
    let items = match copy {
        Some(copy) => iterate::collect(cx, copy.value())?,
        None => Vec::new(),
    };
    let rest = ListObject::new(cx, items);
    iter_call(cx, iter, rest.value(), None)
}

fn set_hint(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(int::from_usize(cx, of::<SetIterator>(arguments).length_hint()))
}

fn set_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let copy = of::<SetIterator>(arguments).duplicate(cx);
    rest_as_list(cx, copy)
}

fn dict_hint(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(int::from_usize(cx, of::<DictIterator>(arguments).length_hint()))
}

fn dict_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let copy = of::<DictIterator>(arguments).duplicate(cx);
    rest_as_list(cx, copy)
}

fn enumerate_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let enumerate: &Enumerate = of(arguments);
    let long_index = enumerate.long_index.get();
    let index = if long_index.is_unbound() { int::from_i64(cx, enumerate.index.get()) } else { Owned::new(long_index) };
    let kind = arguments[0].type_of().value();
    reduction(cx, kind, &[enumerate.iterator.get(), index.value()], None)
}

/// The state of `zip` and `map`: only said when true.
fn strict_state(strict: bool) -> Option<Value> {
    strict.then(singleton::true_)
}

fn zip_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let zip: &Zip = of(arguments);
    // SAFETY: (iterators 1) the field is a tuple, which the zip keeps alive.
    let iterators: &TupleObject = unsafe { zip.iterators.get().cast_unchecked() };
    let kind = arguments[0].type_of().value();
    reduction(cx, kind, iterators.as_slice(), strict_state(zip.strict.get() != 0))
}

fn zip_set_state(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let strict = convert::truth(cx, arguments[1])?;
    of::<Zip>(arguments).strict.set(strict as i64);
    none()
}

fn map_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let map: &Map = of(arguments);
    // SAFETY: (iterators 1) the field is a tuple, which the map keeps alive.
    let iterators: &TupleObject = unsafe { map.iterators.get().cast_unchecked() };
    let mut all = vec![map.function.get()];
    all.extend_from_slice(iterators.as_slice());
    let kind = arguments[0].type_of().value();
    reduction(cx, kind, &all, strict_state(map.strict.get()))
}

fn map_set_state(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let strict = convert::truth(cx, arguments[1])?;
    of::<Map>(arguments).strict.set(strict);
    none()
}

fn filter_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let filter: &Filter = of(arguments);
    let kind = arguments[0].type_of().value();
    reduction(cx, kind, &[filter.function.get(), filter.iterator.get()], None)
}
