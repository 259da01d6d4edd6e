//! `deque`: a queue with two ends (Modules/_collectionsmodule.c).
//!
//! Items are copied out before anything that may run Python code; `version` tells whether the queue changed meanwhile.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Given, Index, NativeObject};
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::slice::wrap_index;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{exception, int, singleton};
use sidewinder_runtime::operations::dunder::type_slots;
use sidewinder_runtime::operations::{attribute, call, compare, convert, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// deque([iterable[, maxlen]])
/// --
///
/// A list-like sequence that is quick at both ends, and may have a greatest length.
#[native_type("collections.deque", base, weakrefs, generic, sequence, unhashable)]
#[derive(Traverse, Default)]
pub struct Deque {
    items: RefCell<VecDeque<Owned>>,
    limit: Cell<Option<u64>>,
    /// Counts changes.
    version: Cell<u64>,
}

type DequeObject = NativeObject<Deque>;

impl Deque {
    fn len(&self) -> usize {
        self.items.borrow().len()
    }

    fn limit(&self) -> usize {
        self.limit.get().map_or(usize::MAX, |limit| limit as usize)
    }

    fn changed(&self) {
        self.version.set(self.version.get().wrapping_add(1));
    }

    fn item(&self, index: usize) -> Option<Owned> {
        self.items.borrow().get(index).cloned()
    }

    /// Adds at the right; what falls out at the left is given back, to be released when nothing is borrowed.
    #[must_use]
    fn push_back(&self, item: Owned) -> Option<Owned> {
        self.changed();
        let mut items = self.items.borrow_mut();
        items.push_back(item);
        if items.len() > self.limit() { items.pop_front() } else { None }
    }

    /// Adds at the left; what falls out at the right is given back.
    #[must_use]
    fn push_front(&self, item: Owned) -> Option<Owned> {
        self.changed();
        let mut items = self.items.borrow_mut();
        items.push_front(item);
        if items.len() > self.limit() { items.pop_back() } else { None }
    }

    fn rotate_by(&self, steps: i64) {
        let mut items = self.items.borrow_mut();
        let length = items.len() as i64;
        if length > 1 {
            items.rotate_right(steps.rem_euclid(length) as usize);
            drop(items);
            self.changed();
        }
    }

    fn extend_with(&self, cx: &mut Context, this: Value, iterable: Value, left: bool) -> Result<()> {
        // What extends a queue by itself must not see what it adds.
        let own = if iterable == this {
            let items = self.items.borrow().iter().cloned().collect();
            Some(sidewinder_runtime::objects::list::ListObject::new(cx, items))
        } else {
            None
        };
        let iterator = iterate::get_iter(cx, own.as_ref().map_or(iterable, Owned::value))?;
        while let Some(item) = iterate::next(cx, iterator.value())? {
            drop(if left { self.push_front(item) } else { self.push_back(item) });
        }
        Ok(())
    }

    /// A new queue of the class of `this` with these items and the same limit.
    fn like(&self, cx: &mut Context, class: &'static TypeObject, items: VecDeque<Owned>) -> Result<Owned> {
        let mut items = items;
        while items.len() > self.limit() {
            drop(items.pop_front());
        }
        let made = Deque { items: RefCell::new(items), limit: Cell::new(self.limit.get()), version: Cell::new(0) };
        NativeObject::allocate(cx, class, made)
    }

    fn copy_of(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let class = this.type_of();
        if std::ptr::eq(class, &DEQUE.object) {
            let items = self.items.borrow().clone();
            return self.like(cx, class, items);
        }
        match self.limit.get() {
            None => call::call(cx, class.value(), &[this]),
            Some(limit) => {
                let limit = int::from_u64(cx, limit);
                call::call(cx, class.value(), &[this, limit.value()])
            }
        }
    }

    /// The items repeated.
    fn repeated(&self, cx: &mut Context, times: i64) -> Result<VecDeque<Owned>> {
        let items = self.items.borrow();
        let times = times.max(0) as usize;
        let wanted = items.len().checked_mul(times).filter(|wanted| *wanted <= isize::MAX as usize / 8);
        let Some(wanted) = wanted else {
            return Err(cx.raise(&exception::MEMORY_ERROR, ""));
        };
        let kept = wanted.min(self.limit());
        let mut made = VecDeque::new();
        if made.try_reserve(kept).is_err() {
            return Err(cx.raise(&exception::MEMORY_ERROR, ""));
        }
        made.extend((wanted - kept..wanted).map(|index| items[index % items.len()].clone()));
        Ok(made)
    }

    /// The position of the first item between two bounds that equals a value.
    fn find(&self, cx: &mut Context, value: Value, start: usize, stop: usize) -> Result<Option<usize>> {
        let version = self.version.get();
        for index in start..stop {
            let Some(item) = self.item(index) else { break };
            let found = item.value() == value || compare::equals(cx, item.value(), value)?;
            if found {
                return Ok(Some(index));
            }
            if version != self.version.get() {
                return Err(changed_during_iteration(cx));
            }
        }
        Ok(None)
    }

    /// The position that a subscript names.
    fn position(&self, cx: &mut Context, key: Value) -> Result<usize> {
        if key.type_of().slots().index.is_none() && !key.is_int() {
            let actual = key.type_of().name();
            return Err(cx.type_error(format!("sequence index must be integer, not '{actual}'")));
        }
        let index = convert::index_i64(cx, key)?;
        wrap_index(index, self.len()).ok_or_else(|| cx.index_error("deque index out of range"))
    }
}

#[cold]
fn changed_during_iteration(cx: &mut Context) -> Raised {
    cx.raise(&RUNTIME_ERROR, "deque mutated during iteration")
}

#[methods]
impl Deque {
    #[new(name = "deque")]
    fn new(_arguments: sidewinder_runtime::Arguments<'_>) -> Result<Deque> {
        Ok(Deque::default())
    }

    #[init]
    fn init(&self, cx: &mut Context, this: Value, arguments: sidewinder_runtime::Arguments<'_>) -> Result<()> {
        use sidewinder_runtime::objects::iterator::arguments::Signature;
        static SIGNATURE: Signature<2> = Signature {
            function: "deque",
            names: ["iterable", "maxlen"],
            positional_only: 0,
            positional: 2,
            required: 0,
            rest: false,
            open: false,
        };
        let [iterable, limit] = SIGNATURE.bind(cx, arguments)?;
        let limit = match limit.filter(|limit| *limit != singleton::none()) {
            None => None,
            Some(limit) => {
                if limit.type_of().slots().index.is_none() && !int::is_int_like(limit) {
                    return Err(cx.type_error("an integer is required"));
                }
                let number = convert::index_i64(cx, limit)?;
                if number < 0 {
                    return Err(cx.value_error("maxlen must be non-negative"));
                }
                Some(number as u64)
            }
        };
        self.limit.set(limit);
        let old = self.items.take();
        if !old.is_empty() {
            self.changed();
        }
        drop(old);
        match iterable {
            Some(iterable) => self.extend_with(cx, this, iterable, false),
            None => Ok(()),
        }
    }

    /// Adds an item at the right end.
    #[method(no_python)]
    fn append(&self, item: Owned) {
        drop(self.push_back(item));
    }

    /// Adds an item at the left end.
    #[method(no_python)]
    fn appendleft(&self, item: Owned) {
        drop(self.push_front(item));
    }

    /// Removes all items.
    fn clear(&self) {
        self.changed();
        let items = self.items.take();
        drop(items);
    }

    /// A shallow copy.
    #[method(also = "__copy__")]
    fn copy(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        self.copy_of(cx, this)
    }

    /// The number of items that equal a value.
    fn count(&self, cx: &mut Context, value: Value) -> Result<i64> {
        let (mut count, version) = (0, self.version.get());
        for index in 0..self.len() {
            let Some(item) = self.item(index) else { break };
            count += i64::from(item.value() == value || compare::equals(cx, item.value(), value)?);
            if version != self.version.get() {
                return Err(changed_during_iteration(cx));
            }
        }
        Ok(count)
    }

    /// Adds the items of an iterable at the right end.
    fn extend(&self, cx: &mut Context, this: Value, iterable: Value) -> Result<()> {
        self.extend_with(cx, this, iterable, false)
    }

    /// Adds the items of an iterable at the left end, one after the other.
    fn extendleft(&self, cx: &mut Context, this: Value, iterable: Value) -> Result<()> {
        self.extend_with(cx, this, iterable, true)
    }

    /// The position of the first item that equals a value.
    fn index(&self, cx: &mut Context, value: Value, start: Given<Value>, stop: Given<Value>) -> Result<usize> {
        let bound = |cx: &mut Context, value: Option<Value>, missing: usize| match value {
            Some(value) => sidewinder_runtime::objects::slice::argument_bound(cx, value, self.len()),
            None => Ok(missing),
        };
        let start = bound(cx, start.0, 0)?;
        let stop = bound(cx, stop.0, usize::MAX)?.min(self.len());
        match self.find(cx, value, start, stop)? {
            Some(index) => Ok(index),
            None => Err(cx.value_error("deque.index(x): x not in deque")),
        }
    }

    /// Puts an item before a position.
    fn insert(&self, cx: &mut Context, index: Index, value: Owned) -> Result<()> {
        let length = self.len();
        if length >= self.limit() {
            return Err(cx.index_error("deque already at its maximum size"));
        }
        let index = if index.0 < 0 { index.0.saturating_add(length as i64).max(0) } else { index.0.min(length as i64) };
        self.changed();
        self.items.borrow_mut().insert(index as usize, value);
        Ok(())
    }

    /// Takes the item at the right end.
    #[method(no_python)]
    fn pop(&self, cx: &mut Context) -> Result<Owned> {
        let item = self.items.borrow_mut().pop_back();
        self.changed();
        item.ok_or_else(|| cx.index_error("pop from an empty deque"))
    }

    /// Takes the item at the left end.
    #[method(no_python)]
    fn popleft(&self, cx: &mut Context) -> Result<Owned> {
        let item = self.items.borrow_mut().pop_front();
        self.changed();
        item.ok_or_else(|| cx.index_error("pop from an empty deque"))
    }

    /// Removes the first item that equals a value.
    fn remove(&self, cx: &mut Context, value: Value) -> Result<()> {
        let (length, version) = (self.len(), self.version.get());
        for index in 0..length {
            let Some(item) = self.item(index) else { break };
            let found = item.value() == value || compare::equals(cx, item.value(), value)?;
            if version != self.version.get() {
                return Err(cx.index_error("deque mutated during iteration"));
            }
            if found {
                let gone = self.items.borrow_mut().remove(index);
                self.changed();
                drop(gone);
                return Ok(());
            }
        }
        Err(cx.value_error("deque.remove(x): x not in deque"))
    }

    /// Reverses the order of the items.
    #[method(no_python)]
    fn reverse(&self) {
        self.items.borrow_mut().make_contiguous().reverse();
        self.changed();
    }

    /// Moves the items n steps to the right, those at the end to the other one.
    fn rotate(&self, #[default(1)] n: Index) {
        self.rotate_by(n.0);
    }

    /// The greatest length, or None.
    #[get]
    fn maxlen(&self) -> Option<u64> {
        self.limit.get()
    }

    /// What pickling needs.
    #[method(name = "__reduce__")]
    fn reduce(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let state = attribute::get_text_optional(cx, this, "__dict__")?;
        let state = state.unwrap_or_else(|| Owned::new(singleton::none()));
        let arguments = match self.limit.get() {
            None => Owned::new(sidewinder_runtime::objects::tuple::empty()),
            Some(limit) => {
                let limit = int::from_u64(cx, limit);
                let nothing = Owned::new(sidewinder_runtime::objects::tuple::empty());
                TupleObject::pair(cx, nothing, limit)
            }
        };
        let items = iterate::get_iter(cx, this)?;
        Ok(TupleObject::from_owned(cx, vec![Owned::new(this.type_of().value()), arguments, state, items]))
    }

    /// An iterator from the right to the left.
    #[method(name = "__reversed__")]
    fn reversed(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let left = Cell::new(self.len());
        NativeObject::new(cx, DequeReverseIterator { deque: Owned::new(this), version: self.version.get(), left })
    }

    #[slot(iter)]
    fn iter(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let left = Cell::new(self.len());
        NativeObject::new(cx, DequeIterator { deque: Owned::new(this), version: self.version.get(), left })
    }

    #[slot(length)]
    fn length(&self) -> Result<usize> {
        Ok(self.len())
    }

    #[slot(get_item)]
    fn get_item(&self, cx: &mut Context, key: Value) -> Result<Owned> {
        let position = self.position(cx, key)?;
        self.item(position).ok_or_else(|| cx.index_error("deque index out of range"))
    }

    #[slot(set_item)]
    fn set_item(&self, cx: &mut Context, key: Value, value: Option<Value>) -> Result<()> {
        let position = self.position(cx, key)?;
        let old = match value {
            Some(value) => {
                let value = Owned::new(value);
                self.items.borrow_mut().get_mut(position).map(|place| std::mem::replace(place, value))
            }
            None => {
                self.changed();
                self.items.borrow_mut().remove(position)
            }
        };
        drop(old);
        Ok(())
    }

    #[slot(contains)]
    fn contains(&self, cx: &mut Context, item: Value) -> Result<bool> {
        Ok(self.find(cx, item, 0, self.len())?.is_some())
    }

    #[slot(compare)]
    fn compare(&self, cx: &mut Context, other: Value, operation: CompareOp) -> Result<Owned> {
        let Some(other) = other.cast::<DequeObject>() else { return Ok(Owned::new(singleton::not_implemented())) };
        let boolean = |answer: bool| Ok(Owned::new(singleton::boolean(answer)));
        let lengths = self.len().cmp(&other.len());
        if lengths.is_ne() && matches!(operation, CompareOp::Equal | CompareOp::NotEqual) {
            return boolean(operation == CompareOp::NotEqual);
        }
        let mut index = 0;
        while let (Some(a), Some(b)) = (self.item(index), other.item(index)) {
            if a.value() != b.value() && !compare::equals(cx, a.value(), b.value())? {
                return match operation {
                    CompareOp::Equal => boolean(false),
                    CompareOp::NotEqual => boolean(true),
                    _ => compare::compare(cx, operation, a.value(), b.value()),
                };
            }
            index += 1;
        }
        boolean(operation.holds(self.len().cmp(&other.len())))
    }

    #[slot(add)]
    fn add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let Some(own) = left.cast::<DequeObject>() else { return Ok(Owned::new(singleton::not_implemented())) };
        let Some(other) = right.cast::<DequeObject>() else {
            let actual = right.type_of().name();
            return Err(cx.type_error(format!("can only concatenate deque (not \"{actual}\") to deque")));
        };
        let made = own.copy_of(cx, left)?;
        let Some(target) = made.value().cast::<DequeObject>() else { return Ok(made) };
        let added: Vec<Owned> = other.items.borrow().iter().cloned().collect();
        for item in added {
            drop(target.push_back(item));
        }
        Ok(made)
    }

    #[slot(inplace_add)]
    fn add_in_place(&self, cx: &mut Context, this: Value, other: Value) -> Result<Owned> {
        self.extend_with(cx, this, other, false)?;
        Ok(Owned::new(this))
    }

    #[slot(multiply)]
    fn multiply(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let (deque, times) = if left.cast::<DequeObject>().is_some() { (left, right) } else { (right, left) };
        let Some(own) = deque.cast::<DequeObject>() else { return Ok(Owned::new(singleton::not_implemented())) };
        if times.type_of().slots().index.is_none() && !times.is_int() {
            let actual = times.type_of().name();
            return Err(cx.type_error(format!("can't multiply sequence by non-int of type '{actual}'")));
        }
        let times = convert::index_i64(cx, times)?;
        let items = own.repeated(cx, times)?;
        own.like(cx, deque.type_of(), items)
    }

    #[slot(inplace_multiply)]
    fn multiply_in_place(&self, cx: &mut Context, this: Value, other: Value) -> Result<Owned> {
        let times = convert::index_i64(cx, other)?;
        let items = self.repeated(cx, times)?;
        let old = self.items.replace(items);
        self.changed();
        drop(old);
        Ok(Owned::new(this))
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let (name, limit) = (type_slots::plain_name(this.type_of()), self.limit.get());
        let items = self.items.borrow().iter().cloned().collect();
        let items = sidewinder_runtime::objects::list::ListObject::new(cx, items);
        if cx.repr_active.contains(&this) {
            return Ok(StrObject::new(cx, "[...]"));
        }
        cx.repr_active.push(this);
        let shown = convert::repr(cx, items.value());
        cx.repr_active.pop();
        let shown = shown?;
        let shown = str::cast(shown.value()).map(|text| text.as_text().into_owned()).unwrap_or_default();
        let text = match limit {
            None => format!("{name}({shown})"),
            Some(limit) => format!("{name}({shown}, maxlen={limit})"),
        };
        Ok(StrObject::new(cx, &text))
    }
}

/// An iterator over a queue from the left.
#[native_type("collections._deque_iterator", iterator)]
#[derive(Traverse)]
pub struct DequeIterator {
    deque: Owned,
    version: u64,
    left: Cell<usize>,
}

/// An iterator over a queue from the right.
#[native_type("collections._deque_reverse_iterator", iterator)]
#[derive(Traverse)]
pub struct DequeReverseIterator {
    deque: Owned,
    version: u64,
    left: Cell<usize>,
}

/// The next item of an iterator over a queue, `position` from what is left and the length.
fn step(
    cx: &mut Context,
    deque: Value,
    version: u64,
    left: &Cell<usize>,
    position: fn(usize, usize) -> usize,
) -> Result<Option<Owned>> {
    let Some(own) = deque.cast::<DequeObject>() else { return Ok(None) };
    if left.get() == 0 {
        return Ok(None);
    }
    if own.version.get() != version {
        left.set(0);
        return Err(changed_during_iteration(cx));
    }
    let item = own.item(position(left.get(), own.len()));
    left.set(left.get() - 1);
    Ok(item)
}

/// The queue and the position in it that a constructor of an iterator was given.
fn restored(cx: &mut Context, name: &str, deque: Value, index: i64) -> Result<(u64, usize)> {
    let Some(own) = deque.cast::<DequeObject>() else {
        let actual = deque.type_of().name();
        return Err(cx.type_error(format!("{name}() argument 1 must be collections.deque, not {actual}")));
    };
    let taken = (index.max(0) as usize).min(own.len());
    Ok((own.version.get(), own.len() - taken))
}

/// What pickling an iterator needs: the queue and how many items were taken.
fn reduce_iterator(cx: &mut Context, this: Value, deque: &Owned, left: usize) -> Owned {
    let length = deque.value().cast::<DequeObject>().map_or(0, |own| own.len());
    let taken = int::from_usize(cx, length.saturating_sub(left));
    let arguments = TupleObject::pair(cx, deque.clone(), taken);
    TupleObject::pair(cx, Owned::new(this.type_of().value()), arguments)
}

#[methods]
impl DequeIterator {
    #[new(name = "_deque_iterator")]
    fn new(cx: &mut Context, deque: Value, #[default(0)] index: Index) -> Result<DequeIterator> {
        let (version, left) = restored(cx, "_deque_iterator", deque, index.0)?;
        Ok(DequeIterator { deque: Owned::new(deque), version, left: Cell::new(left) })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        step(cx, self.deque.value(), self.version, &self.left, |left, length| length - left)
    }

    /// How many items are left.
    #[method(name = "__length_hint__")]
    fn length_hint(&self) -> usize {
        self.left.get()
    }

    /// What pickling needs.
    #[method(name = "__reduce__")]
    fn reduce(&self, cx: &mut Context, this: Value) -> Owned {
        reduce_iterator(cx, this, &self.deque, self.left.get())
    }
}

#[methods]
impl DequeReverseIterator {
    #[new(name = "_deque_reverse_iterator")]
    fn new(cx: &mut Context, deque: Value, #[default(0)] index: Index) -> Result<DequeReverseIterator> {
        let (version, left) = restored(cx, "_deque_reverse_iterator", deque, index.0)?;
        Ok(DequeReverseIterator { deque: Owned::new(deque), version, left: Cell::new(left) })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        step(cx, self.deque.value(), self.version, &self.left, |left, _| left - 1)
    }

    /// How many items are left.
    #[method(name = "__length_hint__")]
    fn length_hint(&self) -> usize {
        self.left.get()
    }

    /// What pickling needs.
    #[method(name = "__reduce__")]
    fn reduce(&self, cx: &mut Context, this: Value) -> Owned {
        reduce_iterator(cx, this, &self.deque, self.left.get())
    }
}
