//! Buffers of classes that define `__buffer__` in Python (PEP 688).

use super::{MemoryView, ViewObject};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::buffer::{Buffer, Request};
use sidewinder_runtime::objects::{int, str};
use sidewinder_runtime::operations::{call, finalize};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::RefCell;

/// Who lends a view that `__buffer__` gave: it is told when the view is no longer used.
#[native_type("_buffer_wrapper")]
#[derive(Traverse)]
pub struct Lender {
    view: Owned,
    object: Owned,
    /// What the view itself has lent.
    lent: RefCell<Option<Buffer>>,
}

#[methods]
impl Lender {}

/// The buffer that `value.__buffer__(flags)` grants.
pub fn python_buffer(cx: &mut Context, value: Value, request: Request) -> Result<Buffer> {
    let name = str::intern(cx, "__buffer__");
    let flags = int::from_i64(cx, request.0 as i64);
    let Some(made) = call::call_special(cx, value, name.value(), flags.value())? else {
        let actual = value.type_of().name();
        return Err(cx.type_error(format!("a bytes-like object is required, not '{actual}'")));
    };
    let Some(view) = made.value().cast::<ViewObject>() else {
        return Err(cx.type_error("__buffer__ returned non-memoryview object"));
    };
    let lent = MemoryView::lend(view, cx, made.value(), request)?;
    let (pointer, length, readonly) = (lent.pointer(), lent.len(), lent.is_readonly());
    let (format, item_size, dimensions) = (lent.format().clone(), lent.item_size(), lent.dimensions().cloned());
    let lent = RefCell::new(Some(lent));
    let lender = NativeObject::new(cx, Lender { view: made.clone(), object: Owned::new(value), lent })?;
    // SAFETY: (buffer 1) the view keeps its memory while it has exports.
    let buffer = unsafe { Buffer::new(lender.value(), pointer, length, readonly, Some(release)) };
    let buffer = buffer.with_items(format, item_size);
    match dimensions {
        // SAFETY: (buffer 1) the items are those of the view.
        Some(dimensions) => Ok(unsafe { buffer.with_dimensions(pointer, length, dimensions) }),
        None => Ok(buffer),
    }
}

/// Tells the lender's object that its buffer is no longer used.
fn release(lender: Value) {
    let Some(own) = lender.cast::<NativeObject<Lender>>() else { return };
    let (view, object) = (own.view.clone(), own.object.clone());
    let lent = own.lent.take();
    drop(lent);
    let cx = Context::current();
    // Of memory that is the object's own, the view that is shown lasts for the call.
    let own_memory = view
        .value()
        .cast::<ViewObject>()
        .filter(|view| view.object.get().is_some_and(|held| held.value() == object.value()));
    let restricted = own_memory.and_then(|own| {
        let shown = own.view.borrow().clone()?;
        MemoryView::of(cx, shown, object.clone()).ok()
    });
    let view = restricted.clone().unwrap_or(view);
    let pending = std::mem::replace(&mut cx.pending, Value::UNBOUND);
    let name = str::intern(cx, "__release_buffer__");
    if call::call_special(cx, object.value(), name.value(), view.value()).is_err() {
        finalize::report_unraisable(cx, "in __release_buffer__ of", object.value());
    }
    if let Some(restricted) = restricted
        && let Some(own) = restricted.value().cast::<ViewObject>()
        && own.give_up(cx).is_err()
    {
        drop(cx.take_pending());
    }
    cx.pending = pending;
}

/// `object.__release_buffer__(view)` of a native object.
pub fn release_view(cx: &mut Context, object: Value, view: Value) -> Result<()> {
    let Some(own) = view.cast::<ViewObject>() else {
        return Err(cx.type_error("expected a memoryview object"));
    };
    if own.object.get().is_none_or(|held| held.value() != object) && own.view.borrow().is_some() {
        return Err(cx.value_error("memoryview's buffer is not this object"));
    }
    own.give_up(cx)
}
