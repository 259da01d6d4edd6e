//! The rest of an iteration that somebody else has begun.

use crate::context::{Context, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::objects::iterator::{iterator_slots, release_fields, traverse_fields};
use crate::objects::list::ListObject;
use crate::objects::slots::Slots;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::iterate;
use crate::value::Value;
use std::cell::Cell;

/// Gives the items of a list, and then those that an iterator still has. Only native functions see it.
#[repr(C)]
pub struct Remainder {
    pub header: Header,
    pub iterator: Cell<Value>,
    /// A list of the items that were taken already, the last one first.
    taken: Cell<Value>,
}

impl Remainder {
    pub fn new(cx: &mut Context, mut taken: Vec<Owned>, iterator: Owned) -> Owned {
        taken.reverse();
        let taken = ListObject::new(cx, taken);
        let remainder = cx.heap.allocate(&raw const REMAINDER.object, size_of::<Remainder>(), true) as *mut Remainder;
        // SAFETY: (heap 3) fresh memory of the iterator's size.
        unsafe {
            (&raw mut (*remainder).iterator).write(Cell::new(iterator.into_raw()));
            (&raw mut (*remainder).taken).write(Cell::new(taken.into_raw()));
        }
        Owned::from_raw(Value::from_pointer(remainder))
    }
}

fn next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let remainder: &Remainder = unsafe { value.cast_unchecked() };
    // SAFETY: (heap 2) `new` made a list.
    match unsafe { remainder.taken.get().cast_unchecked::<ListObject>() }.pop() {
        Some(item) => Ok(Some(item)),
        None => iterate::next(cx, remainder.iterator.get()),
    }
}

pub static REMAINDER: StaticType = Immortal::new(
    TypeObject::builtin(
        "remainder",
        size_of::<Remainder>(),
        Slots { traverse: Some(traverse_fields::<2>), release: Some(release_fields::<2>), ..iterator_slots(next) },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

crate::object_type!(Remainder, REMAINDER);
