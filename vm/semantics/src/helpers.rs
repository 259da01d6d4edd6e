//! Helpers: what handlers call when the work is large or cold. One row each: the function and what it may do.
//!
//! They are `extern "C"` because compiled traces call the very same functions. An unbound result means that an
//! exception is pending; any other `Value` result is owned by the caller.

use sidewinder_ir::op::{Alias, Type};
use sidewinder_ir::{Helper, HelperEffects};
use sidewinder_runtime::context::attention;
use sidewinder_runtime::objects::list::{self, ListObject};
use sidewinder_runtime::objects::set::{self, FROZENSET, SET};
use sidewinder_runtime::objects::slots::{BinaryOp, CompareOp};
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{dict, float, function, generator, int, method, range, singleton, str};
use sidewinder_runtime::operations::{arithmetic, compare, convert, iterate, subscript};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

macro_rules! helper_kind {
    ($name:ident, $operands:expr, $( $argument:ident ),*) => {
        /// A helper of that many values; the result is a value.
        pub struct $name {
            pub name: &'static str,
            pub function: extern "C" fn(&mut Context $(, $argument)*) -> Value,
            pub effects: HelperEffects,
        }

        impl $name {
            /// The row for the JIT's helper table.
            pub fn row(&self) -> Helper {
                Helper {
                    name: self.name,
                    address: self.function as usize,
                    operands: &$operands,
                    result: Type::Value,
                    effects: self.effects,
                }
            }
        }
    };
}

helper_kind!(Helper1, [Type::Value], Value);
helper_kind!(Helper2, [Type::Value, Type::Value], Value, Value);
helper_kind!(Helper4, [Type::Value, Type::Value, Type::Value, Type::Value], Value, Value, Value, Value);
helper_kind!(Helper3, [Type::Value, Type::Value, Type::Value], Value, Value, Value);

/// A helper over a run of values in memory, which it takes over.
pub struct RunHelper {
    pub name: &'static str,
    pub function: extern "C" fn(&mut Context, *mut Value, usize) -> Value,
    pub effects: HelperEffects,
}

impl RunHelper {
    /// The row for the JIT's helper table.
    pub fn row(&self) -> Helper {
        Helper {
            name: self.name,
            address: self.function as usize,
            operands: &[Type::Raw, Type::Raw],
            result: Type::Value,
            effects: self.effects,
        }
    }
}

/// A result as a word: unbound for an error.
#[inline(always)]
pub fn word(result: Result<Owned>) -> Value {
    match result {
        Ok(owned) => owned.into_raw(),
        Err(_) => Value::UNBOUND,
    }
}

const ANY: HelperEffects = HelperEffects::ANY;

/// Reading a dict by a plain key. See `dict_key` for why it is said to drop references.
const DICT_READ: HelperEffects = HelperEffects::ALLOCATES.borrowing().raising().dropping();
/// Changing a dict by a plain key.
const DICT_WRITE: HelperEffects = DICT_READ.writing(Alias::Dict);

/// Making a string or number of such: borrows its operands, runs no Python.
const PLAIN: HelperEffects = HelperEffects::ALLOCATES.borrowing();
/// The same, where it may raise.
const PLAIN_RAISING: HelperEffects = PLAIN.raising();

/// The string that a handler has tested a value to be.
fn string<'a>(value: Value) -> &'a StrObject {
    // SAFETY: (heap 2) the handler tested the type.
    unsafe { value.cast_unchecked() }
}

/// After a dict had to ask another key by its own `__eq__`, which may change anything: a trace must not go on with what
/// it knows of memory, and is made to leave as if a finalizer waited.
fn leave_trace(cx: &Context) {
    cx.finalizers_pending.set(cx.finalizers_pending.get() | attention::FINALIZERS);
}

/// What a dict has for a string or a small integer, handed to `plain`; by the general rules where that may run Python.
#[inline(always)]
fn dict_value(
    cx: &mut Context,
    dict: Value,
    key: Value,
    general: impl FnOnce(&mut Context) -> Result<Owned>,
    plain: impl FnOnce(&mut Context, Option<Value>) -> Result<Owned>,
) -> Result<Owned> {
    match dict::of(dict).get_plain(cx, key) {
        Some(found) => plain(cx, found),
        None => {
            let result = general(cx);
            leave_trace(cx);
            result
        }
    }
}

/// The items of a list.
fn list_items(list: Value) -> &'static [Value] {
    // SAFETY: (heap 2) the handler tested the type.
    unsafe { list.cast_unchecked::<ListObject>() }.as_slice()
}

/// A set of the items of a list. Where that may run Python, a trace is made to leave.
fn set_of(cx: &mut Context, kind: &'static TypeObject, list: Value) -> Result<Owned> {
    let plain = list_items(list).iter().all(|item| item.is_int() || item.is_float() || item.has_type(&str::STR));
    let made = set::operations::from_iterable(cx, kind, list);
    if !plain {
        leave_trace(cx);
    }
    made
}

/// Stores the value of a string or small integer in a dict.
fn dict_store(cx: &mut Context, dict: Value, key: Value, value: Value) -> Result<Owned> {
    if dict::of(dict).set_plain(cx, key, value) {
        return Ok(none());
    }
    let result = subscript::set_item(cx, dict, key, value).map(|()| none());
    leave_trace(cx);
    result
}

macro_rules! helpers {
    ($( #[doc = $doc:literal] $static:ident : $kind:ident = $function:ident ( $($argument:ident),* ), $effects:expr, |$cx:ident| $body:expr; )*) => {
        $(
            extern "C" fn $function($cx: &mut Context $(, $argument: Value)*) -> Value { word($body) }
            #[doc = $doc]
            pub static $static: $kind =
                $kind { name: stringify!($function), function: $function, effects: $effects };
        )*

        /// The rows above, for the JIT's helper table.
        pub fn rows() -> Vec<Helper> { vec![ $( $static.row(), )* ] }
    };
}

helpers! {
    /// `-a`
    NEGATIVE: Helper1 = negative(a), ANY, |cx| arithmetic::negative(cx, a);
    /// `+a`
    POSITIVE: Helper1 = positive(a), ANY, |cx| arithmetic::positive(cx, a);
    /// `~a`
    INVERT: Helper1 = invert(a), ANY, |cx| arithmetic::invert(cx, a);
    /// `a[b]`
    GET_ITEM: Helper2 = get_item(a, b), ANY, |cx| subscript::get_item(cx, a, b);
    /// `a[b]` of a dict, for a string or a small integer
    DICT_GET_ITEM: Helper2 = dict_get_item(a, b), DICT_READ, |cx| dict_value(cx, a, b, |cx| subscript::get_item(cx, a, b), |cx, found| match found { Some(value) => Ok(Owned::new(value)), None => Err(cx.key_error(b)) });
    /// The value of a keyword argument in a dict whose keys are known: interned strings, and this is one of them
    KEYWORD_VALUE: Helper2 = keyword_value(a, b), PLAIN, |_cx| Ok(dict::of(a).get_interned(b).map_or_else(none, Owned::new));
    /// `a[b] = c` of a dict, for a string or a small integer; the result is None
    DICT_SET_ITEM: Helper3 = dict_set_item(a, b, c), DICT_WRITE, |cx| dict_store(cx, a, b, c);
    /// `del a[b]` of a dict, for a string or a small integer; the result is None
    DICT_DELETE_ITEM: Helper2 = dict_delete_item(a, b), DICT_WRITE, |cx| { let plain = dict::of(a).get_plain(cx, b).is_some(); let result = subscript::delete_item(cx, a, b).map(|()| none()); if !plain { leave_trace(cx) } result };
    /// `b in a` of a dict as a bool object, for a string or a small integer
    DICT_CONTAINS: Helper2 = dict_contains(a, b), DICT_READ, |cx| dict_value(cx, a, b, |cx| subscript::contains(cx, a, b).map(boolean), |_, found| Ok(boolean(found.is_some())));
    /// `b not in a` of a dict as a bool object, for a string or a small integer
    DICT_NOT_CONTAINS: Helper2 = dict_not_contains(a, b), DICT_READ, |cx| dict_value(cx, a, b, |cx| subscript::contains(cx, a, b).map(|found| boolean(!found)), |_, found| Ok(boolean(found.is_none())));
    /// `a.get(b, c)` of a dict, for a string or a small integer
    DICT_GET: Helper3 = dict_get(a, b, c), DICT_READ, |cx| dict_value(cx, a, b, |cx| dict::of(a).get(cx, b).map(|found| Owned::new(found.unwrap_or(c))), |_, found| Ok(Owned::new(found.unwrap_or(c))));
    /// `a[b] = c`; the result is None
    SET_ITEM: Helper3 = set_item(a, b, c), ANY, |cx| subscript::set_item(cx, a, b, c).map(|()| none());
    /// `del a[b]`; the result is None
    DELETE_ITEM: Helper2 = delete_item(a, b), ANY, |cx| subscript::delete_item(cx, a, b).map(|()| none());
    /// `b in a` as a bool object
    CONTAINS: Helper2 = contains(a, b), ANY, |cx| subscript::contains(cx, a, b).map(boolean);
    /// `b not in a` as a bool object
    NOT_CONTAINS: Helper2 = not_contains(a, b), ANY, |cx| subscript::contains(cx, a, b).map(|found| boolean(!found));
    /// `not a` as a bool object
    NOT: Helper1 = not(a), ANY, |cx| convert::truth(cx, a).map(|truth| boolean(!truth));
    /// `iter(a)`
    GET_ITER: Helper1 = get_iter(a), ANY, |cx| iterate::get_iter(cx, a);
    /// `iter(a)` of a list, tuple, range or string
    GET_PLAIN_ITER: Helper1 = get_plain_iter(a), HelperEffects::ALLOCATES.borrowing(), |cx| iterate::get_iter(cx, a);
    /// `range(a, b)` of small integers
    MAKE_RANGE: Helper2 = make_range(a, b), HelperEffects::ALLOCATES, |cx| range::RangeObject::new(cx, Owned::new(a), Owned::new(b), Owned::new(Value::from_small_int(1)));
    /// `tuple(a)` of a list
    MAKE_TUPLE: Helper1 = make_tuple(a), HelperEffects::ALLOCATES.borrowing(), |cx| Ok(TupleObject::new(cx, list_items(a)));
    /// `set(a)` of a list
    MAKE_SET: Helper1 = make_set(a), DICT_READ, |cx| set_of(cx, &SET.object, a);
    /// `frozenset(a)` of a list
    MAKE_FROZENSET: Helper1 = make_frozenset(a), DICT_READ, |cx| set_of(cx, &FROZENSET.object, a);
    /// `a[b:c:d]` of a list, with small integers or None
    LIST_GET_SLICE: Helper4 = list_get_slice(a, b, c, d), HelperEffects::ALLOCATES.borrowing().raising(), |cx| list::slots::get_slice(cx, a, [b, c, d]);
    /// `a[b:c] = d` of two lists, with small integers or None; the result is None
    LIST_SET_SLICE: Helper4 = list_set_slice(a, b, c, d), HelperEffects::ALLOCATES.borrowing().writing(Alias::ListHeader).writing(Alias::ListItem).dropping().raising(), |cx| list::slots::assign_slice(cx, a, [b, c], d).map(|()| none());
    /// `next(a)`, or NotImplemented when exhausted
    NEXT: Helper1 = next(a), ANY, |cx| iterate::next(cx, a).map(|item| item.unwrap_or_else(|| Owned::new(singleton::not_implemented())));
    /// `repr(a)`
    REPR: Helper1 = repr(a), ANY, |cx| convert::repr(cx, a);
    /// `str(a)`
    STR: Helper1 = str_(a), ANY, |cx| convert::str(cx, a);
    /// `ascii(a)`
    ASCII: Helper1 = ascii(a), ANY, |cx| convert::ascii(cx, a);
    /// `format(a, b)`
    FORMAT: Helper2 = format(a, b), ANY, |cx| convert::format(cx, a, b);
    /// `a[b:c]`
    GET_SLICE: Helper3 = get_slice(a, b, c), ANY, |cx| crate::cold::build::slice_of(cx, a, b, c);
    /// A function of code a with the globals b
    MAKE_FUNCTION: Helper2 = make_function(a, b), HelperEffects::ALLOCATES, |cx| Ok(function::new(cx, a, b));
    /// Bound method of a, a function in Python or Rust, and receiver b
    BIND: Helper2 = bind(a, b), HelperEffects::ALLOCATES, |cx| Ok(method::bind(cx, a, b));
    /// What the descriptor a, of Rust, gets of b
    GET_BY_DESCRIPTOR: Helper2 = get_by_descriptor(a, b), ANY, |cx| sidewinder_runtime::operations::attribute::get_by_descriptor(cx, a, b);
    /// Attribute b of a
    GET_ATTRIBUTE: Helper2 = get_attribute(a, b), ANY, |cx| sidewinder_runtime::operations::attribute::get(cx, a, b);
    /// Sets attribute b of a to c; the result is None
    SET_ATTRIBUTE: Helper3 = set_attribute(a, b, c), ANY, |cx| sidewinder_runtime::operations::attribute::set(cx, a, b, c).map(|()| none());
    /// Adds c to the list a; b is unused. The result is None
    LIST_EXTEND: Helper2 = list_extend(a, b), ANY, |cx| crate::cold::build::extend_list(cx, a, b).map(|()| none());
    /// The text of a number that is no object
    TEXT_OF_NUMBER: Helper1 = text_of_number(a), PLAIN_RAISING, |cx| convert::str(cx, a);
    /// `format(a, b)` of a string or a number that is no object, with a string
    FORMAT_PLAIN: Helper2 = format_plain(a, b), PLAIN_RAISING, |cx| (cx.interpreter().hooks.format_plain)(cx, a, b);
    /// `int(a)` of a string or float
    INT_OF_PLAIN: Helper1 = int_of_plain(a), PLAIN_RAISING, |cx| int::new::from_object(cx, a);
    /// `float(a)` of a string or small integer
    FLOAT_OF_PLAIN: Helper1 = float_of_plain(a), PLAIN_RAISING, |cx| float::new::from_object(cx, a).map(|number| float::from_f64(cx, number));
    /// `chr(a)` of a small integer in range
    CHARACTER: Helper1 = character(a), PLAIN, |cx| Ok(str::character(cx, a.int() as u32));
    /// `ord(a)` of a string of one character
    CODE_POINT: Helper1 = code_point(a), PLAIN, |cx| { let _ = cx; Ok(Owned::from_raw(Value::from_small_int(string(a).code_point(0) as i64))) };
    /// The character of string a at b, which is within its length
    CHARACTER_AT: Helper2 = character_at(a, b), PLAIN, |cx| Ok(str::character(cx, string(a).code_point(b.int() as usize)));
    /// `a[b]` of a string with a small integer
    TEXT_GET_ITEM: Helper2 = text_get_item(a, b), PLAIN_RAISING, |cx| str::index::get_index(cx, string(a), b.int());
    /// `a[b:c]` of a string, with small integers or None
    TEXT_GET_SLICE: Helper3 = text_get_slice(a, b, c), PLAIN_RAISING, |cx| str::index::get_slice(cx, string(a), [b, c, singleton::none()]);
    /// `a[b:c:d]` of a string, with small integers or None
    TEXT_GET_STEPS: Helper4 = text_get_steps(a, b, c, d), PLAIN_RAISING, |cx| str::index::get_slice(cx, string(a), [b, c, d]);
    /// `b in a` of two strings as a bool object
    TEXT_CONTAINS: Helper2 = text_contains(a, b), PLAIN_RAISING, |cx| str::slots::contains(cx, a, b).map(boolean);
    /// `a * b` of a string and a small integer
    TEXT_REPEAT: Helper2 = text_repeat(a, b), PLAIN_RAISING, |cx| str::repeat(cx, a, b.int().max(0) as usize);
    /// Concatenation of two str
    CONCATENATE: Helper2 = concatenate(a, b), HelperEffects::ALLOCATES.raising(), |cx| sidewinder_runtime::objects::str::concat(cx, a, b);
}

fn none() -> Owned {
    Owned::new(singleton::none())
}

fn boolean(value: bool) -> Owned {
    Owned::new(singleton::boolean(value))
}

/// `a op b` or `a op= b` with the operator in `op`.
pub extern "C" fn binary(cx: &mut Context, a: Value, b: Value, op: usize, inplace: usize) -> Value {
    let op = BinaryOp::ALL[op];
    word(if inplace != 0 { arithmetic::inplace(cx, op, a, b) } else { arithmetic::binary(cx, op, a, b) })
}

/// `a op b` with the comparison in `op`.
pub extern "C" fn compare_values(cx: &mut Context, a: Value, b: Value, op: usize) -> Value {
    word(compare::compare(cx, CompareOp::ALL[op], a, b))
}

/// The truth of a value: 0 or 1, -1 when it raised.
pub extern "C" fn truth(cx: &mut Context, a: Value) -> i64 {
    match convert::truth(cx, a) {
        Ok(truth) => truth as i64,
        Err(_) => -1,
    }
}

/// The values of a run, taken over.
///
/// # Safety
/// `first` points to `count` values, whose counts the caller gives up.
unsafe fn take_run(first: *mut Value, count: usize) -> Vec<Owned> {
    // SAFETY: the caller's promise. The words are zeroed so that nobody counts them again.
    unsafe {
        let items = std::slice::from_raw_parts(first, count).iter().map(|value| Owned::from_raw(*value)).collect();
        forget_run(first, count);
        items
    }
}

/// Makes the words of a run unbound, without giving up counts.
///
/// # Safety
/// `first` points to `count` words.
unsafe fn forget_run(first: *mut Value, count: usize) {
    for index in 0..count {
        // SAFETY: the caller's promise. Volatile, lest the compiler call `memset` for a handful of words.
        unsafe { first.add(index).write_volatile(Value::UNBOUND) };
    }
}

/// A generator over a call of a function, which it takes over, with `count` arguments in memory, which move into it.
///
/// # Safety
/// `first` points to `count` values, whose counts the caller gives up; the function is one that makes generators.
pub unsafe fn make_generator(cx: &mut Context, function: Value, first: *mut Value, count: usize) -> Value {
    // SAFETY: the caller's promise.
    unsafe {
        let arguments = std::slice::from_raw_parts(first, count);
        let made = generator::new(cx, Owned::from_raw(function), arguments);
        forget_run(first, count);
        made.into_raw()
    }
}

extern "C" fn build_tuple(cx: &mut Context, first: *mut Value, count: usize) -> Value {
    // SAFETY: the contract of run helpers.
    unsafe {
        let tuple = TupleObject::new(cx, std::slice::from_raw_parts(first, count));
        for i in 0..count {
            let value = std::mem::replace(&mut *first.add(i), Value::UNBOUND);
            if value.is_counted() {
                // The tuple holds its own count, so this one is never the last.
                (*value.header()).count -= 1;
            }
        }
        tuple.into_raw()
    }
}

extern "C" fn build_list(cx: &mut Context, first: *mut Value, count: usize) -> Value {
    // SAFETY: the contract of run helpers.
    let items = unsafe { take_run(first, count) };
    ListObject::new(cx, items).into_raw()
}

extern "C" fn build_set(cx: &mut Context, first: *mut Value, count: usize) -> Value {
    // SAFETY: the contract of run helpers.
    let items = unsafe { take_run(first, count) };
    word(crate::cold::build::set_display(cx, items))
}

extern "C" fn build_map(cx: &mut Context, first: *mut Value, count: usize) -> Value {
    // SAFETY: the contract of run helpers: `count` owned values, which nobody else touches during the call.
    let items = unsafe { std::slice::from_raw_parts(first as *const Owned, count) };
    let made = crate::cold::build::map(cx, items);
    // What was replaced or not needed goes from the last to the first.
    for position in (0..count).rev() {
        // SAFETY: as above.
        drop(Owned::from_raw(unsafe { std::mem::replace(&mut *first.add(position), Value::UNBOUND) }));
    }
    word(made)
}

extern "C" fn build_string(cx: &mut Context, first: *mut Value, count: usize) -> Value {
    // SAFETY: the contract of run helpers: the values are ours until they are released.
    unsafe {
        let items = std::slice::from_raw_parts_mut(first, count);
        let joined = crate::cold::build::string(cx, items);
        for item in items {
            drop(Owned::from_raw(std::mem::replace(item, Value::UNBOUND)));
        }
        word(joined)
    }
}

extern "C" fn build_slice(cx: &mut Context, first: *mut Value, count: usize) -> Value {
    debug_assert!(count == 3);
    // SAFETY: the contract of run helpers; slices are built of three values, which move into the slice.
    let parts = unsafe {
        let parts = [*first, *first.add(1), *first.add(2)].map(Owned::from_raw);
        forget_run(first, count);
        parts
    };
    sidewinder_runtime::objects::slice::SliceObject::of(cx, parts).into_raw()
}

pub static BUILD_TUPLE: RunHelper =
    RunHelper { name: "build_tuple", function: build_tuple, effects: HelperEffects::ALLOCATES };
pub static BUILD_LIST: RunHelper =
    RunHelper { name: "build_list", function: build_list, effects: HelperEffects::ALLOCATES };
pub static BUILD_SET: RunHelper = RunHelper { name: "build_set", function: build_set, effects: ANY };
pub static BUILD_MAP: RunHelper = RunHelper { name: "build_map", function: build_map, effects: ANY };
pub static BUILD_STRING: RunHelper =
    RunHelper { name: "build_string", function: build_string, effects: HelperEffects::ALLOCATES.raising() };
pub static BUILD_SLICE: RunHelper =
    RunHelper { name: "build_slice", function: build_slice, effects: HelperEffects::ALLOCATES };
