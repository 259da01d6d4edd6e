//! Iterators that join items or iterables: `accumulate`, `batched`, `chain`, `pairwise`, `starmap`, `zip_longest`.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, Index, NativeObject};
use sidewinder_runtime::objects::list;
use sidewinder_runtime::objects::slots::BinaryOp;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{arithmetic, call, iterate};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};

/// accumulate(iterable, func=None, *, initial=None)
/// --
///
/// Running totals, or what another function of two arguments gives.
#[native_type("itertools.accumulate", base, iterator)]
#[derive(Traverse)]
pub struct Accumulate {
    source: Owned,
    function: Option<Owned>,
    total: Field,
    /// The first total, until it was given out.
    initial: Field,
}

#[methods]
impl Accumulate {
    #[new(name = "accumulate")]
    fn new(
        cx: &mut Context,
        #[named] iterable: Value,
        #[default(None)] func: Option<Owned>,
        #[keyword]
        #[default(None)]
        initial: Option<Owned>,
    ) -> Result<Accumulate> {
        let source = iterate::get_iter(cx, iterable)?;
        let (total, first) = (Field::empty(), Field::empty());
        first.set(initial);
        Ok(Accumulate { source, function: func, total, initial: first })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        if let Some(initial) = self.initial.take() {
            self.total.set(Some(initial.clone()));
            return Ok(Some(initial));
        }
        let Some(item) = iterate::next(cx, self.source.value())? else { return Ok(None) };
        let total = match (self.total.get(), &self.function) {
            (None, _) => item,
            (Some(total), None) => arithmetic::binary(cx, BinaryOp::Add, total.value(), item.value())?,
            (Some(total), Some(function)) => call::call(cx, function.value(), &[total.value(), item.value()])?,
        };
        self.total.set(Some(total.clone()));
        Ok(Some(total))
    }
}

/// batched(iterable, n, *, strict=False)
/// --
///
/// Tuples of n items each, the last of which may be shorter.
#[native_type("itertools.batched", base, iterator)]
#[derive(Traverse)]
pub struct Batched {
    /// The iterator, until it ends.
    source: Field,
    size: usize,
    strict: bool,
}

#[methods]
impl Batched {
    #[new(name = "batched")]
    fn new(
        cx: &mut Context,
        #[named] iterable: Value,
        n: Index,
        #[keyword]
        #[default(false)]
        strict: bool,
    ) -> Result<Batched> {
        if n.0 < 1 {
            return Err(cx.value_error("n must be at least one"));
        }
        let source = iterate::get_iter(cx, iterable)?;
        Ok(Batched { source: Field::new(source), size: n.0 as usize, strict })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let Some(source) = self.source.get() else { return Ok(None) };
        let mut items = Vec::with_capacity(self.size.min(1024));
        while items.len() < self.size {
            match iterate::next(cx, source.value())? {
                Some(item) => items.push(item),
                None => {
                    self.source.set(None);
                    break;
                }
            }
        }
        if items.is_empty() {
            return Ok(None);
        }
        if self.strict && items.len() < self.size {
            return Err(cx.value_error("batched(): incomplete batch"));
        }
        Ok(Some(TupleObject::from_owned(cx, items)))
    }
}

/// chain(*iterables)
/// --
///
/// The items of the first iterable, then those of the next, and so on.
#[native_type("itertools.chain", base, generic, iterator)]
#[derive(Traverse)]
pub struct Chain {
    /// The iterator over the iterables, until it ends.
    outer: Field,
    inner: Field,
}

#[methods]
impl Chain {
    #[new(name = "chain")]
    fn new(cx: &mut Context, #[rest] iterables: &[Value]) -> Result<Chain> {
        let all = TupleObject::new(cx, iterables);
        let outer = iterate::get_iter(cx, all.value())?;
        Ok(Chain { outer: Field::new(outer), inner: Field::empty() })
    }

    /// The items of the iterables that an iterable gives.
    #[class_method]
    fn from_iterable(class: &'static TypeObject, cx: &mut Context, iterable: Value) -> Result<Owned> {
        let outer = iterate::get_iter(cx, iterable)?;
        NativeObject::allocate(cx, class, Chain { outer: Field::new(outer), inner: Field::empty() })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        loop {
            if let Some(inner) = self.inner.get() {
                if let Some(item) = iterate::next(cx, inner.value())? {
                    return Ok(Some(item));
                }
                self.inner.set(None);
            }
            let Some(outer) = self.outer.get() else { return Ok(None) };
            let found = iterate::next(cx, outer.value()).and_then(|found| match found {
                Some(iterable) => iterate::get_iter(cx, iterable.value()).map(Some),
                None => Ok(None),
            });
            match found {
                Ok(Some(iterator)) => self.inner.set(Some(iterator)),
                Ok(None) => {
                    self.outer.set(None);
                    return Ok(None);
                }
                Err(raised) => {
                    self.outer.set(None);
                    return Err(raised);
                }
            }
        }
    }
}

/// pairwise(iterable, /)
/// --
///
/// Each item together with the next one.
#[native_type("itertools.pairwise", base, iterator)]
#[derive(Traverse)]
pub struct Pairwise {
    source: Field,
    previous: Field,
}

#[methods]
impl Pairwise {
    #[new(name = "pairwise")]
    fn new(cx: &mut Context, iterable: Value) -> Result<Pairwise> {
        let source = iterate::get_iter(cx, iterable)?;
        Ok(Pairwise { source: Field::new(source), previous: Field::empty() })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let Some(source) = self.source.get() else { return Ok(None) };
        if self.previous.is_empty() {
            match iterate::next(cx, source.value())? {
                // Asking may have come back here and filled the place.
                Some(first) => self.previous.set(Some(first)),
                None => {
                    self.source.set(None);
                    return Ok(None);
                }
            }
        }
        let previous = self.previous.get();
        match (previous, iterate::next(cx, source.value())?) {
            (Some(previous), Some(next)) => {
                self.previous.set(Some(next.clone()));
                Ok(Some(TupleObject::pair(cx, previous, next)))
            }
            _ => {
                self.source.set(None);
                self.previous.set(None);
                Ok(None)
            }
        }
    }
}

/// starmap(function, iterable, /)
/// --
///
/// What the function gives for the arguments in each item.
#[native_type("itertools.starmap", base, iterator)]
#[derive(Traverse)]
pub struct Starmap {
    function: Owned,
    source: Owned,
}

#[methods]
impl Starmap {
    #[new(name = "starmap")]
    fn new(cx: &mut Context, function: Owned, iterable: Value) -> Result<Starmap> {
        let source = iterate::get_iter(cx, iterable)?;
        Ok(Starmap { function, source })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let Some(item) = iterate::next(cx, self.source.value())? else { return Ok(None) };
        let result = match item.value().cast_exact::<TupleObject>() {
            Some(arguments) => call::call(cx, self.function.value(), arguments.as_slice())?,
            None => {
                let arguments = iterate::collect_unasked(cx, item.value())?;
                call::call(cx, self.function.value(), list::as_values(&arguments))?
            }
        };
        Ok(Some(result))
    }
}

/// zip_longest(*iterables, fillvalue=None)
/// --
///
/// Tuples of the items at the same place; what has ended is filled up.
#[native_type("itertools.zip_longest", base, iterator)]
#[derive(Traverse)]
pub struct ZipLongest {
    /// The iterators; nothing in the place of those that have ended.
    sources: RefCell<Vec<Option<Owned>>>,
    fill: Owned,
    active: Cell<usize>,
}

#[methods]
impl ZipLongest {
    #[new(name = "zip_longest")]
    fn new(cx: &mut Context, arguments: sidewinder_runtime::Arguments<'_>) -> Result<ZipLongest> {
        let mut fill = Owned::new(sidewinder_runtime::objects::singleton::none());
        for (name, value) in arguments.keywords() {
            if !sidewinder_runtime::objects::str::equals_text(name, "fillvalue") {
                return Err(cx.type_error("zip_longest() got an unexpected keyword argument"));
            }
            fill = Owned::new(value);
        }
        let mut sources = Vec::with_capacity(arguments.positionals().len());
        for &iterable in arguments.positionals() {
            sources.push(Some(iterate::get_iter(cx, iterable)?));
        }
        let active = Cell::new(sources.len());
        Ok(ZipLongest { sources: RefCell::new(sources), fill, active })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        if self.active.get() == 0 {
            return Ok(None);
        }
        let count = self.sources.borrow().len();
        let mut items = Vec::with_capacity(count);
        for index in 0..count {
            let source = self.sources.borrow()[index].clone();
            let found = match &source {
                None => None,
                Some(source) => match iterate::next(cx, source.value()) {
                    Ok(found) => found,
                    Err(raised) => {
                        self.active.set(0);
                        return Err(raised);
                    }
                },
            };
            if found.is_none() && source.is_some() {
                // Asking may have come back here and ended it already.
                let ended = self.sources.borrow_mut()[index].take();
                if ended.is_some() {
                    self.active.set(self.active.get().saturating_sub(1));
                }
                if self.active.get() == 0 {
                    return Ok(None);
                }
            }
            items.push(found.unwrap_or_else(|| self.fill.clone()));
        }
        Ok(Some(TupleObject::from_owned(cx, items)))
    }
}
