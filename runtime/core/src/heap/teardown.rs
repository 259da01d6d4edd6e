//! Destruction of objects whose last reference went: a resumable depth-first worklist.
//!
//! Pending siblings stay alive (and weakly reachable) until their turn, so finalizers run in CPython's order: clearing
//! `[A1→B1, A2→B2]` finalises 2, 2b, 1, 1b. A finalizer runs Python only at a safe point; elsewhere the worklist stops
//! at the first object that needs one and the context is asked to go on later.

use crate::context::{Context, attention, interrupt};
use crate::heap::Header;
use crate::heap::allocate::chunk_of;
use crate::objects::generator::{self, GeneratorObject};
use crate::objects::instance;
use crate::objects::int::INT;
use crate::objects::list::{LIST, ListObject};
use crate::objects::str::STR;
use crate::objects::tuple::{self, TUPLE, TupleObject};
use crate::objects::type_object::flags;
use crate::value::Value;

/// Receives the references that a dying object owned; the last one pushed is released first.
pub struct Children<'a> {
    list: &'a mut Vec<Value>,
}

impl<'a> Children<'a> {
    /// A receiver that keeps them for the caller.
    pub(crate) fn into(list: &'a mut Vec<Value>) -> Children<'a> {
        Children { list }
    }

    /// Takes over a count (or an unbound value, which is ignored).
    #[inline(always)]
    pub fn push(&mut self, value: Value) {
        if value.is_counted() {
            self.list.push(value);
        }
    }
}

/// Whether the finalizer of the object's type has something to do. Most generators die finished or outside `try`.
fn needs_finalizer(value: Value) -> bool {
    generator::cast(value).is_none_or(GeneratorObject::needs_finalizer)
}

/// What became of an object that was to be destroyed.
enum Progress {
    Done,
    /// It is gone, and now this object's count is zero.
    Next(Value),
    /// Nothing was done yet: it needs the long way.
    Special,
}

impl Context {
    /// Destroys an object whose count has reached zero. With `python`, finalizers may run now.
    #[cold]
    #[inline(never)]
    pub fn tear_down(&mut self, value: Value, python: bool) {
        if value.has_type(&STR) {
            // SAFETY: (heap 5) a dead string, which owns nothing and which nothing refers to weakly.
            unsafe { crate::objects::str::slots::free(self, value.header()) };
            return;
        }
        if value.has_type(&INT) {
            // SAFETY: (heap 5) a dead integer, which owns nothing and which nothing refers to weakly.
            unsafe { crate::objects::int::free(self, value.header()) };
            return;
        }
        if python && self.finalizers_pending.get() & attention::FINALIZERS != 0 && !self.wait_for_others(value) {
            return;
        }
        let floor = self.teardown.len();
        self.destroy(value, python);
        self.drain(floor, python);
        if self.teardown.len() > floor {
            self.wait_in_line(floor);
        }
    }

    /// Lets those that wait for their finalizers go before a dead object, which they may bring back to life by a weak
    /// reference. Says whether it is dead still.
    #[cold]
    fn wait_for_others(&mut self, value: Value) -> bool {
        // SAFETY: (heap 5) the object is dead but intact; the count is this function's.
        let count = || unsafe { &mut (*value.header()).count };
        *count() = 1;
        self.run_pending_finalizers();
        *count() -= 1;
        *count() == 0
    }

    /// What cannot be finalized yet, from `floor` on, goes after what has waited since earlier in the instruction: the
    /// top of the list is next.
    #[cold]
    fn wait_in_line(&mut self, floor: usize) {
        self.teardown[self.teardown_floor..].rotate_left(floor - self.teardown_floor);
    }

    /// Gives up one count at a point where finalizers may run.
    #[inline(always)]
    pub fn release(&mut self, value: Value) {
        if value.is_counted() {
            // SAFETY: (heap 1) a counted value refers to a live object.
            unsafe {
                let header = value.header();
                (*header).count -= 1;
                if (*header).count == 0 {
                    self.tear_down(value, true);
                }
            }
        }
    }

    /// Runs the finalizers that wait, at a safe point.
    #[cold]
    #[inline(never)]
    pub fn run_pending_finalizers(&mut self) {
        self.finalizers_pending.set(self.finalizers_pending.get() & !attention::FINALIZERS);
        let pending = std::mem::replace(&mut self.pending, Value::UNBOUND);
        self.drain(self.teardown_floor, true);
        debug_assert!(self.pending.is_unbound());
        self.pending = pending;
    }

    fn drain(&mut self, floor: usize, python: bool) {
        while self.teardown.len() > floor {
            let Some(value) = self.teardown.pop() else { break };
            // SAFETY: (heap 5) the worklist owns one count on each entry.
            let dead = unsafe {
                let header = value.header();
                (*header).count -= 1;
                (*header).count == 0
            };
            if dead && !self.destroy(value, python) {
                return;
            }
        }
    }

    /// Destroys one object of count zero and, while that makes the next in line one, that too. False when an object
    /// had to be put back because a finalizer may not run here.
    #[inline]
    fn destroy(&mut self, value: Value, python: bool) -> bool {
        let mut value = value;
        loop {
            let kind = value.heap_type();
            let progress = if kind.has_flag(flags::PLAIN) {
                self.destroy_plain(value)
            } else if std::ptr::eq(kind, &LIST.object) {
                self.destroy_list(value)
            } else if std::ptr::eq(kind, &TUPLE.object) {
                self.destroy_tuple(value)
            } else {
                Progress::Special
            };
            match progress {
                Progress::Done => return true,
                Progress::Next(next) => value = next,
                Progress::Special => return self.destroy_any(value, python),
            }
        }
    }

    /// Destroys a list. Its items go from the last to the first, as in CPython: up to the first one that dies with it,
    /// which is next in line, while the others wait.
    #[inline(always)]
    fn destroy_list(&mut self, value: Value) -> Progress {
        let header = value.header();
        // SAFETY: (heap 2) the type is that of lists.
        let items = unsafe { value.cast_unchecked::<ListObject>() }.take_items();
        // SAFETY: (heap 5) the dead list has given up what it owned.
        unsafe { self.heap.free(header, size_of::<ListObject>(), true) };
        for (position, &child) in items.iter().enumerate().rev() {
            if !child.is_counted_bound() {
                continue;
            }
            // SAFETY: (list 1) the items own counts.
            let count = unsafe { &mut (*child.header()).count };
            *count -= 1;
            if *count == 0 {
                if child.has_type(&STR) {
                    // SAFETY: (heap 5) a dead string, which owns nothing and which nothing refers to weakly.
                    unsafe { crate::objects::str::slots::free(self, child.header()) };
                    continue;
                }
                let mut waiting = Children { list: &mut self.teardown };
                items[..position].iter().for_each(|child| waiting.push(*child));
                return Progress::Next(child);
            }
        }
        Progress::Done
    }

    /// Destroys a tuple, in the same order.
    #[inline(always)]
    fn destroy_tuple(&mut self, value: Value) -> Progress {
        let header = value.header();
        // SAFETY: (heap 2) the type is that of tuples; (heap 5) the dead tuple is intact until its memory is given back.
        let items = unsafe { value.cast_unchecked::<TupleObject>() }.as_slice();
        let bytes = tuple::tuple_bytes(items.len());
        for position in (0..items.len()).rev() {
            let child = items[position];
            // Compiled code may have moved items out of a tuple that only it knows.
            if !child.is_counted() {
                continue;
            }
            // SAFETY: (heap 1) a tuple owns counts on its items.
            let count = unsafe { &mut (*child.header()).count };
            *count -= 1;
            if *count > 0 {
                continue;
            }
            if child.has_type(&STR) {
                // SAFETY: (heap 5) a dead string, which owns nothing and which nothing refers to weakly.
                unsafe { crate::objects::str::slots::free(self, child.header()) };
                continue;
            }
            let mut waiting = Children { list: &mut self.teardown };
            items[..position].iter().for_each(|child| waiting.push(*child));
            // SAFETY: (heap 5) what the tuple owned is given up.
            unsafe { self.heap.free(header, bytes, true) };
            return Progress::Next(child);
        }
        // SAFETY: (heap 5) as above.
        unsafe { self.heap.free(header, bytes, true) };
        Progress::Done
    }

    /// Destroys an instance of a plain type that is nothing out of the ordinary. Its attributes go in order, as in
    /// CPython: up to the first one that dies with it, which is next in line, while the others wait.
    #[inline(always)]
    fn destroy_plain(&mut self, value: Value) -> Progress {
        let header = value.header();
        let kind = value.heap_type();
        let own = instance::plain_block(header);
        if own.flags.get() != 0 || !own.overflow.get().is_null() {
            return Progress::Special;
        }
        // SAFETY: (heap 4) instances are collected; (heap 5) a dead object is intact until its contents are released;
        // (types 2) its count keeps its class alive.
        unsafe {
            let class = &raw const *kind as *mut Header;
            let bytes = (*chunk_of(header)).cell_bytes;
            let slots = instance::plain_slots(header, bytes);
            for position in 0..slots.len() {
                let child = slots[position];
                if !child.is_counted() {
                    continue;
                }
                let count = &mut (*child.header()).count;
                *count -= 1;
                if *count > 0 {
                    continue;
                }
                // The count on the class goes last, as in CPython's subtype_dealloc. Where the next object has one,
                // too, nothing can be seen of it.
                if std::ptr::eq(child.heap_type(), kind) {
                    (*class).count -= 1;
                } else {
                    self.teardown.push(kind.value());
                }
                let mut waiting = Children { list: &mut self.teardown };
                slots[position + 1..].iter().rev().for_each(|child| waiting.push(*child));
                self.heap.free(header, bytes, true);
                return Progress::Next(child);
            }
            self.heap.free(header, bytes, true);
            (*class).count -= 1;
            if (*class).count == 0 { Progress::Next(kind.value()) } else { Progress::Done }
        }
    }

    /// Destroys one object of count zero: finalizer, weak references, contents, memory. False when it had to be put
    /// back because a finalizer may not run here.
    #[inline(never)]
    fn destroy_any(&mut self, value: Value, python: bool) -> bool {
        let header = value.header();
        let kind = value.heap_type();
        if std::ptr::eq(kind, &STR.object) {
            // SAFETY: (heap 5) a dead string, which nothing refers to weakly.
            unsafe { crate::objects::str::slots::free(self, header) };
            return true;
        }
        // SAFETY: (heap 5) the object is dead but intact until its contents are released.
        unsafe {
            let slots = kind.slots();
            if slots.finalize.is_none() && !kind.has_flag(flags::HAS_WEAK | flags::EXTERNAL_BLOCK | flags::HEAP) {
                // Most objects are of builtin types, with nothing to do but this.
                let bytes = slots.size.map_or(kind.basic_bytes.get() as usize, |size| size(header));
                if let Some(release) = slots.release {
                    release(header, &mut Children { list: &mut self.teardown });
                }
                self.heap.free(header, bytes, kind.has_flag(flags::COLLECTED));
                return true;
            }
            let finalize = slots.finalize.filter(|_| needs_finalizer(value));
            let mut referenced = kind.has_flag(flags::HAS_WEAK) && crate::objects::weak::is_referenced(self, value);
            if finalize.is_some() || referenced && crate::objects::weak::has_callbacks(self, value) {
                if !python {
                    (*header).count = 1;
                    self.teardown.push(value);
                    self.finalizers_pending.set(self.finalizers_pending.get() | attention::FINALIZERS);
                    self.request(interrupt::FINALIZERS);
                    return false;
                }
                if let Some(finalize) = finalize {
                    (*header).count = 1;
                    let floor = std::mem::replace(&mut self.teardown_floor, self.teardown.len());
                    crate::operations::finalize::run(self, value, finalize);
                    self.teardown_floor = floor;
                    (*header).count -= 1;
                    if (*header).count != 0 {
                        return true;
                    }
                    // It may have made some.
                    referenced = kind.has_flag(flags::HAS_WEAK);
                }
            }
            if referenced {
                (*header).count = 1;
                let floor = std::mem::replace(&mut self.teardown_floor, self.teardown.len());
                crate::objects::weak::clear_references(self, value);
                self.teardown_floor = floor;
                (*header).count -= 1;
            }
            // What ran may have given the object another class.
            let kind = value.heap_type();
            let slots = kind.slots();
            let bytes = match slots.size {
                Some(size) => size(header),
                None => kind.basic_bytes.get() as usize,
            };
            let collected = kind.has_flag(flags::COLLECTED);
            if kind.has_flag(flags::EXTERNAL_BLOCK) {
                crate::objects::instance::release_external(self, value);
            }
            if kind.has_flag(flags::HEAP) {
                // Below the contents, so released after them: the instance's count on its class goes last, as in
                // CPython's subtype_dealloc.
                self.teardown.push(kind.value());
            }
            if let Some(release) = slots.release {
                release(header, &mut Children { list: &mut self.teardown });
            }
            self.heap.free(header, bytes, collected);
        }
        true
    }

    /// The worklist as a receiver of children, for code that clears a container in place.
    pub fn children(&mut self) -> Children<'_> {
        Children { list: &mut self.teardown }
    }

    /// Releases what `clear` gives up, at a safe point.
    pub fn clear_and_release(&mut self, clear: impl FnOnce(&mut Children<'_>), python: bool) {
        let floor = self.teardown.len();
        clear(&mut Children { list: &mut self.teardown });
        self.drain(floor, python);
        if self.teardown.len() > floor {
            self.wait_in_line(floor);
        }
    }

    /// Frees the memory of an object whose construction failed before it was filled.
    ///
    /// # Safety
    /// Nothing refers to the object and it owns nothing.
    pub unsafe fn free_unfilled(&mut self, header: *mut Header, bytes: usize, collected: bool) {
        // SAFETY: the caller's promise.
        unsafe { self.heap.free(header, bytes, collected) };
    }
}
