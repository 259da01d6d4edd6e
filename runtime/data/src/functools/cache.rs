//! `lru_cache`: results by arguments, the least recently used of which go first (Modules/_functoolsmodule.c).

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::str::STR;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, method, singleton};
use sidewinder_runtime::operations::{call, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};

/// The end of a chain of links.
const NONE: usize = usize::MAX;

/// A result in a bounded cache, in a ring by time of use.
#[derive(Traverse)]
struct Link {
    key: Owned,
    hash: i64,
    result: Owned,
    /// Neighbours that were used earlier and later.
    earlier: usize,
    later: usize,
}

/// The links of a bounded cache. Places of dropped links are used again.
#[derive(Default, Traverse)]
struct Links {
    slots: Vec<Option<Link>>,
    #[plain]
    free: Vec<usize>,
    #[plain]
    oldest: Option<usize>,
    #[plain]
    newest: Option<usize>,
}

impl Links {
    fn detach(&mut self, place: usize) {
        let Some(link) = self.slots.get(place).and_then(Option::as_ref) else { return };
        let (earlier, later) = (link.earlier, link.later);
        match self.slots.get_mut(earlier).and_then(Option::as_mut) {
            Some(link) => link.later = later,
            None => self.oldest = (later != NONE).then_some(later),
        }
        match self.slots.get_mut(later).and_then(Option::as_mut) {
            Some(link) => link.earlier = earlier,
            None => self.newest = (earlier != NONE).then_some(earlier),
        }
    }

    fn attach(&mut self, place: usize) {
        let newest = self.newest.unwrap_or(NONE);
        if let Some(link) = self.slots.get_mut(newest).and_then(Option::as_mut) {
            link.later = place;
        }
        if let Some(link) = self.slots[place].as_mut() {
            (link.earlier, link.later) = (newest, NONE);
        }
        self.newest = Some(place);
        self.oldest = self.oldest.or(Some(place));
    }

    /// The result at a place, which becomes the newest.
    fn touch(&mut self, place: usize) -> Option<Owned> {
        let result = self.slots.get(place)?.as_ref()?.result.clone();
        self.detach(place);
        self.attach(place);
        Some(result)
    }

    fn insert(&mut self, key: Owned, hash: i64, result: Owned) -> usize {
        let link = Link { key, hash, result, earlier: NONE, later: NONE };
        let place = match self.free.pop() {
            Some(place) => {
                self.slots[place] = Some(link);
                place
            }
            None => {
                self.slots.push(Some(link));
                self.slots.len() - 1
            }
        };
        self.attach(place);
        place
    }

    fn remove(&mut self, place: usize) -> Option<Link> {
        self.detach(place);
        let link = self.slots.get_mut(place)?.take();
        self.free.push(place);
        link
    }

    fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}

/// A function whose results are kept.
#[native_type("functools._lru_cache_wrapper", base, weakrefs, dict)]
#[derive(Traverse)]
pub struct CachedFunction {
    function: Owned,
    /// Results kept at most; none for any number.
    #[plain]
    limit: Option<usize>,
    typed: bool,
    /// By key: results without a limit, places of links with one.
    results: Owned,
    links: RefCell<Links>,
    info: Owned,
    hits: Cell<i64>,
    misses: Cell<i64>,
}

/// An object in keys that keeps positional arguments from keywords.
fn mark() -> Value {
    singleton::ellipsis()
}

impl CachedFunction {
    /// The key of a call: the argument itself where one string or integer is all.
    fn key(&self, cx: &mut Context, arguments: Arguments<'_>) -> Owned {
        let positionals = arguments.positionals();
        if !self.typed
            && arguments.names.is_empty()
            && let [only] = positionals
            && (only.has_type(&STR) || int::is_exact(*only))
        {
            return Owned::new(*only);
        }
        let mut parts: Vec<Owned> = positionals.iter().copied().map(Owned::new).collect();
        if !arguments.names.is_empty() {
            parts.push(Owned::new(mark()));
            for (name, value) in arguments.keywords() {
                parts.push(Owned::new(name));
                parts.push(Owned::new(value));
            }
        }
        if self.typed {
            parts.extend(arguments.values.iter().map(|value| Owned::new(value.type_of().value())));
        }
        TupleObject::from_owned(cx, parts)
    }

    fn call_unbounded(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let key = self.key(cx, arguments);
        let hash = convert::hash(cx, key.value())?;
        let results = dict::of(self.results.value());
        if let Some(found) = results.get_with_hash(cx, key.value(), hash)?.map(Owned::new) {
            self.hits.set(self.hits.get() + 1);
            return Ok(found);
        }
        self.misses.set(self.misses.get() + 1);
        let result = call::call_with(cx, self.function.value(), arguments)?;
        results.set_with_hash(cx, key.value(), hash, result.value())?;
        Ok(result)
    }

    fn call_bounded(&self, cx: &mut Context, arguments: Arguments<'_>, limit: usize) -> Result<Owned> {
        let key = self.key(cx, arguments);
        let hash = convert::hash(cx, key.value())?;
        let places = dict::of(self.results.value());
        if let Some(place) = places.get_with_hash(cx, key.value(), hash)?
            && let Some(result) = self.links.borrow_mut().touch(place.int() as usize)
        {
            self.hits.set(self.hits.get() + 1);
            return Ok(result);
        }
        self.misses.set(self.misses.get() + 1);
        let result = call::call_with(cx, self.function.value(), arguments)?;
        // The call may have come back here and filled the place.
        if places.get_with_hash(cx, key.value(), hash)?.is_some() {
            return Ok(result);
        }
        let oldest = self.links.borrow().oldest.filter(|_| self.links.borrow().len() >= limit);
        if let Some(oldest) = oldest {
            let gone = self.links.borrow_mut().remove(oldest);
            if let Some(gone) = gone {
                drop(places.remove_with_hash(cx, gone.key.value(), gone.hash)?);
            }
        }
        let place = self.links.borrow_mut().insert(key.clone(), hash, result.clone());
        places.set_with_hash(cx, key.value(), hash, Value::from_small_int(place as i64))?;
        Ok(result)
    }
}

#[methods]
impl CachedFunction {
    #[new(name = "lru_cache")]
    fn new(
        cx: &mut Context,
        #[named] user_function: Owned,
        maxsize: Value,
        typed: bool,
        cache_info_type: Owned,
    ) -> Result<CachedFunction> {
        if user_function.value().type_of().slots().call.is_none() {
            return Err(cx.type_error("the first argument must be callable"));
        }
        let limit = if maxsize == singleton::none() {
            None
        } else if maxsize.type_of().slots().index.is_some() || int::is_int_like(maxsize) {
            Some(convert::index_i64(cx, maxsize)?.max(0) as usize)
        } else {
            return Err(cx.type_error("maxsize should be integer or None"));
        };
        Ok(CachedFunction {
            function: user_function,
            limit,
            typed,
            results: DictObject::new(cx),
            links: RefCell::default(),
            info: cache_info_type,
            hits: Cell::new(0),
            misses: Cell::new(0),
        })
    }

    #[call]
    fn call(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        match self.limit {
            None => self.call_unbounded(cx, arguments),
            Some(0) => {
                self.misses.set(self.misses.get() + 1);
                call::call_with(cx, self.function.value(), arguments)
            }
            Some(limit) => self.call_bounded(cx, arguments, limit),
        }
    }

    #[slot(descriptor_get)]
    fn bind(cx: &mut Context, this: Value, instance: Option<Value>, _owner: &TypeObject) -> Result<Owned> {
        match instance.filter(|instance| *instance != singleton::none()) {
            Some(instance) => Ok(method::new(cx, this, instance)),
            None => Ok(Owned::new(this)),
        }
    }

    /// Hits, misses, the limit and the number of results.
    fn cache_info(&self, cx: &mut Context) -> Result<Owned> {
        let size = match self.limit {
            None => dict::of(self.results.value()).len(),
            Some(_) => self.links.borrow().len(),
        };
        let limit = match self.limit {
            None => Owned::new(singleton::none()),
            Some(limit) => int::from_usize(cx, limit),
        };
        let (hits, misses) = (int::from_i64(cx, self.hits.get()), int::from_i64(cx, self.misses.get()));
        let size = int::from_usize(cx, size);
        call::call(cx, self.info.value(), &[hits.value(), misses.value(), limit.value(), size.value()])
    }

    /// Forgets all results and counts.
    fn cache_clear(&self, cx: &mut Context) {
        self.hits.set(0);
        self.misses.set(0);
        let links = self.links.take();
        dict::of(self.results.value()).clear(cx);
        drop(links);
    }

    /// The name by which a pickle finds it.
    #[method(name = "__reduce__")]
    fn reduce(cx: &mut Context, this: Value) -> Result<Owned> {
        sidewinder_runtime::operations::attribute::get_text(cx, this, "__qualname__")
    }

    /// The function itself.
    #[method(name = "__copy__")]
    fn copy(this: Value) -> Value {
        this
    }

    /// The function itself.
    #[method(name = "__deepcopy__")]
    fn deepcopy(this: Value, _memo: Value) -> Value {
        this
    }
}
