//! `product`, `combinations`, `combinations_with_replacement`, `permutations`.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::Index;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, str};
use sidewinder_runtime::operations::{convert, iterate};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};

/// Positions in a pool, and whether there is another choice of them.
#[derive(Traverse)]
struct Choice {
    #[plain]
    indices: RefCell<Vec<usize>>,
    started: Cell<bool>,
    ended: Cell<bool>,
}

impl Choice {
    fn new(indices: Vec<usize>, ended: bool) -> Choice {
        Choice { indices: RefCell::new(indices), started: Cell::new(false), ended: Cell::new(ended) }
    }

    /// Goes on to the next choice, by `advance` after the first. False at the end.
    fn step(&self, advance: impl FnOnce(&mut [usize]) -> bool) -> bool {
        if self.ended.get() {
            return false;
        }
        if self.started.replace(true) && !advance(&mut self.indices.borrow_mut()) {
            self.ended.set(true);
        }
        !self.ended.get()
    }

    /// The chosen items.
    fn tuple(&self, cx: &mut Context, pool: &[Owned], count: usize) -> Owned {
        let indices = self.indices.borrow();
        TupleObject::filled(cx, count, |place| pool[indices[place]].value())
    }
}

/// The length of choices.
fn length(cx: &mut Context, r: i64) -> Result<usize> {
    usize::try_from(r).map_err(|_| cx.value_error("r must be non-negative"))
}

/// combinations(iterable, r)
/// --
///
/// The choices of r items, in the order of the items.
#[native_type("itertools.combinations", base, iterator)]
#[derive(Traverse)]
pub struct Combinations {
    pool: Vec<Owned>,
    choice: Choice,
    count: usize,
}

#[methods]
impl Combinations {
    #[new(name = "combinations")]
    fn new(cx: &mut Context, #[named] iterable: Value, r: Index) -> Result<Combinations> {
        let pool = iterate::collect_unasked(cx, iterable)?;
        let count = length(cx, r.0)?;
        let ended = count > pool.len();
        let choice = Choice::new(if ended { Vec::new() } else { (0..count).collect() }, ended);
        Ok(Combinations { pool, choice, count })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let (length, count) = (self.pool.len(), self.count);
        let more = self.choice.step(|indices| {
            let Some(place) = (0..count).rev().find(|&place| indices[place] != place + length - count) else {
                return false;
            };
            indices[place] += 1;
            for place in place + 1..count {
                indices[place] = indices[place - 1] + 1;
            }
            true
        });
        Ok(more.then(|| self.choice.tuple(cx, &self.pool, count)))
    }
}

/// combinations_with_replacement(iterable, r)
/// --
///
/// The choices of r items, each of which may be taken again.
#[native_type("itertools.combinations_with_replacement", base, iterator)]
#[derive(Traverse)]
pub struct CombinationsWithReplacement {
    pool: Vec<Owned>,
    choice: Choice,
    count: usize,
}

#[methods]
impl CombinationsWithReplacement {
    #[new(name = "combinations_with_replacement")]
    fn new(cx: &mut Context, #[named] iterable: Value, r: Index) -> Result<CombinationsWithReplacement> {
        let pool = iterate::collect_unasked(cx, iterable)?;
        let count = length(cx, r.0)?;
        let ended = pool.is_empty() && count > 0;
        let choice = Choice::new(if ended { Vec::new() } else { zeros(cx, count)? }, ended);
        Ok(CombinationsWithReplacement { pool, choice, count })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let last = self.pool.len().wrapping_sub(1);
        let more = self.choice.step(|indices| {
            let Some(place) = indices.iter().rposition(|&index| index != last) else { return false };
            let next = indices[place] + 1;
            indices[place..].fill(next);
            true
        });
        Ok(more.then(|| self.choice.tuple(cx, &self.pool, self.count)))
    }
}

/// So many zeros, if there is memory for them.
fn zeros(cx: &mut Context, count: usize) -> Result<Vec<usize>> {
    let mut made = Vec::new();
    if made.try_reserve_exact(count).is_err() {
        return Err(cx.raise(&sidewinder_runtime::objects::exception::MEMORY_ERROR, ""));
    }
    made.resize(count, 0);
    Ok(made)
}

/// permutations(iterable, r=None)
/// --
///
/// The orders of r items (of all, without r).
#[native_type("itertools.permutations", base, iterator)]
#[derive(Traverse)]
pub struct Permutations {
    pool: Vec<Owned>,
    choice: Choice,
    #[plain]
    cycles: RefCell<Vec<usize>>,
    count: usize,
}

#[methods]
impl Permutations {
    #[new(name = "permutations")]
    fn new(cx: &mut Context, #[named] iterable: Value, #[default(None)] r: Option<Value>) -> Result<Permutations> {
        let pool = iterate::collect_unasked(cx, iterable)?;
        let count = match r {
            None => pool.len(),
            Some(r) if int::is_int_like(r) => {
                let r = convert::index_i64(cx, r)?;
                length(cx, r)?
            }
            Some(_) => return Err(cx.type_error("Expected int as r")),
        };
        let ended = count > pool.len();
        let choice = Choice::new((0..pool.len()).collect(), ended);
        let cycles = if ended { Vec::new() } else { (0..count).map(|place| pool.len() - place).collect() };
        Ok(Permutations { pool, choice, cycles: RefCell::new(cycles), count })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let length = self.pool.len();
        let more = self.choice.step(|indices| {
            let mut cycles = self.cycles.borrow_mut();
            for place in (0..self.count).rev() {
                cycles[place] -= 1;
                if cycles[place] == 0 {
                    indices[place..].rotate_left(1);
                    cycles[place] = length - place;
                } else {
                    indices.swap(place, length - cycles[place]);
                    return true;
                }
            }
            false
        });
        Ok(more.then(|| self.choice.tuple(cx, &self.pool, self.count)))
    }
}

/// product(*iterables, repeat=1)
/// --
///
/// Tuples of one item of each iterable, the last of which changes fastest.
#[native_type("itertools.product", base, iterator)]
#[derive(Traverse)]
pub struct Product {
    pools: Vec<Vec<Owned>>,
    choice: Choice,
}

#[methods]
impl Product {
    #[new(name = "product")]
    fn new(cx: &mut Context, arguments: Arguments<'_>) -> Result<Product> {
        let mut repeat = 1;
        for (name, value) in arguments.keywords() {
            if !str::equals_text(name, "repeat") {
                let name = str::text(name).unwrap_or_default().into_owned();
                return Err(cx.type_error(format!("product() got an unexpected keyword argument '{name}'")));
            }
            repeat = convert::index_i64(cx, value)?;
        }
        let Ok(repeat) = usize::try_from(repeat) else {
            return Err(cx.value_error("repeat argument cannot be negative"));
        };
        let mut pools = Vec::with_capacity(arguments.positionals().len());
        for &iterable in arguments.positionals().iter().filter(|_| repeat > 0) {
            pools.push(iterate::collect_unasked(cx, iterable)?);
        }
        let Some(places) = pools.len().checked_mul(repeat) else {
            return Err(cx.overflow_error("repeat argument too large"));
        };
        let ended = pools.iter().any(Vec::is_empty);
        let choice = Choice::new(zeros(cx, places)?, ended);
        Ok(Product { pools, choice })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let pools = self.pools.len();
        let more = self.choice.step(|indices| {
            let mut pool = 0;
            for index in indices.iter_mut().rev() {
                pool = if pool == 0 { pools - 1 } else { pool - 1 };
                *index += 1;
                if *index < self.pools[pool].len() {
                    return true;
                }
                *index = 0;
            }
            false
        });
        if !more {
            return Ok(None);
        }
        let indices = self.choice.indices.borrow();
        let mut pool = pools;
        let tuple = TupleObject::filled(cx, indices.len(), |place| {
            pool = if pool + 1 >= pools { 0 } else { pool + 1 };
            self.pools[pool][indices[place]].value()
        });
        Ok(Some(tuple))
    }
}
