//! `count`, `cycle` and `repeat`.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, Given, Index};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::slots::BinaryOp;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::operations::{arithmetic, convert, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};

/// Whether arithmetic may be expected of an object.
fn is_number(value: Value) -> bool {
    let slots = value.type_of().slots();
    slots.index.is_some() || slots.float.is_some() || slots.int.is_some() || value.type_of().name() == "complex"
}

/// count(start=0, step=1)
/// --
///
/// The numbers from start on, by step.
#[native_type("itertools.count", base, iterator)]
#[derive(Traverse)]
pub struct Count {
    next: Field,
    step: Owned,
}

#[methods]
impl Count {
    #[new(name = "count")]
    fn new(cx: &mut Context, #[named] start: Given<Owned>, step: Given<Owned>) -> Result<Count> {
        let start = start.0.unwrap_or_else(|| int::from_i64(cx, 0));
        let step = step.0.unwrap_or_else(|| int::from_i64(cx, 1));
        if !is_number(start.value()) || !is_number(step.value()) {
            return Err(cx.type_error("a number is required"));
        }
        Ok(Count { next: Field::new(start), step })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let now = self.next.get_or_none();
        let next = arithmetic::binary(cx, BinaryOp::Add, now.value(), self.step.value())?;
        self.next.set(Some(next));
        Ok(Some(now))
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let name = super::endless::name_of(this);
        let now = convert::repr_text(cx, self.next.get_or_none().value())?;
        if self.step.value() == Value::from_small_int(1) {
            return Ok(StrObject::new(cx, &format!("{name}({now})")));
        }
        let step = convert::repr_text(cx, self.step.value())?;
        Ok(StrObject::new(cx, &format!("{name}({now}, {step})")))
    }
}

/// A type's name without its module.
pub fn name_of(value: Value) -> &'static str {
    sidewinder_runtime::native::module::short_name(value.type_of().name())
}

/// cycle(iterable, /)
/// --
///
/// The items again and again.
#[native_type("itertools.cycle", base, iterator)]
#[derive(Traverse)]
pub struct Cycle {
    /// The iterator, until it ends.
    source: Field,
    seen: RefCell<Vec<Owned>>,
    position: Cell<usize>,
}

#[methods]
impl Cycle {
    #[new(name = "cycle")]
    fn new(cx: &mut Context, iterable: Value) -> Result<Cycle> {
        let source = iterate::get_iter(cx, iterable)?;
        Ok(Cycle { source: Field::new(source), seen: RefCell::default(), position: Cell::new(0) })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        if let Some(source) = self.source.get() {
            if let Some(item) = iterate::next(cx, source.value())? {
                self.seen.borrow_mut().push(item.clone());
                return Ok(Some(item));
            }
            self.source.set(None);
        }
        let position = self.position.get();
        let found = self.seen.borrow().get(position).cloned();
        let length = self.seen.borrow().len();
        self.position.set(if position + 1 < length { position + 1 } else { 0 });
        Ok(found)
    }
}

/// The object again and again, or so many times.
#[native_type("itertools.repeat", base, iterator)]
#[derive(Traverse)]
pub struct Repeat {
    object: Owned,
    /// Rounds left, or -1 for no end.
    left: Cell<i64>,
}

#[methods]
impl Repeat {
    #[new(name = "repeat")]
    fn new(#[named] object: Owned, times: Given<Index>) -> Result<Repeat> {
        let left = times.0.map_or(-1, |times| times.0.max(0));
        Ok(Repeat { object, left: Cell::new(left) })
    }

    #[slot(next)]
    fn next(&self) -> Result<Option<Owned>> {
        match self.left.get() {
            0 => return Ok(None),
            left if left > 0 => self.left.set(left - 1),
            _ => {}
        }
        Ok(Some(self.object.clone()))
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let object = convert::repr(cx, self.object.value())?;
        let (name, object) = (name_of(this), str::text(object.value()).unwrap_or_default().into_owned());
        let text = match self.left.get() {
            -1 => format!("{name}({object})"),
            left => format!("{name}({object}, {left})"),
        };
        Ok(StrObject::new(cx, &text))
    }

    /// How many rounds are left.
    #[method(name = "__length_hint__")]
    fn length_hint(&self, cx: &mut Context) -> Result<i64> {
        match self.left.get() {
            -1 => Err(cx.type_error("len() of unsized object")),
            left => Ok(left),
        }
    }
}
