//! Builtin functions about iteration: `all`, `any`, `iter`, `next`, `len`, `sorted`, `aiter`, `anext`.

use crate::sort::sorted;
use sidewinder_runtime::native::{Effects, Intrinsic, Native};
use sidewinder_runtime::objects::generator::{self, GeneratorObject};
use sidewinder_runtime::objects::iterator::sequence::CallableIterator;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{exception, int, singleton};
use sidewinder_runtime::operations::{convert, dunder, iterate, subscript};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

pub static FUNCTIONS: &[Native] = &[
    Native::new(
        "all",
        1,
        1,
        all,
        "all($module, iterable, /)\n--\n\nReturn True if bool(x) is True for all values x in the iterable.\n\nIf the \
         iterable is empty, return True.",
    )
    .intrinsic(Intrinsic::All),
    Native::new(
        "any",
        1,
        1,
        any,
        "any($module, iterable, /)\n--\n\nReturn True if bool(x) is True for any x in the iterable.\n\nIf the iterable \
         is empty, return False.",
    )
    .intrinsic(Intrinsic::Any),
    Native::new(
        "iter",
        1,
        2,
        iter,
        "Get an iterator from an object.\n\nIn the first form, the argument must supply its own iterator, or be a \
         sequence.\nIn the second form, the callable is called until it returns the sentinel.",
    ),
    Native::new(
        "next",
        1,
        2,
        next,
        "Return the next item from the iterator.\n\nIf default is given and the iterator is exhausted,\nit is returned \
         instead of raising StopIteration.",
    ),
    Native::new("len", 1, 1, len, "len($module, obj, /)\n--\n\nReturn the number of items in a container.")
        .intrinsic(Intrinsic::Length)
        .effects(Effects::NO_PYTHON | Effects::READ_ONLY),
    Native::with_keywords(
        "sorted",
        sorted,
        "sorted($module, iterable, /, *, key=None, reverse=False)\n--\n\nReturn a new list containing all items from \
         the iterable in ascending order.\n\nA custom key function can be supplied to customize the sort order, and \
         the\nreverse flag can be set to request the result in descending order.",
    )
    .intrinsic(Intrinsic::Gathers),
    Native::new(
        "aiter",
        1,
        1,
        async_iter,
        "aiter($module, async_iterable, /)\n--\n\nReturn an AsyncIterator for an AsyncIterable object.",
    ),
    Native::new(
        "anext",
        1,
        2,
        async_next,
        "anext($module, aiterator, default=<unrepresentable>, /)\n--\n\nReturn the next item from the async iterator.",
    ),
];

/// Walks any iterable; lists and tuples without an iterator object.
pub enum Cursor {
    List(Owned, usize),
    Tuple(Owned, usize),
    Iterator(Owned),
}

impl Cursor {
    pub fn new(cx: &mut Context, iterable: Value) -> Result<Cursor> {
        if iterable.cast_exact::<ListObject>().is_some() {
            return Ok(Cursor::List(Owned::new(iterable), 0));
        }
        if iterable.cast_exact::<TupleObject>().is_some() {
            return Ok(Cursor::Tuple(Owned::new(iterable), 0));
        }
        Ok(Cursor::Iterator(iterate::get_iter(cx, iterable)?))
    }

    /// The next item. A list may change between two calls.
    #[inline]
    pub fn next(&mut self, cx: &mut Context) -> Result<Option<Owned>> {
        match self {
            Cursor::List(list, index) => {
                *index += 1;
                // SAFETY: (heap 2) `new` checked the type.
                let list: &ListObject = unsafe { list.value().cast_unchecked() };
                Ok(list.get(*index - 1).map(Owned::new))
            }
            Cursor::Tuple(tuple, index) => {
                *index += 1;
                // SAFETY: (heap 2) `new` checked the type.
                let tuple: &TupleObject = unsafe { tuple.value().cast_unchecked() };
                Ok(tuple.as_slice().get(*index - 1).map(|item| Owned::new(*item)))
            }
            Cursor::Iterator(iterator) => iterate::next(cx, iterator.value()),
        }
    }
}

fn boolean(truth: bool) -> Result<Owned> {
    Ok(Owned::new(singleton::boolean(truth)))
}

fn all(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let mut cursor = Cursor::new(cx, arguments[0])?;
    while let Some(item) = cursor.next(cx)? {
        if !convert::truth(cx, item.value())? {
            return boolean(false);
        }
    }
    boolean(true)
}

fn any(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let mut cursor = Cursor::new(cx, arguments[0])?;
    while let Some(item) = cursor.next(cx)? {
        if convert::truth(cx, item.value())? {
            return boolean(true);
        }
    }
    boolean(false)
}

fn iter(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let [source, sentinel] = *arguments else {
        return iterate::get_iter(cx, arguments[0]);
    };
    if source.type_of().slots().call.is_none() {
        return Err(cx.type_error("iter(v, w): v must be callable"));
    }
    Ok(CallableIterator::new(cx, source, sentinel))
}

fn next(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let iterator = arguments[0];
    let default = arguments.get(1).map(|default| Owned::new(*default));
    if let Some(generator) = iterator.cast_exact::<GeneratorObject>() {
        return next_of_generator(cx, generator, default);
    }
    match iterate::next_or_stop(cx, iterator) {
        Ok(Some(item)) => Ok(item),
        Ok(None) => match default {
            Some(default) => Ok(default),
            None => Err(stop_iteration(cx)),
        },
        Err(raised) => match default {
            Some(default) if cx.swallow(&exception::STOP_ITERATION) => Ok(default),
            _ => Err(raised),
        },
    }
}

/// `next(generator)`: the `StopIteration` carries what the generator returned.
fn next_of_generator(cx: &mut Context, generator: &GeneratorObject, default: Option<Owned>) -> Result<Owned> {
    let resume = cx.interpreter().hooks.resume_generator;
    match resume(cx, generator, singleton::none()) {
        Ok(Some(item)) => Ok(item),
        Ok(None) => {
            let result = Owned::from_raw_option(generator.result.replace(Value::UNBOUND));
            match (default, result) {
                (Some(default), _) => Ok(default),
                (None, Some(result)) => Err(exception::raise_stop_iteration(cx, result.value())),
                (None, None) => Err(stop_iteration(cx)),
            }
        }
        Err(raised) => match default {
            Some(default) if cx.swallow(&exception::STOP_ITERATION) => Ok(default),
            _ => Err(raised),
        },
    }
}

#[cold]
fn stop_iteration(cx: &mut Context) -> Raised {
    exception::raise_arguments(cx, &exception::STOP_ITERATION, &[])
}

fn len(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let length = subscript::length(cx, arguments[0])?;
    Ok(int::from_usize(cx, length))
}

fn async_iter(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let names = &cx.interpreter().names;
    let (aiter, anext) = (names.aiter, names.anext);
    let Some(iterator) = dunder::call_dunder(cx, arguments[0], aiter, &[])? else {
        let name = arguments[0].type_of().name();
        return Err(cx.type_error(format!("'{name}' object is not an async iterable")));
    };
    if iterator.value().type_of().lookup(cx, anext).is_none() {
        let name = iterator.value().type_of().name();
        return Err(cx.type_error(format!("aiter() returned not an async iterator of type '{name}'")));
    }
    Ok(iterator)
}

fn async_next(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let anext = cx.interpreter().names.anext;
    let Some(awaitable) = dunder::call_dunder(cx, arguments[0], anext, &[])? else {
        let name = arguments[0].type_of().name();
        return Err(cx.type_error(format!("'{name}' object is not an async iterator")));
    };
    match arguments.get(1) {
        Some(default) => Ok(generator::awaitable::with_default(cx, awaitable.value(), *default)),
        None => Ok(awaitable),
    }
}
