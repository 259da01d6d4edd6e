//! Cells: variables shared between a function and the functions nested in it.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::iterator::arguments::{positionals, refuse_keywords};
use crate::objects::singleton;
use crate::objects::slots::{CompareOp, Slots};
use crate::objects::str::StrObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::{self, convert};
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
            hash: Some(convert::unhashable_slot),
            compare: Some(compare),
            new: Some(new_cell),
            traverse: Some(traverse),
            release: Some(release),
            clear: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED)
    .with_doc("cell([contents])\n--\n\nA new cell, which is empty without contents."),
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

/// `cell([contents])`
fn new_cell(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    refuse_keywords(cx, "cell", arguments)?;
    let content = positionals(cx, "cell", arguments, 0, 1)?.first().copied();
    Ok(new(cx, content.map_or(Value::UNBOUND, |content| Owned::new(content).into_raw())))
}

/// Cells compare as what they hold; an empty one is less than any other.
fn compare(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let (Some(left), Some(right)) = (left.cast_exact::<CellObject>(), right.cast_exact::<CellObject>()) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    let (left, right) = (left.content.get(), right.content.get());
    if !left.is_unbound() && !right.is_unbound() {
        let (left, right) = (Owned::new(left), Owned::new(right));
        return operations::compare::compare(cx, op, left.value(), right.value());
    }
    let ordering = right.is_unbound().cmp(&left.is_unbound());
    Ok(Owned::new(singleton::boolean(op.holds(ordering))))
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
