//! Cells: variables shared between a function and the functions nested in it.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::objects::slots::Slots;
use crate::objects::str::StrObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::value::Value;
use std::cell::Cell;

#[repr(C)]
pub struct CellObject {
    pub header: Header,
    /// The variable's value, owned; unbound when empty.
    pub content: Cell<Value>,
}

pub static CELL: StaticType = Immortal::new(
    TypeObject::builtin(
        "cell",
        size_of::<CellObject>(),
        Slots {
            repr: Some(repr),
            traverse: Some(traverse),
            release: Some(release),
            clear: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

crate::object_type!(CellObject, CELL);

/// A cell that takes over `content` (unbound for an empty one).
#[inline]
pub fn new(cx: &mut Context, content: Value) -> Owned {
    let cell = cx.heap.allocate(&CELL.object, size_of::<CellObject>(), true) as *mut CellObject;
    // SAFETY: (heap 3) fresh memory.
    unsafe { (&raw mut (*cell).content).write(Cell::new(content)) };
    Owned::from_raw(Value::from_pointer(cell))
}

/// `<cell at 0x…: int object at 0x…>`
fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    // SAFETY: (heap 2) the slot of this type.
    let content = unsafe { value.cast_unchecked::<CellObject>() }.content.get();
    let shown = match content {
        content if content.is_unbound() => "empty".to_string(),
        content => format!("{} object at {:#x}", content.type_of().name(), content.0),
    };
    Ok(StrObject::new(cx, &format!("<cell at {:#x}: {shown}>", value.0)))
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    let content = unsafe { &*(header as *const CellObject) }.content.get();
    if !content.is_unbound() {
        visit(content);
    }
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    children.push(unsafe { &*(header as *const CellObject) }.content.replace(Value::UNBOUND));
}
