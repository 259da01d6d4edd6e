//! Iterators that leave items out: `compress`, `dropwhile`, `filterfalse`, `islice`, `takewhile`.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::Field;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::operations::{call, convert, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::Cell;

/// compress(data, selectors)
/// --
///
/// The items of data at whose place selectors has something true.
#[native_type("itertools.compress", base, iterator)]
#[derive(Traverse)]
pub struct Compress {
    data: Owned,
    selectors: Owned,
}

#[methods]
impl Compress {
    #[new(name = "compress")]
    fn new(cx: &mut Context, #[named] data: Value, selectors: Value) -> Result<Compress> {
        Ok(Compress { data: iterate::get_iter(cx, data)?, selectors: iterate::get_iter(cx, selectors)? })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        loop {
            let Some(item) = iterate::next(cx, self.data.value())? else { return Ok(None) };
            let Some(selector) = iterate::next(cx, self.selectors.value())? else { return Ok(None) };
            if convert::truth(cx, selector.value())? {
                return Ok(Some(item));
            }
        }
    }
}

/// takewhile(predicate, iterable, /)
/// --
///
/// The items up to the first for which the predicate is false.
#[native_type("itertools.takewhile", base, iterator)]
#[derive(Traverse)]
pub struct TakeWhile {
    predicate: Owned,
    source: Owned,
    ended: Cell<bool>,
}

#[methods]
impl TakeWhile {
    #[new(name = "takewhile")]
    fn new(cx: &mut Context, predicate: Owned, iterable: Value) -> Result<TakeWhile> {
        let source = iterate::get_iter(cx, iterable)?;
        Ok(TakeWhile { predicate, source, ended: Cell::new(false) })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        if self.ended.get() {
            return Ok(None);
        }
        let Some(item) = iterate::next(cx, self.source.value())? else { return Ok(None) };
        let good = call::call(cx, self.predicate.value(), &[item.value()])?;
        if convert::truth(cx, good.value())? {
            return Ok(Some(item));
        }
        self.ended.set(true);
        Ok(None)
    }
}

/// dropwhile(predicate, iterable, /)
/// --
///
/// The items from the first on for which the predicate is false.
#[native_type("itertools.dropwhile", base, iterator)]
#[derive(Traverse)]
pub struct DropWhile {
    predicate: Owned,
    source: Owned,
    started: Cell<bool>,
}

#[methods]
impl DropWhile {
    #[new(name = "dropwhile")]
    fn new(cx: &mut Context, predicate: Owned, iterable: Value) -> Result<DropWhile> {
        let source = iterate::get_iter(cx, iterable)?;
        Ok(DropWhile { predicate, source, started: Cell::new(false) })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        loop {
            let Some(item) = iterate::next(cx, self.source.value())? else { return Ok(None) };
            if self.started.get() {
                return Ok(Some(item));
            }
            let bad = call::call(cx, self.predicate.value(), &[item.value()])?;
            if !convert::truth(cx, bad.value())? {
                self.started.set(true);
                return Ok(Some(item));
            }
        }
    }
}

/// filterfalse(function, iterable, /)
/// --
///
/// The items for which the function is false; with None, the false items.
#[native_type("itertools.filterfalse", base, iterator)]
#[derive(Traverse)]
pub struct FilterFalse {
    function: Owned,
    source: Owned,
}

#[methods]
impl FilterFalse {
    #[new(name = "filterfalse")]
    fn new(cx: &mut Context, function: Owned, iterable: Value) -> Result<FilterFalse> {
        let source = iterate::get_iter(cx, iterable)?;
        Ok(FilterFalse { function, source })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let plain = self.function.value() == singleton::none();
        loop {
            let Some(item) = iterate::next(cx, self.source.value())? else { return Ok(None) };
            let found = if plain { item.clone() } else { call::call(cx, self.function.value(), &[item.value()])? };
            if !convert::truth(cx, found.value())? {
                return Ok(Some(item));
            }
        }
    }
}

/// islice(iterable, stop) --> islice object
/// islice(iterable, start, stop[, step]) --> islice object
///
/// The items of a slice, for any iterable.
#[native_type("itertools.islice", base, iterator)]
#[derive(Traverse)]
pub struct Islice {
    /// The iterator, until the slice has ended.
    source: Field,
    /// Items taken from the source.
    taken: Cell<i64>,
    /// Position of the next item.
    next: Cell<i64>,
    /// Where the slice ends, or -1.
    stop: i64,
    step: i64,
}

/// A bound of a slice, if it is one: `None` gives `missing`.
fn bound(cx: &mut Context, value: Value, missing: i64) -> Result<Option<i64>> {
    if value == singleton::none() {
        return Ok(Some(missing));
    }
    if value.type_of().slots().index.is_none() && !int::is_int_like(value) {
        return Ok(None);
    }
    let number = convert::index(cx, value)?;
    Ok(int::as_i64(number.value()).filter(|number| *number >= 0))
}

#[methods]
impl Islice {
    #[new(name = "islice")]
    fn new(cx: &mut Context, iterable: Value, a: Value, #[rest] more: &[Value]) -> Result<Islice> {
        if more.len() > 2 {
            let given = more.len() + 2;
            return Err(cx.type_error(format!("islice expected at most 4 arguments, got {given}")));
        }
        let (start, stop) = match more.first() {
            None => (singleton::none(), a),
            Some(stop) => (a, *stop),
        };
        let Some(stop) = bound(cx, stop, -1)? else {
            return Err(cx.value_error("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
        };
        let Some(start) = bound(cx, start, 0)? else {
            return Err(cx.value_error("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
        };
        let step = bound(cx, more.get(1).copied().unwrap_or(singleton::none()), 1)?.filter(|step| *step >= 1);
        let Some(step) = step else {
            return Err(cx.value_error("Step for islice() must be a positive integer or None."));
        };
        let source = iterate::get_iter(cx, iterable)?;
        Ok(Islice { source: Field::new(source), taken: Cell::new(0), next: Cell::new(start), stop, step })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let Some(source) = self.source.get() else { return Ok(None) };
        let ended = self.stop >= 0 && self.next.get() >= self.stop;
        let wanted = if ended { self.stop } else { self.next.get() + 1 };
        while self.taken.get() < wanted {
            let Some(item) = iterate::next(cx, source.value())? else {
                self.source.set(None);
                return Ok(None);
            };
            self.taken.set(self.taken.get() + 1);
            if !ended && self.taken.get() == wanted {
                let next = self.next.get().saturating_add(self.step);
                self.next.set(if self.stop >= 0 { next.min(self.stop) } else { next });
                return Ok(Some(item));
            }
        }
        self.source.set(None);
        Ok(None)
    }
}
