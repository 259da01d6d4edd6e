//! `list`: the layout, construction and the operations that change it.
//!
//! **Invariant** (list 1): `items`, `length` and `capacity` are the parts of a `Vec<Value>` whose elements own counts,
//! so a `Vec<Owned>` becomes a list without a copy. Every operation leaves the list consistent before it gives up a
//! count.

pub mod slots;

use crate::context::Context;
use crate::heap::owned::increment_bound;
use crate::heap::{Header, Immortal, Owned};
use crate::objects::slice::Span;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::value::Value;
use std::cell::Cell;
use std::mem::{ManuallyDrop, offset_of};

/// A list. Compiled code reads the fields.
#[repr(C)]
pub struct ListObject {
    pub header: Header,
    pub items: Cell<*mut Value>,
    pub length: Cell<usize>,
    pub capacity: Cell<usize>,
}

const _: () = assert!(
    offset_of!(ListObject, items) == 16
        && offset_of!(ListObject, length) == 24
        && offset_of!(ListObject, capacity) == 32
);

/// The same items without their owners' destructors.
pub fn into_raw_items(items: Vec<Owned>) -> Vec<Value> {
    let mut items = ManuallyDrop::new(items);
    // SAFETY: `Owned` is a transparent word like `Value`, so the allocation has the same layout.
    unsafe { Vec::from_raw_parts(items.as_mut_ptr() as *mut Value, items.len(), items.capacity()) }
}

/// The same items with their owners' destructors.
///
/// # Safety
/// The items carry counts and are not unbound.
pub unsafe fn into_owned_items(items: Vec<Value>) -> Vec<Owned> {
    let mut items = ManuallyDrop::new(items);
    // SAFETY: as in `into_raw_items`; the counts are the caller's promise.
    unsafe { Vec::from_raw_parts(items.as_mut_ptr() as *mut Owned, items.len(), items.capacity()) }
}

/// The items without their owners' destructors, borrowed.
#[inline(always)]
pub fn as_values(items: &[Owned]) -> &[Value] {
    // SAFETY: `Owned` is a transparent word like `Value`.
    unsafe { std::slice::from_raw_parts(items.as_ptr() as *const Value, items.len()) }
}

/// Gives up counts on `items`, the last one first, as CPython does.
pub fn release_items(cx: &mut Context, items: Vec<Value>) {
    if items.iter().any(|item| item.is_counted()) {
        cx.clear_and_release(|children| items.iter().for_each(|item| children.push(*item)), false);
    }
}

/// A vector of `items` with new counts on them.
#[inline(always)]
fn collect_counted<'a>(items: impl ExactSizeIterator<Item = &'a Value>) -> Vec<Value> {
    let mut copy: Vec<Value> = Vec::with_capacity(items.len());
    let first = copy.as_mut_ptr();
    let mut length = 0;
    for &item in items {
        increment_bound(item);
        // SAFETY: there is room for as many as the iterator said, which slices' iterators keep to.
        unsafe { *first.add(length) = item };
        length += 1;
    }
    // SAFETY: so many were written.
    unsafe { copy.set_len(length) };
    copy
}

impl ListObject {
    /// A list that takes over `items`.
    #[inline]
    pub fn new(cx: &mut Context, items: Vec<Owned>) -> Owned {
        ListObject::from_raw_items(cx, into_raw_items(items))
    }

    /// A list with new counts on `items`.
    #[inline]
    pub fn from_values(cx: &mut Context, items: &[Value]) -> Owned {
        let copy = collect_counted(items.iter());
        ListObject::from_raw_items(cx, copy)
    }

    /// The same in reverse.
    #[inline]
    pub fn from_reversed_values(cx: &mut Context, items: &[Value]) -> Owned {
        let copy = collect_counted(items.iter().rev());
        ListObject::from_raw_items(cx, copy)
    }

    /// An empty list with room for `capacity` items.
    pub fn with_capacity(cx: &mut Context, capacity: usize) -> Owned {
        ListObject::from_raw_items(cx, Vec::with_capacity(capacity))
    }

    /// A list that takes over the counts that `items` carry.
    #[inline]
    fn from_raw_items(cx: &mut Context, items: Vec<Value>) -> Owned {
        let header = cx.heap.allocate(&raw const LIST.object, size_of::<ListObject>(), true);
        // SAFETY: (heap 3) fresh memory of a list's size.
        unsafe { ListObject::write(header, items) }
    }

    /// Makes a list of fresh memory.
    ///
    /// # Safety
    /// `header` starts an unfilled object whose type is `list` or a subtype.
    #[inline]
    pub unsafe fn write(header: *mut Header, items: Vec<Value>) -> Owned {
        let mut items = ManuallyDrop::new(items);
        let list = header as *mut ListObject;
        // SAFETY: the caller's promise.
        unsafe {
            (&raw mut (*list).items).write(Cell::new(items.as_mut_ptr()));
            (&raw mut (*list).length).write(Cell::new(items.len()));
            (&raw mut (*list).capacity).write(Cell::new(items.capacity()));
        }
        Owned::from_raw(Value::from_pointer(list))
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length.get()
    }

    pub fn is_empty(&self) -> bool {
        self.length.get() == 0
    }

    /// The item at `index`, borrowed.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Value> {
        // SAFETY: (list 1) the index is within the items.
        (index < self.length.get()).then(|| unsafe { *self.items.get().add(index) })
    }

    /// The items, for uses that run no Python code and do not change the list.
    #[inline(always)]
    pub fn as_slice(&self) -> &[Value] {
        // SAFETY: (list 1) the buffer holds `length` values.
        unsafe { std::slice::from_raw_parts(self.items.get(), self.length.get()) }
    }

    /// Appends an item.
    #[inline(always)]
    pub fn push(&self, item: Owned) {
        let length = self.length.get();
        if length == self.capacity.get() {
            self.reserve(1);
        }
        // SAFETY: (list 1) the buffer has room for one more.
        unsafe { *self.items.get().add(length) = item.into_raw() };
        self.length.set(length + 1);
    }

    /// Appends the items of a vector from a place on, which go over to the list.
    pub fn extend_from_end_of(&self, items: &mut Vec<Owned>, place: usize) {
        self.with_items(|own| own.extend(items.drain(place..).map(Owned::into_raw)));
    }

    /// Replaces the item at `index`, which must exist, and gives the old one.
    #[inline(always)]
    pub fn replace(&self, index: usize, item: Owned) -> Owned {
        assert!(index < self.length.get());
        // SAFETY: (list 1) the index is within the items.
        let old = unsafe { std::ptr::replace(self.items.get().add(index), item.into_raw()) };
        Owned::from_raw(old)
    }

    /// Removes the last item.
    #[inline]
    pub fn pop(&self) -> Option<Owned> {
        let last = self.length.get().checked_sub(1)?;
        // SAFETY: (list 1) the index is within the items.
        let item = unsafe { *self.items.get().add(last) };
        self.length.set(last);
        if last < self.capacity.get() / 4 && self.capacity.get() > 64 {
            self.with_items(|items| items.shrink_to(2 * last));
        }
        Some(Owned::from_raw(item))
    }

    /// Inserts an item before `index`, which is at most the length.
    pub fn insert(&self, index: usize, item: Owned) {
        if self.length.get() == self.capacity.get() {
            self.reserve(1);
        }
        self.with_items(|items| items.insert(index, item.into_raw()));
    }

    /// Removes the item at `index`, which must exist.
    pub fn remove(&self, index: usize) -> Owned {
        Owned::from_raw(self.with_items(|items| items.remove(index)))
    }

    /// Makes room for `additional` items, with CPython's growth.
    #[cold]
    #[inline(never)]
    pub fn reserve(&self, additional: usize) {
        let needed = self.length.get() + additional;
        if needed > self.capacity.get() {
            let roomy = (needed + needed / 8 + 6) & !3;
            self.with_items(|items| items.reserve_exact(roomy - items.len()));
        }
    }

    /// Appends `values` with new counts on them. They must not lie in this list's buffer.
    pub fn extend_from_slice(&self, values: &[Value]) {
        self.reserve(values.len());
        self.with_items(|items| items.extend(values.iter().map(|value| Owned::new(*value).into_raw())));
    }

    /// Takes all items out; the list is then empty.
    #[inline]
    pub fn take_items(&self) -> Vec<Value> {
        let (items, length, capacity) = (self.items.get(), self.length.get(), self.capacity.get());
        self.items.set(std::ptr::NonNull::dangling().as_ptr());
        self.length.set(0);
        self.capacity.set(0);
        // SAFETY: (list 1) these are the parts of a vector, which the list no longer refers to.
        unsafe { Vec::from_raw_parts(items, length, capacity) }
    }

    /// Puts items into a list; those that it had are given back.
    pub fn put_items(&self, items: Vec<Value>) -> Vec<Value> {
        let old = self.take_items();
        let mut items = ManuallyDrop::new(items);
        self.items.set(items.as_mut_ptr());
        self.length.set(items.len());
        self.capacity.set(items.capacity());
        old
    }

    /// Works on the items as a vector. `change` must neither run Python code nor give up counts.
    #[inline]
    pub fn with_items<R>(&self, change: impl FnOnce(&mut Vec<Value>) -> R) -> R {
        let mut items = self.take_items();
        let result = change(&mut items);
        self.put_items(items);
        result
    }

    /// Removes all items.
    pub fn clear(&self, cx: &mut Context) {
        let items = self.take_items();
        release_items(cx, items);
    }

    /// Replaces the items from `start` on by those of another list; there are as many.
    pub fn overwrite(&self, cx: &mut Context, start: usize, source: &ListObject) {
        assert!(start + source.len() <= self.len());
        let new = source.as_slice();
        // SAFETY: (list 1) the span lies within the items.
        let span = unsafe { self.items.get().add(start) };
        if !self.as_slice()[start..start + new.len()].iter().any(|old| old.is_counted_bound()) {
            // Numbers, mostly: nothing is given up.
            for (offset, item) in new.iter().enumerate() {
                increment_bound(*item);
                // SAFETY: (list 1) as above; another list has another buffer.
                unsafe { *span.add(offset) = *item };
            }
            return;
        }
        cx.clear_and_release(
            |children| {
                for (offset, item) in source.as_slice().iter().enumerate() {
                    increment_bound(*item);
                    // SAFETY: (list 1) the index is within the items.
                    let old = unsafe { std::ptr::replace(self.items.get().add(start + offset), *item) };
                    children.push(old);
                }
            },
            false,
        );
    }

    /// Replaces `count` items from `start` by `new`.
    pub fn splice(&self, cx: &mut Context, start: usize, count: usize, new: Vec<Owned>) {
        let additional = new.len().saturating_sub(count);
        if additional > 0 {
            self.reserve(additional);
        }
        let mut new = into_raw_items(new);
        if new.len() == count {
            self.with_items(|items| items[start..start + count].swap_with_slice(&mut new));
            return release_items(cx, new);
        }
        let old: Vec<Value> = self.with_items(|items| items.splice(start..start + count, new).collect());
        release_items(cx, old);
    }

    /// Removes the items at the positions of `span`, which fits the list.
    pub fn remove_span(&self, cx: &mut Context, span: Span) {
        if span.count == 0 {
            return;
        }
        let span = span.ascending();
        let (start, step) = (span.start as usize, span.step as usize);
        let mut removed: Vec<Value> = self.with_items(|items| {
            if step == 1 {
                return items.drain(start..start + span.count).collect();
            }
            let removed = span.positions().map(|position| items[position]).collect();
            let mut kept = start;
            for position in start..items.len() {
                let offset = position - start;
                if offset % step != 0 || offset / step >= span.count {
                    items[kept] = items[position];
                    kept += 1;
                }
            }
            items.truncate(kept);
            removed
        });
        if step > 1 {
            // CPython gives up the items of an extended slice in ascending order.
            removed.reverse();
        }
        release_items(cx, removed);
    }
}

pub static LIST: StaticType = Immortal::new(
    TypeObject::builtin("list", size_of::<ListObject>(), slots::SLOTS)
        .with_base(&OBJECT.object)
        .with_flags(flags::BASE | flags::COLLECTED | flags::LIST | flags::SEQUENCE)
        .with_doc(
            "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe \
             argument must be an iterable if specified.",
        ),
);

crate::object_type!(ListObject, LIST);
