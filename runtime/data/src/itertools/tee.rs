//! `tee`: several iterators over one source, which share a list of blocks of items.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::iterate;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};

/// Items of a block.
const BLOCK_ITEMS: usize = 57;

/// A block of items that some of the iterators have not seen yet.
#[native_type("itertools._tee_dataobject")]
#[derive(Traverse)]
pub struct TeeData {
    source: Owned,
    items: RefCell<Vec<Owned>>,
    following: Field,
    running: Cell<bool>,
}

#[methods]
impl TeeData {}

impl TeeData {
    fn after(source: Owned) -> TeeData {
        TeeData { source, items: RefCell::default(), following: Field::empty(), running: Cell::new(false) }
    }

    /// The item at a position, taken from the source if it is the next one.
    fn item(&self, cx: &mut Context, position: usize) -> Result<Option<Owned>> {
        if let Some(item) = self.items.borrow().get(position) {
            return Ok(Some(item.clone()));
        }
        if self.running.replace(true) {
            return Err(cx.raise(&RUNTIME_ERROR, "cannot re-enter the tee iterator"));
        }
        let found = iterate::next(cx, self.source.value());
        self.running.set(false);
        let found = found?;
        if let Some(item) = &found {
            self.items.borrow_mut().push(item.clone());
        }
        Ok(found)
    }

    /// The block after this one.
    fn following(&self, cx: &mut Context) -> Result<Owned> {
        if let Some(following) = self.following.get() {
            return Ok(following);
        }
        let made = NativeObject::new(cx, TeeData::after(self.source.clone()))?;
        self.following.set(Some(made.clone()));
        Ok(made)
    }
}

/// An iterator whose copies go on from the same place.
#[native_type("itertools._tee", weakrefs, iterator)]
#[derive(Traverse)]
pub struct Tee {
    block: Field,
    position: Cell<usize>,
}

impl Tee {
    fn copy_of(&self, cx: &mut Context) -> Result<Owned> {
        NativeObject::new(
            cx,
            Tee { block: Field::new(self.block.get_or_none()), position: Cell::new(self.position.get()) },
        )
    }

    fn over(cx: &mut Context, iterable: Value) -> Result<Owned> {
        let source = iterate::get_iter(cx, iterable)?;
        if let Some(tee) = source.value().cast::<NativeObject<Tee>>() {
            return tee.copy_of(cx);
        }
        let block = NativeObject::new(cx, TeeData::after(source))?;
        NativeObject::new(cx, Tee { block: Field::new(block), position: Cell::new(0) })
    }
}

#[methods]
impl Tee {
    #[new(name = "_tee")]
    fn new(cx: &mut Context, iterable: Value) -> Result<Owned> {
        Tee::over(cx, iterable)
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        if self.position.get() >= BLOCK_ITEMS {
            let block = self.block.get_or_none();
            let Some(data) = block.value().cast::<NativeObject<TeeData>>() else { return Ok(None) };
            let following = data.following(cx)?;
            self.block.set(Some(following));
            self.position.set(0);
        }
        let block = self.block.get_or_none();
        let Some(data) = block.value().cast::<NativeObject<TeeData>>() else { return Ok(None) };
        let found = data.item(cx, self.position.get())?;
        if found.is_some() {
            self.position.set(self.position.get() + 1);
        }
        Ok(found)
    }

    /// An independent iterator from the same place on.
    #[method(name = "__copy__")]
    fn copy(&self, cx: &mut Context) -> Result<Owned> {
        self.copy_of(cx)
    }
}

/// A tuple of `count` iterators over the items of `iterable`.
pub fn tee(cx: &mut Context, iterable: Value, count: i64) -> Result<Owned> {
    if count < 0 {
        return Err(cx.value_error("n must be >= 0"));
    }
    let mut made: Vec<Owned> = Vec::new();
    if count > 0 {
        made.push(Tee::over(cx, iterable)?);
    }
    for _ in 1..count {
        let first = made[0].clone();
        let copy = match first.value().cast::<NativeObject<Tee>>() {
            Some(tee) => tee.copy_of(cx)?,
            None => first,
        };
        made.push(copy);
    }
    Ok(TupleObject::from_owned(cx, made))
}
